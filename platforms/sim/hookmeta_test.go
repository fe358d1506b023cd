package sim_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"reflect"
	"strings"
	"testing"
	"time"

	"parley/inbox"
	"parley/platforms/sim"
)

// instagram starts a world with one customer who has written, and a receiver
// that is told of all that comes after.
func instagram(t *testing.T, faults ...string) (*sim.Server, *receiver, sim.Conversation, string) {
	t.Helper()
	s := start(t, face(sim.FaceInstagram, faults...))
	c := arrive(t, s, sim.Customer{Platform: inbox.Instagram, Person: sim.Person{Username: "ida"}})
	id := write(t, s, sim.Post{ConversationID: c.ID, Text: "hello"})
	r := listen(t, nil)
	set(t, s, r, "app secret")
	return s, r, c, id
}

// event is the one event of a call, without its time.
func event(t *testing.T, call told) map[string]any {
	t.Helper()
	o := call.json(t)
	e, _ := at(o, "entry", 0, "messaging", 0).(map[string]any)
	if e == nil || o["object"] != "instagram" {
		t.Fatalf("no event in %s", call.body)
	}
	ms, _ := e["timestamp"].(float64)
	if when := time.UnixMilli(int64(ms)); time.Since(when).Abs() > time.Minute {
		t.Errorf("it happened at %v in %s", when, call.body)
	}
	delete(e, "timestamp")
	return e
}

func TestMetaTellsEachKindOfHappening(t *testing.T) {
	s, r, c, hello := instagram(t)
	own := write(t, s, sim.Post{ConversationID: c.ID, Text: "from the app", Sent: true})
	n := 1
	r.wait(t, n)
	const story = "https://lookaside.example/ig_story/?asset_id=18000000000000042&signature=x"
	customer, shop := object2("id", c.Participant), object2("id", "17841400008460056")
	inbound := func(field string, v map[string]any) map[string]any {
		return map[string]any{"sender": customer, "recipient": shop, field: v}
	}
	var newest string
	say := func(p sim.Post) func() {
		return func() { p.ConversationID = c.ID; newest = write(t, s, p) }
	}
	with := func(kind, link string) []sim.Attachment { return []sim.Attachment{{Type: kind, URL: link}} }
	must := func(do func() error) func() {
		return func() {
			if err := do(); err != nil {
				t.Fatal(err)
			}
		}
	}
	for name, v := range map[string]struct {
		do   func()
		want func() map[string]any
	}{
		"a text": {say(sim.Post{Text: "ok"}), func() map[string]any {
			return inbound("message", object2("mid", newest, "text", "ok"))
		}},
		"a picture without words": {say(sim.Post{Attachments: with("image", "https://cdn.example/1.jpg")}), func() map[string]any {
			return inbound("message", object2("mid", newest, "attachments", []any{object2("type", "image", "payload", object2("url", "https://cdn.example/1.jpg"))}))
		}},
		"a heart": {say(sim.Post{Attachments: with("like_heart", "")}), func() map[string]any {
			return inbound("message", object2("mid", newest, "attachments", []any{object2("type", "like_heart")}))
		}},
		"a story reply": {say(sim.Post{Text: "wow", Attachments: with("story_reply", story)}), func() map[string]any {
			return inbound("message", object2("mid", newest, "text", "wow", "reply_to", object2("story", object2("url", story, "id", "18000000000000042"))))
		}},
		"a story mention": {say(sim.Post{Attachments: with("story_mention", story)}), func() map[string]any {
			return inbound("message", object2("mid", newest, "attachments", []any{object2("type", "story_mention", "payload", object2("url", story))}))
		}},
		"a shared story": {say(sim.Post{Attachments: with("ig_story", story)}), func() map[string]any {
			return inbound("message", object2("mid", newest, "attachments", []any{object2("type", "ig_story", "payload", object2("story_media_id", "18000000000000042", "story_media_url", story))}))
		}},
		"a reel": {say(sim.Post{Attachments: []sim.Attachment{{Type: "ig_reel", URL: story, Title: "a\n#b"}}}), func() map[string]any {
			return inbound("message", object2("mid", newest, "attachments", []any{object2("type", "ig_reel", "payload", object2("reel_video_id", "18000000000000042", "title", "a\n#b", "url", story))}))
		}},
		"a sticker": {say(sim.Post{Attachments: []sim.Attachment{{Type: "sticker", URL: story, ID: "7"}}}), func() map[string]any {
			return inbound("message", object2("mid", newest, "attachments", []any{object2("type", "image", "payload", object2("sticker_id", "7", "url", story))}))
		}},
		"a button": {say(sim.Post{Text: "Track my order", Origin: &sim.Origin{Kind: "postback", Payload: "TRACK"}}), func() map[string]any {
			return inbound("postback", object2("mid", newest, "title", "Track my order", "payload", "TRACK"))
		}},
		"a quick reply": {say(sim.Post{Text: "Yes", Origin: &sim.Origin{Kind: "quick_reply", Payload: "YES"}}), func() map[string]any {
			return inbound("message", object2("mid", newest, "text", "Yes", "quick_reply", object2("payload", "YES")))
		}},
		"a product": {say(sim.Post{Text: "this one?", Origin: &sim.Origin{Kind: "product", Payload: "991"}}), func() map[string]any {
			return inbound("message", object2("mid", newest, "text", "this one?", "referral", object2("product", object2("id", "991"))))
		}},
		"an edit": {must(func() error { return s.Edit(c.ID, hello, "hello!") }), func() map[string]any {
			return inbound("message_edit", object2("mid", hello, "text", "hello!", "num_edit", 1.0))
		}},
		"a reaction": {must(func() error { return s.React(c.ID, own, "❤️") }), func() map[string]any {
			return inbound("reaction", object2("mid", own, "action", "react", "reaction", "love", "emoji", "❤️"))
		}},
		"a link": {must(func() error { return s.Refer(c.ID, "spring") }), func() map[string]any {
			return inbound("referral", object2("ref", "spring", "source", "IGME-SOURCE-LINK", "type", "OPEN_THREAD"))
		}},
		"a read": {must(func() error { return s.Read(c.ID) }), func() map[string]any {
			return inbound("read", object2("mid", own))
		}},
	} {
		n++
		v.do()
		if got, want := event(t, r.wait(t, n)[n-1]), v.want(); !reflect.DeepEqual(got, want) {
			t.Errorf("%s:\n got %v\nwant %v", name, got, want)
		}
	}
}

