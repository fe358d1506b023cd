package ui

import (
	"time"

	"parley/inbox"

	tea "charm.land/bubbletea/v2"
)

// What a customer sees of an agent who is writing. It is a courtesy: nothing
// waits for it, and what becomes of it is nobody's business.

// typingEvery is the least time between two signals that somebody types. They
// lapse after some 20 seconds at Meta's clients.
const typingEvery = 15 * time.Second

// signal tells the customer something that is no message.
func (u *UI) signal(id inbox.ConversationID, s inbox.Signal) tea.Cmd {
	return func() tea.Msg {
		_ = u.in.Signal(u.ctx, id, s)
		return nil
	}
}

// tellTyping says that the agent is typing, if that is possible and was not said
// just now.
func (u *UI) tellTyping() tea.Cmd {
	c := u.composer
	now := u.now()
	if c.empty() || !c.caps.Typing.OK || now.Sub(c.told) < typingEvery || !u.in.Window(u.thread.conv).Answerable() {
		return nil
	}
	c.told = now
	return u.signal(c.id, inbox.SignalTyping)
}

// tellNotTyping says that the agent has stopped, if the customer may believe
// otherwise.
func (u *UI) tellNotTyping() tea.Cmd {
	c := u.composer
	if c.told.IsZero() || u.now().Sub(c.told) > 2*typingEvery {
		return nil
	}
	return u.signal(c.id, inbox.SignalNotTyping)
}
