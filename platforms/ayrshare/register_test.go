package ayrshare_test

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"reflect"
	"strings"
	"testing"
	"time"

	"parley/inbox"
	"parley/platforms/ayrshare"
	"parley/platforms/hook"
	"parley/platforms/login"
)

const hookAddress = "https://inbox.shop.example/webhook/acme"

// registrar is an account at the server that takes webhooks signed with any of
// the secrets.
func (s *server) registrar(log *bytes.Buffer, secrets ...string) (hook.Registrar, inbox.Provider) {
	s.t.Helper()
	l := fullLogin(s.URL+"/api", log)
	l.Lists = map[string][]login.Secret{}
	for _, v := range secrets {
		l.Lists["webhook_secrets"] = append(l.Lists["webhook_secrets"], login.NewSecret(v))
	}
	p, err := ayrshare.Open(l)
	if err != nil {
		s.t.Fatal(err)
	}
	return p.(hook.Registrar), p
}

func TestRegister(t *testing.T) {
	var log bytes.Buffer
	s := newServer(t, answer(200, `{"status":"success","action":"messages","url":"`+hookAddress+`","refId":"5f0c"}`))
	r, _ := s.registrar(&log, "", hookSecret, olderHookSecret)
	if err := r.Register(context.Background(), hookAddress); err != nil {
		t.Fatal(err)
	}
	got := s.Only()
	want := `{"action":"messages","url":"` + hookAddress + `","secret":"` + hookSecret + `"}`
	if got.Method != "POST" || got.Path != "/api/hook/webhook" || got.Body != want || got.Header.Get("Profile-Key") != profileKey {
		t.Errorf("asked %+v, want the body %s", got, want)
	}
	if strings.Contains(log.String(), hookSecret) {
		t.Errorf("the secret is in the log: %s", log.String())
	}
}

func TestRegisterRefusesWhatWouldNeverWork(t *testing.T) {
	for _, c := range []struct {
		name, address, want string
		secrets             []string
	}{
		{"plain http", "http://inbox.shop.example/webhook/acme", "must begin with https://", []string{hookSecret}},
		{"no URL", "inbox.shop.example", "not a URL", []string{hookSecret}},
		{"no host", "https:///webhook/acme", "not a URL", []string{hookSecret}},
		{"another scheme", "ftp://inbox.shop.example", "must begin with https://", []string{hookSecret}},
		{"a password", "https://joe:hunter2@inbox.shop.example", "user name", []string{hookSecret}},
		{"no secret", hookAddress, "webhook_secrets is not set", nil},
		{"an empty secret", hookAddress, "webhook_secrets is not set", []string{""}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newServer(t) // nothing may be asked
			r, _ := s.registrar(new(bytes.Buffer), c.secrets...)
			err := r.Register(context.Background(), c.address)
			if inbox.KindOf(err) != inbox.Rejected || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "hunter2") {
				t.Errorf("err = %v, want %q", err, c.want)
			}
		})
	}
}

func TestARegistrationOnThisMachineMayBePlain(t *testing.T) {
	for _, address := range []string{"http://127.0.0.1:8480/webhook/acme", "http://localhost:8480/webhook/acme", "http://[::1]/webhook/acme"} {
		s := newServer(t, answer(200, `{"status":"success"}`))
		r, _ := s.registrar(new(bytes.Buffer), hookSecret)
		if err := r.Register(context.Background(), address); err != nil {
			t.Errorf("%s: %v", address, err)
		}
	}
}

func TestARefusedRegistrationIsToldWithoutTheSecret(t *testing.T) {
	s := newServer(t, answer(400, `{"action":"webhook","status":"error","code":101,"message":"The secret `+hookSecret+` is too short."}`))
	r, _ := s.registrar(new(bytes.Buffer), hookSecret)
	err := r.Register(context.Background(), hookAddress)
	if inbox.KindOf(err) != inbox.Rejected || !strings.Contains(err.Error(), "is too short") || strings.Contains(err.Error(), hookSecret) {
		t.Errorf("err = %v", err)
	}
}

func TestRegistered(t *testing.T) {
	day := time.Date(2026, 11, 3, 9, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		name, answer string
		want         []hook.Registration
	}{
		{"none", `{"status":"success"}`, nil},
		{"one, with one time for all", `{"status":"success","messages":"` + hookAddress + `","updated":"2026-11-03T09:00:00Z","refId":"5f0c"}`,
			[]hook.Registration{{Address: hookAddress, Events: []string{"messages"}, Active: true, Since: day}}},
		{"several, with a time each", `{"status":"success","feed":"https://other.example/feed","feedUpdated":1793700000,"messages":"` + hookAddress + `","messagesUpdated":"2026-11-03T09:00:00.000Z"}`,
			[]hook.Registration{
				{Address: hookAddress, Events: []string{"messages"}, Active: true, Since: day},
				{Address: "https://other.example/feed", Events: []string{"feed"}, Active: true, Since: time.Unix(1793700000, 0).UTC()},
			}},
		{"as an object", `{"status":"success","messages":{"url":"` + hookAddress + `"}}`,
			[]hook.Registration{{Address: hookAddress, Events: []string{"messages"}, Active: true}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newServer(t, answer(200, c.answer))
			r, _ := s.registrar(new(bytes.Buffer), hookSecret)
			got, err := r.Registered(context.Background())
			if err != nil || !reflect.DeepEqual(got, c.want) {
				t.Errorf("Registered = %+v, %v, want %+v", got, err, c.want)
			}
			if a := s.Only(); a.Method != http.MethodGet || a.Path != "/api/hook/webhook" {
				t.Errorf("asked %+v", a)
			}
		})
	}
}

