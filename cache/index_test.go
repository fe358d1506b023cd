package cache_test

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"parley/cache"
	"parley/cache/fulltext"
	"parley/inbox"

	bolt "go.etcd.io/bbolt"
	"pgregory.net/rapid"
)

// said is a message of a conversation; i makes both.
func said(i, j int, text string) inbox.Message {
	m := worldMessage(worldConversation(i).ID, i, j)
	m.Text = text
	return m
}

// noted is an agents' note in a conversation.
func noted(i, j int, text string) inbox.Message {
	m := said(i, j, text)
	return inbox.Message{Conversation: m.Conversation, ID: inbox.MessageID(fmt.Sprint("note-", j)), Note: true, Author: "Eve", Text: text, CreatedAt: m.CreatedAt}
}

// customer is a conversation whose customer has that name.
func customer(i int, name string) inbox.Conversation {
	c := worldConversation(i)
	c.Participant.Name, c.Participant.Username = name, ""
	return c
}

func update(tb testing.TB, c *cache.Cache, fn func(w inbox.Writer) error) {
	tb.Helper()
	if err := c.Update(context.Background(), fn); err != nil {
		tb.Fatal(err)
	}
}

func put(tb testing.TB, c *cache.Cache, conversation inbox.Conversation, all ...inbox.Message) {
	tb.Helper()
	update(tb, c, func(w inbox.Writer) error {
		for _, m := range all {
			if err := w.PutMessage(m); err != nil {
				return err
			}
		}
		return w.PutConversation(conversation, inbox.WindowEnds{})
	})
}

func catchUp(tb testing.TB, c *cache.Cache) {
	tb.Helper()
	if err := c.CatchUp(context.Background()); err != nil {
		tb.Fatal(err)
	}
	if s := c.IndexState(); s != (inbox.IndexState{}) {
		tb.Fatalf("the index has caught up, but is %+v", s)
	}
}

// tester is what tests of all kinds have.
type tester interface {
	Helper()
	Errorf(format string, args ...any)
	Fatal(args ...any)
}

// terms are words, one of each text; the last one may go on.
func terms(texts ...string) (q inbox.TextQuery) {
	for _, text := range texts {
		q.All = append(q.All, inbox.TextTerm{Text: text})
	}
	return q
}

// answer is the whole answer to a query, as "conversation message words".
func answer(tb tester, c *cache.Cache, q inbox.TextQuery) (found []string) {
	tb.Helper()
	for range 1000 {
		page, err := c.SearchText(context.Background(), q)
		if err != nil {
			tb.Fatal(err)
		}
		for _, hit := range page.Hits {
			found = append(found, line(hit))
		}
		if page.Next == "" {
			return found
		}
		q.Next = page.Next
	}
	tb.Fatal("the answer has no end")
	return nil
}

func line(hit inbox.TextHit) string {
	return fmt.Sprintf("%s %s %q note=%v %s", hit.Conversation, hit.Message, hit.Words, hit.Note, hit.At.Format(time.RFC3339Nano))
}

// scan is the answer to a query from the store alone.
func scan(tb tester, c *cache.Cache, q inbox.TextQuery) (found []string) {
	tb.Helper()
	query := fulltext.Compile(q)
	var hits []inbox.TextHit
	err := c.View(context.Background(), func(r inbox.Reader) error {
		for _, view := range []inbox.View{inbox.ViewAll, inbox.ViewSnoozed, inbox.ViewDone} {
			page, err := r.List(inbox.ListQuery{View: view, After: 1 << 20})
			if err != nil {
				return err
			}
			for _, row := range page.Rows {
				if words, ok := query.Customer(row.Conversation); ok {
					hits = append(hits, inbox.TextHit{Conversation: row.Conversation.ID, At: row.Conversation.LastActivity(), Words: words})
				}
				thread, err := r.Thread(inbox.ThreadQuery{Conversation: row.Conversation.ID, Before: 1 << 20, Notes: true})
				if err != nil {
					return err
				}
				for _, m := range thread.Messages {
					if words, ok := query.Message(m, row.Conversation); ok {
						hits = append(hits, inbox.TextHit{Conversation: m.Conversation, Message: m.ID, Note: m.Note, At: m.CreatedAt, Words: words})
					}
				}
			}
		}
		return nil
	})
	if err != nil {
		tb.Fatal(err)
	}
	for _, hit := range hits {
		found = append(found, line(hit))
	}
	return found
}

