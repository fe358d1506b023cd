package ui

import (
	"fmt"
	"net/url"
	"strings"
	"time"

	"parley/inbox"
)

// The words of the screen for times and states. A label that depends on the
// clock comes with the instant at which it will be another one, so that one
// clock can sleep until then; the zero time is never.

// ageLabel is how long ago something was, in the coarsest unit that is of use.
func ageLabel(at, now time.Time, zone *time.Location) (label string, until time.Time) {
	age := now.Sub(at)
	switch {
	case at.IsZero():
		return "", time.Time{}
	case age < time.Minute:
		return "now", at.Add(time.Minute)
	case age < time.Hour:
		return stepLabel(at, age, time.Minute, "m")
	case age < 24*time.Hour:
		return stepLabel(at, age, time.Hour, "h")
	case age < 7*24*time.Hour:
		return stepLabel(at, age, 24*time.Hour, "d")
	}
	if at.In(zone).Year() == now.In(zone).Year() {
		return at.In(zone).Format("2 Jan"), time.Time{}
	}
	return at.In(zone).Format("Jan 06"), time.Time{}
}

// agoLabel says the same so that it cannot be taken for the time that is left.
func agoLabel(at, now time.Time, zone *time.Location) (label string, until time.Time) {
	label, until = ageLabel(at, now, zone)
	if !until.IsZero() && label != "now" {
		label += " ago"
	}
	return label, until
}

// whenLabel is an instant to come as people say it: the time of a day of this
// week, else the date.
func whenLabel(at, now time.Time, zone *time.Location, clock string) (label string, until time.Time) {
	at, now = at.In(zone), now.In(zone)
	midnight := time.Date(now.Year(), now.Month(), now.Day()+1, 0, 0, 0, 0, zone)
	switch {
	case sameDay(at, now):
		return at.Format(clock), midnight
	case at.After(now) && at.Before(midnight.AddDate(0, 0, 6)):
		return at.Format("Mon " + clock), midnight
	case at.Year() == now.Year():
		return at.Format("2 Jan " + clock), midnight
	}
	return at.Format("2 Jan 2006"), midnight
}

// endsInTime tells that a window's label is a time, and no word such as
// "closed".
func endsInTime(label string) bool {
	return label != "" && strings.ContainsRune("dhms", rune(label[len(label)-1])) && strings.ContainsAny(label, "0123456789")
}

func stepLabel(at time.Time, age, unit time.Duration, suffix string) (string, time.Time) {
	n := age / unit
	return fmt.Sprintf("%d%s", n, suffix), at.Add((n + 1) * unit)
}

// leftLabel is the time until something ends, finer towards the end. Seconds
// are shown only where they are asked for, and only in the last two minutes.
func leftLabel(end, now time.Time, seconds bool) (label string, until time.Time) {
	left := end.Sub(now)
	const day = 24 * time.Hour
	switch {
	case left <= 0:
		return "0m", time.Time{}
	case seconds && left <= 2*time.Minute:
		n := (left + time.Second - 1) / time.Second
		return fmt.Sprintf("%ds", n), end.Add(-(n - 1) * time.Second)
	case left < time.Hour:
		n := left / time.Minute
		if seconds && n == 2 {
			return "2m", end.Add(-2 * time.Minute)
		}
		if n == 0 {
			return "<1m", end
		}
		return fmt.Sprintf("%dm", n), end.Add(-n*time.Minute + 1)
	case left < 3*time.Hour:
		n := left / time.Minute
		return fmt.Sprintf("%dh %02dm", n/60, n%60), end.Add(-n*time.Minute + 1)
	case left < day:
		n := left / time.Hour
		return fmt.Sprintf("%dh", n), end.Add(-n*time.Hour + 1)
	}
	n := left / time.Hour
	return fmt.Sprintf("%dd %dh", n/24, n%24), end.Add(-n*time.Hour + 1)
}

