package inbox

import (
	"context"
	"time"
)

// The full-text index as the domain sees it: what can be asked of it and what it
// answers. It lives beside the store, follows every commit a moment later, and
// can be made anew from the store at any time, so it is never asked for the
// truth: what it finds is read from the store before it is shown.

// TextIndex finds messages and agents' notes by what is in them, and customers by
// their names. Notes are found by words alone: nobody has sent them, and what is
// asked of messages is not asked of them.
type TextIndex interface {
	// SearchText answers with one page, newest first. It never waits for
	// indexing: what is not indexed yet is not found, and the page says so.
	SearchText(context.Context, TextQuery) (TextPage, error)
	// IndexState tells how far the index has come. It costs no I/O.
	IndexState() IndexState
}

// TextQuery asks for messages that fulfil all of it. Zero fields ask for nothing.
type TextQuery struct {
	All  []TextTerm // each is in the message, or in its customer's name or handle
	None []TextTerm // and none of these

	From    []string // each names the sender: a part of a customer's name or handle, or FromUs
	NotFrom []string

	Account      AccountID
	Platform     Platform
	NotAccounts  []AccountID
	NotPlatforms []Platform
	Conversation ConversationID

	Has    []MessageTrait // all of them
	HasNot []MessageTrait // none of them

	NoNotes bool // what agents have noted is not an answer

	Since  time.Time // created then or later
	Before time.Time // created earlier

	Limit int
	Next  TextCursor // where the page before ended; "" is the newest
}

// FromUs is the sender of our own messages in a query.
const FromUs = "me"

// TextTerm is a word, or several that stand side by side.
type TextTerm struct {
	Text   string
	Phrase bool // the words in this order, as they are
	Prefix bool // a word that only begins so: the one that is being typed
}

// MessageTrait is something that a message has beside its text.
type MessageTrait string

// The traits.
const (
	HasImage    MessageTrait = "image"
	HasVideo    MessageTrait = "video"
	HasAudio    MessageTrait = "audio"
	HasLink     MessageTrait = "link"
	HasReaction MessageTrait = "reaction"
)

// TextCursor is a place in the answer to one query. It is opaque.
type TextCursor string

// TextPage is a stretch of an answer.
type TextPage struct {
	Hits  []TextHit
	Next  TextCursor // "" when there is no more
	State IndexState
}

// TextHit is one find. Without a message, the customer's name or handle is what
// was found.
type TextHit struct {
	Conversation ConversationID
	Message      MessageID
	Note         bool // the message is an agents' note
	At           time.Time
	Words        []string // as they stand in the text, for marking them
}

// IndexState is how far an index has come.
type IndexState struct {
	Rebuilding  bool   // made anew: what is behind Done is not found yet
	Done, Total int64  // messages, while it is made anew
	Behind      int    // changes that it has not followed yet
	Broken      string // what stands in its way, in words for an agent; "" for nothing
}

// IsComplete tells that all that is in the store can be found.
func (s IndexState) IsComplete() bool { return !s.Rebuilding && s.Behind == 0 && s.Broken == "" }
