package inbox_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"parley/inbox"
	"parley/inbox/inboxtest"
)

// follow runs Follow beside the test. said is what was told, each as its kind and
// what it is about; it may be called when the bubble is at rest.
func (f *fixture) follow(o inbox.FollowOptions) (said func() []string, cursor func() inbox.NewsCursor, stop func()) {
	f.t.Helper()
	ctx, cancel := context.WithCancel(f.t.Context())
	var mu sync.Mutex
	var list []string
	var last inbox.NewsCursor
	ended := make(chan error, 1)
	go func() {
		ended <- f.in.Follow(ctx, o, func(n inbox.News) error {
			mu.Lock()
			defer mu.Unlock()
			list = append(list, describeNews(n))
			if n.Cursor.Arrival < last.Arrival || n.Cursor.At.Before(last.At) {
				f.t.Errorf("the cursor went back from %s to %s", last, n.Cursor)
			}
			last = n.Cursor
			return nil
		})
	}()
	synctest.Wait()
	said = func() []string {
		synctest.Wait()
		mu.Lock()
		defer mu.Unlock()
		told := list
		list = nil
		return told
	}
	cursor = func() inbox.NewsCursor {
		synctest.Wait()
		mu.Lock()
		defer mu.Unlock()
		return last
	}
	return said, cursor, func() {
		cancel()
		if err := <-ended; err != nil {
			f.t.Error(err)
		}
	}
}

func describeNews(n inbox.News) string {
	words := []string{string(n.Kind)}
	switch {
	case n.Reaction != nil:
		words = append(words, n.Reaction.Emoji, string(n.Message.ID))
	case n.Message != nil:
		words = append(words, n.Message.Text)
	case n.Item != nil:
		words = append(words, n.Item.Text())
	}
	return strings.TrimSpace(strings.Join(words, " "))
}

func wantNews(t *testing.T, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("told %q, want %q", got, want)
	}
}

func TestFollowTellsWhatHappensInItsOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(t)
		f.push(batch(pushed(received("old", "before", time.Now()))))
		said, _, stop := f.follow(inbox.FollowOptions{})
		defer stop()
		wantNews(t, said())
		f.push(batch(pushed(received("m1", "hello", time.Now()))))
		f.push(batch(pushed(received("m1", "hello", time.Now())))) // twice
		f.push(batch(pushed(sent("m2", "hi Ann", time.Now()))))
		wantNews(t, said(), "new hello", "sent hi Ann")
		time.Sleep(time.Minute)
		f.push(told(reaction("m2", "ann", "❤", time.Now())))
		f.push(told(edited("m1", "hello!", time.Now(), 1), event(inbox.EventRead, "m2", time.Now())))
		wantNews(t, said(), "reaction ❤ m2", "edited hello!", "read")
		time.Sleep(time.Minute)
		f.push(told(event(inbox.EventUnsend, "m1", time.Now())))
		wantNews(t, said(), "unsent")
		for _, change := range []inbox.TriageChange{inbox.MarkDone{}, inbox.Reopen{}, inbox.Snooze{Until: time.Now().Add(time.Hour)}} {
			if _, err := f.in.Triage(t.Context(), []inbox.ConversationID{ann}, change); err != nil {
				t.Fatal(err)
			}
		}
		wantNews(t, said(), "done", "reopened", "snoozed")
	})
}

func TestFollowTellsOfSends(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(t)
		f.live()
		f.push(batch(pushed(received("m1", "hello", time.Now()))))
		defer f.run()()
		said, _, stop := f.follow(inbox.FollowOptions{})
		defer stop()
		f.send("it went")
		wantNews(t, said(), "sent it went")
		f.provider.SendFunc = func(_ context.Context, out inbox.Outgoing) (inbox.SendResult, error) {
			return inboxtest.Refuse(out, inbox.StateUnknown, inbox.Errorf(inbox.Unavailable, "cut off"))
		}
		f.send("did it go?")
		wantNews(t, said(), "unknown did it go?")
	})
}

