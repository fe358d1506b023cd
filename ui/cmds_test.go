package ui

import (
	"context"
	"errors"
	"os"
	"testing"

	tea "charm.land/bubbletea/v2"
)

func TestTextForTheEditorLiesInAPrivateFileThatIsRemoved(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	u := &UI{ctx: t.Context()}
	msg, ok := u.writeForEditor(maya, "half a sentence")().(editorMsg)
	if !ok || msg.err != nil || msg.id != maya {
		t.Fatalf("answer: %+v", msg)
	}
	info, err := os.Stat(msg.path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("the file has mode %v, error %v", info.Mode(), err)
	}
	if err := os.WriteFile(msg.path, []byte("a whole sentence\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if back := readBack(msg, nil); back != (textMsg{maya, "a whole sentence", nil}) {
		t.Errorf("came back: %+v", back)
	}
	if _, err := os.Stat(msg.path); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the file is still there: %v", err)
	}
}

func TestFileIsRemovedAlsoWhenTheEditorFails(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	u := &UI{ctx: t.Context()}
	msg := u.writeForEditor(maya, "x")().(editorMsg)
	failed := errors.New("exit status 1")
	if back := readBack(msg, failed); !errors.Is(back.err, failed) {
		t.Errorf("came back: %+v", back)
	}
	if _, err := os.Stat(msg.path); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the file is still there: %v", err)
	}
}

func TestWaitingCommandEndsWithTheSession(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	u := &UI{ctx: ctx}
	cancel()
	if msg := u.after(1<<62, tea.QuitMsg{})(); msg != nil {
		t.Errorf("answered %v", msg)
	}
}
