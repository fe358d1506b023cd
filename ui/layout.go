package ui

// Where everything stands. From the top: the header, what the filter offers
// while it is typed, a banner if an account is dead, the panes, a line of hints or
// notices, the status line. What there is no room for is left out, from the least
// important on; a screen of one line shows the list's selection.

// rect is a part of the screen.
type rect struct{ x, y, width, height int }

// areas are the places of all parts.
type areas struct {
	header, offers, banner, list, thread, composer, person, hints, status rect
	split                                                                 bool // list and thread side by side
}

// The sizes at which the layout changes.
const (
	narrow       = 70 // fewer columns show one pane at a time
	listShare    = 32 // per cent of the width
	listLeast    = 30
	listMost     = 52
	headerLeast  = 4 // lines that a screen needs to have a header
	statusLeast  = 3
	hintsLeast   = 8
	offersLeast  = 10
	bannerLeast  = 7
	threadRemain = 1 // lines of the thread that the composer leaves
)

// arrange computes the places for a screen.
func (u *UI) arrange() areas {
	var a areas
	top, bottom := 0, u.height
	take := func(least int, want bool) (r rect) {
		if want && u.height >= least {
			r = rect{0, top, u.width, 1}
			top++
		}
		return r
	}
	takeBottom := func(least int) (r rect) {
		if u.height >= least {
			bottom--
			r = rect{0, bottom, u.width, 1}
		}
		return r
	}
	a.header = take(headerLeast, true)
	a.offers = take(offersLeast, u.focus == onFilter)
	a.banner = take(bannerLeast, u.bannerText() != "")
	a.status = takeBottom(statusLeast)
	a.hints = takeBottom(hintsLeast)
	u.arrangePanes(&a, rect{0, top, u.width, max(bottom-top, 0)})
	return a
}

// arrangePanes divides the middle of the screen.
func (u *UI) arrangePanes(a *areas, body rect) {
	pane := body
	switch {
	case u.width >= narrow:
		a.split = true
		w := min(max(u.width*listShare/100, listLeast), listMost)
		a.list = rect{body.x, body.y, w, body.height}
		pane.x, pane.width = w+1, body.width-w-1
		if w := u.personWidth(); w > 0 {
			pane.width -= w + 1
			a.person = rect{pane.x + pane.width + 1, body.y, w, body.height}
		}
	case u.focus == onList || u.focus == onFilter:
		a.list = body
		return
	}
	h := u.writingHeight(pane.width, pane.height)
	if h > 0 {
		h = max(min(h, pane.height-threadRemain), min(h, 2))
	}
	a.thread = rect{pane.x, pane.y, pane.width, pane.height - h}
	a.composer = rect{pane.x, pane.y + pane.height - h, pane.width, h}
}

// relayout arranges the screen anew and marks what has moved.
func (u *UI) relayout() {
	old := u.area
	u.area = u.arrange()
	if u.area == old {
		return
	}
	u.touch(partHeader | partOffers | partBanner | partHints | partStatus | partComposer)
	if u.area.list != old.list {
		u.touch(partList)
		u.list.settle(u.listRows())
	}
	if u.area.person != old.person {
		u.touch(partPerson)
	}
	if u.area.thread != old.thread {
		u.touch(partThread)
		u.fitThread()
	}
}

// fitThread gives the messages the room that the thread's header leaves: it has
// more lines when there is more to say of the conversation.
func (u *UI) fitThread() {
	t, area := &u.thread, u.area.thread
	height := max(area.height-u.headerLines(), 0)
	if t.width == area.width && t.height == height {
		return
	}
	t.width, t.height = area.width, height
	u.touch(partThread)
}
