package ui_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"parley/inbox"
	"parley/ui"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
	uv "github.com/charmbracelet/ultraviolet"
	"github.com/charmbracelet/x/ansi"
)

// inThread opens a shop where Maya has sent what the links lead to, and waits
// until the thread shows what it shows by itself.
func inThread(t *testing.T, opts ui.Options, g *gallery, attachments []inbox.Attachment, play func(*shop)) {
	t.Helper()
	if opts.InThread == "" {
		opts.InThread = ui.ThreadPicturesAuto
	}
	atGallery(t, opts, g, attachments, func(s *shop) {
		s.Wait(time.Second)
		play(s)
	})
}

// cellsOf are the sizes of the half-block pictures on the screen, from the top on.
func (s *shop) cellsOf(letter string) (sizes []image.Point) {
	last := false
	for _, line := range s.Lines() {
		n := strings.Count(line, letter)
		switch {
		case n == 0:
		case last:
			sizes[len(sizes)-1].Y++
		default:
			sizes = append(sizes, image.Pt(n, 1))
		}
		last = n > 0
	}
	return sizes
}

func (s *shop) showsPictures(want ...image.Point) {
	s.T.Helper()
	if got := s.cellsOf("▀"); !slices.Equal(got, want) {
		s.T.Fatalf("the pictures on the screen are %v, expected %v:\n%s", got, want, s.Screen())
	}
}

func TestPictureStandsBelowItsLineInTheThread(t *testing.T) {
	g := &gallery{files: map[string]thing{photoLink: painting(1600, 1200)}}
	inThread(t, ui.Options{}, g, onePhoto(), func(s *shop) {
		s.Sees("[image · png, ", " KB] cdn.example", "▀▀▀▀")
		// A third of 40 rows, less 2, and as wide as the shape of 4 to 3 has it.
		s.showsPictures(image.Pt(30, 11))
		lines := s.Lines()
		i := slices.IndexFunc(lines, func(l string) bool { return strings.Contains(l, "[image") && strings.Contains(l, "cdn") })
		if !strings.Contains(lines[i+1], "│  ▀") {
			t.Errorf("the picture is not below its line:\n%s", s.Screen())
		}
		if g.looks != 1 || g.fetches != 1 {
			t.Errorf("%d looks and %d fetches", g.looks, g.fetches)
		}
		s.Press("i")
		s.Sees("image · Maya · png 1600 x 1200") // nothing is fetched twice
		s.Press("esc")
		s.showsPictures(image.Pt(30, 11))
		if g.looks != 1 || g.fetches != 1 {
			t.Errorf("after a look at it: %d looks and %d fetches", g.looks, g.fetches)
		}
	})
}

func TestPictureInTheThreadFollowsTheScreenAndNotTheComposer(t *testing.T) {
	g := &gallery{files: map[string]thing{photoLink: painting(1600, 1200)}}
	inThread(t, ui.Options{}, g, onePhoto(), func(s *shop) {
		s.Press("r")
		s.showsPictures(image.Pt(30, 11))
		s.Press("esc")
		for _, c := range []struct {
			width, height int
			want          []image.Point
		}{
			{80, 24, []image.Point{{16, 6}}},
			{200, 60, []image.Point{{32, 12}}},
			{200, 15, []image.Point{{8, 3}}},
			{200, 14, nil},
			{71, 60, []image.Point{{32, 12}}},
			{120, 40, []image.Point{{30, 11}}},
		} {
			s.Resize(c.width, c.height)
			s.Wait(time.Second)
			s.showsPictures(c.want...)
			for _, line := range s.Lines() {
				if w := ansi.StringWidth(line); w > c.width {
					t.Errorf("%dx%d: a line of %d cells", c.width, c.height, w)
				}
			}
		}
		if g.fetches != 1 {
			t.Errorf("it was fetched %d times", g.fetches)
		}
	})
}

