// Package savefile writes what came with a message into the agent's folder. What it
// is called is made here, from names that are a stranger's; its extension follows
// from its first bytes; and no file is ever written over.
package savefile

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"parley/inbox"
)

// MaxBytes is the largest file that is worth fetching to be saved.
const MaxBytes = 100 << 20

// Save writes a file that came from somebody at a time, in the agent's zone, and
// returns where it is. The errors are *inbox.Error.
func Save(dir string, at time.Time, from string, file inbox.MediaFile) (path string, err error) {
	if file.Type == "text/html" {
		return "", inbox.Errorf(inbox.Rejected, "the link leads to a web page, not to a file")
	}
	return writeNew(dir, fileName(at, from), extension(file.Type), file.Data)
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
