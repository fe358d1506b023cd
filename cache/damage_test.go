package cache_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"parley/cache"
	"parley/inbox"

	bolt "go.etcd.io/bbolt"
)

func fmtInt(n int) string { return strconv.Itoa(n) }

// soundFile is a closed cache with some of everything.
func soundFile(t *testing.T, dir string) (path string) {
	t.Helper()
	c := open(t, dir)
	fill(t, c, 0, 100)
	err := c.Update(t.Context(), func(w inbox.Writer) error {
		for i := range 20 {
			id := worldConversation(i).ID
			item := inbox.OutboxItem{ID: inbox.OutboxID("o" + fmtInt(i)), Conversation: id, CreatedAt: epoch, Parts: []inbox.Part{{Kind: inbox.PartText, Text: "answer", State: inbox.StateQueued}}}
			if err := errors.Join(
				w.PutDraft(inbox.Draft{Conversation: id, Text: "draft " + fmtInt(i), UpdatedAt: epoch}),
				w.PutOutboxItem(item),
				w.PutSyncState(inbox.SyncState{Key: inbox.SyncKey{Account: "acme", Platform: inbox.Facebook, Request: fmtInt(i)}, NextUpdate: epoch, Backfill: "older", Complete: true}),
				w.PutWaiting(waitsFor(i), []inbox.EventFact{{Kind: inbox.EventUnsend, RemoteID: id.RemoteID(), At: epoch, Since: epoch}}),
			); err != nil {
				return err
			}
		}
		return nil
	})
	if err := errors.Join(err, c.Close()); err != nil {
		t.Fatal(err)
	}
	return c.Path()
}

// waitsFor is a message of conversation i that has not come yet.
func waitsFor(i int) inbox.WaitKey {
	return inbox.WaitKey{Account: "acme", Platform: worldConversation(i).ID.Platform(), Message: inbox.MessageID("m_late" + fmtInt(i))}
}

// use does a bit of everything. Every error is one for people.
func use(t *testing.T, c *cache.Cache) {
	t.Helper()
	ctx := context.Background()
	view := c.View(ctx, func(r inbox.Reader) error {
		var errs []error
		for _, v := range inbox.Views {
			_, err := r.List(inbox.ListQuery{View: v, After: 200})
			errs = append(errs, err)
		}
		_, err := r.List(inbox.ListQuery{View: inbox.ViewUnanswered, Sort: inbox.SortTimeLeft, Now: epoch, After: 200})
		errs = append(errs, err)
		for i := range 100 {
			_, err := r.Thread(inbox.ThreadQuery{Conversation: worldConversation(i).ID, Before: 20})
			_, _, err2 := r.Draft(worldConversation(i).ID)
			errs = append(errs, err, err2)
		}
		_, err = r.OutboxActive("")
		_, err2 := r.SyncStates("acme")
		_, err3 := r.FindConversations("customer", 5)
		_, err4 := r.AllWaiting("acme")
		_, err5 := r.Waiting(waitsFor(1))
		return errors.Join(append(errs, err, err2, err3, err4, err5)...)
	})
	update := c.Update(ctx, func(w inbox.Writer) error {
		var errs []error
		for i := range 100 {
			conversation := worldConversation(i)
			conversation.Last.At = epoch.Add(time.Hour)
			errs = append(errs, w.PutMessage(worldMessage(conversation.ID, i, 99)), w.PutConversation(conversation, worldWindows(i)))
		}
		return errors.Join(append(errs, w.DeleteConversation(worldConversation(3).ID))...)
	})
	_, check := c.Check(ctx, true)
	_, retain := c.Retain(ctx, inbox.Retention{MaxAge: time.Hour}, epoch)
	for what, err := range map[string]error{"view": view, "update": update, "check": check, "retain": retain, "rebuild": c.Rebuild(ctx, nil)} {
		var e *inbox.Error
		if err != nil && !errors.As(err, &e) {
			t.Errorf("%s: %v", what, err)
		}
	}
}

// TestDamageIsAnError overwrites pages of the file at random. Whatever that
// hits, the program goes on: it works, or says what is wrong.
func TestDamageIsAnError(t *testing.T) {
	sound, err := os.ReadFile(soundFile(t, t.TempDir()))
	if err != nil {
		t.Fatal(err)
	}
	const pageSize, seeds = 4096, 16
	used := 200 * pageSize
	refused := 0
	for seed := range uint64(seeds) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			random := rand.New(rand.NewPCG(seed, 1))
			damaged := append([]byte(nil), sound...)
			for range 1 + seed%4 {
				at := 2*pageSize + random.IntN(used)
				for i := range 1 + random.IntN(64) {
					damaged[at+i] = byte(random.Uint32())
				}
			}
			dir := t.TempDir()
			if err := os.WriteFile(filepath.Join(dir, cache.FileName), damaged, 0o600); err != nil {
				t.Fatal(err)
			}
			c, err := cache.Open(dir, cache.Options{})
			if err != nil {
				refused++
				return
			}
			use(t, c)
			_ = c.Close()
			if _, err := cache.Salvage(dir, epoch); err != nil {
				var e *inbox.Error
				if !errors.As(err, &e) {
					t.Errorf("salvage: %v", err)
				}
			}
		})
	}
	if refused == seeds {
		t.Error("every file was refused: nothing was tested")
	}
}

