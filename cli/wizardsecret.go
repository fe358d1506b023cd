package cli

// Where a secret shall come from. The config holds none: it says which command
// prints it, or which file or variable has it. What is typed here becomes a file
// of its own.

import (
	"cmp"
	"context"
	"errors"
	"path/filepath"
	"regexp"
	"strings"

	"parley/config"
	"parley/platforms/login"
)

// sources are the ways to give a secret, the better ones first.
var sources = []struct {
	form string
	choice
}{
	{config.SecretCommand, choice{"command", "a password manager prints it (recommended)"}},
	{config.SecretFile, choice{"file", "it is the first line of a file"}},
	{config.SecretEnv, choice{"env", "it is in an environment variable"}},
	{config.SecretInline, choice{"type", "type or paste it now: it is kept in a file for you alone"}},
}

// without is the choice to give none.
var without = choice{"none", "leave it out"}

// askSecret asks where a secret comes from.
func (w *wizard) askSecret(ctx context.Context, f login.Field) error {
	w.explain(f)
	before, given := w.draft.Secrets[f.Name]
	var choices []choice
	usual := 0
	for i, s := range sources {
		choices = append(choices, s.choice)
		if given && s.form == before.Form {
			usual = i
		}
	}
	if !f.Required {
		choices = append(choices, without)
		if !given && f.Usual && len(w.draft.Secrets) > 0 {
			usual = len(sources) // the login is there already
		}
	}
	for {
		i, err := w.ask.choose(ctx, "Where is it", choices, usual)
		if err != nil {
			return err
		}
		if i == len(sources) {
			delete(w.draft.Secrets, f.Name)
			return nil
		}
		source, err := w.askSource(ctx, f, sources[i].form, before)
		if err != nil {
			return err
		}
		if source.Value != "" {
			w.draft.Secrets[f.Name] = source
			return nil
		}
		w.ask.again(errors.New("nothing was typed: choose again"))
	}
}

// askSource asks for the one way that was chosen. What was answered before is
// proposed again; an empty answer is for whoever would rather choose another way.
func (w *wizard) askSource(ctx context.Context, f login.Field, form string, before config.Source) (source config.Source, err error) {
	usual := ""
	if before.Form == form {
		usual = before.Value
	}
	source.Form = form
	switch form {
	case config.SecretCommand:
		usual = cmp.Or(usual, "pass show "+w.draft.Provider.Name+"/"+f.Name)
		source.Value, err = w.ask.text(ctx, "Command (run without a shell)", usual, func(text string) error {
			_, err := config.SplitWords(text)
			return err
		})
	case config.SecretFile:
		source.Value, err = w.ask.textOrNone(ctx, "File", usual, wholePath)
	case config.SecretEnv:
		source.Value, err = w.ask.textOrNone(ctx, "Name of the variable", usual, checkVariable)
	case config.SecretInline:
		source.Value, err = w.askTyped(ctx, usual)
	}
	return source, err
}

// askTyped takes the secret itself. Nothing typed keeps what was typed before.
func (w *wizard) askTyped(ctx context.Context, before string) (string, error) {
	question := "Type or paste it; it is not shown"
	if before != "" {
		question += " (Enter: the same as before)"
	}
	text, err := w.ask.secret(ctx, question)
	if err != nil {
		return "", err
	}
	if text = cmp.Or(text, before); text != "" {
		w.app.redactor.learn(login.NewSecret(text))
	}
	return text, nil
}

// wholePath refuses a path that means another file in another folder.
func wholePath(path string) error {
	if !filepath.IsAbs(path) && !strings.HasPrefix(path, "~/") {
		return errors.New("expected the whole path, beginning with / or ~/")
	}
	return nil
}

var variableName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

func checkVariable(name string) error {
	if !variableName.MatchString(name) {
		return errors.New("expected the name of an environment variable, without $: letters, digits and underscores")
	}
	return nil
}
