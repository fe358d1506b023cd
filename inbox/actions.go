package inbox

import (
	"context"
	"time"
)

// What an agent does to a conversation, sending aside.

// draftPreview is how much of a draft a list row can need, in runes.
const draftPreview = 80

// SaveDraft stores what an agent has typed; an empty draft is removed. A draft
// that was typed (UpdatedAt) before the last one of this conversation was sent
// is the sent one, saved late, and is dropped.
func (in *Inbox) SaveDraft(ctx context.Context, d Draft) error {
	if d.UpdatedAt.IsZero() {
		d.UpdatedAt = time.Now()
	}
	in.mu.Lock()
	late := !d.UpdatedAt.After(in.sentAt[d.Conversation])
	in.mu.Unlock()
	if late {
		return nil
	}
	d.UpdatedAt = d.UpdatedAt.UTC()
	return in.update(ctx, func(e *edit) error { return e.putDraft(d) })
}

func (in *Inbox) draftSent(id ConversationID) {
	in.mu.Lock()
	defer in.mu.Unlock()
	in.sentAt[id] = time.Now()
}

// putDraft stores a draft and shows its beginning in the list.
func (e *edit) putDraft(d Draft) error {
	c, err := e.known(d.Conversation)
	if err != nil {
		return err
	}
	d.Text = Clean(d.Text)
	preview := ""
	if !d.Empty() {
		if preview = cut(CleanLine(d.Text), draftPreview); preview == "" {
			preview = "[media]"
		}
	}
	c.Draft, c.dirty = preview, true
	return e.putAnswer(d)
}

// putAnswer stores what is typed of an answer, beside what is typed of a note.
func (e *edit) putAnswer(d Draft) error {
	stored, _, err := e.Draft(d.Conversation)
	if err != nil {
		return err
	}
	d.Note = stored.Note
	return e.PutDraft(d)
}

// SaveNoteDraft stores what an agent has typed of a private note; an empty text
// is removed.
func (in *Inbox) SaveNoteDraft(ctx context.Context, id ConversationID, text string) error {
	return in.update(ctx, func(e *edit) error {
		c, err := e.known(id)
		if err != nil {
			return err
		}
		d, _, err := e.Draft(id)
		if err != nil {
			return err
		}
		d.Conversation, d.Note, c.dirty = id, Clean(text), true
		return e.PutDraft(d)
	})
}

// MarkRead says that an agent has seen all that had arrived (LastArrival) when
// the screen read the conversation. Messages that arrived later stay unread.
func (in *Inbox) MarkRead(ctx context.Context, id ConversationID, arrival uint64) error {
	read := false
	err := in.update(ctx, func(e *edit) error {
		read = false
		c, err := e.known(id)
		if err != nil || c.Unread == 0 && !c.JustWoken() {
			return err
		}
		unread := 0
		if c.LastArrival > arrival {
			if unread, err = e.arrivedAfter(id, arrival); err != nil {
				return err
			}
		}
		if unread != c.Unread || c.JustWoken() {
			read = unread < c.Unread
			c.Unread, c.MarkedRead, c.dirty = min(unread, c.Unread), e.now, true
		}
		return nil
	})
	if err == nil && read {
		in.noteSeen(id)
	}
	return err
}

// arrivedAfter counts the received messages that arrived later. A late one may
// stand above newer ones, but not far.
func (e *edit) arrivedAfter(id ConversationID, arrival uint64) (n int, err error) {
	page, err := e.Thread(ThreadQuery{Conversation: id, Before: 200})
	for _, m := range page.Messages {
		if m.Direction == Received && m.Arrival > arrival && !m.Event && !m.Deleted {
			n++
		}
	}
	return n, err
}

// SetArchived archives at the provider and, when it agrees, in the cache. It
// waits for the network.
func (in *Inbox) SetArchived(ctx context.Context, id ConversationID, archived bool) error {
	a, err := in.account(id.Account())
	if err != nil {
		return err
	}
	if can := in.capabilities(a, id.Platform()).Archive; !can.OK {
		return &Error{Kind: Unsupported, Op: "archive", Text: can.Reason}
	}
	if _, err := in.Conversation(ctx, id); err != nil {
		return err
	}
	if err := a.Provider.SetArchived(ctx, id, archived); err != nil {
		return err
	}
	return in.update(context.WithoutCancel(ctx), func(e *edit) error {
		c, err := e.known(id)
		if err != nil {
			return err
		}
		c.comeBack()
		c.Archived, c.RemoteArchived, c.StatusAsOf, c.dirty = archived, archived, a.now(), true
		return nil
	})
}