// compare asks some queries of the index and of the store.
func compare(tb tester, c *cache.Cache, queries ...inbox.TextQuery) {
	tb.Helper()
	for _, q := range queries {
		got, want := answer(tb, c, q), scan(tb, c, q)
		if !inOrder(got) {
			tb.Errorf("%+v: not newest first: %q", q, got)
		}
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			tb.Errorf("%+v:\nthe index finds %q\nthe store has   %q", q, got, want)
		}
	}
}

func inOrder(lines []string) bool {
	return slices.IsSortedFunc(lines, func(a, b string) int {
		return -cmp.Compare(instantOf(a).UnixNano(), instantOf(b).UnixNano())
	})
}

func instantOf(line string) time.Time {
	at, _ := time.Parse(time.RFC3339Nano, line[strings.LastIndex(line, " ")+1:])
	return at
}

func TestIndexFollowsTheStore(t *testing.T) {
	c := open(t, t.TempDir())
	anna := customer(1, "Anna Müller")
	first, second := said(1, 1, "Where is order #A-1234?"), said(1, 2, "the refund, please")
	put(t, c, anna, first, second)
	put(t, c, customer(2, "Order Desk"), said(2, 1, "an order for Anna"))
	if s := c.IndexState(); !s.Rebuilding {
		t.Errorf("an index that was never made: %+v", s)
	}
	catchUp(t, c)

	only := func(q inbox.TextQuery, want ...inbox.Message) {
		t.Helper()
		compare(t, c, q)
		var found []string
		for _, l := range answer(t, c, q) {
			found = append(found, strings.Join(strings.Fields(l)[:2], " "))
		}
		for _, m := range want {
			if !slices.Contains(found, string(m.Conversation)+" "+string(m.ID)) {
				t.Errorf("%+v does not find %q", q, m.Text)
			}
		}
	}
	only(terms("a-1234"), first)
	only(terms("anna", "refund"), second)
	only(terms("order"), first)
	only(terms("muller"))

	edited := first
	edited.Text = "Where is my parcel?"
	put(t, c, customer(1, "Anna Schmidt"), edited)
	if got := answer(t, c, terms("a-1234")); len(got) != 0 {
		t.Errorf("before the index has followed, the old text finds %q", got)
	}
	catchUp(t, c)
	only(terms("parcel"), edited)
	only(terms("schmidt", "refund"), second)
	if got := answer(t, c, terms("muller")); len(got) != 0 {
		t.Errorf("the old name finds %q", got)
	}

	unsent := second
	unsent.Deleted, unsent.Text = true, ""
	put(t, c, customer(1, "Anna Schmidt"), unsent)
	catchUp(t, c)
	if got := answer(t, c, terms("refund")); len(got) != 0 {
		t.Errorf("an unsent message is found: %q", got)
	}

	moved := edited
	moved.CreatedAt = moved.CreatedAt.Add(time.Hour)
	put(t, c, customer(1, "Anna Schmidt"), moved)
	update(t, c, func(w inbox.Writer) error { return w.DeleteMessage(worldConversation(2).ID, said(2, 1, "").ID) })
	catchUp(t, c)
	only(terms("parcel"), moved)
	compare(t, c, terms("order"), terms("anna"), inbox.TextQuery{})
}

func TestSearchInPages(t *testing.T) {
	c := open(t, t.TempDir())
	for i := range 40 {
		name := "Ordinary Customer"
		if i%4 == 0 {
			name = "Order Desk"
		}
		put(t, c, customer(i, name), said(i, 1, "the order"), said(i, 2, "the answer"), said(i, 3, "order again"))
	}
	catchUp(t, c)
	want := answer(t, c, terms("order"))
	if len(want) != 90 {
		t.Fatalf("%d are found", len(want))
	}
	for _, limit := range []int{1, 7, 89, 90, 91, 1000} {
		q := terms("order")
		q.Limit = limit
		if got := answer(t, c, q); !slices.Equal(got, want) {
			t.Errorf("in pages of %d: %d are found, or in another order", limit, len(got))
		}
	}
	q := terms("order")
	q.Next = "nonsense"
	if _, err := c.SearchText(t.Context(), q); err == nil {
		t.Error("a cursor that is none is taken")
	}
}

