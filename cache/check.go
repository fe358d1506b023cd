package cache

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"

	"parley/inbox"
)

// Health is what can be said of a cache, for people who ask what is wrong.
type Health struct {
	Path        string `json:"path"`
	Bytes       int64  `json:"bytes"`      // size of the file
	FreeBytes   int64  `json:"free_bytes"` // of it, not in use
	Schema      uint64 `json:"schema"`
	FactsSchema uint64 `json:"facts_schema"`

	Conversations int   `json:"conversations"` // also archived ones
	Messages      int64 `json:"messages"`
	MessageBytes  int64 `json:"message_bytes"` // what Retention.MaxBytes bounds
	Drafts        int   `json:"drafts"`
	Outbox        int   `json:"outbox"`
	OutboxActive  int   `json:"outbox_active"`

	Looked   int      `json:"looked"`             // records that were decoded
	Problems []string `json:"problems,omitempty"` // what is wrong; Rebuild mends the facts
}

// checkSample is how many conversations, with their newest message each, a
// quick check reads.
const checkSample = 1000

// Check looks whether the cache is sound: quickly by a sample, or thoroughly by
// every page that is in use, which takes seconds for a gigabyte.
func (c *Cache) Check(ctx context.Context, thorough bool) (h Health, err error) {
	h.Path = c.path
	if info, err := os.Stat(c.path); err == nil {
		h.Bytes = info.Size()
	}
	err = c.read(ctx, func(t *tx) error {
		t.measure(&h)
		t.sample(&h)
		t.checkKept(&h)
		if thorough {
			t.walk(&h)
		}
		return nil
	})
	return h, err
}

func (t *tx) measure(h *Health) {
	s, sizes := readState(t.bolt), t.sizes()
	h.Schema, h.FactsSchema = s.schema, s.facts
	for _, b := range standsIn {
		h.Conversations += int(sizes.of(b))
	}
	h.Messages, h.MessageBytes = sizes.Messages, sizes.Bytes
	h.FreeBytes = int64(t.cache.db.Stats().FreePageN) * int64(t.cache.db.Info().PageSize)
}

func (h *Health) problem(format string, args ...any) {
	h.Problems = append(h.Problems, fmt.Sprintf(format, args...))
}

// sample follows index entries from all over the list to their records and
// newest messages.
func (t *tx) sample(h *Health) {
	counted := int(t.sizes().of(viewAll))
	step := max(counted/checkSample, 1)
	lost, at := 0, 0
	c := t.in(viewAll).Cursor()
	for k, v := c.First(); k != nil; k, v = c.Next() {
		if at++; at%step != 0 {
			continue
		}
		h.Looked++
		if !t.sound(k, v) {
			lost++
		}
	}
	if at != counted {
		h.problem("the list has %d conversations, but %d were counted", at, counted)
	}
	if lost > 0 {
		h.problem("%d of %d conversations looked at cannot be read; they are fetched again", lost, h.Looked)
	}
}

func (t *tx) sound(key, entry []byte) bool {
	n, _, _, ok := decodeEntry(entry)
	if !ok {
		return false
	}
	_, id, ok := parseNewestKey(key)
	if !ok {
		return false
	}
	if c, err := decodeConversation(t.in(conversations).Get(numberKey(n))); err != nil || c.ID != id {
		return false
	}
	k, record := t.in(messages).Cursor().Seek(numberKey(n))
	if !bytes.HasPrefix(k, numberKey(n)) {
		return true // it has no messages
	}
	_, err := decodeMessage(record)
	return err == nil
}

// checkKept reads all that cannot be fetched again: it is never much.
func (t *tx) checkKept(h *Health) {
	each := func(b bucket, what string, decode func(k, v []byte) error) (n int) {
		c := t.in(b).Cursor()
		for k, v := c.First(); k != nil; k, v = c.Next() {
			n++
			h.Looked++
			if err := decode(k, v); err != nil {
				h.problem("%s %q cannot be read: %v", what, k, err)
			}
		}
		return n
	}
	h.Drafts = each(drafts, "the draft of", func(_, v []byte) error { return json.Unmarshal(v, new(inbox.Draft)) })
	h.Outbox = each(outbox, "outbox item", func(k, v []byte) error { _, err := decodeItem(inbox.OutboxID(k), v); return err })
	h.OutboxActive = each(outboxActive, "outbox item", func(k, _ []byte) error {
		if t.in(outbox).Get(k) == nil {
			return errMissing
		}
		return nil
	})
	each(waiting, "the events that wait for", func(_, v []byte) error { return json.Unmarshal(v, new([]inbox.EventFact)) })
	each(notes, "the note", func(_, v []byte) error { return json.Unmarshal(v, new(noteRecord)) })
	each(accounts, "the state of account", func(_, v []byte) error { return json.Unmarshal(v, new(inbox.AccountState)) })
}

// walk reads every page of every bucket and looks at the order of the keys.
func (t *tx) walk(h *Health) {
	for b := range bucket(buckets) {
		var before []byte
		err := guard(func() error {
			return t.in(b).ForEach(func(k, _ []byte) error {
				if bytes.Compare(before, k) >= 0 {
					return fmt.Errorf("%w: keys out of order", errDamaged)
				}
				before = append(before[:0], k...)
				return nil
			})
		})
		if err != nil {
			h.problem("bucket %s: %v", tree[b].name, err)
		}
	}
}
