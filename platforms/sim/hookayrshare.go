package sim

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"parley/inbox"
)

// This file has Ayrshare's webhooks of the action "messages". The vendor shows
// messageRead in full; the others are put together from what receivers have seen
// (see the package's documentation for what is ours).

type ayrshareHerald struct{ opts Options }

// ayrshareMessages is the action of all that this file tells.
const ayrshareMessages = "messages"

// refIDOf names the profile.
func refIDOf(opts Options) string { return fmt.Sprintf("%024x", mix(opts.Seed, 7)) }

func (a ayrshareHerald) endpoints(hook Webhook) []*endpoint {
	return []*endpoint{{url: hook.URL, event: ayrshareMessages, since: a.opts.Now(), secrets: hook.Secrets}}
}

// policy: HTTP 200 within ten seconds; otherwise two more tries. Newer documents
// tell of more and slower ones.
// https://www.ayrshare.com/docs/apis/webhooks/overview
func (ayrshareHerald) policy() hookPolicy {
	return hookPolicy{
		most:    1,
		timeout: 10 * time.Second,
		retries: []time.Duration{5 * time.Second, 30 * time.Second},
		success: func(status int) bool { return status >= 200 && status <= 299 },
	}
}

// greeting: Ayrshare does not ask; it needs an address of https only, which is
// checked when it is registered.
func (ayrshareHerald) greeting(context.Context, *endpoint) (*http.Request, func([]byte) bool, error) {
	return nil, nil, errors.New("the API does not verify addresses")
}

// sign: the first header is over the body alone, the second has one signature
// for each secret that is good at present.
func (ayrshareHerald) sign(h http.Header, secrets []string, body []byte, now time.Time) {
	var all []string
	for _, s := range secrets {
		all = append(all, "v1="+signature(s, body))
	}
	h.Set("X-Authorization-Timestamp", strconv.FormatInt(now.Unix(), 10))
	h.Set("X-Authorization-Content-SHA256", signature(secrets[0], body))
	h.Set("X-Authorization-Content-SHA256-V2", strings.Join(all, ","))
}

// ayrshareHook is the body of a call. created has no milliseconds, timeStamp is
// in seconds and read in milliseconds; so they are in the original.
type ayrshareHook struct {
	Action         string       `json:"action"`
	SubAction      string       `json:"subAction"`
	Type           string       `json:"type"`
	Code           int          `json:"code"`
	HookID         string       `json:"hookId"`
	RefID          string       `json:"refId"`
	Title          string       `json:"title"`
	URL            string       `json:"url"`
	Platform       string       `json:"platform"`
	ConversationID string       `json:"conversationId"`
	ID             string       `json:"id,omitempty"`
	SenderID       string       `json:"senderId"`
	RecipientID    string       `json:"recipientId"`
	Created        string       `json:"created"`
	ScheduleDate   string       `json:"scheduleDate"`
	TimeStamp      int64        `json:"timeStamp"`
	Message        string       `json:"message,omitempty"`
	SenderDetails  *wirePerson  `json:"senderDetails,omitempty"`
	Attachments    []Attachment `json:"attachments,omitempty"`
	Reaction       string       `json:"reaction,omitempty"`
	Read           int64        `json:"read,omitempty"`
	ReaderDetails  *wirePerson  `json:"readerDetails,omitempty"`
	MediaURLs      []string     `json:"mediaUrls"`
}

// tell: X needs a plan that this profile does not have.
func (a ayrshareHerald) tell(w *world, h happening) []update {
	if h.conv.platform == inbox.Twitter {
		return nil
	}
	body := a.envelope(h)
	switch h.kind {
	case didWrite:
		body.SubAction = "messageCreated"
		body.describe(w, h.msg)
	case didEdit:
		body.SubAction = "messageEdited"
		body.describe(w, h.msg)
	case didUnsend:
		body.SubAction, body.ID = "messageDeleted", h.msg.id
	case didReact, didUnreact:
		if h.user != h.conv.participant {
			return nil
		}
		body.SubAction, body.Type, body.ID, body.Reaction = "reactionCreated", "reaction", h.msg.id, h.emoji
		body.SenderDetails = w.senderOf(h.conv)
		if h.kind == didUnreact {
			body.SubAction = "reactionDeleted"
		}
	case didRead:
		body.SubAction, body.Type, body.Read = "messageRead", "read", h.at
		p := w.personOf(h.conv)
		body.ReaderDetails = &wirePerson{ID: h.conv.participant, Name: p.Name, Picture: p.Picture}
	default:
		return nil
	}
	return []update{{kind: string(h.kind), event: ayrshareMessages, conv: h.conv, at: h.at, body: body}}
}

// envelope are the fields of every call.
func (a ayrshareHerald) envelope(h happening) *ayrshareHook {
	own, peer := pageID(h.conv.platform), h.conv.participant
	body := &ayrshareHook{
		Action: ayrshareMessages, Type: "received", Code: http.StatusOK, RefID: refIDOf(a.opts), Title: "Primary Profile",
		HookID:   fmt.Sprintf("%x", mix(h.conv.seed, fingerprint(fmt.Sprint(h.kind, h.at, h.emoji, h.user)))),
		Platform: string(h.conv.platform), ConversationID: h.conv.id, SenderID: peer, RecipientID: own,
		Created: utc(h.at), ScheduleDate: utc(h.at), TimeStamp: h.at / 1000, MediaURLs: []string{},
	}
	if h.msg != nil && h.msg.sent && (h.kind == didWrite || h.kind == didEdit || h.kind == didUnsend) {
		body.Type, body.SenderID, body.RecipientID = "sent", own, peer
	}
	return body
}

// describe tells a message.
func (b *ayrshareHook) describe(w *world, m *message) {
	b.ID, b.Message = m.id, m.text
	b.HookID += fmt.Sprintf("%x", fingerprint(m.id)&0xffff)
	for _, a := range m.attachments {
		b.Attachments = append(b.Attachments, Attachment{Type: a.Type, URL: a.URL})
		if a.URL != "" {
			b.MediaURLs = append(b.MediaURLs, a.URL)
		}
	}
	b.SenderDetails = &wirePerson{Name: shopName}
	if !m.sent {
		b.SenderDetails = w.senderOf(m.conv)
	}
}

// senderOf is a customer as these calls show them; nil when nothing is known.
func (w *world) senderOf(c *conversation) *wirePerson {
	p := w.personOf(c)
	if p == (Person{}) {
		return nil
	}
	return &wirePerson{ID: c.participant, Name: p.Name, Username: p.Username, ProfileImage: p.Picture}
}

func (ayrshareHerald) pack(e *endpoint, list []update, _ time.Time) []byte {
	body := *list[0].body.(*ayrshareHook)
	body.URL = e.url
	return plainJSON(body)
}
