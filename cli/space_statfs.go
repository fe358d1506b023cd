//go:build linux || darwin

package cli

import "syscall"

// freeSpace is how many bytes this user can still write in a folder.
func freeSpace(dir string) (bytes uint64, ok bool) {
	var s syscall.Statfs_t
	if err := syscall.Statfs(dir, &s); err != nil {
		return 0, false
	}
	return s.Bavail * uint64(s.Bsize), true
}
