package instagram

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"parley/inbox"
	"parley/platforms/loose"
	"parley/platforms/meta"
)

// This file says what the JSON means to the inbox. Its functions are pure.

// identity is whose login it is. An account has two ids: UserID is the one that
// webhooks and messages use, AppScoped the one of this app.
type identity struct {
	Token     string `json:"token"` // fingerprint of the configured token that it was asked with
	UserID    string `json:"user_id"`
	AppScoped string `json:"app_scoped,omitempty"`
	Username  string `json:"username,omitempty"`
	Name      string `json:"name,omitempty"`
	Kind      string `json:"kind,omitempty"`
}

// identityOf reads GET /me, flat or as the first of "data": documents show the
// one, the API answers with the other.
func identityOf(o loose.Object) identity {
	o = unwrapped(o)
	me := identity{
		UserID:    o.Text("user_id"),
		AppScoped: o.Text("id"),
		Username:  inbox.CleanLine(o.Text("username")),
		Name:      inbox.CleanLine(o.Text("name")),
		Kind:      inbox.CleanLine(o.Text("account_type")),
	}
	me.UserID = cmp.Or(me.UserID, me.AppScoped)
	return me
}

// ids are all that are known to be ours.
func (me identity) ids() []string {
	return slices.DeleteFunc([]string{me.UserID, me.AppScoped}, func(id string) bool { return id == "" })
}

// is tells whether a participant is the account itself: by id, and by name as
// the last resort.
func (me identity) is(p inbox.Participant) bool {
	if p.ID != "" && (p.ID == me.UserID || p.ID == me.AppScoped) {
		return true
	}
	return p.Username != "" && strings.EqualFold(p.Username, me.Username)
}

func person(o loose.Object) inbox.Participant {
	return inbox.Participant{ID: o.Text("id"), Name: o.Text("name"), Username: strings.TrimPrefix(o.Text("username"), "@")}
}

// thread is one row of the list of conversations.
type thread struct {
	id      string // of the conversation: good for reading only
	mark    string // its updated_time as it was sent
	updated time.Time
	with    inbox.Participant
}

// threadOf reads a row; false without an id. Nobody is known of a thread that
// the customer has left: then its messages tell.
func threadOf(o loose.Object, me identity) (thread, bool) {
	t := thread{id: o.Text("id"), mark: o.Text("updated_time")}
	t.updated = loose.ParseTime(t.mark)
	for _, p := range o.Data("participants") {
		if who := person(p); !me.is(who) && t.with.ID == "" {
			t.with = who
		}
	}
	return t, t.id != ""
}

// noLonger is said of a message of which the API tells only that it was there:
// it has details of the 20 newest, and shared posts and stories often read back
// empty.
const noLonger = "content no longer available"

// messageFact converts a message. ok is false when it cannot be placed: it has
// no id, or does not say between whom it was. with is the customer of the thread
// that it was read from, nobody when it was asked for alone.
func messageFact(o loose.Object, me identity, with inbox.Participant) (fact inbox.MessageFact, ok bool) {
	m := &fact.Message
	m.ID = inbox.MessageID(o.Text("id"))
	m.CreatedAt = o.Time("created_time")
	from := person(o.Object("from"))
	var to inbox.Participant
	for _, p := range o.Data("to") {
		if who := person(p); to.ID == "" {
			to = who
		}
	}
	if m.ID == "" || m.CreatedAt.IsZero() || from.ID == "" && from.Username == "" {
		return inbox.MessageFact{}, false
	}
	m.Direction, fact.Peer = inbox.Received, from
	if me.is(from) || with.ID != "" && to.ID == with.ID && from.ID != with.ID {
		m.Direction, fact.Peer = inbox.Sent, to
	}
	if with.ID != "" {
		fact.Peer = with
	}
	fact.RemoteID = fact.Peer.ID
	m.SenderID, m.SenderName = from.ID, cmp.Or(from.Name, from.Username)
	m.Text = o.Text("message")
	m.Attachments = append(attachments(o), shares(o)...)
	story(m, o.Object("story"))
	replyTo(m, o.Object("reply_to"))
	m.Reactions, fact.KnowsReactions = reactions(o, me)
	m.Unsupported = unsupported(o.Flag("is_unsupported"), *m)
	m.Extra = rest(o)
	return fact, fact.RemoteID != ""
}

// unsupported names a message that has nothing to show. The flag is documented
// for true only, and yet samples have it as false on every row.
func unsupported(flag bool, m inbox.Message) string {
	switch {
	case m.Text != "" || len(m.Attachments) > 0:
		return ""
	case flag:
		return "message of a kind that is shown only in the app"
	}
	return noLonger
}

