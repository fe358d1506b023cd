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
// stored, and only then acknowledged. Who has no secret of ours hears so before
// anybody waits for the cache.

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

// call reads one call, makes sure that it is genuine, and has it taken in.
func (w *Webhooks) call(rw http.ResponseWriter, r *http.Request, to *receiver) reply {
	from := origin(r)
	var room slot
	defer room.giveBack()
	body, err := w.readBody(rw, r, &room)
	switch {
	case errors.Is(err, errNoRoom):
		return busy
	case err != nil:
		return w.turnAway(to, from, err)
	}
	call := hook.Call{Method: r.Method, Header: r.Header, Query: r.URL.Query(), Body: body, At: time.Now().UTC()}
	if answer, done := w.admit(to, from, call); done {
		return answer
	}
	var turn slot
	if !turn.take(w.slots) {
		return busy
	}
	kept := room // the body is in memory until f has ended
	room = slot{}
	return w.inTime("webhook "+string(to.id), busy, func(ctx context.Context) reply {
		return w.take(ctx, to, from, call)
	}, kept, turn)
}

// slot is a place among a limited number; the zero slot is none.
type slot struct{ of chan struct{} }

// take waits a little for a place.
func (s *slot) take(of chan struct{}) bool {
	patience := time.NewTimer(slotWithin)
	defer patience.Stop()
	select {
	case of <- struct{}{}:
		s.of = of
		return true
	case <-patience.C:
		return false
	}
}

func (s *slot) giveBack() {
	if s.of != nil {
		<-s.of
		s.of = nil
	}
}

