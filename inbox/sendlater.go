package inbox

import (
	"context"
	"fmt"
	"time"
)

// Scheduled sends. An agent who leaves a message for tomorrow is not there when
// it goes: so it is no human's answer then, and the phase that platforms keep for
// human agents is closed to it, as it is to everything automatic. All times here
// are by the provider's clock, which is the one that the window closes by.

// tightWithin is how near to the end of the window a scheduled message is warned
// of: a slow read or a rate limit can hold it up for minutes.
const tightWithin = 15 * time.Minute

// Scheduled tells that the item leaves at a time that an agent chose.
func (o OutboxItem) Scheduled() bool { return !o.SendAt.IsZero() }

// CheckSendAt refuses a time at which nothing could be sent to the customer by
// itself, as far as it is known today. warning is what should be thought of
// before, "" for nothing.
func (in *Inbox) CheckSendAt(c Conversation, at time.Time) (warning string, err error) {
	now := in.Now(c.ID.Account())
	if !at.After(now) {
		return "", &Error{Kind: Rejected, Op: "schedule", Text: "the time has passed: " + in.clockTime(at), Hint: "give a time to come, or send it now"}
	}
	policy := in.Capabilities(c.ID).Window
	w := policy.WindowOf(c, at)
	switch w.Phase {
	case WindowOpen:
		if left := w.ClosesAt.Sub(at); left < tightWithin {
			return fmt.Sprintf("%s before the reply window closes for scheduled messages", roughly(left)), nil
		}
	case WindowLate:
		open, _ := policy.Ends(c.LastReceivedAt)
		return "", &Error{
			Kind: WindowIsOver, Op: "schedule",
			Text: "from " + in.clockTime(open.In(at.Location())) + " on the platform takes answers of human agents only, and a scheduled message is none",
			Hint: "schedule it before that, or send it yourself",
		}
	case WindowClosed:
		text := "the reply window closes at " + in.clockTime(w.ClosesAt.In(at.Location())) + ", before the message would leave"
		if w.Reason != "" {
			text = "the platform has closed the reply window: " + w.Reason
		}
		return "", &Error{Kind: WindowIsOver, Op: "schedule", Text: text, Hint: "schedule it before that, or send it now"}
	}
	return "", nil
}

// clockTime is an instant for a sentence, in the zone that it is given in.
func (in *Inbox) clockTime(at time.Time) string {
	return at.Format("Mon 2 Jan " + in.opts.Clock + " MST")
}

// Reschedule gives a scheduled message another time. The agent has seen what the
// customer wrote meanwhile: that no longer holds the message back.
func (in *Inbox) Reschedule(ctx context.Context, id OutboxID, at time.Time) error {
	return in.changeScheduled(ctx, id, func(c Conversation, item *OutboxItem) error {
		if _, err := in.CheckSendAt(c, at); err != nil {
			return err
		}
		item.SendAt = toMillis(at)
		return nil
	})
}

// SendNow lets a message that is scheduled or held leave at once.
func (in *Inbox) SendNow(ctx context.Context, id OutboxID) error {
	return in.changeScheduled(ctx, id, func(c Conversation, item *OutboxItem) error {
		if err := in.windowError(c, item.Automated, item.Anyway); err != nil {
			return err
		}
		item.SendAt = time.Time{}
		return nil
	})
}

// changeScheduled changes when an item leaves that waits for its time, with the
// other pieces of the same text.
func (in *Inbox) changeScheduled(ctx context.Context, id OutboxID, change func(Conversation, *OutboxItem) error) error {
	return in.changeItem(ctx, id, func(e *edit, item *OutboxItem) error {
		c, err := e.known(item.Conversation)
		if err != nil {
			return err
		}
		pieces, err := e.piecesOf(*item)
		if err != nil {
			return err
		}
		for _, piece := range pieces {
			if !piece.untried() || !piece.Scheduled() && !piece.Held(e.now) {
				return &Error{Kind: Rejected, Op: "schedule", Text: "outbox item " + string(piece.ID) + " does not wait for a time", Hint: "see: parley outbox"}
			}
			if err := change(c.Conversation, &piece); err != nil {
				return err
			}
			piece.queueAgain(c.Conversation, e.now)
			if err := e.putItem(piece); err != nil {
				return err
			}
		}
		return nil
	})
}
