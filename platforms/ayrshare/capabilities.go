package ayrshare

import (
	"time"

	"parley/inbox"
)

// The public documents behind the figures.
const (
	sendMessagePage = "https://www.ayrshare.com/docs/apis/messages/send-message"
	overviewPage    = "https://www.ayrshare.com/docs/apis/messages/overview"
	metaWindowPage  = "https://developers.facebook.com/docs/messenger-platform/policy/policy-overview"
)

// maxMetaMedia is ours: "several" is all that the send-message page says.
const maxMetaMedia = 10

var (
	noReactions = inbox.Cannot("Ayrshare cannot react to a message: use the platform's own app")
	noStickers  = inbox.Cannot("Ayrshare cannot send a heart: use the platform's own app")
	noPosts     = inbox.Cannot("Ayrshare cannot share a post into a conversation: send its link as text")
	noTyping    = inbox.Cannot("Ayrshare cannot tell the customer that somebody is typing")
	noSeen      = inbox.Cannot("Ayrshare cannot tell the customer that a message was read")
)

// Media by extension. "Ends in a known extension" is all that the send-message
// page says of pictures and videos; the lists are those that the platforms
// themselves take. Voice is aac or wav, and for Meta only, by that page.
var (
	images      = inbox.MediaRule{Kind: string(inbox.PartImage), Extensions: []string{"jpg", "jpeg", "png", "gif", "webp"}}
	metaVideos  = inbox.MediaRule{Kind: string(inbox.PartVideo), Extensions: []string{"mp4", "mov", "avi", "webm", "ogg"}}
	xVideos     = inbox.MediaRule{Kind: string(inbox.PartVideo), Extensions: []string{"mp4", "mov"}}
	voice       = inbox.MediaRule{Kind: string(inbox.PartAudio), Extensions: []string{"aac", "wav"}}
	metaMedia   = []inbox.MediaRule{images, metaVideos, voice}
	xMediaRules = []inbox.MediaRule{images, xVideos}
)

const day = 24 * time.Hour

// capabilities are what Ayrshare can do on each platform. Ayrshare's pages name
// no text limits; these are the platforms' own: Messenger's Send API 2,000
// characters, Instagram's 1,000 bytes of UTF-8, X's direct messages 10,000
// characters. On X the window's source is the page that names none.
var capabilities = map[inbox.Platform]inbox.Capabilities{
	inbox.Facebook: {
		Text:      inbox.TextLimit{Max: 2000, Unit: inbox.Characters},
		MaxMedia:  maxMetaMedia,
		Media:     metaMedia,
		Reactions: noReactions,
		Stickers:  noStickers,
		Posts:     noPosts,
		Typing:    noTyping,
		Seen:      noSeen,
		History:   inbox.Can(),
		Webhooks:  inbox.Can(),
		Archive:   inbox.Can(),
		AutoReply: inbox.Can(),
		Window:    inbox.WindowPolicy{Limited: true, Open: day, Late: 7 * day, Source: metaWindowPage},
	},
	inbox.Instagram: {
		Text:      inbox.TextLimit{Max: 1000, Unit: inbox.Bytes},
		MaxMedia:  maxMetaMedia,
		Media:     metaMedia,
		Reactions: noReactions,
		Stickers:  noStickers,
		Posts:     noPosts,
		Typing:    noTyping,
		Seen:      noSeen,
		History:   inbox.Can(),
		Webhooks:  inbox.Can(),
		Archive:   inbox.Can(),
		AutoReply: inbox.Can(),
		Window:    inbox.WindowPolicy{Limited: true, Open: 7 * day, Source: overviewPage},
	},
	inbox.Twitter: {
		Text:         inbox.TextLimit{Max: 10000, Unit: inbox.Characters},
		TextRequired: true, // send-message
		MaxMedia:     1,    // send-message
		Media:        xMediaRules,
		Reactions:    noReactions,
		Stickers:     noStickers,
		Posts:        noPosts,
		Typing:       noTyping,
		Seen:         noSeen,
		History:      inbox.Can(),
		Webhooks:     inbox.Can(),
		Archive:      inbox.Can(),
		AutoReply:    inbox.Can(),
		Window:       inbox.WindowPolicy{Source: sendMessagePage},
	},
}
