package ui

import (
	"strconv"
	"strings"

	"parley/inbox"
	"parley/ui/picture"

	tea "charm.land/bubbletea/v2"
)

// Pictures in the thread: when they are wanted, by the config and by the agent, and
// what the line of each says. The line is there from the beginning; the picture is
// below it once it has come.

// When there are pictures in the thread, as the config names it.
const (
	ThreadPicturesAuto   = "auto"   // always, but over SSH when the agent asks
	ThreadPicturesAlways = "always" // over SSH too
	ThreadPicturesAsk    = "ask"    // when the agent asks
	ThreadPicturesOff    = "off"    // never, and nobody looks what they are
)

// ThreadPictures lists them.
func ThreadPictures() []string {
	return []string{ThreadPicturesAuto, ThreadPicturesAlways, ThreadPicturesAsk, ThreadPicturesOff}
}

// choice is what the agent has said of pictures.
type choice int

const (
	byConfig choice = iota // nothing
	showIt
	hideIt
)

// shows tells that the thread is to show the picture, if it is one.
func (u *UI) shows(th *thumb) bool {
	t := &u.pictures.thumbs
	if t.canvas == (canvas{}) {
		return false
	}
	wish := th.choice
	if wish == byConfig {
		wish = t.choices[th.ref.Conversation]
	}
	switch {
	case wish != byConfig:
		return wish == showIt
	case u.opts.InThread == ThreadPicturesAuto:
		return !u.terminal.remote()
	}
	return u.opts.InThread == ThreadPicturesAlways
}

// attached is something that came with a message and is looked at.
type attached struct {
	ref     inbox.MediaRef
	picture bool // by its name
}

// lookedAt tells what is worth a look before anybody asks: what the customer has
// sent. What is only linked to may be anywhere.
func lookedAt(a inbox.Attachment) (worth, isPicture bool) {
	switch a.Type {
	case "image", "sticker", "story_mention":
		worth, isPicture = true, true
	case "video", "audio", "file":
		worth = true
	}
	return worth && safeLink(a.URL) != "", isPicture
}

// attachedTo is what came with a message in that place, and what is known of it;
// nil when nobody looks at it.
func (u *UI) attachedTo(m *inbox.Message, i int) (attached, *thumb) {
	worth, isPicture := lookedAt(m.Attachments[i])
	if !worth {
		return attached{}, nil
	}
	a := attached{inbox.MediaRef{Conversation: u.thread.id, Message: m.ID, Index: i}, isPicture}
	if th := u.pictures.thumbs.all[a.ref]; th != nil {
		return a, th
	}
	return a, &thumb{ref: a.ref, guess: isPicture}
}

// fingerprintPictures adds what the block of a message shows of its pictures.
func (u *UI) fingerprintPictures(add func(...string), m *inbox.Message) {
	for i := range m.Attachments {
		if _, th := u.attachedTo(m, i); th != nil {
			add(strconv.FormatUint(th.version, 10), strconv.FormatBool(u.shows(th)))
		}
	}
}

// lookedAt is what is known of something that came with the message, nil when
// nobody looks at it. The block remembers to have it.
func (d *blockDrawer) lookedAt(m *inbox.Message, i int) *thumb {
	a, th := d.u.attachedTo(m, i)
	if th != nil {
		d.block.attached = append(d.block.attached, a)
	}
	return th
}

// aboutAttached is what stands in an attachment's brackets behind its name: "
// · jpeg, 240 KB · i looks".
func (u *UI) aboutAttached(a inbox.Attachment, th *thumb) string {
	about := ""
	switch {
	case th != nil && th.known:
		about = aboutMedia(th.info)
	case a.Bytes > 0:
		about = inbox.ByteSize(a.Bytes)
	}
	if about != "" {
		about = " · " + about
	}
	return about + u.attachedHint(th)
}

// attachedHint names the key that does something with what is not shown here.
func (u *UI) attachedHint(th *thumb) string {
	switch {
	case th == nil || !th.known || th.err != nil:
		return ""
	case picture.Shows(th.info.Type) && !u.shows(th):
		return " · " + u.keys.first("view") + " looks"
	case strings.HasPrefix(th.info.Type, "video/"), strings.HasPrefix(th.info.Type, "audio/"):
		if u.opensLinks() {
			return " · " + u.keys.first("link") + " opens"
		}
		return " · " + u.keys.first("link") + " copies the link"
	}
	return ""
}

