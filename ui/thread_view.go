package ui

import (
	"time"
)

// How the thread is drawn: a header that says who writes where and how long an
// answer may still take, and the lines that are looked at.

// drawThread draws the header and the visible lines.
func (u *UI) drawThread() (lines []string, until time.Time) {
	area := u.area.thread
	if area.width == 0 || area.height == 0 {
		return nil, time.Time{}
	}
	t := &u.thread
	if t.id == "" {
		return fill(u.paragraphs([]string{"Select a conversation with j and k, and answer it with r."}, area.width), 0, area.height), time.Time{}
	}
	lines, until = u.drawThreadHeader(area.width, headerHeight(area.height))
	body, next := u.drawMessages(area.height - len(lines))
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

func (u *UI) drawThreadHeader(width, height int) (lines []string, until time.Time) {
	if height == 0 {
		return nil, time.Time{}
	}
	c := u.thread.conv
	label, r, until := u.windowOf(c, false)
	title := u.line(width).fit(u.style[roleTitle], c.Participant.DisplayName(), max(width/2, 1))
	title.fit(u.style[roleFaint], " · "+c.ID.Platform().Label()+" · "+string(c.ID.Account()), title.left)
	if c.Archived {
		title.put(u.style[roleWarn], " · archived")
	}
	if height == 1 {
		if label != "" {
			title.put(u.style[roleFaint], " · ").put(u.style[r], label)
		}
		return []string{title.String()}, until
	}
	text, next := windowSentence(u.in.Window(c), u.in.Now(c.ID.Account()), u.opts.Zone, u.opts.Clock)
	next = u.onOurClock(c.ID.Account(), next)
	second := u.line(width).put(u.style[r], text)
	source := u.in.Capabilities(c.ID).Window.Source
	if rule := " · rule: "; source != "" && u.cells.width(rule+ruleMaker(source)) <= second.left {
		second.put(u.style[roleFaint], rule).link(u.style[roleFaint], visible(ruleMaker(source)), safeLink(source))
	}
	return []string{title.String(), second.String()}, sooner(until, next)
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
		return u.paragraphs([]string{"No message of this conversation is known yet."}, width), time.Time{}
	}
	at := t.top(u.block)
	for i, line := at.entry, at.line; i < len(t.entries) && len(lines) < height; i, line = i+1, 0 {
		b := u.block(i)
		until = sooner(until, b.until)
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
