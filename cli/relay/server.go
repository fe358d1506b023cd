package relay

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"sync"
	"time"
)

// Caller is what a command may want to know of whoever has typed it.
type Caller struct {
	Stdin  bool              `json:"stdin"` // it is a terminal
	Stdout bool              `json:"stdout"`
	Stderr bool              `json:"stderr"`
	Width  int               `json:"width,omitempty"` // of the terminal in cells, 0 when there is none
	Dir    string            `json:"dir,omitempty"`   // that relative paths begin at
	Env    map[string]string `json:"env,omitempty"`   // of language, time zone and colours; never a secret
}

// Call is a command that is to be run for a client.
type Call struct {
	Args           []string
	Caller         Caller
	Stdin          io.Reader // asks the client for more
	Stdout, Stderr io.Writer
}

// Options configure a Server. All but Guard and Log are required.
type Options struct {
	Version string // of the program: another one may mean something else by the same words
	Config  string // the file that the holder works by
	// Run runs a command until its end or the context's, and returns its exit
	// code. It must not panic.
	Run   func(context.Context, *Call) int
	Guard func(name string, f func()) // around every goroutine; nil: none
	Log   *slog.Logger                // nil: no log
}

// Server runs commands for other processes.
type Server struct {
	opts     Options
	listener *net.UnixListener
	places   chan struct{} // one for each command that may run
}

// atOnce is how many commands run at a time; more wait until one has ended.
const atOnce = 128

// ErrUnsupported is the answer of Listen where there are no unix sockets.
var ErrUnsupported = errors.New("no unix sockets on this system")

// Listen takes the socket of a data folder. The caller must hold the cache in it,
// which is what makes sure that nobody else listens there. Serve must follow.
func Listen(dir string, o Options) (*Server, error) {
	if !supported {
		return nil, ErrUnsupported
	}
	path, err := place(dir)
	if err != nil {
		return nil, err
	}
	if err := prepare(path, dir); err != nil {
		return nil, err
	}
	listener, err := net.ListenUnix("unix", &net.UnixAddr{Name: path, Net: "unix"})
	if err != nil {
		return nil, err
	}
	if err := os.Chmod(path, 0o600); err != nil {
		return nil, errors.Join(err, listener.Close())
	}
	if o.Guard == nil {
		o.Guard = func(_ string, f func()) { f() }
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return &Server{opts: o, listener: listener, places: make(chan struct{}, atOnce)}, nil
}

// Serve runs commands until ctx ends, and returns when they have ended. They are
// cancelled with it.
func (s *Server) Serve(ctx context.Context) error {
	defer context.AfterFunc(ctx, s.close)()
	defer s.close()
	var group sync.WaitGroup
	defer group.Wait()
	for {
		select {
		case s.places <- struct{}{}:
		case <-ctx.Done():
			return nil
		}
		conn, err := s.accept(ctx)
		if err != nil {
			return err
		}
		if conn == nil {
			return nil
		}
		group.Go(func() {
			defer func() { <-s.places }()
			s.opts.Guard("command line", func() { s.serve(ctx, conn) })
		})
	}
}

// close gives the socket back; a second time it does nothing.
func (s *Server) close() { _ = s.listener.Close() }

// acceptAgain is the pause before a system that cannot give a connection (too
// many open files) is asked again.
const acceptAgain = 100 * time.Millisecond

// accept waits for the next client; nil when ctx has ended.
func (s *Server) accept(ctx context.Context) (*net.UnixConn, error) {
	for {
		conn, err := s.listener.AcceptUnix()
		switch {
		case err == nil:
			return conn, nil
		case ctx.Err() != nil:
			return nil, nil
		case errors.Is(err, net.ErrClosed):
			return nil, err
		}
		s.opts.Log.Warn("relay: accept", "err", err)
		select {
		case <-time.After(acceptAgain):
		case <-ctx.Done():
			return nil, nil
		}
	}
}

const (
	// greetPatience bounds what is said before a command runs.
	greetPatience = 5 * time.Second
	// leavePatience is how long, when the holder ends, a client that takes no
	// output may hold it up.
	leavePatience = time.Second
)

// serve runs the command of one client.
func (s *Server) serve(ctx context.Context, conn *net.UnixConn) {
	defer conn.Close()
	line := &line{conn: conn}
	hello, err := s.greet(conn, line)
	if err != nil {
		s.opts.Log.Warn("relay: refused", "err", err)
		return
	}
	defer context.AfterFunc(ctx, func() {
		time.AfterFunc(leavePatience, func() { _ = conn.SetDeadline(time.Unix(1, 0)) }) // an error: it is closed already
	})()
	running, cancel := context.WithCancel(ctx)
	defer cancel()
	line.lost = cancel
	in := newInput(running, line)
	var listening sync.WaitGroup
	listening.Go(func() {
		s.opts.Guard("command line", func() { s.listen(conn, in, cancel) })
	})
	code := s.opts.Run(running, &Call{
		Args: hello.Args, Caller: hello.Caller, Stdin: in,
		Stdout: stream{line, kindOutput}, Stderr: stream{line, kindComplaint},
	})
	_ = line.say(frame{Kind: kindExit, Code: code, Gone: ctx.Err() != nil}) // to nobody, when the client is gone
	_ = conn.CloseWrite()
	_ = conn.CloseRead() // ends listen
	listening.Wait()
}

// greet hears whom a client wants to be served as, and answers.
func (s *Server) greet(conn *net.UnixConn, line *line) (*greeting, error) {
	if err := checkPeer(conn); err != nil {
		return nil, err
	}
	if err := conn.SetDeadline(time.Now().Add(greetPatience)); err != nil {
		return nil, err
	}
	first, err := readFrame(conn)
	if err != nil {
		return nil, err
	}
	if first.Kind != kindHello || first.Hello == nil {
		return nil, errFrame
	}
	if refusal := s.refusal(first.Hello); refusal != nil {
		return nil, errors.Join(errors.New(refusal.Text), line.say(*refusal))
	}
	if err := line.say(frame{Kind: kindAccepted}); err != nil {
		return nil, err
	}
	return first.Hello, conn.SetDeadline(time.Time{})
}

// refusal is why a client is not served; nil when it is.
func (s *Server) refusal(hello *greeting) *frame {
	switch {
	case hello.Protocol != protocol, hello.Version != s.opts.Version:
		return &frame{
			Kind: kindRefused, Text: fmt.Sprintf("the parley that holds the cache (process %d) is another version: %s", os.Getpid(), s.opts.Version),
			Hint: "close it and open it again with this one, or use another folder with --data",
		}
	case hello.Config != s.opts.Config:
		return &frame{
			Kind: kindRefused, Text: fmt.Sprintf("the parley that holds the cache (process %d) has another config: %s", os.Getpid(), s.opts.Config),
			Hint: "use that config with --config, or another folder with --data",
		}
	}
	return nil
}

// listen hears what a client says while its command runs.
func (s *Server) listen(conn *net.UnixConn, in *input, cancel context.CancelFunc) {
	defer cancel()
	for {
		f, err := readFrame(conn)
		if err != nil {
			return // the client is gone, or the command has ended
		}
		switch f.Kind {
		case kindInput:
			in.add(f.Data)
		case kindEnd:
			in.end()
		case kindCancel:
			cancel()
		}
	}
}

// line writes whole frames, from several goroutines.
type line struct {
	mu   sync.Mutex
	conn net.Conn
	lost context.CancelFunc // told when nobody takes the frames any more; may be nil
}

func (l *line) say(f frame) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	err := writeFrame(l.conn, f)
	if err != nil && l.lost != nil {
		l.lost()
	}
	return err
}

