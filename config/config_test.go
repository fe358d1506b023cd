package config

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"parley/inbox"
	"parley/platforms"
	"parley/platforms/login"
)

// account is the least that a config needs.
const account = `[[account]]
name = "acme"
provider = "ayrshare"
api_key_env = "KEY"
`

// TestConfigMistakes: every mistake names file, line, column, key and what was
// expected.
func TestConfigMistakes(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, text, want string }{
		{"no account", "", `c.toml:1:1: account: missing: expected at least one [[account]] with name and provider`},
		{"one table instead of a list", "[account]\nname = \"a\"", `c.toml:1:2: account: expected a list of tables, each opened with [[account]], found a table`},
		{"syntax", "[[account]]\nname = acme", `c.toml:2:8: `},
		{"the same key twice", "[[account]]\nname = \"a\"\nname = \"b\"", `c.toml:3:1: `},
		{"no name", "[[account]]\nprovider = \"ayrshare\"\napi_key_env = \"K\"", `c.toml:1:3: account.name: missing: expected a name for the account, such as "acme"`},
		{"a name with a slash", "[[account]]\nname = \"a/b\"\nprovider = \"ayrshare\"\napi_key_env = \"K\"", `c.toml:2:1: account.name: expected 1 to 63 letters, digits, dots, dashes or underscores, the first a letter or digit; found "a/b"`},
		{"two accounts of one name", account + account, `c.toml:6:1: account.name: there are two accounts "acme"; each needs a name of its own`},
		{"no provider", "[[account]]\nname = \"a\"", `c.toml:1:3: account.provider: missing: expected one of ayrshare`},
		{"a misspelt provider", "[[account]]\nname = \"a\"\nprovider = \"ayshare\"", `c.toml:3:1: account.provider: no provider is called "ayshare"; did you mean "ayrshare"?`},
		{"no key", "[[account]]\nname = \"a\"\nprovider = \"ayrshare\"", `c.toml:1:3: account.api_key: missing: expected api_key, api_key_env, api_key_file or api_key_command`},
		{"an empty key", "[[account]]\nname = \"a\"\nprovider = \"ayrshare\"\napi_key = \"\"", `c.toml:4:1: account.api_key: missing: expected api_key, api_key_env, api_key_file or api_key_command`},
		{"two forms of a key", account + "api_key_file = \"k\"", `c.toml:5:1: account.api_key_file: given twice: api_key_env is there too; keep one of them`},
		{"a misspelt key", account + "  profile_kye = \"p\"", `c.toml:5:3: account.profile_kye: unknown key; did you mean "profile_key"?`},
		{"a key of nowhere", account + "zzz = 1", `c.toml:5:1: account.zzz: unknown key; known here: api_key, api_key_command`},
		{"a number for a text", "[[account]]\nname = 7\nprovider = \"ayrshare\"\napi_key_env = \"K\"", `c.toml:2:1: account.name: expected a name in quotes, such as "acme", found a number`},
		{"a base URL without a scheme", account + "base_url = \"api.example.com\"", `c.toml:5:1: account.base_url: expected a URL that begins with https://, found "api.example.com"`},
		{"a base URL that shows the key", account + "base_url = \"http://api.example.com\"", `c.toml:5:1: account.base_url: expected https:// (http would show`},
		{"a base URL with a query", account + "base_url = \"https://a.example/?x=1\"", `c.toml:5:1: account.base_url: expected a URL without a user, ? or #`},
		{"an unknown platform", account + "platforms = [\"facebook\", \"instagarm\"]", `c.toml:5:1: account.platforms: ayrshare knows no platform "instagarm"; did you mean "instagram"?`},
		{"a platform that is a number", account + "platforms = [1]", `c.toml:5:1: account.platforms: expected a list of platforms in quotes, found a number in the list`},
		{"a negative limit", account + "conversation_limit = -1", `c.toml:5:1: account.conversation_limit: expected a whole number from 0 to 1000000, found -1`},
		{"a window of an unknown platform", account + "[window.ayrshare.fax]\nopen = \"1h\"", `c.toml:5:18: window.ayrshare.fax: unknown key; known here: facebook, instagram, twitter`},
		{"a window of an unknown provider", account + "[window.ayrshar.facebook]\nopen = \"1h\"", `c.toml:5:9: window.ayrshar: unknown key; did you mean "ayrshare"?`},
		{"a window that is no duration", account + "[window.ayrshare.facebook]\nopen = \"soon\"", `c.toml:6:1: window.ayrshare.facebook.open: expected a duration such as "24h" or "7d", found "soon"`},
		{"a late window that ends before the open one", account + "[window.ayrshare.facebook]\nopen = \"7d\"\nlate = \"1d\"", `c.toml:7:1: window.ayrshare.facebook.late: counts from the customer's last message, as open does, so it must not be shorter than open`},
		{"a window and none", account + "[window.ayrshare.facebook]\nnone = true\nopen = \"1d\"", `c.toml:6:1: window.ayrshare.facebook.none: a platform without a window has neither open nor late`},
		{"an age without a unit", account + "[retention]\nmax_age = \"90\"", `c.toml:6:1: retention.max_age: expected a duration such as "90d", found "90"`},
		{"a size without a number", account + "[retention]\nmax_size = \"big\"", `c.toml:6:1: retention.max_size: expected a size such as "500MB" or "2GB", found "big"`},
		{"a theme of nowhere", account + "[ui]\ntheme = \"pink\"", `c.toml:6:1: ui.theme: expected "auto", "dark", "light", "mono" or "contrast", found "pink"`},
		{"a zone of nowhere", account + "[ui]\ntime_zone = \"Mars/Base\"", `c.toml:6:1: ui.time_zone: expected a zone such as "Europe/Berlin", "UTC" or "local", found "Mars/Base"`},
		{"an own theme of nowhere", account + "[ui]\ntheme = \"pink\"\n[theme.rose]\n", `c.toml:6:1: ui.theme: expected "auto", "dark", "light", "mono", "contrast" or "rose", found "pink"`},
		{"an own theme with a taken name", account + "[theme.dark]\ntitle = \"1\"", `c.toml:5:8: theme.dark: is the name of a theme that parley has; choose another one`},
		{"an own theme on nothing", account + "[theme.rose]\nbase = \"pink\"", `c.toml:6:1: theme.rose.base: expected "auto", "dark"`},
		{"an own theme with an unknown role", account + "[theme.rose]\nrouge = \"1\"", `c.toml:6:1: theme.rose.rouge: colour "rouge" is none of`},
		{"an after of nowhere", account + "[ui]\nafter = \"home\"", `c.toml:6:1: ui.after: expected "next", "previous" or "list", found "home"`},
		{"a density of nowhere", account + "[ui]\ndensity = \"airy\"", `c.toml:6:1: ui.density: expected "compact" or "comfortable", found "airy"`},
		{"a way to notify of nowhere", account + "[ui]\nnotify = \"pigeon\"", `c.toml:6:1: ui.notify: expected "auto", "osc99", "osc777", "osc9", "bell" or "off", found "pigeon"`},
		{"quiet hours without an end", account + "[ui]\nquiet = \"22:00\"", `c.toml:6:1: ui.quiet: expected hours such as "22:00-07:00", found "22:00"`},
		{"a search for what only the index knows", account + "[ui]\nnotify_only = \"has:image\"", `c.toml:6:1: ui.notify_only: expected a search such as`},
		{"a mouse that is a word", account + "[ui]\nmouse = \"yes\"", `c.toml:6:1: ui.mouse: expected true or false, found a text`},
		{"a way to show pictures of nowhere", account + "[ui]\npictures = \"paint\"", `c.toml:6:1: ui.pictures: expected "auto", "kitty", "sixel", "blocks" or "off", found "paint"`},
		{"pictures in the thread at times", account + "[ui]\nthread_pictures = \"sometimes\"", `c.toml:6:1: ui.thread_pictures: expected "auto", "always", "ask" or "off", found "sometimes"`},
		{"pictures of any size", account + "[ui]\npicture_size = \"1GB\"", `c.toml:6:1: ui.picture_size: expected a size of at most 64MB, such as "8MB", found "1GB"`},
		{"thirteen hours", account + "[ui]\nhours = 13", `c.toml:6:1: ui.hours: expected 12 or 24, found 13`},
		{"keys that are no table", account + "[ui]\n[[keys]]\narchive = \"e\"", `c.toml:6:3: keys: expected a table, written as [keys], found a list of tables`},
		{"a key that is a number", account + "[keys]\narchive = 5", `c.toml:6:1: keys.archive: expected a key in quotes, or a list of keys such as ["j", "down"], found a number`},
		{"an unknown action", account + "[keys]\narchvie = \"e\"", `c.toml:6:1: keys.archvie: `},
		{"keys that clash", account + "[keys]\ncopy = \"e\"", `c.toml:6:1: keys.copy: `},
		{"an Alt key", account + "[keys]\ncopy = \"alt+e\"", `c.toml:6:1: keys.copy: "alt+e" of "copy"`},
		{"a colour of nowhere", account + "[ui.colours]\ntitle = \"reddish\"", `c.toml:6:1: ui.colours.title: `},
		{"a webhook that is no table", "webhook = 1\n" + account, `c.toml:1:1: webhook: expected a table, written as [webhook], found a number`},
		{"an address without a port", account + "[webhook]\nlisten = \"127.0.0.1\"", `c.toml:6:1: webhook.listen: expected an address such as "127.0.0.1:8480", found "127.0.0.1"`},
		{"a port that is none", account + "[webhook]\nlisten = \":70000\"", `c.toml:6:1: webhook.listen: expected an address such as`},
		{"a certificate without its key", account + "[webhook]\ntls_cert = \"config.go\"", `c.toml:6:1: webhook.tls_cert: expected tls_key too, or neither of them behind a reverse proxy`},
		{"a key without its certificate", account + "[webhook]\ntls_key = \"config.go\"", `c.toml:6:1: webhook.tls_key: expected tls_cert too`},
		{"a certificate that is not there", account + "[webhook]\ntls_cert = \"nowhere.pem\"\ntls_key = \"config.go\"", `c.toml:6:1: webhook.tls_cert: expected a file that can be read: `},
		{"a certificate that is a folder", account + "[webhook]\ntls_cert = \".\"\ntls_key = \"config.go\"", `c.toml:6:1: webhook.tls_cert: expected a file, found a folder: .`},
		{"a public address that is not safe", account + "[webhook]\npublic_url = \"http://inbox.example\"", `c.toml:6:1: webhook.public_url: expected a URL that begins with https://`},
		{"a public address with a query", account + "[webhook]\npublic_url = \"https://inbox.example/?a=1\"", `c.toml:6:1: webhook.public_url: expected a URL that begins with https://`},
		{"an unknown key of the webhook", account + "[webhook]\nlisen = \":1\"", `c.toml:6:1: webhook.lisen: unknown key; did you mean "listen"?`},
		{"an upload command with half a quotation", account + "[media]\nupload_command = \"up 'load\"", `c.toml:6:1: media.upload_command: expected a command in quotes, such as "upload-to-bucket --public {file}", found "up 'load"`},
		{"an editor with half a quotation", account + "[ui]\neditor = \"vim 'x\"", `c.toml:6:1: ui.editor: expected a command in quotes, such as "vim", found "vim 'x"`},
		{"an unknown key of media", account + "[media]\nupload = \"x\"", `c.toml:6:1: media.upload: unknown key; known here: upload_command`},
		{"an unknown table", account + "[uii]\ntheme = \"dark\"", `c.toml:5:2: uii: unknown key; did you mean "ui"?`},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			_, err := Parse("c.toml", []byte(c.text))
			var bad *Error
			if !errors.As(err, &bad) {
				t.Fatalf("got %v, want a config error", err)
			}
			if !strings.HasPrefix(bad.Error(), c.want) {
				t.Errorf("got\n  %s\nwant\n  %s", bad, c.want)
			}
		})
	}
}

