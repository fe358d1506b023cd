package instagram

import (
	"context"
	"time"
)

// pace keeps reads apart: the Conversations API takes two calls a second
// (https://developers.facebook.com/docs/graph-api/overview/rate-limiting). The
// pause counts from the answer to the call before, not from its start: so three
// calls never reach the other side within one second, however long the way of
// one of them was.
type pace struct {
	turn chan struct{} // holds one token while nobody reads
	next time.Time     // guarded by turn
}

// between is half a second and a little, for a clock that is not quite ours.
const between = 510 * time.Millisecond

func newPace() *pace {
	p := &pace{turn: make(chan struct{}, 1)}
	p.turn <- struct{}{}
	return p
}

// wait waits for the turn to read; done ends it.
func (p *pace) wait(ctx context.Context) error {
	select {
	case <-p.turn:
	case <-ctx.Done():
		return ctx.Err()
	}
	pause := time.NewTimer(time.Until(p.next))
	defer pause.Stop()
	select {
	case <-pause.C:
		return nil
	case <-ctx.Done():
		p.turn <- struct{}{}
		return ctx.Err()
	}
}

func (p *pace) done() {
	p.next = time.Now().Add(between)
	p.turn <- struct{}{}
}
