package inboxtest

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"parley/inbox"
)

// TestStore checks that a Store keeps its contract. open returns an empty
// store; TestStore closes it.
func TestStore(t *testing.T, open func(t *testing.T) inbox.Store) {
	groups := []struct {
		name  string
		cases []storeCase
	}{
		{"transactions", transactionCases},
		{"conversations", conversationCases},
		{"list", listCases},
		{"time left", timeLeftCases},
		{"search", searchCases},
		{"messages", messageCases},
		{"triage", triageCases},
		{"notes", noteCases},
		{"outbox", outboxCases},
		{"drafts and sync", keptCases},
		{"waiting events", waitingCases},
		{"retention", retentionCases},
	}
	for _, g := range groups {
		t.Run(g.name, func(t *testing.T) {
			for _, c := range g.cases {
				t.Run(c.name, func(t *testing.T) {
					store := open(t)
					t.Cleanup(func() { _ = store.Close() })
					c.run(&probe{T: t, store: store})
				})
			}
		})
	}
}

// storeCase is one sentence of the contract.
type storeCase struct {
	name string
	run  func(p *probe)
}

// probe drives a store in tests: what cannot fail here ends the test.
type probe struct {
	*testing.T
	store inbox.Store
}

func (p *probe) write(fn func(w inbox.Writer) error) {
	p.Helper()
	if err := p.store.Update(p.Context(), fn); err != nil {
		p.Fatalf("update: %v", err)
	}
}

func (p *probe) read(fn func(r inbox.Reader) error) {
	p.Helper()
	if err := p.store.View(p.Context(), fn); err != nil {
		p.Fatalf("view: %v", err)
	}
}

func (p *probe) put(conversations ...inbox.Conversation) {
	p.Helper()
	p.write(func(w inbox.Writer) error {
		for _, c := range conversations {
			if err := w.PutConversation(c, inbox.WindowEnds{}); err != nil {
				return err
			}
		}
		return nil
	})
}

func (p *probe) putMessages(messages ...inbox.Message) {
	p.Helper()
	p.write(func(w inbox.Writer) error {
		for _, m := range messages {
			if err := w.PutMessage(m); err != nil {
				return err
			}
		}
		return nil
	})
}

func (p *probe) list(q inbox.ListQuery) (page inbox.ListPage) {
	p.Helper()
	p.read(func(r inbox.Reader) (err error) {
		page, err = r.List(q)
		return err
	})
	return page
}

func (p *probe) thread(q inbox.ThreadQuery) (page inbox.ThreadPage) {
	p.Helper()
	p.read(func(r inbox.Reader) (err error) {
		page, err = r.Thread(q)
		return err
	})
	return page
}

func (p *probe) counts() (counts inbox.Counts) {
	p.Helper()
	p.read(func(r inbox.Reader) (err error) {
		counts, err = r.Counts()
		return err
	})
	return counts
}

// counted compares the sizes of the views; one that is not named has none.
func (p *probe) counted(want inbox.Counts) {
	p.Helper()
	for _, view := range inbox.Views {
		want[view] += 0
	}
	p.same("counts", p.counts(), want)
}

func (p *probe) same(what string, got, want any) {
	p.Helper()
	if !reflect.DeepEqual(got, want) {
		p.Errorf("%s:\n got %+v\nwant %+v", what, got, want)
	}
}

// shows compares a page with the rows' short names, as "a b c", with "< " in
// front when there are more above and " >" behind when there are more below.
func (p *probe) shows(q inbox.ListQuery, want string) inbox.ListPage {
	p.Helper()
	page := p.list(q)
	names := make([]string, 0, len(page.Rows))
	for _, row := range page.Rows {
		names = append(names, row.ID.RemoteID())
	}
	if got := bracket(names, page.MoreBefore, page.MoreAfter); got != want {
		p.Errorf("list %+v:\n got %q\nwant %q", q, got, want)
	}
	return page
}

