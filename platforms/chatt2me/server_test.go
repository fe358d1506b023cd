package chatt2me_test

import (
	"errors"
	"io"
	"log/slog"
	"net/http"
	"sync"
	"testing"

	"parley/inbox"
	"parley/platforms/apitest"
	"parley/platforms/chatt2me"
	"parley/platforms/hook"
	"parley/platforms/login"
)

// The secrets of the tests. None of them may ever be seen.
const (
	apiKey     = "AK-4d1f/secret+key=="
	hookSecret = "WS-0f77-webhook-secret"
)

var secrets = []string{apiKey, hookSecret}

// The channels of the tests: ours, and one that another account may have.
const (
	channel = "6cbd6789-1d2b-47e0-9391-5eb91d2839ea"
	other   = "11111111-2222-4333-8444-555555555555"
)

// server answers from a list and remembers what it was asked.
type server struct {
	*apitest.Server
	t *testing.T
}

func newServer(t *testing.T, answers ...http.HandlerFunc) *server {
	t.Helper()
	return &server{apitest.NewServer(t, answers...), t}
}

var answer = apitest.Answer

// notebook is a login's memory that forgets when the test ends.
type notebook struct {
	mu    sync.Mutex
	notes map[string]string
	full  bool // nothing can be written any more
}

func (n *notebook) Get(name string) (string, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.notes[name], nil
}

func (n *notebook) Set(name, value string) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.full {
		return errors.New("no space left on device")
	}
	if n.notes == nil {
		n.notes = map[string]string{}
	}
	n.notes[name] = value
	if value == "" {
		delete(n.notes, name)
	}
	return nil
}

func (n *notebook) values() []string {
	n.mu.Lock()
	defer n.mu.Unlock()
	var list []string
	for _, v := range n.notes {
		list = append(list, v)
	}
	return list
}

// fullLogin has every setting.
func fullLogin(baseURL string, log io.Writer) login.Login {
	return login.Login{
		Account: "acme",
		BaseURL: baseURL,
		Values:  map[string]string{"channel": channel, "platform": "instagram"},
		Secrets: map[string]login.Secret{"api_key": login.NewSecret(apiKey)},
		Lists:   map[string][]login.Secret{"webhook_secrets": {login.NewSecret("an older one"), login.NewSecret(hookSecret)}},
		Log:     slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug})),
	}
}

// with is the full login with other values.
func with(baseURL string, values ...string) login.Login {
	l := fullLogin(baseURL, io.Discard)
	for i := 0; i+1 < len(values); i += 2 {
		l.Values[values[i]] = values[i+1]
	}
	return l
}

// connect opens a provider on the server, with other values than the full
// login's.
func (s *server) connect(values ...string) inbox.Provider {
	s.t.Helper()
	return mustOpen(s.t, with(s.URL+"/v1", values...))
}

func mustOpen(t testing.TB, l login.Login) inbox.Provider {
	t.Helper()
	p, err := chatt2me.Open(l)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// receiver opens a provider that is only called, with other values than the full
// login's.
func receiver(t testing.TB, values ...string) hook.Receiver {
	t.Helper()
	return mustOpen(t, with("https://api.example/v1", values...)).(hook.Receiver)
}

func mustContainNoSecret(t *testing.T, what, text string) {
	t.Helper()
	apitest.MustHide(t, secrets, what, text)
}

// offline opens a provider whose every answer is the body.
func offline(t testing.TB, body string) inbox.Provider {
	t.Helper()
	p, err := chatt2me.OpenOver(fullLogin("https://api.example/v1", io.Discard), apitest.Canned(body))
	if err != nil {
		t.Fatal(err)
	}
	return p
}
