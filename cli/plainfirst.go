package cli

// The first reading of an account in plain mode. It brings years of history, and all
// of that would be told as news: who waits for the prompt to be quiet hears instead
// that it is under way, and at its end what it has brought.

import (
	"context"
	"fmt"
	"sync"
	"time"

	"parley/inbox"
)

// firstReadings are the platforms whose history comes in while the prompt is open.
type firstReadings struct {
	since time.Time // what was written before is history

	mu   sync.Mutex
	ends map[readPlatform]bool // true: it is read, and its last news may still be on their way
}

type readPlatform struct {
	account  inbox.AccountID
	platform inbox.Platform
}

// newFirstReadings looks which platforms have not been read to their beginning.
func newFirstReadings(accounts []inbox.AccountView, now time.Time) *firstReadings {
	f := &firstReadings{since: now, ends: map[readPlatform]bool{}}
	for _, v := range accounts {
		for _, p := range v.Platforms {
			if !p.Live && (p.FirstSync || p.ReadAt.IsZero()) {
				f.ends[readPlatform{v.ID, p.Platform}] = false
			}
		}
	}
	return f
}

// isHistory tells that news are what a first reading has brought.
func (f *firstReadings) isHistory(n inbox.News) bool {
	if n.Kind != inbox.NewsMessage || !n.Message.CreatedAt.Before(f.since) {
		return false
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	_, under := f.ends[readPlatform{n.Conversation.ID.Account(), n.Conversation.ID.Platform()}]
	return under
}

// ended tells how many messages an account's first reading has brought, once, when
// nothing of it is under way any more. A platform that fails is not waited for.
func (f *firstReadings) ended(v inbox.AccountView) (messages int, ended bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, p := range v.Platforms {
		key := readPlatform{v.ID, p.Platform}
		told, under := f.ends[key]
		switch {
		case told:
			delete(f.ends, key)
		case !under || p.Error != nil:
		case p.FirstSync || p.ReadAt.IsZero():
			return 0, false
		default:
			messages, ended = messages+p.Loaded, true
		}
	}
	if !ended {
		return 0, false
	}
	for _, p := range v.Platforms {
		if key := (readPlatform{v.ID, p.Platform}); p.Error == nil {
			if _, under := f.ends[key]; under {
				f.ends[key] = true
			}
		}
	}
	return messages, true
}

// tellRead tells which accounts have been read for the first time.
func (p *plain) tellRead(ctx context.Context) {
	for _, v := range p.Accounts() {
		if n, ended := p.first.ended(v); ended {
			p.say("%s is read for the first time: %s. %s", v.ID, counted(n, "message"), p.inAll(ctx))
		}
	}
}

// tellReading tells which accounts are being read for the first time: what is not
// found may come yet.
func (p *plain) tellReading() {
	var names []string
	for _, v := range p.Accounts() {
		for _, platform := range v.Platforms {
			if platform.FirstSync {
				names = append(names, string(v.ID))
				break
			}
		}
	}
	switch len(names) {
	case 0:
	case 1:
		p.say("%s is still being read for the first time: more may come.", names[0])
	default:
		p.say("%s are still being read for the first time: more may come.", listed(names))
	}
}

// inAll is how much there is, "" when that cannot be read.
func (p *plain) inAll(ctx context.Context) string {
	counts, err := p.Counts(ctx)
	if err != nil {
		p.app.report(err)
		return ""
	}
	return fmt.Sprintf("%s, %d unread, %d unanswered.", counted(counts[inbox.ViewAll], "conversation"), counts[inbox.ViewUnread], counts[inbox.ViewUnanswered])
}
