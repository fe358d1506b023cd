package ui

import (
	"net/url"
	"strings"
	"unicode"

	"parley/inbox"
)

// What a paste is beside text. A file that is dropped onto a terminal arrives as a
// paste of its path, and each terminal writes that in its own way: as it is, in
// quotes, with backslashes before blanks, as a file URL; several in one line, or one
// to a line. Whether such a path is a file, only the disk knows: here is what it
// could be.

const (
	// pasteBytes is the longest paste that is taken for anything but text: a few of
	// the longest paths (PATH_MAX, 4,096 bytes on Linux).
	pasteBytes = 16 << 10
	// pasteThings is more than any platform takes in a message.
	pasteThings = 20
)

// pastedThings reads a paste that is nothing but https addresses and paths. Where
// blanks may stand in a name as well as between two, there are several readings, the
// likeliest first. There is none when anything else is in it.
func pastedThings(text string) (readings [][]string) {
	text = strings.TrimSpace(strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(text))
	if text == "" || len(text) > pasteBytes || strings.ContainsFunc(text, isNoPath) {
		return nil
	}
	if words, whole := pasteWords(text); whole {
		if things := thingsIn(words); things != nil {
			readings = append(readings, things)
		}
	}
	var lines []string
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" {
			lines = append(lines, line)
		}
	}
	if things := thingsIn(lines); things != nil && (len(readings) == 0 || !sameThings(things, readings[0])) {
		readings = append(readings, things)
	}
	return readings
}

// isNoPath tells that a character is in no path that a terminal would write.
func isNoPath(r rune) bool {
	return unicode.IsControl(r) && r != '\n' && r != '\t' || r == unicode.ReplacementChar
}

func sameThings(a, b []string) bool { return strings.Join(a, "\n") == strings.Join(b, "\n") }

// thingsIn are the words as addresses and paths, nil when one of them is neither.
func thingsIn(words []string) []string {
	if len(words) > pasteThings {
		return nil
	}
	var things []string
	for _, word := range words {
		thing, ok := thingOf(word)
		if !ok {
			return nil
		}
		things = append(things, thing)
	}
	return things
}

func thingOf(word string) (thing string, ok bool) {
	if path, local := inbox.FilePath(word); local {
		return path, true
	}
	return word, isLink(word) || isPath(word)
}

// isLink tells that a word is an address which platforms can fetch from.
func isLink(word string) bool {
	u, err := url.Parse(word)
	return err == nil && u.Scheme == "https" && u.Host != "" && !strings.ContainsFunc(word, unicode.IsSpace)
}

// isPath tells that a word begins as a path does. A bare name does not: it is a word.
func isPath(word string) bool {
	for _, begin := range []string{"/", "~/", "./", "../"} {
		if rest, ok := strings.CutPrefix(word, begin); ok {
			return rest != "" && !strings.HasPrefix(rest, "/")
		}
	}
	return isWindowsPath(word) && len(word) > len(`C:\`)
}

// isWindowsPath tells that a word begins with a drive or a server, so that its
// backslashes are its own.
func isWindowsPath(word string) bool {
	if strings.HasPrefix(word, `\\`) {
		return true
	}
	return len(word) > 2 && isLetter(word[0]) && word[1] == ':' && (word[2] == '\\' || word[2] == '/')
}

func isLetter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }

// pasteWords splits a line as a shell would, as far as terminals quote paths for
// one: at blanks, with '…' and "…" around words and \ before a single character.
// whole is false when a quotation has no end.
func pasteWords(text string) (words []string, whole bool) {
	var s pasteSplitter
	for i, r := range text {
		if !s.inWord {
			s.literal = isWindowsPath(strings.TrimLeft(text[i:], `"'`))
		}
		s.take(r)
	}
	s.end()
	return s.words, s.quote == 0 && !s.escaped
}

// pasteSplitter is pasteWords on its way through a text.
type pasteSplitter struct {
	words   []string
	word    strings.Builder
	inWord  bool
	literal bool // backslashes are letters in this word
	escaped bool
	quote   rune // that is open, 0 for none
}

func (s *pasteSplitter) take(r rune) {
	switch {
	case s.escaped:
		if s.quote == '"' && !strings.ContainsRune("\"\\$`", r) {
			s.word.WriteByte('\\') // it stands for itself there
		}
		s.word.WriteRune(r)
		s.escaped = false
	case r == '\\' && s.quote != '\'' && !s.literal:
		s.inWord, s.escaped = true, true
	case s.quote != 0 && r == s.quote:
		s.quote = 0
	case s.quote == 0 && (r == '\'' || r == '"'):
		s.inWord, s.quote = true, r
	case s.quote == 0 && unicode.IsSpace(r):
		s.end()
	default:
		s.inWord = true
		s.word.WriteRune(r)
	}
}

// end ends a word, if one has begun.
func (s *pasteSplitter) end() {
	if s.inWord {
		s.words = append(s.words, s.word.String())
	}
	s.word.Reset()
	s.inWord = false
}
