package instagram

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"parley/inbox"
	"parley/platforms/login"
)

const (
	renewed     = "IGAArenewed-9876543210"
	refreshPath = "GET /refresh_access_token"
)

func renewal() answer {
	return ok(`{"access_token":"` + renewed + `","token_type":"bearer","expires_in":5183944}`)
}

// TestWhenATokenIsRenewed: each case is a token as it is remembered, and how the
// next read uses it.
func TestWhenATokenIsRenewed(t *testing.T) {
	from := fingerprint(login.NewSecret(key))
	for _, c := range []struct {
		name  string
		age   time.Duration
		left  time.Duration // 0: not known
		from  string
		renew bool
	}{
		{"young", 23 * time.Hour, 59 * day, from, false},
		{"a month old", 30 * day, 30 * day, from, false},
		{"under ten days left", 49 * day, 9 * day, from, true},
		{"fifty days old", 50 * day, 40 * day, from, true},
		{"of an age that is not known, a day after it was first seen", 25 * time.Hour, 0, from, true},
		{"of an age that is not known, just seen", time.Hour, 0, from, false},
		{"expired", 61 * day, -day, from, false},
		{"of another configured token", 50 * day, 5 * day, "other", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				g, memory := newGraph(t), newKept()
				g.says(listPath, list(""))
				g.says(refreshPath, renewal())
				now := time.Now().UTC()
				stored := storedToken{From: c.from, Token: "IGAAstored-token", Since: now.Add(-c.age)}
				if c.left != 0 {
					stored.Expires = now.Add(c.left)
				}
				memory.put(t, memoryToken, stored)
				p := g.inMemory(remembering(memory))
				if _, _, err := read(t, p, inbox.ReadRequest{}); err != nil {
					t.Fatal(err)
				}
				want := "IGAAstored-token"
				switch {
				case c.renew:
					want = renewed
				case c.from != from:
					want = key // what is newly configured wins
				}
				if got := g.last().Header.Get("Authorization"); got != "Bearer "+want {
					t.Errorf("asked with %s", got)
				}
				if asked := g.calls[0].Path == "/refresh_access_token"; asked != c.renew {
					t.Errorf("renewed: %v", asked)
				}
				next := g.inMemory(remembering(memory))
				if next.api.tokens.current().Reveal() != want {
					t.Error("the next run has another token")
				}
			})
		})
	}
}

func TestARenewedTokenIsOnDiskBeforeItIsUsed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g, memory := newGraph(t), newKept()
		g.says(listPath, list(""))
		g.says(refreshPath, renewal())
		p := g.inMemory(remembering(memory))
		time.Sleep(25 * time.Hour)
		memory.full = true
		if _, _, err := read(t, p, inbox.ReadRequest{}); err != nil {
			t.Fatal(err)
		}
		if got := g.last().Header.Get("Authorization"); got != "Bearer "+key {
			t.Errorf("used %s, which is stored nowhere", got)
		}
		g.forget()
		if _, _, err := read(t, p, inbox.ReadRequest{}); err != nil || g.asked()[0] == refreshPath {
			t.Errorf("tried again at once: %q, %v", g.asked(), err)
		}
		memory.full = false
		time.Sleep(7 * time.Hour)
		if _, _, err := read(t, p, inbox.ReadRequest{}); err != nil {
			t.Fatal(err)
		}
		if got := g.last().Header.Get("Authorization"); got != "Bearer "+renewed {
			t.Errorf("asked with %s", got)
		}
	})
}

func TestWithoutAMemoryNothingIsRenewed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGraph(t)
		g.says(listPath, list(""))
		p := g.inMemory()
		time.Sleep(55 * day)
		if _, _, err := read(t, p, inbox.ReadRequest{}); err != nil || g.asked()[0] == refreshPath {
			t.Errorf("%q, %v", g.asked(), err)
		}
	})
}

