package inbox

import (
	"cmp"
	"errors"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// Durations as people write them, one way everywhere: in the config, in a
// search, behind a flag. Days and weeks are what reply windows and retention
// are thought in, and Go's own form has neither.

// maxDuration is far beyond any window or age, and far from an overflow.
const maxDuration = 100 * 365 * 24 * time.Hour

// durationForm is a number of weeks, of days, and a Go duration, each at most
// once and in this order.
var durationForm = regexp.MustCompile(`^(?:(\d{1,5})w)?(?:(\d{1,6})d)?((?:\d{1,9}(?:\.\d{1,9})?(?:h|m|s))*)$`)

// ParseDuration understands 7d, 24h, 1w, 1d12h, 90m; more than zero, and at
// most a hundred years. Spaces and case do not count.
func ParseDuration(text string) (time.Duration, error) {
	text = strings.ToLower(strings.Join(strings.Fields(text), ""))
	m := durationForm.FindStringSubmatch(text)
	if m == nil || text == "" {
		return 0, errors.New("not a duration")
	}
	weeks, _ := strconv.Atoi(cmp.Or(m[1], "0")) // digits only, and few
	days, _ := strconv.Atoi(cmp.Or(m[2], "0"))
	rest, err := time.ParseDuration(cmp.Or(m[3], "0s"))
	if err != nil || rest > maxDuration || weeks*7+days > 100*365 {
		return 0, errors.New("too long")
	}
	d := time.Duration(weeks*7+days)*24*time.Hour + rest
	switch {
	case d <= 0:
		return 0, errors.New("not more than zero")
	case d > maxDuration:
		return 0, errors.New("too long")
	}
	return d, nil
}

// FormatDuration writes a duration as ParseDuration reads it, in its largest
// units: 36h is 1d12h.
func FormatDuration(d time.Duration) string {
	var b strings.Builder
	for _, unit := range []struct {
		name   string
		length time.Duration
	}{{"d", 24 * time.Hour}, {"h", time.Hour}, {"m", time.Minute}} {
		if n := d / unit.length; n > 0 {
			b.WriteString(strconv.FormatInt(int64(n), 10) + unit.name)
			d -= n * unit.length
		}
	}
	if d > 0 || b.Len() == 0 {
		b.WriteString(formatSeconds(d))
	}
	return b.String()
}

// formatSeconds writes what is left below a minute, without a power of ten.
func formatSeconds(d time.Duration) string {
	text := strconv.FormatInt(int64(d/time.Second), 10)
	if rest := d % time.Second; rest > 0 {
		digits := strconv.FormatInt(int64(time.Second+rest), 10)[1:] // with the zeros in front
		text += "." + strings.TrimRight(digits, "0")
	}
	return text + "s"
}
