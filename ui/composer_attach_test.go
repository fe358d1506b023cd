package ui_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"parley/inbox"
	"parley/ui"

	tea "charm.land/bubbletea/v2"
)

// machine is an agent's machine: its files, and the command that uploads them.
type machine struct {
	files   map[string]int64
	takes   time.Duration
	fails   error
	begun   []string
	stopped []string
}

func (m *machine) Look(path string) (inbox.LocalFile, error) {
	size, ok := m.files[path]
	if !ok {
		return inbox.LocalFile{}, inbox.Errorf(inbox.NotFound, "there is no file %s", path)
	}
	return inbox.LocalFile{Path: path, Bytes: size}, nil
}

func (m *machine) Upload(ctx context.Context, f inbox.LocalFile) (string, error) {
	m.begun = append(m.begun, f.Path)
	select {
	case <-time.After(m.takes):
	case <-ctx.Done():
		m.stopped = append(m.stopped, f.Path)
		return "", ctx.Err()
	}
	return "https://cdn.example/up/" + strings.ReplaceAll(f.Name(), " ", "-"), m.fails
}

func usualMachine() *machine {
	return &machine{files: map[string]int64{"/home/ada/sara j.jpg": 1_258_291, "/home/ada/b.png": 2048, "/home/ada/a.heic": 10}, takes: 10 * time.Second}
}

// atMachine is atShop on a machine with files. Without an uploader nothing uploads
// them.
func atMachine(t *testing.T, m *machine, uploader inbox.Uploader, play func(*shop)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		s := openShop(t)
		time.Sleep(10 * time.Hour)
		var err error
		s.in, err = inbox.New(s.ctx, inbox.Options{
			Store: s.store, Index: s.index, Accounts: []inbox.Account{{ID: "acme", Provider: s.provider}}, Files: m, Uploader: uploader,
		})
		if err != nil {
			t.Fatal(err)
		}
		threeCustomers(s)
		s.openScreen(140, 40, ui.Options{})
		play(s)
	})
}

// media is what the stored draft of a customer carries.
func (s *shop) media(id inbox.ConversationID) []string {
	s.T.Helper()
	th, err := s.in.Thread(s.ctx, inbox.ThreadQuery{Conversation: id, Before: 1})
	if err != nil {
		s.T.Fatal(err)
	}
	return th.Draft.Media
}

func TestPastedAddressBecomesAnAttachment(t *testing.T) {
	atShop(t, 120, 40, ui.Options{}, threeCustomers, func(s *shop) {
		s.Press("r")
		s.Type("look: ")
		s.Paste("https://cdn.example/lamp.jpg")
		s.Sees("[image] https://cdn.example/lamp.jpg", "attached lamp.jpg", "Ctrl-Q makes it text again")
		s.Press("enter")
		parts := s.outbox()[0].Parts
		if len(parts) != 2 || parts[0].Text != "look:" || parts[1].URL != "https://cdn.example/lamp.jpg" {
			t.Errorf("sent %+v", parts)
		}
	})
}

func TestAttachmentCanBeMadeTextAgain(t *testing.T) {
	atShop(t, 120, 40, ui.Options{}, threeCustomers, func(s *shop) {
		s.Press("r", "ctrl+q")
		s.Sees("no paste has become an attachment")
		s.Paste("https://cdn.example/one.jpg")
		s.Type("see ")
		s.Paste(" https://cdn.example/two.jpg\nhttps://cdn.example/three.mp4 ")
		s.Sees("[image] https://cdn.example/one.jpg", "[image] https://cdn.example/two.jpg", "[video] https://cdn.example/three.mp4", "attached 2 links")
		s.Press("ctrl+q")
		s.Sees("[image] https://cdn.example/one.jpg", "see  https://cdn.example/two.jpg")
		s.Misses("[video]")
		s.Press("ctrl+q")
		s.Sees("no paste has become an attachment", "[image] https://cdn.example/one.jpg")
	})
}

// TestAttachmentStaysWhereItsTextHasNoRoom: neither of them is lost.
func TestAttachmentStaysWhereItsTextHasNoRoom(t *testing.T) {
	atShop(t, 120, 40, ui.Options{}, threeCustomers, func(s *shop) {
		s.Press("r")
		s.Paste(strings.Repeat("words ", 16<<10/6))
		s.Paste("https://cdn.example/lamp.jpg")
		s.Press("ctrl+q")
		s.Sees("no room: a text may have", "[image] https://cdn.example/lamp.jpg")
		s.Press("ctrl+u")
		s.Press("ctrl+q")
		s.Sees(" https://cdn.example/lamp.jpg")
		s.Misses("[image]")
	})
}

