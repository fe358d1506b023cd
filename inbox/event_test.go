package inbox_test

import (
	"context"
	"encoding/json"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"parley/inbox"
	"parley/inbox/inboxtest"
)

// told is a batch with events of Ann's conversation.
func told(events ...inbox.EventFact) inbox.Batch {
	b := batch()
	b.Events = events
	return b
}

func event(kind inbox.EventKind, message string, at time.Time) inbox.EventFact {
	return inbox.EventFact{Kind: kind, RemoteID: "t_ann", Message: inbox.MessageID(message), At: at}
}

func reaction(message, user, emoji string, at time.Time) inbox.EventFact {
	ev := event(inbox.EventReaction, message, at)
	if ev.UserID, ev.Emoji = user, emoji; emoji == "" {
		ev.Kind = inbox.EventUnreaction
	}
	return ev
}

func edited(message, text string, at time.Time, edits int) inbox.EventFact {
	ev := event(inbox.EventEdit, message, at)
	ev.Text, ev.Edits = text, edits
	return ev
}

// pushed is what a webhook tells of a message: what it was when it was written,
// and nothing of its reactions.
func pushed(f inbox.MessageFact) inbox.MessageFact {
	f.AsOf, f.KnowsReactions = f.Message.CreatedAt, false
	return f
}

func (f *fixture) push(batches ...inbox.Batch) inbox.Ingested {
	f.t.Helper()
	n, err := f.in.Push(f.t.Context(), "acme", batches)
	if err != nil {
		f.t.Fatal(err)
	}
	return n
}

func (f *fixture) message(id string) inbox.Message {
	f.t.Helper()
	for _, m := range f.thread().Page.Messages {
		if m.ID == inbox.MessageID(id) {
			return m
		}
	}
	f.t.Fatalf("there is no message %s", id)
	return inbox.Message{}
}

func (f *fixture) emojis(id string) string {
	f.t.Helper()
	var all []string
	for _, r := range f.message(id).Reactions {
		all = append(all, r.UserID+r.Emoji)
	}
	return strings.Join(all, " ")
}

func (f *fixture) waiting() (keys []inbox.WaitKey) {
	f.t.Helper()
	err := f.store.View(f.t.Context(), func(r inbox.Reader) (err error) {
		keys, err = r.AllWaiting("acme")
		return err
	})
	if err != nil {
		f.t.Fatal(err)
	}
	return keys
}

