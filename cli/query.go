package cli

// The QUERY of the list command, which is a search as the screen knows it too.

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"parley/config"
	"parley/inbox"
)

// parseQuery understands a QUERY. Its errors point at the place.
func parseQuery(text string, known inbox.Known) (inbox.Search, error) {
	search, err := inbox.ParseSearch(text, known)
	var wrong *inbox.SearchError
	if errors.As(err, &wrong) {
		return search, &usageError{text: "the query is wrong at " + wrong.In(text), hint: "`parley list --help` lists what a query may hold"}
	}
	return search, err
}

// known are the names that the config has.
func known(c *config.Config) inbox.Known {
	var k inbox.Known
	for _, a := range c.Accounts {
		k.Accounts = append(k.Accounts, a.Name)
	}
	return k
}

// listSearch is a search of the whole inbox, asked now.
func (s *session) listSearch(search inbox.Search) inbox.ListSearch {
	by := inbox.SearchBy{Now: time.Now().In(s.config.Screen.TimeZone), Closing: s.config.Screen.ClosingSoon, Window: s.OurWindow}
	return inbox.ListSearch{Query: search.Query(by), Search: search, By: by}
}

// eachFound calls f with the conversations that the search finds, in its order,
// limit of them at most (0: all).
func (s *session) eachFound(ctx context.Context, search inbox.Search, limit int, f func(inbox.Conversation) error) error {
	return s.eachListed(ctx, s.listSearch(search), limit, f)
}

// queryHelp lists what a query may hold, for a help text.
func queryHelp() string {
	var b strings.Builder
	for _, form := range inbox.SearchForms() {
		fmt.Fprintf(&b, "  %s\n      %s\n", form.Form, form.Means)
	}
	return b.String()
}

// completeQuery offers what the word that is typed may become.
func (a *app) completeQuery(cmd *cobra.Command, _ []string, typed string) ([]string, cobra.ShellCompDirective) {
	var names inbox.Known
	if c, err := config.Load(a.places().Config); err == nil {
		names = known(c)
	}
	if strings.Contains(typed, string(inbox.TermLabel)+":") {
		a.complete(cmd, func(ctx context.Context, s *session) error { return learnLabels(ctx, s, &names) })
	}
	directive := cobra.ShellCompDirectiveNoFileComp
	var words []string
	for _, c := range inbox.Complete(typed, len(typed), names) {
		if c.Open {
			directive |= cobra.ShellCompDirectiveNoSpace
		}
		words = append(words, cobra.CompletionWithDesc(typed[:c.At]+c.Text, c.Help))
	}
	return words, directive
}

// learnLabels adds the labels in use: only they need the cache.
func learnLabels(ctx context.Context, s *session, names *inbox.Known) error {
	labels, err := s.Labels(ctx)
	for _, l := range labels {
		names.Labels = append(names.Labels, l.Label)
	}
	return err
}
