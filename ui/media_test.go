package ui_test

import (
	"bytes"
	"context"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"parley/inbox"
	"parley/ui"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
	uv "github.com/charmbracelet/ultraviolet"
	"github.com/charmbracelet/x/ansi"
)

// gallery is what the links lead to.
type gallery struct {
	mu      sync.Mutex
	files   map[string]thing
	looks   int
	fetches int
	waiting int           // have been asked and not been answered
	hang    chan struct{} // not nil: nothing is answered before it is closed
}

type thing struct {
	kind   string
	data   []byte
	bytes  int64 // said to have; 0: as many as there are
	length time.Duration
	err    error
}

func (g *gallery) Head(_ context.Context, link string) (inbox.MediaInfo, error) {
	f := g.answer(link, &g.looks)
	if f.bytes == 0 {
		f.bytes = int64(len(f.data))
	}
	return inbox.MediaInfo{Type: f.kind, Bytes: f.bytes, Length: f.length}, f.err
}

func (g *gallery) Fetch(_ context.Context, link string, _ int64) (inbox.MediaFile, error) {
	f := g.answer(link, &g.fetches)
	return inbox.MediaFile{Type: f.kind, Data: f.data}, f.err
}

// answer counts the question, and waits where it has to.
func (g *gallery) answer(link string, count *int) thing {
	g.mu.Lock()
	*count++
	g.waiting++
	hang := g.hang
	g.mu.Unlock()
	if hang != nil {
		<-hang
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.waiting--
	return g.files[link]
}

// painting is a PNG of that size.
func painting(width, height int) thing {
	img := image.NewRGBA(image.Rect(0, 0, width, height))
	for i := range img.Pix {
		img.Pix[i] = 0xff
	}
	img.SetRGBA(0, 0, color.RGBA{255, 0, 0, 255})
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		panic(err)
	}
	return thing{kind: "image/png", data: b.Bytes()}
}

// shows is a message of a customer with attachments.
func (s *shop) shows(customer string, attachments ...inbox.Attachment) {
	s.T.Helper()
	s.ingest(s.batch(inbox.Instagram, customer, inbox.Message{Direction: inbox.Received, CreatedAt: time.Now().Add(-time.Minute), Attachments: attachments}))
}

// atGallery opens a shop where Maya has sent what the links lead to, in their
// order.
func atGallery(t *testing.T, opts ui.Options, g *gallery, attachments []inbox.Attachment, play func(*shop)) {
	t.Helper()
	if opts.Pictures == "" {
		opts.Pictures = ui.PicturesBlocks
	}
	if opts.InThread == "" {
		opts.InThread = ui.ThreadPicturesOff // this is about the viewer
	}
	fill := func(s *shop) {
		var err error
		s.in, err = inbox.New(s.ctx, inbox.Options{Store: s.store, Accounts: []inbox.Account{{ID: "acme", Provider: s.provider}}, Media: g})
		if err != nil {
			t.Fatal(err)
		}
		threeCustomers(s)
		s.shows("Maya", attachments...)
	}
	atShop(t, 120, 40, opts, fill, func(s *shop) {
		s.Send(tea.ColorProfileMsg{Profile: colorprofile.TrueColor})
		play(s)
	})
}

const (
	photoLink = "https://cdn.example/photo.png"
	voiceLink = "https://cdn.example/voice.mp4"
	pageLink  = "https://shop.example/page"
)

func linked(kind, link string) inbox.Attachment { return inbox.Attachment{Type: kind, URL: link} }

func onePhoto() []inbox.Attachment { return []inbox.Attachment{linked("image", photoLink)} }

