package ui

import (
	"context"
	"io"
	"time"

	"parley/inbox"

	tea "charm.land/bubbletea/v2"
)

// Ctrl-Z stops the program, as it does every other one of a terminal, and the
// shell's fg brings it back. All of it stops: nothing is read and nothing is sent
// until then. So what was typed is stored before, a message that is about to leave
// leaves before, and afterwards it is said for how long nothing has happened.

// isSuspend knows the key also where keys are typed into something that is open.
func (u *UI) isSuspend(name string) bool {
	a, _ := u.keys.find(inComposer, "", name)
	return a != nil && a.name == "suspend"
}

func cannotSuspend(u *UI) string {
	if u.opts.Suspend == nil {
		return "nothing here could stop the program and bring it back"
	}
	for _, a := range u.in.Accounts() {
		if a.HeldUntil.After(u.now()) {
			text, _ := leftLabel(a.HeldUntil, u.now(), true)
			return "a message leaves in " + text + ": stopping now would keep it here"
		}
	}
	return ""
}

// stopper stops the program while it has given the terminal back, as it does for
// the agent's editor. What Bubble Tea has for that may draw nothing afterwards:
// its renderer ends beside it, and may be stopped on the way.
type stopper struct {
	out  io.Writer
	stop func() error
}

func (s *stopper) SetStdin(io.Reader)      {}
func (s *stopper) SetStdout(out io.Writer) { s.out = out }
func (s *stopper) SetStderr(io.Writer)     {}

// Run returns when the program goes on. The window has the shell's title meanwhile,
// which stays put away for the end.
func (s *stopper) Run() error {
	if _, err := io.WriteString(s.out, Departure+Arrival); err != nil {
		return err
	}
	return s.stop()
}

// resumedMsg says that the program goes on, or why it was not stopped.
type resumedMsg struct {
	since time.Time
	err   error
}

// suspend stores what is typed and stops the program.
func (u *UI) suspend() tea.Cmd {
	since := u.now()
	stop := tea.Exec(&stopper{stop: u.opts.Suspend}, func(err error) tea.Msg { return resumedMsg{since, err} })
	return tea.Sequence(u.storeTyped(), stop)
}

// storeTyped is saveDrafts within the time that an end may take.
func (u *UI) storeTyped() tea.Cmd {
	return func() tea.Msg {
		ctx, cancel := context.WithTimeout(u.ctx, quitSaving)
		defer cancel()
		return savedMsg{u.flushTyped(ctx)}
	}
}

// resumed draws and reads everything anew. The status line tells how old the data
// is; the accounts are read as soon as they are due, which most are by now.
func (u *UI) resumed(msg resumedMsg) tea.Cmd {
	if msg.err != nil {
		u.warn("not stopped: " + msg.err.Error())
		return u.redraw()
	}
	away := max(u.now().Sub(msg.since).Truncate(time.Second), time.Second)
	u.say("stopped for " + inbox.FormatDuration(away) + ": nothing was read or sent meanwhile")
	u.away = false // somebody has just typed fg
	u.accountsChanged()
	return tea.Batch(u.redraw(), u.keyed(), u.readList(), u.readCounts(), u.readThread(), u.markRead())
}
