package ui_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"parley/inbox"
	"parley/ui"
	"parley/ui/uitest"
)

// conversation is what the inbox knows of a customer.
func (s *shop) conversation(id inbox.ConversationID) inbox.Conversation {
	s.T.Helper()
	c, err := s.in.Conversation(s.ctx, id)
	if err != nil {
		s.T.Fatal(err)
	}
	return c
}

// does presses keys and lets the screen follow what has changed.
func (s *shop) does(keys ...string) {
	s.T.Helper()
	s.Press(keys...)
	s.Wait(time.Second)
}

// many is the conversation of a numbered customer.
func many(n int) inbox.ConversationID { return id(inbox.Facebook, fmt.Sprintf("Customer %05d", n)) }

func TestDoneLeavesTheInboxAndComesBack(t *testing.T) {
	atShop(t, 120, 40, ui.Options{}, threeCustomers, func(s *shop) {
		s.does("e")
		s.Sees("Maya: done", "z undoes it", "Jamal · Facebook · acme")
		s.Misses("do you ship to Porto?")
		s.does("g", "d")
		s.Sees("Maya · Instagram · acme · done")
		s.does("e")
		s.Sees("Maya: back in the inbox", "Nothing in “Done”.")
		s.does("g", "i")
		s.Sees("do you ship to Porto?")
	})
}

func TestNewMessageBringsADoneConversationBack(t *testing.T) {
	atShop(t, 120, 40, ui.Options{}, threeCustomers, func(s *shop) {
		s.does("e")
		s.Misses("Maya  ")
		s.writes(inbox.Instagram, "Maya", "one more thing", 0)
		s.Sees("one more thing")
	})
}

func TestAfterAnActionTheNextOneDownIsShown(t *testing.T) {
	for _, tt := range []struct {
		name string
		keys []string
		want int // the customer that is selected then
	}{
		{"in the list", []string{"j", "j", "e"}, 3},
		{"in the thread", []string{"j", "j", "enter", "e"}, 3},
		{"at the end it goes up", []string{"G", "e"}, 8},
		{"at the end of the thread too", []string{"G", "enter", "e"}, 8},
		{"twice, quickly", []string{"j", "e", "e"}, 3},
		{"with marks, of which the selection is the last", []string{"j", "v", "v", "k", "e"}, 3},
		{"with marks elsewhere the selection stays", []string{"v", "v", "j", "j", "j", "e"}, 5},
		{"muting goes nowhere", []string{"j", "m"}, 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			atShop(t, 120, 40, ui.Options{}, manyCustomers(10), func(s *shop) {
				s.does(tt.keys...)
				want := fmt.Sprintf("Customer %05d", tt.want)
				if got := s.selected(); got != want {
					t.Errorf("%q is selected, not %q", got, want)
				}
				s.Sees(want + " · Facebook")
			})
		})
	}
}

func TestAfterAnActionTheAgentsOwnWayIsGone(t *testing.T) {
	for _, tt := range []struct {
		after string
		keys  []string
		want  int
		list  bool // it has the focus
	}{
		{ui.AfterPrevious, []string{"j", "j", "e"}, 1, true},
		{ui.AfterPrevious, []string{"j", "j", "enter", "e"}, 1, false},
		{ui.AfterPrevious, []string{"e"}, 1, true}, // at the beginning it goes down
		{ui.AfterPrevious, []string{"j", "v", "v", "k", "e"}, 0, true},
		{ui.AfterList, []string{"j", "j", "e"}, 3, true},
		{ui.AfterList, []string{"j", "j", "enter", "e"}, 3, true},
		{ui.AfterList, []string{"j", "j", "r", "x", "ctrl+o"}, 3, true},
		{ui.AfterNext, []string{"j", "j", "enter", "e"}, 3, false},
	} {
		t.Run(tt.after, func(t *testing.T) {
			atShop(t, 120, 40, ui.Options{After: tt.after}, manyCustomers(10), func(s *shop) {
				s.does(tt.keys...)
				if got, want := s.selected(), fmt.Sprintf("Customer %05d", tt.want); got != want {
					t.Errorf("after %q: %q is selected, not %q", tt.keys, got, want)
				}
				s.Wait(time.Minute) // until the keys stand where the notice was
				if strings.Contains(s.Screen(), "Enter open") != tt.list {
					t.Errorf("after %q the list has the focus: %v", tt.keys, !tt.list)
				}
			})
		})
	}
}

