package chatt2me

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"parley/inbox"
	"parley/platforms/hook"
	"parley/platforms/loose"
	"parley/platforms/meta"
)

// This file says what an event means to the inbox. The documents show three
// shapes that have little in common, and a few that lie between them:
//
//	{"eventType":"Message","channelId","messageId","from","timestamp","channel","content"}
//	    what a customer wrote (webhooks/event-types); some samples have less
//	{"eventType":"Message","timestamp","payload":{"recipient","message"}}
//	    our own send on Instagram, repeated: no id, no sender, no channel
//	{"eventType":"message_echoes","timestamp","payload":{"sender","recipient","message"}}
//	    our own send on Messenger: Meta's event, passed on
//	{"eventType":"MessageStatus","messageId","status","timestamp","channel"}
//	    what became of a message of ours
//
// A payload with a sender is Meta's event whatever stands around it, and so is a
// whole envelope of Meta's: nobody says how reactions, readings and media come in,
// and that is how the echoes do.

// reader collects the facts of one call.
type reader struct {
	*provider
	now     time.Time
	found   []*hook.Delivery
	skipped map[string]int // what was left out, by what it was
}

func newReader(p *provider, now time.Time) *reader {
	return &reader{provider: p, now: now.UTC(), skipped: map[string]int{}}
}

// body reads one event, or a list of them; false when there is none.
func (r *reader) body(raw json.RawMessage) bool {
	top := (loose.Object{"": raw}).List("")
	for _, raw := range top {
		if o, ok := loose.ParseObject(raw); ok {
			r.event(o)
		} else {
			r.skip("no object")
		}
	}
	return r.skipped["no object"] < len(top)
}

func (r *reader) skip(what string) { r.skipped[what]++ }

func (r *reader) logSkipped() {
	if len(r.skipped) > 0 {
		r.log.Info("left out of a webhook call", "events", r.skipped)
	}
}

// event is one event under way.
type event struct {
	*reader
	name     string // "Message", "MessageStatus", "message_echoes", …
	kind     string // the same in lower case
	channel  string // UUID, "" when it is not told
	platform inbox.Platform
	at       time.Time
	whole    loose.Object // what is left of it
}

func (r *reader) event(o loose.Object) {
	e := &event{reader: r, whole: o, name: shortWord(o.Text("eventType")), channel: o.Text("channelId"), at: o.Time("timestamp")}
	e.kind = strings.ToLower(e.name)
	if e.at.IsZero() {
		e.at = r.now
	}
	word := strings.ToLower(o.Text("channel"))
	platform, ok := r.platformOf(word, e.channel)
	if !ok {
		r.skip("channel " + shortWord(word))
		return
	}
	e.platform = platform
	e.dispatch()
}

// platformOf reads the word for a channel. Ours is what the config says that it
// is. WhatsApp, Telegram and SMS are not served here.
func (r *reader) platformOf(word, channel string) (inbox.Platform, bool) {
	platform := r.platform
	switch word {
	case "":
	case "instagram":
		platform = inbox.Instagram
	case "messenger", "facebook":
		platform = inbox.Facebook
	default:
		return "", false
	}
	if r.Owns(channel) {
		platform = r.platform
	}
	return platform, true
}

// shortWord makes a word of the event fit for the log.
func shortWord(s string) string {
	const longest = 40
	s = inbox.CleanLine(s)
	if r := []rune(s); len(r) > longest {
		return string(r[:longest]) + "…"
	}
	return s
}

func (e *event) dispatch() {
	payload := e.whole.Object("payload")
	switch {
	case e.kind == "messagestatus":
		e.status()
	case e.whole.Has("entry"):
		e.envelope(e.whole)
	case payload.Has("entry"):
		e.envelope(payload)
	case payload.Has("sender"):
		e.meta(payload)
	case payload.Has("sender_action"):
		e.ownAction(payload)
	case payload.Has("recipient") && payload.Has("message"):
		e.echo(payload)
	case e.whole.Has("sender"):
		e.meta(e.whole)
	case e.says(payload):
		e.meta(e.withSender(payload))
	case e.whole.Has("content"):
		e.received()
	case e.says(e.whole):
		e.meta(e.withSender(e.whole))
	default:
		e.unknown(payload)
	}
}

