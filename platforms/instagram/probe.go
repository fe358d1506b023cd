package instagram

import (
	"context"
	"fmt"
	"mime"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"syscall"
	"time"

	"parley/inbox"
	"parley/platforms/httpapi"
)

// Instagram fetches media by itself, and what it does not like fails half a
// minute later with a text that helps nobody. So the type and size of a medium
// are asked for before it is sent, as far as its server tells them. No answer is
// no refusal: not every server knows HEAD, and some addresses open to Meta only.

// How long one medium and all of a message may take to be asked for. The agent
// waits for none of it: the message is in the outbox.
const (
	probeEach = 3 * time.Second
	probeAll  = 6 * time.Second
)

// prober asks for the headers of media. It sends no key and keeps no cookie.
type prober struct{ http *http.Client }

// newProber makes one that asks public addresses only, as Instagram's own fetch
// can reach no others: whoever writes an answer, or owns a server that redirects,
// must not learn what is behind this machine's walls. With an API on this
// machine (a simulator) the media are here too.
func newProber(base string, transport http.RoundTripper) *prober {
	if transport == nil {
		transport = newReach(base)
	}
	return &prober{&http.Client{Transport: transport, Timeout: probeEach}}
}

// reach is the network: direct is that without a proxy. What a proxy may reach
// is the proxy's to say.
type reach struct{ direct, proxied *http.Transport }

func newReach(base string) http.RoundTripper {
	proxied := &http.Transport{Proxy: http.ProxyFromEnvironment, ForceAttemptHTTP2: true, IdleConnTimeout: probeAll}
	if u, err := url.Parse(base); err == nil && httpapi.IsLoopback(u.Hostname()) {
		return proxied
	}
	dialer := &net.Dialer{Timeout: probeEach, Control: publicOnly}
	return &reach{direct: &http.Transport{DialContext: dialer.DialContext, ForceAttemptHTTP2: true, IdleConnTimeout: probeAll}, proxied: proxied}
}

func (r *reach) RoundTrip(req *http.Request) (*http.Response, error) {
	if proxy, err := http.ProxyFromEnvironment(req); err != nil || proxy != nil {
		return r.proxied.RoundTrip(req)
	}
	return r.direct.RoundTrip(req)
}

// publicOnly looks at the address itself, behind all names and redirects.
func publicOnly(_, address string, _ syscall.RawConn) error {
	at, err := netip.ParseAddrPort(address)
	if err != nil {
		return err
	}
	if why := httpapi.NotPublic(at.Addr()); why != "" {
		return fmt.Errorf("%s, %s", at.Addr(), why)
	}
	return nil
}

// refused finds the parts that are certain to be refused.
func (p *prober) refused(ctx context.Context, parts []inbox.Part) map[int]*inbox.Error {
	ctx, cancel := context.WithTimeout(ctx, probeAll)
	defer cancel()
	found := map[int]*inbox.Error{}
	for i, part := range parts {
		if !part.Kind.IsMedia() {
			continue
		}
		if told, ok := p.ask(ctx, part.URL); ok {
			if err := told.refusedAs(part.Kind); err != nil {
				found[i] = err
			}
		}
	}
	return found
}

// medium is what a server tells of a file.
type medium struct {
	mime string
	size int64 // -1 when not told
}

func (p *prober) ask(ctx context.Context, address string) (medium, bool) {
	req, err := http.NewRequestWithContext(ctx, http.MethodHead, address, nil)
	if err != nil {
		return medium{}, false
	}
	req.Header.Set("User-Agent", httpapi.UserAgent)
	res, err := p.http.Do(req)
	if err != nil {
		return medium{}, false
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return medium{}, false
	}
	kind, _, err := mime.ParseMediaType(res.Header.Get("Content-Type"))
	if err != nil {
		kind = ""
	}
	return medium{mime: kind, size: res.ContentLength}, true
}

// accepted are the types of each kind (messagingPage has them as extensions).
// Servers name many of them in several ways.
var accepted = map[inbox.PartKind][]string{
	inbox.PartImage: {"image/png", "image/jpeg", "image/jpg", "image/pjpeg"},
	inbox.PartVideo: {"video/mp4", "video/ogg", "video/x-msvideo", "video/avi", "video/msvideo", "video/vnd.avi", "video/quicktime", "video/webm", "application/ogg", "application/mp4"},
	inbox.PartAudio: {"audio/aac", "audio/x-aac", "audio/aacp", "audio/mp4", "audio/m4a", "audio/x-m4a", "audio/mp4a-latm", "audio/wav", "audio/x-wav", "audio/wave", "audio/vnd.wave", "video/mp4"},
	inbox.PartFile:  {"application/pdf", "application/x-pdf"},
}

// refusedAs tells what is wrong with sending the file as that kind, nil if
// nothing is known to be. A server that does not know what it has says
// octet-stream or nothing.
func (m medium) refusedAs(kind inbox.PartKind) *inbox.Error {
	limit := int64(otherBytes)
	if kind == inbox.PartImage {
		limit = imageBytes
	}
	vague := m.mime == "" || m.mime == "application/octet-stream" || m.mime == "binary/octet-stream"
	switch {
	case m.size > limit:
		return inbox.Errorf(inbox.Rejected, "the %s has %s, Instagram takes at most %d MB", kind, megabytes(m.size), limit>>20).
			WithHint("make it smaller")
	case vague || contains(accepted[kind], m.mime):
		return nil
	}
	return inbox.Errorf(inbox.Rejected, "the address answers with %s, which Instagram does not take as %s %s", inbox.CleanLine(m.mime), article(kind), kind).
		WithHint("it takes " + strings.Join(extensions(kind), ", ") + "; the address must lead to the file itself, not to a page about it")
}

func contains(list []string, mime string) bool {
	for _, m := range list {
		if strings.EqualFold(m, mime) {
			return true
		}
	}
	return false
}

func extensions(kind inbox.PartKind) []string {
	for _, rule := range mediaRules {
		if rule.Kind == string(kind) {
			return rule.Extensions
		}
	}
	return nil
}

func article(kind inbox.PartKind) string {
	switch kind {
	case inbox.PartImage, inbox.PartAudio:
		return "an"
	}
	return "a"
}

func megabytes(n int64) string {
	return fmt.Sprintf("%.1f MB", float64(n)/(1<<20))
}
