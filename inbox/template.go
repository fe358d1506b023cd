package inbox

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Canned replies are texts with places for what differs from customer to
// customer: {{first_name}}, or {{first_name|there}} with a word for when nothing
// is known. A place for which there is neither stays in the text as it is, and
// keeps it from being sent: "Hello ," is worse than no answer.

// Template is a text with places to fill.
type Template struct{ parts []templatePart }

// templatePart is a stretch of text, or a place.
type templatePart struct {
	text     string
	variable string // "" for text
	fallback string
	written  string // the place as it stands in the text
}

// TemplateVariable is a name that may stand in a place.
type TemplateVariable struct{ Name, Help string }

// TemplateVariables lists the names that are known, with what each stands for.
func TemplateVariables() []TemplateVariable {
	return []TemplateVariable{
		{"first_name", "the first word of the customer's name"},
		{"name", "the customer's name"},
		{"handle", "the customer's @name on the platform"},
		{"agent", "your name: agent in [ui] of the config"},
		{"account", "the account, as the config calls it"},
		{"platform", "Facebook, Instagram or X"},
		{"date", "today, as 2026-11-21"},
		{"time", "the time of day"},
	}
}

func variableNames() []string {
	var names []string
	for _, v := range TemplateVariables() {
		names = append(names, v.Name)
	}
	return names
}

// TemplateError is a mistake in a template, with its place.
type TemplateError struct {
	Line, Column int // from 1; the column in characters
	Text         string
}

func (e *TemplateError) Error() string { return fmt.Sprintf("%d:%d: %s", e.Line, e.Column, e.Text) }

const placeOpens, placeCloses = "{{", "}}"

// ParseTemplate understands a text with places. Its error is a *TemplateError.
func ParseTemplate(text string) (Template, error) {
	var t Template
	for rest := text; rest != ""; {
		before, after, found := strings.Cut(rest, placeOpens)
		if before != "" {
			t.parts = append(t.parts, templatePart{text: before})
		}
		if !found {
			break
		}
		at := len(text) - len(after) - len(placeOpens)
		inside, next, closed := strings.Cut(after, placeCloses)
		if line, _, several := strings.Cut(inside, "\n"); !closed || several {
			return Template{}, errTemplate(text, at, fmt.Sprintf("%q is not closed with }} on its line", cut(placeOpens+line, 30)))
		}
		part, err := parsePlace(inside)
		if err != "" {
			return Template{}, errTemplate(text, at, err)
		}
		t.parts = append(t.parts, part)
		rest = next
	}
	return t, nil
}

func parsePlace(inside string) (part templatePart, wrong string) {
	name, fallback, _ := strings.Cut(inside, "|")
	part = templatePart{variable: strings.TrimSpace(name), fallback: strings.TrimSpace(fallback), written: placeOpens + inside + placeCloses}
	if known := variableNames(); !slices.Contains(known, part.variable) {
		return part, fmt.Sprintf("there is no variable %q; known are: %s", cut(part.variable, 30), strings.Join(known, ", "))
	}
	return part, ""
}

func errTemplate(text string, at int, wrong string) *TemplateError {
	before := text[:at]
	return &TemplateError{
		Line:   strings.Count(before, "\n") + 1,
		Column: len([]rune(before[strings.LastIndex(before, "\n")+1:])) + 1,
		Text:   wrong,
	}
}

// Fill puts the values into their places. A place that has neither a value nor a
// word of its own stays as it is; empty names its variable.
func (t Template) Fill(values map[string]string) (text string, empty []string) {
	var b strings.Builder
	for _, p := range t.parts {
		value := strings.TrimSpace(values[p.variable])
		switch {
		case p.variable == "":
			b.WriteString(p.text)
		case value != "":
			b.WriteString(value)
		case p.fallback != "":
			b.WriteString(p.fallback)
		default:
			b.WriteString(p.written)
			if !slices.Contains(empty, p.variable) {
				empty = append(empty, p.variable)
			}
		}
	}
	return b.String(), empty
}

// Unfilled names the variables whose places still stand in a text that is about
// to be sent. Other braces are the agent's own.
func Unfilled(text string) []string {
	var names []string
	for {
		_, after, found := strings.Cut(text, placeOpens)
		if !found {
			return names
		}
		inside, _, closed := strings.Cut(after, placeCloses)
		if part, wrong := parsePlace(inside); closed && wrong == "" && !slices.Contains(names, part.variable) {
			names = append(names, part.variable)
		}
		text = after
	}
}

// TemplateValues are what the variables stand for in a conversation. Nothing is
// invented: what is not known has no value. now is in the agent's zone, and clock
// how times of day are written.
func TemplateValues(c Conversation, agent string, now time.Time, clock string) map[string]string {
	values := map[string]string{
		"name":     CleanLine(c.Participant.Name),
		"agent":    CleanLine(agent),
		"account":  string(c.ID.Account()),
		"platform": c.ID.Platform().Label(),
		"date":     now.Format(time.DateOnly),
		"time":     now.Format(clock),
	}
	values["first_name"], _, _ = strings.Cut(values["name"], " ")
	if c.Participant.Username != "" {
		values["handle"] = "@" + CleanLine(c.Participant.Username)
	}
	return values
}
