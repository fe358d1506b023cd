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

// Delivery is one message, or reaction, that really reached a customer.
type Delivery struct {
	At           time.Time      `json:"at"`
	Platform     inbox.Platform `json:"platform"`
	Conversation string         `json:"conversation_id"`
	Recipient    string         `json:"recipient_id"`
	MessageID    string         `json:"message_id,omitempty"` // reactions have none
	Kind         string         `json:"kind"`                 // text, image, video, audio, file, heart, post, reaction, unreaction
	Text         string         `json:"text,omitempty"`
	MediaURL     string         `json:"media_url,omitempty"` // the first, where there are several
	Media        []string       `json:"media,omitempty"`     // all of them, where one message has several
	Post         string         `json:"post_id,omitempty"`
	Target       string         `json:"target_id,omitempty"` // the message that a reaction is on
	Emoji        string         `json:"emoji,omitempty"`
	Tag          string         `json:"tag,omitempty"`  // HUMAN_AGENT
	Auto         bool           `json:"auto,omitempty"` // the automatic answer
}

// maxLog bounds the request log: of a long demo, the oldest half goes.
const maxLog = 20_000

type requestLog struct {
	list  []*Request
	count int
}

// maxLogged is how much of a body the log keeps: all but files.
const maxLogged = 1 << 20

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
		Body:      string(c.body[:min(len(c.body), maxLogged)]),
	}
	l.list = append(l.list, entry)
	return entry
}

// sending is one message of the shop to a customer.
type sending struct {
	kind    string // text, image, video, audio, file, heart, post
	text    string
	media   []string
	post    ownPost
	tag     string
	answers string // the id of the message that it answers
}

// agentWrites delivers a text, a medium, or both to the customer.
func (w *world) agentWrites(c *conversation, text, media string, now time.Time) (id string) {
	s := sending{kind: "text", text: text}
	if media != "" {
		s.kind, s.media = mediaType(media), []string{media}
	}
	return w.deliver(c, s, now)
}

// deliver lets a message of the shop reach the customer, and lets them live
// with it.
func (w *world) deliver(c *conversation, s sending, now time.Time) (id string) {
	m := &message{
		id: w.newID(c), conv: c, at: now.UnixMilli(), sent: true,
		text: s.text, attachments: s.attachments(), answers: s.answers,
	}
	w.post(m)
	d := receiptOf(c, s.kind, now)
	d.MessageID, d.Text, d.Post, d.Tag = m.id, s.text, s.post.id, s.tag
	if len(s.media) > 0 {
		d.MediaURL = s.media[0]
	}
	if len(s.media) > 1 {
		d.Media = s.media
	}
	w.ledger = append(w.ledger, d)
	if !w.opts.Quiet {
		w.hear(m, now)
	}
	return m.id
}

// attachments are what the customer sees beside the text.
func (s sending) attachments() []Attachment {
	switch s.kind {
	case "heart":
		return []Attachment{{Type: "like_heart"}}
	case "post":
		return []Attachment{{Type: "ig_post", ID: s.post.id, URL: s.post.permalink, Title: s.post.caption}}
	}
	var list []Attachment
	for _, u := range s.media {
		list = append(list, Attachment{Type: s.kind, URL: u})
	}
	return list
}

// agentReacts puts the shop's own emoji on a message, or with "" takes it away.
func (w *world) agentReacts(c *conversation, r ref, emoji string, now time.Time) {
	d := receiptOf(c, "reaction", now)
	if emoji == "" {
		d.Kind = "unreaction"
	}
	d.Target, d.Emoji = w.at(r).id, emoji
	w.setReaction(r, pageID(c.platform), emoji, now.UnixMilli())
	w.ledger = append(w.ledger, d)
}

// autoAnswers delivers an automatic answer.
func (w *world) autoAnswers(c *conversation, text string, now time.Time) {
	m := &message{id: w.newID(c), conv: c, at: now.UnixMilli(), sent: true, text: text}
	w.post(m)
	d := receiptOf(c, "text", now)
	d.MessageID, d.Text, d.Auto = m.id, text, true
	w.ledger = append(w.ledger, d)
}

func receiptOf(c *conversation, kind string, now time.Time) Delivery {
	return Delivery{
		At: time.UnixMilli(now.UnixMilli()).UTC(), Platform: c.platform, Conversation: c.id,
		Recipient: c.participant, Kind: kind,
	}
}
