package cache

import (
	"bytes"
	"context"
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"parley/inbox"
)

// secret stands in everything that is stored of the customer who is forgotten.
const secret = "Xq7Zk9Wv"

const forgotten = inbox.ConversationID("acme/instagram/t_" + secret)

var noon = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

// putCustomer stores everything that can be stored of a customer.
func putCustomer(t *testing.T, c *Cache, id inbox.ConversationID, word string, round int) {
	t.Helper()
	err := c.Update(t.Context(), func(w inbox.Writer) error {
		for i := range 50 {
			m := inbox.Message{Conversation: id, ID: inbox.MessageID(word + strings.Repeat("m", i+1)), Text: strings.Repeat(word+" ", 20), CreatedAt: noon.Add(time.Duration(round*i) * time.Second)}
			if err := w.PutMessage(m); err != nil {
				return err
			}
		}
		conversation := inbox.Conversation{
			ID: id, Participant: inbox.Participant{Name: "Name " + word, Username: "user" + word}, Draft: word, Unread: 1, Unanswered: true,
			Last: inbox.Summary{Text: word, At: noon.Add(time.Duration(round) * time.Hour)}, Outbox: inbox.OutboxCounts{Failed: 1},
			Triage: inbox.Triage{Labels: []string{"label" + word}},
		}
		if err := w.PutConversation(conversation, inbox.WindowEnds{Limited: true, Open: int64(round), Late: int64(round + 1)}); err != nil {
			return err
		}
		if err := w.PutDraft(inbox.Draft{Conversation: id, Text: word}); err != nil {
			return err
		}
		note := inbox.Message{Conversation: id, ID: inbox.MessageID("note" + word), Author: word, Text: "note on " + word, CreatedAt: noon}
		if err := w.PutNote(note); err != nil {
			return err
		}
		item := inbox.OutboxItem{ID: inbox.OutboxID("o-" + word), Conversation: id, Parts: []inbox.Part{{Kind: inbox.PartText, Text: word, State: inbox.StateFailed}}}
		if err := w.PutOutboxItem(item); err != nil {
			return err
		}
		return w.PutSyncState(inbox.SyncState{Key: inbox.SyncKey{Account: "acme", Platform: inbox.Instagram, Request: "conversation " + id.RemoteID()}})
	})
	if err != nil {
		t.Fatal(err)
	}
}

// bytesOf is what a thief of the file would read.
func bytesOf(t *testing.T, c *Cache) []byte {
	t.Helper()
	file, err := os.ReadFile(c.path)
	if err != nil {
		t.Fatal(err)
	}
	return file
}

func customers(t *testing.T) *Cache {
	t.Helper()
	c, err := Open(t.TempDir(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	for round := range 5 { // each round leaves the pages of the one before
		putCustomer(t, c, forgotten, secret, round)
		putCustomer(t, c, "acme/instagram/t_other", "bystander", round)
	}
	if !bytes.Contains(bytesOf(t, c), []byte(secret)) {
		t.Fatal("the secret is not in the file to begin with")
	}
	return c
}

func expectForgotten(t *testing.T, c *Cache) {
	t.Helper()
	file := bytesOf(t, c)
	for _, word := range []string{secret, strings.ToLower(secret)} {
		if n := bytes.Count(file, []byte(word)); n > 0 {
			t.Errorf("%q is still %d times in the file", word, n)
		}
	}
	if !bytes.Contains(file, []byte("bystander")) {
		t.Error("the other customer has gone too")
	}
	h, err := c.Check(t.Context(), true)
	if err != nil || len(h.Problems) > 0 {
		t.Errorf("the file is not sound: %v %v", h.Problems, err)
	}
}

func forget(w inbox.Writer) error { return w.DeleteConversation(forgotten) }

func TestNothingOfADeletedCustomerStaysInTheFile(t *testing.T) {
	c := customers(t)
	if err := c.Update(t.Context(), forget); err != nil {
		t.Fatal(err)
	}
	expectForgotten(t, c)
}

func TestForgettingWaitsForOlderReaders(t *testing.T) {
	c := customers(t)
	reading, goOn, done := make(chan struct{}), make(chan struct{}), make(chan error)
	go func() {
		done <- c.View(context.Background(), func(r inbox.Reader) error {
			close(reading)
			<-goOn
			page, err := r.Thread(inbox.ThreadQuery{Conversation: forgotten, Before: 99})
			if len(page.Messages) != 50 {
				t.Errorf("the older reader sees %d messages", len(page.Messages))
			}
			return err
		})
	}()
	<-reading
	deleted := make(chan error)
	go func() { deleted <- c.Update(context.Background(), forget) }()
	// The deletion is committed while the reader still reads.
	for found := true; found; {
		err := c.View(t.Context(), func(r inbox.Reader) (err error) {
			_, found, err = r.Conversation(forgotten)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	close(goOn)
	for _, finished := range []chan error{done, deleted} {
		if err := <-finished; err != nil {
			t.Fatal(err)
		}
	}
	expectForgotten(t, c)
}

func TestForgettingIsFinishedByTheNextStart(t *testing.T) {
	c := customers(t)
	// The process dies after the commit: nothing was overwritten yet.
	if err := c.write(t.Context(), func(w *tx) error { return forget(w) }); err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(bytesOf(t, c), []byte(secret)) {
		t.Fatal("there is nothing left to do")
	}
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	again, err := Open(strings.TrimSuffix(c.path, "/"+FileName), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	expectForgotten(t, again)
}

func TestNothingOfAgedMessagesStaysInTheFile(t *testing.T) {
	c := customers(t)
	err := c.Update(t.Context(), func(w inbox.Writer) error {
		if err := w.DeleteOutboxItem("o-" + secret); err != nil {
			return err
		}
		if err := w.PutDraft(inbox.Draft{Conversation: forgotten}); err != nil {
			return err
		}
		kept, _, err := w.Conversation(forgotten)
		kept.Triage.Labels = nil // with one, or with a note, it would stay
		err = errors.Join(err, w.DeleteNote(forgotten, "note"+secret), w.PutConversation(kept, inbox.WindowEnds{}))
		if err != nil {
			return err
		}
		newer := inbox.Message{Conversation: "acme/instagram/t_other", ID: "bystander", CreatedAt: noon.Add(24 * time.Hour)}
		return w.PutMessage(newer)
	})
	if err != nil {
		t.Fatal(err)
	}
	removed, err := c.Retain(t.Context(), inbox.Retention{MaxAge: time.Hour}, noon.Add(24*time.Hour))
	if err != nil || removed != 100 {
		t.Fatalf("removed %d, %v", removed, err)
	}
	expectForgotten(t, c)
}
