package ayrshare_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"parley/inbox"
	"parley/platforms"
	"parley/platforms/ayrshare"
	"parley/platforms/login"
)

// everything calls each method that talks to the provider, on X, whose requests
// carry all keys.
func everything(t *testing.T, p inbox.Provider) (errs []error) {
	t.Helper()
	ctx := context.Background()
	id := inbox.NewConversationID("acme", inbox.Twitter, "1-2")
	_, _, err := readAll(t, p, inbox.ReadRequest{Feed: feed(t, p, inbox.Twitter, "messages")})
	errs = append(errs, err)
	result, err := p.Send(ctx, outgoing(inbox.Twitter, "71", "Hi"))
	errs = append(errs, err)
	for _, part := range result.Parts {
		if part.Err != nil {
			errs = append(errs, part.Err)
		}
	}
	errs = append(errs, p.SetArchived(ctx, id, true))
	_, err = p.Inspect(ctx)
	errs = append(errs, err)
	_, err = p.AutoReply(ctx)
	errs = append(errs, err)
	_, err = p.SetAutoReply(ctx, inbox.AutoReplyChange{})
	return append(errs, err)
}

func TestNoKeyIsEverSeen(t *testing.T) {
	echo := func(status int) http.HandlerFunc { // a server that repeats what it was sent
		return func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(status)
			fmt.Fprintf(w, `{"status":"error","code":"%[1]s","message":"you sent %[1]s and %[2]s and %[3]s and %[4]s"}`,
				r.Header.Get("Authorization"), r.Header.Get("Profile-Key"), r.Header.Get("X-Twitter-Oauth1-Api-Key"), r.Header.Get("X-Twitter-Oauth1-Api-Secret"))
		}
	}
	page := func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, "<html>%s %s</html>", strings.Repeat(" ", 150), r.Header)
	}
	word := func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, r.Header) }
	redirect := func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "https://elsewhere.example/?key="+apiKey, http.StatusFound)
	}
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	urls := map[string]string{"nobody listens": gone.URL}
	for name, h := range map[string]http.HandlerFunc{
		"echo 200": echo(200), "echo 400": echo(400), "echo 401": echo(401), "echo 429": echo(429), "echo 500": echo(500),
		"a page": page, "a word": word, "a redirect": redirect,
		"torn": func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
		"cut":  func(w http.ResponseWriter, r *http.Request) { fmt.Fprintf(w, `{"x":%q,`, r.Header) },
	} {
		s := httptest.NewServer(h)
		t.Cleanup(s.Close)
		urls[name] = s.URL
	}
	for name, url := range urls {
		t.Run(name, func(t *testing.T) {
			var log bytes.Buffer
			l := fullLogin(url, &log)
			p, err := ayrshare.Open(l)
			if err != nil {
				t.Fatal(err)
			}
			for _, err := range everything(t, p) {
				var e *inbox.Error
				if !errors.As(err, &e) {
					t.Fatalf("err = %v", err)
				}
				mustContainNoSecret(t, "an error", fmt.Sprintf("%v %+v %#v %v %v %v", e, *e, e, e.Text, e.Hint, e.Err))
				for err := error(e); err != nil; err = errors.Unwrap(err) {
					mustContainNoSecret(t, "a cause", fmt.Sprintf("%v %+v %#v", err, err, err))
				}
				l.Log.Error("failed", "err", e, "cause", e.Err)
			}
			l.Log.Info("login", "login", l, "secrets", l.Secrets)
			mustContainNoSecret(t, "the log", log.String())
			if !strings.Contains(log.String(), "/messages/twitter") {
				t.Error("requests are not logged")
			}
		})
	}
}

func TestEveryRequestHasTheHeadersOfTheConfig(t *testing.T) {
	const ok = `{"status":"success","messages":[]}`
	s := newServer(t, slices.Repeat([]http.HandlerFunc{answer(200, ok)}, 7)...)
	everything(t, s.connect())
	for _, a := range s.Requests() {
		wantX := strings.Contains(a.Path, "/twitter")
		for name, want := range map[string]string{
			"Authorization":               "Bearer " + apiKey,
			"Profile-Key":                 profileKey,
			"X-Twitter-Oauth1-Api-Key":    map[bool]string{true: twitterKey}[wantX],
			"X-Twitter-Oauth1-Api-Secret": map[bool]string{true: twitterSecret}[wantX],
			"User-Agent":                  "parley",
			"Accept":                      "application/json",
		} {
			if got := a.Header.Get(name); got != want {
				t.Errorf("%s %s: %s is %q, want %q", a.Method, a.Path, name, got, want)
			}
		}
	}
}

