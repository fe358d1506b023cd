package inbox

import (
	"strings"
	"time"
)

// Participant is the customer of a conversation.
type Participant struct {
	ID       string `json:"id,omitempty"` // the provider's id: whom a send is addressed to
	Name     string `json:"name,omitempty"`
	Username string `json:"username,omitempty"` // without the @
	Picture  string `json:"picture,omitempty"`  // a link that expires
}

// DisplayName is the name to show. A name is never invented: without one it is
// the @username, then the end of the provider's id.
func (p Participant) DisplayName() string {
	switch {
	case strings.TrimSpace(p.Name) != "":
		return p.Name
	case p.Username != "":
		return "@" + p.Username
	case p.ID != "":
		return "…" + lastRunes(p.ID, 6)
	}
	return "unknown"
}

func lastRunes(s string, n int) string {
	r := []rune(s)
	return string(r[max(0, len(r)-n):])
}

// ProfileLink is the address of the participant's page on a platform, "" when it
// is not known. Only the letters that the platforms allow in a name stand in it.
func (p Participant) ProfileLink(on Platform) string {
	odd := func(r rune) bool {
		return r != '_' && r != '.' && (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z')
	}
	if p.Username == "" || strings.ContainsFunc(p.Username, odd) {
		return ""
	}
	switch on {
	case Instagram:
		return "https://www.instagram.com/" + p.Username
	case Facebook:
		return "https://www.facebook.com/" + p.Username
	case Twitter:
		return "https://x.com/" + p.Username
	}
	return ""
}

// Conversation is a thread with one participant, with everything that the list
// shows, so that a list row needs one record and never the messages.
//
// The first group are facts from the provider, the second is derived by Ingest
// from the messages, the third belongs to the agents and cannot be fetched
// again.
type Conversation struct {
	ID             ConversationID `json:"id"`
	Provider       string         `json:"provider"`
	Participant    Participant    `json:"participant"`
	Archived       bool           `json:"archived,omitempty"`
	RemoteArchived bool           `json:"remote_archived,omitempty"` // the provider's word; Archived differs from it when a new message has brought the conversation back
	StatusAsOf     time.Time      `json:"status_as_of,omitzero"`     // when the provider (or our own PUT) last said whether it is archived
	NamedAsOf      time.Time      `json:"named_as_of,omitzero"`      // how old the participant's details are
	ReadUpTo       time.Time      `json:"read_up_to,omitzero"`       // watermark: the customer has read up to here
	Taken          bool           `json:"taken,omitempty"`           // another app has control of the thread
	TakenAsOf      time.Time      `json:"taken_as_of,omitzero"`      // when that was last told
	Mark           string         `json:"mark,omitempty"`            // what the provider left when it read the conversation last

	Last           Summary     `json:"last,omitzero"`             // the newest message
	LastReceivedAt time.Time   `json:"last_received_at,omitzero"` // the customer's newest message: the reply window counts from it
	LastSentAt     time.Time   `json:"last_sent_at,omitzero"`     // our own newest message
	Provisional    []MessageID `json:"provisional,omitempty"`     // own messages that no read has shown yet
	Messages       int         `json:"messages,omitempty"`        // how many are cached
	Pushed         bool        `json:"pushed,omitempty"`          // known from webhooks only: what no read has shown yet is no news when one does
	RefusedAt      time.Time   `json:"refused_at,omitzero"`       // the platform refused a send for the window: closed until a newer message is received
	RefusedText    string      `json:"refused_text,omitempty"`    // in the provider's words

	Unread      int          `json:"unread,omitempty"`       // counted by arrival, not by the sender's clock
	Unanswered  bool         `json:"unanswered,omitempty"`   // the newest message that was not unsent is the customer's
	LastArrival uint64       `json:"last_arrival,omitempty"` // the newest arrival number among its messages: what MarkRead takes
	MarkedRead  time.Time    `json:"marked_read,omitzero"`   // when an agent last read it here
	Triage      Triage       `json:"triage,omitzero"`        // done, snoozed, labelled, …
	Draft       string       `json:"draft,omitempty"`        // the beginning of the stored draft, for the list
	Outbox      OutboxCounts `json:"outbox,omitzero"`        // what is on its way, failed or in doubt
	Revision    uint64       `json:"revision"`               // grows with every write: hints carry it
}

// Summary is a message in one list row.
type Summary struct {
	ID        MessageID `json:"id,omitempty"`
	At        time.Time `json:"at,omitzero"`
	Direction Direction `json:"direction,omitempty"`
	Text      string    `json:"text,omitempty"`    // one line, cut; "[image]" where there is no text
	Deleted   bool      `json:"deleted,omitempty"` // unsent
}

// OutboxCounts are the items of a conversation that still need someone's attention.
type OutboxCounts struct {
	Waiting   int `json:"waiting,omitempty"`   // queued or sending
	Scheduled int `json:"scheduled,omitempty"` // to leave at a time that an agent chose
	Failed    int `json:"failed,omitempty"`
	Unknown   int `json:"unknown,omitempty"`
}

// LastActivity is what lists are sorted by: the newest message, or the end of a
// snooze.
func (c Conversation) LastActivity() time.Time { return later(c.Last.At, c.Triage.Woken) }

// IsDone tells that the conversation has been dealt with, here or at the
// provider, and has not come back since.
func (c Conversation) IsDone() bool { return c.Triage.Done || c.Archived }

// Stands is how things are with the conversation, in the words that agents read;
// when writes a time.
func (c Conversation) Stands(when func(time.Time) string) (words []string) {
	add := func(is bool, word string) {
		if is {
			words = append(words, word)
		}
	}
	add(c.IsDone(), "done")
	if c.Triage.Snoozed() {
		add(true, "snoozed until "+when(c.Triage.SnoozedUntil))
	}
	add(c.Triage.Muted, "muted")
	add(c.Triage.Mine, "mine")
	add(c.Taken, "held by another app")
	return words
}

// IsUnread tells whether unread messages are to be shown as such: those of a
// muted conversation are not.
func (c Conversation) IsUnread() bool { return c.Unread > 0 && !c.Triage.Muted }

// JustWoken tells that a snooze has ended and nobody has looked since.
func (c Conversation) JustWoken() bool { return c.Triage.Woken.After(c.MarkedRead) }
