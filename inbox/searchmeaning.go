package inbox

import (
	"slices"
	"strings"
	"time"
)

// What a search means. Three can answer a term, and each search is divided among
// them:
//
//   - the list's indexes: words, platform:, account:, the first label:, and the
//     states that have a view of their own (Query);
//   - the record of a conversation: all states, left<, label:, and what can be
//     told of the newest message (Matches);
//   - the full-text index: whatever speaks of messages (Text).
//
// In the list, words are looked for in what its rows show; in the full search,
// in the messages. Terms about messages speak of one and the same message; where
// all of those are negated, of every message. In a list, from:, after: and
// before: speak of the conversation as long as no has: or phrase stands beside
// them: of its customer, and of its newest message. So before:7d lists what has
// been quiet for a week.

// SearchBy is what a search is understood by.
type SearchBy struct {
	Now     time.Time                 // in the agent's time zone: days begin at its midnight
	Closing time.Duration             // what is:closing means
	Window  func(Conversation) Window // for is:closing, is:closed and left<; Inbox.OurWindow
}

// searchState is a value of is:.
type searchState struct {
	name, help string
	also       []string // other names of it
	view       View     // where exactly these are, "" where that is no view
	holds      func(Conversation, SearchBy) bool
}

// searchStates are the states in the order in which they are offered.
var searchStates = []searchState{
	{
		name: "unread", help: "has messages that nobody has read", view: ViewUnread,
		holds: func(c Conversation, _ SearchBy) bool { return c.IsUnread() },
	}, {
		name: "unanswered", help: "the customer spoke last", view: ViewUnanswered,
		holds: func(c Conversation, _ SearchBy) bool { return c.Unanswered },
	}, {
		name: stateClosing, help: "unanswered, and the reply window ends soon",
		holds: func(c Conversation, by SearchBy) bool { return by.closesWithin(c, by.Closing) },
	}, {
		name: "closed", help: "the reply window has ended",
		holds: func(c Conversation, by SearchBy) bool { return by.window(c).Phase == WindowClosed },
	}, {
		name: "mine", help: "an agent here has taken or answered it", view: ViewMine,
		holds: func(c Conversation, _ SearchBy) bool { return c.Triage.Mine },
	}, {
		name: "snoozed", help: "out of sight until a time, or until the customer writes", view: ViewSnoozed,
		holds: func(c Conversation, _ SearchBy) bool { return c.In(ViewSnoozed) },
	}, {
		name: "done", help: "dealt with, or archived at the provider, and nothing new has come since", view: ViewDone,
		holds: func(c Conversation, _ SearchBy) bool { return c.In(ViewDone) },
	}, {
		name: "archived", help: "archived at the provider, and nothing new has come since", view: ViewArchived,
		holds: func(c Conversation, _ SearchBy) bool { return c.In(ViewArchived) },
	}, {
		name: "muted", help: "new messages do not count as unread",
		holds: func(c Conversation, _ SearchBy) bool { return c.Triage.Muted },
	}, {
		name: "failed", help: "a send failed, or nobody knows whether it arrived", also: []string{"problem", "problems"}, view: ViewProblems,
		holds: func(c Conversation, _ SearchBy) bool { return c.In(ViewProblems) },
	}, {
		name: "draft", help: "something is typed and not sent",
		holds: func(c Conversation, _ SearchBy) bool { return c.Draft != "" },
	},
}

const stateClosing = "closing"

func searchStateOf(name string) searchState {
	i := slices.IndexFunc(searchStates, func(s searchState) bool { return s.name == name })
	return searchStates[i] // the parser lets no other pass
}

func (by SearchBy) window(c Conversation) Window {
	if by.Window == nil {
		return Window{Phase: WindowUnknown}
	}
	return by.Window(c)
}

// closesWithin tells that an unanswered conversation closes by then.
func (by SearchBy) closesWithin(c Conversation, d time.Duration) bool {
	left, ends := by.window(c).Left(by.Now)
	return c.Unanswered && ends && left <= d
}

// closesAfter tells that an unanswered conversation closes, but later.
func (by SearchBy) closesAfter(c Conversation, d time.Duration) bool {
	left, ends := by.window(c).Left(by.Now)
	return c.Unanswered && ends && left > d
}

// HasView tells that the search says which conversations it means, not only
// what they are to contain.
func (s Search) HasView() bool {
	return slices.ContainsFunc(s.Terms, func(t Term) bool { return !t.Not && (t.Kind == TermIs || t.Kind == TermLeft) })
}

// Account and Platform are the ones that the search is about, "" for all.
func (s Search) Account() AccountID { return AccountID(s.only(TermAccount)) }

// Platform is the one that the search is about, "" for all.
func (s Search) Platform() Platform { return Platform(s.only(TermPlatform)) }

