package sim

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"parley/inbox"
)

// This file has the face of Ayrshare's Messages API: its paths, and how it
// refuses. admit.go is its door; read.go, answer.go, send.go and account.go
// have the operations.

type ayrshareFace struct{ opts Options }

func (ayrshareFace) base() string { return "/api" }
func (ayrshareFace) root() string { return "/api/" }

// headers tell how much of the limit is used.
func (f ayrshareFace) headers(c *call, h http.Header) {
	h.Set("X-Ratelimit-Max", strconv.Itoa(f.opts.RateLimit))
	h.Set("X-Ratelimit-Count", strconv.Itoa(c.counted))
}

// shown leaves out what is older than the link, and what was unsent.
func (ayrshareFace) shown(c *conversation) int {
	return int(c.history-c.hidden) + len(c.live) - c.unsent
}

func (ayrshareFace) tooMany(wait time.Duration) reply { return tooManyRequests(wait) }
func (ayrshareFace) expiredKey() reply                { return wrongKey() }
func (ayrshareFace) suspended() reply                 { return suspendedReply() }

func (ayrshareFace) statusError() reply {
	return refuse(http.StatusOK, "messages", 500, "An unexpected error occurred. Please try again.")
}

func (ayrshareFace) gateway(status int) reply {
	return refuse(status, "request", status, "The service is not available at the moment.")
}

func (ayrshareFace) coded(status, code, _ int) reply {
	return refuse(status, "messages", code, "The request was refused.")
}

// problem is the vendor's error shape A.
type problem struct {
	Action  string `json:"action"`
	Status  string `json:"status"`
	Code    int    `json:"code"`
	Message string `json:"message"`
}

func refuse(status int, action string, code int, message string) reply {
	return jsonReply(status, problem{Action: action, Status: "error", Code: code, Message: message})
}

var (
	opRead         = operation{name: "read", do: (*call).readMessages, x: true}
	opSend         = operation{name: "send", do: (*call).send, x: true}
	opArchive      = operation{name: "archive", do: (*call).archive, x: true}
	opReadAuto     = operation{name: "autoreply", do: (*call).readAutoResponse}
	opSetAuto      = operation{name: "autoreply", do: (*call).setAutoResponse}
	opUpload       = operation{name: "upload", do: (*call).upload}
	opUser         = operation{name: "user", do: (*call).user}
	opNoSuchPath   = operation{name: "none", do: (*call).noSuchPath}
	opNoSuchMethod = operation{name: "none", do: (*call).noSuchMethod}
)

func (f ayrshareFace) route(c *call) operation {
	segments, ok := splitPath(strings.TrimPrefix(c.req.URL.EscapedPath(), "/api/"))
	if !ok {
		return opNoSuchPath
	}
	switch {
	case len(segments) == 1 && segments[0] == "user":
		return byMethod(c.req.Method, map[string]operation{http.MethodGet: opUser})
	case len(segments) == 2 && segments[0] == "media" && segments[1] == "upload":
		return byMethod(c.req.Method, map[string]operation{http.MethodPost: opUpload})
	case len(segments) == 2 && segments[0] == "hook" && segments[1] == "webhook":
		return byMethod(c.req.Method, map[string]operation{http.MethodGet: opHookList, http.MethodPost: opHook, http.MethodDelete: opHookDeleted})
	case len(segments) == 2 && segments[0] == "messages" && segments[1] == "autoresponse":
		return byMethod(c.req.Method, map[string]operation{http.MethodGet: opReadAuto, http.MethodPost: opSetAuto})
	case len(segments) >= 2 && segments[0] == "messages" && c.s.has(segments[1]):
		c.platform = inbox.Platform(segments[1])
		if len(segments) == 2 {
			return byMethod(c.req.Method, map[string]operation{http.MethodGet: opRead, http.MethodPost: opSend})
		}
		if len(segments) == 3 {
			c.id = segments[2]
			return byMethod(c.req.Method, map[string]operation{http.MethodPut: opArchive})
		}
	}
	return opNoSuchPath
}

func byMethod(method string, ops map[string]operation) operation {
	if op, ok := ops[method]; ok {
		return op
	}
	return opNoSuchMethod
}

func (c *call) noSuchPath() reply {
	return refuse(http.StatusNotFound, "request", 404, "This endpoint does not exist. Please check the path.")
}

func (c *call) noSuchMethod() reply {
	return refuse(http.StatusMethodNotAllowed, "request", 405, "The method "+c.req.Method+" is not allowed for this endpoint.")
}
