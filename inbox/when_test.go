package inbox_test

import (
	"strings"
	"testing"
	"time"

	"parley/inbox"
)

// A Wednesday in Berlin, 10:15 by the wall clock.
func wednesday(t testing.TB) (now time.Time, zone *time.Location) {
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Skip("no time zones here: ", err)
	}
	return time.Date(2026, 11, 18, 10, 15, 30, 0, zone), zone
}

func TestTimesAsPeopleSayThem(t *testing.T) {
	now, zone := wednesday(t)
	window := inbox.Window{Phase: inbox.WindowOpen, ClosesAt: time.Date(2026, 11, 19, 20, 0, 0, 0, time.UTC)}
	for text, want := range map[string]string{
		"later today":                 "2026-11-18 13:15:30",
		"later":                       "2026-11-18 13:15:30",
		"tonight":                     "2026-11-18 18:00:00",
		"tonight 21:30":               "2026-11-18 21:30:00",
		"today 17:00":                 "2026-11-18 17:00:00",
		"tomorrow":                    "2026-11-19 09:00:00",
		"Tomorrow 8AM":                "2026-11-19 08:00:00",
		"tomorrow at 8 am":            "2026-11-19 08:00:00",
		"tomorrow 12am":               "2026-11-19 00:00:00",
		"tomorrow 12pm":               "2026-11-19 12:00:00",
		"tomorrow noon":               "2026-11-19 12:00:00",
		"tomorrow evening":            "2026-11-19 18:00:00",
		"tomorrow 7":                  "2026-11-19 07:00:00",
		"monday":                      "2026-11-23 09:00:00",
		"monday 09:00":                "2026-11-23 09:00:00",
		"fri 14:30":                   "2026-11-20 14:30:00",
		"on friday at 14:30":          "2026-11-20 14:30:00",
		"wed":                         "2026-11-25 09:00:00",
		"wed 14:30":                   "2026-11-18 14:30:00",
		"wed 9:30":                    "2026-11-25 09:30:00",
		"next wednesday 14:30":        "2026-11-25 14:30:00",
		"next week":                   "2026-11-23 09:00:00",
		"next week 10:00":             "2026-11-23 10:00:00",
		"2h":                          "2026-11-18 12:15:30",
		"in 2 hours":                  "2026-11-18 12:15:30",
		"90 min":                      "2026-11-18 11:45:30",
		"3d":                          "2026-11-21 10:15:30",
		"1 week":                      "2026-11-25 10:15:30",
		"1d12h":                       "2026-11-19 22:15:30",
		"14:30":                       "2026-11-18 14:30:00",
		"9:00":                        "2026-11-19 09:00:00",
		"8:30pm":                      "2026-11-18 20:30:00",
		"noon":                        "2026-11-18 12:00:00",
		"2026-12-01 09:00":            "2026-12-01 09:00:00",
		"2026-12-01T09:30":            "2026-12-01 09:30:00",
		"2026-12-01":                  "2026-12-01 09:00:00",
		"2h before the window closes": "2026-11-19 19:00:00",
		"2h before close":             "2026-11-19 19:00:00",
		"30 minutes before closing":   "2026-11-19 20:30:00",
	} {
		got, err := inbox.ParseWhen(text, now, zone, window)
		if err != nil || got.Format("2006-01-02 15:04:05") != want {
			t.Errorf("%q is %v (%v), want %s", text, got, err, want)
		}
	}
}

func TestTimesThatAreNone(t *testing.T) {
	now, zone := wednesday(t)
	for text, want := range map[string]string{
		"":                     "no time is given",
		"  ":                   "no time is given",
		"soon":                 "understood",
		"9":                    "understood", // hours? o'clock?
		"tomorrow 25:00":       "understood",
		"tomorrow 13pm":        "understood",
		"tomorrow 0am":         "understood",
		"tomorrow 8:60":        "understood",
		"today":                "understood",
		"next":                 "understood",
		"next year":            "understood",
		"2026-13-01":           "understood",
		"mo":                   "understood",
		"9999-01-01":           "understood",
		"-2h":                  "understood",
		"2h before lunch":      "understood",
		"before close":         "understood",
		"2026-11-18 10:00":     "was 15 minutes ago",
		"today 10:15":          "ago",
		"1999-01-01":           "days ago",
		"2h before close":      "no reply window",
		"tonight\x1b[2J 99:00": "understood",
	} {
		got, err := inbox.ParseWhen(text, now, zone, inbox.Window{Phase: inbox.WindowNone})
		if err == nil || !strings.Contains(err.Error(), want) || inbox.AsError(err).Hint == "" {
			t.Errorf("%q is %v (%v), want %s", text, got, err, want)
		}
	}
}

func TestTheWallClockStaysWhenTheClocksChange(t *testing.T) {
	_, zone := wednesday(t)
	saturday := time.Date(2026, 10, 24, 20, 0, 0, 0, zone) // summer time ends that night
	got, err := inbox.ParseWhen("tomorrow", saturday, zone, inbox.Window{})
	if err != nil || got.Hour() != 9 || got.Sub(saturday) != 14*time.Hour {
		t.Errorf("%v, %v", got, err)
	}
}

func TestPresetsAreStillToComeAndInOrder(t *testing.T) {
	now, zone := wednesday(t)
	late := now.Add(12 * time.Hour) // 22:15: no tonight any more
	window := inbox.Window{Phase: inbox.WindowLate, ClosesAt: now.Add(20 * time.Hour)}
	for _, at := range []time.Time{now, late, now.AddDate(0, 0, 5)} {
		var before time.Time
		for _, p := range inbox.WhenPresets(at, zone, window) {
			again, err := inbox.ParseWhen(p.Text, at, zone, window)
			if err != nil || !again.Equal(p.At) || !p.At.After(at) || !p.At.After(before) {
				t.Errorf("at %v: %+v after %v (%v)", at, p, before, err)
			}
			if before = p.At; at.Equal(late) && p.Text == "tonight" {
				t.Error("tonight is over")
			}
		}
		if before.IsZero() {
			t.Errorf("at %v nothing is offered", at)
		}
	}
}

func FuzzParseWhen(f *testing.F) {
	for _, seed := range []string{"tomorrow 8am", "2h before close", "next week", "2026-12-01T09:00", "fri 14:30", "99999w", "t", "0000-00-00", "日本"} {
		f.Add(seed, int64(1_800_000_000))
	}
	f.Fuzz(func(t *testing.T, text string, sec int64) {
		now, zone := wednesday(t)
		now = now.Add(time.Duration(sec%1e6) * time.Second)
		got, err := inbox.ParseWhen(text, now, zone, inbox.Window{Phase: inbox.WindowOpen, ClosesAt: now.Add(9 * time.Hour)})
		switch {
		case err != nil && inbox.KindOf(err) != inbox.Rejected:
			t.Errorf("%q: %v", text, err)
		case err == nil && (!got.After(now) || got.Location() != zone):
			t.Errorf("%q at %v is %v", text, now, got)
		}
	})
}
