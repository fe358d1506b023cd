package inbox

import (
	"context"
	"maps"
	"slices"
	"sync"
	"time"
)

// Events come before their messages now and then, and no provider tells them
// again: so they wait, in the store. Which messages are waited for is kept in
// memory too, so that a message that nothing waits for costs no look.

// waitAtMost is how long an event waits. A message that has not come by then
// was one of those that no read shows.
const waitAtMost = 14 * 24 * time.Hour

// waitingSet are the messages that something waits for.
type waitingSet struct {
	mu   sync.Mutex
	keys map[MessageID]map[WaitKey]waitNote
}

// waitNote is what is kept in memory of what waits for a message.
type waitNote struct {
	events    int
	announced bool      // the message itself is wanted
	oldest    time.Time // since when the first of them has been waiting
}

func noteOfWaiting(events []EventFact) waitNote {
	note := waitNote{events: len(events)}
	for _, ev := range events {
		note.announced = note.announced || ev.Kind == EventAnnounced
		if note.oldest.IsZero() || ev.Since.Before(note.oldest) {
			note.oldest = ev.Since
		}
	}
	return note
}

// tooLong tells that something waits for a message that will not come.
func (n waitNote) tooLong() bool { return time.Since(n.oldest) > waitAtMost }

func (s *waitingSet) put(key WaitKey, note waitNote) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if note.events == 0 {
		if delete(s.keys[key.Message], key); len(s.keys[key.Message]) == 0 {
			delete(s.keys, key.Message)
		}
		return
	}
	if s.keys == nil {
		s.keys = map[MessageID]map[WaitKey]waitNote{}
	}
	if s.keys[key.Message] == nil {
		s.keys[key.Message] = map[WaitKey]waitNote{}
	}
	s.keys[key.Message][key] = note
}

// of tells under which keys events wait for a message of that ID: mostly none.
func (s *waitingSet) of(id MessageID) []WaitKey {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.keys[id]) == 0 {
		return nil
	}
	return slices.Collect(maps.Keys(s.keys[id]))
}

func (s *waitingSet) has(key WaitKey) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.keys[key.Message][key].events > 0
}

// where lists the keys whose note is as asked for.
func (s *waitingSet) where(match func(WaitKey, waitNote) bool) (keys []WaitKey) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, some := range s.keys {
		for key, note := range some {
			if match(key, note) {
				keys = append(keys, key)
			}
		}
	}
	return keys
}

// loadWaiting reads what waits for messages of an account.
func (in *Inbox) loadWaiting(r Reader, id AccountID) error {
	keys, err := r.AllWaiting(id)
	if err != nil {
		return err
	}
	for _, key := range keys {
		events, err := r.Waiting(key)
		if err != nil {
			return err
		}
		in.waiting.put(key, noteOfWaiting(events))
	}
	return nil
}

// wait lets an event wait for its message, and tells whether that is new.
func (e *edit) wait(key WaitKey, ev EventFact) (news bool, err error) {
	events, err := e.Waiting(key)
	if err != nil || e.in.wasAsked(key, ev) {
		return false, err
	}
	ev.Since = e.now
	events, news = withEvent(events, ev)
	if !news {
		return false, nil
	}
	return true, e.putWaiting(key, events)
}

// withEvent adds an event to those that wait for the same message, of which it
// may say more than one, or less.
func withEvent(events []EventFact, ev EventFact) (_ []EventFact, news bool) {
	events = slices.Clone(events)
	i := slices.IndexFunc(events, func(o EventFact) bool { return o.slot() == ev.slot() })
	switch {
	case i < 0:
		return append(events, ev), true
	case !ev.newerThan(events[i]):
		return events, false
	}
	events[i] = ev
	return events, true
}

// putWaiting stores what waits for a message, and remembers to note it in memory.
func (e *edit) putWaiting(key WaitKey, events []EventFact) error {
	if e.waited == nil {
		e.waited = map[MessageID]map[WaitKey]waitNote{}
	}
	if e.waited[key.Message] == nil {
		e.waited[key.Message] = map[WaitKey]waitNote{}
	}
	e.waited[key.Message][key] = noteOfWaiting(events)
	return e.PutWaiting(key, events)
}

