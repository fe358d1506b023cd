package sim_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"parley/inbox"
	"parley/platforms/sim"
)

// graph is a small quiet world with the Graph face, whose reads are not paced.
func graph(c *clock) sim.Options {
	opts := quiet(c)
	opts.Face, opts.CallsPerSecond = sim.FaceInstagram, -1
	return opts
}

const (
	allMessageFields = "id,created_time,from,to,message,attachments,shares{link,name},story,reactions,reply_to,is_unsupported"
	graphTime        = "2006-01-02T15:04:05-0700"
)

// refused asks and expects the envelope of an error.
func refused(t testing.TB, res *http.Response, status, code, subcode int) map[string]any {
	t.Helper()
	o := object(t, res)
	e, _ := o["error"].(map[string]any)
	told := [2]int{whole(e["code"]), whole(e["error_subcode"])}
	if res.StatusCode != status || told != [2]int{code, subcode} || e["message"] == "" || e["fbtrace_id"] == "" {
		t.Errorf("%s %s: %s %v, wanted %d and %d/%d", res.Request.Method, res.Request.URL.Path, res.Status, o, status, code, subcode)
	}
	return e
}

func whole(v any) int {
	n, _ := v.(float64)
	return int(n)
}

// within is an object inside of an object.
func within(o map[string]any, names ...string) map[string]any {
	for _, name := range names {
		o, _ = o[name].(map[string]any)
	}
	return o
}

// graphThread reads a conversation's messages, newest first.
func graphThread(t testing.TB, s *sim.Server, id string, limit int) []map[string]any {
	t.Helper()
	o := get(t, s, fmt.Sprintf("/%s?fields=%s", id, url.QueryEscape(fmt.Sprintf("messages.limit(%d){%s}", limit, allMessageFields))))
	return list(within(o, "messages"), "data")
}

func TestTheAccountHasTwoIDsThatLookAlike(t *testing.T) {
	s := start(t, graph(newClock()))
	for _, node := range []string{"/me", "/" + s.AccountID()} {
		o := get(t, s, node+"?fields=user_id,username,name,account_type,profile_picture_url,followers_count,media_count")
		if o["user_id"] != s.AccountID() || o["id"] == o["user_id"] || o["id"] == "" || o["username"] == "" || o["account_type"] == "" {
			t.Errorf("%s: %v", node, o)
		}
	}
	if o := get(t, s, "/me"); len(o) != 1 || o["id"] == "" {
		t.Errorf("without fields there is %v", o)
	}
	if err := s.AddFault("user:wrapped:once"); err != nil {
		t.Fatal(err)
	}
	if rows := list(get(t, s, "/me?fields=user_id,username"), "data"); len(rows) != 1 || rows[0]["user_id"] != s.AccountID() {
		t.Errorf("wrapped: %v", rows)
	}
}

func TestGraphRequestsThatAreRefused(t *testing.T) {
	opts := graph(newClock())
	opts.Rows = 50
	s := start(t, opts)
	id := s.Conversations()[0].ID
	for _, c := range []struct {
		method, path          string
		edit                  func(*http.Request)
		status, code, subcode int
	}{
		{"GET", "/me", without("Authorization"), 401, 190, 0},
		{"GET", "/me", with("Authorization", "Bearer nope"), 401, 190, 0},
		{"GET", "/me", with("Authorization", s.Key()), 401, 190, 0},
		{"GET", "/v24.0/me", nil, 500, 2500, 0},
		{"GET", "/me/conversations/x", nil, 500, 2500, 0},
		{"GET", "/me?fields=email", nil, 400, 100, 0},
		{"GET", "/me?fields=id,,name", nil, 400, 100, 0},
		{"GET", "/me/conversations", nil, 400, 100, 0},
		{"GET", "/me/conversations?platform=messenger", nil, 400, 100, 0},
		{"GET", "/me/conversations?platform=instagram&fields=snippet", nil, 400, 100, 0},
		{"GET", "/me/conversations?platform=instagram&limit=0", nil, 400, 100, 0},
		{"GET", "/me/conversations?platform=instagram&after=abc", nil, 400, 100, 0},
		{"GET", "/me/conversations?platform=instagram&limit=60", nil, 500, 1, 0},
		{"GET", "/me/conversations?platform=instagram&limit=3&fields=messages.limit(20)", nil, 500, 1, 0},
		{"GET", "/" + id + "?fields=messages{id,text}", nil, 400, 100, 0},
		{"GET", "/" + id + "?fields=messages.limit(51){id}", nil, 500, 1, 0},
		{"GET", "/" + id + "/messages?limit=51", nil, 500, 1, 0},
		{"GET", "/aWdfZAG06nobody", nil, 400, 100, 33},
		{"GET", "/aWdfZAG1faXRlbToxOknothing", nil, 400, 100, 33},
		{"GET", "/4040404040", nil, 400, 100, 33},
		{"GET", "/180000000", nil, 400, 100, 33},
		{"POST", "/me/conversations", nil, 400, 100, 0},
		{"POST", "/me/subscribed_apps?subscribed_fields=messages", nil, 400, 100, 0},
		{"POST", "/" + s.AccountID() + "/subscribed_apps?subscribed_fields=everything", nil, 400, 100, 0},
		{"POST", "/" + s.AccountID() + "/subscribed_apps", nil, 400, 100, 0},
	} {
		edits := []func(*http.Request){}
		if c.edit != nil {
			edits = append(edits, c.edit)
		}
		refused(t, do(t, s, c.method, c.path, "", edits...), c.status, c.code, c.subcode)
	}
}