// deliver adds what was found, for the channel that it is about. RemoteIDs are
// still those of a channel of its own.
func (e *event) deliver(b inbox.Batch) {
	if len(b.Messages)+len(b.Events)+len(b.Conversations) == 0 {
		e.skip(cmp.Or(e.name, "event") + " without news")
		return
	}
	owner := strings.ToLower(e.channel)
	renameConversations(b, func(person string) string { return e.remoteID(owner, person) })
	d := e.delivery(owner)
	d.Batch.Messages = append(d.Batch.Messages, b.Messages...)
	d.Batch.Conversations = append(d.Batch.Conversations, b.Conversations...)
	d.Batch.Events = append(d.Batch.Events, b.Events...)
	if e.at.After(d.Batch.AsOf) {
		d.Batch.AsOf = e.at
	}
}

// delivery finds the one for a channel and platform, in the order of the call.
func (e *event) delivery(owner string) *hook.Delivery {
	for _, d := range e.found {
		if d.Owner == owner && d.Batch.Platform == e.platform {
			return d
		}
	}
	d := &hook.Delivery{Owner: owner, Batch: inbox.Batch{Platform: e.platform}}
	e.found = append(e.found, d)
	return d
}

func (r *reader) deliveries() []hook.Delivery {
	var list []hook.Delivery
	for _, d := range r.found {
		list = append(list, *d)
	}
	return list
}

// Adopt names the conversations of a delivery that another account has decoded,
// and that is for our channel.
func (p *provider) Adopt(d hook.Delivery) hook.Delivery {
	d.Batch.Platform = p.platform
	renameConversations(d.Batch, func(remote string) string {
		if channel, person, ok := splitRemote(remote); ok {
			return p.remoteID(channel, person)
		}
		return remote
	})
	return d
}

// renameConversations renames those that the facts of a batch name, in place.
func renameConversations(b inbox.Batch, rename func(remote string) string) {
	for i, m := range b.Messages {
		b.Messages[i].RemoteID = rename(m.RemoteID)
	}
	for i, c := range b.Conversations {
		b.Conversations[i].RemoteID = rename(c.RemoteID)
	}
	for i, f := range b.Events {
		if f.RemoteID != "" { // a status names its message only
			b.Events[i].RemoteID = rename(f.RemoteID)
		}
	}
}

// decoder reads Meta's events.
func (e *event) decoder() meta.Decoder {
	return meta.Decoder{Platform: e.platform, Now: e.at}
}

// envelope is a whole webhook call of Meta's, passed on. Its owners are ids of
// Meta's, which say nothing of our channels.
func (e *event) envelope(o loose.Object) {
	raw, _ := json.Marshal(o) // just parsed: cannot fail
	found, err := e.decoder().Decode(raw)
	if err != nil || len(found) == 0 {
		e.skip("an envelope without news")
	}
	for _, d := range found {
		e.deliver(d.Batch)
	}
}

// meta reads one of Meta's events. Which of its two ids is the channel's own is
// told by who speaks: an echo is ours.
func (e *event) meta(o loose.Object) {
	own := "recipient"
	if message, ok := loose.ParseObject(o["message"]); ok && (e.kind == "message_echoes" || message.Flag("is_echo")) {
		message["is_echo"] = json.RawMessage("true")
		o["message"] = encoded(message)
		own = "sender"
	}
	party, _ := loose.ParseObject(o[own])
	e.deliver(e.decoder().Event(party.Text("id"), encoded(o)))
}

func encoded(v any) json.RawMessage {
	raw, _ := json.Marshal(v) // made of JSON and strings: cannot fail
	return raw
}

// metaKeys are what happens in Meta's events.
var metaKeys = []string{"message", "reaction", "read", "postback", "message_edit", "referral"}

// says tells an event of Meta's without parties.
func (e *event) says(o loose.Object) bool {
	return slices.ContainsFunc(metaKeys, func(key string) bool {
		_, ok := loose.ParseObject(o[key])
		return ok
	})
}

