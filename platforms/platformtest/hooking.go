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
	{name: "a webhook that breaks off changes nothing", each: true, hears: true, world: sim.Options{Pace: 1000}, needs: []need{canHear}, run: hookBreaksOff},
	{name: "a webhook tells whatever customers send", each: true, hears: true, needs: []need{canHear}, run: hookTellsKinds},
	{name: "a webhook tells where a customer came from", each: true, hears: true, needs: []need{canHear}, run: hookTellsOrigins},
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

func hookBreaksOff(b *bench) {
	b.fault("hook:truncate:once")
	texts := []string{"half of this is lost", "and this came whole"}
	c := b.arrive(sim.Customer{Text: texts[0]})
	b.write(sim.Post{ConversationID: c.ID, Text: texts[1]})
	b.hears(texts[1], func(f *facts) bool {
		return slices.ContainsFunc(f.of(c), func(m inbox.Message) bool { return m.Text == texts[1] })
	})
	b.ear.mu.Lock()
	defer b.ear.mu.Unlock()
	for _, m := range b.ear.facts.of(c) {
		if !slices.Contains(texts, m.Text) {
			b.Errorf("told as %+v", m)
		}
	}
	broken := b.sim.Pushes()[0]
	if len(broken.Faults) == 0 || broken.Status >= 200 && broken.Status < 300 {
		b.Errorf("half a call was answered with %d: %+v", broken.Status, broken)
	}
}

// hookTellsKinds: each is a message with something to show, and keeps its link.
func hookTellsKinds(b *bench) {
	c := b.arrive(sim.Customer{})
	const link = "https://cdn.example/media?asset_id=17900000000000001"
	for _, kind := range []string{
		"image", "video", "audio", "file", "share", "sticker", "ig_reel", "reel", "ig_post", "ig_story",
		"story_mention", "story_reply", "hologram_v2", "like_heart", "ephemeral",
	} {
		a := sim.Attachment{Type: kind, URL: link}
		if kind == "like_heart" || kind == "ephemeral" {
			a.URL = ""
		}
		id := b.write(sim.Post{ConversationID: c.ID, Attachments: []sim.Attachment{a}})
		b.hearsMessage(id, kind, func(m inbox.Message) bool {
			linked := slices.ContainsFunc(m.Attachments, func(told inbox.Attachment) bool { return told.URL == a.URL }) ||
				m.ReplyTo != nil && m.ReplyTo.URL == a.URL
			return linked || a.URL == "" && m.Unsupported != ""
		})
	}
}

func hookTellsOrigins(b *bench) {
	c := b.arrive(sim.Customer{})
	for _, origin := range []string{"postback", "quick_reply", "ad"} {
		id := b.write(sim.Post{ConversationID: c.ID, Text: "by " + origin, Origin: &sim.Origin{Kind: origin, Title: "Autumn", Payload: "AUTUMN"}})
		b.hearsMessage(id, origin, func(m inbox.Message) bool { return m.Text == "by "+origin })
	}
	if err := b.sim.Refer(c.ID, "receipt"); err != nil {
		b.Fatal(err)
	}
	last := b.write(sim.Post{ConversationID: c.ID, Text: "that was all"})
	b.hearsMessage(last, "the last message", func(inbox.Message) bool { return true })
	if !slices.ContainsFunc(b.sim.Pushes(), func(p sim.Push) bool { return p.Kind == "referral" }) {
		return // the API does not tell it
	}
	b.hears("the link", func(f *facts) bool {
		return slices.ContainsFunc(f.of(c), func(m inbox.Message) bool { return m.Origin != nil && m.Origin.Ref == "receipt" })
	})
}

// hearsMessage waits for a message, and checks it.
func (b *bench) hearsMessage(id inbox.MessageID, what string, fits func(inbox.Message) bool) {
	b.Helper()
	b.hears(what, func(f *facts) bool {
		m, ok := f.messages[id]
		if ok && !fits(m.Message) {
			b.Errorf("%s is told as %+v", what, m.Message)
		}
		return ok
	})
}
