package config

// A TOML document in which every key remembers its line and column, so that
// whatever is wrong with a value is reported where the value stands. The
// library's own decoder knows positions only for mistakes that it finds itself;
// most mistakes in a config are found later, when values are understood.

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/pelletier/go-toml/v2"
	"github.com/pelletier/go-toml/v2/unstable"
)

// document collects what is wrong with a file while its values are taken.
type document struct {
	root     *table
	problems []Problem
}

// table is a table of the document. Values are taken by name; finish reports
// those that nobody asked for.
type table struct {
	doc    *document
	name   string // dotted
	at     Position
	values map[string]*value
	asked  []string
}

// value is what a key stands for: a scalar, a list, a table, or tables.
type value struct {
	at     Position
	kind   unstable.Kind
	text   string   // scalars as written, strings unquoted
	items  []*value // Array
	table  *table   // Table, InlineTable
	tables []*table // ArrayTable
}

// parseTOML reads a document. The error is for a file that is no TOML; it has
// all that is wrong in a sorted list otherwise kept in the document.
func parseTOML(data []byte) (*document, error) {
	var anything map[string]any
	if err := toml.Unmarshal(data, &anything); err != nil {
		return nil, syntaxProblem(err)
	}
	d := &document{}
	d.root = d.newTable("", Position{1, 1})
	var p unstable.Parser
	p.Reset(data)
	current := d.root
	for p.NextExpression() {
		switch e := p.Expression(); e.Kind {
		case unstable.Table, unstable.ArrayTable:
			current = d.open(&p, e)
		case unstable.KeyValue:
			current.put(&p, e)
		}
	}
	if err := p.Error(); err != nil {
		return nil, syntaxProblem(err)
	}
	return d, nil
}

// syntaxError is a file that is no TOML.
type syntaxError struct{ Problem }

func (e *syntaxError) Error() string { return e.Text }

func syntaxProblem(err error) error {
	if decode, ok := errors.AsType[*toml.DecodeError](err); ok {
		line, column := decode.Position()
		return &syntaxError{Problem{
			At:   Position{line, column},
			Key:  strings.Join(decode.Key(), "."),
			Text: strings.TrimPrefix(decode.Error(), "toml: "),
		}}
	}
	return &syntaxError{Problem{At: Position{1, 1}, Text: strings.TrimPrefix(err.Error(), "toml: ")}}
}

func (d *document) newTable(name string, at Position) *table {
	return &table{doc: d, name: name, at: at, values: map[string]*value{}}
}

// open finds or makes the table that a header names.
func (d *document) open(p *unstable.Parser, header *unstable.Node) *table {
	t := d.root
	for keys := header.Key(); keys.Next(); {
		key := keys.Node()
		last := keys.IsLast() && header.Kind == unstable.ArrayTable
		t = t.child(string(key.Data), start(p, key.Raw), last)
	}
	return t
}

// child is the table under a key; with another, a new one of an array.
func (t *table) child(key string, at Position, another bool) *table {
	v := t.values[key]
	if v == nil {
		v = &value{at: at, kind: unstable.Table}
		t.values[key] = v
	}
	name := strings.TrimPrefix(t.name+"."+key, ".")
	switch {
	case another:
		v.kind = unstable.ArrayTable
		v.tables = append(v.tables, t.doc.newTable(name, at))
		return v.tables[len(v.tables)-1]
	case len(v.tables) > 0:
		return v.tables[len(v.tables)-1]
	case v.table == nil:
		v.table = t.doc.newTable(name, at)
	}
	return v.table
}

// put stores one "key = value".
func (t *table) put(p *unstable.Parser, e *unstable.Node) {
	for keys := e.Key(); keys.Next(); {
		key := keys.Node()
		name, at := string(key.Data), start(p, key.Raw)
		if !keys.IsLast() {
			t = t.child(name, at, false)
			continue
		}
		t.values[name] = t.read(p, name, at, e.Value())
	}
}

func (t *table) read(p *unstable.Parser, key string, at Position, n *unstable.Node) *value {
	v := &value{at: at, kind: n.Kind, text: string(n.Data)}
	switch n.Kind {
	case unstable.Array:
		for items := n.Children(); items.Next(); {
			v.items = append(v.items, t.read(p, key, at, items.Node()))
		}
	case unstable.InlineTable:
		v.table = t.doc.newTable(strings.TrimPrefix(t.name+"."+key, "."), at)
		for entries := n.Children(); entries.Next(); {
			v.table.put(p, entries.Node())
		}
	}
	return v
}

func start(p *unstable.Parser, r unstable.Range) Position {
	at := p.Shape(r).Start
	return Position{at.Line, at.Column}
}

// describe names a value's type for people.
func (v *value) describe() string {
	switch v.kind {
	case unstable.String:
		return "a text"
	case unstable.Bool:
		return "true or false"
	case unstable.Integer, unstable.Float:
		return "a number"
	case unstable.Array:
		return "a list"
	case unstable.Table, unstable.InlineTable:
		return "a table"
	case unstable.ArrayTable:
		return "a list of tables"
	}
	return "a date"
}

// problem notes what is wrong with a key of the table.
func (t *table) problem(at Position, key, format string, args ...any) {
	t.doc.problems = append(t.doc.problems, Problem{
		At: at, Key: strings.Trim(t.name+"."+key, "."), Text: fmt.Sprintf(format, args...),
	})
}

