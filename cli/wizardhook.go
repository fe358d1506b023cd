package cli

// The wizard on webhooks: whether the provider can call, and what has to be said
// on both sides for that.

import (
	"context"
	"crypto/rand"
	"slices"

	"parley/config"
	"parley/inbox"
	"parley/platforms/hook"
	"parley/platforms/login"
)

// askWebhook asks whether the provider may call, and under which address.
func (w *wizard) askWebhook(ctx context.Context) error {
	if w.account != nil {
		if _, ok := w.account.Provider.(hook.Receiver); !ok {
			return nil
		}
	}
	name := w.draft.Provider.Name
	w.ask.say("\nWebhooks: %s calls this machine, and messages come within a second. That takes a public address with HTTPS, such as a reverse proxy's.", name)
	deaf := w.account != nil && isDeaf(*w.account)
	if deaf {
		w.ask.say("Messages of %s come in no other way.", name)
	}
	wanted, err := w.ask.agrees(ctx, "Use webhooks?", deaf)
	if err != nil || !wanted {
		return err
	}
	if err := w.askAddress(ctx); err != nil {
		return err
	}
	return w.askHookFields(ctx)
}

// isDeaf tells whether an account hears of messages by webhook only.
func isDeaf(account inbox.Account) bool {
	return !slices.ContainsFunc(account.Platforms, func(p inbox.Platform) bool { return account.Provider.Capabilities(p).History.OK })
}

func (w *wizard) askAddress(ctx context.Context) error {
	public, err := w.ask.text(ctx, "Public address, such as https://inbox.example.com", "", w.setting("webhook.public_url", func(d *config.Draft, text string) {
		d.Webhook = &config.Webhook{Listen: config.UsualListen, PublicURL: text}
	}))
	if err != nil {
		return err
	}
	listen, err := w.ask.text(ctx, "The proxy passes calls on to parley at", config.UsualListen, w.setting("webhook.listen", func(d *config.Draft, text string) {
		d.Webhook = &config.Webhook{Listen: text, PublicURL: public}
	}))
	w.draft.Webhook = &config.Webhook{Listen: listen, PublicURL: public}
	return err
}

// askHookFields fills in what the webhooks need. What may be any random text is
// made here.
func (w *wizard) askHookFields(ctx context.Context) error {
	w.typeIn = nil
	for _, f := range w.draft.Provider.Fields {
		switch f.Hook {
		case login.HookGiven:
			if err := w.askSecret(ctx, f); err != nil {
				return err
			}
		case login.HookTyped:
			w.typeIn = append(w.typeIn, f)
			fallthrough
		case login.HookMade:
			made := login.NewSecret(rand.Text())
			w.app.redactor.learn(made)
			w.draft.Secrets[f.Name] = config.Source{Form: config.SecretInline, Value: made.Reveal()}
		}
	}
	return nil
}

// tellTypeIn says what the provider has to be told by hand.
func (w *wizard) tellTypeIn() {
	if len(w.typeIn) == 0 {
		return
	}
	w.ask.say("\nType this into the dashboard of %s, while the inbox is open:", w.draft.Provider.Name)
	w.ask.say("  address: %s%s", w.draft.Webhook.PublicURL, config.WebhookPath(w.draft.Name))
	for _, f := range w.typeIn {
		w.ask.say("  %s: what is in %s", f.Name, w.draft.Secrets[f.Name].Value)
	}
	w.ask.say("")
}