// What webhooks and reads tell, in any order, any number of times, cut into
// calls anyhow, with the program ending in between, ends in the same thread.
func TestTheOrderOfEventsDoesNotMatter(t *testing.T) {
	base := minutesAgo(60)
	at := func(n int) time.Time { return base.Add(time.Duration(n) * time.Minute) }
	read := sent("m3", "three", at(3))
	read.AsOf, read.Message.Reactions = at(20), []inbox.Reaction{{UserID: "ann", Emoji: "❤️"}}
	happened := received("e1", "somebody else has taken the conversation over", at(9))
	happened.Message.Event = true
	facts := []inbox.MessageFact{
		pushed(received("m1", "one", at(1))), pushed(received("m2", "two", at(2))), pushed(sent("m3", "three", at(3))),
		pushed(received("m4", "four", at(4))), pushed(happened), read, pushed(sent("m5", "five", at(5))),
	}
	events := []inbox.EventFact{
		edited("m1", "one, corrected", at(6), 1), edited("m1", "one, corrected again", at(8), 2), edited("m1", "at the same time, but first", at(8), 1),
		event(inbox.EventUnsend, "m2", at(7)), reaction("m2", "ann", "👍", at(6)), edited("m2", "two, corrected", at(9), 1),
		reaction("m3", "ann", "👍", at(6)), reaction("m3", "ann", "", at(7)), reaction("m3", "ann", "❤️", at(8)),
		reaction("m4", "ann", "👍", at(6)), reaction("m4", "ann", "", at(10)),
		reaction("m5", "ann", "", at(7)), reaction("m5", "ann", "😆", at(9)), reaction("m5", "eve", "😮", at(8)),
		event(inbox.EventRead, "m3", at(8)), event(inbox.EventRead, "m5", at(9)),
		event(inbox.EventAnnounced, "m4", at(4)),
	}
	result := func(rng *rand.Rand) inbox.Thread {
		f := newFixture(t)
		var all []inbox.Batch
		for range 2 {
			for _, fact := range facts {
				all = append(all, batch(fact))
			}
			for _, ev := range events {
				all = append(all, told(ev))
			}
		}
		if rng != nil {
			rng.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
		}
		for len(all) > 0 {
			n := 1
			if rng != nil {
				n += rng.IntN(len(all))
				if rng.IntN(8) == 0 {
					f.restart()
				}
			}
			f.push(all[:n]...)
			all = all[n:]
		}
		if left := f.waiting(); len(left) > 0 {
			t.Errorf("something still waits for %v", left)
		}
		return settled(f.thread())
	}
	want := result(nil)
	if texts := messageTexts(want); !slices.Equal(texts, []string{"one, corrected again", "", "three", "four", "five", happened.Message.Text}) {
		t.Fatalf("thread is %q", texts)
	}
	if last := want.Conversation.Last; last.ID != "m5" || want.Conversation.ReadUpTo != at(5) || want.Conversation.LastReceivedAt != at(4) {
		t.Fatalf("conversation is %+v", want.Conversation)
	}
	for seed := range uint64(300) {
		got := result(rand.New(rand.NewPCG(seed, 7)))
		if !reflect.DeepEqual(got, want) {
			for i, m := range got.Page.Messages {
				if w := want.Page.Messages[i]; !reflect.DeepEqual(m, w) {
					t.Errorf("got message %+v\nwant %+v", m, w)
				}
			}
			t.Fatalf("seed %d:\n got %+v\nwant %+v", seed, got.Conversation, want.Conversation)
		}
	}
}

// settled takes out of a thread what the order of arrival decides.
func settled(thread inbox.Thread) inbox.Thread {
	c := &thread.Conversation
	c.Revision, c.LastArrival, c.Unread, c.NamedAsOf = 0, 0, 0, time.Time{}
	for i := range thread.Page.Messages {
		m := &thread.Page.Messages[i]
		m.Arrival, m.ArrivedAt, m.TextAsOf, m.ReactionsAsOf, m.Withdrawn = 0, time.Time{}, time.Time{}, time.Time{}, nil
		for j := range m.Reactions {
			m.Reactions[j].SeenAt = time.Time{}
		}
		if m.Pushed = false; len(m.Reactions) == 0 {
			m.Reactions = nil
		}
	}
	return thread
}

