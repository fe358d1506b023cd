package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/vt"
	"github.com/creack/pty"
	"golang.org/x/term"

	"parley/inbox"
	"parley/platforms/login"
	"parley/platforms/sim"
)

// terminal is a pty with parley in it and an emulator that draws what it writes.
type terminal struct {
	t        *testing.T
	cmd      *exec.Cmd
	ptm, pts *os.File
	before   *term.State
	ended    chan error

	mu      sync.Mutex
	emu     *vt.Emulator
	raw     bytes.Buffer
	changed chan struct{} // capacity 1
}

// lookPatience is how long a screen may take to show something.
const lookPatience = 40 * time.Second

// open starts parley in a terminal of 100 by 30.
func (d *desk) open(args ...string) *terminal {
	d.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	d.t.Cleanup(cancel)
	return d.openCommand(d.command(ctx, args...))
}

func (d *desk) openCommand(cmd *exec.Cmd) *terminal {
	d.t.Helper()
	ptm, pts, err := pty.Open()
	if err != nil {
		d.t.Fatal(err)
	}
	w := &terminal{t: d.t, cmd: cmd, ptm: ptm, pts: pts, ended: make(chan error, 1), emu: vt.NewEmulator(100, 30), changed: make(chan struct{}, 1)}
	w.resize(100, 30)
	if w.before, err = term.GetState(int(pts.Fd())); err != nil {
		d.t.Fatal(err)
	}
	cmd.Stdin, cmd.Stdout, cmd.Stderr = pts, pts, pts
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	if err := cmd.Start(); err != nil {
		d.t.Fatal(err)
	}
	go w.read()
	go w.answer()
	go func() { w.ended <- cmd.Wait() }()
	d.t.Cleanup(w.close)
	return w
}

// close ends what is still running. The emulator's own Close is not safe beside
// its Read, so its pipe is closed instead.
func (w *terminal) close() {
	_ = w.cmd.Process.Kill()
	w.ptm.Close()
	w.pts.Close()
	if pipe, ok := w.emu.InputPipe().(io.Closer); ok {
		pipe.Close()
	}
}

// read feeds the emulator; it ends with the pty.
func (w *terminal) read() {
	buf := make([]byte, 64<<10)
	for {
		n, err := w.ptm.Read(buf)
		if err != nil {
			return
		}
		w.mu.Lock()
		w.raw.Write(buf[:n])
		_, _ = w.emu.Write(buf[:n])
		w.mu.Unlock()
		select {
		case w.changed <- struct{}{}:
		default:
		}
	}
}

// answer passes the emulator's answers to parley's questions on.
func (w *terminal) answer() {
	buf := make([]byte, 4<<10)
	for {
		n, err := w.emu.Read(buf)
		if err != nil {
			return
		}
		// When the line is gone nobody wants the answers, but they have to be
		// taken: the emulator waits for that.
		_, _ = w.ptm.Write(buf[:n])
	}
}

func (w *terminal) resize(cols, rows uint16) {
	w.t.Helper()
	w.mu.Lock()
	defer w.mu.Unlock()
	w.emu.Resize(int(cols), int(rows))
	if err := pty.Setsize(w.ptm, &pty.Winsize{Cols: cols, Rows: rows}); err != nil {
		w.t.Fatal(err)
	}
}

func (w *terminal) press(keys string) {
	w.t.Helper()
	if _, err := w.ptm.WriteString(keys); err != nil {
		w.t.Fatal(err)
	}
}

func (w *terminal) screen() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.emu.String()
}

func (w *terminal) output() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.raw.String()
}

// waits until the screen shows all of the texts.
func (w *terminal) waits(texts ...string) {
	w.t.Helper()
	w.shows(fmt.Sprintf("%q", texts), func(screen string) bool {
		return !slices.ContainsFunc(texts, func(text string) bool { return !strings.Contains(screen, text) })
	})
}

