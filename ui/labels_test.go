package ui

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"parley/inbox"

	"pgregory.net/rapid"
)

var noon = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

func TestAgeLabel(t *testing.T) {
	for _, tt := range []struct {
		ago  time.Duration
		want string
	}{
		{-time.Minute, "now"}, {0, "now"}, {59 * time.Second, "now"}, {time.Minute, "1m"}, {59*time.Minute + 59*time.Second, "59m"},
		{time.Hour, "1h"}, {23 * time.Hour, "23h"}, {24 * time.Hour, "1d"}, {6 * 24 * time.Hour, "6d"}, {8 * 24 * time.Hour, "13 Nov"},
		{400 * 24 * time.Hour, "Oct 25"},
	} {
		if got, _ := ageLabel(noon.Add(-tt.ago), noon, time.UTC); got != tt.want {
			t.Errorf("%v ago: %q, want %q", tt.ago, got, tt.want)
		}
	}
	if got, _ := ageLabel(time.Time{}, noon, time.UTC); got != "" {
		t.Errorf("an unknown time is %q", got)
	}
}

func TestTimesAreShownByTheMinuteThatWasMeant(t *testing.T) {
	for off, want := range map[time.Duration]string{0: "12:00", -80 * time.Millisecond: "12:00", time.Second: "12:00", -2 * time.Second: "12:00", -5 * time.Second: "11:59", 59 * time.Second: "12:01"} {
		if got := onTheMinute(noon.Add(off)).Format("15:04"); got != want {
			t.Errorf("%v beside noon: %s, want %s", off, got, want)
		}
	}
}

func TestLeftLabel(t *testing.T) {
	for _, tt := range []struct {
		left        time.Duration
		list, frame string
	}{
		{6*24*time.Hour + 3*time.Hour + time.Minute, "6d 3h", "6d 3h"}, {5*time.Hour + 59*time.Minute, "5h", "5h"}, {2*time.Hour + 4*time.Minute, "2h 04m", "2h 04m"},
		{58 * time.Minute, "58m", "58m"}, {2*time.Minute + time.Second, "2m", "2m"}, {119 * time.Second, "1m", "119s"}, {30 * time.Second, "<1m", "30s"},
		{500 * time.Millisecond, "<1m", "1s"}, {0, "0m", "0m"}, {-time.Hour, "0m", "0m"},
	} {
		if got, _ := leftLabel(noon.Add(tt.left), noon, false); got != tt.list {
			t.Errorf("%v left in the list: %q, want %q", tt.left, got, tt.list)
		}
		if got, _ := leftLabel(noon.Add(tt.left), noon, true); got != tt.frame {
			t.Errorf("%v left in the frame: %q, want %q", tt.left, got, tt.frame)
		}
	}
}

func TestLabelsStayUntilTheyHaveSaidSo(t *testing.T) {
	label := func(kind int, at, now time.Time) (string, time.Time) {
		switch kind {
		case 0:
			return ageLabel(at, now, time.UTC)
		case 1:
			return leftLabel(at, now, false)
		}
		return leftLabel(at, now, true)
	}
	rapid.Check(t, func(t *rapid.T) {
		kind := rapid.IntRange(0, 2).Draw(t, "kind")
		distance := time.Duration(rapid.Int64Range(int64(time.Second), int64(9*24*time.Hour)).Draw(t, "distance"))
		at := noon.Add(distance)
		if kind == 0 {
			at = noon.Add(-distance)
		}
		text, until := label(kind, at, noon)
		if until.IsZero() {
			return
		}
		if !until.After(noon) {
			t.Fatalf("%q says it changes at %v, which is not later than %v", text, until, noon)
		}
		before := noon.Add(time.Duration(rapid.Int64Range(0, int64(until.Sub(noon))-1).Draw(t, "before")))
		if same, _ := label(kind, at, before); same != text {
			t.Fatalf("%q became %q at %v, before %v", text, same, before, until)
		}
		if next, _ := label(kind, at, until); next == text {
			t.Fatalf("%q is still the same at %v", text, until)
		}
	})
}

func TestWindowLabelSaysHowUrgentItIs(t *testing.T) {
	for _, tt := range []struct {
		phase inbox.Phase
		left  time.Duration
		want  string
		role  role
	}{
		{inbox.WindowOpen, 30 * time.Minute, "30m", roleUrgent},
		{inbox.WindowOpen, 5*time.Hour + time.Minute, "5h", roleWarn},
		{inbox.WindowOpen, 23*time.Hour + time.Minute, "23h", roleGood},
		{inbox.WindowLate, 24*time.Hour + time.Minute, "late 1d 0h", roleWarn},
		{inbox.WindowClosed, 0, "closed", roleFaint},
		{inbox.WindowUnknown, 0, "window unknown", roleFaint},
		{inbox.WindowNone, 0, "", roleFaint},
	} {
		got, r, _ := windowLabel(inbox.Window{Phase: tt.phase, ClosesAt: noon.Add(tt.left)}, noon, false)
		if got != tt.want || r != tt.role {
			t.Errorf("%s, %v left: %q as %s, want %q as %s", tt.phase, tt.left, got, r, tt.want, tt.role)
		}
	}
}

func FuzzSafeLink(f *testing.F) {
	for _, seed := range []string{
		"https://example.com/a.jpg?x=1;y=2", "http://h/\x1b]8;;", "javascript:alert(1)", "https://user:secret@h/", "https://h/ü", "//h", "https://h/" + strings.Repeat("a", 2000), "file:///etc/passwd",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		link := safeLink(raw)
		if link == "" {
			return
		}
		u, err := url.Parse(link)
		if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") || u.User != nil {
			t.Errorf("%q became %q, which is no plain web address", raw, link)
		}
		if strings.ContainsFunc(link, func(r rune) bool { return r <= ' ' || r >= 0x7f || r == ';' }) || len(link) > maxLink {
			t.Errorf("%q became %q, which cannot stand in an escape sequence", raw, link)
		}
	})
}

func TestSafeLinkKeepsOrdinaryAddresses(t *testing.T) {
	for raw, want := range map[string]string{
		"https://cdn.example/a.jpg?sig=1&x=2": "https://cdn.example/a.jpg?sig=1&x=2",
		"https://me:secret@cdn.example/":      "https://cdn.example/",
		"https://cdn.example/a;b":             "https://cdn.example/a%3Bb",
		"ftp://cdn.example/a":                 "",
		"not an address":                      "",
	} {
		if got := safeLink(raw); got != want {
			t.Errorf("safeLink(%q) = %q, want %q", raw, got, want)
		}
	}
}
