package sim_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"parley/inbox"
	"parley/platforms/sim"
)

// channel starts chatt2me's face on one platform, with one customer who has
// written.
func channel(t *testing.T, p inbox.Platform, edits ...func(*sim.Options)) (*sim.Server, sim.Conversation, string) {
	t.Helper()
	opts := face(sim.FaceChatt2me)
	opts.Platforms = []inbox.Platform{p}
	for _, edit := range edits {
		edit(&opts)
	}
	s := start(t, opts)
	c := arrive(t, s, sim.Customer{Platform: p, Person: sim.Person{Name: "Ida"}})
	return s, c, write(t, s, sim.Post{ConversationID: c.ID, Text: "hello"})
}

// ask makes a request with chatt2me's key.
func ask(t testing.TB, s *sim.Server, method, path, body string) (int, map[string]any) {
	t.Helper()
	res := do(t, s, method, path, body, with("x-api-key", s.Key()))
	if res.StatusCode == http.StatusNoContent {
		res.Body.Close()
		return res.StatusCode, nil
	}
	return res.StatusCode, object(t, res)
}

const (
	toInstagram = "/communication/instagram/message"
	toMessenger = "/communication/messenger/message"
)

// envelope is the body of a send.
func envelope(from, to, content string) string {
	return `{"from":"` + from + `","to":"` + to + `","content":` + content + `}`
}

func TestChatt2meTakesBothDialects(t *testing.T) {
	s, c, hello := channel(t, inbox.Instagram)
	for _, v := range []struct {
		content string
		kind    string // of the answer, in the older dialect; "": the newer
		reached string
	}{
		{`{"text":"hi"}`, "Text", "text hi"},
		{`{"attachment":{"type":"image","payload":{"url":"https://img.example/a.jpg"}}}`, "Image", "image https://img.example/a.jpg"},
		{`{"attachments":[{"type":"video","payload":{"url":"https://img.example/a.mp4"}}]}`, "Video", "video https://img.example/a.mp4"},
		{`{"attachment":{"type":"audio","payload":{"url":"https://img.example/a.wav"}}}`, "Audio", "audio https://img.example/a.wav"},
		{`{"attachment":{"type":"like_heart"}}`, "Sticker", "heart"},
		{`{"text":"yes?","quick_replies":[{"content_type":"text","title":"Yes","payload":"Y"}]}`, "QuickReply", "text yes?"},
		{`{"sender_action":"react","payload":{"message_id":"` + hello + `","reaction":"love"}}`, "Reaction", "reaction ❤️"},
		{`{"sender_action":"react","payload":{"message_id":"` + hello + `","reaction":"🔥"}}`, "Reaction", "reaction 🔥"},
		{`{"sender_action":"unreact","payload":{"message_id":"` + hello + `"}}`, "Reaction", "unreaction"},
		{`{"sender_action":"mark_seen"}`, "Read", ""},
		{`{"imageUrl":"https://img.example/b.jpg"}`, "", "image https://img.example/b.jpg"},
		{`{"imageUrl":"https://img.example/c.jpg","text":"look"}`, "", "text look image https://img.example/c.jpg"},
		{`{"videoUrl":"https://img.example/b.mp4"}`, "", "video https://img.example/b.mp4"},
		{`{"audioUrl":"https://img.example/b.aac"}`, "", "audio https://img.example/b.aac"},
	} {
		before := len(s.Deliveries())
		status, o := ask(t, s, "POST", toInstagram, envelope(s.Channel(), c.Participant, v.content))
		if status != 200 || o["errorCode"] != nil {
			t.Errorf("%s: %d %v", v.content, status, o)
			continue
		}
		if v.kind == "" && (o["status"] != "sent" || o["type"] != nil) || v.kind != "" && (o["type"] != v.kind || o["recipientId"] != c.Participant || o["status"] != nil) {
			t.Errorf("%s: %v", v.content, o)
		}
		var reached []string
		for _, d := range s.Deliveries()[before:] {
			reached = append(reached, strings.TrimSpace(d.Kind+" "+d.Text+d.MediaURL+d.Emoji))
		}
		if got := strings.Join(reached, " "); got != v.reached {
			t.Errorf("%s: %q arrived, wanted %q", v.content, got, v.reached)
		}
	}
}

