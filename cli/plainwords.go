package cli

// The words of plain mode: those that only a prompt has, and the commands of the
// command line. A command is found by its name or an unambiguous beginning of it,
// and told the open conversation where it was typed without one.

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"parley/cli/relay"
	"parley/inbox"
)

// promptWord is a word that the command line does not have, or that means more at
// a prompt.
type promptWord struct {
	name, takes, help string
	run               func(*plain, context.Context, typedCommand) error
}

// typedCommand is what was typed behind a word.
type typedCommand struct {
	line  string
	words []lineWord
}

// rest is all of it as it was typed.
func (t typedCommand) rest() string { return restFrom(t.line, t.words) }

// promptWords are all of them, in the order of the help.
func promptWords() []promptWord {
	return []promptWord{
		{"list", "[QUERY]", "conversations, newest first, with numbers; is:unread and the like narrow it", (*plain).list},
		{"view", "[NAME]", "the conversations of a view; without a name: which views there are", (*plain).view},
		{"search", "QUERY", "messages and customers by their words, with numbers", (*plain).searchWord},
		{"more", "", "go on: more of the list, or what was written before", (*plain).goOn},
		{"open", "N or NAME", "open a conversation and read it; a number alone does the same", (*plain).openWord},
		{"next", "", "open the next one of the list", (*plain).nextWord},
		{"read", "[N or NAME]", "what is new in the open conversation, or its end once more", (*plain).readWord},
		{"links", "", "the addresses in the messages that were read", (*plain).linksWord},
		{"reply", "[N]", "answer, in as many lines as you like", (*plain).replyWord},
		{"note", "[TEXT]", "write a private note, for agents only", (*plain).noteWord},
		{"replies", "[NAME]", "the canned replies; with a name: what the open conversation would get", (*plain).repliesWord},
		{"undo", "", "take the last decision back, or what has not left yet", (*plain).undoWord},
		{"back", "", "close the conversation", (*plain).backWord},
		{"wait", "", "tell what happens as it happens, until Enter", (*plain).waitWord},
		{"status", "", "the accounts, and how old what is shown is", (*plain).statusWord},
		{"help", "[WORD]", "these words, or more about one", (*plain).helpWord},
		{"quit", "", "leave; drafts are kept", func(*plain, context.Context, typedCommand) error { return errQuit }},
	}
}

// shortWords are typed often, or known from the screen's keys.
var shortWords = map[string]string{
	"?": "help", "q": "quit", "exit": "quit", "o": "open", "r": "reply", "e": "done", "b": "snooze", "z": "undo", "u": "back", "f": "search", "/": "list",
	"retry": "outbox retry", "discard": "outbox discard", "recall": "outbox recall", "reschedule": "outbox at",
}

// notAtPrompt are the commands that are no words here, and why.
var notAtPrompt = map[string]string{
	"run":        "pollers, webhooks and outbox run behind this prompt",
	"follow":     "wait tells what happens as it happens",
	"demo":       "an inbox is open here already",
	"sim":        "it runs until a signal: start it beside this inbox",
	"login":      "it asks for secrets: run parley login beside this inbox",
	"config":     "the config is read at the start: run parley config beside this inbox",
	"completion": "it is for shells",
	"man":        "it is for the manual's reader: help tells the same",
}

// obey does what a line says.
func (p *plain) obey(ctx context.Context, line string) error {
	words := wordsOf(line)
	if len(words) > 1 && words[0].text == "parley" { // hints are written for a shell
		words = words[1:]
	}
	if len(words) == 0 {
		return nil
	}
	if _, err := strconv.Atoi(words[0].text); err == nil && len(words) == 1 {
		return p.openWord(ctx, typedCommand{line, words})
	}
	name, err := p.resolve(words[0].text)
	if err != nil {
		return err
	}
	typed := typedCommand{line, words[1:]}
	for _, w := range promptWords() {
		switch {
		case w.name != name:
		case w.takes == "" && len(typed.words) > 0:
			return &usageError{text: name + " takes nothing behind it", hint: name + ": " + w.help}
		default:
			return w.run(p, ctx, typed)
		}
	}
	return p.command(ctx, strings.Fields(name), typed)
}

