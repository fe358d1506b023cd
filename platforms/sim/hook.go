package sim

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"time"
)

// This file has what a test or a demo says and asks about webhooks. How news
// waits is in hookqueue.go, how it is posted in hookpost.go; what each API says
// in its calls is in hookmeta.go, hookayrshare.go and hookchatt2me.go.

// Webhook is an address that is told what happens.
type Webhook struct {
	URL         string   `json:"url"`
	Secrets     []string `json:"secrets,omitempty"`      // the first one signs; Ayrshare has a second header with one signature for each
	VerifyToken string   `json:"verify_token,omitempty"` // Meta and chatt2me make sure first that the address knows what to say; "": they do not
}

// Push is one call of a webhook that was made, or left out by a fault.
type Push struct {
	Number   int         `json:"number"`
	At       time.Time   `json:"at"`
	URL      string      `json:"url"`
	Kind     string      `json:"kind"`    // of its first update: message, reaction, read, …
	Updates  int         `json:"updates"` // how many it tells of
	Header   http.Header `json:"header,omitempty"`
	Body     string      `json:"body"`
	Attempt  int         `json:"attempt"`          // from 1
	Status   int         `json:"status"`           // 0: no answer (yet)
	Answer   string      `json:"answer,omitempty"` // the beginning of its body
	Error    string      `json:"error,omitempty"`  // why there was no answer
	Forged   bool        `json:"forged,omitempty"`
	Unsigned bool        `json:"unsigned,omitempty"`
	Dropped  bool        `json:"dropped,omitempty"` // never made
	Faults   []string    `json:"faults,omitempty"`
}

// SetWebhook tells an address from now on what happens, in place of all that
// were told before; the zero Webhook tells nobody. With a VerifyToken it asks
// the address first, as the API does, and fails when that is not answered
// rightly.
func (s *Server) SetWebhook(hook Webhook) error {
	var list []*endpoint
	if hook.URL != "" {
		if err := checkWebhook(hook); err != nil {
			return err
		}
		list = s.hooks.herald.endpoints(hook)
	}
	for _, e := range list {
		if e.token == "" {
			continue
		}
		ctx, cancel := context.WithTimeout(s.hooks.ctx, s.hooks.herald.policy().timeout)
		err := s.hooks.greet(ctx, e)
		cancel()
		if err != nil {
			return fmt.Errorf("simulator: the webhook %s was asked to verify itself: %w", e.url, err)
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.hooks.replace(list)
}

func checkWebhook(hook Webhook) error {
	u, err := url.Parse(hook.URL)
	switch {
	case err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https"):
		return fmt.Errorf("simulator: the webhook %q is not an address such as http://127.0.0.1:8480/webhook/demo", hook.URL)
	case slices.Contains(hook.Secrets, ""):
		return errors.New("simulator: a webhook's secret is empty")
	}
	return nil
}

// Pushes are the calls of webhooks that were made, oldest first.
func (s *Server) Pushes() []Push {
	s.mu.Lock()
	defer s.mu.Unlock()
	list := make([]Push, len(s.hooks.book.list))
	for i, p := range s.hooks.book.list {
		list[i] = *p
	}
	return list
}

// controlHooks offers the methods of this file over HTTP.
func (s *Server) controlHooks(mux *http.ServeMux) {
	mux.HandleFunc("GET /control/pushes", lists(s.Pushes))
	mux.HandleFunc("POST /control/webhooks", takes(func(in Webhook) (any, error) { return nil, s.SetWebhook(in) }))
	mux.HandleFunc("POST /control/referrals", takes(func(in struct {
		ConversationID string `json:"conversation_id"`
		Link           string `json:"link"`
	}) (any, error) {
		return nil, s.Refer(in.ConversationID, in.Link)
	}))
}

// update is one piece of news as an API tells it.
type update struct {
	kind  string        // for the log
	event string        // the API's own kind, where addresses choose what they are told
	conv  *conversation // nil: of none
	at    int64         // Unix ms: when it happened
	body  any
}

// herald is how one API tells by webhook what happens. Its methods read nothing
// that changes, except tell, which is called with Server.mu held.
type herald interface {
	// endpoints are what SetWebhook sets up: most APIs need one.
	endpoints(Webhook) []*endpoint

	// tell says what the API tells of a happening, which is often nothing.
	tell(w *world, h happening) []update

	// pack makes the body of one call.
	pack(e *endpoint, list []update, now time.Time) []byte

	// sign puts into the header what proves that the body is the API's.
	sign(h http.Header, secrets []string, body []byte, now time.Time)

	// greeting is the request by which the API makes sure of an address, and
	// whether an answer is the right one.
	greeting(ctx context.Context, e *endpoint) (req *http.Request, right func(body []byte) bool, err error)

	policy() hookPolicy
}

// hookPolicy is how patient an API is.
type hookPolicy struct {
	most    int             // updates in one call
	timeout time.Duration   // for an answer
	retries []time.Duration // how long it waits after the first failure, the second, …; after the last one it gives up
	lasts   time.Duration   // not 0: the last wait is repeated for so long, and the later news waits too
	success func(status int) bool
}

// endpoint is an address that is told.
type endpoint struct {
	id      string
	url     string
	event   string      // only updates of this kind; "": all
	token   string      // of the verification; "": none
	secrets []string    // none: calls are not signed
	headers http.Header // that the address wants to be sent

	greeted  time.Time // when it was answered rightly
	greetNow bool      // it is asked at once, not only before the first call
	asked    bool      // it was; unless it answered rightly, it is told nothing
	paused   bool
	since    time.Time // it is told since then

	registered *registration // what chatt2me keeps beside; nil elsewhere

	queue    []*parcel // in the order in which they are to be told
	hold     time.Time // after a failure, not before
	failures int       // in a row
}
