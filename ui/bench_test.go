package ui_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"parley/inbox"
	"parley/inbox/inboxtest"
	"parley/ui"
	"parley/ui/uitest"

	tea "charm.land/bubbletea/v2"
)

// What a key costs the screen: Update and View, without what the store takes to
// answer. None of it may grow with the inbox.

// bench is a screen whose commands are run by hand.
type bench struct {
	*testing.B
	screen *ui.UI
}

// openBench opens a screen on an inbox of so many conversations, of which the
// first has so many messages.
func openBench(b *testing.B, conversations, messages int) bench {
	b.Helper()
	store := inboxtest.NewStore()
	now := time.Now()
	err := store.Update(b.Context(), func(w inbox.Writer) error {
		for i := range conversations {
			if err := w.PutConversation(customer(i, now), inbox.WindowEnds{}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
	in, err := inbox.New(b.Context(), inbox.Options{Store: store, Accounts: []inbox.Account{{ID: "acme", Provider: inboxtest.NewProvider()}}})
	if err != nil {
		b.Fatal(err)
	}
	if _, err := in.Ingest(b.Context(), talk(messages, now)); err != nil {
		b.Fatal(err)
	}
	screen, err := ui.New(b.Context(), in, ui.Options{})
	if err != nil {
		b.Fatal(err)
	}
	s := bench{b, screen}
	s.press(tea.WindowSizeMsg{Width: 120, Height: 40})
	return s
}

func customer(i int, now time.Time) inbox.Conversation {
	name := fmt.Sprintf("Customer %06d", i)
	return inbox.Conversation{
		ID: id(inbox.Facebook, name), Participant: inbox.Participant{ID: name, Name: name}, Unread: i % 2, Unanswered: true,
		Last: inbox.Summary{At: now.Add(-time.Duration(i) * time.Second), Direction: inbox.Received, Text: "the last word of this conversation"}, LastReceivedAt: now,
	}
}

func talk(n int, now time.Time) inbox.Batch {
	b := inbox.Batch{Account: "acme", Provider: "scripted", Platform: inbox.Facebook, AsOf: now}
	for i := range n {
		b.Messages = append(b.Messages, inbox.MessageFact{RemoteID: "Customer 000000", Message: inbox.Message{
			ID: inbox.MessageID(fmt.Sprint(i)), Direction: inbox.Received, Text: strings.Repeat("some words ", 10), CreatedAt: now.Add(time.Duration(i-n) * time.Minute),
		}})
	}
	return b
}

// press handles a message and runs what follows from it, except what waits for
// the clock or for changes.
func (s bench) press(msg tea.Msg) {
	cmd := s.update(msg)
	s.StopTimer()
	defer s.StartTimer()
	s.follow(cmd)
}

func (s bench) update(msg tea.Msg) tea.Cmd {
	_, cmd := s.screen.Update(msg)
	if s.screen.View().Content == "" {
		s.Fatal("nothing is drawn")
	}
	return cmd
}

func (s bench) follow(cmd tea.Cmd) {
	if cmd == nil {
		return
	}
	answer := make(chan tea.Msg, 1)
	go func() { answer <- cmd() }()
	select {
	case msg := <-answer:
		if batch, ok := msg.(tea.BatchMsg); ok {
			for _, cmd := range batch {
				s.follow(cmd)
			}
			return
		}
		s.follow(s.update(msg))
	case <-time.After(20 * time.Millisecond):
	}
}

var sizes = []int{1_000, 100_000}

func BenchmarkMove(b *testing.B) {
	for _, n := range sizes {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			s := openBench(b, n, 20)
			keys := []tea.Msg{uitest.Key("j"), uitest.Key("k")}
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				s.update(keys[i%2])
			}
		})
	}
}

func BenchmarkType(b *testing.B) {
	for _, n := range sizes {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			s := openBench(b, n, 20)
			s.press(uitest.Key("r"))
			s.press(tea.PasteMsg{Content: strings.Repeat("some words ", 20)})
			keys := []tea.Msg{uitest.Key("x"), uitest.Key("backspace")}
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				s.update(keys[i%2])
			}
		})
	}
}

func BenchmarkScroll(b *testing.B) {
	for _, n := range []int{200, 20_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			s := openBench(b, 10, n)
			s.press(uitest.Key("enter"))
			keys := []tea.Msg{uitest.Key("k"), uitest.Key("k"), uitest.Key("j"), uitest.Key("j")}
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				s.update(keys[i%4])
			}
		})
	}
}
