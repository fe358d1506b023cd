package ui_test

import (
	"strings"
	"testing"
	"time"

	"parley/inbox"
	"parley/ui"
)

// ownViews are an agent's own.
func ownViews() ui.Options {
	return ui.Options{Views: []ui.SavedView{
		{Name: "Waiting", Query: "is:unanswered", Key: "1", Sort: inbox.SortTimeLeft},
		{Name: "Very important", Query: "label:vip", Key: "g v"},
		{Name: "Broken", Query: "broken -platform:x"},
		{Name: "Pictures", Query: "has:image"},
		{Name: "Everything", Key: "9"},
	}}
}

func TestOwnViewsTakeThePlaceOfTheUsualOnes(t *testing.T) {
	fill := func(s *shop) {
		threeCustomers(s)
		s.writes(inbox.Twitter, "Xaver", "it is broken", time.Minute)
		s.writes(inbox.Facebook, "Ines", "it came broken", 2*time.Minute)
		label(s, "Maya", "vip")
		s.ingest(s.batch(inbox.Instagram, "Maya", inbox.Message{
			Direction: inbox.Received, CreatedAt: time.Now().Add(-3 * time.Minute), Attachments: []inbox.Attachment{{Type: "image", URL: "https://cdn.example/p"}},
		}))
	}
	atShop(t, 160, 40, ownViews(), fill, func(s *shop) {
		s.Sees("1 Waiting 5  g v Very important  3 Broken  4 Pictures  9 Everything 5", "by time left")
		s.Misses("Unread", "Snoozed")
		shows := func(want ...string) {
			t.Helper()
			for _, name := range []string{"Maya", "Jamal", "Priya", "Xaver", "Ines"} {
				row := false
				for _, line := range s.Lines()[1:] {
					row = row || strings.Contains(strings.Split(line, "│")[0], name)
				}
				if wanted := strings.Contains(strings.Join(want, " "), name); row != wanted {
					t.Errorf("%s is in the list: %v\n%s", name, row, s.Screen())
				}
			}
		}
		s.Press("g", "v")
		shows("Maya")
		s.Press("3")
		shows("Ines")
		s.Press("p") // narrows it to Facebook, then to what the view leaves out
		shows("Ines")
		s.Press("p", "p")
		s.Sees("only X")
		shows()
		s.Press("p", "/")
		s.Type("platform:fb")
		s.Press("enter")
		shows("Ines")
		s.Press("esc", "4")
		shows("Maya")
		s.Press("/")
		s.Type("is:unread platform:x") // names another selection
		s.Press("enter")
		shows("Priya", "Xaver")
		s.Press("9")
		shows("Maya", "Jamal", "Priya", "Xaver", "Ines")
	})
}

func TestOwnViewFollowsWhatHappens(t *testing.T) {
	atShop(t, 160, 40, ownViews(), threeCustomers, func(s *shop) {
		s.Press("g", "v")
		s.Sees("Nothing in “Very important”.", "Press 9 for all conversations.")
		label(s, "Maya", "vip")
		s.Wait(time.Second)
		s.Sees("Maya")
		s.Press("3")
		s.Sees("Nothing in “Broken”.")
		s.writes(inbox.Facebook, "Ines", "the lid is broken", 0)
		s.Sees("Ines")
	})
}

func TestFirstViewMayAskTheIndex(t *testing.T) {
	opts := ui.Options{Views: []ui.SavedView{{Name: "Porto", Query: `"to Porto"`}}}
	atShop(t, 120, 40, opts, threeCustomers, func(s *shop) {
		s.Sees("1 Porto", "Maya")
		s.Misses("Jamal")
		s.Press("s")
		s.Sees("none of your views is the search is:unanswered")
	})
}

func TestOwnViewsFitTheHeader(t *testing.T) {
	for _, width := range []int{60, 80, 120} {
		atShop(t, width, 24, ownViews(), threeCustomers, func(s *shop) {
			header := s.Lines()[0]
			for _, key := range []string{"1", "g v", "3", "4", "9"} {
				if !strings.Contains(header, key) {
					t.Errorf("%q has no place at %d columns: %q", key, width, header)
				}
			}
		})
	}
}

