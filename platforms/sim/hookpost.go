package sim

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"
)

// This file makes the calls: the true ones, and those that faults ask for.

// deliver makes one call, and what faults add to it, and puts back what has to
// be told again.
func (o *hookOffice) deliver(e *endpoint, call []*parcel) {
	if !o.ready(e, call) {
		return
	}
	plan := mergePlans(call)
	if plan.forge {
		o.post(o.falsehood(e, call, true))
	}
	if plan.unsigned {
		o.post(o.falsehood(e, call, false))
	}
	out := o.letter(e, call, plan)
	ok := o.herald.policy().success(o.post(out))
	if ok && plan.duplicate {
		o.post(o.letter(e, call, hookPlan{names: plan.names}))
	}
	o.settle(e, call, ok)
}

// ready asks the address to verify itself where that was not done yet.
func (o *hookOffice) ready(e *endpoint, call []*parcel) bool {
	o.s.mu.Lock()
	done := e.token == "" || !e.greeted.IsZero()
	o.s.mu.Unlock()
	if done {
		return true
	}
	ctx, cancel := context.WithTimeout(o.ctx, o.herald.policy().timeout)
	defer cancel()
	if o.greet(ctx, e) == nil {
		return true
	}
	o.settle(e, call, false)
	return false
}

// settle takes note of how a call went. What failed is told again, as often as
// the API tries.
func (o *hookOffice) settle(e *endpoint, call []*parcel, ok bool) {
	o.s.mu.Lock()
	defer o.s.mu.Unlock()
	if ok {
		e.failures = 0
		return
	}
	e.failures++
	now := time.Now()
	for _, p := range call {
		if wait, again := o.patience(e, p, now); again {
			p.due = now.Add(wait)
			if o.herald.policy().lasts > 0 {
				e.hold, p.due = p.due, p.told
			}
			p.attempt++
			p.plan = hookPlan{} // what went wrong once does not again
			e.put(p)
		}
	}
}

// patience tells how long the API waits until it tells the same again, and
// whether it does.
func (o *hookOffice) patience(e *endpoint, p *parcel, now time.Time) (wait time.Duration, again bool) {
	policy, pace := o.herald.policy(), o.s.opts.Pace
	scaled := func(d time.Duration) time.Duration { return time.Duration(float64(d) / pace) }
	switch {
	case policy.lasts > 0:
		return scaled(policy.retries[min(e.failures, len(policy.retries))-1]), now.Sub(p.told) < scaled(policy.lasts)
	case p.attempt < len(policy.retries):
		return scaled(policy.retries[p.attempt]), true
	}
	return 0, false
}

// mergePlans is what goes wrong with a call that tells of several happenings.
func mergePlans(call []*parcel) hookPlan {
	var all hookPlan
	for _, p := range call {
		all.names = append(all.names, p.plan.names...)
		all.duplicate = all.duplicate || p.plan.duplicate
		all.truncate = all.truncate || p.plan.truncate
		all.forge = all.forge || p.plan.forge
		all.unsigned = all.unsigned || p.plan.unsigned
	}
	return all
}

// letter is a call before it is posted.
type letter struct {
	endpoint *endpoint
	parcels  []*parcel
	header   http.Header
	body     []byte
	cut      bool // it breaks off in the middle
	forged   bool
	unsigned bool
	faults   []string
}

// letter writes a true call.
func (o *hookOffice) letter(e *endpoint, call []*parcel, plan hookPlan) letter {
	now := o.s.opts.Now()
	updates := make([]update, len(call))
	for i, p := range call {
		updates[i] = p.update
	}
	out := letter{
		endpoint: e, parcels: call, header: http.Header{}, cut: plan.truncate, faults: plan.names,
		body: o.herald.pack(e, updates, now),
	}
	if len(e.secrets) > 0 {
		o.herald.sign(out.header, e.secrets, out.body, now)
	}
	return out
}

// Forgery is the text of messages that were never written: a fault tells of them
// with a wrong signature, or with none.
const Forgery = "This was never written."

