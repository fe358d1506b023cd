package sim_test

import (
	"net/http"
	"strings"
	"testing"

	"parley/inbox"
	"parley/platforms/sim"
)

func TestAnAddressRegisteredAtAyrshareIsTold(t *testing.T) {
	s := start(t, face(sim.FaceAyrshare))
	r := listen(t, nil)
	c := arrive(t, s, sim.Customer{Platform: inbox.Facebook, Text: "before anybody listens"})
	o := object(t, do(t, s, "POST", "/hook/webhook", `{"action":"messages","url":"`+r.URL+`/in","secret":"s1","source":"npm"}`))
	if o["status"] != "success" || o["action"] != "messages" || o["url"] != r.URL+"/in" || o["refId"] == "" {
		t.Errorf("registered: %v", o)
	}
	listed := get(t, s, "/hook/webhook")
	if listed["messages"] != r.URL+"/in" || listed["updated"] == nil || listed["messagesUpdated"] == nil {
		t.Errorf("listed: %v", listed)
	}
	write(t, s, sim.Post{ConversationID: c.ID, Text: "now"})
	call := r.wait(t, 1)[0]
	if call.json(t)["message"] != "now" || call.header.Get("X-Authorization-Content-SHA256") != sum("s1", string(call.body)) {
		t.Errorf("%v %s", call.header, call.body)
	}
	if user := get(t, s, "/user"); user["refId"] != call.json(t)["refId"] {
		t.Errorf("refId %v of the call is not the profile's", call.json(t)["refId"])
	}
	object(t, do(t, s, "POST", "/hook/webhook", `{"action":"feed","url":"`+r.URL+`/feed","secret":"s2"}`))
	write(t, s, sim.Post{ConversationID: c.ID, Text: "another secret"})
	if call := r.wait(t, 2)[1]; call.header.Get("X-Authorization-Content-SHA256") != sum("s2", string(call.body)) {
		t.Error("the secret is not the profile's newest")
	}
	if o := object(t, do(t, s, "DELETE", "/hook/webhook", `{"action":"messages"}`)); o["status"] != "success" {
		t.Errorf("removed: %v", o)
	}
	if listed := get(t, s, "/hook/webhook"); listed["messages"] != nil || listed["feed"] == nil {
		t.Errorf("listed: %v", listed)
	}
	write(t, s, sim.Post{ConversationID: c.ID, Text: "nobody listens"})
	if n := len(s.Pushes()); n != 2 {
		t.Errorf("%d calls, wanted 2", n)
	}
}

func TestAyrshareRegistersNoAddressOfAnotherKind(t *testing.T) {
	s := start(t, face(sim.FaceAyrshare))
	for _, c := range []struct {
		method, body string
		status       int
	}{
		{"POST", `{"action":"messages","url":"http://shop.example/in","secret":"s"}`, 400},
		{"POST", `{"action":"messages","url":"nowhere"}`, 400},
		{"POST", `{"action":"dance","url":"https://shop.example/in"}`, 400},
		{"POST", `[`, 400},
		{"DELETE", `{"action":"messages"}`, 404},
		{"DELETE", `{}`, 400},
		{"PUT", `{}`, 405},
		{"POST", `{"action":"messages","url":"https://shop.example/in","secret":"s"}`, 200},
	} {
		res := do(t, s, c.method, "/hook/webhook", c.body)
		o := object(t, res)
		if res.StatusCode != c.status || (o["status"] == "error") != (c.status != 200) {
			t.Errorf("%s %s: %s %v, wanted %d", c.method, c.body, res.Status, o, c.status)
		}
	}
	res := do(t, s, http.MethodGet, "/hook/webhook", "", without("Authorization"))
	if o := object(t, res); res.StatusCode != 401 || !strings.Contains(o["message"].(string), "missing") {
		t.Errorf("without a key: %s %v", res.Status, o)
	}
}
