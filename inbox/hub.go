package inbox

import (
	"context"
	"maps"
	"sync"
)

// Changes is what a subscriber has not looked at yet.
type Changes struct {
	Conversations map[ConversationID]uint64 // the newest revision of each that moved; 0: it is gone
	Accounts      bool                      // freshness, health or the gauge of an account changed
}

// hub carries hints from Ingest to the screens. A hint says which conversation
// moved, never what is in it: the subscriber reads the store. So a slow
// subscriber costs one map entry per conversation, the publisher never blocks,
// and nothing can be lost.
type hub struct {
	mu   sync.Mutex
	subs map[*Subscription]struct{}
}

// Subscription collects hints for one screen.
type Subscription struct {
	hub     *hub
	mu      sync.Mutex
	pending Changes
	wake    chan struct{} // capacity 1
}

func (h *hub) subscribe() *Subscription {
	s := &Subscription{hub: h, wake: make(chan struct{}, 1)}
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.subs == nil {
		h.subs = map[*Subscription]struct{}{}
	}
	h.subs[s] = struct{}{}
	return s
}

// publish is called after a commit, never inside a transaction.
func (h *hub) publish(c Changes) {
	if len(c.Conversations) == 0 && !c.Accounts {
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	for s := range h.subs {
		s.add(c)
	}
}

func (s *Subscription) add(c Changes) {
	s.mu.Lock()
	if s.pending.Conversations == nil {
		s.pending.Conversations = make(map[ConversationID]uint64, len(c.Conversations))
	}
	maps.Copy(s.pending.Conversations, c.Conversations)
	s.pending.Accounts = s.pending.Accounts || c.Accounts
	s.mu.Unlock()
	wake(s.wake)
}

// Wait blocks until something has changed since the last call, or the context
// ends. ok is false only when the context has ended.
func (s *Subscription) Wait(ctx context.Context) (c Changes, ok bool) {
	for {
		select {
		case <-ctx.Done():
			return Changes{}, false
		case <-s.wake:
		}
		if c = s.take(); len(c.Conversations) > 0 || c.Accounts {
			return c, true
		}
	}
}

// take is what has changed since the last look. It does not wait for anything.
func (s *Subscription) take() (c Changes) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c, s.pending = s.pending, Changes{}
	return c
}

// Close ends the subscription.
func (s *Subscription) Close() {
	s.hub.mu.Lock()
	defer s.hub.mu.Unlock()
	delete(s.hub.subs, s)
}
