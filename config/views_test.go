package config_test

import (
	"strings"
	"testing"

	"parley/config"
	"parley/inbox"
	"parley/ui"
)

const viewsAccount = `
[[account]]
name = "acme"
provider = "ayrshare"
api_key = "k"
profile_key = "p"
platforms = ["facebook"]
`

func TestViewsAreReadInTheOrderOfTheFile(t *testing.T) {
	c, err := config.Parse("c.toml", []byte(viewsAccount+`
[[view]]
name = "Late"
query = "is:unanswered account:acme"
sort = "time_left"
key = "g l"

[[view]]
name = "All"

[keys]
view-all = ["ctrl+t"]
`))
	if err != nil {
		t.Fatal(err)
	}
	want := []ui.SavedView{{Name: "Late", Query: "is:unanswered account:acme", Sort: inbox.SortTimeLeft, Key: "g l"}, {Name: "All"}}
	if got := c.Screen.Views; len(got) != 2 || got[0] != want[0] || got[1] != want[1] {
		t.Errorf("%+v", got)
	}
}

func TestMistakesInViewsAreReportedWhereTheyStand(t *testing.T) {
	for name, tt := range map[string]struct{ view, want string }{
		"query":        {"name = \"A\"\nquery = \"late is:unred\"", "c.toml:10:1: view.query: character 6, “is:unred”: did you mean is:unread?"},
		"account":      {"name = \"A\"\nquery = \"account:nobody\"", "c.toml:10:1: view.query: character 1, “account:nobody”: known here: acme"},
		"no name":      {"query = \"late\"", "c.toml:8:3: view.name: expected a name"},
		"sort":         {"name = \"A\"\nsort = \"oldest\"", `c.toml:10:1: view.sort: expected "newest", "time_left" or "wake", found "oldest"`},
		"other sort":   {"name = \"A\"\nsort = \"wake\"", "c.toml:10:1: view.sort: wake is an order of is:snoozed"},
		"key":          {"name = \"A\"\nkey = \"x\"", "c.toml:10:1: view.key: expected a digit"},
		"taken key":    {"name = \"A\"\nkey = \"g g\"", `c.toml:10:1: view.key: "g g" of "view-a" clashes with "g g" of "top"`},
		"same key":     {"name = \"A\"\nkey = \"2\"\n[[view]]\nname = \"B\"\nkey = \"2\"", `c.toml:13:1: view.key: "2" of "view-b" clashes with "2" of "view-a"`},
		"same name":    {"name = \"A\"\n[[view]]\nname = \"a\"", `c.toml:11:1: view.name: two views are called "a"`},
		"moved key":    {"name = \"A\"\nkey = \"g x\"\n[keys]\nview-a = [\"r\"]", `c.toml:12:1: keys.view-a: "r" of "view-a" clashes with "r" of "reply"`},
		"unknown view": {"name = \"A\"\n[keys]\nview-done = [\"r\"]", `c.toml:11:1: keys.view-done: there is no action "view-done"`},
		"unknown":      {"name = \"A\"\nquerry = \"a\"", "c.toml:10:1: view.querry: unknown key; did you mean \"query\"?"},
		"no list":      {"name = \"A\"\nquery = [\"a\"]", "c.toml:10:1: view.query: expected a search in quotes"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := config.Parse("c.toml", []byte(viewsAccount+"[[view]]\n"+tt.view+"\n"))
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("%v\nis said, not\n%s", err, tt.want)
			}
		})
	}
}
