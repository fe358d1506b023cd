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

func TestAddressBecomesAnAttachment(t *testing.T) {
	atShop(t, 120, 40, ui.Options{}, threeCustomers, func(s *shop) {
		s.Press("r")
		s.Type("look: ")
		s.Paste("https://cdn.example/lamp.jpg")
		s.Sees("Ctrl-A makes the link an attachment")
		s.Press("ctrl+a")
		s.Sees("[image] https://cdn.example/lamp.jpg")
		s.Press("enter")
		parts := s.outbox()[0].Parts
		if len(parts) != 2 || parts[0].Text != "look:" || parts[1].URL != "https://cdn.example/lamp.jpg" {
			t.Errorf("sent %+v", parts)
		}
	})
}

func TestAttachmentIsCheckedWhileItIsTyped(t *testing.T) {
	atShop(t, 140, 40, ui.Options{}, threeCustomers, func(s *shop) {
		s.Press("r", "ctrl+a")
		s.Type("https://cdn.example/lamp.jpg?size=2")
		s.Sees("has a query")
		s.Press("enter")
		s.Sees("Address of an image") // it is not taken
		s.Press("ctrl+u")
		s.Type("https://cdn.example/lamp.exe")
		s.Sees(`does not take files that end in ".exe"`)
		s.Press("backspace", "backspace", "backspace")
		s.Type("mp4")
		s.Misses("does not take files")
		s.Press("enter")
		s.Sees("[video] https://cdn.example/lamp.mp4")
		s.Press("backspace")
		s.Misses("[video]")
	})
}

func TestMoreAttachmentsThanThePlatformTakesAreRefused(t *testing.T) {
	fill := func(s *shop) { s.writes(inbox.Twitter, "Priya", "hi", time.Minute) }
	atShop(t, 140, 40, ui.Options{}, fill, func(s *shop) {
		s.Press("r")
		for _, name := range []string{"one", "two"} {
			s.Press("ctrl+a")
			s.Paste("https://cdn.example/" + name + ".jpg")
			s.Press("enter")
		}
		s.Sees("X takes at most 1 media per message", "Address of an image")
		s.Press("esc", "enter")
		s.Sees("X needs at least 1 character of text")
	})
}

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
