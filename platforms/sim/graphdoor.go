package sim

import (
	"encoding/json"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"parley/inbox"
)

// This file is the door of the Graph API: tokens, how often one may ask, and the
// headers that tell how much of it is used.

const (
	longLife    = 60 * day
	shortLife   = time.Hour
	refreshFrom = day       // a token younger than that is not renewed
	codeLife    = time.Hour // a code is good for one log-in within this time
	afterlife   = time.Hour // a renewed token's predecessor is still good; ours
)

// graphToken is an access token.
type graphToken struct {
	value  string
	issued time.Time
	until  time.Time
	long   bool
}

func (f *graphFace) admit(c *call, op operation) (reply, bool) {
	if op.open {
		return reply{}, true
	}
	if rep, ok := f.check(presented(c), c.now); !ok {
		return rep, false
	}
	if op.paced && !f.pace(c.now) {
		return f.refuse(paceProblem), false
	}
	return reply{}, true
}

// presented is the token of the request: in its header, or in its query.
func presented(c *call) string {
	if token, ok := strings.CutPrefix(c.req.Header.Get("Authorization"), "Bearer "); ok {
		return token
	}
	return c.query.Get("access_token")
}

// find is the token of that value, nil when there is none.
func (f *graphFace) find(value string) *graphToken {
	i := slices.IndexFunc(f.tokens, func(t graphToken) bool { return same(t.value, value) })
	if i < 0 || value == "" {
		return nil
	}
	return &f.tokens[i]
}

func (f *graphFace) check(value string, now time.Time) (reply, bool) {
	switch t := f.find(value); {
	case t == nil:
		return f.refuse(noTokenProblem), false
	case !now.Before(t.until):
		return f.refuse(expiredProblem), false
	}
	return reply{}, true
}

// pace takes one call of the Conversations API, within its bound a second.
func (f *graphFace) pace(now time.Time) bool {
	if f.opts.CallsPerSecond < 0 {
		return true
	}
	f.paced = slices.DeleteFunc(f.paced, func(t time.Time) bool { return now.Sub(t) >= time.Second || t.After(now) })
	if len(f.paced) >= f.opts.CallsPerSecond {
		return false
	}
	f.paced = append(f.paced, now)
	return true
}

// age sets how long the token of the start is still good.
func (f *graphFace) age(now time.Time, left time.Duration) {
	t := &f.tokens[len(f.tokens)-1]
	t.until = now.Add(left)
	t.issued = t.until.Add(-longLife)
}

// issue makes a new token.
func (f *graphFace) issue(now time.Time, long bool) graphToken {
	t := graphToken{value: keyPrefix(FaceInstagram) + f.traceID()[1:], issued: now, until: now.Add(shortLife), long: long}
	if long {
		t.until = now.Add(longLife)
	}
	f.tokens = append(f.tokens, t)
	return t
}

func (f *graphFace) tellToken(t graphToken, now time.Time) reply {
	return jsonReply(http.StatusOK, map[string]any{
		"access_token": t.value, "token_type": "bearer", "expires_in": int(t.until.Sub(now).Seconds()),
	})
}

// refreshToken is GET /refresh_access_token.
func (f *graphFace) refreshToken(c *call) reply {
	if c.query.Get("grant_type") != "ig_refresh_token" {
		return f.refuse(invalid("grant_type"))
	}
	old := f.find(presented(c))
	if rep, ok := f.check(presented(c), c.now); !ok {
		return rep
	}
	if !old.long || c.now.Sub(old.issued) < refreshFrom {
		return f.refuse(invalid("access_token"))
	}
	if end := c.now.Add(afterlife); end.Before(old.until) {
		old.until = end
	}
	return f.tellToken(f.issue(c.now, true), c.now)
}

// exchangeToken is GET /access_token: a short-lived one for a long-lived one.
func (f *graphFace) exchangeToken(c *call) reply {
	switch {
	case c.query.Get("grant_type") != "ig_exchange_token":
		return f.refuse(invalid("grant_type"))
	case !same(c.query.Get("client_secret"), f.opts.AppSecret):
		return f.refuse(graphProblem{code: 1, subcode: 99, status: http.StatusBadRequest})
	}
	if rep, ok := f.check(presented(c), c.now); !ok {
		return rep
	}
	if f.find(presented(c)).long {
		return f.refuse(graphProblem{code: 452, instagram: true})
	}
	return f.tellToken(f.issue(c.now, true), c.now)
}

