package relay

import (
	"bytes"
	"io"
	"sync"
)

// Replay is a standard input that remembers what was read of it, so that a
// command that has begun here can be run by another process from its beginning.
type Replay struct {
	from io.Reader

	mu    sync.Mutex
	seen  []byte
	ended error
}

// NewReplay remembers what is read of an input.
func NewReplay(from io.Reader) *Replay { return &Replay{from: from} }

// Read reads on, and remembers.
func (r *Replay) Read(p []byte) (int, error) {
	n, err := r.from.Read(p)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.seen, r.ended = append(r.seen, p[:n]...), err
	return n, err
}

// Again reads from the beginning. An input that has ended is not asked again: a
// terminal would go on.
func (r *Replay) Again() io.Reader {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.ended != nil {
		return bytes.NewReader(r.seen)
	}
	return io.MultiReader(bytes.NewReader(r.seen), r.from)
}
