package httpapi

import (
	"net/http"
	"strconv"
	"time"
)

// Rate is what an answer says of the rate limit.
type Rate struct {
	Known     bool
	Max       int       // requests in the period; 0 when not told
	Remaining int       // of them
	Reset     time.Time // when the period ends; zero when not told
}

// parseRate reads the x-ratelimit headers in both generations that Ayrshare
// documents: max and count, or max and remaining with a reset.
func parseRate(h http.Header) Rate {
	var r Rate
	limit, hasMax := headerInt(h, "X-Ratelimit-Max")
	count, hasCount := headerInt(h, "X-Ratelimit-Count")
	remaining, hasRemaining := headerInt(h, "X-Ratelimit-Remaining")
	r.Max = int(limit)
	switch {
	case hasRemaining:
		r.Remaining, r.Known = int(max(remaining, 0)), true
	case hasMax && hasCount:
		r.Remaining, r.Known = int(max(limit-count, 0)), true
	}
	if reset, ok := headerInt(h, "X-Ratelimit-Reset"); ok && reset > 0 {
		r.Reset = resetTime(reset, parseDate(h.Get("Date")))
	}
	return r
}

// resetTime reads a reset in any of the forms in use: Unix milliseconds, Unix
// seconds, or milliseconds from now.
func resetTime(n int64, now time.Time) time.Time {
	const (
		unixSeconds = 1e9  // as Unix seconds the year 2001; as milliseconds from now 11 days
		unixMillis  = 1e11 // as Unix milliseconds 1973; as Unix seconds the year 5138
	)
	switch {
	case n >= unixMillis:
		return time.UnixMilli(n).UTC()
	case n >= unixSeconds:
		return time.Unix(n, 0).UTC()
	case now.IsZero():
		now = time.Now().UTC()
	}
	return now.Add(time.Duration(n) * time.Millisecond)
}

func headerInt(h http.Header, name string) (int64, bool) {
	n, err := strconv.ParseInt(h.Get(name), 10, 64)
	return n, err == nil
}

func parseDate(s string) time.Time {
	t, err := http.ParseTime(s)
	if err != nil {
		return time.Time{}
	}
	return t.UTC()
}

// longestRetry bounds what a server may ask for: beyond a day it is a mistake,
// and it would silence an account.
const longestRetry = 24 * time.Hour

// parseRetryAfter reads both forms of the header (RFC 9110, 10.2.3). 0 when it
// is missing, in the past or neither.
func parseRetryAfter(s string, now time.Time) time.Duration {
	var d time.Duration
	if n, err := strconv.ParseInt(s, 10, 32); err == nil {
		d = time.Duration(n) * time.Second
	} else if t := parseDate(s); !t.IsZero() {
		d = t.Sub(now)
	}
	return min(max(d, 0), longestRetry)
}
