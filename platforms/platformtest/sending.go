package platformtest

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"parley/inbox"
	"parley/platforms/sim"
)

// Sending is judged by the simulator's ledger: what reached the customer, and
// how often.

const (
	goodPicture   = "https://img.example/shop/wren.jpg"
	otherPicture  = "https://img.example/shop/heron.png"
	brokenPicture = "https://broken.example/gone.jpg"
)

func text(s string) inbox.Part { return inbox.Part{Kind: inbox.PartText, Text: s} }

func image(url string) inbox.Part { return inbox.Part{Kind: inbox.PartImage, URL: url} }

// send sends parts to the conversation's customer.
func (b *bench) send(c sim.Conversation, parts ...inbox.Part) (inbox.SendResult, error) {
	b.Helper()
	return b.sendBy(b.ctx(), c, parts...)
}

func (b *bench) sendBy(ctx context.Context, c sim.Conversation, parts ...inbox.Part) (inbox.SendResult, error) {
	b.Helper()
	return b.sendOut(ctx, c, inbox.Outgoing{Parts: parts})
}

// sendOut fills in whom it is for.
func (b *bench) sendOut(ctx context.Context, c sim.Conversation, out inbox.Outgoing) (inbox.SendResult, error) {
	b.Helper()
	out.Conversation, out.Recipient = b.id(c), c.Participant
	parts := out.Parts
	result, err := b.provider.Send(ctx, out)
	b.heard(err)
	if len(result.Parts) != len(parts) {
		b.Fatalf("%d results for %d parts", len(result.Parts), len(parts))
	}
	for _, p := range result.Parts {
		if p.Err != nil {
			b.heard(p.Err)
		}
		if p.State != inbox.StateSent && p.Err == nil {
			b.Errorf("a part is %s and nobody says why", p.State)
		}
	}
	return result, err
}

// delivered counts what reached the customer.
func (b *bench) delivered(c sim.Conversation, textOrURL string) int {
	n := 0
	for _, d := range b.sim.Deliveries() {
		if d.Recipient == c.Participant && (d.Text == textOrURL || d.MediaURL == textOrURL) {
			n++
		}
	}
	return n
}

// states checks the state of each part.
func (b *bench) states(result inbox.SendResult, want ...inbox.State) {
	b.Helper()
	for i, p := range result.Parts {
		if p.State != want[i] {
			b.Errorf("part %d is %q, wanted %q (%v)", i, p.State, want[i], p.Err)
		}
	}
}

// takesMedia says whether pictures can be sent, and takesSeveral several.
func takesMedia(c inbox.Capabilities) inbox.Ability {
	if c.MaxMedia < 1 {
		return inbox.Cannot("the provider sends no media here")
	}
	return inbox.Can()
}

func takesSeveral(c inbox.Capabilities) inbox.Ability {
	if c.MaxMedia < 2 {
		return inbox.Cannot("the provider sends at most one medium here")
	}
	return inbox.Can()
}

func takesMediaAlone(c inbox.Capabilities) inbox.Ability {
	if c.TextRequired {
		return inbox.Cannot("a message needs text here")
	}
	return takesMedia(c)
}

func hasWindow(c inbox.Capabilities) inbox.Ability {
	if !c.Window.Limited {
		return inbox.Cannot("the platform has no reply window")
	}
	return inbox.Can()
}

func hasLate(c inbox.Capabilities) inbox.Ability {
	if c.Window.Late <= c.Window.Open {
		return inbox.Cannot("the platform has no time that is for human agents only")
	}
	return inbox.Can()
}

