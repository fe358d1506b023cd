package ui

import (
	"fmt"

	"parley/inbox"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
)

// Copying, by OSC 52: the terminal puts the text into the clipboard of the machine
// that the agent sits at, also over SSH. No terminal answers whether it did.

// copyLimit is the longest text that is copied. The sequence around it is then
// 100,000 bytes long, the most that hterm and the osc52.sh beside it send, and
// what many terminals cut at.
const copyLimit = 74_994

// cannotCopy is why the terminal cannot copy, as far as its name tells; "" when it
// may be able to.
func (t terminal) cannotCopy() string {
	switch {
	case t.getenv("TERM_PROGRAM") == "Apple_Terminal" && !t.inTmux():
		return "Apple's Terminal lets no program copy: select it with the mouse"
	case t.getenv("TERM") == "linux":
		return "the Linux console has no clipboard"
	}
	return ""
}

// clipboard is the sequence that copies. A tmux takes it where set-clipboard is
// on, and hands it on where allow-passthrough is; both are off by default, so that
// it gets both forms.
func (t terminal) clipboard(text string) string {
	seq := ansi.SetSystemClipboard(text)
	switch {
	case t.inTmux():
		return seq + t.outside(seq)
	case t.inScreen():
		return t.outside(seq)
	}
	return seq
}

// copied copies a text and says what, or why it cannot be copied.
func (u *UI) copied(text string) tea.Cmd {
	if why := u.terminal.cannotCopy(); why != "" {
		u.warn("not copied: " + why)
		return nil
	}
	if len(text) > copyLimit {
		u.warn(fmt.Sprintf("not copied: %s bytes, terminals take %s at the most", grouped(len(text)), grouped(copyLimit)))
		return nil
	}
	said := "copied, if the terminal allows it: "
	if u.terminal.inTmux() {
		said = "copied, if tmux allows it (set-clipboard on): "
	}
	u.say(said + inbox.CleanLine(text))
	return tea.Raw(u.terminal.clipboard(text))
}
