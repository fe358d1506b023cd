package inbox

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode/utf8"
)

// Options configure an Inbox. Store is required.
type Options struct {
	Store    Store
	Accounts []Account
	Log      *slog.Logger // nil: no log
	// NextGrapheme returns the length in bytes of the first grapheme cluster
	// of s. The Unicode tables live outside this package. nil: runes.
	NextGrapheme func(s string) int
	Clock        string // how sentences write times of day, as in package time; "15:04" when empty
	Retention    Retention
	Media        Media    // nil: nothing is fetched
	Files        Files    // nil: files of this machine cannot be sent
	Uploader     Uploader // instead of those of providers; nil: only these
	// Index finds messages by what is in them. nil: Search cannot.
	Index TextIndex
	// Guard runs f; the program's puts the terminal right when f panics.
	// nil: f is called as it is.
	Guard func(name string, f func())
}

// Inbox is what screens and the command line talk to. All methods are safe for
// concurrent use; those with a context may wait for the disk or the network.
type Inbox struct {
	opts      Options
	store     Store
	log       *slog.Logger
	accounts  map[AccountID]*account
	order     []AccountID
	hub       hub
	followers followers

	writing chan struct{} // capacity 1; see update
	history chan struct{} // capacity 1; see updateHistory
	snoozed chan struct{} // capacity 1; wakes the waker
	uploads chan struct{} // one for each that is under way
	waiting waitingSet    // what waits for messages that are not known yet

	mu       sync.Mutex
	lastItem time.Time                    // when the newest outbox ID says that it was made
	outbox   map[OutboxID]outboxNote      // every item that is not sent
	settled  map[SyncKey]time.Time        // when a single conversation may be read again
	names    map[ConversationID]nameWish  // conversations to be read for their customer's name
	asked    map[WaitKey]time.Time        // messages that were asked for, because they were announced
	links    map[MediaRef]time.Time       // messages that were read again for their links
	passed   map[ConversationID]string    // marks of forgotten conversations
	sentAt   map[ConversationID]time.Time // when a draft was sent: what was typed before is no draft any more
}

// New makes an inbox over the store. It reads what has to be known of the
// accounts and asks the network nothing; Run does. What a process that died
// was about to send is in doubt from here on.
func New(ctx context.Context, opts Options) (*Inbox, error) {
	if opts.Log == nil {
		opts.Log = slog.New(slog.DiscardHandler)
	}
	if opts.NextGrapheme == nil {
		opts.NextGrapheme = func(s string) int { _, n := utf8.DecodeRuneInString(s); return n }
	}
	if opts.Clock == "" {
		opts.Clock = "15:04"
	}
	if opts.Media == nil {
		opts.Media = noMedia{}
	}
	if opts.Guard == nil {
		opts.Guard = func(_ string, f func()) { f() }
	}
	in := &Inbox{
		opts: opts, store: opts.Store, log: opts.Log,
		accounts: map[AccountID]*account{},
		writing:  make(chan struct{}, 1),
		history:  make(chan struct{}, 1),
		snoozed:  make(chan struct{}, 1),
		uploads:  make(chan struct{}, uploadsAtOnce),
		outbox:   map[OutboxID]outboxNote{},
		settled:  map[SyncKey]time.Time{},
		names:    map[ConversationID]nameWish{},
		asked:    map[WaitKey]time.Time{},
		links:    map[MediaRef]time.Time{},
		passed:   map[ConversationID]string{},
		sentAt:   map[ConversationID]time.Time{},
	}
	for _, a := range opts.Accounts {
		if !a.ID.Valid() {
			return nil, Errorf(Rejected, "account name %q: letters, digits, dots, dashes and underscores only", a.ID)
		}
		if in.accounts[a.ID] != nil {
			return nil, Errorf(Rejected, "two accounts are called %q", a.ID)
		}
		in.accounts[a.ID] = &account{Account: a}
		in.order = append(in.order, a.ID)
	}
	if err := in.load(ctx); err != nil {
		return nil, err
	}
	if err := in.recover(ctx); err != nil {
		return nil, err
	}
	return in, in.reindexWindows(ctx)
}

