package platformtest

import (
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"time"

	"parley/inbox"
	"parley/inbox/inboxtest"
	"parley/platforms"
	"parley/platforms/sim"
)

// One truth: the provider, its webhook, its feeds and the outbox all work for a
// real inbox, and however their words come in, its threads are what happened.

var truthCases = []testCase{
	{name: "an inbox shows what happened, whatever becomes of its webhooks", each: true, ticks: true, inbox: true, world: sim.Options{Conversations: 1, Messages: 1}, needs: []need{canHear}, run: oneTruth},
	{name: "an echo before the answer is the message that was sent", each: true, inbox: true, needs: []need{canHear}, run: echoIsEarly},
	{name: "an echo settles a send in doubt", each: true, inbox: true, needs: []need{canHear}, run: echoSettles},
	{name: "a key that dies keeps the queue, and one that returns empties it", each: true, inbox: true, needs: []need{canHear}, run: queueSurvives},
}

// How much happens, and how far apart: messages of one second have no order. All
// of it is four minutes, since a signature that is much older is refused.
const (
	truthSteps = 200
	readEvery  = 80 // steps
	lively     = 4  // messages
	tickTime   = 1200 * time.Millisecond
)

// now is the world's time in a case that ticks.
func (b *bench) now() time.Time { return b.begun.Add(time.Duration(b.tick.Load()) * tickTime) }

// openInbox runs a real inbox on the provider until the case ends.
func (b *bench) openInbox(p inbox.Provider) *inbox.Inbox {
	b.Helper()
	in, err := inbox.New(b.ctx(), inbox.Options{
		Store: inboxtest.NewStore(), Log: b.log(), Accounts: []inbox.Account{{ID: b.form.Account, Provider: p}},
	})
	b.must(err)
	_, err = in.Inspect(b.ctx(), b.form.Account) // so that it knows the world's clock
	b.must(err)
	b.background("inbox", in.Run)
	return in
}

// until waits for something to be true of the inbox; otherwise says what is.
func (b *bench) until(in *inbox.Inbox, done func() bool, otherwise func() string) {
	b.Helper()
	hints := in.Subscribe()
	defer hints.Close()
	ctx, cancel := context.WithTimeout(b.Context(), patience)
	defer cancel()
	for !done() {
		if _, ok := hints.Wait(ctx); !ok {
			b.Fatal(otherwise())
		}
	}
}

// sentBy waits until the outbox has sent an item, and returns its message. What
// was held back since something came in between, the agent tries again.
func (b *bench) sentBy(in *inbox.Inbox, id inbox.OutboxID) inbox.MessageID {
	b.Helper()
	var item inbox.OutboxItem
	b.until(in, func() bool {
		var err error
		item, err = in.OutboxItem(b.ctx(), id)
		b.must(err)
		if item.State() == inbox.StateFailed && item.Parts[0].AttemptedAt.IsZero() {
			b.must(in.Retry(b.ctx(), id))
		}
		return item.State() == inbox.StateSent
	}, func() string {
		return fmt.Sprintf("the item is %s, its part is %+v, and failed by %+v", item.State(), item.Parts[0], item.Parts[0].Error)
	})
	return item.Parts[0].MessageID
}

// greeted is an inbox in which one customer has said hello. It sends by the
// provider that is given, and is told by the bench's.
func (b *bench) greeted(p inbox.Provider, sink func(*inbox.Inbox) platforms.WebhookSink) (*inbox.Inbox, sim.Conversation) {
	b.Helper()
	in := b.openInbox(p)
	b.tellTo(sink(in))
	c := b.arrive(sim.Customer{})
	b.until(in, func() bool { return len(b.messagesIn(in, c)) == 1 }, func() string { return "the customer never came" })
	return in, c
}

// answer puts a text into the outbox.
func (b *bench) answer(in *inbox.Inbox, c sim.Conversation, says string) inbox.OutboxID {
	b.Helper()
	items, err := in.Send(b.ctx(), inbox.SendRequest{Composition: inbox.Composition{Conversation: b.id(c), Text: says}})
	b.must(err)
	return items[0].ID
}

// sentOnce checks that a text was delivered once, by one request, and is shown
// once.
func (b *bench) sentOnce(in *inbox.Inbox, c sim.Conversation, says string) {
	b.Helper()
	shown := 0
	for _, m := range b.messagesIn(in, c) {
		if m.Text == says && m.Direction == inbox.Sent {
			shown++
		}
	}
	if n, sends := b.delivered(c, says), b.requests("send"); n != 1 || sends != 1 || shown != 1 {
		b.Errorf("delivered %d times in %d requests, and shown %d times", n, sends, shown)
	}
}

// lateAnswers are a provider whose sends return when their echo has come in.
type lateAnswers struct {
	inbox.Provider
	echo *echoWatch
}

