package cache

import (
	"encoding/binary"
	"fmt"

	"parley/inbox"

	bolt "go.etcd.io/bbolt"
)

// tx is the inbox.Reader and inbox.Writer of one transaction.
type tx struct {
	bolt  *bolt.Tx
	cache *Cache

	open   [buckets]*bolt.Bucket
	totals *totals

	// What a write transaction does once at its end instead of at every change.
	dirty  bool                // the totals have changed
	oldest map[number]position // of the conversations whose messages change: the oldest one before
	forgot bool                // a conversation was deleted

	// What the full-text index has to follow; see journal.go.
	touched   []touch
	deleting  bool   // a whole conversation: its messages are not noted one by one
	retaining bool   // what is deleted now was old, and not forgotten
	journaled uint64 // touches that were ever noted, with those of this transaction; 0 when there are none

	numbers map[inbox.ConversationID]number // those asked for: the messages of a batch are of few conversations
}

// in opens a bucket once per transaction.
func (t *tx) in(b bucket) *bolt.Bucket {
	if t.open[b] == nil {
		if top := t.bolt.Bucket(tree[b].top); top != nil {
			t.open[b] = top.Bucket(tree[b].name)
		}
		if t.open[b] == nil {
			// Open has made sure of them all, so the file has changed under us.
			panic(fmt.Errorf("%w: bucket %s", errMissing, tree[b].name))
		}
		t.open[b].FillPercent = b.fillPercent()
	}
	return t.open[b]
}

// totals are the sizes that are counted as they change, and never by reading
// what is counted.
type totals struct {
	Views    [len(views)]int64
	Messages int64
	Bytes    int64 // of the messages' records
}

// of is the size of a view.
func (s *totals) of(b bucket) int64 {
	for i, v := range views {
		if v.in == b {
			return s.Views[i]
		}
	}
	return 0
}

func (t *tx) sizes() *totals {
	if t.totals == nil {
		record := t.bolt.Bucket(topFacts).Get(keyTotals)
		s, ok := parseTotals(record)
		if !ok && record != nil {
			t.cache.damaged.Store(true)
		}
		t.totals = &s
	}
	return t.totals
}

func parseTotals(record []byte) (s totals, ok bool) {
	n, err := binary.Decode(record, binary.BigEndian, &s)
	if err != nil || n != len(record) {
		return totals{}, false
	}
	return s, true
}

// count changes the totals.
func (t *tx) count(change func(*totals)) {
	change(t.sizes())
	t.dirty = true
}

// flush writes what was put off to the end of the transaction.
func (t *tx) flush() error {
	if err := t.flushOldest(); err != nil {
		return err
	}
	if err := t.flushJournal(); err != nil {
		return err
	}
	if !t.dirty {
		return nil
	}
	record, err := binary.Append(nil, binary.BigEndian, t.totals)
	if err != nil {
		return err
	}
	return t.bolt.Bucket(topFacts).Put(keyTotals, record)
}

// Counts are the sizes of the views.
func (t *tx) Counts() (inbox.Counts, error) {
	counts := make(inbox.Counts, len(views))
	for i, v := range views {
		counts[v.view] = int(t.sizes().Views[i])
	}
	return counts, nil
}

// numberOf is the number of a conversation; ok is false when it has none yet.
func (t *tx) numberOf(id inbox.ConversationID) (n number, ok bool) {
	if n, ok = t.numbers[id]; ok {
		return n, true
	}
	if n, ok = parseNumber(t.in(ids).Get([]byte(id))); ok {
		t.remember(id, n)
	}
	return n, ok
}

func (t *tx) remember(id inbox.ConversationID, n number) {
	if t.numbers == nil {
		t.numbers = map[inbox.ConversationID]number{}
	}
	t.numbers[id] = n
}

// makeNumber is numberOf that gives one out. A number is never given out twice,
// so what is left of a deleted conversation can never become another's.
func (t *tx) makeNumber(id inbox.ConversationID) (number, error) {
	if n, ok := t.numberOf(id); ok {
		return n, nil
	}
	next, err := t.in(ids).NextSequence()
	if err != nil {
		return 0, err
	}
	n := number(next)
	if uint64(n) != next {
		return 0, inbox.Errorf(inbox.Internal, "the cache has given out all of its %d conversation numbers", uint64(^number(0))).
			WithHint("move the cache away; it is filled again")
	}
	if err := t.in(ids).Put([]byte(id), numberKey(n)); err != nil {
		return 0, err
	}
	t.remember(id, n)
	return n, nil
}

// nameless is the error for a record that could not be found again.
func nameless(what string) error {
	return inbox.Errorf(inbox.Internal, "a %s without an id cannot be stored", what)
}

// unreadable is the error for a record that cannot be fetched again and cannot
// be decoded: nothing is dropped on its account.
func (t *tx) unreadable(what, id string, err error) error {
	e := inbox.Errorf(inbox.Internal, "%s %q in the cache %s cannot be read: %w", what, id, t.cache.path, err)
	return e.WithHint("nothing was dropped: keep a copy of that file")
}
