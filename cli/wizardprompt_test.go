package cli

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"parley/inbox"
)

func TestTidyLine(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		typed, want string
		refused     bool
		left        bool
	}{
		{typed: "acme\n", want: "acme"},
		{typed: "  pass show 'a b' \r\n", want: "pass show 'a b'"},
		{typed: "\x1b[200~https://a.example\x1b[201~\n", want: "https://a.example"},
		{typed: "Café 漢\n", want: "Café 漢"},
		{typed: "\n"},
		{typed: "\x1b\n", left: true},
		{typed: "\x1b\x1b\n", left: true},
		{typed: "ac\x1b[Dme\n", refused: true},
		{typed: "ac\tme\n", refused: true},
		{typed: "acme\u202e\n", refused: true},
		{typed: "ac\x9bme\n", refused: true},
		{typed: "ac\u009bme\n", refused: true},
	} {
		got, err := tidyLine(c.typed)
		if got != c.want || errors.Is(err, errLeft) != c.left || (err != nil) != (c.refused || c.left) {
			t.Errorf("%q: %q, %v", c.typed, got, err)
		}
	}
}

func TestTidySecret(t *testing.T) {
	t.Parallel()
	for typed, want := range map[string]string{
		"key": "key", " key\t": "key", `"key"`: "key", " 'key' ": "key", "`key`": "key", `"key`: `"key`, `k"ey`: `k"ey`, "": "", `""`: "",
	} {
		if got, err := tidySecret(typed); got != want || err != nil {
			t.Errorf("%q: %q, %v", typed, got, err)
		}
	}
	for _, typed := range []string{"Bearer key", "clé", "k\x00y", "“key”", "k\u00a0y"} {
		if got, err := tidySecret(typed); got != "" || err == nil {
			t.Errorf("%q: %q, %v", typed, got, err)
		}
	}
}

// TestUnseenLine: keys that are typed and pasted blindly become the line that was
// meant.
func TestUnseenLine(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		pieces []string
		want   string
		err    error
	}{
		{pieces: []string{"k", "e", "y", "\r"}, want: "key"},
		{pieces: []string{"key\r"}, want: "key"},
		{pieces: []string{"\nkey\r\n"}, want: "key"},
		{pieces: []string{"kex\x7fy\r"}, want: "key"},
		{pieces: []string{"\x7f\bkey\r"}, want: "key"},
		{pieces: []string{"wrong\x15key\r"}, want: "key"},
		{pieces: []string{"k\x1b[De\x1bOCy\x1b[1;5C\x1bx\r"}, want: "key"},
		{pieces: []string{"\x1b[200~key\r\x1b[201~"}, want: "key"},
		{pieces: []string{"key\x04\r"}, want: "key"},
		{pieces: []string{"\r"}},
		{pieces: []string{"one\rtwo\r"}, err: errSeveralLines},
		{pieces: []string{"one\r\n\r\ntwo"}, err: errSeveralLines},
		{pieces: []string{"half", "\x03"}, err: errLeft},
		{pieces: []string{"half", "\x1b"}, err: errLeft},
		{pieces: []string{"\x04"}, err: errLeft},
	} {
		var line unseenLine
		done, err := false, error(nil)
		for _, piece := range c.pieces {
			if done, err = line.take(piece); done || err != nil {
				break
			}
		}
		if !errors.Is(err, c.err) || err == nil && (!done || string(line.text) != c.want) {
			t.Errorf("%q: %q, %v, %v", c.pieces, line.text, done, err)
		}
	}
}

// FuzzPrompt: whatever a terminal gives, what is taken of it can be written to a
// config, or put into a header, as it is.
func FuzzPrompt(f *testing.F) {
	for _, seed := range []string{"key\r", "\x1b[200~a\rb\x1b[201~", "\x1b", "\x1b[", "\x1bO", "\x1b[1;", "k\x7f\x7f", "\xff\xfe", "'\"`"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, typed string) {
		if line, err := tidyLine(typed); err == nil {
			if !utf8.ValidString(line) || strings.ContainsFunc(line, unicode.IsControl) || inbox.Clean(line) != line || strings.TrimSpace(line) != line {
				t.Errorf("the line %q of %q", line, typed)
			}
		}
		var unseen unseenLine
		if done, err := unseen.take(typed); done && err == nil {
			secret, err := tidySecret(string(unseen.text))
			if err == nil && strings.ContainsFunc(secret, func(r rune) bool { return r <= ' ' || r > '~' }) {
				t.Errorf("the secret %q of %q", secret, typed)
			}
		}
	})
}

func TestChosen(t *testing.T) {
	t.Parallel()
	choices := []choice{{"again", ""}, {"all", ""}, {"retry", ""}, {"al", ""}}
	for answer, want := range map[string]int{
		"1": 0, "4": 3, "0": -1, "5": -1, "-1": -1, "again": 0, "AGAIN": 0, "ag": 0, "r": 2, "a": -1, "al": 3, "x": -1, "": -1,
	} {
		if got := chosen(answer, choices); got != want {
			t.Errorf("%q: %d, want %d", answer, got, want)
		}
	}
}

func TestPlatformsIn(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][]inbox.Platform{
		"facebook, instagram": {inbox.Facebook, inbox.Instagram},
		"X":                   {inbox.Twitter},
		"ig FB,fb":            {inbox.Instagram, inbox.Facebook},
		"Fax":                 {"fax"},
		" , ":                 nil,
	} {
		if got := platformsIn(text); !slices.Equal(got, want) {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func TestWrapWords(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"":                       "",
		"short":                  "short",
		"\nfits there\n":         "\nfits there\n",
		"one two three four":     "one two\nthree four",
		"a 12345678-9abc-def z":  "a\n12345678-9abc-def\nz",
		"漢字漢字 漢字":                "漢字漢字\n漢字",
		"one\n  two three fours": "one\ntwo three\nfours",
	} {
		if got := wrapWords(text, 10); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}