// object2 makes an object of keys and values.
func object2(pairs ...any) map[string]any {
	o := map[string]any{}
	for i := 0; i < len(pairs); i += 2 {
		o[pairs[i].(string)] = pairs[i+1]
	}
	return o
}

func TestMetaTellsOfTheShopsOwnMessagesAsEchoes(t *testing.T) {
	s, r, c, hello := instagram(t)
	id := write(t, s, sim.Post{ConversationID: c.ID, Text: "on its way", Sent: true})
	e := event(t, r.wait(t, 1)[0])
	if at(e, "sender", "id") != "17841400008460056" || at(e, "recipient", "id") != c.Participant || at(e, "message", "is_echo") != true || at(e, "message", "mid") != id {
		t.Errorf("%v", e)
	}
	if err := s.Unsend(c.ID, hello); err != nil {
		t.Fatal(err)
	}
	if e := event(t, r.wait(t, 2)[1]); !reflect.DeepEqual(at(e, "message"), any(object2("mid", hello, "is_deleted", true))) {
		t.Errorf("%v", e)
	}
}

func TestMetaPutsWhatAnotherAppAnswersIntoStandby(t *testing.T) {
	s, r, c, _ := instagram(t)
	if err := s.TakeThread(c.ID, true); err != nil {
		t.Fatal(err)
	}
	write(t, s, sim.Post{ConversationID: c.ID, Text: "hello, bot"})
	if err := s.TakeThread(c.ID, false); err != nil {
		t.Fatal(err)
	}
	var all []string
	for len(all) < 3 {
		all = all[:0]
		for _, call := range r.wait(t, 1) {
			for _, entry := range at(call.json(t), "entry").([]any) {
				for _, list := range []string{"messaging", "standby"} {
					events, _ := at(entry, list).([]any)
					for _, e := range events {
						for _, kind := range []string{"take_thread_control", "pass_thread_control", "message"} {
							if at(e, kind) != nil {
								all = append(all, list+" "+kind)
							}
						}
					}
				}
			}
		}
	}
	if got := fmt.Sprint(all); got != "[messaging take_thread_control standby message messaging pass_thread_control]" {
		t.Error(got)
	}
}

func TestMetaSignsTheEscapedBytes(t *testing.T) {
	s, r, c, _ := instagram(t)
	write(t, s, sim.Post{ConversationID: c.ID, Text: "ça 👍🏽 <b>", Attachments: []sim.Attachment{{Type: "image", URL: "https://cdn.example/a/b.jpg"}}})
	call := r.wait(t, 1)[0]
	body := string(call.body)
	for _, want := range []string{`\u00e7a \ud83d\udc4d\ud83c\udffd <b>`, `https:\/\/cdn.example\/a\/b.jpg`, `{"object":"instagram","entry":[{"time":`} {
		if !strings.Contains(body, want) {
			t.Errorf("no %s in %s", want, body)
		}
	}
	if strings.IndexFunc(body, func(r rune) bool { return r > 126 }) >= 0 {
		t.Errorf("not all is ASCII: %s", body)
	}
	if got := call.header.Get("X-Hub-Signature-256"); got != "sha256="+sum("app secret", body) {
		t.Errorf("signed %q", got)
	}
	again, err := json.Marshal(call.json(t))
	if err != nil || "sha256="+sum("app secret", string(again)) == call.header.Get("X-Hub-Signature-256") {
		t.Error("who encodes the body again gets the same signature")
	}
}

