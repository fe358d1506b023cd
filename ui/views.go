package ui

import (
	"cmp"
	"slices"
	"strings"

	"parley/inbox"

	tea "charm.land/bubbletea/v2"
)

// The views: the selections of conversations that have a name, a place in the
// header and keys of their own. They are a value of the screen, so that another
// list of them is only another value.

// listView is one of the numbered views.
type listView struct {
	name    string
	short   string // where there is little room
	keys    []string
	query   string // the search that it is
	shows   string // for the help; "" when the name says it
	empty   string // what is said when nothing is in it; "" for the usual words
	view    inbox.View
	sort    inbox.Sort
	search  inbox.Search // what the view alone does not say
	closing bool         // only windows that end soon
	quiet   bool         // its size asks nobody to do anything
}

// usualViews are the views in the order of their numbers.
func usualViews() []listView {
	return []listView{
		{name: "All", short: "All", keys: []string{"1", "g i"}, shows: "all that is neither done nor snoozed", view: inbox.ViewAll, sort: inbox.SortNewest, quiet: true},
		{name: "Unread", short: "Unread", keys: []string{"2", "g u"}, query: "is:unread", view: inbox.ViewUnread, sort: inbox.SortNewest},
		{name: "Unanswered", short: "Unansw", keys: []string{"3", "g a"}, query: "is:unanswered", view: inbox.ViewUnanswered, sort: inbox.SortNewest},
		{name: "Closing", short: "Clos", keys: []string{"4", "g c"}, query: "is:closing", shows: "windows that close soon", view: inbox.ViewUnanswered, sort: inbox.SortTimeLeft, closing: true},
		{
			name: "Mine", short: "Mine", keys: []string{"5", "g m"}, query: "is:mine", shows: "mine: taken, or answered here", view: inbox.ViewMine, sort: inbox.SortNewest, quiet: true,
			empty: "What you take or answer is listed here.",
		},
		{
			name: "Snoozed", short: "Snooz", keys: []string{"6", "g s"}, query: "is:snoozed", shows: "snoozed, by the time at which they come back", view: inbox.ViewSnoozed, sort: inbox.SortWake, quiet: true,
			empty: "What is snoozed waits here until its time, or until the customer writes.",
		},
		{
			name: "Done", short: "Done", keys: []string{"7", "g d"}, query: "is:done", shows: "done, and archived by the provider", view: inbox.ViewDone, sort: inbox.SortNewest, quiet: true,
			empty: "What is done is listed here until the customer writes again.",
		},
		{
			name: "Failed", short: "Fail", keys: []string{"8", "g f"}, query: "is:failed", shows: "failed: sends that failed or are unknown", view: inbox.ViewProblems, sort: inbox.SortNewest,
			empty: "No send has failed, and none is in doubt. What is queued leaves by itself.",
		},
	}
}

// action is the name of what leads to the view.
func (v listView) action() string { return SavedView{Name: v.name}.Action() }

// isAll tells that the view leaves nothing of the inbox out.
func (v listView) isAll() bool { return v.view == inbox.ViewAll && len(v.search.Terms) == 0 }

// viewActions lead to the views.
func viewActions(views []listView) (as []action) {
	for _, v := range views {
		as = append(as, action{
			name: v.action(), keys: v.keys,
			help: "show: " + cmp.Or(v.shows, strings.ToLower(v.name)), twins: []string{"list --view " + quoted(v.name)}, scope: inPanes, run: shows(v),
		})
	}
	return as
}

func shows(v listView) func(*UI) tea.Cmd {
	return func(u *UI) tea.Cmd {
		u.list.view, u.list.sort = v, v.sort
		if u.list.search.HasView() {
			u.list.text, u.list.search = "", inbox.Search{} // it would win over the view
		}
		u.focusOn(onList)
		return u.newList()
	}
}

// toggleSort sorts the view by the time that is left, and back. The whole inbox
// has no such order: from there it goes to the unanswered, which are all that have
// time left.
func (u *UI) toggleSort() tea.Cmd {
	if !u.list.view.isAll() {
		u.list.sort = u.list.view.otherSort(u.list.sort)
		u.focusOn(onList)
		return u.newList()
	}
	v := u.views[slices.IndexFunc(u.views, listView.isUnanswered)]
	v.sort = inbox.SortTimeLeft
	u.say(v.name + ", by time left")
	return shows(v)(u)
}