func TestPictureIsShownWithItsTypeAndSize(t *testing.T) {
	g := &gallery{files: map[string]thing{photoLink: painting(320, 320)}}
	atGallery(t, ui.Options{}, g, onePhoto(), func(s *shop) {
		s.Press("i")
		s.Sees("image · Maya · png 320 x 320, ", "▀▀▀▀", "o opens · w saves · Esc leaves")
		if !strings.Contains(s.View().Content, "\x1b[38;2;255;255;255m") {
			t.Error("it has no colours")
		}
		// 320 pixels are 40 columns of 8 and 20 rows of 16.
		if n, line := strings.Count(s.Screen(), "▀"), s.LineWith("▀"); n != 40*20 || !strings.HasPrefix(line, strings.Repeat(" ", 40)+"▀") {
			t.Errorf("%d cells, the first line is %q", n, line)
		}
		s.Press("esc")
		s.Misses("▀")
		s.Sees("Maya · Instagram")
		s.Press("i")
		s.Sees("png 320 x 320", "▀▀▀▀")
		if g.looks != 1 || g.fetches != 1 {
			t.Errorf("to show it twice it was looked at %d times and fetched %d times", g.looks, g.fetches)
		}
	})
}

func TestPictureFollowsTheSizeOfTheScreen(t *testing.T) {
	g := &gallery{files: map[string]thing{photoLink: painting(1600, 1200)}}
	atGallery(t, ui.Options{}, g, onePhoto(), func(s *shop) {
		s.Press("i")
		for _, size := range [][2]int{{80, 24}, {40, 12}, {20, 5}, {200, 60}, {9, 3}, {120, 40}} {
			s.Resize(size[0], size[1])
			for _, line := range s.Lines() {
				if w := ansi.StringWidth(line); w > size[0] {
					t.Errorf("%dx%d: a line of %d cells", size[0], size[1], w)
				}
			}
			if size[1] > 10 {
				s.Sees("▀▀▀▀")
			}
		}
		if g.fetches != 1 {
			t.Errorf("it was fetched %d times", g.fetches)
		}
	})
}

func TestLargePictureIsFetchedOverSSHWhenTheAgentSaysSo(t *testing.T) {
	large := painting(64, 64)
	large.bytes = 2 << 20
	for _, far := range []bool{true, false} {
		g := &gallery{files: map[string]thing{photoLink: large}}
		atGallery(t, ui.Options{}, g, onePhoto(), func(s *shop) {
			if far {
				s.Send(tea.EnvMsg{"SSH_TTY=/dev/pts/1"})
			}
			s.Press("i")
			if far {
				s.Sees("A picture (2.0 MB). Enter fetches it", "png, 2.0 MB")
				if g.fetches != 0 {
					t.Error("it was fetched before anybody said so")
				}
				s.Press("enter")
			}
			s.Sees("▀▀▀▀")
		})
	}
	g := &gallery{files: map[string]thing{photoLink: painting(64, 64)}}
	atGallery(t, ui.Options{}, g, onePhoto(), func(s *shop) {
		s.Send(tea.EnvMsg{"SSH_CONNECTION=1 2 3 4"})
		s.Press("i")
		s.Sees("▀▀▀▀") // a small one
	})
}

func TestWhatIsNotShownSaysWhy(t *testing.T) {
	huge := painting(64, 64)
	huge.bytes = 9 << 20
	for name, c := range map[string]struct {
		opts ui.Options
		file thing
		want []string
	}{
		"too large":    {ui.Options{}, huge, []string{"The picture is larger (9.0 MB) than the 8.0 MB"}},
		"a limit":      {ui.Options{ShowBytes: 50}, painting(64, 64), []string{"larger", "than the 50 B"}},
		"switched off": {ui.Options{Pictures: ui.PicturesOff}, painting(64, 64), []string{"switched off", "png, "}},
		"a film":       {ui.Options{}, thing{kind: "video/mp4", bytes: 3 << 20, length: 83 * time.Second}, []string{"mp4, 1:23, 3.0 MB", "nothing that a terminal shows"}},
		"a web page":   {ui.Options{}, thing{kind: "text/html", bytes: -1}, []string{"This is a web page"}},
		"anything":     {ui.Options{}, thing{bytes: 20}, []string{"a file of an unknown kind, 20 B"}},
	} {
		g := &gallery{files: map[string]thing{photoLink: c.file}}
		atGallery(t, c.opts, g, onePhoto(), func(s *shop) {
			s.Press("i", "enter")
			s.Sees(c.want...)
			s.Misses("▀▀")
			if g.fetches != 0 {
				t.Errorf("%s: it was fetched", name)
			}
		})
	}
}

