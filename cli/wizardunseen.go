package cli

// How the wizard takes a secret that is typed or pasted: key by key, because
// nothing of it may be shown, neither what was meant nor what came with it.

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/term"

	"parley/config"
)

// secret asks for something that must not be seen. It comes without the blanks and
// quotation marks that were pasted around it.
func (p *prompter) secret(ctx context.Context, question string) (string, error) {
	for {
		text, err := p.unseen(ctx, question+": ")
		fmt.Fprintln(p.out)
		if err == nil {
			text, err = tidySecret(text)
		}
		if err == nil && text != "" {
			p.say("  %d characters taken", len(text))
		}
		if err == nil || errors.Is(err, errLeft) {
			return text, err
		}
		p.again(err)
	}
}

// unseen reads a line key by key, and shows nothing of it. The terminal echoes
// nothing any more when the question appears.
func (p *prompter) unseen(ctx context.Context, question string) (text string, err error) {
	fd := int(p.in.Fd())
	before, err := term.MakeRaw(fd)
	if err != nil {
		return "", fmt.Errorf("cannot keep the terminal from showing it: %w", err)
	}
	defer func() { err = errors.Join(err, term.Restore(fd, before)) }()
	fmt.Fprint(p.out, question)
	var line unseenLine
	for {
		data, _, err := p.await(ctx, 0)
		if err == nil && data[len(data)-1] == '\x1b' { // the key, or the beginning of a sequence
			var rest []byte
			rest, _, err = p.await(ctx, pasteGap)
			data = slices.Concat(data, rest)
		}
		if err != nil {
			return "", err
		}
		if done, err := line.take(string(data)); done || err != nil {
			return string(line.text), err
		}
	}
}

// unseenLine is a line that is being typed, or pasted.
type unseenLine struct{ text []byte }

// Keys of a line that is read key by key.
const (
	keyInterrupt = 0x03 // Ctrl-C
	keyEnd       = 0x04 // Ctrl-D
	keyClear     = 0x15 // Ctrl-U
)

// take adds what came from the terminal; done when the line is.
func (l *unseenLine) take(data string) (done bool, err error) {
	data = pasteMarks.Replace(data)
	for data != "" {
		key := data[0]
		switch {
		case key == '\x1b' && len(data) > 1:
			data = behindSequence(data)
			continue
		case key == '\x1b', key == keyInterrupt, key == keyEnd && len(l.text) == 0:
			return false, errLeft
		case key == '\r' || key == '\n':
			if strings.TrimSpace(data) != "" && len(strings.TrimSpace(string(l.text))) > 0 {
				return false, errSeveralLines
			}
			if strings.TrimSpace(data) == "" {
				return true, nil
			}
		case key == '\b' || key == 0x7f:
			l.text = l.text[:max(0, len(l.text)-1)]
		case key == keyClear:
			l.text = nil
		case key >= ' ' || key == '\t':
			l.text = append(l.text, key)
		}
		if len(l.text) > config.SecretMaxBytes {
			return false, fmt.Errorf("longer than %d KiB: that is no key", config.SecretMaxBytes>>10)
		}
		data = data[1:]
	}
	return false, nil
}

// behindSequence drops the key that an escape sequence stands for, such as an
// arrow: there is nothing to move in.
func behindSequence(data string) string {
	if data[1] != '[' && data[1] != 'O' {
		return data[2:]
	}
	end := strings.IndexFunc(data[2:], func(r rune) bool { return r >= 0x40 && r <= 0x7e })
	if end < 0 {
		return ""
	}
	return data[2+end+1:]
}

// tidySecret takes off what was pasted around a secret, and refuses what no key
// holds.
func tidySecret(text string) (string, error) {
	text = strings.TrimSpace(text)
	for _, quote := range []string{`"`, `'`, "`"} {
		if inner, ok := strings.CutPrefix(text, quote); ok && strings.HasSuffix(inner, quote) {
			text = strings.TrimSpace(strings.TrimSuffix(inner, quote))
			break
		}
	}
	if strings.ContainsFunc(text, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return "", errors.New("there is a space or another character in it that no key has: please paste nothing but the key")
	}
	return text, nil
}
