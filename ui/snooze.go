package ui

import (
	"time"

	"parley/inbox"

	tea "charm.land/bubbletea/v2"
)

// Snoozing on the screen: the question for how long, and what there is to be said
// against it.

// backAtOnce is the choice that ends a snooze.
const backAtOnce = "now, back at once"

// openSnooze asks until when the conversations are to be out of sight.
func (u *UI) openSnooze() tea.Cmd {
	cs := u.targets()
	p := &whenPage{
		title: "snooze " + aboutWords(cs), hints: "snoozes",
		against: func(at time.Time) string { return u.closesBefore(cs, at) },
		pick: func(c whenChoice) tea.Cmd {
			if c.at.IsZero() {
				return u.decide(cs, verdict{inbox.Unsnooze{}, "back in the inbox", true})
			}
			text, _ := whenLabel(c.at, u.now(), u.opts.Zone, u.opts.Clock)
			return u.decide(cs, verdict{inbox.Snooze{Until: c.at}, "snoozed until " + text, true})
		},
	}
	if len(cs) == 1 {
		p.window = u.in.Window(cs[0])
		p.window.ClosesAt = u.in.ByOurClock(cs[0].ID.Account(), p.window.ClosesAt)
	}
	if all(cs, func(c inbox.Conversation) bool { return c.Triage.Snoozed() }) {
		return u.openWhen(p, whenChoice{text: backAtOnce})
	}
	return u.openWhen(p)
}

// closesBefore says that reply windows close before the conversations come back,
// "" when none does.
func (u *UI) closesBefore(cs []inbox.Conversation, at time.Time) string {
	closing, soonest := 0, time.Time{}
	for _, c := range cs {
		if end, ends := u.windowEnd(c); ends && !end.After(at) {
			closing++
			soonest = sooner(soonest, end)
		}
	}
	if closing == 0 {
		return ""
	}
	text, _ := whenLabel(soonest, u.now(), u.opts.Zone, u.opts.Clock)
	if len(cs) == 1 {
		return "the reply window closes " + text + ", before it comes back"
	}
	return grouped(closing) + " of the reply windows close before, the first " + text
}

// windowEnd is when nobody can answer any more, by our clock.
func (u *UI) windowEnd(c inbox.Conversation) (end time.Time, ends bool) {
	if _, ends := u.in.Window(c).Left(u.in.Now(c.ID.Account())); !ends {
		return end, false
	}
	_, end = u.in.Capabilities(c.ID).Window.Ends(c.LastReceivedAt)
	return u.in.ByOurClock(c.ID.Account(), end), true
}