func TestAReactionIsAppliedByItsOwnTime(t *testing.T) {
	type step = func(f *fixture)
	happens := func(user, emoji string, ago int) step {
		return func(f *fixture) { f.push(told(reaction("m1", user, emoji, minutesAgo(ago)))) }
	}
	reads := func(ago int, whole bool, reactions ...inbox.Reaction) step {
		return func(f *fixture) {
			m := sent("m1", "is that all right?", minutesAgo(30))
			m.AsOf, m.KnowsReactions, m.Message.Reactions = minutesAgo(ago), whole, reactions
			f.ingest(batch(m))
		}
	}
	thumb, heart := inbox.Reaction{UserID: "ann", Emoji: "👍"}, inbox.Reaction{UserID: "ann", Emoji: "❤️"}
	for name, c := range map[string]struct {
		steps []step
		want  string
	}{
		"put there":                                          {[]step{happens("ann", "👍", 9)}, "ann👍"},
		"another one later":                                  {[]step{happens("ann", "👍", 9), happens("ann", "❤️", 8)}, "ann❤️"},
		"another one, late":                                  {[]step{happens("ann", "❤️", 8), happens("ann", "👍", 9)}, "ann❤️"},
		"two users":                                          {[]step{happens("eve", "👍", 9), happens("ann", "👍", 9)}, "ann👍 eve👍"},
		"taken back":                                         {[]step{happens("ann", "👍", 9), happens("ann", "", 8)}, ""},
		"taken back before it came":                          {[]step{happens("ann", "", 8), happens("ann", "👍", 9)}, ""},
		"taken back and put there again":                     {[]step{happens("ann", "", 8), happens("ann", "👍", 7)}, "ann👍"},
		"an old removal":                                     {[]step{happens("ann", "👍", 7), happens("ann", "", 8)}, "ann👍"},
		"a whole reading that is newer":                      {[]step{happens("ann", "👍", 9), reads(5, true)}, ""},
		"a whole reading that is older":                      {[]step{happens("ann", "👍", 9), reads(12, true)}, "ann👍"},
		"an event older than a whole reading":                {[]step{reads(5, true, heart), happens("ann", "👍", 9)}, "ann❤️"},
		"a removal older than a whole reading":               {[]step{reads(5, true, heart), happens("ann", "", 9)}, "ann❤️"},
		"an event older than a whole reading without it":     {[]step{reads(12, true, heart), reads(5, true), happens("ann", "❤️", 9)}, ""},
		"an event newer than a whole reading":                {[]step{reads(12, true, heart), happens("ann", "👍", 9)}, "ann👍"},
		"a removal newer than a whole reading":               {[]step{reads(12, true, heart), happens("ann", "", 9), reads(12, true, heart)}, ""},
		"a whole reading of others keeps what is newer":      {[]step{happens("eve", "😮", 3), reads(5, true, thumb)}, "ann👍 eve😮"},
		"a reading that may not be whole takes nothing away": {[]step{happens("ann", "👍", 9), reads(5, false)}, "ann👍"},
		"a reading that may not be whole adds":               {[]step{happens("eve", "😮", 9), reads(5, false, thumb)}, "ann👍 eve😮"},
		"… but not what was taken back later":                {[]step{happens("ann", "", 4), reads(5, false, thumb)}, ""},
		"… and not over what was put there later":            {[]step{happens("ann", "❤️", 4), reads(5, false, thumb)}, "ann❤️"},
		"a reading that may not be whole, after the removal": {[]step{happens("ann", "", 6), reads(5, false, thumb)}, "ann👍"},
		"without an emoji it is one all the same":            {[]step{happens("ann", "\x1b[0m", 9)}, "ann?"},
		"a long text is no emoji":                            {[]step{happens("ann", strings.Repeat("x", 500), 9)}, "annxxxxxxxxxxx…"},
		"a repeated event":                                   {[]step{happens("ann", "👍", 9), happens("ann", "👍", 9)}, "ann👍"},
		"the same one, put there again after it was read":    {[]step{reads(12, true, thumb), happens("ann", "👍", 9), reads(10, true)}, "ann👍"},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t)
			f.ingest(batch(pushed(sent("m1", "is that all right?", minutesAgo(30)))))
			for _, step := range c.steps {
				step(f)
			}
			if got := f.emojis("m1"); got != c.want {
				t.Errorf("it has %q, want %q", got, c.want)
			}
		})
	}
}

func TestOurOwnReactionIsOneWhateverItsID(t *testing.T) {
	f := newFixture(t)
	f.ingest(batch(pushed(received("m1", "hello", minutesAgo(30)))))
	for i, id := range []string{"", "17841", "4711"} {
		ev := reaction("m1", id, []string{"👍", "😆", "❤️"}[i], minutesAgo(9-i))
		ev.Mine = true
		f.push(told(ev, reaction("m1", "ann", "😮", minutesAgo(9))))
	}
	mine := slices.DeleteFunc(f.message("m1").Reactions, func(r inbox.Reaction) bool { return !r.Mine })
	if len(mine) != 1 || mine[0].Emoji != "❤️" || len(f.message("m1").Reactions) != 2 {
		t.Errorf("reactions are %+v", f.message("m1").Reactions)
	}
}

