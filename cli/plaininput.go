package cli

// What is typed in plain mode, a line at a time. Prompt, answers to questions and
// the standard input of commands all take from one source, so none of them reads
// what is meant for another.

import (
	"bufio"
	"context"
	"errors"
	"io"
	"strings"
	"unicode/utf8"

	"parley/inbox"
)

// longestTerminalLine is how many bytes a terminal gives of a line at the most:
// Linux keeps 4,096, the end of the line included (N_TTY_BUF_SIZE, termios(3)),
// and drops the rest in silence.
const longestTerminalLine = 4095

// lineSource hands over what is typed.
type lineSource struct {
	typed chan typedLine // closed at the end
	first []string       // put back: what comes before that
}

type typedLine struct {
	text string
	err  error // of this line; the next may be well
}

// newLineSource reads lines until the input ends. The reader is left behind at the
// end of the program: nothing can call it back from a terminal.
func newLineSource(r io.Reader, g *guard) *lineSource {
	s := &lineSource{typed: make(chan typedLine)}
	go g.run("plain input", func() {
		defer close(s.typed)
		lines := bufio.NewReader(r)
		for {
			line, more := readLine(lines)
			if more || line.text != "" {
				s.typed <- line
			}
			if !more {
				return
			}
		}
	})
	return s
}

// readLine reads one line, of bounded length; more tells that there may be another.
func readLine(r *bufio.Reader) (line typedLine, more bool) {
	var text []byte
	for {
		piece, err := r.ReadSlice('\n')
		if len(text)+len(piece) > maxTextBytes {
			line.err = &usageError{text: "the line is too long", hint: "send - and note - take a text of many lines"}
		} else {
			text = append(text, piece...)
		}
		if errors.Is(err, bufio.ErrBufferFull) {
			continue
		}
		line.text = strings.TrimRight(string(text), "\r\n")
		if line.err == nil && !utf8.ValidString(line.text) {
			line.err = &usageError{text: "the line is not UTF-8", hint: "type it again; stty iutf8 lets the terminal erase whole letters"}
		}
		line.text = inbox.Clean(strings.ReplaceAll(line.text, "\r", " ")) // an arrow key is a control sequence
		return line, err == nil
	}
}

// errNoInput tells that the input has ended. It is none of the errors that a command
// can end with.
var errNoInput = errors.New("the input has ended")

// putBack makes a line the next one again.
func (s *lineSource) putBack(line string) { s.first = append(s.first, line) }

// next is the next line; errNoInput at the end.
func (s *lineSource) next(ctx context.Context) (string, error) {
	if len(s.first) > 0 {
		line := s.first[0]
		s.first = s.first[1:]
		return line, nil
	}
	select {
	case line, ok := <-s.typed:
		if !ok {
			return "", errNoInput
		}
		return line.text, line.err
	case <-ctx.Done():
		return "", ctx.Err()
	}
}

// commandInput is the standard input of a command: the lines that are typed next,
// up to one with a single dot.
type commandInput struct {
	ctx   context.Context
	lines *lineSource
	rest  []byte
	ended bool
}

// Read gives one line at the most, so that a command which asks for one takes no
// more.
func (c *commandInput) Read(b []byte) (int, error) {
	if len(c.rest) == 0 && !c.ended {
		line, err := c.lines.next(c.ctx)
		switch {
		case err != nil && !errors.Is(err, errNoInput):
			return 0, err
		case err != nil || line == endOfText:
			c.ended = true
		default:
			c.rest = []byte(line + "\n")
		}
	}
	if len(c.rest) == 0 {
		return 0, io.EOF
	}
	n := copy(b, c.rest)
	c.rest = c.rest[n:]
	return n, nil
}

// skip goes on to the end of what is meant for the command.
func (c *commandInput) skip() {
	for !c.ended {
		line, err := c.lines.next(c.ctx)
		c.ended = errors.Is(err, errNoInput) || c.ctx.Err() != nil || err == nil && line == endOfText
	}
}
