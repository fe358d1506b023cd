package ui

import (
	"strings"
	"unicode"
	"unicode/utf8"

	tea "charm.land/bubbletea/v2"
)

// Keys of keyboards that do not write Latin letters. The actions are bound to
// Latin ones; an agent who answers in Russian or Arabic should not have to switch
// the keyboard for every j and k. A letter that is bound to nothing stands for the
// one at its place on a US keyboard, where keys are commands; where text is typed,
// it is text.

// layout are letters of a keyboard and those at the same places on a US one.
type layout struct{ own, latin string }

// layouts are those with a letter of their own for each key. Where two use a
// letter for different places, the one with more speakers has it. The tables
// follow the layouts of the X keyboard configuration database.
func layouts() []layout {
	return []layout{
		{"йцукенгшщзхъфывапролджэячсмитьбюё", "qwertyuiop[]asdfghjkl;'zxcvbnm,.`"}, // Russian
		{"іїєґў", "s]'`o"}, // Ukrainian, Belarusian
		{"ςερτυθιοπασδφγηξκλζχψωβνμ", "wertyuiopasdfghjklzxcvbnm"},                   // Greek
		{"קראטוןםפשדגכעיחלךףזסבהנמצתץ", "ertyuiopasdfghjkl;zxcvbnm,."},               // Hebrew
		{"ضصثقفغعهخحجدشسيبلاتنمكطئءؤرىةوزظذ؟", "qwertyuiop[]asdfghjkl;'zxcvnm,./`?"}, // Arabic
		{"چگکپیژ", "]';`dc"}, // Persian
		{"ქწერტყუიოპასდფგჰჯკლზხცვბნმ", "qwertyuiopasdfghjklzxcvbnm"},         // Georgian
		{"ㅂㅈㄷㄱㅅㅛㅕㅑㅐㅔㅁㄴㅇㄹㅎㅗㅓㅏㅣㅋㅌㅊㅍㅠㅜㅡ", "qwertyuiopasdfghjklzxcvbnm"},         // Korean
		{"ๆไำพะัีรนยฟหกดเ้่าสวผปแอิืทมใฝ", "qwertyuiopasdfghjkl;zxcvbnm,./"}, // Thai
	}
}

// latinKeys maps the letters of all layouts to Latin ones.
func latinKeys() map[rune]rune {
	m := map[rune]rune{}
	add := func(own, latin rune) {
		if _, taken := m[own]; !taken {
			m[own] = latin
		}
	}
	for _, l := range layouts() {
		own, latin := []rune(l.own), []rune(l.latin)
		for i, r := range own {
			add(r, latin[i])
			if upper := unicode.ToUpper(r); upper != r {
				add(upper, unicode.ToUpper(latin[i]))
			}
		}
	}
	for r := '!'; r <= '~'; r++ {
		add(r-'!'+'！', r) // full width, as input methods for Chinese and Japanese have them
	}
	return m
}

// stroke is the name of a key. Bubble Tea prefers the place on a US keyboard to
// the letter, where a terminal tells both: that is right for letters that are not
// Latin, and wrong for a Z that stands where the US keyboard has its Y. With Ctrl a
// letter is never text, so that it can be translated wherever it is pressed.
func (m *keymap) stroke(k tea.Key) string {
	switch {
	case k.Code > 0 && k.Code < utf8.RuneSelf:
		k.BaseCode = 0
	case k.BaseCode == 0 && k.Mod.Contains(tea.ModCtrl):
		k.BaseCode = m.latin[k.Code]
	}
	return k.String()
}

// command is the name under which a key is looked up where keys are commands: as
// it is, if that is bound.
func (m *keymap) command(s scope, held string, k tea.Key, name string) string {
	if a, half := m.find(s, held, name); a != nil || half {
		return name
	}
	return m.latinName(k, name)
}

// latinName is a letter's name on a US keyboard; other keys keep theirs.
func (m *keymap) latinName(k tea.Key, name string) string {
	r, size := utf8.DecodeRuneInString(name)
	switch {
	case name == "لا": // one key of an Arabic keyboard
		return "b"
	case size != len(name) || r < utf8.RuneSelf:
		return name
	case k.BaseCode > ' ' && k.BaseCode < utf8.RuneSelf && k.Mod.Contains(tea.ModShift):
		return strings.ToUpper(string(k.BaseCode))
	case k.BaseCode > ' ' && k.BaseCode < utf8.RuneSelf:
		return string(k.BaseCode)
	case m.latin[r] != 0:
		return string(m.latin[r])
	}
	return name
}
