package cache

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"

	"parley/inbox"

	bolt "go.etcd.io/bbolt"
)

// The file has two versions, because it has two policies. What cannot be
// fetched again is brought from version to version by the steps below, in
// order, all in one transaction. What can be is dropped when its version is
// not this program's, and read anew from the providers.
//
// A version that is newer than this program's is refused: an older program
// would not know what it destroys.

// schema is the version of what is kept: the number of steps that lead to it.
func schema() uint64 { return uint64(len(migrations)) }

// factsSchema is the version of the facts. Raise it when a record or an index
// of theirs changes its form. What comes by webhook alone is not read anew: it is
// carried over (see carry.go), so what that reads has to know the older forms.
const factsSchema = 2

// factsSchemaIndexes is the oldest version whose records can be read, so that
// only the indexes are made anew.
const factsSchemaIndexes = 1

// migration is one step of what is kept, from the version before to the next.
type migration struct {
	subject string
	run     func(kept *bolt.Bucket) error
}

// migrations are never changed once released: a new form is a new step. A test
// fails when a step has no case.
var migrations = []migration{
	{"make the buckets", func(kept *bolt.Bucket) error { return makeBuckets(kept, topKept) }},
	{"make the bucket of waiting events", func(kept *bolt.Bucket) error { return makeBuckets(kept, topKept) }},
	{"make the bucket of notes", func(kept *bolt.Bucket) error { return makeBuckets(kept, topKept) }},
	{"make the journal of the full-text index", func(kept *bolt.Bucket) error { return makeBuckets(kept, topKept) }},
}

// makeBuckets makes what is missing of the buckets below a top one.
func makeBuckets(parent *bolt.Bucket, top []byte) error {
	for _, b := range tree {
		if string(b.top) != string(top) {
			continue
		}
		if _, err := parent.CreateBucketIfNotExists(b.name); err != nil {
			return err
		}
	}
	return nil
}

// fileState is what Open has to know of a file before it is used.
type fileState struct {
	schema, facts uint64
	scrub, mend   bool
}

func (s fileState) current() bool {
	return s.schema == schema() && s.facts == factsSchema
}

func readState(tx *bolt.Tx) fileState {
	meta := tx.Bucket(topMeta)
	if meta == nil {
		return fileState{}
	}
	return fileState{
		schema: readVersion(meta, keySchema),
		facts:  readVersion(meta, keyFactsSchema),
		scrub:  meta.Get(keyScrub) != nil,
		mend:   meta.Get(keyMend) != nil,
	}
}

func readVersion(meta *bolt.Bucket, key []byte) uint64 {
	if v := meta.Get(key); len(v) == 8 {
		return binary.BigEndian.Uint64(v)
	}
	return 0
}

func writeVersion(meta *bolt.Bucket, key []byte, v uint64) error {
	return meta.Put(key, binary.BigEndian.AppendUint64(nil, v))
}

// prepare brings the file to this program's versions and finishes what an
// earlier run had to leave. A file that needs none of it is only read.
func (c *Cache) prepare(progress func(done, total int64)) error {
	var s fileState
	err := guard(func() error {
		return c.db.View(func(tx *bolt.Tx) error { s = readState(tx); return complete(tx, s) })
	})
	if err != nil {
		return err
	}
	if s.schema > schema() || s.facts > factsSchema {
		return fmt.Errorf("%w: version %d.%d, known are up to %d.%d", errNewer, s.schema, s.facts, schema(), factsSchema)
	}
	if !s.current() {
		err := c.write(context.Background(), func(t *tx) error {
			if err := t.migrate(s); err != nil {
				return err
			}
			s = readState(t.bolt)
			return nil
		})
		if err != nil {
			return err
		}
	}
	if err := c.read(context.Background(), func(t *tx) error { c.text.count(t); return nil }); err != nil {
		return err
	}
	if s.mend {
		if err := c.Rebuild(context.Background(), progress); err != nil {
			return err
		}
	}
	if s.scrub {
		return c.scrub(context.Background())
	}
	return nil
}

