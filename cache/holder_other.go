//go:build !unix

package cache

import "os"

// alive tells whether there is such a process.
func alive(pid int) bool {
	p, err := os.FindProcess(pid) // on Windows this opens the process, and fails when it is gone
	if err != nil {
		return false
	}
	_ = p.Release()
	return true
}

// unlock is done by closing the file.
func unlock(*os.File) {}