func TestConfigReportsAllMistakesInOrder(t *testing.T) {
	t.Parallel()
	text := account + "nonsense = 1\n[ui]\nhours = 5\ntheme = 3\n"
	_, err := Parse("c.toml", []byte(text))
	lines := strings.Split(fmt.Sprint(err), "\n")
	if len(lines) != 3 || !strings.HasPrefix(lines[0], "c.toml:5:") || !strings.HasPrefix(lines[1], "c.toml:7:") || !strings.HasPrefix(lines[2], "c.toml:8:") {
		t.Errorf("got %q", lines)
	}
}

func TestConfigIsUnderstood(t *testing.T) {
	t.Parallel()
	c, err := Parse("c.toml", []byte("\ufeff"+`
account = []
`))
	if err == nil {
		t.Fatalf("an empty list of accounts was taken: %+v", c)
	}
	c, err = Parse("c.toml", []byte("\ufeff"+`
[[account]]
name = "acme"
provider = "ayrshare"
base_url = "https://api.example.com/api/"
api_key_command = "pass show ayrshare"
profile_key = ""
platforms = ["facebook", "twitter", "facebook"]
conversation_limit = 1_000
twitter_api_key_file = "~/x key"

[window.ayrshare.facebook]
open = "1d12h"
late = "1w"
[window.ayrshare]
instagram.none = true

[retention]
max_age = "90d"
max_size = "2GB"

[keys]
done = "e"
down = ["j", "N"]

[ui]
time_zone = "UTC"
hours = 12
editor = "~/bin/vim '+setlocal spell' --wait"

[media]
upload_command = "~/bin/upload 's3://the shop/' {file}"
`))
	if err != nil {
		t.Fatal(err)
	}
	a := c.Accounts[0]
	if a.BaseURL != "https://api.example.com/api" || a.ConversationLimit != 1000 {
		t.Errorf("account %+v", a)
	}
	if want := []inbox.Platform{inbox.Facebook, inbox.Twitter}; !reflect.DeepEqual(a.Platforms, want) {
		t.Errorf("platforms %v, want %v", a.Platforms, want)
	}
	if s := a.Secrets["api_key"]; s.form != "_command" || s.value != "pass show ayrshare" {
		t.Errorf("api_key %+v", s)
	}
	if a.Secrets["profile_key"].Given() {
		t.Error("an empty profile_key counts as given")
	}
	facebook := c.Windows[WindowKey{"ayrshare", inbox.Facebook}].apply(inbox.WindowPolicy{})
	if !facebook.Limited || facebook.Open != 36*time.Hour || facebook.Late != 7*24*time.Hour {
		t.Errorf("facebook's window %+v", facebook)
	}
	instagram := c.Windows[WindowKey{"ayrshare", inbox.Instagram}].apply(inbox.WindowPolicy{Limited: true, Open: time.Hour})
	if instagram.Limited {
		t.Errorf("instagram's window %+v", instagram)
	}
	if c.Retention != (inbox.Retention{MaxAge: 90 * 24 * time.Hour, MaxBytes: 2 << 30}) {
		t.Errorf("retention %+v", c.Retention)
	}
	if want := []string{"j", "N"}; !reflect.DeepEqual(c.Screen.Keys["down"], want) {
		t.Errorf("keys %v", c.Screen.Keys)
	}
	home, err := os.UserHomeDir()
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{filepath.Join(home, "bin/vim"), "+setlocal spell", "--wait"}; !slices.Equal(c.Screen.Editor, want) {
		t.Errorf("editor %q", c.Screen.Editor)
	}
	if want := []string{filepath.Join(home, "bin/upload"), "s3://the shop/", "{file}"}; !slices.Equal(c.Upload, want) {
		t.Errorf("upload_command %q", c.Upload)
	}
	if c.Screen.Hours != 12 || c.Screen.TimeZone != time.UTC {
		t.Errorf("screen %+v", c.Screen)
	}
}