// complete tells whether a file of this version has all its buckets.
func complete(tx *bolt.Tx, s fileState) error {
	if !s.current() {
		return nil
	}
	for _, b := range tree {
		if top := tx.Bucket(b.top); top == nil || top.Bucket(b.name) == nil {
			return fmt.Errorf("%w: bucket %s", errMissing, b.name)
		}
	}
	return nil
}

func (t *tx) migrate(from fileState) error {
	meta, err := t.bolt.CreateBucketIfNotExists(topMeta)
	if err != nil {
		return err
	}
	kept, err := t.bolt.CreateBucketIfNotExists(topKept)
	if err != nil {
		return err
	}
	for v := from.schema; v < schema(); v++ {
		if err := migrations[v].run(kept); err != nil {
			return fmt.Errorf("version %d to %d (%s): %w", v, v+1, migrations[v].subject, err)
		}
	}
	switch {
	case from.facts == factsSchema:
	case from.facts >= factsSchemaIndexes && t.bolt.Bucket(topFacts) != nil:
		if err := t.reindexLater(); err != nil {
			return err
		}
	default:
		if err := t.discardFacts(); err != nil {
			return err
		}
	}
	if err := writeVersion(meta, keySchema, schema()); err != nil {
		return err
	}
	return writeVersion(meta, keyFactsSchema, factsSchema)
}

// reindexLater makes the buckets that an older file does not have, and notes that
// the indexes are to be made anew: that takes more than one transaction.
func (t *tx) reindexLater() error {
	if err := makeBuckets(t.bolt.Bucket(topFacts), topFacts); err != nil {
		return err
	}
	var old struct { // as of version 1
		Views           [5]int64
		Messages, Bytes int64
	}
	if _, err := binary.Decode(t.bolt.Bucket(topFacts).Get(keyTotals), binary.BigEndian, &old); err == nil {
		t.totals, t.dirty = &totals{Messages: old.Messages, Bytes: old.Bytes}, true // how far the work has come is told by them
	}
	return noteMend(t)
}

// discardFacts makes the facts anew, empty but for what nobody tells again, and
// what the agents own: a conversation with a draft must be seen before it has
// been read again.
func (t *tx) discardFacts() error {
	carried, err := t.unrepeatable()
	if err != nil {
		return err
	}
	if t.bolt.Bucket(topFacts) != nil {
		if err := t.bolt.DeleteBucket(topFacts); err != nil {
			return err
		}
	}
	facts, err := t.bolt.CreateBucket(topFacts)
	if err != nil {
		return err
	}
	if err := makeBuckets(facts, topFacts); err != nil {
		return err
	}
	if err := t.resetIndex(); err != nil { // numbers are given out anew
		return err
	}
	if err := t.carryOver(carried); err != nil {
		return err
	}
	if err := t.restoreMarked(); err != nil {
		return err
	}
	return t.readAllAgain()
}

// restoreMarked puts a conversation for every mark that has none.
func (t *tx) restoreMarked() error {
	var marked []inbox.ConversationID
	c := t.in(marks).Cursor()
	for k, _ := c.First(); k != nil; k, _ = c.Next() {
		marked = append(marked, inbox.ConversationID(k))
	}
	for _, id := range marked {
		m, ok := t.mark(id)
		if _, there, _ := t.Conversation(id); there || !ok {
			continue
		}
		if err := t.PutConversation(m.conversation(id), inbox.WindowEnds{}); err != nil {
			return err
		}
	}
	return nil
}

// readAllAgain lets every request begin anew with the oldest page. When each
// may be asked next stays: the provider has not forgotten.
func (t *tx) readAllAgain() error {
	var keys [][]byte
	c := t.in(syncs).Cursor()
	for k, _ := c.First(); k != nil; k, _ = c.Next() {
		keys = append(keys, append([]byte(nil), k...))
	}
	for _, key := range keys {
		var s inbox.SyncState
		if err := json.Unmarshal(t.in(syncs).Get(key), &s); err != nil {
			continue // it is reported where it is read
		}
		s.Backfill, s.Complete = "", false
		record, err := json.Marshal(s)
		if err != nil {
			return err
		}
		if err := t.in(syncs).Put(key, record); err != nil {
			return err
		}
	}
	return nil
}
