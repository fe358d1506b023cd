package inbox

import (
	"context"
	"fmt"
	"time"
)

// A snooze takes a conversation out of sight until a time. It is ended by what
// the customer writes, by an agent, or by the clock.

// maxSnooze is far beyond any window, and tells a mistyped year.
const maxSnooze = 2 * 366 * 24 * time.Hour

func (s Snooze) change(t *triaging) error {
	until := toMillis(s.Until)
	switch {
	case !until.After(t.e.now):
		return &Error{Kind: Rejected, Op: "snooze", Text: "the time to come back is over already", Hint: "name one that is still to come"}
	case until.Sub(t.e.now) > maxSnooze:
		return &Error{Kind: Rejected, Op: "snooze", Text: "a snooze lasts two years at most", Hint: "mark the conversation as done instead: it comes back when the customer writes"}
	}
	if t.IsDone() {
		t.reopened()
		t.tell()
	}
	if !until.Equal(t.Triage.SnoozedUntil) {
		t.Triage.SnoozedUntil, t.Triage.SnoozedAt = until, toMillis(t.e.now)
	}
	t.Triage.Woken = time.Time{}
	t.warning = t.e.in.snoozeWarning(t.Conversation, s.Until)
	return nil
}

// snoozeWarning tells that the reply window closes while the conversation is out
// of sight.
func (in *Inbox) snoozeWarning(c Conversation, until time.Time) string {
	policy, now := in.Capabilities(c.ID).Window, in.Now(c.ID.Account())
	w := policy.WindowOf(c, now)
	if _, ends := w.Left(now); !ends {
		return ""
	}
	_, closes := policy.Ends(c.LastReceivedAt)
	closes = in.ByOurClock(c.ID.Account(), closes) // as until is
	if closes.After(until) {
		return ""
	}
	layout := in.opts.Clock
	closes = closes.In(until.Location())
	if !sameDay(closes, time.Now().In(until.Location())) {
		layout = "2006-01-02 " + layout
	}
	return fmt.Sprintf("the reply window closes %s, before it comes back", closes.Format(layout))
}

func sameDay(a, b time.Time) bool {
	return a.Year() == b.Year() && a.YearDay() == b.YearDay()
}

func (Unsnooze) change(t *triaging) error {
	t.endSnooze()
	return nil
}

// snoozeLook is how long the waker sleeps at most: a timer stands still while the
// machine sleeps, and does not know when the clock is set.
const snoozeLook = time.Minute

// wakeAtOnce bounds the conversations that one transaction wakes.
const wakeAtOnce = 100

// wakeSnoozed ends every snooze at its time until ctx ends.
func (in *Inbox) wakeSnoozed(ctx context.Context) {
	for ctx.Err() == nil {
		next, err := in.wakeDue(ctx)
		if err != nil && ctx.Err() == nil {
			in.log.Error("cannot end a snooze", "error", err)
		}
		wait := snoozeLook
		if err == nil && !next.IsZero() {
			wait = min(wait, max(time.Until(next), 0))
		}
		timer := time.NewTimer(wait)
		select {
		case <-ctx.Done():
		case <-in.snoozed:
		case <-timer.C:
		}
		timer.Stop()
	}
}

// wakeDue wakes what is due and tells when the next snooze ends: zero when there
// is none.
func (in *Inbox) wakeDue(ctx context.Context) (next time.Time, err error) {
	due, next, err := in.dueSnoozes(ctx)
	if err != nil || len(due) == 0 {
		return next, err
	}
	err = in.update(ctx, func(e *edit) error {
		for _, id := range due {
			c, err := e.conversation(id, false)
			if err != nil {
				return err
			}
			if c != nil && c.Triage.Snoozed() && !c.Triage.SnoozedUntil.After(e.now) {
				c.wake(e.now)
			}
		}
		return nil
	})
	return next, err
}

// wake brings the conversation to the top of its view.
func (c *editedConversation) wake(now time.Time) {
	c.comeBack()
	c.Triage.Woken = toMillis(now)
}

// dueSnoozes are the conversations whose time has come, and when the next comes.
func (in *Inbox) dueSnoozes(ctx context.Context) (due []ConversationID, next time.Time, err error) {
	page, err := in.List(ctx, ListQuery{View: ViewSnoozed, Sort: SortWake, After: wakeAtOnce})
	if err != nil {
		return nil, time.Time{}, err
	}
	now := time.Now()
	for _, row := range page.Rows {
		if next = row.Triage.SnoozedUntil; next.After(now) {
			return due, next, nil
		}
		due = append(due, row.ID)
	}
	if page.MoreAfter {
		return due, now, nil
	}
	return due, time.Time{}, nil
}
