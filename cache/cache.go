package cache

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"parley/inbox"

	bolt "go.etcd.io/bbolt"
	berrors "go.etcd.io/bbolt/errors"
)

// FileName is the database's name in its folder.
const FileName = "parley.db"

// lockWait is how long Open waits for a process that is about to finish: a
// command that reads the cache takes a fraction of it, and a person who is
// told within a second has not yet wondered.
const lockWait = 700 * time.Millisecond

// Options configure a Cache. The zero value is good.
type Options struct {
	// Command is what another process is told of this one while it holds the
	// cache: "parley sync". It must not hold secrets or customers' text. The
	// default is the program's name.
	Command string

	// Progress is called while Open makes damaged indexes anew, which can take a
	// while. nil: nobody looks.
	Progress func(done, total int64)

	maxSize int // of the file; for tests of a full disk
}

// Cache is an inbox.Store in one bbolt file. This process owns the file until
// Close.
type Cache struct {
	db     *bolt.DB
	path   string
	holder *holder
	update chan struct{} // capacity 1: waiting for the one writer can be given up

	readers atomic.Int64 // views under way, counted before they begin

	closing  sync.Once
	closeErr error
	damaged  atomic.Bool // a record could not be read: Check tells, the next Open mends

	text *textIndex
}

var _ inbox.Store = (*Cache)(nil)

// Open opens the cache in the folder, and makes both when they are not there.
// It is an error of kind Unavailable, naming the holder, when another process
// has it open.
func Open(dir string, opts Options) (*Cache, error) {
	path := filepath.Join(dir, FileName)
	if err := prepareFolder(dir); err != nil {
		return nil, explain(path, err)
	}
	db, err := openFile(path, opts)
	if err != nil {
		if errors.Is(err, berrors.ErrTimeout) {
			return nil, heldBy(path)
		}
		return nil, explain(path, err)
	}
	c := &Cache{db: db, path: path, update: make(chan struct{}, 1), text: newTextIndex(path)}
	c.holder = claim(path, opts.Command)
	if err := c.prepare(opts.Progress); err != nil {
		_ = c.Close()
		return nil, explain(path, err)
	}
	return c, nil
}

// prepareFolder makes the folder and lets nobody else in: it holds what
// customers wrote. A shared folder (one with the sticky bit, as /tmp) stays as
// it is.
func prepareFolder(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	info, err := os.Stat(dir)
	if err != nil {
		return err
	}
	if info.Mode()&fs.ModeSticky != 0 || info.Mode().Perm()&0o077 == 0 {
		return nil
	}
	return os.Chmod(dir, 0o700)
}

// openFile opens the file under a guard, because bbolt trusts what it reads.
func openFile(path string, opts Options) (db *bolt.DB, err error) {
	if err := checkFile(path); err != nil {
		return nil, err
	}
	var file *os.File
	options := bolt.Options{
		Timeout:         lockWait,
		FreelistType:    bolt.FreelistMapType,
		InitialMmapSize: addressSpace(),
		MaxSize:         opts.maxSize,
		OpenFile: func(name string, flag int, mode os.FileMode) (_ *os.File, err error) {
			file, err = os.OpenFile(name, flag, mode)
			return file, err
		},
	}
	defer func() {
		if err != nil && file != nil {
			unlock(file) // where bbolt has stumbled it leaves the file open, and locked
			_ = file.Close()
		}
	}()
	openIt := func() (err error) {
		db, err = bolt.Open(path, 0o600, &options)
		return err
	}
	err = guard(openIt)
	if errors.Is(err, syscall.ENOMEM) { // addresses are rationed here (ulimit -v): take what the file needs
		options.InitialMmapSize = 0
		err = guard(openIt)
	}
	if err != nil {
		return nil, err
	}
	if err := checkLength(db, path); err != nil {
		_ = db.Close()
		return nil, err
	}
	return db, nil
}

