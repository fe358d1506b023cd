package inbox

import (
	"strings"
	"testing"
	"testing/quick"
	"time"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
)

func firstGrapheme(s string) int {
	cluster, _ := ansi.FirstGraphemeCluster(s, ansi.GraphemeWidth)
	return len(cluster)
}

func TestSplit(t *testing.T) {
	bytes := func(n int) TextLimit { return TextLimit{Max: n, Unit: Bytes} }
	runes := func(n int) TextLimit { return TextLimit{Max: n, Unit: Characters} }
	for _, c := range []struct {
		name  string
		text  string
		limit TextLimit
		want  []string
	}{
		{"short enough", "hello", bytes(5), []string{"hello"}},
		{"between words", "one two three", bytes(8), []string{"one two", "three"}},
		{"a word that ends at the limit stays whole", "one two three", bytes(7), []string{"one two", "three"}},
		{"at a line end in the second half", "first line\nsecond word line", bytes(18), []string{"first line", "second word line"}},
		{"not at an early line end", "a\nbb cc dd ee", bytes(10), []string{"a\nbb cc dd", "ee"}},
		{"a long word", "abcdefghij", bytes(4), []string{"abcd", "efgh", "ij"}},
		{"no half character", "ééééé", bytes(5), []string{"éé", "éé", "é"}},
		{"no half family", "👨‍👩‍👧👨‍👩‍👧", bytes(20), []string{"👨‍👩‍👧", "👨‍👩‍👧"}},
		{"a cluster longer than the limit", "e\u0301\u0301\u0301", bytes(3), []string{"e\u0301", "\u0301", "\u0301"}},
		{"characters", "привет мир", runes(6), []string{"привет", "мир"}},
		{"no limit", "anything", TextLimit{}, []string{"anything"}},
		{"nothing", "  ", bytes(3), nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := split(strings.TrimSpace(c.text), c.limit, firstGrapheme)
			if strings.Join(got, "|") != strings.Join(c.want, "|") {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestSplitLosesNothingAndKeepsTheLimit(t *testing.T) {
	f := func(text string, n uint8) bool {
		limit := TextLimit{Max: int(n)%60 + 4, Unit: Bytes}
		text = strings.TrimSpace(Clean(text + " some words, ünïcode 👨‍👩‍👧 and a\nline " + text))
		joined := ""
		for _, p := range split(text, limit, firstGrapheme) {
			if limit.Count(p) > limit.Max || p == "" || !utf8.ValidString(p) {
				return false
			}
			joined += p
		}
		return strings.Join(strings.Fields(joined), "") == strings.Join(strings.Fields(text), "")
	}
	if err := quick.Check(f, &quick.Config{MaxCount: 2000}); err != nil {
		t.Error(err)
	}
}

func TestCheck(t *testing.T) {
	media := []MediaRule{{Kind: "image", Extensions: []string{"jpg"}}, {Kind: "audio", Extensions: []string{"aac", "wav"}}}
	instagram := Capabilities{Text: TextLimit{1000, Bytes}, MaxMedia: 2, Media: media}
	x := Capabilities{Text: TextLimit{10000, Characters}, TextRequired: true, MaxMedia: 1, Media: media}
	for _, c := range []struct {
		name     string
		caps     Capabilities
		platform Platform
		text     string
		media    []string
		want     string // "" for no problem; else a part of the first problem
		part     int
	}{
		{"text", instagram, Instagram, "hello", nil, "", 0},
		{"nothing", instagram, Instagram, " \n", nil, "nothing to send", -1},
		{"media alone", instagram, Instagram, "", []string{"https://a.example/x.jpg"}, "", 0},
		{"X needs text", x, Twitter, "", []string{"https://a.example/x.jpg"}, "at least 1 character", -1},
		{"1,000 bytes", instagram, Instagram, strings.Repeat("é", 500), nil, "", 0},
		{"1,001 bytes", instagram, Instagram, strings.Repeat("é", 500) + "x", nil, "1001 bytes, Instagram takes at most 1000", -1},
		{"one media on X", x, Twitter, "a", []string{"https://a.example/x.jpg", "https://a.example/y.jpg"}, "at most 1 media", 1},
		{"a query", instagram, Instagram, "", []string{"https://a.example/x.jpg?w=1"}, "query", 0},
		{"an empty query", instagram, Instagram, "", []string{"https://a.example/x.jpg?"}, "query", 0},
		{"an unknown extension", instagram, Instagram, "", []string{"https://a.example/x.exe"}, `".exe"`, 0},
		{"upper case", instagram, Instagram, "", []string{"https://a.example/x.JPG"}, "", 0},
		{"voice", instagram, Instagram, "", []string{"https://a.example/x.aac"}, "", 0},
		{"mp3 is no voice", instagram, Instagram, "", []string{"https://a.example/x.mp3"}, `".mp3"`, 0},
		{"not an address", instagram, Instagram, "", []string{"/home/me/x.jpg"}, "not a web address", 0},
		{"another scheme", instagram, Instagram, "", []string{"ftp://host.example/x.jpg"}, "not a web address", 0},
		{"a space", instagram, Instagram, "", []string{"https://a.example/x y.jpg"}, "not a web address", 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			problems := c.caps.check(c.platform, Composition{Text: c.text, Media: c.media})
			switch {
			case c.want == "" && len(problems) > 0:
				t.Errorf("refused: %v", problems[0].Error)
			case c.want != "" && len(problems) == 0:
				t.Error("not refused")
			case c.want != "" && (!strings.Contains(problems[0].Error.Text, c.want) || problems[0].Part != c.part):
				t.Errorf("part %d: %q", problems[0].Part, problems[0].Error.Text)
			case c.want != "" && problems[0].Error.Hint == "":
				t.Error("no hint")
			}
		})
	}
}

func TestWindow(t *testing.T) {
	day := 24 * time.Hour
	now := time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)
	facebook := WindowPolicy{Limited: true, Open: day, Late: 7 * day}
	instagram := WindowPolicy{Limited: true, Open: 7 * day}
	for _, c := range []struct {
		name    string
		policy  WindowPolicy
		ago     time.Duration // of the last received message; negative: none
		refused time.Duration // ago; negative: never
		want    Phase
		left    time.Duration
	}{
		{"facebook open", facebook, time.Hour, -1, WindowOpen, 23 * time.Hour},
		{"facebook at the end of open", facebook, day, -1, WindowLate, 6 * day},
		{"facebook late", facebook, 3 * day, -1, WindowLate, 4 * day},
		{"facebook closed", facebook, 7 * day, -1, WindowClosed, 0},
		{"instagram open", instagram, 6 * day, -1, WindowOpen, day},
		{"instagram closed", instagram, 7 * day, -1, WindowClosed, 0},
		{"x", WindowPolicy{}, 100 * day, -1, WindowNone, 0},
		{"nothing received", instagram, -1, -1, WindowUnknown, 0},
		{"refused after the last message", instagram, 2 * time.Hour, time.Hour, WindowClosed, 0},
		{"a message after the refusal", instagram, time.Hour, 2 * time.Hour, WindowOpen, 7*day - time.Hour},
		{"x refuses too", WindowPolicy{}, 2 * time.Hour, time.Hour, WindowClosed, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			var conv Conversation
			if c.ago >= 0 {
				conv.LastReceivedAt = now.Add(-c.ago)
			}
			if c.refused >= 0 {
				conv.RefusedAt = now.Add(-c.refused)
			}
			w := c.policy.WindowOf(conv, now)
			left, _ := w.Left(now)
			if w.Phase != c.want || left != c.left {
				t.Errorf("%s, %s left; want %s, %s", w.Phase, left, c.want, c.left)
			}
		})
	}
}

func TestConversationIDs(t *testing.T) {
	for _, remote := range []string{"t_1", "a/b/c", "123-456", "ключ", "x\x00y"} {
		id := NewConversationID("acme", Facebook, remote)
		if a, p, r, ok := id.Split(); !ok || a != "acme" || p != Facebook || r != remote {
			t.Errorf("%q splits to %q %q %q %v", id, a, p, r, ok)
		}
	}
	for _, bad := range []ConversationID{"", "acme", "acme/facebook", "acme//x", "/facebook/x", "a b/facebook/x", "acme/facebook/"} {
		if _, _, _, ok := bad.Split(); ok {
			t.Errorf("%q is taken for an ID", bad)
		}
	}
}

func TestOutboxIDsSortByTime(t *testing.T) {
	now := time.Now()
	a, b := NewOutboxID(now), NewOutboxID(now.Add(time.Millisecond))
	if a >= b || a == NewOutboxID(now) {
		t.Errorf("%s, %s", a, b)
	}
}

func TestNamesAreNeverInvented(t *testing.T) {
	for want, p := range map[string]Participant{
		"Ann":     {ID: "123456789", Name: "Ann", Username: "ann"},
		"@ann":    {ID: "123456789", Username: "ann"},
		"…456789": {ID: "123456789"},
		"unknown": {},
	} {
		if got := p.DisplayName(); got != want {
			t.Errorf("%+v is shown as %q, want %q", p, got, want)
		}
	}
}

func TestFailureCodesAreWrittenAsTheProviderDoes(t *testing.T) {
	for code, want := range map[string]string{
		"363": `{"kind":"not_found","code":363,"text":"t"}`, "10/2534022": `{"kind":"not_found","code":"10/2534022","text":"t"}`, "": `{"kind":"not_found","text":"t"}`, "007": `{"kind":"not_found","code":"007","text":"t"}`,
	} {
		f := Failure{Kind: NotFound, Code: code, Text: "t"}
		b, err := f.MarshalJSON()
		if err != nil || string(b) != want {
			t.Errorf("%s, %v; want %s", b, err, want)
		}
		var back Failure
		if err := back.UnmarshalJSON(b); err != nil || back != f {
			t.Errorf("%s comes back as %+v, %v", b, back, err)
		}
	}
}
