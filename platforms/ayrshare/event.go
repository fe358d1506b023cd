package ayrshare

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"parley/inbox"
	"parley/platforms/hook"
	"parley/platforms/loose"
)

// This file says what a webhook's body means to the inbox. Page:
// .../apis/webhooks/actions. It shows messageRead; messageCreated is known from
// receivers that run; of reactions, edits and unsends only that there are some.
// So each field is looked for under every name that Ayrshare or Meta has for it,
// and whatever does not fit is kept and named, never guessed at.

// actionMessages is the action of direct messages. A webhook of another action
// (feed, scheduled, comments, …) may lead to the same address.
const actionMessages = "messages"

// happened is what a subAction tells of.
type happened int

const (
	somethingElse happened = iota
	messageCreated
	messageRead
	messageEdited
	messageUnsent
	reactionCreated
	reactionDeleted
)

// subActions are the names in use, and those that are about, in lower case.
var subActions = map[string]happened{
	"":                       messageCreated, // Ayrshare always tells; whoever stands in between may not
	"messagecreated":         messageCreated,
	"messagesent":            messageCreated,
	"messagereceived":        messageCreated,
	"messageread":            messageRead,
	"messageseen":            messageRead,
	"messageedited":          messageEdited,
	"messageupdated":         messageEdited,
	"messagedeleted":         messageUnsent,
	"messageunsent":          messageUnsent,
	"messageremoved":         messageUnsent,
	"reactioncreated":        reactionCreated,
	"reactionadded":          reactionCreated,
	"reactionupdated":        reactionCreated,
	"messagereaction":        reactionCreated,
	"messagereactioncreated": reactionCreated,
	"reactiondeleted":        reactionDeleted,
	"reactionremoved":        reactionDeleted,
	"messagereactiondeleted": reactionDeleted,
	"messageunreacted":       reactionDeleted,
}

// Decode reads one event, or a list of them.
func (p *provider) Decode(c hook.Call) ([]hook.Delivery, error) {
	events, err := eventsOf(c.Body)
	if err != nil {
		return nil, err
	}
	d := decoder{platforms: p.platforms, came: c.At}
	for _, raw := range events {
		d.event(raw)
	}
	if d.skipped > 0 {
		p.log.Warn("left out of a webhook what names no conversation or no message: the next read brings it", "events", d.skipped)
	}
	return d.deliveries(), nil
}

var errNoEvent = errors.New("neither a JSON object nor a list of them")

func eventsOf(body []byte) (events []json.RawMessage, err error) {
	body = bytes.TrimSpace(body)
	switch {
	case len(body) == 0:
		return nil, errNoEvent
	case body[0] == '[':
		err = json.Unmarshal(body, &events)
	case body[0] == '{' && json.Valid(body):
		events = []json.RawMessage{body}
	default:
		err = errNoEvent
	}
	return events, err
}

// decoder collects what the events of one call tell, by platform.
type decoder struct {
	platforms []inbox.Platform // of the account
	came      time.Time
	batches   []inbox.Batch
	skipped   int
}

func (d *decoder) deliveries() []hook.Delivery {
	var list []hook.Delivery
	for _, b := range d.batches {
		if len(b.Conversations)+len(b.Messages)+len(b.Events) == 0 {
			continue
		}
		list = append(list, hook.Delivery{Batch: b})
	}
	return list
}

// batch is the one of the platform. Its facts are as old as the oldest of its
// events: a call that is repeated for hours brings no news about a name.
func (d *decoder) batch(p inbox.Platform, at time.Time) *inbox.Batch {
	i := slices.IndexFunc(d.batches, func(b inbox.Batch) bool { return b.Platform == p })
	if i < 0 {
		i = len(d.batches)
		d.batches = append(d.batches, inbox.Batch{Platform: p, AsOf: at})
	}
	if b := &d.batches[i]; at.Before(b.AsOf) {
		b.AsOf = at
	}
	return &d.batches[i]
}

// event adds one event. What an account does not read by its config, it is not
// told of either.
func (d *decoder) event(raw json.RawMessage) {
	o, ok := loose.ParseObject(raw)
	if !ok {
		d.skipped++
		return
	}
	action, subAction := o.Text("action"), o.Text("subAction")
	if action != actionMessages && (action != "" || subAction == "") {
		return
	}
	platform := platformOf(o.Text("platform"))
	if !slices.Contains(d.platforms, platform) {
		return
	}
	e := event{raw: raw, Object: o, subAction: subAction, platform: platform, at: d.when(o)}
	if !e.addTo(d.batch(platform, e.at)) {
		d.skipped++
	}
}

// platformOf: the payloads say twitter, the documents' prose X.
func platformOf(name string) inbox.Platform {
	if name = strings.ToLower(name); name == "x" {
		return inbox.Twitter
	}
	return inbox.Platform(name)
}

