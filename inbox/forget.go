package inbox

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"time"
)

// Forgetting a customer is for good as far as this machine goes. The provider
// goes on telling the same history, so until when it was forgotten is kept, by
// a hash: what remains names nobody. A message that is newer than that begins
// the conversation anew.

// Forget removes a conversation with everything that is kept of it. What the
// provider still has from before is not taken in again.
func (in *Inbox) Forget(ctx context.Context, id ConversationID) error {
	a := in.accounts[id.Account()] // nil when it is no longer in the config
	err := in.update(ctx, func(e *edit) error {
		if _, err := e.known(id); err != nil {
			return err
		}
		items, err := e.OutboxActive(id)
		if err != nil {
			return err
		}
		for _, item := range items {
			if item.State() == StateSending {
				return errBeingSent(item.ID)
			}
			e.items[item.ID] = noteOf(item, StateSent)
		}
		delete(e.convs, id)
		e.deleted = append(e.deleted, id)
		if err := e.forgetWaiting(id); err != nil {
			return err
		}
		if err := e.DeleteConversation(id); err != nil || a == nil {
			return err
		}
		state := a.snapshot()
		state.forget(id, a.now())
		return e.PutAccountState(state)
	})
	if err == nil && a != nil {
		a.mu.Lock()
		defer a.mu.Unlock()
		a.state.forget(id, a.nowLocked())
	}
	return err
}

func (s *AccountState) forget(id ConversationID, at time.Time) {
	if s.Forgotten == nil {
		s.Forgotten = map[string]time.Time{}
	}
	s.Forgotten[hashOf(id)] = at
}

func hashOf(id ConversationID) string {
	sum := sha256.Sum256([]byte(id))
	return hex.EncodeToString(sum[:16])
}

// forgotten tells until when messages of the conversation are not taken in.
func (a *account) forgotten(id ConversationID) (until time.Time, ok bool) {
	if a == nil {
		return time.Time{}, false
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(a.state.Forgotten) == 0 {
		return time.Time{}, false
	}
	until, ok = a.state.Forgotten[hashOf(id)]
	return until, ok
}

// dropForgotten leaves out the old messages of forgotten conversations, what has
// happened before, and what is told of such a conversation as long as it has not
// begun anew.
func (in *Inbox) dropForgotten(ctx context.Context, b Batch) (Batch, error) {
	a := in.accounts[b.Account]
	b.Messages = slices.DeleteFunc(b.Messages, func(f MessageFact) bool {
		until, ok := a.forgotten(f.Message.Conversation)
		return ok && !f.Message.CreatedAt.After(until)
	})
	b.Events = slices.DeleteFunc(b.Events, func(ev EventFact) bool {
		until, ok := a.forgotten(NewConversationID(b.Account, b.Platform, ev.RemoteID))
		return ok && !ev.At.After(until)
	})
	var gone error
	b.Conversations = slices.DeleteFunc(b.Conversations, func(f ConversationFact) bool {
		id := NewConversationID(b.Account, b.Platform, f.RemoteID)
		if _, ok := a.forgotten(id); !ok || gone != nil {
			return false
		}
		_, err := in.Conversation(ctx, id)
		if err != nil && KindOf(err) != NotFound {
			gone = err
		}
		if err != nil && f.Mark != "" {
			in.passOver(id, f.Mark)
		}
		return err != nil
	})
	return b, gone
}

// passOver remembers the mark of a forgotten conversation as long as the program
// runs: without one the provider would read it again at every poll.
func (in *Inbox) passOver(id ConversationID, mark string) {
	in.mu.Lock()
	defer in.mu.Unlock()
	in.passed[id] = mark
}

// passedOver is the mark of a conversation that was left out.
func (in *Inbox) passedOver(id ConversationID) string {
	in.mu.Lock()
	defer in.mu.Unlock()
	return in.passed[id]
}
