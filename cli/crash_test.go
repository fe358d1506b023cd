package cli

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"parley/config"
	"parley/inbox"
	"parley/platforms/sim"
)

const (
	kills      = 240
	killsShort = 30
	killSpan   = 150 * time.Millisecond // a run is killed at an instant within it
)

// crash is a provider under the crash test.
type crash struct {
	name      string
	face      sim.Face
	platforms []inbox.Platform
	webhook   bool // its webhooks reach us, whenever somebody listens
	rounds    int
	forgets   bool // what was missed is never told again: there is no history
}

// TestKillAtAnyInstant kills parley with sends and webhooks under way, hundreds
// of times, at a server that tears connections before and after a send has taken
// effect. In the end everything that parley had called queued is still known,
// nothing was delivered twice, and what parley calls sent or failed is true.
func TestKillAtAnyInstant(t *testing.T) {
	t.Parallel()
	live := []inbox.Platform{inbox.Instagram}
	for _, c := range []crash{
		{name: "ayrshare", face: sim.FaceAyrshare, platforms: inbox.Platforms, rounds: kills},
		{name: "ayrshare with webhooks", face: sim.FaceAyrshare, platforms: inbox.Platforms, webhook: true, rounds: kills / 4},
		{name: "instagram", face: sim.FaceInstagram, platforms: live, rounds: kills / 4},
		{name: "instagram with webhooks", face: sim.FaceInstagram, platforms: live, webhook: true, rounds: kills / 4},
		{name: "chatt2me", face: sim.FaceChatt2me, platforms: live, rounds: kills / 4, forgets: true},
		{name: "chatt2me with webhooks", face: sim.FaceChatt2me, platforms: live, webhook: true, rounds: kills / 4, forgets: true},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			c.test(t)
		})
	}
}

func (c crash) test(t *testing.T) {
	shop := c.start(t)
	d := newDesk(t, "http://127.0.0.1:1/api", "")
	listen := freeAddress(t)
	d.write("config.toml", shop.accountTable()+"[webhook]\nlisten = \""+listen+"\"\n")
	people := c.arrive(t, d, shop, listen)
	if c.webhook {
		if err := shop.world.SetWebhook(sim.Webhook{URL: "http://" + listen + config.WebhookPath(testAccountID), Secrets: shop.hook.Secrets}); err != nil {
			t.Fatal(err)
		}
	}
	rounds := c.rounds
	if testing.Short() || raceEnabled() {
		rounds = c.rounds * killsShort / kills
	}
	for _, fault := range []string{
		"send:tear-after:0.15", "send:tear-before:0.15", "send:502-after:0.05", "any:latency=1ms..40ms", "hook:duplicate:0.2",
	} {
		if err := shop.world.AddFault(fault); err != nil {
			t.Fatal(err)
		}
	}
	promised := c.kill(d, people, rounds)
	shop.world.ClearFaults()
	if c.webhook {
		d.hearTheRest(t, shop.world)
	}
	judge(t, shop.world, promised, d.settle(t, people), c.forgets)
}

func (c crash) start(t *testing.T) simulated {
	t.Helper()
	s := simulated{name: testAccountID, options: sim.Options{
		Face: c.face, Platforms: c.platforms, Seed: 11, Quiet: true, Conversations: 1, Pace: 200,
		CacheTime: 100 * time.Millisecond, RateLimit: 1 << 30, ConversationLimit: -1, CallsPerSecond: -1,
	}}
	if err := s.start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.world.Close() })
	return s
}

// arrive lets customers write, and parley learn of them: by reading where there
// is something to read, else by webhook. It returns their conversations.
func (c crash) arrive(t *testing.T, d *desk, shop simulated, listen string) (people []string) {
	t.Helper()
	var run *running
	if c.forgets {
		run = d.starts("run")
		run.waitsToSay("listening on " + listen)
		if err := shop.tell("http://" + listen + config.WebhookPath(testAccountID)); err != nil {
			t.Fatal(err)
		}
	}
	for i := range 5 {
		p := c.platforms[i%len(c.platforms)]
		customer, err := shop.world.Arrive(sim.Customer{Platform: p, Person: sim.Person{Name: fmt.Sprintf("Customer %d", i)}, Text: "hello"})
		if err != nil {
			t.Fatal(err)
		}
		remote := customer.Participant
		if c.face == sim.FaceAyrshare {
			remote = customer.ID
		}
		people = append(people, fmt.Sprintf("%s/%s/%s", testAccountID, p, remote))
	}
	if run == nil {
		d.parley("sync", "--wait", "0").exits(exitDone)
		return people
	}
	await(t, "the customers to be known", func() bool { return accepted(shop.world, "message") >= len(people) })
	run.ends(syscall.SIGTERM, exitDone)
	if err := shop.world.SetWebhook(sim.Webhook{}); err != nil {
		t.Fatal(err)
	}
	return people
}

// kill runs the rounds, and returns the texts that parley has called queued.
func (c crash) kill(d *desk, people []string, rounds int) (promised map[string]bool) {
	random := rand.New(rand.NewPCG(1, 2))
	promised = map[string]bool{}
	for i := range rounds {
		text := fmt.Sprintf("answer number %04d", i)
		to := people[i%len(people)]
		if d.killedWithin(time.Duration(random.Int64N(int64(killSpan))), "send", to, text, "--json", "--wait", "5s") {
			promised[text] = true
		}
		if i%3 != 0 {
			continue
		}
		queued := fmt.Sprintf("queued number %04d", i)
		d.parley("send", to, queued, "--wait", "0").exits(exitDone)
		promised[queued] = true
		if c.webhook {
			d.killedWithin(time.Duration(random.Int64N(3*int64(killSpan))), "run")
			continue
		}
		d.killedWithin(time.Duration(random.Int64N(int64(killSpan))), "sync", "--force", "--wait", "5s")
	}
	return promised
}

// hearTheRest lets parley run until nothing is told any more.
func (d *desk) hearTheRest(t *testing.T, world *sim.Server) {
	t.Helper()
	run := d.starts("run")
	run.waitsToSay("listening on ")
	known, since := -1, time.Now()
	await(t, "the webhooks to fall silent", func() bool {
		if n := len(world.Pushes()) + len(world.Deliveries()); n != known {
			known, since = n, time.Now()
		}
		return time.Since(since) > 2*time.Second
	})
	run.ends(syscall.SIGTERM, exitDone)
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
func (d *desk) settle(t *testing.T, people []string) map[string]string {
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
	for _, id := range people {
		for _, m := range d.parley("show", id, "--json").exits(exitDone).records() {
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

// judge compares what parley believes with what was really delivered. A provider
// that forgets may leave it in doubt.
func judge(t *testing.T, world *sim.Server, promised map[string]bool, states map[string]string, forgets bool) {
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
		case state == "unknown" && delivered[text] > 0 && !forgets:
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
