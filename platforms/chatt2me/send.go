package chatt2me

import (
	"context"
	"errors"

	"parley/inbox"
	"parley/platforms/httpapi"
	"parley/platforms/loose"
)

// This file sends, and says of every part what became of it. Each part is a
// request of its own, in order, made once: there is no idempotency key, so
// whatever may have been delivered is unknown, and only what certainly was not
// can be tried again.
//
// Nothing marks a message as a human agent's here (Outgoing.Late): chatt2me
// documents no tag for it, and calls the days after the first a part of the
// window.

const opSend = "send"

func (p *provider) Send(ctx context.Context, out inbox.Outgoing) (inbox.SendResult, error) {
	s := &sending{provider: p, out: out}
	for i, part := range out.Parts {
		if s.ended != nil {
			s.results = append(s.results, *s.ended)
			continue
		}
		result := s.part(ctx, part)
		s.results = append(s.results, result)
		if i+1 < len(out.Parts) {
			s.ended = fateOfTheRest(result, s.threadWide)
		}
	}
	return inbox.SendResult{Parts: s.results, ServerTime: s.sent.ServerTime}, s.err()
}

// sending is one send under way.
type sending struct {
	*provider
	out        inbox.Outgoing
	results    []inbox.PartResult
	sent       inbox.SendResult  // its ServerTime
	threadWide bool              // what refused the last part refuses the others too
	ended      *inbox.PartResult // of the parts that are not tried any more
}

// err is that of the first part that was not sent.
func (s *sending) err() error {
	if len(s.out.Parts) == 0 {
		return &inbox.Error{Kind: inbox.Internal, Op: opSend, Text: "a message without parts"}
	}
	for _, r := range s.results {
		if r.Err != nil {
			return r.Err
		}
	}
	return nil
}

// fateOfTheRest is what becomes of the parts after one that failed; nil when they
// are tried as well. What refuses the thread refuses them too. After a part that
// may have been delivered they wait: an agent has to look first.
func fateOfTheRest(last inbox.PartResult, threadWide bool) *inbox.PartResult {
	switch {
	case last.State == inbox.StateUnknown:
		return &inbox.PartResult{State: inbox.StateQueued, Err: &inbox.Error{
			Kind: inbox.Unavailable, Op: opSend, Text: "not tried yet: what goes before it is in doubt",
		}}
	case last.State == inbox.StateQueued, last.State == inbox.StateFailed && threadWide:
		return &inbox.PartResult{State: last.State, Err: last.Err}
	}
	return nil
}

func (s *sending) part(ctx context.Context, part inbox.Part) inbox.PartResult {
	body, refusal := s.body(part)
	if refusal != nil {
		return failedPart(inbox.StateFailed, refusal)
	}
	res, err := s.api.send(ctx, s.out.Conversation.Platform(), body)
	if err != nil {
		return unanswered(err)
	}
	s.sent.ServerTime = res.ServerTime
	return s.answered(res)
}

// body writes a part down, or says why it cannot be sent.
func (s *sending) body(part inbox.Part) (sendBody, *inbox.Error) {
	platform := s.out.Conversation.Platform()
	switch {
	case !served(platform):
		return sendBody{}, unsupported(opSend, inbox.Cannot("chatt2me does not serve "+platform.Label()+" here"))
	case s.out.Recipient == "":
		return sendBody{}, &inbox.Error{Kind: inbox.Rejected, Op: opSend, Text: "nobody said who wrote this, so it cannot be answered"}
	case part.Kind == inbox.PartHeart && !capabilities[platform].Stickers.OK:
		return sendBody{}, unsupported(opSend, capabilities[platform].Stickers)
	case part.Kind == inbox.PartPost:
		return sendBody{}, unsupported(opSend, noPosts)
	}
	c, ok := contentOf(part, s.dialect)
	if !ok {
		return sendBody{}, unsupported(opSend, inbox.Cannot("chatt2me sends pictures, videos and audio on "+platform.Label()+", no other files: send a link as text"))
	}
	return sendBody{From: s.channelOf(s.out.Conversation), To: s.out.Recipient, Content: c}, nil
}

func failedPart(state inbox.State, err *inbox.Error) inbox.PartResult {
	err.Op = opSend
	if state == inbox.StateUnknown {
		err.Delivery = inbox.DeliveryUnknown
	}
	return inbox.PartResult{State: state, Err: err}
}

// unanswered is a request that got no answer: in doubt as soon as a byte of it
// may have left.
func unanswered(err error) inbox.PartResult {
	e := failed(opSend, err)
	var f *httpapi.Failure
	switch {
	case !errors.As(err, &f) || f.Left:
		return failedPart(inbox.StateUnknown, e)
	case f.Reason == httpapi.BadRequest:
		return failedPart(inbox.StateFailed, e)
	}
	return failedPart(inbox.StateQueued, e)
}

func (s *sending) answered(res *httpapi.Response) inbox.PartResult {
	o, err := res.Object()
	switch {
	case err != nil:
		return s.unread(res, err)
	case !res.OK() || saysError(o):
		return s.refused(s.api.refusal(res, o))
	}
	return accepted(o)
}

// unread is an answer of which only the status is known. A 2xx says that
// something was done, not what; a web page says nothing at all.
func (s *sending) unread(res *httpapi.Response, err error) inbox.PartResult {
	if r, told := s.api.byStatusAlone(res, err); told {
		return s.refused(r)
	}
	return failedPart(inbox.StateUnknown, failed(opSend, err))
}

func (s *sending) refused(r refusal) inbox.PartResult {
	m := r.meaning()
	s.threadWide = m.Thread
	return failedPart(m.State(), r.err(opSend))
}

// accepted reads a success, in both of the published shapes:
//
//	{"messageId":"…","recipientId":"…","type":"Text"}   the specification
//	{"messageId":"…","status":"enqueued"}               the newer documents
//
// In both the id may be null: then it was sent, and nobody says as what. What
// happens to an enqueued message later, an event tells.
func accepted(o loose.Object) inbox.PartResult {
	for _, key := range []string{"messageId", "recipientId", "type", "status"} {
		if o.Peek(key) != "" {
			return inbox.PartResult{State: inbox.StateSent, MessageID: inbox.MessageID(o.Peek("messageId"))}
		}
	}
	return failedPart(inbox.StateUnknown, &inbox.Error{Kind: inbox.Unavailable, Text: "the answer tells neither success nor failure"})
}
