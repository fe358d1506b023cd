package ui_test

import (
	"strings"
	"testing"
	"time"

	"parley/inbox"
	"parley/ui"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
)

// knownCustomer has written twice, has a handle, and an agent has thought about
// her.
func knownCustomer(s *shop) {
	threeCustomers(s)
	maya := inbox.Participant{ID: "id-Maya", Name: "Maya", Username: "maya.lind"}
	for i, ago := range []time.Duration{48 * time.Hour, time.Minute} {
		b := s.batch(inbox.Instagram, "Maya", inbox.Message{Direction: inbox.Received, Text: "hello", CreatedAt: time.Now().Add(-ago)})
		b.Conversations[0].Participant, b.Messages[0].Peer = maya, maya
		b.AsOf = time.Now().Add(time.Duration(i) * time.Second)
		s.ingest(b)
	}
	ids := []inbox.ConversationID{id(inbox.Instagram, "Maya")}
	for _, change := range []inbox.TriageChange{inbox.AddLabels{Labels: []string{"vip"}}, inbox.Mute{}} {
		if _, err := s.in.Triage(s.ctx, ids, change); err != nil {
			s.T.Fatal(err)
		}
	}
	if _, err := s.in.AddNote(s.ctx, ids[0], "prefers short answers", "Ann"); err != nil {
		s.T.Fatal(err)
	}
}

func TestPersonColumnTellsWhoWrites(t *testing.T) {
	atShop(t, 160, 50, ui.Options{}, knownCustomer, func(s *shop) {
		s.Press("I")
		s.Wait(time.Second)
		s.Sees("@maya.lind", "Instagram · account acme", "through scripted", "www.instagram.com/maya.lind",
			"6d 23h left", "rule: 7 days after the customer's", "labels: vip", "muted", "prefers short answers",
			"3 messages kept", "first: 30 Dec 1999 10:00", "customer: 1 Jan 2000 09:59", "no: reactions")
		if !strings.Contains(s.View().Content, "\x1b]8;;https://www.instagram.com/maya.lind\x1b\\") {
			t.Error("the profile cannot be opened")
		}
		s.Press("j")
		s.Wait(time.Second)
		s.Misses("@maya.lind", "prefers short answers", "labels: vip")
		s.Sees("Facebook · account acme")
		s.Press("I")
		s.Misses("Facebook · account acme")
	})
}

func TestPersonColumnLeavesTheOtherPanesWhole(t *testing.T) {
	atShop(t, 120, 24, ui.Options{}, knownCustomer, func(s *shop) {
		s.Press("I")
		s.Wait(time.Second)
		bar := 0
		for _, line := range s.Lines()[1:22] {
			cells := []rune(line)
			if len(cells) > 120 {
				t.Errorf("a line of %d cells: %q", len(cells), line)
			}
			if bar == 0 {
				bar = strings.LastIndex(line, "│")
			}
			if strings.Count(line, "│") != 2 || cells[38] != '│' || cells[89] != '│' {
				t.Errorf("the columns are not straight: %q", line)
			}
		}
		s.Press("r")
		s.Type("hello")
		s.Sees("to Maya", "@maya.lind")
		s.Press("ctrl+k")
		s.Misses("@maya.lind")
	})
}

func TestPersonIsAPageOnASmallScreen(t *testing.T) {
	atShop(t, 80, 24, ui.Options{}, knownCustomer, func(s *shop) {
		s.Press("I")
		s.Wait(time.Second)
		s.Sees("@maya.lind", "rule: 7 days", "note, 1 Jan 2000 10:00: prefers short answers")
		s.Misses("do you ship to Porto?")
		s.Press("j", "j", "space")
		s.Sees("webhooks")
		s.Press("esc")
		s.Sees("do you ship to Porto?")
	})
}

func TestPersonFitsEverySize(t *testing.T) {
	atShop(t, 130, 30, ui.Options{}, knownCustomer, func(s *shop) {
		s.Press("I")
		s.Wait(time.Second)
		for _, method := range []ansi.Method{ansi.WcWidth, ansi.GraphemeWidth} {
			if method == ansi.GraphemeWidth {
				s.Send(tea.ModeReportMsg{Mode: ansi.ModeUnicodeCore, Value: ansi.ModeReset})
			}
			for _, keys := range [][]string{{}, {"r"}, {"ctrl+k"}, {"esc"}, {"esc", "+"}} {
				s.Press(keys...)
				for h := 1; h <= 40; h += 3 {
					for w := 100; w <= 220; w += 7 {
						s.Resize(w, h)
						s.fits(method, w, h)
					}
				}
			}
			s.Press("esc", "esc")
		}
	})
}

func TestNothingStaleIsLeftInThePersonColumn(t *testing.T) {
	atShop(t, 160, 40, ui.Options{}, knownCustomer, func(s *shop) {
		s.Press("I")
		for i, act := range []func(){
			func() { s.Press("j") },
			func() { s.Press("enter", "r") },
			func() { s.Type("hello") },
			func() { s.Press("esc", "esc", "k") },
			func() { s.Press("e") },
			func() { s.Press("z") },
			func() { s.writes(inbox.Instagram, "Maya", "one more", 0) },
			func() { s.Wait(24 * time.Hour) },
		} {
			act()
			s.Wait(10 * time.Second)
			drawn := s.Screen()
			s.Resize(160, 40)
			if anew := s.Screen(); anew != drawn {
				t.Fatalf("after step %d the screen shows\n%s\nand drawn anew\n%s", i, drawn, anew)
			}
		}
	})
}

func TestForgottenPersonLeavesTheColumn(t *testing.T) {
	atShop(t, 160, 50, ui.Options{}, knownCustomer, func(s *shop) {
		s.Press("I")
		s.Wait(time.Second)
		if err := s.in.Forget(s.ctx, id(inbox.Instagram, "Maya")); err != nil {
			t.Fatal(err)
		}
		s.Wait(time.Second)
		s.Misses("@maya.lind")
	})
}

func TestOddHandleMakesNoLink(t *testing.T) {
	fill := func(s *shop) {
		b := s.batch(inbox.Twitter, "Mal", inbox.Message{Direction: inbox.Received, Text: "x", CreatedAt: time.Now()})
		b.Conversations[0].Participant = inbox.Participant{ID: "id-Mal", Name: "Mal", Username: "../evil?x=;y"}
		s.ingest(b)
	}
	atShop(t, 160, 40, ui.Options{}, fill, func(s *shop) {
		s.Press("I")
		s.Wait(time.Second)
		s.Sees("@../evil?x=;y")
		if strings.Contains(s.View().Content, "x.com/") {
			t.Error("a link leads to who knows where")
		}
	})
}