func TestATokenMayStandInTheQuery(t *testing.T) {
	s := start(t, graph(newClock()))
	res := do(t, s, "GET", "/me?access_token="+s.Key(), "", without("Authorization"))
	if o := object(t, res); res.StatusCode != 200 || o["id"] == nil {
		t.Errorf("%s %v", res.Status, o)
	}
}

func TestErrorsAreInTheAccountsLanguage(t *testing.T) {
	said := map[any]bool{}
	for seed := range uint64(3) {
		opts := graph(newClock())
		opts.Seed = seed
		said[refused(t, do(t, start(t, opts), "GET", "/4040404040", ""), 400, 100, 33)["message"]] = true
	}
	if len(said) != 3 {
		t.Errorf("all accounts say %v", said)
	}
}

func TestTheListOfConversationsComesInPages(t *testing.T) {
	for _, seed := range []uint64{1, 2} {
		opts := graph(newClock())
		opts.Seed = seed
		s := start(t, opts)
		path, before := "/me/conversations?platform=instagram&fields=id,updated_time,participants&limit=4", "9999"
		var rows []map[string]any
		for pages := 0; path != ""; pages++ {
			o := get(t, s, path)
			for _, row := range list(o, "data") {
				rows = append(rows, row)
				if updated := row["updated_time"].(string); updated > before {
					t.Errorf("%s comes after %s", updated, before)
				} else if _, err := time.Parse(graphTime, updated); err != nil {
					t.Error(err)
				}
				before = row["updated_time"].(string)
			}
			cursors := within(o, "paging", "cursors")
			next, more := within(o, "paging")["next"].(string)
			_, before := cursors["before"]
			if before != (seed%2 == 0) || (cursors != nil) != (more || before) {
				t.Errorf("paging is %v", o["paging"])
			}
			if path = ""; more {
				path = "/me/conversations?platform=instagram&fields=id,updated_time,participants&limit=4&after=" + cursors["after"].(string)
				if !strings.Contains(next, "access_token="+s.Key()) || !strings.HasPrefix(next, s.BaseURL()) {
					t.Errorf("the next page is at %s", next)
				}
			}
		}
		checkParticipants(t, s, rows)
	}
}

func checkParticipants(t *testing.T, s *sim.Server, rows []map[string]any) {
	t.Helper()
	want := s.Conversations()
	if len(rows) != len(want) {
		t.Fatalf("%d conversations of %d", len(rows), len(want))
	}
	of := map[string]sim.Conversation{}
	for _, c := range want {
		of[c.ID] = c
	}
	for _, row := range rows {
		both := list(within(row, "participants"), "data")
		c := of[row["id"].(string)]
		if len(both) != 2 || both[0]["id"] != c.Participant || both[1]["id"] != s.AccountID() {
			t.Errorf("the participants of %s are %v", c.ID, both)
		}
		if name, _ := both[0]["username"].(string); name != c.Person.Username {
			t.Errorf("%s is called %q", c.Participant, name)
		}
	}
}