// TestFormMistakes: the same for every kind of field that a provider may ask for.
func TestFormMistakes(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		field      login.Field
		text, want string
	}{
		{login.Field{Name: "dialect", OneOf: []string{"meta", "flat"}}, `dialect = "mets"`, `c.toml:1:1: dialect: expected "meta" or "flat", found "mets"; did you mean "meta"?`},
		{login.Field{Name: "dialect", OneOf: []string{"meta", "flat"}}, `dialect = true`, `c.toml:1:1: dialect: expected "meta" or "flat", found true or false`},
		{login.Field{Name: "kind", OneOf: []string{"a", "b", "c"}, Required: true, Help: "what it is"}, ``, `c.toml:1:1: kind: missing: expected "a", "b" or "c": what it is`},
		{login.Field{Name: "channel", Required: true, Help: "the channel's id"}, `channel = ""`, `c.toml:1:1: channel: missing: the channel's id`},
		{login.Field{Name: "human", Flag: true}, ` human = "yes"`, `c.toml:1:2: human: expected true or false, found a text`},
		{login.Field{Name: "keys", Secret: true, List: true}, `keys = [1]`, `c.toml:1:1: keys: expected a list of texts in quotes, found a number in the list`},
		{login.Field{Name: "keys", Secret: true, List: true}, `keys_env = 1`, `c.toml:1:1: keys_env: expected a list of names of environment variables in quotes, found a number`},
		{login.Field{Name: "keys", Secret: true, List: true, Required: true}, `keys = [""]`, `c.toml:1:1: keys: missing: expected keys, keys_env, keys_file or keys_command`},
		{login.Field{Name: "keys", Secret: true, List: true}, `kyes = ["a"]`, `c.toml:1:1: kyes: unknown key; did you mean "keys"?`},
	} {
		doc, err := parseTOML([]byte(c.text))
		if err != nil {
			t.Fatal(err)
		}
		ac := newAccount("acme")
		ac.take(doc.root, c.field)
		doc.root.finish()
		if got := (&Error{"c.toml", doc.sorted()}).Error(); got != c.want {
			t.Errorf("%s gives\n  %s\nwant\n  %s", c.text, got, c.want)
		}
	}
}

