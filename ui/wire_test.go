package ui

import (
	"bytes"
	"os"
	"testing"

	"github.com/charmbracelet/x/term"
)

func TestSmallFramesAreSentBare(t *testing.T) {
	const hide, show, begin, end = "\x1b[?25l", "\x1b[?25h", "\x1b[?2026h", "\x1b[?2026l"
	long := "a frame that is longer than a letter"
	for _, tt := range []struct{ frame, want string }{
		{hide + "x" + show, "x"},
		{begin + "x" + end, "x"},
		{hide + long + show, hide + long + show},
		{begin + long + end, begin + long + end},
		{hide + show, hide + show},
		{hide + "x", hide + "x"},
		{"x" + show, "x" + show},
		{begin + "x" + show + end, "x" + show},
		{"x", "x"},
		{"", ""},
	} {
		var terminal bytes.Buffer
		n, err := Output(&terminal).Write([]byte(tt.frame))
		if err != nil || n != len(tt.frame) || terminal.String() != tt.want {
			t.Errorf("%q: wrote %q, %d of %d bytes, error %v", tt.frame, terminal.String(), n, len(tt.frame), err)
		}
	}
}

func TestOutputIsStillKnownAsAFile(t *testing.T) {
	f, ok := Output(os.Stderr).(term.File)
	if !ok || f.Fd() != os.Stderr.Fd() {
		t.Error("the terminal cannot be recognised behind the output")
	}
	if _, ok := Output(&bytes.Buffer{}).(term.File); ok {
		t.Error("a buffer pretends to be a terminal")
	}
}
