package cli

// parley follow: what happens, as it happens, one JSON object per line. Where an
// inbox is open it tells the news, otherwise follow reads, listens and sends
// itself, as parley run does.

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"parley/cli/relay"
	"parley/config"
	"parley/inbox"
)

type followOptions struct {
	since, query, state, program string
	timeout                      time.Duration
}

func (a *app) followCommand() *cobra.Command {
	o := followOptions{timeout: 30 * time.Second}
	cmd := &cobra.Command{
		Use:   "follow",
		Short: "Tell what happens as JSON lines, until a signal",
		Long: `Follow prints one JSON object per line for everything that happens, until a signal
ends it: exit code 0. Beside an open inbox, that tells the news; without one,
follow reads, listens and sends itself, as parley run does.

The fields: event, cursor, at (RFC 3339 in UTC), account, platform,
conversation_id, participant (id, name), window (phase, and closes_at or null),
unread, unanswered; message (as parley show --json has it), reaction (user_id,
emoji, mine) and send (as parley send --json has it), each null where the event
has none. The events:

  ready       the first line: from here on nothing is missed. Only event, cursor, at
  new         the customer has written
  sent        an answer is on its way, written here or elsewhere
  reaction    there is an emoji on a message, or another one; unreaction: it is gone
  read        the customer has read up to here
  edited      a message has another text; unsent: it was taken back
  closing     unanswered, and the reply window ends within closing_soon
  failed      a send has failed; unknown: it may or may not have arrived
  done reopened snoozed woken     what became of the conversation

A message that is more than 7 days old when it comes in is history and not told.

With --since CURSOR it begins right behind the line that had this cursor: messages
are told whenever they came, also sends that failed and windows that came near
their end; what leaves no trace, such as a reaction, only while follow runs. With
--state FILE the cursor is kept in a file and taken from it. With --exec, each
event but ready is given to a program, one after the other: the object is its
standard input, nothing of it is in its arguments, and there is no shell. What it
prints is printed. A failure is told, and does not stop the others.`,
		Example: `  parley follow --query 'platform:instagram -is:muted' --state ~/.parley-follow
  parley follow --exec 'jq -r .message.text'`,
		Args: noSubcommand,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.follow(cmd.Context(), o) },
	}
	cmd.Flags().StringVar(&o.since, "since", "", "begin behind the line with this `CURSOR`; 0-0 is the beginning")
	cmd.Flags().StringVar(&o.query, "query", "", "only of conversations that this `QUERY` finds, as they are then; see parley list")
	cmd.Flags().StringVar(&o.state, "state", "", "keep the cursor in this `FILE`, and go on from there")
	cmd.Flags().StringVar(&o.program, "exec", "", "run this `COMMAND` for each event")
	cmd.Flags().Var(waitFlag(&o.timeout), "timeout", "how long the command of --exec may take")
	_ = cmd.MarkFlagFilename("state") // fails only for a flag that is not there
	return cmd
}

// follow hands each line to a sink here, whoever has made it. When the inbox that
// told the news is closed, it goes on by itself.
func (a *app) follow(ctx context.Context, o followOptions) error {
	if _, err := parseQuery(o.query, inbox.Known{}); err != nil {
		return err
	}
	if a.held != nil {
		return a.withSession(ctx, online, func(ctx context.Context, s *session) error { return a.tellNews(ctx, s, o) })
	}
	sink, err := a.newSink(o)
	if err != nil {
		return err
	}
	// A closed pipe is an end as good as any other, and not a sudden one.
	signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE)
	a.stdout = sink
	for {
		o.since = sink.cursor
		a.args = []string{"follow", "--since", o.since, "--query", o.query}
		err := a.withSession(ctx, online, func(ctx context.Context, s *session) error { return a.followHere(ctx, s, o) })
		switch {
		case errors.Is(err, syscall.EPIPE):
			return nil
		case ctx.Err() == nil && holderIsGone(err):
			continue
		}
		return err
	}
}

// holderIsGone tells that the inbox which told the news has ended.
func holderIsGone(err error) bool {
	if done, ok := errors.AsType[*relayed](err); ok {
		return done.Gone
	}
	return errors.Is(err, relay.ErrGone)
}

