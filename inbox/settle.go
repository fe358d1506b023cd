package inbox

import (
	"context"
	"fmt"
	"slices"
	"time"
)

// What became of an attempt is written down here: the state of each part, the
// window that the platform has closed, and the delivered parts as messages.

// settle writes down the results of an attempt. at is when they came, by the
// provider's clock.
func (in *Inbox) settle(ctx context.Context, id OutboxID, out Outgoing, results []PartResult, at time.Time) error {
	err := in.changeItem(ctx, id, func(e *edit, item *OutboxItem) error {
		c, err := e.known(item.Conversation)
		if err != nil {
			return err
		}
		left := results
		for i := range item.Parts {
			p := &item.Parts[i]
			if len(left) == 0 || p.AttemptedAt.IsZero() || !wasTried(*p, out) {
				continue
			}
			p.settle(left[0])
			if err := e.learnID(c, p, left[0].MessageID); err != nil {
				return err
			}
			c.refused(left[0].Err, p.AttemptedAt)
			left = left[1:]
		}
		item.wait(at)
		if err := e.storeSent(c, *item, out, toMillis(at)); err != nil {
			return err
		}
		return e.putItem(*item)
	})
	if failure := AsError(err); failure != nil && failure.Kind == NotFound {
		return nil // the conversation was forgotten meanwhile
	}
	return err
}

// wasTried tells whether the part left with this request. (Its state may have
// changed since: an echo can come before the answer.)
func wasTried(p Part, out Outgoing) bool {
	return slices.ContainsFunc(out.Parts, func(o Part) bool {
		return o.Kind == p.Kind && o.Text == p.Text && o.URL == p.URL && o.Post == p.Post && o.Target == p.Target &&
			o.Emoji == p.Emoji && o.AttemptedAt.Equal(p.AttemptedAt)
	})
}

// resultsOf gives every part a result. A provider that returns too few has not
// told what became of the others: they are in doubt.
func resultsOf(out Outgoing, res SendResult, failure *Error) []PartResult {
	results := slices.Clone(res.Parts)
	for len(results) < len(out.Parts) {
		results = append(results, PartResult{State: StateUnknown, Err: failure})
	}
	return results[:len(out.Parts)]
}

// settle takes a result, unless an echo has proved already that the part was
// delivered. A result that is none leaves it in doubt.
func (p *Part) settle(r PartResult) {
	if p.State != StateSending {
		return
	}
	if !slices.Contains([]State{StateSent, StateFailed, StateQueued}, r.State) {
		r.State = StateUnknown
	}
	p.State, p.MessageID, p.Error = r.State, r.MessageID, nil
	if r.Err != nil && r.State != StateSent {
		p.Error = FailureOf(r.Err)
	}
	if p.State == StateQueued {
		p.retryAfter = time.Nanosecond
		if r.Err != nil {
			p.retryAfter = max(p.retryAfter, min(r.Err.RetryAfter, maxPause))
		}
	}
}

// wait sets when parts that certainly were not sent are tried again.
func (o *OutboxItem) wait(now time.Time) {
	for i := range o.Parts {
		p := &o.Parts[i]
		if p.State != StateQueued || p.retryAfter == 0 {
			continue
		}
		o.Waiting, p.Error = p.Error, nil
		o.NotBefore = now.Add(max(backOff(2*time.Second, o.Attempts, maxSendDelay), p.retryAfter))
	}
}

// refused lets the platform's word on the window win over the clock's. at is
// when the refused message left: what the customer writes later opens it again.
func (c *editedConversation) refused(err *Error, at time.Time) {
	if err == nil || err.Kind != WindowIsOver {
		return
	}
	c.RefusedAt, c.RefusedText, c.dirty = later(at, c.LastReceivedAt), CleanLine(err.Text), true
}

// storeSent shows delivered parts in the thread at once. They are provisional
// until a read shows them. Parts with one message ID are one message.
func (e *edit) storeSent(c *editedConversation, item OutboxItem, out Outgoing, at time.Time) error {
	at, err := e.behindSeen(c, item, at)
	if err != nil {
		return err
	}
	messages := map[MessageID]*Message{}
	var order []MessageID
	for i, p := range item.Parts {
		if p.State != StateSent || !wasTried(p, out) {
			continue
		}
		if p.Kind.isReaction() {
			if err := e.putOwnReaction(c, item, p, at); err != nil {
				return err
			}
			continue
		}
		if p.MessageID == "" {
			p.MessageID = MessageID(fmt.Sprintf("parley-%s-%d", item.ID, i))
			item.Parts[i].MessageID = p.MessageID
		}
		m := messages[p.MessageID]
		if m == nil {
			m = &Message{Conversation: item.Conversation, ID: p.MessageID, Direction: Sent, CreatedAt: at.Add(time.Duration(i) * time.Millisecond), Outbox: item.ID, Provisional: true}
			messages[p.MessageID] = m
			order = append(order, p.MessageID)
		}
		if p.Kind == PartText {
			m.Text = p.Text
		} else {
			m.Attachments = append(m.Attachments, p.attachment(at))
		}
	}
	for _, id := range order {
		if err := e.storeOwn(c, *messages[id]); err != nil {
			return err
		}
	}
	c.unread.finish(&c.Conversation)
	return nil
}

