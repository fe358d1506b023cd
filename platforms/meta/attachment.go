package meta

import (
	"cmp"
	"slices"

	"parley/inbox"
	"parley/platforms/loose"
)

// typeSticker is what a sticker is called here. Meta sends most of them as an
// image with a sticker_id.
const typeSticker = "sticker"

// attachments takes what is known of each. If there is more, the whole list
// stays among the unknown fields as well.
func attachments(message loose.Object) []inbox.Attachment {
	const key = "attachments"
	whole := message[key]
	var list []inbox.Attachment
	more := false
	for _, raw := range message.List(key) {
		o, ok := loose.ParseObject(raw)
		if !ok {
			more = more || !loose.IsNull(raw)
			continue
		}
		a, rest := attachment(o)
		list, more = append(list, a), more || rest
	}
	if more {
		message[key] = whole
	}
	return onePost(list)
}

// attachment reads one. The payload may be missing (ephemeral, like_heart), have
// no url (template), or be the story's own kind of it. A fallback has its link
// beside the payload.
func attachment(o loose.Object) (a inbox.Attachment, more bool) {
	a.Type = o.Text("type")
	payload := o.Object("payload")
	for _, from := range []loose.Object{payload, o} {
		a.URL = cmp.Or(a.URL, from.Text("url"), from.Text("story_media_url"))
		a.Title = cmp.Or(a.Title, from.Text("title"), from.Text("name"), from.Text("text"))
	}
	a.Title = cmp.Or(a.Title, cardTitle(payload))
	for _, key := range []string{"ig_post_media_id", "reel_video_id", "story_media_id", "attachment_id", "id"} {
		a.ID = cmp.Or(a.ID, payload.Text(key))
	}
	if sticker := payload.Text("sticker_id"); sticker != "" {
		a.Type, a.ID = typeSticker, sticker
	}
	return a, len(payload) > 0 || len(o) > 0
}

// cardTitle is the title of a template's first card, which stays where it is:
// there is more to a card.
func cardTitle(payload loose.Object) string {
	generic, _ := loose.ParseObject(payload["generic"])
	product, _ := loose.ParseObject(payload["product"])
	for _, holder := range []loose.Object{payload, generic, product} {
		for _, card := range loose.Objects(loose.List(holder["elements"])) {
			if title := card.Text("title"); title != "" {
				return title
			}
		}
	}
	return ""
}

// onePost leaves one of the two attachments by which one shared post is told
// while its type changes from share to ig_post
// (https://developers.facebook.com/docs/instagram-platform/webhooks/new): the
// newer.
func onePost(list []inbox.Attachment) []inbox.Attachment {
	var once []inbox.Attachment
	for _, a := range list {
		if a.Type != "share" || !slices.ContainsFunc(list, func(b inbox.Attachment) bool { return isPost(b) && same(a, b) }) {
			once = append(once, a)
		}
	}
	return once
}

func isPost(a inbox.Attachment) bool {
	switch a.Type {
	case "ig_post", "ig_reel", "reel":
		return true
	}
	return false
}

func same(a, b inbox.Attachment) bool {
	return a.ID != "" && a.ID == b.ID || a.URL != "" && a.URL == b.URL
}
