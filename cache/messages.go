package cache

import (
	"bytes"
	"fmt"

	"parley/inbox"
)

// position is the instant of a message as it stands in keys; nil is none.
type position []byte

// Message reads a record by the message's ID.
func (t *tx) Message(conversation inbox.ConversationID, id inbox.MessageID) (inbox.Message, bool, error) {
	n, ok := t.numberOf(conversation)
	if !ok {
		return inbox.Message{}, false, nil
	}
	at := t.in(places).Get(placeKey(n, id))
	if len(at) != instantSize {
		return inbox.Message{}, false, nil
	}
	key := messageKey(n, inbox.Position{At: parseInstant(at), ID: id})
	m, err := decodeMessage(t.in(messages).Get(key))
	if err != nil {
		return inbox.Message{}, false, nil
	}
	m.Conversation, m.ID = conversation, id
	return m, true, nil
}

// PutMessage stores the record at its place in the thread, and takes it away
// from the place where it was if its time has changed.
func (t *tx) PutMessage(m inbox.Message) error {
	if m.Conversation == "" || m.ID == "" {
		return nameless("message")
	}
	n, err := t.makeNumber(m.Conversation)
	if err != nil {
		return err
	}
	record, err := encodeMessage(m)
	if err != nil {
		return fmt.Errorf("message %q: %w", m.ID, err)
	}
	t.noteOldest(n)
	at, place := appendInstant(nil, m.CreatedAt), placeKey(n, m.ID)
	if old := t.in(places).Get(place); !bytes.Equal(old, at) {
		if err := t.take(n, m.ID, old); err != nil {
			return err
		}
		if err := t.in(places).Put(place, at); err != nil {
			return err
		}
	}
	return t.putRecord(messageKey(n, m.Position()), record)
}

// putRecord stores a message's record and counts it.
func (t *tx) putRecord(key, record []byte) error {
	t.touchMessage(key)
	b := t.in(messages)
	old := b.Get(key)
	t.count(func(s *totals) {
		s.Bytes += int64(len(record) - len(old))
		if old == nil {
			s.Messages++
			s.Bytes += int64(len(key))
		}
	})
	return b.Put(key, record)
}

// take removes the record of a message that stood at an instant.
func (t *tx) take(n number, id inbox.MessageID, at []byte) error {
	if len(at) != instantSize {
		return nil
	}
	return t.dropRecord(messageKey(n, inbox.Position{At: parseInstant(at), ID: id}))
}

func (t *tx) dropRecord(key []byte) error {
	b := t.in(messages)
	record := b.Get(key)
	if record == nil {
		return nil
	}
	t.touchMessage(key)
	t.count(func(s *totals) {
		s.Messages--
		s.Bytes -= int64(len(key) + len(record))
	})
	return b.Delete(key)
}

// DeleteMessage removes the record and its place.
func (t *tx) DeleteMessage(conversation inbox.ConversationID, id inbox.MessageID) error {
	n, ok := t.numberOf(conversation)
	if !ok {
		return nil
	}
	t.noteOldest(n)
	place := placeKey(n, id)
	if err := t.take(n, id, t.in(places).Get(place)); err != nil {
		return err
	}
	return t.in(places).Delete(place)
}

// deleteMessagesOf removes all messages of a conversation.
func (t *tx) deleteMessagesOf(n number) error {
	t.noteOldest(n)
	if err := batches(t.in(messages), numberKey(n), t.dropRecord); err != nil {
		return err
	}
	return batches(t.in(places), numberKey(n), t.in(places).Delete)
}

// noteOldest remembers the oldest message of a conversation before the
// transaction changes it; flushOldest moves the conversation in its index.
func (t *tx) noteOldest(n number) {
	if t.oldest == nil {
		t.oldest = map[number]position{}
	}
	if _, noted := t.oldest[n]; !noted {
		t.oldest[n] = t.oldestOf(n)
	}
}

func (t *tx) oldestOf(n number) position {
	prefix := numberKey(n)
	k, _ := t.in(messages).Cursor().Seek(prefix)
	if !bytes.HasPrefix(k, prefix) || len(k) < numberSize+instantSize {
		return nil
	}
	return bytes.Clone(k[numberSize : numberSize+instantSize])
}

func (t *tx) flushOldest() error {
	for n, before := range t.oldest {
		now := t.oldestOf(n)
		if bytes.Equal(before, now) {
			continue
		}
		if before != nil {
			if err := t.in(oldest).Delete(oldestKey(parseInstant(before), n)); err != nil {
				return err
			}
		}
		if now != nil {
			if err := t.in(oldest).Put(oldestKey(parseInstant(now), n), []byte{}); err != nil {
				return err
			}
		}
	}
	t.oldest = nil
	return nil
}

// LastArrival and NextArrival count in the sequence of what is kept: parts of
// the outbox refer to arrivals, so the numbers outlive the facts.
func (t *tx) LastArrival() (uint64, error) { return t.bolt.Bucket(topKept).Sequence(), nil }

// NextArrival gives out the next number.
func (t *tx) NextArrival() (uint64, error) { return t.bolt.Bucket(topKept).NextSequence() }
