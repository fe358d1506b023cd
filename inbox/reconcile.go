package inbox

import (
	"slices"
	"strings"
	"time"
)

// A send and what is read later have to become one message, not two. Mostly
// the provider's message ID says so. Two cases are left, and both are decided
// by content and time, each message and each send being used once:
//
//   - the send has no ID: it is unknown, or its answer has not come yet. An own
//     message with the same content, created after the attempt and never seen
//     before it, is that send;
//   - the send has an ID, but reads show the message under another one. An own
//     message with the same content and about the same time replaces ours, if
//     the same batch does not show ours too.
//
// An echo without an ID (chatt2me repeats the request, and nothing more) is the
// own message with that content that no such echo has named before.

// provesWithin is how long after the attempt a message can have been created
// and still prove it. The same words on another day are another message.
const provesWithin = time.Hour

// clockTolerance is how far the clock of the platform may be behind that of
// the provider (whose Date header has a resolution of one second).
const clockTolerance = 5 * time.Second

// aliasWithin is how long after our send a message under another ID can still
// be the same message.
const aliasWithin = 2 * time.Minute

// echoes finds, among new own messages of a batch, those that are ours. The
// messages that the batch names by a known ID have been confirmed before, so
// they are no longer in doubt and no longer provisional.
type echoes struct {
	e     *edit
	items map[ConversationID][]OutboxItem // active items, read once
}

func (e *edit) newEchoes() *echoes {
	return &echoes{e: e, items: map[ConversationID][]OutboxItem{}}
}

// claim tells whether the new message replaces one of ours that is in the
// store already (so that it does not count as another). It settles the send
// that the message proves, and gives m its outbox ID and arrival.
//
// absorbed says that m is a message that is there already, and not to be stored.
func (s *echoes) claim(c *editedConversation, m *Message) (replaced, absorbed bool, err error) {
	if m.Direction != Sent || m.Event {
		return false, false, nil
	}
	if isContentID(m.ID) {
		if absorbed, err = s.absorb(c, *m); err != nil || absorbed {
			return false, absorbed, err
		}
		return false, false, s.settleItem(c, m)
	}
	// A send that was confirmed has an echo for certain, one in doubt perhaps.
	if replaced, err = s.replaceProvisional(c, m); err != nil || replaced {
		return replaced, false, err
	}
	return false, false, s.settleItem(c, m)
}

// echoesAround is how many messages about the time of an echo are looked at.
const echoesAround = 40

// absorb finds the own message that an echo without an ID repeats: the one that
// it has named before, else the nearest that none has named.
func (s *echoes) absorb(c *editedConversation, m Message) (bool, error) {
	page, err := s.e.Thread(ThreadQuery{
		Conversation: c.ID, Anchor: Position{At: m.CreatedAt}, Before: echoesAround, After: echoesAround,
	})
	if err != nil {
		return false, err
	}
	var ours *Message
	away := func(o Message) time.Duration { return o.CreatedAt.Sub(m.CreatedAt).Abs() }
	for i, o := range page.Messages {
		switch {
		case o.Echo == m.ID:
			return true, nil
		case o.Direction != Sent || o.Echo != "" || isContentID(o.ID) || !sameContent(o, m) || away(o) > aliasWithin:
		case ours == nil || away(o) < away(*ours):
			ours = &page.Messages[i]
		}
	}
	if ours == nil {
		return false, nil
	}
	ours.Echo, ours.Provisional = m.ID, false
	c.confirm(ours.ID)
	c.dirty = true
	return true, s.e.PutMessage(*ours)
}

// settleItem looks for a send without an ID that this message proves. Facts
// come newest first, so the newest send is asked first: two equal texts find
// their partners in order.
func (s *echoes) settleItem(c *editedConversation, m *Message) error {
	if c.Outbox.Waiting == 0 && c.Outbox.Unknown == 0 {
		return nil
	}
	items, err := s.active(c)
	if err != nil {
		return err
	}
	for i := len(items) - 1; i >= 0; i-- {
		if settleParts(&items[i], *m) {
			m.Outbox = items[i].ID
			return s.e.putItem(items[i])
		}
	}
	return nil
}

// active are the conversation's items that are not sent.
func (s *echoes) active(c *editedConversation) ([]OutboxItem, error) {
	if items, ok := s.items[c.ID]; ok {
		return items, nil
	}
	items, err := s.e.OutboxActive(c.ID)
	if err == nil {
		s.items[c.ID] = items
	}
	return items, err
}

// hasFailed tells that the message was ours, and that the platform has said since
// that it did not arrive: a webhook's word on it is late, or a repetition.
func (s *echoes) hasFailed(c *editedConversation, m Message) (bool, error) {
	if m.Direction != Sent || c.Outbox.Failed == 0 {
		return false, nil
	}
	items, err := s.active(c)
	return slices.ContainsFunc(items, func(o OutboxItem) bool {
		return slices.ContainsFunc(o.Parts, func(p Part) bool { return p.State == StateFailed && p.MessageID == m.ID })
	}), err
}

