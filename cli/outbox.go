package cli

// parley outbox: what is queued, failed or in doubt; sent once more, or given up.

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/charmbracelet/x/ansi"
	"github.com/spf13/cobra"

	"parley/inbox"
)

func (a *app) outboxCommand() *cobra.Command {
	var asJSON bool
	outbox := &cobra.Command{
		Use:   "outbox",
		Short: "List what is queued, failed or in doubt",
		Long: `Outbox lists answers that are not sent. What is unknown may have been delivered:
it is never sent again by itself; the next sync settles it when the conversation
shows it.

With --json, the objects of send --json.`,
		Args: noSubcommand,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.outbox(cmd.Context(), asJSON) },
	}
	outbox.Flags().BoolVar(&asJSON, "json", false, "one JSON object per line")
	outbox.AddCommand(
		a.retryCommand(), a.outboxAtCommand(), a.outboxRecallCommand(),
		&cobra.Command{
			Use:               "discard ID",
			Short:             "Give up what was not sent",
			Args:              between(1, 1, "the ID of one message in the outbox"),
			ValidArgsFunction: a.completeOutbox,
			RunE:              func(cmd *cobra.Command, args []string) error { return a.discard(cmd.Context(), args[0]) },
		},
	)
	return outbox
}

func (a *app) retryCommand() *cobra.Command {
	o := sendOptions{wait: 30 * time.Second}
	cmd := &cobra.Command{
		Use:               "retry ID",
		Short:             "Send what failed, or is unknown, once more",
		Long:              "Retry sends what failed or is unknown of a message once more, and waits as send\ndoes. What is unknown may then be delivered twice.",
		Args:              between(1, 1, "the ID of one message in the outbox"),
		ValidArgsFunction: a.completeOutbox,
		RunE:              func(cmd *cobra.Command, args []string) error { return a.retry(cmd.Context(), args[0], o) },
	}
	cmd.Flags().Var(waitFlag(&o.wait), "wait", "how long to wait for the provider; 0 only queues")
	cmd.Flags().BoolVar(&o.json, "json", false, "one JSON object per line")
	return cmd
}

func (a *app) outbox(ctx context.Context, asJSON bool) error {
	return a.withSession(ctx, offline, func(ctx context.Context, s *session) error {
		items, err := s.Outbox(ctx, false)
		if err != nil {
			return err
		}
		for _, item := range items {
			if err := a.printItem(ctx, s, item, asJSON); err != nil {
				return err
			}
		}
		if len(items) == 0 && !asJSON {
			_, err = fmt.Fprintln(a.stdout, "the outbox is empty")
		}
		return err
	})
}

func (a *app) retry(ctx context.Context, id string, o sendOptions) error {
	return a.withSession(ctx, reach(o.wait > 0), func(ctx context.Context, s *session) error {
		item, err := s.OutboxItem(ctx, inbox.OutboxID(id))
		if err != nil {
			return err
		}
		if err := s.Retry(ctx, item.ID); err != nil {
			return err
		}
		if c, err := s.Conversation(ctx, item.Conversation); err == nil {
			a.tellLate(s, c)
		}
		s.deliver(ctx, item.Conversation.Account(), o.wait)
		return a.printOutcome(ctx, s, []inbox.OutboxID{item.ID}, o.wait > 0, o.json)
	})
}

func (a *app) discard(ctx context.Context, id string) error {
	return a.withSession(ctx, offline, func(ctx context.Context, s *session) error {
		item, err := s.OutboxItem(ctx, inbox.OutboxID(id))
		if err != nil {
			return err
		}
		if err := s.Discard(ctx, item.ID); err != nil {
			return err
		}
		_, err = fmt.Fprintf(a.stdout, "discarded: %s to %s\n", item.ID, s.recipient(ctx, item.Conversation))
		return err
	})
}

// printItem prints an outbox item: one JSON object, or a line for the item, one
// for each part, and one for each part that needs attention.
func (a *app) printItem(ctx context.Context, s *session, item inbox.OutboxItem, asJSON bool) error {
	if asJSON {
		return jsonLines(a.stdout).Encode(recordOfSend(item))
	}
	if a.terse {
		_, err := fmt.Fprintln(a.stdout, s.describeOutbox(ctx, item))
		return err
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%-7s  %s  %s  %s\n", item.State(), s.recipient(ctx, item.Conversation), item.ID, inbox.CleanLine(string(item.Conversation)))
	for _, p := range item.Parts {
		fmt.Fprintf(&b, "         %s\n", describePart(p))
		if p.State != inbox.StateSent && p.Error != nil {
			fmt.Fprintf(&b, "         %s %s %s\n", p.Kind, p.State, inbox.CleanLine(noteOfFailure(p.Error)))
		}
	}
	if item.State() == inbox.StateQueued && item.Scheduled() {
		fmt.Fprintf(&b, "         scheduled for %s\n", s.leaves(item))
	}
	if item.State() == inbox.StateQueued && item.Waiting != nil {
		fmt.Fprintf(&b, "         waits %s\n", inbox.CleanLine(noteOfFailure(item.Waiting)))
	}
	_, err := io.WriteString(a.stdout, b.String())
	return err
}

// describePart is a part of a message in one line.
func describePart(p inbox.Part) string {
	if p.Kind == inbox.PartText {
		return ansi.Truncate(inbox.CleanLine(p.Text), 60, "…")
	}
	return strings.TrimSpace(fmt.Sprintf("[%s] %s", p.Kind, inbox.CleanLine(cmp.Or(p.URL, p.Post, p.Emoji))))
}

// recipient is who an outbox item goes to, as far as the cache knows.
func (s *session) recipient(ctx context.Context, id inbox.ConversationID) string {
	c, err := s.Conversation(ctx, id)
	if err != nil {
		c.ID = id
	}
	return describeCustomer(c)
}
