package cli

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"parley/cache"
	"parley/inbox"
)

func TestDoctorTellsHowFarTheIndexIs(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, cache.IndexFolder), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, cache.IndexFolder, "segment"), make([]byte, 3*megabyte), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		state inbox.IndexState
		want  string
	}{
		{inbox.IndexState{}, "ok    search index        complete, 3.0 MB"},
		{inbox.IndexState{Behind: 4}, "complete but for the last changes"},
		{inbox.IndexState{Rebuilding: true}, "not made yet"},
		{inbox.IndexState{Rebuilding: true, Done: 45, Total: 100}, "45 % made, 3.0 MB"},
		{inbox.IndexState{Broken: "the disk is full"}, "warn  search index        the disk is full"},
	} {
		var out bytes.Buffer
		d := &doctor{app: &app{stdout: &out}}
		d.checkIndex(dir, tt.state)
		if !strings.Contains(out.String(), tt.want) || d.failed {
			t.Errorf("%+v: %q", tt.state, out.String())
		}
	}
}

func TestDoctorLooksAtTheIndexAndTheDisk(t *testing.T) {
	t.Parallel()
	d := newDesk(t, newShop(t).BaseURL(), "")
	d.parley("doctor").prints("disk", "are free at")
	d.parley("sync").exits(exitDone)
	d.parley("doctor").prints("search index        not made yet", "disk")
	d.parley("search", "lamp").exits(exitDone)
	d.parley("doctor").prints("search index        complete, ")
	if free, ok := freeSpace(t.TempDir()); ok && free == 0 {
		t.Error("no room at all is left, and the test runs")
	}
}
