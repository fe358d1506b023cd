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
)

// oneByOne is a provider that can be asked for single messages and
// conversations. It notes when it was.
type oneByOne struct {
	mu            sync.Mutex
	messages      map[inbox.MessageID][]time.Time
	conversations map[string][]time.Time
	answer        func(req inbox.ReadRequest) (inbox.Batch, error)
}

// askedFor tells when a message was asked for, lookedUp how often a conversation
// was. The poller may be at it.
func (o *oneByOne) askedFor(message inbox.MessageID) []time.Time {
	o.mu.Lock()
	defer o.mu.Unlock()
	return slices.Clone(o.messages[message])
}

func (o *oneByOne) lookedUp(conversation string) int {
	o.mu.Lock()
	defer o.mu.Unlock()
	return len(o.conversations[conversation])
}

func (f *fixture) oneByOne() *oneByOne {
	o := &oneByOne{messages: map[inbox.MessageID][]time.Time{}, conversations: map[string][]time.Time{}}
	f.provider.FeedList = []inbox.Feed{{Platform: inbox.Instagram, Name: inbox.MessagesFeed, CacheTime: time.Minute, Paged: true}}
	f.provider.ReadFunc = func(_ context.Context, req inbox.ReadRequest, emit func(inbox.Batch) error) (inbox.ReadResult, error) {
		o.mu.Lock()
		defer o.mu.Unlock()
		switch {
		case req.Message != "":
			o.messages[req.Message] = append(o.messages[req.Message], time.Now())
		case req.Conversation != "":
			o.conversations[req.Conversation] = append(o.conversations[req.Conversation], time.Now())
		default:
			return inbox.ReadResult{}, nil
		}
		if o.answer == nil {
			return inbox.ReadResult{}, nil
		}
		b, err := o.answer(req)
		return inbox.ReadResult{}, errors.Join(emit(b), err)
	}
	f.restart()
	return o
}

// announced is an event that names neither conversation nor people.
func announced(message string) inbox.EventFact {
	return inbox.EventFact{Kind: inbox.EventAnnounced, Message: inbox.MessageID(message), At: time.Now()}
}

func TestAnAnnouncedMessageIsFetched(t *testing.T) {
	read := func(f *fixture) {
		if _, err := f.in.Sync(f.t.Context(), "", false, nil); err != nil {
			f.t.Fatal(err)
		}
	}
	poll := func(f *fixture) {
		stop := f.run()
		time.Sleep(5 * time.Second)
		stop()
	}
	for name, wait := range map[string]func(*fixture){"by the poller": poll, "by the command line": read} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := newFixture(t)
				o := f.oneByOne()
				o.answer = func(req inbox.ReadRequest) (inbox.Batch, error) {
					return inbox.Batch{Messages: []inbox.MessageFact{received(string(req.Message), "the text", time.Now())}}, nil
				}
				f.push(told(announced("m1"), reaction("m1", "eve", "👍", time.Now())))
				f.restart() // it is not forgotten
				wait(f)
				if got := f.texts(); !slices.Equal(got, []string{"the text"}) || len(o.askedFor("m1")) != 1 {
					t.Errorf("thread is %q after %d requests", got, len(o.askedFor("m1")))
				}
				if c := f.conversation(); c.Unread != 1 || !c.Unanswered {
					t.Errorf("%d unread, unanswered %v", c.Unread, c.Unanswered)
				}
				if left := f.waiting(); len(left) > 0 {
					t.Errorf("still waited for: %v", left)
				}
				again := announced("m1")
				again.RemoteID = "t_ann"
				f.push(told(again)) // it is known
				if left := f.waiting(); len(left) > 0 {
					t.Errorf("known, and waited for: %v", left)
				}
				for range 3 { // nobody can tell whose it is, but it was asked for
					f.push(told(announced("m1")))
					time.Sleep(time.Minute)
					wait(f)
				}
				if left := f.waiting(); len(left) > 0 || len(f.texts()) != 1 || len(o.askedFor("m1")) != 1 {
					t.Errorf("waited for %v, %d messages, %d requests", left, len(f.texts()), len(o.askedFor("m1")))
				}
				time.Sleep(25 * time.Hour)
				f.push(told(announced("m1")))
				wait(f)
				if left := f.waiting(); len(left) > 0 || len(o.askedFor("m1")) != 2 {
					t.Errorf("a day later it waits for %v, after %d requests", left, len(o.askedFor("m1")))
				}
			})
		})
	}
}

func TestAMessageThatIsNotThereIsGivenUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(t)
		o := f.oneByOne()
		o.answer = func(inbox.ReadRequest) (inbox.Batch, error) {
			return inbox.Batch{}, &inbox.Error{Kind: inbox.NotFound, Text: "no such message"}
		}
		f.push(told(announced("m1"), event(inbox.EventRead, "m1", time.Now())))
		defer f.run()()
		time.Sleep(time.Minute)
		f.push(told(announced("m1"))) // a sender that repeats itself costs no request
		time.Sleep(time.Hour)
		if n := len(o.askedFor("m1")); n != 1 {
			t.Errorf("%d requests", n)
		}
		if v := f.in.Accounts()[0]; v.Health != inbox.Healthy {
			t.Errorf("the account is %s: %+v", v.Health, v.Error)
		}
		f.ingest(batch(sent("m1", "hello", time.Now()))) // it comes all the same
		if c := f.conversation(); c.ReadUpTo.IsZero() {
			t.Error("what else waited for it was given up too")
		}
	})
}

