package sim

import (
	"bytes"
	"cmp"
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"net/http"
	"net/url"
	"strings"
	"time"
	"unicode/utf16"
	"unicode/utf8"
)

// This file has Meta's webhooks, as an Instagram account sends them.
// https://developers.facebook.com/docs/instagram-platform/webhooks

type metaHerald struct{}

func (metaHerald) endpoints(hook Webhook) []*endpoint {
	return []*endpoint{{url: hook.URL, token: hook.VerifyToken, secrets: hook.Secrets}}
}

// policy: a failed call is made again at once, then ever more slowly for 36
// hours; what happens meanwhile comes with it.
// https://developers.facebook.com/docs/graph-api/webhooks/getting-started
func (metaHerald) policy() hookPolicy {
	return hookPolicy{
		most:    largestBatch,
		timeout: 10 * time.Second,
		retries: []time.Duration{0, 5 * time.Second, 30 * time.Second, 2 * time.Minute, 15 * time.Minute, time.Hour},
		lasts:   36 * time.Hour,
		success: func(status int) bool { return status == http.StatusOK },
	}
}

// greeting is the verification call.
func (metaHerald) greeting(ctx context.Context, e *endpoint) (*http.Request, func([]byte) bool, error) {
	challenge := fmt.Sprint(1_000_000_000 + fingerprint(rand.Text())%1_000_000_000)
	u, err := url.Parse(e.url)
	if err != nil {
		return nil, nil, err
	}
	u.RawQuery = url.Values{"hub.mode": {"subscribe"}, "hub.challenge": {challenge}, "hub.verify_token": {e.token}}.Encode()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	return req, func(body []byte) bool { return string(body) == challenge }, err
}

func (metaHerald) sign(h http.Header, secrets []string, body []byte, _ time.Time) {
	h.Set("User-Agent", "facebookexternalua")
	h.Set("X-Hub-Signature-256", "sha256="+signature(secrets[0], body))
}

// signature is the HMAC-SHA256 that all three APIs use.
func signature(secret string, message []byte) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write(message)
	return hex.EncodeToString(mac.Sum(nil))
}

// metaEvent is one entry of messaging[] or standby[]. It has one of its last
// fields.
type metaEvent struct {
	Sender      metaID           `json:"sender,omitzero"`
	Recipient   metaID           `json:"recipient,omitzero"`
	Timestamp   int64            `json:"timestamp"`
	Message     *metaMessage     `json:"message,omitempty"`
	Edit        *metaEdit        `json:"message_edit,omitempty"`
	Reaction    *metaReaction    `json:"reaction,omitempty"`
	Read        *metaRead        `json:"read,omitempty"`
	Postback    *metaPostback    `json:"postback,omitempty"`
	Referral    *metaReferral    `json:"referral,omitempty"`
	TakeControl *metaThreadOwner `json:"take_thread_control,omitempty"`
	PassControl *metaThreadOwner `json:"pass_thread_control,omitempty"`

	standby bool // another app has the thread: this one only listens
	changes bool // it is told in changes[]
}

type metaID struct {
	ID string `json:"id"`
}

type metaMessage struct {
	MID         string           `json:"mid"`
	Text        string           `json:"text,omitempty"`
	Attachments []metaAttachment `json:"attachments,omitempty"`
	QuickReply  *metaQuickReply  `json:"quick_reply,omitempty"`
	ReplyTo     *metaReplyTo     `json:"reply_to,omitempty"`
	Referral    *metaReferral    `json:"referral,omitempty"`
	IsEcho      bool             `json:"is_echo,omitempty"`
	IsDeleted   bool             `json:"is_deleted,omitempty"`
}

type metaAttachment struct {
	Type    string            `json:"type"`
	Payload map[string]string `json:"payload,omitempty"`
}

type metaQuickReply struct {
	Payload string `json:"payload"`
}

type metaReplyTo struct {
	MID   string     `json:"mid,omitempty"`
	Story *metaStory `json:"story,omitempty"`
}

type metaStory struct {
	URL string `json:"url"`
	ID  string `json:"id"`
}

type metaEdit struct {
	MID     string `json:"mid"`
	Text    string `json:"text,omitempty"`
	NumEdit int    `json:"num_edit"`
}

type metaReaction struct {
	MID      string `json:"mid"`
	Action   string `json:"action"`
	Reaction string `json:"reaction,omitempty"`
	Emoji    string `json:"emoji,omitempty"`
}

type metaRead struct {
	MID string `json:"mid"`
}

type metaPostback struct {
	MID     string `json:"mid"`
	Title   string `json:"title"`
	Payload string `json:"payload"`
}

type metaReferral struct {
	Ref     string       `json:"ref,omitempty"`
	AdID    string       `json:"ad_id,omitempty"`
	Source  string       `json:"source,omitempty"`
	Type    string       `json:"type,omitempty"`
	Ad      *metaAd      `json:"ads_context_data,omitempty"`
	Product *metaProduct `json:"product,omitempty"`
}

