package inboxtest

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"sync"

	"parley/inbox"
)

// NewStore returns an empty store in memory. It keeps the same contract as the
// cache on disk (see [TestStore]) and is made for tests: simple before fast.
func NewStore() inbox.Store {
	return &memory{current: newState(), writing: make(chan struct{}, 1)}
}

// memory is a Store whose every committed state is immutable: a View keeps the
// one that it began with, an Update works on a copy and swaps it in.
type memory struct {
	writing chan struct{} // capacity 1: the one Update

	mu      sync.Mutex
	current *state
	closed  bool
}

// state is one committed state. Values are never changed in place; maps are
// copied by the next Update.
type state struct {
	conversations map[inbox.ConversationID]entry
	messages      map[inbox.ConversationID][]inbox.Message // oldest first
	notes         map[inbox.ConversationID][]inbox.Message // the same
	outbox        map[inbox.OutboxID]inbox.OutboxItem
	drafts        map[inbox.ConversationID]inbox.Draft
	syncs         map[inbox.SyncKey]inbox.SyncState
	accounts      map[inbox.AccountID]inbox.AccountState
	waiting       map[inbox.WaitKey][]inbox.EventFact
	arrival       uint64
}

// entry is a conversation with what its place by time left is built from.
type entry struct {
	inbox.Conversation
	windows inbox.WindowEnds
}

func newState() *state {
	return &state{
		conversations: map[inbox.ConversationID]entry{},
		messages:      map[inbox.ConversationID][]inbox.Message{},
		notes:         map[inbox.ConversationID][]inbox.Message{},
		outbox:        map[inbox.OutboxID]inbox.OutboxItem{},
		drafts:        map[inbox.ConversationID]inbox.Draft{},
		syncs:         map[inbox.SyncKey]inbox.SyncState{},
		accounts:      map[inbox.AccountID]inbox.AccountState{},
		waiting:       map[inbox.WaitKey][]inbox.EventFact{},
	}
}

// clone copies the maps. The slices of messages are shared until one is
// written, which replaces it.
func (s *state) clone() *state {
	return &state{
		conversations: maps.Clone(s.conversations),
		messages:      maps.Clone(s.messages),
		notes:         maps.Clone(s.notes),
		outbox:        maps.Clone(s.outbox),
		drafts:        maps.Clone(s.drafts),
		syncs:         maps.Clone(s.syncs),
		accounts:      maps.Clone(s.accounts),
		waiting:       maps.Clone(s.waiting),
		arrival:       s.arrival,
	}
}

func (m *memory) snapshot(ctx context.Context) (*state, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.closed {
		return nil, inbox.Errorf(inbox.Internal, "the store is closed")
	}
	return m.current, nil
}

// View runs fn on the state of this moment.
func (m *memory) View(ctx context.Context, fn func(inbox.Reader) error) error {
	s, err := m.snapshot(ctx)
	if err != nil {
		return err
	}
	return fn(&memoryTx{state: s})
}

// Update runs fn on a copy, which becomes the state when fn returns nil.
func (m *memory) Update(ctx context.Context, fn func(inbox.Writer) error) error {
	select {
	case m.writing <- struct{}{}:
		defer func() { <-m.writing }()
	case <-ctx.Done():
		return ctx.Err()
	}
	s, err := m.snapshot(ctx)
	if err != nil {
		return err
	}
	tx := &memoryTx{state: s.clone()}
	if err := fn(tx); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.current = tx.state
	return nil
}

// Close ends the store's use.
func (m *memory) Close() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.closed = true
	return nil
}

// memoryTx reads and writes one state.
type memoryTx struct{ *state }

func (tx *memoryTx) Conversation(id inbox.ConversationID) (inbox.Conversation, bool, error) {
	e, ok := tx.conversations[id]
	return cloneConversation(e.Conversation), ok, nil
}

func (tx *memoryTx) PutConversation(c inbox.Conversation, windows inbox.WindowEnds) error {
	if c.ID == "" {
		return nameless("conversation")
	}
	tx.conversations[c.ID] = entry{cloneConversation(c), windows}
	return nil
}

