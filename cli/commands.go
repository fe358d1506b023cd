package cli

// The command tree: names, arguments, flags and help. What the commands do is
// in headless.go, screen.go, doctor.go and demo.go; those that came with live
// providers stand whole in gestures.go, webhooks.go, login.go
// and run.go.

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/muesli/mango-cobra"
	"github.com/muesli/roff"
	"github.com/spf13/cobra"

	"parley/config"
	"parley/inbox"
	"parley/platforms/sim"
)

// command makes the tree. Errors come back to report, which prints them.
func (a *app) command() *cobra.Command {
	root := &cobra.Command{
		Use:   "parley",
		Short: "Answer direct messages from Facebook, Instagram and X in a terminal",
		Long: `Parley is a terminal inbox for direct messages. Without a command it opens the
inbox; ? shows its keys.

Exit codes: 0 done, 1 failed, 2 wrong usage or config.`,
		Example: `  parley demo                      # everything against a built-in simulator
  parley                           # the inbox
  parley sync && parley list is:unread
  parley send "sara j" "It leaves today."`,
		Args:             noSubcommand,
		RunE:             func(cmd *cobra.Command, _ []string) error { return a.openInbox(cmd.Context()) },
		PersistentPreRun: func(cmd *cobra.Command, _ []string) { a.invocation = cmd.CommandPath() },
		SilenceErrors:    true,
		SilenceUsage:     true,
	}
	root.PersistentFlags().StringVar(&a.configFlag, "config", "", "config `FILE` (default $PARLEY_CONFIG, then the XDG config folder)")
	root.PersistentFlags().StringVar(&a.dataFlag, "data", "", "`DIR` for cache and log (default $PARLEY_DATA, then the XDG folders)")
	_ = root.MarkPersistentFlagDirname("data") // fails only for a flag that is not there
	_ = root.MarkPersistentFlagFilename("config", "toml")
	root.SetOut(a.stdout)
	root.SetErr(a.stderr)
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error { return wrongUsage(cmd, err.Error()) })
	root.CompletionOptions.HiddenDefaultCmd = false
	root.AddCommand(
		a.syncCommand(), a.listCommand(), a.showCommand(), a.sendCommand(), a.outboxCommand(),
		a.reactCommand(), a.unreactCommand(), a.heartCommand(), a.shareCommand(), a.postsCommand(), a.seenCommand(),
		a.archiveCommand("archive", true), a.archiveCommand("unarchive", false),
		a.autoReplyCommand(), a.forgetCommand(),
		a.runCommand(), a.webhookCommand(), a.loginCommand(), a.doctorCommand(), a.demoCommand(), a.simCommand(), a.configCommand(), a.manCommand(), a.versionCommand(),
	)
	return root
}

func wrongUsage(cmd *cobra.Command, text string) error {
	return &usageError{text: text, hint: fmt.Sprintf("`%s --help` tells how it is used", cmd.CommandPath())}
}

// noSubcommand refuses words behind a command that takes none, and tells what
// may have been meant.
func noSubcommand(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	var names []string
	for _, c := range cmd.Commands() {
		if c.IsAvailableCommand() {
			names = append(names, c.Name())
		}
	}
	if len(names) == 0 {
		return wrongUsage(cmd, fmt.Sprintf("%s takes no argument, found %q", cmd.CommandPath(), args[0]))
	}
	return wrongUsage(cmd, fmt.Sprintf("%s has no command %q; %s", cmd.CommandPath(), args[0], config.Suggest(args[0], names)))
}

// between checks the number of arguments; names tells what they are.
func between(least, most int, names string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		switch {
		case len(args) < least:
			return wrongUsage(cmd, fmt.Sprintf("%s expects %s", cmd.CommandPath(), names))
		case len(args) > most:
			return wrongUsage(cmd, fmt.Sprintf("%s expects %s, found one more: %q; put a text with blanks in quotes", cmd.CommandPath(), names, args[most]))
		}
		return nil
	}
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

