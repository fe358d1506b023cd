package cli

// What an agent can say without writing: a reaction, the heart, an own post,
// and that a conversation was read. All but the last go through the outbox, and
// wait and print as send does.

import (
	"cmp"
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"parley/inbox"
)

// gestureLong is what the help of each of them says.
const gestureLong = `

It goes through the outbox and waits for the provider as send does.

With --json, the object of send --json, with one part of kind %q.`

// messageHelp tells how a message is named.
const messageHelp = `
MESSAGE is an ID, as show --ids and show --json print it, or an unambiguous
beginning or end of one, or "last": the customer's newest message.`

func (a *app) reactCommand() *cobra.Command {
	cmd, o := a.gestureCommand("react CONVERSATION MESSAGE EMOJI", "Put an emoji on a message",
		"React puts an emoji on a message; a new one replaces the one before."+messageHelp, inbox.PartReaction)
	cmd.Args = between(3, 3, "a CONVERSATION, a MESSAGE and an EMOJI")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if strings.TrimSpace(args[2]) == "" {
			return &usageError{text: "react expects an emoji, found an empty text", hint: "unreact takes a reaction back"}
		}
		return a.gesture(cmd.Context(), args[0], *o, func(ctx context.Context, s *session, c inbox.Conversation) (inbox.Gesture, error) {
			m, err := s.findMessage(ctx, c.ID, args[1])
			return inbox.Gesture{Target: m.ID, Emoji: args[2]}, err
		})
	}
	return cmd
}

func (a *app) unreactCommand() *cobra.Command {
	cmd, o := a.gestureCommand("unreact CONVERSATION MESSAGE", "Take the own reaction to a message back",
		"Unreact takes the own reaction to a message back."+messageHelp, inbox.PartUnreaction)
	cmd.Args = between(2, 2, "a CONVERSATION and a MESSAGE")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		return a.gesture(cmd.Context(), args[0], *o, func(ctx context.Context, s *session, c inbox.Conversation) (inbox.Gesture, error) {
			m, err := s.findMessage(ctx, c.ID, args[1])
			return inbox.Gesture{Target: m.ID}, err
		})
	}
	return cmd
}

func (a *app) heartCommand() *cobra.Command {
	cmd, o := a.gestureCommand("heart CONVERSATION", "Send the heart", "Heart sends the heart sticker.", inbox.PartHeart)
	cmd.Args = between(1, 1, "one CONVERSATION")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		return a.gesture(cmd.Context(), args[0], *o, func(context.Context, *session, inbox.Conversation) (inbox.Gesture, error) {
			return inbox.Gesture{Heart: true}, nil
		})
	}
	return cmd
}

func (a *app) shareCommand() *cobra.Command {
	cmd, o := a.gestureCommand("share CONVERSATION POST", "Send one of the account's own posts",
		`Share sends one of the account's own posts. POST is the ID or the address of one
that `+"`parley posts`"+` lists; an ID that is not listed is tried as it is.`, inbox.PartPost)
	cmd.Args = between(2, 2, "a CONVERSATION and a POST")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if isAddress(args[1]) && o.wait == 0 {
			return &usageError{text: "an address of a post has to be looked up at the provider, and with --wait 0 nobody is asked", hint: "name the post by its ID: `parley posts` lists them"}
		}
		return a.gesture(cmd.Context(), args[0], *o, func(ctx context.Context, s *session, c inbox.Conversation) (inbox.Gesture, error) {
			post, err := s.findPost(ctx, c.ID, args[1], o.wait > 0)
			return inbox.Gesture{Post: &post}, err
		})
	}
	return cmd
}

// gestureCommand is what the commands have in common.
func (a *app) gestureCommand(use, short, long string, kind inbox.PartKind) (*cobra.Command, *sendOptions) {
	o := &sendOptions{wait: 30 * time.Second}
	cmd := &cobra.Command{
		Use:               use,
		Short:             short,
		Long:              long + fmt.Sprintf(gestureLong, kind),
		ValidArgsFunction: a.completeConversations,
	}
	cmd.Flags().Var(waitFlag(&o.wait), "wait", "how long to wait for the provider; 0 only queues")
	cmd.Flags().BoolVar(&o.json, "json", false, "one JSON object")
	return cmd, o
}

// gesture finds the conversation, makes a gesture of it, and waits as send does.
func (a *app) gesture(ctx context.Context, name string, o sendOptions, make func(context.Context, *session, inbox.Conversation) (inbox.Gesture, error)) error {
	return a.withSession(ctx, reach(o.wait > 0), func(ctx context.Context, s *session) error {
		c, err := s.Find(ctx, name)
		if err != nil {
			return err
		}
		g, err := make(ctx, s, c)
		if err != nil {
			return err
		}
		g.Conversation = c.ID
		item, err := s.Gesture(ctx, g)
		if err != nil {
			return err
		}
		a.tellLate(s, c)
		s.deliver(ctx, c.ID.Account(), o.wait)
		return a.printOutcome(ctx, s, []inbox.OutboxID{item.ID}, o.wait > 0, o.json)
	})
}