// TestFollowGoesOnWhereItEnded: between two follows nothing is lost and nothing is
// told twice, wherever the first was cut off.
func TestFollowGoesOnWhereItEnded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(t)
		f.push(batch(pushed(received("m0", "first", time.Now()))))
		said, cursor, stop := f.follow(inbox.FollowOptions{})
		f.push(batch(pushed(received("m1", "one", time.Now()))))
		wantNews(t, said(), "new one")
		since := cursor()
		stop()

		f.push(batch(pushed(received("m2", "two", time.Now()))))
		late := received("m3", "three, which is late", time.Now().Add(-time.Hour))
		f.push(batch(pushed(late)))
		f.push(batch(pushed(sent("m4", "four", time.Now()))))
		if _, err := f.in.Triage(t.Context(), []inbox.ConversationID{ann}, inbox.MarkDone{}); err != nil {
			t.Fatal(err)
		}
		f.restart()

		again, err := inbox.ParseNewsCursor(since.String())
		if err != nil {
			t.Fatal(err)
		}
		said, cursor, stop = f.follow(inbox.FollowOptions{Since: again})
		wantNews(t, said(), "new two", "new three, which is late", "sent four")
		f.push(batch(pushed(received("m5", "five", time.Now()))))
		wantNews(t, said(), "new five", "reopened")
		end := cursor()
		stop()
		said, _, stop = f.follow(inbox.FollowOptions{Since: end})
		defer stop()
		wantNews(t, said())
	})
}

// TestAnythingAfterTheCursorIsTold: a script that keeps the cursor of each line
// may be cut off after any of them.
func TestAnythingAfterTheCursorIsTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(t)
		var want []string
		for i := range 20 {
			m := received(fmt.Sprint("m", i), fmt.Sprint("text ", i), time.Now().Add(-time.Duration(i)*time.Minute))
			m.RemoteID = fmt.Sprint("t_", i%3)
			f.push(batch(pushed(m)))
			want = append(want, "new "+m.Message.Text)
		}
		stopHere := errors.New("killed")
		cursor := inbox.NewsCursor{At: time.Now()}
		for i := range want {
			var got string
			err := f.in.Follow(t.Context(), inbox.FollowOptions{Since: cursor}, func(n inbox.News) error {
				got, cursor = describeNews(n), n.Cursor
				return stopHere
			})
			if !errors.Is(err, stopHere) || got != want[i] {
				t.Fatalf("%d: told %q, %v; want %q", i, got, err, want[i])
			}
		}
	})
}

// TestHistoryIsNoNews: a first sync reads years.
func TestHistoryIsNoNews(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(t)
		said, _, stop := f.follow(inbox.FollowOptions{})
		defer stop()
		f.ingest(batch(received("m1", "long ago", time.Now().Add(-inbox.NewsAge-time.Hour)), received("m2", "last week", time.Now().Add(-inbox.NewsAge+time.Hour))))
		wantNews(t, said(), "new last week")
	})
}

func TestClosingIsToldOnceAndInTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(t)
		f.push(batch(pushed(received("m1", "hello", time.Now()))))
		ends := f.in.Window(f.conversation()).ClosesAt
		const soon = 2 * time.Hour
		o := inbox.FollowOptions{Closing: soon}
		said, cursor, stop := f.follow(o)
		time.Sleep(time.Until(ends.Add(-soon)) - time.Second)
		wantNews(t, said())
		time.Sleep(2 * time.Second)
		wantNews(t, said(), "closing")
		f.push(batch(pushed(received("m2", "are you there?", time.Now())))) // the window begins anew
		wantNews(t, said(), "new are you there?")
		since := cursor()
		stop()

		time.Sleep(time.Until(f.in.Window(f.conversation()).ClosesAt.Add(-soon / 2))) // nobody followed when it came near
		o.Since = since
		said, _, stop = f.follow(o)
		wantNews(t, said(), "closing")
		f.push(batch(pushed(sent("m3", "yes", time.Now()))))
		time.Sleep(soon)
		wantNews(t, said(), "sent yes")
		stop()
	})
}

