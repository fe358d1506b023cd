package cli

// What plain mode says of itself: how the accounts are, and which words there are.

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"parley/inbox"
)

// statusWord tells how the accounts are, and how old what is shown is.
func (p *plain) statusWord(context.Context, typedCommand) error {
	now := time.Now()
	for _, v := range p.Accounts() {
		text := string(v.ID)
		if v.Health != inbox.Healthy {
			text += ", " + string(v.Health)
		}
		fresh := describeFreshness(v.Platforms, now)
		text += fresh
		if f := v.Error; f != nil && !strings.Contains(fresh, f.Text) {
			text += "; " + describeFailure(f)
		}
		if v.Limit > 0 && v.Count >= 0 {
			text += fmt.Sprintf("; %d of %d conversations this month", v.Count, v.Limit)
		}
		if at := v.Webhook.RefusedAt; !at.IsZero() && now.Sub(at) < staleAfter {
			text += "; a webhook call was refused " + ago(at, now) + ": " + inbox.CleanLine(v.Webhook.Refusal)
		}
		p.say("%s", text)
		p.tellOutbox(v)
	}
	return nil
}

// describeFreshness is how old what the platforms show is, once for those that are
// alike.
func describeFreshness(platforms []inbox.PlatformView, now time.Time) (text string) {
	var alike []string
	for i, p := range platforms {
		alike = append(alike, p.Platform.Label())
		state := describeReading(p, now)
		if i+1 == len(platforms) || describeReading(platforms[i+1], now) != state {
			text += "; " + listed(alike) + " " + state
			alike = nil
		}
	}
	return text
}

func describeReading(p inbox.PlatformView, now time.Time) string {
	text := "read " + ago(p.ReadAt, now)
	switch {
	case p.Live && p.PushedAt.IsZero():
		text = "told by webhook, nothing yet"
	case p.Live:
		text = "told by webhook, last " + ago(p.PushedAt, now)
	case p.Error == nil && p.FirstSync:
		text = fmt.Sprintf("being read for the first time, %s so far", counted(p.Loaded, "message"))
	case p.ReadAt.IsZero():
		text = "never read"
	}
	if p.Error != nil {
		text += ", then: " + describeFailure(p.Error)
	}
	return text
}

func (p *plain) tellOutbox(v inbox.AccountView) {
	for _, what := range []struct {
		n    int
		word string
	}{{v.Queued, "queued"}, {v.Scheduled, "scheduled"}, {v.Failed, "not sent"}, {v.Unknown, "in doubt"}} {
		if what.n > 0 {
			p.say("%s, outbox: %s %s", v.ID, counted(what.n, "message"), what.word)
		}
	}
}

// helpWord tells the words, or more about one.
func (p *plain) helpWord(ctx context.Context, t typedCommand) error {
	if len(t.words) > 0 {
		return p.explain(ctx, t)
	}
	p.say("Type a word, or an unambiguous beginning of it.")
	for _, w := range promptWords() {
		p.say("%s: %s", w.usage(), w.help)
	}
	var others []string
	for _, name := range p.commandNames() {
		if !slices.ContainsFunc(promptWords(), func(w promptWord) bool { return w.name == name }) {
			others = append(others, name)
		}
	}
	p.say("Also the commands of the command line: %s.", listed(others))
	p.say("They are for the open conversation, or for a number or name that is typed behind them. help and a word tells more.")
	return nil
}

// usage is the word with what it takes.
func (w promptWord) usage() string { return strings.TrimSpace(w.name + " " + w.takes) }

// explain tells more about one word.
func (p *plain) explain(ctx context.Context, t typedCommand) error {
	name, err := p.resolve(t.words[0].text)
	if err != nil {
		return err
	}
	for _, w := range promptWords() {
		if w.name == name {
			p.say("%s: %s", w.usage(), w.help)
		}
	}
	switch name {
	case "reply":
		a := &answer{composing: newComposing(p)}
		a.learnWords()
		_, _ = a.tellWords(ctx, "") // it cannot fail
	case "note":
		_, _ = newComposing(p).tellWords(ctx, "")
	case "read": // the command line's marks conversations, which is not what was asked about
		p.say("Reading marks as read. With several numbers, or --query QUERY, they are marked without being told.")
		return nil
	}
	path := strings.Fields(name)
	if slices.Contains(p.commandNames(), path[0]) {
		path = append(path, texts(t.words[1:])...)
		p.invoke(ctx, append(path, "--help")...)
	}
	return nil
}

// tellToEars leaves out of a command's help what is for scripts: at a prompt it
// would stand between somebody who listens and the rest.
func tellToEars(cmd *cobra.Command) {
	paragraphs := strings.Split(cmd.Long, "\n\n")
	paragraphs = slices.DeleteFunc(paragraphs, func(text string) bool { return strings.HasPrefix(text, "With --json") })
	cmd.Long = strings.Join(paragraphs, "\n\n")
	if f := cmd.Flags().Lookup("json"); f != nil {
		f.Hidden = true
	}
	for _, sub := range cmd.Commands() {
		tellToEars(sub)
	}
}
