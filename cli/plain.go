package cli

// Plain mode: the inbox for screen readers, braille lines, Emacs shells and other
// terminals that have lines and nothing else. It prints a line for each thing and
// reads a line for each command; no frame, no colour, no moving cursor, nothing
// that is drawn twice. Most words are the command line's own commands, run inside
// the open inbox; only what a prompt adds is made here: numbers that stand for what
// was listed, an open conversation, answers of many lines, and news between the
// commands.

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/charmbracelet/x/ansi"
	"github.com/spf13/cobra"

	"parley/config"
	"parley/inbox"
)

// plainFlagHelp is what the help says of --plain.
const plainFlagHelp = "lines instead of a screen, for screen readers; chosen by itself where TERM is dumb"

// dumbTerminal tells that the terminal cannot be drawn on, by its own word.
func dumbTerminal() bool { return os.Getenv("TERM") == "dumb" }

// wantsPlain tells whether the inbox is to be shown as lines.
func (a *app) wantsPlain(c *config.Config) bool {
	return a.plainFlag || c.Screen.Plain || a.hasScreen() && dumbTerminal()
}

// plain is an inbox at a prompt.
type plain struct {
	*session // its own: what is decided in it can be taken back here
	app      *app
	lines    *lineSource
	out      io.Writer
	tree     *cobra.Command // tells which words there are
	news     *newsDesk
	first    *firstReadings

	listing listing
	open    inbox.ConversationID                // what words without a CONVERSATION are for; "" at the list
	missed  bool                                // what was to be opened last could not be
	read    stretch                             // what has been read of it
	more    func(*plain, context.Context) error // how to go on with what was told last; nil: nothing to go on with
	links   []string                            // the addresses in the messages that were read last
	undos   []undoStep
	ill     map[string]bool         // what was told of accounts
	awaited map[inbox.OutboxID]bool // sent from here, and not known to have arrived
	failed  bool                    // a command has
}

// runPlain reads commands until the agent leaves, the input ends, a signal comes,
// or something panics.
func (a *app) runPlain(ctx context.Context, s *session) error {
	p := a.newPlain(s)
	b, err := s.startBackground(ctx)
	if err != nil {
		return err
	}
	if err := p.hear(ctx, b); err != nil {
		b.stop()
		return err
	}
	a.attend(ctx, s, b)
	if s.started != nil {
		if err := s.started(b.hooks); err != nil {
			b.stop()
			return err
		}
	}
	err = p.converse(ctx)
	b.stop()
	if farewell := p.farewell(ctx); farewell != "" && ctx.Err() == nil {
		fmt.Fprintln(a.stdout, farewell)
	}
	return err
}

func (a *app) newPlain(s *session) *plain {
	a.terse = true
	mine := *s
	p := &plain{
		session: &mine, app: a, lines: newLineSource(a.stdin, s.guard), out: a.stdout, news: newNewsDesk(),
		awaited: map[inbox.OutboxID]bool{},
	}
	mine.undos = &p.undos
	p.tree = newApp(nil).command() // of its own: to make a tree is to reset its flags
	return p
}

// converse runs the conversation with the agent. When the terminal takes no more
// output, it is left behind; what was typed is stored already.
func (p *plain) converse(ctx context.Context) error {
	ended := make(chan error, 1)
	go p.guard.run("plain", func() { ended <- p.talk(ctx) })
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
	}
	select {
	case err := <-ended:
		return err
	case <-time.After(leavePatience):
		p.guard.log.Warn("the terminal takes no output")
	}
	return nil
}

// errQuit ends the conversation.
var errQuit = errors.New("quit")

// talk reads commands and does what they say.
func (p *plain) talk(ctx context.Context) error {
	p.greet(ctx)
	for {
		p.tellNews(ctx)
		line, err := p.ask(ctx, p.prompt(ctx))
		if err == nil {
			err = p.obey(ctx, line)
		}
		switch {
		case errors.Is(err, errQuit), errors.Is(err, errNoInput):
			p.letGo(ctx)
			return p.verdict()
		case ctx.Err() != nil:
			return nil
		case p.offer(ctx, err):
		case err != nil:
			p.app.report(err)
			p.failed = true
			if inbox.KindOf(err) == inbox.NotFound {
				p.tellReading()
			}
		}
	}
}

// verdict is how a run ends that nobody watches: as its commands did.
func (p *plain) verdict() error {
	if p.failed && !p.app.caller.Stdin {
		return errReported
	}
	return nil
}

// pipePatience is how long the end of a pipe waits for its answers to leave, as
// long as send does.
const pipePatience = 30 * time.Second