func (p lateAnswers) Send(ctx context.Context, out inbox.Outgoing) (inbox.SendResult, error) {
	result, err := p.Provider.Send(ctx, out)
	select {
	case <-p.echo.heard:
	case <-ctx.Done():
	}
	return result, err
}

// echoWatch notes when an inbox has taken in a message of ours.
type echoWatch struct {
	*inbox.Inbox
	once  sync.Once
	heard chan struct{}
}

func (w *echoWatch) Push(ctx context.Context, id inbox.AccountID, batches []inbox.Batch) (inbox.Ingested, error) {
	n, err := w.Inbox.Push(ctx, id, batches)
	for _, batch := range batches {
		if err == nil && slices.ContainsFunc(batch.Messages, func(m inbox.MessageFact) bool { return m.Message.Direction == inbox.Sent }) {
			w.once.Do(func() { close(w.heard) })
		}
	}
	return n, err
}

func echoIsEarly(b *bench) {
	watch := &echoWatch{heard: make(chan struct{})}
	in, c := b.greeted(lateAnswers{b.provider, watch}, func(in *inbox.Inbox) platforms.WebhookSink {
		watch.Inbox = in
		return watch
	})
	b.sentBy(in, b.answer(in, c, "sent once"))
	select {
	case <-watch.heard:
	case <-time.After(patience):
		b.Fatal("the echo never came")
	}
	b.sentOnce(in, c, "sent once")
}

func itself(in *inbox.Inbox) platforms.WebhookSink { return in }

func echoSettles(b *bench) {
	in, c := b.greeted(b.provider, itself)
	b.fault("send:tear-after:once")
	b.sentBy(in, b.answer(in, c, "in doubt"))
	b.sentOnce(in, c, "in doubt")
}

func queueSurvives(b *bench) {
	in, c := b.greeted(b.provider, itself)
	b.fault("send:expired-key")
	id := b.answer(in, c, "kept")
	var item inbox.OutboxItem
	b.until(in, func() bool {
		var err error
		item, err = in.OutboxItem(b.ctx(), id)
		b.must(err)
		return item.State() == inbox.StateQueued && item.Waiting != nil
	}, func() string { return fmt.Sprintf("the item is %+v", item) })
	if n := b.delivered(c, "kept"); n != 0 {
		b.Errorf("delivered %d times with a dead key", n)
	}
	b.sim.ClearFaults()
	b.sentBy(in, id)
	if n := b.delivered(c, "kept"); n != 1 {
		b.Errorf("delivered %d times", n)
	}
}

// line is a message of the world as an inbox must show it.
type line struct {
	id      string
	sent    bool
	text    string
	theirs  string // the customer's reaction
	ours    string
	unsent  bool
	settled bool // nothing more happens to it
}

func (l line) String() string {
	direction := inbox.Received
	if l.sent {
		direction = inbox.Sent
	}
	return fmt.Sprintf("%s %q theirs=%s ours=%s unsent=%t", direction, l.text, l.theirs, l.ours, l.unsent)
}

// thread is a conversation and all that happened in it, oldest first.
type thread struct {
	conversation sim.Conversation
	lines        []*line
}

// drama lets things happen by chance.
type drama struct {
	*bench
	in      *inbox.Inbox
	dice    *rand.Rand
	step    int
	threads []*thread
	marks   map[string]string // of the conversations, by the last read
}

func oneTruth(b *bench) {
	in := b.openInbox(b.provider)
	b.tellTo(in)
	d := &drama{bench: b, in: in, dice: rand.New(rand.NewPCG(3, 14)), marks: map[string]string{}}
	for _, says := range []string{"hello", "good evening"} {
		c := b.arrive(sim.Customer{Text: says})
		d.threads = append(d.threads, &thread{c, []*line{{text: says, settled: true}}})
		b.until(in, func() bool { return len(d.shown(c)) == 1 }, func() string { return "the customer never came" })
	}
	for _, fault := range []string{
		"hook:duplicate:0.2", "hook:reorder:0.2", "hook:delay=1ms..50ms:0.3", "hook:forge:0.2", "hook:unsigned:0.2",
	} {
		b.fault(fault)
	}
	for d.step = range truthSteps {
		b.tick.Add(1)
		d.live(d.threads[d.dice.IntN(len(d.threads))])
	}
	for _, t := range d.threads {
		want := t.want()
		b.until(in, func() bool { return slices.Equal(d.shown(t.conversation), want) }, func() string {
			got := d.shown(t.conversation)
			return fmt.Sprintf("%d lines are shown of %d; wrongly\n%s\ninstead of\n%s", len(got), len(want), missing(got, want), missing(want, got))
		})
	}
}

