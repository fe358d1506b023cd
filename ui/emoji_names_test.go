package ui

import (
	"testing"
)

func TestEmojisAreFoundByTheWordsThatPeopleTry(t *testing.T) {
	table := newEmojiTable()
	for word, want := range map[string]string{
		"heart": "❤️", "red heart": "❤️", ":heart:": "❤️", "joy": "😂", "thumbs up": "👍", "+1": "👍", "pray": "🙏", "clap": "👏", "TADA": "🎉",
		"fire": "🔥", "folded": "🙏", "100": "💯", "eyes": "👀", "crying face": "😢", "party pop": "🎉", "thumbsup": "👍",
		"hea": "❤️", "hear": "❤️", "thum": "👍", "smil": "😄", "part": "🎉",
	} {
		found := table.find(word)
		if len(found) == 0 || withoutColour(found[0].emoji) != withoutColour(want) {
			t.Errorf("%q finds %v first, want %s", word, found[:min(len(found), 3)], want)
		}
	}
	if found := table.find("qqqzzx"); len(found) != 0 {
		t.Errorf("nonsense finds %v", found)
	}
	if found := table.find("e"); len(found) != mostEmojis {
		t.Errorf("a single letter finds %d emojis", len(found))
	}
}

func TestWhatIsTypedIsAnEmojiOnlyIfItIsOneAndNothingElse(t *testing.T) {
	for text, want := range map[string]bool{
		"❤️": true, "❤": true, " 👍🏽 ": true, "👩‍👩‍👧‍👦": true, "🇵🇹": true, "1️⃣": true, "🏴󠁧󠁢󠁳󠁣󠁴󠁿": true,
		"": false, "1": false, "12": false, "#": false, "heart": false, "👍👍": false, "👍 ok": false, "ok 👍": false, "é": false, "\u200d": false, "한": false,
	} {
		for name, c := range methods {
			if got := c.pureEmoji(text) != ""; got != want {
				t.Errorf("%q by %s: %v, want %v", text, name, got, want)
			}
		}
	}
}

func FuzzFindingAnEmoji(f *testing.F) {
	table := newEmojiTable()
	for _, seed := range []string{"heart", "::", "\xff", "❤️", "1️⃣", "a\u0301"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if n := len(table.find(text)); n > mostEmojis {
			t.Errorf("%q finds %d emojis", text, n)
		}
		for _, c := range methods {
			if one := c.pureEmoji(text); one != "" && c.pureEmoji(one) != one {
				t.Errorf("%q is one emoji, %q is not", text, one)
			}
		}
	})
}

func BenchmarkEmojiTable(b *testing.B) {
	for b.Loop() {
		newEmojiTable()
	}
}

func BenchmarkFindEmoji(b *testing.B) {
	table := newEmojiTable()
	for b.Loop() {
		table.find("he")
	}
}
