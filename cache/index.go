package cache

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"parley/cache/fulltext"
	"parley/inbox"
)

// IndexFolder is the name of the folder with the files of the full-text index,
// beside the database.
const IndexFolder = "parley.idx"

// textIndex is the full-text index of a cache: the files in the folder, and how
// far they have come. What belongs to it stands in the database (which files
// count, and which notes are followed), so that every state of the database has
// one state of the index.
type textIndex struct {
	dir   string
	limit uint64 // of the journal, in touches

	running atomic.Int32 // how many follow the commits

	work chan struct{} // capacity 1: who holds it may change the index
	wake chan struct{} // capacity 1: there is a new note

	written  atomic.Uint64 // touches that were ever noted
	followed atomic.Uint64 // of them, those that are in the index
	damaged  atomic.Bool   // a search has found damage

	mu    sync.Mutex
	index *fulltext.Index // nil: not opened yet
	state indexState
	told  string // what is wrong
}

func newTextIndex(database string) *textIndex {
	return &textIndex{
		dir:   filepath.Join(filepath.Dir(database), IndexFolder),
		limit: journalLimit,
		work:  make(chan struct{}, 1),
		wake:  make(chan struct{}, 1),
	}
}

// count reads how much is noted, and how much of it is followed.
func (x *textIndex) count(t *tx) {
	written := t.in(journal).Sequence()
	followed := written
	k, v := t.in(journal).Cursor().First()
	if first, ok := parseJournalKey(k); ok {
		touched, _ := parseTouches(v)
		followed = first - min(first, uint64(len(touched)))
	}
	x.written.Store(written)
	x.followed.Store(followed)
}

// indexState is how far the index has been made. There is none in a database
// whose index is still to be begun.
type indexState struct {
	Version int       `json:"version"`
	Step    indexStep `json:"step,omitempty"`  // "" when it is complete
	Next    []byte    `json:"next,omitempty"`  // the key that the step goes on with
	Done    int64     `json:"done,omitempty"`  // messages
	Total   int64     `json:"total,omitempty"` // as counted at the beginning
}

// indexStep is a stretch of work on the way to a complete index.
type indexStep string

// The steps, in their order.
const (
	indexCustomers indexStep = "customers"
	indexMessages  indexStep = "messages"
	indexComplete  indexStep = ""
)

var _ inbox.TextIndex = (*Cache)(nil)

// IndexState tells how far the full-text index has come.
func (c *Cache) IndexState() inbox.IndexState {
	x := c.text
	written, followed := x.written.Load(), x.followed.Load()
	x.mu.Lock()
	defer x.mu.Unlock()
	s := inbox.IndexState{Broken: x.told, Behind: int(written - min(followed, written))}
	if x.index == nil {
		s.Rebuilding = true
		return s
	}
	return x.state.toldIn(s)
}

// KeptIndexState is IndexState for who does not search: an index that is complete on
// the disk need not be open to be called so.
func (c *Cache) KeptIndexState(ctx context.Context) (inbox.IndexState, error) {
	s := c.IndexState()
	if c.text.opened() != nil {
		return s, nil
	}
	kept, _, err := c.readIndex(ctx)
	if kept.Version != fulltext.Version {
		kept = indexState{}
	}
	s.Rebuilding = false
	return kept.toldIn(s), err
}

// toldIn adds how far the index has been made.
func (x indexState) toldIn(s inbox.IndexState) inbox.IndexState {
	if x.Version == 0 || x.Step != indexComplete {
		s.Rebuilding, s.Done, s.Total = true, x.Done, max(x.Done, x.Total)
	}
	return s
}

// catchUpPause is how long a note waits for others: commits come in flocks, and
// each turn of the indexer costs the disk two or three syncs.
const catchUpPause = 100 * time.Millisecond

// The time after which an index that could not be written is tried again.
const (
	firstRetry = time.Second
	lastRetry  = 5 * time.Minute
)

