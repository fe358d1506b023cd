package cli

// How a typed line falls into words. There is no shell between the agent and the
// prompt, so people type texts as they are: an apostrophe is a letter, and a quote
// begins a word only where a word begins, and only if the word also ends with one.

import "strings"

// lineWord is a word of a typed line, and where it stands.
type lineWord struct {
	text   string
	at     int  // byte where it begins, its quote included
	quoted bool // it stood in quotes: no flag, whatever it looks like
}

// wordsOf splits a line.
func wordsOf(line string) (words []lineWord) {
	for at := 0; at < len(line); {
		if isBlank(line[at]) {
			at++
			continue
		}
		word, end := wordAt(line, at)
		words = append(words, word)
		at = end
	}
	return words
}

// wordAt is the word that begins at a byte, and where it ends.
func wordAt(line string, at int) (w lineWord, end int) {
	if q := line[at]; q == '"' || q == '\'' {
		for i := at + 1; i < len(line); i++ {
			if line[i] == q && (i+1 == len(line) || isBlank(line[i+1])) {
				return lineWord{line[at+1 : i], at, true}, i + 1
			}
		}
	}
	end = at
	for end < len(line) && !isBlank(line[end]) {
		end++
	}
	return lineWord{line[at:end], at, false}, end
}

func isBlank(b byte) bool { return b == ' ' || b == '\t' || b == '\n' }

// isFlag tells that the word is an option of a command.
func (w lineWord) isFlag() bool {
	return !w.quoted && (strings.HasPrefix(w.text, "--") && len(w.text) > 2 || w.text == "-h")
}

// hasFlag tells that one of the words is.
func hasFlag(words []lineWord) bool {
	for _, w := range words {
		if w.isFlag() {
			return true
		}
	}
	return false
}

// texts are the words without their places.
func texts(words []lineWord) []string {
	all := make([]string, len(words))
	for i, w := range words {
		all[i] = w.text
	}
	return all
}

// restFrom is the line from a word on, as it was typed; a single word in quotes
// stands without them.
func restFrom(line string, words []lineWord) string {
	switch {
	case len(words) == 0:
		return ""
	case len(words) == 1 && words[0].quoted:
		return words[0].text
	}
	return strings.TrimSpace(line[words[0].at:])
}
