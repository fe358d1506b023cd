package sim_test

import (
	"fmt"
	"reflect"
	"strconv"
	"testing"
	"time"

	"parley/inbox"
	"parley/platforms/sim"
)

// subscribe asks for these fields; "" ends all.
func subscribe(t *testing.T, s *sim.Server, fields string) {
	t.Helper()
	method, path := "POST", "/"+s.AccountID()+"/subscribed_apps?subscribed_fields="+fields
	if fields == "" {
		method = "DELETE"
	}
	if o := object(t, do(t, s, method, path, "")); o["success"] != true {
		t.Fatal(o)
	}
}

func TestMetaTellsWhatTheAccountIsSubscribedTo(t *testing.T) {
	s, r, c, _ := instagram(t)
	own := write(t, s, sim.Post{ConversationID: c.ID, Text: "ours", Sent: true})
	r.wait(t, 1) // nobody has asked for anything yet
	react := func(emoji string) {
		t.Helper()
		if err := s.React(c.ID, own, emoji); err != nil {
			t.Fatal(err)
		}
	}
	say := func() string { return write(t, s, sim.Post{ConversationID: c.ID, Text: "hi"}) }

	subscribe(t, s, "messages")
	react("❤️")
	id := say()
	if e := event(t, r.wait(t, 2)[1]); at(e, "message", "mid") != id {
		t.Errorf("messages only: %v", e)
	}
	subscribe(t, s, "")
	say()
	subscribe(t, s, "message_reactions,standby")
	say()
	react("😆")
	if e := event(t, r.wait(t, 3)[2]); at(e, "reaction", "action") != "react" {
		t.Errorf("reactions only: %v", e)
	}
	if err := s.TakeThread(c.ID, true); err != nil {
		t.Fatal(err)
	}
	id = say()
	if o := r.wait(t, 4)[3].json(t); at(o, "entry", 0, "standby", 0, "message", "mid") != id {
		t.Errorf("on standby: %v", o)
	}
}

// TestMetaTellsOfMessagesAsEdits to who is subscribed to these only, and at times
// to others.
func TestMetaTellsOfMessagesAsEdits(t *testing.T) {
	for name, faults := range map[string][]string{"subscribed to edits": nil, "by a fault": {"hook:announce"}} {
		s, r, c, hello := instagram(t, faults...)
		if faults == nil {
			subscribe(t, s, "message_edit")
		}
		parties := map[bool]bool{}
		for n := 1; n <= 12; n++ {
			id := write(t, s, sim.Post{ConversationID: c.ID, Text: "secret words"})
			e := event(t, r.wait(t, n)[n-1])
			if got := at(e, "message_edit"); !reflect.DeepEqual(got, any(object2("mid", id, "num_edit", 0.0))) || e["message"] != nil {
				t.Fatalf("%s: %v", name, e)
			}
			_, sender := e["sender"]
			_, recipient := e["recipient"]
			if sender != recipient {
				t.Errorf("%s: one party of two: %v", name, e)
			}
			parties[sender] = true
		}
		if len(parties) != 2 {
			t.Errorf("%s: who has written is always told, or never", name)
		}
		if err := s.Edit(c.ID, hello, "hello!"); err != nil {
			t.Fatal(err)
		}
		if e := event(t, r.wait(t, 13)[12]); at(e, "message_edit", "num_edit") != 1.0 || at(e, "message_edit", "text") != "hello!" {
			t.Errorf("%s: an edit: %v", name, e)
		}
	}
}

func TestMetaTellsInChanges(t *testing.T) {
	s, r, c, _ := instagram(t, "hook:changes:after=1")
	write(t, s, sim.Post{ConversationID: c.ID, Text: "in messaging"})
	event(t, r.wait(t, 1)[0])
	id := write(t, s, sim.Post{ConversationID: c.ID, Text: "in changes"})
	o := r.wait(t, 2)[1].json(t)
	value := at(o, "entry", 0, "changes", 0, "value")
	if at(o, "entry", 0, "changes", 0, "field") != "messages" || at(value, "message", "mid") != id || at(value, "sender", "id") != c.Participant || at(o, "entry", 0, "messaging") != nil {
		t.Errorf("%v", o)
	}
	seconds, err := strconv.ParseInt(fmt.Sprint(at(value, "timestamp")), 10, 64)
	if when := time.Unix(seconds, 0); err != nil || time.Since(when).Abs() > time.Minute {
		t.Errorf("the event's time is %v", at(value, "timestamp"))
	}
	if when, _ := at(o, "entry", 0, "time").(float64); time.Since(time.Unix(int64(when), 0)).Abs() > time.Minute {
		t.Errorf("the entry's time is %v", at(o, "entry", 0, "time"))
	}
}

// TestAnEchoAndAReadingTellOneAddress of what the shop has sent.
func TestAnEchoAndAReadingTellOneAddress(t *testing.T) {
	s, r, c, _ := instagram(t)
	echoed := map[string]any{}
	for n, kind := range []string{"image", "video", "audio"} {
		file := map[string]string{"image": "a.jpg", "video": "a.mp4", "audio": "a.m4a"}[kind]
		res := do(t, s, "POST", "/me/messages", `{"recipient":{"id":"`+c.Participant+`"},"message":{"attachment":{"type":"`+kind+`","payload":{"url":"https://cdn.example/`+file+`"}}}}`)
		if o := object(t, res); res.StatusCode != 200 {
			t.Fatal(o)
		}
		echoed[kind] = at(event(t, r.wait(t, n+1)[n]), "message", "attachments", 0, "payload", "url")
	}
	read := map[string]any{}
	for _, m := range graphThread(t, s, c.ID, 20) {
		for _, a := range list(within(m, "attachments"), "data") {
			for kind, told := range map[string]any{"image": at(a, "image_data", "url"), "video": at(a, "video_data", "url"), "audio": a["file_url"]} {
				if told != nil {
					read[kind] = told
				}
			}
		}
	}
	if len(read) != 3 || !reflect.DeepEqual(read, echoed) {
		t.Errorf("echoes tell %v, the reading %v", echoed, read)
	}
}

func TestFaultsOfTheUserReachChatt2me(t *testing.T) {
	s, _, _ := channel(t, inbox.Instagram)
	if err := s.AddFault("user:503:once"); err != nil {
		t.Fatal(err)
	}
	for _, want := range []int{503, 200} {
		if status, o := ask(t, s, "GET", "/organization/webhook", ""); status != want {
			t.Errorf("%d %v, wanted %d", status, o, want)
		}
	}
}
