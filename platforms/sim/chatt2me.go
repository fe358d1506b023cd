package sim

import (
	"fmt"
	"net/http"
	"time"

	"parley/inbox"
)

// This file has the face of chatt2me: its paths, its door, and how it refuses.

type chatt2meFace struct{ opts Options }

func newChatt2meFace(opts Options) chatt2meFace { return chatt2meFace{opts} }

func (chatt2meFace) base() string { return "/v1" }
func (chatt2meFace) root() string { return "/v1/" }

// route knows no path of the API yet: whatever is asked for does not exist.
func (f chatt2meFace) route(*call) operation {
	return operation{name: "none", do: func(*call) reply { return f.refuse(http.StatusNotFound, "not found") }}
}

func (f chatt2meFace) admit(c *call, _ operation) (reply, bool) {
	if !same(c.req.Header.Get("X-Api-Key"), f.opts.Key) {
		return f.expiredKey(), false
	}
	return reply{}, true
}

func (chatt2meFace) headers(*call, http.Header) {}

// shown is none: there is no history, only what is pushed.
func (chatt2meFace) shown(*conversation) int { return 0 }

func (f chatt2meFace) tooMany(wait time.Duration) reply {
	return f.refuse(http.StatusTooManyRequests, "too many requests")
}
func (f chatt2meFace) expiredKey() reply { return f.refuse(http.StatusUnauthorized, "unauthorized") }
func (f chatt2meFace) suspended() reply {
	return f.refuse(http.StatusUnauthorized, "the key was revoked")
}
func (f chatt2meFace) statusError() reply       { return f.refuse(http.StatusOK, "error") }
func (f chatt2meFace) gateway(status int) reply { return f.refuse(status, http.StatusText(status)) }

func (chatt2meFace) refuse(status int, message string) reply {
	return jsonReply(status, map[string]any{"statusCode": status, "message": message})
}

// uuid is a number in the form of a UUID.
func uuid(seed uint64) string {
	a, b := mix(seed, 1), mix(seed, 2)
	return fmt.Sprintf("%08x-%04x-4%03x-%04x-%012x", a>>32, a>>16&0xffff, a&0xfff, 0x8000|b>>48&0x3fff, b&0xffffffffffff)
}

// channelID names the channel of a platform.
func channelID(opts Options, p inbox.Platform) string {
	return uuid(mix(opts.Seed, fingerprint("channel "+string(p))))
}
