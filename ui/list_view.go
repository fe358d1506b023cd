package ui

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"parley/inbox"
)

// How the list is drawn: one or two lines for a conversation, with everything
// that tells whether it needs somebody.

// listRows is how many conversations fit on the screen.
func (u *UI) listRows() int {
	h := u.area.list.height
	return max(h/u.rowHeight(h), 1)
}

// drawList draws the visible rows.
func (u *UI) drawList() (lines []string, until time.Time) {
	area := u.area.list
	if area.width == 0 || area.height == 0 {
		return nil, time.Time{}
	}
	if len(u.list.rows) == 0 {
		return u.drawEmptyList(area.width, area.height), time.Time{}
	}
	lines = make([]string, 0, area.height)
	for i := u.list.top; i < len(u.list.rows) && len(lines) < area.height; i++ {
		row, next := u.drawRow(i, area.width, u.rowHeight(area.height))
		lines = append(lines, row...)
		until = sooner(until, next)
	}
	return fill(lines, area.width, area.height), until
}

// fill makes a pane exactly as high as its area.
func fill(lines []string, width, height int) []string {
	if len(lines) > height {
		return lines[:height]
	}
	blank := strings.Repeat(" ", width)
	for len(lines) < height {
		lines = append(lines, blank)
	}
	return lines
}

// fillAbove is fill with a last line that stands at the bottom, where there is
// room for more than one.
func fillAbove(lines []string, last string, height int) []string {
	if height < 2 {
		return fill(lines, 0, height)
	}
	return append(fill(lines, 0, height-1), last)
}

// drawRow draws one conversation.
func (u *UI) drawRow(i, width, height int) (lines []string, until time.Time) {
	c := u.list.rows[i].Conversation
	left, leftRole, t1 := u.windowOf(c, false)
	age, t2 := u.rowAge(c)
	marks := u.fittingMarks(c, segment{u.style[leftRole], left}, width-rowMargin-leastName)
	if room := width - rowMargin - leastName - marks.width(u.cells); height == 1 && age != "" && u.cells.width(age)+2 <= room-leastName {
		marks = append(segments{{u.style[roleFaint], " " + age + " "}}, marks...)
	}
	l := u.rowLine(i, width)
	l.put(u.style[roleFaint], c.ID.Platform().Tag())
	u.putMark(l, c.ID)
	l.column(u.nameStyle(c), c.Participant.DisplayName(), l.left-marks.width(u.cells))
	marks.put(l)
	lines = append(lines, l.pad().String())
	if height > 1 {
		lines = append(lines, u.drawPreview(i, width, age))
	}
	return lines, sooner(t1, t2)
}

// putMark says whether the conversation is marked.
func (u *UI) putMark(l *lineBuilder, id inbox.ConversationID) {
	if u.list.isMarked(id) {
		l.put(u.style[roleActive], "✓")
		return
	}
	l.spaces(1)
}

// rowAge is how long ago something moved there; of a snoozed one, when it comes
// back.
func (u *UI) rowAge(c inbox.Conversation) (label string, until time.Time) {
	if c.Triage.Snoozed() {
		return u.snoozedUntil(c)
	}
	label, until = agoLabel(c.LastActivity(), u.now(), u.opts.Zone)
	if c.JustWoken() {
		label = "woke " + label
	}
	return label, until
}

// snoozedUntil says when a snoozed conversation comes back.
func (u *UI) snoozedUntil(c inbox.Conversation) (string, time.Time) {
	text, until := whenLabel(c.Triage.SnoozedUntil, u.now(), u.opts.Zone, u.opts.Clock)
	return "until " + text, until
}

// What a row needs beside its marks.
const (
	rowMargin = 4 // the selection's mark and the platform
	leastName = 8
)

// fittingMarks are the marks of a row with the time that is left, as many as
// there is room for. The time matters most: its words go first, then the other
// marks, from the least important on.
func (u *UI) fittingMarks(c inbox.Conversation, left segment, room int) segments {
	marks := u.rowMarks(c)
	texts := []string{" " + left.text + " left", " " + left.text}
	switch {
	case left.text == "":
		texts = []string{""}
	case !endsInTime(left.text):
		texts = texts[1:]
	}
	for {
		for _, text := range texts {
			if all := append(slices.Clone(marks), segment{left.style, text}); all.width(u.cells) <= room {
				return all
			}
		}
		if len(marks) == 0 {
			return nil
		}
		marks = marks[:len(marks)-1]
	}
}

// rowLine begins a line of a row: it stands out when the row is selected and the
// list has the focus.
func (u *UI) rowLine(i, width int) *lineBuilder {
	l := u.line(width)
	if i != u.list.at || u.showsAnother(i) {
		return l.spaces(1)
	}
	if u.focus == onList {
		u.selectLine(l, u.list.rows[i].IsUnread())
	}
	return l.put(u.style[roleActive], "▌")
}

// showsAnother says that the search has led to a conversation that is not this one,
// and most likely not in the list: a mark would say that answers go to this one.
func (u *UI) showsAnother(i int) bool {
	return u.focus != onList && u.thread.found && u.list.rows[i].Conversation.ID != u.thread.id
}

func (u *UI) nameStyle(c inbox.Conversation) sgr {
	if c.IsUnread() || c.JustWoken() {
		return u.style[roleUnread]
	}
	return plain
}

