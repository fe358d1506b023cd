// Package media fetches what the links in messages lead to: pictures, films,
// sounds. It implements [inbox.Media].
//
// The links are strangers' words, so the client trusts none of them:
//
//   - it connects to public addresses only, and looks at the address after the
//     name was looked up, so that a name that changes its mind is no way in;
//   - it speaks HTTPS on its own port, follows at most three redirects, each
//     under the same rules, and carries no cookie, key or referrer;
//   - every answer has a longest size and a longest time, and is not unpacked;
//   - what something is, its first bytes say, not its name or its header.
//
// It goes straight and takes no proxy: a proxy would look the names up itself,
// where nobody can see what they lead to. Nothing is written to a disk, and no
// link gets into an error, because whoever has it has the picture.
package media

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"parley/inbox"
)

// Options make a client. The zero value is the one for the world.
type Options struct {
	// StandIn is a base URL on the loopback that answers in place of all hosts
	// under .example, which no real host is called by (RFC 2606): a demo's
	// pictures. "" for none.
	StandIn string

	// Timeout bounds a fetch as a whole; 0 is a minute.
	Timeout time.Duration
}

// The waits and limits that no option changes.
const (
	usualTimeout = time.Minute
	connectWait  = 10 * time.Second
	answerWait   = 20 * time.Second
	maxRedirects = 3
	atOnce       = 4        // fetches under way; the others wait
	maxHeader    = 64 << 10 // bytes of an answer's header
)

// Client is an [inbox.Media].
type Client struct {
	http    *http.Client
	standIn *url.URL // nil: none
	slots   chan struct{}
	timeout time.Duration
}

// New makes a client. It fails only for a stand-in that is not on the loopback.
func New(o Options) (*Client, error) {
	c := &Client{slots: make(chan struct{}, atOnce), timeout: o.Timeout}
	if c.timeout == 0 {
		c.timeout = usualTimeout
	}
	door := doorman{}
	if o.StandIn != "" {
		var err error
		if c.standIn, door.allowed, err = parseStandIn(o.StandIn); err != nil {
			return nil, err
		}
	}
	c.http = &http.Client{
		Transport: &http.Transport{
			DialContext:            (&net.Dialer{Timeout: connectWait, Control: door.check}).DialContext,
			ForceAttemptHTTP2:      true,
			TLSHandshakeTimeout:    connectWait,
			ResponseHeaderTimeout:  answerWait,
			IdleConnTimeout:        30 * time.Second,
			MaxIdleConns:           8,
			MaxResponseHeaderBytes: maxHeader,
			DisableCompression:     true,
		},
		CheckRedirect: c.redirected,
	}
	return c, nil
}

// Close drops idle connections.
func (c *Client) Close() { c.http.CloseIdleConnections() }

// redirected looks at where an answer sends us. The address is looked at when it
// is connected to, as the first one was.
func (c *Client) redirected(next *http.Request, via []*http.Request) error {
	if len(via) > maxRedirects {
		return &refusal{fmt.Sprintf("the link leads on more than %d times", maxRedirects)}
	}
	next.Header.Del("Referer")
	u, err := c.admit(next.URL)
	if err != nil {
		return err
	}
	next.URL, next.Host = u, u.Host
	return nil
}

// admit says whether an address of the web may be asked, and which one to ask.
func (c *Client) admit(u *url.URL) (*url.URL, error) {
	switch {
	case c.standIn != nil && isExample(u.Hostname()):
		instead := *c.standIn
		instead.Path += u.Path
		instead.RawQuery = u.RawQuery
		return &instead, nil
	case c.standIn != nil && u.Host == c.standIn.Host && u.Scheme == c.standIn.Scheme:
		return u, nil
	case u.Scheme != "https":
		return nil, &refusal{fmt.Sprintf("the link begins with %q: pictures are fetched by https only", clip(u.Scheme)+":")}
	case u.Hostname() == "":
		return nil, &refusal{"the link names no host"}
	case u.Port() != "" && u.Port() != "443":
		return nil, &refusal{fmt.Sprintf("the link leads to port %s: pictures are fetched from port 443 only", u.Port())}
	}
	plain := *u
	plain.User, plain.Fragment = nil, ""
	return &plain, nil
}

// isExample tells that a host is under the name that is reserved for examples.
func isExample(host string) bool {
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	return host == "example" || strings.HasSuffix(host, ".example")
}

// clip shortens a stranger's word for an error.
func clip(s string) string {
	if s = inbox.CleanLine(s); len(s) > 16 {
		return s[:16]
	}
	return s
}

// part is a range of bytes; the zero value is everything.
type part struct{ from, to int64 }

// open asks for a part of what a link leads to. The place among those under way
// is free again when the answer is closed.
func (c *Client) open(ctx context.Context, link string, p part) (*http.Response, error) {
	parsed, err := url.Parse(link)
	if err != nil {
		return nil, &refusal{"the link cannot be read"} // the cause would repeat it
	}
	u, err := c.admit(parsed)
	if err != nil {
		return nil, err
	}
	select {
	case c.slots <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	release := func() { cancel(); <-c.slots }
	req, err := newRequest(ctx, u, p)
	if err != nil {
		release()
		return nil, err
	}
	res, err := c.http.Do(req)
	if err != nil {
		release()
		return nil, err
	}
	res.Body = &body{res.Body, release}
	return res, nil
}

func newRequest(ctx context.Context, u *url.URL, p part) (*http.Request, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return nil, &refusal{"the link cannot be read"}
	}
	req.Header.Set("User-Agent", "parley")
	req.Header.Set("Accept", "*/*")
	if p != (part{}) {
		req.Header.Set("Range", fmt.Sprintf("bytes=%d-%d", p.from, p.to-1))
	}
	return req, nil
}

// body is an answer's; it is closed once.
type body struct {
	io.ReadCloser
	release func()
}

func (b *body) Close() error {
	defer b.release()
	return b.ReadCloser.Close()
}
