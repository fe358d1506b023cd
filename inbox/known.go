package inbox

import "context"

// Providers repeat what they have told: reads show the same page again and
// again, webhooks deliver twice. Most answers need no transaction that writes,
// and nobody who does write has to wait for one.

// dropKnown leaves out the facts that change nothing.
func (in *Inbox) dropKnown(ctx context.Context, b Batch) (Batch, error) {
	conversations, messages, events := b.Conversations, b.Messages, b.Events
	b.Conversations, b.Messages, b.Events = nil, nil, nil
	err := in.store.View(ctx, func(r Reader) error {
		k := knowledge{Reader: r, in: in, b: b, conversations: map[ConversationID]*editedConversation{}}
		for _, f := range conversations {
			if news, err := k.ofConversation(f); err != nil {
				return err
			} else if news {
				b.Conversations = append(b.Conversations, f)
			}
		}
		for _, f := range messages {
			if news, err := k.ofMessage(f); err != nil {
				return err
			} else if news {
				b.Messages = append(b.Messages, f)
			}
		}
		for _, ev := range events {
			if news, err := k.ofEvent(ev); err != nil {
				return err
			} else if news {
				b.Events = append(b.Events, ev)
			}
		}
		return nil
	})
	return b, err
}

// knowledge compares facts with what is stored. It changes copies only.
type knowledge struct {
	Reader
	in            *Inbox
	b             Batch
	conversations map[ConversationID]*editedConversation
	sentTo        sentTo
}

// conversation is nil when it is not there.
func (k *knowledge) conversation(id ConversationID) (*editedConversation, error) {
	if c, ok := k.conversations[id]; ok {
		return c, nil
	}
	c, found, err := k.Conversation(id)
	if found {
		k.conversations[id] = &editedConversation{Conversation: c}
	}
	return k.conversations[id], err
}

func (k *knowledge) ofConversation(f ConversationFact) (news bool, err error) {
	c, err := k.conversation(NewConversationID(k.b.Account, k.b.Platform, f.RemoteID))
	return err == nil && (c == nil || c.learns(k.b, f)), err
}

func (k *knowledge) ofMessage(f MessageFact) (news bool, err error) {
	c, err := k.conversation(f.Message.Conversation)
	if err != nil {
		return false, err
	}
	m, found, err := k.Message(f.Message.Conversation, f.Message.ID)
	switch {
	case err != nil:
		return false, err
	case !found:
		return !k.in.tooOld(f.Message), nil
	}
	waited := k.in.waiting.has(WaitKey{k.b.Account, k.b.Platform, f.Message.ID})
	return c == nil || waited || m.merge(f, k.b.shows()) || c.mergeParticipant(f.Peer, f.AsOf) || c.Pushed && !k.b.Pushed, nil
}

func (k *knowledge) ofEvent(ev EventFact) (news bool, err error) {
	key := WaitKey{k.b.Account, k.b.Platform, ev.Message}
	id, err := k.sentTo.conversation(k, key, ev)
	if err != nil {
		return false, err
	}
	if id == "" {
		return k.ofWaiting(key, ev)
	}
	ev.RemoteID = id.RemoteID()
	m, found, err := k.Message(id, ev.Message)
	switch {
	case err != nil:
		return false, err
	case ev.Kind == EventFailed && found:
		return m.Outbox != "", nil
	case ev.Kind == EventFailed:
		return true, nil
	case !found || !m.canTake(ev):
		return k.ofWaiting(key, ev)
	}
	c, err := k.conversation(id)
	return err == nil && (c == nil || c.happened(&m, ev)), err
}

func (k *knowledge) ofWaiting(key WaitKey, ev EventFact) (news bool, err error) {
	if k.in.wasAsked(key, ev) {
		return false, nil
	}
	if !k.in.waiting.has(key) {
		return true, nil
	}
	events, err := k.Waiting(key)
	_, news = withEvent(events, ev)
	return news, err
}
