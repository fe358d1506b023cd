package chatt2me

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"

	"parley/inbox"
	"parley/platforms/loose"
	"parley/platforms/meta"
)

// This file reads what a customer wrote, in chatt2me's own shape
// (https://docs.chatt2.me/docs/latest/webhooks/event-types/). Three contents are
// published: a text, a button that was pressed, a place. The others are read as
// what they most probably are: by the names that the same API uses for sends, and
// by those of WhatsApp's API, whose shape the published three have. What is not
// understood stays in the message's Extra, so nothing is lost.

// received is a message, or a reaction or a reading that came in its place.
func (e *event) received() {
	id, peer := e.whole.Text("messageId"), e.from()
	delete(e.whole, "from")
	c, ok := loose.ParseObject(e.whole["content"])
	if !ok {
		c = loose.Object{"text": e.whole["content"]} // the bare text, for all we know
	}
	delete(e.whole, "content")
	kind := strings.ToLower(c.Text("type"))
	switch {
	case kind == "reaction":
		e.reaction(c, peer, id)
	case kind == "read":
		e.happened(inbox.EventFact{Kind: inbox.EventRead}, peer, cmp.Or(messageIn(c.Object(kind)), messageIn(c), id))
	case kind == "deleted", kind == "unsend":
		e.happened(inbox.EventFact{Kind: inbox.EventUnsend}, peer, cmp.Or(messageIn(c.Object(kind)), messageIn(c), id))
	case slices.ContainsFunc(metaContent, c.Has):
		e.metaMessage(c, peer, id)
	default:
		e.message(c, kind, peer, id)
	}
}

// metaContent are fields that only Meta's messages have.
var metaContent = []string{"mid", "attachment", "attachments", "quick_reply", "reply_to", "is_deleted"}

// metaMessage is a content that is Meta's message.
func (e *event) metaMessage(c loose.Object, peer inbox.Participant, id string) {
	if !c.Has("mid") {
		c["mid"] = encoded(id)
	}
	if one := c["attachment"]; one != nil {
		delete(c, "attachment")
		c["attachments"] = one
	}
	e.meta(loose.Object{"sender": encoded(map[string]string{"id": peer.ID}), "message": encoded(c)})
}

func (e *event) happened(f inbox.EventFact, peer inbox.Participant, message string) {
	if message == "" {
		e.skip(string(f.Kind) + " of no message")
		return
	}
	f.RemoteID, f.UserID, f.Message, f.At = peer.ID, peer.ID, inbox.MessageID(message), e.at
	e.deliver(inbox.Batch{Events: []inbox.EventFact{f}})
}

// reaction has its fields in an object of its own, or beside the type. Without
// an emoji it was taken back, as WhatsApp's API says it.
func (e *event) reaction(c loose.Object, peer inbox.Participant, id string) {
	o := c.Object("reaction")
	word := c.Text("reaction") // there when it is no object
	if o == nil {
		o = c
	}
	f := inbox.EventFact{Kind: inbox.EventReaction}
	emoji := o.Text("emoji")
	word = cmp.Or(word, o.Text("reaction"))
	if o.Text("action") == "unreact" || emoji == "" && word == "" {
		f.Kind = inbox.EventUnreaction
	} else {
		f.Emoji = meta.Emoji(word, emoji)
	}
	e.happened(f, peer, cmp.Or(messageIn(o), messageIn(c), id))
}

// message is what was said.
func (e *event) message(c loose.Object, kind string, peer inbox.Participant, id string) {
	m := inbox.Message{
		ID: inbox.MessageID(id), Direction: inbox.Received, CreatedAt: e.at,
		SenderID: peer.ID, SenderName: cmp.Or(peer.Name, peer.Username),
	}
	m.Text = textOf(c)
	pressed(c, &m)
	m.Attachments = mediaIn(c, kind)
	if place, ok := placeIn(c); ok {
		m.Attachments = append(m.Attachments, place)
	}
	if m.Text == "" {
		m.Text = captionOf(c)
	}
	m.ReplyTo = quoted(c)
	if m.Text == "" && len(m.Attachments) == 0 {
		m.Unsupported = cmp.Or(shortWord(kind), "message without text or attachment")
	}
	m.Extra = e.rest(c)
	if peer.ID == "" {
		e.placeless(m)
		return
	}
	e.deliver(inbox.Batch{Messages: []inbox.MessageFact{{RemoteID: peer.ID, Peer: peer, Message: m, AsOf: e.at}}})
}

// notices is the conversation of what concerns no customer: nobody can be
// answered there.
const notices = "notices"

// placeless shows a message that does not say who wrote it, as some samples do.
func (e *event) placeless(m inbox.Message) {
	if m.ID == "" {
		m.ID = madeID(m.Text, []any{m.Attachments, m.Extra})
	}
	m.Event = true
	m.Text = strings.TrimSpace("a message that does not say who wrote it " + cmp.Or(m.Text, m.Unsupported))
	nobody := inbox.Participant{Name: e.platform.Label() + " notices"}
	e.deliver(inbox.Batch{Messages: []inbox.MessageFact{{RemoteID: notices, Peer: nobody, Message: m, AsOf: e.at}}})
}

// madeID names an event without an id by what it says, so that it is told once.
func madeID(name string, rest any) inbox.MessageID {
	h := sha256.New()
	h.Write([]byte(name))
	h.Write(encoded(rest))
	return inbox.MessageID("chatt2me-" + hex.EncodeToString(h.Sum(nil)[:12]))
}

