package ui_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"parley/inbox"
	"parley/ui"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
)

func TestRedrawSetsTheModesAnew(t *testing.T) {
	atShop(t, 120, 40, ui.Options{Mouse: true}, threeCustomers, func(s *shop) {
		s.Send(tea.ModeReportMsg{Mode: ansi.ModeUnicodeCore, Value: ansi.ModeReset})
		s.Raw = nil
		s.Press("ctrl+l")
		sent := strings.Join(s.Raw, "")
		for what, seq := range map[string]string{
			"the alternate screen": "\x1b[?1047h", "bracketed paste": "\x1b[?2004h", "focus reports": "\x1b[?1004h",
			"the mouse": "\x1b[?1002h", "grapheme widths": "\x1b[?2027h", "a question for tear-free output": "\x1b[?2026$p",
			"no scroll region": "\x1b[r", "the colour scheme": "\x1b[?2031h", "the title": "\x1b]2;(3) Parley\a",
		} {
			if !strings.Contains(sent, seq) {
				t.Errorf("Ctrl-L does not set %s: %q", what, sent)
			}
		}
	})
}

func TestWindowTitleTellsWhoWaits(t *testing.T) {
	dead := &inbox.Error{Kind: inbox.Auth, Text: "the API key was refused"}
	fill := func(s *shop) {
		threeCustomers(s)
		s.provider.ReadFunc = func(context.Context, inbox.ReadRequest, func(inbox.Batch) error) (inbox.ReadResult, error) {
			return inbox.ReadResult{}, dead
		}
	}
	atShop(t, 120, 40, ui.Options{Version: "1.2"}, fill, func(s *shop) {
		if got := s.View().WindowTitle; got != "(3) Parley 1.2" {
			t.Errorf("title %q", got)
		}
		s.Press("enter")
		s.Wait(time.Second)
		if got := s.View().WindowTitle; got != "(2) Parley 1.2" {
			t.Errorf("title after reading: %q", got)
		}
		_, _ = s.in.Sync(s.ctx, "", true, nil)
		s.Wait(time.Second)
		if got := s.View().WindowTitle; got != "(2) Parley 1.2 · acme stands still" {
			t.Errorf("title with a dead account: %q", got)
		}
	})
}
