package sim

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"parley/inbox"
)

// This file is chatt2me's POST /communication/{instagram,messenger}/message, in
// both dialects: what is refused as a request, what fails on the platform (which
// is told under HTTP 200), and what arrives.

// chattSend is the body of a send.
type chattSend struct {
	From    string          `json:"from"`
	To      string          `json:"to"`
	Content json.RawMessage `json:"content"`
}

// chattBody is the content, in whichever dialect: no field is in both but text.
type chattBody struct {
	Text string `json:"text"`

	Attachment   *chattMedia    `json:"attachment"` // Meta's
	Attachments  []chattMedia   `json:"attachments"`
	QuickReplies []chattReply   `json:"quick_replies"`
	SenderAction string         `json:"sender_action"`
	Payload      *chattReaction `json:"payload"`

	ImageURL string `json:"imageUrl"` // the flat one's
	VideoURL string `json:"videoUrl"`
	AudioURL string `json:"audioUrl"`
}

type chattMedia struct {
	Type    string          `json:"type"`
	Payload json.RawMessage `json:"payload"`
}

type chattReply struct {
	ContentType string `json:"content_type"`
	Title       string `json:"title"`
	Payload     string `json:"payload"`
}

type chattReaction struct {
	MessageID string `json:"message_id"`
	Reaction  string `json:"reaction"`
}

// chattOrder is what a content asks for.
type chattOrder struct {
	kind    string // text, image, video, audio, heart, template, reaction, unreaction, seen
	text    string
	media   string
	target  string
	emoji   string
	answers string // the type in the older answers
	dialect string // "": a text is the same in both
}

func (f chatt2meFace) send(c *call) reply {
	var body chattSend
	if err := strictly(c.body, &body); err != nil {
		return f.refuse(http.StatusBadRequest, "Invalid payload: "+err.Error())
	}
	order, err := f.readContent(c.platform, body)
	if err != nil {
		return f.refuse(http.StatusBadRequest, "Invalid payload: "+err.Error())
	}
	if !f.knowsSender(c.platform, body.From) {
		return f.refuse(http.StatusNotFound, "The channel does not exist, is disconnected, or belongs to another application.")
	}
	conv, rep, ok := f.recipient(c, body.To)
	if !ok {
		return rep
	}
	return f.carryOut(c, conv, order)
}

// strictly reads JSON that may have no field which is not known.
func strictly(raw []byte, v any) error {
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.DisallowUnknownFields()
	if err := dec.Decode(v); err != nil {
		return err
	}
	if dec.More() {
		return errors.New("there is more than one value")
	}
	return nil
}

// readContent finds out what is asked for.
func (f chatt2meFace) readContent(p inbox.Platform, body chattSend) (chattOrder, error) {
	if body.From == "" || body.To == "" {
		return chattOrder{}, errors.New("from and to are required")
	}
	if len(body.Content) == 0 || string(body.Content) == "null" {
		return chattOrder{}, errors.New("content is required")
	}
	var b chattBody
	if err := strictly(body.Content, &b); err != nil {
		return chattOrder{}, err
	}
	order, err := b.order(p)
	if err == nil && f.opts.Dialect != "" && order.dialect != "" && order.dialect != f.opts.Dialect {
		err = fmt.Errorf("the content is not in the dialect %q", f.opts.Dialect)
	}
	return order, err
}

// order reads the content. Exactly one thing can be asked for; the flat dialect
// lets a text go with a picture or a film.
func (b chattBody) order(p inbox.Platform) (chattOrder, error) {
	flat := b.ImageURL != "" || b.VideoURL != "" || b.AudioURL != ""
	meta := b.Attachment != nil || b.Attachments != nil || b.QuickReplies != nil || b.SenderAction != "" || b.Payload != nil
	switch {
	case flat && meta:
		return chattOrder{}, errors.New("content mixes attachment or sender_action with imageUrl, videoUrl or audioUrl")
	case flat:
		return b.flatOrder()
	case b.SenderAction != "" || b.Payload != nil:
		return b.actionOrder()
	case b.Attachment != nil || b.Attachments != nil:
		return b.attachmentOrder(p)
	case b.Text == "":
		return chattOrder{}, errors.New("content says nothing")
	case b.QuickReplies != nil:
		return b.quickReplyOrder()
	}
	return chattOrder{kind: "text", text: b.Text, answers: "Text"}, nil
}