func TestACustomersReactionIsUnreadOnceAndOpensNoWindow(t *testing.T) {
	f := newFixture(t)
	f.ingest(batch(pushed(received("m0", "hi", minutesAgo(60))), pushed(sent("m1", "is that all right?", minutesAgo(30)))))
	before := f.conversation()
	for range 3 {
		f.push(told(reaction("m1", "ann", "👍", minutesAgo(9))))
	}
	after := f.conversation()
	if after.Unread != before.Unread+1 || !strings.Contains(after.Last.Text, "👍") {
		t.Errorf("%d unread, preview %q", after.Unread, after.Last.Text)
	}
	if after.LastReceivedAt != before.LastReceivedAt || after.Unanswered {
		t.Error("a reaction counts as a message")
	}
	ours := reaction("m1", "us", "❤️", minutesAgo(8))
	ours.Mine = true
	f.push(told(ours, reaction("m0", "ann", "😮", minutesAgo(8))))
	if n := f.conversation().Unread; n != after.Unread {
		t.Errorf("our own reaction, or the customer's to their own message, is unread: %d", n)
	}
}

func TestAReadMarkOnlyGrows(t *testing.T) {
	f := newFixture(t)
	f.ingest(batch(sent("m1", "one", minutesAgo(30)), sent("m2", "two", minutesAgo(20))))
	f.push(told(event(inbox.EventRead, "m2", minutesAgo(5))))
	f.push(told(event(inbox.EventRead, "m1", minutesAgo(2))))
	if got := f.conversation().ReadUpTo; got != f.message("m2").CreatedAt {
		t.Errorf("read up to %v", got)
	}
}

// The time of a message that no read has shown yet is made up by us.
func TestAReadOfAnUnconfirmedMessageCountsByItsOwnTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(t)
		f.ingest(batch(received("m0", "hi", minutesAgo(60))))
		stop := f.run()
		f.send("hello")
		synctest.Wait()
		stop()
		at := time.Now().UTC().Add(30 * time.Second).Truncate(time.Millisecond)
		f.push(told(event(inbox.EventRead, "sent-a", at)))
		if got := f.conversation().ReadUpTo; got != at {
			t.Errorf("read up to %v, want %v", got, at)
		}
	})
}

func TestAnUnsentMessageLeavesATombstone(t *testing.T) {
	at := minutesAgo(9)
	full := received("m2", "my number is 555", at)
	full.Message.Attachments = []inbox.Attachment{{Type: "image", URL: "https://cdn.example/a.jpg"}}
	full.Message.ReplyTo = &inbox.Reference{Kind: "story", URL: "https://story.example"}
	full.Message.Origin = &inbox.Origin{Kind: "ad", Title: "Lamps"}
	full.Message.Reactions = []inbox.Reaction{{UserID: "us", Emoji: "👍"}}
	full.Message.Extra = map[string]json.RawMessage{"phone": json.RawMessage(`"555"`)}
	unsend := told(event(inbox.EventUnsend, "m2", minutesAgo(8)))
	for name, order := range map[string][]inbox.Batch{
		"after the message":          {batch(full), unsend},
		"before the message":         {unsend, batch(full)},
		"and the message read again": {batch(full), unsend, batch(full), unsend},
		"told by a read":             {batch(full), batch(inbox.MessageFact{RemoteID: "t_ann", Message: inbox.Message{ID: "m2", Direction: inbox.Received, CreatedAt: at, Deleted: true}}), batch(full)},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t)
			f.ingest(batch(received("m1", "hello", minutesAgo(20)), sent("a1", "hi", minutesAgo(15))))
			unread := f.conversation().Unread
			for _, b := range order {
				f.ingest(b)
			}
			m := f.message("m2")
			if !m.Deleted || m.Text != "" || m.Attachments != nil || m.Reactions != nil || m.ReplyTo != nil || m.Origin != nil || m.Extra != nil {
				t.Errorf("what is left: %+v", m)
			}
			c := f.conversation()
			if c.Unread != unread || c.Unanswered || c.Last.Text != "[message unsent]" {
				t.Errorf("%d unread (%d before), unanswered %v, preview %q", c.Unread, unread, c.Unanswered, c.Last.Text)
			}
			if c.LastReceivedAt != at {
				t.Errorf("the window counts from %v, want %v: the platform counts a message that was unsent", c.LastReceivedAt, at)
			}
		})
	}
}

