package inbox

import "slices"

// What events do to a message and to what its conversation says of it. An event
// that is older than what is known changes nothing, so the order in which they
// come does not matter, nor how often.

// ingestEvents applies the events of a batch, or lets them wait for their
// messages. changed counts those that said something new.
func (e *edit) ingestEvents(b Batch) (changed int, err error) {
	for _, ev := range b.Events {
		news, err := e.ingestEvent(WaitKey{Account: b.Account, Platform: b.Platform, Message: ev.Message}, ev)
		if err != nil {
			return changed, err
		}
		if news {
			changed++
		}
	}
	return changed, nil
}

func (e *edit) ingestEvent(key WaitKey, ev EventFact) (news bool, err error) {
	id, err := e.sentTo.conversation(e, key, ev)
	if err != nil {
		return false, err
	}
	if id != "" {
		ev.RemoteID = id.RemoteID()
		if found, news, err := e.happen(id, ev); found || err != nil {
			return news, err
		}
	}
	return e.wait(key, ev)
}

// happen applies an event to a message of the conversation; found is false when
// it has to wait for the message.
func (e *edit) happen(id ConversationID, ev EventFact) (found, news bool, err error) {
	if ev.Kind == EventFailed {
		return e.fail(id, ev)
	}
	m, found, err := e.Message(id, ev.Message)
	if err != nil || !found || !m.canTake(ev) {
		return false, false, err
	}
	c, err := e.conversation(id, true)
	if err != nil || !c.happened(&m, ev) {
		return true, false, err
	}
	c.dirty = true
	if ev.Kind == EventRead { // it says nothing of the message itself
		return true, true, nil
	}
	c.summarize(m)
	if ev.Mine {
		if err := e.settleReactions(c, m, ev.Kind == EventUnreaction); err != nil {
			return true, true, err
		}
	}
	return true, true, e.PutMessage(m)
}

// canTake tells that the event need not wait: only an announcement waits for
// more than the bare message.
func (m Message) canTake(ev EventFact) bool {
	return ev.Kind != EventAnnounced || m.hasContent()
}

// happened changes the message and the conversation by the event, and tells
// whether it said anything new.
func (c *editedConversation) happened(m *Message, ev EventFact) (news bool) {
	if ev.Kind == EventRead {
		return c.readUpTo(*m, ev)
	}
	if m.Deleted {
		return false
	}
	switch ev.Kind {
	case EventReaction:
		r := ev.reaction()
		r.SeenAt = ev.At
		before := m.customersReactions()
		news = m.react(r)
		c.reacted(*m, before)
	case EventUnreaction:
		news = m.unreact(ev.reaction())
	case EventEdit:
		news = m.edit(ev)
	case EventUnsend:
		m.Deleted, news = true, true
		m.empty()
		c.unsent(*m)
	}
	return news
}

// readUpTo moves the customer's read mark. The time of a message that no read
// has shown yet is our own guess.
func (c *editedConversation) readUpTo(m Message, ev EventFact) bool {
	at := m.CreatedAt
	if m.Provisional {
		at = ev.At
	}
	if !at.After(c.ReadUpTo) {
		return false
	}
	c.ReadUpTo = at
	return true
}

// reacted counts a customer's new reaction to our message as unread: it can be
// the only answer. Where it is, on our newest message, it brings the conversation
// back as a message does.
func (c *editedConversation) reacted(m Message, before int) {
	if m.Direction != Sent || m.customersReactions() <= before {
		return
	}
	c.unread.base++
	if m.ID == c.Last.ID {
		c.comeBack()
	}
}

// unsent takes a message off the unread ones, if it certainly was one of them.
func (c *editedConversation) unsent(m Message) {
	c.unread.finish(&c.Conversation)
	if m.Direction == Received && !m.Event && m.ArrivedAt.After(c.MarkedRead) && m.CreatedAt.After(c.LastSentAt) {
		c.unread.base = max(c.unread.base-1, 0)
	}
}

// edit takes a text that is newer, by the time of the edit and then by how many
// there were. A reading that tells of the same edit has the last word.
func (m *Message) edit(ev EventFact) (changed bool) {
	known := EventFact{At: m.UpdatedAt, Edits: m.Edits, Text: m.Text, Kind: ev.Kind}
	if ev.Text == "" || !ev.newerThan(known) || ev.At.Equal(m.UpdatedAt) && ev.Edits <= m.Edits && m.TextAsOf.After(ev.At) {
		return false
	}
	m.Text, m.TextAsOf, m.UpdatedAt, m.Edits = ev.Text, ev.At, ev.At, max(m.Edits, ev.Edits)
	return true
}

// fail takes back what our send had been told: the message goes, and its part of
// the outbox has failed after all. A message that did not come from the outbox
// stays as it is.
func (e *edit) fail(id ConversationID, ev EventFact) (found, news bool, err error) {
	m, found, err := e.Message(id, ev.Message)
	if err != nil {
		return false, false, err
	}
	item, sent := m.Outbox, found
	if !found {
		item, sent, err = e.sentTo.item(e, id, ev.Message)
	}
	if err != nil || !sent || item == "" {
		return sent, false, err
	}
	o, there, err := e.OutboxItem(item)
	if err != nil || !there || !o.fail(ev) {
		return true, false, err
	}
	if err := e.putItem(o); err != nil || !found {
		return true, true, err
	}
	c, err := e.conversation(id, true)
	if err != nil {
		return true, true, err
	}
	c.Messages = max(c.Messages-1, 0)
	c.confirm(m.ID)
	c.forgetSummary(m.ID)
	c.dirty = true
	return true, true, e.DeleteMessage(id, m.ID)
}

// fail marks the parts that were sent as the message.
func (o *OutboxItem) fail(ev EventFact) (changed bool) {
	o.Parts = slices.Clone(o.Parts)
	for i := range o.Parts {
		p := &o.Parts[i]
		if p.MessageID != ev.Message || p.State != StateSent {
			continue
		}
		p.State, changed = StateFailed, true
		p.Error = &Failure{Kind: Rejected, Text: ev.Text, Hint: "it was accepted first and refused later: send it again, or discard it"}
		if p.Error.Text == "" {
			p.Error.Text = "the platform says that this did not arrive"
		}
	}
	return changed
}
