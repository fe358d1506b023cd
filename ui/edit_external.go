package ui

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"time"

	"parley/inbox"

	tea "charm.land/bubbletea/v2"
)

// The composer's text in the agent's own editor, and with it whatever that has:
// spell-checking, snippets, more room. The text lies in a file that only the agent
// can read, with nothing in it but the text; its name ends in .txt, so that editors
// take it for prose. However the editor ends, the composer keeps what it had unless
// the editor says that it has something else.

// editorMsg says that a draft lies in a file for the agent's editor; textMsg
// brings back what has become of it.
type editorMsg struct {
	draft inbox.Draft
	path  string
	err   error
}

type textMsg struct {
	draft inbox.Draft
	said  string // what the agent has to know of it, "" for nothing
	err   error  // the draft is as it was
}

// editorGrace is how long an editor may take to end when the session does.
const editorGrace = time.Second

func cannotEdit(u *UI) string {
	if len(u.opts.Editor) == 0 {
		return "no editor is known here: set VISUAL or EDITOR"
	}
	return ""
}

// openEditor stores the draft, because nothing is stored while the editor has the
// screen, and opens it.
func (u *UI) openEditor() tea.Cmd {
	if u.composer.waits {
		u.warn(stillReading)
		return nil
	}
	return tea.Batch(u.saveTyped(), writeForEditor(u.composer.draft()))
}

// writeForEditor puts a draft's text into a file that only the agent can read.
func writeForEditor(d inbox.Draft) tea.Cmd {
	return func() tea.Msg {
		f, err := os.CreateTemp("", "parley-*.txt") // 0600, by its documentation
		if err != nil {
			return editorMsg{draft: d, err: err}
		}
		_, err = f.WriteString(d.Text)
		if closing := f.Close(); err == nil {
			err = closing
		}
		if err != nil {
			_ = os.Remove(f.Name())
		}
		return editorMsg{d, f.Name(), err}
	}
}

// editorReady opens the editor. An agent who was quicker than the disk has typed on,
// or has sent the text: that one goes into no editor, from which it would come back
// over what was typed since.
func (u *UI) editorReady(msg editorMsg) tea.Cmd {
	c := u.composer
	switch {
	case msg.err != nil:
		u.warn("editor: " + msg.err.Error())
		return nil
	case c == nil || c.id != msg.draft.Conversation:
		return removeText(msg.path)
	case c.ed.text != msg.draft.Text:
		return tea.Batch(removeText(msg.path), u.openEditor())
	}
	msg.draft = c.draft() // with the addresses that it has by now
	return u.runEditor(msg)
}

func removeText(path string) tea.Cmd {
	return func() tea.Msg {
		_ = os.Remove(path)
		return nil
	}
}

// runEditor gives the terminal to the agent's editor. No shell takes part. An
// editor that outlives the session is asked to end, so that it can keep what it has.
func (u *UI) runEditor(msg editorMsg) tea.Cmd {
	args := slices.Concat(u.opts.Editor[1:], []string{msg.path})
	cmd := exec.CommandContext(u.ctx, u.opts.Editor[0], args...)
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.WaitDelay = editorGrace
	return tea.ExecProcess(cmd, func(err error) tea.Msg {
		over := u.ctx.Err() != nil
		back := readBack(msg, err, over)
		if over && back.err == nil {
			u.drafts.put(back.draft, false) // nobody takes the message any more, but drafts are stored once more
		}
		return back
	})
}

// readBack takes the text out of the file and removes that, unless the text is
// nowhere else. An editor that fails says that nothing is to be taken; one that was
// killed, or ended because the session is over, says nothing.
func readBack(msg editorMsg, ended error, over bool) textMsg {
	back := textMsg{draft: msg.draft}
	exit, exited := errors.AsType[*exec.ExitError](ended)
	killed := over || exited && !exit.Exited()
	if killed {
		ended = nil
	}
	text, err := readText(msg.path)
	if why := whyItStays(msg, text, ended); err == nil && why != nil {
		back.err = why
		return back
	}
	_ = os.Remove(msg.path)
	switch {
	case ended != nil:
		back.err = ended
	case err != nil:
		back.err = err
	case strings.TrimSpace(text) == "" && strings.TrimSpace(msg.draft.Text) != "":
		back.err = errors.New("it has left an empty file: the text is as it was")
	default:
		back.draft.Text, back.draft.UpdatedAt = text, time.Now()
	}
	if back.err == nil && killed {
		back.said = "the editor was killed: the text is what it had saved"
	}
	return back
}

// whyItStays is why a text is not taken that is nowhere but in the file. It is short:
// a line of 80 cells has to have room for the path.
func whyItStays(msg editorMsg, text string, ended error) error {
	switch {
	case len(text) > mostRoom:
		return errors.New("more than " + inbox.ByteSize(mostRoom) + ": the text stays in " + msg.path)
	case ended != nil && strings.TrimSpace(text) != "" && text != trimEnd(msg.draft.Text):
		return fmt.Errorf("%w: what it has saved stays in %s", ended, msg.path)
	}
	return nil
}

// readText reads a little more than a composer takes.
func readText(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, mostRoom+2))
	return trimEnd(string(text)), err
}

// trimEnd takes away the line ends that editors put behind a text.
func trimEnd(text string) string { return strings.TrimRight(text, "\r\n") }

// textBack takes the text from the agent's editor. If the composer has closed
// meanwhile, it becomes the conversation's draft.
func (u *UI) textBack(msg textMsg) tea.Cmd {
	switch {
	case msg.err != nil:
		u.warn("editor: " + msg.err.Error())
		return nil
	case msg.said != "":
		u.warn(msg.said)
	}
	if u.composer == nil || u.composer.id != msg.draft.Conversation {
		u.drafts.put(msg.draft, false)
		return u.saveDrafts()
	}
	u.composer.ed.set(msg.draft.Text)
	u.leaveWord()
	cmd := u.composerEdited()
	u.renewNote()
	return cmd
}
