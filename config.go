package main

// The config file: what it may say, what it means, and what is wrong with it.
// Every mistake names the file, line, column and key, and what was expected
// there; all mistakes are reported at once.

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/adrg/xdg"

	"parley/inbox"
	"parley/platforms"
	"parley/platforms/login"
	"parley/ui"
)

// config is what the file says, checked.
type config struct {
	file      string
	accounts  []accountConfig
	windows   map[windowKey]windowConfig
	retention inbox.Retention
	screen    screenConfig
	warnings  []string
}

// accountConfig is one [[account]].
type accountConfig struct {
	name              inbox.AccountID
	provider          platforms.Provider
	baseURL           string
	platforms         []inbox.Platform
	conversationLimit int
	values            map[string]string
	secrets           map[string]secretSource
}

// windowKey and windowConfig are one [window.<provider>.<platform>].
type windowKey struct {
	provider string
	platform inbox.Platform
}

// windowConfig overrides what a provider says of a reply window. Durations of
// 0 are not given.
type windowConfig struct {
	none bool
	open time.Duration
	late time.Duration
}

// usualClosingSoon is what closes soon unless the config says otherwise.
const usualClosingSoon = 12 * time.Hour

// screenConfig is [ui] and [keys].
type screenConfig struct {
	title       string
	theme       string
	colours     map[string]string // role: colour
	timeZone    *time.Location
	hours       int // 24 or 12
	closingSoon time.Duration
	editor      string
	fps         int
	keys        map[string][]string // action: keys
}

// conversationLimits are how many conversations a month a login may answer,
// unless the config says otherwise. Ayrshare's overview of its Messages API says
// 100 for each user profile.
var conversationLimits = map[string]int{"ayrshare": 100}

// configError is a config that cannot be used.
type configError struct {
	file     string
	problems []problem
}

// maxProblems shown at once: behind one slip there are often many more of its
// kind.
const maxProblems = 12

func (e *configError) Error() string {
	var b strings.Builder
	for i, p := range e.problems {
		if i == maxProblems {
			fmt.Fprintf(&b, "\n(and %d more)", len(e.problems)-i)
			break
		}
		if i > 0 {
			b.WriteByte('\n')
		}
		fmt.Fprintf(&b, "%s:%d:%d: ", e.file, p.at.line, p.at.column)
		if p.key != "" {
			b.WriteString(p.key + ": ")
		}
		b.WriteString(p.text)
	}
	return b.String()
}

// errNoConfig says that there is no config file yet.
var errNoConfig = errors.New("no config")

// loadConfig reads and checks the file. fs.ErrNotExist becomes errNoConfig.
func loadConfig(file string) (*config, error) {
	data, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, errNoConfig
	}
	if err != nil {
		return nil, &usageError{text: "cannot read the config: " + err.Error()}
	}
	c, err := parseConfig(file, data)
	if err != nil {
		return nil, err
	}
	c.warnOfReaders()
	return c, nil
}

// parseConfig understands the file's content.
func parseConfig(file string, data []byte) (*config, error) {
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	doc, err := parseTOML(data)
	if syntax, ok := errors.AsType[*syntaxError](err); ok {
		return nil, &configError{file: file, problems: []problem{syntax.problem}}
	}
	c := &config{file: file}
	c.takeAccounts(doc.root)
	c.takeWindows(doc.root)
	c.takeRetention(doc.root)
	c.screen = takeScreen(doc.root)
	c.screen.keys = takeKeys(doc.root)
	doc.root.finish()
	if problems := doc.sorted(); len(problems) > 0 {
		return nil, &configError{file: file, problems: problems}
	}
	return c, nil
}

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

