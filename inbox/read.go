package inbox

import (
	"context"
	"fmt"
	"strings"
	"time"
)

// What screens and the command line read. Each method is one transaction.

// List returns rows of the conversation list.
func (in *Inbox) List(ctx context.Context, q ListQuery) (page ListPage, err error) {
	if q.Sort == SortTimeLeft { // windows end by the provider's clock
		q.Now = in.ByProvidersClock(q.Account, q.Now)
	}
	err = in.store.View(ctx, func(r Reader) error {
		page, err = r.List(q)
		return err
	})
	return page, err
}

// Counts returns the sizes of the views.
func (in *Inbox) Counts(ctx context.Context) (counts Counts, err error) {
	err = in.store.View(ctx, func(r Reader) error {
		counts, err = r.Counts()
		return err
	})
	return counts, err
}

// Thread is a conversation with a stretch of its messages and notes, what is in
// the outbox for it, and its draft, all as of one instant.
type Thread struct {
	Conversation Conversation
	Page         ThreadPage
	Outbox       []OutboxItem // not sent yet, oldest first
	Draft        Draft
}

// Thread reads a conversation. A NotFound error when it is not there.
func (in *Inbox) Thread(ctx context.Context, q ThreadQuery) (t Thread, err error) {
	q.Notes = true
	err = in.store.View(ctx, func(r Reader) error {
		var found bool
		if t.Conversation, found, err = r.Conversation(q.Conversation); err != nil {
			return err
		}
		if !found {
			return errNoConversation(q.Conversation)
		}
		if t.Page, err = r.Thread(q); err != nil {
			return err
		}
		if t.Outbox, err = r.OutboxActive(q.Conversation); err != nil {
			return err
		}
		t.Draft, _, err = r.Draft(q.Conversation)
		t.Draft.Conversation = q.Conversation
		return err
	})
	return t, err
}

// Past is what is kept from before of a conversation.
type Past struct {
	First time.Time // the oldest message; zero: there is none
	Notes []Message // the newest, oldest first
}

// mostNotes is how many notes are read at once.
const mostNotes = 100

// Past reads when a conversation began, and its newest notes.
func (in *Inbox) Past(ctx context.Context, id ConversationID) (p Past, err error) {
	err = in.store.View(ctx, func(r Reader) error {
		oldest, err := r.Thread(ThreadQuery{Conversation: id, Anchor: Position{At: time.UnixMilli(1)}, After: 1})
		if err != nil {
			return err
		}
		for _, m := range oldest.Messages {
			p.First = m.CreatedAt
		}
		noted, err := r.Thread(ThreadQuery{Conversation: id, Before: mostNotes, NotesOnly: true})
		p.Notes = noted.Messages
		return err
	})
	return p, err
}

// Conversation reads one record. A NotFound error when it is not there.
func (in *Inbox) Conversation(ctx context.Context, id ConversationID) (c Conversation, err error) {
	err = in.store.View(ctx, func(r Reader) error {
		var found bool
		if c, found, err = r.Conversation(id); err == nil && !found {
			return errNoConversation(id)
		}
		return err
	})
	return c, err
}

const (
	findLimit = 5  // how many candidates the text of an error names
	mostFound = 50 // how many it carries
)

// Several is the cause of an error about a name that several conversations have.
type Several struct {
	Name  string         // as it was given, in one line
	Found []Conversation // newest first, of very many the first
}

func (s *Several) Error() string { return fmt.Sprintf("%d conversations or more", len(s.Found)) }

// Find returns the one conversation that the text names: by ID, by the
// provider's id, or by an unambiguous part of the name. NotFound when there is
// none; Rejected, naming the candidates and caused by Several, when there are more.
func (in *Inbox) Find(ctx context.Context, text string) (c Conversation, err error) {
	var found []Conversation
	err = in.store.View(ctx, func(r Reader) error {
		found, err = r.FindConversations(text, mostFound)
		return err
	})
	switch {
	case err != nil:
		return c, err
	case len(found) == 0:
		return c, &Error{Kind: NotFound, Op: "find", Text: fmt.Sprintf("no conversation is called %q", CleanLine(text)), Hint: "see: parley list"}
	case len(found) == 1:
		return found[0], nil
	}
	names := make([]string, 0, findLimit)
	for _, c := range found[:min(len(found), findLimit)] {
		names = append(names, fmt.Sprintf("%s (%s)", c.ID, c.Participant.DisplayName()))
	}
	if len(found) > findLimit {
		names = append(names, "…")
	}
	return c, &Error{
		Kind: Rejected, Op: "find", Text: fmt.Sprintf("%q names several conversations: %s", CleanLine(text), strings.Join(names, ", ")),
		Hint: "give the ID, or more of the name",
		Err:  &Several{CleanLine(text), found},
	}
}

// Outbox lists the items that are not sent, oldest first; with recent, also
// those of the last days that are, newest first.
func (in *Inbox) Outbox(ctx context.Context, recent bool) (items []OutboxItem, err error) {
	err = in.store.View(ctx, func(r Reader) error {
		if recent {
			items, err = r.OutboxRecent(recentItems)
		} else {
			items, err = r.OutboxActive("")
		}
		return err
	})
	return items, err
}

// recentItems bounds a listing of the outbox's history.
const recentItems = 500

// OutboxItem reads one item.
func (in *Inbox) OutboxItem(ctx context.Context, id OutboxID) (item OutboxItem, err error) {
	err = in.store.View(ctx, func(r Reader) error {
		var found bool
		if item, found, err = r.OutboxItem(id); err == nil && !found {
			return errNoItem(id)
		}
		return err
	})
	return item, err
}
