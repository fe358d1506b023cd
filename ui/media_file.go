package ui

import (
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"parley/inbox"

	tea "charm.land/bubbletea/v2"
)

// What leaves the screen for the machine: a file that the agent keeps, a link that
// the system opens. Names and links are a stranger's, so neither passes through a
// shell, no file is written over, and what it is called is made here.

// saveBytes is the largest file that is saved.
const saveBytes = 100 << 20

// savedFileMsg says what became of a file.
type savedFileMsg struct {
	path string
	err  error
}

// saveChosen saves what came with the selected message; of several things the
// agent chooses in the viewer.
func (u *UI) saveChosen() tea.Cmd {
	e, items := u.chosenViewable()
	v := &viewer{from: u.senderName(e), at: e.at(), items: items}
	if len(items) > 1 {
		u.say("there are " + strconv.Itoa(len(items)) + ": w saves the one that is shown")
		u.show(v)
		return tea.Batch(u.askForPictures(), v.begin(u))
	}
	return u.saveItem(v)
}

const noDownloads = "the config has no folder for downloads"

func cannotSave(u *UI) string {
	if u.opts.Downloads == "" {
		return noDownloads
	}
	return cannotView(u)
}

// saveItem fetches what the viewer shows and writes it into the agent's folder.
func (u *UI) saveItem(v *viewer) tea.Cmd {
	if u.opts.Downloads == "" {
		u.warn(noDownloads)
		return nil
	}
	ref, dir := v.item().ref, u.opts.Downloads
	name := fileName(v.at.In(u.opts.Zone), v.from)
	u.say("saving …")
	return func() tea.Msg {
		file, err := u.in.Media(u.ctx, ref, saveBytes)
		if err != nil {
			return savedFileMsg{err: err}
		}
		if file.Type == "text/html" {
			return savedFileMsg{err: inbox.Errorf(inbox.Rejected, "the link leads to a web page, not to a file")}
		}
		path, err := writeNew(dir, name, extension(file.Type), file.Data)
		return savedFileMsg{path, err}
	}
}

func (u *UI) fileSaved(msg savedFileMsg) {
	if msg.err != nil {
		u.warn("not saved: " + sentence(inbox.AsError(msg.err)))
		return
	}
	u.say("saved as " + msg.path)
}

// nameBytes is the longest part of a name that is a customer's.
const nameBytes = 60

// fileName is a name without its extension: when it was sent, and by whom. It
// begins with a digit, so it is no hidden file, no option and no device.
func fileName(at time.Time, from string) string {
	clean := strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) || r == '-' || r == '_' {
			return r
		}
		return ' '
	}, inbox.CleanLine(from))
	clean = strings.Join(strings.Fields(clean), " ")
	for len(clean) > nameBytes {
		_, size := utf8.DecodeLastRuneInString(clean)
		clean = clean[:len(clean)-size]
	}
	return strings.TrimSpace(at.Format("2006-01-02 15.04") + " " + clean)
}

// extension is that of a media type which was found out by the first bytes. What
// could be a program has none that would start it.
func extension(mediaType string) string {
	switch mediaType {
	case "image/jpeg":
		return ".jpg"
	case "video/quicktime":
		return ".mov"
	case "audio/mpeg":
		return ".mp3"
	case "audio/mp4":
		return ".m4a"
	case "application/pdf":
		return ".pdf"
	case "image/png", "image/gif", "image/webp", "image/heic", "image/avif", "video/mp4", "video/webm", "audio/wav", "audio/ogg":
		_, kind, _ := strings.Cut(mediaType, "/")
		return "." + kind
	}
	return ".bin"
}

// mostNames is how many files of the same name are counted through.
const mostNames = 1000

// writeNew writes a file that was not there before, under the name or one with a
// number, and returns its path.
func writeNew(dir, name, ext string, data []byte) (path string, err error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", saving(dir, err)
	}
	for n := 1; n <= mostNames; n++ {
		path := filepath.Join(dir, name+ext)
		if n > 1 {
			path = filepath.Join(dir, name+" ("+strconv.Itoa(n)+")"+ext)
		}
		f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
		if errors.Is(err, fs.ErrExist) {
			continue
		}
		if err != nil {
			return "", saving(dir, err)
		}
		return path, fillFile(f, data)
	}
	return "", inbox.Errorf(inbox.Rejected, "%s has %d files of that name", dir, mostNames)
}

// fillFile writes everything or leaves no file.
func fillFile(f *os.File, data []byte) error {
	_, err := f.Write(data)
	if closing := f.Close(); err == nil {
		err = closing
	}
	if err != nil {
		_ = os.Remove(f.Name())
		return saving(filepath.Dir(f.Name()), err)
	}
	return nil
}

// saving is an error with the folder and without the name, which is a customer's.
func saving(dir string, err error) error {
	var inner *fs.PathError
	if errors.As(err, &inner) {
		err = inner.Err
	}
	return inbox.Errorf(inbox.Unavailable, "cannot write into %s: %w", dir, err).WithHint("set downloads in the config to another folder")
}

// openLink opens a link on the machine of the agent, where parley runs there;
// elsewhere the link is shown and copied.
func (u *UI) openLink(link string) tea.Cmd {
	if !u.opensLinks() {
		return u.copied(link)
	}
	u.say("opening " + link)
	args := append(slices.Clone(u.opts.Opener[1:]), link)
	return func() tea.Msg {
		// Not with the session's context: what was opened stays open.
		return doneMsg{what: "open the link", err: exec.Command(u.opts.Opener[0], args...).Run()}
	}
}
