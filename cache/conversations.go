package cache

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"

	"parley/inbox"

	bolt "go.etcd.io/bbolt"
)

// Conversation reads a record. Of one whose facts cannot be decoded, what
// belongs to the agents remains.
func (t *tx) Conversation(id inbox.ConversationID) (inbox.Conversation, bool, error) {
	n, ok := t.numberOf(id)
	if !ok {
		return inbox.Conversation{}, false, nil
	}
	c, ok := t.conversation(n, id)
	return c, ok, nil
}

func (t *tx) conversation(n number, id inbox.ConversationID) (inbox.Conversation, bool) {
	record := t.in(conversations).Get(numberKey(n))
	if record == nil {
		return inbox.Conversation{}, false
	}
	if c, err := decodeConversation(record); err == nil {
		return c, true
	}
	t.cache.damaged.Store(true)
	m, ok := t.mark(id)
	if !ok {
		return inbox.Conversation{}, false
	}
	return m.conversation(id), true
}

// PutConversation stores the record, and touches only those index entries that
// have changed.
func (t *tx) PutConversation(c inbox.Conversation, windows inbox.WindowEnds) error {
	if c.ID == "" {
		return nameless("conversation")
	}
	n, err := t.makeNumber(c.ID)
	if err != nil {
		return err
	}
	text := searchedText(c)
	s := standingOf(c, windows, text)
	record, err := encodeConversation(c, s)
	if err != nil {
		return err
	}
	before := t.standing(n)
	if before == nil {
		t.touch(touchNew, n)
	} else if before.text != s.text && t.called(c.ID, before, text) {
		t.touch(touchCustomer, n)
	}
	if err := t.moveEntries(n, c.ID, before, &s, text); err != nil {
		return err
	}
	if err := t.in(conversations).Put(numberKey(n), record); err != nil {
		return err
	}
	if err := t.indexLabels(c.ID, t.labelsOf(c.ID), c.Triage.Labels); err != nil {
		return err
	}
	return t.putMark(c.ID, markOf(c))
}

// standing is what the stored record's index entries were made of, nil without
// a record.
func (t *tx) standing(n number) *standing {
	s, _, _, err := conversationHead(t.in(conversations).Get(numberKey(n)))
	if err != nil {
		return nil
	}
	return &s
}

// indexEntry is one row of one index.
type indexEntry struct {
	in   bucket
	key  []byte
	open int64
}

// entries are the rows of a conversation in all indexes.
func (s *standing) entries(id inbox.ConversationID) []indexEntry {
	if s == nil {
		return nil
	}
	var all []indexEntry
	newest := newestKey(s.at, id)
	for i, v := range views {
		switch {
		case s.views&(1<<i) == 0:
		case v.in == viewSnoozed:
			all = append(all, indexEntry{in: v.in, key: wakeKey(s.wake, id)})
		default:
			all = append(all, indexEntry{in: v.in, key: newest})
		}
	}
	if s.in(viewUnanswered) && !s.closed {
		for _, key := range s.timeLeftKeys(id) {
			all = append(all, indexEntry{in: timeLeft, key: key, open: s.open})
		}
	}
	return all
}

// timeLeftKeys are the places by time left: where the open phase ends, and
// where the late one does. Only one of them counts at a time.
func (s *standing) timeLeftKeys(id inbox.ConversationID) [][]byte {
	switch {
	case !s.limited:
		return [][]byte{endlessKey(s.at, id)}
	case s.open == s.late:
		return [][]byte{endKey(s.open, id)}
	}
	return [][]byte{endKey(s.open, id), endKey(s.late, id)}
}

// moveEntries brings the indexes from the old standing to the new one; nil is
// a conversation that is not there.
func (t *tx) moveEntries(n number, id inbox.ConversationID, old, now *standing, text []byte) error {
	before, after := old.entries(id), now.entries(id)
	sameContent := old != nil && now != nil && old.text == now.text && old.open == now.open
	for _, e := range before {
		if !slices.ContainsFunc(after, e.sameRow) {
			if err := t.in(e.in).Delete(e.key); err != nil {
				return err
			}
		}
	}
	for _, e := range after {
		if sameContent && slices.ContainsFunc(before, e.sameRow) {
			continue
		}
		if err := t.in(e.in).Put(e.key, encodeEntry(n, e.open, text)); err != nil {
			return err
		}
	}
	t.countViews(old, now)
	return nil
}

