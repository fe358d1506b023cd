//go:build !unix

package upload

import "os/exec"

// together does nothing where processes are not in groups: the command is stopped
// alone.
func together(*exec.Cmd) {}