func TestOneConversationIsFoundByItsCustomer(t *testing.T) {
	s := start(t, graph(newClock()))
	c := s.Conversations()[3]
	rows := list(get(t, s, "/me/conversations?user_id="+c.Participant), "data")
	if len(rows) != 1 || rows[0]["id"] != c.ID || len(rows[0]) != 2 || rows[0]["updated_time"] == nil {
		t.Errorf("%v", rows)
	}
	if o := get(t, s, "/me/conversations?user_id=404"); len(list(o, "data")) != 0 || o["paging"] != nil {
		t.Errorf("nobody's: %v", o)
	}
}

func TestOnlyTheNewestTwentyAreTold(t *testing.T) {
	opts := graph(newClock())
	opts.Conversations, opts.Messages = 1, 30
	s := start(t, opts)
	c := s.Conversations()[0]
	if c.Messages != 20 {
		t.Errorf("%d messages are said to be shown", c.Messages)
	}
	rows := graphThread(t, s, c.ID, 40)
	if len(rows) != 30 {
		t.Fatalf("%d messages are listed", len(rows))
	}
	for i, row := range rows {
		if full := row["from"] != nil; full != (i < 20) || row["id"] == "" || row["created_time"] == nil {
			t.Errorf("message %d: %v", i, row)
		}
	}
	for i, row := range rows {
		res := do(t, s, "GET", "/"+row["id"].(string)+"?fields=from,message", "")
		o := object(t, res)
		code := whole(within(o, "error")["code"])
		if i < 20 && o["from"] == nil || i >= 20 && code != 100 && code != 9000001 {
			t.Errorf("message %d alone: %s %v", i, res.Status, o)
		}
	}
}

func TestAThreadComesInPagesToo(t *testing.T) {
	opts := graph(newClock())
	opts.Conversations, opts.Messages = 1, 12
	s := start(t, opts)
	id := s.Conversations()[0].ID
	if _, err := s.Write(sim.Post{ConversationID: id, Text: "the newest"}); err != nil {
		t.Fatal(err)
	}
	want := graphThread(t, s, id, 50)
	nested := list(get(t, s, "/me/conversations?platform=instagram&fields="+url.QueryEscape("messages.limit(2){id,message}")), "data")[0]
	next := strings.TrimPrefix(within(nested, "messages", "paging")["next"].(string), s.BaseURL())
	if rows := list(get(t, s, next), "data"); len(rows) != 2 || rows[0]["id"] != want[2]["id"] || rows[0]["message"] != want[2]["message"] {
		t.Errorf("after the two newest come %v", rows)
	}
	var got []map[string]any
	for path := "/" + id + "/messages?limit=5&fields=" + url.QueryEscape(allMessageFields); path != ""; {
		o := get(t, s, path)
		got = append(got, list(o, "data")...)
		next, _ := within(o, "paging")["next"].(string)
		path = strings.TrimPrefix(next, s.BaseURL())
	}
	if len(want) != 13 || fmt.Sprint(got) != fmt.Sprint(want) || want[0]["message"] != "the newest" {
		t.Errorf("in pages %d messages, at once %d", len(got), len(want))
	}
	if bare := list(get(t, s, "/"+id+"/messages"), "data"); len(bare) != 13 || len(bare[0]) != 2 {
		t.Errorf("without fields a message is %v", bare[0])
	}
}

func TestAMessageSaysWhoWroteIt(t *testing.T) {
	s := start(t, graph(newClock()))
	c := arrive(t, s, sim.Customer{Platform: inbox.Instagram, Person: sim.Person{Username: "ada"}, Text: "hello"})
	if _, err := s.Write(sim.Post{ConversationID: c.ID, Text: "hi!", Sent: true}); err != nil {
		t.Fatal(err)
	}
	rows := graphThread(t, s, c.ID, 5)
	for i, who := range []string{s.AccountID(), c.Participant} {
		to := list(within(rows[i], "to"), "data")
		if rows[i]["is_unsupported"] != false || within(rows[i], "from")["id"] != who || len(to) != 1 || to[0]["id"] == who {
			t.Errorf("message %d: %v", i, rows[i])
		}
	}
	if within(rows[1], "from")["username"] != "ada" || rows[1]["message"] != "hello" {
		t.Errorf("%v", rows[1])
	}
}