// TestManyCustomersOfOneName has more of them than are sorted by themselves.
func TestManyCustomersOfOneName(t *testing.T) {
	c := open(t, t.TempDir())
	fill(t, c, 0, 1200)
	for i := range 30 {
		moved := worldConversation(i * 37)
		moved.Archived, moved.Triage.SnoozedUntil = i%2 == 0, []time.Time{{}, epoch.AddDate(0, 0, 60-i)}[i%3%2]
		put(t, c, moved)
	}
	catchUp(t, c)
	q := terms("customer")
	q.Limit = 500
	got := answer(t, c, q)
	if len(got) != 1200 || !inOrder(got) {
		t.Errorf("%d of 1200 are found; in order: %v", len(got), inOrder(got))
	}
}

func TestForgottenCustomersLeaveTheIndex(t *testing.T) {
	c := open(t, t.TempDir())
	put(t, c, customer(1, "Kryptonite Kent"), said(1, 1, "my kryptonite"))
	put(t, c, customer(2, "Lois"), said(2, 1, "hello"))
	catchUp(t, c)
	update(t, c, func(w inbox.Writer) error { return w.DeleteConversation(worldConversation(1).ID) })
	if got := answer(t, c, terms("kryptonite")); len(got) != 0 {
		t.Errorf("at once: %q", got)
	}
	if s := c.IndexState(); s.Behind != 0 {
		t.Errorf("nobody else takes the text out of the files, and it has not been done: %+v", s)
	}
	catchUp(t, c)
	compare(t, c, terms("kryptonite"), terms("hello"), terms("lois"))
	put(t, c, customer(1, "Clark"), said(1, 5, "I am back"))
	catchUp(t, c)
	compare(t, c, terms("kryptonite"), terms("back"), inbox.TextQuery{Conversation: worldConversation(1).ID})
}