func TestWhetherPicturesAreInTheThread(t *testing.T) {
	far := tea.EnvMsg{"SSH_TTY=/dev/pts/1"}
	for name, c := range map[string]struct {
		opts    ui.Options
		tell    tea.Msg
		fetches int
		looks   int
		line    string
	}{
		"here":                   {ui.Options{}, nil, 1, 1, "[image · png, 164 B] cdn.example"},
		"over SSH":               {ui.Options{}, far, 0, 1, "[image · png, 164 B · i looks] cdn.example"},
		"always, over SSH":       {ui.Options{InThread: ui.ThreadPicturesAlways}, far, 1, 1, "[image · png, 164 B] cdn.example"},
		"on demand":              {ui.Options{InThread: ui.ThreadPicturesAsk}, nil, 0, 1, "[image · png, 164 B · i looks] cdn.example"},
		"never":                  {ui.Options{InThread: ui.ThreadPicturesOff}, nil, 0, 0, "[image] cdn.example"},
		"no pictures":            {ui.Options{Pictures: ui.PicturesOff}, nil, 0, 0, "[image] cdn.example"},
		"a theme without colour": {ui.Options{Theme: ui.ThemeMono}, nil, 0, 1, "[image · png, 164 B · i looks] cdn.example"},
		"no colours":             {ui.Options{}, tea.ColorProfileMsg{Profile: colorprofile.ASCII}, 0, 1, "[image · png, 164 B · i looks]"},
		"sixel":                  {ui.Options{Pictures: ui.PicturesSixel}, nil, 1, 1, "[image · png, 164 B] cdn.example"},
	} {
		g := &gallery{files: map[string]thing{photoLink: painting(64, 64)}}
		if c.opts.InThread == "" {
			c.opts.InThread = ui.ThreadPicturesAuto
		}
		atGallery(t, c.opts, g, onePhoto(), func(s *shop) {
			s.Send(c.tell)
			s.Wait(time.Second)
			s.Sees(c.line)
			if c.fetches == 0 {
				s.Misses("▀▀")
			} else {
				s.showsPictures(image.Pt(8, 4))
			}
			if g.looks != c.looks || g.fetches != c.fetches {
				t.Errorf("%s: %d looks and %d fetches, expected %d and %d", name, g.looks, g.fetches, c.looks, c.fetches)
			}
		})
	}
}

func TestPicturesAreShownAndHiddenByAKey(t *testing.T) {
	g := &gallery{files: map[string]thing{photoLink: painting(64, 64)}}
	inThread(t, ui.Options{InThread: ui.ThreadPicturesAsk}, g, onePhoto(), func(s *shop) {
		s.shows("Maya", linked("image", photoLink))
		s.Press("tab")
		s.Sees("D show pictures")
		s.Press("D")
		s.Sees("pictures are shown here")
		s.showsPictures(image.Pt(8, 4), image.Pt(8, 4))
		s.shows("Maya", linked("image", photoLink)) // the choice is for the conversation
		s.Wait(time.Second)
		s.showsPictures(image.Pt(8, 4), image.Pt(8, 4), image.Pt(8, 4))
		s.Wait(time.Minute)
		s.Misses("D show pictures")
		s.Press("D")
		s.Sees("pictures are hidden here")
		s.showsPictures()
		s.Press("K", "D") // only the selected message's
		s.showsPictures(image.Pt(8, 4))
		s.Press("K")
		s.showsPictures(image.Pt(8, 4))
		s.Press("D", "D")
		s.showsPictures(image.Pt(8, 4))
		if g.fetches != 3 {
			t.Errorf("three pictures were fetched %d times", g.fetches)
		}
	})
}

func TestWhyThereIsNoPictureToShow(t *testing.T) {
	for _, c := range []struct {
		opts  ui.Options
		file  thing
		size  [2]int
		press string
		want  string
	}{
		{ui.Options{InThread: ui.ThreadPicturesOff}, painting(9, 9), [2]int{120, 40}, "D", "switched off in the config"},
		{ui.Options{Pictures: ui.PicturesOff}, painting(9, 9), [2]int{120, 40}, "D", "switched off in the config"},
		{ui.Options{Theme: ui.ThemeMono}, painting(9, 9), [2]int{120, 40}, "D", "without colours there are no pictures in the thread: i looks at one"},
		{ui.Options{}, painting(9, 9), [2]int{120, 13}, "D", "the screen is too small for pictures in the thread: i looks at one"},
		{ui.Options{}, thing{kind: "video/mp4"}, [2]int{120, 40}, "D", "no picture is on the screen"},
		{ui.Options{}, painting(9, 9), [2]int{120, 40}, "JD", "the selected message has no picture"},
	} {
		g := &gallery{files: map[string]thing{photoLink: c.file}}
		inThread(t, c.opts, g, onePhoto(), func(s *shop) {
			s.Resize(c.size[0], c.size[1])
			s.Press("tab")
			s.Type(c.press)
			s.Sees(c.want)
		})
	}
}

