package platformtest

import (
	"slices"

	"parley/inbox"
	"parley/platforms/sim"
)

// Webhooks: what they tell, and what they must not be made to tell.

func canHear(c inbox.Capabilities) inbox.Ability { return c.Webhooks }

var hookCases = []testCase{
	{name: "a webhook tells a message whole", each: true, hears: true, needs: []need{canHear}, run: hookTellsMessage},
	{name: "a webhook tells an own message under the id of the send", each: true, hears: true, needs: []need{canHear}, run: hookTellsEcho},
	{name: "a webhook tells what happens to messages", each: true, hears: true, needs: []need{canHear}, run: hookTellsHappenings},
	{name: "forged and unsigned webhooks change nothing", each: true, hears: true, needs: []need{canHear}, run: hookForgery},
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
