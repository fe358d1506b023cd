package instagram

import (
	"time"

	"parley/inbox"
)

// The public documents behind the figures.
const (
	messagingPage = "https://developers.facebook.com/docs/instagram-platform/instagram-api-with-instagram-login/messaging-api"
	day           = 24 * time.Hour
)

// Both count from the customer's last message (messagingPage). The later one is
// for answers that a human wrote, by an app that was approved for the Human
// Agent feature.
const (
	window           = day
	humanAgentWindow = 7 * day
)

// maxImages is how many images one message may have, and the most that one send
// takes (messagingPage, since 2026-05-06 for every account).
const maxImages = 10

var (
	noArchive   = inbox.Cannot("Instagram's API cannot archive a conversation: use the app")
	noAutoReply = inbox.Cannot("Instagram's API has no automatic answer: set one up in the app or in Meta Business Suite")
)

// Sizes and types are those of the table on messagingPage; pdf since 2025-12-19.
// Its prose also speaks of GIFs; the table does not. An mp4 may be a video or a
// voice message: it counts as a video.
const (
	imageBytes = 8 << 20
	otherBytes = 25 << 20
)

var mediaRules = []inbox.MediaRule{
	{Kind: string(inbox.PartImage), Extensions: []string{"png", "jpg", "jpeg"}, MaxBytes: imageBytes},
	{Kind: string(inbox.PartVideo), Extensions: []string{"mp4", "ogg", "avi", "mov", "webm"}, MaxBytes: otherBytes},
	{Kind: string(inbox.PartAudio), Extensions: []string{"aac", "m4a", "wav"}, MaxBytes: otherBytes},
	{Kind: string(inbox.PartFile), Extensions: []string{"pdf"}, MaxBytes: otherBytes},
}

// maxText is in bytes of UTF-8 (messagingPage); another of Meta's pages says
// characters, and bytes is the safe bound.
const maxText = 1000

var capabilities = inbox.Capabilities{
	Text:       inbox.TextLimit{Max: maxText, Unit: inbox.Bytes},
	MaxMedia:   maxImages,
	Media:      mediaRules,
	QueryInURL: true,
	Reactions:  inbox.Can(),
	Stickers:   inbox.Can(),
	Posts:      inbox.Can(),
	Typing:     inbox.Can(),
	Seen:       inbox.Can(),
	Archive:    noArchive,
	AutoReply:  noAutoReply,
	History:    inbox.Can(),
	Webhooks:   inbox.Can(),
	Window:     inbox.WindowPolicy{Limited: true, Open: window, Source: messagingPage},
}
