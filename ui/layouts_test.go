package ui

import (
	"testing"
	"unicode/utf8"

	tea "charm.land/bubbletea/v2"
)

func TestLayoutsAreWhole(t *testing.T) {
	t.Parallel()
	for _, l := range layouts() {
		if own, latin := utf8.RuneCountInString(l.own), utf8.RuneCountInString(l.latin); own != latin {
			t.Errorf("%s: %d letters for %d places", l.own, own, latin)
		}
	}
}

func TestKeysOfOtherKeyboards(t *testing.T) {
	t.Parallel()
	m, err := newKeymap(nil, map[string][]string{"refresh": {"ё"}})
	if err != nil {
		t.Fatal(err)
	}
	letter := func(s string) tea.Key { r, _ := utf8.DecodeRuneInString(s); return tea.Key{Code: r, Text: s} }
	for _, tt := range []struct {
		name string
		key  tea.Key
		want string
	}{
		{"Latin", letter("j"), "j"},
		{"Russian о stands where j is", letter("о"), "j"},
		{"Russian, shifted", letter("О"), "J"},
		{"Russian у", letter("у"), "e"},
		{"Ukrainian і", letter("і"), "s"},
		{"Greek ξ", letter("ξ"), "j"},
		{"Hebrew", letter("ר"), "r"},
		{"Arabic", letter("ت"), "j"},
		{"Arabic question mark", letter("؟"), "?"},
		{"an Arabic key of two letters", tea.Key{Code: tea.KeyExtended, Text: "لا"}, "b"},
		{"Persian", letter("ک"), ";"},
		{"Korean", letter("ㅓ"), "j"},
		{"Thai", letter("่"), "j"},
		{"full width", letter("ｊ"), "j"},
		{"full width question mark", letter("？"), "?"},
		{"an accented letter of no layout", letter("é"), "é"},
		{"bound by the config", letter("ё"), "ё"},
		{"the terminal tells the place", tea.Key{Code: 'љ', BaseCode: 'q'}, "q"},
		{"Ctrl with a Russian letter", tea.Key{Code: 'л', Mod: tea.ModCtrl}, "ctrl+k"},
		{"Ctrl, and the terminal tells the place", tea.Key{Code: 'л', BaseCode: 'k', Mod: tea.ModCtrl}, "ctrl+k"},
		{"Ctrl-Y of a German keyboard", tea.Key{Code: 'y', BaseCode: 'z', Mod: tea.ModCtrl}, "ctrl+y"},
		{"Enter", tea.Key{Code: tea.KeyEnter}, "enter"},
	} {
		if got := m.command(inList, "", tt.key, m.stroke(tt.key)); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}