// aboutMedia is what a link leads to: "jpeg, 240 KB", "mp4, 1:23, 3.0 MB".
func aboutMedia(info inbox.MediaInfo) string {
	text := lengthAndSize(info)
	if info.Type == "" {
		return strings.TrimPrefix(text, ", ")
	}
	return kindWords(info.Type) + text
}

// whyNotShown is the reason why there is no picture where one is wanted, ""
// when it is there, or on its way.
func (u *UI) whyNotShown(th *thumb) string {
	switch {
	case th == nil || th.err != nil && th.err.Kind == inbox.Unsupported: // nothing is fetched here at all
		return ""
	case th.err != nil:
		return th.err.Text
	case th.known && u.shows(th) && picture.Shows(th.info.Type) && th.info.Bytes > u.opts.ShowBytes:
		return "larger than the " + inbox.ByteSize(u.opts.ShowBytes) + " that are fetched to be shown"
	}
	return ""
}

// loadingWords tell that a picture is on its way.
func (u *UI) loadingWords(th *thumb) string {
	if th != nil && th.known && th.drawing == nil && u.shows(th) && u.fetchable(th.info) {
		return " · loading …"
	}
	return ""
}

// opensLinks tells that there is a browser where the agent sits.
func (u *UI) opensLinks() bool { return len(u.opts.Opener) > 0 && !u.terminal.remote() }

// The action.

// meantPictures are the pictures that the agent means: those of the selected
// message, else all on the screen.
func (u *UI) meantPictures() (pictures []*thumb) {
	t := &u.thread
	one := t.index(t.cursor)
	for _, th := range u.pictures.thumbs.inView {
		if th.isPicture() && (one < 0 || t.entries[one].key == messageKey(th.ref.Message)) {
			pictures = append(pictures, th)
		}
	}
	return pictures
}

func cannotShowPictures(u *UI) string {
	switch {
	case u.opts.InThread == ThreadPicturesOff, u.opts.Pictures == PicturesOff:
		return "pictures in the thread are switched off in the config"
	case u.look.monochrome():
		return "without colours there are no pictures in the thread: " + u.keys.first("view") + " looks at one"
	case u.thumbCanvas() == canvas{}:
		return "the screen is too small for pictures in the thread: " + u.keys.first("view") + " looks at one"
	case len(u.meantPictures()) > 0:
		return ""
	case u.thread.cursor != "":
		return "the selected message has no picture on the screen"
	}
	return "no picture is on the screen"
}

// togglePictures shows what is not shown, and tries again what has failed; where
// all is shown it hides it. Without a selected message this is for the whole
// conversation.
func (u *UI) togglePictures() tea.Cmd {
	pictures := u.meantPictures()
	wish := hideIt
	for _, th := range pictures {
		if !u.shows(th) || th.err != nil {
			wish = showIt
		}
	}
	u.keepPlace(func() { u.choosePictures(pictures, wish) })
	u.touch(partHints)
	u.say(map[choice]string{showIt: "pictures are shown here", hideIt: "pictures are hidden here"}[wish])
	return u.loadThumbs()
}

func (u *UI) choosePictures(pictures []*thumb, wish choice) {
	t := &u.pictures.thumbs
	whole := u.thread.cursor == ""
	if whole {
		t.choices[u.thread.id] = wish
		for _, th := range t.all {
			if th.ref.Conversation == u.thread.id {
				th.choice = byConfig
			}
		}
	}
	for _, th := range pictures {
		if !whole {
			th.choice = wish
		}
		if th.asked = wish == showIt; th.asked {
			th.err = nil
		}
		th.version++
	}
}

// offersPictures tells that the action would show something on the screen.
func (u *UI) offersPictures() bool {
	for _, th := range u.pictures.thumbs.inView {
		waits, failed := th.known && !u.shows(th), th.err != nil && u.whyNotShown(th) != ""
		if th.isPicture() && (waits || failed) {
			return u.pictures.thumbs.canvas != canvas{}
		}
	}
	return false
}

// hintPictures has the hints drawn anew when they are to name the action, or not
// to any more.
func (u *UI) hintPictures() {
	t := &u.pictures.thumbs
	if offered := u.offersPictures(); offered != t.offered {
		t.offered = offered
		u.touch(partHints)
	}
}
