package inbox

import (
	"context"
	"time"
)

// Provider is one login at an API that parley talks to. Implementations live
// in platforms/, one folder each; they convert and check, and keep no state
// that has to survive a restart. All methods are safe for concurrent use and
// return *Error.
type Provider interface {
	// Name of the provider: "ayrshare", "sim", …
	Name() string

	// Feeds are the requests that have to be repeated in order to know
	// everything. The poller decides when; each feed has its own schedule.
	Feeds() []Feed

	// Read makes one request of a feed (or, for a feed that comes in pages, one
	// page) and hands over what it finds in batches of bounded size, in order.
	// An error from emit ends the reading and is returned. On an error of its
	// own the batches emitted so far are still facts.
	Read(ctx context.Context, req ReadRequest, emit func(Batch) error) (ReadResult, error)

	// Send tries to deliver parts to one recipient. It makes each attempt at
	// most once and never repeats one by itself. A result for every part comes
	// back in their order, also when err is set; err tells what went wrong with
	// the request as a whole.
	Send(ctx context.Context, out Outgoing) (SendResult, error)

	// SetArchived archives a conversation or brings it back.
	SetArchived(ctx context.Context, id ConversationID, archived bool) error

	// Capabilities of the platform, as data.
	Capabilities(Platform) Capabilities

	// Inspect asks the provider about the account itself.
	Inspect(ctx context.Context) (AccountInfo, error)

	// AutoReply reads the automatic answer, SetAutoReply changes it and returns
	// what is in force then.
	AutoReply(ctx context.Context) (AutoReply, error)
	SetAutoReply(ctx context.Context, set AutoReplyChange) (AutoReply, error)
}

// MessagesFeed is the name of the feed that brings the newest messages of the
// conversations that are not archived. Every provider with a history has it.
const MessagesFeed = "messages"

// Feed is a request that is repeated.
type Feed struct {
	Platform  Platform
	Name      string        // unique within the platform: "conversations", "messages", "archived messages"
	CacheTime time.Duration // how long the provider's answers stay the same, by its documents
	Every     time.Duration // how often to read; at least CacheTime. 0: as often as the provider allows
	Paged     bool          // answers come in pages, newest first
	Whole     bool          // a paged feed whose whole history can be asked for in one answer
}

// ReadRequest asks for one answer of a feed.
type ReadRequest struct {
	Feed         Feed
	Cursor       string // page to read; "" for the newest
	Whole        bool   // the whole history instead of a page (Feed.Whole)
	Conversation string // provider's id: only this conversation's messages; "" for all
}

// ReadResult tells how fresh an answer is.
type ReadResult struct {
	LastUpdated time.Time // when the provider read the platform; zero when not told
	NextUpdate  time.Time // when there can be something new; zero when not told or not a date
	ServerTime  time.Time // the answer's Date header; zero when not told
	Cursor      string    // the next (older) page, "" when there is none
}

// Batch is a set of facts from outside, all of one account and platform. It is
// what Ingest takes, in one transaction.
type Batch struct {
	Account       AccountID
	Provider      string
	Platform      Platform
	AsOf          time.Time // how old the facts are: the provider's lastUpdated, else the time of the answer
	Backlog       bool      // history that is read for the first time; set by the poller
	Conversations []ConversationFact
	Messages      []MessageFact
}

// ConversationFact is what a provider says of a conversation. Zero fields are
// not told.
type ConversationFact struct {
	RemoteID    string
	Participant Participant
	Archived    *bool
	ReadUpTo    time.Time // the customer has read up to here
}

// MessageFact is what a provider says of a message.
type MessageFact struct {
	RemoteID       string      // of the conversation
	Peer           Participant // the customer, as far as the message tells
	Message        Message     // ID, Direction, SenderID, SenderName, Text, Attachments, Reactions, ReplyTo, CreatedAt, UpdatedAt, Deleted, Unsupported, Extra
	KnowsReactions bool        // Reactions is all there are: none means none
}

// Outgoing is one send to one recipient.
type Outgoing struct {
	Conversation ConversationID
	Recipient    string // the participant's provider id
	Parts        []Part // only those to be sent now: at most one text, first, then media
}

// SendResult has one entry for each part of the Outgoing, in order.
type SendResult struct {
	Parts      []PartResult
	ServerTime time.Time // the answer's Date header; zero when not told
}

// PartResult tells what became of a part. State is StateSent, StateFailed,
// StateUnknown, or StateQueued when it certainly was not sent and may be tried
// again later.
type PartResult struct {
	State     State
	MessageID MessageID // when the provider told it
	Err       *Error
}

// AccountInfo is what a provider says about a login.
type AccountInfo struct {
	Title             string
	MessagingEnabled  *bool             // nil: not told
	Linked            []Platform        // networks linked to the account
	Messaging         map[Platform]bool // per network, where told
	ConversationCount *int              // conversations that count against the monthly limit; nil: not told
	LastUpdated       time.Time
	NextUpdate        time.Time
	ServerTime        time.Time
}

// AutoReply is the answer that a provider gives by itself.
type AutoReply struct {
	Active  bool          `json:"active"`
	Message string        `json:"message"`
	Wait    time.Duration `json:"-"` // the least time between two automatic answers to the same customer
}

// AutoReplyChange changes the fields that are set.
type AutoReplyChange struct {
	Active  *bool
	Message *string
	Wait    *time.Duration
}
