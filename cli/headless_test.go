package cli

import (
	"embed"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"parley/inbox"
	"parley/platforms/sim"
)

// The vendor's published samples, to the letter; where the published page lost a
// link, there is one of ours.
//
//go:embed testdata/vendor
var vendorSamples embed.FS

// vendorEpoch is a few seconds after the samples' lastUpdated.
var vendorEpoch = time.Date(2024, 6, 9, 21, 46, 10, 0, time.UTC)

// vendor is a server that knows nothing but the samples, with the clock of the
// day on which they were made. It is not the simulator, and shares no code with
// it.
type vendor struct {
	*httptest.Server
	started time.Time

	mu       sync.Mutex
	requests []vendorRequest
	answers  []vendorAnswer // to the next sends
}

type vendorRequest struct {
	method, path, query, body string
	header                    http.Header
}

type vendorAnswer struct {
	status int
	sample string
}

func newVendor(t *testing.T) *vendor {
	v := &vendor{started: time.Now()}
	v.Server = httptest.NewServer(http.HandlerFunc(v.serve))
	t.Cleanup(v.Close)
	return v
}

func (v *vendor) serve(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	v.mu.Lock()
	defer v.mu.Unlock()
	v.requests = append(v.requests, vendorRequest{r.Method, r.URL.EscapedPath(), r.URL.RawQuery, string(body), r.Header.Clone()})
	status, sample := v.answer(r)
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Date", vendorEpoch.Add(time.Since(v.started)).Format(http.TimeFormat))
	w.WriteHeader(status)
	data, err := vendorSamples.ReadFile("testdata/vendor/" + sample)
	if err != nil {
		panic(err)
	}
	_, _ = w.Write(data)
}

func (v *vendor) answer(r *http.Request) (status int, sample string) {
	q := r.URL.Query()
	switch {
	case r.Method == http.MethodPost && len(v.answers) > 0:
		next := v.answers[0]
		v.answers = v.answers[1:]
		return next.status, next.sample
	case r.URL.Path == "/api/user":
		return http.StatusOK, "user.json"
	case q.Get("status") == "archived":
		return http.StatusOK, "nothing.json"
	case q.Get("conversationsOnly") == "true":
		return http.StatusOK, "conversations.json"
	}
	return http.StatusOK, "messages.json"
}

// answerNext fixes the answers to the next sends.
func (v *vendor) answerNext(answers ...vendorAnswer) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.answers = answers
}

// seen returns the requests so far and forgets them.
func (v *vendor) seen() []vendorRequest {
	v.mu.Lock()
	defer v.mu.Unlock()
	requests := v.requests
	v.requests = nil
	return requests
}

func newVendorDesk(t *testing.T) (*vendor, *desk) {
	t.Helper()
	v := newVendor(t)
	return v, newDesk(t, v.URL+"/api", "")
}

func TestSyncOfTheSamples(t *testing.T) {
	t.Parallel()
	v, d := newVendorDesk(t)
	reports := d.parley("sync", "--json").exits(exitDone).records()
	if len(reports) != 3 {
		t.Fatalf("reports %v", reports)
	}
	for i, platform := range []string{"facebook", "instagram", "twitter"} {
		want := record{
			"account": "acme", "platform": platform, "conversations": 2.0, "messages": 3.0,
			"requests": 4.0, "last_updated": "2024-06-09T21:46:04.233Z", "error": nil,
		}
		next := reports[i]["next_update"]
		delete(reports[i], "next_update")
		if !reflect.DeepEqual(reports[i], want) {
			t.Errorf("got  %v\nwant %v", reports[i], want)
		}
		at, err := time.Parse(time.RFC3339, fmt.Sprint(next))
		told := time.Date(2024, 6, 9, 21, 47, 4, 233e6, time.UTC)
		if err != nil || at.Before(told) || at.After(told.Add(10*time.Second)) {
			t.Errorf("next_update %v, want %v and a little jitter", next, told)
		}
	}
	checkVendorReads(t, v.seen())
}

// checkVendorReads holds the requests of a sync against the documents.
func checkVendorReads(t *testing.T, requests []vendorRequest) {
	t.Helper()
	known := []string{"", "conversationsOnly=true", "status=archived", "conversationsOnly=true&status=archived", "status=active", "conversationsOnly=true&status=active"}
	for _, r := range requests {
		if r.method != http.MethodGet || r.body != "" {
			t.Errorf("%s %s with body %q", r.method, r.path, r.body)
		}
		if got := r.header.Get("Authorization"); got != "Bearer "+testKey {
			t.Errorf("%s: Authorization %q", r.path, got)
		}
		if got := r.header.Get("Profile-Key"); got != testProfile {
			t.Errorf("%s: Profile-Key %q", r.path, got)
		}
		onX := r.path == "/api/messages/twitter"
		if got := r.header.Get("X-Twitter-OAuth1-Api-Key"); onX && got != testXKey {
			t.Errorf("%s: X-Twitter-OAuth1-Api-Key %q", r.path, got)
		}
		if got := r.header.Get("X-Twitter-OAuth1-Api-Secret"); onX && got != testXSecret {
			t.Errorf("%s: X-Twitter-OAuth1-Api-Secret %q", r.path, got)
		}
		if platform, ok := strings.CutPrefix(r.path, "/api/messages/"); ok {
			if !slices.Contains(inbox.Platforms, inbox.Platform(platform)) || !onX && !slices.Contains(known, r.query) {
				t.Errorf("asked %s?%s", r.path, r.query)
			}
		} else if r.path != "/api/user" {
			t.Errorf("asked %s", r.path)
		}
	}
}

