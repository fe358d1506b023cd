package sim_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"parley/inbox"
	"parley/platforms/sim"
)

// control makes a request of the control surface.
func control(t *testing.T, s *sim.Server, token, method, path, body string) (status int, answer string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, s.ControlURL()+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+token)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	var raw json.RawMessage
	if res.StatusCode != http.StatusNoContent {
		if err := json.NewDecoder(res.Body).Decode(&raw); err != nil {
			t.Fatalf("%s %s: %v", method, path, err)
		}
	}
	return res.StatusCode, string(raw)
}

func TestControlNeedsItsOwnToken(t *testing.T) {
	s := start(t, quiet(newClock()))
	for _, token := range []string{"", s.Key(), s.ControlToken() + "x"} {
		if status, _ := control(t, s, token, "GET", "/requests", ""); status != 401 {
			t.Errorf("token %q: %d", token, status)
		}
	}
	res := do(t, s, "GET", "/user", "", with("Authorization", "Bearer "+s.ControlToken()))
	res.Body.Close()
	if res.StatusCode != 403 {
		t.Errorf("the control token opens the API: %s", res.Status)
	}
}

func TestAScriptCanSteerTheWorld(t *testing.T) {
	s := start(t, quiet(newClock()))
	must := func(method, path, body string, want int) string {
		t.Helper()
		status, answer := control(t, s, s.ControlToken(), method, path, body)
		if status != want {
			t.Fatalf("%s %s: %d %s", method, path, status, answer)
		}
		return answer
	}
	if got := must("GET", "/deliveries", "", 200); got != "[]" {
		t.Errorf("deliveries at the start: %s", got)
	}
	var c sim.Conversation
	if err := json.Unmarshal([]byte(must("POST", "/customers", `{"platform":"facebook","name":"Ida","text":"hi"}`, 200)), &c); err != nil {
		t.Fatal(err)
	}
	var m struct {
		ID string `json:"message_id"`
	}
	if err := json.Unmarshal([]byte(must("POST", "/messages", `{"conversation_id":"`+c.ID+`","text":"from elsewhere","sent":true}`, 200)), &m); err != nil {
		t.Fatal(err)
	}
	must("POST", "/reactions", `{"conversation_id":"`+c.ID+`","message_id":"`+m.ID+`","emoji":"🔥"}`, 204)
	must("POST", "/reads", `{"conversation_id":"`+c.ID+`"}`, 204)
	must("POST", "/threads", `{"conversation_id":"`+c.ID+`","taken":true}`, 204)
	if status, o := post(t, s, c, "hello Ida"); status != 400 {
		t.Errorf("the thread was not taken: %v", o)
	}
	must("POST", "/threads", `{"conversation_id":"`+c.ID+`","taken":false}`, 204)
	must("POST", "/faults", `{"fault":"send:503"}`, 204)
	if status, _ := post(t, s, c, "hello Ida"); status != 503 {
		t.Errorf("the fault did not strike: %d", status)
	}
	must("DELETE", "/faults", "", 204)
	post(t, s, c, "hello Ida")
	if got := must("GET", "/deliveries", "", 200); strings.Count(got, "hello Ida") != 1 {
		t.Errorf("the ledger: %s", got)
	}
	if got := must("GET", "/requests", "", 200); strings.Count(got, `"operation":"send"`) != 3 || !strings.Contains(got, "send:503") {
		t.Errorf("the log: %s", got)
	}
	if got := must("GET", "/conversations", "", 200); !strings.Contains(got, `"Ida"`) {
		t.Errorf("the conversations: %s", got)
	}
	if got := body(t, s, "/messages/facebook?conversationId="+c.ID); !strings.Contains(got, "🔥") {
		t.Errorf("the thread: %s", got)
	}
	for path, wrong := range map[string]string{
		"/faults":    `{"fault":"send:explode"}`,
		"/customers": `{"platform":"tiktok"}`,
		"/messages":  `{"conversation_id":"nobody"}`,
		"/reads":     `{"conversation":"` + c.ID + `"}`,
		"/reactions": `{"conversation_id":"` + c.ID + `","message_id":"none"}`,
		"/threads":   `not json`,
	} {
		if answer := must("POST", path, wrong, 400); !strings.Contains(answer, `"error"`) {
			t.Errorf("%s: %s", path, answer)
		}
	}
}

func TestIDsAreNotGivenTwice(t *testing.T) {
	s := start(t, quiet(newClock()))
	c := arrive(t, s, sim.Customer{Platform: inbox.Facebook, Text: "hi"})
	if _, err := s.Arrive(sim.Customer{Platform: inbox.Facebook, ConversationID: c.ID}); err == nil {
		t.Error("a second conversation has the same id")
	}
	if _, err := s.Arrive(sim.Customer{Platform: inbox.Facebook, ParticipantID: c.Participant}); err == nil {
		t.Error("a second participant has the same id")
	}
}

func TestAMessageCanComeLateAndChange(t *testing.T) {
	now := newClock()
	s := start(t, quiet(now))
	c := arrive(t, s, sim.Customer{Platform: inbox.Instagram, Text: "second"})
	late, err := s.Write(sim.Post{ConversationID: c.ID, Text: "first", At: now.Now().Add(-60e9)})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Edit(c.ID, late, "really first"); err != nil {
		t.Fatal(err)
	}
	messages := thread(t, s, c)
	if len(messages) != 2 || messages[1]["message"] != "really first" || messages[1]["updated"] == nil || messages[0]["updated"] != nil {
		t.Errorf("%v", messages)
	}
	history := s.Conversations()[0]
	oldest := thread(t, s, history)
	id := oldest[len(oldest)-1]["id"].(string)
	if err := s.React(history.ID, id, "👍"); err != nil {
		t.Fatal(err)
	}
	oldest = thread(t, s, history)
	if r, _ := oldest[len(oldest)-1]["reactions"].(map[string]any); r[history.Participant] != "👍" {
		t.Errorf("a reaction to history is lost: %v", oldest[len(oldest)-1])
	}
}
