package ui

import (
	"slices"
	"strings"
	"time"

	"parley/inbox"

	tea "charm.land/bubbletea/v2"
)

// whenPage asks for a time to come: one of the usual ones, or one that is typed
// as people say it. Each stands there as it was understood, in the agent's zone,
// before it is taken. A time that there is something to say against has to be
// taken twice.
type whenPage struct {
	chooser[whenChoice]
	title   string
	hints   string // what Enter does: "snoozes"
	choices []whenChoice
	window  inbox.Window // "before close" speaks of it; by our clock
	against func(time.Time) string
	never   func(time.Time) string // why a time cannot be taken at all; nil: each can
	pick    func(whenChoice) tea.Cmd

	wrong  string     // why what is typed is no time
	warned whenChoice // it has been taken once
	ends   time.Time  // when what is shown of the times left changes
}

// whenChoice is a time that can be taken; without one, the text says what
// happens at once.
type whenChoice struct {
	text string
	at   time.Time
}

// openWhen asks for a time. More choices may stand before the usual ones.
func (u *UI) openWhen(p *whenPage, more ...whenChoice) tea.Cmd {
	p.input = newLineEditor(u.cells, 100)
	p.choices = more
	for _, preset := range inbox.WhenPresets(u.now(), u.opts.Zone, p.window) {
		p.choices = append(p.choices, whenChoice{preset.Text, preset.At})
	}
	p.search(u)
	u.show(p)
	return nil
}

// search understands what is typed; the choices that begin so follow.
func (p *whenPage) search(u *UI) {
	p.at, p.found, p.wrong, p.warned = 0, nil, "", whenChoice{}
	text := strings.ToLower(strings.TrimSpace(p.input.text))
	for _, c := range p.choices {
		if strings.HasPrefix(c.text, text) {
			p.found = append(p.found, c)
		}
	}
	if text == "" {
		return
	}
	at, err := inbox.ParseWhen(text, u.now(), u.opts.Zone, p.window)
	switch {
	case err != nil && len(p.found) == 0:
		p.wrong = sentence(inbox.AsError(err))
	case err == nil && !slices.ContainsFunc(p.found, func(c whenChoice) bool { return c.at.Equal(at) }):
		p.found = slices.Insert(p.found, 0, whenChoice{text, at})
	}
}

func (p *whenPage) press(u *UI, key tea.Key, name string) tea.Cmd {
	u.touch(partOverlay)
	switch name {
	case "esc", "ctrl+c":
		u.dismiss()
		return nil
	case "enter":
		return p.take(u)
	}
	if p.chooser.press(key, byTab(name)) {
		p.search(u)
	}
	return nil
}

func (p *whenPage) paste(u *UI, text string) tea.Cmd {
	p.input.insert(strings.TrimSpace(text))
	p.search(u)
	u.touch(partOverlay)
	return nil
}

// take takes the chosen time; one that there is something to say against only
// when it was said.
func (p *whenPage) take(u *UI) tea.Cmd {
	if p.at >= len(p.found) {
		return nil
	}
	c := p.found[p.at]
	if p.refusal(c) != "" {
		return nil
	}
	if p.objection(c) != "" && p.warned != c {
		p.warned = c
		return nil
	}
	u.dismiss()
	return p.pick(c)
}

func (p *whenPage) refusal(c whenChoice) string {
	if p.never == nil || c.at.IsZero() {
		return ""
	}
	return p.never(c.at)
}

func (p *whenPage) objection(c whenChoice) string {
	if p.against == nil || c.at.IsZero() {
		return ""
	}
	return p.against(c.at)
}

// whenRows is how many times are shown at once.
const whenRows = 7

func (p *whenPage) rows() int { return 3 + whenRows }

func (p *whenPage) draw(u *UI, width, height int) []string {
	lines := []string{
		u.panelTitle(width, p.title, ""),
		p.drawLine(u, width),
	}
	lines = append(lines, p.told(u, p.wrong, width)...)
	warning := p.told(u, p.said(), width)
	rows := max(height-len(lines)-len(warning)-u.hintRows(), 1)
	p.ends = time.Time{}
	first, last := around(p.at, rows, len(p.found))
	for i := first; i < last; i++ {
		lines = append(lines, p.row(u, i, width))
	}
	return u.withHint(p, append(lines, warning...), width, height)
}

// told wraps a sentence, as wide as the times are.
func (p *whenPage) told(u *UI, text string, width int) (lines []string) {
	if text == "" {
		return nil
	}
	for _, row := range u.cells.wrap(text, width-4) {
		lines = append(lines, u.line(width).spaces(3).put(u.style[roleUrgent], row.of(text)).String())
	}
	return lines
}

// said is what there is to say against the chosen time.
func (p *whenPage) said() string {
	if p.at >= len(p.found) {
		return ""
	}
	c := p.found[p.at]
	if why := p.refusal(c); why != "" {
		return why
	}
	why := p.objection(c)
	if why != "" && p.warned == c {
		why += " · Enter again " + p.hints + " anyway"
	}
	return why
}

// The columns of a time's line.
const (
	whenTextColumn = 18
	whenTimeColumn = 18
)

func (p *whenPage) row(u *UI, i, width int) string {
	l := u.choiceLine(width, i == p.at)
	c := p.found[i]
	l.spaces(3).column(plain, c.text, min(whenTextColumn, l.left/2))
	if c.at.IsZero() {
		return l.pad().String()
	}
	text := c.at.In(u.opts.Zone).Format("Mon 2 Jan " + u.opts.Clock)
	if c.at.In(u.opts.Zone).Year() != u.now().In(u.opts.Zone).Year() {
		text = c.at.In(u.opts.Zone).Format("Mon 2 Jan 2006 " + u.opts.Clock)
	}
	left, until := leftLabel(c.at, u.now(), false)
	p.ends = sooner(p.ends, until)
	l.column(plain, text, max(whenTimeColumn, u.cells.width(text))).put(u.style[roleFaint], " in "+left)
	if p.objection(c)+p.refusal(c) != "" {
		l.put(u.style[roleWarn], " !")
	}
	return l.pad().String()
}

func (p *whenPage) until() time.Time { return p.ends }

func (p *whenPage) hint() string {
	return "type 2h, fri 14:30, 2026-12-01 09:00 · ↑ ↓ · Enter " + p.hints + " · Esc leaves"
}

func (p *whenPage) cursor(u *UI) *tea.Cursor { return u.panelCursor(&p.input) }
