package ui_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"parley/inbox"
	"parley/ui"
)

// What somebody needs who sees the screen for the first time: that it says what
// it means, at every usual size.

const longName = "Maximiliana Konstantinopoulou-Featherstonehaugh of the Upper Valley"

func TestLongNameLeavesRoomForTheRestOfTheFrame(t *testing.T) {
	fill := func(s *shop) { s.writes(inbox.Instagram, longName, "hello", time.Minute) }
	for _, width := range []int{60, 80, 120} {
		atShop(t, width, 24, ui.Options{}, fill, func(s *shop) {
			s.Press("r")
			frame := s.LineWith("─ to ")
			for _, part := range []string{"to Maximiliana", "…", "Instagram", "6d 23h", "0/1,000"} {
				if !strings.Contains(frame, part) {
					t.Errorf("at %d columns the frame lacks %q: %q", width, part, frame)
				}
			}
		})
	}
}

func TestLongNameLeavesRoomForWhatHasHappened(t *testing.T) {
	fill := func(s *shop) { s.writes(inbox.Instagram, longName, "hello", time.Minute) }
	atShop(t, 80, 24, held(), fill, func(s *shop) {
		s.delivers()
		const name = "Maximiliana Konstantinopoulou…"
		s.Press("e")
		s.Wait(time.Second)
		s.Sees(name + ": done · z undoes it")
		s.Press("z")
		s.Wait(time.Second)
		s.Sees("undone: " + name + ": done")
		s.Press("L")
		s.Sees("─ labels of Maximiliana", "…")
		s.Type("vip")
		s.Press("enter")
		s.Wait(time.Second)
		s.Sees(name + ": labelled vip · z undoes it")
		s.Press("r")
		s.Type("good morning")
		s.Press("enter")
		s.Wait(time.Second)
		s.Sees("queued for " + name + " · z takes it back")
		s.Press("z")
		s.Wait(time.Second)
		s.Sees("taken back: it has not been sent to " + name)
	})
}

func TestTheTwoTimesOfARowCannotBeTakenForOneAnother(t *testing.T) {
	for _, width := range []int{60, 80, 120} {
		atShop(t, width, 24, ui.Options{}, threeCustomers, func(s *shop) {
			if line := s.LineWith("Maya"); !strings.Contains(line, "6d 23h left") || strings.Contains(line, "ago") {
				t.Errorf("at %d columns: %q", width, line)
			}
			s.Sees("5m ago")
		})
	}
}

func TestRowWithADraftKeepsItsTime(t *testing.T) {
	fill := func(s *shop) { s.writes(inbox.Instagram, longName, "hello", time.Minute) }
	atShop(t, 80, 24, ui.Options{}, fill, func(s *shop) {
		s.Press("r")
		s.Type("half")
		s.Press("esc")
		s.Wait(time.Second)
		if line := s.LineWith("▌"); !strings.Contains(line, "draft") || !strings.Contains(line, "6d 23h") {
			t.Errorf("the row shows %q", line)
		}
	})
}

func TestEveryViewAndTheWayOutAreShownAtEverySize(t *testing.T) {
	for _, width := range []int{46, 60, 80, 120} {
		atShop(t, width, 24, ui.Options{}, threeCustomers, func(s *shop) {
			header := s.Lines()[0]
			for _, number := range []string{" 1 All", " 2", " 3", " 4", " 5", " 6"} {
				if !strings.Contains(header, number) {
					t.Errorf("at %d columns the header lacks %q: %q", width, number, header)
				}
			}
			s.Sees("? the keys", "q quit")
			s.Press("enter")
			s.Sees("? the keys", "q quit")
			s.Press("r")
			s.Sees("Enter send", "Esc leave")
		})
	}
}

func TestClosingIsCounted(t *testing.T) {
	fill := func(s *shop) {
		threeCustomers(s)
		s.writes(inbox.Facebook, "Larry", "hello?", 23*time.Hour)
	}
	atShop(t, 120, 24, ui.Options{}, fill, func(s *shop) {
		s.Sees("4 Closing 1")
		s.writes(inbox.Facebook, "Larissa", "hello?", 22*time.Hour)
		s.Sees("4 Closing 2")
	})
	atShop(t, 120, 24, ui.Options{}, manyCustomers(150), func(s *shop) {
		s.Misses("4 Closing 1")
	})
	atShop(t, 120, 24, ui.Options{ClosingSoon: 48 * time.Hour}, manyCustomers(150), func(s *shop) {
		s.Sees("4 Closing 99+")
	})
}

