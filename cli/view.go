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

// viewSearch is what a list asks: the query, and the view if one is named.
func (s *session) viewSearch(view, text string) (inbox.ListSearch, error) {
	search, err := parseQuery(text, known(s.config))
	if err != nil {
		return inbox.ListSearch{}, err
	}
	if view == "" {
		return s.listSearch(search), nil
	}
	v, ok := ui.FindView(viewsOf(s.config), view)
	if !ok {
		return inbox.ListSearch{}, &usageError{text: fmt.Sprintf("there is no view %q", view), hint: "known here: " + strings.Join(viewNames(s.config), ", ")}
	}
	of, order, err := v.Search(known(s.config))
	if err != nil {
		return inbox.ListSearch{}, err
	}
	l := s.listSearch(inbox.Search{Terms: slices.Concat(of.Terms, search.Terms)})
	if l.Query.View.CanSort(order) && l.Query.Closing == 0 {
		l.Query.Sort = order // a query that asks for another selection has its own
	}
	return l, nil
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
