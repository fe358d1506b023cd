package cli

// The command tree, and what its commands share: how arguments are checked, and
// flags whose mistakes are told in our own words. Each command stands whole, with
// flags, help and what it does, in the file of its name; react, unreact, heart,
// share, posts and seen are in gestures.go, sim is in simulated.go, config in
// configfile.go, man and version are in about.go, and the inbox without a command
// is in screen.go.

import (
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"parley/config"
	"parley/inbox"
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
	root.Flags().BoolVar(&a.plainFlag, "plain", false, plainFlagHelp)
	if a.terse { // they are given: nothing in the help of a word is about them
		for _, name := range []string{"config", "data"} {
			_ = root.PersistentFlags().MarkHidden(name) // fails only for a flag that is not there
		}
	}
	root.SetOut(a.stdout)
	root.SetErr(a.stderr)
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error { return wrongUsage(cmd, err.Error()) })
	root.CompletionOptions.HiddenDefaultCmd = false
	root.AddCommand(
		a.syncCommand(), a.listCommand(), a.showCommand(), a.mediaCommand(), a.personCommand(), a.sendCommand(), a.outboxCommand(), a.repliesCommand(),
		a.reactCommand(), a.unreactCommand(), a.heartCommand(), a.shareCommand(), a.postsCommand(), a.seenCommand(),
		a.archiveCommand("archive", true), a.archiveCommand("unarchive", false),
		a.snoozeCommand(), a.labelCommand(), a.noteCommand(),
		a.autoReplyCommand(), a.forgetCommand(),
		a.searchCommand(), a.exportCommand(), a.statsCommand(), a.followCommand(), a.runCommand(), a.webhookCommand(), a.loginCommand(), a.doctorCommand(), a.demoCommand(), a.simCommand(), a.configCommand(), a.manCommand(), a.versionCommand(),
	)
	root.AddCommand(a.decisionCommands()...)
	if a.terse {
		tellToEars(root)
	}
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
		d, err = inbox.ParseDuration(text)
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
