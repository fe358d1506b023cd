package meta

import "strings"

// Reactions have names from the time when there were six of them, and emoji
// since anything can be a reaction. Webhooks tell either or both, reads tell one
// of them.

// emojiByName has the names of Instagram and those that Messenger adds.
var emojiByName = map[string]string{
	"love":    "❤️",
	"laugh":   "😂",
	"haha":    "😂",
	"smile":   "😆",
	"wow":     "😮",
	"sad":     "😢",
	"angry":   "😡",
	"like":    "👍",
	"yes":     "👍",
	"dislike": "👎",
	"no":      "👎",
}

// someEmoji stands for a reaction of which only that there is one was told.
const someEmoji = "❔"

// Emoji is the emoji of a reaction by what was told of it: emoji wins over name.
// A name that is not known is kept, since it says more than nothing.
func Emoji(name, emoji string) string {
	name, emoji = strings.TrimSpace(name), strings.TrimSpace(emoji)
	switch known, ok := emojiByName[strings.ToLower(name)]; {
	case emoji != "":
		return emoji
	case ok:
		return known
	case name == "" || strings.EqualFold(name, "other"):
		return someEmoji
	}
	return name
}
