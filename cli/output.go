package cli

// How headless commands write: fixed JSON records for scripts, and tables
// aligned by terminal cells for people. Scripts rely on the names and types
// here; a field is never dropped, what is not known is null. Fields that came
// later, and that apply to few messages, are there only where they say something.

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/charmbracelet/x/ansi"

	"parley/config"
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

// IsZero tells encoders that there is no time.
func (t timestamp) IsZero() bool { return time.Time(t).IsZero() }

// MarshalJSON writes the time.
func (t timestamp) MarshalJSON() ([]byte, error) {
	if t.IsZero() {
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
	Type  string `json:"type"`
	URL   string `json:"url"`
	ID    string `json:"id,omitempty"`
	Title string `json:"title,omitempty"`
}

type reactionRecord struct {
	UserID string `json:"user_id"`
	Emoji  string `json:"emoji"`
	Mine   bool   `json:"mine,omitempty"`
}

type originRecord struct {
	Kind  string `json:"kind"`
	Title string `json:"title"`
	Ref   string `json:"ref"`
	URL   string `json:"url"`
}

type referenceRecord struct {
	Message inbox.MessageID `json:"message"`
	Kind    string          `json:"kind"`
	URL     string          `json:"url"`
	Text    string          `json:"text"`
}

// gestureRecord is what waits in the outbox and is neither text nor media.
type gestureRecord struct {
	Kind   inbox.PartKind  `json:"kind"`
	Emoji  string          `json:"emoji"`
	Target inbox.MessageID `json:"target"`
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
	EditedAt       timestamp            `json:"edited_at,omitzero"`
	Deleted        bool                 `json:"deleted,omitzero"`
	Event          bool                 `json:"event,omitzero"`
	Note           bool                 `json:"note,omitzero"`
	Author         string               `json:"author,omitzero"`
	Unsupported    string               `json:"unsupported,omitzero"`
	Origin         *originRecord        `json:"origin,omitzero"`
	ReplyTo        *referenceRecord     `json:"reply_to,omitzero"`
	Gesture        *gestureRecord       `json:"gesture,omitzero"`
}

// States of messages that are not in the outbox.
const (
	stateReceived = "received"
	stateRead     = "read"
	stateSent     = string(inbox.StateSent)
	stateNote     = "note"
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
		Deleted:        m.Deleted,
		Event:          m.Event,
		Note:           m.Note,
		Author:         m.Author,
		Unsupported:    m.Unsupported,
		Origin:         (*originRecord)(m.Origin),
		ReplyTo:        (*referenceRecord)(m.ReplyTo),
	}
	if m.Note {
		r.State = stateNote
	}
	if m.Direction == inbox.Sent {
		r.State = stateSent
		if !readUpTo.Before(m.CreatedAt) {
			r.State = stateRead
		}
	}
	if m.UpdatedAt.After(m.CreatedAt) && !m.Deleted {
		r.EditedAt = timestamp(m.UpdatedAt)
	}
	for _, a := range m.Attachments {
		r.Attachments = append(r.Attachments, attachmentRecord{a.Type, a.URL, a.ID, a.Title})
	}
	for _, x := range m.Reactions {
		r.Reactions = append(r.Reactions, reactionRecord{x.UserID, x.Emoji, x.Mine})
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
		switch {
		case p.Kind == inbox.PartReaction || p.Kind == inbox.PartUnreaction:
			r.Gesture = &gestureRecord{Kind: p.Kind, Emoji: p.Emoji, Target: p.Target}
		case p.Kind != inbox.PartText:
			r.Attachments = append(r.Attachments, attachmentRecord{Type: string(p.Kind), URL: p.URL, ID: p.Post})
		}
	}
	return r
}

type partRecord struct {
	Kind      inbox.PartKind   `json:"kind"`
	State     inbox.State      `json:"state"`
	MessageID *inbox.MessageID `json:"message_id"`
	Error     *errorRecord     `json:"error"`
}

// errorRecord is why something failed. All four fields are always there.
type errorRecord inbox.Failure

// MarshalJSON writes the code as the inbox does, a number where it is one, and
// does not leave out what is empty.
func (r errorRecord) MarshalJSON() ([]byte, error) {
	data, err := json.Marshal(inbox.Failure(r))
	if err != nil {
		return nil, err
	}
	var full struct {
		Kind inbox.Kind      `json:"kind"`
		Code json.RawMessage `json:"code"` // null when the provider gave none
		Text string          `json:"text"`
		Hint string          `json:"hint"`
	}
	if err := json.Unmarshal(data, &full); err != nil {
		return nil, err
	}
	return json.Marshal(full)
}

