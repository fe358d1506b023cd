package ui

import (
	"context"
	"image"
	"math/rand/v2"
	"slices"
	"strings"

	"parley/inbox"
	"parley/ui/picture"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
	uv "github.com/charmbracelet/ultraviolet"
	"github.com/charmbracelet/x/ansi"
)

// Pictures: what the terminal can show, what has been decoded, and the commands
// that fetch, decode and draw. The viewer shows them, and the thread.

// The ways to show pictures, as the config names them.
const (
	PicturesAuto   = "auto"   // the best that the terminal is known to have
	PicturesKitty  = "kitty"  // kitty's graphics, by placeholders
	PicturesSixel  = "sixel"  // painted over the cells
	PicturesBlocks = "blocks" // half blocks, on any terminal
	PicturesOff    = "off"    // types and sizes only
)

// PictureWays lists them.
func PictureWays() []string {
	return []string{PicturesAuto, PicturesKitty, PicturesSixel, PicturesBlocks, PicturesOff}
}

const (
	// UsualPictureBytes is the largest picture that is fetched to be shown.
	UsualPictureBytes = 8 << 20
	// askAbove is the size from which on a picture is not fetched over SSH before
	// the agent says so: what is drawn of it is sent over a line that may be slow.
	askAbove = 1 << 20
	// shelfBytes bounds the decoded pictures in memory.
	shelfBytes = 32 << 20
	// decoders is how many pictures are decoded at once.
	decoders = 2
)

// pictureBox is the size in pixels in which pictures are kept: more than the cells
// of most screens have.
func pictureBox() image.Point { return image.Pt(1600, 1200) }

// pictures is what the screen knows of them.
type pictures struct {
	shelf  shelf
	slots  chan struct{} // one for each that is being decoded
	asked  bool          // the terminal was asked what it can do
	sixel  bool          // it said that it knows sixel
	cell   picture.Cell  // and how large its cells are
	number uint32        // of the picture that it was given last
	first  uint32        // the number that none has
	shown  *viewer       // whose drawing is on the screen
	serial uint64        // of the last drawing
	thumbs thumbs
	losing uint64 // counts when the terminal may have lost what it was given
	lost   uint64 // up to which of these it was given anew
}

func newPictures() pictures {
	number := rand.Uint32()
	return pictures{slots: make(chan struct{}, decoders), number: number, first: number, thumbs: newThumbs()}
}

// kept is a picture with what is known of its file.
type kept struct {
	*picture.Picture
	ref  inbox.MediaRef
	info inbox.MediaInfo
}

// shelf keeps decoded pictures, the one that was looked at last first.
type shelf []kept

// put adds a picture, and drops those that were not looked at for longest.
func (s *shelf) put(k kept) {
	all := slices.Insert(s.without(k.ref), 0, k)
	total := 0
	for i := range all {
		if total += all[i].Bytes(); total > shelfBytes && i > 0 {
			clear(all[i:])
			all = all[:i]
			break
		}
	}
	*s = all
}

// get is a picture that is looked at now.
func (s *shelf) get(ref inbox.MediaRef) (k kept, found bool) {
	if k, found = s.find(ref); found {
		*s = slices.Insert(s.without(ref), 0, k)
	}
	return k, found
}

func (s *shelf) find(ref inbox.MediaRef) (k kept, found bool) {
	i := slices.IndexFunc(*s, func(k kept) bool { return k.ref == ref })
	if i < 0 {
		return kept{}, false
	}
	return (*s)[i], true
}

func (s *shelf) has(ref inbox.MediaRef) bool {
	_, found := s.find(ref)
	return found
}

// forget drops what came with a conversation.
func (s *shelf) forget(id inbox.ConversationID) {
	*s = slices.DeleteFunc(*s, func(k kept) bool { return k.ref.Conversation == id })
}

func (s *shelf) without(ref inbox.MediaRef) shelf {
	return slices.DeleteFunc(*s, func(k kept) bool { return k.ref == ref })
}

// What the terminal can do.

// remote tells that the line to the terminal may be slow.
func (t terminal) remote() bool { return t.getenv("SSH_TTY") != "" || t.getenv("SSH_CONNECTION") != "" }

