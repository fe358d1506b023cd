package cli

// What a command is told that was typed at the prompt: the open conversation where
// it names none, the IDs that numbers stand for, and a text as it was typed. How
// the arguments of a command go on is read from its usage line.

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"parley/inbox"
)

// The names of arguments in usage lines that mean something here.
const (
	argConversation = "CONVERSATION"
	argSeveral      = "CONVERSATION..."
	argText         = "[TEXT|-]"
	argWhen         = "WHEN"
	argItem         = "ID" // of the outbox
)

// arguments are those of a command.
func (p *plain) arguments(ctx context.Context, cmd *cobra.Command, typed typedCommand) ([]string, error) {
	takes := strings.Fields(cmd.Use)[1:]
	if takesText(cmd) {
		return p.withText(cmd, typed)
	}
	flags, words := splitFlags(cmd, typed.words)
	var args []string
	var err error
	switch {
	case len(takes) == 0 || asksHelp(flags):
		args = texts(words)
	case takes[0] == argSeveral:
		args, err = p.several(takes[1:], flags, words)
	case takes[0] == argConversation:
		args, err = p.withOne(len(takes), words)
	case takes[0] == argItem:
		args, err = p.withItem(ctx, takes, words)
	default:
		args = texts(words)
	}
	if cmd.DisableFlagParsing { // such a command takes what begins with - as it is
		return append(flags, args...), err
	}
	return append(append(flags, "--"), args...), err
}

// splitFlags takes the flags, with their values, out of the words.
func splitFlags(cmd *cobra.Command, words []lineWord) (flags []string, rest []lineWord) {
	for i := 0; i < len(words); i++ {
		w := words[i]
		if !w.isFlag() {
			rest = append(rest, w)
			continue
		}
		flags = append(flags, w.text)
		if takesValue(cmd, w.text) && i+1 < len(words) {
			i++
			flags = append(flags, words[i].text)
		}
	}
	return flags, rest
}

// takesValue tells whether a flag's value is the word behind it.
func takesValue(cmd *cobra.Command, flag string) bool {
	name, _, has := strings.Cut(strings.TrimPrefix(flag, "--"), "=")
	f := cmd.Flags().Lookup(name)
	return f != nil && !has && f.NoOptDefVal == ""
}

func asksHelp(flags []string) bool {
	return slices.Contains(flags, "--help") || slices.Contains(flags, "-h")
}

// astray tells that what is read was written for a conversation that could not be
// opened, by somebody who did not hear of it.
func (p *plain) astray() bool { return p.missed && !p.app.caller.Stdin }

var errAstray = &usageError{text: "no conversation is open: the last one was not found", hint: "after back, words are for any"}

func takesText(cmd *cobra.Command) bool { return slices.Contains(strings.Fields(cmd.Use), argText) }

// readsText tells that the text for a customer is in the lines behind the command.
func (p *plain) readsText(cmd *cobra.Command, words []lineWord) bool {
	last := len(words) - 1
	return takesText(cmd) && last >= 0 && words[last].text == "-" && (last == 0 || last == 1 && p.open == "")
}

// withText are the arguments of a command that takes a text for a customer. With an
// open conversation it is for that one and for no other, whatever the text begins
// with.
func (p *plain) withText(cmd *cobra.Command, typed typedCommand) ([]string, error) {
	flags, words := splitFlags(cmd, typed.words)
	names := 0
	if p.open == "" {
		names = 1
	}
	if len(words) > names && !p.readsText(cmd, words) && (!words[names].quoted || len(words) > names+1) {
		// A text as people write: all of the line from its beginning on.
		begin := slices.IndexFunc(typed.words, func(w lineWord) bool { return w.at == words[names].at })
		flags, words = splitFlags(cmd, typed.words[:begin])
		words = append(words, lineWord{text: restFrom(typed.line, typed.words[begin:])})
	}
	args := append(flags, "--")
	if p.open != "" {
		return append(append(args, string(p.open)), texts(words)...), nil
	}
	if len(words) > 0 && !asksHelp(flags) {
		if p.astray() { // the first word was to be text
			return nil, errAstray
		}
		id, err := p.target(words[0])
		if err != nil {
			return nil, err
		}
		words[0].text = id
	}
	return append(args, texts(words)...), nil
}

