package chatt2me

import "parley/inbox"

// This file is the JSON that we send. What comes in is read field by field, since
// it has too many shapes for types.

// sendBody is the body of a send: https://docs.chatt2.me/docs/latest/sending-messages/overview/
type sendBody struct {
	From    string  `json:"from"` // the channel
	To      string  `json:"to"`   // IGSID or PSID
	Content content `json:"content"`
}

// content is one message, or one reaction, in either dialect. The
// specification's fields are Meta's; text is the same in both.
type content struct {
	Text string `json:"text,omitempty"`

	// Meta's shape. There is a list "attachments" too, but "a single attachment
	// payload" is what the page speaks of.
	Attachment   *attachment `json:"attachment,omitempty"`
	SenderAction string      `json:"sender_action,omitempty"`
	Payload      *reaction   `json:"payload,omitempty"`

	// The flat shape: https://docs.chatt2.me/docs/latest/sending-messages/content-types/
	ImageURL string `json:"imageUrl,omitempty"`
	VideoURL string `json:"videoUrl,omitempty"`
	AudioURL string `json:"audioUrl,omitempty"`
}

type attachment struct {
	Type    string `json:"type"`
	Payload *link  `json:"payload,omitempty"`
}

type link struct {
	URL string `json:"url"`
}

// reaction says what is put on which message, or taken back from it.
type reaction struct {
	MessageID string `json:"message_id"`
	Reaction  string `json:"reaction,omitempty"`
}

// heart is the sticker's type.
const heart = "like_heart"

// contentOf writes a part down; ok is false for a kind that cannot be sent.
func contentOf(part inbox.Part, dialect string) (c content, ok bool) {
	switch part.Kind {
	case inbox.PartText:
		return content{Text: part.Text}, true
	case inbox.PartImage, inbox.PartVideo, inbox.PartAudio:
		return mediaOf(part, dialect), true
	case inbox.PartHeart: // the flat name of stickers is not documented
		return content{Attachment: &attachment{Type: heart}}, true
	case inbox.PartReaction, inbox.PartUnreaction:
		return reactionOf(part), true
	}
	return content{}, false
}

// mediaOf writes a medium down. The flat shape could carry a text beside it. We
// send that alone, as on every other way: so text and medium each have a state.
func mediaOf(part inbox.Part, dialect string) content {
	if dialect != dialectFlat {
		return content{Attachment: &attachment{Type: string(part.Kind), Payload: &link{URL: part.URL}}}
	}
	switch part.Kind {
	case inbox.PartVideo:
		return content{VideoURL: part.URL}
	case inbox.PartAudio:
		return content{AudioURL: part.URL}
	}
	return content{ImageURL: part.URL}
}

// reactionOf writes a reaction down: sender_action and payload are fields of the
// content in the specification (SendInstagramMessageContent). The echo of one
// shows them beside the recipient, which is where Meta takes them. How the flat
// dialect says it is not documented, so it is the same there.
func reactionOf(part inbox.Part) content {
	c := content{SenderAction: "react", Payload: &reaction{MessageID: string(part.Target)}}
	if part.Kind == inbox.PartUnreaction {
		c.SenderAction = "unreact"
		return c
	}
	c.Payload.Reaction = reactionWord(part.Emoji)
	return c
}

// reactionWord is the emoji as it is. Only the heart has a name: the
// specification's one sample says "love", and Meta takes that name and any emoji.
func reactionWord(emoji string) string {
	switch emoji {
	case "❤️", "❤", "♥️", "♥":
		return "love"
	}
	return emoji
}

// webhookBody is what a webhook is made of: https://docs.chatt2.me/docs/latest/webhooks/create-webhook/
type webhookBody struct {
	Label                  string `json:"label"`
	Endpoint               string `json:"endpoint"`
	EventType              string `json:"eventType"`
	AuthenticationProtocol string `json:"authenticationProtocol"`
	RequiresSignature      bool   `json:"requiresSignature"`
}