// saw is called for every message that is stored or told again: what waits for
// it is applied at the end of the transaction.
func (e *edit) saw(conversation ConversationID, id MessageID) {
	changed := e.waited[id]
	for _, key := range slices.AppendSeq(e.in.waiting.of(id), maps.Keys(changed)) {
		account, platform, _, _ := conversation.Split()
		note, here := changed[key]
		if key.Account != account || key.Platform != platform || here && note.events == 0 {
			continue
		}
		if e.due == nil {
			e.due = map[WaitKey]ConversationID{}
		}
		e.due[key] = conversation
	}
}

// applyWaiting applies what has waited for the messages of this transaction.
func (e *edit) applyWaiting() error {
	for len(e.due) > 0 {
		due := e.due
		e.due = nil
		for key, conversation := range due {
			if err := e.applyWaitingFor(key, conversation); err != nil {
				return err
			}
		}
	}
	return nil
}

func (e *edit) applyWaitingFor(key WaitKey, id ConversationID) error {
	events, err := e.Waiting(key)
	if err != nil {
		return err
	}
	var rest []EventFact
	for _, ev := range events {
		ev.Message = key.Message
		if ev.RemoteID != "" && ev.RemoteID != id.RemoteID() {
			rest = append(rest, ev) // of another conversation
			continue
		}
		found, _, err := e.happen(id, ev)
		if err != nil {
			return err
		}
		if !found {
			rest = append(rest, ev)
		}
	}
	if len(rest) == len(events) && len(events) > 0 {
		return nil
	}
	if c := e.convs[id]; c != nil {
		c.unread.finish(&c.Conversation)
	}
	return e.putWaiting(key, rest)
}

// noteWaiting takes over what a transaction has changed.
func (in *Inbox) noteWaiting(waited map[MessageID]map[WaitKey]waitNote) {
	for _, notes := range waited {
		for key, note := range notes {
			in.waiting.put(key, note)
			if note.announced {
				in.wakePoller(key.Account, key.Platform)
			}
		}
	}
}

func (in *Inbox) wakePoller(id AccountID, name Platform) {
	if a := in.accounts[id]; a != nil {
		if p := a.platform(name); p != nil {
			wake(p.wake)
		}
	}
}

// forgetWaiting removes what waits for messages of a conversation.
func (e *edit) forgetWaiting(id ConversationID) error {
	account, platform, remote, _ := id.Split()
	keys := e.in.waiting.where(func(key WaitKey, _ waitNote) bool { return key.Account == account && key.Platform == platform })
	return e.keepWaiting(keys, func(ev EventFact) bool { return ev.RemoteID != remote })
}

// keepWaiting removes the events of some messages that are not to be kept.
func (e *edit) keepWaiting(keys []WaitKey, keep func(EventFact) bool) error {
	for _, key := range keys {
		events, err := e.Waiting(key)
		if err != nil {
			return err
		}
		rest := slices.DeleteFunc(slices.Clone(events), func(ev EventFact) bool { return !keep(ev) })
		if len(rest) == len(events) && len(events) > 0 {
			continue
		}
		if err := e.putWaiting(key, rest); err != nil {
			return err
		}
	}
	return nil
}

