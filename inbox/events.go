package inbox

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// News is what scripts are told: that something has happened, once, in the order
// in which it was stored. Screens need none of it; they read again what a hint
// names. Messages are told also when nobody followed as they came, by their
// arrival numbers; of what leaves no trace in the cache (that a reaction was
// taken back) only who follows is told.

// NewsKind is what has happened.
type NewsKind string

// The kinds of news.
const (
	NewsMessage    NewsKind = "new"        // the customer has written
	NewsSent       NewsKind = "sent"       // we have, here or elsewhere
	NewsReaction   NewsKind = "reaction"   // there is an emoji on a message, or another one than before
	NewsUnreaction NewsKind = "unreaction" // … it was taken back
	NewsRead       NewsKind = "read"       // the customer has read up to a time
	NewsEdited     NewsKind = "edited"     // the text of a message is another one
	NewsUnsent     NewsKind = "unsent"     // a message was taken back
	NewsClosing    NewsKind = "closing"    // unanswered, and the reply window ends soon
	NewsFailed     NewsKind = "failed"     // a send has failed
	NewsUnknown    NewsKind = "unknown"    // a send may or may not have arrived
	NewsDone       NewsKind = "done"       // an agent is through with the conversation
	NewsReopened   NewsKind = "reopened"   // … or is not, after all
	NewsSnoozed    NewsKind = "snoozed"    // out of sight until a time
	NewsWoken      NewsKind = "woken"      // … which has come
)

// News is one thing that has happened.
type News struct {
	Kind         NewsKind
	At           time.Time // when it was stored, by our clock; of closing: when the time left became short
	Cursor       NewsCursor
	Conversation Conversation // as it is when the news is told
	Message      *Message     // for those that speak of one, as it was stored
	Reaction     *Reaction    // for reactions
	Item         *OutboxItem  // for sends
}

// NewsCursor is a place in the news: what comes after it has not been told.
type NewsCursor struct {
	Arrival uint64    // of the newest message that was told
	At      time.Time // of the newest news
}

// IsZero tells that there is no place: news begins now.
func (c NewsCursor) IsZero() bool { return c == NewsCursor{} }

// String is the cursor for scripts to keep: arrival and milliseconds.
func (c NewsCursor) String() string { return fmt.Sprintf("%d-%d", c.Arrival, c.At.UnixMilli()) }

// ParseNewsCursor reads what String has written.
func ParseNewsCursor(text string) (NewsCursor, error) {
	arrival, at, ok := strings.Cut(text, "-")
	n, err1 := strconv.ParseUint(arrival, 10, 64)
	ms, err2 := strconv.ParseInt(at, 10, 64)
	if !ok || err1 != nil || err2 != nil || ms < 0 {
		return NewsCursor{}, &Error{
			Kind: Rejected, Op: "follow", Text: fmt.Sprintf("%q is no place in the news", CleanLine(text)),
			Hint: "give the cursor of the last line that was dealt with, such as 1041-1763740800000",
		}
	}
	return NewsCursor{Arrival: n, At: time.UnixMilli(ms).UTC()}, nil
}

// FollowOptions say what is told.
type FollowOptions struct {
	Since   NewsCursor       // zero: from now on
	Closing time.Duration    // the time left at which a window is closing; 0: that is not told
	Ready   func(NewsCursor) // called when nothing that happens from now on is missed; may be nil
	Lost    func()           // called when f was too slow for some news that is not about messages; may be nil
}

// NewsAge is the age at which a message that comes in is history and no news: no
// window is longer, so nobody can be answered. A first sync reads years of it.
const NewsAge = 7 * 24 * time.Hour

// Follow calls f for everything that happens, until ctx ends or f fails. It
// sleeps in between: commits wake it, and the clock when a window is closing.
func (in *Inbox) Follow(ctx context.Context, o FollowOptions, f func(News) error) error {
	w, err := in.followers.join(ctx, in)
	if err != nil {
		return err
	}
	defer in.followers.leave(w)
	fl := &following{in: in, o: o, tell: f, cursor: o.Since, closing: map[ConversationID]time.Time{}}
	if err := fl.begin(ctx); err != nil {
		return err
	}
	for {
		noted, lost, ok := w.wait(ctx, fl.nextClosing)
		if !ok {
			return nil
		}
		if err := fl.pass(ctx, noted); err != nil {
			return err
		}
		if lost {
			if o.Lost != nil {
				o.Lost()
			}
			if err := fl.catchUp(ctx); err != nil {
				return err
			}
		}
		if err := fl.closings(ctx, time.Time{}); err != nil {
			return err
		}
	}
}

