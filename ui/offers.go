package ui

import (
	"time"

	"parley/inbox"

	tea "charm.land/bubbletea/v2"
)

// What the filter offers: below the header stands what the term under the cursor
// may become, with a word on what the chosen one means. It is there for people
// who do not know the language yet, and must never be in the way of those who do:
// Enter and every letter do what they do without it.

// offers are the ways to go on with the search.
type offers struct {
	found []inbox.Completion
	at    int // the chosen one
}

// offer looks for what the term under the cursor may become. Where there is no
// room to show it, nothing is offered.
func (u *UI) offer() {
	u.offers = offers{}
	if u.area.offers.height > 0 {
		u.offers.found = inbox.Complete(u.filter.text, u.filter.at, u.known())
	}
	u.touch(partOffers)
}

// choose moves to the next one, or to the one before, round the ends.
func (o *offers) choose(key string) {
	if n := len(o.found); n > 0 {
		step := 1
		if key == "up" {
			step = n - 1
		}
		o.at = (o.at + step) % n
	}
}

// acceptOffer puts the chosen one into the search.
func (u *UI) acceptOffer() tea.Cmd {
	if !u.offers.accept(&u.filter) {
		return nil
	}
	u.offer()
	return u.filterChanged()
}

// accept puts the chosen one into a search that is typed. It is false when there
// is none, or no room for it.
func (o offers) accept(input *editor) bool {
	if len(o.found) == 0 {
		return false
	}
	text, cursor := o.found[o.at].Apply(input.text)
	if len(text) > input.max {
		return false
	}
	input.set(text)
	input.moveTo(cursor)
	return true
}

func (u *UI) drawOffers() ([]string, time.Time) {
	if u.area.offers.height == 0 {
		return nil, time.Time{}
	}
	return []string{u.offers.line(u, u.area.offers.width)}, time.Time{}
}

// line draws as many as there is room for, from the chosen one on where it would
// not be seen otherwise, and what that one means.
func (o offers) line(u *UI, width int) string {
	l := u.line(width)
	if len(o.found) == 0 {
		return l.pad().String()
	}
	l.spaces(filterLabel)
	help := o.found[o.at].Help
	room := l.left
	if w := u.cells.width(help) + offersGap; help != "" && room >= 2*w {
		room -= w
	}
	for i := o.first(u.cells, room); i < len(o.found); i++ {
		text := visible(o.found[i].Text)
		if room -= u.cells.width(text) + offersGap; room < 0 {
			break
		}
		style := u.style[roleFaint]
		if i == o.at {
			style = u.style[roleActive] + reverse
		}
		l.put(style, text).spaces(offersGap)
	}
	return l.fit(u.style[roleFaint], help, l.left).pad().String()
}

// offersGap is the room behind each of them.
const offersGap = 2

// first is the first that is shown: the first of all, as long as the chosen one
// has room behind it.
func (o offers) first(c cells, room int) int {
	for i := o.at; i >= 0; i-- {
		if room -= c.width(visible(o.found[i].Text)) + offersGap; room < 0 {
			return min(i+1, o.at)
		}
	}
	return 0
}
