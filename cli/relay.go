package cli

// The command line beside an inbox that is open: whoever holds the cache for
// long takes the commands of others and runs them, and whoever finds the cache
// held asks for that. See the package relay for what goes over.

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/term"

	"parley/cache"
	"parley/cli/relay"
	"parley/config"
	"parley/inbox"
)

// callersEnv are the variables that a command may ask for: of language, time
// zone and terminal. Any other stays with the process that it was given to.
var callersEnv = []string{"COLORTERM", "LANG", "LC_ALL", "LC_CTYPE", "NO_COLOR", "TERM", "TZ"}

// callerHere is what can be known of whoever has started this process.
func callerHere() relay.Caller {
	c := relay.Caller{Stdin: isTerminal(os.Stdin), Stdout: isTerminal(os.Stdout), Stderr: isTerminal(os.Stderr), Env: map[string]string{}}
	if width, _, err := term.GetSize(int(os.Stdout.Fd())); err == nil {
		c.Width = width
	}
	if dir, err := os.Getwd(); err == nil {
		c.Dir = dir
	}
	for _, name := range callersEnv {
		if value, set := os.LookupEnv(name); set {
			c.Env[name] = value
		}
	}
	return c
}

// path is one that the caller has typed, for this process.
func (a *app) path(typed string) string {
	if path := config.ExpandHome(typed); filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(a.caller.Dir, typed)
}

// zone is where the caller is. One that names no zone is where the holder is.
func (a *app) zone() *time.Location {
	name := a.caller.Env["TZ"]
	if a.held == nil || name == "" {
		return time.Local
	}
	if zone, err := time.LoadLocation(name); err == nil {
		return zone
	}
	return time.Local
}

// relayed ends a command that another process has run: everything is said.
type relayed struct{ relay.Result }

func (*relayed) Error() string { return "another process has run it" }

// askHolder has this command run by the process that holds the cache; the error
// is how that ended. relay.ErrNobody when there is nobody who would.
func (a *app) askHolder(ctx context.Context) error {
	file, err := filepath.Abs(a.places().Config)
	if err != nil {
		return err
	}
	result, err := relay.Ask(ctx, a.places().Data, relay.Request{
		Version: version(), Config: file, Args: a.args, Caller: a.caller,
		Stdin: a.stdin.Again(), Stdout: a.stdout, Stderr: a.stderr,
	})
	if refused, ok := errors.AsType[*relay.Refused](err); ok {
		return &usageError{text: refused.Text, hint: refused.Hint}
	}
	if errors.Is(err, relay.ErrGone) {
		return &inbox.Error{
			Kind: inbox.Unavailable, Err: err, Text: "the parley that ran this command ended before it had said how it went",
			Hint: "look what became of it (parley outbox, parley show) before you repeat it",
		}
	}
	if err != nil {
		return err
	}
	return &relayed{result}
}

// lockPatience is how long a command waits for another one to finish. Few take
// longer, and those that do take commands themselves.
const lockPatience = 3 * time.Second

// awaitCache opens the cache, and waits for a process that is about to finish.
// One that has taken the cache for long is asked to run the command, unless that
// is one which needs the cache for itself.
func (a *app) awaitCache(ctx context.Context, dir string, c custody) (*cache.Cache, error) {
	for start := time.Now(); ; {
		store, err := a.openCache(dir)
		if e := inbox.AsError(err); err == nil || e.Kind != inbox.Unavailable || e.Op != "open cache" {
			return store, err
		}
		if c == borrowed {
			if asked := a.askHolder(ctx); !errors.Is(asked, relay.ErrNobody) {
				return nil, asked
			}
		}
		if ctx.Err() != nil || time.Since(start) > lockPatience || c == owned && relay.Attended(dir) {
			return nil, err
		}
	}
}

// custody tells whether a command has to hold the cache itself.
type custody bool

const (
	borrowed custody = false // whoever holds it may run the command
	owned    custody = true
)

// attend takes the commands of other processes as long as b runs. Where that is
// not possible they are told who holds the cache.
func (a *app) attend(ctx context.Context, s *session, b *background) {
	if s.temporary {
		return
	}
	at := a.places()
	file, err := filepath.Abs(at.Config)
	if err != nil {
		a.log.Warn("relay", "err", err)
		return
	}
	server, err := relay.Listen(at.Data, relay.Options{
		Version: version(), Config: file, Guard: s.guard.run, Log: a.log,
		Run: func(ctx context.Context, call *relay.Call) int { return a.runFor(ctx, s, at, call) },
	})
	if err != nil {
		a.log.Warn("relay", "err", err)
		return
	}
	b.start(context.WithoutCancel(ctx), s.guard, "command line", server.Serve)
}

// runFor runs the command of another process in this one's session.
func (a *app) runFor(ctx context.Context, s *session, at config.Places, call *relay.Call) (code int) {
	return a.runHeld(ctx, &app{
		stdin: relay.NewReplay(call.Stdin), stdout: call.Stdout, stderr: a.redactor.writer(call.Stderr),
		args: call.Args, caller: call.Caller, redactor: a.redactor, log: a.log, held: &held{session: s, at: at},
	})
}

// runHeld runs a command in the session that it holds. A panic ends that command
// and nothing else.
func (a *app) runHeld(ctx context.Context, b *app) (code int) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	g := &guard{dir: b.held.at.State, redactor: a.redactor, log: a.log, stop: cancel}
	code = exitFailed
	g.run("command", func() { code = b.run(ctx) })
	if file, crash := g.crash(); crash != nil {
		return b.report(crashError(file))
	}
	return code
}

// held is the session of the process that runs a command for another one.
type held struct {
	*session
	at    config.Places
	offer func(error) bool // helps out of what went wrong, instead of an error; nil: nobody does
}

// withHeld is withSession in that process.
func (a *app) withHeld(ctx context.Context, f func(context.Context, *session) error) (err error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	s := *a.held.session
	s.shared = true
	s.guard = &guard{dir: a.held.at.State, redactor: a.redactor, log: a.log, stop: cancel}
	if s.config.Screen.TimeZone == time.Local {
		c := *s.config
		c.Screen.TimeZone = a.zone()
		s.config = &c
	}
	s.guard.run("command", func() { err = f(ctx, &s) })
	if file, crash := s.guard.crash(); crash != nil {
		return crashError(file)
	}
	return err
}
