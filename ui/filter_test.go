package ui_test

import (
	"context"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"parley/inbox"
	"parley/inbox/inboxtest"
	"parley/ui"
)

func TestFilterUnderstandsTheWordsOfTheCommandLine(t *testing.T) {
	fill := func(s *shop) {
		threeCustomers(s)
		s.writes(inbox.Facebook, "Larry", "hello?", 23*time.Hour)
		s.ingest(s.batch(inbox.Facebook, "Olga", inbox.Message{Direction: inbox.Sent, Text: "it is on its way", CreatedAt: time.Now()}))
	}
	all := []string{"Maya", "Jamal", "Priya", "Larry", "Olga"}
	for text, want := range map[string]string{
		"platform:x":              "Priya",
		"platform:fb":             "Jamal Larry Olga",
		"is:unanswered":           "Maya Jamal Priya Larry",
		"is:unread platform:ig":   "Maya",
		"is:unread is:unanswered": "Maya Jamal Priya Larry",
		"left<7d platform:fb":     "Jamal Larry",
		"account:acme jam":        "Jamal",
	} {
		t.Run(text, func(t *testing.T) {
			atShop(t, 120, 40, ui.Options{}, fill, func(s *shop) {
				s.Press("/")
				s.Type(text)
				s.Press("enter")
				for _, name := range all {
					row := false
					for _, line := range s.Lines()[1:] {
						row = row || strings.Contains(strings.Split(line, "│")[0], name)
					}
					if row != strings.Contains(want, name) {
						t.Errorf("%s is in the list: %v\n%s", name, row, s.Screen())
					}
				}
				s.Sees("only “" + text + "”")
				s.Press("esc")
				s.Sees(all...)
			})
		})
	}
}

func TestFilterPointsAtWhatItDoesNotUnderstand(t *testing.T) {
	atShop(t, 120, 40, ui.Options{}, threeCustomers, func(s *shop) {
		s.Press("/")
		for _, letter := range "is:unre" {
			s.Type(string(letter))
			s.Misses("character")
		}
		s.Press("enter")
		s.Sees("character 1, “is:unre”: did you mean is:unread?", "find: is:unre")
		s.Type("ad account:nobody")
		s.Misses("character")
		s.Type(" x")
		s.Sees("character 11, “account:nobody”: known here: acme")
		s.Press("esc")
		s.Misses("find:")
	})
}

func TestViewKeyWinsOverAFilterThatNamesAnother(t *testing.T) {
	atShop(t, 120, 40, ui.Options{}, threeCustomers, func(s *shop) {
		s.Press("/")
		s.Type("is:archived")
		s.Press("enter")
		s.Sees("Nothing matches “is:archived”.", "Esc drops the filters.", "f searches all messages.")
		s.Press("2")
		s.Sees("Maya", "Jamal")
		s.Misses("is:archived")
	})
}

func TestFilterThatIsCheckedRowByRowIsWalked(t *testing.T) {
	atShop(t, 120, 40, ui.Options{}, manyCustomers(700), func(s *shop) {
		s.Press("/")
		s.Type("is:unread is:unanswered")
		s.Press("enter")
		for range 600 {
			s.Press("j")
		}
		if got := s.selected(); got != "Customer 00600" {
			t.Errorf("600 steps down %q is selected", got)
		}
		s.Press("G")
		if got := s.selected(); got != "Customer 00699" {
			t.Errorf("at the end %q is selected", got)
		}
	})
}

func TestFilterShowsConversationsWithSuchMessages(t *testing.T) {
	fill := func(s *shop) {
		threeCustomers(s)
		s.ingest(s.batch(inbox.Facebook, "Jamal", inbox.Message{
			Direction: inbox.Received, CreatedAt: time.Now().Add(-2 * time.Hour), Attachments: []inbox.Attachment{{Type: "image", URL: "https://cdn.example/p"}},
		}))
	}
	atShop(t, 120, 40, ui.Options{}, fill, func(s *shop) {
		for text, want := range map[string]string{"has:image": "Jamal", "-has:image -from:maya": "Priya", `"ship to"`: "Maya", "before:1d": "Priya", "after:today -has:image": "Maya"} {
			s.Press("/")
			s.Type(text)
			s.Press("enter")
			if rows := s.rows(); len(rows) != 1 || rows[0] != want {
				t.Errorf("%q shows %q, not %s", text, rows, want)
			}
			s.Press("esc")
		}
	})
}

// rows are the names in the list.
func (s *shop) rows() (names []string) {
	for _, line := range s.Lines()[1:] {
		left := strings.Split(line, "│")[0]
		for _, name := range []string{"Maya", "Jamal", "Priya"} {
			if strings.Contains(left, name) {
				names = append(names, name)
			}
		}
	}
	return names
}

