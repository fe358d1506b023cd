package ayrshare

import (
	"cmp"
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"

	"parley/inbox"
	"parley/platforms/httpapi"
	"parley/platforms/loose"
)

// This file says what a refusal means to an agent. The provider's own words are
// always what is shown; the hint beside them is ours.
//
// Few codes are published, and none for a closed window, thread control or the
// monthly limit. Those are recognised by words, of Ayrshare's pages and of
// Meta's own errors, which Ayrshare passes on. A refusal that is not recognised
// is shown all the same.

// A refusal is an answer that says no.
type refusal struct {
	HTTP       int
	Code       string
	Text       string // the provider's words, cleaned; "" when there were none
	RetryAfter time.Duration
	Parts      []entry // "messages": what became of each part of a send
}

// refusal reads the three shapes in use: an error; an error with "messages",
// one entry for each part; and a list of errors, the first of which counts.
func (c *client) refusal(res *httpapi.Response, o loose.Object) refusal {
	r := refusal{HTTP: res.Status, RetryAfter: res.RetryAfter}
	if r.RetryAfter == 0 && res.Status == http.StatusTooManyRequests && !res.Rate.Reset.IsZero() {
		r.RetryAfter = max(0, res.Rate.Reset.Sub(cmp.Or(res.ServerTime, time.Now())))
	}
	r.Code, r.Text = c.codeAndText(o)
	for _, raw := range o.List("errors") {
		first, _ := loose.ParseObject(raw)
		code, text := c.codeAndText(first)
		r.Code, r.Text = cmp.Or(r.Code, code), cmp.Or(r.Text, text)
	}
	for _, raw := range o.List("messages") {
		r.Parts = append(r.Parts, c.entry(raw))
	}
	return r
}

func (c *client) codeAndText(o loose.Object) (code, text string) {
	return c.http.Words(o.Text("code")), c.http.Words(o.Text("message"))
}

// answer reads an answer that is short, whole, and closes it. A refusal, also
// one with status 200, is an error.
func (c *client) answer(op string, p inbox.Platform, res *httpapi.Response) (loose.Object, error) {
	o, err := res.Object()
	if err != nil {
		if r, told := c.byStatusAlone(res, err); told {
			return nil, r.err(op, p)
		}
		return nil, failed(op, err)
	}
	if !res.OK() || saysError(o) {
		return nil, c.refusal(res, o).err(op, p)
	}
	return o, nil
}

func saysError(o loose.Object) bool {
	return o.Peek("status") == "error"
}

// byStatusAlone is what is left of a refusal whose body cannot be read. A web
// page is none, whatever its status: it comes from something between us and the
// provider. Only limiters mean what they say in one.
func (c *client) byStatusAlone(res *httpapi.Response, err error) (r refusal, told bool) {
	if !res.StatusTells(err, httpapi.WebPage) {
		return refusal{}, false
	}
	return c.refusal(res, nil), true
}

// failed makes the error of a request that got no usable answer.
func failed(op string, err error) *inbox.Error { return httpapi.Error(op, "Ayrshare", err) }

// err makes the error of a refusal.
func (r refusal) err(op string, p inbox.Platform) *inbox.Error {
	m := r.meaning(p)
	return &inbox.Error{
		Kind:       m.kind,
		Op:         op,
		Code:       r.Code,
		Text:       cmp.Or(r.Text, m.text, r.statusText()),
		Hint:       m.hint,
		RetryAfter: r.RetryAfter,
		Err:        fmt.Errorf("http %d, code %q", r.HTTP, r.Code),
	}
}

func (r refusal) statusText() string {
	text := strings.ToLower(http.StatusText(r.HTTP))
	return strings.TrimSpace(fmt.Sprintf("ayrshare answered with status %d %s", r.HTTP, text))
}

// meaning is what a refusal is to parley.
type meaning struct {
	kind inbox.Kind
	text string // where the provider gives none
	hint string
}

const (
	hintTwitterKeys = "set twitter_api_key and twitter_api_secret to the keys of your own X app: Ayrshare asks for them since 2026-03-31"
	hintRelink      = "relink the account on the social accounts page of the Ayrshare dashboard"
)

// byCode are the published codes. Where a network does not let us in, its queue
// is kept until somebody has mended that: so these are Auth, as a refused key is.
var byCode = map[string]meaning{
	"156": {kind: inbox.Auth, text: "the network is not linked", hint: "link the account on the social accounts page of the Ayrshare dashboard, or take the network out of platforms"},
	"161": {kind: inbox.Auth, text: "the authorization is lost", hint: hintRelink},
	"272": {kind: inbox.Auth, text: "X does not accept the authorization", hint: hintRelink + "; check the keys of your X app"},
	"361": {kind: inbox.Auth, text: "messaging is not enabled", hint: "enable messaging on the account page of the Ayrshare dashboard, and for this user profile"},
	"362": {kind: inbox.Auth, text: "the account must be relinked for messaging", hint: hintRelink + ": that is needed once after messaging was enabled"},
	"363": {kind: inbox.NotFound, text: "the recipient was not found", hint: "only who has written first can be answered; the customer may have left or blocked the page"},
	"365": {kind: inbox.Rejected, text: "the attachment could not be sent", hint: "open the link in a browser: it must work without login, end in its file type and carry no query"},
	"419": {kind: inbox.Auth, text: "the keys of your X app are missing", hint: hintTwitterKeys},
}

