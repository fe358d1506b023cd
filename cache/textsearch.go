package cache

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"parley/cache/fulltext"
	"parley/inbox"

	bolt "go.etcd.io/bbolt"
)

// A search asks the index which messages may be meant, and reads these: so
// nothing is found that is not there any more, and an edited message by its new
// text only.

// The bounds of one search.
const (
	textPageSize = 50   // where no limit is asked for
	mostRead     = 4000 // messages and customers that turn out not to be meant
)

// SearchText answers with one page, newest first. Customers stand at their last
// activity.
func (c *Cache) SearchText(ctx context.Context, q inbox.TextQuery) (page inbox.TextPage, err error) {
	from, err := fulltext.ParseCursor(q.Next)
	if err != nil {
		return page, err
	}
	if q.Limit <= 0 {
		q.Limit = textPageSize
	}
	x, err := c.readyIndex(ctx)
	if err != nil {
		page.State = c.IndexState()
		return page, explain(c.text.dir, err)
	}
	snapshot := x.Snapshot()
	defer snapshot.Close()
	err = c.read(ctx, func(t *tx) error {
		s := textSearch{tx: t, ctx: ctx, query: fulltext.Compile(q), from: from, known: map[number]inbox.Conversation{}}
		page, err = s.page(snapshot)
		return err
	})
	if errors.Is(err, fulltext.ErrDamaged) {
		c.text.damaged.Store(true)
		c.text.wakeUp()
		page, err = inbox.TextPage{}, nil // it is made anew: the state says so
	}
	page.State = c.IndexState()
	return page, err
}

