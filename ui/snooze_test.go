package ui_test

import (
	"strings"
	"testing"
	"time"

	"parley/inbox"
	"parley/ui"
)

// running lets the inbox do what it does by itself, such as ending snoozes.
func running(fill func(*shop)) func(*shop) {
	return func(s *shop) {
		fill(s)
		go func() { _ = s.in.Run(s.ctx) }()
		time.Sleep(time.Second)
	}
}

func TestSnoozeShowsWhatATimeMeansBeforeItIsTaken(t *testing.T) {
	atShop(t, 140, 40, ui.Options{}, threeCustomers, func(s *shop) {
		s.Press("b")
		s.Sees("snooze Maya", "later today       Sat 1 Jan 13:00", "tonight           Sat 1 Jan 18:00", "tomorrow          Sun 2 Jan 09:00", "in 23h",
			"monday            Mon 3 Jan 09:00", "2h before close   Sat 8 Jan 07:55")
		for _, tt := range []struct{ typed, means string }{
			{"2h", "2h                Sat 1 Jan 12:00"}, {"fri 14:30", "fri 14:30         Fri 7 Jan 14:30"}, {"2000-03-01", "Wed 1 Mar 09:00"},
			{"tomorrow 8am", "Sun 2 Jan 08:00"}, {"whenever", `"whenever" is no time that is understood`}, {"1999-01-01", `"1999-01-01" was 365 days ago`},
		} {
			s.Type(tt.typed)
			s.Sees(tt.means)
			s.Press("ctrl+u")
		}
		s.does("esc")
		s.Misses("snooze Maya")
		if s.conversation(id(inbox.Instagram, "Maya")).Triage.Snoozed() {
			t.Error("Esc has snoozed it")
		}
	})
}

func TestSnoozedConversationIsOutOfSightUntilItsTime(t *testing.T) {
	atShop(t, 120, 40, ui.Options{}, running(threeCustomers), func(s *shop) {
		s.Press("b")
		s.Type("2h")
		s.does("enter")
		s.Sees("Maya: snoozed until 12:00", "6 Snoozed 1", "Jamal · Facebook")
		s.Misses("do you ship to Porto?")
		s.does("g", "s")
		s.Sees("Maya · Instagram · acme · snoozed until 12:00", "until 12:00│")
		s.does("g", "i")
		s.Wait(2 * time.Hour)
		s.Sees("do you ship to Porto?")
		if line := s.Lines()[2]; !strings.Contains(s.Lines()[1], "Maya") || !strings.Contains(line, "woke") {
			t.Errorf("it is not at the top, with its mark: %q", line)
		}
		s.does("g", "g", "enter")
		s.Misses("woke") // somebody has looked
	})
}

func TestSnoozedConversationIsWokenByHand(t *testing.T) {
	atShop(t, 120, 40, ui.Options{}, threeCustomers, func(s *shop) {
		s.does("b", "enter")
		s.does("g", "s", "b")
		s.Sees("now, back at once")
		s.does("enter")
		s.Sees("Maya: back in the inbox", "Nothing in “Snoozed”.")
		s.does("z")
		s.Sees("undone: Maya: back in the inbox", "snoozed until")
	})
}

func TestSnoozePastTheWindowIsTakenTwice(t *testing.T) {
	atShop(t, 140, 40, ui.Options{}, threeCustomers, func(s *shop) {
		s.does("b")
		s.Type("2000-02-01")
		s.Sees("the reply window closes 8 Jan 09:55, before it comes back")
		s.does("enter")
		s.Sees("before it comes back · Enter again snoozes anyway")
		if s.conversation(id(inbox.Instagram, "Maya")).Triage.Snoozed() {
			t.Fatal("it was snoozed at the first Enter")
		}
		s.does("up", "backspace", "2", "enter") // another time: it is asked again
		s.Sees("Enter again snoozes anyway")
		s.does("enter")
		s.Sees("Maya: snoozed until 2 Feb 09:00, but the reply window closes")
		if !s.conversation(id(inbox.Instagram, "Maya")).Triage.Snoozed() {
			t.Error("it was not snoozed")
		}
	})
}

func TestManyAreSnoozedAtOnce(t *testing.T) {
	atShop(t, 140, 40, ui.Options{}, threeCustomers, func(s *shop) {
		s.does("ctrl+a", "b")
		s.Sees("snooze 3 conversations", "tomorrow")
		s.Misses("before close") // they close at different times
		s.Type("2000-02-01")
		s.Sees("2 of the reply windows close before, the first 8 Jan 09:00")
		s.does("enter", "enter")
		s.Sees("3 snoozed until 1 Feb 09:00", "Nobody waits for you.", "6 “Snoozed”: 3", "6 Snoozed 3")
	})
}
