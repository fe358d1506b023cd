package meta

import (
	"cmp"

	"parley/inbox"
	"parley/platforms/loose"
)

// notPassedOn names what Meta shows in its own apps only: a shared profile, for
// one.
const notPassedOn = "message of a kind that is shown only in the app"

// message is the event of a message: a new one, the echo of our own, or one that
// was taken back.
func (e *event) message(o loose.Object) {
	if o == nil {
		return
	}
	mid, text := o.Text("mid"), o.Text("text")
	echo := o.Flag("is_echo")
	peer := e.peer(echo)
	if o.Flag("is_deleted") && mid != "" {
		// Also where a sample keeps the text: it is the same message, taken back.
		e.happened(inbox.EventFact{Kind: inbox.EventUnsend, Mine: echo || e.mine()}, mid)
		return
	}
	if peer.ID == "" {
		e.placeless(mid, text)
		return
	}
	m := inbox.Message{ID: inbox.MessageID(mid), Direction: inbox.Received, Text: text}
	if echo || e.mine() {
		m.Direction = inbox.Sent
		m.SenderID = e.sender.ID
	}
	m.Attachments = attachments(o)
	m.ReplyTo = replyTo(o.Object("reply_to"))
	m.Origin = messageOrigin(o)
	m.Unsupported = unsupported(o.Flag("is_unsupported"), m)
	m.Extra = rest(o)
	e.say(m, peer)
}

// unsupported names a message that has nothing to show; the flag is there on
// some that have, in samples.
func unsupported(flag bool, m inbox.Message) string {
	switch {
	case m.Text != "" || len(m.Attachments) > 0:
		return ""
	case flag:
		return notPassedOn
	case m.ReplyTo != nil && m.ReplyTo.Kind == kindStory:
		return "answer to a story, without text"
	}
	return "message without text or attachment"
}

const (
	kindMessage = "message"
	kindStory   = "story"
)

func replyTo(o loose.Object) *inbox.Reference {
	story := o.Object(kindStory)
	switch mid := o.Text("mid"); {
	case story != nil:
		return &inbox.Reference{Kind: kindStory, URL: cmp.Or(story.Text("url"), story.Text("link_sticker_url"))}
	case mid != "":
		return &inbox.Reference{Kind: kindMessage, Message: inbox.MessageID(mid)}
	}
	return nil
}

// messageOrigin tells a tap on a quick reply, an ad, a product or a link from a
// message that was simply typed.
func messageOrigin(o loose.Object) *inbox.Origin {
	quick, referred := o.Object("quick_reply"), origin(o.Object("referral"))
	if quick != nil && referred == nil {
		return &inbox.Origin{Kind: "quick_reply", Ref: quick.Text("payload")}
	}
	return referred
}

// rest is what of a message this version does not understand.
func rest(o loose.Object) loose.Object {
	for _, known := range []string{"is_self", "is_echo", "is_deleted", "is_unsupported", "app_id", "metadata", "seq", "sticker_id"} {
		delete(o, known)
	}
	for key, raw := range o {
		if loose.IsNull(raw) {
			delete(o, key)
		}
	}
	if len(o) == 0 {
		return nil
	}
	return o
}
