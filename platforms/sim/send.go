package sim

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"parley/inbox"
)

// This file is POST /messages/:platform: what is refused, what is delivered, and
// how the answer tells of each part.

// Codes of the vendor's documents, and ours where they name none (see the
// package's documentation).
const (
	codeBadRequest    = 101
	codeSending       = 337 // wraps the parts' own answers
	codeNoRecipient   = 363
	codeAttachment    = 365
	codeWindow        = 366 // ours
	codeMonth         = 367 // ours
	codeThreadControl = 368 // ours
	codeCold          = 369 // ours
	codeTooLong       = 371 // ours
)

const (
	threadControlText = "Message failed to send because another app is controlling this thread now"
	attachmentText    = "An error occurred sending the message attachment. Please verify the attachment is still available and try again."
)

// brokenHost is where media never is: a send that names it fails with 365.
const brokenHost = "broken.example"

// sendBody is what POST /messages/:platform takes. Fields that are not known
// are ignored.
type sendBody struct {
	RecipientID    string   `json:"recipientId"`
	ConversationID string   `json:"conversationId"` // X only, instead of the recipient
	Message        string   `json:"message"`
	MediaURLs      []string `json:"mediaUrls"`
}

// refusal is why a send, or a part of it, does not happen.
type refusal struct {
	code int
	text string
}

func (r refusal) problem() problem {
	return problem{Action: "messages", Status: "error", Code: r.code, Message: r.text}
}

func (c *call) send() reply {
	var body sendBody
	if err := json.Unmarshal(c.body, &body); err != nil {
		return refuse(http.StatusBadRequest, "messages", codeBadRequest, "The body is not valid JSON for this endpoint.")
	}
	conv, r := c.recipient(body)
	if r == nil {
		r = c.s.world.mayWrite(conv, c.now, c.faults.threadControl)
	}
	if r == nil {
		r = checkContent(c.platform, body)
	}
	if r != nil {
		return jsonReply(http.StatusBadRequest, r.problem())
	}
	rep := c.deliver(conv, body)
	if c.s.opts.SendClearsCache {
		clear(c.s.cache)
	}
	return rep
}

// recipient finds whom the send is for.
func (c *call) recipient(body sendBody) (*conversation, *refusal) {
	w := c.s.world
	switch {
	case body.RecipientID != "":
		if conv, ok := w.byParticipant[body.RecipientID]; ok && conv.platform == c.platform {
			return conv, nil
		}
	case body.ConversationID != "" && c.platform == inbox.Twitter:
		if conv, ok := w.byID[body.ConversationID]; ok && conv.platform == c.platform {
			return conv, nil
		}
	default:
		return nil, &refusal{codeBadRequest, "The recipientId is required."}
	}
	return nil, &refusal{codeNoRecipient, "The recipient ID was not found. Please confirm the recipient ID is correct."}
}

// Reply windows, counted from the customer's last message. Instagram's is
// documented by the vendor; Facebook's last phase is Meta's, for human agents.
const (
	instagramWindow = 7 * 24 * time.Hour
	facebookWindow  = 7 * 24 * time.Hour
)

// mayWrite applies the platforms' rules about whom one may write to.
func (w *world) mayWrite(c *conversation, now time.Time, controlled bool) *refusal {
	window := instagramWindow
	if c.platform == inbox.Facebook {
		window = facebookWindow
	}
	switch {
	case c.lastReceived == 0:
		return &refusal{codeCold, "A conversation must be initiated by the correspondent."}
	case c.platform != inbox.Twitter && (c.taken || controlled):
		return &refusal{codeThreadControl, threadControlText}
	case c.platform != inbox.Twitter && now.UnixMilli() >= c.lastReceived+window.Milliseconds():
		return &refusal{codeWindow, "The conversation is inactive: the correspondent has not sent a message in the last 7 days, so it cannot be responded to."}
	case !w.active.admits(c, now):
		return &refusal{codeMonth, fmt.Sprintf("The limit of %d active conversations this month has been reached. You can respond again next month.", w.active.limit)}
	}
	return nil
}

// checkContent refuses what the documents forbid before anything is delivered.
func checkContent(p inbox.Platform, body sendBody) *refusal {
	switch {
	case body.Message == "" && (p == inbox.Twitter || len(body.MediaURLs) == 0):
		return &refusal{codeBadRequest, "The message is required."}
	case p == inbox.Twitter && len(body.MediaURLs) > 1:
		return &refusal{codeBadRequest, "X only accepts a single media URL."}
	}
	if length, limit, unit := measure(p, body.Message); length > limit {
		return &refusal{codeTooLong, fmt.Sprintf("The message is too long: %d of at most %d %s.", length, limit, unit)}
	}
	return nil
}

