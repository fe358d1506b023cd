package sim

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"parley/inbox"
)

// This file leads a request under /api to its operation and an answer back, with
// the faults that were planned for it.

// call is one request under /api while it is being answered.
type call struct {
	s        *Server
	req      *http.Request
	now      time.Time
	platform inbox.Platform
	id       string // the conversation in the path
	query    url.Values
	body     []byte
	faults   faultPlan
	counted  int  // requests of this profile in the present span
	cached   bool // the answer is an old one
}

// reply is an answer before it is written.
type reply struct {
	status int
	body   func(io.Writer) error
	header http.Header
}

func jsonReply(status int, v any) reply {
	return reply{status: status, body: func(w io.Writer) error {
		enc := json.NewEncoder(w)
		enc.SetEscapeHTML(false)
		return enc.Encode(v)
	}}
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

// operation is what a path and a method ask for. Its name is what faults are
// addressed to.
type operation struct {
	name string
	do   func(*call) reply
	x    bool // needs the X keys when the platform is X
}

var (
	opRead         = operation{"read", (*call).readMessages, true}
	opSend         = operation{"send", (*call).send, true}
	opArchive      = operation{"archive", (*call).archive, true}
	opReadAuto     = operation{"autoreply", (*call).readAutoResponse, false}
	opSetAuto      = operation{"autoreply", (*call).setAutoResponse, false}
	opUser         = operation{"user", (*call).user, false}
	opNoSuchPath   = operation{"none", (*call).noSuchPath, false}
	opNoSuchMethod = operation{"none", (*call).noSuchMethod, false}
)

// route finds the operation, and fills in what the path names.
func (c *call) route() operation {
	segments, ok := splitPath(strings.TrimPrefix(c.req.URL.EscapedPath(), "/api/"))
	if !ok {
		return opNoSuchPath
	}
	switch {
	case len(segments) == 1 && segments[0] == "user":
		return byMethod(c.req.Method, map[string]operation{http.MethodGet: opUser})
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

// splitPath unescapes segment by segment: an id may contain a slash.
func splitPath(escaped string) ([]string, bool) {
	segments := strings.Split(escaped, "/")
	for i, s := range segments {
		plain, err := url.PathUnescape(s)
		if err != nil || plain == "" {
			return nil, false
		}
		segments[i] = plain
	}
	return segments, true
}

// has tells whether the platform is known here.
func (s *Server) has(platform string) bool {
	_, ok := s.world.feeds[inbox.Platform(platform)]
	return ok
}

func (c *call) noSuchPath() reply {
	return refuse(http.StatusNotFound, "request", 404, "This endpoint does not exist. Please check the path.")
}

func (c *call) noSuchMethod() reply {
	return refuse(http.StatusMethodNotAllowed, "request", 405, "The method "+c.req.Method+" is not allowed for this endpoint.")
}

// maxBody is more than any message can need.
const maxBody = 1 << 20

// handler serves the API and the control surface.
func (s *Server) handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/api/", s.api)
	mux.Handle("/control/", s.control())
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		http.Error(w, "the API is under /api", http.StatusNotFound)
	})
	return mux
}

// api answers one request, with whatever fault was planned for it.
func (s *Server) api(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(io.LimitReader(r.Body, maxBody))
	if err != nil {
		panic(http.ErrAbortHandler) // the client has gone
	}
	c := &call{s: s, req: r, now: s.opts.Now(), query: r.URL.Query(), body: body}
	op := c.route()
	entry := s.begin(c, op)
	rep := s.perform(c, op)
	s.finish(entry, c, rep)
	c.write(w, rep)
}

// begin plans the faults and opens the entry in the log.
func (s *Server) begin(c *call, op operation) *Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	c.faults = s.faults.plan(op.name, c.platform)
	return s.log.open(c, op)
}

// perform does what is asked for, unless a fault comes first.
func (s *Server) perform(c *call, op operation) reply {
	c.wait(c.faults.latency)
	if f := c.faults.before; f != nil {
		return f(c)
	}
	rep := s.effect(c, op)
	if f := c.faults.after; f != nil {
		return f(c)
	}
	return rep
}

// effect answers the request as the world stands.
func (s *Server) effect(c *call, op operation) reply {
	s.mu.Lock()
	defer s.mu.Unlock()
	c.now = s.opts.Now()
	s.world.advance(c.now)
	if rep, ok := c.admit(op); !ok {
		return rep
	}
	return op.do(c)
}

// finish completes the entry. It comes before the answer is written: whoever
// has the answer finds the request in the log.
func (s *Server) finish(entry *Request, c *call, rep reply) {
	s.mu.Lock()
	defer s.mu.Unlock()
	entry.Status = rep.status
	entry.Cached = c.cached
	entry.Faults = c.faults.names
}

// wait lets time pass, unless the client or the server goes first.
func (c *call) wait(d time.Duration) {
	if d <= 0 {
		return
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-c.req.Context().Done():
	case <-c.s.closing:
	}
}

// write sends the answer. A reply without a status is a torn connection.
func (c *call) write(w http.ResponseWriter, rep reply) {
	if rep.status == 0 {
		panic(http.ErrAbortHandler)
	}
	h := w.Header()
	h.Set("Content-Type", "application/json; charset=utf-8")
	h.Set("Date", c.now.Add(c.faults.skew).UTC().Format(http.TimeFormat))
	h.Set("X-Ratelimit-Max", strconv.Itoa(c.s.opts.RateLimit))
	h.Set("X-Ratelimit-Count", strconv.Itoa(c.counted))
	for name, values := range rep.header {
		h[name] = values
	}
	if c.faults.cut {
		writeHalf(w, rep)
	}
	w.WriteHeader(rep.status)
	out := bufio.NewWriterSize(w, 64<<10)
	if rep.body(out) != nil || out.Flush() != nil {
		panic(http.ErrAbortHandler) // the client has gone: there is nobody to tell
	}
}

// writeHalf promises a whole body and breaks off in the middle.
func writeHalf(w http.ResponseWriter, rep reply) {
	var whole bytes.Buffer
	if rep.body(&whole) == nil {
		w.Header().Set("Content-Length", strconv.Itoa(whole.Len()))
		w.WriteHeader(rep.status)
		w.Write(whole.Bytes()[:whole.Len()/2])
		http.NewResponseController(w).Flush()
	}
	panic(http.ErrAbortHandler)
}
