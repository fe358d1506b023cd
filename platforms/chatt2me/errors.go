package chatt2me

import (
	"cmp"
	"fmt"
	"net/http"
	"strings"
	"time"

	"parley/inbox"
	"parley/platforms/httpapi"
	"parley/platforms/loose"
	"parley/platforms/meta"
)

// This file says what a refusal means to an agent. chatt2me passes on what the
// platform has said, with the platform's own code (a string), also inside an
// answer with status 200:
//
//	{"messageId":null,"status":"error","errorMessage":"…","errorCode":"130472"}
//
// Its words are always what is shown; the hint beside them is ours.

// refusal is an answer that says no.
type refusal struct {
	status     int // HTTP
	code       string
	text       string // the provider's words, cleaned; "" when there were none
	retryAfter time.Duration
}

func (c *client) refusal(res *httpapi.Response, o loose.Object) refusal {
	return refusal{
		status:     res.Status,
		code:       c.http.Words(o.Text("errorCode")),
		text:       c.http.Words(cmp.Or(o.Text("errorMessage"), errorText(o))),
		retryAfter: res.RetryAfter,
	}
}

// errorText finds the words where no errorMessage is. The documents give no body
// for 400, 401 and 404; these are the usual shapes.
func errorText(o loose.Object) string {
	for _, key := range []string{"message", "error", "errors"} {
		for _, raw := range o.List(key) {
			if inner, ok := loose.ParseObject(raw); ok {
				if text := cmp.Or(inner.Text("errorMessage"), inner.Text("message"), inner.Text("title")); text != "" {
					return text
				}
				continue
			}
			if text := (loose.Object{key: raw}).Text(key); text != "" {
				return text
			}
		}
	}
	return ""
}

// hintConnect is what a platform's own refusal of the login comes to: the login
// is chatt2me's, not parley's.
const hintConnect = "the connection of the channel to the platform has ended or lacks a permission: connect it again in the Hub Chatt2.me dashboard; drafts and queue are kept"

// bareTen is Meta's code 10 without a subcode. It stands for a closed window and
// for a permission that is missing; a gateway that passes on one number only does
// not say which. The window is by far the commoner, and to take the other for it
// costs least: no other conversation stands still, and the next word of the
// customer opens this one again.
var bareTen = meta.Meaning{
	Kind: inbox.WindowIsOver, Thread: true, Text: "the reply window is closed",
	Hint: "only the customer can open it again, by writing; if they wrote within a day, the channel lacks a permission: connect it again in the Hub Chatt2.me dashboard",
}

// meaning looks at the platform's code, then at the status.
func (r refusal) meaning() meta.Meaning {
	code := meta.ParseCode(r.code)
	if code == (meta.Code{Code: 10}) {
		return bareTen
	}
	if m, known := code.Meaning(); known {
		if m.Kind == inbox.Auth {
			m.Hint = hintConnect
		}
		return m
	}
	return byStatus(r.status)
}

// byStatus follows the troubleshooting page; what it leaves open is ours.
func byStatus(status int) meta.Meaning {
	switch {
	case status == http.StatusUnauthorized:
		return meta.Meaning{Kind: inbox.Auth, Thread: true, Text: "the key is refused", Hint: "check api_key: it is missing, revoked, or of another application"}
	case status == http.StatusForbidden:
		return meta.Meaning{Kind: inbox.Auth, Thread: true, Text: "access is refused", Hint: "check api_key and the application in the Hub Chatt2.me dashboard"}
	case status == http.StatusNotFound:
		return meta.Meaning{Kind: inbox.NotFound, Thread: true, Text: "the channel is not known", Hint: "check channel: it is unknown, disconnected, or of another application than api_key"}
	case status == http.StatusTooManyRequests:
		return meta.Meaning{Kind: inbox.RateLimited, Thread: true, Text: "too many requests", Hint: "wait; how many are allowed is not documented"}
	case status >= 500, status == http.StatusRequestTimeout:
		return meta.Meaning{Kind: inbox.Unavailable, Thread: true, Hint: "the trouble is on the provider's side"}
	case status >= 300 && status < 400:
		return meta.Meaning{Kind: inbox.Rejected, Thread: true, Text: fmt.Sprintf("chatt2me sends the request elsewhere (status %d)", status), Hint: "correct base_url: " + BaseURL}
	}
	return meta.Meaning{Kind: inbox.Rejected}
}

// err makes the error of a refusal.
func (r refusal) err(op string) *inbox.Error {
	m := r.meaning()
	return &inbox.Error{
		Kind:       m.Kind,
		Op:         op,
		Code:       r.code,
		Text:       cmp.Or(r.text, m.Text, fmt.Sprintf("refused with status %d %s", r.status, strings.ToLower(http.StatusText(r.status)))),
		Hint:       m.Hint,
		RetryAfter: r.retryAfter,
		Err:        fmt.Errorf("http %d, code %q", r.status, r.code),
	}
}

// saysError tells whether an answer is a refusal, whatever its status. Besides
// "error" no word for a failure is published; the others are the usual ones.
func saysError(o loose.Object) bool {
	switch strings.ToLower(o.Peek("status")) {
	case "error", "failed", "failure", "rejected":
		return true
	case "":
		return o.Peek("errorCode") != "" || o.Peek("errorMessage") != ""
	}
	return false
}

// answer reads an answer that is short, whole, and closes it. A refusal, also
// one with status 200, is an error.
func (c *client) answer(op string, res *httpapi.Response) (loose.Object, error) {
	o, err := res.Object()
	if err != nil {
		if r, told := c.byStatusAlone(res, err); told {
			return nil, r.err(op)
		}
		return nil, failed(op, err)
	}
	if !res.OK() || saysError(o) {
		return nil, c.refusal(res, o).err(op)
	}
	return o, nil
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
func failed(op string, err error) *inbox.Error { return httpapi.Error(op, "chatt2me", err) }
