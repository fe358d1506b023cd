package inbox

import (
	"context"
	"slices"
	"strings"
	"time"
)

// Undo send. What an agent sends is in the outbox at once, fsynced, and stays
// there for a few seconds before it leaves: as long as it does, it can be taken
// back into the draft, in one transaction. The sender claims an item in a
// transaction too, so a message either left or is a draft again, never both and
// never neither.
//
// A process that dies in those seconds leaves a queued item behind, which leaves
// with the next start: the agent has sent it.

// MaxHold is the longest time for which a message may be held back.
const MaxHold = time.Minute

// holdMargin is how long before the reply window closes a held message leaves at
// the latest: a slow request takes seconds, and the Date header, by which we know
// the provider's clock, is told in whole ones.
const holdMargin = 15 * time.Second

// Held tells that the item waits for the agent to think again. now is our clock.
// An end that is further away than a hold can last was written by a clock that
// was wrong.
func (o OutboxItem) Held(now time.Time) bool {
	return o.HeldUntil.After(now) && !o.HeldUntil.After(now.Add(MaxHold)) && o.untried()
}

// untried tells that no part of the item has ever left.
func (o OutboxItem) untried() bool {
	return !slices.ContainsFunc(o.Parts, func(p Part) bool { return p.State != StateQueued || !p.AttemptedAt.IsZero() })
}

// holdEnd is until when, by our clock, a message that is sent now is held; the
// zero time is not at all. The reply window never closes over it.
func (in *Inbox) holdEnd(c Conversation, hold time.Duration, now time.Time) time.Time {
	hold = min(hold, MaxHold)
	if end := in.closing(c); !end.IsZero() {
		if left := end.Sub(in.Now(c.ID.Account())); left > 0 {
			hold = min(hold, left-holdMargin)
		}
	}
	if hold <= 0 {
		return time.Time{}
	}
	return now.Add(hold)
}

// closing is when the conversation can no longer be answered, by the provider's
// clock; zero where nothing closes, or nobody knows.
func (in *Inbox) closing(c Conversation) time.Time {
	policy := in.Capabilities(c.ID).Window
	if !policy.Limited || c.LastReceivedAt.IsZero() {
		return time.Time{}
	}
	_, end := policy.Ends(c.LastReceivedAt)
	return end
}

// TakeBack makes a message that has not left a draft again, before what is in
// there. The pieces of a split text come back together, as the text that was
// typed.
func (in *Inbox) TakeBack(ctx context.Context, id OutboxID) (Draft, error) {
	var d Draft
	err := in.changeItem(ctx, id, func(e *edit, item *OutboxItem) error {
		pieces, err := e.piecesOf(*item)
		if err != nil {
			return err
		}
		for _, piece := range pieces {
			switch {
			case piece.IsGesture():
				return errNothingToEdit(piece)
			case !piece.untried():
				return &Error{Kind: Rejected, Op: "take back", Text: "too late: the message has left", Hint: "what became of it stands in the conversation"}
			}
		}
		if d, _, err = e.Draft(item.Conversation); err != nil {
			return err
		}
		d.Conversation, d.UpdatedAt = item.Conversation, e.now
		d.prepend(pieces...)
		if err := e.putDraft(d); err != nil {
			return err
		}
		for _, piece := range pieces {
			if err := e.deleteItem(piece); err != nil {
				return err
			}
		}
		return nil
	})
	return d, err
}

// piecesOf are the item and the other pieces of the same text, in their order.
func (e *edit) piecesOf(item OutboxItem) ([]OutboxItem, error) {
	pieces := []OutboxItem{item}
	for pieces[0].After != "" {
		before, found, err := e.OutboxItem(pieces[0].After)
		if err != nil {
			return nil, err
		}
		if !found {
			break
		}
		pieces = slices.Insert(pieces, 0, before)
	}
	active, err := e.OutboxActive(item.Conversation) // oldest first, as the pieces are
	for _, other := range active {
		if other.After != "" && other.After == pieces[len(pieces)-1].ID {
			pieces = append(pieces, other)
		}
	}
	return pieces, err
}

// prepend puts what the items have not sent before the draft.
func (d *Draft) prepend(items ...OutboxItem) {
	var texts, media []string
	for _, item := range items {
		for _, p := range item.Parts {
			switch {
			case p.State == StateSent:
			case p.Kind == PartText:
				texts = append(texts, p.Text)
			default:
				media = append(media, p.URL)
			}
		}
	}
	if whole := items[0].Whole; whole != "" && withoutSpace(whole) == withoutSpace(strings.Join(texts, "")) {
		texts = []string{whole}
	}
	d.Text = strings.TrimRight(strings.Join(append(texts, d.Text), "\n"), "\n")
	d.Media = append(media, d.Media...)
}

func withoutSpace(text string) string { return strings.Join(strings.Fields(text), "") }

// EndHolds lets everything that is held leave now, and waits until it is on its
// way or ctx ends. It is for the moment before the program ends: whoever sends
// and quits has sent.
func (in *Inbox) EndHolds(ctx context.Context) error {
	sub := in.Subscribe()
	defer sub.Close()
	held := map[OutboxID]bool{}
	err := in.update(ctx, func(e *edit) error {
		clear(held)
		items, err := e.OutboxActive("")
		if err != nil {
			return err
		}
		for _, item := range items {
			if !item.Held(e.now) {
				continue
			}
			held[item.ID] = true
			item.HeldUntil = e.now // not the zero time: what has come until now has crossed it
			if err := e.putItem(item); err != nil {
				return err
			}
		}
		return nil
	})
	for err == nil && in.anyQueued(held) {
		if _, ok := sub.Wait(ctx); !ok {
			return ctx.Err()
		}
	}
	return err
}

// anyQueued tells that one of the items has not been tried yet.
func (in *Inbox) anyQueued(ids map[OutboxID]bool) bool {
	in.mu.Lock()
	defer in.mu.Unlock()
	for id := range ids {
		if in.outbox[id].queued {
			return true
		}
	}
	return false
}