func TestNextOneIsTheOneThatWasShownWhateverArrives(t *testing.T) {
	atShop(t, 120, 40, ui.Options{}, manyCustomers(10), func(s *shop) {
		s.Press("j", "j", "enter")
		s.writes(inbox.Facebook, "Customer 00007", "a new word", 0)
		s.does("e")
		s.Sees("Customer 00003 · Facebook")
		if c := s.conversation(many(2)); !c.IsDone() {
			t.Error("the one that was looked at is not done")
		}
	})
}

func TestLastConversationLeavesTheListToo(t *testing.T) {
	fill := func(s *shop) { s.writes(inbox.Instagram, "Maya", "hello?", time.Minute) }
	for _, keys := range [][]string{{"e"}, {"enter", "e"}} {
		atShop(t, 120, 40, ui.Options{}, fill, func(s *shop) {
			s.does(keys...)
			s.Sees("Nobody waits for you.", "7 “Done”: 1")
			s.does("z")
			s.Sees("undone: Maya: done", "hello?")
		})
	}
}

func TestMarksAreForOneActionOnMany(t *testing.T) {
	atShop(t, 120, 40, ui.Options{}, manyCustomers(10), func(s *shop) {
		s.Press("v", "v")
		s.Sees("2 marked", "FB✓Customer 00000", "FB✓Customer 00001", "Esc drop marks")
		s.Press("j", "j", "V") // from the last mark to here
		s.Sees("5 marked")
		s.does("e")
		s.Sees("5 done", "z undoes it")
		s.Misses("marked")
		for i := range 10 {
			if got := s.conversation(many(i)).IsDone(); got != (i < 5) {
				t.Errorf("customer %d: done %v", i, got)
			}
		}
		s.does("z")
		s.Sees("undone: 5 done")
		if s.conversation(many(3)).IsDone() {
			t.Error("it was not undone for all")
		}
	})
}

func TestMarksAreDroppedWhereNobodySeesThem(t *testing.T) {
	for name, keys := range map[string][]string{
		"escape": {"esc"}, "another view": {"2"}, "another platform": {"p"}, "a filter": {"/", "C", "enter"}, "its own key": {"k", "v"},
	} {
		t.Run(name, func(t *testing.T) {
			atShop(t, 120, 40, ui.Options{}, manyCustomers(10), func(s *shop) {
				s.Press("v")
				s.Sees("1 marked")
				s.does(keys...)
				s.Misses("1 marked", "FB✓")
			})
		})
	}
}

func TestMarksMeanNothingInTheThread(t *testing.T) {
	atShop(t, 120, 40, ui.Options{}, manyCustomers(10), func(s *shop) {
		s.Press("v", "v", "j", "enter")
		s.does("e")
		for i := range 10 {
			if got := s.conversation(many(i)).IsDone(); got != (i == 3) {
				t.Errorf("customer %d: done %v", i, got)
			}
		}
		s.Sees("2 marked")
	})
}

func TestAllOfAViewAreMarked(t *testing.T) {
	atShop(t, 120, 40, ui.Options{}, manyCustomers(700), func(s *shop) {
		s.Press("/")
		s.Type("0000")
		s.Press("enter")
		s.does("ctrl+a")
		s.Sees("10 marked")
		s.does("esc", "esc", "ctrl+a")
		s.Sees("500 marked", "the first 500 are marked: the view has more")
		s.does("e")
		s.Sees("500 done", "1 All 200")
		s.does("z")
		s.Sees("1 All 700")
	})
}

func TestOneResultIsToldForEach(t *testing.T) {
	atShop(t, 140, 40, ui.Options{}, manyCustomers(3), func(s *shop) {
		s.Press("ctrl+a")
		if err := s.in.Forget(s.ctx, many(1)); err != nil {
			t.Fatal(err)
		}
		s.Press("e") // before the screen has followed
		s.Sees("2 done, 1 failed: Customer 00001")
	})
}

