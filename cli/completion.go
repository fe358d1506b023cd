package cli

// What the shell offers when a word is completed: from the cache and the config,
// never from the network.

import (
	"context"
	"errors"
	"io"
	"time"

	"github.com/spf13/cobra"

	"parley/config"
	"parley/inbox"
)

// completionPatience bounds what a completion may cost: the shell waits for it.
const completionPatience = time.Second

// completeConversations offers the newest conversations from the cache.
func (a *app) completeConversations(cmd *cobra.Command, args []string, typed string) ([]string, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	var words []string
	a.complete(cmd, func(ctx context.Context, s *session) error {
		page, err := s.List(ctx, inbox.ListQuery{View: inbox.ViewAll, Sort: inbox.SortNewest, Text: typed, Now: time.Now(), After: 50})
		for _, row := range page.Rows {
			words = append(words, cobra.CompletionWithDesc(string(row.ID), row.Participant.DisplayName()))
		}
		return err
	})
	return words, cobra.ShellCompDirectiveNoFileComp
}

func (a *app) completeOutbox(cmd *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	var words []string
	a.complete(cmd, func(ctx context.Context, s *session) error {
		items, err := s.Outbox(ctx, false)
		for _, item := range items {
			words = append(words, cobra.CompletionWithDesc(string(item.ID), string(item.State())+" "+inbox.CleanLine(item.Text())))
		}
		return err
	})
	return words, cobra.ShellCompDirectiveNoFileComp
}

// complete looks something up for the shell, which cannot be told of an error.
func (a *app) complete(cmd *cobra.Command, look func(context.Context, *session) error) {
	ctx, cancel := context.WithTimeout(cmd.Context(), completionPatience)
	defer cancel()
	err := a.withSession(ctx, offline, look)
	if _, done := errors.AsType[*relayed](err); done {
		cmd.Root().SetOut(io.Discard) // an open inbox has answered the shell
		return
	}
	if err != nil && !errors.Is(err, config.ErrNone) {
		cobra.CompDebugln(err.Error(), false)
	}
}

func (a *app) completeAccounts(cmd *cobra.Command) {
	// Fails only for a flag that is not there.
	_ = cmd.RegisterFlagCompletionFunc("account", func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		c, err := config.Load(a.places().Config)
		if err != nil {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		return c.AccountNames(), cobra.ShellCompDirectiveNoFileComp
	})
}
