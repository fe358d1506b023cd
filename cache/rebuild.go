package cache

import (
	"bytes"
	"context"

	"parley/inbox"
)

// noteMend makes the next Open rebuild the indexes.
func noteMend(t *tx) error { return t.bolt.Bucket(topMeta).Put(keyMend, []byte{1}) }

// rebuildBatch is how many records one transaction of a rebuild writes.
const rebuildBatch = 2000

// Rebuild makes every index anew from the records, and drops records of facts
// that cannot be read: they are fetched again. What agents own is not touched,
// but a conversation that has lost its facts gets it back. An interrupted
// rebuild begins anew at the next Open.
//
// It takes about 15 s for a million messages; progress is told how many of them
// are done, of about how many. It may be nil.
func (c *Cache) Rebuild(ctx context.Context, progress func(done, total int64)) error {
	return explain(c.path, c.rebuild(ctx, progress))
}

func (c *Cache) rebuild(ctx context.Context, progress func(done, total int64)) error {
	if progress == nil {
		progress = func(int64, int64) {}
	}
	var total int64
	err := c.write(ctx, func(t *tx) error {
		total = t.sizes().Messages
		if err := t.resetIndex(); err != nil {
			return err
		}
		return t.clearIndexes()
	})
	if err != nil {
		return err
	}
	for next, done := number(0), false; !done; {
		var read int64
		err := c.write(ctx, func(t *tx) (err error) {
			next, done, err = t.reindexMessages(next)
			read = t.sizes().Messages
			return err
		})
		if err != nil {
			return err
		}
		progress(read, max(total, read))
	}
	for next, done := number(0), false; !done; {
		err := c.write(ctx, func(t *tx) (err error) {
			next, done, err = t.reindexConversations(next)
			return err
		})
		if err != nil {
			return err
		}
	}
	c.damaged.Store(false)
	return c.write(ctx, func(t *tx) error {
		if err := t.restoreMarked(); err != nil {
			return err
		}
		return t.bolt.Bucket(topMeta).Delete(keyMend)
	})
}

// clearIndexes empties all that can be made from the records. Numbers go on
// from where they were.
func (t *tx) clearIndexes() error {
	facts := t.bolt.Bucket(topFacts)
	numbers := t.in(ids).Sequence()
	t.numbers = nil
	indexes := []bucket{ids, timeLeft, labels, places, oldest}
	for _, v := range views {
		indexes = append(indexes, v.in)
	}
	for _, b := range indexes {
		if facts.Bucket(tree[b].name) != nil {
			if err := facts.DeleteBucket(tree[b].name); err != nil {
				return err
			}
		}
		t.open[b] = nil
	}
	if err := makeBuckets(facts, topFacts); err != nil {
		return err
	}
	if err := t.in(ids).SetSequence(numbers); err != nil {
		return err
	}
	t.totals, t.dirty = new(totals), true
	return noteMend(t)
}

// reindexMessages goes through the messages of conversations from a number on:
// those whose conversation cannot be read go with it.
func (t *tx) reindexMessages(from number) (next number, done bool, err error) {
	c := t.in(messages).Cursor()
	var drop [][]byte
	written := 0
	next = from
	for k, v := c.Seek(numberKey(from)); k != nil; k, v = c.Next() {
		n, p, ok := parseMessageKey(k)
		if n != next {
			if written >= rebuildBatch {
				return n, false, t.dropAll(drop)
			}
			next = n
		}
		written++
		if !ok || !t.legible(n, v) {
			drop = append(drop, bytes.Clone(k))
			continue
		}
		if err := t.reindexMessage(n, p, len(k)+len(v)); err != nil {
			return next, false, err
		}
	}
	return next, true, t.dropAll(drop)
}

// legible tells whether a message and its conversation can be read.
func (t *tx) legible(n number, record []byte) bool {
	if _, err := decodeMessage(record); err != nil {
		return false
	}
	_, id, _, err := conversationHead(t.in(conversations).Get(numberKey(n)))
	return err == nil && id != ""
}

func (t *tx) reindexMessage(n number, p inbox.Position, size int) error {
	t.count(func(s *totals) {
		s.Messages++
		s.Bytes += int64(size)
	})
	if _, noted := t.oldest[n]; !noted {
		if t.oldest == nil {
			t.oldest = map[number]position{}
		}
		t.oldest[n] = nil // the index is empty: flushOldest enters whatever is oldest now
	}
	return t.in(places).Put(placeKey(n, p.ID), appendInstant(nil, p.At))
}

func (t *tx) dropAll(keys [][]byte) error {
	for _, key := range keys {
		if err := t.in(messages).Delete(key); err != nil {
			return err
		}
	}
	return nil
}

// reindexConversations goes through the conversations from a number on.
func (t *tx) reindexConversations(from number) (next number, done bool, err error) {
	keys := make([][]byte, 0, rebuildBatch)
	c := t.in(conversations).Cursor()
	for k, _ := c.Seek(numberKey(from)); k != nil && len(keys) < rebuildBatch; k, _ = c.Next() {
		keys = append(keys, bytes.Clone(k))
	}
	for _, key := range keys {
		n, _ := parseNumber(key)
		next = n + 1
		if err := t.reindexConversation(n, key); err != nil {
			return next, false, err
		}
	}
	return next, len(keys) < rebuildBatch, nil
}

func (t *tx) reindexConversation(n number, key []byte) error {
	record := t.in(conversations).Get(key)
	s, id, _, err := conversationHead(record)
	if err != nil {
		return t.in(conversations).Delete(key)
	}
	c, err := decodeConversation(record)
	if err != nil {
		m, ok := t.mark(id)
		if !ok {
			return t.in(conversations).Delete(key)
		}
		c = m.conversation(id)
	}
	if err := t.in(ids).Put([]byte(id), key); err != nil {
		return err
	}
	if err := t.indexLabels(id, nil, c.Triage.Labels); err != nil {
		return err
	}
	text := searchedText(c)
	now := standingOf(c, s.windows(), text)
	if record, err = encodeConversation(c, now); err != nil {
		return err
	}
	if err := t.in(conversations).Put(key, record); err != nil {
		return err
	}
	return t.moveEntries(n, id, nil, &now, text)
}
