package inbox

import "time"

// View is a selection of conversations that the store keeps an index for.
type View string

// The views. What is done or snoozed is out of sight until it comes back: it is
// in ViewDone (and ViewArchived, where the provider has archived it) or in
// ViewSnoozed, and in none of the views of the inbox. Only a send that failed is
// shown wherever it happened.
const (
	ViewAll        View = "all"
	ViewUnread     View = "unread"
	ViewUnanswered View = "unanswered"
	ViewMine       View = "mine"     // an agent here has taken it, or answered it
	ViewSnoozed    View = "snoozed"  // by the time at which they come back
	ViewDone       View = "done"     // also those that the provider has archived
	ViewArchived   View = "archived" // those only
	ViewProblems   View = "problems" // a send failed or is unknown
	ViewUntold     View = "untold"   // the provider has still to be told that it is done, or open again
)

// Views are all of them, in the order in which they are listed.
var Views = []View{ViewAll, ViewUnread, ViewUnanswered, ViewMine, ViewSnoozed, ViewDone, ViewArchived, ViewProblems, ViewUntold}

// WholeViews are the views that together have everything: each conversation is in
// one of them, and in one only.
var WholeViews = []View{ViewAll, ViewSnoozed, ViewDone}

// In tells whether the conversation belongs to the view.
func (c Conversation) In(v View) bool {
	inSight := !c.IsDone() && !c.Triage.Snoozed()
	switch v {
	case ViewAll:
		return inSight
	case ViewUnread:
		return inSight && c.IsUnread()
	case ViewUnanswered:
		return inSight && c.Unanswered
	case ViewMine:
		return inSight && c.Triage.Mine
	case ViewSnoozed:
		return c.Triage.Snoozed()
	case ViewDone:
		return c.IsDone() && !c.Triage.Snoozed()
	case ViewArchived:
		return c.Archived
	case ViewProblems:
		return c.Outbox.Failed+c.Outbox.Unknown > 0
	case ViewUntold:
		return c.Triage.Untold
	}
	return false
}

// Sort is an order of conversations.
type Sort string

// The orders.
const (
	SortNewest   Sort = "newest"    // by the newest message
	SortTimeLeft Sort = "time_left" // by the end of the window; for ViewUnanswered only. Those that can no longer be answered are left out, those without an end come last
	SortWake     Sort = "wake"      // by the end of the snooze; for ViewSnoozed, and its only order
)

// UsualSort is the order of a view where none is asked for.
func (v View) UsualSort() Sort {
	if v == ViewSnoozed {
		return SortWake
	}
	return SortNewest
}

// CanSort tells whether the view has the order.
func (v View) CanSort(s Sort) bool {
	return s == v.UsualSort() || s == SortTimeLeft && v == ViewUnanswered
}

// ListQuery asks for rows of a list, in its order.
//
// Rows are addressed by cursor, never by number: Anchor is a row's cursor, and
// up to Before rows before it and After rows from it on (itself included, if
// it is still there) come back. An empty Anchor is the top. If AnchorID is
// set and that conversation is still in the view, its present place is used
// and Anchor is the fall-back: so a list stays where the agent looks even when
// the row has moved.
type ListQuery struct {
	View     View
	Sort     Sort          // "" for the view's usual one
	Account  AccountID     // "" for all
	Platform Platform      // "" for all
	Text     string        // words that must all be in name, username, preview or ID; case does not count
	Label    string        // only those that have it; "" for all
	Closing  time.Duration // only windows that end within this time; 0 for all. Needs SortTimeLeft
	Now      time.Time     // for SortTimeLeft; by our clock where the Inbox is asked, by the provider's in the store

	Anchor   Cursor
	AnchorID ConversationID
	Before   int
	After    int
}

// Cursor is a place in a list. It is opaque and good only for the same query.
type Cursor string

// ListRow is one row.
type ListRow struct {
	Conversation
	Cursor Cursor `json:"-"`
}

