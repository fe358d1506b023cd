package instagram

import (
	"sync"
	"time"
)

// portions is of which listings less has to be asked for at a time, since all of
// it is too much for the API ("reduce the amount of data"): to find that out
// again at each read would cost several calls, at two a second. It is forgotten
// with the session, and bit by bit before that: what was large may have become
// small.
type portions struct {
	mu    sync.Mutex
	known map[string]portion
}

type portion struct {
	limit int
	since time.Time
}

// growAfter is how long a portion stays before twice as much is tried, and then
// twice as much again.
const growAfter = time.Hour

// maxPortions bounds how many are kept in mind.
const maxPortions = 1000

// of is what to ask for of a listing: full, where nothing else is known.
func (p *portions) of(listing string, full int, now time.Time) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	known, ok := p.known[listing]
	if !ok {
		return full
	}
	limit := known.limit
	for at := known.since.Add(growAfter); limit < full && !at.After(now); at = at.Add(growAfter) {
		limit *= 2
	}
	return min(limit, full)
}

// shrunk notes that no more than so much went through.
func (p *portions) shrunk(listing string, limit int, now time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.known == nil || len(p.known) >= maxPortions {
		p.known = map[string]portion{}
	}
	p.known[listing] = portion{limit, now}
}