func TestNoProfileKeyNoHeader(t *testing.T) {
	s := newServer(t, answer(200, `{"status":"success","messages":[]}`))
	p, err := ayrshare.Open(login.Login{Account: "acme", BaseURL: s.URL + "/", Secrets: map[string]login.Secret{"api_key": login.NewSecret(apiKey)}})
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := readAll(t, p, inbox.ReadRequest{Feed: feed(t, p, inbox.Twitter, "messages")}); err != nil {
		t.Fatal(err)
	}
	got := s.Only()
	for _, name := range []string{"Profile-Key", "X-Twitter-Oauth1-Api-Key", "X-Twitter-Oauth1-Api-Secret"} {
		if _, there := got.Header[name]; there {
			t.Errorf("%s is sent", name)
		}
	}
	if got.Path != "/messages/twitter" {
		t.Errorf("path %q", got.Path)
	}
}

func TestOpenChecksTheSettings(t *testing.T) {
	secret := func(pairs ...string) map[string]login.Secret {
		m := map[string]login.Secret{}
		for i := 0; i < len(pairs); i += 2 {
			m[pairs[i]] = login.NewSecret(pairs[i+1])
		}
		return m
	}
	key := secret("api_key", apiKey)
	for _, c := range []struct {
		name  string
		login login.Login
		want  string // "" when it is fine
	}{
		{"a key is enough", login.Login{Secrets: key}, ""},
		{"no key", login.Login{}, "api_key is missing"},
		{"a key with a line break", login.Login{Secrets: secret("api_key", "abc\n")}, "api_key holds"},
		{"a key with an umlaut", login.Login{Secrets: secret("api_key", "schlüssel")}, "api_key holds"},
		{"https", login.Login{Secrets: key, BaseURL: "https://proxy.example/ayrshare/"}, ""},
		{"http on this machine", login.Login{Secrets: key, BaseURL: "http://127.0.0.1:8080/api"}, ""},
		{"http on this machine, by name", login.Login{Secrets: key, BaseURL: "http://localhost:8080"}, ""},
		{"http on this machine, in IPv6", login.Login{Secrets: key, BaseURL: "http://[::1]:8080"}, ""},
		{"http over a network", login.Login{Secrets: key, BaseURL: "http://api.ayrshare.com/api"}, "api.ayrshare.com needs https"},
		{"http to a name that only begins like this machine", login.Login{Secrets: key, BaseURL: "http://localhost.example/"}, "needs https"},
		{"another scheme", login.Login{Secrets: key, BaseURL: "ftp://x.example"}, "must begin with https://"},
		{"no scheme", login.Login{Secrets: key, BaseURL: "api.ayrshare.com/api"}, "must begin with https://"},
		{"no host", login.Login{Secrets: key, BaseURL: "https:///api"}, "no host"},
		{"a password", login.Login{Secrets: key, BaseURL: "https://joe:hunter2@x.example"}, "user name"},
		{"a query", login.Login{Secrets: key, BaseURL: "https://x.example?key=1"}, "without ?"},
		{"no URL", login.Login{Secrets: key, BaseURL: "https://x.example:hunter2"}, "not a URL"},
		{"X with both keys", login.Login{Secrets: secret("api_key", apiKey, "twitter_api_key", "k123", "twitter_api_secret", "s123")}, ""},
		{"X without its secret", login.Login{Secrets: secret("api_key", apiKey, "twitter_api_key", "k123")}, "twitter_api_secret is missing"},
		{"X without its key", login.Login{Secrets: secret("api_key", apiKey, "twitter_api_secret", "s123")}, "twitter_api_key is missing"},
		{"a platform that cannot be messaged", login.Login{Secrets: key, Platforms: []inbox.Platform{"linkedin"}}, `"linkedin" is not one of`},
	} {
		t.Run(c.name, func(t *testing.T) {
			p, err := ayrshare.Open(c.login)
			if c.want == "" {
				if err != nil || p.Name() != "ayrshare" {
					t.Errorf("%v, %v", p, err)
				}
				return
			}
			if inbox.KindOf(err) != inbox.Rejected || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "hunter2") {
				t.Errorf("err = %v, want %q", err, c.want)
			}
		})
	}
}

func TestXWithoutKeysIsWarnedOf(t *testing.T) {
	for _, platforms := range [][]inbox.Platform{nil, {inbox.Twitter}, {inbox.Facebook}} {
		var log bytes.Buffer
		l := fullLogin("", &log)
		l.Platforms = platforms
		delete(l.Secrets, "twitter_api_key")
		delete(l.Secrets, "twitter_api_secret")
		if _, err := ayrshare.Open(l); err != nil {
			t.Fatal(err)
		}
		warned := strings.Contains(log.String(), "twitter_api_key")
		if want := !slices.Equal(platforms, []inbox.Platform{inbox.Facebook}); warned != want {
			t.Errorf("%v: warned = %v", platforms, warned)
		}
	}
}

