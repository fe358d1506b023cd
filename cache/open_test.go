package cache_test

import (
	"bytes"
	"errors"
	"flag"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"parley/cache"
	"parley/inbox"

	bolt "go.etcd.io/bbolt"
)

// refusal opens a cache that cannot be opened, and returns the error as an
// agent sees it.
func refusal(t *testing.T, dir string) *inbox.Error {
	t.Helper()
	c, err := cache.Open(dir, cache.Options{})
	if err == nil {
		_ = c.Close()
		t.Fatal("the cache was opened")
	}
	var e *inbox.Error
	if !errors.As(err, &e) {
		t.Fatalf("%T %v is not an *inbox.Error", err, err)
	}
	if e.Hint == "" {
		t.Errorf("%q says not what to do", e.Text)
	}
	return e
}

func mustContain(t *testing.T, text string, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if !strings.Contains(text, part) {
			t.Errorf("%q does not contain %q", text, part)
		}
	}
}

func TestNobodyElseMayReadTheCache(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new", "folder")
	c := open(t, dir)
	path := c.Path()
	mode := func(path string) fs.FileMode {
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		return info.Mode().Perm()
	}
	for name, want := range map[string]fs.FileMode{dir: 0o700, path: 0o600, path + ".holder": 0o600} {
		if got := mode(name); got != want {
			t.Errorf("%s has mode %v, want %v", name, got, want)
		}
	}

	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	for name, wrong := range map[string]fs.FileMode{dir: 0o755, path: 0o644} {
		if err := os.Chmod(name, wrong); err != nil {
			t.Fatal(err)
		}
	}
	open(t, dir)
	if mode(dir) != 0o700 || mode(path) != 0o600 {
		t.Errorf("wrong modes are not mended: %v and %v", mode(dir), mode(path))
	}
}

func TestSharedFolderKeepsItsMode(t *testing.T) {
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o777|fs.ModeSticky); err != nil {
		t.Fatal(err)
	}
	open(t, dir)
	info, err := os.Stat(dir)
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode().Perm() != 0o777 {
		t.Errorf("mode %v", info.Mode())
	}
}

// holding is the other process of the test below: it opens the cache, says so
// and waits for the end of its input.
const holding = "PARLEY_TEST_HOLD_CACHE"

func hold(dir string) error {
	c, err := cache.Open(dir, cache.Options{Command: "parley inbox"})
	if err != nil {
		return err
	}
	_, _ = os.Stdout.WriteString("open\n")
	_, _ = os.Stdin.Read(make([]byte, 1))
	return c.Close()
}

// TestMain makes this program the other process of a test when it is told to.
func TestMain(m *testing.M) {
	for name, run := range map[string]func(string) error{holding: hold, writing: writeUntilKilled, indexing: indexUntilKilled} {
		if arg := os.Getenv(name); arg != "" {
			if err := run(arg); err != nil {
				_, _ = os.Stderr.WriteString(err.Error() + "\n")
				os.Exit(1)
			}
			os.Exit(0)
		}
	}
	_ = flag.Set("rapid.checks", "40") // each begins with a new file; the command line can ask for more
	os.Exit(m.Run())
}

func TestSecondProcessIsToldWhoHoldsTheCache(t *testing.T) {
	dir := t.TempDir()
	other := exec.Command(os.Args[0])
	other.Env = append(os.Environ(), holding+"="+dir)
	in, err := other.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := other.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := other.Start(); err != nil {
		t.Fatal(err)
	}
	if _, err := out.Read(make([]byte, 5)); err != nil {
		t.Fatal(err)
	}

	began := time.Now()
	e := refusal(t, dir)
	if took := time.Since(began); took > time.Second {
		t.Errorf("it took %v to say so", took)
	}
	if e.Kind != inbox.Unavailable {
		t.Errorf("kind %q", e.Kind)
	}
	mustContain(t, e.Text, filepath.Join(dir, cache.FileName), "parley inbox", fmtInt(other.Process.Pid), time.Now().Format("2006-01-02"))

	_ = in.Close()
	if err := other.Wait(); err != nil {
		t.Fatal(err)
	}
	c := open(t, dir)
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(c.Path() + ".holder"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the note is still there: %v", err)
	}
}

// deadProcess is the id of a process that has ended.
func deadProcess(t *testing.T) int {
	t.Helper()
	p := exec.Command(os.Args[0], "-test.run=^$")
	if err := p.Run(); err != nil {
		t.Fatal(err)
	}
	return p.Process.Pid
}

