package cli

// parley archive and unarchive: a conversation leaves the inbox, or comes back.

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"
)

func (a *app) archiveCommand(name string, archived bool) *cobra.Command {
	short := "Archive a conversation, at the provider too"
	if !archived {
		short = "Bring an archived conversation back"
	}
	var asJSON bool
	cmd := &cobra.Command{
		Use:               name + " CONVERSATION",
		Short:             short,
		Long:              short + ".\n\nWith --json, the object of list --json.",
		Args:              between(1, 1, "one CONVERSATION"),
		ValidArgsFunction: a.completeConversations,
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.archive(cmd.Context(), args[0], archived, asJSON)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "one JSON object")
	return cmd
}

func (a *app) archive(ctx context.Context, name string, archived, asJSON bool) error {
	return a.withSession(ctx, online, func(ctx context.Context, s *session) error {
		c, err := s.Find(ctx, name)
		if err != nil {
			return err
		}
		if err := s.SetArchived(ctx, c.ID, archived); err != nil {
			return err
		}
		if c, err = s.Conversation(ctx, c.ID); err != nil {
			return err
		}
		done := "archived"
		switch {
		case asJSON:
			return jsonLines(a.stdout).Encode(recordOfConversation(c, s.Window(c)))
		case !archived:
			done = "brought back"
		}
		_, err = fmt.Fprintln(a.stdout, done+" "+describeCustomer(c))
		return err
	})
}
