package inbox

import (
	"slices"
	"strings"
)

// The terms that a search may hold, in one table: parsing, completion, the help
// and the README are made from it.

// Known are the names that exist here: they are offered, and checked where a
// mistake can be told. Empty fields are not known.
type Known struct {
	Accounts  []AccountID
	Platforms []Platform // nil: all
	Labels    []string
	Customers []string // names
}

// searchKey is a key with its values.
type searchKey struct {
	kind   TermKind
	help   string
	values func(Known) []searchValue // nil: none to offer
	// parse takes the value, which is not empty. nil: it stands for itself.
	parse func(t *Term, value string, known Known) *SearchError
	free  bool // other values than these are possible
	over  bool // of TermLeft: with > between it and its value
}

// searchValue is a value of a key.
type searchValue struct{ name, help string }

// searchKeys are the keys in the order in which they are offered.
func searchKeys() []searchKey {
	return []searchKey{
		{kind: TermIs, help: "what state it is in", values: func(Known) []searchValue { return stateValues() }, parse: parseState},
		{kind: TermFrom, help: "who wrote: a part of the customer's name, or me", values: senderValues, parse: parseSender, free: true},
		{kind: TermHas, help: "what a message holds", values: func(Known) []searchValue { return traitValues() }, parse: parseTrait},
		{kind: TermLeft, help: "unanswered, and the time left to answer: left<2h, left>1d", values: leftValues, parse: parseLeft, free: true},
		{kind: TermPlatform, help: "where the customer writes", values: platformValues, parse: parsePlatform},
		{kind: TermAccount, help: "one of the accounts", values: accountValues, parse: parseAccount},
		{kind: TermLabel, help: "the label that it has", values: labelValues, free: true, parse: parseLabel},
		{kind: TermAfter, help: "that day or later: 2026-11-03, today, monday, 7d", values: dateValues, parse: parseDate, free: true},
		{kind: TermBefore, help: "before that day began: 2026-11-03, yesterday, 7d", values: dateValues, parse: parseDate, free: true},
	}
}

// searchKeyOf finds a key by its name.
func searchKeyOf(name string) (searchKey, bool) {
	keys := searchKeys()
	i := slices.IndexFunc(keys, func(k searchKey) bool { return string(k.kind) == name })
	if i < 0 {
		return searchKey{}, false
	}
	return keys[i], true
}

// meantKey is the key that a word with one slip in it was meant to be. Short
// keys are near to too many words.
func meantKey(name string) string {
	if len(name) < 4 || len(name) > 9 {
		return ""
	}
	var long []string
	for _, k := range searchKeys() {
		if len(k.kind) >= 4 {
			long = append(long, string(k.kind))
		}
	}
	return nearest(name, long, 1)
}

// term understands a written term. ok is false for one that says nothing, such
// as a pair of quotes that is still empty.
func (raw rawTerm) term(known Known) (t Term, ok bool, err *SearchError) {
	t = Term{At: raw.at, End: raw.end, Not: raw.not, Kind: TermWord, Value: raw.value}
	if raw.key == "" {
		if raw.quoted {
			t.Kind = TermPhrase
		}
		return t, t.Value != "", nil
	}
	key, ok := searchKeyOf(raw.key)
	switch isLeft := key.kind == TermLeft; {
	case !ok:
		return t, false, &SearchError{Text: "did you mean " + meantKey(raw.key) + ":? In quotes it is looked for as a text"}
	case isLeft && raw.separator == ':':
		return t, false, &SearchError{Text: "write left<2h for less than two hours, left>2h for more"}
	case raw.value == "":
		return t, false, key.missing(known)
	}
	t.Kind, t.Over = key.kind, raw.separator == '>'
	if key.parse != nil {
		err = key.parse(&t, raw.value, known)
	}
	return t, err == nil, err
}

// missing says what a key without a value expects.
func (k searchKey) missing(known Known) *SearchError {
	names := valueNames(k.offers(known))
	if k.free || len(names) == 0 {
		return &SearchError{Text: "expected " + k.help}
	}
	return &SearchError{Text: "known here: " + strings.Join(names, ", "), Known: names}
}

// unknownValue says what a value may have been meant to be.
func unknownValue(kind TermKind, value string, known []string) *SearchError {
	text := "known here: " + strings.Join(known, ", ")
	if meant := Nearest(value, known); meant != "" {
		text = "did you mean " + string(kind) + ":" + quoteValue(meant) + "? " + text
	}
	return &SearchError{Text: text, Known: known}
}

func valueNames(values []searchValue) []string {
	names := make([]string, len(values))
	for i, v := range values {
		names[i] = v.name
	}
	return names
}

func parseState(t *Term, value string, _ Known) *SearchError {
	value = strings.ToLower(value)
	for i := range searchStates {
		if s := &searchStates[i]; s.name == value || slices.Contains(s.also, value) {
			t.Value = s.name
			return nil
		}
	}
	return unknownValue(t.Kind, value, valueNames(stateValues()))
}

func stateValues() []searchValue {
	values := make([]searchValue, len(searchStates))
	for i, s := range searchStates {
		values[i] = searchValue{s.name, s.help}
	}
	return values
}

// parseSender takes a part of a customer's name. A handle may have its @.
func parseSender(t *Term, value string, _ Known) *SearchError {
	if strings.EqualFold(value, FromUs) {
		value = FromUs
	}
	t.Value = value
	return nil
}

