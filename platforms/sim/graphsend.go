package sim

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// This file is POST /{ig-id}/messages: every body that it takes, and all that it
// does not.

// The bounds of
// https://developers.facebook.com/docs/instagram-platform/instagram-api-with-instagram-login/messaging-api
const (
	graphTextBytes  = 1000
	graphImages     = 10
	graphWindow     = day
	agentWindow     = 7 * day
	quickReplies    = 13
	quickReplyTitle = 20

	humanAgent = "HUMAN_AGENT"
)

// graphBody is what the endpoint takes. A key that it does not know is refused:
// the original would ignore it, and a mistake with it.
type graphBody struct {
	Recipient struct {
		ID        string `json:"id"`
		CommentID string `json:"comment_id"`
	} `json:"recipient"`
	Message       *graphMessageBody `json:"message"`
	MessagingType string            `json:"messaging_type"`
	Tag           string            `json:"tag"`
	SenderAction  string            `json:"sender_action"`
	Payload       *struct {
		MessageID string `json:"message_id"`
		Reaction  string `json:"reaction"`
	} `json:"payload"`
	ReplyTo *struct {
		Mid string `json:"mid"`
	} `json:"reply_to"`
}

type graphMessageBody struct {
	Text         *string          `json:"text"`
	Attachment   *graphAttachment `json:"attachment"`
	Attachments  attachmentList   `json:"attachments"`
	QuickReplies []struct {
		ContentType string `json:"content_type"`
		Title       string `json:"title"`
		Payload     string `json:"payload"`
	} `json:"quick_replies"`
	Metadata string `json:"metadata"`
}

type graphAttachment struct {
	Type    string `json:"type"`
	Payload struct {
		URL          string `json:"url"`
		AttachmentID string `json:"attachment_id"` // of an image that was uploaded before
		ID           string `json:"id"`            // of a post
		IsReusable   bool   `json:"is_reusable"`
	} `json:"payload"`
}

// attachmentList is one object, or a list of them.
type attachmentList struct {
	one   bool
	items []graphAttachment
}

func (l *attachmentList) UnmarshalJSON(b []byte) error {
	dec := json.NewDecoder(bytes.NewReader(b))
	dec.DisallowUnknownFields()
	if l.one = b[0] == '{'; l.one {
		l.items = make([]graphAttachment, 1)
		return dec.Decode(&l.items[0])
	}
	return dec.Decode(&l.items)
}

// isSignal tells whether a body is no message but tells the customer that
// somebody types, or has seen theirs.
func isSignal(body []byte) bool {
	var b struct {
		Action string `json:"sender_action"`
	}
	return json.Unmarshal(body, &b) == nil && slices.Contains([]string{"typing_on", "typing_off", "mark_seen"}, b.Action)
}

func (f *graphFace) send(c *call) reply {
	var body graphBody
	dec := json.NewDecoder(bytes.NewReader(c.body))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&body); err != nil {
		return f.refuse(invalid("body: " + err.Error()))
	}
	conv, p := f.addressee(c, body)
	if p == nil {
		p = f.mayWrite(c, conv, body.Tag)
	}
	if p != nil {
		return f.refuse(*p)
	}
	if body.SenderAction != "" {
		return f.act(c, conv, body)
	}
	return f.message(c, conv, body)
}

// addressee finds whom the send is for.
func (f *graphFace) addressee(c *call, body graphBody) (*conversation, *graphProblem) {
	if body.Recipient.CommentID != "" {
		return nil, &graphProblem{code: 100, subcode: 2534025} // no comment is known here
	}
	if conv, ok := c.s.world.byParticipant[body.Recipient.ID]; ok {
		return conv, nil
	}
	return nil, &strangerProblem
}

// mayWrite applies the rules of who may be written to, and when.
func (f *graphFace) mayWrite(c *call, conv *conversation, tag string) *graphProblem {
	since := c.now.Sub(time.UnixMilli(conv.lastReceived))
	switch {
	case conv.taken || c.faults.threadControl:
		return &controlProblem
	case tag != "" && tag != humanAgent:
		return new(invalid("tag"))
	case tag == humanAgent && !f.opts.HumanAgent:
		return &agentProblem
	case conv.lastReceived == 0,
		since >= agentWindow,
		since >= graphWindow && tag != humanAgent:
		return &windowProblem
	}
	return nil
}

