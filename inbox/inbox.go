package inbox

import (
	"context"
	"log/slog"
	"sync"
	"time"
)

// Account is one configured login.
type Account struct {
	ID       AccountID
	Provider Provider
	// Platforms to read; all that the provider has when empty.
	Platforms []Platform
	// ConversationLimit is how many conversations a month may be answered; 0 for
	// no limit. Ayrshare's documents disagree (100, 1,000): so it is config.
	ConversationLimit int
	// Windows overrides the provider's reply-window policies.
	Windows map[Platform]WindowPolicy
}

// Options configure an Inbox. Store is required.
type Options struct {
	Store    Store
	Accounts []Account
	Log      *slog.Logger // nil: no log
	// NextGrapheme returns the length in bytes of the first grapheme cluster
	// of s. The Unicode tables live outside this package.
	NextGrapheme func(s string) int
	Retention    Retention
	// Guard runs f; main's puts the terminal right when f panics. nil: f is
	// called as it is.
	Guard func(name string, f func())
}

// Inbox is what screens and the command line talk to. All methods are safe for
// concurrent use; those with a context may wait for the disk or the network.
type Inbox struct {
	opts     Options
	store    Store
	accounts map[AccountID]*account
	order    []AccountID
	hub      hub

	mu   sync.Mutex
	skew map[AccountID]time.Duration
	wake map[AccountID]chan struct{} // wakes the account's sender
	poke map[AccountID]chan struct{} // wakes the account's poller
}

// account is the running side of an Account.
type account struct {
	Account
}

// New makes an inbox over the store. It reads what has to be known of the
// accounts and asks the network nothing; Run does.
func New(ctx context.Context, opts Options) (*Inbox, error) { panic("to come") }

// Run polls, sends and prunes until ctx ends, and returns when its goroutines
// have ended. A request in flight is given a short time to finish.
func (in *Inbox) Run(ctx context.Context) error { panic("to come") }

// Subscribe starts collecting hints. Close it.
func (in *Inbox) Subscribe() *Subscription { panic("to come") }

// Now is the time by the account's provider: our clock, corrected by the Date
// header of its newest answer.
func (in *Inbox) Now(id AccountID) time.Time { panic("to come") }

// Health sorts what can be said of an account in one word.
type Health string

// The healths of an account.
const (
	Healthy  Health = "ok"
	Starting Health = "starting" // never read
	Limited  Health = "limited"  // rate limit: waiting
	Failing  Health = "failing"  // the last reads failed; what is shown is old
	Dead     Health = "dead"     // the key is refused: nothing moves until an agent mends it
)

// AccountView is an account as the status line shows it.
type AccountView struct {
	ID        AccountID
	Provider  string
	Platforms []PlatformView
	Health    Health
	Error     *Failure
	Count     int // conversations of this month, -1 when not known
	Limit     int // 0: none
	Queued    int // outbox: queued and sending
	Failed    int
	Unknown   int
}

// PlatformView is the freshness of one platform of an account. Times are our
// clock's, ready to be compared with time.Now.
type PlatformView struct {
	Platform  Platform
	ReadAt    time.Time // how old the data is: the oldest of its feeds; zero: never read
	NextAt    time.Time // when it is read next
	Reading   bool      // a request is under way
	Error     *Failure
	Loaded    int  // messages read so far by a first sync that is under way
	FirstSync bool // the history is still coming in
}

// Accounts is the state of all accounts, from memory: it costs no I/O.
func (in *Inbox) Accounts() []AccountView { panic("to come") }

// List returns rows of the conversation list.
func (in *Inbox) List(ctx context.Context, q ListQuery) (ListPage, error) { panic("to come") }

// Counts returns the sizes of the views.
func (in *Inbox) Counts(ctx context.Context) (Counts, error) { panic("to come") }

// Thread is a conversation with a stretch of its messages, what is in the
// outbox for it, and its draft, all as of one instant.
type Thread struct {
	Conversation Conversation
	Page         ThreadPage
	Outbox       []OutboxItem // not sent yet, oldest first
	Draft        Draft
}

// Thread reads a conversation. A NotFound error when it is not there.
func (in *Inbox) Thread(ctx context.Context, q ThreadQuery) (Thread, error) { panic("to come") }

// Conversation reads one record. A NotFound error when it is not there.
func (in *Inbox) Conversation(ctx context.Context, id ConversationID) (Conversation, error) {
	panic("to come")
}

// Find returns the one conversation that the text names: by ID, by the
// provider's id, or by an unambiguous part of the name. NotFound when there is
// none; Rejected, naming the candidates, when there are several.
func (in *Inbox) Find(ctx context.Context, text string) (Conversation, error) { panic("to come") }

// Capabilities of the provider on the conversation's platform, with the config's
// windows. It costs no I/O.
func (in *Inbox) Capabilities(id ConversationID) Capabilities { panic("to come") }

// Window of the conversation now. It costs no I/O.
func (in *Inbox) Window(c Conversation) Window { panic("to come") }

