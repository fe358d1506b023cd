package inbox

import (
	"context"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"
)

// Notes are what agents write for agents, in the thread where it belongs. They
// are kept apart from the messages, in a place that no send, no read and no count
// looks into: so a note cannot reach a customer, and a provider cannot lose one.

// MaxNoteRunes bounds a note. It is more than any platform's message has.
const MaxNoteRunes = 10_000

// notePrefix begins the IDs of notes.
const notePrefix = "parley-note-"

func isNoteID(id MessageID) bool { return strings.HasPrefix(string(id), notePrefix) }

// maxAuthor bounds the name of an agent, in runes.
const maxAuthor = 120

// AddNote stores a note at the end of a thread and returns it.
func (in *Inbox) AddNote(ctx context.Context, id ConversationID, text, author string) (note Message, err error) {
	if text, err = cleanNote(text); err != nil {
		return Message{}, err
	}
	at := toMillis(in.Now(id.Account())) // the provider's clock, as that of the messages around it; IDs are by ours
	note = Message{
		Conversation: id, ID: notePrefix + MessageID(in.nextOutboxID(time.Now())), Note: true,
		Author: cut(CleanLine(author), maxAuthor), Text: text, CreatedAt: at,
	}
	return note, in.changeNotes(ctx, id, func(e *edit) error { return e.PutNote(note) })
}

// EditNote gives a note another text. Its place and its author stay.
func (in *Inbox) EditNote(ctx context.Context, id ConversationID, note MessageID, text string) (edited Message, err error) {
	if text, err = cleanNote(text); err != nil {
		return Message{}, err
	}
	err = in.changeNotes(ctx, id, func(e *edit) error {
		if edited, err = e.note(id, note); err != nil || edited.Text == text {
			return err
		}
		edited.Text, edited.UpdatedAt = text, toMillis(in.Now(id.Account()))
		return e.PutNote(edited)
	})
	return edited, err
}

// DeleteNote removes a note and returns it, for RestoreNote.
func (in *Inbox) DeleteNote(ctx context.Context, id ConversationID, note MessageID) (deleted Message, err error) {
	err = in.changeNotes(ctx, id, func(e *edit) error {
		if deleted, err = e.note(id, note); err != nil {
			return err
		}
		return e.DeleteNote(id, note)
	})
	return deleted, err
}

// RestoreNote puts a note back as it was before it was edited or deleted.
func (in *Inbox) RestoreNote(ctx context.Context, note Message) error {
	if !note.Note || !isNoteID(note.ID) {
		return &Error{Kind: Rejected, Op: "note", Text: fmt.Sprintf("message %q is not a note", note.ID)}
	}
	return in.changeNotes(ctx, note.Conversation, func(e *edit) error { return e.PutNote(note) })
}

// changeNotes is one transaction on the notes of a conversation.
func (in *Inbox) changeNotes(ctx context.Context, id ConversationID, fn func(*edit) error) error {
	return in.update(ctx, func(e *edit) error {
		c, err := e.known(id)
		if err != nil {
			return err
		}
		c.dirty = true // screens read the thread again
		return fn(e)
	})
}

func (e *edit) note(id ConversationID, note MessageID) (Message, error) {
	m, found, err := e.Note(id, note)
	if err == nil && !found {
		err = &Error{Kind: NotFound, Op: "note", Text: fmt.Sprintf("the conversation has no note %q", note), Hint: "see: parley show CONVERSATION --ids"}
	}
	return m, err
}

func cleanNote(text string) (string, error) {
	text = strings.TrimSpace(Clean(text))
	switch n := utf8.RuneCountInString(text); {
	case n == 0:
		return "", &Error{Kind: Rejected, Op: "note", Text: "the note is empty", Hint: "write something, or leave it"}
	case n > MaxNoteRunes:
		return "", &Error{Kind: Rejected, Op: "note", Text: fmt.Sprintf("the note has %d characters, the limit is %d", n, MaxNoteRunes), Hint: "make two of it"}
	}
	return text, nil
}