func TestARefusedMessageIsAskedForAgainAndLess(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(t)
		o := f.oneByOne()
		o.answer = func(inbox.ReadRequest) (inbox.Batch, error) {
			return inbox.Batch{}, &inbox.Error{Kind: inbox.Unavailable, Text: "try later"}
		}
		f.push(told(announced("m1")))
		defer f.run()()
		time.Sleep(time.Hour)
		if n := len(o.askedFor("m1")); n < 5 || n > 30 {
			t.Errorf("%d requests in an hour", n)
		}
	})
}

// TestARefusedKeyAsksForNoMessage: the feeds find out when the key is taken again.
func TestARefusedKeyAsksForNoMessage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(t)
		o := f.oneByOne()
		one := f.provider.ReadFunc
		var refused atomic.Bool
		refused.Store(true)
		f.provider.ReadFunc = func(ctx context.Context, req inbox.ReadRequest, emit func(inbox.Batch) error) (inbox.ReadResult, error) {
			res, err := one(ctx, req, emit)
			if refused.Load() {
				err = &inbox.Error{Kind: inbox.Auth, Text: "log in again"}
			}
			return res, err
		}
		defer f.run()()
		time.Sleep(time.Second)
		for _, m := range []string{"m1", "m2", "m3"} {
			f.push(told(announced(m)))
		}
		time.Sleep(time.Hour)
		if n := len(o.askedFor("m1")) + len(o.askedFor("m2")) + len(o.askedFor("m3")); n != 0 {
			t.Errorf("%d requests with a key that is refused", n)
		}
		refused.Store(false)
		time.Sleep(time.Hour)
		for _, m := range []inbox.MessageID{"m1", "m2", "m3"} {
			if len(o.askedFor(m)) == 0 {
				t.Errorf("%s is not asked for once the key is taken", m)
			}
		}
	})
}

func TestManyAnnouncedMessagesAreFetchedOneASecond(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(t)
		o := f.oneByOne()
		o.answer = func(req inbox.ReadRequest) (inbox.Batch, error) {
			return inbox.Batch{Messages: []inbox.MessageFact{received(string(req.Message), "x", time.Now())}}, nil
		}
		var events []inbox.EventFact
		for i := range 20 {
			events = append(events, announced(fmt.Sprint("m", i)))
		}
		stop := f.run()
		synctest.Wait()
		f.push(told(events...))
		time.Sleep(30 * time.Second)
		stop()
		var times []time.Time
		for i := range 20 {
			times = append(times, o.askedFor(inbox.MessageID(fmt.Sprint("m", i)))...)
		}
		slices.SortFunc(times, time.Time.Compare)
		if len(times) != 20 {
			t.Fatalf("%d requests for 20 messages", len(times))
		}
		for i := range times[1:] {
			if gap := times[i+1].Sub(times[i]); gap < time.Second {
				t.Errorf("two requests within %s", gap)
			}
		}
	})
}

func TestACustomerWithoutANameIsLookedUpOnce(t *testing.T) {
	nameless := func(id string) inbox.Batch {
		m := pushed(received(id, "hello", time.Now()))
		m.Peer, m.Message.SenderName = inbox.Participant{ID: "ann"}, ""
		return batch(m)
	}
	t.Run("and found", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			f := newFixture(t)
			o := f.oneByOne()
			o.answer = func(inbox.ReadRequest) (inbox.Batch, error) {
				return inbox.Batch{Conversations: []inbox.ConversationFact{{RemoteID: "t_ann", Participant: inbox.Participant{ID: "ann", Username: "ann.k"}}}}, nil
			}
			defer f.run()()
			synctest.Wait()
			f.push(nameless("m1"))
			time.Sleep(2 * time.Second)
			if got := f.conversation().Participant.Username; got != "ann.k" {
				t.Errorf("the username is %q", got)
			}
			time.Sleep(2 * time.Hour)
			f.push(nameless("m2"))
			time.Sleep(2 * time.Second)
			if n := o.lookedUp("t_ann"); n != 1 {
				t.Errorf("%d requests", n)
			}
		})
	})
	t.Run("not again within an hour when there is none", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			f := newFixture(t)
			o := f.oneByOne()
			defer f.run()()
			synctest.Wait()
			for i := range 7 {
				f.push(nameless(fmt.Sprint("m", i)))
				time.Sleep(15 * time.Minute)
			}
			if n := o.lookedUp("t_ann"); n != 2 {
				t.Errorf("%d requests in 90 minutes, want 2", n)
			}
		})
	})
	t.Run("and given up when the provider fails", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			f := newFixture(t)
			o := f.oneByOne()
			o.answer = func(inbox.ReadRequest) (inbox.Batch, error) {
				return inbox.Batch{}, &inbox.Error{Kind: inbox.Unavailable, Text: "try later"}
			}
			defer f.run()()
			synctest.Wait()
			f.push(nameless("m1"))
			time.Sleep(40 * time.Minute)
			if n := o.lookedUp("t_ann"); n < 2 || n > 8 {
				t.Errorf("%d requests in 40 minutes", n)
			}
		})
	})
	t.Run("not for one with a name", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			f := newFixture(t)
			o := f.oneByOne()
			defer f.run()()
			synctest.Wait()
			f.push(batch(pushed(received("m1", "hello", time.Now()))))
			time.Sleep(time.Minute)
			if n := o.lookedUp("t_ann"); n != 0 {
				t.Errorf("%d requests", n)
			}
		})
	})
}
