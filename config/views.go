package config

// The [[view]] tables: searches with a name, which stand in the header of the
// screen and can be listed.

import (
	"slices"
	"strconv"
	"strings"

	"parley/inbox"
	"parley/ui"
)

// takeViews reads the views in the order of the file. It comes after the accounts:
// a search may name one.
func (c *Config) takeViews(root *table) (views []*table) {
	known := inbox.Known{}
	for _, a := range c.Accounts {
		known.Accounts = append(known.Accounts, a.Name)
	}
	for _, t := range root.subs("view") {
		v := takeView(t)
		if err := ui.CheckView(v, known); err != nil {
			t.problem(t.where(err.Field), err.Field, "%s", err.Text)
		} else if slices.ContainsFunc(c.Screen.Views, func(w ui.SavedView) bool { return w.Action() == v.Action() }) {
			t.problem(t.where("name"), "name", "two views are called %q", v.Name)
		}
		c.Screen.Views = append(c.Screen.Views, v)
		views = append(views, t)
	}
	return views
}

// ListOrders are the orders of a list, as configs and commands write them.
var ListOrders = []string{string(inbox.SortNewest), string(inbox.SortTimeLeft), string(inbox.SortWake)}

func takeView(t *table) ui.SavedView {
	v := ui.SavedView{
		Name:  t.str("name", `a name in quotes, such as "Angry"`),
		Query: t.str("query", `a search in quotes, such as "label:angry is:unanswered"`),
		Key:   t.str("key", `a key in quotes: a digit, or g and a letter such as "g x"`),
	}
	if order, ok := parsed(t, "sort", alternatives(ListOrders), oneOf(ListOrders...)); ok {
		v.Sort = inbox.Sort(order)
	}
	t.finish()
	return v
}

// takeKeys reads [keys], and finds keys that clash, also those of the views.
func (c *Config) takeKeys(root *table, views []*table) {
	t := root.sub("keys")
	if t != nil {
		c.Screen.Keys = map[string][]string{}
		for _, action := range t.keys() {
			c.Screen.Keys[action] = t.list(action, `a key in quotes, or a list of keys such as ["j", "down"]`)
		}
	}
	for _, err := range each(ui.CheckKeys(c.Screen.Keys, c.Screen.Views...)) {
		if i := c.viewOf(err); i >= 0 {
			views[i].problem(views[i].where("key"), "key", "%s", strings.TrimPrefix(err.Error(), "keys: "))
		} else if t != nil {
			t.problems(err)
		}
	}
}

// viewOf is the view whose action an error quotes first, -1 for none; what [keys]
// says of it is no fault of the view's.
func (c *Config) viewOf(err error) int {
	view, first := -1, len(err.Error())
	for i, v := range c.Screen.Views {
		action := v.Action()
		if _, moved := c.Screen.Keys[action]; moved {
			continue
		}
		if at := strings.Index(err.Error(), strconv.Quote(action)); at >= 0 && at < first {
			view, first = i, at
		}
	}
	return view
}
