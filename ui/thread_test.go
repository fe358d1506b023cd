package ui_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"parley/inbox"
	"parley/ui"
)

// longTalk is a conversation of n numbered messages, one a minute.
func longTalk(n int) func(*shop) {
	return func(s *shop) {
		var b inbox.Batch
		for i := range n {
			d := inbox.Received
			if i%3 == 0 {
				d = inbox.Sent
			}
			one := s.batch(inbox.Instagram, "Maya", inbox.Message{
				Direction: d, Text: fmt.Sprintf("line %05d", i), CreatedAt: time.Now().Add(time.Duration(i-n) * time.Minute),
			})
			b.Platform, b.Conversations = one.Platform, one.Conversations
			b.Messages = append(b.Messages, one.Messages...)
		}
		s.ingest(b)
	}
}

// numbers are the numbered messages on the screen, with their line.
func (s *shop) numbers() map[string]int {
	at := map[string]int{}
	for y, line := range s.Lines() {
		if i := strings.Index(line, "│  line "); i >= 0 {
			at[line[i+len("│  line "):][:5]] = y
		}
	}
	return at
}

func TestOlderMessagesComeInAboveWithoutMovingWhatIsRead(t *testing.T) {
	atShop(t, 120, 40, ui.Options{}, longTalk(2000), func(s *shop) {
		s.Press("enter")
		s.Sees("line 01999")
		for range 400 {
			before := s.numbers()
			s.Press("k")
			after := s.numbers()
			for n, y := range before {
				if now, still := after[n]; still && now != y+1 {
					t.Fatalf("message %s jumped from line %d to %d", n, y, now)
				}
			}
		}
		s.Misses("│  line 01999")
		s.Press("G")
		s.Sees("line 01999")
		s.Misses("more below")
	})
}

func TestWholeThreadCanBeReadPageByPage(t *testing.T) {
	atShop(t, 120, 40, ui.Options{}, longTalk(1000), func(s *shop) {
		seen := map[string]bool{}
		look := func() {
			for n := range s.numbers() {
				seen[n] = true
			}
		}
		s.Press("enter")
		look()
		for range 200 {
			s.Press("ctrl+u")
			look()
		}
		s.Sees("line 00000")
		if len(seen) != 1000 {
			t.Errorf("saw %d of 1000 messages on the way up", len(seen))
		}
		clear(seen)
		look()
		for range 200 {
			s.Press("ctrl+d")
			look()
		}
		s.Sees("line 00999")
		if len(seen) != 1000 {
			t.Errorf("saw %d of 1000 messages on the way down", len(seen))
		}
	})
}

func TestNewMessagesDoNotMoveWhatIsReadButAreCounted(t *testing.T) {
	atShop(t, 120, 40, ui.Options{}, longTalk(100), func(s *shop) {
		s.Press("enter")
		s.Press("pgup")
		before := s.numbers()
		for i := range 3 {
			s.writes(inbox.Instagram, "Maya", fmt.Sprintf("new %d", i), 0)
		}
		s.Sees("↓ 3 new below")
		s.Misses("│  new 2")
		for n, y := range s.numbers() {
			if old, was := before[n]; was && old != y {
				t.Fatalf("message %s moved from line %d to %d", n, old, y)
			}
		}
		s.Press("G")
		s.Sees("│  new 2")
		s.Misses("new below")
		s.writes(inbox.Instagram, "Maya", "and one more", 0)
		s.Sees("│  and one more")
	})
}

func TestThreadShowsEverythingThatMessagesMayBe(t *testing.T) {
	fill := func(s *shop) {
		at := func(ago time.Duration) time.Time { return time.Now().Add(-ago) }
		say := func(m inbox.Message) { s.ingest(s.batch(inbox.Instagram, "Maya", m)) }
		say(inbox.Message{Direction: inbox.Received, Text: "yesterday's news", CreatedAt: at(26 * time.Hour)})
		say(inbox.Message{Direction: inbox.Sent, Text: "we have read it", CreatedAt: at(2 * time.Hour)})
		say(inbox.Message{Direction: inbox.Received, Deleted: true, CreatedAt: at(time.Hour)})
		say(inbox.Message{Direction: inbox.Received, Unsupported: "poll", CreatedAt: at(50 * time.Minute)})
		say(inbox.Message{Direction: inbox.Received, CreatedAt: at(40 * time.Minute), Attachments: []inbox.Attachment{
			{Type: "image", URL: "https://cdn.example/a.jpg?sig=1", Title: "the lamp", AsOf: at(40 * time.Minute)}, {Type: "ig_reel"},
		}})
		say(inbox.Message{
			Direction: inbox.Received, Text: "that one", CreatedAt: at(30 * time.Minute),
			ReplyTo:   &inbox.Reference{Kind: "story", URL: "https://ig.example/s/1", Text: "our new lamp"},
			Reactions: []inbox.Reaction{{UserID: "us", Emoji: "❤"}, {UserID: "id-Maya", Emoji: "😂"}},
		})
		b := s.batch(inbox.Instagram, "Maya", inbox.Message{Direction: inbox.Received, Text: "so?", CreatedAt: at(time.Minute)})
		b.Conversations[0].ReadUpTo = at(90 * time.Minute)
		s.ingest(b)
	}
	atShop(t, 120, 40, ui.Options{}, fill, func(s *shop) {
		s.Sees("── Friday 31 December 1999 ──", "── Saturday 1 January ──",
			"you  08:00 · read", "[message unsent]", "[poll: Parley cannot show this]", "[image] the lamp cdn.example", "[shared a reel]",
			"↳ replied to your story: our new lamp", "😂 Maya, ❤ you", "so?")
		if !strings.Contains(s.View().Content, "\x1b]8;;https://cdn.example/a.jpg?sig=1\x1b\\") {
			t.Error("the attachment is no link")
		}
	})
}

func TestLinkOfTheSelectedMessageIsShown(t *testing.T) {
	fill := func(s *shop) {
		s.writes(inbox.Instagram, "Maya", "see https://shop.example/42", time.Hour)
		s.writes(inbox.Instagram, "Maya", "no link here", time.Minute)
	}
	atShop(t, 120, 40, ui.Options{}, fill, func(s *shop) {
		s.Press("enter", "o")
		s.Sees("the selected message has no link")
		s.Press("K", "K", "o")
		s.Sees("copied, if the terminal allows it: https://shop.example/42")
	})
}
