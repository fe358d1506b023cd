package cli

// parley list: the conversations of the cache, and how old they are. The network
// is not asked.

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"parley/config"
	"parley/inbox"
)

type listOptions struct {
	json  bool
	limit int
	view  string
	sort  string
}

func (a *app) listCommand() *cobra.Command {
	var o listOptions
	cmd := &cobra.Command{
		Use:   "list [QUERY]",
		Short: "List conversations from the cache, newest first",
		Long: `List shows cached conversations; the network is not asked. QUERY is any of
these, and all of them have to be true. Case does not count.

` + queryHelp() + `
A QUERY that begins with - stands behind --: parley list -- -is:unread

has: and phrases need the full-text index. Terms about messages speak of one and
the same message; from:, after: and before: alone speak of the customer and of
the newest message, so before:7d lists what has been quiet for a week.

With --json, one object per line: id, account, provider, platform, participant
(id, name), preview, last_message_at (RFC 3339 in UTC, or null), unread (a
number), unanswered, archived, window (phase, and closes_at or null).

What was never read, or could not be read lately, is named on standard error.`,
		Args:              cobra.ArbitraryArgs,
		ValidArgsFunction: a.completeQuery,
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.list(cmd.Context(), strings.Join(args, " "), o)
		},
	}
	cmd.Flags().BoolVar(&o.json, "json", false, "one JSON object per line")
	cmd.Flags().Var(countFlag(&o.limit), "limit", "at most `N` conversations (0: all)")
	cmd.Flags().StringVar(&o.view, "view", "", "the view `NAME` of the config, in its order; QUERY narrows it")
	cmd.Flags().StringVar(&o.sort, "sort", "", "the `ORDER`: newest, time_left (of is:unanswered), wake (of is:snoozed)")
	// Fails only for a flag that is not there.
	_ = cmd.RegisterFlagCompletionFunc("sort", cobra.FixedCompletions(config.ListOrders, cobra.ShellCompDirectiveNoFileComp))
	_ = cmd.RegisterFlagCompletionFunc("view", a.completeView)
	return cmd
}

func (a *app) list(ctx context.Context, text string, o listOptions) error {
	if _, err := parseQuery(text, inbox.Known{}); err != nil {
		return err // before anything is opened
	}
	return a.withSession(ctx, offline, func(ctx context.Context, s *session) error {
		list, err := s.viewSearch(o, text)
		if err != nil {
			return err
		}
		out := bufio.NewWriter(a.stdout)
		print := s.printConversation(out)
		if o.json {
			lines := jsonLines(out)
			print = func(c inbox.Conversation) error { return lines.Encode(recordOfConversation(c, s.Window(c))) }
		}
		if err := s.eachListed(ctx, list, o.limit, print); err != nil {
			return err
		}
		if err := out.Flush(); err != nil {
			return err
		}
		a.tellAge(s, list.Search.Account(), list.Search.Platform())
		return nil
	})
}

// staleAfter is from when on data is called old although all reads went well:
// nobody has read for a while.
const staleAfter = time.Hour

// tellAge says on standard error which platforms of a listing were never read,
// cannot be read, or have not been read for long.
func (a *app) tellAge(s *session, account inbox.AccountID, platform inbox.Platform) {
	now, hinted := time.Now(), map[string]bool{}
	for _, v := range s.Accounts() {
		for _, p := range v.Platforms {
			if account != "" && account != v.ID || platform != "" && platform != p.Platform {
				continue
			}
			text, hint := describeAge(p, now)
			if text == "" {
				continue
			}
			if hinted[hint] { // once is enough
				hint = ""
			}
			hinted[hint] = true
			a.complain(fmt.Sprintf("%s of %s %s", p.Platform.Label(), v.ID, text), hint)
		}
	}
}

// describeAge tells how old the data of a platform is; "" when it is well.
func describeAge(p inbox.PlatformView, now time.Time) (text, hint string) {
	age := now.Sub(p.ReadAt)
	switch {
	case p.Error != nil && p.ReadAt.IsZero():
		return "was never read: " + describeFailure(p.Error), p.Error.Hint
	case p.Error != nil:
		return fmt.Sprintf("was last read %s, then: %s", describeAgo(p.ReadAt, now), describeFailure(p.Error)), p.Error.Hint
	case p.Live && p.PushedAt.IsZero():
		return "has told nothing yet: its messages come by webhook only", "`parley doctor` tells whether the webhook is registered"
	case p.Live:
		return "", "" // it tells by itself; silence is no fault
	case p.ReadAt.IsZero():
		return "was never read", "`parley sync` reads it"
	case age >= staleAfter:
		return "was last read " + describeAgo(p.ReadAt, now), "`parley sync` reads it"
	}
	return "", ""
}

// printConversation prints a row for people: platform, name, what waits, time
// left, age, newest message, ID.
func (s *session) printConversation(w io.Writer) func(inbox.Conversation) error {
	now := time.Now()
	table := grid{w, []column{{width: 2}, {width: 22}, {width: 2}, {11, true}, {4, true}, {width: 40}}}
	return func(c inbox.Conversation) error {
		mark := ""
		if c.Unread > 0 {
			mark = "●"
		}
		if c.Outbox.Failed+c.Outbox.Unknown > 0 {
			mark += "!"
		}
		preview := c.Last.Text
		if c.Last.Direction == inbox.Sent {
			preview = "you: " + preview
		}
		return table.row(c.ID.Platform().Tag(), c.Participant.DisplayName(), mark,
			describeWindow(s.OurWindow(c), now), shortAge(c.Last.At, now), preview, string(c.ID))
	}
}
