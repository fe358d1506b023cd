package sim

import (
	"fmt"
	"slices"
	"time"

	"parley/inbox"
)

// The methods of this file steer the world and judge a client from outside.

// Conversation is a thread as it is in the world.
type Conversation struct {
	ID           string         `json:"id"`
	Platform     inbox.Platform `json:"platform"`
	Participant  string         `json:"participant_id"`
	Person       Person         `json:"person"`
	Archived     bool           `json:"archived,omitempty"`
	Messages     int            `json:"messages"` // that the face shows
	LastActivity time.Time      `json:"last_activity,omitzero"`
	LastReceived time.Time      `json:"last_received,omitzero"` // zero: the customer never wrote
	ReadUpTo     time.Time      `json:"read_up_to,omitzero"`
	Taken        bool           `json:"taken,omitempty"` // another app controls the thread
}

// Customer is somebody new.
type Customer struct {
	Platform       inbox.Platform `json:"platform"`
	ConversationID string         `json:"conversation_id,omitempty"` // made up when empty
	ParticipantID  string         `json:"participant_id,omitempty"`  // made up when empty
	Person
	Text        string       `json:"text,omitempty"`
	Attachments []Attachment `json:"attachments,omitempty"`
	At          time.Time    `json:"at,omitzero"`    // now when zero
	Cold        bool         `json:"cold,omitempty"` // they never wrote: the message is the shop's
}

// Post is a message that is put into a conversation from outside.
type Post struct {
	ConversationID string       `json:"conversation_id"`
	Text           string       `json:"text,omitempty"`
	Attachments    []Attachment `json:"attachments,omitempty"`
	At             time.Time    `json:"at,omitzero"`      // now when zero
	Sent           bool         `json:"sent,omitempty"`   // by the shop, from another tool
	Origin         *Origin      `json:"origin,omitempty"` // a button, an ad
}

// AddFault puts a fault into force.
func (s *Server) AddFault(fault string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.faults.add(fault)
}

// ClearFaults lifts all faults: an expired key is good again.
func (s *Server) ClearFaults() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults.active = nil
}

// Requests are those of the API, oldest first.
func (s *Server) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	list := make([]Request, len(s.log.list))
	for i, r := range s.log.list {
		list[i] = *r
	}
	return list
}

// Deliveries are the messages that really reached a customer, oldest first.
func (s *Server) Deliveries() []Delivery {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.world.advance(s.opts.Now())
	return slices.Clone(s.world.ledger)
}

// Conversations are all threads as they are now.
func (s *Server) Conversations() []Conversation {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.world.advance(s.opts.Now())
	list := make([]Conversation, len(s.world.conversations))
	for i, c := range s.world.conversations {
		list[i] = s.describe(c)
	}
	return list
}

func (s *Server) describe(c *conversation) Conversation {
	return Conversation{
		ID: c.id, Platform: c.platform, Participant: c.participant, Person: s.world.personOf(c),
		Archived: c.archived, Messages: s.face.shown(c),
		LastActivity: instant(c.lastActivity), LastReceived: instant(c.lastReceived),
		ReadUpTo: instant(c.watermark), Taken: c.taken,
	}
}

// instant is the time of Unix ms, zero for 0.
func instant(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}

// conversation finds a thread by its id.
func (s *Server) conversation(id string) (*conversation, error) {
	c, ok := s.world.byID[id]
	if !ok {
		return nil, fmt.Errorf("simulator: no conversation %q", id)
	}
	return c, nil
}

// Arrive lets somebody new write, or be written to.
func (s *Server) Arrive(who Customer) (Conversation, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.opts.Now()
	s.world.advance(now)
	if !s.has(string(who.Platform)) {
		return Conversation{}, fmt.Errorf("simulator: platform %q is not part of this world", who.Platform)
	}
	c := s.world.welcome(who.Platform, who.Person, english)
	if err := s.rename(c, who); err != nil {
		return Conversation{}, err
	}
	s.world.add(c)
	s.world.post(&message{
		id: s.world.newID(c), conv: c, at: orNow(who.At, now), sent: who.Cold, text: who.Text, attachments: who.Attachments,
	})
	return s.describe(c), nil
}

// rename gives the ids that the caller wants.
func (s *Server) rename(c *conversation, who Customer) error {
	if who.ConversationID != "" {
		c.id = who.ConversationID
	}
	if who.ParticipantID != "" {
		c.participant = who.ParticipantID
	}
	if s.world.byID[c.id] != nil {
		return fmt.Errorf("simulator: conversation %q exists", c.id)
	}
	if s.world.byParticipant[c.participant] != nil {
		return fmt.Errorf("simulator: participant %q exists", c.participant)
	}
	return nil
}

func orNow(at, now time.Time) int64 {
	if at.IsZero() {
		return now.UnixMilli()
	}
	return at.UnixMilli()
}

// Write puts a message into a conversation and returns its id.
func (s *Server) Write(p Post) (id string, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.opts.Now()
	s.world.advance(now)
	c, err := s.conversation(p.ConversationID)
	if err != nil {
		return "", err
	}
	m := &message{
		id: s.world.newID(c), conv: c, at: orNow(p.At, now), sent: p.Sent, text: p.Text, attachments: p.Attachments, origin: p.Origin,
	}
	s.world.post(m)
	return m.id, nil
}

// Edit changes the text of a message, as its sender may.
func (s *Server) Edit(conversationID, messageID, text string) error {
	return s.touch(conversationID, messageID, func(r ref, now int64) { s.world.setText(r, text, now) })
}

// React puts the customer's emoji on a message; "" takes it away.
func (s *Server) React(conversationID, messageID, emoji string) error {
	return s.touch(conversationID, messageID, func(r ref, now int64) {
		s.world.setReaction(r, s.world.at(r).conv.participant, emoji, now)
	})
}

// Unsend takes a message back, as its sender may.
func (s *Server) Unsend(conversationID, messageID string) error {
	return s.touch(conversationID, messageID, func(r ref, now int64) { s.world.takeBack(r, now) })
}

// touch lets something happen to a message now.
func (s *Server) touch(conversationID, messageID string, do func(r ref, now int64)) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.opts.Now()
	s.world.advance(now)
	c, err := s.conversation(conversationID)
	if err != nil {
		return err
	}
	_, r, ok := s.world.find(c, messageID)
	if !ok {
		return fmt.Errorf("simulator: no message %q in conversation %q", messageID, conversationID)
	}
	do(r, now.UnixMilli())
	return nil
}

// react replaces the map: the old one may be read by an answer under way.
func (m *message) react(user, emoji string) {
	reactions := map[string]string{}
	for k, v := range m.reactions {
		reactions[k] = v
	}
	if emoji == "" {
		delete(reactions, user)
	} else {
		reactions[user] = emoji
	}
	m.reactions = reactions
}

// Read lets the customer read everything.
func (s *Server) Read(conversationID string) error {
	return s.changeConversation(conversationID, func(c *conversation, now int64) { s.world.readAll(c, now) })
}

// TakeThread lets another app take control of the thread, or give it back.
func (s *Server) TakeThread(conversationID string, taken bool) error {
	return s.changeConversation(conversationID, func(c *conversation, now int64) { s.world.handOver(c, taken, now) })
}

func (s *Server) changeConversation(id string, edit func(c *conversation, now int64)) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.opts.Now()
	s.world.advance(now)
	c, err := s.conversation(id)
	if err == nil {
		edit(c, now.UnixMilli())
	}
	return err
}

// ClearCache makes the next reads fresh.
func (s *Server) ClearCache() {
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.cache)
}
