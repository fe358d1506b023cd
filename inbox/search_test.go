package inbox

import (
	"errors"
	"reflect"
	"strings"
	"testing"
	"testing/quick"
	"time"
)

// bare are the terms without their places.
func bare(s Search) []Term {
	var terms []Term
	for _, t := range s.Terms {
		t.At, t.End = 0, 0
		terms = append(terms, t)
	}
	return terms
}

func TestSearchIsReadAndWritten(t *testing.T) {
	for text, want := range map[string]string{
		"":                                    "",
		" sara  j ":                           "sara j",
		"\u3000sara\u00a0j\t":                 "sara j",
		`"late  parcel" x`:                    `"late parcel" x`,
		`"late`:                               `"late"`,
		`"a b"c`:                              `"a b" c`,
		`"" "  "`:                             "",
		`5" disk`:                             `5" disk`,
		"is:unread IS:Unanswered":             "is:unread is:unanswered",
		"is:problem is:problems is:failed":    "is:failed is:failed is:failed",
		"is:archived is":                      "is:archived is",
		"platform:fb":                         "platform:facebook",
		"platform:X":                          "platform:twitter",
		"Platform:IG":                         "platform:instagram",
		"-platform:fb -platform:ig":           "-platform:facebook -platform:instagram",
		"account:b2":                          "account:b2",
		`from:Anna from:"anna  b" from:ME`:    `from:Anna from:"anna b" from:me`,
		`from:"anna`:                          "from:anna",
		`-from:@ann`:                          "-from:@ann",
		"has:image -has:Images has:reactions": "has:image -has:image has:reaction",
		`label:VIP -label:"late  parcel"`:     "label:vip -label:late-parcel",
		"left<24h left>90m":                   "left<1d left>1h30m",
		"LEFT<1w":                             "left<7d",
		"after:2026-11-3 before:3.11.2026":    "after:2026-11-03 before:2026-11-03",
		"after:Mon before:yesterday after:7d": "after:monday before:yesterday after:7d",
		"-sara -- - -is:unread":               "-sara -- - -is:unread",
		"--is:unread":                         "--is:unread",
		"https://shop.example/42 10:30 id:7":  "https://shop.example/42 10:30 id:7",
		"a<b x>y re:order":                    "a<b x>y re:order",
	} {
		s, err := ParseSearch(text, Known{})
		if err != nil || s.String() != want {
			t.Errorf("%q is written %q, %v; want %q", text, s, err, want)
		}
	}
}

func TestSearchTerms(t *testing.T) {
	const text = `-"late parcel" from:me left>2h after:today sara`
	s, err := ParseSearch(text, Known{})
	if err != nil {
		t.Fatal(err)
	}
	want := []Term{
		{At: 0, End: 14, Not: true, Kind: TermPhrase, Value: "late parcel"},
		{At: 15, End: 22, Kind: TermFrom, Value: FromUs},
		{At: 23, End: 30, Kind: TermLeft, Value: "2h", Left: 2 * time.Hour, Over: true},
		{At: 31, End: 42, Kind: TermAfter, Value: "today", Date: SearchDate{word: "today"}},
		{At: 43, End: 47, Kind: TermWord, Value: "sara"},
	}
	if !reflect.DeepEqual(s.Terms, want) {
		t.Errorf("got  %+v\nwant %+v", s.Terms, want)
	}
}

func TestSearchErrorPointsAtTheTermAndSaysWhatWasMeant(t *testing.T) {
	known := Known{Accounts: []AccountID{"acme", "Shop"}}
	for text, want := range map[string]struct {
		at   int
		says string
	}{
		"is:unred":                    {0, "did you mean is:unread? known here: unread, unanswered"},
		"is:":                         {0, "known here: unread"},
		"sara -is:nothing":            {5, "known here: unread"},
		"sara left<2x":                {5, "left<2h"},
		"left<":                       {0, "left<2h"},
		"left>0h":                     {0, "left<2h"},
		"left<-1h":                    {0, "left<2h"},
		"left<99999999h":              {0, "a hundred years"},
		"left:2h":                     {0, "write left<2h"},
		"a  platform:":                {3, "facebook, instagram, twitter"},
		"platform:mail":               {0, "facebook, instagram, twitter"},
		"platform:instagrm":           {0, "did you mean platform:instagram?"},
		"is:unread account:":          {10, "acme, Shop"},
		"account:amce":                {0, "did you mean account:acme? known here: acme, Shop"},
		`has:`:                        {0, "image, video, audio, link, reaction"},
		`from:""`:                     {0, "expected who wrote"},
		"has:pictures":                {0, "image, video"},
		"label:":                      {0, "expected the label"},
		"label:+x":                    {0, "begins with + or -"},
		"lable:vip":                   {0, "did you mean label:?"},
		"form:anna":                   {0, "did you mean from:?"},
		"plaform:x":                   {0, "did you mean platform:?"},
		"before:":                     {0, "yesterday"},
		"before:someday":              {0, "2026-11-03"},
		"after:2026-13-03":            {0, "2026-11-03"},
		"after:30.2.2026":             {0, "2026-11-03"},
		"after:0001-01-01":            {0, "2026-11-03"},
		"after:11/03/2026":            {0, "2026-11-03"},
		"platform:ig platform:x":      {12, "platform:instagram"},
		"account:acme account:shop":   {13, "account:acme"},
		"äöü is:unred":                {7, "did you mean is:unread?"},
		"-platform:ig x platform:foo": {15, "facebook"},
	} {
		_, err := ParseSearch(text, known)
		var wrong *SearchError
		if !errors.As(err, &wrong) || wrong.At != want.at || wrong.Term != text[wrong.At:wrong.End] || wrong.Term == "" || !strings.Contains(wrong.Text, want.says) {
			t.Errorf("%q: %+v", text, err)
		}
	}
	_, err := ParseSearch("äöü is:unred", known)
	var wrong *SearchError
	if !errors.As(err, &wrong) || !strings.HasPrefix(wrong.In("äöü is:unred"), "character 5, “is:unred”: did you mean") {
		t.Errorf("for people it is %v", err)
	}
}

