package inbox_test

import (
	"context"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"parley/inbox"
	"parley/inbox/inboxtest"
)

// newLiveFixture has a provider that can do everything but archive.
func newLiveFixture(t *testing.T) *fixture {
	f := newFixture(t)
	caps := f.provider.Capacity[inbox.Instagram]
	caps.Reactions, caps.Stickers, caps.Posts, caps.Typing, caps.Seen = inbox.Can(), inbox.Can(), inbox.Can(), inbox.Can(), inbox.Can()
	caps.Window = inbox.WindowPolicy{Limited: true, Open: 24 * time.Hour, Late: 7 * 24 * time.Hour, Source: "test"}
	f.provider.Capacity[inbox.Instagram] = caps
	f.restart()
	return f
}

func (f *fixture) gesture(g inbox.Gesture) inbox.OutboxItem {
	f.t.Helper()
	g.Conversation = ann
	item, err := f.in.Gesture(context.Background(), g)
	if err != nil {
		f.t.Fatal(err)
	}
	return item
}

func (f *fixture) ownReactions(id inbox.MessageID) (emoji []string) {
	f.t.Helper()
	for _, m := range f.thread().Page.Messages {
		for _, r := range m.Reactions {
			if m.ID == id && r.Mine {
				emoji = append(emoji, r.Emoji)
			}
		}
	}
	return emoji
}

func TestAReactionShowsWhenItIsConfirmedAndCanBeTakenBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newLiveFixture(t)
		f.ingest(batch(received("m1", "hello", minutesAgo(3))))
		defer f.run()()
		for _, emoji := range []string{"❤️", "😆", "😆", "", ""} {
			item := f.gesture(inbox.Gesture{Target: "m1", Emoji: emoji})
			synctest.Wait()
			f.wantState(item.ID, inbox.StateSent)
			want := []string{emoji}
			if emoji == "" {
				want = nil
			}
			if got := f.ownReactions("m1"); !slices.Equal(got, want) {
				t.Errorf("after %q the message has %q", emoji, got)
			}
		}
		if got := f.texts(); !slices.Equal(got, []string{"hello"}) {
			t.Errorf("a reaction became a message: %q", got)
		}
		sends := f.provider.Sends()
		if p := sends[0].Parts[0]; p.Kind != inbox.PartReaction || p.Target != "m1" || p.Emoji != "❤️" {
			t.Errorf("sent %+v", p)
		}
		if p := sends[3].Parts[0]; p.Kind != inbox.PartUnreaction || p.Target != "m1" || p.Emoji != "" {
			t.Errorf("sent %+v", p)
		}
	})
}

func TestAReactionInDoubtIsNotRepeated(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newLiveFixture(t)
		f.ingest(batch(received("m1", "hello", minutesAgo(3))))
		f.provider.SendFunc = func(_ context.Context, out inbox.Outgoing) (inbox.SendResult, error) {
			return inboxtest.Refuse(out, inbox.StateUnknown, errTimeout)
		}
		defer f.run()()
		item := f.gesture(inbox.Gesture{Target: "m1", Emoji: "👍"})
		time.Sleep(time.Hour)
		f.wantState(item.ID, inbox.StateUnknown)
		if n, shown := len(f.provider.Sends()), f.ownReactions("m1"); n != 1 || shown != nil {
			t.Errorf("%d sends; the message shows %q", n, shown)
		}
		seen := received("m1", "hello", minutesAgo(3))
		seen.Message.Reactions = []inbox.Reaction{{UserID: "us", Emoji: "👍", Mine: true}}
		f.ingest(batch(seen))
		f.wantState(item.ID, inbox.StateSent)
	})
}

func TestHeartAndPostAreMessagesAndTheirEchoesAreThem(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newLiveFixture(t)
		f.ingest(batch(received("m1", "hello", minutesAgo(3))))
		defer f.run()()
		f.gesture(inbox.Gesture{Heart: true})
		f.gesture(inbox.Gesture{Post: &inbox.Post{ID: "1789", Permalink: "https://www.instagram.com/p/x/"}})
		synctest.Wait()
		messages := f.thread().Page.Messages
		if len(messages) != 3 || messages[1].Attachments[0].Type != "like_heart" || messages[2].Attachments[0].ID != "1789" {
			t.Fatalf("thread: %+v", messages)
		}
		heart, post := sent("other-1", "", time.Now()), sent("other-2", "", time.Now())
		heart.Message.Attachments = []inbox.Attachment{{Type: "like_heart"}}
		post.Message.Attachments = []inbox.Attachment{{Type: "share", URL: "https://cdn.example/p"}}
		f.ingest(batch(heart, post))
		if n := len(f.thread().Page.Messages); n != 3 {
			t.Errorf("the echoes made %d messages of 3", n)
		}
	})
}

