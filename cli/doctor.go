package cli

// The doctor: looks at everything that parley needs, and for each thing says in
// one line how it is and how to mend it. It asks the providers directly, so
// that it works also while an inbox holds the cache.

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"golang.org/x/term"

	"github.com/charmbracelet/colorprofile"
	"github.com/spf13/cobra"

	"parley/cache"
	"parley/cli/relay"
	"parley/config"
	"parley/inbox"
)

// verdict is how a check came out.
type verdict string

const (
	good    verdict = "ok"
	warning verdict = "warn"
	failing verdict = "fail"
)

// finding is the result of one check.
type finding struct {
	Check  string  `json:"check"`
	Status verdict `json:"status"`
	Text   string  `json:"text"`
	Hint   string  `json:"hint"`
}

// toleratedSkew is how wrong a clock may be before countdowns of reply windows
// would mislead; parley corrects them by the provider's clock all the same.
const toleratedSkew = time.Minute

// inspectPatience bounds one question to a provider.
const inspectPatience = 20 * time.Second

func (a *app) doctorCommand() *cobra.Command {
	var asJSON, mend bool
	cmd := &cobra.Command{
		Use:   "doctor",
		Short: "Tell what is wrong with config, keys, clock, cache and terminal",
		Long: `Doctor looks at everything that parley needs and tells how to mend what is wrong.
The exit code is 1 when something fails.

With --mend, a damaged cache is mended: indexes are made anew, and where the file
itself is broken, drafts and outbox are saved into a new one. The damaged file is
kept.

With --json, one object per check: check, status ("ok", "warn" or "fail"), text,
hint (may be empty).`,
		Args: noSubcommand,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.doctor(cmd.Context(), asJSON, mend) },
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "one JSON object per line")
	cmd.Flags().BoolVar(&mend, "mend", false, "mend a damaged cache")
	return cmd
}

func (a *app) doctor(ctx context.Context, asJSON, mend bool) error {
	a.openLog(a.places().State)
	d := &doctor{app: a, json: asJSON, mend: mend}
	c := d.checkConfig()
	if c != nil {
		for _, ac := range c.Accounts {
			d.checkAccount(ctx, c, ac)
		}
	}
	states := d.checkCache(ctx)
	d.checkSpace(d.app.places().Data)
	if c != nil {
		d.checkWebhooks(ctx, c, states)
	}
	d.checkTerminal()
	if d.err != nil {
		return d.err
	}
	if d.failed {
		return errReported
	}
	return nil
}

// doctor prints findings as it makes them.
type doctor struct {
	app      *app
	json     bool
	mend     bool
	early    bool            // the account is not in the config yet: what comes later is not missed
	show     func(finding)   // nil: they are printed
	accounts []inbox.Account // those that could be opened
	failed   bool
	err      error // of the output
}

func (d *doctor) find(check string, v verdict, hint, format string, args ...any) {
	f := finding{check, v, inbox.CleanLine(fmt.Sprintf(format, args...)), inbox.CleanLine(hint)}
	d.failed = d.failed || v == failing
	if d.show != nil {
		d.show(f)
		return
	}
	if d.json {
		d.err = cmp.Or(d.err, jsonLines(d.app.stdout).Encode(f))
		return
	}
	_, err := fmt.Fprintf(d.app.stdout, "%-4s  %-18s  %s\n", f.Status, f.Check, f.Text)
	if f.Hint != "" && v != good {
		_, err = fmt.Fprintf(d.app.stdout, "%26s%s\n", "", f.Hint)
	}
	d.err = cmp.Or(d.err, err)
}

// findError makes a finding of an error.
func (d *doctor) findError(check string, err error) {
	if usage, ok := asUsage(err); ok {
		d.find(check, failing, usage.hint, "%s", usage.text)
		return
	}
	e := inbox.AsError(err)
	v := failing
	if e.Kind == inbox.RateLimited {
		v = warning // nobody can tell now; a parley that runs asks as well
	}
	d.find(check, v, e.Hint, "%s", describeError(e))
}

