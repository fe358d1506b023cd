package cli

// How the wizard asks: line by line, in plain words and without escape sequences,
// so that it works on any terminal and with a screen reader. Lines are edited by
// the terminal itself; how a secret is read is in wizardunseen.go.

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"

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
	fmt.Fprintln(p.out, wrapWords(fmt.Sprintf(format, args...), promptWidth))
}

// point writes a text whose lines all begin behind a mark.
func (p *prompter) point(mark, text string) {
	gap := strings.Repeat(" ", len(mark))
	fmt.Fprintln(p.out, mark+strings.ReplaceAll(wrapWords(text, promptWidth-len(mark)), "\n", "\n"+gap))
}

// wrapWords breaks lines that are longer than the width, at blanks only: an
// address or a UUID has to stay whole to be copied.
func wrapWords(text string, width int) string {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		words := strings.Fields(line)
		if ansi.StringWidth(line) <= width || len(words) == 0 {
			continue
		}
		broken, used := words[0], ansi.StringWidth(words[0])
		for _, word := range words[1:] {
			gap := " "
			if used+1+ansi.StringWidth(word) > width {
				gap, used = "\n", -1
			}
			broken += gap + word
			used += 1 + ansi.StringWidth(word)
		}
		lines[i] = broken
	}
	return strings.Join(lines, "\n")
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
		answer, err := p.textOrNone(ctx, question, usual, check)
		if err != nil || answer != "" {
			return answer, err
		}
		p.again(errors.New("an answer is needed here"))
	}
}

// textOrNone is text that may be empty.
func (p *prompter) textOrNone(ctx context.Context, question, usual string, check func(string) error) (string, error) {
	for {
		answer, err := p.line(ctx, question, usual)
		if err != nil {
			return "", err
		}
		if err = p.alone(ctx); errors.Is(err, errLeft) {
			return "", err
		}
		if err == nil && answer != "" {
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
