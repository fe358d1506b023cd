package sim_test

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"parley/platforms/sim"
)

// start runs a simulator for the test.
func start(t testing.TB, opts sim.Options) *sim.Server {
	t.Helper()
	s, err := sim.Start(opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// do makes a request with all the right keys; edits change it before it leaves.
func do(t testing.TB, s *sim.Server, method, path, body string, edits ...func(*http.Request)) *http.Response {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, s.BaseURL()+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+s.Key())
	req.Header.Set("X-Twitter-OAuth1-Api-Key", "key")
	req.Header.Set("X-Twitter-OAuth1-Api-Secret", "secret")
	for _, edit := range edits {
		edit(req)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	return res
}

// object reads an answer of JSON.
func object(t testing.TB, res *http.Response) map[string]any {
	t.Helper()
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	var o map[string]any
	if err := json.Unmarshal(raw, &o); err != nil {
		t.Fatalf("%v in %.200s", err, raw)
	}
	return o
}

// get asks for an object with status 200.
func get(t testing.TB, s *sim.Server, path string) map[string]any {
	t.Helper()
	res := do(t, s, http.MethodGet, path, "")
	if res.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s %v", path, res.Status, object(t, res))
	}
	return object(t, res)
}

// list is a field that is a list of objects.
func list(o map[string]any, field string) []map[string]any {
	var out []map[string]any
	raw, _ := o[field].([]any)
	for _, v := range raw {
		m, _ := v.(map[string]any)
		out = append(out, m)
	}
	return out
}

// clock is a time that the test moves.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func newClock() *clock { return &clock{now: time.Date(2026, 11, 18, 9, 0, 0, 0, time.UTC)} }

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// quiet is a small world where nothing happens by itself.
func quiet(c *clock) sim.Options {
	return sim.Options{Conversations: 6, Messages: 30, Quiet: true, Now: c.Now}
}

// arrive makes a customer who writes.
func arrive(t testing.TB, s *sim.Server, who sim.Customer) sim.Conversation {
	t.Helper()
	c, err := s.Arrive(who)
	if err != nil {
		t.Fatal(err)
	}
	return c
}
