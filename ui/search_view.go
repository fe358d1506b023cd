package ui

import (
	"strings"
	"time"

	"parley/inbox"

	tea "charm.land/bubbletea/v2"
)

// How the full search is drawn: the line that is typed, what it may hold, how much
// was found, and the finds, each in its context.

// searchHead are the lines above the results; where there are few, what may be
// typed is not offered.
const (
	searchHead      = 3
	searchHeadLeast = 8
)

func (p *searchPage) draw(u *UI, width, height int) []string {
	p.renew = time.Time{}
	p.input.resize(u.cells, width-filterLabel, 1)
	style := plain
	if p.replaced {
		style = reverse
	}
	lines := []string{u.line(width).put(u.style[roleActive], " find: ").put(style, p.input.visibleRow(0)).pad().String()}
	if height >= searchHeadLeast {
		lines = append(lines, p.offers.line(u, width))
	}
	lines = append(lines, p.drawState(u, width))
	room := max(height-len(lines)-u.hintRows(), 0)
	switch {
	case p.err != nil:
		lines = append(lines, u.paragraphs([]string{p.err.Text, p.err.Hint}, width)...)
	case len(p.results) == 0:
		lines = append(lines, u.paragraphs(p.nothing(), width)...)
	default:
		lines = append(lines, p.drawResults(u, width, room)...)
	}
	return u.withHint(p, lines[:min(len(lines), height)], width, height)
}

// drawState says how much was found and what may be missing; what is wrong with
// the search comes before that.
func (p *searchPage) drawState(u *UI, width int) string {
	l := u.line(width).spaces(1)
	if p.wrong != "" {
		return l.fit(u.style[roleUrgent], p.wrong, l.left).pad().String()
	}
	if note := p.indexNote(); note != "" {
		l.put(u.style[roleWarn], note+" · ")
	}
	return l.fit(u.style[roleFaint], p.counted(), l.left).pad().String()
}

// indexNote says that the index could not find everything.
func (p *searchPage) indexNote() string {
	switch s := p.state; {
	case s.Broken != "":
		return "the index is broken: " + s.Broken
	case s.Rebuilding && s.Total > 0:
		return "index " + grouped(int(100*s.Done/s.Total)) + " %: not everything is found yet"
	case s.Rebuilding:
		return "the index is made: not everything is found yet"
	}
	return "" // a moment behind, as always after a change
}

// counted says how much was found.
func (p *searchPage) counted() string {
	n := len(p.results)
	switch {
	case len(p.query.Search.Terms) == 0:
		return "all messages and customers"
	case p.busy && n == 0:
		return "searching …"
	case n == 0:
		return "nothing found"
	case n >= searchMost:
		return grouped(p.at+1) + " of the newest " + grouped(n) + ": narrow the search to see others"
	case p.next != "":
		return grouped(p.at+1) + " of more than " + grouped(n) + ", newest first"
	}
	return grouped(p.at+1) + " of " + grouped(n) + ", newest first"
}

// nothing says what can be looked for, or what to try when nothing was found.
func (p *searchPage) nothing() []string {
	switch {
	case len(p.query.Search.Terms) == 0:
		return []string{
			"Words are looked for in all messages, notes, names and @usernames; the last one also by how it begins.",
			`Narrow it with "side by side", from:anna, from:me, platform:x, has:image, after:monday, before:7d, is:unanswered, label:vip, -not.`,
		}
	case p.busy:
		return nil
	case p.state.Rebuilding:
		return []string{"Nothing is found so far. The index is still being made: what is not in it yet appears here by itself."}
	}
	return []string{
		"Nothing matches “" + visible(p.text) + "”.",
		"All terms have to be true of one message: leave one out, or write only the beginning of the last word.",
	}
}

// drawResults draws the visible ones.
func (p *searchPage) drawResults(u *UI, width, height int) (lines []string) {
	each := u.rowHeight(height)
	p.rows = max(height/each, 1)
	p.settle()
	for i := p.top; i < len(p.results) && len(lines) < height; i++ {
		lines = append(lines, p.drawResult(u, i, width, each)...)
	}
	return lines[:min(len(lines), height)]
}

