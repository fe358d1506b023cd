package cli

// parley show: a conversation of the cache with all its messages. The network is
// not asked.

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"parley/inbox"
)

type showOptions struct {
	json  bool
	ids   bool // also in the form for people
	limit int
}

func (a *app) showCommand() *cobra.Command {
	var o showOptions
	cmd := &cobra.Command{
		Use:   "show CONVERSATION",
		Short: "Show a conversation from the cache, oldest message first",
		Long: `Show prints a cached conversation; the network is not asked. CONVERSATION is an
ID or an unambiguous part of the customer's name. What waits in the outbox comes
last.

With --json, one object per message: id, conversation_id, direction ("received"
or "sent", "" of a note), text, created_at (RFC 3339 in UTC), state ("received",
"sent", "read", "note", or for the outbox "queued", "sending", "failed",
"unknown"), attachments (type, url), reactions (user_id, emoji). Both lists may be
empty. Only where they apply: note and author (for agents only), edited_at, deleted,
event (it happened and was not said), unsupported (a text), origin (kind, title,
ref, url), reply_to (message, kind, url, text), gesture (of the outbox: kind, emoji,
target), id and title of an attachment, mine of a reaction.`,
		Args:              between(1, 1, "one CONVERSATION"),
		ValidArgsFunction: a.completeConversations,
		RunE:              func(cmd *cobra.Command, args []string) error { return a.show(cmd.Context(), args[0], o) },
	}
	cmd.Flags().BoolVar(&o.json, "json", false, "one JSON object per line")
	cmd.Flags().Var(countFlag(&o.limit), "limit", "only the newest `N` messages (0: all)")
	cmd.Flags().BoolVar(&o.ids, "ids", false, "with the ID of each message, for react and unreact")
	return cmd
}

func (a *app) show(ctx context.Context, name string, o showOptions) error {
	return a.withSession(ctx, offline, func(ctx context.Context, s *session) error {
		c, err := s.Find(ctx, name)
		if err != nil {
			return err
		}
		out := bufio.NewWriter(a.stdout)
		print := s.printMessage(out, o.ids)
		if o.json {
			lines := jsonLines(out)
			print = func(m messageRecord, _ string) error { return lines.Encode(m) }
		} else if err := s.printHeading(out, c); err != nil {
			return err
		}
		if err := s.eachMessage(ctx, c, o.limit, print); err != nil {
			return err
		}
		return out.Flush()
	})
}

// messagesAtOnce is how many messages are read in one transaction.
const messagesAtOnce = 200

// eachMessage calls f with the newest limit messages (0: all), oldest first,
// and then with what waits in the outbox. note says what is worth saying beside
// the record.
func (s *session) eachMessage(ctx context.Context, c inbox.Conversation, limit int, f func(m messageRecord, note string) error) error {
	at, err := s.firstMessage(ctx, c.ID, limit)
	if err != nil {
		return err
	}
	for more := !at.IsZero(); more; {
		t, err := s.Thread(ctx, inbox.ThreadQuery{Conversation: c.ID, Anchor: at, After: messagesAtOnce})
		if err != nil {
			return err
		}
		for _, m := range t.Page.Messages {
			if m.Position().Before(at) {
				continue
			}
			if err := f(recordOfMessage(m, c.ReadUpTo), noteOfMessage(m)); err != nil {
				return err
			}
			at = inbox.Position{At: m.CreatedAt, ID: m.ID + "\x00"} // right behind it
		}
		more = t.Page.MoreAfter && len(t.Page.Messages) > 0
	}
	t, err := s.Thread(ctx, inbox.ThreadQuery{Conversation: c.ID})
	if err != nil {
		return err
	}
	for _, item := range t.Outbox {
		if err := f(recordOfQueued(item), noteOfFailure(item.Failure())); err != nil {
			return err
		}
	}
	return nil
}

// firstMessage is the place of the oldest of the newest limit messages.
func (s *session) firstMessage(ctx context.Context, id inbox.ConversationID, limit int) (inbox.Position, error) {
	var at inbox.Position
	for left := limit; limit <= 0 || left > 0; left -= messagesAtOnce {
		n := messagesAtOnce
		if limit > 0 {
			n = min(n, left)
		}
		t, err := s.Thread(ctx, inbox.ThreadQuery{Conversation: id, Anchor: at, Before: n})
		if err != nil {
			return at, err
		}
		if len(t.Page.Messages) == 0 {
			return at, nil
		}
		at = t.Page.Messages[0].Position()
		if !t.Page.MoreBefore {
			return at, nil
		}
	}
	return at, nil
}

func noteOfMessage(m inbox.Message) string {
	if m.Text == "" || m.Deleted {
		return m.Preview()
	}
	return ""
}

func noteOfFailure(f *inbox.Failure) string {
	if f == nil {
		return ""
	}
	return strings.TrimSuffix("["+f.Text+"; "+f.Hint, "; ") + "]"
}

func (s *session) printHeading(w io.Writer, c inbox.Conversation) error {
	window := windowSentence(s.OurWindow(c), time.Now(), s.config.Screen.TimeZone)
	_, err := fmt.Fprintf(w, "%s (%s), %s\n%s\n\n", describeCustomer(c), c.ID.Account(), inbox.CleanLine(window), c.ID)
	return err
}

// printMessage prints a message for people.
func (s *session) printMessage(w io.Writer, ids bool) func(messageRecord, string) error {
	return func(m messageRecord, note string) error {
		head := "< "
		switch {
		case m.Note:
			head = "# "
		case m.Direction == inbox.Sent:
			head = "> "
		}
		head += minuteOf(time.Time(m.CreatedAt), s.config.Screen.TimeZone)
		if m.Direction == inbox.Sent {
			head += "  (" + m.State + ")"
		}
		if m.Note {
			head += "  (" + inbox.CleanLine(strings.TrimSpace("note, agents only: "+m.Author)) + ")"
		}
		if ids {
			head += "  " + inbox.CleanLine(m.ID)
		}
		lines := append([]string{strings.TrimRight(head, " ")}, m.lines(note)...)
		_, err := fmt.Fprintln(w, strings.Join(lines, "\n    "))
		return err
	}
}

// lines are what a message says, a line each: what it answers, its text, what
// came with it, and the reactions to it.
func (m messageRecord) lines(note string) []string {
	var lines []string
	if r := m.ReplyTo; r != nil && (r.URL != "" || r.Text != "") {
		lines = append(lines, "↳ "+inbox.CleanLine(strings.TrimSpace(r.Kind+" "+r.URL+" "+r.Text)))
	}
	for line := range strings.Lines(strings.TrimSpace(inbox.Clean(m.Text) + "\n" + inbox.Clean(note))) {
		lines = append(lines, strings.TrimRight(line, "\n"))
	}
	if o := m.Origin; o != nil && (o.Title != "" || o.URL != "") {
		lines = append(lines, inbox.CleanLine(strings.TrimSpace("["+strings.ReplaceAll(o.Kind, "_", " ")+"] "+o.Title+" "+o.URL)))
	}
	for _, at := range m.Attachments {
		lines = append(lines, inbox.CleanLine(strings.TrimSpace("["+at.Type+"] "+at.URL+" "+at.Title)))
	}
	if g := m.Gesture; g != nil {
		lines = append(lines, inbox.CleanLine(strings.TrimSpace("["+string(g.Kind)+"] "+g.Emoji))+" to "+inbox.CleanLine(string(g.Target)))
	}
	for _, r := range m.Reactions {
		if r.Mine {
			r.Emoji += " (you)"
		}
		lines = append(lines, inbox.CleanLine(r.Emoji))
	}
	return lines
}
