package ayrshare

import (
	"time"

	"parley/inbox"
)

const (
	sendMessagePage = "https://www.ayrshare.com/docs/apis/messages/send-message"
	overviewPage    = "https://www.ayrshare.com/docs/apis/messages/overview"
	metaSendPage    = "https://developers.facebook.com/docs/messenger-platform/send-messages"
	xMessagesPage   = "https://docs.x.com/x-api/direct-messages"
)

// maxMetaMedia is ours: "several" is all that the send-message page says.
const maxMetaMedia = 10

var (
	noReactions = inbox.Cannot("ayrshare's API cannot react to a message: use the app of the platform")
	noStickers  = inbox.Cannot("ayrshare's API cannot send stickers: use the app of the platform")
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

// capabilities are what Ayrshare can do on each platform. Text limits are the
// platforms' own: Ayrshare's pages name none.
var capabilities = map[inbox.Platform]inbox.Capabilities{
	inbox.Facebook: {
		Text:      inbox.TextLimit{Max: 2000, Unit: inbox.Characters}, // metaSendPage
		MaxMedia:  maxMetaMedia,
		Media:     metaMedia,
		Reactions: noReactions,
		Stickers:  noStickers,
		Archive:   inbox.Can(),
		AutoReply: inbox.Can(),
		Window:    inbox.WindowPolicy{Limited: true, Open: day, Late: 7 * day, Source: metaSendPage},
	},
	inbox.Instagram: {
		Text:      inbox.TextLimit{Max: 1000, Unit: inbox.Bytes}, // metaSendPage, for Instagram
		MaxMedia:  maxMetaMedia,
		Media:     metaMedia,
		Reactions: noReactions,
		Stickers:  noStickers,
		Archive:   inbox.Can(),
		AutoReply: inbox.Can(),
		Window:    inbox.WindowPolicy{Limited: true, Open: 7 * day, Source: overviewPage},
	},
	inbox.Twitter: {
		Text:         inbox.TextLimit{Max: 10000, Unit: inbox.Characters}, // xMessagesPage
		TextRequired: true,                                                // sendMessagePage
		MaxMedia:     1,                                                   // sendMessagePage
		Media:        xMediaRules,
		Reactions:    noReactions,
		Stickers:     noStickers,
		Archive:      inbox.Can(),
		AutoReply:    inbox.Can(),
		Window:       inbox.WindowPolicy{Source: sendMessagePage},
	},
}
