package platformtest

import (
	"parley/inbox"
	"parley/platforms/sim"
)

// What an agent can say without writing, judged by the ledger as all sends are.

func canReact(c inbox.Capabilities) inbox.Ability     { return c.Reactions }
func canHeart(c inbox.Capabilities) inbox.Ability     { return c.Stickers }
func canSharePost(c inbox.Capabilities) inbox.Ability { return c.Posts }
func canType(c inbox.Capabilities) inbox.Ability      { return c.Typing }
func canSee(c inbox.Capabilities) inbox.Ability       { return c.Seen }

var gestureCases = []testCase{
	{name: "a reaction and its removal reach the customer once", each: true, needs: []need{canReact}, run: reactionIsDelivered},
	{name: "a reaction to an unknown message is refused", each: true, needs: []need{canReact}, run: reactionToNothing},
	{name: "a reaction in doubt is unknown", each: true, needs: []need{canReact}, run: reactionInDoubt},
	{name: "the heart reaches the customer once", each: true, needs: []need{canHeart}, run: heartIsDelivered},
	{name: "own posts are listed to the end, and shared", each: true, needs: []need{canSharePost}, run: postsAreShared},
	{name: "an unknown post is refused", each: true, needs: []need{canSharePost}, run: unknownPost},
	{name: "signals reach the API and nothing else", each: true, needs: []need{canType, canSee}, run: signalsArrive},
	{name: "signals that cannot be given leave nothing", each: true, run: missingSignals},
}

// ledger counts the deliveries of a kind to the conversation's customer.
func (b *bench) ledger(c sim.Conversation, kind inbox.PartKind, fits func(sim.Delivery) bool) int {
	n := 0
	for _, d := range b.sim.Deliveries() {
		if d.Recipient == c.Participant && d.Kind == string(kind) && fits(d) {
			n++
		}
	}
	return n
}

func anyDelivery(sim.Delivery) bool { return true }

func reactionIsDelivered(b *bench) {
	c := b.arrive(sim.Customer{})
	target := b.write(sim.Post{ConversationID: c.ID, Text: "it has arrived!"})
	on := func(d sim.Delivery) bool { return d.Target == string(target) }
	for i, emoji := range []string{"❤️", "🎉"} {
		result, err := b.send(c, inbox.Part{Kind: inbox.PartReaction, Target: target, Emoji: emoji})
		b.must(err)
		b.states(result, inbox.StateSent)
		n := b.ledger(c, inbox.PartReaction, func(d sim.Delivery) bool { return on(d) && d.Emoji == emoji })
		if all := len(b.sim.Deliveries()); n != 1 || all != i+1 {
			b.Errorf("%s was delivered %d times, in %d deliveries", emoji, n, all)
		}
	}
	result, err := b.send(c, inbox.Part{Kind: inbox.PartUnreaction, Target: target})
	b.must(err)
	b.states(result, inbox.StateSent)
	if n, all := b.ledger(c, inbox.PartUnreaction, on), len(b.sim.Deliveries()); n != 1 || all != 3 {
		b.Errorf("the removal was delivered %d times, in %d deliveries", n, all)
	}
}

func reactionToNothing(b *bench) {
	c := b.arrive(sim.Customer{})
	result, err := b.send(c, inbox.Part{Kind: inbox.PartReaction, Target: "m_404", Emoji: "❤️"})
	b.wants(err, inbox.Rejected, inbox.NotFound)
	b.states(result, inbox.StateFailed)
	if n := len(b.sim.Deliveries()); n != 0 {
		b.Errorf("%d deliveries", n)
	}
}

func reactionInDoubt(b *bench) {
	c := b.arrive(sim.Customer{})
	target := b.write(sim.Post{ConversationID: c.ID, Text: "it has arrived!"})
	b.fault("send:tear-after:once")
	result, err := b.send(c, inbox.Part{Kind: inbox.PartReaction, Target: target, Emoji: "❤️"})
	b.wants(err, inbox.Unavailable)
	b.states(result, inbox.StateUnknown)
	if n, sends := b.ledger(c, inbox.PartReaction, anyDelivery), b.requests("send"); n != 1 || sends != 1 {
		b.Errorf("delivered %d times in %d requests", n, sends)
	}
}

func heartIsDelivered(b *bench) {
	c := b.arrive(sim.Customer{})
	result, err := b.send(c, inbox.Part{Kind: inbox.PartHeart})
	b.must(err)
	b.states(result, inbox.StateSent)
	if n, all := b.ledger(c, inbox.PartHeart, anyDelivery), len(b.sim.Deliveries()); n != 1 || all != 1 {
		b.Errorf("delivered %d times, in %d deliveries", n, all)
	}
}

func postsAreShared(b *bench) {
	seen := map[string]bool{}
	var newest inbox.Post
	for cursor := ""; ; {
		page, err := b.provider.Posts(b.ctx(), cursor)
		b.must(err)
		for _, post := range page.Posts {
			if post.ID == "" || seen[post.ID] {
				b.Errorf("post %q is listed without an id, or again", post.ID)
			}
			seen[post.ID] = true
			if newest.At.Before(post.At) {
				newest = post
			}
		}
		if cursor = page.Cursor; cursor == "" {
			break
		}
		if len(seen) > maxPages {
			b.Fatal("the list of posts has no end")
		}
	}
	if newest.ID == "" {
		b.Fatal("no post is listed with its time")
	}
	c := b.arrive(sim.Customer{})
	result, err := b.send(c, inbox.Part{Kind: inbox.PartPost, Post: newest.ID})
	b.must(err)
	b.states(result, inbox.StateSent)
	if n := b.ledger(c, inbox.PartPost, func(d sim.Delivery) bool { return d.Post == newest.ID }); n != 1 {
		b.Errorf("delivered %d times", n)
	}
}

func unknownPost(b *bench) {
	b.refusedWith(b.arrive(sim.Customer{}), inbox.Rejected, inbox.Part{Kind: inbox.PartPost, Post: "404404404"})
}

func signalsArrive(b *bench) {
	c := b.arrive(sim.Customer{})
	before := b.sim.Conversations()
	for _, s := range []inbox.Signal{inbox.SignalTyping, inbox.SignalNotTyping, inbox.SignalSeen} {
		b.must(b.provider.Signal(b.ctx(), b.id(c), c.Participant, s))
	}
	if n := b.requests("signal"); n != 3 {
		b.Errorf("%d requests for 3 signals", n)
	}
	if n := len(b.sim.Deliveries()); n != 0 {
		b.Errorf("%d messages were delivered", n)
	}
	for i, now := range b.sim.Conversations() {
		if now.Messages != before[i].Messages {
			b.Errorf("conversation %s has %d messages, and had %d", now.ID, now.Messages, before[i].Messages)
		}
	}
}

// missingSignals gives all those that the provider says it cannot: each is
// refused as such, and no request leaves.
func missingSignals(b *bench) {
	c, can := b.arrive(sim.Customer{}), b.caps()
	for s, able := range map[inbox.Signal]inbox.Ability{inbox.SignalTyping: can.Typing, inbox.SignalSeen: can.Seen} {
		if !able.OK {
			b.wants(b.provider.Signal(b.ctx(), b.id(c), c.Participant, s), inbox.Unsupported)
		}
	}
	if n := len(b.sim.Requests()); n != 0 {
		b.Errorf("%d requests left", n)
	}
}
