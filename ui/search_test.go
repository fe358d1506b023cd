package ui_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"parley/inbox"
	"parley/ui"

	"github.com/charmbracelet/x/ansi"
)

// busyShop has a history: what is looked for stands far up in it.
func busyShop(s *shop) {
	threeCustomers(s)
	s.writes(inbox.Facebook, "Jamal", "the satchel came with a broken buckle", 50*time.Hour)
	s.ingest(s.batch(inbox.Facebook, "Jamal", inbox.Message{Direction: inbox.Sent, Text: "a new buckle is on its way", CreatedAt: time.Now().Add(-49 * time.Hour)}))
	for i := range 300 {
		s.ingest(s.batch(inbox.Facebook, "Jamal", inbox.Message{
			Direction: inbox.Received, Text: fmt.Sprintf("line %03d", i), CreatedAt: time.Now().Add(-40*time.Hour + time.Duration(i)*time.Minute),
		}))
	}
}

// look types a search.
func (s *shop) look(text string) {
	s.Press("f")
	s.Type(text)
}

func TestSearchFindsMessagesWhileTheyAreTyped(t *testing.T) {
	atShop(t, 120, 40, ui.Options{}, busyShop, func(s *shop) {
		s.Press("f")
		s.Sees("all messages and customers", "Words are looked for in all messages")
		s.Type("buck")
		s.Sees("1 of 2, newest first", "you: a new buckle is on its way", "…came with a broken buckle")
		if you, her := strings.Index(s.Screen(), "a new buckle"), strings.Index(s.Screen(), "a broken"); you > her {
			t.Errorf("the newest is not first:\n%s", s.Screen())
		}
		s.Type("le from:me")
		s.Sees("1 of 1", "a new buckle is on its way")
		s.Misses("satchel")
		s.Press("ctrl+u")
		s.Type("jama")
		s.Sees("customer: Jamal")
		s.Press("ctrl+u")
		s.Type("nowhere")
		s.Sees("nothing found", "Nothing matches “nowhere”.", "leave one out")
	})
}

func TestSearchFindsNotesAndSaysWhatTheyAre(t *testing.T) {
	atShop(t, 120, 40, ui.Options{Author: "Ada"}, busyShop, func(s *shop) {
		s.Press("n")
		s.Type("wants a golden buckle")
		s.Press("enter")
		s.look("golden")
		s.Sees("1 of 1", "note: wants a golden buckle")
		s.Press("enter")
		s.Sees("wants a golden buckle", "Ada")
		s.Misses("note: ")
	})
}

func TestSearchFindsWhatComesWhileItIsOpen(t *testing.T) {
	atShop(t, 120, 40, ui.Options{}, busyShop, func(s *shop) {
		s.look("umbrella")
		s.Sees("nothing found")
		s.writes(inbox.Facebook, "Jamal", "do you have an umbrella?", 0)
		s.Wait(time.Second)
		s.Sees("1 of 1", "do you have an umbrella?")
	})
}

func TestSearchMarksTheWords(t *testing.T) {
	atShop(t, 120, 40, ui.Options{Theme: ui.ThemeMono}, busyShop, func(s *shop) {
		s.look("buckle")
		frame := s.View().Content
		for _, marked := range []string{"\x1b[7m\x1b[4mbuckle\x1b[m", "\x1b[1m\x1b[4mbuckle\x1b[m"} { // the selected one is reversed
			if strings.Count(frame, marked) != 1 {
				t.Errorf("%q is not there: %q", marked, frame)
			}
		}
	})
}

func TestEnterGoesToTheMessageThatWasFound(t *testing.T) {
	for _, size := range [][2]int{{120, 40}, {80, 24}, {60, 20}} {
		atShop(t, size[0], size[1], ui.Options{}, busyShop, func(s *shop) {
			s.look("satchel")
			s.Press("enter")
			s.Sees("the satchel came with a broken buckle", "a new buckle is on its way", "line 000")
			s.Misses("find:", "line 299")
			s.Press("y")
			s.Sees("copied") // it is the selected message
			if copied := strings.Join(s.Raw, ""); !strings.Contains(copied, "dGhlIHNhdGNoZWwgY2FtZSB3aXRoIGEgYnJva2VuIGJ1Y2tsZQ==") {
				t.Errorf("another message is selected: %q", copied)
			}
			s.Press("G")
			s.Sees("where is my parcel?")
		})
	}
}

