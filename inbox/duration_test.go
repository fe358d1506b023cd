package inbox

import (
	"strings"
	"testing"
	"time"
)

func TestDurationsAreReadAndWritten(t *testing.T) {
	const day = 24 * time.Hour
	for text, want := range map[string]struct {
		d       time.Duration
		written string
	}{
		"7d": {7 * day, "7d"}, "24h": {day, "1d"}, "1w": {7 * day, "7d"}, "1w1d": {8 * day, "8d"}, "1d12h": {36 * time.Hour, "1d12h"},
		"90m": {90 * time.Minute, "1h30m"}, "1 d 12 H": {36 * time.Hour, "1d12h"}, "1.5h": {90 * time.Minute, "1h30m"},
		"0.5s": {time.Second / 2, "0.5s"}, "1m0.000000001s": {time.Minute + 1, "1m0.000000001s"}, "36500d": {maxDuration, "36500d"},
	} {
		d, err := ParseDuration(text)
		if err != nil || d != want.d || FormatDuration(d) != want.written {
			t.Errorf("%q is %v, written %q, %v; want %v, %q", text, d, FormatDuration(d), err, want.d, want.written)
		}
	}
}

func TestWhatIsNoDurationIsRefused(t *testing.T) {
	for text, want := range map[string]string{
		"": "not a duration", " ": "not a duration", "2": "not a duration", "2x": "not a duration", "-1h": "not a duration", "1d1w": "not a duration",
		"2ns": "not a duration", "1µs": "not a duration", "5ms": "not a duration", "d": "not a duration", "1h1d": "not a duration", "1e9h": "not a duration", "²d": "not a duration", "0h": "not more than zero", "0d": "not more than zero",
		"36501d": "too long", "36500d1s": "too long", "999999999h": "too long", "99999w": "too long",
	} {
		if d, err := ParseDuration(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q is %v, %v; want %q", text, d, err, want)
		}
	}
}

func FuzzDuration(f *testing.F) {
	for _, seed := range []string{"7d", "1w2d3h4m5.6s", "0.000000001h", "36500d", "1D"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		d, err := ParseDuration(text)
		if err != nil {
			return
		}
		if d <= 0 || d > maxDuration {
			t.Fatalf("%q is %v", text, d)
		}
		if again, err := ParseDuration(FormatDuration(d)); err != nil || again != d {
			t.Fatalf("%q is %v, written %q, which is %v, %v", text, d, FormatDuration(d), again, err)
		}
	})
}
