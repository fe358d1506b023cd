package ui_test

import (
	"encoding/base64"
	"strings"
	"testing"

	"parley/inbox"
	"parley/ui"

	tea "charm.land/bubbletea/v2"
)

// clipboard are the texts that were copied, through nothing but the terminal.
func (s *shop) clipboard() (texts []string) {
	s.T.Helper()
	for _, raw := range s.Raw {
		if code, ok := strings.CutPrefix(raw, "\x1b]52;c;"); ok {
			text, err := base64.StdEncoding.DecodeString(strings.TrimSuffix(code, "\a"))
			if err != nil {
				s.T.Fatalf("%q: %v", raw, err)
			}
			texts = append(texts, string(text))
		}
	}
	return texts
}

func TestCopySaysWhatWasCopied(t *testing.T) {
	atShop(t, 120, 40, ui.Options{}, threeCustomers, func(s *shop) {
		s.Press("y")
		s.Sees("copied, if the terminal allows it: do you ship to Porto?")
		if got := s.clipboard(); len(got) != 1 || got[0] != "do you ship to Porto?" {
			t.Errorf("copied %q", got)
		}
	})
}

func TestTextThatIsTooLongIsNotCopied(t *testing.T) {
	for n, ok := range map[int]bool{74_994: true, 74_995: false} {
		fill := func(s *shop) { s.writes(inbox.Facebook, "Maya", strings.Repeat("x", n), 0) }
		atShop(t, 120, 40, ui.Options{}, fill, func(s *shop) {
			s.Press("y")
			if got := s.clipboard(); (len(got) == 1) != ok {
				t.Errorf("%d bytes: copied %d times", n, len(got))
			}
			if !ok {
				s.Sees("not copied: 74,995 bytes, terminals take 74,994 at the most")
			}
		})
	}
}

func TestCopyInTmuxGoesBothWays(t *testing.T) {
	atShop(t, 120, 40, ui.Options{}, threeCustomers, func(s *shop) {
		s.Send(tea.EnvMsg{"TERM=tmux-256color", "TMUX=/tmp/s,1,0"})
		s.Press("y")
		s.Sees("if tmux allows it")
		last := s.Raw[len(s.Raw)-1]
		if !strings.HasPrefix(last, "\x1b]52;c;") || !strings.Contains(last, "\a\x1bPtmux;\x1b\x1b]52;c;") || !strings.HasSuffix(last, "\x1b\\") {
			t.Errorf("sent %q", last)
		}
	})
}

func TestTerminalThatCannotCopySaysSo(t *testing.T) {
	for _, env := range []tea.EnvMsg{{"TERM_PROGRAM=Apple_Terminal"}, {"TERM=linux"}} {
		atShop(t, 120, 40, ui.Options{}, threeCustomers, func(s *shop) {
			s.Send(env)
			s.Press("y")
			s.Sees("not copied: ")
			if got := s.clipboard(); len(got) != 0 {
				t.Errorf("%v: copied %q", env, got)
			}
		})
	}
}
