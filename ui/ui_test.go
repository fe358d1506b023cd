package ui_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"parley/inbox"
	"parley/ui"

	"github.com/charmbracelet/x/ansi"

	tea "charm.land/bubbletea/v2"
)

func TestFirstFrameShowsListAndThreadBeforeAnyCommandHasAnswered(t *testing.T) {
	atShop(t, 120, 40, ui.Options{}, threeCustomers, func(s *shop) {
		s.Sees("Maya", "Jamal", "Priya", "do you ship to Porto?", "6d 23h left", "r answer")
	})
}

func TestEmptyInboxSaysWhatToExpect(t *testing.T) {
	atShop(t, 100, 30, ui.Options{}, func(*shop) {}, func(s *shop) {
		s.Sees("No conversations yet.", "They appear here")
		s.Press("j", "k", "r", "e", "enter", "J", "o", "y", "x", "g", "g", "G")
		s.writes(inbox.Facebook, "Jamal", "hello?", 0)
		s.Sees("Jamal", "hello?")
	})
}

func TestSelectionStaysWithTheCustomerWhenTheListIsSortedAnew(t *testing.T) {
	atShop(t, 120, 40, ui.Options{}, threeCustomers, func(s *shop) {
		s.Press("j") // Jamal
		s.Sees("Jamal · Facebook · acme")
		s.writes(inbox.Twitter, "Priya", "hello again", 0)
		s.writes(inbox.Instagram, "Nadia", "a new customer", 0)
		if line := s.LineWith("▌"); !strings.Contains(line, "Jamal") {
			t.Errorf("the selection has left Jamal: %q", line)
		}
		s.Sees("Jamal · Facebook · acme")
	})
}

func TestAnswerGoesToWhomTheComposerNames(t *testing.T) {
	atShop(t, 120, 40, ui.Options{}, threeCustomers, func(s *shop) {
		s.Press("j", "r")
		s.Sees("to Jamal · Facebook · acme")
		s.writes(inbox.Instagram, "Nadia", "a new customer", 0)
		s.Type("it is on its way")
		s.Press("enter")
		items := s.outbox()
		if len(items) != 1 || items[0].Conversation != id(inbox.Facebook, "Jamal") || items[0].Text() != "it is on its way" {
			t.Fatalf("outbox: %+v", items)
		}
		s.Misses("to Jamal · Facebook")
		s.Sees("queued for Jamal", "it is on its way")
	})
}

func TestPasteOfManyLinesIsOneEditAndSendsNothing(t *testing.T) {
	atShop(t, 120, 40, ui.Options{}, threeCustomers, func(s *shop) {
		s.Paste("rm -rf\nq\n") // outside of the composer nothing of it may run
		s.Sees("press r first, then paste")
		s.Press("r")
		s.Paste("one\r\ntwo\nthree")
		s.Sees("one", "two", "three")
		if n := len(s.outbox()); n != 0 {
			t.Errorf("a paste has sent %d messages", n)
		}
		s.Press("ctrl+j")
		s.Type("four")
		s.Press("enter")
		if got := s.outbox()[0].Text(); got != "one\ntwo\nthree\nfour" {
			t.Errorf("sent %q", got)
		}
	})
}

func TestDraftIsStoredWithinASecondAndComesBack(t *testing.T) {
	atShop(t, 120, 40, ui.Options{}, threeCustomers, func(s *shop) {
		s.Press("r")
		s.Type("half a sent")
		s.Wait(time.Second)
		if got := s.draft(id(inbox.Instagram, "Maya")); got != "half a sent" {
			t.Fatalf("stored draft: %q", got)
		}
		s.Type("ence")
		s.Press("esc")
		if got := s.draft(id(inbox.Instagram, "Maya")); got != "half a sentence" {
			t.Fatalf("stored draft after leaving: %q", got)
		}
		s.Wait(time.Second)
		if line := s.LineWith("Maya"); !strings.Contains(line, "draft") {
			t.Errorf("the row has no draft mark: %q", line)
		}
		s.Press("j", "r")
		s.Misses("half a sentence")
		s.Press("esc", "k", "r")
		s.Sees("to Maya", "half a sentence")
	})
}

