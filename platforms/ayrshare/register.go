package ayrshare

import (
	"cmp"
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"parley/inbox"
	"parley/platforms/hook"
	"parley/platforms/httpapi"
	"parley/platforms/loose"
)

// This file tells Ayrshare whom to call. Page: .../apis/webhooks/register. A
// profile has one webhook for each action, and one secret for all of them; a
// profile without a webhook uses the primary profile's.

var _ hook.Registrar = (*provider)(nil)

// hookBody is what is registered. The page on rotating a secret names an
// endpoint that a running account was told does not exist: so the secret always
// goes with the registration.
type hookBody struct {
	Action string `json:"action"`
	URL    string `json:"url,omitempty"`
	Secret string `json:"secret,omitempty"`
}

// hooks is /hook/webhook. (Ayrshare's own MCP server says /hook; the page, the
// client libraries and the vendor's API tests do not.)
func (c *client) hooks(ctx context.Context, method string, body any) (*httpapi.Response, error) {
	return c.http.Do(ctx, httpapi.Request{Method: method, Path: []string{"hook", "webhook"}, JSON: body})
}

// Register makes Ayrshare call the address, signed with the first secret.
func (p *provider) Register(ctx context.Context, address string) error {
	const op = "register the webhook"
	if err := hook.CheckAddress(op, address); err != nil {
		return err
	}
	if len(p.hooks) == 0 {
		return &inbox.Error{Kind: inbox.Rejected, Op: op, Text: fieldHookSecrets + " is not set: calls could not be told from forged ones",
			Hint: "set it to any long random text"}
	}
	return p.askHooks(ctx, op, http.MethodPost, hookBody{Action: actionMessages, URL: address, Secret: p.hooks[0].Reveal()})
}

// Unregister makes Ayrshare stop calling the address; "" is whatever address is
// registered. Another one than is registered is somebody else's, and stays.
func (p *provider) Unregister(ctx context.Context, address string) error {
	const op = "unregister the webhook"
	if address != "" {
		list, err := p.Registered(ctx)
		if err != nil {
			return err
		}
		if now := addressOf(list); now != address {
			return &inbox.Error{Kind: inbox.NotFound, Op: op, Text: "this address is not registered", Hint: "see: parley webhook list"}
		}
	}
	return p.askHooks(ctx, op, http.MethodDelete, hookBody{Action: actionMessages})
}

func (p *provider) askHooks(ctx context.Context, op, method string, body hookBody) error {
	res, err := p.api.hooks(ctx, method, body)
	if err != nil {
		return failed(op, err)
	}
	_, err = p.api.answer(op, "", res)
	return err
}

// Registered lists the webhooks of the profile, that of messages first. The
// answer is one object with the address of each action, and when it was set
// beside it.
func (p *provider) Registered(ctx context.Context) ([]hook.Registration, error) {
	const op = "list the webhooks"
	res, err := p.api.hooks(ctx, http.MethodGet, nil)
	if err != nil {
		return nil, failed(op, err)
	}
	o, err := p.api.answer(op, "", res)
	switch {
	case inbox.KindOf(err) == inbox.NotFound:
		return nil, nil
	case err != nil:
		return nil, err
	}
	return registrations(o), nil
}

func registrations(o loose.Object) []hook.Registration {
	var list []hook.Registration
	for action, raw := range o {
		address := hookAddress(raw)
		if address == "" {
			continue
		}
		list = append(list, hook.Registration{
			Address: address,
			Events:  []string{inbox.CleanLine(action)},
			Active:  true,
			Since:   cmp.Or(loose.Time(o[action+"Updated"]), loose.Time(o["updated"])),
		})
	}
	slices.SortFunc(list, func(a, b hook.Registration) int {
		return cmp.Or(isMessages(b)-isMessages(a), strings.Compare(a.Events[0], b.Events[0]))
	})
	return list
}

// hookAddress takes an address, alone or within an object; "" is all else.
func hookAddress(raw json.RawMessage) string {
	address, _ := loose.Text(raw)
	if o, ok := loose.ParseObject(raw); ok {
		address = o.Text("url")
	}
	if u, err := url.Parse(address); err != nil || u.Host == "" {
		return ""
	}
	return inbox.CleanLine(address)
}

func isMessages(r hook.Registration) int {
	if slices.Contains(r.Events, actionMessages) {
		return 1
	}
	return 0
}

// addressOf is the address that is called for messages, "" when there is none.
func addressOf(list []hook.Registration) string {
	for _, r := range list {
		if isMessages(r) == 1 {
			return r.Address
		}
	}
	return ""
}

// checkHook looks whether messages are told to anybody. It has no error: the
// rest of what is known of the account does not depend on it.
func (p *provider) checkHook(ctx context.Context) inbox.Check {
	const name = "webhook"
	list, err := p.Registered(ctx)
	if err != nil {
		return inbox.Check{Name: name, Verdict: inbox.CheckWarning, Text: "not known: " + inbox.AsError(err).Text}
	}
	address := addressOf(list)
	if address == "" {
		return inbox.Check{Name: name, Verdict: inbox.CheckWarning, Text: "not registered: messages are read once a minute", Hint: "parley webhook register"}
	}
	return inbox.Check{Name: name, Verdict: inbox.CheckGood, Text: "registered: " + withoutQuery(address)}
}

// withoutQuery: people put secrets there.
func withoutQuery(address string) string {
	before, _, _ := strings.Cut(address, "?")
	return before
}
