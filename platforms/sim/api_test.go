package sim_test

import (
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"parley/inbox"
	"parley/platforms/sim"
)

// without takes a header out of a request, with sets one.
func without(header string) func(*http.Request) {
	return func(r *http.Request) { r.Header.Del(header) }
}

func with(header, value string) func(*http.Request) {
	return func(r *http.Request) { r.Header.Set(header, value) }
}

func TestRequestsThatAreRefused(t *testing.T) {
	s := start(t, quiet(newClock()))
	const xKey, xSecret = "X-Twitter-OAuth1-Api-Key", "X-Twitter-OAuth1-Api-Secret"
	for _, c := range []struct {
		method, path, body string
		edit               func(*http.Request)
		status, code       int
		says               string
	}{
		{"GET", "/messages/facebook", "", without("Authorization"), 401, 102, "missing"},
		{"GET", "/messages/facebook", "", with("Authorization", "Bearer nope"), 403, 102, "not valid"},
		{"GET", "/messages/facebook", "", with("Authorization", s.Key()), 401, 102, "Bearer"},
		{"GET", "/messages/facebook", "", with("Profile-Key", "nobody"), 403, 102, "Profile Key"},
		{"GET", "/messages/twitter", "", func(r *http.Request) { r.Header.Del(xKey); r.Header.Del(xSecret) }, 419, 419, xKey},
		{"GET", "/messages/twitter", "", without(xKey), 400, 400, xKey},
		{"POST", "/messages/twitter", "{}", without(xSecret), 400, 400, xSecret},
		{"GET", "/messages/x", "", nil, 404, 404, "endpoint"},
		{"GET", "/messages", "", nil, 404, 404, "endpoint"},
		{"GET", "/messages/facebook/1/2", "", nil, 404, 404, "endpoint"},
		{"GET", "/nothing", "", nil, 404, 404, "endpoint"},
		{"DELETE", "/messages/facebook", "", nil, 405, 405, "DELETE"},
		{"POST", "/user", "{}", nil, 405, 405, "POST"},
		{"PUT", "/messages/facebook/t_404", `{"status":"archived"}`, nil, 404, 404, "not found"},
		{"PUT", "/messages/facebook/t_404", `{"status":"gone"}`, nil, 400, 101, "status"},
		{"POST", "/messages/autoresponse", `{"autoResponseWaitSeconds":-1}`, nil, 400, 101, "negative"},
		{"POST", "/messages/autoresponse", `[`, nil, 400, 101, "JSON"},
		{"GET", "/messages/facebook?status=new", "", nil, 400, 101, "status"},
		{"GET", "/messages/facebook?conversationsOnly=perhaps", "", nil, 400, 101, "conversationsOnly"},
		{"GET", "/messages/twitter?limit=0", "", nil, 400, 101, "limit"},
		{"GET", "/messages/twitter?limit=101", "", nil, 400, 101, "limit"},
		{"GET", "/messages/twitter?next=abc", "", nil, 400, 101, "next"},
	} {
		edits := []func(*http.Request){}
		if c.edit != nil {
			edits = append(edits, c.edit)
		}
		res := do(t, s, c.method, c.path, c.body, edits...)
		o := object(t, res)
		if res.StatusCode != c.status || o["code"] != float64(c.code) || o["status"] != "error" || !strings.Contains(fmt.Sprint(o["message"]), c.says) {
			t.Errorf("%s %s: %s %v, wanted %d, code %d and %q", c.method, c.path, res.Status, o, c.status, c.code, c.says)
		}
		if res.Header.Get("Date") == "" || !strings.HasPrefix(res.Header.Get("Content-Type"), "application/json") {
			t.Errorf("%s %s: headers %v", c.method, c.path, res.Header)
		}
	}
}

