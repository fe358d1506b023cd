package ui

import (
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

// typing runs keys on an editor; what is no key is typed.
func typing(e *editor, keys ...string) {
	for _, key := range keys {
		if _, used := e.press(key); !used {
			e.insert(key)
		}
	}
}

func newTestEditor(width int) *editor {
	e := newEditor(methods["graphemes"], 1000)
	e.resize(e.cells, width, 3)
	return &e
}

func TestEditorKeys(t *testing.T) {
	for _, tt := range []struct {
		name string
		keys []string
		want string // | is the cursor
	}{
		{"types", []string{"h", "i"}, "hi|"},
		{"moves by clusters", []string{"a👨‍👩‍👧‍👦b", "left", "left"}, "a|👨‍👩‍👧‍👦b"},
		{"backspace takes a whole emoji", []string{"ok👨‍👩‍👧‍👦", "backspace"}, "ok|"},
		{"delete takes a whole emoji", []string{"👨‍👩‍👧‍👦!", "home", "delete"}, "|!"},
		{"backspace joins lines", []string{"a\nb", "left", "backspace"}, "a|b"},
		{"a word back", []string{"one two  ", "ctrl+w"}, "one |"},
		{"to the line's beginning", []string{"one\ntwo three", "ctrl+u"}, "one\n|"},
		{"by words", []string{"one two", "ctrl+left", "ctrl+left", "ctrl+right"}, "one| two"},
		{"up keeps the column", []string{"abcd\nx\nefgh", "up", "up"}, "abcd|\nx\nefgh"},
		{"up beyond the top goes to the beginning", []string{"abc", "up"}, "|abc"},
		{"down beyond the end goes to the end", []string{"abc", "home", "down"}, "abc|"},
		{"home and end are of the row", []string{"a\nbcd\ne", "up", "end", "X", "home", "Y"}, "a\nY|bcdX\ne"},
		{"control characters are not text", []string{"a\x1b[31mb\u009bc\x00"}, "a[31mbc|"},
		{"line ends become one kind", []string{"a\r\nb\rc"}, "a\nb\nc|"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			e := newTestEditor(20)
			typing(e, tt.keys...)
			if got := e.text[:e.at] + "|" + e.text[e.at:]; got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestEditorRefusesMoreThanItMayHold(t *testing.T) {
	e := newTestEditor(20)
	if e.insert(strings.Repeat("x", 1001)) || e.text != "" {
		t.Errorf("took %d bytes, may hold 1000", len(e.text))
	}
	if !e.insert(strings.Repeat("x", 1000)) || e.insert("y") {
		t.Error("must hold exactly 1000 bytes")
	}
}

func TestEditorScrollsWithTheCursor(t *testing.T) {
	e := newTestEditor(20)
	typing(e, "1\n2\n3\n4\n5")
	if row, _ := e.place(); row != 2 || e.visibleRow(row) != "5" {
		t.Errorf("cursor on row %d of the screen, which shows %q", row, e.visibleRow(row))
	}
	typing(e, "ctrl+home")
	if row, _ := e.place(); row != 0 || e.visibleRow(0) != "1" {
		t.Errorf("cursor on row %d of the screen, which shows %q", row, e.visibleRow(row))
	}
}

func TestEditorKeepsItsCursorInTheTextAndOnTheScreen(t *testing.T) {
	keys := []string{
		"left", "right", "up", "down", "home", "end", "backspace", "delete", "ctrl+w", "ctrl+u", "ctrl+left", "ctrl+right",
		"pgup", "pgdown", "ctrl+home", "ctrl+end", "ctrl+delete", "a", "b ", "\n", "日本", "👨‍👩‍👧‍👦", "e\u0301", "\u0301", "🇵", "   ", "\t", "\x1b",
	}
	rapid.Check(t, func(t *rapid.T) {
		e := newEditor(methods[rapid.SampledFrom([]string{"wcwidth", "graphemes"}).Draw(t, "method")], 400)
		for range rapid.IntRange(1, 60).Draw(t, "steps") {
			e.resize(e.cells, rapid.IntRange(1, 12).Draw(t, "width"), rapid.IntRange(1, 4).Draw(t, "height"))
			typing(&e, rapid.SampledFrom(keys).Draw(t, "key"))
			if !utf8.ValidString(e.text[:e.at]) || !utf8.ValidString(e.text[e.at:]) {
				t.Fatalf("the cursor stands inside of a character: %q|%q", e.text[:e.at], e.text[e.at:])
			}
			if row, column := e.place(); row < 0 || row >= e.height || column < 0 || column >= e.width {
				t.Fatalf("the cursor is at %d,%d of %dx%d", column, row, e.width, e.height)
			}
		}
	})
}