func TestDamagedPictureAndFailedFetchCanBeTriedAgain(t *testing.T) {
	g := &gallery{files: map[string]thing{photoLink: {kind: "image/png", data: []byte("\x89PNG\r\n\x1a\n rubbish")}}}
	atGallery(t, ui.Options{}, g, onePhoto(), func(s *shop) {
		s.Press("i")
		s.Sees("The picture is damaged", "Enter tries again")
		g.files[photoLink] = thing{err: inbox.Errorf(inbox.Unavailable, "cdn.example took too long").WithHint("try again")}
		s.Press("enter")
		s.Sees("Cdn.example took too long.")
		g.files[photoLink] = painting(64, 64)
		s.Press("enter")
		s.Sees("▀▀▀▀")
	})
}

func TestEachThingOfAMessageIsLookedAt(t *testing.T) {
	g := &gallery{files: map[string]thing{photoLink: painting(64, 64), voiceLink: {kind: "video/mp4", bytes: 4096, length: 7 * time.Second}, pageLink: {kind: "text/html"}}}
	things := []inbox.Attachment{linked("image", photoLink), linked("like_heart", ""), linked("audio", voiceLink), linked("share", pageLink)}
	atGallery(t, ui.Options{}, g, things, func(s *shop) {
		s.Press("i")
		s.Sees("1 of 3 image", "j k next and previous", "▀▀▀▀")
		s.Press("k", "j")
		s.Sees("2 of 3", "mp4, 0:07, 4 KB")
		s.Misses("▀▀")
		s.Press("j", "j")
		s.Sees("3 of 3 shared a post", "a web page")
		s.Press("k", "k")
		s.Sees("1 of 3 image", "▀▀▀▀")
		if g.looks != 3 || g.fetches != 1 {
			t.Errorf("%d looks and %d fetches", g.looks, g.fetches)
		}
	})
}

func TestStoryThatIsAnsweredCanBeLookedAt(t *testing.T) {
	g := &gallery{files: map[string]thing{photoLink: painting(64, 64)}}
	atGallery(t, ui.Options{}, g, nil, func(s *shop) {
		s.ingest(s.batch(inbox.Instagram, "Maya", inbox.Message{
			Direction: inbox.Received, Text: "so nice!", CreatedAt: time.Now(), ReplyTo: &inbox.Reference{Kind: "story", URL: photoLink},
		}))
		s.Press("i")
		s.Sees("replied to your story · Maya", "▀▀▀▀")
	})
}

func TestViewerBelongsToTheSelectedMessage(t *testing.T) {
	g := &gallery{files: map[string]thing{photoLink: painting(64, 64), pageLink: {kind: "text/html", bytes: 5}}}
	atGallery(t, ui.Options{}, g, onePhoto(), func(s *shop) {
		s.writes(inbox.Instagram, "Maya", "do you like it?", 0)
		s.Press("i") // the newest message with something to look at
		s.Sees("image · Maya")
		s.shows("Maya", linked("share", pageLink))
		s.writes(inbox.Instagram, "Nadia", "hello", 0)
		s.Sees("image · Maya", "▀▀▀▀")
		s.Press("esc", "i")
		s.Sees("shared a post")
		s.Press("esc", "K", "i") // "do you like it?" has nothing
		s.Sees("the selected message has nothing to look at")
		s.Press("j", "i")
		s.Sees("there is nothing to look at here")
	})
}