func (d *doctor) checkConfig() *config.Config {
	file := d.app.places().Config
	c, err := config.Load(file)
	var bad *config.Error
	switch {
	case errors.Is(err, config.ErrNone):
		d.find("config", failing, "`parley config wizard` asks for what it takes, `parley config init` writes one to fill in; `parley demo` needs none", "there is none at %s", file)
		return nil
	case errors.As(err, &bad):
		for _, p := range bad.Problems {
			d.find("config", failing, "", "%s:%d:%d: %s: %s", file, p.At.Line, p.At.Column, p.Key, p.Text)
		}
		return nil
	case err != nil:
		d.findError("config", err)
		return nil
	}
	d.find("config", good, "", "%s, accounts: %s", file, strings.Join(c.AccountNames(), ", "))
	for _, w := range c.Warnings {
		d.find("config", warning, "", "%s", w)
	}
	return c
}

// checkAccount asks the provider about the account.
func (d *doctor) checkAccount(ctx context.Context, c *config.Config, ac config.Account) {
	name := string(ac.Name)
	account, err := d.app.openAccount(ctx, c, ac, d.app.places().Data, online)
	if err != nil {
		d.findError(name+" key", err)
		return
	}
	d.accounts = append(d.accounts, account)
	_, _ = d.inspect(ctx, ac, account) // what is wrong is found
}

// inspect asks the provider about an account, and tells what it says.
func (d *doctor) inspect(ctx context.Context, ac config.Account, account inbox.Account) (inbox.AccountInfo, error) {
	name := string(ac.Name)
	ctx, cancel := context.WithTimeout(ctx, inspectPatience)
	defer cancel()
	asked := time.Now()
	info, err := account.Provider.Inspect(ctx)
	if err != nil {
		d.findError(name+" key", err)
		return info, err
	}
	d.find(name+" key", good, "", "%s accepts it (%s) in %d ms", ac.Provider.Name, cmp.Or(info.Title, "no title"), time.Since(asked).Milliseconds())
	d.checkMessaging(name, ac, account.Platforms, info)
	d.repeatChecks(name, info.Checks)
	d.checkCount(name, ac, info)
	d.checkClock(name, info.ServerTime, asked.Add(time.Since(asked)/2))
	return info, nil
}

// checkMessaging tells whether the networks that the config names can be read.
func (d *doctor) checkMessaging(name string, ac config.Account, reached []inbox.Platform, info inbox.AccountInfo) {
	switch {
	case info.MessagingEnabled == nil:
		d.find(name+" messaging", warning, "", "%s does not say whether messaging is on", ac.Provider.Name)
	case !*info.MessagingEnabled:
		d.find(name+" messaging", failing, "switch messaging on for the account and for the user profile in the provider's dashboard", "messaging is off")
	default:
		d.find(name+" messaging", good, "", "messaging is on")
	}
	for _, p := range reached {
		active, told := info.Messaging[p]
		missing := ac.MissingFor(p)
		switch {
		case len(missing) > 0 && !d.early:
			d.find(name+" "+p.Label(), failing, fmt.Sprintf("set %s, or leave %q out of platforms", listed(missing), p), "%s refuses everything on %s without %s", ac.Provider.Name, p.Label(), listed(missing))
		case !slices.Contains(info.Linked, p):
			d.find(name+" "+p.Label(), failing, "link it in the provider's dashboard, or leave it out of platforms", "%s is not linked to the account", p.Label())
		case told && !active:
			d.find(name+" "+p.Label(), failing, "link it again: networks linked before messaging was switched on have no access to messages", "%s is linked, but not for messaging", p.Label())
		default:
			d.find(name+" "+p.Label(), good, "", "linked")
		}
	}
}

// repeatChecks tells what the provider has found by itself.
func (d *doctor) repeatChecks(name string, checks []inbox.Check) {
	verdicts := map[inbox.Verdict]verdict{inbox.CheckGood: good, inbox.CheckWarning: warning, inbox.CheckFailing: failing}
	for _, c := range checks {
		if d.early && strings.HasPrefix(c.Name, "webhook") {
			continue
		}
		d.find(name+" "+c.Name, verdicts[c.Verdict], c.Hint, "%s", c.Text)
	}
}

