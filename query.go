package main

// The QUERY of the list command: words, and terms such as is:unread, left<2h,
// platform:facebook, account:acme. What an index answers goes into a ListQuery;
// the rest is checked row by row.

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"parley/inbox"
)

// closingSoon is what is:closing means.
const closingSoon = 24 * time.Hour

// queryWords are offered to complete a query.
var queryWords = []string{
	"is:unread", "is:unanswered", "is:closing", "is:archived", "is:problem", "left<",
	"platform:facebook", "platform:instagram", "platform:twitter", "account:",
}

// query is an understood QUERY.
type query struct {
	inbox.ListQuery
	unread, unanswered, problem bool // to be checked row by row, when the view does not
}

// parseQuery understands a QUERY. Its errors point at the place.
func parseQuery(text string) (query, error) {
	q := query{ListQuery: inbox.ListQuery{View: inbox.ViewAll, Sort: inbox.SortNewest}}
	var words []string
	archived := false
	for _, term := range terms(text) {
		key, value, hasKey := strings.Cut(term.text, ":")
		left, isLeft := strings.CutPrefix(term.text, "left<")
		var wrong string
		switch {
		case isLeft:
			d, err := parseDuration(left)
			if err != nil {
				wrong = `expected a duration such as left<2h or left<1d`
			}
			q.Closing = d
		case hasKey && key == "is":
			switch value {
			case "unread":
				q.unread = true
			case "unanswered":
				q.unanswered = true
			case "closing":
				q.Closing = closingSoon
			case "archived":
				archived = true
			case "problem":
				q.problem = true
			default:
				wrong = suggest(value, []string{"unread", "unanswered", "closing", "archived", "problem"})
			}
		case hasKey && key == "platform":
			q.Platform, wrong = parsePlatform(value)
		case hasKey && key == "account":
			q.Account = inbox.AccountID(value)
			if !q.Account.Valid() {
				wrong = "expected the name of an account, as in account:acme"
			}
		default:
			words = append(words, term.text)
		}
		if wrong != "" {
			return query{}, pointAt(text, term, wrong)
		}
	}
	if archived && (q.Closing > 0 || q.unanswered || q.unread || q.problem) {
		return query{}, &usageError{text: "is:archived stands alone: archived conversations are in no other view", hint: "a new message brings an archived conversation back"}
	}
	q.Text = strings.Join(words, " ")
	q.choose(archived)
	return q, nil
}

// choose takes the view that leaves the least to check row by row.
func (q *query) choose(archived bool) {
	switch {
	case archived:
		q.View = inbox.ViewArchived
	case q.Closing > 0:
		q.View, q.Sort = inbox.ViewUnanswered, inbox.SortTimeLeft
	case q.problem:
		q.View = inbox.ViewProblems
	case q.unanswered:
		q.View = inbox.ViewUnanswered
	case q.unread:
		q.View = inbox.ViewUnread
	}
}

// matches checks what the view leaves open.
func (q query) matches(c inbox.Conversation) bool {
	return (!q.unread || c.Unread > 0) &&
		(!q.unanswered || c.Unanswered) &&
		(!q.problem || c.Outbox.Failed+c.Outbox.Unknown > 0)
}

func parsePlatform(name string) (p inbox.Platform, wrong string) {
	if name == "x" {
		return inbox.Twitter, ""
	}
	var known []string
	for _, p := range inbox.Platforms {
		known = append(known, string(p))
	}
	if !slices.Contains(known, name) {
		return "", suggest(name, known)
	}
	return inbox.Platform(name), ""
}

// queryTerm is a word of a query and where it begins.
type queryTerm struct {
	text string
	at   int
}

// terms splits at blanks.
func terms(text string) []queryTerm {
	var list []queryTerm
	at := 0
	for part := range strings.SplitSeq(text, " ") {
		if part != "" {
			list = append(list, queryTerm{part, at})
		}
		at += len(part) + 1
	}
	return list
}

func pointAt(text string, t queryTerm, wrong string) error {
	return &usageError{
		text: fmt.Sprintf("the query is wrong at character %d, %q: %s", len([]rune(text[:t.at]))+1, t.text, wrong),
		hint: "`parley list --help` lists what a query may hold",
	}
}

// rowsAtOnce is how many rows are read in one transaction.
const rowsAtOnce = 200

// each calls f with the conversations that the query finds, in its order,
// limit of them at most (0: all).
func (q query) each(ctx context.Context, in *inbox.Inbox, limit int, f func(inbox.Conversation) error) error {
	ask := q.ListQuery
	ask.Now, ask.After = time.Now(), rowsAtOnce
	seen := inbox.Cursor("")
	for found := 0; ; {
		page, err := in.List(ctx, ask)
		if err != nil {
			return err
		}
		for _, row := range page.Rows {
			if row.Cursor == seen || !q.matches(row.Conversation) {
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
