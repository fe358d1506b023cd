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
		if f == nil || !in.waitFor(ctx, a, at, p.wake) {
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

// conversationRequest begins the names of reads of a single conversation.
const conversationRequest = "conversation "

// settleFor is how long after a send that is in doubt its conversation is read
// out of turn. After that the ordinary reads settle it, or the agent.
const settleFor = 15 * time.Minute

// nextFeed is what to read next and when. An agent's wish comes first, then
// conversations with a send in doubt, then the feeds in their time.
func (in *Inbox) nextFeed(a *account, p *platform) (next *feed, at time.Time) {
	in.updateSettling(a, p)
	a.mu.Lock()
	defer a.mu.Unlock()
	now := a.nowLocked()
	for _, f := range p.allFeeds() {
		if f.forced {
			return f, later(now, a.state.PausedTill)
		}
		due := f.NextUpdate
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

// quickPages of a long history are read at once. Then the rest is asked for in
// one answer where the provider can do that, and else page by page at a pace
// that leaves room under a limit of 300 requests in 5 minutes (Ayrshare).
const (
	quickPages = 10
	slowPage   = 1500 * time.Millisecond
)

// pageDelay is the pause before the next page.
func (f *feed) pageDelay() time.Duration {
	if f.pages < quickPages || f.wantsWhole() {
		return 0
	}
	return slowPage
}

// wantsWhole says that pages would take too long.
func (f *feed) wantsWhole() bool {
	return f.Whole && !f.paging && !f.Complete && f.Backfill != "" && f.pages >= quickPages
}

func (p *platform) allFeeds() []*feed {
	all := slices.Clone(p.feeds)
	for _, f := range p.settling {
		all = append(all, f)
	}
	return all
}

// updateSettling keeps a feed for each conversation with a send in doubt. Its
// address is not that of the feeds, so the provider has no cached answer that
// is older than the send.
func (in *Inbox) updateSettling(a *account, p *platform) {
	wanted := map[string]time.Time{}
	for _, note := range in.outboxOf(a.ID) {
		if note.state == StateUnknown && note.conversation.Platform() == p.Platform {
			id := note.conversation.RemoteID()
			wanted[id] = later(wanted[id], note.attempted)
		}
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	now := a.nowLocked()
	for id := range p.settling {
		if at, ok := wanted[id]; !ok || now.Sub(at) > settleFor {
			delete(p.settling, id)
		}
	}
	messages := p.messagesFeed()
	if messages == nil {
		return
	}
	for id, at := range wanted {
		if p.settling[id] == nil && now.Sub(at) <= settleFor {
			key := SyncKey{Account: a.ID, Platform: p.Platform, Request: conversationRequest + id}
			f := messages.Feed
			f.Paged = false // the newest page is all that can settle it
			s := SyncState{Key: key, NextUpdate: in.rememberedNext(key), Complete: true}
			s.mend(f, now)
			p.settling[id] = &feed{Feed: f, conversation: id, SyncState: s}
		}
	}
}

// rememberedNext is when a single conversation may be read again.
func (in *Inbox) rememberedNext(key SyncKey) time.Time {
	in.mu.Lock()
	defer in.mu.Unlock()
	return in.settled[key]
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

	gather := &gatherer{in: in, a: a, p: p, backlog: backlog, total: total, mayStop: in.mayStop(a, f, req)}
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

// Some providers send the whole history at every read, newest first (Ayrshare
// for Facebook and Instagram). After this many messages in a row that we know,
// the rest is not read, unless it has not been for a while: an order is not
// promised, and an old message can get a reaction.
const (
	enough    = 5000
	readWhole = 15 * time.Minute
)

var errEnough = errors.New("the rest is known")

// mayStop tells whether a read may end before the answer does.
func (in *Inbox) mayStop(a *account, f *feed, req ReadRequest) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return !f.Paged && f.Complete && req.Conversation == "" && a.nowLocked().Sub(f.WholeAt) < readWhole
}

// What one transaction of a backlog holds. More messages would be faster still,
// and would make an agent's own write (a draft, a send) wait for longer than a
// fraction of a second. Each conversation touches pages of its own, which stay
// in memory until the commit: so their number is bounded too.
const (
	gatherMessages      = 4000
	gatherConversations = 500
	gatherRepeated      = 1000 // messages of an answer that mostly repeats what we know
)

// gatherer makes larger batches of the small ones that a provider hands over.
type gatherer struct {
	in      *Inbox
	a       *account
	p       *platform
	backlog bool
	total   *readCount // may be nil
	mayStop bool
	batch   Batch
	touched map[string]bool // conversations of the batch
	known   int             // messages in a row that we know
	n       Ingested
	stopped bool // before the end of the answer
}

func (g *gatherer) take(ctx context.Context, b Batch) error {
	if b.AsOf.IsZero() {
		b.AsOf = g.a.now()
	}
	if !b.AsOf.Equal(g.batch.AsOf) {
		if err := g.flush(ctx); err != nil {
			return err
		}
	}
	for _, c := range b.Conversations {
		g.batch.Conversations = append(g.batch.Conversations, c)
		if err := g.added(ctx, b.AsOf, c.RemoteID); err != nil {
			return err
		}
	}
	for _, m := range b.Messages {
		g.batch.Messages = append(g.batch.Messages, m)
		if err := g.added(ctx, b.AsOf, m.RemoteID); err != nil {
			return err
		}
	}
	return nil
}

// added flushes when the batch is full.
func (g *gatherer) added(ctx context.Context, asOf time.Time, conversation string) error {
	g.batch.AsOf = asOf
	if g.touched == nil {
		g.touched = map[string]bool{}
	}
	g.touched[conversation] = true
	limit := gatherRepeated
	if g.backlog {
		limit = gatherMessages
	}
	if len(g.batch.Messages) < limit && len(g.touched) < gatherConversations {
		return nil
	}
	return g.flush(ctx)
}

func (g *gatherer) flush(ctx context.Context) error {
	b := g.batch
	g.batch = Batch{}
	clear(g.touched)
	if len(b.Messages)+len(b.Conversations) == 0 {
		return nil
	}
	b.Account, b.Platform, b.Provider, b.Backlog = g.a.ID, g.p.Platform, g.a.Provider.Name(), g.backlog
	got, err := g.in.Ingest(ctx, b)
	g.n.add(got)
	if g.known += got.Messages; got.New+got.Changed > 0 {
		g.known = 0
	}
	if g.total != nil {
		g.total.add(b)
	}
	g.a.mu.Lock()
	g.p.loaded += got.Messages
	g.a.mu.Unlock()
	if g.backlog {
		g.in.hub.publish(Changes{Accounts: true})
	}
	if err == nil && g.mayStop && g.known >= enough {
		return errEnough
	}
	return err
}

// startRead decides which page to ask for: the newest, unless that is not due
// and older pages are still to come.
func (in *Inbox) startRead(a *account, p *platform, f *feed) (req ReadRequest, backlog bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	now := a.nowLocked()
	req = ReadRequest{Feed: f.Feed, Conversation: f.conversation}
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
	p.reading = true
	return req, !f.Complete
}

// pageInDoubt is more than any provider's page holds. While a page is read, so
// many messages are stored as unsure: if we die between storing the page and
// storing where the next one begins, the gap behind it is found again.
const pageInDoubt = 200

func (f *feed) doubt(messages int) {
	if f.Paged {
		f.Unsure += messages
	}
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
	}
	a.mu.Unlock()
	ctx = context.WithoutCancel(ctx)
	in.saveSync(ctx, f, a)
	if err := in.saveState(ctx, a); err != nil {
		in.log.Error("cannot store the account's state", "account", a.ID, "error", err)
	}
	in.hub.publish(Changes{Accounts: true})
	wake(a.wakeSender) // an item may have waited for a fresh read
}

func (in *Inbox) rememberNext(key SyncKey, next time.Time) {
	in.mu.Lock()
	defer in.mu.Unlock()
	in.settled[key] = next
}

func (f *feed) succeeded(now time.Time, req ReadRequest, res ReadResult, g *gatherer) {
	f.Failures, f.Error = 0, nil
	if req.Cursor == "" {
		f.ReadAt = now
	}
	if req.newest() {
		f.LastUpdated = now
		if !res.LastUpdated.IsZero() && res.LastUpdated.Before(now) {
			f.LastUpdated = res.LastUpdated.UTC()
		}
		f.NextUpdate = nextRead(f.Feed, now, res.NextUpdate).Add(jitter(f.Feed))
	}
	n := g.n
	switch {
	case g.stopped:
	case !f.Paged:
		f.Complete, f.WholeAt = true, now
	case req.Whole:
		f.walkOn(res.Cursor)
	case req.newest():
		f.newestPage(res.Cursor, n.Messages, n.Messages-n.New)
	default:
		f.olderPage(res.Cursor, n.Messages-n.New)
	}
}

// newestPage decides whether older pages have to be read after the newest one.
// When it shows nothing that we know, something may lie between it and what we
// have.
func (f *feed) newestPage(cursor string, messages, known int) {
	if f.Backfill == "" {
		known = f.certain(known)
	}
	gap := messages > 0 && known == 0
	switch {
	case !f.Complete || f.Rewalk:
		if f.Backfill == "" || gap {
			f.walkOn(cursor)
		}
	case gap:
		f.Rewalk = f.Backfill != "" // an older gap is still open: this walk must not end before it
		f.walkOn(cursor)
	}
}

// olderPage goes on to the next page, until it meets what we have.
func (f *feed) olderPage(cursor string, known int) {
	f.pages++
	if known = f.certain(known); f.Complete && !f.Rewalk && known > 0 {
		cursor = ""
	}
	f.walkOn(cursor)
}

func (f *feed) walkOn(cursor string) {
	f.Backfill = cursor
	if cursor == "" {
		f.Complete, f.Rewalk, f.Unsure, f.pages = true, false, 0, 0
	}
}

// brokeOff says that a read has failed after it had brought new messages. When
// it is repeated it shows them as known, and what lies behind them is not.
func (f *feed) brokeOff(req ReadRequest, fresh int) {
	switch {
	case !f.Paged || !f.Complete || fresh == 0:
	case req.newest() && f.Backfill != "": // behind it is the gap that is being closed, and perhaps another
		f.Rewalk = true
	default:
		f.Unsure += fresh
	}
}

// certain is how many of the known messages of a page tell that older ones are
// known too.
func (f *feed) certain(known int) int {
	unsure := min(known, f.Unsure)
	f.Unsure -= unsure
	return known - unsure
}

// newest tells that the request asks for what is new.
func (r ReadRequest) newest() bool { return r.Cursor == "" && !r.Whole }

func (f *feed) failed(now time.Time, req ReadRequest, failure *Error) {
	f.Failures++
	f.Error = FailureOf(failure)
	f.NextUpdate = retryRead(f.Feed, now, f.Failures, failure)
	f.paging = f.paging || req.Whole
	if req.Cursor != "" && (failure.Kind == Rejected || failure.Kind == NotFound) {
		if f.Rewalk {
			f.walkOn("") // again: the provider does not tell more
		} else {
			f.Backfill, f.Rewalk = "", true // the cursor is no longer good: begin again with the newest page
		}
	}
}

// saveSync stores a feed's schedule. A failure is logged only: at worst we ask
// too early after a restart.
func (in *Inbox) saveSync(ctx context.Context, f *feed, a *account) {
	a.mu.Lock()
	s := f.SyncState
	a.mu.Unlock()
	err := in.store.Update(ctx, func(w Writer) error {
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

// forceEvery is how often an agent may ask for a read out of turn, per account.
const forceEvery = 5 * time.Second

// force makes all feeds of the account due, at most once in forceEvery, also
// across runs of the command line. The pause after a 429 holds for it too: a
// thousand of them would suspend the account.
func (in *Inbox) force(ctx context.Context, a *account) *Error {
	a.mu.Lock()
	if pause := a.state.PausedTill.Sub(a.nowLocked()); pause > 0 {
		a.mu.Unlock()
		return &Error{
			Kind: RateLimited, Op: "refresh", RetryAfter: pause,
			Text: "account " + string(a.ID) + " has asked too often and pauses",
			Hint: "it goes on by itself in " + pause.Round(time.Second).String(),
		}
	}
	now := time.Now().UTC()
	since := now.Sub(a.state.ForcedAt)
	if since >= 0 && since < forceEvery {
		a.mu.Unlock()
		return &Error{
			Kind: RateLimited, Op: "refresh", RetryAfter: forceEvery - since,
			Text: "account " + string(a.ID) + " was asked out of turn less than 5 s ago",
			Hint: "wait a moment",
		}
	}
	a.state.ForcedAt = now
	for _, p := range a.platforms {
		for _, f := range p.feeds {
			f.forced = true
		}
	}
	a.mu.Unlock()
	if err := in.saveState(ctx, a); err != nil {
		return AsError(err)
	}
	a.poll()
	return nil
}

// Refresh asks the pollers to read an account ("" for all) out of turn: at most
// once per account and 5 s. RateLimited with RetryAfter when it was too soon for
// one of them; the others are read all the same.
func (in *Inbox) Refresh(ctx context.Context, id AccountID) error {
	accounts, err := in.pick(id)
	if err != nil {
		return err
	}
	var refused error
	for _, a := range accounts {
		if err := in.force(ctx, a); err != nil && refused == nil {
			refused = err
		}
	}
	return refused
}

// inspect keeps what the provider says of the account (linked networks, the
// month's conversations) up to date until ctx ends.
func (in *Inbox) inspect(ctx context.Context, a *account) {
	for ctx.Err() == nil {
		a.mu.Lock()
		at := later(a.state.InspectAt, a.state.PausedTill)
		a.mu.Unlock()
		if !in.waitFor(ctx, a, at, a.wakeInspector) {
			continue
		}
		if _, err := in.Inspect(ctx, a.ID); err != nil && ctx.Err() == nil {
			in.log.Warn("inspecting the account failed", "account", a.ID, "error", err)
		}
	}
}

// inspectEvery is how often the account itself is asked about.
const inspectEvery = 10 * time.Minute

// Inspect asks the provider about the account and remembers the answer.
func (in *Inbox) Inspect(ctx context.Context, id AccountID) (AccountInfo, error) {
	a, err := in.account(id)
	if err != nil {
		return AccountInfo{}, err
	}
	asked := time.Now()
	info, ierr := a.Provider.Inspect(ctx)
	a.setClock(asked, info.ServerTime)
	failure := AsError(ierr)
	if failure != nil && failure.Kind == RateLimited {
		a.limited(failure)
	}
	a.mu.Lock()
	a.state.InspectAt = a.nowLocked().Add(inspectEvery)
	if failure == nil {
		info.Title = CleanLine(info.Title)
		a.state.Info = &info
	}
	a.mu.Unlock()
	if ctx.Err() == nil {
		if err := in.saveState(ctx, a); err != nil {
			return info, err
		}
		in.hub.publish(Changes{Accounts: true})
	}
	if failure != nil {
		return info, failure
	}
	return info, nil
}