// ListPage is a stretch of a list.
type ListPage struct {
	Rows       []ListRow
	MoreBefore bool // there are rows above the first
	MoreAfter  bool // there are rows below the last
}

// Counts are the sizes of the views, over all accounts.
type Counts map[View]int

// ThreadQuery asks for a stretch of a conversation: up to Before messages
// before the anchor and After messages from it on. A zero anchor is the end of
// the thread (then After is of no use).
type ThreadQuery struct {
	Conversation ConversationID
	Anchor       Position
	Before       int
	After        int
	Notes        bool // with the agents' notes between them; Inbox.Thread always asks for them
	NotesOnly    bool // the notes and nothing else
}

// ThreadPage is a stretch of a conversation, oldest first.
type ThreadPage struct {
	Messages   []Message
	MoreBefore bool
	MoreAfter  bool
}

// SyncKey names one repeated request.
type SyncKey struct {
	Account  AccountID
	Platform Platform
	Request  string // the feed's name, or "conversation <id>"
}

// SyncState is what has to be remembered of a repeated request, also across
// restarts: without it two runs of the command line would ask twice within the
// provider's cache time.
type SyncState struct {
	Key         SyncKey   `json:"key"`
	AskedAt     time.Time `json:"asked_at,omitzero"`     // by the provider's clock
	ReadAt      time.Time `json:"read_at,omitzero"`      // when the newest messages were last read, by the provider's clock
	LastUpdated time.Time `json:"last_updated,omitzero"` // as told; else when the answer came
	NextUpdate  time.Time `json:"next_update,omitzero"`  // not to be asked before: what was told if it can be believed, else the documented cache time
	Backfill    string    `json:"backfill,omitempty"`    // cursor of the next older page still to be fetched
	Rewalk      bool      `json:"rewalk,omitempty"`      // read older pages to the end, also through what is known
	Unsure      int       `json:"unsure,omitempty"`      // messages that broken answers have brought: that we know them does not say that we know what lies behind them
	WholeAt     time.Time `json:"whole_at,omitzero"`     // when an answer was last read to its end
	Complete    bool      `json:"complete,omitempty"`    // the whole history has been read once
	Failures    int       `json:"failures,omitempty"`    // in a row
	Error       *Failure  `json:"error,omitempty"`
}

// AccountState is what has to be remembered of an account.
type AccountState struct {
	Account    AccountID     `json:"account"`
	Skew       time.Duration `json:"skew,omitempty"`     // the provider's clock minus ours
	ForcedAt   time.Time     `json:"forced_at,omitzero"` // when an agent last asked for a read out of turn (our clock)
	Limited    []time.Time   `json:"limited,omitempty"`  // answers 429 of the last 24 h, for the brake
	PausedTill time.Time     `json:"paused_till,omitzero"`

	// Forgotten says until when messages of a forgotten conversation are not
	// taken in again, by a hash of its ID: providers repeat their history.
	Forgotten map[string]time.Time `json:"forgotten,omitempty"`

	Webhook   WebhookState `json:"webhook,omitzero"`
	Info      *AccountInfo `json:"info,omitempty"`
	WindowKey string       `json:"window_key,omitempty"` // the policies that the index by time left was built with
	InspectAt time.Time    `json:"inspect_at,omitzero"`  // when Info may be asked again
}

// WebhookState is what has come of an account's webhook. Times are our clock's.
type WebhookState struct {
	LastAt    time.Time `json:"last_at,omitzero"` // the newest delivery that was stored
	Stored    int       `json:"stored,omitempty"` // deliveries
	RefusedAt time.Time `json:"refused_at,omitzero"`
	Refused   int       `json:"refused,omitempty"` // calls: forged, unsigned, too large
	Refusal   string    `json:"refusal,omitempty"` // why the newest was refused
}

// WaitKey names a message that is not known yet and that something is known of.
type WaitKey struct {
	Account  AccountID
	Platform Platform
	Message  MessageID
}