func (e indexEntry) sameRow(o indexEntry) bool { return e.in == o.in && bytes.Equal(e.key, o.key) }

func (t *tx) countViews(old, now *standing) {
	var was, is uint16
	if old != nil {
		was = old.views
	}
	if now != nil {
		is = now.views
	}
	if was == is {
		return
	}
	t.count(func(s *totals) {
		for i := range views {
			s.Views[i] += int64(is>>i&1) - int64(was>>i&1)
		}
	})
}

func (t *tx) mark(id inbox.ConversationID) (m mark, ok bool) {
	record := t.in(marks).Get([]byte(id))
	if record == nil || json.Unmarshal(record, &m) != nil {
		return mark{}, false
	}
	return m, true
}

func (t *tx) putMark(id inbox.ConversationID, m mark) error {
	b, key := t.in(marks), []byte(id)
	old := b.Get(key)
	if m.worthless() {
		if old == nil {
			return nil
		}
		return b.Delete(key)
	}
	record, err := json.Marshal(m)
	if err != nil || bytes.Equal(old, record) {
		return err
	}
	return b.Put(key, record)
}

// DeleteConversation removes all that is known of a customer. The pages that
// held it are overwritten after the commit.
func (t *tx) DeleteConversation(id inbox.ConversationID) error {
	t.forgot = true
	if err := t.deleteFacts(id); err != nil {
		return err
	}
	for _, b := range []bucket{marks, drafts} {
		if err := t.in(b).Delete([]byte(id)); err != nil {
			return err
		}
	}
	if err := t.deleteItemsOf(id); err != nil {
		return err
	}
	if err := batches(t.in(notes), notePrefix(id), t.in(notes).Delete); err != nil {
		return err
	}
	if err := t.deleteSyncsOf(id); err != nil {
		return err
	}
	if err := t.deleteWaitingOf(id); err != nil {
		return err
	}
	return t.noteScrub()
}

func (t *tx) deleteFacts(id inbox.ConversationID) error {
	n, ok := t.numberOf(id)
	if !ok {
		return nil
	}
	if err := t.moveEntries(n, id, t.standing(n), nil, nil); err != nil {
		return err
	}
	if err := t.indexLabels(id, t.labelsOf(id), nil); err != nil {
		return err
	}
	if t.retaining {
		t.touch(touchGone, n)
	} else {
		t.touch(touchForgot, n)
	}
	t.deleting = true
	err := t.deleteMessagesOf(n)
	if t.deleting = false; err != nil {
		return err
	}
	if err := t.in(conversations).Delete(numberKey(n)); err != nil {
		return err
	}
	delete(t.numbers, id)
	return t.in(ids).Delete([]byte(id))
}

// keysWith lists the keys that begin with a prefix, up to a limit. They are
// copies: a bucket must not change under its cursor.
func keysWith(b *bolt.Bucket, prefix []byte, limit int) (keys [][]byte) {
	c := b.Cursor()
	for k, _ := c.Seek(prefix); k != nil && bytes.HasPrefix(k, prefix) && len(keys) < limit; k, _ = c.Next() {
		keys = append(keys, bytes.Clone(k))
	}
	return keys
}

// batches hands out the keys that begin with a prefix, some at a time, until
// there are none: fn has to delete them. In a damaged file a key can be seen
// and not be found; then this would go on for ever.
func batches(b *bolt.Bucket, prefix []byte, fn func(key []byte) error) error {
	const some = 1000
	var before []byte
	for {
		keys := keysWith(b, prefix, some)
		if len(keys) == 0 {
			return nil
		}
		if bytes.Equal(keys[0], before) {
			return fmt.Errorf("%w: a key that cannot be deleted", errDamaged)
		}
		before = keys[0]
		for _, k := range keys {
			if err := fn(k); err != nil {
				return err
			}
		}
	}
}
