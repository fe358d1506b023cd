package inbox_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"parley/inbox"
)

// hold sends a text that can be taken back for a while.
func (f *fixture) hold(text string, hold time.Duration, media ...string) inbox.OutboxItem {
	f.t.Helper()
	items, err := f.in.Send(context.Background(), inbox.SendRequest{
		Composition: inbox.Composition{Conversation: ann, Text: text, Media: media}, Hold: hold, Split: true,
	})
	if err != nil {
		f.t.Fatal(err)
	}
	return items[0]
}

func (f *fixture) takeBack(id inbox.OutboxID) inbox.Draft {
	f.t.Helper()
	d, err := f.in.TakeBack(context.Background(), id)
	if err != nil {
		f.t.Fatal(err)
	}
	return d
}

// receivedAgo is how a test begins whose customer wrote some time ago.
func receivedAgo(t *testing.T, ago time.Duration) *fixture {
	f := newFixture(t)
	f.ingest(batch(received("m1", "hello", time.Now().Add(-ago))))
	return f
}

func TestAHeldMessageLeavesWhenItsHoldEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := receivedAgo(t, 3*time.Minute)
		defer f.run()()
		item := f.hold("hi Ann", 5*time.Second)
		time.Sleep(4900 * time.Millisecond)
		f.wantState(item.ID, inbox.StateQueued)
		if !f.item(item.ID).Held(time.Now()) {
			t.Error("the item does not say that it is held")
		}
		time.Sleep(200 * time.Millisecond)
		f.wantState(item.ID, inbox.StateSent)
	})
}

func TestATakenBackMessageIsTheDraftThatItWas(t *testing.T) {
	long := strings.Repeat("a sentence\n\n  that goes on and on, ", 40) + strings.Repeat("x", 1100) + " end"
	for _, tt := range []struct {
		name, text string
		media      []string
		typed      string // since
		want       string
	}{
		{"text", "hi Ann", nil, "", "hi Ann"},
		{"text and media in their order", "look", []string{"https://h.example/b.jpg", "https://h.example/a.jpg"}, "", "look"},
		{"media alone", "", []string{"https://h.example/b.jpg"}, "", ""},
		{"before what was typed since", "first", []string{"https://h.example/b.jpg"}, "second", "first\nsecond"},
		{"the pieces of a long text", long, []string{"https://h.example/b.jpg"}, "", long},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := receivedAgo(t, 3*time.Minute)
				defer f.run()()
				item := f.hold(tt.text, 5*time.Second, tt.media...)
				time.Sleep(time.Second)
				if tt.typed != "" {
					if err := f.in.SaveDraft(context.Background(), inbox.Draft{Conversation: ann, Text: tt.typed}); err != nil {
						t.Fatal(err)
					}
				}
				d := f.takeBack(item.ID)
				if d.Text != tt.want || !slices.Equal(d.Media, tt.media) {
					t.Errorf("taken back: %q %q, want %q %q", d.Text, d.Media, tt.want, tt.media)
				}
				if stored := f.thread().Draft; stored.Text != d.Text || !slices.Equal(stored.Media, d.Media) {
					t.Errorf("stored is %+v", stored)
				}
				time.Sleep(time.Minute)
				if n := len(f.provider.Sends()); n != 0 {
					t.Errorf("%d messages left all the same", n)
				}
				if c := f.conversation(); c.Outbox != (inbox.OutboxCounts{}) {
					t.Errorf("the list still counts it: %+v", c.Outbox)
				}
			})
		})
	}
}

func TestWhatHasLeftIsNotTakenBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := receivedAgo(t, 3*time.Minute)
		defer f.run()()
		item := f.hold("hi", time.Second)
		time.Sleep(2 * time.Second)
		_, err := f.in.TakeBack(context.Background(), item.ID)
		if inbox.KindOf(err) != inbox.Rejected || !strings.Contains(err.Error(), "too late") {
			t.Errorf("taken back after it was sent: %v", err)
		}
		if d := f.thread().Draft; !d.Empty() {
			t.Errorf("it is a draft too: %q", d.Text)
		}
	})
}

// The hold ends and the agent takes it back at the same instant, many times.
func TestAMessageHasLeftOrIsADraftNeverBothNeverNeither(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := receivedAgo(t, 3*time.Minute)
		defer f.run()()
		random := rand.New(rand.NewPCG(1, 2))
		left, drafts := 0, 0
		for i := range 300 {
			text := fmt.Sprintf("message %d", i)
			item := f.hold(text, time.Second)
			time.Sleep(time.Second + time.Duration(random.IntN(3)-1)*time.Microsecond)
			_, err := f.in.TakeBack(context.Background(), item.ID)
			time.Sleep(10 * time.Second)
			sends := f.provider.Sends()
			hasLeft := len(sends) > 0 && sends[len(sends)-1].Parts[0].Text == text
			isDraft := f.thread().Draft.Text == text
			if hasLeft == isDraft || isDraft != (err == nil) {
				t.Fatalf("%s: it left: %v, it is a draft: %v, taking back: %v", text, hasLeft, isDraft, err)
			}
			if isDraft {
				drafts++
			} else {
				left++
			}
			if err := f.in.SaveDraft(context.Background(), inbox.Draft{Conversation: ann}); err != nil {
				t.Fatal(err)
			}
		}
		if left == 0 || drafts == 0 {
			t.Errorf("nothing was raced: %d left, %d are drafts", left, drafts)
		}
	})
}