func senderValues(known Known) []searchValue {
	values := []searchValue{{FromUs, "what we have sent"}}
	for _, name := range known.Customers {
		if name = nameValue(name); name != "" {
			values = append(values, searchValue{name: name})
		}
	}
	return values
}

// nameValue is a name as a value can be written: no quotes, no double spaces.
func nameValue(name string) string { return oneSpaced(strings.ReplaceAll(name, `"`, " ")) }

func parseTrait(t *Term, value string, _ Known) *SearchError {
	names := valueNames(traitValues())
	t.Value = strings.TrimSuffix(strings.ToLower(value), "s") // has:images
	if !slices.Contains(names, t.Value) {
		return unknownValue(t.Kind, value, names)
	}
	return nil
}

func traitValues() []searchValue {
	return []searchValue{
		{string(HasImage), "a picture"}, {string(HasVideo), "a video"}, {string(HasAudio), "a voice message or another sound"},
		{string(HasLink), "a web address"}, {string(HasReaction), "an emoji that somebody put on it"},
	}
}

// parsePlatform takes a platform's name, or the short form that lists show.
func parsePlatform(t *Term, value string, known Known) *SearchError {
	for _, p := range Platforms {
		for _, name := range []string{string(p), strings.TrimSpace(p.Tag()), p.Label()} {
			if strings.EqualFold(value, name) {
				t.Value = string(p)
				return nil
			}
		}
	}
	return unknownValue(t.Kind, value, valueNames(platformValues(known)))
}

func platformValues(known Known) []searchValue {
	platforms := known.Platforms
	if platforms == nil {
		platforms = Platforms
	}
	values := make([]searchValue, len(platforms))
	for i, p := range platforms {
		values[i] = searchValue{string(p), p.Label()}
	}
	return values
}

func parseAccount(t *Term, value string, known Known) *SearchError {
	for _, a := range known.Accounts {
		if strings.EqualFold(string(a), value) {
			t.Value = string(a)
			return nil
		}
	}
	switch {
	case len(known.Accounts) > 0:
		return unknownValue(t.Kind, value, valueNames(accountValues(known)))
	case !AccountID(value).Valid():
		return &SearchError{Text: "expected the name of an account, as in account:acme"}
	}
	t.Value = value
	return nil
}

func accountValues(known Known) []searchValue {
	values := make([]searchValue, len(known.Accounts))
	for i, a := range known.Accounts {
		values[i] = searchValue{name: string(a)}
	}
	return values
}

func parseLabel(t *Term, value string, _ Known) *SearchError {
	label, err := CleanLabel(value)
	if err != nil {
		return &SearchError{Text: AsError(err).Text}
	}
	t.Value = label
	return nil
}

func labelValues(known Known) []searchValue {
	values := make([]searchValue, len(known.Labels))
	for i, label := range known.Labels {
		values[i] = searchValue{name: label}
	}
	return values
}

func parseLeft(t *Term, value string, _ Known) *SearchError {
	d, err := ParseDuration(value)
	if err != nil {
		return &SearchError{Text: "expected a duration such as left<2h or left<1d12h, a hundred years at most"}
	}
	t.Left, t.Value = d, FormatDuration(d)
	return nil
}

func leftValues(Known) []searchValue {
	return []searchValue{{"1h", "an hour"}, {"2h", "two hours"}, {"12h", "half a day"}, {"1d", "a day"}}
}

func parseDate(t *Term, value string, _ Known) *SearchError {
	date, ok := parseSearchDate(value)
	if !ok {
		return &SearchError{Text: "expected a day such as 2026-11-03, 3.11.2026, today, yesterday or monday, or a time ago such as 7d"}
	}
	t.Date, t.Value = date, date.String()
	return nil
}

func dateValues(Known) []searchValue {
	values := []searchValue{{"7d", "seven times 24 hours ago"}}
	for i, word := range dateWords() {
		help := "midnight, the last one"
		if i < 2 {
			help = word + " at midnight"
		}
		values = append(values, searchValue{word, help})
	}
	return values
}

// SearchForm is a line of a search's description.
type SearchForm struct {
	Form  string // examples, with blanks between them
	Means string
}

// SearchForms describe the language, for the help and the README.
func SearchForms() []SearchForm {
	forms := []SearchForm{
		{"late parcel", "all of these words; in the list: in name, @username, ID or newest message"},
		{`"late parcel"`, "these words side by side, in one message"},
		{`from:anna from:"anna b" from:me`, "written by the customer with that name, or by us"},
	}
	for _, s := range searchStates {
		forms = append(forms, SearchForm{string(TermIs) + ":" + s.name, s.help})
	}
	var traits []string
	for _, name := range valueNames(traitValues()) {
		traits = append(traits, string(TermHas)+":"+name)
	}
	return append(forms,
		SearchForm{"left<2h left>1d", "unanswered, and less or more time is left to answer"},
		SearchForm{"platform:x account:acme", "only that one; platforms also as FB, IG, X"},
		SearchForm{"label:vip", "has this label"},
		SearchForm{strings.Join(traits, " "), "a message with that"},
		SearchForm{"after:2026-11-03 after:monday after:7d", "from the beginning of that day on, in your time zone; not longer ago than that"},
		SearchForm{"before:3.11.2026 before:today before:7d", "before that day began; longer ago than that"},
		SearchForm{`-is:unread -"thank you"`, "not that, for every term"},
	)
}
