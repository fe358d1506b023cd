package inbox

import (
	"context"
	"math"
	"slices"
	"sync"
	"time"
)

// pruneEvery is how often the retention limits are applied.
const pruneEvery = time.Hour

// Run polls, sends, ends snoozes, tells providers what is done, and prunes until
// ctx ends, and returns when its goroutines have ended: first the pollers, then
// the senders, whose requests in flight are given a short time to finish. All
// goroutines of this package start here.
func (in *Inbox) Run(ctx context.Context) error {
	var pollers, senders sync.WaitGroup
	sendCtx, stopSenders := context.WithCancel(context.WithoutCancel(ctx))
	defer stopSenders()
	start := func(group *sync.WaitGroup, name string, f func()) {
		group.Go(func() { in.opts.Guard(name, f) })
	}
	for _, id := range in.order {
		a := in.accounts[id]
		for _, p := range a.platforms {
			start(&pollers, "poll "+string(id)+" "+string(p.Platform), func() { in.poll(ctx, a, p) })
		}
		if a.MarkSeen {
			start(&pollers, "seen "+string(id), func() { in.sendSeen(ctx, a) })
		}
		start(&pollers, "tell "+string(id), func() { in.tell(ctx, a) })
		start(&pollers, "inspect "+string(id), func() { in.inspect(ctx, a) })
		start(&senders, "send "+string(id), func() { in.send(sendCtx, a) })
	}
	start(&pollers, "wake", func() { in.wakeSnoozed(ctx) })
	start(&pollers, "prune", func() { in.prune(ctx) })
	pollers.Wait()
	stopSenders()
	senders.Wait()
	return nil
}

// keepSent is how long the outbox remembers what was sent.
const keepSent = 7 * 24 * time.Hour

// prune keeps the cache within the config's limits.
func (in *Inbox) prune(ctx context.Context) {
	ticker := time.NewTicker(pruneEvery)
	defer ticker.Stop()
	for {
		if err := in.Prune(ctx); err != nil && ctx.Err() == nil {
			in.log.Error("cannot apply the retention limits", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

// Prune applies the retention limits of the config, and forgets sends of long
// ago and what has waited for a message that did not come.
func (in *Inbox) Prune(ctx context.Context) error {
	if err := in.pruneOutbox(ctx); err != nil {
		return err
	}
	if err := in.pruneWaiting(ctx); err != nil {
		return err
	}
	if in.opts.Retention == (Retention{}) {
		return nil
	}
	removed, err := in.store.Retain(ctx, in.opts.Retention, time.Now())
	if removed > 0 {
		in.log.Info("retention", "messages_removed", removed)
	}
	return err
}

func (in *Inbox) pruneOutbox(ctx context.Context) error {
	var items []OutboxItem
	err := in.store.View(ctx, func(r Reader) (err error) {
		items, err = r.OutboxRecent(math.MaxInt)
		return err
	})
	if err != nil {
		return err
	}
	old := slices.DeleteFunc(items, func(o OutboxItem) bool {
		return o.State() != StateSent || time.Since(later(o.CreatedAt, o.FinishedAt)) < keepSent
	})
	for some := range slices.Chunk(old, pruneAtOnce) {
		err := in.store.Update(ctx, func(w Writer) error {
			for _, o := range some {
				if err := w.DeleteOutboxItem(o.ID); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// pruneAtOnce is how many items are removed in one transaction.
const pruneAtOnce = 500
