package ui_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"parley/inbox"
	"parley/inbox/inboxtest"
	"parley/ui"
)

// What providers tell that push: events, kinds of messages that are more than
// text, and how fresh all of it is.

func TestEveryKindOfMessageIsOneMeaningfulLine(t *testing.T) {
	long := "Our new lamp in five colours, made by hand in Porto from recycled glass, and this sentence is much too long for two lines of a narrow thread, and then some more"
	for _, tt := range []struct {
		name string
		m    inbox.Message
		want []string
		not  []string
	}{
		{"a reply to a story", inbox.Message{Text: "love it", ReplyTo: &inbox.Reference{Kind: "story", URL: "https://ig.example/s/1"}}, []string{"↳ replied to your story ig.example", "love it"}, nil},
		{"an answer to a message", inbox.Message{Text: "that one", ReplyTo: &inbox.Reference{Kind: "message", Message: "m1"}}, []string{"↳ answers a message: the first word"}, nil},
		{"a story mention", attached("story_mention", ""), []string{"[mentioned you in a story] cdn.example"}, nil},
		{"a post", attached("ig_post", "the lamp"), []string{"[shared a post] the lamp cdn.example"}, nil},
		{"a share", attached("share", ""), []string{"[shared a post] cdn.example"}, nil},
		{"a reel", attached("ig_reel", long), []string{"[shared a reel] cdn.example", "Our new lamp", "…"}, []string{"some more"}},
		{"a heart", attached("like_heart", ""), []string{"[❤ a heart]"}, nil},
		{"a sticker", attached("sticker", ""), []string{"[sticker]"}, nil},
		{"a view-once picture", attached("ephemeral", ""), []string{"[view-once photo or video: only the app shows it, once]"}, nil},
		{"a template", attached("template", "Choose a size"), []string{"[message with buttons] Choose a size"}, nil},
		{"a kind of tomorrow", attached("hologram_call", ""), []string{"[hologram call]"}, nil},
		{"a postback", inbox.Message{Text: "Track my order", Origin: &inbox.Origin{Kind: "postback", Title: "Track my order", Ref: "TRACK"}}, []string{"pressed “Track my order”"}, []string{"│  Track my order", "TRACK"}},
		{"a quick reply", inbox.Message{Text: "Yes", Origin: &inbox.Origin{Kind: "quick_reply", Ref: "YES"}}, []string{"chose “Yes”"}, []string{"│  Yes", "YES"}},
		{"an ad", inbox.Message{Text: "is it new?", Origin: &inbox.Origin{Kind: "ad", Title: "Summer sale", Ref: "ad-7", URL: "https://ad.example/7"}}, []string{"came from your ad “Summer sale” · ref ad-7 ad.example", "is it new?"}, nil},
		{"a product", inbox.Message{Text: "in red?", Origin: &inbox.Origin{Kind: "product", Title: "Lamp"}}, []string{"asks about your product “Lamp”", "in red?"}, nil},
		{"a link", inbox.Message{Text: "hi", Origin: &inbox.Origin{Kind: "link", Ref: "flyer"}}, []string{"came by a link of yours · ref flyer"}, nil},
		{"another origin", inbox.Message{Text: "hi", Origin: &inbox.Origin{Kind: "qr_code"}}, []string{"came by qr_code", "hi"}, nil},
		{"an unsent message", inbox.Message{Deleted: true}, []string{"[message unsent]"}, nil},
		{"a poll", inbox.Message{Unsupported: "poll"}, []string{"[poll: Parley cannot show this]"}, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			fill := func(s *shop) {
				s.writes(inbox.Instagram, "Maya", "the first word", time.Hour)
				tt.m.Direction, tt.m.CreatedAt = inbox.Received, time.Now().Add(-10*time.Second)
				s.ingest(s.batch(inbox.Instagram, "Maya", tt.m))
			}
			atShop(t, 100, 30, ui.Options{}, fill, func(s *shop) {
				s.Sees(tt.want...)
				s.Misses(tt.not...)
			})
		})
	}
}

func attached(kind, title string) inbox.Message {
	return inbox.Message{Attachments: []inbox.Attachment{{Type: kind, Title: title, URL: "https://cdn.example/x"}}}
}

func TestLinkOfAStoryAndOfAnAdCanBeCopied(t *testing.T) {
	fill := func(s *shop) {
		s.ingest(s.batch(inbox.Instagram, "Maya", inbox.Message{
			Direction: inbox.Received, Text: "love it", CreatedAt: time.Now().Add(-time.Minute), ReplyTo: &inbox.Reference{Kind: "story", URL: "https://ig.example/s/1"},
		}))
	}
	atShop(t, 100, 30, ui.Options{}, fill, func(s *shop) {
		s.Press("o")
		s.Sees("copied, if the terminal allows it: https://ig.example/s/1")
	})
}

