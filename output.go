package main

// How headless commands write: fixed JSON records for scripts, and tables
// aligned by terminal cells for people. Scripts rely on the names and types
// here; a field is never dropped, what is not known is null.

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/charmbracelet/x/ansi"

	"parley/inbox"
)

// jsonLines writes one object per line.
func jsonLines(w io.Writer) *json.Encoder {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	return enc
}

// timestamp is a time as scripts get it: RFC 3339 in UTC, null for none.
type timestamp time.Time

// MarshalJSON writes the time.
func (t timestamp) MarshalJSON() ([]byte, error) {
	if time.Time(t).IsZero() {
		return []byte("null"), nil
	}
	return time.Time(t).UTC().Truncate(time.Millisecond).MarshalJSON()
}

type participantRecord struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

type windowRecord struct {
	Phase    inbox.Phase `json:"phase"`
	ClosesAt timestamp   `json:"closes_at"`
}

type conversationRecord struct {
	ID            inbox.ConversationID `json:"id"`
	Account       inbox.AccountID      `json:"account"`
	Provider      string               `json:"provider"`
	Platform      inbox.Platform       `json:"platform"`
	Participant   participantRecord    `json:"participant"`
	Preview       string               `json:"preview"`
	LastMessageAt timestamp            `json:"last_message_at"`
	Unread        int                  `json:"unread"`
	Unanswered    bool                 `json:"unanswered"`
	Archived      bool                 `json:"archived"`
	Window        windowRecord         `json:"window"`
}

func recordOfConversation(c inbox.Conversation, w inbox.Window) conversationRecord {
	return conversationRecord{
		ID:            c.ID,
		Account:       c.ID.Account(),
		Provider:      c.Provider,
		Platform:      c.ID.Platform(),
		Participant:   participantRecord{c.Participant.ID, c.Participant.DisplayName()},
		Preview:       c.Last.Text,
		LastMessageAt: timestamp(c.Last.At),
		Unread:        c.Unread,
		Unanswered:    c.Unanswered,
		Archived:      c.Archived,
		Window:        windowRecord{w.Phase, timestamp(w.ClosesAt)},
	}
}

type attachmentRecord struct {
	Type string `json:"type"`
	URL  string `json:"url"`
}

type reactionRecord struct {
	UserID string `json:"user_id"`
	Emoji  string `json:"emoji"`
}

type messageRecord struct {
	ID             string               `json:"id"`
	ConversationID inbox.ConversationID `json:"conversation_id"`
	Direction      inbox.Direction      `json:"direction"`
	Text           string               `json:"text"`
	CreatedAt      timestamp            `json:"created_at"`
	State          string               `json:"state"`
	Attachments    []attachmentRecord   `json:"attachments"`
	Reactions      []reactionRecord     `json:"reactions"`
}

// States of messages that are not in the outbox.
const (
	stateReceived = "received"
	stateRead     = "read"
	stateSent     = string(inbox.StateSent)
)

func recordOfMessage(m inbox.Message, readUpTo time.Time) messageRecord {
	r := messageRecord{
		ID:             string(m.ID),
		ConversationID: m.Conversation,
		Direction:      m.Direction,
		Text:           m.Text,
		CreatedAt:      timestamp(m.CreatedAt),
		State:          stateReceived,
		Attachments:    []attachmentRecord{},
		Reactions:      []reactionRecord{},
	}
	if m.Direction == inbox.Sent {
		r.State = stateSent
		if !readUpTo.Before(m.CreatedAt) {
			r.State = stateRead
		}
	}
	for _, a := range m.Attachments {
		r.Attachments = append(r.Attachments, attachmentRecord{a.Type, a.URL})
	}
	for _, x := range m.Reactions {
		r.Reactions = append(r.Reactions, reactionRecord{x.UserID, x.Emoji})
	}
	return r
}

// recordOfQueued shows an outbox item as a message of its conversation.
func recordOfQueued(item inbox.OutboxItem) messageRecord {
	r := messageRecord{
		ID:             string(item.ID),
		ConversationID: item.Conversation,
		Direction:      inbox.Sent,
		Text:           item.Text(),
		CreatedAt:      timestamp(item.CreatedAt),
		State:          string(item.State()),
		Attachments:    []attachmentRecord{},
		Reactions:      []reactionRecord{},
	}
	for _, p := range item.Parts {
		if p.Kind != inbox.PartText {
			r.Attachments = append(r.Attachments, attachmentRecord{string(p.Kind), p.URL})
		}
	}
	return r
}

