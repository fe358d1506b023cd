package inbox

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
)

// SendRequest asks to send a composition.
type SendRequest struct {
	Composition
	// Recipient is the participant's provider ID as the screen showed it. The
	// send is refused if the conversation's participant is another by now. ""
	// does not check (command line).
	Recipient string
	// Split sends a text that is too long as several messages.
	Split bool
	// KeepDraft leaves the conversation's draft alone: what is sent did not come
	// from it (command line).
	KeepDraft bool
	// Automated says that no human wrote it: it is not sent in the phase that a
	// platform keeps for human agents.
	Automated bool
	// Anyway sends although the reply window has closed by the clock: the
	// provider has the last word.
	Anyway bool
	// Hold is how long the message can be taken back before it leaves, at most
	// MaxHold; it is cut short where the reply window closes.
	Hold time.Duration
	// At is when the message is to leave, by the provider's clock; zero is now. It
	// is refused where no automatic answer may be sent then, also with Anyway.
	At time.Time
}

// Send stores the message in the outbox, removes the draft in the same
// transaction, and wakes the sender. When it returns nil the message is
// fsynced. Several items come back only for a split text.
func (in *Inbox) Send(ctx context.Context, r SendRequest) ([]OutboxItem, error) {
	pieces, err := in.pieces(r)
	if err != nil {
		return nil, err
	}
	messages := make([][]Part, len(pieces))
	for i, piece := range pieces {
		messages[i] = in.Capabilities(r.Conversation).compose(piece)
	}
	return in.enqueue(ctx, r, messages)
}

// enqueue stores one item for each message, in one transaction, and wakes the
// sender.
func (in *Inbox) enqueue(ctx context.Context, r SendRequest, messages [][]Part) ([]OutboxItem, error) {
	a, err := in.account(r.Conversation.Account())
	if err != nil {
		return nil, err
	}
	var items []OutboxItem
	err = in.update(ctx, func(e *edit) error {
		items = nil
		c, err := e.known(r.Conversation)
		if err != nil {
			return err
		}
		if err := in.maySend(a, c.Conversation, r); err != nil {
			return err
		}
		for _, parts := range messages {
			item := OutboxItem{
				ID: in.nextOutboxID(e.now), Conversation: c.ID, Recipient: c.Participant.ID, CreatedAt: e.now,
				Seen: c.LastArrival, Parts: parts, Automated: r.Automated, Anyway: r.Anyway, SendAt: toMillis(r.At),
			}
			if r.At.IsZero() {
				item.HeldUntil = in.holdEnd(c.Conversation, r.Hold, e.now)
			}
			if len(messages) > 1 && len(items) == 0 {
				item.Whole = strings.TrimSpace(Clean(r.Text))
			}
			if len(items) > 0 {
				item.After = items[len(items)-1].ID
			}
			if err := e.putItem(item); err != nil {
				return err
			}
			items = append(items, item)
		}
		c.Unread, c.MarkedRead = 0, e.now // who answers has read
		c.Triage.Mine = c.Triage.Mine || !r.Automated
		if r.KeepDraft {
			return nil
		}
		c.Draft = ""
		return e.putAnswer(Draft{Conversation: c.ID})
	})
	if err != nil {
		return nil, err
	}
	if !r.KeepDraft {
		in.draftSent(r.Conversation)
	}
	wake(a.wakeSender)
	return items, nil
}

// nextOutboxID makes an ID that sorts behind all before it: the order of IDs is
// the order of sending, and the pieces of a split text are made within one
// millisecond.
func (in *Inbox) nextOutboxID(now time.Time) OutboxID {
	in.mu.Lock()
	defer in.mu.Unlock()
	if at := in.lastItem.Add(time.Millisecond); now.Before(at) {
		now = at
	}
	in.lastItem = now
	return NewOutboxID(now)
}

