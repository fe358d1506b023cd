package inbox_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"parley/inbox"
)

// on is a batch of another platform's facts.
func on(platform inbox.Platform, messages ...inbox.MessageFact) inbox.Batch {
	b := batch(messages...)
	b.Platform = platform
	return b
}

// What a webhook tells of a message says nothing of what was written before it:
// when the newest page of a feed shows it, the page is still all news.
func TestAPushedMessageOnTheNewestPageHidesNoGap(t *testing.T) {
	for name, learn := range map[string]func(f *fixture, m inbox.MessageFact){
		"by webhook": func(f *fixture, m inbox.MessageFact) { f.push(on(inbox.Twitter, pushed(m))) },
		"by webhook, and edited": func(f *fixture, m inbox.MessageFact) {
			b := on(inbox.Twitter, pushed(m))
			b.Events = []inbox.EventFact{edited(string(m.Message.ID), "edited", m.Message.CreatedAt.Add(time.Second), 1)}
			f.push(b)
		},
		"by a send, whose echo came by webhook": func(f *fixture, m inbox.MessageFact) {
			items, err := f.in.Send(f.t.Context(), inbox.SendRequest{Composition: inbox.Composition{Conversation: "acme/twitter/t_ann", Text: m.Message.Text}})
			if err == nil {
				err = f.in.Flush(f.t.Context(), "")
			}
			if err != nil {
				f.t.Fatal(err)
			}
			f.wantState(items[0].ID, inbox.StateSent)
			f.push(on(inbox.Twitter, pushed(m)))
		},
	} {
		t.Run(name, func(t *testing.T) {
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
				m := sent("sent-a", "hi", time.Now().UTC().Truncate(time.Millisecond))
				learn(f, m)
				unread := f.unread("acme/twitter/t_ann")
				total, own = 60, []inbox.MessageFact{m}
				time.Sleep(time.Minute)
				readNow()
				if n := f.count(); n != 61 {
					t.Errorf("%d messages, want 61", n)
				}
				if n := f.unread("acme/twitter/t_ann"); n != unread+40 {
					t.Errorf("%d unread, want 40 more than %d", n, unread)
				}
				total = 61
				before := len(f.provider.Reads())
				time.Sleep(time.Minute)
				readNow()
				if n := len(f.provider.Reads()) - before; n != 1 {
					t.Errorf("%d requests when the page shows what reads have shown before, want 1", n)
				}
			})
		})
	}
}

func (f *fixture) unread(id inbox.ConversationID) int {
	f.t.Helper()
	c, err := f.in.Conversation(f.t.Context(), id)
	if err != nil {
		f.t.Fatal(err)
	}
	return c.Unread
}

// A read of one conversation says as little of what else is new.
func TestAReadOfOneConversationHidesNoGap(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(t)
		total := 20
		f.pages(&total)
		pages := f.provider.ReadFunc
		f.provider.ReadFunc = func(ctx context.Context, req inbox.ReadRequest, emit func(inbox.Batch) error) (inbox.ReadResult, error) {
			if req.Conversation != "" {
				req.Cursor = ""
				res, err := pages(ctx, req, emit)
				res.Cursor = ""
				return res, err
			}
			return pages(ctx, req, emit)
		}
		f.provider.SendFunc = func(_ context.Context, out inbox.Outgoing) (inbox.SendResult, error) {
			total = 60 // meanwhile the customer writes a lot
			res := inbox.SendResult{Parts: []inbox.PartResult{{State: inbox.StateUnknown, Err: errTimeout}}}
			return res, errTimeout
		}
		stop := f.run()
		time.Sleep(time.Second)
		if _, err := f.in.Send(t.Context(), inbox.SendRequest{Composition: inbox.Composition{Conversation: "acme/twitter/t_ann", Text: "hi"}}); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Minute)
		stop()
		if !slices.ContainsFunc(f.provider.Reads(), func(r inbox.ReadRequest) bool { return r.Conversation == "t_ann" }) {
			t.Fatal("the conversation was not read out of turn")
		}
		if n := f.count(); n != 60 {
			t.Errorf("%d messages, want 60", n)
		}
	})
}

