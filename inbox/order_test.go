package inbox_test

import (
	"fmt"
	"reflect"
	"testing"
	"time"

	"parley/inbox"

	"pgregory.net/rapid"
)

// Whatever webhooks and reads tell, each permutation of it, with any part
// repeated, cut into calls anyhow, ends in the same thread. The times are few, so
// that much is told of the same instant: many platforms tell whole seconds.
func TestAnyOrderOfAnyEventsEndsInTheSameThread(t *testing.T) {
	base := minutesAgo(60).Truncate(time.Minute)
	rapid.Check(t, func(rt *rapid.T) {
		messages := rapid.IntRange(1, 3).Draw(rt, "messages")
		var told []inbox.Batch
		for i := range messages {
			told = append(told, tellings(rt, base.Add(time.Duration(i)*time.Minute), i)...)
		}
		for i := range rapid.IntRange(0, 8).Draw(rt, "events") {
			told = append(told, batch())
			told[len(told)-1].Events = []inbox.EventFact{anyEvent(rt, base.Add(10*time.Minute), messages, i)}
		}
		order := rapid.Permutation(append(told, rapid.SliceOfN(rapid.SampledFrom(told), 0, len(told)).Draw(rt, "again")...)).Draw(rt, "order")
		want, got := threadOf(t, rt, told), threadOf(t, rt, order)
		if !reflect.DeepEqual(got, want) {
			for i := range min(len(got.Page.Messages), len(want.Page.Messages)) {
				if g, w := got.Page.Messages[i], want.Page.Messages[i]; !reflect.DeepEqual(g, w) {
					rt.Errorf("message\n%+v, want\n%+v", g, w)
				}
			}
			rt.Fatalf("got\n%+v, want\n%+v", got.Conversation, want.Conversation)
		}
	})
}

// tellings are what is told of a message: by webhook, in whole seconds; perhaps
// by a read, more finely.
func tellings(rt *rapid.T, at time.Time, i int) []inbox.Batch {
	m := received(fmt.Sprint("m", i), fmt.Sprint("text ", i), at)
	if rapid.Bool().Draw(rt, "ours") {
		m = sent(fmt.Sprint("m", i), fmt.Sprint("text ", i), at)
	}
	out := []inbox.Batch{batch(pushed(m))}
	out[0].Pushed = true
	if rapid.Bool().Draw(rt, "read") {
		m.KnowsReactions, m.AsOf = false, at.Add(30*time.Minute)
		m.Message.CreatedAt = at.Add(437 * time.Millisecond)
		out = append(out, batch(m))
	}
	return out
}

func anyEvent(rt *rapid.T, from time.Time, messages, i int) inbox.EventFact {
	kinds := []inbox.EventKind{
		inbox.EventReaction, inbox.EventReaction, inbox.EventReaction, inbox.EventUnreaction, inbox.EventUnreaction,
		inbox.EventEdit, inbox.EventEdit, inbox.EventRead, inbox.EventUnsend, inbox.EventAnnounced,
	}
	ev := event(rapid.SampledFrom(kinds).Draw(rt, "kind"), fmt.Sprint("m", rapid.IntRange(0, messages-1).Draw(rt, "message")),
		from.Add(time.Duration(rapid.IntRange(0, 3).Draw(rt, "at"))*time.Second))
	switch ev.Kind {
	case inbox.EventReaction, inbox.EventUnreaction:
		ev.UserID = rapid.SampledFrom([]string{"ann", "eve", "us"}).Draw(rt, "user")
		ev.Mine = ev.UserID == "us"
	case inbox.EventEdit:
		ev.Text = fmt.Sprint("edit ", i)
		if message := int(ev.Message[1]); message%2 == 0 { // told of some: it grows with the time
			ev.Edits = 1 + 2*int(ev.At.Sub(from)/time.Second) + rapid.IntRange(0, 1).Draw(rt, "edits")
		}
	}
	if ev.Kind == inbox.EventReaction {
		ev.Emoji = rapid.SampledFrom([]string{"👍", "❤️", "😮"}).Draw(rt, "emoji")
	}
	return ev
}

// threadOf stores all of it, in calls of some at a time.
func threadOf(t *testing.T, rt *rapid.T, told []inbox.Batch) inbox.Thread {
	f := newFixture(t)
	for left := told; len(left) > 0; {
		n := rapid.IntRange(1, len(left)).Draw(rt, "call")
		for _, b := range left[:n] {
			if !b.Pushed && len(b.Messages) > 0 { // a read
				f.ingest(b)
			}
		}
		var calls []inbox.Batch
		for _, b := range left[:n] {
			if b.Pushed || len(b.Messages) == 0 {
				calls = append(calls, b)
			}
		}
		if len(calls) > 0 {
			f.push(calls...)
		}
		left = left[n:]
	}
	if left := f.waiting(); len(left) > 0 {
		rt.Errorf("something still waits for %v", left)
	}
	return settled(f.thread())
}
