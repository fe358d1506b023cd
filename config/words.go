package config

// Lists of words in a sentence, and the word that was probably meant.

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"parley/inbox"
)

// Suggest is what to say of a word that is none of the known ones: the one
// that was probably meant, else all of them.
func Suggest(word string, known []string) string {
	if meant := inbox.Nearest(word, known); meant != "" {
		return fmt.Sprintf("did you mean %q?", meant)
	}
	names := slices.Sorted(slices.Values(known))
	return "known here: " + strings.Join(slices.Compact(names), ", ")
}

// Joined is a list of words in a sentence, with a conjunction before the last.
func Joined(words []string, conjunction string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + " " + conjunction + " " + words[last]
}

// alternatives lists values as they are written: "a", "b" or "c".
func alternatives(values []string) string { return Joined(quotedAll(values), "or") }

func quotedAll[T ~string](values []T) []string {
	quoted := make([]string, len(values))
	for i, v := range values {
		quoted[i] = strconv.Quote(string(v))
	}
	return quoted
}

func quotedList(list []inbox.Platform) string { return strings.Join(quotedAll(list), ", ") }