func TestLongTypingWithoutAPauseIsStoredToo(t *testing.T) {
	atShop(t, 120, 40, ui.Options{}, threeCustomers, func(s *shop) {
		s.Press("r")
		for range 40 {
			s.Type("x")
			s.Wait(100 * time.Millisecond)
		}
		if got := s.draft(id(inbox.Instagram, "Maya")); len(got) < 10 {
			t.Errorf("after four seconds of typing %d letters are stored", len(got))
		}
	})
}

func TestFlushStoresWhatWasTypedAMomentAgo(t *testing.T) {
	atShop(t, 120, 40, ui.Options{}, threeCustomers, func(s *shop) {
		s.Press("r")
		s.Type("the line drops n")
		if err := s.screen.Flush(context.Background()); err != nil {
			t.Fatal(err)
		}
		if got := s.draft(id(inbox.Instagram, "Maya")); got != "the line drops n" {
			t.Errorf("stored draft: %q", got)
		}
	})
}

func TestQuitKeepsTheDraft(t *testing.T) {
	atShop(t, 120, 40, ui.Options{}, threeCustomers, func(s *shop) {
		s.Press("r")
		s.Type("not finis")
		s.Press("ctrl+c")
		if !s.Quit {
			t.Error("ctrl+c did not quit")
		}
		if got := s.draft(id(inbox.Instagram, "Maya")); got != "not finis" {
			t.Errorf("stored draft: %q", got)
		}
	})
}

func TestRefusedTextStaysWithItsReason(t *testing.T) {
	atShop(t, 120, 40, ui.Options{}, threeCustomers, func(s *shop) {
		s.Press("r", "enter")
		s.Sees("nothing to send")
		s.Paste(strings.Repeat("long ", 220)) // Instagram takes 1,000 bytes
		s.Wait(time.Second)
		s.Sees("1,100/1,000 bytes", "99 bytes too long: Ctrl-S sends it as 2 messages")
		s.Press("enter")
		if n := len(s.outbox()); n != 0 {
			t.Fatalf("sent %d messages", n)
		}
		s.Sees("to Maya", "long long")
		s.Press("ctrl+s")
		if n := len(s.outbox()); n != 2 {
			t.Errorf("sent in %d parts", n)
		}
		s.Sees("queued for Maya as 2 messages")
	})
}

func TestTextComesBackWhenTheInboxRefusesTheSend(t *testing.T) {
	atShop(t, 120, 40, ui.Options{}, threeCustomers, func(s *shop) {
		s.Press("r")
		s.Type("hello")
		// The customer of the conversation becomes another one behind the screen's back.
		b := s.batch(inbox.Instagram, "Maya", inbox.Message{Direction: inbox.Received, Text: "x", CreatedAt: time.Now()})
		b.Conversations[0].Participant = inbox.Participant{ID: "somebody-else", Name: "Impostor"}
		b.Messages[0].Peer = b.Conversations[0].Participant
		s.ingest(b)
		s.Press("enter")
		s.Sees("not sent to Maya", "is with Impostor now")
		if n := len(s.outbox()); n != 0 {
			t.Fatalf("sent %d messages", n)
		}
		if got := s.draft(id(inbox.Instagram, "Maya")); got != "hello" {
			t.Errorf("the text is gone: draft %q", got)
		}
	})
}

func TestClosedConversationSaysSoBeforeAnybodyTypesAndAsksBeforeItSends(t *testing.T) {
	fill := func(s *shop) { s.writes(inbox.Instagram, "Late Larry", "hello?", 8*24*time.Hour) }
	atShop(t, 120, 40, ui.Options{}, fill, func(s *shop) {
		s.Sees("closed")
		s.Press("r")
		s.Sees("the reply window of Late Larry is closed since", "sending asks first", "to Late Larry")
		s.Type("sorry for the delay")
		s.Press("enter")
		s.Sees("Send to Late Larry anyway?", "closed 1d ago by our clock", "the platform decides")
		s.Press("n")
		s.Sees("to Late Larry", "sorry for the delay")
		if n := len(s.outbox()); n != 0 {
			t.Fatalf("%d messages were sent without a yes", n)
		}
		s.Press("enter", "y")
		items := s.outbox()
		if len(items) != 1 || !items[0].Anyway || items[0].Text() != "sorry for the delay" {
			t.Errorf("the outbox holds %+v", items)
		}
		s.Sees("queued for Late Larry")
	})
}