func TestWhatHappenedStandsInTheMiddleAndIsNobodysWord(t *testing.T) {
	fill := func(s *shop) {
		live(s)
		s.writes(inbox.Instagram, "Maya", "hello", time.Hour)
		s.ingest(s.batch(inbox.Instagram, "Maya", inbox.Message{
			Direction: inbox.Received, Event: true, Text: "another app took over", CreatedAt: time.Now().Add(-time.Minute),
		}))
	}
	atShop(t, 100, 30, ui.Options{}, fill, func(s *shop) {
		line := s.LineWith("another app took over")
		_, right, _ := strings.Cut(line, "│")
		if before := len(right) - len(strings.TrimLeft(right, " ")); before < 15 {
			t.Errorf("it is not in the middle: %q", line)
		}
		if n := strings.Count(s.Screen(), "Maya  "); n > 2 { // the row and the head of “hello”
			t.Errorf("it has a sender:\n%s", s.Screen())
		}
		s.Press("enter", "+")
		s.Sees("react to Maya · hello") // nobody can react to it
	})
}

func TestReactionsReadMarksAndUnsendsAppearAsTheyHappen(t *testing.T) {
	fill := func(s *shop) {
		live(s)
		s.writes(inbox.Instagram, "Maya", "first", time.Hour)
		s.ingest(s.batch(inbox.Instagram, "Maya", inbox.Message{Direction: inbox.Sent, Text: "we answer", CreatedAt: time.Now().Add(-time.Minute)}))
	}
	atShop(t, 100, 30, ui.Options{}, fill, func(s *shop) {
		s.Sees("· sent")
		ours := s.mayas()
		s.happens(inbox.EventFact{Kind: inbox.EventReaction, Message: ours, UserID: "id-Maya", Emoji: "😂"})
		s.Sees("😂 Maya")
		s.happens(inbox.EventFact{Kind: inbox.EventRead, Message: ours, UserID: "id-Maya"})
		s.Sees("· read")
		s.Wait(time.Second)
		s.happens(inbox.EventFact{Kind: inbox.EventUnreaction, Message: ours, UserID: "id-Maya"})
		s.Misses("😂 Maya")
		s.happens(inbox.EventFact{Kind: inbox.EventUnsend, Message: ours})
		s.Sees("[message unsent]")
		s.Misses("│  we answer")
	})
}

func TestEditIsMarked(t *testing.T) {
	fill := func(s *shop) {
		s.writes(inbox.Instagram, "Maya", "do you ship to Prto?", 10*time.Second)
	}
	atShop(t, 100, 30, ui.Options{}, fill, func(s *shop) {
		s.happens(inbox.EventFact{Kind: inbox.EventEdit, Message: s.mayas(), Text: "do you ship to Porto?", Edits: 1})
		s.Sees("do you ship to Porto?", "edited 1 Jan 10:00")
	})
}

func TestHeadingSaysThatAnotherAppHoldsTheThread(t *testing.T) {
	taken := true
	fill := func(s *shop) {
		b := s.batch(inbox.Instagram, "Maya", inbox.Message{Direction: inbox.Received, Text: "hello", CreatedAt: time.Now().Add(-time.Minute)})
		b.Conversations[0].Taken = &taken
		s.ingest(b)
	}
	atShop(t, 100, 30, ui.Options{}, fill, func(s *shop) {
		s.Sees("another app holds this thread: an answer may be refused", "6d 23h left")
		s.Resize(100, 14)
		s.Sees("taken by another app", "6d 23h left")
		s.Resize(100, 9)
		s.Sees("· taken · ")
	})
}

// unread is a provider whose messages cannot be read, only be told.
func unread(s *shop) {
	c := s.provider.Capacity[inbox.Instagram]
	c.History, c.Webhooks = inbox.Cannot("scripted has no history"), inbox.Can()
	s.provider.Capacity = map[inbox.Platform]inbox.Capabilities{inbox.Instagram: c}
	s.provider.FeedList = []inbox.Feed{}
}

func TestThreadWithoutHistorySaysSoAtItsTop(t *testing.T) {
	fill := func(s *shop) {
		unread(s)
		s.writes(inbox.Instagram, "Maya", "hello", time.Minute)
	}
	atShop(t, 100, 30, ui.Options{}, fill, func(s *shop) {
		s.Sees("no older messages: scripted has no history")
	})
	atShop(t, 100, 30, ui.Options{}, threeCustomers, func(s *shop) {
		s.Misses("no older messages")
	})
}

