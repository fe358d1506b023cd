package ui

import (
	"image/color"
	"maps"
	"math"
	"slices"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"
)

// backgrounds are those of terminals and of the schemes that many people use.
func backgrounds() map[string]string {
	return map[string]string{
		"black": "#000000", "xterm.js": "#1e1e1e", "Solarized dark": "#002b36", "Nord": "#2e3440", "Dracula": "#282a36",
		"Gruvbox dark": "#282828", "Ubuntu": "#300a24", "a blue console": "#0000aa",
		"white": "#ffffff", "Solarized light": "#fdf6e3", "Gruvbox light": "#fbf1c7", "GitHub light": "#f6f8fa", "paper": "#eeeedd",
	}
}

func mustHex(t *testing.T, text string) color.RGBA {
	t.Helper()
	c, err := parseHex(text)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// coloursOf are the foreground and background that a sequence switches on.
func coloursOf(t *testing.T, s sgr) (fg, bg *color.RGBA) {
	t.Helper()
	for seq := range strings.SplitSeq(strings.TrimPrefix(string(s), "\x1b["), "\x1b[") {
		var style ansi.Params
		for n := range strings.SplitSeq(strings.TrimSuffix(seq, "m"), ";") {
			v := 0
			for _, d := range n {
				v = v*10 + int(d-'0')
			}
			style = append(style, ansi.Param(v))
		}
		if len(style) != 5 || style[1] != 2 {
			continue
		}
		c := color.RGBA{uint8(style[2]), uint8(style[3]), uint8(style[4]), 255}
		if style[0] == 38 {
			fg = &c
		} else {
			bg = &c
		}
	}
	return fg, bg
}

// TestThemesCanBeRead: each role on the background and on the selection, as the
// terminal shows it.
func TestThemesCanBeRead(t *testing.T) {
	t.Parallel()
	for name, hex := range backgrounds() {
		surface := mustHex(t, hex)
		for _, profile := range []colorprofile.Profile{colorprofile.TrueColor, colorprofile.ANSI256} {
			for theme, least := range map[string]float64{ThemeAuto: readable, ThemeContrast: contrasted} {
				k := look{theme: theme, dark: luminance(surface) < 0.18, background: &surface, profile: profile}
				s, err := k.styles()
				if err != nil {
					t.Fatal(err)
				}
				text, under := coloursOf(t, s[roleSelection])
				if text == nil || under == nil {
					t.Fatalf("%s: the selection is %q", name, s[roleSelection])
				}
				for r := range inks(k.dark, false) {
					fg, _ := coloursOf(t, s[r])
					if r == roleText {
						fg = text
					}
					if fg == nil {
						t.Fatalf("%s: %s has no colour: %q", name, r, s[r])
					}
					as := shown(*fg, profile)
					if got := min(contrast(as, surface), contrast(as, shown(*under, profile))); got < least {
						t.Errorf("%s, %s, %s: %s has a contrast of %.2f:1", name, theme, profile, r, got)
					}
				}
			}
		}
	}
}

func TestThemeOfTheConfigWinsOverTheBackground(t *testing.T) {
	t.Parallel()
	white := color.RGBA{255, 255, 255, 255}
	k := look{theme: ThemeDark, background: &white, profile: colorprofile.TrueColor}
	if luminance(k.surface()) > 0.05 || !k.isDark() {
		t.Errorf("the dark theme is fitted to %v", k.surface())
	}
}

func TestContrastIsThatOfWCAG(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		a, b string
		want float64
	}{
		{"#000000", "#ffffff", 21},
		{"#ffffff", "#ffffff", 1},
		{"#777777", "#ffffff", 4.48}, // the known near miss
		{"#767676", "#ffffff", 4.54},
		{"#ff0000", "#ffffff", 4.00},
	} {
		if got := contrast(mustHex(t, tt.a), mustHex(t, tt.b)); math.Abs(got-tt.want) > 0.01 {
			t.Errorf("%s on %s: %.2f, want %.2f", tt.a, tt.b, got, tt.want)
		}
	}
}

