package ui

import (
	"cmp"
	"slices"
	"strings"

	"github.com/sahilm/fuzzy"

	tea "charm.land/bubbletea/v2"
)

// palette finds an action by a part of its words and runs it, for everybody who
// does not know the key.
type palette struct {
	chooser[*action]
	all []*action
}

func (u *UI) openPalette() tea.Cmd {
	p := &palette{all: u.keys.within(u.scope())}
	slices.SortStableFunc(p.all, func(a, b *action) int { return cmp.Compare(a.alone.rank(), b.alone.rank()) })
	p.input, p.found = newLineEditor(u.cells, 100), p.all
	u.show(p)
	return nil
}

func (p *palette) press(u *UI, key tea.Key, name string) tea.Cmd {
	u.touch(partOverlay)
	switch name {
	case "esc", "ctrl+c", "ctrl+k":
		u.dismiss()
		return nil
	case "enter":
		u.dismiss()
		if len(p.found) == 0 {
			return nil
		}
		return u.perform(p.found[p.at])
	}
	if p.chooser.press(key, byTab(name)) {
		p.search()
	}
	return nil
}

func (p *palette) paste(u *UI, text string) tea.Cmd {
	p.input.insert(text)
	p.search()
	u.touch(partOverlay)
	return nil
}

// actionSource is what is searched: the help, the name in the config, and the
// commands that do the same.
type actionSource []*action

func (s actionSource) String(i int) string { return s[i].help + " " + s[i].name + " " + s[i].beside() }
func (s actionSource) Len() int            { return len(s) }

func (p *palette) search() {
	p.at = 0
	if p.input.text == "" {
		p.found = p.all
		return
	}
	p.found = nil
	for _, m := range fuzzy.FindFrom(p.input.text, actionSource(p.all)) {
		p.found = append(p.found, p.all[m.Index])
	}
	text := strings.ToLower(strings.TrimSpace(p.input.text))
	slices.SortStableFunc(p.found, func(a, b *action) int { return cmp.Compare(actionRank(a, text), actionRank(b, text)) })
	if len(p.found) > 0 && actionRank(p.found[0], text) < scattered {
		p.found = slices.DeleteFunc(p.found, func(a *action) bool { return actionRank(a, text) == scattered })
	}
}

// scattered is the rank of an action that has the letters only here and there. It
// is offered where no other has them together.
const scattered = 4

// actionRank is how well an action fits: the smaller the better. Its name, or the
// beginning of its help, comes before a word of them, and then come its commands.
func actionRank(a *action, text string) int {
	help := strings.ToLower(a.help)
	switch all := help + " " + a.name; {
	case strings.HasPrefix(help, text) || strings.HasPrefix(a.name, text):
		return 0
	case strings.Contains(all, " "+text):
		return 1
	case strings.Contains(all, text):
		return 2
	case strings.Contains(a.beside(), text):
		return 3
	}
	return scattered
}

func (p *palette) draw(u *UI, width, height int) []string {
	lines := []string{p.drawLine(u, width)}
	if len(p.found) == 0 {
		lines = append(lines, u.line(width).put(u.style[roleFaint], "   no action has these letters").String())
	}
	rows := max(height-1, 1)
	if len(p.found) > rows && rows > 3 {
		rows-- // for what says that there is more
	}
	first, last := around(p.at, rows, len(p.found))
	for i := first; i < last; i++ {
		lines = append(lines, p.row(u, i, width))
	}
	if len(p.found) > rows {
		lines = append(lines, u.line(width).fit(u.style[roleFaint], p.elsewhere(first, len(p.found)-last), width).String())
	}
	return fill(lines, 0, height)
}

// elsewhere says how many actions stand above and below those on the screen.
func (p *palette) elsewhere(above, below int) string {
	text := "  "
	if above > 0 {
		text += " ↑ " + short(above) + " more above"
	}
	if below > 0 {
		text += " ↓ " + short(below) + " more below"
	}
	return text
}

func (p *palette) row(u *UI, i, width int) string {
	a := p.found[i]
	l := u.choiceLine(width, i == p.at)
	text, style := a.help, plain
	if why := a.reason(u); why != "" {
		text, style = a.help+" ("+why+")", u.style[roleFaint]
	}
	l.spaces(3).column(u.style[roleActive], keyLabels(a.keys), min(16, width/3)).spaces(1)
	l.fit(style, text, l.left)
	command := a.beside()
	if i != p.at || command == "" || !u.putBeside(l, "parley "+command) {
		u.putBeside(l, command)
	}
	return l.pad().String()
}

func (p *palette) hint() string {
	return "type a part of it · ↑ ↓ select · Enter does it · Esc leaves"
}

func (p *palette) cursor(u *UI) *tea.Cursor {
	if u.body().height == 0 {
		return nil
	}
	_, column := p.input.place()
	return tea.NewCursor(min(3+column, max(u.width-1, 0)), u.body().y)
}