// several are the arguments of a command for several conversations. more tells what
// it takes behind them: a WHEN, or labels with their signs.
func (p *plain) several(more, flags []string, words []lineWord) (args []string, err error) {
	var names, own []lineWord
	switch {
	case slices.Contains(more, argWhen) && p.astray() && !hasQuery(flags):
		return nil, errAstray // the first word may well be one of the time
	case slices.Contains(more, argWhen):
		names, own = p.splitWhen(flags, words)
	case len(more) > 0:
		for _, w := range words {
			if strings.HasPrefix(w.text, "+") || strings.HasPrefix(w.text, "-") {
				own = append(own, w)
			} else {
				names = append(names, w)
			}
		}
	default:
		names = words
	}
	if len(names) == 0 && p.open != "" && !hasQuery(flags) {
		args = append(args, string(p.open))
	}
	for _, name := range names {
		id, err := p.target(name)
		if err != nil {
			return nil, err
		}
		args = append(args, id)
	}
	return append(args, texts(own)...), nil
}

// hasQuery tells that a query says which conversations are meant.
func hasQuery(flags []string) bool {
	return slices.ContainsFunc(flags, func(f string) bool { return f == "--query" || strings.HasPrefix(f, "--query=") })
}

// splitWhen divides conversations from a time, which needs no quotes: numbers and
// IDs come first, or one name where no conversation is open.
func (p *plain) splitWhen(flags []string, words []lineWord) (names, when []lineWord) {
	n := 0
	for n < len(words) && (isNumber(words[n].text) || strings.Count(words[n].text, "/") == 2) {
		n++
	}
	if n == 0 && p.open == "" && !hasQuery(flags) {
		n = min(1, len(words))
	}
	names = words[:n]
	if n < len(words) {
		when = []lineWord{{text: strings.Join(texts(words[n:]), " ")}}
	}
	return names, when
}

// withOne are the arguments of a command for one conversation, which takes so many
// with it.
func (p *plain) withOne(takes int, words []lineWord) ([]string, error) {
	if p.open != "" && len(words) < takes {
		return append([]string{string(p.open)}, texts(words)...), nil
	}
	if len(words) == 0 {
		return nil, nil // the command says what it expects
	}
	id, err := p.target(words[0])
	return append([]string{id}, texts(words[1:])...), err
}

// withItem are the arguments of a command for a message in the outbox. Where none
// is named, it is the only one there.
func (p *plain) withItem(ctx context.Context, takes []string, words []lineWord) ([]string, error) {
	var args []string
	if len(words) > 0 {
		if _, err := p.OutboxItem(ctx, inbox.OutboxID(words[0].text)); err == nil {
			args, words = append(args, words[0].text), words[1:]
		}
	}
	if len(args) == 0 && p.astray() {
		return nil, errAstray
	}
	if len(args) == 0 {
		id, err := p.onlyItem(ctx)
		if err != nil {
			return nil, err
		}
		args = append(args, string(id))
	}
	if slices.Contains(takes, argWhen) && len(words) > 0 {
		return append(args, strings.Join(texts(words), " ")), nil
	}
	return append(args, texts(words)...), nil
}

// onlyItem is the one message that is not sent, of the open conversation or of all.
func (p *plain) onlyItem(ctx context.Context) (inbox.OutboxID, error) {
	items, err := p.Outbox(ctx, false)
	if err != nil {
		return "", err
	}
	if p.open != "" {
		items = slices.DeleteFunc(items, func(o inbox.OutboxItem) bool { return o.Conversation != p.open })
	}
	switch len(items) {
	case 0:
		return "", &usageError{text: "there is no message here that is not sent", hint: "outbox lists what there is"}
	case 1:
		return items[0].ID, nil
	}
	return "", &usageError{text: fmt.Sprintf("%d messages are not sent", len(items)), hint: "outbox lists them: name the ID of one"}
}

func isNumber(text string) bool {
	_, err := strconv.Atoi(text)
	return err == nil
}

// target is the conversation that a word names: a number is that of the last
// listing, whatever has come since.
func (p *plain) target(w lineWord) (string, error) {
	n, err := strconv.Atoi(w.text)
	switch {
	case err != nil || w.quoted:
		return w.text, nil
	case n < 1 || n > len(p.listing.rows):
		e := &usageError{text: fmt.Sprintf("the last listing has no number %d", n), hint: "list tells the numbers"}
		if most := len(p.listing.rows); most > 0 {
			e.hint = fmt.Sprintf("it goes from 1 to %d", most)
		}
		return "", e
	}
	return string(p.listing.rows[n-1].id), nil
}
