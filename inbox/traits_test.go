package inbox_test

import (
	"slices"
	"testing"

	"parley/inbox"
)

func TestTraitsOfAMessage(t *testing.T) {
	attached := func(types ...string) (m inbox.Message) {
		for _, kind := range types {
			m.Attachments = append(m.Attachments, inbox.Attachment{Type: kind, URL: "https://cdn.example/x"})
		}
		return m
	}
	for name, c := range map[string]struct {
		message inbox.Message
		want    []inbox.MessageTrait
	}{
		"text only":                   {inbox.Message{Text: "Where is it?"}, nil},
		"a picture":                   {attached("image", "image"), []inbox.MessageTrait{inbox.HasImage}},
		"a reel and a note":           {attached("ig_reel", "audio"), []inbox.MessageTrait{inbox.HasVideo, inbox.HasAudio}},
		"something unknown":           {attached("hologram"), nil},
		"a shared post":               {attached("share"), []inbox.MessageTrait{inbox.HasLink}},
		"an address":                  {inbox.Message{Text: "see HTTPS://shop.example/a"}, []inbox.MessageTrait{inbox.HasLink}},
		"an address without a scheme": {inbox.Message{Text: "www.shop.example"}, []inbox.MessageTrait{inbox.HasLink}},
		"a reaction":                  {inbox.Message{Text: "ok", Reactions: []inbox.Reaction{{Emoji: "❤️"}}}, []inbox.MessageTrait{inbox.HasReaction}},
		"unsent":                      {inbox.Message{Deleted: true, Attachments: attached("image").Attachments}, nil},
	} {
		if got := c.message.Traits(); !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

func TestTextsOfAMessage(t *testing.T) {
	m := inbox.Message{
		Text:        "Is this one still there?",
		Attachments: []inbox.Attachment{{Type: "ig_post", Title: "Linen shirt"}, {Type: "image"}},
		Origin:      &inbox.Origin{Kind: "ad", Title: "Summer sale"},
	}
	if got, want := m.Texts(), []string{"Is this one still there?", "Linen shirt", "Summer sale"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	pressed := inbox.Message{Text: "Yes", Origin: &inbox.Origin{Kind: "postback", Title: "Yes"}}
	if got := pressed.Texts(); !slices.Equal(got, []string{"Yes"}) {
		t.Errorf("a button's title is told twice: %q", got)
	}
}
