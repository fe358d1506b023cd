// Package httpapi is the one HTTP client behind every provider: all requests
// funnel through [Client.Do].
//
// What it is for, beyond net/http:
//
//   - it knows of a request that failed whether any byte of it can have left
//     ([Failure.Left]), because a send that may have been delivered must never
//     be repeated;
//   - every wait has an end: for the connection, for the answer to begin, and
//     for each next piece of it, so that a slow but living answer of any length
//     can still be read;
//   - no secret leaves it except in a request header: errors and excerpts of
//     answers are redacted, redirects are not followed to another host, and by
//     a write not at all;
//   - answers are read as a stream, bounded, and what is not JSON is named.
//
// It honours HTTPS_PROXY, HTTP_PROXY and NO_PROXY, and trusts what the system
// trusts.
package httpapi

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"parley/platforms/login"
)

// UserAgent is how parley introduces itself.
const UserAgent = "parley"

// Options make a client. Only BaseURL is required.
type Options struct {
	BaseURL   string
	Header    http.Header       // sent with every request
	Secrets   []login.Secret    // whatever must not be seen in an error: every key that is sent
	Waits     Waits             // zero fields mean 10 s, 60 s and 30 s
	Transport http.RoundTripper // nil: the network
	Log       *slog.Logger      // nil: no log
}

// Client talks to one API.
type Client struct {
	base   *url.URL
	header http.Header
	waits  Waits
	redact *redactor
	http   *http.Client
	log    *slog.Logger
}

// New makes a client. It fails only for a base URL that cannot be used.
func New(o Options) (*Client, error) {
	base, err := parseBase(o.BaseURL)
	if err != nil {
		return nil, err
	}
	if o.Transport == nil {
		o.Transport = newTransport()
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return &Client{
		base:   base,
		header: o.Header.Clone(),
		waits:  o.Waits.orDefaults(),
		redact: newRedactor(o.Secrets),
		http:   &http.Client{Transport: o.Transport, CheckRedirect: followRedirect},
		log:    o.Log,
	}, nil
}

// Redact takes the client's secrets out of a text, for what a provider makes of
// an answer: servers have been known to echo the key in an error.
func (c *Client) Redact(s string) string { return c.redact.text(s) }

// Hide makes a secret that was learned after the client was made (a renewed
// token) as invisible as those in its options.
func (c *Client) Hide(s login.Secret) { c.redact.learn(s) }

// Close drops idle connections.
func (c *Client) Close() { c.http.CloseIdleConnections() }

// newTransport is net/http's own default, except that connections are given up
// before a server would (a write that meets a closed connection ends in doubt),
// and that a dead HTTP/2 connection is noticed.
func newTransport() *http.Transport {
	return &http.Transport{
		Proxy:               http.ProxyFromEnvironment,
		ForceAttemptHTTP2:   true,
		MaxIdleConnsPerHost: 4,
		IdleConnTimeout:     30 * time.Second,
		HTTP2:               &http.HTTP2Config{SendPingTimeout: 15 * time.Second, PingTimeout: 10 * time.Second},
	}
}

// maxRedirects is how often a read is sent elsewhere on the same host.
const maxRedirects = 3

// followRedirect keeps writes from being repeated elsewhere and headers with
// keys from reaching another host: net/http strips only the best known ones.
func followRedirect(next *http.Request, via []*http.Request) error {
	first := via[0]
	sameOrigin := next.URL.Scheme == first.URL.Scheme && next.URL.Host == first.URL.Host
	if first.Method != http.MethodGet || !sameOrigin || len(via) > maxRedirects {
		return http.ErrUseLastResponse
	}
	return nil
}

// Request is one call of the API.
type Request struct {
	Method string   // GET when empty
	Path   []string // segments below the base URL; escaped here
	Query  url.Values
	Header http.Header // beside the client's; never logged
	JSON   any         // body; nil for none
	Form   url.Values  // body in place of JSON; never logged
	Body   *Body       // body in place of both; never logged
	Waits  Waits       // zero fields mean the client's
	Limit  int64       // longest answer to read, in bytes; 0: DefaultLimit

	// Apart is the least time between two tries of a read. net/http makes a
	// second one by itself when a connection that was kept open breaks, and
	// follows redirects: for an API that counts, each is a call.
	Apart time.Duration
}

// DefaultLimit bounds an answer that is not meant to be long.
const DefaultLimit = 1 << 20

func (r Request) method() string {
	if r.Method == "" {
		return http.MethodGet
	}
	return r.Method
}

// Do makes the request once. A nil error means that an answer has begun, with
// whatever status; the caller closes it. An error is always a *[Failure].
func (c *Client) Do(ctx context.Context, r Request) (*Response, error) {
	begun := time.Now()
	ctx, watch := newWatchdog(ctx)
	waits := r.Waits.or(c.waits)

	var left atomic.Bool
	req, err := c.build(traced(ctx, watch, waits, r.Apart, &left), r)
	if err != nil {
		watch.stop()
		return nil, c.failure(r, BadRequest, false, err)
	}
	watch.expect("connection", waits.Connect)
	res, err := c.http.Do(req)
	if err != nil {
		if cause := context.Cause(ctx); cause != nil {
			err = cause // says which wait ran out
		}
		f := c.failure(r, Torn, left.Load(), err)
		watch.stop()
		c.log.Debug("request failed", "took", time.Since(begun), "err", f)
		return nil, f
	}
	c.log.Debug("request", "op", c.op(r), "status", res.StatusCode, "took", time.Since(begun))
	return c.response(ctx, watch, waits, r, res), nil
}

// traced reports the stages of the request: from a connection on, the answer is
// waited for, and from the first header line on, bytes may be on their way. In
// HTTP/1 and HTTP/2 alike that hook runs before anything is flushed.
func traced(ctx context.Context, watch *watchdog, waits Waits, apart time.Duration, left *atomic.Bool) context.Context {
	var tries atomic.Int32
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GotConn: func(httptrace.GotConnInfo) {
			if tries.Add(1) > 1 && apart > 0 {
				watch.pause()
				sleep(ctx, apart)
			}
			watch.expect("answer", waits.Answer)
		},
		WroteHeaderField: func(string, []string) { left.Store(true) },
		WroteHeaders:     func() { left.Store(true) },
	})
}

