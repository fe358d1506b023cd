package config

// Canned replies: plain files in a folder beside the config. The file is the
// text, its name the reply's; folders are a part of the name; NAME.instagram.md
// is the variant for Instagram.

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"parley/inbox"
)

// What a folder of replies may hold. No platform takes a text of 64 KiB, and
// nobody finds one among a thousand.
const (
	replyBytes  = 64 << 10
	mostReplies = 1000
	replyDepth  = 8 // folders in folders
)

// ReplyFolder is where an agent keeps canned replies. It is read whenever
// somebody asks, and only what has changed is read anew.
type ReplyFolder struct {
	dir string

	mu    sync.Mutex
	known map[string]replyFile // by path below dir
}

// replyFile is a file as it was read last.
type replyFile struct {
	size    int64
	changed time.Time
	reply   inbox.Reply
	err     error
}

// Replies is the folder of canned replies that belongs to the config.
func (p Places) Replies() *ReplyFolder {
	return &ReplyFolder{dir: filepath.Join(filepath.Dir(p.Config), "replies")}
}

// Dir is where the files lie.
func (f *ReplyFolder) Dir() string { return f.dir }

// Replies reads the folder, and adds what is built in. What is wrong with a file
// is told with its name and line, beside the replies that can be used.
func (f *ReplyFolder) Replies(ctx context.Context) ([]inbox.Reply, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	replies := inbox.BuiltInReplies()
	found := map[string]replyFile{}
	var wrong []error
	err := filepath.WalkDir(f.dir, func(file string, entry fs.DirEntry, err error) error {
		below, _ := filepath.Rel(f.dir, file)
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case err != nil:
			return f.unreadable(&wrong, below, err)
		case entry.IsDir():
			if below != "." && (hidden(entry.Name()) || strings.Count(below, string(filepath.Separator)) >= replyDepth) {
				return fs.SkipDir
			}
			return nil
		case hidden(entry.Name()) || !isReplyFile(file):
			return nil
		case len(found) == mostReplies:
			wrong = append(wrong, fmt.Errorf("%s: more than %d replies: the rest is left out", f.dir, mostReplies))
			return fs.SkipAll
		}
		read := f.read(file, below)
		found[below] = read
		if read.err != nil {
			wrong = append(wrong, read.err)
		} else {
			replies = append(replies, read.reply)
		}
		return nil
	})
	f.known = found
	return replies, errors.Join(append(wrong, err)...)
}

// unreadable notes a file or folder that cannot be read. That there is no folder
// at all is no mistake: nobody has written a reply yet.
func (f *ReplyFolder) unreadable(wrong *[]error, below string, err error) error {
	if below != "." || !errors.Is(err, fs.ErrNotExist) {
		*wrong = append(*wrong, err)
	}
	return nil
}

// hidden leaves out what editors and systems put beside the files.
func hidden(name string) bool { return strings.HasPrefix(name, ".") || strings.HasPrefix(name, "#") }

func isReplyFile(file string) bool {
	ext := filepath.Ext(file)
	return ext == ".md" || ext == ".txt"
}

// read reads a file, unless it is as it was.
func (f *ReplyFolder) read(file, below string) replyFile {
	info, err := os.Stat(file) // of what a link leads to
	switch {
	case err != nil:
		return replyFile{err: err}
	case !info.Mode().IsRegular():
		return replyFile{err: fmt.Errorf("%s: not a file", file)}
	}
	if was, ok := f.known[below]; ok && was.size == info.Size() && was.changed.Equal(info.ModTime()) {
		return was
	}
	r := replyFile{size: info.Size(), changed: info.ModTime()}
	r.reply, r.err = readReply(file, below)
	return r
}

func readReply(file, below string) (inbox.Reply, error) {
	text, err := readText(file)
	if err != nil {
		return inbox.Reply{}, err
	}
	name, platform := replyName(filepath.ToSlash(below))
	if inbox.CleanLine(name) != name {
		return inbox.Reply{}, fmt.Errorf("%s: the name of the file cannot be shown", inbox.CleanLine(file))
	}
	reply, err := inbox.NewReply(name, platform, text, file)
	if err != nil {
		return inbox.Reply{}, fmt.Errorf("%s:%w", file, err)
	}
	return reply, nil
}

func readText(file string) (string, error) {
	in, err := os.Open(file)
	if err != nil {
		return "", err
	}
	defer in.Close()
	data, err := io.ReadAll(io.LimitReader(in, replyBytes+1))
	switch text := strings.TrimPrefix(string(data), "\ufeff"); {
	case err != nil:
		return "", err
	case len(data) > replyBytes:
		return "", fmt.Errorf("%s: longer than %d KiB", file, replyBytes>>10)
	case !utf8.ValidString(text):
		line := strings.Count(text[:firstInvalid(text)], "\n") + 1
		return "", fmt.Errorf("%s:%d: not UTF-8: convert it first, for example with iconv", file, line)
	default:
		return text, nil
	}
}

// firstInvalid is where a text stops to be UTF-8.
func firstInvalid(text string) int {
	for i, r := range text {
		if r == utf8.RuneError && !strings.HasPrefix(text[i:], "\uFFFD") {
			return i
		}
	}
	return len(text)
}

// replyName is the name without its ending, and the platform that the variant is
// for.
func replyName(below string) (name string, platform inbox.Platform) {
	name = strings.TrimSuffix(below, path.Ext(below))
	last := inbox.Platform(strings.TrimPrefix(path.Ext(name), "."))
	if slices.Contains(inbox.Platforms, last) {
		return strings.TrimSuffix(name, "."+string(last)), last
	}
	return name, ""
}