func (d *doctor) checkCount(name string, ac config.Account, info inbox.AccountInfo) {
	if info.ConversationCount == nil || ac.ConversationLimit == 0 {
		return
	}
	n, limit := *info.ConversationCount, ac.ConversationLimit
	v, hint := good, ""
	switch {
	case n >= limit:
		v, hint = warning, "answers in conversations that do not count yet may be refused until next month; the provider can raise the limit (conversation_limit in the config)"
	case n*10 >= limit*9:
		v, hint = warning, "beyond the limit, answers in conversations that do not count yet are refused until next month"
	}
	d.find(name+" month", v, hint, "%d of %d conversations used", n, limit)
}

func (d *doctor) checkClock(name string, server, local time.Time) {
	if server.IsZero() {
		return
	}
	skew := local.Sub(server)
	if skew.Abs() <= toleratedSkew {
		d.find(name+" clock", good, "", "this machine's clock agrees with the provider's")
		return
	}
	direction := "fast"
	if skew < 0 {
		direction = "slow"
	}
	d.find(name+" clock", warning, "set the clock (NTP); until then parley counts by the provider's", "this machine's clock is %s %s", describeSpan(skew.Abs().Round(time.Second)), direction)
}

// checkCache opens the cache, when there is one; a doctor creates nothing. It
// returns what the cache has of each account's webhook, nil when nobody knows.
func (d *doctor) checkCache(ctx context.Context) map[inbox.AccountID]inbox.WebhookState {
	dir := d.app.places().Data
	file := filepath.Join(dir, cache.FileName)
	info, err := os.Stat(file)
	if errors.Is(err, os.ErrNotExist) {
		d.find("cache", good, "", "none yet; it will be %s", file)
		return nil
	}
	if err != nil {
		d.findError("cache", err)
		return nil
	}
	if info.Mode().Perm()&0o077 != 0 {
		d.find("cache", warning, "chmod 600 "+file, "others can read %s", file)
	}
	store, err := d.app.openCache(dir)
	if err != nil && d.mend && cache.IsDamaged(err) {
		d.salvage(dir)
		return nil
	}
	if err != nil {
		d.findHeld(file, err)
		return nil
	}
	defer store.Close()
	d.checkStore(ctx, store)
	if state, err := store.KeptIndexState(ctx); err != nil {
		d.findError("search index", err)
	} else {
		d.checkIndex(dir, state)
	}
	return d.webhookStates(ctx, store)
}

func (d *doctor) checkStore(ctx context.Context, store *cache.Cache) {
	h, err := store.Check(ctx, d.mend)
	switch {
	case err != nil:
		d.findError("cache", err)
	case len(h.Problems) > 0 && d.mend:
		d.rebuild(ctx, store)
	case len(h.Problems) > 0:
		d.find("cache", failing, "run: parley doctor --mend", "%s: %s", store.Path(), strings.Join(h.Problems, "; "))
	default:
		d.find("cache", good, "", "%s, %d conversations, %d messages, %.1f MB", store.Path(), h.Conversations, h.Messages, float64(h.Bytes)/(1<<20))
	}
}

// webhookStates are what the cache remembers of the accounts that could be opened.
func (d *doctor) webhookStates(ctx context.Context, store *cache.Cache) map[inbox.AccountID]inbox.WebhookState {
	states := map[inbox.AccountID]inbox.WebhookState{}
	err := store.View(ctx, func(r inbox.Reader) error {
		for _, account := range d.accounts {
			s, _, err := r.AccountState(account.ID)
			if err != nil {
				return err
			}
			states[account.ID] = s.Webhook
		}
		return nil
	})
	if err != nil {
		return nil // whatever is wrong with the cache was told before
	}
	return states
}