// drawPreview draws the second line of a row: the last word, whose it is, and
// how long ago that was.
func (u *UI) drawPreview(i, width int, age string) string {
	c := u.list.rows[i].Conversation
	l := u.rowLine(i, width).spaces(3)
	if c.Last.Direction == inbox.Sent {
		l.put(u.style[roleOwn], "you: ")
	}
	style := u.style[roleFaint]
	if c.IsUnread() {
		style = plain
	}
	if age = " " + age; l.left < leastName+len(age) {
		age = ""
	}
	u.putLabels(l, c, l.left-len(age)-leastPreview)
	l.column(style, c.Last.Text, l.left-len(age))
	return l.put(u.style[roleFaint], age).pad().String()
}

// leastPreview is how much of the last word is left beside the labels.
const leastPreview = 12

// putLabels puts a conversation's labels into a line, as many as there is room
// for.
func (u *UI) putLabels(l *lineBuilder, c inbox.Conversation, room int) {
	for _, label := range c.Triage.Labels {
		text := "#" + visible(label) + " "
		if room -= u.cells.width(text); room < 0 {
			return
		}
		l.put(u.style[roleLink], text)
	}
}

// segments are styled pieces of a line.
type segments []segment

type segment struct {
	style sgr
	text  string
}

func (s segments) width(c cells) int {
	n := 0
	for _, g := range s {
		n += c.width(g.text)
	}
	return n
}

func (s segments) put(l *lineBuilder) {
	for _, g := range s {
		l.put(g.style, g.text)
	}
}

// rowMarks are the marks of a row, each with a blank before it, the most
// important first: a failed or doubtful send or one that waits, a draft, what
// is unread, and what has been decided.
func (u *UI) rowMarks(c inbox.Conversation) segments {
	var s segments
	add := func(r role, text string) { s = append(s, segment{u.style[r], " " + text}) }
	switch {
	case c.Outbox.Failed > 0:
		add(roleUrgent, "failed")
	case c.Outbox.Unknown > 0:
		add(roleUrgent, "sent?")
	case c.Outbox.Waiting > 0:
		add(roleWarn, "queued")
	case c.Outbox.Scheduled > 0:
		add(roleFaint, "scheduled")
	}
	if c.Draft != "" {
		add(roleTitle, "draft")
	}
	if c.IsUnread() {
		add(roleUnread, "●"+short(c.Unread))
	}
	if c.Triage.Muted {
		add(roleFaint, "muted")
	}
	if c.Triage.Mine && u.list.view.view != inbox.ViewMine {
		add(roleOwn, "mine")
	}
	return s
}

// drawEmptyList says why there is nothing and what to do.
func (u *UI) drawEmptyList(width, height int) []string {
	var texts []string
	switch {
	case !u.list.loaded:
		texts = []string{"Reading the cache …"}
	case u.list.filters() != "":
		texts = []string{"Nothing matches " + u.list.filters() + u.within() + ".", u.keys.first("clear") + " drops the filters.", u.toSearch()}
	case u.list.view.isAll():
		texts = u.emptyInbox()
	default:
		texts = []string{"Nothing in “" + u.list.view.name + "”.", u.list.view.empty, cmp.Or(u.toAll(), u.toSearch())}
	}
	return fill(u.paragraphs(texts, width), width, height)
}

// toSearch tells where words are found that stand in older messages.
func (u *UI) toSearch() string { return u.keys.first("search") + " searches all messages." }

// within names the view that the filters are applied to.
func (u *UI) within() string {
	if u.list.view.isAll() || u.list.search.HasView() {
		return ""
	}
	return " in “" + u.list.view.name + "”"
}

// emptyInbox explains an inbox without conversations: all of them may have been put
// away.
func (u *UI) emptyInbox() []string {
	if away := u.putAway(); len(away) > 0 {
		return append([]string{"Nobody waits for you.", "Put away until the customer writes:"}, away...)
	}
	texts := []string{"No conversations yet."}
	for _, a := range u.accounts {
		switch {
		case a.Health == inbox.Dead && a.Error != nil:
			texts = append(texts, string(a.ID)+": "+a.Error.Text, a.Error.Hint)
		case a.Health == inbox.Starting || firstSync(a):
			texts = append(texts, "Reading "+string(a.ID)+" for the first time: "+count(loadedOf(a), "message")+" so far.")
		}
	}
	if len(u.accounts) == 0 {
		return append(texts, "No account is configured.")
	}
	return append(texts, "They appear here as soon as a customer writes: a business cannot start one.")
}

// putAway says how many conversations are done or snoozed, and which keys show them.
func (u *UI) putAway() (texts []string) {
	for _, v := range u.views {
		if n := u.list.counts[v.view]; n > 0 && (v.view == inbox.ViewDone || v.view == inbox.ViewSnoozed) && len(v.search.Terms) == 0 {
			texts = append(texts, strings.TrimSpace(u.viewKey(v)+" “"+v.name+"”: "+grouped(n)))
		}
	}
	return texts
}

// paragraphs wraps texts with a blank line above each.
func (u *UI) paragraphs(texts []string, width int) []string {
	var lines []string
	for _, text := range texts {
		if text == "" {
			continue
		}
		lines = append(lines, u.line(width).pad().String())
		for _, row := range u.cells.wrap(text, width-2) {
			lines = append(lines, u.line(width).spaces(1).put(u.style[roleFaint], row.of(text)).pad().String())
		}
	}
	return lines
}