// windowLabel is a reply window in a few words, and the role that colours it.
func windowLabel(w inbox.Window, now time.Time, seconds bool) (label string, r role, until time.Time) {
	switch w.Phase {
	case inbox.WindowNone:
		return "", roleFaint, time.Time{}
	case inbox.WindowUnknown:
		return "window unknown", roleFaint, time.Time{}
	case inbox.WindowClosed:
		return "closed", roleFaint, time.Time{}
	}
	left, _ := w.Left(now)
	label, until = leftLabel(w.ClosesAt, now, seconds)
	if w.Phase == inbox.WindowLate {
		label = "late " + label
	}
	return label, urgency(left, w.Phase), until
}

// urgency says how near the end is. The steps are ours: an hour is when an
// answer has to be written now, six when it has to be planned in this shift.
func urgency(left time.Duration, phase inbox.Phase) role {
	switch {
	case left < time.Hour:
		return roleUrgent
	case left < 6*time.Hour || phase == inbox.WindowLate:
		return roleWarn
	}
	return roleGood
}

// windowSentence says the same at length, for the thread's header.
func windowSentence(w inbox.Window, now time.Time, zone *time.Location, clock string) (text string, until time.Time) {
	at := w.ClosesAt.In(zone).Format("Mon 2 Jan " + clock)
	switch w.Phase {
	case inbox.WindowNone:
		return "no reply window: answer at any time", time.Time{}
	case inbox.WindowUnknown:
		return "reply window unknown: no message of the customer is known", time.Time{}
	case inbox.WindowClosed:
		if w.Reason != "" {
			return "closed by the platform: " + w.Reason, time.Time{}
		}
		return "closed since " + at, time.Time{}
	}
	left, until := leftLabel(w.ClosesAt, now, false)
	if sameDay(w.ClosesAt.In(zone), now.In(zone)) {
		at = w.ClosesAt.In(zone).Format(clock)
	}
	if w.Phase == inbox.WindowLate {
		text = "late: human agents only, " + left + " left, until " + at
		if w.Reason != "" {
			text += ": " + w.Reason
		}
		return text, until
	}
	return left + " left, until " + at, until
}

// sooner is the earlier of two instants, where zero is never.
func sooner(a, b time.Time) time.Time {
	if a.IsZero() || (!b.IsZero() && b.Before(a)) {
		return b
	}
	return a
}

// count is a number with its noun.
func count(n int, one string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %ss", n, one)
}

// short is a number that must not take much room.
func short(n int) string {
	switch {
	case n < 10_000:
		return fmt.Sprint(n)
	case n < 1_000_000:
		return fmt.Sprintf("%dk", n/1000)
	}
	return fmt.Sprintf("%.1fM", float64(n)/1e6)
}

// safeLink is an address that may stand inside an escape sequence and be opened
// by a terminal: http or https with a host, printable ASCII only, no
// semicolon (terminals split the sequence there), of bounded length. Anything
// else is "".
func safeLink(raw string) string {
	u, err := url.Parse(raw)
	if err != nil || u.Host == "" || strings.Contains(u.Host, ";") || (u.Scheme != "https" && u.Scheme != "http") {
		return ""
	}
	u.User = nil
	link := strings.ReplaceAll(u.String(), ";", "%3B")
	if len(link) > maxLink {
		return ""
	}
	for i := range len(link) {
		if link[i] <= ' ' || link[i] >= 0x7f {
			return ""
		}
	}
	return link
}

// maxLink is the longest address in a link. Terminals take about 2,000 bytes;
// an address is sent whenever its line is drawn.
const maxLink = 1024

// hostOf is the part of an address that tells people where it leads.
func hostOf(raw string) string {
	u, err := url.Parse(raw)
	if err != nil || u.Host == "" {
		return ""
	}
	return u.Hostname()
}

// ruleMaker is who says how long a window is: the name in the address of the
// page that says so, else what stands there.
func ruleMaker(source string) string {
	host := strings.Split(hostOf(source), ".")
	if len(host) < 2 {
		return source
	}
	if name := host[len(host)-2]; name != "facebook" && name != "instagram" {
		return capital(name)
	}
	return "Meta"
}

// grouped is a number with its thousands set apart.
func grouped(n int) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
