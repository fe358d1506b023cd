package inbox

import (
	"context"
	"sync"
	"time"
)

// The command line has no goroutines that go on: it reads what is due once
// (Sync) and sends what is queued (Flush).

// SyncReport is what one Sync did for a platform of an account.
type SyncReport struct {
	Account       AccountID
	Platform      Platform
	Conversations int // distinct ones read
	Messages      int // read
	Requests      int
	LastUpdated   time.Time // of the newest messages; zero: never read
	NextUpdate    time.Time
	Err           *Error
}

// Sync reads every feed that is due once, platform by platform in parallel, and
// older pages until there are none. force asks also those that are not due, at
// most once per account and 5 s. A platform that cannot be read has no report.
// progress may be nil; it is called from several goroutines. It must not run
// beside Run.
func (in *Inbox) Sync(ctx context.Context, account AccountID, force bool, progress func(SyncReport)) ([]SyncReport, error) {
	accounts, err := in.pick(account)
	if err != nil {
		return nil, err
	}
	var group sync.WaitGroup
	var reports []*SyncReport
	for _, a := range accounts {
		var refused *Error
		if force {
			refused = in.force(ctx, a)
		}
		for _, p := range a.platforms {
			if p.live() { // there is nothing to read, so nothing to tell
				continue
			}
			r := &SyncReport{Account: a.ID, Platform: p.Platform, Err: refused}
			reports = append(reports, r)
			group.Go(func() {
				in.opts.Guard("sync "+string(a.ID), func() { in.syncPlatform(ctx, a, p, r, progress) })
			})
		}
		group.Go(func() {
			in.opts.Guard("inspect "+string(a.ID), func() { in.inspectIfDue(ctx, a) })
		})
	}
	group.Wait()
	out := make([]SyncReport, len(reports))
	for i, r := range reports {
		out[i] = *r
	}
	return out, ctx.Err()
}

func (in *Inbox) inspectIfDue(ctx context.Context, a *account) {
	a.mu.Lock()
	due := !later(a.state.InspectAt, a.state.PausedTill).After(a.nowLocked())
	a.mu.Unlock()
	if !due {
		return
	}
	if _, err := in.Inspect(ctx, a.ID); err != nil {
		in.log.Warn("inspecting the account failed", "account", a.ID, "error", err)
	}
}

// syncPlatform reads each feed that is due once, with its older pages, then what
// is wanted out of turn.
func (in *Inbox) syncPlatform(ctx context.Context, a *account, p *platform, r *SyncReport, progress func(SyncReport)) {
	in.updateAsides(a, p)
	a.mu.Lock()
	feeds := p.allFeeds()
	a.mu.Unlock()
	total := readCount{conversations: map[string]bool{}}
	for _, f := range feeds {
		for at, more := in.dueInSync(a, p, f, false); more && in.waitFor(ctx, a, at, nil); at, more = in.dueInSync(a, p, f, true) {
			err := in.readFeed(ctx, a, p, f, &total)
			r.Requests++
			r.Conversations, r.Messages = len(total.conversations), total.messages
			if err != nil {
				r.Err = err
			}
			if progress != nil {
				progress(*r)
			}
		}
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if f := p.messagesFeed(); f != nil {
		r.LastUpdated, r.NextUpdate = f.LastUpdated, later(f.NextUpdate, a.state.PausedTill)
	}
	if r.Err == nil {
		r.Err = p.storedError()
	}
}

// dueInSync says whether a Sync reads the feed (again), and when: its newest
// page if that is due, then older pages as long as there are any.
func (in *Inbox) dueInSync(a *account, p *platform, f *feed, again bool) (at time.Time, due bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	now := a.nowLocked()
	switch {
	case a.state.PausedTill.After(now), p.heldTill(f).After(now):
		return now, false
	case f.Backfill != "" && f.Error == nil:
		return f.AskedAt.Add(f.pageDelay()), true
	case again:
		return now, false
	}
	if f.message != "" {
		now = later(now, p.notBefore(f))
	}
	return now, f.forced || !f.NextUpdate.After(now)
}

// storedError is what was wrong when the platform was last read, for a run that
// did not ask because it was too early.
func (p *platform) storedError() *Error {
	for _, f := range p.feeds {
		if f.Error != nil {
			return &Error{Kind: f.Error.Kind, Op: "read " + f.Name, Code: f.Error.Code, Text: f.Error.Text, Hint: f.Error.Hint}
		}
	}
	return nil
}

// Flush sends what is queued for an account ("" for all), waits for what may
// leave later, and reads the conversations of sends that are in doubt, until
// nothing is left to do or ctx ends. For doubts that are older than this call it
// does not wait, nor for what is scheduled. It must not run beside Run.
func (in *Inbox) Flush(ctx context.Context, account AccountID) error {
	accounts, err := in.pick(account)
	if err != nil {
		return err
	}
	var group sync.WaitGroup
	for _, a := range accounts {
		group.Go(func() {
			in.opts.Guard("flush "+string(a.ID), func() { in.flush(ctx, a) })
		})
	}
	group.Wait()
	return nil
}

func (in *Inbox) flush(ctx context.Context, a *account) {
	start := a.now()
	for ctx.Err() == nil {
		item, look := in.claim(ctx, a)
		next := look.at
		if item != nil {
			in.deliver(ctx, a, *item)
			continue
		}
		for _, p := range a.platforms {
			f, at := in.readWorthFlushing(a, p, start)
			switch {
			case f == nil:
			case !at.After(a.now()):
				if err := in.readFeed(ctx, a, p, f, nil); err != nil {
					in.log.Warn("read failed", "account", a.ID, "error", err)
				}
				next = a.now() // look at the outbox again
			case next.IsZero() || at.Before(next):
				next = at
			}
		}
		if next.IsZero() || !in.waitFor(ctx, a, next, nil) {
			return
		}
	}
}

// readWorthFlushing is a read that a send waits for: the conversation of one
// that is in doubt, or the messages before one that has been queued for long.
func (in *Inbox) readWorthFlushing(a *account, p *platform, start time.Time) (f *feed, at time.Time) {
	in.updateAsides(a, p)
	queued := false
	ours := map[string]bool{} // conversations of doubts that this call has made
	for _, n := range in.outboxOf(a.ID) {
		if n.conversation.Platform() == p.Platform {
			queued = queued || n.queued && !n.sendAt.After(start)
			ours[n.conversation.RemoteID()] = ours[n.conversation.RemoteID()] || !n.attempted.Before(start)
		}
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	for id, s := range p.settling {
		if !ours[id] && s.NextUpdate.After(a.nowLocked()) {
			continue
		}
		if f == nil || s.NextUpdate.Before(at) {
			f, at = s, s.NextUpdate
		}
	}
	if m := p.messagesFeed(); queued && m != nil && a.nowLocked().Sub(m.ReadAt) > freshFor && (f == nil || m.NextUpdate.Before(at)) {
		f, at = m, m.NextUpdate
	}
	if f != nil {
		at = later(at, a.state.PausedTill)
	}
	return f, at
}