// showsThread is shows for messages.
func (p *probe) showsThread(q inbox.ThreadQuery, want string) {
	p.Helper()
	page := p.thread(q)
	names := make([]string, 0, len(page.Messages))
	for _, m := range page.Messages {
		names = append(names, string(m.ID))
	}
	if got := bracket(names, page.MoreBefore, page.MoreAfter); got != want {
		p.Errorf("thread %+v:\n got %q\nwant %q", q, got, want)
	}
}

func bracket(names []string, before, after bool) string {
	text := strings.Join(names, " ")
	if before {
		text = "< " + text
	}
	if after {
		text += " >"
	}
	return text
}

// start is when the tests take place.
var start = time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)

func id(name string) inbox.ConversationID {
	return inbox.NewConversationID("acme", inbox.Instagram, name)
}

// talk is a conversation whose newest message came the given time before start.
func talk(name string, ago time.Duration) inbox.Conversation {
	return inbox.Conversation{
		ID:          id(name),
		Provider:    "ayrshare",
		Participant: inbox.Participant{ID: "p-" + name, Name: "Customer " + name},
		Last:        inbox.Summary{ID: "m-" + inbox.MessageID(name), At: start.Add(-ago), Direction: inbox.Received, Text: "hello from " + name},
		Revision:    1,
	}
}

// talks makes n conversations c00, c01, …, each a minute older than the one before.
func talks(n int) []inbox.Conversation {
	var all []inbox.Conversation
	for i := range n {
		all = append(all, talk(fmt.Sprintf("c%02d", i), time.Duration(i)*time.Minute))
	}
	return all
}

// message is one of conversation "a", the given time before start.
func message(name string, ago time.Duration) inbox.Message {
	return inbox.Message{
		Conversation: id("a"),
		ID:           inbox.MessageID(name),
		Direction:    inbox.Received,
		Text:         "text of " + name,
		CreatedAt:    start.Add(-ago),
	}
}

var errRefused = errors.New("refused by the test")

