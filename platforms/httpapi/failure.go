package httpapi

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"syscall"
)

// Reason sorts failures by what happened.
type Reason string

// The ways in which a request fails to get a usable answer.
const (
	BadRequest  Reason = "bad request"  // it could not even be written down
	Unreachable Reason = "unreachable"  // no connection
	Untrusted   Reason = "untrusted"    // the other side's certificate is not accepted
	TimedOut    Reason = "timed out"    // a stage took too long
	Canceled    Reason = "canceled"     // given up by the caller
	Torn        Reason = "torn"         // the connection broke before an answer
	Cut         Reason = "cut"          // the answer ended in the middle
	TooLong     Reason = "too long"     // the answer is longer than the limit
	WebPage     Reason = "web page"     // HTML in place of JSON: somebody else answered
	NotJSON     Reason = "not JSON"     // other text
	Unreadable  Reason = "unreadable"   // JSON, but not what was asked for
	Empty       Reason = "empty answer" // nothing at all
)

// Failure is a request without a usable answer. Its texts hold no secret.
type Failure struct {
	Reason Reason
	Op     string // method and path: "POST /api/messages/facebook"
	Status int    // of the answer, 0 when there was none
	Text   string // for people
	Err    error  // redacted cause, for the log

	// Left tells that bytes of the request may have reached the server: it may
	// have been acted on. When false it certainly was not.
	Left bool
}

func (f *Failure) Error() string { return f.Op + ": " + f.Text }

func (f *Failure) Unwrap() error { return f.Err }

func (c *Client) failure(r Request, reason Reason, left bool, err error) *Failure {
	f := &Failure{Reason: classify(err, reason, left), Op: c.op(r), Left: left}
	f.Text = c.redact.text(describe(f.Reason, c.base.Host, err))
	f.Err = c.redact.err(err, func(target error) bool { return errors.Is(err, target) })
	return f
}

func (c *Client) op(r Request) string {
	path := c.base.Path
	for _, s := range r.Path {
		path += "/" + escapeSegment(s)
	}
	return c.redact.text(r.method() + " " + path)
}

func classify(err error, reason Reason, left bool) Reason {
	var untrusted *tls.CertificateVerificationError
	switch {
	case errors.Is(err, context.Canceled):
		return Canceled
	case errors.Is(err, context.DeadlineExceeded):
		return TimedOut
	case errors.As(err, &untrusted):
		return Untrusted
	case reason == Torn && !left:
		return Unreachable
	}
	return reason
}

// describe says in a few words what the net package says in many.
func describe(reason Reason, host string, err error) string {
	switch reason {
	case BadRequest:
		return "the request cannot be made: " + err.Error()
	case Unreachable:
		return fmt.Sprintf("cannot connect to %s: %s", host, PlainNetError(err))
	case Untrusted:
		return fmt.Sprintf("the certificate of %s is not trusted: %s", host, PlainNetError(err))
	case TimedOut:
		return fmt.Sprintf("%s: %s", host, err)
	case Canceled:
		return "given up before an answer came"
	case Torn:
		return fmt.Sprintf("the connection to %s broke before an answer came", host)
	}
	return err.Error()
}

// PlainNetError says what went wrong below HTTP, without the addresses that the
// net package puts around it.
func PlainNetError(err error) string {
	var (
		dns       *net.DNSError
		authority x509.UnknownAuthorityError
		hostname  x509.HostnameError
		invalid   x509.CertificateInvalidError
	)
	switch {
	case errors.As(err, &dns) && dns.IsNotFound:
		return "no such host"
	case errors.As(err, &dns):
		return "the name cannot be looked up"
	case errors.Is(err, syscall.ECONNREFUSED):
		return "connection refused"
	case errors.Is(err, syscall.ENETUNREACH), errors.Is(err, syscall.EHOSTUNREACH):
		return "no route: is the network up?"
	case errors.As(err, &authority):
		return "it is signed by an unknown authority"
	case errors.As(err, &hostname):
		return "it is for another host"
	case errors.As(err, &invalid):
		return "it is not valid: check the clock of this machine"
	}
	return innermost(err)
}

// innermost is the end of the chain: what the wrappers around it repeat (the
// whole URL, addresses) helps nobody.
func innermost(err error) string {
	for {
		next := errors.Unwrap(err)
		if next == nil {
			return err.Error()
		}
		err = next
	}
}
