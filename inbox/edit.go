package inbox

import (
	"context"
	"slices"
	"time"
)

// edit is one transaction's work. It reads each conversation once, collects
// what changes, writes each changed conversation once at the end, and knows
// what to publish after the commit. Every change of the cache goes through it.
type edit struct {
	Writer
	in      *Inbox
	now     time.Time // our clock: arrival times
	convs   map[ConversationID]*editedConversation
	items   map[OutboxID]outboxNote // items that moved, for the counts in memory
	deleted []ConversationID

	waited   map[MessageID]map[WaitKey]waitNote // what waits for messages, as far as it has changed
	due      map[WaitKey]ConversationID         // the messages that something has waited for, and that have come
	sentTo   sentTo
	nameless []ConversationID // a webhook told of a customer without a name
	followed bool             // somebody wants news
	noticed  []occurrence
}

// editedConversation is a conversation under change.
type editedConversation struct {
	Conversation
	isNew       bool // not in the store, or known without any message
	dirty       bool
	shown       bool // a read has shown some of its messages
	lastMoved   bool // the newest message may be another one than the summary says
	outboxDirty bool // its outbox counts have to be taken anew

	// For the unread count of a backlog; see ingest.go.
	unread unreadCount
}

// outboxNote is what the counts in memory keep of an item.
type outboxNote struct {
	conversation ConversationID
	state        State     // StateSent: no longer counted
	queued       bool      // some part waits to leave, whatever became of the others
	sendAt       time.Time // scheduled for then (the provider's clock)
	heldUntil    time.Time // the agent can take it back until then (our clock)
	attempted    time.Time // the newest attempt, by the provider's clock
}

// update runs fn in one transaction and publishes after the commit. The next
// one waits until that is done: so what is in memory and what is published
// change in the order of the commits.
func (in *Inbox) update(ctx context.Context, fn func(*edit) error) error {
	select {
	case in.writing <- struct{}{}:
		defer func() { <-in.writing }()
	case <-ctx.Done():
		return ctx.Err()
	}
	var e *edit
	err := in.store.Update(ctx, func(w Writer) error {
		e = &edit{Writer: w, in: in, followed: in.followers.any(), now: time.Now().UTC(), convs: map[ConversationID]*editedConversation{}, items: map[OutboxID]outboxNote{}}
		if err := fn(e); err != nil {
			return err
		}
		return e.flush()
	})
	if err != nil {
		return err
	}
	in.noteOutbox(e.items)
	in.noteWaiting(e.waited)
	in.askNames(e.nameless)
	for _, note := range e.items { // an item may have waited for this one
		if a := in.accounts[note.conversation.Account()]; a != nil {
			wake(a.wakeSender)
		}
	}
	changes := Changes{Accounts: len(e.items) > 0}
	for id, c := range e.convs {
		if c.dirty {
			changes.add(id, c.Revision)
		}
	}
	for _, id := range e.deleted {
		changes.add(id, 0)
	}
	in.hub.publish(changes)
	in.followers.publish(e.noticed)
	return nil
}

// updateHistory is update for what was written long ago. Only one such
// transaction, which can be large, is ever before anybody else's.
func (in *Inbox) updateHistory(ctx context.Context, fn func(*edit) error) error {
	select {
	case in.history <- struct{}{}:
		defer func() { <-in.history }()
	case <-ctx.Done():
		return ctx.Err()
	}
	return in.update(ctx, fn)
}

func (c *Changes) add(id ConversationID, revision uint64) {
	if c.Conversations == nil {
		c.Conversations = map[ConversationID]uint64{}
	}
	c.Conversations[id] = revision
}

// conversation returns the record under change; a new one when create is set.
// nil when it is not there.
func (e *edit) conversation(id ConversationID, create bool) (*editedConversation, error) {
	if c, ok := e.convs[id]; ok {
		return c, nil
	}
	c, found, err := e.Conversation(id)
	if err != nil || (!found && !create) {
		return nil, err
	}
	ec := &editedConversation{Conversation: c, isNew: c.Messages == 0}
	if !found {
		ec.Conversation = Conversation{ID: id}
		if a := e.in.accounts[id.Account()]; a != nil {
			ec.Provider = a.Provider.Name()
		}
		ec.dirty = true
	}
	ec.unread.start(ec.Conversation)
	e.convs[id] = ec
	return ec, nil
}

// known is conversation for one that has to be there.
func (e *edit) known(id ConversationID) (*editedConversation, error) {
	c, err := e.conversation(id, false)
	if err == nil && c == nil {
		err = errNoConversation(id)
	}
	return c, err
}

