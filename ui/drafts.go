package ui

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"parley/inbox"
)

// draftBook keeps what an agent has typed until the inbox has stored it. The
// screen writes into it at every edit; commands save from it, and so does main
// when the program is told to die, at any moment and from any goroutine.
//
// Writing to the store is one at a time, and what is written is the newest
// text at that moment, so that two saves that overtake each other do no harm.
type draftBook struct {
	save func(context.Context, inbox.Draft) error
	send func(context.Context, inbox.SendRequest) ([]inbox.OutboxItem, error)
	read func(context.Context, inbox.ConversationID) (inbox.Draft, error)

	turn chan struct{} // holds one token: whoever has it may write

	mu      sync.Mutex
	unsaved map[inbox.ConversationID]typed       // since the last save
	leaving map[inbox.ConversationID]inbox.Draft // to be sent, and not yet known to be in the outbox
	coming  map[inbox.ConversationID]bool        // a message is being made a draft again
	kept    map[inbox.ConversationID]bool        // what this session has left as drafts
}

// typed is a text in the book. One that was begun before the stored draft had
// been read is to be put below that, not over it.
type typed struct {
	inbox.Draft
	below bool
}

func newDraftBook(in *inbox.Inbox) *draftBook {
	b := &draftBook{
		save: in.SaveDraft,
		send: in.Send,
		read: func(ctx context.Context, id inbox.ConversationID) (inbox.Draft, error) {
			t, err := in.Thread(ctx, inbox.ThreadQuery{Conversation: id, Before: 1})
			return t.Draft, err
		},
		turn:    make(chan struct{}, 1),
		unsaved: map[inbox.ConversationID]typed{},
		leaving: map[inbox.ConversationID]inbox.Draft{},
		coming:  map[inbox.ConversationID]bool{},
		kept:    map[inbox.ConversationID]bool{},
	}
	b.turn <- struct{}{}
	return b
}

// put remembers the text that a composer shows now; below when the stored draft
// has not been read yet.
func (b *draftBook) put(d inbox.Draft, below bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.unsaved[d.Conversation] = typed{d, below}
	b.note(d)
}

// note remembers whether the conversation has a draft now.
func (b *draftBook) note(d inbox.Draft) {
	if d.Empty() {
		delete(b.kept, d.Conversation)
	} else {
		b.kept[d.Conversation] = true
	}
}

// count is how many drafts this session has left behind.
func (b *draftBook) count() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.kept)
}

// newest is what has been typed and is not stored yet.
func (b *draftBook) newest(id inbox.ConversationID) (t typed, ok bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	t, ok = b.unsaved[id]
	return t, ok
}

// leave says that the text is about to be sent: it is no draft of the composer
// any more. It is false while an earlier text of the conversation is leaving, or
// coming back, for two at once could overtake each other.
func (b *draftBook) leave(d inbox.Draft) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if _, busy := b.leaving[d.Conversation]; busy || b.coming[d.Conversation] {
		return false
	}
	b.leaving[d.Conversation] = d
	delete(b.unsaved, d.Conversation)
	delete(b.kept, d.Conversation)
	return true
}

// pending lists the conversations with something to save.
func (b *draftBook) pending() []inbox.ConversationID {
	b.mu.Lock()
	defer b.mu.Unlock()
	ids := slices.Collect(maps.Keys(b.unsaved))
	for id := range b.leaving {
		if _, listed := b.unsaved[id]; !listed {
			ids = append(ids, id)
		}
	}
	return ids
}

// flush saves everything. Each draft is tried, whatever became of the others.
func (b *draftBook) flush(ctx context.Context) error {
	if err := b.take(ctx); err != nil {
		return err
	}
	defer b.giveBack()
	var errs []error
	for _, id := range b.pending() {
		errs = append(errs, b.write(ctx, id))
	}
	return errors.Join(errs...)
}

// deliver sends what leave has announced. The text is stored as a draft first:
// the inbox turns the draft into an outbox item in one transaction, so the text
// is in the store all the time. If the inbox refuses, the text goes back before
// what has been typed since, and rejected holds both.
func (b *draftBook) deliver(ctx context.Context, r inbox.SendRequest) (items []inbox.OutboxItem, rejected inbox.Draft, err error) {
	if err := b.take(ctx); err != nil {
		return nil, b.restore(r.Conversation), err
	}
	defer b.giveBack()
	if err := b.save(ctx, b.outgoing(r.Conversation)); err != nil {
		return nil, b.restore(r.Conversation), err
	}
	if items, err = b.send(ctx, r); err != nil {
		return nil, b.restore(r.Conversation), err
	}
	b.delivered(r.Conversation)
	return items, inbox.Draft{}, nil
}