func TestLateAnswersChangeNothing(t *testing.T) {
	g := &gallery{files: map[string]thing{photoLink: painting(64, 64)}}
	atGallery(t, ui.Options{}, g, onePhoto(), func(s *shop) {
		g.hang = make(chan struct{})
		s.Press("i")
		s.Sees("Asking what it is")
		s.Press("enter", "esc")
		close(g.hang)
		s.Settle()
		s.Misses("▀▀", "image · Maya")
		if g.looks != 1 || g.fetches != 0 {
			t.Errorf("%d looks and %d fetches for nobody", g.looks, g.fetches)
		}
	})
}

// sent is everything that went to the terminal beside the frames since a moment.
func (s *shop) sentSince(n int) string { return strings.Join(s.Raw[n:], "") }

func TestKittyIsGivenThePictureAndForgetsIt(t *testing.T) {
	for _, name := range []string{"kitty(0.35.2)", "ghostty 1.1.0"} {
		g := &gallery{files: map[string]thing{photoLink: painting(64, 64)}}
		atGallery(t, ui.Options{Pictures: ui.PicturesAuto}, g, onePhoto(), func(s *shop) {
			s.Send(tea.TerminalVersionMsg{Name: name})
			n := len(s.Raw)
			s.Press("i")
			s.Sees("\U0010eeee")
			sent := s.sentSince(n)
			if !strings.Contains(sent, "\x1b_G") || !strings.Contains(sent, "a=T") || !strings.Contains(sent, "U=1") {
				t.Errorf("%s: it was sent %.80q", name, sent)
			}
			n = len(s.Raw)
			s.Press("esc")
			if sent := s.sentSince(n); !strings.Contains(sent, "d=I,a=d") {
				t.Errorf("%s: nothing told the terminal to forget it: %q", name, sent)
			}
			s.Misses("\U0010eeee")
		})
	}
}

func TestTerminalsWithoutPlaceholdersGetBlocks(t *testing.T) {
	for name, tell := range map[string]func(*shop){
		"WezTerm": func(s *shop) { s.Send(tea.TerminalVersionMsg{Name: "WezTerm 20240203"}) },
		"tmux in kitty": func(s *shop) {
			s.Send(tea.EnvMsg{"TMUX=/tmp/x,1,0"})
			s.Send(tea.TerminalVersionMsg{Name: "kitty(0.35)"})
		},
		"few colours": func(s *shop) {
			s.Send(tea.TerminalVersionMsg{Name: "kitty(0.35)"})
			s.Send(tea.ColorProfileMsg{Profile: colorprofile.ANSI})
		},
		"sixel, no size": func(s *shop) { s.Send(uv.PrimaryDeviceAttributesEvent{62, 4}) },
		"a size only":    func(s *shop) { s.Send(uv.CellSizeEvent{Width: 10, Height: 20}) },
	} {
		g := &gallery{files: map[string]thing{photoLink: painting(64, 64)}}
		atGallery(t, ui.Options{Pictures: ui.PicturesAuto}, g, onePhoto(), func(s *shop) {
			tell(s)
			n := len(s.Raw)
			s.Press("i")
			s.Sees("▀▀▀▀")
			if sent := s.sentSince(n); strings.Contains(sent, "\x1b_G") || strings.Contains(sent, "\x1bP") {
				t.Errorf("%s: it was sent %.80q", name, sent)
			}
		})
	}
}

func TestSixelIsPaintedWhenTheFrameStands(t *testing.T) {
	g := &gallery{files: map[string]thing{photoLink: painting(100, 100)}}
	atGallery(t, ui.Options{Pictures: ui.PicturesAuto}, g, onePhoto(), func(s *shop) {
		n := len(s.Raw)
		s.Press("i")
		if asked := s.sentSince(n); asked != "\x1b[c\x1b[16t" {
			t.Errorf("the terminal was asked %q", asked)
		}
		s.Sees("▀▀▀▀") // until it answers
		s.Send(uv.PrimaryDeviceAttributesEvent{62, 4, 22})
		s.Send(uv.CellSizeEvent{Width: 10, Height: 20})
		s.Misses("▀▀")
		n = len(s.Raw)
		s.Wait(time.Second)
		// 100 pixels are 10 columns and 5 rows, in the middle of 120 columns.
		if sent := s.sentSince(n); !strings.HasPrefix(sent, "\x1b7\x1b[3;56H\x1bP0;1q") || !strings.HasSuffix(sent, "\x1b\\\x1b8") {
			t.Errorf("it painted %.60q", sent)
		}
		n = len(s.Raw)
		s.Press("esc", "i")
		s.Press("esc") // before it was painted
		s.Wait(time.Second)
		if sent := s.sentSince(n); strings.Contains(sent, "\x1bP") {
			t.Error("it painted over the thread")
		}
	})
}

