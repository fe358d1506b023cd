package cli

import (
	"bufio"
	"context"
	"io"
	"reflect"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"parley/config"
	"parley/inbox"
	"parley/ui"
)

// plainAlone is where an action is in plain mode that has no command: another
// word, or why none is needed.
var plainAlone = map[string]struct{ word, reason string }{
	"down": {word: "next"}, "page-down": {word: "more"}, "half-down": {word: "more"}, "bottom": {word: "read"},
	"up":               {reason: "a line that was told stays: the terminal scrolls back, and numbers open what it shows"},
	"page-up":          {word: "more"},
	"half-up":          {word: "more"},
	"top":              {word: "list"},
	"list":             {word: "back"},
	"clear":            {word: "list"},
	"switch":           {reason: "there are no panes"},
	"undo":             {word: "undo"},
	"mark":             {reason: "commands take several numbers, or a --query"},
	"mark-range":       {reason: "commands take several numbers, or a --query"},
	"mark-all":         {reason: "commands take several numbers, or a --query"},
	"next-message":     {word: "more"},
	"previous-message": {word: "more"},
	"newline":          {reason: "Enter begins a new line of an answer; a single dot sends it"},
	"leave":            {word: ".quit"},
	"emoji":            {reason: "the terminal types it; a picker would have to draw"},
	"detach":           {word: ".detach"},
	"note-newline":     {reason: "Enter begins a new line of a note; a single dot keeps it"},
	"note-leave":       {word: ".quit"},
	"pictures":         {reason: "a line cannot show a picture: it names what it is, and links tells its address"},
	"as-text":          {reason: "a path or an address is text, unless .attach stands before it"},
	"suspend":          {reason: "Ctrl-Z is the terminal's own here"},
	"redraw":           {reason: "nothing is drawn"},
	"quit":             {word: "quit"},
	"interrupt":        {reason: "Ctrl-C ends the program here too, and drafts are kept"},
}

// TestEveryActionIsAWord: what a key does on the screen, a word does at the prompt,
// or it is said why none is needed.
func TestEveryActionIsAWord(t *testing.T) {
	t.Parallel()
	p := promptWith(nil, "")
	dotted := (&answer{composing: newComposing(p)})
	dotted.learnWords()
	for _, a := range ui.Actions() {
		alone, named := plainAlone[a.Name]
		if named == (len(a.Twins) > 0) {
			t.Errorf("%s: twins %q, and named as one without: %v", a.Name, a.Twins, named)
		}
		if named && (alone.word == "") == (alone.reason == "") {
			t.Errorf("%s: expected a word or a reason: %+v", a.Name, alone)
		}
		words := a.Twins
		if alone.word != "" {
			words = []string{alone.word}
		}
		for _, word := range words {
			first, _, _ := strings.Cut(word, " ")
			if name, ok := strings.CutPrefix(first, "."); ok {
				if _, known := dotted.words[name]; !known {
					t.Errorf("%s: an answer has no word %s", a.Name, first)
				}
			} else if name, err := p.resolve(first); err != nil || name != first {
				t.Errorf("%s: the prompt makes %q of %s, %v", a.Name, name, first, err)
			}
		}
	}
	for name := range plainAlone {
		if !isAction(name) {
			t.Errorf("there is no action %s", name)
		}
	}
}

func isAction(name string) bool {
	for _, a := range ui.Actions() {
		if a.Name == name {
			return true
		}
	}
	return false
}

// TestEveryCommandIsAWord: or it is said why not, and what to do instead.
func TestEveryCommandIsAWord(t *testing.T) {
	t.Parallel()
	p := promptWith(nil, "")
	for _, cmd := range p.tree.Commands() {
		name, err := p.resolve(cmd.Name())
		if why, excluded := notAtPrompt[cmd.Name()]; excluded == (err == nil) || excluded && why == "" {
			t.Errorf("%s: %q, %v, and the reason %q", cmd.Name(), name, err, why)
		}
	}
	for short, name := range shortWords {
		if got, err := p.resolve(strings.Fields(name)[0]); err != nil || got != strings.Fields(name)[0] {
			t.Errorf("%s stands for %q: %v", short, name, err)
		}
	}
}

