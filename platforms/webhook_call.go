package platforms

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"parley/inbox"
	"parley/platforms/hook"
)

// This file is what becomes of one call: read, greeted or verified, decoded,
// stored, and only then acknowledged.

// reply is the whole answer to a call.
type reply struct {
	status int
	kind   string // content type; "" for plain text
	body   []byte // nil: the status in words
	allow  string // methods, with 405
	later  bool   // worth another try
}

var (
	stored  = reply{status: http.StatusOK, body: []byte("ok")}
	busy    = reply{status: http.StatusServiceUnavailable, later: true}
	noPlace = reply{status: http.StatusNotFound}
	crashed = reply{status: http.StatusInternalServerError, later: true}
)

// retryAfter is when a refused delivery may come again.
const retryAfter = 5 * time.Second

func (a reply) write(rw http.ResponseWriter) {
	body, kind := a.body, a.kind
	if body == nil {
		body = []byte(strings.ToLower(http.StatusText(a.status)))
	}
	if kind == "" {
		kind = "text/plain; charset=utf-8"
	}
	h := rw.Header()
	h.Set("Content-Type", kind)
	h.Set("Content-Length", strconv.Itoa(len(body)))
	h.Set("X-Content-Type-Options", "nosniff") // a greeting repeats what it was sent
	h.Set("Cache-Control", "no-store")
	if a.allow != "" {
		h.Set("Allow", a.allow)
	}
	if a.later {
		h.Set("Retry-After", strconv.Itoa(int(retryAfter/time.Second)))
	}
	rw.WriteHeader(a.status)
	_, _ = rw.Write(body)
	// It has left when the call counts as ended: stop closes the connection then.
	_ = http.NewResponseController(rw).Flush()
}

func (w *Webhooks) serve(rw http.ResponseWriter, r *http.Request) {
	if !w.enter() {
		rw.Header().Set("Connection", "close")
		busy.write(rw)
		return
	}
	defer w.calls.Done()
	w.route(rw, r).write(rw)
}

// route finds whom a call is for.
func (w *Webhooks) route(rw http.ResponseWriter, r *http.Request) reply {
	if r.URL.Path == healthPath {
		return health(r)
	}
	name, ok := strings.CutPrefix(r.URL.Path, webhookPath)
	to := w.receivers[inbox.AccountID(name)]
	switch {
	case !ok:
		return noPlace
	case to == nil:
		w.logUnknown(r, name)
		return noPlace
	case r.Method != http.MethodGet && r.Method != http.MethodPost:
		return notAllowed("GET, POST")
	}
	return w.call(rw, r, to)
}

// health tells a supervisor that the listener lives, and strangers nothing else.
func health(r *http.Request) reply {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		return notAllowed("GET, HEAD")
	}
	return reply{status: http.StatusOK, body: []byte("ok")}
}

func notAllowed(allow string) reply {
	return reply{status: http.StatusMethodNotAllowed, allow: allow}
}

// logUnknown helps whoever has mistyped the address at the provider.
func (w *Webhooks) logUnknown(r *http.Request, name string) {
	if !inbox.AccountID(name).Valid() {
		return // nobody has mistyped that
	}
	if more, ok := w.warned.allow("unknown"); ok {
		w.log.Warn("webhook called for an account that takes none", "name", name, "from", origin(r), "more_since", more)
	}
}

// call reads one call and has it taken in.
func (w *Webhooks) call(rw http.ResponseWriter, r *http.Request, to *receiver) reply {
	if !w.takeSlot() {
		return busy
	}
	body, err := readBody(rw, r)
	call := hook.Call{Method: r.Method, Header: r.Header, Query: r.URL.Query(), Body: body, At: time.Now().UTC()}
	from := origin(r)
	return w.inTime("webhook "+string(to.id), func(ctx context.Context) reply {
		if err != nil {
			return w.refuse(ctx, to, from, err)
		}
		return w.take(ctx, to, from, call)
	})
}

func (w *Webhooks) takeSlot() bool {
	select {
	case w.slots <- struct{}{}:
		return true
	default:
	}
	patience := time.NewTimer(slotWithin)
	defer patience.Stop()
	select {
	case w.slots <- struct{}{}:
		return true
	case <-patience.C:
		return false
	}
}

// inTime runs f in a goroutine of its own, which gives the slot back. When f
// takes too long the caller is told to come again later, while f goes on: it may
// be one slow fsync, and a fact that is stored twice is stored once.
func (w *Webhooks) inTime(name string, f func(context.Context) reply) reply {
	answer := make(chan reply, 1)
	w.calls.Go(func() {
		defer func() { <-w.slots }()
		result := crashed
		defer func() { answer <- result }()
		w.guard(name, func() {
			ctx, cancel := context.WithTimeout(w.storing, storeWithin)
			defer cancel()
			result = f(ctx)
		})
	})
	patience := time.NewTimer(answerWithin)
	defer patience.Stop()
	select {
	case a := <-answer:
		return a
	case <-patience.C:
		return busy
	}
}

