package inbox_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"parley/inbox"
	"parley/inbox/inboxtest"
)

// asked are the times at which a feed was read.
type asked map[inbox.Platform][]time.Time

// answerWith records the reads and answers with the given freshness.
func (f *fixture) answerWith(fresh func(now time.Time) inbox.ReadResult) asked {
	log := asked{}
	f.provider.FeedList = []inbox.Feed{{Platform: inbox.Instagram, Name: inbox.MessagesFeed, CacheTime: time.Minute}}
	f.provider.ReadFunc = func(_ context.Context, req inbox.ReadRequest, _ func(inbox.Batch) error) (inbox.ReadResult, error) {
		log[req.Feed.Platform] = append(log[req.Feed.Platform], time.Now())
		return fresh(time.Now()), nil
	}
	f.restart()
	return log
}

func TestNextUpdateIsHonouredWhenItCanBeBelieved(t *testing.T) {
	for name, c := range map[string]struct {
		next func(now time.Time) time.Time
		want time.Duration
	}{
		"told":          {func(now time.Time) time.Time { return now.Add(90 * time.Second) }, 90 * time.Second},
		"missing":       {func(time.Time) time.Time { return time.Time{} }, time.Minute},
		"in the past":   {func(now time.Time) time.Time { return now.Add(-time.Hour) }, time.Minute},
		"an hour ahead": {func(now time.Time) time.Time { return now.Add(time.Hour) }, time.Minute},
		"years ago":     {func(time.Time) time.Time { return time.Date(2024, 6, 9, 21, 47, 4, 0, time.UTC) }, time.Minute},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := newFixture(t)
				log := f.answerWith(func(now time.Time) inbox.ReadResult { return inbox.ReadResult{NextUpdate: c.next(now)} })
				stop := f.run()
				time.Sleep(c.want + 5*time.Second)
				stop()
				times := log[inbox.Instagram]
				if len(times) != 2 {
					t.Fatalf("%d reads, want 2", len(times))
				}
				if gap := times[1].Sub(times[0]); gap < c.want || gap > c.want+3*time.Second {
					t.Errorf("read again after %s, want %s and a little", gap, c.want)
				}
			})
		})
	}
}

func TestNothingIsAskedEarlyAcrossRestarts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(t)
		log := f.answerWith(func(now time.Time) inbox.ReadResult { return inbox.ReadResult{NextUpdate: now.Add(time.Minute)} })
		for range 5 {
			f.restart()
			if _, err := f.in.Sync(t.Context(), "", false, nil); err != nil {
				t.Fatal(err)
			}
			time.Sleep(5 * time.Second)
		}
		if n := len(log[inbox.Instagram]); n != 1 {
			t.Errorf("%d reads in 25 s, want 1", n)
		}
		time.Sleep(time.Minute)
		f.restart()
		reports, err := f.in.Sync(t.Context(), "", false, nil)
		if err != nil || len(reports) != 1 || reports[0].Requests != 1 {
			t.Errorf("when it is due: %+v, %v", reports, err)
		}
	})
}

func TestForceAsksAtMostOnceIn5Seconds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(t)
		log := f.answerWith(func(now time.Time) inbox.ReadResult { return inbox.ReadResult{NextUpdate: now.Add(time.Minute)} })
		readNow := func() inbox.SyncReport {
			f.restart()
			reports, err := f.in.Sync(t.Context(), "acme", true, nil)
			if err != nil {
				t.Fatal(err)
			}
			return reports[0]
		}
		readNow()
		if r := readNow(); r.Requests != 0 || r.Err == nil || r.Err.Kind != inbox.RateLimited {
			t.Errorf("the second wish within 5 s: %+v", r)
		}
		time.Sleep(5 * time.Second)
		if r := readNow(); r.Requests != 1 || r.Err != nil {
			t.Errorf("after 5 s: %+v", r)
		}
		if n := len(log[inbox.Instagram]); n != 2 {
			t.Errorf("%d reads", n)
		}
	})
}