// promptWith is a prompt whose last listing has these conversations, and where one
// is open.
func promptWith(listed []inbox.ConversationID, open inbox.ConversationID) *plain {
	p := &plain{tree: newApp(nil).command(), open: open, session: &session{}}
	for _, id := range listed {
		p.listing.rows = append(p.listing.rows, plainRow{id: id})
	}
	return p
}

// TestPlainArguments: the open conversation and the listing's numbers stand in for
// CONVERSATION.
func TestPlainArguments(t *testing.T) {
	t.Parallel()
	const ann, bo, cy inbox.ConversationID = "acme/facebook/ann", "acme/facebook/bo", "acme/facebook/cy"
	listed := []inbox.ConversationID{ann, bo, cy}
	for _, c := range []struct {
		open inbox.ConversationID
		line string
		want string // joined by |
	}{
		{"", "done 1 3", "--|" + string(ann) + "|" + string(cy)},
		{"", `done "bo b"`, "--|bo b"},
		{bo, "done", "--|" + string(bo)},
		{bo, "done 1", "--|" + string(ann)},
		{bo, "done --query is:unread", "--query|is:unread|--"},
		{bo, "done --help", "--help|--"},
		{"", "done", "--"},
		{"", "snooze 2 tomorrow 8am", "--|" + string(bo) + "|tomorrow 8am"},
		{"", "snooze anna 2h before close", "--|anna|2h before close"},
		{bo, "snooze tomorrow 8am", "--|" + string(bo) + "|tomorrow 8am"},
		{bo, "snooze 1 2 14:30", "--|" + string(ann) + "|" + string(bo) + "|14:30"},
		{bo, "snooze acme/facebook/cy 2h", "--|" + string(cy) + "|2h"},
		{"", "snooze --query left<2h tomorrow 8am", "--query|left<2h|--|tomorrow 8am"},
		{"", "label 1 +vip -late", string(ann) + "|+vip|-late"},
		{bo, "label +vip", string(bo) + "|+vip"},
		{bo, "label --query is:unread +vip", "--query|is:unread|+vip"},
		{bo, "send It's late, isn't it?", "--|" + string(bo) + "|It's late, isn't it?"},
		{bo, "send 1 more", "--|" + string(bo) + "|1 more"},
		{bo, `send "two words"`, "--|" + string(bo) + "|two words"},
		{bo, `send "two words" --split`, "--split|--|" + string(bo) + "|two words"},
		{bo, `send "Quoted", she said`, "--|" + string(bo) + `|"Quoted", she said`},
		{bo, `send "Yes" and "no"`, "--|" + string(bo) + `|"Yes" and "no"`},
		{bo, "send --split --media https://x.example/a.jpg take a -  look --wait", "--split|--media|https://x.example/a.jpg|--|" + string(bo) + "|take a -  look --wait"},
		{bo, "send --reply orders/late", "--reply|orders/late|--|" + string(bo)},
		{bo, "send -", "--|" + string(bo) + "|-"},
		{bo, "send - --split --done", "--split|--done|--|" + string(bo) + "|-"},
		{"", "send 1 - --split", "--split|--|" + string(ann) + "|-"},
		{bo, "send - is a dash", "--|" + string(bo) + "|- is a dash"},
		{"", "send 2 -1 is fine", "--|" + string(bo) + "|-1 is fine"},
		{"", "send anna hello there", "--|anna|hello there"},
		{bo, "note pays late", "--|" + string(bo) + "|pays late"},
		{bo, "note --delete n1", "--delete|n1|--|" + string(bo)},
		{bo, "react last ❤️", "--|" + string(bo) + "|last|❤️"},
		{bo, "react 3 last ❤️", "--|" + string(cy) + "|last|❤️"},
		{"", "react 3 last ❤️", "--|" + string(cy) + "|last|❤️"},
		{bo, "show", "--|" + string(bo)},
		{bo, "show 3 --ids", "--ids|--|" + string(cy)},
		{bo, "who", "--|" + string(bo)},
		{bo, "export --format html", "--format|html|--|" + string(bo)},
		{bo, "stats --since 3d", "--since|3d|--"},
		{bo, "autoreply --off --set 'Back at nine.'", "--off|--set|Back at nine.|--"},
	} {
		p := promptWith(listed, c.open)
		words := wordsOf(c.line)
		cmd, _, typed := p.deeper([]string{words[0].text}, typedCommand{c.line, words[1:]})
		args, err := p.arguments(context.Background(), cmd, typed)
		if got := strings.Join(args, "|"); err != nil || got != c.want {
			t.Errorf("%q with %q open:\n got %s, %v\nwant %s", c.line, c.open, got, err, c.want)
		}
	}
	for _, line := range []string{"done 4", "snooze 0 2h", "send 9 hello", "show 12"} {
		p := promptWith(listed, "")
		words := wordsOf(line)
		cmd, _, typed := p.deeper([]string{words[0].text}, typedCommand{line, words[1:]})
		if args, err := p.arguments(context.Background(), cmd, typed); err == nil || !strings.Contains(err.Error(), "the last listing has no number") {
			t.Errorf("%q: %q, %v", line, args, err)
		}
	}
}