// readBody reads the raw bytes, as they were signed. Nobody documents
// compressed ones, and a small one could hold a large one.
func readBody(rw http.ResponseWriter, r *http.Request) ([]byte, error) {
	if coding := r.Header.Get("Content-Encoding"); coding != "" && !strings.EqualFold(coding, "identity") {
		return nil, hook.Refuse(http.StatusUnsupportedMediaType, "the body is compressed")
	}
	if r.ContentLength > maxBody {
		return nil, tooLarge()
	}
	body, err := io.ReadAll(http.MaxBytesReader(rw, r.Body, maxBody))
	switch {
	case errors.As(err, new(*http.MaxBytesError)):
		return nil, tooLarge()
	case errors.As(err, new(net.Error)):
		return nil, hook.Refuse(http.StatusRequestTimeout, "the body did not come within %v", readWithin)
	case err != nil:
		return nil, hook.BadRequest("the body ends before its length")
	}
	return body, nil
}

func tooLarge() error {
	return hook.Refuse(http.StatusRequestEntityTooLarge, "the body is larger than %d bytes", maxBody)
}

// take greets or verifies, decodes and stores.
func (w *Webhooks) take(ctx context.Context, to *receiver, from string, call hook.Call) reply {
	greeting, greeted, err := to.hook.Greet(call)
	switch {
	case err != nil:
		return w.refuse(ctx, to, from, err)
	case greeted:
		w.log.Info("webhook address confirmed", "account", to.id, "from", from)
		return greetingReply(greeting)
	case call.Method != http.MethodPost:
		return notAllowed(http.MethodPost)
	}
	if err := to.hook.Verify(call); err != nil {
		return w.refuse(ctx, to, from, err)
	}
	deliveries, err := to.hook.Decode(call)
	if err != nil {
		return w.refuse(ctx, to, from, unreadable(err))
	}
	return w.store(ctx, to, deliveries)
}

func greetingReply(a hook.Answer) reply {
	r := reply{status: a.Status, kind: a.Type, body: a.Body}
	if r.status == 0 {
		r.status = http.StatusOK
	}
	if r.body == nil {
		r.body = []byte{}
	}
	return r
}

// unreadable hides the cause, which may quote the body.
func unreadable(err error) error {
	if errors.As(err, new(*hook.Refusal)) {
		return err
	}
	return hook.BadRequest("the body is signed, but cannot be read")
}

// store hands the deliveries over, each account's at once. What is not stored
// is not acknowledged; what was before an error comes again and changes nothing.
func (w *Webhooks) store(ctx context.Context, to *receiver, deliveries []hook.Delivery) reply {
	for _, p := range w.share(to, deliveries) {
		begun := time.Now()
		n, err := w.sink.Push(ctx, p.account, p.batches)
		if err != nil {
			w.notStored(p.account, err)
			return busy
		}
		w.log.Debug("webhook stored", "account", p.account, "messages", n.Messages, "new", n.New, "took", time.Since(begun))
	}
	return stored
}

func (w *Webhooks) notStored(id inbox.AccountID, err error) {
	if more, ok := w.warned.allow("not stored " + string(id)); ok {
		w.log.Error("webhook could not be stored: the provider is asked to send it again", "account", id, "error", err, "more_since", more)
	}
}

// pushed are the batches for one account.
type pushed struct {
	account inbox.AccountID
	batches []inbox.Batch
}

// share sorts deliveries by account, in their order.
func (w *Webhooks) share(to *receiver, deliveries []hook.Delivery) []pushed {
	var list []pushed
	place := map[inbox.AccountID]int{}
	for _, d := range deliveries {
		owner := w.owner(to, d.Owner)
		if a, ok := owner.hook.(hook.Adopter); ok && owner != to {
			d = a.Adopt(d)
		}
		i, known := place[owner.id]
		if !known {
			i = len(list)
			place[owner.id] = i
			list = append(list, pushed{account: owner.id})
		}
		list[i].batches = append(list[i].batches, d.Batch)
	}
	return list
}

// owner is the account that a delivery is for: one app of Meta's calls one
// address for all the logins that it serves. What is for nobody that we know
// stays where it was sent.
func (w *Webhooks) owner(to *receiver, owner string) *receiver {
	if owner == "" || to.hook.Owns(owner) {
		return to
	}
	for _, other := range w.order {
		if other.provider == to.provider && other.hook.Owns(owner) {
			return other
		}
	}
	if more, ok := w.warned.allow("owner " + string(to.id)); ok {
		w.log.Warn("webhook delivery for a login that no account has: it is kept here", "account", to.id, "more_since", more)
	}
	return to
}

// refuse answers a call that is not taken in. Nothing that it held is repeated
// anywhere.
func (w *Webhooks) refuse(ctx context.Context, to *receiver, from string, err error) reply {
	refusal := &hook.Refusal{Status: http.StatusUnauthorized, Text: "the call could not be verified"}
	errors.As(err, &refusal)
	if more, ok := w.warned.allow(string(to.id) + " " + strconv.Itoa(refusal.Status)); ok {
		w.log.Warn("webhook call refused", "account", to.id, "status", refusal.Status, "why", refusal.Text, "from", from, "more_since", more)
	}
	if err := w.sink.WebhookRefused(ctx, to.id, refusal.Text); err != nil {
		w.log.Debug("the refusal could not be noted", "account", to.id, "error", err)
	}
	return reply{status: refusal.Status}
}

// origin is who has called, for the log and nothing else: behind a proxy the
// header is all that there is, and anybody can write one.
func origin(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		host = r.RemoteAddr
	}
	hops := strings.Split(r.Header.Get("X-Forwarded-For"), ",")
	if addr, err := netip.ParseAddr(strings.TrimSpace(hops[len(hops)-1])); err == nil {
		return addr.String() + " by way of " + host
	}
	return host
}
