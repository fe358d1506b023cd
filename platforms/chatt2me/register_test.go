package chatt2me_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"parley/inbox"
	"parley/platforms/hook"
	"parley/platforms/login"
)

const address = "https://parley.example/webhook/acme"

// hub manages webhooks as the specification says. Each new one has a secret,
// told once.
type hub struct {
	*httptest.Server
	t *testing.T

	mu       sync.Mutex
	made     int
	webhooks []map[string]any
	bodies   []string
	fail     string // method to refuse
}

func newHub(t *testing.T, webhooks ...map[string]any) *hub {
	h := &hub{t: t, webhooks: webhooks}
	h.Server = httptest.NewServer(h)
	t.Cleanup(h.Close)
	return h
}

func webhook(id, kind, endpoint string, more ...any) map[string]any {
	w := map[string]any{
		"id": id, "applicationId": other, "active": true, "eventType": kind, "endpoint": endpoint, "numberOfErrors": 0,
		"authenticationProtocol": "NoAuthentication", "scope": nil, "isVerified": true, "verifiedAt": "2026-02-01T10:00:00.000Z",
		"createdDate": "2026-02-01T10:00:00.000Z", "lastModifiedDate": "2026-02-01T10:00:00.000Z",
	}
	for i := 0; i+1 < len(more); i += 2 {
		w[more[i].(string)] = more[i+1]
	}
	return w
}

func (h *hub) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h.mu.Lock()
	defer h.mu.Unlock()
	id, _ := strings.CutPrefix(r.URL.Path, "/v1/organization/webhook/")
	switch {
	case r.Header.Get("X-Api-Key") != apiKey:
		w.WriteHeader(http.StatusUnauthorized)
		io.WriteString(w, `{"message":"Invalid API key"}`)
	case r.Method == h.fail:
		w.WriteHeader(http.StatusBadRequest)
		io.WriteString(w, `{"errorMessage":"not today"}`)
	case r.Method == http.MethodGet && r.URL.Path == "/v1/organization/webhook":
		h.list(w, r)
	case r.Method == http.MethodPost && r.URL.Path == "/v1/organization/webhook":
		h.create(w, r)
	case r.Method == http.MethodDelete && id != r.URL.Path:
		before := len(h.webhooks)
		h.webhooks = slices.DeleteFunc(h.webhooks, func(one map[string]any) bool { return one["id"] == id })
		w.WriteHeader(map[bool]int{true: http.StatusNoContent, false: http.StatusNotFound}[len(h.webhooks) < before])
	default:
		h.t.Errorf("unexpected %s %s", r.Method, r.URL)
	}
}

func (h *hub) list(w http.ResponseWriter, r *http.Request) {
	offset, err := strconv.Atoi(r.URL.Query().Get("offset"))
	limit, err2 := strconv.Atoi(r.URL.Query().Get("limit"))
	if err != nil || err2 != nil || limit < 1 || limit > 50 || offset < 0 {
		h.t.Errorf("a page that the specification does not have: %s", r.URL.RawQuery)
	}
	n := len(h.webhooks)
	page := h.webhooks[min(offset, n):min(offset+limit, n)]
	json.NewEncoder(w).Encode(map[string]any{
		"data":       append([]map[string]any{}, page...),
		"pagination": map[string]int{"offset": offset, "limit": limit, "total": n, "totalPages": (n + limit - 1) / limit},
	})
}

func (h *hub) create(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	h.bodies = append(h.bodies, string(body))
	var asked map[string]any
	if err := json.Unmarshal(body, &asked); err != nil {
		h.t.Error(err)
	}
	h.made++
	one := webhook(fmt.Sprintf("new-%d", h.made), fmt.Sprint(asked["eventType"]), fmt.Sprint(asked["endpoint"]), "isVerified", false, "label", asked["label"])
	h.webhooks = append(h.webhooks, one)
	answer := map[string]any{"signature": map[string]any{"signingSecret": fmt.Sprintf("made-up-secret-%d", h.made)}}
	for k, v := range one {
		answer[k] = v
	}
	w.WriteHeader(http.StatusCreated)
	json.NewEncoder(w).Encode(answer)
}

