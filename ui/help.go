package ui

import tea "charm.land/bubbletea/v2"

// helpPage is the list of all keys, by where they work. What cannot be done now
// is faint and says why.
type helpPage struct {
	lines []string
	width int
	top   int
}

func (u *UI) openHelp() tea.Cmd {
	u.show(&helpPage{})
	return nil
}

func (h *helpPage) press(u *UI, _ tea.Key, name string) tea.Cmd {
	u.touch(partOverlay)
	page := max(u.body().height-1, 1)
	switch name {
	case "j", "down":
		h.top++
	case "k", "up":
		h.top--
	case "space", "pgdown":
		h.top += page
	case "b", "pgup":
		h.top -= page
	default:
		u.dismiss()
	}
	return nil
}

func (h *helpPage) paste(*UI, string) tea.Cmd { return nil }

func (h *helpPage) cursor(*UI) *tea.Cursor { return nil }

func (h *helpPage) draw(u *UI, width, height int) []string {
	if h.width != width {
		h.lines, h.width = u.helpLines(width), width
	}
	h.top = max(min(h.top, len(h.lines)-height), 0)
	return fill(h.lines[h.top:min(h.top+height, len(h.lines))], 0, height)
}

// helpLines lists the actions, in two columns where there is room.
func (u *UI) helpLines(width int) []string {
	lines := []string{u.line(width).put(u.style[roleFaint], " Any other key closes this page; j and k move it.").String()}
	for _, part := range []struct {
		title string
		scope scope
	}{
		{"In the list and the thread", inPanes}, {"In the list", inList}, {"In the thread", inThread},
		{"In the composer", inComposer}, {"Everywhere", anywhere},
	} {
		lines = append(lines, "", u.line(width).spaces(1).put(u.style[roleTitle], part.title).String())
		lines = append(lines, u.columns(u.keys.exactly(part.scope), part.scope, width)...)
	}
	return lines
}

const helpColumn = 56

func (u *UI) columns(as []*action, s scope, width int) []string {
	n := min(max(width/helpColumn, 1), 3)
	rows := (len(as) + n - 1) / n
	lines := make([]string, rows)
	for r := range rows {
		l := u.line(width)
		for c := range n {
			if i := c*rows + r; i < len(as) {
				u.helpEntry(l, as[i], s, width/n)
			}
		}
		lines[r] = l.String()
	}
	return lines
}

// helpEntry draws one action in the given room.
func (u *UI) helpEntry(l *lineBuilder, a *action, s scope, room int) {
	before := l.left
	text, style := a.help, plain
	if s&u.scope() != 0 {
		if why := a.reason(u); why != "" {
			text, style = a.help+" ("+why+")", u.style[roleFaint]
		}
	}
	l.spaces(2).column(u.style[roleActive], keyLabels(a.keys), min(16, room-3)).spaces(1)
	l.fit(style, text, room-(before-l.left)-1)
	l.spaces(room - (before - l.left))
}
