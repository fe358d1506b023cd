package cli

// The wizard of the first run: asks for a provider and what that needs, asks the
// provider whether it accepts it, and writes the first config. It knows no
// provider: what is asked comes from the table of platforms. Nothing is written
// before the last question, and whoever leaves before has changed nothing.

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/spf13/cobra"

	"parley/config"
	"parley/inbox"
	"parley/platforms"
	"parley/platforms/login"
)

// wizard is one run of questions, and what was answered.
type wizard struct {
	app     *app
	ask     *prompter
	file    string // the config to write
	draft   config.Draft
	account *inbox.Account // as it was opened last; nil: it cannot be
	linked  []inbox.Platform
	typeIn  []login.Field // what has to be typed in at the provider
}

func (a *app) wizardCommand() *cobra.Command {
	var baseURL string
	cmd := &cobra.Command{
		Use:   "wizard",
		Short: "Ask for what is needed, check it, and write a first config",
		Long: `Wizard asks which provider your messages come from and for the key that it needs,
checks that at the provider, and writes a config that explains itself. parley
without a config does the same. Nothing is written before the last question; one
that is there already is never replaced.`,
		Args: noSubcommand,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.runWizard(cmd.Context(), baseURL) },
	}
	cmd.Flags().StringVar(&baseURL, "base-url", "", "`URL` of the provider's API, if it is not the usual one: a proxy, or parley sim")
	return cmd
}

// runWizard asks, writes, and goes on to the inbox if that is wanted.
func (a *app) runWizard(ctx context.Context, baseURL string) error {
	if !a.hasScreen() {
		return &usageError{text: "nobody can be asked: there is no terminal", hint: "`parley config init` writes a first config to fill in"}
	}
	file, err := newConfigFile(a.places().Config)
	if err != nil {
		return err
	}
	probe := config.Draft{Name: "acme", Provider: platforms.All()[0], BaseURL: baseURL}
	if wrong := probe.Wrong("account.base_url"); wrong != "" {
		return &usageError{text: "--base-url: " + wrong}
	}
	w := &wizard{
		app: a, file: file, ask: &prompter{in: os.Stdin, out: a.stdout},
		draft: config.Draft{BaseURL: baseURL, Values: map[string]string{}, Secrets: map[string]config.Source{}},
	}
	next, err := w.run(ctx)
	if errors.Is(err, errLeft) {
		return inbox.Errorf(inbox.Rejected, "nothing was written").WithHint("`parley config wizard` begins anew; `parley demo` needs no config")
	}
	if err != nil || next == nil {
		return err
	}
	return next(ctx)
}

// run asks everything. It returns what to do then, nil for nothing.
func (w *wizard) run(ctx context.Context) (next func(context.Context) error, err error) {
	w.ask.say("Parley has no config yet. A few questions, and it has one. Enter takes what is in [brackets]; Ctrl-C leaves, and nothing is written before the end.\n")
	demo, err := w.askProvider(ctx)
	if err != nil {
		return nil, err
	}
	if demo {
		return func(ctx context.Context) error { return w.app.demo(ctx, demoSeed) }, nil
	}
	for _, step := range []func(context.Context) error{w.askLogin, w.askPlatforms, w.askWebhook, w.askName, w.write} {
		if err := step(ctx); err != nil {
			return nil, err
		}
	}
	w.tellNext()
	if w.app.undrawable() != nil {
		return nil, nil
	}
	open, err := w.ask.agrees(ctx, "Open the inbox now?", true)
	if err != nil || !open {
		return nil, nil // everything is written: there is nothing to complain of
	}
	return w.app.openInbox, nil
}

// askProvider asks where the messages come from; the demo is an answer too.
func (w *wizard) askProvider(ctx context.Context) (demo bool, err error) {
	all := platforms.All()
	var choices []choice
	for _, p := range all {
		choices = append(choices, choice{p.Name, p.About})
	}
	choices = append(choices, choice{"demo", "none yet: look around among made-up customers"})
	w.ask.say("Through whom do your customers' messages come?")
	i, err := w.ask.choose(ctx, "Provider", choices, 0)
	if err != nil || i == len(all) {
		return true, err
	}
	w.draft.Provider = all[i]
	w.draft.Name = inbox.AccountID(all[i].Name)
	return false, nil
}

// askLogin asks for what the provider needs, until it accepts that or the agent
// goes on without.
func (w *wizard) askLogin(ctx context.Context) error {
	return w.settle(ctx, func() error {
		for _, f := range w.draft.Provider.Fields {
			if (f.Required || f.Usual) && f.For == "" && f.Hook == login.HookNone {
				if err := w.askField(ctx, f); err != nil {
					return err
				}
			}
		}
		return nil
	}, w.check)
}

// askField asks for one field of the provider's form.
func (w *wizard) askField(ctx context.Context, f login.Field) (err error) {
	if f.Secret {
		return w.askSecret(ctx, f)
	}
	w.explain(f)
	value := w.draft.Values[f.Name]
	switch {
	case f.Flag:
		var yes bool
		if yes, err = w.ask.agrees(ctx, f.Name, value == "true"); yes {
			value = "true"
		} else {
			value = ""
		}
	case f.OneOf != nil:
		var choices []choice
		for _, word := range f.OneOf {
			choices = append(choices, choice{word: word})
		}
		var i int
		if i, err = w.ask.choose(ctx, f.Name, choices, max(0, slices.Index(f.OneOf, value))); err == nil {
			value = f.OneOf[i]
		}
	default:
		value, err = w.ask.text(ctx, f.Name, value, w.setting("account."+f.Name, func(d *config.Draft, text string) { d.Values = map[string]string{f.Name: text} }))
	}
	w.draft.Values[f.Name] = value
	return err
}