func TestChatt2meRefusesWhatIsNoRequest(t *testing.T) {
	s, c, _ := channel(t, inbox.Instagram)
	for content, says := range map[string]string{
		`{"text":"hi","mood":"calm"}`: "mood",
		`{}`:                          "says nothing",
		`null`:                        "content is required",
		`"hi"`:                        "Invalid payload",
		`{"text":"hi","imageUrl":1}`:  "Invalid payload",
		`{"attachment":{"type":"like_heart"},"imageUrl":"https://img.example/a.jpg"}`:     "mixes",
		`{"text":"hi","attachment":{"type":"like_heart"}}`:                                "two messages",
		`{"attachments":[{"type":"like_heart"},{"type":"like_heart"}]}`:                   "2 attachments",
		`{"attachment":{"type":"like_heart","payload":{}}}`:                               "no payload",
		`{"attachment":{"type":"image","payload":{"link":"https://img.example/a.jpg"}}}`:  "url",
		`{"attachment":{"type":"location","payload":{}}}`:                                 "location",
		`{"sender_action":"react","payload":{"message_id":"x"}}`:                          "reaction",
		`{"sender_action":"dance"}`:                                                       "dance",
		`{"sender_action":"mark_seen","text":"hi"}`:                                       "alone",
		`{"text":"?","quick_replies":[{"content_type":"text","title":"Yes"}]}`:            "quick_replies",
		`{"audioUrl":"https://img.example/a.wav","text":"hi"}`:                            "no text",
		`{"audioUrl":"https://img.example/a.wav","imageUrl":"https://img.example/a.jpg"}`: "more than one",
	} {
		status, o := ask(t, s, "POST", toInstagram, envelope(s.Channel(), c.Participant, content))
		if status != 400 || !strings.Contains(fmt.Sprint(o["message"]), says) {
			t.Errorf("%s: %d %v, wanted 400 and %q", content, status, o, says)
		}
	}
	for body, want := range map[string]int{
		`{"to":"` + c.Participant + `","content":{"text":"hi"}}`:                          400,
		`{"from":"` + s.Channel() + `","content":{"text":"hi"}}`:                          400,
		`{"from":"` + s.Channel() + `","to":"` + c.Participant + `"}`:                     400,
		`{"from":"x","to":"` + c.Participant + `","content":{"text":"hi"},"urgent":true}`: 400,
		`[`: 400,
		envelope("00000000-0000-4000-8000-000000000000", c.Participant, `{"text":"hi"}`): 404,
		envelope("@marlowandfinch", c.Participant, `{"text":"hi"}`):                      200,
		envelope("marlowandfinch", c.Participant, `{"text":"hi"}`):                       200,
	} {
		if status, o := ask(t, s, "POST", toInstagram, body); status != want {
			t.Errorf("%s: %d %v, wanted %d", body, status, o, want)
		}
	}
	for path, want := range map[string]int{toMessenger: 404, "/communication/instagram/messages": 404, "/conversations": 404, "/organization/contacts": 404, "/": 404} {
		if status, _ := ask(t, s, "GET", path, ""); status != want {
			t.Errorf("GET %s: %d, wanted %d", path, status, want)
		}
	}
	if status, _ := ask(t, s, "GET", toInstagram, ""); status != 405 {
		t.Errorf("a send by GET: %d", status)
	}
	for _, key := range []string{"", "wrong"} {
		if res := do(t, s, "POST", toInstagram, "{}", with("x-api-key", key)); res.StatusCode != 401 {
			t.Errorf("key %q: %s", key, res.Status)
		}
	}
	if n := len(s.Deliveries()); n != 2 {
		t.Errorf("%d messages arrived, wanted 2", n)
	}
}