func TestPasteOfAPageStaysText(t *testing.T) {
	for _, text := range []string{
		"https://shop.example/lamps", "https://shop.example/lamp.html", "http://cdn.example/lamp.jpg", "see https://cdn.example/lamp.jpg", "lamp.jpg",
		"https://cdn.example/lamp.jpg https://shop.example/lamps",
	} {
		atShop(t, 140, 40, ui.Options{}, threeCustomers, func(s *shop) {
			s.Press("r")
			s.Paste(text)
			s.Press("esc")
			if got := s.draft(id(inbox.Instagram, "Maya")); got != text || len(s.media(id(inbox.Instagram, "Maya"))) > 0 {
				t.Errorf("%q became the text %q and %q", text, got, s.media(id(inbox.Instagram, "Maya")))
			}
		})
	}
}

func TestAddressThatThePlatformWouldRefuseStaysText(t *testing.T) {
	atShop(t, 140, 40, ui.Options{}, threeCustomers, func(s *shop) {
		s.Press("j", "j", "r") // X takes one
		s.Paste("https://cdn.example/lamp.jpg?size=2")
		s.Sees("it stays text: the media URL has a query", "lamp.jpg?size=2")
		s.Press("ctrl+u")
		s.Paste("https://cdn.example/1.jpg https://cdn.example/2.jpg")
		s.Sees("it stays text: X takes at most 1 attachment in a message, this would be 2", " https://cdn.example/1.jpg https://cdn.example/2.jpg")
		s.Press("enter")
		if parts := s.outbox()[0].Parts; len(parts) != 1 {
			t.Errorf("sent %+v", parts)
		}
	})
}

func TestAttachmentIsCheckedWhileItIsTyped(t *testing.T) {
	atShop(t, 140, 40, ui.Options{}, threeCustomers, func(s *shop) {
		s.Press("r", "ctrl+a")
		s.Type("https://cdn.example/lamp.jpg?size=2")
		s.Sees("has a query")
		s.Press("enter")
		s.Sees("File, or https address, of an image") // it is not taken
		s.Press("ctrl+u")
		s.Type("https://cdn.example/lamp.exe")
		s.Sees(`does not take files that end in ".exe"`)
		s.Press("backspace", "backspace", "backspace")
		s.Type("mp4")
		s.Misses("does not take files")
		s.Press("enter")
		s.Sees("[video] https://cdn.example/lamp.mp4")
		s.Press("backspace")
		s.Misses("[video]")
	})
}

func TestAddressBeforeTheCursorIsAttached(t *testing.T) {
	atShop(t, 140, 40, ui.Options{}, threeCustomers, func(s *shop) {
		s.Press("r")
		s.Type("look: http://cdn.example/lamp.jpg")
		s.Press("ctrl+a")
		s.Sees("[image] http://cdn.example/lamp.jpg", " look:")
		s.Type("https://cdn.example/page")
		s.Press("ctrl+a")
		s.Sees("does not take files that end in", " look: https://cdn.example/page")
	})
}

func TestMoreAttachmentsThanThePlatformTakesAreRefused(t *testing.T) {
	fill := func(s *shop) { s.writes(inbox.Twitter, "Priya", "hi", time.Minute) }
	atShop(t, 140, 40, ui.Options{}, fill, func(s *shop) {
		s.Press("r")
		for _, name := range []string{"one", "two"} {
			s.Press("ctrl+a")
			s.Paste("https://cdn.example/" + name + ".jpg")
			s.Press("enter")
		}
		s.Sees("X takes at most 1 attachment in a message", "File, or https address")
		s.Press("esc", "enter")
		s.Sees("X needs at least 1 character of text")
	})
}

func TestDroppedFileIsUploadedAndSent(t *testing.T) {
	m := usualMachine()
	atMachine(t, m, m, func(s *shop) {
		s.Press("r")
		s.Type("here: ")
		s.Paste(`'/home/ada/sara j.jpg' `)
		s.Sees("[image] sara j.jpg 1.2 MB uploading …", "uploading sara j.jpg (1.2 MB) … · Ctrl-Q makes it text again", " here: ")
		s.Misses("/home/ada")
		s.Press("enter")
		s.Sees("sara j.jpg is still being uploaded: press again when it is there, Ctrl-X drops it")
		if n := len(s.outbox()); n > 0 {
			t.Fatalf("%d messages left without their picture", n)
		}
		s.Wait(11 * time.Second)
		s.Sees("[image] https://cdn.example/up/sara-j.jpg", "sara j.jpg is uploaded")
		s.Press("enter")
		if parts := s.outbox()[0].Parts; len(parts) != 2 || parts[1].URL != "https://cdn.example/up/sara-j.jpg" {
			t.Errorf("sent %+v", parts)
		}
	})
}