func TestConversationThatThePlatformHasClosedIsNotTriedAgain(t *testing.T) {
	refused := &inbox.Error{Kind: inbox.WindowIsOver, Text: "outside of the allowed window"}
	atShop(t, 120, 40, ui.Options{}, answers(inbox.StateFailed, refused), func(s *shop) {
		s.Press("r")
		s.Type("hello")
		s.Press("enter")
		s.sends()
		s.Press("r")
		s.Misses("─ to Maya")
		s.Sees("closed by the platform: outside of the allowed window")
	})
}

func TestWindowClosesWhileTheAgentTypes(t *testing.T) {
	fill := func(s *shop) { s.writes(inbox.Instagram, "Maya", "hello?", 7*24*time.Hour-90*time.Second) }
	atShop(t, 120, 40, ui.Options{}, fill, func(s *shop) {
		s.Press("r")
		s.Type("one moment")
		s.Sees("90s")
		s.Wait(30 * time.Second)
		s.Sees("60s")
		s.Wait(61 * time.Second)
		s.Sees("closed")
		s.Press("enter")
		s.Sees("Send to Maya anyway?", "closed just now by our clock")
		s.Press("n")
		s.Sees("to Maya", "one moment")
		if n := len(s.outbox()); n != 0 {
			t.Errorf("sent %d messages into a closed window", n)
		}
	})
}

func TestWhatTheProviderCannotDoIsShownWithItsReason(t *testing.T) {
	atShop(t, 140, 40, ui.Options{}, threeCustomers, func(s *shop) {
		s.Press("+")
		s.Sees("this API has no such call")
		s.Press("ctrl+k")
		s.Type("heart")
		s.Sees("send a heart (this API has no such call)")
	})
}

func TestFailedSendOffersWhatCanBeDone(t *testing.T) {
	fill := func(s *shop) {
		threeCustomers(s)
		s.provider.SendFunc = func(_ context.Context, out inbox.Outgoing) (inbox.SendResult, error) {
			err := &inbox.Error{Kind: inbox.Rejected, Text: "the recipient ID was not found", Hint: "check the recipient", Code: "363"}
			return inbox.SendResult{Parts: []inbox.PartResult{{State: inbox.StateFailed, Err: err}}}, err
		}
	}
	atShop(t, 120, 40, ui.Options{}, fill, func(s *shop) {
		s.Press("r")
		s.Type("hello")
		s.Press("enter")
		ctx, cancel := context.WithTimeout(s.ctx, time.Minute)
		defer cancel()
		if err := s.in.Flush(ctx, ""); err != nil && !errors.Is(err, context.DeadlineExceeded) {
			t.Log(err)
		}
		s.Wait(time.Second)
		s.Sees("failed", "the recipient ID was not found. check the recipient", "t try again · x discard · c take back into the draft")
		s.Press("c")
		s.Wait(time.Second)
		s.Sees("─ to Maya", "hello")
		if got := s.draft(id(inbox.Instagram, "Maya")); got != "hello" {
			t.Errorf("draft after taking back: %q", got)
		}
	})
}

