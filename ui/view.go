package ui

import (
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
)

// Drawing. The screen is made of parts; a handler marks those that it has
// changed, they are drawn anew, and the frame is put together once. View hands
// the finished frame over, so that nothing is drawn when nothing has changed.

// part is a set of parts of the screen.
type part uint16

const (
	partHeader part = 1 << iota
	partOffers
	partBanner
	partList
	partThread
	partComposer
	partHints
	partStatus
	partOverlay
	partPerson

	partAll = 1<<iota - 1
)

// screen is what has been drawn.
type screen struct {
	stale part
	lines map[part][]string
	until map[part]time.Time // when a label of the part changes
	frame string
	title string    // of the window
	tick  time.Time // when the clock is set to ring, zero: it is not
}

// touch marks parts as stale.
func (u *UI) touch(p part) { u.screen.stale |= p }

// drawer is how a part is drawn: its lines, and when one of its labels changes.
type drawer struct {
	part part
	draw func() ([]string, time.Time)
}

func (u *UI) drawers() []drawer {
	return []drawer{
		{partHeader, u.drawHeader}, {partOffers, u.drawOffers}, {partBanner, u.drawBanner}, {partList, u.drawList}, {partThread, u.drawThread},
		{partComposer, u.drawComposer}, {partHints, u.drawHints}, {partStatus, u.drawStatus}, {partOverlay, u.drawOverlay}, {partPerson, u.drawPerson},
	}
}

// draw draws what is stale and puts the frame together.
func (u *UI) draw() {
	s := &u.screen
	if s.stale == 0 || u.width <= 0 || u.height <= 0 {
		return
	}
	if s.lines == nil {
		s.lines, s.until = map[part][]string{}, map[part]time.Time{}
	}
	if u.overlay != nil {
		s.stale |= partOverlay | partHints // it shows what can be done now
	}
	if s.stale&(partList|partThread) != 0 {
		s.stale |= partHints // so does the bottom line
	}
	for _, d := range u.drawers() {
		if s.stale&d.part != 0 {
			s.lines[d.part], s.until[d.part] = d.draw()
		}
	}
	s.stale = 0
	s.frame = u.join()
	s.title = u.windowTitle()
}

// body is the room of the panes, which overlays cover.
func (u *UI) body() rect {
	a := u.area
	top, bottom := a.header.height+a.offers.height+a.banner.height, u.height-a.hints.height-a.status.height
	return rect{0, top, u.width, max(bottom-top, 0)}
}

func (u *UI) drawOverlay() ([]string, time.Time) {
	if u.overlay == nil {
		return nil, time.Time{}
	}
	b := u.overlayArea()
	if u.note != nil && b.height >= 3 {
		return append(u.overlay.draw(u, b.width, b.height-1), u.noteFrame(b.width)), u.overlayUntil()
	}
	if u.composer == nil || b.height < 3 {
		lines := u.overlay.draw(u, b.width, b.height)
		return lines, u.overlayUntil()
	}
	// Whoever chooses "send" from the palette has to see whom to.
	frame, until := u.drawFrame(b.width)
	lines := append(u.overlay.draw(u, b.width, b.height-1), frame)
	return lines, sooner(until, u.overlayUntil())
}

// join puts the parts together, row by row.
func (u *UI) join() string {
	s := &u.screen
	rows := make([]string, 0, u.height)
	rows = append(rows, s.lines[partHeader]...)
	rows = append(rows, s.lines[partOffers]...)
	rows = append(rows, s.lines[partBanner]...)
	if u.overlay != nil && u.overlayArea() == u.body() {
		rows = append(rows, s.lines[partOverlay]...)
	} else {
		rows = append(rows, u.joinPanes()...)
	}
	rows = append(rows, s.lines[partHints]...)
	rows = append(rows, s.lines[partStatus]...)
	return strings.Join(rows[:min(len(rows), u.height)], "\n")
}

func (u *UI) joinPanes() []string {
	s := &u.screen
	right := append(append(make([]string, 0, u.height), s.lines[partThread]...), s.lines[partComposer]...)
	if u.overlay != nil {
		panel := s.lines[partOverlay]
		right = append(right[:u.area.thread.height-len(panel)], panel...) // no composer is open beside a panel
	}
	left := s.lines[partList]
	if !u.area.split {
		if u.area.list.height > 0 {
			return left
		}
		return right
	}
	rule := string(u.style[roleFaint]) + "│" + sgrReset
	rows := make([]string, max(len(left), len(right)))
	for i := range rows {
		rows[i] = left[i] + rule + right[i]
	}
	for i, line := range s.lines[partPerson] {
		rows[i] = u.padded(rows[i], u.area.person.x-1) + rule + line
	}
	return rows
}

// padded fills a drawn line up to a width.
func (u *UI) padded(line string, width int) string {
	return line + strings.Repeat(" ", max(width-u.cells.width(ansi.Strip(line)), 0))
}

// View is the finished frame.
func (u *UI) View() tea.View {
	return tea.View{
		Content:     u.screen.frame,
		Cursor:      u.cursorPlace(),
		AltScreen:   true,
		ReportFocus: true,
		MouseMode:   u.mouseMode(),
		WindowTitle: u.screen.title,

		KeyboardEnhancements: tea.KeyboardEnhancements{ReportAlternateKeys: true},
	}
}

// The clock.

// setClock sets the clock to the next instant at which a visible label changes.
func (u *UI) setClock() tea.Cmd {
	s := &u.screen
	now := u.now()
	var next time.Time
	for _, until := range s.until {
		next = sooner(next, until)
	}
	if next.IsZero() || !s.tick.IsZero() && !next.Before(s.tick) {
		return nil
	}
	s.tick = next
	return u.after(next.Sub(now), clockMsg{next})
}

// ticked draws the parts with a label that has changed.
func (u *UI) ticked(msg clockMsg) {
	s := &u.screen
	if !msg.at.Equal(s.tick) {
		return
	}
	s.tick = time.Time{}
	now := u.now()
	for p, until := range s.until {
		if !until.IsZero() && !now.Before(until) {
			u.touch(p)
		}
	}
	if !u.notice.until.IsZero() && !now.Before(u.notice.until) {
		u.hush()
	}
}
