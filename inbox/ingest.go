package inbox

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"time"
)

// Ingested counts what a batch brought.
type Ingested struct {
	Conversations int // conversations named in the batch
	Messages      int // messages in the batch
	Events        int // events in the batch
	New           int // of these, not known before, or known from our own send only
	Changed       int // of these, known and told otherwise now; and events that said something new
}

func (n *Ingested) add(more Ingested) {
	n.Conversations += more.Conversations
	n.Messages += more.Messages
	n.Events += more.Events
	n.New += more.New
	n.Changed += more.Changed
}

// Ingest is the one way by which facts from outside enter the cache: one batch,
// one transaction, and hints after the commit. It can be repeated: the same
// fact twice, or two facts in another order, leave the same state. It merges
// by field, so that a poorer copy of a message never overwrites a richer one.
func (in *Inbox) Ingest(ctx context.Context, b Batch) (Ingested, error) {
	n, _, err := in.ingest(ctx, []Batch{b}, nil)
	return n, err
}

// ingest stores several batches in one transaction; also does what else belongs
// to it and may be nil. stored is false when there was nothing to store.
func (in *Inbox) ingest(ctx context.Context, batches []Batch, also func(*edit) error) (n Ingested, stored bool, err error) {
	var left []Batch
	backlog := false
	for _, b := range batches {
		b = cleanBatch(b)
		n.add(Ingested{Conversations: len(b.Conversations), Messages: len(b.Messages), Events: len(b.Events)})
		if b, err = in.dropForgotten(ctx, b); err != nil {
			return n, false, err
		}
		if !b.Backlog {
			if b, err = in.dropKnown(ctx, b); err != nil {
				return n, false, err
			}
		}
		if b.Backlog || !b.empty() {
			left, backlog = append(left, b), backlog || b.Backlog
		}
	}
	if len(left) == 0 {
		return n, false, nil
	}
	write := in.update
	if backlog {
		write = in.updateHistory
	}
	err = write(ctx, func(e *edit) error {
		n.New, n.Changed = 0, 0
		for _, b := range left {
			if err := e.ingest(b, &n); err != nil {
				return err
			}
		}
		if also != nil {
			return also(e)
		}
		return nil
	})
	return n, err == nil, err
}

func (b Batch) empty() bool { return len(b.Conversations)+len(b.Messages)+len(b.Events) == 0 }

// ingest stores one batch: what is said of messages before what has happened to
// them.
func (e *edit) ingest(b Batch, n *Ingested) error {
	for _, f := range b.Conversations {
		if err := e.ingestConversation(b, f); err != nil {
			return err
		}
	}
	fresh, changed, err := e.ingestMessages(b)
	if err != nil {
		return err
	}
	happened, err := e.ingestEvents(b)
	n.New, n.Changed = n.New+fresh, n.Changed+changed+happened
	e.finishUnread()
	return err
}

// finishUnread brings the counts of unread messages up to date.
func (e *edit) finishUnread() {
	for _, c := range e.convs {
		c.unread.finish(&c.Conversation)
		if c.shown && c.Pushed {
			c.Pushed, c.dirty = false, true
		}
	}
}

// ingestConversation merges what is told of a conversation.
func (e *edit) ingestConversation(b Batch, f ConversationFact) error {
	c, err := e.conversation(NewConversationID(b.Account, b.Platform, f.RemoteID), true)
	if err == nil && c.learns(b, f) {
		c.dirty = true
	}
	return err
}

// learns merges a fact and tells whether it changed anything.
func (c *editedConversation) learns(b Batch, f ConversationFact) (changed bool) {
	if f.Archived != nil {
		changed = c.setArchived(*f.Archived, b.AsOf)
	}
	if f.ReadUpTo.After(c.ReadUpTo) {
		c.ReadUpTo, changed = f.ReadUpTo, true
	}
	if f.Taken != nil && c.setTaken(*f.Taken, b) {
		changed = true
	}
	if f.Mark != "" && f.Mark != c.Mark {
		c.Mark, changed = f.Mark, true
	}
	return c.mergeParticipant(f.Participant, b.AsOf) || changed
}

