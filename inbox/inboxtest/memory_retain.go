package inboxtest

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"parley/inbox"
)

// Retain removes messages beyond the limits, oldest first.
func (m *memory) Retain(ctx context.Context, limits inbox.Retention, now time.Time) (removed int, err error) {
	err = m.Update(ctx, func(w inbox.Writer) error {
		removed = w.(*memoryTx).retain(limits, now)
		return nil
	})
	return removed, err
}

func (tx *memoryTx) retain(limits inbox.Retention, now time.Time) (removed int) {
	all, bytes := tx.byAge()
	for _, m := range all {
		old := limits.MaxAge > 0 && m.CreatedAt.Before(now.Add(-limits.MaxAge))
		large := limits.MaxBytes > 0 && bytes >= limits.MaxBytes
		if !old && !large {
			break
		}
		bytes -= size(m)
		tx.drop(m)
		removed++
	}
	return removed
}

// byAge lists all messages, oldest first, and how large they are together.
func (tx *memoryTx) byAge() (all []inbox.Message, bytes int64) {
	for _, thread := range tx.messages {
		for _, m := range thread {
			all = append(all, m)
			bytes += size(m)
		}
	}
	slices.SortFunc(all, func(a, b inbox.Message) int { return a.CreatedAt.Compare(b.CreatedAt) })
	return all, bytes
}

// drop removes a message, and its conversation when it was the last one and
// nothing is left that cannot be fetched again.
func (tx *memoryTx) drop(m inbox.Message) {
	_ = tx.DeleteMessage(m.Conversation, m.ID) // memory does not fail
	e, ok := tx.conversations[m.Conversation]
	if !ok {
		return
	}
	if len(tx.messages[m.Conversation]) == 0 && !tx.irreplaceable(m.Conversation) {
		_ = tx.DeleteConversation(m.Conversation)
		return
	}
	e.Messages = max(e.Messages-1, 0)
	e.Revision++
	tx.conversations[m.Conversation] = e
}

func (tx *memoryTx) irreplaceable(id inbox.ConversationID) bool {
	if tx.conversations[id].Triage.Keeps() || len(tx.notes[id]) > 0 {
		return true
	}
	if _, ok := tx.drafts[id]; ok {
		return true
	}
	for _, item := range tx.outbox {
		if item.Conversation == id {
			return true
		}
	}
	return false
}

// size of a message, about as large as it would be on disk.
func size(m inbox.Message) int64 {
	text, err := json.Marshal(m)
	if err != nil {
		panic(err) // only times that JSON cannot write
	}
	return int64(len(m.Conversation) + len(text))
}
