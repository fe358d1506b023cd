package ui

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// The keys. Actions name their default keys, the config may give them others.
// There are no Alt keys: too many keyboards and terminals turn them into
// something else, and a key that sends something else is worse than none.

// scope is where an action's keys work; actions may have several.
type scope uint8

const (
	inList scope = 1 << iota
	inThread
	inComposer
	inNote

	inPanes   = inList | inThread
	inWriting = inComposer | inNote
	anywhere  = inPanes | inWriting
)

func (s scope) String() string {
	var names []string
	for i, name := range []string{"list", "thread", "composer", "note"} {
		if s&(1<<i) != 0 {
			names = append(names, name)
		}
	}
	return strings.Join(names, ", ")
}

// keymap finds actions by key. A key is as Bubble Tea spells it; two pressed
// one after the other are written with a blank between ("g g").
type keymap struct {
	actions []*action
	byName  map[string]*action
	bound   map[scope]map[string]*action
	prefix  map[string]bool // first halves of keys
	latin   map[rune]rune   // letters of other alphabets
}

// newKeymap binds the actions, with the config's keys over the defaults.
func newKeymap(views []listView, overrides map[string][]string) (*keymap, error) {
	m := &keymap{byName: map[string]*action{}, bound: map[scope]map[string]*action{}, prefix: map[string]bool{}, latin: latinKeys()}
	for _, a := range actions(views) {
		m.actions = append(m.actions, &a)
		m.byName[a.name] = &a
	}
	var errs []error
	for name, keys := range overrides {
		a, known := m.byName[name]
		if !known {
			errs = append(errs, fmt.Errorf("keys: there is no action %q; the names are in the README's key table", name))
			continue
		}
		a.keys = keys
	}
	for _, a := range m.actions {
		errs = append(errs, m.bind(a))
	}
	return m, errors.Join(errs...)
}

// bind enters an action's keys, and refuses one that is taken already.
func (m *keymap) bind(a *action) error {
	var errs []error
	for _, key := range a.keys {
		if err := checkKey(a, key); err != nil {
			errs = append(errs, err)
			continue
		}
		for _, s := range []scope{inList, inThread, inComposer, inNote} {
			if a.scope&s != 0 {
				errs = append(errs, m.enter(s, key, a))
			}
		}
	}
	return errors.Join(errs...)
}

func (m *keymap) enter(s scope, key string, a *action) error {
	keys := m.bound[s]
	if keys == nil {
		keys = map[string]*action{}
		m.bound[s] = keys
	}
	for other, taken := range keys {
		if taken.name != a.name && (other == key || begins(other, key) || begins(key, other)) {
			return fmt.Errorf("keys: %q of %q clashes with %q of %q in the %s", key, a.name, other, taken.name, s)
		}
	}
	keys[key] = a
	if first, _, ok := strings.Cut(key, " "); ok {
		m.prefix[first] = true
	}
	return nil
}

// begins tells that a key is the first half of another: it would never come to
// its second.
func begins(long, short string) bool { return strings.HasPrefix(long, short+" ") }

// checkKey refuses keys that cannot work.
func checkKey(a *action, key string) error {
	parts := strings.Split(key, " ")
	for _, part := range parts {
		switch {
		case part == "" || len(parts) > 2:
			return fmt.Errorf("keys: %q of %q is not a key: write one key, or two with a blank between", key, a.name)
		case strings.Contains(part, "alt+"):
			return fmt.Errorf("keys: %q of %q: Alt keys are not reliable over terminals and are not used", key, a.name)
		}
	}
	if a.scope&inWriting != 0 && (len(parts) > 1 || len([]rune(key)) == 1 || key == "space") {
		return fmt.Errorf("keys: %q of %q would be typed there: use a Ctrl or function key", key, a.name)
	}
	return nil
}

// find is the action of a key in a scope. half tells that the key is the first
// of two.
func (m *keymap) find(s scope, held, key string) (a *action, half bool) {
	if held != "" {
		if a := m.bound[s][held+" "+key]; a != nil {
			return a, false
		}
	}
	if a := m.bound[s][key]; a != nil {
		return a, false
	}
	return nil, s&inWriting == 0 && m.prefix[key]
}

// first is an action's first key as it is written for people, and help what it
// does.
func (m *keymap) first(name string) string {
	a := m.byName[name]
	if len(a.keys) == 0 {
		return "(no key)"
	}
	return keyLabel(a.keys[0])
}

func (m *keymap) help(name string) string { return m.byName[name].help }

// keyLabel writes a key for people: Ctrl-K, Enter, PgDn, g g.
func keyLabel(key string) string {
	parts := strings.Split(key, " ")
	for i, part := range parts {
		parts[i] = strokeLabel(part)
	}
	return strings.Join(parts, " ")
}

func strokeLabel(key string) string {
	i := strings.LastIndex(strings.TrimSuffix(key, "+"), "+")
	mods, last := key[:i+1], key[i+1:]
	switch {
	case last == "pgdown":
		last = "PgDn"
	case last == "pgup":
		last = "PgUp"
	case len(last) > 1 || mods != "":
		last = capital(last)
	}
	var b strings.Builder
	for mod := range strings.SplitSeq(strings.TrimSuffix(mods, "+"), "+") {
		if mod != "" {
			b.WriteString(capital(mod) + "-")
		}
	}
	return b.String() + last
}

func capital(s string) string {
	if s == "" {
		return ""
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

func keyLabels(keys []string) string {
	labels := make([]string, len(keys))
	for i, key := range keys {
		labels[i] = keyLabel(key)
	}
	return strings.Join(labels, " ")
}

// CheckKeys says what is wrong with the keys of a config and of its own views, if
// it has any: unknown actions, keys
// that cannot work, and clashes, with both names.
func CheckKeys(overrides map[string][]string, own ...SavedView) error {
	views := usualViews()
	if len(own) > 0 {
		views = namedViews(own)
	}
	_, err := newKeymap(views, overrides)
	return err
}

// KeyTable is the table of all keys in Markdown, for the README.
func KeyTable() string {
	var b strings.Builder
	b.WriteString("| keys | action | name in the config | where | `parley …` |\n|---|---|---|---|---|\n")
	for _, a := range Actions() {
		beside := string(a.Alone)
		if len(a.Twins) > 0 {
			beside = "`" + strings.Join(a.Twins, "`, `") + "`"
		}
		fmt.Fprintf(&b, "| `%s` | %s | `%s` | %s | %s |\n", strings.Join(a.Keys, "` `"), a.Help, a.Name, a.Where, beside)
	}
	return b.String()
}

// within lists the actions that work in a scope, exactly those that work there
// and nowhere else.
func (m *keymap) within(s scope) []*action {
	return slices.DeleteFunc(slices.Clone(m.actions), func(a *action) bool { return a.scope&s == 0 })
}

func (m *keymap) exactly(s scope) []*action {
	return slices.DeleteFunc(slices.Clone(m.actions), func(a *action) bool { return a.scope != s })
}
