package fulltext

import (
	"encoding/binary"
	"slices"
	"strings"

	"parley/inbox"
)

// term is what is looked for: words that stand side by side.
type term struct {
	words  []string
	prefix bool // the last one only begins so
}

// termOf takes a term of a query apart, in the way in which texts are. One that
// has no words (only punctuation) asks for nothing.
func termOf(t inbox.TextTerm) term {
	found := words(t.Text)
	q := term{prefix: t.Prefix && !t.Phrase}
	for i, w := range found {
		if w.half && i == len(found)-1 { // behind it a text may go on
			if i > 0 && !found[i-1].half && found[i-1].end == w.end {
				q.prefix = false // the pair before says more
				break
			}
			q.prefix = true
		}
		q.words = append(q.words, w.term)
	}
	if q.prefix && len(q.words) > 0 && endsWithSpace(t.Text, found) {
		q.prefix = false // the word is complete
	}
	return q
}

// endsWithSpace tells whether something stands behind the last word.
func endsWithSpace(text string, found []word) bool {
	last := found[len(found)-1]
	return !last.half && last.end < len(text)
}

func termsOf(all []inbox.TextTerm) (terms []term) {
	for _, t := range all {
		if q := termOf(t); len(q.words) > 0 {
			terms = append(terms, q)
		}
	}
	return terms
}

// exact tells that what the index says of the term is the whole truth.
func (t term) exact() bool { return len(t.words) == 1 }

// isPrefix tells whether the word at i only begins a word.
func (t term) isPrefix(i int) bool { return t.prefix && i == len(t.words)-1 }

// span is a stretch of a text.
type span struct{ at, end int }

// find is where the term stands in a text.
func (t term) find(text []word) (spans []span) {
	for i := 0; i+len(t.words) <= len(text); i++ {
		if t.standsAt(text[i:]) {
			last := text[i+len(t.words)-1]
			spans = append(spans, span{text[i].at, t.endIn(last)})
		}
	}
	return spans
}

func (t term) standsAt(text []word) bool {
	for i, w := range t.words {
		if text[i].term != w && !(t.isPrefix(i) && strings.HasPrefix(text[i].term, w)) {
			return false
		}
	}
	return true
}

// endIn is where the last word ends: of a pair of characters only the first may
// be meant.
func (t term) endIn(last word) int {
	if last.first != last.end && last.term != t.words[len(t.words)-1] {
		return last.first
	}
	return last.end
}

// occurs tells whether the term is in a text.
func (t term) occurs(text []word) bool {
	for i := 0; i+len(t.words) <= len(text); i++ {
		if t.standsAt(text[i:]) {
			return true
		}
	}
	return false
}

// cut returns the stretches of a text as they stand there, each once, in order.
func cut(text string, spans []span) (found []string) {
	slices.SortFunc(spans, func(a, b span) int { return a.at - b.at })
	for _, s := range spans {
		if w := text[s.at:s.end]; !slices.Contains(found, w) {
			found = append(found, w)
		}
	}
	return found
}

// pairBits is how many values a pair of words is hashed to, as a power of two:
// few enough for a small dictionary, and far more than a phrase of common words
// has rivals. What shares a value by chance is found out by the message.
const pairBits = 14

// pairOf is the term for two words that stand side by side.
func pairOf(a, b string) string {
	sum := hash(a + "\x00" + b)
	return string(binary.BigEndian.AppendUint16(nil, uint16((sum^sum>>pairBits)&(1<<pairBits-1))))
}
