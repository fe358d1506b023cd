package instagram

import (
	"context"
	"slices"
	"strings"
	"time"

	"parley/inbox"
	"parley/platforms/httpapi"
	"parley/platforms/loose"
)

// This file reads. A poll is one page of the list of threads, and then the
// newest messages of those that have moved since they were read last: the mark
// that is left on a conversation is its updated_time. That time follows
// messages; reactions, unsends and reads come by webhook only.

const (
	threadsPage = 25
	newest      = 20 // messages that the API has details of (conversations-api)
)

func (p *provider) Read(ctx context.Context, req inbox.ReadRequest, emit func(inbox.Batch) error) (inbox.ReadResult, error) {
	const op = "read"
	if req.Feed.Name != inbox.MessagesFeed {
		return inbox.ReadResult{}, inbox.Errorf(inbox.Unsupported, "instagram has no feed %q", req.Feed.Name)
	}
	p.renew(ctx)
	me, err := p.me(ctx, op)
	if err != nil {
		return inbox.ReadResult{}, err
	}
	r := &reading{p: p, op: op, me: me, req: req, emit: emit}
	switch {
	case req.Message != "":
		err = r.message(ctx)
	case req.Conversation != "":
		err = r.conversation(ctx)
	default:
		err = r.page(ctx)
	}
	if wait := p.api.usage.pause(time.Now()); wait > 0 {
		r.result.NextUpdate = r.now().Add(max(wait, cacheTime))
	}
	return r.result, err
}

// reading is one read under way.
type reading struct {
	p      *provider
	op     string
	me     identity
	req    inbox.ReadRequest
	emit   func(inbox.Batch) error
	result inbox.ReadResult
}

// now is the server's time where it was told.
func (r *reading) now() time.Time {
	if r.result.ServerTime.IsZero() {
		return time.Now().UTC()
	}
	return r.result.ServerTime
}

func (r *reading) heard(res *httpapi.Response) {
	if res != nil && !res.ServerTime.IsZero() {
		r.result.ServerTime = res.ServerTime
	}
}

func (r *reading) batch() inbox.Batch {
	return inbox.Batch{Account: r.p.account, Provider: Name, Platform: inbox.Instagram, AsOf: r.now()}
}

// smaller asks for less and less of a listing that is too much for the API
// ("reduce the amount of data", code 1), down to one. It returns the limit that
// went through, and keeps that in mind.
func (r *reading) smaller(listing string, full int, ask func(limit int) (loose.Object, *httpapi.Response, error)) (loose.Object, int, error) {
	limit := r.p.portions.of(listing, full, time.Now())
	for first := limit; ; limit /= 2 {
		o, res, err := ask(limit)
		r.heard(res)
		if e := inbox.AsError(err); e != nil && e.Code == codeTooMuch && limit > 1 {
			continue
		}
		if err == nil && limit < first {
			r.p.portions.shrunk(listing, limit, time.Now())
		}
		return o, limit, err
	}
}

const (
	codeTooMuch     = "1"
	codeNothingMore = "100"

	allThreads = "" // the listing of threads; those of messages have the thread's id
)

// page reads a page of threads, and those of them that have moved.
func (r *reading) page(ctx context.Context) error {
	o, limit, err := r.smaller(allThreads, threadsPage, func(limit int) (loose.Object, *httpapi.Response, error) {
		return r.p.api.conversations(ctx, r.op, r.req.Cursor, limit)
	})
	if err != nil {
		return err
	}
	var moved []thread
	last := false // the page's last thread has moved
	rows := o.Data("data")
	for _, row := range rows {
		if t, ok := threadOf(row, r.me); ok {
			if last = r.moved(t); last {
				moved = append(moved, t)
			}
		}
	}
	slices.SortStableFunc(moved, func(a, b thread) int { return b.updated.Compare(a.updated) })
	for _, t := range moved {
		if err := r.thread(ctx, t); err != nil {
			return err
		}
	}
	if err := r.people(ctx, moved); err != nil {
		return err
	}
	r.result.Cursor = nextCursor(o, len(rows) >= limit)
	gap := last && r.result.Cursor != ""
	r.result.Gap = &gap
	return nil
}

// moved tells that a thread may hold news.
func (r *reading) moved(t thread) bool {
	return r.req.Mark == nil || t.with.ID == "" || t.mark == "" || r.req.Mark(t.with.ID) != t.mark
}

// conversation reads the thread with one person. There may be none: it was
// deleted, or is a request that has been idle for 30 days.
func (r *reading) conversation(ctx context.Context) error {
	o, res, err := r.p.api.conversationWith(ctx, r.op, r.req.Conversation)
	r.heard(res)
	if err != nil {
		return err
	}
	for _, row := range o.Data("data") {
		t, ok := threadOf(row, r.me)
		if !ok {
			continue
		}
		t.with.ID = r.req.Conversation
		if err := r.thread(ctx, t); err != nil {
			return err
		}
	}
	return nil
}

