package upload_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"parley/inbox"
	"parley/platforms/upload"
)

// script is a team's program. It is given to the shell by the test alone.
func script(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "upload.sh")
	if err := os.WriteFile(path, []byte(text+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func file(t *testing.T, name, content string) inbox.LocalFile {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return inbox.LocalFile{Path: path, Bytes: int64(len(content))}
}

func TestLookTellsWhatAFileIs(t *testing.T) {
	t.Parallel()
	f := file(t, "sara j.jpg", "12345")
	if got, err := (upload.Disk{}).Look(f.Path); err != nil || got != f {
		t.Errorf("%+v, %v", got, err)
	}
	for path, want := range map[string]struct {
		kind inbox.Kind
		text string
	}{
		f.Path + "x":                    {inbox.NotFound, "there is no file "},
		f.Path + "/x":                   {inbox.NotFound, "there is no file "},
		"/" + strings.Repeat("a", 5000): {inbox.NotFound, "there is no file "},
		filepath.Dir(f.Path):            {inbox.Rejected, "is no file, but a folder"},
		os.DevNull:                      {inbox.Rejected, "is no file, but a device"},
		f.Path + "\x00":                 {inbox.Rejected, "invalid argument"},
	} {
		_, err := (upload.Disk{}).Look(path)
		if inbox.KindOf(err) != want.kind || !strings.Contains(err.Error(), want.text) {
			t.Errorf("%.40q: %v", path, err)
		}
	}
}

func TestLookUnderstandsPathsAsPeopleWriteThem(t *testing.T) {
	f := file(t, "a.jpg", "x")
	t.Setenv("HOME", filepath.Dir(f.Path))
	t.Chdir(filepath.Dir(f.Path))
	for _, path := range []string{"~/a.jpg", "./a.jpg", "../" + filepath.Base(filepath.Dir(f.Path)) + "/a.jpg"} {
		if got, err := (upload.Disk{}).Look(path); err != nil || got != f {
			t.Errorf("%s: %+v, %v", path, got, err)
		}
	}
}

func TestCommandGetsThePathAsOneWord(t *testing.T) {
	t.Parallel()
	sh := script(t, `[ $# = 2 ] && [ -f "$2" ] && echo "https://cdn.example/$1/$(basename "$2" | tr ' ' -)"; echo notes follow`)
	named := script(t, `[ $# = 2 ] && echo "https://cdn.example/$1/$2"`)
	f := file(t, "it's $(sara) j.jpg", "x")
	for name, tt := range map[string]struct {
		command upload.Command
		want    string
	}{
		"last":  {upload.Command{"/bin/sh", sh, "shop"}, "https://cdn.example/shop/it's-$(sara)-j.jpg"},
		"named": {upload.Command{"/bin/sh", named, "from=" + upload.Placeholder, "shop"}, "https://cdn.example/from=" + f.Path + "/shop"},
	} {
		link, err := tt.command.Upload(t.Context(), f)
		if err != nil || link != tt.want {
			t.Errorf("%s: %q, %v; want %q", name, link, err, tt.want)
		}
	}
}

// TestCommandMayLeaveSomethingRunning: such as a script that cleans up by itself. Its
// address counts when it has ended.
func TestCommandMayLeaveSomethingRunning(t *testing.T) {
	t.Parallel()
	sh := script(t, `echo https://cdn.example/a.jpg; sleep 5 &`)
	link, err := upload.Command{"/bin/sh", sh}.Upload(t.Context(), file(t, "a.jpg", "x"))
	if err != nil || link != "https://cdn.example/a.jpg" {
		t.Errorf("%q, %v", link, err)
	}
}

func TestCommandThatFailsIsExplained(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct{ script, want string }{
		"in its words":      {"echo; echo 'AccessDenied: no such bucket' >&2; echo more >&2; exit 3", "AccessDenied: no such bucket"},
		"without words":     {"exit 3", "exit status 3"},
		"with no address":   {"echo; exit 0", "has printed no address"},
		"with strange ones": {`printf '\033[31mred\033[0m alert' >&2; exit 1`, ": red alert"},
		"at length":         {"head -c 5000000 /dev/zero | tr '\\0' x >&2; exit 1", "xxx…"},
	} {
		_, err := upload.Command{"/bin/sh", script(t, tt.script)}.Upload(t.Context(), file(t, "a.jpg", "x"))
		if inbox.KindOf(err) != inbox.Unavailable || !strings.HasSuffix(err.Error(), tt.want) {
			t.Errorf("%s: %.300v", name, err)
		}
		if hint := inbox.AsError(err).Hint; !strings.Contains(hint, "upload_command") {
			t.Errorf("%s: the hint does not lead to the config: %q", name, hint)
		}
	}
	_, err := upload.Command{"/nowhere/at-all"}.Upload(t.Context(), file(t, "a.jpg", "x"))
	if err == nil || !strings.Contains(err.Error(), "there is no command /nowhere/at-all") {
		t.Errorf("a command that is not there: %v", err)
	}
}
