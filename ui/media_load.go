package ui

import (
	"time"

	"parley/inbox"
	"parley/ui/picture"

	tea "charm.land/bubbletea/v2"
)

// How pictures get into the thread: what is on the screen is looked at, fetched,
// drawn, and given to the terminal where that keeps pictures, each step by a
// command. Only what is on the screen is loaded, a few at a time; what has failed
// is left alone until somebody asks.

const (
	// The largest that a picture in the thread is. It takes no more than a third of
	// the screen, less the lines around the panes; of fewer rows than the least
	// nobody would know what it shows.
	thumbColumns = 40
	thumbRows    = 12
	thumbShare   = 3
	thumbAround  = 2
	thumbLeast   = 3

	// loadsAtOnce is how many are under way.
	loadsAtOnce = 3

	// loadAfter is how long a conversation stands on the screen before its pictures
	// are looked at: whoever walks through the list loads nothing.
	loadAfter = 150 * time.Millisecond
)

// thumbCanvas is how pictures in the thread are drawn, zero for not at all. Sixel
// is none of the ways: what is painted over the cells does not scroll with them,
// and half blocks do. The height goes by the screen, not by the pane, so that
// nothing moves when the composer opens.
func (u *UI) thumbCanvas() canvas {
	c := u.paper()
	c.columns, c.rows = min(thumbColumns, textWidth(u.thread.width)), min(thumbRows, u.height/thumbShare-thumbAround)
	switch {
	case u.opts.InThread == ThreadPicturesOff, c.way == PicturesOff, u.look.monochrome():
		return canvas{}
	case c.rows < thumbLeast || c.columns < 2*thumbLeast:
		return canvas{}
	case c.way == PicturesSixel:
		c.way = PicturesBlocks
	}
	return c
}

// measureThumbs notes when pictures in the thread are to be drawn otherwise.
func (u *UI) measureThumbs() {
	if c := u.thumbCanvas(); c != u.pictures.thumbs.canvas {
		u.keepPlace(func() { u.pictures.thumbs.canvas = c })
	}
}

// tendThumbs draws and loads what is on the screen and is not there yet.
func (u *UI) tendThumbs() tea.Cmd {
	t := &u.pictures.thumbs
	if !t.drawn {
		return nil
	}
	t.drawn = false
	cmds := []tea.Cmd{dropped(t.trim())}
	for _, th := range t.inView {
		if th.small != nil && th.wanted != t.canvas && u.shows(th) {
			th.wanted = t.canvas
			cmds = append(cmds, u.drawFor(th.errand(), th.small, t.canvas))
		}
	}
	if t.underWay < loadsAtOnce {
		cmds = append(cmds, u.loadLater())
	}
	return tea.Batch(cmds...)
}

// loadMsg says which conversation was on the screen a while ago.
type loadMsg struct{ id inbox.ConversationID }

// loadLater loads when what is on the screen now has been there for a while.
func (u *UI) loadLater() tea.Cmd {
	t := &u.pictures.thumbs
	if t.waiting || u.nextLoad() == nil {
		return nil
	}
	t.waiting = true
	return u.after(loadAfter, loadMsg{u.thread.id})
}

func (u *UI) waitedToLoad(msg loadMsg) tea.Cmd {
	t := &u.pictures.thumbs
	t.waiting = false
	if msg.id == u.thread.id {
		t.stood = msg.id
	}
	return u.loadThumbs()
}

// nextLoad is the first on the screen of which more can be had, nil for none.
func (u *UI) nextLoad() *thumb {
	if u.opts.InThread == ThreadPicturesOff || u.pictureWay() == PicturesOff {
		return nil
	}
	for _, th := range u.pictures.thumbs.inView {
		switch {
		case th.busy || th.err != nil || th.small != nil:
		case !th.known, u.shows(th) && u.fetchable(th.info):
			return th
		}
	}
	return nil
}

// fetchable tells that it is a picture, and none that is too large.
func (u *UI) fetchable(info inbox.MediaInfo) bool {
	return picture.Shows(info.Type) && info.Bytes <= u.opts.ShowBytes
}

// loadThumbs goes on with what is on the screen.
func (u *UI) loadThumbs() tea.Cmd {
	t := &u.pictures.thumbs
	if t.stood != u.thread.id {
		return u.loadLater()
	}
	var cmds []tea.Cmd
	for t.underWay < loadsAtOnce {
		th := u.nextLoad()
		if th == nil {
			break
		}
		th.busy = true
		t.underWay++
		if th.known {
			cmds = append(cmds, u.askForPictures(), u.fetch(th.errand()))
		} else {
			cmds = append(cmds, u.lookAt(th.errand()))
		}
	}
	return tea.Batch(cmds...)
}

// thumbLooked takes what a link leads to, whoever has asked, and goes on. What the
// viewer could not have, it tells itself.
func (u *UI) thumbLooked(msg lookedMsg) tea.Cmd {
	th := u.thumbAnswered(msg.errand)
	if th != nil && (msg.thread || msg.err == nil) {
		th.info, th.known, th.err = msg.info, msg.err == nil, inbox.AsError(msg.err)
		th.version++
	}
	return u.loadMore(msg.errand)
}

// thumbFetched takes a picture in the same manner.
func (u *UI) thumbFetched(msg fetchedMsg) tea.Cmd {
	th := u.thumbAnswered(msg.errand)
	if th != nil && (msg.thread || msg.err == nil) {
		if th.err = inbox.AsError(msg.err); msg.err == nil {
			th.info, th.known, th.small, th.wanted = msg.got.info, true, msg.small, canvas{}
			u.pictures.thumbs.grown = true
		}
		th.version++
	}
	return u.loadMore(msg.errand)
}

// thumbAnswered is the one that something is told of, nil when it is forgotten.
func (u *UI) thumbAnswered(e errand) *thumb {
	t := &u.pictures.thumbs
	th := t.all[e.ref]
	if e.thread {
		t.underWay--
	}
	if th == nil {
		return nil
	}
	th.busy = th.busy && !e.thread
	u.touch(partThread | partHints)
	return th
}

func (u *UI) loadMore(e errand) tea.Cmd {
	if !e.thread {
		return nil
	}
	return u.loadThumbs()
}

// showThumb shows a drawing in the thread, in place of the one before.
func (u *UI) showThumb(th *thumb, d *drawing) tea.Cmd {
	before := th.drawing
	u.keepPlace(func() {
		th.drawing = d
		th.version++
	})
	u.pictures.thumbs.grown = true
	return before.drop()
}

// lostMsg says that the terminal may have lost the pictures that it was given.
type lostMsg struct{ serial uint64 }

// picturesLost has them sent again, once the terminal's screen is drawn anew. To
// clear it, as Bubble Tea does when its size changes, deletes them in Ghostty.
func (u *UI) picturesLost() tea.Cmd {
	if u.pictureWay() != PicturesKitty || u.pictures.number == u.pictures.first {
		return nil
	}
	u.pictures.losing++
	return u.after(paintAfter, lostMsg{u.pictures.losing})
}

func (u *UI) sendAgain(msg lostMsg) {
	if msg.serial == u.pictures.losing {
		u.pictures.lost = msg.serial
	}
}