// withSender completes it with whom the event around it names.
func (e *event) withSender(o loose.Object) loose.Object {
	if from := e.from(); from.ID != "" {
		o["sender"] = encoded(map[string]string{"id": from.ID})
	}
	return o
}

// echo is our own send, repeated. It becomes a message without an id: the inbox
// finds the one that it repeats.
func (e *event) echo(payload loose.Object) {
	message := payload.Object("message")
	message["is_echo"] = json.RawMessage("true")
	if one := message["attachment"]; one != nil {
		delete(message, "attachment")
		if !message.Has("attachments") {
			message["attachments"] = one
		}
	}
	payload["message"] = encoded(message)
	delete(payload, "messaging_type")
	e.deliver(e.decoder().Event("", encoded(payload)))
}

// ownAction is our own reaction, repeated. Others (marking as seen) are no news.
func (e *event) ownAction(payload loose.Object) {
	recipient, said := payload.Object("recipient"), payload.Object("payload")
	f := inbox.EventFact{Mine: true, RemoteID: recipient.Text("id"), Message: inbox.MessageID(messageIn(said)), At: e.at}
	switch action := payload.Text("sender_action"); action {
	case "react":
		f.Kind, f.Emoji = inbox.EventReaction, meta.Emoji(said.Text("reaction"), "")
	case "unreact":
		f.Kind = inbox.EventUnreaction
	default:
		e.skip("sender_action " + shortWord(action))
		return
	}
	if f.Message == "" {
		e.skip("a reaction to no message")
		return
	}
	e.deliver(inbox.Batch{Events: []inbox.EventFact{f}})
}

// messageIn is the id of the message that something is said of, under any of the
// names in use.
func messageIn(o loose.Object) string {
	return cmp.Or(o.Text("message_id"), o.Text("messageId"), o.Text("mid"), o.Text("id"))
}

// status is what became of a message of ours: "sent" and "delivered" are no
// news, and the list of the others is not public.
func (e *event) status() {
	f := inbox.EventFact{Message: inbox.MessageID(e.whole.Text("messageId")), At: e.at}
	switch word := strings.ToLower(e.whole.Text("status")); word {
	case "read", "seen":
		f.Kind = inbox.EventRead
	case "failed", "error", "undelivered", "rejected":
		f.Kind, f.Text = inbox.EventFailed, e.failure()
	default:
		e.skip("status " + shortWord(word))
		return
	}
	if f.Message == "" {
		e.skip("a status of no message")
		return
	}
	e.deliver(inbox.Batch{Events: []inbox.EventFact{f}})
}

// failure says why a message did not arrive: in the provider's words, else by
// the platform's code.
func (e *event) failure() string {
	code := e.whole.Text("errorCode")
	m, _ := meta.ParseCode(code).Meaning()
	text := cmp.Or(e.whole.Text("errorMessage"), errorText(e.whole), m.Text, "it did not arrive")
	if code != "" {
		text += " (code " + code + ")"
	}
	return text
}

// from is the customer of an event.
func (e *event) from() inbox.Participant {
	if o, ok := loose.ParseObject(e.whole["from"]); ok {
		return inbox.Participant{ID: o.Text("id"), Name: o.Text("name"), Username: strings.TrimPrefix(o.Text("username"), "@")}
	}
	return inbox.Participant{ID: e.whole.Peek("from")}
}

// unknown keeps what this version does not know, where it has a person to be
// shown with.
func (e *event) unknown(payload loose.Object) {
	peer := e.from()
	if peer.ID == "" {
		peer.ID = payload.Object("recipient").Peek("id")
	}
	if peer.ID == "" {
		e.skip(cmp.Or(e.name, "event without a name"))
		return
	}
	if payload != nil {
		e.whole["payload"] = encoded(payload)
	}
	e.deliver(inbox.Batch{Messages: []inbox.MessageFact{{
		RemoteID: peer.ID, Peer: peer, AsOf: e.at,
		Message: inbox.Message{
			ID:        madeID(e.name, e.whole),
			Direction: inbox.Received, Event: true, CreatedAt: e.at,
			Text:  "something happened that parley does not know: " + cmp.Or(e.name, "an event without a name"),
			Extra: e.whole,
		},
	}}})
}
