package cache

import (
	"bytes"
	"context"
	"os"
	"time"
)

// bbolt never writes over a page that is in use: a change goes to a new page
// and the old one becomes free, with its bytes. So a customer who was deleted
// can be read in the file until the page is used again. To forget means that
// too: after a deletion, every free page is overwritten with zeros.
//
// What this cannot reach: copies that the file system or the disk itself keeps
// (snapshots, backups, the spare blocks of an SSD).

// noteScrub makes sure that the pages are overwritten, if need be by the next
// Open. It is a part of the transaction that deletes.
func (t *tx) noteScrub() error { return t.bolt.Bucket(topMeta).Put(keyScrub, []byte{1}) }

// scrubTries and scrubPause are how long scrub waits for older readers, who
// may still see pages that are free by now. A page of a list takes a
// millisecond.
const (
	scrubTries = 40
	scrubPause = 25 * time.Millisecond
)

// scrubBatch is how many pages one transaction looks at: a few milliseconds in
// which nobody else can write.
const scrubBatch = 1 << 14

// scrub overwrites all pages that were free when it began. Pages that become
// free meanwhile were written after the deletion, so there is nothing in them.
// When readers do not make room in time, the note stays for the next Open.
func (c *Cache) scrub(ctx context.Context) error {
	f, err := os.OpenFile(c.path, os.O_RDWR, 0)
	if err != nil {
		return explain(c.path, err)
	}
	defer f.Close()
	s := scrubber{file: f, size: c.db.Info().PageSize}
	for tries := scrubTries; tries > 0 && !s.done; {
		waiting := false
		err := c.write(ctx, func(t *tx) error {
			// A reader is counted before it begins: one that is not counted yet will
			// begin with the newest state, which has none of the free pages.
			if waiting = c.readers.Load() > 0; waiting {
				return nil
			}
			return s.overwrite(t)
		})
		if err != nil {
			return err
		}
		if !waiting {
			continue
		}
		tries--
		select {
		case <-time.After(scrubPause):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

// scrubber goes through the file from page to page.
type scrubber struct {
	file *os.File
	size int
	next int
	done bool
}

// overwrite writes zeros over the next pages that are free in the
// transaction's state. A write transaction that began without readers has
// released all that its predecessors gave up, and a reader that begins now
// reads none of it.
func (s *scrubber) overwrite(t *tx) error {
	end := min(s.next+scrubBatch, int(t.bolt.Size())/s.size)
	page, zeros := make([]byte, s.size), make([]byte, s.size)
	for ; s.next < end; s.next++ {
		info, err := t.bolt.Page(s.next)
		if err != nil {
			return err
		}
		if info == nil || info.Type != "free" {
			continue
		}
		at := int64(s.next) * int64(s.size)
		if _, err := s.file.ReadAt(page, at); err == nil && bytes.Equal(page, zeros) {
			continue
		}
		if _, err := s.file.WriteAt(zeros, at); err != nil {
			return err
		}
	}
	if s.next < int(t.bolt.Size())/s.size {
		return nil
	}
	s.done = true
	if err := s.file.Sync(); err != nil {
		return err
	}
	return t.bolt.Bucket(topMeta).Delete(keyScrub)
}
