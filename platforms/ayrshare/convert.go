package ayrshare

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"parley/inbox"
	"parley/platforms/loose"
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
	o, ok := loose.ParseObject(raw)
	if !ok {
		return inbox.MessageFact{}, false
	}
	return factOf(o, rc)
}

// factOf converts a message of a read or of a webhook: what both tell must not
// differ by the way that it came.
func factOf(o loose.Object, rc readContext) (fact inbox.MessageFact, ok bool) {
	fact.RemoteID = cmp.Or(o.Text("conversationId"), rc.conversation)
	m := &fact.Message
	m.ID = inbox.MessageID(o.Text("id"))
	if fact.RemoteID == "" || (m.ID == "" && loose.IsNull(o["created"])) {
		return inbox.MessageFact{}, false
	}
	delete(o, "platform") // it is the one that was asked for
	direction, told := directionOf(o)
	m.Direction = direction
	m.Text = o.Text("message")
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
func directionOf(o loose.Object) (d inbox.Direction, told bool) {
	switch d := inbox.Direction(o.Text("action")); d {
	case inbox.Sent, inbox.Received:
		return d, true
	}
	return inbox.Received, false
}

// unsupported names what is odd about a message, "" if nothing is.
func unsupported(o loose.Object, directionTold bool) string {
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
func setTimes(m *inbox.Message, o loose.Object, rc readContext) {
	created, updated := o.Time("created"), o.Time("updated")
	for _, t := range []time.Time{created, updated, rc.answered} {
		if m.CreatedAt.IsZero() {
			m.CreatedAt = t
		}
	}
	if updated.After(m.CreatedAt) {
		m.UpdatedAt = updated
	}
}

func people(o loose.Object) (sender, recipient inbox.Participant) {
	sender, recipient = person(o.Object("senderDetails")), person(o.Object("recipientDetails"))
	sender.ID = cmp.Or(o.Text("senderId"), sender.ID)
	recipient.ID = cmp.Or(o.Text("recipientId"), recipient.ID)
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
func person(o loose.Object) inbox.Participant {
	return inbox.Participant{
		ID:       o.Text("id"),
		Name:     strings.TrimSpace(o.Text("name")),
		Username: strings.TrimPrefix(strings.TrimSpace(o.Text("username")), "@"),
		Picture:  cmp.Or(o.Text("picture"), o.Text("profileImage")),
	}
}

// attachments takes what is known of each: type and link. If there is more, the
// whole list stays among the unknown fields as well.
func attachments(o loose.Object) []inbox.Attachment {
	const key = "attachments"
	whole := o[key]
	var list []inbox.Attachment
	more := false
	for _, raw := range o.List(key) {
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
	o, ok := loose.ParseObject(raw)
	if !ok {
		link, isText := loose.Text(raw)
		return inbox.Attachment{URL: link}, !isText
	}
	a.Type = o.Text("type")
	a.URL = cmp.Or(o.Text("url"), o.Text("mediaUrl"))
	a.Title = cmp.Or(o.Text("title"), o.Text("name"))
	if size, ok := loose.Int(o["size"]); ok && size >= 0 {
		a.Bytes = size
		delete(o, "size")
	}
	return a, len(o) > 0
}

// reactions reads the map from user to emoji. It is left out when there are
// none, so no map is the knowledge that there are none; a form that we do not
// know is no knowledge at all.
func reactions(o loose.Object) (list []inbox.Reaction, known bool) {
	const key = "reactions"
	if loose.IsNull(o[key]) {
		delete(o, key)
		return nil, true
	}
	users, ok := loose.ParseObject(o[key])
	if !ok {
		return nil, string(o[key]) == "[]"
	}
	known = true
	for user, raw := range users {
		emoji, ok := loose.Text(raw)
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
	o, ok := loose.ParseObject(raw)
	if !ok {
		return inbox.ConversationFact{}, false
	}
	fact.RemoteID = o.Text("id")
	fact.Participant = person(o.Object("participant"))
	fact.ReadUpTo = o.Time("watermark")
	fact.Archived = archivedFact(o.Text("status"), rc)
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
