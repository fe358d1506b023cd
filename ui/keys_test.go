package ui_test

import (
	"strings"
	"testing"

	"parley/ui"
)

func TestDefaultKeysDoNotClash(t *testing.T) {
	if err := ui.CheckKeys(nil); err != nil {
		t.Error(err)
	}
}

func TestKeysOfTheConfigAreChecked(t *testing.T) {
	for _, tt := range []struct {
		name string
		keys map[string][]string
		want []string // parts of the error; none: it is fine
	}{
		{"another key", map[string][]string{"done": {"E"}}, nil},
		{"no key at all", map[string][]string{"forget": {}}, nil},
		{"swapped keys", map[string][]string{"down": {"k"}, "up": {"j"}}, nil},
		{"the same key in another place", map[string][]string{"send": {"ctrl+d"}}, nil},
		{"an unknown action", map[string][]string{"delete-all": {"d"}}, []string{`no action "delete-all"`}},
		{"a clash", map[string][]string{"done": {"r"}}, []string{`"r"`, `"done"`, `"reply"`}},
		{"a first half", map[string][]string{"done": {"g"}}, []string{`"g"`, `"done"`, `"g g"`, `"top"`}},
		{"an alt key", map[string][]string{"done": {"alt+e"}}, []string{"Alt keys"}},
		{"a letter in the composer", map[string][]string{"send": {"s"}}, []string{"would be typed"}},
		{"nothing", map[string][]string{"done": {""}}, []string{"is not a key"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			err := ui.CheckKeys(tt.keys)
			if (err == nil) != (tt.want == nil) {
				t.Fatalf("error: %v", err)
			}
			for _, part := range tt.want {
				if !strings.Contains(err.Error(), part) {
					t.Errorf("the error does not say %s: %v", part, err)
				}
			}
		})
	}
}

func TestColoursOfTheConfigAreChecked(t *testing.T) {
	for _, tt := range []struct {
		name, colour string
		ok           bool
	}{
		{"urgent", "9", true}, {"urgent", "#ff8800", true}, {"urgent", "none", true}, {"urgent", "255", true},
		{"urgent", "256", false}, {"urgent", "#ff88", false}, {"urgent", "red", false}, {"angry", "9", false}, {"urgent", "#+12345", false},
	} {
		if err := ui.CheckColours(map[string]string{tt.name: tt.colour}); (err == nil) != tt.ok {
			t.Errorf("%s = %q: %v", tt.name, tt.colour, err)
		}
	}
}

func TestKeyTableListsEveryActionOnce(t *testing.T) {
	table := ui.KeyTable()
	for _, row := range []string{"| `j` `Down` | next conversation, line down | `down` | list, thread |", "| `g g` `Home` |", "| `Ctrl-K` | all actions | `palette` | list, thread, composer, note |", "| `+` |"} {
		if strings.Count(table, row) != 1 {
			t.Errorf("%q is not in the table exactly once:\n%s", row, table)
		}
	}
}

func TestRemappedKeyWorksAndItsOldKeyDoesNot(t *testing.T) {
	atShop(t, 120, 40, ui.Options{Keys: map[string][]string{"reply": {"a"}, "account": {}}}, threeCustomers, func(s *shop) {
		s.Press("r")
		s.Misses("to Maya")
		s.Press("a")
		s.Sees("to Maya")
	})
}
