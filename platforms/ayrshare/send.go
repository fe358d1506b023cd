package ayrshare

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"

	"parley/inbox"
	"parley/platforms/httpapi"
	"parley/platforms/loose"
)

// This file sends, and says of every part what became of it. On Facebook and
// Instagram each part becomes a message of its own, and one may be delivered
// and not the other; X has one message of a text and its media. There is no
// idempotency key: so whatever may have been delivered is unknown, and only what
// certainly was not can be tried again.

func (p *provider) Send(ctx context.Context, out inbox.Outgoing) (inbox.SendResult, error) {
	s := sending{op: "send", platform: out.Conversation.Platform(), parts: out.Parts}
	body, refusal := sendBodyOf(out)
	if refusal != nil {
		return s.all(inbox.StateFailed, refusal)
	}
	res, err := p.api.send(ctx, s.platform, body)
	if err != nil {
		return s.unanswered(err)
	}
	result, sendErr := s.answered(p.api, res)
	result.ServerTime = res.ServerTime
	return result, sendErr
}

// sendBodyOf makes one request of all parts. X can be answered by the
// conversation when the customer's id is not known; Facebook and Instagram
// cannot.
func sendBodyOf(out inbox.Outgoing) (sendBody, *inbox.Error) {
	body := sendBody{RecipientID: out.Recipient}
	platform := out.Conversation.Platform()
	switch {
	case len(out.Parts) == 0:
		return body, inbox.Errorf(inbox.Internal, "a message without parts")
	case out.Recipient == "" && platform != inbox.Twitter:
		return body, inbox.Errorf(inbox.Rejected, "the customer's id is not known yet, and %s cannot be answered without it", platform.Label()).
			WithHint("try again after the next read of the conversations")
	case out.Recipient == "":
		body.ConversationID = out.Conversation.RemoteID()
	}
	for _, part := range out.Parts {
		if part.Kind == inbox.PartText {
			body.Message = part.Text
		} else {
			body.MediaURLs = append(body.MediaURLs, part.URL)
		}
	}
	return body, nil
}

// sending is one send under way.
type sending struct {
	op       string
	platform inbox.Platform
	parts    []inbox.Part
}

// all gives every part the same fate.
func (s sending) all(state inbox.State, err *inbox.Error) (inbox.SendResult, error) {
	err.Op = s.op
	if state == inbox.StateUnknown {
		err.Delivery = inbox.DeliveryUnknown
	}
	results := make([]inbox.PartResult, len(s.parts))
	for i := range results {
		results[i] = inbox.PartResult{State: state, Err: err}
	}
	return inbox.SendResult{Parts: results}, err
}

// unanswered is a request that got no answer: in doubt as soon as a byte of it
// may have left.
func (s sending) unanswered(err error) (inbox.SendResult, error) {
	e := failed(s.op, err)
	var f *httpapi.Failure
	switch {
	case !errors.As(err, &f) || f.Left:
		return s.all(inbox.StateUnknown, e)
	case f.Reason == httpapi.BadRequest:
		return s.all(inbox.StateFailed, e)
	}
	return s.all(inbox.StateQueued, e)
}

func (s sending) answered(c *client, res *httpapi.Response) (inbox.SendResult, error) {
	o, err := res.Object()
	switch {
	case err != nil:
		return s.unread(c, res, err)
	case !res.OK() || saysError(o):
		return s.refused(c.refusal(res, o))
	}
	return s.accepted(c, o)
}

// unread is an answer of which only the status is known. A 2xx says that
// something was done, not what; a web page says nothing at all.
func (s sending) unread(c *client, res *httpapi.Response, err error) (inbox.SendResult, error) {
	if r, told := c.byStatusAlone(res, err); told {
		return s.refused(r)
	}
	return s.all(inbox.StateUnknown, failed(s.op, err))
}

// codeSending is "error sending message", around a list of what became of each
// part.
const codeSending = "337"

// codeAttachment is "the attachment could not be sent".
const codeAttachment = "365"

// several tells that parts can meet different fates.
func (s sending) several() bool { return len(s.parts) > 1 && s.platform != inbox.Twitter }

func (s sending) refused(r refusal) (inbox.SendResult, error) {
	e := r.err(s.op, s.platform)
	switch {
	case len(r.Parts) > 0:
		return s.listed(r.Parts, inbox.PartResult{State: inbox.StateUnknown, Err: notListed(e)})
	case s.several() && r.Code == codeSending:
		return s.all(inbox.StateUnknown, e) // some part failed; which one is not told
	case s.several() && r.Code == codeAttachment:
		return s.mediaRefused(e)
	}
	return s.all(s.stateOf(r, e), e)
}

// stateOf is what a refusal of the whole makes of it. An account that stands
// still, and a rate limit, keep the queue. A gateway's failure says nothing of
// what happened behind it.
func (s sending) stateOf(r refusal, e *inbox.Error) inbox.State {
	_, recognised := r.recognised(s.platform)
	switch {
	case e.Kind == inbox.Auth, e.Kind == inbox.RateLimited:
		return inbox.StateQueued
	case !recognised && (r.HTTP >= 500 || r.HTTP == http.StatusRequestTimeout):
		return inbox.StateUnknown
	}
	return inbox.StateFailed
}

