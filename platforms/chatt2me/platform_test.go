package chatt2me_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"parley/inbox"
	"parley/platforms"
	"parley/platforms/chatt2me"
	"parley/platforms/hook"
	"parley/platforms/login"
)

func TestTheTableKnowsThisProvider(t *testing.T) {
	p, ok := platforms.Find("chatt2me")
	if !ok || p.BaseURL != "https://api.chatt2.me/v1" || !reflect.DeepEqual(p.Platforms, []inbox.Platform{inbox.Instagram, inbox.Facebook}) {
		t.Errorf("%+v", p)
	}
	names := map[string]login.Field{}
	for _, f := range p.Fields {
		names[f.Name] = f
		if f.Help == "" {
			t.Errorf("%s is not explained", f.Name)
		}
	}
	if got := slices.Sorted(maps.Keys(names)); !reflect.DeepEqual(got, []string{"api_key", "channel", "dialect", "platform", "webhook_secrets"}) {
		t.Errorf("settings %v", got)
	}
	if !names["api_key"].Secret || !names["webhook_secrets"].Secret || !names["webhook_secrets"].List {
		t.Error("a secret is not marked as one")
	}
}

func TestWrongSettingsAreNamed(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*login.Login)
		text   string
	}{
		{"no key", func(l *login.Login) { delete(l.Secrets, "api_key") }, "api_key is missing"},
		{"a key with a line break", func(l *login.Login) { l.Secrets["api_key"] = login.NewSecret("a\nb") }, "api_key holds a space"},
		{"no channel", func(l *login.Login) { delete(l.Values, "channel") }, "channel is not a UUID"},
		{"a username for a channel", func(l *login.Login) { l.Values["channel"] = "@shop" }, "channel is not a UUID"},
		{"no platform", func(l *login.Login) { delete(l.Values, "platform") }, `platform is ""`},
		{"X", func(l *login.Login) { l.Values["platform"] = "twitter" }, `platform is "twitter"`},
		{"X among the platforms", func(l *login.Login) { l.Platforms = []inbox.Platform{inbox.Twitter} }, `"twitter" is not one of`},
		{"a dialect that nobody speaks", func(l *login.Login) { l.Values["dialect"] = "round" }, `dialect is "round"`},
		{"plain HTTP across a network", func(l *login.Login) { l.BaseURL = "http://api.example/v1" }, "base_url"},
	} {
		t.Run(c.name, func(t *testing.T) {
			l := fullLogin("https://api.example/v1", io.Discard)
			c.change(&l)
			p, err := chatt2me.Open(l)
			if p != nil || inbox.KindOf(err) != inbox.Rejected || !strings.Contains(err.Error(), c.text) {
				t.Errorf("%v, %v", p, err)
			}
		})
	}
}