func TestUploadLandsInTheDraftThatItWasBegunFor(t *testing.T) {
	m := usualMachine()
	atMachine(t, m, m, func(s *shop) {
		s.Press("r")
		s.Type("for Maya")
		s.Paste("/home/ada/b.png")
		s.Press("esc", "j", "r")
		s.Sees("to Jamal")
		s.Type("for Jamal")
		s.Wait(11 * time.Second)
		s.Sees("b.png is uploaded, and attached to the draft to Maya", "to Jamal")
		s.Misses("[image]")
		if got := s.media(id(inbox.Instagram, "Maya")); !slices.Equal(got, []string{"https://cdn.example/up/b.png"}) {
			t.Errorf("Maya's draft carries %q", got)
		}
		s.Press("enter")
		if parts := s.outbox()[0].Parts; len(parts) != 1 || parts[0].Text != "for Jamal" {
			t.Errorf("sent to Jamal: %+v", parts)
		}
		s.Press("k", "r")
		s.Sees("to Maya", "for Maya", "[image] https://cdn.example/up/b.png")
	})
}

func TestUploadThatEndsWhileTheThreadIsReadIsNotLost(t *testing.T) {
	m := usualMachine()
	atMachine(t, m, m, func(s *shop) {
		s.Press("r")
		s.Paste("/home/ada/b.png")
		s.Press("esc", "j")
		s.Wait(m.takes - time.Second)
		s.Press("k")
		s.Wait(2 * time.Second)
		s.Press("r")
		s.Sees("to Maya", "[image] https://cdn.example/up/b.png")
	})
}

func TestDroppedAttachmentStopsItsUpload(t *testing.T) {
	m := usualMachine()
	atMachine(t, m, m, func(s *shop) {
		s.Press("r")
		s.Type("one ")
		s.Paste("/home/ada/b.png")
		s.Press("ctrl+x")
		s.Misses("[image]")
		s.Paste("file:///home/ada/sara%20j.jpg")
		s.Press("ctrl+q")
		s.Sees("one file:///home/ada/sara%20j.jpg")
		s.Misses("[image]")
		s.Wait(time.Minute)
		s.Misses("is uploaded", "is not uploaded")
		if !slices.Equal(m.stopped, []string{"/home/ada/b.png", "/home/ada/sara j.jpg"}) {
			t.Errorf("stopped: %q", m.stopped)
		}
	})
}

func TestFailedUploadKeepsTheFileAndCanBeTriedAgain(t *testing.T) {
	m := usualMachine()
	m.fails = inbox.Errorf(inbox.Unavailable, "upload.sh: AccessDenied").WithHint("it is the upload_command of the config")
	atMachine(t, m, m, func(s *shop) {
		s.Press("r")
		s.Type("look")
		s.Paste("/home/ada/b.png")
		s.Wait(11 * time.Second)
		s.Sees("b.png is not uploaded: upload.sh: AccessDenied: it is the upload_command of the config", "[image] b.png not uploaded: upload.sh: AccessDenied")
		s.Press("enter")
		s.Sees("b.png is not uploaded: Ctrl-A tries again, Ctrl-X drops it")
		s.Press("esc")
		if got := s.media(id(inbox.Instagram, "Maya")); !slices.Equal(got, []string{"file:///home/ada/b.png"}) {
			t.Errorf("the draft carries %q", got)
		}
		m.fails = nil
		s.Press("r", "ctrl+a")
		s.Sees("[image] b.png uploading …")
		s.Wait(11 * time.Second)
		s.Press("enter")
		if parts := s.outbox()[0].Parts; len(parts) != 2 || parts[1].URL != "https://cdn.example/up/b.png" {
			t.Errorf("sent %+v", parts)
		}
	})
}

func TestFileThatWasNotUploadedBeforeACrashCanBeStill(t *testing.T) {
	m := usualMachine()
	atMachine(t, m, m, func(s *shop) {
		maya := id(inbox.Instagram, "Maya")
		if err := s.in.SaveDraft(s.ctx, inbox.Draft{Conversation: maya, Text: "x", Media: []string{"file:///home/ada/b.png"}}); err != nil {
			t.Fatal(err)
		}
		s.Wait(time.Second)
		s.Press("r")
		s.Sees("[image] b.png not uploaded: Ctrl-A does")
		s.Press("ctrl+a")
		s.Wait(11 * time.Second)
		s.Sees("[image] https://cdn.example/up/b.png")
	})
}

