package inbox

import (
	"fmt"
	"time"
	"unicode/utf8"
)

// Platform is where the customer writes.
type Platform string

// The platforms, by the names that every provider's API uses for them.
const (
	Facebook  Platform = "facebook"
	Instagram Platform = "instagram"
	Twitter   Platform = "twitter"
)

// Platforms lists them in the order in which they are shown.
var Platforms = []Platform{Facebook, Instagram, Twitter}

// Label is the platform's name as people say it.
func (p Platform) Label() string {
	switch p {
	case Facebook:
		return "Facebook"
	case Instagram:
		return "Instagram"
	case Twitter:
		return "X"
	}
	return string(p)
}

// Tag is a short form of exactly two cells for lists.
func (p Platform) Tag() string {
	switch p {
	case Facebook:
		return "FB"
	case Instagram:
		return "IG"
	case Twitter:
		return "X "
	}
	if len(p) >= 2 && p[0] < utf8.RuneSelf && p[1] < utf8.RuneSelf {
		return string(p[:2])
	}
	return "? "
}

// Unit is what a platform counts a text's length in.
type Unit string

const (
	// Bytes of UTF-8, as Instagram counts.
	Bytes Unit = "bytes"
	// Characters are Unicode code points, as Messenger and X count.
	Characters Unit = "characters"
)

// TextLimit is the longest text that one message may have.
type TextLimit struct {
	Max  int // 0: no limit known
	Unit Unit
}

// Count is the length of the text in the limit's unit.
func (l TextLimit) Count(text string) int {
	if l.Unit == Bytes {
		return len(text)
	}
	return utf8.RuneCountInString(text)
}

// Ability says whether a provider can do something on a platform, and if not, why.
type Ability struct {
	OK     bool
	Reason string // for the agent, when not OK: what is missing and where
}

// Can and Cannot make abilities; they keep tables of capabilities readable.
func Can() Ability { return Ability{OK: true} }

// Cannot is an ability that is missing, with its reason.
func Cannot(reason string) Ability { return Ability{Reason: reason} }

// MediaRule says which files of one kind may be sent.
type MediaRule struct {
	Kind       string   // "image", "video", "audio", "file"
	Extensions []string // lower case, without the dot
	MaxBytes   int64    // 0: no limit known
}

// Capabilities is what one provider can do on one platform. It is data, shown
// before the agent types; the provider's answer to a send overrides it.
type Capabilities struct {
	Text         TextLimit
	TextRequired bool // a message needs text even when it has media (X)
	MaxMedia     int  // media per message; 0: none at all
	Media        []MediaRule
	QueryInURL   bool // media URLs may carry a query string

	Reactions Ability // to a message, with any emoji
	Stickers  Ability // the heart
	Posts     Ability // sharing one of the account's own posts
	Typing    Ability // telling that an agent is typing
	Seen      Ability // telling that an agent has read
	Archive   Ability
	AutoReply Ability
	History   Ability // reading what was written before; without it webhooks are all there is
	Webhooks  Ability // being told at once

	Window WindowPolicy
}

// NamedAbility is an ability as it is told to agents.
type NamedAbility struct {
	Name string
	Ability
}

// Abilities are what the provider can do on the platform beside reading and
// sending, or cannot, in the order in which they are told.
func (c Capabilities) Abilities() []NamedAbility {
	return []NamedAbility{
		{"reactions", c.Reactions}, {"hearts", c.Stickers}, {"posts", c.Posts}, {"typing", c.Typing}, {"seen", c.Seen},
		{"archive", c.Archive}, {"automatic answer", c.AutoReply}, {"history", c.History}, {"webhooks", c.Webhooks},
	}
}

// WindowPolicy is how long after the customer's last message an answer may be
// sent. Both durations count from that message.
type WindowPolicy struct {
	Limited bool          // false: the platform has no window
	Open    time.Duration // free answers until then
	Late    time.Duration // human agents only until then; 0 when there is no such phase
	Source  string        // the public document that says so
}

// String is the rule in words: "24 hours after the customer's last message".
func (p WindowPolicy) String() string {
	switch {
	case !p.Limited:
		return "no limit"
	case p.Late > p.Open:
		return daysOrHours(p.Open) + " after the customer's last message, human agents until " + daysOrHours(p.Late)
	}
	return daysOrHours(p.Open) + " after the customer's last message"
}

// daysOrHours is a length in the greatest unit that holds it without a rest.
func daysOrHours(d time.Duration) string {
	const day = 24 * time.Hour
	n, unit := int(d/time.Minute), "minute"
	switch {
	case d > day && d%day == 0:
		n, unit = int(d/day), "day"
	case d%time.Hour == 0:
		n, unit = int(d/time.Hour), "hour"
	}
	if n != 1 {
		unit += "s"
	}
	return fmt.Sprint(n) + " " + unit
}