// sleep waits, less long when the request is given up: then its next step fails.
func sleep(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	}
}

func (c *Client) build(ctx context.Context, r Request) (*http.Request, error) {
	body, contentType, err := encodeBody(r)
	if err != nil {
		return nil, err
	}
	req, err := http.NewRequestWithContext(ctx, r.method(), c.url(r), body)
	if err != nil {
		return nil, err
	}
	maps.Copy(req.Header, c.header)
	maps.Copy(req.Header, r.Header)
	req.Header.Set("User-Agent", UserAgent)
	req.Header.Set("Accept", "application/json")
	if body != nil {
		req.Header.Set("Content-Type", contentType)
	}
	return req, nil
}

// Body is one that is neither JSON nor a form: a file.
type Body struct {
	Type string // "multipart/form-data; boundary=…"
	Data []byte
}

func encodeBody(r Request) (body io.Reader, contentType string, err error) {
	if r.Body != nil {
		return bytes.NewReader(r.Body.Data), r.Body.Type, nil
	}
	if r.Form != nil {
		return strings.NewReader(r.Form.Encode()), "application/x-www-form-urlencoded", nil
	}
	body, err = encode(r.JSON)
	return body, "application/json", err
}

// encode leaves <, > and & as they are: they are ordinary in messages.
func encode(v any) (io.Reader, error) {
	if v == nil {
		return nil, nil
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, fmt.Errorf("encode the body: %w", err)
	}
	return bytes.NewReader(bytes.TrimSuffix(b.Bytes(), []byte("\n"))), nil
}

// url joins base, segments and query. A segment stays one segment whatever is
// in it: ids come from outside.
func (c *Client) url(r Request) string {
	segments := slices.Clone(r.Path)
	for i, s := range segments {
		segments[i] = escapeSegment(s)
	}
	u := strings.TrimSuffix(c.base.String(), "/") + "/" + strings.Join(segments, "/")
	if len(r.Query) > 0 {
		u += "?" + r.Query.Encode()
	}
	return u
}

func escapeSegment(s string) string {
	if s == "." || s == ".." {
		return strings.ReplaceAll(s, ".", "%2E") // else it would mean a folder
	}
	return url.PathEscape(s)
}