// TestNotesAreFoundAsNotes: by their words, but never as what a customer or we
// have said.
func TestNotesAreFoundAsNotes(t *testing.T) {
	c := open(t, t.TempDir())
	note := noted(1, 1, "promised a refund")
	update(t, c, func(w inbox.Writer) error { return w.PutNote(note) }) // before its conversation
	put(t, c, customer(1, "Anna"), said(1, 2, "the refund, please"))
	second := noted(1, 3, "called about the refund")
	update(t, c, func(w inbox.Writer) error { return w.PutNote(second) })

	found := func(q inbox.TextQuery) (notes, messages int) {
		t.Helper()
		catchUp(t, c)
		compare(t, c, q)
		page, err := c.SearchText(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		for _, hit := range page.Hits {
			if hit.Note {
				notes++
			} else {
				messages++
			}
		}
		return notes, messages
	}
	refund := terms("refund")
	for what, q := range map[string]inbox.TextQuery{
		"messages alone": {All: refund.All, NoNotes: true}, "a sender": {All: refund.All, From: []string{"anna"}},
		"another sender": {All: refund.All, NotFrom: []string{inbox.FromUs}}, "a trait": {All: refund.All, HasNot: []inbox.MessageTrait{inbox.HasLink}},
		"no words": {},
	} {
		if notes, messages := found(q); notes != 0 || messages != 1 {
			t.Errorf("%s: %d notes and %d messages are found", what, notes, messages)
		}
	}
	if notes, messages := found(refund); notes != 2 || messages != 1 {
		t.Errorf("%d notes and %d messages are found", notes, messages)
	}
	if err := c.Rebuild(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	if notes, _ := found(terms("promised", "anna")); notes != 1 {
		t.Errorf("made anew, the index finds %d notes", notes)
	}
	second.Text, second.CreatedAt = "all is well", second.CreatedAt.Add(time.Minute)
	update(t, c, func(w inbox.Writer) error {
		return errors.Join(w.PutNote(second), w.DeleteNote(note.Conversation, note.ID))
	})
	if notes, messages := found(refund); notes != 0 || messages != 1 {
		t.Errorf("after one was edited and one deleted, %d notes and %d messages are found", notes, messages)
	}
	if notes, _ := found(terms("well")); notes != 1 {
		t.Errorf("the edited note is found %d times", notes)
	}
	update(t, c, func(w inbox.Writer) error { return w.DeleteConversation(note.Conversation) })
	if notes, messages := found(terms("well")); notes != 0 || messages != 0 {
		t.Errorf("of a forgotten customer %d notes and %d messages are found", notes, messages)
	}
}

func TestRetainedMessagesLeaveTheIndex(t *testing.T) {
	c := open(t, t.TempDir())
	fill(t, c, 0, 300)
	catchUp(t, c)
	removed, err := c.Retain(t.Context(), inbox.Retention{MaxAge: 3 * time.Hour}, epoch)
	if err != nil || removed == 0 {
		t.Fatalf("%d removed, %v", removed, err)
	}
	catchUp(t, c)
	compare(t, c, terms("message"), terms("customer"))
}

// TestIndexAgreesWithTheStore draws commits and questions.
func TestIndexAgreesWithTheStore(t *testing.T) {
	vocabulary := []string{"order", "Order", "orders", "refund", "#A-12", "été", "日本語", "❤️", "anna@shop.example", "x"}
	rapid.Check(t, func(t *rapid.T) {
		dir, err := os.MkdirTemp("", "parley")
		if err != nil {
			t.Fatal(err)
		}
		defer os.RemoveAll(dir)
		c, err := cache.Open(dir, cache.Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = c.Close() }()
		text := rapid.Map(rapid.SliceOfN(rapid.SampledFrom(vocabulary), 0, 4), func(words []string) string { return strings.Join(words, " ") })
		for range rapid.IntRange(1, 12).Draw(t, "commits") {
			i, j := rapid.IntRange(0, 3).Draw(t, "conversation"), rapid.IntRange(0, 5).Draw(t, "message")
			write := func(w inbox.Writer) error { return nil }
			switch rapid.SampledFrom([]string{"put", "put", "put", "note", "unnote", "name", "archive", "delete", "forget", "unsend", "move", "reopen", "rebuild"}).Draw(t, "act") {
			case "put":
				m := said(i, j, text.Draw(t, "text"))
				m.Direction = rapid.SampledFrom([]inbox.Direction{inbox.Received, inbox.Sent}).Draw(t, "direction")
				write = func(w inbox.Writer) error {
					return errors.Join(w.PutMessage(m), w.PutConversation(customer(i, "Number"), inbox.WindowEnds{}))
				}
			case "note":
				m := noted(i, j, text.Draw(t, "text"))
				write = func(w inbox.Writer) error { return w.PutNote(m) }
			case "unnote":
				write = func(w inbox.Writer) error { return w.DeleteNote(worldConversation(i).ID, noted(i, j, "").ID) }
			case "name":
				named := customer(i, text.Draw(t, "name"))
				write = func(w inbox.Writer) error { return w.PutConversation(named, inbox.WindowEnds{}) }
			case "archive":
				archived := customer(i, "Number")
				archived.Archived = rapid.Bool().Draw(t, "archived")
				if rapid.Bool().Draw(t, "snoozed") {
					archived.Triage.SnoozedUntil = epoch.AddDate(1, 0, 0)
				}
				write = func(w inbox.Writer) error { return w.PutConversation(archived, inbox.WindowEnds{}) }
			case "delete":
				write = func(w inbox.Writer) error { return w.DeleteMessage(worldConversation(i).ID, said(i, j, "").ID) }
			case "forget":
				write = func(w inbox.Writer) error { return w.DeleteConversation(worldConversation(i).ID) }
			case "unsend", "move":
				write = func(w inbox.Writer) error {
					m, found, err := w.Message(worldConversation(i).ID, said(i, j, "").ID)
					if err != nil || !found {
						return err
					}
					m.Deleted, m.CreatedAt = !m.Deleted, m.CreatedAt.Add(time.Minute)
					return w.PutMessage(m)
				}
			case "reopen":
				if err := c.Close(); err != nil {
					t.Fatal(err)
				}
				if c, err = cache.Open(dir, cache.Options{}); err != nil {
					t.Fatal(err)
				}
			case "rebuild":
				if err := c.Rebuild(context.Background(), nil); err != nil {
					t.Fatal(err)
				}
			}
			if err := c.Update(context.Background(), write); err != nil {
				t.Fatal(err)
			}
			if rapid.Bool().Draw(t, "follow") {
				if err := c.CatchUp(context.Background()); err != nil {
					t.Fatal(err)
				}
			}
		}
		if err := c.CatchUp(context.Background()); err != nil {
			t.Fatal(err)
		}
		term := rapid.Custom(func(t *rapid.T) inbox.TextTerm {
			return inbox.TextTerm{Text: rapid.SampledFrom(append(vocabulary, "number", "ord", "日", "order refund")).Draw(t, "word"), Prefix: rapid.Bool().Draw(t, "prefix")}
		})
		for range 5 {
			q := inbox.TextQuery{
				All:   rapid.SliceOfN(term, 0, 3).Draw(t, "all"),
				None:  rapid.SliceOfN(term, 0, 1).Draw(t, "none"),
				Limit: rapid.IntRange(1, 5).Draw(t, "limit"),
			}
			switch rapid.IntRange(0, 6).Draw(t, "also") {
			case 0:
				q.From = []string{rapid.SampledFrom([]string{inbox.FromUs, "num", "order"}).Draw(t, "from")}
			case 1:
				q.NotFrom = []string{rapid.SampledFrom([]string{inbox.FromUs, "num", "order"}).Draw(t, "not from")}
			case 2:
				q.Conversation = worldConversation(rapid.IntRange(0, 3).Draw(t, "in")).ID
			case 3:
				q.Platform = inbox.Platforms[1]
			case 4:
				q.HasNot = []inbox.MessageTrait{inbox.HasLink}
			case 5:
				q.NoNotes = true
			}
			got, want := answer(t, c, q), scan(t, c, q)
			if !inOrder(got) {
				t.Fatalf("%+v: not newest first: %q", q, got)
			}
			slices.Sort(got)
			slices.Sort(want)
			if !slices.Equal(got, want) {
				t.Fatalf("%+v:\nthe index finds %q\nthe store has   %q", q, got, want)
			}
		}
	})
}

func TestDamagedIndexIsMadeAnew(t *testing.T) {
	eachFile := func(fn func(path string) error) func(dir string) error {
		return func(dir string) error {
			files, err := filepath.Glob(filepath.Join(dir, cache.IndexFolder, "*.zap"))
			if err != nil || len(files) == 0 {
				return fmt.Errorf("no files: %w", err)
			}
			return fn(files[0])
		}
	}
	inDatabase := func(fn func(tx *bolt.Tx) error) func(dir string) error {
		return func(dir string) error { return inFile(filepath.Join(dir, cache.FileName), fn) }
	}
	for name, damage := range map[string]func(dir string) error{
		"no folder":      func(dir string) error { return os.RemoveAll(filepath.Join(dir, cache.IndexFolder)) },
		"a file is gone": eachFile(os.Remove),
		"a file is cut":  eachFile(func(path string) error { return os.Truncate(path, 1000) }),
		"a file is garbage": eachFile(func(path string) error {
			return os.WriteFile(path, []byte(strings.Repeat("garbage", 1000)), 0o600)
		}),
		"another version": inDatabase(func(tx *bolt.Tx) error {
			return tx.Bucket([]byte("meta")).Put([]byte("index"), []byte(`{"version":99}`))
		}),
		"the state is garbage": inDatabase(func(tx *bolt.Tx) error {
			return tx.Bucket([]byte("meta")).Put([]byte("index"), []byte(`{"ver`))
		}),
		"the list is garbage": inDatabase(func(tx *bolt.Tx) error {
			b := tx.Bucket([]byte("kept")).Bucket([]byte("index"))
			k, _ := b.Cursor().First()
			return b.Put(k, []byte("garbage"))
		}),
		"a note is garbage": inDatabase(func(tx *bolt.Tx) error {
			return tx.Bucket([]byte("kept")).Bucket([]byte("journal")).Put([]byte{0, 0, 0, 0, 0, 0xff, 0, 0}, []byte("garbage"))
		}),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			c := open(t, dir)
			put(t, c, customer(1, "Anna"), said(1, 1, "where is my order"), said(1, 2, "the refund"))
			catchUp(t, c)
			want := answer(t, c, terms("order"))
			if err := c.Close(); err != nil {
				t.Fatal(err)
			}
			if err := damage(dir); err != nil {
				t.Fatal(err)
			}
			c = open(t, dir)
			if _, err := c.SearchText(t.Context(), terms("order")); err != nil {
				t.Errorf("a search before it is made anew: %v", err)
			}
			catchUp(t, c)
			if got := answer(t, c, terms("order")); !slices.Equal(got, want) || len(got) != 1 {
				t.Errorf("%q, want %q", got, want)
			}
		})
	}
}

