package httpapi

import (
	"errors"
	"net/http"
	"slices"
	"strings"

	"parley/inbox"
)

// This file says to an agent what went wrong with a request. What a refusal
// means is each provider's own.

// longestText bounds what is shown of a refusal.
const longestText = 500

// Words makes the other side's text fit to be shown.
func (c *Client) Words(s string) string {
	return cutShort(strings.TrimSpace(inbox.CleanLine(c.Redact(s))), longestText)
}

// Error makes the error of a request that got no usable answer from the API of
// that name. For a send, whether it was delivered is added by the caller.
func Error(op, api string, err error) *inbox.Error {
	var f *Failure
	if !errors.As(err, &f) {
		return inbox.AsError(err)
	}
	e := &inbox.Error{Kind: inbox.Unavailable, Op: op, Text: f.Text, Err: f}
	switch f.Reason {
	case BadRequest:
		e.Kind = inbox.Internal
	case WebPage, NotJSON:
		e.Hint = "something between here and " + api + " answers: a proxy, a login page, or base_url is wrong"
	case Untrusted:
		e.Hint = "check the clock and the proxy of this machine"
	}
	return e
}

// StatusTells whether the status of an answer that could not be read is a
// refusal all the same. An answer that is foreign comes from something between
// us and the API; only limiters mean what they say in that.
func (r *Response) StatusTells(unreadable error, foreign ...Reason) bool {
	var f *Failure
	isForeign := errors.As(unreadable, &f) && slices.Contains(foreign, f.Reason)
	return !r.OK() && (!isForeign || r.Status == http.StatusTooManyRequests)
}
