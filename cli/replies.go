package cli

// parley replies: the canned replies, as the composer offers them behind a slash
// and send --reply sends them.

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/charmbracelet/x/ansi"
	"github.com/spf13/cobra"

	"parley/inbox"
)

func (a *app) repliesCommand() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "replies",
		Short: "List the canned replies",
		Long: `Replies lists the files of the folder replies beside the config, and what is
built in. A file is a text, NAME.md or NAME.txt; folders are part of the name, and
NAME.instagram.md is the variant for Instagram. These places are filled in:

` + variableHelp() + `
{{first_name|there}} has a word for when nothing is known; without one such a
reply is not sent.

With --json, one object per line: name, platform (null: all), text, file (null:
built in).`,
		Args: noSubcommand,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.listReplies(cmd.Context(), asJSON) },
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "one JSON object per line")
	return cmd
}

func variableHelp() string {
	var b strings.Builder
	for _, v := range inbox.TemplateVariables() {
		fmt.Fprintf(&b, "  %-16s %s\n", "{{"+v.Name+"}}", v.Help)
	}
	return b.String()
}

type replyRecord struct {
	Name     string          `json:"name"`
	Platform *inbox.Platform `json:"platform"`
	Text     string          `json:"text"`
	File     *string         `json:"file"`
}

func recordOfReply(r inbox.Reply) replyRecord {
	record := replyRecord{Name: r.Name, Text: r.Text}
	if r.Platform != "" {
		record.Platform = &r.Platform
	}
	if r.Source != "" {
		record.File = &r.Source
	}
	return record
}

func (a *app) listReplies(ctx context.Context, asJSON bool) error {
	source := inbox.ReplySource(a.places().Replies())
	if a.held != nil {
		source = a.replies(a.held.session)
	}
	replies, wrong := source.Replies(ctx)
	slices.SortStableFunc(replies, func(x, y inbox.Reply) int {
		return cmp.Or(cmp.Compare(x.Name, y.Name), cmp.Compare(x.Platform, y.Platform))
	})
	for _, r := range replies {
		var err error
		name, text := strings.TrimSuffix(r.Name+" ("+r.Platform.Label()+")", " ()"), ansi.Truncate(inbox.CleanLine(r.Text), 70, "…")
		switch {
		case asJSON:
			err = jsonLines(a.stdout).Encode(recordOfReply(r))
		case a.terse: // columns are for the eye
			_, err = fmt.Fprintf(a.stdout, "%s: %s\n", name, text)
		default:
			_, err = fmt.Fprintf(a.stdout, "%-28s  %s\n", name, text)
		}
		if err != nil {
			return err
		}
	}
	if wrong == nil {
		return nil
	}
	for line := range strings.SplitSeq(wrong.Error(), "\n") {
		a.complain(line, "")
	}
	return errReported
}

// replyText is a canned reply as the customer would get it.
func (a *app) replyText(ctx context.Context, s *session, c inbox.Conversation, name string) (string, error) {
	replies, wrong := a.replies(s).Replies(ctx)
	reply, err := inbox.FindReply(replies, name, c.ID.Platform())
	if err != nil {
		if wrong != nil {
			a.complain(wrong.Error(), "")
		}
		return "", err
	}
	now := time.Now().In(s.config.Screen.TimeZone)
	text, empty := reply.Fill(inbox.TemplateValues(c, s.config.Screen.Agent, now, clockOf(s.config.Screen)))
	if len(empty) > 0 {
		return "", inbox.Errorf(inbox.Rejected, "nothing is known for {{%s}} of the reply %q", strings.Join(empty, "}}, {{"), name).
			WithHint("give it a word for that case, such as {{" + empty[0] + "|there}}")
	}
	return text, nil
}

func (a *app) completeReplies(cmd *cobra.Command, _ []string, _ string) ([]string, cobra.ShellCompDirective) {
	replies, _ := a.places().Replies().Replies(cmd.Context()) // the shell cannot be told of an error
	var words []string
	for _, r := range replies {
		words = append(words, cobra.CompletionWithDesc(r.Name, ansi.Truncate(inbox.CleanLine(r.Text), 40, "…")))
	}
	return slices.Compact(words), cobra.ShellCompDirectiveNoFileComp
}

// demoReplies are the canned replies of the demo, which has no folder.
type demoReplies struct{}

// Replies gives a few that a shop would have.
func (demoReplies) Replies(context.Context) ([]inbox.Reply, error) {
	return append(inbox.BuiltInReplies(),
		inbox.Reply{Name: "hello", Text: "Hi {{first_name|there}}, this is {{agent|the shop}}. How can I help?", Source: "the demo"},
		inbox.Reply{Name: "orders/late", Text: "I am sorry that you have to wait, {{first_name|and thank you for your patience}}. Your parcel leaves today.", Source: "the demo"},
		inbox.Reply{Name: "orders/return", Text: "Send it back within 30 days, unworn, with the slip from the box.\n\nWe refund you on the day it arrives.", Source: "the demo"},
		inbox.Reply{Name: "orders/where", Text: "Here is your tracking number: ", Source: "the demo"},
		inbox.Reply{Name: "thanks", Text: "Thank you, {{first_name}}! Have a good day.", Source: "the demo"},
	), nil
}

// replies are those that the screen offers.
func (a *app) replies(s *session) inbox.ReplySource {
	if s.temporary {
		return demoReplies{}
	}
	return a.places().Replies()
}
