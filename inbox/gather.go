package inbox

import (
	"context"
	"errors"
	"time"
)

// What a read brings on its way into the cache.

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
	return !f.Paged && f.Complete && !req.aside() && a.nowLocked().Sub(f.WholeAt) < readWhole
}

// What one transaction of a backlog holds. More messages would be faster still,
// and would make an agent's own write (a draft, a send) wait for longer than a
// fraction of a second. Each conversation touches pages of its own, which stay
// in memory until the commit: so their number is bounded too.
const (
	gatherMessages      = 4000
	gatherConversations = 1200
	gatherRepeated      = 1000 // messages of an answer that mostly repeats what we know
)

// gatherer makes larger batches of the small ones that a provider hands over.
type gatherer struct {
	in      *Inbox
	a       *account
	p       *platform
	backlog bool
	aside   bool
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
	for _, ev := range b.Events {
		g.batch.Events = append(g.batch.Events, ev)
		if err := g.added(ctx, b.AsOf, ev.RemoteID); err != nil {
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
	if len(g.batch.Messages)+len(g.batch.Events) < limit && len(g.touched) < gatherConversations {
		return nil
	}
	return g.flush(ctx)
}

func (g *gatherer) flush(ctx context.Context) error {
	b := g.batch
	g.batch = Batch{}
	clear(g.touched)
	if b.empty() {
		return nil
	}
	b.Account, b.Platform, b.Provider = g.a.ID, g.p.Platform, g.a.Provider.Name()
	b.Backlog, b.aside = g.backlog, g.aside
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