func TestTheServersClockCorrectsOurs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(t)
		// The server is a day ahead of us; its nextUpdate is by its own clock.
		day := 24 * time.Hour
		log := f.answerWith(func(now time.Time) inbox.ReadResult {
			return inbox.ReadResult{ServerTime: now.Add(day), NextUpdate: now.Add(day + 40*time.Second)}
		})
		stop := f.run()
		time.Sleep(50 * time.Second)
		stop()
		if n := len(log[inbox.Instagram]); n != 2 {
			t.Errorf("%d reads in 50 s, want 2", n)
		}
		if got := time.Until(f.in.Now("acme")); got < day-time.Second || got > day+time.Second {
			t.Errorf("Now is %s ahead of our clock, want a day", got)
		}
		v := f.in.Accounts()[0].Platforms[0]
		if age := time.Since(v.ReadAt); age < 0 || age > time.Minute {
			t.Errorf("the status line says that the data is %s old", age)
		}
	})
}

func TestOneBrokenPlatformDoesNotSlowTheOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(t)
		var mu sync.Mutex
		reads := map[inbox.Platform]int{}
		f.provider.ReadFunc = func(ctx context.Context, req inbox.ReadRequest, _ func(inbox.Batch) error) (inbox.ReadResult, error) {
			mu.Lock()
			reads[req.Feed.Platform]++
			mu.Unlock()
			if req.Feed.Platform == inbox.Facebook {
				<-ctx.Done() // hangs
				return inbox.ReadResult{}, ctx.Err()
			}
			return inbox.ReadResult{}, nil
		}
		stop := f.run()
		time.Sleep(10 * time.Minute)
		stop()
		if reads[inbox.Instagram] < 9 || reads[inbox.Twitter] < 36 {
			t.Errorf("reads in 10 minutes beside a platform that hangs: %v", reads)
		}
	})
}

func TestFailuresBackOffAndAreShown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(t)
		reads := 0
		f.provider.FeedList = []inbox.Feed{{Platform: inbox.Instagram, Name: inbox.MessagesFeed, CacheTime: time.Minute}}
		f.provider.ReadFunc = func(context.Context, inbox.ReadRequest, func(inbox.Batch) error) (inbox.ReadResult, error) {
			reads++
			return inbox.ReadResult{}, errors.New("boom")
		}
		f.restart()
		stop := f.run()
		time.Sleep(time.Hour)
		v := f.in.Accounts()[0]
		stop()
		if v.Health != inbox.Failing || v.Error == nil || v.Error.Text != "boom" {
			t.Errorf("account: %+v", v)
		}
		if reads < 10 || reads > 25 {
			t.Errorf("%d reads in an hour", reads)
		}
	})
}

func TestTheBrakeComesLongBeforeAThousand429(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(t)
		var limited atomic.Int64
		f.provider.ReadFunc = func(context.Context, inbox.ReadRequest, func(inbox.Batch) error) (inbox.ReadResult, error) {
			limited.Add(1)
			return inbox.ReadResult{}, &inbox.Error{Kind: inbox.RateLimited, Text: "too many requests"}
		}
		for range 4 { // also across restarts
			f.restart()
			stop := f.run()
			time.Sleep(6 * time.Hour)
			if v := f.in.Accounts()[0]; v.Health != inbox.Limited && v.Health != inbox.Failing {
				t.Errorf("health is %s", v.Health)
			}
			stop()
		}
		if n := limited.Load(); n > 400 {
			t.Errorf("%d answers 429 in a day", n)
		}
	})
}

// pages is a provider with a history in pages, newest first.
func (f *fixture) pages(total *int) (asked *[]string) {
	const size = 10
	asked = &[]string{}
	f.provider.FeedList = []inbox.Feed{{Platform: inbox.Twitter, Name: inbox.MessagesFeed, CacheTime: 15 * time.Second, Paged: true}}
	f.provider.ReadFunc = func(_ context.Context, req inbox.ReadRequest, emit func(inbox.Batch) error) (inbox.ReadResult, error) {
		*asked = append(*asked, req.Cursor)
		from, size := *total, size
		if req.Whole {
			size = *total
		}
		if req.Cursor != "" {
			fmt.Sscan(req.Cursor, &from)
		}
		var b inbox.Batch
		for i := from; i > max(0, from-size); i-- {
			m := received(fmt.Sprintf("m%d", i), fmt.Sprint(i), minutesAgo(100000-i))
			b.Messages = append(b.Messages, m)
		}
		res := inbox.ReadResult{}
		if from > size {
			res.Cursor = fmt.Sprint(from - size)
		}
		return res, emit(b)
	}
	f.restart()
	return asked
}

func (f *fixture) count() int {
	c, err := f.in.Conversation(f.t.Context(), "acme/twitter/t_ann")
	if err != nil {
		f.t.Fatal(err)
	}
	return c.Messages
}

