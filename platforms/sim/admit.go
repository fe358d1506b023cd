package sim

import (
	"crypto/subtle"
	"net/http"
	"slices"
	"strings"
	"time"

	"parley/inbox"
)

// This file is Ayrshare's door: who may ask at all, and how often.

// admit checks what every operation needs: a key, a profile in good standing,
// fewer requests than the limit, and for X its own keys.
func (ayrshareFace) admit(c *call, op operation) (reply, bool) {
	if rep, ok := c.authorize(); !ok {
		return rep, false
	}
	profile := c.req.Header.Get("Profile-Key")
	if c.s.limits.suspended(profile) {
		return suspendedReply(), false
	}
	count, ok := c.s.limits.count(profile, c.now)
	c.counted = count
	if !ok {
		return tooManyRequests(0), false
	}
	if op.x && c.platform == inbox.Twitter {
		return c.authorizeX()
	}
	return reply{}, true
}

func (c *call) authorize() (reply, bool) {
	given, ok := strings.CutPrefix(c.req.Header.Get("Authorization"), "Bearer ")
	if !ok || given == "" {
		return refuse(http.StatusUnauthorized, "request", 102, "API Key is missing. Send it as Authorization: Bearer API_KEY."), false
	}
	if !same(given, c.s.opts.Key) {
		return wrongKey(), false
	}
	profile := c.req.Header.Get("Profile-Key")
	if profile != "" && !same(profile, c.s.opts.ProfileKey) {
		return refuse(http.StatusForbidden, "request", 102, "Profile Key not valid. Please confirm the Profile-Key header."), false
	}
	return reply{}, true
}

func same(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }

func wrongKey() reply {
	return refuse(http.StatusForbidden, "request", 102, "API Key not valid. Please confirm the key in your dashboard.")
}

func suspendedReply() reply {
	return refuse(http.StatusForbidden, "request", 103, "Your profile has been suspended. Please contact support.")
}

func (c *call) authorizeX() (reply, bool) {
	const keyHeader, secretHeader = "X-Twitter-OAuth1-Api-Key", "X-Twitter-OAuth1-Api-Secret"
	key, secret := c.req.Header.Get(keyHeader), c.req.Header.Get(secretHeader)
	missing := keyHeader
	if key != "" {
		missing = secretHeader
	}
	switch {
	case key == "" && secret == "":
		return refuse(419, "x_credentials_required", 419, "X operations need your own X API credentials: send the headers "+keyHeader+" and "+secretHeader+"."), false
	case key == "" || secret == "":
		return refuse(http.StatusBadRequest, "request", 400, "The header "+missing+" is missing. Both X credentials are required."), false
	case c.s.opts.XKey != "" && !(same(key, c.s.opts.XKey) && same(secret, c.s.opts.XSecret)):
		return refuse(http.StatusBadRequest, "request", 272, "X authorization problem. Please check your X API credentials and relink the account."), false
	}
	return reply{}, true
}

// limiter counts requests per profile in spans of five minutes, and refusals
// per day.
type limiter struct {
	limit        int
	suspendAfter int
	profiles     map[string]*usage
}

type usage struct {
	spanStart time.Time
	count     int
	refused   []time.Time // answers 429 of the last day
	suspended bool
}

func newLimiter(opts Options) limiter {
	return limiter{limit: opts.RateLimit, suspendAfter: opts.SuspendAfter, profiles: map[string]*usage{}}
}

func (l *limiter) of(profile string) *usage {
	u, ok := l.profiles[profile]
	if !ok {
		u = &usage{}
		l.profiles[profile] = u
	}
	return u
}

// count takes one request and tells which of its span it is, and whether it is
// within the limit.
func (l *limiter) count(profile string, now time.Time) (n int, ok bool) {
	u := l.of(profile)
	if now.Sub(u.spanStart) >= rateSpan || now.Before(u.spanStart) {
		u.spanStart, u.count = now, 0
	}
	u.count++
	if u.count <= l.limit {
		return u.count, true
	}
	l.refused(profile, now)
	return u.count, false
}

// refused remembers an answer 429. A thousand in a day suspend the profile.
func (l *limiter) refused(profile string, now time.Time) {
	u := l.of(profile)
	u.refused = slices.DeleteFunc(u.refused, func(t time.Time) bool { return now.Sub(t) >= day })
	u.refused = append(u.refused, now)
	u.suspended = u.suspended || len(u.refused) >= l.suspendAfter
}

func (l *limiter) suspended(profile string) bool { return l.of(profile).suspended }

func tooManyRequests(wait time.Duration) reply {
	rep := refuse(http.StatusTooManyRequests, "request", 429, "Too many requests. The limit is counted per profile in five minutes.")
	if wait > 0 {
		rep.header = http.Header{"Retry-After": {seconds(wait)}}
	}
	return rep
}
