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
	// Name of the provider: "ayrshare", "instagram", …
	Name() string

	// Platforms that this login reaches, also those without a feed.
	Platforms() []Platform

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

	// Posts lists the account's own posts, newest first, to share one of them;
	// cursor is "" for the first page.
	Posts(ctx context.Context, cursor string) (PostPage, error)

	// Signal tells the customer something that is no message.
	Signal(ctx context.Context, id ConversationID, recipient string, s Signal) error
}

// Signal is what a customer sees of an agent beside messages.
type Signal string

// The signals.
const (
	SignalTyping    Signal = "typing"     // an agent is typing; it lapses by itself
	SignalNotTyping Signal = "not typing" // … and has stopped
	SignalSeen      Signal = "seen"       // an agent has read the conversation
)

// Post is one of the account's own posts.
type Post struct {
	ID        string    `json:"id"`
	Kind      string    `json:"kind,omitempty"` // an open set: "image", "video", "carousel_album", …
	Caption   string    `json:"caption,omitempty"`
	Permalink string    `json:"permalink,omitempty"`
	At        time.Time `json:"at,omitzero"`
}

// PostPage is a stretch of the own posts.
type PostPage struct {
	Posts  []Post
	Cursor string // the next (older) page, "" when there is none
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
	Single    bool          // one message can be asked for alone (ReadRequest.Message)
}

// ReadRequest asks for one answer of a feed.
type ReadRequest struct {
	Feed         Feed
	Cursor       string    // page to read; "" for the newest
	Whole        bool      // the whole history instead of a page (Feed.Whole)
	Conversation string    // provider's id: only this conversation's messages; "" for all
	Message      MessageID // only this message, of whatever conversation; "" for all

	// Mark gives the mark that the provider has left on a conversation when it
	// read it last (ConversationFact.Mark), "" when there is none. nil: no marks
	// are kept.
	Mark func(remoteID string) string
}

// ReadResult tells how fresh an answer is.
type ReadResult struct {
	LastUpdated time.Time // when the provider read the platform; zero when not told
	NextUpdate  time.Time // when there can be something new; zero when not told or not a date
	ServerTime  time.Time // the answer's Date header; zero when not told
	Cursor      string    // the next (older) page, "" when there is none

	// Gap tells, where the provider knows it, whether what is older than this page
	// may hold news. nil: the inbox judges by the messages that it knew already.
	Gap *bool
}

// Batch is a set of facts from outside, all of one account and platform. It is
// what Ingest takes, in one transaction.
type Batch struct {
	Account       AccountID
	Provider      string
	Platform      Platform
	AsOf          time.Time // how old the facts are: the provider's lastUpdated, else the time of the answer
	Backlog       bool      // history that is read for the first time; set by the poller
	Pushed        bool      // told by a webhook: says nothing of what came before
	aside         bool      // of one conversation or message: says nothing of what else is new
	Conversations []ConversationFact
	Messages      []MessageFact
	Events        []EventFact // what happened to messages
}

// ConversationFact is what a provider says of a conversation. Zero fields are
// not told.
type ConversationFact struct {
	RemoteID    string
	Participant Participant
	Archived    *bool
	ReadUpTo    time.Time // the customer has read up to here
	Taken       *bool     // another app has control of the thread, or gave it back
	Mark        string    // opaque: comes back in ReadRequest.Mark. Left when the conversation has been read to its newest message
}

// MessageFact is what a provider says of a message.
type MessageFact struct {
	RemoteID       string      // of the conversation
	Peer           Participant // the customer, as far as the message tells
	Message        Message     // ID, Direction, SenderID, SenderName, Text, Attachments, Reactions, ReplyTo, CreatedAt, UpdatedAt, Deleted, Unsupported, Extra
	KnowsReactions bool        // Reactions is all there are: none means none
	AsOf           time.Time   // how old this fact is, where that is not its batch's AsOf: a webhook tells what a message was when it was written
}

// Outgoing is one send to one recipient.
type Outgoing struct {
	Conversation ConversationID
	Recipient    string // the participant's provider id
	Parts        []Part // only those to be sent now: at most one text, first, then media; or one part of any other kind
	Late         bool   // the window is in its phase for human agents only
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
	Checks            []Check           // what else the provider has found, for the doctor
	ConversationCount *int              // conversations that count against the monthly limit; nil: not told
	LastUpdated       time.Time
	NextUpdate        time.Time
	ServerTime        time.Time
}

// Check is one thing that was looked at about a login.
type Check struct {
	Name    string  `json:"name"` // "token", "webhook", "message access"
	Verdict Verdict `json:"verdict"`
	Text    string  `json:"text"`
	Hint    string  `json:"hint,omitempty"` // what to do, when it is not good
}

// Verdict is how a check went.
type Verdict string

// The verdicts.
const (
	CheckGood    Verdict = "good"
	CheckWarning Verdict = "warning"
	CheckFailing Verdict = "failing"
)

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