// letGo lets leave what is still held, and waits for what was sent from here:
// whoever sends and quits has sent.
func (p *plain) letGo(ctx context.Context) {
	patience := flushPatience
	if !p.app.caller.Stdin {
		patience = pipePatience
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	changes := p.Subscribe()
	defer changes.Close()
	if err := p.EndHolds(ctx); err != nil {
		p.guard.log.Warn("held messages", "err", err) // they stay queued, which the farewell tells
	}
	for open := true; open && p.isSending(ctx); {
		_, open = changes.Wait(ctx)
	}
}

// isSending tells that something which was sent from here is about to leave.
func (p *plain) isSending(ctx context.Context) bool {
	items, err := p.Outbox(ctx, false)
	return err == nil && slices.ContainsFunc(items, func(o inbox.OutboxItem) bool {
		state := o.State()
		return p.awaited[o.ID] && !o.Scheduled() && (state == inbox.StateQueued || state == inbox.StateSending) && !p.isDead(o.Conversation.Account())
	})
}

// greet says what there is, and how to find the words.
func (p *plain) greet(ctx context.Context) {
	p.say("%s", strings.TrimSpace(p.inAll(ctx)+" help tells the words."))
	p.tellReading()
}

// prompt names who words are for. A pipe needs none.
func (p *plain) prompt(ctx context.Context) string {
	switch {
	case !p.app.caller.Stdin:
		return ""
	case p.open == "":
		return "parley> "
	}
	c, err := p.Conversation(ctx, p.open)
	if err != nil { // forgotten, most likely: what the prompt does not name is not open
		p.open = ""
		return p.prompt(ctx)
	}
	return p.who(c) + "> "
}

// longestName is how many cells of a name are told.
const longestName = 40

// who names a customer, and where.
func (p *plain) who(c inbox.Conversation) string {
	where := c.ID.Platform().Label()
	for _, a := range p.accounts {
		if a.ID != c.ID.Account() && slices.Contains(a.Platforms, c.ID.Platform()) {
			where += " at " + string(c.ID.Account())
			break
		}
	}
	return ansi.Truncate(inbox.CleanLine(c.Participant.DisplayName()), longestName, "…") + ", " + where
}

// say prints a line.
func (p *plain) say(format string, args ...any) { fmt.Fprintf(p.out, format+"\n", args...) }

// ask prints a prompt and reads a line.
func (p *plain) ask(ctx context.Context, prompt string) (string, error) {
	fmt.Fprint(p.out, prompt)
	line, err := p.lines.next(ctx)
	switch {
	case errors.Is(err, errNoInput) && prompt != "", ctx.Err() != nil && p.app.caller.Stdin:
		p.say("") // the terminal has left the line unfinished
	case err == nil && p.app.caller.Stdin && len(line) >= longestTerminalLine:
		p.app.complain(fmt.Sprintf("the line has %d bytes, the most that a terminal gives: its end may be missing", len(line)), "")
	}
	return line, err
}

// agrees asks a question; anything but yes is no. Without an answer the error is
// errNoInput. Whoever has written a pipe may not have expected the question: a line
// that does not answer it is the next command, and must not be missing there.
func (p *plain) agrees(ctx context.Context, question string) (bool, error) {
	answer, err := p.ask(ctx, question+" yes or no? ")
	if !p.app.caller.Stdin {
		p.say("")
	}
	switch strings.ToLower(strings.TrimSpace(answer)) {
	case "y", "yes":
		return err == nil, err
	case "n", "no":
		return false, err
	}
	if err == nil && !p.app.caller.Stdin {
		p.lines.putBack(answer)
		err = &usageError{text: "the question was not answered", hint: "yes or no on a line of its own answers it"}
	}
	return false, err
}

// current is the open conversation, as it is now.
func (p *plain) current(ctx context.Context) (inbox.Conversation, error) {
	if p.open == "" {
		return inbox.Conversation{}, &usageError{text: "no conversation is open", hint: "open one first: open and its number or name, or next"}
	}
	return p.Conversation(ctx, p.open)
}

// farewell is what the agent has to know at the end, "" for nothing.
func (p *plain) farewell(ctx context.Context) string {
	if p.temporary {
		return p.thrownAway(ctx)
	}
	var queued, failed, unknown int
	for _, v := range p.Accounts() {
		queued, failed, unknown = queued+v.Queued, failed+v.Failed, unknown+v.Unknown
	}
	var lines []string
	note := func(n int, what, then string) {
		if n > 0 {
			lines = append(lines, counted(n, what)+" "+then)
		}
	}
	note(queued, "message", "still to leave: when parley runs again")
	note(failed, "message", "not sent: outbox tells why")
	note(unknown, "message", "in doubt: outbox tells more")
	return strings.Join(lines, "\n")
}
