package inbox

import (
	"cmp"
	"context"
	"iter"
	"math"
	"slices"
	"strings"
	"time"
)

// Finding messages: the index says where, the store says what. Nothing that the
// index answers is shown unchecked, because it follows the store a moment later:
// what was deleted, unsent or forgotten since falls out here.

// SearchQuery asks for messages and customers that fulfil a search.
type SearchQuery struct {
	Search Search
	By     SearchBy
	Typing bool         // the last word is not finished: it may also be the beginning of one
	Limit  int          // results, 0: usualResults
	Next   SearchCursor // where the page before ended, "" for the beginning
}

// SearchCursor is a place in the results of one search. It is opaque.
type SearchCursor string

// SearchPage is a stretch of results, newest first.
type SearchPage struct {
	Results []SearchResult
	Next    SearchCursor // "" when there is no more
	State   IndexState   // how far what was asked had come
}

// SearchResult is one find in its context.
type SearchResult struct {
	Conversation Conversation
	Message      Message   // the zero value when the conversation itself was found
	At           time.Time // of the message, else of the newest
	Text         string    // one line: a cut of the message around the first match, or the customer's names
	Marks        []Span    // what was looked for in Text
}

// IsMessage tells that a message was found, not the customer.
func (r SearchResult) IsMessage() bool { return r.Message.ID != "" }

// What one call of Search may cost. A search whose results are mostly dropped
// (is:snoozed beside a common word) comes back with fewer than were asked for,
// and with Next.
const (
	usualResults = 50
	mostResults  = 500
	mostAsked    = 40 // times that the index is asked in one call
)

// Search finds messages and customers. A search that only speaks of the state of
// conversations finds these. Without an index an Unsupported error.
func (in *Inbox) Search(ctx context.Context, q SearchQuery) (SearchPage, error) {
	if q.Limit = min(q.Limit, mostResults); q.Limit <= 0 {
		q.Limit = usualResults
	}
	switch {
	case len(q.Search.Terms) == 0:
		return SearchPage{}, nil
	case !q.Search.asksIndex():
		return in.searchRows(ctx, q)
	case in.opts.Index == nil:
		return SearchPage{}, errNoIndex()
	}
	return in.searchIndex(ctx, q)
}

// IndexState tells how far the full-text index has come, ok is false when there
// is none. It costs no I/O.
func (in *Inbox) IndexState() (state IndexState, ok bool) {
	if in.opts.Index == nil {
		return IndexState{}, false
	}
	return in.opts.Index.IndexState(), true
}

func errNoIndex() *Error {
	return &Error{
		Kind: Unsupported, Op: "search", Text: "there is no full-text index here",
		Hint: "words, from:, is:, left<, platform:, account:, before: and after: can be asked of the list without one",
	}
}

// asksIndex tells that the full search has anything to ask the index.
func (s Search) asksIndex() bool {
	return slices.ContainsFunc(s.Terms, func(t Term) bool { return t.Kind == TermWord || t.aboutMessage() })
}

// searchIndex asks the index until there are enough results or no more.
func (in *Inbox) searchIndex(ctx context.Context, q SearchQuery) (SearchPage, error) {
	ask := q.text()
	f := finder{in: in, SearchQuery: q, seen: map[hitPlace]bool{}, passed: map[ConversationID]passed{}}
	for range mostAsked {
		ask.Limit = q.Limit - len(f.page.Results)
		page, err := in.opts.Index.SearchText(ctx, ask)
		if err != nil {
			return SearchPage{}, err
		}
		f.page.State, f.page.Next, ask.Next = page.State, SearchCursor(page.Next), page.Next
		if err := in.store.View(ctx, func(r Reader) error { return f.take(r, page.Hits) }); err != nil {
			return SearchPage{}, err
		}
		if page.Next == "" || len(f.page.Results) >= q.Limit {
			break
		}
	}
	return f.page, nil
}

// text is what the index is asked first.
func (q SearchQuery) text() TextQuery {
	ask := q.Search.Text(q.By)
	ask.Next = TextCursor(q.Next)
	last := q.Search.Terms[len(q.Search.Terms)-1]
	if q.Typing && last.Kind == TermWord && !last.Not {
		ask.All[len(ask.All)-1].Prefix = true
	}
	return ask
}

// hitPlace is what a hit of the index names.
type hitPlace struct {
	Conversation ConversationID
	Message      MessageID
}

