package sim

import (
	"context"
	"net/http"
	"slices"
	"sync"
	"time"
)

// This file has the news that waits to be told. What happens in the world is put
// into the queue of every address that wants to know; a goroutine, which runs
// only while there is such an address, takes it out again. It also lets the
// world go on when nobody else looks.

const (
	maxQueue    = 50_000          // of an address that never answers, the oldest news goes
	reorderWait = 2 * time.Second // a fault waits so long for something to come in between
	batchWait   = 2 * time.Second // … and so long for more to come
)

// hookOffice tells addresses what happens. What is not said otherwise is guarded
// by Server.mu.
type hookOffice struct {
	s      *Server
	herald herald
	client *http.Client
	ctx    context.Context // ends with the server
	stop   context.CancelFunc
	done   sync.WaitGroup
	wake   chan struct{} // capacity 1: there may be something to do

	started   bool
	closed    bool
	endpoints []*endpoint
	parcels   int // that there have been
	book      pushBook
}

// parcel is one update on its way to one address.
type parcel struct {
	update
	number  int
	told    time.Time // real time, as all that waits here
	due     time.Time
	held    bool // until the conversation's next news
	attempt int
	plan    hookPlan
	log     string // the id of its entry in chatt2me's log; "": not chosen yet
}

func newHookOffice(s *Server) *hookOffice {
	ctx, cancel := context.WithCancel(context.Background())
	return &hookOffice{
		s:      s,
		herald: newHerald(s.opts),
		client: &http.Client{
			Transport:     &http.Transport{MaxIdleConnsPerHost: 1, IdleConnTimeout: 30 * time.Second},
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
		ctx:  ctx,
		stop: cancel,
		wake: make(chan struct{}, 1),
	}
}

// newHerald makes the herald of the face.
func newHerald(opts Options) herald {
	switch opts.Face {
	case FaceInstagram:
		return metaHerald{}
	case FaceChatt2me:
		return chatt2meHerald{opts}
	}
	return ayrshareHerald{opts}
}

// begin sets up the webhook of the options. Its address may not be there yet:
// it is asked to verify itself before the first call.
func (o *hookOffice) begin(hook Webhook) error {
	if hook.URL == "" {
		return nil
	}
	if err := checkWebhook(hook); err != nil {
		return err
	}
	o.s.mu.Lock()
	defer o.s.mu.Unlock()
	return o.replace(o.herald.endpoints(hook))
}

// replace makes these the addresses that are told.
func (o *hookOffice) replace(list []*endpoint) error {
	o.endpoints = list
	return o.start()
}

// start lets the world be watched, if anybody wants to know of it.
func (o *hookOffice) start() error {
	if o.closed {
		return http.ErrServerClosed
	}
	o.s.world.witness = nil
	if len(o.endpoints) == 0 {
		return nil
	}
	o.s.world.witness = o.happened
	if !o.started {
		o.started = true
		o.done.Go(o.run)
	}
	o.rouse()
	return nil
}

// close ends the goroutine and returns when it has ended.
func (o *hookOffice) close() {
	o.s.mu.Lock()
	o.closed = true
	o.s.mu.Unlock()
	o.stop()
	o.done.Wait()
	o.client.CloseIdleConnections()
}

func (o *hookOffice) rouse() {
	select {
	case o.wake <- struct{}{}:
	default:
	}
}

// happened queues the news of a happening, with the faults that were planned
// for it.
func (o *hookOffice) happened(h happening) {
	for _, u := range o.herald.tell(o.s.world, h) {
		if f, ok := o.s.face.(*graphFace); ok {
			if u, ok = f.told(u); !ok {
				continue
			}
		}
		for _, e := range o.endpoints {
			if !e.paused && (e.event == "" || e.event == u.event) {
				o.enqueue(e, u)
			}
		}
	}
}

// enqueue returns what waits now; nil: a fault has left it out.
func (o *hookOffice) enqueue(e *endpoint, u update) *parcel {
	now := time.Now()
	o.parcels++
	p := &parcel{update: u, number: o.parcels, told: now, due: now}
	if u.conv != nil {
		p.plan = o.s.faults.planHook(u.conv.platform)
	}
	if p.plan.drop {
		o.noteDropped(e, p)
		return nil
	}
	if event, ok := u.body.(*metaEvent); ok {
		p.body = event.otherwise(p.plan)
	}
	p.due = now.Add(p.plan.delay)
	if p.plan.reorder {
		p.held, p.due = true, p.due.Add(reorderWait)
	}
	e.put(p)
	if !p.held {
		e.release(u.conv, p)
	}
	if len(e.queue) > maxQueue {
		e.queue = slices.Delete(e.queue, 0, len(e.queue)-maxQueue)
	}
	o.rouse()
	return p
}

// put keeps the queue in the order in which it is told.
func (e *endpoint) put(p *parcel) {
	i, _ := slices.BinarySearchFunc(e.queue, p, func(a, b *parcel) int {
		if c := a.due.Compare(b.due); c != 0 {
			return c
		}
		return a.number - b.number
	})
	e.queue = slices.Insert(e.queue, i, p)
}

// release lets go after the parcel what was held until it came.
func (e *endpoint) release(c *conversation, after *parcel) {
	for _, p := range slices.Clone(e.queue) {
		if p.held && p.conv == c {
			e.queue = slices.DeleteFunc(e.queue, func(q *parcel) bool { return q == p })
			p.held, p.due = false, after.due.Add(time.Microsecond)
			e.put(p)
		}
	}
}

// take removes from the queue what one call is to tell now. Without any, it
// says when there may be some; zero: when something happens.
func (e *endpoint) take(now time.Time, most int) (call []*parcel, at time.Time) {
	switch {
	case len(e.queue) == 0:
		return nil, time.Time{}
	case e.hold.After(now):
		return nil, e.hold
	case e.queue[0].due.After(now):
		return nil, e.queue[0].due
	}
	first := e.queue[0]
	if until := first.told.Add(batchWait); len(e.queue) < first.plan.batch && until.After(now) {
		return nil, until
	}
	n := 1
	for !first.plan.alone() && n < min(most, len(e.queue)) && !e.queue[n].due.After(now) && !e.queue[n].plan.alone() {
		n++
	}
	call = slices.Clone(e.queue[:n])
	e.queue = slices.Delete(e.queue, 0, n)
	return call, time.Time{}
}

// run tells until the server closes.
func (o *hookOffice) run() {
	for o.ctx.Err() == nil {
		if e := o.toGreet(); e != nil {
			o.greetOnce(e)
			continue
		}
		e, call, wait := o.next()
		if call != nil {
			o.deliver(e, call)
			continue
		}
		o.sleep(wait)
	}
}

// toGreet is an address that has to be asked now.
func (o *hookOffice) toGreet() *endpoint {
	o.s.mu.Lock()
	defer o.s.mu.Unlock()
	for _, e := range o.endpoints {
		if e.greetNow && !e.asked && e.greeted.IsZero() {
			e.asked = true
			return e
		}
	}
	return nil
}

// greetOnce asks an address. One that does not answer rightly is told nothing.
func (o *hookOffice) greetOnce(e *endpoint) {
	ctx, cancel := context.WithTimeout(o.ctx, o.herald.policy().timeout)
	defer cancel()
	if err := o.greet(ctx, e); err != nil {
		o.s.opts.Log.Warn("a webhook did not verify itself", "url", e.url, "error", err)
	}
}

// next is a call to make, or how long there is none; 0: until something happens.
func (o *hookOffice) next() (*endpoint, []*parcel, time.Duration) {
	o.s.mu.Lock()
	defer o.s.mu.Unlock()
	wait := o.worldGoesOn()
	now := time.Now()
	for _, e := range o.endpoints {
		if e.token != "" && e.greeted.IsZero() && e.asked {
			continue // nobody there who was meant
		}
		call, at := e.take(now, o.herald.policy().most)
		if call != nil {
			return e, call, 0
		}
		if until := at.Sub(now); !at.IsZero() && (wait == 0 || until < wait) {
			wait = max(until, time.Millisecond)
		}
	}
	return nil, nil, wait
}

// worldGoesOn catches up with the world, and tells how long nothing happens in
// it; 0: for ever.
func (o *hookOffice) worldGoesOn() time.Duration {
	w := o.s.world
	now := o.s.opts.Now()
	w.advance(now)
	if w.events.Len() == 0 || len(o.endpoints) == 0 {
		return 0
	}
	return max(w.events.list[0].at.Sub(now), time.Millisecond)
}

func (o *hookOffice) sleep(wait time.Duration) {
	if wait == 0 {
		wait = time.Hour
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-o.wake:
	case <-o.ctx.Done():
	}
}
