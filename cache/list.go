package cache

import (
	"bytes"
	"cmp"
	"math"
	"slices"
	"strings"

	"parley/inbox"

	bolt "go.etcd.io/bbolt"
)

// A list is a stretch of one index. What a page costs depends on the page, not
// on the index: the cursor is the key of a row. A filter by account or platform
// reads the key, one by text the entry, one by label the index of labels; a record
// is decoded only for a row that is returned.
//
// One stretch is passed over, not skipped: by time left, the late places of
// conversations that are still open, which lie together at the end of those
// with an end. That is a few dozen nanoseconds for each, and only for a page
// that reaches over them.

// List returns a stretch of a view.
func (t *tx) List(q inbox.ListQuery) (inbox.ListPage, error) {
	s, err := t.newScan(q)
	if err != nil {
		return inbox.ListPage{}, err
	}
	anchor, err := s.anchor()
	if err != nil {
		return inbox.ListPage{}, err
	}
	above, moreBefore := s.backward(anchor)
	below, moreAfter := s.forward(anchor)
	return inbox.ListPage{Rows: append(above, below...), MoreBefore: moreBefore, MoreAfter: moreAfter}, nil
}

// scan is one query on its way through an index.
type scan struct {
	inbox.ListQuery
	t     *tx
	index *bolt.Cursor
	top   []byte // the first key that may count
	words [][]byte
	now   int64 // Unix ms
	until int64 // the last end that counts

	labelled func(id []byte) bool // nil: all
}

func (t *tx) newScan(q inbox.ListQuery) (*scan, error) {
	q.View = cmp.Or(q.View, inbox.ViewAll)
	q.Sort = cmp.Or(q.Sort, q.View.UsualSort())
	in, ok := bucketOf(q.View)
	s := &scan{ListQuery: q, t: t, now: q.Now.UnixMilli(), until: math.MaxInt64}
	switch {
	case !ok:
		return nil, inbox.Errorf(inbox.Internal, "there is no view %q", q.View)
	case !q.View.CanSort(q.Sort):
		return nil, inbox.Errorf(inbox.Internal, "view %s has no order %q", q.View, q.Sort)
	case q.Sort != inbox.SortTimeLeft && q.Closing != 0:
		return nil, inbox.Errorf(inbox.Internal, "closing needs the order by time left")
	case q.Sort == inbox.SortTimeLeft:
		in, s.top = timeLeft, endKey(s.now+1, "")
		if q.Closing != 0 {
			s.until = s.now + q.Closing.Milliseconds()
		}
	}
	s.index = t.in(in).Cursor()
	if q.Label != "" {
		s.labelled = t.withLabel(q.Label)
	}
	for _, word := range strings.Fields(fold(q.Text)) {
		s.words = append(s.words, []byte(word))
	}
	return s, nil
}

// anchor is the key that the page is built around.
func (s *scan) anchor() ([]byte, error) {
	key := s.placeOf(s.AnchorID)
	if key == nil && s.Anchor != "" {
		var ok bool
		if key, ok = parseCursor(s.Sort, s.Anchor); !ok {
			return nil, inbox.Errorf(inbox.Internal, "cursor %q does not belong to a list sorted by %s", s.Anchor, s.Sort)
		}
	}
	if bytes.Compare(key, s.top) < 0 {
		return s.top, nil
	}
	return key, nil
}

// placeOf is where a conversation stands in the list now, nil when it does not.
func (s *scan) placeOf(id inbox.ConversationID) []byte {
	n, ok := s.t.numberOf(id)
	if !ok {
		return nil
	}
	place := s.t.standing(n)
	in, _ := bucketOf(s.View)
	switch {
	case place == nil || !place.in(in):
		return nil
	case s.Sort == inbox.SortNewest:
		return newestKey(place.at, id)
	case s.Sort == inbox.SortWake:
		return wakeKey(place.wake, id)
	case place.closed:
		return nil
	}
	for _, key := range place.timeLeftKeys(id) {
		if end, _, _ := parseTimeLeftKey(key); s.counts(end, place.open) {
			return key
		}
	}
	return nil
}

// counts tells whether an entry by time left is the one of its conversation
// that counts now.
func (s *scan) counts(end, open int64) bool {
	if end == math.MaxInt64 {
		return s.Closing == 0
	}
	return end > s.now && end <= s.until && (end == open || open <= s.now)
}

// forward collects up to After rows from the anchor on, and tells whether
// there are more.
func (s *scan) forward(anchor []byte) (rows []inbox.ListRow, more bool) {
	for k, v := s.seek(anchor); k != nil && !s.beyond(k); k, v = s.index.Next() {
		row, ok := s.row(k, v)
		if !ok {
			continue
		}
		if len(rows) >= s.After {
			return rows, true
		}
		rows = append(rows, row)
	}
	return rows, false
}

// backward collects up to Before rows above the anchor, in the list's order.
func (s *scan) backward(anchor []byte) (rows []inbox.ListRow, more bool) {
	if len(anchor) == 0 {
		return nil, false
	}
	var k, v []byte
	if at, _ := s.index.Seek(anchor); at == nil {
		k, v = s.index.Last()
	} else {
		k, v = s.index.Prev()
	}
	for ; k != nil && bytes.Compare(k, s.top) >= 0; k, v = s.index.Prev() {
		row, ok := s.row(k, v)
		if !ok {
			continue
		}
		if len(rows) >= s.Before {
			more = true
			break
		}
		rows = append(rows, row)
	}
	slices.Reverse(rows)
	return rows, more
}

func (s *scan) seek(anchor []byte) (k, v []byte) {
	if len(anchor) == 0 {
		return s.index.First()
	}
	return s.index.Seek(anchor)
}

// beyond tells that no row from here on ends soon enough.
func (s *scan) beyond(key []byte) bool {
	if s.Closing == 0 {
		return false
	}
	end, _, _ := parseTimeLeftKey(key)
	return end > s.until
}

// row reads the row of an index entry; ok is false when it is not in the list.
func (s *scan) row(key, entry []byte) (row inbox.ListRow, ok bool) {
	id, ok := idOfIndexKey(s.Sort, key)
	if !ok || !idMatches(id, s.Account, s.Platform) {
		return row, false
	}
	n, open, text, ok := decodeEntry(entry)
	if !ok || s.labelled != nil && !s.labelled(id) || !containsAll(text, s.words) {
		return row, false
	}
	if s.Sort == inbox.SortTimeLeft {
		if end, _, _ := parseTimeLeftKey(key); !s.counts(end, open) {
			return row, false
		}
	}
	c, ok := s.t.conversation(n, inbox.ConversationID(id))
	if !ok {
		s.t.cache.damaged.Store(true)
		return row, false
	}
	return inbox.ListRow{Conversation: c, Cursor: cursorOf(s.Sort, key)}, true
}

func containsAll(text []byte, words [][]byte) bool {
	for _, word := range words {
		if !bytes.Contains(text, word) {
			return false
		}
	}
	return true
}
