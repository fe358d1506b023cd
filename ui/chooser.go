package ui

import (
	tea "charm.land/bubbletea/v2"
)

// chooser is a line to type in over a list to choose from, which the line
// narrows: the palette, and the panels that ask for an emoji, a time, a label.
// They differ in what is found, and in what is done with the chosen one.
type chooser[T any] struct {
	input editor
	found []T
	at    int // the chosen one
}

// press takes the keys that mean the same in all of them. It tells that the key
// may have changed the line: then it has to be searched anew.
func (c *chooser[T]) press(key tea.Key, name string) (typed bool) {
	switch name {
	case "down", "ctrl+n":
		c.at = min(c.at+1, max(len(c.found)-1, 0))
		return false
	case "up", "ctrl+p":
		c.at = max(c.at-1, 0)
		return false
	}
	if _, used := c.input.press(name); !used && key.Text != "" {
		c.input.insert(key.Text)
	}
	return true
}

// byTab lets Tab go through the list, where it does nothing else.
func byTab(name string) string {
	switch name {
	case "tab":
		return "down"
	case "shift+tab":
		return "up"
	}
	return name
}

// drawLine draws the line that is typed; [UI.panelCursor] knows where it begins.
func (c *chooser[T]) drawLine(u *UI, width int) string {
	c.input.resize(u.cells, width-3, 1)
	return u.line(width).put(u.style[roleActive], " > ").put(plain, c.input.visibleRow(0)).String()
}

// around is the stretch of n rows that is drawn where there is room for some of
// them: the chosen one in its middle, but for the ends.
func around(at, rows, n int) (first, last int) {
	first = max(min(at-rows/2, n-rows), 0)
	return first, min(first+rows, n)
}

// choiceLine begins the line of something to choose.
func (u *UI) choiceLine(width int, chosen bool) *lineBuilder {
	l := u.line(width)
	if chosen {
		u.selectLine(l, false)
	}
	return l
}
