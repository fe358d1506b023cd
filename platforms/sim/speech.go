package sim

import (
	"fmt"
	"math/rand/v2"
	"strings"

	"parley/inbox"
)

// This file has what people send: words, and what they send instead of words.

// utterance is what a customer says at once.
type utterance struct {
	text        string
	attachments []Attachment
	origin      *Origin
}

func say(text string) utterance { return utterance{text: text} }

// mood is how a customer behaves.
type mood struct {
	language language
	reads    bool       // the platform tells us what they have read
	silent   bool       // never answers
	cold     bool       // never wrote; only the shop did
	last     *utterance // how their history ends
}

// The order of a script's turns, by what the customer does in them.
const (
	turnOpen   = 0
	turnDetail = 2
	turnFollow = 4
	turnThanks = 6
)

// dressed is how many of a hundred messages are more, or other, than words.
const dressed = 22

// historicUtterance is the customer's side of a script, in their language, and
// now and then with what people send instead of words.
func (w *world) historicUtterance(c *conversation, x exchange, turn int32, d *rand.Rand) utterance {
	u := say(x.fill(x.choose(c.wordings(x, turn))))
	if chance(d, dressed) {
		u = dress(c.platform, u, turn, d)
	}
	return u
}

// dress turns words into what people send instead, or beside them.
func dress(p inbox.Platform, u utterance, turn int32, d *rand.Rand) utterance {
	switch {
	case turn == turnThanks:
		return say(pick(d, []string{"❤️", "🙏🙏", "👍🏽", "😍😍😍", "👌", "🧡✨"}))
	case turn == turnOpen && p == inbox.Instagram && d.IntN(3) > 0:
		return sharing(u, d)
	case turn == turnDetail && d.IntN(2) == 0:
		u.attachments = []Attachment{picture(d)}
		if d.IntN(2) == 0 {
			u.text = ""
		}
	case turn == turnFollow && p != inbox.Twitter && d.IntN(2) == 0:
		return utterance{attachments: []Attachment{voice(d)}}
	case d.IntN(3) == 0:
		return say(ramble(u.text, d))
	}
	return u
}

// sharing is how conversations begin on Instagram: with somebody's post.
func sharing(u utterance, d *rand.Rand) utterance {
	asset := d.IntN(1_000_000_000)
	switch d.IntN(3) {
	case 0:
		// The API has no field for what a story reply answers: text and an
		// attachment is all that arrives.
		u.attachments = []Attachment{{Type: "story_reply", URL: fmt.Sprintf("https://lookaside.example/ig_story/?asset_id=%09d", asset)}}
	case 1:
		u.text = ""
		u.attachments = []Attachment{{Type: "story_mention", URL: fmt.Sprintf("https://lookaside.example/ig_mention/?asset_id=%09d", asset)}}
	default:
		u.attachments = []Attachment{{Type: "ig_reel", URL: fmt.Sprintf("https://lookaside.example/ig_messaging_cdn/?asset_id=%09d", asset)}}
	}
	return u
}

func picture(d *rand.Rand) Attachment {
	return Attachment{Type: "image", URL: fmt.Sprintf("https://cdn.example/photo/%08x.jpg", d.Uint32())}
}

func voice(d *rand.Rand) Attachment {
	return Attachment{Type: "audio", URL: fmt.Sprintf("https://cdn.example/voice/%08x.mp4", d.Uint32())}
}

// ramble makes a long message of a short one.
func ramble(text string, d *rand.Rand) string {
	var b strings.Builder
	b.WriteString(text)
	for _, i := range d.Perm(len(asides))[:3+d.IntN(len(asides)-2)] {
		b.WriteString("\n\n" + asides[i])
	}
	return b.String()
}

var asides = []string{
	"I should say that I have bought from you three times before and it was always wonderful, so I don't want to make a fuss, I only want to understand what happened.",
	"My neighbour says the van stopped outside, somebody looked at the house for a while and drove on. The dog was in the garden, so perhaps that was it.",
	"I tried the form on your site first, but it wanted a number with eleven digits and mine has ten, whatever I do.",
	"For what it's worth, the colour is exactly right. It goes with the kitchen and with the cat.",
	"There is no hurry as long as it's here before my mother comes, and she comes when she likes.",
	"See https://shop.example/help/returns?from=mail for the page that I mean, it says fourteen days in one place and thirty in another.",
}