// ask looks a key up and remembers that it is a known one.
func (t *table) ask(key string) (*value, bool) {
	t.asked = append(t.asked, key)
	v, ok := t.values[key]
	return v, ok
}

// scalar takes a value of one kind; expected names it, with an example.
func (t *table) scalar(key, expected string, kind unstable.Kind) (*value, bool) {
	v, ok := t.ask(key)
	if ok && v.kind != kind {
		t.problem(v.at, key, "expected %s, found %s", expected, v.describe())
		return nil, false
	}
	return v, ok
}

// str takes a text; "" when it is not there.
func (t *table) str(key, expected string) string {
	if v, ok := t.scalar(key, expected, unstable.String); ok {
		return v.text
	}
	return ""
}

// flag takes true or false.
func (t *table) flag(key string, otherwise bool) bool {
	if v, ok := t.scalar(key, "true or false", unstable.Bool); ok {
		return v.text == "true"
	}
	return otherwise
}

// count takes a whole number within the limits.
func (t *table) count(key string, otherwise, least, most int) int {
	expected := fmt.Sprintf("a whole number from %d to %d", least, most)
	v, ok := t.scalar(key, expected, unstable.Integer)
	if !ok {
		return otherwise
	}
	n, err := strconv.Atoi(strings.ReplaceAll(v.text, "_", ""))
	if err != nil || n < least || n > most {
		t.problem(v.at, key, "expected %s, found %s", expected, v.text)
		return otherwise
	}
	return n
}

// list takes a list of texts, or one text alone.
func (t *table) list(key, expected string) []string {
	v, ok := t.ask(key)
	if !ok {
		return nil
	}
	items := v.items
	if v.kind == unstable.String {
		items = []*value{v}
	} else if v.kind != unstable.Array {
		t.problem(v.at, key, "expected %s, found %s", expected, v.describe())
		return nil
	}
	texts := make([]string, 0, len(items))
	for _, item := range items {
		if item.kind != unstable.String {
			t.problem(item.at, key, "expected %s, found %s in the list", expected, item.describe())
			return nil
		}
		texts = append(texts, item.text)
	}
	return texts
}

// parsed takes a text and understands it; what is wrong with it is reported
// with what was expected.
func parsed[T any](t *table, key, expected string, parse func(string) (T, error)) (result T, ok bool) {
	v, ok := t.scalar(key, expected, unstable.String)
	if !ok {
		return result, false
	}
	result, err := parse(v.text)
	if err != nil {
		t.problem(v.at, key, "expected %s, found %q", expected, v.text)
		return result, false
	}
	return result, true
}

// sub takes a table; nil when it is not there.
func (t *table) sub(key string) *table {
	v, ok := t.ask(key)
	if !ok {
		return nil
	}
	if v.table == nil {
		t.problem(v.at, key, "expected a table, written as [%s], found %s", strings.Trim(t.name+"."+key, "."), v.describe())
		return nil
	}
	return v.table
}

// subs takes a list of tables.
func (t *table) subs(key string) []*table {
	v, ok := t.ask(key)
	if !ok {
		return nil
	}
	if v.kind != unstable.ArrayTable {
		t.problem(v.at, key, "expected a list of tables, each opened with [[%s]], found %s", key, v.describe())
		return nil
	}
	return v.tables
}

// keys lists the table's keys in the order of the file.
func (t *table) keys() []string {
	keys := make([]string, 0, len(t.values))
	for key := range t.values {
		keys = append(keys, key)
	}
	slices.SortFunc(keys, func(a, b string) int { return comparePositions(t.values[a].at, t.values[b].at) })
	return keys
}

// where is the place of a key, or of the table when the key is not there.
func (t *table) where(key string) Position {
	if v, ok := t.values[key]; ok {
		return v.at
	}
	return t.at
}

// finish reports every key that nobody asked for.
func (t *table) finish() {
	for _, key := range t.keys() {
		if !slices.Contains(t.asked, key) {
			t.problem(t.values[key].at, key, "unknown key; %s", Suggest(key, t.asked))
		}
	}
}

// sorted returns the problems in the order of the file.
func (d *document) sorted() []Problem {
	slices.SortStableFunc(d.problems, func(a, b Problem) int { return comparePositions(a.At, b.At) })
	return d.problems
}

// problems notes errors from elsewhere about keys of the table: each at the
// first key whose name it quotes.
func (t *table) problems(joined error) {
	for _, err := range each(joined) {
		at, about := t.at, ""
		for _, key := range t.keys() {
			if strings.Contains(err.Error(), strconv.Quote(key)) {
				at, about = t.where(key), key
				break
			}
		}
		t.problem(at, about, "%s", strings.TrimPrefix(err.Error(), t.name+": "))
	}
}

// each takes joined errors apart.
func each(err error) (errs []error) {
	list, joined := err.(interface{ Unwrap() []error })
	switch {
	case joined:
		for _, err := range list.Unwrap() {
			errs = append(errs, each(err)...)
		}
	case err != nil:
		errs = []error{err}
	}
	return errs
}

func oneOf(known ...string) func(string) (string, error) {
	return func(word string) (string, error) {
		if !slices.Contains(known, word) {
			return "", errors.New("not one of them")
		}
		return word, nil
	}
}
