package ayrshare_test

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"parley/inbox"
	"parley/platforms/apitest"
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
	apitest.MustHide(t, secrets, what, text)
}

// offline opens a provider whose every answer is the body.
func offline(t testing.TB, body string) inbox.Provider {
	t.Helper()
	p, err := ayrshare.OpenOver(fullLogin("https://api.example/api", io.Discard), apitest.Canned(body))
	if err != nil {
		t.Fatal(err)
	}
	return p
}
