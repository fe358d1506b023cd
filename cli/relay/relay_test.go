package relay

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// holder serves a data folder until the test, or its stop, ends it.
type holder struct {
	dir  string
	stop func()
}

// hold starts a holder that runs every command with run.
func hold(t *testing.T, dir string, run func(context.Context, *Call) int) *holder {
	t.Helper()
	s, err := Listen(dir, Options{Version: "v1", Config: "/etc/parley.toml", Run: run})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- s.Serve(ctx) }()
	stop := sync.OnceFunc(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(stop)
	return &holder{dir, stop}
}

// said is what came of a command.
type said struct {
	Result
	stdout, stderr string
	err            error
}

func ask(ctx context.Context, dir, stdin string, args ...string) said {
	return askReading(ctx, dir, strings.NewReader(stdin), args...)
}

func askReading(ctx context.Context, dir string, stdin io.Reader, args ...string) (s said) {
	var stdout, stderr bytes.Buffer
	s.Result, s.err = Ask(ctx, dir, Request{
		Version: "v1", Config: "/etc/parley.toml", Args: args, Caller: Caller{Width: 80, Env: map[string]string{"TZ": "UTC"}},
		Stdin: stdin, Stdout: &stdout, Stderr: &stderr,
	})
	s.stdout, s.stderr = stdout.String(), stderr.String()
	return s
}

// echo repeats what it is told.
func echo(_ context.Context, c *Call) int {
	text, err := io.ReadAll(c.Stdin)
	fmt.Fprintf(c.Stdout, "%q %s %d %s", c.Args, text, c.Caller.Width, c.Caller.Env["TZ"])
	fmt.Fprint(c.Stderr, err)
	return 3
}

func TestACommandRunsAtTheHolder(t *testing.T) {
	t.Parallel()
	h := hold(t, t.TempDir(), echo)
	long := strings.Repeat("0123456789", 100_000) // many pieces
	got := ask(t.Context(), h.dir, long, "send", "sara j", "-")
	if want := `["send" "sara j" "-"] ` + long + " 80 UTC"; got.err != nil || got.Code != 3 || got.Gone || got.stdout != want || got.stderr != "<nil>" {
		t.Errorf("code %d, %v, %q, %d bytes of output, want %d", got.Code, got.err, got.stderr, len(got.stdout), len(want))
	}
}

// TestInputStaysWhereItIs: a loop over a file that runs parley for each line must
// not lose the other lines to it.
func TestInputStaysWhereItIs(t *testing.T) {
	t.Parallel()
	h := hold(t, t.TempDir(), func(_ context.Context, c *Call) int {
		fmt.Fprint(c.Stdout, "done")
		return 0
	})
	rest := strings.NewReader("the next line")
	if got := askReading(t.Context(), h.dir, rest, "list"); got.err != nil || got.stdout != "done" {
		t.Fatal(got)
	}
	if rest.Len() != len("the next line") {
		t.Errorf("%d bytes of the input are left", rest.Len())
	}
}

func TestNobodyIsThere(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if got := ask(t.Context(), dir, "", "list"); !errors.Is(got.err, ErrNobody) {
		t.Error(got.err)
	}
	h := hold(t, dir, echo)
	h.stop()
	if got := ask(t.Context(), dir, "", "list"); !errors.Is(got.err, ErrNobody) {
		t.Error(got.err)
	}
}