// resolve finds the word that is meant.
func (p *plain) resolve(typed string) (string, error) {
	typed = strings.ToLower(typed)
	if name, ok := shortWords[typed]; ok {
		return name, nil
	}
	if why, ok := notAtPrompt[typed]; ok {
		return "", &usageError{text: fmt.Sprintf("%s is no word here", typed), hint: why}
	}
	var meant []string
	for _, name := range p.words() {
		if name == typed {
			return name, nil
		}
		if strings.HasPrefix(name, typed) {
			meant = append(meant, name)
		}
	}
	switch len(meant) {
	case 1:
		return meant[0], nil
	case 0:
		e := &usageError{text: fmt.Sprintf("there is no word %q", typed), hint: "help tells the words"}
		if near := inbox.Nearest(typed, p.words()); near != "" {
			e.hint = "did you mean " + near + "? " + e.hint
		}
		return "", e
	}
	return "", &usageError{text: fmt.Sprintf("%q may be %s", typed, strings.Join(meant, ", ")), hint: "type more of it"}
}

// words are all that can be typed, in alphabetical order.
func (p *plain) words() []string {
	var all []string
	for _, w := range promptWords() {
		all = append(all, w.name)
	}
	all = append(all, p.commandNames()...)
	slices.Sort(all)
	return slices.Compact(all)
}

// commandNames are the commands of the command line that are words here, by all
// of their names.
func (p *plain) commandNames() (names []string) {
	for _, cmd := range p.tree.Commands() {
		if _, no := notAtPrompt[cmd.Name()]; !no && cmd.IsAvailableCommand() {
			names = append(append(names, cmd.Name()), cmd.Aliases...)
		}
	}
	return names
}

// command runs a command of the command line.
func (p *plain) command(ctx context.Context, path []string, typed typedCommand) error {
	cmd, path, typed := p.deeper(path, typed)
	input := &commandInput{ctx: ctx, lines: p.lines}
	args, err := p.arguments(ctx, cmd, typed)
	if err == nil {
		p.invokeReading(ctx, input, append(path, args...)...)
	}
	if _, words := splitFlags(cmd, typed.words); p.readsText(cmd, words) && !p.app.caller.Stdin {
		input.skip() // lines of a text that was not taken are no commands
	}
	return err
}

// invoke runs a command with all of its arguments, and gives its exit code. What
// went wrong it has said.
func (p *plain) invoke(ctx context.Context, args ...string) (code int) {
	return p.invokeReading(ctx, &commandInput{ctx: ctx, lines: p.lines}, args...)
}

func (p *plain) invokeReading(ctx context.Context, input *commandInput, args ...string) (code int) {
	a := p.app
	code = a.runHeld(ctx, &app{
		stdin: relay.NewReplay(input), stdout: a.stdout, stderr: a.stderr, terse: true,
		args: args, caller: a.caller, redactor: a.redactor, log: a.log,
		held: &held{session: p.session, at: p.places, offer: func(err error) bool { return p.offer(ctx, err) }},
	})
	p.failed = p.failed || code != exitDone
	return code
}

// deeper goes on to the subcommand that is named next, such as outbox retry.
func (p *plain) deeper(path []string, typed typedCommand) (*cobra.Command, []string, typedCommand) {
	cmd := p.tree
	for i := 0; ; i++ {
		if i == len(path) && len(typed.words) > 0 && i > 0 && cmd.HasSubCommands() {
			path = append(path, typed.words[0].text)
			typed.words = typed.words[1:]
		}
		if i >= len(path) {
			return cmd, path, typed
		}
		sub := slices.IndexFunc(cmd.Commands(), func(c *cobra.Command) bool { return c.Name() == path[i] || c.HasAlias(path[i]) })
		if sub < 0 {
			return cmd, path, typed
		}
		cmd = cmd.Commands()[sub]
	}
}
