//go:build unix

package relay

import (
	"io/fs"
	"syscall"
)

// ownerOf is the user that a file belongs to, -1 when that cannot be told.
func ownerOf(info fs.FileInfo) int {
	if stat, ok := info.Sys().(*syscall.Stat_t); ok {
		return int(stat.Uid)
	}
	return -1
}
