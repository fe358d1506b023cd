package cache

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"testing"
	"time"

	"parley/inbox"
)

// search is how many messages a word finds.
func search(t *testing.T, c *Cache, word string) int {
	t.Helper()
	page, err := c.SearchText(t.Context(), inbox.TextQuery{All: []inbox.TextTerm{{Text: word}}, Limit: 1000})
	if err != nil {
		t.Fatal(err)
	}
	return len(page.Hits)
}

func openCache(t *testing.T) *Cache {
	t.Helper()
	c, err := Open(t.TempDir(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c
}

func journalled(t *testing.T, c *Cache) (notes int) {
	t.Helper()
	err := c.read(t.Context(), func(t *tx) error {
		return t.in(journal).ForEach(func(_, _ []byte) error { notes++; return nil })
	})
	if err != nil {
		t.Fatal(err)
	}
	return notes
}

func sayIn(t *testing.T, c *Cache, number int, text string) {
	t.Helper()
	id := inbox.NewConversationID("acme", inbox.Instagram, "t_1")
	at := time.Date(2026, 11, 21, 9, number, 0, 0, time.UTC)
	err := c.Update(t.Context(), func(w inbox.Writer) error {
		m := inbox.Message{Conversation: id, ID: inbox.MessageID("m_" + at.Format("1504")), Text: text, CreatedAt: at}
		return errors.Join(w.PutMessage(m), w.PutConversation(inbox.Conversation{ID: id}, inbox.WindowEnds{}))
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestJournalIsBounded writes more than anybody follows.
func TestJournalIsBounded(t *testing.T) {
	c := openCache(t)
	c.text.limit = 20
	sayIn(t, c, 0, "order")
	if err := c.CatchUp(t.Context()); err != nil {
		t.Fatal(err)
	}
	most := 0
	for i := range 50 {
		sayIn(t, c, i+1, "order")
		most = max(most, journalled(t, c))
	}
	if most > 21 || most < 10 {
		t.Errorf("the journal had up to %d notes", most)
	}
	if err := c.CatchUp(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := search(t, c, "order"); n != 51 || journalled(t, c) != 0 {
		t.Errorf("%d of 51 messages are found, %d notes are left", n, journalled(t, c))
	}
}

func TestBehindCountsChanges(t *testing.T) {
	c := openCache(t)
	if err := c.CatchUp(t.Context()); err != nil {
		t.Fatal(err)
	}
	sayIn(t, c, 0, "order") // a message and a new conversation
	sayIn(t, c, 1, "order")
	if s := c.IndexState(); s.Behind != 3 || s.Rebuilding {
		t.Errorf("%+v", s)
	}
	path := filepath.Dir(c.path)
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	again, err := Open(path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	if s := again.IndexState(); s.Behind != 3 {
		t.Errorf("after a restart: %+v", s)
	}
}

// TestDraftsLeaveNoNote: what is not said yet is not in the index.
func TestDraftsLeaveNoNote(t *testing.T) {
	c := openCache(t)
	sayIn(t, c, 0, "order")
	before := journalled(t, c)
	err := c.Update(t.Context(), func(w inbox.Writer) error {
		return w.PutDraft(inbox.Draft{Conversation: inbox.NewConversationID("acme", inbox.Instagram, "t_1"), Text: "secret"})
	})
	if err != nil || journalled(t, c) != before {
		t.Errorf("%d notes, then %d, %v", before, journalled(t, c), err)
	}
}

// TestIndexFolderThatCannotBeMade puts a file where the folder should be.
func TestIndexFolderThatCannotBeMade(t *testing.T) {
	c := openCache(t)
	sayIn(t, c, 0, "order")
	if err := os.WriteFile(c.text.dir, []byte("in the way"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := c.CatchUp(t.Context()); !errors.Is(err, syscall.ENOTDIR) {
		t.Fatalf("%v", err)
	}
	if s := c.IndexState(); s.Broken == "" {
		t.Errorf("nobody is told: %+v", s)
	}
	if err := os.Remove(c.text.dir); err != nil {
		t.Fatal(err)
	}
	if err := c.CatchUp(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := search(t, c, "order"); n != 1 || c.IndexState().Broken != "" {
		t.Errorf("%d found; %+v", n, c.IndexState())
	}
}

func TestCatchUpEndsWithItsContext(t *testing.T) {
	c := openCache(t)
	sayIn(t, c, 0, "order")
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if err := c.CatchUp(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	if err := c.RunIndex(ctx); err != nil {
		t.Errorf("%v", err)
	}
}

func FuzzParseTouches(f *testing.F) {
	at := time.Date(2026, 11, 21, 9, 0, 0, 7, time.UTC)
	whole := touch{kind: touchForgot, number: 9}.append(touch{kind: touchNote, number: 8, at: at, hash: 41}.append(touch{kind: touchMessage, number: 7, at: at, hash: 42}.append(nil)))
	f.Add(whole)
	f.Add(whole[:len(whole)-1])
	f.Add([]byte("x1234"))
	f.Fuzz(func(t *testing.T, note []byte) {
		all, err := parseTouches(note)
		if err != nil {
			return
		}
		var again []byte
		for _, one := range all {
			again = one.append(again)
		}
		back, err := parseTouches(again)
		if err != nil || !slices.EqualFunc(all, back, func(a, b touch) bool {
			return a.at.Equal(b.at) && a.kind == b.kind && a.number == b.number && a.hash == b.hash
		}) {
			t.Errorf("%x gives %v, then %v, %v", note, all, back, err)
		}
	})
}

func TestJournalKeys(t *testing.T) {
	for _, n := range []uint64{0, 1, 255, 256, 1 << 40} {
		if got, ok := parseJournalKey(journalKey(n)); !ok || got != n {
			t.Errorf("%d gives %d, %v", n, got, ok)
		}
		if bytes.Compare(journalKey(n), journalKey(n+1)) >= 0 {
			t.Errorf("%d does not come before the next", n)
		}
	}
	if _, ok := parseJournalKey([]byte("short")); ok {
		t.Error("a short key is taken")
	}
}
