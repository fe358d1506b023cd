package sim_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"parley/inbox"
	"parley/platforms/sim"
)

// message posts a body about a recipient; the message's text has to be JSON.
func message(t testing.TB, s *sim.Server, recipient, rest string) *http.Response {
	t.Helper()
	body := fmt.Sprintf(`{"recipient":{"id":%q},%s}`, recipient, rest)
	return do(t, s, "POST", "/"+s.AccountID()+"/messages", body, with("Content-Type", "application/json"))
}

// newest is the newest entry of the ledger.
func newest(t testing.TB, s *sim.Server) sim.Delivery {
	t.Helper()
	all := s.Deliveries()
	if len(all) == 0 {
		t.Fatal("nothing was delivered")
	}
	return all[len(all)-1]
}

// customer is somebody who has just written to a world with the Graph face.
func customer(t testing.TB, s *sim.Server) (c sim.Conversation, mid string) {
	t.Helper()
	c = arrive(t, s, sim.Customer{Platform: inbox.Instagram, Person: sim.Person{Username: "ada"}, Text: "hello"})
	return c, graphThread(t, s, c.ID, 1)[0]["id"].(string)
}

func TestEveryKindOfSendArrives(t *testing.T) {
	s := start(t, graph(newClock()))
	c, mid := customer(t, s)
	post := list(get(t, s, "/me/media"), "data")[0]["id"].(string)
	const picture, other = "https://cdn.example/a.jpg", "https://cdn.example/b.png"
	for _, send := range []struct {
		body string
		want sim.Delivery
	}{
		{`"message":{"text":"See https://shop.example"}`, sim.Delivery{Kind: "text", Text: "See https://shop.example"}},
		{`"message":{"text":"ok"},"messaging_type":"RESPONSE"`, sim.Delivery{Kind: "text", Text: "ok"}},
		{`"message":{"text":"which?","quick_replies":[{"content_type":"text","title":"S","payload":"s"},{"content_type":"user_email"}]}`, sim.Delivery{Kind: "text", Text: "which?"}},
		{`"message":{"text":"that one"},"reply_to":{"mid":"` + mid + `"}`, sim.Delivery{Kind: "text", Text: "that one"}},
		{`"message":{"attachments":{"type":"image","payload":{"url":"` + picture + `"}}}`, sim.Delivery{Kind: "image", MediaURL: picture}},
		{`"message":{"attachment":{"type":"image","payload":{"url":"` + picture + `"}}}`, sim.Delivery{Kind: "image", MediaURL: picture}},
		{`"message":{"attachments":[{"type":"image","payload":{"url":"` + picture + `"}},{"type":"image","payload":{"url":"` + other + `"}}]}`, sim.Delivery{Kind: "image", MediaURL: picture, Media: []string{picture, other}}},
		{`"message":{"attachment":{"type":"audio","payload":{"url":"https://cdn.example/a.m4a"}}}`, sim.Delivery{Kind: "audio", MediaURL: "https://cdn.example/a.m4a"}},
		{`"message":{"attachment":{"type":"video","payload":{"url":"https://cdn.example/a.mov"}}}`, sim.Delivery{Kind: "video", MediaURL: "https://cdn.example/a.mov"}},
		{`"message":{"attachment":{"type":"file","payload":{"url":"https://cdn.example/a.pdf?v=2"}}}`, sim.Delivery{Kind: "file", MediaURL: "https://cdn.example/a.pdf?v=2"}},
		{`"message":{"attachment":{"type":"like_heart"}}`, sim.Delivery{Kind: "heart"}},
		{`"message":{"attachment":{"type":"MEDIA_SHARE","payload":{"id":"` + post + `"}}}`, sim.Delivery{Kind: "post", Post: post}},
	} {
		res := message(t, s, c.Participant, send.body)
		o := object(t, res)
		got := newest(t, s)
		if res.StatusCode != 200 || o["recipient_id"] != c.Participant || o["message_id"] != got.MessageID || got.MessageID == "" {
			t.Errorf("%s: %s %v", send.body, res.Status, o)
		}
		send.want.At, send.want.Platform, send.want.Conversation = got.At, inbox.Instagram, c.ID
		send.want.Recipient, send.want.MessageID = c.Participant, got.MessageID
		if fmt.Sprint(got) != fmt.Sprint(send.want) {
			t.Errorf("%s: the ledger has %+v", send.body, got)
		}
	}
	if n := len(s.Deliveries()); n != 12 {
		t.Errorf("%d deliveries", n)
	}
}