func TestConversationsAreSpeltAsTheVendorDoes(t *testing.T) {
	s := start(t, sim.Options{Quiet: true})
	for _, p := range inbox.Platforms {
		o := get(t, s, "/messages/"+string(p)+"?conversationsOnly=true")
		details := list(o, "converstationsDetails")
		if ids, _ := o["conversationIds"].([]any); len(details) == 0 || len(ids) != len(details) {
			t.Errorf("%s: %d details for %d ids", p, len(details), len(ids))
		}
		if o["conversationsDetails"] != nil || o["messages"] != nil {
			t.Errorf("%s: fields that the original does not have: %v", p, o)
		}
		for _, d := range details {
			who, _ := d["participant"].(map[string]any)
			if who["id"] == "" || who["profileImage"] != nil || d["status"] != "active" {
				t.Errorf("%s: %v", p, d)
			}
		}
	}
}

func TestMessagesComeNewestFirstInTheDocumentedShape(t *testing.T) {
	s := start(t, sim.Options{Quiet: true})
	for _, p := range inbox.Platforms {
		o := get(t, s, "/messages/"+string(p))
		_, counted := o["messagesCount"]
		if counted != (p != inbox.Facebook) {
			t.Errorf("%s: messagesCount is there: %v", p, counted)
		}
		before := "9999"
		pictures := 0
		for _, m := range list(o, "messages") {
			created := m["created"].(string)
			if created > before {
				t.Fatalf("%s: %s comes after %s", p, created, before)
			}
			before = created
			if _, err := time.Parse("2006-01-02T15:04:05.000Z", created); err != nil {
				t.Error(err)
			}
			for _, field := range []string{"id", "conversationId", "senderId", "recipientId", "action"} {
				if text, _ := m[field].(string); text == "" {
					t.Errorf("%s: no %s in %v", p, field, m)
				}
			}
			if m["message"] == nil && m["attachments"] == nil {
				t.Errorf("%s: an empty message %v", p, m)
			}
			if who, _ := m["senderDetails"].(map[string]any); who["profileImage"] != nil {
				pictures++
			}
		}
		if pictures == 0 {
			t.Errorf("%s: nobody has a profileImage", p)
		}
	}
}

func TestAnswersStayTheSameUntilNextUpdate(t *testing.T) {
	for p, cached := range map[inbox.Platform]time.Duration{
		inbox.Facebook: time.Minute, inbox.Instagram: time.Minute, inbox.Twitter: 15 * time.Second,
	} {
		now := newClock()
		s := start(t, quiet(now))
		path := "/messages/" + string(p)
		first := body(t, s, path)
		c := arrive(t, s, sim.Customer{Platform: p, Text: "new"})
		if res := do(t, s, "POST", path, `{"recipientId":"`+c.Participant+`","message":"hi"}`); res.StatusCode != 200 {
			t.Fatal(object(t, res))
		}
		now.pass(cached - time.Second)
		if body(t, s, path) != first {
			t.Errorf("%s: the answer changed within %v", p, cached)
		}
		if other := body(t, s, path+"?conversationId="+c.ID); !strings.Contains(other, `"new"`) {
			t.Errorf("%s: another query was answered from the cache", p)
		}
		now.pass(time.Second)
		if after := body(t, s, path); after == first || !strings.Contains(after, `"new"`) {
			t.Errorf("%s: the answer did not change after %v", p, cached)
		}
	}
}

func TestASendCanClearTheCache(t *testing.T) {
	opts := quiet(newClock())
	opts.SendClearsCache = true
	s := start(t, opts)
	c := arrive(t, s, sim.Customer{Platform: inbox.Facebook, Text: "hi"})
	body(t, s, "/messages/facebook")
	do(t, s, "POST", "/messages/facebook", `{"recipientId":"`+c.Participant+`","message":"fresh"}`).Body.Close()
	if !strings.Contains(body(t, s, "/messages/facebook"), `"fresh"`) {
		t.Error("the send is not in the next answer")
	}
}

func body(t testing.TB, s *sim.Server, path string) string {
	t.Helper()
	res := do(t, s, "GET", path, "")
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s %v %.200s", path, res.Status, err, raw)
	}
	return string(raw)
}