func (a *app) listCommand() *cobra.Command {
	var o listOptions
	cmd := &cobra.Command{
		Use:   "list [QUERY]",
		Short: "List conversations from the cache, newest first",
		Long: `List shows cached conversations; the network is not asked. QUERY is words that
must all be in the name, the newest message or the ID, and any of:

  is:unread is:unanswered is:archived is:problem
  is:closing        unanswered, and the reply window ends within the
                    closing_soon of the config (12h)
  left<2h           the same with another time; by time left
  platform:NAME (also x, fb, ig) account:NAME

With --json, one object per line: id, account, provider, platform, participant
(id, name), preview, last_message_at (RFC 3339 in UTC, or null), unread (a
number), unanswered, archived, window (phase, and closes_at or null).

What was never read, or could not be read lately, is named on standard error.`,
		Args:              cobra.ArbitraryArgs,
		ValidArgsFunction: completeQuery,
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.list(cmd.Context(), strings.Join(args, " "), o)
		},
	}
	cmd.Flags().BoolVar(&o.json, "json", false, "one JSON object per line")
	cmd.Flags().Var(countFlag(&o.limit), "limit", "at most `N` conversations (0: all)")
	return cmd
}

func (a *app) showCommand() *cobra.Command {
	var o showOptions
	cmd := &cobra.Command{
		Use:   "show CONVERSATION",
		Short: "Show a conversation from the cache, oldest message first",
		Long: `Show prints a cached conversation; the network is not asked. CONVERSATION is an
ID or an unambiguous part of the customer's name. What waits in the outbox comes
last.

With --json, one object per message: id, conversation_id, direction ("received"
or "sent"), text, created_at (RFC 3339 in UTC), state ("received", "sent",
"read", or for the outbox "queued", "sending", "failed", "unknown"), attachments
(type, url), reactions (user_id, emoji). Both lists may be empty. Only where they
apply: edited_at, deleted, event (it happened and was not said), unsupported (a
text), origin (kind, title, ref, url), reply_to (message, kind, url, text), gesture
(of the outbox: kind, emoji, target), id and title of an attachment, mine of a
reaction.`,
		Args:              between(1, 1, "one CONVERSATION"),
		ValidArgsFunction: a.completeConversations,
		RunE:              func(cmd *cobra.Command, args []string) error { return a.show(cmd.Context(), args[0], o) },
	}
	cmd.Flags().BoolVar(&o.json, "json", false, "one JSON object per line")
	cmd.Flags().Var(countFlag(&o.limit), "limit", "only the newest `N` messages (0: all)")
	cmd.Flags().BoolVar(&o.ids, "ids", false, "with the ID of each message, for react and unreact")
	return cmd
}

func (a *app) sendCommand() *cobra.Command {
	o := sendOptions{wait: 30 * time.Second}
	cmd := &cobra.Command{
		Use:   "send CONVERSATION [TEXT|-]",
		Short: "Answer a customer",
		Long: `Send stores the answer in the outbox and waits until the provider has taken it.
With - the text is read from standard input. What is still queued afterwards
leaves with the next sync, send, or open inbox. The exit code is 1 when a part
failed, or may or may not have been delivered.

With --json, one object per message: id, conversation_id, state, parts (kind,
state, message_id or null, error: null or kind, code, text, hint). Code is null
where the provider gave none, hint may be empty.`,
		Args:              between(1, 2, "a CONVERSATION and a TEXT"),
		ValidArgsFunction: a.completeConversations,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) < 2 && len(o.media) == 0 {
				return wrongUsage(cmd, "nothing to send: expected a TEXT, - for standard input, or --media")
			}
			return a.send(cmd.Context(), args, o)
		},
	}
	cmd.Flags().StringArrayVar(&o.media, "media", nil, "`URL` of a picture, video, voice message or file; may be repeated")
	cmd.Flags().Var(waitFlag(&o.wait), "wait", "how long to wait for the provider; 0 only queues")
	cmd.Flags().BoolVar(&o.split, "split", false, "send a text that is too long as several messages")
	cmd.Flags().BoolVar(&o.automated, "automated", false, "no human wrote it: never in the phase that is for human agents")
	cmd.Flags().BoolVar(&o.anyway, "anyway", false, "also when the reply window has closed by the clock: the provider decides")
	cmd.Flags().BoolVar(&o.json, "json", false, "one JSON object per line")
	return cmd
}

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
		a.retryCommand(),
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

