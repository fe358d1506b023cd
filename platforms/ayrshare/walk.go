package ayrshare

import (
	"encoding/json"
	"fmt"
	"io"
)

// This file walks through a JSON object of any length and hands out what is in
// it piece by piece. One piece at a time is in memory.

// largestElement bounds what one message, or one field beside the lists, may
// take. It is far beyond any platform's limit.
const largestElement = 8 << 20

// walker walks through one object.
type walker struct {
	guard *guard
	dec   *json.Decoder
}

func newWalker(r io.Reader) *walker {
	g := &guard{r: r, limit: largestElement}
	return &walker{guard: g, dec: json.NewDecoder(g)}
}

// eachField calls read for each field of the top-level object, with the value
// still to be read.
func (w *walker) eachField(read func(key string) error) error {
	if err := w.open('{'); err != nil {
		return err
	}
	for w.dec.More() {
		t, err := w.token()
		if err != nil {
			return err
		}
		key, _ := t.(string) // the decoder allows nothing else here
		if err := read(key); err != nil {
			return err
		}
	}
	_, err := w.token()
	return err
}

// eachElement calls take for each element of an array. Any other value in its
// place is skipped: there is nothing in it that could be lost.
func (w *walker) eachElement(take func(json.RawMessage) error) error {
	t, err := w.token()
	if err != nil {
		return err
	}
	if t != json.Delim('[') {
		return w.skipRest(t)
	}
	var raw json.RawMessage
	for w.dec.More() {
		if err := w.decode(&raw); err != nil {
			return err
		}
		if err := take(raw); err != nil {
			return err
		}
	}
	_, err = w.token()
	return err
}

func (w *walker) open(want json.Delim) error {
	t, err := w.token()
	if err != nil {
		return err
	}
	if t != want {
		return fmt.Errorf("it begins with %v", t)
	}
	return nil
}

// skipValue reads over a value without keeping it.
func (w *walker) skipValue() error {
	t, err := w.token()
	if err != nil {
		return err
	}
	return w.skipRest(t)
}

// skipRest reads to the end of the value that begins with t.
func (w *walker) skipRest(t json.Token) error {
	depth := nesting(t)
	for depth > 0 {
		t, err := w.token()
		if err != nil {
			return err
		}
		depth += nesting(t)
	}
	return nil
}

func nesting(t json.Token) int {
	switch t {
	case json.Delim('{'), json.Delim('['):
		return 1
	case json.Delim('}'), json.Delim(']'):
		return -1
	}
	return 0
}

func (w *walker) token() (json.Token, error) {
	w.guard.used = 0
	return w.dec.Token()
}

func (w *walker) decode(v any) error {
	w.guard.used = 0
	return w.dec.Decode(v)
}

// guard bounds what the decoder may read for one element: it keeps all of it in
// memory. The decoder reads ahead by no more than what it has buffered, so the
// bound is rough by a factor of two.
type guard struct {
	r     io.Reader
	limit int
	used  int
}

func (g *guard) Read(p []byte) (int, error) {
	if g.used >= g.limit {
		return 0, fmt.Errorf("one element is larger than %d MiB", g.limit>>20)
	}
	n, err := g.r.Read(p)
	g.used += n
	return n, err
}
