package ui_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"parley/inbox"
	"parley/inbox/inboxtest"
	"parley/ui"
)

// live gives the shop's provider everything that a live one can do on Instagram.
func live(s *shop) { liveOn(s, inbox.Instagram) }

func liveOn(s *shop, p inbox.Platform) {
	c := s.provider.Capacity[p]
	c.Reactions, c.Stickers, c.Posts, c.Typing, c.Seen = inbox.Can(), inbox.Can(), inbox.Can(), inbox.Can(), inbox.Can()
	s.provider.Capacity[p] = c
}

func liveEverywhere(s *shop) {
	for _, p := range inbox.Platforms {
		liveOn(s, p)
	}
}

func liveCustomers(s *shop) {
	live(s)
	threeCustomers(s)
}

// happens tells of something that happened to Maya's message.
func (s *shop) happens(e inbox.EventFact) {
	s.T.Helper()
	e.RemoteID, e.At = "Maya", time.Now()
	s.ingest(inbox.Batch{Platform: inbox.Instagram, Pushed: true, Events: []inbox.EventFact{e}})
}

// mayas is the ID of Maya's newest message.
func (s *shop) mayas() inbox.MessageID {
	s.T.Helper()
	th, err := s.in.Thread(s.ctx, inbox.ThreadQuery{Conversation: id(inbox.Instagram, "Maya"), Before: 1})
	if err != nil {
		s.T.Fatal(err)
	}
	return th.Page.Messages[0].ID
}

// onlyPart is the one part of the one item in the outbox.
func (s *shop) onlyPart() inbox.Part {
	s.T.Helper()
	items := s.outbox()
	if len(items) != 1 || len(items[0].Parts) != 1 {
		s.T.Fatalf("the outbox holds %+v", items)
	}
	return items[0].Parts[0]
}

func TestReactionIsPickedByNumberAndShownOnItsMessageAtOnce(t *testing.T) {
	atShop(t, 120, 40, ui.Options{}, liveCustomers, func(s *shop) {
		s.Press("enter", "+")
		s.Sees("react to Maya · do you ship to Porto?", "1 ❤", "6 👍", "Jamal", "6d 23h left") // the thread stays in sight
		s.Press("1")
		s.Misses("react to Maya")
		s.Sees("❤ you (queued)", "is queued for Maya")
		if p := s.onlyPart(); p.Kind != inbox.PartReaction || p.Emoji != "❤️" || p.Target != s.mayas() {
			t.Errorf("the outbox holds %+v", p)
		}
	})
}

func TestReactionIsFoundByName(t *testing.T) {
	atShop(t, 120, 40, ui.Options{}, liveCustomers, func(s *shop) {
		s.Press("+")
		s.Type("party pop")
		s.Sees("🎉 tada, party popper")
		s.Press("enter")
		if p := s.onlyPart(); p.Emoji != "🎉" {
			t.Errorf("the outbox holds %+v", p)
		}
	})
}

func TestAnyEmojiCanBePastedAndWhatIsNoneIsNotSent(t *testing.T) {
	atShop(t, 120, 40, ui.Options{}, liveCustomers, func(s *shop) {
		s.Press("+")
		s.Paste("qqqxz")
		s.Sees("no emoji has this name")
		s.Press("enter")
		if n := len(s.outbox()); n != 0 {
			t.Fatalf("%d reactions were sent", n)
		}
		s.Press("ctrl+u")
		s.Paste(" 👩🏽‍🚀 ")
		s.Press("enter")
		if p := s.onlyPart(); p.Emoji != "👩🏽‍🚀" {
			t.Errorf("the outbox holds %+v", p)
		}
	})
}

func TestEmojiThatWasUsedLastComesFirst(t *testing.T) {
	atShop(t, 120, 40, ui.Options{}, liveCustomers, func(s *shop) {
		s.Press("+")
		s.Type("fire")
		s.Press("enter")
		s.writes(inbox.Instagram, "Maya", "and to Lisbon?", 0)
		s.Press("+")
		s.Sees("1 🔥", "2 ❤")
		s.Press("esc")
		s.Misses("react to")
	})
}

func TestReactionThatIsStillQueuedIsTakenBackByTheSameKey(t *testing.T) {
	atShop(t, 120, 40, ui.Options{}, liveCustomers, func(s *shop) {
		s.Press("enter", "+", "2")
		s.Sees("😂 you (queued)")
		s.Press("+")
		s.Wait(time.Second)
		s.Sees("taken back before it was sent")
		s.Misses("😂 you")
		if items := s.outbox(); len(items) != 0 {
			t.Errorf("the outbox holds %+v", items)
		}
	})
}