func (c *config) takeAccount(t *table) accountConfig {
	a := accountConfig{
		name:    takeAccountName(t),
		values:  map[string]string{},
		secrets: map[string]secretSource{},
	}
	var ok bool
	if a.provider, ok = takeProvider(t); !ok {
		return a // which keys the account may have depends on its provider
	}
	a.baseURL = c.takeBaseURL(t, a.provider)
	a.platforms = takePlatforms(t, a.provider)
	a.conversationLimit = t.count("conversation_limit", conversationLimits[a.provider.Name], 0, 1_000_000)
	for _, f := range a.provider.Fields {
		if f.Secret {
			a.secrets[f.Name] = takeSecret(t, f)
			continue
		}
		a.values[f.Name] = t.str(f.Name, "a text in quotes")
		if f.Required && a.values[f.Name] == "" {
			t.problem(t.where(f.Name), f.Name, "missing: %s", f.Help)
		}
	}
	t.finish()
	return a
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

func (c *config) takeWindows(root *table) {
	c.windows = map[windowKey]windowConfig{}
	providers := root.sub("window")
	if providers == nil {
		return
	}
	for _, p := range platforms.All() {
		t := providers.sub(p.Name)
		if t == nil {
			continue
		}
		for _, platform := range p.Platforms {
			if w := t.sub(string(platform)); w != nil {
				c.windows[windowKey{p.Name, platform}] = takeWindow(w)
			}
		}
		t.finish()
	}
	providers.finish()
}

func takeWindow(t *table) windowConfig {
	const example = `a duration such as "24h" or "7d"`
	w := windowConfig{none: t.flag("none", false)}
	w.open, _ = parsed(t, "open", example, parseDuration)
	w.late, _ = parsed(t, "late", example, parseDuration)
	t.finish()
	switch {
	case w.none && (w.open > 0 || w.late > 0):
		t.problem(t.where("none"), "none", "a platform without a window has neither open nor late")
	case w.late > 0 && w.open > w.late:
		t.problem(t.where("late"), "late", "counts from the customer's last message, as open does, so it must not be shorter than open")
	}
	return w
}

// apply gives the policy that is in force.
func (w windowConfig) apply(p inbox.WindowPolicy) inbox.WindowPolicy {
	if w.none {
		return inbox.WindowPolicy{Source: "your config"}
	}
	if w.open > 0 {
		p.Open, p.Limited = w.open, true
	}
	if w.late > 0 {
		p.Late, p.Limited = w.late, true
	}
	p.Source = "your config"
	return p
}

func (c *config) takeRetention(root *table) {
	t := root.sub("retention")
	if t == nil {
		return
	}
	c.retention.MaxAge, _ = parsed(t, "max_age", `a duration such as "90d"`, parseDuration)
	c.retention.MaxBytes, _ = parsed(t, "max_size", `a size such as "500MB" or "2GB"`, parseSize)
	t.finish()
}

func takeKeys(root *table) map[string][]string {
	t := root.sub("keys")
	if t == nil {
		return nil
	}
	keys := map[string][]string{}
	for _, action := range t.keys() {
		keys[action] = t.list(action, `a key in quotes, or a list of keys such as ["j", "down"]`)
	}
	t.problems(ui.CheckKeys(keys))
	return keys
}

func takeScreen(root *table) screenConfig {
	c := screenConfig{theme: themeAuto, timeZone: time.Local, hours: 24, closingSoon: usualClosingSoon, fps: 60}
	t := root.sub("ui")
	if t == nil {
		return c
	}
	c.title = t.str("title", "a text in quotes")
	if theme, ok := parsed(t, "theme", `"auto", "dark" or "light"`, oneOf(themeAuto, themeDark, themeLight)); ok {
		c.theme = theme
	}
	c.colours = takeColours(t)
	if zone, ok := parsed(t, "time_zone", `a zone such as "Europe/Berlin", "UTC" or "local"`, parseZone); ok {
		c.timeZone = zone
	}
	if c.hours = t.count("hours", 24, 1, 24); c.hours != 12 && c.hours != 24 {
		t.problem(t.where("hours"), "hours", "expected 12 or 24, found %d", c.hours)
	}
	if soon, ok := parsed(t, "closing_soon", `a duration such as "12h"`, parseDuration); ok {
		c.closingSoon = soon
	}
	c.editor = t.str("editor", `a command in quotes, such as "vim"`)
	c.fps = t.count("fps", 60, 1, 120)
	t.finish()
	return c
}

func takeColours(screen *table) map[string]string {
	t := screen.sub("colours")
	if t == nil {
		return nil
	}
	colours := map[string]string{}
	for _, role := range t.keys() {
		colours[role] = t.str(role, `a colour in quotes: "0" to "255", "#rrggbb" or "none"`)
	}
	t.problems(ui.CheckColours(colours))
	return colours
}

// problems notes errors from elsewhere about keys of the table: each at the
// first key whose name it quotes.
func (t *table) problems(err error) {
	if err == nil {
		return
	}
	if list, ok := err.(interface{ Unwrap() []error }); ok {
		for _, err := range list.Unwrap() {
			t.problems(err)
		}
		return
	}
	for _, key := range t.keys() {
		if strings.Contains(err.Error(), strconv.Quote(key)) {
			t.problem(t.where(key), key, "%s", strings.TrimPrefix(err.Error(), t.name+": "))
			return
		}
	}
	t.problem(t.at, "", "%s", strings.TrimPrefix(err.Error(), t.name+": "))
}

func oneOf(known ...string) func(string) (string, error) {
	return func(word string) (string, error) {
		if !slices.Contains(known, word) {
			return "", errors.New("not one of them")
		}
		return word, nil
	}
}

func parseZone(name string) (*time.Location, error) {
	if name == "" || strings.EqualFold(name, "local") {
		return time.Local, nil
	}
	return time.LoadLocation(name)
}

// warnOfReaders warns of keys that stand in files which others may read.
func (c *config) warnOfReaders() {
	var inline []string
	for _, a := range c.accounts {
		for _, s := range a.secrets {
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

func readableByOthers(file string) bool {
	info, err := os.Stat(file)
	return err == nil && info.Mode().Perm()&0o077 != 0
}

// duration is a number of days or weeks, a Go duration, or one after the other.
var duration = regexp.MustCompile(`^(?:(\d{1,5})w)?(?:(\d{1,6})d)?((?:\d{1,9}(?:\.\d{1,9})?(?:h|m|s))*)$`)

// maxDuration is far beyond any window or age, and far from an overflow.
const maxDuration = 100 * 365 * 24 * time.Hour

// parseDuration understands "7d", "24h", "1w", "1d12h", "90m"; more than zero.
func parseDuration(text string) (time.Duration, error) {
	m := duration.FindStringSubmatch(strings.ReplaceAll(text, " ", ""))
	if m == nil || text == "" {
		return 0, errors.New("not a duration")
	}
	weeks, _ := strconv.Atoi(cmp.Or(m[1], "0")) // digits only, and few
	days, _ := strconv.Atoi(cmp.Or(m[2], "0"))
	rest, err := time.ParseDuration(cmp.Or(m[3], "0s"))
	if err != nil || rest > maxDuration || weeks*7+days > 100*365 {
		return 0, errors.New("too long")
	}
	d := time.Duration(weeks*7+days)*24*time.Hour + rest
	if d <= 0 {
		return 0, errors.New("not more than zero")
	}
	return d, nil
}

// size is a number with a unit of bytes.
var size = regexp.MustCompile(`^(\d{1,9})(B|KB|MB|GB|TB|KIB|MIB|GIB|TIB)?$`)

// parseSize understands "500MB", "2GB", "1GiB" and plain bytes. Units are
// powers of 1024 whichever way they are written: it is a limit, not a bill.
func parseSize(text string) (int64, error) {
	m := size.FindStringSubmatch(strings.ToUpper(strings.ReplaceAll(text, " ", "")))
	if m == nil {
		return 0, errors.New("not a size")
	}
	n, _ := strconv.ParseInt(m[1], 10, 64) // nine digits at most
	shift := 10 * strings.IndexByte("BKMGT", (m[2] + "B")[0])
	if n == 0 || n > 1<<50>>shift {
		return 0, errors.New("out of range")
	}
	return n << shift, nil
}

// places are the files and folders that this run uses.
type places struct {
	config string // file
	data   string // folder of the cache
	state  string // folder of the log and of crash files
}

// findPlaces applies flags, then the environment, then the XDG folders. A data
// folder that was named also holds the log, so that two of them never mix.
func findPlaces(configFlag, dataFlag string) places {
	p := places{
		config: cmp.Or(configFlag, os.Getenv("PARLEY_CONFIG"), filepath.Join(xdg.ConfigHome, "parley", "config.toml")),
		data:   cmp.Or(dataFlag, os.Getenv("PARLEY_DATA")),
	}
	p.state = p.data
	if p.data == "" {
		p.data = filepath.Join(xdg.DataHome, "parley")
		p.state = filepath.Join(xdg.StateHome, "parley")
	}
	return p
}

// expandHome understands a leading ~/, which nobody else does for a path in a
// config.
func expandHome(path string) string {
	rest, ok := strings.CutPrefix(path, "~/")
	if home, err := os.UserHomeDir(); ok && err == nil {
		return filepath.Join(home, rest)
	}
	return path
}

// firstConfig is the config that parley offers to write: it explains itself,
// and works as soon as the key does.
func firstConfig() string {
	p := platforms.All()[0]
	var b strings.Builder
	b.WriteString("# The config of parley. `parley doctor` tells what is missing.\n\n[[account]]\n")
	fmt.Fprintf(&b, "name = \"acme\"            # any name; it is part of every conversation's ID\n")
	fmt.Fprintf(&b, "provider = %q\n", p.Name)
	fmt.Fprintf(&b, "# base_url = %q\n", p.BaseURL)
	fmt.Fprintf(&b, "# platforms = [%s]\n", quotedList(p.Platforms))
	for _, f := range p.Fields {
		b.WriteString("\n" + explainField(f))
	}
	b.WriteString(`
# Reply windows, where they differ from what the provider's documents say:
# [window.` + p.Name + `.facebook]
# open = "24h"
# late = "7d"

# [retention]
# max_age = "365d"
# max_size = "2GB"

# [keys]                    # see the key table in the README; ? shows it in the inbox
# archive = "e"

# [ui]
# theme = "auto"            # or "dark", "light"
# time_zone = "local"       # or a zone such as "Europe/Berlin"
# hours = 24                # or 12
# closing_soon = "12h"      # what the view of closing windows shows
# editor = "vim"            # otherwise $VISUAL, then $EDITOR
`)
	return b.String()
}

func quotedList(list []inbox.Platform) string {
	quoted := make([]string, len(list))
	for i, p := range list {
		quoted[i] = strconv.Quote(string(p))
	}
	return strings.Join(quoted, ", ")
}

// explainField writes a setting with its help; what is not required is
// commented out.
func explainField(f login.Field) string {
	mark := "# "
	if f.Required {
		mark = ""
	}
	if !f.Secret {
		return fmt.Sprintf("# %s\n%s%s = \"\"\n", f.Help, mark, f.Name)
	}
	return fmt.Sprintf("# %s\n# One of: %[2]s_command (run without a shell), %[2]s_file, %[2]s_env, %[2]s.\n%[3]s%[2]s_command = \"pass show parley/%[2]s\"\n", f.Help, f.Name, mark)
}

// accountNames lists the accounts in the file's order.
func (c *config) accountNames() []string {
	names := make([]string, len(c.accounts))
	for i, a := range c.accounts {
		names[i] = string(a.name)
	}
	return names
}