func TestAttachmentsHaveOneOfThreeShapes(t *testing.T) {
	now := newClock()
	s := start(t, graph(now))
	c := arrive(t, s, sim.Customer{Platform: inbox.Instagram, Text: "look"})
	for kind, has := range map[string]string{
		"image": "image_data", "video": "video_data", "audio": "file_url", "file": "file_url", "like_heart": "image_data",
	} {
		now.pass(time.Second)
		if _, err := s.Write(sim.Post{ConversationID: c.ID, Attachments: []sim.Attachment{{Type: kind, URL: "https://cdn.example/" + kind}}}); err != nil {
			t.Fatal(err)
		}
		files := list(within(graphThread(t, s, c.ID, 1)[0], "attachments"), "data")
		if len(files) != 1 || files[0]["mime_type"] == "" || files[0]["id"] == "" {
			t.Fatalf("%s: %v", kind, files)
		}
		for _, shape := range []string{"image_data", "video_data", "file_url"} {
			if told := files[0][shape] != nil; told != (shape == has) {
				t.Errorf("%s has %s: %v", kind, shape, told)
			}
		}
		if sticker := within(files[0], "image_data")["render_as_sticker"]; kind == "like_heart" && sticker != true || kind == "image" && sticker != false {
			t.Errorf("%s is a sticker: %v", kind, sticker)
		}
	}
}

func TestWhatCustomersShareReadsBackEmpty(t *testing.T) {
	now := newClock()
	s := start(t, graph(now))
	c := arrive(t, s, sim.Customer{Platform: inbox.Instagram, Text: "look"})
	for _, kind := range []string{"ig_post", "ig_reel", "ig_story"} {
		now.pass(time.Second)
		if _, err := s.Write(sim.Post{ConversationID: c.ID, Attachments: []sim.Attachment{{Type: kind, URL: "https://www.instagram.com/p/abc/"}}}); err != nil {
			t.Fatal(err)
		}
		m := graphThread(t, s, c.ID, 1)[0]
		if m["message"] != "" || m["attachments"] != nil || m["shares"] != nil || m["story"] != nil {
			t.Errorf("%s: %v", kind, m)
		}
	}
	for kind, side := range map[string]string{"story_mention": "mention", "story_reply": "reply_to"} {
		now.pass(time.Second)
		if _, err := s.Write(sim.Post{ConversationID: c.ID, Attachments: []sim.Attachment{{Type: kind, URL: "https://lookaside.example/s", ID: "1802"}}}); err != nil {
			t.Fatal(err)
		}
		if story := within(graphThread(t, s, c.ID, 1)[0], "story", side); story["link"] != "https://lookaside.example/s" || story["id"] != "1802" {
			t.Errorf("%s: %v", kind, story)
		}
	}
	now.pass(time.Second)
	if _, err := s.Write(sim.Post{ConversationID: c.ID, Attachments: []sim.Attachment{{Type: "ephemeral"}}}); err != nil {
		t.Fatal(err)
	}
	if m := graphThread(t, s, c.ID, 1)[0]; m["is_unsupported"] != true {
		t.Errorf("view once: %v", m)
	}
}

func TestUpdatedTimeMovesWithMessagesOnly(t *testing.T) {
	now := newClock()
	s := start(t, graph(now))
	c := arrive(t, s, sim.Customer{Platform: inbox.Instagram, Text: "hello"})
	updated := func() any {
		return list(get(t, s, "/me/conversations?user_id="+c.Participant), "data")[0]["updated_time"]
	}
	mid := graphThread(t, s, c.ID, 1)[0]["id"].(string)
	first := updated()
	now.pass(time.Minute)
	for _, err := range []error{s.React(c.ID, mid, "❤️"), s.Read(c.ID), s.Edit(c.ID, mid, "hallo")} {
		if err != nil {
			t.Fatal(err)
		}
	}
	if updated() != first {
		t.Error("a reaction, a read or an edit has moved it")
	}
	if m := graphThread(t, s, c.ID, 1)[0]; m["message"] != "hallo" || len(list(within(m, "reactions"), "data")) != 1 {
		t.Errorf("the message is %v", m)
	}
	if _, err := s.Write(sim.Post{ConversationID: c.ID, Text: "one more"}); err != nil {
		t.Fatal(err)
	}
	if updated() == first {
		t.Error("a message has not moved it")
	}
}

