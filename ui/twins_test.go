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
