package cache

import (
	"encoding/binary"
	"errors"
	"os"
	"path/filepath"
	"time"

	bolt "go.etcd.io/bbolt"
	berrors "go.etcd.io/bbolt/errors"
)

// Salvaged tells what Salvage could save.
type Salvaged struct {
	Records int    // drafts, outbox items and what else cannot be fetched again
	Lost    int    // buckets that could be read in part only, or not at all
	Damaged string // where the damaged file is now
}

// Salvage makes a new cache in the folder from what can still be read of a
// damaged one: drafts, outbox, marks and states; the rest is fetched again. The
// damaged file is moved aside and never deleted.
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
	return nil
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