func TestAnUnsentMessageIsGone(t *testing.T) {
	s := start(t, graph(newClock()))
	c := arrive(t, s, sim.Customer{Platform: inbox.Instagram, Text: "wrong window"})
	mid := graphThread(t, s, c.ID, 1)[0]["id"].(string)
	status, answer := control(t, s, s.ControlToken(), "POST", "/unsends", fmt.Sprintf(`{"conversation_id":%q,"message_id":%q}`, c.ID, mid))
	if status != 204 {
		t.Fatal(status, answer)
	}
	if rows := graphThread(t, s, c.ID, 5); len(rows) != 0 {
		t.Errorf("it is still listed: %v", rows)
	}
	res := do(t, s, "GET", "/"+mid+"?fields=message", "")
	if o := object(t, res); res.StatusCode != 400 {
		t.Errorf("it is still told: %v", o)
	}
	if n := s.Conversations()[len(s.Conversations())-1].Messages; n != 0 {
		t.Errorf("%d messages are said to be shown", n)
	}
}

func TestAProfileNeedsConsent(t *testing.T) {
	opts := graph(newClock())
	opts.Conversations, opts.Messages = 60, 120
	s := start(t, opts)
	refusals := 0
	for _, c := range s.Conversations() {
		res := do(t, s, "GET", "/"+c.Participant+"?fields=name,username,profile_pic,follower_count,is_user_follow_business,is_verified_user", "")
		if res.StatusCode != 200 {
			refused(t, res, 400, 230, 0)
			refusals++
			continue
		}
		if o := object(t, res); o["id"] != c.Participant || o["username"] != c.Person.Username || (o["name"] == nil) != (c.Person.Name == "") {
			t.Errorf("%+v is told as %v", c.Person, o)
		}
	}
	if refusals == 0 || refusals > 20 {
		t.Errorf("%d of 60 profiles are refused", refusals)
	}
}

func TestOwnPostsComeInPages(t *testing.T) {
	s := start(t, graph(newClock()))
	var posts []map[string]any
	for path := "/me/media?fields=id,caption,media_type,permalink,timestamp&limit=5"; path != ""; {
		o := get(t, s, path)
		posts = append(posts, list(o, "data")...)
		next, _ := within(o, "paging")["next"].(string)
		path = strings.TrimPrefix(next, s.BaseURL())
	}
	ids := map[any]bool{}
	for _, p := range posts {
		ids[p["id"]] = true
		if link, _ := p["permalink"].(string); !strings.HasPrefix(link, "https://www.instagram.com/") {
			t.Errorf("%v", p)
		}
		if _, err := time.Parse(graphTime, p["timestamp"].(string)); err != nil {
			t.Error(err)
		}
		if one := get(t, s, "/"+p["id"].(string)+"?fields=permalink"); one["permalink"] != p["permalink"] {
			t.Errorf("alone it is %v", one)
		}
	}
	if len(posts) < 6 || len(ids) != len(posts) {
		t.Errorf("%d posts with %d ids", len(posts), len(ids))
	}
}

func TestTheConversationsAPIIsPaced(t *testing.T) {
	now := newClock()
	opts := graph(now)
	opts.CallsPerSecond = 0
	s := start(t, opts)
	const path = "/me/conversations?platform=instagram"
	for range 2 {
		get(t, s, path)
	}
	refused(t, do(t, s, "GET", path, ""), 500, 613, 0)
	get(t, s, "/me") // is no conversation
	now.pass(time.Second)
	get(t, s, path)
}

func TestStrangeReadsKeepTheirShape(t *testing.T) {
	opts := graph(newClock())
	opts.Faults = []string{"read:strange"}
	s := start(t, opts)
	rows := list(get(t, s, "/me/conversations?platform=instagram&fields=id,participants"), "data")
	who := list(within(rows[0], "participants"), "data")[0]
	if _, number := who["id"].(float64); !number || who["mood"] == nil {
		t.Errorf("nothing is strange about %v", who)
	}
}

func TestSubscriptionsOfTheAccount(t *testing.T) {
	s := start(t, graph(newClock()))
	path := "/" + s.AccountID() + "/subscribed_apps"
	if rows := list(get(t, s, path), "data"); len(rows) != 0 {
		t.Errorf("at the start: %v", rows)
	}
	if o := object(t, do(t, s, "POST", path+"?subscribed_fields=messages,message_reactions", "")); o["success"] != true {
		t.Error(o)
	}
	if rows := list(get(t, s, path), "data"); len(rows) != 1 || fmt.Sprint(rows[0]["subscribed_fields"]) != "[messages message_reactions]" {
		t.Errorf("%v", rows)
	}
	form := with("Content-Type", "application/x-www-form-urlencoded")
	if o := object(t, do(t, s, "POST", path, "subscribed_fields=messages", form)); o["success"] != true {
		t.Error(o)
	}
	object(t, do(t, s, "DELETE", path, ""))
	if rows := list(get(t, s, path), "data"); len(rows) != 0 {
		t.Errorf("at the end: %v", rows)
	}
}

