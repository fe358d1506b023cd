package cache_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"testing"
	"time"

	"parley/cache"
	"parley/inbox"
)

// The benchmarks run in a world of this many conversations, with ten messages
// each: PARLEY_BENCH_CONVERSATIONS=100000 go test -bench . ./cache
func worldSize() int {
	if n, err := strconv.Atoi(os.Getenv("PARLEY_BENCH_CONVERSATIONS")); err == nil && n > 0 {
		return n
	}
	return 1000
}

const perConversation = 10

var epoch = time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)

func worldConversation(i int) inbox.Conversation {
	n := strconv.Itoa(i)
	return inbox.Conversation{
		ID:             inbox.NewConversationID("acme", inbox.Platforms[i%3], "t_1016111743"+n),
		Provider:       "ayrshare",
		Participant:    inbox.Participant{ID: "710114974" + n, Name: "Customer Number " + n, Username: "user" + n, Picture: "https://cdn.example.com/pictures/" + n + ".jpg?signature=0123456789abcdef"},
		StatusAsOf:     epoch,
		NamedAsOf:      epoch,
		Last:           inbox.Summary{ID: inbox.MessageID("m_last" + n), At: epoch.Add(-time.Duration(i) * time.Minute), Direction: inbox.Received, Text: "Hello, where is the order that I placed on Monday? Number " + n},
		LastReceivedAt: epoch.Add(-time.Duration(i) * time.Minute),
		Messages:       perConversation,
		Unread:         i % 3,
		Unanswered:     i%2 == 0,
		Revision:       uint64(i),
	}
}

func worldWindows(i int) inbox.WindowEnds {
	at := epoch.Add(-time.Duration(i) * time.Minute)
	return inbox.WindowEnds{Limited: i%3 != 2, Open: at.Add(24 * time.Hour).UnixMilli(), Late: at.Add(7 * 24 * time.Hour).UnixMilli()}
}

func worldMessage(conversation inbox.ConversationID, i, j int) inbox.Message {
	return inbox.Message{
		Conversation: conversation,
		ID:           inbox.MessageID(fmt.Sprintf("m_JH6o-yS83JoxWmQaLrmgSaHwGtfTgQ%08d-%06d", i, j)),
		Direction:    inbox.Received,
		SenderID:     "710114974" + strconv.Itoa(i),
		SenderName:   "Customer Number " + strconv.Itoa(i),
		Text:         "Hello, this is a message of usual length about an order that has not come yet.",
		CreatedAt:    epoch.Add(-time.Duration(i)*time.Minute - time.Duration(perConversation-j)*time.Second),
		Arrival:      uint64(i*perConversation + j),
		ArrivedAt:    epoch,
		TextAsOf:     epoch,
	}
}

// fill puts the conversations [from, to) with their messages, a few hundred of
// them per transaction.
func fill(tb testing.TB, c *cache.Cache, from, to int) {
	tb.Helper()
	const some = 300
	for ; from < to; from += some {
		err := c.Update(context.Background(), func(w inbox.Writer) error {
			for i := from; i < min(from+some, to); i++ {
				conversation := worldConversation(i)
				for j := range perConversation {
					if _, err := w.NextArrival(); err != nil {
						return err
					}
					if _, _, err := w.Message(conversation.ID, "unknown"); err != nil {
						return err
					}
					if err := w.PutMessage(worldMessage(conversation.ID, i, j)); err != nil {
						return err
					}
				}
				if err := w.PutConversation(conversation, worldWindows(i)); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			tb.Fatal(err)
		}
	}
}

// world is a filled cache, made once per run of the benchmarks.
func world(b *testing.B) (c *cache.Cache, dir string) {
	b.Helper()
	dir = b.TempDir()
	c = open(b, dir)
	fill(b, c, 0, worldSize())
	return c, dir
}

func view(b *testing.B, c *cache.Cache, fn func(inbox.Reader) error) {
	b.Helper()
	if err := c.View(context.Background(), fn); err != nil {
		b.Fatal(err)
	}
}

func BenchmarkRead(b *testing.B) {
	c, dir := world(b)
	n := worldSize()
	middle := worldConversation(n / 2)
	b.Run("list page", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			view(b, c, func(r inbox.Reader) error {
				page, err := r.List(inbox.ListQuery{AnchorID: middle.ID, Before: 20, After: 20})
				if len(page.Rows) != 40 {
					b.Fatalf("%d rows", len(page.Rows))
				}
				return err
			})
		}
	})
	b.Run("list page by time left", func(b *testing.B) {
		for b.Loop() {
			view(b, c, func(r inbox.Reader) error {
				_, err := r.List(inbox.ListQuery{View: inbox.ViewUnanswered, Sort: inbox.SortTimeLeft, Now: epoch, After: 40})
				return err
			})
		}
	})
	for name, text := range map[string]string{"common": "order", "rare": "number " + strconv.Itoa(n-1), "none": "xyzzy"} {
		b.Run("search "+name, func(b *testing.B) {
			for b.Loop() {
				view(b, c, func(r inbox.Reader) error {
					_, err := r.List(inbox.ListQuery{Text: text, After: 40})
					return err
				})
			}
		})
	}
	b.Run("find", func(b *testing.B) {
		for b.Loop() {
			view(b, c, func(r inbox.Reader) error {
				_, err := r.FindConversations("user"+strconv.Itoa(n/2), 5)
				return err
			})
		}
	})
	b.Run("thread page", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			view(b, c, func(r inbox.Reader) error {
				page, err := r.Thread(inbox.ThreadQuery{Conversation: middle.ID, Before: 40})
				if len(page.Messages) != perConversation {
					b.Fatalf("%d messages", len(page.Messages))
				}
				return err
			})
		}
	})
	b.Run("counts", func(b *testing.B) {
		for b.Loop() {
			view(b, c, func(r inbox.Reader) error { _, err := r.Counts(); return err })
		}
	})
	b.Run("open", func(b *testing.B) {
		if err := c.Close(); err != nil {
			b.Fatal(err)
		}
		for b.Loop() {
			c, err := cache.Open(dir, cache.Options{})
			if err != nil {
				b.Fatal(err)
			}
			b.StopTimer()
			if err := c.Close(); err != nil {
				b.Fatal(err)
			}
			b.StartTimer()
		}
	})
}

