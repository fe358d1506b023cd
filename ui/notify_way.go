package ui

import (
	"encoding/base64"
	"strings"

	"parley/inbox"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
)

// How a terminal is made to notify. The terminal stands where the agent sits, so
// that this works over SSH. There are three sequences for it and no way to ask
// which one is known; the terminal's name tells.

// The ways to notify, as the config names them.
const (
	NotifyAuto   = "auto"   // as the terminal's name tells
	NotifyOSC99  = "osc99"  // kitty
	NotifyOSC777 = "osc777" // urxvt, foot, Ghostty
	NotifyOSC9   = "osc9"   // iTerm2, WezTerm, Windows Terminal
	NotifyBell   = "bell"   // every terminal
	NotifyOff    = "off"
)

// NotifyWays lists them.
func NotifyWays() []string {
	return []string{NotifyAuto, NotifyOSC99, NotifyOSC777, NotifyOSC9, NotifyBell, NotifyOff}
}

// terminal is what is known of the terminal.
type terminal struct {
	env     tea.EnvMsg
	version string // its answer to XTVERSION, such as "WezTerm 20240203"; "" until it comes
}

func (t terminal) getenv(name string) string { return t.env.Getenv(name) }

// inTmux and inScreen tell what stands between us and the terminal.
func (t terminal) inTmux() bool   { return t.getenv("TMUX") != "" }
func (t terminal) inScreen() bool { return t.getenv("STY") != "" && !t.inTmux() }

// known are the terminals that notify: by the variables that they set, TERM among
// them, and by the beginning of what they answer to XTVERSION. The answer comes
// first: over SSH most variables are lost, and those of a terminal in which
// another one was started are inherited.
func knownTerminals() []struct{ version, variable, value, way string } {
	return []struct{ version, variable, value, way string }{
		{"kitty", "TERM", "xterm-kitty", NotifyOSC99},
		{"ghostty", "TERM", "xterm-ghostty", NotifyOSC777},
		{"foot", "TERM", "foot", NotifyOSC777},
		{"rxvt", "TERM", "rxvt-unicode", NotifyOSC777},
		{"WezTerm", "TERM_PROGRAM", "WezTerm", NotifyOSC9},
		{"iTerm2", "TERM_PROGRAM", "iTerm.app", NotifyOSC9},
		{"ghostty", "TERM_PROGRAM", "ghostty", NotifyOSC777},
		{"iTerm2", "LC_TERMINAL", "iTerm2", NotifyOSC9}, // most SSH servers take LC_*
		{"kitty", "KITTY_WINDOW_ID", "", NotifyOSC99},
		{"WezTerm", "WEZTERM_PANE", "", NotifyOSC9},
		{"Windows Terminal", "WT_SESSION", "", NotifyOSC9},
	}
}

// way is the way to notify that the terminal understands.
func (t terminal) way() string {
	for _, k := range knownTerminals() {
		if t.version != "" && strings.HasPrefix(strings.ToLower(t.version), strings.ToLower(k.version)) {
			return k.way
		}
	}
	for _, k := range knownTerminals() {
		if value, set := t.env.LookupEnv(k.variable); set && value != "" && strings.HasPrefix(value, k.value) {
			return k.way
		}
	}
	return NotifyBell
}

const bell = "\a"

// noticeLength is how much is told of one thing, in cells; desktops show little
// more.
const noticeLength = 160

// notification is the sequence that shows a title and a text on the agent's
// desktop.
func (t terminal) notification(way, title, text string) string {
	auto := way == NotifyAuto
	if auto {
		way = t.way()
	}
	if way == NotifyBell || t.inScreen() && auto {
		return bell
	}
	seq := notificationOf(way, spoken(title), spoken(text))
	if auto && t.inTmux() {
		// tmux hands it on where allow-passthrough is set; the bell it shows by
		// itself.
		return t.outside(seq) + bell
	}
	return t.outside(seq)
}

// notificationOf writes one of the sequences. Kitty's carries the texts in
// base64; in the others nothing may stand that ends a field.
func notificationOf(way, title, text string) string {
	field := func(s string) string { return strings.ReplaceAll(s, ";", ",") }
	switch way {
	case NotifyOSC99:
		encoded := base64.StdEncoding.EncodeToString
		return "\x1b]99;i=parley:d=0:e=1;" + encoded([]byte(title)) + "\x1b\\" +
			"\x1b]99;i=parley:d=1:e=1:p=body;" + encoded([]byte(text)) + "\x1b\\"
	case NotifyOSC777:
		return "\x1b]777;notify;" + field(title) + ";" + field(text) + "\x1b\\"
	}
	// A number and a semicolon at the beginning would be a command to ConEmu and
	// Windows Terminal: the title never begins with a digit.
	return "\x1b]9;" + field("Parley: "+title+": "+text) + "\x1b\\"
}

// spoken is a text without anything that a terminal could obey.
func spoken(text string) string {
	return cells{}.fit(visible(inbox.CleanLine(text)), noticeLength)
}

// screenLimit is the longest string that GNU Screen hands on in one piece.
const screenLimit = 768

// outside wraps a sequence for the terminal around a multiplexer.
func (t terminal) outside(seq string) string {
	switch {
	case t.inTmux():
		return ansi.TmuxPassthrough(seq)
	case t.inScreen():
		return ansi.ScreenPassthrough(seq, screenLimit)
	}
	return seq
}