// TestFormIsFilledIn: lists come in the order of the file, whatever the form;
// one text is a list too, and empty ones are none.
func TestFormIsFilledIn(t *testing.T) {
	t.Setenv("PARLEY_TEST_FORM", "from-env")
	doc, err := parseTOML([]byte(`
hooks_command = ["echo one", "echo two"]
hooks = ["", "three"]
hooks_env = "PARLEY_TEST_FORM"
none = [""]
human = true
seen = false
dialect = "flat"
`))
	if err != nil {
		t.Fatal(err)
	}
	ac := newAccount("acme")
	for _, f := range []login.Field{
		{Name: "hooks", Secret: true, List: true}, {Name: "none", Secret: true, List: true}, {Name: "absent", Secret: true, List: true},
		{Name: "human", Flag: true}, {Name: "seen", Flag: true}, {Name: "dialect", OneOf: []string{"meta", "flat"}},
	} {
		ac.take(doc.root, f)
	}
	if doc.root.finish(); len(doc.problems) > 0 {
		t.Fatalf("problems %+v", doc.problems)
	}
	var hooks []login.Secret
	for _, source := range ac.Lists["hooks"] {
		secret, err := source.Fetch(context.Background(), io.Discard)
		if err != nil {
			t.Fatal(err)
		}
		hooks = append(hooks, secret)
	}
	if want := []login.Secret{login.NewSecret("one"), login.NewSecret("two"), login.NewSecret("three"), login.NewSecret("from-env")}; !reflect.DeepEqual(hooks, want) {
		t.Errorf("hooks has %d secrets, not the four in their order", len(hooks))
	}
	if len(ac.Lists["none"]) != 0 || len(ac.Lists["absent"]) != 0 {
		t.Errorf("lists %v", ac.Lists)
	}
	if want := map[string]string{"human": "true", "dialect": "flat"}; !reflect.DeepEqual(ac.Values, want) {
		t.Errorf("values %v, want %v", ac.Values, want)
	}
}

