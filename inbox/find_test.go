package inbox_test

import (
	"context"
	"fmt"
	"iter"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"parley/inbox"
	"parley/inbox/inboxtest"
)

// searched is an inbox with an index, and customers who have written.
type searched struct {
	*fixture
	now   time.Time
	index inbox.TextIndex
}

func newSearched(t *testing.T) *searched {
	s := &searched{fixture: newFixture(t), now: time.Now().UTC().Truncate(time.Second)}
	s.index = inboxtest.Index{Store: s.store}
	return s
}

// open makes the inbox with the index.
func (s *searched) open() *searched {
	s.t.Helper()
	in, err := inbox.New(context.Background(), inbox.Options{
		Store: s.store, Index: s.index, Accounts: []inbox.Account{{ID: "acme", Provider: s.provider}},
	})
	if err != nil {
		s.t.Fatal(err)
	}
	s.in = in
	return s
}

// says stores a message of a customer, or our own to him, so long ago.
func (s *searched) says(customer string, direction inbox.Direction, id, text string, ago time.Duration, attached ...string) {
	s.t.Helper()
	m := inbox.Message{ID: inbox.MessageID(id), Direction: direction, Text: text, CreatedAt: s.now.Add(-ago)}
	for _, kind := range attached {
		m.Attachments = append(m.Attachments, inbox.Attachment{Type: kind, URL: "https://cdn.example/" + id})
	}
	s.ingest(batch(inbox.MessageFact{
		RemoteID: "t_" + strings.ToLower(customer), Peer: inbox.Participant{ID: customer, Name: customer}, KnowsReactions: true, Message: m,
	}))
}

func (s *searched) by() inbox.SearchBy {
	return inbox.SearchBy{Now: s.now, Closing: 12 * time.Hour, Window: s.in.OurWindow}
}

func (s *searched) parsed(text string) inbox.Search {
	s.t.Helper()
	search, err := inbox.ParseSearch(text, inbox.Known{})
	if err != nil {
		s.t.Fatal(err)
	}
	return search
}

// page searches, and names what is found: messages by their ID, customers by
// their name.
func (s *searched) page(q inbox.SearchQuery) (names []string, page inbox.SearchPage) {
	s.t.Helper()
	q.By = s.by()
	page, err := s.in.Search(context.Background(), q)
	if err != nil {
		s.t.Fatal(err)
	}
	for _, r := range page.Results {
		if r.IsMessage() {
			names = append(names, string(r.Message.ID))
		} else {
			names = append(names, r.Conversation.Participant.Name)
		}
	}
	return names, page
}

func (s *searched) finds(text, want string) {
	s.t.Helper()
	if names, _ := s.page(inbox.SearchQuery{Search: s.parsed(text)}); strings.Join(names, " ") != want {
		s.t.Errorf("%q finds %q, not %q", text, names, want)
	}
}

func (s *searched) walk(search inbox.Search) iter.Seq2[inbox.ListRow, error] {
	return s.in.Walk(context.Background(), inbox.ListSearch{Query: search.Query(s.by()), Search: search, By: s.by()})
}

// lists checks what a list shows for a search.
func (s *searched) lists(text, want string) {
	s.t.Helper()
	search := s.parsed(text)
	var names []string
	for row, err := range s.walk(search) {
		if err != nil {
			s.t.Fatal(err)
		}
		names = append(names, row.Participant.Name)
	}
	if strings.Join(names, " ") != want {
		s.t.Errorf("the list for %q shows %q, not %q", text, names, want)
	}
}

// threeTalks are Anna, who sent pictures and waits; Ben, who was answered; and
// Cleo, who wrote long ago.
func threeTalks(t *testing.T) *searched {
	s := newSearched(t).open()
	s.says("Anna", inbox.Received, "a1", "Where is my parcel?", 3*time.Hour)
	s.says("Anna", inbox.Received, "a2", "", 2*time.Hour, "image")
	s.says("Ben", inbox.Received, "b1", "A late parcel from Anna", 5*time.Hour)
	s.says("Ben", inbox.Sent, "b2", "Here is the label https://shop.example/l", 4*time.Hour, "image")
	s.says("Cleo", inbox.Received, "c1", "The parcel was late, see the film", 9*24*time.Hour, "video")
	return s
}