// measure counts a text as the platform does.
func measure(p inbox.Platform, text string) (length, limit int, unit string) {
	switch p {
	case inbox.Instagram:
		return len(text), 1000, "bytes"
	case inbox.Facebook:
		return utf8.RuneCountInString(text), 2000, "characters"
	}
	return utf8.RuneCountInString(text), 10_000, "characters"
}

// part is one piece of a send and what became of it.
type part struct {
	text   string
	media  string
	failed *refusal
	id     string
}

// deliver hands the parts over one by one. Facebook and Instagram deliver text
// and each medium as messages of their own; X has one message with both.
func (c *call) deliver(conv *conversation, body sendBody) reply {
	parts := splitParts(c.platform, body)
	failed := 0
	for i := range parts {
		p := &parts[i]
		p.failed = checkMedia(c.platform, p.media)
		if c.faults.partial && len(parts) > 1 && i == len(parts)-1 {
			p.failed = &refusal{codeAttachment, attachmentText}
		}
		if p.failed != nil {
			failed++
			continue
		}
		p.id = c.s.world.agentWrites(conv, p.text, p.media, c.now)
	}
	return sendReply(conv, parts, failed)
}

func splitParts(p inbox.Platform, body sendBody) []part {
	if p == inbox.Twitter {
		one := part{text: body.Message}
		if len(body.MediaURLs) > 0 {
			one.media = body.MediaURLs[0]
		}
		return []part{one}
	}
	var parts []part
	if body.Message != "" {
		parts = append(parts, part{text: body.Message})
	}
	for _, u := range body.MediaURLs {
		parts = append(parts, part{media: u})
	}
	return parts
}

var mediaTypes = map[string][]string{
	"image": {"jpg", "jpeg", "png", "gif", "webp"},
	"video": {"mp4", "mov", "m4v", "avi", "webm", "ogg"},
	"audio": {"aac", "wav"},
}

// checkMedia plays the platform that fetches the URL.
func checkMedia(p inbox.Platform, raw string) *refusal {
	if raw == "" {
		return nil
	}
	u, err := url.Parse(raw)
	kind := mediaType(raw)
	switch {
	case err != nil || u.Host == "" || (u.Scheme != "https" && u.Scheme != "http"),
		u.Hostname() == brokenHost,
		kind == "",
		kind == "audio" && p == inbox.Twitter,
		u.RawQuery != "" && p != inbox.Twitter:
		return &refusal{codeAttachment, attachmentText}
	}
	return nil
}

// mediaType is told by the extension; "" when it is none that is known.
func mediaType(raw string) string {
	u, err := url.Parse(raw)
	if err != nil {
		return ""
	}
	ext := strings.ToLower(strings.TrimPrefix(path.Ext(u.Path), "."))
	for kind, extensions := range mediaTypes {
		if slices.Contains(extensions, ext) {
			return kind
		}
	}
	return ""
}

// delivered is a part that arrived, in the documented shapes: a text has
// "message"; a medium has "type" and "mediaUrl".
type delivered struct {
	Status      string `json:"status,omitempty"`
	RecipientID string `json:"recipientId"`
	MessageID   string `json:"messageId"`
	Message     string `json:"message,omitempty"`
	Type        string `json:"type,omitempty"`
	MediaURL    string `json:"mediaUrl,omitempty"`
}

// sendReply tells what became of the parts. The shape of several successes is
// not documented: it is ours.
func sendReply(conv *conversation, parts []part, failed int) reply {
	told := make([]any, len(parts))
	for i, p := range parts {
		told[i] = p.tell(conv)
	}
	switch {
	case failed == 0 && len(parts) == 1:
		one := told[0].(delivered)
		one.Status = "success"
		return jsonReply(http.StatusOK, one)
	case failed == 0:
		first := told[0].(delivered)
		return jsonReply(http.StatusOK, struct {
			delivered
			Messages []any `json:"messages"`
		}{delivered{"success", first.RecipientID, first.MessageID, first.Message, first.Type, first.MediaURL}, told})
	case len(parts) == 1:
		return jsonReply(http.StatusBadRequest, told[0])
	}
	return jsonReply(http.StatusBadRequest, struct {
		problem
		Messages []any `json:"messages"`
	}{problem{"send", "error", codeSending, "Error sending message."}, told})
}

func (p part) tell(conv *conversation) any {
	if p.failed != nil {
		return p.failed.problem()
	}
	d := delivered{RecipientID: conv.participant, MessageID: p.id, Message: p.text}
	if p.media != "" {
		d.Type, d.MediaURL = mediaType(p.media), p.media
	}
	return d
}