func TestRefusedWebhookIsAWarningWithItsReason(t *testing.T) {
	atShop(t, 160, 30, ui.Options{}, threeCustomers, func(s *shop) {
		if err := s.in.WebhookRefused(s.ctx, "acme", "the signature fits none of 2 secrets"); err != nil {
			t.Fatal(err)
		}
		s.Wait(time.Second)
		s.Sees("webhook refused now: the signature fits none of 2 secrets")
		s.Wait(3 * time.Minute)
		s.Sees("webhook refused 3m ago")
		s.Wait(time.Hour)
		s.Misses("webhook refused")
	})
}

func TestSamePersonElsewhereIsNamedAndAKeyLeadsThere(t *testing.T) {
	known := func(s *shop, platform inbox.Platform, customer, text string, ago time.Duration) {
		b := s.batch(platform, customer, inbox.Message{Direction: inbox.Received, Text: text, CreatedAt: time.Now().Add(-ago)})
		b.Conversations[0].Participant = inbox.Participant{ID: "id-" + customer, Name: "Ada Quill", Username: "ada"}
		b.Messages[0].Peer = b.Conversations[0].Participant
		s.ingest(b)
	}
	fill := func(s *shop) {
		threeCustomers(s)
		known(s, inbox.Twitter, "ada-x", "on X", 2*time.Hour)
		known(s, inbox.Instagram, "ada-ig", "on Instagram", time.Minute)
	}
	atShop(t, 120, 40, ui.Options{}, fill, func(s *shop) {
		s.Press("@")
		s.Sees("nobody else seems to be the same person")
		s.Wait(time.Second)
		s.Sees("also on X (account acme) · @")
		s.Press("@")
		s.Wait(time.Second)
		s.Sees("Ada Quill · X · acme", "also on Instagram (account acme)")
		if got := s.LineWith("▌"); !strings.Contains(got, "X ") {
			t.Errorf("the list has stayed behind: %q", got)
		}
		s.Press("@")
		s.Wait(time.Second)
		s.Sees("Ada Quill · Instagram · acme")
		s.Press("esc", "j")
		s.Wait(time.Second)
		s.Misses("also on")
	})
}

// answering is a provider with an automatic answer of its own.
type answering struct {
	*inboxtest.Provider
	reply inbox.AutoReply
	fail  error
	set   []inbox.AutoReplyChange
}

func (a *answering) AutoReply(context.Context) (inbox.AutoReply, error) { return a.reply, a.fail }

func (a *answering) SetAutoReply(_ context.Context, c inbox.AutoReplyChange) (inbox.AutoReply, error) {
	if a.fail != nil {
		return inbox.AutoReply{}, a.fail
	}
	a.set = append(a.set, c)
	if c.Active != nil {
		a.reply.Active = *c.Active
	}
	if c.Message != nil {
		a.reply.Message = *c.Message
	}
	if c.Wait != nil {
		a.reply.Wait = *c.Wait
	}
	return a.reply, nil
}

// withAutoReply runs a test at a shop with an automatic answer.
func withAutoReply(t *testing.T, width, height int, reply inbox.AutoReply, play func(*shop, *answering)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		s := openShop(t)
		a := &answering{Provider: s.provider, reply: reply}
		in, err := inbox.New(s.ctx, inbox.Options{Store: s.store, Accounts: []inbox.Account{{ID: "acme", Provider: a}}})
		if err != nil {
			t.Fatal(err)
		}
		s.in = in
		time.Sleep(10 * time.Hour)
		threeCustomers(s)
		s.openScreen(width, height, ui.Options{})
		play(s, a)
	})
}

func TestAutoReplyIsShownAndSet(t *testing.T) {
	withAutoReply(t, 100, 30, inbox.AutoReply{Message: "This is an automatic answer: back at nine.", Wait: 24 * time.Hour}, func(s *shop, a *answering) {
		s.Press("A")
		s.Sees("Auto-reply of acme", "answers by itself: off", "back at nine", "again after: 1d")
		s.Misses("does not say that it is automatic")
		s.Press("ctrl+s")
		s.Sees("nothing has been changed")
		s.Press("space", "tab", "tab", "ctrl+u")
		s.Type("12x")
		s.Press("ctrl+s")
		s.Sees("a time such as 30m, 12h or 1d")
		s.Press("backspace")
		s.Type("h")
		s.Press("ctrl+s")
		s.Sees("auto-reply of acme saved: on")
		s.Misses("answers by itself")
		if a.reply != (inbox.AutoReply{Active: true, Message: "This is an automatic answer: back at nine.", Wait: 12 * time.Hour}) {
			t.Errorf("in force: %+v", a.reply)
		}
		if len(a.set) != 1 || a.set[0].Message != nil {
			t.Errorf("what has not been changed was set too: %+v", a.set)
		}
	})
}