// otherSort is the order that the view has besides one, "" when it has none.
func (v listView) otherSort(s inbox.Sort) inbox.Sort {
	switch {
	case v.closing || v.search.Query(inbox.SearchBy{Closing: 1}).Closing > 0 || !v.view.CanSort(inbox.SortTimeLeft):
		return ""
	case s == inbox.SortTimeLeft:
		return v.view.UsualSort()
	}
	return inbox.SortTimeLeft
}

func (v listView) isUnanswered() bool {
	return v.view == inbox.ViewUnanswered && !v.closing && len(v.search.Terms) == 0
}

// cannotSort says why the list has one order only.
func cannotSort(u *UI) string {
	v := u.list.view
	switch i := slices.IndexFunc(u.views, listView.isUnanswered); {
	case u.list.search.HasView():
		return "what is found by “" + visible(u.list.text) + "” has one order only: " + u.keys.first("clear") + " drops it"
	case v.sort == inbox.SortTimeLeft && v.otherSort(v.sort) == "":
		return "“" + v.name + "” is always sorted by time left"
	case v.isAll() && i >= 0 || v.otherSort(u.list.sort) != "":
		return ""
	case i < 0:
		return "only what is unanswered has time left, and none of your views is the search is:unanswered"
	default:
		return "only what is unanswered can be sorted by time left: " + u.viewKey(u.views[i]) + " shows it"
	}
}

// viewKey is the key that leads to a view, "" when none does.
func (u *UI) viewKey(v listView) string {
	if keys := u.keys.byName[v.action()].keys; len(keys) > 0 {
		return keyLabel(keys[0])
	}
	return ""
}

// toAll says how to come to the whole inbox, "" when no key leads there.
func (u *UI) toAll() string {
	for _, v := range u.views {
		if key := u.viewKey(v); v.isAll() && key != "" {
			return "Press " + key + " for all conversations."
		}
	}
	return ""
}

// The header's part of them.

// tabLook is how much the names of the views are shortened.
type tabLook int

const (
	tabsWhole tabLook = iota
	tabsShort
	tabsTerse // and what asks nobody to do anything is not counted
	tabsUncounted
	tabsNumbers // but the one that is shown
)

// tabs are the views, shortened until all of them fit: one that is missing
// would be one that nobody finds.
func (u *UI) tabs(room int) (s segments) {
	for look := tabsWhole; look <= tabsNumbers; look++ {
		s = nil
		for _, v := range u.views {
			s = append(s, u.tab(v, look))
		}
		if s.width(u.cells) <= room {
			return s
		}
	}
	for len(s) > 0 && s.width(u.cells) > room {
		s = s[:len(s)-1]
	}
	return s
}

func (u *UI) tab(v listView, look tabLook) segment {
	shown := v.name == u.list.view.name && !u.list.search.HasView()
	text, style := "  ", u.style[roleFaint]
	if look >= tabsTerse {
		text = " "
	}
	key := u.viewKey(v)
	switch {
	case look == tabsWhole:
		text += strings.TrimSpace(key + " " + v.name)
	case look < tabsNumbers || shown || key == "":
		text += strings.TrimSpace(key + " " + v.short)
	default:
		text += key
	}
	text += u.tabCount(v, look)
	if shown {
		style = u.style[roleActive]
	}
	return segment{style, text}
}

func (u *UI) tabCount(v listView, look tabLook) string {
	n := u.list.countOf(v)
	switch {
	case n == 0 || look >= tabsUncounted || look == tabsTerse && v.quiet:
		return ""
	case v.closing && n == mostClosing:
		return " " + short(n) + "+"
	}
	return " " + short(n)
}

// belongs tells whether the list as it is asked for now holds the conversation,
// as far as a record tells.
func (l *list) belongs(c inbox.Conversation, by inbox.SearchBy) bool {
	q := l.query(0, by)
	return c.In(q.View) && l.wanted().Matches(c, by) &&
		(q.Account == "" || q.Account == c.ID.Account()) && (q.Platform == "" || q.Platform == c.ID.Platform())
}
