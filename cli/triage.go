package cli

// What an agent decides about conversations beside answering them: parley done,
// reopen, snooze, unsnooze, mute, unmute, read, unread, take and give-up. Each
// takes several conversations, or all that a query finds. Labels are in label.go,
// notes in note.go.

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"parley/inbox"
)

// triageHelp is what the help of each of them says.
const triageHelp = `

CONVERSATION is an ID or an unambiguous part of the customer's name, and may be
repeated; --query takes all that "parley list" finds instead. The exit code is 1
when one of them could not be changed.

With --json, one object per conversation: id, changed (false: it was so already),
done, archived (at the provider), snoozed_until (or null), labels, muted, mine,
unread (a number), warning (or ""), error (null, or kind, code, text, hint).`

type triageOptions struct {
	query string
	json  bool
	reach reach // online: the provider may have to be told
	wait  time.Duration
}

// tellPatience is how long a command waits for a provider to take what is done.
const tellPatience = 30 * time.Second

// triageCommand is what the commands have in common.
func (a *app) triageCommand(use, short, long string) (*cobra.Command, *triageOptions) {
	o := &triageOptions{}
	cmd := &cobra.Command{
		Use:   use,
		Short: short,
		Long:  long + triageHelp,
		ValidArgsFunction: func(cmd *cobra.Command, _ []string, typed string) ([]string, cobra.ShellCompDirective) {
			return a.completeConversations(cmd, nil, typed) // each argument may be one
		},
	}
	cmd.Flags().StringVar(&o.query, "query", "", "all conversations that the `QUERY` finds")
	cmd.Flags().BoolVar(&o.json, "json", false, "one JSON object per line")
	return cmd, o
}

// goes tells how far the decision goes: one that a provider is told of may wait for
// it.
func (o *triageOptions) goes(cmd *cobra.Command, r reach) {
	o.reach, o.wait = r, tellPatience
	if r == online {
		cmd.Flags().Var(waitFlag(&o.wait), "wait", "how long to wait for the provider; 0 leaves it to the next inbox")
	}
}

// decisionCommand makes the same decision about all of its conversations.
func (a *app) decisionCommand(name, short, long, said string, r reach, change inbox.TriageChange) *cobra.Command {
	cmd, o := a.triageCommand(name+" CONVERSATION...", short, long)
	o.goes(cmd, r)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if err := checkTargets(cmd, args, *o); err != nil {
			return err
		}
		return a.triage(cmd.Context(), args, *o, said, func(*session, inbox.Conversation) (inbox.TriageChange, error) { return change, nil })
	}
	return cmd
}

// decisionCommands are those without an argument of their own.
func (a *app) decisionCommands() []*cobra.Command {
	return []*cobra.Command{
		a.decisionCommand("done", "Mark conversations as done",
			"Done takes conversations out of the inbox until the customer writes again, and\narchives them at the provider where that is possible.", "done", online, inbox.MarkDone{}),
		a.decisionCommand("reopen", "Bring conversations back into the inbox",
			"Reopen brings conversations back that are done, archived or snoozed.", "open again", online, inbox.Reopen{}),
		a.decisionCommand("unsnooze", "End a snooze",
			"Unsnooze brings conversations back before their time.", "back", offline, inbox.Unsnooze{}),
		a.decisionCommand("mute", "Do not count or notify what comes in conversations",
			"Mute keeps new messages of conversations from being counted as unread and from\nbeing notified. They stay in the inbox.", "muted", offline, inbox.Mute{}),
		a.decisionCommand("unmute", "Count and notify again",
			"Unmute takes mute back.", "not muted any more", offline, inbox.Unmute{}),
		a.decisionCommand("read", "Mark conversations as read",
			"Read marks all that has arrived as read.", "read", offline, inbox.MarkRead{}),
		a.decisionCommand("unread", "Mark conversations as unread",
			"Unread makes conversations count as unread again.", "unread", offline, inbox.MarkUnread{}),
		a.decisionCommand("take", "Make conversations yours",
			"Take puts conversations into the view of your own, as answering does.", "taken", offline, inbox.Take{}),
		a.decisionCommand("give-up", "Leave conversations to others",
			"Give-up takes conversations out of the view of your own.", "given up", offline, inbox.GiveUp{}),
	}
}

