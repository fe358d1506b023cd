package inbox

import (
	"net/url"
	"path"
	"slices"
	"strings"
	"time"
)

// State is where an outbox item, or one part of it, stands.
type State string

// The states of the outbox.
const (
	StateQueued  State = "queued"  // stored and fsynced, not yet tried
	StateSending State = "sending" // a request may be under way
	StateSent    State = "sent"    // the provider has confirmed it, or it was seen in the conversation
	StateFailed  State = "failed"  // certainly not sent; only an agent tries again
	StateUnknown State = "unknown" // may have been delivered; never sent again by itself
)

// PartKind is what a part of a message is.
type PartKind string

// The kinds of parts. All but text are media.
const (
	PartText  PartKind = "text"
	PartImage PartKind = "image"
	PartVideo PartKind = "video"
	PartAudio PartKind = "audio"
	PartFile  PartKind = "file"
)

// These are always alone in their item.
const (
	PartHeart      PartKind = "heart"      // the sticker
	PartPost       PartKind = "post"       // one of the account's own posts
	PartReaction   PartKind = "reaction"   // an emoji on a message
	PartUnreaction PartKind = "unreaction" // … and its removal
)

// IsMedia tells whether the part is a file behind a URL.
func (k PartKind) IsMedia() bool {
	switch k {
	case PartImage, PartVideo, PartAudio, PartFile:
		return true
	}
	return false
}

// Part is a piece of a message that can be delivered, or fail, alone.
type Part struct {
	Kind      PartKind  `json:"kind"`
	Text      string    `json:"text,omitempty"`   // for PartText
	URL       string    `json:"url,omitempty"`    // for media; a post's permalink, as far as it is known
	Post      string    `json:"post,omitempty"`   // for PartPost: the provider's id
	Target    MessageID `json:"target,omitempty"` // for reactions: the message
	Emoji     string    `json:"emoji,omitempty"`  // for PartReaction
	State     State     `json:"state"`
	MessageID MessageID `json:"message_id,omitempty"`
	Error     *Failure  `json:"error,omitempty"`

	// AttemptedAt is written before a request leaves: when, by the provider's
	// clock. Only a message that was created later can be this part's echo.
	AttemptedAt time.Time `json:"attempted_at,omitzero"`

	retryAfter time.Duration // from the result of the attempt to OutboxItem.wait
}

// OutboxItem is what an agent has sent and the provider has not yet confirmed,
// plus a short history of what it has.
type OutboxItem struct {
	ID           OutboxID       `json:"id"`
	Conversation ConversationID `json:"conversation_id"`
	Recipient    string         `json:"recipient,omitempty"` // the participant's provider ID when the agent sent it
	CreatedAt    time.Time      `json:"created_at"`          // our clock
	Parts        []Part         `json:"parts"`
	Seen         uint64         `json:"seen"`                // the newest arrival in the conversation when the agent sent it
	QueuedAt     time.Time      `json:"queued_at,omitzero"`  // when an agent queued it again (our clock)
	NotBefore    time.Time      `json:"not_before,omitzero"` // not to be tried before (the provider's clock)
	Attempts     int            `json:"attempts,omitempty"`
	FinishedAt   time.Time      `json:"finished_at,omitzero"` // when all of it was sent (our clock)
	After        OutboxID       `json:"after,omitempty"`      // the piece of the same text before it: does not leave unless that was sent
	Automated    bool           `json:"automated,omitempty"`  // no human wrote it
	Anyway       bool           `json:"anyway,omitempty"`     // to be tried although the window has closed by the clock
	HeldUntil    time.Time      `json:"held_until,omitzero"`  // until then the agent can take it back (our clock)
	SendAt       time.Time      `json:"send_at,omitzero"`     // scheduled for then (the provider's clock)
	Whole        string         `json:"whole,omitempty"`      // of the first piece of a split text: the text as it was typed
	Waiting      *Failure       `json:"waiting,omitempty"`    // why a queued item has not left yet

	late bool // the window is in its phase for human agents; from the last look before it leaves
}

// State of the whole: the part that needs most attention decides.
func (o OutboxItem) State() State {
	for _, s := range []State{StateSending, StateUnknown, StateFailed, StateQueued} {
		if slices.ContainsFunc(o.Parts, func(p Part) bool { return p.State == s }) {
			return s
		}
	}
	return StateSent
}

// IsGesture tells that the item is neither text nor media.
func (o OutboxItem) IsGesture() bool {
	return slices.ContainsFunc(o.Parts, func(p Part) bool { return p.Kind != PartText && !p.Kind.IsMedia() })
}

// isReaction tells that the item says something about a message instead of
// being one.
func (o OutboxItem) isReaction() bool {
	return slices.ContainsFunc(o.Parts, func(p Part) bool { return p.Kind.isReaction() })
}

func (k PartKind) isReaction() bool { return k == PartReaction || k == PartUnreaction }

// Text of the item, "" when it has none.
func (o OutboxItem) Text() string {
	for _, p := range o.Parts {
		if p.Kind == PartText {
			return p.Text
		}
	}
	return ""
}

// Failure is the first error among the parts, or why the item is waiting.
func (o OutboxItem) Failure() *Failure {
	for _, p := range o.Parts {
		if p.Error != nil && p.State != StateSent {
			return p.Error
		}
	}
	return o.Waiting
}

// Draft is what an agent has typed and not sent.
type Draft struct {
	Conversation ConversationID `json:"-"`
	Text         string         `json:"text"`
	Media        []string       `json:"media,omitempty"` // URLs; of a file that has none yet, its file URL
	UpdatedAt    time.Time      `json:"updated_at"`

	// Note is what is typed of a private note. It is kept beside the answer, and
	// nothing but [Inbox.SaveNoteDraft] changes it: it never becomes a part of one.
	Note string `json:"note,omitempty"`
}

// Blank tells that there is nothing to keep.
func (d Draft) Blank() bool { return d.Empty() && strings.TrimSpace(d.Note) == "" }

// Empty tells that nothing is typed of an answer.
func (d Draft) Empty() bool { return strings.TrimSpace(d.Text) == "" && len(d.Media) == 0 }

// KindOfURL tells by the extension what kind of media a URL is, under the
// rules of a platform; ok is false when the extension is none of theirs.
func (c Capabilities) KindOfURL(raw string) (kind PartKind, ok bool) {
	if rule, ok := c.ruleOfURL(raw); ok {
		return PartKind(rule.Kind), true
	}
	return PartFile, false
}

func (c Capabilities) ruleOfURL(raw string) (rule MediaRule, ok bool) {
	ext := urlExtension(raw)
	for _, rule := range c.Media {
		if slices.Contains(rule.Extensions, ext) {
			return rule, true
		}
	}
	return rule, false
}

func urlExtension(raw string) string {
	u, err := url.Parse(raw)
	if err != nil {
		return ""
	}
	return strings.ToLower(strings.TrimPrefix(path.Ext(u.Path), "."))
}
