package fulltext

import (
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"math"
	"strings"
	"time"

	"parley/inbox"
)

// A document's _id says all that has to be known of it to put it in its place:
// it can be read at random for a tenth of a microsecond, and nothing else is
// stored.

// Kinds of documents: the first byte of an _id, and a fact.
const (
	kindCustomer = 'c'
	kindMessage  = 'm'
	kindNote     = 'n'
)

// Entry is what a document stands for: the message, or the agents' note, of the
// conversation with that number that was written at that instant. Should two have
// been, their IDs are told apart by a hash: a provider's ID would make up a third
// of the index.
type Entry struct {
	Number uint32
	At     time.Time
	Hash   uint32
	Note   bool
}

// EntryOf a message.
func EntryOf(number uint32, p inbox.Position) Entry {
	return Entry{Number: number, At: p.At.UTC(), Hash: hash(string(p.ID))}
}

// EntryOfNote is that of an agents' note.
func EntryOfNote(number uint32, p inbox.Position) Entry {
	e := EntryOf(number, p)
	e.Note = true
	return e
}

// hash is FNV-1a, without an allocation: every message that is stored is hashed.
func hash(s string) uint32 {
	h := uint32(2166136261)
	for i := range len(s) {
		h = (h ^ uint32(s[i])) * 16777619
	}
	return h
}

const (
	numberSize  = 4
	instantSize = 8 + 4
	hashSize    = 4
	entrySize   = 1 + numberSize + instantSize + hashSize
)

func customerID(number uint32) string {
	return string(binary.BigEndian.AppendUint32([]byte{kindCustomer}, number))
}

func (e Entry) id() string {
	kind := byte(kindMessage)
	if e.Note {
		kind = kindNote
	}
	id := make([]byte, 0, entrySize)
	id = binary.BigEndian.AppendUint32(append(id, kind), e.Number)
	return string(binary.BigEndian.AppendUint32(appendInstant(id, e.At), e.Hash))
}

func parseEntry(id []byte) (e Entry, ok bool) {
	if len(id) != entrySize || id[0] != kindMessage && id[0] != kindNote {
		return Entry{}, false
	}
	at, _ := parseInstant(id[1+numberSize:])
	return Entry{
		Number: binary.BigEndian.Uint32(id[1:]), At: at, Hash: binary.BigEndian.Uint32(id[entrySize-hashSize:]), Note: id[0] == kindNote,
	}, true
}

// numberOf is the conversation of a document of either kind.
func numberOf(id []byte) (number uint32, ok bool) {
	if len(id) < 1+numberSize {
		return 0, false
	}
	return binary.BigEndian.Uint32(id[1:]), true
}

// threadTerm is the term of a conversation's messages.
func threadTerm(number uint32) string {
	return string(binary.BigEndian.AppendUint32(nil, number))
}

func appendInstant(b []byte, t time.Time) []byte {
	b = binary.BigEndian.AppendUint64(b, uint64(t.Unix())^(1<<63))
	return binary.BigEndian.AppendUint32(b, uint32(t.Nanosecond()))
}

func parseInstant(b []byte) (t time.Time, ok bool) {
	if len(b) < instantSize {
		return time.Time{}, false
	}
	return time.Unix(int64(binary.BigEndian.Uint64(b)^(1<<63)), int64(binary.BigEndian.Uint32(b[8:]))).UTC(), true
}

// Place is where something stands in an answer: newest first, then by what it
// is. The zero Place is before everything.
type Place struct {
	At time.Time
	ID string
}

// PlaceOf a message.
func PlaceOf(e Entry) Place { return Place{At: e.At, ID: e.id()} }

// PlaceOfCustomer is where a customer stands who was last active then.
func PlaceOfCustomer(number uint32, active time.Time) Place {
	return Place{At: active, ID: customerID(number)}
}

// Start is the place before everything.
func Start() Place { return Place{} }

// IsStart tells whether everything comes behind it.
func (p Place) IsStart() bool { return p.ID == "" && p.At.IsZero() }

// Behind tells whether p comes after q in an answer.
func (p Place) Behind(q Place) bool {
	if q.IsStart() {
		return true
	}
	if c := p.At.Compare(q.At); c != 0 {
		return c < 0
	}
	return p.ID < q.ID
}

// Cursor writes a place for others to keep.
func (p Place) Cursor() inbox.TextCursor {
	if p.IsStart() {
		return ""
	}
	return inbox.TextCursor(base64.RawURLEncoding.EncodeToString(append(appendInstant(nil, p.At), p.ID...)))
}

// ParseCursor is the place that a cursor names.
func ParseCursor(c inbox.TextCursor) (Place, error) {
	if c == "" {
		return Place{}, nil
	}
	b, err := base64.RawURLEncoding.DecodeString(string(c))
	if err == nil {
		if at, ok := parseInstant(b); ok && len(b) > instantSize {
			return Place{At: at, ID: string(b[instantSize:])}, nil
		}
	}
	return Place{}, inbox.Errorf(inbox.Rejected, "%q is no place in an answer", inbox.CleanLine(string(c))).
		WithHint("begin again without it")
}

// The stretches of time that messages are found by: a search looks into the
// newest month first, and into days and hours only where a month has too much.
const (
	perMonth = iota
	perDay
	perHour
	resolutions
)

// The first letter keeps the terms of one resolution together. The year is
// written such that the terms are in the order of time, whatever the year.
func stretchOf(resolution int, t time.Time) string {
	t = t.UTC()
	s := fmt.Sprintf("m%010d%02d", t.Year()+yearZero, t.Month())
	switch resolution {
	case perDay:
		s = fmt.Sprintf("d%s%02d", s[1:], t.Day())
	case perHour:
		s = fmt.Sprintf("h%s%02d%02d", s[1:], t.Day(), t.Hour())
	}
	return s
}

const yearZero = 1 << 31

// within are the terms of the next resolution that a stretch is made of, newest
// first.
func within(stretch string) (finer []string) {
	resolution, unit, from, to := "d", stretch[1:], 1, 31
	if strings.HasPrefix(stretch, "d") {
		resolution, from, to = "h", 0, 23
	}
	for i := to; i >= from; i-- {
		finer = append(finer, fmt.Sprintf("%s%s%02d", resolution, unit, i))
	}
	return finer
}

// bounds are the newest and the oldest stretch of a resolution that may hold
// something of a span of time. Zero times are no bound.
func bounds(resolution int, since, before time.Time) (oldest, newest string) {
	oldest, newest = "", string([]byte{math.MaxUint8})
	if !since.IsZero() {
		oldest = stretchOf(resolution, since)
	}
	if !before.IsZero() {
		newest = stretchOf(resolution, before)
	}
	return oldest, newest
}
