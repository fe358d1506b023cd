package chatt2me

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"parley/inbox"
	"parley/platforms/hook"
	"parley/platforms/login"
	"parley/platforms/loose"
)

// This file manages the application's webhooks
// (https://docs.chatt2.me/docs/latest/webhooks/create-webhook/). A webhook has one
// kind of event, so an address is registered twice. The API makes up the signing
// secret of each and tells it once, in the answer: it goes straight into the
// login's memory, so that nobody has to copy it, and nothing shows it.

var _ hook.Registrar = (*provider)(nil)

// The kinds of events.
const (
	eventMessage = "Message"
	eventStatus  = "MessageStatus"
)

var eventTypes = []string{eventMessage, eventStatus}

const (
	opRegister   = "register the webhook"
	opRegistered = "list the webhooks"
	opUnregister = "unregister the webhook"
)

// registered is a webhook that the API knows of.
type registered struct {
	id       string
	event    string
	endpoint string
	active   bool
	verified bool
	unsigned bool // the API says that it does not sign
	errors   int64
	since    time.Time
}

func registeredOf(o loose.Object) registered {
	r := registered{
		id:       o.Text("id"),
		event:    o.Text("eventType"),
		endpoint: o.Text("endpoint"),
		active:   o.Flag("active"),
		verified: o.Flag("isVerified"),
		since:    o.Time("createdDate"),
	}
	r.errors, _ = o.Int("numberOfErrors")
	r.unsigned = o.Has("requiresSignature") && !o.Flag("requiresSignature")
	return r
}

// mostPages bounds a listing, should its pages never end.
const mostPages = 20

// webhooks lists what is registered for the application, whoever did it.
func (p *provider) webhooks(ctx context.Context, op string) (list []registered, server time.Time, err error) {
	for page := range mostPages {
		res, err := p.api.webhooks(ctx, page*webhookPage)
		if err != nil {
			return nil, server, failed(op, err)
		}
		server = res.ServerTime
		o, err := p.api.answer(op, res)
		if err != nil {
			return nil, server, err
		}
		data := o.Objects("data")
		for _, one := range data {
			list = append(list, registeredOf(one))
		}
		pages, told := o.Object("pagination").Int("totalPages")
		if len(data) == 0 || told && page+1 >= int(pages) || !told && len(data) < webhookPage {
			break
		}
	}
	return list, server, nil
}

// Register makes the webhooks of an address anew. New ones come first, so that
// nothing is missed in between; what both tell is stored once. Parley must be
// listening there: the hub calls the address at once.
func (p *provider) Register(ctx context.Context, address string) error {
	if err := hook.CheckAddress(opRegister, address); err != nil {
		return err
	}
	if p.memory == nil && !hook.AnySecret(p.secrets) {
		return &inbox.Error{Kind: inbox.Rejected, Op: opRegister, Text: "chatt2me makes up the signing secret, and there is nowhere to keep it",
			Hint: "register it in the Hub Chatt2.me dashboard, and put the secrets into " + fieldSecrets}
	}
	before, _, err := p.webhooks(ctx, opRegister)
	if err != nil {
		return err
	}
	for _, kind := range eventTypes {
		if err := p.registerOne(ctx, address, kind, before); err != nil {
			return err
		}
	}
	return nil
}

func (p *provider) registerOne(ctx context.Context, address, kind string, before []registered) error {
	res, err := p.api.createWebhook(ctx, webhookBody{
		Label:                  fmt.Sprintf("parley %s %s", p.account, kind),
		Endpoint:               address,
		EventType:              kind,
		AuthenticationProtocol: "NoAuthentication",
		RequiresSignature:      true,
	})
	if err != nil {
		return failed(opRegister, err)
	}
	o, err := p.api.answer(opRegister, res)
	if err != nil {
		return err
	}
	made := registeredOf(o)
	if err := p.keepSecret(kind, secretIn(o)); err != nil {
		return err
	}
	for _, old := range before {
		if old.event == kind && old.endpoint == address && old.id != made.id {
			if err := p.remove(ctx, opRegister, old.id); err != nil {
				return err
			}
		}
	}
	return nil
}

// remove deletes a webhook. One that is gone already is as good as deleted.
func (p *provider) remove(ctx context.Context, op, id string) error {
	res, err := p.api.deleteWebhook(ctx, id)
	if err != nil {
		return failed(op, err)
	}
	if res.OK() || res.Status == http.StatusNotFound { // 204: there is no body
		return res.Close()
	}
	_, err = p.api.answer(op, res)
	return err
}