// following is one call of Follow.
type following struct {
	in     *Inbox
	o      FollowOptions
	tell   func(News) error
	cursor NewsCursor

	closing     map[ConversationID]time.Time // the ends of windows that were told, as long as they are near
	nextClosing time.Time                    // when the next one is near; zero: none is known
}

// begin tells what has happened since the cursor.
func (fl *following) begin(ctx context.Context) error {
	since := fl.cursor.At
	if fl.cursor.IsZero() {
		since = time.Now()
		newest, err := fl.in.lastArrival(ctx)
		if err != nil {
			return err
		}
		fl.cursor = NewsCursor{Arrival: newest, At: since.UTC()}
	} else if err := fl.catchUp(ctx); err != nil {
		return err
	}
	if err := fl.closings(ctx, since); err != nil {
		return err
	}
	if fl.o.Ready != nil {
		fl.o.Ready(fl.cursor)
	}
	return nil
}

// pass tells what was noted, as far as it was not told before.
func (fl *following) pass(ctx context.Context, noted []occurrence) error {
	for _, n := range noted {
		if n.arrival > 0 && n.arrival <= fl.cursor.Arrival {
			continue // the catching up has told it
		}
		fl.cursor.Arrival = max(fl.cursor.Arrival, n.arrival)
		if err := fl.say(ctx, n); err != nil {
			return err
		}
	}
	return nil
}

// say tells one thing, unless its conversation has been forgotten meanwhile.
func (fl *following) say(ctx context.Context, n occurrence) error {
	fl.cursor.At = later(fl.cursor.At, n.at)
	if n.message != nil && n.message.ArrivedAt.Sub(n.message.CreatedAt) > NewsAge && n.arrival > 0 {
		return nil
	}
	c, err := fl.in.Conversation(ctx, n.conversation)
	if e := AsError(err); e != nil && e.Kind == NotFound {
		return nil
	}
	if err != nil {
		return err
	}
	fl.expectClosing(c)
	return fl.tell(News{Kind: n.kind, At: n.at, Cursor: fl.cursor, Conversation: c, Message: n.message, Reaction: n.reaction, Item: n.item})
}

// place is where a message is that was not told yet.
type place struct {
	arrival      uint64
	conversation ConversationID
	message      MessageID
}

// catchUp tells what the cache knows to have happened since the cursor: messages
// in the order of their arrival, then sends that failed or are in doubt.
func (fl *following) catchUp(ctx context.Context) error {
	since := fl.cursor
	places, err := fl.untold(ctx)
	if err != nil {
		return err
	}
	for _, p := range places {
		var m Message
		var found bool
		err := fl.in.store.View(ctx, func(r Reader) (err error) {
			m, found, err = r.Message(p.conversation, p.message)
			return err
		})
		if err != nil {
			return err
		}
		fl.cursor.Arrival = p.arrival
		if !found {
			continue
		}
		n := occurrence{kind: kindOf(m), conversation: p.conversation, message: &m, arrival: p.arrival, at: m.ArrivedAt}
		if err := fl.say(ctx, n); err != nil {
			return err
		}
	}
	return fl.doubts(ctx, since.At)
}

// untold lists the messages that came after the cursor, by their arrival. The
// reading takes many transactions, and what comes while it goes on is noted: of
// that nothing is listed here, else an older one of another conversation, which
// was read already, would seem to have been told.
func (fl *following) untold(ctx context.Context) (places []place, err error) {
	moved := fl.in.Subscribe()
	defer moved.Close()
	newest, err := fl.in.lastArrival(ctx)
	if err != nil {
		return nil, err
	}
	for _, v := range WholeViews {
		for row, err := range fl.in.Walk(ctx, ListSearch{Query: ListQuery{View: v, Now: time.Now()}}) {
			if err != nil {
				return nil, err
			}
			if row.LastArrival <= fl.cursor.Arrival {
				continue
			}
			if places, err = fl.untoldOf(ctx, row.ID, newest, places); err != nil {
				return nil, err
			}
		}
	}
	for id := range moved.take().Conversations { // to where the lists had been read, it may be
		if places, err = fl.untoldOf(ctx, id, newest, places); err != nil {
			return nil, err
		}
	}
	slices.SortFunc(places, func(a, b place) int { return cmp.Compare(a.arrival, b.arrival) })
	return slices.Compact(places), nil
}

