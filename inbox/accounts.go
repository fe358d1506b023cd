package inbox

import (
	"context"
	"maps"
	"slices"
	"sync"
	"time"
)

// Account is one configured login.
type Account struct {
	ID       AccountID
	Provider Provider
	// Platforms to read; all that the provider has when empty.
	Platforms []Platform
	// ConversationLimit is how many conversations a month may be answered; 0 for
	// no limit. Ayrshare's documents disagree (100, 1,000): so it is config.
	ConversationLimit int
	// MarkSeen tells the customer of every conversation that an agent reads.
	MarkSeen bool
	// Windows overrides the provider's reply-window policies.
	Windows map[Platform]WindowPolicy
}

// Health sorts what can be said of an account in one word.
type Health string

// The healths of an account.
const (
	Healthy  Health = "ok"
	Starting Health = "starting" // never read
	Limited  Health = "limited"  // rate limit: waiting
	Failing  Health = "failing"  // the last reads failed; what is shown is old
	Dead     Health = "dead"     // the key is refused: nothing moves until an agent mends it
)

// AccountView is an account as the status line shows it.
type AccountView struct {
	ID        AccountID
	Provider  string
	Platforms []PlatformView
	Health    Health
	Error     *Failure
	Count     int       // conversations of this month, -1 when not known
	Limit     int       // 0: none
	Queued    int       // outbox: queued and sending
	Scheduled int       // outbox: to leave at a time to come; not among the queued
	HeldUntil time.Time // when the last held message leaves (our clock); zero: none is held
	Failed    int
	Unknown   int
	Webhook   WebhookState
}

// PlatformView is the freshness of one platform of an account. Times are our
// clock's, ready to be compared with time.Now.
type PlatformView struct {
	Platform  Platform
	ReadAt    time.Time // how old the data is: the oldest of its feeds; zero: never read
	NextAt    time.Time // when it is read next
	Reading   bool      // a request is under way
	Error     *Failure
	Loaded    int  // messages read so far by a first sync that is under way
	FirstSync bool // the history is still coming in

	Live     bool      // there is no history to read: webhooks are all there is
	PushedAt time.Time // when the account's webhook told something last
}

// account is the running side of an Account. The mutex guards all below it;
// nobody holds it while waiting for a transaction or a request.
type account struct {
	Account
	wakeSender    chan struct{} // capacity 1
	wakeInspector chan struct{} // capacity 1
	wakeSeen      chan struct{} // capacity 1
	wakeTeller    chan struct{} // capacity 1
	platforms     []*platform

	mu        sync.Mutex
	state     AccountState
	notedAt   time.Time               // when a note on the webhook was last stored
	sendError *Failure                // why sends are refused although reads work
	inFlight  map[ConversationID]bool // conversations with a send under way
	seen      map[ConversationID]bool // conversations whose customers are to be told that they were read
}

// platform is what the poller knows of one platform of an account.
type platform struct {
	Platform
	wake chan struct{} // capacity 1
	// The rest is guarded by the account's mutex.
	feeds    []*feed
	settling map[string]*feed    // reads of single conversations, by the provider's ID
	wanted   map[MessageID]*feed // reads of single messages
	wantedAt time.Time           // when the last of those was asked for
	reading  bool
	loaded   int // messages read since the program started
}

// feed is a repeated request and its schedule.
type feed struct {
	Feed
	conversation string    // not "": only this conversation is read
	message      MessageID // not "": only this message is read
	SyncState
	forced bool // an agent asked for it out of turn
	pages  int  // older pages read in this run
	paging bool // the whole history could not be had in one answer: go on by pages
}

// dead tells that the key was refused. A platform without feeds has none to be.
func (f *feed) dead() bool { return f != nil && f.Error != nil && f.Error.Kind == Auth }

