package ui

import (
	tea "charm.land/bubbletea/v2"
)

// The mouse, for those who ask for it in the config: a click selects, a second one
// opens, the wheel scrolls what is under it. A terminal that reports the mouse
// keeps its own selection of text for Shift only, which is why it is off by
// default.

// wheelStep is how many lines of a thread a notch of the wheel scrolls.
const wheelStep = 3

func (u *UI) mouseMode() tea.MouseMode {
	if u.opts.Mouse {
		return tea.MouseModeCellMotion
	}
	return tea.MouseModeNone
}

// moused hands an event to the pane under it.
func (u *UI) moused(msg tea.MouseMsg) tea.Cmd {
	u.list.unchosen = false
	m := msg.Mouse()
	switch msg.(type) {
	case tea.MouseWheelMsg:
		if m.Button == tea.MouseWheelUp {
			return u.wheeled(m, -1)
		}
		if m.Button == tea.MouseWheelDown {
			return u.wheeled(m, 1)
		}
	case tea.MouseClickMsg:
		if m.Button == tea.MouseLeft {
			return u.clicked(m)
		}
	}
	return nil
}

func (r rect) holds(m tea.Mouse) bool {
	return m.X >= r.x && m.X < r.x+r.width && m.Y >= r.y && m.Y < r.y+r.height
}

// wheeled scrolls by a notch. What covers the panes gets an arrow key.
func (u *UI) wheeled(m tea.Mouse, by int) tea.Cmd {
	switch {
	case u.overlay != nil && u.overlayArea().holds(m):
		key := tea.Key{Code: tea.KeyDown}
		if by < 0 {
			key.Code = tea.KeyUp
		}
		return u.overlay.press(u, key, key.String())
	case u.overlay != nil:
		return nil
	case u.area.thread.holds(m):
		return u.scrollThread(by * wheelStep)
	case u.area.list.holds(m) && !u.isWriting():
		return u.moveSelection(by)
	}
	return nil
}

// clicked selects what is under the mouse. While an answer is being written
// nothing else can be chosen: a slip must not change who is answered.
func (u *UI) clicked(m tea.Mouse) tea.Cmd {
	switch {
	case u.overlay != nil || u.isWriting():
		return nil
	case u.area.list.holds(m):
		return u.clickedRow(m.Y - u.area.list.y)
	case u.area.thread.holds(m):
		return u.clickedMessage(m.Y - u.area.thread.y - u.headerLines())
	}
	return nil
}

// clickedRow selects a conversation, or opens it when it is selected already.
func (u *UI) clickedRow(line int) tea.Cmd {
	i := u.list.top + line/u.rowHeight(u.area.list.height)
	if i >= len(u.list.rows) {
		return nil
	}
	u.focusOn(onList)
	if i == u.list.at {
		return u.openSelected()
	}
	return u.moveSelection(i - u.list.at)
}

// clickedMessage gives the keys to the thread and selects the message.
func (u *UI) clickedMessage(line int) tea.Cmd {
	t := &u.thread
	if t.id == "" {
		return nil
	}
	u.focusOn(onThread)
	u.touch(partThread)
	if i, ok := u.entryAt(line); ok {
		t.cursor = t.entries[i].key
	}
	return u.markRead()
}

// entryAt is the entry that is drawn in a line of the thread.
func (u *UI) entryAt(line int) (entry int, ok bool) {
	t := &u.thread
	if line < 0 || !t.loaded || len(t.entries) == 0 {
		return 0, false
	}
	at := t.top(u.block)
	for i, skip := at.entry, at.line; i < len(t.entries); i, skip = i+1, 0 {
		if line -= len(u.block(i).lines) - skip; line < 0 {
			return i, true
		}
	}
	return 0, false
}
