package ui

import "testing"

func TestABareLetterCostsItsOwnBytes(t *testing.T) {
	const hide, show, begin, end = "\x1b[?25l", "\x1b[?25h", "\x1b[?2026h", "\x1b[?2026l"
	for frame, want := range map[string]string{
		hide + "e" + show:                 "e",
		begin + "é世" + end:                "é世",
		hide + "\x1b[3;4He" + show:        hide + "\x1b[3;4He" + show,
		hide + "a\r\nb" + show:            hide + "a\r\nb" + show,
		begin + "\x1b[1mx\x1b[m" + end:    begin + "\x1b[1mx\x1b[m" + end,
		"plain":                           "plain",
		hide + "x":                        hide + "x",
		hide + show:                       "",
		hide + "x" + end:                  hide + "x" + end,
		begin + hide + "x" + show + end:   begin + hide + "x" + show + end,
		"\x1b[?1049h" + hide + "x" + show: "\x1b[?1049h" + hide + "x" + show,
	} {
		if got := string(unwrap([]byte(frame))); got != want {
			t.Errorf("%q is written as %q, want %q", frame, got, want)
		}
	}
}