func TestWhatTheShopSentReadsBack(t *testing.T) {
	now := newClock()
	s := start(t, graph(now))
	c, mid := customer(t, s)
	post := list(get(t, s, "/me/media?fields=permalink"), "data")[0]
	send := func(body string) map[string]any {
		t.Helper()
		now.pass(time.Second)
		o := object(t, message(t, s, c.Participant, body))
		m := graphThread(t, s, c.ID, 1)[0]
		if m["id"] != o["message_id"] {
			t.Fatalf("%s: %v, then %v", body, o, m)
		}
		return m
	}
	if m := send(`"message":{"text":"that one"},"reply_to":{"mid":"` + mid + `"}`); m["message"] != "that one" || within(m, "reply_to")["mid"] != mid {
		t.Errorf("a reply is %v", m)
	}
	images := list(within(send(`"message":{"attachments":[{"type":"image","payload":{"url":"https://cdn.example/a.jpg"}},{"type":"image","payload":{"url":"https://cdn.example/b.jpg"}}]}`), "attachments"), "data")
	if len(images) != 2 || !strings.Contains(fmt.Sprint(within(images[0], "image_data")["url"]), "lookaside") {
		t.Errorf("two images are %v", images)
	}
	if heart := list(within(send(`"message":{"attachment":{"type":"like_heart"}}`), "attachments"), "data"); within(heart[0], "image_data")["render_as_sticker"] != true {
		t.Errorf("a heart is %v", heart)
	}
	shares := list(within(send(`"message":{"attachment":{"type":"MEDIA_SHARE","payload":{"id":"`+post["id"].(string)+`"}}}`), "shares"), "data")
	if len(shares) != 1 || shares[0]["link"] != post["permalink"] {
		t.Errorf("a post is %v", shares)
	}
}

func TestReactionsGoOnMessages(t *testing.T) {
	s := start(t, graph(newClock()))
	c, mid := customer(t, s)
	reactions := func() string {
		var all []string
		for _, r := range list(within(graphThread(t, s, c.ID, 1)[0], "reactions"), "data") {
			all = append(all, fmt.Sprint(r["reaction"], list(r, "users")[0]["id"] == s.AccountID()))
		}
		return strings.Join(all, ", ")
	}
	for _, step := range []struct{ body, kind, emoji, then string }{
		{`"sender_action":"react","payload":{"message_id":"` + mid + `","reaction":"🧵"}`, "reaction", "🧵", "🧵true"},
		{`"sender_action":"react","payload":{"message_id":"` + mid + `","reaction":"love"}`, "reaction", "❤️", "lovetrue"},
		{`"sender_action":"unreact","payload":{"message_id":"` + mid + `"}`, "unreaction", "", ""},
	} {
		res := message(t, s, c.Participant, step.body)
		if o := object(t, res); res.StatusCode != 200 || len(o) != 1 || o["recipient_id"] != c.Participant {
			t.Errorf("%s: %s %v", step.body, res.Status, o)
		}
		if d := newest(t, s); d.Kind != step.kind || d.Emoji != step.emoji || d.Target != mid || d.MessageID != "" {
			t.Errorf("%s: the ledger has %+v", step.body, d)
		}
		if got := reactions(); got != step.then {
			t.Errorf("%s: a read shows %q", step.body, got)
		}
	}
}