func (a *app) forgetCommand() *cobra.Command {
	var yes bool
	cmd := &cobra.Command{
		Use:               "forget CONVERSATION",
		Short:             "Remove all that is kept here of one customer",
		Long:              "Forget removes a conversation from this machine: messages, draft, outbox and\nsearch. What the provider still has from before is not read again; a new message\nbrings the conversation back.",
		Args:              between(1, 1, "one CONVERSATION"),
		ValidArgsFunction: a.completeConversations,
		RunE:              func(cmd *cobra.Command, args []string) error { return a.forget(cmd.Context(), args[0], yes) },
	}
	cmd.Flags().BoolVar(&yes, "yes", false, "do not ask")
	return cmd
}

func (a *app) doctorCommand() *cobra.Command {
	var asJSON, mend bool
	cmd := &cobra.Command{
		Use:   "doctor",
		Short: "Tell what is wrong with config, keys, clock, cache and terminal",
		Long: `Doctor looks at everything that parley needs and tells how to mend what is wrong.
The exit code is 1 when something fails.

With --mend, a damaged cache is mended: indexes are made anew, and where the file
itself is broken, drafts and outbox are saved into a new one. The damaged file is
kept.

With --json, one object per check: check, status ("ok", "warn" or "fail"), text,
hint (may be empty).`,
		Args: noSubcommand,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.doctor(cmd.Context(), asJSON, mend) },
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "one JSON object per line")
	cmd.Flags().BoolVar(&mend, "mend", false, "mend a damaged cache")
	return cmd
}

func (a *app) demoCommand() *cobra.Command {
	seed := uint64(1)
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "Show everything against a built-in simulator",
		Long: `Demo needs no account, no key and no network: simulators in this process play a
small shop's customers over HTTP on the loopback, behind each of the providers,
and call its webhooks. Nothing is kept. Without a terminal it plays a short shift
as text.`,
		Args: noSubcommand,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.demo(cmd.Context(), seed) },
	}
	cmd.Flags().Var(seedFlag(&seed), "seed", "the same `N` makes the same world")
	return cmd
}

func (a *app) simCommand() *cobra.Command {
	o := simOptions{seed: 1, face: string(sim.FaceAyrshare)}
	cmd := &cobra.Command{
		Use:   "sim",
		Short: "Serve the simulator alone",
		Long: `Sim serves a provider's API with simulated customers behind it until it is
interrupted, and prints where it listens, its key, and an [[account]] table with
both: put that into a file, and parley --config FILE --data DIR works with it. The
simulator takes any keys for X, but not none. A fault is OP[@PLATFORM]:FAULT
[=VALUE][:WHEN], such as send:tear-after:0.3, read@twitter:429=10s:once or
any:latency=50ms..400ms.

With --webhook it calls that address, as the provider does, from when it is
answered on: http://127.0.0.1:8480/webhook/sim is that of the printed account.

With --json, one object: base_url, key, control_url, control_token, face, channel,
app_id, app_secret, webhook_secrets, verify_token.`,
		Args: noSubcommand,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if !slices.Contains(sim.Faces, sim.Face(o.face)) {
				var names []string
				for _, f := range sim.Faces {
					names = append(names, string(f))
				}
				return &usageError{text: fmt.Sprintf("the simulator has no face %q; %s", o.face, config.Suggest(o.face, names))}
			}
			return a.sim(cmd.Context(), o)
		},
	}
	cmd.Flags().StringVar(&o.face, "face", o.face, "the API that it speaks: `NAME` of a provider")
	cmd.Flags().StringVar(&o.platform, "platform", "", "only this `PLATFORM`; chatt2me has one at a time")
	cmd.Flags().StringVar(&o.webhook, "webhook", "", "`URL` to call with what happens")
	cmd.Flags().StringArrayVar(&o.secrets, "webhook-secret", nil, "`SECRET` that signs the calls (default: made up); may be repeated")
	cmd.Flags().StringVar(&o.verifyToken, "verify-token", "", "`TOKEN` by which the address proves itself (default: made up)")
	cmd.Flags().StringVar(&o.listen, "listen", "127.0.0.1:0", "`HOST:PORT`")
	cmd.Flags().Var(seedFlag(&o.seed), "seed", "the same `N` makes the same world")
	cmd.Flags().Var(countFlag(&o.conversations), "conversations", "how many at the start (0: the demo's)")
	cmd.Flags().Var(countFlag(&o.messages), "messages", "how many at the start, over all conversations (0: a few each)")
	cmd.Flags().StringArrayVar(&o.faults, "fault", nil, "something that goes wrong; may be repeated")
	cmd.Flags().BoolVar(&o.json, "json", false, "one JSON object")
	return cmd
}

