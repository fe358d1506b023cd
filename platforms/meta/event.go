package meta

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"parley/inbox"
	"parley/platforms/loose"
)

// This file says what one event means to the inbox. An event has two parties, a
// time, and one key that tells what happened. What was said becomes a message;
// what happened to a message becomes an event fact, and what merely happened in
// the thread a message of its own kind, so that an agent sees it.

// handlers are the kinds of events, by their key. Some events have two keys
// (is_self stands beside a postback), and then each is told.
var handlers = []struct {
	key    string
	handle func(*event, loose.Object)
}{
	{"message", (*event).message},
	{"message_edit", (*event).edit},
	{"reaction", (*event).reaction},
	{"read", (*event).read},
	{"delivery", (*event).ignore},
	{"postback", (*event).postback},
	{"referral", (*event).referral},
	{"optin", (*event).ignore},
	{"pass_thread_control", (*event).passControl},
	{"take_thread_control", (*event).takeControl},
	{"request_thread_control", (*event).requestControl},
	{"policy_enforcement", (*event).policy},
}

var eventKeys = func() []string {
	var keys []string
	for _, h := range handlers {
		keys = append(keys, h.key)
	}
	return keys
}()

// plainKeys say nothing of their own.
var plainKeys = []string{"hop_context", "app_roles", "is_self", "messaging_type", "id"}

// notices is the conversation of what concerns no customer: nobody can be
// answered there.
const notices = "notices"

// event is one event under way.
type event struct {
	c         *collector
	facts     *ownerFacts
	at        time.Time
	standby   bool
	sender    inbox.Participant
	recipient inbox.Participant
	own       func(id string) bool
	raw       []byte
}

func (c *collector) event(in entry, o loose.Object) {
	e := &event{c: c, facts: c.of(in.owner), standby: in.standby}
	e.raw, _ = json.Marshal(o) // just parsed: cannot fail
	e.own = func(id string) bool { return id != "" && (id == in.owner || slices.Contains(c.Own, id)) }
	e.at = o.Time("timestamp")
	for _, t := range []time.Time{in.time, c.Now} {
		if e.at.IsZero() {
			e.at = t
		}
	}
	e.facts.aged(e.at)
	e.sender, e.recipient = person(o, "sender"), person(o, "recipient")
	if e.standby {
		e.facts.control(e.peer(false).ID, true, e.at)
	}
	e.dispatch(o)
}

func person(o loose.Object, key string) inbox.Participant {
	p := o.Object(key)
	if p == nil {
		return inbox.Participant{ID: o.Text(key)}
	}
	return inbox.Participant{ID: cmp.Or(p.Text("id"), p.Text("user_ref")), Name: p.Text("name"), Username: strings.TrimPrefix(p.Text("username"), "@")}
}

func (e *event) dispatch(o loose.Object) {
	for _, h := range handlers {
		if raw, told := o[h.key]; told {
			delete(o, h.key)
			body, ok := loose.ParseObject(raw)
			if !ok && !loose.IsNull(raw) && string(raw) != "[]" {
				o[h.key] = raw // no form that we know
				continue
			}
			h.handle(e, body)
		}
	}
	for _, key := range plainKeys {
		delete(o, key)
	}
	e.unknown(o)
}

// peer is the customer: the party that is not ours. Samples contradict one
// another on who is the sender of an echo, so that is not asked. Where neither
// id is known as ours, an echo's customer is its recipient.
func (e *event) peer(echo bool) inbox.Participant {
	switch sender, recipient := e.sender, e.recipient; {
	case e.own(sender.ID) && !e.own(recipient.ID):
		return recipient
	case e.own(recipient.ID) && !e.own(sender.ID):
		return sender
	case e.own(sender.ID): // both are: the account writes to itself
		return sender
	case echo, sender.ID == "":
		return recipient
	default:
		return sender
	}
}

// mine tells that the account itself did it.
func (e *event) mine() bool { return e.own(e.sender.ID) && !e.own(e.recipient.ID) }

func (e *event) ignore(loose.Object) {}

// happened adds an event fact. Without the message's id nothing can be done with
// it.
func (e *event) happened(f inbox.EventFact, message string) bool {
	if message == "" {
		return false
	}
	f.Message, f.At = inbox.MessageID(message), e.at
	f.RemoteID = e.peer(f.Mine).ID
	e.facts.batch.Events = append(e.facts.batch.Events, f)
	return true
}

// announce asks for a message of which we know nothing but that it is there.
func (e *event) announce(message string) bool {
	return e.happened(inbox.EventFact{Kind: inbox.EventAnnounced}, message)
}