func TestWhatIsNoPictureSaysWhatItIs(t *testing.T) {
	film, voice := thing{kind: "video/mp4", bytes: 3 << 20, length: 83 * time.Second}, thing{kind: "audio/ogg", bytes: 4096}
	g := &gallery{files: map[string]thing{photoLink: film, voiceLink: voice, pageLink: {bytes: 80 << 10}}}
	things := []inbox.Attachment{linked("video", photoLink), linked("audio", voiceLink), linked("file", pageLink), linked("share", pageLink)}
	things[3].Bytes = 2048
	for _, far := range []bool{false, true} {
		inThread(t, ui.Options{Opener: []string{"true"}}, g, things, func(s *shop) {
			key := "o opens"
			if far {
				s.Send(tea.EnvMsg{"SSH_TTY=/dev/pts/1"})
				s.Press("ctrl+l")
				key = "o copies the link"
			}
			s.Sees("[video · mp4, 1:23, 3.0 MB · "+key+"] cdn.example", "[audio · ogg, 4 KB · "+key+"]", "[file · 80 KB]", "[shared a post · 2 KB]")
		})
	}
	if g.looks != 6 || g.fetches != 0 {
		t.Errorf("%d looks and %d fetches", g.looks, g.fetches)
	}
}

func TestPictureThatFailsIsOneLineAndTriedOnDemandOnly(t *testing.T) {
	expired := inbox.Errorf(inbox.NotFound, "cdn.example has it no longer")
	huge, page := painting(9, 9), thing{kind: "text/html", data: []byte("<html>")}
	huge.bytes = 9 << 20
	for name, c := range map[string]struct {
		file thing
		want string
	}{
		"expired":         {thing{err: expired}, "[image] cdn.example has it no longer"},
		"private address": {thing{err: inbox.Errorf(inbox.Rejected, "the link leads to 10.0.0.1, which is private")}, "[image] the link leads to 10.0.0.1"},
		"damaged":         {thing{kind: "image/png", data: []byte("\x89PNG\r\n\x1a\n rubbish")}, "[image · png, 16 B] the picture is damaged"},
		"too large":       {huge, "[image · png, 9.0 MB] larger than the 8.0 MB that are fetched to be shown"},
		"a bomb":          {claimedBomb(), "the picture has 16384 x 16384 pixels"},
		"no picture":      {page, "[image · a web page, 6 B] cdn.example"},
	} {
		g := &gallery{files: map[string]thing{photoLink: c.file}}
		inThread(t, ui.Options{}, g, onePhoto(), func(s *shop) {
			s.Sees(c.want)
			s.Misses("▀▀")
			looks, fetches := g.looks, g.fetches
			s.writes(inbox.Instagram, "Maya", "did you see it?", 0)
			s.Press("tab", "k", "j", "ctrl+l")
			s.Wait(time.Hour)
			if g.looks != looks || g.fetches != fetches {
				t.Errorf("%s: it was tried again by itself", name)
			}
			g.files[photoLink] = painting(64, 64)
			if name == "too large" || name == "no picture" {
				return // what is known does not become another thing
			}
			s.Sees("D show pictures")
			s.Press("D")
			s.showsPictures(image.Pt(8, 4))
		})
	}
}

