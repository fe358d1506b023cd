package ayrshare

import (
	"encoding/json"
	"errors"
	"time"

	"parley/inbox"
	"parley/platforms/httpapi"
	"parley/platforms/loose"
)

// This file reads an answer of GET /messages. Facebook and Instagram send the
// whole history each time, so messages are converted one by one and leave in
// batches: memory does not grow with them.

// reader reads one answer.
type reader struct {
	p     *provider
	op    string
	feed  inbox.Feed
	rc    readContext
	asked query
	res   *httpapi.Response
	json  *walker
	out   *batcher

	envelope envelope
	detailed map[string]bool // conversations of the answer: whether their details have come
	listed   []string        // conversationIds in their order
	skipped  int             // elements that cannot be placed
}

// envelope are the fields of an answer beside the lists.
type envelope struct {
	Status      string
	LastUpdated time.Time
	NextUpdate  time.Time
	Page        pagination
	Listed      bool         // one of the lists was there
	Refusal     loose.Object // what an error consists of
}

type pagination struct {
	next    string
	hasMore bool
	told    bool // hasMore was told
}

func newReader(p *provider, req inbox.ReadRequest, q query, res *httpapi.Response, emit func(inbox.Batch) error) *reader {
	answered := res.ServerTime
	if answered.IsZero() {
		answered = time.Now().UTC()
	}
	empty := inbox.Batch{Account: p.account, Provider: Name, Platform: req.Feed.Platform}
	return &reader{
		p:        p,
		op:       "read",
		feed:     req.Feed,
		rc:       readContext{conversation: q.conversation, archived: q.archived, answered: answered},
		asked:    q,
		res:      res,
		json:     newWalker(res),
		out:      newBatcher(empty, answered, cacheTime(req.Feed.Platform), emit),
		envelope: envelope{Refusal: loose.Object{}},
		detailed: map[string]bool{},
	}
}

// read hands over what the answer holds. What was read before an error has
// been handed over too.
func (r *reader) read() (inbox.ReadResult, error) {
	result := inbox.ReadResult{ServerTime: r.res.ServerTime}
	err := r.walk()
	if errors.As(err, new(*emitError)) {
		return result, errors.Unwrap(err)
	}
	if flushErr := r.flush(); flushErr != nil {
		return result, flushErr
	}
	r.logSkipped()
	if err != nil {
		return result, failed(r.op, r.res.DecodeFailure(err))
	}
	result.LastUpdated, result.NextUpdate = r.envelope.LastUpdated, r.envelope.NextUpdate
	result.Cursor = r.envelope.Page.cursor(r.asked.cursor)
	return result, r.verdict()
}

// flush hands over the last batch, with the conversations that have an id and
// no details.
func (r *reader) flush() error {
	for _, id := range r.listed {
		if r.detailed[id] {
			continue
		}
		if err := r.out.conversation(bareConversation(id, r.rc)); err != nil {
			return errors.Unwrap(err)
		}
	}
	if err := r.out.finish(r.envelope.LastUpdated); err != nil {
		return errors.Unwrap(err)
	}
	return nil
}

// logSkipped says how many, once, and never what: it is somebody's message.
func (r *reader) logSkipped() {
	if r.skipped > 0 {
		r.p.log.Warn("left out what names no conversation or has no id", "platform", r.feed.Platform, "feed", r.feed.Name, "elements", r.skipped)
	}
}

// verdict is the error that an answer with status 200 can still be.
func (r *reader) verdict() error {
	switch {
	case r.envelope.Status == "error":
		return r.p.api.refusal(r.res, r.envelope.Refusal).err(r.op, r.feed.Platform)
	case r.envelope.Status == "" && !r.envelope.Listed:
		return &inbox.Error{Kind: inbox.Unavailable, Op: r.op, Text: "the answer has neither a status nor messages",
			Hint: "does base_url lead to Ayrshare?"}
	}
	return nil
}

func (r *reader) walk() error {
	if err := r.res.ExpectJSON(); err != nil {
		return err
	}
	return r.json.eachField(r.field)
}

// field reads one field of the answer. Both spellings of the details are in
// use: the vendor's page has the first.
func (r *reader) field(key string) error {
	switch key {
	case "messages":
		r.envelope.Listed = true
		return r.json.eachElement(r.message)
	case "conversationIds":
		r.envelope.Listed = true
		return r.json.eachElement(r.conversationID)
	case "converstationsDetails", "conversationsDetails":
		r.envelope.Listed = true
		return r.json.eachElement(r.conversationDetails)
	case "status", "code", "message", "action", "errors", "lastUpdated", "nextUpdate", "meta":
		return r.envelopeField(key)
	}
	return r.json.skipValue()
}

func (r *reader) message(raw json.RawMessage) error {
	fact, ok := messageFact(raw, r.rc)
	if !ok {
		r.skipped++
		return nil
	}
	return r.out.message(fact)
}

func (r *reader) conversationID(raw json.RawMessage) error {
	id, ok := loose.Text(raw)
	if !ok || id == "" {
		r.skipped++
		return nil
	}
	if _, known := r.detailed[id]; !known {
		r.detailed[id] = false
		r.listed = append(r.listed, id)
	}
	return nil
}

func (r *reader) conversationDetails(raw json.RawMessage) error {
	fact, ok := conversationFact(raw, r.rc)
	if !ok {
		r.skipped++
		return nil
	}
	r.detailed[fact.RemoteID] = true
	return r.out.conversation(fact)
}

func (r *reader) envelopeField(key string) error {
	var raw json.RawMessage
	if err := r.json.decode(&raw); err != nil {
		return err
	}
	o := loose.Object{key: raw}
	switch e := &r.envelope; key {
	case "status":
		e.Status = o.Text(key)
	case "lastUpdated":
		e.LastUpdated = o.Time(key)
	case "nextUpdate":
		e.NextUpdate = o.Time(key)
	case "meta":
		e.Page = paginationOf(o.Object(key).Object("pagination"))
	default:
		e.Refusal[key] = raw
	}
	return nil
}

func paginationOf(o loose.Object) (p pagination) {
	p.hasMore, p.told = o.Bool("hasMore")
	p.next = o.Text("next")
	return p
}

// cursor of the next page. "next" alone is documented; "hasMore" is seen in
// answers and believed when it is there. A page that names itself as the next
// one would be read for ever.
func (p pagination) cursor(asked string) string {
	if p.next == asked || (p.told && !p.hasMore) {
		return ""
	}
	return p.next
}
