package ui_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"parley/inbox"
	"parley/ui"
	"parley/ui/uitest"
)

func TestCounterIsExactNearTheLimitAndPausesFarFromIt(t *testing.T) {
	atShop(t, 120, 40, ui.Options{}, threeCustomers, func(s *shop) {
		s.Press("r")
		s.Type("ünïcode")
		s.Sees("0/1,000 bytes")
		s.Wait(400 * time.Millisecond)
		s.Sees("9/1,000 bytes")
		s.Paste(strings.Repeat("x", 900))
		s.Sees("909/1,000 bytes")
		s.Type("y")
		s.Sees("910/1,000 bytes")
	})
}

func TestLettersTypedBeforeTheThreadIsReadAreKeptBelowTheStoredDraft(t *testing.T) {
	fill := func(s *shop) {
		threeCustomers(s)
		if err := s.in.SaveDraft(s.ctx, inbox.Draft{Conversation: id(inbox.Facebook, "Jamal"), Text: "yesterday's draft"}); err != nil {
			s.T.Fatal(err)
		}
	}
	atShop(t, 120, 40, ui.Options{}, fill, func(s *shop) {
		for _, key := range []string{"j", "r", "h", "i"} {
			s.Deliver(uitest.Key(key)) // faster than the store answers
		}
		s.Sees("to Jamal")
		s.Settle()
		s.Press("esc")
		if got := s.draft(id(inbox.Facebook, "Jamal")); got != "yesterday's draft\nhi" {
			t.Errorf("draft: %q", got)
		}
	})
}

func TestAnswersMayBeTypedAheadOfTheStore(t *testing.T) {
	atShop(t, 120, 40, ui.Options{}, threeCustomers, func(s *shop) {
		for _, key := range []string{"j", "r", "h", "i", "enter", "j", "r", "y", "o", "enter"} {
			s.Deliver(uitest.Key(key))
		}
		s.Settle()
		var sent []string
		for _, item := range s.outbox() {
			sent = append(sent, item.Conversation.RemoteID()+": "+item.Text())
		}
		slices.Sort(sent)
		if got := strings.Join(sent, ", "); got != "Jamal: hi, Priya: yo" {
			t.Errorf("sent %s", got)
		}
	})
}

func TestComposerIsNotLeftByWhatComesIn(t *testing.T) {
	atShop(t, 120, 40, ui.Options{}, threeCustomers, func(s *shop) {
		s.Press("j", "r")
		s.Type("I am writing")
		for range 5 {
			s.writes(inbox.Instagram, "Nadia", "hello", 0)
			s.writes(inbox.Facebook, "Jamal", "hello?", 0)
		}
		s.Sees("to Jamal", "I am writing", "hello?")
		s.Type(" on")
		s.Sees("I am writing on")
	})
}

func TestForgottenCustomersComposerCloses(t *testing.T) {
	atShop(t, 120, 40, ui.Options{}, threeCustomers, func(s *shop) {
		s.Press("j", "r")
		s.Type("hello")
		if err := s.in.Forget(s.ctx, id(inbox.Facebook, "Jamal")); err != nil {
			t.Fatal(err)
		}
		s.Wait(time.Second)
		s.Sees("Jamal has been forgotten on this machine")
		s.Misses("to Jamal")
		if err := s.screen.Flush(s.ctx); err != nil {
			t.Errorf("what was typed to a forgotten customer cannot be stored and is complained about: %v", err)
		}
	})
}