// ids of the webhooks that are there.
func (h *hub) ids() []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	var ids []string
	for _, one := range h.webhooks {
		ids = append(ids, fmt.Sprint(one["id"]))
	}
	return ids
}

// registrar opens a provider on the hub, with secrets only where the test gives
// a memory for them.
func (h *hub) registrar(memory login.Memory, log io.Writer) inbox.Provider {
	l := fullLogin(h.URL+"/v1", log)
	l.Lists, l.Memory = nil, memory
	return mustOpen(h.t, l)
}

func TestRegisteringKeepsTheSecrets(t *testing.T) {
	h := newHub(t,
		webhook("old-1", "Message", address), webhook("old-2", "MessageStatus", address),
		webhook("theirs", "Message", "https://elsewhere.example/hook"))
	notes := &notebook{}
	var log strings.Builder
	p := h.registrar(notes, &log)
	if err := p.(hook.Registrar).Register(context.Background(), address); err != nil {
		t.Fatal(err)
	}
	want := []string{
		`{"label":"parley acme Message","endpoint":"` + address + `","eventType":"Message","authenticationProtocol":"NoAuthentication","requiresSignature":true}`,
		`{"label":"parley acme MessageStatus","endpoint":"` + address + `","eventType":"MessageStatus","authenticationProtocol":"NoAuthentication","requiresSignature":true}`,
	}
	if !reflect.DeepEqual(h.bodies, want) {
		t.Errorf("asked for\n%s\nwant\n%s", strings.Join(h.bodies, "\n"), strings.Join(want, "\n"))
	}
	if got := h.ids(); !reflect.DeepEqual(got, []string{"theirs", "new-1", "new-2"}) {
		t.Errorf("registered are %v", got)
	}
	if got := slices.Sorted(slices.Values(notes.values())); !reflect.DeepEqual(got, []string{"made-up-secret-1", "made-up-secret-2"}) {
		t.Errorf("kept %v", got)
	}
	if strings.Contains(log.String(), "made-up-secret") {
		t.Error("the log shows a secret")
	}
	for _, secret := range notes.values() {
		if err := p.(hook.Receiver).Verify(call(`{}`, "X-hub-Signature", sign(secret, now, `{}`))); err != nil {
			t.Errorf("signed with what was kept: %v", err)
		}
	}

	if err := p.(hook.Registrar).Unregister(context.Background(), address); err != nil {
		t.Fatal(err)
	}
	if got := h.ids(); !reflect.DeepEqual(got, []string{"theirs"}) || len(notes.values()) != 0 {
		t.Errorf("afterwards %v are registered, and %d secrets kept", got, len(notes.values()))
	}
	if err := p.(hook.Registrar).Unregister(context.Background(), address); inbox.KindOf(err) != inbox.NotFound {
		t.Errorf("once more: %v", err)
	}
}

func TestRegisteringThatCannotBe(t *testing.T) {
	for _, c := range []struct {
		name    string
		address string
		memory  login.Memory
		secrets []string
		fail    string
		kind    inbox.Kind
		text    string
		made    int
	}{
		{"plain HTTP", "http://parley.example/webhook/acme", &notebook{}, nil, "", inbox.Rejected, "must begin with https://", 0},
		{"no URL", "parley.example", &notebook{}, nil, "", inbox.Rejected, "not a URL", 0},
		{"a password", "https://joe:hunter2@parley.example/webhook/acme", &notebook{}, nil, "", inbox.Rejected, "user name", 0},
		{"nowhere to keep the secret", address, nil, nil, "", inbox.Rejected, "nowhere to keep it", 0},
		{"a full disk", address, &notebook{full: true}, nil, "", inbox.Internal, "cannot be kept: no space left", 1},
		{"refused", address, &notebook{}, nil, http.MethodPost, inbox.Rejected, "not today", 0},
		{"old ones that stay", address, &notebook{}, nil, http.MethodDelete, inbox.Rejected, "not today", 1},
		{"plain HTTP on this machine", "http://127.0.0.1:8480/webhook/acme", &notebook{}, nil, "", "", "", 2},
		{"with secrets of the config and no memory", address, nil, []string{"s"}, "", "", "", 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := newHub(t, webhook("old", "Message", address))
			h.fail = c.fail
			l := fullLogin(h.URL+"/v1", io.Discard)
			l.Lists, l.Memory = map[string][]login.Secret{}, c.memory
			for _, s := range c.secrets {
				l.Lists["webhook_secrets"] = append(l.Lists["webhook_secrets"], login.NewSecret(s))
			}
			err := mustOpen(t, l).(hook.Registrar).Register(context.Background(), c.address)
			if inbox.KindOf(err) != c.kind || err != nil && !strings.Contains(err.Error(), c.text) {
				t.Errorf("err = %v", err)
			}
			if h.made != c.made {
				t.Errorf("%d were made, want %d", h.made, c.made)
			}
		})
	}
}