func (a *app) configCommand() *cobra.Command {
	where := &cobra.Command{
		Use:   "config",
		Short: "Tell where the config is, or write a first one",
		Args:  noSubcommand,
		RunE:  func(*cobra.Command, []string) error { return a.whereConfig() },
	}
	where.AddCommand(&cobra.Command{
		Use:   "init",
		Short: "Write a first config that explains itself",
		Args:  noSubcommand,
		RunE:  func(*cobra.Command, []string) error { return a.initConfig() },
	})
	return where
}

func (a *app) manCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "man",
		Short: "Print the manual page, for man -l -",
		Args:  noSubcommand,
		RunE: func(cmd *cobra.Command, _ []string) error {
			page, err := mcobra.NewManPage(1, cmd.Root())
			if err != nil {
				return err
			}
			_, err = fmt.Fprint(a.stdout, page.Build(roff.NewDocument()))
			return err
		},
	}
}

func (a *app) versionCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the version",
		Args:  noSubcommand,
		RunE: func(*cobra.Command, []string) error {
			_, err := fmt.Fprintln(a.stdout, "parley "+version())
			return err
		},
	}
}

// flagOf is a flag whose mistakes are told in our own words.
type flagOf[T comparable] struct {
	at    *T
	kind  string // as the help calls it
	parse func(string) (T, error)
	show  func(T) string
}

// Set reads the flag.
func (f flagOf[T]) Set(text string) error {
	v, err := f.parse(text)
	if err == nil {
		*f.at = v
	}
	return err
}

// String is the default in the help, "" for none.
func (f flagOf[T]) String() string {
	var none T
	if f.at == nil || *f.at == none {
		return ""
	}
	return f.show(*f.at)
}

// Type is what the help calls a value.
func (f flagOf[T]) Type() string { return f.kind }

func waitFlag(at *time.Duration) flagOf[time.Duration] {
	return flagOf[time.Duration]{at, "duration", parseWait, describeSpan}
}

func countFlag(at *int) flagOf[int] { return flagOf[int]{at, "int", parseCount, strconv.Itoa} }

func seedFlag(at *uint64) flagOf[uint64] {
	return flagOf[uint64]{at, "uint", parseSeed, func(n uint64) string { return strconv.FormatUint(n, 10) }}
}

// parseWait understands what the config does, and 0.
func parseWait(text string) (time.Duration, error) {
	d, err := time.ParseDuration(text)
	if err != nil {
		d, err = config.ParseDuration(text)
	}
	if err != nil || d < 0 {
		return 0, errors.New("expected a duration such as 30s, 5m or 2h")
	}
	return d, nil
}

func parseCount(text string) (int, error) {
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 {
		return 0, errors.New("expected a number, 0 or more")
	}
	return n, nil
}

func parseSeed(text string) (uint64, error) {
	n, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		return 0, errors.New("expected a number, 0 or more")
	}
	return n, nil
}

// version is what the build knows of itself.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	return fmt.Sprintf("%s (%s)", info.Main.Version, info.GoVersion)
}

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
	if err := a.withSession(ctx, offline, look); err != nil && !errors.Is(err, config.ErrNone) {
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

func completeQuery(_ *cobra.Command, _ []string, typed string) ([]string, cobra.ShellCompDirective) {
	words := slices.DeleteFunc(slices.Clone(queryWords), func(w string) bool { return !strings.HasPrefix(w, typed) })
	return words, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
}