// when it happened. In what is known, "created" (ISO 8601) and
// "timeStamp" (Unix seconds) are one moment; should "created" ever be that of the
// message which an event is about, the event is what came later.
func (d *decoder) when(o loose.Object) time.Time {
	created, told := loose.Time(o["created"]), loose.Time(o["timeStamp"])
	if told.Sub(created) > time.Second {
		return told
	}
	return cmp.Or(created, told, d.came)
}

// event is one element, of which fields are taken one by one.
type event struct {
	loose.Object
	raw       json.RawMessage
	subAction string
	platform  inbox.Platform
	at        time.Time
}

// addTo tells the batch; false when there is nowhere to put it.
func (e event) addTo(b *inbox.Batch) bool {
	switch subActions[strings.ToLower(e.subAction)] {
	case messageCreated:
		return e.created(b)
	case messageRead:
		return e.read(b)
	case messageEdited:
		return e.changed(b, inbox.EventFact{Kind: inbox.EventEdit, Text: newText(e.Object), Edits: e.edits()})
	case messageUnsent:
		return e.changed(b, inbox.EventFact{Kind: inbox.EventUnsend})
	case reactionCreated:
		return e.reacted(b, inbox.EventReaction)
	case reactionDeleted:
		return e.reacted(b, inbox.EventUnreaction)
	}
	return e.unknown(b)
}

// aroundMessage are the fields of the call that are none of the message's.
var aroundMessage = []string{"code", "hookId", "refId", "title", "url", "scheduleDate", "timeStamp", "mediaUrls", "readerDetails"}

// created is a new message, also one of our own. Without an id it would be
// there twice after the next read.
func (e event) created(b *inbox.Batch) bool {
	o := e.Object
	for _, key := range []string{"messageId", "mid"} {
		if loose.IsNull(o["id"]) && !loose.IsNull(o[key]) {
			o["id"] = o[key]
			delete(o, key)
		}
	}
	media := e.media()
	for _, key := range aroundMessage {
		delete(o, key)
	}
	if kind, told := o["type"]; told { // what a read calls the action
		o["action"] = kind
		delete(o, "type")
	}
	fact, ok := factOf(o, readContext{answered: e.at})
	if !ok || fact.Message.ID == "" {
		return false
	}
	if len(fact.Message.Attachments) == 0 {
		fact.Message.Attachments = media
	}
	// Nobody has reacted to a new message, and that is no knowledge of those who
	// may have done so before this call came.
	fact.KnowsReactions = false
	fact.AsOf = cmp.Or(fact.Message.UpdatedAt, fact.Message.CreatedAt)
	b.Messages = append(b.Messages, fact)
	return true
}

// media are links without a kind, beside the attachments or in place of them.
func (e event) media() []inbox.Attachment {
	var list []inbox.Attachment
	for _, raw := range e.List("mediaUrls") {
		link, ok := loose.Text(raw)
		if !ok || link == "" {
			continue
		}
		a := inbox.Attachment{URL: link}
		if kind, known := capabilities[e.platform].KindOfURL(link); known {
			a.Type = string(kind)
		}
		list = append(list, a)
	}
	return list
}

// read is a watermark: "read" in milliseconds, else the moment of the call,
// which is some seconds later. The reader's id stays out: it would decide whom an
// answer goes to, and the page's own sample has two ids for one customer.
func (e event) read(b *inbox.Batch) bool {
	id := e.Text("conversationId")
	if id == "" {
		return false
	}
	reader := person(e.Object.Object("readerDetails"))
	reader.ID = ""
	b.Conversations = append(b.Conversations, inbox.ConversationFact{
		RemoteID: id, Participant: reader, ReadUpTo: cmp.Or(e.Time("read"), e.at),
	})
	return true
}

// changed is an event about one message.
func (e event) changed(b *inbox.Batch, f inbox.EventFact) bool {
	f.Message = e.messageID()
	if f.Message == "" || (f.Kind == inbox.EventEdit && f.Text == "") {
		return e.unknown(b)
	}
	f.RemoteID = e.Text("conversationId")
	f.At = e.at
	if edited := cmp.Or(e.Time("editedAt"), e.Time("updated")); f.Kind == inbox.EventEdit && !edited.IsZero() {
		f.At = edited
	}
	b.Events = append(b.Events, f)
	return true
}

// messageID is the message's: where there are two ids, "id" is the event's own.
func (e event) messageID() inbox.MessageID {
	return inbox.MessageID(cmp.Or(e.Text("messageId"), e.Text("mid"), e.Object.Object("message").Text("id"), e.Text("id")))
}

func newText(o loose.Object) string {
	if s, ok := loose.Text(o["message"]); ok && s != "" {
		return s
	}
	return cmp.Or(o.Text("text"), o.Text("newMessage"))
}