func TestUndoGoesBackStepByStep(t *testing.T) {
	atShop(t, 120, 40, ui.Options{}, manyCustomers(30), func(s *shop) {
		s.Press("z")
		s.Sees("there is nothing to undo")
		for range 25 {
			s.Press("e")
		}
		s.does("m")
		s.Sees("Customer 00025: muted")
		s.does("z")
		s.Sees("undone: Customer 00025: muted")
		for i := range 25 {
			s.does("z")
			s.Sees(fmt.Sprintf("undone: Customer %05d: done", 24-i))
			if want := fmt.Sprintf("Customer %05d", 24-i); s.selected() != want {
				t.Fatalf("%q is selected, not %q", s.selected(), want)
			}
		}
		s.does("z")
		s.Sees("there is nothing to undo")
	})
}

func TestUndoMeansTheActionBeforeItHoweverFastItIsPressed(t *testing.T) {
	atShop(t, 120, 40, ui.Options{}, manyCustomers(10), func(s *shop) {
		s.does("e")
		for _, key := range []string{"e", "z"} {
			s.Deliver(uitest.Key(key))
		}
		s.Settle()
		s.Wait(time.Second)
		s.Sees("undone: Customer 00001: done")
		if !s.conversation(many(0)).IsDone() || s.conversation(many(1)).IsDone() {
			t.Error("another action was undone")
		}
	})
}

func TestUndoLeavesAloneWhatHasChangedSince(t *testing.T) {
	atShop(t, 140, 40, ui.Options{}, threeCustomers, func(s *shop) {
		s.does("e")
		s.writes(inbox.Instagram, "Maya", "one more thing", 0) // it is back already
		s.does("z")
		s.Sees("not undone: Maya: done", "something else has changed the conversation since")
	})
}

func TestTogglesTurnBack(t *testing.T) {
	atShop(t, 140, 40, ui.Options{}, threeCustomers, func(s *shop) {
		for _, step := range []struct{ key, said, mark string }{
			{"m", "Maya: muted", "muted"}, {"m", "Maya: no longer muted", ""},
			{"T", "Maya: taken", "mine"}, {"T", "Maya: given up", ""},
			{"U", "Maya: read", ""}, {"U", "Maya: unread", "●1"},
		} {
			s.does(step.key)
			s.Sees(step.said)
			if line := s.LineWith("▌"); step.mark != "" && !strings.Contains(line, step.mark) {
				t.Errorf("after %q the row lacks %q: %q", step.key, step.mark, line)
			}
		}
	})
}

func TestMutedConversationIsNotCountedAsUnread(t *testing.T) {
	atShop(t, 140, 40, ui.Options{}, threeCustomers, func(s *shop) {
		s.Sees("2 Unread 3")
		s.does("m")
		s.Sees("2 Unread 2")
		if line := s.LineWith("Maya"); strings.Contains(line, "●") {
			t.Errorf("the row says that it is unread: %q", line)
		}
	})
}

func TestViewsHaveALetterEach(t *testing.T) {
	atShop(t, 140, 40, ui.Options{}, threeCustomers, func(s *shop) {
		s.does("e")
		s.does("T")
		for _, tt := range []struct {
			letter string
			sees   string
		}{
			{"u", "Priya"}, {"a", "Priya"}, {"c", "Nothing in “Closing”."}, {"m", "Jamal"}, {"s", "Nothing in “Snoozed”."},
			{"d", "Maya"}, {"f", "Nothing in “Failed”."}, {"i", "Priya"},
		} {
			s.does("g", tt.letter)
			s.Sees(tt.sees)
		}
		s.Press("g", "g")
		s.Sees("1 All 2", "5 Mine 1", "7 Done 1")
	})
}

