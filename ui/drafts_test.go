package ui

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"parley/inbox"
)

const maya = inbox.ConversationID("acme/instagram/maya")

// fakeStore remembers what was saved and sent.
type fakeStore struct {
	mu     sync.Mutex
	stored map[inbox.ConversationID]string
	sent   []string
	fail   error
}

func newTestBook() (*draftBook, *fakeStore) {
	f := &fakeStore{stored: map[inbox.ConversationID]string{}}
	b := newDraftBook(nil)
	b.save = func(_ context.Context, d inbox.Draft) error {
		f.mu.Lock()
		defer f.mu.Unlock()
		f.stored[d.Conversation] = d.Text
		return nil
	}
	b.send = func(_ context.Context, r inbox.SendRequest) ([]inbox.OutboxItem, error) {
		f.mu.Lock()
		defer f.mu.Unlock()
		if f.fail != nil {
			return nil, f.fail
		}
		delete(f.stored, r.Conversation)
		f.sent = append(f.sent, r.Text)
		return []inbox.OutboxItem{{}}, nil
	}
	b.read = func(_ context.Context, id inbox.ConversationID) (inbox.Draft, error) {
		f.mu.Lock()
		defer f.mu.Unlock()
		return inbox.Draft{Conversation: id, Text: f.stored[id]}, nil
	}
	return b, f
}

func draftOf(text string) inbox.Draft {
	return inbox.Draft{Conversation: maya, Text: text, UpdatedAt: time.Now()}
}

func request(text string) inbox.SendRequest {
	return inbox.SendRequest{Composition: inbox.Composition{Conversation: maya, Text: text}}
}

func TestBookIsEmptyOnceEverythingIsStored(t *testing.T) {
	b, f := newTestBook()
	b.put(draftOf("hello"), false)
	if err := b.flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	if f.stored[maya] != "hello" || len(b.pending()) != 0 {
		t.Errorf("stored %q, pending %v", f.stored[maya], b.pending())
	}
}

func TestFailedSaveStaysInTheBook(t *testing.T) {
	b, _ := newTestBook()
	full := errors.New("disk full")
	b.save = func(context.Context, inbox.Draft) error { return full }
	b.put(draftOf("hello"), false)
	if err := b.flush(t.Context()); !errors.Is(err, full) {
		t.Errorf("error: %v", err)
	}
	if len(b.pending()) != 1 {
		t.Error("the text is gone")
	}
}

func TestTextBegunBeforeTheStoredDraftWasReadIsPutBelowIt(t *testing.T) {
	b, f := newTestBook()
	f.stored[maya] = "old"
	b.put(draftOf("new"), true)
	if err := b.flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	if f.stored[maya] != "old\nnew" || len(b.pending()) != 0 {
		t.Errorf("stored %q, pending %v", f.stored[maya], b.pending())
	}
}

func TestSentTextIsNoDraftAnyMoreAndWhatFollowsIs(t *testing.T) {
	b, f := newTestBook()
	if !b.leave(draftOf("first")) || b.leave(draftOf("second")) {
		t.Fatal("two texts of a conversation were let go at once")
	}
	b.put(draftOf("typed meanwhile"), false)
	if _, _, err := b.deliver(t.Context(), request("first")); err != nil {
		t.Fatal(err)
	}
	if err := b.flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	if len(f.sent) != 1 || f.stored[maya] != "typed meanwhile" {
		t.Errorf("sent %q, draft %q", f.sent, f.stored[maya])
	}
}

func TestRefusedTextComesBackBeforeWhatFollows(t *testing.T) {
	b, f := newTestBook()
	f.fail = errors.New("no")
	b.leave(draftOf("first"))
	b.put(draftOf("second"), false)
	_, rejected, err := b.deliver(t.Context(), request("first"))
	if err == nil || rejected.Text != "first\nsecond" {
		t.Fatalf("rejected %q, error %v", rejected.Text, err)
	}
	if err := b.flush(t.Context()); err != nil || f.stored[maya] != "first\nsecond" {
		t.Errorf("stored %q, error %v", f.stored[maya], err)
	}
}

func TestDeathBeforeTheSendKeepsTheTextAndDeathAfterItDoesNot(t *testing.T) {
	b, f := newTestBook()
	b.leave(draftOf("hello"))
	if err := b.flush(t.Context()); err != nil || f.stored[maya] != "hello" {
		t.Fatalf("before the send: stored %q, error %v", f.stored[maya], err)
	}
	if _, _, err := b.deliver(t.Context(), request("hello")); err != nil {
		t.Fatal(err)
	}
	if err := b.flush(t.Context()); err != nil || f.stored[maya] != "" {
		t.Errorf("after the send: stored %q, error %v", f.stored[maya], err)
	}
}

func TestFlushGivesUpWithItsContext(t *testing.T) {
	b, _ := newTestBook()
	<-b.turn // somebody else is writing and does not come back
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	b.put(draftOf("hello"), false)
	if err := b.flush(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("error: %v", err)
	}
}

func TestSavesThatOvertakeEachOtherStoreTheNewestText(t *testing.T) {
	b, f := newTestBook()
	var group sync.WaitGroup
	for i := range 50 {
		b.put(draftOf(string(rune('a'+i%26))), false)
		group.Go(func() { _ = b.flush(context.Background()) })
	}
	b.put(draftOf("newest"), false)
	group.Go(func() { _ = b.flush(context.Background()) })
	group.Wait()
	if f.stored[maya] != "newest" || len(b.pending()) != 0 {
		t.Errorf("stored %q, pending %v", f.stored[maya], b.pending())
	}
}