func TestPagesAreReadToTheEndOnceAndGapsAreClosed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(t)
		total := 95
		asked := f.pages(&total)
		readNow := func() {
			if _, err := f.in.Sync(t.Context(), "", false, nil); err != nil {
				t.Fatal(err)
			}
		}
		readNow()
		if f.count() != 95 || len(*asked) != 10 {
			t.Fatalf("%d messages after %d requests", f.count(), len(*asked))
		}
		total = 98
		time.Sleep(time.Minute)
		*asked = nil
		readNow()
		if f.count() != 98 || len(*asked) != 1 {
			t.Errorf("a few new ones: %d messages after %d requests", f.count(), len(*asked))
		}
		total = 150
		time.Sleep(time.Minute)
		*asked = nil
		readNow()
		if f.count() != 150 || len(*asked) != 6 {
			t.Errorf("a gap of several pages: %d messages after %d requests (%q)", f.count(), len(*asked), *asked)
		}
	})
}

func TestABackfillGoesOnAfterARestart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(t)
		total := 2000
		asked := f.pages(&total)
		stop := f.run()
		time.Sleep(90 * time.Second) // 10 pages at once, then one in 1.5 s
		stop()
		some := f.count()
		if some < 500 || some >= 2000 {
			t.Fatalf("%d messages in 90 s", some)
		}
		*asked = nil
		f.restart()
		stop = f.run()
		time.Sleep(5 * time.Minute)
		stop()
		if f.count() != 2000 {
			t.Errorf("%d messages in the end", f.count())
		}
		if len(*asked) > 200-some/10+25+1 {
			t.Errorf("%d requests for the rest: it began again", len(*asked))
		}
	})
}

func TestALongHistoryIsAskedForAtOnceWhereTheProviderCan(t *testing.T) {
	for name, refused := range map[string]bool{"given": false, "refused": true} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := newFixture(t)
				total := 400
				asked := f.pages(&total)
				f.provider.FeedList[0].Whole = true
				pages := f.provider.ReadFunc
				f.provider.ReadFunc = func(ctx context.Context, req inbox.ReadRequest, emit func(inbox.Batch) error) (inbox.ReadResult, error) {
					if req.Whole && refused {
						return inbox.ReadResult{}, &inbox.Error{Kind: inbox.Unavailable, Text: "too much"}
					}
					return pages(ctx, req, emit)
				}
				f.restart()
				stop := f.run()
				time.Sleep(3 * time.Minute)
				stop()
				if f.count() != 400 {
					t.Errorf("%d messages", f.count())
				}
				whole := 0
				for _, r := range f.provider.Reads() {
					if r.Whole {
						whole++
					}
				}
				if whole != 1 {
					t.Errorf("the whole history was asked for %d times (%q)", whole, *asked)
				}
			})
		})
	}
}

func TestALongKnownHistoryIsNotReadToItsEndEachTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(t)
		const total = 8000
		handed, newest := 0, "hello"
		f.provider.FeedList = []inbox.Feed{{Platform: inbox.Instagram, Name: inbox.MessagesFeed, CacheTime: time.Minute}}
		f.provider.ReadFunc = func(_ context.Context, _ inbox.ReadRequest, emit func(inbox.Batch) error) (inbox.ReadResult, error) {
			handed = 0
			var b inbox.Batch
			for i := total; i > 0; i-- {
				text := fmt.Sprint(i)
				if i == total {
					text = newest
				}
				m := received(fmt.Sprintf("m%d", i), text, time.Date(2026, 1, 1, 0, 0, i, 0, time.UTC))
				if i < total {
					m.RemoteID = fmt.Sprintf("t_%d", i%200)
				}
				m.Message.UpdatedAt = time.Date(2026, 1, 1, 0, 0, i+len(text), 0, time.UTC)
				b.Messages = append(b.Messages, m)
				if handed++; handed%1000 == 0 {
					if err := emit(b); err != nil {
						return inbox.ReadResult{}, err
					}
					b = inbox.Batch{}
				}
			}
			return inbox.ReadResult{}, emit(b)
		}
		f.restart()
		read := func() inbox.SyncReport {
			reports, err := f.in.Sync(t.Context(), "", false, nil)
			if err != nil || reports[0].Err != nil {
				t.Fatal(err, reports[0].Err)
			}
			return reports[0]
		}
		read()
		time.Sleep(2 * time.Minute)
		newest = "hello, corrected"
		if read(); handed >= total {
			t.Errorf("read %d messages although all but the newest were known", handed)
		}
		if got := f.texts(); !slices.Equal(got, []string{newest}) {
			t.Errorf("thread is %q", got)
		}
		time.Sleep(15 * time.Minute)
		if read(); handed != total {
			t.Errorf("after a quarter of an hour it read %d messages, want all", handed)
		}
	})
}