// placeholders tells that the terminal is known to draw pictures in place of
// kitty's placeholders. WezTerm and Konsole answer to kitty's own question that
// they know its graphics, and show these as strange letters; so the name decides.
// What tmux hands on it does not tell.
func (t terminal) placeholders() bool {
	name := strings.ToLower(t.version)
	return !t.inTmux() && !t.inScreen() && (strings.HasPrefix(name, "kitty") || strings.HasPrefix(name, "ghostty"))
}

// pictureWay is how pictures are shown on this terminal.
func (u *UI) pictureWay() string {
	if u.opts.Pictures != PicturesAuto {
		return u.opts.Pictures
	}
	switch {
	case u.terminal.placeholders() && u.look.profile >= colorprofile.ANSI256:
		return PicturesKitty
	case u.pictures.sixel && u.pictures.cell.Known():
		return PicturesSixel
	}
	return PicturesBlocks
}

// askCellSize is the operation of XTWINOPS that tells the size of a cell (xterm's
// control sequences).
const askCellSize = 16

// askForPictures asks once what the terminal can do. Every terminal answers to
// the first question, and those without an answer to the second keep silent.
func (u *UI) askForPictures() tea.Cmd {
	if u.pictures.asked {
		return nil
	}
	u.pictures.asked = true
	return tea.Raw(ansi.RequestPrimaryDeviceAttributes + ansi.WindowOp(askCellSize))
}

// sixelAttribute says in the answer that a terminal knows sixel (DEC STD 070).
const sixelAttribute = 4

// terminalTold takes what the terminal has answered.
func (u *UI) terminalTold(msg tea.Msg) {
	switch msg := msg.(type) {
	case uv.PrimaryDeviceAttributesEvent:
		u.pictures.sixel = slices.Contains(msg, sixelAttribute)
	case uv.CellSizeEvent:
		u.pictures.cell = picture.Cell{Width: msg.Width, Height: msg.Height}
	}
}

// depth is how many colours half blocks may have.
func (u *UI) depth() picture.Depth {
	switch u.look.profile {
	case colorprofile.TrueColor:
		return picture.TrueColour
	case colorprofile.ANSI256:
		return picture.Palette
	case colorprofile.ANSI:
		return picture.Sixteen
	}
	return picture.Mono
}

// The commands.

// errand is what something is looked at or fetched for.
type errand struct {
	ref    inbox.MediaRef
	thread bool // for the thread, not for the viewer
	unsaid bool // nobody has asked for it: it is worth no read at the provider
}

// lookedMsg says what a link leads to.
type lookedMsg struct {
	errand
	info inbox.MediaInfo
	err  error
}

// fetchedMsg is a picture.
type fetchedMsg struct {
	errand
	got   kept
	small *picture.Picture // for the thread
	err   error
}

// lookAt asks what a link leads to.
func (u *UI) lookAt(e errand) tea.Cmd {
	look := u.in.MediaInfo
	if e.unsaid {
		look = u.in.PeekMediaInfo
	}
	return func() tea.Msg {
		info, err := look(u.ctx, e.ref)
		return lookedMsg{e, info, err}
	}
}

// fetch gets a picture and decodes it.
func (u *UI) fetch(e errand) tea.Cmd {
	slots, limit, get := u.pictures.slots, u.opts.ShowBytes, u.in.Media
	if e.unsaid {
		get = u.in.PeekMedia
	}
	return func() tea.Msg {
		file, err := get(u.ctx, e.ref, limit)
		if err != nil {
			return fetchedMsg{errand: e, err: err}
		}
		pic, err := decode(u.ctx, slots, file.Data)
		if err != nil {
			return fetchedMsg{errand: e, err: err}
		}
		info := inbox.MediaInfo{Type: file.Type, Bytes: int64(len(file.Data))}
		return fetchedMsg{e, kept{pic, e.ref, info}, pic.Within(thumbBox()), nil}
	}
}

