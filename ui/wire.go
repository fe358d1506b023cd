package ui

import (
	"bytes"
	"io"

	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/term"
)

// Output saves bytes on the way to the terminal. Bubble Tea puts every frame
// between two sequences: "hide the cursor" and "show it", or, where the terminal
// can do that, "begin an update" and "end it". They keep a large frame from
// flickering. Around a frame of a letter they are twelve or sixteen bytes for
// one, at every key, over a line that may be slow; and there is nothing in it
// that could flicker. Output takes them off then.
//
// Each Write must be a whole frame, as Bubble Tea's are.
func Output(w io.Writer) io.Writer {
	o := output{w}
	if f, ok := w.(term.File); ok {
		return outputFile{f, o}
	}
	return o
}

// smallFrame is the size up to which a frame is sent bare: one character of a
// few bytes and the cursor's way to it.
const smallFrame = 16

type output struct{ w io.Writer }

func (o output) Write(frame []byte) (int, error) {
	if _, err := o.w.Write(unwrap(frame)); err != nil {
		return 0, err
	}
	return len(frame), nil
}

// unwrap takes the brackets off a small frame.
func unwrap(frame []byte) []byte {
	for _, pair := range [][2]string{
		{ansi.ResetModeTextCursorEnable, ansi.SetModeTextCursorEnable},
		{ansi.SetModeSynchronizedOutput, ansi.ResetModeSynchronizedOutput},
	} {
		inner, opened := bytes.CutPrefix(frame, []byte(pair[0]))
		inner, closed := bytes.CutSuffix(inner, []byte(pair[1]))
		if opened && closed && len(inner) > 0 && len(inner) <= smallFrame {
			return inner
		}
	}
	return frame
}

// outputFile is an Output that is still known as a terminal.
type outputFile struct {
	term.File
	output output
}

func (o outputFile) Write(frame []byte) (int, error) { return o.output.Write(frame) }
