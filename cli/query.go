package cli

// The QUERY of the list command, which is a search as the screen knows it too.

import (
	"context"
	"errors"
	"fmt"
	"time"

	"parley/config"
	"parley/inbox"
)

// queryWords are offered to complete a query.
var queryWords = inbox.SearchWords()

// query is an understood QUERY.
type query struct{ inbox.Search }

// parseQuery understands a QUERY; closingSoon is what is:closing means. Its
// errors point at the place.
func parseQuery(text string, closingSoon time.Duration) (query, error) {
	s, err := inbox.ParseSearch(text, closingSoon)
	var wrong *inbox.SearchError
	switch {
	case err == nil:
		return query{s}, nil
	case errors.As(err, &wrong) && wrong.Term != "":
		return query{}, pointAt(text, wrong)
	}
	return query{}, &usageError{text: err.Error(), hint: "a new message brings an archived conversation back"}
}

func pointAt(text string, e *inbox.SearchError) error {
	expected := e.Text
	if len(e.Known) > 0 {
		expected = config.Suggest(e.Value, e.Known)
	}
	return &usageError{
		text: fmt.Sprintf("the query is wrong at character %d, %q: %s", len([]rune(text[:e.At]))+1, e.Term, expected),
		hint: "`parley list --help` lists what a query may hold",
	}
}

// rowsAtOnce is how many rows are read in one transaction.
const rowsAtOnce = 200

// each calls f with the conversations that the query finds, in its order,
// limit of them at most (0: all).
func (q query) each(ctx context.Context, in *inbox.Inbox, limit int, f func(inbox.Conversation) error) error {
	ask := q.Query()
	ask.Now, ask.After = time.Now(), rowsAtOnce
	seen := inbox.Cursor("")
	for found := 0; ; {
		page, err := in.List(ctx, ask)
		if err != nil {
			return err
		}
		for _, row := range page.Rows {
			if row.Cursor == seen || !q.Matches(row.Conversation) {
				continue // the anchor of this page ended the one before
			}
			if err := f(row.Conversation); err != nil {
				return err
			}
			if found++; found == limit {
				return nil
			}
		}
		if !page.MoreAfter || len(page.Rows) < 2 {
			return nil
		}
		seen = page.Rows[len(page.Rows)-1].Cursor
		ask.Anchor = seen
	}
}
