package cli

// The accounts of the config: which of them are meant, and how they are opened,
// each with its provider's form filled in.

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"parley/config"
	"parley/inbox"
	"parley/platforms/login"
)

// accountNamed checks that the config has an account of that name; "" is all.
func accountNamed(c *config.Config, name string) (inbox.AccountID, error) {
	names := c.AccountNames()
	if name == "" || slices.Contains(names, name) {
		return inbox.AccountID(name), nil
	}
	return "", &usageError{text: fmt.Sprintf("the config has no account %q; %s", name, config.Suggest(name, names))}
}

// whichAccount asks for what cannot be guessed.
func whichAccount(c *config.Config) error {
	return &usageError{text: "which account is meant?", hint: "--account " + strings.Join(c.AccountNames(), " or --account ")}
}

// accountOf is the account of a provider that is meant.
func accountOf(c *config.Config, provider, name string) (config.Account, error) {
	if _, err := accountNamed(c, name); err != nil {
		return config.Account{}, err
	}
	var found []config.Account
	for _, ac := range c.Accounts {
		if ac.Provider.Name == provider && (name == "" || string(ac.Name) == name) {
			found = append(found, ac)
		}
	}
	switch {
	case len(found) == 1:
		return found[0], nil
	case len(found) > 1:
		return config.Account{}, whichAccount(c)
	case name != "":
		return config.Account{}, &usageError{text: fmt.Sprintf("account %s is not of the provider %s", name, provider)}
	}
	return config.Account{}, &usageError{text: "the config has no account of the provider " + provider, hint: "add an [[account]] with provider = \"" + provider + "\" first"}
}

// openAccounts opens a provider for each account of the config, whose memory is
// in the data folder.
func (a *app) openAccounts(ctx context.Context, c *config.Config, data string, r reach) ([]inbox.Account, error) {
	var accounts []inbox.Account
	for _, ac := range c.Accounts {
		account, err := a.openAccount(ctx, c, ac, data, r)
		if err != nil {
			return nil, err
		}
		accounts = append(accounts, account)
	}
	return accounts, nil
}

func (a *app) openAccount(ctx context.Context, c *config.Config, ac config.Account, data string, r reach) (inbox.Account, error) {
	form, err := a.fillIn(ctx, ac, data, r)
	if err != nil {
		return inbox.Account{}, err
	}
	return openFilled(c, ac, form)
}

// openFilled opens an account whose form is filled in.
func openFilled(c *config.Config, ac config.Account, form login.Login) (inbox.Account, error) {
	p, err := ac.Provider.Open(form)
	if err != nil {
		e := inbox.AsError(err)
		return inbox.Account{}, &usageError{text: fmt.Sprintf("account %s: %s", ac.Name, describeError(e)), hint: e.Hint}
	}
	reached, err := ac.Reaches(p)
	if err != nil {
		return inbox.Account{}, err
	}
	return inbox.Account{
		ID: ac.Name, Provider: p, Platforms: reached, ConversationLimit: ac.ConversationLimit, Windows: c.WindowsOf(ac, p),
		MarkSeen: ac.Values[markSeen] != "",
	}, nil
}

// fillIn gives the provider's form its values.
func (a *app) fillIn(ctx context.Context, ac config.Account, data string, r reach) (login.Login, error) {
	form := login.Login{
		Account: ac.Name, BaseURL: ac.BaseURL, Platforms: ac.Platforms, Values: ac.Values,
		Secrets: map[string]login.Secret{}, Lists: map[string][]login.Secret{},
		Memory: memoryOf(data, ac.Name, r), Hide: a.redactor.learn, Log: a.log,
	}
	for name, source := range ac.Secrets {
		if !source.Given() {
			continue
		}
		secret, err := a.fetchSecret(ctx, ac, source, r)
		if err != nil {
			return form, err
		}
		form.Secrets[name] = secret
	}
	for name, sources := range ac.Lists {
		for _, source := range sources {
			secret, err := a.fetchSecret(ctx, ac, source, r)
			if err != nil {
				return form, err
			}
			form.Lists[name] = append(form.Lists[name], secret)
		}
	}
	return form, nil
}

// markSeen is what providers that can tell a customer so call the setting of an
// account to do that by itself.
const markSeen = "mark_seen"

// notFetched stands for a secret in commands that ask the network nothing, so
// that reading the cache never waits for a password manager.
var notFetched = login.NewSecret("not-fetched")

func (a *app) fetchSecret(ctx context.Context, ac config.Account, source config.Secret, r reach) (login.Secret, error) {
	if r == offline {
		return notFetched, nil
	}
	secret, err := source.Fetch(ctx, a.stderr)
	if err != nil {
		return secret, &usageError{
			text: fmt.Sprintf("account %s: %v", ac.Name, err),
			hint: fmt.Sprintf("see line %d of %s", source.At.Line, a.places().Config),
		}
	}
	a.redactor.learn(secret)
	return secret, nil
}