// salvage makes a new cache from what can still be read of a broken one.
func (d *doctor) salvage(dir string) {
	saved, err := cache.Salvage(dir, time.Now())
	if err != nil {
		d.findError("cache", err)
		return
	}
	v, lost := good, ""
	if saved.Lost > 0 {
		v, lost = warning, fmt.Sprintf("; %d parts of it could not be read whole", saved.Lost)
	}
	d.find("cache", v, "keep that file until you miss nothing", "a new cache with %d drafts, outbox items and states of the old one, which is %s now%s", saved.Records, saved.Damaged, lost)
}

// rebuild makes the indexes of a readable cache anew.
func (d *doctor) rebuild(ctx context.Context, store *cache.Cache) {
	p := d.app.newProgress()
	err := store.Rebuild(ctx, p.mending)
	p.done()
	if err != nil {
		d.findError("cache", err)
		return
	}
	d.find("cache", good, "", "%s is mended", store.Path())
}

// findHeld tells of a cache that cannot be opened. One that another parley
// works with is no fault.
func (d *doctor) findHeld(file string, err error) {
	e := inbox.AsError(err)
	if e.Kind == inbox.Unavailable {
		text := describeError(e)
		if relay.Attended(filepath.Dir(file)) {
			text += "; it runs the commands that are typed beside it"
		}
		d.find("cache", good, "", "not looked into: %s", text)
		return
	}
	d.find("cache", failing, e.Hint, "%s: %s", file, describeError(e))
}

// smallestUseful is the size from which two panes stand side by side; below it
// the inbox works in one.
const smallestUseful = 80

func (d *doctor) checkTerminal() {
	name := os.Getenv("TERM")
	switch {
	case !d.app.hasScreen():
		d.find("terminal", warning, "the inbox needs one; commands such as list and send do not", "standard input and output are not a terminal")
	case dumbTerminal():
		d.find("terminal", good, "", "TERM is %q: the inbox is told in lines (plain mode)", name)
	case name == "":
		d.find("terminal", failing, "set TERM to what the terminal is, for example xterm-256color", "TERM is %q: the screen cannot be drawn", name)
	default:
		d.checkSize(name)
	}
	profile := colorprofile.Env(os.Environ())
	if os.Getenv("NO_COLOR") != "" {
		d.find("colours", good, "", "off, because NO_COLOR is set")
	} else if d.app.hasScreen() {
		d.find("colours", good, "", "%s", profile)
	}
	d.checkLocale()
	if os.Getenv("SSH_TTY") != "" || os.Getenv("SSH_CONNECTION") != "" {
		d.find("ssh", good, "", "this is an SSH session; drafts and sends survive when the line drops")
	}
	if os.Getenv("TMUX") != "" && !strings.HasPrefix(name, "tmux") && !strings.HasPrefix(name, "screen") {
		d.find("tmux", warning, "set TERM to tmux-256color inside tmux (default-terminal in tmux.conf)", "TERM is %q inside tmux", name)
	}
}

func (d *doctor) checkSize(name string) {
	w, h, err := term.GetSize(int(os.Stdout.Fd()))
	switch {
	case err != nil:
		d.find("terminal", warning, "", "%s, of unknown size", name)
	case w < smallestUseful:
		d.find("terminal", good, "", "%s, %d by %d: narrow, so one pane at a time", name, w, h)
	default:
		d.find("terminal", good, "", "%s, %d by %d", name, w, h)
	}
}

// checkLocale tells whether the terminal is likely to show UTF-8.
func (d *doctor) checkLocale() {
	locale := cmp.Or(os.Getenv("LC_ALL"), os.Getenv("LC_CTYPE"), os.Getenv("LANG"))
	plain := strings.ReplaceAll(strings.ToLower(locale), "-", "")
	if strings.Contains(plain, "utf8") {
		d.find("locale", good, "", "%s", locale)
		return
	}
	d.find("locale", warning, "set LANG to a UTF-8 locale, for example C.UTF-8", "the locale %q is not UTF-8: names and emoji may look broken", locale)
}
