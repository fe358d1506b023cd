package cli

// The three forms of an export. Whatever a customer has written stays a text in
// them: it is no markup, and nothing of it is loaded.

import (
	"fmt"
	"html/template"
	"io"
	"strings"
	"time"

	"parley/inbox"
)

// jsonExport writes one object.
type jsonExport struct{ some bool }

func (*jsonExport) begin(w io.Writer, c exportHead) error {
	head, err := marshalPlain(c.Conversation)
	if err != nil {
		return err
	}
	zone, err := marshalPlain(c.Zone.String())
	if err != nil {
		return err
	}
	at, err := timestamp(c.At).MarshalJSON()
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(w, "{\"conversation\": %s,\n\"zone\": %s,\n\"exported_at\": %s,\n\"messages\": [", head, zone, at)
	return err
}

// marshalPlain is the JSON of a value, with < and > as they are.
func marshalPlain(v any) (string, error) {
	var b strings.Builder
	err := jsonLines(&b).Encode(v)
	return strings.TrimSpace(b.String()), err
}

type exportAttachment struct {
	Type     string    `json:"type"`
	URL      string    `json:"url"`
	Title    string    `json:"title"`
	LinkFrom timestamp `json:"link_from"`
}

type exportReaction struct {
	Emoji string `json:"emoji"`
	Mine  bool   `json:"mine"`
}

type exportRecord struct {
	ID          inbox.MessageID    `json:"id"`
	Kind        string             `json:"kind"`
	Author      string             `json:"author"`
	Text        string             `json:"text"`
	CreatedAt   timestamp          `json:"created_at"`
	LocalTime   string             `json:"local_time"`
	EditedAt    timestamp          `json:"edited_at"`
	Unsent      bool               `json:"unsent"`
	Unsupported string             `json:"unsupported"`
	Attachments []exportAttachment `json:"attachments"`
	Reactions   []exportReaction   `json:"reactions"`
}

func (j *jsonExport) message(w io.Writer, m exportMessage) error {
	r := exportRecord{
		ID: m.ID, Kind: m.Kind, Author: m.Author, Text: m.Text, CreatedAt: timestamp(m.CreatedAt),
		LocalTime: m.CreatedAt.In(m.Zone).Format(time.RFC3339), Unsent: m.Deleted, Unsupported: m.Unsupported,
		Attachments: []exportAttachment{}, Reactions: []exportReaction{},
	}
	if m.edited() {
		r.EditedAt = timestamp(m.UpdatedAt)
	}
	for _, at := range m.Attachments {
		r.Attachments = append(r.Attachments, exportAttachment{at.Type, at.URL, at.Title, timestamp(at.AsOf)})
	}
	for _, x := range m.Reactions {
		r.Reactions = append(r.Reactions, exportReaction{x.Emoji, x.Mine})
	}
	before := ",\n"
	if !j.some {
		before, j.some = "\n", true
	}
	if _, err := io.WriteString(w, before); err != nil {
		return err
	}
	text, err := marshalPlain(r)
	if err == nil {
		_, err = io.WriteString(w, text)
	}
	return err
}

func (*jsonExport) end(w io.Writer) error {
	_, err := io.WriteString(w, "\n]}\n")
	return err
}

// markdownExport writes CommonMark.
type markdownExport struct{}

func (markdownExport) begin(w io.Writer, c exportHead) error {
	_, err := fmt.Fprintf(w, "# %s\n\n%s, account %s, conversation %s  \nexported %s\n",
		markdown(c.Conversation.Participant.Name), markdown(c.Platform), markdown(string(c.Conversation.Account)),
		markdown(string(c.Conversation.ID)), c.At.In(c.Zone).Format("2006-01-02 15:04 -0700"))
	return err
}

