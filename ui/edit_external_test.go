package ui

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"parley/inbox"
)

// handOver puts a draft into a file and runs a script over it, as an editor is run.
func handOver(t *testing.T, d inbox.Draft, script string) (msg editorMsg, ended error) {
	t.Helper()
	t.Setenv("TMPDIR", t.TempDir())
	msg, ok := writeForEditor(d)().(editorMsg)
	if !ok || msg.err != nil || msg.draft.Conversation != d.Conversation {
		t.Fatalf("answer: %+v", msg)
	}
	return msg, exec.Command("/bin/sh", "-c", script, "editor", msg.path).Run()
}

func TestTextForTheEditorLiesInAPrivateFileWithNothingElse(t *testing.T) {
	msg, _ := handOver(t, inbox.Draft{Conversation: maya, Text: "half a sentence"}, "")
	info, err := os.Stat(msg.path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("the file has mode %v, error %v", info.Mode(), err)
	}
	if text, err := os.ReadFile(msg.path); err != nil || string(text) != "half a sentence" {
		t.Errorf("in the file: %q, %v", text, err)
	}
	if filepath.Ext(msg.path) != ".txt" {
		t.Errorf("no editor takes %s for prose", msg.path)
	}
}

func TestWhatAnEditorLeaves(t *testing.T) {
	draft := inbox.Draft{Conversation: maya, Text: "half a sentence", Media: []string{"https://cdn.example/a.jpg"}}
	for _, tt := range []struct {
		name, script string
		want, said   string
		err          string // then the draft is as it was
	}{
		{"another text", `printf 'a whole sentence\r\n\n' > "$1"`, "a whole sentence", "", ""},
		{"the text as it was", "", "half a sentence", "", ""},
		{"a failure", `exit 1`, "", "", "exit status 1"},
		{"a failure that emptied it", `: > "$1"; exit 1`, "", "", "exit status 1"},
		{"nothing", `: > "$1"`, "", "", "left an empty file"},
		{"blanks", `echo > "$1"`, "", "", "left an empty file"},
		{"no file", `rm "$1"`, "", "", "no such file"},
		{"its own end, after it saved", `echo saved > "$1"; kill -KILL $$`, "saved", "was killed", ""},
		{"its own end, before it saved", `kill -KILL $$`, "half a sentence", "was killed", ""},
		{"its own end in the middle", `: > "$1"; kill -KILL $$`, "", "", "left an empty file"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			msg, ended := handOver(t, draft, tt.script)
			back := readBack(msg, ended, false)
			want := tt.want
			if tt.err != "" {
				want = draft.Text
			}
			if back.draft.Text != want || !slices.Equal(back.draft.Media, draft.Media) || back.draft.Conversation != maya {
				t.Errorf("came back: %+v", back.draft)
			}
			if (back.err == nil) != (tt.err == "") || back.err != nil && !strings.Contains(back.err.Error(), tt.err) {
				t.Errorf("error %v, want %q", back.err, tt.err)
			}
			if (back.said == "") != (tt.said == "") || !strings.Contains(back.said, tt.said) {
				t.Errorf("said %q, want %q", back.said, tt.said)
			}
			if _, err := os.Stat(msg.path); !errors.Is(err, os.ErrNotExist) {
				t.Errorf("the file is still there: %v", err)
			}
		})
	}
}

func TestEmptyDraftMayStayEmpty(t *testing.T) {
	msg, ended := handOver(t, inbox.Draft{Conversation: maya}, "")
	if back := readBack(msg, ended, false); back.err != nil || back.draft.Text != "" {
		t.Errorf("came back: %+v", back)
	}
}

// TestEndOfTheSessionTakesWhatTheEditorHasSaved: the line drops, and the editor is
// ended with an error.
func TestEndOfTheSessionTakesWhatTheEditorHasSaved(t *testing.T) {
	msg, ended := handOver(t, inbox.Draft{Conversation: maya, Text: "half"}, `echo "half, and more" > "$1"; exit 1`)
	if back := readBack(msg, ended, true); back.err != nil || back.draft.Text != "half, and more" {
		t.Errorf("came back: %+v", back)
	}
	msg, _ = handOver(t, inbox.Draft{Conversation: maya, Text: "half"}, "")
	if back := readBack(msg, context.Canceled, true); back.err != nil || back.draft.Text != "half" {
		t.Errorf("came back: %+v", back)
	}
}

// TestTextOfAnEditorThatFailsStaysInItsFile: it may have been an hour's work.
func TestTextOfAnEditorThatFailsStaysInItsFile(t *testing.T) {
	msg, ended := handOver(t, inbox.Draft{Conversation: maya, Text: "half"}, `echo "half, and more" > "$1"; exit 1`)
	back := readBack(msg, ended, false)
	if back.err == nil || !strings.Contains(back.err.Error(), "exit status 1") || !strings.Contains(back.err.Error(), msg.path) || back.draft.Text != "half" {
		t.Errorf("came back: %+v", back)
	}
	if text, err := os.ReadFile(msg.path); err != nil || string(text) != "half, and more\n" {
		t.Errorf("in the file: %q, %v", text, err)
	}
}

func TestTextThatIsNowhereElseStaysInItsFile(t *testing.T) {
	msg, ended := handOver(t, inbox.Draft{Conversation: maya, Text: "short"}, `head -c 200000 /dev/zero | tr '\0' x > "$1"`)
	back := readBack(msg, ended, false)
	if back.err == nil || !strings.Contains(back.err.Error(), msg.path) || back.draft.Text != "short" {
		t.Errorf("came back: %v", back.err)
	}
	if info, err := os.Stat(msg.path); err != nil || info.Size() != 200_000 {
		t.Errorf("the file: %v, %v", info, err)
	}
}