func TestReactionThatWasSentIsTakenBackByTheSameKey(t *testing.T) {
	atShop(t, 120, 40, ui.Options{}, liveCustomers, func(s *shop) {
		s.Press("enter", "+", "6")
		s.sends()
		s.Sees("👍 you", "👍 is sent to Maya")
		s.Misses("👍 you (")
		s.Press("+")
		s.Sees("taking your reaction back", "taking 👍 back from Maya")
		var kinds []inbox.PartKind
		for _, item := range s.outbox() {
			kinds = append(kinds, item.Parts[0].Kind)
		}
		if got := fmt.Sprint(kinds); got != "[unreaction reaction]" {
			t.Errorf("the outbox holds %s", got)
		}
		s.sends()
		s.Wait(time.Second)
		s.Sees("👍 is taken back from Maya")
		s.Misses("👍 you", "taking your reaction back")
	})
}

func TestReactionThatFailedSaysWhyAndHasNoTextToTakeBack(t *testing.T) {
	fill := func(s *shop) {
		liveCustomers(s)
		s.provider.SendFunc = func(_ context.Context, out inbox.Outgoing) (inbox.SendResult, error) {
			return inboxtest.Refuse(out, inbox.StateFailed, &inbox.Error{Kind: inbox.Rejected, Text: "the message is gone"})
		}
	}
	atShop(t, 120, 40, ui.Options{}, fill, func(s *shop) {
		s.Press("enter", "+", "1")
		s.sends()
		s.Sees("[❤ on “do you ship to Porto?”]", "the message is gone", "t try again · x discard")
		s.Misses("❤ you", "c take back")
		s.Press("c")
		s.Sees("there is no text in it to take back")
		s.Press("x", "y")
		s.Wait(time.Second)
		s.Misses("the message is gone")
	})
}

func TestReactionGoesToTheSelectedMessage(t *testing.T) {
	fill := func(s *shop) {
		live(s)
		s.writes(inbox.Instagram, "Maya", "the first", time.Hour)
		s.writes(inbox.Instagram, "Maya", "the second", time.Minute)
	}
	atShop(t, 120, 40, ui.Options{}, fill, func(s *shop) {
		s.Press("enter", "K", "K", "+")
		s.Sees("react to Maya · the first")
		s.Press("3")
		if p := s.onlyPart(); p.Target == s.mayas() {
			t.Error("the reaction went to the newest message")
		}
	})
}

func TestReactionOfAnotherCustomerCannotSlipIn(t *testing.T) {
	atShop(t, 120, 40, ui.Options{}, liveCustomers, func(s *shop) {
		s.Press("+")
		s.writes(inbox.Instagram, "Nadia", "hello", 0) // the list is sorted anew under the picker
		s.Press("4")
		if got := s.outbox()[0].Conversation; got != id(inbox.Instagram, "Maya") {
			t.Errorf("the reaction went to %s", got)
		}
	})
}

func TestHeartIsOneKeyInTheThreadAndInTheComposer(t *testing.T) {
	atShop(t, 120, 40, ui.Options{}, liveCustomers, func(s *shop) {
		s.Press("*")
		s.Sees("Send a heart to Maya?") // the list asks
		s.Press("n", "enter", "*")
		s.Sees("the heart is queued for Maya", "[a heart]")
		if p := s.onlyPart(); p.Kind != inbox.PartHeart {
			t.Errorf("the outbox holds %+v", p)
		}
		s.sends()
		s.Sees("the heart is sent to Maya")
		s.Press("r")
		s.Type("half a sent")
		s.Press("ctrl+g")
		s.Sees("─ to Maya", "half a sent", "the heart is queued for Maya")
		if n := len(s.outbox()); n != 2 {
			t.Errorf("%d hearts were sent", n)
		}
	})
}

func TestGesturesAreRefusedWithTheReason(t *testing.T) {
	atShop(t, 140, 40, ui.Options{}, threeCustomers, func(s *shop) {
		for key, want := range map[string]string{
			"+": "this API has no such call", "*": "this API has no such call",
			"P": "this API has no such call", "S": "this API has no such call",
		} {
			s.Press(key)
			s.Sees(want)
		}
	})
}

// albums answers with n posts in pages of ten.
func albums(n int) func(context.Context, string) (inbox.PostPage, error) {
	return func(_ context.Context, cursor string) (page inbox.PostPage, err error) {
		first := 0
		_, _ = fmt.Sscan(cursor, &first)
		for i := first; i < min(first+10, n); i++ {
			page.Posts = append(page.Posts, inbox.Post{
				ID: fmt.Sprint("post-", i), Kind: "CAROUSEL_ALBUM", Caption: fmt.Sprintf("lamp number %02d", i),
				Permalink: fmt.Sprintf("https://www.instagram.com/p/lamp%d/", i), At: time.Date(2000, 1, 1, 0, 0, -i, 0, time.UTC),
			})
		}
		if first+10 < n {
			page.Cursor = fmt.Sprint(first + 10)
		}
		return page, nil
	}
}