func TestUsualViewsAreSearches(t *testing.T) {
	for _, v := range ui.UsualViews() {
		if err := ui.CheckView(v, inbox.Known{}); err != nil {
			t.Errorf("%s: %v", v.Name, err)
		}
	}
	atShop(t, 160, 40, ui.Options{}, threeCustomers, func(s *shop) {
		usual := s.Screen()
		s.openScreen(160, 40, ui.Options{Views: ui.UsualViews()})
		if own := s.Screen(); own != usual {
			t.Errorf("the same views, written out, look like\n%s\nand not like\n%s", own, usual)
		}
	})
}

func TestWhatIsWrongWithAViewIsSaid(t *testing.T) {
	known := inbox.Known{Accounts: []inbox.AccountID{"acme"}}
	for name, tt := range map[string]struct {
		view ui.SavedView
		want string
	}{
		"no name":            {ui.SavedView{Query: "is:unread"}, "name: expected a name"},
		"a hostile name":     {ui.SavedView{Name: "a\x1b[2J"}, "name: expected letters"},
		"a long name":        {ui.SavedView{Name: strings.Repeat("long ", 6)}, "name: expected letters, without blanks"},
		"a longer name":      {ui.SavedView{Name: strings.Repeat("日", 13)}, "name: is too long: 24 characters"},
		"a query":            {ui.SavedView{Name: "a", Query: "late is:unred"}, "query: character 6, “is:unred”: did you mean is:unread?"},
		"an account":         {ui.SavedView{Name: "a", Query: "account:nobody"}, "query: character 1, “account:nobody”: known here: acme"},
		"a key":              {ui.SavedView{Name: "a", Key: "ctrl+x"}, `key: expected a digit from "1" to "9", or g and a letter such as "g x"`},
		"time left of all":   {ui.SavedView{Name: "a", Query: "label:vip", Sort: inbox.SortTimeLeft}, "sort: time_left is an order of is:unanswered"},
		"wake of unread":     {ui.SavedView{Name: "a", Query: "is:unread", Sort: inbox.SortWake}, "sort: wake is an order of is:snoozed"},
		"newest of closing":  {ui.SavedView{Name: "a", Query: "left<2h", Sort: inbox.SortNewest}, "sort: newest is no order of is:closing"},
		"newest of snoozed":  {ui.SavedView{Name: "a", Query: "is:snoozed", Sort: inbox.SortNewest}, "sort: newest is no order of"},
		"nothing":            {ui.SavedView{Name: "a", Query: "is:unanswered label:vip", Key: "g x", Sort: inbox.SortTimeLeft}, ""},
		"nothing in Chinese": {ui.SavedView{Name: "重要", Query: "left<2h platform:x", Sort: inbox.SortTimeLeft}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			got := ""
			if err := ui.CheckView(tt.view, known); err != nil {
				got = err.Error()
			}
			if !strings.HasPrefix(got, tt.want) || tt.want == "" && got != "" {
				t.Errorf("%q is said, not %q", got, tt.want)
			}
		})
	}
}

func TestKeysOfOwnViewsClashWithOthers(t *testing.T) {
	for key, want := range map[string]string{"g g": `"g g" of "view-late" clashes with "g g" of "top"`, "g i": "", "7": ""} {
		err := ui.CheckKeys(nil, ui.SavedView{Name: "Late", Key: key})
		if got := ""; err != nil {
			if got = err.Error(); want == "" || !strings.Contains(got, want) {
				t.Errorf("%q: %v", key, err)
			}
		} else if want != "" {
			t.Errorf("%q clashes with nothing", key)
		}
	}
	if err := ui.CheckKeys(nil, ui.SavedView{Name: "A", Key: "3"}, ui.SavedView{Name: "B", Key: "3"}); err == nil {
		t.Error("two views have one key")
	}
	if err := ui.CheckKeys(map[string][]string{"view-very-important": {"ctrl+t"}}, ownViews().Views...); err != nil {
		t.Error(err)
	}
}