func TestFileThatIsCutWhileOpen(t *testing.T) {
	c := open(t, t.TempDir())
	fill(t, c, 0, 300)
	if err := os.Truncate(c.Path(), 2*4096); err != nil {
		t.Fatal(err)
	}
	err := c.View(t.Context(), func(r inbox.Reader) error {
		_, err := r.List(inbox.ListQuery{After: 300})
		return err
	})
	var e *inbox.Error
	if !errors.As(err, &e) {
		t.Fatalf("got %v", err)
	}
	mustContain(t, e.Text, c.Path(), "damaged")
}

func TestPanicOfACallerIsNotTakenForDamage(t *testing.T) {
	c := open(t, t.TempDir())
	for name, run := range map[string]func(){
		"view":   func() { _ = c.View(t.Context(), func(inbox.Reader) error { panic("a mistake") }) },
		"update": func() { _ = c.Update(t.Context(), func(inbox.Writer) error { panic("a mistake") }) },
		"nil":    func() { _ = c.View(t.Context(), func(inbox.Reader) error { var p *int; *p = 1; return nil }) },
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s: the panic was swallowed", name)
				}
			}()
			run()
		}()
	}
	if err := c.Update(t.Context(), func(w inbox.Writer) error { return nil }); err != nil {
		t.Errorf("after a panic: %v", err)
	}
}