func TestFoundMessageStandsOutForAMoment(t *testing.T) {
	atShop(t, 120, 40, ui.Options{Theme: ui.ThemeMono}, busyShop, func(s *shop) {
		s.look("satchel")
		s.Press("enter")
		const lit = "\x1b[7m  \x1b[m"
		if !strings.Contains(s.View().Content, lit) {
			t.Errorf("it does not stand out: %q", s.View().Content)
		}
		s.Wait(3 * time.Second)
		if strings.Contains(s.View().Content, lit) {
			t.Error("it stands out for ever")
		}
		s.Sees("the satchel came with a broken buckle")
	})
}

func TestEscLeadsBackToWhereTheSearchWasOpened(t *testing.T) {
	atShop(t, 120, 40, ui.Options{}, busyShop, func(s *shop) {
		s.Press("j", "enter", "K", "K", "pgup")
		before := s.Screen()
		s.look("satchel")
		s.Press("down", "esc")
		if after := s.Screen(); after != before {
			t.Errorf("it was\n%s\nand is\n%s", before, after)
		}
		s.Press("u", "k", "r")
		s.Type("half an ans")
		before = s.Screen()
		s.Press("ctrl+f")
		s.Press("ctrl+u")
		s.Type("buckle")
		s.Sees("1 of 2", "Maya") // whom an answer would go to stays in sight
		s.Press("esc")
		if after := s.Screen(); after != before {
			t.Errorf("it was\n%s\nand is\n%s", before, after)
		}
		s.Type("wer")
		s.Sees("half an answer")
		s.Press("ctrl+f", "enter")
		s.Sees("a new buckle is on its way")
		s.Misses("half an")
		if draft := s.draft(id(inbox.Instagram, "Maya")); draft != "half an answer" {
			t.Errorf("the draft is %q", draft)
		}
	})
}

func TestSearchIsKeptWithItsPlace(t *testing.T) {
	atShop(t, 120, 40, ui.Options{}, busyShop, func(s *shop) {
		s.look("buckle")
		s.Press("down", "enter")
		s.Sees("line 000")
		s.writes(inbox.Twitter, "Priya", "do you sell a buckle alone?", 0)
		s.Press("f")
		s.Sees("find: buckle", "3 of 3", "Priya")
		s.Press("enter")
		s.Sees("the satchel came with", "line 000")
		s.Misses("find:")
	})
}

func TestSearchPagesThroughAllResults(t *testing.T) {
	atShop(t, 80, 24, ui.Options{}, busyShop, func(s *shop) {
		s.look("line")
		s.Sees("1 of more than 100", "line 299")
		for range 60 {
			s.Press("pgdown")
		}
		s.Sees("300 of 300", "line 000")
		s.Press("pgup", "up", "ctrl+home")
		s.Sees("1 of 300", "line 299")
	})
}

func TestSearchPointsAtWhatItDoesNotUnderstand(t *testing.T) {
	atShop(t, 120, 40, ui.Options{}, busyShop, func(s *shop) {
		s.look("buckle is:unre")
		s.Misses("character")
		s.Press("enter")
		s.Sees("character 8, “is:unre”: did you mean is:unread?", "find: buckle is:unre")
		s.Type(" x")
		s.Sees("character 8, “is:unre”", "a new buckle") // the results of what was understood stay
		s.Press("esc")
		s.Misses("find:")
	})
}

func TestSearchCompletesItsTerms(t *testing.T) {
	atShop(t, 120, 40, ui.Options{}, busyShop, func(s *shop) {
		label(s, "Maya", "vip")
		s.Press("f")
		s.Sees("is:  from:  has:")
		s.Type("label:")
		s.Press("tab")
		s.Sees("find: label:vip", "1 of 1", "Maya")
		s.Press("ctrl+u")
		s.Type("buckle is:un")
		s.Press("shift+tab", "tab")
		s.Sees("find: buckle is:unanswered", "1 of 2")
	})
}