func TestReadingAFocusedThreadMarksItRead(t *testing.T) {
	atShop(t, 120, 40, ui.Options{}, threeCustomers, func(s *shop) {
		unread := func() int {
			c, err := s.in.Conversation(s.ctx, id(inbox.Instagram, "Maya"))
			if err != nil {
				t.Fatal(err)
			}
			return c.Unread
		}
		s.Wait(time.Minute)
		if unread() != 1 {
			t.Fatal("a preview has marked the conversation as read")
		}
		s.Send(tea.BlurMsg{})
		s.Press("enter")
		if unread() != 1 {
			t.Fatal("marked as read while nobody looked at the terminal")
		}
		s.Send(tea.FocusMsg{})
		if unread() != 0 {
			t.Fatal("not marked as read after it was looked at")
		}
		s.writes(inbox.Instagram, "Maya", "and to Lisbon?", 0)
		if unread() != 0 {
			t.Error("a message that arrived before the agent's eyes is unread")
		}
		s.Press("U")
		if unread() == 0 {
			t.Error("U did not mark it as unread")
		}
	})
}

func TestConversationStaysInTheUnreadViewUntilItIsLeft(t *testing.T) {
	atShop(t, 120, 40, ui.Options{}, threeCustomers, func(s *shop) {
		s.Press("2", "j", "enter") // Jamal, read now
		s.Wait(time.Second)
		s.Press("esc")
		if line := s.LineWith("▌"); !strings.Contains(line, "Jamal") {
			t.Errorf("the row has gone from under the cursor: %q", line)
		}
		s.Press("j")
		s.Wait(time.Second)
		s.Misses("where is my parcel?")
		s.Sees("Priya · X · acme")
	})
}

func TestForgetAsksFirst(t *testing.T) {
	atShop(t, 120, 40, ui.Options{}, threeCustomers, func(s *shop) {
		s.Press("#")
		s.Sees("Forget Maya?", "1 message", "Instagram keeps its own copy")
		s.Press("n")
		s.Sees("do you ship to Porto?")
		s.Press("#", "y")
		s.Wait(time.Second)
		s.Misses("do you ship to Porto?")
	})
}

func TestFilterNarrowsTheListWhileItIsTyped(t *testing.T) {
	atShop(t, 120, 40, ui.Options{}, threeCustomers, func(s *shop) {
		s.Press("/")
		s.Type("jam")
		s.Misses("Priya")
		s.Press("enter")
		s.Sees("only “jam”", "Jamal · Facebook · acme")
		s.Press("esc")
		s.Sees("Priya", "Maya")
	})
}

func TestPaletteFindsAndRunsAnAction(t *testing.T) {
	atShop(t, 120, 40, ui.Options{}, threeCustomers, func(s *shop) {
		s.Press("j", "ctrl+k")
		s.Type("mute")
		s.Press("enter")
		s.Wait(time.Second)
		s.Sees("Jamal: muted")
	})
}

func TestHelpListsTheKeys(t *testing.T) {
	atShop(t, 140, 60, ui.Options{Keys: map[string][]string{"done": {"E"}}}, threeCustomers, func(s *shop) {
		s.Press("?")
		s.Sees("In the list", "In the composer", "E                  done, or back into the inbox")
		s.Press("space")
		s.Sees("Everywhere", "Ctrl-K")
		s.Press("esc")
		s.Misses("In the composer")
	})
}

func TestNarrowScreenShowsOnePaneAtATime(t *testing.T) {
	atShop(t, 50, 20, ui.Options{}, threeCustomers, func(s *shop) {
		s.Sees("Maya", "Jamal")
		s.Misses("Maya · Instagram")
		s.Press("j", "enter")
		s.Sees("Jamal · Facebook", "where is my parcel?")
		s.Misses("Priya")
		s.Press("r")
		s.Sees("to Jamal")
		s.Press("esc", "esc")
		s.Sees("Priya")
		s.Press("j", "r")
		s.Sees("to Priya")
	})
}

func TestDeadAccountHasOneBanner(t *testing.T) {
	dead := &inbox.Error{Kind: inbox.Auth, Text: "the API key was refused", Hint: "put a valid key into the config"}
	fill := func(s *shop) {
		threeCustomers(s)
		s.provider.ReadFunc = func(context.Context, inbox.ReadRequest, func(inbox.Batch) error) (inbox.ReadResult, error) {
			return inbox.ReadResult{}, dead
		}
	}
	atShop(t, 120, 40, ui.Options{}, fill, func(s *shop) {
		_, _ = s.in.Sync(s.ctx, "", true, nil)
		s.Wait(time.Second)
		s.Sees("acme stands still: the API key was refused. put a valid key into the config", "acme dead", "Maya")
		if n := strings.Count(s.Screen(), "the API key was refused"); n != 1 {
			t.Errorf("the error is shown %d times", n)
		}
	})
}

