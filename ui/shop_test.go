package ui_test

import (
	"context"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"parley/inbox"
	"parley/inbox/inboxtest"
	"parley/ui"
	"parley/ui/uitest"
)

// shop is a small business with an inbox, a scripted provider and a robot at
// the keyboard.
type shop struct {
	*testing.T
	*uitest.Robot
	ctx      context.Context
	in       *inbox.Inbox
	store    inbox.Store
	index    *index
	provider *inboxtest.Provider
	screen   *ui.UI
	next     int
}

// atShop runs a test in a bubble, at ten in the morning. fill puts customers
// into the inbox before the screen opens.
func atShop(t *testing.T, width, height int, opts ui.Options, fill func(*shop), play func(*shop)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		s := openShop(t)
		time.Sleep(10 * time.Hour) // a bubble's clock starts at midnight, UTC
		fill(s)
		s.openScreen(width, height, opts)
		play(s)
	})
}

func openShop(t *testing.T) *shop {
	t.Helper()
	s := &shop{T: t, store: inboxtest.NewStore(), provider: inboxtest.NewProvider()}
	s.index = &index{Index: inboxtest.Index{Store: s.store}}
	var cancel context.CancelFunc
	s.ctx, cancel = context.WithCancel(context.Background())
	t.Cleanup(cancel)
	var err error
	s.in, err = inbox.New(s.ctx, inbox.Options{Store: s.store, Index: s.index, Accounts: []inbox.Account{{ID: "acme", Provider: s.provider}}})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func (s *shop) openScreen(width, height int, opts ui.Options) {
	s.T.Helper()
	if opts.Zone == nil {
		opts.Zone = time.UTC
	}
	screen, err := ui.New(s.ctx, s.in, opts)
	if err != nil {
		s.T.Fatal(err)
	}
	s.screen = screen
	s.Robot = uitest.New(s.T, screen, width, height)
}

// id is the conversation of a customer.
func id(platform inbox.Platform, customer string) inbox.ConversationID {
	return inbox.NewConversationID("acme", platform, customer)
}

// ingest brings facts in, as a poller does.
func (s *shop) ingest(b inbox.Batch) {
	s.T.Helper()
	b.Account, b.Provider = "acme", "scripted"
	if b.AsOf.IsZero() {
		b.AsOf = time.Now()
	}
	if _, err := s.in.Ingest(s.ctx, b); err != nil {
		s.T.Fatal(err)
	}
	if s.Robot != nil {
		s.Settle()
		s.Wait(150 * time.Millisecond) // the screen follows changes in steps
	}
}

// writes is a message of a customer, some time ago.
func (s *shop) writes(platform inbox.Platform, customer, text string, ago time.Duration) {
	s.T.Helper()
	s.ingest(s.batch(platform, customer, inbox.Message{Direction: inbox.Received, Text: text, CreatedAt: time.Now().Add(-ago)}))
}

// batch is the facts of one message.
func (s *shop) batch(platform inbox.Platform, customer string, m inbox.Message) inbox.Batch {
	s.next++
	m.ID = inbox.MessageID(fmt.Sprintf("m%d", s.next))
	peer := inbox.Participant{ID: "id-" + customer, Name: customer}
	m.SenderID = peer.ID
	if m.Direction == inbox.Sent {
		m.SenderID = "us"
	}
	return inbox.Batch{
		Platform:      platform,
		Conversations: []inbox.ConversationFact{{RemoteID: customer, Participant: peer}},
		Messages:      []inbox.MessageFact{{RemoteID: customer, Peer: peer, Message: m}},
	}
}

// threeCustomers is a quiet morning: Maya has just written, Jamal an hour ago,
// Priya yesterday.
func threeCustomers(s *shop) {
	s.writes(inbox.Twitter, "Priya", "is it in stock?", 26*time.Hour)
	s.writes(inbox.Facebook, "Jamal", "where is my parcel?", time.Hour)
	s.writes(inbox.Instagram, "Maya", "do you ship to Porto?", 5*time.Minute)
}

// outbox lists what has been handed over for sending.
func (s *shop) outbox() []inbox.OutboxItem {
	s.T.Helper()
	items, err := s.in.Outbox(s.ctx, true)
	if err != nil {
		s.T.Fatal(err)
	}
	return items
}

// draft is the stored draft of a customer.
func (s *shop) draft(id inbox.ConversationID) string {
	s.T.Helper()
	th, err := s.in.Thread(s.ctx, inbox.ThreadQuery{Conversation: id, Before: 1})
	if err != nil {
		s.T.Fatal(err)
	}
	return th.Draft.Text
}
