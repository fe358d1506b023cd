package ui

import (
	tea "charm.land/bubbletea/v2"
)

// pager shows lines to read, from the one at the top on: the help, the page about
// a customer. It has no place to type, and any key that does not move closes it.
type pager struct{ top int }

func (p *pager) press(u *UI, _ tea.Key, name string) tea.Cmd {
	u.touch(partOverlay)
	page := max(u.body().height-1, 1)
	switch name {
	case "j", "down":
		p.top++
	case "k", "up":
		p.top--
	case "space", "pgdown":
		p.top += page
	case "b", "pgup":
		p.top -= page
	default:
		u.dismiss()
	}
	return nil
}

func (p *pager) paste(*UI, string) tea.Cmd { return nil }

func (p *pager) cursor(*UI) *tea.Cursor { return nil }

// drawLines draws those that are in sight, for the overlay that the pager is of.
func (p *pager) drawLines(u *UI, of overlay, lines []string, width, height int) []string {
	p.top = max(min(p.top, len(lines)-height+u.hintRows()), 0)
	return u.withHint(of, lines[p.top:min(p.top+height, len(lines))], width, height)
}