func TestNothingIsAskedBeforeNextUpdate(t *testing.T) {
	t.Parallel()
	v, d := newVendorDesk(t)
	d.parley("sync").exits(exitDone)
	if len(v.seen()) == 0 {
		t.Fatal("the first run asked nothing")
	}
	for range 3 {
		for _, r := range d.parley("sync", "--json").exits(exitDone).records() {
			if r["requests"] != 0.0 {
				t.Errorf("asked too early: %v", r)
			}
		}
	}
	d.parley("list").exits(exitDone)
	d.parley("show", "john", "--json")
	if early := v.seen(); len(early) != 0 {
		t.Errorf("requests before nextUpdate: %v", early)
	}
}

func TestForceAsksOnceInFiveSeconds(t *testing.T) {
	t.Parallel()
	v, d := newVendorDesk(t)
	d.parley("sync").exits(exitDone)
	v.seen()
	begin := time.Now()
	d.parley("sync", "--force").exits(exitDone)
	if len(v.seen()) == 0 {
		t.Error("--force asked nothing")
	}
	again := d.parley("sync", "--force", "--json")
	asked := v.seen()
	if time.Since(begin) < 5*time.Second && len(asked) != 0 {
		t.Errorf("--force asked again within 5 s: %d requests", len(asked))
	}
	for _, r := range again.exits(exitFailed).records() {
		if fault, _ := r["error"].(record); fault["kind"] != "rate_limited" {
			t.Errorf("error %v, want rate_limited", r["error"])
		}
	}
}

func TestListOfTheSamples(t *testing.T) {
	t.Parallel()
	_, d := newVendorDesk(t)
	d.parley("sync").exits(exitDone)
	rows := map[string]record{}
	for _, r := range d.parley("list", "--json").exits(exitDone).records() {
		rows[fmt.Sprint(r["id"])] = r
	}
	if len(rows) != 6 {
		t.Errorf("%d conversations, want 2 on each of 3 platforms with the same ids: %v", len(rows), slices.Collect(maps.Keys(rows)))
	}
	for platform, window := range map[string]record{
		"facebook":  {"phase": "late", "closes_at": "2024-06-13T00:54:28.102Z"}, // 24 h, then human agents until 7 days
		"instagram": {"phase": "open", "closes_at": "2024-06-13T00:54:28.102Z"}, // 7 days
		"twitter":   {"phase": "none", "closes_at": nil},
	} {
		id := "acme/" + platform + "/t_10161117434308444"
		want := record{
			"id": id, "account": "acme", "provider": "ayrshare", "platform": platform,
			"participant": record{"id": "7101149746568444", "name": "John Smith"},
			"preview":     "Howdy! ← 😆", "last_message_at": "2024-06-06T00:54:32.455Z",
			"unread": 0.0, "unanswered": false, "archived": false, "window": window,
		}
		if !reflect.DeepEqual(rows[id], want) {
			t.Errorf("got  %v\nwant %v", rows[id], want)
		}
	}
	sara := rows["acme/facebook/t_356759043857444"]
	if sara["last_message_at"] != nil || sara["window"].(record)["phase"] != "unknown" || sara["participant"].(record)["name"] != "Sara Johnson" {
		t.Errorf("a conversation without messages: %v", sara)
	}
}

