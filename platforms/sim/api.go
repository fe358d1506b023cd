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

// This file leads a request of the API to its operation and an answer back, with
// the faults that were planned for it.

// call is one request of the API while it is being answered.
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

// operation is what a path and a method ask for. Its name is what faults are
// addressed to.
type operation struct {
	name string
	also string // another name that faults may have for it
	do   func(*call) reply
	x    bool // Ayrshare: needs the X keys when the platform is X

	paced bool // Graph: one of those that may be called twice a second only
	open  bool // Graph: checks its keys itself
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

// maxBody is more than any message can need, and than the largest file that is
// uploaded (30 MB).
const maxBody = 32 << 20

// handler serves the API and the control surface.
func (s *Server) handler() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/control/", s.control())
	mux.HandleFunc(mediaRoot+"/", s.media)
	mux.HandleFunc(s.face.root(), s.api)
	if s.face.root() != "/" {
		mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
			http.Error(w, "the API is under "+s.face.base(), http.StatusNotFound)
		})
	}
	return mux
}

// api answers one request, with whatever fault was planned for it.
func (s *Server) api(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(io.LimitReader(r.Body, maxBody))
	if err != nil {
		panic(http.ErrAbortHandler) // the client has gone
	}
	c := &call{s: s, req: r, now: s.opts.Now(), query: r.URL.Query(), body: body}
	op := s.face.route(c)
	entry := s.begin(c, op)
	rep := s.perform(c, op)
	s.finish(entry, c, rep)
	c.write(w, rep)
}

// begin plans the faults and opens the entry in the log.
func (s *Server) begin(c *call, op operation) *Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	c.faults = s.faults.plan(op, c.platform)
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
	if rep, ok := s.face.admit(c, op); !ok {
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
	c.s.face.headers(c, h)
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
