package inbox_test

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"parley/inbox"
)

func TestASnoozeEndsAtItsTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(t)
		bob := received("b1", "and me?", minutesAgo(1))
		bob.RemoteID, bob.Peer.ID = "t_bob", "bob"
		f.ingest(batch(received("m1", "hello", minutesAgo(30)), bob))
		stop := f.run()
		defer stop()
		f.triage(inbox.MarkRead{})
		if r := f.triage(inbox.Snooze{Until: time.Now().Add(90 * time.Minute)}); r.Err != nil || r.Warning != "" {
			t.Fatalf("%+v", r)
		}
		changes := f.in.Subscribe()
		defer changes.Close()
		time.Sleep(90*time.Minute - time.Second)
		synctest.Wait()
		f.wantViews(inbox.ViewSnoozed)

		time.Sleep(2 * time.Second)
		synctest.Wait()
		f.wantViews(inbox.ViewAll, inbox.ViewUnanswered)
		page, err := f.in.List(t.Context(), inbox.ListQuery{After: 9})
		if err != nil || len(page.Rows) != 2 || page.Rows[0].ID != ann || !page.Rows[0].JustWoken() {
			t.Errorf("it is not on top with a mark: %+v, %v", page.Rows, err)
		}
		if told, ok := changes.Wait(t.Context()); !ok || told.Conversations[ann] == 0 {
			t.Errorf("no screen was told: %+v", told)
		}
		if err := f.in.MarkRead(t.Context(), ann, f.conversation().LastArrival); err != nil || f.conversation().JustWoken() {
			t.Errorf("the mark is there after it was opened: %v", err)
		}
	})
}

func TestASnoozeEndsAfterARestart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(t)
		f.ingest(batch(received("m1", "hello", minutesAgo(30))))
		f.triage(inbox.Snooze{Until: time.Now().Add(time.Hour)})
		time.Sleep(2 * time.Hour) // nobody runs
		f.wantViews(inbox.ViewSnoozed)
		f.restart()
		stop := f.run()
		synctest.Wait()
		stop()
		f.wantViews(inbox.ViewAll, inbox.ViewUnread, inbox.ViewUnanswered)
	})
}

func TestAnEarlierSnoozeIsNotForgottenForALaterOne(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(t)
		f.ingest(batch(received("m1", "hello", minutesAgo(30))))
		stop := f.run()
		defer stop()
		f.triage(inbox.Snooze{Until: time.Now().Add(50 * time.Hour)})
		synctest.Wait()
		f.triage(inbox.Snooze{Until: time.Now().Add(10 * time.Second)})
		time.Sleep(11 * time.Second)
		synctest.Wait()
		f.wantViews(inbox.ViewAll, inbox.ViewUnread, inbox.ViewUnanswered)
	})
}

func TestManySnoozesEndAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(t)
		var ids []inbox.ConversationID
		var told []inbox.MessageFact
		for i := range 250 {
			m := received("m1", "hello", minutesAgo(i+1))
			m.RemoteID = "t_" + string(rune('a'+i%26)) + string(rune('a'+i/26))
			told = append(told, m)
			ids = append(ids, inbox.NewConversationID("acme", inbox.Instagram, m.RemoteID))
		}
		f.ingest(batch(told...))
		if _, err := f.in.Triage(t.Context(), ids, inbox.Snooze{Until: time.Now().Add(time.Hour)}); err != nil {
			t.Fatal(err)
		}
		stop := f.run()
		time.Sleep(time.Hour + time.Second)
		synctest.Wait()
		stop()
		counts, err := f.in.Counts(t.Context())
		if err != nil || counts[inbox.ViewSnoozed] != 0 || counts[inbox.ViewAll] != 250 {
			t.Errorf("%v, %v", counts, err)
		}
	})
}

func TestASnoozePastTheWindowWarns(t *testing.T) {
	zone := time.FixedZone("there", 3*60*60)
	synctest.Test(t, func(t *testing.T) { // it is midnight UTC
		f := newLiveFixture(t) // open for a day, late for a week
		f.ingest(batch(received("m1", "hello", time.Now().Add(-6*24*time.Hour-22*time.Hour))))
		for name, c := range map[string]struct {
			after time.Duration
			want  string
		}{
			"before the end": {time.Hour, ""},
			"after the end":  {3 * time.Hour, "the reply window closes 05:00, before it comes back"},
		} {
			r := f.triage(inbox.Snooze{Until: time.Now().Add(c.after).In(zone)})
			if r.Err != nil || r.Warning != c.want {
				t.Errorf("%s: %q (%v), want %q", name, r.Warning, r.Err, c.want)
			}
		}
		time.Sleep(24 * time.Hour)
		if r := f.triage(inbox.Snooze{Until: time.Now().Add(time.Hour)}); r.Warning != "" {
			t.Errorf("the window is closed already: %q", r.Warning)
		}
	})
}

func TestASnoozeNeedsATimeToCome(t *testing.T) {
	f := newFixture(t)
	f.ingest(batch(received("m1", "hello", minutesAgo(30))))
	for until, want := range map[time.Time]string{
		time.Now().Add(-time.Minute):  "over already",
		{}:                            "over already",
		time.Now().AddDate(40, 0, 0):  "two years",
		time.Now().AddDate(300, 0, 0): "two years",
	} {
		if r := f.triage(inbox.Snooze{Until: until}); r.Err == nil || !strings.Contains(r.Err.Error(), want) || r.Changed() {
			t.Errorf("until %v: %+v", until, r)
		}
	}
}