// lastMessage names the customer's newest message.
const lastMessage = "last"

// findMessage finds a message of a conversation by its ID, an unambiguous
// beginning or end of that, or "last".
func (s *session) findMessage(ctx context.Context, id inbox.ConversationID, text string) (inbox.Message, error) {
	var found []inbox.Message
	err := s.eachBackwards(ctx, id, func(m inbox.Message) (more bool) {
		switch {
		case m.Event, m.Note:
		case text == lastMessage && m.Direction == inbox.Received && !m.Deleted, text == string(m.ID):
			found = []inbox.Message{m}
			return false
		case text != lastMessage && (strings.HasPrefix(string(m.ID), text) || strings.HasSuffix(string(m.ID), text)):
			found = append(found, m)
		}
		return true
	})
	switch {
	case err != nil:
		return inbox.Message{}, err
	case len(found) == 0:
		return inbox.Message{}, noMessage(text)
	case len(found) > 1:
		return inbox.Message{}, severalMessages(text, found)
	}
	return found[0], nil
}

func noMessage(text string) error {
	e := &inbox.Error{Kind: inbox.NotFound, Op: "find", Text: fmt.Sprintf("the conversation has no message %q in the cache", text), Hint: "`parley show CONVERSATION --ids` tells the IDs"}
	if text == lastMessage {
		e.Text = "the conversation has no message of the customer in the cache"
	}
	return e
}

// mostNamed is how many messages are named when several are meant.
const mostNamed = 3

func severalMessages(text string, found []inbox.Message) error {
	var names []string
	for _, m := range found[:min(len(found), mostNamed)] {
		names = append(names, string(m.ID))
	}
	if len(found) > mostNamed {
		names = append(names, "…")
	}
	return &inbox.Error{
		Kind: inbox.Rejected, Op: "find", Text: fmt.Sprintf("%q is the beginning or end of %d messages", text, len(found)),
		Hint: "name more of one of them: " + strings.Join(names, ", "),
	}
}

// eachBackwards calls f with the conversation's messages, the newest first, for
// as long as it wants more.
func (s *session) eachBackwards(ctx context.Context, id inbox.ConversationID, f func(inbox.Message) (more bool)) error {
	var at inbox.Position
	for {
		t, err := s.Thread(ctx, inbox.ThreadQuery{Conversation: id, Anchor: at, Before: messagesAtOnce})
		if err != nil {
			return err
		}
		for _, m := range slices.Backward(t.Page.Messages) {
			if !f(m) {
				return nil
			}
		}
		if !t.Page.MoreBefore || len(t.Page.Messages) == 0 {
			return nil
		}
		at = t.Page.Messages[0].Position()
	}
}

// isAddress tells a post's address from its ID.
func isAddress(text string) bool { return strings.ContainsAny(text, "/.") }

// plainAddress is what remains of an address to compare it by: people copy them
// with and without scheme, www, a query that tells where they were copied, and
// a slash at the end.
func plainAddress(text string) string {
	if !strings.Contains(text, "://") {
		text = "https://" + text
	}
	u, err := url.Parse(text)
	if err != nil {
		return text
	}
	return strings.TrimPrefix(strings.ToLower(u.Host), "www.") + strings.TrimRight(u.Path, "/")
}

// postsForID is how many posts are looked through for the address of an ID; it
// can be sent without.
const postsForID = 100

// findPost finds one of the account's own posts by its ID or address. An ID that
// is not listed, or that nobody can be asked about, is taken as it is.
func (s *session) findPost(ctx context.Context, id inbox.ConversationID, text string, online bool) (inbox.Post, error) {
	if can := s.Capabilities(id).Posts; !can.OK || !online {
		return inbox.Post{ID: text}, nil // the inbox has the reason
	}
	var found *inbox.Post
	left := postsForID
	asked, err := s.eachPost(ctx, id.Account(), func(p inbox.Post) (more bool) {
		if p.ID == text || p.Permalink != "" && isAddress(text) && plainAddress(p.Permalink) == plainAddress(text) {
			found = &p
		}
		left--
		return found == nil && (left > 0 || isAddress(text))
	})
	switch {
	case found != nil:
		return *found, nil
	case !isAddress(text):
		return inbox.Post{ID: text}, nil
	case err != nil:
		return inbox.Post{}, err
	}
	return inbox.Post{}, &inbox.Error{
		Kind: inbox.NotFound, Op: "share", Text: fmt.Sprintf("none of the %d newest own posts has the address %s", asked, text),
		Hint: "`parley posts` lists them; only the account's own posts can be shared",
	}
}

