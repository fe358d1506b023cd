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
)

func minutesAgo(n int) time.Time {
	return time.Now().UTC().Truncate(time.Millisecond).Add(-time.Duration(n) * time.Minute)
}

func TestTheSameFactTwiceChangesNothing(t *testing.T) {
	f := newFixture(t)
	b := batch(received("m1", "hello", minutesAgo(3)), sent("m2", "hi", minutesAgo(2)))
	b.Messages[1].Message.Reactions = []inbox.Reaction{{UserID: "ann", Emoji: "😆"}}
	b.Messages[0].Message.Attachments = []inbox.Attachment{{Type: "image", URL: "https://cdn.example/a.jpg?sig=1"}}
	b.Messages[0].Message.Extra = map[string]json.RawMessage{"is_hidden": json.RawMessage(`{ "a" : 1 }`)}
	f.ingest(b)
	before := f.conversation()
	again, err := f.in.Ingest(context.Background(), b)
	if err != nil {
		t.Fatal(err)
	}
	if again.New != 0 || again.Messages != 2 {
		t.Errorf("the second time it counts %+v", again)
	}
	if after := f.conversation(); !reflect.DeepEqual(before, after) {
		t.Errorf("the conversation changed:\n%+v\n%+v", before, after)
	}
}

// Facts in any order, any number of times, cut into batches anyhow, end in the
// same thread.
func TestOrderAndRepetitionDoNotMatter(t *testing.T) {
	base := minutesAgo(60)
	edited := received("m2", "two, corrected", base.Add(2*time.Minute))
	edited.Message.UpdatedAt = base.Add(9 * time.Minute)
	unsent := received("m4", "", base.Add(4*time.Minute))
	unsent.Message.Deleted = true
	poor := received("m3", "", base.Add(3*time.Minute))
	poor.KnowsReactions = false
	rich := received("m3", "three", base.Add(3*time.Minute))
	rich.Message.Attachments = []inbox.Attachment{{Type: "image", URL: "https://cdn.example/3.jpg"}}
	rich.Message.Reactions = []inbox.Reaction{{UserID: "us", Emoji: "❤️"}, {UserID: "ann", Emoji: "👍"}}
	facts := []inbox.MessageFact{
		received("m1", "one", base.Add(time.Minute)), received("m2", "two", base.Add(2*time.Minute)), edited,
		rich, poor, received("m4", "four", base.Add(4*time.Minute)), unsent, sent("m5", "five", base.Add(5*time.Minute)),
	}
	asOf := time.Now().UTC()
	result := func(rng *rand.Rand) inbox.Thread {
		f := newFixture(t)
		all := append(slices.Clone(facts), facts...)
		if rng != nil {
			rng.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
		}
		for len(all) > 0 {
			n := len(all)
			if rng != nil {
				n = 1 + rng.IntN(len(all))
			}
			b := batch(all[:n]...)
			b.AsOf = asOf
			f.ingest(b)
			all = all[n:]
		}
		return f.thread()
	}
	want := result(nil)
	if texts := messageTexts(want); !slices.Equal(texts, []string{"one", "two, corrected", "three", "", "five"}) {
		t.Fatalf("thread is %q", texts)
	}
	for seed := range uint64(200) {
		got := result(rand.New(rand.NewPCG(seed, 1)))
		for i := range got.Page.Messages {
			got.Page.Messages[i].Arrival, got.Page.Messages[i].ArrivedAt = want.Page.Messages[i].Arrival, want.Page.Messages[i].ArrivedAt
		}
		if !reflect.DeepEqual(got.Page, want.Page) {
			t.Fatalf("seed %d:\n%+v\nwant\n%+v", seed, got.Page, want.Page)
		}
		if c, w := got.Conversation, want.Conversation; c.Last != w.Last || c.LastReceivedAt != w.LastReceivedAt || c.Messages != w.Messages || c.Unanswered != w.Unanswered {
			t.Fatalf("seed %d: conversation %+v, want %+v", seed, c, w)
		}
	}
}

