package cache

import (
	"bytes"
	"slices"

	"parley/inbox"

	bolt "go.etcd.io/bbolt"
)

// A thread is read from two buckets, messages and notes, whose keys agree in what
// follows the conversation: the instant, then the ID. Two cursors walk them side
// by side, and what a page costs depends on the page only.

// Thread returns a stretch of a conversation.
func (t *tx) Thread(q inbox.ThreadQuery) (page inbox.ThreadPage, err error) {
	s := threadScan{ThreadQuery: q, t: t}
	if n, ok := t.numberOf(q.Conversation); ok && !q.NotesOnly {
		s.walks = append(s.walks, &walk{cursor: t.in(messages).Cursor(), prefix: numberKey(n), decode: decodeMessage})
	}
	if q.Notes || q.NotesOnly {
		s.walks = append(s.walks, &walk{cursor: t.in(notes).Cursor(), prefix: notePrefix(q.Conversation), decode: decodeNote, kept: true})
	}
	anchor := placeOf(q.Anchor)
	if q.Anchor.IsZero() {
		anchor = endOfThread
		s.After = 0
	}
	above, moreBefore, err := s.backward(anchor)
	if err != nil {
		return page, err
	}
	below, moreAfter, err := s.forward(anchor)
	return inbox.ThreadPage{Messages: append(above, below...), MoreBefore: moreBefore, MoreAfter: moreAfter}, err
}

// threadScan is one query on its way through a thread.
type threadScan struct {
	inbox.ThreadQuery
	t     *tx
	walks []*walk
}

// forward collects up to After messages from the anchor on.
func (s *threadScan) forward(anchor []byte) (found []inbox.Message, more bool, err error) {
	for _, w := range s.walks {
		w.seek(anchor)
	}
	for {
		next := s.pick(func(place, best []byte) bool { return bytes.Compare(place, best) < 0 })
		if next == nil || len(found) >= s.After {
			return found, next != nil, nil
		}
		if found, err = s.append(found, next); err != nil {
			return nil, false, err
		}
		next.next()
	}
}

// backward collects up to Before messages above the anchor, oldest first.
func (s *threadScan) backward(anchor []byte) (found []inbox.Message, more bool, err error) {
	for _, w := range s.walks {
		w.seekBefore(anchor)
	}
	for {
		next := s.pick(func(place, best []byte) bool { return bytes.Compare(place, best) >= 0 })
		if next == nil || len(found) >= s.Before {
			slices.Reverse(found)
			return found, next != nil, nil
		}
		if found, err = s.append(found, next); err != nil {
			return nil, false, err
		}
		next.previous()
	}
}

// pick is the walk whose place comes first in the direction of the scan; nil when
// all have ended.
func (s *threadScan) pick(first func(place, best []byte) bool) (best *walk) {
	for _, w := range s.walks {
		if w.key != nil && (best == nil || first(w.place(), best.place())) {
			best = w
		}
	}
	return best
}

// append decodes a record. A message that cannot be decoded counts as not there;
// a note cannot be fetched again.
func (s *threadScan) append(found []inbox.Message, w *walk) ([]inbox.Message, error) {
	p, ok := parsePlace(w.place())
	m, err := w.decode(w.record)
	switch {
	case (!ok || err != nil) && w.kept:
		return nil, s.t.unreadable("note", string(p.ID), err)
	case !ok || err != nil:
		return found, nil
	}
	m.Conversation, m.ID = s.Conversation, p.ID
	return append(found, m), nil
}

// walk is a cursor that stays among the keys with a prefix. key is nil where it
// has left them.
type walk struct {
	cursor *bolt.Cursor
	prefix []byte
	decode func(record []byte) (inbox.Message, error)
	kept   bool // what it reads cannot be fetched again

	key, record []byte
}

// place is what the order within the conversation is made of.
func (w *walk) place() []byte { return w.key[len(w.prefix):] }

func (w *walk) at(key, record []byte) {
	w.key, w.record = key, record
	if !bytes.HasPrefix(key, w.prefix) {
		w.key = nil
	}
}

// seek goes to the place, or what follows it.
func (w *walk) seek(place []byte) { w.at(w.cursor.Seek(slices.Concat(w.prefix, place))) }

// seekBefore goes to what comes before the place.
func (w *walk) seekBefore(place []byte) {
	if key, _ := w.cursor.Seek(slices.Concat(w.prefix, place)); key == nil {
		w.at(w.cursor.Last())
		return
	}
	w.at(w.cursor.Prev())
}

func (w *walk) next()     { w.at(w.cursor.Next()) }
func (w *walk) previous() { w.at(w.cursor.Prev()) }
