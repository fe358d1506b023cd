package ui

import (
	"cmp"
	"slices"
	"strings"

	"parley/inbox"
)

// list is the conversation list: a window of rows around the selection. The
// selection is a conversation, never a row number; the window is read again
// whenever something has changed or the selection comes near its edge.
type list struct {
	view     listView
	sort     inbox.Sort
	account  inbox.AccountID
	platform inbox.Platform
	text     string       // the search as it was typed
	search   inbox.Search // and as it was understood

	rows       []inbox.ListRow
	moreBefore bool
	moreAfter  bool
	selected   inbox.ConversationID
	at         int  // index of the selection in rows, -1 when there is none
	top        int  // index of the first row on the screen
	ghost      bool // the selection is no longer in the view; its row stays until it is left
	owed       int  // steps beyond the window that wait for it to be read
	lost       bool // the last window did not hold the selection: look for it by its ID
	asked      bool // another question is being asked: cursors are worthless, and what it leaves out is not kept
	unchosen   bool // nobody has chosen anything yet: the first row is selected, whichever that is

	marks marks

	counts  inbox.Counts
	closing int // conversations that close soon, mostClosing at the most
	loaded  bool
	load    loader
}

func newList(v listView) list { return list{view: v, sort: v.sort, at: -1} }

// loader numbers the questions to the inbox, so that an answer to an old one
// can be told, and keeps one question under way at a time.
type loader struct {
	gen   uint64
	busy  bool
	again bool
}

// ask starts a question, unless one is under way: then it is asked again when
// that one is answered.
func (l *loader) ask() bool {
	if l.busy {
		l.again = true
		return false
	}
	l.busy = true
	l.gen++
	return true
}

// restart makes any question under way worthless.
func (l *loader) restart() {
	l.gen++
	l.busy, l.again = false, false
}

// answered takes an answer; fresh is false when the question was another.
func (l *loader) answered(gen uint64) (fresh, again bool) {
	if gen != l.gen || !l.busy {
		return false, false
	}
	again = l.again
	l.busy, l.again = false, false
	return true, again
}

// mostClosing is how far the conversations that close soon are counted: there
// is no index of their number.
const mostClosing = 99

// countOf is the size of a view, 0 when it is not known: what is counted are
// all conversations, whatever the filters leave of them.
func (l *list) countOf(v listView) int {
	switch {
	case l.filters() != "" || len(v.search.Terms) > 0:
		return 0
	case v.closing:
		return l.closing
	}
	return l.counts[v.view]
}

// row is the selected row.
func (l *list) row() (inbox.ListRow, bool) {
	if l.at < 0 || l.at >= len(l.rows) {
		return inbox.ListRow{}, false
	}
	return l.rows[l.at], true
}

// query asks for the rows around the selection, screens of them.
func (l *list) query(screen int, by inbox.SearchBy) inbox.ListQuery {
	search := l.wanted()
	q := search.Query(by)
	q.Account, q.Platform = cmp.Or(q.Account, l.account), cmp.Or(q.Platform, l.platform)
	q.After = min(max(4*screen, 3*windowTop, l.owed), mostRows)
	switch own := len(l.view.search.Terms) > 0; {
	case l.search.HasView():
	case own:
		q.Sort = l.sort
	default:
		q.View, q.Sort = l.view.view, l.sort
		if l.view.closing {
			q.Closing = by.Closing
		}
	}
	if !isExact(search) {
		q.After = max(q.After, len(l.rows)+4*screen)
		return q // its rows are picked one by one, from the beginning
	}
	if row, ok := l.row(); l.selected != "" && (ok && (l.lost || !l.atTop()) || l.asked) {
		q.Anchor, q.AnchorID, q.Before = row.Cursor, l.selected, max(2*screen, 2*windowTop)
	}
	if l.asked {
		q.Anchor = ""
	}
	return q
}

// atTop tells that the screen shows the beginning of the list: there, new rows
// push the others down instead of staying unseen above.
func (l *list) atTop() bool { return l.top == 0 && !l.moreBefore && l.at < windowTop }

// mostRows bounds a window: so many are read at once on the way to the end of a
// long list.
const mostRows = 1000

// windowTop is how far from the beginning a selection may be for the window to
// start at the beginning.
const windowTop = 20

// apply takes a freshly read window. The selection stays where it is on the
// screen, unless the screen shows the beginning of the list. It is false when
// the window starts at the beginning and does not reach the selection: then it
// has to be read once more, around the selection.
func (l *list) apply(page inbox.ListPage, height int) bool {
	found := slices.ContainsFunc(page.Rows, func(r inbox.ListRow) bool { return r.ID == l.selected })
	if !found && l.selected != "" && !l.lost && !l.asked && !page.MoreBefore && page.MoreAfter {
		l.lost = true
		return false
	}
	asked := l.asked
	l.lost, l.asked = false, false
	if l.unchosen && !page.MoreBefore {
		l.selected, l.at = "", -1
	}
	old, oldAt := l.rows, l.at
	offset := l.at - l.top
	atTop := l.top == 0 && !l.moreBefore
	l.rows, l.moreBefore, l.moreAfter = page.Rows, page.MoreBefore, page.MoreAfter
	l.loaded = true
	l.ghost = false
	l.renewMarks()
	l.at = slices.IndexFunc(l.rows, func(r inbox.ListRow) bool { return r.ID == l.selected })
	if l.at < 0 && !asked && l.selected != "" && oldAt >= 0 && oldAt < len(old) {
		l.keepGhost(old, oldAt)
	}
	if l.at < 0 && len(l.rows) > 0 {
		l.at, l.top = 0, 0
		l.selected = l.rows[0].ID
	}
	if atTop && !l.moreBefore {
		l.top = 0
	} else {
		l.top = l.at - offset
	}
	l.settle(height)
	if owed := l.owed; owed != 0 {
		l.owed = 0
		l.move(owed, height)
	}
	return true
}