// drawResult draws one find: who, where and when; then the words with what stands
// around them.
func (p *searchPage) drawResult(u *UI, i, width, height int) []string {
	r := p.results[i]
	ago, until := agoLabel(r.At, u.now(), u.opts.Zone)
	p.renew = sooner(p.renew, until)
	age := " " + ago + " "
	l := p.resultLine(u, i, width).put(u.style[roleFaint], r.Conversation.ID.Platform().Tag()).spaces(1)
	if height == 1 {
		l.column(bold, r.Conversation.Participant.DisplayName(), min(max(width/5, leastName), searchName)).spaces(1)
		words := u.line(max(l.left-u.cells.width(age), 0))
		words.base, words.under = l.base, l.under
		p.putWords(u, words, r)
		l.b.WriteString(words.pad().String())
		l.left = u.cells.width(age)
		return []string{l.put(u.style[roleFaint], age).pad().String()}
	}
	about := u.cells.fit(resultState(r.Conversation)+age, width/2)
	l.column(bold, r.Conversation.Participant.DisplayName(), l.left-u.cells.width(about))
	first := l.put(u.style[roleFaint], about).pad().String()
	second := p.resultLine(u, i, width).spaces(searchIndent)
	p.putWords(u, second, r)
	return []string{first, second.pad().String()}
}

// The widths of parts of a result.
const (
	searchName   = 28 // of a name beside the words
	searchIndent = 3  // the words stand below the name
)

func (p *searchPage) resultLine(u *UI, i, width int) *lineBuilder {
	l := u.line(width)
	if i != p.at {
		return l.spaces(1)
	}
	u.selectLine(l, false)
	return l.put(u.style[roleActive], "▌")
}

// resultState says why a conversation is not in the inbox.
func resultState(c inbox.Conversation) string {
	switch {
	case c.Triage.Snoozed():
		return " snoozed"
	case c.IsDone():
		return " done"
	}
	return ""
}

// putWords puts what was found into a line, the words that were looked for
// standing out. Before it stands whose it is.
func (p *searchPage) putWords(u *UI, l *lineBuilder, r inbox.SearchResult) {
	switch m := r.Message; {
	case !r.IsMessage():
		l.put(u.style[roleFaint], "customer: ")
	case m.Note:
		l.put(u.style[roleNote], "note: ")
	case m.Direction == inbox.Sent:
		l.put(u.style[roleOwn], "you: ")
	}
	text := visible(r.Text)
	if text != r.Text {
		l.fit(plain, text, l.left) // the marks are places in another text
		return
	}
	shown := u.cells.fit(text, l.left)
	kept := len(strings.TrimSuffix(shown, "…"))
	if shown == text {
		kept = len(text)
	}
	at := 0
	for _, m := range r.Marks {
		from, to := min(m.From, kept), min(m.To, kept)
		l.put(plain, text[at:from])
		putMatch(l, u.style[roleWarn], text[from:to])
		at = to
	}
	l.put(plain, text[at:kept]).put(plain, shown[kept:])
}

// putMatch puts a word that was looked for: underlined, so that it also stands out
// without colours and in a line that is reversed as a whole.
func putMatch(l *lineBuilder, colour sgr, word string) {
	base := l.base
	if base != plain {
		l.base = base + underline
	}
	l.put(colour+bold+underline, word)
	l.base = base
}

func (p *searchPage) hint() string {
	return "↑ ↓ choose · Enter goes there · Esc back · Tab completes, Shift-Tab: another · Ctrl-U clears"
}

func (p *searchPage) until() time.Time { return p.renew }

func (p *searchPage) cursor(u *UI) *tea.Cursor {
	b := u.overlayArea()
	if b.height == 0 {
		return nil
	}
	_, column := p.input.place()
	return tea.NewCursor(min(filterLabel+column, max(u.width-1, 0)), b.y)
}