// lastArrival is the newest arrival number that was given out.
func (in *Inbox) lastArrival(ctx context.Context) (newest uint64, err error) {
	err = in.store.View(ctx, func(r Reader) error {
		newest, err = r.LastArrival()
		return err
	})
	return newest, err
}

// messagesAtOnce is how many messages are read in one transaction.
const messagesAtOnce = 200

// untoldOf adds the messages of one conversation that came after the cursor, up to
// the newest. A late one can be anywhere.
func (fl *following) untoldOf(ctx context.Context, id ConversationID, newest uint64, places []place) ([]place, error) {
	q := ThreadQuery{Conversation: id, Before: messagesAtOnce}
	for {
		var page ThreadPage
		err := fl.in.store.View(ctx, func(r Reader) (err error) {
			page, err = r.Thread(q)
			return err
		})
		if err != nil {
			return nil, err
		}
		for _, m := range page.Messages {
			if m.Arrival > fl.cursor.Arrival && m.Arrival <= newest {
				places = append(places, place{m.Arrival, id, m.ID})
			}
		}
		if !page.MoreBefore || len(page.Messages) == 0 {
			return places, nil
		}
		q.Anchor = page.Messages[0].Position()
	}
}

// doubts tells of sends that failed or became doubtful since then, as far as the
// outbox says when.
func (fl *following) doubts(ctx context.Context, since time.Time) error {
	items, err := fl.in.Outbox(ctx, false)
	if err != nil {
		return err
	}
	for _, item := range items {
		kind := kindOfItem(item.State())
		if at := fl.in.lastTouched(item); kind != "" && at.After(since) {
			if err := fl.say(ctx, occurrence{kind: kind, conversation: item.Conversation, item: &item, at: at}); err != nil {
				return err
			}
		}
	}
	return nil
}

// lastTouched is when somebody last did something with the item, by our clock.
func (in *Inbox) lastTouched(o OutboxItem) time.Time {
	at := later(o.CreatedAt, o.QueuedAt)
	for _, p := range o.Parts {
		at = later(at, in.ByOurClock(o.Conversation.Account(), p.AttemptedAt))
	}
	return at
}

// expectClosing looks forward to the end of a conversation's window.
func (fl *following) expectClosing(c Conversation) {
	ends := fl.in.Window(c).ClosesAt
	if fl.o.Closing == 0 || !c.Unanswered || ends.IsZero() || fl.closing[c.ID].Equal(ends) {
		return
	}
	fl.nextClosing = sooner(fl.nextClosing, fl.nearAt(c.ID, ends))
}

// nearAt is when the end of a window comes near, by our clock: windows end by the
// provider's.
func (fl *following) nearAt(id ConversationID, ends time.Time) time.Time {
	return fl.in.ByOurClock(id.Account(), ends).Add(-fl.o.Closing)
}

// closings tells of windows whose end has come near, and finds out when the next
// one will. Those that were near at a time since are not told.
func (fl *following) closings(ctx context.Context, since time.Time) error {
	if fl.o.Closing == 0 || since.IsZero() && (fl.nextClosing.IsZero() || fl.nextClosing.After(time.Now())) {
		return nil
	}
	fl.nextClosing = time.Time{}
	near, err := fl.nearClosing(ctx)
	if err != nil {
		return err
	}
	before := fl.closing
	fl.closing = make(map[ConversationID]time.Time, len(near))
	for _, c := range near {
		ends := fl.in.Window(c).ClosesAt
		fl.closing[c.ID] = ends
		at := fl.nearAt(c.ID, ends)
		if before[c.ID].Equal(ends) || !at.After(since) {
			continue
		}
		if err := fl.say(ctx, occurrence{kind: NewsClosing, conversation: c.ID, at: at}); err != nil {
			return err
		}
	}
	return nil
}

// nearClosing lists the conversations whose windows end soon, and notes when the
// first of the others does.
func (fl *following) nearClosing(ctx context.Context) (near []Conversation, err error) {
	now := time.Now()
	for row, err := range fl.in.Walk(ctx, ListSearch{Query: ListQuery{View: ViewUnanswered, Sort: SortTimeLeft, Now: now}}) {
		if err != nil {
			return nil, err
		}
		left, ends := fl.in.OurWindow(row.Conversation).Left(now)
		switch {
		case !ends: // those without an end come last
			return near, nil
		case left > fl.o.Closing:
			fl.expectClosing(row.Conversation)
			return near, nil
		}
		near = append(near, row.Conversation)
	}
	return near, nil
}