func TestASecretThatIsNotTold(t *testing.T) {
	s := newServer(t, answer(200, `{"data":[],"pagination":{"totalPages":0}}`), answer(201, `{"id":"x","eventType":"Message"}`))
	l := fullLogin(s.URL+"/v1", io.Discard)
	l.Lists, l.Memory = nil, &notebook{}
	err := mustOpen(t, l).(hook.Registrar).Register(context.Background(), address)
	if inbox.KindOf(err) != inbox.Rejected || !strings.Contains(err.Error(), "was not told") || !strings.Contains(inbox.AsError(err).Hint, "webhook_secrets") {
		t.Errorf("err = %v", err)
	}
}

func TestListingGoesThroughAllPages(t *testing.T) {
	var many []map[string]any
	for i := range 103 {
		many = append(many, webhook(fmt.Sprintf("w-%d", i), "Message", fmt.Sprintf("https://h%d.example/", i)))
	}
	h := newHub(t, many...)
	list, err := h.registrar(&notebook{}, io.Discard).(hook.Registrar).Registered(context.Background())
	if err != nil || len(list) != 103 || list[102].Address != "https://h102.example/" {
		t.Errorf("%d, %v", len(list), err)
	}
}

func TestAListingWithoutPagesEnds(t *testing.T) {
	s := newServer(t, answer(200, `{"data":[{"id":"a","eventType":"Message","endpoint":"https://a.example/","active":"true"}]}`))
	list, err := s.connect().(hook.Registrar).Registered(context.Background())
	if err != nil || len(list) != 1 || !list[0].Active {
		t.Errorf("%+v, %v", list, err)
	}
}

func TestWhatIsWrongWithAWebhookIsSaid(t *testing.T) {
	for _, c := range []struct {
		name string
		more []any
		note string
	}{
		{"nothing", nil, ""},
		{"signed", []any{"requiresSignature", true}, ""},
		{"off", []any{"active", false}, "switched off"},
		{"unsigned", []any{"requiresSignature", false}, "not signed"},
		{"unverified", []any{"isVerified", false, "verifiedAt", nil}, "has not answered the hub's check"},
		{"failing", []any{"numberOfErrors", 12}, "12 of its calls have failed"},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := newHub(t, webhook("w", "Message", address, c.more...))
			list, err := h.registrar(&notebook{notes: map[string]string{"webhook secret Message": "s"}}, io.Discard).(hook.Registrar).Registered(context.Background())
			if err != nil || len(list) != 1 {
				t.Fatal(list, err)
			}
			got := list[0]
			if got.Address != address || !reflect.DeepEqual(got.Events, []string{"Message"}) || got.Since.IsZero() || got.Active != (c.name != "off") {
				t.Errorf("%+v", got)
			}
			if (c.note == "") != (got.Note == "") || !strings.Contains(got.Note, c.note) {
				t.Errorf("note %q, want %q", got.Note, c.note)
			}
		})
	}
	h := newHub(t, webhook("w", "Message", address))
	list, err := h.registrar(nil, io.Discard).(hook.Registrar).Registered(context.Background())
	if err != nil || !strings.Contains(list[0].Note, "no signing secret is known") {
		t.Errorf("without a secret: %+v, %v", list, err)
	}
}

