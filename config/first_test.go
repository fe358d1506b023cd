package config

import (
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"parley/inbox"
	"parley/platforms"
	"parley/platforms/login"
)

// answered is a draft in which every field of the provider has an answer.
func answered(p platforms.Provider, value string) Draft {
	d := Draft{
		Name: "my-shop", Provider: p, BaseURL: "http://127.0.0.1:1/api", Values: map[string]string{}, Secrets: map[string]Source{},
		Webhook: &Webhook{Listen: "127.0.0.1:9999", PublicURL: "https://shop.example"},
	}
	for i, f := range p.Fields {
		switch {
		case f.Secret:
			d.Secrets[f.Name] = Source{secretForms[i%len(secretForms)], value}
		case f.Flag:
			d.Values[f.Name] = "true"
		case f.OneOf != nil:
			d.Values[f.Name] = f.OneOf[len(f.OneOf)-1]
		default:
			d.Values[f.Name] = value
		}
	}
	if ChoosesPlatforms(p) {
		d.Platforms = p.Platforms[:1]
	}
	return d
}

// TestDraftIsWhatIsLoaded: what was answered for a provider is what a config says
// that was written of it, with nothing else switched on.
func TestDraftIsWhatIsLoaded(t *testing.T) {
	t.Parallel()
	for _, p := range platforms.All() {
		t.Run(p.Name, func(t *testing.T) {
			t.Parallel()
			const value = `it's "quoted" \ and # no comment`
			d := answered(p, value)
			file := filepath.Join(t.TempDir(), "config.toml")
			if err := os.WriteFile(file, []byte(d.Text()), 0o600); err != nil {
				t.Fatal(err)
			}
			c, err := Load(file)
			if err != nil {
				t.Fatalf("%v\nin\n%s", err, d.Text())
			}
			if len(c.Accounts) != 1 || c.Screen.Views != nil || c.Retention != (inbox.Retention{}) || *c.Webhook != *d.Webhook {
				t.Fatalf("%+v", c)
			}
			a := c.Accounts[0]
			if a.Name != d.Name || a.Provider.Name != p.Name || a.BaseURL != d.BaseURL || d.Platforms != nil && !slices.Equal(a.Platforms, d.Platforms) {
				t.Errorf("%+v", a)
			}
			if !reflect.DeepEqual(a.Values, d.Values) {
				t.Errorf("values %q, want %q", a.Values, d.Values)
			}
			for _, f := range p.Fields {
				got := a.Secrets[f.Name]
				if f.List {
					got = a.Lists[f.Name][0]
				}
				if want := d.Secrets[f.Name]; f.Secret && (got.form != want.Form || got.value != want.Value) {
					t.Errorf("%s is %q as %q, want %q", f.Name, got.value, got.form, want)
				}
			}
		})
	}
}

// TestDraftExplainsAllProviders: whoever has begun with one provider finds an
// example of each other, and of whatever else can be set.
func TestDraftExplainsAllProviders(t *testing.T) {
	t.Parallel()
	for _, p := range platforms.All() {
		text := Draft{Name: "a", Provider: p}.Text()
		if _, err := Parse("c.toml", []byte(text)); err != nil {
			t.Errorf("%s: %v", p.Name, err)
		}
		for _, other := range platforms.All() {
			if !strings.Contains(text, "provider = \""+other.Name+"\"") || other.Name != p.Name && !strings.Contains(text, other.About) {
				t.Errorf("the config for %s does not explain %s", p.Name, other.Name)
			}
		}
		for _, key := range []string{"[webhook]", "[window.", "[retention]", "[[view]]", "[keys]", "[ui]", "pictures = ", "notify = ", "quiet = ", "agent = ", "hold = ", "[theme.", "replies/"} {
			if !strings.Contains(text, key) {
				t.Errorf("the config for %s does not explain %s", p.Name, key)
			}
		}
	}
}

// TestExampleIsUsedAsItStands: the example of another account works when the first
// # of all of its lines is taken away, and has nothing switched on by that.
func TestExampleIsUsedAsItStands(t *testing.T) {
	t.Parallel()
	for _, p := range platforms.All() {
		d := Draft{Name: "a", Provider: p}
		text, names := d.Text(), []string{"a"}
		for _, other := range platforms.All() {
			if other.Name != p.Name {
				example := Draft{Name: inbox.AccountID("a-" + other.Name), Provider: other}
				text = strings.Replace(text, commentedOut(example.account()), example.account(), 1)
				names = append(names, string(example.Name))
			}
		}
		text = strings.Replace(text, commentedOut(uncommented(d.webhook())), uncommented(d.webhook()), 1)
		c, err := Parse("c.toml", []byte(text))
		if err != nil {
			t.Fatalf("%s: %v\nin\n%s", p.Name, err, text)
		}
		if !slices.Equal(c.AccountNames(), names) || c.Webhook == nil {
			t.Errorf("accounts %q, want %q; webhook %v", c.AccountNames(), names, c.Webhook)
		}
		for _, a := range c.Accounts {
			for name, value := range a.Values {
				if field := a.Provider.Fields[slices.IndexFunc(a.Provider.Fields, func(f login.Field) bool { return f.Name == name })]; !field.Required && value != "" {
					t.Errorf("%s of %s is %q", name, a.Name, value)
				}
			}
		}
	}
}

