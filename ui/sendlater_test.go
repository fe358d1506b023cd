package ui_test

import (
	"strings"
	"testing"
	"time"

	"parley/inbox"
)

func TestMessageIsScheduledShownAndLeaves(t *testing.T) {
	for _, size := range [][2]int{{120, 40}, {80, 24}} {
		atShop(t, size[0], size[1], held(), threeCustomers, func(s *shop) {
			s.delivers()
			s.Press("r")
			s.Type("good morning")
			s.Press("ctrl+t")
			s.Sees("send later to Maya", "tomorrow          Sun 2 Jan 09:00", "─ to Maya")
			s.Type("tomorrow 8am")
			s.Press("enter")
			s.Wait(time.Second)
			s.Sees("scheduled for Sun 08:00, in 22h to Maya", "you  10:00 · scheduled", "W change the time · t", " 1 scheduled")
			s.Misses("sending in", "─ to Maya", "good morningSun")
			if line := s.LineWith("Maya"); size[0] > 80 && !strings.Contains(line, "scheduled") {
				t.Errorf("the row does not tell: %q", line)
			}
			s.Wait(21 * time.Hour)
			s.Sees("scheduled for 08:00, in 5")
			s.Wait(65 * time.Minute)
			s.Misses("scheduled")
			if sends := s.provider.Sends(); len(sends) != 1 || sends[0].Parts[0].Text != "good morning" {
				t.Errorf("sent %+v", sends)
			}
		})
	}
}

func TestTimeBehindTheWindowIsRefusedAndTheTextStays(t *testing.T) {
	atShop(t, 140, 40, held(), threeCustomers, func(s *shop) {
		s.Press("r")
		s.Type("good morning")
		s.Press("ctrl+t")
		s.Type("9d")
		s.Sees("the reply window closes at Sat 8 Jan 09:55 UTC")
		s.Press("enter", "enter", "enter")
		s.Sees("send later to Maya")
		s.Press("ctrl+u")
		s.Type("5m before close")
		s.Sees("5 minutes before the reply window closes")
		s.Press("enter")
		s.Sees("Enter again schedules anyway")
		s.Press("esc")
		s.Sees("─ to Maya", "good morning")
		if n := len(s.outbox()); n != 0 {
			t.Errorf("%d messages are in the outbox", n)
		}
		s.Press("esc", "j", "r") // Jamal's window is for human agents only in 23 hours
		s.Type("hello")
		s.Press("ctrl+t")
		s.Type("30h")
		s.Sees("takes answers of human agents only")
	})
}

func TestScheduledMessageIsMarkedKeptMovedSentOrTakenBack(t *testing.T) {
	atShop(t, 140, 40, held(), threeCustomers, func(s *shop) {
		s.delivers()
		schedule := func(text string) {
			s.Press("r")
			s.Type(text)
			s.Press("ctrl+t")
			s.Type("3h")
			s.Press("enter")
			s.Wait(time.Second)
		}
		schedule("does it fit?")
		s.writes(inbox.Instagram, "Maya", "it fits", 0)
		s.Sees("Maya has written since: it is held back unless you keep it with W")
		s.Press("W")
		s.Sees("as it is")
		s.Press("enter")
		s.Wait(time.Second)
		s.Misses("has written since")
		s.Press("W")
		s.Type("5h")
		s.Press("enter")
		s.Wait(time.Second)
		s.Sees("scheduled for 15:00")
		s.Press("t")
		s.Wait(time.Second)
		if sends := s.provider.Sends(); len(sends) != 1 || sends[0].Parts[0].Text != "does it fit?" {
			t.Fatalf("sent %+v", sends)
		}
		s.Press("W")
		s.Sees("no message of yours here needs it")
		schedule("a second one")
		s.Press("c")
		s.Wait(time.Second)
		s.Sees("─ to Maya", "a second one")
		s.Misses("scheduled")
	})
}

func TestSendAndDoneCanBothBeTakenBack(t *testing.T) {
	atShop(t, 120, 40, held(), threeCustomers, func(s *shop) {
		s.delivers()
		s.Press("r")
		s.Type("bye")
		s.Press("ctrl+o")
		s.Wait(time.Second)
		s.Press("z")
		s.Wait(time.Second)
		s.Press("z")
		s.Wait(time.Second)
		s.Sees("─ to Maya", "bye")
		s.Wait(time.Minute)
		if n := len(s.provider.Sends()); n != 0 {
			t.Errorf("%d messages left", n)
		}
	})
}