func TestSearchFindsMessagesAndCustomers(t *testing.T) {
	s := threeTalks(t)
	for text, want := range map[string]string{
		"":                          "",
		"parcel":                    "a1 b1 c1",
		"parcel -late":              "a1",
		`"late parcel"`:             "b1",
		"anna":                      "Anna a2 a1 b1",
		"anna parcel":               "a1 b1",
		"from:anna":                 "a2 a1",
		"from:me":                   "b2",
		"-from:me parcel":           "a1 b1 c1",
		"has:image":                 "a2 b2",
		"has:image -from:me":        "a2",
		"has:link":                  "b2",
		"has:video before:7d":       "c1",
		"after:7d parcel":           "a1 b1",
		"parcel is:unanswered":      "a1 c1",
		"parcel -is:unanswered":     "b1",
		"parcel platform:instagram": "a1 b1 c1",
		"parcel platform:x":         "",
		"is:unanswered":             "Anna Cleo",
		"is:unanswered account:b":   "",
		"account:acme platform:ig":  "Anna Ben Cleo",
		"nothing":                   "",
	} {
		s.finds(text, want)
	}
	if names, _ := s.page(inbox.SearchQuery{Search: s.parsed("parc"), Typing: true}); len(names) != 3 {
		t.Errorf("while it is typed, parc finds %q", names)
	}
	s.finds("parc", "")
}

// TestSearchFindsNotesByTheirWords, where nothing is asked that only messages
// have; a list is narrowed by messages.
func TestSearchFindsNotesByTheirWords(t *testing.T) {
	s := threeTalks(t)
	note, err := s.in.AddNote(t.Context(), "acme/instagram/t_ben", "a late parcel: promised him a refund", "Eve")
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]string{
		"promised": "note", "ben promised": "note", `"late parcel"`: "note b1", "parcel after:1d": "note a1 b1", "refund is:unanswered": "",
		"promised from:me": "", "promised -from:me": "", "promised from:ben": "", "promised -has:image": "", "after:1d -has:link": "a2 a1 b1",
	} {
		s.finds(text, strings.ReplaceAll(want, "note", string(note.ID)))
	}
	s.lists(`"promised him"`, "")
	s.lists(`-"promised him"`, "Anna Ben Cleo")
	_, page := s.page(inbox.SearchQuery{Search: s.parsed("promised")})
	if r := page.Results[0]; !r.Message.Note || r.Message.Author != "Eve" || r.Text != note.Text || len(r.Marks) != 1 {
		t.Errorf("a note is found as %+v", r)
	}
}

func TestListShowsConversationsWithSuchMessages(t *testing.T) {
	s := threeTalks(t)
	for text, want := range map[string]string{
		"":                         "Anna Ben Cleo",
		"has:image":                "Anna Ben",
		"-has:image":               "Cleo",
		"has:image from:me":        "Ben",
		"has:image -from:me":       "Anna",
		"has:image ben":            "Ben",
		"has:image is:unanswered":  "Anna",
		"has:video after:7d":       "",
		"has:video before:7d":      "Cleo",
		`"late parcel"`:            "Ben",
		`-"late parcel" -has:link`: "Anna Cleo",
		"from:anna":                "Anna",
		"from:me":                  "Ben",
		"before:7d":                "Cleo",
		"after:7d":                 "Anna Ben",
		"has:image left<30d":       "Anna",
		"has:image platform:x":     "",
		"is:archived has:image":    "",
	} {
		s.lists(text, want)
	}
	if err := s.in.SetArchived(context.Background(), "acme/instagram/t_ben", true); err != nil {
		t.Fatal(err)
	}
	s.lists("has:image", "Anna")
	s.lists("is:archived has:image", "Ben")
	s.finds("has:image", "a2 b2")
	for _, change := range []inbox.TriageChange{inbox.Snooze{Until: time.Now().Add(time.Hour)}, inbox.AddLabels{Labels: []string{"vip"}}} {
		if results, err := s.in.Triage(context.Background(), []inbox.ConversationID{"acme/instagram/t_anna"}, change); err != nil || !results[0].Changed() {
			t.Fatal(results, err)
		}
	}
	s.lists("has:image", "")
	s.lists("is:snoozed label:vip has:image", "Anna")
	s.lists("is:snoozed", "Anna")
	s.finds("parcel label:vip", "a1")
	s.finds("is:snoozed", "Anna")
}