// BenchmarkThread reads a page of a long thread.
// BenchmarkLabel lists a label that one conversation in ten thousand has.
func BenchmarkLabel(b *testing.B) {
	c, _ := world(b)
	err := c.Update(context.Background(), func(w inbox.Writer) error {
		for i := 9_999; i < worldSize(); i += 10_000 {
			conversation := worldConversation(i)
			conversation.Triage.Labels = []string{"rare"}
			if err := w.PutConversation(conversation, worldWindows(i)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		view(b, c, func(r inbox.Reader) error {
			_, err := r.List(inbox.ListQuery{Label: "rare", After: 50})
			return err
		})
	}
}

func BenchmarkThread(b *testing.B) {
	for _, length := range []int{20, 20_000} {
		c := open(b, b.TempDir())
		conversation := worldConversation(1)
		err := c.Update(context.Background(), func(w inbox.Writer) error {
			for j := range length {
				m := worldMessage(conversation.ID, 1, j)
				if err := w.PutMessage(m); err != nil {
					return err
				}
			}
			return w.PutConversation(conversation, worldWindows(1))
		})
		if err != nil {
			b.Fatal(err)
		}
		b.Run(strconv.Itoa(length), func(b *testing.B) {
			anchor := worldMessage(conversation.ID, 1, length/2).Position()
			for b.Loop() {
				view(b, c, func(r inbox.Reader) error {
					page, err := r.Thread(inbox.ThreadQuery{Conversation: conversation.ID, Anchor: anchor, Before: 10, After: 10})
					if len(page.Messages) != 20 {
						b.Fatalf("%d messages", len(page.Messages))
					}
					return err
				})
			}
		})
	}
}

// BenchmarkIngest puts new conversations with their messages.
func BenchmarkIngest(b *testing.B) {
	c := open(b, b.TempDir())
	done := 0
	for b.Loop() {
		fill(b, c, done, done+300)
		done += 300
	}
	b.ReportMetric(float64(done*perConversation)/b.Elapsed().Seconds(), "messages/s")
}

// BenchmarkScattered adds one message to each of many conversations anywhere.
func BenchmarkScattered(b *testing.B) {
	c, _ := world(b)
	n, random := worldSize(), rand.New(rand.NewPCG(1, 2))
	const batch = 500
	rounds := 0
	for b.Loop() {
		rounds++
		err := c.Update(context.Background(), func(w inbox.Writer) error {
			for k := range batch {
				i := random.IntN(n)
				conversation, _, err := w.Conversation(worldConversation(i).ID)
				if err != nil {
					return err
				}
				m := worldMessage(conversation.ID, i, perConversation+rounds*batch+k)
				if err := w.PutMessage(m); err != nil {
					return err
				}
				conversation.Last = inbox.Summary{ID: m.ID, At: epoch.Add(time.Duration(rounds*batch+k) * time.Second), Direction: inbox.Received, Text: m.Text}
				conversation.Unread++
				if err := w.PutConversation(conversation, worldWindows(i)); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(rounds*batch)/b.Elapsed().Seconds(), "messages/s")
}

// BenchmarkUpdate is what a draft, a read mark or a send costs: one fsync.
func BenchmarkUpdate(b *testing.B) {
	c, _ := world(b)
	i := 0
	for b.Loop() {
		i++
		err := c.Update(context.Background(), func(w inbox.Writer) error {
			return w.PutDraft(inbox.Draft{Conversation: worldConversation(i % worldSize()).ID, Text: "an answer in the making", UpdatedAt: epoch})
		})
		if err != nil {
			b.Fatal(err)
		}
	}
}
