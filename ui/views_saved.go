package ui

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"parley/inbox"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
)

// Views of the config: searches with a name, a key and an order. They take the
// place of the usual views, which are such searches too. What a view asks beside
// one of the store's own is checked row by row, so its size is not known.

// SavedView is a view as a config writes it.
type SavedView struct {
	Name  string
	Query string     // a search, "" for the whole inbox
	Key   string     // a digit from 1 on, or g and a letter ("g x"); "": the digit of its place
	Sort  inbox.Sort // "" for the usual one of what is asked
}

// Action is the name of what leads to the view, for the keys of a config.
func (v SavedView) Action() string {
	return "view-" + strings.ReplaceAll(strings.ToLower(v.Name), " ", "-")
}

// ViewError says what is wrong with a view.
type ViewError struct {
	Field string // "name", "query", "key" or "sort"
	Text  string
}

func (e *ViewError) Error() string { return e.Field + ": " + e.Text }

// mostViewName is how many cells a view's name may have: all of them stand in one
// line.
const mostViewName = 24

// UsualViews are the views of a config that has none.
func UsualViews() []SavedView {
	var views []SavedView
	for _, v := range usualViews() {
		views = append(views, SavedView{Name: v.name, Query: v.query, Key: v.keys[0], Sort: v.sort})
	}
	return views
}

// FindView finds a view by its name; case does not count.
func FindView(views []SavedView, name string) (SavedView, bool) {
	i := slices.IndexFunc(views, func(v SavedView) bool { return strings.EqualFold(v.Name, strings.TrimSpace(name)) })
	if i < 0 {
		return SavedView{}, false
	}
	return views[i], true
}

// CheckView says what is wrong with a view by itself, nil for nothing. Whether its
// key is free says [CheckKeys].
func CheckView(v SavedView, known inbox.Known) *ViewError {
	switch name := strings.TrimSpace(v.Name); {
	case name == "":
		return &ViewError{"name", "expected a name in quotes"}
	case name != visible(v.Name):
		return &ViewError{"name", "expected letters, without blanks around them"}
	case ansi.StringWidth(name) > mostViewName:
		return &ViewError{"name", fmt.Sprintf("is too long: %d characters at most", mostViewName)}
	case v.Key != "" && !isViewKey(v.Key):
		return &ViewError{"key", fmt.Sprintf(`expected a digit from "1" to "9", or g and a letter such as "g x", found %q`, v.Key)}
	}
	_, err := v.asked(known)
	return err
}

// isViewKey tells whether a key may lead to a view: others are taken by actions,
// or will be.
func isViewKey(key string) bool {
	letter, after := strings.CutPrefix(key, "g ")
	if !after {
		return len(key) == 1 && key[0] >= '1' && key[0] <= '9'
	}
	return len(letter) == 1 && letter[0] > ' ' && letter[0] < 0x7f
}

// Search is what the view asks, and in which order.
func (v SavedView) Search(known inbox.Known) (inbox.Search, inbox.Sort, error) {
	asked, err := v.asked(known)
	if err != nil {
		return inbox.Search{}, "", err
	}
	search, _ := inbox.ParseSearch(v.Query, known) // it was understood a moment ago
	return search, asked.sort, nil
}

// asked understands the view's search and its order.
func (v SavedView) asked(known inbox.Known) (listView, *ViewError) {
	search, err := inbox.ParseSearch(v.Query, known)
	if wrong, ok := errors.AsType[*inbox.SearchError](err); ok {
		return listView{}, &ViewError{"query", wrong.In(v.Query)}
	}
	q := search.Query(inbox.SearchBy{Closing: 1})
	asked := listView{view: q.View, sort: q.Sort, closing: q.Closing > 0, search: search}
	if v.Sort != "" {
		asked.sort = v.Sort
	}
	if !q.View.CanSort(asked.sort) || asked.closing && asked.sort != inbox.SortTimeLeft {
		return listView{}, &ViewError{"sort", sortNeeds(asked.sort)}
	}
	for _, usual := range usualViews() {
		if usual.query == search.String() {
			usual.sort = asked.sort
			return usual, nil
		}
	}
	asked.closing = false // the search says it
	return asked, nil
}

// sortNeeds says of what an order is one.
func sortNeeds(s inbox.Sort) string {
	switch s {
	case inbox.SortTimeLeft:
		return "time_left is an order of is:unanswered, is:closing and left<2h: put one of them into the query"
	case inbox.SortWake:
		return "wake is an order of is:snoozed: put it into the query"
	}
	return "newest is no order of is:closing, left<2h (always time_left) and is:snoozed (always wake)"
}

// viewsOf makes the views of a screen.
func viewsOf(saved []SavedView, known inbox.Known) ([]listView, error) {
	if len(saved) == 0 {
		return usualViews(), nil
	}
	views := namedViews(saved)
	for i, v := range saved {
		if err := CheckView(v, known); err != nil {
			return nil, fmt.Errorf("the view %q: %w", v.Name, err)
		}
		asked, _ := v.asked(known) // CheckView has understood it
		asked.name, asked.short, asked.keys, asked.shows, asked.query = views[i].name, views[i].short, views[i].keys, views[i].shows, v.Query
		views[i] = asked
	}
	return views, nil
}

// shortViewName is how many cells a view's name has where there is little room.
const shortViewName = 6

// namedViews are views as far as the keys and the help know them.
func namedViews(saved []SavedView) []listView {
	views := make([]listView, len(saved))
	for i, v := range saved {
		views[i] = listView{name: v.Name, short: ansi.Truncate(v.Name, shortViewName, ""), shows: strings.TrimSuffix(v.Name+": "+v.Query, ": ")}
		place := strconv.Itoa(i + 1)
		taken := slices.ContainsFunc(saved, func(v SavedView) bool { return v.Key == place })
		switch {
		case v.Key != "":
			views[i].keys = []string{v.Key}
		case i < 9 && !taken:
			views[i].keys = []string{place}
		}
	}
	return views
}

// wanted is all that the list is asked for: what the view says, and what narrows
// it. A search that names another selection wins over the view.
func (l *list) wanted() inbox.Search {
	if len(l.view.search.Terms) == 0 || l.search.HasView() {
		return l.search
	}
	terms := slices.Concat(l.view.search.Terms, l.search.Terms)
	if l.account != "" {
		terms = append(terms, inbox.Term{Kind: inbox.TermAccount, Value: string(l.account)})
	}
	if l.platform != "" {
		terms = append(terms, inbox.Term{Kind: inbox.TermPlatform, Value: string(l.platform)})
	}
	return inbox.Search{Terms: terms}
}

// isExact tells that the list's indexes leave nothing to check. They know one
// account and one platform: a view may say another than what narrows it.
func isExact(s inbox.Search) bool {
	return s.Exact() && !slices.ContainsFunc(s.Terms, func(t inbox.Term) bool {
		return t.Kind == inbox.TermAccount && t.Value != string(s.Account()) || t.Kind == inbox.TermPlatform && t.Value != string(s.Platform())
	})
}

// readFirst reads a list that could not be read before the first frame.
func (u *UI) readFirst() tea.Cmd {
	if u.list.loaded {
		return nil
	}
	return u.readList()
}