// writes counts transactions that write.
type writes struct {
	inbox.Store
	n int
}

func (w *writes) Update(ctx context.Context, fn func(inbox.Writer) error) error {
	w.n++
	return w.Store.Update(ctx, fn)
}

func TestFactsThatChangeNothingCostNoWrite(t *testing.T) {
	f := newFixture(t)
	counted := &writes{Store: f.store}
	f.store = counted
	f.restart()
	b := batch(received("m1", "hello", minutesAgo(3)), sent("m2", "hi", minutesAgo(2)))
	b.Conversations = []inbox.ConversationFact{{RemoteID: "t_ann", Participant: inbox.Participant{ID: "ann", Name: "Ann"}, ReadUpTo: minutesAgo(1)}}
	f.ingest(b)
	before := counted.n
	f.ingest(b)
	if counted.n != before {
		t.Errorf("%d transactions wrote", counted.n-before)
	}
}

// An own message that we know because we sent it does not tell that a read has
// been there before.
func TestAnOwnSendOnTheNewestPageHidesNoGap(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(t)
		total := 20
		f.pages(&total)
		pages := f.provider.ReadFunc
		var own []inbox.MessageFact
		f.provider.ReadFunc = func(ctx context.Context, req inbox.ReadRequest, emit func(inbox.Batch) error) (inbox.ReadResult, error) {
			if req.Cursor == "" && len(own) > 0 {
				if err := emit(inbox.Batch{Messages: own}); err != nil {
					return inbox.ReadResult{}, err
				}
			}
			return pages(ctx, req, emit)
		}
		readNow := func() {
			if _, err := f.in.Sync(t.Context(), "", false, nil); err != nil {
				t.Fatal(err)
			}
		}
		readNow()
		items, err := f.in.Send(t.Context(), inbox.SendRequest{Composition: inbox.Composition{Conversation: "acme/twitter/t_ann", Text: "hi"}})
		if err != nil {
			t.Fatal(err)
		}
		if err := f.in.Flush(t.Context(), ""); err != nil {
			t.Fatal(err)
		}
		f.wantState(items[0].ID, inbox.StateSent)
		own = []inbox.MessageFact{sent("sent-a", "hi", time.Now())}
		total = 60
		time.Sleep(time.Minute)
		readNow()
		if n := f.count(); n != 61 {
			t.Errorf("%d messages, want 61", n)
		}
	})
}

// What a broken answer brought before it broke must not pass for known when it
// is asked for again.
func TestAnAnswerThatBreaksOffHidesNoGap(t *testing.T) {
	for _, broken := range []string{"", "140", "130"} {
		t.Run("page "+broken, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := newFixture(t)
				total := 95
				f.pages(&total)
				pages := f.provider.ReadFunc
				armed := false
				f.provider.ReadFunc = func(ctx context.Context, req inbox.ReadRequest, emit func(inbox.Batch) error) (inbox.ReadResult, error) {
					res, err := pages(ctx, req, emit)
					if armed && req.Cursor == broken {
						armed = false
						return inbox.ReadResult{}, errors.New("cut off")
					}
					return res, err
				}
				for range 3 {
					if _, err := f.in.Sync(t.Context(), "", false, nil); err != nil {
						t.Fatal(err)
					}
					if total == 95 {
						total, armed = 150, true
					} else {
						total = 153 // what is new meanwhile moves the pages
					}
					time.Sleep(time.Minute)
				}
				if n := f.count(); n != 153 {
					t.Errorf("%d messages, want 153", n)
				}
			})
		})
	}
}

