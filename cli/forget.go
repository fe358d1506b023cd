package cli

// parley forget: one customer is removed from this machine.

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"parley/inbox"
)

func (a *app) forgetCommand() *cobra.Command {
	var yes bool
	cmd := &cobra.Command{
		Use:               "forget CONVERSATION",
		Short:             "Remove all that is kept here of one customer",
		Long:              "Forget removes a conversation from this machine: messages, notes, drafts,\noutbox and search. What the provider still has from before is not read again; a\nnew message brings the conversation back.",
		Args:              between(1, 1, "one CONVERSATION"),
		ValidArgsFunction: a.completeConversations,
		RunE:              func(cmd *cobra.Command, args []string) error { return a.forget(cmd.Context(), args[0], yes) },
	}
	cmd.Flags().BoolVar(&yes, "yes", false, "do not ask")
	return cmd
}

func (a *app) forget(ctx context.Context, name string, yes bool) error {
	return a.withSession(ctx, offline, func(ctx context.Context, s *session) error {
		c, err := s.Find(ctx, name)
		if err != nil {
			return err
		}
		what := fmt.Sprintf("%s (%s)", inbox.CleanLine(c.Participant.DisplayName()), inbox.CleanLine(string(c.ID)))
		if !yes {
			if err := a.confirm("Remove all that is kept here of "+what+"?", "--yes removes without asking"); err != nil {
				return err
			}
		}
		if err := s.Forget(ctx, c.ID); err != nil {
			return err
		}
		_, err = fmt.Fprintln(a.stdout, "forgotten: "+what)
		return err
	})
}