// load reads what is remembered of the accounts and the outbox.
func (in *Inbox) load(ctx context.Context) error {
	return in.store.View(ctx, func(r Reader) error {
		for id, a := range in.accounts {
			loaded, err := newAccount(r, a.Account)
			if err != nil {
				return err
			}
			in.accounts[id] = loaded
			if err := in.loadSettled(r, id); err != nil {
				return err
			}
			if err := in.loadWaiting(r, id); err != nil {
				return err
			}
		}
		items, err := r.OutboxActive("")
		for _, item := range items {
			in.outbox[item.ID] = noteOf(item, item.State())
		}
		return err
	})
}

// loadSettled reads when single conversations may be read again.
func (in *Inbox) loadSettled(r Reader, id AccountID) error {
	states, err := r.SyncStates(id)
	for _, s := range states {
		if strings.HasPrefix(s.Key.Request, conversationRequest) {
			in.settled[s.Key] = s.NextUpdate
		}
	}
	return err
}

// recover makes what was being sent when the last process died unknown: the
// request may or may not have arrived.
func (in *Inbox) recover(ctx context.Context) error {
	interrupted := false
	for _, n := range in.outbox {
		interrupted = interrupted || n.state == StateSending
	}
	if !interrupted {
		return nil
	}
	return in.update(ctx, func(e *edit) error {
		items, err := e.OutboxActive("")
		if err != nil {
			return err
		}
		for _, item := range items {
			if item.State() != StateSending {
				continue
			}
			for i := range item.Parts {
				if p := &item.Parts[i]; p.State == StateSending {
					p.State = StateUnknown
					p.Error = &Failure{Kind: Unavailable, Text: "the program ended while this was being sent", Hint: "it may have been delivered: look at the conversation before you try again"}
				}
			}
			if err := e.putItem(item); err != nil {
				return err
			}
		}
		return nil
	})
}

// reindexWindows brings the order by time left up to date when the config has
// changed a reply window since the index was written.
func (in *Inbox) reindexWindows(ctx context.Context) error {
	for _, id := range in.order {
		a := in.accounts[id]
		key := in.windowKey(a)
		if a.state.WindowKey == key {
			continue
		}
		if a.state.WindowKey != "" {
			if err := in.rewriteConversations(ctx, id); err != nil {
				return err
			}
		}
		a.mu.Lock()
		a.state.WindowKey = key
		a.mu.Unlock()
		if err := in.saveState(ctx, a); err != nil {
			return err
		}
	}
	return nil
}

func (in *Inbox) windowKey(a *account) string {
	policies := map[Platform]WindowPolicy{}
	for _, p := range a.platforms {
		policies[p.Platform] = in.capabilities(a, p.Platform).Window
	}
	key, err := json.Marshal(policies)
	if err != nil {
		panic(err) // durations, strings and booleans always marshal
	}
	return string(key)
}

func (in *Inbox) rewriteConversations(ctx context.Context, id AccountID) error {
	for _, view := range WholeViews {
		q := ListQuery{View: view, Account: id, After: 500}
		for more := true; more; {
			page, err := in.List(ctx, q)
			if err != nil {
				return err
			}
			err = in.update(ctx, func(e *edit) error {
				for _, row := range page.Rows {
					c, err := e.known(row.ID)
					if err != nil {
						return err
					}
					c.dirty = true
				}
				return nil
			})
			if err != nil {
				return err
			}
			if more = page.MoreAfter && len(page.Rows) > 1; more {
				q.Anchor = page.Rows[len(page.Rows)-1].Cursor
			}
		}
	}
	return nil
}

// account returns the running account of that name.
func (in *Inbox) account(id AccountID) (*account, error) {
	if a := in.accounts[id]; a != nil {
		return a, nil
	}
	return nil, &Error{Kind: NotFound, Text: fmt.Sprintf("no account %q is configured", id), Hint: "see the [[account]] tables of the config"}
}

