package sim_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"parley/inbox"
	"parley/platforms/sim"
)

const week = 7 * 24 * time.Hour

// post sends to a customer.
func post(t testing.TB, s *sim.Server, c sim.Conversation, text string, media ...string) (status int, o map[string]any) {
	t.Helper()
	raw, err := json.Marshal(map[string]any{"recipientId": c.Participant, "message": text, "mediaUrls": media})
	if err != nil {
		t.Fatal(err)
	}
	res := do(t, s, http.MethodPost, "/messages/"+string(c.Platform), string(raw))
	return res.StatusCode, object(t, res)
}

func TestSendsThatAreRefused(t *testing.T) {
	now := newClock()
	opts := quiet(now)
	opts.ConversationLimit = -1
	s := start(t, opts)
	const picture = "https://img.example/a.jpg"
	for _, c := range []struct {
		name     string
		platform inbox.Platform
		ago      time.Duration // since the customer wrote
		text     string
		media    []string
		code     int // 0: delivered
	}{
		{"text", "facebook", time.Hour, "hi", nil, 0},
		{"media without text", "facebook", time.Hour, "", []string{picture}, 0},
		{"media without text", "instagram", time.Hour, "", []string{picture}, 0},
		{"media without text", "twitter", time.Hour, "", []string{picture}, 101},
		{"nothing", "facebook", time.Hour, "", nil, 101},
		{"several media", "instagram", time.Hour, "", []string{picture, picture}, 0},
		{"several media", "twitter", time.Hour, "hi", []string{picture, picture}, 101},
		{"text and media", "twitter", time.Hour, "hi", []string{picture}, 0},
		{"query", "facebook", time.Hour, "", []string{picture + "?x=1"}, 365},
		{"query", "instagram", time.Hour, "", []string{picture + "?x=1"}, 365},
		{"no extension", "instagram", time.Hour, "", []string{"https://img.example/a"}, 365},
		{"unknown extension", "facebook", time.Hour, "", []string{"https://img.example/a.exe"}, 365},
		{"no URL", "facebook", time.Hour, "", []string{"a.jpg"}, 365},
		{"gone", "facebook", time.Hour, "", []string{"https://broken.example/a.jpg"}, 365},
		{"voice", "facebook", time.Hour, "", []string{"https://img.example/a.aac"}, 0},
		{"voice", "instagram", time.Hour, "", []string{"https://img.example/a.wav"}, 0},
		{"voice", "instagram", time.Hour, "", []string{"https://img.example/a.mp3"}, 365},
		{"voice", "twitter", time.Hour, "hi", []string{"https://img.example/a.aac"}, 365},
		{"longest", "instagram", time.Hour, strings.Repeat("é", 500), nil, 0},
		{"too long", "instagram", time.Hour, strings.Repeat("é", 500) + "x", nil, 371},
		{"longest", "facebook", time.Hour, strings.Repeat("é", 2000), nil, 0},
		{"too long", "facebook", time.Hour, strings.Repeat("é", 2001), nil, 371},
		{"longest", "twitter", time.Hour, strings.Repeat("é", 10_000), nil, 0},
		{"too long", "twitter", time.Hour, strings.Repeat("é", 10_001), nil, 371},
		{"late", "facebook", week - time.Minute, "hi", nil, 0},
		{"closed", "facebook", week, "hi", nil, 366},
		{"last minute", "instagram", week - time.Minute, "hi", nil, 0},
		{"closed", "instagram", week, "hi", nil, 366},
		{"no window", "twitter", 52 * week, "hi", nil, 0},
	} {
		to := arrive(t, s, sim.Customer{Platform: c.platform, Text: "hi", At: now.Now().Add(-c.ago)})
		before := len(s.Deliveries())
		status, o := post(t, s, to, c.text, c.media...)
		arrived := len(s.Deliveries()) - before
		code, _ := o["code"].(float64)
		if int(code) != c.code || (status == 200) != (c.code == 0) || (arrived > 0) != (c.code == 0) {
			t.Errorf("%s on %s: status %d, %v, %d delivered; wanted code %d", c.name, c.platform, status, o, arrived, c.code)
		}
	}
}

