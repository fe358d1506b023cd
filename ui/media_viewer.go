package ui

import (
	"strconv"
	"strings"
	"time"

	"parley/inbox"
	"parley/ui/picture"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
)

// viewer shows what came with a message, one thing after the other. It belongs to
// that message: what is said in the thread meanwhile changes nothing in it.
type viewer struct {
	from  string // who sent it
	at    time.Time
	items []viewed
	index int

	drawing *drawing // of the item that is shown, nil until there is one
	painted bool     // over the cells
	wanted  canvas   // what is being drawn
}

// viewed is one thing of a message, and how far it has come.
type viewed struct {
	ref   inbox.MediaRef
	words string // what it is, by the message: "image", "replied to your story"
	link  string // as it was when the viewer was opened
	bytes int64  // by the message; 0: not told

	info  inbox.MediaInfo
	known bool // info has come
	busy  bool // something is under way
	err   *inbox.Error
}

// viewable lists what a viewer of the entry would show.
func (u *UI) viewable(e entry) []viewed {
	if e.msg == nil || e.msg.Deleted {
		return nil
	}
	var items []viewed
	add := func(index int, words string, bytes int64) {
		ref := inbox.MediaRef{Conversation: u.thread.id, Message: e.msg.ID, Index: index}
		if link := safeLink(ref.Link(*e.msg)); link != "" {
			items = append(items, viewed{ref: ref, words: words, link: link, bytes: bytes})
		}
	}
	for i, a := range e.msg.Attachments {
		add(i, attachmentWords(a, e.sent()), a.Bytes)
	}
	if r := e.msg.ReplyTo; r != nil {
		add(inbox.MediaOfReference, referenceWords(r, e.sent()), 0)
	}
	return items
}

// chosenViewable is what the selected message has to show, or the newest one that
// has anything.
func (u *UI) chosenViewable() (entry, []viewed) {
	t := &u.thread
	if i := t.index(t.cursor); i >= 0 {
		return t.entries[i], u.viewable(t.entries[i])
	}
	for i := len(t.entries) - 1; i >= 0; i-- {
		if items := u.viewable(t.entries[i]); len(items) > 0 {
			return t.entries[i], items
		}
	}
	return entry{}, nil
}

func cannotView(u *UI) string {
	if _, items := u.chosenViewable(); len(items) > 0 {
		return ""
	}
	if u.thread.cursor != "" {
		return "the selected message has nothing to look at"
	}
	return "there is nothing to look at here"
}

// openViewer shows what came with the selected message.
func (u *UI) openViewer() tea.Cmd {
	e, items := u.chosenViewable()
	v := &viewer{from: u.senderName(e), at: e.at(), items: items}
	u.show(v)
	return tea.Batch(u.askForPictures(), v.begin(u))
}

// begin asks what the shown item is, unless that is known or under way.
func (v *viewer) begin(u *UI) tea.Cmd {
	item := v.item()
	u.touch(partOverlay | partHints)
	if got, found := u.pictures.shelf.get(item.ref); found {
		item.info, item.known, item.err = got.info, true, nil
	}
	if item.busy || item.known && item.err == nil {
		return nil
	}
	if th := u.pictures.thumbs.all[item.ref]; th != nil && th.known {
		item.info, item.known, item.err = th.info, true, nil
		return u.goOnWith(item)
	}
	item.busy, item.err = true, nil
	return u.lookAt(errand{ref: item.ref})
}

func (v *viewer) item() *viewed { return &v.items[v.index] }

// viewing is the item of the open viewer that an answer is for, nil when nobody
// waits for it any more.
func (u *UI) viewing(ref inbox.MediaRef) *viewed {
	v, ok := u.overlay.(*viewer)
	if !ok {
		return nil
	}
	for i := range v.items {
		if v.items[i].ref == ref {
			u.touch(partOverlay | partHints)
			return &v.items[i]
		}
	}
	return nil
}

// looked takes what a link leads to.
func (u *UI) looked(msg lookedMsg) tea.Cmd {
	more := u.thumbLooked(msg)
	if msg.thread {
		return more
	}
	item := u.viewing(msg.ref)
	if item == nil {
		return nil
	}
	item.busy, item.info, item.err, item.known = false, msg.info, inbox.AsError(msg.err), msg.err == nil
	if item.err != nil {
		return nil
	}
	return u.goOnWith(item)
}

// goOnWith fetches what is known to be a picture, where nobody has to be asked.
func (u *UI) goOnWith(item *viewed) tea.Cmd {
	if !u.showable(item) || u.asksFirst(item) {
		return nil
	}
	return u.fetchItem(item)
}

func (u *UI) fetchItem(item *viewed) tea.Cmd {
	item.busy, item.err = true, nil
	return u.fetch(errand{ref: item.ref})
}