var sendingCases = []testCase{
	{name: "a text is delivered once and found again", each: true, run: textIsDelivered},
	{name: "a picture is delivered", each: true, needs: []need{takesMediaAlone}, run: pictureIsDelivered},
	{name: "text and picture are delivered", each: true, needs: []need{takesMedia}, run: bothAreDelivered},
	{name: "several pictures are delivered", each: true, needs: []need{takesSeveral}, run: severalAreDelivered},
	{name: "every part of a partial failure has its own state", each: true, needs: []need{takesSeveral}, run: partialFailure},
	{name: "a broken picture fails", each: true, needs: []need{takesMediaAlone}, run: brokenPictureFails},
	{name: "an unknown customer is refused", each: true, run: unknownCustomer},
	{name: "a closed window is refused as such", each: true, needs: []need{hasWindow}, run: closedWindow},
	{name: "a human agent answers late", each: true, needs: []need{hasLate}, run: lateAnswer},
	{name: "a human agent who was not approved is told so", each: true, unapproved: true, needs: []need{hasLate}, run: lateUnapproved},
	{name: "pictures that are not taken together go one by one", each: true, world: sim.Options{SingleImages: true}, needs: []need{takesSeveral}, run: picturesOneByOne},
	{name: "a conversation cannot be opened by us", each: true, run: coldConversation},
	{name: "a text that is too long is refused", each: true, run: tooLong},
	{name: "the longest text is delivered", each: true, run: longestText},
	{name: "an empty message is refused", each: true, run: emptyMessage},
	{name: "thread control is told as such", each: true, needs: []need{hasWindow}, run: threadControl},
	{name: "the monthly limit is told", each: true, world: sim.Options{Conversations: 3, Messages: 3, ConversationLimit: 1}, run: monthlyLimit},
	{name: "what may have been delivered is unknown, and never sent again", each: true, run: doubtIsUnknown},
	{name: "doubt covers every part", each: true, needs: []need{takesMedia}, run: doubtCoversEveryPart},
	{name: "what certainly did not leave stays queued", each: true, run: nothingLeft},
	{name: "too many requests keep the queue", each: true, run: rateLimited},
	{name: "ids and texts with any characters arrive", each: true, run: anyCharacters},
	{name: "many sends at once each reach their customer", each: true, world: sim.Options{Conversations: 1, Messages: 1}, run: manyAtOnce},
}

func textIsDelivered(b *bench) {
	c := b.arrive(sim.Customer{})
	result, err := b.send(c, text("On its way! 📦"))
	b.must(err)
	b.states(result, inbox.StateSent)
	if n := b.delivered(c, "On its way! 📦"); n != 1 {
		b.Errorf("delivered %d times", n)
	}
	if off := time.Since(result.ServerTime).Abs(); off > time.Minute {
		b.Errorf("the server's time is told as %v", result.ServerTime)
	}
	m := b.told(c, result.Parts[0].MessageID, "On its way! 📦")
	if m.Message.Direction != inbox.Sent || m.Message.Text != "On its way! 📦" || m.RemoteID != b.remote(c) {
		b.Errorf("message %q is read as %+v", result.Parts[0].MessageID, m)
	}
}

func pictureIsDelivered(b *bench) {
	c := b.arrive(sim.Customer{})
	result, err := b.send(c, image(goodPicture))
	b.must(err)
	b.states(result, inbox.StateSent)
	if n := b.delivered(c, goodPicture); n != 1 || result.Parts[0].MessageID == "" {
		b.Errorf("delivered %d times, as %q", n, result.Parts[0].MessageID)
	}
}

func bothAreDelivered(b *bench) {
	c := b.arrive(sim.Customer{})
	result, err := b.send(c, text("like this"), image(goodPicture))
	b.must(err)
	b.states(result, inbox.StateSent, inbox.StateSent)
	if n, m := b.delivered(c, "like this"), b.delivered(c, goodPicture); n != 1 || m != 1 {
		b.Errorf("the text was delivered %d times, the picture %d times", n, m)
	}
}

func severalAreDelivered(b *bench) {
	c := b.arrive(sim.Customer{})
	result, err := b.send(c, text("two of them"), image(goodPicture), image(otherPicture))
	b.must(err)
	b.states(result, inbox.StateSent, inbox.StateSent, inbox.StateSent)
	for i, p := range result.Parts {
		if p.MessageID == "" {
			continue // not told is allowed; told wrongly is not
		}
		m := b.told(c, p.MessageID, []string{"two of them", goodPicture, otherPicture}[i]).Message
		if i == 0 && m.Text != "two of them" || i > 0 && (len(m.Attachments) == 0 || !b.face.Sparse && m.Attachments[0].URL != []string{goodPicture, otherPicture}[i-1]) {
			b.Errorf("part %d is said to be message %q, which is %+v", i, p.MessageID, m)
		}
	}
}

