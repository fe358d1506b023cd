package ui

import (
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"
)

// overlay is something that covers the panes and takes all keys: a dialog, the
// help, the palette.
type overlay interface {
	press(u *UI, key tea.Key, name string) tea.Cmd
	paste(u *UI, text string) tea.Cmd
	draw(u *UI, width, height int) []string
	cursor(u *UI) *tea.Cursor
	hint() string // its keys, for the bottom line: those of the panes do nothing here
}

func (u *UI) show(o overlay) {
	u.overlay = o
	u.touch(partOverlay | partHints)
}

// withHint fills an overlay's room. Its keys are the last line of it on a screen
// that has no bottom line for them.
func (u *UI) withHint(o overlay, lines []string, width, height int) []string {
	if u.hintRows() == 0 {
		return fill(lines, 0, height)
	}
	return fillAbove(lines, u.line(width).fit(u.style[roleFaint], " "+o.hint(), width).String(), height)
}

// hintRows is how many lines an overlay needs for its keys.
func (u *UI) hintRows() int { return 1 - u.area.hints.height }

// panel is an overlay that covers the lower part of the thread only, where there
// is room for it beside what it is about.
type panel interface {
	overlay
	rows() int
}

// timed is an overlay with labels that the clock changes.
type timed interface {
	until() time.Time // when the first of those that were drawn changes
}

func (u *UI) overlayUntil() time.Time {
	if o, ok := u.overlay.(timed); ok {
		return o.until()
	}
	return time.Time{}
}

// panelLeast is how many lines of the thread a panel leaves.
const panelLeast = 4

// overlayArea is what the overlay covers.
func (u *UI) overlayArea() rect {
	p, ok := u.overlay.(panel)
	t := u.area.thread
	if !ok || u.isWriting() || t.width < 2*panelLeast || t.height < p.rows()+panelLeast {
		return u.body()
	}
	return rect{t.x, t.y + t.height - p.rows(), t.width, p.rows()}
}

// panelTitle is the rule above a panel, with what it is about.
func (u *UI) panelTitle(width int, title, more string) string {
	rule := u.style[roleActive]
	l := u.line(width).put(rule, "─ ").fit(bold, title, width-2).fit(u.style[roleFaint], more, width/2).spaces(1)
	return l.put(rule, strings.Repeat("─", l.left)).String()
}

// panelCursor is the place of the cursor in a panel whose second line is an input.
func (u *UI) panelCursor(input *editor) *tea.Cursor {
	a := u.overlayArea()
	if a.height < 2 {
		return nil
	}
	_, column := input.place()
	return tea.NewCursor(a.x+min(3+column, max(a.width-1, 0)), a.y+1)
}

func (u *UI) dismiss() {
	u.overlay = nil
	u.touch(partOverlay | partHints)
}

// dialog is a question: for yes or no, or for a line of text.
type dialog struct {
	title string
	text  []string
	input *editor                   // nil: yes or no
	check func(text string) string  // what is wrong with the line; nil: nothing can be
	yes   func(text string) tea.Cmd // what to do
	back  overlay                   // what is shown again after no; nil: nothing
}

func (u *UI) ask(d dialog) { u.show(&d) }

// promptEditor is the input of a question for a line.
func (u *UI) promptEditor() *editor {
	e := newLineEditor(u.cells, 4096)
	return &e
}

func (d *dialog) press(u *UI, key tea.Key, name string) tea.Cmd {
	u.touch(partOverlay)
	switch {
	case name == "esc" || name == "ctrl+c":
		d.leave(u)
		return nil
	case d.input != nil:
		return d.typed(u, key, name)
	case name == "y" || name == "enter":
		u.dismiss()
		return d.yes("")
	case name == "n" || name == "q":
		d.leave(u)
	}
	return nil
}

func (d *dialog) leave(u *UI) {
	u.dismiss()
	if d.back != nil {
		u.show(d.back)
	}
}

func (d *dialog) typed(u *UI, key tea.Key, name string) tea.Cmd {
	if name == "enter" {
		text := strings.TrimSpace(d.input.text)
		if text == "" || d.wrong(text) != "" {
			return nil
		}
		u.dismiss()
		return d.yes(text)
	}
	if _, used := d.input.press(name); !used && key.Text != "" {
		d.input.insert(key.Text)
	}
	return nil
}

func (d *dialog) wrong(text string) string {
	if d.check == nil {
		return ""
	}
	return d.check(text)
}

func (d *dialog) paste(u *UI, text string) tea.Cmd {
	if d.input != nil {
		d.input.insert(strings.TrimSpace(text))
		u.touch(partOverlay)
	}
	return nil
}

// inputRow is the line of the dialog that the input stands in.
const inputRow = 2

func (d *dialog) draw(u *UI, width, height int) []string {
	lines := []string{"", u.line(width).spaces(1).put(u.style[roleTitle], d.title).String()}
	if d.input != nil {
		d.input.resize(u.cells, width-2, 1)
		lines = append(lines, u.line(width).spaces(1).put(plain, d.input.visibleRow(0)).String())
		wrong := d.wrong(strings.TrimSpace(d.input.text))
		for _, row := range u.cells.wrap(wrong, width-2) {
			lines = append(lines, u.line(width).spaces(1).put(u.style[roleUrgent], row.of(wrong)).String())
		}
	}
	lines = append(lines, u.paragraphs(d.text, width)...)
	keys := "y or Enter: yes   n or Esc: no"
	if d.input != nil {
		keys = "Enter: take it   Esc: leave"
	}
	lines = append(lines, "", u.line(width).spaces(1).put(u.style[roleFaint], keys).String())
	return fill(lines, 0, height)
}

func (d *dialog) hint() string { return "" } // they stand below the question

func (d *dialog) cursor(u *UI) *tea.Cursor {
	if d.input == nil || u.body().height <= inputRow {
		return nil
	}
	_, column := d.input.place()
	return tea.NewCursor(min(1+column, max(u.width-1, 0)), u.body().y+inputRow)
}
