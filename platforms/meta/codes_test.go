package meta_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"parley/inbox"
	"parley/platforms/loose"
	"parley/platforms/meta"
)

func TestWhatACodeMeans(t *testing.T) {
	for _, c := range []struct {
		codes string
		kind  inbox.Kind
		state inbox.State
	}{
		{"10/2534022 10/2018278 10/2018065 2534022", inbox.WindowIsOver, inbox.StateFailed},
		{"10/2018108 551 551/1545041 551/1893047 200/1545041", inbox.NotFound, inbox.StateFailed},
		{"10/1893063 100/2534029 2022 36103", inbox.Rejected, inbox.StateFailed},
		{"10 10/2534077 100/2534013 200 200/2534041 3", inbox.Auth, inbox.StateQueued},
		{"190 190/460 190/463 190/467 190/1", inbox.Auth, inbox.StateQueued},
		{"100/2534014 100/2018001 100/2534001 100/33 230 9000001", inbox.NotFound, inbox.StateFailed},
		{"100/2534037 2018300 10/2018300 10/2018321 2018321", inbox.ThreadControl, inbox.StateFailed},
		{"100 100/2534015 100/2018047 100/2018008 100/2018074 100/2018109 100/2018294 36000 10/2018327", inbox.Rejected, inbox.StateFailed},
		{"100/2534025 -1/2534023 508/2534122 613/2018338 100/99999", inbox.Rejected, inbox.StateFailed},
		{"100/2534068 10/2534068 2534068", inbox.Unsupported, inbox.StateFailed},
		{"100/2018014 2500", inbox.Internal, inbox.StateFailed},
		{"4 17 32 613 613/2534040 80002 80006", inbox.RateLimited, inbox.StateQueued},
		{"1 1/99 2 2/5 1545133 1/1357046", inbox.Unavailable, inbox.StateUnknown},
	} {
		for code := range strings.FieldsSeq(c.codes) {
			m, ok := meta.ParseCode(code).Meaning()
			if !ok || m.Kind != c.kind || m.State() != c.state || m.Text == "" {
				t.Errorf("%s: known %v, %+v, %s", code, ok, m, m.State())
			}
		}
	}
}

func TestACodeThatIsNotKnown(t *testing.T) {
	for _, code := range []string{"", "0", "x", "130472", "10/424242", "-5"} {
		if m, ok := meta.ParseCode(code).Meaning(); ok {
			t.Errorf("%q means %+v", code, m)
		}
	}
}

func TestACodeIsWrittenAsItIsQuoted(t *testing.T) {
	for _, s := range []string{"10/2534022", "190", "-1/2534023", ""} {
		if got := meta.ParseCode(s).String(); got != s {
			t.Errorf("%q became %q", s, got)
		}
	}
}

func refusal(t *testing.T, status int, body string) (meta.Refusal, bool) {
	t.Helper()
	o, ok := loose.ParseObject(json.RawMessage(body))
	if !ok {
		t.Fatalf("%s is no object", body)
	}
	return meta.RefusalOf(status, o)
}