// spoil overwrites the record of one key.
func spoil(t *testing.T, path, top, bucket string, key []byte) {
	t.Helper()
	err := inFile(path, func(tx *bolt.Tx) error {
		b := tx.Bucket([]byte(top)).Bucket([]byte(bucket))
		if key == nil {
			key, _ = b.Cursor().First()
		}
		if b.Get(key) == nil {
			return fmt.Errorf("no such key in %s", bucket)
		}
		return b.Put(key, []byte("spoilt"))
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestFactsThatCannotBeReadCountAsNotThere(t *testing.T) {
	dir := t.TempDir()
	path := soundFile(t, dir)
	spoil(t, path, "facts", "messages", nil) // of conversation 0
	spoil(t, path, "facts", "conversations", []byte{0, 0, 0, 4})
	c := open(t, dir)
	unread, other := worldConversation(3), worldConversation(0) // number 4 is conversation 3: without unread messages, nothing of it is kept
	err := c.View(t.Context(), func(r inbox.Reader) error {
		if _, found, err := r.Conversation(unread.ID); found || err != nil {
			t.Errorf("the spoilt conversation: found %v, %v", found, err)
		}
		page, err := r.List(inbox.ListQuery{After: 200})
		if len(page.Rows) != 99 {
			t.Errorf("%d rows", len(page.Rows))
		}
		thread, _ := r.Thread(inbox.ThreadQuery{Conversation: other.ID, Before: 20})
		if len(thread.Messages) != perConversation-1 {
			t.Errorf("%d messages", len(thread.Messages))
		}
		return err
	})
	if err := errors.Join(err, c.Close()); err != nil {
		t.Fatal(err)
	}

	// Having been seen, it is mended by the next start.
	c = open(t, dir)
	h, err := c.Check(t.Context(), true)
	if err != nil || len(h.Problems) > 0 {
		t.Errorf("after the next start: %v, %v", h.Problems, err)
	}
	if h.Conversations != 99 || h.Messages != 99*perConversation-1 {
		t.Errorf("%d conversations and %d messages", h.Conversations, h.Messages)
	}
}

func TestAgentsPartOutlivesTheFacts(t *testing.T) {
	kept := worldConversation(4)
	kept.Draft, kept.Outbox, kept.MarkedRead, kept.Unread = "dear", inbox.OutboxCounts{Failed: 1}, epoch, 2
	prepare := func(t *testing.T) (dir, path string) {
		dir = t.TempDir()
		path = soundFile(t, dir)
		c := open(t, dir)
		err := c.Update(t.Context(), func(w inbox.Writer) error { return w.PutConversation(kept, worldWindows(4)) })
		if err := errors.Join(err, c.Close()); err != nil {
			t.Fatal(err)
		}
		return dir, path
	}
	expect := func(t *testing.T, dir string, messages int) {
		t.Helper()
		c := open(t, dir)
		err := c.View(t.Context(), func(r inbox.Reader) error {
			got, found, err := r.Conversation(kept.ID)
			if !found || got.Draft != kept.Draft || got.Outbox != kept.Outbox || !got.MarkedRead.Equal(kept.MarkedRead) || got.Unread != 2 || got.Provider != kept.Provider {
				t.Errorf("found %v: %+v", found, got)
			}
			page, _ := r.List(inbox.ListQuery{View: inbox.ViewProblems, After: 9})
			if len(page.Rows) != 1 {
				t.Errorf("%d conversations with problems", len(page.Rows))
			}
			d, found, err2 := r.Draft(kept.ID)
			if !found || d.Text != "draft 4" {
				t.Errorf("draft %+v", d)
			}
			items, err3 := r.OutboxActive(kept.ID)
			if len(items) != 1 {
				t.Errorf("%d items", len(items))
			}
			keys, err4 := r.AllWaiting("acme")
			events, err5 := r.Waiting(waitsFor(7))
			if len(keys) != 20 || len(events) != 1 || events[0].RemoteID != worldConversation(7).ID.RemoteID() {
				t.Errorf("%d messages are waited for, one by %+v", len(keys), events)
			}
			thread, _ := r.Thread(inbox.ThreadQuery{Conversation: worldConversation(5).ID, Before: 99})
			if len(thread.Messages) != messages {
				t.Errorf("%d messages of another conversation, want %d", len(thread.Messages), messages)
			}
			if last, _ := r.LastArrival(); last != 100*perConversation {
				t.Errorf("last arrival %d", last)
			}
			return errors.Join(err, err2, err3, err4, err5)
		})
		if err != nil {
			t.Error(err)
		}
	}
	t.Run("a record that cannot be read", func(t *testing.T) {
		dir, path := prepare(t)
		spoil(t, path, "facts", "conversations", []byte{0, 0, 0, 5})
		expect(t, dir, perConversation)
	})
	t.Run("facts of another version", func(t *testing.T) {
		dir, path := prepare(t)
		if err := setVersion(path, "facts_schema", 0); err != nil {
			t.Fatal(err)
		}
		expect(t, dir, 0)
		err := open(t, copyOf(t, path)).View(t.Context(), func(r inbox.Reader) error {
			states, err := r.SyncStates("acme")
			for _, s := range states {
				if s.Complete || s.Backfill != "" || !s.NextUpdate.Equal(epoch) {
					t.Errorf("%+v does not read anew, or too early", s)
				}
			}
			if len(states) != 20 {
				t.Errorf("%d states", len(states))
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
	})
	t.Run("salvage", func(t *testing.T) {
		dir, path := prepare(t)
		s, err := cache.Salvage(dir, epoch)
		if err != nil || s.Lost != 0 || s.Records == 0 {
			t.Fatalf("%+v, %v", s, err)
		}
		if _, err := os.Stat(s.Damaged); err != nil || !strings.HasPrefix(s.Damaged, path) {
			t.Errorf("the old file: %v", err)
		}
		expect(t, dir, 0)
	})
}

// copyOf copies the file into a folder of its own.
func copyOf(t *testing.T, path string) (dir string) {
	t.Helper()
	file, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	dir = t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, cache.FileName), file, 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestWhatCannotBeFetchedAgainIsNeverDropped(t *testing.T) {
	dir := t.TempDir()
	path := soundFile(t, dir)
	spoil(t, path, "kept", "drafts", []byte(worldConversation(1).ID))
	spoil(t, path, "kept", "outbox", []byte("o2"))
	spoil(t, path, "kept", "waiting", nil)
	c := open(t, dir)
	_ = c.View(t.Context(), func(r inbox.Reader) error {
		var e *inbox.Error
		if _, _, err := r.Draft(worldConversation(1).ID); !errors.As(err, &e) {
			t.Errorf("draft: %v", err)
		} else {
			mustContain(t, e.Text, path, "draft")
		}
		spoilt := 0
		for i := range 20 {
			if _, err := r.Waiting(waitsFor(i)); errors.As(err, &e) {
				spoilt++
				mustContain(t, e.Text, path, string(waitsFor(i).Message))
			}
		}
		if spoilt != 1 {
			t.Errorf("the events of %d messages cannot be read", spoilt)
		}
		if _, err := r.OutboxActive(""); !errors.As(err, &e) {
			t.Errorf("outbox: %v", err)
		} else {
			mustContain(t, e.Text, path, "o2")
		}
		return nil
	})
	h, err := c.Check(t.Context(), false)
	if err != nil || len(h.Problems) != 3 {
		t.Errorf("check: %q, %v", h.Problems, err)
	}
	if err := errors.Join(c.Rebuild(t.Context(), nil), c.Close()); err != nil {
		t.Fatal(err)
	}
	if err := inFile(path, func(tx *bolt.Tx) error {
		if tx.Bucket([]byte("kept")).Bucket([]byte("outbox")).Get([]byte("o2")) == nil {
			t.Error("the item is gone")
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
}