// byWords are the refusals without a published code. The patterns are ours.
var byWords = []struct {
	words   *regexp.Regexp
	certain bool // nothing else is said in these words, whatever the status
	meaning func(inbox.Platform) meaning
}{
	// "another app is controlling this thread now" (Ayrshare, overview); "not the thread owner" (Meta).
	{regexp.MustCompile(`(?i)another app is controlling|thread control|thread owner`), true, threadControl},
	// "outside of allowed window" (Meta); "in 7 days … considered inactive" (Ayrshare, overview).
	{regexp.MustCompile(`(?i)outside (of )?(the |its )?(\S+ ){0,2}window` +
		`|window (is |has |was )?(been )?(closed|expired|over|passed|ended)` +
		`|more than (7|seven|24)[- ](days?|hours?)` +
		`|(inactive|respond|reply|replied|answer|not (sent|written)).*\b(7|seven|24)[- ](days?|hours?)` +
		`|\b(7|seven|24)[- ](days?|hours?).*(inactive|respond|reply|replied|answer)` +
		`|conversation is (considered )?inactive`), false, windowIsOver},
	// "If 100 monthly conversations has been reached" (overview).
	{regexp.MustCompile(`(?i)monthly (active )?conversations?|conversations? (per|a|this) month|conversation limit`), false, conversationLimit},
}

func windowIsOver(inbox.Platform) meaning {
	return meaning{kind: inbox.WindowIsOver, hint: "the customer has to write again before anyone can answer here"}
}

func conversationLimit(inbox.Platform) meaning {
	return meaning{kind: inbox.Rejected, hint: "reading goes on; answering does when the month begins, or with a plan that allows more"}
}

// threadControl says how the thread becomes free (overview, "Messaging Control
// Issues").
func threadControl(p inbox.Platform) meaning {
	m := meaning{kind: inbox.ThreadControl}
	switch p {
	case inbox.Instagram:
		m.hint = "free the thread: Instagram app → profile → menu → Settings and privacy → Apps and websites → remove the other app; " +
			"or business.facebook.com → Business settings → Accounts → Instagram accounts → your account → connected apps. Then send again"
	default:
		m.hint = "free the thread: facebook.com → menu → Settings & privacy → Settings → Apps and websites → the other app → Remove. Then send again"
	}
	return m
}

// meaning looks at the code, then the words, then the status.
func (r refusal) meaning(p inbox.Platform) meaning {
	if m, ok := r.recognised(p); ok {
		return m
	}
	return byStatus(r.status())
}

// recognised is a refusal that the application itself has made, whatever status
// a gateway put on it. Words that could mean something else count only with the
// status of a refusal.
func (r refusal) recognised(p inbox.Platform) (meaning, bool) {
	if m, ok := byCode[r.Code]; ok {
		return m, true
	}
	status := r.status()
	for _, known := range byWords {
		if (known.certain || (status < 500 && status != http.StatusTooManyRequests)) && known.words.MatchString(r.Text) {
			return known.meaning(p), true
		}
	}
	return meaning{}, false
}

// status is the HTTP status; an error in an answer with status 200 may have it
// as its code.
func (r refusal) status() int {
	if r.HTTP >= 300 {
		return r.HTTP
	}
	switch code, _ := strconv.Atoi(r.Code); code {
	case http.StatusUnauthorized, http.StatusPaymentRequired, http.StatusForbidden, http.StatusNotFound, http.StatusTooManyRequests:
		return code
	}
	return r.HTTP
}

func byStatus(status int) meaning {
	switch {
	case status == http.StatusUnauthorized:
		return meaning{kind: inbox.Auth, text: "the key is refused", hint: "check api_key and profile_key against the Ayrshare dashboard"}
	case status == http.StatusPaymentRequired:
		return meaning{kind: inbox.Auth, text: "the plan does not allow this", hint: "check the plan and the payment in the Ayrshare dashboard"}
	case status == http.StatusForbidden:
		return meaning{kind: inbox.Auth, text: "access is refused", hint: "check the keys; a profile is suspended after a thousand 429s in a day: ask Ayrshare's support to lift it"}
	case status == http.StatusNotFound:
		return meaning{kind: inbox.NotFound, text: "there is no such conversation or platform"}
	case status == http.StatusTooManyRequests:
		return meaning{kind: inbox.RateLimited, text: "too many requests", hint: "wait: 300 requests in 5 minutes are allowed for a profile, and a thousand refusals in a day suspend it"}
	case status >= 500:
		return meaning{kind: inbox.Unavailable, hint: "the trouble is on the provider's side"}
	case status == http.StatusRequestTimeout:
		return meaning{kind: inbox.Unavailable}
	case status >= 300 && status < 400:
		return meaning{kind: inbox.Rejected, text: fmt.Sprintf("ayrshare sends the request elsewhere (status %d)", status), hint: "correct base_url: " + BaseURL}
	}
	return meaning{kind: inbox.Rejected}
}
