package inboxtest

import (
	"encoding/json"
	"maps"
	"slices"

	"parley/inbox"
)

// A store that hands out its own memory lets a caller change the past. These
// copies keep tests honest: the cache on disk cannot be changed that way either.

func clonePointer[T any](p *T) *T {
	if p == nil {
		return nil
	}
	v := *p
	return &v
}

func cloneConversation(c inbox.Conversation) inbox.Conversation {
	c.Provisional = slices.Clone(c.Provisional)
	c.Triage.Labels = slices.Clone(c.Triage.Labels)
	return c
}

func cloneMessage(m inbox.Message) inbox.Message {
	m.Attachments = slices.Clone(m.Attachments)
	m.Reactions = slices.Clone(m.Reactions)
	m.Withdrawn = slices.Clone(m.Withdrawn)
	m.ReplyTo = clonePointer(m.ReplyTo)
	m.Origin = clonePointer(m.Origin)
	if m.Extra != nil {
		extra := make(map[string]json.RawMessage, len(m.Extra))
		for name, raw := range m.Extra {
			extra[name] = slices.Clone(raw)
		}
		m.Extra = extra
	}
	return m
}

func cloneItem(item inbox.OutboxItem) inbox.OutboxItem {
	item.Waiting = clonePointer(item.Waiting)
	item.Parts = slices.Clone(item.Parts)
	for i := range item.Parts {
		item.Parts[i].Error = clonePointer(item.Parts[i].Error)
	}
	return item
}

func cloneAccountState(s inbox.AccountState) inbox.AccountState {
	s.Limited = slices.Clone(s.Limited)
	s.Forgotten = maps.Clone(s.Forgotten)
	s.Info = clonePointer(s.Info)
	if s.Info != nil {
		s.Info.MessagingEnabled = clonePointer(s.Info.MessagingEnabled)
		s.Info.ConversationCount = clonePointer(s.Info.ConversationCount)
		s.Info.Linked = slices.Clone(s.Info.Linked)
		s.Info.Checks = slices.Clone(s.Info.Checks)
		s.Info.Messaging = maps.Clone(s.Info.Messaging)
	}
	return s
}