// clockDoubt is how far a time by the provider's clock may be wrong: its answers
// tell whole seconds (the Date header), and were some time on their way.
const clockDoubt = 5 * time.Second

// behindSeen is when a message of ours was delivered: behind those that the agent
// had seen when it was sent, and behind our own before it, also where the time
// says otherwise. What the customer wrote meanwhile keeps its place.
func (e *edit) behindSeen(c *editedConversation, item OutboxItem, at time.Time) (time.Time, error) {
	if at.After(c.Last.At) || c.Last.At.Sub(at) > clockDoubt {
		return at, nil
	}
	page, err := e.Thread(ThreadQuery{Conversation: c.ID, Before: 10})
	if err != nil {
		return at, err
	}
	behind := at
	for _, m := range page.Messages {
		known := m.Arrival <= item.Seen || m.Outbox != ""
		if known && !m.CreatedAt.Before(behind) && m.CreatedAt.Sub(at) <= clockDoubt {
			behind = m.CreatedAt.Add(time.Millisecond)
		}
	}
	return behind, nil
}

// attachment is the part as the thread shows it.
func (p Part) attachment(at time.Time) Attachment {
	a := Attachment{Type: string(p.Kind), URL: p.URL, AsOf: at}
	switch p.Kind {
	case PartHeart:
		a.Type = heartType
	case PartPost:
		a.Type, a.ID = postType, p.Post
	}
	return a
}

// The types of attachments that Meta's APIs give to what these parts become.
const (
	heartType = "like_heart"
	postType  = "ig_post"
)

// putOwnReaction shows our reaction on its message. No provider tells of it
// later for certain (Meta sends no webhook for a business's own reactions).
func (e *edit) putOwnReaction(c *editedConversation, item OutboxItem, p Part, at time.Time) error {
	if err := e.dropSuperseded(c, item, p.Target); err != nil {
		return err
	}
	m, found, err := e.Message(c.ID, p.Target)
	if err != nil || !found {
		return err
	}
	if !m.setOwnReaction(p.Emoji, at) {
		return nil
	}
	c.dirty = true
	c.summarize(m)
	return e.PutMessage(m)
}

// dropSuperseded gives up what was wanted before of the account's reaction on the
// message, and has failed or is in doubt: to try it again would undo what the
// agent wanted last.
func (e *edit) dropSuperseded(c *editedConversation, item OutboxItem, target MessageID) error {
	if c.Outbox.Failed+c.Outbox.Unknown == 0 {
		return nil
	}
	items, err := e.OutboxActive(c.ID)
	if err != nil {
		return err
	}
	for _, o := range items {
		state := o.State()
		if o.ID >= item.ID || !o.isReaction() || o.Parts[0].Target != target || state != StateFailed && state != StateUnknown {
			continue
		}
		if err := e.deleteItem(o); err != nil {
			return err
		}
	}
	return nil
}

// learnID gives a message its real ID, when an echo without one was faster than
// the answer.
func (e *edit) learnID(c *editedConversation, p *Part, id MessageID) error {
	if p.State != StateSent || id == "" || !isContentID(p.MessageID) {
		return nil
	}
	echo := p.MessageID
	p.MessageID = id
	m, found, err := e.Message(c.ID, echo)
	if err != nil || !found {
		return err
	}
	if err := e.DeleteMessage(c.ID, echo); err != nil {
		return err
	}
	c.dirty = true
	c.forgetSummary(echo)
	if real, found, err := e.Message(c.ID, id); err != nil || found {
		c.Messages-- // they were one
		m = real
	}
	m.ID, m.Echo = id, echo
	c.summarize(m)
	return e.PutMessage(m)
}

// storeOwn stores one message of ours, unless its echo was faster.
func (e *edit) storeOwn(c *editedConversation, m Message) error {
	echo, found, err := e.Message(m.Conversation, m.ID)
	if err != nil {
		return err
	}
	if found {
		if echo.Outbox == "" {
			echo.Outbox = m.Outbox
			return e.PutMessage(echo)
		}
		return nil
	}
	if m.Arrival, err = e.NextArrival(); err != nil {
		return err
	}
	m.ArrivedAt = e.now
	if err := e.PutMessage(m); err != nil {
		return err
	}
	c.Messages++
	c.Provisional = append(slices.Clone(c.Provisional), m.ID)
	c.arrived(m, false)
	return nil
}
