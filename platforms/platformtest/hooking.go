package platformtest

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"parley/inbox"
	"parley/inbox/inboxtest"
	"parley/platforms/sim"
)

// Webhooks: what they tell, what they must not be made to tell, and that
// repeats, disorder and forgery leave one truth in a real inbox.

func canHear(c inbox.Capabilities) inbox.Ability { return c.Webhooks }

var hookCases = []testCase{
	{name: "a webhook tells a message whole", each: true, hears: true, needs: []need{canHear}, run: hookTellsMessage},
	{name: "a webhook tells an own message under the id of the send", each: true, hears: true, needs: []need{canHear}, run: hookTellsEcho},
	{name: "a webhook tells what happens to messages", each: true, hears: true, needs: []need{canHear}, run: hookTellsHappenings},
	{name: "forged and unsigned webhooks change nothing", each: true, hears: true, needs: []need{canHear}, run: hookForgery},
	{name: "webhooks leave one truth, whatever becomes of them", each: true, ticks: true, needs: []need{canHear}, run: hooksLeaveOneTruth},
}

func hookTellsMessage(b *bench) {
	c := b.arrive(sim.Customer{Text: "\"é\" < / 🙏🏽"})
	b.write(sim.Post{ConversationID: c.ID, Attachments: []sim.Attachment{{Type: "image", URL: "https://cdn.example/a.jpg"}}})
	for _, says := range []string{"\"é\" < / 🙏🏽", "https://cdn.example/a.jpg"} {
		b.hears(says, func(f *facts) bool {
			return slices.ContainsFunc(f.of(c), func(m inbox.Message) bool { return m.Direction == inbox.Received && speaks(m, says) })
		})
	}
}

func hookTellsEcho(b *bench) {
	c := b.arrive(sim.Customer{})
	result, err := b.send(c, text("sent, and told"))
	b.must(err)
	id := result.Parts[0].MessageID
	b.hears("the echo", func(f *facts) bool {
		for _, m := range f.of(c) {
			if m.Direction == inbox.Sent && m.Text == "sent, and told" {
				if m.ID != id && m.ID != "" {
					b.Errorf("the send is message %q, its echo %q", id, m.ID)
				}
				return true
			}
		}
		return false
	})
}

func hookTellsHappenings(b *bench) {
	c := b.arrive(sim.Customer{})
	own := b.write(sim.Post{ConversationID: c.ID, Text: "here you are", Sent: true})
	theirs := b.write(sim.Post{ConversationID: c.ID, Text: "a tpyo"})
	steps := []struct {
		kind inbox.EventKind
		id   inbox.MessageID
		do   func() error
	}{
		{inbox.EventReaction, own, func() error { return b.sim.React(c.ID, string(own), "👍") }},
		{inbox.EventUnreaction, own, func() error { return b.sim.React(c.ID, string(own), "") }},
		{inbox.EventEdit, theirs, func() error { return b.sim.Edit(c.ID, string(theirs), "a typo") }},
		{inbox.EventUnsend, theirs, func() error { return b.sim.Unsend(c.ID, string(theirs)) }},
	}
	for _, step := range steps {
		if err := step.do(); err != nil {
			b.Fatal(err)
		}
		b.hears(string(step.kind), func(f *facts) bool {
			return slices.ContainsFunc(f.events, func(e inbox.EventFact) bool { return e.Kind == step.kind && e.Message == step.id })
		})
	}
	if err := b.sim.Read(c.ID); err != nil {
		b.Fatal(err)
	}
	b.hears("a read", func(f *facts) bool {
		return !f.conversations[b.remote(c)].ReadUpTo.IsZero() ||
			slices.ContainsFunc(f.events, func(e inbox.EventFact) bool { return e.Kind == inbox.EventRead })
	})
}

func hookForgery(b *bench) {
	b.fault("hook:forge")
	b.fault("hook:unsigned")
	c := b.arrive(sim.Customer{Text: "this is true"})
	b.hears("what is true", func(f *facts) bool { return len(f.of(c)) == 1 })
	b.ear.mu.Lock()
	defer b.ear.mu.Unlock()
	for _, m := range b.ear.facts.messages {
		if m.Message.Text == sim.Forgery {
			b.Errorf("what was never written is told: %+v", m)
		}
	}
	if len(b.ear.refused) == 0 {
		b.Error("nothing was refused")
	}
	for _, p := range b.sim.Pushes() {
		if (p.Forged || p.Unsigned) && (p.Status < 400 || p.Status >= 500) {
			b.Errorf("a call that nobody may make was answered with %d", p.Status)
		}
	}
}

