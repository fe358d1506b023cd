package inbox_test

import (
	"context"
	"testing"
	"time"

	"parley/inbox"
	"parley/inbox/inboxtest"
)

// fixture is an inbox over a store in memory, with one account "acme" at a
// scripted provider.
type fixture struct {
	t        *testing.T
	in       *inbox.Inbox
	store    inbox.Store
	provider *inboxtest.Provider

	retention inbox.Retention
}

func newFixture(t *testing.T) *fixture {
	f := &fixture{t: t, store: inboxtest.NewStore(), provider: inboxtest.NewProvider()}
	f.restart()
	return f
}

// restart makes a new inbox over the same store, as after the program's end.
func (f *fixture) restart() {
	f.t.Helper()
	in, err := inbox.New(context.Background(), inbox.Options{
		Store: f.store, Retention: f.retention,
		Accounts: []inbox.Account{{ID: "acme", Provider: f.provider}},
	})
	if err != nil {
		f.t.Fatal(err)
	}
	f.in = in
}

// run starts the pollers and senders and returns how to stop them.
func (f *fixture) run() (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		if err := f.in.Run(ctx); err != nil {
			f.t.Error(err)
		}
	}()
	return func() { cancel(); <-done }
}

const ann = inbox.ConversationID("acme/instagram/t_ann")

// batch is a batch of Instagram facts of the account, read now.
func batch(messages ...inbox.MessageFact) inbox.Batch {
	return inbox.Batch{Account: "acme", Provider: "scripted", Platform: inbox.Instagram, AsOf: time.Now(), Messages: messages}
}

func received(id, text string, at time.Time) inbox.MessageFact {
	return inbox.MessageFact{
		RemoteID: "t_ann", Peer: inbox.Participant{ID: "ann", Name: "Ann"}, KnowsReactions: true,
		Message: inbox.Message{ID: inbox.MessageID(id), Direction: inbox.Received, SenderID: "ann", SenderName: "Ann", Text: text, CreatedAt: at},
	}
}

func sent(id, text string, at time.Time) inbox.MessageFact {
	return inbox.MessageFact{
		RemoteID: "t_ann", Peer: inbox.Participant{ID: "ann"}, KnowsReactions: true,
		Message: inbox.Message{ID: inbox.MessageID(id), Direction: inbox.Sent, SenderID: "us", Text: text, CreatedAt: at},
	}
}

func (f *fixture) ingest(b inbox.Batch) {
	f.t.Helper()
	if _, err := f.in.Ingest(context.Background(), b); err != nil {
		f.t.Fatal(err)
	}
}

func (f *fixture) conversation() inbox.Conversation {
	f.t.Helper()
	c, err := f.in.Conversation(context.Background(), ann)
	if err != nil {
		f.t.Fatal(err)
	}
	return c
}

func (f *fixture) thread() inbox.Thread {
	f.t.Helper()
	thread, err := f.in.Thread(context.Background(), inbox.ThreadQuery{Conversation: ann, Before: 1000})
	if err != nil {
		f.t.Fatal(err)
	}
	return thread
}

// texts of the thread, oldest first.
func (f *fixture) texts() []string {
	f.t.Helper()
	texts := []string{}
	for _, m := range f.thread().Page.Messages {
		texts = append(texts, m.Text)
	}
	return texts
}

func (f *fixture) send(text string) inbox.OutboxItem {
	f.t.Helper()
	items, err := f.in.Send(context.Background(), inbox.SendRequest{Composition: inbox.Composition{Conversation: ann, Text: text}})
	if err != nil {
		f.t.Fatal(err)
	}
	return items[0]
}

func (f *fixture) item(id inbox.OutboxID) inbox.OutboxItem {
	f.t.Helper()
	item, err := f.in.OutboxItem(context.Background(), id)
	if err != nil {
		f.t.Fatal(err)
	}
	return item
}

func (f *fixture) wantState(id inbox.OutboxID, want inbox.State) {
	f.t.Helper()
	if got := f.item(id); got.State() != want {
		f.t.Fatalf("item is %s (%+v), want %s", got.State(), got.Failure(), want)
	}
}
