package inbox

import "strings"

// What a message is in one line: for list rows, notifications and people who
// hear the screen instead of seeing it. Nothing that a customer sends is shown
// as nothing.

// Preview is the message as one line of text.
func (m Message) Preview() string {
	if m.Deleted {
		return "[message unsent]"
	}
	line := m.content()
	if note := m.origin(); note != "" {
		if line == "" {
			return note
		}
		return note + " " + line
	}
	if line == "" {
		return "[empty message]"
	}
	return line
}

// content is what the message itself says, "" when it says nothing.
func (m Message) content() string {
	switch {
	case m.pressed():
		return "" // a button's text is its title
	case strings.TrimSpace(m.Text) != "":
		return CleanLine(m.Text)
	case len(m.Attachments) > 0:
		var b strings.Builder
		for i, a := range m.Attachments {
			if i > 0 {
				b.WriteByte(' ')
			}
			b.WriteString(a.preview())
		}
		return b.String()
	case m.Unsupported != "":
		return "[" + CleanLine(m.Unsupported) + "]"
	}
	return ""
}

// pressed tells that the customer pressed a button instead of writing.
func (m Message) pressed() bool { return m.Origin != nil && m.Origin.Kind == "postback" }

// origin says where the message came from, "" where that goes without saying.
func (m Message) origin() string {
	switch {
	case m.Origin != nil:
		if note := m.Origin.preview(CleanLine(m.Text)); note != "" {
			return note
		}
	case m.ReplyTo != nil && m.ReplyTo.Kind == "story":
		return "[reply to a story]"
	}
	return ""
}

// preview is the origin in words. A quick reply is as good as typed.
func (o Origin) preview(text string) string {
	title := cut(CleanLine(o.Title), previewTitle)
	switch o.Kind {
	case "postback":
		if title == "" {
			title = cut(text, previewTitle)
		}
		if title == "" {
			return "[pressed a button]"
		}
		return "[pressed: " + title + "]"
	case "ad":
		return about("from", "an ad", "the ad", title)
	case "product":
		return about("about", "a product", "the product", title)
	case "link":
		return about("through", "a link", "the link", title)
	}
	return ""
}

// about is "[from the ad “…”]", or "[from an ad]" without a title.
func about(how, one, the, title string) string {
	if title == "" {
		return "[" + how + " " + one + "]"
	}
	return "[" + how + " " + the + " “" + title + "”]"
}

// previewTitle bounds the title of an ad, a post or a button in a line, in
// runes: titles of posts are whole captions.
const previewTitle = 60

// preview is the attachment in brackets, with its title where it has one.
func (a Attachment) preview() string {
	label := CleanLine(a.Label())
	if title := cut(CleanLine(a.Title), previewTitle); title != "" && kindRank(a.Type) == namedKind {
		return "[" + label + ": " + title + "]"
	}
	return "[" + label + "]"
}

// Label names the attachment's type for people.
func (a Attachment) Label() string {
	switch a.Type {
	case "":
		return "attachment"
	case "ig_reel", "reel":
		return "reel"
	case "ig_post":
		return "post"
	case "share":
		return "shared post"
	case "ig_story", "story":
		return "story"
	case "story_mention":
		return "story mention"
	case "like_heart":
		return "heart"
	case "ephemeral":
		return "picture or video to be seen once"
	case "fallback":
		return "link"
	case "template":
		return "card"
	}
	return strings.ReplaceAll(a.Type, "_", " ")
}
