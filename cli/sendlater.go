package cli

// What the outbox can still change of a message that waits for its time: when it
// leaves, or that it does not.

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"parley/inbox"
)

func (a *app) outboxAtCommand() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "at ID WHEN",
		Short: "Change when a scheduled message leaves",
		Long: `At gives a scheduled message another time: now, or as send --at takes it. It is
refused where the reply window would be closed by then. What the customer has
written since it was scheduled no longer holds it back.`,
		Args:              between(2, 2, "the ID of one message in the outbox, and WHEN"),
		ValidArgsFunction: a.completeOutbox,
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.sendAt(cmd.Context(), args[0], args[1], asJSON)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "one JSON object per line")
	return cmd
}

func (a *app) outboxRecallCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "recall ID",
		Short: "Take back what has not been sent into the draft",
		Long: `Recall makes a message that waits or has failed the conversation's draft again,
before what is in there: its text and its media. What is being sent, or may have
been, is refused.`,
		Args:              between(1, 1, "the ID of one message in the outbox"),
		ValidArgsFunction: a.completeOutbox,
		RunE:              func(cmd *cobra.Command, args []string) error { return a.recall(cmd.Context(), args[0]) },
	}
}

// when understands a time for a conversation, in the agent's zone.
func (s *session) when(c inbox.Conversation, text string) (time.Time, error) {
	return inbox.ParseWhen(text, s.Now(c.ID.Account()), s.config.Screen.TimeZone, s.Window(c))
}

// warnOfTime says what should be thought of before a message is scheduled.
func (a *app) warnOfTime(s *session, c inbox.Conversation, at time.Time) {
	if warning, err := s.CheckSendAt(c, at); err == nil && warning != "" {
		a.complain(warning+": it may be held up until it is too late", "")
	}
}

func (a *app) sendAt(ctx context.Context, id, when string, asJSON bool) error {
	return a.withSession(ctx, offline, func(ctx context.Context, s *session) error {
		item, err := s.OutboxItem(ctx, inbox.OutboxID(id))
		if err != nil {
			return err
		}
		if when == "now" {
			err = s.SendNow(ctx, item.ID)
		} else {
			err = a.reschedule(ctx, s, item, when)
		}
		if err != nil {
			return err
		}
		if item, err = s.OutboxItem(ctx, item.ID); err != nil {
			return err
		}
		return a.printItem(ctx, s, item, asJSON)
	})
}

func (a *app) reschedule(ctx context.Context, s *session, item inbox.OutboxItem, when string) error {
	c, err := s.Conversation(ctx, item.Conversation)
	if err != nil {
		return err
	}
	at, err := s.when(c, when)
	if err != nil {
		return err
	}
	if err := s.Reschedule(ctx, item.ID, at); err != nil {
		return err
	}
	a.warnOfTime(s, c, at)
	return nil
}

func (a *app) recall(ctx context.Context, id string) error {
	return a.withSession(ctx, offline, func(ctx context.Context, s *session) error {
		item, err := s.OutboxItem(ctx, inbox.OutboxID(id))
		if err != nil {
			return err
		}
		if item.State() == inbox.StateQueued && item.Attempts == 0 {
			_, err = s.TakeBack(ctx, item.ID)
		} else {
			_, err = s.Recall(ctx, item.ID)
		}
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(a.stdout, "taken back into the draft: %s to %s\n", item.ID, s.recipient(ctx, item.Conversation))
		return err
	})
}

// leaves says when a scheduled message leaves, in the agent's zone.
func (s *session) leaves(item inbox.OutboxItem) string {
	return item.SendAt.In(s.config.Screen.TimeZone).Format("Mon 2 Jan 2006 " + clockOf(s.config.Screen))
}