func TestSignalsAreNoDeliveries(t *testing.T) {
	s := start(t, graph(newClock()))
	c, _ := customer(t, s)
	for _, action := range []string{"typing_on", "typing_off", "mark_seen"} {
		res := message(t, s, c.Participant, `"sender_action":"`+action+`"`)
		if o := object(t, res); res.StatusCode != 200 || o["recipient_id"] != c.Participant {
			t.Errorf("%s: %s %v", action, res.Status, o)
		}
	}
	asked := s.Requests()
	if len(s.Deliveries()) != 0 || asked[len(asked)-1].Operation != "signal" {
		t.Errorf("deliveries %v, the last request %+v", s.Deliveries(), asked[len(asked)-1])
	}
}

func TestGraphSendsThatAreRefused(t *testing.T) {
	s := start(t, graph(newClock()))
	c, mid := customer(t, s)
	stranger, strange := customerNamed(t, s, "mo")
	if err := s.Unsend(stranger.ID, strange); err != nil {
		t.Fatal(err)
	}
	long, err := json.Marshal(strings.Repeat("é", 501))
	if err != nil {
		t.Fatal(err)
	}
	image := func(url string) string {
		return `"message":{"attachments":{"type":"image","payload":{"url":"` + url + `"}}}`
	}
	eleven := strings.TrimSuffix(strings.Repeat(`{"type":"image","payload":{"url":"https://cdn.example/a.jpg"}},`, 11), ",")
	for _, r := range []struct {
		body          string
		code, subcode int
	}{
		{`"message":{}`, 100, 2534015},
		{`"message":{"text":""}`, 100, 2534015},
		{`"message":{"text":"x","attachment":{"type":"like_heart"}}`, 100, 2534015},
		{`"message":{"attachment":{"type":"like_heart"},"attachments":{"type":"image","payload":{"url":"https://cdn.example/a.jpg"}}}`, 100, 2534015},
		{`"message":{"attachments":{"type":"video","payload":{"url":"https://cdn.example/a.mp4"}}}`, 100, 2534015},
		{`"message":{"attachments":[]}`, 100, 2534015},
		{`"message":{"attachments":[` + eleven + `]}`, 100, 2534015},
		{`"message":{"attachment":{"type":"sticker"}}`, 100, 2534015},
		{`"message":{"text":` + string(long) + `}`, 100, 0},
		{`"message":{"text":"https://broken.example/x"}`, 508, 2534122},
		{`"message":{"text":"x","colour":"red"}`, 100, 0},
		{`"message":{"text":"x"},"tag":"ACCOUNT_UPDATE"`, 100, 0},
		{`"message":{"text":"x"},"messaging_type":"PROMOTION"`, 100, 0},
		{`"message":{"text":"x"},"messaging_type":"MESSAGE_TAG"`, 100, 0},
		{`"message":{"text":"x"},"reply_to":{"mid":"` + strange + `"}`, 100, 0},
		{`"message":{"text":"x","quick_replies":[{"content_type":"text","title":"` + strings.Repeat("x", 21) + `","payload":"x"}]}`, 100, 0},
		{image("https://broken.example/a.jpg"), 100, 2018008},
		{image("http://cdn.example/a.jpg"), 100, 2018008},
		{image("a.jpg"), 100, 2018008},
		{image("https://cdn.example/a.gif"), 100, 2018047},
		{image("https://cdn.example/photo-9MB.jpg"), 100, 2018109},
		{`"message":{"attachment":{"type":"file","payload":{"url":"https://cdn.example/a.docx"}}}`, 100, 2018047},
		{`"message":{"attachment":{"type":"MEDIA_SHARE","payload":{"id":"180000"}}}`, 100, 0},
		{`"message":{"text":"x"},"sender_action":"typing_on"`, 100, 2018014},
		{`"sender_action":"typing_on","payload":{"message_id":"` + mid + `"}`, 100, 2018014},
		{`"sender_action":"wave"`, 100, 0},
		{`"sender_action":"react"`, 100, 0},
		{`"sender_action":"react","payload":{"message_id":"` + mid + `","reaction":"wow"}`, 100, 0},
		{`"sender_action":"react","payload":{"message_id":"` + mid + `","reaction":""}`, 100, 0},
		{`"sender_action":"react","payload":{"message_id":"` + strange + `","reaction":"👍"}`, 100, 0},
		{`"sender_action":"unreact","payload":{"message_id":"` + mid + `","reaction":"👍"}`, 100, 0},
	} {
		refused(t, message(t, s, c.Participant, r.body), 400, r.code, r.subcode)
	}
	refused(t, message(t, s, s.AccountID(), `"message":{"text":"x"}`), 400, 100, 2534014)
	refused(t, message(t, s, "4040404040", `"message":{"text":"x"}`), 400, 100, 2534014)
	refused(t, do(t, s, "POST", "/me/messages", `{"recipient":{"id":17},"message":{"text":"x"}}`), 400, 100, 0)
	refused(t, do(t, s, "POST", "/me/messages", `{"recipient":{"comment_id":"17"},"message":{"text":"x"}}`), 400, 100, 2534025)
	if all := s.Deliveries(); len(all) != 0 {
		t.Errorf("in spite of that, delivered: %v", all)
	}
}

