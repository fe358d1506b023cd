package inbox

import (
	"slices"
	"strings"
)

// What a message is found by: its texts, and what it has beside them.

// Texts are all that is written in a message: what was typed, and the titles of
// what came with it.
func (m Message) Texts() []string {
	texts := []string{m.Text}
	for _, a := range m.Attachments {
		texts = append(texts, a.Title)
	}
	if m.Origin != nil && m.Origin.Title != m.Text {
		texts = append(texts, m.Origin.Title)
	}
	return slices.DeleteFunc(texts, func(text string) bool { return strings.TrimSpace(text) == "" })
}

// Addresses are what may be an address in a message, in the order in which it is
// told: what came with it, the words of its text, and what it answers or came by.
// Whoever shows or opens one looks at it first.
func (m Message) Addresses() []string {
	var found []string
	for _, a := range m.Attachments {
		found = append(found, a.URL)
	}
	found = append(found, strings.Fields(m.Text)...)
	if m.ReplyTo != nil {
		found = append(found, m.ReplyTo.URL)
	}
	if m.Origin != nil {
		found = append(found, m.Origin.URL)
	}
	return found
}

// Traits are what a message has. One that was unsent has none.
func (m Message) Traits() (traits []MessageTrait) {
	if m.Deleted {
		return nil
	}
	for _, a := range m.Attachments {
		if trait, ok := a.trait(); ok && !slices.Contains(traits, trait) {
			traits = append(traits, trait)
		}
	}
	if !slices.Contains(traits, HasLink) && slices.ContainsFunc(m.Texts(), hasLink) {
		traits = append(traits, HasLink)
	}
	if len(m.Reactions) > 0 {
		traits = append(traits, HasReaction)
	}
	return traits
}

// trait is what an attachment makes a message have.
func (a Attachment) trait() (trait MessageTrait, ok bool) {
	switch a.Type {
	case "image":
		return HasImage, true
	case "video", "ig_reel", "reel":
		return HasVideo, true
	case "audio":
		return HasAudio, true
	case "share", "ig_post", "link", "fallback":
		return HasLink, true
	}
	return "", false
}

// hasLink tells whether an address of the web is in a text.
func hasLink(text string) bool {
	text = strings.ToLower(text)
	return strings.Contains(text, "https://") || strings.Contains(text, "http://") || strings.Contains(text, "www.")
}