func TestAutoReplyThatHidesThatItIsOneIsPointedOut(t *testing.T) {
	withAutoReply(t, 100, 30, inbox.AutoReply{Active: true, Message: "We are back at nine.", Wait: time.Hour}, func(s *shop, a *answering) {
		s.Press("A")
		s.Sees("the text does not say that it is automatic", "California and", "Germany", "Ctrl-A adds: “This is an automated reply")
		s.Press("ctrl+a")
		s.Misses("does not say that it is automatic")
		s.Press("ctrl+s")
		if want := "We are back at nine.\n" + inbox.AutomationNotice; a.reply.Message != want {
			t.Errorf("the text is %q", a.reply.Message)
		}
	})
}

func TestAutoReplyThatIsNotSavedAsksBeforeItGoes(t *testing.T) {
	withAutoReply(t, 100, 30, inbox.AutoReply{Message: "automatic"}, func(s *shop, a *answering) {
		s.Press("A", "tab", "enter")
		s.Type("jk and q are letters here")
		s.Press("esc")
		s.Sees("Leave without saving?")
		s.Press("n")
		s.Sees("jk and q are letters here")
		s.Press("esc", "y")
		s.Misses("letters here", "Auto-reply of")
		if len(a.set) != 0 {
			t.Errorf("set %+v", a.set)
		}
	})
}

func TestAutoReplyThatCannotBeReadOrSavedSaysWhy(t *testing.T) {
	withAutoReply(t, 100, 30, inbox.AutoReply{Message: "automatic"}, func(s *shop, a *answering) {
		down := &inbox.Error{Kind: inbox.Unavailable, Text: "the provider does not answer", Hint: "try again later", Err: errors.New("EOF")}
		a.fail = down
		s.Press("A", "tab", "x", "ctrl+s")
		s.Sees("the provider does not answer: try again later")
		s.Press("esc")
		a.fail = nil
		s.Press("A", "space")
		a.fail = down
		s.Press("ctrl+s")
		s.Sees("answers by itself: on", "the provider does not answer: try again later")
		if a.reply.Active {
			t.Error("it is on")
		}
	})
}

func TestAutoReplyIsRefusedWithTheReason(t *testing.T) {
	fill := func(s *shop) {
		threeCustomers(s)
		c := s.provider.Capacity[inbox.Instagram]
		c.AutoReply = inbox.Cannot("this API answers nobody by itself")
		s.provider.Capacity[inbox.Instagram] = c
	}
	atShop(t, 120, 40, ui.Options{}, fill, func(s *shop) {
		s.Press("A")
		s.Sees("this API answers nobody by itself")
	})
}

func TestLiveAccountShowsWhenItWasLastToldSomething(t *testing.T) {
	fill := func(s *shop) {
		unread(s)
		in, err := inbox.New(s.ctx, inbox.Options{Store: s.store, Accounts: []inbox.Account{{ID: "acme", Provider: s.provider}}})
		if err != nil {
			s.T.Fatal(err)
		}
		s.in = in
	}
	atShop(t, 100, 30, ui.Options{}, fill, func(s *shop) {
		s.Sees("acme IG live, nothing yet")
		b := s.batch(inbox.Instagram, "Maya", inbox.Message{Direction: inbox.Received, Text: "hello", CreatedAt: time.Now()})
		if _, err := s.in.Push(s.ctx, "acme", []inbox.Batch{b}); err != nil {
			t.Fatal(err)
		}
		s.Wait(time.Second)
		s.Sees("IG live now", "hello")
		s.Wait(5 * time.Minute)
		s.Sees("IG live 5m ago")
		s.Misses("next ", "first sync", "never read")
	})
}

func TestEverythingCanBeDoneOnTheSmallestScreen(t *testing.T) {
	fill := func(s *shop) {
		live(s)
		s.provider.PostsFunc = albums(3)
		s.writes(inbox.Instagram, "Maya", "hello", time.Minute)
	}
	atShop(t, 20, 5, ui.Options{}, fill, func(s *shop) {
		s.Press("enter", "+")
		s.Sees("react to Maya", "1 ❤")
		s.Press("down")
		s.Sees("2 😂")
		s.Press("enter", "*", "P")
		s.Sees("lamp")
		s.Press("j", "enter", "y", "r", "ctrl+g", "esc")
		var kinds []string
		for _, item := range s.outbox() {
			kinds = append(kinds, string(item.Parts[0].Kind))
		}
		if got := strings.Join(kinds, " "); got != "heart post heart reaction" {
			t.Errorf("the outbox holds %s", got)
		}
	})
}