func TestAnEditCountsByItsOwnTimeAndOpensNoWindow(t *testing.T) {
	f := newFixture(t)
	original := pushed(received("m1", "helo", minutesAgo(30)))
	f.push(batch(original))
	opened := f.conversation().LastReceivedAt
	f.push(told(edited("m1", "hello!", minutesAgo(9), 2)))
	f.push(told(edited("m1", "hello", minutesAgo(10), 1)))
	f.push(batch(original))
	read := original // Instagram's reads tell no edits
	read.AsOf = minutesAgo(1)
	f.ingest(batch(read))
	m, c := f.message("m1"), f.conversation()
	if m.Text != "hello!" || m.Edits != 2 || m.UpdatedAt != minutesAgo(9).Truncate(time.Minute) && m.UpdatedAt.After(minutesAgo(8)) {
		t.Errorf("message is %+v", m)
	}
	if c.LastReceivedAt != opened || c.Last.Text != "hello!" {
		t.Errorf("conversation is %+v", c)
	}
}

func TestASendThatFailsLaterGoesBackToTheOutbox(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(t)
		f.ingest(batch(received("m0", "hi", minutesAgo(60))))
		stop := f.run()
		item := f.send("hello")
		synctest.Wait()
		stop()
		f.wantState(item.ID, inbox.StateSent)
		failed := told(inbox.EventFact{Kind: inbox.EventFailed, Message: "sent-a", At: time.Now(), Text: "the person has blocked you"}) // names no conversation
		for range 2 {
			f.push(failed)
			f.wantState(item.ID, inbox.StateFailed)
			if text := f.item(item.ID).Failure().Text; text != "the person has blocked you" {
				t.Errorf("the reason is %q", text)
			}
			c := f.conversation()
			if got := f.texts(); !slices.Equal(got, []string{"hi"}) || c.Messages != 1 || c.Outbox.Failed != 1 || len(c.Provisional) != 0 || !c.Unanswered {
				t.Errorf("thread is %q, conversation %+v", got, c)
			}
		}
		if v := f.in.Accounts()[0]; v.Failed != 1 {
			t.Errorf("the status line counts %d failed", v.Failed)
		}
	})
}

func TestALateEchoOfWhatFailedIsNoMessage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(t)
		f.ingest(batch(received("m0", "hi", minutesAgo(60))))
		stop := f.run()
		item := f.send("hello")
		synctest.Wait()
		stop()
		echo := batch(pushed(sent("sent-a", "hello", time.Now())))
		f.push(echo)
		f.push(told(event(inbox.EventFailed, "sent-a", time.Now())))
		f.push(echo) // once more
		f.wantState(item.ID, inbox.StateFailed)
		if got := f.texts(); !slices.Equal(got, []string{"hi"}) || f.conversation().Messages != 1 {
			t.Errorf("thread is %q, %d messages", got, f.conversation().Messages)
		}
	})
}

// The word that a message did not arrive can be faster than the answer to the
// request that sent it.
func TestAFailureThatComesBeforeTheAnswerWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(t)
		f.ingest(batch(received("m0", "hi", minutesAgo(60))))
		f.provider.SendFunc = sendThen(func() {
			f.push(told(inbox.EventFact{Kind: inbox.EventFailed, Message: "x1", At: time.Now(), Text: "not allowed"}))
		}, "x1")
		defer f.run()()
		item := f.send("hello")
		synctest.Wait()
		f.wantState(item.ID, inbox.StateFailed)
		if got := f.texts(); !slices.Equal(got, []string{"hi"}) {
			t.Errorf("thread is %q", got)
		}
	})
}

