package sim

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"hash/fnv"
	"math"
)

// This file has the cursors of X's pages.

// cursor is a place in a list that runs from new to old. Clients get it sealed:
// they can neither read it nor use it for another request.
type cursor struct {
	At    int64  `json:"a"`
	ID    string `json:"i"`
	Check uint64 `json:"c"`
}

var errCursor = errors.New("not a cursor of this request")

// before tells whether an entry comes after the cursor in the list, being older.
func (c cursor) before(at int64, id string) bool {
	return at < c.At || (at == c.At && id < c.ID)
}

func (c cursor) seal(q readQuery) string {
	c.Check = c.sum(q)
	b, err := json.Marshal(c)
	if err != nil {
		panic(err) // two numbers and a string
	}
	scramble(b)
	return base64.RawURLEncoding.EncodeToString(b)
}

// openCursor reads the query's cursor; without one it is the top of the list.
func openCursor(q readQuery) (cursor, error) {
	if q.next == "" {
		return cursor{At: math.MaxInt64}, nil
	}
	b, err := base64.RawURLEncoding.DecodeString(q.next)
	if err != nil {
		return cursor{}, errCursor
	}
	scramble(b)
	var c cursor
	if json.Unmarshal(b, &c) != nil || c.Check != c.sum(q) {
		return cursor{}, errCursor
	}
	return c, nil
}

// sum binds the cursor to the kind of request that it came from.
func (c cursor) sum(q readQuery) uint64 {
	h := fnv.New64a()
	q.next, q.limit = "", 0
	b, err := json.Marshal([]any{q.platform, q.archived, q.listOnly, q.conversation, c.At, c.ID})
	if err != nil {
		panic(err) // strings, numbers and booleans
	}
	h.Write(b)
	return h.Sum64()
}

// scramble makes the cursor unreadable; twice makes it readable again.
func scramble(b []byte) {
	key := uint64(0x5ca1ab1e)
	for i := range b {
		key = mix(key, uint64(i))
		b[i] ^= byte(key)
	}
}