// Composition is what an agent is about to send.
type Composition struct {
	Conversation ConversationID
	Text         string
	Media        []string // URLs
}

// Problem is a reason why a composition cannot be sent, found before anything
// leaves. Part is -1 for the text (or the whole), else the index in Media.
type Problem struct {
	Part       int
	Error      *Error
	Splittable bool // the text is too long and Split would help
}

// Check tells what the platform would refuse. It costs no I/O.
func (in *Inbox) Check(c Composition) []Problem { panic("to come") }

// Split cuts a text into pieces that the platform takes: at line ends, else
// between words, else between grapheme clusters. Nothing but the white space at
// the cuts is lost.
func (in *Inbox) Split(id ConversationID, text string) []string { panic("to come") }

// SaveDraft stores what an agent has typed; an empty draft is removed.
func (in *Inbox) SaveDraft(ctx context.Context, d Draft) error { panic("to come") }

// SendRequest asks to send a composition.
type SendRequest struct {
	Composition
	// Recipient is the participant's provider ID as the screen showed it. The
	// send is refused if the conversation's participant is another by now. ""
	// does not check (command line).
	Recipient string
	// Split sends a text that is too long as several messages.
	Split bool
}

// Send stores the message in the outbox, removes the draft in the same
// transaction, and wakes the sender. When it returns nil the message is
// fsynced. Several items come back only for a split text.
func (in *Inbox) Send(ctx context.Context, r SendRequest) ([]OutboxItem, error) { panic("to come") }

// Retry queues what has failed or is unknown in the item once more. That is the
// agent's decision: an unknown part may be delivered twice.
func (in *Inbox) Retry(ctx context.Context, id OutboxID) error { panic("to come") }

// Discard gives up what was not sent of the item.
func (in *Inbox) Discard(ctx context.Context, id OutboxID) error { panic("to come") }

// Recall takes what was not sent of the item back into the conversation's
// draft, before what is in there, and removes the item. An item that is being
// sent is refused; so is an unknown one, which may have been delivered.
func (in *Inbox) Recall(ctx context.Context, id OutboxID) (Draft, error) { panic("to come") }

// Outbox lists the items that are not sent; with recent, also those of the last
// days that are.
func (in *Inbox) Outbox(ctx context.Context, recent bool) ([]OutboxItem, error) { panic("to come") }

// OutboxItem reads one item.
func (in *Inbox) OutboxItem(ctx context.Context, id OutboxID) (OutboxItem, error) { panic("to come") }

// MarkRead says that an agent has seen all that has arrived up to the revision
// that the screen shows. Messages that arrived later stay unread.
func (in *Inbox) MarkRead(ctx context.Context, id ConversationID, arrival uint64) error {
	panic("to come")
}

// MarkUnread makes the conversation unread again.
func (in *Inbox) MarkUnread(ctx context.Context, id ConversationID) error { panic("to come") }

// SetArchived archives at the provider and, when it agrees, in the cache. It
// waits for the network.
func (in *Inbox) SetArchived(ctx context.Context, id ConversationID, archived bool) error {
	panic("to come")
}

// Refresh asks the pollers to read an account ("" for all) out of turn: at most
// once per account and 5 s. RateLimited with RetryAfter when it was too soon.
func (in *Inbox) Refresh(ctx context.Context, id AccountID) error { panic("to come") }

// AutoReply reads, SetAutoReply changes the automatic answer of an account.
// Both wait for the network.
func (in *Inbox) AutoReply(ctx context.Context, id AccountID) (AutoReply, error) { panic("to come") }

// SetAutoReply changes the fields that are set and returns what is in force.
func (in *Inbox) SetAutoReply(ctx context.Context, id AccountID, c AutoReplyChange) (AutoReply, error) {
	panic("to come")
}

// Inspect asks the provider about the account and remembers the answer.
func (in *Inbox) Inspect(ctx context.Context, id AccountID) (AccountInfo, error) { panic("to come") }

// Forget removes a conversation with everything that is kept of it.
func (in *Inbox) Forget(ctx context.Context, id ConversationID) error { panic("to come") }

// SyncReport is what one Sync did for a platform of an account.
type SyncReport struct {
	Account       AccountID
	Platform      Platform
	Conversations int // facts read
	Messages      int
	Requests      int
	LastUpdated   time.Time
	NextUpdate    time.Time
	Err           *Error
}

// Sync reads every feed that is due once, account by account in parallel, and
// older pages until there are none. force asks also those that are not due, at
// most once per account and 5 s. progress may be nil; it is called from
// several goroutines. It must not run beside Run.
func (in *Inbox) Sync(ctx context.Context, account AccountID, force bool, progress func(SyncReport)) ([]SyncReport, error) {
	panic("to come")
}

// Flush sends what is queued for an account ("" for all) until nothing is left
// that can leave now, or ctx ends. It must not run beside Run.
func (in *Inbox) Flush(ctx context.Context, account AccountID) error { panic("to come") }