// secretIn finds the signing secret. The documents say that it is returned, and
// not under what name: it is any text whose name speaks of a secret.
func secretIn(o loose.Object) login.Secret {
	for key, raw := range o {
		if inner, ok := loose.ParseObject(raw); ok {
			if s := secretIn(inner); !s.Empty() {
				return s
			}
			continue
		}
		if strings.Contains(strings.ToLower(key), "secret") {
			if value := o.Peek(key); value != "" {
				return login.NewSecret(value)
			}
		}
	}
	return login.Secret{}
}

// memoryName is under what the secret of a kind of event is kept.
func memoryName(kind string) string { return "webhook secret " + kind }

// keepSecret stores a secret before anything depends on it.
func (p *provider) keepSecret(kind string, secret login.Secret) error {
	if secret.Empty() {
		if hook.AnySecret(p.secrets) {
			return nil // it was told before, and stands in the config
		}
		return &inbox.Error{Kind: inbox.Rejected, Op: opRegister, Text: "the webhook is registered, but its signing secret was not told",
			Hint: "look for it in the Hub Chatt2.me dashboard, and put it into " + fieldSecrets}
	}
	p.hide(secret)
	if p.memory == nil {
		return nil
	}
	if err := p.memory.Set(memoryName(kind), secret.Reveal()); err != nil {
		return &inbox.Error{Kind: inbox.Internal, Op: opRegister, Text: "the signing secret cannot be kept: " + err.Error(), Hint: "mend that, and register again", Err: err}
	}
	return nil
}

// hideOnce tells of each secret once: every call of a webhook asks for those
// that are kept, and anybody can make one.
func hideOnce(hide func(login.Secret)) func(login.Secret) {
	var mu sync.Mutex
	told := map[login.Secret]bool{}
	return func(s login.Secret) {
		mu.Lock()
		defer mu.Unlock()
		if hide != nil && !told[s] {
			told[s] = true
			hide(s)
		}
	}
}

// keptSecret is empty when none was kept.
func (p *provider) keptSecret(kind string) login.Secret {
	if p.memory == nil {
		return login.Secret{}
	}
	value, err := p.memory.Get(memoryName(kind))
	if err != nil {
		p.log.Warn("the signing secret of the webhook cannot be read", "event", kind, "err", err)
		return login.Secret{}
	}
	secret := login.NewSecret(value)
	if !secret.Empty() {
		p.hide(secret)
	}
	return secret
}

// Registered lists the webhooks of the application by address.
func (p *provider) Registered(ctx context.Context) ([]hook.Registration, error) {
	all, _, err := p.webhooks(ctx, opRegistered)
	if err != nil {
		return nil, err
	}
	var list []hook.Registration
	for _, r := range all {
		list = append(list, hook.Registration{Address: r.endpoint, Events: []string{r.event}, Active: r.active, Since: r.since, Note: p.note(r)})
	}
	return list, nil
}

// note says what is wrong with a webhook, the worst first.
func (p *provider) note(r registered) string {
	switch {
	case !r.active:
		return "it is switched off"
	case r.unsigned:
		return "its calls are not signed, so they are refused: register it again"
	case !hook.AnySecret(p.signingSecrets()):
		return "no signing secret is known here, so its calls are refused: register it again, or put its secret into " + fieldSecrets
	case !r.verified:
		return "the address has not answered the hub's check: register it again while parley is running and can be reached there"
	case r.errors > 0:
		return fmt.Sprintf("%d of its calls have failed, and are not repeated by themselves", r.errors)
	}
	return ""
}

// Unregister removes the webhooks of an address, and forgets their secrets.
func (p *provider) Unregister(ctx context.Context, address string) error {
	all, _, err := p.webhooks(ctx, opUnregister)
	if err != nil {
		return err
	}
	all = slices.DeleteFunc(all, func(r registered) bool { return r.endpoint != address })
	if len(all) == 0 {
		return &inbox.Error{Kind: inbox.NotFound, Op: opUnregister, Text: "no webhook is registered for this address", Hint: "see: parley webhook list"}
	}
	for _, r := range all {
		if err := p.remove(ctx, opUnregister, r.id); err != nil {
			return err
		}
	}
	if p.memory == nil {
		return nil
	}
	for _, kind := range eventTypes {
		if err := p.memory.Set(memoryName(kind), ""); err != nil {
			return &inbox.Error{Kind: inbox.Internal, Op: opUnregister, Text: "the signing secret cannot be forgotten: " + err.Error(), Err: err}
		}
	}
	return nil
}
