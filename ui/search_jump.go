package ui

import (
	"time"

	"parley/inbox"

	tea "charm.land/bubbletea/v2"
)

// From a find to its place, and back: the conversation is opened around the message,
// which is selected and stands out for a moment. Back from there is to the results,
// and back from those to where the search was opened, however many finds were looked
// at between.

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
		shown := u.showConversation(c)
		u.thread.found = true
		return tea.Batch(closed, shown, u.listMoved(), u.markRead())
	}
	if u.thread.id != c.ID {
		u.thread.open(c)
	}
	u.thread.found = true
	u.thread.seek(r.Message.Position())
	return tea.Batch(closed, u.readThread(), u.after(slowAfter, slowMsg{u.thread.load.gen}), u.listMoved())
}

// origin is where the search was opened.
type origin struct {
	focus    focus
	selected inbox.ConversationID // in the list
	conv     inbox.Conversation   // in the thread
}

func (u *UI) here() origin {
	o := origin{focus: u.focus, selected: u.list.selected, conv: u.thread.conv}
	if u.isWriting() {
		o.focus = onThread // the draft is kept there
	}
	return o
}

// back leads from a thread to where it was opened: to what the search has found, or
// to the list.
func (u *UI) back() tea.Cmd {
	if !u.thread.found || u.search == nil {
		return u.toList()
	}
	return u.showSearch()
}

// goBack leads to where the search was opened, when it has led elsewhere since.
func (u *UI) goBack(to origin) tea.Cmd {
	u.thread.found = false // the find may stand where the search was opened
	u.list.pick(to.selected, u.listRows())
	u.focusOn(to.focus)
	u.touch(partList | partThread | partHints)
	if to.focus == onThread {
		return u.showConversation(to.conv)
	}
	return tea.Batch(u.listMoved(), u.showSelected())
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