func TestChatt2meTellsThePlatformsRefusalsUnder200(t *testing.T) {
	now := newClock()
	s, c, hello := channel(t, inbox.Facebook, func(o *sim.Options) { o.Now = now.Now })
	cold := arrive(t, s, sim.Customer{Platform: inbox.Facebook, Cold: true, Text: "hello?"})
	fails := func(name, to, content, code string) {
		t.Helper()
		status, o := ask(t, s, "POST", toMessenger, envelope(s.Channel(), to, content))
		if id, told := o["messageId"]; status != 200 || o["status"] != "error" || o["errorCode"] != code || o["errorMessage"] == "" || id != nil || !told {
			t.Errorf("%s: %d %v, wanted the code %s", name, status, o, code)
		}
	}
	fails("nobody", "1", `{"text":"hi"}`, "2534014")
	if status, o := ask(t, s, "POST", toMessenger, envelope(s.Channel(), c.Participant, `{"imageUrl":"https://img.example/a.jpg?signature=x"}`)); status != 200 || o["status"] != "sent" {
		t.Errorf("a signed address: %d %v", status, o)
	}
	fails("never wrote", cold.Participant, `{"text":"hi"}`, "10")
	fails("too long", c.Participant, `{"text":"`+strings.Repeat("x", 2001)+`"}`, "100")
	fails("no such host", c.Participant, `{"imageUrl":"https://broken.example/a.jpg"}`, "2018008")
	fails("another kind", c.Participant, `{"audioUrl":"https://img.example/a.jpg"}`, "2018008")
	fails("no such message", c.Participant, `{"sender_action":"react","payload":{"message_id":"m_none","reaction":"love"}}`, "100")
	if status, o := ask(t, s, "POST", toMessenger, envelope(s.Channel(), c.Participant, `{"attachment":{"type":"like_heart"}}`)); status != 400 {
		t.Errorf("a heart for Messenger: %d %v", status, o)
	}
	if err := s.TakeThread(c.ID, true); err != nil {
		t.Fatal(err)
	}
	fails("another app", c.Participant, `{"text":"hi"}`, "2018300")
	if err := s.TakeThread(c.ID, false); err != nil {
		t.Fatal(err)
	}
	now.pass(24*time.Hour - time.Second)
	if _, o := ask(t, s, "POST", toMessenger, envelope("106638140052329", c.Participant, `{"sender_action":"react","payload":{"message_id":"`+hello+`","reaction":"👍"}}`)); o["type"] != "Reaction" {
		t.Errorf("within the window: %v", o)
	}
	now.pass(2 * time.Second)
	fails("a day later", c.Participant, `{"text":"hi"}`, "10")
}

func TestChatt2meCanBeHeldToOneDialect(t *testing.T) {
	const flat, meta = `{"imageUrl":"https://img.example/a.jpg"}`, `{"attachment":{"type":"image","payload":{"url":"https://img.example/a.jpg"}}}`
	for dialect, right := range map[string]string{sim.DialectFlat: flat, sim.DialectMeta: meta} {
		s, c, _ := channel(t, inbox.Instagram, func(o *sim.Options) { o.Dialect = dialect })
		for _, content := range []string{flat, meta} {
			status, o := ask(t, s, "POST", toInstagram, envelope(s.Channel(), c.Participant, content))
			if (status == 200) != (content == right) {
				t.Errorf("%s in the dialect %s: %d %v", content, dialect, status, o)
			}
		}
		if _, o := ask(t, s, "POST", toInstagram, envelope(s.Channel(), c.Participant, `{"text":"hi"}`)); (o["status"] == "sent") != (dialect == sim.DialectFlat) {
			t.Errorf("a text in the dialect %s: %v", dialect, o)
		}
	}
	if _, err := sim.Start(sim.Options{Face: sim.FaceChatt2me, Dialect: "klingon"}); err == nil || !strings.Contains(err.Error(), "meta or flat") {
		t.Errorf("an unknown dialect: %v", err)
	}
}

