package inbox

import (
	"reflect"
	"testing"
	"time"
)

// meant parses a search that is right.
func meant(t *testing.T, text string) Search {
	t.Helper()
	s, err := ParseSearch(text, Known{})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// noon is when the tests ask, in a zone of its own.
var noon = time.Date(2026, 11, 3, 12, 0, 0, 0, time.FixedZone("", 2*60*60))

// by is how the tests mean a search: the window closes a day after the last
// received message.
func by() SearchBy {
	policy := WindowPolicy{Limited: true, Open: 24 * time.Hour}
	return SearchBy{Now: noon, Closing: 12 * time.Hour, Window: func(c Conversation) Window { return policy.WindowOf(c, noon) }}
}

func TestSearchTakesTheViewThatLeavesTheLeastToCheck(t *testing.T) {
	for text, want := range map[string]struct {
		view    View
		closing time.Duration
		exact   bool
		hasView bool
	}{
		"":                              {ViewAll, 0, true, false},
		"sara platform:x account:a":     {ViewAll, 0, true, false},
		"-sara":                         {ViewAll, 0, false, false},
		"-platform:x":                   {ViewAll, 0, false, false},
		"is:unread":                     {ViewUnread, 0, true, true},
		"-is:unread":                    {ViewAll, 0, false, false},
		"is:unread is:unanswered":       {ViewUnanswered, 0, false, true},
		"left<2h is:unanswered":         {ViewUnanswered, 2 * time.Hour, true, true},
		"is:closing":                    {ViewUnanswered, 12 * time.Hour, true, true},
		"is:closing left<2h":            {ViewUnanswered, 2 * time.Hour, true, true},
		"left>2h":                       {ViewAll, 0, false, true},
		"left>1h left<2h":               {ViewUnanswered, 2 * time.Hour, false, true},
		"is:failed is:unread":           {ViewProblems, 0, false, true},
		"is:archived":                   {ViewArchived, 0, true, true},
		"is:done is:archived":           {ViewArchived, 0, false, true},
		"is:done":                       {ViewDone, 0, true, true},
		"-is:done":                      {ViewAll, 0, false, false},
		"is:snoozed label:vip":          {ViewSnoozed, 0, true, true},
		"is:mine":                       {ViewMine, 0, true, true},
		"is:mine is:unread":             {ViewMine, 0, false, true},
		"is:muted":                      {ViewAll, 0, false, true},
		"label:vip":                     {ViewAll, 0, true, false},
		"-label:vip":                    {ViewAll, 0, false, false},
		"label:vip label:late":          {ViewAll, 0, false, false},
		"is:archived is:unread left<2h": {ViewArchived, 0, false, true},
		"is:closed":                     {ViewAll, 0, false, true},
		"is:draft sara":                 {ViewAll, 0, false, true},
		"from:anna":                     {ViewAll, 0, false, false},
		`"late parcel"`:                 {ViewAll, 0, false, false},
	} {
		s := meant(t, text)
		q := s.Query(by())
		if q.View != want.view || q.Closing != want.closing || s.Exact() != want.exact || s.HasView() != want.hasView {
			t.Errorf("%q: %v, %v, exact %v, has a view %v", text, q.View, q.Closing, s.Exact(), s.HasView())
		}
		if !q.View.CanSort(q.Sort) || (q.Sort == SortTimeLeft) != (want.closing > 0) {
			t.Errorf("%q is sorted by %s", text, q.Sort)
		}
	}
	q := meant(t, "sara platform:fb  j account:b2").Query(by())
	if q.Text != "sara j" || q.Platform != Facebook || q.Account != "b2" {
		t.Errorf("%+v", q)
	}
}

func TestSearchMatchesConversations(t *testing.T) {
	anna := Conversation{
		ID: "acme/instagram/t_1", Participant: Participant{Name: "Anna Berg", Username: "anna.b"}, Unread: 2, Unanswered: true, Draft: "Dear",
		Last: Summary{At: noon.Add(-20 * time.Hour), Text: "Where is my Parcel?"}, LastReceivedAt: noon.Add(-20 * time.Hour),
		Triage: Triage{Mine: true, Labels: []string{"late-parcel", "vip"}},
	}
	ben := Conversation{
		ID: "shop/facebook/t_2", Participant: Participant{Name: "Ben"}, Archived: true, Outbox: OutboxCounts{Unknown: 1},
		Last: Summary{At: noon.Add(-8 * 24 * time.Hour), Text: "Thank you"}, LastReceivedAt: noon.Add(-9 * 24 * time.Hour), LastSentAt: noon.Add(-8 * 24 * time.Hour),
		Triage: Triage{Muted: true, SnoozedUntil: noon.Add(time.Hour), Woken: noon},
	}
	for text, want := range map[string]struct{ anna, ben bool }{
		"":                       {true, true},
		"parcel":                 {true, false},
		"-parcel":                {false, true},
		"ANNA @anna t_1":         {true, false},
		"from:berg":              {true, false},
		"from:@ANNA.b":           {true, false},
		"-from:anna":             {false, true},
		"from:me":                {false, true},
		"-from:me":               {true, false},
		"platform:ig":            {true, false},
		"-platform:ig":           {false, true},
		"account:shop":           {false, true},
		"-account:shop":          {true, false},
		"is:unread":              {true, false},
		"-is:unread":             {false, true},
		"is:unanswered":          {true, false},
		"is:closing":             {true, false},
		"is:closed":              {false, true},
		"-is:closed":             {true, false},
		"is:archived":            {false, true},
		"is:failed":              {false, true},
		"is:draft":               {true, false},
		"is:mine":                {true, false},
		"is:snoozed":             {false, true},
		"is:done":                {false, false},
		"is:muted":               {false, true},
		"-is:muted":              {true, false},
		"label:VIP":              {true, false},
		`label:"late parcel"`:    {true, false},
		"-label:vip":             {false, true},
		"label:vi":               {false, false},
		"left<4h":                {true, false},
		"left<3h":                {false, false},
		"left>3h":                {true, false},
		"left>4h":                {false, false},
		"after:7d":               {true, false},
		"before:7d":              {false, true},
		"-before:7d":             {true, false},
		"after:yesterday":        {true, false},
		"after:today":            {false, false},
		"before:today":           {true, true},
		"after:26.10.2026":       {true, true},
		"before:2026-10-26":      {false, false},
		`has:image "thank you"`:  {true, true}, // messages are left open
		"has:image from:nobody":  {true, true}, // so is what speaks of the same message
		"-has:image from:nobody": {false, false},
	} {
		s := meant(t, text)
		if a, b := s.Matches(anna, by()), s.Matches(ben, by()); a != want.anna || b != want.ben {
			t.Errorf("%q: Anna %v, Ben %v", text, a, b)
		}
	}
	if meant(t, "is:closed").Matches(ben, SearchBy{Now: noon}) {
		t.Error("a window that nobody can tell is closed")
	}
}

func TestSearchAsksTheIndex(t *testing.T) {
	midnight := time.Date(2026, 11, 3, 0, 0, 0, 0, noon.Location())
	for text, want := range map[string]TextQuery{
		"is:unread left<2h is:draft": {},
		`late -sorry "thank you" -"no way"`: {
			All:  []TextTerm{{Text: "late"}, {Text: "thank you", Phrase: true}},
			None: []TextTerm{{Text: "sorry"}, {Text: "no way", Phrase: true}},
		},
		"from:anna -from:me":                {From: []string{"anna"}, NotFrom: []string{FromUs}},
		"has:image -has:link":               {Has: []MessageTrait{HasImage}, HasNot: []MessageTrait{HasLink}},
		"account:a platform:x":              {Account: "a", Platform: Twitter},
		"-account:a -account:b -platform:x": {NotAccounts: []AccountID{"a", "b"}, NotPlatforms: []Platform{Twitter}},
		"after:today":                       {Since: midnight},
		"-before:today":                     {Since: midnight},
		"before:today":                      {Before: midnight},
		"-after:today":                      {Before: midnight},
		"after:yesterday after:today":       {Since: midnight},
		"before:1h before:today":            {Before: midnight},
	} {
		if got := meant(t, text).Text(by()); !reflect.DeepEqual(got, want) {
			t.Errorf("%q asks %+v", text, got)
		}
	}
}
