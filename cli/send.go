package cli

// parley send: an answer goes into the outbox, leaves, and its fate is told.

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"parley/inbox"
)

type sendOptions struct {
	media       []string
	wait        time.Duration
	split, json bool
	automated   bool // no human wrote it
	anyway      bool // although the window has closed by the clock
	at          string
	reply       string // the name of a canned reply
	done        bool   // the conversation is done then
}

func (a *app) sendCommand() *cobra.Command {
	o := sendOptions{wait: 30 * time.Second}
	cmd := &cobra.Command{
		Use:   "send CONVERSATION [TEXT|-]",
		Short: "Answer a customer",
		Long: `Send stores the answer in the outbox and waits until the provider has taken it.
With - the text is read from standard input. What is still queued afterwards
leaves with the next sync, send, or open inbox. The exit code is 1 when a part
failed, or may or may not have been delivered.

--media takes an address, which platforms fetch by themselves, or a file of this
machine: upload_command in the config gives it an address first; without one,
Ayrshare's upload does for Ayrshare's accounts.

--at schedules it: 2h, 14:30, tomorrow 8am, fri 14:30, 2026-12-01 09:00, or 2h
before close. It leaves while parley runs, or with the next sync; never after the
reply window, never where only human agents may answer, and not when the customer
has written meanwhile.

With --json, one object per message: id, conversation_id, state, parts (kind,
state, message_id or null, error: null or kind, code, text, hint), and send_at of
one that is scheduled. Code is null where the provider gave none, hint may be
empty.`,
		Args:              between(1, 2, "a CONVERSATION and a TEXT"),
		ValidArgsFunction: a.completeConversations,
		RunE: func(cmd *cobra.Command, args []string) error {
			switch {
			case len(args) < 2 && len(o.media) == 0 && o.reply == "":
				return wrongUsage(cmd, "nothing to send: expected a TEXT, - for standard input, --reply, or --media")
			case len(args) == 2 && o.reply != "":
				return wrongUsage(cmd, "expected a TEXT or --reply, found both")
			case o.at != "" && o.anyway:
				return wrongUsage(cmd, "--anyway is for an answer of now: it has no meaning with --at")
			}
			return a.send(cmd.Context(), args, o)
		},
	}
	cmd.Flags().StringArrayVar(&o.media, "media", nil, "`FILE`, or URL, of a picture, video, voice message or document; may be repeated")
	cmd.Flags().Var(waitFlag(&o.wait), "wait", "how long to wait for the provider; 0 only queues")
	cmd.Flags().BoolVar(&o.split, "split", false, "send a text that is too long as several messages")
	cmd.Flags().BoolVar(&o.automated, "automated", false, "no human wrote it: never in the phase that is for human agents")
	cmd.Flags().BoolVar(&o.anyway, "anyway", false, "also when the reply window has closed by the clock: the provider decides")
	cmd.Flags().StringVar(&o.at, "at", "", "schedule it: `WHEN` it is to leave")
	cmd.Flags().BoolVar(&o.done, "done", false, "the conversation is done then, unless the answer has failed or the customer has written again")
	cmd.Flags().StringVar(&o.reply, "reply", "", "send the canned reply `NAME` (see: parley replies)")
	cmd.Flags().BoolVar(&o.json, "json", false, "one JSON object per line")
	_ = cmd.RegisterFlagCompletionFunc("reply", a.completeReplies) // fails only for a flag that is not there
	return cmd
}

func (a *app) send(ctx context.Context, args []string, o sendOptions) error {
	text, err := a.textOf(args[1:])
	if err != nil {
		return err
	}
	return a.withSession(ctx, reach(o.wait > 0 || hasFiles(o.media)), func(ctx context.Context, s *session) error {
		c, err := s.Find(ctx, args[0])
		if err != nil {
			return err
		}
		if o.reply != "" {
			if text, err = a.replyText(ctx, s, c, o.reply); err != nil {
				return err
			}
		}
		what := inbox.Composition{Conversation: c.ID, Text: text, Media: a.namedMedia(o.media)}
		request := inbox.SendRequest{Composition: what, Split: o.split, KeepDraft: true, Automated: o.automated, Anyway: o.anyway}
		if o.at != "" {
			if request.At, err = s.when(c, o.at); err != nil {
				return err
			}
			a.warnOfTime(s, c, request.At)
			o.wait = 0 // nobody waits at a prompt until tomorrow
		}
		items, err := s.uploadAndSend(ctx, c, request)
		switch {
		case err != nil && o.at != "":
			return s.nameSplit(what, err)
		case err != nil:
			return nameAnyway(s.nameSplit(what, err))
		case o.at == "":
			a.tellLate(s, c)
		}
		ids := make([]inbox.OutboxID, len(items))
		for i, item := range items {
			ids[i] = item.ID
		}
		s.deliver(ctx, c.ID.Account(), o.wait)
		if err := a.printOutcome(ctx, s, ids, o.wait > 0, o.json); err != nil || !o.done {
			return err
		}
		return a.finish(ctx, s, c)
	})
}