// maxPostPages bounds a walk through the own posts: each page is a request.
const maxPostPages = 40

// eachPost calls f with the account's own posts, newest first, for as long as
// it wants more. It returns how many there were.
func (s *session) eachPost(ctx context.Context, id inbox.AccountID, f func(inbox.Post) (more bool)) (n int, err error) {
	cursor := ""
	for range maxPostPages {
		page, err := s.Posts(ctx, id, cursor)
		if err != nil {
			return n, err
		}
		for _, p := range page.Posts {
			if n++; !f(p) {
				return n, nil
			}
		}
		if page.Cursor == "" || page.Cursor == cursor {
			break
		}
		cursor = page.Cursor
	}
	return n, nil
}

type postsOptions struct {
	account string
	limit   int
	json    bool
}

type postRecord struct {
	Account   inbox.AccountID `json:"account"`
	ID        string          `json:"id"`
	Kind      string          `json:"kind"`
	Caption   string          `json:"caption"`
	Permalink string          `json:"permalink"`
	At        timestamp       `json:"at"`
}

func (a *app) postsCommand() *cobra.Command {
	o := postsOptions{limit: 25}
	cmd := &cobra.Command{
		Use:   "posts",
		Short: "List the account's own posts, newest first",
		Long: `Posts asks the providers for the own posts of each account: what share can send.

With --json, one object per post: account, id, kind, caption, permalink (texts,
which may be empty), at (RFC 3339 in UTC, or null).`,
		Args: noSubcommand,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.posts(cmd.Context(), o) },
	}
	cmd.Flags().StringVar(&o.account, "account", "", "only this `ACCOUNT` of the config")
	cmd.Flags().Var(countFlag(&o.limit), "limit", "at most `N` posts of each account (0: all)")
	cmd.Flags().BoolVar(&o.json, "json", false, "one JSON object per line")
	a.completeAccounts(cmd)
	return cmd
}

func (a *app) posts(ctx context.Context, o postsOptions) error {
	return a.withSession(ctx, online, func(ctx context.Context, s *session) error {
		only, err := accountNamed(s.config, o.account)
		if err != nil {
			return err
		}
		asked, reason := false, ""
		for _, account := range s.accounts {
			if only != "" && account.ID != only {
				continue
			}
			can := postsOf(account)
			if reason = cmp.Or(reason, can.Reason); !can.OK {
				continue
			}
			asked = true
			if err := a.listPosts(ctx, s, account.ID, o); err != nil {
				return err
			}
		}
		if !asked {
			return &inbox.Error{Kind: inbox.Unsupported, Op: "posts", Text: reason}
		}
		return nil
	})
}

// postsOf tells whether own posts can be shared on any platform of the account.
func postsOf(account inbox.Account) (can inbox.Ability) {
	for _, p := range account.Platforms {
		if can = account.Provider.Capabilities(p).Posts; can.OK {
			break
		}
	}
	return can
}

func (a *app) listPosts(ctx context.Context, s *session, id inbox.AccountID, o postsOptions) error {
	table := grid{a.stdout, []column{{width: 20}, {width: 16}, {width: 14}, {width: 40}}}
	var broken error
	n := 0
	_, err := s.eachPost(ctx, id, func(p inbox.Post) (more bool) {
		if o.json {
			broken = jsonLines(a.stdout).Encode(postRecord{id, p.ID, p.Kind, p.Caption, p.Permalink, timestamp(p.At)})
		} else {
			broken = table.row(p.ID, minuteOf(p.At, s.config.Screen.TimeZone), strings.ReplaceAll(p.Kind, "_", " "), p.Caption, p.Permalink)
		}
		n++
		return broken == nil && n != o.limit
	})
	return cmp.Or(broken, err)
}

func (a *app) seenCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "seen CONVERSATION",
		Short: "Tell the customer that the conversation was read",
		Long: `Seen tells the customer that an agent has read the conversation. Nothing does that
by itself unless the config says so (mark_seen).`,
		Args:              between(1, 1, "one CONVERSATION"),
		ValidArgsFunction: a.completeConversations,
		RunE:              func(cmd *cobra.Command, args []string) error { return a.seen(cmd.Context(), args[0]) },
	}
}

func (a *app) seen(ctx context.Context, name string) error {
	return a.withSession(ctx, online, func(ctx context.Context, s *session) error {
		c, err := s.Find(ctx, name)
		if err != nil {
			return err
		}
		if err := s.Signal(ctx, c.ID, inbox.SignalSeen); err != nil {
			return err
		}
		_, err = fmt.Fprintln(a.stdout, "told "+describeCustomer(c)+" that it was read")
		return err
	})
}