func TestHostileTextReachesTheScreenHarmless(t *testing.T) {
	fill := func(s *shop) {
		s.writes(inbox.Facebook, "Mal\x1b]0;own\x07lory", "\x1b]52;c;ZXZpbA==\x07\x9b31mred\u202eder", 0)
	}
	atShop(t, 120, 40, ui.Options{}, fill, func(s *shop) {
		s.Press("r")
		s.Paste("\x1b[2J\x1b]52;c;AAAA\x07x")
		content := s.View().Content
		for _, bad := range []string{"\x1b]52", "\x1b]0", "\x1b[2J", "\x07", "\x9b", "\u202e"} {
			if strings.Contains(content, bad) {
				t.Errorf("the frame contains %q", bad)
			}
		}
	})
}

func TestTypedLetterChangesOneCell(t *testing.T) {
	atShop(t, 120, 40, ui.Options{}, threeCustomers, func(s *shop) {
		s.Press("r")
		s.Type("hello")
		s.Wait(time.Second)
		for range 20 {
			before := s.Lines()
			s.Type("w")
			changed := 0
			for y, line := range s.Lines() {
				old, now := []rune(before[y]), []rune(line)
				for x := range max(len(old), len(now)) {
					if x >= len(old) || x >= len(now) || old[x] != now[x] {
						changed++
					}
				}
			}
			if changed != 1 {
				t.Fatalf("a letter has changed %d cells", changed)
			}
		}
	})
}

func TestNothingIsDrawnWhileNothingChanges(t *testing.T) {
	fill := func(s *shop) { s.writes(inbox.Twitter, "Priya", "is it in stock?", 10*24*time.Hour) }
	atShop(t, 120, 40, ui.Options{}, fill, func(s *shop) {
		s.Press("enter")
		s.Wait(time.Minute)
		frames := s.Frames
		s.Wait(10 * time.Minute)
		if s.Frames != frames {
			t.Errorf("%d frames in ten idle minutes", s.Frames-frames)
		}
	})
}

func TestLabelsFollowTheClock(t *testing.T) {
	atShop(t, 120, 40, ui.Options{}, threeCustomers, func(s *shop) {
		if line := s.LineWith("Porto"); !strings.Contains(line, " 5m ago│") {
			t.Errorf("Maya wrote five minutes ago: %q", line)
		}
		frames := s.Frames
		s.Wait(10*time.Minute + 10*time.Second)
		if line := s.LineWith("Porto"); !strings.Contains(line, " 15m ago│") {
			t.Errorf("ten minutes later: %q", line)
		}
		if n := s.Frames - frames; n > 40 {
			t.Errorf("%d frames for ten minutes", n)
		}
	})
}

func TestTerminalThatKnowsGraphemesIsMeasuredInGraphemes(t *testing.T) {
	fill := func(s *shop) { s.writes(inbox.Instagram, "Zoë 🙏🏽🙏🏽🙏🏽", "❤️❤️❤️", 0) }
	atShop(t, 80, 24, ui.Options{}, fill, func(s *shop) {
		check := func(m ansi.Method) {
			t.Helper()
			for y, line := range strings.Split(s.View().Content, "\n") {
				if w := m.StringWidth(line); w > 80 {
					t.Errorf("line %d is %d cells wide", y, w)
				}
				if i := strings.Index(line, "│"); i >= 0 && y > 0 && y < 22 && m.StringWidth(line[:i]) != 30 {
					t.Errorf("line %d: the rule is in column %d", y, m.StringWidth(line[:i]))
				}
			}
		}
		check(ansi.WcWidth)
		s.Send(tea.ModeReportMsg{Mode: ansi.ModeUnicodeCore, Value: ansi.ModeReset})
		check(ansi.GraphemeWidth)
	})
}