func TestOnlyTheConfiguredPlatformsAreRead(t *testing.T) {
	l := fullLogin("", io.Discard)
	l.Platforms = []inbox.Platform{inbox.Instagram}
	p, err := ayrshare.Open(l)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range p.Feeds() {
		if f.Platform != inbox.Instagram {
			t.Errorf("%+v", f)
		}
	}
}

func TestArchiving(t *testing.T) {
	s := newServer(t, answer(200, `{"status":"success"}`), answer(200, `{"status":"success"}`), answer(404, `{"status":"error","message":"Conversation not found"}`))
	p := s.connect()
	id := inbox.NewConversationID("acme", inbox.Instagram, "t/1 ?#..")
	if err := p.SetArchived(context.Background(), id, true); err != nil {
		t.Error(err)
	}
	if err := p.SetArchived(context.Background(), id, false); err != nil {
		t.Error(err)
	}
	for i, want := range []string{`{"status":"archived"}`, `{"status":"active"}`} {
		got := s.Requests()[i]
		if got.Method != http.MethodPut || got.Path != "/api/messages/instagram/t%2F1%20%3F%23.." || got.Body != want {
			t.Errorf("%s %s %s", got.Method, got.Path, got.Body)
		}
	}
	if err := p.SetArchived(context.Background(), id, true); inbox.KindOf(err) != inbox.NotFound || !strings.Contains(err.Error(), "Conversation not found") {
		t.Errorf("err = %v", err)
	}
	if err := p.SetArchived(context.Background(), "nonsense", true); inbox.KindOf(err) != inbox.NotFound {
		t.Errorf("err = %v", err)
	}
}

func TestInspect(t *testing.T) {
	yes, no, twelve := true, false, 12
	lastUpdated := time.Date(2024, 6, 9, 21, 46, 4, 0, time.UTC)
	for _, c := range []struct {
		name, body string
		want       inbox.AccountInfo
	}{
		{
			"all of it",
			`{"activeSocialAccounts":["facebook","instagram","linkedin"],"displayNames":[{"platform":"facebook","messagingActive":true,"id":1},{"platform":"instagram","messagingActive":false},{"platform":"linkedin"}],
			  "messagingEnabled":true,"messagingConversationMonthlyCount":12,"title":"Primary\u0007 Profile","lastUpdated":"2024-06-09T21:46:04Z","nextUpdate":"2024-06-09T21:47:04Z","created":{"_seconds":0}}`,
			inbox.AccountInfo{Title: "Primary Profile", MessagingEnabled: &yes, Linked: []inbox.Platform{"facebook", "instagram", "linkedin"},
				Messaging: map[inbox.Platform]bool{"facebook": true, "instagram": false}, ConversationCount: &twelve, LastUpdated: lastUpdated, NextUpdate: lastUpdated.Add(time.Minute)},
		},
		{"nothing is linked", `{"messagingEnabled":"false"}`, inbox.AccountInfo{MessagingEnabled: &no, Linked: []inbox.Platform{}}},
		{"odd forms", `{"activeSocialAccounts":"facebook","displayNames":[null,{"platform":7}],"messagingEnabled":null,"messagingConversationMonthlyCount":"12"}`,
			inbox.AccountInfo{Linked: []inbox.Platform{"facebook"}, ConversationCount: &twelve}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newServer(t, answer(200, c.body, "Date", "Sun, 09 Jun 2024 22:00:00 GMT"))
			got, err := s.connect().Inspect(context.Background())
			if err != nil {
				t.Fatal(err)
			}
			if r := s.Only(); r.Method != http.MethodGet || r.Path != "/api/user" {
				t.Errorf("%s %s", r.Method, r.Path)
			}
			if got.Title != c.want.Title || !slices.Equal(got.Linked, c.want.Linked) || got.Linked == nil || !maps.Equal(got.Messaging, c.want.Messaging) ||
				!same(got.MessagingEnabled, c.want.MessagingEnabled) || !same(got.ConversationCount, c.want.ConversationCount) ||
				!got.LastUpdated.Equal(c.want.LastUpdated) || !got.NextUpdate.Equal(c.want.NextUpdate) || got.ServerTime.IsZero() {
				t.Errorf("%+v", got)
			}
		})
	}
}

func same[T comparable](a, b *T) bool {
	return a == b || (a != nil && b != nil && *a == *b)
}