func customerNamed(t testing.TB, s *sim.Server, username string) (c sim.Conversation, mid string) {
	t.Helper()
	c = arrive(t, s, sim.Customer{Platform: inbox.Instagram, Person: sim.Person{Username: username}, Text: "hello"})
	return c, graphThread(t, s, c.ID, 1)[0]["id"].(string)
}

func TestTheWindowIsADayOrAWeekForHumanAgents(t *testing.T) {
	const plain, agent = `"message":{"text":"x"}`, `"message":{"text":"x"},"tag":"HUMAN_AGENT"`
	for _, c := range []struct {
		approved bool
		age      time.Duration
		body     string
		want     [3]int // status, code, subcode
	}{
		{false, 24*time.Hour - time.Second, plain, [3]int{200}},
		{false, 24 * time.Hour, plain, [3]int{403, 10, 2534022}},
		{false, 24 * time.Hour, agent, [3]int{403, 10, 0}},
		{true, 25 * time.Hour, plain, [3]int{403, 10, 2534022}},
		{true, 25 * time.Hour, agent, [3]int{200}},
		{true, 7*24*time.Hour - time.Second, agent, [3]int{200}},
		{true, 7 * 24 * time.Hour, agent, [3]int{403, 10, 2534022}},
		{true, 25 * time.Hour, `"sender_action":"typing_on"`, [3]int{403, 10, 2534022}},
	} {
		now := newClock()
		opts := graph(now)
		opts.HumanAgent = c.approved
		s := start(t, opts)
		who, _ := customer(t, s)
		now.pass(c.age)
		res := message(t, s, who.Participant, c.body)
		if c.want[0] != 200 {
			if e := refused(t, res, c.want[0], c.want[1], c.want[2]); e["type"] != "IGApiException" {
				t.Errorf("the type is %v", e["type"])
			}
			continue
		}
		if o := object(t, res); res.StatusCode != 200 {
			t.Errorf("after %v, %s: %v", c.age, c.body, o)
		}
		if tagged := newest(t, s).Tag == "HUMAN_AGENT"; tagged != (c.body == agent) {
			t.Errorf("%s: the ledger has %+v", c.body, newest(t, s))
		}
	}
}

func TestNobodyIsWrittenToFirst(t *testing.T) {
	s := start(t, graph(newClock()))
	c := arrive(t, s, sim.Customer{Platform: inbox.Instagram, Text: "We have news", Cold: true})
	refused(t, message(t, s, c.Participant, `"message":{"text":"x"}`), 403, 10, 2534022)
}

