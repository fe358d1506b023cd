package inbox

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Times as people say them: "2h", "tomorrow 8am", "fri 14:30", "2h before close".
// English words, and the wall clock of the agent's zone.

// The times of day that words mean.
const (
	morningHour   = 9
	noonHour      = 12
	afternoonHour = 14
	eveningHour   = 18
	laterToday    = 3 * time.Hour
)

const whenHint = "say 2h, 3d, 14:30, later today, tonight, tomorrow 8am, fri 14:30, next week, 2026-12-01 09:00, or 2h before close"

// ParseWhen understands a time that is still to come, as seen at now in zone. The
// window is what "before close" speaks of; it may be zero.
func ParseWhen(text string, now time.Time, zone *time.Location, window Window) (time.Time, error) {
	w := whenText{now: now.In(zone), window: window, words: whenWords(text)}
	at, err := w.parse()
	if err != nil {
		return time.Time{}, err
	}
	if !at.After(now) {
		return time.Time{}, &Error{Kind: Rejected, Op: "time", Text: fmt.Sprintf("%q was %s ago", shortText(text), roughly(now.Sub(at))), Hint: whenHint}
	}
	return at, nil
}

// WhenPreset is a time that is offered for choice.
type WhenPreset struct {
	Text string // as ParseWhen understands it
	At   time.Time
}

// WhenPresets are the usual times that are still to come, earliest first.
func WhenPresets(now time.Time, zone *time.Location, window Window) (presets []WhenPreset) {
	for _, text := range []string{"later today", "tonight", "tomorrow", "monday", "next week", "2h before close"} {
		at, err := ParseWhen(text, now, zone, window)
		known := slices.ContainsFunc(presets, func(p WhenPreset) bool { return p.At.Equal(at) })
		if err == nil && !known {
			presets = append(presets, WhenPreset{text, at})
		}
	}
	slices.SortStableFunc(presets, func(a, b WhenPreset) int { return a.At.Compare(b.At) })
	return presets
}

// whenText is a text on its way to a time.
type whenText struct {
	now    time.Time // in the agent's zone
	window Window
	words  []string
}

// whenWords are the words that mean something, in lower case.
func whenWords(text string) []string {
	words := strings.Fields(strings.ToLower(CleanLine(text)))
	return slices.DeleteFunc(words, func(word string) bool { return word == "in" || word == "at" || word == "the" || word == "on" })
}

func shortText(text string) string { return cut(CleanLine(text), 40) }

func (w whenText) parse() (time.Time, error) {
	if at := slices.Index(w.words, "before"); at >= 0 {
		return w.beforeClose(w.words[:at], w.words[at+1:])
	}
	if slices.Equal(w.words, []string{"later", "today"}) || slices.Equal(w.words, []string{"later"}) {
		return w.now.Add(laterToday), nil
	}
	if d, err := ParseDuration(shortUnits(w.words)); err == nil {
		return w.now.Add(d), nil
	}
	day, rest, ok := w.day()
	if !ok {
		return w.nextClock()
	}
	hour, minute, ok := day.clock(rest)
	if !ok {
		return time.Time{}, w.unknown()
	}
	at := w.onDay(day.days, hour, minute)
	if day.weekly && !at.After(w.now) {
		at = w.onDay(day.days+7, hour, minute)
	}
	return at, nil
}

func (w whenText) unknown() error {
	return &Error{Kind: Rejected, Op: "time", Text: fmt.Sprintf("%q is no time that is understood", shortText(strings.Join(w.words, " "))), Hint: whenHint}
}

// beforeClose is "2h before the window closes".
func (w whenText) beforeClose(before, what []string) (time.Time, error) {
	switch strings.Join(what, " ") {
	case "close", "closing", "closes", "it closes", "window", "window closes":
	default:
		return time.Time{}, w.unknown()
	}
	d, err := ParseDuration(shortUnits(before))
	if err != nil {
		return time.Time{}, w.unknown()
	}
	if _, ends := w.window.Left(w.now); !ends {
		return time.Time{}, &Error{Kind: Rejected, Op: "time", Text: "there is no reply window that will close", Hint: whenHint}
	}
	return w.window.ClosesAt.Add(-d).In(w.now.Location()), nil
}

// nextClock is a time of day alone: today, or tomorrow when it is over.
func (w whenText) nextClock() (time.Time, error) {
	if len(w.words) == 0 {
		return time.Time{}, &Error{Kind: Rejected, Op: "time", Text: "no time is given", Hint: whenHint}
	}
	hour, minute, ok := clockOf(w.words)
	if _, err := strconv.Atoi(w.words[0]); !ok || err == nil && len(w.words) == 1 { // a bare 9 could be anything
		return time.Time{}, w.unknown()
	}
	if at := w.onDay(0, hour, minute); at.After(w.now) {
		return at, nil
	}
	return w.onDay(1, hour, minute), nil
}