// A poll tells the handle of who wrote, a webhook nothing, and the profile has
// the name: it is one person.
func TestCustomerHasOneNameInTheThread(t *testing.T) {
	said := func(s *shop, text, as string, ago time.Duration) {
		b := s.batch(inbox.Instagram, "Maya", inbox.Message{Direction: inbox.Received, Text: text, SenderName: as, CreatedAt: time.Now().Add(-ago)})
		s.ingest(b)
	}
	fill := func(s *shop) {
		said(s, "polled", "maya_handle", 3*time.Minute)
		said(s, "pushed", "", 2*time.Minute)
	}
	atShop(t, 100, 30, ui.Options{}, fill, func(s *shop) {
		s.Sees("Maya  09:57", "polled", "pushed")
		s.Misses("maya_handle", "Maya  09:58") // one head for both
	})
}

func TestNewNameOfACustomerIsTheirReactionsToo(t *testing.T) {
	fill := func(s *shop) {
		live(s)
		s.ingest(s.batch(inbox.Instagram, "Maya", inbox.Message{Direction: inbox.Sent, Text: "we answer", CreatedAt: time.Now().Add(-time.Minute)}))
	}
	atShop(t, 100, 30, ui.Options{}, fill, func(s *shop) {
		s.happens(inbox.EventFact{Kind: inbox.EventReaction, Message: s.mayas(), UserID: "id-Maya", Emoji: "😂"})
		s.Sees("😂 Maya")
		s.ingest(inbox.Batch{Platform: inbox.Instagram, Conversations: []inbox.ConversationFact{
			{RemoteID: "Maya", Participant: inbox.Participant{ID: "id-Maya", Name: "Maya Lindqvist"}},
		}})
		s.Sees("😂 Maya Lindqvist")
	})
}

func TestWindowThatEndsTodaySaysOnlyWhen(t *testing.T) {
	fill := func(s *shop) { s.writes(inbox.Facebook, "Edith", "hello?", 7*24*time.Hour-30*time.Minute) }
	atShop(t, 80, 24, ui.Options{}, fill, func(s *shop) {
		s.Sees("late: human agents only, 30m left, until 10:30")
	})
}

func TestStatusLineHasEveryAccountAt80Columns(t *testing.T) {
	fill := func(s *shop) {
		s.provider.ReadFunc = func(context.Context, inbox.ReadRequest, func(inbox.Batch) error) (inbox.ReadResult, error) {
			return inbox.ReadResult{}, nil
		}
		var accounts []inbox.Account
		for _, name := range []inbox.AccountID{"ayrshare", "graph", "chatt2me"} {
			accounts = append(accounts, inbox.Account{ID: name, Provider: s.provider})
		}
		in, err := inbox.New(s.ctx, inbox.Options{Store: s.store, Accounts: accounts})
		if err != nil {
			s.T.Fatal(err)
		}
		s.in = in
		go func() { _ = in.Run(s.ctx) }()
		time.Sleep(time.Minute)
	}
	atShop(t, 80, 24, ui.Options{}, fill, func(s *shop) {
		s.Sees(" ayrshare FB IG", " │ graph FB IG", " │ chatt2me FB IG")
		s.Misses("next")
		s.Resize(140, 24)
		s.Sees(" ayrshare FB IG", " next ", " │ chatt2me FB IG")
	})
}

func TestWaitOfTheAutoReplySaysHowItIsWritten(t *testing.T) {
	withAutoReply(t, 80, 24, inbox.AutoReply{}, func(s *shop, _ *answering) {
		s.Press("A")
		s.Sees("Auto-reply of acme, for all its conversations")
		s.Misses("such as 30m")
		s.Press("tab", "tab")
		s.Sees("again after: 0s   such as 30m, 12h, 1d; 0s: each time")
	})
}

func TestColumnsOfTheHelpHaveNoHoles(t *testing.T) {
	atShop(t, 200, 60, ui.Options{}, threeCustomers, func(s *shop) {
		s.Press("?")
		for _, line := range s.Lines()[2:14] {
			if strings.HasPrefix(line, strings.Repeat(" ", 40)) { // the reasons stand in the other columns
				t.Errorf("a hole in the first column: %q", line)
			}
		}
	})
}
