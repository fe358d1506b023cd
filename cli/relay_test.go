package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"parley/cli/relay"
	"parley/config"
	"parley/inbox"
	"parley/platforms/sim"
)

// newSharedDesk is a desk whose world has one customer, Ursel Kamp on Facebook,
// who is known.
func newSharedDesk(t *testing.T) (*sim.Server, *desk) {
	t.Helper()
	world := newSim(t, sim.Options{Seed: 6, Quiet: true, CacheTime: time.Second})
	if _, err := world.Arrive(sim.Customer{Platform: inbox.Facebook, Person: sim.Person{Name: "Ursel Kamp"}, Text: "hallo"}); err != nil {
		t.Fatal(err)
	}
	d := newDesk(t, world.BaseURL(), "")
	d.parley("sync").exits(exitDone)
	return world, d
}

// holds starts parley run and waits until it takes commands.
func (d *desk) holds() *running {
	d.t.Helper()
	run := d.starts("run")
	run.waitsToSay("webhooks: none")
	d.attended()
	return run
}

// attended waits until a running parley takes commands.
func (d *desk) attended() {
	d.t.Helper()
	await(d.t, "the socket", func() bool {
		_, err := os.Stat(filepath.Join(d.data(), "parley.sock"))
		return err == nil
	})
}

// TestCommandsBesideRun: whatever works without an inbox works beside one.
func TestCommandsBesideRun(t *testing.T) {
	t.Parallel()
	world, d := newSharedDesk(t)
	run := d.holds()

	if c := d.parley("list", "ursel", "--json").exits(exitDone).one(); c["participant"].(record)["name"] != "Ursel Kamp" {
		t.Errorf("list: %v", c)
	}
	long := strings.TrimSpace(strings.Repeat("Grüße, Ursel. ", 100))
	item := d.parleyReading(long+"\n", "send", "ursel", "-", "--json").exits(exitDone).one()
	if item["state"] != "sent" {
		t.Errorf("send: %v", item)
	}
	if sent := world.Deliveries(); len(sent) != 1 || sent[0].Text != long {
		t.Errorf("delivered %v", sent)
	}
	d.parley("show", "ursel").exits(exitDone).prints("hallo", "Grüße, Ursel.")
	for _, r := range d.parley("sync", "--json").exits(exitDone).records() {
		if r["account"] != testAccountID || r["error"] != nil {
			t.Errorf("sync: %v", r)
		}
	}
	d.parley("archive", "ursel").exits(exitDone)
	d.parley("list", "is:archived").exits(exitDone).prints("Ursel Kamp")
	d.parley("show", "nobody").exits(exitFailed).says("nobody")
	if out := d.parley("doctor").stdout; !strings.Contains(out, "it runs the commands that are typed beside it") {
		t.Errorf("the doctor says\n%s", out)
	}
	d.parley("list", "is:unred").exits(exitUsage).says("is:unred")
	if words := d.parley("__complete", "show", "Kamp").exits(exitDone).stdout; strings.Count(words, ":4\n") != 1 {
		t.Errorf("the shell is told %q", words)
	}

	run.ends(syscall.SIGTERM, exitDone)
	d.parley("list", "is:archived").exits(exitDone).prints("Ursel Kamp")
	if _, err := os.Stat(filepath.Join(d.data(), "parley.sock")); !os.IsNotExist(err) {
		t.Errorf("the socket is left behind: %v", err)
	}
}

// TestSyncBesideRun: a forced sync has the pollers read, and waits for them.
func TestSyncBesideRun(t *testing.T) {
	t.Parallel()
	world := newSim(t, sim.Options{Seed: 6, Quiet: true, CacheTime: time.Minute})
	d := newDesk(t, world.BaseURL(), "")
	d.parley("sync").exits(exitDone)
	run := d.holds()
	asked := len(world.Requests())
	d.parley("sync").exits(exitDone)
	if n := len(world.Requests()); n != asked {
		t.Errorf("a sync made %d requests although nothing was due", n-asked)
	}
	d.parley("sync", "--force").exits(exitDone)
	if n := len(world.Requests()); n == asked {
		t.Error("a forced sync did not ask the provider")
	}
	d.parley("sync", "--force").exits(exitFailed).prints("less than 5 s ago")
	run.ends(syscall.SIGTERM, exitDone)
}

// TestCommandsBesideTheScreen: what a command does is seen on the open screen.
func TestCommandsBesideTheScreen(t *testing.T) {
	t.Parallel()
	_, d := newSharedDesk(t)
	w := d.open()
	w.waits("Ursel Kamp")
	d.attended()
	d.parley("send", "ursel", "It leaves today.").exits(exitDone).prints("sent")
	w.waits("It leaves today.")
	d.parley("run").exits(exitFailed).says("in use by parley (process")
	w.press("\x03")
	if code := w.exits(); code != exitDone {
		t.Errorf("the screen ended with %d", code)
	}
}

func TestManyCommandsAtOnceBesideRun(t *testing.T) {
	t.Parallel()
	_, d := newSharedDesk(t)
	run := d.holds()
	var group sync.WaitGroup
	for i := range 50 {
		group.Go(func() {
			o := d.parley("send", "ursel", fmt.Sprintf("answer %d", i), "--wait", "0", "--json")
			if o.code != exitDone || !strings.Contains(o.stdout, `"id"`) {
				t.Errorf("%d: code %d, %s%s", i, o.code, o.stdout, o.stderr)
			}
		})
	}
	group.Wait()
	run.ends(syscall.SIGTERM, exitDone)
	shown := d.parley("show", "ursel", "--json").exits(exitDone).stdout
	for i := range 50 {
		if text := fmt.Sprintf(`"answer %d"`, i); strings.Count(shown, text) != 1 {
			t.Errorf("%s is there %d times", text, strings.Count(shown, text))
		}
	}
}

