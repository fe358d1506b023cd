package config

// Secrets: where a key comes from, and how it is fetched. A secret may stand in
// the config itself, in an environment variable, in a file, or come from a command
// such as a password manager. It is fetched only by commands that talk to a
// provider.

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"time"

	"parley/platforms/login"
)

// SecretMaxBytes bounds what is read for a secret: a file, a command's output, a
// line of standard input.
const SecretMaxBytes = 64 << 10

// secretPatience bounds a command: a password manager may ask its user first.
const secretPatience = 2 * time.Minute

// The endings of the four keys that a secret may be given by.
const (
	SecretInline  = ""
	SecretEnv     = "_env"
	SecretFile    = "_file"
	SecretCommand = "_command"
)

var secretForms = []string{SecretInline, SecretEnv, SecretFile, SecretCommand}

// Secret is where a secret comes from. The zero value is "not given".
type Secret struct {
	key   string // as written: "api_key_command"
	form  string // one of secretForms
	value string
	At    Position
}

// Given tells whether the config says where the secret comes from.
func (s Secret) Given() bool { return s.value != "" }

// takeSecret reads the four forms of a secret; at most one may be given.
func takeSecret(t *table, f login.Field) Secret {
	var found Secret
	for _, form := range secretForms {
		key := f.Name + form
		text := t.str(key, secretExpectation(form))
		switch {
		case text == "":
		case found.Given():
			t.problem(t.where(key), key, "given twice: %s is there too; keep one of them", found.key)
		default:
			found = Secret{key: key, form: form, value: text, At: t.where(key)}
		}
	}
	if f.Required && !found.Given() {
		t.missingSecret(f)
	}
	return found
}

// takeSecretList reads the four forms of a field with several secrets, each a
// list or one text alone. They may be given together, and come in the order of
// the file; empty texts are none.
func takeSecretList(t *table, f login.Field) []Secret {
	var found []Secret
	for _, form := range secretForms {
		key := f.Name + form
		for _, text := range t.list(key, secretListExpectation(form)) {
			if text != "" {
				found = append(found, Secret{key: key, form: form, value: text, At: t.where(key)})
			}
		}
	}
	if f.Required && len(found) == 0 {
		t.missingSecret(f)
	}
	slices.SortStableFunc(found, func(a, b Secret) int { return comparePositions(a.At, b.At) })
	return found
}

// missingSecret says which keys a secret may be given by.
func (t *table) missingSecret(f login.Field) {
	t.problem(t.where(f.Name), f.Name, "missing: expected %[1]s, %[1]s_env, %[1]s_file or %[1]s_command", f.Name)
}

func secretExpectation(form string) string {
	switch form {
	case SecretEnv:
		return `the name of an environment variable in quotes`
	case SecretFile:
		return `the path of a file in quotes`
	case SecretCommand:
		return `a command in quotes, such as "pass show ayrshare"`
	}
	return "a text in quotes"
}

func secretListExpectation(form string) string {
	switch form {
	case SecretEnv:
		return `a list of names of environment variables in quotes`
	case SecretFile:
		return `a list of paths of files in quotes`
	case SecretCommand:
		return `a list of commands in quotes, such as ["pass show hook"]`
	}
	return "a list of texts in quotes"
}

// Fetch gets the secret; what a command says on its standard error goes to
// stderr. Its errors never hold the value.
func (s Secret) Fetch(ctx context.Context, stderr io.Writer) (login.Secret, error) {
	var text string
	var err error
	switch s.form {
	case SecretInline:
		text = s.value
	case SecretEnv:
		text, err = secretFromEnv(s.value)
	case SecretFile:
		text, err = secretFromFile(s.value)
	case SecretCommand:
		text, err = secretFromCommand(ctx, s.value, stderr)
	}
	if err != nil {
		return login.Secret{}, fmt.Errorf("%s: %w", s.key, err)
	}
	if s.Given() && text == "" {
		return login.Secret{}, fmt.Errorf("%s gives an empty value", s.key)
	}
	if strings.ContainsFunc(text, func(r rune) bool { return r < ' ' || r == 0x7f }) {
		return login.Secret{}, fmt.Errorf("%s gives a value with a control character in it, which no HTTP header can carry", s.key)
	}
	return login.NewSecret(text), nil
}

