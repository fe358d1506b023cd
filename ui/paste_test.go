package ui

import (
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"parley/inbox"
)

func TestPastesThatAreFilesOrAddresses(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, text string
		want       []string // the likeliest reading
		other      []string // the next one, nil for none
	}{
		{"a plain path", "/home/ada/sara.jpg", []string{"/home/ada/sara.jpg"}, nil},
		{"with the blank that Alacritty adds", "/home/ada/sara.jpg ", []string{"/home/ada/sara.jpg"}, nil},
		{"with a line end", "/home/ada/sara.jpg\r\n", []string{"/home/ada/sara.jpg"}, nil},
		{"in single quotes, as GNOME's terminal", "'/home/ada/sara j.jpg' ", []string{"/home/ada/sara j.jpg"}, nil},
		{"an apostrophe in single quotes", `'/home/ada/it'\''s.jpg'`, []string{"/home/ada/it's.jpg"}, nil},
		{"in double quotes", `"/home/ada/sara \"j\".jpg"`, []string{`/home/ada/sara "j".jpg`}, nil},
		{"a backslash in double quotes is itself", `"/home/ada/a\b.jpg"`, []string{`/home/ada/a\b.jpg`}, nil},
		{"with backslashes, as iTerm2", `/Users/ada/sara\ j\ \(1\).jpg`, []string{"/Users/ada/sara j (1).jpg"}, []string{`/Users/ada/sara\ j\ \(1\).jpg`}},
		{"with raw blanks", "/home/ada/sara j.jpg", []string{"/home/ada/sara j.jpg"}, nil},
		{"with a raw apostrophe", "/home/ada/it's mine.jpg", []string{"/home/ada/it's mine.jpg"}, nil},
		{"a file URL", "file:///home/ada/sara%20j.jpg", []string{"/home/ada/sara j.jpg"}, nil},
		{"a file URL with a host", "file://localhost/home/ada/%C3%BC.jpg", []string{"/home/ada/ü.jpg"}, nil},
		{"file URLs, one to a line", "file:///a/1.jpg\r\nfile:///a/2.jpg\r\n", []string{"/a/1.jpg", "/a/2.jpg"}, nil},
		{"several in a line", "/a/1.jpg '/a/2 2.jpg' /a/3.jpg", []string{"/a/1.jpg", "/a/2 2.jpg", "/a/3.jpg"}, []string{"/a/1.jpg '/a/2 2.jpg' /a/3.jpg"}},
		{"two, or one with a blank before a slash", "/a/b /c.jpg", []string{"/a/b", "/c.jpg"}, []string{"/a/b /c.jpg"}},
		{"one to a line, with raw blanks", "/a/1 1.jpg\n/a/2 2.jpg", []string{"/a/1 1.jpg", "/a/2 2.jpg"}, nil},
		{"in the home folder", "~/sara.jpg", []string{"~/sara.jpg"}, nil},
		{"beside", "./sara.jpg ../b.png", []string{"./sara.jpg", "../b.png"}, []string{"./sara.jpg ../b.png"}},
		{"of Windows", `C:\Users\ada\sara.jpg`, []string{`C:\Users\ada\sara.jpg`}, nil},
		{"of Windows, in quotes", `"C:\Users\Ada B\sara j.jpg"`, []string{`C:\Users\Ada B\sara j.jpg`}, nil},
		{"of Windows, two", `"C:\a b\1.jpg" D:\2.jpg`, []string{`C:\a b\1.jpg`, `D:\2.jpg`}, nil},
		{"of a server", `\\nas\photos\1.jpg`, []string{`\\nas\photos\1.jpg`}, nil},
		{"an address", "https://cdn.example/lamp.jpg", []string{"https://cdn.example/lamp.jpg"}, nil},
		{"addresses", "https://a.example/1.jpg https://a.example/2.png\n", []string{"https://a.example/1.jpg", "https://a.example/2.png"}, nil},
		{"both", "https://a.example/1.jpg\n/home/ada/2.jpg", []string{"https://a.example/1.jpg", "/home/ada/2.jpg"}, nil},
		{"other scripts", "/home/小明/写真 1.jpg", []string{"/home/小明/写真 1.jpg"}, nil},
	} {
		want := [][]string{tt.want}
		if tt.other != nil {
			want = append(want, tt.other)
		}
		if got := pastedThings(tt.text); !slices.EqualFunc(got, want, slices.Equal) {
			t.Errorf("%s: %q is read as %q, want %q", tt.name, tt.text, got, want)
		}
	}
}

