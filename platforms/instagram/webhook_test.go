package instagram

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"parley/inbox"
	"parley/platforms/hook"
	"parley/platforms/login"
)

const appSecret = "b1946ac92492d2347c6235b4d2611184"

// signed is a call with a signature by the secret, over the bytes as they are.
func signed(secret, body string) hook.Call {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(body))
	return hook.Call{
		Method: http.MethodPost, Body: []byte(body), At: time.Now(),
		Header: http.Header{"X-Hub-Signature-256": {"sha256=" + hex.EncodeToString(mac.Sum(nil))}},
	}
}

func header(c hook.Call, value string) hook.Call {
	c.Header = http.Header{"X-Hub-Signature-256": {value}}
	return c
}

// escaped is a body as Meta writes it: with \/ and \u escapes, which another
// encoder would write otherwise.
const escaped = `{"object":"instagram","entry":[{"time":1794000000500,"id":"17841400999","messaging":[{"sender":{"id":"731000111"},"recipient":{"id":"17841400999"},"timestamp":1794000000000,"message":{"mid":"m1","text":"caf\u00e9 \ud83d\ude00","attachments":[{"type":"image","payload":{"url":"https:\/\/cdn.example\/1"}}]}}]}]}`

func TestSignatures(t *testing.T) {
	good := signed(appSecret, escaped)
	sum := strings.TrimPrefix(good.Header.Get("X-Hub-Signature-256"), "sha256=")
	status := func(err error) int {
		var r *hook.Refusal
		if err == nil {
			return http.StatusOK
		}
		if !errors.As(err, &r) {
			t.Fatalf("%T %v", err, err)
		}
		if strings.Contains(r.Text, appSecret) || strings.Contains(r.Text, sum) || strings.Contains(r.Text, "731000111") {
			t.Errorf("the refusal tells too much: %s", r.Text)
		}
		return r.Status
	}
	for _, c := range []struct {
		name    string
		secrets []string
		call    hook.Call
		want    int
	}{
		{"signed", []string{appSecret}, good, 200},
		{"by the second of two", []string{"other", appSecret}, good, 200},
		{"by another", []string{"other"}, good, 401},
		{"with no secret set", nil, good, 403},
		{"with an empty secret set", []string{""}, signed("", escaped), 403},
		{"by an empty secret beside one", []string{"", appSecret}, signed("", escaped), 401},
		{"unsigned", []string{appSecret}, hook.Call{Method: "POST", Body: []byte(escaped), Header: http.Header{}}, 401},
		{"of an empty body", []string{appSecret}, signed(appSecret, ""), 400},
		{"another body", []string{appSecret}, header(signed(appSecret, escaped+" "), "sha256="+sum), 401},
		{"written anew", []string{appSecret}, header(signed(appSecret, strings.ReplaceAll(escaped, `\/`, "/")), "sha256="+sum), 401},
		{"no prefix", []string{appSecret}, header(good, sum), 401},
		{"the old prefix", []string{appSecret}, header(good, "sha1="+sum), 401},
		{"short", []string{appSecret}, header(good, "sha256="+sum[:62]), 401},
		{"long", []string{appSecret}, header(good, "sha256="+sum+"00"), 401},
		{"upper case", []string{appSecret}, header(good, "sha256="+strings.ToUpper(sum)), 401},
		{"no hex", []string{appSecret}, header(good, "sha256="+strings.Repeat("z", 64)), 401},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := status(newGraph(t).inMemory(withSecrets(c.secrets...)).Verify(c.call)); got != c.want {
				t.Errorf("%d, want %d", got, c.want)
			}
		})
	}
}

