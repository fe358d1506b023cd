package ui_test

import (
	"os"
	"path/filepath"
	"testing"

	"parley/ui"
	"parley/ui/uitest"
)

// texts are those that lie there for an editor.
func texts(t *testing.T, dir string) (texts []string) {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		texts = append(texts, string(text))
	}
	return texts
}

func TestEditorGetsWhatIsTypedBeforeItOpens(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	atShop(t, 120, 40, ui.Options{Editor: []string{"vi"}}, threeCustomers, func(s *shop) {
		s.Press("r")
		s.Type("half")
		s.Deliver(uitest.Key("ctrl+e"))
		s.Deliver(uitest.Key("!"))
		s.Settle()
		if got := texts(t, dir); s.Lent != 1 || len(got) != 1 || got[0] != "half!" {
			t.Errorf("%d editors, over %q", s.Lent, got)
		}
	})
}

func TestEditorGetsNothingThatHasBeenSent(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	atShop(t, 120, 40, ui.Options{Editor: []string{"vi"}}, threeCustomers, func(s *shop) {
		s.Press("r")
		s.Type("half")
		s.Deliver(uitest.Key("ctrl+e"))
		s.Deliver(uitest.Key("enter"))
		s.Settle()
		if got := texts(t, dir); s.Lent != 0 || len(got) != 0 || len(s.outbox()) != 1 {
			t.Errorf("%d editors, over %q", s.Lent, got)
		}
	})
}
