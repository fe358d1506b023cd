package cache

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"slices"

	"parley/cache/fulltext"
	"parley/inbox"

	bolt "go.etcd.io/bbolt"
)

// What a turn of the indexer reads: in transactions of a few milliseconds, so
// that no page that a writer has given up is held for long.

// turnSize is how many messages a turn indexes, readSize how many of them are
// read in one transaction.
const (
	turnSize = 5000
	readSize = 500
)

// indexSome follows the oldest notes; when there are few, it goes on with the
// making.
func (c *Cache) indexSome(ctx context.Context, x *fulltext.Index) (more bool, err error) {
	var touched []touch
	var followed []byte
	state := c.text.now()
	err = c.read(ctx, func(t *tx) (err error) {
		if t.indexState().Version != state.Version {
			return errIndexReset
		}
		touched, followed, err = t.oldestTouches(turnSize)
		return err
	})
	switch {
	case errors.Is(err, errIndexReset), errors.Is(err, errRecord): // the notes belong to no index any more, or cannot be read
		c.text.damaged.Store(true)
		return true, nil
	case err != nil:
		return false, err
	}
	turn := &indexTurn{cache: c, batch: &fulltext.Batch{}}
	if err := turn.follow(ctx, touched); err != nil {
		return false, err
	}
	for state.Step != indexComplete && turn.read < turnSize && len(touched) < turnSize {
		if state, err = turn.makeSome(ctx, state); err != nil {
			return false, err
		}
	}
	if followed == nil && turn.read == 0 && state.Step == c.text.now().Step {
		return false, nil
	}
	change, err := x.Prepare(turn.batch)
	if err != nil {
		return false, err
	}
	return true, c.commit(ctx, x, change, state, followed)
}

// indexTurn collects what one turn writes.
type indexTurn struct {
	cache *Cache
	batch *fulltext.Batch
	read  int // messages and customers
}

// some runs fn in a transaction of its own.
func (turn *indexTurn) some(ctx context.Context, fn func(*tx) error) error {
	return turn.cache.read(ctx, fn)
}