func TestShowOfTheSamples(t *testing.T) {
	t.Parallel()
	_, d := newVendorDesk(t)
	d.parley("sync").exits(exitDone)
	const id = "acme/facebook/t_10161117434308444"
	got := d.parley("show", id, "--json").exits(exitDone).records()
	want := []record{
		{"id": "m_jXoYQIwTXaq2u06PG6Z8vaHwGtfTgQ", "direction": "received", "text": "How is the weather?", "created_at": "2024-06-06T00:49:11.679Z", "state": "received", "reactions": []any{}},
		{"id": "m_HGbotYJUmf4AzyPlJ-2uZqHwGtfTgQihX", "direction": "received", "text": "Look up!", "created_at": "2024-06-06T00:54:28.102Z", "state": "received", "reactions": []any{}},
		{"id": "m_JH6o-yS83JoxWmQaLrmgSaHwGtfTgQ", "direction": "sent", "text": "Howdy!", "created_at": "2024-06-06T00:54:32.455Z", "state": "read",
			"reactions": []any{record{"user_id": "7101149746568522", "emoji": "😆"}}},
	}
	for _, w := range want {
		w["conversation_id"], w["attachments"] = id, []any{}
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
	if limited := d.parley("show", id, "--json", "--limit", "1").exits(exitDone).one(); limited["text"] != "Howdy!" {
		t.Errorf("--limit 1 shows %v", limited)
	}
	d.parley("show", "john").exits(exitFailed).says("acme/facebook/t_10161117434308444", "acme/twitter/t_10161117434308444")
	d.parley("show", "nobody").exits(exitFailed).says("nobody")
}

func TestSendToTheSamples(t *testing.T) {
	t.Parallel()
	v, d := newVendorDesk(t)
	d.parley("sync").exits(exitDone)
	v.seen()
	for _, c := range []struct {
		name     string
		platform string
		args     []string
		answer   vendorAnswer
		body     record
		code     int
		state    string
		parts    []record
	}{
		{"a text", "instagram", []string{"What's up!"}, vendorAnswer{200, "sent_text.json"},
			record{"recipientId": "7101149746568444", "message": "What's up!"}, exitDone, "sent",
			[]record{{"kind": "text", "state": "sent", "message_id": "aWdfZAG1faXRlbToxOkl", "error": nil}}},
		{"a picture", "facebook", []string{"--media", "https://img.ayrshare.com/012/gb.jpg"}, vendorAnswer{200, "sent_image.json"},
			record{"recipientId": "7101149746568444", "mediaUrls": []any{"https://img.ayrshare.com/012/gb.jpg"}}, exitDone, "sent",
			[]record{{"kind": "image", "state": "sent", "message_id": "m_EgvfBrgjaM", "error": nil}}},
		{"a recipient who is not there", "twitter", []string{"hello"}, vendorAnswer{400, "recipient_not_found.json"},
			record{"recipientId": "7101149746568444", "message": "hello"}, exitFailed, "failed",
			[]record{{"kind": "text", "state": "failed", "message_id": nil, "error": record{"kind": "not_found", "code": 363.0}}}},
		{"a text that arrives and a picture that does not", "facebook", []string{"What a great day", "--media", "https://img.ayrshare.com/012/gb.jpg"}, vendorAnswer{400, "attachment_failed.json"},
			record{"recipientId": "7101149746568444", "message": "What a great day", "mediaUrls": []any{"https://img.ayrshare.com/012/gb.jpg"}}, exitFailed, "failed",
			[]record{
				{"kind": "text", "state": "sent", "message_id": "aWdfZAG1faXRlbT", "error": nil},
				{"kind": "image", "state": "failed", "message_id": nil, "error": record{"kind": "rejected", "code": 365.0}},
			}},
	} {
		id := "acme/" + c.platform + "/t_10161117434308444"
		v.answerNext(c.answer)
		out := d.parley(append([]string{"send", id, "--json"}, c.args...)...).exits(c.code).one()
		if out["conversation_id"] != id || out["state"] != c.state || out["id"] == "" {
			t.Errorf("%s: %v", c.name, out)
		}
		checkParts(t, c.name, out["parts"], c.parts)
		var posts []vendorRequest
		for _, r := range v.seen() {
			if r.method == http.MethodPost {
				posts = append(posts, r)
			}
		}
		if len(posts) != 1 {
			t.Fatalf("%s: %d sends, want 1", c.name, len(posts))
		}
		var body record
		if err := json.Unmarshal([]byte(posts[0].body), &body); err != nil || !reflect.DeepEqual(body, c.body) {
			t.Errorf("%s: sent %s, want %v", c.name, posts[0].body, c.body)
		}
		if posts[0].path != "/api/messages/"+c.platform || !strings.HasPrefix(posts[0].header.Get("Content-Type"), "application/json") {
			t.Errorf("%s: POST %s as %q", c.name, posts[0].path, posts[0].header.Get("Content-Type"))
		}
	}
}

// checkParts compares parts; of an error only what is fixed.
func checkParts(t *testing.T, name string, got any, want []record) {
	t.Helper()
	parts, _ := got.([]any)
	if len(parts) != len(want) {
		t.Errorf("%s: parts %v, want %v", name, got, want)
		return
	}
	for i, p := range parts {
		part := maps.Clone(p.(record))
		if fault, ok := part["error"].(record); ok {
			if fault["text"] == "" {
				t.Errorf("%s: an error without a text: %v", name, fault)
			}
			if _, ok := fault["hint"].(string); !ok || len(fault) != 4 {
				t.Errorf("%s: an error has kind, code, text and hint, this one %v", name, fault)
			}
			part["error"] = record{"kind": fault["kind"], "code": fault["code"]}
		}
		if !reflect.DeepEqual(part, want[i]) {
			t.Errorf("%s: part %v, want %v", name, part, want[i])
		}
	}
}

// TestWindowsOfTheConfig: a window that the config changes is what is shown and
// what a send is held to.
func TestWindowsOfTheConfig(t *testing.T) {
	t.Parallel()
	v := newVendor(t)
	d := newDesk(t, v.URL+"/api", "[window.ayrshare.facebook]\nopen = \"2h\"\nlate = \"3h\"\n[window.ayrshare.instagram]\nnone = true\n")
	d.parley("sync").exits(exitDone)
	v.seen()
	for _, r := range d.parley("list", "john smith", "--json").exits(exitDone).records() {
		want := map[any]string{"facebook": "closed", "instagram": "none", "twitter": "none"}[r["platform"]]
		if got := r["window"].(record)["phase"]; got != want {
			t.Errorf("%v: window %v, want %s", r["platform"], got, want)
		}
	}
	d.parley("send", "acme/facebook/t_10161117434308444", "too late", "--wait", "5s").exits(exitFailed)
	for _, r := range v.seen() {
		if r.method == http.MethodPost {
			t.Errorf("a send left after the window: %s", r.body)
		}
	}
}

func TestLimitsAreRefusedBeforeTheyAreSent(t *testing.T) {
	t.Parallel()
	v, d := newVendorDesk(t)
	d.parley("sync").exits(exitDone)
	v.seen()
	for _, c := range []struct {
		platform string
		args     []string
		says     []string
	}{
		{"twitter", []string{"--media", "https://x.example/a.jpg"}, []string{"X needs at least 1 character"}},
		{"twitter", []string{"hi", "--media", "https://x.example/a.jpg", "--media", "https://x.example/b.jpg"}, []string{"X takes at most 1 media"}},
		{"instagram", []string{strings.Repeat("é", 501)}, []string{"1002 bytes", "1000"}},
		{"facebook", []string{strings.Repeat("é", 2001)}, []string{"2001 characters", "2000"}},
		{"facebook", []string{"--media", "https://x.example/a.jpg?size=1"}, []string{"query"}},
		{"facebook", []string{"--media", "https://x.example/a"}, []string{"known are"}},
	} {
		out := d.parley(append([]string{"send", "acme/" + c.platform + "/t_10161117434308444"}, c.args...)...).exits(exitFailed)
		out.stderr = strings.ReplaceAll(out.stderr, ",", "")
		out.says(c.says...)
	}
	if len(v.seen()) != 0 {
		t.Error("something was sent")
	}
}

func TestWrongUsage(t *testing.T) {
	t.Parallel()
	d := newDesk(t, "http://127.0.0.1:1/api", "")
	for _, c := range []struct {
		args []string
		says []string
	}{
		{[]string{"lsit"}, []string{`no command "lsit"`, `did you mean "list"?`}},
		{[]string{"list", "--jsno"}, []string{"unknown flag: --jsno", "parley list --help"}},
		{[]string{"show"}, []string{"expects one CONVERSATION"}},
		{[]string{"show", "a", "b"}, []string{`one more: "b"`, "quotes"}},
		{[]string{"send", "x"}, []string{"nothing to send"}},
		{[]string{"sync", "now"}, []string{`takes no argument, found "now"`}},
		{[]string{"sync", "--account", "acmee"}, []string{`no account "acmee"`, `did you mean "acme"?`}},
		{[]string{"list", "is:unread left<2x"}, []string{"character 11, “left<2x”", "left<2h"}},
		{[]string{"list", "is:unred"}, []string{"did you mean is:unread?"}},
		{[]string{"list", "platform:fax"}, []string{"facebook, instagram, twitter"}},
		{[]string{"list", "account:amce"}, []string{"did you mean account:acme?"}},
		{[]string{"list", "platform:x platform:fb"}, []string{"character 12", "also in platform:twitter"}},
		{[]string{"list", "--limit", "-1"}, []string{`"-1"`, "expected a number, 0 or more"}},
		{[]string{"send", "x", "hi", "--wait", "banana"}, []string{`"banana"`, "expected a duration such as 30s"}},
		{[]string{"autoreply", "--on", "--off"}, []string{"--on and --off exclude each other"}},
		{[]string{"autoreply", "--set", " "}, []string{"needs a text", "Ayrshare", "--off"}},
		{[]string{"forget", "x"}, []string{`parley: no conversation is called "x"`}},
		{nil, []string{"needs a terminal"}},
	} {
		code := exitUsage
		if len(c.args) > 0 && c.args[0] == "forget" {
			code = exitFailed // there is no such conversation
		}
		d.parley(c.args...).exits(code).says(c.says...)
	}
	d.write("config.toml", "[[account]]\nname = 5\n")
	d.parley("list").exits(exitUsage).says("config.toml:2:1: account.name: expected a name")
	if err := os.Remove(filepath.Join(d.home, "config.toml")); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{nil, {"list"}} {
		d.parley(args...).exits(exitUsage).says("no config", "parley demo", "parley config init")
	}
}

func TestConfigInitWritesOnce(t *testing.T) {
	t.Parallel()
	d := newDesk(t, "http://127.0.0.1:1/api", "")
	file := filepath.Join(d.home, "config.toml")
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	d.parley("config", "init").exits(exitDone)
	info, err := os.Stat(file)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("config: %v, %v", info, err)
	}
	d.parley("list").exits(exitDone) // it is valid as it is
	d.parley("config", "init").exits(exitUsage).says("there is a config already")
}