// message reads one message, of whatever thread. One that is older than the
// newest 20 answers as if it were gone: with a code of its own, or with 100,
// which says nothing more.
func (r *reading) message(ctx context.Context) error {
	o, res, err := r.p.api.message(ctx, r.op, string(r.req.Message))
	r.heard(res)
	if err != nil {
		if e := inbox.AsError(err); e.Code == codeNothingMore {
			e.Kind = inbox.NotFound
			return e
		}
		return err
	}
	b := r.batch()
	fact, ok := messageFact(o, r.me, inbox.Participant{})
	if !ok {
		return &inbox.Error{Kind: inbox.NotFound, Op: r.op, Text: "the API tells nothing of this message but its id"}
	}
	b.Messages = append(b.Messages, fact)
	return r.emit(b)
}

// thread reads the newest messages of a thread and hands them over, with the
// mark that it need not be read again before it moves. One that cannot be read
// is marked as well: it would fail at every poll.
func (r *reading) thread(ctx context.Context, t thread) error {
	rows, err := r.messages(ctx, t.id)
	switch inbox.KindOf(err) {
	case "":
	case inbox.NotFound, inbox.Rejected:
		r.p.log.Warn("a thread cannot be read", "error", err)
		rows = nil
	default:
		return err
	}
	b := r.batch()
	for _, row := range rows {
		if fact, ok := messageFact(row, r.me, t.with); ok {
			b.Messages = append(b.Messages, fact)
			if t.with.ID == "" {
				t.with = fact.Peer
			}
		}
	}
	if t.with.ID == "" {
		return nil
	}
	b.Conversations = []inbox.ConversationFact{{RemoteID: t.with.ID, Participant: r.p.known(t.with), Mark: t.mark}}
	return r.emit(b)
}

// messages reads the newest messages of a thread, in one answer or, where that
// is too much, in several.
func (r *reading) messages(ctx context.Context, conversation string) ([]loose.Object, error) {
	o, limit, err := r.smaller(conversation, newest, func(limit int) (loose.Object, *httpapi.Response, error) {
		return r.p.api.newestMessages(ctx, r.op, conversation, limit)
	})
	if err != nil {
		return nil, err
	}
	holder, ok := loose.ParseObject(o["messages"])
	if !ok {
		return o.Objects("messages"), nil
	}
	rows := holder.Data("data")
	for full := len(rows) >= limit; limit < newest && len(rows) < newest; {
		cursor := nextCursor(holder, full)
		if cursor == "" {
			break
		}
		if holder, limit, err = r.smaller(conversation, limit, func(limit int) (loose.Object, *httpapi.Response, error) {
			return r.p.api.olderMessages(ctx, r.op, conversation, cursor, limit)
		}); err != nil {
			return nil, err
		}
		more := holder.Data("data")
		rows, full = append(rows, more...), len(more) >= limit
	}
	return rows, nil
}

// profile is what is known of a person beside their username.
type profile struct {
	name, picture string
	until         time.Time // after that it is asked again
}

// How long a profile is believed (the picture's link lasts a few days), and how
// many are kept in mind.
const (
	profileLasts = 12 * time.Hour
	maxProfiles  = 20_000
)

// known adds what was learned of a person before.
func (p *provider) known(who inbox.Participant) inbox.Participant {
	p.mu.Lock()
	defer p.mu.Unlock()
	if pr, ok := p.profiles[who.ID]; ok {
		who.Name, who.Picture = pr.name, pr.picture
	}
	return who
}

// lacks tells whether a person has to be asked for.
func (p *provider) lacks(id string, now time.Time) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return now.After(p.profiles[id].until)
}

func (p *provider) learn(id string, pr profile) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.profiles) >= maxProfiles {
		clear(p.profiles)
	}
	p.profiles[id] = pr
}

// people asks for the names of those whose threads were read, behind all their
// messages: those matter more. That somebody does not show their profile is
// normal (code 230, at times 100): then the username has to do.
func (r *reading) people(ctx context.Context, threads []thread) error {
	now := time.Now()
	for _, t := range threads {
		if t.with.ID == "" || !r.p.lacks(t.with.ID, now) {
			continue
		}
		o, res, err := r.p.api.profile(ctx, r.op, t.with.ID)
		r.heard(res)
		switch inbox.KindOf(err) {
		case "", inbox.NotFound, inbox.Rejected, inbox.Unsupported:
		default:
			return err
		}
		pr := profile{name: strings.TrimSpace(o.Text("name")), picture: o.Text("profile_pic"), until: now.Add(profileLasts)}
		r.p.learn(t.with.ID, pr)
		if pr.name == "" && pr.picture == "" {
			continue
		}
		b := r.batch()
		who := inbox.Participant{ID: t.with.ID, Name: pr.name, Picture: pr.picture, Username: t.with.Username}
		b.Conversations = []inbox.ConversationFact{{RemoteID: who.ID, Participant: who}}
		if err := r.emit(b); err != nil {
			return err
		}
	}
	return nil
}
