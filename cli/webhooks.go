package cli

// parley webhook: what the providers know of our addresses. It asks the
// providers directly, so that it works also while an inbox holds the cache.

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"parley/config"
	"parley/inbox"
	"parley/platforms/hook"
)

type webhookOptions struct {
	account string
	url     string
	json    bool
}

func (a *app) webhookCommand() *cobra.Command {
	webhook := &cobra.Command{
		Use:   "webhook",
		Short: "Tell providers where to call, and see what they know",
		Long: `A provider that calls brings messages within a second. The config says where the
inbox (or parley run) listens:

  [webhook]
  listen = "127.0.0.1:8480"
  public_url = "https://inbox.example"    # the reverse proxy before it

Each account has an address of its own: public_url/webhook/ACCOUNT.`,
		Args: noSubcommand,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	webhook.AddCommand(
		a.webhookSubcommand("register", "Ask the provider to call", "Register tells the provider the account's address. It may ask for an answer at\nonce: start `parley run` (or the inbox) first.", a.register),
		a.webhookSubcommand("list", "List what the providers have registered", "List asks the providers which addresses they call.", a.listRegistered),
		a.webhookSubcommand("unregister", "Ask the provider to call no more", "Unregister takes the account's address back.", a.unregister),
	)
	return webhook
}

func (a *app) webhookSubcommand(name, short, long string, do func(context.Context, *registrar, webhookOptions) error) *cobra.Command {
	var o webhookOptions
	cmd := &cobra.Command{
		Use:   name,
		Short: short,
		Long: long + `

With --json, one object per address: account, provider, address (may be empty),
events (a list of texts), active, since (RFC 3339 in UTC, or null), note (may be
empty).`,
		Args: noSubcommand,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.eachRegistrar(cmd.Context(), o, func(ctx context.Context, r *registrar) error { return do(ctx, r, o) })
		},
	}
	cmd.Flags().StringVar(&o.account, "account", "", "only this `ACCOUNT` of the config")
	if name != "list" {
		cmd.Flags().StringVar(&o.url, "url", "", "the `ADDRESS` to call (default: public_url of the config and /webhook/ACCOUNT)")
	}
	cmd.Flags().BoolVar(&o.json, "json", false, "one JSON object per line")
	a.completeAccounts(cmd)
	return cmd
}

// registrar is an account whose webhooks its provider's API can manage.
type registrar struct {
	hook.Registrar
	account  inbox.AccountID
	provider string
	address  string // of this account; "" when nobody has said
}

// eachRegistrar calls f for the accounts that are meant. One that cannot be
// managed is an error when it was named, or when there is no other.
func (a *app) eachRegistrar(ctx context.Context, o webhookOptions, f func(context.Context, *registrar) error) error {
	c, err := config.Load(a.places().Config)
	if err != nil {
		return err
	}
	a.openLog(a.places().State)
	only, err := accountNamed(c, o.account)
	if err != nil {
		return err
	}
	if o.url != "" && only == "" && len(c.Accounts) > 1 {
		return whichAccount(c)
	}
	var cannot error
	done := false
	for _, ac := range c.Accounts {
		if only != "" && ac.Name != only {
			continue
		}
		r, err := a.registrarOf(ctx, c, ac, o.url)
		if inbox.KindOf(err) == inbox.Unsupported {
			cannot = cmp.Or(cannot, err)
			continue
		}
		if err != nil {
			return err
		}
		if err := f(ctx, r); err != nil {
			return err
		}
		done = true
	}
	if !done {
		return cannot
	}
	return nil
}

