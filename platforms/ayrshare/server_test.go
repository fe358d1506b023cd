package ayrshare_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"parley/inbox"
	"parley/platforms/ayrshare"
	"parley/platforms/login"
)

// The keys of the tests. None of them may ever be seen.
const (
	apiKey        = "AK-4d1f/secret+key=="
	profileKey    = "PK-77aa-profile-secret"
	twitterKey    = "XK-consumer-key-123"
	twitterSecret = "XS-consumer-secret-456"
)

var secrets = []string{apiKey, profileKey, twitterKey, twitterSecret}

// A scripted server answers from a list and remembers what it was asked.
type server struct {
	*httptest.Server
	t *testing.T

	mu      sync.Mutex
	answers []http.HandlerFunc
	asked   []asked
}

type asked struct {
	method, path, query, body string
	header                    http.Header
}

func newServer(t *testing.T, answers ...http.HandlerFunc) *server {
	t.Helper()
	s := &server{t: t, answers: answers}
	s.Server = httptest.NewServer(s)
	t.Cleanup(func() {
		s.Close()
		s.mu.Lock()
		defer s.mu.Unlock()
		if len(s.answers) > 0 {
			t.Errorf("%d scripted answers were never asked for", len(s.answers))
		}
	})
	return s
}

func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	s.mu.Lock()
	s.asked = append(s.asked, asked{r.Method, r.URL.EscapedPath(), r.URL.RawQuery, string(body), r.Header.Clone()})
	var answer http.HandlerFunc
	if len(s.answers) > 0 {
		answer, s.answers = s.answers[0], s.answers[1:]
	}
	s.mu.Unlock()
	if answer == nil {
		s.t.Errorf("unexpected request %s %s", r.Method, r.URL)
		http.Error(w, "unexpected", http.StatusTeapot)
		return
	}
	answer(w, r)
}

// only returns the single request that was made.
func (s *server) only() asked {
	s.t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.asked) != 1 {
		s.t.Fatalf("%d requests were made, want 1", len(s.asked))
	}
	return s.asked[0]
}

// answer is a plain answer.
func answer(status int, body string, header ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		for i := 0; i+1 < len(header); i += 2 {
			w.Header().Set(header[i], header[i+1])
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

// sample answers with a file of testdata.
func sample(t *testing.T, status int, file string) http.HandlerFunc {
	t.Helper()
	return answer(status, readFile(t, file))
}

func readFile(t testing.TB, name string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func readJSON(t testing.TB, name string, v any) {
	t.Helper()
	dec := json.NewDecoder(strings.NewReader(readFile(t, name)))
	dec.DisallowUnknownFields()
	if err := dec.Decode(v); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
}

// fullLogin has every setting.
func fullLogin(baseURL string, log io.Writer) login.Login {
	return login.Login{
		Account: "acme",
		BaseURL: baseURL,
		Secrets: map[string]login.Secret{
			"api_key":            login.NewSecret(apiKey),
			"profile_key":        login.NewSecret(profileKey),
			"twitter_api_key":    login.NewSecret(twitterKey),
			"twitter_api_secret": login.NewSecret(twitterSecret),
		},
		Log: slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug})),
	}
}

// connect opens a provider on the server.
func (s *server) connect() inbox.Provider {
	s.t.Helper()
	p, err := ayrshare.Open(fullLogin(s.URL+"/api", io.Discard))
	if err != nil {
		s.t.Fatal(err)
	}
	return p
}

// feed is one of the provider's own.
func feed(t testing.TB, p inbox.Provider, platform inbox.Platform, name string) inbox.Feed {
	t.Helper()
	for _, f := range p.Feeds() {
		if f.Platform == platform && f.Name == name {
			return f
		}
	}
	t.Fatalf("no feed %q for %s", name, platform)
	return inbox.Feed{}
}

// readAll reads a feed and joins its batches.
func readAll(t testing.TB, p inbox.Provider, req inbox.ReadRequest) (all inbox.Batch, result inbox.ReadResult, err error) {
	t.Helper()
	result, err = p.Read(context.Background(), req, func(b inbox.Batch) error {
		conversations := append(all.Conversations, b.Conversations...)
		messages := append(all.Messages, b.Messages...)
		all = b
		all.Conversations, all.Messages = conversations, messages
		return nil
	})
	return all, result, err
}

func mustContainNoSecret(t *testing.T, what, text string) {
	t.Helper()
	for _, s := range secrets {
		if strings.Contains(text, s) || bytes.Contains([]byte(text), []byte(strings.ReplaceAll(s, "/", "%2F"))) {
			t.Errorf("%s shows a key: %s", what, text)
		}
	}
}

// canned answers every request with the same bytes, without a network.
type canned string

func (c canned) RoundTrip(r *http.Request) (*http.Response, error) {
	return &http.Response{
		StatusCode: 200,
		Header:     http.Header{"Date": {"Sun, 09 Jun 2024 22:00:00 GMT"}},
		Body:       io.NopCloser(strings.NewReader(string(c))),
		Request:    r,
	}, nil
}

// offline opens a provider whose every answer is the body.
func offline(t testing.TB, body string) inbox.Provider {
	t.Helper()
	p, err := ayrshare.OpenOver(fullLogin("https://api.example/api", io.Discard), canned(body))
	if err != nil {
		t.Fatal(err)
	}
	return p
}