func TestWhatAProviderCannotDoIsRefusedWithItsReason(t *testing.T) {
	f := newFixture(t)
	f.ingest(batch(received("m1", "hello", minutesAgo(3))))
	for name, g := range map[string]inbox.Gesture{
		"react": {Target: "m1", Emoji: "👍"}, "unreact": {Target: "m1"}, "heart": {Heart: true}, "post": {Post: &inbox.Post{ID: "1"}},
	} {
		g.Conversation = ann
		_, err := f.in.Gesture(t.Context(), g)
		if e := inbox.AsError(err); e == nil || e.Kind != inbox.Unsupported || e.Text != "this API has no such call" {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := f.in.Signal(t.Context(), ann, inbox.SignalTyping); inbox.KindOf(err) != inbox.Unsupported {
		t.Errorf("typing: %v", err)
	}
}

func TestLatePhaseIsForHumansOnly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newLiveFixture(t)
		f.ingest(batch(received("m1", "hello", minutesAgo(3))))
		time.Sleep(30 * time.Hour)
		defer f.run()()
		r := inbox.SendRequest{Composition: inbox.Composition{Conversation: ann, Text: "hi"}, Automated: true}
		if _, err := f.in.Send(t.Context(), r); inbox.KindOf(err) != inbox.WindowIsOver {
			t.Errorf("an automated answer: %v", err)
		}
		f.send("a human writes")
		synctest.Wait()
		if sends := f.provider.Sends(); len(sends) != 1 || !sends[0].Late {
			t.Errorf("sends: %+v", sends)
		}
	})
}

func TestAnywayLeavesAClosedWindowToTheProvider(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newLiveFixture(t)
		f.ingest(batch(received("m1", "hello", minutesAgo(3))))
		time.Sleep(8 * 24 * time.Hour)
		defer f.run()()
		r := inbox.SendRequest{Composition: inbox.Composition{Conversation: ann, Text: "sorry, late"}}
		if _, err := f.in.Send(t.Context(), r); inbox.KindOf(err) != inbox.WindowIsOver {
			t.Fatalf("without asking: %v", err)
		}
		r.Anyway = true
		items, err := f.in.Send(t.Context(), r)
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Minute)
		f.wantState(items[0].ID, inbox.StateSent)
		if sends := f.provider.Sends(); len(sends) != 1 || sends[0].Late {
			t.Errorf("sends: %+v", sends)
		}
	})
}

func TestAnywayHoldsForGesturesToo(t *testing.T) {
	for name, g := range map[string]inbox.Gesture{
		"react": {Target: "m1", Emoji: "👍"}, "unreact": {Target: "m1"}, "heart": {Heart: true}, "post": {Post: &inbox.Post{ID: "1"}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := newLiveFixture(t)
				f.ingest(batch(received("m1", "hello", minutesAgo(3))))
				time.Sleep(8 * 24 * time.Hour)
				defer f.run()()
				g.Conversation = ann
				_, refused := f.in.Gesture(t.Context(), g)
				_, same := f.in.Send(t.Context(), inbox.SendRequest{Composition: inbox.Composition{Conversation: ann, Text: "late"}})
				if inbox.KindOf(refused) != inbox.WindowIsOver || refused.Error() != same.Error() {
					t.Fatalf("without asking: %v; a text: %v", refused, same)
				}
				g.Anyway = true
				item := f.gesture(g)
				time.Sleep(time.Minute)
				f.wantState(item.ID, inbox.StateSent)
				if n := len(f.provider.Sends()); n != 1 {
					t.Errorf("%d sends", n)
				}
			})
		})
	}
}

// idless is an echo as chatt2me tells it: what was sent, and when.
func idless(text string, at time.Time) inbox.Batch {
	f := sent("", text, at)
	f.Message.SenderID, f.KnowsReactions = "", false
	return batch(f)
}

