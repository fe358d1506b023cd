package ui_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"parley/inbox"
	"parley/ui"
	"parley/ui/uitest"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
	"pgregory.net/rapid"
)

// frame is what the composer's frame says, from the customer's name on; "" when
// no composer is open.
func frame(screen string) string {
	for line := range strings.SplitSeq(screen, "\n") {
		if _, rest, found := strings.Cut(line, "─ to "); found {
			return rest
		}
	}
	return ""
}

// act is one thing that happens to a screen: a key, a paste, a message of a
// customer, a change of size, or time that passes.
type act struct {
	Kind   int
	Key    string
	Who    int
	Width  int
	Height int
	Wait   time.Duration
	Hurry  bool // the next thing happens before this one's answers are in
}

// drawActs makes a script from keys and everything else that can happen.
func drawActs(rt *rapid.T, keys []string, most int) []act {
	return rapid.SliceOfN(rapid.Custom(func(rt *rapid.T) act {
		return act{
			Kind:   rapid.IntRange(0, 19).Draw(rt, "kind"),
			Key:    rapid.SampledFrom(keys).Draw(rt, "key"),
			Who:    rapid.IntRange(0, 14).Draw(rt, "who"),
			Width:  rapid.IntRange(40, 160).Draw(rt, "width"),
			Height: rapid.IntRange(6, 50).Draw(rt, "height"),
			Wait:   time.Duration(rapid.IntRange(1, 2000).Draw(rt, "ms")) * time.Millisecond,
			Hurry:  rapid.IntRange(0, 3).Draw(rt, "hurry") == 0,
		}
	}), most/2, most).Draw(rt, "acts")
}

// play does one of them.
func (s *shop) play(a act) {
	deliver := s.Send
	if a.Hurry {
		deliver = s.Deliver
	}
	switch a.Kind {
	case 0:
		s.writes(inbox.Platforms[a.Who%3], fmt.Sprintf("Customer%02d", a.Who), "more", 0)
	case 1:
		deliver(tea.WindowSizeMsg{Width: a.Width, Height: a.Height})
	case 2:
		s.Wait(a.Wait)
	case 3, 4:
		deliver(tea.PasteMsg{Content: "pasted\ntext"})
	default:
		deliver(uitest.Key(a.Key))
	}
}

// TestSendAlwaysGoesToWhomTheComposerNames presses random keys while customers
// write, conversations are archived and sorted anew, and the screen changes its
// size. Whatever is sent then went to the customer whose name stood in the
// composer's frame.
func TestSendAlwaysGoesToWhomTheComposerNames(t *testing.T) {
	keys := []string{
		"j", "k", "j", "r", "r", "r", "h", "enter", "enter", "enter", "esc", "tab", "e", "z", "U", "u", "G", "home", "1", "2", "3", "4", "5", "6", "s", "p", "/", "?",
		"ctrl+k", "ctrl+j", "ctrl+s", "ctrl+a", "ctrl+x", "J", "K", "pgdown", "pgup", "x", "t", "c", "y", "o", "#", "n", "left", "backspace", "up", "R", "ctrl+u",
		"*", "+", "ctrl+g", "P", "@", "v", "V", "b", "L", "m", "T", "ctrl+o", "ctrl+o", "n",
	}
	total := 0
	rapid.Check(t, func(rt *rapid.T) {
		acts := drawActs(rt, keys, 200)
		var wrong string
		synctest.Test(t, func(t *testing.T) {
			s := openShop(t)
			time.Sleep(10 * time.Hour)
			liveEverywhere(s)
			s.provider.PostsFunc = albums(5)
			for i := range 12 {
				s.writes(inbox.Platforms[i%3], fmt.Sprintf("Customer%02d", i), "hello", time.Duration(i)*time.Hour)
			}
			s.openScreen(100, 30, ui.Options{})
			known := map[inbox.OutboxID]bool{}
			for i, a := range acts {
				before := s.Screen()
				s.play(a)
				s.Settle()
				for _, item := range s.outbox() {
					if known[item.ID] {
						continue
					}
					known[item.ID] = true
					if item.IsGesture() && s.names(before, item.Conversation.RemoteID()) {
						continue // a heart may come from the thread, a reaction from its picker
					}
					if !strings.HasPrefix(frame(before), item.Conversation.RemoteID()) {
						wrong = fmt.Sprintf("step %d sent to %s, the composer named %q:\n%s", i, item.Conversation, frame(before), before)
						return
					}
				}
			}
			total += len(known)
		})
		if wrong != "" {
			rt.Fatal(wrong)
		}
	})
	if total == 0 {
		t.Error("no message was sent at all: the script does not try enough")
	}
}

// names tells that the screen said that a gesture would go to the customer: in
// the heading of the thread, or in the question.
func (s *shop) names(screen, customer string) bool {
	for _, said := range []string{customer + " · ", "react to " + customer, "Send a heart to " + customer + "?", "Share this post with " + customer + "?"} {
		if strings.Contains(screen, said) {
			return true
		}
	}
	return false
}