// finder makes results of hits.
type finder struct {
	SearchQuery
	in     *Inbox
	page   SearchPage
	seen   map[hitPlace]bool
	passed map[ConversationID]passed
}

// passed is what is known of a conversation: whether it is there and in the
// state that is asked for.
type passed struct {
	conversation Conversation
	ok           bool
}

func (f *finder) take(r Reader, hits []TextHit) error {
	for _, hit := range hits {
		place := hitPlace{hit.Conversation, hit.Message}
		if f.seen[place] {
			continue
		}
		f.seen[place] = true
		result, ok, err := f.result(r, hit)
		if err != nil {
			return err
		}
		if ok {
			f.page.Results = append(f.page.Results, result)
		}
	}
	return nil
}

// result reads what a hit names; ok is false when it is no longer there.
func (f *finder) result(r Reader, hit TextHit) (result SearchResult, ok bool, err error) {
	c, ok, err := f.conversation(r, hit.Conversation)
	if !ok || err != nil {
		return result, false, err
	}
	result = SearchResult{Conversation: c, At: c.Last.At}
	line := c.names()
	if hit.Message != "" {
		read := r.Message
		if hit.Note {
			read = r.Note
		}
		m, found, err := read(hit.Conversation, hit.Message)
		if !found || err != nil || !f.Search.stillIn(m, f.By) {
			return result, false, err
		}
		result.Message, result.At, line = m, m.CreatedAt, m.foundLine()
	}
	result.Text, result.Marks = f.in.excerpt(line, hit.Words)
	return result, true, nil
}

// foundLine is all that is written in the message in one line, else what it is.
func (m Message) foundLine() string {
	if texts := m.Texts(); len(texts) > 0 {
		return CleanLine(strings.Join(texts, " · "))
	}
	return m.Preview()
}

func (f *finder) conversation(r Reader, id ConversationID) (Conversation, bool, error) {
	if known, ok := f.passed[id]; ok {
		return known.conversation, known.ok, nil
	}
	c, found, err := r.Conversation(id)
	if err != nil {
		return c, false, err
	}
	found = found && f.Search.matchesState(c, f.By)
	f.passed[id] = passed{c, found}
	return c, found, nil
}

// names of the customer in one line.
func (c Conversation) names() string {
	if name := c.Participant.DisplayName(); name != c.handle() && c.handle() != "" {
		return name + " · " + c.handle()
	}
	return c.Participant.DisplayName()
}

// searchRows finds conversations by their state alone.
func (in *Inbox) searchRows(ctx context.Context, q SearchQuery) (page SearchPage, err error) {
	list := q.Search.Query(q.By)
	list.Anchor = Cursor(q.Next)
	for row, err := range in.Walk(ctx, ListSearch{Query: list, Search: q.Search, By: q.By}) {
		if err != nil {
			return SearchPage{}, err
		}
		page.Results = append(page.Results, SearchResult{Conversation: row.Conversation, At: row.Last.At, Text: row.names()})
		if len(page.Results) == q.Limit {
			page.Next = SearchCursor(row.Cursor)
			break
		}
	}
	return page, nil
}

// rowsAtOnce is how many rows are read in one transaction.
const rowsAtOnce = 200

// ListSearch is a list that a search narrows.
type ListSearch struct {
	Query  ListQuery // the search's own, or one that narrows another view
	Search Search
	By     SearchBy
	Most   int // rows to look at, 0: all
}

// Walk goes through the rows of a list that a search finds, in the list's order,
// from behind the query's anchor on. What only messages can say is asked of the
// index; the rows that come from there have no cursor. It ends with the first
// error.
func (in *Inbox) Walk(ctx context.Context, l ListSearch) iter.Seq2[ListRow, error] {
	return func(yield func(ListRow, error) bool) {
		w := walk{ListSearch: l, in: in, ctx: ctx, yield: yield}
		var err error
		switch {
		case l.Search.NeedsIndex() && in.opts.Index == nil:
			err = errNoIndex()
		case l.Search.aboutOneMessage():
			err = w.byMessages()
		default:
			err = w.byRows()
		}
		if err != nil {
			yield(ListRow{}, err)
		}
	}
}

// walk is one walk under way.
type walk struct {
	ListSearch
	in    *Inbox
	ctx   context.Context
	yield func(ListRow, error) bool
}