func TestAnEmptyReadingSaysNothingOfAMessageThatCanBeShown(t *testing.T) {
	post := received("m1", "", minutesAgo(3))
	post.Message.Attachments = []inbox.Attachment{{Type: "ig_post", URL: "https://cdn.example/p"}}
	empty := received("m1", "", minutesAgo(3))
	empty.Message.Unsupported = "content no longer available"
	for name, order := range map[string][]inbox.MessageFact{"the post first": {post, empty}, "the post last": {empty, post, empty}} {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t)
			for _, m := range order {
				f.ingest(batch(m))
			}
			if m := f.thread().Page.Messages[0]; m.Unsupported != "" || len(m.Attachments) != 1 {
				t.Errorf("%+v", m)
			}
		})
	}
}

func messageTexts(thread inbox.Thread) []string {
	var texts []string
	for _, m := range thread.Page.Messages {
		texts = append(texts, m.Text)
	}
	return texts
}

func TestUnreadCountsByArrival(t *testing.T) {
	f := newFixture(t)
	f.ingest(batch(received("m1", "a", minutesAgo(30)), sent("m2", "b", minutesAgo(20)), received("m3", "c", minutesAgo(10))))
	if n := f.conversation().Unread; n != 1 {
		t.Fatalf("a history with one message after our answer has %d unread", n)
	}
	c := f.conversation()
	if err := f.in.MarkRead(context.Background(), ann, c.LastArrival); err != nil {
		t.Fatal(err)
	}
	f.ingest(batch(received("late", "written long ago, arrives now", minutesAgo(25))))
	if n := f.conversation().Unread; n != 1 {
		t.Errorf("a message that arrives late, older than the last read: %d unread, want 1", n)
	}
	f.ingest(batch(received("m4", "and another", minutesAgo(1))))
	if err := f.in.MarkRead(context.Background(), ann, f.conversation().LastArrival-1); err != nil {
		t.Fatal(err)
	}
	if n := f.conversation().Unread; n != 1 {
		t.Errorf("what arrived after the screen was read stays unread: %d, want 1", n)
	}
}

func TestABacklogCountsWhatIsAfterOurLastAnswer(t *testing.T) {
	newer := []inbox.MessageFact{received("m4", "4", minutesAgo(10)), received("m3", "3", minutesAgo(20))}
	older := []inbox.MessageFact{sent("m2", "2", minutesAgo(30)), received("m1", "1", minutesAgo(40))}
	for name, order := range map[string][2][]inbox.MessageFact{"newest page first": {newer, older}, "oldest page first": {older, newer}} {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t)
			for _, page := range order {
				b := batch(page...)
				b.Backlog = true
				f.ingest(b)
			}
			if n := f.conversation().Unread; n != 2 {
				t.Errorf("%d unread, want 2", n)
			}
		})
	}
}

func TestAnArchivedConversationComesBackWithANewMessage(t *testing.T) {
	f := newFixture(t)
	archived := true
	status := func() inbox.Batch {
		return inbox.Batch{Account: "acme", Platform: inbox.Instagram, AsOf: time.Now(), Conversations: []inbox.ConversationFact{{RemoteID: "t_ann", Archived: &archived}}}
	}
	f.ingest(batch(received("m1", "a", minutesAgo(30))))
	f.ingest(status())
	if !f.conversation().Archived {
		t.Fatal("not archived")
	}
	f.ingest(batch(received("m2", "b", minutesAgo(1))))
	if f.conversation().Archived {
		t.Error("a new message did not bring it back")
	}
	f.ingest(status())
	if f.conversation().Archived {
		t.Error("the provider's repeated word hid it again")
	}
}

