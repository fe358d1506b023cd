package sim

import (
	"cmp"
	"encoding/json"
	"io"
	"slices"

	"parley/inbox"
)

// This file has the JSON of messages and conversations.

// wireMessage is a message as the API tells it.
type wireMessage struct {
	ID               string            `json:"id"`
	ConversationID   string            `json:"conversationId"`
	Platform         inbox.Platform    `json:"platform"`
	Action           string            `json:"action"`
	Created          string            `json:"created"`
	Updated          string            `json:"updated,omitempty"`
	SenderID         string            `json:"senderId"`
	SenderDetails    *wirePerson       `json:"senderDetails,omitempty"`
	RecipientID      string            `json:"recipientId"`
	RecipientDetails *wirePerson       `json:"recipientDetails,omitempty"`
	Message          string            `json:"message,omitempty"`
	Attachments      []Attachment      `json:"attachments,omitempty"`
	Reactions        map[string]string `json:"reactions,omitempty"`
}

// wirePerson has "profileImage" in messages and "picture" in conversations;
// so does the original.
type wirePerson struct {
	ID           string `json:"id,omitempty"`
	Name         string `json:"name,omitempty"`
	Username     string `json:"username,omitempty"`
	ProfileImage string `json:"profileImage,omitempty"`
	Picture      string `json:"picture,omitempty"`
}

type wireConversation struct {
	ID          string     `json:"id"`
	Participant wirePerson `json:"participant"`
	Status      string     `json:"status"`
	Watermark   int64      `json:"watermark,omitempty"`
}

// wire is the message as the API tells it. It reads only what never changes.
func (w *world) wire(m *message) wireMessage {
	c := m.conv
	p := w.personOf(c)
	out := wireMessage{
		ID: m.id, ConversationID: c.id, Platform: c.platform, Created: stamp(m.at),
		Message: m.text, Attachments: m.attachments, Reactions: m.reactions,
	}
	if m.updated != 0 {
		out.Updated = stamp(m.updated)
	}
	if m.sent {
		out.Action, out.SenderID, out.RecipientID = "sent", pageID(c.platform), c.participant
		out.SenderDetails = &wirePerson{Name: shopName}
		out.RecipientDetails = recipientDetails(c, p)
		return out
	}
	out.Action, out.SenderID, out.RecipientID = "received", c.participant, pageID(c.platform)
	if p != (Person{}) {
		out.SenderDetails = &wirePerson{Name: p.Name, Username: p.Username, ProfileImage: p.Picture}
	}
	return out
}

// recipientDetails are told on some messages only; here, on Instagram's.
func recipientDetails(c *conversation, p Person) *wirePerson {
	if c.platform != inbox.Instagram || p == (Person{}) {
		return nil
	}
	return &wirePerson{Name: p.Name, ID: c.participant, Picture: p.Picture}
}

// takeConversations lists the platform's conversations, the liveliest first.
func (a *answer) takeConversations(from cursor) {
	var all []*conversation
	for _, c := range a.w.conversations {
		if c.platform == a.query.platform && c.archived == a.query.archived && from.before(c.lastActivity, c.id) {
			all = append(all, c)
		}
	}
	slices.SortFunc(all, func(x, y *conversation) int {
		return cmp.Or(cmp.Compare(y.lastActivity, x.lastActivity), cmp.Compare(y.id, x.id))
	})
	if a.query.limit > 0 && len(all) > a.query.limit {
		last := all[a.query.limit-1]
		a.more = &cursor{At: last.lastActivity, ID: last.id}
		all = all[:a.query.limit]
	}
	a.conversations = make([]wireConversation, len(all))
	for i, c := range all {
		a.conversations[i] = a.w.wireConversation(c)
	}
}

func (w *world) wireConversation(c *conversation) wireConversation {
	p := w.personOf(c)
	out := wireConversation{
		ID:          c.id,
		Participant: wirePerson{ID: c.participant, Name: p.Name, Picture: p.Picture},
		Status:      "active",
		Watermark:   c.watermark,
	}
	if c.archived {
		out.Status = "archived"
	}
	return out
}

// writeConversations tells the list, with the vendor's spelling of its name.
func (a *answer) writeConversations(out io.Writer) error {
	ids := make([]string, len(a.conversations))
	for i, c := range a.conversations {
		ids[i] = c.ID
	}
	idList, err := json.Marshal(ids)
	if err != nil {
		return err
	}
	details, err := json.Marshal(a.conversations)
	if err != nil {
		return err
	}
	for _, piece := range [][]byte{
		[]byte(`{"status":"success","conversationIds":`), idList,
		[]byte(`,"converstationsDetails":`), details, a.trailer(0), []byte("}\n"),
	} {
		if _, err := out.Write(piece); err != nil {
			return err
		}
	}
	return nil
}