type metaAd struct {
	Title    string `json:"ad_title"`
	PhotoURL string `json:"photo_url"`
}

type metaProduct struct {
	ID string `json:"id"`
}

type metaThreadOwner struct {
	Previous string  `json:"previous_owner_app_id"`
	New      string  `json:"new_owner_app_id"`
	Metadata *string `json:"metadata"`
}

// The apps that a thread goes back and forth between: Instagram's own inbox, and
// this account's.
const (
	inboxApp = "1217981644879628"
	ownApp   = "774100258801234"
)

func (metaHerald) tell(w *world, h happening) []update {
	event := newMetaEvent(h)
	if !event.say(h) {
		return nil
	}
	return []update{{kind: string(h.kind), conv: h.conv, at: h.at, body: event}}
}

// newMetaEvent has the parties: the customer speaks, or for an echo the shop.
func newMetaEvent(h happening) *metaEvent {
	own, peer := metaID{pageID(h.conv.platform)}, metaID{h.conv.participant}
	e := &metaEvent{Sender: peer, Recipient: own, Timestamp: h.at, standby: h.conv.taken && h.kind != didHandOver}
	if h.msg != nil && h.msg.sent && (h.kind == didWrite || h.kind == didUnsend || h.kind == didEdit) {
		e.Sender, e.Recipient = own, peer
	}
	return e
}

// say fills in what happened; false: Meta tells nothing of it. Reactions of the
// shop's own make no webhook, nor do GIFs from Giphy.
func (e *metaEvent) say(h happening) bool {
	switch h.kind {
	case didWrite:
		return e.sayMessage(h.msg)
	case didUnsend:
		e.Message = &metaMessage{MID: h.msg.id, IsDeleted: true, IsEcho: h.msg.sent}
	case didEdit:
		e.Edit = &metaEdit{MID: h.msg.id, Text: h.msg.text, NumEdit: h.msg.edits}
	case didReact, didUnreact:
		if h.user != h.conv.participant {
			return false
		}
		e.Reaction = metaReactionOf(h)
	case didRead:
		if h.msg == nil {
			return false
		}
		e.Read = &metaRead{h.msg.id}
	case didRefer:
		e.Referral = &metaReferral{Ref: h.link, Source: "IGME-SOURCE-LINK", Type: "OPEN_THREAD"}
	case didHandOver:
		if h.conv.taken {
			e.TakeControl = &metaThreadOwner{Previous: ownApp, New: inboxApp}
		} else {
			e.PassControl = &metaThreadOwner{Previous: inboxApp, New: ownApp}
		}
	default:
		return false
	}
	return true
}

func (e *metaEvent) sayMessage(m *message) bool {
	if m.origin != nil && m.origin.Kind == "postback" {
		e.Postback = &metaPostback{MID: m.id, Title: m.text, Payload: m.origin.Payload}
		return true
	}
	e.Message = &metaMessage{MID: m.id, Text: m.text, IsEcho: m.sent}
	if m.answers != "" {
		e.Message.ReplyTo = &metaReplyTo{MID: m.answers}
	}
	for i, a := range m.attachments {
		if strings.HasPrefix(a.URL, giphy) {
			return false
		}
		if isFile(a) {
			a.URL = hosted(m, i, a) // as a reading tells it
		}
		e.Message.attach(a)
	}
	if m.origin != nil {
		e.Message.comeFrom(*m.origin)
	}
	return true
}

// giphy is where GIFs come from, which make no webhook.
const giphy = "https://media.giphy.example/"

// attach tells of an attachment; what a story reply answers is no attachment.
func (m *metaMessage) attach(a Attachment) {
	id, title := cmp.Or(a.ID, assetID(a.URL)), cmp.Or(a.Title, titleOf(a.URL))
	payload := map[string]string{"url": a.URL}
	switch a.Type {
	case "story_reply":
		m.ReplyTo = &metaReplyTo{Story: &metaStory{URL: a.URL, ID: id}}
		return
	case "ig_reel", "reel":
		payload["reel_video_id"], payload["title"] = id, title
	case "ig_post":
		if fingerprint(a.URL)%2 == 0 { // during the changeover, a shared post comes twice
			m.Attachments = append(m.Attachments, metaAttachment{"share", map[string]string{"url": a.URL}})
		}
		payload["ig_post_media_id"], payload["title"] = id, title
	case "ig_story", "story":
		payload = map[string]string{"story_media_id": id, "story_media_url": a.URL}
	case "sticker":
		a.Type, payload["sticker_id"] = "image", id
	case "like_heart", "ephemeral":
		payload = nil
	case "product_template":
		a.Type, payload = "template", nil
	}
	m.Attachments = append(m.Attachments, metaAttachment{a.Type, payload})
}

