package sim

import (
	"context"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"time"

	"parley/inbox"
)

// This file has chatt2me's webhooks. The vendor's documents show three shapes
// that have nothing in common, and the simulator uses each where they show it.
// https://docs.chatt2.me/docs/latest/webhooks/event-types

// The kinds of events that an address can be registered for.
const (
	chattMessage = "Message"
	chattStatus  = "MessageStatus"
)

type chatt2meHerald struct{ opts Options }

// endpoints: a webhook is for one kind of events, so there are two.
func (t chatt2meHerald) endpoints(hook Webhook) []*endpoint {
	var list []*endpoint
	for _, event := range []string{chattMessage, chattStatus} {
		list = append(list, &endpoint{
			id: newUUID(), url: hook.URL, event: event, token: hook.VerifyToken, secrets: hook.Secrets,
			registered: newRegistration("Simulator "+event, t.opts.Now()),
		})
	}
	return list
}

// policy: nothing is tried again by itself.
// https://docs.chatt2.me/docs/latest/webhooks/retry
func (chatt2meHerald) policy() hookPolicy {
	return hookPolicy{most: 1, timeout: 10 * time.Second, success: func(status int) bool { return status == http.StatusOK }}
}

// greeting is the verification call.
// https://docs.chatt2.me/docs/latest/webhooks/endpoint-verification
//
// The body is to be the token, or the token as a JSON string.
func (chatt2meHerald) greeting(ctx context.Context, e *endpoint) (*http.Request, func([]byte) bool, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, e.url, strings.NewReader("{}"))
	if err != nil {
		return nil, nil, err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("X-Validation-Token", e.token)
	return req, func(body []byte) bool {
		var text string
		if json.Unmarshal(body, &text) != nil {
			text = string(body)
		}
		return text == e.token
	}, nil
}

// sign: the time is a part of what is signed.
// https://docs.chatt2.me/docs/latest/webhooks/verifying-signature
func (chatt2meHerald) sign(h http.Header, secrets []string, body []byte, now time.Time) {
	t := strconv.FormatInt(now.Unix(), 10)
	h.Set("X-hub-Signature", "t="+t+",v1="+signature(secrets[0], append([]byte(t+"."), body...)))
}

func (chatt2meHerald) pack(_ *endpoint, list []update, _ time.Time) []byte {
	return plainJSON(list[0].body)
}

// object is a part of a body.
type object = map[string]any

func (t chatt2meHerald) tell(w *world, h happening) []update {
	switch h.kind {
	case didWrite:
		if !h.msg.sent {
			return t.news(h, t.inbound(h))
		}
		list := t.news(h, t.echo(h))
		return append(list, t.status(h, "sent"), t.status(h, "delivered"))
	case didRead:
		if h.msg != nil {
			return []update{t.status(h, "read")}
		}
	case didReact, didUnreact:
		if h.user != h.conv.participant {
			return t.news(h, ownReaction(h))
		}
		return t.news(h, t.metaStyle(h, newMetaEvent(h)))
	case didUnsend, didEdit:
		return t.news(h, t.metaStyle(h, newMetaEvent(h)))
	}
	return nil
}

func (chatt2meHerald) news(h happening, body any) []update {
	return []update{{kind: string(h.kind), event: chattMessage, conv: h.conv, at: h.at, body: body}}
}

// status tells what became of a message of the shop's.
func (chatt2meHerald) status(h happening, status string) update {
	return update{kind: "status " + status, event: chattStatus, conv: h.conv, at: h.at, body: object{
		"eventType": chattStatus, "messageId": h.msg.id, "status": status,
		"timestamp": h.at / 1000, "channel": channelName(h.conv.platform),
	}}
}

// inbound is the first shape: what a customer writes.
func (t chatt2meHerald) inbound(h happening) any {
	return object{
		"eventType": chattMessage, "channelId": channelID(t.opts, h.conv.platform), "messageId": h.msg.id,
		"from": h.conv.participant, "timestamp": h.at / 1000, "channel": channelName(h.conv.platform),
		"content": chattContent(h.msg),
	}
}

// chattContent is what a message holds. Only text, buttons and places are
// documented; media are told with the names that sends use.
func chattContent(m *message) object {
	if m.origin != nil && (m.origin.Kind == "postback" || m.origin.Kind == "quick_reply") {
		return object{"type": "interactive", "interactive": object{
			"type": "button_reply", "button_reply": object{"id": m.origin.Payload, "title": m.text},
		}}
	}
	if len(m.attachments) == 0 {
		return object{"type": "text", "text": m.text}
	}
	a := m.attachments[0]
	content := object{"type": a.Type}
	switch a.Type {
	case "image", "video", "audio":
		content[a.Type+"Url"] = a.URL
	case "like_heart":
		content["type"] = "sticker"
	default:
		content["url"] = a.URL
	}
	if m.text != "" {
		content["text"] = m.text
	}
	return content
}

// echo tells of what the shop has sent: on Instagram the second shape, which has
// neither an id nor a sender; on Messenger the third.
func (t chatt2meHerald) echo(h happening) any {
	if h.conv.platform == inbox.Facebook {
		return t.messengerEcho(h)
	}
	message := object{}
	if h.msg.text != "" {
		message["text"] = h.msg.text
	}
	for _, a := range h.msg.attachments {
		message["attachment"] = chattAttachment(a)
	}
	return object{
		"eventType": chattMessage, "timestamp": stamp(h.at),
		"payload": object{"recipient": object{"id": h.conv.participant}, "message": message},
	}
}

func chattAttachment(a Attachment) object {
	if a.URL == "" {
		return object{"type": a.Type}
	}
	return object{"type": a.Type, "payload": object{"url": a.URL}}
}

// messengerEcho is Meta's own echo, wrapped.
func (chatt2meHerald) messengerEcho(h happening) any {
	page := pageID(h.conv.platform)
	message := object{"mid": h.msg.id, "is_echo": true, "app_id": 774100258801234}
	if h.msg.text != "" {
		message["text"] = h.msg.text
	}
	var attachments []object
	for _, a := range h.msg.attachments {
		attachments = append(attachments, chattAttachment(a))
	}
	if attachments != nil {
		message["attachments"] = attachments
	}
	return object{
		"eventType": "message_echoes", "timestamp": stamp(h.at),
		"payload": object{
			"sender": object{"id": page, "pageId": page}, "recipient": object{"id": h.conv.participant},
			"timestamp": h.at, "message": message,
		},
	}
}

// ownReaction is the second shape for the shop's own reaction: it nests a
// payload in the payload.
func ownReaction(h happening) any {
	inner := object{"message_id": h.msg.id, "reaction": h.emoji}
	action := "react"
	if h.kind == didUnreact {
		action = "unreact"
		delete(inner, "reaction")
	}
	return object{
		"eventType": chattMessage, "timestamp": stamp(h.at),
		"payload": object{
			"recipient": object{"id": h.conv.participant}, "sender_action": action, "payload": inner,
		},
	}
}

// metaStyle wraps what Meta says, for what the documents leave out but for a
// sample in that manner.
func (t chatt2meHerald) metaStyle(h happening, e *metaEvent) any {
	e.say(h)
	return object{
		"eventType": chattMessage, "channelId": channelID(t.opts, h.conv.platform),
		"timestamp": h.at / 1000, "channel": channelName(h.conv.platform), "payload": e,
	}
}

// channelName is what chatt2me calls a platform.
func channelName(p inbox.Platform) string {
	if p == inbox.Facebook {
		return "messenger"
	}
	return string(p)
}
