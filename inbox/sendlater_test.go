package inbox_test

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"parley/inbox"
)

// schedule sends a text at a time to come.
func (f *fixture) schedule(text string, at time.Time) (inbox.OutboxItem, error) {
	f.t.Helper()
	items, err := f.in.Send(context.Background(), inbox.SendRequest{
		Composition: inbox.Composition{Conversation: ann, Text: text}, At: at, Hold: 5 * time.Second, Split: true,
	})
	if err != nil {
		return inbox.OutboxItem{}, err
	}
	return items[0], nil
}

func (f *fixture) mustSchedule(text string, in time.Duration) inbox.OutboxItem {
	f.t.Helper()
	item, err := f.schedule(text, time.Now().Add(in))
	if err != nil {
		f.t.Fatal(err)
	}
	return item
}

func TestAScheduledMessageLeavesAtItsTimeAlsoAfterARestart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := receivedAgo(t, 3*time.Minute)
		stop := f.run()
		item := f.mustSchedule("good morning", 20*time.Hour)
		time.Sleep(10 * time.Hour)
		stop()
		f.restart()
		defer f.run()()
		time.Sleep(10*time.Hour - time.Second)
		f.wantState(item.ID, inbox.StateQueued)
		if a, c := f.in.Accounts()[0], f.conversation(); a.Queued != 0 || a.Scheduled != 1 || c.Outbox.Scheduled != 1 || c.Outbox.Waiting != 0 {
			t.Errorf("account %+v, conversation %+v", a, c.Outbox)
		}
		time.Sleep(5 * time.Minute) // the platform is read first
		f.wantState(item.ID, inbox.StateSent)
		if a, c := f.in.Accounts()[0], f.conversation(); a.Scheduled != 0 || c.Outbox != (inbox.OutboxCounts{}) {
			t.Errorf("account %+v, conversation %+v", a, c.Outbox)
		}
	})
}

func TestOtherMessagesDoNotWaitForAScheduledOne(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := receivedAgo(t, 3*time.Minute)
		defer f.run()()
		f.mustSchedule(strings.Repeat("a long text in pieces ", 60), 20*time.Hour)
		now := f.send("and now")
		synctest.Wait()
		f.wantState(now.ID, inbox.StateSent)
	})
}

func TestATimeIsRefusedWhereNothingMayLeaveByItself(t *testing.T) {
	const day = 24 * time.Hour
	for _, tt := range []struct {
		name     string
		platform inbox.Platform
		in       time.Duration
		want     string // of the error, or the warning; "" for neither
		refused  bool
	}{
		{"within the window", inbox.Instagram, 5 * day, "", false},
		{"the past", inbox.Instagram, -time.Minute, "the time has passed", true},
		{"this very moment", inbox.Instagram, 0, "the time has passed", true},
		{"in the last minutes", inbox.Instagram, 7*day - time.Hour - 10*time.Minute, "10 minutes before the reply window closes", false},
		{"at the end", inbox.Instagram, 7*day - time.Hour, "the reply window closes at Fri 7 Jan 23:00 UTC", true},
		{"where only humans may answer", inbox.Facebook, 30 * time.Hour, "from Sat 1 Jan 23:00 UTC on the platform takes answers of human agents only", true},
		{"near to that", inbox.Facebook, 22*time.Hour + 50*time.Minute, "10 minutes before the reply window closes", false},
		{"long after", inbox.Facebook, 9 * day, "the reply window closes at Fri 7 Jan 23:00 UTC", true},
		{"without a window", inbox.Twitter, 90 * day, "", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := newFixture(t)
				c := inbox.Conversation{ID: inbox.NewConversationID("acme", tt.platform, "x"), LastReceivedAt: time.Now().Add(-time.Hour)}
				warning, err := f.in.CheckSendAt(c, time.Now().UTC().Add(tt.in))
				if (err != nil) != tt.refused {
					t.Fatalf("refused: %v", err)
				}
				said := warning
				if err != nil {
					said = err.Error()
				}
				if tt.want == "" && said != "" || !strings.Contains(said, tt.want) {
					t.Errorf("it says %q", said)
				}
			})
		})
	}
}

