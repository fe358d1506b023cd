// Package platformtest is the contract that every provider keeps: a table of
// cases, run over HTTP against the simulator and judged by what the simulator
// saw, not by what the provider says of itself.
//
// There is no special case for any provider in here. What one cannot do is
// known from its Capabilities, and the case is skipped with the reason that an
// agent would see.
package platformtest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"parley/inbox"
	"parley/platforms/login"
	"parley/platforms/sim"
)

// Face is one provider and the simulator's face that it talks to.
type Face struct {
	// Open makes the provider of a filled-in form.
	Open func(login.Login) (inbox.Provider, error)
	// Login fills the form in for a running simulator. The suite opens it as it
	// is, and with each of its secrets replaced by a wrong one.
	Login func(*sim.Server) login.Login

	// World is what the simulator has to be for this provider: its face, the
	// platforms, and the most conversations that a case may begin with where
	// reading them takes its time. The cases say the rest.
	World sim.Options

	// What the API's own documents say about it, and no capability does.
	Ages     bool           // its answers stay the same for a time, and tell their age
	Waits    bool           // it tells how many seconds to wait after too many requests
	Monthly  bool           // it bounds the conversations of a month
	Sparse   bool           // a reading tells less than a webhook: the API's own links, no reads, no unknown kinds
	Together bool           // several images are one message
	Apart    bool           // text and media are requests of their own
	Silent   inbox.Platform // its webhooks tell nothing of this one
	Nameless bool           // its echoes have no id: what happens to them later cannot be placed
	Refusals Refusals

	// Remote is what the provider calls a conversation; nil: as the simulator does.
	Remote func(sim.Conversation) string
}

// Refusals are the kinds that an API's words let an agent tell apart.
type Refusals struct {
	Nobody inbox.Kind // there is no such customer; not found, when empty
	Cold   inbox.Kind // the customer never wrote; rejected, when empty
}

// The keys that the simulator knows in every case, beside its API key.
const (
	ProfileKey = "PROFILE-9d41c07be2"
	XKey       = "X-KEY-1f0c9d62aa"
	XSecret    = "X-SECRET-77ab3e50c4"
)

// What the simulator's webhooks are signed with, and the word by which an API
// makes sure of their address.
const (
	WebhookSecret = "WEBHOOK-SECRET-2b9e6f01d5"
	VerifyToken   = "VERIFY-TOKEN-c81d55f4a0"
)

// Run runs every case on a provider, each against a simulator of its own, and
// beside whatever other tests run in parallel.
func Run(t *testing.T, face Face) {
	t.Parallel()
	for _, c := range cases {
		if !c.each {
			t.Run(c.name, func(t *testing.T) { runCase(t, face, c, "") })
			continue
		}
		for _, p := range inbox.Platforms {
			t.Run(c.name+"/"+string(p), func(t *testing.T) { runCase(t, face, c, p) })
		}
	}
}

// testCase is one sentence about how a provider behaves.
type testCase struct {
	name       string
	each       bool // once for each platform of the provider
	world      sim.Options
	ticks      bool   // the world stands still but for bench.tick
	hears      bool   // the webhook is listened to, also where there are feeds
	inbox      bool   // … by a real inbox, which the case opens
	unapproved bool   // nobody has approved the app for what needs it
	needs      []need // all that the provider must be able to do
	run        func(*bench)
}

// need is an ability that a case is about.
type need func(inbox.Capabilities) inbox.Ability

func runCase(t *testing.T, face Face, c testCase, p inbox.Platform) {
	t.Parallel()
	b := newBench(t, face, c)
	if b.platform = p; p == "" {
		b.platform = b.platforms()[0]
	}
	if !b.has(b.platform) {
		t.Skipf("the provider does not serve %s", b.platform)
	}
	for _, need := range c.needs {
		if can := need(b.caps()); !can.OK {
			t.Skip(can.Reason)
		}
	}
	if (c.hears || c.inbox) && p == face.Silent {
		t.Skipf("no webhook tells of %s", p)
	}
	if c.hears || !b.caps().History.OK && !c.inbox {
		b.listen()
	}
	c.run(b)
	b.checkSecrets()
}

// bench is a provider opened on a simulator, with everything that it said.
type bench struct {
	*testing.T
	face     Face
	form     login.Login
	sim      *sim.Server
	provider inbox.Provider
	platform inbox.Platform // that the case is about

	begun time.Time
	tick  *atomic.Int64

	said *transcript // its log and its errors
	ear  *ear        // what its webhook has told; nil: nobody listens
}

// transcript is everything that a provider said.
type transcript struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (t *transcript) Write(line []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.text.Write(line)
}

func (t *transcript) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.text.String()
}

// patience is how long a case waits for anything. Loopback takes milliseconds;
// the rest is for a busy machine.
const patience = 20 * time.Second