// RunIndex follows the commits with the full-text index until ctx ends. An index
// that is missing, of another version or damaged is made anew, from where it
// was left. What stands in the way (a full disk) is told by [Cache.IndexState]
// and tried again.
func (c *Cache) RunIndex(ctx context.Context) error {
	c.text.running.Add(1)
	defer c.text.running.Add(-1)
	retry := firstRetry
	for {
		err := c.followAll(ctx, true)
		if ctx.Err() != nil {
			return nil
		}
		var again <-chan time.Time
		if err != nil {
			again, retry = time.After(retry), min(2*retry, lastRetry)
		} else {
			retry = firstRetry
		}
		select {
		case <-ctx.Done():
			return nil
		case <-again:
		case <-c.text.wakeUnless(err):
			rest(ctx, catchUpPause)
		}
	}
}

// wakeUnless is the signal of new notes; none while the index cannot be written.
func (x *textIndex) wakeUnless(err error) <-chan struct{} {
	if err != nil {
		return nil
	}
	return x.wake
}

func rest(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}

// CatchUp brings the full-text index up to date, for programs that do not run
// for long.
func (c *Cache) CatchUp(ctx context.Context) error { return c.followAll(ctx, false) }

// purgeTurns bounds what a deletion waits for the index: that many times
// turnSize changes.
const purgeTurns = 20

// purgeIndex takes the text of a deleted customer out of the files of the index,
// where nobody follows the commits: a command that forgets is gone a moment
// later. What fails here is done when the index is followed next.
func (c *Cache) purgeIndex(ctx context.Context) {
	if c.text.running.Load() > 0 {
		return
	}
	state, _, err := c.readIndex(ctx)
	if err != nil || state.Version == 0 {
		return
	}
	for range purgeTurns {
		if more, err := c.turn(ctx); err != nil || !more {
			return
		}
	}
}

// followAll works until there is nothing to do. One that works in the
// background leaves room for others between two turns while the index is made.
func (c *Cache) followAll(ctx context.Context, background bool) error {
	damage := 0
	for {
		began := time.Now()
		more, err := c.turn(ctx)
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case errors.Is(err, fulltext.ErrDamaged) && damage == 0:
			damage++ // it is made anew, once
			c.text.damaged.Store(true)
			continue
		}
		c.text.tell(err)
		if err != nil || !more {
			return err
		}
		if background && c.IndexState().Rebuilding {
			rest(ctx, time.Since(began)/2)
		}
	}
}

// tell notes what is wrong, nil for nothing.
func (x *textIndex) tell(err error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.told = ""
	if e, ok := errors.AsType[*inbox.Error](explain(x.dir, err)); ok {
		x.told = e.Text
	}
}

// turn does a bounded piece of work: it follows the oldest notes, or goes on
// with the making, or merges files. more is false when nothing is left.
func (c *Cache) turn(ctx context.Context) (more bool, err error) {
	select {
	case c.text.work <- struct{}{}:
		defer func() { <-c.text.work }()
	case <-ctx.Done():
		return false, ctx.Err()
	}
	x, err := c.openIndex(ctx)
	if err != nil {
		return false, err
	}
	if err := c.beginIndex(ctx); err != nil {
		return false, err
	}
	indexed, err := c.indexSome(ctx, x)
	if err != nil {
		return false, err
	}
	merged, err := c.mergeSome(ctx, x)
	return indexed || merged, err
}

// openIndex opens the files that the database names; those of a damaged index
// go, and it begins anew. The caller holds work.
func (c *Cache) openIndex(ctx context.Context) (*fulltext.Index, error) {
	if x := c.text.opened(); x != nil && !c.text.damaged.Load() {
		return x, nil
	}
	state, files, err := c.readIndex(ctx)
	if err != nil {
		return nil, err
	}
	if !c.text.damaged.Load() && state.Version == fulltext.Version {
		x, err := fulltext.Open(c.text.dir, files)
		if err == nil {
			c.text.set(x, state)
			return x, nil
		}
		if !errors.Is(err, fulltext.ErrDamaged) {
			return nil, err
		}
	}
	return c.emptyIndex(ctx, len(files) > 0 || state.Version != 0)
}

