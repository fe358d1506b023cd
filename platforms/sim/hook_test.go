package sim_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"parley/inbox"
	"parley/platforms/sim"
)

// receiver is an address that is told: it writes down every call.
type receiver struct {
	*httptest.Server
	mu     sync.Mutex
	calls  []told
	came   chan struct{}
	answer func(w http.ResponseWriter, r *http.Request) // nil: HTTP 200
}

// told is one call.
type told struct {
	method string
	query  string
	header http.Header
	body   []byte
	err    error // of reading the body
}

func listen(t testing.TB, answer func(http.ResponseWriter, *http.Request)) *receiver {
	t.Helper()
	r := &receiver{came: make(chan struct{}, 10_000), answer: answer}
	r.Server = httptest.NewServer(r)
	t.Cleanup(r.Close)
	return r
}

func (r *receiver) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	body, err := io.ReadAll(req.Body)
	if err == nil && r.answer != nil {
		r.answer(w, req)
	}
	r.mu.Lock()
	r.calls = append(r.calls, told{req.Method, req.URL.RawQuery, req.Header, body, err})
	r.mu.Unlock()
	r.came <- struct{}{}
}

// wait returns the calls when there are so many.
func (r *receiver) wait(t testing.TB, n int) []told {
	t.Helper()
	deadline := time.After(10 * time.Second)
	for {
		r.mu.Lock()
		calls := slices.Clone(r.calls)
		r.mu.Unlock()
		if len(calls) >= n {
			return calls
		}
		select {
		case <-r.came:
		case <-deadline:
			t.Fatalf("%d calls of %d: %s", len(calls), n, bodies(calls))
		}
	}
}

func bodies(calls []told) string {
	var b strings.Builder
	for _, c := range calls {
		fmt.Fprintf(&b, "\n%s %s", c.method, c.body)
	}
	return b.String()
}

// json is the body as an object.
func (c told) json(t testing.TB) map[string]any {
	t.Helper()
	var o map[string]any
	if err := json.Unmarshal(c.body, &o); err != nil {
		t.Fatalf("%v in %s", err, c.body)
	}
	return o
}

// at digs into an object: keys are fields, numbers are places in lists.
func at(o any, path ...any) any {
	for _, step := range path {
		switch step := step.(type) {
		case string:
			m, _ := o.(map[string]any)
			o = m[step]
		case int:
			l, _ := o.([]any)
			if step >= len(l) {
				return nil
			}
			o = l[step]
		}
	}
	return o
}

func sum(secret, message string) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(message))
	return hex.EncodeToString(mac.Sum(nil))
}

// set makes the receiver the address that is told.
func set(t testing.TB, s *sim.Server, r *receiver, secrets ...string) {
	t.Helper()
	if err := s.SetWebhook(sim.Webhook{URL: r.URL + "/webhook/demo", Secrets: secrets}); err != nil {
		t.Fatal(err)
	}
}

// face is a small quiet world with that face.
func face(f sim.Face, faults ...string) sim.Options {
	opts := sim.Options{Face: f, Quiet: true, Conversations: 4, Messages: 20, Pace: 1000, Faults: faults}
	return opts
}

// write puts a message of the customer's into the conversation.
func write(t testing.TB, s *sim.Server, p sim.Post) (id string) {
	t.Helper()
	id, err := s.Write(p)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func TestAyrshareTellsWithASignatureOfTheRawBody(t *testing.T) {
	s := start(t, face(sim.FaceAyrshare))
	r := listen(t, nil)
	set(t, s, r, "new", "old")
	c := arrive(t, s, sim.Customer{Platform: inbox.Facebook, Person: sim.Person{Name: "Ida"}, Text: "hi"})
	call := r.wait(t, 1)[0]
	h, body := call.header, string(call.body)
	if h.Get("X-Authorization-Content-SHA256") != sum("new", body) {
		t.Errorf("signed %q", h.Get("X-Authorization-Content-SHA256"))
	}
	if got := h.Get("X-Authorization-Content-SHA256-V2"); got != "v1="+sum("new", body)+",v1="+sum("old", body) {
		t.Errorf("signed in the second header %q", got)
	}
	o := call.json(t)
	for field, want := range map[string]any{
		"action": "messages", "subAction": "messageCreated", "type": "received", "code": 200.0, "platform": "facebook",
		"conversationId": c.ID, "senderId": c.Participant, "message": "hi", "url": r.URL + "/webhook/demo", "title": "Primary Profile",
	} {
		if o[field] != want {
			t.Errorf("%s is %v, wanted %v", field, o[field], want)
		}
	}
	if o["hookId"] == "" || o["refId"] == "" || o["id"] == "" || o["mediaUrls"] == nil || at(o, "senderDetails", "name") != "Ida" {
		t.Errorf("%s", body)
	}
}