// pieces checks the composition and cuts it if that was asked for. The media
// go with the last piece.
func (in *Inbox) pieces(r SendRequest) ([]Composition, error) {
	problems := in.Check(r.Composition)
	texts := []string{r.Text}
	if r.Split && slices.ContainsFunc(problems, func(p Problem) bool { return p.Splittable }) {
		problems = slices.DeleteFunc(problems, func(p Problem) bool { return p.Splittable })
		texts = in.Split(r.Conversation, r.Text)
	}
	if len(problems) > 0 {
		return nil, problems[0].Error
	}
	pieces := make([]Composition, len(texts))
	for i, text := range texts {
		pieces[i] = Composition{Conversation: r.Conversation, Text: text}
	}
	pieces[len(pieces)-1].Media = r.Media
	return pieces, nil
}

// MaySend tells why a message would be refused to the customer whatever is in it, for
// whoever has work to do before it is sent. It costs no I/O.
func (in *Inbox) MaySend(c Conversation, r SendRequest) error {
	a, err := in.account(c.ID.Account())
	if err != nil {
		return err
	}
	return in.maySend(a, c, r)
}

// maySend refuses what cannot arrive, or would arrive at somebody else.
func (in *Inbox) maySend(a *account, c Conversation, r SendRequest) error {
	if r.Recipient != "" && r.Recipient != c.Participant.ID {
		return errOtherCustomer(c, "whom the composer names", "leave the composer and open it again")
	}
	if !r.At.IsZero() {
		if _, err := in.CheckSendAt(c, r.At); err != nil {
			return err
		}
	} else if err := in.windowError(c, r.Automated, r.Anyway); err != nil {
		return err
	}
	return a.limitError(c)
}

func errOtherCustomer(c Conversation, meant, hint string) *Error {
	return &Error{
		Kind: Rejected, Op: "send", Hint: hint,
		Text: fmt.Sprintf("the conversation is with %s now, not with %s", c.Participant.DisplayName(), meant),
	}
}

// windowError is why the window forbids an answer. anyway leaves that to the
// provider, whose clock it is.
func (in *Inbox) windowError(c Conversation, automated, anyway bool) error {
	w := in.Window(c)
	if w.Phase == WindowLate && automated {
		return &Error{
			Kind: WindowIsOver, Op: "send", Text: "in this phase of the reply window the platform takes answers of human agents only",
			Hint: "let an agent answer, or wait until the customer writes",
		}
	}
	if w.Answerable() || anyway {
		return nil
	}
	text := fmt.Sprintf("the reply window closed %s ago", roughly(in.Now(c.ID.Account()).Sub(w.ClosesAt)))
	if w.Reason != "" {
		text = "the platform has closed the reply window: " + w.Reason
	}
	return &Error{Kind: WindowIsOver, Op: "send", Text: text, Hint: "it opens again when the customer writes"}
}

// limitError blocks only what the month's limit certainly blocks: an answer in
// a conversation that is not among those counted already. Ayrshare's documents
// disagree on whose message makes a conversation count; one in which somebody
// has written this month is left to the provider to judge.
func (a *account) limitError(c Conversation) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	info := a.state.Info
	if a.ConversationLimit == 0 || info == nil || info.ConversationCount == nil || *info.ConversationCount < a.ConversationLimit {
		return nil
	}
	now := a.nowLocked()
	month := time.Date(now.Year(), now.Month(), 1, 0, 0, 0, 0, time.UTC)
	if !c.Last.At.Before(month) {
		return nil
	}
	return &Error{
		Kind: Rejected, Op: "send",
		Text: fmt.Sprintf("account %s has used its %d conversations of this month", a.ID, a.ConversationLimit),
		Hint: "wait for the next month, or raise conversation_limit in the config if your plan has more",
	}
}

// roughly is a duration for a sentence.
func roughly(d time.Duration) string {
	switch {
	case d < time.Minute:
		return "a moment"
	case d < 2*time.Hour:
		return fmt.Sprintf("%d minutes", int(d.Minutes()))
	case d < 48*time.Hour:
		return fmt.Sprintf("%d hours", int(d.Hours()))
	}
	return fmt.Sprintf("%d days", int(d.Hours()/24))
}

