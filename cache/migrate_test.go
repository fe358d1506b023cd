package cache

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"parley/inbox"

	bolt "go.etcd.io/bbolt"
)

// migrationCases has one case per migration: what a file of the version before
// holds, and what must be true afterwards.
var migrationCases = []struct {
	before func(kept *bolt.Bucket) error
	after  func(kept *bolt.Bucket) error
}{
	{ // make the buckets
		before: func(*bolt.Bucket) error { return nil },
		after: func(kept *bolt.Bucket) error {
			for _, name := range []string{"marks", "drafts", "outbox", "outbox_active", "outbox_of", "syncs", "accounts"} {
				if kept.Bucket([]byte(name)) == nil {
					return fmt.Errorf("bucket %s is missing", name)
				}
			}
			return nil
		},
	},
	{ // make the bucket of waiting events
		before: func(kept *bolt.Bucket) error {
			if kept.Bucket([]byte("waiting")) == nil {
				return nil
			}
			return kept.DeleteBucket([]byte("waiting")) // an older file has none
		},
		after: func(kept *bolt.Bucket) error {
			if kept.Bucket([]byte("waiting")) == nil {
				return errors.New("the bucket is missing")
			}
			return nil
		},
	},
	{ // make the bucket of notes
		before: func(kept *bolt.Bucket) error {
			if kept.Bucket([]byte("notes")) == nil {
				return nil
			}
			return kept.DeleteBucket([]byte("notes")) // an older file has none
		},
		after: func(kept *bolt.Bucket) error {
			if kept.Bucket([]byte("notes")) == nil {
				return errors.New("the bucket is missing")
			}
			return nil
		},
	},
	{ // make the journal of the full-text index
		before: func(kept *bolt.Bucket) error {
			if kept.Bucket([]byte("journal")) == nil {
				return nil
			}
			return errors.Join(kept.DeleteBucket([]byte("journal")), kept.DeleteBucket([]byte("index")))
		},
		after: func(kept *bolt.Bucket) error {
			if kept.Bucket([]byte("journal")) == nil || kept.Bucket([]byte("index")) == nil {
				return errors.New("the buckets are missing")
			}
			return nil
		},
	},
}

func TestMigrations(t *testing.T) {
	if len(migrationCases) != len(migrations) {
		t.Fatalf("%d migrations have %d cases", len(migrations), len(migrationCases))
	}
	for version, step := range migrations {
		t.Run(step.subject, func(t *testing.T) {
			db, err := bolt.Open(filepath.Join(t.TempDir(), FileName), 0o600, nil)
			if err != nil {
				t.Fatal(err)
			}
			defer db.Close()
			err = db.Update(func(tx *bolt.Tx) error {
				kept, err := tx.CreateBucket(topKept)
				if err != nil {
					return err
				}
				for v := range version {
					if err := migrations[v].run(kept); err != nil {
						return err
					}
				}
				c := migrationCases[version]
				return errors.Join(c.before(kept), step.run(kept), c.after(kept))
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
}

// TestAFailedMigrationLeavesTheFileAsItWas adds a step that fails.
func TestAFailedMigrationLeavesTheFileAsItWas(t *testing.T) {
	dir := t.TempDir()
	c, err := Open(dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	putCustomer(t, c, forgotten, secret, 1)
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	before, err := os.ReadFile(c.path)
	if err != nil {
		t.Fatal(err)
	}

	released := migrations
	defer func() { migrations = released }()
	broken := errors.New("broken step")
	migrations = append(migrations[:len(migrations):len(migrations)], migration{"break", func(kept *bolt.Bucket) error {
		return errors.Join(kept.DeleteBucket([]byte("drafts")), broken)
	}})
	if _, err := Open(dir, Options{}); !errors.Is(err, broken) {
		t.Fatalf("got %v", err)
	}
	after, err := os.ReadFile(c.path)
	if err != nil {
		t.Fatal(err)
	}
	if string(before) != string(after) {
		t.Error("the file has changed")
	}
	migrations = released
	c, err = Open(dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	err = c.View(t.Context(), func(r inbox.Reader) error {
		if d, _, _ := r.Draft(forgotten); d.Text != secret {
			t.Errorf("draft %+v", d)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}