// falsehood writes a call about a message that was never written, by somebody
// who does not know the secret.
func (o *hookOffice) falsehood(e *endpoint, call []*parcel, signed bool) letter {
	c := call[0].conv
	o.s.mu.Lock()
	never := &message{id: messageID(c, int(c.history)+len(c.live)+1_000_000+call[0].number), conv: c, at: o.s.opts.Now().UnixMilli(), text: Forgery}
	updates := o.herald.tell(o.s.world, happening{kind: didWrite, at: never.at, conv: c, msg: never})
	o.s.mu.Unlock()
	now := o.s.opts.Now()
	out := letter{
		endpoint: e, parcels: call[:1], header: http.Header{}, body: o.herald.pack(e, updates, now),
		forged: true, unsigned: !signed, faults: call[0].plan.names,
	}
	if signed {
		o.herald.sign(out.header, []string{"not the secret"}, out.body, now)
	}
	return out
}

// post makes the call. It is in the book before it is made: whoever was told
// finds it there.
func (o *hookOffice) post(out letter) (status int) {
	e := out.endpoint
	push := &Push{
		At: o.s.opts.Now(), URL: e.url, Kind: out.parcels[0].kind, Updates: len(out.parcels), Header: out.header,
		Body: string(out.body), Attempt: out.parcels[0].attempt + 1,
		Forged: out.forged, Unsigned: out.unsigned, Faults: out.faults,
	}
	if out.forged {
		push.Kind, push.Updates = string(didWrite), 1
	}
	for name, values := range e.headers {
		out.header[name] = values
	}
	o.s.mu.Lock()
	o.book.add(push)
	o.s.mu.Unlock()
	ctx, cancel := context.WithTimeout(o.ctx, o.herald.policy().timeout)
	defer cancel()
	status, answer, err := o.send(ctx, out)
	o.s.mu.Lock()
	defer o.s.mu.Unlock()
	push.Status, push.Answer = status, answer
	if err != nil {
		push.Error = err.Error()
	}
	if e.registered != nil && !out.forged {
		e.registered.note(push, out)
	}
	return status
}

// maxAnswer is how much of an answer is looked at.
const maxAnswer = 64 << 10

func (o *hookOffice) send(ctx context.Context, out letter) (status int, answer string, err error) {
	var body io.Reader = bytes.NewReader(out.body)
	if out.cut {
		body = io.MultiReader(bytes.NewReader(out.body[:len(out.body)/2]), tornReader{})
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, out.endpoint.url, body)
	if err != nil {
		return 0, "", err
	}
	req.ContentLength = int64(len(out.body))
	req.Header = out.header.Clone()
	req.Header.Set("Content-Type", "application/json")
	res, err := o.client.Do(req)
	if err != nil {
		return 0, "", err
	}
	defer res.Body.Close()
	text, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer))
	return res.StatusCode, string(text), err
}

// tornReader is a line that breaks.
type tornReader struct{}

func (tornReader) Read([]byte) (int, error) { return 0, errors.New("the line has broken") }

// greet asks an address whether it is the client's.
func (o *hookOffice) greet(ctx context.Context, e *endpoint) error {
	req, right, err := o.herald.greeting(ctx, e)
	if err != nil {
		return err
	}
	for name, values := range e.headers {
		req.Header[name] = values
	}
	res, err := o.client.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer))
	switch {
	case err != nil:
		return err
	case res.StatusCode != http.StatusOK:
		return fmt.Errorf("it answered HTTP %d", res.StatusCode)
	case !right(answer):
		return fmt.Errorf("it answered %q, which is not what was asked for", clip(string(answer), 100))
	}
	o.s.mu.Lock()
	defer o.s.mu.Unlock()
	e.greeted = o.s.opts.Now()
	return nil
}

func clip(text string, most int) string { return text[:min(len(text), most)] }

// pushBook is the log of the calls.
type pushBook struct {
	list  []*Push
	count int
}

func (b *pushBook) add(p *Push) {
	if len(b.list) >= maxLog {
		b.list = append([]*Push(nil), b.list[maxLog/2:]...)
	}
	b.count++
	p.Number = b.count
	b.list = append(b.list, p)
}

// noteDropped logs a call that a fault left out.
func (o *hookOffice) noteDropped(e *endpoint, p *parcel) {
	now := o.s.opts.Now()
	o.book.add(&Push{
		At: now, URL: e.url, Kind: p.kind, Updates: 1, Body: string(o.herald.pack(e, []update{p.update}, now)),
		Dropped: true, Faults: p.plan.names,
	})
}