func (a *app) snoozeCommand() *cobra.Command {
	cmd, o := a.triageCommand("snooze CONVERSATION... WHEN", "Put conversations off until a time",
		`Snooze takes conversations out of the inbox until WHEN, or until the customer
writes. It warns when the reply window closes before. WHEN is one word or in
quotes:

  2h  3d  90m  14:30            from now; the next time that the clock shows it
  "later today"  tonight        in 3 hours; 18:00
  tomorrow  "tomorrow 8am"      at 9:00 without a time
  monday  "fri 14:30"  "next week"
  2026-12-01  "2026-12-01 09:00"
  "2h before close"             before the reply window closes`)
	o.goes(cmd, online)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if len(args) == 0 {
			return wrongUsage(cmd, "snooze expects a WHEN, such as 2h or \"tomorrow 8am\"")
		}
		names, when := args[:len(args)-1], args[len(args)-1]
		if err := checkTargets(cmd, names, *o); err != nil {
			return err
		}
		return a.triage(cmd.Context(), names, *o, "snoozed", func(s *session, c inbox.Conversation) (inbox.TriageChange, error) {
			until, err := inbox.ParseWhen(when, time.Now(), s.config.Screen.TimeZone, s.OurWindow(c))
			return inbox.Snooze{Until: until}, err
		})
	}
	return cmd
}

// checkTargets refuses a call that names no conversation, or names them twice.
func checkTargets(cmd *cobra.Command, names []string, o triageOptions) error {
	switch asked := cmd.Flags().Changed("query"); {
	case asked && len(names) > 0:
		return wrongUsage(cmd, fmt.Sprintf("%s takes a --query or a CONVERSATION, found both", cmd.CommandPath()))
	case asked && strings.TrimSpace(o.query) == "":
		return wrongUsage(cmd, "an empty --query would mean every conversation")
	case !asked && len(names) == 0:
		return wrongUsage(cmd, cmd.CommandPath()+" expects a CONVERSATION or a --query")
	}
	return nil
}

// decision says what is to be done to a conversation.
type decision func(*session, inbox.Conversation) (inbox.TriageChange, error)

// triage decides about the conversations that were named or that the query finds.
// Names that cannot be understood change nothing at all.
func (a *app) triage(ctx context.Context, names []string, o triageOptions, said string, decide decision) error {
	return a.withSession(ctx, o.reach, func(ctx context.Context, s *session) error {
		found, err := s.targets(ctx, names, o.query)
		if err != nil {
			return err
		}
		results, err := s.decideAll(ctx, found, decide)
		if err != nil {
			return err
		}
		s.rememberTriage(ctx, said, results)
		a.tellProviders(ctx, s, results, o.wait)
		return a.printTriage(ctx, s, results, said, o.json)
	})
}

// targets are the conversations that are meant.
func (s *session) targets(ctx context.Context, names []string, text string) (found []inbox.Conversation, err error) {
	for _, name := range names {
		c, err := s.Find(ctx, name)
		if err != nil {
			return nil, err
		}
		found = append(found, c)
	}
	if text == "" {
		return found, nil
	}
	search, err := parseQuery(text, known(s.config))
	if err != nil {
		return nil, err
	}
	return found, s.eachFound(ctx, search, 0, func(c inbox.Conversation) error {
		found = append(found, c)
		return nil
	})
}

// decideAll makes the decisions, those that agree in one transaction.
func (s *session) decideAll(ctx context.Context, found []inbox.Conversation, decide decision) ([]inbox.TriageResult, error) {
	var results []inbox.TriageResult
	var same []inbox.ConversationID
	var change inbox.TriageChange
	flush := func() error {
		if len(same) == 0 {
			return nil
		}
		some, err := s.Triage(ctx, same, change)
		results, same = append(results, some...), nil
		return err
	}
	for _, c := range found {
		next, err := decide(s, c)
		if err != nil || len(same) > 0 && !sameChange(next, change) {
			if err := flush(); err != nil {
				return results, err
			}
		}
		if err != nil {
			results = append(results, inbox.TriageResult{ID: c.ID, Err: err})
			continue
		}
		change, same = next, append(same, c.ID)
	}
	return results, flush()
}

// sameChange tells whether two decisions are one. Only those to snooze differ
// from conversation to conversation.
func sameChange(a, b inbox.TriageChange) bool {
	x, snoozes := a.(inbox.Snooze)
	y, both := b.(inbox.Snooze)
	return !snoozes || !both || x.Until.Equal(y.Until)
}

