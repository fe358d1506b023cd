package cache

import (
	"bytes"
	"encoding/binary"
	"errors"
	"os"
	"path/filepath"
	"time"

	"parley/inbox"

	bolt "go.etcd.io/bbolt"
	berrors "go.etcd.io/bbolt/errors"
)

// Salvaged tells what Salvage could save.
type Salvaged struct {
	Records int    // drafts, outbox items and what else cannot be fetched again
	Lost    int    // buckets, and conversations that nobody tells again, that could be read in part only, or not at all
	Damaged string // where the damaged file is now
}

// Salvage makes a new cache in the folder from what can still be read of a
// damaged one: drafts, outbox, marks and states, and the conversations that
// nobody tells again; the rest is fetched again. The damaged file is moved aside and never deleted.
func Salvage(dir string, now time.Time) (Salvaged, error) {
	path := filepath.Join(dir, FileName)
	fresh := path + ".salvaged"
	if err := os.Remove(fresh); err != nil && !errors.Is(err, os.ErrNotExist) {
		return Salvaged{}, explain(path, err)
	}
	s, err := copyKept(path, fresh)
	if IsDamaged(err) { // nothing of it can be read: Open begins with an empty one
		_ = os.Remove(fresh)
		s = Salvaged{Lost: keptBuckets(), Damaged: damagedName(path, now)}
		return s, explain(path, os.Rename(path, s.Damaged))
	}
	if err != nil {
		_ = os.Remove(fresh)
		if errors.Is(err, berrors.ErrTimeout) {
			return Salvaged{}, heldBy(path)
		}
		return Salvaged{}, explain(path, err)
	}
	s.Damaged = damagedName(path, now)
	if err := os.Rename(path, s.Damaged); err != nil {
		return s, explain(path, err)
	}
	return s, explain(path, os.Rename(fresh, path))
}

func damagedName(path string, now time.Time) string {
	return path + ".damaged-" + now.UTC().Format("20060102T150405")
}

// keptBuckets is how many buckets hold what cannot be fetched again.
func keptBuckets() (n int) {
	for _, b := range tree {
		if string(b.top) == string(topKept) {
			n++
		}
	}
	return n
}

// copyKept copies what is readable of the kept part into a new file.
func copyKept(path, fresh string) (s Salvaged, err error) {
	var from *bolt.DB
	err = guard(func() (err error) {
		// Read-only: bbolt does not look at the list of free pages then, which is
		// one thing less that can be damaged.
		from, err = bolt.Open(path, 0o600, &bolt.Options{ReadOnly: true, Timeout: lockWait, InitialMmapSize: addressSpace()})
		return err
	})
	if err != nil {
		return s, err
	}
	defer from.Close()
	to, err := bolt.Open(fresh, 0o600, &bolt.Options{Timeout: lockWait, FreelistType: bolt.FreelistMapType})
	if err != nil {
		return s, err
	}
	err = to.Update(func(dst *bolt.Tx) error { return s.copy(from, dst) })
	return s, errors.Join(err, to.Close())
}

// copy leaves a file that Open takes for one with facts of an older version:
// it makes those anew.
func (s *Salvaged) copy(from *bolt.DB, dst *bolt.Tx) error {
	kept, err := dst.CreateBucket(topKept)
	if err != nil {
		return err
	}
	meta, err := dst.CreateBucket(topMeta)
	if err != nil {
		return err
	}
	var version, arrival uint64
	_ = guard(func() error { // without it everything else still counts
		return from.View(func(src *bolt.Tx) error {
			version = readState(src).schema
			if b := src.Bucket(topKept); b != nil {
				arrival = b.Sequence()
			}
			return nil
		})
	})
	if version == 0 || version > schema() {
		version = schema()
	}
	if err := errors.Join(kept.SetSequence(arrival), meta.Put(keySchema, binary.BigEndian.AppendUint64(nil, version)), makeBuckets(kept, topKept)); err != nil {
		return err
	}
	for _, b := range tree {
		if string(b.top) != string(topKept) {
			continue
		}
		if err := s.copyBucket(from, kept.Bucket(b.name), b.name); err != nil {
			return err
		}
	}
	return s.copyUnrepeatable(from, dst, kept.Bucket(tree[syncs].name))
}

// copyUnrepeatable copies the conversations that nobody tells again, as far as
// they can be read; Open carries them over. read are the requests that were made.
func (s *Salvaged) copyUnrepeatable(from *bolt.DB, dst *bolt.Tx, read *bolt.Bucket) error {
	facts, err := dst.CreateBucket(topFacts)
	if err != nil {
		return err
	}
	if err := makeBuckets(facts, topFacts); err != nil {
		return err
	}
	numbers := map[string]number{}
	damage := guard(func() error {
		return from.View(func(src *bolt.Tx) error {
			b, err := factsOf(src, ids)
			if err != nil {
				return err
			}
			return b.ForEach(func(id, n []byte) error {
				if numbered, ok := parseNumber(n); ok && !wasRead(read, inbox.ConversationID(id).Account()) {
					numbers[string(id)] = numbered
				}
				return nil
			})
		})
	})
	if damage != nil {
		s.Lost++
	}
	for id, n := range numbers {
		if err := s.copyConversation(from, facts, id, n); err != nil {
			return err
		}
	}
	return nil
}

func factsOf(tx *bolt.Tx, b bucket) (*bolt.Bucket, error) {
	if top := tx.Bucket(topFacts); top != nil && top.Bucket(tree[b].name) != nil {
		return top.Bucket(tree[b].name), nil
	}
	return nil, errMissing
}

// copyConversation leaves out what could not be carried over. Without its own
// record a conversation is nothing to show.
func (s *Salvaged) copyConversation(from *bolt.DB, facts *bolt.Bucket, id string, n number) error {
	var failed error
	put := func(b bucket, k, v []byte) error {
		s.Records++
		failed = facts.Bucket(tree[b].name).Put(bytes.Clone(k), bytes.Clone(v))
		return failed
	}
	damage := guard(func() error {
		return from.View(func(src *bolt.Tx) error {
			records, err1 := factsOf(src, conversations)
			texts, err2 := factsOf(src, messages)
			if err := errors.Join(err1, err2); err != nil {
				return err
			}
			prefix := numberKey(n)
			record := records.Get(prefix)
			if _, err := decodeConversation(record); err != nil {
				return nil
			}
			if err := errors.Join(put(conversations, prefix, record), put(ids, []byte(id), prefix)); err != nil {
				return err
			}
			c := texts.Cursor()
			for k, v := c.Seek(prefix); bytes.HasPrefix(k, prefix); k, v = c.Next() {
				if _, err := decodeMessage(v); err != nil {
					continue
				}
				if err := put(messages, k, v); err != nil {
					return err
				}
			}
			return nil
		})
	})
	if damage != nil && failed == nil {
		s.Lost++
	}
	return failed
}

// copyBucket copies record by record until the end or the first fault.
func (s *Salvaged) copyBucket(from *bolt.DB, dst *bolt.Bucket, name []byte) error {
	var failed error
	damage := guard(func() error {
		return from.View(func(src *bolt.Tx) error {
			top := src.Bucket(topKept)
			if top == nil || top.Bucket(name) == nil {
				return errMissing
			}
			return top.Bucket(name).ForEach(func(k, v []byte) error {
				if v == nil {
					return nil
				}
				s.Records++
				failed = dst.Put(append([]byte(nil), k...), append([]byte(nil), v...))
				return failed
			})
		})
	})
	if damage != nil && failed == nil {
		s.Lost++
	}
	return failed
}
