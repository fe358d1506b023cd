package inbox

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"
)

// The sender takes what is queued, looks once more whether it may leave, marks
// it as sending, and makes the one request.

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
			in.waitToSend(ctx, a, sooner(next.at, next.scheduled))
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
func (in *Inbox) claim(ctx context.Context, a *account) (claimed *OutboxItem, next nextLook) {
	if !in.hasQueued(a) {
		return nil, nextLook{}
	}
	err := in.update(ctx, func(e *edit) error {
		claimed, next = nil, nextLook{}
		items, err := e.OutboxActive("")
		if err != nil {
			return err
		}
		blocked := a.busy()
		for _, item := range items {
			if item.Conversation.Account() != a.ID || !item.hasQueued() {
				continue
			}
			before := itemOf(items, item.After)
			if before.State() == StateFailed {
				if err := e.hold(item, errPieceBefore(item)); err != nil {
					return err
				}
				continue
			}
			if item.SendAt.After(a.now()) {
				next.scheduled = sooner(next.scheduled, item.SendAt)
				continue // others do not wait for it
			}
			at, may := in.mayLeave(a, item, blocked)
			if !may || before.ID != "" {
				next.at = sooner(next.at, at)
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
		return nil, nextLook{at: a.now().Add(time.Second)}
	}
	if claimed != nil {
		a.setBusy(claimed.Conversation, true)
	}
	return claimed, next
}

// nextLook is when there may be something to claim, by the provider's clock. Zero
// is never.
type nextLook struct {
	at        time.Time // a message that waits for a moment
	scheduled time.Time // one that an agent wants to leave then
}

// sooner is the earlier of two instants, where zero is never.
func sooner(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}

// itemOf finds an item that is not sent yet; an empty one when there is none.
func itemOf(items []OutboxItem, id OutboxID) OutboxItem {
	for _, item := range items {
		if id != "" && item.ID == id {
			return item
		}
	}
	return OutboxItem{}
}

func errPieceBefore(item OutboxItem) *Error {
	return &Error{
		Kind: Rejected, Op: "send", Text: "the piece of the text before it was not sent, so it was held back",
		Hint: "try " + string(item.After) + " again first, then this one",
	}
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
	if ours := time.Now(); item.Held(ours) {
		until = later(until, now.Add(item.HeldUntil.Sub(ours)))
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
	if err := e.in.windowError(c.Conversation, item.Automated || item.Scheduled(), item.Anyway); err != nil {
		return err
	}
	item.late = e.in.Window(c.Conversation).Phase == WindowLate
	if c.LastArrival <= item.Seen || item.isReaction() { // a reaction means its message, whatever came after
		return nil
	}
	page, err := e.Thread(ThreadQuery{Conversation: c.ID, Before: 50})
	if err != nil {
		return err
	}
	received, sent := 0, 0
	for _, m := range page.Messages {
		switch {
		case m.Arrival <= item.Seen || m.Outbox != "" || m.Event:
		case m.Direction == Received && !m.ArrivedAt.After(item.HeldUntil): // they would have crossed without the hold too
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
	out := Outgoing{Conversation: item.Conversation, Recipient: item.Recipient, Late: item.late}
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