func newBench(t *testing.T, face Face, c testCase) *bench {
	t.Helper()
	b := &bench{T: t, face: face, said: &transcript{}, begun: time.Now().Add(-truthSteps * tickTime), tick: new(atomic.Int64)}
	world := c.world
	world.Face, world.Platforms = face.World.Face, face.World.Platforms
	world.HumanAgent, world.CallsPerSecond = face.World.HumanAgent && !c.unapproved, face.World.CallsPerSecond
	if c.ticks {
		world.Now, world.CallsPerSecond = b.now, -1 // its seconds are longer or shorter than ours
	}
	world.Quiet = true
	world.ProfileKey, world.XKey, world.XSecret = ProfileKey, XKey, XSecret
	if world.CacheTime == 0 {
		world.CacheTime = time.Millisecond // cases about caching set their own
	}
	if world.Conversations == 0 {
		world.Conversations, world.Messages = 6, 24
	}
	if most := face.World.Conversations; most > 0 {
		world.Conversations = min(world.Conversations, most)
	}
	server, err := sim.Start(world)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { server.Close() })
	b.sim, b.form = server, face.Login(server)
	b.provider = b.open(b.form)
	return b
}

func (b *bench) open(form login.Login) inbox.Provider {
	b.Helper()
	form.Log = b.log()
	p, err := b.face.Open(form)
	if err != nil {
		b.Fatalf("open: %v", err)
	}
	return p
}

func (b *bench) log() *slog.Logger {
	return slog.New(slog.NewTextHandler(b.said, &slog.HandlerOptions{Level: slog.LevelDebug}))
}

// sub runs a part of the case on the same simulator.
func (b *bench) sub(name string, run func(*bench)) {
	b.Run(name, func(t *testing.T) {
		part := *b
		part.T = t
		run(&part)
	})
}

// heard remembers an error with its whole chain, and what an agent sees of it.
func (b *bench) heard(err error) {
	if err == nil {
		return
	}
	e := inbox.AsError(err)
	for cause := error(e); cause != nil; cause = errors.Unwrap(cause) {
		fmt.Fprintln(b.said, cause)
	}
	fmt.Fprintln(b.said, e.Text, e.Hint)
}

// checkSecrets fails the case if any key was seen outside a request header.
func (b *bench) checkSecrets() {
	b.Helper()
	said := b.said.String()
	secrets := maps.Clone(b.form.Secrets)
	for name, list := range b.form.Lists {
		for i, secret := range list {
			secrets[fmt.Sprintf("%s[%d]", name, i)] = secret
		}
	}
	for name, secret := range secrets {
		if !secret.Empty() && strings.Contains(said, secret.Reveal()) {
			b.Errorf("the %s was seen in a log or an error", name)
		}
	}
	for _, r := range b.sim.Requests() {
		for name, secret := range secrets {
			if !secret.Empty() && strings.Contains(r.Path+"?"+r.Query+r.Body, secret.Reveal()) {
				b.Errorf("the %s was in the path, query or body of %s %s", name, r.Method, r.Path)
			}
		}
	}
}

func (b *bench) ctx() context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	b.Cleanup(cancel)
	return ctx
}

func (b *bench) caps() inbox.Capabilities { return b.provider.Capabilities(b.platform) }

// platforms are those that the login reaches.
func (b *bench) platforms() []inbox.Platform {
	var list []inbox.Platform
	for _, p := range inbox.Platforms {
		if b.has(p) {
			list = append(list, p)
		}
	}
	if len(list) == 0 {
		b.Fatal("the provider has no platform at all")
	}
	return list
}

func (b *bench) has(p inbox.Platform) bool {
	return slices.Contains(b.provider.Platforms(), p)
}

// fault puts a fault of the simulator's language into force.
func (b *bench) fault(text string) {
	b.Helper()
	if err := b.sim.AddFault(text); err != nil {
		b.Fatal(err)
	}
}

// arrive makes a customer who writes, on the case's platform.
func (b *bench) arrive(who sim.Customer) sim.Conversation {
	b.Helper()
	who.Platform = b.platform
	if who.Text == "" && len(who.Attachments) == 0 {
		who.Text = "hello"
	}
	c, err := b.sim.Arrive(who)
	if err != nil {
		b.Fatal(err)
	}
	return c
}

// write puts a message into a conversation.
func (b *bench) write(p sim.Post) inbox.MessageID {
	b.Helper()
	id, err := b.sim.Write(p)
	if err != nil {
		b.Fatal(err)
	}
	return inbox.MessageID(id)
}

// id is the conversation as the inbox names it.
func (b *bench) id(c sim.Conversation) inbox.ConversationID {
	return inbox.NewConversationID(b.form.Account, c.Platform, b.remote(c))
}

// remote is what the provider calls the conversation.
func (b *bench) remote(c sim.Conversation) string {
	if b.face.Remote == nil {
		return c.ID
	}
	return b.face.Remote(c)
}

// requests counts the simulator's requests of an operation.
func (b *bench) requests(operation string) int {
	n := 0
	for _, r := range b.sim.Requests() {
		if r.Operation == operation {
			n++
		}
	}
	return n
}

// must fails the case on an error that should not be.
func (b *bench) must(err error) {
	b.Helper()
	b.heard(err)
	if err != nil {
		b.Fatal(err)
	}
}

// wants checks the kind of an error, and that an agent can do something with it.
func (b *bench) wants(err error, kinds ...inbox.Kind) *inbox.Error {
	b.Helper()
	b.heard(err)
	if err == nil {
		b.Fatalf("no error, wanted %v", kinds)
	}
	e := inbox.AsError(err)
	if e.Text == "" {
		b.Errorf("the error has no text: %#v", e)
	}
	for _, k := range kinds {
		if e.Kind == k {
			return e
		}
	}
	b.Fatalf("error of kind %q (%v), wanted %v", e.Kind, e, kinds)
	return nil
}