func TestNoColourWhereThereIsNone(t *testing.T) {
	t.Parallel()
	for _, k := range []look{
		{theme: ThemeMono, profile: colorprofile.TrueColor},
		{theme: ThemeAuto, dark: true, profile: colorprofile.ASCII, own: map[string]string{"urgent": "#ff0000"}},
	} {
		s, err := k.styles()
		if err != nil {
			t.Fatal(err)
		}
		for r, style := range s {
			if strings.Contains(string(style), "38;") || strings.Contains(string(style), "[3") || strings.Contains(string(style), "[9") {
				t.Errorf("%s is %q", r, style)
			}
		}
		if s[roleSelection] != reverse || s[roleUrgent] != bold {
			t.Errorf("selection %q, urgent %q", s[roleSelection], s[roleUrgent])
		}
	}
}

func TestSixteenColoursAreTheTerminals(t *testing.T) {
	t.Parallel()
	s, err := look{theme: ThemeAuto, dark: true, profile: colorprofile.ANSI}.styles()
	if err != nil {
		t.Fatal(err)
	}
	if s[roleOwn] != "\x1b[32m" || s[roleSelection] != reverse {
		t.Errorf("own %q, selection %q", s[roleOwn], s[roleSelection])
	}
	for r, style := range s {
		if strings.Contains(string(style), "38;") || style == "\x1b[90m" {
			t.Errorf("%s is %q: bright black cannot be seen on many dark backgrounds", r, style)
		}
	}
}

func TestOwnColours(t *testing.T) {
	t.Parallel()
	own := map[string]string{"urgent": "#ff00ff", "own": "none", "selection": "24", "link": "5"}
	s, err := look{dark: true, profile: colorprofile.TrueColor, own: own}.styles()
	if err != nil {
		t.Fatal(err)
	}
	want := styles{roleUrgent: bold + "\x1b[38;2;255;0;255m", roleOwn: plain, roleSelection: "\x1b[48;5;24m", roleLink: "\x1b[35m"}
	for r, style := range want {
		if s[r] != style {
			t.Errorf("%s is %q, want %q", r, s[r], style)
		}
	}
	for _, wrong := range []map[string]string{{"text": "1"}, {"selection": "#12"}, {"unheard": "1"}, {"own": "256"}, {"own": "#ggggggg"}} {
		if CheckColours(wrong) == nil {
			t.Errorf("%v is accepted", wrong)
		}
	}
}

func TestFaintColoursAreNamed(t *testing.T) {
	t.Parallel()
	faint := strings.Join(FaintColours(ThemeAuto, map[string]string{"own": "#777777", "link": "#8ab4f8", "urgent": "9"}), "\n")
	for _, want := range []string{"link #8ab4f8 has a contrast of 2.1:1 on a light background, 4.5:1 can be read", "own #777777", "a dark background"} {
		if !strings.Contains(faint, want) {
			t.Errorf("%q is not said in:\n%s", want, faint)
		}
	}
	if strings.Contains(faint, "urgent") {
		t.Errorf("the terminal's own red is judged:\n%s", faint)
	}
	if got := FaintColours(ThemeDark, map[string]string{"link": "#8ab4f8"}); len(got) != 0 {
		t.Errorf("on a dark background: %q", got)
	}
}

// TestBackgroundIsFollowed: the theme changes with the terminal's background, and
// asks for it when the scheme has changed.
func TestBackgroundIsFollowed(t *testing.T) {
	t.Parallel()
	u := &UI{look: look{theme: ThemeAuto, dark: true, profile: colorprofile.TrueColor}}
	u.style, _ = u.look.styles()
	dark := maps.Clone(u.style)
	u.recolour(tea.BackgroundColorMsg{Color: color.White})
	if maps.Equal(dark, u.style) || u.styled != 1 {
		t.Error("the colours did not follow a white background")
	}
	u.recolour(tea.BackgroundColorMsg{Color: color.White})
	if u.styled != 1 {
		t.Error("the same background has changed the styles")
	}
	u.recolour(tea.BackgroundColorMsg{}) // no colour that can be read
	if u.styled != 1 {
		t.Error("a background that nobody understands has changed the styles")
	}
}

func FuzzColour(f *testing.F) {
	for _, seed := range []string{"", "none", "7", "#ffffff", "#", "-1", "256", "#+12345"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, read := range []func(string) (sgr, error){foreground, selectionOf} {
			code, err := read(text)
			if err == nil && code != plain && (!strings.HasPrefix(string(code), "\x1b[") || !strings.HasSuffix(string(code), "m") ||
				slices.ContainsFunc([]byte(code[2:len(code)-1]), func(b byte) bool { return b != ';' && (b < '0' || b > '9') })) {
				t.Errorf("%q gives %q", text, code)
			}
		}
	})
}
