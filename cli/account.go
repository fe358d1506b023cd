package cli

// The [[account]] tables of the config. Which keys an account may have depends
// on its provider: each hands over a form (login.Field), which is filled in here.

import (
	"cmp"
	"fmt"
	"maps"
	"net"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"

	"parley/inbox"
	"parley/platforms"
	"parley/platforms/login"
)

// accountConfig is one [[account]].
type accountConfig struct {
	name              inbox.AccountID
	provider          platforms.Provider
	baseURL           string
	platforms         []inbox.Platform
	conversationLimit int
	values            map[string]string
	secrets           map[string]secretSource
	lists             map[string][]secretSource
}

// conversationLimits are how many conversations a month a login may answer,
// unless the config says otherwise. Ayrshare's overview of its Messages API says
// 100 for each user profile.
var conversationLimits = map[string]int{"ayrshare": 100}

func (c *config) takeAccounts(root *table) {
	tables := root.subs("account")
	if _, there := root.values["account"]; !there {
		root.problem(position{1, 1}, "account", "missing: expected at least one [[account]] with name and provider")
	}
	for _, t := range tables {
		a := c.takeAccount(t)
		if slices.ContainsFunc(c.accounts, func(b accountConfig) bool { return b.name == a.name }) {
			t.problem(t.where("name"), "name", "there are two accounts %q; each needs a name of its own", a.name)
		}
		c.accounts = append(c.accounts, a)
	}
}

func newAccountConfig(name inbox.AccountID) accountConfig {
	return accountConfig{
		name:    name,
		values:  map[string]string{},
		secrets: map[string]secretSource{},
		lists:   map[string][]secretSource{},
	}
}

func (c *config) takeAccount(t *table) accountConfig {
	a := newAccountConfig(takeAccountName(t))
	var ok bool
	if a.provider, ok = takeProvider(t); !ok {
		return a // which keys the account may have depends on its provider
	}
	a.baseURL = c.takeBaseURL(t, a.provider)
	a.platforms = takePlatforms(t, a.provider)
	a.conversationLimit = t.count("conversation_limit", conversationLimits[a.provider.Name], 0, 1_000_000)
	for _, f := range a.provider.Fields {
		a.take(t, f)
	}
	t.finish()
	return a
}

// take fills in one field of the provider's form.
func (a *accountConfig) take(t *table, f login.Field) {
	switch {
	case f.List:
		a.lists[f.Name] = takeSecretList(t, f)
	case f.Secret:
		a.secrets[f.Name] = takeSecret(t, f)
	case f.Flag:
		if t.flag(f.Name, false) {
			a.values[f.Name] = "true"
		}
	default:
		a.values[f.Name] = takeValue(t, f)
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
		t.problem(t.where(f.Name), f.Name, "expected %s, found %q; %s", expected, value, suggest(value, f.OneOf))
	}
	return value
}

// alternatives lists values as they are written: "a", "b" or "c".
func alternatives(values []string) string { return joined(quotedAll(values), "or") }

func quotedAll(values []string) []string {
	quoted := make([]string, len(values))
	for i, v := range values {
		quoted[i] = strconv.Quote(v)
	}
	return quoted
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
		t.problem(t.where("provider"), "provider", "no provider is called %q; %s", name, suggest(name, names))
	}
	return p, ok
}

func (c *config) takeBaseURL(t *table, p platforms.Provider) string {
	raw := cmp.Or(t.str("base_url", "a URL in quotes"), p.BaseURL)
	u, err := url.Parse(raw)
	switch {
	case err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http":
		t.problem(t.where("base_url"), "base_url", "expected a URL that begins with https://, found %q", raw)
	case u.User != nil || u.RawQuery != "" || u.Fragment != "":
		t.problem(t.where("base_url"), "base_url", "expected a URL without a user, ? or #")
	case u.Scheme == "http" && !isLoopback(u.Hostname()):
		t.problem(t.where("base_url"), "base_url", "expected https:// (http would show the key to everybody on the way, and is for 127.0.0.1 and localhost only), found %q", raw)
	}
	return strings.TrimRight(raw, "/")
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
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
			t.problem(t.where("platforms"), "platforms", "%s knows no platform %q; %s", p.Name, name, suggest(name, known))
		case !slices.Contains(list, platform):
			list = append(list, platform)
		}
	}
	if len(list) == 0 {
		return p.Platforms
	}
	return list
}

// reaches are the platforms of the account: those of the config that this login
// has. A login may reach fewer than its provider does.
func (a accountConfig) reaches(p inbox.Provider) ([]inbox.Platform, error) {
	has := p.Platforms()
	var list []inbox.Platform
	for _, platform := range a.platforms {
		if slices.Contains(has, platform) {
			list = append(list, platform)
		}
	}
	if len(list) == 0 {
		return nil, &usageError{
			text: fmt.Sprintf("account %s: platforms names none that this login reaches", a.name),
			hint: fmt.Sprintf("it reaches %s; platforms can be left out", quotedList(has)),
		}
	}
	return list, nil
}

// warnOfReaders warns of keys that stand in files which others may read.
func (c *config) warnOfReaders() {
	var inline []string
	for _, a := range c.accounts {
		for _, s := range a.sources() {
			switch {
			case !s.given():
			case s.form == "":
				inline = append(inline, s.key)
			case s.form == "_file" && readableByOthers(expandHome(s.value)):
				c.warnings = append(c.warnings, fmt.Sprintf("%s:%d: others can read %s; chmod 600 it", c.file, s.at.line, s.value))
			}
		}
	}
	slices.Sort(inline)
	if len(inline) > 0 && readableByOthers(c.file) {
		c.warnings = append(c.warnings, fmt.Sprintf("others can read %s, which holds %s; chmod 600 it, or use %s_command", c.file, strings.Join(slices.Compact(inline), ", "), inline[0]))
	}
	slices.Sort(c.warnings)
}

// sources are all that the account's secrets come from.
func (a accountConfig) sources() []secretSource {
	sources := slices.Collect(maps.Values(a.secrets))
	for _, list := range a.lists {
		sources = append(sources, list...)
	}
	return sources
}

func readableByOthers(file string) bool {
	info, err := os.Stat(file)
	return err == nil && info.Mode().Perm()&0o077 != 0
}