func TestSearchWithoutAnIndexSaysSo(t *testing.T) {
	s := newSearched(t)
	s.index = nil
	s.open().says("Anna", inbox.Received, "a1", "Where is my parcel?", time.Hour)
	s.finds("is:unread", "Anna")
	s.lists("parcel from:anna after:today after:1d", "Anna")
	if _, ok := s.in.IndexState(); ok {
		t.Error("what is not there has a state")
	}
	_, err := s.in.Search(context.Background(), inbox.SearchQuery{Search: s.parsed("parcel"), By: s.by()})
	if inbox.KindOf(err) != inbox.Unsupported || inbox.AsError(err).Hint == "" {
		t.Errorf("%v", err)
	}
	for _, text := range []string{"has:image", "-has:image", `"a b"`} {
		search := s.parsed(text)
		n := 0
		for _, err := range s.walk(search) {
			if n++; inbox.KindOf(err) != inbox.Unsupported {
				t.Errorf("%q: %v", text, err)
			}
		}
		if n != 1 {
			t.Errorf("%q says it %d times", text, n)
		}
	}
}

// behind is an index that has not followed the store: it goes on to answer what
// it knows.
type behind struct {
	hits  []inbox.TextHit
	asked []inbox.TextQuery
}

func (b *behind) IndexState() inbox.IndexState { return inbox.IndexState{Behind: 1} }

// SearchText gives the hits in turn, as many as are asked for.
func (b *behind) SearchText(_ context.Context, q inbox.TextQuery) (page inbox.TextPage, err error) {
	b.asked = append(b.asked, q)
	from := 0
	if q.Next != "" {
		if _, err := fmt.Sscan(string(q.Next), &from); err != nil {
			return page, err
		}
	}
	to := min(from+q.Limit, len(b.hits))
	page = inbox.TextPage{Hits: b.hits[from:to], State: b.IndexState()}
	if to < len(b.hits) {
		page.Next = inbox.TextCursor(fmt.Sprint(to))
	}
	return page, nil
}

func TestWhatIsGoneFromTheStoreIsNotFound(t *testing.T) {
	s := newSearched(t)
	index := &behind{}
	s.index = index
	s.open()
	s.says("Anna", inbox.Received, "a1", "parcel", time.Hour, "image")
	s.says("Anna", inbox.Received, "a2", "parcel", 2*time.Hour)
	s.says("Ben", inbox.Received, "b1", "parcel", time.Hour)
	for _, id := range []string{"anna/a1", "anna/a1", "anna/never", "anna/a2", "ben/b1", "nobody/x", "anna/", "ben/"} {
		customer, message, _ := strings.Cut(id, "/")
		index.hits = append(index.hits, inbox.TextHit{Conversation: inbox.ConversationID("acme/instagram/t_" + customer), Message: inbox.MessageID(message), Words: []string{"parcel"}})
	}
	s.finds("parcel", "a1 a2 b1 Anna Ben")
	s.finds("parcel has:image", "a1 Anna Ben")
	s.finds("parcel after:90m", "a1 b1 Anna Ben")
	s.ingest(batch(inbox.MessageFact{
		RemoteID: "t_anna", Peer: inbox.Participant{ID: "Anna", Name: "Anna"},
		Message: inbox.Message{ID: "a2", Direction: inbox.Received, Deleted: true, CreatedAt: s.now.Add(-2 * time.Hour)},
	}))
	s.finds("parcel", "a1 b1 Anna Ben")
	if err := s.in.Forget(context.Background(), "acme/instagram/t_ben"); err != nil {
		t.Fatal(err)
	}
	s.finds("parcel", "a1 Anna")
	if _, page := s.page(inbox.SearchQuery{Search: s.parsed("parcel")}); page.State.Behind != 1 {
		t.Errorf("the page does not say that the index is behind: %+v", page.State)
	}
	if state, ok := s.in.IndexState(); !ok || state.IsComplete() {
		t.Errorf("the index is behind, and its state is %+v", state)
	}
}