func TestLabelsAreFoundToggledAndMade(t *testing.T) {
	labels := func(s *shop, who string) string {
		return strings.Join(s.conversation(id(inbox.Instagram, who)).Triage.Labels, " ")
	}
	atShop(t, 140, 40, ui.Options{}, threeCustomers, func(s *shop) {
		s.does("L")
		s.Sees("labels of Maya", "no label is in use yet: type one")
		s.Type("VIP ")
		s.Sees("[ ] vip  new")
		s.does("enter")
		s.Sees("Maya: labelled vip", "#vip")
		s.Misses("labels of Maya")
		s.does("L")
		s.Sees("[x] vip  1 conversation")
		s.Type("refund")
		s.does("tab")
		s.Sees("labels of Maya", "[x] refund", "[x] vip")
		s.Type("vp") // a part of it, in its order
		s.does("enter")
		if got := labels(s, "Maya"); got != "refund" {
			t.Errorf("Maya has %q", got)
		}
		s.does("z", "z")
		if got := labels(s, "Maya"); got != "vip" {
			t.Errorf("after undoing twice Maya has %q", got)
		}
		s.does("L")
		s.Type(strings.Repeat("x", 41))
		s.Sees("longer than 40 characters")
		s.does("esc")
	})
}

func TestLabelsOfManySayWhoHasThem(t *testing.T) {
	atShop(t, 140, 40, ui.Options{}, manyCustomers(3), func(s *shop) {
		s.does("L")
		s.Type("vip")
		s.does("enter")
		s.does("ctrl+a", "L")
		s.Sees("labels of 3 conversations", "[-] vip  1 conversation")
		s.does("enter")
		s.Sees("3 labelled vip", "3 marked") // they are still there for the next action
		for i := range 3 {
			if got := s.conversation(many(i)).Triage.Labels; !slices.Equal(got, []string{"vip"}) {
				t.Errorf("customer %d has %v", i, got)
			}
		}
	})
}

func TestSendDoneAndNextInOneKey(t *testing.T) {
	for _, keys := range [][]string{{"r"}, {"enter", "r"}} {
		atShop(t, 120, 40, ui.Options{}, threeCustomers, func(s *shop) {
			s.Press(keys...)
			s.Type("yes, we do")
			s.does("ctrl+o")
			s.Sees("queued for Maya · Maya: done · z undoes it", "Jamal · Facebook · acme")
			s.Misses("do you ship to Porto?", "─ to ")
			if items := s.outbox(); len(items) != 1 || items[0].Conversation != id(inbox.Instagram, "Maya") {
				t.Errorf("the outbox holds %+v", items)
			}
			if !s.conversation(id(inbox.Instagram, "Maya")).IsDone() {
				t.Error("Maya is not done")
			}
		})
	}
}

func TestWhatCannotBeSentIsNotDone(t *testing.T) {
	atShop(t, 140, 40, ui.Options{}, threeCustomers, func(s *shop) {
		s.Press("r")
		s.does("ctrl+o")
		s.Sees("nothing to send", "─ to Maya")
		s.Type("yes")
		// The customer becomes another one behind the screen's back: the inbox refuses.
		b := s.batch(inbox.Instagram, "Maya", inbox.Message{Direction: inbox.Received, Text: "x", CreatedAt: time.Now()})
		b.Conversations[0].Participant = inbox.Participant{ID: "somebody-else", Name: "Impostor"}
		b.Messages[0].Peer = b.Conversations[0].Participant
		s.ingest(b)
		s.does("ctrl+o")
		s.Sees("not sent to Maya", " draft ", "Impostor · Instagram · acme")
		if s.conversation(id(inbox.Instagram, "Maya")).IsDone() {
			t.Error("it is done, and was not sent")
		}
	})
}

func TestUndoTakesBackWhatWasSentAndDoneTogether(t *testing.T) {
	atShop(t, 140, 40, ui.Options{Hold: 5 * time.Second}, threeCustomers, func(s *shop) {
		s.Press("r")
		s.Type("yes, we do")
		s.does("ctrl+o")
		s.Sees("queued for Maya · Maya: done · z undoes it")
		s.does("z")
		s.Sees("taken back: it has not been sent to Maya", "─ to Maya", "yes, we do")
		if s.conversation(id(inbox.Instagram, "Maya")).IsDone() || len(s.outbox()) != 0 {
			t.Error("it is done, or still in the outbox")
		}
		s.does("ctrl+o")
		s.Wait(6 * time.Second) // it has left
		s.does("z")
		s.Sees("undone: Maya: done")
		if s.conversation(id(inbox.Instagram, "Maya")).IsDone() || len(s.outbox()) != 1 {
			t.Error("it is done, or no longer in the outbox")
		}
	})
}