func TestMetaIsSilentAboutOwnReactionsAndGIFs(t *testing.T) {
	s, r, c, hello := instagram(t)
	res := do(t, s, "POST", "/me/messages", `{"recipient":{"id":"`+c.Participant+`"},"sender_action":"react","payload":{"message_id":"`+hello+`","reaction":"❤️"}}`)
	if o := object(t, res); res.StatusCode != 200 {
		t.Fatal(o)
	}
	write(t, s, sim.Post{ConversationID: c.ID, Attachments: []sim.Attachment{{Type: "image", URL: "https://media.giphy.example/media/x/giphy.gif"}}})
	last := write(t, s, sim.Post{ConversationID: c.ID, Text: "the first that is told"})
	if e := event(t, r.wait(t, 1)[0]); at(e, "message", "mid") != last {
		t.Errorf("%v", e)
	}
}

func TestMetaAsksTheAddressBeforeItTells(t *testing.T) {
	s := start(t, face(sim.FaceInstagram))
	right := listen(t, func(w http.ResponseWriter, r *http.Request) {
		if q := r.URL.Query(); r.Method == "GET" && q.Get("hub.mode") == "subscribe" && q.Get("hub.verify_token") == "ours" {
			fmt.Fprint(w, q.Get("hub.challenge"))
		}
	})
	if err := s.SetWebhook(sim.Webhook{URL: right.URL, Secrets: []string{"x"}, VerifyToken: "ours"}); err != nil {
		t.Error(err)
	}
	for name, answer := range map[string]func(http.ResponseWriter, *http.Request){
		"silent":   func(http.ResponseWriter, *http.Request) {},
		"refusing": func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(403) },
		"forwarding": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, right.URL+"?"+r.URL.RawQuery, http.StatusFound)
		},
		"chatty": func(w http.ResponseWriter, r *http.Request) {
			fmt.Fprintf(w, "%q", r.URL.Query().Get("hub.challenge"))
		},
	} {
		r := listen(t, answer)
		if err := s.SetWebhook(sim.Webhook{URL: r.URL, Secrets: []string{"x"}, VerifyToken: "ours"}); err == nil {
			t.Errorf("an address that is %s was taken", name)
		}
	}
	c := arrive(t, s, sim.Customer{Platform: inbox.Instagram, Text: "hi"})
	if call := right.wait(t, 2)[1]; call.method != "POST" || !strings.Contains(string(call.body), c.Participant) {
		t.Errorf("the address that was right is not told any more: %s", bodies([]told{call}))
	}
}

func TestMetaGathersWhatCouldNotBeTold(t *testing.T) {
	opts := face(sim.FaceInstagram)
	opts.Pace = 100 // five seconds, the second wait, are fifty milliseconds
	s := start(t, opts)
	c := arrive(t, s, sim.Customer{Platform: inbox.Instagram, Text: "hi"})
	refused := 0
	r := listen(t, func(w http.ResponseWriter, _ *http.Request) {
		if refused++; refused <= 2 {
			w.WriteHeader(500)
		}
		if refused == 2 {
			for i := range 1500 {
				if _, err := s.Write(sim.Post{ConversationID: c.ID, Text: fmt.Sprint(i)}); err != nil {
					t.Error(err)
				}
			}
		}
	})
	set(t, s, r, "x")
	write(t, s, sim.Post{ConversationID: c.ID, Text: "first"})
	calls := r.wait(t, 4)
	for i, want := range []int{1, 1, 1000, 501} {
		if n := len(at(calls[i].json(t), "entry", 0, "messaging").([]any)); n != want {
			t.Errorf("call %d tells of %d, wanted %d", i, n, want)
		}
	}
	if first := at(calls[2].json(t), "entry", 0, "messaging", 0, "message", "text"); first != "first" {
		t.Errorf("what was refused comes after what is newer: %v", first)
	}
	pushes := s.Pushes()
	if pushes[0].Status != 500 || pushes[0].Attempt != 1 || pushes[1].Attempt != 2 || pushes[2].Status != 200 || pushes[2].Attempt != 3 || pushes[2].Updates != 1000 {
		t.Errorf("the log: %+v", pushes[:3])
	}
}