func TestRefusals(t *testing.T) {
	for _, c := range []struct {
		name   string
		status int
		body   string
		want   string // kind, code, text
	}{
		{"in Portuguese", 403, `{"error":{"message":"fora do período","type":"OAuthException","code":10,"error_subcode":2534022}}`, "window_closed 10/2534022 fora do período"},
		{"for people", 400, `{"error":{"message":"(#508) x","code":508,"error_subcode":2534122,"is_transient":true,"error_user_title":"No links","error_user_msg":"Try later."}}`, "rejected 508/2534122 No links: Try later."},
		{"codes in quotes", 400, `{"error":{"message":"m","code":"190","error_subcode":"463"}}`, "auth 190/463 m"},
		{"a limit under 500", 500, `{"error":{"message":"","code":613,"is_transient":false}}`, "rate_limited 613 too many requests"},
		{"a private reply under 500", 500, `{"error":{"message":"","code":-1,"error_subcode":2534023}}`, "rejected -1/2534023 a comment can be answered privately only once, within 7 days"},
		{"an unknown code under 500", 500, `{"error":{"message":"m","code":31415}}`, "unavailable 31415 m"},
		{"an unknown code that passes", 400, `{"error":{"message":"m","code":31415,"is_transient":true}}`, "unavailable 31415 m"},
		{"an unknown code", 400, `{"error":{"message":"m","code":31415}}`, "rejected 31415 m"},
		{"no code", 401, `{"error":{"message":"m"}}`, "auth  m"},
		{"no code and a limit", 429, `{"error":{"message":"m"}}`, "rate_limited  m"},
		{"the login's shape", 400, `{"error_type":"OAuthException","code":400,"error_message":"Invalid platform app"}`, "rejected 400 Invalid platform app"},
		{"a word for an error", 400, `{"error":"invalid_grant","error_description":"the code was used"}`, "rejected  the code was used"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r, ok := refusal(t, c.status, c.body)
			if !ok {
				t.Fatal("no refusal")
			}
			e := r.Error("send", func(s string) string { return s })
			if got := fmt.Sprintf("%s %s %s", e.Kind, e.Code, e.Text); got != c.want || e.Op != "send" {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
	for _, body := range []string{`{"recipient_id":"1","message_id":"m"}`, `{}`, `{"data":[]}`, `{"code":5}`, `{"error":null}`} {
		if r, ok := refusal(t, 200, body); ok {
			t.Errorf("%s is taken for a refusal: %+v", body, r)
		}
	}
}

func TestWhatIsNoRefusalStaysWhole(t *testing.T) {
	o, _ := loose.ParseObject(json.RawMessage(`{"id":"m1","message":"hi","type":"x","code":5,"is_transient":true}`))
	if _, refused := meta.RefusalOf(200, o); refused || len(o) != 5 {
		t.Errorf("refused %v, left %v", refused, o)
	}
}

func TestTheRefusalOfTheHumanAgentTag(t *testing.T) {
	for _, c := range []struct {
		name   string
		status int
		body   string
		tagged bool
		want   bool
	}{
		{"as it was seen, without a code", 403, `{"error":{"message":"m","type":"IGApiException"}}`, true, true},
		{"with code 10", 403, `{"error":{"message":"m","type":"IGApiException","code":10}}`, true, true},
		{"not asked for", 403, `{"error":{"message":"m","type":"IGApiException","code":10}}`, false, false},
		{"the window", 403, `{"error":{"message":"m","type":"IGApiException","code":10,"error_subcode":2534022}}`, true, false},
		{"something else", 400, `{"error":{"message":"m","type":"IGApiException","code":10}}`, true, false},
		{"somebody else", 403, `{"error":{"message":"m","type":"OAuthException","code":10}}`, true, false},
	} {
		if r, _ := refusal(t, c.status, c.body); r.NotApproved(c.tagged) != c.want {
			t.Errorf("%s: %v", c.name, !c.want)
		}
	}
}

func TestReactionsAreToldByNameOrEmoji(t *testing.T) {
	for name, emoji := range map[string]string{"love": "❤️", "LAUGH": "😂", "smile": "😆", "wow": "😮", "sad": "😢", "angry": "😡", "like": "👍", "dislike": "👎", "other": "❔", "": "❔", "party": "party"} {
		if got := meta.Emoji(name, ""); got != emoji {
			t.Errorf("%q is %q", name, got)
		}
		if got := meta.Emoji(name, "🦊"); got != "🦊" {
			t.Errorf("%q with an emoji is %q", name, got)
		}
	}
}

func FuzzRefusal(f *testing.F) {
	f.Add(403, []byte(`{"error":{"message":"m","code":10,"error_subcode":2534022}}`))
	f.Add(400, []byte(`{"error_type":"x","code":400,"error_message":"m"}`))
	f.Add(200, []byte(`{"error":[]}`))
	f.Fuzz(func(t *testing.T, status int, body []byte) {
		o, ok := loose.ParseObject(body)
		if !ok {
			return
		}
		r, _ := meta.RefusalOf(status, o)
		if e := r.Error("x", func(s string) string { return s }); e.Kind == "" || e.Text == "" {
			t.Errorf("%+v", e)
		}
	})
}