// keepGhost puts the selected row back at its place among its old neighbours:
// what an agent looks at does not vanish because it has just been read.
func (l *list) keepGhost(old []inbox.ListRow, oldAt int) {
	at := 0
	for i := oldAt - 1; i >= 0; i-- {
		id := old[i].ID
		if found := slices.IndexFunc(l.rows, func(r inbox.ListRow) bool { return r.ID == id }); found >= 0 {
			at = found + 1
			break
		}
	}
	l.rows = slices.Insert(slices.Clone(l.rows), at, old[oldAt])
	l.at, l.ghost = at, true
}

// move selects another row. What lies beyond the window is owed until it has
// been read.
func (l *list) move(by, height int) (moved bool) {
	if len(l.rows) == 0 {
		return false
	}
	if l.owed != 0 {
		l.owed += by
		return false
	}
	by = l.dropGhost(by)
	target := l.at + by
	switch {
	case target < 0 && l.moreBefore:
		l.owed = target
	case target >= len(l.rows) && l.moreAfter:
		l.owed = target - len(l.rows) + 1
	}
	target = min(max(target, 0), len(l.rows)-1)
	moved = l.rows[target].ID != l.selected
	l.at, l.selected = target, l.rows[target].ID
	l.settle(height)
	return moved
}

// pick selects a conversation if the window holds it.
func (l *list) pick(id inbox.ConversationID, height int) {
	i := slices.IndexFunc(l.rows, func(r inbox.ListRow) bool { return r.ID == id })
	if i < 0 {
		return
	}
	l.ghost, l.owed = false, 0
	l.at, l.selected = i, id
	l.settle(height)
}

// dropGhost removes the row that is no longer in the view when it is left. The
// row below takes its place, so that is where one step down leads.
func (l *list) dropGhost(by int) int {
	if !l.ghost || by == 0 || len(l.rows) == 1 {
		return by
	}
	l.rows = slices.Delete(slices.Clone(l.rows), l.at, l.at+1)
	l.ghost = false
	if by > 0 {
		by--
	}
	if l.at >= len(l.rows) {
		l.at, by = len(l.rows)-1, 0
	}
	return by
}

// toEnd selects the last row of all. Windows can only be read from a row on, so
// the way there leads through the list, in large steps.
func (l *list) toEnd(height int) bool { return l.move(mostRows*mostRows, height) }

// remove takes out a conversation that is kept no longer. Its neighbour is
// selected then.
func (l *list) remove(id inbox.ConversationID) {
	i := slices.IndexFunc(l.rows, func(r inbox.ListRow) bool { return r.ID == id })
	if i < 0 {
		return
	}
	l.rows = slices.Delete(slices.Clone(l.rows), i, i+1)
	if i < l.at {
		l.at--
	}
	if l.selected != id {
		return
	}
	l.ghost, l.selected = false, ""
	l.at = min(l.at, len(l.rows)-1)
	if l.at >= 0 {
		l.selected = l.rows[l.at].ID
	}
}

// toTop selects the first row of all.
func (l *list) toTop() {
	l.ghost, l.owed = false, 0
	l.rows, l.at, l.top = nil, -1, 0
	l.selected, l.moreBefore = "", false
}

// settle scrolls so that the selection is on the screen. It scrolls by half a
// screen: over a slow line, a list that scrolls by one row repaints itself at
// every key.
func (l *list) settle(height int) {
	height = max(height, 1)
	switch {
	case l.at < l.top:
		l.top = l.at - height/2
	case l.at >= l.top+height:
		l.top = l.at - height + 1 + (height-1)/2
	}
	l.top = max(min(l.top, len(l.rows)-height), 0)
}

// wants tells that the selection is so near to an edge of the window that more
// has to be read.
func (l *list) wants(height int) bool {
	if l.owed != 0 {
		return true
	}
	return l.moreBefore && l.at < height || l.moreAfter && l.at >= len(l.rows)-height
}

// update replaces what is known of one conversation, without moving it: the
// thread has a newer record than the list. It tells whether it did.
func (l *list) update(c inbox.Conversation) bool {
	for i := range l.rows {
		if l.rows[i].ID == c.ID && l.rows[i].Revision < c.Revision {
			l.rows = slices.Clone(l.rows)
			l.rows[i].Conversation = c
			return true
		}
	}
	return false
}

// noteDraft marks a row whose draft is being stored: the store will say so in a
// moment, and until then the row must not say that there is none.
func (l *list) noteDraft(id inbox.ConversationID, d inbox.Draft) {
	i := slices.IndexFunc(l.rows, func(r inbox.ListRow) bool { return r.ID == id })
	if i < 0 || d.Empty() || l.rows[i].Draft != "" {
		return
	}
	l.rows = slices.Clone(l.rows)
	l.rows[i].Draft = d.Text + strings.Join(d.Media, " ")
}

// filters says in words what narrows the list, "" for nothing.
func (l *list) filters() string {
	var parts []string
	if l.account != "" {
		parts = append(parts, string(l.account))
	}
	if l.platform != "" {
		parts = append(parts, l.platform.Label())
	}
	if l.text != "" {
		parts = append(parts, "“"+l.text+"”")
	}
	return strings.Join(parts, " · ")
}
