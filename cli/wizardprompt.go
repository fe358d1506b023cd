package cli

// How the wizard asks: line by line, in plain words and without escape sequences,
// so that it works on any terminal and with a screen reader. Lines are edited by
// the terminal itself; only a secret is read key by key, because nothing of it may
// be shown.

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
	"golang.org/x/term"

	"parley/config"
	"parley/inbox"
)

// errLeft says that whoever was asked wants no more questions.
var errLeft = errors.New("left")

// promptWidth is where texts are broken: what every terminal has.
const promptWidth = 78

// pasteGap is how soon the rest of a paste follows its first line. Nobody types
// the next line that fast.
const pasteGap = 20 * time.Millisecond

// prompter asks questions on a terminal.
type prompter struct {
	in      *os.File
	out     io.Writer
	reading chan typed // the read that is under way; nil: none
}

// typed is what a read of the terminal gave.
type typed struct {
	data []byte
	err  error
}

// say writes a text, broken at the terminal's usual width.
func (p *prompter) say(format string, args ...any) {
	fmt.Fprintln(p.out, ansi.Wordwrap(fmt.Sprintf(format, args...), promptWidth, ""))
}

// point writes a text whose lines all begin behind a mark.
func (p *prompter) point(mark, text string) {
	gap := strings.Repeat(" ", len(mark))
	text = ansi.Wordwrap(text, promptWidth-len(mark), "")
	fmt.Fprintln(p.out, mark+strings.ReplaceAll(text, "\n", "\n"+gap))
}

// await gives the next input. A read cannot be taken back: one that nobody waits
// for any longer is there for the next who does. With patience 0 it waits until
// something comes.
func (p *prompter) await(ctx context.Context, patience time.Duration) (data []byte, came bool, err error) {
	if p.reading == nil {
		p.reading = make(chan typed, 1)
		go func(in io.Reader, to chan<- typed) {
			buf := make([]byte, config.SecretMaxBytes)
			n, err := in.Read(buf)
			to <- typed{buf[:n], err}
		}(p.in, p.reading)
	}
	var late <-chan time.Time
	if patience > 0 {
		late = time.After(patience)
	}
	select {
	case t := <-p.reading:
		p.reading = nil
		if len(t.data) == 0 {
			return nil, true, errLeft // the end of the input, or a terminal that is gone
		}
		return t.data, true, nil
	case <-late:
		return nil, false, nil
	case <-ctx.Done():
		return nil, false, errLeft
	}
}

// line asks for one line; usual is the answer of an empty one.
func (p *prompter) line(ctx context.Context, question, usual string) (string, error) {
	if usual != "" {
		question += " [" + usual + "]"
	}
	for {
		fmt.Fprint(p.out, question+": ")
		data, _, err := p.await(ctx, 0)
		if err != nil {
			fmt.Fprintln(p.out)
			return "", err
		}
		answer, err := tidyLine(string(data))
		if errors.Is(err, errLeft) {
			return "", err
		}
		if err == nil {
			if answer == "" {
				answer = usual
			}
			return answer, nil
		}
		p.again(err)
	}
}

// again says why a question is asked once more.
func (p *prompter) again(err error) { p.point("  ", inbox.CleanLine(err.Error())) }

// text asks for something that may be pasted; what check refuses is asked again.
func (p *prompter) text(ctx context.Context, question, usual string, check func(string) error) (string, error) {
	for {
		answer, err := p.line(ctx, question, usual)
		if err != nil {
			return "", err
		}
		if err = p.alone(ctx); errors.Is(err, errLeft) {
			return "", err
		}
		if err == nil && answer == "" {
			err = errors.New("an answer is needed here")
		}
		if err == nil {
			err = check(answer)
		}
		if err == nil {
			return answer, nil
		}
		p.again(err)
	}
}

var errSeveralLines = errors.New("that was more than one line, and none of it was taken")

// alone makes sure that no more lines of a paste are behind the first one, where
// they would answer the questions to come.
func (p *prompter) alone(ctx context.Context) (several error) {
	for {
		data, more, err := p.await(ctx, pasteGap)
		if err != nil || !more {
			return errors.Join(err, several)
		}
		if strings.TrimSpace(string(data)) != "" {
			several = errSeveralLines
		}
	}
}

// choice is one of several answers.
type choice struct{ word, about string }

// choose asks for one of several, by number or word.
func (p *prompter) choose(ctx context.Context, question string, choices []choice, usual int) (int, error) {
	width := 0
	for _, c := range choices {
		width = max(width, len(c.word))
	}
	for i, c := range choices {
		fmt.Fprintf(p.out, "  %d  %-*s  %s\n", i+1, width, c.word, c.about)
	}
	for {
		answer, err := p.line(ctx, question, strconv.Itoa(usual+1))
		if err != nil {
			return 0, err
		}
		if i := chosen(answer, choices); i >= 0 {
			return i, nil
		}
		p.again(fmt.Errorf("expected a number from 1 to %d, or a word of the list", len(choices)))
	}
}

// chosen is the choice that an answer means: its number, its word, or the
// beginning of that if it is of no other; -1 for none.
func chosen(answer string, choices []choice) int {
	if n, err := strconv.Atoi(answer); err == nil && n >= 1 && n <= len(choices) {
		return n - 1
	}
	found := -1
	for i, c := range choices {
		switch word := strings.ToLower(answer); {
		case word == c.word:
			return i
		case word != "" && strings.HasPrefix(c.word, word) && found >= 0:
			return -1
		case word != "" && strings.HasPrefix(c.word, word):
			found = i
		}
	}
	return found
}

// agrees asks a question that is answered by yes or no.
func (p *prompter) agrees(ctx context.Context, question string, usual bool) (bool, error) {
	hint := "y/N"
	if usual {
		hint = "Y/n"
	}
	for {
		answer, err := p.line(ctx, question, hint)
		if err != nil {
			return false, err
		}
		switch strings.ToLower(answer) {
		case strings.ToLower(hint):
			return usual, nil
		case "y", "yes":
			return true, nil
		case "n", "no":
			return false, nil
		}
		p.again(errors.New("expected y or n"))
	}
}

// pasteMarks are what a terminal puts around pasted text when a program has asked
// for that, and may go on putting there.
var pasteMarks = strings.NewReplacer("\x1b[200~", "", "\x1b[201~", "")

// tidyLine is a line as it was meant: without the marks and blanks around it. The
// Escape key and then Enter leave; other keys that are no text are refused.
func tidyLine(line string) (string, error) {
	line = strings.TrimSpace(pasteMarks.Replace(line))
	switch {
	case line != "" && strings.Trim(line, "\x1b") == "":
		return "", errLeft
	case !utf8.ValidString(line):
		return "", errors.New("this is not UTF-8")
	case strings.ContainsFunc(line, unicode.IsControl), inbox.Clean(line) != line:
		return "", errors.New("there are keys in it that are no text, such as arrows: please type it once more")
	}
	return line, nil
}

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