func (s Search) only(kind TermKind) string {
	for _, t := range s.Terms {
		if t.Kind == kind && !t.Not {
			return t.Value
		}
	}
	return ""
}

// asks tells whether a state is asked for.
func (s Search) asks(state string) bool {
	return slices.ContainsFunc(s.Terms, func(t Term) bool { return !t.Not && t.Kind == TermIs && t.Value == state })
}

// closing is the least time left that is asked for with less-than, 0 when none
// is.
func (s Search) closing(by SearchBy) time.Duration {
	var least time.Duration
	for _, t := range s.Terms {
		d := t.closing(by)
		if d > 0 && (least == 0 || d < least) {
			least = d
		}
	}
	return least
}

func (t Term) closing(by SearchBy) time.Duration {
	switch {
	case t.Not || t.Over:
		return 0
	case t.Kind == TermIs && t.Value == stateClosing:
		return by.Closing
	}
	return t.Left
}

// Query takes the view that leaves the least to check row by row.
func (s Search) Query(by SearchBy) ListQuery {
	q := ListQuery{Account: s.Account(), Platform: s.Platform(), Label: s.only(TermLabel), Now: by.Now}
	var words []string
	for _, t := range s.Terms {
		if t.Kind == TermWord && !t.Not {
			words = append(words, t.Value)
		}
	}
	q.Text = strings.Join(words, " ")
	q.View, q.Closing = s.view(by)
	if q.Sort = q.View.UsualSort(); q.Closing > 0 {
		q.Sort = SortTimeLeft
	}
	return q
}

// view is the view that the states ask for, and the time left in it. What is out
// of sight is in one view only; of the others the smallest is the best.
func (s Search) view(by SearchBy) (View, time.Duration) {
	for _, state := range []string{"archived", "snoozed", "done"} {
		if s.asks(state) {
			return searchStateOf(state).view, 0
		}
	}
	if closing := s.closing(by); closing > 0 {
		return ViewUnanswered, closing
	}
	for _, state := range []string{"failed", "unanswered", "mine", "unread"} {
		if s.asks(state) {
			return searchStateOf(state).view, 0
		}
	}
	return ViewAll, 0
}

// Exact tells that the list's indexes leave nothing to check.
func (s Search) Exact() bool {
	q := s.Query(SearchBy{Closing: 1})
	return !slices.ContainsFunc(s.Terms, func(t Term) bool { return !t.answeredBy(q) })
}

// answeredBy tells whether the query lets nothing pass for which the term does
// not hold.
func (t Term) answeredBy(q ListQuery) bool {
	switch t.Kind {
	case TermWord, TermPlatform, TermAccount:
		return !t.Not
	case TermLeft:
		return !t.Not && !t.Over && q.Sort == SortTimeLeft
	case TermLabel:
		return !t.Not && t.Value == q.Label
	case TermIs:
		if t.Value == stateClosing {
			return !t.Not && q.Sort == SortTimeLeft
		}
		return !t.Not && searchStateOf(t.Value).view == q.View
	}
	return false
}

// Matches tells whether what a conversation's record can say fulfils the search
// as a filter of the list. What only messages can say is left open.
func (s Search) Matches(c Conversation, by SearchBy) bool {
	aboutOne := s.aboutOneMessage()
	for _, t := range s.Terms {
		if t.needsIndex() || aboutOne && t.aboutMessage() {
			continue
		}
		if t.holds(c, by) == t.Not {
			return false
		}
	}
	return true
}

// matchesState is Matches for the full search, where the index has answered all
// that is not the state of a conversation.
func (s Search) matchesState(c Conversation, by SearchBy) bool {
	for _, t := range s.Terms {
		if t.aboutState() && t.holds(c, by) == t.Not {
			return false
		}
	}
	return true
}

// stillIn tells whether a message is there and is what the search says, as far
// as that does not depend on words: the index may be behind.
func (s Search) stillIn(m Message, by SearchBy) bool {
	return !m.Deleted && !slices.ContainsFunc(s.Terms, func(t Term) bool {
		is, known := t.describes(m, by)
		return known && is == t.Not
	})
}

// describes tells whether a term is true of a message, before any minus; known
// is false where only the index or the conversation can tell.
func (t Term) describes(m Message, by SearchBy) (is, known bool) {
	switch t.Kind {
	case TermHas:
		return slices.Contains(m.Traits(), MessageTrait(t.Value)), true
	case TermAfter:
		return !m.CreatedAt.Before(t.Date.Instant(by.Now)), true
	case TermBefore:
		return m.CreatedAt.Before(t.Date.Instant(by.Now)), true
	case TermFrom:
		return m.Direction == Sent, t.Value == FromUs
	}
	return false, false
}

// aboutState tells that only a conversation's record knows.
func (t Term) aboutState() bool {
	return t.Kind == TermIs || t.Kind == TermLeft || t.Kind == TermLabel
}