func (b chattBody) flatOrder() (chattOrder, error) {
	order := chattOrder{text: b.Text, dialect: DialectFlat}
	n := 0
	for kind, link := range map[string]string{"image": b.ImageURL, "video": b.VideoURL, "audio": b.AudioURL} {
		if link != "" {
			order.kind, order.media, order.answers = kind, link, titled(kind)
			n++
		}
	}
	switch {
	case n > 1:
		return order, errors.New("content has more than one of imageUrl, videoUrl and audioUrl")
	case order.kind == "audio" && order.text != "":
		return order, errors.New("an audio has no text")
	}
	return order, nil
}

func (b chattBody) actionOrder() (chattOrder, error) {
	order := chattOrder{dialect: DialectMeta}
	if b.Text != "" || b.Attachment != nil || b.Attachments != nil || b.QuickReplies != nil {
		return order, errors.New("a sender_action goes alone")
	}
	switch b.SenderAction {
	case "mark_seen":
		order.kind, order.answers = "seen", "Read"
		return order, nil
	case "react", "unreact":
	default:
		return order, fmt.Errorf("unknown sender_action %q", b.SenderAction)
	}
	if b.Payload == nil || b.Payload.MessageID == "" || (b.SenderAction == "react") != (b.Payload.Reaction != "") {
		return order, errors.New("the payload of a reaction is message_id, and reaction to react")
	}
	order.kind, order.target, order.answers = "unreaction", b.Payload.MessageID, "Reaction"
	if b.SenderAction == "react" {
		order.kind, order.emoji = "reaction", emojiOf(b.Payload.Reaction)
	}
	return order, nil
}

// emojiOf is the emoji of a reaction's name; most reactions are emoji already.
func emojiOf(reaction string) string {
	for emoji, name := range metaNames {
		if name == reaction && !slices.Contains([]string{"❤", "😆", "😠"}, emoji) {
			return emoji
		}
	}
	return reaction
}

// attachmentOrder: the prose speaks of a single attachment, the description has
// a list as well, so a list of one is one.
func (b chattBody) attachmentOrder(p inbox.Platform) (chattOrder, error) {
	order := chattOrder{dialect: DialectMeta}
	list := b.Attachments
	if b.Attachment != nil {
		list = append(list, *b.Attachment)
	}
	switch {
	case len(list) != 1:
		return order, fmt.Errorf("%d attachments where one is expected", len(list))
	case b.Text != "":
		return order, errors.New("text and attachment go in two messages")
	}
	return order.attach(p, list[0])
}

func (o chattOrder) attach(p inbox.Platform, m chattMedia) (chattOrder, error) {
	o.kind, o.answers = m.Type, titled(m.Type)
	switch m.Type {
	case "image", "video", "audio":
		var payload struct {
			URL string `json:"url"`
		}
		if err := strictly(m.Payload, &payload); err != nil || payload.URL == "" {
			return o, fmt.Errorf("the payload of %s is its url", m.Type)
		}
		o.media = payload.URL
	case "like_heart":
		o.kind, o.answers = "heart", "Sticker"
		if p != inbox.Instagram || len(m.Payload) > 0 {
			return o, errors.New("like_heart is a sticker of Instagram's, and has no payload")
		}
	case "template":
		if len(m.Payload) == 0 {
			return o, errors.New("a template needs a payload")
		}
	default:
		return o, fmt.Errorf("unknown attachment type %q", m.Type)
	}
	return o, nil
}

func (b chattBody) quickReplyOrder() (chattOrder, error) {
	order := chattOrder{kind: "text", text: b.Text, dialect: DialectMeta, answers: "QuickReply"}
	for _, q := range b.QuickReplies {
		if q.ContentType == "" || q.Title == "" || q.Payload == "" {
			return order, errors.New("quick_replies need content_type, title and payload")
		}
	}
	return order, nil
}

func titled(kind string) string {
	if kind == "" {
		return ""
	}
	return strings.ToUpper(kind[:1]) + kind[1:]
}

