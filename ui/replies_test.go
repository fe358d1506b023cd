package ui_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"parley/inbox"
	"parley/ui"
)

// cards are canned replies that can be changed while the screen is open.
type cards struct {
	replies []inbox.Reply
	err     error
	asked   int
}

func (c *cards) Replies(context.Context) ([]inbox.Reply, error) {
	c.asked++
	return c.replies, c.err
}

func newCards() *cards {
	return &cards{replies: []inbox.Reply{
		{Name: "hello", Text: "Hi {{first_name|there}}, this is {{agent}}.", Source: "hello.md"},
		{Name: "orders/late", Text: "It leaves today, {{first_name}}.\n\nHave a good day!", Source: "orders/late.md"},
		{Name: "orders/late", Platform: inbox.Facebook, Text: "On Facebook we say: today.", Source: "orders/late.facebook.md"},
		{Name: "orders/where", Text: "{{handle}}, here is your tracking number: …", Source: "orders/where.md"},
	}}
}

func withCards(c *cards) ui.Options { return ui.Options{Replies: c, Agent: "Sam"} }

func TestReplyIsFoundFilledInAndSentAsShown(t *testing.T) {
	for _, size := range [][2]int{{120, 40}, {80, 24}, {60, 16}} {
		atShop(t, size[0], size[1], withCards(newCards()), threeCustomers, func(s *shop) {
			s.Press("r")
			s.Type("/")
			s.Sees("/hello", "/orders/late", "─ to Maya", "Hi Maya, this is Sam.", "Enter or Tab takes it")
			s.Type("late")
			s.Misses("/hello")
			s.Sees("It leaves today, Maya.")
			s.Press("enter")
			s.Misses("/orders/late", "Enter or Tab")
			s.Sees("It leaves today, Maya.", "Have a good day!")
			if n := len(s.outbox()); n != 0 {
				t.Fatal("taking a reply has sent it")
			}
			s.Press("enter")
			if got := s.outbox()[0].Text(); got != "It leaves today, Maya.\n\nHave a good day!" {
				t.Errorf("sent %q", got)
			}
		})
	}
}

func TestReplyOfThePlatformAndWithinAText(t *testing.T) {
	atShop(t, 120, 40, withCards(newCards()), threeCustomers, func(s *shop) {
		s.Press("j", "r")
		s.Type("Sorry! /lat")
		s.Press("tab")
		s.Type(" Bye")
		s.Press("enter")
		if got := s.outbox()[0].Text(); got != "Sorry! On Facebook we say: today. Bye" {
			t.Errorf("sent %q", got)
		}
	})
}

func TestReplyIsFoundByItsText(t *testing.T) {
	atShop(t, 120, 40, withCards(newCards()), threeCustomers, func(s *shop) {
		s.Press("r")
		s.Type("/tracking")
		s.Sees("/orders/where")
	})
}

func TestSlashStaysWhatWasTyped(t *testing.T) {
	for _, tt := range []struct {
		name, text string
		keys       []string
		want       string
	}{
		{"after Esc", "see /hello", []string{"esc", "enter"}, "see /hello"},
		{"that fits to nothing", "see /usr/bin/zzz", []string{"enter"}, "see /usr/bin/zzz"},
		{"within a word", "and/or a/hello", []string{"enter"}, "and/or a/hello"},
		{"followed by a blank", "/ hello", []string{"enter"}, "/ hello"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			atShop(t, 120, 40, withCards(newCards()), threeCustomers, func(s *shop) {
				s.Press("r")
				s.Type(tt.text)
				s.Press(tt.keys...)
				items := s.outbox()
				if len(items) != 1 || items[0].Text() != tt.want {
					t.Errorf("sent %+v", items)
				}
			})
		})
	}
}

func TestPastedSlashOffersNothing(t *testing.T) {
	atShop(t, 120, 40, withCards(newCards()), threeCustomers, func(s *shop) {
		s.Press("r")
		s.Paste("/hello")
		s.Press("enter")
		if items := s.outbox(); len(items) != 1 || items[0].Text() != "/hello" {
			t.Errorf("sent %+v", items)
		}
	})
}

func TestPlaceWithoutAValueIsNotSent(t *testing.T) {
	atShop(t, 120, 40, withCards(newCards()), threeCustomers, func(s *shop) {
		s.Press("r")
		s.Type("/where")
		s.Sees("{{handle}} empty")
		s.Press("enter")
		s.Sees("{{handle}}, here is your tracking number", "{{handle}} empty: write what belongs there")
		s.Press("enter")
		s.Press("ctrl+s")
		if n := len(s.outbox()); n != 0 {
			t.Fatal("it was sent with its place empty")
		}
		s.Press("ctrl+home")
		for range len("{{handle}}, ") {
			s.Press("delete")
		}
		s.Press("enter")
		if items := s.outbox(); len(items) != 1 || items[0].Text() != "here is your tracking number: …" {
			t.Errorf("sent %+v", items)
		}
	})
}

