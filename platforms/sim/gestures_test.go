package sim_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"parley/inbox"
	"parley/platforms/sim"
)

func TestCustomersDoMoreThanWrite(t *testing.T) {
	now := newClock()
	s := start(t, sim.Options{Face: sim.FaceInstagram, Seed: 1, Now: now.Now})
	r := listen(t, nil)
	set(t, s, r, "x")
	for range 3600 {
		now.pass(time.Second)
		s.Conversations()
	}
	last := s.Conversations()[0].ID
	if _, err := s.Write(sim.Post{ConversationID: last, Text: "the last"}); err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	for n := 1; !strings.Contains(all.String(), "the last"); n++ {
		all.Reset()
		for _, call := range r.wait(t, n) {
			all.Write(call.body)
		}
	}
	for _, want := range []string{
		"story_mention", `"reply_to":{"story"`, "ig_reel", "ig_post", "like_heart", "sticker_id", `"postback"`, `"quick_reply"`, `"source":"ADS"`,
		`"referral"`, `"message_edit"`, `"is_deleted":true`, `"read"`,
	} {
		if !strings.Contains(all.String(), want) {
			t.Errorf("in an hour, nobody did what is told as %s", want)
		}
	}
}

func TestTheWorldGoesOnWhileSomebodyListens(t *testing.T) {
	s := start(t, sim.Options{Face: sim.FaceInstagram, Pace: 1000})
	r := listen(t, nil)
	set(t, s, r, "x")
	r.wait(t, 5) // nobody looks at the world
}

func TestAnAddressMayComeUpLater(t *testing.T) {
	var mu sync.Mutex
	up, asked := false, 0
	r := listen(t, func(w http.ResponseWriter, req *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		switch {
		case !up:
			w.WriteHeader(http.StatusBadGateway)
		case req.Method == http.MethodGet:
			asked++
			fmt.Fprint(w, req.URL.Query().Get("hub.challenge"))
		}
	})
	opts := face(sim.FaceInstagram)
	opts.Webhook = sim.Webhook{URL: r.URL, Secrets: []string{"x"}, VerifyToken: "ours"}
	s := start(t, opts)
	c := arrive(t, s, sim.Customer{Platform: inbox.Instagram, Text: "one"})
	r.wait(t, 2)
	mu.Lock()
	up = true
	mu.Unlock()
	for n := 1; ; n++ {
		if last := r.wait(t, n)[n-1]; last.method == http.MethodPost {
			if !strings.Contains(string(last.body), c.Participant) {
				t.Errorf("%s", last.body)
			}
			break
		}
	}
	mu.Lock()
	defer mu.Unlock()
	if asked != 1 {
		t.Errorf("the address was asked %d times after it came up", asked)
	}
}

func TestWebhooksThatAreNone(t *testing.T) {
	s := start(t, face(sim.FaceAyrshare))
	for _, hook := range []sim.Webhook{{URL: "nowhere"}, {URL: "ftp://shop.example"}, {URL: "http://shop.example", Secrets: []string{""}}} {
		if err := s.SetWebhook(hook); err == nil {
			t.Errorf("%+v was taken", hook)
		}
		if _, err := sim.Start(sim.Options{Webhook: hook}); err == nil {
			t.Errorf("a server started with %+v", hook)
		}
	}
	if err := s.SetWebhook(sim.Webhook{}); err != nil {
		t.Errorf("nobody is told: %v", err)
	}
}

func TestAScriptSetsTheWebhookAndReadsTheCalls(t *testing.T) {
	s := start(t, face(sim.FaceAyrshare))
	r := listen(t, nil)
	if status, answer := control(t, s, s.ControlToken(), "POST", "/webhooks", `{"url":"`+r.URL+`","secrets":["x"]}`); status != 204 {
		t.Fatalf("%d %s", status, answer)
	}
	c := arrive(t, s, sim.Customer{Platform: inbox.Facebook, Text: "hi"})
	if status, answer := control(t, s, s.ControlToken(), "POST", "/referrals", `{"conversation_id":"`+c.ID+`","link":"bio"}`); status != 204 {
		t.Errorf("%d %s", status, answer)
	}
	r.wait(t, 1)
	_, answer := control(t, s, s.ControlToken(), "GET", "/pushes", "")
	var pushes []sim.Push
	if err := json.Unmarshal([]byte(answer), &pushes); err != nil || len(pushes) != 1 || pushes[0].Kind != "message" || pushes[0].Number != 1 || pushes[0].URL != r.URL {
		t.Errorf("%v %s", err, answer)
	}
}

// TestNothingRunsWithoutAWebhook also holds that all that ran has ended.
func TestNothingRunsWithoutAWebhook(t *testing.T) {
	r := listen(t, nil)
	before := runtime.NumGoroutine()
	idle := start(t, sim.Options{})
	if n := runtime.NumGoroutine() - before; n > 1 {
		t.Errorf("%d goroutines serve nobody", n)
	}
	idle.Close()
	for range 10 {
		s := start(t, sim.Options{Pace: 1000})
		set(t, s, r, "x")
		r.wait(t, 1)
		s.Close()
	}
	r.Close()
	http.DefaultClient.CloseIdleConnections()
	for end := time.Now().Add(5 * time.Second); runtime.NumGoroutine() > before; {
		if time.Now().After(end) {
			buf := make([]byte, 1<<16)
			t.Fatalf("%d goroutines are left, %d were there:\n%s", runtime.NumGoroutine(), before, buf[:runtime.Stack(buf, true)])
		}
		runtime.Gosched()
	}
}
