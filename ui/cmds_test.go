package ui

import (
	"context"
	"testing"

	tea "charm.land/bubbletea/v2"
)

func TestWaitingCommandEndsWithTheSession(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	u := &UI{ctx: ctx}
	cancel()
	if msg := u.after(1<<62, tea.QuitMsg{})(); msg != nil {
		t.Errorf("answered %v", msg)
	}
}
