package instagram

import (
	"context"
	"errors"
	"slices"
	"time"

	"parley/inbox"
	"parley/platforms/httpapi"
	"parley/platforms/meta"
)

// This file sends, and says of every part what became of it. A text goes alone,
// images together, everything else alone: so one send can be several requests,
// and each gives its own parts their own state. There is no idempotency key:
// what may have been delivered is unknown, and nothing is sent behind it, since
// the agent has to see first what has arrived.

func (p *provider) Send(ctx context.Context, out inbox.Outgoing) (inbox.SendResult, error) {
	s := &sending{p: p, out: out, result: inbox.SendResult{Parts: make([]inbox.PartResult, len(out.Parts))}}
	if err := s.check(); err != nil {
		s.settle(s.all(), inbox.StateFailed, err)
		return s.result, err
	}
	if err := p.api.usage.blocked(opSend, time.Now()); err != nil {
		return s.notTried(err)
	}
	me, err := p.me(ctx, opSend)
	if err != nil {
		return s.notTried(err)
	}
	s.account = me.UserID
	s.tag = out.Late && p.mayTag(time.Now())
	s.run(ctx, s.plan(ctx))
	return s.result, s.err()
}

const opSend = "send"

// sending is one send under way.
type sending struct {
	p        *provider
	out      inbox.Outgoing
	account  string
	tag      bool // answers carry the human-agent tag
	oneByOne bool // several images in one message are refused
	result   inbox.SendResult
}

// request is one POST, and which parts it is for.
type request struct {
	parts []int
	body  sendBody
}

func (s *sending) all() []int {
	parts := make([]int, len(s.out.Parts))
	for i := range parts {
		parts[i] = i
	}
	return parts
}

// check refuses what is certain to be refused, before anything is sent. Which
// error a text that is too long would give is not documented.
func (s *sending) check() *inbox.Error {
	switch {
	case len(s.out.Parts) == 0:
		return inbox.Errorf(inbox.Internal, "a message without parts")
	case s.out.Recipient == "":
		return inbox.Errorf(inbox.Rejected, "the customer's id is not known yet, and Instagram cannot be answered without it").
			WithHint("try again after the next read of the conversations")
	}
	for _, part := range s.out.Parts {
		if n := len(part.Text); part.Kind == inbox.PartText && n > maxText {
			return inbox.Errorf(inbox.Rejected, "the text has %d bytes, Instagram takes at most %d", n, maxText).
				WithHint("shorten it, or split it into several messages")
		}
	}
	return nil
}

// settle gives parts their state.
func (s *sending) settle(parts []int, state inbox.State, err *inbox.Error) {
	if err != nil {
		e := *err // an error of its own: the next part may have another delivery
		e.Op = opSend
		if state == inbox.StateUnknown {
			e.Delivery = inbox.DeliveryUnknown
		}
		err = &e
	}
	for _, i := range parts {
		s.result.Parts[i] = inbox.PartResult{State: state, Err: err}
	}
}

// notTried is a send of which nothing has left.
func (s *sending) notTried(err error) (inbox.SendResult, error) {
	e := inbox.AsError(err)
	s.settle(s.all(), inbox.StateQueued, e)
	return s.result, e
}

// err is that of the first part that was not sent.
func (s *sending) err() error {
	for _, part := range s.result.Parts {
		if part.Err != nil {
			return part.Err
		}
	}
	return nil
}

// plan makes the requests: the text, then the images, then each other medium.
// Media that are certain to be refused fail here.
func (s *sending) plan(ctx context.Context) []request {
	refused := s.p.probe.refused(ctx, s.out.Parts)
	var texts, others []request
	var images []int
	for i, part := range s.out.Parts {
		switch {
		case refused[i] != nil:
			s.settle([]int{i}, inbox.StateFailed, refused[i])
		case part.Kind == inbox.PartImage:
			images = append(images, i)
		case part.Kind == inbox.PartText:
			texts = append(texts, request{[]int{i}, s.body(&messageBody{Text: part.Text})})
		default:
			if r, ok := s.other(i, part); ok {
				others = append(others, r)
			}
		}
	}
	return append(append(texts, s.images(images)...), others...)
}

// body of a message. The tag needs no messaging_type beside it.
func (s *sending) body(m *messageBody) sendBody {
	b := sendBody{Recipient: recipientBody{s.out.Recipient}, Message: m}
	if s.tag {
		b.Tag = tagHumanAgent
	}
	return b
}

// images go together, as many as one message may have; one by one where the
// account has been refused that.
func (s *sending) images(parts []int) []request {
	most := maxImages
	if s.oneByOne = s.oneByOne || s.p.memory.within(memoryOneByOne, oneByOneLasts, time.Now()); s.oneByOne {
		most = 1
	}
	var list []request
	for len(parts) > 0 {
		n := min(most, len(parts))
		list = append(list, request{parts[:n:n], s.body(&messageBody{Attachments: s.imageList(parts[:n])})})
		parts = parts[n:]
	}
	return list
}

// oneByOneLasts is how long a refusal of several images is believed. The feature
// came to all accounts in 2026, so it may come to this one.
const oneByOneLasts = 30 * 24 * time.Hour

