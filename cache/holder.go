package cache

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"parley/inbox"
)

// The lock on the database says that somebody holds it, but not who. So the
// owner writes a note beside it. The note is a courtesy: the lock alone
// decides, and a note that was left behind (a crash, a power cut) neither
// blocks nor misleads, because the process that it names has to be alive.

// holder is the note's content.
type holder struct {
	PID     int       `json:"pid"`
	Command string    `json:"command"`
	Since   time.Time `json:"since"`

	path string
}

func notePath(database string) string { return database + ".holder" }

// claim writes the note of this process. Without one others only learn less,
// so a failure is none.
func claim(database, command string) *holder {
	if command == "" {
		command = filepath.Base(os.Args[0])
	}
	h := &holder{PID: os.Getpid(), Command: command, Since: time.Now().UTC().Truncate(time.Second), path: notePath(database)}
	note, err := json.Marshal(h)
	if err != nil {
		return h
	}
	// Renaming shows readers the whole note or none.
	fresh := h.path + ".new"
	if os.WriteFile(fresh, note, 0o600) == nil && os.Rename(fresh, h.path) != nil {
		_ = os.Remove(fresh)
	}
	return h
}

// release removes the note. It comes before the lock is released: afterwards
// the note may already be the next owner's.
func (h *holder) release() { _ = os.Remove(h.path) }

// heldBy is the error for a cache that another process has open.
func heldBy(database string) error {
	hint := "close the other parley first, or use another folder with --data"
	h, ok := readHolder(database)
	text := fmt.Sprintf("the cache %s is in use by another process", database)
	if ok {
		text = fmt.Sprintf("the cache %s is in use by %s (process %d) since %s", database, h.Command, h.PID, h.Since.Local().Format("2006-01-02 15:04:05"))
		hint = fmt.Sprintf("close that parley first (or `kill %d`, which saves its drafts; `fg` wakes one that Ctrl-Z has stopped), or use another folder with --data", h.PID)
	}
	e := inbox.Errorf(inbox.Unavailable, "%s", text).WithHint(hint)
	e.Op = "open cache"
	return e
}

// readHolder reads the note; ok is false when there is none that can be
// believed.
func readHolder(database string) (h holder, ok bool) {
	note, err := os.ReadFile(notePath(database))
	if err != nil || json.Unmarshal(note, &h) != nil {
		return holder{}, false
	}
	h.Command = inbox.CleanLine(h.Command)
	return h, h.PID > 0 && h.Command != "" && alive(h.PID)
}