// pruneWaiting gives up what has waited for too long.
func (in *Inbox) pruneWaiting(ctx context.Context) error {
	keys, err := in.waitingElsewhere(ctx)
	if err != nil {
		return err
	}
	keys = append(keys, in.waiting.where(func(_ WaitKey, note waitNote) bool { return note.tooLong() })...)
	for some := range slices.Chunk(keys, pruneAtOnce) {
		err := in.update(ctx, func(e *edit) error {
			return e.keepWaiting(some, func(ev EventFact) bool { return time.Since(ev.Since) <= waitAtMost })
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// waitingElsewhere are the messages of accounts that are no longer in the config
// for which something has waited for too long. They are not kept in memory.
func (in *Inbox) waitingElsewhere(ctx context.Context) (keys []WaitKey, err error) {
	err = in.store.View(ctx, func(r Reader) error {
		all, err := r.AllWaiting("")
		if err != nil {
			return err
		}
		for _, key := range all {
			if in.accounts[key.Account] != nil {
				continue
			}
			events, err := r.Waiting(key)
			if err != nil {
				return err
			}
			if noteOfWaiting(events).tooLong() {
				keys = append(keys, key)
			}
		}
		return nil
	})
	return keys, err
}

// sentTo finds the conversation of a message by its ID alone: some events name
// nothing else. It looks at the outbox, then at the newest conversations, which
// are read once per transaction, and only when it is asked.
type sentTo struct {
	items  map[MessageID][]OutboxItem
	newest map[platformKey][]ConversationID
}

// platformKey is one platform of an account.
type platformKey struct {
	account  AccountID
	platform Platform
}

// newestConversations bounds the search for a message by its ID alone: what is
// said of a message is said soon after it.
const newestConversations = 200

// conversation of an event; "" when nothing tells.
func (s *sentTo) conversation(r Reader, key WaitKey, ev EventFact) (ConversationID, error) {
	if ev.RemoteID != "" {
		return NewConversationID(key.Account, key.Platform, ev.RemoteID), nil
	}
	item, err := s.find(r, ev.Message, func(id ConversationID) bool {
		account, platform, _, _ := id.Split()
		return account == key.Account && platform == key.Platform
	})
	if err != nil || item.ID != "" || ev.Kind == EventFailed || ev.Kind == EventAnnounced {
		return item.Conversation, err
	}
	return s.among(r, key)
}

// among finds the message in the newest conversations; "" when it is in none.
func (s *sentTo) among(r Reader, key WaitKey) (ConversationID, error) {
	of := platformKey{key.Account, key.Platform}
	newest, ok := s.newest[of]
	if !ok {
		var err error
		if newest, err = of.newest(r); err != nil {
			return "", err
		}
		if s.newest == nil {
			s.newest = map[platformKey][]ConversationID{}
		}
		s.newest[of] = newest
	}
	for _, id := range newest {
		if _, found, err := r.Message(id, key.Message); found || err != nil {
			return id, err
		}
	}
	return "", nil
}

// newest lists the newest conversations, wherever agents have put them: what is
// answered is mostly done too.
func (k platformKey) newest(r Reader) (ids []ConversationID, err error) {
	var rows []ListRow
	for _, v := range WholeViews {
		page, err := r.List(ListQuery{View: v, Account: k.account, Platform: k.platform, After: newestConversations})
		if err != nil {
			return nil, err
		}
		rows = append(rows, page.Rows...)
	}
	slices.SortStableFunc(rows, func(a, b ListRow) int { return b.Last.At.Compare(a.Last.At) })
	for _, row := range rows[:min(len(rows), newestConversations)] {
		ids = append(ids, row.ID)
	}
	return ids, nil
}

// item that a message of the conversation came from.
func (s *sentTo) item(r Reader, id ConversationID, message MessageID) (OutboxID, bool, error) {
	item, err := s.find(r, message, func(o ConversationID) bool { return o == id })
	return item.ID, item.ID != "", err
}

func (s *sentTo) find(r Reader, message MessageID, in func(ConversationID) bool) (OutboxItem, error) {
	if s.items == nil {
		recent, err := r.OutboxRecent(recentItems)
		if err != nil {
			return OutboxItem{}, err
		}
		s.items = map[MessageID][]OutboxItem{}
		for _, item := range recent {
			for _, p := range item.Parts {
				if p.MessageID != "" {
					s.items[p.MessageID] = append(s.items[p.MessageID], item)
				}
			}
		}
	}
	for _, item := range s.items[message] {
		if in(item.Conversation) {
			return item, nil
		}
	}
	return OutboxItem{}, nil
}
