package cli

import (
	"context"
	"os"
	"strconv"
	"strings"
	"testing"

	"parley/cache"
	"parley/inbox"
	"parley/inbox/inboxtest"
	"parley/ui"
	"parley/ui/uitest"

	tea "charm.land/bubbletea/v2"
)

// BenchmarkSearchKey is what an agent waits for: from the key to the frame with
// the first finds, through screen, inbox, index and store. A terminal that draws
// 60 times a second adds up to 17 ms.
//
//	PARLEY_BENCH_CONVERSATIONS=100000 go test -run xxx -bench SearchKey ./cli
//
// measures in a million messages: ten in each conversation.
func BenchmarkSearchKey(b *testing.B) {
	s := openSearchScreen(b)
	for _, bench := range []struct {
		name string
		key  tea.Msg
	}{
		{"rare", tea.PasteMsg{Content: inboxtest.HistoryRare}},
		{"common", tea.PasteMsg{Content: inboxtest.HistoryCommon}},
		{"phrase", tea.PasteMsg{Content: strconv.Quote(inboxtest.HistoryPhrase)}},
		{"emoji", tea.PasteMsg{Content: "👍"}},
		{"1 letter", uitest.Key("o")},
		{"1 letter of many words", uitest.Key("s")},
		{"2 letters", tea.PasteMsg{Content: "so"}},
		{"3 letters", tea.PasteMsg{Content: "son"}},
	} {
		b.Run(bench.name, func(b *testing.B) {
			for b.Loop() {
				s.handle(bench.key)
				s.until(b, "newest first")
				b.StopTimer()
				s.handle(uitest.Key("ctrl+u"))
				s.until(b, "Words are looked for in all messages")
				b.StartTimer()
			}
		})
	}
}

// searchScreen is a screen on its search page, whose commands run beside it.
type searchScreen struct {
	screen  *ui.UI
	ctx     context.Context
	answers chan tea.Msg
	frame   string
}

func openSearchScreen(b *testing.B) *searchScreen {
	b.Helper()
	store, err := cache.Open(b.TempDir(), cache.Options{})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = store.Close() })
	conversations, err := strconv.Atoi(os.Getenv("PARLEY_BENCH_CONVERSATIONS"))
	if err != nil {
		conversations = 1000
	}
	if err := inboxtest.FillHistory(b.Context(), store, 10*conversations); err != nil {
		b.Fatal(err)
	}
	if err := store.CatchUp(b.Context()); err != nil {
		b.Fatal(err)
	}
	in, err := inbox.New(b.Context(), inbox.Options{Store: store, Index: store, Accounts: []inbox.Account{{ID: "acme", Provider: inboxtest.NewProvider()}}})
	if err != nil {
		b.Fatal(err)
	}
	screen, err := ui.New(b.Context(), in, ui.Options{})
	if err != nil {
		b.Fatal(err)
	}
	s := &searchScreen{screen: screen, ctx: b.Context(), answers: make(chan tea.Msg)}
	s.run(screen.Init())
	s.handle(tea.WindowSizeMsg{Width: 120, Height: 40})
	s.handle(uitest.Key("f"))
	s.until(b, "Words are looked for in all messages")
	return s
}

// handle gives a message to the screen, draws, and lets run what follows.
func (s *searchScreen) handle(msg tea.Msg) {
	if batch, ok := msg.(tea.BatchMsg); ok {
		for _, cmd := range batch {
			s.run(cmd)
		}
		return
	}
	_, cmd := s.screen.Update(msg)
	s.frame = s.screen.View().Content
	s.run(cmd)
}

func (s *searchScreen) run(cmd tea.Cmd) {
	if cmd == nil {
		return
	}
	go func() {
		select {
		case s.answers <- cmd():
		case <-s.ctx.Done():
		}
	}()
}

// until handles answers until a frame has a text.
func (s *searchScreen) until(b *testing.B, text string) {
	for !strings.Contains(s.frame, text) {
		select {
		case msg := <-s.answers:
			s.handle(msg)
		case <-s.ctx.Done():
			b.Fatalf("%q is not shown:\n%s", text, s.frame)
		}
	}
}