// TestADayOnTheCommandLine goes through the commands against the simulator.
func TestADayOnTheCommandLine(t *testing.T) {
	t.Parallel()
	world := newSim(t, sim.Options{Seed: 7, Quiet: true, CacheTime: time.Second})
	someone, err := world.Arrive(sim.Customer{Platform: inbox.Facebook, Person: sim.Person{Name: "Zdenka Nováková"}, Text: "Is it \x1b]52;c;aGk=\x07open\x9b2J today?\u202e"})
	if err != nil {
		t.Fatal(err)
	}
	d := newDesk(t, world.BaseURL(), "")
	d.parley("sync").exits(exitDone)
	id := "acme/facebook/" + someone.ID

	found := d.parley("list", "zdenka", "is:unread", "is:unanswered", "platform:facebook", "account:acme", "--json").exits(exitDone).one()
	if found["id"] != id || found["unread"] != 1.0 || found["unanswered"] != true {
		t.Errorf("found %v", found)
	}
	closing := d.parley("list", "left<7d", "--json").exits(exitDone).records()
	if !slices.IsSortedFunc(closing, func(a, b record) int {
		return strings.Compare(fmt.Sprint(a["window"].(record)["closes_at"]), fmt.Sprint(b["window"].(record)["closes_at"]))
	}) || len(closing) < 3 {
		t.Errorf("left<7d is not sorted by time left: %v", closing)
	}
	if limited := d.parley("list", "--json", "--limit", "3").exits(exitDone).records(); len(limited) != 3 {
		t.Errorf("--limit 3 gives %d", len(limited))
	}
	all := d.parley("list", "--json").exits(exitDone).records()
	archived := d.parley("list", "is:archived", "--json").exits(exitDone).records()
	if len(all)+len(archived) != len(world.Conversations()) {
		t.Errorf("%d and %d archived, the world has %d", len(all), len(archived), len(world.Conversations()))
	}

	for _, args := range [][]string{{"show", "Zdenka"}, {"show", "zdenka", "--json"}, {"list"}, {"list", "--json"}} {
		out := d.parley(args...).exits(exitDone)
		if strings.ContainsAny(out.stdout, "\x1b\u009b\u202e\x07") {
			t.Errorf("%q passes control characters on: %q", args, out.stdout)
		}
	}

	sent := d.parleyReading("From standard input\nin two lines\n", "send", "zdenka", "-").exits(exitDone)
	sent.prints("Zdenka Nováková on Facebook", "From standard input")
	queued := d.parley("send", "zdenka", "later", "--wait", "0", "--json").exits(exitDone).one()
	if queued["state"] != "queued" {
		t.Errorf("--wait 0 gives %v", queued)
	}
	if waiting := d.parley("outbox", "--json").exits(exitDone).one(); waiting["id"] != queued["id"] {
		t.Errorf("the outbox has %v", waiting)
	}
	d.parley("outbox").exits(exitDone).prints("queued   Zdenka Nováková on Facebook", "later")
	d.parley("outbox", "discard", fmt.Sprint(queued["id"])).exits(exitDone).prints("discarded", "Zdenka")
	d.parley("outbox").exits(exitDone).prints("the outbox is empty")
	long := strings.Repeat("A sentence of some length. ", 90)
	d.parley("send", "zdenka", long).exits(exitFailed).says("--split")
	if pieces := d.parley("send", "zdenka", long, "--split", "--json").exits(exitDone).records(); len(pieces) < 2 {
		t.Errorf("a text of %d bytes is sent in %d messages", len(long), len(pieces))
	}
	var texts []string
	for _, delivery := range world.Deliveries() {
		texts = append(texts, delivery.Text)
	}
	if len(texts) < 3 || texts[0] != "From standard input\nin two lines" || slices.Contains(texts, "later") {
		t.Errorf("delivered %q", texts)
	}

	d.parley("archive", "zdenka").exits(exitDone).prints("archived Zdenka Nováková on Facebook")
	if now := d.parley("list", "zdenka", "is:archived", "--json").exits(exitDone).one(); now["archived"] != true {
		t.Errorf("after archive: %v", now)
	}
	if now := d.parley("unarchive", "zdenka", "--json").exits(exitDone).one(); now["id"] != id || now["archived"] != false {
		t.Errorf("after unarchive: %v", now)
	}
	d.parley("list", "zdenka", "--json").exits(exitDone).one()

	d.parley("autoreply", "--set", "Back at nine.", "--on", "--wait", "2h").exits(exitDone).
		says("warning: the text does not say that it is automatic", "California", "for example: "+inbox.AutomationNotice)
	if quiet := d.parley("autoreply", "--set", inbox.AutomationNotice).exits(exitDone); quiet.stderr != "" {
		t.Errorf("a text that says so is pointed out: %s", quiet.stderr)
	}
	d.parley("autoreply", "--set", "Back at nine.").exits(exitDone)
	d.parley("autoreply").exits(exitDone).prints("every 2h to")
	reply := d.parley("autoreply", "--json").exits(exitDone).one()
	if want := (record{"account": "acme", "active": true, "message": "Back at nine.", "wait_seconds": 7200.0}); !reflect.DeepEqual(reply, want) {
		t.Errorf("autoreply %v, want %v", reply, want)
	}

	d.parley("forget", "zdenka").exits(exitUsage).says("--yes")
	d.parley("forget", "zdenka", "--yes").exits(exitDone)
	d.parley("show", id).exits(exitFailed).says("no conversation is called")
	if data := d.everythingKept(); strings.Contains(data, "Zdenka") || strings.Contains(data, "From standard input") {
		t.Error("a forgotten customer is still in the data folder")
	}
}

