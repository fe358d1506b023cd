package ui

import (
	"strings"

	tea "charm.land/bubbletea/v2"
)

// helpPage is the list of all keys, by where they work, with the commands that do
// the same. What cannot be done now is faint and says why.
type helpPage struct {
	pager
	lines []string
	width int
}

func (u *UI) openHelp() tea.Cmd {
	u.show(&helpPage{})
	return nil
}

func (h *helpPage) draw(u *UI, width, height int) []string {
	if h.width != width {
		h.lines, h.width = u.helpLines(width), width
	}
	return h.drawLines(u, h, h.lines, width, height)
}

func (h *helpPage) hint() string {
	return "j k move · Space b by pages · any other key closes the keys"
}

// helpLines lists the actions, in two columns where there is room.
func (u *UI) helpLines(width int) []string {
	var lines []string
	for _, part := range []struct {
		title string
		scope scope
	}{
		{"In the list and the thread", inPanes}, {"In the list", inList}, {"In the thread", inThread},
		{"In the composer", inComposer}, {"In a note", inNote}, {"Everywhere", anywhere},
	} {
		if len(lines) > 0 {
			lines = append(lines, "")
		}
		title := u.line(width).spaces(1).put(u.style[roleTitle], part.title)
		if len(lines) == 0 && width/helpColumns(width) >= helpBeside {
			u.putBeside(title, besideTitle)
		}
		lines = append(lines, title.String())
		lines = append(lines, u.columns(u.keys.exactly(part.scope), part.scope, width)...)
	}
	return lines
}

// The width of a column of the help, with the commands beside the keys and without,
// and of the keys in it.
const (
	helpColumn = 56
	helpBeside = 72
	helpKeys   = 18
)

// helpColumns is how many columns there are: a second one is worth more than the
// commands, a third one is not.
func helpColumns(width int) int {
	if width >= 3*helpBeside {
		return 3
	}
	return min(max(width/helpColumn, 1), 2)
}

func (u *UI) columns(as []*action, s scope, width int) []string {
	n := helpColumns(width)
	rows := (len(as) + n - 1) / n
	columns, high := make([][]string, n), 0
	for i, a := range as {
		c := i / rows
		columns[c] = append(columns[c], u.helpEntry(a, s, width/n)...)
		high = max(high, len(columns[c]))
	}
	var lines []string
	for line := range high {
		lines = append(lines, u.besides(columns, line, width/n))
	}
	return lines
}

// besides puts a line of each column beside the others.
func (u *UI) besides(columns [][]string, line, room int) string {
	var b strings.Builder
	for _, column := range columns {
		if line < len(column) {
			b.WriteString(column[line])
		} else {
			b.WriteString(strings.Repeat(" ", room))
		}
	}
	return b.String()
}

// helpEntry draws one action in the given room, in as many lines as it takes.
func (u *UI) helpEntry(a *action, s scope, room int) (lines []string) {
	text, style := a.help, plain
	if s&u.scope() != 0 {
		if why := a.reason(u); why != "" {
			text, style = a.help+" ("+why+")", u.style[roleFaint]
		}
	}
	begin := func(keys string) *lineBuilder {
		return u.line(room).spaces(2).column(u.style[roleActive], keys, min(helpKeys, room-3)).spaces(1)
	}
	var l *lineBuilder
	keys := keyLabels(a.keys)
	for _, row := range u.cells.wrap(text, room-helpKeys-4) {
		if l != nil {
			lines = append(lines, l.pad().String())
		}
		l = begin(keys)
		l.fit(style, strings.TrimRight(row.of(text), " "), l.left-1)
		keys = ""
	}
	command, next := a.beside(), begin("")
	if room >= helpBeside && !u.putBeside(l, command) && u.putBeside(next, command) {
		lines = append(lines, l.pad().String())
		l = next
	}
	return append(lines, l.pad().String())
}
