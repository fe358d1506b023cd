package ui_test

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"parley/inbox"
	"parley/ui"

	"github.com/charmbracelet/x/ansi"
)

// go test ./ui -run TestScreens -write renews the screens in testdata.
var write = flag.Bool("write", false, "write the screens in testdata anew")

// busyMorning is a world with something of everything that a screen shows.
func busyMorning(s *shop) {
	threeCustomers(s)
	for _, c := range []struct {
		platform inbox.Platform
		name     string
		text     string
		ago      time.Duration
	}{
		{inbox.Instagram, "김하은", "사이즈 교환 가능할까요?", 40 * time.Minute},
		{inbox.Facebook, "Zoë 🌿✨", "😍😍😍", 23*time.Hour + 20*time.Minute},
		{inbox.Instagram, "ليلى الخطيب", "هل المقاس متوفر؟", 6*24*time.Hour + 20*time.Hour},
		{inbox.Facebook, "Wendell Price", "is anybody there?", 30 * time.Hour},
		{inbox.Twitter, "Nobody in particular, with a name that does not end", "hello", 3 * 24 * time.Hour},
	} {
		s.writes(c.platform, c.name, c.text, c.ago)
	}
	maya := id(inbox.Instagram, "Maya")
	for _, change := range []inbox.TriageChange{inbox.AddLabels{Labels: []string{"size", "vip"}}, inbox.Take{}} {
		if _, err := s.in.Triage(s.ctx, []inbox.ConversationID{maya}, change); err != nil {
			s.T.Fatal(err)
		}
	}
	b := s.batch(inbox.Instagram, "Maya", inbox.Message{
		Direction: inbox.Received, Text: "I need size 38 instead: https://shop.example/wren", CreatedAt: time.Now().Add(-2 * time.Minute),
		Attachments: []inbox.Attachment{{Type: "image", URL: "https://cdn.example/photo.jpg"}}, Reactions: []inbox.Reaction{{UserID: "us", Emoji: "❤️", Mine: true}},
	})
	known := inbox.Participant{ID: "id-Maya", Name: "Maya", Username: "maya.makes"}
	b.Conversations[0].Participant, b.Messages[0].Peer = known, known
	s.ingest(b)
	s.ingest(s.batch(inbox.Instagram, "Maya", inbox.Message{Direction: inbox.Sent, Text: "We have it, one moment.", CreatedAt: time.Now().Add(-time.Minute)}))
	if _, err := s.in.AddNote(s.ctx, maya, "prefers short answers", "Ann"); err != nil {
		s.T.Fatal(err)
	}
	if err := s.in.SaveDraft(s.ctx, inbox.Draft{Conversation: id(inbox.Facebook, "Jamal"), Text: "It is on", UpdatedAt: time.Now()}); err != nil {
		s.T.Fatal(err)
	}
	s.provider.SendFunc = func(context.Context, inbox.Outgoing) (inbox.SendResult, error) {
		err := &inbox.Error{Kind: inbox.Rejected, Text: "the recipient was not found"}
		return inbox.SendResult{Parts: []inbox.PartResult{{State: inbox.StateFailed, Err: err}}}, err
	}
}

// TestScreens compares whole screens, with their styles, with those that are kept:
// what a change does to the look of things is seen where it is reviewed.
func TestScreens(t *testing.T) {
	scenes := []struct {
		name string
		keys []string
	}{
		{"list", nil},
		{"answer", []string{"I", "enter", "r", "O", "k", "!"}}, // with the customer's column where there is room
		{"keys", []string{"?"}},
		{"palette", []string{"ctrl+k", "d", "o"}},
	}
	for _, size := range []struct{ width, height int }{{80, 24}, {120, 40}, {200, 60}} {
		for _, theme := range []string{ui.ThemeDark, ui.ThemeLight} {
			for _, scene := range scenes {
				name := fmt.Sprintf("%s-%dx%d-%s", scene.name, size.width, size.height, theme)
				t.Run(name, func(t *testing.T) {
					atShop(t, size.width, size.height, ui.Options{Theme: theme}, busyMorning, func(s *shop) {
						for _, key := range scene.keys {
							if key != "I" || size.width >= 120 {
								s.Press(key)
							}
						}
						s.Wait(10 * time.Second)
						compareScreen(t, name, picture(s.View().Content))
					})
				})
			}
		}
	}
}

func compareScreen(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", "screens", name+".txt")
	if *write {
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("the screen has changed; if it should have: go test ./ui -run TestScreens -write\n%s", firstDifference(string(want), got))
	}
}

func firstDifference(want, got string) string {
	a, b := strings.Split(want, "\n"), strings.Split(got, "\n")
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return fmt.Sprintf("line %d was\n  %s\nand is\n  %s", i+1, a[i], b[i])
		}
	}
	return fmt.Sprintf("it had %d lines, and has %d", len(a), len(b))
}

// picture is a frame as text: its lines, then for each the styles of its cells, as
// letters with the number of cells, then what the letters mean.
func picture(frame string) string {
	p := painter{letters: map[string]rune{"": '.'}}
	var text, looks strings.Builder
	for line := range strings.SplitSeq(frame, "\n") {
		text.WriteString(strings.TrimRight(ansi.Strip(line), " ") + "\n")
		looks.WriteString(p.line(line) + "\n")
	}
	return text.String() + "\n" + looks.String() + "\n" + strings.Join(p.legend, "\n") + "\n"
}

// painter gives letters to styles, in the order in which they appear.
type painter struct {
	letters map[string]rune
	legend  []string
}

func (p *painter) letter(style string) rune {
	if l, known := p.letters[style]; known {
		return l
	}
	l := []rune("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")[len(p.legend)]
	p.letters[style] = l
	p.legend = append(p.legend, string(l)+" "+style)
	return l
}

// line are the styles of a line: a letter and a number for each run of cells.
func (p *painter) line(line string) string {
	var runs []string
	var last rune
	count := 0
	end := func() {
		if count > 0 {
			runs = append(runs, fmt.Sprintf("%c%d", last, count))
		}
	}
	style, state := "", byte(0)
	for len(line) > 0 {
		seq, width, n, next := ansi.DecodeSequence(line, state, nil)
		line, state = line[n:], next
		switch {
		case width > 0:
			if l := p.letter(style); l != last {
				end()
				last, count = l, 0
			}
			count += width
		case seq == "\x1b[m":
			style = ""
		case strings.HasPrefix(seq, "\x1b[") && strings.HasSuffix(seq, "m"):
			style = strings.TrimPrefix(style+" "+seq[2:len(seq)-1], " ")
		}
	}
	end()
	return strings.Join(runs, " ")
}
