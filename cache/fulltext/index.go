package fulltext

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"sync"

	"parley/inbox"

	"github.com/RoaringBitmap/roaring/v2"
)

// Index is a folder of segments. What belongs to it is what its owner has
// stored: the list of files that every [Change] tells.
type Index struct {
	dir  string
	next uint64 // number of the next file; numbers are not used again while a file with it may be there

	mu      sync.Mutex
	current *Snapshot
}

const suffix = ".zap"

// Open opens the files of the list in the folder, and removes what is not in
// it: files of changes that were never stored. The folder is made when it is
// not there. An error that is [ErrDamaged] means that the index has to be made
// anew.
func Open(dir string, files []File) (x *Index, err error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	if err := os.Chmod(dir, 0o700); err != nil {
		return nil, err
	}
	x = &Index{dir: dir}
	if err := x.tidy(files); err != nil {
		return nil, err
	}
	var segments []*segment
	err = guard(func() error {
		for _, f := range files {
			s, err := openSegment(dir, f)
			if err != nil {
				return err
			}
			segments = append(segments, s)
		}
		return nil
	})
	x.current = newSnapshot(segments)
	if err != nil {
		x.current.Close()
		return nil, err
	}
	return x, nil
}

// tidy removes the files that are not in the list.
func (x *Index) tidy(files []File) error {
	entries, err := os.ReadDir(x.dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		number, err := strconv.ParseUint(strings.TrimSuffix(e.Name(), suffix), 16, 64)
		if err != nil || !strings.HasSuffix(e.Name(), suffix) {
			continue // not ours
		}
		x.next = max(x.next, number+1)
		if !slices.ContainsFunc(files, func(f File) bool { return f.Name == e.Name() }) {
			if err := os.Remove(filepath.Join(x.dir, e.Name())); err != nil {
				return err
			}
		}
	}
	for _, f := range files {
		if number, err := strconv.ParseUint(strings.TrimSuffix(f.Name, suffix), 16, 64); err != nil || f.Name != fileName(number) {
			return fmt.Errorf("%w: %q is not the name of one of its files", ErrDamaged, f.Name)
		}
	}
	return nil
}

func fileName(number uint64) string { return fmt.Sprintf("%012x%s", number, suffix) }

func (x *Index) newName() string {
	x.next++
	return fileName(x.next - 1)
}

// Close gives the files free, once the searches under way have ended.
func (x *Index) Close() {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.current != nil {
		x.current.Close()
		x.current = nil
	}
}

// Snapshot is the index as it is now. It has to be closed.
func (x *Index) Snapshot() *Snapshot {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.current == nil {
		return newSnapshot(nil)
	}
	return newSnapshot(x.current.segments)
}

// Snapshot is a list of segments that stay open while somebody reads them.
type Snapshot struct{ segments []*segment }

func newSnapshot(segments []*segment) *Snapshot {
	for _, s := range segments {
		s.handle.refs.Add(1)
	}
	return &Snapshot{segments}
}

// Close lets the files go that nobody else needs.
func (s *Snapshot) Close() {
	for _, seg := range s.segments {
		seg.handle.release()
	}
	s.segments = nil
}

// Batch is what has changed since the last one. The order does not matter:
// about each message and customer it says only what is true now.
type Batch struct {
	documents map[string]*document // by _id; nil: it is not there any more
	gone      map[uint32]bool      // conversations of which nothing is left; true: their text has to leave the files
}

// Message says that the message, or the note, is there, in the conversation of
// that number.
func (b *Batch) Message(number uint32, m inbox.Message) {
	d := messageDocument(number, m)
	b.put(d.id, d)
}

// Customer says what the conversation's customer is called.
func (b *Batch) Customer(number uint32, c inbox.Conversation) {
	d := customerDocument(number, c)
	b.put(d.id, d)
}

// Has tells whether the batch says that the message is there.
func (b *Batch) Has(e Entry) bool { return b.documents[e.id()] != nil }

// NoMessage says that a message is not there, or is not found any more.
func (b *Batch) NoMessage(e Entry) { b.put(e.id(), nil) }

// NoCustomer says that there is no such conversation.
func (b *Batch) NoCustomer(number uint32) { b.put(customerID(number), nil) }

// Forget removes all that is known of a conversation. With purge its text leaves
// the files too.
func (b *Batch) Forget(number uint32, purge bool) {
	if b.gone == nil {
		b.gone = map[uint32]bool{}
	}
	b.gone[number] = b.gone[number] || purge
}

func (b *Batch) put(id string, d *document) {
	if b.documents == nil {
		b.documents = map[string]*document{}
	}
	b.documents[id] = d
}

// Change is a new state of the index that is on the disk and does not count
// yet: its owner stores what it says and then lets the index [Index.Install] it.
type Change struct {
	Put    []File   // files that are new, or have other deletions
	Remove []string // names of files that are replaced

	segments []*segment // all of the new state
	fresh    *segment   // the one that was written
	replaced []*segment
}