func (tx *memoryTx) DeleteConversation(id inbox.ConversationID) error {
	delete(tx.conversations, id)
	delete(tx.messages, id)
	delete(tx.notes, id)
	delete(tx.drafts, id)
	maps.DeleteFunc(tx.outbox, func(_ inbox.OutboxID, item inbox.OutboxItem) bool { return item.Conversation == id })
	account, platform, remote, _ := id.Split()
	for _, name := range []string{remote, string(id)} {
		delete(tx.syncs, inbox.SyncKey{Account: account, Platform: platform, Request: "conversation " + name})
	}
	for key, events := range tx.waiting {
		if key.Account != account || key.Platform != platform {
			continue
		}
		rest := slices.DeleteFunc(slices.Clone(events), func(ev inbox.EventFact) bool { return ev.RemoteID == remote })
		if err := tx.PutWaiting(key, rest); err != nil {
			return err
		}
	}
	return nil
}

func (tx *memoryTx) Message(conversation inbox.ConversationID, id inbox.MessageID) (inbox.Message, bool, error) {
	for _, m := range tx.messages[conversation] {
		if m.ID == id {
			return cloneMessage(m), true, nil
		}
	}
	return inbox.Message{}, false, nil
}

func (tx *memoryTx) PutMessage(m inbox.Message) error {
	if m.Conversation == "" || m.ID == "" {
		return nameless("message")
	}
	thread := without(tx.messages[m.Conversation], m.ID)
	at, _ := slices.BinarySearchFunc(thread, m.Position(), comparePosition)
	tx.messages[m.Conversation] = slices.Insert(thread, at, cloneMessage(m))
	return nil
}

func (tx *memoryTx) DeleteMessage(conversation inbox.ConversationID, id inbox.MessageID) error {
	tx.messages[conversation] = without(tx.messages[conversation], id)
	if len(tx.messages[conversation]) == 0 {
		delete(tx.messages, conversation)
	}
	return nil
}

func (tx *memoryTx) Note(conversation inbox.ConversationID, id inbox.MessageID) (inbox.Message, bool, error) {
	for _, note := range tx.notes[conversation] {
		if note.ID == id {
			return note, true, nil
		}
	}
	return inbox.Message{}, false, nil
}

func (tx *memoryTx) PutNote(m inbox.Message) error {
	if m.Conversation == "" || m.ID == "" {
		return nameless("note")
	}
	note := inbox.Message{Conversation: m.Conversation, ID: m.ID, Note: true, Author: m.Author, Text: m.Text, CreatedAt: m.CreatedAt, UpdatedAt: m.UpdatedAt}
	notes := without(tx.notes[m.Conversation], m.ID)
	at, _ := slices.BinarySearchFunc(notes, note.Position(), comparePosition)
	tx.notes[m.Conversation] = slices.Insert(notes, at, note)
	return nil
}

func (tx *memoryTx) DeleteNote(conversation inbox.ConversationID, id inbox.MessageID) error {
	tx.notes[conversation] = without(tx.notes[conversation], id)
	return nil
}

// without returns a new slice, so that states which share the old one keep it.
func without(thread []inbox.Message, id inbox.MessageID) []inbox.Message {
	return slices.DeleteFunc(slices.Clone(thread), func(m inbox.Message) bool { return m.ID == id })
}

func comparePosition(m inbox.Message, p inbox.Position) int {
	return m.Position().Compare(p)
}

func (tx *memoryTx) Thread(q inbox.ThreadQuery) (inbox.ThreadPage, error) {
	thread := tx.messages[q.Conversation]
	switch {
	case q.NotesOnly:
		thread = tx.notes[q.Conversation]
	case q.Notes:
		thread = slices.Concat(thread, tx.notes[q.Conversation])
		slices.SortStableFunc(thread, func(a, b inbox.Message) int { return a.Position().Compare(b.Position()) })
	}
	at := len(thread)
	if !q.Anchor.IsZero() {
		at, _ = slices.BinarySearchFunc(thread, q.Anchor, comparePosition)
	}
	from, to := stretch(at, len(thread), q.Before, q.After)
	page := inbox.ThreadPage{MoreBefore: from > 0, MoreAfter: to < len(thread)}
	for _, m := range thread[from:to] {
		page.Messages = append(page.Messages, cloneMessage(m))
	}
	return page, nil
}

// stretch is the part of a sequence of n that has up to before items above at
// and up to after items from it on.
func stretch(at, n, before, after int) (from, to int) {
	return max(at-max(before, 0), 0), min(at+max(after, 0), n)
}

func (tx *memoryTx) LastArrival() (uint64, error) { return tx.arrival, nil }

func (tx *memoryTx) NextArrival() (uint64, error) {
	tx.arrival++
	return tx.arrival, nil
}

func (tx *memoryTx) OutboxItem(id inbox.OutboxID) (inbox.OutboxItem, bool, error) {
	item, ok := tx.outbox[id]
	return cloneItem(item), ok, nil
}