// attachments reads the files of a message: each is one of an image, a video or
// a file, and a file may also be a voice message.
func attachments(o loose.Object) []inbox.Attachment {
	var list []inbox.Attachment
	for _, raw := range o.Data("attachments") {
		list = append(list, attachment(raw))
	}
	return list
}

func attachment(o loose.Object) inbox.Attachment {
	a := inbox.Attachment{Title: o.Text("name"), ID: o.Text("id")}
	if size, ok := o.Int("size"); ok && size > 0 {
		a.Bytes = size
	}
	mime := o.Text("mime_type")
	image, video, card := o.Object("image_data"), o.Object("video_data"), o.Object("generic_template")
	file := o.Text("file_url")
	switch {
	case image != nil:
		a.Type, a.URL = string(inbox.PartImage), cmp.Or(image.Text("url"), image.Text("animated_gif_url"), image.Text("preview_url"))
		if image.Flag("render_as_sticker") {
			a.Type = "sticker"
		}
	case video != nil:
		a.Type, a.URL = string(inbox.PartVideo), cmp.Or(video.Text("url"), video.Text("preview_url"))
	case card != nil:
		a.Type, a.Title = "template", cmp.Or(card.Text("title"), a.Title)
	default:
		a.Type, a.URL = typeOf(mime), file
	}
	return a
}

// typeOf tells by the MIME type what a file is.
func typeOf(mime string) string {
	kind, _, _ := strings.Cut(mime, "/")
	switch kind {
	case "image", "video", "audio":
		return kind
	}
	return string(inbox.PartFile)
}

// shares are posts, reels and links that were passed on.
func shares(o loose.Object) []inbox.Attachment {
	var list []inbox.Attachment
	for _, s := range o.Data("shares") {
		a := inbox.Attachment{Type: "share", URL: s.Text("link"), ID: s.Text("id"), Title: cmp.Or(s.Text("name"), s.Text("description"))}
		if a.Title == "" && s.Has("template") {
			a.Type = "template"
		}
		list = append(list, a)
	}
	return list
}

// story is a mention of the account in somebody's story, or the account's story
// that is answered. The link dies with the story.
func story(m *inbox.Message, o loose.Object) {
	if mention := o.Object("mention"); mention != nil {
		m.Attachments = append(m.Attachments, inbox.Attachment{Type: "story_mention", URL: mention.Text("link"), ID: mention.Text("id")})
	}
	if reply := o.Object("reply_to"); reply != nil {
		m.ReplyTo = &inbox.Reference{Kind: "story", URL: reply.Text("link")}
	}
}

func replyTo(m *inbox.Message, o loose.Object) {
	if mid := o.Text("mid"); mid != "" && m.ReplyTo == nil {
		m.ReplyTo = &inbox.Reference{Kind: "message", Message: inbox.MessageID(mid)}
	}
}

// reactions reads who reacted how. Only a field that is there tells that these
// are all: it is left out when there are none, and when they are not told.
func reactions(o loose.Object, me identity) (list []inbox.Reaction, known bool) {
	if !o.Has("reactions") {
		return nil, false
	}
	for _, r := range o.Data("reactions") {
		emoji := meta.Emoji(r.Text("reaction"), r.Text("emoji"))
		for _, u := range r.Data("users") {
			who := person(u)
			list = append(list, inbox.Reaction{UserID: cmp.Or(who.ID, who.Username), Emoji: emoji, Mine: me.is(who)})
		}
	}
	return list, true
}

// rest is what of a message this version does not understand. A null says nothing.
func rest(o loose.Object) map[string]json.RawMessage {
	delete(o, "is_unsupported")
	for key := range o {
		if !o.Has(key) {
			delete(o, key)
		}
	}
	if len(o) == 0 {
		return nil
	}
	return o
}

func postOf(o loose.Object) inbox.Post {
	kind := strings.ToLower(o.Text("media_type"))
	if product := strings.ToLower(o.Text("media_product_type")); product == "reels" {
		kind = "reel"
	}
	return inbox.Post{ID: o.Text("id"), Kind: kind, Caption: o.Text("caption"), Permalink: o.Text("permalink"), At: o.Time("timestamp")}
}

// nextCursor is the page behind this one, "" when it is the last. The cursor is
// there on the last page too, and only the link to the next one is not; a full
// page without a link is asked behind all the same.
func nextCursor(o loose.Object, full bool) string {
	paging := o.Object("paging")
	cursors := paging.Object("cursors")
	if paging.Text("next") == "" && !full {
		return ""
	}
	return cursors.Text("after")
}