func TestForeignTextIsCleanedOnce(t *testing.T) {
	f := newFixture(t)
	m := received("m1", "a\x1b]52;c;eA==\x07b\u202e", minutesAgo(1))
	m.Peer.Name = strings.Repeat("x", 10_000) + "\x1b[2J"
	m.Message.Attachments = []inbox.Attachment{{Type: "image\x1b[31m", URL: "https://x.example/\u009b2Ja.jpg"}}
	m.Message.Reactions = []inbox.Reaction{{UserID: "u", Emoji: "\x1b[5m❤️"}}
	f.ingest(batch(m))
	got := f.thread()
	for _, s := range []string{
		got.Page.Messages[0].Text, got.Conversation.Participant.Name, got.Conversation.Last.Text,
		got.Page.Messages[0].Attachments[0].Type, got.Page.Messages[0].Attachments[0].URL, got.Page.Messages[0].Reactions[0].Emoji,
	} {
		if inbox.CleanLine(s) != s {
			t.Errorf("%q is not clean", s)
		}
	}
	if got.Page.Messages[0].Text != "ab" {
		t.Errorf("text is %q", got.Page.Messages[0].Text)
	}
	if n := len([]rune(got.Conversation.Participant.Name)); n > 200 {
		t.Errorf("a name of %d runes", n)
	}
}

func TestAReactionAsTheOnlyAnswerIsSeen(t *testing.T) {
	f := newFixture(t)
	question := sent("m1", "is that all right?", minutesAgo(5))
	f.ingest(batch(received("m0", "hi", minutesAgo(6)), question))
	question.Message.Reactions = []inbox.Reaction{{UserID: "ann", Emoji: "👍"}}
	f.ingest(batch(question))
	c := f.conversation()
	if c.Unread != 1 || !strings.Contains(c.Last.Text, "👍") {
		t.Errorf("unread %d, preview %q", c.Unread, c.Last.Text)
	}
	question.Message.Reactions = nil
	f.ingest(batch(question))
	if text := f.conversation().Last.Text; strings.Contains(text, "👍") {
		t.Errorf("a reaction taken back is still in the preview: %q", text)
	}
}

func TestAMessageWithoutAnIDIsKeptOnce(t *testing.T) {
	f := newFixture(t)
	m := received("", "no id", minutesAgo(5))
	f.ingest(batch(m))
	f.ingest(batch(m))
	if got := f.texts(); !slices.Equal(got, []string{"no id"}) {
		t.Errorf("thread is %q", got)
	}
}

func TestHintsComeAfterTheCommitAndCoalesce(t *testing.T) {
	f := newFixture(t)
	sub := f.in.Subscribe()
	defer sub.Close()
	for i := range 50 {
		f.ingest(batch(received("m"+string(rune('A'+i)), "x", minutesAgo(50-i))))
	}
	changes, ok := sub.Wait(context.Background())
	if !ok || len(changes.Conversations) != 1 {
		t.Fatalf("got %+v", changes)
	}
	if got, want := changes.Conversations[ann], f.conversation().Revision; got != want {
		t.Errorf("the hint tells revision %d, the store has %d", got, want)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, ok := sub.Wait(ctx); ok {
		t.Error("a second Wait returned although nothing has changed")
	}
}

func TestWhatRetentionRemovedDoesNotComeBack(t *testing.T) {
	f := newFixture(t)
	f.retention = inbox.Retention{MaxAge: 24 * time.Hour}
	f.restart()
	history := batch(received("old", "old", minutesAgo(3*24*60)), received("new", "new", minutesAgo(5)))
	for range 2 {
		f.ingest(history)
		if err := f.in.Prune(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := f.texts(); !slices.Equal(got, []string{"new"}) {
			t.Fatalf("thread is %q", got)
		}
	}
}

func TestAnUnsentMessageDoesNotAnswerTheOneBefore(t *testing.T) {
	first, second := received("m1", "where is my order?", minutesAgo(5)), received("m2", "??", minutesAgo(4))
	unsent := second
	unsent.Message.Deleted, unsent.Message.Text = true, ""
	for name, order := range map[string][]inbox.MessageFact{
		"unsent later":             {first, second, unsent},
		"known as unsent":          {first, unsent},
		"the question comes later": {unsent, first},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t)
			for _, m := range order {
				f.ingest(batch(m))
			}
			if c := f.conversation(); !c.Unanswered || c.Last.ID != "m2" {
				t.Errorf("unanswered %v, last %+v", c.Unanswered, c.Last)
			}
			f.ingest(batch(sent("m0", "hello, how can we help?", minutesAgo(6))))
			if !f.conversation().Unanswered {
				t.Error("an older message of ours answers it")
			}
			first := first
			first.Message.Deleted = true
			f.ingest(batch(first))
			if f.conversation().Unanswered {
				t.Error("nothing is left to answer")
			}
		})
	}
}