// explain says what a field is.
func (w *wizard) explain(f login.Field) { w.ask.say("\n%s: %s.", f.Name, f.Help) }

// setting checks an answer as the config does when it is read.
func (w *wizard) setting(key string, set func(*config.Draft, string)) func(string) error {
	return func(text string) error {
		draft := w.draft
		set(&draft, text)
		if wrong := draft.Wrong(key); wrong != "" {
			return errors.New(wrong)
		}
		return nil
	}
}

// askPlatforms asks which of the provider's platforms the inbox is for, and for
// what only some of them need.
func (w *wizard) askPlatforms(ctx context.Context) error {
	p := w.draft.Provider
	if !config.ChoosesPlatforms(p) {
		return nil
	}
	usual := onlyIn(p.Platforms, w.linked)
	if len(usual) == 0 {
		usual = p.Platforms
	}
	w.ask.say("\nWhich platforms shall the inbox show?")
	answer, err := w.ask.text(ctx, "Platforms, with commas", joinPlatforms(usual), w.setting("account.platforms", func(d *config.Draft, text string) { d.Platforms = platformsIn(text) }))
	if err != nil {
		return err
	}
	w.draft.Platforms = onlyIn(p.Platforms, platformsIn(answer))
	return w.askForPlatforms(ctx)
}

// onlyIn are those of a list that are in another one as well.
func onlyIn(list, other []inbox.Platform) (both []inbox.Platform) {
	for _, p := range list {
		if slices.Contains(other, p) {
			both = append(both, p)
		}
	}
	return both
}

// askForPlatforms asks for what single platforms do not work without. One that
// lacks it is left out.
func (w *wizard) askForPlatforms(ctx context.Context) error {
	only := func(f login.Field) bool { return f.For != "" && slices.Contains(w.draft.Platforms, f.For) }
	if !slices.ContainsFunc(w.draft.Provider.Fields, only) {
		return nil
	}
	err := w.settle(ctx, func() error {
		for _, f := range w.draft.Provider.Fields {
			if only(f) {
				if err := w.askField(ctx, f); err != nil {
					return err
				}
			}
		}
		return nil
	}, w.open)
	if err != nil {
		return err
	}
	w.leaveOutUnusable()
	if len(w.draft.Platforms) == 0 {
		return w.askPlatforms(ctx)
	}
	return nil
}

// leaveOutUnusable drops the platforms that lack what they do not work without.
func (w *wizard) leaveOutUnusable() {
	for _, f := range w.draft.Provider.Fields {
		if f.For == "" || w.draft.Secrets[f.Name].Value != "" || w.draft.Values[f.Name] != "" {
			continue
		}
		if i := slices.Index(w.draft.Platforms, f.For); i >= 0 {
			w.ask.say("%s is left out: it does not work without %s.", f.For.Label(), f.Name)
			w.draft.Platforms = slices.Delete(slices.Clone(w.draft.Platforms), i, i+1)
		}
	}
}

// platformsIn reads a list of platforms, also by the names that the screen shows.
func platformsIn(text string) (list []inbox.Platform) {
	for _, word := range strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ' ' }) {
		platform := inbox.Platform(strings.ToLower(word))
		for _, known := range inbox.Platforms {
			if strings.EqualFold(word, known.Label()) || strings.EqualFold(word, strings.TrimSpace(known.Tag())) {
				platform = known
			}
		}
		if !slices.Contains(list, platform) {
			list = append(list, platform)
		}
	}
	return list
}

func joinPlatforms(list []inbox.Platform) string {
	names := make([]string, len(list))
	for i, p := range list {
		names[i] = string(p)
	}
	return strings.Join(names, ", ")
}

// askName asks what the account is called.
func (w *wizard) askName(ctx context.Context) error {
	w.ask.say("\nWhat shall the account be called? One word of the letters a to z, digits, dots, dashes and underscores; it is part of every conversation's ID.")
	name, err := w.ask.text(ctx, "Name", string(w.draft.Name), w.setting("account.name", func(d *config.Draft, text string) { d.Name = inbox.AccountID(text) }))
	w.draft.Name = inbox.AccountID(name)
	return err
}

// tellNext says what can be done with the config that was written.
func (w *wizard) tellNext() {
	next := []choice{
		{"parley", "the inbox; ? shows its keys"},
		{"parley doctor", "what is wrong, and how to mend it"},
	}
	if w.draft.Webhook != nil {
		next = append(next, choice{"parley webhook register", "lets " + w.draft.Provider.Name + " call, while the inbox is open"})
	}
	width := 0
	for _, c := range next {
		width = max(width, len(c.word))
	}
	if flags := w.flags(); flags == "" {
		w.ask.say("\nFrom now on:")
	} else {
		w.ask.say("\nFrom now on, each with %s:", flags)
	}
	for _, c := range next {
		fmt.Fprintf(w.ask.out, "  %-*s  %s\n", width, c.word, c.about)
	}
	w.tellTypeIn()
	w.ask.say("Views, canned replies, colours and all else: see the comments in the config.\n")
}

// flags are those that every command needs to find this config, and what belongs
// to it.
func (w *wizard) flags() string {
	var flags []string
	if w.app.configFlag != "" {
		flags = append(flags, "--config "+asArgument(w.file))
	}
	if w.app.dataFlag != "" {
		folder := w.app.dataFlag
		if whole, err := filepath.Abs(folder); err == nil {
			folder = whole
		}
		flags = append(flags, "--data "+asArgument(folder))
	}
	return inbox.CleanLine(strings.Join(flags, " "))
}

// asArgument is a path as it can be typed in a shell.
func asArgument(path string) string {
	if strings.ContainsFunc(path, unicode.IsSpace) {
		return strconv.Quote(path)
	}
	return underHome(path)
}
