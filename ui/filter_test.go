package ui_test

import (
	"strings"
	"testing"
	"time"

	"parley/inbox"
	"parley/ui"
)

func TestFilterUnderstandsTheWordsOfTheCommandLine(t *testing.T) {
	fill := func(s *shop) {
		threeCustomers(s)
		s.writes(inbox.Facebook, "Larry", "hello?", 23*time.Hour)
		s.ingest(s.batch(inbox.Facebook, "Olga", inbox.Message{Direction: inbox.Sent, Text: "it is on its way", CreatedAt: time.Now()}))
	}
	all := []string{"Maya", "Jamal", "Priya", "Larry", "Olga"}
	for text, want := range map[string]string{
		"platform:x":              "Priya",
		"platform:fb":             "Jamal Larry Olga",
		"is:unanswered":           "Maya Jamal Priya Larry",
		"is:unread platform:ig":   "Maya",
		"is:unread is:unanswered": "Maya Jamal Priya Larry",
		"left<7d platform:fb":     "Jamal Larry",
		"account:acme jam":        "Jamal",
	} {
		t.Run(text, func(t *testing.T) {
			atShop(t, 120, 40, ui.Options{}, fill, func(s *shop) {
				s.Press("/")
				s.Type(text)
				s.Press("enter")
				for _, name := range all {
					row := false
					for _, line := range s.Lines()[1:] {
						row = row || strings.Contains(strings.Split(line, "│")[0], name)
					}
					if row != strings.Contains(want, name) {
						t.Errorf("%s is in the list: %v\n%s", name, row, s.Screen())
					}
				}
				s.Sees("only “" + text + "”")
				s.Press("esc")
				s.Sees(all...)
			})
		})
	}
}

func TestFilterPointsAtWhatItDoesNotUnderstand(t *testing.T) {
	atShop(t, 120, 40, ui.Options{}, threeCustomers, func(s *shop) {
		s.Press("/")
		for _, letter := range "is:unre" {
			s.Type(string(letter))
			s.Misses("character")
		}
		s.Press("enter")
		s.Sees("character 1, “is:unre”: did you mean is:unread?", "find: is:unre")
		s.Type("ad account:nobody")
		s.Misses("character")
		s.Type(" x")
		s.Sees("character 11, “account:nobody”: known here: acme")
		s.Press("esc")
		s.Misses("find:")
	})
}

func TestViewKeyWinsOverAFilterThatNamesAnother(t *testing.T) {
	atShop(t, 120, 40, ui.Options{}, threeCustomers, func(s *shop) {
		s.Press("/")
		s.Type("is:archived")
		s.Press("enter")
		s.Sees("Nothing matches “is:archived”.", "Esc drops the filters.")
		s.Press("2")
		s.Sees("Maya", "Jamal")
		s.Misses("is:archived")
	})
}

func TestFilterThatIsCheckedRowByRowIsWalked(t *testing.T) {
	atShop(t, 120, 40, ui.Options{}, manyCustomers(700), func(s *shop) {
		s.Press("/")
		s.Type("is:unread is:unanswered")
		s.Press("enter")
		for range 600 {
			s.Press("j")
		}
		if got := s.selected(); got != "Customer 00600" {
			t.Errorf("600 steps down %q is selected", got)
		}
		s.Press("G")
		if got := s.selected(); got != "Customer 00699" {
			t.Errorf("at the end %q is selected", got)
		}
	})
}
