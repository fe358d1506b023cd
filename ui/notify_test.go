package ui_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"parley/inbox"
	"parley/ui"

	tea "charm.land/bubbletea/v2"
)

// told are the notifications so far, of terminals that know OSC 777.
func (s *shop) told() (texts []string) {
	for _, raw := range s.Raw {
		if text, ok := strings.CutPrefix(raw, "\x1b]777;notify;"); ok {
			texts = append(texts, strings.TrimSuffix(text, "\x1b\\"))
		}
	}
	return texts
}

// asTold are options for notifications that told can read.
func asTold(n ui.Notify) ui.Options {
	n.Way = ui.NotifyOSC777
	return ui.Options{Notify: n}
}

// looksAway takes the focus from the terminal.
func (s *shop) looksAway() {
	s.Send(tea.BlurMsg{})
	s.Wait(time.Second)
}

func (s *shop) tells(want ...string) {
	s.T.Helper()
	if got := s.told(); !slices.Equal(got, want) {
		s.T.Fatalf("told: %q, want %q", got, want)
	}
}

func TestNewMessageIsToldToWhoLooksElsewhere(t *testing.T) {
	atShop(t, 120, 40, asTold(ui.Notify{}), threeCustomers, func(s *shop) {
		s.Send(tea.FocusMsg{})
		s.writes(inbox.Instagram, "Nadia", "a secret question", 0)
		s.tells()
		s.looksAway()
		s.Wait(time.Minute)
		s.tells() // what was there before is no news
		s.writes(inbox.Instagram, "Maya", "and to Lisbon?", 0)
		s.tells("Maya · Instagram;new message")
		s.Wait(time.Minute)
		s.tells("Maya · Instagram;new message")
		s.Send(tea.FocusMsg{})
		s.writes(inbox.Instagram, "Maya", "hello?", 0)
		s.tells("Maya · Instagram;new message")
	})
}

func TestTextIsToldOnlyWhereItIsAskedFor(t *testing.T) {
	atShop(t, 120, 40, asTold(ui.Notify{Text: true}), threeCustomers, func(s *shop) {
		s.looksAway()
		s.writes(inbox.Facebook, "Jamal", "where; is it?", 0)
		s.tells("Jamal · Facebook;where, is it?")
	})
}

func TestHistoryOfAFirstSyncIsNotTold(t *testing.T) {
	atShop(t, 120, 40, asTold(ui.Notify{}), threeCustomers, func(s *shop) {
		s.Sees("first sync")
		s.looksAway()
		s.writes(inbox.Instagram, "Maya", "last week", 7*24*time.Hour)
		s.Wait(time.Minute)
		s.tells()
		s.writes(inbox.Instagram, "Maya", "just now", 0)
		s.tells("Maya · Instagram;new message")
	})
}

func TestBurstIsToldInOne(t *testing.T) {
	atShop(t, 120, 40, asTold(ui.Notify{}), threeCustomers, func(s *shop) {
		s.looksAway()
		s.writes(inbox.Instagram, "Maya", "one", 0)
		for _, name := range []string{"Nadia", "Omar", "Pia" + strings.Repeat(" Grande", 9), "Quentin", "Nadia"} {
			s.writes(inbox.Facebook, name, "hello", 0)
		}
		s.tells("Maya · Instagram;new message")
		s.Wait(5 * time.Second)
		s.tells("Maya · Instagram;new message", "Parley;5 new messages from Nadia, Omar, Pia Grande Grande Grand… and 1 more")
	})
}

func TestWhoComesBackIsNotToldWhatIsOnTheScreen(t *testing.T) {
	atShop(t, 120, 40, asTold(ui.Notify{}), threeCustomers, func(s *shop) {
		s.looksAway()
		s.writes(inbox.Instagram, "Maya", "one", 0)
		s.writes(inbox.Instagram, "Maya", "two", 0) // waits for its turn
		s.Send(tea.FocusMsg{})
		s.Wait(time.Minute)
		s.tells("Maya · Instagram;new message")
	})
}

func TestTerminalThatTellsNoFocusIsLookedAtWhileSomebodyTypes(t *testing.T) {
	atShop(t, 120, 40, asTold(ui.Notify{}), threeCustomers, func(s *shop) {
		s.Press("j")
		s.Wait(50 * time.Second)
		s.Press("k")
		s.Wait(50 * time.Second)
		s.writes(inbox.Instagram, "Maya", "one", 0)
		s.tells()
		s.Wait(10 * time.Second)
		s.writes(inbox.Instagram, "Maya", "two", 0)
		s.tells("Parley;2 new messages from Maya") // nobody was there for either
	})
}

func TestMutedDoneAndUnwantedConversationsAreSilent(t *testing.T) {
	atShop(t, 120, 40, asTold(ui.Notify{Only: "platform:instagram"}), threeCustomers, func(s *shop) {
		if _, err := s.in.Triage(s.ctx, []inbox.ConversationID{id(inbox.Instagram, "Maya")}, inbox.Mute{}); err != nil {
			t.Fatal(err)
		}
		s.looksAway()
		s.writes(inbox.Instagram, "Maya", "muted", 0)
		s.writes(inbox.Facebook, "Jamal", "another platform", 0)
		s.Wait(time.Minute)
		s.tells()
		s.writes(inbox.Instagram, "Nadia", "hello", 0)
		s.tells("Nadia · Instagram;new message")
	})
}