// say adds a message.
func (e *event) say(m inbox.Message, peer inbox.Participant) {
	m.CreatedAt = e.at
	if m.Direction == inbox.Received {
		m.SenderID, m.SenderName = peer.ID, cmp.Or(peer.Name, peer.Username)
		if !m.Event && !e.standby {
			e.facts.control(peer.ID, false, e.at) // what customers write comes this way to the thread's owner only
		}
	}
	e.facts.batch.Messages = append(e.facts.batch.Messages, inbox.MessageFact{RemoteID: peer.ID, Peer: peer, Message: m, AsOf: e.at})
}

// tell adds a message that says what happened in the thread. It has no id of
// its own: ours is made of what it says, so that it is told once.
func (e *event) tell(text string, origin *inbox.Origin, extra map[string]json.RawMessage) {
	peer := e.peer(false)
	if peer.ID == "" {
		e.notice(text, extra)
		return
	}
	e.say(inbox.Message{ID: e.madeID(), Direction: inbox.Received, Event: true, Text: text, Origin: origin, Extra: extra}, peer)
}

// notice tells of what has no customer.
func (e *event) notice(text string, extra map[string]json.RawMessage) {
	m := inbox.Message{ID: e.madeID(), Direction: inbox.Received, Event: true, Text: text, Extra: extra, CreatedAt: e.at}
	nobody := inbox.Participant{Name: e.c.Platform.Label() + " notices"}
	e.facts.batch.Messages = append(e.facts.batch.Messages, inbox.MessageFact{RemoteID: notices, Peer: nobody, Message: m, AsOf: e.at})
}

// madeID names an event by what it says. The time of a delivery is no part of
// it: the event may be delivered again.
func (e *event) madeID() inbox.MessageID {
	h := sha256.New()
	h.Write(e.raw)
	h.Write([]byte(e.facts.owner))
	return inbox.MessageID("meta-" + hex.EncodeToString(h.Sum(nil)[:12]))
}

// edit is a changed text. One that counts no change, or has no text, is a new
// message: some apps get nothing else of it (set-up of the app's own fields, or
// development mode).
func (e *event) edit(o loose.Object) {
	mid, text := o.Text("mid"), o.Text("text")
	n, counted := o.Int("num_edit")
	if text != "" {
		e.happened(inbox.EventFact{Kind: inbox.EventEdit, Text: text, Edits: int(min(max(n, 0), 1000))}, mid)
	}
	if text == "" || (counted && n == 0) {
		e.announce(mid)
	}
}

func (e *event) reaction(o loose.Object) {
	f := inbox.EventFact{Kind: inbox.EventReaction, UserID: e.sender.ID, Mine: e.mine()}
	name, emoji := o.Text("reaction"), o.Text("emoji")
	if o.Text("action") == "unreact" {
		f.Kind = inbox.EventUnreaction
	}
	if f.Kind == inbox.EventReaction || name != "" || emoji != "" {
		f.Emoji = Emoji(name, emoji)
	}
	e.happened(f, o.Text("mid"))
}

// read is a message (Instagram) or a time (Messenger) up to which everything was
// read. Our own reading is no news.
func (e *event) read(o loose.Object) {
	if e.mine() {
		return
	}
	e.happened(inbox.EventFact{Kind: inbox.EventRead, UserID: e.sender.ID}, o.Text("mid"))
	if peer := e.peer(false); peer.ID != "" {
		if upTo := o.Time("watermark"); !upTo.IsZero() {
			e.facts.batch.Conversations = append(e.facts.batch.Conversations, inbox.ConversationFact{RemoteID: peer.ID, Participant: peer, ReadUpTo: upTo})
		}
	}
}

// postback is a tap on a button: the customer says what stands on it. Also one
// that the account has tapped itself, in a thread with itself.
func (e *event) postback(o loose.Object) {
	if o == nil {
		return
	}
	peer := e.peer(false)
	title := o.Text("title")
	m := inbox.Message{
		ID: inbox.MessageID(o.Text("mid")), Direction: inbox.Received, Text: title,
		Origin: &inbox.Origin{Kind: "postback", Title: title, Ref: o.Text("payload")},
	}
	if from := origin(o.Object("referral")); from != nil {
		m.Origin.URL = from.URL
	}
	if m.ID == "" {
		m.ID = e.madeID()
	}
	if m.Text == "" {
		m.Text = cmp.Or(m.Origin.Ref, "tapped a button")
	}
	if peer.ID == "" {
		e.placeless(string(m.ID), m.Text)
		return
	}
	e.say(m, peer)
}

