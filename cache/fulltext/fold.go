package fulltext

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// fold makes equal what people type differently: case, accents, the widths of
// East Asian letters, ligatures. What a letter is called in a dictionary decides,
// not how it sounds: nothing is stemmed.
func fold(s string) string {
	if folded, ok := foldASCII(s); ok {
		return folded
	}
	var b strings.Builder
	b.Grow(len(s))
	base := rune(0)
	for _, r := range norm.NFKD.String(strings.ToLower(s)) {
		if accent(r) && !(r == breve && (base == 'и' || base == 'И')) {
			continue
		}
		base = r
		writeFolded(&b, r)
	}
	return norm.NFC.String(b.String())
}

// breve makes й of и: in Russian another letter, as ё and е are not.
const breve = '\u0306'

// foldASCII is fold for what most words are made of.
func foldASCII(s string) (folded string, ok bool) {
	upper := false
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return "", false
		}
		upper = upper || 'A' <= s[i] && s[i] <= 'Z'
	}
	if upper {
		return strings.ToLower(s), true
	}
	return s, true
}

// accent tells whether a mark may be left out when a word is typed. Marks that
// are vowels (Indic, Thai) or make another letter (Japanese) may not.
func accent(r rune) bool {
	switch {
	case r < 0x0300:
		return r == 0x00ad // soft hyphen
	case r <= 0x036f, 0x1ab0 <= r && r <= 0x1aff, 0x1dc0 <= r && r <= 0x1dff, 0x20d0 <= r && r <= 0x20ff, 0xfe20 <= r && r <= 0xfe2f:
		return true // of Latin, Greek, Cyrillic
	case 0x0591 <= r && r <= 0x05c7, 0x0610 <= r && r <= 0x061a, 0x064b <= r && r <= 0x065f, 0x06d6 <= r && r <= 0x06ed:
		return unicode.Is(unicode.Mn, r) // of Hebrew and Arabic
	}
	return r == 0x0670 || r == 0x0640 || joins(r) // a small alef, the Arabic line filler
}

// joins tells the two characters that only say how their neighbours are drawn.
func joins(r rune) bool { return r == zwnj || r == zwj }

const (
	zwnj = '\u200c'
	zwj  = '\u200d'
)

// letters are those that Unicode does not take apart, but keyboards do.
var letters = map[rune]string{
	'ß': "ss", 'æ': "ae", 'œ': "oe", 'ø': "o", 'đ': "d", 'ð': "d", 'þ': "th", 'ł': "l", 'ħ': "h", 'ŧ': "t", 'ı': "i", 'ŋ': "n", 'ĸ': "k",
	'ς': "σ", 'ى': "ي", 'ة': "ه",
}

func writeFolded(b *strings.Builder, r rune) {
	switch {
	case r < utf8.RuneSelf:
		b.WriteByte(byte(r))
	case 0x0660 <= r && r <= 0x0669, 0x06f0 <= r && r <= 0x06f9: // Arabic digits: an order number is one
		b.WriteByte('0' + byte(r&0x0f))
	default:
		if s, ok := letters[r]; ok {
			b.WriteString(s)
			return
		}
		b.WriteRune(r)
	}
}