// setArchived takes the provider's word, unless we know it already or it is
// older than what we know. A new message brings a conversation back here
// although the provider goes on calling it archived: so only a change of the
// provider's word counts.
func (c *editedConversation) setArchived(archived bool, asOf time.Time) (changed bool) {
	switch {
	case asOf.Before(c.StatusAsOf):
		return false
	case archived != c.RemoteArchived:
		c.RemoteArchived, c.Archived = archived, archived
		if !archived {
			c.reopened() // somebody has taken it out of the provider's archive
		}
	case !c.StatusAsOf.IsZero():
		return false
	}
	c.StatusAsOf = asOf
	return true
}

// setTaken takes the newest word on who has control of the thread. That a read
// repeats it is no news; a webhook tells each change once, perhaps late.
func (c *editedConversation) setTaken(taken bool, b Batch) (changed bool) {
	same := taken == c.Taken && !c.TakenAsOf.IsZero()
	if !b.AsOf.After(c.TakenAsOf) || same && !b.Pushed {
		return false
	}
	c.Taken, c.TakenAsOf = taken, b.AsOf
	return true
}

// mergeParticipant lets newer details win, and nothing win over something.
func (c *editedConversation) mergeParticipant(p Participant, asOf time.Time) (changed bool) {
	newer := !asOf.Before(c.NamedAsOf)
	take := func(old *string, told string) {
		if told != "" && told != *old && (newer || *old == "") {
			*old, changed = told, true
		}
	}
	take(&c.Participant.ID, p.ID)
	take(&c.Participant.Name, p.Name)
	take(&c.Participant.Username, p.Username)
	take(&c.Participant.Picture, p.Picture)
	if changed && newer {
		c.NamedAsOf = asOf
	}
	return changed
}

// ingestMessages stores the messages, newest first (the count of unread needs
// that), and those that are known by their ID before those that may be echoes
// of a send: an echo is recognised by its content, and must not be taken for a
// message that the same batch names by ID.
func (e *edit) ingestMessages(b Batch) (fresh, changed int, err error) {
	facts := slices.Clone(b.Messages)
	slices.SortStableFunc(facts, func(x, y MessageFact) int {
		return y.Message.Position().Compare(x.Message.Position())
	})
	var news []MessageFact
	for _, f := range facts {
		told, err := e.ingestKnown(b, f)
		if err != nil {
			return 0, 0, err
		}
		switch told {
		case unheard:
			news = append(news, f)
		case confirmed:
			fresh++
		case correction:
			changed++
		}
	}
	echoes := e.newEchoes()
	inserted := make(map[placeInBatch]bool, len(news))
	for _, f := range news {
		if e.in.tooOld(f.Message) {
			continue
		}
		place := placeInBatch{f.Message.Conversation, f.Message.ID}
		if inserted[place] { // the same message twice in one batch
			if _, err := e.ingestKnown(b, f); err != nil {
				return 0, 0, err
			}
			continue
		}
		if err := e.ingestNew(b, f, echoes); err != nil {
			return 0, 0, err
		}
		inserted[place] = true
		fresh++
	}
	return fresh, changed, nil
}

// tooOld tells that retention would remove the message again: providers repeat
// their whole history at every read.
func (in *Inbox) tooOld(m Message) bool {
	limit := in.opts.Retention.MaxAge
	return limit > 0 && time.Since(m.CreatedAt) > limit
}

// placeInBatch names a message within a batch.
type placeInBatch struct {
	conversation ConversationID
	message      MessageID
}

// novelty is what a fact says of a message beyond what we know.
type novelty int

const (
	unheard    novelty = iota // there is no message of that ID
	repetition                // nothing
	correction                // something
	confirmed                 // that our own send has arrived: no read had shown it before
)