// want is what the inbox has to show.
func (t *thread) want() []string {
	var list []string
	for _, l := range t.lines {
		list = append(list, l.String())
	}
	return list
}

// missing are the lines that the other list does not have.
func missing(list, other []string) string {
	return strings.Join(slices.DeleteFunc(slices.Clone(list), func(s string) bool { return slices.Contains(other, s) }), "\n")
}

// shown is a conversation as the inbox has it, oldest first.
func (d *drama) shown(c sim.Conversation) []string {
	d.Helper()
	var list []string
	for _, m := range d.messagesIn(d.in, c) {
		l := line{sent: m.Direction == inbox.Sent, text: m.Text, unsent: m.Deleted}
		for _, r := range m.Reactions {
			if r.Mine {
				l.ours += r.Emoji
			} else {
				l.theirs += r.Emoji
			}
		}
		list = append(list, l.String())
	}
	return list
}

func (b *bench) messagesIn(in *inbox.Inbox, c sim.Conversation) []inbox.Message {
	b.Helper()
	t, err := in.Thread(b.ctx(), inbox.ThreadQuery{Conversation: b.id(c), Before: 10 * truthSteps})
	if inbox.KindOf(err) == inbox.NotFound {
		return nil
	}
	b.must(err)
	return t.Page.Messages
}

// sees tells that the message has come in by now: its webhook may be late.
func (d *drama) sees(t *thread, l *line) bool {
	return slices.ContainsFunc(d.messagesIn(d.in, t.conversation), func(m inbox.Message) bool { return string(m.ID) == l.id })
}

// live lets one thing happen: mostly to some message, if anything can happen to
// it.
func (d *drama) live(t *thread) {
	d.Helper()
	// One of the last few: so several things happen to one message.
	target := t.lines[len(t.lines)-1-d.dice.IntN(min(lively, len(t.lines)))]
	switch what := d.dice.IntN(80); {
	case d.step%readEvery == readEvery-1 && d.caps().History.OK:
		d.readNewest()
	case what < 10:
		d.sendOne(t)
	case what < 20 || target.settled:
		d.writeOne(t)
	case what < 40 && d.caps().Reactions.OK && d.sees(t, target):
		d.reactTo(t, target)
	case target.sent:
		target.theirs = d.emoji()
		d.did(d.sim.React(t.conversation.ID, target.id, target.theirs))
	case what < 72:
		target.text = fmt.Sprintf("line %d instead", d.step)
		d.did(d.sim.Edit(t.conversation.ID, target.id, target.text))
	default:
		target.text, target.theirs, target.ours, target.unsent, target.settled = "", "", "", true, true
		d.did(d.sim.Unsend(t.conversation.ID, target.id))
	}
}

// emoji is one of a few, or none: what was there is taken back.
func (d *drama) emoji() string { return []string{"👍", "🎉", ""}[d.dice.IntN(3)] }

// did fails the case when the world refuses.
func (d *drama) did(err error) {
	d.Helper()
	if err != nil {
		d.Fatal(err)
	}
}

// readNewest takes in a page of the feed, as the poller does in its time.
func (d *drama) readNewest() {
	d.Helper()
	mark := func(remoteID string) string { return d.marks[remoteID] }
	_, err := d.provider.Read(d.ctx(), inbox.ReadRequest{Feed: d.feed(), Mark: mark}, func(batch inbox.Batch) error {
		for _, c := range batch.Conversations {
			d.marks[c.RemoteID] = cmp.Or(c.Mark, d.marks[c.RemoteID])
		}
		_, err := d.in.Ingest(d.ctx(), batch)
		return err
	})
	d.must(err)
}

// sendOne lets an agent answer.
func (d *drama) sendOne(t *thread) {
	d.Helper()
	says := fmt.Sprintf("line %d", d.step)
	id := d.sentBy(d.in, d.answer(d.in, t.conversation, says))
	t.lines = append(t.lines, &line{id: string(id), sent: true, text: says, settled: id == ""})
}

// writeOne lets the customer write, or the shop from another tool.
func (d *drama) writeOne(t *thread) {
	d.Helper()
	says, sent := fmt.Sprintf("line %d", d.step), d.dice.IntN(3) == 0
	id := d.write(sim.Post{ConversationID: t.conversation.ID, Text: says, Sent: sent})
	t.lines = append(t.lines, &line{id: string(id), sent: sent, text: says, settled: sent && d.face.Nameless})
}

// reactTo lets an agent react to a message.
func (d *drama) reactTo(t *thread, target *line) {
	d.Helper()
	target.ours = d.emoji()
	item, err := d.in.Gesture(d.ctx(), inbox.Gesture{Conversation: d.id(t.conversation), Target: inbox.MessageID(target.id), Emoji: target.ours})
	d.must(err)
	d.sentBy(d.in, item.ID)
}
