package sim

import (
	"fmt"
	"net/http"
	"strings"
	"time"

	"parley/inbox"
)

// This file has the face of chatt2me: its paths, its door, and how it refuses.
// chatt2mesend.go has the sends, chatt2mehook.go the webhooks and their log.
// There is nothing else: no conversations, no history, no people.
// https://docs.chatt2.me/docs/latest/

type chatt2meFace struct{ opts Options }

func newChatt2meFace(opts Options) chatt2meFace { return chatt2meFace{opts} }

func (chatt2meFace) base() string { return "/v1" }
func (chatt2meFace) root() string { return "/v1/" }

// The two dialects in which the vendor's own material describes sends and their
// answers. See Options.Dialect.
const (
	DialectMeta = "meta" // as in the OpenAPI description: Meta's bodies passed through
	DialectFlat = "flat" // as in the newer documents: imageUrl, status
)

// channelPaths are what the two networks are called in paths.
var channelPaths = map[string]inbox.Platform{"instagram": inbox.Instagram, "messenger": inbox.Facebook}

func (f chatt2meFace) route(c *call) operation {
	segments, ok := splitPath(strings.TrimPrefix(c.req.URL.EscapedPath(), "/v1/"))
	if !ok {
		return f.noSuchPath()
	}
	switch {
	case len(segments) == 3 && segments[0] == "communication" && segments[2] == "message":
		c.platform = channelPaths[segments[1]]
		if c.s.has(string(c.platform)) {
			return f.only(c, http.MethodPost, operation{name: "send", do: f.send})
		}
	case len(segments) >= 2 && segments[0] == "organization" && segments[1] == "webhook":
		return f.routeWebhooks(c, segments[2:])
	}
	return f.noSuchPath()
}

// only lets an operation be asked for by one method.
func (f chatt2meFace) only(c *call, method string, op operation) operation {
	if c.req.Method == method {
		return op
	}
	return operation{name: "none", do: func(c *call) reply {
		return f.refuse(http.StatusMethodNotAllowed, "Cannot "+c.req.Method+" "+c.req.URL.Path)
	}}
}

func (f chatt2meFace) noSuchPath() operation {
	return operation{name: "none", do: func(c *call) reply {
		return f.refuse(http.StatusNotFound, "Cannot "+c.req.Method+" "+c.req.URL.Path)
	}}
}

// admit checks the key and the limit. The documents say "back off" and give no
// number: it is RateLimit, in five minutes.
func (f chatt2meFace) admit(c *call, _ operation) (reply, bool) {
	if !same(c.req.Header.Get("X-Api-Key"), f.opts.Key) {
		return f.expiredKey(), false
	}
	count, ok := c.s.limits.count("", c.now)
	c.counted = count
	if !ok {
		return f.tooMany(0), false
	}
	return reply{}, true
}

// headers: an id for the vendor's support, and nothing about limits.
func (f chatt2meFace) headers(c *call, h http.Header) {
	h.Set("X-Request-Id", uuid(mix(f.opts.Seed, uint64(c.now.UnixNano()))))
}

// shown is none: there is no history, only what is pushed.
func (chatt2meFace) shown(*conversation) int { return 0 }

// tooMany does not say how long: no header is documented.
func (f chatt2meFace) tooMany(time.Duration) reply {
	return f.refuse(http.StatusTooManyRequests, "Too many requests. Back off and retry later.")
}

func (f chatt2meFace) expiredKey() reply {
	return f.refuse(http.StatusUnauthorized, "The API key is missing or invalid.")
}

func (f chatt2meFace) suspended() reply {
	return f.refuse(http.StatusUnauthorized, "The API key was revoked.")
}

// statusError is a failure of the platform's, told under HTTP 200.
func (f chatt2meFace) statusError() reply {
	return chattFailure("1", "An unknown error has occurred.")
}

func (f chatt2meFace) gateway(status int) reply { return f.refuse(status, http.StatusText(status)) }

func (chatt2meFace) refuse(status int, message string) reply {
	return jsonReply(status, map[string]any{"statusCode": status, "message": message, "error": http.StatusText(status)})
}

// Channel is the id of chatt2me's channel, which its sends are from: the
// application's channel on the server's first platform.
func (s *Server) Channel() string { return s.ChannelOn(s.opts.Platforms[0]) }

// ChannelOn is the id of the channel on a platform.
func (s *Server) ChannelOn(p inbox.Platform) string { return channelID(s.opts, p) }

// channelID names the channel of a platform.
func channelID(opts Options, p inbox.Platform) string {
	return uuid(mix(opts.Seed, fingerprint("channel "+string(p))))
}

// uuid is a number in the form of a UUID.
func uuid(seed uint64) string {
	a, b := mix(seed, 1), mix(seed, 2)
	return fmt.Sprintf("%08x-%04x-4%03x-%04x-%012x", a>>32, a>>16&0xffff, a&0xfff, 0x8000|b>>48&0x3fff, b&0xffffffffffff)
}
