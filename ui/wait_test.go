package ui

import (
	"testing"
	"time"
)

func TestWaitsAreReadAsTheyAreWritten(t *testing.T) {
	for _, d := range []time.Duration{0, time.Second, 90 * time.Second, 30 * time.Minute, time.Hour, 90 * time.Minute, 24 * time.Hour, 400 * time.Second, 25*time.Hour + time.Second} {
		if got, ok := parseWait(waitLabel(d)); !ok || got != d {
			t.Errorf("%v is written %q and read as %v, %v", d, waitLabel(d), got, ok)
		}
	}
	for text, want := range map[string]time.Duration{"1d": 24 * time.Hour, "1d 12h": 36 * time.Hour, "30m": 30 * time.Minute} {
		if got, ok := parseWait(text); !ok || got != want {
			t.Errorf("%q is read as %v, %v", text, got, ok)
		}
	}
	for _, text := range []string{"", "x", "12", "-1h", "d", "1.5d", "99999d", "9999999h", "1ms", "1d2d"} {
		if got, ok := parseWait(text); ok {
			t.Errorf("%q is read as %v", text, got)
		}
	}
	for d, want := range map[time.Duration]string{0: "0s", 24 * time.Hour: "24h", 90 * time.Minute: "1h30m", 10 * time.Minute: "10m", 100 * time.Second: "1m40s"} {
		if got := waitLabel(d); got != want {
			t.Errorf("%v is written %q, want %q", d, got, want)
		}
	}
}

func FuzzWait(f *testing.F) {
	f.Add("1d12h")
	f.Fuzz(func(t *testing.T, text string) {
		d, ok := parseWait(text)
		if again, ok2 := parseWait(waitLabel(d)); ok && d > 0 && d < 300*24*time.Hour && (!ok2 || again != d) {
			t.Errorf("%q is %v, written %q, read again %v", text, d, waitLabel(d), again)
		}
	})
}
