package inbox

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestWordsAreMarkedWhereTheyStandAsSuch(t *testing.T) {
	for _, c := range []struct{ line, words, want string }{
		{"the art of a party, art", "art", "the [art] of a party, [art]"},
		{"Müller's müller", "Müller", "[Müller]'s müller"},
		{"#A-1234 and A-12345", "A-1234", "#[A-1234] and A-12345"},
		{"京都市の東京都", "京都", "[京都]市の東[京都]"},
		{"東京都", "東京 京都", "[東京都]"},
		{"late parcel", "late parcel", "[late] [parcel]"},
		{"thanks ❤️!", "❤️", "thanks [❤️]!"},
		{"nothing", "", "nothing"},
		{"nothing", "thing", "nothing"},
	} {
		var b strings.Builder
		last := 0
		for _, m := range markWords(c.line, strings.Fields(c.words)) {
			b.WriteString(c.line[last:m.From] + "[" + c.line[m.From:m.To] + "]")
			last = m.To
		}
		if got := b.String() + c.line[last:]; got != c.want {
			t.Errorf("%q in %q is marked %q, not %q", c.words, c.line, got, c.want)
		}
	}
}

func FuzzExcerpt(f *testing.F) {
	f.Add(strings.Repeat("👨‍👩‍👧 late ", 80)+"parcel", "late", "parcel")
	f.Add("\xff parcel \xe4", "\xff", "l")
	f.Fuzz(func(t *testing.T, line, first, second string) {
		in := &Inbox{opts: Options{NextGrapheme: firstGrapheme}}
		text, marks := in.excerpt(line, []string{first, second})
		if utf8.ValidString(line) && !utf8.ValidString(text) {
			t.Fatalf("%q is cut to %q", line, text)
		}
		last := 0
		for _, m := range marks {
			if m.From < last || m.To <= m.From || m.To > len(text) {
				t.Fatalf("%q has the marks %v", text, marks)
			}
			last = m.To
		}
		if inner := strings.TrimSuffix(strings.TrimPrefix(text, "…"), "…"); !strings.Contains(line, inner) {
			t.Fatalf("%q is no part of %q", inner, line)
		}
		if whole := markWords(line, []string{first, second}); len(whole) > 0 && len(marks) == 0 && whole[0].To-whole[0].From < excerptMost/8 {
			t.Fatalf("the match at %v is not in %q", whole[0], text)
		}
	})
}