// claimedBomb is a small file that would be a large picture.
func claimedBomb() thing {
	header := "IHDR\x00\x00\x40\x00\x00\x00\x40\x00\x08\x06\x00\x00\x00"
	sum := binary.BigEndian.AppendUint32(nil, crc32.ChecksumIEEE([]byte(header)))
	return thing{kind: "image/png", data: []byte("\x89PNG\r\n\x1a\n\x00\x00\x00\r" + header + string(sum))}
}

func TestExpiredLinkIsRenewedWhenSomebodyWantsToSee(t *testing.T) {
	g := &gallery{files: map[string]thing{photoLink: {err: inbox.Errorf(inbox.NotFound, "HTTP 403")}}}
	inThread(t, ui.Options{}, g, onePhoto(), func(s *shop) {
		if n := len(s.provider.Reads()); n != 0 {
			t.Errorf("the provider was asked %d times for what nobody has asked for", n)
		}
		s.Press("D")
		s.Wait(time.Second)
		if n := len(s.provider.Reads()); n != 1 {
			t.Errorf("it was asked %d times for what the agent wants to see", n)
		}
	})
}

// album is so many messages with a picture each, oldest first, between two that
// have none.
func album(s *shop, n int) {
	for i := range n {
		s.ingest(s.batch(inbox.Instagram, "Maya", inbox.Message{
			Direction: inbox.Received, CreatedAt: time.Now().Add(-time.Minute), Text: fmt.Sprintf("picture %d", i+1), Attachments: onePhoto(),
		}))
	}
}

func TestOnlyWhatIsOnTheScreenIsLoadedAndFewAtOnce(t *testing.T) {
	g := &gallery{files: map[string]thing{photoLink: painting(64, 64)}}
	inThread(t, ui.Options{}, g, nil, func(s *shop) {
		g.hang = make(chan struct{})
		album(s, 60)
		s.Wait(time.Second)
		if g.looks != 3 || g.waiting != 3 {
			t.Errorf("%d looks, %d at once", g.looks, g.waiting)
		}
		close(g.hang)
		s.Wait(time.Second)
		if g.looks > 25 || g.fetches > 25 {
			t.Errorf("for a screen of 40 lines there were %d looks and %d fetches", g.looks, g.fetches)
		}
		if got := s.cellsOf("▀"); len(got) < 4 {
			t.Errorf("the screen shows %v", got)
		}
		s.Press("tab", "g", "g")
		s.Wait(time.Second)
		s.Sees("picture 1", "picture 2")
		if got := s.cellsOf("▀"); len(got) < 4 {
			t.Errorf("at the beginning the screen shows %v", got)
		}
	})
}

func TestWhoWalksThroughTheListLoadsNothing(t *testing.T) {
	g := &gallery{files: map[string]thing{photoLink: painting(64, 64)}}
	atGallery(t, ui.Options{InThread: ui.ThreadPicturesAuto}, g, onePhoto(), func(s *shop) {
		s.Press("j")
		s.Wait(time.Second)
		if g.looks != 0 {
			t.Errorf("%d looks at a conversation that was left at once", g.looks)
		}
		for i := range 20 {
			s.ingest(s.batch(inbox.Instagram, fmt.Sprintf("Customer %d", i), inbox.Message{
				Direction: inbox.Received, CreatedAt: time.Now().Add(-100 * time.Hour), Attachments: onePhoto(),
			}))
		}
		s.Wait(time.Second)
		for range 15 {
			s.Press("j")
			s.Wait(100 * time.Millisecond)
		}
		if g.looks != 0 {
			t.Errorf("%d looks on the way through the list", g.looks)
		}
		s.Wait(time.Second)
		if g.looks != 1 || g.fetches != 1 {
			t.Errorf("%d looks and %d fetches where the way ends", g.looks, g.fetches)
		}
	})
}

func TestEndOfTheThreadStaysAtTheBottomWhenAPictureComes(t *testing.T) {
	g := &gallery{files: map[string]thing{photoLink: painting(320, 240)}}
	inThread(t, ui.Options{}, g, nil, func(s *shop) {
		g.hang = make(chan struct{})
		album(s, 30)
		s.writes(inbox.Instagram, "Maya", "the last word", 0)
		last := func() string { return s.Lines()[37] }
		if !strings.Contains(last(), "the last word") {
			t.Fatalf("the end is not at the bottom:\n%s", s.Screen())
		}
		close(g.hang)
		s.Wait(time.Second)
		if len(s.cellsOf("▀")) == 0 || !strings.Contains(last(), "the last word") {
			t.Errorf("the end is not at the bottom when the pictures have come:\n%s", s.Screen())
		}
		s.Misses("more below")
	})
}