func TestDroppedFilesThatCannotBeSentStayText(t *testing.T) {
	for name, tt := range map[string]struct {
		paste string
		no    bool // nothing uploads
		sees  string
	}{
		"a kind that the platform does not take": {"/home/ada/a.heic", false, `it stays text: Instagram does not take files that end in ".heic"`},
		"nothing uploads":                        {"/home/ada/b.png", true, "it stays text: set upload_command in [media] of the config: Instagram fetches from public https addresses only"},
		"a picture that is not there":            {"/home/ada/none.jpg", false, "it stays text: there is no file /home/ada/none.jpg"},
		"of another machine":                     {`C:\Users\ada\none.jpg`, false, "it stays text: there is no file"},
		"one of two":                             {"/home/ada/b.png /home/ada/none.jpg", false, "it stays text: there is no file /home/ada/none.jpg"},
		"a command":                              {"/help", false, "Enter send"},
	} {
		t.Run(name, func(t *testing.T) {
			m := usualMachine()
			var uploader inbox.Uploader = m
			if tt.no {
				uploader = nil
			}
			atMachine(t, m, uploader, func(s *shop) {
				s.Press("r")
				s.Paste(tt.paste)
				s.Sees(tt.sees)
				s.Misses("[image]")
				s.Press("esc")
				if got := s.draft(id(inbox.Instagram, "Maya")); got != tt.paste {
					t.Errorf("%q became %q", tt.paste, got)
				}
				if len(m.begun) > 0 {
					t.Errorf("uploaded: %q", m.begun)
				}
			})
		})
	}
}

func TestDropOverSSHSaysWhereTheFileIs(t *testing.T) {
	m := usualMachine()
	atMachine(t, m, m, func(s *shop) {
		s.Send(tea.EnvMsg{"SSH_TTY=/dev/pts/1"})
		s.Press("r")
		s.Paste("/Users/ada/lamp.jpg")
		s.Sees("there is no file /Users/ada/lamp.jpg on this machine: what is dropped over SSH stays on yours")
	})
}

func TestTypingGoesOnWhileTheDiskIsAsked(t *testing.T) {
	m := usualMachine()
	m.files["/home/ada/c d.png"] = 10
	atMachine(t, m, m, func(s *shop) {
		s.Press("r")
		s.Type("see ")
		s.Deliver(tea.PasteMsg{Content: "/home/ada/c d.png"})
		for _, letter := range "!!" {
			s.Deliver(tea.KeyPressMsg{Code: letter, Text: string(letter)})
		}
		s.Settle()
		s.Sees("[image] c d.png 10 B uploading …", " see !!")
		s.Type("?")
		s.Sees(" see !!?")
	})
}

func TestPasteThatWasChangedMeanwhileIsText(t *testing.T) {
	m := usualMachine()
	atMachine(t, m, m, func(s *shop) {
		s.Press("r")
		s.Deliver(tea.PasteMsg{Content: "/home/ada/b.png"})
		s.Deliver(tea.KeyPressMsg{Code: tea.KeyBackspace})
		s.Settle()
		s.Sees("/home/ada/b.pn")
		s.Misses("[image]")
		if len(m.begun) > 0 {
			t.Errorf("uploaded: %q", m.begun)
		}
	})
}

func TestFileIsAskedFor(t *testing.T) {
	m := usualMachine()
	atMachine(t, m, m, func(s *shop) {
		s.Press("r", "ctrl+a")
		s.Type("/home/ada/none")
		s.Press("enter")
		s.Sees("there is no file /home/ada/none")
		s.Press("ctrl+a")
		s.Type("/home/ada/sara j.jpg")
		s.Press("enter")
		s.Sees("[image] sara j.jpg 1.2 MB uploading …")
		s.Wait(11 * time.Second)
		s.Type("look /home/ada/b.png")
		s.Press("ctrl+a")
		s.Sees("[image] https://cdn.example/up/sara-j.jpg", "[image] b.png 2 KB uploading …", " look ")
	})
}

func TestForgottenCustomersUploadsEnd(t *testing.T) {
	m := usualMachine()
	atMachine(t, m, m, func(s *shop) {
		s.Press("r")
		s.Paste("/home/ada/b.png")
		s.Press("esc", "j")
		if err := s.in.Forget(s.ctx, id(inbox.Instagram, "Maya")); err != nil {
			t.Fatal(err)
		}
		s.Wait(time.Minute)
		s.Misses("b.png")
		if !slices.Equal(m.stopped, []string{"/home/ada/b.png"}) {
			t.Errorf("stopped: %q", m.stopped)
		}
	})
}

func TestFileIsStillInTheDraftAfterQuitting(t *testing.T) {
	m := usualMachine()
	atMachine(t, m, m, func(s *shop) {
		s.Press("r")
		s.Paste("/home/ada/b.png")
		s.Press("ctrl+c")
		if got := s.media(id(inbox.Instagram, "Maya")); !slices.Equal(got, []string{"file:///home/ada/b.png"}) {
			t.Errorf("the draft carries %q", got)
		}
	})
}