func TestFilterOffersHowToGoOn(t *testing.T) {
	atShop(t, 120, 40, ui.Options{}, threeCustomers, func(s *shop) {
		label(s, "Maya", "vip")
		s.Press("/")
		offered := func(want ...string) {
			t.Helper()
			line := s.Lines()[1]
			for _, w := range want {
				if !strings.Contains(line, w) {
					t.Errorf("%q is not offered: %q", w, line)
				}
			}
		}
		offered("is:", "from:", "has:", "left<", "platform:", "label:")
		s.Type("-unr")
		offered("-is:unread", "has messages that nobody has read")
		s.Press("tab")
		s.Sees("find: -is:unread")
		s.Press("ctrl+u")
		s.Type("is:un")
		s.Press("down")
		offered("is:unread  is:unanswered", "the customer spoke last")
		s.Press("tab")
		s.Sees("find: is:unanswered")
		s.Type("label:")
		offered("label:vip")
		s.Press("tab", "enter")
		s.Sees("only “is:unanswered label:vip")
		if rows := s.rows(); len(rows) != 1 || rows[0] != "Maya" {
			t.Errorf("the list shows %q", rows)
		}
		s.Misses("label:vip  ")
	})
}

func label(s *shop, customer, name string) {
	s.T.Helper()
	results, err := s.in.Triage(s.ctx, []inbox.ConversationID{id(inbox.Instagram, customer)}, inbox.AddLabels{Labels: []string{name}})
	if err != nil || !results[0].Changed() {
		s.T.Fatal(results, err)
	}
}

func TestFilterOffersNothingUnseen(t *testing.T) {
	atShop(t, 80, 9, ui.Options{}, threeCustomers, func(s *shop) {
		s.Press("/")
		s.Misses("from:  has:")
		s.Type("unr")
		s.Press("tab")
		s.Misses("find: is:unread")
		s.Press("down")
		s.Sees("only “unr”") // the list has the keys again
	})
}

func TestOffersFitTheirLine(t *testing.T) {
	for _, width := range []int{20, 30, 45, 80} {
		atShop(t, width, 24, ui.Options{}, threeCustomers, func(s *shop) {
			s.Press("/")
			for range 7 {
				s.Press("down")
				if line := s.Lines()[1]; len([]rune(line)) > width || strings.TrimSpace(line) == "" {
					t.Errorf("at %d columns: %q", width, line)
				}
			}
			if line := s.Lines()[1]; !strings.Contains(line, "before:") {
				t.Errorf("the last of them is not seen at %d columns: %q", width, line)
			}
		})
	}
}

// index is a full-text index that may be behind: it finds nothing then. It may be
// slow too.
type index struct {
	inboxtest.Index
	state atomic.Pointer[inbox.IndexState]
	takes func(inbox.TextQuery) time.Duration // nil: no time
}

func (x *index) IndexState() inbox.IndexState {
	if state := x.state.Load(); state != nil {
		return *state
	}
	return inbox.IndexState{}
}

func (x *index) SearchText(ctx context.Context, q inbox.TextQuery) (inbox.TextPage, error) {
	if state := x.IndexState(); !state.IsComplete() {
		return inbox.TextPage{State: state}, nil
	}
	if x.takes != nil {
		time.Sleep(x.takes(q)) // in a bubble; that nobody waits any more does not make it faster
	}
	return x.Index.SearchText(ctx, q)
}

func TestListFollowsTheIndex(t *testing.T) {
	fill := func(s *shop) {
		threeCustomers(s)
		s.index.state.Store(&inbox.IndexState{Rebuilding: true, Done: 45, Total: 100})
	}
	atShop(t, 120, 40, ui.Options{}, fill, func(s *shop) {
		s.Press("/")
		s.Type(`"ship to"`)
		s.Press("enter")
		s.Sees("index 45 %")
		if rows := s.rows(); len(rows) > 0 {
			t.Errorf("an index that finds nothing has found %q", rows)
		}
		s.index.state.Store(&inbox.IndexState{Rebuilding: true, Done: 90, Total: 100})
		s.Wait(3 * time.Second)
		s.Sees("index 90 %")
		s.index.state.Store(nil)
		s.Wait(2 * time.Second)
		s.Misses("index ")
		if rows := s.rows(); len(rows) != 1 || rows[0] != "Maya" {
			t.Errorf("the list shows %q", rows)
		}
		frames := s.Frames
		s.Wait(30 * time.Second)
		if s.Frames > frames+1 {
			t.Errorf("%d frames were drawn for nothing", s.Frames-frames)
		}
	})
}