// TestEverySizeIsFilledAndNeverExceeded draws every part of the screen in every
// size from one cell on, with text in many scripts.
func TestEverySizeIsFilledAndNeverExceeded(t *testing.T) {
	fill := func(s *shop) {
		liveEverywhere(s)
		s.provider.PostsFunc = albums(25)
		for i, name := range []string{"Maya", "김하은", "ليلى الخطيب", "नीरज कुलकर्णी", "Wendell 👩‍🔬 Price", "❤️❤️❤️", strings.Repeat("long name ", 100)} {
			s.writes(inbox.Platforms[i%3], name, "日本語 🙏🏽 "+strings.Repeat("word ", 60)+"https://example.com/"+strings.Repeat("x", 90), time.Duration(i)*time.Hour)
		}
	}
	scenes := map[string][]string{
		"list": {}, "thread": {"enter"}, "composer": {"enter", "r"}, "help": {"?"}, "palette": {"ctrl+k"}, "dialog": {"#"}, "filter": {"/"}, "prompt": {"r", "ctrl+a"}, "note": {"n"}, "note in the thread": {"enter", "n"}, "palette over a note": {"n", "ctrl+k"},
		"picker": {"enter", "+"}, "picker over the list": {"+"}, "posts": {"P"}, "posts filtered": {"P", "/"}, "share": {"P", "enter"},
		"snooze": {"b"}, "labels": {"L"}, "auto-reply": {"A"}, "auto-reply text": {"A", "tab"}, "auto-reply wait": {"A", "shift+tab"},
	}
	for name, keys := range scenes {
		t.Run(name, func(t *testing.T) {
			atShop(t, 80, 24, ui.Options{}, fill, func(s *shop) {
				s.Press("j", "j")
				s.Press(keys...)
				s.Paste("日本語 " + strings.Repeat("text ", 50))
				for _, method := range []ansi.Method{ansi.WcWidth, ansi.GraphemeWidth} {
					if method == ansi.GraphemeWidth {
						s.Send(tea.ModeReportMsg{Mode: ansi.ModeUnicodeCore, Value: ansi.ModeReset})
					}
					for h := 1; h <= 26; h += 1 + h/8 {
						for w := 1; w <= 130; w += 1 + w/12 {
							s.Resize(w, h)
							s.fits(method, w, h)
						}
					}
					s.Resize(400, 100)
					s.fits(method, 400, 100)
				}
			})
		})
	}
}

// fits fails unless the frame fits the screen, with its cursor.
func (s *shop) fits(method ansi.Method, width, height int) {
	s.T.Helper()
	view := s.View()
	lines := strings.Split(view.Content, "\n")
	if len(lines) != height {
		s.T.Fatalf("%dx%d: %d lines", width, height, len(lines))
	}
	for y, line := range lines {
		if w := method.StringWidth(line); w > width {
			s.T.Fatalf("%dx%d: line %d is %d cells wide: %q", width, height, y, w, line)
		}
	}
	if c := view.Cursor; c != nil && (c.X < 0 || c.X >= width || c.Y < 0 || c.Y >= height) {
		s.T.Fatalf("%dx%d: the cursor is at %d,%d", width, height, c.X, c.Y)
	}
}

// TestNothingStaleIsLeftOnTheScreen compares the screen, which is drawn in parts
// as they change, with one that is drawn anew.
func TestNothingStaleIsLeftOnTheScreen(t *testing.T) {
	keys := []string{"j", "k", "r", "h", "i", "enter", "esc", "esc", "tab", "e", "z", "U", "1", "2", "3", "/", "?", "ctrl+k", "ctrl+a", "J", "K", "G", "#", "n", "p", "s", "x", "R", "+", "+", "*", "P", "S", "A", "@", "ctrl+g", "6", " ", "tab", "v", "V", "b", "L", "m", "T", "g", "d", "i", "ctrl+o", "n"}
	rapid.Check(t, func(rt *rapid.T) {
		acts := drawActs(rt, keys, 80)
		var wrong string
		synctest.Test(t, func(t *testing.T) {
			s := openShop(t)
			time.Sleep(10 * time.Hour)
			liveEverywhere(s)
			s.provider.PostsFunc = albums(25)
			threeCustomers(s)
			s.openScreen(100, 30, ui.Options{})
			for i, a := range acts {
				a.Width, a.Height = 100, 30
				s.play(a)
				s.Wait(10 * time.Second) // labels may lag by a step of the clock
				drawn := s.Screen()
				s.Resize(100, 30)
				if anew := s.Screen(); anew != drawn {
					wrong = fmt.Sprintf("after step %d, %+v, the screen shows\n%s\nand drawn anew\n%s", i, a, drawn, anew)
					return
				}
			}
		})
		if wrong != "" {
			rt.Fatal(wrong)
		}
	})
}
