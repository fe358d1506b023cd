package inbox_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"parley/inbox"
)

// threads is a provider that lists conversations in pages, the one with the
// newest message first, reads those that have moved since its mark, and knows by
// the marks whether an older page can hold news.
type threads struct {
	moved map[int]int // conversation -> how often it has moved
	asked []string    // cursors
	read  []string    // conversations
	fail  func(cursor string) error
}

func (f *fixture) threads(conversations int) *threads {
	const size = 5
	th := &threads{moved: map[int]int{}}
	for i := range conversations {
		th.moved[i] = 1
	}
	f.provider.FeedList = []inbox.Feed{{Platform: inbox.Instagram, Name: inbox.MessagesFeed, CacheTime: 15 * time.Second, Paged: true}}
	f.provider.ReadFunc = func(_ context.Context, req inbox.ReadRequest, emit func(inbox.Batch) error) (inbox.ReadResult, error) {
		th.asked = append(th.asked, req.Cursor)
		from := 0
		if req.Cursor != "" {
			fmt.Sscan(req.Cursor, &from)
		}
		gap := false
		for i := from; i < min(from+size, conversations); i++ {
			id, mark := fmt.Sprint("c", i), fmt.Sprint("moved ", th.moved[i])
			gap = req.Mark(id) != mark // of the last one of the page
			if !gap {
				continue
			}
			th.read = append(th.read, id)
			m := received(fmt.Sprintf("m%d-%d", i, th.moved[i]), "x", minutesAgo(i))
			m.RemoteID = id
			b := inbox.Batch{Messages: []inbox.MessageFact{m}, Conversations: []inbox.ConversationFact{{RemoteID: id, Mark: mark}}}
			if err := emit(b); err != nil {
				return inbox.ReadResult{}, err
			}
		}
		res := inbox.ReadResult{Gap: &gap}
		if from+size < conversations {
			res.Cursor = fmt.Sprint(from + size)
		}
		if th.fail != nil {
			return res, th.fail(req.Cursor)
		}
		return res, nil
	}
	f.restart()
	return th
}

// sync reads what is due and returns what was read of the provider.
func (th *threads) sync(f *fixture) (read, asked []string) {
	f.t.Helper()
	th.read, th.asked = nil, nil
	if _, err := f.in.Sync(f.t.Context(), "", false, nil); err != nil {
		f.t.Fatal(err)
	}
	time.Sleep(time.Minute)
	return th.read, th.asked
}

func TestTheProviderTellsWhereTheNewsEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(t)
		th := f.threads(30)
		if read, asked := th.sync(f); len(read) != 30 || len(asked) != 6 {
			t.Fatalf("the first sync reads %d conversations in %d pages", len(read), len(asked))
		}
		f.restart() // marks are kept
		if read, asked := th.sync(f); len(read) != 0 || len(asked) != 1 {
			t.Errorf("nothing is new: %q, pages %q", read, asked)
		}
		th.moved[1]++
		if read, asked := th.sync(f); !slices.Equal(read, []string{"c1"}) || len(asked) != 1 {
			t.Errorf("one is new: %q, pages %q", read, asked)
		}
		for i := range 12 {
			th.moved[i]++
		}
		if read, asked := th.sync(f); len(read) != 12 || len(asked) != 3 {
			t.Errorf("twelve are new: %q, pages %q", read, asked)
		}
	})
}

func TestAForgottenConversationIsNotReadAtEveryPoll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(t)
		th := f.threads(12)
		th.sync(f)
		if err := f.in.Forget(t.Context(), "acme/instagram/c4"); err != nil { // the last of its page
			t.Fatal(err)
		}
		th.sync(f)
		if read, asked := th.sync(f); len(read) != 0 || len(asked) != 1 {
			t.Errorf("read again: %q, pages %q", read, asked)
		}
		th.moved[4]++
		if read, _ := th.sync(f); !slices.Equal(read, []string{"c4"}) {
			t.Errorf("when it has moved, %q are read", read)
		}
	})
}

// What a page stored before the program died passes for known, to the provider
// too. So one page more is read then.
func TestAKillHidesNoNewsFromTheProvider(t *testing.T) {
	for after := 2; after < 12; after++ {
		t.Run(fmt.Sprint("after ", after, " writes"), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := newFixture(t)
				th := f.threads(30)
				th.sync(f)
				for i := range 12 {
					th.moved[i]++
				}
				killed := &dyingStore{Store: f.store}
				f.store = killed
				f.restart()
				killed.after = after
				th.sync(f)
				f.store = killed.Store
				for range 2 {
					f.restart()
					th.sync(f)
				}
				th.wantAll(t, f, 12)
			})
		})
	}
}

func TestABrokenPageHidesNoNewsFromTheProvider(t *testing.T) {
	for _, broken := range []string{"", "5", "10"} {
		t.Run("page "+broken, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := newFixture(t)
				th := f.threads(30)
				th.sync(f)
				for i := range 12 {
					th.moved[i]++
				}
				th.fail = func(cursor string) error {
					if cursor != broken {
						return nil
					}
					th.fail = nil
					return errors.New("cut off")
				}
				for range 3 {
					th.sync(f)
				}
				th.wantAll(t, f, 12)
			})
		})
	}
}

// wantAll looks for the newest message of the first conversations.
func (th *threads) wantAll(t *testing.T, f *fixture, conversations int) {
	t.Helper()
	for i := range conversations {
		c, err := f.in.Conversation(t.Context(), inbox.NewConversationID("acme", inbox.Instagram, fmt.Sprint("c", i)))
		if err != nil || c.Messages != 2 {
			t.Errorf("conversation %d has %d messages, want 2 (%v)", i, c.Messages, err)
		}
	}
}

func TestTheNewestWordOnThreadControlWins(t *testing.T) {
	yes, no := true, false
	word := func(taken *bool, ago int) inbox.Batch {
		b := batch()
		b.AsOf, b.Conversations = minutesAgo(ago), []inbox.ConversationFact{{RemoteID: "t_ann", Taken: taken}}
		return b
	}
	for name, c := range map[string]struct {
		words []inbox.Batch
		want  bool
	}{
		"taken":                         {[]inbox.Batch{word(&yes, 9)}, true},
		"and given back":                {[]inbox.Batch{word(&yes, 9), word(&no, 8)}, false},
		"in the other order":            {[]inbox.Batch{word(&no, 8), word(&yes, 9)}, false},
		"repeated, then a late old one": {[]inbox.Batch{word(&yes, 9), word(&yes, 5), word(&no, 7)}, true},
		"not told":                      {[]inbox.Batch{word(&yes, 9), word(nil, 5)}, true},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t)
			f.ingest(batch(received("m1", "hello", minutesAgo(20))))
			for _, b := range c.words {
				f.push(b)
			}
			if got := f.conversation().Taken; got != c.want {
				t.Errorf("taken is %v", got)
			}
		})
	}
}
