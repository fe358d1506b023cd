package inbox

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// What a find looks like: the stretch of a text in which the match stands, and
// where in it.

// Span is a part of a text, in bytes.
type Span struct{ From, To int }

// The size of an excerpt, in characters as a reader counts them: so many before
// the first match, so that it can be seen in a narrow terminal, and so many in
// all.
const (
	excerptLead = 24
	excerptMost = 240
)

// excerpt cuts a line around the first of the words, and marks all of them.
func (in *Inbox) excerpt(line string, words []string) (string, []Span) {
	marks := markWords(line, words)
	first := 0
	if len(marks) > 0 {
		first = marks[0].From
	}
	from, to := in.around(line, first)
	text, shift := line[from:to], from
	if from > 0 {
		text, shift = "…"+text, from-len("…")
	}
	if to < len(line) {
		text += "…"
	}
	var seen []Span
	for _, m := range marks {
		if m.From >= from && m.To <= to {
			seen = append(seen, Span{m.From - shift, m.To - shift})
		}
	}
	return text, seen
}

// around finds where the excerpt around a place begins and ends, never within a
// character as it is drawn; it begins with a whole word where one begins soon.
func (in *Inbox) around(line string, at int) (from, to int) {
	starts := in.graphemes(line)
	i, _ := slices.BinarySearch(starts, at)
	first := max(i-excerptLead, 0)
	if first > 0 {
		if blank := strings.IndexByte(line[starts[first]:at], ' '); blank >= 0 {
			first, _ = slices.BinarySearch(starts, starts[first]+blank+1)
		}
	}
	from, to = 0, len(line)
	if first < len(starts) {
		from = starts[first]
	}
	if last := first + excerptMost; last < len(starts) {
		to = starts[last]
	}
	return from, to
}

// graphemes are the places at which the characters of a line begin.
func (in *Inbox) graphemes(line string) []int {
	starts := make([]int, 0, len(line))
	for at := 0; at < len(line); {
		starts = append(starts, at)
		at += min(max(in.opts.NextGrapheme(line[at:]), 1), len(line)-at)
	}
	return starts
}

// markWords finds the words wherever they stand as such in the line. Spans are
// in order and do not meet.
func markWords(line string, words []string) []Span {
	var found []Span
	for _, word := range words {
		for at := 0; word != ""; {
			n := strings.Index(line[at:], word)
			if n < 0 {
				break
			}
			from, to := at+n, at+n+len(word)
			if standsAlone(line, from, to) {
				found = append(found, Span{from, to})
			}
			at = to
		}
	}
	slices.SortFunc(found, func(a, b Span) int { return a.From - b.From })
	var spans []Span
	for _, s := range found {
		if last := len(spans) - 1; last >= 0 && s.From <= spans[last].To {
			spans[last].To = max(spans[last].To, s.To)
			continue
		}
		spans = append(spans, s)
	}
	return spans
}

// standsAlone tells that a word does not begin or end within another: "art" is
// not marked in "party".
func standsAlone(line string, from, to int) bool {
	before, _ := utf8.DecodeLastRuneInString(line[:from])
	first, _ := utf8.DecodeRuneInString(line[from:to])
	last, _ := utf8.DecodeLastRuneInString(line[from:to])
	after, _ := utf8.DecodeRuneInString(line[to:])
	return !(isSpaced(before) && isSpaced(first)) && !(isSpaced(last) && isSpaced(after))
}

// isSpaced tells that the letter belongs to a script that puts blanks between
// its words.
func isSpaced(r rune) bool {
	if unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar) {
		return false
	}
	return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r)
}
