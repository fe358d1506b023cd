package fulltext

import (
	"slices"

	"github.com/RoaringBitmap/roaring/v2"
)

// Search is a query on its way through a snapshot.
type Search struct {
	*Query
	number   uint32 // of Query.Conversation
	from     Place
	segments []*lookup
	left     []stretch // of time, to be looked into; the newest last

	allNames, noneNames, fromNames, notFromNames []*roaring.Bitmap // for each term, the conversations whose customer is called so
}

// lookup is a search in one segment.
type lookup struct {
	view
	texts []*roaring.Bitmap // for each term, the messages that may have it
	ours  *roaring.Bitmap
}

// few is how many documents are looked at one by one, rather than to ask the
// index for a part of them.
const few = 2000

// Search begins a search behind a place. number is the one of the query's
// conversation, if it names one.
func (s *Snapshot) Search(q *Query, number uint32, from Place) (*Search, error) {
	search := &Search{Query: q, number: number, from: from}
	for _, seg := range s.segments {
		search.segments = append(search.segments, &lookup{view: view{segment: seg}})
	}
	err := guard(search.begin)
	return search, err
}

func (s *Search) begin() (err error) {
	for _, part := range []struct {
		terms []term
		names *[]*roaring.Bitmap
	}{{s.all, &s.allNames}, {s.none, &s.noneNames}, {s.Query.from.names, &s.fromNames}, {s.notFrom.names, &s.notFromNames}} {
		for _, t := range part.terms {
			called, err := s.called(t)
			if err != nil {
				return err
			}
			*part.names = append(*part.names, called)
		}
	}
	whole := stretch{docs: make([]*roaring.Bitmap, len(s.segments))}
	for i, l := range s.segments {
		if whole.docs[i], err = s.messages(l); err != nil {
			return err
		}
	}
	s.left = []stretch{whole}
	return nil
}

// called are the conversations whose customer may be called so.
func (s *Search) called(t term) (*roaring.Bitmap, error) {
	numbers := roaring.New()
	for _, l := range s.segments {
		found, err := l.candidates(t, fieldName)
		if err != nil {
			return nil, err
		}
		for at := found.Iterator(); at.HasNext(); {
			n, err := l.number(at.Next())
			if err != nil {
				return nil, err
			}
			numbers.Add(n)
		}
	}
	return numbers, nil
}

// Customers are the numbers of the conversations whose customer's name may be
// the answer.
func (s *Search) Customers() []uint32 {
	if !s.AsksCustomers() || len(s.allNames) == 0 {
		return nil
	}
	found := s.allNames[0]
	for _, more := range s.allNames[1:] {
		found = roaring.And(found, more)
	}
	return found.ToArray()
}

// messages are those of a segment that may be the answer, but for what is
// cheaper to ask of each of them; see [Search.wanted].
func (s *Search) messages(l *lookup) (found *roaring.Bitmap, err error) {
	if l.ours, err = l.docs(fieldFact, factUs); err != nil {
		return nil, err
	}
	if found, err = s.byWords(l); err != nil || found.IsEmpty() {
		return found, err
	}
	return s.byFacts(l, found)
}

func (s *Search) byWords(l *lookup) (*roaring.Bitmap, error) {
	if len(s.all) == 0 {
		return l.docs(fieldFact, factMessage)
	}
	for _, t := range s.all {
		found, err := l.candidates(t, fieldText)
		if err != nil {
			return nil, err
		}
		l.texts = append(l.texts, found)
	}
	found := l.texts[0]
	if len(l.texts) > 1 {
		found = roaring.FastOr(l.texts...) // one of the words is in the text
	}
	for i, names := range s.allNames {
		if len(l.texts) == 1 || found.IsEmpty() {
			break
		}
		if names.GetCardinality() > few {
			continue // see wanted
		}
		theirs, err := s.messagesOf(l, names)
		if err != nil {
			return nil, err
		}
		found = roaring.And(found, roaring.Or(l.texts[i], theirs))
	}
	return found, nil
}

// messagesOf are the messages in some conversations.
func (s *Search) messagesOf(l *lookup, numbers *roaring.Bitmap) (*roaring.Bitmap, error) {
	all := roaring.New()
	for at := numbers.Iterator(); at.HasNext(); {
		found, err := l.docs(fieldThread, threadTerm(at.Next()))
		if err != nil {
			return nil, err
		}
		all.Or(found)
	}
	return all, nil
}

// byFacts applies what is asked beside the words.
func (s *Search) byFacts(l *lookup, found *roaring.Bitmap) (*roaring.Bitmap, error) {
	var with, without []string
	if s.Account != "" {
		with = append(with, factAccount+string(s.Account))
	}
	if s.Platform != "" {
		with = append(with, factPlatform+string(s.Platform))
	}
	for _, a := range s.NotAccounts {
		without = append(without, factAccount+string(a))
	}
	for _, p := range s.NotPlatforms {
		without = append(without, factPlatform+string(p))
	}
	for _, t := range s.Has {
		with = append(with, factTrait+string(t))
	}
	for _, t := range s.HasNot {
		without = append(without, factTrait+string(t))
	}
	if s.Query.from.us {
		with = append(with, factUs)
	}
	if s.notFrom.us || len(s.fromNames) > 0 {
		without = append(without, factUs)
	}
	if !s.asksNotes() {
		without = append(without, factNote)
	}
	for _, fact := range with {
		docs, err := l.docs(fieldFact, fact)
		if err != nil {
			return nil, err
		}
		found = roaring.And(found, docs)
	}
	for _, fact := range without {
		docs, err := l.docs(fieldFact, fact)
		if err != nil {
			return nil, err
		}
		found = roaring.AndNot(found, docs)
	}
	return s.byNames(l, found)
}

// byNames applies the words that must not be there, and whose messages are
// wanted.
func (s *Search) byNames(l *lookup, found *roaring.Bitmap) (*roaring.Bitmap, error) {
	for _, t := range s.none {
		if !t.exact() {
			continue // the index says more than is true; the message will tell
		}
		docs, err := l.candidates(t, fieldText)
		if err != nil {
			return nil, err
		}
		found = roaring.AndNot(found, docs)
	}
	for _, names := range s.fromNames {
		if names.GetCardinality() > few {
			continue // see wanted
		}
		theirs, err := s.messagesOf(l, names)
		if err != nil {
			return nil, err
		}
		found = roaring.And(found, theirs)
	}
	if s.Conversation != "" {
		theirs, err := l.docs(fieldThread, threadTerm(s.number))
		if err != nil {
			return nil, err
		}
		found = roaring.And(found, theirs)
	}
	return found, nil
}

// wanted asks of one message what would have taken too long to ask of all: it
// depends on the names of very many customers.
func (s *Search) wanted(l *lookup, doc, number uint32) bool {
	for i, names := range s.allNames {
		if len(s.all) > 1 && !names.Contains(number) && !l.texts[i].Contains(doc) {
			return false
		}
	}
	isNot := func(names *roaring.Bitmap) bool { return !names.Contains(number) }
	if slices.ContainsFunc(s.fromNames, isNot) {
		return false
	}
	for i, names := range s.noneNames {
		if s.none[i].exact() && names.Contains(number) {
			return false
		}
	}
	for i, names := range s.notFromNames {
		if s.notFrom.names[i].exact() && names.Contains(number) && !l.ours.Contains(doc) {
			return false
		}
	}
	return true
}
