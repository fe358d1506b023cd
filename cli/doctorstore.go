package cli

// What the doctor tells of the things beside the cache: the full-text index, and
// the room that is left on the disk.

import (
	"io/fs"
	"path/filepath"

	"parley/cache"
	"parley/inbox"
)

// megabyte is what sizes are told in.
const megabyte = 1 << 20

// checkIndex tells how far the full-text index has come. One that is behind mends
// itself, so that is no fault.
func (d *doctor) checkIndex(dir string, s inbox.IndexState) {
	size := float64(sizeOf(filepath.Join(dir, cache.IndexFolder))) / megabyte
	switch {
	case s.Broken != "":
		d.find("search index", warning, "open the inbox, or start parley run: it is made anew by itself", "%s", s.Broken)
	case s.Rebuilding && s.Total > 0:
		d.find("search index", good, "", "%d %% made, %.1f MB; the rest follows while the inbox or parley run is open", 100*s.Done/s.Total, size)
	case s.Rebuilding:
		d.find("search index", good, "", "not made yet; that happens while the inbox or parley run is open")
	case s.Behind > 0:
		d.find("search index", good, "", "complete but for the last changes, %.1f MB", size)
	default:
		d.find("search index", good, "", "complete, %.1f MB", size)
	}
}

// sizeOf is what the files of a folder take, as far as they can be looked at.
func sizeOf(dir string) (bytes int64) {
	_ = filepath.WalkDir(dir, func(_ string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return nil // another process may just have removed it
		}
		if info, err := entry.Info(); err == nil {
			bytes += info.Size()
		}
		return nil
	})
	return bytes
}

// lowSpace is the room below which the doctor warns: some 100,000 messages with
// their index, and what bbolt and the index need to write anew.
const lowSpace = 200 * megabyte

// checkSpace tells how much room is left where the cache is.
func (d *doctor) checkSpace(dir string) {
	free, ok := freeSpace(dir)
	switch {
	case !ok:
	case free < lowSpace:
		d.find("disk", warning, "make room: without any, new messages cannot be kept and nothing can be sent", "%d MB are free at %s", free/megabyte, dir)
	default:
		d.find("disk", good, "", "%.1f GB are free at %s", float64(free)/(1<<30), dir)
	}
}