// A customer who wrote long ago and writes again is told by webhook first. The
// history that the next read shows with it is no news.
func TestTheHistoryBehindAPushedMessageIsNotUnread(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(t)
		f.provider.FeedList = []inbox.Feed{{Platform: inbox.Instagram, Name: inbox.MessagesFeed, CacheTime: time.Minute}}
		news := pushed(received("m9", "hello again", time.Now()))
		var history []inbox.MessageFact
		f.provider.ReadFunc = func(_ context.Context, _ inbox.ReadRequest, emit func(inbox.Batch) error) (inbox.ReadResult, error) {
			return inbox.ReadResult{}, emit(inbox.Batch{Messages: history})
		}
		f.restart()
		readNow := func() {
			if _, err := f.in.Sync(t.Context(), "", false, nil); err != nil {
				t.Fatal(err)
			}
		}
		readNow() // the feed is complete; Ann is not in it
		f.push(batch(news))
		for i := range 8 {
			history = append(history, received(fmt.Sprintf("m%d", i), "long ago", minutesAgo(9000-10*i)))
		}
		history = append(history, sent("a1", "glad to help", minutesAgo(8000)), news)
		time.Sleep(2 * time.Minute)
		readNow()
		if c := f.conversation(); c.Unread != 1 || c.Messages != 10 {
			t.Errorf("%d of %d messages are unread, want 1 of 10", c.Unread, c.Messages)
		}
		history = append(history, received("m10", "are you there?", time.Now()))
		time.Sleep(2 * time.Minute)
		readNow()
		if c := f.conversation(); c.Unread != 2 {
			t.Errorf("%d unread, want 2", c.Unread)
		}
	})
}

