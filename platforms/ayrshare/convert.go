package ayrshare

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"parley/inbox"
)

// This file says what the JSON means to the inbox. Its functions are pure.

// readContext is what the elements of an answer leave out.
type readContext struct {
	conversation string    // the conversation asked for, "" for all
	archived     bool      // what was asked for
	answered     time.Time // dates a message that has no date of its own: it must not hide at the very beginning of its thread
}

// messageFact converts one element of "messages". ok is false when it cannot be
// placed: it is no object, or names no conversation.
func messageFact(raw json.RawMessage, rc readContext) (fact inbox.MessageFact, ok bool) {
	o, ok := parseObject(raw)
	if !ok {
		return inbox.MessageFact{}, false
	}
	return factOf(o, rc)
}

// factOf converts a message of a read or of a webhook: what both tell must not
// differ by the way that it came.
func factOf(o object, rc readContext) (fact inbox.MessageFact, ok bool) {
	fact.RemoteID = cmp.Or(o.text("conversationId"), rc.conversation)
	m := &fact.Message
	m.ID = inbox.MessageID(o.text("id"))
	if fact.RemoteID == "" || (m.ID == "" && isNull(o["created"])) {
		return inbox.MessageFact{}, false
	}
	delete(o, "platform") // it is the one that was asked for
	direction, told := directionOf(o)
	m.Direction = direction
	m.Text = o.text("message")
	setTimes(m, o, rc)
	sender, recipient := people(o)
	m.SenderID, m.SenderName = sender.ID, cmp.Or(sender.Name, sender.Username)
	fact.Peer = peer(direction, told, sender, recipient)
	m.Unsupported = unsupported(o, told)
	m.Attachments = attachments(o)
	m.Reactions, fact.KnowsReactions = reactions(o)
	if len(o) > 0 {
		m.Extra = o
	}
	return fact, true
}

// directionOf reads the action. A message whose direction is not told counts as
// the customer's: unread by mistake is seen, sent by mistake is lost.
func directionOf(o object) (d inbox.Direction, told bool) {
	switch d := inbox.Direction(o.text("action")); d {
	case inbox.Sent, inbox.Received:
		return d, true
	}
	return inbox.Received, false
}

// unsupported names what is odd about a message, "" if nothing is.
func unsupported(o object, directionTold bool) string {
	_, odd := o["message"] // still there: neither text nor number
	switch {
	case odd:
		return "message that parley cannot read"
	case !directionTold:
		return "message that does not say who wrote it"
	}
	return ""
}

// setTimes takes "updated" only where it is later: it is the same as "created"
// as long as nothing has changed.
func setTimes(m *inbox.Message, o object, rc readContext) {
	created, updated := o.time("created"), o.time("updated")
	for _, t := range []time.Time{created, updated, rc.answered} {
		if m.CreatedAt.IsZero() {
			m.CreatedAt = t
		}
	}
	if updated.After(m.CreatedAt) {
		m.UpdatedAt = updated
	}
}

func people(o object) (sender, recipient inbox.Participant) {
	sender, recipient = person(o.object("senderDetails")), person(o.object("recipientDetails"))
	sender.ID = cmp.Or(o.text("senderId"), sender.ID)
	recipient.ID = cmp.Or(o.text("recipientId"), recipient.ID)
	return sender, recipient
}

// peer is the customer: the sender of what was received, the recipient of what
// was sent, and nobody when the direction is a guess, so that no answer goes to
// our own page. The ids of the page are not compared with anything: the
// documents' own samples disagree about them within one thread.
func peer(d inbox.Direction, told bool, sender, recipient inbox.Participant) inbox.Participant {
	switch {
	case !told:
		return inbox.Participant{}
	case d == inbox.Sent:
		return recipient
	}
	return sender
}

// person reads the details of a participant. The picture is profileImage in
// messages and picture in conversations.
func person(o object) inbox.Participant {
	return inbox.Participant{
		ID:       o.text("id"),
		Name:     strings.TrimSpace(o.text("name")),
		Username: strings.TrimPrefix(strings.TrimSpace(o.text("username")), "@"),
		Picture:  cmp.Or(o.text("picture"), o.text("profileImage")),
	}
}

// attachments takes what is known of each: type and link. If there is more, the
// whole list stays among the unknown fields as well.
func attachments(o object) []inbox.Attachment {
	const key = "attachments"
	whole := o[key]
	var list []inbox.Attachment
	more := false
	for _, raw := range o.list(key) {
		a, rest := attachment(raw)
		list = append(list, a)
		more = more || rest
	}
	if more {
		o[key] = whole
	}
	return list
}

func attachment(raw json.RawMessage) (a inbox.Attachment, more bool) {
	o, ok := parseObject(raw)
	if !ok {
		link, isText := textOf(raw)
		return inbox.Attachment{URL: link}, !isText
	}
	a.Type = o.text("type")
	a.URL = cmp.Or(o.text("url"), o.text("mediaUrl"))
	a.Title = cmp.Or(o.text("title"), o.text("name"))
	if size, ok := intOf(o["size"]); ok && size >= 0 {
		a.Bytes = size
		delete(o, "size")
	}
	return a, len(o) > 0
}

// reactions reads the map from user to emoji. It is left out when there are
// none, so no map is the knowledge that there are none; a form that we do not
// know is no knowledge at all.
func reactions(o object) (list []inbox.Reaction, known bool) {
	const key = "reactions"
	if isNull(o[key]) {
		delete(o, key)
		return nil, true
	}
	users, ok := parseObject(o[key])
	if !ok {
		return nil, string(o[key]) == "[]"
	}
	known = true
	for user, raw := range users {
		emoji, ok := textOf(raw)
		switch {
		case !ok:
			known = false
		case emoji != "":
			list = append(list, inbox.Reaction{UserID: user, Emoji: emoji})
		}
	}
	if known {
		delete(o, key)
	}
	slices.SortFunc(list, func(a, b inbox.Reaction) int { return strings.Compare(a.UserID, b.UserID) })
	return list, known
}

// conversationFact converts one element of "conversationsDetails". ok is false
// when it has no id.
func conversationFact(raw json.RawMessage, rc readContext) (fact inbox.ConversationFact, ok bool) {
	o, ok := parseObject(raw)
	if !ok {
		return inbox.ConversationFact{}, false
	}
	fact.RemoteID = o.text("id")
	fact.Participant = person(o.object("participant"))
	fact.ReadUpTo = o.time("watermark")
	fact.Archived = archivedFact(o.text("status"), rc)
	return fact, fact.RemoteID != ""
}

// bareConversation is all that a conversation without details tells.
func bareConversation(id string, rc readContext) inbox.ConversationFact {
	return inbox.ConversationFact{RemoteID: id, Archived: archivedFact("", rc)}
}

// archivedFact believes the conversation's own status, else the list that it is in.
func archivedFact(status string, rc readContext) *bool {
	archived := rc.archived
	switch status {
	case statusActive:
		archived = false
	case statusArchived:
		archived = true
	}
	return &archived
}