func TestPagesOfXHoldEverythingOnce(t *testing.T) {
	now := newClock()
	opts := quiet(now)
	opts.Conversations, opts.Messages, opts.Platforms = 4, 130, []inbox.Platform{inbox.Twitter}
	s := start(t, opts)
	whole := ids(list(get(t, s, "/messages/twitter"), "messages"))
	var paged []string
	next := ""
	for page := 0; ; page++ {
		if page == 2 { // what arrives in between moves nothing
			arrive(t, s, sim.Customer{Platform: inbox.Twitter, Text: "in between"})
			now.pass(time.Minute)
		}
		o := get(t, s, "/messages/twitter?limit=7&next="+next)
		got := ids(list(o, "messages"))
		paged = append(paged, got...)
		turn, _ := o["meta"].(map[string]any)["pagination"].(map[string]any)
		if turn["hasMore"] == false {
			break
		}
		if next, _ = turn["next"].(string); next == "" || len(got) != 7 {
			t.Fatalf("page %d: %d messages, %v", page, len(got), turn)
		}
	}
	if !slices.Equal(whole, paged) {
		t.Errorf("%d messages in pages, %d at once", len(paged), len(whole))
	}
}

func ids(messages []map[string]any) []string {
	var all []string
	for _, m := range messages {
		all = append(all, m["id"].(string))
	}
	return all
}

func TestLimitIsOnlyForX(t *testing.T) {
	s := start(t, sim.Options{Quiet: true})
	all, limited := body(t, s, "/messages/facebook"), body(t, s, "/messages/facebook?limit=1&next=nonsense")
	if all != limited {
		t.Error("facebook took notice of limit and next")
	}
	if n := len(list(get(t, s, "/messages/twitter?limit=1"), "messages")); n != 1 {
		t.Errorf("twitter answered limit=1 with %d messages", n)
	}
}

func TestOnlyTwentyMessagesFromBeforeTheLink(t *testing.T) {
	for p, want := range map[inbox.Platform]int{inbox.Facebook: 20, inbox.Instagram: 20, inbox.Twitter: 300} {
		s := start(t, sim.Options{Conversations: 1, Messages: 300, LinkedAgo: time.Second, Quiet: true, Platforms: []inbox.Platform{p}})
		if n := len(list(get(t, s, "/messages/"+string(p)), "messages")); n != want {
			t.Errorf("%s shows %d of 300 messages, wanted %d", p, n, want)
		}
	}
	s := start(t, sim.Options{Conversations: 1, Messages: 300, LinkedAgo: 10 * 365 * 24 * time.Hour, Quiet: true, Platforms: []inbox.Platform{inbox.Facebook}})
	if n := len(list(get(t, s, "/messages/facebook"), "messages")); n != 300 {
		t.Errorf("%d of 300 messages from after the link are shown", n)
	}
}

func TestArchivedConversationsAreApartUntilSomebodyWrites(t *testing.T) {
	now := newClock()
	s := start(t, quiet(now))
	c := arrive(t, s, sim.Customer{Platform: inbox.Instagram, Text: "archive me", ConversationID: "a/b c?d"})
	shown := func() (active, archived bool) {
		now.pass(time.Minute)
		return strings.Contains(body(t, s, "/messages/instagram"), "archive me"),
			strings.Contains(body(t, s, "/messages/instagram?status=archived"), "archive me")
	}
	if res := do(t, s, "PUT", "/messages/instagram/a%2Fb%20c%3Fd", `{"status":"archived","source":"npm"}`); res.StatusCode != 200 {
		t.Fatal(object(t, res))
	}
	if active, archived := shown(); active || !archived {
		t.Errorf("archived: in the active list %v, in the archive %v", active, archived)
	}
	if _, err := s.Write(sim.Post{ConversationID: c.ID, Text: "one more thing"}); err != nil {
		t.Fatal(err)
	}
	if active, archived := shown(); !active || archived {
		t.Errorf("after a message: in the active list %v, in the archive %v", active, archived)
	}
}

