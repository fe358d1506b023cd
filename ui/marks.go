package ui

import (
	"cmp"
	"slices"

	"parley/inbox"

	tea "charm.land/bubbletea/v2"
)

// Marks: conversations that are chosen for one action on all of them. They
// belong to what the list was asked for when they were set: in another view, or
// behind another filter, nobody sees them, and what nobody sees must not be
// changed by a key.

// marks are the marked conversations as they were last read.
type marks struct {
	ids  map[inbox.ConversationID]inbox.Conversation
	last inbox.ConversationID // where a range begins
	of   question
}

// question is what a list was asked for.
type question struct {
	view     string
	account  inbox.AccountID
	platform inbox.Platform
	search   string
}

func (l *list) question() question {
	return question{l.view.name, l.account, l.platform, l.search.String()}
}

func (l *list) isMarked(id inbox.ConversationID) bool {
	_, marked := l.marks.ids[id]
	return marked
}

func (l *list) mark(c inbox.Conversation) {
	if l.marks.ids == nil {
		l.marks.ids, l.marks.of = map[inbox.ConversationID]inbox.Conversation{}, l.question()
	}
	l.marks.ids[c.ID], l.marks.last = c, c.ID
}

func (l *list) unmark(id inbox.ConversationID) {
	if delete(l.marks.ids, id); len(l.marks.ids) == 0 {
		l.marks = marks{}
	}
}

// renewMarks keeps what is known of the marked conversations new.
func (l *list) renewMarks() {
	for _, row := range l.rows {
		if l.isMarked(row.ID) {
			l.marks.ids[row.ID] = row.Conversation
		}
	}
}

// marked are the marked conversations, always in the same order.
func (l *list) marked() []inbox.Conversation {
	all := make([]inbox.Conversation, 0, len(l.marks.ids))
	for _, c := range l.marks.ids {
		all = append(all, c)
	}
	slices.SortFunc(all, func(a, b inbox.Conversation) int { return cmp.Compare(a.ID, b.ID) })
	return all
}

func (u *UI) dropMarks() {
	u.list.marks = marks{}
	u.touch(partList | partStatus | partHints)
}

// toggleMark marks the selected conversation, or takes its mark away.
func (u *UI) toggleMark() tea.Cmd {
	row, _ := u.list.row()
	if u.list.isMarked(row.ID) {
		u.list.unmark(row.ID)
	} else {
		u.list.mark(row.Conversation)
	}
	u.touch(partList | partStatus | partHints)
	return u.moveSelection(1)
}

// markRange marks everything between the last mark and the selection.
func (u *UI) markRange() tea.Cmd {
	l := &u.list
	from := slices.IndexFunc(l.rows, func(r inbox.ListRow) bool { return r.ID == l.marks.last })
	if from < 0 {
		from = l.at
	}
	for _, row := range l.rows[min(from, l.at) : max(from, l.at)+1] {
		l.mark(row.Conversation)
	}
	l.marks.last = l.selected
	u.touch(partList | partStatus | partHints)
	return nil
}

// allMsg is the beginning of a list, all of which is to be marked.
type allMsg struct {
	of   question
	page inbox.ListPage
	err  error
}

// mostMarks is how many conversations are marked at once: so many change in one
// transaction, and nobody waits for it.
const mostMarks = 500

// markAll marks all that the list holds, mostMarks at the most.
func (u *UI) markAll() tea.Cmd {
	of, by, search := u.list.question(), u.searchBy(), u.list.wanted()
	q := u.list.query(0, by)
	q.Anchor, q.AnchorID, q.Before, q.After = "", "", 0, mostMarks
	return func() tea.Msg {
		page, err := u.rows(q, search, by)
		return allMsg{of, page, err}
	}
}

func (u *UI) allRead(msg allMsg) {
	switch {
	case msg.err != nil:
		u.warn("mark all: " + sentence(inbox.AsError(msg.err)))
		return
	case msg.of != u.list.question():
		return
	}
	for _, row := range msg.page.Rows {
		u.list.mark(row.Conversation)
	}
	u.touch(partList | partStatus | partHints)
	if msg.page.MoreAfter {
		u.say("the first " + grouped(len(msg.page.Rows)) + " are marked: the view has more")
	}
}