func TestWordsOfALine(t *testing.T) {
	t.Parallel()
	for line, want := range map[string][]string{
		"":                nil,
		"  ":              nil,
		"done 1\t2":       {"done", "1", "2"},
		`open "sara j"`:   {"open", "sara j"},
		`send it's Ann's`: {"send", "it's", "Ann's"},
		`send 'tis late`:  {"send", "'tis", "late"},
		`a "b" "c d"`:     {"a", "b", "c d"},
		`from:"anna b"`:   {`from:"anna`, `b"`},
		`"" x`:            {"", "x"},
		`"open`:           {`"open`},
		`"a"b c" d`:       {`a"b c`, "d"},
		"note é 🙏🏽":       {"note", "é", "🙏🏽"},
	} {
		if got := texts(wordsOf(line)); len(got)+len(want) > 0 && !reflect.DeepEqual(got, want) {
			t.Errorf("%q: %q, want %q", line, got, want)
		}
	}
}

// FuzzWordsOf: whatever is typed, words stand where they say, in order, and a line
// without quotes falls at its blanks.
func FuzzWordsOf(f *testing.F) {
	for _, line := range []string{`open "sara j"`, `send it's "a" 'b c'`, "\"", "a\t b", `'' "" '"'`} {
		f.Add(line)
	}
	f.Fuzz(func(t *testing.T, line string) {
		end := 0
		for _, w := range wordsOf(line) {
			from := w.at
			if w.quoted {
				from++
			}
			if w.at < end || !strings.HasPrefix(line[from:], w.text) || !w.quoted && w.text == "" {
				t.Fatalf("%q: %+v", line, w)
			}
			end = from + len(w.text)
		}
		if !strings.ContainsAny(line, `"'`) && utf8.ValidString(line) {
			want := strings.FieldsFunc(line, func(r rune) bool { return r < 0x80 && isBlank(byte(r)) })
			if got := texts(wordsOf(line)); strings.Join(got, "\x00") != strings.Join(want, "\x00") {
				t.Errorf("%q: %q, want %q", line, got, want)
			}
		}
	})
}

// FuzzReadLine: typed bytes come out as clean lines, none is lost, and reading ends.
func FuzzReadLine(f *testing.F) {
	for _, text := range []string{"list\nquit\n", "one\rtwo", "a\r\n\nb", "\x1b[A\x9b31m", "\xff\xfe\n", strings.Repeat("x", 5000)} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		r := bufio.NewReader(strings.NewReader(text))
		for n := 0; ; n++ {
			line, more := readLine(r)
			if strings.ContainsFunc(line.text, isHostile) && !strings.Contains(line.text, "\t") || strings.Contains(line.text, "\n") {
				t.Fatalf("%q gives %q", text, line.text)
			}
			if !more {
				if n != strings.Count(text, "\n") {
					t.Fatalf("%q: %d lines", text, n)
				}
				return
			}
		}
	})
}