// byRows looks at one row after the other.
func (w *walk) byRows() error {
	w.Query.Before, w.Query.After = 0, rowsAtOnce
	for looked := 0; w.Most == 0 || looked < w.Most; looked += rowsAtOnce {
		page, err := w.in.List(w.ctx, w.Query)
		if err != nil {
			return err
		}
		for _, row := range page.Rows {
			if row.Cursor == w.Query.Anchor {
				continue // it ended the page before
			}
			if wanted, err := w.wants(row.Conversation); err != nil {
				return err
			} else if wanted && !w.yield(row, nil) {
				return nil
			}
		}
		if !page.MoreAfter || len(page.Rows) < 2 {
			return nil
		}
		w.Query.Anchor = page.Rows[len(page.Rows)-1].Cursor
	}
	return nil
}

// wants checks a row against all terms, and asks the index for those which say
// what none of its messages may be.
func (w *walk) wants(c Conversation) (bool, error) {
	if !w.Search.Matches(c, w.By) {
		return false, nil
	}
	for _, t := range w.Search.Terms {
		if !t.needsIndex() {
			continue
		}
		ask := TextQuery{Conversation: c.ID, NoNotes: true, Limit: 1}
		t.Not = false
		t.addTo(&ask, w.By)
		page, err := w.in.opts.Index.SearchText(w.ctx, ask)
		if err != nil || len(page.Hits) > 0 {
			return false, err
		}
	}
	return true, nil
}

// byMessages lets the index say which conversations have such a message.
func (w *walk) byMessages() error {
	ids, err := w.found()
	if err != nil {
		return err
	}
	var rows []ListRow
	err = w.in.store.View(w.ctx, func(r Reader) error {
		for _, id := range ids {
			c, found, err := r.Conversation(id)
			if err != nil {
				return err
			}
			if found && w.Query.admits(c, w.in.OurWindow) && w.Search.Matches(c, w.By) {
				rows = append(rows, ListRow{Conversation: c})
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	w.sort(rows)
	for _, row := range rows {
		if !w.yield(row, nil) {
			return nil
		}
	}
	return nil
}

// What the index may be asked for one list: as many conversations nobody pages
// through, and who looks for something in them narrows the search.
const (
	hitsAtOnce = 500
	mostHits   = 20_000
)

// found are the conversations with a message that fulfils the search, each once.
func (w *walk) found() ([]ConversationID, error) {
	ask := w.Search.messageText(w.By)
	ask.Limit, ask.NoNotes = hitsAtOnce, true
	ask.Account, ask.Platform = w.Query.Account, w.Query.Platform
	var ids []ConversationID
	seen := map[ConversationID]bool{}
	for range mostHits / hitsAtOnce {
		page, err := w.in.opts.Index.SearchText(w.ctx, ask)
		if err != nil {
			return nil, err
		}
		for _, hit := range page.Hits {
			if hit.Message != "" && !seen[hit.Conversation] {
				seen[hit.Conversation] = true
				ids = append(ids, hit.Conversation)
			}
		}
		if ask.Next = page.Next; page.Next == "" {
			break
		}
	}
	return ids, nil
}

// sort puts rows that the index has found into the list's order.
func (w *walk) sort(rows []ListRow) {
	ends := func(c Conversation) time.Duration {
		switch left, ends := w.in.OurWindow(c).Left(w.Query.Now); {
		case w.Query.Sort == SortTimeLeft && ends:
			return left
		case w.Query.Sort == SortWake:
			return c.Triage.SnoozedUntil.Sub(w.Query.Now)
		}
		return math.MaxInt64
	}
	slices.SortStableFunc(rows, func(a, b ListRow) int {
		return cmp.Or(cmp.Compare(ends(a.Conversation), ends(b.Conversation)), b.LastActivity().Compare(a.LastActivity()))
	})
}

// admits tells whether a list has a row for the conversation.
func (q ListQuery) admits(c Conversation, window func(Conversation) Window) bool {
	if q.View != "" && !c.In(q.View) ||
		q.Account != "" && c.ID.Account() != q.Account || q.Platform != "" && c.ID.Platform() != q.Platform {
		return false
	}
	for _, word := range strings.Fields(q.Text) {
		if !rowHas(c, word) {
			return false
		}
	}
	if q.Sort != SortTimeLeft {
		return true
	}
	w := window(c)
	left, ends := w.Left(q.Now)
	return w.Answerable() && (q.Closing == 0 || ends && left <= q.Closing)
}
