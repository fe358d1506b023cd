package ui

import (
	"cmp"
	"maps"
	"math"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/kyokomi/emoji/v2"
	"github.com/sahilm/fuzzy"
)

// The English names of emojis, so that one can be found by a word: nobody types
// an emoji over SSH. The names come from a library that keeps up with Unicode; it
// makes its tables when they are first asked for, and so does this file: who
// never reacts pays nothing.

// namedEmoji is an emoji with all its names, words first, then by length.
type namedEmoji struct {
	emoji string
	names []string
}

// label are the names for people.
func (e namedEmoji) label() string { return strings.Join(e.names, ", ") }

// emojiTable finds emojis by name, and names by emoji.
type emojiTable struct {
	all    []namedEmoji
	labels []string // of each, for the search
	at     map[string]int
}

// newEmojiTable collects the library's short codes by emoji. Skin tones are left
// out: they would be five of six results.
func newEmojiTable() *emojiTable {
	byEmoji := map[string]*namedEmoji{}
	codes := emoji.CodeMap()
	for _, code := range slices.Sorted(maps.Keys(codes)) {
		text := codes[code]
		if !isEmoji(text) || strings.ContainsFunc(text, isSkinTone) {
			continue
		}
		key := withoutColour(text)
		e := byEmoji[key]
		if e == nil {
			e = &namedEmoji{emoji: text}
			byEmoji[key] = e
		}
		if len(text) > len(e.emoji) {
			e.emoji = text // the form with the wish for colour is what phones send
		}
		if name := emojiName(code); !slices.Contains(e.names, name) {
			e.names = append(e.names, name)
		}
	}
	return indexEmojis(byEmoji)
}

func indexEmojis(byEmoji map[string]*namedEmoji) *emojiTable {
	t := &emojiTable{at: make(map[string]int, len(byEmoji))}
	for _, e := range byEmoji {
		slices.SortFunc(e.names, compareNames)
		t.all = append(t.all, *e)
	}
	slices.SortFunc(t.all, func(a, b namedEmoji) int { return cmp.Compare(a.label(), b.label()) })
	for i, e := range t.all {
		t.at[withoutColour(e.emoji)] = i
		t.labels = append(t.labels, e.label())
	}
	return t
}

// compareNames puts words before codes such as “+1”, and short ones first.
func compareNames(a, b string) int {
	code := func(name string) int {
		if name == "" || name[0] < 'a' && name[0] < utf8.RuneSelf {
			return 1
		}
		return 0
	}
	return cmp.Or(cmp.Compare(code(a), code(b)), cmp.Compare(len(a), len(b)), cmp.Compare(a, b))
}

// emojiName is a short code as words: ":red_heart:" is "red heart".
func emojiName(code string) string {
	return strings.Join(strings.FieldsFunc(strings.ToLower(code), func(r rune) bool { return r == ':' || r == '_' || r == '-' || r == ' ' }), " ")
}

// named is an emoji with its names, as far as it has any.
func (t *emojiTable) named(text string) namedEmoji {
	if i, known := t.at[withoutColour(text)]; known {
		return namedEmoji{text, t.all[i].names}
	}
	return namedEmoji{emoji: text}
}

// mostEmojis bounds what a search shows.
const mostEmojis = 60

// find returns the emojis whose names fit best. A name that is what was typed
// comes before one that begins with it, the shorter first, this before one of
// whose words does so, and scattered letters come last.
func (t *emojiTable) find(text string) []namedEmoji {
	text = emojiName(text)
	if text == "" {
		return nil
	}
	matches := fuzzy.Find(text, t.labels)
	slices.SortStableFunc(matches, func(a, b fuzzy.Match) int {
		x, y := t.all[a.Index].names, t.all[b.Index].names
		if order := cmp.Compare(nameRank(x, text), nameRank(y, text)); order != 0 || nameRank(x, text) != nameBegins {
			return order
		}
		return cmp.Compare(shortest(x, text), shortest(y, text))
	})
	var found []namedEmoji
	for _, m := range matches[:min(len(matches), mostEmojis)] {
		found = append(found, t.all[m.Index])
	}
	return found
}

// nameBegins is the rank of a name that begins with what was typed.
const nameBegins = 1

// shortest is how long the shortest of the names is that begin so.
func shortest(names []string, text string) int {
	n := math.MaxInt
	for _, name := range names {
		if strings.HasPrefix(name, text) {
			n = min(n, len(name))
		}
	}
	return n
}

// nameRank is how well the best of the names fits: the smaller the better.
func nameRank(names []string, text string) int {
	best := 4
	for _, name := range names {
		switch {
		case name == text:
			return 0
		case strings.HasPrefix(name, text):
			best = min(best, nameBegins)
		case strings.Contains(name, " "+text):
			best = min(best, 2)
		case strings.Contains(name, text):
			best = min(best, 3)
		}
	}
	return best
}

// pureEmoji is the text if it is one emoji and nothing else, "" otherwise.
func (c cells) pureEmoji(text string) string {
	text = strings.TrimSpace(text)
	if !isEmoji(text) {
		return ""
	}
	if cluster, _ := c.next(text); cluster != text {
		return ""
	}
	return text
}

// isEmoji tells that a text begins as an emoji does. A digit is one only on a
// keycap.
func isEmoji(text string) bool {
	first, size := utf8.DecodeRuneInString(text)
	if first < utf8.RuneSelf {
		return size < len(text) && isEmojiBase(first) && strings.HasSuffix(text, string(keycap))
	}
	return size > 0 && isEmojiBase(first)
}

func isSkinTone(r rune) bool { return r >= 0x1f3fb && r <= 0x1f3ff }

// withoutColour leaves the wish for colour out, which not everybody sends.
func withoutColour(text string) string { return strings.ReplaceAll(text, string(colourWish), "") }