func (markdownExport) message(w io.Writer, m exportMessage) error {
	var b strings.Builder
	fmt.Fprintf(&b, "\n**%s** · %s", markdown(m.Author), m.localTime())
	if m.Kind == "note" {
		b.WriteString(" · note")
	}
	if m.edited() {
		b.WriteString(" · edited")
	}
	b.WriteString("\n\n")
	if m.Deleted {
		b.WriteString("> *unsent*\n")
	}
	for line := range strings.Lines(strings.TrimSpace(m.body())) {
		fmt.Fprintf(&b, "> %s  \n", markdown(strings.TrimRight(line, "\n")))
	}
	for _, at := range m.Attachments {
		fmt.Fprintf(&b, "> %s  \n", markdown(strings.Join(strings.Fields("["+at.Type+"] "+at.Title+" "+at.URL+" "+linkAge(at, m.Zone)), " ")))
	}
	for _, x := range m.Reactions {
		fmt.Fprintf(&b, "> %s%s  \n", markdown(x.Emoji), mineOf(x))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func (markdownExport) end(io.Writer) error { return nil }

// markdown makes a text stand for itself: CommonMark lets a backslash take the
// meaning from any ASCII punctuation. What never has one by itself is left as it
// is, so that the text can be read without being rendered.
func markdown(text string) string {
	var b strings.Builder
	for _, r := range inbox.CleanLine(text) {
		if r < 0x80 && strings.ContainsRune("#$&()*+-.:<=>@[\\]^_`{|}~", r) {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}

// linkAge says when a link was given, "" when that is not known.
func linkAge(at inbox.Attachment, zone *time.Location) string {
	if at.AsOf.IsZero() || at.URL == "" {
		return ""
	}
	return "(link of " + minuteOf(at.AsOf, zone) + ")"
}

func mineOf(r inbox.Reaction) string {
	if r.Mine {
		return " (ours)"
	}
	return ""
}

// htmlExport writes one page that loads nothing: the policy in its head forbids
// what its text does not ask for anyway.
type htmlExport struct{}

var exportPage = template.Must(template.New("").Funcs(template.FuncMap{
	"age": linkAge, "mine": mineOf, "local": exportMessage.localTime, "edited": exportMessage.edited, "body": exportMessage.body,
}).Parse(`
{{- define "begin" -}}
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="referrer" content="no-referrer">
<meta name="viewport" content="width=device-width">
<title>{{.Conversation.Participant.Name}}, {{.Platform}}</title>
<style>
body { max-width: 46rem; margin: 2rem auto; padding: 0 1rem; font: 1rem/1.5 system-ui, sans-serif; color: #1c1e21; background: #fff }
article { margin: 1rem 6rem 1rem 0; padding: .5rem .8rem; border-radius: .5rem; background: #eef0f3 }
article.sent { margin: 1rem 0 1rem 6rem; background: #dcebff }
article.note { margin: 1rem 3rem; background: #fff3c4 }
header { color: #4a4f57; font-size: .85rem }
p { margin: .2rem 0; white-space: pre-wrap; overflow-wrap: anywhere }
.unsent { font-style: italic }
</style>
</head>
<body>
<h1>{{.Conversation.Participant.Name}}</h1>
<p>{{.Platform}}, account {{.Conversation.Account}}, conversation {{.Conversation.ID}}
exported {{(.At.In .Zone).Format "2006-01-02 15:04 -0700"}}</p>
{{end}}
{{- define "message" -}}
<article class="{{.Kind}}">
<header>{{.Author}} · <time datetime="{{.CreatedAt.UTC.Format "2006-01-02T15:04:05.000Z"}}">{{local .}}</time>{{if eq .Kind "note"}} · note{{end}}{{if edited .}} · edited{{end}}</header>
{{if .Deleted}}<p class="unsent">unsent</p>
{{end}}{{with body .}}<p dir="auto">{{.}}</p>
{{end}}{{$zone := .Zone}}{{range .Attachments}}<p>[{{.Type}}] {{.Title}} {{if .URL}}<a href="{{.URL}}" rel="noreferrer noopener nofollow">{{.URL}}</a> {{age . $zone}}{{end}}</p>
{{end}}{{range .Reactions}}<p>{{.Emoji}}{{mine .}}</p>
{{end}}</article>
{{end}}
{{- define "end"}}</body>
</html>
{{end}}`))

func (htmlExport) begin(w io.Writer, c exportHead) error {
	return exportPage.ExecuteTemplate(w, "begin", c)
}

func (htmlExport) message(w io.Writer, m exportMessage) error {
	return exportPage.ExecuteTemplate(w, "message", m)
}

func (htmlExport) end(w io.Writer) error { return exportPage.ExecuteTemplate(w, "end", nil) }