func TestALoginCanBeShort(t *testing.T) {
	p, err := chatt2me.Open(login.Login{
		Account: "acme",
		Values:  map[string]string{"channel": strings.ToUpper(channel), "platform": "facebook"},
		Secrets: map[string]login.Secret{"api_key": login.NewSecret(apiKey)},
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := p.Platforms(); p.Name() != "chatt2me" || !reflect.DeepEqual(got, []inbox.Platform{inbox.Facebook}) || len(p.Feeds()) != 0 {
		t.Errorf("%s, %v, %v", p.Name(), got, p.Feeds())
	}
}

func TestWhatCannotBeDoneHasAReason(t *testing.T) {
	p := newServer(t).connect()
	ctx := context.Background()
	id := inbox.NewConversationID("acme", inbox.Instagram, "847495")
	_, read := p.Read(ctx, inbox.ReadRequest{}, func(inbox.Batch) error { return nil })
	_, auto := p.AutoReply(ctx)
	_, set := p.SetAutoReply(ctx, inbox.AutoReplyChange{})
	_, posts := p.Posts(ctx, "")
	for name, err := range map[string]error{
		"no history": read, "archive": p.SetArchived(ctx, id, true), "automatic": auto, "no automatic": set, "share a post": posts,
		"typing": p.Signal(ctx, id, "847495", inbox.SignalTyping), "was read": p.Signal(ctx, id, "847495", inbox.SignalSeen),
	} {
		if inbox.KindOf(err) != inbox.Unsupported || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if c := p.Capabilities("carrier-pigeon"); c.MaxMedia != 0 || c.Webhooks.OK || c.Reactions.OK || c.History.Reason == "" {
		t.Errorf("a pigeon can do %+v", c)
	}
}

func TestWhatCanBeDone(t *testing.T) {
	p := newServer(t).connect()
	ig, fb := p.Capabilities(inbox.Instagram), p.Capabilities(inbox.Facebook)
	for _, c := range []inbox.Capabilities{ig, fb} {
		if !c.Reactions.OK || !c.Webhooks.OK || !c.QueryInURL || c.History.OK || c.Typing.OK || c.Seen.OK || c.Posts.OK || c.Archive.OK || c.AutoReply.OK {
			t.Errorf("%+v", c)
		}
		for _, url := range []string{"https://x.example/a.JPG?s=1", "https://x.example/a.mp4", "https://x.example/a.wav"} {
			if kind, ok := c.KindOfURL(url); !ok || kind == inbox.PartFile {
				t.Errorf("%s is %s", url, kind)
			}
		}
		if _, ok := c.KindOfURL("https://x.example/a.pdf"); ok {
			t.Error("documents cannot be sent")
		}
	}
	if !ig.Stickers.OK || fb.Stickers.OK || fb.Stickers.Reason == "" {
		t.Errorf("hearts: %v, %v", ig.Stickers, fb.Stickers)
	}
	if ig.Text != (inbox.TextLimit{Max: 1000, Unit: inbox.Bytes}) || fb.Text != (inbox.TextLimit{Max: 2000, Unit: inbox.Characters}) {
		t.Errorf("limits %v, %v", ig.Text, fb.Text)
	}
	const day = 24 * time.Hour
	if ig.Window.Open != day || ig.Window.Late != 7*day || fb.Window.Open != day || fb.Window.Late != 0 || ig.Window.Source == "" || fb.Window.Source == "" {
		t.Errorf("windows %+v, %+v", ig.Window, fb.Window)
	}
}

// everything calls each method that talks to the provider.
func everything(t *testing.T, p inbox.Provider) (errs []error) {
	t.Helper()
	ctx := context.Background()
	result, err := p.Send(ctx, outgoing(inbox.Instagram, hello))
	errs = append(errs, err)
	for _, part := range result.Parts {
		if part.Err != nil {
			errs = append(errs, part.Err)
		}
	}
	_, err = p.Inspect(ctx)
	errs = append(errs, err)
	r := p.(hook.Registrar)
	_, err = r.Registered(ctx)
	errs = append(errs, err, r.Register(ctx, "https://parley.example/webhook/acme"), r.Unregister(ctx, "https://parley.example/webhook/acme"))
	return errs
}

func TestNoSecretIsEverSeen(t *testing.T) {
	echo := func(status int) http.HandlerFunc { // a server that repeats what it was sent
		return func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(status)
			fmt.Fprintf(w, `{"status":"error","errorCode":"%[1]s","errorMessage":"you sent %[1]s, and %[2]s signs"}`, r.Header.Get("X-Api-Key"), hookSecret)
		}
	}
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	urls := map[string]string{"nobody listens": gone.URL}
	for name, h := range map[string]http.HandlerFunc{
		"echo 200": echo(200), "echo 400": echo(400), "echo 401": echo(401), "echo 429": echo(429), "echo 500": echo(500),
		"a page": func(w http.ResponseWriter, r *http.Request) {
			fmt.Fprintf(w, "<html>%s %s</html>", strings.Repeat(" ", 150), r.Header)
		},
		"a word": func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, r.Header) },
		"a redirect": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "https://elsewhere.example/?key="+apiKey, http.StatusFound)
		},
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
			for _, err := range everything(t, mustOpen(t, l)) {
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
			mustContainNoSecret(t, "the log", log.String())
			if !strings.Contains(log.String(), "/communication/instagram/message") {
				t.Error("requests are not logged")
			}
		})
	}
}

// What a customer writes does not reach the log, nor does what was left out.
func TestNoWordOfACustomerIsLogged(t *testing.T) {
	var log bytes.Buffer
	r := mustOpen(t, fullLogin("https://api.example/v1", &log)).(hook.Receiver)
	for _, body := range []string{
		`{"eventType":"Message","from":"847495","content":{"text":"my secret"}}`,
		`{"eventType":"Message","from":"5511","channel":"whatsapp","content":{"text":"my secret"}}`,
		`{"eventType":"MessageStatus","messageId":"m","status":"pondered","errorMessage":"my secret"}`,
		`{"eventType":"Other\u001b[2J","payload":{"text":"my secret"}}`,
	} {
		decode(t, r, body)
	}
	if got := log.String(); strings.Contains(got, "my secret") || strings.Contains(got, "847495") || strings.Contains(got, "\x1b") {
		t.Errorf("the log tells %s", got)
	}
	for _, want := range []string{"channel whatsapp:1", "status pondered:1"} {
		if !strings.Contains(log.String(), want) {
			t.Errorf("the log does not tell %q:\n%s", want, log.String())
		}
	}
}