func TestStaleNoteNeitherBlocksNorMisleads(t *testing.T) {
	dead := fmtInt(deadProcess(t))
	for name, note := range map[string]string{
		"of a dead process": `{"pid":` + dead + `,"command":"parley ghost","since":"2020-01-01T00:00:00Z"}`,
		"cut":               `{"pid":` + fmtInt(os.Getpid()) + `,"comm`,
		"nonsense":          `{"pid":-1,"command":"parley ghost"}`,
		"empty":             ``,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			path := filepath.Join(dir, cache.FileName)
			if err := os.WriteFile(path+".holder", []byte(note), 0o600); err != nil {
				t.Fatal(err)
			}
			if err := open(t, dir).Close(); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path+".holder", []byte(note), 0o600); err != nil {
				t.Fatal(err)
			}
			db, err := bolt.Open(path, 0o600, nil) // a holder that has not written its note yet
			if err != nil {
				t.Fatal(err)
			}
			defer db.Close()
			e := refusal(t, dir)
			mustContain(t, e.Text, path, "another process")
			if strings.Contains(e.Text+e.Hint, "ghost") || strings.Contains(e.Text+e.Hint, dead) {
				t.Errorf("%q names one that is not there", e.Text)
			}
		})
	}
}

func TestRefusedFiles(t *testing.T) {
	sound := func(t *testing.T, dir string) string {
		c := open(t, dir)
		fill(t, c, 0, 300)
		if err := c.Close(); err != nil {
			t.Fatal(err)
		}
		return c.Path()
	}
	for _, c := range []struct {
		name string
		make func(t *testing.T, path, dir string) error
		want string
	}{
		{"text", func(_ *testing.T, path, _ string) error {
			return os.WriteFile(path, bytes.Repeat([]byte("not a database\n"), 5000), 0o600)
		}, "not a parley cache"},
		{"a short text", func(_ *testing.T, path, _ string) error { return os.WriteFile(path, []byte("hello"), 0o600) }, "not a parley cache"},
		{"zeros", func(_ *testing.T, path, _ string) error { return os.WriteFile(path, make([]byte, 1<<16), 0o600) }, "not a parley cache"},
		{"a folder", func(_ *testing.T, path, _ string) error { return os.Mkdir(path, 0o700) }, "not a file"},
		{"cut in the middle", func(t *testing.T, _, dir string) error { return os.Truncate(sound(t, dir), 1<<16) }, "damaged"},
		{"cut within its first pages", func(t *testing.T, _, dir string) error { return os.Truncate(sound(t, dir), 5000) }, "damaged"},
		{"cut to its beginning", func(t *testing.T, _, dir string) error { return os.Truncate(sound(t, dir), 3*4096) }, "damaged"},
		{"cut to a stump", func(t *testing.T, _, dir string) error { return os.Truncate(sound(t, dir), 100) }, "damaged"},
		{"of a newer version", func(t *testing.T, _, dir string) error { return setVersion(sound(t, dir), "schema", 99) }, "newer parley"},
		{"with newer facts", func(t *testing.T, _, dir string) error { return setVersion(sound(t, dir), "facts_schema", 99) }, "newer parley"},
		{"without a bucket", func(t *testing.T, _, dir string) error {
			return inFile(sound(t, dir), func(tx *bolt.Tx) error { return tx.Bucket([]byte("kept")).DeleteBucket([]byte("drafts")) })
		}, "damaged"},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			path := filepath.Join(dir, cache.FileName)
			if err := c.make(t, path, dir); err != nil {
				t.Fatal(err)
			}
			before, _ := os.ReadFile(path)
			e := refusal(t, dir)
			mustContain(t, e.Text, path, c.want)
			if after, _ := os.ReadFile(path); !bytes.Equal(before, after) {
				t.Error("the file was changed")
			}
		})
	}
}

func TestFolderThatCannotBeMade(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	mustContain(t, refusal(t, filepath.Join(file, "below")).Text, file)
}

func TestReadOnlyFolder(t *testing.T) {
	if os.Geteuid() == 0 {
		t.Skip("root may write everywhere")
	}
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o500); err != nil {
		t.Fatal(err)
	}
	e := refusal(t, dir)
	mustContain(t, e.Text, "no permission", dir)
}

// inFile changes a closed cache behind its back.
func inFile(path string, fn func(*bolt.Tx) error) error {
	db, err := bolt.Open(path, 0o600, nil)
	if err != nil {
		return err
	}
	defer db.Close()
	return db.Update(fn)
}

func setVersion(path, key string, v byte) error {
	return inFile(path, func(tx *bolt.Tx) error {
		return tx.Bucket([]byte("meta")).Put([]byte(key), []byte{0, 0, 0, 0, 0, 0, 0, v})
	})
}
