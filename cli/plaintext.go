package cli

// A text of many lines in plain mode: an answer or a note. What is typed is stored
// after every line, so nothing that can end the program takes more than the line
// under way. Words for the composer begin with a dot; everything else is text.

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"parley/inbox"
)

// endOfText is the line that ends a text.
const endOfText = "."

// composing is a text under way.
type composing struct {
	*plain
	name   string // the answer to whom, the note about whom
	lines  []string
	media  []string
	words  map[string]composingWord // by name, without the dot
	save   func(context.Context) error
	finish func(context.Context) (done bool, err error) // at the dot
	flawed bool                                         // something of it went wrong, and nobody is there to mend it
	found  bool                                         // it goes on with a draft that was there before
	flows  bool                                         // a line was taken since the beginning, or since the last refusal
}

// composingWord is a word that begins with a dot. It is done when the text is
// finished, one way or another.
type composingWord struct {
	takes, help string
	run         func(ctx context.Context, rest string) (done bool, err error)
	ends        bool // as the dot does
}

// newComposing begins a text, with the words that every text has.
func newComposing(p *plain) *composing {
	c := &composing{plain: p}
	c.words = map[string]composingWord{
		"quit":  {"", "stop here, and keep it as a draft", c.leave, false},
		"show":  {"", "read it back", c.show, false},
		"clear": {"", "throw it away, and begin anew", c.clear, false},
		"drop":  {"", "take the last line away", c.drop, false},
		"help":  {"", "these words", c.tellWords, false},
	}
	return c
}

func (c *composing) text() string { return strings.TrimSpace(strings.Join(c.lines, "\n")) }

// compose reads lines until the text is finished. At the end of the input, or of the
// program, what was typed stays a draft.
func (c *composing) compose(ctx context.Context) error {
	for {
		line, err := c.ask(ctx, "")
		if (errors.Is(err, errNoInput) || ctx.Err() != nil) && (c.text() != "" || len(c.media) > 0) {
			c.say("It is kept as a draft.")
		}
		done := false
		if _, refused := errors.AsType[*usageError](err); err != nil && !refused {
			return err
		} else if err == nil {
			done, err = c.take(ctx, line)
		}
		switch {
		case errors.Is(err, errNoInput) || ctx.Err() != nil:
			return err
		case err != nil:
			c.app.report(err)
			c.failed, c.flawed = true, !c.app.caller.Stdin
			c.remind()
		}
		if done {
			return nil
		}
	}
}

// take takes one line.
func (c *composing) take(ctx context.Context, line string) (done bool, err error) {
	if strings.TrimSpace(line) == endOfText {
		return c.end(ctx, c.finish)
	}
	name, rest, isWord := dotWord(line)
	if !isWord {
		if c.meansPrompt(line) {
			return false, &usageError{text: line + " is a word of the prompt, and the line is not taken", hint: "a blank before it makes it text"}
		}
		c.lines, c.flows = append(c.lines, line), true
		return false, c.save(ctx)
	}
	word, ok := c.words[name]
	switch {
	case !ok:
		return false, &usageError{text: "there is no word ." + name + ", and the line is not taken", hint: ".help tells the words; a blank before the dot makes it text"}
	case word.ends:
		return c.end(ctx, func(ctx context.Context) (bool, error) { return word.run(ctx, rest) })
	}
	return word.run(ctx, rest)
}

// remind says where the agent still is after something was refused: the next line
// may well be meant for the prompt.
func (c *composing) remind() {
	if c.app.caller.Stdin {
		c.flows = false
		c.say("Still in %s; .quit leaves it.", c.name)
	}
}

// meansPrompt tells that a line was typed in the belief that the prompt takes it: a
// word of it alone, before anything else. A customer is not to get it.
func (c *composing) meansPrompt(line string) bool {
	if c.flows || !c.app.caller.Stdin {
		return false
	}
	_, short := shortWords[line]
	return short || slices.Contains(c.plain.words(), line)
}

// end finishes the text. Where nobody hears what goes wrong, it leaves as it was
// meant or stays a draft, and is over either way: the lines behind it are the next
// commands, and may well be for somebody else. What an agent has half typed does not
// leave with it.
func (c *composing) end(ctx context.Context, finish func(context.Context) (bool, error)) (done bool, err error) {
	if c.app.caller.Stdin {
		return finish(ctx)
	}
	switch {
	case c.found:
		err = &usageError{text: "a draft of " + c.name + " was there before, and nobody here has read it: it stays a draft", hint: ".clear before the first line throws it away"}
	case !c.flawed:
		done, err = finish(ctx)
	}
	if !done {
		_, kept := c.leave(ctx, "")
		err = cmp.Or(err, kept)
	}
	return true, err
}

