package cache

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"time"

	"parley/cache/fulltext"
	"parley/inbox"
)

// The full-text index is made of the facts, but not in the transaction that
// changes them: nobody who ingests waits for it. So each transaction leaves a
// note of what it has touched, and the indexer takes the notes away with the
// state in which they are followed. A note says where to look, not what was
// there: following it twice, late, or in another order gives the same index.

// touch names something whose document in the index may be out of date.
type touch struct {
	kind   byte
	number number
	at     time.Time // of a message or note
	hash   uint32    // of its ID
}

// The kinds of touches.
const (
	touchMessage  = 'm' // a message was written or removed
	touchNote     = 'p' // the same with an agents' private note
	touchCustomer = 'c' // a customer is called something else
	touchNew      = 'n' // a conversation is there, maybe later than its messages
	touchGone     = 'g' // a conversation is gone, with all its messages
	touchForgot   = 'f' // the same, and its text has to leave the files of the index
)

// touchMessage notes a message by the key of its record.
func (t *tx) touchMessage(key []byte) {
	if n, p, ok := parseMessageKey(key); ok && !t.deleting {
		t.touchEntry(touchMessage, fulltext.EntryOf(uint32(n), p))
	}
}

// touchNote notes an agents' note by its place in the conversation. A conversation
// that is not there brings its notes with it when it comes.
func (t *tx) touchNote(conversation inbox.ConversationID, p inbox.Position) {
	if n, ok := t.numberOf(conversation); ok {
		t.touchEntry(touchNote, fulltext.EntryOfNote(uint32(n), p))
	}
}

func (t *tx) touchEntry(kind byte, e fulltext.Entry) {
	t.touched = append(t.touched, touch{kind: kind, number: number(e.Number), at: e.At, hash: e.Hash})
}

// hasEntry tells that the touch is of one message or note.
func (one touch) hasEntry() bool { return one.kind == touchMessage || one.kind == touchNote }

// entry is what the index has for it.
func (one touch) entry() fulltext.Entry {
	return fulltext.Entry{Number: uint32(one.number), At: one.at, Hash: one.hash, Note: one.kind == touchNote}
}

func (t *tx) touch(kind byte, n number) { t.touched = append(t.touched, touch{kind: kind, number: n}) }

// journalLimit bounds the journal while nobody follows it, in touches: about
// 20 bytes each. What is behind further than that is made anew.
const journalLimit = 1 << 20

// flushJournal writes the note of this transaction. Its key is the number of
// touches there have ever been, so that the length of the journal is known
// without reading it.
func (t *tx) flushJournal() error {
	if len(t.touched) == 0 {
		return nil
	}
	b := t.in(journal)
	next := b.Sequence() + uint64(len(t.touched))
	if err := b.SetSequence(next); err != nil {
		return err
	}
	t.journaled = next
	first, _ := b.Cursor().First()
	if begin, ok := parseJournalKey(first); ok && next-begin > t.cache.text.limit {
		return t.resetIndex()
	}
	var note []byte
	for _, one := range t.touched {
		note = one.append(note)
	}
	return b.Put(journalKey(next), note)
}

func (one touch) append(note []byte) []byte {
	note = binary.BigEndian.AppendUint32(append(note, one.kind), uint32(one.number))
	if one.hasEntry() {
		note = binary.BigEndian.AppendUint32(appendInstant(note, one.at), one.hash)
	}
	return note
}

func parseTouches(note []byte) (all []touch, err error) {
	for len(note) > 0 {
		one := touch{kind: note[0]}
		if len(note) < 1+numberSize {
			return nil, errRecord
		}
		one.number, _ = parseNumber(note[1:])
		note = note[1+numberSize:]
		switch one.kind {
		case touchMessage, touchNote:
			if len(note) < instantSize+4 {
				return nil, errRecord
			}
			one.at, one.hash = parseInstant(note), binary.BigEndian.Uint32(note[instantSize:])
			note = note[instantSize+4:]
		case touchCustomer, touchNew, touchGone, touchForgot:
		default:
			return nil, fmt.Errorf("%w: a touch of kind %q", errRecord, one.kind)
		}
		all = append(all, one)
	}
	return all, nil
}

// oldestTouches are the first of the journal, about as many as asked for, and
// the key of the last note that they are of.
func (t *tx) oldestTouches(limit int) (all []touch, last []byte, err error) {
	c := t.in(journal).Cursor()
	for k, v := c.First(); k != nil && len(all) < limit; k, v = c.Next() {
		some, err := parseTouches(v)
		if err != nil {
			return nil, nil, err
		}
		all, last = append(all, some...), bytes.Clone(k)
	}
	return all, last, nil
}

// followed removes the notes up to a key.
func (t *tx) followed(last []byte) error {
	if last == nil {
		return nil
	}
	b := t.in(journal)
	var keys [][]byte
	c := b.Cursor()
	for k, _ := c.First(); k != nil && bytes.Compare(k, last) <= 0; k, _ = c.Next() {
		keys = append(keys, bytes.Clone(k))
	}
	for _, k := range keys {
		if err := b.Delete(k); err != nil {
			return err
		}
	}
	return nil
}

// resetIndex lets the index be made anew.
func (t *tx) resetIndex() error {
	kept := t.bolt.Bucket(topKept)
	ever := t.in(journal).Sequence()
	for _, b := range []bucket{journal, indexFiles} {
		if err := kept.DeleteBucket(tree[b].name); err != nil {
			return err
		}
		t.open[b] = nil
	}
	if err := makeBuckets(kept, topKept); err != nil {
		return err
	}
	if err := t.in(journal).SetSequence(ever); err != nil {
		return err
	}
	return t.bolt.Bucket(topMeta).Delete(keyIndex)
}

// called tells whether a conversation's names have changed, by the text that
// its list is searched in: the record does not have to be decoded.
func (t *tx) called(id inbox.ConversationID, before *standing, text []byte) (changed bool) {
	for _, e := range before.entries(id) {
		_, _, old, ok := decodeEntry(t.in(e.in).Get(e.key))
		return !ok || !bytes.Equal(searchedNames(old), searchedNames(text))
	}
	return true // it is in no list
}

// searchedNames is the part of a searched text that names the customer.
func searchedNames(text []byte) []byte {
	_, rest, _ := bytes.Cut(text, []byte{0})
	_, rest, _ = bytes.Cut(rest, []byte{0})
	return text[:len(text)-len(rest)]
}