// shows waits until the screen is as it should be.
func (w *terminal) shows(what string, is func(screen string) bool) {
	w.t.Helper()
	deadline := time.After(lookPatience)
	for {
		screen := w.screen()
		if is(screen) {
			return
		}
		select {
		case <-w.changed:
		case <-deadline:
			w.t.Fatalf("the screen does not show %s:\n%s", what, screen)
		}
	}
}

// exits waits for the end and returns the exit code.
func (w *terminal) exits() int {
	w.t.Helper()
	select {
	case <-w.ended:
		w.drain()
		return w.cmd.ProcessState.ExitCode()
	case <-time.After(lookPatience):
		w.t.Fatalf("parley does not end; the screen is\n%s", w.screen())
		return -1
	}
}

// drain waits until everything that parley wrote has been read: what is written
// to the terminal now comes behind it.
func (w *terminal) drain() {
	const mark = "-- the program has ended --"
	if _, err := w.pts.WriteString(mark); err != nil {
		return // the line is gone
	}
	for deadline := time.After(lookPatience); !strings.Contains(w.output(), mark); {
		select {
		case <-w.changed:
		case <-deadline:
			w.t.Fatal("the terminal cannot be read to its end")
		}
	}
}

var (
	modeChange = regexp.MustCompile(`\x1b\[\?([0-9;]+)([hl])`)
	// usuallyOn are the modes of a terminal at rest: lines wrap, the cursor shows.
	usuallyOn = []string{"7", "25"}
)

// restored checks that the terminal is as it was: modes, alternate screen,
// cursor, line discipline.
func (w *terminal) restored() {
	w.t.Helper()
	modes := map[string]string{}
	for _, m := range modeChange.FindAllStringSubmatch(w.output(), -1) {
		for mode := range strings.SplitSeq(m[1], ";") {
			modes[mode] = m[2]
		}
	}
	if len(modes) == 0 {
		w.t.Error("parley has drawn nothing")
	}
	for mode, state := range modes {
		if on := state == "h"; on != slices.Contains(usuallyOn, mode) {
			w.t.Errorf("mode %s is left %s", mode, state)
		}
	}
	if after, err := term.GetState(int(w.pts.Fd())); err != nil || fmt.Sprint(after) != fmt.Sprint(w.before) {
		w.t.Errorf("the line discipline is not what it was: %v", err)
	}
}

// newShop is a quiet world in which Ottilie has written last, and Wenzel before.
func newShop(t *testing.T) *sim.Server {
	t.Helper()
	world := newSim(t, sim.Options{Seed: 9, Quiet: true, CacheTime: time.Second})
	for _, c := range []sim.Customer{
		{Platform: inbox.Facebook, Person: sim.Person{Name: "Ottilie Brunner"}, Text: "Is the lamp still there?", At: time.Now().Add(-time.Minute)},
		{Platform: inbox.Instagram, Person: sim.Person{Name: "Wenzel Abt"}, Text: "Any news of my order?", At: time.Now().Add(-2 * time.Minute)},
	} {
		if _, err := world.Arrive(c); err != nil {
			t.Fatal(err)
		}
	}
	return world
}

func TestScreenAnswersACustomer(t *testing.T) {
	t.Parallel()
	world := newShop(t)
	d := newDesk(t, world.BaseURL(), "")
	d.parley("sync").exits(exitDone)
	w := d.open()
	w.waits("Ottilie Brunner", "Wenzel Abt")
	w.press("r")
	w.waits("Enter send")
	w.press("It leaves today.")
	w.waits("It leaves today.")
	w.press("\r")
	for deadline := time.Now().Add(lookPatience); len(world.Deliveries()) == 0; {
		if time.Now().After(deadline) {
			t.Fatalf("nothing was delivered; the screen is\n%s", w.screen())
		}
		select {
		case <-w.changed:
		case <-time.After(100 * time.Millisecond):
		}
	}
	if got := world.Deliveries()[0].Text; got != "It leaves today." {
		t.Errorf("delivered %q", got)
	}
	w.waits("Enter open", "sent") // the composer has closed
	w.press("q")
	if code := w.exits(); code != exitDone {
		t.Errorf("exit code %d", code)
	}
	w.restored()
}