// everythingKept is all bytes of the data folder.
func (d *desk) everythingKept() string {
	d.t.Helper()
	var all strings.Builder
	err := filepath.WalkDir(d.data(), func(path string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		all.Write(data)
		return err
	})
	if err != nil {
		d.t.Fatal(err)
	}
	return all.String()
}

// TestRetrySendsOnlyWhatFailed: after a partial failure the delivered part is not
// sent again.
func TestRetrySendsOnlyWhatFailed(t *testing.T) {
	t.Parallel()
	world := newSim(t, sim.Options{Seed: 3, Quiet: true, CacheTime: time.Second})
	if _, err := world.Arrive(sim.Customer{Platform: inbox.Instagram, Person: sim.Person{Name: "Quilla Ortega"}, Text: "hola"}); err != nil {
		t.Fatal(err)
	}
	d := newDesk(t, world.BaseURL(), "")
	d.parley("sync").exits(exitDone)
	sent := d.parley("send", "quilla", "with a picture", "--media", "https://broken.example/a.jpg", "--json").exits(exitFailed).one()
	if sent["state"] != "failed" {
		t.Fatalf("sent %v", sent)
	}
	d.parley("outbox", "retry", fmt.Sprint(sent["id"])).exits(exitFailed)
	texts := 0
	for _, delivery := range world.Deliveries() {
		if delivery.Text == "with a picture" {
			texts++
		}
	}
	if texts != 1 {
		t.Errorf("the text was delivered %d times", texts)
	}
	d.parley("outbox", "discard", fmt.Sprint(sent["id"])).exits(exitDone)
	if left := d.parley("outbox", "--json").exits(exitDone).records(); len(left) != 0 {
		t.Errorf("left in the outbox: %v", left)
	}
}

