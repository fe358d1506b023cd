package ui_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"parley/inbox"
	"parley/ui"

	tea "charm.land/bubbletea/v2"
)

// clicks presses the left button on the first place where a text stands.
func (s *shop) clicks(text string) {
	s.T.Helper()
	for y, line := range s.Lines() {
		if at := strings.Index(line, text); at >= 0 {
			s.Send(tea.MouseClickMsg{X: len([]rune(line[:at])), Y: y, Button: tea.MouseLeft})
			return
		}
	}
	s.T.Fatalf("nothing shows %q:\n%s", text, s.Screen())
}

func TestClickSelectsAndOpens(t *testing.T) {
	atShop(t, 120, 40, ui.Options{Mouse: true}, threeCustomers, func(s *shop) {
		if s.View().MouseMode != tea.MouseModeCellMotion {
			t.Fatal("the mouse is not asked for")
		}
		s.clicks("Jamal")
		if line := s.LineWith("▌"); !strings.Contains(line, "Jamal") {
			t.Errorf("selected: %q", line)
		}
		s.Sees("Jamal · Facebook · acme")
		s.clicks("where is my parcel?") // the second line of the same row
		s.Sees("u list")
		s.clicks("Priya")
		s.Sees("Priya · X · acme", "Enter open")
	})
}

func TestClickOnAMessageSelectsIt(t *testing.T) {
	fill := func(s *shop) {
		for i := range 3 {
			s.writes(inbox.Instagram, "Maya", fmt.Sprintf("message %d\nof two lines", i), time.Duration(30-i)*time.Minute)
		}
	}
	atShop(t, 120, 40, ui.Options{Mouse: true}, fill, func(s *shop) {
		s.clicks("message 1")
		s.Press("y")
		if got := s.clipboard(); len(got) != 1 || !strings.HasPrefix(got[0], "message 1") {
			t.Errorf("copied %q", got)
		}
	})
}

func TestWheelScrollsWhatIsUnderIt(t *testing.T) {
	fill := func(s *shop) {
		threeCustomers(s)
		for i := range 60 {
			s.writes(inbox.Instagram, "Maya", fmt.Sprintf("message %d", i), time.Minute)
		}
	}
	atShop(t, 120, 40, ui.Options{Mouse: true}, fill, func(s *shop) {
		s.Misses("message 20")
		for range 15 {
			s.Send(tea.MouseWheelMsg{X: 100, Y: 20, Button: tea.MouseWheelUp})
		}
		s.Sees("message 20", "Maya · Instagram")
		s.Send(tea.MouseWheelMsg{X: 5, Y: 20, Button: tea.MouseWheelDown})
		s.Sees("Jamal · Facebook")
		s.Press("?")
		top := s.Lines()[2]
		s.Send(tea.MouseWheelMsg{X: 5, Y: 20, Button: tea.MouseWheelDown})
		if s.Lines()[2] == top {
			t.Error("the help did not scroll")
		}
	})
}

func TestClickDoesNotChangeWhoIsAnswered(t *testing.T) {
	atShop(t, 120, 40, ui.Options{Mouse: true}, threeCustomers, func(s *shop) {
		s.Press("r")
		s.Type("hello")
		s.clicks("Jamal")
		s.Send(tea.MouseWheelMsg{X: 5, Y: 5, Button: tea.MouseWheelDown})
		s.Press("enter")
		if items := s.outbox(); len(items) != 1 || items[0].Conversation != id(inbox.Instagram, "Maya") {
			t.Errorf("outbox: %+v", items)
		}
	})
}

func TestMouseIsLeftToTheTerminal(t *testing.T) {
	atShop(t, 120, 40, ui.Options{}, threeCustomers, func(s *shop) {
		if s.View().MouseMode != tea.MouseModeNone {
			t.Error("the mouse is asked for")
		}
		s.Press("ctrl+l")
		if slices.ContainsFunc(s.Raw, func(raw string) bool { return strings.Contains(raw, "\x1b[?1002h") }) {
			t.Error("a redraw asks for the mouse")
		}
	})
}