// knowsSender tells whether sends can be from there: the channel's id always
// works, and by the newer documents the account's name or the page's id.
func (f chatt2meFace) knowsSender(p inbox.Platform, from string) bool {
	if from == channelID(f.opts, p) {
		return true
	}
	if f.opts.Dialect == DialectMeta {
		return false
	}
	if p == inbox.Instagram {
		return strings.TrimPrefix(from, "@") == "marlowandfinch"
	}
	return from == pageID(p)
}

// chattFailure is how the platform's refusals are told: under HTTP 200, with the
// platform's own code.
func chattFailure(code, message string) reply {
	return jsonReply(http.StatusOK, map[string]any{
		"messageId": nil, "status": "error", "errorMessage": message, "errorCode": code,
	})
}

// How long a customer can be answered: for Instagram the vendor's documents say
// seven days, for Messenger one.
const (
	chattInstagramWindow = 7 * day
	chattMessengerWindow = day
)

// recipient finds whom the send is for, and whether the platform lets it through.
func (f chatt2meFace) recipient(c *call, to string) (*conversation, reply, bool) {
	window := chattInstagramWindow
	if c.platform == inbox.Facebook {
		window = chattMessengerWindow
	}
	conv, ok := c.s.world.byParticipant[to]
	switch {
	case !ok || conv.platform != c.platform:
		return nil, chattFailure("2534014", "No matching user found."), false
	case conv.taken || c.faults.threadControl:
		return nil, chattFailure("2018300", "Another app is controlling this thread."), false
	case conv.lastReceived == 0 || c.now.UnixMilli() >= conv.lastReceived+window.Milliseconds():
		return nil, chattFailure("10", "This message is sent outside of the allowed window."), false
	}
	return conv, reply{}, true
}

// carryOut lets the order take effect, as far as the platform can.
func (f chatt2meFace) carryOut(c *call, conv *conversation, o chattOrder) reply {
	if length, limit, unit := measure(c.platform, o.text); length > limit {
		return chattFailure("100", fmt.Sprintf("The message is too long: %d of at most %d %s.", length, limit, unit))
	}
	switch o.kind {
	case "seen":
		return f.answer(c, conv, o, nil)
	case "reaction", "unreaction":
		return f.react(c, conv, o)
	}
	var id string
	if o.text != "" {
		id = c.s.world.deliver(conv, sending{kind: "text", text: o.text}, c.now)
	}
	switch {
	case o.media != "":
		if !canFetch(o.media) || mediaType(o.media) != o.kind || c.faults.partial {
			return chattFailure("2018008", "The media could not be fetched.")
		}
		id = c.s.world.deliver(conv, sending{kind: o.kind, media: []string{o.media}}, c.now)
	case o.kind == "heart":
		id = c.s.world.deliver(conv, sending{kind: "heart"}, c.now)
	case o.kind == "template":
		id = c.s.world.deliver(conv, sending{kind: "template", media: []string{""}}, c.now)
	}
	return f.answer(c, conv, o, id)
}

// canFetch: unlike Ayrshare's, an address may be a signed one, with a query.
func canFetch(address string) bool {
	u, err := url.Parse(address)
	return err == nil && u.Hostname() != "" && u.Hostname() != brokenHost && (u.Scheme == "https" || u.Scheme == "http")
}

func (f chatt2meFace) react(c *call, conv *conversation, o chattOrder) reply {
	_, r, ok := c.s.world.find(conv, o.target)
	if !ok {
		return chattFailure("100", "The message does not exist.")
	}
	c.s.world.agentReacts(conv, r, o.emoji, c.now)
	return f.answer(c, conv, o, nil)
}

// answer tells of success, in the shape of the dialect in which was asked. A
// fault can choose the other one.
func (f chatt2meFace) answer(c *call, conv *conversation, o chattOrder, id any) reply {
	if c.faults.noID {
		id = nil
	}
	dialect := o.dialect
	if dialect == "" {
		dialect = f.opts.Dialect
	}
	if c.faults.answer != "" {
		dialect = map[string]string{"a": DialectMeta, "b": DialectFlat}[c.faults.answer]
	}
	if dialect == DialectFlat {
		return jsonReply(http.StatusOK, map[string]any{"messageId": id, "status": "sent"})
	}
	return jsonReply(http.StatusOK, map[string]any{"messageId": id, "recipientId": conv.participant, "type": o.answers})
}
