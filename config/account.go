package config

// The [[account]] tables of the config. Which keys an account may have depends
// on its provider: each hands over a form (login.Field), which is filled in here.

import (
	"cmp"
	"fmt"
	"maps"
	"net/url"
	"os"
	"slices"
	"strings"

	"parley/inbox"
	"parley/platforms"
	"parley/platforms/httpapi"
	"parley/platforms/login"
)

// Account is one [[account]]. Values, Secrets and Lists are the fields of its
// provider's form, by their names.
type Account struct {
	Name              inbox.AccountID
	Provider          platforms.Provider
	BaseURL           string
	Platforms         []inbox.Platform
	ConversationLimit int
	Values            map[string]string
	Secrets           map[string]Secret
	Lists             map[string][]Secret
}

// conversationLimits are how many conversations a month a login may answer,
// unless the config says otherwise. Ayrshare's overview of its Messages API says
// 100 for each user profile.
var conversationLimits = map[string]int{"ayrshare": 100}

func (c *Config) takeAccounts(root *table) {
	tables := root.subs("account")
	if _, there := root.values["account"]; !there {
		root.problem(Position{1, 1}, "account", "missing: expected at least one [[account]] with name and provider")
	}
	for _, t := range tables {
		a := c.takeAccount(t)
		if slices.ContainsFunc(c.Accounts, func(b Account) bool { return b.Name == a.Name }) {
			t.problem(t.where("name"), "name", "there are two accounts %q; each needs a name of its own", a.Name)
		}
		c.Accounts = append(c.Accounts, a)
	}
}

func newAccount(name inbox.AccountID) Account {
	return Account{
		Name:    name,
		Values:  map[string]string{},
		Secrets: map[string]Secret{},
		Lists:   map[string][]Secret{},
	}
}

func (c *Config) takeAccount(t *table) Account {
	a := newAccount(takeAccountName(t))
	var ok bool
	if a.Provider, ok = takeProvider(t); !ok {
		return a // which keys the account may have depends on its provider
	}
	a.BaseURL = c.takeBaseURL(t, a.Provider)
	a.Platforms = takePlatforms(t, a.Provider)
	a.ConversationLimit = t.count("conversation_limit", conversationLimits[a.Provider.Name], 0, 1_000_000)
	for _, f := range a.Provider.Fields {
		a.take(t, f)
	}
	t.finish()
	return a
}

// take fills in one field of the provider's form.
func (a *Account) take(t *table, f login.Field) {
	switch {
	case f.List:
		a.Lists[f.Name] = takeSecretList(t, f)
	case f.Secret:
		a.Secrets[f.Name] = takeSecret(t, f)
	case f.Flag:
		if t.flag(f.Name, false) {
			a.Values[f.Name] = "true"
		}
	default:
		a.Values[f.Name] = takeValue(t, f)
	}
}

// takeValue takes a setting that is no secret.
func takeValue(t *table, f login.Field) string {
	expected := "a text in quotes"
	if f.OneOf != nil {
		expected = alternatives(f.OneOf)
	}
	value := t.str(f.Name, expected)
	switch {
	case value == "" && f.Required && f.OneOf != nil:
		t.problem(t.where(f.Name), f.Name, "missing: expected %s: %s", expected, f.Help)
	case value == "" && f.Required:
		t.problem(t.where(f.Name), f.Name, "missing: %s", f.Help)
	case value != "" && f.OneOf != nil && !slices.Contains(f.OneOf, value):
		t.problem(t.where(f.Name), f.Name, "expected %s, found %q; %s", expected, value, Suggest(value, f.OneOf))
	}
	return value
}

func takeAccountName(t *table) inbox.AccountID {
	name := inbox.AccountID(t.str("name", `a name in quotes, such as "acme"`))
	switch {
	case t.values["name"] == nil:
		t.problem(t.at, "name", `missing: expected a name for the account, such as "acme"`)
	case !name.Valid():
		t.problem(t.where("name"), "name", "expected 1 to 63 letters, digits, dots, dashes or underscores, the first a letter or digit; found %q", name)
	}
	return name
}

