package ui

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Emojis by :name: in the composer. A colon within a word, or before a digit or a
// sign, is no beginning: 10:30: and :-) stay what they are.

// leastName is how many letters of a name are looked for.
const leastEmojiName = 2

// suggestEmojis are the emojis that fit to what is typed behind the colon; those
// used last when a key has asked for them and nothing is typed yet.
func (u *UI) suggestEmojis(name string, asked bool) []suggestion {
	first, _ := utf8.DecodeRuneInString(name)
	if !asked && (utf8.RuneCountInString(name) < leastEmojiName || !unicode.IsLetter(first)) || strings.Contains(name, ":") {
		return nil
	}
	u.knowEmojis()
	var found []namedEmoji
	if name == "" {
		for _, emoji := range u.recent {
			found = append(found, u.emojis.named(emoji))
		}
	} else {
		found = u.emojis.find(name)
	}
	list := make([]suggestion, len(found))
	for i, e := range found {
		list[i] = suggestion{label: e.emoji, help: e.label(), insert: e.emoji}
	}
	return list
}

// knowEmojis makes the table of names when it is first needed.
func (u *UI) knowEmojis() {
	if u.emojis == nil {
		u.emojis = newEmojiTable()
	}
}

// closeEmoji replaces :name: when its second colon is typed, if that is the whole
// name of one. It is the text as it was before otherwise.
func (u *UI) closeEmoji() {
	ed := &u.composer.ed
	word, start := ed.wordAt()
	name, opened := strings.CutPrefix(word, ":")
	name, closed := strings.CutSuffix(name, ":")
	first, _ := utf8.DecodeRuneInString(name)
	if !opened || !closed || !unicode.IsLetter(first) || strings.Contains(name, ":") || u.composer.suggest.declined == start {
		return
	}
	u.knowEmojis()
	if emoji := u.emojis.called(name); emoji != "" {
		ed.erase(start, ed.at)
		ed.insert(emoji)
	}
}

// called is the emoji that has exactly this name, "" for none.
func (t *emojiTable) called(name string) string {
	name = emojiName(name)
	for _, e := range t.find(name) {
		if nameRank(e.names, name) == 0 {
			return e.emoji
		}
	}
	return ""
}