// act is a sender action, which stands alone.
func (f *graphFace) act(c *call, conv *conversation, body graphBody) reply {
	if body.Message != nil || body.Tag != "" || body.MessagingType != "" || body.ReplyTo != nil {
		return f.refuse(mixedProblem)
	}
	switch body.SenderAction {
	case "typing_on", "typing_off", "mark_seen":
		if body.Payload != nil {
			return f.refuse(mixedProblem)
		}
	case "react", "unreact":
		if p := f.reaction(c, conv, body); p != nil {
			return f.refuse(*p)
		}
	default:
		return f.refuse(invalid("sender_action"))
	}
	return jsonReply(http.StatusOK, map[string]any{"recipient_id": conv.participant})
}

// reaction puts an emoji on a message of the conversation, or takes it away.
func (f *graphFace) reaction(c *call, conv *conversation, body graphBody) *graphProblem {
	if body.Payload == nil {
		return new(invalid("payload"))
	}
	emoji, ok := reactionEmojiOf(body.SenderAction, body.Payload.Reaction)
	if !ok {
		return new(invalid("reaction"))
	}
	m, r, ok := c.s.world.find(conv, body.Payload.MessageID)
	if !ok || m.unsent {
		return new(invalid("message_id"))
	}
	c.s.world.agentReacts(conv, r, emoji, c.now)
	return nil
}

// reactionEmojiOf is any emoji, or the word love; nothing for its removal.
func reactionEmojiOf(action, reaction string) (emoji string, ok bool) {
	switch {
	case action == "unreact":
		return "", reaction == ""
	case reaction == "love":
		return "❤️", true
	}
	isPlain := strings.ContainsFunc(reaction, func(r rune) bool { return r < 0x80 && !strings.ContainsRune("0123456789#*", r) })
	return reaction, reaction != "" && !isPlain && utf8.RuneCountInString(reaction) <= 12
}

// message delivers what the body says.
func (f *graphFace) message(c *call, conv *conversation, body graphBody) reply {
	s, p := f.content(c, body)
	if p == nil && body.ReplyTo != nil {
		s.answers = body.ReplyTo.Mid
		if m, _, ok := c.s.world.find(conv, s.answers); !ok || m.unsent {
			p = new(invalid(""))
		}
	}
	if p != nil {
		return f.refuse(*p)
	}
	s.tag = body.Tag
	id := c.s.world.deliver(conv, s, c.now)
	answer := map[string]any{"recipient_id": conv.participant, "message_id": id}
	if c.faults.noID {
		delete(answer, "message_id")
	}
	return jsonReply(http.StatusOK, answer)
}

// content is what is to be delivered: a text, or files, never both.
func (f *graphFace) content(c *call, body graphBody) (sending, *graphProblem) {
	m := body.Message
	if m == nil || body.Payload != nil {
		return sending{}, &contentProblem
	}
	if !slices.Contains([]string{"", "RESPONSE", "UPDATE", "MESSAGE_TAG"}, body.MessagingType) ||
		(body.MessagingType == "MESSAGE_TAG" && body.Tag == "") {
		return sending{}, new(invalid("messaging_type"))
	}
	switch {
	case m.Text != nil && m.Attachment == nil && m.Attachments.items == nil:
		return textContent(m)
	case m.Text != nil || len(m.QuickReplies) > 0:
		return sending{}, &contentProblem
	case m.Attachment != nil && m.Attachments.items == nil:
		return f.single(c, *m.Attachment)
	case m.Attachment == nil && m.Attachments.items != nil:
		return f.images(c, m.Attachments)
	}
	return sending{}, &contentProblem
}

func textContent(m *graphMessageBody) (sending, *graphProblem) {
	text := *m.Text
	switch {
	case strings.TrimSpace(text) == "":
		return sending{}, &contentProblem
	case len(text) > graphTextBytes:
		return sending{}, new(invalid("message[text]"))
	case strings.Contains(text, "://"+brokenHost):
		return sending{}, &linkProblem
	case len(m.QuickReplies) > quickReplies:
		return sending{}, new(invalid("quick_replies"))
	}
	for _, q := range m.QuickReplies {
		isText := q.ContentType == "text"
		if !isText && q.ContentType != "user_phone_number" && q.ContentType != "user_email" ||
			isText && (q.Title == "" || q.Payload == "") ||
			utf8.RuneCountInString(q.Title) > quickReplyTitle || len(q.Payload) > graphTextBytes {
			return sending{}, new(invalid("quick_replies"))
		}
	}
	return sending{kind: "text", text: text}, nil
}