// finish makes a conversation done whose answer is told already. What the customer
// has written since the sender looked must not go out of sight with it.
func (a *app) finish(ctx context.Context, s *session, c inbox.Conversation) error {
	now, err := s.Conversation(ctx, c.ID)
	if err != nil {
		return err
	}
	if now.LastReceivedAt.After(c.LastReceivedAt) {
		a.complain("not done: "+describeCustomer(c)+" has written again", "read it, then `parley done`")
		return nil // the answer is on its way: who sends it again sends it twice
	}
	results, err := s.Triage(ctx, []inbox.ConversationID{c.ID}, inbox.MarkDone{})
	if err != nil {
		return err
	}
	a.tellProviders(ctx, s, results, tellPatience)
	return results[0].Err
}

// nameSplit names the flag that sends a text that is too long.
func (s *session) nameSplit(c inbox.Composition, err error) error {
	refused := *inbox.AsError(err)
	for _, p := range s.Check(c) {
		if p.Splittable && p.Error.Text == refused.Text {
			return refused.WithHint("shorten it, or send it as several messages with --split")
		}
	}
	return err
}

// nameAnyway names the flag that leaves the window to the provider.
func nameAnyway(err error) error {
	refused := *inbox.AsError(err)
	if refused.Kind != inbox.WindowIsOver || refused.Hint == "" {
		return err
	}
	return refused.WithHint(refused.Hint + "; --anyway lets the provider decide")
}

// tellLate says when the platform takes only what a person has written.
func (a *app) tellLate(s *session, c inbox.Conversation) {
	w := s.OurWindow(c)
	if left, _ := w.Left(time.Now()); w.Phase == inbox.WindowLate {
		a.complain(fmt.Sprintf("the reply window of %s is late (%s left): human agents only", describeCustomer(c), shortLeft(left)), "")
	}
}

// maxTextBytes bounds a text from standard input; ten times the longest that
// any platform takes, so that --split has something to do.
const maxTextBytes = 400 << 10

func (a *app) textOf(args []string) (string, error) {
	if len(args) == 0 {
		return "", nil
	}
	text := args[0]
	if text == "-" {
		data, err := io.ReadAll(io.LimitReader(a.stdin, maxTextBytes+1))
		if err != nil {
			return "", fmt.Errorf("cannot read the text from standard input: %w", err)
		}
		text = strings.TrimRight(string(data), "\r\n")
	}
	switch {
	case len(text) > maxTextBytes:
		return "", &usageError{text: fmt.Sprintf("the text is longer than %d KiB", maxTextBytes>>10)}
	case !utf8.ValidString(text):
		return "", &usageError{text: "the text is not UTF-8", hint: "convert it first, for example with iconv"}
	}
	return text, nil
}

// deliver sends what is queued for as long as wait allows. What has not left
// then stays in the outbox, whatever the reason.
func (s *session) deliver(ctx context.Context, account inbox.AccountID, wait time.Duration) {
	if wait <= 0 {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	if s.shared {
		s.deliverBeside(ctx, account)
		return
	}
	// An error here is of the whole account; the items say what became of them.
	_ = s.Flush(ctx, account)
}

// printOutcome prints what became of outbox items. It fails when one is not on
// its way.
func (a *app) printOutcome(ctx context.Context, s *session, ids []inbox.OutboxID, waited, asJSON bool) error {
	ctx = context.WithoutCancel(ctx) // what was sent is told also after an interrupt
	bad := false
	for _, id := range ids {
		item, err := s.OutboxItem(ctx, id)
		if err != nil {
			return err
		}
		state := item.State()
		bad = bad || state == inbox.StateFailed || state == inbox.StateUnknown || waited && state != inbox.StateSent
		if err := a.printItem(ctx, s, item, asJSON); err != nil {
			return err
		}
	}
	if bad {
		return errReported
	}
	return nil
}