// illustratedTalk is a message with two pictures among its titles, and so many after it
// that the thread can begin on the screen wherever it wants.
func illustratedTalk(s *shop) {
	s.ingest(s.batch(inbox.Instagram, "Maya", inbox.Message{
		Direction: inbox.Received, CreatedAt: time.Now().Add(-time.Minute), Text: "one\ntwo\nthree",
		Attachments: []inbox.Attachment{{Type: "image", URL: photoLink, Title: "first"}, {Type: "image", URL: pageLink, Title: "second"}, {Type: "share", Title: "third"}},
	}))
	var talk inbox.Batch
	for i := range 60 {
		b := s.batch(inbox.Instagram, "Maya", inbox.Message{Direction: inbox.Received, Text: fmt.Sprintf("message %d", i), CreatedAt: time.Now()})
		talk.Platform, talk.Conversations, talk.Messages = b.Platform, b.Conversations, append(talk.Messages, b.Messages...)
	}
	s.ingest(talk)
	s.Press("tab", "g", "g")
}

// told is what a line tells of its picture.
var told = regexp.MustCompile(`( · [^\]]*)?\] (\w+).*`)

// topOfThread is what the first line of the thread says, without that.
func (s *shop) topOfThread() string {
	_, text, _ := strings.Cut(s.Lines()[3], "│")
	return strings.TrimSpace(told.ReplaceAllString(text, "] $2"))
}

// TestWhatIsReadStaysWhenAPictureComes: wherever in a message the screen begins,
// the line at its top is the same when the message's pictures have come, have
// another size, or are hidden.
func TestWhatIsReadStaysWhenAPictureComes(t *testing.T) {
	for down := range 20 {
		g := &gallery{files: map[string]thing{photoLink: painting(320, 240), pageLink: painting(160, 90)}}
		inThread(t, ui.Options{}, g, nil, func(s *shop) {
			g.hang = make(chan struct{})
			illustratedTalk(s)
			for range down {
				s.Press("j")
			}
			s.Wait(time.Second)
			before := s.topOfThread()
			close(g.hang)
			for _, step := range []func(){
				func() { s.Wait(time.Second) },
				func() { s.Resize(120, 20); s.Wait(time.Second) },
				func() { s.Resize(120, 40); s.Wait(time.Second) },
				func() { s.Press("D") },
			} {
				step()
				if after := s.topOfThread(); after != before {
					t.Errorf("%d lines down, the first line was %q and is %q:\n%s", down, before, after, s.Screen())
				}
			}
		})
	}
}

// TestSelectedMessageStaysWhenPicturesComeAboveIt: as after a search, whose find
// is selected.
func TestSelectedMessageStaysWhenPicturesComeAboveIt(t *testing.T) {
	g := &gallery{files: map[string]thing{photoLink: painting(320, 240)}}
	inThread(t, ui.Options{}, g, nil, func(s *shop) {
		g.hang = make(chan struct{})
		album(s, 10)
		for i := range 60 {
			s.writes(inbox.Instagram, "Maya", fmt.Sprintf("message %d", i), 0)
		}
		s.Press("tab", "g", "g")
		for range 8 {
			s.Press("J")
		}
		row := func() int {
			return slices.IndexFunc(s.Lines(), func(l string) bool { return strings.Contains(l, "▌ picture 6") })
		}
		before := row()
		if before < 8 || len(s.cellsOf("▀")) > 0 {
			t.Fatalf("the message is in row %d:\n%s", before, s.Screen())
		}
		close(g.hang)
		s.Wait(time.Second)
		if len(s.cellsOf("▀")) < 2 || row() != before {
			t.Errorf("it was in row %d and is in row %d:\n%s", before, row(), s.Screen())
		}
	})
}