// decode waits for its turn: each picture that is being decoded takes its size in
// memory.
func decode(ctx context.Context, slots chan struct{}, data []byte) (*picture.Picture, error) {
	select {
	case slots <- struct{}{}:
		defer func() { <-slots }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	p, err := picture.Decode(data, pictureBox())
	if err != nil {
		return nil, &inbox.Error{Kind: inbox.Rejected, Text: err.Error()}
	}
	return p, nil
}

// canvas is what a picture is drawn for. When any of it changes, it is drawn
// anew.
type canvas struct {
	columns, rows int // there are at the most
	way           string
	depth         picture.Depth
	dark          bool
	cell          picture.Cell
	tmux          bool
	lost          uint64 // counts when the terminal may have lost what it keeps
}

// paper is what pictures are drawn for, without its size.
func (u *UI) paper() canvas {
	c := canvas{way: u.pictureWay(), depth: u.depth(), dark: u.look.dark, cell: u.pictures.cell, tmux: u.terminal.inTmux()}
	if c.way == PicturesKitty {
		c.lost = u.pictures.lost
	}
	return c
}

// drawing is a picture as the screen shows it.
type drawing struct {
	canvas        canvas
	serial        uint64
	columns, rows int
	lines         []string        // one for each row, none with sixel
	send          string          // to the terminal before the lines are shown; "" once it is sent
	paint         string          // to be painted where the lines would be
	id            picture.KittyID // under which the terminal keeps it
}

// drawnMsg is a drawing.
type drawnMsg struct {
	errand
	drawing *drawing
}

// farewell lets the terminal forget the drawing, where it was given it to keep.
func (d *drawing) farewell() string {
	if d == nil || d.canvas.way != PicturesKitty || d.send != "" {
		return ""
	}
	return picture.KittyDrop(d.id, d.canvas.tmux)
}

// paintMsg says that the frame is on the screen over which a drawing is painted.
type paintMsg struct{ serial uint64 }

// drawFor draws a picture for a canvas.
func (u *UI) drawFor(e errand, p *picture.Picture, c canvas) tea.Cmd {
	u.pictures.serial++
	u.pictures.number++
	serial, id := u.pictures.serial, picture.Number(u.pictures.number)
	return func() tea.Msg {
		d := drawOn(c, p, id)
		d.serial = serial
		return drawnMsg{e, d}
	}
}

// drawn takes a drawing, unless something else is shown by now. What the terminal
// has to keep of it is sent first: the lines that stand for it mean nothing before.
func (u *UI) drawn(msg drawnMsg) tea.Cmd {
	v, _ := u.overlay.(*viewer)
	th := u.pictures.thumbs.all[msg.ref]
	wanted := v != nil && v.item().ref == msg.ref && v.wanted == msg.drawing.canvas
	if msg.thread {
		wanted = th != nil && th.wanted == msg.drawing.canvas
	}
	send := msg.drawing.send
	switch {
	case !wanted:
		return msg.drawing.drop()
	case send != "":
		msg.drawing.send = ""
		return tea.Sequence(tea.Raw(send), func() tea.Msg { return msg })
	case msg.thread:
		return u.showThumb(th, msg.drawing)
	}
	return v.show(u, msg.drawing)
}

func (d *drawing) drop() tea.Cmd { return sendOff(d.farewell()) }

// sendOff brings something to the terminal, if it is anything.
func sendOff(sequence string) tea.Cmd {
	if sequence == "" {
		return nil
	}
	return tea.Raw(sequence)
}

func drawOn(c canvas, p *picture.Picture, id picture.KittyID) *drawing {
	d := &drawing{canvas: c}
	d.columns, d.rows = c.cell.Fit(p.Size(), c.columns, c.rows)
	switch c.way {
	case PicturesKitty:
		d.columns, d.rows = min(d.columns, picture.MostKittyCells), min(d.rows, picture.MostKittyCells)
		d.id, d.send = id, picture.KittySend(id, p, d.columns, d.rows, c.cell, c.tmux)
		d.lines = picture.KittyLines(id, d.columns, d.rows)
	case PicturesSixel:
		cell := c.cell
		if !cell.Known() {
			cell = picture.UsualCell
		}
		d.paint = picture.Sixel(p, d.columns, d.rows, cell, c.dark)
	default:
		d.lines = picture.Blocks(p, d.columns, d.rows, c.depth, c.dark)
	}
	return d
}

// handleMedia is the table for what the commands about pictures answer, and for
// what the terminal says of them.
func (u *UI) handleMedia(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case lookedMsg:
		return u.looked(msg)
	case fetchedMsg:
		return u.fetched(msg)
	case drawnMsg:
		return u.drawn(msg)
	case loadMsg:
		return u.waitedToLoad(msg)
	case lostMsg:
		u.sendAgain(msg)
	case paintMsg:
		return u.paint(msg)
	case savedFileMsg:
		u.fileSaved(msg)
	default:
		u.terminalTold(msg)
	}
	return nil
}