// loginToken is POST /oauth/access_token, which is at another host in truth:
// the code of a log-in for a short-lived token.
func (f *graphFace) loginToken(c *call) reply {
	form, err := url.ParseQuery(string(c.body))
	switch {
	case err != nil:
		return loginRefusal("the body is not a form")
	case form.Get("client_id") != f.opts.AppID, !same(form.Get("client_secret"), f.opts.AppSecret):
		return loginRefusal("Invalid platform app")
	case form.Get("grant_type") != "authorization_code":
		return loginRefusal("Invalid grant type")
	case !strings.HasPrefix(form.Get("redirect_uri"), "https://"):
		return loginRefusal("Invalid redirect_uri")
	case f.code == "" || !same(form.Get("code"), f.code) || c.now.After(f.codeUntil):
		return loginRefusal("This authorization code has been used")
	}
	f.code = ""
	token := map[string]any{
		"access_token": f.issue(c.now, false).value, "user_id": appScopedID,
		"permissions": "instagram_business_basic,instagram_business_manage_messages",
	}
	if c.faults.flat {
		return jsonReply(http.StatusOK, token)
	}
	return jsonReply(http.StatusOK, map[string]any{"data": []any{token}})
}

// loginRefusal has the shape that only the log-in has.
func loginRefusal(text string) reply {
	return jsonReply(http.StatusBadRequest, map[string]any{
		"error_type": "OAuthException", "code": http.StatusBadRequest, "error_message": text,
	})
}

const (
	appUsageHeader      = "X-App-Usage"
	businessUsageHeader = "X-Business-Use-Case-Usage"
)

// headers tell how much of the limits is used, as soon as there is anything to
// tell: a fault says so.
func (f *graphFace) headers(c *call, h http.Header) {
	h.Set("X-Fb-Trace-Id", f.traceID())
	switch used := c.faults.usage; {
	case used < 0:
		h.Set(appUsageHeader, `{"call_count":`)
		h.Set(businessUsageHeader, "soon")
	case used > 0:
		h.Set(appUsageHeader, encoded(map[string]int{"call_count": used, "total_cputime": used / 4, "total_time": used / 3}))
		wait := time.Duration(0)
		if used >= 100 {
			wait = 5 * time.Minute
		}
		h.Set(businessUsageHeader, f.businessUsage(used, wait))
	}
}

// businessUsage names two ids, of which the account's is the busier one.
func (f *graphFace) businessUsage(used int, wait time.Duration) string {
	entry := func(used int, wait time.Duration) []map[string]any {
		return []map[string]any{{
			"type": "instagram", "call_count": used, "total_cputime": used / 5, "total_time": used / 6,
			"estimated_time_to_regain_access": int((wait + time.Minute - 1) / time.Minute),
		}}
	}
	return encoded(map[string]any{
		pageID(inbox.Instagram): entry(used, wait),
		"738120945561012":       entry(used/2, 0),
	})
}

func encoded(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err) // numbers and strings
	}
	return string(b)
}

// parseForm reads parameters out of the query and, where there is one, a form
// or a JSON object in the body.
func parseForm(c *call) (url.Values, error) {
	values := url.Values{}
	switch kind, _, _ := mime.ParseMediaType(c.req.Header.Get("Content-Type")); {
	case len(c.body) == 0:
	case kind == "application/json":
		var object map[string]string
		if err := json.Unmarshal(c.body, &object); err != nil {
			return nil, err
		}
		for name, value := range object {
			values.Set(name, value)
		}
	default:
		form, err := url.ParseQuery(string(c.body))
		if err != nil {
			return nil, err
		}
		values = form
	}
	for name, list := range c.query {
		values[name] = list
	}
	return values, nil
}

// listOf splits what is told with commas.
func listOf(text string) []string {
	return slices.DeleteFunc(strings.Split(text, ","), func(s string) bool { return s == "" })
}
