package ui

import (
	"errors"
	"fmt"
	"strings"

	"parley/inbox"

	tea "charm.land/bubbletea/v2"
)

// The filter: a search typed in the header that narrows the list while it is
// typed. Enter keeps it, Esc drops it.

func (u *UI) openFilter() tea.Cmd {
	u.filter = newLineEditor(u.cells, 200)
	u.filter.set(u.list.text)
	u.filterWrong = ""
	u.focusOn(onFilter)
	return nil
}

func (u *UI) filterKey(key tea.Key, name string) tea.Cmd {
	u.touch(partHeader | partHints)
	switch name {
	case "enter", "down":
		return u.filterDone()
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

// filterDone keeps the search, unless a term of it is wrong: nobody should
// take the list for the answer to a question that was not understood.
func (u *UI) filterDone() tea.Cmd {
	if _, err := u.parseFilter(u.filter.text); err != nil {
		u.filterWrong = placed(u.filter.text, err)
		return nil
	}
	u.focusOn(onList)
	return nil
}

// filterChanged narrows the list by what is typed so far. The last word may be
// half of a term: it is left out then, and is no mistake yet.
func (u *UI) filterChanged() tea.Cmd {
	text := u.filter.text
	search, err := u.parseFilter(text)
	if err != nil && err.Term != "" && err.At+len(err.Term) == len(text) {
		search, err = u.parseFilter(text[:err.At])
	}
	if u.filterWrong = ""; err != nil {
		u.filterWrong = placed(text, err)
		return nil // the list goes on to show what was last understood
	}
	u.list.text = text
	if len(u.list.rows) == 0 {
		u.touch(partList) // it says what nothing matches
	}
	if search == u.list.search {
		return nil
	}
	u.list.search = search
	return u.keepList()
}

// parseFilter understands a search; an account has to be one of ours.
func (u *UI) parseFilter(text string) (inbox.Search, *inbox.SearchError) {
	search, err := inbox.ParseSearch(text, u.opts.ClosingSoon)
	var wrong *inbox.SearchError
	if errors.As(err, &wrong) || search.Account == "" {
		return search, wrong
	}
	names := make([]string, len(u.accounts))
	for i, a := range u.accounts {
		if names[i] = string(a.ID); a.ID == search.Account {
			return search, nil
		}
	}
	term := "account:" + string(search.Account)
	return inbox.Search{}, &inbox.SearchError{At: strings.LastIndex(text, term), Term: term, Text: "known here: " + strings.Join(names, ", ")}
}

// placed says what is wrong with a search, and where.
func placed(text string, e *inbox.SearchError) string {
	if e.Term == "" {
		return e.Text
	}
	return fmt.Sprintf("character %d, “%s”: %s", len([]rune(text[:e.At]))+1, e.Term, e.Text)
}

// drawFilter draws the search. What is wrong with it, or what it may hold,
// stands in the line of the hints.
func (u *UI) drawFilter(l *lineBuilder) string {
	u.filter.resize(u.cells, l.left-filterLabel, 1)
	l.put(u.style[roleActive], " find: ").put(plain, u.filter.visibleRow(0))
	return l.String()
}

// drawFilterHint draws what is wrong with the search, else what it may hold.
func (u *UI) drawFilterHint(l *lineBuilder) string {
	if u.filterWrong != "" {
		return l.fit(u.style[roleUrgent], " "+u.filterWrong, l.left).String()
	}
	const help = " words, is:unread is:unanswered is:closing is:archived is:problems left<2h platform:x account:"
	return l.fit(u.style[roleFaint], help, l.left).String()
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