// TestPictureThatIsCutOffStaysCutOff: a screen that begins within a picture does
// so when the picture has another size; when it is hidden, it begins with the line
// that tells of it.
func TestPictureThatIsCutOffStaysCutOff(t *testing.T) {
	g := &gallery{files: map[string]thing{photoLink: painting(320, 240), pageLink: painting(320, 240)}}
	inThread(t, ui.Options{}, g, nil, func(s *shop) {
		illustratedTalk(s)
		s.Wait(time.Second)
		for !strings.HasPrefix(s.topOfThread(), "▀") {
			s.Press("j")
		}
		s.Press("j", "j")
		s.showsPictures(image.Pt(60, 9))
		s.Resize(120, 24)
		s.Wait(time.Second)
		s.showsPictures(image.Pt(32, 4))
		s.Press("D")
		if got := s.topOfThread(); !strings.HasPrefix(got, "[image") {
			t.Errorf("the screen begins with %q:\n%s", got, s.Screen())
		}
	})
}

func TestPicturesThatFollowOneAnotherStandSideBySide(t *testing.T) {
	g := &gallery{files: map[string]thing{photoLink: painting(320, 240), pageLink: painting(160, 90), voiceLink: {kind: "audio/ogg"}}}
	photo, small, voice := linked("image", photoLink), linked("image", pageLink), linked("audio", voiceLink)
	inThread(t, ui.Options{}, g, []inbox.Attachment{photo, small, photo, voice, small}, func(s *shop) {
		// 30 and 20 columns with 2 between them fit into 79; the third is 11 rows below.
		if got := s.cellsOf("▀"); !slices.Equal(got, []image.Point{{50, 11 + 11}, {20, 6}}) {
			t.Errorf("%v:\n%s", got, s.Screen())
		}
	})
}

func TestKittyDrawsPicturesInTheThread(t *testing.T) {
	g := &gallery{files: map[string]thing{photoLink: painting(64, 64)}}
	inThread(t, ui.Options{Pictures: ui.PicturesKitty}, g, onePhoto(), func(s *shop) {
		given := func() int { return strings.Count(s.sentSince(0), "a=T") }
		taken := func() int { return strings.Count(s.sentSince(0), "d=I,a=d") }
		has := func(when string, gave int) {
			t.Helper()
			if got := s.cellsOf("\U0010eeee"); !slices.Equal(got, []image.Point{{8, 4}}) || given() != gave || taken() != gave-1 {
				t.Errorf("%s: %v is shown, %d given to the terminal and %d taken away, expected %d and one less", when, got, given(), taken(), gave)
			}
		}
		has("at first", 1)
		s.Press("r", "x", "esc")
		has("when something else is drawn", 1)
		s.Press("ctrl+l")
		s.Wait(time.Second)
		has("drawn anew", 2)
		s.Resize(120, 40)
		s.Wait(time.Second)
		has("when the terminal was cleared", 3)
		s.Resize(140, 50) // at once, and when the terminal was cleared
		s.Wait(time.Second)
		has("in another size", 5)
		s.Press("q")
		if !s.Quit || taken() != given() {
			t.Errorf("at the end %d of %d were taken away", taken(), given())
		}
	})
}

// TestPlaceholdersReachTheTerminalWhole: the renderer keeps each of them as one
// cell with its marks and its colour, with either way to measure text.
func TestPlaceholdersReachTheTerminalWhole(t *testing.T) {
	g := &gallery{files: map[string]thing{photoLink: painting(64, 64)}}
	inThread(t, ui.Options{Pictures: ui.PicturesKitty}, g, onePhoto(), func(s *shop) {
		s.Press("I") // beside them
		if a, b := s.LineWith("\U0010eeee"), s.LineWith("reply window"); strings.LastIndex(a, "│") < 0 || ansi.StringWidth(a[:strings.LastIndex(a, "│")]) != ansi.StringWidth(b[:strings.LastIndex(b, "│")]) {
			t.Errorf("the customer's column is not straight:\n%s", s.Screen())
		}
		for _, method := range []ansi.Method{ansi.WcWidth, ansi.GraphemeWidth} {
			screen := uv.NewScreenBuffer(120, 40)
			screen.Method = method
			uv.NewStyledString(s.View().Content).Draw(screen, screen.Bounds())
			rows := 0
			for y := range 40 {
				for x := range 120 {
					cell := screen.CellAt(x, y)
					if !strings.HasPrefix(cell.Content, "\U0010eeee") {
						continue
					}
					if len([]rune(cell.Content)) != 4 || cell.Width != 1 || cell.Style.Fg == nil {
						t.Fatalf("at %d, %d the cell is %q, %d wide, of colour %v", x, y, cell.Content, cell.Width, cell.Style.Fg)
					}
					rows++
				}
			}
			if rows != 8*4 {
				t.Errorf("%v: %d cells", method, rows)
			}
		}
	})
}

