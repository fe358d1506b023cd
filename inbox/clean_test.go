package inbox

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestClean(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"plain text stays", "hello\nworld", "hello\nworld"},
		{"colours go", "a\x1b[31mred\x1b[0mb", "aredb"},
		{"a clipboard write goes with its payload", "x\x1b]52;c;cm0gLXJm\x07y", "xy"},
		{"a hyperlink leaves its text", "\x1b]8;;http://evil\x1b\\click\x1b]8;;\x1b\\", "click"},
		{"8-bit CSI", "a\u009b2Jb", "ab"},
		{"8-bit OSC", "a\u009d0;title\u009cb", "ab"},
		{"raw C1 bytes are not UTF-8", "a\x9b2Jb", "a\ufffd2Jb"},
		{"an unfinished OSC hides nothing", "a\x1b]0;still here", "a0;still here"},
		{"an unfinished CSI", "a\x1b[31", "a"},
		{"reset", "a\x1bcb", "ab"},
		{"charset", "a\x1b(Bb", "ab"},
		{"lone ESC at the end", "a\x1b", "a"},
		{"DCS", "a\x1bPq#0\x1b\\b", "ab"},
		{"bell, backspace, null, delete", "a\x07\x08\x00\x7fb", "ab"},
		{"line ends", "a\r\nb\rc\u2028d", "a\nb\nc\nd"},
		{"tab", "a\tb", "a    b"},
		{"bidi overrides, isolates and marks", "a\u202e\u2066\u200f\u061cb\u2069", "ab"},
		{"family emoji keeps its joiners", "👨‍👩‍👧", "👨‍👩‍👧"},
		{"flag of Scotland keeps its tags", "🏴󠁧󠁢󠁳󠁣󠁴󠁿", "🏴󠁧󠁢󠁳󠁣󠁴󠁿"},
		{"tags without a flag are smuggled text", "a\U000E0068\U000E0069b", "ab"},
		{"soft hyphen and byte order mark", "a\u00adb\ufeffc", "abc"},
		{"Arabic number sign stays", "\u06001", "\u06001"},
		{"Hebrew stays", "שלום", "שלום"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := Clean(c.in); got != c.want {
				t.Errorf("Clean(%q) = %q, want %q", c.in, got, c.want)
			}
		})
	}
}

func TestCleanBoundsCombiningMarks(t *testing.T) {
	got := Clean("e" + strings.Repeat("\u0301", 500) + "x")
	if n := strings.Count(got, "\u0301"); n != maxMarks {
		t.Errorf("%d marks left, want %d", n, maxMarks)
	}
}

func TestCleanLine(t *testing.T) {
	if got := CleanLine("  a\n\n b\t c \r\n"); got != "a b c" {
		t.Errorf("got %q", got)
	}
}

func FuzzClean(f *testing.F) {
	for _, s := range []string{"a\x1b[31m", "\x1b]52;c;x\x07", "\u009b2J", "\xff\xfe", "\u202eabc", "🏴󠁧󠁢󠁳󠁣󠁴󠁿", "\r\r\n", "\x1b\x1b[", "e\u0301\u0301"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := Clean(s)
		if !utf8.ValidString(got) {
			t.Fatalf("Clean(%q) = %q is not UTF-8", s, got)
		}
		for _, r := range got {
			if r != '\n' && !isVisible(r) && !isTag(r) {
				t.Fatalf("Clean(%q) = %q lets %U through", s, got, r)
			}
		}
		if again := Clean(got); again != got {
			t.Fatalf("Clean(%q) = %q, and again %q", s, got, again)
		}
		if line := CleanLine(s); strings.ContainsAny(line, "\n\t\r") || CleanLine(line) != line {
			t.Fatalf("CleanLine(%q) = %q", s, line)
		}
	})
}
