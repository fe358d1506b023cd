package instagram

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"parley/inbox"
	"parley/platforms/hook"
)

// This file is what concerns the login itself: whose it is, and what is wrong
// with it.

// me is whose login it is, asked once. Without that no message can be told from
// our own.
func (p *provider) me(ctx context.Context, op string) (identity, error) {
	if me := p.knownSelf(); me.UserID != "" {
		return me, nil
	}
	select {
	case p.asking <- struct{}{}:
		defer func() { <-p.asking }()
	case <-ctx.Done():
		return identity{}, failed(op, ctx.Err())
	}
	if me := p.knownSelf(); me.UserID != "" {
		return me, nil
	}
	me, _, err := p.askSelf(ctx, op)
	return me, err
}

func (p *provider) knownSelf() identity {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.self
}

func (p *provider) askSelf(ctx context.Context, op string) (identity, time.Time, error) {
	o, res, err := p.api.me(ctx, op)
	if err != nil {
		return identity{}, time.Time{}, err
	}
	me := identityOf(o)
	if me.UserID == "" {
		return me, res.ServerTime, &inbox.Error{Kind: inbox.Unavailable, Op: op, Text: "the API does not tell whose token this is"}
	}
	me.Token = fingerprint(p.api.tokens.configured)
	p.mu.Lock()
	p.self = me
	p.mu.Unlock()
	if err := p.memory.save(memorySelf, me); err != nil {
		p.log.Warn("cannot keep the account's id in mind", "error", err)
	}
	return me, res.ServerTime, nil
}

// rememberedSelf is whose login it was when it was asked last, with the same
// token in the config.
func (p *provider) rememberedSelf() identity {
	var me identity
	if !p.memory.load(memorySelf, &me) || me.Token != fingerprint(p.api.tokens.configured) {
		return identity{}
	}
	return me
}

// ownIDs are those that are known so far; no network is asked.
func (p *provider) ownIDs() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.self.ids()
}

// A refused tag is tried again after a while: the app may have been approved.
const humanAgentPause = 7 * 24 * time.Hour

// mayTag tells whether answers can carry the human-agent tag.
func (p *provider) mayTag(now time.Time) bool {
	return p.humanAgent && !p.memory.within(memoryHumanAgent, humanAgentPause, now)
}

func (p *provider) Inspect(ctx context.Context) (inbox.AccountInfo, error) {
	const op = "inspect"
	me, at, err := p.askSelf(ctx, op)
	if err != nil {
		return inbox.AccountInfo{}, err
	}
	p.renew(ctx)
	access, enabled := p.accessCheck(ctx)
	info := inbox.AccountInfo{
		Title:            title(me),
		MessagingEnabled: enabled,
		Linked:           []inbox.Platform{inbox.Instagram},
		ServerTime:       at,
		Checks:           []inbox.Check{p.tokenCheck(time.Now()), access, p.webhookCheck(ctx)},
	}
	if p.humanAgent {
		info.Checks = append(info.Checks, p.humanAgentCheck(time.Now()))
	}
	return info, nil
}

func title(me identity) string {
	t := "@" + cmp.Or(me.Username, me.UserID)
	if me.Name != "" {
		t = me.Name + " " + t
	}
	if me.Kind != "" {
		t += " (" + strings.ToLower(strings.ReplaceAll(me.Kind, "_", " ")) + ")"
	}
	return t
}

// tokenCheck tells how long the login lives. It was accepted a moment ago.
func (p *provider) tokenCheck(now time.Time) inbox.Check {
	c := inbox.Check{Name: "token", Verdict: inbox.CheckGood}
	since, expires := p.api.tokens.age()
	switch {
	case p.memory.store == nil:
		c.Text = "accepted; how long it lives is not known, and it is not renewed"
	case expires.IsZero():
		c.Text = fmt.Sprintf("accepted; how long it lives is known after the first renewal, %s", inDays(since.Add(renewAfter).Sub(now)))
	case expires.Sub(now) < renewBefore:
		c.Verdict, c.Text = inbox.CheckWarning, fmt.Sprintf("it ends %s and could not be renewed", inDays(expires.Sub(now)))
		c.Hint = "log in again before that: parley login"
	default:
		c.Text = fmt.Sprintf("renewed %d days ago, ends %s", days(now.Sub(since)), inDays(expires.Sub(now)))
	}
	return c
}

func days(d time.Duration) int { return int(max(d, 0) / day) }

func inDays(d time.Duration) string {
	if d < day {
		return "within a day"
	}
	return fmt.Sprintf("in %d days", days(d))
}