// ingestKnown merges a fact into the message of that ID, if it is there.
func (e *edit) ingestKnown(b Batch, f MessageFact) (novelty, error) {
	m, found, err := e.Message(f.Message.Conversation, f.Message.ID)
	if err != nil || !found {
		return unheard, err
	}
	e.saw(m.Conversation, m.ID)
	c, err := e.conversation(m.Conversation, true)
	if err != nil {
		return unheard, err
	}
	if c.mergeParticipant(f.Peer, f.AsOf) {
		c.dirty = true
	}
	c.shown = c.shown || !b.Pushed
	before := m
	if !m.merge(f, b.shows()) {
		return repetition, nil
	}
	c.dirty = true
	c.confirm(m.ID)
	c.moved(before, m)
	c.reacted(m, before.customersReactions())
	if m.Deleted && !before.Deleted {
		c.unsent(m)
	}
	c.summarize(m)
	if err := e.settleReactions(c, m, f.KnowsReactions); err != nil {
		return correction, err
	}
	if before.Provisional || before.Pushed && !m.Pushed {
		return confirmed, e.PutMessage(m)
	}
	return correction, e.PutMessage(m)
}

// shows tells that a page of a feed shows the messages of the batch.
func (b Batch) shows() bool { return !b.Pushed && !b.aside }

// ingestNew stores a message that is not known by its ID. It may still be the
// echo of our own send.
func (e *edit) ingestNew(b Batch, f MessageFact, echoes *echoes) error {
	m := f.Message
	c, err := e.conversation(m.Conversation, true)
	if err != nil {
		return err
	}
	c.mergeParticipant(f.Peer, f.AsOf)
	c.noteSource(b)
	if b.Pushed && c.Participant.Name == "" && c.Participant.Username == "" {
		e.nameless = append(e.nameless, c.ID)
	}
	m.ArrivedAt, m.TextAsOf = e.now, f.AsOf
	if f.KnowsReactions {
		m.ReactionsAsOf = f.AsOf
	}
	stampLinks(&m, f.AsOf)
	if m.Deleted {
		m.empty()
	}
	if b.Pushed {
		if late, err := echoes.hasFailed(c, m); err != nil || late {
			return err
		}
	}
	own, absorbed, err := echoes.claim(c, &m)
	if err != nil || absorbed {
		return err
	}
	m.Pushed = !b.shows()
	if m.Arrival == 0 {
		if m.Arrival, err = e.NextArrival(); err != nil {
			return err
		}
	}
	if err := e.PutMessage(m); err != nil {
		return err
	}
	if !own {
		c.Messages++
	}
	c.arrived(m, !b.Pushed && (b.Backlog || c.isNew || c.Pushed))
	return nil
}

// noteSource keeps whether all that is known of a conversation came by webhook.
func (c *editedConversation) noteSource(b Batch) {
	switch {
	case b.Pushed && c.Messages == 0:
		c.Pushed = true
	case !b.Pushed:
		c.shown = true
	}
}

// arrived updates what the conversation says of its messages. quiet messages
// are history: read for the first time, not written just now. What happened in
// a thread is no message, and one that was unsent asks for nothing; but the
// customer has written it, so the window is open.
func (c *editedConversation) arrived(m Message, quiet bool) {
	c.dirty = true
	if m.Event {
		return
	}
	c.LastArrival = max(c.LastArrival, m.Arrival)
	if m.Direction == Received {
		c.LastReceivedAt = later(c.LastReceivedAt, m.CreatedAt)
		if !quiet && !m.Deleted {
			c.comeBack()
		}
	}
	c.unread.count(m, quiet)
	c.summarize(m)
}