// TestASocketThatWasLeft: a holder that was killed does not keep the next one
// from listening.
func TestASocketThatWasLeft(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path, err := place(dir)
	if err != nil {
		t.Fatal(err)
	}
	left, err := net.ListenUnix("unix", &net.UnixAddr{Name: path, Net: "unix"})
	if err != nil {
		t.Fatal(err)
	}
	left.SetUnlinkOnClose(false)
	left.Close()
	if got := ask(t.Context(), dir, "", "list"); !errors.Is(got.err, ErrNobody) {
		t.Error(got.err)
	}
	hold(t, dir, echo)
	if got := ask(t.Context(), dir, "", "list"); got.err != nil || got.Code != 3 {
		t.Error(got)
	}
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	h := hold(t, t.TempDir(), echo)
	for name, c := range map[string]struct {
		request Request
		says    string
	}{
		"another version": {Request{Version: "v2", Config: "/etc/parley.toml"}, "another version: v1"},
		"another config":  {Request{Version: "v1", Config: "/home/a/parley.toml"}, "another config: /etc/parley.toml"},
		"too much":        {Request{Version: "v1", Args: []string{strings.Repeat("x", maxFrame)}}, "the arguments have"},
	} {
		_, err := Ask(t.Context(), h.dir, c.request)
		if refused, ok := errors.AsType[*Refused](err); !ok || !strings.Contains(refused.Text, c.says) || refused.Hint == "" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// started lets a test wait until a command runs, and hold it there.
type started struct{ running, ended chan struct{} }

func (s started) run(ctx context.Context, c *Call) int {
	s.running <- struct{}{}
	<-ctx.Done()
	fmt.Fprint(c.Stdout, "cancelled")
	close(s.ended)
	return 1
}

func newStarted() started { return started{make(chan struct{}), make(chan struct{})} }

func TestAnInterruptReachesTheCommand(t *testing.T) {
	t.Parallel()
	s := newStarted()
	h := hold(t, t.TempDir(), s.run)
	ctx, interrupt := context.WithCancel(t.Context())
	go func() { <-s.running; interrupt() }()
	got := ask(ctx, h.dir, "", "sync")
	if got.err != nil || got.Code != 1 || got.Gone || got.stdout != "cancelled" {
		t.Errorf("%+v", got)
	}
}

func TestAClientThatIsGoneEndsItsCommand(t *testing.T) {
	t.Parallel()
	s := newStarted()
	h := hold(t, t.TempDir(), s.run)
	path, err := place(h.dir)
	if err != nil {
		t.Fatal(err)
	}
	conn, err := net.Dial("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	if err := writeFrame(conn, frame{Kind: kindHello, Hello: &greeting{Protocol: protocol, Version: "v1", Config: "/etc/parley.toml"}}); err != nil {
		t.Fatal(err)
	}
	<-s.running
	conn.Close()
	<-s.ended
}

func TestTheHolderEnds(t *testing.T) {
	t.Parallel()
	s := newStarted()
	h := hold(t, t.TempDir(), s.run)
	go func() { <-s.running; h.stop() }()
	if got := ask(t.Context(), h.dir, "", "follow"); got.err != nil || got.Code != 1 || !got.Gone {
		t.Errorf("%+v", got)
	}
}

// TestTheHolderIsKilled: what may have been run is not run again.
func TestTheHolderIsKilled(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path, err := place(dir)
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	go func() {
		conn, err := listener.Accept()
		if err != nil {
			return
		}
		_, _ = readFrame(conn)
		_ = writeFrame(conn, frame{Kind: kindAccepted})
		_ = writeFrame(conn, frame{Kind: kindOutput, Data: []byte("so far")})
		conn.Close()
	}()
	if got := ask(t.Context(), dir, "", "send"); !errors.Is(got.err, ErrGone) || got.stdout != "so far" {
		t.Errorf("%+v", got)
	}
}

// TestStrangersOnTheSocket: whatever is said there, the holder goes on.
func TestStrangersOnTheSocket(t *testing.T) {
	t.Parallel()
	h := hold(t, t.TempDir(), echo)
	path, err := place(h.dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, words := range []string{"", "GET / HTTP/1.1\r\n\r\n", "\x00\x00\x00\x02{}", "\xff\xff\xff\xff"} {
		conn, err := net.Dial("unix", path)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprint(conn, words)
		if err := conn.(*net.UnixConn).CloseWrite(); err != nil {
			t.Fatal(err)
		}
		if answer, _ := io.ReadAll(conn); len(answer) != 0 {
			t.Errorf("%q is answered by %q", words, answer)
		}
		conn.Close()
	}
	if got := ask(t.Context(), h.dir, "", "list"); got.err != nil || got.Code != 3 {
		t.Errorf("%+v", got)
	}
}

func TestManyAtOnce(t *testing.T) {
	t.Parallel()
	h := hold(t, t.TempDir(), echo)
	var group sync.WaitGroup
	for i := range 2 * atOnce {
		group.Go(func() {
			text := fmt.Sprint("text ", i)
			got := ask(t.Context(), h.dir, text, "note")
			if want := `["note"] ` + text + " 80 UTC"; got.err != nil || got.stdout != want {
				t.Errorf("%d: %+v", i, got)
			}
		})
	}
	group.Wait()
}

func TestModes(t *testing.T) {
	t.Parallel()
	h := hold(t, t.TempDir(), echo)
	info, err := os.Stat(filepath.Join(h.dir, "parley.sock"))
	if err != nil || info.Mode().Perm() != 0o600 || info.Mode()&os.ModeSocket == 0 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
}

// TestALongPath: where the data folder's name is too long for a socket, both ends
// find the same short one.
func TestALongPath(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), strings.Repeat("long", 30))
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	path, err := place(dir)
	if err != nil || len(path) > longestPath {
		t.Fatalf("%d bytes: %s, %v", len(path), path, err)
	}
	h := hold(t, dir, echo)
	if err := own(filepath.Dir(path)); err != nil {
		t.Error(err)
	}
	if got := ask(t.Context(), dir, "", "list"); got.err != nil || got.Code != 3 {
		t.Errorf("%+v", got)
	}
	h.stop()
	if _, err := os.Stat(path); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the socket is left behind: %v", err)
	}
}