func partialFailure(b *bench) {
	c := b.arrive(sim.Customer{})
	result, err := b.send(c, text("see here"), image(brokenPicture), image(goodPicture))
	b.heard(err)
	other, arrives := inbox.StateSent, 1
	if b.face.Together { // … and share their fate
		other, arrives = inbox.StateFailed, 0
	}
	b.states(result, inbox.StateSent, inbox.StateFailed, other)
	if b.delivered(c, "see here") != 1 || b.delivered(c, goodPicture) != arrives || b.delivered(c, brokenPicture) != 0 {
		b.Errorf("the ledger has %+v", b.sim.Deliveries())
	}
	if e := result.Parts[1].Err; e == nil || e.Kind != inbox.Rejected || e.Text == "" {
		b.Errorf("the broken part says %+v", e)
	}
}

// refusedWith sends and expects a refusal: nothing delivered, the parts failed.
func (b *bench) refusedWith(c sim.Conversation, kind inbox.Kind, parts ...inbox.Part) *inbox.Error {
	b.Helper()
	before := len(b.sim.Deliveries())
	result, err := b.send(c, parts...)
	e := b.wants(err, kind)
	if e.Delivery != inbox.NotDelivered {
		b.Errorf("a refusal leaves doubt: %q", e.Delivery)
	}
	for i, p := range result.Parts {
		if p.State != inbox.StateFailed {
			b.Errorf("part %d is %q after a refusal", i, p.State)
		}
	}
	if n := len(b.sim.Deliveries()) - before; n != 0 {
		b.Errorf("%d messages were delivered in spite of a refusal", n)
	}
	return e
}

func brokenPictureFails(b *bench) {
	b.refusedWith(b.arrive(sim.Customer{}), inbox.Rejected, image(brokenPicture))
}

func unknownCustomer(b *bench) {
	c := b.arrive(sim.Customer{})
	c.Participant = "4040404040"
	b.refusedWith(c, cmp.Or(b.face.Refusals.Nobody, inbox.NotFound), text("anybody?"))
}

func closedWindow(b *bench) {
	w := b.caps().Window
	old := time.Now().Add(-max(w.Open, w.Late) - time.Hour)
	e := b.refusedWith(b.arrive(sim.Customer{At: old}), inbox.WindowIsOver, text("too late"))
	if e.Hint == "" {
		b.Error("the agent is not told what to do about it")
	}
	almost := time.Now().Add(-max(w.Open, w.Late) + time.Hour)
	result, err := b.sendOut(b.ctx(), b.arrive(sim.Customer{At: almost}), inbox.Outgoing{Late: w.Late > w.Open, Parts: []inbox.Part{text("just in time")}})
	b.must(err)
	b.states(result, inbox.StateSent)
}

// lateCustomer wrote when the time of all answers had just passed.
func (b *bench) lateCustomer() sim.Conversation {
	b.Helper()
	return b.arrive(sim.Customer{At: time.Now().Add(-b.caps().Window.Open - time.Hour)})
}

func lateAnswer(b *bench) {
	c := b.lateCustomer()
	result, err := b.sendOut(b.ctx(), c, inbox.Outgoing{Late: true, Parts: []inbox.Part{text("still here")}})
	b.must(err)
	b.states(result, inbox.StateSent)
	if n := b.delivered(c, "still here"); n != 1 {
		b.Errorf("delivered %d times", n)
	}
}

func lateUnapproved(b *bench) {
	if !b.face.World.HumanAgent {
		b.Skip("the API asks for no approval")
	}
	c := b.lateCustomer()
	result, err := b.sendOut(b.ctx(), c, inbox.Outgoing{Late: true, Parts: []inbox.Part{text("still here")}})
	if e := b.wants(err, inbox.WindowIsOver, inbox.Rejected, inbox.Unsupported); e.Hint == "" || e.Delivery != inbox.NotDelivered {
		b.Errorf("told as %+v", e)
	}
	b.states(result, inbox.StateFailed)
	if n := len(b.sim.Deliveries()); n != 0 {
		b.Errorf("%d messages were delivered", n)
	}
}

// picturesOneByOne sends twice: what was refused once is not tried again.
func picturesOneByOne(b *bench) {
	if !b.face.Together {
		b.Skip("the API takes no pictures together")
	}
	c := b.arrive(sim.Customer{})
	for i, requests := range []int{3, 2} {
		before := b.requests("send")
		result, err := b.send(c, image(goodPicture), image(otherPicture))
		b.must(err)
		b.states(result, inbox.StateSent, inbox.StateSent)
		if n := b.requests("send") - before; n != requests {
			b.Errorf("send %d: %d requests, wanted %d", i, n, requests)
		}
		if n, m := b.delivered(c, goodPicture), b.delivered(c, otherPicture); n != i+1 || m != i+1 {
			b.Errorf("send %d: the pictures were delivered %d and %d times", i, n, m)
		}
	}
}

