package ui

import (
	"strings"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
)

// An emoji can be several code points: a woman, a joiner and a palette; a hand
// and a skin colour; a heart and the wish to see it in colour. A terminal that
// has confirmed mode 2027 draws each as one character of two cells. The others
// disagree about it, with one another and with any table, and a single
// disagreement shifts the rest of the row. There, only the first code point is
// drawn: the woman, the hand, the heart. What is stored, copied and sent stays
// whole.

// The code points that join or colour an emoji.
const (
	joiner     = '\u200d'
	colourWish = '\ufe0f'
	keycap     = '\u20e3'
)

// drawn is how a text is put on the terminal.
func (c cells) drawn(text string) string {
	if c.method != ansi.WcWidth || !strings.ContainsFunc(text, isEmojiPart) {
		return text
	}
	var b strings.Builder
	for text != "" {
		cluster, _ := ansi.FirstGraphemeCluster(text, c.method)
		b.WriteString(simple(cluster))
		text = text[len(cluster):]
	}
	return b.String()
}

// simple is the first code point of an emoji that consists of several, and
// everything else as it is: letters of many scripts are clusters too.
func simple(cluster string) string {
	first, size := utf8.DecodeRuneInString(cluster)
	if size == len(cluster) || !isEmojiBase(first) || !strings.ContainsFunc(cluster[size:], isEmojiPart) {
		return cluster
	}
	return cluster[:size]
}

// isEmojiPart tells the code points that follow the first one of an emoji.
func isEmojiPart(r rune) bool {
	switch {
	case r == joiner, r == colourWish, r == keycap:
		return true
	case r >= 0x1f3fb && r <= 0x1f3ff: // skin colours
		return true
	}
	return r >= 0xe0020 && r <= 0xe007f // the letters of a region's flag
}

// isEmojiBase tells what can be the first: pictographs, symbols that can be
// drawn as one, and the signs that stand on a keycap. It must not take letters,
// which have joiners of their own in several scripts.
func isEmojiBase(r rune) bool {
	switch {
	case r >= 0x1f000, r >= 0x2190 && r <= 0x2bff:
		return true
	case r >= '0' && r <= '9', r == '#', r == '*':
		return true
	}
	return r == '©' || r == '®' || r == '‼' || r == '⁉' || r == '™' || r == 'ℹ' || r == '〰' || r == '〽' || r == '㊗' || r == '㊙'
}