// tellProviders waits until the providers know, where nothing runs that tells
// them, but not for ever: they are told of one conversation after the other. What
// they were not told is told by the next inbox.
func (a *app) tellProviders(ctx context.Context, s *session, results []inbox.TriageResult, wait time.Duration) {
	untold := slices.DeleteFunc(slices.Clone(results), func(r inbox.TriageResult) bool { return !r.After.Untold })
	if len(untold) == 0 || s.shared || wait == 0 {
		return
	}
	limited, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	err := s.Tell(limited)
	if err == nil {
		return
	}
	why := describeError(inbox.AsError(err))
	if limited.Err() != nil && ctx.Err() == nil {
		why = describeSpan(wait) + " were not enough"
	}
	left := s.stillUntold(ctx, untold)
	a.complain(fmt.Sprintf("the provider was not told of %d of %d: %s", left, len(untold), why), "it is told of the rest as soon as an inbox is open, or by `parley run`")
}

// stillUntold is of how many of the conversations the provider still has to be told.
func (s *session) stillUntold(ctx context.Context, results []inbox.TriageResult) (left int) {
	for _, r := range results {
		if c, err := s.Conversation(context.WithoutCancel(ctx), r.ID); err == nil && c.Triage.Untold {
			left++
		}
	}
	return left
}

// triageRecord is what became of a conversation.
type triageRecord struct {
	ID           inbox.ConversationID `json:"id"`
	Changed      bool                 `json:"changed"`
	Done         bool                 `json:"done"`
	Archived     bool                 `json:"archived"`
	SnoozedUntil timestamp            `json:"snoozed_until"`
	Labels       []string             `json:"labels"`
	Muted        bool                 `json:"muted"`
	Mine         bool                 `json:"mine"`
	Unread       int                  `json:"unread"`
	Warning      string               `json:"warning"`
	Error        *errorRecord         `json:"error"`
}

func recordOfTriage(c inbox.Conversation, r inbox.TriageResult) triageRecord {
	return triageRecord{
		ID: r.ID, Changed: r.Changed(), Done: c.IsDone(), Archived: c.Archived, SnoozedUntil: timestamp(c.Triage.SnoozedUntil),
		Labels: append([]string{}, c.Triage.Labels...), Muted: c.Triage.Muted, Mine: c.Triage.Mine, Unread: c.Unread,
		Warning: r.Warning, Error: (*errorRecord)(inbox.FailureOf(r.Err)),
	}
}

// printTriage tells what became of each conversation.
func (a *app) printTriage(ctx context.Context, s *session, results []inbox.TriageResult, said string, asJSON bool) error {
	failed := false
	lines := jsonLines(a.stdout)
	for _, r := range results {
		c, err := s.Conversation(ctx, r.ID)
		if err != nil {
			c = inbox.Conversation{ID: r.ID}
			r.Err = err
		}
		failed = failed || r.Err != nil
		if asJSON {
			err = lines.Encode(recordOfTriage(c, r))
		} else {
			err = a.sayTriage(s, c, r, said)
		}
		if err != nil {
			return err
		}
	}
	if len(results) == 0 && !asJSON {
		a.complain("no conversation is found", "`parley list QUERY` shows what a query finds")
	}
	if failed {
		return errReported
	}
	return nil
}

func (a *app) sayTriage(s *session, c inbox.Conversation, r inbox.TriageResult, said string) error {
	who := describeCustomer(c)
	switch {
	case r.Err != nil:
		e := inbox.AsError(r.Err)
		a.complain(who+": "+describeError(e), e.Hint)
		return nil
	case !r.Changed():
		said = "nothing to change"
	case r.After.Snoozed() && !r.After.SnoozedUntil.Equal(r.Before.SnoozedUntil):
		said += " until " + minuteOf(r.After.SnoozedUntil, s.config.Screen.TimeZone)
	case !slices.Equal(r.Before.Labels, r.After.Labels):
		said += " " + cmp.Or(strings.Join(r.After.Labels, ", "), "none")
	}
	if r.Warning != "" {
		a.complain(who+": "+r.Warning, "")
	}
	_, err := fmt.Fprintln(a.stdout, said+": "+who)
	return err
}