func TestACursorThatIsRefusedForEverIsGivenUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(t)
		total := 95
		asked := f.pages(&total)
		pages := f.provider.ReadFunc
		f.provider.ReadFunc = func(ctx context.Context, req inbox.ReadRequest, emit func(inbox.Batch) error) (inbox.ReadResult, error) {
			if req.Cursor == "45" {
				return inbox.ReadResult{}, &inbox.Error{Kind: inbox.Rejected, Text: "no such page"}
			}
			return pages(ctx, req, emit)
		}
		stop := f.run()
		time.Sleep(time.Hour)
		stop()
		older := slices.DeleteFunc(slices.Clone(*asked), func(cursor string) bool { return cursor == "" })
		if len(older) > 20 {
			t.Errorf("%d older pages were asked for in an hour", len(older))
		}
		if f.count() != 50 {
			t.Errorf("%d messages", f.count())
		}
	})
}

// Reading old pages says nothing of what the customer has written since.
func TestAnOlderPageIsNoFreshLookAtTheThread(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(t)
		total := 2000
		f.pages(&total)
		pages := f.provider.ReadFunc
		f.provider.ReadFunc = func(ctx context.Context, req inbox.ReadRequest, emit func(inbox.Batch) error) (inbox.ReadResult, error) {
			res, err := pages(ctx, req, emit)
			res.NextUpdate = time.Now().Add(10 * time.Minute)
			return res, err
		}
		stop := f.run()
		time.Sleep(3 * time.Second)
		stop()
		items, err := f.in.Send(t.Context(), inbox.SendRequest{Composition: inbox.Composition{Conversation: "acme/twitter/t_ann", Text: "hi"}})
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(4 * time.Minute)
		total++ // the customer writes again
		f.restart()
		defer f.run()()
		time.Sleep(time.Minute)
		f.wantState(items[0].ID, inbox.StateQueued)
		time.Sleep(10 * time.Minute)
		f.wantState(items[0].ID, inbox.StateFailed)
	})
}

func TestARefusedArchiveDoesNotHoldUpSends(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(t)
		f.provider.FeedList = []inbox.Feed{
			{Platform: inbox.Instagram, Name: inbox.MessagesFeed, CacheTime: time.Minute},
			{Platform: inbox.Instagram, Name: "archived messages", CacheTime: time.Minute, Every: 5 * time.Minute},
		}
		f.provider.ReadFunc = func(_ context.Context, req inbox.ReadRequest, _ func(inbox.Batch) error) (inbox.ReadResult, error) {
			if req.Feed.Name != inbox.MessagesFeed {
				return inbox.ReadResult{}, errKey
			}
			return inbox.ReadResult{}, nil
		}
		f.restart()
		f.ingest(batch(received("m1", "hello", minutesAgo(3))))
		defer f.run()()
		synctest.Wait()
		item := f.send("hi")
		time.Sleep(time.Minute)
		f.wantState(item.ID, inbox.StateSent)
	})
}

// One server of many has a wrong clock; or ours was wrong and is put right.
func TestOneWrongDateStopsNothing(t *testing.T) {
	day := 24 * time.Hour
	for name, wrong := range map[string]time.Duration{"ahead": day, "behind": -day} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := newFixture(t)
				f.ingest(batch(received("m1", "hello", minutesAgo(3))))
				var mu sync.Mutex
				reads, asides := map[inbox.Platform]int{}, 0
				f.provider.FeedList = []inbox.Feed{
					{Platform: inbox.Instagram, Name: inbox.MessagesFeed, CacheTime: time.Minute},
					{Platform: inbox.Twitter, Name: inbox.MessagesFeed, CacheTime: 15 * time.Second},
				}
				f.provider.ReadFunc = func(_ context.Context, req inbox.ReadRequest, _ func(inbox.Batch) error) (inbox.ReadResult, error) {
					mu.Lock()
					defer mu.Unlock()
					reads[req.Feed.Platform]++
					date := time.Now()
					if req.Feed.Platform == inbox.Instagram && reads[inbox.Instagram] == 2 {
						date = date.Add(wrong)
						asides++
					}
					return inbox.ReadResult{ServerTime: date}, nil
				}
				limited := false
				f.provider.SendFunc = func(_ context.Context, out inbox.Outgoing) (inbox.SendResult, error) {
					if !limited {
						limited = true
						res, err := inboxtest.Refuse(out, inbox.StateQueued, &inbox.Error{Kind: inbox.RateLimited, Text: "too many", RetryAfter: 5 * time.Second})
						res.ServerTime = time.Now().Add(wrong)
						return res, err
					}
					return inboxtest.Confirm(out, "ok"), nil
				}
				f.restart()
				defer f.run()()
				time.Sleep(10 * time.Minute)
				item := f.send("hi")
				time.Sleep(10 * time.Minute)
				mu.Lock()
				defer mu.Unlock()
				if reads[inbox.Instagram] < 15 || reads[inbox.Twitter] < 60 || reads[inbox.Twitter] > 90 {
					t.Errorf("reads in 20 minutes: %v", reads)
				}
				f.wantState(item.ID, inbox.StateSent)
			})
		})
	}
}

