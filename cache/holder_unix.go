//go:build unix

package cache

import (
	"errors"
	"syscall"
)

// alive tells whether there is such a process, also one of another user.
func alive(pid int) bool {
	err := syscall.Kill(pid, 0)
	return err == nil || errors.Is(err, syscall.EPERM)
}