// TestDamageUnderARunningIndex cuts files that are mapped into memory.
func TestDamageUnderARunningIndex(t *testing.T) {
	dir := t.TempDir()
	c := open(t, dir)
	fill(t, c, 0, 300)
	catchUp(t, c)
	files, err := filepath.Glob(filepath.Join(dir, cache.IndexFolder, "*.zap"))
	if err != nil || len(files) == 0 {
		t.Fatal("no files", err)
	}
	for _, path := range files {
		if err := os.Truncate(path, 0); err != nil {
			t.Fatal(err)
		}
	}
	page, err := c.SearchText(t.Context(), terms("message"))
	if err != nil || len(page.Hits) > 0 {
		t.Errorf("%d hits, %v", len(page.Hits), err)
	}
	catchUp(t, c)
	if got := answer(t, c, terms("message")); len(got) != 300*perConversation {
		t.Errorf("%d found after it was made anew", len(got))
	}
}

// TestDamageUnderTheIndexer is found by who writes and merges files, without a
// search.
func TestDamageUnderTheIndexer(t *testing.T) {
	dir := t.TempDir()
	c := open(t, dir)
	follow := func(from, to int) {
		for i := from; i < to; i++ {
			put(t, c, customer(i, "Anna"), said(i, 1, "where is my order"))
			catchUp(t, c)
		}
	}
	follow(0, 7)
	files, err := filepath.Glob(filepath.Join(dir, cache.IndexFolder, "*.zap"))
	if err != nil || len(files) == 0 {
		t.Fatal("no files", err)
	}
	for _, path := range files {
		if err := os.Truncate(path, 0); err != nil {
			t.Fatal(err)
		}
	}
	follow(7, 20)
	if got := answer(t, c, terms("order")); len(got) != 20 {
		t.Errorf("%d of 20 are found after it was made anew", len(got))
	}
}

