package ui

import (
	"bytes"
	"os"

	"github.com/charmbracelet/x/ansi"
)

// Output is the terminal, less the wrapping that a bare text does not need.
//
// Bubble Tea hides the cursor while it draws and shows it again, or wraps the
// drawing in a synchronized update, so that nobody sees the cursor fly about.
// For a letter that goes in at the cursor this is 12 or 16 bytes around one,
// and over SSH each of them counts. Where a frame consists of text alone, the
// cursor does not fly, and the wrapping is left out.
type Output struct{ *os.File }

// wrappings are what Bubble Tea puts around a frame, in one Write each.
var wrappings = []struct{ open, close []byte }{
	{[]byte(ansi.ResetModeTextCursorEnable), []byte(ansi.SetModeTextCursorEnable)},
	{[]byte(ansi.SetModeSynchronizedOutput), []byte(ansi.ResetModeSynchronizedOutput)},
}

// Write writes a frame.
func (o Output) Write(frame []byte) (int, error) {
	text := unwrap(frame)
	n, err := o.File.Write(text)
	if n == len(text) {
		n = len(frame)
	}
	return n, err
}

// unwrap returns the text of a frame that consists of text alone, else the
// frame.
func unwrap(frame []byte) []byte {
	for _, w := range wrappings {
		text, opened := bytes.CutPrefix(frame, w.open)
		text, closed := bytes.CutSuffix(text, w.close)
		if opened && closed && !bytes.ContainsFunc(text, isControl) {
			return text
		}
	}
	return frame
}

func isControl(r rune) bool { return r < ' ' || r >= 0x7f && r < 0xa0 }
