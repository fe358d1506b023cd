package instagram

import (
	"cmp"
	"context"
	"net/http"
	"net/url"
	"strings"
	"time"

	"parley/inbox"
	"parley/platforms/httpapi"
	"parley/platforms/login"
)

// This file is how a login begins. Either somebody has a long-lived token (the
// app dashboard makes one for the app's own accounts), or an app's id and secret
// exchange the code that the login page gives. Both end in a token that is kept
// in the login's memory.

// Grant is a login that Instagram has accepted.
type Grant struct {
	UserID   string
	Username string
	Name     string
	Kind     string       // of the account, in Instagram's words
	Token    login.Secret // the one to use
	Expires  time.Time    // zero when it was not told: within 60 days
}

// scopes are what parley asks for, and no more.
const scopes = "instagram_business_basic,instagram_business_manage_messages"

// Login checks a token and keeps it. An older token is renewed at once, which
// also tells how long it lives; one younger than a day cannot be.
func Login(ctx context.Context, l login.Login, token login.Secret) (Grant, error) {
	return loginWith(ctx, l, grantedToken{token: token}, nil)
}

func loginWith(ctx context.Context, l login.Login, given grantedToken, transport http.RoundTripper) (Grant, error) {
	const op = "log in"
	if given.token.Empty() || !fitsHeader(given.token.Reveal()) {
		return Grant{}, inbox.Errorf(inbox.Rejected, "the token is empty, or holds a space or a line break").
			WithHint("copy it again from the app dashboard")
	}
	p, err := openAs(l, given.token, transport)
	if err != nil {
		return Grant{}, err
	}
	me, _, err := p.askSelf(ctx, op)
	if err != nil {
		return Grant{}, err
	}
	if given.lives == 0 && l.Memory != nil {
		if renewed, err := p.api.refresh(ctx, given.token); err == nil {
			given = renewed
		}
	}
	now := time.Now().UTC()
	if err := p.keep(l, given, me, now); err != nil {
		return Grant{}, &inbox.Error{Kind: inbox.Internal, Op: op, Text: "the token cannot be stored: " + err.Error(), Err: err}
	}
	g := Grant{UserID: me.UserID, Username: me.Username, Name: me.Name, Kind: me.Kind, Token: given.token}
	if given.lives > 0 {
		g.Expires = now.Add(given.lives)
	}
	return g, nil
}

// openAs is open with a token that is not in the config yet. Nothing of it is
// remembered before it was accepted.
func openAs(l login.Login, token login.Secret, transport http.RoundTripper) (*provider, error) {
	secrets := map[string]login.Secret{}
	for name, s := range l.Secrets {
		secrets[name] = s
	}
	secrets[fieldToken] = token
	if l.Hide != nil {
		l.Hide(token)
	}
	replaced := l.Secrets[fieldToken]
	l.Secrets, l.Memory = secrets, nil
	p, err := open(l, transport)
	if err == nil {
		p.api.hideHere(replaced)
	}
	return p, err
}

// keep stores the token and whose it is, as what the configured token has become.
func (p *provider) keep(l login.Login, given grantedToken, me identity, now time.Time) error {
	mem := newMemory(l.Memory, p.log)
	configured := l.Secrets[fieldToken]
	t := &tokens{configured: configured, memory: mem, hide: p.api.tokens.hide}
	if err := t.keep(given, now); err != nil {
		return err
	}
	me.Token = fingerprint(configured)
	return mem.save(memorySelf, me)
}

// AuthorizeURL is the page on which the account's owner agrees. redirect must be
// one of the app's own, with https; state comes back with the code.
func AuthorizeURL(l login.Login, redirect, state string) (string, error) {
	app := l.Values[fieldApp]
	if app == "" {
		return "", missingApp(fieldApp)
	}
	q := url.Values{
		"client_id": {app}, "redirect_uri": {redirect}, "response_type": {"code"}, "scope": {scopes},
	}
	if state != "" {
		q.Set("state", state)
	}
	return hostsOf(cmp.Or(l.BaseURL, BaseURL)).authorize + "/oauth/authorize?" + q.Encode(), nil
}

func missingApp(field string) error {
	return inbox.Errorf(inbox.Rejected, "%s is missing", field).
		WithHint("a login by code needs app_id and app_secret; or give a token from the app dashboard")
}

// Exchange logs in with the code that came to the redirect address. It can be
// used once, within an hour; the browser shows it with "#_" behind.
func Exchange(ctx context.Context, l login.Login, redirect, code string) (Grant, error) {
	return exchange(ctx, l, redirect, code, nil)
}

func exchange(ctx context.Context, l login.Login, redirect, code string, transport http.RoundTripper) (Grant, error) {
	app, secret := l.Values[fieldApp], l.Secrets[fieldAppSecret]
	switch {
	case app == "":
		return Grant{}, missingApp(fieldApp)
	case secret.Empty():
		return Grant{}, missingApp(fieldAppSecret)
	}
	code = strings.TrimSuffix(strings.TrimSpace(code), "#_")
	if code == "" || !fitsHeader(code) {
		return Grant{}, inbox.Errorf(inbox.Rejected, "there is no code").WithHint("copy what stands behind code= in the address")
	}
	// Until the exchange is done the code stands in for the token: it is as secret.
	p, err := openAs(l, login.NewSecret(code), transport)
	if err != nil {
		return Grant{}, err
	}
	short, err := p.api.shortLived(ctx, app, secret, redirect, code)
	if err != nil {
		return Grant{}, err
	}
	long, err := p.api.longLived(ctx, secret, short.token)
	if err != nil {
		return Grant{}, err
	}
	return loginWith(ctx, l, long, transport)
}

// shortLived is POST /oauth/access_token: a token for an hour.
func (c *client) shortLived(ctx context.Context, app string, secret login.Secret, redirect, code string) (grantedToken, error) {
	return c.granted(ctx, "exchange the code", c.codes, httpapi.Request{
		Method: http.MethodPost,
		Path:   []string{"oauth", "access_token"},
		Form: url.Values{
			"client_id": {app}, "client_secret": {secret.Reveal()}, "grant_type": {"authorization_code"},
			"redirect_uri": {redirect}, "code": {code},
		},
	})
}

// longLived is GET /access_token: a token for 60 days. As with [client.refresh],
// the API takes secrets in the query here.
func (c *client) longLived(ctx context.Context, secret, token login.Secret) (grantedToken, error) {
	return c.granted(ctx, "exchange the token", c.login, httpapi.Request{
		Path:  []string{"access_token"},
		Query: url.Values{"grant_type": {"ig_exchange_token"}, "client_secret": {secret.Reveal()}, "access_token": {token.Reveal()}},
	})
}
