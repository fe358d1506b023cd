package ui_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"parley/inbox"
	"parley/ui"
	"parley/ui/uitest"
)

// manyCustomers fills the inbox with numbered customers, the newest first.
func manyCustomers(n int) func(*shop) {
	return func(s *shop) {
		b := inbox.Batch{Platform: inbox.Facebook}
		for i := range n {
			one := s.batch(inbox.Facebook, fmt.Sprintf("Customer %05d", i), inbox.Message{
				Direction: inbox.Received, Text: "hello", CreatedAt: time.Now().Add(-time.Duration(i) * time.Second),
			})
			b.Conversations = append(b.Conversations, one.Conversations...)
			b.Messages = append(b.Messages, one.Messages...)
		}
		s.ingest(b)
	}
}

func (s *shop) selected() string {
	s.T.Helper()
	line := s.LineWith("▌")
	return strings.TrimSpace(line[strings.Index(line, "FB ")+3:][:14])
}

func TestListIsWalkedToItsEndAndBack(t *testing.T) {
	atShop(t, 120, 40, ui.Options{}, manyCustomers(1000), func(s *shop) {
		for i := range 999 {
			if want := fmt.Sprintf("Customer %05d", i); s.selected() != want {
				t.Fatalf("after %d steps down %q is selected", i, s.selected())
			}
			s.Press("j")
		}
		s.Press("j", "j")
		if got := s.selected(); got != "Customer 00999" {
			t.Fatalf("at the end %q is selected", got)
		}
		for range 500 {
			s.Press("k")
		}
		if got := s.selected(); got != "Customer 00499" {
			t.Errorf("500 steps up from the end %q is selected", got)
		}
		s.Press("g", "g")
		if got := s.selected(); got != "Customer 00000" {
			t.Errorf("at the top %q is selected", got)
		}
	})
}

func TestEndOfALongListIsOneKeyAway(t *testing.T) {
	atShop(t, 120, 40, ui.Options{}, manyCustomers(3500), func(s *shop) {
		s.Press("G")
		if got := s.selected(); got != "Customer 03499" {
			t.Errorf("at the end %q is selected", got)
		}
		s.Press("k")
		if got := s.selected(); got != "Customer 03498" {
			t.Errorf("one step up from the end %q is selected", got)
		}
		s.Press("g", "g", "j")
		if got := s.selected(); got != "Customer 00001" {
			t.Errorf("one step down from the top %q is selected", got)
		}
	})
}

func TestKeysThatComeFasterThanTheStoreAnswersAreNotLost(t *testing.T) {
	atShop(t, 120, 40, ui.Options{}, manyCustomers(1000), func(s *shop) {
		for range 700 {
			s.Deliver(uitest.Key("j"))
		}
		s.Settle()
		if got := s.selected(); got != "Customer 00700" {
			t.Errorf("after 700 steps %q is selected", got)
		}
		s.Sees("Customer 00700 · Facebook")
	})
}

func TestScreenShowsTheBeginningOfTheListWhenSomethingNewComes(t *testing.T) {
	atShop(t, 120, 40, ui.Options{}, manyCustomers(500), func(s *shop) {
		for i := range 100 {
			s.writes(inbox.Instagram, fmt.Sprintf("New %d", i), "hi", 0)
		}
		if got := s.selected(); got != "Customer 00000" {
			t.Errorf("%q is selected", got)
		}
	})
}

func TestFirstSyncKeepsTheTopSelectedUntilSomethingIsChosen(t *testing.T) {
	for _, keys := range [][]string{nil, {"?", "esc"}} {
		atShop(t, 120, 40, ui.Options{}, func(*shop) {}, func(s *shop) {
			s.writes(inbox.Facebook, "Priya", "an old one", 9*time.Hour)
			s.Press(keys...)
			s.writes(inbox.Facebook, "Jamal", "a newer one", 3*time.Hour)
			s.writes(inbox.Facebook, "Nadia", "one between", 5*time.Hour)
			s.writes(inbox.Facebook, "Maya", "the newest", time.Minute)
			s.Sees("Maya · Facebook · acme")
			if line := s.LineWith("▌"); !strings.Contains(line, "Maya") {
				t.Errorf("after %q the first is not selected: %q", keys, line)
			}
		})
	}
}

func TestChosenConversationStaysSelectedInTheFirstSync(t *testing.T) {
	for _, keys := range [][]string{{"r"}, {"j"}, {"enter"}, {"m"}, {"ctrl+k", "esc"}} {
		atShop(t, 120, 40, ui.Options{}, func(*shop) {}, func(s *shop) {
			s.writes(inbox.Facebook, "Priya", "an old one", 9*time.Hour)
			s.Press(keys...)
			s.writes(inbox.Facebook, "Maya", "the newest", time.Minute)
			s.Sees("Priya")
			if line := s.LineWith("▌"); !strings.Contains(line, "Priya") {
				t.Errorf("after %q the selection has left Priya: %q", keys, line)
			}
		})
	}
}

func TestBottomLineOffersOnlyWhatCanBeDone(t *testing.T) {
	atShop(t, 200, 40, ui.Options{}, func(*shop) {}, func(s *shop) {
		s.Misses("Enter open", "r answer", "e done", "b snooze", "L label", "v mark")
		s.Sees("/ find", "R refresh", "? the keys")
		s.writes(inbox.Facebook, "Jamal", "hello?", time.Minute)
		s.Sees("Enter open", "r answer", "e done")
		s.Press("/")
		s.Type("nobody")
		s.Press("enter")
		s.Sees("Nothing matches “nobody”", "Esc drops the filters.", "f searches all messages.", "Esc drop filters", "f search all")
		s.Misses("Enter open", "r answer", "e done")
		s.Press("esc")
		s.Sees("Enter open")
		s.Press("enter")
		s.Misses("o link") // there is none
		s.writes(inbox.Facebook, "Jamal", "see https://example.com/a", 0)
		s.Sees("o link")
	})
}

func TestEveryEmptyViewSaysWhatToDoNext(t *testing.T) {
	atShop(t, 120, 40, ui.Options{}, func(*shop) {}, func(s *shop) {
		for _, key := range []string{"2", "3", "4", "5", "6", "7", "8"} {
			s.Press(key)
			s.Sees("Nothing in “", "Press 1 for all conversations.")
		}
	})
	opts := ui.Options{Views: []ui.SavedView{{Name: "Angry", Query: "label:angry"}}}
	atShop(t, 120, 40, opts, threeCustomers, func(s *shop) {
		s.Sees("Nothing in “Angry”.", "f searches all messages.")
	})
}