// TestUnknownSettlesItself: a send whose connection tore after it took effect is
// unknown, is not sent again, and the next reads show that it was delivered.
func TestUnknownSettlesItself(t *testing.T) {
	t.Parallel()
	world := newSim(t, sim.Options{Seed: 4, Quiet: true, CacheTime: time.Second})
	if _, err := world.Arrive(sim.Customer{Platform: inbox.Twitter, Person: sim.Person{Name: "Hanno Brandt"}, Text: "hi"}); err != nil {
		t.Fatal(err)
	}
	d := newDesk(t, world.BaseURL(), "")
	d.parley("sync").exits(exitDone)
	if err := world.AddFault("send:tear-after:once"); err != nil {
		t.Fatal(err)
	}
	sent := d.parley("send", "hanno", "only once", "--wait", "20s", "--json").one()
	if sent["state"] == "unknown" {
		settled := d.awaitOutbox(func(items []record) bool { return len(items) == 0 })
		if !settled {
			t.Error("the send stays unknown although the conversation shows it")
		}
	}
	if n := len(world.Deliveries()); n != 1 {
		t.Errorf("delivered %d times", n)
	}
}

// TestADeadKeyIsTold tells scripts why a message has not left.
func TestADeadKeyIsTold(t *testing.T) {
	t.Parallel()
	world := newSim(t, sim.Options{Seed: 12, Quiet: true})
	d := newDesk(t, world.BaseURL(), "")
	c, err := world.Arrive(sim.Customer{Platform: inbox.Instagram, Person: sim.Person{Name: "Mira Okonkwo"}, Text: "hello"})
	if err != nil {
		t.Fatal(err)
	}
	d.parley("sync").exits(exitDone)
	if err := world.AddFault("any:expired-key"); err != nil {
		t.Fatal(err)
	}
	item := d.parley("send", c.ID, "are you there?", "--json", "--wait", "1s").exits(exitFailed).records()[0]
	part := item["parts"].([]any)[0].(map[string]any)
	reason, ok := part["error"].(map[string]any)
	if item["state"] != "queued" || !ok || reason["kind"] != "auth" || reason["text"] == "" {
		t.Errorf("told %v", item)
	}
	d.parley("send", c.ID, "later", "--wait", "0").exits(exitDone)
}

// awaitOutbox syncs until the outbox is as wanted, for a bounded number of times.
func (d *desk) awaitOutbox(wanted func([]record) bool) bool {
	d.t.Helper()
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); {
		d.parley("sync")
		if wanted(d.parley("outbox", "--json").exits(exitDone).records()) {
			return true
		}
	}
	return false
}

func TestSecondProcessIsToldWhoHoldsTheCache(t *testing.T) {
	t.Parallel()
	world := newSim(t, sim.Options{Seed: 5, Quiet: true, Faults: []string{"read:hang=20s"}})
	d := newDesk(t, world.BaseURL(), "")
	holder := d.command(t.Context(), "sync")
	if err := holder.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() {
		_ = holder.Process.Kill()
		_ = holder.Wait()
	}()
	for len(world.Requests()) == 0 { // a request is under way: the cache is open
		if t.Context().Err() != nil {
			t.Fatal("the first process asked nothing")
		}
		time.Sleep(time.Millisecond)
	}
	begin := time.Now()
	d.parley("list").exits(exitFailed).says("in use by parley sync", fmt.Sprint(holder.Process.Pid))
	if took := time.Since(begin); took > 2*lockPatience {
		t.Errorf("it took %v to say so", took)
	}
}

// TestKeysStayHidden: whatever goes wrong, no key is in any output, in the log
// or in the cache.
func TestKeysStayHidden(t *testing.T) {
	t.Parallel()
	world := newSim(t, sim.Options{Seed: 6, Quiet: true, CacheTime: time.Second})
	if _, err := world.Arrive(sim.Customer{Platform: inbox.Facebook, Person: sim.Person{Name: "Ursel Kamp"}, Text: "hallo"}); err != nil {
		t.Fatal(err)
	}
	d := newDesk(t, world.BaseURL(), "")
	d.parley("sync").exits(exitDone)
	var said strings.Builder
	note := func(o outcome) { said.WriteString(o.stdout + o.stderr) }
	for _, fault := range []string{"any:tear-before", "any:500", "any:html", "any:cut", "any:status-error", "any:429=1s", "any:expired-key", "any:suspended"} {
		world.ClearFaults()
		if err := world.AddFault(fault); err != nil {
			t.Fatal(err)
		}
		world.ClearCache()
		note(d.parley("sync", "--force", "--wait", "0"))
		note(d.parley("sync", "--json", "--wait", "1s"))
		note(d.parley("send", "ursel", "fault "+fault, "--wait", "500ms"))
		note(d.parley("doctor"))
		note(d.parley("autoreply"))
	}
	world.ClearFaults()
	for _, bad := range []string{"http://127.0.0.1:1/api", "http://127.0.0.1:1/" + testKey, "https://nowhere.invalid/api"} {
		config := filepath.Join(d.home, "config.toml")
		before, err := os.ReadFile(config)
		if err != nil {
			t.Fatal(err)
		}
		d.write("config.toml", strings.ReplaceAll(string(before), world.BaseURL(), bad))
		note(d.parley("sync", "--force", "--wait", "0"))
		note(d.parley("doctor"))
		d.write("config.toml", string(before))
	}
	kept := d.everythingKept()
	for _, key := range []string{testKey, testProfile, testXKey, testXSecret} {
		if strings.Contains(said.String(), key) {
			t.Errorf("%s is in the output", key)
		}
		if strings.Contains(kept, key) {
			t.Errorf("%s is in the data folder", key)
		}
	}
	if !strings.Contains(kept, `"level":"WARN"`) && !strings.Contains(kept, `"level":"ERROR"`) {
		t.Error("the log does not know of any of the failures")
	}
	for _, file := range []string{"parley.db", "parley.log"} {
		if info, err := os.Stat(filepath.Join(d.data(), file)); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, %v", file, info, err)
		}
	}
}

