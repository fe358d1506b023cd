package chatt2me

import (
	"time"

	"parley/inbox"
)

// The public documents behind the figures.
const (
	instagramWindowPage = "https://developers.facebook.com/docs/instagram-platform/instagram-api-with-instagram-login/messaging-api"
	messengerWindowPage = "https://docs.chatt2.me/docs/latest/channels/messenger/"
)

// What cannot be done, and why. The documents list marking as seen among what the
// API can do, and nowhere say how.
var (
	noHistory   = inbox.Cannot("chatt2me has no history: this inbox holds what its webhooks have brought since it was set up")
	noStickers  = inbox.Cannot("chatt2me sends the heart on Instagram only")
	noPosts     = inbox.Cannot("chatt2me cannot share a post into a conversation: send its link as text")
	noTyping    = inbox.Cannot("chatt2me cannot tell the customer that somebody is typing")
	noSeen      = inbox.Cannot("chatt2me does not say how to tell the customer that a message was read")
	noArchive   = inbox.Cannot("chatt2me cannot archive a conversation")
	noAutoReply = inbox.Cannot("chatt2me has no automatic answer")
)

// maxMedia is ours: each medium is a request of its own.
const maxMedia = 10

const day = 24 * time.Hour

// capabilities are what chatt2me can do on each platform. It names no limits of
// its own; these are the platforms'. Text: Instagram's API 1,000 bytes of UTF-8,
// Messenger's 2,000 characters. Media: the table of Instagram's messaging-api
// page; Messenger takes animated pictures and MP3 as well.
//
// The window on Instagram is told in two ways: 24 hours by Meta, and 7 days by
// chatt2me (https://docs.chatt2.me/docs/latest/channels/instagram/). Meta gives the
// days after the first to human agents only, which is what "late" is for; in
// either phase the platform's answer to a send has the last word.
var capabilities = map[inbox.Platform]inbox.Capabilities{
	inbox.Instagram: {
		Text:     inbox.TextLimit{Max: 1000, Unit: inbox.Bytes},
		MaxMedia: maxMedia,
		Media: []inbox.MediaRule{
			{Kind: string(inbox.PartImage), Extensions: []string{"jpg", "jpeg", "png"}, MaxBytes: 8 << 20},
			{Kind: string(inbox.PartVideo), Extensions: []string{"mp4", "mov", "avi", "webm", "ogg"}, MaxBytes: 25 << 20},
			{Kind: string(inbox.PartAudio), Extensions: []string{"aac", "m4a", "wav"}, MaxBytes: 25 << 20},
		},
		QueryInURL: true,
		Reactions:  inbox.Can(),
		Stickers:   inbox.Can(),
		Posts:      noPosts,
		Typing:     noTyping,
		Seen:       noSeen,
		Archive:    noArchive,
		AutoReply:  noAutoReply,
		History:    noHistory,
		Webhooks:   inbox.Can(),
		Window:     inbox.WindowPolicy{Limited: true, Open: day, Late: 7 * day, Source: instagramWindowPage},
	},
	inbox.Facebook: {
		Text:     inbox.TextLimit{Max: 2000, Unit: inbox.Characters},
		MaxMedia: maxMedia,
		Media: []inbox.MediaRule{
			{Kind: string(inbox.PartImage), Extensions: []string{"jpg", "jpeg", "png", "gif", "webp"}, MaxBytes: 8 << 20},
			{Kind: string(inbox.PartVideo), Extensions: []string{"mp4", "mov", "avi", "webm", "ogg"}, MaxBytes: 25 << 20},
			{Kind: string(inbox.PartAudio), Extensions: []string{"aac", "m4a", "wav", "mp3"}, MaxBytes: 25 << 20},
		},
		QueryInURL: true,
		Reactions:  inbox.Can(),
		Stickers:   noStickers,
		Posts:      noPosts,
		Typing:     noTyping,
		Seen:       noSeen,
		Archive:    noArchive,
		AutoReply:  noAutoReply,
		History:    noHistory,
		Webhooks:   inbox.Can(),
		Window:     inbox.WindowPolicy{Limited: true, Open: day, Source: messengerWindowPage},
	},
}