func TestChatt2meFaults(t *testing.T) {
	for fault, check := range map[string]func(status int, o map[string]any) bool{
		"send:answer=a":       func(_ int, o map[string]any) bool { return o["type"] == "Image" },
		"send:answer=b":       func(_ int, o map[string]any) bool { return o["status"] == "sent" },
		"send:429":            func(status int, o map[string]any) bool { return status == 429 && o["status"] == nil },
		"send:503":            func(status int, _ map[string]any) bool { return status == 503 },
		"any:expired-key":     func(status int, _ map[string]any) bool { return status == 401 },
		"send:status-error":   func(status int, o map[string]any) bool { return status == 200 && o["status"] == "error" },
		"send:thread-control": func(_ int, o map[string]any) bool { return o["errorCode"] == "2018300" },
		"send:partial":        func(_ int, o map[string]any) bool { return o["errorCode"] == "2018008" },
		"send:no-id":          func(_ int, o map[string]any) bool { return o["messageId"] == nil && o["errorCode"] == nil },
	} {
		s, c, _ := channel(t, inbox.Instagram, func(o *sim.Options) { o.Faults = []string{fault} })
		if status, o := ask(t, s, "POST", toInstagram, envelope(s.Channel(), c.Participant, `{"imageUrl":"https://img.example/a.jpg"}`)); !check(status, o) {
			t.Errorf("%s: %d %v", fault, status, o)
		}
	}
}

func TestChatt2meCountsRequests(t *testing.T) {
	s, _, _ := channel(t, inbox.Instagram, func(o *sim.Options) { o.RateLimit = 2 })
	for _, want := range []int{200, 200, 429} {
		if status, o := ask(t, s, "GET", "/organization/webhook", ""); status != want {
			t.Errorf("%d %v, wanted %d", status, o, want)
		}
	}
}

// follow registers the receiver for a kind of events and returns the webhook as
// the API told it.
func follow(t *testing.T, s *sim.Server, r *receiver, event string) map[string]any {
	t.Helper()
	status, o := ask(t, s, "POST", "/organization/webhook", `{"label":"inbox","endpoint":"`+r.URL+`/in","eventType":"`+event+`","authenticationProtocol":"NoAuthentication","requiresSignature":true,"headers":[{"key":"X-Shop","value":"7"}]}`)
	if status != 201 {
		t.Fatalf("%d %v", status, o)
	}
	return o
}

// welcoming answers the verification of an address.
func welcoming(w http.ResponseWriter, r *http.Request) {
	if token := r.Header.Get("X-Validation-Token"); token != "" {
		_ = json.NewEncoder(w).Encode(token)
	}
}

func TestChatt2meTellsInThreeShapes(t *testing.T) {
	for _, p := range []inbox.Platform{inbox.Instagram, inbox.Facebook} {
		s, c, hello := channel(t, p)
		r := listen(t, welcoming)
		secret := fmt.Sprint(follow(t, s, r, "Message")["secret"])
		if greeting := r.wait(t, 1)[0]; greeting.method != "POST" || greeting.header.Get("X-Validation-Token") == "" || greeting.header.Get("X-Shop") != "7" {
			t.Errorf("%s: the address was asked %v", p, greeting.header)
		}
		id := write(t, s, sim.Post{ConversationID: c.ID, Text: "and?"})
		call := r.wait(t, 2)[1]
		o := call.json(t)
		name := map[inbox.Platform]string{inbox.Instagram: "instagram", inbox.Facebook: "messenger"}[p]
		if o["eventType"] != "Message" || o["channelId"] != s.Channel() || o["messageId"] != id || o["from"] != c.Participant || o["channel"] != name || at(o, "content", "type") != "text" || at(o, "content", "text") != "and?" {
			t.Errorf("%s: %s", p, call.body)
		}
		if seconds, _ := o["timestamp"].(float64); time.Since(time.Unix(int64(seconds), 0)).Abs() > time.Minute {
			t.Errorf("%s: timestamp %v", p, o["timestamp"])
		}
		when, v1, _ := strings.Cut(call.header.Get("X-hub-Signature"), ",v1=")
		when = strings.TrimPrefix(when, "t=")
		if n, err := strconv.ParseInt(when, 10, 64); err != nil || time.Since(time.Unix(n, 0)).Abs() > time.Minute || v1 != sum(secret, when+"."+string(call.body)) {
			t.Errorf("%s: signed %q", p, call.header.Get("X-hub-Signature"))
		}
		path := map[inbox.Platform]string{inbox.Instagram: toInstagram, inbox.Facebook: toMessenger}[p]
		ask(t, s, "POST", path, envelope(s.Channel(), c.Participant, `{"attachment":{"type":"image","payload":{"url":"https://img.example/a.jpg"}}}`))
		checkEcho(t, p, c, s.Deliveries()[0].MessageID, r.wait(t, 3)[2].json(t))
		ask(t, s, "POST", path, envelope(s.Channel(), c.Participant, `{"sender_action":"react","payload":{"message_id":"`+hello+`","reaction":"love"}}`))
		o = r.wait(t, 4)[3].json(t)
		if at(o, "payload", "sender_action") != "react" || at(o, "payload", "payload", "message_id") != hello || at(o, "payload", "recipient", "id") != c.Participant {
			t.Errorf("%s: the echo of a reaction: %v", p, o)
		}
	}
}

