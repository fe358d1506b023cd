package ui_test

import (
	"strings"
	"testing"
	"time"

	"parley/inbox"
	"parley/ui"
)

func TestEscLeadsFromAFindBackToTheResults(t *testing.T) {
	for _, size := range [][2]int{{120, 40}, {80, 24}, {60, 20}} {
		atShop(t, size[0], size[1], ui.Options{}, busyShop, func(s *shop) {
			before := s.Screen()
			s.look("buckle")
			s.Press("down", "enter")
			s.Sees("line 000")
			s.Misses("find:")
			s.Press("esc")
			s.Sees("find: buckle", "2 of 2")
			s.Press("up", "enter")
			s.Misses("find:")
			s.Press("esc")
			s.Sees("1 of 2")
			s.Press("esc")
			if after := s.Screen(); after != before {
				t.Errorf("at %v it was\n%s\nand is\n%s", size, before, after)
			}
		})
	}
}

func TestEscLeadsOutOfTheSearchToTheThreadWhereItWasOpened(t *testing.T) {
	atShop(t, 120, 40, ui.Options{}, busyShop, func(s *shop) {
		s.Press("enter")
		s.look("buckle")
		s.Press("enter", "esc", "esc")
		s.Sees("Maya · Instagram · acme", "u list")
		s.Press("esc")
		s.Sees("Enter open")
		s.Press("r")
		s.Type("half an ans")
		s.Press("ctrl+f", "ctrl+u")
		s.Type("buckle")
		s.Press("enter", "esc", "esc")
		s.Sees("Maya · Instagram · acme")
		s.Press("r")
		s.Sees("half an ans")
	})
}

// TestSearchIsLeftForGood: also when the find stands in the conversation in which it
// was opened, Esc leads on to the list.
func TestSearchIsLeftForGood(t *testing.T) {
	atShop(t, 120, 40, ui.Options{}, busyShop, func(s *shop) {
		s.Press("enter")
		s.look("porto")
		s.Press("enter", "esc")
		s.Sees("find: porto")
		s.Press("esc")
		s.Sees("Maya · Instagram · acme", "u list")
		s.Press("esc")
		s.Misses("find:")
		s.Sees("Enter open")
	})
}

// TestForgottenCustomerIsNotComeBackTo: the search was opened in a conversation that
// is forgotten while its finds are looked at.
func TestForgottenCustomerIsNotComeBackTo(t *testing.T) {
	atShop(t, 120, 40, ui.Options{}, busyShop, func(s *shop) {
		s.Press("enter")
		s.look("from:jamal buckle")
		s.Press("enter")
		s.Sees("Jamal · ")
		if err := s.in.Forget(s.ctx, id(inbox.Instagram, "Maya")); err != nil {
			t.Fatal(err)
		}
		s.Wait(time.Second)
		s.Press("esc", "esc")
		s.Misses("Maya")
		s.Sees("Enter open")
	})
}

// TestFindOutsideTheListIsNoRow: while a conversation is shown that the list does not
// have, no other one is marked as if it were that.
func TestFindOutsideTheListIsNoRow(t *testing.T) {
	atShop(t, 120, 40, ui.Options{}, busyShop, func(s *shop) {
		s.Press("/")
		s.Type("maya")
		s.Press("enter")
		if line := s.LineWith("▌"); !strings.Contains(line, "Maya") {
			t.Errorf("the list marks %q", line)
		}
		s.Press("f", "ctrl+u")
		s.Type("from:jamal buckle")
		s.Press("enter")
		s.Sees("Jamal · ", "Maya")
		s.Misses("▌")
		s.Press("tab")
		if line := s.LineWith("▌"); !strings.Contains(line, "Maya") {
			t.Errorf("back in the list it marks %q", line)
		}
	})
}

func TestOtherWaysFromAFindEndTheSearch(t *testing.T) {
	atShop(t, 120, 40, ui.Options{}, busyShop, func(s *shop) {
		s.look("buckle")
		s.Press("enter", "tab") // to the list
		s.Press("enter", "esc")
		s.Misses("find:")
		s.Press("f", "enter", "f", "esc") // opened from the find itself
		s.Sees("a new buckle is on its way")
		s.Press("esc")
		s.Misses("find:")
		s.Sees("Enter open")
	})
}

func TestDoneWithAFindGoesOnInTheResults(t *testing.T) {
	atShop(t, 120, 40, ui.Options{}, busyShop, func(s *shop) {
		s.look("buckle")
		s.Press("enter")
		s.Sees("u what was found")
		s.does("e")
		s.Sees("find: buckle", "Jamal: done · Esc, then z, undoes it") // z alone would be typed
		if line := s.LineWith("▌"); !strings.Contains(line, "Jamal") || !strings.Contains(line, "done") {
			t.Errorf("the result does not say that it is done: %q", line)
		}
		if !s.conversation(id(inbox.Facebook, "Jamal")).IsDone() {
			t.Error("it is not done")
		}
		s.Press("esc", "z")
		s.Wait(time.Second)
		s.Sees("undone: Jamal: done")
	})
}

func TestSearchTakesTheFilterOver(t *testing.T) {
	for name, open := range map[string][]string{"kept": {"enter", "f"}, "typed": {"ctrl+f"}} {
		t.Run(name, func(t *testing.T) {
			atShop(t, 120, 40, ui.Options{Theme: ui.ThemeMono}, busyShop, func(s *shop) {
				s.Press("/")
				s.Type("jamal")
				s.Press(open...)
				s.Sees("find: jamal", "customer: Jamal", "only “jamal”")
				if !strings.Contains(s.View().Content, "\x1b[7mjamal\x1b[m") {
					t.Errorf("it does not look as if it were replaced: %q", s.View().Content)
				}
				s.Type("buckle") // replaces it as one
				s.Sees("find: buckle", "1 of 2")
				s.Press("enter", "esc")
				s.Sees("find: buckle") // and is kept, though the filter is the same
				s.Press("esc")
				s.Sees("jamal")
				s.Press("ctrl+f")
				s.Sees("find: buckle")
			})
		})
	}
}

func TestTakenOverFilterCanBeEdited(t *testing.T) {
	for _, tt := range []struct {
		keys []string
		text string
		want string
	}{
		{[]string{"end"}, " from:me", "find: buckle from:me"},
		{[]string{"backspace"}, "line", "find: line"},
		{[]string{"ctrl+w"}, "line", "find: line"},
		{[]string{"down", "left", "right"}, "s", "find: buckles"},
	} {
		atShop(t, 120, 40, ui.Options{}, busyShop, func(s *shop) {
			s.Press("/")
			s.Type("buckle")
			s.Press("enter", "f")
			s.Press(tt.keys...)
			s.Type(tt.text)
			s.Sees(tt.want)
		})
	}
	atShop(t, 120, 40, ui.Options{}, busyShop, func(s *shop) {
		s.Press("/")
		s.Type("platform:f")
		s.Press("ctrl+f", "tab")
		s.Type("buckle")
		s.Sees("find: platform:facebook buckle")
	})
	atShop(t, 120, 40, ui.Options{}, busyShop, func(s *shop) {
		s.Press("/")
		s.Type("jamal")
		s.Press("enter", "f")
		s.Paste("buckle")
		s.Sees("find: buckle", "1 of 2")
	})
}