// line is a message of the world as an inbox must show it.
type line struct {
	id      string
	sent    bool
	text    string
	emoji   string // the customer's
	edited  bool
	unsent  bool
	settled bool // nothing more happens to it
}

func (l line) String() string {
	direction := inbox.Received
	if l.sent {
		direction = inbox.Sent
	}
	return fmt.Sprintf("%s %q %s unsent=%t", direction, l.text, l.emoji, l.unsent)
}

// truthSteps is how much happens; 2 s apart, as messages of one second have no
// order. All of it is four minutes: a signature that is much older is refused.
const truthSteps = 120

func hooksLeaveOneTruth(b *bench) {
	in, err := inbox.New(context.Background(), inbox.Options{
		Store: inboxtest.NewStore(), Accounts: []inbox.Account{{ID: b.form.Account, Provider: b.provider}},
	})
	b.must(err)
	hooks := b.serveHooks(in)
	if err := b.sim.SetWebhook(webhookAt(hooks.URL(b.form.Account))); err != nil {
		b.Fatal(err)
	}
	for _, fault := range []string{"hook:duplicate:0.2", "hook:reorder:0.2", "hook:delay=1ms..50ms:0.3", "hook:forge:0.2", "hook:unsigned:0.2"} {
		b.fault(fault)
	}
	c := b.arrive(sim.Customer{Text: "hello"})
	world := []*line{{text: "hello", settled: true}}
	dice := rand.New(rand.NewPCG(3, 14))
	for i := range truthSteps {
		b.tick.Add(1)
		if made := b.live(c, dice, i, world); made != nil {
			world = append(world, made)
		}
	}
	var want []string
	for _, l := range world {
		want = append(want, l.String())
	}
	b.awaitThread(in, b.id(c), want)
}

// live lets one thing happen.
func (b *bench) live(c sim.Conversation, dice *rand.Rand, step int, world []*line) *line {
	b.Helper()
	says := fmt.Sprintf("line %d", step)
	target := world[dice.IntN(len(world))]
	var err error
	switch what := dice.IntN(7); {
	case what == 0:
		_, err = b.send(c, text(says))
		b.must(err)
		return &line{sent: true, text: says, settled: true}
	case what == 1 || target.settled:
		sent := dice.IntN(2) == 0
		id := string(b.write(sim.Post{ConversationID: c.ID, Text: says, Sent: sent}))
		return &line{id: id, sent: sent, text: says, settled: sent && b.face.Nameless}
	case target.sent:
		target.emoji = []string{"👍", "🎉", ""}[dice.IntN(3)]
		err = b.sim.React(c.ID, target.id, target.emoji)
	case what < 5 && !target.edited:
		target.text, target.edited = says+" instead", true
		err = b.sim.Edit(c.ID, target.id, target.text)
	default:
		target.text, target.unsent, target.settled = "", true, true
		err = b.sim.Unsend(c.ID, target.id)
	}
	if err != nil {
		b.Fatal(err)
	}
	return nil
}

// awaitThread waits until the inbox shows exactly these lines, in whatever order.
func (b *bench) awaitThread(in *inbox.Inbox, id inbox.ConversationID, want []string) {
	b.Helper()
	slices.Sort(want)
	hints := in.Subscribe()
	defer hints.Close()
	ctx, cancel := context.WithTimeout(b.Context(), patience)
	defer cancel()
	for {
		got := threadLines(b, in, id)
		if slices.Equal(got, want) {
			return
		}
		if _, ok := hints.Wait(ctx); !ok {
			b.Fatalf("the thread is\n%s\nwant\n%s", missing(got, want), missing(want, got))
		}
	}
}

// missing are the lines that the other list does not have.
func missing(list, other []string) string {
	return strings.Join(slices.DeleteFunc(slices.Clone(list), func(s string) bool { return slices.Contains(other, s) }), "\n")
}

func threadLines(b *bench, in *inbox.Inbox, id inbox.ConversationID) []string {
	b.Helper()
	thread, err := in.Thread(context.Background(), inbox.ThreadQuery{Conversation: id, Before: 10 * truthSteps})
	if inbox.KindOf(err) == inbox.NotFound {
		return nil
	}
	b.must(err)
	var lines []string
	for _, m := range thread.Page.Messages {
		l := line{sent: m.Direction == inbox.Sent, text: m.Text, unsent: m.Deleted}
		for _, r := range m.Reactions {
			l.emoji += r.Emoji
		}
		lines = append(lines, l.String())
	}
	slices.Sort(lines)
	return lines
}

// now is the world's time in a case that ticks.
func (b *bench) now() time.Time {
	return b.begun.Add(time.Duration(b.tick.Load()) * 2 * time.Second)
}