func TestMetaMakesSureThatTheAddressIsOurs(t *testing.T) {
	ask := func(pairs ...string) hook.Call {
		q := url.Values{}
		for i := 0; i < len(pairs); i += 2 {
			q.Set("hub."+pairs[i], pairs[i+1])
		}
		return hook.Call{Method: http.MethodGet, Query: q}
	}
	for _, c := range []struct {
		name   string
		verify string
		call   hook.Call
		body   string // "" when it is refused
	}{
		{"right", "let-me-in", ask("mode", "subscribe", "challenge", "1158201444", "verify_token", "let-me-in"), "1158201444"},
		{"wrong token", "let-me-in", ask("mode", "subscribe", "challenge", "1", "verify_token", "let-me"), ""},
		{"no token", "let-me-in", ask("mode", "subscribe", "challenge", "1"), ""},
		{"none set", "", ask("mode", "subscribe", "challenge", "1", "verify_token", ""), ""},
		{"another mode", "let-me-in", ask("mode", "unsubscribe", "challenge", "1", "verify_token", "let-me-in"), ""},
		{"no challenge", "let-me-in", ask("mode", "subscribe", "verify_token", "let-me-in"), ""},
		{"a long challenge", "let-me-in", ask("mode", "subscribe", "challenge", strings.Repeat("1", 1000), "verify_token", "let-me-in"), ""},
		{"nothing", "let-me-in", ask(), ""},
	} {
		a, isGreeting, err := newGraph(t).inMemory(withSecret(fieldVerify, c.verify)).Greet(c.call)
		var refused *hook.Refusal
		switch {
		case !isGreeting:
			t.Errorf("%s: taken for a delivery", c.name)
		case c.body == "" && (!errors.As(err, &refused) || refused.Status != http.StatusForbidden || len(a.Body) > 0):
			t.Errorf("%s: %+v, %v", c.name, a, err)
		case c.body != "" && (err != nil || string(a.Body) != c.body || a.Status != http.StatusOK || !strings.HasPrefix(a.Type, "text/plain")):
			t.Errorf("%s: %+v, %v", c.name, a, err)
		}
	}
	if _, isGreeting, err := newGraph(t).inMemory().Greet(signed(appSecret, escaped)); isGreeting || err != nil {
		t.Errorf("a delivery is taken for a greeting (%v)", err)
	}
}

func TestADelivery(t *testing.T) {
	memory := newKept()
	memory.put(t, memorySelf, identity{Token: fingerprint(login.NewSecret(key)), UserID: us, AppScoped: scope})
	p := newGraph(t).inMemory(remembering(memory))
	got, err := p.Decode(signed(appSecret, escaped))
	if err != nil || len(got) != 1 || got[0].Owner != us || !p.Owns(got[0].Owner) {
		t.Fatalf("%+v, %v", got, err)
	}
	m := got[0].Batch.Messages[0]
	if m.RemoteID != ann || m.Message.Text != "café 😀" || m.Message.Attachments[0].URL != "https://cdn.example/1" || m.Message.Direction != inbox.Received {
		t.Errorf("%+v", m)
	}

	// The entry names another id of the account: what is known of us decides.
	ours := strings.Replace(escaped, `"id":"17841400999","messaging":[{"sender":{"id":"731000111"},"recipient":{"id":"17841400999"}`, `"id":"45202218377435","messaging":[{"sender":{"id":"17841400999"},"recipient":{"id":"731000111"}`, 1)
	got, err = p.Decode(signed(appSecret, ours))
	if err != nil || got[0].Batch.Messages[0].RemoteID != ann || got[0].Batch.Messages[0].Message.Direction != inbox.Sent {
		t.Errorf("%+v, %v", got, err)
	}
	for _, owner := range []string{"", "0", "45202218377435"} {
		if p.Owns(owner) {
			t.Errorf("owns %q", owner)
		}
	}
	if _, err := p.Decode(signed(appSecret, `{"entry":[`)); err == nil {
		t.Error("a body that is cut is read")
	}
}

const subscribedPath = "/v24.0/" + us + "/subscribed_apps"

func TestTheSubscription(t *testing.T) {
	g := newGraph(t)
	g.says("POST "+subscribedPath, ok(`{"success":true}`))
	g.says("DELETE "+subscribedPath, ok(`{"success":true}`))
	g.says("GET "+subscribedPath, ok(`{"data":[{"id":"555","name":"app","subscribed_fields":["messages",{"name":"message_reactions"},null]}]}`))
	p := g.at()
	if err := p.Register(t.Context(), "https://shop.example/webhook/acme"); err != nil {
		t.Fatal(err)
	}
	want := "messages,message_reactions,messaging_seen,messaging_postbacks,messaging_referral,message_edit,messaging_optins,messaging_handover,standby"
	if got := g.last(); got.Query.Get("subscribed_fields") != want {
		t.Errorf("subscribed to %v", got.Query)
	}
	list, err := p.Registered(t.Context())
	if err != nil || len(list) != 1 || !list[0].Active || !strings.Contains(list[0].Note, "dashboard") || !slices.Equal(list[0].Events, []string{"messages", "message_reactions"}) {
		t.Errorf("%+v, %v", list, err)
	}
	if err := p.Unregister(t.Context(), ""); err != nil || g.last().Method != http.MethodDelete {
		t.Errorf("%v", err)
	}
	g.says("GET "+subscribedPath, ok(`{"data":[{"subscribed_fields":["message_edit"]}]}`))
	if list, err = p.Registered(t.Context()); err != nil || list[0].Active || !strings.Contains(list[0].Note, "not subscribed to messages") {
		t.Errorf("%+v, %v", list, err)
	}
	g.says("GET "+subscribedPath, ok(`{"data":[]}`))
	if list, err = p.Registered(t.Context()); err != nil || len(list) != 0 {
		t.Errorf("%+v, %v", list, err)
	}
	g.says("POST "+subscribedPath, refusal(403, `"code":200`))
	if err := p.Register(t.Context(), ""); inbox.KindOf(err) != inbox.Auth {
		t.Errorf("%v", err)
	}
}