// newAccount loads what is remembered of the account.
func newAccount(r Reader, a Account) (*account, error) {
	acc := &account{
		Account:       a,
		wakeSender:    make(chan struct{}, 1),
		wakeInspector: make(chan struct{}, 1),
		wakeSeen:      make(chan struct{}, 1),
		wakeTeller:    make(chan struct{}, 1),
		seen:          map[ConversationID]bool{},
		inFlight:      map[ConversationID]bool{},
	}
	state, _, err := r.AccountState(a.ID)
	if err != nil {
		return nil, err
	}
	now := time.Now().Add(state.Skew).UTC()
	acc.state = state
	acc.state.Account = a.ID
	acc.state.mend(now)
	for _, name := range a.Provider.Platforms() {
		if a.reads(name) {
			acc.addPlatform(name)
		}
	}
	for _, f := range a.Provider.Feeds() {
		if !a.reads(f.Platform) {
			continue
		}
		key := SyncKey{Account: a.ID, Platform: f.Platform, Request: f.Name}
		s, _, err := r.SyncState(key)
		if err != nil {
			return nil, err
		}
		s.Key = key
		p := acc.addPlatform(f.Platform)
		s.mend(f, now)
		p.feeds = append(p.feeds, &feed{Feed: f, SyncState: s})
	}
	return acc, nil
}

// reads tells whether the config wants the platform.
func (a Account) reads(name Platform) bool {
	return len(a.Platforms) == 0 || slices.Contains(a.Platforms, name)
}

func (a *account) addPlatform(name Platform) *platform {
	p := a.platform(name)
	if p == nil {
		p = &platform{Platform: name, wake: make(chan struct{}, 1), settling: map[string]*feed{}, wanted: map[MessageID]*feed{}}
		a.platforms = append(a.platforms, p)
	}
	return p
}

func (a *account) platform(name Platform) *platform {
	for _, p := range a.platforms {
		if p.Platform == name {
			return p
		}
	}
	return nil
}

// messagesFeed is the feed with the newest messages; nil where the provider has
// no history.
func (p *platform) messagesFeed() *feed {
	for _, f := range p.feeds {
		if f.Name == MessagesFeed {
			return f
		}
	}
	return nil
}

// mainFeed says how the platform is: one that is read rarely can fail alone. nil
// where nothing is read.
func (p *platform) mainFeed() *feed {
	if f := p.messagesFeed(); f != nil || p.live() {
		return f
	}
	return p.feeds[0]
}

// live tells that webhooks are all there is.
func (p *platform) live() bool { return len(p.feeds) == 0 }

// now is the time by the provider's clock.
func (a *account) now() time.Time {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.nowLocked()
}

func (a *account) nowLocked() time.Time { return time.Now().Add(a.state.Skew).UTC() }

// setClock learns from the Date header of an answer to a request that was made
// at asked (our clock). It has a resolution of a second and was written at some
// moment since then, so small differences mean nothing.
func (a *account) setClock(asked, server time.Time) {
	if server.IsZero() {
		return
	}
	const tolerance = 2 * time.Second
	least, most := time.Until(server)-tolerance, server.Sub(asked)+tolerance
	fits := func(skew time.Duration) bool { return least < skew && skew < most }
	a.mu.Lock()
	if fits(a.state.Skew) {
		a.mu.Unlock()
		return
	}
	a.state.Skew = 0
	if !fits(0) {
		a.state.Skew = server.Sub(asked)
	}
	a.mend()
	a.mu.Unlock()
	a.poll()
	wake(a.wakeSender)
	wake(a.wakeInspector)
}

// mend puts the schedules right that were made by another clock.
func (a *account) mend() {
	now := a.nowLocked()
	a.state.mend(now)
	for _, p := range a.platforms {
		for _, f := range p.allFeeds() {
			f.mend(f.Feed, now)
		}
	}
}

// limited remembers a 429 and pauses the account.
func (a *account) limited(err *Error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	now := a.nowLocked()
	a.state.Limited = slices.DeleteFunc(append(a.state.Limited, now), func(t time.Time) bool { return now.Sub(t) > 24*time.Hour })
	pause := max(brake(len(a.state.Limited)), err.RetryAfter)
	if len(a.state.Limited) < 5 && err.RetryAfter > 0 {
		pause = err.RetryAfter // the provider told it, and there were few
	}
	a.state.PausedTill = now.Add(min(pause, maxPause))
}

// poll wakes the pollers of the account.
func (a *account) poll() {
	for _, p := range a.platforms {
		wake(p.wake)
	}
}

