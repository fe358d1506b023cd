package cli

// How times and spans are said in plain mode: as one would say them, for they are
// heard.

import (
	"cmp"
	"fmt"
	"time"

	"parley/inbox"
)

// clock is a time of day, with as much of the date as is needed.
func (s *session) clock(at, now time.Time) string {
	at, now = at.In(s.config.Screen.TimeZone), now.In(s.config.Screen.TimeZone)
	layout := clockOf(s.config.Screen)
	switch days := daysBetween(at, now); {
	case days == 0:
		return at.Format(layout)
	case days == 1:
		return "yesterday " + at.Format(layout)
	case days == -1:
		return "tomorrow " + at.Format(layout)
	case days > 0 && days < 7:
		return at.Format("Monday " + layout)
	case at.Year() == now.Year():
		return at.Format("2 January " + layout)
	}
	return at.Format("2 January 2006 " + layout)
}

// daysBetween is how many midnights lie between two times of one zone.
func daysBetween(from, to time.Time) int {
	day := func(t time.Time) time.Time { return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC) }
	return int(day(to).Sub(day(from)) / aDay)
}

// spoken is a span of time, finer where it is short.
func spoken(d time.Duration) string {
	hours, minutes := int(d.Hours()), int(d.Minutes())
	switch {
	case d < time.Minute:
		return counted(max(int(d.Round(time.Second).Seconds()), 1), "second")
	case d < time.Hour:
		return fmt.Sprintf("%d min", minutes)
	case d < 3*time.Hour && minutes%60 > 0:
		return fmt.Sprintf("%d h %d min", hours, minutes%60)
	case d < aDay:
		return fmt.Sprintf("%d h", hours)
	case hours%24 == 0:
		return counted(hours/24, "day")
	}
	return fmt.Sprintf("%s %d h", counted(hours/24, "day"), hours%24)
}

// ago is how long ago something was.
func ago(at, now time.Time) string {
	if now.Sub(at) < time.Minute {
		return "just now"
	}
	return spoken(now.Sub(at)) + " ago"
}

// leftWords are the time that is left to answer, "" where it has no limit.
func leftWords(w inbox.Window, now time.Time) string {
	left, _ := w.Left(now)
	switch w.Phase {
	case inbox.WindowOpen:
		return spoken(left) + " left"
	case inbox.WindowLate:
		return spoken(left) + " left for human agents"
	case inbox.WindowUnknown:
		return "reply window unknown"
	case inbox.WindowNone:
		return ""
	}
	return "reply window closed"
}

// spokenWindow is the same where somebody has asked about the customer.
func (s *session) spokenWindow(w inbox.Window, now time.Time) string {
	text := cmp.Or(leftWords(w, now), "no limit to answer")
	if !w.ClosesAt.IsZero() && !w.ClosesAt.After(now) {
		text += " since " + s.clock(w.ClosesAt, now)
	}
	if w.Reason != "" {
		text += ": " + w.Reason
	}
	return text
}