func TestTheHoldIsCutWhereTheWindowCloses(t *testing.T) {
	for _, tt := range []struct {
		left, want time.Duration
	}{
		{time.Hour, time.Minute},
		{65 * time.Second, 50 * time.Second},
		{20 * time.Second, 5 * time.Second},
		{15 * time.Second, 0},
		{time.Second, 0},
	} {
		synctest.Test(t, func(t *testing.T) {
			f := receivedAgo(t, 7*24*time.Hour-tt.left)
			item := f.hold("just in time", 2*time.Minute)
			got := time.Duration(0)
			if !item.HeldUntil.IsZero() {
				got = time.Until(item.HeldUntil)
			}
			if got != tt.want {
				t.Errorf("%v before the end the hold is %v, want %v", tt.left, got, tt.want)
			}
			defer f.run()()
			time.Sleep(tt.want + time.Millisecond)
			f.wantState(item.ID, inbox.StateSent)
		})
	}
}

func TestAProcessThatDiesInTheHoldHasSentIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := receivedAgo(t, 3*time.Minute)
		stop := f.run()
		item := f.hold("hi", 5*time.Second)
		stop()
		f.wantState(item.ID, inbox.StateQueued)
		f.restart()
		defer f.run()()
		time.Sleep(10 * time.Second)
		f.wantState(item.ID, inbox.StateSent)
	})
}

func TestWhoeverSendsAndQuitsHasSent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := receivedAgo(t, 3*time.Minute)
		stop := f.run()
		item := f.hold("bye", 30*time.Second)
		start := time.Now()
		if err := f.in.EndHolds(context.Background()); err != nil {
			t.Fatal(err)
		}
		if waited := time.Since(start); waited > time.Second {
			t.Errorf("that took %v", waited)
		}
		stop()
		f.wantState(item.ID, inbox.StateSent)
	})
}

func TestACustomerWhoWritesBeforeTheProgramEndsDoesNotStopTheAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := receivedAgo(t, 3*time.Minute)
		stop := f.run()
		item := f.hold("bye", 30*time.Second)
		time.Sleep(2 * time.Second)
		f.ingest(batch(received("m2", "are you there?", time.Now())))
		time.Sleep(time.Second)
		if err := f.in.EndHolds(context.Background()); err != nil {
			t.Fatal(err)
		}
		stop()
		f.wantState(item.ID, inbox.StateSent)
	})
}

func TestEndingHoldsIsBoundedWhereNothingCanLeave(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := receivedAgo(t, 3*time.Minute)
		f.hold("bye", 30*time.Second) // nobody sends
		ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
		defer cancel()
		if err := f.in.EndHolds(ctx); err == nil {
			t.Error("it says that everything is on its way")
		}
	})
}

func TestACustomerWhoWritesDuringTheHoldDoesNotStopTheAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := receivedAgo(t, 3*time.Minute)
		defer f.run()()
		item := f.hold("hi", 5*time.Second)
		time.Sleep(2 * time.Second)
		f.ingest(batch(received("m2", "are you there?", time.Now())))
		time.Sleep(4 * time.Second)
		f.wantState(item.ID, inbox.StateSent)

		other := f.hold("hi again", 5*time.Second)
		time.Sleep(2 * time.Second)
		f.ingest(batch(sent("x9", "a colleague's answer", time.Now())))
		time.Sleep(4 * time.Second)
		f.wantState(other.ID, inbox.StateFailed)
	})
}

func TestTheOrderWithinAConversationStaysWithAHold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := receivedAgo(t, 3*time.Minute)
		defer f.run()()
		f.hold("first", 5*time.Second)
		time.Sleep(time.Second)
		f.send("second")
		time.Sleep(10 * time.Second)
		var order []string
		for _, out := range f.provider.Sends() {
			order = append(order, out.Parts[0].Text)
		}
		if !slices.Equal(order, []string{"first", "second"}) {
			t.Errorf("sent in the order %q", order)
		}
	})
}

func TestAccountsSayWhatIsHeldAndUntilWhen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := receivedAgo(t, 3*time.Minute)
		item := f.hold("hi", 5*time.Second)
		if a := f.in.Accounts()[0]; a.Queued != 1 || !a.HeldUntil.Equal(item.HeldUntil) {
			t.Errorf("account: %+v", a)
		}
		if err := f.in.SendNow(context.Background(), item.ID); err != nil {
			t.Fatal(err)
		}
		if a := f.in.Accounts()[0]; a.Queued != 1 || !a.HeldUntil.IsZero() {
			t.Errorf("account after “now”: %+v", a)
		}
	})
}