func TestAScheduledMessageNeverLeavesAsAHumansAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(t)
		bob := inbox.NewConversationID("acme", inbox.Facebook, "t_bob")
		b := batch(received("m1", "hello", time.Now().Add(-23*time.Hour)))
		b.Platform, b.Messages[0].RemoteID = inbox.Facebook, "t_bob"
		f.ingest(b)
		items, err := f.in.Send(context.Background(), inbox.SendRequest{
			Composition: inbox.Composition{Conversation: bob, Text: "hi"}, At: time.Now().Add(30 * time.Minute),
		})
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(2 * time.Hour) // nobody runs; meanwhile the window is for human agents only
		defer f.run()()
		time.Sleep(5 * time.Minute)
		f.wantState(items[0].ID, inbox.StateFailed)
		if why := f.item(items[0].ID).Failure(); why.Kind != inbox.WindowIsOver {
			t.Errorf("because of %+v", why)
		}
	})
}

func TestAScheduledMessageIsHeldBackWhenTheCustomerHasWritten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := receivedAgo(t, 3*time.Minute)
		defer f.run()()
		held, kept := f.mustSchedule("does it fit?", time.Hour), f.mustSchedule("thank you!", 2*time.Hour)
		time.Sleep(time.Minute)
		f.ingest(batch(received("m2", "it fits", time.Now())))
		if err := f.in.Reschedule(context.Background(), kept.ID, kept.SendAt); err != nil { // seen, and still meant
			t.Fatal(err)
		}
		time.Sleep(3 * time.Hour)
		f.wantState(held.ID, inbox.StateFailed)
		f.wantState(kept.ID, inbox.StateSent)
	})
}

func TestAScheduledMessageCanBeChanged(t *testing.T) {
	long := strings.Repeat("a long text in pieces ", 60)
	for _, text := range []string{"hi", long} {
		synctest.Test(t, func(t *testing.T) {
			f := receivedAgo(t, 3*time.Minute)
			defer f.run()()
			item := f.mustSchedule(text, time.Hour)
			at := time.Now().Add(3 * time.Hour)
			if err := f.in.Reschedule(context.Background(), item.ID, at); err != nil {
				t.Fatal(err)
			}
			if err := f.in.Reschedule(context.Background(), item.ID, time.Now().Add(9*24*time.Hour)); inbox.KindOf(err) != inbox.WindowIsOver {
				t.Fatalf("moved behind the window: %v", err)
			}
			time.Sleep(2 * time.Hour)
			f.wantState(item.ID, inbox.StateQueued)
			if err := f.in.SendNow(context.Background(), item.ID); err != nil {
				t.Fatal(err)
			}
			time.Sleep(10 * time.Second)
			if c := f.conversation(); c.Outbox != (inbox.OutboxCounts{}) {
				t.Errorf("not all of it has left: %+v", c.Outbox)
			}
			if err := f.in.SendNow(context.Background(), item.ID); inbox.KindOf(err) != inbox.Rejected {
				t.Errorf("sent once more: %v", err)
			}
		})
	}
}

func TestFlushDoesNotWaitForWhatIsScheduled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := receivedAgo(t, 3*time.Minute)
		later := f.mustSchedule("tomorrow", 20*time.Hour)
		held := f.hold("now", 5*time.Second)
		start := time.Now()
		if err := f.in.Flush(context.Background(), ""); err != nil {
			t.Fatal(err)
		}
		if took := time.Since(start); took > time.Minute {
			t.Errorf("it took %v", took)
		}
		f.wantState(held.ID, inbox.StateSent)
		f.wantState(later.ID, inbox.StateQueued)
	})
}

func TestSentencesWriteTheTimeAsTheAgentReadsIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) { // it is midnight UTC
		f := newLiveFixture(t)
		f.ingest(batch(received("m1", "hello", time.Now().Add(-6*24*time.Hour-10*time.Hour)))) // closes at 14:00
		in, err := inbox.New(t.Context(), inbox.Options{Store: f.store, Accounts: []inbox.Account{{ID: "acme", Provider: f.provider}}, Clock: "3:04PM"})
		if err != nil {
			t.Fatal(err)
		}
		f.in = in
		if r := f.triage(inbox.Snooze{Until: time.Now().Add(15 * time.Hour).UTC()}); r.Warning != "the reply window closes 2:00PM, before it comes back" {
			t.Errorf("the warning is %q", r.Warning)
		}
		_, err = f.in.CheckSendAt(f.conversation(), time.Now().Add(30*24*time.Hour).UTC())
		if err == nil || !strings.Contains(err.Error(), "the reply window closes at Sat 1 Jan 2:00PM UTC") {
			t.Errorf("the refusal is %v", err)
		}
	})
}