// accessCheck asks for one thread, which is refused when the account's owner has
// switched off access to messages (200/2534041).
func (p *provider) accessCheck(ctx context.Context) (inbox.Check, *bool) {
	c := inbox.Check{Name: "message access", Verdict: inbox.CheckGood, Text: "conversations can be read"}
	_, _, err := p.api.conversations(ctx, "inspect", "", 1)
	enabled := err == nil
	if err == nil {
		return c, &enabled
	}
	e := inbox.AsError(err)
	c.Verdict, c.Text, c.Hint = inbox.CheckFailing, describe(e), e.Hint
	if e.Kind != inbox.Auth {
		return c, nil // it may be a passing trouble
	}
	return c, &enabled
}

// describe is an error without what was tried, which the check's name says.
func describe(e *inbox.Error) string {
	if e.Code == "" {
		return e.Text
	}
	return fmt.Sprintf("%s (code %s)", e.Text, e.Code)
}

func (p *provider) webhookCheck(ctx context.Context) inbox.Check {
	c := inbox.Check{Name: "webhook", Verdict: inbox.CheckGood}
	list, err := p.Registered(ctx)
	switch {
	case err != nil:
		c.Verdict, c.Text = inbox.CheckWarning, "it cannot be told whether the app hears of messages: "+describe(inbox.AsError(err))
	case len(list) == 0:
		c.Verdict, c.Text = inbox.CheckWarning, "the app does not hear of this account's messages: they are found by reading, up to a minute later"
		c.Hint = "parley webhook register, and the address in the app dashboard"
	case !hook.AnySecret(p.secrets):
		c.Verdict, c.Text = inbox.CheckWarning, "webhooks are subscribed, but "+fieldSecrets+" is not set: every call will be refused"
		c.Hint = "put the Instagram app secret there (app dashboard > Instagram > API setup)"
	default:
		c.Text = "subscribed to " + strings.Join(list[0].Events, ", ")
		if missing := missingFields(list[0].Events); len(missing) > 0 {
			c.Verdict, c.Hint = inbox.CheckWarning, "parley webhook register"
			c.Text += "; missing: " + strings.Join(missing, ", ")
		}
	}
	return c
}

func (p *provider) humanAgentCheck(now time.Time) inbox.Check {
	c := inbox.Check{Name: "human agent", Verdict: inbox.CheckGood, Text: "answers are sent until 7 days after the customer's last message"}
	if !p.mayTag(now) {
		c.Verdict, c.Text = inbox.CheckWarning, "Instagram has refused the tag: answers are sent for 24 hours only"
		c.Hint = hintHumanAgent
	}
	return c
}

// textHumanAgent is what a refusal of the tag means: Meta's own words do not tell
// it from a window that is over.
const textHumanAgent = "the app may answer for 24 hours only, it is not approved for the Human Agent feature"

const hintHumanAgent = "the app has to be approved for the Human Agent feature (App Review in the app dashboard); it is tried again after 7 days"

// Signal sends an action. Nobody waits for what comes of it; it is not repeated.
func (p *provider) Signal(ctx context.Context, _ inbox.ConversationID, recipient string, s inbox.Signal) error {
	op := string(s)
	action, ok := map[inbox.Signal]string{
		inbox.SignalTyping: actionTypingOn, inbox.SignalNotTyping: actionTypingOff, inbox.SignalSeen: actionSeen,
	}[s]
	if !ok {
		return inbox.Errorf(inbox.Unsupported, "instagram has no signal %q", s)
	}
	if recipient == "" {
		return inbox.Errorf(inbox.Rejected, "the customer's id is not known yet")
	}
	if err := p.api.usage.blocked(op, time.Now()); err != nil {
		return err
	}
	me, err := p.me(ctx, op)
	if err != nil {
		return err
	}
	res, err := p.api.send(ctx, me.UserID, sendBody{Recipient: recipientBody{recipient}, Action: action})
	if err != nil {
		return failed(op, err)
	}
	_, err = p.api.answer(op, res)
	return err
}

// subscribedApps makes a request about the subscription, and reads its answer.
func (p *provider) subscribedApps(ctx context.Context, op, method string, query map[string][]string) ([]hook.Registration, error) {
	me, err := p.me(ctx, op)
	if err != nil {
		return nil, err
	}
	res, err := p.api.subscriptions(ctx, method, me.UserID, query)
	if err != nil {
		return nil, failed(op, err)
	}
	o, err := p.api.answer(op, res)
	if err != nil || method != http.MethodGet {
		return nil, err
	}
	return registrations(o), nil
}
