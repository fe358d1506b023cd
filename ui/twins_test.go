package ui_test

import (
	"testing"

	"parley/ui"
)

// TestEveryActionHasATwinOrAReason: what a key does, a command does, or it is
// said why none does.
func TestEveryActionHasATwinOrAReason(t *testing.T) {
	reasons := map[ui.Alone]int{}
	for _, a := range ui.Actions() {
		if (len(a.Twins) == 0) == (a.Alone == "") {
			t.Errorf("%s: twins %q, alone %q: one of them says it", a.Name, a.Twins, a.Alone)
		}
		if a.Name == "" || len(a.Keys) == 0 || a.Help == "" || a.Where == "" {
			t.Errorf("%+v: something is missing", a)
		}
		if a.Alone != "" {
			reasons[a.Alone]++
		}
	}
	if len(reasons) > 5 {
		t.Errorf("there are %d reasons; a new one is an action that wants a command: %v", len(reasons), reasons)
	}
}

// TestCommandsStandBesideTheKeys: who knows the screen learns the command there,
// and who knows the command finds the key.
func TestCommandsStandBesideTheKeys(t *testing.T) {
	for _, width := range []int{80, 120, 200} {
		atShop(t, width, 24, ui.Options{}, threeCustomers, func(s *shop) {
			s.Press("?")
			if s.Sees("done, or back into the inbox"); width != 120 { // there a second column is worth more
				s.Sees("parley …", "done, reopen", "snooze, unsnooze")
			}
			s.Press("esc", "ctrl+k")
			s.Sees("answer", "done, or back into the inbox") // before all that moves
			s.Type("reopen")
			s.Sees("done, or back into the inbox", "parley done, reopen")
			s.Press("enter")
			s.Sees("Maya: done")
		})
	}
	atShop(t, 40, 12, ui.Options{}, threeCustomers, func(s *shop) {
		s.Press("?")
		s.Sees("next conversation") // no room for more
	})
}

// TestNamesOfViewsStandBesideTheirKeys: also those that look like a word which is to
// be filled in.
func TestNamesOfViewsStandBesideTheirKeys(t *testing.T) {
	for name, want := range map[string]string{
		"VIP": "parley list --view 'VIP'", "Open VIP LATE": "parley list --view 'Open VIP LATE'", "team:EU": "parley list --view 'team:EU'", "late": "parley list --view late",
	} {
		views := []ui.SavedView{{Name: name, Query: "is:unread", Key: "1"}}
		atShop(t, 120, 40, ui.Options{Views: views}, threeCustomers, func(s *shop) {
			s.Press("ctrl+k")
			s.Type("list --view")
			s.Sees(want)
		})
	}
}
