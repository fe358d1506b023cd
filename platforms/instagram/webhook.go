package instagram

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"parley/inbox"
	"parley/platforms/hook"
	"parley/platforms/login"
	"parley/platforms/loose"
	"parley/platforms/meta"
)

// This file hears what has happened. What an event means is in package meta.
//
// The callback's address, its verify token and the app's own fields are set in
// the app dashboard; each account is subscribed by the API beside that. Both are
// needed: where the app's own fields lack "messages", new messages come as edits
// only.

// webhookFields are what an account is subscribed to
// (https://developers.facebook.com/docs/instagram-platform/webhooks).
var webhookFields = []string{
	"messages", "message_reactions", "messaging_seen", "messaging_postbacks", "messaging_referral",
	"message_edit", "messaging_optins", "messaging_handover", "standby",
}

// longestChallenge bounds what is repeated to a caller. Meta sends a number.
const longestChallenge = 256

// Greet answers Meta's question whether the address is ours: the challenge, and
// nothing else, to who knows the verify token.
func (p *provider) Greet(c hook.Call) (hook.Answer, bool, error) {
	if c.Method != http.MethodGet {
		return hook.Answer{}, false, nil
	}
	challenge := c.Query.Get("hub.challenge")
	switch {
	case c.Query.Get("hub.mode") != "subscribe", challenge == "", len(challenge) > longestChallenge:
		return hook.Answer{}, true, hook.Forbidden("a call that verifies nothing")
	case p.verify.Empty():
		return hook.Answer{}, true, hook.NoSecret(fieldVerify)
	case !hook.MatchesToken([]login.Secret{p.verify}, c.Query.Get("hub.verify_token")):
		return hook.Answer{}, true, hook.Forbidden("the verify token is not that of %s", fieldVerify)
	}
	return hook.Answer{Status: http.StatusOK, Type: "text/plain; charset=utf-8", Body: []byte(challenge)}, true, nil
}

// The header with the signature: HMAC-SHA256 over the raw bytes of the body, in
// which Meta writes non-ASCII as \uXXXX and / as \/.
const (
	signatureHeader = "X-Hub-Signature-256"
	signaturePrefix = "sha256="
	signatureLength = 64
)

// Verify takes any of the secrets: documents say that the app secret signs,
// reports say that it is the Instagram app secret.
func (p *provider) Verify(c hook.Call) error {
	if !hook.AnySecret(p.secrets) {
		return hook.NoSecret(fieldSecrets)
	}
	sum, err := hook.Signature(c.Header, signatureHeader, signaturePrefix)
	switch {
	case err != nil:
		return err
	case len(c.Body) == 0:
		return hook.BadRequest("a call without a body")
	case len(sum) != signatureLength || strings.ToLower(sum) != sum:
		return hook.Unauthorized("the signature is not of the form %s and %d lower-case hex digits", signaturePrefix, signatureLength)
	case !hook.MatchesHMAC(p.secrets, c.Body, sum):
		return hook.Unauthorized("the signature does not match any of %s", fieldSecrets)
	}
	return nil
}

func (p *provider) Decode(c hook.Call) ([]hook.Delivery, error) {
	return meta.Decoder{Platform: inbox.Instagram, Own: p.ownIDs(), App: p.app, Now: c.At}.Decode(c.Body)
}

func (p *provider) Owns(owner string) bool {
	return owner != "" && slices.Contains(p.ownIDs(), owner)
}

// noAddress is what an agent has to know of every registration here.
const noAddress = "the address is set in the app dashboard (Instagram > API setup > Configure webhooks), with " + fieldVerify + "; the fields must be ticked there too"

// Register subscribes the app to the account's messages. The address cannot be
// set by the API.
func (p *provider) Register(ctx context.Context, _ string) error {
	_, err := p.subscribedApps(ctx, "register the webhook", http.MethodPost, url.Values{"subscribed_fields": {strings.Join(webhookFields, ",")}})
	return err
}

func (p *provider) Registered(ctx context.Context) ([]hook.Registration, error) {
	return p.subscribedApps(ctx, "list webhooks", http.MethodGet, nil)
}

func (p *provider) Unregister(ctx context.Context, _ string) error {
	_, err := p.subscribedApps(ctx, "unregister the webhook", http.MethodDelete, nil)
	return err
}

// registrations reads which fields are subscribed: names, or objects with one.
func registrations(o loose.Object) []hook.Registration {
	var list []hook.Registration
	for _, app := range o.Data("data") {
		r := hook.Registration{Active: true, Note: noAddress}
		for _, raw := range app.List("subscribed_fields") {
			if field, ok := loose.ParseObject(raw); ok {
				r.Events = append(r.Events, inbox.CleanLine(field.Text("name")))
				continue
			}
			r.Events = append(r.Events, inbox.CleanLine(loose.Object{"name": raw}.Text("name")))
		}
		r.Events = slices.DeleteFunc(r.Events, func(name string) bool { return name == "" })
		if r.Active = slices.Contains(r.Events, webhookFields[0]); !r.Active {
			r.Note = "not subscribed to messages; " + r.Note
		}
		list = append(list, r)
	}
	return list
}

func missingFields(have []string) []string {
	return slices.DeleteFunc(slices.Clone(webhookFields), func(f string) bool { return slices.Contains(have, f) })
}
