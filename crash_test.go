package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"parley/inbox"
	"parley/platforms/sim"
)

const (
	kills      = 240
	killsShort = 30
	killSpan   = 150 * time.Millisecond // a run is killed at an instant within it
)

// TestKillAtAnyInstant kills parley with sends under way, hundreds of times, at a
// server that tears connections before and after a send has taken effect. In the
// end everything that parley had called queued is still known, nothing was
// delivered twice, and what parley calls sent or failed is true.
func TestKillAtAnyInstant(t *testing.T) {
	t.Parallel()
	world := newSim(t, sim.Options{
		Seed: 11, Quiet: true, CacheTime: 100 * time.Millisecond, RateLimit: 1 << 30, ConversationLimit: -1,
		Faults: []string{"send:tear-after:0.15", "send:tear-before:0.15", "send:502-after:0.05", "any:latency=1ms..40ms"},
	})
	d := newDesk(t, world.BaseURL(), "")
	people := arriveForCrash(t, world)
	d.parley("sync", "--wait", "0").exits(exitDone)

	rounds := kills
	if testing.Short() || raceEnabled() {
		rounds = killsShort
	}
	random := rand.New(rand.NewPCG(1, 2))
	promised := map[string]bool{} // texts that parley has called queued
	for i := range rounds {
		text := fmt.Sprintf("answer number %04d", i)
		to := people[i%len(people)]
		if d.killedWithin(time.Duration(random.Int64N(int64(killSpan))), "send", to, text, "--json", "--wait", "5s") {
			promised[text] = true
		}
		if i%3 == 0 {
			queued := fmt.Sprintf("queued number %04d", i)
			d.parley("send", to, queued, "--wait", "0").exits(exitDone)
			promised[queued] = true
			d.killedWithin(time.Duration(random.Int64N(int64(killSpan))), "sync", "--force", "--wait", "5s")
		}
	}
	world.ClearFaults()
	states := d.settle(t)
	judge(t, world, promised, states)
}

func arriveForCrash(t *testing.T, world *sim.Server) []string {
	t.Helper()
	var people []string
	for i, p := range []inbox.Platform{inbox.Facebook, inbox.Instagram, inbox.Twitter, inbox.Facebook, inbox.Twitter} {
		c, err := world.Arrive(sim.Customer{Platform: p, Person: sim.Person{Name: fmt.Sprintf("Customer %d", i)}, Text: "hello"})
		if err != nil {
			t.Fatal(err)
		}
		people = append(people, fmt.Sprintf("%s/%s/%s", testAccountID, p, c.ID))
	}
	return people
}

// killedWithin starts parley and kills it after the time, unless it has ended.
// reported tells that it got as far as to print a result.
func (d *desk) killedWithin(after time.Duration, args ...string) (reported bool) {
	d.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), after) // ends with SIGKILL
	defer cancel()
	cmd := d.command(ctx, args...)
	out, err := cmd.Output()
	if err != nil && ctx.Err() == nil && cmd.ProcessState.ExitCode() != exitFailed {
		d.t.Fatalf("parley %q ended by itself: %v", args, err)
	}
	return strings.Contains(string(out), `"state"`)
}

// settle lets parley finish in peace, and returns what it believes in the end:
// the state of every text that it still knows.
func (d *desk) settle(t *testing.T) map[string]string {
	t.Helper()
	d.awaitOutbox(func(items []record) bool {
		return !slices.ContainsFunc(items, func(r record) bool { return r["state"] == "queued" || r["state"] == "sending" })
	})
	// A read that was killed is not due again for a minute: ask out of turn, which
	// is refused within 5 s of the last time.
	for deadline := time.Now().Add(30 * time.Second); d.parley("sync", "--force", "--wait", "0").code != exitDone; {
		if time.Now().After(deadline) {
			t.Fatal("no sync came through")
		}
	}
	states := map[string]string{}
	for _, c := range d.parley("list", "customer", "--json").exits(exitDone).records() {
		for _, m := range d.parley("show", fmt.Sprint(c["id"]), "--json").exits(exitDone).records() {
			if m["direction"] != "sent" {
				continue
			}
			text := fmt.Sprint(m["text"])
			if before, twice := states[text]; twice {
				t.Errorf("%q is shown twice: %s and %v", text, before, m["state"])
			}
			states[text] = fmt.Sprint(m["state"])
		}
	}
	return states
}

// judge compares what parley believes with what was really delivered.
func judge(t *testing.T, world *sim.Server, promised map[string]bool, states map[string]string) {
	t.Helper()
	delivered := map[string]int{}
	for _, d := range world.Deliveries() {
		delivered[d.Text]++
	}
	for text, n := range delivered {
		if n > 1 {
			t.Errorf("%q was delivered %d times", text, n)
		}
	}
	for text := range promised {
		if states[text] == "" {
			t.Errorf("%q was promised and is lost (delivered %d times)", text, delivered[text])
		}
	}
	doubts := 0
	for text, state := range states {
		switch sure := state == "sent" || state == "read"; {
		case sure && delivered[text] == 0:
			t.Errorf("%q is called %s and was never delivered", text, state)
		case state == "failed" && delivered[text] > 0:
			t.Errorf("%q is called failed and was delivered", text)
		case state == "unknown" && delivered[text] > 0:
			t.Errorf("%q was delivered and stays unknown although the conversation shows it", text)
		case state == "unknown":
			doubts++
		}
	}
	t.Logf("%d promised, %d known, %d delivered, %d for the agent to decide", len(promised), len(states), len(delivered), doubts)
	if len(delivered) == 0 || len(promised) == 0 {
		t.Error("nothing happened: the test proves nothing")
	}
}
