package ui

import (
	"time"

	"parley/inbox"
)

// The messages of this package: answers of commands, and timers. Each answer
// carries what was asked for, so that one that comes too late can be told.

// changedMsg says that something in the inbox has changed.
type changedMsg struct{ changes inbox.Changes }

// listenMsg says that it is time to wait for changes again.
type listenMsg struct{}

// listMsg is a window of the list.
type listMsg struct {
	gen     uint64
	page    inbox.ListPage
	partial bool // the full-text index could not find everything
	err     error
}

// countsMsg are the sizes of the views.
type countsMsg struct {
	counts  inbox.Counts
	closing int
	err     error
}

// indexMsg says that the full-text index, which was behind when the list was read,
// may have followed.
type indexMsg struct{ gen uint64 }

// knownLabelsMsg are the labels in use, for the filter to offer.
type knownLabelsMsg struct {
	labels []inbox.LabelCount
	err    error
}

// threadMsg is a window of a conversation.
type threadMsg struct {
	gen    uint64
	id     inbox.ConversationID
	thread inbox.Thread
	err    error
}

// slowMsg says that a thread has not been read for a while.
type slowMsg struct{ gen uint64 }

// savedMsg says what became of the drafts.
type savedMsg struct{ err error }

// sentMsg says what became of a text that was sent.
type sentMsg struct {
	id       inbox.ConversationID
	to       string
	done     bool               // the conversation is done, once this is in the outbox
	conv     inbox.Conversation // as it was then
	items    []inbox.OutboxItem
	rejected inbox.Draft // the text, when the inbox refused it
	err      error
}

// doneMsg is the end of an action that answers with nothing but an error.
type doneMsg struct {
	what string // for the notice when it fails: "archive Maya Lind"
	said string // the notice when it worked, "" for none
	err  error
}

// outcomeMsg says how far the messages that were sent last have come.
type outcomeMsg struct {
	awaited awaited
	items   []inbox.OutboxItem
}

// clockMsg says that a label may have changed.
type clockMsg struct{ at time.Time }

// pauseMsg says that the typing in a composer may have paused.
type pauseMsg struct{ id inbox.ConversationID }
