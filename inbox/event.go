package inbox

import "time"

// EventKind is what happened.
type EventKind string

// The kinds of events.
const (
	EventReaction   EventKind = "reaction"   // somebody put an emoji on the message, or another one than before
	EventUnreaction EventKind = "unreaction" // … took it back
	EventRead       EventKind = "read"       // the customer has read up to the message
	EventUnsend     EventKind = "unsend"     // its sender has taken the message back
	EventEdit       EventKind = "edit"       // its sender has changed the text
	EventFailed     EventKind = "failed"     // our message, accepted before, did not arrive after all
	EventAnnounced  EventKind = "announced"  // there is such a message, of which nothing else was told: it has to be fetched
)

// EventFact is what a provider says has happened to a message. It is applied by
// its own time, not by its arrival, and as often as it is told. One whose message
// is not known waits for it.
type EventFact struct {
	Kind     EventKind `json:"kind"`
	RemoteID string    `json:"remote_id,omitempty"` // of the conversation; "" when not told
	Message  MessageID `json:"-"`                   // a part of the key
	At       time.Time `json:"at"`                  // when it happened, by the platform's clock
	UserID   string    `json:"user_id,omitempty"`   // who reacted
	Mine     bool      `json:"mine,omitempty"`      // … it was the account itself
	Emoji    string    `json:"emoji,omitempty"`
	Text     string    `json:"text,omitempty"`  // the new text; why it failed
	Edits    int       `json:"edits,omitempty"` // how often the text has been changed, where told
	Since    time.Time `json:"since,omitzero"`  // when it began to wait (our clock)
}

// known tells that this version understands the kind.
func (k EventKind) known() bool {
	switch k {
	case EventReaction, EventUnreaction, EventRead, EventUnsend, EventEdit, EventFailed, EventAnnounced:
		return true
	}
	return false
}

// reaction is what the event says of a user's reaction.
func (ev EventFact) reaction() Reaction {
	return Reaction{UserID: ev.UserID, Emoji: ev.Emoji, Mine: ev.Mine, At: ev.At}
}

// slot names what an event replaces, or is replaced by: a reaction and its
// removal say two things of one.
type slot struct {
	kind     EventKind
	remoteID string
	user     string
	mine     bool
}

func (ev EventFact) slot() slot {
	s := slot{kind: ev.Kind, remoteID: ev.RemoteID}
	switch ev.Kind {
	case EventUnreaction:
		s.kind = EventReaction
		fallthrough
	case EventReaction:
		if s.mine = ev.Mine; !ev.Mine {
			s.user = ev.UserID
		}
	}
	return s
}

// newerThan tells that the event says more than another one of the same slot. Of
// two at the same instant (many tell whole seconds) it is always the same one,
// whichever comes first: a repetition must not change what the other has said.
func (ev EventFact) newerThan(o EventFact) bool {
	switch {
	case !ev.At.Equal(o.At):
		return ev.At.After(o.At)
	case ev.Edits != o.Edits:
		return ev.Edits > o.Edits
	case ev.Kind != o.Kind:
		return ev.Kind == EventUnreaction
	}
	return ev.Emoji > o.Emoji || ev.Emoji == o.Emoji && ev.Text > o.Text
}
