package relay

import (
	"context"
	"errors"
	"io"
	"net"
	"time"
)

// Request is a command that another process is to run.
type Request struct {
	Version        string // of this program
	Config         string // the file that this command would work by
	Args           []string
	Caller         Caller
	Stdin          io.Reader // read when the command reads it
	Stdout, Stderr io.Writer
}

// Result is how the command ended.
type Result struct {
	Code int  // exit code
	Gone bool // the holder was about to end: nobody holds the cache any more
}

var (
	// ErrNobody tells that nobody takes commands for the data folder: nothing
	// was run, and the cache may be free.
	ErrNobody = errors.New("nobody takes commands for this cache")

	// ErrGone tells that the holder ended, or was killed, before the command did:
	// how far that came is not known.
	ErrGone = errors.New("the parley that ran this command is gone")
)

// Refused tells that there is a holder that does not run the command.
type Refused struct{ Text, Hint string }

func (e *Refused) Error() string { return e.Text }

// Ask has a command run by the holder of the cache in the data folder. When ctx
// ends, the command is told to stop; Ask returns when it has.
func Ask(ctx context.Context, dir string, r Request) (Result, error) {
	conn, err := dial(ctx, dir)
	if err != nil {
		return Result{}, ErrNobody
	}
	defer conn.Close()
	line := &line{conn: conn}
	if err := r.greet(conn, line); err != nil {
		return Result{}, err
	}
	defer context.AfterFunc(ctx, func() { _ = line.say(frame{Kind: kindCancel}) })() // an error: the holder is gone, which follow finds out
	return r.follow(conn, line)
}

// dial reaches the holder, when there is one of this user.
func dial(ctx context.Context, dir string) (*net.UnixConn, error) {
	path, err := place(dir)
	if err != nil || !supported {
		return nil, ErrNobody
	}
	d := net.Dialer{Timeout: greetPatience}
	conn, err := d.DialContext(ctx, "unix", path)
	if err != nil {
		return nil, err
	}
	unix, ok := conn.(*net.UnixConn)
	if !ok {
		return nil, errors.Join(ErrNobody, conn.Close())
	}
	if err := checkPeer(unix); err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	return unix, nil
}

// greet says what is wanted, and hears whether it is done.
func (r Request) greet(conn *net.UnixConn, line *line) error {
	hello := frame{Kind: kindHello, Hello: &greeting{Protocol: protocol, Version: r.Version, Config: r.Config, Args: r.Args, Caller: r.Caller}}
	if err := conn.SetDeadline(time.Now().Add(2 * greetPatience)); err != nil {
		return ErrNobody
	}
	if err := line.say(hello); err != nil {
		if _, broken := errors.AsType[*net.OpError](err); broken {
			return ErrNobody
		}
		return &Refused{Text: err.Error(), Hint: "give a long text as standard input (-)"}
	}
	first, err := readFrame(conn)
	switch {
	case err != nil:
		return ErrNobody
	case first.Kind == kindRefused:
		return &Refused{Text: first.Text, Hint: first.Hint}
	case first.Kind != kindAccepted:
		return &Refused{Text: "what holds the cache does not speak as parley does", Hint: "another version may be running: close it first"}
	}
	return conn.SetDeadline(time.Time{})
}

// follow passes on what the command says, until its end.
func (r Request) follow(conn net.Conn, line *line) (Result, error) {
	for {
		f, err := readFrame(conn)
		if err != nil {
			return Result{}, ErrGone
		}
		switch f.Kind {
		case kindOutput:
			if _, err := r.Stdout.Write(f.Data); err != nil {
				return Result{}, err
			}
		case kindComplaint:
			if _, err := r.Stderr.Write(f.Data); err != nil {
				return Result{}, err
			}
		case kindWant:
			go r.feed(line) // it may wait for a person while the command ends
		case kindExit:
			return Result{Code: f.Code, Gone: f.Gone}, nil
		}
	}
}

// feed sends the next piece of standard input, or that there is none.
func (r Request) feed(line *line) {
	piece := make([]byte, chunk)
	n, err := r.Stdin.Read(piece)
	if n > 0 {
		_ = line.say(frame{Kind: kindInput, Data: piece[:n]}) // an error: the holder is gone, which follow finds out
		return
	}
	if err != nil {
		_ = line.say(frame{Kind: kindEnd})
		return
	}
	_ = line.say(frame{Kind: kindInput})
}

// Attended tells whether somebody takes commands for the data folder.
func Attended(dir string) bool {
	conn, err := dial(context.Background(), dir)
	if err != nil {
		return false
	}
	_ = conn.Close()
	return true
}
