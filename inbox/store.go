package inbox

import (
	"context"
	"time"
)

// Store is the local cache: crash-safe, owned by one process. Transactions of
// one kind: any number of View at once, one Update at a time; a View sees one
// state, as of its start. fn must not keep the transaction.
type Store interface {
	View(ctx context.Context, fn func(Reader) error) error

	// Update commits when fn returns nil, and has been fsynced when it returns
	// nil itself. Otherwise nothing has changed.
	Update(ctx context.Context, fn func(Writer) error) error

	// Retain removes messages beyond the limits, in transactions short enough
	// that nobody waits for them, and conversations that are empty then. It
	// spares what cannot be fetched again (drafts, outbox, notes) and what an agent
	// relies on (see Triage.Keeps). It returns how many messages it removed.
	Retain(ctx context.Context, limits Retention, now time.Time) (removed int, err error)

	Close() error
}

// Retention bounds what is kept. Zero fields are no bound.
type Retention struct {
	MaxAge   time.Duration // messages older than this go
	MaxBytes int64         // the oldest messages go until the records are smaller than this
}

// Reader reads within a transaction. A record that is not there is the zero
// value and found = false; err is for a store that cannot be read. Records of
// facts that cannot be decoded count as not there: they will be fetched again.
type Reader interface {
	Conversation(ConversationID) (c Conversation, found bool, err error)
	List(ListQuery) (ListPage, error)
	Counts() (Counts, error)
	// Labels lists the labels in use, by name, each with its conversations.
	Labels() ([]LabelCount, error)

	// FindConversations returns up to limit conversations whose ID is text,
	// whose provider's id is text, whose participant's id is text, or whose name
	// or username contains it (case does not count), in that order of preference:
	// an exact match hides the weaker ones.
	FindConversations(text string, limit int) ([]Conversation, error)

	Message(ConversationID, MessageID) (m Message, found bool, err error)
	Thread(ThreadQuery) (ThreadPage, error)
	// Note reads an agent's note; messages are not found here, nor notes by Message.
	Note(ConversationID, MessageID) (note Message, found bool, err error)

	// LastArrival is the newest arrival number given out so far.
	LastArrival() (uint64, error)

	OutboxItem(OutboxID) (item OutboxItem, found bool, err error)
	// OutboxActive lists items that are not sent, oldest first; conversation ""
	// is all of them.
	OutboxActive(conversation ConversationID) ([]OutboxItem, error)
	// OutboxRecent lists all kept items, newest first.
	OutboxRecent(limit int) ([]OutboxItem, error)

	Draft(ConversationID) (d Draft, found bool, err error)

	SyncState(SyncKey) (s SyncState, found bool, err error)
	SyncStates(AccountID) ([]SyncState, error)
	AccountState(AccountID) (s AccountState, found bool, err error)

	// Waiting are the events that wait for a message, AllWaiting the messages of
	// an account ("" for all of them) that any event waits for.
	Waiting(WaitKey) ([]EventFact, error)
	AllWaiting(AccountID) ([]WaitKey, error)
}

// Writer reads and writes within a transaction.
type Writer interface {
	Reader

	// PutConversation stores the record and moves it in every view. windows are
	// the ends of its reply window for SortTimeLeft.
	PutConversation(c Conversation, windows WindowEnds) error
	// DeleteConversation removes the conversation with its messages, notes, draft,
	// outbox items and the events that wait for its messages: nothing of it stays.
	DeleteConversation(ConversationID) error

	// PutMessage stores the message; if its CreatedAt has changed, it moves.
	PutMessage(Message) error
	DeleteMessage(ConversationID, MessageID) error
	// PutNote stores an agent's note: ID, author, text and times. It is kept when
	// the facts go.
	PutNote(Message) error
	DeleteNote(ConversationID, MessageID) error
	// NextArrival gives out the next arrival number.
	NextArrival() (uint64, error)

	PutOutboxItem(OutboxItem) error
	DeleteOutboxItem(OutboxID) error

	// PutDraft stores the draft; a blank one is removed.
	PutDraft(Draft) error

	PutSyncState(SyncState) error
	PutAccountState(AccountState) error

	// PutWaiting stores all the events that wait for a message; none removes them.
	PutWaiting(WaitKey, []EventFact) error
}

// WindowEnds is what the index by time left is built from.
type WindowEnds struct {
	Limited bool  // false: no window, or unknown: such rows come last
	Closed  bool  // closed whatever the clock says: left out
	Open    int64 // Unix ms: end of the open phase
	Late    int64 // Unix ms: end of the late phase; the same as Open when there is none
}