func TestRepliesAreReadAnewAndTheirMistakesAreSaid(t *testing.T) {
	c := newCards()
	atShop(t, 120, 40, withCards(c), threeCustomers, func(s *shop) {
		s.Press("r")
		s.Type("/")
		s.Sees("/hello")
		s.Press("backspace")
		c.replies = append(c.replies, inbox.Reply{Name: "new", Text: "a new one", Source: "new.md"})
		c.err = errors.Join(errors.New("bad.md:2:3: there is no variable \"x\""), errors.New("other"))
		s.Type("/ne")
		s.Sees("/new", "a new one", "replies: bad.md:2:3: there is no variable", "(and 1 more)")
	})
}

func TestKeyOffersReplies(t *testing.T) {
	atShop(t, 120, 40, withCards(newCards()), threeCustomers, func(s *shop) {
		s.Press("r")
		s.Type("Well")
		s.Press("ctrl+r")
		s.Sees("Well /", "/hello")
		s.Press("down", "up", "up", "down", "enter")
		s.Sees("Well Hi Maya, this is Sam.")
	})
	atShop(t, 120, 40, ui.Options{}, threeCustomers, func(s *shop) {
		s.Press("r", "ctrl+r")
		s.Sees("there are no canned replies here")
	})
}

func TestListOfRepliesFollowsTheChosenOne(t *testing.T) {
	c := &cards{}
	for _, name := range strings.Split("abcdefghij", "") {
		c.replies = append(c.replies, inbox.Reply{Name: "r-" + name, Text: "text of " + name, Source: name})
	}
	atShop(t, 80, 24, withCards(c), threeCustomers, func(s *shop) {
		s.Press("r")
		s.Type("/")
		for range 7 {
			s.Press("down")
		}
		s.Sees("/r-h", "│ text of h")
		s.Resize(80, 12)
		s.Sees("/r-h")
		s.Press("enter")
		s.Sees("text of h")
		s.Misses("/r-h")
	})
}

func TestEmojiByName(t *testing.T) {
	for _, tt := range []struct{ typed, want string }{
		{"great :tada:", "great 🎉"},
		{":red_heart: you", "❤️ you"},
		{":Tada:", "🎉"},
		{"at 10:30: or 10:30:00", "at 10:30: or 10:30:00"},
		{"a :-) b :) c :3 :D", "a :-) b :) c :3 :D"},
		{"see foo:tada:", "see foo:tada:"},
		{":nosuchemojiname: x", ":nosuchemojiname: x"},
		{"std::vector :: x", "std::vector :: x"},
		{"https://h.example:8080", "https://h.example:8080"},
		{"note: this", "note: this"},
	} {
		t.Run(tt.typed, func(t *testing.T) {
			atShop(t, 120, 40, ui.Options{}, threeCustomers, func(s *shop) {
				s.Press("r")
				s.Type(tt.typed)
				s.Press("enter")
				items := s.outbox()
				if len(items) != 1 || items[0].Text() != tt.want {
					t.Errorf("sent %+v, want %q", items, tt.want)
				}
			})
		})
	}
}

func TestEmojiIsChosenFromAList(t *testing.T) {
	atShop(t, 80, 24, ui.Options{}, threeCustomers, func(s *shop) {
		s.Press("r")
		s.Type("yes :thumb")
		s.Sees("👍")
		s.Press("tab")
		s.Sees("yes 👍")
		s.Press("ctrl+y")
		s.Sees("😂")
		s.Press("down", "enter")
		s.Press("enter")
		if got := s.outbox()[0].Text(); got != "yes 👍 😂" {
			t.Errorf("sent %q", got)
		}
	})
}

func TestEscLeavesTheWordAndThenTheComposer(t *testing.T) {
	atShop(t, 120, 40, withCards(newCards()), threeCustomers, func(s *shop) {
		s.Press("r")
		s.Type("/hel")
		s.Press("esc")
		s.Sees("─ to Maya")
		s.Misses("Enter or Tab")
		s.Type("l")
		s.Misses("Enter or Tab")
		s.Press("esc")
		s.Misses("─ to Maya")
		s.Wait(time.Second)
		if got := s.draft(id(inbox.Instagram, "Maya")); got != "/hell" {
			t.Errorf("draft %q", got)
		}
	})
}