// TestDemoTellsWhatIsThrownAway: a draft of the demo goes with its folder.
func TestDemoTellsWhatIsThrownAway(t *testing.T) {
	t.Parallel()
	d := newDesk(t, "http://127.0.0.1:1/api", "")
	w := d.open("demo")
	w.waits("Enter open")
	w.press("r")
	w.waits("Enter send")
	w.press("half an answ")
	w.waits("half an answ")
	w.press("\x03")
	if code := w.exits(); code != exitDone {
		t.Errorf("exit code %d", code)
	}
	if out := w.output(); !strings.Contains(out, "data is temporary; thrown away: 1 draft") {
		t.Errorf("the end says nothing of the draft: %q", out[max(0, len(out)-300):])
	}
}

// TestFirstFrameComesFromTheCache: the screen is full before any answer of the
// network, here one that never comes.
func TestFirstFrameComesFromTheCache(t *testing.T) {
	t.Parallel()
	world := newShop(t)
	d := newDesk(t, world.BaseURL(), "")
	d.parley("sync").exits(exitDone)
	if err := world.AddFault("any:hang"); err != nil {
		t.Fatal(err)
	}
	w := d.open()
	w.waits("Ottilie Brunner", "Is the lamp still there?")
	w.press("q")
	w.exits()
	w.restored()
}

// TestDraftSurvivesTheEnd: whichever way parley is ended, what was typed is there
// the next time, the terminal is restored and the cache is free.
func TestDraftSurvivesTheEnd(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name       string
		ignoresHUP bool
		end        func(*terminal)
		lineIsGone bool
	}{
		{"SIGHUP", false, func(w *terminal) { _ = w.cmd.Process.Signal(syscall.SIGHUP) }, false},
		{"SIGHUP under a parent that ignores it", true, func(w *terminal) { _ = w.cmd.Process.Signal(syscall.SIGHUP) }, false},
		{"SIGTERM", false, func(w *terminal) { _ = w.cmd.Process.Signal(syscall.SIGTERM) }, false},
		{"SIGINT", false, func(w *terminal) { _ = w.cmd.Process.Signal(syscall.SIGINT) }, false},
		{"the line drops", false, func(w *terminal) { w.pts.Close(); w.ptm.Close() }, true},
		{"the line drops under a parent that ignores SIGHUP", true, func(w *terminal) { w.pts.Close(); w.ptm.Close() }, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t, newShop(t).BaseURL(), "")
			d.parley("sync").exits(exitDone)
			cmd := d.command(context.Background())
			if c.ignoresHUP {
				args := append([]string{"-c", `trap "" HUP; exec "$0" "$@"`}, cmd.Args...)
				wrapped := exec.Command("/bin/sh", args...)
				wrapped.Env, wrapped.Dir = cmd.Env, cmd.Dir
				cmd = wrapped
			}
			w := d.openCommand(cmd)
			w.waits("Ottilie Brunner")
			w.press("r")
			w.waits("Enter send")
			w.press("half an answ")
			w.waits("half an answ")
			c.end(w)
			w.exits()
			if !c.lineIsGone {
				w.restored()
			}
			again := d.open() // the cache is free
			again.waits("draft")
			again.press("r")
			again.waits("half an answ")
			again.press("\x1b")
			again.waits("Enter open")
			again.press("q")
			again.exits()
		})
	}
}

// TestSizesFromTinyToHuge resizes the real screen and looks at it.
func TestSizesFromTinyToHuge(t *testing.T) {
	t.Parallel()
	d := newDesk(t, newShop(t).BaseURL(), "")
	d.parley("sync").exits(exitDone)
	w := d.open()
	w.waits("Ottilie Brunner")
	for _, size := range [][2]uint16{{20, 5}, {400, 100}, {60, 12}} {
		w.resize(size[0], size[1])
		w.waits("Wenzel")
	}
	w.press("q")
	w.exits()
	w.restored()
}

