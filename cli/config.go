package cli

// The config file: what it may say, what it means, and what is wrong with it.
// Every mistake names the file, line, column and key, and what was expected
// there; all mistakes are reported at once.

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io/fs"
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
	"parley/ui"
)

// config is what the file says, checked.
type config struct {
	file      string
	accounts  []accountConfig
	windows   map[windowKey]windowConfig
	webhook   *webhookConfig // nil: nothing listens
	retention inbox.Retention
	screen    screenConfig
	warnings  []string
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
	c.webhook = takeWebhook(doc.root)
	c.takeRetention(doc.root)
	c.screen = takeScreen(doc.root)
	c.screen.keys = takeKeys(doc.root)
	doc.root.finish()
	if problems := doc.sorted(); len(problems) > 0 {
		return nil, &configError{file: file, problems: problems}
	}
	return c, nil
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

// account checks that the config has an account of that name; "" is all.
func (c *config) account(name string) (inbox.AccountID, error) {
	names := c.accountNames()
	if name == "" || slices.Contains(names, name) {
		return inbox.AccountID(name), nil
	}
	return "", &usageError{text: fmt.Sprintf("the config has no account %q; %s", name, suggest(name, names))}
}

// whichAccount asks for what cannot be guessed.
func (c *config) whichAccount() error {
	return &usageError{text: "which account is meant?", hint: "--account " + strings.Join(c.accountNames(), " or --account ")}
}

// accountNames lists the accounts in the file's order.
func (c *config) accountNames() []string {
	names := make([]string, len(c.accounts))
	for i, a := range c.accounts {
		names[i] = string(a.name)
	}
	return names
}