// TestIndexFollowsWhileItIsMade runs the indexer beside writers and searches.
func TestIndexFollowsWhileItIsMade(t *testing.T) {
	c := open(t, t.TempDir())
	fill(t, c, 0, 600)
	ctx, stop := context.WithCancel(t.Context())
	var running sync.WaitGroup
	running.Go(func() {
		if err := c.RunIndex(ctx); err != nil {
			t.Error(err)
		}
	})
	var writing sync.WaitGroup
	writing.Go(func() {
		for i := range 40 {
			put(t, c, customer(1000+i, "Newcomer"), said(1000+i, 1, "fresh order"))
			if i%5 == 0 {
				update(t, c, func(w inbox.Writer) error { return w.DeleteConversation(worldConversation(i).ID) })
			}
		}
	})
	for range 2 {
		writing.Go(func() {
			for range 30 {
				page, err := c.SearchText(ctx, terms("order"))
				if err != nil {
					t.Error(err)
				}
				if !page.State.Rebuilding && page.State.Done != 0 {
					t.Errorf("%+v", page.State)
				}
			}
		})
	}
	writing.Wait()
	stop()
	running.Wait()
	catchUp(t, c)
	compare(t, c, terms("fresh"), terms("order"), terms("newcomer"))
}

// TestRunIndexFollowsCommits waits for the indexer, which is told of commits.
func TestRunIndexFollowsCommits(t *testing.T) {
	c := open(t, t.TempDir())
	ctx, stop := context.WithCancel(t.Context())
	var running sync.WaitGroup
	running.Go(func() { _ = c.RunIndex(ctx) })
	defer running.Wait()
	defer stop()
	for i := range 3 {
		put(t, c, customer(i, "Anna"), said(i, 1, fmt.Sprint("parcel", i)))
		deadline := time.After(20 * time.Second)
		for len(answer(t, c, terms(fmt.Sprint("parcel", i)))) == 0 {
			select {
			case <-deadline:
				t.Fatalf("the message is not found; %+v", c.IndexState())
			case <-time.After(5 * time.Millisecond):
			}
		}
	}
}

