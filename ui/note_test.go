package ui_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"parley/inbox"
	"parley/ui"

	"pgregory.net/rapid"
	"testing/synctest"
)

// noteDraft is what is stored of a note that is not kept yet.
func (s *shop) noteDraft(id inbox.ConversationID) string {
	s.T.Helper()
	th, err := s.in.Thread(s.ctx, inbox.ThreadQuery{Conversation: id, Before: 1})
	if err != nil {
		s.T.Fatal(err)
	}
	return th.Draft.Note
}

// notes are the texts of a customer's notes.
func (s *shop) notes(id inbox.ConversationID) (texts []string) {
	s.T.Helper()
	th, err := s.in.Thread(s.ctx, inbox.ThreadQuery{Conversation: id, Before: 50})
	if err != nil {
		s.T.Fatal(err)
	}
	for _, m := range th.Page.Messages {
		if m.Note {
			texts = append(texts, m.Text)
		}
	}
	return texts
}

func TestNoteStandsInTheThreadAndIsSentToNobody(t *testing.T) {
	maya := id(inbox.Instagram, "Maya")
	atShop(t, 120, 40, ui.Options{Author: "Ada"}, threeCustomers, func(s *shop) {
		s.Press("n")
		s.Sees("═ Private note about Maya — the customer does not see it ═", "Enter keep the note; nothing is sent")
		s.Misses("─ to Maya")
		s.Type("pays late")
		s.Press("ctrl+j")
		s.Paste("always\nhas")
		s.does("enter")
		s.Sees("noted about Maya, for agents only · z undoes it", "Private note · Ada", "┃ pays late", "┃ always")
		s.Misses("does not see it")
		if got := s.notes(maya); len(got) != 1 || got[0] != "pays late\nalways\nhas" {
			t.Errorf("notes: %q", got)
		}
		if items := s.outbox(); len(items) != 0 {
			t.Errorf("the outbox holds %+v", items)
		}
		if line := s.LineWith("▌"); !strings.Contains(line, "Maya") || !s.conversation(maya).Unanswered {
			t.Errorf("a note has answered: %q", line)
		}
		s.does("n", "enter")
		s.Sees("nothing to note: write something first")
	})
}

func TestDraftOfANoteIsKeptApartFromTheAnswers(t *testing.T) {
	maya := id(inbox.Instagram, "Maya")
	atShop(t, 120, 40, ui.Options{}, threeCustomers, func(s *shop) {
		s.Press("n")
		s.Type("pays l")
		s.Wait(time.Second)
		if got := s.noteDraft(maya); got != "pays l" {
			t.Fatalf("after a second %q is stored", got)
		}
		s.Type("ate")
		s.does("esc", "r")
		s.Misses("pays late")
		s.Type("yes, we do")
		s.does("esc")
		if s.draft(maya) != "yes, we do" || s.noteDraft(maya) != "pays late" {
			t.Fatalf("stored: answer %q, note %q", s.draft(maya), s.noteDraft(maya))
		}
		s.does("j", "n")
		s.Sees("about Jamal")
		s.Misses("pays late")
		s.does("esc", "k", "n")
		s.Sees("about Maya", "pays late")
		s.Misses("yes, we do")
		s.does("enter", "r")
		s.Sees("─ to Maya", "yes, we do")
		s.does("enter")
		if items := s.outbox(); len(items) != 1 || items[0].Text() != "yes, we do" {
			t.Errorf("the outbox holds %+v", items)
		}
		if got := s.noteDraft(maya); got != "" {
			t.Errorf("the kept note is still a draft: %q", got)
		}
	})
}

func TestFlushStoresWhatWasTypedOfANote(t *testing.T) {
	atShop(t, 120, 40, ui.Options{}, threeCustomers, func(s *shop) {
		s.Press("n")
		s.Type("the line drops n")
		if err := s.screen.Flush(context.Background()); err != nil {
			t.Fatal(err)
		}
		if got := s.noteDraft(id(inbox.Instagram, "Maya")); got != "the line drops n" {
			t.Errorf("stored: %q", got)
		}
		if got := s.draft(id(inbox.Instagram, "Maya")); got != "" {
			t.Errorf("it is an answer: %q", got)
		}
	})
}

