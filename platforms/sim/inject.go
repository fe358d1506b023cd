package sim

import (
	"io"
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"time"

	"parley/inbox"
)

// This file makes the faults happen that fault.go reads.

// faultBook holds the faults in force and decides, from the seed, which of them
// strike.
type faultBook struct {
	rng    *rand.Rand
	active []*activeFault
}

type activeFault struct {
	Fault
	seen  int // requests that it could have struck
	times int // requests that it has struck
}

func newFaultBook(seed uint64, texts []string) (*faultBook, error) {
	b := &faultBook{rng: rand.New(rand.NewPCG(seed, 0x6661756c74))}
	for _, text := range texts {
		if err := b.add(text); err != nil {
			return nil, err
		}
	}
	return b, nil
}

func (b *faultBook) add(text string) error {
	f, err := ParseFault(text)
	if err != nil {
		return err
	}
	b.active = append(b.active, &activeFault{Fault: f})
	return nil
}

// faultPlan is what will go wrong with one request.
type faultPlan struct {
	names         []string
	latency       time.Duration
	before        func(*call) reply // instead of doing anything
	after         func(*call) reply // instead of the true answer
	cut           bool
	partial       bool
	threadControl bool
	strange       bool
	nextUpdate    string
	answer        string // a or b: the shape of chatt2me's answer
	usage         int    // Graph: how much of the limits is used; negative: it cannot be read
	wrapped, flat bool   // Graph: an answer has the other of its two shapes
	noID          bool   // a send does not tell the id
	skew          time.Duration
}

// plan draws what will go wrong with a request.
func (b *faultBook) plan(op operation, p inbox.Platform) faultPlan {
	var plan faultPlan
	for _, f := range b.active {
		if !(f.concerns(op.name, p) || op.also != "" && f.concerns(op.also, p)) || !f.strikes(b.rng) {
			continue
		}
		plan.names = append(plan.names, f.String())
		f.apply(&plan, b.rng)
	}
	return plan
}

func (f *activeFault) concerns(op string, p inbox.Platform) bool {
	return (f.Op == "any" || f.Op == op) && (f.Platform == "" || f.Platform == p)
}

func (f *activeFault) strikes(d *rand.Rand) bool {
	f.seen++
	if f.seen <= f.After || (f.Times > 0 && f.times >= f.Times) || (f.Chance > 0 && d.Float64() >= f.Chance) {
		return false
	}
	f.times++
	return true
}

func (f *activeFault) apply(plan *faultPlan, d *rand.Rand) {
	switch f.Kind {
	case "latency":
		plan.latency += f.Least + time.Duration(d.Int64N(int64(f.Most-f.Least)+1))
	case "cut":
		plan.cut = true
	case "partial":
		plan.partial = true
	case "thread-control":
		plan.threadControl = true
	case "strange":
		plan.strange = true
	case "next-update":
		plan.nextUpdate = f.Choice
	case "answer":
		plan.answer = f.Choice
	case "date":
		plan.skew = f.Most
	case "usage":
		plan.usage = percent(f.Choice)
	case "wrapped":
		plan.wrapped = true
	case "flat":
		plan.flat = true
	case "no-id":
		plan.noID = true
	default:
		f.applyAnswer(plan)
	}
}

// applyAnswer sets the answer that the fault gives. The first fault wins.
func (f *activeFault) applyAnswer(plan *faultPlan) {
	answer := f.answer()
	if strings.HasSuffix(f.Kind, "-after") {
		if plan.after == nil {
			plan.after = answer
		}
		return
	}
	if plan.before == nil {
		plan.before = answer
	}
}

func (f *activeFault) answer() func(*call) reply {
	kind := strings.TrimSuffix(f.Kind, "-after")
	switch kind {
	case "tear-before", "tear":
		return func(*call) reply { return reply{} }
	case "hang":
		return func(c *call) reply { return c.hang(f.Most) }
	case "429":
		return func(c *call) reply { return c.refuseForRate(f.Most) }
	case "expired-key":
		return func(c *call) reply { return c.s.face.expiredKey() }
	case "suspended":
		return func(c *call) reply { return c.s.face.suspended() }
	case "status-error":
		return func(c *call) reply { return c.s.face.statusError() }
	case "code":
		status, code, subcode, _ := splitCode(f.Choice)
		return func(c *call) reply { return c.s.face.coded(status, code, subcode) }
	case "html":
		return func(*call) reply { return webPage(f.Choice) }
	}
	return func(c *call) reply { return c.s.face.gateway(statusOf(kind)) }
}

// hang keeps the client waiting, then tears the connection.
func (c *call) hang(d time.Duration) reply {
	if d == 0 {
		d = maxFaultTime
	}
	c.wait(d)
	return reply{}
}

// refuseForRate is an answer 429 that counts like a true one.
func (c *call) refuseForRate(wait time.Duration) reply {
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	c.s.limits.refused(c.req.Header.Get("Profile-Key"), c.now)
	c.counted = c.s.opts.RateLimit
	return c.s.face.tooMany(wait)
}

// percent reads the value of usage.
func percent(value string) int {
	n, err := strconv.Atoi(value)
	if err != nil {
		return -1
	}
	return n
}

// statusOf reads a fault that is named after its HTTP status.
func statusOf(fault string) int {
	status, err := strconv.Atoi(fault)
	if err != nil {
		panic("fault " + fault + " is in the table and nowhere else")
	}
	return status
}

// webPage is what a proxy in between says.
func webPage(status string) reply {
	code := http.StatusOK
	if n, err := strconv.Atoi(status); err == nil {
		code = n
	}
	const page = "<!doctype html>\n<html><head><title>Just a moment...</title></head>" +
		"<body><h1>Checking your browser</h1></body></html>\n"
	return reply{
		status: code,
		header: http.Header{"Content-Type": {"text/html; charset=utf-8"}},
		body:   func(w io.Writer) error { _, err := io.WriteString(w, page); return err },
	}
}
