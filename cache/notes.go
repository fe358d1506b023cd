package cache

import (
	"bytes"
	"encoding/json"
	"time"

	"parley/inbox"
)

// Agents' notes. They cannot be fetched again: one that cannot be read is an
// error.

// noteRecord is what is stored of a note beside its key.
type noteRecord struct {
	Author    string    `json:"author,omitempty"`
	Text      string    `json:"text"`
	CreatedAt time.Time `json:"created_at"`
	UpdatedAt time.Time `json:"updated_at,omitzero"`
}

func decodeNote(record []byte) (inbox.Message, error) {
	var r noteRecord
	err := json.Unmarshal(record, &r)
	return inbox.Message{Note: true, Author: r.Author, Text: r.Text, CreatedAt: r.CreatedAt, UpdatedAt: r.UpdatedAt}, err
}

// Note reads a note by its ID, for which there is no index: a conversation has
// few.
func (t *tx) Note(conversation inbox.ConversationID, id inbox.MessageID) (inbox.Message, bool, error) {
	key := t.noteKeyOf(conversation, id)
	if key == nil {
		return inbox.Message{}, false, nil
	}
	m, err := decodeNote(t.in(notes).Get(key))
	if err != nil {
		return inbox.Message{}, false, t.unreadable("note", string(id), err)
	}
	m.Conversation, m.ID = conversation, id
	return m, true, nil
}

// noteKeyOf finds the key of a note, nil when it is not there.
func (t *tx) noteKeyOf(conversation inbox.ConversationID, id inbox.MessageID) []byte {
	prefix := notePrefix(conversation)
	c := t.in(notes).Cursor()
	for k, _ := c.Seek(prefix); bytes.HasPrefix(k, prefix); k, _ = c.Next() {
		if p, ok := parsePlace(k[len(prefix):]); ok && p.ID == id {
			return bytes.Clone(k)
		}
	}
	return nil
}

// PutNote stores a note, and takes it away from the place where it was if its
// time has changed.
func (t *tx) PutNote(m inbox.Message) error {
	if m.Conversation == "" || m.ID == "" {
		return nameless("note")
	}
	record, err := json.Marshal(noteRecord{m.Author, m.Text, m.CreatedAt, m.UpdatedAt})
	if err != nil {
		return err
	}
	key := noteKey(m.Conversation, m.Position())
	if old := t.noteKeyOf(m.Conversation, m.ID); old != nil && !bytes.Equal(old, key) {
		if err := t.deleteNote(m.Conversation, old); err != nil {
			return err
		}
	}
	t.touchNote(m.Conversation, m.Position())
	return t.in(notes).Put(key, record)
}

// DeleteNote removes a note.
func (t *tx) DeleteNote(conversation inbox.ConversationID, id inbox.MessageID) error {
	key := t.noteKeyOf(conversation, id)
	if key == nil {
		return nil
	}
	return t.deleteNote(conversation, key)
}

func (t *tx) deleteNote(conversation inbox.ConversationID, key []byte) error {
	if p, ok := parsePlace(key[len(notePrefix(conversation)):]); ok {
		t.touchNote(conversation, p)
	}
	return t.in(notes).Delete(key)
}