func TestSearchIsPaged(t *testing.T) {
	s := newSearched(t).open()
	for i := range 30 {
		s.says("Anna", inbox.Received, fmt.Sprintf("m%02d", i), "parcel", time.Duration(i)*time.Minute)
	}
	for i := range 5 {
		s.says(fmt.Sprint("Customer", i), inbox.Received, fmt.Sprint("c", i), "hello", time.Duration(i)*time.Hour)
	}
	for text, want := range map[string]int{"parcel": 30, "is:unread": 6, "hello": 5} {
		q := inbox.SearchQuery{Search: s.parsed(text), Limit: 4}
		var all []string
		for pages := 0; ; pages++ {
			names, page := s.page(q)
			if all = append(all, names...); page.Next == "" {
				break
			}
			if len(names) != q.Limit || pages > want {
				t.Fatalf("page %d of %q has %d results, and there is more", pages, text, len(names))
			}
			q.Next = page.Next
		}
		slices.Sort(all)
		if len(slices.Compact(all)) != want {
			t.Errorf("%q finds %d in pages, not %d: %q", text, len(all), want, all)
		}
	}
}

func TestOneCallOfASearchIsBounded(t *testing.T) {
	s := newSearched(t)
	index := &behind{}
	s.index = index
	s.open().says("Anna", inbox.Received, "a1", "parcel", time.Hour)
	for range 3000 {
		index.hits = append(index.hits, inbox.TextHit{Conversation: "acme/instagram/t_gone", Message: "x"})
	}
	index.hits = append(index.hits, inbox.TextHit{Conversation: "acme/instagram/t_anna", Message: "a1"})
	q := inbox.SearchQuery{Search: s.parsed("parcel"), Limit: 50}
	names, page := s.page(q)
	if len(names) != 0 || page.Next == "" || len(index.asked) > 40 {
		t.Errorf("%d results, next %q, asked %d times", len(names), page.Next, len(index.asked))
	}
	q.Next = page.Next
	if names, page = s.page(q); !slices.Equal(names, []string{"a1"}) || page.Next != "" {
		t.Errorf("going on finds %q, next %q", names, page.Next)
	}
}

func TestResultsStandInTheirContext(t *testing.T) {
	s := newSearched(t).open()
	s.says("Anna", inbox.Received, "a1", strings.Repeat("word ", 60)+"the Parcel!\nA parcelled PARCEL "+strings.Repeat("more ", 60), time.Hour)
	s.says("Ben", inbox.Received, "b1", "", time.Hour, "image")
	s.says("Parcel Paul", inbox.Received, "p1", "Hello", time.Hour)
	_, page := s.page(inbox.SearchQuery{Search: s.parsed("parcel from:anna")})
	r := page.Results[0]
	if !strings.HasPrefix(r.Text, "…word word") || !strings.HasSuffix(r.Text, "…") || strings.Contains(r.Text, "\n") || len(r.Text) > 260 {
		t.Errorf("%q", r.Text)
	}
	if r.Conversation.Participant.Name != "Anna" || r.Conversation.ID.Platform() != inbox.Instagram || !r.At.Equal(s.now.Add(-time.Hour)) {
		t.Errorf("%+v", r)
	}
	if marked := marked(r); !slices.Equal(marked, []string{"Parcel"}) || r.Marks[0].From > 40 {
		t.Errorf("marked are %q at %v", marked, r.Marks)
	}
	if _, page = s.page(inbox.SearchQuery{Search: s.parsed("has:image")}); page.Results[0].Text != "[image]" || page.Results[0].Marks != nil {
		t.Errorf("%+v", page.Results[0])
	}
	_, page = s.page(inbox.SearchQuery{Search: s.parsed("paul -hello")})
	if r := page.Results[0]; r.IsMessage() || r.Text != "Parcel Paul" || !slices.Equal(marked(r), []string{"Paul"}) {
		t.Errorf("%+v", r)
	}
}