func TestWebhookIsUnderstood(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]*Webhook{
		"":            nil,
		"[webhook]\n": {Listen: "127.0.0.1:8480"},
		"[webhook]\nlisten = \":9000\"\npublic_url = \"https://inbox.example/hooks/\"\ntls_cert = \"config.go\"\ntls_key = \"config_test.go\"": {
			Listen: ":9000", PublicURL: "https://inbox.example/hooks", CertFile: "config.go", KeyFile: "config_test.go",
		},
	} {
		c, err := Parse("c.toml", []byte(account+text))
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(c.Webhook, want) {
			t.Errorf("%q gives %+v, want %+v", text, c.Webhook, want)
		}
	}
}

func TestDefaultsWithoutTheirKeys(t *testing.T) {
	t.Parallel()
	c, err := Parse("c.toml", []byte(account))
	if err != nil {
		t.Fatal(err)
	}
	a := c.Accounts[0]
	if a.BaseURL != "https://api.ayrshare.com/api" || a.ConversationLimit != 100 || len(a.Platforms) != 3 {
		t.Errorf("account %+v", a)
	}
	if c.Screen.Hours != 24 || c.Screen.FPS != 60 || c.Screen.Theme != "auto" {
		t.Errorf("screen %+v", c.Screen)
	}
}