type partRecord struct {
	Kind      inbox.PartKind   `json:"kind"`
	State     inbox.State      `json:"state"`
	MessageID *inbox.MessageID `json:"message_id"`
	Error     *inbox.Failure   `json:"error"`
}

type sendRecord struct {
	ID             inbox.OutboxID       `json:"id"`
	ConversationID inbox.ConversationID `json:"conversation_id"`
	State          inbox.State          `json:"state"`
	Parts          []partRecord         `json:"parts"`
}

func recordOfSend(item inbox.OutboxItem) sendRecord {
	r := sendRecord{ID: item.ID, ConversationID: item.Conversation, State: item.State(), Parts: []partRecord{}}
	for _, p := range item.Parts {
		part := partRecord{Kind: p.Kind, State: p.State, Error: p.Error}
		if p.MessageID != "" {
			part.MessageID = &p.MessageID
		}
		r.Parts = append(r.Parts, part)
	}
	return r
}

type syncRecord struct {
	Account       inbox.AccountID `json:"account"`
	Platform      inbox.Platform  `json:"platform"`
	Conversations int             `json:"conversations"`
	Messages      int             `json:"messages"`
	Requests      int             `json:"requests"`
	LastUpdated   timestamp       `json:"last_updated"`
	NextUpdate    timestamp       `json:"next_update"`
	Error         *inbox.Failure  `json:"error"`
}

func recordOfSync(r inbox.SyncReport) syncRecord {
	record := syncRecord{
		Account:       r.Account,
		Platform:      r.Platform,
		Conversations: r.Conversations,
		Messages:      r.Messages,
		Requests:      r.Requests,
		LastUpdated:   timestamp(r.LastUpdated),
		NextUpdate:    timestamp(r.NextUpdate),
	}
	if r.Err != nil {
		record.Error = inbox.FailureOf(r.Err)
	}
	return record
}

// column is one column of a grid.
type column struct {
	width int  // cells
	right bool // aligned to the right
}

// grid writes rows whose columns line up by terminal cells, whatever script the
// texts are in. The last text of a row is as long as it is.
type grid struct {
	w       io.Writer
	columns []column
}

func (g grid) row(texts ...string) error {
	var b strings.Builder
	for i, text := range texts {
		text = inbox.CleanLine(text)
		if i >= len(g.columns) {
			b.WriteString(text)
			break
		}
		b.WriteString(fit(text, g.columns[i]))
		b.WriteString("  ")
	}
	_, err := fmt.Fprintln(g.w, strings.TrimRight(b.String(), " "))
	return err
}

// fit cuts or pads a text to the column's width.
func fit(text string, c column) string {
	text = ansi.Truncate(text, c.width, "…")
	space := strings.Repeat(" ", max(0, c.width-ansi.StringWidth(text)))
	if c.right {
		return space + text
	}
	return text + space
}

// shortAge is a time span in one unit, for people.
func shortAge(d time.Duration) string {
	switch {
	case d < time.Minute:
		return "now"
	case d < time.Hour:
		return fmt.Sprintf("%dm", int(d.Minutes()))
	case d < 48*time.Hour:
		return fmt.Sprintf("%dh", int(d.Hours()))
	}
	return fmt.Sprintf("%dd", int(d.Hours()/24))
}

// describeWindow is a reply window in a few letters.
func describeWindow(w inbox.Window, now time.Time) string {
	left, ends := w.Left(now)
	switch {
	case ends && left >= 24*time.Hour:
		return fmt.Sprintf("%dd %dh", int(left.Hours())/24, int(left.Hours())%24)
	case ends && left >= time.Hour:
		return fmt.Sprintf("%dh %dm", int(left.Hours()), int(left.Minutes())%60)
	case ends:
		return fmt.Sprintf("%dm", int(left.Minutes()))
	case w.Phase == inbox.WindowNone:
		return ""
	}
	return string(w.Phase)
}
