// Package platforms is the table of the providers that parley can talk to. A
// new provider is one folder here and one line in this table; nothing in ui,
// inbox or cache changes.
package platforms

import (
	"parley/inbox"
	"parley/platforms/ayrshare"
	"parley/platforms/chatt2me"
	"parley/platforms/instagram"
	"parley/platforms/login"
)

// Provider describes one API that an account can be configured for.
type Provider struct {
	Name      string
	About     string           // what it is for, in one line
	BaseURL   string           // the default
	Platforms []inbox.Platform // all that it can reach
	Fields    []login.Field    // settings beside name, provider, base_url and platforms
	Open      func(login.Login) (inbox.Provider, error)
}

var table = []Provider{
	{"ayrshare", ayrshare.About, ayrshare.BaseURL, inbox.Platforms, ayrshare.Fields, ayrshare.Open},
	{"instagram", instagram.About, instagram.BaseURL, []inbox.Platform{inbox.Instagram}, instagram.Fields, instagram.Open},
	{"chatt2me", chatt2me.About, chatt2me.BaseURL, []inbox.Platform{inbox.Instagram, inbox.Facebook}, chatt2me.Fields, chatt2me.Open},
}

// All lists the providers.
func All() []Provider { return table }

// Find returns the provider of that name.
func Find(name string) (Provider, bool) {
	for _, p := range table {
		if p.Name == name {
			return p, true
		}
	}
	return Provider{}, false
}
