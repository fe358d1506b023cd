package ui

import (
	"image"
	"strings"

	"parley/inbox"
	"parley/ui/picture"

	tea "charm.land/bubbletea/v2"
)

// The small pictures of the thread, as far as they are remembered: what is known
// of each, which are on the screen, and which are forgotten first.

// What is remembered beside what is on the screen.
const (
	thumbBytes = 32 << 20
	thumbsKept = 500
)

// thumbBox is the size in pixels in which they are kept, for cells of up to 16 x
// 32 pixels.
func thumbBox() image.Point { return image.Pt(thumbColumns*16, thumbRows*32) }

// thumb is what is known of something that came with a message.
type thumb struct {
	ref   inbox.MediaRef
	guess bool // the provider calls it a picture

	info  inbox.MediaInfo
	known bool         // info has come
	busy  bool         // something is under way
	err   *inbox.Error // why there is no more of it

	choice  choice           // of the agent, for this one
	asked   bool             // somebody wants to see it: worth a read at the provider
	small   *picture.Picture // nil until it is fetched
	wanted  canvas           // what it is being drawn for, or was
	drawing *drawing         // as the thread shows it, nil until the terminal can

	version uint64 // grows with all that the thread shows of it
	seen    uint64 // when it was on the screen last
}

func (t *thumb) errand() errand { return errand{ref: t.ref, thread: true, unsaid: !t.asked} }

// isPicture tells that it can be shown, as far as that is known.
func (t *thumb) isPicture() bool {
	if t.known {
		return picture.Shows(t.info.Type)
	}
	return t.guess
}

func (t *thumb) bytes() int {
	n := 0
	if t.small != nil {
		n = t.small.Bytes()
	}
	if t.drawing != nil {
		for _, line := range t.drawing.lines {
			n += len(line)
		}
	}
	return n
}

// thumbs are those that are remembered.
type thumbs struct {
	all     map[inbox.MediaRef]*thumb
	inView  []*thumb // from the top of the screen on
	drawn   bool     // the thread was drawn since they were tended last
	grown   bool     // there are more of them, or more of one
	pass    uint64   // counts these drawings
	choices map[inbox.ConversationID]choice

	canvas   canvas // how they are drawn now; none at all when it is zero
	underWay int
	waiting  bool                 // until what is on the screen has been there for a while
	stood    inbox.ConversationID // the one that has been
	offered  bool                 // the hints name the key that shows them
}

func newThumbs() thumbs {
	return thumbs{all: map[inbox.MediaRef]*thumb{}, choices: map[inbox.ConversationID]choice{}}
}

// begin notes that the thread is drawn anew.
func (t *thumbs) begin() {
	t.inView, t.drawn = t.inView[:0], true
	t.pass++
}

// see notes that the lines of what came with a message are on the screen.
func (t *thumbs) see(what []attached) {
	for _, a := range what {
		th := t.all[a.ref]
		if th == nil {
			th = &thumb{ref: a.ref, guess: a.picture}
			t.all[a.ref], t.grown = th, true
		}
		th.seen = t.pass
		t.inView = append(t.inView, th)
	}
}

// trim forgets what was on the screen longest ago until the rest is not too much,
// and returns it.
func (t *thumbs) trim() (gone []*thumb) {
	if !t.grown {
		return nil
	}
	t.grown = false
	total := 0
	for _, th := range t.all {
		total += th.bytes()
	}
	for total > thumbBytes || len(t.all) > thumbsKept {
		var oldest *thumb
		for _, th := range t.all {
			if th.seen != t.pass && !th.busy && (oldest == nil || th.seen < oldest.seen) {
				oldest = th
			}
		}
		if oldest == nil {
			break
		}
		total -= oldest.bytes()
		delete(t.all, oldest.ref)
		gone = append(gone, oldest)
	}
	return gone
}

// forget drops all of a conversation, and returns it.
func (t *thumbs) forget(id inbox.ConversationID) (gone []*thumb) {
	for ref, th := range t.all {
		if ref.Conversation == id {
			delete(t.all, ref)
			gone = append(gone, th)
		}
	}
	delete(t.choices, id)
	return gone
}

// dropped lets the terminal forget what it keeps of them.
func dropped(gone []*thumb) tea.Cmd {
	var farewells strings.Builder
	for _, th := range gone {
		farewells.WriteString(th.drawing.farewell())
	}
	return sendOff(farewells.String())
}

// dropThumbs lets the terminal forget all.
func (u *UI) dropThumbs() tea.Cmd {
	all := make([]*thumb, 0, len(u.pictures.thumbs.all))
	for _, th := range u.pictures.thumbs.all {
		all = append(all, th)
	}
	return dropped(all)
}

// forgetPictures drops what is in memory of a conversation's.
func (u *UI) forgetPictures(id inbox.ConversationID) tea.Cmd {
	u.pictures.shelf.forget(id)
	return dropped(u.pictures.thumbs.forget(id))
}