// hostile are attempts to speak to the terminal through a message; each carries
// a word by which it is found.
var hostile = []string{
	"\x1b]0;EVILTITLE\x07", "\x1b]52;c;RVZJTENMSVA=\x07", "\x1b]8;;https://evil.example/EVILLINK\x1b\\x\x1b]8;;\x1b\\",
	"\x1b[2J\x1b[HEVILCLEAR", "\x1bPEVILDCS\x1b\\", "\x1b_EVILAPC\x1b\\", "\x1b^EVILPM\x1b\\", "\x9b31mEVILC1", "\u009d0;EVILC1OSC\u009c",
	"\u202eEVILBIDI\u202c", "\u2066EVILISOLATE\u2069", "a\x08\x08EVILBACKSPACE", "EVILBELL\x07", "\x1b[6nEVILQUERY",
}

// TestHostileCustomer: no control sequence that a customer wrote reaches the
// terminal, from a name, a text or an attachment.
func TestHostileCustomer(t *testing.T) {
	t.Parallel()
	world := newSim(t, sim.Options{Seed: 10, Quiet: true, CacheTime: time.Second})
	everything := strings.Join(hostile, "\n")
	c, err := world.Arrive(sim.Customer{
		Platform: inbox.Facebook, Person: sim.Person{Name: "Malo " + strings.Join(hostile, ""), Username: everything}, Text: everything,
		Attachments: []sim.Attachment{{Type: "image\x1b[31m", URL: "https://x.example/EVILURL\x1b\\\x1b]0;EVILTITLE\x07.jpg"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	d := newDesk(t, world.BaseURL(), "")
	d.parley("sync").exits(exitDone)
	for _, args := range [][]string{{"list"}, {"show", "acme/facebook/" + c.ID}, {"list", "--json"}, {"show", "acme/facebook/" + c.ID, "--json"}} {
		if out := d.parley(args...).exits(exitDone); strings.ContainsFunc(out.stdout, isHostile) {
			t.Errorf("%q lets a control character through: %q", args, out.stdout)
		}
	}
	w := d.open()
	w.waits("Malo")
	w.press("\r")
	w.waits("EVILCLEAR")
	w.press("q")
	w.press("q")
	w.exits()
	w.restored()
	checkStream(t, w.output())
}

func isHostile(r rune) bool {
	return r < ' ' && r != '\n' || r >= 0x7f && r < 0xa0 || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069
}

// checkStream takes parley's own sequences out of the output and looks at what is
// left, and for a customer's words within the sequences.
func checkStream(t *testing.T, out string) {
	t.Helper()
	p := ansi.NewParser()
	var state byte
	for len(out) > 0 {
		seq, _, n, next := ansi.DecodeSequence(out, state, p)
		switch {
		case len(seq) > 1 && seq[0] == ansi.ESC:
			if strings.Contains(seq, "EVIL") && !strings.HasPrefix(seq, "\x1b]8;") || strings.Contains(seq, "]52;") {
				t.Errorf("a customer wrote %q", seq)
			}
			if strings.ContainsFunc(strings.TrimSuffix(strings.TrimSuffix(seq[1:], "\x1b\\"), "\x07"), isHostile) {
				t.Errorf("a control character within %q", seq)
			}
		case len(seq) == 1 && strings.ContainsAny(seq, "\r\n\b\t"):
		default:
			if strings.ContainsFunc(seq, isHostile) {
				t.Errorf("the terminal gets %q", seq)
			}
		}
		state, out = next, out[n:]
	}
}

// TestColoursCanBeSwitchedOff: with NO_COLOR no colour is sent.
func TestColoursCanBeSwitchedOff(t *testing.T) {
	t.Parallel()
	d := newDesk(t, newShop(t).BaseURL(), "")
	d.parley("sync").exits(exitDone)
	d.env = append(d.env, "NO_COLOR=1", "SSH_TTY=/dev/pts/0")
	w := d.open()
	w.waits("Ottilie Brunner")
	w.press("q")
	w.exits()
	out := w.output()
	if colours := regexp.MustCompile(`\x1b\[(?:[0-9;]*;)?(?:3[0-8]|4[0-8]|9[0-7]|10[0-7])[0-9;:]*m`).FindAllString(out, 3); colours != nil {
		t.Errorf("colours in spite of NO_COLOR: %q", colours)
	}
	for _, ask := range []string{ansi.RequestModeSynchronizedOutput, ansi.RequestModeUnicodeCore} {
		if !strings.Contains(out, ask) {
			t.Errorf("over SSH the terminal is not asked %q", ask)
		}
	}
}

// secretText stands for what a customer wrote, or for a key.
const secretText = "dear shop, my card number is"

// TestPanicLeavesACrashFile: a panic ends the program in order and is written down
// without contents.
func TestPanicLeavesACrashFile(t *testing.T) {
	t.Parallel()
	var list []int
	for name, f := range map[string]func(){
		"an error of the runtime":  func() { list[len(secretText)]++ },
		"an error with a text":     func() { panic(errors.New(secretText)) },
		"a key in a fixed message": func() { panic("request with " + testKey) },
	} {
		r := &redactor{}
		r.learn(login.NewSecret(testKey))
		stopped := false
		g := &guard{dir: t.TempDir(), redactor: r, log: slog.New(slog.DiscardHandler), stop: func() { stopped = true }}
		g.run("test", f)
		file, err := g.crash()
		if !errors.Is(err, errCrashed) || !stopped {
			t.Fatalf("%s: %v, stopped %v", name, err, stopped)
		}
		info, err := os.Stat(file)
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Fatalf("%s: %v, %v", name, info, err)
		}
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(text), secretText) || strings.Contains(string(text), testKey) {
			t.Errorf("%s: the crash file has it:\n%s", name, text)
		}
		if !strings.Contains(string(text), "screen_test.go") {
			t.Errorf("%s: the crash file has no stack:\n%s", name, text)
		}
	}
}

// breakingModel is a screen that panics when it is told to.
type breakingModel struct{ where string }

type breakMsg struct{}

func (m breakingModel) Init() tea.Cmd {
	boom := func() tea.Msg { return breakMsg{} }
	switch m.where {
	case "command":
		boom = func() tea.Msg { panic(m.where) }
	case "command in a sequence":
		boom = tea.Sequence(func() tea.Msg { return nil }, tea.Batch(func() tea.Msg { panic(m.where) }, tea.ClearScreen))
	}
	return boom
}

func (m breakingModel) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	if _, ok := msg.(breakMsg); ok && m.where == "update" {
		panic(m.where)
	}
	return m, nil
}

func (m breakingModel) View() tea.View {
	if m.where == "view" {
		panic(m.where)
	}
	return tea.NewView("fine")
}

// TestPanicOfTheScreen: wherever the screen panics, the program ends and the crash
// file says where it came from.
func TestPanicOfTheScreen(t *testing.T) {
	muteStderr()
	for _, where := range []string{"update", "view", "command", "command in a sequence"} {
		ctx, cancel := context.WithTimeout(t.Context(), lookPatience)
		g := &guard{dir: t.TempDir(), redactor: &redactor{}, log: slog.New(slog.DiscardHandler), stop: cancel}
		var out bytes.Buffer
		_, err := tea.NewProgram(guardedModel{Model: breakingModel{where}, guard: g},
			tea.WithContext(ctx), tea.WithInput(nil), tea.WithOutput(&out), tea.WithoutSignalHandler()).Run()
		if err == nil {
			t.Errorf("%s: the program ended as if nothing had happened", where)
		}
		file, crash := g.crash()
		text, _ := os.ReadFile(file)
		if crash == nil || !strings.Contains(string(text), "breakingModel") {
			t.Errorf("%s: %v\n%s", where, crash, text)
		}
		cancel()
	}
}