// TestClosingIsToldByTheProvidersClock: a machine whose clock is wrong must not
// tell a day too late.
func TestClosingIsToldByTheProvidersClock(t *testing.T) {
	for _, wrong := range []time.Duration{-24 * time.Hour, 24 * time.Hour} {
		synctest.Test(t, func(t *testing.T) {
			f := newFixture(t)
			f.clockIsWrong(wrong)
			f.push(batch(pushed(received("m1", "hello", f.in.Now("acme")))))
			left, ok := f.in.Window(f.conversation()).Left(f.in.Now("acme"))
			if !ok {
				t.Fatal("the window does not end")
			}
			const soon = 2 * time.Hour
			said, _, stop := f.follow(inbox.FollowOptions{Closing: soon})
			defer stop()
			time.Sleep(left - soon - time.Second)
			wantNews(t, said())
			time.Sleep(2 * time.Second)
			wantNews(t, said(), "closing")
		})
	}
}

// TestASendThatFailedIsToldOnce: also by a machine whose clock is wrong, and after
// a follow that was cut off.
func TestASendThatFailedIsToldOnce(t *testing.T) {
	for _, wrong := range []time.Duration{0, -24 * time.Hour, 24 * time.Hour} {
		synctest.Test(t, func(t *testing.T) {
			f := newFixture(t)
			f.clockIsWrong(wrong)
			f.push(batch(pushed(received("m1", "hello", f.in.Now("acme")))))
			said, cursor, stop := f.follow(inbox.FollowOptions{})
			f.provider.SendFunc = func(_ context.Context, out inbox.Outgoing) (inbox.SendResult, error) {
				return inboxtest.Refuse(out, inbox.StateFailed, inbox.Errorf(inbox.Rejected, "no"))
			}
			f.fails("one", said)
			since := cursor()
			stop()
			said, _, stop = f.follow(inbox.FollowOptions{Since: since})
			wantNews(t, said())
			stop()
			f.fails("two", nil) // nobody follows
			said, _, stop = f.follow(inbox.FollowOptions{Since: since})
			wantNews(t, said(), "failed two")
			stop()
		})
	}
}

// fails lets a send fail, a minute later; said, unless nil, has to tell it.
func (f *fixture) fails(text string, said func() []string) {
	f.t.Helper()
	time.Sleep(time.Minute)
	stop := f.run()
	f.send(text)
	synctest.Wait()
	stop()
	if said != nil {
		wantNews(f.t, said(), "failed "+text)
	}
}

// clockIsWrong sets our clock by so much, as far as the provider's tells.
func (f *fixture) clockIsWrong(by time.Duration) {
	f.t.Helper()
	f.provider.InspectFunc = func(context.Context) (inbox.AccountInfo, error) {
		return inbox.AccountInfo{ServerTime: time.Now().Add(-by)}, nil
	}
	if _, err := f.in.Inspect(f.t.Context(), "acme"); err != nil {
		f.t.Fatal(err)
	}
}

// TestASlowFollowerLosesNoMessage: what does not fit is found again by its
// arrival.
func TestASlowFollowerLosesNoMessage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(t)
		const many, batches = 13_500, 5
		hold, lost, got := make(chan struct{}), false, map[string]bool{}
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() {
			ended <- f.in.Follow(ctx, inbox.FollowOptions{Lost: func() { lost = true }}, func(n inbox.News) error {
				<-hold
				if n.Kind == inbox.NewsMessage && got[n.Message.Text] {
					t.Errorf("%q is told twice", n.Message.Text)
				}
				got[n.Message.Text] = true
				return nil
			})
		}()
		synctest.Wait()
		for i := range batches {
			var facts []inbox.MessageFact
			for j := range many / batches {
				m := received(fmt.Sprint("m", i, "-", j), fmt.Sprint("text ", i, "-", j), time.Now())
				m.RemoteID = fmt.Sprint("t_", j%300)
				facts = append(facts, pushed(m))
			}
			f.push(batch(facts...))
			synctest.Wait()
		}
		close(hold)
		synctest.Wait()
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		if !lost || len(got) != many {
			t.Errorf("told %d of %d messages, lost: %v", len(got), many, lost)
		}
	})
}