func TestAccountsOfASearchAreTakenAsTheyAreCalled(t *testing.T) {
	s, err := ParseSearch("account:SHOP account:shop", Known{Accounts: []AccountID{"acme", "Shop"}})
	if err != nil || s.Account() != "Shop" {
		t.Errorf("%q, %v", s, err)
	}
	if _, err := ParseSearch("account:no/name", Known{}); err == nil {
		t.Error("what cannot be an account's name is taken for one")
	}
}

func TestSearchDates(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 3, 30, 1, 30, 0, 0, berlin) // a Monday, one day after the clocks went forward
	for text, want := range map[string]time.Time{
		"2026-11-03": time.Date(2026, 11, 3, 0, 0, 0, 0, berlin),
		"3.11.2026":  time.Date(2026, 11, 3, 0, 0, 0, 0, berlin),
		"today":      time.Date(2026, 3, 30, 0, 0, 0, 0, berlin),
		"Yesterday":  time.Date(2026, 3, 29, 0, 0, 0, 0, berlin),
		"monday":     time.Date(2026, 3, 30, 0, 0, 0, 0, berlin),
		"sun":        time.Date(2026, 3, 29, 0, 0, 0, 0, berlin),
		"tuesday":    time.Date(2026, 3, 24, 0, 0, 0, 0, berlin),
		"7d":         now.Add(-7 * 24 * time.Hour),
		"90m":        now.Add(-90 * time.Minute),
	} {
		d, ok := parseSearchDate(text)
		if !ok || !d.Instant(now).Equal(want) {
			t.Errorf("%q is %v, not %v", text, d.Instant(now), want)
		}
	}
	if got := (SearchDate{word: "today"}).Instant(now.UTC()); !got.Equal(time.Date(2026, 3, 29, 0, 0, 0, 0, time.UTC)) {
		t.Errorf("today began %v in UTC", got)
	}
}

// TestSearchIsTheSameWhenWritten: whatever is typed, its usual form is
// understood as the same, and is its own usual form.
func TestSearchIsTheSameWhenWritten(t *testing.T) {
	pieces := []string{
		"sara", `"`, "-", " ", "is:", "unread", "from:", "me", `"anna b"`, "left<", "left>", "2h", "1.5h", "platform:x", "has:link", "after:", "7d", "today",
		"2026-11-03", ":", "<", "\u3000", "ß", "\xff", "account:a", "label:", "form:", "é", "x",
	}
	understood := 0
	same := func(choice []byte) bool {
		var b strings.Builder
		for _, c := range choice[:min(len(choice), 12)] {
			b.WriteString(pieces[int(c)%len(pieces)])
		}
		return writtenTheSame(t, b.String(), &understood)
	}
	if err := quick.Check(same, &quick.Config{MaxCount: 20_000}); err != nil {
		t.Error(err)
	}
	if understood < 1000 {
		t.Errorf("only %d of the searches were understood", understood)
	}
}

func writtenTheSame(t *testing.T, text string, understood *int) bool {
	t.Helper()
	s, err := ParseSearch(text, Known{})
	if err != nil {
		var wrong *SearchError
		return errors.As(err, &wrong) && wrong.Term != "" && wrong.Text != "" && text[wrong.At:wrong.End] == wrong.Term && wrong.In(text) != ""
	}
	*understood++
	written := s.String()
	again, err := ParseSearch(written, Known{})
	if err != nil || again.String() != written || !reflect.DeepEqual(bare(s), bare(again)) {
		t.Errorf("%q is written %q, which is %q, %v", text, written, again, err)
		return false
	}
	return true
}

func FuzzSearch(f *testing.F) {
	for _, seed := range []string{
		`sara -"late parcel" from:"anna b" left<2h`, "is:unred", "after:7d before:mon platform:x", `from:"`, "--", "-", `-"`, "form:x", "\xffis:\x85unread",
	} {
		f.Add(seed, 3)
	}
	known := Known{Accounts: []AccountID{"acme"}, Labels: []string{"vip", "late-parcel"}, Customers: []string{"Anna Berg", "  "}}
	f.Fuzz(func(t *testing.T, text string, cursor int) {
		n := 0
		if !writtenTheSame(t, text, &n) {
			t.Fatalf("%q", text)
		}
		if s, err := ParseSearch(text, known); err == nil {
			by := SearchBy{Now: time.Unix(1_790_000_000, 0), Closing: time.Hour}
			s.Query(by)
			s.Text(by)
			s.Matches(Conversation{}, by)
		}
		for _, c := range Complete(text, cursor, known) {
			if completed, at := c.Apply(text); at < 0 || at > len(completed) || !strings.HasPrefix(completed[c.At:], c.Text) {
				t.Fatalf("%q at %d becomes %q with the cursor at %d", text, cursor, completed, at)
			}
		}
	})
}
