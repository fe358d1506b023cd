package ui

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
)

// methods are the two ways in which terminals measure text.
var methods = map[string]cells{"wcwidth": {ansi.WcWidth}, "graphemes": {ansi.GraphemeWidth}}

func TestWidthAgreesWithTheRenderersFunction(t *testing.T) {
	for _, text := range []string{"", "plain", "日本語", "🙏🏽", "❤️", "हिन्दी", "👨‍👩‍👧‍👦 family", "e\u0301te\u0301", "🇵🇹🇵🇱", "שלום"} {
		for name, c := range methods {
			if got, want := c.width(text), c.method.StringWidth(c.drawn(text)); got != want {
				t.Errorf("%s: width of %q is %d, the renderer says %d", name, text, got, want)
			}
		}
	}
}

func TestCutNeverSplitsAClusterAndNeverExceedsTheWidth(t *testing.T) {
	for _, tt := range []struct {
		text  string
		n     int
		wc    string
		graph string
	}{
		{"hello", 3, "hel", "hel"},
		{"日本語", 3, "日", "日"},
		{"❤️x", 1, "❤️", ""},
		{"🙏🏽!", 2, "🙏🏽", "🙏🏽"},
		{"abc", 0, "", ""},
		{"abc", -1, "", ""},
	} {
		if got, _ := methods["wcwidth"].cut(tt.text, tt.n); got != tt.wc {
			t.Errorf("wcwidth: cut(%q, %d) = %q, want %q", tt.text, tt.n, got, tt.wc)
		}
		if got, _ := methods["graphemes"].cut(tt.text, tt.n); got != tt.graph {
			t.Errorf("graphemes: cut(%q, %d) = %q, want %q", tt.text, tt.n, got, tt.graph)
		}
	}
}

func TestFitMarksWhatItCutOff(t *testing.T) {
	c := methods["wcwidth"]
	for _, tt := range []struct {
		text string
		n    int
		want string
	}{{"hello", 5, "hello"}, {"hello", 4, "hel…"}, {"hello", 1, "…"}, {"hello", 0, ""}, {"日本語", 5, "日本…"}} {
		if got := c.fit(tt.text, tt.n); got != tt.want {
			t.Errorf("fit(%q, %d) = %q, want %q", tt.text, tt.n, got, tt.want)
		}
	}
}

func TestWrapBreaksAtLinesWordsAndClusters(t *testing.T) {
	for _, tt := range []struct {
		text string
		n    int
		want []string
	}{
		{"", 5, []string{""}},
		{"one two three", 7, []string{"one two ", "three"}},
		{"one\n\ntwo", 9, []string{"one", "", "two"}},
		{"abcdefgh", 3, []string{"abc", "def", "gh"}},
		{"go abcdefgh", 4, []string{"go ", "abcd", "efgh"}},
		{"日本語です", 4, []string{"日本", "語で", "す"}},
		{"a    b", 2, []string{"a    ", "b"}},
		{"日", 1, []string{"日"}},
	} {
		var got []string
		for _, row := range methods["wcwidth"].wrap(tt.text, tt.n) {
			got = append(got, row.of(tt.text))
		}
		if strings.Join(got, "|") != strings.Join(tt.want, "|") {
			t.Errorf("wrap(%q, %d) = %q, want %q", tt.text, tt.n, got, tt.want)
		}
	}
}

func FuzzWrap(f *testing.F) {
	for _, seed := range []string{"one two", "日本語 です\n🙏🏽🙏🏽", "\u0301\u0301", "👨‍👩‍👧‍👦👨‍👩‍👧‍👦", "\xff\xfe", strings.Repeat("x", 50)} {
		f.Add(seed, 7)
	}
	f.Fuzz(func(t *testing.T, text string, n int) {
		text, n = tidy(text, false), 1+(n&0xff)
		for name, c := range methods {
			var all strings.Builder
			rows := c.wrap(text, n)
			for i, row := range rows {
				if i > 0 && rows[i-1].end < row.start {
					all.WriteByte('\n')
				}
				all.WriteString(row.of(text))
				shown := strings.TrimRight(row.of(text), " ")
				first, _ := cellsFirst(c, shown)
				if w := c.width(shown); w > n && shown != first {
					t.Errorf("%s: row %q is %d cells wide, more than %d", name, shown, w, n)
				}
			}
			if all.String() != text {
				t.Errorf("%s: wrapping lost something: %q became %q", name, text, all.String())
			}
		}
	})
}

func cellsFirst(c cells, s string) (string, int) {
	if s == "" {
		return "", 0
	}
	return c.next(s)
}

func FuzzLineNeverExceedsItsWidthNorCarriesControls(f *testing.F) {
	for _, seed := range []string{"hello", "\x1b]52;c;AAAA\a", "a\u202eb", "\x9b31m", "日本語", "❤️🙏🏽", "\xc2\x9b", "\u0301", "\r\n\t"} {
		f.Add(seed, seed, 10)
	}
	f.Fuzz(func(t *testing.T, a, b string, width int) {
		width &= 0x3f
		for name, c := range methods {
			u := &UI{cells: c}
			l := u.line(width).fit(bold, a, width/2).spaces(1).put(plain, b).column(dim, a, 9)
			text := ansi.Strip(l.String())
			if w := c.method.StringWidth(text); w > width {
				t.Errorf("%s: the line %q is %d cells wide, more than %d", name, text, w, width)
			}
			if strings.ContainsFunc(text, func(r rune) bool { return r != utf8.RuneError && isHostile(r) }) {
				t.Errorf("%s: the line %q has control characters", name, text)
			}
			rest := strings.NewReplacer(string(bold), "", string(dim), "", sgrReset, "").Replace(l.String())
			if strings.ContainsRune(rest, 0x1b) {
				t.Errorf("%s: an escape sequence came through: %q", name, l)
			}
		}
	})
}
