package ui

import (
	"slices"
	"strings"

	"parley/inbox"

	tea "charm.land/bubbletea/v2"
)

// picker chooses the emoji of a reaction: one of the recent ones by its number,
// one that is found by name, or any that is typed or pasted. It stands below the
// thread, so that the message stays in sight, and it belongs to that message.
type picker struct {
	target
	chooser[namedEmoji]
	message inbox.MessageID
	about   string // how the message begins
}

// usualReactions are those that Instagram and Messenger offer first.
func usualReactions() []string { return []string{"❤️", "😂", "😮", "😢", "😡", "👍"} }

// openPicker asks for the emoji to put on a message.
func (u *UI) openPicker(to target, m *inbox.Message) {
	u.knowEmojis()
	p := &picker{target: to, message: m.ID, about: m.Preview()}
	p.input = newLineEditor(u.cells, 100)
	p.search(u)
	u.show(p)
}

func (p *picker) press(u *UI, key tea.Key, name string) tea.Cmd {
	u.touch(partOverlay)
	switch name {
	case "esc", "ctrl+c":
		u.dismiss()
		return nil
	case "enter":
		return p.pick(u, p.at)
	}
	if n := strings.Index("123456", name); p.input.text == "" && len(name) == 1 && n >= 0 {
		return p.pick(u, n)
	}
	if p.chooser.press(key, byTab(name)) {
		p.search(u)
	}
	return nil
}

func (p *picker) paste(u *UI, text string) tea.Cmd {
	p.input.insert(strings.TrimSpace(text))
	p.search(u)
	u.touch(partOverlay)
	return nil
}

// search finds what fits to what is typed.
func (p *picker) search(u *UI) {
	p.at, p.found = 0, nil
	switch text := strings.TrimSpace(p.input.text); {
	case text == "":
		for _, emoji := range u.recent {
			p.found = append(p.found, u.emojis.named(emoji))
		}
	case u.cells.pureEmoji(text) != "":
		p.found = []namedEmoji{u.emojis.named(text)}
	default:
		p.found = u.emojis.find(text)
	}
}

// pick reacts with the i-th emoji.
func (p *picker) pick(u *UI, i int) tea.Cmd {
	if i >= len(p.found) {
		return nil
	}
	u.dismiss()
	emoji := p.found[i].emoji
	u.recent = slices.Insert(slices.DeleteFunc(u.recent, func(r string) bool { return withoutColour(r) == withoutColour(emoji) }), 0, emoji)
	u.recent = u.recent[:min(len(u.recent), len(usualReactions()))]
	g := p.gesture()
	g.Target, g.Emoji = p.message, emoji
	return u.makeGesture(p.target, g, emoji)
}

// pickerHintLeast is how many lines a picker needs to have one for a hint.
const pickerHintLeast = 5

// rows is how many lines the picker takes of the thread's.
func (p *picker) rows() int { return 2 + len(usualReactions()) }

func (p *picker) draw(u *UI, width, height int) []string {
	lines := []string{
		u.panelTitle(width, "react to "+p.to, " · "+p.about),
		p.drawLine(u, width),
	}
	if len(p.found) == 0 {
		lines = append(lines, u.line(width).fit(u.style[roleFaint], "   no emoji has this name; any can be pasted", width).String())
	}
	rows := max(height-len(lines), 1)
	if height >= pickerHintLeast {
		rows = max(rows-u.hintRows(), 1)
	}
	first, last := around(p.at, rows, len(p.found))
	for i := first; i < last; i++ {
		lines = append(lines, p.row(u, i, width))
	}
	if height < pickerHintLeast {
		return fill(lines, 0, height)
	}
	return u.withHint(p, lines, width, height)
}

func (p *picker) row(u *UI, i, width int) string {
	l := u.choiceLine(width, i == p.at)
	number := "   "
	if p.input.text == "" {
		number = " " + string(rune('1'+i)) + " "
	}
	e := p.found[i]
	return l.put(u.style[roleActive], number).column(plain, e.emoji, 3).fit(plain, e.label(), l.left).pad().String()
}

func (p *picker) hint() string {
	if p.input.text == "" {
		return "1-6 picks · type a name or paste any emoji · Enter reacts · Esc leaves"
	}
	return "Enter reacts · Esc leaves"
}

func (p *picker) cursor(u *UI) *tea.Cursor { return u.panelCursor(&p.input) }
