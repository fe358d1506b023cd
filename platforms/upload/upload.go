// Package upload is the files of the agent's machine: what they are, and the
// command by which a team puts them where platforms can fetch them. It implements
// [inbox.Files] and [inbox.Uploader].
//
// The command is the team's own, of the config: a script for its bucket, say. It
// runs without a shell, gets the file's path as a word of its own, and prints the
// address on the first line of its output. What it says on its standard error is
// shown when it fails.
package upload

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"parley/inbox"
)

// Disk is the files of this machine.
type Disk struct{}

// Look tells how large a file is. The path may begin with ~/, or be a relative one.
func (Disk) Look(path string) (inbox.LocalFile, error) {
	path, err := absolute(path)
	if err != nil {
		return inbox.LocalFile{}, &inbox.Error{Kind: inbox.Rejected, Op: "attach", Text: "cannot look at " + shown(path) + ": " + err.Error()}
	}
	f := inbox.LocalFile{Path: path}
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, syscall.ENOTDIR), errors.Is(err, syscall.ENAMETOOLONG):
		return f, &inbox.Error{Kind: inbox.NotFound, Op: "attach", Text: "there is no file " + shown(path)}
	case err != nil:
		return f, &inbox.Error{Kind: inbox.Rejected, Op: "attach", Text: "cannot look at " + shown(path) + ": " + plainCause(err)}
	case !info.Mode().IsRegular():
		return f, &inbox.Error{Kind: inbox.Rejected, Op: "attach", Text: shown(path) + " is no file, but a " + kindOf(info.Mode())}
	}
	f.Bytes = info.Size()
	return f, nil
}

// absolute is the path as every process understands it.
func absolute(path string) (string, error) {
	rest, ok := strings.CutPrefix(path, "~/")
	if home, err := os.UserHomeDir(); ok && err == nil {
		path = filepath.Join(home, rest)
	}
	return filepath.Abs(path)
}

// shown is a path as an error has it.
func shown(path string) string { return inbox.CleanLine(path) }

// plainCause is an error without the path, which is told before.
func plainCause(err error) string {
	var inner *fs.PathError
	if errors.As(err, &inner) {
		err = inner.Err
	}
	return err.Error()
}

func kindOf(m fs.FileMode) string {
	if m.IsDir() {
		return "folder"
	}
	return "device"
}

// Placeholder is replaced by the path in the words of a command; without it, the
// path is the last word.
const Placeholder = "{file}"

const (
	maxAnswer    = 64 << 10 // bytes of what a command prints
	maxComplaint = 200      // characters of what it says of a failure
	// lastWords is how long a command that was stopped may still write.
	lastWords = time.Second
)

// Command uploads by a program and its arguments.
type Command []string

// Upload runs the command for the file. It is bounded by ctx.
func (c Command) Upload(ctx context.Context, f inbox.LocalFile) (string, error) {
	words := c.words(f.Path)
	out, complaint := &head{limit: maxAnswer}, &head{limit: maxAnswer}
	cmd := exec.CommandContext(ctx, words[0], words[1:]...)
	cmd.Stdout, cmd.Stderr = out, complaint // no standard input: that is the screen's
	cmd.WaitDelay = lastWords
	together(cmd)
	err := cmd.Run()
	if errors.Is(err, exec.ErrWaitDelay) {
		err = nil // it has ended well; what it has left running holds its output open
	}
	name := inbox.CleanLine(words[0])
	switch {
	case ctx.Err() != nil:
		return "", ctx.Err()
	case errors.Is(err, exec.ErrNotFound), errors.Is(err, fs.ErrNotExist):
		return "", failed("there is no command %s", name)
	case err != nil && complaint.line() != "":
		return "", failed("%s: %s", name, clip(complaint.line()))
	case err != nil:
		return "", failed("%s: %s", name, plainCause(err))
	case out.line() == "":
		return "", failed("%s has printed no address", name)
	}
	return out.line(), nil
}

func failed(format string, args ...any) error {
	e := inbox.Errorf(inbox.Unavailable, format, args...).WithHint("it is the upload_command of the config")
	e.Op = "upload"
	return e
}

// words are the command's, with the path of the file.
func (c Command) words(path string) []string {
	words := slices.Clone(c)
	named := false
	for i, word := range words[1:] {
		if strings.Contains(word, Placeholder) {
			words[i+1], named = strings.ReplaceAll(word, Placeholder, path), true
		}
	}
	if !named {
		words = append(words, path)
	}
	return words
}

// clip shortens what a stranger's program says.
func clip(s string) string {
	if runes := []rune(s); len(runes) > maxComplaint {
		return string(runes[:maxComplaint]) + "…"
	}
	return s
}

// head keeps the beginning of what is written and lets the rest go, so that a
// program that talks on neither fills the memory nor breaks off.
type head struct {
	buf   bytes.Buffer
	limit int
}

var _ io.Writer = (*head)(nil)

func (h *head) Write(p []byte) (int, error) {
	h.buf.Write(p[:min(len(p), h.limit-h.buf.Len())])
	return len(p), nil
}

// line is the first line that says anything, without control characters.
func (h *head) line() string {
	for line := range strings.Lines(h.buf.String()) {
		if line = strings.TrimSpace(inbox.CleanLine(line)); line != "" {
			return line
		}
	}
	return ""
}