// follow reads what notes point to; new conversations first, because their
// messages come with them.
func (turn *indexTurn) follow(ctx context.Context, touched []touch) error {
	slices.SortStableFunc(touched, func(a, b touch) int { return cmp.Compare(a.order(), b.order()) })
	for len(touched) > 0 {
		some := touched[:min(readSize, len(touched))]
		touched = touched[len(some):]
		err := turn.some(ctx, func(t *tx) error {
			for _, one := range some {
				turn.look(t, one)
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (one touch) order() int {
	if one.kind == touchNew {
		return 0
	}
	return 1
}

// look says what is true now of what was touched.
func (turn *indexTurn) look(t *tx, one touch) {
	turn.read++
	switch one.kind {
	case touchGone, touchForgot:
		turn.batch.Forget(uint32(one.number), one.kind == touchForgot)
	case touchCustomer, touchNew:
		turn.customer(t, one.number)
		if one.kind == touchNew {
			turn.thread(t, one.number)
		}
	case touchMessage, touchNote:
		e := one.entry()
		if turn.batch.Has(e) {
			return
		}
		turn.batch.NoMessage(e)
		for _, m := range t.messagesAt(e) {
			turn.message(one.number, m)
		}
	}
}

func (turn *indexTurn) customer(t *tx, n number) {
	if c, ok := t.byNumber(n); ok {
		turn.batch.Customer(uint32(n), c)
	} else {
		turn.batch.NoCustomer(uint32(n))
	}
}

// message puts one into the batch; what was unsent is not found.
func (turn *indexTurn) message(n number, m inbox.Message) {
	if !m.Deleted {
		turn.batch.Message(uint32(n), m)
	}
}

// thread puts all messages and notes of a conversation into the batch: it is new,
// so there are few.
func (turn *indexTurn) thread(t *tx, n number) {
	id, ok := t.idOf(n)
	if !ok {
		return
	}
	prefix := numberKey(n)
	c := t.in(messages).Cursor()
	for k, v := c.Seek(prefix); bytes.HasPrefix(k, prefix); k, v = c.Next() {
		turn.read++
		if m, ok := messageOf(id, k, v); ok {
			turn.message(n, m)
		}
	}
	turn.notes(t, n)
}

// notes puts the agents' notes of a conversation into the batch.
func (turn *indexTurn) notes(t *tx, n number) {
	id, ok := t.idOf(n)
	if !ok {
		return
	}
	prefix := notePrefix(id)
	c := t.in(notes).Cursor()
	for k, v := c.Seek(prefix); bytes.HasPrefix(k, prefix); k, v = c.Next() {
		turn.read++
		if m, ok := noteOf(id, k[len(prefix):], v); ok {
			turn.message(n, m)
		}
	}
}

// makeSome goes on with the making of the index, by up to readSize records.
func (turn *indexTurn) makeSome(ctx context.Context, state indexState) (next indexState, err error) {
	err = turn.some(ctx, func(t *tx) error {
		if state.Step == indexCustomers {
			state = turn.makeCustomers(t, state)
		} else {
			state = turn.makeMessages(t, state)
		}
		return nil
	})
	return state, err
}

func (turn *indexTurn) makeCustomers(t *tx, state indexState) indexState {
	c := t.in(conversations).Cursor()
	k, _ := seek(c, state.Next)
	for i := 0; k != nil && i < readSize; i++ {
		if n, ok := parseNumber(k); ok {
			turn.customer(t, n)
			turn.notes(t, n)
		}
		turn.read++
		k, _ = c.Next()
	}
	if state.Next = bytes.Clone(k); k == nil {
		state.Step = indexMessages
	}
	return state
}

func (turn *indexTurn) makeMessages(t *tx, state indexState) indexState {
	c := t.in(messages).Cursor()
	var of threadOf
	k, v := seek(c, state.Next)
	for i := 0; k != nil && i < readSize; i++ {
		if n, ok := parseNumber(k); ok && of.find(t, n) {
			if m, ok := messageOf(of.id, k, v); ok {
				turn.message(n, m)
			}
		}
		turn.read++
		state.Done++
		k, v = c.Next()
	}
	if state.Next = bytes.Clone(k); k == nil {
		return indexState{Version: fulltext.Version}
	}
	return state
}

// threadOf remembers the conversation that was looked for last: the messages of
// one stand together.
type threadOf struct {
	n         number
	id        inbox.ConversationID
	ok, asked bool
}

func (of *threadOf) find(t *tx, n number) bool {
	if !of.asked || of.n != n {
		of.n, of.asked = n, true
		of.id, of.ok = t.idOf(n)
	}
	return of.ok
}

// seek begins at a key, or at the beginning. A key that is not there any more
// is passed over.
func seek(c *bolt.Cursor, key []byte) (k, v []byte) {
	if len(key) == 0 {
		return c.First()
	}
	return c.Seek(key)
}

// byNumber is the conversation of a number.
func (t *tx) byNumber(n number) (inbox.Conversation, bool) {
	c, err := decodeConversation(t.in(conversations).Get(numberKey(n)))
	return c, err == nil
}

// idOf is its ID alone.
func (t *tx) idOf(n number) (id inbox.ConversationID, ok bool) {
	_, id, _, err := conversationHead(t.in(conversations).Get(numberKey(n)))
	return id, err == nil
}

// messagesAt are the messages, or the notes, that an entry of the index stands for: one, but
// for a miracle of hashes.
func (t *tx) messagesAt(e fulltext.Entry) (found []inbox.Message) {
	n := number(e.Number)
	id, ok := t.idOf(n)
	if !ok {
		return nil
	}
	if e.Note {
		return t.notesAt(id, e)
	}
	prefix := messageKey(n, inbox.Position{At: e.At})
	c := t.in(messages).Cursor()
	for k, v := c.Seek(prefix); bytes.HasPrefix(k, prefix); k, v = c.Next() {
		_, p, ok := parseMessageKey(k)
		if !ok || fulltext.EntryOf(e.Number, p) != e {
			continue
		}
		if m, ok := messageOf(id, k, v); ok {
			found = append(found, m)
		}
	}
	return found
}

// notesAt does the same for an entry of a note.
func (t *tx) notesAt(id inbox.ConversationID, e fulltext.Entry) (found []inbox.Message) {
	prefix, begin := notePrefix(id), noteKey(id, inbox.Position{At: e.At})
	c := t.in(notes).Cursor()
	for k, v := c.Seek(begin); bytes.HasPrefix(k, begin); k, v = c.Next() {
		if m, ok := noteOf(id, k[len(prefix):], v); ok && fulltext.EntryOfNote(e.Number, m.Position()) == e {
			found = append(found, m)
		}
	}
	return found
}

// noteOf decodes the record of a note. Whether one can be read is told where the
// thread is; here it is only not found.
func noteOf(id inbox.ConversationID, place, record []byte) (m inbox.Message, ok bool) {
	p, ok := parsePlace(place)
	if !ok {
		return m, false
	}
	m, err := decodeNote(record)
	m.Conversation, m.ID = id, p.ID
	return m, err == nil
}

// messageOf decodes a record; one that cannot be decoded counts as not there.
func messageOf(id inbox.ConversationID, key, record []byte) (m inbox.Message, ok bool) {
	_, p, ok := parseMessageKey(key)
	if !ok {
		return m, false
	}
	if m, err := decodeMessage(record); err == nil {
		m.Conversation, m.ID = id, p.ID
		return m, true
	}
	return m, false
}