func marked(r inbox.SearchResult) (words []string) {
	for _, m := range r.Marks {
		words = append(words, r.Text[m.From:m.To])
	}
	return words
}

// TestListOfASearchIsWhatANaiveLookFinds: whatever a search asks, and whichever
// index it is answered from, the list holds the conversations that are in sight
// (or asked for by being out of it) and match, and no others.
func TestListOfASearchIsWhatANaiveLookFinds(t *testing.T) {
	random := rand.New(rand.NewPCG(4, 1))
	s := newSearched(t).open()
	pick := func(from ...string) string { return from[random.IntN(len(from))] }
	for i := range 60 {
		name := fmt.Sprintf("%s%02d", pick("Anna", "Ben", "Cleo"), i)
		for j := range 1 + random.IntN(3) {
			ago := time.Duration(random.IntN(10*24))*time.Hour + 30*time.Minute // far from the end of any window
			direction := inbox.Direction(pick("received", "received", "sent"))
			s.says(name, direction, fmt.Sprintf("m%d-%d", i, j), pick("late parcel", "thank you", "hello"), ago, [][]string{nil, {"image"}}[random.IntN(2)]...)
		}
		id := inbox.ConversationID("acme/instagram/t_" + strings.ToLower(name))
		changes := []inbox.TriageChange{
			inbox.MarkDone{}, inbox.Snooze{Until: s.now.Add(time.Hour)}, inbox.Mute{}, inbox.Take{}, inbox.MarkRead{}, inbox.AddLabels{Labels: []string{"vip"}},
		}
		for range random.IntN(3) {
			if _, err := s.in.Triage(context.Background(), []inbox.ConversationID{id}, changes[random.IntN(len(changes))]); err != nil {
				t.Fatal(err)
			}
		}
	}
	terms := []string{
		"is:unread", "is:unanswered", "is:closing", "is:closed", "is:mine", "is:snoozed", "is:done", "is:archived", "is:muted", "is:draft", "label:vip",
		"left<3d", "left>1d", "from:anna", "from:me", "after:3d", "before:3d", "ben", "parcel", "account:acme", "platform:ig", "has:image", `"late parcel"`,
	}
	found := 0
	for range 600 {
		text := ""
		for range 1 + random.IntN(3) {
			text += pick("", "", "", "-") + terms[random.IntN(len(terms))] + " "
		}
		want, got := s.naively(text), s.walked(text)
		if !slices.Equal(want, got) {
			t.Fatalf("%q lists %q, not %q", text, got, want)
		}
		found += len(got)
	}
	if found < 600 {
		t.Errorf("the searches find only %d rows in all", found)
	}
}

// walked are the conversations that the list of a search shows, sorted by ID.
func (s *searched) walked(text string) (ids []inbox.ConversationID) {
	s.t.Helper()
	for row, err := range s.walk(s.parsed(text)) {
		if err != nil {
			s.t.Fatal(err)
		}
		ids = append(ids, row.ID)
	}
	slices.Sort(ids)
	return ids
}

