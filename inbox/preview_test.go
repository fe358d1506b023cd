package inbox_test

import (
	"strings"
	"testing"

	"parley/inbox"
)

// Everything that a customer can send is one line that says what it is.
func TestEveryMessageIsALine(t *testing.T) {
	attached := func(kind, title string) inbox.Message {
		return inbox.Message{Attachments: []inbox.Attachment{{Type: kind, Title: title}}}
	}
	from := func(kind, title, text string) inbox.Message {
		return inbox.Message{Text: text, Origin: &inbox.Origin{Kind: kind, Title: title, Ref: "SECRET_PAYLOAD"}}
	}
	for _, c := range []struct {
		name string
		m    inbox.Message
		want string
	}{
		{"text", inbox.Message{Text: "where is\nmy order?"}, "where is my order?"},
		{"nothing", inbox.Message{}, "[empty message]"},
		{"unsent", inbox.Message{Deleted: true, Text: "x"}, "[message unsent]"},
		{"a kind that cannot be shown", inbox.Message{Unsupported: "poll"}, "[poll]"},
		{"a button", from("postback", "Track my order", "Track my order"), "[pressed: Track my order]"},
		{"a button whose title is the text", from("postback", "", "Track my order"), "[pressed: Track my order]"},
		{"a button without a title", from("postback", "", ""), "[pressed a button]"},
		{"a quick reply", from("quick_reply", "Yes", "Yes"), "Yes"},
		{"an ad", from("ad", "Spring lamps", ""), "[from the ad “Spring lamps”]"},
		{"an ad with a question", from("ad", "Spring lamps", "how much?"), "[from the ad “Spring lamps”] how much?"},
		{"an ad without a title", from("ad", "", "how much?"), "[from an ad] how much?"},
		{"a product", from("product", "Lamp", "how much?"), "[about the product “Lamp”] how much?"},
		{"a link", from("link", "", "hello"), "[through a link] hello"},
		{"an origin that is new", from("hologram", "", "hello"), "hello"},
		{"a reply to a story", inbox.Message{Text: "nice", ReplyTo: &inbox.Reference{Kind: "story"}}, "[reply to a story] nice"},
		{"a reply to a message", inbox.Message{Text: "nice", ReplyTo: &inbox.Reference{Kind: "message"}}, "nice"},
		{"a story mention", attached("story_mention", ""), "[story mention]"},
		{"a post", attached("ig_post", "New\nlamps #lamp"), "[post: New lamps #lamp]"},
		{"a shared post", attached("share", ""), "[shared post]"},
		{"a reel", attached("ig_reel", ""), "[reel]"},
		{"a story", attached("ig_story", ""), "[story]"},
		{"a heart", attached("like_heart", ""), "[heart]"},
		{"something to be seen once", attached("ephemeral", ""), "[picture or video to be seen once]"},
		{"a picture's file name says nothing", attached("image", "IMG_1.jpg"), "[image]"},
		{"a type that is new", attached("space_hologram", ""), "[space hologram]"},
		{"no type at all", attached("", ""), "[attachment]"},
		{"two", inbox.Message{Attachments: []inbox.Attachment{{Type: "image"}, {Type: "audio"}}}, "[image] [audio]"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := c.m.Preview(); got != c.want {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
	long := attached("ig_reel", strings.Repeat("caption ", 100)).Preview()
	if n := len([]rune(long)); n > 80 {
		t.Errorf("a caption of a thousand letters makes a line of %d", n)
	}
}