func TestOwnPostIsChosenFromAListAndSharedAfterOneQuestion(t *testing.T) {
	fill := func(s *shop) {
		liveCustomers(s)
		s.provider.PostsFunc = albums(25)
	}
	atShop(t, 120, 40, ui.Options{}, fill, func(s *shop) {
		s.Press("P")
		s.Sees("Share a post with Maya", "1999-12-31", "carousel", "lamp number 00", "instagram.com/p/lamp0", "there are older ones")
		s.Misses("lamp number 10")
		for range 12 {
			s.Press("j")
		}
		s.Sees("lamp number 12") // the next page has come
		s.Press("enter")
		s.Sees("Share this post with Maya?", "lamp number 12", "https://www.instagram.com/p/lamp12/")
		s.Press("n")
		s.Sees("Share a post with Maya") // back to the list
		s.Press("enter", "y")
		s.Sees("your post is queued for Maya")
		if p := s.onlyPart(); p.Kind != inbox.PartPost || p.Post != "post-12" || p.URL != "https://www.instagram.com/p/lamp12/" {
			t.Errorf("the outbox holds %+v", p)
		}
		s.Press("enter")
		s.Sees("[your post] www.instagram.com")
	})
}

func TestPostsAreFilteredAndLookedForFurtherBack(t *testing.T) {
	fill := func(s *shop) {
		liveCustomers(s)
		s.provider.PostsFunc = albums(25)
	}
	atShop(t, 100, 30, ui.Options{}, fill, func(s *shop) {
		s.Press("P", "/")
		s.Type("lamp 21")
		s.Misses("lamp number 00")
		s.Sees("searched 10 posts")
		s.Press("down", "down")
		s.Sees("lamp number 21")
		s.Press("enter", "enter", "y")
		if p := s.onlyPart(); p.Post != "post-21" {
			t.Errorf("the outbox holds %+v", p)
		}
	})
}

func TestPostsThatCannotBeReadSayWhy(t *testing.T) {
	fails := true
	fill := func(s *shop) {
		liveCustomers(s)
		s.provider.PostsFunc = func(ctx context.Context, cursor string) (inbox.PostPage, error) {
			if fails {
				return inbox.PostPage{}, &inbox.Error{Kind: inbox.Unavailable, Text: "the platform does not answer", Err: errors.New("EOF")}
			}
			return albums(1)(ctx, cursor)
		}
	}
	atShop(t, 100, 30, ui.Options{}, fill, func(s *shop) {
		s.Press("P")
		s.Sees("the platform does not answer · j tries again")
		fails = false
		s.Press("j")
		s.Sees("lamp number 00")
		s.Press("esc")
		s.Misses("lamp number 00")
	})
}

// signals notes what customers are told.
func signals(told *[]string) func(*shop) {
	return func(s *shop) {
		liveCustomers(s)
		s.provider.SignalFunc = func(_ context.Context, id inbox.ConversationID, recipient string, sig inbox.Signal) error {
			*told = append(*told, string(sig)+" to "+recipient)
			return errors.New("nobody wants to know")
		}
	}
}

func TestCustomerSeesTypingAtMostEvery15Seconds(t *testing.T) {
	var told []string
	atShop(t, 120, 40, ui.Options{}, signals(&told), func(s *shop) {
		s.Press("r")
		if len(told) != 0 {
			t.Fatalf("an open composer alone told %q", told)
		}
		for range 31 {
			s.Type("x")
			s.Wait(time.Second)
		}
		s.Press("esc")
		want := "[typing to id-Maya typing to id-Maya typing to id-Maya not typing to id-Maya]"
		if got := fmt.Sprint(told); got != want {
			t.Errorf("told %s, want %s", got, want)
		}
		s.Misses("nobody wants to know")
	})
}

func TestSentMessageNeedsNoWordThatTypingHasEnded(t *testing.T) {
	var told []string
	atShop(t, 120, 40, ui.Options{}, signals(&told), func(s *shop) {
		s.Press("r")
		s.Type("hello")
		s.Press("enter")
		s.Press("j", "r") // Jamal's platform cannot tell
		s.Type("hello")
		s.Press("esc")
		if got := strings.Join(told, ", "); got != "typing to id-Maya" {
			t.Errorf("told %q", got)
		}
	})
}

func TestOnlyTheAgentsKeyTellsThatItWasRead(t *testing.T) {
	var told []string
	fill := func(s *shop) {
		signals(&told)(s)
		s.provider.SignalFunc = func(_ context.Context, _ inbox.ConversationID, _ string, sig inbox.Signal) error {
			told = append(told, string(sig))
			return nil
		}
	}
	atShop(t, 120, 40, ui.Options{}, fill, func(s *shop) {
		s.Press("enter")
		s.Wait(time.Minute)
		if len(told) != 0 {
			t.Fatalf("told %q by itself", told)
		}
		s.Press("S")
		s.Sees("Maya sees now that it was read")
		if got := strings.Join(told, ", "); got != "seen" {
			t.Errorf("told %q", got)
		}
	})
}