// TestDoctor finds what is wrong and says how to mend it.
func TestDoctor(t *testing.T) {
	t.Parallel()
	world := newSim(t, sim.Options{Seed: 8, Quiet: true})
	d := newDesk(t, world.BaseURL(), "")
	status := func(o outcome) map[string]string {
		all := map[string]string{}
		for _, r := range o.records() {
			all[fmt.Sprint(r["check"])] = fmt.Sprint(r["status"])
		}
		return all
	}
	well := status(d.parley("doctor", "--json").exits(exitDone))
	for _, check := range []string{"config", "acme key", "acme messaging", "acme Facebook", "acme clock", "acme month", "cache", "locale"} {
		if well[check] != "ok" {
			t.Errorf("%s: %q, want ok (%v)", check, well[check], well)
		}
	}
	if err := world.AddFault("any:expired-key"); err != nil {
		t.Fatal(err)
	}
	if ill := status(d.parley("doctor", "--json").exits(exitFailed)); ill["acme key"] != "fail" {
		t.Errorf("with an expired key: %v", ill)
	}
	world.ClearFaults()
	if err := world.AddFault("any:date=24h"); err != nil {
		t.Fatal(err)
	}
	if ill := status(d.parley("doctor", "--json").exits(exitDone)); ill["acme clock"] != "warn" {
		t.Errorf("with a wrong clock: %v", ill)
	}
	world.ClearFaults()
	config, err := os.ReadFile(filepath.Join(d.home, "config.toml"))
	if err != nil {
		t.Fatal(err)
	}
	d.write("config.toml", withoutKeysOf("twitter", string(config)))
	if ill := status(d.parley("doctor", "--json").exits(exitFailed)); ill["acme X"] != "fail" || ill["acme Facebook"] != "ok" {
		t.Errorf("without the keys of X: %v", ill)
	}
	d.write("config.toml", "nonsense")
	if ill := status(d.parley("doctor", "--json").exits(exitFailed)); ill["config"] != "fail" {
		t.Errorf("with a broken config: %v", ill)
	}
}

// withoutKeysOf is a config without the settings that only the platform needs.
func withoutKeysOf(platform, config string) string {
	lines := slices.DeleteFunc(strings.Split(config, "\n"), func(line string) bool { return strings.HasPrefix(line, platform+"_") })
	return strings.Join(lines, "\n")
}

// TestListTellsItsAge: what was never read or can no longer be read is said, on
// standard error only, and only for what was asked for.
func TestListTellsItsAge(t *testing.T) {
	t.Parallel()
	world := newSim(t, sim.Options{Seed: 10, Quiet: true, CacheTime: time.Second})
	d := newDesk(t, world.BaseURL(), "")
	never := d.parley("list", "platform:instagram").exits(exitDone).says("Instagram of acme was never read", "parley sync")
	if strings.Contains(never.stderr, "Facebook") || never.stdout != "" {
		t.Errorf("a list of Instagram tells %q and %q", never.stderr, never.stdout)
	}
	d.parley("sync").exits(exitDone)
	if well := d.parley("list").exits(exitDone); well.stderr != "" {
		t.Errorf("all is fresh, and it says %q", well.stderr)
	}
	if err := world.AddFault("read@facebook:expired-key"); err != nil {
		t.Fatal(err)
	}
	d.parley("sync", "--force").exits(exitFailed)
	d.parley("list", "--json").exits(exitDone).says("Facebook of acme was last read")
	if other := d.parley("list", "platform:instagram").exits(exitDone); strings.Contains(other.stderr, "Facebook") {
		t.Errorf("nobody asked for Facebook: %q", other.stderr)
	}
}

// TestNoSyncForWhatOnlyTells: what is known by webhook only is not to be read, and
// a change of the automatic answer goes to the account that can have one.
func TestNoSyncForWhatOnlyTells(t *testing.T) {
	t.Parallel()
	world := newSim(t, sim.Options{Seed: 10, Quiet: true, CacheTime: time.Second})
	d := newDesk(t, world.BaseURL(), fmt.Sprintf(`
[[account]]
name = "hub"
provider = "chatt2me"
base_url = "http://127.0.0.1:1/v1"
api_key = %q
channel = %q
platform = "instagram"
webhook_secrets = [%q]
`, hubKey, hubChannel, hubSecret))
	silent := d.parley("list", "account:hub").exits(exitDone).says("Instagram of hub has told nothing yet", "parley doctor")
	if strings.Contains(silent.stderr, "sync") {
		t.Errorf("there is nothing to sync: %q", silent.stderr)
	}
	d.parley("autoreply", "--on", "--set", inbox.AutomationNotice).exits(exitDone)
	if reply := d.parley("autoreply", "--account", "acme", "--json").exits(exitDone).one(); reply["active"] != true {
		t.Errorf("the only account that can answer by itself says %v", reply)
	}
}

