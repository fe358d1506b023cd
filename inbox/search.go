package inbox

import (
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// A search is how people ask for conversations and messages: in the list, in the
// full search, in a view of the config, on the command line. It is one language
// everywhere, and this file is its syntax: terms with blanks between them, all
// of which have to be true.
//
//	word   "a phrase"   key:value   key:"a value"   left<2h   -any-of-these
//
// Case does not count. What the terms mean is in searchmeaning.go, which there
// are in searchterms.go.

// Search is an understood search.
type Search struct {
	Terms []Term
}

// Term is one term of a search, with its place in the text.
type Term struct {
	At, End int // bytes
	Not     bool
	Kind    TermKind
	Value   string        // the word, the phrase, or the value in its usual form
	Date    SearchDate    // of TermBefore and TermAfter
	Left    time.Duration // of TermLeft
	Over    bool          // of TermLeft: more than Left, not less
}

// TermKind is what a term speaks of. Those with a value behind a colon are
// called as their key is.
type TermKind string

// The kinds of terms.
const (
	TermWord     TermKind = "word"
	TermPhrase   TermKind = "phrase"
	TermFrom     TermKind = "from"
	TermPlatform TermKind = "platform"
	TermAccount  TermKind = "account"
	TermIs       TermKind = "is"
	TermHas      TermKind = "has"
	TermBefore   TermKind = "before"
	TermAfter    TermKind = "after"
	TermLabel    TermKind = "label"
	TermLeft     TermKind = "left" // left<2h, left>2h
)

// SearchError is a term that cannot be understood.
type SearchError struct {
	At, End int // the bytes of the search that it is about
	Term    string
	Text    string   // what was expected, and what was probably meant
	Known   []string // what is known there, where that is a short list
}

func (e *SearchError) Error() string { return fmt.Sprintf("%q: %s", e.Term, e.Text) }

// ParseSearch understands a search. known are the names that exist here; an
// account has to be one of them, unless there are none.
func ParseSearch(text string, known Known) (Search, error) {
	var s Search
	for at := skipBlanks(text, 0); at < len(text); {
		raw := scanTerm(text, at)
		term, ok, err := raw.term(known)
		if err == nil && ok {
			err = s.contradicts(term)
		}
		if err != nil {
			err.At, err.End, err.Term = raw.at, raw.end, text[raw.at:raw.end]
			return Search{}, err
		}
		if ok {
			s.Terms = append(s.Terms, term)
		}
		at = skipBlanks(text, raw.end)
	}
	return s, nil
}

// contradicts tells why a term cannot stand beside those before it: nothing is
// on two platforms. To say so is better than to find nothing.
func (s Search) contradicts(t Term) *SearchError {
	if t.Not || t.Kind != TermPlatform && t.Kind != TermAccount {
		return nil
	}
	for _, other := range s.Terms {
		if other.Kind == t.Kind && !other.Not && other.Value != t.Value {
			return &SearchError{Text: fmt.Sprintf("nothing is also in %s; leave one out, or put - before what you do not want", other)}
		}
	}
	return nil
}

// rawTerm is a term as it is written.
type rawTerm struct {
	at, end   int
	not       bool
	key       string // in lower case; "" for words and phrases
	separator byte   // ':', '<' or '>' behind the key
	value     string
	quoted    bool
}

// scanTerm finds the end of the term at a place that is no blank. What is never
// closed ends with the text: it is still being typed.
func scanTerm(text string, at int) rawTerm {
	t := rawTerm{at: at}
	body := at
	if text[at] == '-' && wordEnd(text, at+1) > at+1 {
		t.not, body = true, at+1
	}
	value := body
	if n := keyLength(text[body:wordEnd(text, body)]); n > 0 {
		t.key, t.separator, value = strings.ToLower(text[body:body+n]), text[body+n], body+n+1
	}
	if strings.HasPrefix(text[value:], `"`) {
		inside, _, closed := strings.Cut(text[value+1:], `"`)
		t.value, t.quoted, t.end = oneSpaced(inside), true, value+1+len(inside)
		if closed {
			t.end++
		}
		return t
	}
	t.end = wordEnd(text, value)
	t.value = text[value:t.end]
	return t
}

// keyLength is the length of the key that a word begins with, 0 when it begins
// with none. A word that looks like one with a slip in it counts: it is refused
// later, and nobody waits for what was never asked for.
func keyLength(word string) int {
	i := strings.IndexAny(word, `:<>"`)
	if i <= 0 || word[i] == '"' {
		return 0
	}
	name := strings.ToLower(word[:i])
	if word[i] != ':' {
		if name == string(TermLeft) {
			return i
		}
		return 0
	}
	if _, known := searchKeyOf(name); known || meantKey(name) != "" && !strings.HasPrefix(word[i:], "://") {
		return i
	}
	return 0
}

// skipBlanks is the place of the next byte that is no blank.
func skipBlanks(text string, at int) int {
	return at + len(text[at:]) - len(strings.TrimLeftFunc(text[at:], unicode.IsSpace))
}

// wordEnd is the place of the next blank.
func wordEnd(text string, at int) int {
	if n := strings.IndexFunc(text[at:], unicode.IsSpace); n >= 0 {
		return at + n
	}
	return len(text)
}

// oneSpaced is a text without blanks around it, and with one space for several.
func oneSpaced(text string) string { return strings.Join(strings.Fields(text), " ") }

// String writes the search in its usual form, which is understood as the same.
func (s Search) String() string {
	terms := make([]string, len(s.Terms))
	for i, t := range s.Terms {
		terms[i] = t.String()
	}
	return strings.Join(terms, " ")
}

// String writes one term.
func (t Term) String() string {
	text := t.Value
	switch t.Kind {
	case TermWord:
	case TermPhrase:
		text = `"` + t.Value + `"`
	case TermLeft:
		sign := "<"
		if t.Over {
			sign = ">"
		}
		text = string(t.Kind) + sign + t.Value
	default:
		text = string(t.Kind) + ":" + quoteValue(t.Value)
	}
	if t.Not {
		return "-" + text
	}
	return text
}

// quoteValue puts a value into quotes where it needs them.
func quoteValue(value string) string {
	if strings.ContainsFunc(value, unicode.IsSpace) {
		return `"` + value + `"`
	}
	return value
}

// In says what is wrong with a search, and where, in one line.
func (e *SearchError) In(text string) string {
	character := utf8.RuneCountInString(text[:min(e.At, len(text))]) + 1
	return fmt.Sprintf("character %d, “%s”: %s", character, e.Term, e.Text)
}