func TestInspect(t *testing.T) {
	all := strings.Join(webhookFields, `","`)
	for _, c := range []struct {
		name      string
		list      answer
		apps      answer
		edits     []func(*login.Login)
		check     string
		verdict   inbox.Verdict
		text      string
		messaging string
	}{
		{"all is well", list(""), ok(`{"data":[{"subscribed_fields":["` + all + `"]}]}`), []func(*login.Login){withSecrets(appSecret)}, "webhook", inbox.CheckGood, "messages", "true"},
		{"fields are missing", list(""), ok(`{"data":[{"subscribed_fields":["messages"]}]}`), []func(*login.Login){withSecrets(appSecret)}, "webhook", inbox.CheckWarning, "missing: message_reactions", "true"},
		{"no secret", list(""), ok(`{"data":[{"subscribed_fields":["messages"]}]}`), nil, "webhook", inbox.CheckWarning, "webhook_secrets is not set", "true"},
		{"not subscribed", list(""), ok(`{"data":[]}`), nil, "webhook", inbox.CheckWarning, "does not hear", "true"},
		{"the subscription is a secret", list(""), refusal(500, `"code":2`), nil, "webhook", inbox.CheckWarning, "cannot be told", "true"},
		{"access is switched off", refusal(403, `"code":200,"error_subcode":2534041`), ok(`{}`), nil, "message access", inbox.CheckFailing, "200/2534041", "false"},
		{"trouble", refusal(500, `"code":2`), ok(`{}`), nil, "message access", inbox.CheckFailing, "code 2", "not told"},
		{"human agent", list(""), ok(`{}`), []func(*login.Login){withAgent}, "human agent", inbox.CheckGood, "7 days", "true"},
		{"no memory", list(""), ok(`{}`), nil, "token", inbox.CheckGood, "not renewed", "true"},
	} {
		t.Run(c.name, func(t *testing.T) {
			g := newGraph(t)
			g.says(listPath, c.list)
			g.says("GET "+subscribedPath, c.apps)
			info, err := g.at(c.edits...).Inspect(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			i := slices.IndexFunc(info.Checks, func(k inbox.Check) bool { return k.Name == c.check })
			if i < 0 || info.Checks[i].Verdict != c.verdict || !strings.Contains(info.Checks[i].Text, c.text) {
				t.Errorf("%+v", info.Checks)
			}
			if i >= 0 && c.verdict == inbox.CheckFailing && info.Checks[i].Hint == "" {
				t.Error("no hint")
			}
			messaging := "not told"
			if info.MessagingEnabled != nil {
				messaging = map[bool]string{true: "true", false: "false"}[*info.MessagingEnabled]
			}
			if messaging != c.messaging || info.Title != "Marlow @marlow (business)" {
				t.Errorf("messaging %s, title %q", messaging, info.Title)
			}
		})
	}
	g := newGraph(t)
	g.says("GET /v24.0/me", refusal(401, `"code":190,"error_subcode":460`))
	if _, err := g.at().Inspect(t.Context()); inbox.KindOf(err) != inbox.Auth || inbox.AsError(err).Hint == "" {
		t.Errorf("%v", err)
	}
}

// FuzzVerify: nothing but the one right header is accepted.
func FuzzVerify(f *testing.F) {
	good := signed(appSecret, escaped).Header.Get("X-Hub-Signature-256")
	for _, s := range []string{good, "", "sha256=", good + "0", good[:70], "sha256=" + strings.Repeat("0", 64), strings.ToUpper(good)} {
		f.Add(s)
	}
	p := newGraph(f).inMemory(withSecrets(appSecret))
	f.Fuzz(func(t *testing.T, value string) {
		call := hook.Call{Method: http.MethodPost, Body: []byte(escaped), Header: http.Header{"X-Hub-Signature-256": {value}}}
		if err := p.Verify(call); err == nil && strings.TrimSpace(value) != good {
			t.Errorf("%q is accepted", value)
		}
	})
}
