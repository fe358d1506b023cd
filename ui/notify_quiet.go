package ui

import (
	"errors"
	"strings"
	"time"
)

// Quiet are the hours in which nothing is notified, in the agent's zone. They may
// span midnight. The zero value is none.
type Quiet struct{ from, to time.Duration } // since midnight, by the clock on the wall

// ParseQuiet reads "22:00-07:00".
func ParseQuiet(text string) (Quiet, error) {
	begin, end, ok := strings.Cut(text, "-")
	from, err1 := clockTime(begin)
	to, err2 := clockTime(end)
	if !ok || err1 != nil || err2 != nil {
		return Quiet{}, errors.New(`quiet hours are written as "22:00-07:00"`)
	}
	if from == to {
		return Quiet{}, errors.New("quiet hours that begin and end at the same time are none, or all: leave them out, or set notify to off")
	}
	return Quiet{from, to}, nil
}

func clockTime(text string) (time.Duration, error) {
	t, err := time.Parse("15:04", strings.TrimSpace(text))
	return time.Duration(t.Hour())*time.Hour + time.Duration(t.Minute())*time.Minute, err
}

// at tells whether it is quiet at an instant that is given in the agent's zone.
func (q Quiet) at(t time.Time) bool {
	wall := time.Duration(t.Hour())*time.Hour + time.Duration(t.Minute())*time.Minute
	if q.from <= q.to {
		return q.from <= wall && wall < q.to
	}
	return wall >= q.from || wall < q.to
}