func coldConversation(b *bench) {
	b.refusedWith(b.arrive(sim.Customer{Text: "You left something in your basket", Cold: true}), cmp.Or(b.face.Refusals.Cold, inbox.Rejected), text("hello?"))
}

func (b *bench) longest() string {
	limit := b.caps().Text
	if limit.Max == 0 {
		b.Skip("no limit is known")
	}
	return strings.Repeat("x", limit.Max)
}

func tooLong(b *bench) {
	b.refusedWith(b.arrive(sim.Customer{}), inbox.Rejected, text(b.longest()+"é"))
}

func longestText(b *bench) {
	c := b.arrive(sim.Customer{})
	long := b.longest()
	result, err := b.send(c, text(long))
	b.must(err)
	b.states(result, inbox.StateSent)
	if b.delivered(c, long) != 1 {
		b.Error("it was not delivered as it is")
	}
}

func emptyMessage(b *bench) {
	b.refusedWith(b.arrive(sim.Customer{}), inbox.Rejected, text(""))
}

func threadControl(b *bench) {
	c := b.arrive(sim.Customer{})
	if err := b.sim.TakeThread(c.ID, true); err != nil {
		b.Fatal(err)
	}
	e := b.refusedWith(c, inbox.ThreadControl, text("mine?"))
	if !strings.Contains(strings.ToLower(e.Text), "another app is controlling this thread") || e.Hint == "" {
		b.Errorf("the agent is told %q, and to do %q", e.Text, e.Hint)
	}
	if err := b.sim.TakeThread(c.ID, false); err != nil {
		b.Fatal(err)
	}
	result, err := b.send(c, text("mine!"))
	b.must(err)
	b.states(result, inbox.StateSent)
}

func monthlyLimit(b *bench) {
	if !b.face.Monthly {
		b.Skip("the API does not count conversations")
	}
	e := b.refusedWith(b.arrive(sim.Customer{}), inbox.Rejected, text("one too many"))
	if !strings.Contains(e.Text, "1") {
		b.Errorf("the limit is not named: %q", e.Text)
	}
}

// doubts are all that can happen to a send after it has left, and whether it
// arrives all the same. A client cannot tell one from the other.
var doubts = []struct {
	fault   string
	arrives int
}{
	{"tear-before", 0}, {"tear-after", 1}, {"hang", 0}, {"hang-after", 1},
	{"cut", 1}, {"html", 0}, {"html=502", 0},
	{"500", 0}, {"502", 0}, {"503", 0}, {"504", 0},
	{"500-after", 1}, {"502-after", 1}, {"503-after", 1}, {"504-after", 1},
}

func doubtIsUnknown(b *bench) {
	for _, doubt := range doubts {
		b.sub(doubt.fault, func(b *bench) { oneDoubt(b, doubt.fault, doubt.arrives) })
	}
}

func oneDoubt(b *bench, fault string, arrives int) {
	c := b.arrive(sim.Customer{})
	// A first send leaves an open connection: HTTP clients like to repeat by
	// themselves what fails on one.
	_, err := b.send(c, text("first"))
	b.must(err)
	before := b.requests("send")
	b.fault("send:" + fault + ":once")
	ctx, cancel := context.WithTimeout(b.Context(), patience)
	defer cancel()
	if strings.HasPrefix(fault, "hang") {
		var leaving sync.WaitGroup
		defer leaving.Wait()
		defer cancel()
		leaving.Go(func() { // once the request is there, and has taken effect if it does
			for ctx.Err() == nil && (b.requests("send") == before || b.delivered(c, fault) < arrives) {
				time.Sleep(10 * time.Millisecond)
			}
			cancel()
		})
	}
	result, err := b.sendBy(ctx, c, text(fault))
	if e := b.wants(err, inbox.Unavailable); e.Delivery != inbox.DeliveryUnknown {
		b.Errorf("the error says %q of the delivery: %v", e.Delivery, e)
	}
	b.states(result, inbox.StateUnknown)
	if n := b.requests("send") - before; n != 1 {
		b.Errorf("it was sent %d times", n)
	}
	if n := b.delivered(c, fault); n != arrives {
		b.Errorf("it was delivered %d times, and should have been %d times", n, arrives)
	}
}

