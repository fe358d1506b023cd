package inbox

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// The completion of a search while it is typed, on the screen and in a shell.
// It offers keys, then their values; and to whoever only knows what he wants,
// the term for it: "unr" offers is:unread.

// Completion is one way to go on with a search.
type Completion struct {
	At, End int    // the bytes of the search that it takes the place of
	Text    string // what it puts there
	Help    string // one line
	Open    bool   // a value has to follow at once: no blank behind it
}

// leastOffered is how many letters of a value a word needs for its term to be
// offered: one letter begins too many words.
const leastOffered = 2

// Complete offers what the term at the cursor (a byte of the text) may become,
// the likeliest first. What is behind the cursor stays.
func Complete(text string, cursor int, known Known) []Completion {
	cursor = min(max(cursor, 0), len(text))
	for cursor > 0 && cursor < len(text) && !utf8.RuneStart(text[cursor]) {
		cursor--
	}
	typed := termAt(text[:cursor])
	c := completer{at: typed.at, end: cursor, typed: text[typed.at:cursor], known: known}
	if typed.not {
		c.not = "-"
	}
	switch {
	case typed.key != "":
		c.values(typed)
	case !typed.quoted:
		c.keys(strings.ToLower(typed.value))
	}
	return c.found
}

// termAt is the term that a text ends with: an empty one behind a blank.
func termAt(text string) rawTerm {
	last := rawTerm{at: len(text), end: len(text)}
	for at := skipBlanks(text, 0); at < len(text); {
		raw := scanTerm(text, at)
		if at = skipBlanks(text, raw.end); at == len(text) && raw.end == len(text) {
			last = raw
		}
	}
	if text[last.at:] == "-" { // only its minus is there yet
		last.not, last.value = true, ""
	}
	return last
}

// completer collects what a term may become.
type completer struct {
	at, end int
	typed   string
	not     string // "-" or ""
	known   Known
	found   []Completion
}

// offer adds one, unless it is there already or typed in full.
func (c *completer) offer(text, help string, open bool) {
	text = c.not + text
	same := func(other Completion) bool { return other.Text == text }
	if strings.EqualFold(text, c.typed) || slices.ContainsFunc(c.found, same) {
		return
	}
	c.found = append(c.found, Completion{At: c.at, End: c.end, Text: text, Help: help, Open: open})
}

// keys offers the keys that begin with the word, then the terms whose value
// does.
func (c *completer) keys(word string) {
	for _, k := range searchKeys() {
		if strings.HasPrefix(string(k.kind), word) && k.offered(c.known) {
			c.offer(string(k.kind)+k.separator(), k.help, true)
		}
	}
	if len(word) < leastOffered {
		return
	}
	for _, k := range searchKeys() {
		for _, v := range k.offers(c.known) {
			if strings.HasPrefix(strings.ToLower(v.name), word) {
				c.offer(k.with(v.name), v.help, false)
			}
		}
	}
}

// values offers the values of a key: those that begin with what is typed, then
// those in which a later word does.
func (c *completer) values(typed rawTerm) {
	k, ok := searchKeyOf(typed.key)
	if !ok {
		if meant, ok := searchKeyOf(meantKey(typed.key)); ok {
			c.offer(meant.with(typed.value), meant.help, true)
		}
		return
	}
	k.over = typed.separator == '>'
	part := strings.ToLower(typed.value)
	for _, begins := range []bool{true, false} {
		for _, v := range k.offers(c.known) {
			name := strings.ToLower(v.name)
			if begins && strings.HasPrefix(name, part) || !begins && strings.Contains(name, " "+part) {
				c.offer(k.with(v.name), v.help, false)
			}
		}
	}
}

// offers are the values that can be offered.
func (k searchKey) offers(known Known) []searchValue {
	if k.values == nil {
		return nil
	}
	return k.values(known)
}

// offered tells whether the key is of use: one that could only have values which
// do not exist is not.
func (k searchKey) offered(known Known) bool {
	if k.kind == TermAccount || k.kind == TermLabel {
		return len(k.offers(known)) > 0
	}
	return true
}

// separator stands between the key and its value.
func (k searchKey) separator() string {
	switch {
	case k.kind != TermLeft:
		return ":"
	case k.over:
		return ">"
	}
	return "<"
}

// with is the key with a value.
func (k searchKey) with(value string) string {
	return string(k.kind) + k.separator() + quoteValue(value)
}

// Apply puts a completion into the text that it was made for, and tells where
// the cursor is then. A finished term has a blank behind it.
func (c Completion) Apply(text string) (completed string, cursor int) {
	rest := text[min(c.End, len(text)):]
	put := c.Text
	if !c.Open && !strings.HasPrefix(rest, " ") {
		put += " "
	}
	return text[:min(c.At, len(text))] + put + rest, c.At + len(put)
}
