// Package cli is what can be typed after `parley`: the commands, and the wiring
// of config, inbox, cache, platforms and ui. Only here is every part known.
package cli

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"golang.org/x/term"

	"parley/cli/relay"
	"parley/config"
	"parley/inbox"
)

// Exit codes.
const (
	exitDone   = 0
	exitFailed = 1
	exitUsage  = 2 // wrong usage or config
)

// Run is one run of the program; it gives the exit code.
func Run(args []string) int {
	// SIGHUP is asked for by name: a parent that ignores it (nohup, some SSH
	// servers) must not keep us alive, with the cache locked, after the line
	// has dropped. A second signal kills in the system's own way.
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	context.AfterFunc(ctx, stop)

	a := newApp(args)
	defer a.close()
	return a.run(ctx)
}

// run is the run of one command.
func (a *app) run(ctx context.Context) int {
	root := a.command()
	root.SetArgs(a.args)
	return a.report(root.ExecuteContext(ctx))
}

// app is what every command of one run shares.
type app struct {
	stdin          *relay.Replay
	stdout, stderr io.Writer
	args           []string
	caller         relay.Caller
	held           *held // nil: the command of this process

	configFlag, dataFlag string
	plainFlag            bool   // lines instead of a screen
	terse                bool   // it speaks at its own prompt: that it is parley goes without saying
	invocation           string // "parley sync": what another process is told of this one
	standIn              string // base URL that answers for the links of a demo; "" for none

	redactor *redactor
	log      *slog.Logger
	closers  []func() error // in the order of opening
}

func newApp(args []string) *app {
	a := &app{
		stdin: relay.NewReplay(os.Stdin), stdout: os.Stdout, args: args, caller: callerHere(),
		redactor: &redactor{}, log: slog.New(slog.DiscardHandler),
	}
	a.stderr = a.redactor.writer(os.Stderr)
	return a
}

// close undoes what was opened, the newest first.
func (a *app) close() {
	for i := len(a.closers) - 1; i >= 0; i-- {
		if err := a.closers[i](); err != nil {
			a.log.Error("close", "err", err)
		}
	}
	a.closers = nil
}

func (a *app) places() config.Places {
	if a.held != nil {
		return a.held.at
	}
	return config.FindPlaces(a.configFlag, a.dataFlag)
}

// usageError is a mistake in how parley was called.
type usageError struct{ text, hint string }

func (e *usageError) Error() string { return e.text }

// asUsage finds what the caller has to change: how parley was called, or a
// config that cannot be used.
func asUsage(err error) (*usageError, bool) {
	if bad, ok := errors.AsType[*config.UnusableError](err); ok {
		return &usageError{text: bad.Text, hint: bad.Hint}, true
	}
	return errors.AsType[*usageError](err)
}

// errReported ends a command with exit code 1 after it has said everything
// itself.
var errReported = errors.New("reported")

// report prints what went wrong and gives the exit code. The agent sees what
// happened and what to do; the cause goes to the log.
func (a *app) report(err error) int {
	if done, ok := errors.AsType[*relayed](err); ok {
		return done.Code
	}
	switch {
	case err == nil:
		return exitDone
	case errors.Is(err, errReported):
		return exitFailed
	}
	a.logFailure(err)
	if a.held != nil && a.held.offer != nil && a.held.offer(err) {
		return exitFailed
	}
	if usage, ok := asUsage(err); ok {
		a.complain(usage.text, usage.hint)
		return exitUsage
	}
	if bad, ok := errors.AsType[*config.Error](err); ok {
		a.complain("the config cannot be used", "")
		fmt.Fprintln(a.stderr, inbox.Clean(bad.Error()))
		return exitUsage
	}
	if errors.Is(err, config.ErrNone) {
		a.complain("no config at "+a.places().Config, "`parley config wizard` asks for what it takes, `parley config init` writes one to fill in; `parley demo` needs none")
		return exitUsage
	}
	if errors.Is(err, context.Canceled) {
		a.complain("interrupted", "")
		return exitFailed
	}
	e := inbox.AsError(err)
	a.complain(describeError(e), e.Hint)
	return exitFailed
}

// logFailure keeps what the cause was. A name that was searched for, and the
// names that were found, are customers' and stay out of the log.
func (a *app) logFailure(err error) {
	if e := inbox.AsError(err); e.Op == "find" {
		a.log.Error("command failed", "op", e.Op, "kind", e.Kind)
		return
	}
	a.log.Error("command failed", "err", err.Error())
}

// describeError is an error in one line for people. What was tried is what they
// have asked for; only where there is no text does it say more than the kind.
func describeError(e *inbox.Error) string {
	text := cmp.Or(e.Text, e.Op, string(e.Kind))
	if e.Text == "" && e.Op != "" {
		text += ": " + string(e.Kind)
	}
	if e.Code != "" {
		text += " (code " + e.Code + ")"
	}
	return text
}

// complain writes a line to standard error, and under it what to do.
func (a *app) complain(text, hint string) {
	speaker := "parley: "
	if a.terse {
		speaker = ""
	}
	fmt.Fprintln(a.stderr, speaker+inbox.CleanLine(text))
	if hint != "" {
		fmt.Fprintln(a.stderr, "  "+inbox.CleanLine(hint))
	}
}

// hasScreen tells whether there is a terminal to draw on and to type at.
func (a *app) hasScreen() bool { return a.caller.Stdin && a.caller.Stdout }

// asks tells whether a question can be asked.
func (a *app) asks() bool { return a.caller.Stdin && a.caller.Stderr }

func isTerminal(f *os.File) bool { return term.IsTerminal(int(f.Fd())) }

// confirm asks a question; anything but yes is an error, and so is nobody to ask.
func (a *app) confirm(question, hint string) error {
	if !a.asks() {
		return &usageError{text: "nobody can be asked: there is no terminal", hint: hint}
	}
	fmt.Fprint(a.stderr, question+" [y/N] ")
	answer, err := bufio.NewReader(a.stdin).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	switch strings.ToLower(strings.TrimSpace(answer)) {
	case "y", "yes":
		return nil
	}
	return inbox.Errorf(inbox.Rejected, "nothing was changed")
}