func takeProvider(t *table) (platforms.Provider, bool) {
	var names []string
	for _, p := range platforms.All() {
		names = append(names, p.Name)
	}
	name := t.str("provider", "the name of a provider in quotes")
	p, ok := platforms.Find(name)
	switch {
	case ok:
	case t.values["provider"] == nil:
		t.problem(t.at, "provider", "missing: expected one of %s", strings.Join(names, ", "))
	default:
		t.problem(t.where("provider"), "provider", "no provider is called %q; %s", name, Suggest(name, names))
	}
	return p, ok
}

func (c *Config) takeBaseURL(t *table, p platforms.Provider) string {
	raw := cmp.Or(t.str("base_url", "a URL in quotes"), p.BaseURL)
	u, err := url.Parse(raw)
	switch {
	case err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http":
		t.problem(t.where("base_url"), "base_url", "expected a URL that begins with https://, found %q", raw)
	case u.User != nil || u.RawQuery != "" || u.Fragment != "":
		t.problem(t.where("base_url"), "base_url", "expected a URL without a user, ? or #")
	case u.Scheme == "http" && !httpapi.IsLoopback(u.Hostname()):
		t.problem(t.where("base_url"), "base_url", "expected https:// (http would show the key to everybody on the way, and is for 127.0.0.1 and localhost only), found %q", raw)
	}
	return strings.TrimRight(raw, "/")
}

func takePlatforms(t *table, p platforms.Provider) []inbox.Platform {
	var known []string
	for _, platform := range p.Platforms {
		known = append(known, string(platform))
	}
	var list []inbox.Platform
	for _, name := range t.list("platforms", "a list of platforms in quotes") {
		platform := inbox.Platform(name)
		switch {
		case !slices.Contains(p.Platforms, platform):
			t.problem(t.where("platforms"), "platforms", "%s knows no platform %q; %s", p.Name, name, Suggest(name, known))
		case !slices.Contains(list, platform):
			list = append(list, platform)
		}
	}
	if len(list) == 0 {
		return p.Platforms
	}
	return list
}

// Reaches are the platforms of the account: those of the config that this login
// has. A login may reach fewer than its provider does.
func (a Account) Reaches(p inbox.Provider) ([]inbox.Platform, error) {
	has := p.Platforms()
	var list []inbox.Platform
	for _, platform := range a.Platforms {
		if slices.Contains(has, platform) {
			list = append(list, platform)
		}
	}
	if len(list) == 0 {
		return nil, &UnusableError{
			Text: fmt.Sprintf("account %s: platforms names none that this login reaches", a.Name),
			Hint: fmt.Sprintf("it reaches %s; platforms can be left out", quotedList(has)),
		}
	}
	return list, nil
}

// MissingFor lists the settings that are not given, although the platform does
// not work without them.
func (a Account) MissingFor(p inbox.Platform) (names []string) {
	for _, f := range a.Provider.Fields {
		if f.For == p && !a.Secrets[f.Name].Given() && a.Values[f.Name] == "" {
			names = append(names, f.Name)
		}
	}
	return names
}

// warnOfReaders warns of keys that stand in files which others may read.
func (c *Config) warnOfReaders() {
	var inline []string
	for _, a := range c.Accounts {
		for _, s := range a.sources() {
			switch {
			case !s.Given():
			case s.form == SecretInline:
				inline = append(inline, s.key)
			case s.form == SecretFile && readableByOthers(ExpandHome(s.value)):
				c.Warnings = append(c.Warnings, fmt.Sprintf("%s:%d: others can read %s; chmod 600 it", c.File, s.At.Line, s.value))
			}
		}
	}
	slices.Sort(inline)
	if len(inline) > 0 && readableByOthers(c.File) {
		c.Warnings = append(c.Warnings, fmt.Sprintf("others can read %s, which holds %s; chmod 600 it, or use %s_command", c.File, strings.Join(slices.Compact(inline), ", "), inline[0]))
	}
	slices.Sort(c.Warnings)
}

// sources are all that the account's secrets come from.
func (a Account) sources() []Secret {
	sources := slices.Collect(maps.Values(a.Secrets))
	for _, list := range a.Lists {
		sources = append(sources, list...)
	}
	return sources
}

func readableByOthers(file string) bool {
	info, err := os.Stat(file)
	return err == nil && info.Mode().Perm()&0o077 != 0
}
