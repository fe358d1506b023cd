package ui_test

import (
	"strings"
	"testing"
	"time"

	"parley/inbox"
	"parley/ui"
	"parley/ui/uitest"
)

// held is a screen that holds back what is sent for five seconds.
func held() ui.Options { return ui.Options{Hold: 5 * time.Second} }

// delivers lets the inbox send while the screen is looked at.
func (s *shop) delivers() {
	go func() {
		if err := s.in.Run(s.ctx); err != nil {
			s.T.Error(err)
		}
	}()
}

func TestSentMessageCountsDownAndLeaves(t *testing.T) {
	atShop(t, 120, 40, held(), threeCustomers, func(s *shop) {
		s.delivers()
		s.Press("r")
		s.Type("hello")
		s.Press("enter")
		s.Sees("queued for Maya · z takes it back", "sending in 5s · z takes it back", " sending in 5s")
		s.Wait(2 * time.Second)
		s.Sees("sending in 3s · z takes it back")
		s.Wait(4 * time.Second)
		s.Misses("sending in")
		s.Sees("sent to Maya", "hello")
		if n := len(s.provider.Sends()); n != 1 {
			t.Errorf("%d messages left", n)
		}
		s.Press("z")
		s.Sees("there is nothing to undo")
	})
}

func TestUndoBringsTheMessageBackIntoTheComposer(t *testing.T) {
	for _, size := range [][2]int{{120, 40}, {80, 24}, {50, 20}} {
		atShop(t, size[0], size[1], held(), threeCustomers, func(s *shop) {
			s.delivers()
			s.Press("r")
			s.Paste("https://cdn.example/lamp.jpg")
			s.Type("look, it is")
			s.Press("ctrl+j")
			s.Type("  here")
			s.Press("enter")
			s.Wait(time.Second)
			s.Press("z")
			s.Sees("─ to Maya", "look, it is", "  here", "lamp.jpg", "taken back")
			s.Wait(time.Minute)
			if n := len(s.provider.Sends()); n != 0 {
				t.Fatalf("%d messages left", n)
			}
			s.Type("!")
			s.Press("enter")
			s.Wait(10 * time.Second)
			sends := s.provider.Sends()
			if len(sends) != 1 || sends[0].Parts[0].Text != "look, it is\n  here!" || sends[0].Parts[1].URL != "https://cdn.example/lamp.jpg" {
				t.Errorf("sent %+v", sends)
			}
		})
	}
}

func TestUndoLeadsBackToTheConversationThatItIsAbout(t *testing.T) {
	atShop(t, 120, 40, held(), threeCustomers, func(s *shop) {
		s.delivers()
		s.Press("j", "r")
		s.Type("to Jamal")
		s.Press("enter", "j")
		s.Sees("Priya · X · acme")
		s.Press("z")
		s.Wait(time.Second)
		s.Sees("─ to Jamal · Facebook", "taken back: it has not been sent to Jamal")
		s.Press("esc")
		if got := s.draft(id(inbox.Facebook, "Jamal")); got != "to Jamal" {
			t.Errorf("draft of Jamal: %q", got)
		}
		if got := s.draft(id(inbox.Twitter, "Priya")); got != "" {
			t.Errorf("draft of Priya: %q", got)
		}
	})
}

func TestWhatWasTypedSinceStaysBelowWhatIsTakenBack(t *testing.T) {
	atShop(t, 120, 40, held(), threeCustomers, func(s *shop) {
		s.delivers()
		s.Press("r")
		s.Type("first")
		s.Press("enter")
		s.Wait(time.Second)
		s.Press("r")
		s.Type("second")
		s.Press("esc", "z")
		s.Wait(time.Second)
		s.Press("esc")
		if got := s.draft(id(inbox.Instagram, "Maya")); got != "first\nsecond" {
			t.Errorf("draft: %q", got)
		}
	})
}

func TestComposerThatIsOpenedWhileAMessageComesBackWaitsForIt(t *testing.T) {
	atShop(t, 120, 40, held(), threeCustomers, func(s *shop) {
		s.Press("r")
		s.Type("first")
		s.Press("enter")
		s.Wait(time.Second)
		for _, key := range []string{"z", "r", "h", "i"} {
			s.Deliver(uitest.Key(key)) // faster than the store answers
		}
		s.Settle()
		s.Press("esc")
		if got := s.draft(id(inbox.Instagram, "Maya")); got != "first\nhi" {
			t.Errorf("draft: %q", got)
		}
		if items, err := s.in.Outbox(s.ctx, false); err != nil || len(items) != 0 {
			t.Errorf("the outbox holds %+v, %v", items, err)
		}
	})
}

func TestQuittingSendsWhatIsHeld(t *testing.T) {
	atShop(t, 120, 40, held(), threeCustomers, func(s *shop) {
		s.delivers()
		s.Press("r")
		s.Type("good night")
		s.Press("enter", "q")
		s.Wait(time.Second)
		if n := len(s.provider.Sends()); n != 1 || !s.Quit {
			t.Errorf("%d messages left, quit: %v", n, s.Quit)
		}
		if text := s.screen.Farewell(); strings.Contains(text, "queued") {
			t.Errorf("farewell: %s", text)
		}
	})
}

func TestNothingIsHeldWithoutTheOption(t *testing.T) {
	atShop(t, 120, 40, ui.Options{}, threeCustomers, func(s *shop) {
		s.delivers()
		s.Press("r")
		s.Type("hello")
		s.Press("enter")
		s.Misses("sending in", "takes it back")
		if n := len(s.provider.Sends()); n != 1 {
			t.Errorf("%d messages left", n)
		}
	})
}
