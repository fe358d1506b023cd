package ui

import (
	"slices"
	"strings"

	"parley/inbox"

	"github.com/sahilm/fuzzy"

	tea "charm.land/bubbletea/v2"
)

// labelPage puts labels on conversations and takes them off: those that are in
// use are found by a part of them, others are made by typing them. It belongs to
// the conversations that were meant when it opened.
type labelPage struct {
	chooser[string]
	about []inbox.Conversation
	known []inbox.LabelCount
	has   map[string]int // how many of them have the label
	err   *inbox.Error
}

// labelsMsg are the labels in use.
type labelsMsg struct {
	page   *labelPage
	labels []inbox.LabelCount
	err    error
}

func (u *UI) openLabels() tea.Cmd {
	p := &labelPage{about: u.targets(), has: map[string]int{}}
	p.input = newLineEditor(u.cells, 4*inbox.MaxLabelRunes)
	for _, c := range p.about {
		for _, label := range c.Triage.Labels {
			p.has[label]++
		}
	}
	p.search()
	u.show(p)
	return func() tea.Msg {
		labels, err := u.in.Labels(u.ctx)
		return labelsMsg{p, labels, err}
	}
}

// labelsRead takes the labels in use. A page that has been closed meanwhile takes
// them too, and nobody sees it.
func (u *UI) labelsRead(msg labelsMsg) {
	msg.page.known, msg.page.err = msg.labels, inbox.AsError(msg.err)
	msg.page.search()
	u.touch(partOverlay)
}

// names are the known labels: first those that are there, then the most used.
func (p *labelPage) names() []string {
	names := make([]string, 0, len(p.known)+len(p.has))
	for label, n := range p.has {
		if n > 0 {
			names = append(names, label)
		}
	}
	slices.Sort(names)
	for _, k := range p.known {
		if p.has[k.Label] == 0 {
			names = append(names, k.Label)
		}
	}
	return names
}

// search finds what fits to what is typed; a new label stands last.
func (p *labelPage) search() {
	names := p.names()
	p.at, p.found = 0, names
	text := strings.TrimSpace(p.input.text)
	if text == "" {
		return
	}
	p.found = nil
	for _, m := range fuzzy.Find(strings.ToLower(text), names) {
		p.found = append(p.found, names[m.Index])
	}
	label, err := inbox.CleanLabel(text)
	switch i := slices.Index(p.found, label); {
	case err != nil:
	case i < 0:
		p.found = append(p.found, label)
	default:
		p.at = i // what is typed out is meant
	}
}

func (p *labelPage) press(u *UI, key tea.Key, name string) tea.Cmd {
	u.touch(partOverlay)
	switch name {
	case "esc", "ctrl+c":
		u.dismiss()
		return nil
	case "enter":
		cmd := p.toggle(u)
		if cmd != nil || p.input.text == "" {
			u.dismiss()
		}
		return cmd
	case "tab":
		cmd := p.toggle(u)
		p.input.set("")
		p.search()
		return cmd
	}
	if p.chooser.press(key, name) {
		p.search()
	}
	return nil
}

func (p *labelPage) paste(u *UI, text string) tea.Cmd {
	p.input.insert(strings.TrimSpace(text))
	p.search()
	u.touch(partOverlay)
	return nil
}

// toggle puts the chosen label on all of the conversations, or takes it off where
// all of them have it.
func (p *labelPage) toggle(u *UI) tea.Cmd {
	if p.at >= len(p.found) {
		return nil
	}
	label := p.found[p.at]
	if p.has[label] == len(p.about) {
		p.has[label] = 0
		return u.apply(p.about, triagedMsg{verdict: verdict{inbox.RemoveLabels{Labels: []string{label}}, "no longer labelled " + label, false}})
	}
	p.has[label] = len(p.about)
	return u.apply(p.about, triagedMsg{verdict: verdict{inbox.AddLabels{Labels: []string{label}}, "labelled " + label, false}})
}

// labelRows is how many labels are shown at once.
const labelRows = 6

func (p *labelPage) rows() int { return 2 + labelRows }

func (p *labelPage) draw(u *UI, width, height int) []string {
	lines := []string{
		u.panelTitle(width, "labels of "+aboutWords(p.about), ""),
		p.drawLine(u, width),
	}
	if wrong := p.wrong(); wrong != "" {
		lines = append(lines, u.line(width).fit(u.style[roleUrgent], "   "+wrong, width).String())
	}
	rows := max(height-len(lines)-u.hintRows(), 1)
	first, last := around(p.at, rows, len(p.found))
	for i := first; i < last; i++ {
		lines = append(lines, p.row(u, i, width))
	}
	return u.withHint(p, lines, width, height)
}

// wrong is why there is nothing to choose.
func (p *labelPage) wrong() string {
	_, err := inbox.CleanLabel(p.input.text)
	switch text := strings.TrimSpace(p.input.text); {
	case p.err != nil:
		return sentence(p.err)
	case len(p.found) > 0:
		return ""
	case text != "" && err != nil:
		return sentence(inbox.AsError(err))
	}
	return "no label is in use yet: type one"
}

func (p *labelPage) row(u *UI, i, width int) string {
	l := u.choiceLine(width, i == p.at)
	label := p.found[i]
	box := " [ ] "
	switch n := p.has[label]; {
	case n == len(p.about):
		box = " [x] "
	case n > 0:
		box = " [-] "
	}
	l.put(u.style[roleActive], box).fit(plain, label, l.left)
	known := slices.IndexFunc(p.known, func(k inbox.LabelCount) bool { return k.Label == label })
	switch {
	case known >= 0:
		l.put(u.style[roleFaint], "  "+count(p.known[known].Count, "conversation"))
	case p.has[label] == 0:
		l.put(u.style[roleFaint], "  new")
	}
	return l.pad().String()
}

func (p *labelPage) hint() string {
	return "type a name · ↑ ↓ · Enter puts on, takes off · Tab too, and stays · Esc leaves"
}

func (p *labelPage) cursor(u *UI) *tea.Cursor { return u.panelCursor(&p.input) }

// aboutWords names a conversation, or says how many they are.
func aboutWords(cs []inbox.Conversation) string {
	if len(cs) == 1 {
		return cs[0].Participant.DisplayName()
	}
	return count(len(cs), "conversation")
}