func (e event) edits() int {
	for _, key := range []string{"numEdit", "num_edit", "editCount"} {
		if n, ok := loose.Int(e.Object[key]); ok && n > 0 && n < 1000 {
			return int(n)
		}
	}
	return 0
}

// reacted is an emoji, or several in the form that reads have. Some tell of a
// removal in a field beside the emoji.
func (e event) reacted(b *inbox.Batch, kind inbox.EventKind) bool {
	if e.takenBack() {
		kind = inbox.EventUnreaction
	}
	f := inbox.EventFact{Kind: kind, UserID: e.reactor(), Mine: textIs(e.Object["type"], string(inbox.Sent)), Emoji: e.emoji()}
	all, _ := reactions(e.Object)
	switch {
	case f.Emoji == "" && len(all) > 0:
		return e.reactedAll(b, f, all)
	case kind == inbox.EventReaction && f.Emoji == "", f.UserID == "" && !f.Mine:
		return e.unknown(b)
	}
	return e.changed(b, f)
}

func (e event) reactedAll(b *inbox.Batch, f inbox.EventFact, all []inbox.Reaction) bool {
	id, conversation := e.messageID(), e.Text("conversationId")
	if id == "" {
		return e.unknown(b)
	}
	for _, r := range all {
		f.Message, f.RemoteID, f.At = id, conversation, e.at
		f.UserID, f.Emoji = r.UserID, r.Emoji
		b.Events = append(b.Events, f)
	}
	return true
}

func (e event) takenBack() bool {
	nested, _ := loose.ParseObject(e.Object["reaction"])
	for _, raw := range []json.RawMessage{e.Object["type"], e.Object["reactionAction"], e.Object["reactionType"], nested["action"], nested["type"]} {
		word, _ := loose.Text(raw)
		switch strings.ToLower(word) {
		case "unreact", "unreacted", "deleted", "delete", "removed", "remove", "reactiondeleted":
			return true
		}
	}
	return false
}

func (e event) reactor() string {
	for _, key := range []string{"reactorDetails", "senderDetails", "userDetails"} {
		if id := e.Object.Object(key).Text("id"); id != "" {
			return cmp.Or(e.Text("senderId"), id)
		}
	}
	return cmp.Or(e.Text("senderId"), e.Text("userId"), e.Text("reactorId"))
}

// emoji is the emoji itself, else Meta's word for it ("love").
func (e event) emoji() string {
	nested, _ := loose.ParseObject(e.Object["reaction"])
	word, _ := loose.Text(e.Object["reaction"])
	found := cmp.Or(e.Text("emoji"), nested.Text("emoji"), nested.Text("reaction"), word)
	if known, ok := reactionWords[strings.ToLower(found)]; ok {
		return known
	}
	return found
}

// reactionWords are those of Meta's message_reactions webhook
// (https://developers.facebook.com/docs/messenger-platform/reference/webhook-events/message-reactions).
var reactionWords = map[string]string{
	"love": "❤️", "smile": "😆", "wow": "😮", "sad": "😢", "angry": "😠", "like": "👍", "dislike": "👎",
}

func textIs(raw json.RawMessage, want string) bool {
	got, _ := loose.Text(raw)
	return got == want
}

// unknownKey is the field under which an event that is not understood is kept.
const unknownKey = "ayrshare_event"

// unknown keeps an event as a line in its conversation. The address that was
// called stays out of it: people put secrets there.
func (e event) unknown(b *inbox.Batch) bool {
	whole, _ := loose.ParseObject(e.raw)
	id := whole.Text("conversationId")
	if id == "" {
		return false
	}
	kept, _ := loose.ParseObject(e.raw)
	delete(kept, "url")
	extra, err := json.Marshal(kept)
	if err != nil {
		return false
	}
	b.Messages = append(b.Messages, inbox.MessageFact{
		RemoteID: id,
		AsOf:     e.at,
		Message: inbox.Message{
			ID:        e.unknownID(whole),
			Direction: inbox.Received,
			Text:      fmt.Sprintf("Ayrshare tells of %q, which this version of parley does not know", e.subAction),
			CreatedAt: e.at,
			Event:     true,
			Extra:     map[string]json.RawMessage{unknownKey: extra},
		},
	})
	return true
}

// unknownID names the event, not the message that it may be about. One event
// comes with several hookIds, by the profile and by the primary one, so the
// message and the moment are better where there are both.
func (e event) unknownID(o loose.Object) inbox.MessageID {
	about := cmp.Or(o.Text("messageId"), o.Text("mid"), o.Text("id"))
	if about != "" {
		about += " " + e.at.Format(time.RFC3339Nano)
	} else {
		about = o.Text("hookId")
	}
	if about == "" {
		return "" // the inbox makes one of what it says
	}
	return inbox.MessageID("event " + e.subAction + " " + about)
}
