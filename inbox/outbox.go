package inbox

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
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
}

// Send stores the message in the outbox, removes the draft in the same
// transaction, and wakes the sender. When it returns nil the message is
// fsynced. Several items come back only for a split text.
func (in *Inbox) Send(ctx context.Context, r SendRequest) ([]OutboxItem, error) {
	a, err := in.account(r.Conversation.Account())
	if err != nil {
		return nil, err
	}
	pieces, err := in.pieces(r)
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
		for _, piece := range pieces {
			item := OutboxItem{
				ID: in.nextOutboxID(e.now), Conversation: c.ID, Recipient: c.Participant.ID, CreatedAt: e.now,
				Seen: c.LastArrival, Parts: in.Capabilities(c.ID).compose(piece),
			}
			if err := e.putItem(item); err != nil {
				return err
			}
			items = append(items, item)
		}
		c.Unread, c.MarkedRead = 0, e.now // who answers has read
		if r.KeepDraft {
			return nil
		}
		c.Draft = ""
		return e.PutDraft(Draft{Conversation: c.ID})
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

// maySend refuses what cannot arrive, or would arrive at somebody else.
func (in *Inbox) maySend(a *account, c Conversation, r SendRequest) error {
	if r.Recipient != "" && r.Recipient != c.Participant.ID {
		return errOtherCustomer(c, "whom the composer names", "leave the composer and open it again")
	}
	if err := in.windowError(c); err != nil {
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

func (in *Inbox) windowError(c Conversation) error {
	w := in.Window(c)
	if w.Answerable() {
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
		item.Seen, item.NotBefore, item.Attempts, item.Waiting = c.LastArrival, time.Time{}, 0, nil
		item.QueuedAt = e.now
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
		var err error
		if d, _, err = e.Draft(item.Conversation); err != nil {
			return err
		}
		d.Conversation, d.UpdatedAt = item.Conversation, e.now
		for _, p := range slices.Backward(item.Parts) {
			switch {
			case p.State == StateSent:
			case p.Kind != PartText:
				d.Media = append([]string{p.URL}, d.Media...)
			default:
				d.Text = strings.TrimRight(p.Text+"\n"+d.Text, "\n")
			}
		}
		if err := e.putDraft(d); err != nil {
			return err
		}
		return e.deleteItem(*item)
	})
	return d, err
}

// sendersPerAccount is how many sends of one account may be under way, each in
// another conversation: one that hangs must not hold up the others.
const sendersPerAccount = 3

// sendGrace is how long a request in flight may still take when we stop. After
// that it counts as unknown.
const sendGrace = 5 * time.Second

// send delivers what is queued for an account until ctx ends, and returns when
// no request is in flight.
func (in *Inbox) send(ctx context.Context, a *account) {
	slots := make(chan struct{}, sendersPerAccount)
	var flights sync.WaitGroup
	defer flights.Wait()
	for ctx.Err() == nil {
		select {
		case slots <- struct{}{}:
		case <-ctx.Done():
			return
		}
		item, next := in.claim(ctx, a)
		if item == nil {
			<-slots
			in.waitToSend(ctx, a, next)
			continue
		}
		flights.Go(func() {
			in.opts.Guard("send "+string(a.ID), func() { in.deliver(ctx, a, *item) })
			<-slots
			wake(a.wakeSender)
		})
	}
}

// waitToSend waits for something new in the outbox, or for the time at which a
// queued item may be tried again (zero: there is none).
func (in *Inbox) waitToSend(ctx context.Context, a *account, next time.Time) {
	if next.IsZero() {
		select {
		case <-ctx.Done():
		case <-a.wakeSender:
		}
		return
	}
	in.waitFor(ctx, a, next, a.wakeSender)
}

// claim picks the oldest item that may leave now and marks it as sending, in
// one transaction: from then on a crash makes it unknown. nil when there is
// none; next is when there may be one (by the provider's clock).
func (in *Inbox) claim(ctx context.Context, a *account) (claimed *OutboxItem, next time.Time) {
	if !in.hasQueued(a) {
		return nil, time.Time{}
	}
	err := in.update(ctx, func(e *edit) error {
		claimed, next = nil, time.Time{}
		items, err := e.OutboxActive("")
		if err != nil {
			return err
		}
		blocked := a.busy()
		for _, item := range items {
			if item.Conversation.Account() != a.ID || !item.hasQueued() {
				continue
			}
			at, may := in.mayLeave(a, item, blocked)
			if !may {
				if !at.IsZero() && (next.IsZero() || at.Before(next)) {
					next = at
				}
				blocked[item.Conversation] = true // the order within a conversation stays
				continue
			}
			if err := e.recheck(&item); err != nil {
				if err := e.hold(item, err); err != nil {
					return err
				}
				continue
			}
			claimed = &item
			return e.attempt(a, claimed)
		}
		return nil
	})
	if err != nil {
		if ctx.Err() == nil {
			in.log.Error("cannot take a message from the outbox", "account", a.ID, "error", err)
		}
		return nil, a.now().Add(time.Second)
	}
	if claimed != nil {
		a.setBusy(claimed.Conversation, true)
	}
	return claimed, next
}

func (in *Inbox) hasQueued(a *account) bool {
	for _, n := range in.outboxOf(a.ID) {
		if n.queued {
			return true
		}
	}
	return false
}

func (o OutboxItem) hasQueued() bool {
	return slices.ContainsFunc(o.Parts, func(p Part) bool { return p.State == StateQueued })
}

// busy are the conversations with a send under way.
func (a *account) busy() map[ConversationID]bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	busy := make(map[ConversationID]bool, len(a.inFlight))
	for id := range a.inFlight {
		busy[id] = true
	}
	return busy
}

func (a *account) setBusy(id ConversationID, busy bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if busy {
		a.inFlight[id] = true
	} else {
		delete(a.inFlight, id)
	}
}

// staleAfter is the age at which a queued item waits for a fresh read of its
// platform before it leaves: the customer may have written meanwhile.
const staleAfter = time.Minute

// freshFor is how long after a read its platform counts as freshly read.
const freshFor = 2 * time.Minute

// mayLeave says whether an item's time has come; if not, when to look again
// (zero: something else will wake the sender).
func (in *Inbox) mayLeave(a *account, item OutboxItem, blocked map[ConversationID]bool) (at time.Time, may bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	now := a.nowLocked()
	if blocked[item.Conversation] {
		return time.Time{}, false
	}
	until := a.state.PausedTill
	if item.NotBefore.Before(now.Add(maxPause)) { // else the clock was wrong when it was written
		until = later(until, item.NotBefore)
	}
	if until.After(now) {
		return until, false
	}
	p := a.platform(item.Conversation.Platform())
	if p == nil {
		return time.Time{}, true // not read, but it can be written to
	}
	if p.mainFeed().dead() {
		return time.Time{}, false // a read that works again wakes the sender
	}
	old := time.Since(later(item.CreatedAt, item.QueuedAt)) > staleAfter
	if f := p.messagesFeed(); old && f != nil && now.Sub(f.ReadAt) > freshFor {
		return time.Time{}, false // the read wakes the sender
	}
	return time.Time{}, true
}

// recheck looks at the customer, the window and the thread once more before a
// message leaves: it may have been queued for a while.
func (e *edit) recheck(item *OutboxItem) error {
	c, err := e.known(item.Conversation)
	if err != nil {
		return err
	}
	if item.Recipient == "" { // not known when it was sent
		item.Recipient = c.Participant.ID
	}
	if item.Recipient != c.Participant.ID {
		return errOtherCustomer(c.Conversation, "whom this is for", "take it back or discard it")
	}
	if err := e.in.windowError(c.Conversation); err != nil {
		return err
	}
	if c.LastArrival <= item.Seen {
		return nil
	}
	page, err := e.Thread(ThreadQuery{Conversation: c.ID, Before: 50})
	if err != nil {
		return err
	}
	received, sent := 0, 0
	for _, m := range page.Messages {
		switch {
		case m.Arrival <= item.Seen || m.Outbox != "":
		case m.Direction == Received:
			received++
		default:
			sent++
		}
	}
	if received+sent == 0 {
		return nil
	}
	what := "the customer has written again"
	if sent > 0 {
		what = "somebody else has answered"
	}
	return &Error{
		Kind: Rejected, Op: "send", Text: what + " since this was queued, so it was held back",
		Hint: "read the conversation, then try again or discard it",
	}
}

// hold fails the parts that were about to leave.
func (e *edit) hold(item OutboxItem, cause error) error {
	var known *Error
	if !errors.As(cause, &known) {
		return cause
	}
	for i := range item.Parts {
		if item.Parts[i].State == StateQueued {
			item.Parts[i].State, item.Parts[i].Error = StateFailed, FailureOf(known)
		}
	}
	item.Waiting = nil
	return e.putItem(item)
}

// attempt marks what is about to be tried.
func (e *edit) attempt(a *account, item *OutboxItem) error {
	at := toMillis(a.now())
	for i := range item.Parts {
		if p := &item.Parts[i]; p.State == StateQueued {
			p.State, p.AttemptedAt, p.Error = StateSending, at, nil
		}
	}
	item.Attempts++
	item.Waiting = nil
	return e.putItem(*item)
}

// deliver makes the one request and writes down what became of it, also when
// we are about to stop.
func (in *Inbox) deliver(ctx context.Context, a *account, item OutboxItem) {
	defer a.setBusy(item.Conversation, false)
	sendCtx, cancel := graceful(ctx, sendGrace)
	defer cancel()
	out := Outgoing{Conversation: item.Conversation, Recipient: item.Recipient}
	for _, p := range item.Parts {
		if p.State == StateSending {
			out.Parts = append(out.Parts, p)
		}
	}
	asked := time.Now()
	res, err := a.Provider.Send(sendCtx, out)
	a.setClock(asked, res.ServerTime)
	failure := AsError(err)
	if failure != nil {
		in.log.Warn("send failed", "account", a.ID, "item", item.ID, "error", failure, "cause", failure.Err)
		if failure.Kind == RateLimited {
			a.limited(failure)
		}
	}
	a.noteSendError(failure)
	at := a.now()
	if !res.ServerTime.IsZero() {
		at = res.ServerTime
	}
	for wait := time.Second; ; wait = min(2*wait, maxStoreDelay) {
		err := in.settle(context.WithoutCancel(ctx), item.ID, out, resultsOf(out, res, failure), at)
		if err == nil {
			break
		}
		in.log.Error("cannot store what became of a send", "item", item.ID, "error", err)
		if !sleep(sendCtx, wait) {
			break // the item stays "sending", and the next start makes it unknown
		}
	}
	a.poll()
}

// maxStoreDelay is the longest pause before the result of a send is offered to
// the store again. A full disk does not stay full.
const maxStoreDelay = 30 * time.Second

// sleep is false when ctx has ended before.
func sleep(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// graceful is a context that outlives ctx by the grace.
func graceful(ctx context.Context, grace time.Duration) (context.Context, context.CancelFunc) {
	out, cancel := context.WithCancel(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, func() { time.AfterFunc(grace, cancel) })
	return out, func() { stop(); cancel() }
}

// noteSendError keeps a refused key in sight although reads work.
func (a *account) noteSendError(failure *Error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	switch {
	case failure == nil:
		a.sendError = nil
	case failure.Kind == Auth:
		a.sendError = FailureOf(failure)
	}
}

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
		return o.Kind == p.Kind && o.Text == p.Text && o.URL == p.URL && o.AttemptedAt.Equal(p.AttemptedAt)
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
	messages := map[MessageID]*Message{}
	var order []MessageID
	for i, p := range item.Parts {
		if p.State != StateSent || !wasTried(p, out) {
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
			m.Attachments = append(m.Attachments, Attachment{Type: string(p.Kind), URL: p.URL, AsOf: at})
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