// mediaRefused is an attachment that failed, without a word on the text that
// went with it.
func (s sending) mediaRefused(e *inbox.Error) (inbox.SendResult, error) {
	result, err := s.all(inbox.StateFailed, e)
	for i, part := range s.parts {
		if part.Kind == inbox.PartText {
			result.Parts[i] = inbox.PartResult{State: inbox.StateUnknown, Err: notListed(e)}
		}
	}
	return result, err
}

// notListed is the error of a part of which the provider says nothing, while it
// refuses another. It may have been delivered.
func notListed(whole *inbox.Error) *inbox.Error {
	e := *whole
	e.Text += ", with no word on this part"
	e.Hint = "the next read of the conversation shows whether it was delivered"
	e.Delivery = inbox.DeliveryUnknown
	return &e
}

// accepted reads a success. Two shapes are published, for one text and for one
// image. For several parts nothing is: we take a list as in the error, and else
// believe the status for all of them, with the one id given to the part that
// the answer names. An answer that is neither an error nor a success tells
// nothing of a part without an id.
func (s sending) accepted(c *client, o loose.Object) (inbox.SendResult, error) {
	otherwise := inbox.PartResult{State: inbox.StateSent}
	if o.Peek("status") != "success" {
		otherwise = inbox.PartResult{State: inbox.StateUnknown, Err: &inbox.Error{
			Kind: inbox.Unavailable, Op: s.op, Delivery: inbox.DeliveryUnknown,
			Text: "the answer tells neither success nor failure",
		}}
	}
	entries := []entry{c.entryOf(o)}
	if listed := o.List("messages"); len(listed) > 0 {
		entries = entries[:0]
		for _, raw := range listed {
			entries = append(entries, c.entry(raw))
		}
	}
	return s.listed(entries, otherwise)
}

// listed gives each part what its entry says, and otherwise to the parts that
// have none. The error is that of the first part that was not sent.
func (s sending) listed(entries []entry, otherwise inbox.PartResult) (inbox.SendResult, error) {
	result := inbox.SendResult{Parts: make([]inbox.PartResult, len(s.parts))}
	var first error
	for i, e := range s.match(entries) {
		result.Parts[i] = otherwise
		if e != nil {
			result.Parts[i] = s.partResult(*e, otherwise)
		}
		if err := result.Parts[i].Err; err != nil && first == nil {
			first = err
		}
	}
	return result, first
}

func (s sending) partResult(e entry, otherwise inbox.PartResult) inbox.PartResult {
	switch {
	case e.sent:
		return inbox.PartResult{State: inbox.StateSent, MessageID: inbox.MessageID(e.id)}
	case e.failed:
		return inbox.PartResult{State: inbox.StateFailed, Err: e.refusal.err(s.op, s.platform)}
	}
	return otherwise
}

// entry is what the provider says of one part.
type entry struct {
	sent    bool
	failed  bool
	id      string
	text    string // echoed with a text
	url     string // echoed with media
	kind    string // "image", …, with media
	refusal refusal
}

func (c *client) entry(raw json.RawMessage) entry {
	o, _ := loose.ParseObject(raw)
	return c.entryOf(o)
}

func (c *client) entryOf(o loose.Object) entry {
	e := entry{
		id:   cmp.Or(o.Peek("messageId"), o.Peek("id")),
		url:  o.Peek("mediaUrl"),
		kind: o.Peek("type"),
	}
	code, text := o.Peek("code"), o.Peek("message")
	e.failed = saysError(o) || (e.id == "" && code != "")
	e.sent = !e.failed && e.id != ""
	if e.failed {
		e.refusal = refusal{HTTP: http.StatusBadRequest, Code: c.http.Words(code), Text: c.http.Words(text)}
		return e
	}
	e.text = text
	return e
}

// match finds the entry of each part, nil where there is none. The one message
// of X has one entry for all of them.
func (s sending) match(entries []entry) []*entry {
	if s.platform == inbox.Twitter && len(entries) == 1 {
		return slices.Repeat([]*entry{&entries[0]}, len(s.parts))
	}
	return match(s.parts, entries)
}

// match goes by what an entry repeats of its part, then by the kind that it
// names, then by its place.
func match(parts []inbox.Part, entries []entry) []*entry {
	found := make([]*entry, len(parts))
	taken := make([]bool, len(entries))
	for _, fits := range []func(e entry, p inbox.Part, samePlace bool) bool{
		func(e entry, p inbox.Part, _ bool) bool { return e.repeats(p) },
		func(e entry, p inbox.Part, _ bool) bool { return e.names(p) },
		func(_ entry, _ inbox.Part, samePlace bool) bool { return samePlace },
		func(entry, inbox.Part, bool) bool { return true },
	} {
		for i := range entries {
			for j := range parts {
				if !taken[i] && found[j] == nil && fits(entries[i], parts[j], i == j) {
					found[j], taken[i] = &entries[i], true
				}
			}
		}
	}
	return found
}

func (e entry) repeats(p inbox.Part) bool {
	if p.Kind == inbox.PartText {
		return e.text != "" && strings.TrimSpace(e.text) == strings.TrimSpace(p.Text)
	}
	return e.url != "" && e.url == p.URL
}

func (e entry) names(p inbox.Part) bool {
	if p.Kind == inbox.PartText {
		return e.text != "" && e.url == ""
	}
	return e.kind == string(p.Kind) || e.url != "" || e.refusal.Code == codeAttachment
}