// stream is an output of the command.
type stream struct {
	line *line
	kind kind
}

func (s stream) Write(p []byte) (written int, err error) {
	for len(p) > 0 {
		n := min(len(p), chunk)
		if err := s.line.say(frame{Kind: s.kind, Data: p[:n]}); err != nil {
			return written, err
		}
		written, p = written+n, p[n:]
	}
	return written, nil
}

// input is the command's standard input. The client sends a piece when the
// command wants one, so there is never more than one piece here.
type input struct {
	ctx  context.Context
	line *line

	reading sync.Mutex
	rest    []byte
	ended   bool
	pieces  chan []byte // capacity 1; nil is the end
}

func newInput(ctx context.Context, l *line) *input {
	return &input{ctx: ctx, line: l, pieces: make(chan []byte, 1)}
}

// Read gives what the client has, and waits for it.
func (in *input) Read(p []byte) (int, error) {
	in.reading.Lock()
	defer in.reading.Unlock()
	for len(in.rest) == 0 {
		if in.ended {
			return 0, io.EOF
		}
		if err := in.line.say(frame{Kind: kindWant}); err != nil {
			return 0, err
		}
		select {
		case piece := <-in.pieces:
			in.rest, in.ended = piece, piece == nil
		case <-in.ctx.Done():
			return 0, in.ctx.Err()
		}
	}
	n := copy(p, in.rest)
	in.rest = in.rest[n:]
	return n, nil
}

// add takes a piece. One that nobody wanted is dropped: a client that keeps to
// the protocol sends none.
func (in *input) add(piece []byte) {
	if len(piece) == 0 {
		piece = []byte{}
	}
	select {
	case in.pieces <- piece:
	default:
	}
}

func (in *input) end() {
	select {
	case in.pieces <- nil:
	default:
	}
}