func TestPastesThatAreText(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"", "  \n", "hello", "sara.jpg", "see https://cdn.example/lamp.jpg", "https://cdn.example/lamp.jpg is it",
		"http://cdn.example/lamp.jpg", "https://", "https:///a.jpg", "ftp://cdn.example/lamp.jpg", "file://nas/a.jpg", "javascript:alert(1)",
		"/", "~", "~ada/a.jpg", "~/", "./", "//comment", "and/or", "a:b", "C:", `C:\`, "5/7", "-rf", "'half", "\\", "/home/ada/a.jpg\x00", "/a\x1b[2J.jpg",
		"/a.jpg\nthank you", "hello\n/a.jpg", strings.Repeat("/a.jpg ", pasteThings) + "/b.jpg\nx", strings.Repeat("/a", pasteBytes),
	} {
		if got := pastedThings(text); got != nil {
			t.Errorf("%.60q is read as %q", text, got)
		}
	}
}

func FuzzPaste(f *testing.F) {
	for _, text := range []string{"'/a b' /c", `"/a\"b"`, `C:\a "D:\b c"`, "file:///%41%2f", "https://a.example/x.jpg\n/b", `/a\`, "'", "/a\xff"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, things := range pastedThings(text) {
			if len(things) == 0 || len(things) > pasteThings {
				t.Fatalf("%q: %d things", text, len(things))
			}
			for _, thing := range things {
				if thing == "" || utf8.ValidString(text) && strings.ContainsAny(thing, "\n\r") && !strings.Contains(text, "%0") {
					t.Errorf("%q gives %q", text, thing)
				}
			}
		}
	})
}

// FuzzPastedPath: however a terminal writes a path, it is read as that.
func FuzzPastedPath(f *testing.F) {
	for _, name := range []string{"a.jpg", "it's.jpg", `a\b "c" $d`, "写 真.png", "%20 #1?.jpg", " lead"} {
		f.Add(name)
	}
	f.Fuzz(func(t *testing.T, name string) {
		if !utf8.ValidString(name) || name == "" || strings.ContainsFunc(name, isNoPath) || strings.ContainsAny(name, "\n\r\t") || strings.TrimSpace(name) != name || len(name) > 1000 || name[0] == '/' {
			return
		}
		path := "/home/ada/" + name
		var escaped strings.Builder
		for _, r := range path {
			if r != '/' && r < 0x80 && !isLetter(byte(r)) {
				escaped.WriteByte('\\')
			}
			escaped.WriteRune(r)
		}
		for way, text := range map[string]string{
			"quotes":        "'" + strings.ReplaceAll(path, "'", `'\''`) + "'",
			"double quotes": `"` + strings.NewReplacer(`"`, `\"`, `\`, `\\`, `$`, `\$`, "`", "\\`").Replace(path) + `"`,
			"a file URL":    inbox.FileURL(path),
		} {
			if got := pastedThings(text); len(got) == 0 || !slices.Equal(got[0], []string{path}) {
				t.Errorf("%s: %q is read as %q", way, text, got)
			}
		}
		plain := pastedThings(path)
		if !slices.ContainsFunc(plain, func(things []string) bool { return slices.Equal(things, []string{path}) }) {
			t.Errorf("%q is read as %q", path, plain)
		}
		if strings.ContainsFunc(path, func(r rune) bool { return r >= 0x80 && unicode.IsSpace(r) }) {
			return // a backslash stands before blanks of ASCII only
		}
		if got := pastedThings(escaped.String()); len(got) == 0 || !slices.Equal(got[0], []string{path}) {
			t.Errorf("%q is read as %q", escaped.String(), got)
		}
	})
}
