package sim_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"parley/inbox"
	"parley/platforms/sim"
)

// texts tells what the calls say, one word a call: the text, or the kind of
// event.
func texts(t *testing.T, calls []told) string {
	t.Helper()
	var all []string
	for _, call := range calls {
		if call.err != nil {
			all = append(all, "broken")
			continue
		}
		for _, e := range at(call.json(t), "entry", 0, "messaging").([]any) {
			switch {
			case at(e, "message", "is_deleted") == true:
				all = append(all, "unsend")
			case at(e, "message") != nil:
				all = append(all, fmt.Sprint(at(e, "message", "text")))
			default:
				all = append(all, "reaction")
			}
		}
	}
	return strings.Join(all, " ")
}

// until waits for the texts, and returns what came.
func (r *receiver) until(t *testing.T, want string) (got string) {
	t.Helper()
	for n := 1; ; n++ {
		if got = texts(t, r.wait(t, n)); len(got) >= len(want) {
			return got
		}
	}
}

func TestWebhookFaultsStrikeAsTheyAreWritten(t *testing.T) {
	for fault, want := range map[string]string{
		"hook:duplicate:once":         "one one two three",
		"hook:drop:once":              "two three",
		"hook:drop:after=1":           "one",
		"hook:reorder:once":           "two one three",
		"hook:delay=300ms:once":       "two three one",
		"hook:truncate:once":          "broken one two three",
		"hook@facebook:drop":          "one two three",
		"hook:forge:once":             sim.Forgery + " one two three",
		"hook:unsigned:once":          sim.Forgery + " one two three",
		"hook:batch=3":                "one two three",
		"hook:duplicate:once:after=2": "one two three three",
		"send:503":                    "one two three",
	} {
		s, r, c, _ := instagram(t, fault)
		_ = s.Read(c.ID) // nothing of ours to read: tells nothing, and a fault does not strike
		for _, text := range []string{"one", "two", "three"} {
			write(t, s, sim.Post{ConversationID: c.ID, Text: text})
		}
		if got := r.until(t, want); got != want {
			t.Errorf("%s: %q, wanted %q", fault, got, want)
		}
	}
}

func TestForgedCallsAreMarkedAndAreNeverRight(t *testing.T) {
	s, r, c, _ := instagram(t, "hook:forge:once", "hook:unsigned:once")
	write(t, s, sim.Post{ConversationID: c.ID, Text: "true"})
	calls := r.wait(t, 3)
	for i, want := range []string{"forged", "unsigned", "true"} {
		got := "forged"
		switch sig := calls[i].header.Get("X-Hub-Signature-256"); sig {
		case "":
			got = "unsigned"
		case "sha256=" + sum("app secret", string(calls[i].body)):
			got = "true"
		}
		push := s.Pushes()[i]
		if got != want || push.Forged != (want != "true") || push.Unsigned != (want == "unsigned") || len(push.Faults) != 2 {
			t.Errorf("call %d is %s, wanted %s; in the log %+v", i, got, want, push)
		}
	}
}

func TestAReactionCanComeBeforeItsMessage(t *testing.T) {
	s, r, c, _ := instagram(t, "hook:reorder:once")
	own := write(t, s, sim.Post{ConversationID: c.ID, Text: "ours", Sent: true})
	if err := s.React(c.ID, own, "🔥"); err != nil {
		t.Fatal(err)
	}
	if got := r.until(t, "reaction ours"); got != "reaction ours" {
		t.Error(got)
	}
}

func TestAThousandUpdatesComeInOneCall(t *testing.T) {
	s, r, c, _ := instagram(t, "hook:batch=1000")
	for i := range 1000 {
		write(t, s, sim.Post{ConversationID: c.ID, Text: fmt.Sprint(i)})
	}
	if n := len(at(r.wait(t, 1)[0].json(t), "entry", 0, "messaging").([]any)); n != 1000 {
		t.Errorf("%d in one call", n)
	}
}

func TestADroppedCallIsInTheLog(t *testing.T) {
	s, r, c, _ := instagram(t, "hook:drop:once")
	write(t, s, sim.Post{ConversationID: c.ID, Text: "lost"})
	write(t, s, sim.Post{ConversationID: c.ID, Text: "told"})
	r.wait(t, 1)
	if p := s.Pushes(); len(p) != 2 || !p[0].Dropped || !strings.Contains(p[0].Body, "lost") || p[1].Dropped {
		t.Errorf("%+v", p)
	}
}

func TestAyrshareTriesThreeTimes(t *testing.T) {
	s := start(t, face(sim.FaceAyrshare))
	r := listen(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(500) })
	set(t, s, r, "x")
	c := arrive(t, s, sim.Customer{Platform: inbox.Facebook, Text: "one"})
	r.wait(t, 3)
	write(t, s, sim.Post{ConversationID: c.ID, Text: "two"})
	calls := r.wait(t, 6)
	for i, want := range []string{"one", "one", "one", "two", "two", "two"} {
		if got := calls[i].json(t)["message"]; got != want {
			t.Errorf("call %d tells %v, wanted %s", i, got, want)
		}
	}
	if p := s.Pushes(); p[2].Attempt != 3 || p[3].Attempt != 1 {
		t.Errorf("%+v", p)
	}
}

func TestChatt2meTriesOnce(t *testing.T) {
	s, c, _ := channel(t, inbox.Instagram)
	r := listen(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(500) })
	set(t, s, r, "x")
	write(t, s, sim.Post{ConversationID: c.ID, Text: "one"})
	r.wait(t, 1)
	write(t, s, sim.Post{ConversationID: c.ID, Text: "two"})
	if calls := r.wait(t, 2); at(calls[1].json(t), "content", "text") != "two" {
		t.Error(bodies(calls))
	}
}

func TestNobodyIsToldAfterTheEnd(t *testing.T) {
	s, c, _ := channel(t, inbox.Instagram)
	hanging := make(chan struct{})
	r := listen(t, func(http.ResponseWriter, *http.Request) { <-hanging })
	set(t, s, r, "x")
	write(t, s, sim.Post{ConversationID: c.ID, Text: "one"})
	for end := time.Now().Add(5 * time.Second); len(s.Pushes()) == 0 && time.Now().Before(end); {
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	close(hanging)
	if err := s.SetWebhook(sim.Webhook{URL: r.URL}); err == nil {
		t.Error("a server that has ended takes a webhook")
	}
}