// pick returns the account, or all for "".
func (in *Inbox) pick(id AccountID) ([]*account, error) {
	if id != "" {
		a, err := in.account(id)
		return []*account{a}, err
	}
	all := make([]*account, 0, len(in.order))
	for _, id := range in.order {
		all = append(all, in.accounts[id])
	}
	return all, nil
}

// Subscribe starts collecting hints. Close it.
func (in *Inbox) Subscribe() *Subscription { return in.hub.subscribe() }

// Now is the time by the account's provider: our clock, corrected by the Date
// header of its newest answer.
func (in *Inbox) Now(id AccountID) time.Time {
	if a := in.accounts[id]; a != nil {
		return a.now()
	}
	return time.Now().UTC()
}

// ByOurClock converts an instant on the clock of an account's provider to ours. No
// time stays none.
func (in *Inbox) ByOurClock(id AccountID, at time.Time) time.Time {
	if at.IsZero() {
		return at
	}
	return at.Add(-in.skew(id))
}

// ByProvidersClock is the other way round. It is our clock that goes wrong, so
// for all accounts ("") the first will do that has found that out.
func (in *Inbox) ByProvidersClock(id AccountID, at time.Time) time.Time {
	switch {
	case at.IsZero():
		return at
	case id != "":
		return at.Add(in.skew(id))
	}
	for _, id := range in.order {
		if skew := in.skew(id); skew != 0 {
			return at.Add(skew)
		}
	}
	return at
}

// skew is how far the provider's clock is ahead of ours.
func (in *Inbox) skew(id AccountID) time.Duration {
	return -time.Since(in.Now(id)).Round(time.Millisecond)
}

// Capabilities of the provider on the conversation's platform, with the config's
// windows. It costs no I/O.
func (in *Inbox) Capabilities(id ConversationID) Capabilities {
	if a := in.accounts[id.Account()]; a != nil {
		return in.capabilities(a, id.Platform())
	}
	// The account is no longer in the config: what it left can be read.
	gone := Cannot("the account is no longer in the config")
	return Capabilities{
		Reactions: gone, Stickers: gone, Posts: gone, Typing: gone, Seen: gone,
		Archive: gone, AutoReply: gone, History: gone, Webhooks: gone,
	}
}

func (in *Inbox) capabilities(a *account, p Platform) Capabilities {
	caps := a.Provider.Capabilities(p)
	if w, ok := a.Windows[p]; ok {
		caps.Window = w
	}
	return caps
}

// Window of the conversation now. It costs no I/O.
func (in *Inbox) Window(c Conversation) Window {
	return in.Capabilities(c.ID).Window.WindowOf(c, in.Now(c.ID.Account()))
}

// OurWindow is the window with its end by our clock, for whoever compares that
// with the time here.
func (in *Inbox) OurWindow(c Conversation) Window {
	w := in.Window(c)
	w.ClosesAt = in.ByOurClock(c.ID.Account(), w.ClosesAt)
	return w
}

func errNoConversation(id ConversationID) *Error {
	return &Error{Kind: NotFound, Text: fmt.Sprintf("there is no conversation %q in the cache", id), Hint: "see: parley list"}
}

// AutoReply reads the automatic answer of an account. It waits for the network.
func (in *Inbox) AutoReply(ctx context.Context, id AccountID) (AutoReply, error) {
	a, err := in.account(id)
	if err != nil {
		return AutoReply{}, err
	}
	r, err := a.Provider.AutoReply(ctx)
	r.Message = Clean(r.Message)
	return r, err
}

// SetAutoReply changes the fields that are set and returns what is in force. It
// waits for the network.
func (in *Inbox) SetAutoReply(ctx context.Context, id AccountID, c AutoReplyChange) (AutoReply, error) {
	a, err := in.account(id)
	if err != nil {
		return AutoReply{}, err
	}
	r, err := a.Provider.SetAutoReply(ctx, c)
	r.Message = Clean(r.Message)
	return r, err
}

// AccountIDs lists the configured accounts in the config's order.
func (in *Inbox) AccountIDs() []AccountID { return slices.Clone(in.order) }
