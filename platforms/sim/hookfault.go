package sim

import (
	"math/rand/v2"
	"strconv"
	"time"

	"parley/inbox"
)

// This file has what can go wrong with a webhook call on its way: the faults of
// the operation "hook".

// hookOp is what faults of webhook calls are addressed to.
const hookOp = "hook"

// hookKinds are the faults that only a webhook call can have; it has no others.
var hookKinds = map[string]valueKind{
	"duplicate": noValue, "reorder": noValue, "drop": noValue,
	"forge": noValue, "unsigned": noValue, "truncate": noValue,
	"delay": needsRange, "batch": needsCount,
	"announce": noValue, "changes": noValue,
}

// largestBatch is how many updates a call of Meta's has at most.
// https://developers.facebook.com/docs/graph-api/webhooks/getting-started
const largestBatch = 1000

// hookPlan is what will go wrong with the news of one happening.
type hookPlan struct {
	names     []string
	delay     time.Duration
	drop      bool // it is never told
	reorder   bool // the conversation's next news comes first
	duplicate bool // the same call comes twice
	truncate  bool // the first call breaks off in the middle
	forge     bool // somebody else tells something untrue before
	unsigned  bool // the same without any signature
	batch     int  // it waits until there are so many
	announce  bool // Graph: a message is told as an edit of its id
	changes   bool // Graph: it is told in changes[]
}

// alone tells that the fault is one of a call, not of what it tells.
func (p hookPlan) alone() bool { return p.duplicate || p.truncate || p.forge || p.unsigned }

// planHook draws what will go wrong with the news of a happening.
func (b *faultBook) planHook(p inbox.Platform) hookPlan {
	var plan hookPlan
	for _, f := range b.active {
		if !f.concerns(hookOp, p) || !f.strikes(b.rng) {
			continue
		}
		plan.names = append(plan.names, f.String())
		f.applyHook(&plan, b.rng)
	}
	return plan
}

func (f *activeFault) applyHook(plan *hookPlan, d *rand.Rand) {
	switch f.Kind {
	case "delay":
		plan.delay += f.Least + time.Duration(d.Int64N(int64(f.Most-f.Least)+1))
	case "drop":
		plan.drop = true
	case "reorder":
		plan.reorder = true
	case "duplicate":
		plan.duplicate = true
	case "truncate":
		plan.truncate = true
	case "forge":
		plan.forge = true
	case "unsigned":
		plan.unsigned = true
	case "announce":
		plan.announce = true
	case "changes":
		plan.changes = true
	case "batch":
		// ParseFault has seen to it that it is a number.
		plan.batch, _ = strconv.Atoi(f.Choice)
	}
}
