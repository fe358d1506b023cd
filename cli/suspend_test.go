//go:build unix

package cli

import (
	"context"
	"os/exec"
	"strings"
	"testing"
)

// shell starts an interactive shell with job control in a terminal, in the desk's
// folder.
func (d *desk) shell() *terminal {
	d.t.Helper()
	cmd := exec.CommandContext(context.Background(), "/bin/sh", "-i")
	cmd.Env, cmd.Dir = append(d.env, "PS1=ready> ", "ENV="), d.home
	return d.openCommand(cmd)
}

// TestCtrlZLeadsToTheShellAndFgBack: as with every program of a terminal. What is
// typed is stored before, also while it is being written.
func TestCtrlZLeadsToTheShellAndFgBack(t *testing.T) {
	t.Parallel()
	world := newShop(t)
	d := newDesk(t, world.BaseURL(), "")
	d.parley("sync").exits(exitDone)
	w := d.shell()
	w.waits("ready>")
	w.press(strings.Join(d.command(t.Context()).Args, " ") + "\n")
	w.waits("Ottilie Brunner", "Enter open")
	w.press("r")
	w.waits("Enter send")
	w.press("half an ans")
	w.waits("half an ans")
	w.press("\x1a")
	w.waits("ready>", "Stopped")
	w.press("echo it is the shell\\'s turn\n")
	w.waits("it is the shell's turn")
	w.restored()
	w.press("fg\n")
	w.waits("half an ans", "nothing was read or sent meanwhile")
	w.press("wer")
	w.waits("half an answer")
	w.press("\x03")
	w.waits("1 draft is kept")
	w.press("exit\n")
	w.exits()
}

// TestCtrlZIsRefusedWithoutAShell: the system does not stop a process that leads its
// session, as nobody could bring it back.
func TestCtrlZIsRefusedWithoutAShell(t *testing.T) {
	t.Parallel()
	d := newDesk(t, newShop(t).BaseURL(), "")
	d.parley("sync").exits(exitDone)
	w := d.open()
	w.waits("Ottilie Brunner", "Enter open")
	w.press("\x1a")
	w.waits("not stopped: no shell is here")
	w.press("q")
	w.exits()
}