// addressSpace is how much is mapped from the start. When a file outgrows its
// mapping, a writer waits for every reader and every reader for that writer;
// addresses cost nothing on a 64-bit system, so it is given more than it will
// need. Windows would make the file that large.
func addressSpace() int {
	if strconv.IntSize < 64 || runtime.GOOS == "windows" {
		return 0
	}
	return 1 << 36 // 64 GiB
}

// checkFile looks at the file before bbolt does: its mode is mended, and what
// cannot be a database is refused untouched.
func checkFile(path string) error {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return err
	case !info.Mode().IsRegular():
		return errNoFile
	case info.Size() > 0 && info.Size() < smallestFile:
		return berrors.ErrInvalid
	case info.Mode().Perm() != 0o600:
		return os.Chmod(path, 0o600)
	}
	return nil
}

// smallestFile is what bbolt's first pages take, where pages are smallest.
const smallestFile = 4 * 4096

// checkLength finds a file that has been cut: reading behind its end would not
// be an error but a fault.
func checkLength(db *bolt.DB, path string) error {
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	return guard(func() error {
		return db.View(func(tx *bolt.Tx) error {
			if tx.Size() > info.Size() {
				return errCut
			}
			return nil
		})
	})
}

// Path of the database file.
func (c *Cache) Path() string { return c.path }

// View runs fn on the newest committed state.
func (c *Cache) View(ctx context.Context, fn func(inbox.Reader) error) error {
	return c.read(ctx, func(t *tx) error { return fn(t) })
}

// read is View for this package.
func (c *Cache) read(ctx context.Context, fn func(*tx) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	c.readers.Add(1)
	defer c.readers.Add(-1)
	var fnErr error
	err := guard(func() error {
		return c.db.View(func(btx *bolt.Tx) error {
			fnErr = fn(&tx{bolt: btx, cache: c})
			return fnErr
		})
	})
	return c.explainUnless(fnErr, err)
}

// Update runs fn in the one write transaction, and returns nil when the result
// is on the disk.
func (c *Cache) Update(ctx context.Context, fn func(inbox.Writer) error) error {
	forgot := false
	err := c.write(ctx, func(t *tx) error {
		err := fn(t)
		forgot = t.forgot
		return err
	})
	if err == nil && forgot {
		// The text of a deleted customer is still in pages that are free now. If
		// this fails, the note that it has to be done is in the file.
		_ = c.scrub(ctx)
		c.purgeIndex(ctx)
	}
	return err
}

// write is Update for this package: fn may use all of tx.
func (c *Cache) write(ctx context.Context, fn func(*tx) error) error {
	select {
	case c.update <- struct{}{}:
		defer func() { <-c.update }()
	case <-ctx.Done():
		return ctx.Err()
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	var fnErr error
	t := &tx{cache: c}
	err := guard(func() error {
		return c.db.Update(func(btx *bolt.Tx) error {
			t.bolt = btx
			if fnErr = fn(t); fnErr != nil {
				return fnErr
			}
			return t.flush()
		})
	})
	if err == nil && t.journaled > 0 {
		c.text.written.Store(t.journaled)
		c.text.wakeUp()
	}
	return c.explainUnless(fnErr, err)
}

// explainUnless leaves an error that came from the caller's fn as it is, but
// for what this package and bbolt say of the file there.
func (c *Cache) explainUnless(fnErr, err error) error {
	if err == nil || fnErr != nil && errors.Is(err, fnErr) && !tooLarge(err) && !isDamage(err) {
		return err
	}
	return explain(c.path, err)
}

// Close waits for the transactions under way and gives the file free.
func (c *Cache) Close() error {
	c.closing.Do(func() {
		if c.damaged.Load() {
			_ = c.write(context.Background(), noteMend) // else the damage is found again
		}
		c.closeIndex()
		c.holder.release()
		if err := c.db.Close(); err != nil {
			c.closeErr = explain(c.path, err)
		}
	})
	return c.closeErr
}