// dotWord is the word of a line that begins with a dot and a letter: an ellipsis,
// or .50, is text.
func dotWord(line string) (name, rest string, ok bool) {
	after, dotted := strings.CutPrefix(line, ".")
	if first, _ := utf8.DecodeRuneInString(after); !dotted || !unicode.IsLetter(first) {
		return "", "", false
	}
	name, rest, _ = strings.Cut(strings.TrimSpace(after), " ")
	return strings.ToLower(name), strings.TrimSpace(rest), true
}

// leave stops, and keeps what was typed.
func (c *composing) leave(ctx context.Context, _ string) (bool, error) {
	if err := c.save(ctx); err != nil { // it may have failed after the last line
		return false, err
	}
	if c.text() != "" || len(c.media) > 0 {
		c.say("Kept as a draft.")
	}
	return true, nil
}

func (c *composing) show(context.Context, string) (bool, error) {
	for _, line := range c.lines {
		c.say("%s", line)
	}
	for _, link := range c.media {
		c.say("[attached] %s", link)
	}
	if len(c.lines)+len(c.media) == 0 {
		c.say("Nothing is written yet.")
	}
	return false, nil
}

func (c *composing) clear(ctx context.Context, _ string) (bool, error) {
	c.lines, c.media, c.flawed, c.found, c.flows = nil, nil, false, false, false
	if err := c.save(ctx); err != nil {
		return false, err
	}
	c.say("Thrown away.")
	return false, nil
}

func (c *composing) drop(ctx context.Context, _ string) (bool, error) {
	if len(c.lines) == 0 {
		return false, &usageError{text: "there is no line to take away"}
	}
	last := c.lines[len(c.lines)-1]
	c.lines = c.lines[:len(c.lines)-1]
	if err := c.save(ctx); err != nil {
		return false, err
	}
	c.say("Taken away: %s", last)
	return false, nil
}

func (c *composing) tellWords(context.Context, string) (bool, error) {
	c.say(". alone on a line ends the text.")
	var names []string
	for name := range c.words {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		w := c.words[name]
		c.say("%s: %s", strings.TrimSpace("."+name+" "+w.takes), w.help)
	}
	return false, nil
}

// resume takes up what was typed before.
func (c *composing) resume(text string, media []string) {
	if text == "" && len(media) == 0 {
		return
	}
	c.found = true
	c.media = slices.Clone(media)
	if text != "" {
		c.lines = strings.Split(text, "\n")
	}
	c.say("The draft so far, .clear throws it away:")
	_, _ = c.show(context.Background(), "") // it cannot fail
}

// cannotBegin is why a text cannot be begun. Where nobody is there to hear it, the
// lines of that text follow all the same: they are no commands.
func (p *plain) cannotBegin(ctx context.Context, why error) error {
	if !p.app.caller.Stdin {
		(&commandInput{ctx: ctx, lines: p.lines}).skip()
	}
	return why
}

// noteWord writes a note: in one line, or in as many as it needs.
func (p *plain) noteWord(ctx context.Context, t typedCommand) error {
	if len(t.words) > 0 {
		return p.command(ctx, []string{"note"}, t)
	}
	if _, err := p.current(ctx); err != nil {
		return p.cannotBegin(ctx, err)
	}
	thread, err := p.Thread(ctx, inbox.ThreadQuery{Conversation: p.open, Before: 1})
	if err != nil {
		return p.cannotBegin(ctx, err)
	}
	about := thread.Conversation.ID
	c := newComposing(p)
	c.name = "the note about " + p.who(thread.Conversation)
	c.save = func(ctx context.Context) error { return p.SaveNoteDraft(ctx, about, c.text()) }
	c.finish = func(ctx context.Context) (bool, error) {
		if c.text() == "" {
			return false, &usageError{text: "the note is empty"}
		}
		if code := p.invoke(ctx, "note", "--", string(about), c.text()); code != exitDone {
			c.remind()
			return false, nil // the text stays
		}
		return true, p.SaveNoteDraft(ctx, about, "")
	}
	p.say("Note about %s, for agents only. A single dot on a line keeps it, .help tells more.", p.who(thread.Conversation))
	c.resume(thread.Draft.Note, nil)
	return c.compose(ctx)
}