func TestAnEchoWithoutAnIDIsTheMessageThatItRepeats(t *testing.T) {
	for name, c := range map[string]struct {
		before, after bool // when the echo comes, seen from the answer
	}{"before the answer": {before: true}, "after it": {after: true}, "both": {true, true}} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := newLiveFixture(t)
				f.ingest(batch(received("m1", "hello", minutesAgo(3))))
				var echo inbox.Batch
				f.provider.SendFunc = func(_ context.Context, out inbox.Outgoing) (inbox.SendResult, error) {
					echo = idless(out.Parts[0].Text, time.Now())
					time.Sleep(time.Second)
					if c.before {
						f.ingest(echo)
					}
					return inboxtest.Confirm(out, "real-1"), nil
				}
				defer f.run()()
				item := f.send("hi")
				time.Sleep(5 * time.Second)
				synctest.Wait()
				if c.after {
					f.ingest(echo)
					f.ingest(echo)
				}
				f.wantState(item.ID, inbox.StateSent)
				messages := f.thread().Page.Messages
				if len(messages) != 2 || messages[1].ID != "real-1" || messages[1].Outbox != item.ID {
					t.Fatalf("thread: %+v", messages)
				}
				if c := f.conversation(); c.Messages != 2 || c.Last.ID != "real-1" {
					t.Errorf("conversation: %+v", c)
				}
				if id := f.item(item.ID).Parts[0].MessageID; id != "real-1" {
					t.Errorf("the outbox knows it as %q", id)
				}
				f.ingest(batch(sent("real-1", "hi", time.Now()))) // the platform's own echo, much later
				if n := len(f.thread().Page.Messages); n != 2 {
					t.Errorf("%d messages of 2", n)
				}
			})
		})
	}
}

func TestTwoEqualAnswersWithEchoesWithoutIDsStayTwo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newLiveFixture(t)
		f.ingest(batch(received("m1", "hello", minutesAgo(3))))
		var n atomic.Int32
		f.provider.SendFunc = func(_ context.Context, out inbox.Outgoing) (inbox.SendResult, error) {
			time.Sleep(time.Second)
			return inboxtest.Confirm(out, inbox.MessageID("real-"+string('0'+n.Add(1)))), nil
		}
		defer f.run()()
		f.send("ok")
		f.send("ok")
		time.Sleep(10 * time.Second)
		first, second := idless("ok", time.Now().Add(-9*time.Second)), idless("ok", time.Now().Add(-8*time.Second))
		other := idless("ok", time.Now()) // somebody said it in the app
		for range 2 {
			f.ingest(second)
			f.ingest(first)
			f.ingest(other)
		}
		if got := f.texts(); !slices.Equal(got, []string{"hello", "ok", "ok", "ok"}) {
			t.Errorf("thread is %q", got)
		}
	})
}

func TestTheRestOfATextWaitsForThePieceBefore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newLiveFixture(t)
		f.ingest(batch(received("m1", "hello", minutesAgo(3))))
		broken := &inbox.Error{Kind: inbox.Rejected, Text: "not this word"}
		f.provider.SendFunc = func(_ context.Context, out inbox.Outgoing) (inbox.SendResult, error) {
			return inboxtest.Refuse(out, inbox.StateFailed, broken)
		}
		defer f.run()()
		items, err := f.in.Send(t.Context(), inbox.SendRequest{
			Composition: inbox.Composition{Conversation: ann, Text: string(slices.Repeat([]byte("word "), 500))}, Split: true,
		})
		if err != nil || len(items) != 3 {
			t.Fatalf("%d pieces, %v", len(items), err)
		}
		time.Sleep(time.Minute)
		for _, item := range items {
			f.wantState(item.ID, inbox.StateFailed)
		}
		if n := len(f.provider.Sends()); n != 1 {
			t.Fatalf("%d requests: the rest of a text left without its beginning", n)
		}
		f.provider.SendFunc = nil
		for _, item := range items {
			if err := f.in.Retry(t.Context(), item.ID); err != nil {
				t.Fatal(err)
			}
		}
		time.Sleep(time.Minute)
		for _, item := range items {
			f.wantState(item.ID, inbox.StateSent)
		}
	})
}

func TestReadReceiptsAreSentOnlyWhereTheConfigAsks(t *testing.T) {
	for name, asks := range map[string]bool{"asked for": true, "not asked for": false} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := newLiveFixture(t)
				var signals atomic.Int32
				f.provider.SignalFunc = func(_ context.Context, id inbox.ConversationID, recipient string, s inbox.Signal) error {
					if id != ann || recipient != "ann" || s != inbox.SignalSeen {
						t.Errorf("signal %q to %q in %q", s, recipient, id)
					}
					signals.Add(1)
					return nil
				}
				in, err := inbox.New(t.Context(), inbox.Options{
					Store: f.store, Accounts: []inbox.Account{{ID: "acme", Provider: f.provider, MarkSeen: asks}},
				})
				if err != nil {
					t.Fatal(err)
				}
				f.in = in
				f.ingest(batch(received("m1", "hello", minutesAgo(3))))
				stop := f.run()
				for range 2 { // the second time there is nothing new to read
					if err := f.in.MarkRead(t.Context(), ann, f.conversation().LastArrival); err != nil {
						t.Fatal(err)
					}
					synctest.Wait()
				}
				stop()
				if n := signals.Load(); (n == 1) != asks {
					t.Errorf("%d receipts", n)
				}
			})
		})
	}
}