func TestALongAnswerDoesNotMoveTheClock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(t)
		f.provider.FeedList = []inbox.Feed{{Platform: inbox.Instagram, Name: inbox.MessagesFeed, CacheTime: time.Minute}}
		f.provider.ReadFunc = func(context.Context, inbox.ReadRequest, func(inbox.Batch) error) (inbox.ReadResult, error) {
			date := time.Now() // of the answer's first line
			time.Sleep(50 * time.Second)
			return inbox.ReadResult{ServerTime: date}, nil
		}
		f.restart()
		if _, err := f.in.Sync(t.Context(), "", false, nil); err != nil {
			t.Fatal(err)
		}
		if off := time.Until(f.in.Now("acme")); off.Abs() > 2*time.Second {
			t.Errorf("the provider's clock is taken to be %s ahead", off)
		}
	})
}

func TestWishesDoNotBreakTheBrake(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(t)
		var limited atomic.Int64
		f.provider.ReadFunc = func(context.Context, inbox.ReadRequest, func(inbox.Batch) error) (inbox.ReadResult, error) {
			limited.Add(1)
			return inbox.ReadResult{}, &inbox.Error{Kind: inbox.RateLimited, Text: "too many requests"}
		}
		defer f.run()()
		for range 2 * 60 * 12 { // an agent who presses R for two hours
			time.Sleep(5 * time.Second)
			if err := f.in.Refresh(t.Context(), ""); err != nil && inbox.KindOf(err) != inbox.RateLimited {
				t.Fatal(err)
			}
		}
		if n := limited.Load(); n > 150 {
			t.Errorf("%d answers 429", n)
		}
	})
}

func TestOneAnswer429EndsAForcedPass(t *testing.T) {
	f := newFixture(t)
	f.provider.FeedList = nil
	for _, name := range []string{"conversations", inbox.MessagesFeed, "archived messages"} {
		f.provider.FeedList = append(f.provider.FeedList, inbox.Feed{Platform: inbox.Instagram, Name: name, CacheTime: time.Minute})
	}
	f.provider.ReadFunc = func(context.Context, inbox.ReadRequest, func(inbox.Batch) error) (inbox.ReadResult, error) {
		return inbox.ReadResult{}, &inbox.Error{Kind: inbox.RateLimited, Text: "too many requests"}
	}
	f.restart()
	reports, err := f.in.Sync(t.Context(), "", true, nil)
	if err != nil || reports[0].Requests != 1 {
		t.Fatalf("%+v, %v: want 1 request", reports, err)
	}
	if next := reports[0].NextUpdate; time.Until(next) < 20*time.Second {
		t.Errorf("the report says that it may ask again at %s", next)
	}
}

// A process that is killed after storing a page, and before storing where the
// next one begins, must not leave a gap behind that page.
func TestAKillBetweenPagesLeavesNoGap(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(t)
		total := 50
		f.pages(&total)
		sync := func() {
			if _, err := f.in.Sync(t.Context(), "", false, nil); err != nil {
				t.Fatal(err)
			}
		}
		sync()
		total = 90 // four pages more
		time.Sleep(time.Minute)
		killed := &dyingStore{Store: f.store}
		f.store = killed
		f.restart()
		killed.after = 3 // the schedule, the page; then nothing is stored any more
		sync()
		f.store = killed.Store
		time.Sleep(time.Minute)
		f.restart()
		sync()
		if n := f.count(); n != 90 {
			t.Errorf("%d messages, want 90", n)
		}
	})
}

// dyingStore stores nothing any more after some writes.
type dyingStore struct {
	inbox.Store
	after int // 0: all is stored
}

func (d *dyingStore) Update(ctx context.Context, fn func(inbox.Writer) error) error {
	if d.after == 1 {
		return errors.New("killed")
	}
	if d.after > 1 {
		d.after--
	}
	return d.Store.Update(ctx, fn)
}