// delivered forgets what has been sent. What has been typed while it was
// leaving is newer than the send: the inbox drops drafts that are older.
func (b *draftBook) delivered(id inbox.ConversationID) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.leaving, id)
	if text, ok := b.unsaved[id]; ok {
		text.UpdatedAt = time.Now()
		b.unsaved[id] = text
	}
}

// recall says that a message of the conversation is about to become a draft
// again. It is false while another is leaving.
func (b *draftBook) recall(id inbox.ConversationID) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if _, busy := b.leaving[id]; busy || b.coming[id] {
		return false
	}
	b.coming[id] = true
	return true
}

// takeBack does what recall has announced: what has been typed before is stored
// first, so that take puts the message above it. What is typed while it comes is
// put below anyway.
func (b *draftBook) takeBack(ctx context.Context, id inbox.ConversationID, take func(context.Context) (inbox.Draft, error)) (d inbox.Draft, err error) {
	if err := b.take(ctx); err != nil {
		return d, err
	}
	defer b.giveBack()
	if text, _ := b.newest(id); !text.below {
		if err := b.write(ctx, id); err != nil {
			return d, err
		}
	}
	if d, err = take(ctx); err == nil {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.note(d)
	}
	return d, err
}

// recalled ends what recall has begun.
func (b *draftBook) recalled(id inbox.ConversationID) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.coming, id)
}

// isComing tells that a message of the conversation is becoming a draft again.
func (b *draftBook) isComing(id inbox.ConversationID) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.coming[id]
}

func (b *draftBook) outgoing(id inbox.ConversationID) inbox.Draft {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.leaving[id]
}

// restore makes what was leaving a draft again.
func (b *draftBook) restore(id inbox.ConversationID) inbox.Draft {
	b.mu.Lock()
	defer b.mu.Unlock()
	d := joinDrafts(b.leaving[id], b.unsaved[id].Draft)
	delete(b.leaving, id)
	b.unsaved[id] = typed{Draft: d}
	b.note(d)
	return d
}

// joinDrafts puts the second draft below the first.
func joinDrafts(first, second inbox.Draft) inbox.Draft {
	d := first
	switch {
	case strings.TrimSpace(first.Text) == "":
		d.Text = second.Text
	case strings.TrimSpace(second.Text) != "":
		d.Text = first.Text + "\n" + second.Text
	}
	d.Media = append(append([]string(nil), first.Media...), second.Media...)
	d.UpdatedAt = later(first.UpdatedAt, second.UpdatedAt)
	return d
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// write saves what there is of one conversation. The caller has the turn. What
// is leaving stays in the book: its delivery will store it once more, and must
// not lose what has been typed since.
func (b *draftBook) write(ctx context.Context, id inbox.ConversationID) error {
	d, ok, err := b.toSave(ctx, id)
	if err != nil || !ok {
		return err
	}
	err = b.save(ctx, d)
	if inbox.KindOf(err) == inbox.NotFound {
		err = nil // the customer has been forgotten: there is nothing that a draft could belong to
	}
	if err == nil {
		b.saved(id, d)
	}
	return err
}

// toSave is the text that the store should have of a conversation.
func (b *draftBook) toSave(ctx context.Context, id inbox.ConversationID) (d inbox.Draft, ok bool, err error) {
	b.mu.Lock()
	text, isTyped := b.unsaved[id]
	gone, isLeaving := b.leaving[id]
	b.mu.Unlock()
	switch {
	case isLeaving:
		return joinDrafts(gone, text.Draft), true, nil
	case !isTyped:
		return inbox.Draft{}, false, nil
	case !text.below:
		return text.Draft, true, nil
	}
	stored, err := b.read(ctx, id)
	if err != nil {
		return inbox.Draft{}, false, err
	}
	return joinDrafts(stored, text.Draft), true, nil
}

// saved forgets what has been stored, unless more has been typed meanwhile.
func (b *draftBook) saved(id inbox.ConversationID, d inbox.Draft) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if _, isLeaving := b.leaving[id]; isLeaving {
		return
	}
	if text := b.unsaved[id]; text.UpdatedAt.Equal(d.UpdatedAt) || sameDraft(text.Draft, d) {
		delete(b.unsaved, id)
	}
}

func sameDraft(a, b inbox.Draft) bool {
	return a.Text == b.Text && a.UpdatedAt.Equal(b.UpdatedAt) && strings.Join(a.Media, "\n") == strings.Join(b.Media, "\n")
}

func (b *draftBook) take(ctx context.Context) error {
	select {
	case <-b.turn:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (b *draftBook) giveBack() { b.turn <- struct{}{} }

// isLeaving tells that a text of the conversation is on its way to the outbox.
func (b *draftBook) isLeaving(id inbox.ConversationID) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	_, leaving := b.leaving[id]
	return leaving
}
