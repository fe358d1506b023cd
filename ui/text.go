package ui

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
)

// cells measures text. A terminal either takes a cluster of code points as one
// character (mode 2027) or adds up the widths of its code points, and Bubble
// Tea's renderer does what the terminal has answered. All measuring in this
// package goes through one value of this type, which is switched by the same
// answer, so that the screen and the renderer never disagree about a column.
type cells struct{ method ansi.Method }

// next splits off the first grapheme cluster.
func (c cells) next(s string) (cluster string, width int) {
	if s[0] < utf8.RuneSelf && (len(s) == 1 || s[1] < utf8.RuneSelf) {
		if s[0] < ' ' || s[0] == 0x7f {
			return s[:1], 0
		}
		return s[:1], 1
	}
	cluster, width = ansi.FirstGraphemeCluster(s, c.method)
	if c.method == ansi.WcWidth {
		if first := simple(cluster); len(first) < len(cluster) {
			width = c.method.StringWidth(first)
		}
	}
	return cluster, width
}

// width is how many cells a text without control characters takes.
func (c cells) width(s string) int {
	if isPlain(s) {
		return len(s)
	}
	n := 0
	for s != "" {
		cluster, w := c.next(s)
		n += w
		s = s[len(cluster):]
	}
	return n
}

// cut returns the longest beginning that fits into n cells, and its width.
func (c cells) cut(s string, n int) (head string, width int) {
	if isPlain(s) {
		head = s[:min(len(s), max(n, 0))]
		return head, len(head)
	}
	rest := s
	for rest != "" {
		cluster, w := c.next(rest)
		if width+w > n {
			break
		}
		width += w
		rest = rest[len(cluster):]
	}
	return s[:len(s)-len(rest)], width
}

// fit is the text in at most n cells, with an ellipsis where it was cut.
func (c cells) fit(s string, n int) string {
	if head, _ := c.cut(s, n); len(head) == len(s) {
		return s
	}
	if n <= 0 {
		return ""
	}
	head, _ := c.cut(s, n-1)
	return head + "…"
}

// isPlain tells that every byte is one printable ASCII character.
func isPlain(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] >= 0x7f {
			return false
		}
	}
	return true
}

// span is a part of a text, by byte offsets.
type span struct{ start, end int }

func (s span) of(text string) string { return text[s.start:s.end] }

// wrap breaks a text into rows of at most n cells: at line ends, else after
// white space, else between grapheme clusters. White space at the end of a row
// belongs to it and may stick out. There is always at least one row.
func (c cells) wrap(text string, n int) []span {
	n = max(n, 1)
	var rows []span
	for start := 0; ; {
		end := strings.IndexByte(text[start:], '\n')
		if end < 0 {
			return c.wrapLine(rows, text, span{start, len(text)}, n)
		}
		rows = c.wrapLine(rows, text, span{start, start + end}, n)
		start += end + 1
	}
}

// wrapLine adds the rows of one line.
func (c cells) wrapLine(rows []span, text string, line span, n int) []span {
	start, brk, used, sinceBrk := line.start, -1, 0, 0
	for i := line.start; i < line.end; {
		cluster, w := c.next(text[i:line.end])
		space := cluster == " "
		for used+w > n && !space && i > start {
			if brk <= start {
				brk, sinceBrk = i, 0
			}
			rows = append(rows, span{start, brk})
			start, used = brk, sinceBrk
		}
		i += len(cluster)
		used += w
		sinceBrk += w
		if space {
			brk, sinceBrk = i, 0
		}
	}
	return append(rows, span{start, line.end})
}

// visible replaces what a terminal would obey instead of show: C0 and C1
// controls, the bidi controls that reorder what stands around them, and bytes
// that are not UTF-8. What comes out of the inbox is clean already; what an
// agent pastes is not.
func visible(s string) string {
	if isPlain(s) || !strings.ContainsFunc(s, isHostile) {
		return s
	}
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\t' || r == '\n':
			return ' '
		case r == utf8.RuneError:
			return '\uFFFD'
		case isHostile(r):
			return -1
		}
		return r
	}, s)
}

func isHostile(r rune) bool {
	switch {
	case r < ' ', r >= 0x7f && r < 0xa0, r == utf8.RuneError:
		return true
	case r >= 0x202a && r <= 0x202e, r >= 0x2066 && r <= 0x2069:
		return true
	case r == 0x2028, r == 0x2029: // line and paragraph separators
		return true
	}
	return false
}

// lineBuilder makes one line of the screen, never wider than it was given.
type lineBuilder struct {
	cells cells
	base  sgr // instead of every style in the line, when it is set
	under sgr // beneath every style in the line
	b     strings.Builder
	left  int
}

func (u *UI) line(width int) *lineBuilder {
	return &lineBuilder{cells: u.cells, left: max(width, 0)}
}

// put adds a text, as much of it as fits.
func (l *lineBuilder) put(style sgr, text string) *lineBuilder {
	if l.left <= 0 || text == "" {
		return l
	}
	text, w := l.cells.cut(standing(visible(text)), l.left)
	l.write(style, l.cells.drawn(text), w)
	return l
}

// standing takes off what would join the character before the text, and could
// make that one wider: combining marks, variation selectors, skin tones.
func standing(text string) string {
	if text == "" || text[0] < utf8.RuneSelf {
		return text
	}
	return strings.TrimLeftFunc(text, func(r rune) bool {
		return unicode.In(r, unicode.Mn, unicode.Me, unicode.Mc) || r == 0x200c || r == 0x200d || r >= 0x1f3fb && r <= 0x1f3ff
	})
}

// fit adds a text, with an ellipsis when it needs more than n cells or than
// there are.
func (l *lineBuilder) fit(style sgr, text string, n int) *lineBuilder {
	return l.put(style, l.cells.fit(visible(text), min(n, l.left)))
}

// column adds a text in exactly n cells.
func (l *lineBuilder) column(style sgr, text string, n int) *lineBuilder {
	n = min(n, l.left)
	before := l.left
	l.fit(style, text, n)
	return l.spaces(n - (before - l.left))
}

// spaces adds n cells of nothing.
func (l *lineBuilder) spaces(n int) *lineBuilder {
	if n = min(n, l.left); n > 0 {
		l.write(plain, strings.Repeat(" ", n), n)
	}
	return l
}

// link adds a text that a terminal may open. The address must have come from
// [safeLink].
func (l *lineBuilder) link(style sgr, text, address string) *lineBuilder {
	if address == "" {
		return l.put(style, text)
	}
	l.b.WriteString("\x1b]8;;" + address + "\x1b\\")
	l.put(style, text)
	l.b.WriteString("\x1b]8;;\x1b\\")
	return l
}

// pad fills the line up.
func (l *lineBuilder) pad() *lineBuilder { return l.spaces(l.left) }

func (l *lineBuilder) write(style sgr, text string, width int) {
	style = l.under + style
	if l.base != plain {
		style = l.base // colours on a reversed line would make it a patchwork
	}
	if style != plain {
		l.b.WriteString(string(style))
		l.b.WriteString(text)
		l.b.WriteString(sgrReset)
	} else {
		l.b.WriteString(text)
	}
	l.left -= width
}

func (l *lineBuilder) String() string { return l.b.String() }
