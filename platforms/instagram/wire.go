package instagram

// This file is the JSON that is sent, field for field as the API's page on
// sending has it. What is received is read leniently, by loose.Object.

// sendBody is the body of POST /{account}/messages. It holds a message, or an
// action with its payload; both together are refused (100/2018014).
type sendBody struct {
	Recipient recipientBody  `json:"recipient"`
	Message   *messageBody   `json:"message,omitempty"`
	Action    string         `json:"sender_action,omitempty"`
	Payload   *actionPayload `json:"payload,omitempty"`
	Tag       string         `json:"tag,omitempty"`
}

type recipientBody struct {
	ID string `json:"id"`
}

// messageBody holds exactly one of its fields. Images go under the plural, one
// as an object and several as a list; everything else goes under the singular.
type messageBody struct {
	Text        string          `json:"text,omitempty"`
	Attachments any             `json:"attachments,omitempty"` // attachmentBody or []attachmentBody
	Attachment  *attachmentBody `json:"attachment,omitempty"`
}

type attachmentBody struct {
	Type    string             `json:"type"`
	Payload *attachmentPayload `json:"payload,omitempty"`
}

// attachmentPayload is a file behind an address, or an own post by its id.
type attachmentPayload struct {
	URL string `json:"url,omitempty"`
	ID  string `json:"id,omitempty"`
}

// actionPayload is the message that is reacted to, and how.
type actionPayload struct {
	MessageID string `json:"message_id"`
	Reaction  string `json:"reaction,omitempty"`
}

// The types of attachments that are not called as the parts are.
const (
	typeHeart = "like_heart"
	typePost  = "MEDIA_SHARE"
)

// The actions.
const (
	actionReact     = "react"
	actionUnreact   = "unreact"
	actionTypingOn  = "typing_on"
	actionTypingOff = "typing_off"
	actionSeen      = "mark_seen"
)

// tagHumanAgent says that a human wrote the answer: until 7 days after the
// customer's last message.
const tagHumanAgent = "HUMAN_AGENT"