func secretFromEnv(name string) (string, error) {
	text, ok := os.LookupEnv(name)
	if !ok {
		return "", fmt.Errorf("the environment variable %s is not set", name)
	}
	return strings.TrimSpace(text), nil
}

func secretFromFile(path string) (string, error) {
	f, err := os.Open(ExpandHome(path))
	if err != nil {
		return "", err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, SecretMaxBytes+1))
	if err != nil {
		return "", err
	}
	if len(data) > SecretMaxBytes {
		return "", fmt.Errorf("%s is larger than %d KiB: that is no key", path, SecretMaxBytes>>10)
	}
	return firstLine(data), nil
}

// secretFromCommand runs a command without a shell. What it says on its
// standard error is shown, because a password manager explains itself there.
func secretFromCommand(ctx context.Context, line string, stderr io.Writer) (string, error) {
	words, err := SplitWords(line)
	if err != nil {
		return "", err
	}
	ctx, cancel := context.WithTimeout(ctx, secretPatience)
	defer cancel()
	out := &boundedBuffer{limit: SecretMaxBytes}
	cmd := exec.CommandContext(ctx, ExpandHome(words[0]), words[1:]...)
	cmd.Stdout, cmd.Stderr = out, stderr // no standard input: it may be the text of a message
	cmd.WaitDelay = time.Second
	switch err := cmd.Run(); {
	case ctx.Err() != nil:
		return "", fmt.Errorf("the command %s did not answer within %s", words[0], secretPatience)
	case errors.Is(err, exec.ErrNotFound):
		return "", fmt.Errorf("there is no command %s on the PATH", words[0])
	case err != nil:
		return "", fmt.Errorf("the command %s failed: %w", words[0], err)
	}
	return firstLine(out.buf.Bytes()), nil
}

// firstLine is the secret in what a file or command gives: password managers
// keep notes below it.
func firstLine(data []byte) string {
	line, _, _ := bytes.Cut(bytes.TrimLeft(data, "\r\n"), []byte("\n"))
	return strings.TrimSpace(string(line))
}

// SplitWords splits a command line at blanks, with '…' and "…" around words
// that hold some and \ before a single character. Nothing else has a meaning:
// there is no shell.
func SplitWords(line string) ([]string, error) {
	var words []string
	var word strings.Builder
	var quote rune
	inWord, escaped := false, false
	for _, r := range line {
		switch {
		case escaped:
			word.WriteRune(r)
			escaped = false
		case r == '\\' && quote != '\'':
			inWord, escaped = true, true
		case quote != 0 && r == quote:
			quote = 0
		case quote == 0 && (r == '\'' || r == '"'):
			inWord, quote = true, r
		case quote == 0 && (r == ' ' || r == '\t' || r == '\n'):
			if inWord {
				words = append(words, word.String())
			}
			word.Reset()
			inWord = false
		default:
			inWord = true
			word.WriteRune(r)
		}
	}
	if quote != 0 || escaped {
		return nil, errors.New("the command ends within a quotation")
	}
	if inWord {
		words = append(words, word.String())
	}
	if len(words) == 0 || words[0] == "" {
		return nil, errors.New("the command is empty")
	}
	return words, nil
}

// splitCommand is SplitWords for a command whose program may be in the home folder.
// No text is no command.
func splitCommand(line string) ([]string, error) {
	if strings.TrimSpace(line) == "" {
		return nil, nil
	}
	words, err := SplitWords(line)
	if err == nil {
		words[0] = ExpandHome(words[0])
	}
	return words, err
}

// boundedBuffer refuses more than its limit, so that a wrong command cannot
// fill the memory. It does not embed its buffer: that would lend it ReadFrom,
// which knows no limit.
type boundedBuffer struct {
	buf   bytes.Buffer
	limit int
}

func (b *boundedBuffer) Write(p []byte) (int, error) {
	if b.buf.Len()+len(p) > b.limit {
		return 0, fmt.Errorf("more than %d KiB of output", b.limit>>10)
	}
	return b.buf.Write(p)
}
