package inboxtest

import (
	"cmp"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"time"

	"parley/inbox"
)

// place is where a row stands in a list: by the end of its window (rows
// without one come last) or of its snooze, else by the newest message.
type place struct {
	Sort  inbox.Sort
	Ends  bool  // the row has an end, in End
	End   int64 // Unix ms
	Wakes bool  // the row comes back, at At
	At    time.Time
	ID    inbox.ConversationID
	entry entry
}

func (p place) compare(q place) int {
	if p.Ends != q.Ends {
		if p.Ends {
			return -1
		}
		return 1
	}
	if p.Ends {
		return cmp.Or(cmp.Compare(p.End, q.End), cmp.Compare(p.ID, q.ID))
	}
	if p.Wakes {
		return cmp.Or(p.At.Compare(q.At), cmp.Compare(p.ID, q.ID))
	}
	return cmp.Or(q.At.Compare(p.At), cmp.Compare(p.ID, q.ID))
}

func (p place) cursor() inbox.Cursor {
	text, err := json.Marshal(p)
	if err != nil {
		panic(err) // times that JSON cannot write (year 10000) have no place in a test
	}
	return inbox.Cursor(text)
}

func placeOf(c inbox.Cursor, sort inbox.Sort) (place, error) {
	var p place
	if err := json.Unmarshal([]byte(c), &p); err != nil || p.Sort != sort {
		return place{}, inbox.Errorf(inbox.Internal, "cursor %q does not belong to a list sorted by %s", c, sort)
	}
	return p, nil
}

func (tx *memoryTx) List(q inbox.ListQuery) (inbox.ListPage, error) {
	q.View = cmp.Or(q.View, inbox.ViewAll)
	q.Sort = cmp.Or(q.Sort, q.View.UsualSort())
	if err := check(q); err != nil {
		return inbox.ListPage{}, err
	}
	view := tx.places(q)
	anchor, err := anchorOf(q, view)
	if err != nil {
		return inbox.ListPage{}, err
	}
	rows := slices.DeleteFunc(view, func(p place) bool { return !matches(q, p.entry.Conversation) })
	at := 0
	if anchor != nil {
		at, _ = slices.BinarySearchFunc(rows, *anchor, place.compare)
	}
	from, to := stretch(at, len(rows), q.Before, q.After)
	page := inbox.ListPage{MoreBefore: from > 0, MoreAfter: to < len(rows)}
	for _, p := range rows[from:to] {
		page.Rows = append(page.Rows, inbox.ListRow{Conversation: cloneConversation(p.entry.Conversation), Cursor: p.cursor()})
	}
	return page, nil
}

func check(q inbox.ListQuery) error {
	switch {
	case !slices.Contains(inbox.Views, q.View):
		return inbox.Errorf(inbox.Internal, "there is no view %q", q.View)
	case !q.View.CanSort(q.Sort):
		return inbox.Errorf(inbox.Internal, "view %s has no order %q", q.View, q.Sort)
	case q.Closing != 0 && q.Sort != inbox.SortTimeLeft:
		return inbox.Errorf(inbox.Internal, "closing needs the order by time left")
	}
	return nil
}

// places are all rows of the query's view, in order.
func (tx *memoryTx) places(q inbox.ListQuery) []place {
	var rows []place
	for _, e := range tx.conversations {
		if !e.In(q.View) {
			continue
		}
		if p, ok := placeAt(q, e); ok {
			rows = append(rows, p)
		}
	}
	slices.SortFunc(rows, place.compare)
	return rows
}

// placeAt is the row's place at the query's time; ok is false for one that can
// no longer be answered, or closes too late for the query.
func placeAt(q inbox.ListQuery, e entry) (p place, ok bool) {
	p = place{Sort: q.Sort, At: e.LastActivity().UTC(), ID: e.ID, entry: e}
	switch q.Sort {
	case inbox.SortNewest:
		return p, true
	case inbox.SortWake:
		p.At, p.Wakes = e.Triage.SnoozedUntil.UTC(), true
		return p, true
	}
	w, now := e.windows, q.Now.UnixMilli()
	switch {
	case w.Closed:
		return p, false
	case !w.Limited:
		return p, q.Closing == 0
	case w.Open > now:
		p.End = w.Open
	case w.Late > now:
		p.End = w.Late
	default:
		return p, false
	}
	p.Ends = true
	return p, q.Closing == 0 || p.End <= now+q.Closing.Milliseconds()
}

