package ui

import (
	"time"

	"parley/inbox"
)

// How the thread is drawn: a header that says who writes where and how long an
// answer may still take, and the lines that are looked at.

// drawThread draws the header and the visible lines.
func (u *UI) drawThread() (lines []string, until time.Time) {
	area := u.area.thread
	u.pictures.thumbs.begin()
	if area.width == 0 || area.height == 0 {
		return nil, time.Time{}
	}
	t := &u.thread
	if t.id == "" {
		return fill(u.paragraphs([]string{"Select a conversation with j and k, and answer it with r."}, area.width), 0, area.height), time.Time{}
	}
	lines, until = u.drawThreadHeader(area.width)
	body, next := u.drawMessages(area.height - len(lines))
	u.hintPictures()
	return fill(append(lines, body...), 0, area.height), sooner(until, next)
}

// headerHeight is how many lines the thread's header takes.
func headerHeight(height int) int {
	switch {
	case height < 3:
		return 0
	case height < 10:
		return 1
	}
	return 2
}

// notesLeast is how many lines a thread needs for its header to have lines for
// what is not always there.
const notesLeast = 12

// headerLines is how many lines the header takes of the thread on the screen.
func (u *UI) headerLines() int {
	height := headerHeight(u.area.thread.height)
	if u.area.thread.height >= notesLeast {
		height += len(u.threadNotes())
	}
	return height
}

// threadNotes are what has to be said of some conversations only, a line each.
func (u *UI) threadNotes() (notes segments) {
	if u.thread.conv.Taken {
		notes = append(notes, segment{u.style[roleWarn], takenNote})
	}
	if text := u.relatedText(); text != "" {
		notes = append(notes, segment{u.style[roleFaint], text})
	}
	return notes
}

const takenNote = "another app holds this thread: an answer may be refused"

func (u *UI) drawThreadHeader(width int) (lines []string, until time.Time) {
	height := u.headerLines()
	if height == 0 {
		return nil, time.Time{}
	}
	title, until := u.drawThreadTitle(width, height == 1)
	lines = append(lines, title)
	if height == 1 {
		return lines, until
	}
	second, next := u.drawWindowLine(width)
	lines = append(lines, second)
	for _, note := range u.threadNotes()[:height-2] {
		lines = append(lines, u.line(width).fit(note.style, note.text, width).String())
	}
	return lines, sooner(until, next)
}

// drawThreadTitle draws who writes where; alone, it has to tell the rest too.
func (u *UI) drawThreadTitle(width int, alone bool) (string, time.Time) {
	c := u.thread.conv
	label, r, until := u.windowOf(c, false)
	title := u.line(width).fit(u.style[roleTitle], c.Participant.DisplayName(), max(width/2, 1))
	title.fit(u.style[roleFaint], " · "+c.ID.Platform().Label()+" · "+string(c.ID.Account()), title.left)
	state, next := u.triageWords(c)
	until = sooner(until, next)
	for _, text := range state {
		title.put(u.style[roleWarn], " · "+text)
	}
	if len(c.Triage.Labels) > 0 && title.left > 2 {
		title.put(u.style[roleFaint], " ")
		u.putLabels(title, c, title.left)
	}
	if !alone {
		return title.String(), until
	}
	if c.Taken {
		title.put(u.style[roleWarn], " · taken")
	}
	if label != "" {
		title.put(u.style[roleFaint], " · ").put(u.style[r], label)
	}
	return title.String(), until
}

// triageWords are what has been decided of a conversation.
func (u *UI) triageWords(c inbox.Conversation) (words []string, until time.Time) {
	switch {
	case c.Triage.Snoozed():
		var text string
		text, until = u.snoozedUntil(c)
		words = append(words, "snoozed "+text)
	case c.IsDone():
		words = append(words, "done")
	}
	if c.Triage.Muted {
		words = append(words, "muted")
	}
	if c.Triage.Mine {
		words = append(words, "mine")
	}
	return words, until
}

// drawWindowLine draws how long an answer may take, and who says so. Where there
// is no line for it, that another app holds the thread comes first.
func (u *UI) drawWindowLine(width int) (string, time.Time) {
	c := u.thread.conv
	_, r, _ := u.windowOf(c, false)
	text, until := windowSentence(u.in.Window(c), u.in.Now(c.ID.Account()), u.opts.Zone, u.opts.Clock)
	l := u.line(width)
	if c.Taken && u.area.thread.height < notesLeast {
		l.put(u.style[roleWarn], "taken by another app").put(u.style[roleFaint], " · ")
	}
	l.put(u.style[r], text)
	source := u.in.Capabilities(c.ID).Window.Source
	if rule := " · rule: "; source != "" && u.cells.width(rule+ruleMaker(source)) <= l.left {
		l.put(u.style[roleFaint], rule).link(u.style[roleFaint], visible(ruleMaker(source)), safeLink(source))
	}
	return l.String(), u.in.ByOurClock(c.ID.Account(), until)
}

// drawMessages draws the part of the thread that is looked at.
func (u *UI) drawMessages(height int) (lines []string, until time.Time) {
	t := &u.thread
	width := u.area.thread.width
	switch {
	case height <= 0:
		return nil, time.Time{}
	case t.err != nil:
		return u.paragraphs([]string{t.err.Text, t.err.Hint}, width), time.Time{}
	case !t.loaded:
		return u.paragraphs([]string{"Reading …"}, width), time.Time{}
	case len(t.entries) == 0:
		return u.paragraphs([]string{"No message of this conversation is known yet.", u.noOlder()}, width), time.Time{}
	}
	if u.now().Before(t.lit) {
		until = t.lit
	}
	at := t.top(u.block)
	for i, line := at.entry, at.line; i < len(t.entries) && len(lines) < height; i, line = i+1, 0 {
		b := u.block(i)
		until = sooner(until, b.until)
		u.pictures.thumbs.see(b.attached)
		for ; line < len(b.lines) && len(lines) < height; line++ {
			lines = append(lines, u.gutter(i, line >= b.heads)+b.lines[line])
		}
	}
	if below := u.below(); below != "" && len(lines) == height {
		lines[height-1] = u.line(width).put(u.style[roleActive], below).String()
	}
	return lines, until
}

// gutter is the margin of a line, with the message cursor.
func (u *UI) gutter(i int, body bool) string {
	if u.area.thread.width <= gutter {
		return ""
	}
	if body && u.thread.entries[i].key == u.thread.cursor {
		if u.now().Before(u.thread.lit) {
			return string(u.style[roleWarn]+reverse) + "  " + sgrReset
		}
		return string(u.style[roleActive]) + "▌" + sgrReset + " "
	}
	return "  "
}

// below says what is further down when the end is not on the screen.
func (u *UI) below() string {
	t := &u.thread
	n := t.newBelow()
	switch {
	case t.follow && !t.moreAfter:
		return ""
	case n > 0:
		return "↓ " + short(n) + " new below · G"
	}
	return "↓ more below · G"
}