func TestTerminalForgetsPicturesThatAreNotSeenForLong(t *testing.T) {
	g := &gallery{files: map[string]thing{photoLink: painting(640, 384)}}
	inThread(t, ui.Options{Pictures: ui.PicturesKitty}, g, nil, func(s *shop) {
		album(s, 80) // of 1 MB each
		s.Press("tab")
		for range 60 {
			s.Press("pgup")
			s.Wait(time.Second)
		}
		s.Sees("picture 1")
		given, taken := strings.Count(s.sentSince(0), "a=T"), strings.Count(s.sentSince(0), "d=I,a=d")
		if given < 70 || given-taken > 40 || given-taken < 20 {
			t.Errorf("of %d pictures the terminal has forgotten %d", given, taken)
		}
		n := g.fetches
		s.Press("G")
		s.Wait(time.Second)
		if len(s.cellsOf("\U0010eeee")) < 2 || g.fetches == n {
			t.Errorf("what was forgotten is not fetched again: %d fetches, then %d", n, g.fetches)
		}
	})
}

func TestForgottenCustomersPicturesAreForgotten(t *testing.T) {
	g := &gallery{files: map[string]thing{photoLink: painting(64, 64)}}
	inThread(t, ui.Options{Pictures: ui.PicturesKitty}, g, onePhoto(), func(s *shop) {
		if err := s.in.Forget(s.ctx, id(inbox.Instagram, "Maya")); err != nil {
			t.Fatal(err)
		}
		s.Wait(time.Second)
		if sent := s.sentSince(0); !strings.Contains(sent, "d=I,a=d") {
			t.Error("the terminal still has the picture")
		}
		s.Misses("\U0010eeee")
	})
}

// quarters is a picture of four colours.
func quarters(width, height int) thing {
	img := image.NewRGBA(image.Rect(0, 0, width, height))
	for i, c := range []color.RGBA{{200, 60, 50, 255}, {60, 140, 90, 255}, {50, 90, 170, 255}, {230, 190, 80, 255}} {
		at := image.Pt(i%2*width/2, i/2*height/2)
		draw.Draw(img, image.Rectangle{at, at.Add(image.Pt(width/2, height/2))}, image.NewUniform(c), image.Point{}, draw.Src)
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		panic(err)
	}
	return thing{kind: "image/png", data: b.Bytes()}
}

func TestScreensOfPicturesInTheThread(t *testing.T) {
	g := &gallery{files: map[string]thing{
		photoLink: quarters(640, 480), voiceLink: {kind: "audio/ogg", bytes: 31 << 10, length: 17 * time.Second},
		pageLink: {err: inbox.Errorf(inbox.NotFound, "shop.example has it no longer, or not for this link (HTTP 404)")},
	}}
	things := []inbox.Attachment{linked("image", photoLink), linked("audio", voiceLink), linked("image", pageLink)}
	inThread(t, ui.Options{Opener: []string{"true"}}, g, things, func(s *shop) {
		for _, size := range [][2]int{{80, 24}, {120, 40}} {
			s.Resize(size[0], size[1])
			s.Wait(time.Second)
			compareScreen(t, fmt.Sprintf("pictures-%dx%d-dark", size[0], size[1]), picture(s.View().Content))
		}
	})
}