// anchorOf is the place that the query starts from; nil is the top.
func anchorOf(q inbox.ListQuery, view []place) (*place, error) {
	for _, p := range view {
		if q.AnchorID != "" && p.ID == q.AnchorID {
			return &p, nil
		}
	}
	if q.Anchor == "" {
		return nil, nil
	}
	p, err := placeOf(q.Anchor, q.Sort)
	return &p, err
}

func matches(q inbox.ListQuery, c inbox.Conversation) bool {
	if q.Account != "" && c.ID.Account() != q.Account || q.Platform != "" && c.ID.Platform() != q.Platform {
		return false
	}
	if q.Label != "" && !slices.Contains(c.Triage.Labels, q.Label) {
		return false
	}
	searched := strings.Join(append(names(c), strings.ToLower(c.Last.Text), strings.ToLower(string(c.ID))), "\x00")
	for _, word := range strings.Fields(strings.ToLower(q.Text)) {
		if !strings.Contains(searched, word) {
			return false
		}
	}
	return true
}

func (tx *memoryTx) Counts() (inbox.Counts, error) {
	counts := inbox.Counts{}
	for _, v := range inbox.Views {
		counts[v] = 0
		for _, e := range tx.conversations {
			if e.In(v) {
				counts[v]++
			}
		}
	}
	return counts, nil
}

func (tx *memoryTx) Labels() (labels []inbox.LabelCount, err error) {
	counts := map[string]int{}
	for _, e := range tx.conversations {
		for _, label := range e.Triage.Labels {
			counts[label]++
		}
	}
	for _, label := range slices.Sorted(maps.Keys(counts)) {
		labels = append(labels, inbox.LabelCount{Label: label, Count: counts[label]})
	}
	return labels, nil
}

func (tx *memoryTx) FindConversations(text string, limit int) ([]inbox.Conversation, error) {
	folded := strings.ToLower(strings.TrimSpace(text))
	if folded == "" {
		return nil, nil
	}
	// From the strongest to the weakest: the first rule that finds anything wins.
	rules := []func(inbox.Conversation) bool{
		func(c inbox.Conversation) bool { return string(c.ID) == text },
		func(c inbox.Conversation) bool { return c.ID.RemoteID() == text },
		func(c inbox.Conversation) bool { return c.Participant.ID == text },
		func(c inbox.Conversation) bool {
			return slices.ContainsFunc(names(c), func(n string) bool { return n == folded })
		},
		func(c inbox.Conversation) bool {
			return slices.ContainsFunc(names(c), func(n string) bool { return strings.Contains(n, folded) })
		},
	}
	for _, rule := range rules {
		if found := tx.conversationsWhere(rule); len(found) > 0 {
			return found[:min(max(limit, 0), len(found))], nil
		}
	}
	return nil, nil
}

// names are what a customer goes by, folded: a search for "@ann" finds the
// username only, one for "ann" both.
func names(c inbox.Conversation) []string {
	names := []string{strings.ToLower(c.Participant.Name)}
	if user := strings.ToLower(c.Participant.Username); user != "" {
		names = append(names, user, "@"+user)
	}
	return names
}

// conversationsWhere lists conversations, also those out of sight, newest first.
func (tx *memoryTx) conversationsWhere(match func(inbox.Conversation) bool) []inbox.Conversation {
	var found []inbox.Conversation
	for _, e := range tx.conversations {
		if match(e.Conversation) {
			found = append(found, cloneConversation(e.Conversation))
		}
	}
	slices.SortFunc(found, func(a, b inbox.Conversation) int {
		return cmp.Or(b.LastActivity().Compare(a.LastActivity()), cmp.Compare(a.ID, b.ID))
	})
	return found
}
