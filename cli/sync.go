package cli

// parley sync: one round of reading and sending.

import (
	"context"
	"fmt"
	"runtime/debug"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"parley/inbox"
)

type syncOptions struct {
	account     string
	force, json bool
	wait        time.Duration // for the outbox
}

func (a *app) syncCommand() *cobra.Command {
	o := syncOptions{wait: 10 * time.Second}
	cmd := &cobra.Command{
		Use:   "sync",
		Short: "Read what is due from the providers, and send what is queued",
		Long: `Sync reads every feed that is due once, older messages included, and sends what
waits in the outbox. A provider is not asked again before the time that it has
told; --force asks anyway, at most once per account and 5 s.

With --json, one object per account and platform: account, platform,
conversations, messages and requests (numbers), last_updated and next_update
(RFC 3339 in UTC, or null), error (null, or kind, code, text, hint).`,
		Args: noSubcommand,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.sync(cmd.Context(), o) },
	}
	cmd.Flags().StringVar(&o.account, "account", "", "only this `ACCOUNT` of the config")
	cmd.Flags().BoolVar(&o.force, "force", false, "also what is not due yet")
	cmd.Flags().Var(waitFlag(&o.wait), "wait", "how long to go on with the outbox; 0 sends nothing")
	cmd.Flags().BoolVar(&o.json, "json", false, "one JSON object per line")
	a.completeAccounts(cmd)
	return cmd
}

func (a *app) sync(ctx context.Context, o syncOptions) error {
	return a.withSession(ctx, online, func(ctx context.Context, s *session) error {
		account, err := accountNamed(s.config, o.account)
		if err != nil {
			return err
		}
		debug.SetGCPercent(200) // a first sync may be a million messages: memory for speed
		progress := a.newProgress()
		reports, err := s.Sync(ctx, account, o.force, progress.sync)
		progress.done()
		if err != nil {
			return err
		}
		s.deliver(ctx, account, o.wait)
		return a.printSync(reports, o.json)
	})
}

func (a *app) printSync(reports []inbox.SyncReport, asJSON bool) error {
	failed := false
	table := grid{a.stdout, []column{{width: 16}, {width: 10}, {5, true}, {7, true}, {5, true}, {width: 9}}}
	out := jsonLines(a.stdout)
	if !asJSON {
		if err := table.row("account", "platform", "convs", "msgs", "asked", "next", ""); err != nil {
			return err
		}
	}
	for _, r := range reports {
		var trouble string
		if r.Err != nil {
			failed = true
			trouble = describeError(r.Err)
			a.log.Warn("sync failed", "account", r.Account, "platform", r.Platform, "err", r.Err, "cause", r.Err.Err)
		}
		var err error
		if asJSON {
			err = out.Encode(recordOfSync(r))
		} else {
			err = table.row(string(r.Account), r.Platform.Label(), strconv.Itoa(r.Conversations), strconv.Itoa(r.Messages),
				strconv.Itoa(r.Requests), clockTime(r.NextUpdate), trouble)
		}
		if err != nil {
			return err
		}
		if trouble != "" && r.Err.Hint != "" && !asJSON {
			fmt.Fprintln(a.stderr, "  "+inbox.CleanLine(r.Err.Hint))
		}
	}
	if failed {
		return errReported
	}
	return nil
}

func clockTime(t time.Time) string {
	if t.IsZero() {
		return "-"
	}
	return t.Local().Format(time.TimeOnly)
}
