package config

import (
	"strings"
	"testing"

	"parley/ui"
)

func TestLook(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, text      string
		theme, density  string
		colours, warned string
	}{
		{"nothing said", "", "auto", "comfortable", "", ""},
		{"one of ours", "[ui]\ntheme = \"contrast\"\ndensity = \"compact\"", "contrast", "compact", "", ""},
		{"colours over it", "[ui]\ntheme = \"dark\"\n[ui.colours]\nlink = \"5\"", "dark", "comfortable", "link=5", ""},
		{"one of its own", "[ui]\ntheme = \"rose\"\n[theme.rose]\nbase = \"light\"\nlink = \"3\"\nown = \"none\"\n[ui.colours]\nlink = \"5\"", "light", "comfortable", "link=5 own=none", ""},
		{"one that is not chosen", "[theme.rose]\nlink = \"3\"", "auto", "comfortable", "", ""},
		{"one without a base", "[ui]\ntheme = \"rose\"\n[theme.rose]\nlink = \"3\"", "auto", "comfortable", "link=3", ""},
		{"one that can hardly be read", "[ui]\ntheme = \"dark\"\n[ui.colours]\nfaint = \"#444444\"", "dark", "comfortable", "faint=#444444", "the colour of faint #444444 has a contrast of 1.8:1 on a dark background, 4.5:1 can be read"},
	} {
		c, err := Parse("c.toml", []byte(account+tt.text))
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		var colours []string
		for _, role := range []string{"faint", "link", "own"} {
			if colour, ok := c.Screen.Colours[role]; ok {
				colours = append(colours, role+"="+colour)
			}
		}
		if s := c.Screen; s.Theme != tt.theme || s.Density != tt.density || strings.Join(colours, " ") != tt.colours {
			t.Errorf("%s: %s, %s, %v", tt.name, s.Theme, s.Density, colours)
		}
		if warned := strings.Join(c.Warnings, "; "); warned != tt.warned {
			t.Errorf("%s: warned %q", tt.name, warned)
		}
	}
}

func TestNotifyOptions(t *testing.T) {
	t.Parallel()
	c, err := Parse("c.toml", []byte(account+"[ui]\nnotify = \"osc9\"\nnotify_text = true\nnotify_only = \"is:unanswered\"\nquiet = \"22:00-07:00\"\nmouse = true"))
	if err != nil {
		t.Fatal(err)
	}
	quiet, _ := ui.ParseQuiet("22:00-07:00")
	if want := (ui.Notify{Way: ui.NotifyOSC9, Text: true, Only: "is:unanswered", Quiet: quiet}); c.Screen.Notify != want || !c.Screen.Mouse {
		t.Errorf("%+v, mouse %v", c.Screen.Notify, c.Screen.Mouse)
	}
}
