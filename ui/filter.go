package ui

import (
	tea "charm.land/bubbletea/v2"
)

// The filter: words typed in the header that narrow the list while they are
// typed. Enter keeps them, Esc drops them.

func (u *UI) openFilter() tea.Cmd {
	u.filter = newLineEditor(u.cells, 200)
	u.filter.set(u.list.text)
	u.focusOn(onFilter)
	return nil
}

func (u *UI) filterKey(key tea.Key, name string) tea.Cmd {
	u.touch(partHeader)
	switch name {
	case "enter", "down":
		u.focusOn(onList)
		return nil
	case "esc", "ctrl+c":
		u.focusOn(onList)
		u.filter.set("")
		return u.filterChanged()
	}
	changed, used := u.filter.press(name)
	if !used && key.Text != "" {
		changed = u.filter.insert(key.Text)
	}
	if !changed {
		return nil
	}
	return u.filterChanged()
}

func (u *UI) filterChanged() tea.Cmd {
	if u.list.text == u.filter.text {
		return nil
	}
	u.list.text = u.filter.text
	return u.keepList()
}

func (u *UI) drawFilter(l *lineBuilder) string {
	u.filter.resize(u.cells, l.left-filterLabel, 1)
	l.put(u.style[roleActive], " find: ").put(plain, u.filter.visibleRow(0))
	return l.String()
}

// filterLabel is the width of what stands before the filter's text.
const filterLabel = 7

func (u *UI) filterCursor() *tea.Cursor {
	if u.area.header.height == 0 {
		return nil
	}
	_, column := u.filter.place()
	return tea.NewCursor(min(filterLabel+column, max(u.width-1, 0)), u.area.header.y)
}