func TestALineThatIsTooLong(t *testing.T) {
	t.Parallel()
	r := bufio.NewReader(strings.NewReader(strings.Repeat("x", maxTextBytes+2) + "\nlist\n"))
	if line, more := readLine(r); line.err == nil || !more {
		t.Errorf("it is taken: %v, %v", line.err, more)
	}
	if line, _ := readLine(r); line.err != nil || line.text != "list" {
		t.Errorf("the next line: %q, %v", line.text, line.err)
	}
	if line, _ := readLine(bufio.NewReader(strings.NewReader("caf\xe9\n"))); line.err == nil {
		t.Error("half a letter is taken")
	}
}

// TestABrokenUploadIsNoEnd: an error of the network may well be an end of file, and
// is not that of the input. The text stays.
func TestABrokenUploadIsNoEnd(t *testing.T) {
	t.Parallel()
	p := promptWith(nil, "")
	var said, complained strings.Builder
	p.app, p.out = newApp(nil), &said
	p.app.stderr, p.app.caller.Stdin = &complained, true
	p.lines = newLineSource(strings.NewReader("hello\n.\n.show\n.quit\n"), &guard{})
	c := newComposing(p)
	c.name = "the answer to Ann"
	c.save = func(context.Context) error { return nil }
	c.finish = func(context.Context) (bool, error) {
		return false, &inbox.Error{Kind: inbox.Unavailable, Text: "the line is torn", Err: io.EOF}
	}
	if err := c.compose(t.Context()); err != nil {
		t.Errorf("it ends with %v", err)
	}
	if !strings.Contains(complained.String(), "the line is torn") || said.String() != "Still in the answer to Ann; .quit leaves it.\nhello\nKept as a draft.\n" {
		t.Errorf("%q, %q", said.String(), complained.String())
	}
}

func TestSpokenSpans(t *testing.T) {
	t.Parallel()
	for d, want := range map[time.Duration]string{
		0: "1 second", 400 * time.Millisecond: "1 second", 5 * time.Second: "5 seconds", 59 * time.Second: "59 seconds",
		time.Minute: "1 min", 59 * time.Minute: "59 min", time.Hour: "1 h", 130 * time.Minute: "2 h 10 min",
		3*time.Hour + 10*time.Minute: "3 h", 24 * time.Hour: "1 day", 49 * time.Hour: "2 days 1 h",
	} {
		if got := spoken(d); got != want {
			t.Errorf("%s: %q, want %q", d, got, want)
		}
	}
}

func TestSpokenTimes(t *testing.T) {
	t.Parallel()
	s := promptWith(nil, "")
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	s.config = &config.Config{Screen: config.Screen{TimeZone: zone}}
	now := time.Date(2026, 3, 30, 1, 30, 0, 0, zone) // the clocks went forward on the 29th
	for at, want := range map[time.Time]string{
		now.Add(-time.Hour):                           "00:30",
		now.Add(-2 * time.Hour):                       "yesterday 23:30",
		now.Add(24 * time.Hour):                       "tomorrow 01:30",
		time.Date(2026, 3, 28, 9, 5, 0, 0, zone):      "Saturday 09:05",
		time.Date(2026, 3, 23, 9, 5, 0, 0, zone):      "23 March 09:05",
		time.Date(2025, 12, 31, 9, 5, 0, 0, time.UTC): "31 December 2025 10:05",
		time.Date(2026, 4, 3, 9, 5, 0, 0, zone):       "3 April 09:05",
	} {
		if got := s.clock(at, now); got != want {
			t.Errorf("%s: %q, want %q", at, got, want)
		}
	}
}
