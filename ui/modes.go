package ui

import (
	"strings"

	"parley/inbox"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
)

// What the terminal is set to besides its cells: modes, and the window's title.
// Bubble Tea sets the modes once; another program that writes to the same terminal,
// a dropped line or a tmux that is attached anew may lose them.

// Arrival is to be written to the terminal before the program: the window's title
// is put away. Departure is to be written after it.
const (
	Arrival   = "\x1b[22;2t" // XTWINOPS, as in xterm's control sequences
	Departure = ansi.ResetModeLightDark + "\x1b[23;2t"
)

// asksTerminal are the questions whose answers switch something on: tear-free
// output, grapheme widths, and news of the colour scheme.
const asksTerminal = ansi.RequestModeSynchronizedOutput + ansi.RequestModeUnicodeCore + ansi.SetModeLightDark

// soundModes undoes what a stray program may have left behind: attributes, line
// drawing characters, insert and origin mode, a scroll region, mouse reports. The
// alternate screen is asked for by 1047, which does not save the cursor over that
// of the shell.
const soundModes = "\x1b[m\x1b(B\x0f\x1b[4l\x1b[?6l\x1b[r\x1b[?7h\x1b[?1047h" +
	ansi.ResetModeMouseButtonEvent + ansi.ResetModeMouseAnyEvent + ansi.ResetModeMouseExtSgr +
	ansi.SetModeBracketedPaste + ansi.SetModeFocusEvent + ansi.SetModifyOtherKeys2

// keyFlags are what is asked of terminals that speak kitty's keyboard protocol:
// keys that can be told apart, and their place on a Latin keyboard.
const keyFlags = ansi.KittyDisambiguateEscapeCodes | ansi.KittyReportAlternateKeys

// modes are the modes of the screen as it is now.
func (u *UI) modes() string {
	seq := soundModes + ansi.KittyKeyboard(keyFlags, 1)
	if u.opts.Mouse {
		seq += ansi.SetModeMouseButtonEvent + ansi.SetModeMouseExtSgr
	}
	if u.cells.method == ansi.GraphemeWidth {
		seq += ansi.SetModeUnicodeCore
	}
	return seq + ansi.SetWindowTitle(u.screen.title) + asksTerminal
}

// redraw mends the terminal: modes first, then every cell.
func (u *UI) redraw() tea.Cmd {
	u.restyled()
	return tea.Batch(
		tea.Sequence(tea.Raw(u.modes()), tea.ClearScreen),
		tea.RequestWindowSize, tea.RequestBackgroundColor, u.picturesLost(),
	)
}

// windowTitle tells, from the list of windows, whether anybody waits.
func (u *UI) windowTitle() string {
	title := strings.TrimSpace(u.opts.Title + " " + u.opts.Version)
	if n := u.list.counts[inbox.ViewUnread]; n > 0 {
		title = "(" + short(n) + ") " + title
	}
	for _, a := range u.accounts {
		if a.Health == inbox.Dead {
			return title + " · " + string(a.ID) + " stands still"
		}
	}
	return title
}