// placeless is a message of which nobody says whose it is: it has to be asked
// for, and where it has no id either, it is at least shown.
func (e *event) placeless(mid, text string) {
	if !e.announce(mid) {
		e.notice(strings.TrimSpace("a message that does not say who wrote it: "+text), nil)
	}
}

// referral is a link that was followed into a thread that was there already.
func (e *event) referral(o loose.Object) {
	from := origin(o)
	if from == nil {
		from = &inbox.Origin{Kind: "link"}
	}
	e.tell(referralText(from), from, nil)
}

func referralText(from *inbox.Origin) string {
	text := "came by a link"
	switch from.Kind {
	case "ad":
		text = "came by an ad"
	case "product":
		text = "came by a product"
	}
	switch {
	case from.Title != "":
		return fmt.Sprintf("%s: %s", text, from.Title)
	case from.Ref != "":
		return fmt.Sprintf("%s (%s)", text, from.Ref)
	}
	return text
}

// origin reads a referral: from an ad, a product of the shop, or a link. nil when
// there is none.
func origin(o loose.Object) *inbox.Origin {
	if o == nil {
		return nil
	}
	product, ad := o.Object("product"), o.Object("ads_context_data")
	ref := o.Text("ref")
	adID := o.Text("ad_id")
	switch {
	case product != nil:
		return &inbox.Origin{Kind: "product", Title: product.Text("title"), Ref: cmp.Or(product.Text("id"), ref)}
	case ad != nil || adID != "" || o.Text("source") == "ADS":
		return &inbox.Origin{Kind: "ad", Title: ad.Text("ad_title"), Ref: cmp.Or(ref, adID), URL: cmp.Or(ad.Text("video_url"), ad.Text("photo_url"))}
	}
	return &inbox.Origin{Kind: "link", Ref: ref, URL: o.Text("referer_uri")}
}

// inboxApps are Meta's own inboxes, which take part in the routing of threads
// like any app (https://developers.facebook.com/documentation/business-messaging/messenger-platform/conversation-routing).
var inboxApps = map[string]string{
	"263902037430900":  "the Page inbox",
	"1217981644879628": "the Instagram inbox",
}

func appName(id string) string {
	if name, ok := inboxApps[id]; ok {
		return name
	}
	return "app " + id
}

// passControl is told to the app that control was passed to. Without our own
// app's id it is taken for us, unless it is one of Meta's inboxes: to be wrong
// there costs one refused send, which then says what is true.
func (e *event) passControl(o loose.Object) {
	next := o.Text("new_owner_app_id")
	_, isInbox := inboxApps[next]
	taken := isInbox
	if e.c.App != "" && next != "" {
		taken = next != e.c.App
	}
	if !taken {
		e.controlled(false, "control of this thread was passed to parley's app")
		return
	}
	e.controlled(true, "control of this thread was passed to "+appName(next))
}

// takeControl is told to the app that has lost control.
func (e *event) takeControl(o loose.Object) {
	next := o.Text("new_owner_app_id")
	switch {
	case next != "" && next == e.c.App:
		e.controlled(false, "parley's app took control of this thread")
	case next != "":
		e.controlled(true, appName(next)+" took control of this thread")
	default:
		e.controlled(true, "another app took control of this thread")
	}
}

func (e *event) controlled(taken bool, text string) {
	e.facts.control(e.peer(false).ID, taken, e.at)
	e.tell(text, nil, nil)
}

func (e *event) requestControl(o loose.Object) {
	who := "another app"
	if id := o.Text("requested_owner_app_id"); id != "" {
		who = appName(id)
	}
	e.tell(who+" asks for control of this thread", nil, nil)
}

// policy is about the account, and has no sender.
func (e *event) policy(o loose.Object) {
	text := fmt.Sprintf("%s enforces its policy on this account", e.c.Platform.Label())
	if action := o.Text("action"); action != "" {
		text += ": " + action
	}
	if reason := o.Text("reason"); reason != "" {
		text += " (" + reason + ")"
	}
	e.notice(text, nil)
}

// unknown keeps what this version does not know.
func (e *event) unknown(o loose.Object) {
	maps.DeleteFunc(o, func(_ string, raw json.RawMessage) bool {
		trimmed := bytes.TrimSpace(raw)
		return len(trimmed) == 0 || trimmed[0] != '{' && trimmed[0] != '['
	})
	if len(o) == 0 {
		return
	}
	keys := slices.Sorted(maps.Keys(o))
	text := "something happened that parley does not know: " + strings.Join(keys, ", ")
	e.tell(text, nil, o)
}