// changeItem is one transaction on one item.
func (in *Inbox) changeItem(ctx context.Context, id OutboxID, fn func(*edit, *OutboxItem) error) error {
	return in.update(ctx, func(e *edit) error {
		item, found, err := e.OutboxItem(id)
		if err != nil {
			return err
		}
		if !found {
			return errNoItem(id)
		}
		return fn(e, &item)
	})
}

func errNoItem(id OutboxID) *Error {
	return &Error{Kind: NotFound, Op: "outbox", Text: "there is no outbox item " + string(id), Hint: "see: parley outbox"}
}

func errBeingSent(id OutboxID) *Error {
	return &Error{Kind: Rejected, Op: "outbox", Text: "outbox item " + string(id) + " is being sent at this moment", Hint: "wait for the answer"}
}

// Retry queues what has failed or is unknown in the item once more. That is the
// agent's decision: an unknown part may be delivered twice.
func (in *Inbox) Retry(ctx context.Context, id OutboxID) error {
	var conversation ConversationID
	err := in.changeItem(ctx, id, func(e *edit, item *OutboxItem) error {
		conversation = item.Conversation
		again := 0
		for i := range item.Parts {
			if p := &item.Parts[i]; p.State == StateFailed || p.State == StateUnknown {
				p.State, p.Error, p.MessageID = StateQueued, nil, ""
				again++
			}
		}
		if again == 0 {
			return &Error{Kind: Rejected, Op: "retry", Text: "nothing in outbox item " + string(id) + " has failed or is in doubt"}
		}
		c, err := e.known(conversation)
		if err != nil {
			return err
		}
		item.SendAt = time.Time{}
		item.queueAgain(c.Conversation, e.now)
		return e.putItem(*item)
	})
	if a := in.accounts[conversation.Account()]; err == nil && a != nil {
		wake(a.wakeSender)
	}
	return err
}

// Discard gives up what was not sent of the item.
func (in *Inbox) Discard(ctx context.Context, id OutboxID) error {
	return in.changeItem(ctx, id, func(e *edit, item *OutboxItem) error {
		if item.State() == StateSending {
			return errBeingSent(id)
		}
		return e.deleteItem(*item)
	})
}

// Recall takes what was not sent of the item back into the conversation's
// draft, before what is in there, and removes the item. An item that is being
// sent is refused; so is an unknown one, which may have been delivered.
func (in *Inbox) Recall(ctx context.Context, id OutboxID) (Draft, error) {
	var d Draft
	err := in.changeItem(ctx, id, func(e *edit, item *OutboxItem) error {
		switch item.State() {
		case StateSending:
			return errBeingSent(id)
		case StateUnknown:
			return &Error{Kind: Rejected, Op: "recall", Text: "outbox item " + string(id) + " may have been delivered", Hint: "discard it, or try again, when you know"}
		}
		if item.IsGesture() {
			return errNothingToEdit(*item)
		}
		var err error
		if d, _, err = e.Draft(item.Conversation); err != nil {
			return err
		}
		d.Conversation, d.UpdatedAt = item.Conversation, e.now
		d.prepend(*item)
		if err := e.putDraft(d); err != nil {
			return err
		}
		return e.deleteItem(*item)
	})
	return d, err
}

func errNothingToEdit(item OutboxItem) *Error {
	return &Error{Kind: Rejected, Op: "recall", Text: "outbox item " + string(item.ID) + " is a " + string(item.Parts[0].Kind) + ", which is nothing to edit", Hint: "discard it"}
}

// queueAgain makes the item leave as one that an agent has just sent.
func (o *OutboxItem) queueAgain(c Conversation, now time.Time) {
	o.Seen, o.NotBefore, o.HeldUntil, o.Attempts, o.Waiting = c.LastArrival, time.Time{}, time.Time{}, 0, nil
	o.QueuedAt = now
}
