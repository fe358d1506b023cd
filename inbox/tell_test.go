package inbox_test

import (
	"context"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"parley/inbox"
)

// archive is a provider's archive that remembers what it was asked.
type archive struct {
	mu    sync.Mutex
	asked []bool
	err   error
	slow  time.Duration
}

func (f *fixture) archive() *archive {
	a := &archive{}
	f.provider.ArchiveFunc = func(ctx context.Context, _ inbox.ConversationID, archived bool) error {
		slow, err := a.ask(archived)
		select {
		case <-ctx.Done():
			return inbox.Errorf(inbox.Unavailable, "stopped")
		case <-time.After(slow):
		}
		return err
	}
	return a
}

func (a *archive) ask(archived bool) (slow time.Duration, err error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.asked = append(a.asked, archived)
	return a.slow, a.err
}

func (a *archive) count() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return len(a.asked)
}

// answer fixes how it answers from now on.
func (a *archive) answer(slow time.Duration, err error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.slow, a.err = slow, err
}

func (a *archive) want(t *testing.T, asked ...bool) {
	t.Helper()
	a.mu.Lock()
	defer a.mu.Unlock()
	if !slices.Equal(a.asked, asked) {
		t.Errorf("the provider was asked to archive %v, want %v", a.asked, asked)
	}
}

func TestDoneIsArchivedAtTheProvider(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(t)
		a := f.archive()
		f.ingest(batch(received("m1", "hello", minutesAgo(30))))
		stop := f.run()
		defer stop()
		done := f.triage(inbox.MarkDone{})
		f.triage(inbox.MarkDone{})
		synctest.Wait()
		a.want(t, true)
		f.wantViews(inbox.ViewDone, inbox.ViewArchived)
		if c := f.conversation(); !c.RemoteArchived || c.Triage.Untold {
			t.Errorf("%+v", c)
		}
		if u := f.undo(done)[0]; u.Err != nil {
			t.Fatal(u.Err)
		}
		synctest.Wait()
		a.want(t, true, false)
		f.wantViews(inbox.ViewAll, inbox.ViewUnread, inbox.ViewUnanswered)
	})
}

func TestDoneIsLocalWhereThereIsNoArchive(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(t)
		f.withoutArchive()
		a := f.archive()
		f.ingest(batch(received("m1", "hello", minutesAgo(30))))
		stop := f.run()
		f.triage(inbox.MarkDone{})
		time.Sleep(time.Hour)
		stop()
		a.want(t)
		f.wantViews(inbox.ViewDone)
	})
}

func TestWhatTheProviderWasNotToldIsToldLater(t *testing.T) {
	for name, c := range map[string]struct {
		first error
		wait  time.Duration
	}{
		"the line is down":   {inbox.Errorf(inbox.Unavailable, "no line"), 3 * time.Second},
		"asked too often":    {&inbox.Error{Kind: inbox.RateLimited, Text: "slow down", RetryAfter: time.Minute}, 61 * time.Second},
		"the key is refused": {inbox.Errorf(inbox.Auth, "no such key"), 3 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := newFixture(t)
				a := f.archive()
				a.answer(0, c.first)
				f.ingest(batch(received("m1", "hello", minutesAgo(30))))
				stop := f.run()
				f.triage(inbox.MarkDone{})
				synctest.Wait()
				a.want(t, true)
				f.wantViews(inbox.ViewDone, inbox.ViewUntold)
				a.answer(0, nil)
				time.Sleep(c.wait)
				synctest.Wait()
				stop()
				a.want(t, true, true)
				f.wantViews(inbox.ViewDone, inbox.ViewArchived)
			})
		})
	}
}

func TestWhatTheProviderWasNotToldSurvivesARestart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(t)
		a := f.archive()
		f.ingest(batch(received("m1", "hello", minutesAgo(30))))
		f.triage(inbox.MarkDone{}) // nobody runs
		f.restart()
		stop := f.run()
		synctest.Wait()
		stop()
		a.want(t, true)
		f.wantViews(inbox.ViewDone, inbox.ViewArchived)
	})
}

func TestWhatTheProviderRefusesIsDoneAllTheSame(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(t)
		a := f.archive()
		a.answer(0, inbox.Errorf(inbox.NotFound, "conversation not found"))
		f.ingest(batch(received("m1", "hello", minutesAgo(30))))
		stop := f.run()
		f.triage(inbox.MarkDone{})
		time.Sleep(time.Hour)
		stop()
		a.want(t, true)
		f.wantViews(inbox.ViewDone)
	})
}

func TestManyAreToldOneAfterTheOther(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(t)
		a := f.archive()
		var ids []inbox.ConversationID
		var told []inbox.MessageFact
		for i := range 60 {
			m := received("m1", "hello", minutesAgo(i+1))
			m.RemoteID = "t_" + string(rune('A'+i))
			told = append(told, m)
			ids = append(ids, inbox.NewConversationID("acme", inbox.Instagram, m.RemoteID))
		}
		f.ingest(batch(told...))
		stop := f.run()
		defer stop()
		if _, err := f.in.Triage(t.Context(), ids, inbox.MarkDone{}); err != nil {
			t.Fatal(err)
		}
		time.Sleep(10 * time.Second)
		if n := a.count(); n < 15 || n > 22 {
			t.Errorf("%d requests in 10 s", n)
		}
		time.Sleep(time.Minute)
		counts, err := f.in.Counts(t.Context())
		if n := a.count(); n != 60 || err != nil || counts[inbox.ViewArchived] != 60 || counts[inbox.ViewUntold] != 0 {
			t.Errorf("%d requests, %v, %v", n, counts, err)
		}
	})
}

// TestWhatMovesWhileTheProviderIsTold changes the conversation while the request
// is under way: the last word is told.
func TestWhatMovesWhileTheProviderIsTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(t)
		a := f.archive()
		a.answer(2*time.Second, nil)
		f.ingest(batch(received("m1", "hello", minutesAgo(30))))
		stop := f.run()
		defer stop()
		synctest.Wait() // there is nothing to tell yet
		f.triage(inbox.MarkDone{})
		time.Sleep(time.Second)
		f.triage(inbox.Reopen{})
		time.Sleep(time.Minute)
		a.want(t, true, false)
		f.wantViews(inbox.ViewAll, inbox.ViewUnread, inbox.ViewUnanswered)
		if c := f.conversation(); c.RemoteArchived {
			t.Error("the provider goes on calling it archived")
		}
	})
}

func TestSomebodyElseTakesItOutOfTheArchive(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(t)
		f.archive()
		f.ingest(batch(received("m1", "hello", minutesAgo(30))))
		stop := f.run()
		f.triage(inbox.MarkDone{})
		synctest.Wait()
		stop()
		time.Sleep(time.Minute)
		archived := false
		told := batch()
		told.Conversations = []inbox.ConversationFact{{RemoteID: "t_ann", Archived: &archived}}
		f.ingest(told)
		f.wantViews(inbox.ViewAll, inbox.ViewUnread, inbox.ViewUnanswered)
	})
}