func TestTheSamePersonElsewhereIsRelated(t *testing.T) {
	f := newFixture(t)
	fact := func(remote, name, handle string) inbox.MessageFact {
		m := received("m-"+remote, "hello", minutesAgo(3))
		m.RemoteID, m.Peer = remote, inbox.Participant{ID: remote, Name: name, Username: handle}
		return m
	}
	b := batch(fact("t_ann", "Ann Lee", "ann.lee"))
	f.ingest(b)
	b = batch(fact("f_ann", "ann lee", "Ann.Lee"), fact("f_other", "Ann Lee", "ann.lee.1"), fact("f_namesake", "Anna", "ann.lee"))
	b.Platform = inbox.Facebook
	f.ingest(b)
	related, err := f.in.Related(t.Context(), f.conversation())
	if err != nil || len(related) != 1 || related[0].ID != "acme/facebook/f_ann" {
		t.Errorf("related: %+v, %v", related, err)
	}
}

// The answer to a request is the newest word on our own reaction, whatever its
// clock says; what webhooks repeat of before changes nothing.
func TestTheLastTapCounts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newLiveFixture(t)
		f.ingest(batch(received("m1", "hello", minutesAgo(3))))
		f.provider.SendFunc = func(_ context.Context, out inbox.Outgoing) (inbox.SendResult, error) {
			res := inboxtest.Confirm(out, "")
			res.ServerTime = time.Now().Add(-time.Second) // whole seconds
			return res, nil
		}
		defer f.run()()
		for _, taps := range [][]string{{"👍"}, {"👍", "", "👍"}, {"❤️", "👍"}, {"", "❤️"}, {"👍", ""}, {""}, {"", "👍", ""}} {
			seen := batch(received("m1", "hello", minutesAgo(3)))
			seen.Messages[0].Message.Reactions = []inbox.Reaction{{UserID: "ann", Emoji: "😮"}}
			f.ingest(seen)
			var last string
			for _, emoji := range taps {
				f.gesture(inbox.Gesture{Target: "m1", Emoji: emoji})
				last = emoji
			}
			synctest.Wait()
			for range 2 {
				for i, emoji := range append(slices.Clone(taps), "😆") { // echoes of before
					ev := reaction("m1", "us", emoji, time.Now().Add(time.Duration(i)*time.Millisecond-2*time.Second))
					ev.Mine = true
					f.push(told(ev))
				}
			}
			if got := strings.Join(f.ownReactions("m1"), " "); got != last {
				t.Errorf("after %q the message has %q", taps, got)
			}
			time.Sleep(time.Minute)
		}
	})
}

func TestALaterTapEndsTheDoubtAboutAnEarlierOne(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newLiveFixture(t)
		f.ingest(batch(received("m1", "hello", minutesAgo(3)), received("m2", "hello?", minutesAgo(2))))
		var answer atomic.Value
		f.provider.SendFunc = func(_ context.Context, out inbox.Outgoing) (inbox.SendResult, error) {
			if state := answer.Load().(inbox.State); state != inbox.StateSent {
				return inboxtest.Refuse(out, state, errTimeout)
			}
			return inboxtest.Confirm(out, ""), nil
		}
		defer f.run()()
		tap := func(target inbox.MessageID, emoji string) inbox.OutboxItem {
			item := f.gesture(inbox.Gesture{Target: target, Emoji: emoji})
			time.Sleep(5 * time.Second)
			return item
		}
		answer.Store(inbox.StateUnknown)
		tap("m1", "👍")
		other := tap("m2", "👍")
		answer.Store(inbox.StateFailed)
		tap("m1", "")
		answer.Store(inbox.StateSent)
		tap("m1", "❤️")
		left, err := f.in.Outbox(t.Context(), false)
		if err != nil || len(left) != 1 || left[0].ID != other.ID {
			t.Errorf("in the outbox: %+v, %v", left, err)
		}
		if got := f.ownReactions("m1"); !slices.Equal(got, []string{"❤️"}) {
			t.Errorf("the message has %q", got)
		}
		if c := f.conversation(); c.Outbox != (inbox.OutboxCounts{Unknown: 1}) {
			t.Errorf("counted: %+v", c.Outbox)
		}
	})
}
