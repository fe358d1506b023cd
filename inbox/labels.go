package inbox

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// Labels are an agent's own words for a conversation. Each is one word in lower
// case, so that label:vip finds it however it was typed.

// The limits of labels.
const (
	MaxLabels     = 32 // of one conversation
	MaxLabelRunes = 40
)

// CleanLabel is the label as it is stored: VIP and vip are one, and blanks within
// are dashes.
func CleanLabel(text string) (string, error) {
	label := strings.Join(strings.Fields(strings.ToLower(CleanLine(text))), "-")
	fault := ""
	switch {
	case label == "":
		fault = "is empty"
	case utf8.RuneCountInString(label) > MaxLabelRunes:
		fault = fmt.Sprintf("is longer than %d characters", MaxLabelRunes)
	case strings.HasPrefix(label, "+") || strings.HasPrefix(label, "-"):
		fault = "begins with + or -, which adds and removes labels"
	case strings.Contains(label, `"`):
		fault = "has a quotation mark, which searches need"
	}
	if fault == "" {
		return label, nil
	}
	return "", &Error{Kind: Rejected, Op: "label", Text: fmt.Sprintf("label %q %s", cut(CleanLine(text), MaxLabelRunes), fault), Hint: "a label is a word, such as vip"}
}

func cleanLabels(texts []string) ([]string, error) {
	labels := make([]string, 0, len(texts))
	for _, text := range texts {
		label, err := CleanLabel(text)
		if err != nil {
			return nil, err
		}
		labels = append(labels, label)
	}
	return labels, nil
}

func (a AddLabels) change(t *triaging) error { return SetLabels{Add: a.Labels}.change(t) }

func (r RemoveLabels) change(t *triaging) error { return SetLabels{Remove: r.Labels}.change(t) }

func (s SetLabels) change(t *triaging) error {
	more, err := cleanLabels(s.Add)
	if err != nil {
		return err
	}
	gone, err := cleanLabels(s.Remove)
	if err != nil {
		return err
	}
	labels := slices.DeleteFunc(slices.Clone(t.Triage.Labels), func(label string) bool { return slices.Contains(gone, label) })
	labels = append(labels, more...)
	slices.Sort(labels)
	labels = slices.Compact(labels)
	if len(labels) > MaxLabels && len(labels) > len(t.Triage.Labels) {
		return &Error{
			Kind: Rejected, Op: "label", Text: fmt.Sprintf("the conversation would have %d labels, the limit is %d", len(labels), MaxLabels),
			Hint: "remove one first",
		}
	}
	if t.Triage.Labels = labels; len(labels) == 0 {
		t.Triage.Labels = nil
	}
	return nil
}