func TestAnOlderWordOnTheArchiveNeverWins(t *testing.T) {
	yes, no := true, false
	for name, order := range map[string][]int{"in order": {0, 1}, "out of order": {1, 0}} {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t)
			told := []inbox.Batch{batch(), batch()}
			for i, archived := range []*bool{&yes, &no} {
				told[i].AsOf = minutesAgo(10 - i)
				told[i].Conversations = []inbox.ConversationFact{{RemoteID: "t_ann", Archived: archived}}
			}
			for _, i := range order {
				f.ingest(told[i])
			}
			if f.conversation().Archived {
				t.Error("archived, although the newest word is that it is not")
			}
		})
	}
}

func TestWhatRetentionRemovedCostsNothing(t *testing.T) {
	f := newFixture(t)
	counted := &writes{Store: f.store}
	f.store, f.retention = counted, inbox.Retention{MaxAge: 24 * time.Hour}
	f.restart()
	old := batch(received("old", "old", minutesAgo(3*24*60)))
	for _, backlog := range []bool{false, true} {
		old.Backlog = backlog
		f.ingest(old)
		if _, err := f.in.Conversation(t.Context(), ann); inbox.KindOf(err) != inbox.NotFound {
			t.Errorf("a message that is too old made a conversation (%v)", err)
		}
	}
	old.Backlog = false
	before := counted.n
	f.ingest(old)
	if counted.n != before {
		t.Errorf("%d transactions wrote", counted.n-before)
	}
}

// The newest message is the newest whatever else moves: our own send got its
// time from our clock, and the platform says that the customer was later.
func TestAMessageThatMovesIsNoLongerTheNewest(t *testing.T) {
	for name, id := range map[string]string{"by its ID": "sent-a", "under another ID": "real-1"} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := newFixture(t)
				f.ingest(batch(received("m1", "hello", minutesAgo(3))))
				defer f.run()()
				f.send("hi")
				synctest.Wait()
				now := time.Now()
				f.ingest(batch(received("m2", "one more thing", now.Add(-time.Second))))
				if c := f.conversation(); c.Last.ID != "sent-a" {
					t.Fatalf("the newest message is %+v", c.Last)
				}
				f.ingest(batch(sent(id, "hi", now.Add(-2*time.Second))))
				if c := f.conversation(); c.Last.ID != "m2" || !c.Unanswered {
					t.Errorf("the newest message is %+v, unanswered %v", c.Last, c.Unanswered)
				}
			})
		})
	}
}

// The message that the customer has read, and the one that the window counts
// from, are the same when a read tells their times more finely.
func TestAFinerTimeMovesWhatIsReckonedFromIt(t *testing.T) {
	whole := minutesAgo(3).Truncate(time.Second)
	fine := func(m inbox.MessageFact) inbox.MessageFact {
		m.Message.CreatedAt = whole.Add(700 * time.Millisecond)
		return m
	}
	in, out := received("m1", "hello", whole), sent("m2", "hi", whole)
	for name, calls := range map[string][]inbox.Batch{
		"the finer time last":  {batch(pushed(in), pushed(out)), told(event(inbox.EventRead, "m2", whole)), batch(fine(in), fine(out))},
		"the finer time first": {batch(fine(in), fine(out)), told(event(inbox.EventRead, "m2", whole)), batch(pushed(in), pushed(out))},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t)
			for _, b := range calls {
				f.ingest(b)
			}
			at := whole.Add(700 * time.Millisecond)
			if c := f.conversation(); c.LastReceivedAt != at || c.LastSentAt != at || c.ReadUpTo != at || c.Last.At != at || c.Messages != 2 {
				t.Errorf("conversation is %+v, want times of %v", c, at)
			}
		})
	}
}