func TestTheAutomaticAnswer(t *testing.T) {
	ctx := context.Background()
	s := newServer(t,
		answer(200, `{"status":"success"}`),
		answer(200, `{"status":"success","autoResponseActive":true,"autoResponseMessage":"Howdy!","autoResponseWaitSeconds":86400}`),
		answer(200, `{"status":"success","updated":{"autoResponseMessage":"The standard text","autoResponseWaitSeconds":"3600"}}`),
		answer(200, `{"status":"success","autoResponseActive":true,"autoResponseMessage":"Howdy!","autoResponseWaitSeconds":86400}`),
		answer(400, `{"status":"error","code":361,"message":"Messaging is not enabled."}`),
	)
	p := s.connect()
	if got, err := p.AutoReply(ctx); err != nil || got != (inbox.AutoReply{}) {
		t.Errorf("never set: %+v, %v", got, err)
	}
	if got, err := p.AutoReply(ctx); err != nil || got != (inbox.AutoReply{Active: true, Message: "Howdy!", Wait: 24 * time.Hour}) {
		t.Errorf("set: %+v, %v", got, err)
	}
	empty, hour := "", time.Hour
	got, err := p.SetAutoReply(ctx, inbox.AutoReplyChange{Message: &empty, Wait: &hour})
	if err != nil || got != (inbox.AutoReply{Active: true, Message: "The standard text", Wait: time.Hour}) {
		t.Errorf("changed: %+v, %v", got, err)
	}
	if asked := s.Requests()[2]; asked.Method != http.MethodPost || asked.Path != "/api/messages/autoresponse" || asked.Body != `{"autoResponseMessage":"","autoResponseWaitSeconds":3600}` {
		t.Errorf("%s %s %s", asked.Method, asked.Path, asked.Body)
	}
	if _, err := p.AutoReply(ctx); inbox.KindOf(err) != inbox.Auth || !strings.Contains(err.Error(), "Messaging is not enabled.") {
		t.Errorf("refused: %v", err)
	}
	for _, wait := range []time.Duration{-time.Second, 1500 * time.Millisecond} {
		if _, err := p.SetAutoReply(ctx, inbox.AutoReplyChange{Wait: &wait}); inbox.KindOf(err) != inbox.Rejected {
			t.Errorf("a wait of %v: %v", wait, err)
		}
	}
}

func TestCapabilitiesAreTheDocuments(t *testing.T) {
	p := newServer(t).connect()
	const week = 7 * 24 * time.Hour
	for _, c := range []struct {
		platform   inbox.Platform
		text       inbox.TextLimit
		media      int
		open, late time.Duration
		voice      bool
	}{
		{inbox.Facebook, inbox.TextLimit{Max: 2000, Unit: inbox.Characters}, 10, 24 * time.Hour, week, true},
		{inbox.Instagram, inbox.TextLimit{Max: 1000, Unit: inbox.Bytes}, 10, week, 0, true},
		{inbox.Twitter, inbox.TextLimit{Max: 10000, Unit: inbox.Characters}, 1, 0, 0, false},
	} {
		got := p.Capabilities(c.platform)
		if got.Text != c.text || got.MaxMedia != c.media || got.Window.Open != c.open || got.Window.Late != c.late || got.Window.Limited != (c.open > 0) {
			t.Errorf("%s: %+v", c.platform, got)
		}
		if got.TextRequired != (c.platform == inbox.Twitter) || got.QueryInURL || got.Window.Source == "" {
			t.Errorf("%s: %+v", c.platform, got)
		}
		if got.Reactions.OK || got.Reactions.Reason == "" || got.Stickers.OK || got.Stickers.Reason == "" || !got.Archive.OK || !got.AutoReply.OK {
			t.Errorf("%s: %+v", c.platform, got)
		}
		for link, want := range map[string]bool{"https://x.example/a.JPG": true, "https://x.example/a.mp4": true, "https://x.example/a.aac": c.voice, "https://x.example/a.wav": c.voice, "https://x.example/a.mp3": false, "https://x.example/a": false} {
			if _, ok := got.KindOfURL(link); ok != want {
				t.Errorf("%s takes %s: %v", c.platform, link, ok)
			}
		}
	}
	if none := p.Capabilities("linkedin"); none.Archive.OK || none.Archive.Reason == "" {
		t.Errorf("%+v", none)
	}
}

func TestTheTableKnowsAyrshare(t *testing.T) {
	entry, ok := platforms.Find("ayrshare")
	if !ok || entry.BaseURL != "https://api.ayrshare.com/api" || len(entry.Platforms) != 3 {
		t.Fatalf("%+v", entry)
	}
	for _, f := range entry.Fields {
		if !f.Secret || f.Help == "" || f.Required != (f.Name == "api_key") {
			t.Errorf("%+v", f)
		}
	}
}
