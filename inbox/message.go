package inbox

import (
	"encoding/json"
	"strings"
	"time"
)

// Direction tells who wrote a message.
type Direction string

// Received is the customer's message, Sent is ours.
const (
	Received Direction = "received"
	Sent     Direction = "sent"
)

// Message is one message as the cache knows it. Times are UTC, by the
// provider's clock, except where a field says otherwise.
type Message struct {
	Conversation ConversationID `json:"-"` // a part of the key
	ID           MessageID      `json:"id"`
	Direction    Direction      `json:"direction"`
	SenderID     string         `json:"sender_id,omitempty"`
	SenderName   string         `json:"sender_name,omitempty"`
	Text         string         `json:"text,omitempty"`
	Attachments  []Attachment   `json:"attachments,omitempty"`
	Reactions    []Reaction     `json:"reactions,omitempty"`
	ReplyTo      *Reference     `json:"reply_to,omitempty"` // the message or story that it answers, where the API tells
	CreatedAt    time.Time      `json:"created_at"`
	UpdatedAt    time.Time      `json:"updated_at,omitzero"`   // later than CreatedAt when it was edited
	Edits        int            `json:"edits,omitempty"`       // how often it was edited, where told
	Deleted      bool           `json:"deleted,omitempty"`     // unsent: a tombstone remains
	Unsupported  string         `json:"unsupported,omitempty"` // a kind of message that we can name but not show
	Origin       *Origin        `json:"origin,omitempty"`      // where it came from, when it was not simply typed
	Event        bool           `json:"event,omitempty"`       // something that happened in the thread, told in Text: it asks for no answer and opens no window

	// Note is what an agent has written for agents only. It is none of the
	// provider's messages: it has no direction and counts for nothing.
	Note   bool   `json:"note,omitempty"`
	Author string `json:"author,omitempty"` // of the note

	// Arrival orders messages by when this cache first learned of them; a
	// message that comes late has a new arrival and an old CreatedAt.
	Arrival   uint64    `json:"arrival"`
	ArrivedAt time.Time `json:"arrived_at"`

	// Provisional messages are known from our own send only; the first read
	// that shows them makes them facts.
	Provisional bool     `json:"provisional,omitempty"`
	Outbox      OutboxID `json:"outbox,omitempty"` // the item that it came from

	// Pushed messages are known from a webhook, or from a read of their
	// conversation alone. The first page of a feed that shows them says that what
	// lies before them is known too.
	Pushed bool `json:"pushed,omitempty"`

	// Echo is the ID that we gave to an echo without one, when we found that this
	// message is what it echoes.
	Echo MessageID `json:"echo,omitempty"`

	TextAsOf      time.Time `json:"text_as_of,omitzero"`      // how old the knowledge of the text is: a later reading wins
	ReactionsAsOf time.Time `json:"reactions_as_of,omitzero"` // the same for the reactions

	// Withdrawn are reactions that were taken back, and when: an older word that
	// comes late does not bring them back.
	Withdrawn []Reaction `json:"withdrawn,omitempty"`

	// Extra are the fields of the payload that this version does not understand.
	Extra map[string]json.RawMessage `json:"extra,omitempty"`
}

// Position is the place of a message in its conversation: by time, then by ID.
type Position struct {
	At time.Time
	ID MessageID
}

// Position of the message.
func (m Message) Position() Position { return Position{At: m.CreatedAt, ID: m.ID} }

// Compare is negative when p comes before q, positive when it comes after.
func (p Position) Compare(q Position) int {
	if c := p.At.Compare(q.At); c != 0 {
		return c
	}
	return strings.Compare(string(p.ID), string(q.ID))
}

// Before tells whether p comes before q.
func (p Position) Before(q Position) bool { return p.Compare(q) < 0 }

// IsZero tells that there is no position.
func (p Position) IsZero() bool { return p.At.IsZero() && p.ID == "" }

// Attachment is something that came with a message. Its bytes are never
// stored; the link expires.
type Attachment struct {
	Type  string    `json:"type"`         // an open set: "image", "video", "audio", "file", "ig_reel", "share", …
	ID    string    `json:"id,omitempty"` // the provider's id of the post, reel, story or sticker
	URL   string    `json:"url,omitempty"`
	Title string    `json:"title,omitempty"`
	Bytes int64     `json:"bytes,omitempty"`
	AsOf  time.Time `json:"as_of,omitzero"` // when the link was given: its age
}

// Reaction is an emoji that somebody put on a message.
type Reaction struct {
	UserID string    `json:"user_id"`
	Emoji  string    `json:"emoji"`
	Mine   bool      `json:"mine,omitempty"`   // it is the account's own
	At     time.Time `json:"at,omitzero"`      // when it was put there, where a webhook told it
	SeenAt time.Time `json:"seen_at,omitzero"` // when this cache learned of it
}

// Origin is where a message came from, when it was not simply typed.
type Origin struct {
	Kind  string `json:"kind"`            // an open set: "postback", "quick_reply", "ad", "product", "link"
	Title string `json:"title,omitempty"` // of the button, the ad, the product
	Ref   string `json:"ref,omitempty"`   // what the shop's own set-up attached to it: a payload, a ref
	URL   string `json:"url,omitempty"`
}

// Reference points to what a message answers.
type Reference struct {
	Message MessageID `json:"message,omitempty"`
	Kind    string    `json:"kind,omitempty"` // "message", "story", "post"
	URL     string    `json:"url,omitempty"`
	Text    string    `json:"text,omitempty"`
}