// readyIndex is the index as it is; the first who asks opens it.
func (c *Cache) readyIndex(ctx context.Context) (*fulltext.Index, error) {
	if x := c.text.opened(); x != nil {
		return x, nil
	}
	select {
	case c.text.work <- struct{}{}:
		defer func() { <-c.text.work }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	return c.openIndex(ctx)
}

func (x *textIndex) wakeUp() {
	select {
	case x.wake <- struct{}{}:
	default:
	}
}

// textSearch is a search within one transaction.
type textSearch struct {
	*tx
	ctx   context.Context
	query *fulltext.Query
	from  fulltext.Place

	found []placedHit
	known map[number]inbox.Conversation
	read  int // records, of one kind
}

type placedHit struct {
	inbox.TextHit
	place fulltext.Place
}

func (s *textSearch) page(snapshot *fulltext.Snapshot) (page inbox.TextPage, err error) {
	n, ok := number(0), true
	if s.query.Conversation != "" {
		n, ok = s.numberOf(s.query.Conversation)
	}
	if !ok || s.query.Empty() {
		return page, nil
	}
	search, err := snapshot.Search(s.query, uint32(n), s.from)
	if err != nil {
		return page, err
	}
	customersTo, err := s.customers(search.Customers())
	if err != nil {
		return page, err
	}
	messagesTo, err := s.messages(search)
	if err != nil {
		return page, err
	}
	return s.cut(customersTo, messagesTo), nil
}

// cut makes the page of what was found. Both kinds were looked for up to some
// place, or to their end: nothing behind the nearer one can be told yet.
func (s *textSearch) cut(ends ...fulltext.Place) (page inbox.TextPage) {
	slices.SortFunc(s.found, func(a, b placedHit) int {
		if a.place.Behind(b.place) {
			return 1
		}
		return -1
	})
	var end fulltext.Place
	for _, e := range ends {
		if !e.IsStart() && (end.IsStart() || end.Behind(e)) {
			end = e
		}
	}
	for _, hit := range s.found {
		if !end.IsStart() && hit.place.Behind(end) || len(page.Hits) == s.query.Limit {
			break
		}
		page.Hits = append(page.Hits, hit.TextHit)
		page.Next = hit.place.Cursor()
	}
	switch {
	case len(page.Hits) == s.query.Limit && (len(s.found) > s.query.Limit || !end.IsStart()):
	case !end.IsStart():
		page.Next = end.Cursor()
	default:
		page.Next = ""
	}
	return page
}

// messages reads what the index offers until the page is full. end is the place
// up to which that was done; none when nothing is left.
func (s *textSearch) messages(search *fulltext.Search) (end fulltext.Place, err error) {
	enough := len(s.found) + s.query.Limit
	s.read = 0
	for {
		if err := s.ctx.Err(); err != nil {
			return end, err
		}
		offered, err := search.Next()
		if err != nil || len(offered) == 0 {
			return fulltext.Start(), err
		}
		for _, e := range offered {
			end = fulltext.PlaceOf(e)
			if s.message(e, end); len(s.found) >= enough {
				return end, nil
			}
			if s.read++; s.read >= mostRead {
				return end, nil
			}
		}
	}
}

func (s *textSearch) message(e fulltext.Entry, place fulltext.Place) {
	c, ok := s.conversationOf(number(e.Number))
	if !ok {
		return
	}
	for _, m := range s.messagesAt(e) {
		if words, ok := s.query.Message(m, c); ok {
			s.found = append(s.found, placedHit{inbox.TextHit{Conversation: c.ID, Message: m.ID, Note: m.Note, At: m.CreatedAt, Words: words}, place})
		}
	}
}

func (s *textSearch) conversationOf(n number) (c inbox.Conversation, ok bool) {
	if c, ok = s.known[n]; ok {
		return c, true
	}
	if c, ok = s.byNumber(n); ok {
		s.known[n] = c
	}
	return c, ok
}

// fewCustomers is how many are put in order by themselves, rather than looked
// for in the list, which is in order.
const fewCustomers = 1000

// customers looks for those whose name is meant, like messages.
func (s *textSearch) customers(numbers []uint32) (end fulltext.Place, err error) {
	if len(numbers) == 0 {
		return fulltext.Start(), nil
	}
	if len(numbers) > fewCustomers {
		return s.customersOfList(numbers)
	}
	type active struct {
		n  number
		at time.Time
	}
	var all []active
	for _, n := range numbers {
		if head, _, _, err := conversationHead(s.in(conversations).Get(numberKey(number(n)))); err == nil {
			all = append(all, active{number(n), head.at})
		}
	}
	slices.SortFunc(all, func(a, b active) int {
		return cmp.Or(b.at.Compare(a.at), cmp.Compare(b.n, a.n))
	})
	for _, a := range all {
		if end = fulltext.PlaceOfCustomer(uint32(a.n), a.at); end.Behind(s.from) {
			if s.customer(a.n, end); len(s.found) >= s.query.Limit {
				return end, nil
			}
		}
	}
	return fulltext.Start(), nil
}

// customersOfList goes through the list, newest first, until the page is full.
// In the list those of one instant are in the order of their IDs, in an answer
// in that of their numbers; so an instant is read to its end.
func (s *textSearch) customersOfList(numbers []uint32) (end fulltext.Place, err error) {
	list := s.newest()
	for {
		at, n, ok := list.next()
		if !ok {
			return fulltext.Start(), nil
		}
		if enough := len(s.found) >= s.query.Limit || s.read >= mostRead; enough && at.Before(end.At) {
			return end, nil
		}
		if _, wanted := slices.BinarySearch(numbers, uint32(n)); !wanted {
			continue
		}
		place := fulltext.PlaceOfCustomer(uint32(n), at)
		if !place.Behind(s.from) {
			continue
		}
		if end.IsStart() || place.Behind(end) {
			end = place
		}
		s.customer(n, place)
		if s.read++; s.read%readSize == 0 {
			if err := s.ctx.Err(); err != nil {
				return end, err
			}
		}
	}
}

func (s *textSearch) customer(n number, place fulltext.Place) {
	c, ok := s.byNumber(n)
	if !ok {
		return
	}
	if words, ok := s.query.Customer(c); ok {
		s.found = append(s.found, placedHit{inbox.TextHit{Conversation: c.ID, At: place.At, Words: words}, place})
	}
}

// newestList is every conversation, by last activity.
type newestList struct {
	heads []listHead
}

type listHead struct {
	next       func() (k, v []byte)
	key, entry []byte
}

func (s *textSearch) newest() *newestList {
	l := &newestList{}
	for _, b := range standsIn {
		c := s.in(b).Cursor()
		if b == viewSnoozed {
			l.heads = append(l.heads, s.byActivity(c))
			continue
		}
		k, v := c.First()
		if !s.from.IsStart() {
			k, v = c.Seek(newestKey(s.from.At, ""))
		}
		l.heads = append(l.heads, listHead{c.Next, k, v})
	}
	return l
}

// byActivity puts the snoozed in order: their list has another one. They are
// few.
func (s *textSearch) byActivity(c *bolt.Cursor) listHead {
	var all []listHead
	for k, v := c.First(); k != nil; k, v = c.Next() {
		all = append(all, listHead{key: s.newestOf(k, v), entry: v})
	}
	slices.SortFunc(all, func(a, b listHead) int { return bytes.Compare(a.key, b.key) })
	next := func() (k, v []byte) {
		if len(all) == 0 {
			return nil, nil
		}
		k, v, all = all[0].key, all[0].entry, all[1:]
		return k, v
	}
	k, v := next()
	return listHead{next, k, v}
}

func (l *newestList) next() (at time.Time, n number, ok bool) {
	for {
		var first *listHead
		for i := range l.heads {
			if h := &l.heads[i]; h.key != nil && (first == nil || bytes.Compare(h.key, first.key) < 0) {
				first = h
			}
		}
		if first == nil {
			return time.Time{}, 0, false
		}
		at, _, ok := parseNewestKey(first.key)
		n, _, _, known := decodeEntry(first.entry)
		first.key, first.entry = first.next()
		if ok && known {
			return at, n, true
		}
	}
}