func TestNoWebhookIsNoError(t *testing.T) {
	s := newServer(t, answer(404, `{"action":"webhook","status":"error","code":404,"message":"No webhook found."}`))
	r, _ := s.registrar(new(bytes.Buffer), hookSecret)
	if got, err := r.Registered(context.Background()); len(got) != 0 || err != nil {
		t.Errorf("Registered = %+v, %v", got, err)
	}
}

func TestUnregister(t *testing.T) {
	registered := answer(200, `{"status":"success","messages":"`+hookAddress+`"}`)
	gone := answer(200, `{"status":"success","action":"messages"}`)
	for _, c := range []struct {
		name, address string
		answers       []http.HandlerFunc
		kind          inbox.Kind
	}{
		{"ours", hookAddress, []http.HandlerFunc{registered, gone}, ""},
		{"whichever it is", "", []http.HandlerFunc{gone}, ""},
		{"somebody else's stays", "https://other.example/hook", []http.HandlerFunc{registered}, inbox.NotFound},
		{"the key is refused", "", []http.HandlerFunc{answer(401, `{"status":"error","code":401,"message":"no"}`)}, inbox.Auth},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newServer(t, c.answers...)
			r, _ := s.registrar(new(bytes.Buffer), hookSecret)
			err := r.Unregister(context.Background(), c.address)
			if inbox.KindOf(err) != c.kind {
				t.Fatalf("err = %v, want %q", err, c.kind)
			}
			if last := s.Requests()[len(s.Requests())-1]; c.kind == "" && (last.Method != "DELETE" || last.Body != `{"action":"messages"}`) {
				t.Errorf("asked %+v", last)
			}
		})
	}
}

func TestInspectTellsOfTheWebhook(t *testing.T) {
	user := answer(200, `{"title":"Primary Profile","messagingEnabled":true}`)
	for _, c := range []struct {
		name    string
		secrets []string
		hooks   http.HandlerFunc
		verdict inbox.Verdict
		text    string
	}{
		{"registered", []string{hookSecret}, answer(200, `{"status":"success","messages":"`+hookAddress+`?token=whisper"}`), inbox.CheckGood, hookAddress},
		{"not registered", []string{hookSecret}, answer(200, `{"status":"success","feed":"https://x.example"}`), inbox.CheckWarning, "not registered"},
		{"cannot be asked", []string{hookSecret}, answer(503, `{"status":"error","message":"maintenance"}`), inbox.CheckWarning, "maintenance"},
		{"no webhooks are wanted", nil, nil, "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			answers := []http.HandlerFunc{user}
			if c.hooks != nil {
				answers = append(answers, c.hooks)
			}
			s := newServer(t, answers...)
			_, p := s.registrar(new(bytes.Buffer), c.secrets...)
			info, err := p.Inspect(context.Background())
			if err != nil || info.Title != "Primary Profile" {
				t.Fatalf("Inspect = %+v, %v", info, err)
			}
			if c.verdict == "" {
				if len(info.Checks) != 0 {
					t.Errorf("checks %+v", info.Checks)
				}
				return
			}
			if len(info.Checks) != 1 || info.Checks[0].Name != "webhook" || info.Checks[0].Verdict != c.verdict ||
				!strings.Contains(info.Checks[0].Text, c.text) || strings.Contains(info.Checks[0].Text, "whisper") {
				t.Errorf("checks %+v", info.Checks)
			}
		})
	}
}

// FuzzRegistered: whatever a server says of its webhooks, what comes out has an
// address and an event, and errors are the inbox's own.
func FuzzRegistered(f *testing.F) {
	for _, body := range []string{
		`{"status":"success","messages":"https://x.example/a","messagesUpdated":"2026-01-01T00:00:00Z","feed":{"url":"https://x.example/b"}}`,
		`{"messages":[1],"updated":{}}`, `{"messages":"%"}`, `[]`, `{"messages":{"url":7}}`,
	} {
		f.Add(body)
	}
	f.Fuzz(func(t *testing.T, body string) {
		list, err := offline(t, body).(hook.Registrar).Registered(t.Context())
		if e := (*inbox.Error)(nil); err != nil && !errors.As(err, &e) {
			t.Errorf("a foreign error: %v", err)
		}
		for _, r := range list {
			if r.Address == "" || len(r.Events) != 1 {
				t.Errorf("%+v", r)
			}
		}
	})
}