func TestAnotherAppMayHaveTheThreadOnInstagram(t *testing.T) {
	s := start(t, graph(newClock()))
	c, _ := customer(t, s)
	if err := s.TakeThread(c.ID, true); err != nil {
		t.Fatal(err)
	}
	refused(t, message(t, s, c.Participant, `"message":{"text":"x"}`), 400, 100, 2534037)
	if row := get(t, s, "/"+c.ID+"?fields=is_owner"); row["is_owner"] != false {
		t.Errorf("%v", row)
	}
	if err := s.TakeThread(c.ID, false); err != nil {
		t.Fatal(err)
	}
	if res := message(t, s, c.Participant, `"message":{"text":"x"}`); res.StatusCode != 200 {
		t.Error(object(t, res))
	}
}

func TestSeveralImagesAreNotEverywhereAvailable(t *testing.T) {
	opts := graph(newClock())
	opts.SingleImages = true
	s := start(t, opts)
	c, _ := customer(t, s)
	const one = `{"type":"image","payload":{"url":"https://cdn.example/a.jpg"}}`
	refused(t, message(t, s, c.Participant, `"message":{"attachments":[`+one+`,`+one+`]}`), 400, 100, 2534068)
	if res := message(t, s, c.Participant, `"message":{"attachments":[`+one+`]}`); res.StatusCode != 200 {
		t.Error(object(t, res))
	}
}

func TestAnUploadedImageIsSentByItsID(t *testing.T) {
	s := start(t, graph(newClock()))
	c, _ := customer(t, s)
	upload := func(kind, address string) *http.Response {
		return do(t, s, "POST", "/"+s.AccountID()+"/message_attachments",
			`{"message":{"attachment":{"type":"`+kind+`","payload":{"url":"`+address+`","is_reusable":true}}}}`)
	}
	id, _ := object(t, upload("image", "https://cdn.example/a.jpg"))["attachment_id"].(string)
	if id == "" {
		t.Fatal("it has no id")
	}
	byID := func(id string) *http.Response {
		return message(t, s, c.Participant, `"message":{"attachments":[{"type":"image","payload":{"attachment_id":"`+id+`"}}]}`)
	}
	if res := byID(id); res.StatusCode != 200 || newest(t, s).MediaURL != "https://cdn.example/a.jpg" {
		t.Errorf("%v, the ledger has %+v", object(t, res), newest(t, s))
	}
	refused(t, byID("404"), 400, 100, 2018074)
	refused(t, upload("image", "https://broken.example/a.jpg"), 400, 100, 2018008)
	refused(t, upload("sticker", "https://cdn.example/a.jpg"), 400, 100, 2534015)
}

func TestFaultsOfGraphSends(t *testing.T) {
	s := start(t, graph(newClock()))
	c, _ := customer(t, s)
	const text, image = `"message":{"text":"x"}`, `"message":{"attachments":{"type":"image","payload":{"url":"https://cdn.example/a.jpg"}}}`
	fault := func(fault string) {
		t.Helper()
		s.ClearFaults()
		if err := s.AddFault(fault); err != nil {
			t.Fatal(err)
		}
	}
	fault("send:thread-control")
	refused(t, message(t, s, c.Participant, text), 400, 100, 2534037)
	fault("send:partial")
	refused(t, message(t, s, c.Participant, image), 400, 100, 2018008)
	if res := message(t, s, c.Participant, text); res.StatusCode != 200 {
		t.Errorf("a text is no part of it: %v", object(t, res))
	}
	fault("send:no-id")
	if o := object(t, message(t, s, c.Participant, text)); o["message_id"] != nil || o["recipient_id"] == nil {
		t.Errorf("without an id: %v", o)
	}
	fault("send:502-after")
	refused(t, message(t, s, c.Participant, text), 502, 2, 0)
	kinds := []string{}
	for _, d := range s.Deliveries() {
		kinds = append(kinds, d.Kind)
	}
	if !slices.Equal(kinds, []string{"text", "text", "text"}) {
		t.Errorf("delivered: %v", kinds)
	}
}
