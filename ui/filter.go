package ui

import (
	"errors"
	"fmt"
	"time"

	"parley/inbox"

	tea "charm.land/bubbletea/v2"
)

// The filter: a search typed in the header that narrows the list while it is
// typed. Enter keeps it, Esc drops it; what the term under the cursor may become
// is offered below (see offers.go).

func (u *UI) openFilter() tea.Cmd {
	u.filter = newLineEditor(u.cells, 200)
	u.filter.set(u.list.text)
	u.filterWrong = ""
	u.focusOn(onFilter)
	u.offer()
	return u.readKnownLabels()
}

// knownLabelsRead takes the labels that can be offered. Without them the filter works
// as well.
func (u *UI) knownLabelsRead(msg knownLabelsMsg) {
	if msg.err != nil {
		return
	}
	u.labels = nil
	for _, l := range msg.labels {
		u.labels = append(u.labels, l.Label)
	}
	if p := u.searching(); p != nil {
		p.offer(u)
		return
	}
	u.offer()
}

func (u *UI) filterKey(key tea.Key, name string) tea.Cmd {
	u.touch(partHeader | partHints)
	if a, _ := u.keys.find(inComposer, "", name); a != nil && a.name == "composer-search" {
		return u.openSearch()
	}
	switch name {
	case "enter":
		return u.filterDone()
	case "esc", "ctrl+c":
		u.focusOn(onList)
		u.filter.set("")
		return u.filterChanged()
	case "down", "up":
		if len(u.offers.found) == 0 && name == "down" {
			return u.filterDone()
		}
		u.offers.choose(name)
		u.touch(partOffers)
		return nil
	case "tab":
		return u.acceptOffer()
	}
	changed, used := u.filter.press(name)
	if !used && key.Text != "" {
		changed = u.filter.insert(key.Text)
	}
	u.offer()
	if !changed {
		return nil
	}
	return u.filterChanged()
}

// filterDone keeps the search, unless a term of it is wrong: nobody should
// take the list for the answer to a question that was not understood.
func (u *UI) filterDone() tea.Cmd {
	if _, err := u.parseFilter(u.filter.text); err != nil {
		u.filterWrong = err.In(u.filter.text)
		return nil
	}
	u.focusOn(onList)
	return nil
}

// filterChanged narrows the list by what is typed so far. The last word may be
// half of a term: it is left out then, and is no mistake yet.
func (u *UI) filterChanged() tea.Cmd {
	text := u.filter.text
	search, err := u.parseTyped(text)
	if u.filterWrong = ""; err != nil {
		u.filterWrong = err.In(text)
		return nil // the list goes on to show what was last understood
	}
	u.list.text = text
	if len(u.list.rows) == 0 {
		u.touch(partList) // it says what nothing matches
	}
	if search.String() == u.list.search.String() {
		return nil
	}
	u.list.search = search
	return u.keepList()
}

// parseTyped understands a search that is being typed, without a last term that
// is no more than begun.
func (u *UI) parseTyped(text string) (inbox.Search, *inbox.SearchError) {
	search, err := u.parseFilter(text)
	if err != nil && err.End == len(text) {
		return u.parseFilter(text[:err.At])
	}
	return search, err
}

// parseFilter understands a search; an account has to be one of ours.
func (u *UI) parseFilter(text string) (inbox.Search, *inbox.SearchError) {
	search, err := inbox.ParseSearch(text, u.known())
	var wrong *inbox.SearchError
	errors.As(err, &wrong)
	return search, wrong
}

// known are the names that a search may hold here: of the customers, those on
// the screen.
func (u *UI) known() inbox.Known {
	k := inbox.Known{Labels: u.labels}
	for _, a := range u.accounts {
		k.Accounts = append(k.Accounts, a.ID)
	}
	for _, row := range u.list.rows {
		k.Customers = append(k.Customers, row.Participant.Name)
	}
	return k
}

// searchBy is what a search means now.
func (u *UI) searchBy() inbox.SearchBy {
	return inbox.SearchBy{Now: u.now().In(u.opts.Zone), Closing: u.opts.ClosingSoon, Window: u.in.OurWindow}
}

// indexApart is how long a list that the index was not complete for waits before
// it is read again.
const indexApart = time.Second

// indexBehind tells how far an index has come that a search needs and that does
// not find everything yet; ok is false when there is no such thing.
func (u *UI) indexBehind(search inbox.Search) (state inbox.IndexState, ok bool) {
	if !search.NeedsIndex() {
		return state, false
	}
	state, ok = u.in.IndexState()
	return state, ok && !state.IsComplete()
}

// followIndex has the list read again when the index could not find everything.
func (u *UI) followIndex(partial bool) tea.Cmd {
	if !partial {
		return nil
	}
	u.touch(partHeader)
	return u.after(indexApart, indexMsg{u.list.load.gen})
}

func (u *UI) indexFollowed(msg indexMsg) tea.Cmd {
	if msg.gen != u.list.load.gen || !u.list.wanted().NeedsIndex() {
		return nil // it has been read again since, or asks something else
	}
	u.touch(partHeader)
	return u.readList()
}

// indexNote says that the list may lack something, "" when it does not.
func (u *UI) indexNote() string {
	switch state, behind := u.indexBehind(u.list.wanted()); {
	case !behind:
		return ""
	case state.Rebuilding && state.Total > 0:
		return fmt.Sprintf("index %d %% ", 100*state.Done/state.Total)
	case state.Rebuilding:
		return "index is made "
	case state.Broken != "":
		return "index is broken "
	}
	return "" // a moment behind, as always after a change
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
	const help = " Enter keeps, Esc drops · Tab takes what is offered, ↓ the next · words, is:unread, from:anna, has:image, left<2h, before:7d, -not"
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