func (m *metaMessage) comeFrom(o Origin) {
	switch o.Kind {
	case "quick_reply":
		m.QuickReply = &metaQuickReply{o.Payload}
	case "product":
		m.Referral = &metaReferral{Product: &metaProduct{o.Payload}}
	case "ad":
		m.Referral = &metaReferral{
			Ref: o.Payload, AdID: fmt.Sprint(fingerprint(o.Title)), Source: "ADS", Type: "OPEN_THREAD",
			Ad: &metaAd{Title: o.Title, PhotoURL: "https://cdn.example/ad.jpg"},
		}
	}
}

// metaNames are the reactions that have a name; all others are "other".
var metaNames = map[string]string{"❤️": "love", "❤": "love", "😂": "laugh", "😆": "laugh", "😮": "wow", "😢": "sad", "😡": "angry", "😠": "angry", "👍": "like"}

// metaReactionOf tells a reaction. One that was taken back is told without
// saying which it was, as Meta's samples do.
func metaReactionOf(h happening) *metaReaction {
	if h.kind == didUnreact {
		return &metaReaction{MID: h.msg.id, Action: "unreact"}
	}
	name, ok := metaNames[h.emoji]
	if !ok {
		name = "other"
	}
	return &metaReaction{MID: h.msg.id, Action: "react", Reaction: name, Emoji: h.emoji}
}

// metaEntry has its fields in the order in which Meta writes them.
type metaEntry struct {
	Time      int64        `json:"time"`
	ID        string       `json:"id"`
	Messaging []*metaEvent `json:"messaging,omitempty"`
	Standby   []*metaEvent `json:"standby,omitempty"`
	Changes   []metaChange `json:"changes,omitempty"`
}

// pack puts events that follow one another into entries.
func (metaHerald) pack(_ *endpoint, list []update, now time.Time) []byte {
	var entries []*metaEntry
	for i, u := range list {
		e := u.body.(*metaEvent)
		if i == 0 || !list[i-1].body.(*metaEvent).besides(e) {
			entries = append(entries, &metaEntry{Time: now.UnixMilli(), ID: pageID(u.conv.platform)})
		}
		last := entries[len(entries)-1]
		switch {
		case e.changes:
			last.Time = now.Unix()
			last.Changes = append(last.Changes, e.change())
		case e.standby:
			last.Standby = append(last.Standby, e)
		default:
			last.Messaging = append(last.Messaging, e)
		}
	}
	return escapeLikeMeta(plainJSON(struct {
		Object string       `json:"object"`
		Entry  []*metaEntry `json:"entry"`
	}{"instagram", entries}))
}

// plainJSON is JSON on one line, without HTML's escapes.
func plainJSON(v any) []byte {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		panic(fmt.Sprintf("simulator: a webhook's body: %v", err)) // our own types, which can all be written
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}

// escapeLikeMeta writes JSON as Meta does: all that is not ASCII as \u and small
// hexadecimal digits, and slashes behind a backslash. The signature is over these
// bytes; who decodes and encodes them again gets another one.
func escapeLikeMeta(text []byte) []byte {
	out := make([]byte, 0, len(text)+len(text)/8)
	for i := 0; i < len(text); {
		c := text[i]
		if c < utf8.RuneSelf {
			if c == '/' {
				out = append(out, '\\')
			}
			out = append(out, c)
			i++
			continue
		}
		r, size := utf8.DecodeRune(text[i:])
		i += size
		if hi, lo := utf16.EncodeRune(r); hi != utf8.RuneError {
			out = fmt.Appendf(out, `\u%04x\u%04x`, hi, lo)
		} else {
			out = fmt.Appendf(out, `\u%04x`, r)
		}
	}
	return out
}

// fingerprint makes a number of a text, always the same.
func fingerprint(text string) uint64 {
	h := fnv.New64a()
	h.Write([]byte(text)) // never fails
	return h.Sum64()
}

// assetID is the number that Meta has for a post, a reel or a story.
func assetID(link string) string {
	if u, err := url.Parse(link); err == nil && u.Query().Get("asset_id") != "" {
		return u.Query().Get("asset_id")
	}
	return fmt.Sprintf("18%015d", fingerprint(link)%1_000_000_000_000_000)
}

// titleOf is what stands under somebody's post or reel.
func titleOf(link string) string { return titles[fingerprint(link)%uint64(len(titles))] }

var titles = []string{
	"Slow mornings ☕️",
	"New in the workshop 🧵✨\n\nThree evenings, one sleeve.\n\n#slowfashion #handmade #linen #studio",
	"the way it falls 😭\n.\n.\n.\n#ootd #autumn",
	"മഴയിൽ ഒരു നടത്തം 🌧️💚",
	"POV: you said you'd only look 👀",
}