// uncommented takes the first # of each line away, but not of the first line.
func uncommented(text string) string {
	_, table, _ := strings.Cut(text, "\n")
	return strings.ReplaceAll(strings.TrimPrefix(table, "# "), "\n# ", "\n")
}

// notExplained are keys of which a first config has no example: those of one
// provider's windows are those of another's too, and a certificate has to be there.
var notExplained = []string{"instagram", "chatt2me", "tls_cert", "tls_key"}

// TestDraftExplainsAllKeys: whatever a config may say stands in the first one.
func TestDraftExplainsAllKeys(t *testing.T) {
	t.Parallel()
	example := regexp.MustCompile(`(?m)^(# )+(\[|[a-z_]+ = )`)
	text := First()
	doc, err := parseTOML([]byte(example.ReplaceAllString(text, "$2")))
	if err != nil {
		t.Fatalf("%v\nin\n%s", err, text)
	}
	c := &Config{}
	c.takeAccounts(doc.root)
	c.takeWindows(doc.root)
	takeWebhook(doc.root)
	c.takeRetention(doc.root)
	takeMedia(doc.root)
	c.takeScreen(doc.root)
	for name, v := range doc.root.values {
		tables := v.tables
		if v.table != nil {
			tables = append(tables, v.table)
		}
		for _, one := range tables {
			for _, key := range one.asked {
				plain := strings.TrimSuffix(strings.TrimSuffix(strings.TrimSuffix(key, SecretCommand), SecretFile), SecretEnv)
				given := func(form string) bool {
					return slices.ContainsFunc(tables, func(other *table) bool { return other.values[plain+form] != nil })
				}
				if !slices.ContainsFunc(secretForms, given) && !slices.Contains(notExplained, key) {
					t.Errorf("[%s] may have %s, and the first config does not say so", name, key)
				}
			}
		}
	}
	for _, key := range doc.root.asked {
		if doc.root.values[key] == nil {
			t.Errorf("a config may have [%s], and the first config does not say so", key)
		}
	}
}

// TestDraftTellsWhatIsWrong: an answer is refused in the words of the config.
func TestDraftTellsWhatIsWrong(t *testing.T) {
	t.Parallel()
	first := platforms.All()[0]
	for _, c := range []struct {
		key   string
		draft Draft
		want  string
	}{
		{"account.name", Draft{Name: "acme", Provider: first}, ""},
		{"account.name", Draft{Name: "two words", Provider: first}, "expected 1 to 63 letters"},
		{"account.base_url", Draft{Name: "acme", Provider: first, BaseURL: "http://api.example"}, "expected https://"},
		{"account.platforms", Draft{Name: "acme", Provider: first, Platforms: []inbox.Platform{"fax"}}, `knows no platform "fax"`},
		{"webhook.public_url", Draft{Name: "acme", Provider: first, Webhook: &Webhook{Listen: UsualListen, PublicURL: "inbox.example"}}, "expected a URL that begins with https://"},
		{"webhook.listen", Draft{Name: "acme", Provider: first, Webhook: &Webhook{Listen: "8480", PublicURL: "https://inbox.example"}}, "expected an address such as"},
		{"webhook.listen", Draft{Name: "two words", Provider: first, Webhook: &Webhook{Listen: ":1", PublicURL: "https://inbox.example"}}, ""},
	} {
		got := c.draft.Wrong(c.key)
		if (got == "") != (c.want == "") || !strings.Contains(got, c.want) {
			t.Errorf("%s: %q, want %q", c.key, got, c.want)
		}
	}
}

// FuzzDraft: whatever text without control characters is answered, the config
// that is written of it says exactly that.
func FuzzDraft(f *testing.F) {
	for _, seed := range []string{"pass show ayrshare", `"`, `\`, `"""`, "#", "[[account]]", "é漢🙏🏽", "\u202e\u2028", "%s%!q"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, value string) {
		if value == "" || !utf8.ValidString(value) || strings.ContainsFunc(value, unicode.IsControl) {
			t.Skip()
		}
		for _, p := range platforms.All() {
			c, err := Parse("c.toml", []byte(answered(p, value).Text()))
			if err != nil {
				t.Fatalf("%s: %v", p.Name, err)
			}
			for _, field := range p.Fields {
				if got := valueOf(c.Accounts[0], field); got != "" && got != value {
					t.Errorf("%s of %s is %q, want %q", field.Name, p.Name, got, value)
				}
			}
		}
	})
}

// valueOf is what the config says of a field that takes any text.
func valueOf(a Account, f login.Field) string {
	switch {
	case f.List:
		return a.Lists[f.Name][0].value
	case f.Secret:
		return a.Secrets[f.Name].value
	case f.Flag, f.OneOf != nil:
		return ""
	}
	return a.Values[f.Name]
}
