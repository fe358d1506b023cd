package meta

import (
	"cmp"
	"fmt"
	"net/http"
	"strings"
	"time"

	"parley/inbox"
	"parley/platforms/loose"
)

// Refusal is an answer of the Graph API that says no. Everything in it but the
// message can be missing.
type Refusal struct {
	Status     int // HTTP; 0 when it is not known
	Code       Code
	Type       string // "OAuthException", "IGApiException"
	Text       string // Meta's words, in the account's language
	Trace      string // fbtrace_id: what Meta's support asks for
	Transient  bool   // when true it is; when false it may be all the same
	RetryAfter time.Duration
}

// RefusalOf reads both shapes in use: the Graph API's {"error":{…}}, and the
// flat one of the login endpoints. false when the body tells no error; then
// nothing is taken of it.
func RefusalOf(status int, body loose.Object) (Refusal, bool) {
	e, refused := loose.ParseObject(body["error"])
	if flat := body.Has("error_message") || body.Has("error_description") || body.Has("error_type"); !refused && flat {
		e, refused = body, true
	}
	r := Refusal{Status: status, Text: words(e), Trace: e.Text("fbtrace_id"), Transient: e.Flag("is_transient")}
	r.Type = cmp.Or(e.Text("type"), e.Text("error_type"))
	code, _ := e.Int("code")
	sub, _ := e.Int("error_subcode")
	r.Code = Code{int(code), int(sub)}
	return r, refused
}

// words prefers what Meta wrote for people.
func words(e loose.Object) string {
	title, text := e.Text("error_user_title"), e.Text("error_user_msg")
	technical := cmp.Or(e.Text("message"), e.Text("error_message"), e.Text("error_description"))
	if title != "" && text != "" && !strings.Contains(text, title) {
		return title + ": " + text
	}
	return cmp.Or(text, title, technical)
}

// typeInstagram is what Instagram's own part of the Graph API calls its errors.
const typeInstagram = "IGApiException"

// NotApproved tells that the human-agent tag was refused, because the app was
// not reviewed for it: the one refusal that has no code of its own. It is known
// by what is told around it, and by the request having carried the tag.
func (r Refusal) NotApproved(tagged bool) bool {
	return tagged && r.Status == http.StatusForbidden && r.Type == typeInstagram && (r.Code == Code{} || r.Code == Code{Code: 10})
}

// Meaning of the refusal: by code, else by what else is told. A code that is
// known is believed whatever the status.
func (r Refusal) Meaning() Meaning {
	m, known := r.Code.Meaning()
	switch {
	case known:
		return m
	case r.Transient, r.Status >= 500, r.Status == http.StatusRequestTimeout:
		return trouble
	case r.Status == http.StatusUnauthorized:
		return tokenDead
	case r.Status == http.StatusTooManyRequests:
		return tooOften
	case r.Status == http.StatusNotFound:
		return Meaning{Kind: inbox.NotFound, Text: "there is no such thing"}
	case r.Status == http.StatusForbidden && r.Code == Code{}:
		return noPermission
	}
	return Meaning{Kind: inbox.Rejected}
}

// Error makes the error of the refusal. clean makes Meta's words fit to be shown.
func (r Refusal) Error(op string, clean func(string) string) *inbox.Error {
	m := r.Meaning()
	return &inbox.Error{
		Kind:       m.Kind,
		Op:         op,
		Code:       r.Code.String(),
		Text:       cmp.Or(clean(r.Text), m.Text, fmt.Sprintf("refused with status %d %s", r.Status, strings.ToLower(http.StatusText(r.Status)))),
		Hint:       m.Hint,
		RetryAfter: r.RetryAfter,
		Err:        fmt.Errorf("http %d, type %q, code %s, trace %q", r.Status, clean(r.Type), cmp.Or(r.Code.String(), "none"), clean(r.Trace)),
	}
}
