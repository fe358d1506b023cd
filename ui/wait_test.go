package ui

import (
	"testing"
	"time"

	"parley/inbox"
)

func TestWaitsAreReadAsTheyAreWritten(t *testing.T) {
	for _, d := range []time.Duration{0, time.Second, 90 * time.Second, 30 * time.Minute, time.Hour, 90 * time.Minute, 24 * time.Hour, 400 * time.Second, 25*time.Hour + time.Second} {
		if got, ok := parseWait(inbox.FormatDuration(d)); !ok || got != d {
			t.Errorf("%v is written %q and read as %v, %v", d, inbox.FormatDuration(d), got, ok)
		}
	}
	for text, want := range map[string]time.Duration{"1d": 24 * time.Hour, "1d 12h": 36 * time.Hour, "30m": 30 * time.Minute, "0": 0, " 0s ": 0} {
		if got, ok := parseWait(text); !ok || got != want {
			t.Errorf("%q is read as %v, %v", text, got, ok)
		}
	}
	for _, text := range []string{"", "x", "12", "-1h", "367d", "0.5s", "d", "1.5d", "99999d", "9999999h", "1ms", "1d2d"} {
		if got, ok := parseWait(text); ok {
			t.Errorf("%q is read as %v", text, got)
		}
	}
}
