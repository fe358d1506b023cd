package ui

import (
	"context"
	"time"

	"parley/inbox"

	tea "charm.land/bubbletea/v2"
)

// Scheduled messages on the screen: the question for when, how they stand in the
// thread, and what can still be changed.

// openSendLater asks when the composer's text is to leave.
func (u *UI) openSendLater() tea.Cmd {
	c := u.composer
	if why := u.refusal(true); why != "" {
		u.renewNote()
		u.relayout()
		u.warn(why)
		return nil
	}
	split := u.refusal(false) != "" // too long for one message
	return u.askWhen("send later to "+c.to, "schedules", u.thread.conv, func(at time.Time) tea.Cmd {
		return u.hand(manner{split: split, at: at})
	})
}

// askWhen asks for a time at which a message to the customer may leave. What is
// picked is by the provider's clock.
func (u *UI) askWhen(title, hints string, conv inbox.Conversation, pick func(time.Time) tea.Cmd, more ...whenChoice) tea.Cmd {
	check := func(at time.Time) (string, error) {
		return u.in.CheckSendAt(conv, u.in.ByProvidersClock(conv.ID.Account(), at))
	}
	p := &whenPage{
		title: title, hints: hints, window: u.in.Window(conv),
		against: func(at time.Time) string {
			warning, _ := check(at)
			return warning
		},
		never: func(at time.Time) string {
			if _, err := check(at.In(u.opts.Zone)); err != nil {
				return sentence(inbox.AsError(err))
			}
			return ""
		},
		pick: func(c whenChoice) tea.Cmd { return pick(u.in.ByProvidersClock(conv.ID.Account(), c.at)) },
	}
	p.window.ClosesAt = u.in.ByOurClock(conv.ID.Account(), p.window.ClosesAt)
	return u.openWhen(p, more...)
}

// waitsForTime tells that the entry is a message that an agent has scheduled and
// that has not been tried.
func waitsForTime(e entry) bool {
	return e.item != nil && e.item.Scheduled() && e.item.State() == inbox.StateQueued && e.item.Attempts == 0
}

// leavesLater tells that the entry can be sent before its time.
func (u *UI) leavesLater(e entry) bool {
	return waitsForTime(e) || e.item != nil && e.item.State() == inbox.StateQueued && e.item.Held(u.now())
}

// canRetry tells that the entry has failed, or may have, or can be sent before its
// time.
func (u *UI) canRetry(e entry) bool {
	return isState(inbox.StateFailed, inbox.StateUnknown)(e) || u.leavesLater(e)
}

func cannotReschedule(u *UI) string {
	return cannotFor(waitsForTime)(u)
}

// reschedule asks for another time. Taking the present one again keeps a message
// that the customer has written since.
func (u *UI) reschedule() tea.Cmd {
	e, _ := u.thread.chosen(waitsForTime)
	conv, item := u.thread.conv, *e.item
	keep := whenChoice{text: "as it is", at: onTheMinute(u.in.ByOurClock(conv.ID.Account(), item.SendAt))}
	return u.askWhen("send later to "+conv.Participant.DisplayName(), "schedules", conv, func(at time.Time) tea.Cmd {
		text, _ := whenLabel(onTheMinute(u.in.ByOurClock(conv.ID.Account(), at)), u.now(), u.opts.Zone, u.opts.Clock)
		return u.do("change the time", "scheduled for "+text, func(ctx context.Context) error { return u.in.Reschedule(ctx, item.ID, at) })
	}, keep)
}

// onTheMinute is the minute that was meant. What is known of a provider's clock
// moves by parts of a second, and 8:59:59.9 would be shown as 8:59.
func onTheMinute(at time.Time) time.Time {
	if minute := at.Round(time.Minute); at.Sub(minute).Abs() <= 2*time.Second {
		return minute
	}
	return at
}

// sendNow lets a message leave that waits for its time.
func (u *UI) sendNow(item inbox.OutboxItem) tea.Cmd {
	return u.do("send now", "leaves now", func(ctx context.Context) error { return u.in.SendNow(ctx, item.ID) })
}

// scheduledWords say when a message leaves, "" when it is not scheduled, or due.
func (u *UI) scheduledWords(item *inbox.OutboxItem) (text string, until time.Time) {
	at := onTheMinute(u.in.ByOurClock(item.Conversation.Account(), item.SendAt))
	if !waitsForTime(entry{item: item}) || !at.After(u.now()) {
		return "", time.Time{}
	}
	when, until := whenLabel(at, u.now(), u.opts.Zone, u.opts.Clock)
	left, next := leftLabel(at, u.now(), false)
	return "scheduled for " + when + ", in " + left, sooner(sooner(until, next), at)
}

// writtenSince tells that the customer has written since the message was
// scheduled: it will not leave by itself.
func (u *UI) writtenSince(item *inbox.OutboxItem) string {
	if !waitsForTime(entry{item: item}) {
		return ""
	}
	for _, e := range u.thread.entries {
		if e.msg != nil && e.msg.Direction == inbox.Received && !e.msg.Event && e.msg.Arrival > item.Seen {
			return u.thread.conv.Participant.DisplayName() + " has written since: it is held back unless you keep it with " + u.keys.first("reschedule")
		}
	}
	return ""
}