func TestRateLimitAndSuspension(t *testing.T) {
	now := newClock()
	opts := quiet(now)
	opts.RateLimit, opts.SuspendAfter = 3, 2
	s := start(t, opts)
	try := func() (status int, count string) {
		res := do(t, s, "GET", "/user", "")
		defer res.Body.Close()
		if res.Header.Get("X-Ratelimit-Max") != "3" {
			t.Errorf("x-ratelimit-max is %q", res.Header.Get("X-Ratelimit-Max"))
		}
		return res.StatusCode, res.Header.Get("X-Ratelimit-Count")
	}
	for i, want := range []int{200, 200, 200, 429} {
		if status, count := try(); status != want || count != fmt.Sprint(i+1) {
			t.Errorf("request %d: status %d, count %s", i+1, status, count)
		}
	}
	now.pass(5 * time.Minute)
	for _, want := range []int{200, 200, 200, 429, 403} {
		if status, _ := try(); status != want {
			t.Errorf("status %d, wanted %d", status, want)
		}
	}
	now.pass(48 * time.Hour)
	if status, _ := try(); status != 403 {
		t.Errorf("the suspension was lifted by itself: %d", status)
	}
}

func TestTheAutomaticAnswer(t *testing.T) {
	now := newClock()
	s := start(t, quiet(now))
	if o := get(t, s, "/messages/autoresponse"); len(o) != 1 || o["status"] != "success" {
		t.Errorf("never set, it is %v", o)
	}
	set := func(body string) map[string]any { return object(t, do(t, s, "POST", "/messages/autoresponse", body)) }
	if o := set(`{"autoResponseActive":true,"autoResponseMessage":"Back soon","autoResponseWaitSeconds":3600,"source":"npm"}`); o["status"] != "success" {
		t.Fatal(o)
	}
	c := arrive(t, s, sim.Customer{Platform: inbox.Facebook, Text: "anybody?"})
	answers := func() int {
		now.pass(2 * time.Second)
		n := 0
		for _, d := range s.Deliveries() {
			if d.Auto && d.Recipient == c.Participant && d.Text == "Back soon" {
				n++
			}
		}
		return n
	}
	if n := answers(); n != 1 {
		t.Errorf("%d automatic answers, wanted 1", n)
	}
	for _, wait := range []time.Duration{time.Minute, time.Hour} {
		now.pass(wait)
		if _, err := s.Write(sim.Post{ConversationID: c.ID, Text: "still here"}); err != nil {
			t.Fatal(err)
		}
		if n, want := answers(), 1+int(wait/time.Hour); n != want {
			t.Errorf("%d automatic answers after %v, wanted %d", n, wait, want)
		}
	}
	updated, _ := set(`{"autoResponseMessage":""}`)["updated"].(map[string]any)
	if text, _ := updated["autoResponseMessage"].(string); text == "" || len(updated) != 1 {
		t.Errorf("an empty message becomes the stock one: %v", updated)
	}
	if o := get(t, s, "/messages/autoresponse"); o["autoResponseActive"] != true || o["autoResponseWaitSeconds"] != 3600.0 {
		t.Errorf("the other fields changed: %v", o)
	}
}

func TestTheAccountTellsAboutItself(t *testing.T) {
	s := start(t, sim.Options{Quiet: true, Platforms: []inbox.Platform{inbox.Facebook, inbox.Twitter}})
	o := get(t, s, "/user")
	if linked, _ := o["activeSocialAccounts"].([]any); len(linked) != 2 || o["messagingEnabled"] != true || len(list(o, "displayNames")) != 2 {
		t.Errorf("%v", o)
	}
	if n, _ := o["messagingConversationMonthlyCount"].(float64); n < 1 || n > 100 {
		t.Errorf("%v conversations are counted", o["messagingConversationMonthlyCount"])
	}
}
