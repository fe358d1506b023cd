package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

func TestMemoryIsKept(t *testing.T) {
	t.Parallel()
	data := filepath.Join(t.TempDir(), "data")
	m := memoryOf(data, "acme", online)
	if value, err := m.Get("token"); value != "" || err != nil {
		t.Errorf("before anything was stored: %q, %v", value, err)
	}
	if _, err := os.Stat(data); !os.IsNotExist(err) {
		t.Errorf("asking made a folder: %v", err)
	}
	for name, value := range map[string]string{"token": "first", "odd \"name\"\n": "odd\x00value", "gone": "x"} {
		if err := m.Set(name, value); err != nil {
			t.Fatal(err)
		}
	}
	if err := m.Set("gone", ""); err != nil {
		t.Fatal(err)
	}
	if err := memoryOf(data, "other", online).Set("token", "another"); err != nil {
		t.Fatal(err)
	}
	again := memoryOf(data, "acme", online)
	for name, want := range map[string]string{"token": "first", "odd \"name\"\n": "odd\x00value", "gone": "", "never": ""} {
		if value, err := again.Get(name); value != want || err != nil {
			t.Errorf("%q is remembered as %q, %v; want %q", name, value, err, want)
		}
	}
}

func TestMemoryIsItsOwnersAlone(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	if err := memoryOf(data, "acme", online).Set("token", "value"); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(data, "accounts", "acme.json")
	if err := os.Chmod(file, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := memoryOf(data, "acme", online).Set("token", "newer"); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]os.FileMode{filepath.Dir(file): 0o700, file: 0o600} {
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode().Perm() != want {
			t.Errorf("%s has mode %o, want %o", path, info.Mode().Perm(), want)
		}
	}
}

// TestMemoryThatIsTorn: a file that is cut in the middle is not taken for an
// empty one, its content stays out of the error, and storing anew mends it.
func TestMemoryThatIsTorn(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	m := memoryOf(data, "acme", online)
	if err := m.Set("token", "a-long-token-value"); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(data, "accounts", "acme.json")
	whole, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, torn := range [][]byte{whole[:len(whole)/2], {}, []byte("null"), []byte(`{"token":7}`), []byte(`["a-long-token-value"]`)} {
		if err := os.WriteFile(file, torn, 0o600); err != nil {
			t.Fatal(err)
		}
		value, err := m.Get("token")
		if value != "" || err == nil || !strings.Contains(err.Error(), file) || strings.Contains(err.Error(), "a-long") {
			t.Errorf("%q is read as %q, %v", torn, value, err)
		}
		if err := m.Set("token", "new"); err != nil {
			t.Fatal(err)
		}
		if value, err := m.Get("token"); value != "new" || err != nil {
			t.Errorf("after %q was mended: %q, %v", torn, value, err)
		}
		if aside, err := os.ReadFile(file + ".damaged"); err != nil || string(aside) != string(torn) {
			t.Errorf("%q was not put aside: %q, %v", torn, aside, err)
		}
	}
}

// TestMemoryIsReplacedWhole: whoever reads while others write sees one state or
// the other, and nothing is left behind.
func TestMemoryIsReplacedWhole(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	m := memoryOf(data, "acme", online)
	long := strings.Repeat("x", 64<<10)
	var writers sync.WaitGroup
	for i := range 4 {
		writers.Go(func() {
			for j := range 8 {
				if err := m.Set(fmt.Sprintf("key %d", i), fmt.Sprintf("%d %s", j, long)); err != nil {
					t.Error(err)
				}
			}
		})
	}
	for range 50 {
		if _, err := memoryOf(data, "acme", online).Get("key 0"); err != nil {
			t.Error(err)
		}
	}
	writers.Wait()
	for i := range 4 {
		if value, err := m.Get(fmt.Sprintf("key %d", i)); value != "7 "+long || err != nil {
			t.Errorf("writer %d is remembered with %d bytes, %v", i, len(value), err)
		}
	}
	left, err := os.ReadDir(filepath.Join(data, "accounts"))
	if err != nil || len(left) != 1 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

// TestMemoryOfAnother: what another process has stored is known at once.
func TestMemoryOfAnother(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	inbox, other := memoryOf(data, "acme", online), memoryOf(data, "acme", online)
	for _, token := range []string{"one", "two", "", "three"} {
		if err := other.Set("token", token); err != nil {
			t.Fatal(err)
		}
		if value, err := inbox.Get("token"); value != token || err != nil {
			t.Errorf("%q is known as %q, %v", token, value, err)
		}
		if err := inbox.Set("note", "of "+token); err != nil {
			t.Fatal(err)
		}
	}
	if value, err := other.Get("token"); value != "three" || err != nil {
		t.Errorf("the other's value has become %q, %v", value, err)
	}
}

// TestMemoryOfACommandWithoutSecrets: it can read, but keeps nothing: it does not
// know which token is in use.
func TestMemoryOfACommandWithoutSecrets(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	if err := memoryOf(data, "acme", online).Set("token", "kept"); err != nil {
		t.Fatal(err)
	}
	m := memoryOf(data, "acme", offline)
	if value, err := m.Get("token"); value != "kept" || err != nil {
		t.Errorf("it reads %q, %v", value, err)
	}
	if err := m.Set("token", "passing"); err != nil {
		t.Fatal(err)
	}
	if value, err := m.Get("token"); value != "passing" || err != nil {
		t.Errorf("it has forgotten at once: %q, %v", value, err)
	}
	if value, err := memoryOf(data, "acme", online).Get("token"); value != "kept" || err != nil {
		t.Errorf("it has stored %q, %v", value, err)
	}
}

func BenchmarkMemory(b *testing.B) {
	m := memoryOf(b.TempDir(), "acme", online)
	if err := m.Set("token", "value"); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if value, err := m.Get("token"); value != "value" || err != nil {
			b.Fatal(value, err)
		}
	}
}

func TestMemoryOfAFullDisk(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	if err := os.WriteFile(filepath.Join(data, "accounts"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := memoryOf(data, "acme", online).Set("token", "value"); err == nil {
		t.Error("what could not be stored is called stored")
	}
}
