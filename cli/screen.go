package cli

// The inbox on the screen: what is started for it, and how it all ends. The end
// is the same for a key, a signal, a dropped line and a panic, in the reverse
// order of the start: the screen gives the terminal back, what was typed is
// stored, pollers and sender stop (a request under way finishes or is marked as
// unknown), and the cache is closed by whoever opened it.

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"time"

	tea "charm.land/bubbletea/v2"
	"golang.org/x/term"

	"parley/config"
	"parley/inbox"
	"parley/ui"
)

const (
	// leavePatience is how long a terminal that takes no more output may hold
	// up the end: the drafts matter more than the last frame.
	leavePatience = 2 * time.Second
	// flushPatience bounds the storing of drafts at the end.
	flushPatience = 5 * time.Second
)

// openInbox is parley without a command.
func (a *app) openInbox(ctx context.Context) error {
	c, err := config.Load(a.places().Config)
	switch {
	case errors.Is(err, config.ErrNone):
		return a.offerConfig(ctx)
	case err != nil:
		return err
	case a.wantsPlain(c):
		a.plainFlag = true // also for what is told before the inbox is open
		return a.ownSession(ctx, a.runPlain)
	}
	if err := a.undrawable(); err != nil {
		return err
	}
	return a.ownSession(ctx, a.runScreen)
}

// undrawable says why the inbox cannot be shown here; nil when it can.
func (a *app) undrawable() error {
	if a.hasScreen() {
		return nil
	}
	return &usageError{
		text: "the inbox needs a terminal as standard input and output",
		hint: "sync, list, show and send work without one, and parley --plain reads its words from a pipe; `parley demo` then plays a short shift as text",
	}
}

// offerConfig makes a first config with whoever is there to be asked.
func (a *app) offerConfig(ctx context.Context) error {
	if !a.hasScreen() {
		return config.ErrNone
	}
	return a.runWizard(ctx, "")
}

// runScreen shows the inbox until the agent leaves, a signal comes, or
// something panics.
func (a *app) runScreen(ctx context.Context, s *session) error {
	options := screenOptions(s.config.Screen)
	options.Replies = a.replies(s)
	screen, err := ui.New(ctx, s.Inbox, options)
	if err != nil {
		return err
	}
	defer screen.Close()
	b, err := s.startBackground(ctx)
	if err != nil {
		return err
	}
	a.attend(ctx, s, b)
	if s.started != nil {
		if err := s.started(b.hooks); err != nil {
			b.stop()
			return err
		}
	}
	err = a.showScreen(ctx, s, screen)
	a.storeDrafts(ctx, screen)
	b.stop()
	if farewell := s.farewell(ctx, screen); farewell != "" && ctx.Err() == nil {
		fmt.Fprintln(a.stdout, farewell)
	}
	return err
}

// farewell is what the agent has to know at the end, "" for nothing.
func (s *session) farewell(ctx context.Context, screen *ui.UI) string {
	if s.temporary {
		return s.thrownAway(ctx)
	}
	return screen.Farewell()
}

// storeDrafts stores what was typed, also after a signal.
func (a *app) storeDrafts(ctx context.Context, screen *ui.UI) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), flushPatience)
	defer cancel()
	if err := screen.Flush(ctx); err != nil {
		a.log.Error("drafts", "err", err)
		a.complain(err.Error(), "the log has the cause")
	}
}

// showScreen runs the screen until it ends. When the terminal takes no more
// output, it is left behind.
func (a *app) showScreen(ctx context.Context, s *session, screen *ui.UI) error {
	defer a.keepTerminal()()
	muteStderr()
	program := tea.NewProgram(guardedModel{screen, s.guard},
		tea.WithContext(ctx), tea.WithFPS(s.config.Screen.FPS), tea.WithoutSignalHandler(), tea.WithOutput(ui.Output(os.Stdout)))
	fmt.Fprint(os.Stdout, ui.Arrival)
	ended := make(chan error, 1)
	go s.guard.run("screen", func() {
		_, err := program.Run()
		fmt.Fprint(os.Stdout, ui.Departure)
		ended <- err
	})
	select {
	case err := <-ended:
		return a.explainEnd(ctx, err)
	case <-ctx.Done():
	}
	select {
	case <-ended:
	case <-time.After(leavePatience):
		a.log.Warn("the terminal takes no output")
	}
	return nil
}

// explainEnd sorts the ways in which a screen can end.
func (a *app) explainEnd(ctx context.Context, err error) error {
	switch {
	case err == nil, ctx.Err() != nil, errors.Is(err, tea.ErrInterrupted):
		return nil // left by a key or a signal; a panic has cancelled ctx and is told by the guard
	}
	a.log.Error("the screen ended", "err", err)
	return &inbox.Error{Kind: inbox.Unavailable, Text: "the terminal is gone", Hint: "drafts are stored; what is queued leaves when parley runs again", Err: err}
}

// keepTerminal remembers the terminal's state, for an end at which Bubble Tea
// could not restore it.
func (a *app) keepTerminal() (restore func()) {
	fd := int(os.Stdin.Fd())
	state, err := term.GetState(fd)
	if err != nil {
		return func() {}
	}
	return func() {
		if err := term.Restore(fd, state); err != nil {
			a.log.Debug("terminal", "err", err)
		}
	}
}

// muteStderr keeps stray output, such as the stack that Bubble Tea prints of a
// panic, off the screen; the crash file has it. It holds until the end: a command
// that panics may print after the program has returned. Our own messages go to
// the real standard error all the same.
func muteStderr() {
	if nowhere, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0); err == nil {
		os.Stderr = nowhere
	}
}

// clockOf is how times of day are written, as in package time.
func clockOf(c config.Screen) string {
	if c.Hours == 12 {
		return "3:04PM"
	}
	return "15:04"
}

// screenOptions are what the config says to the screen.
func screenOptions(c config.Screen) ui.Options {
	return ui.Options{
		Title: c.Title, Version: version(), Zone: c.TimeZone, Clock: clockOf(c), ClosingSoon: c.ClosingSoon,
		Theme: c.Theme, Colours: c.Colours, Density: c.Density, Notify: c.Notify, Mouse: c.Mouse,
		Pictures: c.Pictures.Way, InThread: c.Pictures.Thread, ShowBytes: c.Pictures.ShowBytes, Downloads: c.Pictures.Downloads, Opener: openerHere(),
		Keys: c.Keys, Editor: editorOf(c.Editor, os.Getenv, exec.LookPath),
		Hold: c.Hold, After: c.After, Suspend: suspend, Agent: c.Agent, Views: c.Views,
		Author: cmp.Or(c.Agent, userName()),
	}
}
