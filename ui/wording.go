package ui

import (
	"strings"

	"parley/inbox"
)

// What a message is when it is more, or less, than a text: each kind in a few
// words, from the agent's side. The kinds are open sets; what is not known here
// is shown under the provider's own name.

// attachmentWords says what an attachment is.
func attachmentWords(a inbox.Attachment, sent bool) string {
	switch a.Type {
	case "story_mention":
		if sent {
			return "mention in a story"
		}
		return "mentioned you in a story"
	case "share", "ig_post", "post":
		return "shared a post"
	case "ig_reel", "reel":
		return "shared a reel"
	case "ig_story", "story":
		return "shared a story"
	case "like_heart":
		return "❤ a heart"
	case "ephemeral":
		return "view-once photo or video: only the app shows it, once"
	case "template":
		return "message with buttons"
	case "fallback":
		return "link preview"
	}
	return a.Label()
}

// failureWords says what went wrong, and what to do. Providers end their sentences
// as they like.
func failureWords(f *inbox.Failure) string {
	if f.Hint == "" {
		return f.Text
	}
	return strings.TrimRight(f.Text, ".!") + ". " + f.Hint
}

// referenceWords says what a message answers.
func referenceWords(r *inbox.Reference, sent bool) string {
	switch r.Kind {
	case "story":
		if sent {
			return "about a story"
		}
		return "replied to your story"
	case "post", "ad":
		return "about your " + r.Kind
	case "", "message":
		return "answers a message"
	}
	return "answers a " + inbox.CleanLine(r.Kind)
}

// originWords says where a message came from; whole tells that nothing is left of
// it to be said then.
func originWords(m *inbox.Message) (words string, whole bool) {
	o := m.Origin
	text, title := strings.TrimSpace(m.Text), inbox.CleanLine(o.Title)
	quoted := func(before, bare string) string {
		if title == "" {
			return bare
		}
		return before + " “" + title + "”"
	}
	switch o.Kind {
	case "postback":
		if title == "" {
			title = inbox.CleanLine(text)
		}
		return quoted("pressed", "pressed a button"), text == "" || inbox.CleanLine(text) == title
	case "quick_reply":
		if title == "" {
			title = inbox.CleanLine(text)
		}
		return quoted("chose", "chose a quick reply"), text == "" || inbox.CleanLine(text) == title
	case "ad":
		return quoted("came from your ad", "came from an ad of yours"), false
	case "product":
		return quoted("asks about your product", "asks about a product of yours"), false
	case "link":
		return quoted("came by your link", "came by a link of yours"), false
	}
	return quoted("came by "+inbox.CleanLine(o.Kind), "came by "+inbox.CleanLine(o.Kind)), false
}

// shownRef is what the shop attached to a link or an ad, where it is worth a
// place: the payload of a button is for programs.
func shownRef(o *inbox.Origin) string {
	if o.Ref == "" || o.Kind == "postback" || o.Kind == "quick_reply" {
		return ""
	}
	return " · ref " + inbox.CleanLine(o.Ref)
}