type sendRecord struct {
	ID             inbox.OutboxID       `json:"id"`
	ConversationID inbox.ConversationID `json:"conversation_id"`
	State          inbox.State          `json:"state"`
	Parts          []partRecord         `json:"parts"`
	SendAt         timestamp            `json:"send_at,omitzero"`
}

func recordOfSend(item inbox.OutboxItem) sendRecord {
	r := sendRecord{ID: item.ID, ConversationID: item.Conversation, State: item.State(), Parts: []partRecord{}, SendAt: timestamp(item.SendAt)}
	for _, p := range item.Parts {
		part := partRecord{Kind: p.Kind, State: p.State, Error: (*errorRecord)(p.Error)}
		if p.State == inbox.StateQueued && p.Error == nil {
			part.Error = (*errorRecord)(item.Waiting) // why it has not left yet
		}
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
	Error         *errorRecord    `json:"error"`
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
		record.Error = (*errorRecord)(inbox.FailureOf(r.Err))
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

// shortAge is how long ago something was, in one unit; "" when it never was.
func shortAge(at, now time.Time) string {
	age := now.Sub(at)
	switch {
	case at.IsZero():
		return ""
	case age < time.Minute:
		return "now"
	case age < time.Hour:
		return fmt.Sprintf("%dm", int(age.Minutes()))
	case age < 24*time.Hour:
		return fmt.Sprintf("%dh", int(age.Hours()))
	}
	return fmt.Sprintf("%dd", int(age.Hours()/24))
}

// shortLeft is the time until something ends, finer towards the end.
func shortLeft(left time.Duration) string {
	hours, minutes := int(left.Hours()), int(left.Minutes())
	switch {
	case left < time.Minute:
		return "<1m"
	case left < time.Hour:
		return fmt.Sprintf("%dm", minutes)
	case left < 3*time.Hour:
		return fmt.Sprintf("%dh %02dm", hours, minutes%60)
	case left < 24*time.Hour:
		return fmt.Sprintf("%dh", hours)
	}
	return fmt.Sprintf("%dd %dh", hours/24, hours%24)
}

// describeSpan is a duration without units that say nothing: 24h, 1h30m, 30s.
func describeSpan(d time.Duration) string {
	text := d.String()
	if strings.HasSuffix(text, "m0s") {
		text = strings.TrimSuffix(text, "0s")
	}
	if strings.HasSuffix(text, "h0m") {
		text = strings.TrimSuffix(text, "0m")
	}
	return text
}

// describeWindow is a reply window in a few letters.
func describeWindow(w inbox.Window, now time.Time) string {
	left, _ := w.Left(now)
	switch w.Phase {
	case inbox.WindowNone:
		return ""
	case inbox.WindowOpen:
		return shortLeft(left)
	case inbox.WindowLate:
		return "late " + shortLeft(left)
	}
	return string(w.Phase)
}

// windowSentence says the same at length.
func windowSentence(w inbox.Window, now time.Time, zone *time.Location) string {
	left, _ := w.Left(now)
	switch w.Phase {
	case inbox.WindowNone:
		return "to answer: no limit"
	case inbox.WindowOpen:
		return "to answer: " + shortLeft(left)
	case inbox.WindowLate:
		return "to answer: late " + shortLeft(left) + ", human agents only"
	case inbox.WindowUnknown:
		return "reply window unknown: no message of the customer is known"
	}
	text := "reply window closed since " + minuteOf(w.ClosesAt, zone)
	if w.Reason != "" {
		text += ": " + w.Reason
	}
	return text
}

// minuteOf is a point in time for people; "" for none.
func minuteOf(t time.Time, zone *time.Location) string {
	if t.IsZero() {
		return ""
	}
	return t.In(zone).Format("2006-01-02 15:04")
}

// describeFailure is a stored error in one line, the provider's code first.
func describeFailure(f *inbox.Failure) string {
	return inbox.CleanLine(strings.TrimSpace(f.Code + " " + cmp.Or(f.Text, string(f.Kind))))
}

// listed joins words to "a", "a and b", "a, b and c".
func listed(words []string) string { return config.Joined(words, "and") }

// counted is a number of things: "1 draft", "2 drafts".
func counted(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// describeAgo is how long ago something was, for a sentence.
func describeAgo(at, now time.Time) string {
	if age := shortAge(at, now); age != "now" {
		return age + " ago"
	}
	return "just now"
}

// describeCustomer is who is answered, and where.
func describeCustomer(c inbox.Conversation) string {
	return inbox.CleanLine(c.Participant.DisplayName()) + " on " + c.ID.Platform().Label()
}

// lineOf is a text on an indented line of its own, nothing for none.
func lineOf(text string) string {
	if text == "" {
		return ""
	}
	return "    " + inbox.CleanLine(text) + "\n"
}