func TestAWebhookBringsNoPlatformThatTheConfigLeavesOut(t *testing.T) {
	f := newFixture(t)
	in, err := inbox.New(t.Context(), inbox.Options{
		Store: f.store, Accounts: []inbox.Account{{ID: "acme", Provider: f.provider, Platforms: []inbox.Platform{inbox.Instagram}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	f.in = in
	f.push(on(inbox.Twitter, pushed(received("x1", "from X", minutesAgo(1)))), batch(pushed(received("m1", "hello", minutesAgo(1)))))
	page, err := f.in.List(t.Context(), inbox.ListQuery{View: inbox.ViewAll, After: 9})
	if err != nil || len(page.Rows) != 1 || page.Rows[0].ID != ann {
		t.Errorf("the list is %+v, %v", page.Rows, err)
	}
	if s := f.in.WebhookState("acme"); s.Stored != 1 {
		t.Errorf("state is %+v", s)
	}
}

func TestAPushedMessageBringsAnArchivedConversationBack(t *testing.T) {
	f := newFixture(t)
	archived := true
	listed := batch()
	listed.Conversations = []inbox.ConversationFact{{RemoteID: "t_ann", Archived: &archived}} // no message of it is known
	f.ingest(listed)
	f.push(batch(pushed(received("m1", "hello", minutesAgo(1)))))
	if c := f.conversation(); c.Archived || c.Unread != 1 {
		t.Errorf("archived %v, %d unread", c.Archived, c.Unread)
	}
}

func TestACallOfManyEventsIsOneTransaction(t *testing.T) {
	f := newFixture(t)
	counted := &writes{Store: f.store}
	f.store = counted
	f.restart()
	var calls []inbox.Batch
	for i := range 1000 {
		at := minutesAgo(2000 - i)
		calls = append(calls, batch(pushed(received(fmt.Sprint("m", i), "x", at))), told(reaction(fmt.Sprint("m", (i*7)%1000), "ann", "👍", at)))
	}
	before := counted.n
	n := f.push(calls...)
	if counted.n != before+1 {
		t.Errorf("%d transactions", counted.n-before)
	}
	if n.Messages != 1000 || n.New != 1000 || n.Events != 1000 || len(f.texts()) != 1000 {
		t.Errorf("counted %+v, stored %d", n, len(f.texts()))
	}
	if got := f.waiting(); len(got) > 0 {
		t.Errorf("%d events still wait", len(got))
	}
	state := f.in.WebhookState("acme")
	f.restart()
	if again := f.in.WebhookState("acme"); again.Stored != 1 || !again.LastAt.Equal(state.LastAt) {
		t.Errorf("after a restart the state is %+v, before it was %+v", again, state)
	}
}

func TestAFailedPushIsNotCounted(t *testing.T) {
	f := newFixture(t)
	dying := &dyingStore{Store: f.store}
	f.store = dying
	f.restart()
	dying.after = 1
	if _, err := f.in.Push(t.Context(), "acme", []inbox.Batch{batch(pushed(received("m1", "hello", minutesAgo(1))))}); err == nil {
		t.Fatal("it was acknowledged, and is not stored")
	}
	if s := f.in.WebhookState("acme"); s.Stored != 0 {
		t.Errorf("state is %+v", s)
	}
}

// Nobody can keep the disk busy by calling the webhook without a right to.
func TestAFloodOfRefusedCallsWritesOnceAMinute(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(t)
		counted := &writes{Store: f.store}
		f.store = counted
		f.restart()
		time.Sleep(time.Hour)
		before := counted.n
		for range 600 {
			if err := f.in.WebhookRefused(t.Context(), "acme", "no \x1b[2Jsignature"); err != nil {
				t.Fatal(err)
			}
			time.Sleep(time.Second / 4)
		}
		if n := counted.n - before; n != 3 {
			t.Errorf("%d writes in 150 s, want 3", n)
		}
		s := f.in.WebhookState("acme")
		if s.Refused != 600 || s.Refusal != "no signature" || s.Stored != 0 {
			t.Errorf("state is %+v", s)
		}
		if err := f.in.WebhookRefused(t.Context(), "nobody", "x"); inbox.KindOf(err) != inbox.NotFound {
			t.Errorf("an account that is not there: %v", err)
		}
		time.Sleep(time.Minute)
		hello := batch(pushed(received("m1", "hello", minutesAgo(1))))
		f.push(hello)
		before = counted.n
		for range 40 { // a replayed call, whose signature is good
			f.push(hello)
			time.Sleep(time.Second)
		}
		if n := counted.n - before; n != 0 {
			t.Errorf("%d writes for calls that repeat another one", n)
		}
	})
}

// A first sync writes large batches. At most one of them is before a webhook.
func TestAWebhookWaitsForOneBatchOfHistoryAtMost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(t)
		slow := &slowStore{Store: f.store}
		f.store = slow
		f.restart()
		slow.takes = time.Second
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		var readers sync.WaitGroup
		for page := range 20 {
			readers.Go(func() {
				b := batch(received(fmt.Sprint("old", page), "x", minutesAgo(5000+page)))
				b.Backlog = true
				if _, err := f.in.Ingest(ctx, b); err != nil && ctx.Err() == nil {
					t.Error(err)
				}
			})
		}
		synctest.Wait()
		start := time.Now()
		f.push(batch(pushed(received("m1", "hello", minutesAgo(1)))))
		if took := time.Since(start); took > 3*time.Second {
			t.Errorf("it took %s, with 20 batches before it that take a second each", took)
		}
		cancel()
		readers.Wait()
	})
}

// slowStore takes its time for every write.
type slowStore struct {
	inbox.Store
	takes time.Duration
}

func (s *slowStore) Update(ctx context.Context, fn func(inbox.Writer) error) error {
	time.Sleep(s.takes)
	return s.Store.Update(ctx, fn)
}
