package ui

import (
	"parley/inbox"

	tea "charm.land/bubbletea/v2"
)

// What became of the message that was sent last: "queued for Maya" must not
// stay on the screen when Maya has it, or never will.

// awaited are the messages that were sent last, and what was said of them.
type awaited struct {
	id    inbox.ConversationID // "" for none
	to    string
	what  string // it is no text: "the heart"
	items []inbox.OutboxItem
	said  string
	done  string // what to say when they have arrived
}

func (u *UI) await(msg sentMsg, said string) {
	u.awaited = awaited{id: msg.id, to: msg.to, items: msg.items, said: said, done: "sent to " + msg.to}
}

// lead begins what is said of it.
func (a awaited) lead() string {
	if a.what == "" {
		return ""
	}
	return a.what + ": "
}

// readOutcome reads how far the awaited messages have come.
func (u *UI) readOutcome() tea.Cmd {
	a := u.awaited
	if a.id == "" {
		return nil
	}
	return func() tea.Msg {
		items := make([]inbox.OutboxItem, 0, len(a.items))
		for _, item := range a.items {
			if now, err := u.in.OutboxItem(u.ctx, item.ID); err == nil {
				items = append(items, now)
			}
		}
		return outcomeMsg{a, items}
	}
}

// outcomeRead replaces what was said by what has happened. A message that was
// not sent is news whatever the agent does meanwhile.
func (u *UI) outcomeRead(msg outcomeMsg) {
	a := msg.awaited
	if a.id != u.awaited.id || a.said != u.awaited.said {
		return
	}
	waiting := u.notice.text == a.said
	state, why := outcome(msg.items)
	switch {
	case len(msg.items) == 0: // discarded, or taken back
		if waiting {
			u.hush()
		}
	case state == inbox.StateFailed:
		u.warn(a.lead() + "not sent to " + a.to + ": " + why)
	case state == inbox.StateUnknown:
		u.warn("nobody knows whether it reached " + a.to + ": " + why)
	case state == inbox.StateSent:
		if waiting {
			u.say(a.done)
		}
	default:
		return
	}
	u.awaited = awaited{}
}

// outcome is the state that needs most attention, and why.
func outcome(items []inbox.OutboxItem) (state inbox.State, why string) {
	state = inbox.StateSent
	for _, item := range items {
		switch s := item.State(); {
		case s == inbox.StateFailed || s == inbox.StateUnknown:
			if f := item.Failure(); f != nil {
				why = f.Text
			}
			return s, why
		case s != inbox.StateSent:
			state = s
		}
	}
	return state, ""
}