func (a *app) registrarOf(ctx context.Context, c *config.Config, ac config.Account, address string) (*registrar, error) {
	account, err := a.openAccount(ctx, c, ac, a.places().Data, online)
	if err != nil {
		return nil, err
	}
	r, ok := account.Provider.(hook.Registrar)
	if !ok {
		return nil, &inbox.Error{
			Kind: inbox.Unsupported, Op: "webhook", Text: fmt.Sprintf("account %s: webhooks of %s cannot be managed by its API", ac.Name, ac.Provider.Name),
			Hint: "set the address in the provider's dashboard",
		}
	}
	if address == "" && c.Webhook != nil && c.Webhook.PublicURL != "" {
		address = c.Webhook.PublicURL + config.WebhookPath(ac.Name)
	}
	return &registrar{Registrar: r, account: ac.Name, provider: ac.Provider.Name, address: address}, nil
}

// registerPatience bounds one request, which may include a call of the provider
// to us.
const registerPatience = 30 * time.Second

func (a *app) register(ctx context.Context, r *registrar, o webhookOptions) error {
	if r.address == "" {
		return errNoAddress(r.account)
	}
	ctx, cancel := context.WithTimeout(ctx, registerPatience)
	defer cancel()
	if err := r.Register(ctx, r.address); err != nil {
		return r.explain(err)
	}
	return a.printRegistered(ctx, r, o)
}

func (a *app) listRegistered(ctx context.Context, r *registrar, o webhookOptions) error {
	ctx, cancel := context.WithTimeout(ctx, registerPatience)
	defer cancel()
	return a.printRegistered(ctx, r, o)
}

// unregister takes back the address, or, when nobody has said which, the one
// that is there.
func (a *app) unregister(ctx context.Context, r *registrar, o webhookOptions) error {
	ctx, cancel := context.WithTimeout(ctx, registerPatience)
	defer cancel()
	if err := r.Unregister(ctx, r.address); err != nil {
		return r.explain(err)
	}
	return a.printRegistered(ctx, r, o)
}

func errNoAddress(id inbox.AccountID) error {
	return &usageError{
		text: fmt.Sprintf("account %s: nobody has said under which address providers reach this machine", id),
		hint: "set public_url in [webhook] of the config, or give the whole address with --url https://…" + config.WebhookPath(id),
	}
}

// explain says which account an error is of.
func (r *registrar) explain(err error) error {
	e := *inbox.AsError(err)
	e.Text = fmt.Sprintf("account %s: %s", r.account, cmp.Or(e.Text, string(e.Kind)))
	return &e
}

// registrationRecord is a registered address as scripts see it.
type registrationRecord struct {
	Account  inbox.AccountID `json:"account"`
	Provider string          `json:"provider"`
	Address  string          `json:"address"`
	Events   []string        `json:"events"`
	Active   bool            `json:"active"`
	Since    timestamp       `json:"since"`
	Note     string          `json:"note"`
}

// printRegistered asks what is registered now, and prints it.
func (a *app) printRegistered(ctx context.Context, r *registrar, o webhookOptions) error {
	list, err := r.Registered(ctx)
	if err != nil {
		return r.explain(err)
	}
	if len(list) == 0 && !o.json {
		_, err := fmt.Fprintf(a.stdout, "%s: %s calls no address\n", r.account, r.provider)
		return err
	}
	for _, x := range list {
		if err := a.printRegistration(r, x, o.json); err != nil {
			return err
		}
	}
	return nil
}

func (a *app) printRegistration(r *registrar, x hook.Registration, asJSON bool) error {
	if asJSON {
		events := append([]string{}, x.Events...)
		return jsonLines(a.stdout).Encode(registrationRecord{r.account, r.provider, x.Address, events, x.Active, timestamp(x.Since), x.Note})
	}
	state := "calls"
	if !x.Active {
		state = "does not call"
	}
	address := cmp.Or(x.Address, "the address of its dashboard")
	_, err := fmt.Fprintf(a.stdout, "%s: %s %s %s\n    %s\n%s", r.account, r.provider, state, inbox.CleanLine(address),
		cmp.Or(inbox.CleanLine(listed(x.Events)), "no events"), lineOf(x.Note))
	return err
}
