package inbox

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
)

// Composition is what an agent is about to send.
type Composition struct {
	Conversation ConversationID
	Text         string
	Media        []string // URLs
}

// Problem is a reason why a composition cannot be sent, found before anything
// leaves. Part is -1 for the text (or the whole), else the index in Media.
type Problem struct {
	Part       int
	Error      *Error
	Splittable bool // the text is too long and Split would help
}

// Check tells what the platform would refuse. It costs no I/O.
func (in *Inbox) Check(c Composition) []Problem {
	return in.Capabilities(c.Conversation).check(c.Conversation.Platform(), c)
}

func (caps Capabilities) check(platform Platform, c Composition) []Problem {
	var problems []Problem
	refuse := func(part int, err *Error) {
		err.Kind, err.Op = Rejected, "check"
		problems = append(problems, Problem{Part: part, Error: err})
	}
	text := strings.TrimSpace(c.Text)
	switch {
	case text == "" && len(c.Media) == 0:
		refuse(-1, &Error{Text: "there is nothing to send", Hint: "write a text or add a media URL"})
	case text == "" && caps.TextRequired:
		refuse(-1, &Error{Text: platform.Label() + " needs at least 1 character of text, also with media", Hint: "write a text"})
	}
	if n := caps.Text.Count(text); caps.Text.Max > 0 && n > caps.Text.Max {
		refuse(-1, &Error{
			Text: fmt.Sprintf("the text has %d %s, %s takes at most %d", n, caps.Text.Unit, platform.Label(), caps.Text.Max),
			Hint: "shorten it, or split it into several messages",
		})
		problems[len(problems)-1].Splittable = true
	}
	for i, u := range c.Media {
		if err := caps.checkURL(platform, u); err != nil {
			refuse(i, err)
		} else if i >= caps.MaxMedia {
			refuse(i, &Error{Text: fmt.Sprintf("%s takes at most %d media per message, this is number %d", platform.Label(), caps.MaxMedia, i+1), Hint: "send the rest in another message"})
		}
	}
	return problems
}

func (caps Capabilities) checkURL(platform Platform, raw string) *Error {
	u, err := url.Parse(raw)
	path, local := FilePath(raw)
	switch {
	case local:
		return &Error{Text: cut(CleanLine(LocalFile{Path: path}.Name()), maxFileName) + " is a file of this machine, and has not been uploaded", Hint: "upload it, or take it away"}
	case err != nil || u.Host == "" || (u.Scheme != "https" && u.Scheme != "http") || strings.ContainsFunc(raw, isSpaceOrControl):
		return &Error{Text: fmt.Sprintf("%q is not a web address", cut(CleanLine(raw), 60)), Hint: "give a full URL: https://host/path/file.jpg"}
	case (u.RawQuery != "" || u.ForceQuery || u.Fragment != "") && !caps.QueryInURL:
		return &Error{Text: "the media URL has a query or fragment (? or #), which makes the platform refuse it", Hint: "use a URL that ends in the file extension"}
	}
	if _, ok := caps.KindOfURL(raw); !ok {
		return caps.errExtension(platform, raw)
	}
	return nil
}

func (caps Capabilities) errExtension(platform Platform, raw string) *Error {
	return &Error{
		Text: fmt.Sprintf("%s does not take files that end in %q", platform.Label(), "."+urlExtension(raw)),
		Hint: "known are: " + caps.extensions(),
	}
}

func isSpaceOrControl(r rune) bool { return r <= ' ' || r == 0x7f }

// extensions lists what may be sent: "image jpg, png; audio aac, wav".
func (caps Capabilities) extensions() string {
	var kinds []string
	for _, rule := range caps.Media {
		kinds = append(kinds, rule.Kind+" "+strings.Join(slices.Sorted(slices.Values(rule.Extensions)), ", "))
	}
	return strings.Join(kinds, "; ")
}

// compose makes the parts of a message that has passed the check.
func (caps Capabilities) compose(c Composition) []Part {
	var parts []Part
	if text := strings.TrimSpace(Clean(c.Text)); text != "" {
		parts = append(parts, Part{Kind: PartText, Text: text, State: StateQueued})
	}
	for _, u := range c.Media {
		kind, _ := caps.KindOfURL(u)
		parts = append(parts, Part{Kind: kind, URL: u, State: StateQueued})
	}
	return parts
}
