package ui_test

import (
	"testing"

	"parley/ui"
)

func TestFirstFrameShowsListAndThreadBeforeAnyCommandHasAnswered(t *testing.T) {
	atShop(t, 120, 40, ui.Options{}, threeCustomers, func(s *shop) {
		s.Sees("Maya", "Jamal", "Priya", "do you ship to Porto?", "6d 23h left", "r answer")
	})
}

func TestHelpListsTheKeys(t *testing.T) {
	atShop(t, 120, 40, ui.Options{}, threeCustomers, func(s *shop) {
		s.Press("?")
		s.Sees("In the list", "In the composer", "Ctrl-K", "archive, or bring back")
		s.Press("esc")
		s.Misses("In the composer")
	})
}