// TestFollowMissesNothingThatComesWhileItCatchesUp: the catching up reads one
// conversation after the other, and the inbox goes on meanwhile.
func TestFollowMissesNothingThatComesWhileItCatchesUp(t *testing.T) {
	from := func(who, id, text string) inbox.Batch {
		m := received(id, text, time.Now())
		m.RemoteID = who
		return batch(pushed(m))
	}
	bob := inbox.NewConversationID("acme", inbox.Instagram, "t_bob")
	for _, tt := range []struct {
		name      string
		before    func(*fixture)
		meanwhile func(*fixture) // after the first conversation was read: the one with the newest message
		want      []string
	}{
		{
			"messages to a conversation that was read and to one that was not",
			func(*fixture) {},
			func(f *fixture) {
				f.push(from("t_bob", "m3", "three"))
				f.push(from("t_ann", "m4", "four"))
			},
			[]string{"new one", "new two", "new three", "new four"},
		}, {
			"a conversation that goes from a list to come into one that was read",
			func(f *fixture) { f.decide(bob, inbox.MarkDone{}) },
			func(f *fixture) { f.decide(bob, inbox.Reopen{}) },
			[]string{"new one", "new two", "reopened"},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := newFixture(t)
				watched := &watchedStore{Store: f.store}
				f.store = watched
				f.restart()
				f.push(from("t_ann", "m1", "one"))
				time.Sleep(time.Second)
				f.push(from("t_bob", "m2", "two"))
				tt.before(f)
				watched.thread = func() { tt.meanwhile(f) }
				said, _, stop := f.follow(inbox.FollowOptions{Since: inbox.NewsCursor{At: time.Now()}})
				defer stop()
				wantNews(t, said(), tt.want...)
			})
		})
	}
}

// decide makes one decision about a conversation.
func (f *fixture) decide(id inbox.ConversationID, change inbox.TriageChange) {
	f.t.Helper()
	results, err := f.in.Triage(f.t.Context(), []inbox.ConversationID{id}, change)
	if err != nil || results[0].Err != nil {
		f.t.Fatal(err, results)
	}
}

// watchedStore does something else after the first thread was read.
type watchedStore struct {
	inbox.Store
	thread func()
}

func (w *watchedStore) View(ctx context.Context, fn func(inbox.Reader) error) error {
	read := false
	err := w.Store.View(ctx, func(r inbox.Reader) error { return fn(watchedReader{r, &read}) })
	if then := w.thread; read && then != nil {
		w.thread = nil
		then()
	}
	return err
}

type watchedReader struct {
	inbox.Reader
	read *bool
}

func (w watchedReader) Thread(q inbox.ThreadQuery) (inbox.ThreadPage, error) {
	*w.read = true
	return w.Reader.Thread(q)
}

func TestNewsCursors(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]inbox.NewsCursor{
		"0-0":              {At: time.UnixMilli(0).UTC()},
		"17-1763740800123": {Arrival: 17, At: time.UnixMilli(1763740800123).UTC()},
	} {
		got, err := inbox.ParseNewsCursor(text)
		if err != nil || got != want || got.String() != text {
			t.Errorf("%s: %+v (%s), %v", text, got, got, err)
		}
	}
	for _, text := range []string{"", "17", "-5-6", "17-", "a-b", "17-1-2", "17--1", "99999999999999999999-1"} {
		if got, err := inbox.ParseNewsCursor(text); err == nil {
			t.Errorf("%q is taken for %+v", text, got)
		}
	}
}