func TestNoteIsDeletedBroughtBackAndRewritten(t *testing.T) {
	maya := id(inbox.Instagram, "Maya")
	atShop(t, 120, 40, ui.Options{Author: "Ada"}, threeCustomers, func(s *shop) {
		s.Press("n")
		s.Type("pays late")
		s.does("enter")
		s.does("enter", "K") // the newest message of the thread
		s.does("x")
		s.Sees("note deleted · z undoes it")
		s.Misses("pays late")
		s.does("z")
		s.Sees("undone: note deleted", "┃ pays late")
		s.does("K", "c")
		s.Sees("the note is a draft again · n opens it")
		if s.noteDraft(maya) != "pays late" || len(s.notes(maya)) != 0 {
			t.Errorf("draft %q, notes %q", s.noteDraft(maya), s.notes(maya))
		}
		s.does("n")
		s.Sees("Private note about Maya", "pays late")
		s.Type(" again")
		s.does("enter")
		s.Sees("┃ pays late again")
		s.does("z") // what was typed is not lost
		s.Sees("the note is a draft again")
		if got := s.noteDraft(maya); got != "pays late again" {
			t.Errorf("draft %q", got)
		}
	})
}

func TestGestureIsNeverMadeOnANote(t *testing.T) {
	fill := func(s *shop) {
		live(s)
		s.writes(inbox.Instagram, "Maya", "hello", time.Minute)
	}
	atShop(t, 120, 40, ui.Options{}, fill, func(s *shop) {
		s.Press("n")
		s.Type("pays late")
		s.does("enter", "enter", "K", "+")
		s.Misses("react to Maya")
	})
}

func TestForgottenCustomerClosesTheNote(t *testing.T) {
	atShop(t, 120, 40, ui.Options{}, threeCustomers, func(s *shop) {
		s.Press("n")
		s.Type("pays")
		if err := s.in.Forget(s.ctx, id(inbox.Instagram, "Maya")); err != nil {
			t.Fatal(err)
		}
		s.Settle()
		s.Wait(time.Second)
		s.Sees("Maya has been forgotten on this machine")
		s.Misses("Private note")
		s.does("j", "r")
		s.Sees("─ to ")
	})
}

// TestNothingTypedIntoANoteIsEverSent presses random keys while notes are written:
// whatever leaves was typed into the composer of an answer.
func TestNothingTypedIntoANoteIsEverSent(t *testing.T) {
	keys := []string{
		"n", "n", "n", "r", "enter", "enter", "enter", "esc", "ctrl+s", "ctrl+o", "ctrl+a", "ctrl+x", "ctrl+g", "ctrl+e", "ctrl+k", "ctrl+j", "K", "K", "J", "x", "c", "z",
		"t", "j", "k", "tab", "+", "*", "e", "b", "L", "up", "down", "backspace", "ctrl+d", "y", "u",
	}
	noted := 0
	rapid.Check(t, func(rt *rapid.T) {
		acts := drawActs(rt, keys, 120)
		wrong := ""
		synctest.Test(t, func(t *testing.T) {
			s := openShop(t)
			time.Sleep(10 * time.Hour)
			liveEverywhere(s)
			threeCustomers(s)
			s.openScreen(100, 30, ui.Options{})
			const secret = "secretword"
			for i, a := range acts {
				before := s.Screen()
				if strings.Contains(before, "═ Private note") && i%3 == 0 {
					s.Type(secret)
				}
				s.play(a)
				s.Settle()
				for _, item := range s.outbox() {
					if strings.Contains(item.Text(), secret) {
						wrong = "a note was sent: " + item.Text() + "\n" + before
						return
					}
				}
			}
			for _, who := range []inbox.ConversationID{id(inbox.Instagram, "Maya"), id(inbox.Facebook, "Jamal"), id(inbox.Twitter, "Priya")} {
				if _, err := s.in.Conversation(s.ctx, who); err == nil {
					noted += len(s.notes(who))
				}
			}
		})
		if wrong != "" {
			rt.Fatal(wrong)
		}
	})
	if noted == 0 {
		t.Error("no note was kept at all: the script does not try enough")
	}
}
