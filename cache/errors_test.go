package cache

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"syscall"
	"testing"

	"parley/inbox"

	berrors "go.etcd.io/bbolt/errors"
)

var errorCases = []struct {
	err  error
	want string
	kind inbox.Kind
}{
	{&fs.PathError{Op: "open", Err: syscall.EACCES}, "no permission", inbox.Internal},
	{&fs.PathError{Op: "open", Err: syscall.EROFS}, "no permission", inbox.Internal},
	{&fs.PathError{Op: "write", Err: syscall.ENOSPC}, "no space left", inbox.Unavailable},
	{&fs.PathError{Op: "write", Err: syscall.EDQUOT}, "no space left", inbox.Unavailable},
	{berrors.ErrMaxSizeReached, "no space left", inbox.Unavailable},
	{fmt.Errorf("%w: page 7", errDamaged), "damaged", inbox.Internal},
	{berrors.ErrChecksum, "damaged", inbox.Internal},
	{berrors.ErrKeyTooLarge, "too large", inbox.Rejected},
	{errors.New("anything else"), "anything else", inbox.Internal},
}

func TestFullDisk(t *testing.T) {
	c, err := Open(t.TempDir(), Options{maxSize: 40 << 20})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	putCustomer(t, c, forgotten, secret, 1)
	var full error
	for i := 0; full == nil && i < 200; i++ {
		full = c.Update(t.Context(), func(w inbox.Writer) error {
			for j := range 10 {
				m := inbox.Message{Conversation: "acme/facebook/t_1", ID: inbox.MessageID(strings.Repeat("i", i) + "-" + strings.Repeat("j", j)), Text: strings.Repeat("long ", 20_000), CreatedAt: noon}
				if err := w.PutMessage(m); err != nil {
					return err
				}
			}
			return nil
		})
	}
	if full == nil {
		t.Fatal("the disk was never full")
	}
	e := inbox.AsError(full)
	if e.Kind != inbox.Unavailable || !strings.Contains(e.Text, "no space left") || !strings.Contains(e.Text, c.path) || e.Hint == "" {
		t.Errorf("%+v", e)
	}
	err = c.View(t.Context(), func(r inbox.Reader) error {
		if d, _, _ := r.Draft(forgotten); d.Text != secret {
			t.Errorf("draft %+v", d)
		}
		return nil
	})
	if err != nil {
		t.Errorf("reading: %v", err)
	}
	if err := c.Update(t.Context(), func(w inbox.Writer) error { return w.DeleteConversation("acme/facebook/t_1") }); err != nil {
		t.Errorf("making room: %v", err)
	}
}

// TestErrorsOfTheFileAreForPeople names what cannot be provoked in a test
// that runs as root, or everywhere.
func TestErrorsOfTheFileAreForPeople(t *testing.T) {
	const path = "/data/parley.db"
	for _, c := range errorCases {
		e := inbox.AsError(explain(path, c.err))
		if !strings.Contains(e.Text, c.want) || !strings.Contains(e.Text, path) || e.Hint == "" || e.Kind != c.kind {
			t.Errorf("%v: %+v", c.err, e)
		}
	}
}