// putItem stores an outbox item and remembers that its conversation's counts
// have changed.
func (e *edit) putItem(item OutboxItem) error {
	if item.State() == StateSent && item.FinishedAt.IsZero() {
		item.FinishedAt = e.now
	}
	if err := e.noticeItem(item); err != nil {
		return err
	}
	if err := e.PutOutboxItem(item); err != nil {
		return err
	}
	return e.itemMoved(item, item.State())
}

func (e *edit) deleteItem(item OutboxItem) error {
	if err := e.DeleteOutboxItem(item.ID); err != nil {
		return err
	}
	return e.itemMoved(item, StateSent)
}

func (e *edit) itemMoved(item OutboxItem, state State) error {
	e.items[item.ID] = noteOf(item, state)
	c, err := e.conversation(item.Conversation, false)
	if err != nil || c == nil {
		return err
	}
	c.dirty, c.outboxDirty = true, true
	return nil
}

func noteOf(item OutboxItem, state State) outboxNote {
	note := outboxNote{conversation: item.Conversation, state: state, queued: item.hasQueued(), sendAt: item.SendAt, heldUntil: item.HeldUntil}
	for _, p := range item.Parts {
		note.attempted = later(note.attempted, p.AttemptedAt)
	}
	return note
}

// PutMessage stores the message. What waits for it is applied by flush.
func (e *edit) PutMessage(m Message) error {
	e.saw(m.Conversation, m.ID)
	if err := e.noticeMessage(m); err != nil {
		return err
	}
	return e.Writer.PutMessage(m)
}

// provisionalAtMost bounds the own messages that are looked through for the one
// that a read shows under another ID. Where reads never show own messages they
// would become more and more; the oldest leave.
const provisionalAtMost = 32

// flush writes what has changed.
func (e *edit) flush() error {
	if err := e.applyWaiting(); err != nil {
		return err
	}
	for id, c := range e.convs {
		if !c.dirty {
			continue
		}
		c.Provisional = c.Provisional[max(len(c.Provisional)-provisionalAtMost, 0):]
		if c.Last.ID == "" {
			c.Unanswered = false
		}
		if c.Messages > 0 && (c.lastMoved || c.Last.ID == "" || c.Last.Deleted) {
			if err := e.summarizeAgain(c); err != nil {
				return err
			}
		}
		if c.outboxDirty {
			items, err := e.OutboxActive(id)
			if err != nil {
				return err
			}
			c.Outbox = countOutbox(items)
		}
		c.Revision++
		if err := e.noticeConversation(c.Conversation); err != nil {
			return err
		}
		if err := e.PutConversation(c.Conversation, e.in.windowEnds(c.Conversation)); err != nil {
			return err
		}
	}
	return nil
}

// unsentAtOnce is how many messages at the end of a thread that were unsent, or
// are none, are looked behind.
const unsentAtOnce = 20

// summarizeAgain looks for the newest message, and for the newest that was not
// unsent: a tombstone answers nothing, and asks nothing.
func (e *edit) summarizeAgain(c *editedConversation) error {
	page, err := e.Thread(ThreadQuery{Conversation: c.ID, Before: unsentAtOnce})
	if err != nil || len(page.Messages) == 0 {
		return err
	}
	newest := true
	for _, m := range slices.Backward(page.Messages) {
		if m.Event {
			continue
		}
		if newest {
			c.Last = Summary{}
			c.summarize(m)
			newest = false
		}
		if !m.Deleted {
			c.Unanswered = m.Direction == Received
			break
		}
	}
	return nil
}

func countOutbox(items []OutboxItem) (n OutboxCounts) {
	for _, item := range items {
		switch state := item.State(); {
		case state == StateQueued && item.Scheduled() && item.untried():
			n.Scheduled++
		case state == StateQueued || state == StateSending:
			n.Waiting++
		case state == StateFailed:
			n.Failed++
		case state == StateUnknown:
			n.Unknown++
		}
	}
	return n
}

// windowEnds is what the index by time left is built from.
func (in *Inbox) windowEnds(c Conversation) WindowEnds {
	policy := in.Capabilities(c.ID).Window
	if policy.WindowOf(c, c.LastReceivedAt).Phase == WindowClosed {
		return WindowEnds{Limited: true, Closed: true} // refused: whatever the clock says
	}
	if !policy.Limited || c.LastReceivedAt.IsZero() {
		return WindowEnds{}
	}
	openEnd, lateEnd := policy.Ends(c.LastReceivedAt)
	return WindowEnds{Limited: true, Open: openEnd.UnixMilli(), Late: lateEnd.UnixMilli()}
}