// showable tells that the item is a picture that may be fetched.
func (u *UI) showable(item *viewed) bool {
	return u.pictureWay() != PicturesOff && u.fetchable(item.info)
}

// asksFirst tells that it is not fetched before the agent says so.
func (u *UI) asksFirst(item *viewed) bool {
	return u.terminal.remote() && (item.info.Bytes < 0 || item.info.Bytes > askAbove)
}

// fetched takes a picture. It is kept also when nobody waits for it any more: who
// has closed the viewer may open it again, and who sees it in the thread may want
// to look at it.
func (u *UI) fetched(msg fetchedMsg) tea.Cmd {
	if msg.err == nil {
		u.pictures.shelf.put(msg.got)
	}
	more := u.thumbFetched(msg)
	if msg.thread && msg.err != nil {
		return more
	}
	if item := u.viewing(msg.ref); item != nil {
		item.busy, item.err = false, inbox.AsError(msg.err)
		if msg.err == nil {
			item.info, item.known = msg.got.info, true
		}
	}
	return more
}

// tendViewer draws what the viewer shows when that, or the room for it, has
// changed, and takes away what is shown no longer.
func (u *UI) tendViewer() tea.Cmd {
	v, _ := u.overlay.(*viewer)
	var away tea.Cmd
	if old := u.pictures.shown; old != nil && old != v {
		away = old.takeAway(u)
	}
	u.pictures.shown = v
	if v == nil {
		return away
	}
	want := u.canvas()
	got, found := u.pictures.shelf.get(v.item().ref)
	if !found || want.columns < 1 || want.rows < 1 || v.wanted == want {
		return away
	}
	v.wanted = want
	return tea.Batch(away, u.drawFor(errand{ref: v.item().ref}, got.Picture, want))
}

// canvas is the room for pictures as it is now.
func (u *UI) canvas() canvas {
	b, c := u.body(), u.paper()
	c.columns, c.rows = b.width, b.height-viewerHead-u.hintRows()
	return c
}

// paintAfter is how long a frame may take to be on the screen. Bubble Tea writes
// what is raw before the frame that it goes with.
const paintAfter = 200 * time.Millisecond

// show shows a drawing in place of the one before.
func (v *viewer) show(u *UI, d *drawing) tea.Cmd {
	away := v.takeAway(u)
	v.drawing = d
	u.touch(partOverlay)
	if d.paint == "" {
		return away
	}
	return tea.Batch(away, u.after(paintAfter, paintMsg{d.serial}))
}

// paint paints a drawing over the cells that were left empty for it.
func (u *UI) paint(msg paintMsg) tea.Cmd {
	v, ok := u.overlay.(*viewer)
	if !ok || v.drawing == nil || v.drawing.serial != msg.serial {
		return nil
	}
	v.painted = true
	b := u.body()
	column := (b.width - v.drawing.columns) / 2
	return tea.Raw(ansi.SaveCursor + ansi.CursorPosition(b.x+column+1, b.y+viewerHead+1) + v.drawing.paint + ansi.RestoreCursor)
}

// takeAway takes the drawing from the terminal.
func (v *viewer) takeAway(u *UI) tea.Cmd {
	d := v.drawing
	if d == nil {
		return nil
	}
	painted := v.painted
	v.drawing, v.painted = nil, false
	if painted {
		return tea.ClearScreen // nobody but the terminal knows what it painted
	}
	return d.drop()
}

func (v *viewer) press(u *UI, _ tea.Key, name string) tea.Cmd {
	switch name {
	case "esc", "q", "i", "ctrl+c":
		u.dismiss()
	case "j", "l", "right", "down", "tab", "space":
		return v.move(u, 1)
	case "k", "h", "left", "up", "shift+tab":
		return v.move(u, -1)
	case "enter":
		return v.goOn(u)
	case "o":
		return u.openLink(v.item().link)
	case "w":
		return u.saveItem(v)
	case "ctrl+l":
		away := v.takeAway(u)
		v.wanted = canvas{}
		return tea.Sequence(away, u.redraw())
	}
	return nil
}

// move shows another thing of the message.
func (v *viewer) move(u *UI, by int) tea.Cmd {
	next := min(max(v.index+by, 0), len(v.items)-1)
	if next == v.index {
		return nil
	}
	away := v.takeAway(u)
	v.index, v.wanted = next, canvas{}
	return tea.Batch(away, v.begin(u))
}

// goOn fetches what is waited with, and tries again what went wrong.
func (v *viewer) goOn(u *UI) tea.Cmd {
	item := v.item()
	switch {
	case item.busy:
		return nil
	case !item.known:
		return v.begin(u)
	case u.showable(item) && !u.pictures.shelf.has(item.ref):
		u.touch(partOverlay | partHints)
		return u.fetchItem(item)
	}
	return nil
}

func (v *viewer) paste(*UI, string) tea.Cmd { return nil }