func TestAFailureOfWhatWeDidNotSendMarksNothing(t *testing.T) {
	f := newFixture(t)
	f.ingest(batch(sent("m1", "from the app", minutesAgo(3))))
	before := f.thread()
	f.push(told(event(inbox.EventFailed, "m1", minutesAgo(2))))
	if after := f.thread(); !reflect.DeepEqual(before, after) {
		t.Errorf("changed to %+v", after)
	}
}

func TestEventsWaitAcrossRestartsAndNotForEver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(t)
		f.push(told(reaction("m1", "ann", "👍", minutesAgo(1)), event(inbox.EventRead, "m2", minutesAgo(1))))
		time.Sleep(10 * 24 * time.Hour)
		f.push(told(reaction("m1", "ann", "❤️", minutesAgo(1))))
		f.restart()
		time.Sleep(5 * 24 * time.Hour)
		if err := f.in.Prune(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := f.waiting(); len(got) != 1 || got[0].Message != "m1" {
			t.Errorf("waited for after 15 days: %v", got)
		}
		f.ingest(batch(pushed(sent("m1", "all right?", minutesAgo(1)))))
		if got := f.emojis("m1"); got != "ann❤️" {
			t.Errorf("the message has %q", got)
		}
		if got := f.waiting(); len(got) != 0 {
			t.Errorf("still waited for: %v", got)
		}
	})
}

func TestEventsOfARemovedAccountDoNotWaitForEver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(t)
		f.push(told(reaction("m1", "ann", "👍", minutesAgo(1))))
		time.Sleep(10 * 24 * time.Hour)
		f.push(told(reaction("m2", "ann", "👍", minutesAgo(1))))
		without, err := inbox.New(t.Context(), inbox.Options{Store: f.store})
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(5 * 24 * time.Hour)
		if err := without.Prune(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := f.waiting(); len(got) != 1 || got[0].Message != "m2" {
			t.Errorf("waited for after 15 days: %v", got)
		}
	})
}

func TestEventsOfTheSameIDElsewhereKeepWaiting(t *testing.T) {
	f := newFixture(t)
	other := reaction("m1", "bob", "👍", minutesAgo(1))
	other.RemoteID = "t_bob"
	f.push(told(other, reaction("m1", "ann", "❤️", minutesAgo(1))))
	f.ingest(batch(pushed(sent("m1", "all right?", minutesAgo(3)))))
	if got := f.emojis("m1"); got != "ann❤️" {
		t.Errorf("the message has %q", got)
	}
	if got := f.waiting(); len(got) != 1 {
		t.Errorf("waited for: %v", got)
	}
}

func TestForgettingTakesWaitingEventsAlong(t *testing.T) {
	f := newFixture(t)
	o := f.oneByOne()
	f.ingest(batch(received("m1", "hi", minutesAgo(60))))
	late := pushed(sent("m2", "late", minutesAgo(50)))
	f.push(told(reaction("m2", "ann", "👍", minutesAgo(1)), event(inbox.EventAnnounced, "m3", minutesAgo(1))))
	if err := f.in.Forget(t.Context(), ann); err != nil {
		t.Fatal(err)
	}
	if got := f.waiting(); len(got) != 0 {
		t.Errorf("waited for: %v", got)
	}
	if _, err := f.in.Sync(t.Context(), "", false, nil); err != nil {
		t.Fatal(err)
	}
	if len(o.messages) > 0 {
		t.Errorf("messages of the forgotten customer are asked for: %v", o.messages)
	}
	f.push(told(reaction("m2", "ann", "👍", minutesAgo(1))), batch(late))
	if got := f.waiting(); len(got) != 0 {
		t.Errorf("what happened before the customer was forgotten waits: %v", got)
	}
}

