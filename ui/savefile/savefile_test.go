package savefile

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"parley/inbox"
)

func TestNothingIsWrittenOver(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "new", "folder")
	at := time.Date(2026, 11, 21, 16, 5, 0, 0, time.UTC)
	var paths []string
	for _, content := range []string{"one", "two", "three"} {
		path, err := Save(dir, at, "Maya", inbox.MediaFile{Type: "image/png", Data: []byte(content)})
		if err != nil {
			t.Fatal(err)
		}
		got, err := os.ReadFile(path)
		info, statErr := os.Stat(path)
		if err != nil || statErr != nil || string(got) != content || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %q, %v", path, got, err)
		}
		paths = append(paths, filepath.Base(path))
	}
	if got := strings.Join(paths, ", "); got != "2026-11-21 16.05 Maya.png, 2026-11-21 16.05 Maya (2).png, 2026-11-21 16.05 Maya (3).png" {
		t.Errorf("saved as %s", got)
	}
}

func TestAWebPageIsNoFile(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if path, err := Save(dir, time.Now(), "Maya", inbox.MediaFile{Type: "text/html", Data: []byte("<html>")}); inbox.KindOf(err) != inbox.Rejected {
		t.Errorf("saved as %s, %v", path, err)
	}
}

func TestNamesOfFilesAreHarmless(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 21, 16, 5, 0, 0, time.UTC)
	for from, want := range map[string]string{
		"Maya Lind":                    "2026-11-21 16.05 Maya Lind",
		"../../etc/passwd":             "2026-11-21 16.05 etc passwd",
		"..":                           "2026-11-21 16.05",
		"":                             "2026-11-21 16.05",
		"CON":                          "2026-11-21 16.05 CON",
		"a\x1b]52;c;\x07b":             "2026-11-21 16.05 ab",
		`a\b:c*d?e"f<g>h|i`:            "2026-11-21 16.05 a b c d e f g h i",
		"Анна 山田 🙂":                    "2026-11-21 16.05 Анна 山田",
		strings.Repeat("é", 100):       "2026-11-21 16.05 " + strings.Repeat("é", 30),
		"\u202egnp.exe":                "2026-11-21 16.05 gnp exe",
		strings.Repeat("x", 59) + " é": "2026-11-21 16.05 " + strings.Repeat("x", 59),
	} {
		if got := fileName(at, from); got != want {
			t.Errorf("%q: %q, expected %q", from, got, want)
		}
	}
	for kind, want := range map[string]string{"image/jpeg": ".jpg", "image/webp": ".webp", "application/x-msdownload": ".bin", "": ".bin", "text/x-sh": ".bin", "video/quicktime": ".mov"} {
		if got := extension(kind); got != want {
			t.Errorf("%q: %q, expected %q", kind, got, want)
		}
	}
}