// aboutMessage tells that the term speaks of a message, if there is one that is
// looked for.
func (t Term) aboutMessage() bool {
	return t.needsIndex() || t.Kind == TermFrom || t.Kind == TermAfter || t.Kind == TermBefore
}

// needsIndex tells that no record of a conversation can answer the term.
func (t Term) needsIndex() bool { return t.Kind == TermPhrase || t.Kind == TermHas }

// NeedsIndex tells that a list needs the full-text index for this search.
func (s Search) NeedsIndex() bool { return slices.ContainsFunc(s.Terms, Term.needsIndex) }

// aboutOneMessage tells that there is a message to be looked for, which all
// terms about messages speak of.
func (s Search) aboutOneMessage() bool {
	return slices.ContainsFunc(s.Terms, func(t Term) bool { return t.needsIndex() && !t.Not })
}

// holds tells whether a conversation is what the term says, before any minus.
func (t Term) holds(c Conversation, by SearchBy) bool {
	switch t.Kind {
	case TermWord:
		return rowHas(c, t.Value)
	case TermFrom:
		return c.wrote(t.Value)
	case TermPlatform:
		return c.ID.Platform() == Platform(t.Value)
	case TermAccount:
		return c.ID.Account() == AccountID(t.Value)
	case TermIs:
		return searchStateOf(t.Value).holds(c, by)
	case TermLeft:
		if t.Over {
			return by.closesAfter(c, t.Left)
		}
		return by.closesWithin(c, t.Left)
	case TermLabel:
		return slices.Contains(c.Triage.Labels, t.Value)
	case TermAfter:
		return !c.Last.At.Before(t.Date.Instant(by.Now))
	case TermBefore:
		return c.Last.At.Before(t.Date.Instant(by.Now))
	}
	return false
}

// rowHas tells whether a word is in what a list is searched in.
func rowHas(c Conversation, word string) bool {
	for _, field := range []string{c.Participant.Name, c.handle(), c.Last.Text, string(c.ID)} {
		if containsFold(field, word) {
			return true
		}
	}
	return false
}

// handle is the username with its @, "" when there is none.
func (c Conversation) handle() string {
	if c.Participant.Username == "" {
		return ""
	}
	return "@" + c.Participant.Username
}

// wrote tells whether a sender of that name has written in the conversation.
func (c Conversation) wrote(name string) bool {
	if name == FromUs {
		return !c.LastSentAt.IsZero()
	}
	return !c.LastReceivedAt.IsZero() && (containsFold(c.Participant.Name, name) || containsFold(c.handle(), name))
}

func containsFold(text, part string) bool {
	return strings.Contains(strings.ToLower(text), strings.ToLower(part))
}

// Text is what the full-text index is to be asked for all terms that it can
// answer.
func (s Search) Text(by SearchBy) TextQuery {
	var q TextQuery
	for _, t := range s.Terms {
		t.addTo(&q, by)
	}
	return q
}

// messageText is Text for a list, whose words are looked for in its rows.
func (s Search) messageText(by SearchBy) TextQuery {
	s.Terms = slices.DeleteFunc(slices.Clone(s.Terms), func(t Term) bool { return t.Kind == TermWord })
	return s.Text(by)
}

// addTo adds a term to what the index is asked.
func (t Term) addTo(q *TextQuery, by SearchBy) {
	switch t.Kind {
	case TermWord, TermPhrase:
		add(&q.All, &q.None, t.Not, TextTerm{Text: t.Value, Phrase: t.Kind == TermPhrase})
	case TermFrom:
		add(&q.From, &q.NotFrom, t.Not, t.Value)
	case TermHas:
		add(&q.Has, &q.HasNot, t.Not, MessageTrait(t.Value))
	case TermAccount:
		if t.Not {
			q.NotAccounts = append(q.NotAccounts, AccountID(t.Value))
		} else {
			q.Account = AccountID(t.Value)
		}
	case TermPlatform:
		if t.Not {
			q.NotPlatforms = append(q.NotPlatforms, Platform(t.Value))
		} else {
			q.Platform = Platform(t.Value)
		}
	case TermAfter, TermBefore:
		t.addDate(q, t.Date.Instant(by.Now))
	}
}

func add[T any](with, without *[]T, not bool, value T) {
	if not {
		with = without
	}
	*with = append(*with, value)
}

// addDate narrows the time. Not before a day is after it, and the other way
// round: an instant belongs to one of the two.
func (t Term) addDate(q *TextQuery, at time.Time) {
	if since := (t.Kind == TermAfter) != t.Not; since {
		if at.After(q.Since) {
			q.Since = at
		}
	} else if q.Before.IsZero() || at.Before(q.Before) {
		q.Before = at
	}
}