func TestWhomOneMayWriteTo(t *testing.T) {
	s := start(t, quiet(newClock()))
	for _, p := range inbox.Platforms {
		cold := arrive(t, s, sim.Customer{Platform: p, Text: "come back!", Cold: true})
		if status, o := post(t, s, cold, "hello?"); status != 400 || o["code"] != 369.0 {
			t.Errorf("%s: a cold conversation: %d %v", p, status, o)
		}
		known := arrive(t, s, sim.Customer{Platform: p, Text: "hi"})
		stranger := sim.Conversation{Platform: p, Participant: "1"}
		if status, o := post(t, s, stranger, "hello?"); status != 400 || o["code"] != 363.0 {
			t.Errorf("%s: a stranger: %d %v", p, status, o)
		}
		body := `{"conversationId":"` + known.ID + `","message":"by conversation"}`
		res := do(t, s, "POST", "/messages/"+string(p), body)
		if ok := res.StatusCode == 200; ok != (p == inbox.Twitter) {
			t.Errorf("%s: sending by conversation: %v", p, object(t, res))
		}
		if err := s.TakeThread(known.ID, true); err != nil {
			t.Fatal(err)
		}
		status, o := post(t, s, known, "mine?")
		if taken := o["message"] == "Message failed to send because another app is controlling this thread now"; taken != (p != inbox.Twitter) {
			t.Errorf("%s: a taken thread: %d %v", p, status, o)
		}
	}
	facebook := arrive(t, s, sim.Customer{Platform: inbox.Facebook, Text: "hi"})
	facebook.Platform = inbox.Instagram
	if _, o := post(t, s, facebook, "wrong platform"); o["code"] != 363.0 {
		t.Errorf("a customer of another platform: %v", o)
	}
}

func TestTheShapesOfASend(t *testing.T) {
	s := start(t, quiet(newClock()))
	c := arrive(t, s, sim.Customer{Platform: inbox.Facebook, Text: "hi"})
	_, text := post(t, s, c, "What is up?")
	if len(text) != 4 || text["status"] != "success" || text["recipientId"] != c.Participant || text["messageId"] == "" || text["message"] != "What is up?" {
		t.Errorf("a text: %v", text)
	}
	_, image := post(t, s, c, "", "https://img.example/gb.jpg")
	if len(image) != 5 || image["type"] != "image" || image["mediaUrl"] != "https://img.example/gb.jpg" || image["messageId"] == "" {
		t.Errorf("an image: %v", image)
	}
	status, both := post(t, s, c, "What a great day", "https://broken.example/gb.jpg")
	parts := list(both, "messages")
	if status != 400 || both["action"] != "send" || both["code"] != 337.0 || len(parts) != 2 {
		t.Fatalf("text and a broken image: %d %v", status, both)
	}
	if parts[0]["message"] != "What a great day" || parts[0]["messageId"] == "" || parts[0]["status"] != nil || parts[1]["code"] != 365.0 {
		t.Errorf("the parts: %v", parts)
	}
	if n := len(s.Deliveries()); n != 3 {
		t.Errorf("%d messages were delivered, wanted 3", n)
	}
}

func TestTheMonthlyLimit(t *testing.T) {
	now := newClock()
	opts := quiet(now)
	opts.Conversations, opts.Messages, opts.ConversationLimit = 1, 1, 2
	s := start(t, opts)
	second := arrive(t, s, sim.Customer{Platform: inbox.Facebook, Text: "second"})
	third := arrive(t, s, sim.Customer{Platform: inbox.Facebook, Text: "third"})
	if status, o := post(t, s, second, "ok"); status != 200 {
		t.Errorf("within the limit: %v", o)
	}
	if _, o := post(t, s, third, "no"); o["code"] != 367.0 {
		t.Errorf("beyond the limit: %v", o)
	}
	now.pass(13 * 24 * time.Hour) // into December
	if _, err := s.Write(sim.Post{ConversationID: third.ID, Text: "again"}); err != nil {
		t.Fatal(err)
	}
	if status, o := post(t, s, third, "ok"); status != 200 {
		t.Errorf("in the next month: %v", o)
	}
}

func FuzzSend(f *testing.F) {
	for _, body := range []string{`{"recipientId":"7","message":"hi"}`, `{"recipientId":7}`, `{"mediaUrls":"x"}`, `[]`, `{"message":"` + "\xff" + `"}`} {
		f.Add("facebook", body)
	}
	s := start(f, sim.Options{Quiet: true, Conversations: 3, Messages: 3, RateLimit: 1 << 40})
	f.Fuzz(func(t *testing.T, platform, body string) {
		if strings.ContainsAny(platform, "/.?#%") || platform == "autoresponse" {
			return
		}
		req, err := http.NewRequest("POST", s.BaseURL()+"/messages/facebook", strings.NewReader(body))
		if err != nil {
			return
		}
		req.URL.Path = "/api/messages/" + platform
		req.Header.Set("Authorization", "Bearer "+s.Key())
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		object(t, res) // is JSON
		if res.StatusCode != 200 && res.StatusCode/100 != 4 {
			t.Errorf("%s", res.Status)
		}
	})
}