// hangSends lets the provider take sends and answer none of them.
func hangSends(t *testing.T, world *sim.Server) {
	t.Helper()
	if err := world.AddFault("send:hang=20s"); err != nil {
		t.Fatal(err)
	}
}

// sending waits until a send has reached the provider.
func sending(t *testing.T, world *sim.Server) {
	t.Helper()
	await(t, "the send", func() bool {
		for _, r := range world.Requests() {
			if r.Method == "POST" {
				return true
			}
		}
		return false
	})
}

// TestTheHolderIsKilledUnderACommand: the client says so, and runs nothing again.
func TestTheHolderIsKilledUnderACommand(t *testing.T) {
	t.Parallel()
	world, d := newSharedDesk(t)
	run := d.holds()
	hangSends(t, world)
	client := d.starts("send", "ursel", "only once", "--json")
	sending(t, world)
	if err := run.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	client.waitsToSay("ended before it had said how it went")
	client.endsByItself(exitFailed)
	world.ClearFaults()
	items := d.parley("outbox", "--json").exits(exitDone).records()
	if len(items) != 1 || items[0]["state"] != "unknown" {
		t.Errorf("the outbox has %v, want one item in doubt", items)
	}
}

// endsByItself waits for the end and checks the exit code.
func (r *running) endsByItself(code int) {
	r.t.Helper()
	for range r.lines {
	}
	err := r.cmd.Wait()
	if r.cmd.ProcessState.ExitCode() != code {
		r.t.Errorf("exit code %d, want %d (%v)\n%s", r.cmd.ProcessState.ExitCode(), code, err, r.all())
	}
}

// TestAnInterruptEndsTheCommandThere: the holder stops working for a client that
// was interrupted, which is told how far that came.
func TestAnInterruptEndsTheCommandThere(t *testing.T) {
	t.Parallel()
	world, d := newSharedDesk(t)
	d.holds()
	hangSends(t, world)
	client := d.starts("send", "ursel", "never mind", "--json", "--wait", "1m")
	sending(t, world)
	client.ends(syscall.SIGINT, exitFailed)
	if got := client.prints(`"state"`); !strings.Contains(got, `"sending"`) {
		t.Errorf("it told %s", got)
	}
	d.parley("list").exits(exitDone)
}

func TestAnotherConfigIsRefused(t *testing.T) {
	t.Parallel()
	_, d := newSharedDesk(t)
	d.holds()
	text, err := os.ReadFile(filepath.Join(d.home, "config.toml"))
	if err != nil {
		t.Fatal(err)
	}
	d.write("other.toml", string(text))
	d.parley("--config", filepath.Join(d.home, "other.toml"), "list").exits(exitUsage).says("has another config: " + filepath.Join(d.home, "config.toml"))
}

// TestTheCallersZone: times are told in the zone of whoever asks.
func TestTheCallersZone(t *testing.T) {
	t.Parallel()
	_, d := newSharedDesk(t)
	d.holds()
	utc := d.parley("show", "ursel").exits(exitDone).stdout
	d.env = append(d.env, "TZ=Asia/Kathmandu") // 5:45 ahead
	if there := d.parley("show", "ursel").exits(exitDone).stdout; there == utc {
		t.Errorf("in UTC and in Nepal it is\n%s", there)
	}
}

// TestCommandsWaitForOneAnother: without an inbox, the second command waits for
// the first.
func TestCommandsWaitForOneAnother(t *testing.T) {
	t.Parallel()
	_, d := newSharedDesk(t)
	var group sync.WaitGroup
	for i := range 10 {
		group.Go(func() {
			if o := d.parley("list"); o.code != exitDone {
				t.Errorf("%d: code %d, %s", i, o.code, o.stderr)
			}
		})
	}
	group.Wait()
}

// TestAPanicEndsOnlyItsCommand: the caller is told, a crash file is written, and
// the holder goes on.
func TestAPanicEndsOnlyItsCommand(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	c, err := config.Parse("a test", []byte("[[account]]\nname = \"acme\"\nprovider = \"ayrshare\"\napi_key = \"none\"\n"))
	if err != nil {
		t.Fatal(err)
	}
	a := newApp(nil)
	stopped := false
	s := &session{config: c, guard: &guard{dir: dir, redactor: a.redactor, log: a.log, stop: func() { stopped = true }}} // without an inbox: whatever asks it panics
	var stdout, stderr strings.Builder
	call := &relay.Call{Args: []string{"list"}, Stdin: strings.NewReader(""), Stdout: &stdout, Stderr: &stderr}
	if code := a.runFor(t.Context(), s, config.Places{Data: dir, State: dir}, call); code != exitFailed {
		t.Errorf("exit code %d", code)
	}
	if !strings.Contains(stderr.String(), "a mistake in parley stopped it") {
		t.Errorf("it says %q", stderr.String())
	}
	if files, err := filepath.Glob(filepath.Join(dir, "crash-*.txt")); len(files) != 1 || err != nil {
		t.Errorf("crash files %v, %v", files, err)
	}
	if stopped {
		t.Error("the holder is stopped")
	}
}