// TestWindowsInSight: a late window is named where it is listed, shown and
// answered in, a closed one has its time, and closing_soon is what is:closing
// goes by.
func TestWindowsInSight(t *testing.T) {
	t.Parallel()
	world := newSim(t, sim.Options{Seed: 11, Quiet: true, CacheTime: time.Second})
	for name, ago := range map[string]time.Duration{"Lotte Spät": 30 * time.Hour, "Clos Vorbei": 8 * 24 * time.Hour, "Bald Sommer": 22*time.Hour + 30*time.Minute} {
		if _, err := world.Arrive(sim.Customer{Platform: inbox.Facebook, Person: sim.Person{Name: name}, Text: "hallo", At: time.Now().Add(-ago)}); err != nil {
			t.Fatal(err)
		}
	}
	d := newDesk(t, world.BaseURL(), "[ui]\nclosing_soon = \"1h\"\n")
	d.parley("sync").exits(exitDone)
	d.parley("list", "lotte").exits(exitDone).prints("late 5d 17h", "  1d  ")
	d.parley("show", "lotte").exits(exitDone).prints("late 5d 17h", "human agents only")
	d.parley("show", "clos vorbei").exits(exitDone).prints("closed since ")
	d.parley("send", "lotte", "hello", "--wait", "0").exits(exitDone).says("late", "human agents only")
	for soon, want := range map[string]int{"1h": 0, "2h": 1} {
		config, err := os.ReadFile(filepath.Join(d.home, "config.toml"))
		if err != nil {
			t.Fatal(err)
		}
		d.write("config.toml", strings.Replace(string(config), `closing_soon = "1h"`, fmt.Sprintf("closing_soon = %q", soon), 1))
		if found := d.parley("list", "is:closing", "bald", "--json").exits(exitDone).records(); len(found) != want {
			t.Errorf("closing_soon %s finds %d, want %d", soon, len(found), want)
		}
		d.write("config.toml", string(config))
	}
}

// TestDoctorMendsACache saves the draft of a broken file, and begins anew where
// nothing can be saved.
func TestDoctorMendsACache(t *testing.T) {
	t.Parallel()
	for name, spoil := range map[string]func([]byte) []byte{
		"cut":     func(b []byte) []byte { return b[:3*4096] },
		"garbage": func(b []byte) []byte { return []byte(strings.Repeat("no", 4096)) },
	} {
		t.Run(name, func(t *testing.T) {
			world := newSim(t, sim.Options{Seed: 8, Quiet: true})
			d := newDesk(t, world.BaseURL(), "")
			d.parley("sync").exits(exitDone)
			file := filepath.Join(d.data(), "parley.db")
			content, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(file, spoil(content), 0o600); err != nil {
				t.Fatal(err)
			}
			told := d.parley("list").exits(exitFailed)
			if !strings.Contains(told.stderr, "parley doctor --mend") || !strings.Contains(told.stderr, file) {
				t.Errorf("the error names no way out: %s", told.stderr)
			}
			if mended := d.parley("doctor", "--mend"); !strings.Contains(mended.stdout, file+".damaged-") {
				t.Errorf("where is the damaged file? %s", mended.stdout)
			}
			d.parley("sync", "--force").exits(exitDone)
			if list := d.parley("list", "--json").exits(exitDone); len(list.records()) == 0 {
				t.Error("nothing was read anew")
			}
		})
	}
}

// TestDemoWithoutATerminal plays a shift and leaves nothing behind.
func TestDemoWithoutATerminal(t *testing.T) {
	t.Parallel()
	d := newDesk(t, "http://127.0.0.1:1/api", "")
	temp := filepath.Join(d.home, "tmp")
	if err := os.Mkdir(temp, 0o700); err != nil {
		t.Fatal(err)
	}
	d.env = append(d.env, "TMPDIR="+temp)
	out := d.parley("demo").exits(exitDone)
	for _, part := range []string{"Unanswered", "closes first", "sent ", "Waiting for the customer", "That is the whole job", "By webhook", "(graph)", "(chatt2me)", "[reaction]"} {
		if !strings.Contains(out.stdout, part) {
			t.Errorf("the shift lacks %q:\n%s", part, out.stdout)
		}
	}
	if left, err := os.ReadDir(temp); err != nil || len(left) != 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

// TestManualAndCompletion: every command is in the manual, and the shell gets
// conversations from the cache.
func TestManualAndCompletion(t *testing.T) {
	t.Parallel()
	v, d := newVendorDesk(t)
	d.parley("sync").exits(exitDone)
	v.seen()
	manual := d.parley("man").exits(exitDone).stdout
	for _, name := range []string{"sync", "list", "show", "send", "outbox", "archive", "unarchive", "autoreply", "forget", "doctor", "demo", "sim", "version", "react", "unreact", "heart", "share", "posts", "seen", "run", "webhook", "login", "done", "reopen", "snooze", "unsnooze", "label", "note", "mute", "unmute", "read", "unread", "take", "give-up"} {
		if !strings.Contains(manual, name) {
			t.Errorf("the manual lacks %s", name)
		}
	}
	offered := d.parley("__complete", "show", "joh").exits(exitDone).stdout
	if !strings.Contains(offered, "acme/facebook/t_10161117434308444\tJohn Smith") {
		t.Errorf("offered for show:\n%s", offered)
	}
	for typed, want := range map[string]string{
		"-unr": "-is:unread\thas messages that nobody has read", "account:": "account:acme\n", "left<2h acc": "left<2h account:\t", "label:": ":4\n",
	} {
		if offered := d.parley("__complete", "list", "--", typed).exits(exitDone).stdout; !strings.Contains(offered, want) {
			t.Errorf("offered for %q:\n%s", typed, offered)
		}
	}
	for _, shell := range []string{"bash", "zsh", "fish"} {
		if script := d.parley("completion", shell).exits(exitDone).stdout; !strings.Contains(script, "parley") {
			t.Errorf("no completion for %s", shell)
		}
	}
	if len(v.seen()) != 0 {
		t.Error("completion asked the network")
	}
}