// checkEcho: on Instagram an echo has no id, and nobody who sends.
func checkEcho(t *testing.T, p inbox.Platform, c sim.Conversation, id string, o map[string]any) {
	t.Helper()
	if _, err := time.Parse("2006-01-02T15:04:05.000Z", fmt.Sprint(o["timestamp"])); err != nil || at(o, "payload", "recipient", "id") != c.Participant {
		t.Errorf("%s: %v", p, o)
	}
	if p == inbox.Instagram {
		if o["eventType"] != "Message" || at(o, "payload", "message", "attachment", "payload", "url") != "https://img.example/a.jpg" || strings.Contains(fmt.Sprint(o), id) || o["channelId"] != nil {
			t.Errorf("%s: %v", p, o)
		}
		return
	}
	if o["eventType"] != "message_echoes" || at(o, "payload", "message", "mid") != id || at(o, "payload", "message", "is_echo") != true || at(o, "payload", "message", "attachments", 0, "type") != "image" {
		t.Errorf("%s: %v", p, o)
	}
}

func TestChatt2meTellsTheStatusToWhoAsksForIt(t *testing.T) {
	s, c, _ := channel(t, inbox.Instagram)
	r := listen(t, welcoming)
	follow(t, s, r, "MessageStatus")
	r.wait(t, 1)
	ask(t, s, "POST", toInstagram, envelope(s.Channel(), c.Participant, `{"text":"hi"}`))
	if err := s.Read(c.ID); err != nil {
		t.Fatal(err)
	}
	for i, want := range []string{"sent", "delivered", "read"} {
		o := r.wait(t, i+2)[i+1].json(t)
		if o["eventType"] != "MessageStatus" || o["status"] != want || o["messageId"] != s.Deliveries()[0].MessageID || o["channel"] != "instagram" {
			t.Errorf("wanted %s: %v", want, o)
		}
	}
}

