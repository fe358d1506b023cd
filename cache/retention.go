package cache

import (
	"context"
	"fmt"
	"time"

	"parley/inbox"
)

// retainBatch is how many messages one transaction removes: a few milliseconds
// in which nobody else can write.
const retainBatch = 500

// Retain removes the oldest messages until the limits hold, and overwrites the
// pages that they were in.
func (c *Cache) Retain(ctx context.Context, limits inbox.Retention, now time.Time) (removed int, err error) {
	for {
		var n int
		err := c.write(ctx, func(t *tx) (err error) {
			if n, err = t.retain(limits, now); n > 0 && err == nil {
				err = t.noteScrub()
			}
			return err
		})
		if err != nil {
			return removed, err
		}
		removed += n
		if n == 0 {
			break
		}
	}
	if removed == 0 {
		return 0, nil
	}
	return removed, c.scrub(ctx)
}

// retain removes up to a batch of messages.
func (t *tx) retain(limits inbox.Retention, now time.Time) (removed int, err error) {
	t.retaining = true
	emptied := map[number]int{}
	for removed < retainBatch {
		key, n := t.oldestMessage()
		if key == nil || !t.beyond(limits, now, key) {
			break
		}
		_, p, _ := parseMessageKey(key)
		t.noteOldest(n)
		before := t.sizes().Messages
		if err := t.dropRecord(key); err != nil {
			return removed, err
		}
		if t.sizes().Messages == before { // seen, but not found: this would go on for ever
			return removed, fmt.Errorf("%w: a message that cannot be deleted", errDamaged)
		}
		if err := t.in(places).Delete(placeKey(n, p.ID)); err != nil {
			return removed, err
		}
		if err := t.flushOldest(); err != nil { // the next oldest may be another conversation's
			return removed, err
		}
		emptied[n]++
		removed++
	}
	for n, fewer := range emptied {
		if err := t.shrink(n, fewer); err != nil {
			return removed, err
		}
	}
	return removed, nil
}

// oldestMessage is the key of the oldest message of all conversations.
func (t *tx) oldestMessage() (key []byte, n number) {
	k, _ := t.in(oldest).Cursor().First()
	_, n, ok := parseOldestKey(k)
	if !ok {
		return nil, 0
	}
	keys := keysWith(t.in(messages), numberKey(n), 1)
	if len(keys) == 0 {
		return nil, 0
	}
	return keys[0], n
}

// beyond tells whether the limits ask for the removal of a message.
func (t *tx) beyond(limits inbox.Retention, now time.Time, key []byte) bool {
	if limits.MaxBytes > 0 && t.sizes().Bytes >= limits.MaxBytes {
		return true
	}
	_, p, _ := parseMessageKey(key)
	return limits.MaxAge > 0 && p.At.Before(now.Add(-limits.MaxAge))
}

// shrink brings a conversation up to date that has lost messages: it goes when
// it is empty, unless something of it cannot be fetched again.
func (t *tx) shrink(n number, fewer int) error {
	record := t.in(conversations).Get(numberKey(n))
	s, id, _, err := conversationHead(record)
	if err != nil {
		return nil // no conversation, or one that will be fetched again
	}
	if t.oldestOf(n) == nil && !t.irreplaceable(id) {
		return t.DeleteConversation(id)
	}
	c, err := decodeConversation(record)
	if err != nil {
		return nil
	}
	c.Messages = max(c.Messages-fewer, 0)
	c.Revision++
	return t.PutConversation(c, s.windows())
}

// irreplaceable tells that an agent's own words are in the conversation, or that
// an agent relies on its being there.
func (t *tx) irreplaceable(id inbox.ConversationID) bool {
	m, _ := t.mark(id)
	return m.Triage.Keeps() || len(keysWith(t.in(notes), notePrefix(id), 1)) > 0 || t.in(drafts).Get([]byte(id)) != nil || len(t.itemsOf(id)) > 0
}
