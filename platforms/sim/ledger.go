package sim

import (
	"net/http"
	"time"

	"parley/inbox"
)

// This file has the two books that a client is judged by: what it asked for, and
// what reached the customers.

// Request is one entry of the request log. Status 0 is a connection that was
// torn before an answer.
type Request struct {
	Number    int            `json:"number"`
	At        time.Time      `json:"at"`
	Operation string         `json:"operation"`
	Method    string         `json:"method"`
	Path      string         `json:"path"`
	Query     string         `json:"query,omitempty"`
	Platform  inbox.Platform `json:"platform,omitempty"`
	Header    http.Header    `json:"header"`
	Body      string         `json:"body,omitempty"`
	Status    int            `json:"status"`
	Cached    bool           `json:"cached,omitempty"` // the answer was the same as an earlier one
	Faults    []string       `json:"faults,omitempty"`
}

// Delivery is one message that really reached a customer.
type Delivery struct {
	At           time.Time      `json:"at"`
	Platform     inbox.Platform `json:"platform"`
	Conversation string         `json:"conversation_id"`
	Recipient    string         `json:"recipient_id"`
	MessageID    string         `json:"message_id"`
	Text         string         `json:"text,omitempty"`
	MediaURL     string         `json:"media_url,omitempty"`
	Auto         bool           `json:"auto,omitempty"` // the automatic answer
}

// maxLog bounds the request log: of a long demo, the oldest half goes.
const maxLog = 20_000

type requestLog struct {
	list  []*Request
	count int
}

func (l *requestLog) open(c *call, op operation) *Request {
	if len(l.list) >= maxLog {
		l.list = append([]*Request(nil), l.list[maxLog/2:]...)
	}
	l.count++
	entry := &Request{
		Number:    l.count,
		At:        c.now,
		Operation: op.name,
		Method:    c.req.Method,
		Path:      c.req.URL.EscapedPath(),
		Query:     c.req.URL.RawQuery,
		Platform:  c.platform,
		Header:    c.req.Header.Clone(),
		Body:      string(c.body),
	}
	l.list = append(l.list, entry)
	return entry
}

// agentWrites delivers a message to the customer, and lets them live with it.
func (w *world) agentWrites(c *conversation, text, media string, now time.Time) (id string) {
	m := &message{id: w.newID(c), conv: c, at: now.UnixMilli(), sent: true, text: text}
	if media != "" {
		m.attachments = []Attachment{{Type: mediaType(media), URL: media}}
	}
	w.post(m)
	w.record(m, false)
	if !w.opts.Quiet {
		w.hear(m, now)
	}
	return m.id
}

func (w *world) record(m *message, auto bool) {
	d := Delivery{
		At: time.UnixMilli(m.at).UTC(), Platform: m.conv.platform, Conversation: m.conv.id,
		Recipient: m.conv.participant, MessageID: m.id, Text: m.text, Auto: auto,
	}
	if len(m.attachments) > 0 {
		d.MediaURL = m.attachments[0].URL
	}
	w.ledger = append(w.ledger, d)
}
