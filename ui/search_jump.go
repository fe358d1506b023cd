package ui

import (
	"time"

	"parley/inbox"

	tea "charm.land/bubbletea/v2"
)

// From a find to its place: the conversation is opened around the message, which
// is selected and stands out for a moment.

// litFor is how long the message stands out.
const litFor = 2 * time.Second

// jumpTo leaves the search for what was found. An answer that was being written
// is kept as a draft.
func (u *UI) jumpTo(r inbox.SearchResult) tea.Cmd {
	closed := u.closeComposer()
	u.dismiss()
	c := r.Conversation
	u.list.pick(c.ID, u.listRows())
	u.focusOn(onThread)
	u.touch(partList | partThread | partHints)
	if !r.IsMessage() {
		return tea.Batch(closed, u.showConversation(c), u.listMoved(), u.markRead())
	}
	if u.thread.id != c.ID {
		u.thread.open(c)
	}
	u.thread.seek(r.Message.Position())
	return tea.Batch(closed, u.readThread(), u.after(slowAfter, slowMsg{u.thread.load.gen}), u.listMoved())
}

// seek has the thread read around a message.
func (t *thread) seek(p inbox.Position) {
	t.sought = p
	t.load.restart()
}

// showSought brings the message that was sought onto the screen, a third of it
// below the top: what was said before belongs to it.
func (u *UI) showSought() {
	t := &u.thread
	if t.sought.ID == "" {
		return
	}
	i := t.index(messageKey(t.sought.ID))
	t.sought = inbox.Position{}
	if i < 0 {
		u.warn("the message is no longer there")
		return
	}
	u.fitThread() // its header may have other lines than the one before
	t.cursor = t.entries[i].key
	t.lit = u.now().Add(litFor)
	t.hold(t.shift(spot{i, 0}, -t.height/3, u.block), u.block)
	t.reveal(i, u.block)
}
