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
(RFC 3339 in UTC, or null), error (null, or kind, code, text, hint). Beside an open
inbox, which reads by itself, the three numbers are 0.`,
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
		reports, err := a.read(ctx, s, account, o.force)
		if err != nil {
			return err
		}
		s.deliver(ctx, account, o.wait)
		return a.printSync(reports, o.json)
	})
}

// read reads what is due, or sees to it that it is read.
func (a *app) read(ctx context.Context, s *session, account inbox.AccountID, force bool) ([]inbox.SyncReport, error) {
	if s.shared {
		return s.syncBeside(ctx, account, force)
	}
	debug.SetGCPercent(200) // a first sync may be a million messages: memory for speed
	progress := a.newProgress()
	defer progress.done()
	return s.Sync(ctx, account, force, progress.sync)
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
				strconv.Itoa(r.Requests), clockTime(r.NextUpdate, a.zone()), trouble)
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

func clockTime(t time.Time, zone *time.Location) string {
	if t.IsZero() {
		return "-"
	}
	return t.In(zone).Format(time.TimeOnly)
}
