package cli

// What is told on a terminal while long work goes on.

import (
	"fmt"
	"io"
	"sync"

	"github.com/charmbracelet/x/ansi"

	"parley/inbox"
)

// progress tells on a terminal that long work goes on.
type progress struct {
	mu       sync.Mutex
	w        io.Writer // nil: nobody looks
	messages map[inbox.SyncKey]int
	requests map[inbox.SyncKey]int
}

func (a *app) newProgress() *progress {
	p := &progress{messages: map[inbox.SyncKey]int{}, requests: map[inbox.SyncKey]int{}}
	if a.caller.Stderr && !a.plainFlag && !dumbTerminal() { // a line that is written over and over
		p.w = a.stderr
	}
	return p
}

// sync is called from several goroutines.
func (p *progress) sync(r inbox.SyncReport) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.w == nil {
		return
	}
	key := inbox.SyncKey{Account: r.Account, Platform: r.Platform}
	p.messages[key], p.requests[key] = r.Messages, r.Requests
	fmt.Fprintf(p.w, "\r%sreading: %d messages in %d requests", ansi.EraseLineRight, total(p.messages), total(p.requests))
}

// mending is called while the indexes of a cache are made anew.
func (p *progress) mending(done, total int64) {
	if p.w != nil && total > 0 {
		fmt.Fprintf(p.w, "\r%smending the cache: %d %%", ansi.EraseLineRight, done*100/total)
	}
}

func (p *progress) done() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.w != nil {
		fmt.Fprint(p.w, "\r"+ansi.EraseLineRight)
	}
}

func total(counts map[inbox.SyncKey]int) (sum int) {
	for _, n := range counts {
		sum += n
	}
	return sum
}