func TestFilesAreSavedUnderNamesOfTheirOwn(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new folder")
	photo := painting(64, 64)
	g := &gallery{files: map[string]thing{photoLink: photo}}
	atGallery(t, ui.Options{Downloads: dir}, g, onePhoto(), func(s *shop) {
		s.Press("w")
		s.Sees("saved as ")
		s.Press("i", "w", "esc")
		s.Press("w")
		entries, err := os.ReadDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, e := range entries {
			names = append(names, e.Name())
			info, err := e.Info()
			if err != nil || info.Mode().Perm() != 0o600 {
				t.Errorf("%s: %v, %v", e.Name(), info.Mode(), err)
			}
			if data, err := os.ReadFile(filepath.Join(dir, e.Name())); err != nil || !bytes.Equal(data, photo.data) {
				t.Errorf("%s holds %d bytes, %v", e.Name(), len(data), err)
			}
		}
		if got := strings.Join(names, ", "); got != "2000-01-01 09.59 Maya (2).png, 2000-01-01 09.59 Maya (3).png, 2000-01-01 09.59 Maya.png" {
			t.Errorf("files: %s", got)
		}
		g.files[photoLink] = thing{kind: "text/html", data: []byte("<html>")}
		s.Press("w")
		s.Sees("not saved: the link leads to a web page")
		g.files[photoLink] = thing{err: inbox.Errorf(inbox.Rejected, "the file is too large")}
		s.Press("w")
		s.Sees("not saved: the file is too large")
	})
}

// opening is a program that writes down what it was called with.
func opening(t *testing.T, exit string) (command []string, called func() string) {
	t.Helper()
	out := filepath.Join(t.TempDir(), "called")
	program := filepath.Join(t.TempDir(), "open")
	if err := os.WriteFile(program, []byte("#!/bin/sh\nprintf '%s|' \"$@\" >'"+out+"'\nexit "+exit+"\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	return []string{program, "--tab"}, func() string {
		data, _ := os.ReadFile(out)
		return string(data)
	}
}

func TestLinkOpensWithoutAShellAndNotOverSSH(t *testing.T) {
	link := "https://cdn.example/$(rm -rf ~)/a.png?x=1&y=`id`"
	for _, far := range []bool{false, true} {
		command, called := opening(t, "0")
		g := &gallery{}
		atGallery(t, ui.Options{Opener: command}, g, []inbox.Attachment{linked("image", link)}, func(s *shop) {
			if far {
				s.Send(tea.EnvMsg{"SSH_TTY=/dev/pts/1"})
			}
			n := len(s.Raw)
			s.Press("o")
			if far {
				s.Sees("copied")
				if sent := s.sentSince(n); called() != "" || !strings.Contains(sent, "\x1b]52;") {
					t.Errorf("opened %q, sent %q", called(), sent)
				}
				return
			}
			s.Sees("opening https://cdn.example/")
			if got := called(); got != "--tab|https://cdn.example/$%28rm%20-rf%20~%29/a.png?x=1&y=`id`|" {
				t.Errorf("opened %q", got)
			}
		})
	}
	command, _ := opening(t, "3")
	atGallery(t, ui.Options{Opener: command}, &gallery{}, onePhoto(), func(s *shop) {
		s.Press("i", "o")
		s.Sees("open the link: ")
	})
}