// naively are the same, from a look at every conversation and every message.
func (s *searched) naively(text string) (ids []inbox.ConversationID) {
	s.t.Helper()
	search := s.parsed(text)
	out := map[string]inbox.View{"done": inbox.ViewDone, "snoozed": inbox.ViewSnoozed, "archived": inbox.ViewArchived}
	for _, view := range []inbox.View{inbox.ViewAll, inbox.ViewSnoozed, inbox.ViewDone} {
		page, err := s.in.List(context.Background(), inbox.ListQuery{View: view, After: 1000})
		if err != nil {
			s.t.Fatal(err)
		}
		for _, row := range page.Rows {
			inSight := view == inbox.ViewAll
			for _, term := range search.Terms {
				if v, ok := out[term.Value]; ok && term.Kind == inbox.TermIs && !term.Not {
					inSight = inSight || row.In(v)
				}
			}
			if inSight && search.Matches(row.Conversation, s.by()) && s.hasMessage(row.ID, search) {
				ids = append(ids, row.ID)
			}
		}
	}
	slices.Sort(ids)
	return ids
}

// hasMessage answers what only messages can.
func (s *searched) hasMessage(id inbox.ConversationID, search inbox.Search) bool {
	s.t.Helper()
	th, err := s.in.Thread(context.Background(), inbox.ThreadQuery{Conversation: id, Before: 100})
	if err != nil {
		s.t.Fatal(err)
	}
	has := func(m inbox.Message, t inbox.Term) bool {
		switch t.Kind {
		case inbox.TermHas:
			return slices.Contains(m.Traits(), inbox.MessageTrait(t.Value))
		case inbox.TermPhrase:
			return m.Text == t.Value
		case inbox.TermFrom:
			return (m.Direction == inbox.Sent) == (t.Value == inbox.FromUs) && (t.Value == inbox.FromUs || strings.Contains(string(id), t.Value))
		case inbox.TermAfter:
			return !m.CreatedAt.Before(t.Date.Instant(s.now))
		case inbox.TermBefore:
			return m.CreatedAt.Before(t.Date.Instant(s.now))
		}
		return !t.Not
	}
	asked, oneOf, noneOf := false, false, true
	for _, t := range search.Terms {
		asked = asked || !t.Not && (t.Kind == inbox.TermHas || t.Kind == inbox.TermPhrase)
	}
	for _, m := range th.Page.Messages {
		all := true
		for _, t := range search.Terms {
			all = all && has(m, t) != t.Not
			noneOf = noneOf && !(t.Not && (t.Kind == inbox.TermHas || t.Kind == inbox.TermPhrase) && has(m, t))
		}
		oneOf = oneOf || all
	}
	return asked && oneOf || !asked && noneOf
}

// TestTimeLeftIsByTheProvidersClock: a machine whose clock is wrong by a day must
// not hide what closes soon, nor show what does not.
func TestTimeLeftIsByTheProvidersClock(t *testing.T) {
	for _, wrong := range []time.Duration{0, -24 * time.Hour, 24 * time.Hour} {
		synctest.Test(t, func(t *testing.T) {
			f := newFixture(t)
			f.clockIsWrong(wrong)
			there := f.in.Now("acme")
			open := f.in.Capabilities(ann).Window.Open
			soon, later := received("m1", "hello", there.Add(time.Hour-open)), received("m2", "hello", there.Add(3*time.Hour-open))
			later.RemoteID = "t_ben"
			f.ingest(batch(soon, later))
			by := inbox.SearchBy{Now: time.Now(), Window: f.in.OurWindow}
			for text, want := range map[string]string{"left<2h": "t_ann", "left>2h": "t_ben", "left<4h": "t_ann t_ben", "is:closed": ""} {
				search, err := inbox.ParseSearch(text, inbox.Known{})
				if err != nil {
					t.Fatal(err)
				}
				var got []string
				for row, err := range f.in.Walk(t.Context(), inbox.ListSearch{Query: search.Query(by), Search: search, By: by}) {
					if err != nil {
						t.Fatal(err)
					}
					got = append(got, row.ID.RemoteID())
				}
				if strings.Join(got, " ") != want {
					t.Errorf("by a clock that is wrong by %v, %s finds %q, want %q", wrong, text, got, want)
				}
			}
		})
	}
}
