package cache

import (
	"encoding/binary"
	"errors"
	"fmt"
	"path/filepath"
	"reflect"
	"testing"
	"time"

	"parley/inbox"

	bolt "go.etcd.io/bbolt"
)

// asVersion1 turns a file into what the program before triage has left: records
// with the shorter standing, five views and their totals, and no notes.
func asVersion1(path string) error {
	db, err := bolt.Open(path, 0o600, nil)
	if err != nil {
		return err
	}
	err = db.Update(func(tx *bolt.Tx) error {
		facts, kept, meta := tx.Bucket(topFacts), tx.Bucket(topKept), tx.Bucket(topMeta)
		for _, b := range []bucket{viewMine, viewSnoozed, viewDone, viewUntold, labels} {
			if err := facts.DeleteBucket(tree[b].name); err != nil {
				return err
			}
		}
		if err := errors.Join(shortenStandings(facts), shortenTotals(facts)); err != nil {
			return err
		}
		return errors.Join(kept.DeleteBucket(tree[notes].name), writeVersion(meta, keySchema, 2), writeVersion(meta, keyFactsSchema, 1))
	})
	return errors.Join(err, db.Close())
}

func shortenStandings(facts *bolt.Bucket) error {
	records := facts.Bucket(tree[conversations].name)
	short := map[string][]byte{}
	c := records.Cursor()
	for k, v := c.First(); k != nil; k, v = c.Next() {
		s, id, text, err := conversationHead(v)
		if err != nil {
			return err
		}
		var bits byte
		if s.limited {
			bits |= 1
		}
		record := appendInstant([]byte{conversationVersion1, byte(s.views), bits}, s.at)
		for _, n := range []uint64{uint64(s.open), uint64(s.late), s.text} {
			record = binary.BigEndian.AppendUint64(record, n)
		}
		short[string(k)] = append(appendText(record, string(id)), text...)
	}
	for k, record := range short {
		if err := records.Put([]byte(k), record); err != nil {
			return err
		}
	}
	return nil
}

func shortenTotals(facts *bolt.Bucket) error {
	s, ok := parseTotals(facts.Get(keyTotals))
	if !ok {
		return errors.New("the totals cannot be read")
	}
	record, err := binary.Append(nil, binary.BigEndian, s.Views[:5])
	if err != nil {
		return err
	}
	record, err = binary.Append(record, binary.BigEndian, []int64{s.Messages, s.Bytes})
	if err != nil {
		return err
	}
	return facts.Put(keyTotals, record)
}

// listing is all that can be seen of a cache without triage.
func listing(t *testing.T, c *Cache) (all []any) {
	t.Helper()
	err := c.View(t.Context(), func(r inbox.Reader) error {
		for _, v := range inbox.Views {
			for _, sort := range []inbox.Sort{v.UsualSort(), inbox.SortTimeLeft} {
				if !v.CanSort(sort) {
					continue
				}
				page, err := r.List(inbox.ListQuery{View: v, Sort: sort, Now: noon, After: 999})
				if err != nil {
					return err
				}
				all = append(all, page)
				for _, row := range page.Rows {
					thread, err := r.Thread(inbox.ThreadQuery{Conversation: row.ID, Before: 999})
					if err != nil {
						return err
					}
					draft, _, err := r.Draft(row.ID)
					if all = append(all, thread, draft); err != nil {
						return err
					}
				}
			}
		}
		counts, err := r.Counts()
		all = append(all, counts)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// TestAnOlderFileKeepsItsRecords: the indexes of a file from before triage are
// made anew, and nothing has to be read from the providers again.
func TestAnOlderFileKeepsItsRecords(t *testing.T) {
	dir := t.TempDir()
	c, err := Open(dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	err = c.Update(t.Context(), func(w inbox.Writer) error {
		for i := range 40 {
			id := inbox.NewConversationID("acme", inbox.Instagram, fmt.Sprint("t", i))
			conversation := inbox.Conversation{
				ID: id, Provider: "sim", Participant: inbox.Participant{ID: fmt.Sprint(i), Name: fmt.Sprint("Customer ", i)}, Messages: 2,
				Archived: i%5 == 0, RemoteArchived: i%5 == 0, Unread: i % 3, Unanswered: i%2 == 0, Outbox: inbox.OutboxCounts{Failed: i % 7 / 6},
				Last: inbox.Summary{ID: "m1", Text: "hello", At: noon.Add(-time.Duration(i) * time.Minute)},
			}
			end := noon.Add(time.Duration(i-5) * time.Hour).UnixMilli()
			err := errors.Join(
				w.PutConversation(conversation, inbox.WindowEnds{Limited: i%4 > 0, Open: end, Late: end + int64(i%3)*1000}),
				w.PutMessage(inbox.Message{Conversation: id, ID: "m0", Text: "hi", CreatedAt: conversation.Last.At.Add(-time.Hour)}),
				w.PutMessage(inbox.Message{Conversation: id, ID: "m1", Text: "hello", CreatedAt: conversation.Last.At}),
				w.PutDraft(inbox.Draft{Conversation: id, Text: fmt.Sprint("draft ", i)}),
			)
			if err != nil {
				return err
			}
		}
		return nil
	})
	want := listing(t, c)
	if err := errors.Join(err, c.Close(), asVersion1(filepath.Join(dir, FileName))); err != nil {
		t.Fatal(err)
	}

	var told []int64
	c, err = Open(dir, Options{Progress: func(done, total int64) { told = append(told, done, total) }})
	if err != nil {
		t.Fatal(err)
	}
	if got := listing(t, c); !reflect.DeepEqual(got, want) {
		t.Errorf("after the upgrade:\n got %+v\nwant %+v", got, want)
	}
	if len(told) < 2 || told[len(told)-2] != 80 || told[len(told)-1] != 80 {
		t.Errorf("the progress that was told: %v, want 80 of 80 messages at the end", told)
	}
	h, err := c.Check(t.Context(), true)
	if err := errors.Join(err, c.Close()); err != nil || len(h.Problems) > 0 || h.Conversations != 40 || h.Schema != schema() || h.FactsSchema != factsSchema {
		t.Errorf("%+v, %v", h, err)
	}
	told = nil
	c, err = Open(dir, Options{Progress: func(done, total int64) { told = append(told, done) }})
	if err := errors.Join(err, c.Close()); err != nil || len(told) > 0 {
		t.Errorf("it is done again: %v, %v", told, err)
	}
}

// TestAnInterruptedUpgradeGoesOn: the file says that it is of the new version
// before its indexes are.
func TestAnInterruptedUpgradeGoesOn(t *testing.T) {
	dir := t.TempDir()
	c, err := Open(dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	putCustomer(t, c, forgotten, secret, 1)
	path := filepath.Join(dir, FileName)
	if err := errors.Join(c.Close(), asVersion1(path)); err != nil {
		t.Fatal(err)
	}
	db, err := bolt.Open(path, 0o600, nil)
	if err != nil {
		t.Fatal(err)
	}
	killed := &Cache{db: db, path: path, update: make(chan struct{}, 1)}
	err = killed.write(t.Context(), func(t *tx) error { return t.migrate(readState(t.bolt)) })
	if err := errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
	c, err = Open(dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	err = c.View(t.Context(), func(r inbox.Reader) error {
		page, err := r.List(inbox.ListQuery{View: inbox.ViewUnread, After: 9})
		if len(page.Rows) != 1 || page.Rows[0].ID != forgotten {
			t.Errorf("the unread are %+v", page.Rows)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}