// TestFirstConfigWorks: the config that parley offers to write is a valid one.
func TestFirstConfigWorks(t *testing.T) {
	t.Parallel()
	c, err := Parse("c.toml", []byte(First()))
	if err != nil {
		t.Fatalf("%v\nin\n%s", err, First())
	}
	if len(c.Accounts) != 1 || !c.Accounts[0].Secrets["api_key"].Given() {
		t.Errorf("accounts %+v", c.Accounts)
	}
	// What is commented out must be right as well.
	var all strings.Builder
	for line := range strings.Lines(First()) {
		if code := strings.TrimLeft(line, "# "); strings.Contains(code, " = ") || strings.HasPrefix(code, "[") {
			line = code
		}
		all.WriteString(line)
	}
	c, err = Parse("c.toml", []byte(all.String()))
	if err != nil {
		t.Fatalf("with everything switched on: %v\nin\n%s", err, all.String())
	}
	if len(c.Accounts) != len(platforms.All()) || c.Webhook == nil {
		t.Errorf("with everything switched on: %d accounts, webhook %v", len(c.Accounts), c.Webhook)
	}
	for _, a := range c.Accounts {
		for _, f := range a.Provider.Fields {
			if f.Secret && !a.Secrets[f.Name].Given() && len(a.Lists[f.Name]) == 0 {
				t.Errorf("%s is not explained for %s", f.Name, a.Provider.Name)
			}
		}
	}
}

func TestSizes(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int64{
		"500MB": 500 << 20, "2gb": 2 << 30, "1 GiB": 1 << 30, "4096": 4096, "10kb": 10 << 10, "7B": 7, "1TB": 1 << 40,
		"": 0, "0": 0, "big": 0, "-1MB": 0, "1.5GB": 0, "999999999TB": 0,
	} {
		got, err := parseSize(text)
		if (err == nil) != (want > 0) || got != want && err == nil {
			t.Errorf("%q gives %v, %v; want %v", text, got, err, want)
		}
	}
}

func FuzzSize(f *testing.F) {
	for _, seed := range []string{"500MB", "1 GiB", "999999999TB", "²B"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if n, err := parseSize(text); err == nil && (n <= 0 || n > 1<<50) {
			t.Errorf("%q gives %d bytes", text, n)
		}
	})
}

// FuzzConfig: whatever a file holds, there is a config or an error that names a
// place in the file.
func FuzzConfig(f *testing.F) {
	f.Add(account)
	f.Add(First())
	f.Add("account = [{name=\"a\", provider=\"ayrshare\", api_key=\"k\"}]\nui.theme = 1\n[window]\nayrshare = 3")
	f.Add("a.b.c = 1\na.b.d = {e = [1, {f = 2}]}\n[[x.y]]\n[x.y.z]\n[[x.y]]")
	f.Fuzz(func(t *testing.T, text string) {
		c, err := Parse("c.toml", []byte(text))
		if err == nil {
			if len(c.Accounts) == 0 {
				t.Error("no account and no error")
			}
			return
		}
		bad, ok := errors.AsType[*Error](err)
		if !ok || len(bad.Problems) == 0 {
			t.Fatalf("got %v", err)
		}
		for _, p := range bad.Problems {
			if p.At.Line < 1 || p.At.Column < 1 || p.At.Line > strings.Count(text, "\n")+1 || p.Text == "" {
				t.Errorf("the problem %+v is nowhere in the file", p)
			}
		}
	})
}