func TestRepeatedEventsWriteNothing(t *testing.T) {
	f := newFixture(t)
	counted := &writes{Store: f.store}
	f.store = counted
	f.restart()
	f.ingest(batch(sent("m1", "all right?", minutesAgo(30)), received("m2", "yes", minutesAgo(20))))
	b := told(reaction("m1", "ann", "👍", minutesAgo(9)), event(inbox.EventRead, "m1", minutesAgo(8)), edited("m2", "yes!", minutesAgo(7), 1),
		event(inbox.EventUnsend, "m3", minutesAgo(7)), event(inbox.EventAnnounced, "m4", minutesAgo(6)))
	f.ingest(b)
	before := counted.n
	f.ingest(b)
	if counted.n != before {
		t.Errorf("%d transactions wrote", counted.n-before)
	}
}

func TestEventsWithoutAMessageAndUnknownOnesAreDropped(t *testing.T) {
	f := newFixture(t)
	f.push(told(event(inbox.EventRead, "", minutesAgo(1)), event("dance", "m1", minutesAgo(1))))
	if got := f.waiting(); len(got) != 0 {
		t.Errorf("waited for: %v", got)
	}
}

// What happened in a thread is shown in it, and is nobody's message.
func TestAHappeningIsNoMessage(t *testing.T) {
	f := newFixture(t)
	archived := true
	f.ingest(batch(received("m1", "hello", minutesAgo(30)), sent("m2", "hi", minutesAgo(20))))
	status := batch()
	status.Conversations = []inbox.ConversationFact{{RemoteID: "t_ann", Archived: &archived}}
	f.ingest(status)
	before := f.conversation()
	happening := pushed(received("e1", "Ann came through a link", minutesAgo(1)))
	happening.Message.Event = true
	f.push(batch(happening))
	after := f.conversation()
	if after.Messages != before.Messages+1 {
		t.Errorf("%d messages, %d before", after.Messages, before.Messages)
	}
	after.Messages, after.Revision = before.Messages, before.Revision
	if !reflect.DeepEqual(before, after) {
		t.Errorf("it changed the conversation from\n%+v\nto\n%+v", before, after)
	}
	f.push(told(event(inbox.EventUnsend, "m2", minutesAgo(1))))
	if c := f.conversation(); !c.Unanswered || c.Last.ID != "m2" {
		t.Errorf("behind the happening nobody sees that the answer was unsent: %+v", c.Last)
	}
}

func sendThen(then func(), id inbox.MessageID) func(ctx context.Context, out inbox.Outgoing) (inbox.SendResult, error) {
	return func(_ context.Context, out inbox.Outgoing) (inbox.SendResult, error) {
		then()
		return inboxtest.Confirm(out, id), nil
	}
}

// Some events name neither conversation nor people: whether they come before or
// after their message makes no difference.
func TestAnEventFindsItsMessageByTheIDAlone(t *testing.T) {
	now := time.Now()
	nameless := func(kind inbox.EventKind) inbox.EventFact {
		return inbox.EventFact{Kind: kind, Message: "m1", Text: "hello again", Edits: 1, At: now}
	}
	for _, first := range []bool{true, false} {
		f := newFixture(t)
		events := told(nameless(inbox.EventRead), nameless(inbox.EventEdit))
		if first {
			f.push(events)
		}
		f.ingest(batch(sent("m1", "hello", now.Add(-time.Minute))))
		if !first {
			f.push(events)
		}
		if c := f.conversation(); c.ReadUpTo.IsZero() {
			t.Errorf("before its message %v: the reading is not told", first)
		}
		if m := f.message("m1"); m.Text != "hello again" {
			t.Errorf("before its message %v: the text is %q", first, m.Text)
		}
	}
}

func TestAnEventFindsItsMessageAlsoOutOfSight(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, decision := range []inbox.TriageChange{inbox.MarkDone{}, inbox.Snooze{Until: time.Now().Add(time.Hour)}} {
			f := newFixture(t)
			f.ingest(batch(sent("m1", "hello", minutesAgo(1))))
			f.decide(ann, decision)
			f.push(told(inbox.EventFact{Kind: inbox.EventRead, Message: "m1", At: time.Now()}))
			if c := f.conversation(); c.ReadUpTo.IsZero() || len(f.waiting()) > 0 {
				t.Errorf("%T: the reading is not told, and waits for %v", decision, f.waiting())
			}
		}
	})
}
