package instagram

import (
	"context"
	"net/url"
	"sync"
	"time"

	"parley/inbox"
	"parley/platforms/httpapi"
	"parley/platforms/login"
	"parley/platforms/loose"
)

// Long-lived tokens live for 60 days. They can be renewed from 24 hours after
// they were made until they have expired
// (https://developers.facebook.com/docs/instagram-platform/instagram-api-with-instagram-login/business-login),
// and the answer may hold another token: so it is on disk before it is used.
// Without a memory nothing is renewed, since what the configured token has
// become would be forgotten.

const (
	renewAfter  = 24 * time.Hour
	renewBefore = 10 * 24 * time.Hour // of its end
	renewAge    = 50 * 24 * time.Hour
	renewPause  = 6 * time.Hour // between two tries
)

// storedToken is what is remembered of a token. A new token in the config has
// another fingerprint, and wins over everything that was stored before.
type storedToken struct {
	From    string    `json:"from"`            // fingerprint of the configured token that it descends from
	Token   string    `json:"token,omitempty"` // "" as long as it is the configured one
	Since   time.Time `json:"since"`           // when it was given out; of a configured one, when it was first seen
	Expires time.Time `json:"expires,omitzero"`
}

// tokens holds the token in use.
type tokens struct {
	configured login.Secret
	memory     *memory
	hide       func(login.Secret)

	mu       sync.Mutex
	held     storedToken
	inUse    login.Secret
	tryAfter time.Time
	refused  bool // the API did not take it: perhaps there is a newer one by now
}

func newTokens(l login.Login, m *memory) *tokens {
	t := &tokens{configured: l.Secrets[fieldToken], memory: m, hide: l.Hide}
	if t.hide == nil {
		t.hide = func(login.Secret) {}
	}
	t.recall(time.Now().UTC())
	return t
}

// recall takes what is remembered, if it belongs to the configured token.
func (t *tokens) recall(now time.Time) {
	var stored storedToken
	from := fingerprint(t.configured)
	if !t.memory.load(memoryToken, &stored) || stored.From != from {
		stored = storedToken{From: from, Since: now}
		if err := t.memory.save(memoryToken, stored); err != nil {
			t.memory.log.Warn("cannot keep the token's age in mind", "error", err)
		}
	}
	t.use(stored)
}

func (t *tokens) use(stored storedToken) {
	t.held, t.inUse = stored, t.configured
	if stored.Token != "" {
		t.inUse = login.NewSecret(stored.Token)
		t.hide(t.inUse)
	}
}

func (t *tokens) current() login.Secret {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.refused {
		t.refused = false
		t.recall(time.Now().UTC()) // parley login may have stored another one
	}
	return t.inUse
}

// refuse notes that the API did not take the token.
func (t *tokens) refuse() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.refused = true
}

// keep stores a token that was given out, and uses it from then on.
func (t *tokens) keep(given grantedToken, now time.Time) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.hide(given.token)
	stored := storedToken{From: fingerprint(t.configured), Token: given.token.Reveal(), Since: now}
	if given.lives > 0 {
		stored.Expires = now.Add(given.lives)
	}
	if err := t.memory.save(memoryToken, stored); err != nil {
		return err
	}
	t.use(stored)
	return nil
}

// age is what is known of the token in use.
func (t *tokens) age() (since, expires time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.held.Since, t.held.Expires
}

// due tells whether to renew, and takes the turn: another try comes after a
// pause only. A token of which it is not known when it ends is renewed as soon
// as it is certainly old enough.
func (t *tokens) due(now time.Time) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	age, left := now.Sub(t.held.Since), t.held.Expires.Sub(now)
	known := !t.held.Expires.IsZero()
	switch {
	case t.memory.store == nil, now.Before(t.tryAfter), age < renewAfter, known && left <= 0:
		return false
	case known && left > renewBefore && age < renewAge:
		return false
	}
	t.tryAfter = now.Add(renewPause)
	return true
}

// grantedToken is a token as the API gives it out.
type grantedToken struct {
	token login.Secret
	lives time.Duration // 0 when not told
}

// renew renews the token when it is time. That it fails is logged: as long as
// the token lives there are more tries, and then every request tells.
func (p *provider) renew(ctx context.Context) {
	if !p.api.tokens.due(time.Now().UTC()) {
		return
	}
	given, err := p.api.refresh(ctx, p.api.tokens.current())
	if err == nil {
		err = p.api.tokens.keep(given, time.Now().UTC())
	}
	if err != nil {
		p.log.Warn("cannot renew the token", "error", err)
		return
	}
	p.log.Info("renewed the token", "lives", given.lives)
}

// refresh is GET /refresh_access_token, of no version. The token goes into the
// query there: that is how the API was made. It is in no log and no error.
func (c *client) refresh(ctx context.Context, token login.Secret) (grantedToken, error) {
	c.login.Hide(token)
	return c.granted(ctx, "renew the token", c.login, httpapi.Request{
		Path:  []string{"refresh_access_token"},
		Query: url.Values{"grant_type": {"ig_refresh_token"}, "access_token": {token.Reveal()}},
	})
}

// granted makes a request that is answered with a token, in either of the two
// shapes: flat, or as the first of "data".
func (c *client) granted(ctx context.Context, op string, api *httpapi.Client, r httpapi.Request) (grantedToken, error) {
	res, err := api.Do(ctx, r)
	if err != nil {
		return grantedToken{}, failed(op, err)
	}
	o, err := c.answer(op, res)
	if err != nil {
		return grantedToken{}, err
	}
	o = unwrapped(o)
	token := login.NewSecret(o.Text("access_token"))
	if token.Empty() || !fitsHeader(token.Reveal()) {
		return grantedToken{}, &inbox.Error{Kind: inbox.Unavailable, Op: op, Text: "the answer holds no token"}
	}
	c.hide(token)
	given := grantedToken{token: token}
	if seconds, ok := o.Int("expires_in"); ok && seconds > 0 {
		const longest = 366 * 24 * 60 * 60
		given.lives = time.Duration(min(seconds, longest)) * time.Second
	}
	return given, nil
}

// unwrapped is the object itself, or the first in its "data".
func unwrapped(o loose.Object) loose.Object {
	for _, first := range o.Data("data") {
		return first
	}
	return o
}
