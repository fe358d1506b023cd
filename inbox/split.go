package inbox

import (
	"strings"
	"unicode/utf8"
)

// Split cuts a text into pieces that the platform takes: at line ends, else
// between words, else between grapheme clusters. Nothing but the white space at
// the cuts is lost.
func (in *Inbox) Split(id ConversationID, text string) []string {
	return split(strings.TrimSpace(Clean(text)), in.Capabilities(id).Text, in.opts.NextGrapheme)
}

func split(text string, limit TextLimit, next func(string) int) []string {
	var pieces []string
	for limit.Max > 0 && limit.Count(text) > limit.Max {
		n := cutAt(text, limit, next)
		if piece := strings.TrimSpace(text[:n]); piece != "" {
			pieces = append(pieces, piece)
		}
		text = strings.TrimSpace(text[n:])
	}
	if text != "" {
		pieces = append(pieces, text)
	}
	return pieces
}

// cutAt returns where the first piece ends, in bytes. A line end is taken only
// in the second half: a piece of three words helps nobody.
func cutAt(text string, limit TextLimit, next func(string) int) int {
	line, word, end, count := 0, 0, 0, 0
	for end < len(text) {
		size := graphemeSize(text[end:], limit, next)
		cluster := text[end : end+size]
		if count += limit.Count(cluster); count > limit.Max {
			// White space at the limit is dropped: the word before it is whole.
			if strings.TrimSpace(cluster) == "" {
				word = end
			}
			break
		}
		switch {
		case strings.HasSuffix(cluster, "\n"):
			line, word = end, end
		case strings.TrimSpace(cluster) == "":
			word = end
		}
		end += size
	}
	switch {
	case line > end/2:
		return line
	case word > 0:
		return word
	}
	return end
}

// graphemeSize is the length of the first grapheme cluster in bytes; of its
// first rune when the cluster alone is longer than a message may be.
func graphemeSize(s string, limit TextLimit, next func(string) int) int {
	n := next(s)
	if n <= 0 || n > len(s) || limit.Count(s[:n]) > limit.Max {
		_, n = utf8.DecodeRuneInString(s)
	}
	return n
}