func TestSecretForms(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "key file")
	if err := os.WriteFile(file, []byte("from-file\nnotes below\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	script := filepath.Join(dir, "give key")
	if err := os.WriteFile(script, []byte("#!/bin/sh\necho unlocking >&2\necho \"from-$1\"\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	failingScript := filepath.Join(dir, "fail")
	if err := os.WriteFile(failingScript, []byte("#!/bin/sh\necho half-a-secret\nexit 3\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PARLEY_TEST_SECRET", "from-env")
	for _, c := range []struct{ form, value, want, wantErr, wantSaid string }{
		{"", "inline-key", "inline-key", "", ""},
		{"_env", "PARLEY_TEST_SECRET", "from-env", "", ""},
		{"_env", "PARLEY_TEST_NOTHING", "", "the environment variable PARLEY_TEST_NOTHING is not set", ""},
		{"_file", file, "from-file", "", ""},
		{"_file", filepath.Join(dir, "missing"), "", "no such file", ""},
		{"_file", "/dev/zero", "", "is larger than 64 KiB", ""},
		{"_command", "'" + script + "' 'two words'", "from-two words", "", "unlocking"},
		{"_command", "'" + script + "' $HOME;id", "from-$HOME;id", "", "unlocking"}, // no shell
		{"_command", failingScript, "", "failed: exit status 3", ""},
		{"_command", "parley-no-such-command", "", "there is no command parley-no-such-command", ""},
		{"_command", "yes", "", "failed", ""}, // endless output
		{"_command", "true", "", "gives an empty value", ""},
		{"_command", "printf 'a\\tb'", "", "control character", ""},
	} {
		var said bytes.Buffer
		s := Secret{key: "api_key" + c.form, form: c.form, value: c.value}
		got, err := s.Fetch(context.Background(), &said)
		if c.wantErr != "" {
			if err == nil || !strings.Contains(err.Error(), c.wantErr) || !strings.Contains(err.Error(), s.key) {
				t.Errorf("%s = %q: error %v, want %q", s.key, c.value, err, c.wantErr)
			}
			if strings.Contains(fmt.Sprint(err), "half-a-secret") {
				t.Errorf("the error holds the command's output: %v", err)
			}
			continue
		}
		if err != nil || got.Reveal() != c.want || !strings.Contains(said.String(), c.wantSaid) {
			t.Errorf("%s = %q: got %q, %v, said %q", s.key, c.value, got.Reveal(), err, said.String())
		}
	}
}

func FuzzSplitWords(f *testing.F) {
	for _, seed := range []string{"pass show x", `a 'b c' "d \" e" f\ g`, `''`, `'`, `\`, " \t\n"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, line string) {
		words, err := SplitWords(line)
		if err != nil {
			return
		}
		// Quoted by the same rules, the words come back.
		quoted := make([]string, len(words))
		for i, w := range words {
			quoted[i] = `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(w) + `"`
		}
		again, err := SplitWords(strings.Join(quoted, " "))
		if err != nil || !reflect.DeepEqual(words, again) {
			t.Errorf("%q gives %q, then %q, %v", line, words, again, err)
		}
	})
}

func TestWarnsOfReadableKeys(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "c.toml")
	text := strings.Replace(account, `api_key_env = "KEY"`, `api_key = "inline"`, 1)
	for mode, want := range map[os.FileMode]int{0o600: 0, 0o644: 1} {
		if err := os.WriteFile(file, []byte(text), mode); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(file, mode); err != nil {
			t.Fatal(err)
		}
		c, err := Load(file)
		if err != nil {
			t.Fatal(err)
		}
		if len(c.Warnings) != want {
			t.Errorf("mode %o: warnings %q, want %d", mode, c.Warnings, want)
		}
	}
}

func TestPlaces(t *testing.T) {
	t.Setenv("PARLEY_CONFIG", "/env/config.toml")
	t.Setenv("PARLEY_DATA", "")
	p := FindPlaces("", "")
	if p.Config != "/env/config.toml" || !strings.HasSuffix(p.Data, "parley") || p.State == p.Data {
		t.Errorf("by the environment: %+v", p)
	}
	t.Setenv("PARLEY_DATA", "/env/data")
	if p := FindPlaces("", ""); p.Data != "/env/data" || p.State != "/env/data" {
		t.Errorf("by the environment: %+v", p)
	}
	if p := FindPlaces("/flag/c.toml", "/flag/data"); p.Config != "/flag/c.toml" || p.Data != "/flag/data" {
		t.Errorf("flags do not win: %+v", p)
	}
}