// single is the one attachment of a message.
func (f *graphFace) single(c *call, a graphAttachment) (sending, *graphProblem) {
	switch a.Type {
	case "like_heart":
		return sending{kind: "heart"}, nil
	case "MEDIA_SHARE":
		post, ok := c.s.world.postByID(a.Payload.ID)
		if !ok {
			return sending{}, new(invalid("id"))
		}
		return sending{kind: "post", post: post}, nil
	case "image", "audio", "video", "file":
		if p := f.fetch(c, a); p != nil {
			return sending{}, p
		}
		return sending{kind: a.Type, media: []string{a.Payload.URL}}, nil
	}
	return sending{}, &contentProblem
}

// images are one image as an object, or several as a list.
func (f *graphFace) images(c *call, list attachmentList) (sending, *graphProblem) {
	s := sending{kind: "image"}
	switch n := len(list.items); {
	case n == 0 || n > graphImages:
		return s, &contentProblem
	case n > 1 && f.opts.SingleImages:
		return s, &severalProblem
	}
	for _, a := range list.items {
		if a.Type != "image" {
			return s, &contentProblem
		}
		if id := a.Payload.AttachmentID; id != "" {
			if a.Payload.URL = f.uploads[id]; a.Payload.URL == "" {
				return s, &graphProblem{code: 100, subcode: 2018074}
			}
		}
		if p := f.fetch(c, a); p != nil {
			return s, p
		}
		s.media = append(s.media, a.Payload.URL)
	}
	return s, nil
}

// upload is POST /{ig-id}/message_attachments: the platform fetches a file now,
// so that sends can name it by an id.
func (f *graphFace) upload(c *call) reply {
	var body struct {
		Message struct {
			Attachment graphAttachment `json:"attachment"`
		} `json:"message"`
	}
	dec := json.NewDecoder(bytes.NewReader(c.body))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&body); err != nil {
		return f.refuse(invalid("body: " + err.Error()))
	}
	a := body.Message.Attachment
	if _, ok := graphMediaRules[a.Type]; !ok {
		return f.refuse(contentProblem)
	}
	if p := f.fetch(c, a); p != nil {
		return f.refuse(*p)
	}
	id := strconv.FormatUint(1_000_000_000_000_000+mix(f.opts.Seed, uint64(len(f.uploads)))%1_000_000_000_000_000, 10)
	f.uploads[id] = a.Payload.URL
	return jsonReply(http.StatusOK, map[string]any{"attachment_id": id})
}

// mediaRule is what a file of a kind may be.
type mediaRule struct {
	extensions []string
	megabytes  int
}

var graphMediaRules = map[string]mediaRule{
	"image": {[]string{"png", "jpeg", "jpg"}, 8},
	"audio": {[]string{"aac", "m4a", "wav", "mp4"}, 25},
	"video": {[]string{"mp4", "ogg", "avi", "mov", "webm"}, 25},
	"file":  {[]string{"pdf"}, 25},
}

// namedSize is how a file says how large it is: nothing is fetched here.
var namedSize = regexp.MustCompile(`(\d{1,4})MB\.`)

// fetch plays the platform that fetches a file and looks at it.
func (f *graphFace) fetch(c *call, a graphAttachment) *graphProblem {
	u, err := url.Parse(a.Payload.URL)
	if err != nil || u.Hostname() == "" || u.Hostname() == brokenHost || !isPublic(u) || c.faults.partial {
		return &fetchProblem
	}
	rule := graphMediaRules[a.Type]
	if ext := strings.ToLower(strings.TrimPrefix(path.Ext(u.Path), ".")); ext != "" && !slices.Contains(rule.extensions, ext) {
		return &kindProblem
	}
	if size := namedSize.FindStringSubmatch(u.Path); size != nil {
		if n, err := strconv.Atoi(size[1]); err == nil && n > rule.megabytes {
			return &sizeProblem
		}
	}
	return nil
}

// isPublic tells whether a file could be fetched from outside; tests have theirs
// on the loopback.
func isPublic(u *url.URL) bool {
	host := u.Hostname()
	return u.Scheme == "https" || (u.Scheme == "http" && (host == "localhost" || host == "127.0.0.1" || host == "::1"))
}