// imageList is one object for one image and a list for several: so it is
// documented.
func (s *sending) imageList(parts []int) any {
	list := make([]attachmentBody, len(parts))
	for i, part := range parts {
		list[i] = attachmentBody{Type: string(inbox.PartImage), Payload: &attachmentPayload{URL: s.out.Parts[part].URL}}
	}
	if len(list) == 1 {
		return list[0]
	}
	return list
}

// other is the request of what goes alone; false when there is no such thing,
// and the part has failed.
func (s *sending) other(i int, part inbox.Part) (request, bool) {
	single := func(a attachmentBody) (request, bool) {
		return request{[]int{i}, s.body(&messageBody{Attachment: &a})}, true
	}
	action := func(name string, payload actionPayload) (request, bool) {
		return request{[]int{i}, sendBody{Recipient: recipientBody{s.out.Recipient}, Action: name, Payload: &payload}}, true
	}
	switch part.Kind {
	case inbox.PartAudio, inbox.PartVideo, inbox.PartFile:
		return single(attachmentBody{Type: string(part.Kind), Payload: &attachmentPayload{URL: part.URL}})
	case inbox.PartHeart:
		return single(attachmentBody{Type: typeHeart})
	case inbox.PartPost:
		if part.Post != "" {
			return single(attachmentBody{Type: typePost, Payload: &attachmentPayload{ID: part.Post}})
		}
		s.settle([]int{i}, inbox.StateFailed, inbox.Errorf(inbox.Rejected, "the post has no id").WithHint("pick one of the account's own posts"))
	case inbox.PartReaction:
		return action(actionReact, actionPayload{MessageID: string(part.Target), Reaction: part.Emoji})
	case inbox.PartUnreaction:
		return action(actionUnreact, actionPayload{MessageID: string(part.Target)})
	default:
		s.settle([]int{i}, inbox.StateFailed, inbox.Errorf(inbox.Unsupported, "instagram cannot send a part of kind %q", part.Kind))
	}
	return request{}, false
}

// run makes the requests in order, until one says that those behind it need not
// be tried.
func (s *sending) run(ctx context.Context, requests []request) {
	for i := 0; i < len(requests); i++ {
		r := requests[i]
		switch s.attempt(ctx, r) {
		case goOn:
		case separately:
			s.p.memory.note(memoryOneByOne)
			s.oneByOne = true
			requests = slices.Concat(requests[:i+1], s.images(r.parts), requests[i+1:])
		case stop:
			s.leave(requests[i+1:], s.result.Parts[r.parts[0]])
			return
		}
	}
}

// leave says of the parts behind one that was not sent what becomes of them: the
// same, or, where it is in doubt, that they wait.
func (s *sending) leave(rest []request, before inbox.PartResult) {
	state, err := before.State, before.Err
	if state == inbox.StateUnknown {
		state = inbox.StateQueued
		err = &inbox.Error{
			Kind: inbox.Unavailable, Text: "not sent, since what goes before it is in doubt",
			Hint: "the next read of the conversation shows whether it was delivered",
		}
	}
	for _, r := range rest {
		s.settle(r.parts, state, err)
	}
}

// verdict is how to go on after a request.
type verdict int

const (
	goOn       verdict = iota
	stop               // nothing behind it is to be tried
	separately         // several images are refused: they may go one by one
)

// attempt makes one request, once.
func (s *sending) attempt(ctx context.Context, r request) verdict {
	res, err := s.p.api.send(ctx, s.account, r.body)
	if err != nil {
		return s.unanswered(r, err)
	}
	if !res.ServerTime.IsZero() {
		s.result.ServerTime = res.ServerTime
	}
	o, err := res.Object()
	if err != nil {
		if refusal, told := byStatusAlone(res, err); told {
			return s.refused(r, refusal)
		}
		s.settle(r.parts, inbox.StateUnknown, failed(opSend, err)) // a 2xx says that something was done, a web page nothing
		return stop
	}
	if refusal, refused := s.p.api.refusal(res, o); refused {
		return s.refused(r, refusal)
	}
	sent := inbox.PartResult{State: inbox.StateSent, MessageID: inbox.MessageID(o.Text("message_id"))} // actions have none
	for _, part := range r.parts {                                                                     // several images are one message
		s.result.Parts[part] = sent
	}
	return goOn
}

// unanswered is a request that got no answer: in doubt as soon as a byte of it
// may have left.
func (s *sending) unanswered(r request, err error) verdict {
	e, state := failed(opSend, err), inbox.StateQueued
	var f *httpapi.Failure
	switch {
	case !errors.As(err, &f) || f.Left:
		state = inbox.StateUnknown
	case f.Reason == httpapi.BadRequest:
		state = inbox.StateFailed
	}
	s.settle(r.parts, state, e)
	return stop
}

func (s *sending) refused(r request, refusal meta.Refusal) verdict {
	if refusal.NotApproved(r.body.Tag != "") {
		s.p.memory.note(memoryHumanAgent)
		e := s.p.api.refused(opSend, refusal)
		e.Kind, e.Hint = inbox.WindowIsOver, hintHumanAgent
		e.Text = textHumanAgent + ": " + e.Text
		s.settle(r.parts, inbox.StateFailed, e)
		return stop
	}
	m := refusal.Meaning()
	e := s.p.api.refused(opSend, refusal)
	s.settle(r.parts, m.State(), e)
	switch {
	case m.OneByOne && len(r.parts) > 1:
		return separately
	case m.Thread:
		return stop
	}
	return goOn
}