var transactionCases = []storeCase{
	{"a failed update changes nothing", func(p *probe) {
		p.put(talk("a", 0))
		p.putMessages(message("m1", 0))
		before := p.counts()
		err := p.store.Update(p.Context(), func(w inbox.Writer) error {
			changed := talk("a", 0)
			changed.Unread = 3
			return errors.Join(
				w.PutConversation(changed, inbox.WindowEnds{}),
				w.PutConversation(talk("b", 0), inbox.WindowEnds{}),
				w.PutMessage(message("m2", 0)),
				w.DeleteMessage(id("a"), "m1"),
				w.PutDraft(inbox.Draft{Conversation: id("a"), Text: "hi", UpdatedAt: start}),
				w.PutOutboxItem(queued("o1", "a")),
				errRefused)
		})
		if !errors.Is(err, errRefused) {
			p.Errorf("the error of fn is lost: %v", err)
		}
		p.same("counts", p.counts(), before)
		p.shows(inbox.ListQuery{After: 9}, "a")
		p.showsThread(inbox.ThreadQuery{Conversation: id("a"), Before: 9}, "m1")
		p.read(func(r inbox.Reader) error {
			c, _, _ := r.Conversation(id("a"))
			p.same("unread", c.Unread, 0)
			_, draft, _ := r.Draft(id("a"))
			_, item, _ := r.OutboxItem("o1")
			p.same("draft and item", []bool{draft, item}, []bool{false, false})
			return nil
		})
	}},
	{"a failed update gives its arrival numbers back", func(p *probe) {
		_ = p.store.Update(p.Context(), func(w inbox.Writer) error {
			_, _ = w.NextArrival()
			return errRefused
		})
		p.read(func(r inbox.Reader) error {
			n, err := r.LastArrival()
			p.same("last arrival", n, uint64(0))
			return err
		})
	}},
	{"an update reads what it has written", func(p *probe) {
		p.write(func(w inbox.Writer) error {
			if err := w.PutConversation(talk("a", 0), inbox.WindowEnds{}); err != nil {
				return err
			}
			if err := w.PutMessage(message("m1", 0)); err != nil {
				return err
			}
			_, found, _ := w.Conversation(id("a"))
			page, _ := w.List(inbox.ListQuery{After: 9})
			thread, _ := w.Thread(inbox.ThreadQuery{Conversation: id("a"), Before: 9})
			counts, _ := w.Counts()
			p.same("conversation, rows, messages, count", []any{found, len(page.Rows), len(thread.Messages), counts[inbox.ViewAll]}, []any{true, 1, 1, 1})
			return nil
		})
	}},
	{"a view holds still while an update commits", func(p *probe) {
		p.put(talk("a", 0))
		p.read(func(r inbox.Reader) error {
			done := make(chan error)
			go func() {
				done <- p.store.Update(context.Background(), func(w inbox.Writer) error {
					return w.PutConversation(talk("b", 0), inbox.WindowEnds{})
				})
			}()
			if err := <-done; err != nil {
				return err
			}
			counts, err := r.Counts()
			p.same("conversations seen by the older view", counts[inbox.ViewAll], 1)
			return err
		})
		p.same("conversations after it", p.counts()[inbox.ViewAll], 2)
	}},
	{"the error of a view's fn comes back", func(p *probe) {
		if err := p.store.View(p.Context(), func(inbox.Reader) error { return errRefused }); !errors.Is(err, errRefused) {
			p.Errorf("got %v", err)
		}
	}},
	{"a context that has ended starts nothing", func(p *probe) {
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		view := p.store.View(ctx, func(inbox.Reader) error { p.Error("view ran"); return nil })
		update := p.store.Update(ctx, func(inbox.Writer) error { p.Error("update ran"); return nil })
		if !errors.Is(view, context.Canceled) || !errors.Is(update, context.Canceled) {
			p.Errorf("got %v and %v", view, update)
		}
	}},
	{"an update that waits for another one gives up with its context", func(p *probe) {
		p.write(func(inbox.Writer) error {
			ctx, cancel := context.WithCancel(context.Background())
			done := make(chan error)
			go func() {
				done <- p.store.Update(ctx, func(inbox.Writer) error { p.Error("second update ran"); return nil })
			}()
			cancel()
			if err := <-done; !errors.Is(err, context.Canceled) {
				p.Errorf("got %v", err)
			}
			return nil
		})
	}},
	{"a closed store says so", func(p *probe) {
		if err := p.store.Close(); err != nil {
			p.Fatal(err)
		}
		view := p.store.View(p.Context(), func(inbox.Reader) error { return nil })
		update := p.store.Update(p.Context(), func(inbox.Writer) error { return nil })
		if view == nil || update == nil {
			p.Errorf("got %v and %v", view, update)
		}
	}},
	{"records without an id are refused", func(p *probe) {
		p.write(func(w inbox.Writer) error {
			for what, err := range map[string]error{
				"conversation":  w.PutConversation(inbox.Conversation{}, inbox.WindowEnds{}),
				"message":       w.PutMessage(inbox.Message{Conversation: id("a")}),
				"lost message":  w.PutMessage(inbox.Message{ID: "m1"}),
				"draft":         w.PutDraft(inbox.Draft{Text: "hi"}),
				"item":          w.PutOutboxItem(inbox.OutboxItem{Conversation: id("a")}),
				"lost item":     w.PutOutboxItem(inbox.OutboxItem{ID: "o1"}),
				"sync state":    w.PutSyncState(inbox.SyncState{}),
				"account state": w.PutAccountState(inbox.AccountState{}),
			} {
				if err == nil {
					p.Errorf("a %s without an id was stored", what)
				}
			}
			return nil
		})
	}},
}
