package inbox_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"parley/inbox"
)

func valuesOf(p inbox.Participant, agent string) map[string]string {
	c := inbox.Conversation{ID: inbox.NewConversationID("acme", inbox.Twitter, "x"), Participant: p}
	return inbox.TemplateValues(c, agent, time.Date(2026, 11, 21, 9, 30, 0, 0, time.UTC), "15:04")
}

func TestPlacesAreFilledWithWhatIsKnown(t *testing.T) {
	ada := inbox.Participant{ID: "1", Name: "Ada  Quill\u202e", Username: "adaq"}
	for _, tt := range []struct {
		text  string
		who   inbox.Participant
		agent string
		want  string
		empty []string
	}{
		{"no place", ada, "Sam", "no place", nil},
		{"Hi {{first_name}}!", ada, "Sam", "Hi Ada!", nil},
		{"Hi {{ name }}, {{handle}}", ada, "Sam", "Hi Ada Quill, @adaq", nil},
		{"{{agent}} of {{account}} on {{platform}}", ada, "Sam", "Sam of acme on X", nil},
		{"{{date}} {{time}}", ada, "", "2026-11-21 09:30", nil},
		{"Hi {{first_name|there}}!", ada, "", "Hi Ada!", nil},
		{"Hi {{first_name| there }}!", inbox.Participant{}, "", "Hi there!", nil},
		{"Hi {{first_name}}{{first_name}}, {{ agent }}", inbox.Participant{Username: "adaq"}, "", "Hi {{first_name}}{{first_name}}, {{ agent }}", []string{"first_name", "agent"}},
		{"{{first_name|}}", inbox.Participant{}, "", "{{first_name|}}", []string{"first_name"}},
		{"{{first_name}}", inbox.Participant{Name: "王小明"}, "", "王小明", nil},
		{"one } two }} { three", ada, "", "one } two }} { three", nil},
		{"{{name}}", inbox.Participant{Name: "{{agent}}"}, "Sam", "{{agent}}", nil}, // a name is no template
	} {
		tmpl, err := inbox.ParseTemplate(tt.text)
		if err != nil {
			t.Errorf("%q: %v", tt.text, err)
			continue
		}
		got, empty := tmpl.Fill(valuesOf(tt.who, tt.agent))
		if got != tt.want || !slices.Equal(empty, tt.empty) {
			t.Errorf("%q becomes %q with %q empty, want %q, %q", tt.text, got, empty, tt.want, tt.empty)
		}
		if len(tt.empty) > 0 && !slices.Equal(inbox.Unfilled(got), tt.empty) {
			t.Errorf("%q: unfilled are %q", got, inbox.Unfilled(got))
		}
	}
}

func TestEveryVariableHasAValueWhereAllIsKnown(t *testing.T) {
	values := valuesOf(inbox.Participant{Name: "Ada Quill", Username: "adaq"}, "Sam")
	for _, v := range inbox.TemplateVariables() {
		if values[v.Name] == "" || v.Help == "" {
			t.Errorf("%s: %q, %q", v.Name, values[v.Name], v.Help)
		}
	}
	if len(values) != len(inbox.TemplateVariables()) {
		t.Errorf("values that no variable names: %v", values)
	}
}

func TestMistakesInATemplateNameTheirPlace(t *testing.T) {
	for text, want := range map[string]string{
		"Hi {{frist_name}}":                   `1:4: there is no variable "frist_name"; known are: first_name, name,`,
		"Grüße,\nein {{ }}":                   `2:5: there is no variable ""`,
		"one\n\n  {{name":                     `3:3: "{{name" is not closed with }} on its line`,
		"{{name\n}}":                          `1:1: "{{name" is not closed`,
		"{{name}} {{{agent}}}":                `1:10: there is no variable "{agent"`,
		"{{" + strings.Repeat("x", 99) + "}}": `there is no variable "xxxxxxxxxx`,
	} {
		_, err := inbox.ParseTemplate(text)
		var wrong *inbox.TemplateError
		if !errors.As(err, &wrong) || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
}

func TestOnlyPlacesKeepATextFromBeingSent(t *testing.T) {
	for text, want := range map[string][]string{
		"plain":                             nil,
		"{{first_name}} {{ first_name|x }}": {"first_name"},
		"in Go write {{.Name}} or {{end}}":  nil,
		"{{ {{agent}}":                      {"agent"},
		"{{agent":                           nil,
	} {
		if got := inbox.Unfilled(text); !slices.Equal(got, want) {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func TestThePlatformsVariantAndTheAgentsOwnComeFirst(t *testing.T) {
	all := append(inbox.BuiltInReplies(),
		inbox.Reply{Name: "late", Text: "for all", Source: "late.md"},
		inbox.Reply{Name: "late", Platform: inbox.Instagram, Text: "for Instagram", Source: "late.instagram.md"},
		inbox.Reply{Name: "only", Platform: inbox.Facebook, Text: "for Facebook", Source: "only.facebook.md"},
		inbox.Reply{Name: "automated/de", Text: "eigene automatische Antwort", Source: "automated/de.md"},
	)
	for _, tt := range []struct {
		platform   inbox.Platform
		name, want string // "" for not there
	}{
		{inbox.Instagram, "late", "for Instagram"},
		{inbox.Facebook, "late", "for all"},
		{inbox.Facebook, "only", "for Facebook"},
		{inbox.Twitter, "only", ""},
		{inbox.Twitter, "automated/de", "eigene automatische Antwort"},
	} {
		r, err := inbox.FindReply(all, tt.name, tt.platform)
		if r.Text != tt.want || (err != nil) != (tt.want == "") {
			t.Errorf("%s for %s: %q, %v", tt.name, tt.platform, r.Text, err)
		}
	}
	if n := len(inbox.RepliesFor(all, inbox.Twitter)); n != len(inbox.BuiltInReplies())+1 {
		t.Errorf("%d replies for X", n)
	}
}

func TestBuiltInRepliesSayThatNobodyTypedThem(t *testing.T) {
	for _, r := range inbox.BuiltInReplies() {
		if !inbox.DisclosesAutomation(r.Text) {
			t.Errorf("%s does not: %s", r.Name, r.Text)
		}
		if made, err := inbox.NewReply(r.Name, "", r.Text, ""); err != nil || made != r {
			t.Errorf("%s: %+v, %v", r.Name, made, err)
		}
	}
}

func FuzzTemplate(f *testing.F) {
	for _, text := range []string{"Hi {{first_name|there}}\n", "{{", "}}", "{{{{name}}}}", "{{a\n}}", "ü{{ handle }}\x1b[2J", "{{name|{{agent}}}}"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		r, err := inbox.NewReply("x", "", text, "x.md")
		if err != nil {
			var wrong *inbox.TemplateError
			if !errors.As(err, &wrong) || wrong.Line < 1 || wrong.Column < 1 || wrong.Line > strings.Count(inbox.Clean(text), "\n")+1 {
				t.Fatalf("%q: %v", text, err)
			}
			return
		}
		filled, empty := r.Fill(valuesOf(inbox.Participant{Name: "Ada", Username: "a"}, "Sam"))
		if len(empty) > 0 {
			t.Fatalf("%q: %q are empty although all is known", text, empty)
		}
		if filled != inbox.Clean(filled) {
			t.Fatalf("%q becomes hostile: %q", text, filled)
		}
	})
}
