package inbox

import (
	"context"
	"errors"
	"slices"
	"time"
)

// poll reads the feeds of one platform of an account, each in its time, until
// ctx ends. Platforms poll beside one another, so that one that hangs or is
// refused never slows another.
func (in *Inbox) poll(ctx context.Context, a *account, p *platform) {
	for ctx.Err() == nil {
		f, at := in.nextFeed(a, p)
		if f == nil { // webhooks are all there is
			select {
			case <-ctx.Done():
			case <-p.wake:
			}
			continue
		}
		if !in.waitFor(ctx, a, at, p.wake) {
			continue
		}
		if err := in.readFeed(ctx, a, p, f, nil); err != nil && ctx.Err() == nil {
			in.log.Warn("read failed", "account", a.ID, "platform", p.Platform, "feed", f.Key.Request, "error", err, "cause", err.Err)
		}
	}
}

// waitFor waits until a time by the provider's clock. false: something has
// woken us before, or ctx has ended.
func (in *Inbox) waitFor(ctx context.Context, a *account, at time.Time, wake <-chan struct{}) bool {
	wait := at.Sub(a.now())
	if wait <= 0 {
		return ctx.Err() == nil
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-wake:
	case <-timer.C:
		return true
	}
	return false
}

// nextFeed is what to read next and when; nil where nothing can be read. An
// agent's wish comes first, then what is read out of turn, then the feeds in
// their time.
func (in *Inbox) nextFeed(a *account, p *platform) (next *feed, at time.Time) {
	in.updateAsides(a, p)
	a.mu.Lock()
	defer a.mu.Unlock()
	now := a.nowLocked()
	for _, f := range p.allFeeds() {
		if f.forced {
			return f, later(now, a.state.PausedTill)
		}
		due := p.notBefore(f)
		if f.Backfill != "" && f.Error == nil {
			due = f.AskedAt.Add(f.pageDelay())
		}
		due = later(due, a.state.PausedTill)
		if next == nil || due.Before(at) {
			next, at = f, due
		}
	}
	return next, at
}

func (p *platform) allFeeds() []*feed {
	all := slices.Clone(p.feeds)
	for _, f := range p.settling {
		all = append(all, f)
	}
	for _, f := range p.wanted {
		all = append(all, f)
	}
	return all
}

// readCount says what several reads have brought. A message is in one feed
// only, and comes once; a conversation comes in several.
type readCount struct {
	conversations map[string]bool
	messages      int
}

func (n *readCount) add(b Batch) {
	for _, c := range b.Conversations {
		n.conversations[c.RemoteID] = true
	}
	for _, m := range b.Messages {
		n.conversations[m.RemoteID] = true
	}
	n.messages += len(b.Messages)
}

// readFeed makes one request and ingests what it brings. That the request was
// made is stored before it is, so that a crash cannot make it twice within the
// provider's cache time. total may be nil.
func (in *Inbox) readFeed(ctx context.Context, a *account, p *platform, f *feed, total *readCount) *Error {
	req, backlog := in.startRead(a, p, f)
	in.saveSync(ctx, f, a)
	in.hub.publish(Changes{Accounts: true})

	gather := &gatherer{in: in, a: a, p: p, backlog: backlog, aside: req.aside(), total: total, mayStop: in.mayStop(a, f, req)}
	asked := time.Now()
	res, err := a.Provider.Read(ctx, req, func(b Batch) error { return gather.take(ctx, b) })
	if flushErr := gather.flush(ctx); err == nil {
		err = flushErr
	}
	if gather.stopped = errors.Is(err, errEnough); gather.stopped {
		err = nil
	}
	a.setClock(asked, res.ServerTime)
	failure := AsError(err)
	in.endRead(ctx, a, p, f, req, res, gather, failure)
	return failure
}

// startRead decides which page to ask for: the newest, unless that is not due
// and older pages are still to come.
func (in *Inbox) startRead(a *account, p *platform, f *feed) (req ReadRequest, backlog bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	now := a.nowLocked()
	req = ReadRequest{Feed: f.Feed, Conversation: f.conversation, Message: f.message, Mark: in.markOf(a.ID, p.Platform)}
	if f.Backfill != "" && !f.forced && f.NextUpdate.After(now) {
		if req.Whole = f.wantsWhole(); !req.Whole {
			req.Cursor = f.Backfill
		}
	}
	f.forced, f.AskedAt = false, now
	f.doubt(+pageInDoubt)
	if req.newest() {
		f.NextUpdate = nextRead(f.Feed, now, time.Time{})
	}
	if f.message != "" {
		p.wantedAt = now
	}
	p.reading = true
	return req, !f.Complete
}

// endRead writes down what the answer says of its freshness.
func (in *Inbox) endRead(ctx context.Context, a *account, p *platform, f *feed, req ReadRequest, res ReadResult, g *gatherer, failure *Error) {
	if failure != nil && failure.Kind == RateLimited {
		a.limited(failure)
	}
	a.mu.Lock()
	now := a.nowLocked()
	p.reading = false
	f.doubt(-pageInDoubt)
	if failure == nil {
		f.succeeded(now, req, res, g)
	} else {
		f.brokeOff(req, g.n.New)
		if ctx.Err() == nil { // else we gave up, not the provider
			f.failed(now, req, failure)
		}
	}
	if f.conversation != "" {
		in.rememberNext(f.Key, f.NextUpdate)
		in.nameAsked(NewConversationID(a.ID, p.Platform, f.conversation), failure)
	}
	a.mu.Unlock()
	if f.message != "" {
		in.endWanted(ctx, a, p, f, failure)
	}
	in.saveSync(context.WithoutCancel(ctx), f, a)
	in.hub.publish(Changes{Accounts: true})
	wake(a.wakeSender) // an item may have waited for a fresh read
}

// markOf looks up what the provider has left on its conversations.
func (in *Inbox) markOf(account AccountID, name Platform) func(remoteID string) string {
	return func(remoteID string) (mark string) {
		id := NewConversationID(account, name, remoteID)
		err := in.store.View(context.Background(), func(r Reader) error {
			c, found, err := r.Conversation(id)
			if mark = c.Mark; !found {
				mark = in.passedOver(id)
			}
			return err
		})
		if err != nil { // without a mark it is read once more
			in.log.Warn("cannot look up the mark of a conversation", "account", account, "error", err)
		}
		return mark
	}
}

// saveSync stores a feed's schedule and what its answer taught of the account. A
// failure is logged only: at worst we ask too early after a restart. That a single
// message is wanted is stored with what waits for it.
func (in *Inbox) saveSync(ctx context.Context, f *feed, a *account) {
	a.mu.Lock()
	s := f.SyncState
	a.mu.Unlock()
	err := in.store.Update(ctx, func(w Writer) error {
		if err := w.PutAccountState(a.snapshot()); err != nil {
			return err
		}
		if f.message != "" {
			return nil
		}
		if f.conversation != "" {
			_, found, err := w.Conversation(NewConversationID(a.ID, f.Platform, f.conversation))
			if err != nil || !found { // forgotten meanwhile: nothing of it stays
				return err
			}
		}
		return w.PutSyncState(s)
	})
	if err != nil && ctx.Err() == nil {
		in.log.Error("cannot store the schedule", "account", a.ID, "feed", s.Key.Request, "error", err)
	}
}
