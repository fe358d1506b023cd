package sim

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"parley/inbox"
)

// This file has what customers do by themselves beside writing, reading and
// reacting: they mention the shop in a story, share a reel, press a button, send
// a heart, change or take back what they have written.

// gesture is one such thing, of a conversation's customer. It tells whether it
// could be done.
type gesture func(w *world, c *conversation, now time.Time) bool

// gesturesOf a platform; what is there twice happens twice as often.
var gesturesOf = map[inbox.Platform][]gesture{
	inbox.Instagram: {
		mentionInStory, replyToStory, replyToStory, shareReel, sharePost, sendHeart, sendSticker, sendGIF,
		pressButton, tapQuickReply, comeFromAd, comeThroughLink, correct, correct, retract, retract,
	},
	inbox.Facebook: {sendSticker, pressButton, tapQuickReply, comeFromAd, correct, retract},
}

// regret is how long somebody may change or take back what they have written.
// https://developers.facebook.com/docs/instagram-platform/webhooks
const regret = 15 * time.Minute

// Between two gestures, at a pace of 1.
const (
	gestureLeast = 10 * time.Second
	gestureMost  = 40 * time.Second
)

// planGestures runs beside the rest of life, with dice of its own: what else
// happens does not depend on it.
func (w *world) planGestures(now time.Time) {
	wait := gestureLeast + time.Duration(w.whims.Int64N(int64(gestureMost-gestureLeast)))
	w.plan(now.Add(max(time.Duration(float64(wait)/w.opts.Pace), time.Millisecond)), func(now time.Time) {
		w.somebodyGestures(now)
		w.planGestures(now)
	})
}

// somebodyGestures lets a customer do one of them, if anybody can.
func (w *world) somebodyGestures(now time.Time) {
	for range tries {
		c := pick(w.whims, w.conversations)
		if list := gesturesOf[c.platform]; len(list) > 0 && c.talks() && pick(w.whims, list)(w, c, now) {
			return
		}
	}
}

// utter posts what was not simply typed, where nobody is in the middle of
// something and the conversation has not come to rest.
func (w *world) utter(c *conversation, u utterance, now time.Time) bool {
	if !w.free(c, now) || !c.couldWrite(now) || now.UnixMilli()-c.lastActivity > recent.Milliseconds() {
		return false
	}
	w.speak(c, u, now)
	return true
}

// free tells that the shop is not talking with the customer at this time.
func (w *world) free(c *conversation, now time.Time) bool {
	m := w.lastSent(c)
	return m == nil || now.UnixMilli()-m.at > pause.Milliseconds()
}

func attached(kind, link string) utterance {
	return utterance{attachments: []Attachment{{Type: kind, URL: link}}}
}

// metaLink is a link of Meta's own, as it comes with stories and posts.
func metaLink(d *rand.Rand) string {
	return fmt.Sprintf("https://lookaside.example/ig_messaging_cdn/?asset_id=18%015d&signature=%016x", d.Int64N(1_000_000_000_000_000), d.Uint64())
}

func mentionInStory(w *world, c *conversation, now time.Time) bool {
	return w.utter(c, attached("story_mention", metaLink(w.whims)), now)
}

func replyToStory(w *world, c *conversation, now time.Time) bool {
	u := attached("story_reply", metaLink(w.whims))
	u.text = pick(w.whims, []string{"😍", "Is that the new one?", "Where is this?", "Need this in green 💚", "🔥🔥", "When is it back?"})
	return w.utter(c, u, now)
}

func shareReel(w *world, c *conversation, now time.Time) bool {
	return w.utter(c, attached("ig_reel", metaLink(w.whims)), now)
}

func sharePost(w *world, c *conversation, now time.Time) bool {
	return w.utter(c, attached("ig_post", metaLink(w.whims)), now)
}

func sendHeart(w *world, c *conversation, now time.Time) bool {
	return w.utter(c, attached("like_heart", ""), now)
}

func sendSticker(w *world, c *conversation, now time.Time) bool {
	return w.utter(c, attached("sticker", fmt.Sprintf("https://cdn.example/sticker/%d.png", 369_239_263_222_822+w.whims.IntN(40))), now)
}

func sendGIF(w *world, c *conversation, now time.Time) bool {
	return w.utter(c, attached("image", fmt.Sprintf("%smedia/%08x/giphy.gif", giphy, w.whims.Uint32())), now)
}

func pressButton(w *world, c *conversation, now time.Time) bool {
	b := pick(w.whims, []utterance{
		pressed("postback", "Track my order", "TRACK_ORDER"),
		pressed("postback", "Talk to a person", "HUMAN"),
		pressed("postback", "Opening hours", "HOURS"),
	})
	return w.utter(c, b, now)
}

func tapQuickReply(w *world, c *conversation, now time.Time) bool {
	b := pick(w.whims, []utterance{
		pressed("quick_reply", "Yes, please", "ANSWER_YES"),
		pressed("quick_reply", "No, thanks", "ANSWER_NO"),
		pressed("quick_reply", "Another size", "SIZE_OTHER"),
	})
	return w.utter(c, b, now)
}

// pressed is a button with its text.
func pressed(kind, text, payload string) utterance {
	return utterance{text: text, origin: &Origin{Kind: kind, Payload: payload}}
}

func comeFromAd(w *world, c *conversation, now time.Time) bool {
	u := say(c.now().fill("Saw your ad: is {product} still there?"))
	u.origin = &Origin{Kind: "ad", Title: "The autumn collection 🍂", Payload: "autumn"}
	return w.utter(c, u, now)
}

// comeThroughLink says nothing, so there is no message.
func comeThroughLink(w *world, c *conversation, now time.Time) bool {
	if !w.free(c, now) || now.UnixMilli()-c.lastActivity > recent.Milliseconds() {
		return false
	}
	w.tell(happening{kind: didRefer, at: now.UnixMilli(), conv: c, link: pick(w.whims, []string{"bio", "receipt", "spring-card"})})
	return true
}

// correct changes what was written a moment ago.
func correct(w *world, c *conversation, now time.Time) bool {
	m := c.regrettable(now)
	if m == nil || m.text == "" || m.origin != nil || m.edits > 0 || !w.free(c, now) {
		return false
	}
	text := m.text + "*"
	if words := strings.Fields(m.text); len(words) > 3 && len(m.text) < 200 {
		text = m.text + " (sorry, typo)"
	}
	w.setText(ref{live: m}, text, now.UnixMilli())
	return true
}

// retract takes back what was written a moment ago.
func retract(w *world, c *conversation, now time.Time) bool {
	m := c.regrettable(now)
	if m == nil || !w.free(c, now) {
		return false
	}
	w.takeBack(ref{live: m}, now.UnixMilli())
	return true
}

// regrettable is the customer's last word, if it is not older than a moment.
func (c *conversation) regrettable(now time.Time) *message {
	for _, m := range slices.Backward(c.live) {
		if now.UnixMilli()-m.at > regret.Milliseconds() || m.sent {
			return nil
		}
		if !m.unsent {
			return m
		}
	}
	return nil
}
