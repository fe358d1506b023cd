package inbox

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A search is how people ask for conversations, on the screen and on the
// command line: words, and terms such as is:unread, left<2h, platform:x,
// account:acme.

// Search is an understood search. An index answers a part of it, which Query
// takes; Matches checks the rest, row by row.
type Search struct {
	Text       string // the words
	Account    AccountID
	Platform   Platform
	Unread     bool
	Unanswered bool
	Archived   bool
	Problems   bool
	Closing    time.Duration // left<2h, is:closing
}

// SearchError is a term that cannot be understood.
type SearchError struct {
	At    int    // the byte of the search at which the term begins
	Term  string // "" when no single term is wrong
	Text  string // what was expected
	Value string // a word that is none of Known, where that is the mistake
	Known []string
}

func (e *SearchError) Error() string {
	if e.Term == "" {
		return e.Text
	}
	return fmt.Sprintf("%q: %s", e.Term, e.Text)
}

// SearchWords are offered to complete a search.
func SearchWords() []string {
	words := []string{"left<", "account:"}
	for _, name := range searchStates() {
		words = append(words, "is:"+name)
	}
	for _, p := range Platforms {
		words = append(words, "platform:"+string(p))
	}
	return words
}

func searchStates() []string {
	return []string{"unread", "unanswered", "closing", "archived", "problems"}
}

// ParseSearch understands a search; is:closing means windows that end within
// closing.
func ParseSearch(text string, closing time.Duration) (Search, error) {
	var s Search
	var words []string
	at := 0
	for part := range strings.SplitSeq(text, " ") {
		if part != "" {
			isWord, err := s.term(part, closing)
			if err != nil {
				err.At, err.Term = at, part
				return Search{}, err
			}
			if isWord {
				words = append(words, part)
			}
		}
		at += len(part) + 1
	}
	if s.Archived && (s.Closing > 0 || s.Unanswered || s.Unread || s.Problems) {
		return Search{}, &SearchError{Text: "is:archived stands alone: archived conversations are in no other view"}
	}
	s.Text = strings.Join(words, " ")
	return s, nil
}

// term takes one term; isWord tells that it is only a word to look for.
func (s *Search) term(part string, closing time.Duration) (isWord bool, err *SearchError) {
	if left, ok := strings.CutPrefix(part, "left<"); ok {
		d, ok := searchDuration(left)
		if !ok {
			return false, &SearchError{Text: "expected a duration such as left<2h or left<1d"}
		}
		s.Closing = d
		return false, nil
	}
	key, value, _ := strings.Cut(part, ":")
	switch {
	case !strings.HasPrefix(part, key+":"):
		return true, nil
	case key == "is":
		return false, s.state(value, closing)
	case key == "platform":
		return false, s.platform(value)
	case key == "account":
		if s.Account = AccountID(value); !s.Account.Valid() {
			return false, &SearchError{Text: "expected the name of an account, as in account:acme"}
		}
		return false, nil
	}
	return true, nil
}

func (s *Search) state(name string, closing time.Duration) *SearchError {
	switch name {
	case "unread":
		s.Unread = true
	case "unanswered":
		s.Unanswered = true
	case "closing":
		s.Closing = closing
	case "archived":
		s.Archived = true
	case "problem", "problems":
		s.Problems = true
	default:
		return unknownWord(name, searchStates())
	}
	return nil
}

// platform takes a platform's name, or the short form that lists show.
func (s *Search) platform(name string) *SearchError {
	names := make([]string, 0, len(Platforms))
	for _, p := range Platforms {
		if names = append(names, string(p)); name != "" && strings.EqualFold(name, strings.TrimSpace(p.Tag())) {
			name = string(p)
		}
	}
	if !slices.Contains(names, name) {
		return unknownWord(name, names)
	}
	s.Platform = Platform(name)
	return nil
}

func unknownWord(word string, known []string) *SearchError {
	return &SearchError{Text: "known here: " + strings.Join(known, ", "), Value: word, Known: known}
}

// mostSearched is far beyond any window, and far from an overflow.
const mostSearched = 100 * 365 * 24 * time.Hour

// searchDuration understands 90m, 2h, 1d, 1d12h, 1w; more than zero.
func searchDuration(text string) (d time.Duration, ok bool) {
	for _, unit := range []struct {
		suffix string
		length time.Duration
	}{{"w", 7 * 24 * time.Hour}, {"d", 24 * time.Hour}} {
		number, rest, found := strings.Cut(text, unit.suffix)
		if !found {
			continue
		}
		n, err := strconv.ParseUint(number, 10, 16)
		if err != nil {
			return 0, false
		}
		d, text = d+time.Duration(n)*unit.length, rest
	}
	if text != "" {
		rest, err := time.ParseDuration(text)
		if err != nil || rest < 0 || strings.ContainsAny(text, "+-µun") || rest > mostSearched {
			return 0, false
		}
		d += rest
	}
	return d, d > 0 && d <= mostSearched
}

// HasView tells that the search says which conversations it means, not only
// what they are to contain.
func (s Search) HasView() bool {
	return s.Unread || s.Unanswered || s.Archived || s.Problems || s.Closing > 0
}

// Query takes the view that leaves the least to check row by row.
func (s Search) Query() ListQuery {
	q := ListQuery{View: ViewAll, Sort: SortNewest, Text: s.Text, Account: s.Account, Platform: s.Platform}
	switch {
	case s.Archived:
		q.View = ViewArchived
	case s.Closing > 0:
		q.View, q.Sort, q.Closing = ViewUnanswered, SortTimeLeft, s.Closing
	case s.Problems:
		q.View = ViewProblems
	case s.Unanswered:
		q.View = ViewUnanswered
	case s.Unread:
		q.View = ViewUnread
	}
	return q
}

// Exact tells that the view leaves nothing to check.
func (s Search) Exact() bool {
	n := 0
	for _, asked := range []bool{s.Unread, s.Problems, s.Unanswered || s.Closing > 0} {
		if asked {
			n++
		}
	}
	return n < 2
}

// Matches checks what the view leaves open.
func (s Search) Matches(c Conversation) bool {
	return (!s.Unread || c.Unread > 0) &&
		(!s.Unanswered || c.Unanswered) &&
		(!s.Problems || c.Outbox.Failed+c.Outbox.Unknown > 0)
}