// Discard gives up a change that could not be stored.
func (c *Change) Discard() {
	if c.fresh != nil {
		c.fresh.handle.refs.Add(1)
		c.fresh.handle.removed.Store(true)
		c.fresh.handle.release()
	}
}

// Install makes a change count.
func (x *Index) Install(c *Change) {
	x.mu.Lock()
	defer x.mu.Unlock()
	for _, s := range c.replaced {
		s.handle.removed.Store(true)
	}
	before := x.current
	x.current = newSnapshot(c.segments)
	if before != nil {
		before.Close()
	}
}

// Prepare writes a batch. Nothing of it counts before it is installed.
func (x *Index) Prepare(b *Batch) (c *Change, err error) {
	err = guard(func() error {
		c, err = x.prepare(b)
		return err
	})
	if err != nil {
		return nil, err
	}
	return c, nil
}

func (x *Index) prepare(b *Batch) (*Change, error) {
	ids := make([]string, 0, len(b.documents))
	var fresh []*document
	for id, d := range b.documents {
		ids = append(ids, id)
		if d != nil {
			fresh = append(fresh, d)
		}
	}
	slices.Sort(ids)
	slices.SortFunc(fresh, func(a, b *document) int { return strings.Compare(a.id, b.id) })
	c := &Change{}
	for _, s := range x.current.segments {
		if err := c.obsolete(s, ids, b.gone); err != nil {
			return nil, err
		}
	}
	if len(fresh) == 0 {
		return c, nil
	}
	s, err := writeSegment(x.dir, x.newName(), fresh)
	if err != nil {
		return nil, err
	}
	c.add(s)
	return c, nil
}

func (c *Change) add(s *segment) {
	c.fresh = s
	c.segments = append(c.segments, s)
	c.Put = append(c.Put, s.File)
}

func (c *Change) drop(s *segment) {
	c.replaced = append(c.replaced, s)
	c.Remove = append(c.Remove, s.Name)
}

// obsolete takes documents away from a segment.
func (c *Change) obsolete(s *segment, ids []string, gone map[uint32]bool) error {
	deleted, err := s.handle.zap.DocNumbers(ids)
	if err != nil {
		return err
	}
	purge := false
	for number, thoroughly := range gone {
		found, err := s.allOf(number)
		if err != nil {
			return err
		}
		purge = purge || thoroughly && !found.IsEmpty()
		deleted.Or(found)
	}
	changed, err := s.without(deleted, purge)
	switch {
	case err != nil:
		return err
	case changed == nil:
		c.segments = append(c.segments, s)
	case changed.live() == 0:
		c.drop(s)
	default:
		c.segments = append(c.segments, changed)
		c.Put = append(c.Put, changed.File)
	}
	return nil
}

// allOf are the documents of a conversation, also those that are deleted.
func (s *segment) allOf(number uint32) (*roaring.Bitmap, error) {
	v := view{segment: &segment{File: s.File, handle: s.handle}}
	found, err := v.docs(fieldThread, threadTerm(number))
	if err != nil {
		return nil, err
	}
	customer, err := v.docs(fieldID, customerID(number))
	return roaring.Or(found, customer), err
}

// guard runs f over files that may be damaged: their reader trusts them.
func guard(f func() error) (err error) {
	before := debug.SetPanicOnFault(true)
	defer debug.SetPanicOnFault(before)
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("%w: %v", ErrDamaged, p)
		}
	}()
	return f()
}

func syncFolder(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer f.Close()
	if err := f.Sync(); err != nil && !unsyncable(err) {
		return err
	}
	return nil
}

// unsyncable tells that folders cannot be synced here, as on Windows.
func unsyncable(err error) bool {
	_, ok := err.(*fs.PathError)
	return ok && os.PathSeparator == '\\'
}

// Merge writes some segments anew as one, where there are too many or too much
// in them is deleted; nil when there is nothing to do. It takes up to a second
// or two.
func (x *Index) Merge(ctx context.Context) (c *Change, err error) {
	some := pick(x.current.segments)
	if len(some) == 0 {
		return nil, nil
	}
	err = guard(func() error {
		c, err = x.merge(ctx, some)
		return err
	})
	if err != nil {
		return nil, err
	}
	return c, nil
}

func (x *Index) merge(ctx context.Context, some []*segment) (*Change, error) {
	c := &Change{}
	for _, s := range x.current.segments {
		if slices.Contains(some, s) {
			c.drop(s)
		} else {
			c.segments = append(c.segments, s)
		}
	}
	name := x.newName()
	if err := mergeFiles(ctx, some, filepath.Join(x.dir, name)); err != nil {
		return nil, err
	}
	s, err := adopt(x.dir, name)
	if err != nil {
		return nil, err
	}
	c.add(s)
	return c, nil
}
