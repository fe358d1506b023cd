//go:build unix

package upload

import (
	"os/exec"
	"syscall"
)

// together lets a command be stopped with all that it has started: a script that
// is killed alone would leave its transfer running. It also keeps it away from the
// terminal, which is the screen's.
func together(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
}