func doubtCoversEveryPart(b *bench) {
	for _, doubt := range doubts {
		if strings.HasPrefix(doubt.fault, "hang") {
			continue // as a tear, and slow
		}
		b.sub(doubt.fault, func(b *bench) {
			c := b.arrive(sim.Customer{})
			b.fault("send:" + doubt.fault + ":once")
			result, err := b.send(c, text("look"), image(goodPicture))
			b.wants(err, inbox.Unavailable)
			second, arrives := inbox.StateUnknown, doubt.arrives
			if b.face.Apart { // the second request does not leave: who is in doubt asks first
				second, arrives = inbox.StateQueued, 0
			}
			b.states(result, inbox.StateUnknown, second)
			if t, p := b.delivered(c, "look"), b.delivered(c, goodPicture); t != doubt.arrives || p != arrives {
				b.Errorf("text and picture were delivered %d and %d times, and should have been %d times", t, p, doubt.arrives)
			}
		})
	}
}

func nothingLeft(b *bench) {
	c := b.arrive(sim.Customer{})
	b.sim.Close()
	result, err := b.send(c, text("nobody listens"))
	b.wants(err, inbox.Unavailable)
	b.states(result, inbox.StateQueued)
}

func rateLimited(b *bench) {
	c := b.arrive(sim.Customer{})
	b.fault("send:429=7s:once")
	result, err := b.send(c, text("patience"))
	if e := b.wants(err, inbox.RateLimited); b.face.Waits && e.RetryAfter != 7*time.Second {
		b.Errorf("wait %v, and 7 s were told", e.RetryAfter)
	}
	b.states(result, inbox.StateQueued)
	if !b.face.Waits {
		if n, sends := b.delivered(c, "patience"), b.requests("send"); n != 0 || sends != 1 {
			b.Errorf("delivered %d times in %d requests", n, sends)
		}
		return // the provider makes a pause of its own
	}
	b.fault("send:429:once")
	result, err = b.send(c, text("patience"))
	b.wants(err, inbox.RateLimited)
	b.states(result, inbox.StateQueued)
	result, err = b.send(c, text("patience"))
	b.must(err)
	b.states(result, inbox.StateSent)
	if n, sends := b.delivered(c, "patience"), b.requests("send"); n != 1 || sends != 3 {
		b.Errorf("delivered %d times in %d requests", n, sends)
	}
}

func anyCharacters(b *bench) {
	says := "\"quotes\" \\ </script> & \t 100% é 日本 🏳️‍🌈\nand\n\nlines \u2028 end"
	var strange sim.Customer
	if b.face.Remote == nil { // otherwise the API's own ids never leave the provider's hands
		strange.ConversationID = "t/1?a=b&c#d %2F ..é" + string(b.platform)
	}
	c := b.arrive(strange)
	result, err := b.send(c, text(says))
	b.must(err)
	b.states(result, inbox.StateSent)
	if b.delivered(c, says) != 1 {
		b.Errorf("delivered: %#v", b.sim.Deliveries())
	}
	if b.caps().History.OK {
		got := newFacts(b)
		b.readFeed(got, inbox.ReadRequest{Feed: b.feed(), Conversation: b.remote(c)})
		if len(got.of(c)) != 2 {
			b.Errorf("read %d messages of 2", len(got.of(c)))
		}
	}
	if can := b.caps().Archive; can.OK {
		b.must(b.provider.SetArchived(b.ctx(), b.id(c), true))
	}
}

func manyAtOnce(b *bench) {
	const customers = 20
	var group sync.WaitGroup
	threads := make([]sim.Conversation, customers)
	for i := range threads {
		threads[i] = b.arrive(sim.Customer{})
	}
	for i, c := range threads {
		group.Go(func() {
			_, err := b.provider.Send(b.ctx(), inbox.Outgoing{
				Conversation: b.id(c), Recipient: c.Participant, Parts: []inbox.Part{text(fmt.Sprintf("for %d", i))},
			})
			if err != nil {
				b.Errorf("send %d: %v", i, err)
			}
		})
	}
	group.Wait()
	for i, c := range threads {
		if n := b.delivered(c, fmt.Sprintf("for %d", i)); n != 1 {
			b.Errorf("customer %d got their message %d times", i, n)
		}
	}
	if n := len(b.sim.Deliveries()); n != customers {
		b.Errorf("%d messages were delivered to %d customers", n, customers)
	}
}