func TestFilterIsNamedAndHidesCountsThatItDoesNotMean(t *testing.T) {
	atShop(t, 120, 24, ui.Options{}, threeCustomers, func(s *shop) {
		s.Sees("1 All 3")
		s.Press("p")
		s.Sees("only Facebook")
		s.Misses("1 All 3")
		s.Press("5")
		s.Sees("Nothing matches Facebook in", "Esc drops the filters.")
		s.Press("esc", "1")
		s.Sees("1 All 3", "Maya")
	})
}

func TestHelpTellsReasonsWholly(t *testing.T) {
	atShop(t, 120, 60, ui.Options{}, threeCustomers, func(s *shop) {
		s.Press("?")
		s.Sees("(this API", "no such call)", "sends that failed", "unknown", "Shift-Enter")
		for _, line := range s.Lines()[1:55] {
			if strings.Contains(line, "…") {
				t.Errorf("the help is cut: %q", line)
			}
		}
	})
}

func TestPaletteSaysThatItGoesOn(t *testing.T) {
	atShop(t, 80, 24, ui.Options{}, threeCustomers, func(s *shop) {
		s.Press("ctrl+k")
		s.Sees("more below")
		s.Misses("more above")
		for range 60 {
			s.Press("down")
		}
		s.Sees("more above", "quit, drafts are kept")
		s.Misses("more below")
	})
}

func TestPaletteFindsWordsAndNoScatteredLetters(t *testing.T) {
	for text, want := range map[string]string{"sno": "snooze until a time", "done": "done, or back", "lab": "put labels on it", "undo": "undo the last", "sched": "scheduled", "emo": "react with an emoji"} {
		atShop(t, 80, 24, ui.Options{}, threeCustomers, func(s *shop) {
			s.Press("ctrl+k")
			s.Type(text)
			if first := s.Lines()[2]; !strings.Contains(first, want) {
				t.Errorf("%q finds %q first, want %q", text, first, want)
			}
			s.Misses("your posts")
		})
	}
}

func TestPaletteFindsScatteredLettersWhereNoWordHasThem(t *testing.T) {
	atShop(t, 80, 24, ui.Options{}, threeCustomers, func(s *shop) {
		s.Press("ctrl+k")
		s.Type("snzu")
		s.Sees("snooze until a time")
	})
}

func TestUndoSelectsWhatHasComeBack(t *testing.T) {
	atShop(t, 120, 40, ui.Options{}, manyCustomers(300), func(s *shop) {
		for range 100 {
			s.Press("j")
		}
		s.Press("e")
		s.Wait(time.Second)
		for range 30 {
			s.Press("j")
		}
		s.Press("z")
		s.Wait(time.Second)
		if got := s.selected(); got != "Customer 00100" {
			t.Errorf("%q is selected", got)
		}
		s.Sees("undone", "Customer 00100 · Facebook")
	})
}

func TestSortLeadsFromTheWholeInboxToTheUnanswered(t *testing.T) {
	atShop(t, 120, 24, ui.Options{}, threeCustomers, func(s *shop) {
		s.Press("s")
		s.Sees("Unanswered, by time left")
		if line := s.LineWith("▌"); !strings.Contains(line, "Jamal") {
			t.Errorf("the first to close is %q", line)
		}
	})
}

func TestSortStaysInItsView(t *testing.T) {
	atShop(t, 120, 24, ui.Options{}, threeCustomers, func(s *shop) {
		s.Press("3", "s")
		s.Sees("by time left ")
		s.Press("s")
		s.Misses("by time left")
		for keys, want := range map[string]string{
			"4": "“Closing” is always sorted by time left",
			"2": "only what is unanswered can be sorted by time left: 3 shows it",
			"6": "3 shows it",
		} {
			s.Press("j", keys)
			before := s.Lines()[:20]
			s.Press("s")
			s.Sees(want)
			if after := s.Lines()[:20]; !slices.Equal(after, before) {
				t.Errorf("s in the view %s has moved the list:\n%s", keys, s.Screen())
			}
		}
		s.Press("1", "/")
		s.Type("is:unread")
		s.Press("enter", "s")
		s.Sees("what is found by “is:unread” has one order only: Esc drops it")
	})
}

func TestWrongAddressIsExplainedWholly(t *testing.T) {
	atShop(t, 60, 24, ui.Options{}, threeCustomers, func(s *shop) {
		s.Press("r", "ctrl+a")
		s.Type("https://example.com/" + strings.Repeat("long-", 20) + "name.exe")
		for _, line := range s.Lines() {
			if strings.HasSuffix(strings.TrimSpace(line), "…") {
				t.Errorf("cut: %q\n%s", line, s.Screen())
			}
		}
	})
}