func TestQuietHoursAreTheAgents(t *testing.T) {
	quiet, err := ui.ParseQuiet("22:00-07:00")
	if err != nil {
		t.Fatal(err)
	}
	opts := asTold(ui.Notify{Quiet: quiet})
	opts.Zone = time.FixedZone("east", 13*60*60) // ten in the morning UTC is 23:00
	atShop(t, 120, 40, opts, threeCustomers, func(s *shop) {
		s.looksAway()
		s.writes(inbox.Instagram, "Maya", "are you asleep?", 0)
		s.Wait(8 * time.Hour)
		s.tells()
		s.writes(inbox.Instagram, "Maya", "good morning", 0)
		s.tells("Maya · Instagram;new message")
	})
}

func TestClosingWindowIsToldAnHourBefore(t *testing.T) {
	fill := func(s *shop) {
		s.writes(inbox.Instagram, "Priya", "hello?", 7*24*time.Hour-30*time.Minute) // everybody has seen that
		s.writes(inbox.Instagram, "Maya", "hello?", 7*24*time.Hour-90*time.Minute)
		s.writes(inbox.Instagram, "Nadia", "hello?", 7*24*time.Hour-10*time.Hour)
	}
	atShop(t, 120, 40, asTold(ui.Notify{}), fill, func(s *shop) {
		s.looksAway()
		s.Wait(29 * time.Minute)
		s.tells()
		s.Wait(2 * time.Minute)
		s.tells("Maya · Instagram;the reply window closes in 1h 00m")
		s.Wait(3 * time.Hour)
		s.tells("Maya · Instagram;the reply window closes in 1h 00m")
		s.Wait(6 * time.Hour)
		if got := s.told(); len(got) != 2 || !strings.HasPrefix(got[1], "Nadia") {
			t.Errorf("told: %q", got)
		}
	})
}

func TestFailedSendIsTold(t *testing.T) {
	fill := func(s *shop) {
		threeCustomers(s)
		s.provider.SendFunc = func(context.Context, inbox.Outgoing) (inbox.SendResult, error) {
			err := &inbox.Error{Kind: inbox.Rejected, Text: "no"}
			return inbox.SendResult{Parts: []inbox.PartResult{{State: inbox.StateFailed, Err: err}}}, err
		}
	}
	atShop(t, 120, 40, asTold(ui.Notify{}), fill, func(s *shop) {
		s.Press("r")
		s.Type("hello")
		s.Press("enter")
		s.looksAway()
		s.sends()
		s.Wait(time.Second)
		s.tells("Maya · Instagram;your message was not sent")
		s.Wait(time.Hour)
		s.tells("Maya · Instagram;your message was not sent")
	})
}

func TestSendInDoubtIsTold(t *testing.T) {
	torn := &inbox.Error{Kind: inbox.Unavailable, Text: "the connection was torn"}
	atShop(t, 120, 40, asTold(ui.Notify{}), answers(inbox.StateUnknown, torn), func(s *shop) {
		s.Press("r")
		s.Type("hello")
		s.Press("enter")
		s.looksAway()
		s.sends()
		s.Wait(time.Second)
		s.tells("Maya · Instagram;nobody knows whether your message arrived")
		s.Wait(time.Hour)
		s.tells("Maya · Instagram;nobody knows whether your message arrived")
	})
}

func TestHostileNameStaysInsideTheNotification(t *testing.T) {
	for _, way := range []string{ui.NotifyOSC9, ui.NotifyOSC99, ui.NotifyOSC777} {
		opts := ui.Options{Notify: ui.Notify{Way: way, Text: true}}
		atShop(t, 120, 40, opts, threeCustomers, func(s *shop) {
			s.looksAway()
			before := len(s.Raw)
			s.writes(inbox.Facebook, "Mal\x1b\\\x1b]0;own\alory\u009c", "\x1b]52;c;ZXZpbA==\a"+strings.Repeat("long ", 1000), 0)
			sent := strings.Join(s.Raw[before:], "")
			inner := strings.TrimSuffix(strings.TrimPrefix(sent, "\x1b]"), "\x1b\\")
			if way == ui.NotifyOSC99 {
				inner = strings.Replace(inner, "\x1b\\\x1b]99;", "", 1) // it has two parts
			}
			if inner == sent || strings.ContainsAny(inner, "\x1b\a\u009c\n") || len(inner) > 1000 {
				t.Errorf("%s: %q", way, sent)
			}
		})
	}
}

func TestNotificationsCanBeOff(t *testing.T) {
	atShop(t, 120, 40, ui.Options{Notify: ui.Notify{Way: ui.NotifyOff}}, threeCustomers, func(s *shop) {
		s.looksAway()
		before := len(s.Raw)
		s.writes(inbox.Instagram, "Maya", "one", 0)
		s.Wait(24 * time.Hour * 8)
		if sent := s.Raw[before:]; len(sent) != 0 {
			t.Errorf("sent %q", sent)
		}
	})
}

func TestSearchOfNotificationsIsChecked(t *testing.T) {
	t.Parallel()
	for only, ok := range map[string]bool{"": true, "is:unanswered -platform:x": true, "is:nothing": false, "has:image": false} {
		if err := ui.CheckNotify(only); (err == nil) != ok {
			t.Errorf("%q: %v", only, err)
		}
	}
}