func TestGraphFaultsLookLikeTheAPIs(t *testing.T) {
	for _, c := range []struct {
		fault                 string
		status, code, subcode int
		transient             bool
	}{
		{"429", 400, 4, 0, false},
		{"429=90s", 400, 80002, 0, false},
		{"expired-key", 401, 190, 463, false},
		{"suspended", 400, 190, 460, false},
		{"status-error", 500, 1, 99, false},
		{"503", 503, 2, 0, true},
		{"502-after", 502, 2, 0, true},
		{"code=551", 400, 551, 0, false},
		{"code=200/2534041/403", 403, 200, 2534041, false},
	} {
		opts := graph(newClock())
		opts.Faults = []string{"user:" + c.fault}
		res := do(t, start(t, opts), "GET", "/me", "")
		e := refused(t, res, c.status, c.code, c.subcode)
		if transient, _ := e["is_transient"].(bool); transient != c.transient {
			t.Errorf("%s: transient %v", c.fault, e)
		}
		if wait := res.Header.Get("X-Business-Use-Case-Usage"); strings.Contains(wait, `"estimated_time_to_regain_access":2`) != (c.fault == "429=90s") {
			t.Errorf("%s says %q", c.fault, wait)
		}
	}
}

func TestUsageIsToldWhenThereIsAny(t *testing.T) {
	s := start(t, graph(newClock()))
	usage := func() (app, business string) {
		res := do(t, s, "GET", "/me", "")
		res.Body.Close()
		return res.Header.Get("X-App-Usage"), res.Header.Get("X-Business-Use-Case-Usage")
	}
	if app, business := usage(); app+business != "" {
		t.Errorf("%q and %q", app, business)
	}
	for _, c := range []struct{ fault, app, business string }{
		{"usage=80", `"call_count":80`, s.AccountID()},
		{"usage=100", `"call_count":100`, `"estimated_time_to_regain_access":5`},
		{"usage=garbage", "{", "soon"},
	} {
		if err := s.AddFault("any:" + c.fault + ":once"); err != nil {
			t.Fatal(err)
		}
		if app, business := usage(); !strings.Contains(app, c.app) || !strings.Contains(business, c.business) {
			t.Errorf("%s: %q and %q", c.fault, app, business)
		}
	}
}

// TestALivelyWorldReadsWhole: whatever people do for two hours, each thread can be
// read and has as many messages as the world says.
func TestALivelyWorldReadsWhole(t *testing.T) {
	now := newClock()
	opts := sim.Options{Face: sim.FaceInstagram, Seed: 5, Now: now.Now, CallsPerSecond: -1, Pace: 4}
	s := start(t, opts)
	wrote := map[string]bool{}
	for range 24 {
		now.pass(5 * time.Minute)
		for _, c := range s.Conversations() {
			checkThread(t, s, c)
			if !wrote[c.ID] && now.Now().Sub(c.LastReceived) < 20*time.Hour {
				wrote[c.ID] = true
				if res := message(t, s, c.Participant, `"message":{"text":"One moment please, I will look."}`); res.StatusCode != 200 {
					t.Errorf("%s: %v", c.ID, object(t, res))
				}
			}
		}
	}
	if len(s.Conversations()) == len(wrote) || len(s.Deliveries()) != len(wrote) {
		t.Errorf("%d conversations, %d answers, %d deliveries", len(s.Conversations()), len(wrote), len(s.Deliveries()))
	}
}

func checkThread(t *testing.T, s *sim.Server, c sim.Conversation) {
	t.Helper()
	full, before := 0, "9999"
	for _, m := range graphThread(t, s, c.ID, 60) {
		at := m["created_time"].(string)
		if at > before {
			t.Errorf("%s: %s comes after %s", c.ID, at, before)
		}
		before = at
		if m["from"] != nil {
			full++
		}
	}
	if full != c.Messages {
		t.Errorf("%s: %d messages of %d", c.ID, full, c.Messages)
	}
}
