package cli

import (
	"context"
	"fmt"
	"testing"
	"time"

	"parley/cache"
	"parley/inbox"
	"parley/inbox/inboxtest"
)

// BenchmarkIngest stores a history through the whole write path: cleaning,
// merging, unread counts, indexes, fsync. The messages come as from Ayrshare:
// newest first over all conversations, in the transactions that the poller makes
// of a backlog.
func BenchmarkIngest(b *testing.B) {
	for conversations, size := range map[int]int{1_000: 4000, 100_000: 1200} {
		b.Run(fmt.Sprintf("conversations=%d", conversations), func(b *testing.B) {
			in := benchInbox(b)
			newest := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
			b.ResetTimer()
			stored := 0
			for b.Loop() {
				facts := inbox.Batch{Account: "acme", Platform: inbox.Instagram, AsOf: newest, Backlog: true}
				for range size {
					facts.Messages = append(facts.Messages, benchMessage(stored, conversations, newest))
					stored++
				}
				if _, err := in.Ingest(context.Background(), facts); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(stored)/b.Elapsed().Seconds(), "messages/s")
		})
	}
}

func benchInbox(b *testing.B) *inbox.Inbox {
	store, err := cache.Open(b.TempDir(), cache.Options{})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		if err := store.Close(); err != nil {
			b.Error(err)
		}
	})
	in, err := inbox.New(context.Background(), inbox.Options{Store: store, Accounts: []inbox.Account{{ID: "acme", Provider: inboxtest.NewProvider()}}})
	if err != nil {
		b.Fatal(err)
	}
	return in
}

func benchMessage(i, conversations int, newest time.Time) inbox.MessageFact {
	who := fmt.Sprintf("%d", 7_000_000+(i*7919)%conversations)
	m := inbox.Message{
		ID: inbox.MessageID(fmt.Sprintf("aWdfZAG1faXRlbToxOklHTWVzc2FnZA%020d", i)), Direction: inbox.Received, SenderID: who, SenderName: "Customer " + who,
		Text: "good morning, is the blue jacket still there in size L? I would come by on Saturday", CreatedAt: newest.Add(-time.Duration(i) * time.Second),
	}
	if i%3 == 0 {
		m.Direction, m.SenderID, m.SenderName = inbox.Sent, "us", "Acme"
	}
	return inbox.MessageFact{RemoteID: "t_" + who, Peer: inbox.Participant{ID: who, Name: "Customer " + who}, Message: m, KnowsReactions: true}
}
