package fulltext

import (
	"slices"
	"strings"
	"time"

	"github.com/RoaringBitmap/roaring/v2"
)

// Newest first, without sorting what nobody will look at: the messages that may
// match are divided by time, and the newest part again, until there are few in
// it. A common word costs the bitmaps of a month, a day and an hour, a rare one
// none of these.

// stretch is a part of time with the messages that may match in it. As long as it
// waits, they are still those of the stretch that it is a part of: most are never
// looked at, because the page is full before.
type stretch struct {
	name  string            // its term; "" is all of time
	docs  []*roaring.Bitmap // by segment
	waits bool
}

func (s stretch) size() (n uint64) {
	for _, docs := range s.docs {
		n += docs.GetCardinality()
	}
	return n
}

// finest tells that it is not divided further.
func (s stretch) finest() bool { return strings.HasPrefix(s.name, "h") }

// Next hands out the next messages that may match, newest first, all behind the
// place where the search began; none at the end. Which of them do,
// [Query.Message] tells.
func (s *Search) Next() (found []Entry, err error) {
	err = guard(func() error {
		for len(s.left) > 0 && len(found) == 0 && err == nil {
			last := len(s.left) - 1
			newest := s.left[last]
			s.left = s.left[:last]
			found, err = s.look(newest)
		}
		return err
	})
	return found, err
}

// look reads a stretch, or puts its parts in its place.
func (s *Search) look(part stretch) ([]Entry, error) {
	if part.waits {
		if err := s.narrow(&part); err != nil {
			return nil, err
		}
	}
	if part.size() <= few || part.finest() {
		return s.entries(part)
	}
	return nil, s.divide(part)
}

// narrow leaves the messages of the stretch alone.
func (s *Search) narrow(part *stretch) error {
	docs := make([]*roaring.Bitmap, len(s.segments))
	for i, l := range s.segments {
		then, err := l.docs(fieldWhen, part.name)
		if err != nil {
			return err
		}
		docs[i] = roaring.And(part.docs[i], then)
	}
	part.docs, part.waits = docs, false
	return nil
}

// divide puts the parts of a stretch in its place.
func (s *Search) divide(whole stretch) error {
	names, err := s.parts(whole)
	for _, name := range slices.Backward(names) {
		s.left = append(s.left, stretch{name: name, docs: whole.docs, waits: true})
	}
	return err
}

// parts are the names of the parts of a stretch that can hold an answer, newest
// first.
func (s *Search) parts(whole stretch) (names []string, err error) {
	resolution := perMonth
	switch {
	case whole.name == "":
		names, err = s.months()
	default:
		names = within(whole.name)
		resolution = perDay
		if strings.HasPrefix(whole.name, "d") {
			resolution = perHour
		}
	}
	before := s.Before
	if !s.from.IsStart() && (before.IsZero() || s.from.At.Before(before)) {
		before = s.from.At
	}
	oldest, newest := bounds(resolution, s.Since, before)
	return slices.DeleteFunc(names, func(name string) bool { return name < oldest || name > newest }), err
}

// months are all those in which there are messages, newest first.
func (s *Search) months() (names []string, err error) {
	for _, l := range s.segments {
		d, err := l.dictionary(fieldWhen)
		if err != nil {
			return nil, err
		}
		if err := eachTerm(d, "m", func(term string) error { names = append(names, term); return nil }); err != nil {
			return nil, err
		}
	}
	slices.Sort(names)
	names = slices.Compact(names)
	slices.Reverse(names)
	return names, nil
}

// entries are the messages of a stretch in order.
func (s *Search) entries(part stretch) (found []Entry, err error) {
	type placed struct {
		Place
		entry Entry
	}
	var all []placed
	for i, l := range s.segments {
		for at := part.docs[i].Iterator(); at.HasNext(); {
			doc := at.Next()
			id, err := l.handle.zap.DocID(uint64(doc))
			if err != nil {
				return nil, err
			}
			e, ok := parseEntry(id)
			p := placed{Place{At: e.At, ID: string(id)}, e}
			if ok && p.Behind(s.from) && s.inTime(e.At) && s.wanted(l, doc, e.Number) {
				all = append(all, p)
			}
		}
	}
	slices.SortFunc(all, func(a, b placed) int {
		if a.Behind(b.Place) {
			return 1
		}
		return -1
	})
	for _, p := range all {
		found = append(found, p.entry)
	}
	return found, nil
}

func (s *Search) inTime(at time.Time) bool { return inTime(at, s.Since, s.Before) }
