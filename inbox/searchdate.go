package inbox

import (
	"strings"
	"time"
)

// The dates of a search. They are kept as they were said, because a search may
// be saved: "today" is another day tomorrow.

// SearchDate is the beginning of a day, or an instant in the past, as people say
// it. Exactly one of its fields is set.
type SearchDate struct {
	day  time.Time     // the date of a calendar
	word string        // today, yesterday, or a weekday, which is the last one: today's is today
	ago  time.Duration // so long before now
}

// firstYear is before any of these platforms was there.
const firstYear = 1990

// parseSearchDate understands 2026-11-03, 3.11.2026 (day, month, year), today,
// yesterday, monday or mon, 7d.
func parseSearchDate(text string) (d SearchDate, ok bool) {
	for _, layout := range []string{"2006-1-2", "2.1.2006"} {
		if day, err := time.Parse(layout, text); err == nil {
			return SearchDate{day: day}, day.Year() >= firstYear
		}
	}
	word := strings.ToLower(text)
	for i, known := range dateWords() {
		isWeekday := i >= 2
		if word == known || isWeekday && len(word) >= 3 && strings.HasPrefix(known, word) {
			return SearchDate{word: known}, true
		}
	}
	ago, err := ParseDuration(text)
	return SearchDate{ago: ago}, err == nil
}

// dateWords are the days that have a name, the weekdays behind the first two.
func dateWords() []string {
	words := []string{"today", "yesterday"}
	for d := range 7 {
		words = append(words, strings.ToLower(time.Weekday((d+1)%7).String()))
	}
	return words
}

// String is the date as parseSearchDate reads it.
func (d SearchDate) String() string {
	switch {
	case d.word != "":
		return d.word
	case d.ago != 0:
		return FormatDuration(d.ago)
	}
	return d.day.Format(time.DateOnly)
}

// Instant is what the date means now. Days begin at midnight in now's zone.
func (d SearchDate) Instant(now time.Time) time.Time {
	if d.ago != 0 {
		return now.Add(-d.ago)
	}
	if d.word == "" {
		return midnight(d.day.Date, 0, now.Location())
	}
	return midnight(now.Date, d.back(now.Weekday()), now.Location())
}

// back is how many days the named day lies before today.
func (d SearchDate) back(today time.Weekday) int {
	switch d.word {
	case "today":
		return 0
	case "yesterday":
		return 1
	}
	for n := range 7 {
		if strings.EqualFold(time.Weekday((int(today)+7-n)%7).String(), d.word) {
			return n
		}
	}
	return 0
}

// midnight is when a day of the calendar began, so many days before the date.
func midnight(date func() (int, time.Month, int), back int, zone *time.Location) time.Time {
	year, month, day := date()
	return time.Date(year, month, day-back, 0, 0, 0, 0, zone)
}
