package cli

// parley autoreply: the answer that a provider gives by itself.

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"parley/inbox"
)

type autoReplyOptions struct {
	account string
	message string
	wait    time.Duration
	change  inbox.AutoReplyChange
	json    bool
}

type autoReplyRecord struct {
	Account inbox.AccountID `json:"account"`
	inbox.AutoReply
	WaitSeconds int `json:"wait_seconds"`
}

func (a *app) autoReplyCommand() *cobra.Command {
	var o autoReplyOptions
	var on, off bool
	cmd := &cobra.Command{
		Use:   "autoreply",
		Short: "Show or change the answer that a provider gives by itself",
		Long: `Autoreply shows the automatic answer of each account, or changes it with --set,
--on, --off and --wait. An empty text is refused: the provider would send a
sentence of its own instead.

With --json, one object per account: account, active, message, wait_seconds.`,
		Args: noSubcommand,
		RunE: func(cmd *cobra.Command, _ []string) error {
			flags := cmd.Flags()
			switch {
			case on && off:
				return wrongUsage(cmd, "--on and --off exclude each other")
			case flags.Changed("set") && strings.TrimSpace(o.message) == "":
				return &usageError{
					text: "the automatic answer needs a text: for an empty one Ayrshare goes back to a default sentence of its own",
					hint: "--off switches the automatic answer off",
				}
			case flags.Changed("set"):
				o.change.Message = &o.message
			}
			if flags.Changed("wait") {
				o.change.Wait = &o.wait
			}
			if flags.Changed("on") || flags.Changed("off") {
				active := on || flags.Changed("off") && !off // --off=false is --on
				o.change.Active = &active
			}
			return a.autoReply(cmd.Context(), o)
		},
	}
	cmd.Flags().StringVar(&o.account, "account", "", "only this `ACCOUNT` of the config")
	cmd.Flags().StringVar(&o.message, "set", "", "the `TEXT` of the answer")
	cmd.Flags().BoolVar(&on, "on", false, "switch it on")
	cmd.Flags().BoolVar(&off, "off", false, "switch it off")
	cmd.Flags().Var(waitFlag(&o.wait), "wait", "least time between two automatic answers to one customer")
	cmd.Flags().BoolVar(&o.json, "json", false, "one JSON object per line")
	a.completeAccounts(cmd)
	return cmd
}

func (a *app) autoReply(ctx context.Context, o autoReplyOptions) error {
	return a.withSession(ctx, online, func(ctx context.Context, s *session) error {
		only, err := accountNamed(s.config, o.account)
		if err != nil {
			return err
		}
		changes := o.change != inbox.AutoReplyChange{}
		if changes && only == "" {
			if only, err = s.onlyAutoReply(); err != nil {
				return err
			}
		}
		for _, ac := range s.config.Accounts {
			if only != "" && ac.Name != only {
				continue
			}
			reply, err := s.changeAutoReply(ctx, ac.Name, o.change, changes)
			if only == "" && !changes && len(s.config.Accounts) > 1 && inbox.KindOf(err) == inbox.Unsupported {
				a.complain(fmt.Sprintf("account %s: %s", ac.Name, inbox.AsError(err).Text), "")
				continue
			}
			if err != nil {
				return err
			}
			if o.change.Message != nil {
				a.tellDisclosure(reply)
			}
			if err := a.printAutoReply(ac.Name, reply, o.json); err != nil {
				return err
			}
		}
		return nil
	})
}

// tellDisclosure points out an automatic answer that does not say that it is one.
func (a *app) tellDisclosure(r inbox.AutoReply) {
	if !inbox.DisclosesAutomation(r.Message) {
		a.complain("warning: "+inbox.DisclosureReason, "for example: "+inbox.AutomationNotice)
	}
}

// onlyAutoReply is the account that a change is for when none is named: the only
// one there is, or the only one whose provider has automatic answers.
func (s *session) onlyAutoReply() (inbox.AccountID, error) {
	var able []inbox.AccountID
	for _, a := range s.accounts {
		can := func(p inbox.Platform) bool { return a.Provider.Capabilities(p).AutoReply.OK }
		if len(s.accounts) == 1 || slices.ContainsFunc(a.Platforms, can) {
			able = append(able, a.ID)
		}
	}
	if len(able) != 1 {
		return "", whichAccount(s.config)
	}
	return able[0], nil
}

func (s *session) changeAutoReply(ctx context.Context, id inbox.AccountID, c inbox.AutoReplyChange, changes bool) (inbox.AutoReply, error) {
	if changes {
		return s.SetAutoReply(ctx, id, c)
	}
	return s.AutoReply(ctx, id)
}

func (a *app) printAutoReply(id inbox.AccountID, r inbox.AutoReply, asJSON bool) error {
	if asJSON {
		return jsonLines(a.stdout).Encode(autoReplyRecord{id, r, int(r.Wait.Seconds())})
	}
	state := "off"
	if r.Active {
		state = "on"
	}
	if r.Wait > 0 {
		state += fmt.Sprintf(", at most every %s to one customer", describeSpan(r.Wait))
	}
	_, err := fmt.Fprintf(a.stdout, "%s: %s\n%s", id, state, lineOf(r.Message))
	return err
}
