package ui

import (
	"testing"
)

func TestEmojiAreDrawnSimplyUnlessTheTerminalKnowsThem(t *testing.T) {
	for text, want := range map[string]string{
		"สมชาย 👩‍🎨":         "สมชาย 👩",
		"thanks 🙏🏽!":        "thanks 🙏!",
		"I ❤️ it":           "I ❤ it",
		"👨‍👩‍👧‍👦":           "👨",
		"1️⃣ and #️⃣":       "1 and #",
		"🏴󠁧󠁢󠁳󠁣󠁴󠁿":           "🏴",
		"plain 😊 stays":     "plain 😊 stays",
		"क्‍ष has a joiner": "क्‍ष has a joiner",
		"می‌خواهم":          "می‌خواهم",
		"e\u0301":           "e\u0301",
	} {
		if got := methods["wcwidth"].drawn(text); got != want {
			t.Errorf("%q is drawn as %q, want %q", text, got, want)
		}
		if got := methods["graphemes"].drawn(text); got != text {
			t.Errorf("%q is drawn as %q where the terminal knows it", text, got)
		}
	}
}
