package inbox

import (
	"slices"
	"strings"
	"unicode"
)

// An automatic answer has to say that it is one. Meta requires it at the start of
// a conversation and after a significant lapse, and says that the law is strict
// in California and in Germany:
// https://developers.facebook.com/docs/instagram-platform/instagram-api-with-instagram-login/messaging-api

// AutomationNotice is a sentence that says so, ready to be put into an
// automatic answer. [DisclosesAutomation] holds for it.
const AutomationNotice = "This is an automated reply; a person will answer you as soon as possible."

// DisclosureReason is why a text for which [DisclosesAutomation] is false should
// not be sent by a machine.
const DisclosureReason = "the text does not say that it is automatic; the platforms require it, and so does the law in places, strictly in California and Germany"

// DisclosesAutomation tells whether a text says that nobody has typed it. It
// knows the usual words in English, German, Spanish, French, Italian and
// Portuguese, and it judges words, not sense: what it misses should be said more
// plainly anyway.
func DisclosesAutomation(text string) bool {
	text = strings.ReplaceAll(strings.ToLower(text), "auto-", "auto")
	words := strings.FieldsFunc(withoutMarks(text), func(r rune) bool { return !unicode.IsLetter(r) })
	return slices.ContainsFunc(words, func(word string) bool {
		return slices.Contains(automationWords(), word) ||
			slices.ContainsFunc(automationStems(), func(stem string) bool { return strings.HasPrefix(word, stem) })
	})
}

// withoutMarks drops accents that are characters of their own: some keyboards
// write them so.
func withoutMarks(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsMark(r) {
			return -1
		}
		return r
	}, s)
}

// automationStems are beginnings of words. “autom” alone would take in the
// automobile and the ticket machine that a shop may well write about.
func automationStems() []string {
	return []string{
		"automated", "automatic", "automation", "autorepl", "autorespon", // English; Italian, and others without accents
		"automatisch", "automatisier", "autoantwort", "chatbot", // German
		"automátic", "autorrespuesta", "autorespuesta", "automatiz", // Spanish; “automatiz” Italian and Portuguese too
		"automatique", "automatis", "autorépon", // French
		"autorispost", "autorispond", // Italian
		"autorresposta", "autoresposta", // Portuguese
	}
}

// automationWords are whole words.
func automationWords() []string {
	return []string{"bot", "bots", "robot", "robots", "robô", "robôs", "roboter"}
}
