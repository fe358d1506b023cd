package ui

import (
	"testing"
)

func TestEmojiAreDrawnSimplyUnlessTheTerminalKnowsThem(t *testing.T) {
	for text, want := range map[string]string{
		"สมชาย 👩\u200d🎨":         "สมชาย 👩",
		"thanks 🙏🏽!":             "thanks 🙏!",
		"I ❤️ it":                "I ❤ it",
		"👨\u200d👩\u200d👧\u200d👦": "👨",
		"1️⃣ and #️⃣":            "1 and #",
		"🏴󠁧󠁢󠁳󠁣󠁴󠁿":                "🏴",
		"plain 😊 stays":          "plain 😊 stays",
		"क्\u200dष has a joiner": "क्\u200dष has a joiner",
		"می\u200cخواهم":          "می\u200cخواهم",
		"e\u0301":                "e\u0301",
	} {
		if got := methods["wcwidth"].drawn(text); got != want {
			t.Errorf("%q is drawn as %q, want %q", text, got, want)
		}
		if got := methods["graphemes"].drawn(text); got != text {
			t.Errorf("%q is drawn as %q where the terminal knows it", text, got)
		}
	}
}