func (v *viewer) cursor(*UI) *tea.Cursor { return nil }

// viewerHead is how many lines stand above a picture.
const viewerHead = 1

func (v *viewer) draw(u *UI, width, height int) []string {
	lines := []string{v.title(u, width)}
	if d := v.drawing; d != nil && d.canvas == v.wanted {
		margin := strings.Repeat(" ", max((width-d.columns)/2, 0))
		for _, line := range d.lines {
			lines = append(lines, margin+line)
		}
		return u.withHint(v, lines, width, height)
	}
	return u.withHint(v, append(append(lines, ""), u.paragraphs(v.says(u), width)...), width, height)
}

// title says what it is, and of whom.
func (v *viewer) title(u *UI, width int) string {
	item := v.item()
	l := u.line(width).spaces(1)
	if n := len(v.items); n > 1 {
		l.put(u.style[roleActive], strconv.Itoa(v.index+1)+" of "+strconv.Itoa(n)+" ")
	}
	l.fit(u.style[roleTitle], item.words, max(width/3, 1)).put(u.style[roleFaint], " · ")
	l.fit(plain, v.from, max(width/3, 1))
	details := " · " + v.at.In(u.opts.Zone).Format("2 Jan "+u.opts.Clock)
	if about := u.mediaWords(item); about != "" {
		details = " · " + about + details
	}
	return l.fit(u.style[roleFaint], details, l.left).String()
}

// mediaWords is what is known of an item: "jpeg 1280 x 960, 240 KB".
func (u *UI) mediaWords(item *viewed) string {
	if !item.known {
		if item.bytes > 0 {
			return inbox.ByteSize(item.bytes)
		}
		return ""
	}
	text := kindWords(item.info.Type)
	if got, found := u.pictures.shelf.find(item.ref); found {
		text += " " + strconv.Itoa(got.Original.X) + " x " + strconv.Itoa(got.Original.Y)
	}
	return text + lengthAndSize(item.info)
}

// lengthAndSize is what is told of it: ", 1:23, 3.0 MB".
func lengthAndSize(info inbox.MediaInfo) (text string) {
	if info.Length > 0 {
		text = ", " + playingTime(info.Length)
	}
	if info.Bytes >= 0 {
		text += ", " + inbox.ByteSize(info.Bytes)
	}
	return text
}

// kindWords is a media type for people: "jpeg", "mp4", "a web page".
func kindWords(mediaType string) string {
	switch mediaType {
	case "":
		return "a file of an unknown kind"
	case "text/html":
		return "a web page"
	case "video/quicktime":
		return "QuickTime"
	}
	_, kind, _ := strings.Cut(mediaType, "/")
	return kind
}

// playingTime is how long something plays: 0:07, 12:30, 1:02:03.
func playingTime(d time.Duration) string {
	seconds := int(d.Round(time.Second).Seconds())
	text := strconv.Itoa(seconds/60%60) + ":" + twoDigits(seconds%60)
	if hours := seconds / 3600; hours > 0 {
		return strconv.Itoa(hours) + ":" + twoDigits(seconds/60%60) + ":" + twoDigits(seconds%60)
	}
	return text
}

func twoDigits(n int) string {
	if n < 10 {
		return "0" + strconv.Itoa(n)
	}
	return strconv.Itoa(n)
}

// says is what stands where the picture will be, or in place of one.
func (v *viewer) says(u *UI) []string {
	item := v.item()
	size := ""
	if item.info.Bytes >= 0 {
		size = " (" + inbox.ByteSize(item.info.Bytes) + ")"
	}
	switch {
	case item.err != nil:
		return []string{capital(item.err.Text) + ".", item.err.Hint}
	case item.busy && !item.known:
		return []string{"Asking what it is …"}
	case item.busy:
		return []string{"Fetching" + size + " …"}
	case u.pictures.shelf.has(item.ref):
		return []string{"Drawing …"}
	case !picture.Shows(item.info.Type):
		return []string{"This is " + kindWords(item.info.Type) + size + ": nothing that a terminal shows."}
	case u.pictureWay() == PicturesOff:
		return []string{"Pictures are switched off in the config."}
	case item.info.Bytes > u.opts.ShowBytes:
		return []string{"The picture is larger" + size + " than the " + inbox.ByteSize(u.opts.ShowBytes) + " that are fetched to be shown."}
	case u.asksFirst(item):
		return []string{"A picture" + size + ". Enter fetches it and sends it over this line."}
	}
	return []string{"Enter shows it again."} // others have taken its room
}

func (v *viewer) hint() string {
	keys := "o opens · w saves · Esc leaves"
	if len(v.items) > 1 {
		keys = "j k next and previous · " + keys
	}
	switch item := v.item(); {
	case item.busy:
		return keys
	case item.err != nil:
		return "Enter tries again · " + keys
	}
	return keys
}
