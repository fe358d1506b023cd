//go:build unix

package cache

import (
	"errors"
	"os"
	"syscall"
)

// alive tells whether there is such a process, also one of another user.
func alive(pid int) bool {
	err := syscall.Kill(pid, 0)
	return err == nil || errors.Is(err, syscall.EPERM)
}

// unlock takes the lock off a file that bbolt has stumbled over. Closing it
// would not: the mapping that bbolt has left behind keeps the lock alive.
func unlock(file *os.File) { _ = syscall.Flock(int(file.Fd()), syscall.LOCK_UN) }