func TestInspectTellsWhatIsMissing(t *testing.T) {
	const good, warning, failing = inbox.CheckGood, inbox.CheckWarning, inbox.CheckFailing
	secret := &notebook{notes: map[string]string{"webhook secret Message": "s"}}
	for _, c := range []struct {
		name     string
		webhooks []map[string]any
		memory   login.Memory
		want     []inbox.Verdict // messages, statuses, secret
	}{
		{"all is well", []map[string]any{webhook("a", "Message", address), webhook("b", "MessageStatus", address)}, secret, []inbox.Verdict{good, good, good}},
		{"nothing is registered", nil, secret, []inbox.Verdict{failing, warning, good}},
		{"no statuses", []map[string]any{webhook("a", "Message", address)}, secret, []inbox.Verdict{good, warning, good}},
		{"no secret", []map[string]any{webhook("a", "Message", address), webhook("b", "MessageStatus", address)}, nil, []inbox.Verdict{warning, warning, failing}},
		{"switched off", []map[string]any{webhook("a", "Message", address, "active", false), webhook("b", "MessageStatus", address)}, secret, []inbox.Verdict{failing, good, good}},
		{"not verified", []map[string]any{webhook("a", "Message", address, "isVerified", false), webhook("b", "MessageStatus", address)}, secret, []inbox.Verdict{warning, good, good}},
		{"one of two is well", []map[string]any{webhook("z", "Message", "https://x.example/", "active", false), webhook("a", "Message", address), webhook("b", "MessageStatus", address)}, secret, []inbox.Verdict{good, good, good}},
	} {
		t.Run(c.name, func(t *testing.T) {
			info, err := newHub(t, c.webhooks...).registrar(c.memory, io.Discard).Inspect(context.Background())
			if err != nil {
				t.Fatal(err)
			}
			var got []inbox.Verdict
			for _, check := range info.Checks {
				got = append(got, check.Verdict)
				if check.Text == "" || check.Verdict == failing && check.Hint == "" {
					t.Errorf("nobody says what is wrong or what to do: %+v", check)
				}
			}
			if !reflect.DeepEqual(got, c.want) {
				t.Errorf("%v, want %v: %+v", got, c.want, info.Checks)
			}
			if !slices.Contains(info.Linked, inbox.Instagram) || info.MessagingEnabled == nil || info.ServerTime.IsZero() || !strings.Contains(info.Title, channel) {
				t.Errorf("%+v", info)
			}
		})
	}
}

func TestInspectKnowsARefusedKey(t *testing.T) {
	h := newHub(t)
	l := fullLogin(h.URL+"/v1", io.Discard)
	l.Secrets["api_key"] = login.NewSecret("WRONG-5EC2E7")
	_, err := mustOpen(t, l).Inspect(context.Background())
	if e := inbox.AsError(err); inbox.KindOf(err) != inbox.Auth || e.Op != "inspect" || !strings.Contains(e.Hint, "api_key") {
		t.Errorf("err = %v", err)
	}
}

// FuzzRegistered: whatever a server says of its webhooks, listing, looking and
// registering end, with errors of the inbox's own, and no secret in them.
func FuzzRegistered(f *testing.F) {
	for _, body := range []string{
		`{"data":[{"id":1,"eventType":"Message","endpoint":"https://x.example","active":"true","createdDate":1}],"pagination":{"totalPages":"1"}}`,
		`{"id":"w","secret":"hidden-value","signature":{"secretKey":["x"]}}`,
		`{"data":{},"pagination":{"totalPages":99999999999}}`, `[null]`, `{"data":[null,[],{"endpoint":"%"}]}`, `<html>`,
	} {
		f.Add(body)
	}
	f.Fuzz(func(t *testing.T, body string) {
		p := offline(t, body)
		_, listing := p.(hook.Registrar).Registered(t.Context())
		_, inspecting := p.Inspect(t.Context())
		registering := p.(hook.Registrar).Register(t.Context(), "https://inbox.example/webhook/acme")
		for _, err := range []error{listing, inspecting, registering} {
			if e := (*inbox.Error)(nil); err != nil && !errors.As(err, &e) {
				t.Errorf("a foreign error: %v", err)
			}
		}
	})
}
