package inbox

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Customers' names and messages are written by strangers and drawn on a
// terminal, which obeys what it is sent. Clean is applied to every foreign
// string exactly once, in Ingest; nothing else in the program has to think
// about it.

// maxMarks is how many combining marks may follow one letter. No language
// needs more; stacks of hundreds ("zalgo") bring terminals down.
const maxMarks = 16

// Clean makes foreign text safe for a terminal: escape sequences (CSI, OSC,
// DCS, APC, PM, SOS and the short ones, in their 7-bit and 8-bit forms) and
// control characters go, so do bidirectional overrides, marks and isolates and
// other invisible format characters, except the joiners that emoji and several
// scripts need. Line ends become \n, tabs become spaces, invalid UTF-8 becomes
// U+FFFD. Cleaning twice changes nothing.
func Clean(s string) string {
	if isPlain(s) {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	marks, flag := 0, false
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		if n := sequence(s[i:], r, size); n > 0 {
			i += n
			continue
		}
		i += size
		switch {
		case r == '\r':
			if !strings.HasPrefix(s[i:], "\n") {
				b.WriteByte('\n')
			}
		case r == '\n' || r == '\u2028' || r == '\u2029':
			b.WriteByte('\n')
		case r == '\t':
			b.WriteString("    ")
		case isTag(r):
			if flag { // the flags of England, Scotland, Wales are spelled in tags
				b.WriteRune(r)
			}
			continue
		case !isVisible(r):
		case unicode.In(r, unicode.Mn, unicode.Me):
			if marks++; marks <= maxMarks {
				b.WriteRune(r)
			}
			continue
		default:
			b.WriteRune(r) // writes U+FFFD for a byte that is not UTF-8
		}
		marks, flag = 0, r == '\U0001F3F4'
	}
	return b.String()
}

// CleanLine is Clean for what has to stay in one line: names, previews, URLs.
// Runs of white space become one space.
func CleanLine(s string) string {
	s = Clean(s)
	if !strings.ContainsAny(s, "\n") && !strings.Contains(s, "  ") && strings.TrimSpace(s) == s {
		return s
	}
	return strings.Join(strings.Fields(s), " ")
}

// isPlain is the quick way out for most texts.
func isPlain(s string) bool {
	for i := range len(s) {
		if c := s[i]; c >= utf8.RuneSelf || c == 0x7f || (c < ' ' && c != '\n') {
			return false
		}
	}
	return true
}

// sequence returns the length of the escape sequence at the start of s, 0 when
// there is none. r is the first rune of s and size its length.
func sequence(s string, r rune, size int) int {
	rest := s[size:]
	switch r {
	case 0x1b:
		if rest == "" {
			return size
		}
		switch rest[0] {
		case '[':
			return size + 1 + controlSequence(rest[1:])
		case ']', 'P', '_', '^', 'X':
			return size + 1 + controlString(rest[1:])
		}
		return size + shortSequence(rest)
	case 0x9b:
		return size + controlSequence(rest)
	case 0x9d, 0x90, 0x9f, 0x9e, 0x98:
		return size + controlString(rest)
	}
	return 0
}

// controlSequence is the length of a CSI's parameters, intermediates and final
// byte. A sequence that is broken off ends where it breaks.
func controlSequence(s string) int {
	i := 0
	for i < len(s) && s[i] >= 0x30 && s[i] <= 0x3f {
		i++
	}
	for i < len(s) && s[i] >= 0x20 && s[i] <= 0x2f {
		i++
	}
	if i < len(s) && s[i] >= 0x40 && s[i] <= 0x7e {
		i++
	}
	return i
}

// controlString is the length of an OSC, DCS, APC, PM or SOS with its end. One
// without an end is not a sequence: its text stays, else a single byte could
// make a whole message disappear.
func controlString(s string) int {
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == 0x07 || r == 0x9c:
			return i + size
		case r == 0x1b && strings.HasPrefix(s[i+size:], `\`):
			return i + size + 1
		}
		i += size
	}
	return 0
}

// shortSequence is the length of what follows ESC in the two- and three-byte
// sequences ("ESC c", "ESC ( B").
func shortSequence(s string) int {
	i := 0
	for i < len(s) && s[i] >= 0x20 && s[i] <= 0x2f {
		i++
	}
	if i < len(s) && s[i] >= 0x30 && s[i] <= 0x7e {
		return i + 1
	}
	return i
}

// isVisible says whether a rune may stay. Format characters (Cf) go, except
// the two joiners and the signs that enclose Arabic and Syriac numbers.
func isVisible(r rune) bool {
	switch {
	case unicode.IsControl(r): // C0, DEL, C1
		return false
	case r == '\u200c' || r == '\u200d':
		return true
	case unicode.Is(unicode.Cf, r):
		return unicode.Is(unicode.Prepended_Concatenation_Mark, r)
	}
	return true
}

func isTag(r rune) bool { return r >= '\U000E0020' && r <= '\U000E007F' }

// cut shortens s to at most n runes and marks the cut.
func cut(s string, n int) string {
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	i := 0
	for j := range s {
		if i++; i == n {
			return s[:j] + "…"
		}
	}
	return s
}
