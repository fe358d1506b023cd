package sim_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"parley/platforms/sim"
)

// origin is the address of the paths that have no version.
func origin(s *sim.Server) string { return strings.TrimSuffix(s.BaseURL(), "/v24.0") }

// atOrigin asks for a path without a version and without the usual header.
func atOrigin(t testing.TB, s *sim.Server, path string, query url.Values) *http.Response {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, origin(s)+path+"?"+query.Encode(), nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	return res
}

func refresh(t testing.TB, s *sim.Server, token string) *http.Response {
	t.Helper()
	return atOrigin(t, s, "/refresh_access_token", url.Values{"grant_type": {"ig_refresh_token"}, "access_token": {token}})
}

// works tells whether a token is let in.
func works(t testing.TB, s *sim.Server, token string) bool {
	t.Helper()
	res := do(t, s, "GET", "/me", "", with("Authorization", "Bearer "+token))
	res.Body.Close()
	return res.StatusCode == http.StatusOK
}

func TestATokenIsRenewedAndTheOldOneStaysGoodForAWhile(t *testing.T) {
	now := newClock()
	s := start(t, graph(now))
	o := object(t, refresh(t, s, s.Key()))
	fresh, _ := o["access_token"].(string)
	if fresh == "" || fresh == s.Key() || o["token_type"] != "bearer" || whole(o["expires_in"]) != 60*24*3600 {
		t.Fatalf("%v", o)
	}
	if !works(t, s, fresh) || !works(t, s, s.Key()) {
		t.Error("the new one, or the old one, is not good")
	}
	now.pass(2 * time.Hour)
	if !works(t, s, fresh) || works(t, s, s.Key()) {
		t.Error("after two hours the new one is not good, or the old one is")
	}
	refused(t, refresh(t, s, fresh), 400, 100, 0) // too young
	now.pass(24 * time.Hour)
	if o := object(t, refresh(t, s, fresh)); o["access_token"] == nil {
		t.Errorf("after a day: %v", o)
	}
}

func TestATokenEnds(t *testing.T) {
	now := newClock()
	opts := graph(now)
	opts.TokenLeft = time.Hour
	s := start(t, opts)
	if !works(t, s, s.Key()) {
		t.Fatal("the key is not good at the start")
	}
	now.pass(time.Hour)
	refused(t, do(t, s, "GET", "/me", ""), 401, 190, 463)
	refused(t, refresh(t, s, s.Key()), 401, 190, 463)
	if status, answer := control(t, s, s.ControlToken(), "POST", "/tokens", `{"left":"240h"}`); status != 204 || !works(t, s, s.Key()) {
		t.Errorf("aged anew: %d %s", status, answer)
	}
}

func TestTokenRequestsThatAreRefused(t *testing.T) {
	s := start(t, graph(newClock()))
	_, secret := s.App()
	refused(t, refresh(t, s, "nope"), 401, 190, 0)
	refused(t, atOrigin(t, s, "/refresh_access_token", url.Values{"access_token": {s.Key()}}), 400, 100, 0)
	refused(t, atOrigin(t, s, "/access_token", url.Values{"access_token": {s.Key()}, "client_secret": {secret}}), 400, 100, 0)
	refused(t, atOrigin(t, s, "/access_token", url.Values{
		"grant_type": {"ig_exchange_token"}, "access_token": {s.Key()}, "client_secret": {secret}}), 400, 452, 0)
	refused(t, atOrigin(t, s, "/access_token", url.Values{
		"grant_type": {"ig_exchange_token"}, "access_token": {s.Key()}, "client_secret": {"guess"}}), 400, 1, 99)
}

// login is the step after somebody has come back from the log-in page.
func login(t testing.TB, s *sim.Server, edit func(url.Values)) *http.Response {
	t.Helper()
	code, err := s.LoginCode()
	if err != nil {
		t.Fatal(err)
	}
	id, secret := s.App()
	form := url.Values{
		"client_id": {id}, "client_secret": {secret}, "grant_type": {"authorization_code"},
		"redirect_uri": {"https://shop.example/back"}, "code": {code},
	}
	if edit != nil {
		edit(form)
	}
	res, err := http.PostForm(origin(s)+"/oauth/access_token", form)
	if err != nil {
		t.Fatal(err)
	}
	return res
}

func TestACodeBecomesALongLivedToken(t *testing.T) {
	for _, fault := range []string{"", "token:flat"} {
		now := newClock()
		opts := graph(now)
		if fault != "" {
			opts.Faults = []string{fault}
		}
		s := start(t, opts)
		o := object(t, login(t, s, nil))
		if rows := list(o, "data"); fault == "" && len(rows) == 1 {
			o = rows[0]
		}
		short, _ := o["access_token"].(string)
		if o["user_id"] == "" || o["user_id"] == s.AccountID() || !works(t, s, short) {
			t.Fatalf("%s: %v", fault, o)
		}
		_, secret := s.App()
		o = object(t, atOrigin(t, s, "/access_token", url.Values{"grant_type": {"ig_exchange_token"}, "access_token": {short}, "client_secret": {secret}}))
		long, _ := o["access_token"].(string)
		now.pass(time.Hour)
		if works(t, s, short) || !works(t, s, long) {
			t.Errorf("after an hour the short one is good, or the long one is not")
		}
	}
}

func TestALogInThatIsRefused(t *testing.T) {
	s := start(t, graph(newClock()))
	var used string
	res := login(t, s, func(form url.Values) { used = form.Get("code") })
	res.Body.Close()
	for name, edit := range map[string]func(url.Values){
		"used before":  func(form url.Values) { form.Set("code", used) },
		"no code":      func(form url.Values) { form.Del("code") },
		"wrong secret": func(form url.Values) { form.Set("client_secret", "guess") },
		"wrong app":    func(form url.Values) { form.Set("client_id", "1") },
		"wrong grant":  func(form url.Values) { form.Set("grant_type", "password") },
		"plain http":   func(form url.Values) { form.Set("redirect_uri", "http://127.0.0.1/back") },
	} {
		res := login(t, s, edit)
		if o := object(t, res); res.StatusCode != 400 || o["error_type"] == nil || o["error_message"] == nil || o["access_token"] != nil {
			t.Errorf("%s: %s %v", name, res.Status, o)
		}
	}
	if _, err := start(t, quiet(newClock())).LoginCode(); err == nil {
		t.Error("another face gives a code")
	}
}
