package fulltext

import (
	"unicode"
	"unicode/utf8"
)

// word is one word of a text, as it is searched for and where it stands.
type word struct {
	term    string
	at, end int  // bytes of the text, for marking
	first   int  // end of the first character of a pair
	half    bool // the last character of a run of an unspaced script, alone
}

// longestTerm bounds what is kept of one word, in bytes. What is longer is not
// a word but a token or a picture in letters; its beginning finds it.
const longestTerm = 96

// words takes a text apart.
//
// A word is a run of letters, digits and their marks; everything else divides,
// so that a handle, an address or an order number can be found by any part of
// it, and as a whole because its parts stand side by side. Scripts without
// spaces give every two neighbouring characters, and the last one alone. Each
// symbol is a word, an emoji of several parts gives its parts.
func words(text string) []word {
	s := splitter{text: text}
	for s.at < len(text) {
		r, size := s.peek()
		switch {
		case unspaced(r):
			s.characters()
		case inWord(r):
			s.run()
		case symbol(r):
			s.cluster()
		default:
			s.at += size
		}
	}
	return s.found
}

type splitter struct {
	text  string
	at    int
	found []word
}

func (s *splitter) peek() (rune, int) { return utf8.DecodeRuneInString(s.text[s.at:]) }

// inWord tells the characters that words are made of.
func inWord(r rune) bool {
	if r < utf8.RuneSelf {
		return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9'
	}
	return unicode.IsLetter(r) || unicode.IsNumber(r) || unicode.IsMark(r) && !drawsEmoji(r)
}

// unspaced tells the scripts that do not part their words.
func unspaced(r rune) bool {
	switch {
	case r < 0x0e00:
		return false
	case r == 'ー' || r == '々':
		return true
	}
	return unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul, unicode.Bopomofo,
		unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar) && !unicode.IsPunct(r) && !unicode.IsSymbol(r)
}

// symbol tells what is a word by itself. The symbols of ASCII are only signs
// between words.
func symbol(r rune) bool {
	return r >= utf8.RuneSelf && r != utf8.RuneError && unicode.IsSymbol(r) && (!unicode.Is(unicode.Sk, r) || skinTone(r))
}

func skinTone(r rune) bool { return 0x1f3fb <= r && r <= 0x1f3ff }

// drawsEmoji tells the characters that only say how the one before is drawn.
func drawsEmoji(r rune) bool {
	return 0xfe00 <= r && r <= 0xfe0f || r == 0x20e3 || 0xe0020 <= r && r <= 0xe007f
}

// run is a word of a spaced script.
func (s *splitter) run() {
	begin := s.at
	for s.at < len(s.text) {
		r, size := s.peek()
		if !inWord(r) && !joins(r) && r != 0x00ad || unspaced(r) {
			break
		}
		s.at += size
	}
	s.add(fold(s.text[begin:s.at]), begin, s.at)
}

func (s *splitter) add(term string, at, end int) {
	if term = shorten(term); term != "" {
		s.found = append(s.found, word{term: term, at: at, end: end, first: end})
	}
}

func shorten(term string) string {
	if len(term) <= longestTerm {
		return term
	}
	end := longestTerm
	for end > 0 && !utf8.RuneStart(term[end]) {
		end--
	}
	return term[:end]
}

// characters is a run of an unspaced script: pairs of neighbours.
func (s *splitter) characters() {
	before, at := "", s.at
	begin := s.at
	for {
		c, ok := s.character()
		if !ok {
			break
		}
		if before != "" {
			s.add(before+c, begin, s.at)
			s.found[len(s.found)-1].first = at
		}
		before, begin, at = c, at, s.at
	}
	if s.add(before, begin, at); before != "" {
		s.found[len(s.found)-1].half = true
	}
}

// character is the next one with its marks, folded; ok is false at the end of
// the run.
func (s *splitter) character() (c string, ok bool) {
	begin := s.at
	for s.at < len(s.text) {
		r, size := s.peek()
		if s.at == begin && !unspaced(r) || s.at > begin && !continues(r) {
			break
		}
		s.at += size
	}
	return fold(s.text[begin:s.at]), s.at > begin
}

// continues tells what belongs to the character before: its marks, the tail of
// a Korean syllable, the voice marks of narrow Japanese letters.
func continues(r rune) bool {
	return unicode.IsMark(r) && !drawsEmoji(r) || 0x1160 <= r && r <= 0x11ff || r == 0xff9e || r == 0xff9f
}

// cluster is a symbol with all that is drawn with it.
func (s *splitter) cluster() {
	begin, from := s.at, len(s.found)
	joined := true
	for s.at < len(s.text) {
		r, size := s.peek()
		switch {
		case r == zwj:
			joined = true
		case drawsEmoji(r):
		case skinTone(r) || joined && symbol(r):
			s.symbol(r, &size)
			joined = false
		default:
			size = 0
		}
		if size == 0 {
			break
		}
		s.at += size
	}
	for i := from; i < len(s.found); i++ {
		s.found[i].at, s.found[i].end, s.found[i].first = begin, s.at, s.at
	}
}

// symbol adds one part of a cluster; the two letters of a flag are one.
func (s *splitter) symbol(r rune, size *int) {
	term := string(r)
	if flagLetter(r) {
		if next, n := utf8.DecodeRuneInString(s.text[s.at+*size:]); flagLetter(next) {
			term, *size = term+string(next), *size+n
		}
	}
	s.add(term, s.at, s.at+*size)
}

func flagLetter(r rune) bool { return 0x1f1e6 <= r && r <= 0x1f1ff }
