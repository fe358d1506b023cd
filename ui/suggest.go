package ui

import (
	"strings"
	"unicode"
	"unicode/utf8"

	tea "charm.land/bubbletea/v2"
)

// Suggestions stand below the text that is being written, for the word at the
// cursor: canned replies for /word, emojis for :word. They belong to that word
// alone. Enter or Tab takes one; after Esc the word stays what was typed, so a
// path or a smile can be written too.

// suggestion is something that may replace the word.
type suggestion struct {
	label   string
	help    string // behind the label
	insert  string
	preview string // of the chosen one, below the list
}

// suggestions are what the composer offers now.
type suggestions struct {
	list     []suggestion
	at       int  // the chosen one
	start    int  // where the word begins
	rows     int  // how many lines there is room for
	asked    bool // a key has asked for them: they come before the first letter
	declined int  // where the word begins that is to stay as it is, -1 for none
}

func noSuggestions() suggestions { return suggestions{declined: -1} }

// Lines of suggestions at the most.
const (
	mostSuggestions = 5
	mostPreview     = 4
)

// shown tells that there is something to take on the screen.
func (s *suggestions) shown() bool { return len(s.list) > 0 && s.rows > 0 }

// wordAt is the word before the cursor, and where it begins.
func (e *editor) wordAt() (word string, start int) {
	head := e.text[:e.at]
	if i := strings.LastIndexFunc(head, unicode.IsSpace); i >= 0 {
		_, size := utf8.DecodeRuneInString(head[i:])
		start = i + size
	}
	return head[start:], start
}

// suggest looks for what fits to the word at the cursor. It is called after
// every change of the text or the cursor.
func (u *UI) suggest() tea.Cmd {
	c := u.composer
	s := &c.suggest
	word, start := c.ed.wordAt()
	before := len(s.list)
	if start != s.start {
		s.asked = false
	}
	if start != s.declined || word == "" {
		s.declined = -1
	}
	s.list, s.at, s.start = nil, 0, start
	var cmd tea.Cmd
	switch {
	case s.declined == start:
	case strings.HasPrefix(word, "/"):
		if word == "/" {
			cmd = u.readReplies()
		}
		s.list = u.suggestReplies(word[1:])
	case strings.HasPrefix(word, ":"):
		s.list = u.suggestEmojis(word[1:], s.asked)
	}
	if before > 0 || len(s.list) > 0 {
		u.touch(partComposer | partHints)
		u.relayout()
	}
	return cmd
}

// suggestKey gives a key to the suggestions, while there are any.
func (u *UI) suggestKey(name string) (cmd tea.Cmd, used bool) {
	s := &u.composer.suggest
	if !s.shown() {
		return nil, false
	}
	switch name {
	case "enter", "tab":
		return u.takeSuggestion(s.list[s.at].insert), true
	case "down", "ctrl+n":
		s.at = (s.at + 1) % len(s.list)
	case "up", "ctrl+p":
		s.at = (s.at + len(s.list) - 1) % len(s.list)
	case "esc":
		s.list, s.declined = nil, s.start
	default:
		return nil, false
	}
	u.touch(partComposer | partHints)
	u.relayout()
	return nil, true
}

// takeSuggestion puts a text in the place of the word.
func (u *UI) takeSuggestion(text string) tea.Cmd {
	c := u.composer
	word := c.ed.text[c.suggest.start:c.ed.at]
	c.ed.erase(c.suggest.start, c.ed.at)
	if !c.ed.insert(text) {
		c.ed.insert(word)
		u.warn("no room: a text may have " + short(c.ed.max) + " bytes here")
	}
	u.leaveWord()
	cmd := u.composerEdited()
	u.renewNote()
	return cmd
}

// leaveWord offers nothing for the word at the cursor: it has not been typed.
func (u *UI) leaveWord() {
	_, start := u.composer.ed.wordAt()
	u.composer.suggest = suggestions{declined: start, start: start}
	u.touch(partComposer | partHints)
	u.relayout()
}

// askSuggestions types the letter that suggestions begin with.
func (u *UI) askSuggestions(letter string) tea.Cmd {
	c := u.composer
	if word, _ := c.ed.wordAt(); word != "" {
		letter = " " + letter
	}
	if !c.ed.insert(letter) {
		return nil
	}
	_, c.suggest.start = c.ed.wordAt()
	c.suggest.asked, c.suggest.declined = true, -1
	return tea.Batch(u.composerEdited(), u.suggest())
}

// suggestionRows is how many lines the suggestions want, of at most room.
func (u *UI) suggestionRows(width, room int) int {
	s := &u.composer.suggest
	s.rows = max(min(min(len(s.list), mostSuggestions)+len(u.previewRows(width)), room), 0)
	return s.rows
}

// previewRows is what the chosen suggestion would write, in the first lines.
func (u *UI) previewRows(width int) []string {
	s := &u.composer.suggest
	if len(s.list) == 0 || s.list[s.at].preview == "" {
		return nil
	}
	text := s.list[s.at].preview
	var rows []string
	spans := u.cells.wrap(text, width-4)
	for i, row := range spans[:min(len(spans), mostPreview)] {
		if i == mostPreview-1 && len(spans) > mostPreview {
			row.end = len(text) // and an ellipsis
		}
		rows = append(rows, strings.ReplaceAll(strings.TrimRight(row.of(text), " \n"), "\n", " "))
	}
	return rows
}

// drawSuggestions draws the list, and below it what the chosen one would write.
// The list goes first where there is little room.
func (u *UI) drawSuggestions(width int) (lines []string) {
	s := &u.composer.suggest
	if !s.shown() {
		return nil
	}
	preview := u.previewRows(width)
	rows := min(len(s.list), mostSuggestions, s.rows)
	first, last := around(s.at, rows, len(s.list))
	for i := first; i < last; i++ {
		l := u.line(width)
		if i == s.at {
			l.base = reverse
		}
		l.spaces(1).fit(u.style[roleActive], s.list[i].label, l.left)
		if l.left > 2 {
			l.spaces(2).fit(u.style[roleFaint], s.list[i].help, l.left)
		}
		lines = append(lines, l.pad().String())
	}
	for _, row := range preview[:max(min(len(preview), s.rows-rows), 0)] {
		lines = append(lines, u.line(width).put(u.style[roleActive], " │ ").fit(plain, row, width-3).String())
	}
	return lines
}

// suggestHint says what the keys do while there are suggestions.
func (u *UI) suggestHint() string {
	if u.focus != onComposer || !u.composer.suggest.shown() {
		return ""
	}
	return " Enter or Tab takes it · ↑ ↓ choose · Esc leaves it as typed"
}
