package cli

// The tests of this folder run the real binary, in an environment made from
// nothing, against servers on the loopback: the simulator, and a small server
// of its own that knows only the vendor's published samples.

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"strings"
	"sync"
	"testing"
	"time"

	"parley/platforms/sim"
)

func TestMain(m *testing.M) {
	code := m.Run()
	if buildDir != "" {
		if err := os.RemoveAll(buildDir); err != nil {
			fmt.Fprintln(os.Stderr, err)
		}
	}
	os.Exit(code)
}

var buildDir string

// binary builds parley once; with the race detector when the tests have it.
var binary = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "parley-test-")
	if err != nil {
		return "", err
	}
	buildDir = dir
	file := filepath.Join(dir, "parley")
	args := []string{"build", "-o", file}
	if raceEnabled() {
		args = append(args, "-race")
	}
	if out, err := exec.Command("go", append(args, "parley")...).CombinedOutput(); err != nil {
		return "", fmt.Errorf("%w: %s", err, out)
	}
	return file, nil
})

func raceEnabled() bool {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return false
	}
	for _, s := range info.Settings {
		if s.Key == "-race" {
			return s.Value == "true"
		}
	}
	return false
}

// The keys of the tests' accounts. No byte of them may show up anywhere.
const (
	testKey       = "PRIMARY-0K5TPV-KEY"
	testProfile   = "PROFILE-7Q2MZX-KEY"
	testXKey      = "XKEY-3J8WRD-PUBLIC"
	testXSecret   = "XSECRET-9B4HNC-PRIVATE"
	runPatience   = time.Minute
	deskFileMode  = 0o600
	testAccountID = "acme"
)

// desk is one agent's machine: a home, a config, a data folder.
type desk struct {
	t    *testing.T
	home string
	env  []string
}

// newDesk makes a machine whose account talks to the URL. more goes to the end
// of the config.
func newDesk(t *testing.T, baseURL, more string) *desk {
	t.Helper()
	d := &desk{t: t, home: t.TempDir()}
	d.env = []string{
		"HOME=" + d.home, "PATH=" + os.Getenv("PATH"), "LANG=C.UTF-8", "TERM=xterm-256color", "TZ=UTC", "TEST_KEY=" + testKey,
		"GORACE=atexit_sleep_ms=0", // with the race detector each run would wait a second at its end
	}
	d.write("key", testProfile+"\n")
	d.write("config.toml", fmt.Sprintf(`[[account]]
name = %q
provider = "ayrshare"
base_url = %q
api_key_env = "TEST_KEY"
profile_key_file = %q
twitter_api_key = %q
twitter_api_secret_command = "echo %s"
%s`, testAccountID, baseURL, filepath.Join(d.home, "key"), testXKey, testXSecret, more))
	return d
}

// newSim starts a simulator that takes the keys of newDesk.
func newSim(t *testing.T, o sim.Options) *sim.Server {
	t.Helper()
	o.Key, o.ProfileKey, o.XKey, o.XSecret = testKey, testProfile, testXKey, testXSecret
	world, err := sim.Start(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { world.Close() })
	return world
}

func (d *desk) write(name, text string) {
	d.t.Helper()
	if err := os.WriteFile(filepath.Join(d.home, name), []byte(text), deskFileMode); err != nil {
		d.t.Fatal(err)
	}
}

func (d *desk) data() string { return filepath.Join(d.home, "data") }

// command is parley with the desk's config and data.
func (d *desk) command(ctx context.Context, args ...string) *exec.Cmd {
	d.t.Helper()
	file, err := binary()
	if err != nil {
		d.t.Fatal(err)
	}
	cmd := exec.CommandContext(ctx, file, append([]string{"--config", filepath.Join(d.home, "config.toml"), "--data", d.data()}, args...)...)
	cmd.Env, cmd.Dir = d.env, d.home
	return cmd
}

// outcome is how one run ended.
type outcome struct {
	t              *testing.T
	stdout, stderr string
	code           int
}

func (d *desk) parley(args ...string) outcome { d.t.Helper(); return d.parleyReading("", args...) }

// parleyReading runs parley with the text as standard input.
func (d *desk) parleyReading(stdin string, args ...string) outcome {
	d.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), runPatience)
	defer cancel()
	return d.ran(d.command(ctx, args...), stdin)
}

// ran is how a command ends that reads the text.
func (d *desk) ran(cmd *exec.Cmd, stdin string) outcome {
	d.t.Helper()
	var stdout, stderr bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(stdin), &stdout, &stderr
	err := cmd.Run()
	if exit := (*exec.ExitError)(nil); err != nil && (!errors.As(err, &exit) || exit.ExitCode() < 0) {
		d.t.Fatalf("%q: %v\n%s", cmd.Args, err, stderr.String())
	}
	return outcome{d.t, stdout.String(), stderr.String(), cmd.ProcessState.ExitCode()}
}

// exits checks the exit code.
func (o outcome) exits(code int) outcome {
	o.t.Helper()
	if o.code != code {
		o.t.Fatalf("exit code %d, want %d\nstdout: %s\nstderr: %s", o.code, code, o.stdout, o.stderr)
	}
	return o
}

// says checks that all of the texts are in standard error.
func (o outcome) says(texts ...string) outcome {
	o.t.Helper()
	for _, text := range texts {
		if !strings.Contains(o.stderr, text) {
			o.t.Errorf("standard error lacks %q:\n%s", text, o.stderr)
		}
	}
	return o
}

// prints checks that all of the texts are in standard output.
func (o outcome) prints(texts ...string) outcome {
	o.t.Helper()
	for _, text := range texts {
		if !strings.Contains(o.stdout, text) {
			o.t.Errorf("standard output lacks %q:\n%s", text, o.stdout)
		}
	}
	return o
}

// record is a JSON object as a script sees it.
type record = map[string]any

// records reads one object per line.
func (o outcome) records() []record {
	o.t.Helper()
	var list []record
	for dec := json.NewDecoder(strings.NewReader(o.stdout)); ; {
		var r record
		err := dec.Decode(&r)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			o.t.Fatalf("%v in\n%s", err, o.stdout)
		}
		list = append(list, r)
	}
	if lines := strings.Count(o.stdout, "\n"); lines != len(list) {
		o.t.Errorf("%d objects on %d lines", len(list), lines)
	}
	return list
}

// one is the only object.
func (o outcome) one() record {
	o.t.Helper()
	list := o.records()
	if len(list) != 1 {
		o.t.Fatalf("%d objects, want 1:\n%s", len(list), o.stdout)
	}
	return list[0]
}