func (tx *memoryTx) OutboxActive(conversation inbox.ConversationID) ([]inbox.OutboxItem, error) {
	var items []inbox.OutboxItem
	for _, id := range slices.Sorted(maps.Keys(tx.outbox)) {
		item := tx.outbox[id]
		if item.State() != inbox.StateSent && (conversation == "" || item.Conversation == conversation) {
			items = append(items, cloneItem(item))
		}
	}
	return items, nil
}

func (tx *memoryTx) OutboxRecent(limit int) ([]inbox.OutboxItem, error) {
	var items []inbox.OutboxItem
	for _, id := range slices.Backward(slices.Sorted(maps.Keys(tx.outbox))) {
		if len(items) >= limit {
			break
		}
		items = append(items, cloneItem(tx.outbox[id]))
	}
	return items, nil
}

func (tx *memoryTx) PutOutboxItem(item inbox.OutboxItem) error {
	if item.ID == "" || item.Conversation == "" {
		return nameless("outbox item")
	}
	tx.outbox[item.ID] = cloneItem(item)
	return nil
}

func (tx *memoryTx) DeleteOutboxItem(id inbox.OutboxID) error {
	delete(tx.outbox, id)
	return nil
}

func (tx *memoryTx) Draft(id inbox.ConversationID) (inbox.Draft, bool, error) {
	d, ok := tx.drafts[id]
	d.Media = slices.Clone(d.Media)
	return d, ok, nil
}

func (tx *memoryTx) PutDraft(d inbox.Draft) error {
	if d.Conversation == "" {
		return nameless("draft")
	}
	if d.Blank() {
		delete(tx.drafts, d.Conversation)
		return nil
	}
	d.Media = slices.Clone(d.Media)
	tx.drafts[d.Conversation] = d
	return nil
}

func (tx *memoryTx) SyncState(key inbox.SyncKey) (inbox.SyncState, bool, error) {
	s, ok := tx.syncs[key]
	s.Error = clonePointer(s.Error)
	return s, ok, nil
}

func (tx *memoryTx) SyncStates(account inbox.AccountID) ([]inbox.SyncState, error) {
	var states []inbox.SyncState
	for key, s := range tx.syncs {
		if key.Account == account {
			s.Error = clonePointer(s.Error)
			states = append(states, s)
		}
	}
	slices.SortFunc(states, func(a, b inbox.SyncState) int {
		return cmp.Or(cmp.Compare(a.Key.Platform, b.Key.Platform), cmp.Compare(a.Key.Request, b.Key.Request))
	})
	return states, nil
}

func (tx *memoryTx) PutSyncState(s inbox.SyncState) error {
	if s.Key.Account == "" {
		return nameless("sync state")
	}
	s.Error = clonePointer(s.Error)
	tx.syncs[s.Key] = s
	return nil
}

func (tx *memoryTx) AccountState(id inbox.AccountID) (inbox.AccountState, bool, error) {
	s, ok := tx.accounts[id]
	return cloneAccountState(s), ok, nil
}

func (tx *memoryTx) PutAccountState(s inbox.AccountState) error {
	if s.Account == "" {
		return nameless("account state")
	}
	tx.accounts[s.Account] = cloneAccountState(s)
	return nil
}

func (tx *memoryTx) Waiting(key inbox.WaitKey) ([]inbox.EventFact, error) {
	return slices.Clone(tx.waiting[key]), nil
}

func (tx *memoryTx) AllWaiting(account inbox.AccountID) (keys []inbox.WaitKey, err error) {
	for key := range tx.waiting {
		if account == "" || key.Account == account {
			keys = append(keys, key)
		}
	}
	slices.SortFunc(keys, func(a, b inbox.WaitKey) int {
		return cmp.Or(cmp.Compare(a.Account, b.Account), cmp.Compare(a.Platform, b.Platform), cmp.Compare(a.Message, b.Message))
	})
	return keys, nil
}

func (tx *memoryTx) PutWaiting(key inbox.WaitKey, events []inbox.EventFact) error {
	if key.Account == "" || key.Message == "" {
		return nameless("waiting event")
	}
	if len(events) == 0 {
		delete(tx.waiting, key)
		return nil
	}
	events = slices.Clone(events)
	for i := range events {
		events[i].Message = key.Message // a part of the key
	}
	tx.waiting[key] = events
	return nil
}

// nameless is the error for a record that could not be found again.
func nameless(what string) error {
	return inbox.Errorf(inbox.Internal, "a %s without an id cannot be stored", what)
}
