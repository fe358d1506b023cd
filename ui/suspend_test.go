package ui_test

import (
	"strings"
	"testing"
	"time"

	"parley/inbox"
	"parley/ui"
)

// The terminal itself, with a shell and its fg, is tested in cli.

func stoppable(hold time.Duration) ui.Options {
	return ui.Options{Hold: hold, Suspend: func() error { return nil }}
}

func TestSuspendStoresWhatIsTyped(t *testing.T) {
	atShop(t, 120, 40, stoppable(0), threeCustomers, func(s *shop) {
		s.Press("r")
		s.Type("half an ans")
		s.Press("ctrl+z")
		if s.Lent != 1 {
			t.Fatal("it does not stop")
		}
		if got := s.draft(id(inbox.Instagram, "Maya")); got != "half an ans" {
			t.Errorf("the draft is %q", got)
		}
	})
}

func TestSuspendWorksWhereverKeysAreTyped(t *testing.T) {
	for _, keys := range [][]string{nil, {"enter"}, {"n"}, {"/"}, {"f"}, {"?"}, {"ctrl+k"}, {"b"}, {"#"}} {
		atShop(t, 120, 40, stoppable(0), threeCustomers, func(s *shop) {
			s.Press(keys...)
			s.Press("ctrl+z")
			if s.Lent != 1 {
				t.Errorf("after %q it does not stop", keys)
			}
		})
	}
}

func TestSuspendIsRefusedWithItsReason(t *testing.T) {
	atShop(t, 120, 40, ui.Options{}, threeCustomers, func(s *shop) {
		s.Press("ctrl+z")
		s.Sees("nothing here could stop the program")
		if s.Lent != 0 {
			t.Error("it stops all the same")
		}
	})
	atShop(t, 120, 40, stoppable(5*time.Second), threeCustomers, func(s *shop) {
		s.Press("r")
		s.Type("hello")
		s.Press("enter", "ctrl+z")
		if s.Lent != 0 || !strings.Contains(s.Screen(), "a message leaves in 5s") {
			t.Errorf("it stops with a message that has not left:\n%s", s.Screen())
		}
		s.Wait(6 * time.Second)
		s.Press("ctrl+z")
		if s.Lent != 1 {
			t.Error("it does not stop when the message has left")
		}
	})
}