func TestATokenThatWasStoredMeanwhileIsFoundAfterARefusal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g, memory := newGraph(t), newKept()
		g.does(listPath, func(c call) answer {
			if c.Header.Get("Authorization") == "Bearer "+key {
				return refusal(400, `"code":190,"error_subcode":463`)
			}
			return list("")
		})
		p := g.inMemory(remembering(memory))
		if _, _, err := read(t, p, inbox.ReadRequest{}); inbox.KindOf(err) != inbox.Auth {
			t.Fatal(err)
		}
		g.says(refreshPath, refusal(400, `"code":100`)) // too young
		if _, err := loginWith(t.Context(), form(remembering(memory)), grantedToken{token: login.NewSecret(renewed)}, g); err != nil {
			t.Fatal(err)
		}
		if _, _, err := read(t, p, inbox.ReadRequest{}); err != nil {
			t.Errorf("the new token is not used: %v", err)
		}
	})
}

func TestLogin(t *testing.T) {
	for _, c := range []struct {
		name    string
		refresh answer
		token   string
		known   bool // how long it lives
	}{
		{"older than a day", renewal(), renewed, true},
		{"younger than a day", refusal(400, `"code":100`), "IGAAnew-token", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			g, memory := newGraph(t), newKept()
			g.says(refreshPath, c.refresh)
			l := form(remembering(memory))
			l.BaseURL = g.serve() + "/v24.0"
			grant, err := Login(t.Context(), l, login.NewSecret("IGAAnew-token"))
			if err != nil {
				t.Fatal(err)
			}
			if grant.UserID != us || grant.Username != "marlow" || grant.Token.Reveal() != c.token || grant.Expires.IsZero() == c.known {
				t.Errorf("%+v, token %s", grant, grant.Token.Reveal())
			}
			p := mustOpen(t, l, nil)
			if p.api.tokens.current().Reveal() != c.token || !p.Owns(us) || !p.Owns(scope) {
				t.Error("the login is not remembered")
			}
		})
	}
	g := newGraph(t)
	memory := newKept()
	l := form(remembering(memory))
	l.BaseURL = g.serve() + "/v24.0"
	g.says("GET /v24.0/me", refusal(401, `"code":190`))
	if _, err := Login(t.Context(), l, login.NewSecret("IGAAwrong-token")); inbox.KindOf(err) != inbox.Auth || len(memory.values) != 0 {
		t.Errorf("a token that is refused: %v, remembered %v", err, memory.values)
	}
	for _, bad := range []string{"", "two words", "line\nbreak"} {
		if _, err := Login(t.Context(), l, login.NewSecret(bad)); inbox.KindOf(err) != inbox.Rejected {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

func withApp(l *login.Login) {
	l.Values[fieldApp] = "555"
	l.Secrets[fieldAppSecret] = login.NewSecret("app-secret-42")
}

func TestALoginByCode(t *testing.T) {
	for name, short := range map[string]string{
		"wrapped": `{"data":[{"access_token":"IGAAshort","user_id":"1","permissions":"x"}]}`,
		"flat":    `{"access_token":"IGAAshort","user_id":1}`,
	} {
		t.Run(name, func(t *testing.T) {
			g, memory := newGraph(t), newKept()
			g.does("POST /oauth/access_token", func(c call) answer {
				form, err := url.ParseQuery(c.Body)
				want := url.Values{"client_id": {"555"}, "client_secret": {"app-secret-42"}, "grant_type": {"authorization_code"}, "redirect_uri": {"https://shop.example/in"}, "code": {"CODE-1"}}
				if err != nil || form.Encode() != want.Encode() {
					t.Errorf("form %v, %v", form, err)
				}
				return ok(short)
			})
			g.does("GET /access_token", func(c call) answer {
				if c.Query.Get("grant_type") != "ig_exchange_token" || c.Query.Get("client_secret") != "app-secret-42" || c.Query.Get("access_token") != "IGAAshort" {
					t.Errorf("query %v", c.Query)
				}
				return renewal()
			})
			l := form(withApp, remembering(memory))
			delete(l.Secrets, fieldToken)
			l.BaseURL = g.serve() + "/v24.0"
			grant, err := Exchange(t.Context(), l, "https://shop.example/in", "CODE-1#_")
			if err != nil || grant.Token.Reveal() != renewed || grant.Expires.IsZero() {
				t.Fatalf("%+v, %v", grant, err)
			}
			if p := mustOpen(t, l, nil); p.api.tokens.current().Reveal() != renewed {
				t.Error("an account without a token in the config does not find it")
			}
		})
	}
	for _, l := range []login.Login{form(), form(func(l *login.Login) { l.Values[fieldApp] = "555" })} {
		if _, err := Exchange(t.Context(), l, "https://shop.example/in", "CODE"); inbox.KindOf(err) != inbox.Rejected {
			t.Errorf("without an app: %v", err)
		}
	}
	if _, err := Exchange(t.Context(), form(withApp), "https://shop.example/in", " #_"); inbox.KindOf(err) != inbox.Rejected {
		t.Errorf("without a code: %v", err)
	}
}

func TestThePageToAgreeOn(t *testing.T) {
	page, err := AuthorizeURL(form(withApp), "https://shop.example/in", "s&1")
	if err != nil {
		t.Fatal(err)
	}
	u, _ := url.Parse(page)
	want := "client_id=555&redirect_uri=https%3A%2F%2Fshop.example%2Fin&response_type=code&scope=instagram_business_basic%2Cinstagram_business_manage_messages&state=s%261"
	if u.Host != "www.instagram.com" || u.Path != "/oauth/authorize" || u.RawQuery != want || strings.Contains(page, "app-secret") {
		t.Errorf("%s", page)
	}
	if _, err := AuthorizeURL(form(), "https://shop.example/in", ""); inbox.KindOf(err) != inbox.Rejected {
		t.Errorf("without an app: %v", err)
	}
}

// TestNoSecretIsSeen: whatever goes wrong, and whatever the other side repeats,
// no token is in a log, an error or a URL of the API itself.
func TestNoSecretIsSeen(t *testing.T) {
	const stored = "IGAAstored-token-55"
	secrets := []string{key, stored, renewed, "app-secret-42", "IGAAshort-77", "hook-secret-1", "CODE-99"}
	var out said
	g, memory := newGraph(t), newKept()
	memory.put(t, memoryToken, storedToken{From: fingerprint(login.NewSecret(key)), Token: stored, Since: time.Now().Add(-51 * day), Expires: time.Now().Add(day)})
	told := map[string]bool{}
	l := form(withApp, out.logged, remembering(memory), withSecrets("hook-secret-1"), func(l *login.Login) { l.Hide = func(s login.Secret) { told[s.Reveal()] = true } })
	l.BaseURL = g.serve() + "/v24.0"

	inForm := []string{key, stored, "app-secret-42", "hook-secret-1"} // what the other side can have seen at first
	repeats := func(known []string) string {
		return fmt.Sprintf(`{"error":{"message":"no","error_user_msg":"you sent %s","code":190,"fbtrace_id":%q,"type":%q}}`, strings.Join(known, ","), known[0], known[1])
	}
	echo := repeats(inForm)
	hear := func(err error) {
		if err == nil {
			return
		}
		e := inbox.AsError(err)
		fmt.Fprintf(&out, "%v|%+v|%s|%s|%v\n", err, err, e.Text, e.Hint, e.Err)
	}
	g.says(refreshPath, no(400, echo))
	for _, request := range []string{listPath, sendPath, "GET /v24.0/me/media", "GET /v24.0/" + us + "/subscribed_apps"} {
		g.says(request, no(400, echo))
	}
	g.says("POST /oauth/access_token", ok(`{"access_token":"IGAAshort-77"}`))
	g.says("GET /access_token", no(400, repeats([]string{"IGAAshort-77", "CODE-99", key, "app-secret-42"})))

	p := mustOpen(t, l, nil)
	_, _, err := read(t, p, inbox.ReadRequest{})
	hear(err)
	_, err = p.Send(t.Context(), outgoing(text("hi")))
	hear(err)
	_, err = p.Posts(t.Context(), "")
	hear(err)
	info, err := p.Inspect(t.Context())
	hear(err)
	fmt.Fprintf(&out, "%+v\n", info)
	_, err = Exchange(t.Context(), l, "https://shop.example/in", "CODE-99")
	hear(err)

	memory.put(t, memoryToken, storedToken{From: fingerprint(login.NewSecret(key)), Token: stored, Since: time.Now().Add(-51 * day), Expires: time.Now().Add(day)})
	g.says(refreshPath, renewal())
	g.says("GET /v24.0/me/media", no(400, repeats([]string{renewed, stored, key})))
	p = mustOpen(t, l, nil)
	p.renew(t.Context())
	_, err = p.Posts(t.Context(), "")
	hear(err)
	hear(p.Register(t.Context(), ""))

	said := out.String()
	for _, s := range secrets {
		if strings.Contains(said, s) {
			t.Errorf("%q is seen in\n%s", s, said)
		}
	}
	if n := strings.Count(said, "you sent [hidden]"); n < 6 {
		t.Errorf("the test heard only %d repetitions", n)
	}
	for _, s := range []string{stored, renewed, "IGAAshort-77"} {
		if !told[s] {
			t.Errorf("nobody was told to hide %s", s)
		}
	}
	for _, c := range g.calls {
		if strings.HasPrefix(c.Path, "/v24.0/") {
			for _, s := range secrets {
				if strings.Contains(c.Path+c.Query.Encode()+c.Body, s) {
					t.Errorf("%s in %s %s", s, c.Method, c.Path)
				}
			}
		}
	}
}

func TestOpenChecksTheSettings(t *testing.T) {
	for _, c := range []struct {
		name string
		edit func(*login.Login)
		text string
	}{
		{"no token", func(l *login.Login) { delete(l.Secrets, fieldToken) }, "access_token is missing"},
		{"a token with a line break", func(l *login.Login) { l.Secrets[fieldToken] = login.NewSecret("a\nb") }, "access_token holds"},
		{"another platform", func(l *login.Login) { l.Platforms = []inbox.Platform{inbox.Twitter} }, `"twitter" is not instagram`},
		{"plain http", func(l *login.Login) { l.BaseURL = "http://graph.example/v24.0" }, "needs https"},
		{"a base that is none", func(l *login.Login) { l.BaseURL = "graph" }, "base_url"},
	} {
		if _, err := Open(form(c.edit)); inbox.KindOf(err) != inbox.Rejected || !strings.Contains(err.Error(), c.text) || inbox.AsError(err).Hint == "" && c.name != "another platform" {
			t.Errorf("%s: %+v", c.name, err)
		}
	}
	l := form()
	l.Log = nil
	if _, err := Open(l); err != nil {
		t.Error(err)
	}
}

func TestWhatInstagramCannotDo(t *testing.T) {
	p := newGraph(t).inMemory()
	_, autoErr := p.AutoReply(t.Context())
	_, setErr := p.SetAutoReply(t.Context(), inbox.AutoReplyChange{})
	for _, err := range []error{autoErr, setErr, p.SetArchived(t.Context(), toAnn, true)} {
		if inbox.KindOf(err) != inbox.Unsupported || inbox.AsError(err).Text == "" {
			t.Errorf("%+v", err)
		}
	}
	caps := p.Capabilities(inbox.Instagram)
	for name, can := range map[string]inbox.Ability{"archive": caps.Archive, "auto-reply": caps.AutoReply, "X": p.Capabilities(inbox.Twitter).Reactions} {
		if can.OK || can.Reason == "" {
			t.Errorf("%s: %+v", name, can)
		}
	}
	if caps.Window.Open != day || caps.Window.Late != 0 || caps.Text != (inbox.TextLimit{Max: 1000, Unit: inbox.Bytes}) {
		t.Errorf("%+v", caps)
	}
}

func TestTheHostsFollowTheBaseURL(t *testing.T) {
	own := hosts{"http://127.0.0.1:8080", "http://127.0.0.1:8080", "http://127.0.0.1:8080"}
	if got := hostsOf("http://127.0.0.1:8080/v24.0"); got != own {
		t.Errorf("%+v", got)
	}
	if got := hostsOf(BaseURL); got.login != "https://graph.instagram.com" || got.codes != "https://api.instagram.com" {
		t.Errorf("%+v", got)
	}
}
