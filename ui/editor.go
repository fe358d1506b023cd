package ui

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// editor is a text being typed, with a cursor. It is our own because the text
// area of the bubbles library styles and measures the whole text again at each
// key, which costs a hundred times more at X's 10,000 characters than at an
// empty text; and because it measures by another function than the renderer.
// Here a key costs one pass over the text, and a typed letter changes one cell.
//
// The cursor stands between grapheme clusters: an emoji made of seven code
// points is one step and one backspace.
type editor struct {
	cells cells
	text  string
	at    int // the cursor, a byte offset
	goal  int // the column that up and down aim for, -1 for where the cursor is
	max   int // bytes; more is refused
	line  bool

	width, height int
	top           int // first visible row
	rows          []span
	wrapped       string // what rows were made of
	wrappedWidth  int
}

func newEditor(c cells, limit int) editor {
	return editor{cells: c, max: limit, goal: -1, width: 1, height: 1}
}

// newLineEditor is an editor of one line.
func newLineEditor(c cells, limit int) editor {
	e := newEditor(c, limit)
	e.line = true
	return e
}

// resize sets the room that the text is drawn in.
func (e *editor) resize(c cells, width, height int) {
	if c != e.cells {
		e.cells, e.wrappedWidth = c, 0
	}
	e.width, e.height = max(width, 1), max(height, 1)
	e.follow()
}

// set replaces the text and puts the cursor behind it.
func (e *editor) set(text string) {
	e.text = tidy(text, e.line)
	e.at, e.goal = len(e.text), -1
	e.follow()
}

// insert types a text at the cursor. It is false when there is no room for it;
// then nothing is inserted.
func (e *editor) insert(text string) bool {
	text = tidy(text, e.line)
	if len(e.text)+len(text) > e.max {
		return false
	}
	e.text = e.text[:e.at] + text + e.text[e.at:]
	e.moveTo(e.at + len(text))
	return true
}

// tidy makes typed or pasted text fit to be kept: line ends of one kind, no
// control characters, valid UTF-8.
func tidy(text string, line bool) string {
	if isPlain(text) {
		return text
	}
	text = strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\r", "\n")
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' && !line:
			return r
		case r == '\n' || r == '\t':
			return ' '
		case r == utf8.RuneError:
			return '\uFFFD'
		case r < ' ' || r >= 0x7f && r < 0xa0:
			return -1
		}
		return r
	}, text)
}

// press changes the text or moves the cursor. changed tells that the text is
// another one now; used is false when the key is none of the editor's.
func (e *editor) press(key string) (changed, used bool) {
	before := e.text
	switch key {
	case "left", "ctrl+b":
		e.moveTo(e.before(e.at))
	case "right", "ctrl+f":
		e.moveTo(e.after(e.at))
	case "ctrl+left":
		e.moveTo(e.wordBefore())
	case "ctrl+right":
		e.moveTo(e.wordAfter())
	case "up", "ctrl+p":
		e.climb(-1)
	case "down", "ctrl+n":
		e.climb(1)
	case "pgup":
		e.climb(-e.height)
	case "pgdown":
		e.climb(e.height)
	case "home":
		row, _ := e.cursor()
		e.moveTo(e.layout()[row].start)
	case "end":
		e.moveTo(e.rowEnd())
	case "ctrl+home":
		e.moveTo(0)
	case "ctrl+end":
		e.moveTo(len(e.text))
	case "backspace", "ctrl+h":
		e.erase(e.before(e.at), e.at)
	case "delete", "ctrl+d":
		e.erase(e.at, e.after(e.at))
	case "ctrl+w", "ctrl+backspace":
		e.erase(e.wordBefore(), e.at)
	case "ctrl+delete":
		e.erase(e.at, e.wordAfter())
	case "ctrl+u":
		e.erase(e.lineStart(), e.at)
	default:
		return false, false
	}
	return e.text != before, true
}

func (e *editor) moveTo(at int) {
	e.at, e.goal = at, -1
	e.follow()
}

func (e *editor) erase(from, to int) {
	e.text = e.text[:from] + e.text[to:]
	e.moveTo(from)
}