func TestChatt2mesWebhooksAreListedChangedAndRemoved(t *testing.T) {
	s, c, _ := channel(t, inbox.Instagram)
	r, deaf := listen(t, welcoming), listen(t, nil)
	first := follow(t, s, r, "Message")
	second := follow(t, s, deaf, "Message")
	r.wait(t, 1)
	deaf.wait(t, 1)
	shown := func(w map[string]any) map[string]any {
		status, o := ask(t, s, "GET", "/organization/webhook/"+fmt.Sprint(w["id"]), "")
		if status != 200 {
			t.Fatalf("%d %v", status, o)
		}
		return o
	}
	for end := time.Now().Add(5 * time.Second); shown(first)["isVerified"] != true; {
		if time.Now().After(end) {
			t.Fatal("the first address is not verified")
		}
	}
	if o := shown(second); o["isVerified"] != false || o["verifiedAt"] != nil || o["secret"] != nil || o["label"] != "inbox" || o["active"] != true {
		t.Errorf("the second address: %v", o)
	}
	write(t, s, sim.Post{ConversationID: c.ID, Text: "one"})
	r.wait(t, 2)
	_, page := ask(t, s, "GET", "/organization/webhook?offset=1&limit=1", "")
	if got := fmt.Sprint(at(page, "pagination")); len(list(page, "data")) != 1 || list(page, "data")[0]["id"] != second["id"] || got != "map[limit:1 offset:1 total:2 totalPages:2]" {
		t.Errorf("the second page: %v", page)
	}
	for query, want := range map[string]int{"?limit=0": 400, "?limit=51": 400, "?offset=-1": 400, "?offset=x": 400, "?offset=99": 200} {
		if status, o := ask(t, s, "GET", "/organization/webhook"+query, ""); status != want {
			t.Errorf("%s: %d %v", query, status, o)
		}
	}
	one := "/organization/webhook/" + fmt.Sprint(first["id"])
	if status, o := ask(t, s, "PATCH", one, `{"active":false,"label":"quiet"}`); status != 200 || o["active"] != false || o["label"] != "quiet" {
		t.Errorf("changed: %d %v", status, o)
	}
	write(t, s, sim.Post{ConversationID: c.ID, Text: "two"})
	if status, _ := ask(t, s, "DELETE", one, ""); status != 204 {
		t.Errorf("removed: %d", status)
	}
	for _, method := range []string{"GET", "PATCH", "DELETE"} {
		if status, _ := ask(t, s, method, one, "{}"); status != 404 {
			t.Errorf("%s after it was removed: %d", method, status)
		}
	}
	for body, says := range map[string]string{
		`{"endpoint":"https://shop.example","eventType":"Message","authenticationProtocol":"NoAuthentication"}`:             "label",
		`{"label":"x","endpoint":"http://shop.example","eventType":"Message","authenticationProtocol":"NoAuthentication"}`:  "https",
		`{"label":"x","endpoint":"https://shop.example","eventType":"message","authenticationProtocol":"NoAuthentication"}`: "eventType",
		`{"label":"x","endpoint":"https://shop.example","eventType":"Message","authenticationProtocol":"Magic"}`:            "Magic",
		`{"label":"x","url":"https://shop.example"}`:                                                                        "url",
	} {
		if status, o := ask(t, s, "POST", "/organization/webhook", body); status != 400 || !strings.Contains(fmt.Sprint(o["message"]), says) {
			t.Errorf("%s: %d %v", body, status, o)
		}
	}
	if n := len(s.Pushes()); n != 1 {
		t.Errorf("%d calls, wanted 1: %+v", n, s.Pushes())
	}
}

func TestChatt2mesLogCanBeRetried(t *testing.T) {
	s, c, _ := channel(t, inbox.Instagram)
	busy := true // read and written by one call at a time
	r := listen(t, func(w http.ResponseWriter, req *http.Request) {
		if welcoming(w, req); req.Header.Get("X-Validation-Token") == "" && busy {
			busy = false
			http.Error(w, "not now", http.StatusServiceUnavailable)
		}
	})
	webhook := follow(t, s, r, "Message")
	r.wait(t, 1)
	id := write(t, s, sim.Post{ConversationID: c.ID, Text: "one"})
	write(t, s, sim.Post{ConversationID: c.ID, Text: "two"})
	r.wait(t, 3)
	log := "/organization/webhook/" + fmt.Sprint(webhook["id"]) + "/webhook-log"
	var failed []map[string]any
	for end := time.Now().Add(5 * time.Second); len(failed) == 0 && time.Now().Before(end); {
		_, o := ask(t, s, "GET", log+"?status=Failed", "")
		failed = list(o, "data")
	}
	if len(failed) != 1 || failed[0]["statusCode"] != 503.0 || failed[0]["responseBody"] != "not now\n" || failed[0]["messageId"] != id || at(failed[0], "webhook", "eventType") != "Message" {
		t.Fatalf("what failed: %v", failed)
	}
	entry := fmt.Sprint(failed[0]["id"])
	status, o := ask(t, s, "POST", log+"/"+entry+"/retry", "")
	if status != 200 || o["success"] != true {
		t.Fatalf("%d %v", status, o)
	}
	if call := r.wait(t, 4)[3].json(t); call["messageId"] != id {
		t.Errorf("told again: %v", call)
	}
	_, o = ask(t, s, "POST", log+"/retry", `{"webhookLogIds":["`+entry+`","none"]}`)
	if results := list(o, "results"); len(results) != 2 || results[0]["success"] != true || results[1]["success"] != false || results[1]["newLogId"] != nil {
		t.Errorf("several: %v", o)
	}
	r.wait(t, 5)
	for path, body := range map[string]string{"/retry": `{"webhookLogIds":[]}`, "/none/retry": ""} {
		if status, o := ask(t, s, "POST", log+path, body); status == 200 {
			t.Errorf("%s: %v", path, o)
		}
	}
}
