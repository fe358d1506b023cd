package inbox

import (
	"math/rand/v2"
	"time"
)

// believeUntil is how far ahead a provider's nextUpdate is believed. One that
// is an hour ahead is a mistake (a wrong clock, a wrong zone), not a wish.
const believeUntil = 15 * time.Minute

// nextRead is when a feed may be asked again: at the provider's nextUpdate if
// that can be believed, else after the documented cache time. All times are by
// the provider's clock.
func nextRead(f Feed, now, told time.Time) time.Time {
	next := now.Add(f.CacheTime)
	if told.After(now) && told.Before(now.Add(believeUntil)) {
		next = told
	}
	if slow := now.Add(f.Every); slow.After(next) {
		next = slow
	}
	return next
}

// maxPause bounds what a provider can make us wait after an error.
const maxPause = time.Hour

// mend makes a schedule usable: when the clock was wrong as it was written, it
// could keep us waiting for a day, or pass old knowledge off as fresh.
func (s *SyncState) mend(f Feed, now time.Time) {
	if s.NextUpdate.After(now.Add(max(believeUntil, f.Every) + f.CacheTime)) {
		s.NextUpdate = now
	}
	if s.AskedAt.After(now) {
		s.AskedAt = now
	}
	for _, t := range []*time.Time{&s.ReadAt, &s.WholeAt} {
		if t.After(now) {
			*t = time.Time{}
		}
	}
}

// mend is the same for what holds for the whole account.
func (s *AccountState) mend(now time.Time) {
	if s.PausedTill.After(now.Add(maxPause)) {
		s.PausedTill = now
	}
	if s.InspectAt.After(now.Add(inspectEvery)) {
		s.InspectAt = now
	}
}

const (
	maxReadDelay = 5 * time.Minute
	maxDeadDelay = 15 * time.Minute
	maxSendDelay = 2 * time.Minute
)

// retryRead is when to try a feed again after its n-th failure in a row.
func retryRead(f Feed, now time.Time, n int, err *Error) time.Time {
	limit := maxReadDelay
	if err.Kind == Auth {
		limit = maxDeadDelay
	}
	return now.Add(max(backOff(max(f.CacheTime, time.Second), n, limit), min(err.RetryAfter, maxPause)))
}

// backOff doubles from base to limit, less up to a fifth by chance, so that
// many clients do not come back at once.
func backOff(base time.Duration, n int, limit time.Duration) time.Duration {
	d := base
	for ; n > 1 && d < limit; n-- {
		d *= 2
	}
	d = min(d, limit)
	return d - rand.N(d/5+1)
}

// jitter is added to every planned read, for the same reason.
func jitter(f Feed) time.Duration { return rand.N(f.CacheTime/40 + time.Millisecond) }

// brake is how long an account pauses after a 429, by how many there were in
// the last 24 hours. Ayrshare suspends a profile at 1,000 of them; at this pace
// there are never more than about 150.
func brake(limited int) time.Duration {
	switch {
	case limited < 5:
		return 30 * time.Second
	case limited < 20:
		return 2 * time.Minute
	case limited < 60:
		return 10 * time.Minute
	}
	return 30 * time.Minute
}
