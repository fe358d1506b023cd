package cli

// parley export: one conversation as a document to keep or to hand over, in three
// forms. It is written page by page, so its length does not matter.

import (
	"bufio"
	"cmp"
	"context"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"parley/config"
	"parley/inbox"
)

func (a *app) exportCommand() *cobra.Command {
	format := "markdown"
	cmd := &cobra.Command{
		Use:   "export CONVERSATION",
		Short: "Write a conversation as JSON, Markdown or HTML",
		Long: `Export writes a whole conversation from the cache to standard output, oldest
message first, with reactions, notes and tombstones of what was taken back; the
network is not asked. CONVERSATION is an ID or an unambiguous part of the
customer's name. The HTML is one file that loads nothing. Links to pictures and
other media expire; beside each stands when it was given.

The JSON is one object: conversation (as parley list --json has it), zone,
exported_at, messages. Each message: id, kind ("received", "sent" or "note"),
author, text, created_at (RFC 3339 in UTC), local_time (the same in zone),
edited_at (or null), unsent, unsupported, attachments (type, url, title,
link_from: when the link was given, or null) and reactions (emoji, mine).`,
		Example:           `  parley export "sara j" --format html > sara.html`,
		Args:              between(1, 1, "one CONVERSATION"),
		ValidArgsFunction: a.completeConversations,
		RunE:              func(cmd *cobra.Command, args []string) error { return a.export(cmd.Context(), args[0], format) },
	}
	cmd.Flags().StringVar(&format, "format", format, `json, markdown or html`)
	// Fails only for a flag that is not there.
	_ = cmd.RegisterFlagCompletionFunc("format", cobra.FixedCompletions(exportFormats, cobra.ShellCompDirectiveNoFileComp))
	return cmd
}

var exportFormats = []string{"json", "markdown", "html"}

// exporter writes one form of a conversation.
type exporter interface {
	begin(w io.Writer, c exportHead) error
	message(w io.Writer, m exportMessage) error
	end(w io.Writer) error
}

// exportHead is what stands before the messages.
type exportHead struct {
	Conversation conversationRecord
	Platform     string // as people call it
	Zone         *time.Location
	At           time.Time // when it was exported
}

// exportMessage is a message as all forms have it.
type exportMessage struct {
	inbox.Message
	Kind   string // "received", "sent", "note"
	Author string
	Zone   *time.Location
}

func (a *app) export(ctx context.Context, name, format string) error {
	var to exporter
	switch format {
	case "json":
		to = &jsonExport{}
	case "markdown":
		to = markdownExport{}
	case "html":
		to = htmlExport{}
	default:
		return &usageError{text: fmt.Sprintf("there is no format %q; %s", format, config.Suggest(format, exportFormats))}
	}
	return a.withSession(ctx, offline, func(ctx context.Context, s *session) error {
		c, err := s.Find(ctx, name)
		if err != nil {
			return err
		}
		out := bufio.NewWriter(a.stdout)
		if err := s.exportTo(ctx, out, to, c); err != nil {
			return err
		}
		return out.Flush()
	})
}

func (s *session) exportTo(ctx context.Context, w io.Writer, to exporter, c inbox.Conversation) error {
	zone := s.config.Screen.TimeZone
	head := exportHead{recordOfConversation(c, s.Window(c)), c.ID.Platform().Label(), zone, time.Now()}
	if err := to.begin(w, head); err != nil {
		return err
	}
	err := s.eachStored(ctx, c.ID, func(m inbox.Message) error {
		return to.message(w, exportMessage{m, kindOfExport(m), authorOf(m, c), zone})
	})
	return cmp.Or(err, to.end(w))
}

func kindOfExport(m inbox.Message) string {
	if m.Note {
		return "note"
	}
	return string(m.Direction)
}

// authorOf is who wrote a message, as far as that is known.
func authorOf(m inbox.Message, c inbox.Conversation) string {
	switch {
	case m.Note:
		return cmp.Or(m.Author, "an agent")
	case m.Direction == inbox.Sent:
		return cmp.Or(m.SenderName, string(c.ID.Account()))
	}
	return cmp.Or(m.SenderName, c.Participant.DisplayName())
}

// eachStored calls f with all messages and notes of a conversation, oldest first.
func (s *session) eachStored(ctx context.Context, id inbox.ConversationID, f func(inbox.Message) error) error {
	at, err := s.firstMessage(ctx, id, 0)
	if err != nil {
		return err
	}
	for more := !at.IsZero(); more; {
		t, err := s.Thread(ctx, inbox.ThreadQuery{Conversation: id, Anchor: at, After: messagesAtOnce})
		if err != nil {
			return err
		}
		for _, m := range t.Page.Messages {
			if m.Position().Before(at) {
				continue
			}
			if err := f(m); err != nil {
				return err
			}
			at = inbox.Position{At: m.CreatedAt, ID: m.ID + "\x00"} // right behind it
		}
		more = t.Page.MoreAfter && len(t.Page.Messages) > 0
	}
	return nil
}

// localTime is a moment in the agent's zone, with its offset.
func (m exportMessage) localTime() string {
	return m.CreatedAt.In(m.Zone).Format("2006-01-02 15:04:05 -0700")
}

// edited tells that the text was changed later.
func (m exportMessage) edited() bool { return m.UpdatedAt.After(m.CreatedAt) && !m.Deleted }

// body is what a message says, or what it is where it says nothing.
func (m exportMessage) body() string {
	switch {
	case m.Deleted:
		return ""
	case m.Text == "" && len(m.Attachments) == 0:
		return m.Preview()
	}
	return m.Text
}
