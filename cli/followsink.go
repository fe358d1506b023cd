package cli

// Where the lines of parley follow go: to standard output, or to a program, one
// run for each. It is in the process that was called, whoever has made the lines:
// a program runs where it was asked for, in its folder and its environment.

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os/exec"
	"time"
)

// newsSink takes whole lines, in pieces of any size.
type newsSink struct {
	app     *app
	out     io.Writer
	program []string // nil: print
	timeout time.Duration
	state   string // the file of the cursor, "" for none
	cursor  string // of the newest line that was dealt with

	rest []byte
}

// Write deals with the lines that are whole.
func (s *newsSink) Write(p []byte) (int, error) {
	s.rest = append(s.rest, p...)
	for {
		line, rest, whole := bytes.Cut(s.rest, []byte("\n"))
		if !whole {
			return len(p), nil
		}
		if err := s.take(line); err != nil {
			return 0, err
		}
		s.rest = rest
	}
}

// take deals with one line, and then moves the cursor: what is cut off in between
// is dealt with again.
func (s *newsSink) take(line []byte) error {
	var head struct{ Event, Cursor string }
	if err := json.Unmarshal(line, &head); err != nil {
		return fmt.Errorf("follow: a line that is no object: %w", err)
	}
	switch {
	case s.program == nil:
		if _, err := s.out.Write(append(line, '\n')); err != nil {
			return err
		}
	case head.Event != eventReady:
		s.run(head.Event, head.Cursor, line)
	}
	s.cursor = head.Cursor
	if s.state == "" {
		return nil
	}
	return replaceFile(s.state, []byte(s.cursor+"\n"))
}

// run gives a line to the program. An interrupt lets it finish, within its time.
func (s *newsSink) run(event, cursor string, line []byte) {
	ctx, cancel := context.WithTimeout(context.Background(), s.timeout)
	defer cancel()
	cmd := exec.CommandContext(ctx, s.program[0], s.program[1:]...)
	cmd.Stdin = bytes.NewReader(append(line, '\n'))
	cmd.Stdout, cmd.Stderr = s.out, s.app.stderr
	cmd.WaitDelay = time.Second
	begin := time.Now()
	err := cmd.Run()
	switch {
	case ctx.Err() != nil:
		s.app.complain(fmt.Sprintf("%s was stopped after %s, for the event %s %s", s.program[0], describeSpan(s.timeout), event, cursor), "--timeout allows more")
	case err != nil:
		s.app.complain(fmt.Sprintf("%s: %v, for the event %s %s", s.program[0], err, event, cursor), "")
	}
	s.app.log.Info("follow", "event", event, "cursor", cursor, "code", cmd.ProcessState.ExitCode(), "ms", time.Since(begin).Milliseconds())
}