// onDay is a time of day, some days from today.
func (w whenText) onDay(days, hour, minute int) time.Time {
	year, month, day := w.now.Date()
	return time.Date(year, month, day+days, hour, minute, 0, 0, w.now.Location())
}

// whenDay is a day that was named.
type whenDay struct {
	days   int  // from today
	weekly bool // a day of the week: when it is over, the next one is meant
	usual  int  // the hour that is meant when none is named
}

// clock is the time of day that the rest of the words name.
func (d whenDay) clock(words []string) (hour, minute int, ok bool) {
	if len(words) == 0 {
		return d.usual, 0, d.usual > 0
	}
	return clockOf(words)
}

// day reads the day that the text begins with.
func (w whenText) day() (day whenDay, rest []string, ok bool) {
	if len(w.words) == 0 {
		return day, nil, false
	}
	first, rest := w.words[0], w.words[1:]
	switch first {
	case "today":
		return whenDay{}, rest, true
	case "tonight":
		return whenDay{usual: eveningHour}, rest, true
	case "tomorrow":
		return whenDay{days: 1, usual: morningHour}, rest, true
	case "next":
		return w.next(rest)
	}
	if weekday, ok := weekdayOf(first); ok {
		return w.weekday(weekday, len(rest) == 0), rest, true
	}
	return w.date(first, rest)
}

// next is "next week" or "next friday".
func (w whenText) next(words []string) (day whenDay, rest []string, ok bool) {
	if len(words) == 0 {
		return day, nil, false
	}
	weekday, ok := weekdayOf(words[0])
	if words[0] == "week" {
		weekday, ok = time.Monday, true
	}
	return w.weekday(weekday, true), words[1:], ok
}

// weekday is the next day of that name. Nobody who means today calls it by its
// name, unless a time makes it clear.
func (w whenText) weekday(weekday time.Weekday, notToday bool) whenDay {
	days := (int(weekday-w.now.Weekday()) + 7) % 7
	if days == 0 && notToday {
		days = 7
	}
	return whenDay{days: days, weekly: true, usual: morningHour}
}

func weekdayOf(word string) (time.Weekday, bool) {
	for day := time.Sunday; day <= time.Saturday; day++ {
		if name := strings.ToLower(day.String()); len(word) >= 3 && strings.HasPrefix(name, word) {
			return day, true
		}
	}
	return 0, false
}

// maxYears tells a mistyped year, and keeps the count of days from overflowing.
const maxYears = 100

// date is 2026-12-01, also with a time behind a T.
func (w whenText) date(word string, rest []string) (day whenDay, _ []string, ok bool) {
	text, clock, found := strings.Cut(word, "t")
	if found {
		rest = append([]string{clock}, rest...)
	}
	date, err := time.Parse(time.DateOnly, text)
	year, month, today := w.now.Date()
	if err != nil || date.Year() < year-maxYears || date.Year() > year+maxYears {
		return day, nil, false
	}
	days := int(date.Sub(time.Date(year, month, today, 0, 0, 0, 0, time.UTC)).Hours() / 24)
	return whenDay{days: days, usual: morningHour}, rest, true
}

// clockForm is 14:30, 8am, 8:30pm, 9.
var clockForm = regexp.MustCompile(`^(\d{1,2})(?::(\d{2}))?(am|pm)?$`)

// clockOf reads a time of day.
func clockOf(words []string) (hour, minute int, ok bool) {
	switch text := strings.Join(words, ""); text {
	case "morning":
		return morningHour, 0, true
	case "noon":
		return noonHour, 0, true
	case "afternoon":
		return afternoonHour, 0, true
	case "evening", "night":
		return eveningHour, 0, true
	default:
		m := clockForm.FindStringSubmatch(text)
		if m == nil {
			return 0, 0, false
		}
		hour, _ = strconv.Atoi(m[1]) // two digits at the most
		minute, _ = strconv.Atoi("0" + m[2])
		if m[3] != "" {
			if hour < 1 || hour > 12 {
				return 0, 0, false
			}
			hour %= 12
			if m[3] == "pm" {
				hour += 12
			}
		}
		return hour, minute, hour < 24 && minute < 60
	}
}

// unitWords are the units as people write them out.
var unitWords = map[string]string{
	"week": "w", "weeks": "w", "day": "d", "days": "d", "hour": "h", "hours": "h", "hr": "h", "hrs": "h",
	"minute": "m", "minutes": "m", "min": "m", "mins": "m",
}

// shortUnits writes "2 hours" as ParseDuration reads it.
func shortUnits(words []string) string {
	var b strings.Builder
	for _, word := range words {
		digits := strings.TrimRight(word, "abcdefghijklmnopqrstuvwxyz")
		unit := word[len(digits):]
		if short, ok := unitWords[unit]; ok {
			unit = short
		}
		b.WriteString(digits + unit)
	}
	return b.String()
}
