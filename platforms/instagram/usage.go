package instagram

import (
	"fmt"
	"net/http"
	"sync"
	"time"

	"parley/inbox"
	"parley/platforms/loose"
)

// Two headers tell how much of the rate limits is used up, in percent, once
// there is enough traffic
// (https://developers.facebook.com/docs/graph-api/overview/rate-limiting):
//
//	X-App-Usage                {"call_count":12,"total_cputime":0,"total_time":0}
//	X-Business-Use-Case-Usage  {"<id>":[{"call_count":1,…,"estimated_time_to_regain_access":0}], …}
//
// The largest figure of all counts. The second one also tells for how many
// minutes the API will refuse; 0 says nothing. Asking all the same makes it
// longer.

// usage is what the headers told last.
type usage struct {
	mu      sync.Mutex
	percent int64
	at      time.Time
	until   time.Time // not to ask before
}

// usageLasts is the longest that a figure is believed: limits roll over an hour.
const usageLasts = time.Hour

// longestPause bounds what a header may ask for.
const longestPause = 24 * time.Hour

// note reads the headers of an answer. One that cannot be read is as good as none.
func (u *usage) note(h http.Header, now time.Time) {
	percent, regain, told := int64(0), int64(0), false
	for _, o := range usages(h) {
		for _, key := range []string{"call_count", "total_cputime", "total_time"} {
			if n, ok := o.Int(key); ok {
				percent, told = max(percent, n), true
			}
		}
		if n, ok := o.Int("estimated_time_to_regain_access"); ok {
			regain = max(regain, n)
		}
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	if told {
		u.percent, u.at = percent, now
	}
	if regain > 0 {
		regain = min(regain, int64(longestPause/time.Minute))
		u.until = now.Add(time.Duration(regain) * time.Minute)
	}
}

// usages are the objects with figures of both headers.
func usages(h http.Header) []loose.Object {
	var list []loose.Object
	if o, ok := loose.ParseObject([]byte(h.Get("X-App-Usage"))); ok {
		list = append(list, o)
	}
	byID, _ := loose.ParseObject([]byte(h.Get("X-Business-Use-Case-Usage")))
	for id := range byID {
		list = append(list, byID.Objects(id)...)
	}
	return list
}

// pause is how long to wait before the next poll, beyond the ordinary: the more
// is used up, the longer. The steps are ours; from 75 % on something has to give.
func (u *usage) pause(now time.Time) time.Duration {
	u.mu.Lock()
	defer u.mu.Unlock()
	switch {
	case now.Before(u.until):
		return u.until.Sub(now)
	case now.Sub(u.at) > usageLasts:
		return 0
	case u.percent >= 95:
		return 15 * time.Minute
	case u.percent >= 85:
		return 5 * time.Minute
	case u.percent >= 75:
		return 2 * time.Minute
	}
	return 0
}

// left is for how long the API will refuse, as far as it told.
func (u *usage) left(now time.Time) time.Duration {
	u.mu.Lock()
	defer u.mu.Unlock()
	return max(u.until.Sub(now), 0)
}

// blocked is the refusal that the API would give, made here instead; nil when it
// would not.
func (u *usage) blocked(op string, now time.Time) error {
	wait := u.left(now)
	if wait == 0 {
		return nil
	}
	return &inbox.Error{
		Kind: inbox.RateLimited, Op: op, RetryAfter: wait,
		Text: fmt.Sprintf("too many requests: Instagram asks for a pause of %v", wait.Round(time.Second)),
		Hint: "it ends by itself; asking meanwhile would make it longer",
	}
}