func TestAReplayBeginsAgain(t *testing.T) {
	t.Parallel()
	in := NewReplay(strings.NewReader("one two three"))
	if _, err := io.ReadFull(in, make([]byte, 4)); err != nil {
		t.Fatal(err)
	}
	if text, err := io.ReadAll(in.Again()); string(text) != "one two three" || err != nil {
		t.Errorf("%q, %v", text, err)
	}
	ended := &onceEnded{Reader: strings.NewReader("all")}
	in = NewReplay(ended)
	if _, err := io.ReadAll(in); err != nil {
		t.Fatal(err)
	}
	if text, err := io.ReadAll(in.Again()); string(text) != "all" || err != nil || ended.asked != 1 {
		t.Errorf("%q, %v, asked at its end %d times", text, err, ended.asked)
	}
}

// onceEnded counts how often it is asked at its end, as a terminal would mind.
type onceEnded struct {
	*strings.Reader
	asked int
}

func (r *onceEnded) Read(p []byte) (int, error) {
	n, err := r.Reader.Read(p)
	if err != nil {
		r.asked++
	}
	return n, err
}

// TestACallerThatTakesNothing does not hold up the holder's end.
func TestACallerThatTakesNothing(t *testing.T) {
	t.Parallel()
	writing := make(chan struct{})
	h := hold(t, t.TempDir(), func(ctx context.Context, c *Call) int {
		close(writing)
		for ctx.Err() == nil {
			if _, err := c.Stdout.Write(make([]byte, chunk)); err != nil {
				return 1
			}
		}
		return 0
	})
	path, err := place(h.dir)
	if err != nil {
		t.Fatal(err)
	}
	conn, err := net.Dial("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if err := writeFrame(conn, frame{Kind: kindHello, Hello: &greeting{Protocol: protocol, Version: "v1", Config: "/etc/parley.toml"}}); err != nil {
		t.Fatal(err)
	}
	<-writing
	begin := time.Now()
	h.stop()
	if took := time.Since(begin); took > 10*leavePatience {
		t.Errorf("the end took %v", took)
	}
}