// settleParts marks the parts that the message proves to be delivered. A
// message with text and an attachment proves both of an item.
func settleParts(item *OutboxItem, m Message) bool {
	proved := false
	media := len(m.Attachments)
	for i := range item.Parts {
		p := &item.Parts[i]
		inDoubt := p.State == StateSending || p.State == StateUnknown
		if after := m.CreatedAt.Sub(p.AttemptedAt); !inDoubt || p.MessageID != "" || after < -clockTolerance || after > provesWithin {
			continue
		}
		switch {
		case p.Kind == PartText && sameText(p.Text, m.Text):
		case p.Kind != PartText && media > 0 && p.isIn(m) && (m.Text == "" || proved):
			media--
		default:
			continue
		}
		p.State, p.MessageID, p.Error = StateSent, m.ID, nil
		proved = true
		if media == 0 {
			break
		}
	}
	return proved
}

// settleReactions settles reactions in doubt by what the message shows. That
// ours is not there proves that it was taken back only where all are told.
func (e *edit) settleReactions(c *editedConversation, m Message, allTold bool) error {
	if c.Outbox.Waiting == 0 && c.Outbox.Unknown == 0 {
		return nil
	}
	items, err := e.OutboxActive(c.ID)
	if err != nil {
		return err
	}
	ours := slices.IndexFunc(m.Reactions, func(r Reaction) bool { return r.Mine })
	for _, item := range items {
		proved := false
		for i := range item.Parts {
			p := &item.Parts[i]
			if p.Target != m.ID || p.State != StateUnknown && p.State != StateSending {
				continue
			}
			if p.Kind == PartReaction && ours >= 0 && m.Reactions[ours].Emoji == p.Emoji || p.Kind == PartUnreaction && ours < 0 && allTold {
				p.State, p.Error, proved = StateSent, nil, true
			}
		}
		if proved {
			if err := e.putItem(item); err != nil {
				return err
			}
		}
	}
	return nil
}

// isIn compares kinds: platforms host a file anew, so the URL says nothing.
func (p Part) isIn(m Message) bool {
	return slices.ContainsFunc(m.Attachments, func(a Attachment) bool {
		kind := attachmentKind(a.Type)
		switch {
		case p.Kind == PartPost:
			return kind == postType
		case p.Kind == PartHeart:
			return kind == heartType
		}
		return p.Kind.IsMedia() && kind != postType && kind != heartType &&
			(kind == string(p.Kind) || kind == "file" || p.Kind == PartFile)
	})
}

// attachmentKind is the type, with all the names of a shared post made one: the
// same post is a share in one reading and a reel in the next.
func attachmentKind(t string) string {
	switch strings.ToLower(t) {
	case "share", "ig_post", "post", "ig_reel", "reel", "media_share", "template":
		return postType
	}
	return t
}

// sameText ignores white space: platforms trim and fold it.
func sameText(a, b string) bool {
	return a != "" && slices.Equal(strings.Fields(Clean(a)), strings.Fields(b))
}

// replaceProvisional looks for an own message that no read has shown yet.
func (s *echoes) replaceProvisional(c *editedConversation, m *Message) (bool, error) {
	for _, id := range slices.Backward(c.Provisional) {
		ours, found, err := s.e.Message(c.ID, id)
		if err != nil {
			return false, err
		}
		if !found || !sameContent(ours, *m) || ours.CreatedAt.Sub(m.CreatedAt).Abs() > aliasWithin {
			continue
		}
		if err := s.e.DeleteMessage(c.ID, id); err != nil {
			return false, err
		}
		m.Arrival, m.ArrivedAt, m.Outbox = ours.Arrival, ours.ArrivedAt, ours.Outbox
		c.confirm(id)
		c.forgetSummary(id)
		return true, s.renamePart(ours.Outbox, id, m.ID)
	}
	return false, nil
}

func sameContent(a, b Message) bool {
	if a.Text != "" || b.Text != "" {
		return sameText(a.Text, b.Text)
	}
	return len(a.Attachments) > 0 && len(b.Attachments) > 0 && attachmentKind(a.Attachments[0].Type) == attachmentKind(b.Attachments[0].Type)
}

// renamePart keeps the item's record true when its message has another ID.
func (s *echoes) renamePart(item OutboxID, from, to MessageID) error {
	o, found, err := s.e.OutboxItem(item)
	if err != nil || !found {
		return err
	}
	for i := range o.Parts {
		if o.Parts[i].MessageID == from {
			o.Parts[i].MessageID = to
		}
	}
	return s.e.PutOutboxItem(o)
}

// confirm says that a read has shown the message.
func (c *editedConversation) confirm(id MessageID) {
	if i := slices.Index(c.Provisional, id); i >= 0 {
		c.Provisional, c.dirty = slices.Delete(slices.Clone(c.Provisional), i, i+1), true
	}
}