// summarize keeps the summary of the newest message.
func (c *editedConversation) summarize(m Message) {
	last := Position{At: c.Last.At, ID: c.Last.ID}
	if m.Event {
		return
	}
	if c.Last.ID != "" && m.ID != c.Last.ID && m.Position().Before(last) {
		return
	}
	c.Last = Summary{ID: m.ID, At: m.CreatedAt, Direction: m.Direction, Text: summaryText(m), Deleted: m.Deleted}
	c.Unanswered = m.Direction == Received && !m.Deleted
}

// forgetSummary makes flush look for the newest message again, because the one
// that the summary tells of is gone or has moved.
func (c *editedConversation) forgetSummary(id MessageID) {
	if c.Last.ID == id {
		c.Last, c.lastMoved, c.dirty = Summary{}, true, true
	}
}

// moved brings up to date what is reckoned from the time of a message, when that
// has become another one.
func (c *editedConversation) moved(before, m Message) {
	if m.CreatedAt.Equal(before.CreatedAt) {
		return
	}
	c.forgetSummary(m.ID)
	if before.Provisional { // its time was our own guess: nothing else relies on it
		return
	}
	if c.ReadUpTo.Equal(before.CreatedAt) {
		c.ReadUpTo = m.CreatedAt
	}
	switch {
	case m.Event:
	case m.Direction == Received:
		c.LastReceivedAt = later(c.LastReceivedAt, m.CreatedAt)
	default:
		c.unread.answered = later(c.unread.answered, m.CreatedAt)
	}
}

// summaryRunes is how much of a message a list row can need.
const summaryRunes = 160

func summaryText(m Message) string {
	text := cut(m.Preview(), summaryRunes)
	for _, r := range m.Reactions {
		text += " ← " + r.Emoji
	}
	return text
}

// unreadCount counts by arrival, not by the sender's clock: a message that
// comes late and is older than the last read is unread all the same. Only a
// history that is read for the first time (a backlog) is different: there,
// what is older than our own last answer counts as read.
type unreadCount struct {
	receivedBefore time.Time // newest received message before this transaction
	answered       time.Time // newest own message seen in this transaction, or before
	base           int       // unread before this transaction
	fresh          int       // unread that came in it
}

func (u *unreadCount) start(c Conversation) {
	*u = unreadCount{receivedBefore: c.LastReceivedAt, base: c.Unread, answered: c.LastSentAt}
}

// count takes the transaction's new messages, newest first.
func (u *unreadCount) count(m Message, quiet bool) {
	switch {
	case m.Direction == Sent:
		if quiet && m.CreatedAt.After(u.receivedBefore) {
			u.base = 0
		}
		if m.CreatedAt.After(u.answered) {
			u.answered = m.CreatedAt
		}
	case !m.Deleted && (!quiet || m.CreatedAt.After(u.answered)):
		u.fresh++
	}
}

func (u *unreadCount) finish(c *Conversation) {
	c.Unread = u.base + u.fresh
	c.LastSentAt = u.answered
	u.start(*c)
}

// cleanBatch makes every foreign string of the batch safe, and completes what
// follows from the batch: conversation IDs, UTC, an ID where there is none.
func cleanBatch(b Batch) Batch {
	b.AsOf = b.AsOf.UTC()
	conversations := make([]ConversationFact, 0, len(b.Conversations))
	for _, f := range b.Conversations {
		if f.RemoteID == "" {
			continue
		}
		f.Participant, f.ReadUpTo = cleanParticipant(f.Participant), f.ReadUpTo.UTC()
		conversations = append(conversations, f)
	}
	messages := make([]MessageFact, 0, len(b.Messages))
	for _, f := range b.Messages {
		if f.RemoteID == "" {
			continue
		}
		if f.AsOf.IsZero() {
			f.AsOf = b.AsOf
		}
		f.AsOf = f.AsOf.UTC()
		f.Peer = cleanParticipant(f.Peer)
		f.Message = cleanMessage(f.Message)
		f.Message.Conversation = NewConversationID(b.Account, b.Platform, f.RemoteID)
		if f.Message.ID == "" {
			f.Message.ID = contentID(f.Message)
		}
		messages = append(messages, f)
	}
	b.Conversations, b.Messages, b.Events = conversations, messages, cleanEvents(b)
	return b
}