func TestSearchFollowsTheIndexWhileItIsMade(t *testing.T) {
	fill := func(s *shop) {
		busyShop(s)
		s.index.state.Store(&inbox.IndexState{Rebuilding: true, Done: 45, Total: 100})
	}
	atShop(t, 120, 40, ui.Options{}, fill, func(s *shop) {
		s.look("buckle")
		s.Sees("index 45 %: not everything is found yet", "Nothing is found so far")
		s.index.state.Store(nil)
		s.Wait(2 * time.Second)
		s.Misses("index")
		s.Sees("1 of 2")
		frames := s.Frames
		s.Wait(20 * time.Second)
		if s.Frames > frames+1 {
			t.Errorf("%d frames were drawn for nothing", s.Frames-frames)
		}
	})
}

func TestMessagesThatComeBehindTheSearchStayUnread(t *testing.T) {
	atShop(t, 120, 40, ui.Options{}, busyShop, func(s *shop) {
		s.Press("enter")
		s.look("buckle")
		s.writes(inbox.Instagram, "Maya", "are you there?", 0)
		s.Wait(2 * time.Second)
		unread := func() int {
			th, err := s.in.Thread(s.ctx, inbox.ThreadQuery{Conversation: id(inbox.Instagram, "Maya"), Before: 1})
			if err != nil {
				t.Fatal(err)
			}
			return th.Conversation.Unread
		}
		if n := unread(); n != 1 {
			t.Errorf("%d are unread while the page covers the thread", n)
		}
		s.Press("esc")
		s.Wait(time.Second)
		if n := unread(); n != 0 {
			t.Errorf("%d are unread though the thread is looked at", n)
		}
	})
}

func TestAnswersToAnOlderSearchChangeNothing(t *testing.T) {
	fill := func(s *shop) {
		busyShop(s)
		s.index.takes = func(q inbox.TextQuery) time.Duration {
			if q.All[0].Text == "line" {
				return 5 * time.Second
			}
			return 0
		}
	}
	atShop(t, 120, 40, ui.Options{}, fill, func(s *shop) {
		s.look("line")
		s.Press("enter")
		s.Sees("find: line") // what is there was found for another search
		s.Press("ctrl+u")
		s.Type("buckle")
		s.Sees("1 of 2", "a new buckle")
		s.Wait(10 * time.Second)
		s.Sees("1 of 2", "a new buckle")
		s.Press("ctrl+u")
		s.Type("line")
		s.Wait(10 * time.Second)
		s.Sees("1 of more than 100", "line 299")
		s.Press("enter")
		s.Sees("line 299")
		s.Misses("find:")
	})
}

func TestPaletteLeadsToTheSearch(t *testing.T) {
	atShop(t, 120, 40, ui.Options{}, busyShop, func(s *shop) {
		s.Press("ctrl+k")
		s.Type("search all messages")
		s.Press("enter")
		s.Type("buckle")
		s.Sees("find: buckle", "1 of 2")
	})
}

func TestForgottenCustomerIsNoLongerInTheResults(t *testing.T) {
	atShop(t, 120, 40, ui.Options{}, busyShop, func(s *shop) {
		s.look("buckle")
		s.Sees("1 of 2")
		if err := s.in.Forget(s.ctx, id(inbox.Facebook, "Jamal")); err != nil {
			t.Fatal(err)
		}
		s.Wait(time.Second)
		s.Misses("a new buckle")
		s.Press("enter") // and does nothing
		s.Sees("find: buckle")
	})
}

func TestSearchFitsEveryScreen(t *testing.T) {
	for _, size := range [][2]int{{20, 5}, {30, 9}, {80, 24}, {200, 60}} {
		atShop(t, size[0], size[1], ui.Options{}, busyShop, func(s *shop) {
			s.writes(inbox.Instagram, "Maya", strings.Repeat("日本語の長い文章 buckle ", 30), 0)
			s.look("buckle")
			lines := s.Lines()
			if len(lines) != size[1] {
				t.Errorf("%d lines at %v", len(lines), size)
			}
			s.Sees("find: buckle")
			for _, line := range lines {
				if ansi.WcWidth.StringWidth(line) > size[0] {
					t.Errorf("too wide at %v: %q", size, line)
				}
			}
		})
	}
}