// inTime runs f in a goroutine of its own, which gives the slots back. When f
// takes too long the caller gets the other answer, while f goes on: it may be one
// slow fsync, and a fact that is stored twice is stored once.
func (w *Webhooks) inTime(name string, tooLong reply, f func(context.Context) reply, held ...slot) reply {
	answer := make(chan reply, 1)
	w.calls.Go(func() {
		for i := range held {
			defer held[i].giveBack()
		}
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
		return tooLong
	}
}

// errNoRoom: the body is large, and there are too many such already.
var errNoRoom = errors.New("no room for the body")

// readBody reads the raw bytes, as they were signed. A small body is read
// whoever sends it; a large one needs room, which may have to be given back.
// Nobody documents compressed ones, and a small one could hold a large one.
func (w *Webhooks) readBody(rw http.ResponseWriter, r *http.Request, room *slot) ([]byte, error) {
	if coding := r.Header.Get("Content-Encoding"); coding != "" && !strings.EqualFold(coding, "identity") {
		return nil, hook.Refuse(http.StatusUnsupportedMediaType, "the body is compressed")
	}
	if r.ContentLength > maxBody {
		return nil, tooLarge()
	}
	whole := http.MaxBytesReader(rw, r.Body, maxBody)
	body, err := io.ReadAll(io.LimitReader(whole, smallBody))
	if err == nil && len(body) == smallBody {
		if !room.take(w.large) {
			return nil, errNoRoom
		}
		var rest []byte
		rest, err = io.ReadAll(whole)
		body = append(body, rest...)
	}
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

// admit greets or verifies. What is to be taken in has no answer yet.
func (w *Webhooks) admit(to *receiver, from string, call hook.Call) (answer reply, done bool) {
	greeting, greeted, err := to.greet(call)
	switch {
	case err != nil:
		return w.turnAway(to, from, err), true
	case greeted:
		if more, ok := w.warned.allow("greeted " + string(to.id)); ok {
			w.log.Info("webhook address confirmed", "account", to.id, "from", from, "more_since", more)
		}
		return greetingReply(greeting), true
	case call.Method != http.MethodPost:
		return notAllowed(http.MethodPost), true
	}
	if err := to.verify(call); err != nil {
		return w.turnAway(to, from, err), true
	}
	return reply{}, false
}

// take decodes and stores a call that was verified.
func (w *Webhooks) take(ctx context.Context, to *receiver, from string, call hook.Call) reply {
	deliveries, err := to.decode(call)
	if err != nil {
		return w.refuse(ctx, to, from, unreadable(err))
	}
	list, refused := w.share(to, call, deliveries)
	if answer := w.store(ctx, list); answer.status != stored.status {
		return answer
	}
	if refused != nil {
		return w.refuse(ctx, to, from, refused)
	}
	return stored
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
	if errors.As(err, new(*hook.Refusal)) || errors.Is(err, errPanicked) {
		return err
	}
	return hook.BadRequest("the body is signed, but cannot be read")
}

// store hands the deliveries over, each account's at once. What is not stored
// is not acknowledged; what was before an error comes again and changes nothing.
func (w *Webhooks) store(ctx context.Context, list []pushed) reply {
	for _, p := range list {
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

// share sorts deliveries by account, in their order. What another account is
// told of, but not by a secret that counts there, is left out: it is an error
// once the rest is stored. So the sender comes again, and a secret opens one
// account only; at the account that was called it would be in a wrong place,
// where nobody can answer it.
func (w *Webhooks) share(to *receiver, call hook.Call, deliveries []hook.Delivery) ([]pushed, error) {
	var list []pushed
	var refused error
	place := map[inbox.AccountID]int{}
	genuine := map[*receiver]bool{to: true}
	for _, d := range deliveries {
		owner := w.owner(to, d.Owner)
		if _, asked := genuine[owner]; !asked {
			genuine[owner] = owner.believes(to, call)
		}
		if !genuine[owner] {
			refused = hook.Forbidden("it tells of the account %s too, but is not signed with a secret of that account", owner.id)
			continue
		}
		if owner != to {
			var err error
			if d, err = owner.adopt(d); err != nil {
				return nil, err
			}
		}
		i, known := place[owner.id]
		if !known {
			i = len(list)
			place[owner.id] = i
			list = append(list, pushed{account: owner.id})
		}
		list[i].batches = append(list[i].batches, d.Batch)
	}
	return list, refused
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

// turnAway is refuse for a call that has not been let in. A busy cache changes
// nothing of the answer: what is refused is at most not noted.
func (w *Webhooks) turnAway(to *receiver, from string, err error) reply {
	if errors.Is(err, errPanicked) {
		return crashed
	}
	refusal := w.tellRefusal(to, from, err)
	answer := reply{status: refusal.Status}
	var turn slot
	select {
	case w.notes <- struct{}{}:
		turn.of = w.notes
	default:
		return answer
	}
	return w.inTime("webhook refusal "+string(to.id), answer, func(ctx context.Context) reply {
		w.noteRefusal(ctx, to, refusal)
		return answer
	}, turn)
}

// refuse answers a call that is not taken in. Nothing that it held is repeated
// anywhere.
func (w *Webhooks) refuse(ctx context.Context, to *receiver, from string, err error) reply {
	if errors.Is(err, errPanicked) {
		return crashed
	}
	refusal := w.tellRefusal(to, from, err)
	w.noteRefusal(ctx, to, refusal)
	return reply{status: refusal.Status}
}

func (w *Webhooks) tellRefusal(to *receiver, from string, err error) *hook.Refusal {
	refusal := &hook.Refusal{Status: http.StatusUnauthorized, Text: "the call could not be verified"}
	errors.As(err, &refusal)
	if more, ok := w.warned.allow(string(to.id) + " " + strconv.Itoa(refusal.Status)); ok {
		w.log.Warn("webhook call refused", "account", to.id, "status", refusal.Status, "why", refusal.Text, "from", from, "more_since", more)
	}
	return refusal
}

func (w *Webhooks) noteRefusal(ctx context.Context, to *receiver, refusal *hook.Refusal) {
	if err := w.sink.WebhookRefused(ctx, to.id, refusal.Text); err != nil {
		w.log.Debug("the refusal could not be noted", "account", to.id, "error", err)
	}
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
