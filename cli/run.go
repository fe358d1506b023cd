package cli

// What works beside a screen, or without one: pollers, outbox, the full-text
// index, and the webhook listener. It ends in the reverse order: no webhook is
// taken in any more, then pollers and outbox stop, then the index, and the cache
// is closed by whoever opened it.

import (
	"cmp"
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"parley/config"
	"parley/inbox"
	"parley/platforms"
)

// background is what runs until stop.
type background struct {
	hooks *platforms.Webhooks // nil: nothing listens
	ended chan error          // something ended by itself
	stops []func()            // in the order of the start
}

// startBackground starts everything; it outlives a signal, which ends the screen
// first. An address that cannot be had is an error: a provider that calls in
// vain may give up for good.
func (s *session) startBackground(ctx context.Context) (*background, error) {
	ctx = context.WithoutCancel(ctx)
	b := &background{ended: make(chan error, 1)}
	if s.config.Webhook != nil {
		hooks, err := s.listen(ctx)
		if err != nil {
			return nil, err
		}
		b.hooks = hooks
	}
	b.start(ctx, s.guard, "index", s.store.RunIndex)
	b.start(ctx, s.guard, "inbox", s.Run)
	if b.hooks != nil {
		b.start(ctx, s.guard, "webhooks", b.hooks.Run)
	}
	return b, nil
}

// listen takes the address of the config.
func (s *session) listen(ctx context.Context) (*platforms.Webhooks, error) {
	w := s.config.Webhook
	o := platforms.WebhookOptions{
		Listen: w.Listen, TLSCert: w.CertFile, TLSKey: w.KeyFile, Sink: s.Inbox, Log: s.guard.log, Guard: s.guard.run,
	}
	for _, a := range s.accounts {
		o.Accounts = append(o.Accounts, platforms.WebhookAccount{ID: a.ID, Provider: a.Provider})
	}
	hooks, err := platforms.NewWebhooks(o)
	if err != nil {
		return nil, err
	}
	return hooks, hooks.Listen(ctx)
}

// start runs f until stop, under the guard.
func (b *background) start(ctx context.Context, g *guard, name string, f func(context.Context) error) {
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		g.run(name, func() {
			if err := f(ctx); err != nil {
				g.log.Error("ended", "what", name, "err", err)
				select {
				case b.ended <- err:
				default: // one end is enough
				}
			}
		})
	}()
	b.stops = append(b.stops, func() {
		cancel()
		<-done
	})
}

// stop ends everything, and returns when it has ended.
func (b *background) stop() {
	for i := len(b.stops) - 1; i >= 0; i-- {
		b.stops[i]()
	}
}

func (a *app) runCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "run",
		Short: "Read, listen and send without a screen, until a signal",
		Long: `Run keeps pollers, webhooks and outbox going without a screen, until a signal ends
it: exit code 0. It tells on standard error what it reads and where it listens.
The cache belongs to it meanwhile; stop it to open the inbox. All other commands
work beside it.`,
		Args: noSubcommand,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.ownSession(cmd.Context(), a.runHeadless) },
	}
}

// runHeadless is parley run.
func (a *app) runHeadless(ctx context.Context, s *session) error {
	b, err := s.startBackground(ctx)
	if err != nil {
		return err
	}
	defer b.stop()
	a.attend(ctx, s, b)
	a.tellWork(s, b)
	select {
	case <-ctx.Done():
		return nil
	case err := <-b.ended:
		return err
	}
}

// tellWork says what is read and where providers may call.
func (a *app) tellWork(s *session, b *background) {
	for _, account := range s.accounts {
		a.complain(fmt.Sprintf("account %s: %s", account.ID, describeSources(account, s.hookAddress(b.hooks, account.ID))), "")
	}
	switch {
	case b.hooks == nil:
		a.complain("webhooks: none, the config has no [webhook]", "")
	case len(b.hooks.Accounts()) == 0:
		a.complain("webhooks: listening on "+b.hooks.Address()+", but no provider of the config calls", "")
	default:
		a.complain("webhooks: listening on "+b.hooks.Address(), "")
	}
}

// hookAddress is where the provider of an account may call, as the world outside
// knows it where the config tells that; "" when nothing listens for it.
func (s *session) hookAddress(hooks *platforms.Webhooks, id inbox.AccountID) string {
	switch {
	case hooks == nil || hooks.URL(id) == "":
		return ""
	case s.config.Webhook != nil && s.config.Webhook.PublicURL != "":
		return s.config.Webhook.PublicURL + config.WebhookPath(id)
	}
	return hooks.URL(id)
}

// describeSources tells where the news of an account comes from; hook is where
// its provider may call.
func describeSources(account inbox.Account, hook string) string {
	var labels []string
	read := false
	for _, p := range account.Platforms {
		labels = append(labels, p.Label())
		read = read || account.Provider.Capabilities(p).History.OK
	}
	var sources []string
	if read {
		sources = append(sources, "read from "+account.Provider.Name())
	}
	if hook != "" {
		sources = append(sources, "told at "+hook)
	}
	return listed(labels) + ", " + cmp.Or(strings.Join(sources, " and "), "no news: "+account.Provider.Name()+" cannot be read, and nothing listens for its webhooks")
}