// before is the place one cluster to the left. Clusters are only known from
// the start of a line on.
func (e *editor) before(at int) int {
	if at == 0 {
		return 0
	}
	start := strings.LastIndexByte(e.text[:at-1], '\n') + 1
	last := at - 1
	for i := start; i < at; {
		cluster, _ := e.cells.next(e.text[i:at])
		last = i
		i += len(cluster)
	}
	return last
}

// after is the place one cluster to the right.
func (e *editor) after(at int) int {
	if at == len(e.text) {
		return at
	}
	cluster, _ := e.cells.next(e.text[at:])
	return at + len(cluster)
}

func (e *editor) lineStart() int { return strings.LastIndexByte(e.text[:e.at], '\n') + 1 }

func (e *editor) wordBefore() int {
	head := strings.TrimRightFunc(e.text[:e.at], unicode.IsSpace)
	i := strings.LastIndexFunc(head, unicode.IsSpace)
	if i < 0 {
		return 0
	}
	_, size := utf8.DecodeRuneInString(head[i:])
	return i + size
}

func (e *editor) wordAfter() int {
	rest := strings.TrimLeftFunc(e.text[e.at:], unicode.IsSpace)
	i := strings.IndexFunc(rest, unicode.IsSpace)
	if i < 0 {
		return len(e.text)
	}
	return len(e.text) - len(rest) + i
}

// rowEnd is the last place that is still on the cursor's row.
func (e *editor) rowEnd() int {
	row, _ := e.cursor()
	rows := e.layout()
	end := rows[row].end
	if row+1 < len(rows) && rows[row+1].start == end {
		return max(e.before(end), rows[row].start)
	}
	return end
}

// climb moves the cursor by rows, as near to its column as the rows allow.
func (e *editor) climb(by int) {
	row, column := e.cursor()
	if e.goal >= 0 {
		column = e.goal
	}
	rows := e.layout()
	target := row + by
	switch {
	case target < 0:
		e.moveTo(0)
		return
	case target >= len(rows):
		e.moveTo(len(e.text))
		return
	}
	head, _ := e.cells.cut(rows[target].of(e.text), column)
	at := rows[target].start + len(head)
	if target+1 < len(rows) && at == rows[target+1].start {
		at = max(e.before(at), rows[target].start)
	}
	e.moveTo(at)
	e.goal = column
}

// layout is the text in rows. The last column stays free for the cursor.
func (e *editor) layout() []span {
	if e.rows == nil || e.wrapped != e.text || e.wrappedWidth != e.width {
		e.rows = e.cells.wrap(e.text, e.width-1)
		e.wrapped, e.wrappedWidth = e.text, e.width
	}
	return e.rows
}

// cursor is where the cursor stands in the wrapped text.
func (e *editor) cursor() (row, column int) {
	rows := e.layout()
	for row = len(rows) - 1; row > 0 && rows[row].start > e.at; row-- {
	}
	return row, min(e.cells.width(e.text[rows[row].start:e.at]), e.width-1)
}

// follow scrolls so that the cursor can be seen, and no empty rows stand below
// the text.
func (e *editor) follow() {
	row, _ := e.cursor()
	e.top = min(e.top, row, max(len(e.layout())-e.height, 0))
	e.top = max(e.top, row-e.height+1)
}

// visibleRow is the text of the n-th row on the screen, "" below the text.
func (e *editor) visibleRow(n int) string {
	rows := e.layout()
	if e.top+n >= len(rows) {
		return ""
	}
	return strings.TrimSuffix(rows[e.top+n].of(e.text), "\n")
}

// place is the cursor's place in what is drawn.
func (e *editor) place() (row, column int) {
	row, column = e.cursor()
	return row - e.top, column
}

// cut takes a stretch out of the text; the cursor stays where it is in the rest.
func (e *editor) cut(from, to int) {
	at := e.at
	e.erase(from, to)
	if at > to {
		e.moveTo(at - (to - from))
	} else {
		e.moveTo(min(at, from))
	}
}
