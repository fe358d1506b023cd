package cache_test

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"parley/cache"
	"parley/inbox"
	"parley/inbox/inboxtest"
)

// BenchmarkPush is what the sender of a webhook waits for: a call of a thousand
// events, durable, while the history of the same account is being read as fast
// as it can be stored. The sender gives up after some seconds.
func BenchmarkPush(b *testing.B) {
	for _, busy := range []bool{false, true} {
		b.Run(fmt.Sprintf("busy=%v", busy), func(b *testing.B) {
			in := pushInbox(b)
			if busy {
				defer readHistory(b, in)()
			}
			call, worst := 0, time.Duration(0)
			for b.Loop() {
				call++
				start := time.Now()
				n, err := in.Push(context.Background(), "acme", thousandEvents(call))
				if err != nil || n.New != 500 {
					b.Fatalf("%+v, %v", n, err)
				}
				worst = max(worst, time.Since(start))
			}
			b.ReportMetric(float64(worst.Milliseconds()), "worst-ms")
		})
	}
}

func pushInbox(b *testing.B) *inbox.Inbox {
	c, err := cache.Open(b.TempDir(), cache.Options{})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = c.Close() })
	in, err := inbox.New(context.Background(), inbox.Options{Store: c, Accounts: []inbox.Account{{ID: "acme", Provider: inboxtest.NewProvider()}}})
	if err != nil {
		b.Fatal(err)
	}
	return in
}

// thousandEvents are 500 new messages, with a reaction on each that comes first.
func thousandEvents(call int) []inbox.Batch {
	var calls []inbox.Batch
	for i := range 500 {
		at := epoch.Add(time.Duration(call) * time.Hour).Add(time.Duration(i) * time.Second)
		who, id := fmt.Sprint("live", i%100), inbox.MessageID(fmt.Sprintf("aWdf_live_%d_%d", call, i))
		calls = append(calls,
			inbox.Batch{Platform: inbox.Instagram, AsOf: at, Events: []inbox.EventFact{{Kind: inbox.EventReaction, RemoteID: who, Message: id, At: at, UserID: who, Emoji: "❤️"}}},
			inbox.Batch{Platform: inbox.Instagram, AsOf: at, Messages: []inbox.MessageFact{{
				RemoteID: who, Peer: inbox.Participant{ID: who, Name: "Customer " + who},
				Message: inbox.Message{ID: id, Direction: inbox.Sent, Text: "your parcel leaves today", CreatedAt: at},
			}}})
	}
	return calls
}

// readHistory stores batches as large as the poller's, from several platforms,
// until the benchmark ends.
func readHistory(b *testing.B, in *inbox.Inbox) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	var readers sync.WaitGroup
	var page atomic.Int64
	for _, platform := range inbox.Platforms {
		readers.Go(func() {
			for ctx.Err() == nil {
				history := inbox.Batch{Account: "acme", Platform: platform, AsOf: epoch, Backlog: true}
				first := int(page.Add(1)) * 4000
				for i := first; i < first+4000; i++ {
					m := worldMessage("", i/10, i%10)
					who := fmt.Sprint("t_", (i*7919)%1000)
					history.Messages = append(history.Messages, inbox.MessageFact{RemoteID: who, Peer: inbox.Participant{ID: who, Name: "Customer " + who}, Message: m})
				}
				if _, err := in.Ingest(ctx, history); err != nil && ctx.Err() == nil {
					b.Error(err)
					return
				}
			}
		})
	}
	return func() { cancel(); readers.Wait() }
}
