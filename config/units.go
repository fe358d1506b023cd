package config

// Durations and sizes as people write them.

import (
	"cmp"
	"errors"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// duration is a number of days or weeks, a Go duration, or one after the other.
var duration = regexp.MustCompile(`^(?:(\d{1,5})w)?(?:(\d{1,6})d)?((?:\d{1,9}(?:\.\d{1,9})?(?:h|m|s))*)$`)

// maxDuration is far beyond any window or age, and far from an overflow.
const maxDuration = 100 * 365 * 24 * time.Hour

// ParseDuration understands "7d", "24h", "1w", "1d12h", "90m"; more than zero.
func ParseDuration(text string) (time.Duration, error) {
	m := duration.FindStringSubmatch(strings.ReplaceAll(text, " ", ""))
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
	if d <= 0 {
		return 0, errors.New("not more than zero")
	}
	return d, nil
}

// size is a number with a unit of bytes.
var size = regexp.MustCompile(`^(\d{1,9})(B|KB|MB|GB|TB|KIB|MIB|GIB|TIB)?$`)

// parseSize understands "500MB", "2GB", "1GiB" and plain bytes. Units are
// powers of 1024 whichever way they are written: it is a limit, not a bill.
func parseSize(text string) (int64, error) {
	m := size.FindStringSubmatch(strings.ToUpper(strings.ReplaceAll(text, " ", "")))
	if m == nil {
		return 0, errors.New("not a size")
	}
	n, _ := strconv.ParseInt(m[1], 10, 64) // nine digits at most
	shift := 10 * strings.IndexByte("BKMGT", (m[2] + "B")[0])
	if n == 0 || n > 1<<50>>shift {
		return 0, errors.New("out of range")
	}
	return n << shift, nil
}
