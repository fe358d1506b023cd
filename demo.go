package main

// The demo and the simulator. The demo starts a simulated provider inside the
// process and uses it over real HTTP, through the same code as a real account;
// its cache is in a temporary folder that is removed behind it.

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"parley/inbox"
	"parley/platforms"
	"parley/platforms/sim"
)

// The demo's time runs faster than a shop's: answers stay the same for seconds
// instead of a minute, and customers do not take a coffee first.
const (
	demoCacheTime = 2 * time.Second
	demoPace      = 6
)

// demoRows is more than the demo has conversations.
const demoRows = 1000

func (a *app) demo(ctx context.Context, seed uint64) (err error) {
	world, err := sim.Start(sim.Options{Seed: seed, CacheTime: demoCacheTime, Pace: demoPace})
	if err != nil {
		return err
	}
	defer world.Close()
	dir, err := os.MkdirTemp("", "parley-demo-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	c, err := demoConfig(world)
	if err != nil {
		return err
	}
	at := places{config: c.file, data: dir, state: dir}
	if a.hasScreen() {
		at.state = a.places().state // a crash file must outlive the folder
		return a.withConfig(ctx, c, at, online, a.openDemo)
	}
	return a.withConfig(ctx, c, at, online, a.playShift)
}

// openDemo opens the inbox on a world that has been read once: whoever looks at
// a demo wants to see customers, not a first sync.
func (a *app) openDemo(ctx context.Context, s *session) error {
	if _, err := s.Sync(ctx, "", false, nil); err != nil {
		return err
	}
	s.temporary = true
	return a.runScreen(ctx, s)
}

// thrownAway tells at the end of a demo what goes with its cache.
func (s *session) thrownAway(ctx context.Context) string {
	var lost []string
	note := func(n int, what string) {
		if n > 0 {
			lost = append(lost, counted(n, what))
		}
	}
	var queued, failed, unknown int
	for _, v := range s.Accounts() {
		queued, failed, unknown = queued+v.Queued, failed+v.Failed, unknown+v.Unknown
	}
	note(s.countDrafts(ctx), "draft")
	note(queued, "queued message")
	note(failed, "failed message")
	note(unknown, "message in doubt")
	if len(lost) == 0 {
		return ""
	}
	return "The demo's data is temporary; thrown away: " + listed(lost)
}

// countDrafts counts the conversations with a stored draft.
func (s *session) countDrafts(ctx context.Context) (n int) {
	for _, view := range []inbox.View{inbox.ViewAll, inbox.ViewArchived} {
		page, err := s.List(ctx, inbox.ListQuery{View: view, Sort: inbox.SortNewest, Now: time.Now(), After: demoRows})
		if err != nil {
			s.guard.log.Warn("counting drafts failed", "err", err)
		}
		for _, row := range page.Rows {
			if row.Draft != "" {
				n++
			}
		}
	}
	return n
}

// demoConfig is what somebody would write to use the simulator.
func demoConfig(world *sim.Server) (*config, error) {
	return parseConfig("the demo", []byte(accountTable("demo", world)))
}

// accountTable is the part of a config that makes the simulator an account. It
// takes any keys for a platform, but not none.
func accountTable(name string, world *sim.Server) string {
	const provider = "ayrshare" // the protocol that the simulator speaks
	p, _ := platforms.Find(provider)
	text := fmt.Sprintf("[[account]]\nname = %q\nprovider = %q\nbase_url = %q\napi_key = %q\n", name, provider, world.BaseURL(), world.Key())
	for _, f := range p.Fields {
		if f.For != "" {
			text += f.Name + " = \"simulated\"\n"
		}
	}
	return text
}

// How long the demo's shift may take at the most, and how often it looks.
const (
	shiftPatience = 60 * time.Second
	shiftGlance   = 500 * time.Millisecond
)

// playShift is the demo without a terminal: reads, answers the conversation
// that closes first, and waits for what the customer says to that.
func (a *app) playShift(ctx context.Context, s *session) error {
	ctx, cancel := context.WithTimeout(ctx, shiftPatience)
	defer cancel()
	a.say("A short shift against the built-in simulator (with a terminal, this opens the inbox).\n")
	if _, err := s.Sync(ctx, "", false, nil); err != nil {
		return err
	}
	c, err := a.closingFirst(ctx, s)
	if err != nil {
		return err
	}
	if err := a.answer(ctx, s, c); err != nil {
		return err
	}
	return a.awaitAnswer(ctx, s, c)
}

func (a *app) say(format string, args ...any) { fmt.Fprintf(a.stdout, format+"\n", args...) }

// closingFirst lists who waits for an answer, by time left, and picks the first.
func (a *app) closingFirst(ctx context.Context, s *session) (first inbox.Conversation, err error) {
	a.say("Unanswered, by the time that is left to answer:\n")
	q, err := parseQuery("left<30d", usualClosingSoon)
	if err != nil {
		return first, err
	}
	row := s.printConversation(a.stdout)
	err = q.each(ctx, s.Inbox, 8, func(c inbox.Conversation) error {
		if first.ID == "" {
			first = c
		}
		return row(c)
	})
	if err == nil && first.ID == "" {
		err = inbox.Errorf(inbox.Internal, "the simulator has no customer who waits")
	}
	return first, err
}

// answer shows the thread and sends something.
func (a *app) answer(ctx context.Context, s *session, c inbox.Conversation) error {
	a.say("\nThe first one closes first:\n")
	if err := s.printHeading(a.stdout, c); err != nil {
		return err
	}
	if err := s.eachMessage(ctx, c, 4, s.printMessage(a.stdout, false)); err != nil {
		return err
	}
	items, err := s.Send(ctx, inbox.SendRequest{Composition: inbox.Composition{
		Conversation: c.ID, Text: "Hello! I am looking into it right now. Is there anything else that I should know?",
	}})
	if err != nil {
		return err
	}
	a.say("\nAnswering:\n")
	s.deliver(ctx, c.ID.Account(), shiftPatience)
	return a.printOutcome(ctx, s, []inbox.OutboxID{items[0].ID}, true, false)
}

// awaitAnswer reads until the customer has said something new.
func (a *app) awaitAnswer(ctx context.Context, s *session, before inbox.Conversation) error {
	a.say("\nWaiting for the customer:\n")
	glance := time.NewTicker(shiftGlance)
	defer glance.Stop()
	for {
		if _, err := s.Sync(ctx, "", false, nil); err != nil && ctx.Err() == nil {
			return err
		}
		now, err := s.Conversation(context.WithoutCancel(ctx), before.ID)
		if err != nil {
			return err
		}
		if now.LastReceivedAt.After(before.LastReceivedAt) {
			if err := s.eachMessage(ctx, now, 2, s.printMessage(a.stdout, false)); err != nil {
				return err
			}
			a.say("\nThat is the whole job. `parley demo` in a terminal shows the inbox.")
			return nil
		}
		select {
		case <-glance.C:
		case <-ctx.Done():
			return inbox.Errorf(inbox.Unavailable, "the customer did not answer within %s", shiftPatience)
		}
	}
}

type simOptions struct {
	listen        string
	seed          uint64
	conversations int
	messages      int
	faults        []string
	json          bool
}

type simRecord struct {
	BaseURL      string `json:"base_url"`
	Key          string `json:"key"`
	ControlURL   string `json:"control_url"`
	ControlToken string `json:"control_token"`
}

// sim serves the simulator until a signal.
func (a *app) sim(ctx context.Context, o simOptions) error {
	world, err := sim.Start(sim.Options{
		Listen: o.listen, Seed: o.seed, Conversations: o.conversations, Messages: o.messages, Faults: o.faults,
	})
	if err != nil {
		return &usageError{text: err.Error()}
	}
	defer world.Close()
	if o.json {
		err = jsonLines(a.stdout).Encode(simRecord{world.BaseURL(), world.Key(), world.ControlURL(), world.ControlToken()})
	} else {
		_, err = fmt.Fprintf(a.stdout, "base_url       %s\nkey            %s\ncontrol_url    %s\ncontrol_token  %s\n\n# For a config of its own (--config FILE --data DIR):\n%s",
			world.BaseURL(), world.Key(), world.ControlURL(), world.ControlToken(), accountTable("sim", world))
	}
	if err != nil {
		return err
	}
	<-ctx.Done()
	return nil
}