// rest is what of the event this version does not understand.
func (e *event) rest(c loose.Object) map[string]json.RawMessage {
	for _, o := range []loose.Object{e.whole, c} {
		for key := range o {
			if !o.Has(key) {
				delete(o, key)
			}
		}
	}
	if len(c) > 0 {
		e.whole["content"] = encoded(c)
	}
	if len(e.whole) == 0 {
		return nil
	}
	return e.whole
}

// textOf takes the text, which WhatsApp's API has in an object.
func textOf(c loose.Object) string {
	if o, ok := loose.ParseObject(c["text"]); ok {
		body := o.Text("body")
		putBack(c, "text", o)
		return body
	}
	return cmp.Or(c.Text("text"), c.Text("body"))
}

// putBack leaves of a field what was not understood.
func putBack(c loose.Object, key string, left loose.Object) {
	delete(c, key)
	if len(left) > 0 {
		c[key] = encoded(left)
	}
}

// captionOf takes the words that went with a medium: beside it, or in it.
func captionOf(c loose.Object) string {
	caption := c.Text("caption")
	for _, k := range mediaKinds {
		if medium, ok := loose.ParseObject(c[k.kind]); ok && caption == "" {
			caption = medium.Text("caption")
			putBack(c, k.kind, medium)
		}
	}
	return caption
}

// pressed is a button that the customer pressed: what stands on it is what they
// say.
func pressed(c loose.Object, m *inbox.Message) {
	var button loose.Object
	if interactive, ok := loose.ParseObject(c["interactive"]); ok {
		button = firstObject(interactive, "button_reply", "list_reply")
		interactive.Text("type") // says which of them it is
		putBack(c, "interactive", interactive)
	} else {
		button = firstObject(c, "button", "quickReply")
	}
	if button == nil {
		return
	}
	title := cmp.Or(button.Text("title"), button.Text("text"))
	m.Origin = &inbox.Origin{Kind: "quick_reply", Title: title, Ref: cmp.Or(button.Text("id"), button.Text("payload"))}
	m.Text = cmp.Or(m.Text, title, m.Origin.Ref)
}

// firstObject takes the first of the fields that is there, nil for none.
func firstObject(o loose.Object, keys ...string) loose.Object {
	for _, key := range keys {
		if inner := o.Object(key); inner != nil {
			return inner
		}
	}
	return nil
}

// mediaKinds are the types of media, and what they are called here.
var mediaKinds = []struct{ kind, is string }{
	{"image", "image"}, {"video", "video"}, {"audio", "audio"}, {"voice", "audio"}, {"sticker", "sticker"},
	{"file", "file"}, {"document", "file"}, {"media", "media"}, {heart, heart},
}

// mediaIn finds media: an object of the type's name, or an address beside the
// type, as sends have it.
func mediaIn(c loose.Object, kind string) []inbox.Attachment {
	var list []inbox.Attachment
	for _, k := range mediaKinds {
		if a, ok := mediumIn(c, k.kind, kind); ok {
			a.Type = k.is
			list = append(list, a)
		}
	}
	if len(list) == 0 && kind != "" && kind != "text" {
		if a, ok := linkIn(c); ok { // of a type that is not known
			a.Type = shortWord(kind)
			list = append(list, a)
		}
	}
	return list
}

// mediumIn finds the medium of one kind. That the content is of that kind is
// enough: view-once media have nothing else.
func mediumIn(c loose.Object, name, kind string) (inbox.Attachment, bool) {
	if u := c.Text(name + "Url"); u != "" {
		return inbox.Attachment{URL: u, ID: c.Text(name + "Id"), Title: c.Text("filename")}, true
	}
	if o, ok := loose.ParseObject(c[name]); ok {
		a, _ := linkIn(o)
		putBack(c, name, o) // the caption among them
		return a, true
	}
	if s := c.Text(name); s != "" {
		return inbox.Attachment{URL: s}, true
	}
	if kind != name {
		return inbox.Attachment{}, false
	}
	a, _ := linkIn(c)
	return a, true
}

// linkIn takes the address of a medium, under any of its likely names.
func linkIn(o loose.Object) (inbox.Attachment, bool) {
	a := inbox.Attachment{
		URL:   cmp.Or(o.Text("url"), o.Text("link"), o.Text("mediaUrl"), o.Text("media_url"), o.Text("href")),
		ID:    cmp.Or(o.Text("id"), o.Text("mediaId"), o.Text("media_id")),
		Title: cmp.Or(o.Text("filename"), o.Text("fileName"), o.Text("title")),
	}
	return a, a.URL != ""
}

// placeIn takes a place. Its address is the standard's for places (RFC 5870).
func placeIn(c loose.Object) (inbox.Attachment, bool) {
	o, _ := loose.ParseObject(c["location"])
	lat, long := cmp.Or(o.Text("latitude"), o.Text("lat")), cmp.Or(o.Text("longitude"), o.Text("lng"), o.Text("long"))
	if lat == "" || long == "" {
		return inbox.Attachment{}, false
	}
	title := strings.Join(slices.DeleteFunc([]string{o.Text("name"), o.Text("address")}, func(s string) bool { return s == "" }), ", ")
	putBack(c, "location", o)
	return inbox.Attachment{Type: "location", URL: "geo:" + lat + "," + long, Title: cmp.Or(title, lat+", "+long)}, true
}

// quoted is the message that this one answers.
func quoted(c loose.Object) *inbox.Reference {
	for _, key := range []string{"context", "reply", "replyTo"} {
		o, _ := loose.ParseObject(c[key])
		id := cmp.Or(messageIn(o), c.Text(key))
		if id == "" {
			continue
		}
		putBack(c, key, o)
		return &inbox.Reference{Kind: "message", Message: inbox.MessageID(id)}
	}
	return nil
}
