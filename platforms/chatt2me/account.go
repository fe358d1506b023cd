package chatt2me

import (
	"cmp"
	"context"
	"fmt"
	"net/url"
	"slices"

	"parley/inbox"
	"parley/platforms/hook"
)

// This file is what can be learned of the login itself. The API tells nothing of
// channels: that the key is accepted, and which webhooks there are, is all.

// Inspect checks the key by listing the webhooks. A key is for messages and
// nothing else, and the platform is the config's word: a channel that is wrong
// shows at the first answer (404).
func (p *provider) Inspect(ctx context.Context) (inbox.AccountInfo, error) {
	all, server, err := p.webhooks(ctx, "inspect")
	if err != nil {
		return inbox.AccountInfo{ServerTime: server}, err
	}
	enabled := true
	info := inbox.AccountInfo{
		Title:            "channel " + p.channel,
		MessagingEnabled: &enabled,
		Linked:           []inbox.Platform{p.platform},
		ServerTime:       server,
	}
	for _, kind := range eventTypes {
		info.Checks = append(info.Checks, p.checkWebhook(kind, all))
	}
	info.Checks = append(info.Checks, p.checkSecret())
	return info, nil
}

// hintRegister is how a webhook comes to be.
const hintRegister = "while parley is running and can be reached: parley webhook register"

// checkWebhook looks for the best webhook of a kind of event. Without messages
// nothing ever comes in; without statuses only readings and late failures are
// missed.
func (p *provider) checkWebhook(kind string, all []registered) inbox.Check {
	c := inbox.Check{Name: "webhook " + kind, Verdict: inbox.CheckFailing, Text: "none is registered, and without it no message comes in", Hint: hintRegister}
	if kind == eventStatus {
		c.Verdict, c.Text = inbox.CheckWarning, "none is registered: who has read what, and what failed late, will not be known"
	}
	for _, r := range all {
		if r.event != kind {
			continue
		}
		note := p.note(r)
		if note == "" {
			return inbox.Check{Name: c.Name, Verdict: inbox.CheckGood, Text: fmt.Sprintf("registered for %s", hostOf(r.endpoint))}
		}
		c.Text = fmt.Sprintf("registered for %s: %s", hostOf(r.endpoint), note)
		if c.Verdict = inbox.CheckWarning; !r.active || r.unsigned {
			c.Verdict = inbox.CheckFailing
		}
	}
	return c
}

// hostOf leaves out the rest of an address, which may hold what is nobody's
// business.
func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return "an address that is no URL"
	}
	return inbox.CleanLine(cmp.Or(u.Host, "an address that is no URL"))
}

func (p *provider) checkSecret() inbox.Check {
	c := inbox.Check{Name: "webhook secret", Verdict: inbox.CheckGood, Text: "from the config"}
	kept := slices.ContainsFunc(eventTypes, func(kind string) bool { return !p.keptSecret(kind).Empty() })
	switch {
	case kept:
		c.Text = "kept since the webhook was registered"
	case !hook.AnySecret(p.secrets):
		c.Verdict, c.Text = inbox.CheckFailing, "none is known, so every webhook call is refused"
		c.Hint = hintRegister + "; or put the secrets into " + fieldSecrets
	}
	return c
}