func wake(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// saveState stores what is remembered of the account. The copy is made within
// the transaction, so that of two that wait for it none writes the older state.
func (in *Inbox) saveState(ctx context.Context, a *account) error {
	return in.store.Update(ctx, func(w Writer) error { return w.PutAccountState(a.snapshot()) })
}

func (a *account) snapshot() AccountState {
	a.mu.Lock()
	defer a.mu.Unlock()
	state := a.state
	state.Limited = slices.Clone(state.Limited)
	state.Forgotten = maps.Clone(state.Forgotten)
	return state
}

// noteOutbox keeps the states of all items that are not sent in memory: the
// status line shows their counts, and senders and pollers look there first.
func (in *Inbox) noteOutbox(items map[OutboxID]outboxNote) {
	if len(items) == 0 {
		return
	}
	in.mu.Lock()
	defer in.mu.Unlock()
	for id, note := range items {
		if note.state == StateSent {
			delete(in.outbox, id)
		} else {
			in.outbox[id] = note
		}
	}
}

// outboxOf returns the notes of an account's items.
func (in *Inbox) outboxOf(id AccountID) map[OutboxID]outboxNote {
	in.mu.Lock()
	defer in.mu.Unlock()
	notes := maps.Clone(in.outbox)
	maps.DeleteFunc(notes, func(_ OutboxID, n outboxNote) bool { return n.conversation.Account() != id })
	return notes
}

// Accounts is the state of all accounts, from memory: it costs no I/O.
func (in *Inbox) Accounts() []AccountView {
	views := make([]AccountView, 0, len(in.order))
	for _, id := range in.order {
		v := in.accounts[id].view()
		for _, n := range in.outboxOf(id) {
			if n.queued {
				v.HeldUntil = later(v.HeldUntil, n.heldUntil)
			}
			switch n.state {
			case StateQueued, StateSending:
				if n.sendAt.After(in.Now(id)) {
					v.Scheduled++
					continue
				}
				v.Queued++
			case StateFailed:
				v.Failed++
			case StateUnknown:
				v.Unknown++
			}
		}
		views = append(views, v)
	}
	return views
}

func (a *account) view() AccountView {
	a.mu.Lock()
	defer a.mu.Unlock()
	v := AccountView{ID: a.ID, Provider: a.Provider.Name(), Count: -1, Limit: a.ConversationLimit, Health: Healthy, Webhook: a.state.Webhook}
	if a.state.Info != nil && a.state.Info.ConversationCount != nil {
		v.Count = *a.state.Info.ConversationCount
	}
	failing, dead, starting, live := 0, 0, 0, 0
	for _, p := range a.platforms {
		pv, isDead := a.platformView(p)
		v.Platforms = append(v.Platforms, pv)
		switch {
		case pv.Live:
			live++
		case isDead:
			dead++
		case pv.Error != nil:
			failing++
		case pv.ReadAt.IsZero():
			starting++
		}
		if pv.Error != nil && (v.Error == nil || isDead) {
			v.Error = pv.Error
		}
	}
	switch {
	case dead > 0 && dead+live == len(a.platforms), a.sendError != nil && live == len(a.platforms):
		v.Health = Dead
	case a.state.PausedTill.After(a.nowLocked()):
		v.Health = Limited
	case dead+failing > 0:
		v.Health = Failing
	case starting > 0:
		v.Health = Starting
	}
	if v.Error == nil {
		v.Error = a.sendError
	}
	return v
}

// platformView is the freshness of one platform. The oldest of its feeds
// decides, of those that are read all the time.
func (a *account) platformView(p *platform) (v PlatformView, dead bool) {
	v = PlatformView{Platform: p.Platform, Reading: p.reading, Loaded: p.loaded, Live: p.live(), PushedAt: a.state.Webhook.LastAt}
	for _, f := range p.feeds {
		if f.Every > f.CacheTime && !f.LastUpdated.IsZero() {
			continue // archived conversations are read rarely on purpose
		}
		read, next := f.LastUpdated, later(f.NextUpdate, a.state.PausedTill)
		if v.ReadAt.IsZero() || (read.Before(v.ReadAt) && f.Every <= f.CacheTime) {
			v.ReadAt = read
		}
		if v.NextAt.IsZero() || next.Before(v.NextAt) {
			v.NextAt = next
		}
		if f.Error != nil && (v.Error == nil || f.dead()) {
			v.Error = f.Error
		}
		dead = dead || f.dead()
		v.FirstSync = v.FirstSync || (!f.Complete && f.Error == nil)
	}
	toOurs := func(t time.Time) time.Time {
		if t.IsZero() {
			return t
		}
		return t.Add(-a.state.Skew)
	}
	v.ReadAt, v.NextAt = toOurs(v.ReadAt), toOurs(v.NextAt)
	return v, dead
}
