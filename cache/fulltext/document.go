package fulltext

import (
	"time"

	"parley/inbox"

	index "github.com/blevesearch/bleve_index_api"
)

// The fields of a document; doc.go tells what is in them.
const (
	fieldID     = "_id"
	fieldText   = "text"
	fieldPair   = "pair"
	fieldName   = "name"
	fieldThread = "thread"
	fieldWhen   = "when"
	fieldFact   = "fact"
)

// The first letters of facts that have a value.
const (
	factAccount  = "a"
	factPlatform = "p"
	factTrait    = "h"
)

// Facts without one.
const (
	factMessage  = "message"
	factNote     = "note"
	factCustomer = "customer"
	factUs       = "us"
)

// document is one as the segment's writer visits it: fields with their terms.
type document struct {
	id     string
	fields []*field
}

// newDocument makes one with the facts that both kinds have.
func newDocument(id, kind string, conversation inbox.ConversationID) *document {
	d := &document{id: id}
	account, platform, _, _ := conversation.Split()
	d.add(fieldFact, kind, factAccount+string(account), factPlatform+string(platform))
	return d
}

// messageDocument is what is found of a message, or of an agents' note.
func messageDocument(number uint32, m inbox.Message) *document {
	e, kind := EntryOf(number, m.Position()), factMessage
	if m.Note {
		e, kind = EntryOfNote(number, m.Position()), factNote
	}
	d := newDocument(e.id(), kind, m.Conversation)
	for _, trait := range m.Traits() {
		d.add(fieldFact, factTrait+string(trait))
	}
	if m.Direction == inbox.Sent {
		d.add(fieldFact, factUs)
	}
	d.add(fieldThread, threadTerm(number))
	for resolution := range resolutions {
		d.add(fieldWhen, stretchOf(resolution, m.CreatedAt))
	}
	for _, text := range m.Texts() {
		d.addWords(fieldText, words(text), true)
	}
	return d
}

// customerDocument is what is found of a customer.
func customerDocument(number uint32, c inbox.Conversation) *document {
	d := newDocument(customerID(number), factCustomer, c.ID)
	for _, name := range names(c.Participant) {
		d.addWords(fieldName, words(name), false)
	}
	return d
}

// names are what a customer is called.
func names(p inbox.Participant) []string { return []string{p.Name, p.Username} }

func (d *document) addWords(name string, text []word, pairs bool) {
	for i, w := range text {
		d.add(name, w.term)
		if pairs && i > 0 {
			d.add(fieldPair, pairOf(text[i-1].term, w.term))
		}
	}
}

func (d *document) add(name string, terms ...string) {
	f := d.field(name)
	for _, term := range terms {
		f.terms[term] = occurs
	}
}

// occurs is all that is told of a term: that it is there. Being there once lets
// the writer keep a term of a single document in the dictionary.
var occurs = func() *index.TokenFreq {
	f := new(index.TokenFreq)
	f.SetFrequency(1)
	return f
}()

func (d *document) field(name string) *field {
	for _, f := range d.fields {
		if f.name == name {
			return f
		}
	}
	f := &field{name: name, terms: index.TokenFrequencies{}}
	d.fields = append(d.fields, f)
	return f
}

// The methods of index.Document.

func (d *document) ID() string                                 { return d.id }
func (d *document) Size() int                                  { return len(d.id) }
func (d *document) VisitComposite(index.CompositeFieldVisitor) {}
func (d *document) HasComposite() bool                         { return false }
func (d *document) NumPlainTextBytes() uint64                  { return 0 }
func (d *document) AddIDField()                                {}
func (d *document) StoredFieldsBytes() uint64                  { return uint64(len(d.id)) }
func (d *document) Indexed() bool                              { return true }

func (d *document) VisitFields(visit index.FieldVisitor) {
	visit(&field{name: fieldID, value: []byte(d.id), terms: index.TokenFrequencies{d.id: occurs}})
	for _, f := range d.fields {
		visit(f)
	}
}

// field is one of a document; only the _id has a value that is stored.
type field struct {
	name  string
	value []byte
	terms index.TokenFrequencies
}

// The methods of index.Field.

func (f *field) Name() string                                     { return f.name }
func (f *field) Value() []byte                                    { return f.value }
func (f *field) ArrayPositions() []uint64                         { return nil }
func (f *field) EncodedFieldType() byte                           { return 't' }
func (f *field) Analyze()                                         {}
func (f *field) AnalyzedLength() int                              { return 1 } // not 0: the segment's writer takes that for "several documents"
func (f *field) AnalyzedTokenFrequencies() index.TokenFrequencies { return f.terms }
func (f *field) NumPlainTextBytes() uint64                        { return uint64(len(f.value)) }

func (f *field) Options() index.FieldIndexingOptions {
	if f.name == fieldID {
		return index.IndexField | index.StoreField
	}
	return index.IndexField
}

// inTime tells whether an instant is in a span; zero times are no bound.
func inTime(at, since, before time.Time) bool {
	return (since.IsZero() || !at.Before(since)) && (before.IsZero() || at.Before(before))
}