// followHere follows where no inbox is open.
func (a *app) followHere(ctx context.Context, s *session, o followOptions) error {
	b, err := s.startBackground(ctx)
	if err != nil {
		return err
	}
	defer b.stop()
	a.attend(ctx, s, b)
	told := make(chan error, 1)
	b.start(ctx, s.guard, "follow", func(ctx context.Context) error {
		told <- a.tellNews(ctx, s, o)
		return nil
	})
	select {
	case err := <-told:
		return err
	case err := <-b.ended:
		return err
	case <-ctx.Done():
		return nil
	}
}

// tellNews writes the news until ctx ends.
func (a *app) tellNews(ctx context.Context, s *session, o followOptions) error {
	search, err := parseQuery(o.query, known(s.config))
	if err != nil {
		return err
	}
	if search.NeedsIndex() {
		return &usageError{text: "follow cannot ask the full-text index", hint: "leave out has: and phrases"}
	}
	follow := inbox.FollowOptions{
		Closing: s.config.Screen.ClosingSoon,
		Lost:    func() { a.complain("events came faster than they were taken; only messages are all told", "") },
	}
	if o.since != "" {
		if follow.Since, err = inbox.ParseNewsCursor(o.since); err != nil {
			return err
		}
	}
	lines := jsonLines(a.stdout)
	var broken error
	follow.Ready = func(c inbox.NewsCursor) {
		broken = lines.Encode(readyRecord{Event: eventReady, Cursor: c.String(), At: timestamp(time.Now())})
	}
	return s.Follow(ctx, follow, func(n inbox.News) error {
		if broken != nil {
			return broken
		}
		if by := s.listSearch(search).By; !search.Matches(n.Conversation, by) {
			return nil
		}
		return lines.Encode(recordOfNews(n, s.Window(n.Conversation)))
	})
}

// eventReady begins the news.
const eventReady = "ready"

type readyRecord struct {
	Event  string    `json:"event"`
	Cursor string    `json:"cursor"`
	At     timestamp `json:"at"`
}

type newsRecord struct {
	Event        inbox.NewsKind       `json:"event"`
	Cursor       string               `json:"cursor"`
	At           timestamp            `json:"at"`
	Account      inbox.AccountID      `json:"account"`
	Platform     inbox.Platform       `json:"platform"`
	Conversation inbox.ConversationID `json:"conversation_id"`
	Participant  participantRecord    `json:"participant"`
	Window       windowRecord         `json:"window"`
	Unread       int                  `json:"unread"`
	Unanswered   bool                 `json:"unanswered"`
	Message      *messageRecord       `json:"message"`
	Reaction     *reactionRecord      `json:"reaction"`
	Send         *sendRecord          `json:"send"`
}

func recordOfNews(n inbox.News, w inbox.Window) newsRecord {
	c := n.Conversation
	r := newsRecord{
		Event: n.Kind, Cursor: n.Cursor.String(), At: timestamp(n.At),
		Account: c.ID.Account(), Platform: c.ID.Platform(), Conversation: c.ID,
		Participant: participantRecord{c.Participant.ID, c.Participant.DisplayName()},
		Window:      windowRecord{w.Phase, timestamp(w.ClosesAt)}, Unread: c.Unread, Unanswered: c.Unanswered,
	}
	if n.Message != nil {
		m := recordOfMessage(*n.Message, c.ReadUpTo)
		r.Message = &m
	}
	if x := n.Reaction; x != nil {
		r.Reaction = &reactionRecord{x.UserID, x.Emoji, x.Mine}
	}
	if n.Item != nil {
		item := recordOfSend(*n.Item)
		r.Send = &item
	}
	return r
}

// newSink makes what the lines go to.
func (a *app) newSink(o followOptions) (*newsSink, error) {
	s := &newsSink{app: a, out: a.stdout, state: o.state, cursor: o.since, timeout: o.timeout}
	if o.program != "" {
		words, err := config.SplitWords(o.program)
		if err != nil {
			return nil, &usageError{text: "--exec: " + err.Error(), hint: "put the command in quotes, as in --exec 'jq -r .event'"}
		}
		s.program = words
	}
	if o.state == "" {
		return s, nil
	}
	kept, err := os.ReadFile(o.state)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return s, nil
	case err != nil:
		return nil, fmt.Errorf("cannot read the state: %w", err)
	}
	if s.cursor == "" {
		s.cursor = strings.TrimSpace(string(kept))
	}
	_, err = inbox.ParseNewsCursor(s.cursor)
	return s, err
}
