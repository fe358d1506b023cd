package inbox

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
)

// Reply is a canned reply. A name can have a variant for a platform beside the
// one for all others.
type Reply struct {
	Name     string   // "orders/late"
	Platform Platform // "" for all that have no variant
	Text     string   // a template, cleaned
	Source   string   // the file, "" for one that is built in
}

// ReplySource is where the canned replies are kept. An error may come beside
// replies: those are what could be read.
type ReplySource interface {
	Replies(ctx context.Context) ([]Reply, error)
}

// NewReply makes a reply of a text that somebody has written. Its error is a
// *TemplateError.
func NewReply(name string, platform Platform, text, source string) (Reply, error) {
	text = strings.TrimSpace(Clean(text))
	if text == "" {
		return Reply{}, &TemplateError{Line: 1, Column: 1, Text: "there is no text"}
	}
	_, err := ParseTemplate(text)
	return Reply{Name: name, Platform: platform, Text: text, Source: source}, err
}

// Fill puts the values into the reply's places; see [Template.Fill].
func (r Reply) Fill(values map[string]string) (text string, empty []string) {
	t, err := ParseTemplate(r.Text)
	if err != nil {
		return r.Text, nil // NewReply has refused such a text
	}
	return t.Fill(values)
}

// RepliesFor are the replies for a platform, by name, one for each: the variant
// for the platform before the one for all, and what agents have written before
// what is built in.
func RepliesFor(all []Reply, p Platform) []Reply {
	fitting := slices.DeleteFunc(slices.Clone(all), func(r Reply) bool { return r.Platform != "" && r.Platform != p })
	last := func(yes bool) int {
		if yes {
			return 1
		}
		return 0
	}
	slices.SortStableFunc(fitting, func(a, b Reply) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), last(a.Source == "")-last(b.Source == ""), last(a.Platform == "")-last(b.Platform == ""))
	})
	return slices.CompactFunc(fitting, func(a, b Reply) bool { return a.Name == b.Name })
}

// FindReply is the reply of that name for a platform.
func FindReply(all []Reply, name string, p Platform) (Reply, error) {
	var names []string
	for _, r := range RepliesFor(all, p) {
		if r.Name == name {
			return r, nil
		}
		names = append(names, r.Name)
	}
	return Reply{}, &Error{
		Kind: NotFound, Op: "reply", Text: fmt.Sprintf("there is no reply %q for %s", CleanLine(name), p.Label()),
		Hint: "known are: " + strings.Join(names, ", "),
	}
}

// BuiltInReplies say that nobody has typed an answer, in the languages that
// [DisclosesAutomation] knows.
func BuiltInReplies() []Reply {
	return []Reply{
		{Name: "automated/de", Text: "Dies ist eine automatische Antwort; ein Mensch antwortet Ihnen so bald wie möglich."},
		{Name: "automated/en", Text: AutomationNotice},
		{Name: "automated/es", Text: "Esta es una respuesta automática; una persona le responderá lo antes posible."},
		{Name: "automated/fr", Text: "Ceci est une réponse automatique ; une personne vous répondra dès que possible."},
		{Name: "automated/it", Text: "Questa è una risposta automatica; una persona le risponderà il prima possibile."},
		{Name: "automated/pt", Text: "Esta é uma resposta automática; uma pessoa responderá assim que possível."},
	}
}
