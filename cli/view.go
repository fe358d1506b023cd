package cli

// The views of the config for the command line: parley list --view NAME.

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"parley/config"
	"parley/inbox"
	"parley/ui"
)

// viewsOf are the views that the screen has.
func viewsOf(c *config.Config) []ui.SavedView {
	if len(c.Screen.Views) == 0 {
		return ui.UsualViews()
	}
	return c.Screen.Views
}

// viewSearch is what a list asks: the query, the view if one is named, and an
// order if one is wanted.
func (s *session) viewSearch(o listOptions, text string) (inbox.ListSearch, error) {
	search, err := parseQuery(text, known(s.config))
	if err != nil {
		return inbox.ListSearch{}, err
	}
	if o.view == "" && o.sort == "" {
		return s.listSearch(search), nil
	}
	v := ui.SavedView{}
	if o.view != "" {
		var ok bool
		if v, ok = ui.FindView(viewsOf(s.config), o.view); !ok {
			return inbox.ListSearch{}, &usageError{text: fmt.Sprintf("there is no view %q", o.view), hint: "known here: " + strings.Join(viewNames(s.config), ", ")}
		}
	}
	of, order, err := v.Search(known(s.config))
	if err != nil {
		return inbox.ListSearch{}, err
	}
	l := s.listSearch(inbox.Search{Terms: slices.Concat(of.Terms, search.Terms)})
	if o.sort != "" {
		return l, sortBy(&l.Query, o.sort)
	}
	if l.Query.View.CanSort(order) && l.Query.Closing == 0 {
		l.Query.Sort = order // a query that asks for another selection has its own
	}
	return l, nil
}

// sortBy asks for an order, and refuses one that the selection does not have.
func sortBy(q *inbox.ListQuery, name string) error {
	order := inbox.Sort(name)
	switch {
	case !slices.Contains(config.ListOrders, name):
		return &usageError{text: fmt.Sprintf("there is no order %q", name), hint: "--sort takes " + config.Joined(config.ListOrders, "or")}
	case !q.View.CanSort(order) || q.Closing > 0 && order != inbox.SortTimeLeft:
		return &usageError{
			text: "what is asked for cannot be sorted by " + name,
			hint: "time_left is an order of is:unanswered, is:closing and left<2h, wake of is:snoozed, newest of all others",
		}
	}
	q.Sort = order
	return nil
}

func viewNames(c *config.Config) []string {
	var names []string
	for _, v := range viewsOf(c) {
		names = append(names, v.Name)
	}
	return names
}

// completeView offers the names of the views.
func (a *app) completeView(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	c, err := config.Load(a.places().Config)
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp // the shell cannot be told
	}
	return viewNames(c), cobra.ShellCompDirectiveNoFileComp
}

// eachListed calls f with the conversations of a list, limit of them at most (0:
// all).
func (s *session) eachListed(ctx context.Context, l inbox.ListSearch, limit int, f func(inbox.Conversation) error) error {
	found := 0
	for row, err := range s.Walk(ctx, l) {
		if err != nil {
			return err
		}
		if err := f(row.Conversation); err != nil {
			return err
		}
		if found++; found == limit {
			break
		}
	}
	return nil
}