// emptyIndex begins anew, with an empty folder.
func (c *Cache) emptyIndex(ctx context.Context, reset bool) (*fulltext.Index, error) {
	if reset {
		if err := c.write(ctx, func(t *tx) error { return t.resetIndex() }); err != nil {
			return nil, err
		}
	}
	if x := c.text.opened(); x != nil {
		c.text.set(nil, indexState{})
		x.Close()
	}
	x, err := fulltext.Open(c.text.dir, nil)
	if err != nil {
		return nil, err
	}
	c.text.set(x, indexState{})
	c.text.damaged.Store(false)
	return x, nil
}

func (x *textIndex) opened() *fulltext.Index {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.index
}

func (x *textIndex) set(index *fulltext.Index, state indexState) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.index, x.state = index, state
}

func (x *textIndex) now() indexState {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.state
}

func (c *Cache) readIndex(ctx context.Context) (state indexState, files []fulltext.File, err error) {
	err = c.read(ctx, func(t *tx) error {
		state = t.indexState()
		b := t.in(indexFiles).Cursor()
		for k, v := b.First(); k != nil; k, v = b.Next() {
			f := fulltext.File{Name: string(k)}
			if json.Unmarshal(v, &f) != nil {
				state = indexState{} // what cannot be read is made anew
			}
			files = append(files, f)
		}
		return nil
	})
	return state, files, err
}

func (t *tx) indexState() (s indexState) {
	if json.Unmarshal(t.bolt.Bucket(topMeta).Get(keyIndex), &s) != nil {
		return indexState{}
	}
	return s
}

func (t *tx) putIndexState(s indexState) error {
	record, err := json.Marshal(s)
	if err != nil {
		return err
	}
	return t.bolt.Bucket(topMeta).Put(keyIndex, record)
}

// beginIndex notes that the making has begun, where there is no index. What was
// noted before is not needed: the making comes by everything.
func (c *Cache) beginIndex(ctx context.Context) error {
	if c.text.now().Version != 0 {
		return nil
	}
	var state indexState
	err := c.write(ctx, func(t *tx) error {
		if err := t.resetIndex(); err != nil {
			return err
		}
		state = indexState{Version: fulltext.Version, Step: indexCustomers, Total: t.sizes().Messages}
		return t.putIndexState(state)
	})
	if err == nil {
		c.text.set(c.text.opened(), state)
		c.text.followed.Store(c.text.written.Load())
	}
	return err
}

// errIndexReset tells that the index was given up while something was indexed.
var errIndexReset = errors.New("the index was reset")

// commit stores a change of the index with what it follows, and lets it count.
func (c *Cache) commit(ctx context.Context, x *fulltext.Index, change *fulltext.Change, state indexState, followed []byte) error {
	before := c.text.now()
	err := c.write(ctx, func(t *tx) error {
		if now := t.indexState(); now.Version != before.Version || now.Step != before.Step || !bytes.Equal(now.Next, before.Next) {
			return errIndexReset
		}
		if err := t.followed(followed); err != nil {
			return err
		}
		if err := t.putFiles(change); err != nil {
			return err
		}
		return t.putIndexState(state)
	})
	if err != nil {
		change.Discard()
		if errors.Is(err, errIndexReset) {
			c.text.damaged.Store(true) // it does not belong to the database any more
			return nil
		}
		return err
	}
	x.Install(change)
	c.text.set(x, state)
	if n, ok := parseJournalKey(followed); ok {
		c.text.followed.Store(n)
	}
	return nil
}

func (t *tx) putFiles(change *fulltext.Change) error {
	b := t.in(indexFiles)
	for _, name := range change.Remove {
		if err := b.Delete([]byte(name)); err != nil {
			return err
		}
	}
	for _, f := range change.Put {
		record, err := json.Marshal(f)
		if err != nil {
			return err
		}
		if err := b.Put([]byte(f.Name), record); err != nil {
			return err
		}
	}
	return nil
}

func (c *Cache) mergeSome(ctx context.Context, x *fulltext.Index) (merged bool, err error) {
	change, err := x.Merge(ctx)
	if err != nil || change == nil {
		return false, err
	}
	return true, c.commit(ctx, x, change, c.text.now(), nil)
}

// closeIndex gives the files free.
func (c *Cache) closeIndex() {
	if x := c.text.opened(); x != nil {
		c.text.set(nil, indexState{})
		x.Close()
	}
}
