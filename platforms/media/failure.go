package media

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"

	"parley/inbox"
	"parley/platforms/httpapi"
)

// explain makes an *inbox.Error of whatever went wrong. The link is in none of
// its texts, the host at the most: whoever has the link has the picture. Causes
// from net/http repeat it, so they are left behind.
func explain(link string, err error) error {
	const op = "fetch"
	var (
		no     *refusal
		answer *status
	)
	switch {
	case errors.As(err, &no):
		return &inbox.Error{Kind: inbox.Rejected, Op: op, Text: no.text, Hint: "open the link in a browser if you know where it leads"}
	case errors.As(err, &answer):
		return refusedBy(hostOf(link), answer.code)
	case errors.Is(err, context.Canceled):
		return &inbox.Error{Kind: inbox.Unavailable, Op: op, Text: "given up", Err: context.Canceled}
	case errors.Is(err, context.DeadlineExceeded), isTimeout(err):
		return unreachable(fmt.Sprintf("%s took too long", hostOf(link)))
	}
	return unreachable(fmt.Sprintf("cannot fetch from %s: %s", hostOf(link), cause(err)))
}

// cause says what broke, where that is known not to hold the link: net/http puts
// the place that an answer leads to into its errors.
func cause(err error) string {
	var (
		op          *net.OpError
		dns         *net.DNSError
		certificate *tls.CertificateVerificationError
	)
	if errors.As(err, &op) || errors.As(err, &dns) || errors.As(err, &certificate) {
		return httpapi.PlainNetError(err)
	}
	return "the connection broke"
}

// refusedBy explains an answer that is not the file.
func refusedBy(host string, code int) error {
	const op = "fetch"
	switch code {
	case http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound, http.StatusGone:
		return &inbox.Error{Kind: inbox.NotFound, Op: op, Text: fmt.Sprintf("%s has it no longer, or not for this link (HTTP %d)", host, code)}
	case http.StatusTooManyRequests:
		return &inbox.Error{Kind: inbox.RateLimited, Op: op, Text: host + " was asked too often", Hint: "try again in a minute"}
	}
	return unreachable(fmt.Sprintf("%s answered with HTTP %d", host, code))
}

func unreachable(text string) error {
	return &inbox.Error{Kind: inbox.Unavailable, Op: "fetch", Text: text, Hint: "try again"}
}

func isTimeout(err error) bool {
	var slow net.Error
	return errors.As(err, &slow) && slow.Timeout()
}

// hostOf is the part of a link that may be told.
func hostOf(link string) string {
	u, err := url.Parse(link)
	if err != nil {
		return "the link"
	}
	return inbox.CleanLine(u.Hostname())
}
