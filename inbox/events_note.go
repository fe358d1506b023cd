package inbox

import (
	"context"
	"slices"
	"sync"
	"time"
)

// How news is noticed: every change of the cache goes through an edit, which
// compares what it writes with what was there. It does so only while somebody
// follows, and what it has noticed is handed over after the commit.

// occurrence is something that an edit has noticed.
type occurrence struct {
	kind         NewsKind
	conversation ConversationID
	message      *Message
	reaction     *Reaction
	item         *OutboxItem
	arrival      uint64 // of a message that was not there before
	at           time.Time
}

// mostNoted bounds what waits for a follower that is slow. Beyond it messages are
// found again by their arrival, and the rest is lost.
const mostNoted = 10_000

// followers are those who are told.
type followers struct {
	mu  sync.Mutex
	all map[*follower]struct{}
}

// follower collects what one of them is to be told.
type follower struct {
	mu    sync.Mutex
	noted []occurrence
	lost  bool
	wake  chan struct{} // capacity 1
}

// join begins to collect. No transaction is under way while it does, so every
// change is either noticed or in the store before join returns.
func (f *followers) join(ctx context.Context, in *Inbox) (*follower, error) {
	select {
	case in.writing <- struct{}{}:
		defer func() { <-in.writing }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.all == nil {
		f.all = map[*follower]struct{}{}
	}
	w := &follower{wake: make(chan struct{}, 1)}
	f.all[w] = struct{}{}
	return w, nil
}

func (f *followers) leave(w *follower) {
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.all, w)
}

// any tells whether there is somebody to be told.
func (f *followers) any() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.all) > 0
}

// publish hands over what a committed edit has noticed. It never waits.
func (f *followers) publish(noted []occurrence) {
	if len(noted) == 0 {
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	for w := range f.all {
		w.add(noted)
	}
}

func (w *follower) add(noted []occurrence) {
	w.mu.Lock()
	if len(w.noted)+len(noted) > mostNoted {
		w.noted, w.lost = nil, true
	} else if !w.lost {
		w.noted = append(w.noted, noted...)
	}
	w.mu.Unlock()
	wake(w.wake)
}

// wait blocks until there is something, the time comes (unless it is zero), or
// ctx ends; only then ok is false.
func (w *follower) wait(ctx context.Context, until time.Time) (noted []occurrence, lost, ok bool) {
	var alarm <-chan time.Time
	if !until.IsZero() {
		timer := time.NewTimer(time.Until(until))
		defer timer.Stop()
		alarm = timer.C
	}
	select {
	case <-ctx.Done():
		return nil, false, false
	case <-w.wake:
	case <-alarm:
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	noted, lost = w.noted, w.lost
	w.noted, w.lost = nil, false
	return noted, lost, true
}

// notice remembers it for those who follow.
func (e *edit) notice(n occurrence) {
	n.at = e.now
	e.noticed = append(e.noticed, n)
}

// noticeMessage compares a message with the one that it replaces.
func (e *edit) noticeMessage(m Message) error {
	if !e.followed {
		return nil
	}
	before, found, err := e.Message(m.Conversation, m.ID)
	if err != nil {
		return err
	}
	about := occurrence{conversation: m.Conversation, message: &m}
	switch {
	case !found:
		about.kind, about.arrival = kindOf(m), m.Arrival
		e.notice(about)
		return nil
	case m.Deleted && !before.Deleted:
		about.kind = NewsUnsent
		e.notice(about)
		return nil
	case m.Text != before.Text && before.Text != "":
		about.kind = NewsEdited
		e.notice(about)
	}
	e.noticeReactions(before, m)
	return nil
}

func (e *edit) noticeReactions(before, m Message) {
	for _, r := range m.Reactions {
		if i := slices.IndexFunc(before.Reactions, r.sameUser); i < 0 || before.Reactions[i].Emoji != r.Emoji {
			e.notice(occurrence{kind: NewsReaction, conversation: m.Conversation, message: &m, reaction: &r})
		}
	}
	for _, r := range before.Reactions {
		if !slices.ContainsFunc(m.Reactions, r.sameUser) {
			e.notice(occurrence{kind: NewsUnreaction, conversation: m.Conversation, message: &m, reaction: &r})
		}
	}
}

// noticeConversation compares a conversation with what it was.
func (e *edit) noticeConversation(c Conversation) error {
	if !e.followed {
		return nil
	}
	before, found, err := e.Conversation(c.ID)
	if err != nil || !found {
		return err
	}
	was, is := before.Triage, c.Triage
	for _, news := range []struct {
		kind     NewsKind
		happened bool
	}{
		{NewsRead, c.ReadUpTo.After(before.ReadUpTo) && before.Messages > 0},
		{NewsReopened, !c.IsDone() && before.IsDone()},
		{NewsWoken, is.Woken.After(was.Woken)},
		{NewsDone, c.IsDone() && !before.IsDone()},
		{NewsSnoozed, is.Snoozed() && !is.SnoozedUntil.Equal(was.SnoozedUntil)},
	} {
		if news.happened {
			e.notice(occurrence{kind: news.kind, conversation: c.ID})
		}
	}
	return nil
}

// noticeItem compares an outbox item with what it was.
func (e *edit) noticeItem(item OutboxItem) error {
	kind := kindOfItem(item.State())
	if !e.followed || kind == "" {
		return nil
	}
	before, found, err := e.OutboxItem(item.ID)
	if err == nil && (!found || before.State() != item.State()) {
		e.notice(occurrence{kind: kind, conversation: item.Conversation, item: &item})
	}
	return err
}

// kindOf is the news that a message is.
func kindOf(m Message) NewsKind {
	if m.Direction == Sent {
		return NewsSent
	}
	return NewsMessage
}

// kindOfItem is the news that a state of the outbox is, "" for none.
func kindOfItem(s State) NewsKind {
	switch s {
	case StateFailed:
		return NewsFailed
	case StateUnknown:
		return NewsUnknown
	}
	return ""
}