func TestMakingIsResumed(t *testing.T) {
	dir := t.TempDir()
	c := open(t, dir)
	fill(t, c, 0, 1500)
	ctx, stop := context.WithCancel(t.Context())
	var running sync.WaitGroup
	running.Go(func() { _ = c.RunIndex(ctx) })
	for range time.Tick(time.Millisecond) {
		if c.IndexState().Done > 0 {
			break
		}
	}
	stop()
	running.Wait()
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	c = open(t, dir)
	if _, err := c.SearchText(t.Context(), terms("message")); err != nil { // opens it
		t.Fatal(err)
	}
	s := c.IndexState()
	if !s.Rebuilding || s.Done == 0 || s.Done >= s.Total || s.Total != 1500*perConversation {
		t.Errorf("after the interruption: %+v", s)
	}
	catchUp(t, c)
	if got := answer(t, c, terms("number 1499")); len(got) != 1 {
		t.Errorf("%q", got)
	}
	if got := answer(t, c, terms("message")); len(got) != 1500*perConversation {
		t.Errorf("%d found", len(got))
	}
}

// indexing is the other process of TestKilledIndexerLeavesNothingToMend: it
// writes messages and runs the indexer.
const indexing = "PARLEY_TEST_INDEX_CACHE"

func indexUntilKilled(dir string) error {
	c, err := cache.Open(dir, cache.Options{})
	if err != nil {
		return err
	}
	var failed error
	var running sync.WaitGroup
	running.Go(func() { failed = c.RunIndex(context.Background()) })
	for i := 0; ; i++ {
		conversation := worldConversation(i % 50)
		err := c.Update(context.Background(), func(w inbox.Writer) error {
			if i%30 == 29 {
				return w.DeleteConversation(conversation.ID)
			}
			return errors.Join(w.PutMessage(said(i%50, os.Getpid()+i, fmt.Sprint("message ", i))), w.PutConversation(conversation, worldWindows(i%50)))
		})
		if err != nil {
			return errors.Join(err, failed)
		}
		fmt.Println(i)
	}
}

func TestKilledIndexerLeavesNothingToMend(t *testing.T) {
	dir := t.TempDir()
	for round := range 6 {
		killIndexer(t, dir, 20+round*45)
		c := open(t, dir)
		h, err := c.Check(t.Context(), true)
		if err != nil || len(h.Problems) > 0 {
			t.Fatalf("round %d: %v %q", round, err, h.Problems)
		}
		if round%2 == 0 {
			catchUp(t, c) // otherwise the next one has to
			compare(t, c, terms("message"), terms("customer"), terms("message 7"))
			unlisted(t, c, dir)
		}
		if err := c.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

func killIndexer(t *testing.T, dir string, commits int) {
	t.Helper()
	other := exec.Command(os.Args[0])
	other.Env = append(os.Environ(), indexing+"="+dir)
	out, err := other.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := other.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	for n := 0; lines.Scan(); n++ {
		if n == commits {
			if err := other.Process.Kill(); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := other.Wait(); err == nil {
		t.Fatal("it ended by itself")
	}
}

// unlisted looks for files that no list names: they would stay for ever.
func unlisted(t *testing.T, c *cache.Cache, dir string) {
	t.Helper()
	listed := 0
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	err := inFile(c.Path(), func(tx *bolt.Tx) error {
		b := tx.Bucket([]byte("kept")).Bucket([]byte("index")).Cursor()
		for k, _ := b.First(); k != nil; k, _ = b.Next() {
			listed++
		}
		return nil
	})
	files, err2 := os.ReadDir(filepath.Join(dir, cache.IndexFolder))
	if err := errors.Join(err, err2); err != nil || len(files) != listed {
		t.Errorf("%d files in the folder, %d in the list, %v", len(files), listed, err)
	}
}
