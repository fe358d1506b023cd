package ui

import (
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"
)

// How the composer is drawn: a frame that says to whom, how much and how long;
// the text; the attachments; what is wrong.

// writingHeight is how many lines the open composer takes, an answer's or a note's.
func (u *UI) writingHeight(width, height int) int {
	if u.note != nil {
		return u.noteHeight(width, height)
	}
	return u.composerHeight(width, height)
}

// composerHeight is how many lines the composer takes of the thread's.
func (u *UI) composerHeight(width, height int) int {
	c := u.composer
	if c == nil {
		return 0
	}
	c.ed.resize(u.cells, width-1, height)
	most := max(height*3/5, min(height, 2))
	frame := 1 + min(len(c.media), 3) + u.problemRows()
	text := len(c.ed.layout())
	rows := u.suggestionRows(width, most-frame-min(text, 3))
	return min(max(frame+text, frame+3)+rows, most)
}

func (u *UI) problemRows() int {
	for _, p := range u.composer.problems {
		if p.part < 0 {
			return 1
		}
	}
	return 0
}

// drawComposer draws the frame, the text, the chips and what is wrong.
func (u *UI) drawComposer() (lines []string, until time.Time) {
	c, area := u.composer, u.area.composer
	if u.note != nil {
		return u.drawNoteComposer(), time.Time{}
	}
	if c == nil || area.height == 0 || area.width == 0 {
		return nil, time.Time{}
	}
	frame, until := u.drawFrame(area.width)
	extras := append(u.drawChips(area.width), u.drawSuggestions(area.width)...)
	rows := max(area.height-1-len(extras), 1)
	c.ed.resize(u.cells, area.width-1, rows)
	lines = append(lines, frame)
	for n := range rows {
		lines = append(lines, u.line(area.width).spaces(1).put(plain, c.ed.visibleRow(n)).String())
	}
	return fill(append(lines, extras...), 0, area.height), until
}

// leastTo is how many cells of "to NAME" the frame shows before other things
// have to go.
const leastTo = 16

// drawFrame draws the line that says who is written to, how long the text is
// and how long it may still be sent. A long name is cut before anything else
// goes; on a very narrow screen the name is what stays.
func (u *UI) drawFrame(width int) (string, time.Time) {
	c := u.composer
	rule := u.style[roleActive]
	window, until := u.frameWindow()
	to, platform := "to "+visible(c.to), " · "+c.id.Platform().Label()
	var tail segments
	for _, tail = range []segments{
		append(slices.Clone(window), segment{u.style[c.note.role], " " + c.note.text + " "}),
		append(slices.Clone(window), segment{u.style[c.note.role], " " + c.note.short + " "}),
		window, nil,
	} {
		if 2+min(u.cells.width(to), leastTo)+u.cells.width(platform)+1+tail.width(u.cells) <= width {
			break
		}
	}
	if tail == nil && 2+min(u.cells.width(to), leastTo)+u.cells.width(platform) > width {
		platform = " " + c.id.Platform().Tag()
	}
	l := u.line(width).put(rule, "─ ")
	l.fit(bold, to, max(l.left-u.cells.width(platform)-1-tail.width(u.cells), min(leastTo, width-2)))
	if room := l.left - tail.width(u.cells); room > u.cells.width(platform) {
		account := " · " + string(c.id.Account())
		if l.put(plain, platform); room <= u.cells.width(platform+account) {
			account = ""
		}
		l.put(plain, account+" ")
	} else {
		l.fit(plain, platform, room)
	}
	l.put(rule, strings.Repeat("─", max(l.left-tail.width(u.cells), 0)))
	tail.put(l)
	return l.String(), until
}

// frameWindow is the time that is left for the answer.
func (u *UI) frameWindow() (segments, time.Time) {
	c := u.composer
	if u.thread.id != c.id {
		return nil, time.Time{}
	}
	text, r, until := u.windowOf(u.thread.conv, true)
	if text == "" {
		return nil, until
	}
	return segments{{u.style[r], " " + text}}, until
}

// drawChips draws a line for each attachment, and one for what is wrong with
// the text.
func (u *UI) drawChips(width int) []string {
	c := u.composer
	var lines []string
	for i, link := range c.media[max(len(c.media)-3, 0):] {
		kind, _ := c.caps.KindOfURL(link)
		l := u.line(width).spaces(1).put(u.style[roleLink], "["+string(kind)+"] ")
		if isFile(link) {
			lines = append(lines, u.drawUpload(l, uploadKey{c.id, link}).String())
			continue
		}
		if why := u.problemOf(i + max(len(c.media)-3, 0)); why != "" {
			l.fit(u.style[roleUrgent], why, l.left).put(plain, " ")
		}
		lines = append(lines, l.fit(plain, link, l.left).String())
	}
	if why := u.problemOf(-1); why != "" {
		lines = append(lines, u.line(width).spaces(1).fit(u.style[roleUrgent], why, width-1).String())
	}
	return lines
}

func (u *UI) problemOf(part int) string {
	for _, p := range u.composer.problems {
		if p.part == part || part < 0 && p.part < 0 {
			return p.text
		}
	}
	return ""
}

// cursorPlace is where the terminal's cursor belongs, nil when it is hidden.
func (u *UI) cursorPlace() *tea.Cursor {
	switch {
	case u.overlay != nil:
		return u.overlay.cursor(u)
	case u.focus == onFilter:
		return u.filterCursor()
	case u.focus == onNote:
		return u.noteCursor()
	case u.focus != onComposer || u.composer == nil || u.area.composer.height < 2:
		return nil
	}
	row, column := u.composer.ed.place()
	a := u.area.composer
	return tea.NewCursor(min(a.x+1+column, a.x+a.width-1), min(a.y+1+row, a.y+a.height-1))
}