func TestFooterRemindsOfGesturesWhereTheyCanBeMade(t *testing.T) {
	atShop(t, 80, 24, ui.Options{}, liveCustomers, func(s *shop) {
		s.Press("enter")
		s.Sees("+ react", "? the keys", "q quit")
		s.Press("r")
		s.Sees("Ctrl-G heart", "Enter send", "Esc leave")
		s.Press("esc", "esc", "j", "enter") // Jamal's platform cannot
		s.Misses("+ react")
		s.Press("r")
		s.Misses("Ctrl-G heart")
	})
}

func TestGestureInAWindowThatTheClockHasClosedAsksFirst(t *testing.T) {
	fill := func(s *shop) {
		live(s)
		s.writes(inbox.Instagram, "Late Larry", "hello?", 8*24*time.Hour)
	}
	share := func(s *shop) {
		s.provider.PostsFunc = albums(1)
		s.Press("enter", "P", "enter", "y")
	}
	for _, tt := range []struct {
		name, title string
		press       func(*shop)
		kind        inbox.PartKind
	}{
		{"react", "to Late Larry anyway?", func(s *shop) { s.Press("enter", "+", "1") }, inbox.PartReaction},
		{"heart", "Send the heart to Late Larry anyway?", func(s *shop) { s.Press("enter", "*") }, inbox.PartHeart},
		{"heart from the list", "Send the heart to Late Larry anyway?", func(s *shop) { s.Press("*") }, inbox.PartHeart},
		{"heart from the composer", "Send the heart to Late Larry anyway?", func(s *shop) { s.Press("r", "ctrl+g") }, inbox.PartHeart},
		{"post", "Send your post to Late Larry anyway?", share, inbox.PartPost},
	} {
		t.Run(tt.name, func(t *testing.T) {
			atShop(t, 120, 40, ui.Options{}, fill, func(s *shop) {
				tt.press(s)
				s.Sees(tt.title, "closed 1d ago by our clock", "the platform decides")
				s.Press("n")
				if n := len(s.outbox()); n != 0 {
					t.Fatalf("%d gestures were sent without a yes", n)
				}
			})
			atShop(t, 120, 40, ui.Options{}, fill, func(s *shop) {
				tt.press(s)
				s.Press("y")
				if p := s.onlyPart(); p.Kind != tt.kind || !s.outbox()[0].Anyway {
					t.Errorf("the outbox holds %+v", s.outbox())
				}
			})
		})
	}
}

func TestReactionIsTakenBackAfterTheWindowOnlyWhenAsked(t *testing.T) {
	fill := func(s *shop) {
		live(s)
		s.ingest(s.batch(inbox.Instagram, "Late Larry", inbox.Message{
			Direction: inbox.Received, Text: "hello?", CreatedAt: time.Now().Add(-8 * 24 * time.Hour),
			Reactions: []inbox.Reaction{{UserID: "us", Mine: true, Emoji: "👍"}},
		}))
	}
	atShop(t, 120, 40, ui.Options{}, fill, func(s *shop) {
		s.Press("enter", "+")
		s.Sees("Take 👍 back from Late Larry anyway?")
		s.Press("y")
		if p := s.onlyPart(); p.Kind != inbox.PartUnreaction || !s.outbox()[0].Anyway {
			t.Errorf("the outbox holds %+v", s.outbox())
		}
	})
}

func TestBottomLineHasTheKeysOfWhatCoversThePanes(t *testing.T) {
	fill := func(s *shop) {
		liveCustomers(s)
		s.provider.PostsFunc = albums(3)
	}
	for _, tt := range []struct{ key, keys string }{
		{"+", "1-6 picks · type a name or paste any emoji · Enter reacts · Esc leaves"},
		{"P", "Enter shares · j k move · / finds · Esc leaves"},
		{"A", "Tab next · Space on, off · Ctrl-S saves · Esc leaves"},
		{"?", "any other key closes the keys"},
		{"ctrl+k", "Enter does it · Esc leaves"},
		{"#", ""},
	} {
		atShop(t, 80, 24, ui.Options{}, fill, func(s *shop) {
			s.Press(tt.key)
			hints := s.Lines()[22]
			if !strings.Contains(hints, tt.keys) || strings.Contains(hints, "r answer") {
				t.Errorf("%s: the bottom line is %q", tt.key, hints)
			}
			s.Press("esc")
			s.Sees("r answer")
			s.Resize(80, 7) // there is no bottom line
			s.Press(tt.key)
			if tt.key != "ctrl+k" {
				s.Sees(tt.keys)
			}
		})
	}
}