// cleanEvents drops what names no message, and what a newer program would know.
func cleanEvents(b Batch) []EventFact {
	var events []EventFact
	for _, ev := range b.Events {
		if ev.Message == "" || !ev.Kind.known() {
			continue
		}
		if ev.At.IsZero() {
			ev.At = b.AsOf
		}
		ev.At, ev.Since = toMillis(ev.At), time.Time{}
		ev.Emoji, ev.Text = cut(CleanLine(ev.Emoji), maxEmoji), Clean(ev.Text)
		if ev.Kind == EventReaction && ev.Emoji == "" {
			ev.Emoji = "?" // it is one, whatever it shows
		}
		events = append(events, ev)
	}
	return events
}

// maxEmoji bounds a reaction, in runes: the longest emoji are sequences of ten.
const maxEmoji = 12

// maxName bounds a participant's name, in runes: some send 10 kB.
const maxName = 120

func cleanParticipant(p Participant) Participant {
	p.Name = cut(CleanLine(p.Name), maxName)
	p.Username = cut(CleanLine(p.Username), maxName)
	p.Picture = CleanLine(p.Picture)
	return p
}

func cleanMessage(m Message) Message {
	m.SenderName = cut(CleanLine(m.SenderName), maxName)
	m.Text = Clean(m.Text)
	m.Unsupported = CleanLine(m.Unsupported)
	m.CreatedAt, m.UpdatedAt = toMillis(m.CreatedAt), toMillis(m.UpdatedAt)
	m.Attachments = slices.Clone(m.Attachments)
	for i, a := range m.Attachments {
		a.Type, a.URL, a.Title = CleanLine(a.Type), CleanLine(a.URL), CleanLine(a.Title)
		m.Attachments[i] = a
	}
	m.Reactions = slices.Clone(m.Reactions)
	for i, r := range m.Reactions {
		m.Reactions[i].Emoji = cut(CleanLine(r.Emoji), maxEmoji)
	}
	// The order of a JSON object means nothing; ours must not change with it.
	slices.SortFunc(m.Reactions, compareReactions)
	if r := m.ReplyTo; r != nil {
		m.ReplyTo = &Reference{Message: r.Message, Kind: CleanLine(r.Kind), URL: CleanLine(r.URL), Text: Clean(r.Text)}
	}
	if o := m.Origin; o != nil {
		m.Origin = &Origin{Kind: CleanLine(o.Kind), Title: CleanLine(o.Title), Ref: CleanLine(o.Ref), URL: CleanLine(o.URL)}
	}
	m.Extra = compactExtra(m.Extra)
	return m
}

// toMillis drops what no provider tells and the store does not keep.
func toMillis(t time.Time) time.Time {
	if t.IsZero() {
		return t
	}
	return t.UTC().Truncate(time.Millisecond)
}

// contentID names a message that came without an ID, so that reading it again
// finds it again.
func contentID(m Message) MessageID {
	h := sha256.New()
	for _, s := range []string{string(m.Direction), m.SenderID, m.CreatedAt.Format(time.RFC3339Nano), m.Text} {
		h.Write([]byte(s))
		h.Write([]byte{0})
	}
	for _, a := range m.Attachments {
		h.Write([]byte(a.Type))
	}
	return MessageID(contentPrefix + hex.EncodeToString(h.Sum(nil)[:contentBytes]))
}

// What an ID is made of that we have given ourselves.
const (
	contentPrefix = "parley-"
	contentBytes  = 12
)

// isContentID tells whether the message came without an ID.
func isContentID(id MessageID) bool {
	sum, ok := strings.CutPrefix(string(id), contentPrefix)
	return ok && len(sum) == 2*contentBytes && !strings.Contains(sum, "-")
}
