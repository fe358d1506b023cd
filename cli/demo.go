package cli

// The demo starts a simulator for each provider inside the process and uses it
// over real HTTP, webhooks included, through the same code as a real account; its
// cache is in a temporary folder that is removed behind it.

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/spf13/cobra"

	"parley/config"
	"parley/inbox"
	"parley/platforms"
	"parley/platforms/sim"
)

// The demo's time runs faster than a shop's: answers stay the same for seconds
// instead of a minute, and customers do not take a coffee first.
const (
	demoCacheTime = 2 * time.Second
	demoRateLimit = 100_000 // requests in 5 minutes: who asks every 2 s would meet the real limit of 300
	demoPace      = 6
)

// demoSeed makes the world that the demo shows unless somebody wants another.
const demoSeed uint64 = 1

// demoRows is more than the demo has conversations.
const demoRows = 1000

// The accounts of the demo, each called by what is behind it.
const (
	demoAyrshare = "ayrshare"
	demoGraph    = "graph"
	demoChatt2me = "chatt2me"
)

// demoLive is how many conversations the two live accounts begin with. The Graph
// API lets itself be asked twice a second only.
const demoLive = 6

// demoWorlds starts a simulator for each provider.
func demoWorlds(seed uint64) ([]simulated, error) {
	accounts := []simulated{
		{name: demoAyrshare, options: sim.Options{Face: sim.FaceAyrshare}},
		{name: demoGraph, options: sim.Options{Face: sim.FaceInstagram, Conversations: demoLive, HumanAgent: true}},
		{name: demoChatt2me, options: sim.Options{Face: sim.FaceChatt2me, Conversations: demoLive, Platforms: []inbox.Platform{inbox.Facebook}}},
	}
	for i := range accounts {
		o := &accounts[i].options
		o.Seed, o.CacheTime, o.Pace, o.RateLimit = seed+uint64(i), demoCacheTime, demoPace, demoRateLimit
		if err := accounts[i].start(); err != nil {
			closeAll(accounts)
			return nil, err
		}
	}
	return accounts, nil
}

func closeAll(accounts []simulated) {
	for _, s := range accounts {
		if s.world != nil {
			s.world.Close()
		}
	}
}

func (a *app) demoCommand() *cobra.Command {
	seed := demoSeed
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "Show everything against a built-in simulator",
		Long: `Demo needs no account, no key and no network: simulators in this process play a
small shop's customers over HTTP on the loopback, behind each of the providers,
and call its webhooks. Nothing is kept. Without a terminal it plays a short shift
as text.`,
		Args: noSubcommand,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.demo(cmd.Context(), seed) },
	}
	cmd.Flags().Var(seedFlag(&seed), "seed", "the same `N` makes the same world")
	cmd.Flags().BoolVar(&a.plainFlag, "plain", false, plainFlagHelp)
	return cmd
}

// demo runs the inbox, or a short shift, against the simulators.
func (a *app) demo(ctx context.Context, seed uint64) (err error) {
	worlds, err := demoWorlds(seed)
	if err != nil {
		return err
	}
	defer closeAll(worlds)
	a.standIn = worlds[0].world.MediaURL() // a link's picture is the same in each of them
	dir, err := os.MkdirTemp("", "parley-demo-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	c, err := demoConfig(worlds)
	if err != nil {
		return err
	}
	at := config.Places{Config: c.File, Data: dir, State: dir}
	if a.hasScreen() || a.plainFlag {
		at.State = a.places().State // a crash file must outlive the folder
		return a.withConfig(ctx, c, at, online, owned, func(ctx context.Context, s *session) error { return a.openDemo(ctx, s, worlds) })
	}
	return a.withConfig(ctx, c, at, online, owned, func(ctx context.Context, s *session) error { return a.playShift(ctx, s, worlds) })
}

// demoConfig is what somebody would write to use the simulators.
func demoConfig(worlds []simulated) (*config.Config, error) {
	text := "[webhook]\nlisten = \"127.0.0.1:0\"\n"
	for _, s := range worlds {
		text += "\n" + s.accountTable()
	}
	return config.Parse("the demo", []byte(text))
}

// openDemo opens the inbox on a world that has been read once: whoever looks at
// a demo wants to see customers, not a first sync. The live accounts fill up
// while somebody looks.
func (a *app) openDemo(ctx context.Context, s *session, worlds []simulated) error {
	if _, err := s.Sync(ctx, demoAyrshare, false, nil); err != nil {
		return err
	}
	s.temporary = true
	s.started = func(hooks *platforms.Webhooks) error { return tellWorlds(worlds, hooks) }
	if a.wantsPlain(s.config) {
		return a.runPlain(ctx, s)
	}
	return a.runScreen(ctx, s)
}

// tellWorlds registers the listener with every simulator. What has no history
// gets two customers who write at once.
func tellWorlds(worlds []simulated, hooks *platforms.Webhooks) error {
	for _, s := range worlds {
		if err := s.tell(hooks.URL(inbox.AccountID(s.name))); err != nil {
			return err
		}
		if s.name != demoChatt2me {
			continue
		}
		for _, text := range []string{"Hello, do you ship to Norway?", "My parcel says delivered, but there is nothing here."} {
			if _, err := s.world.Arrive(sim.Customer{Platform: inbox.Facebook, Text: text}); err != nil {
				return err
			}
		}
	}
	return nil
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
	for _, view := range inbox.WholeViews {
		page, err := s.List(ctx, inbox.ListQuery{View: view, Now: time.Now(), After: demoRows})
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

// How long the demo's shift may take at the most, and how often it looks.
const (
	shiftPatience = 60 * time.Second
	shiftGlance   = 500 * time.Millisecond
)

// playShift is the demo without a terminal: reads, answers the conversation
// that closes first, and waits for what the customer says to that.
func (a *app) playShift(ctx context.Context, s *session, worlds []simulated) error {
	ctx, cancel := context.WithTimeout(ctx, shiftPatience)
	defer cancel()
	a.say("A short shift against the built-in simulator (with a terminal, this opens the inbox).\n")
	if _, err := s.Sync(ctx, demoAyrshare, false, nil); err != nil {
		return err
	}
	c, err := a.closingFirst(ctx, s)
	if err != nil {
		return err
	}
	if err := a.answer(ctx, s, c); err != nil {
		return err
	}
	if err := a.awaitAnswer(ctx, s, c); err != nil {
		return err
	}
	if err := a.playLive(ctx, s, worlds); err != nil {
		return err
	}
	a.say("\nThat is the whole job. `parley demo` in a terminal shows the inbox.")
	return nil
}

// playLive lets a customer write to each live account: the webhook brings it at
// once, and it is answered with a heart or in words.
func (a *app) playLive(ctx context.Context, s *session, worlds []simulated) error {
	b := &background{ended: make(chan error, 2)}
	hooks, err := s.listen(ctx)
	if err != nil {
		return err
	}
	b.start(context.WithoutCancel(ctx), s.guard, "webhooks", hooks.Run)
	defer b.stop()
	for _, w := range worlds {
		if w.name == demoAyrshare {
			continue
		}
		if err := w.tell(hooks.URL(inbox.AccountID(w.name))); err != nil {
			return err
		}
		if err := a.answerLive(ctx, s, w); err != nil {
			return err
		}
	}
	return nil
}

func (a *app) answerLive(ctx context.Context, s *session, w simulated) error {
	platform := w.platform()
	news := s.Subscribe()
	defer news.Close()
	wrote := time.Now()
	customer, err := w.world.Arrive(sim.Customer{Platform: platform, Text: "It has arrived, and it is lovely!"})
	if err != nil {
		return err
	}
	c, err := s.awaitCustomer(ctx, inbox.NewConversationID(inbox.AccountID(w.name), platform, customer.Participant), news)
	if err != nil {
		return err
	}
	a.say("\nBy webhook, %d ms after it was written (%s):\n", time.Since(wrote).Milliseconds(), w.name)
	if err := s.eachMessage(ctx, c, 1, s.printMessage(a.stdout, false)); err != nil {
		return err
	}
	message, err := s.findMessage(ctx, c.ID, lastMessage)
	if err != nil {
		return err
	}
	item, err := s.Gesture(ctx, inbox.Gesture{Conversation: c.ID, Target: message.ID, Emoji: "❤️"})
	if err != nil {
		return err
	}
	s.deliver(ctx, c.ID.Account(), shiftPatience)
	return a.printOutcome(ctx, s, []inbox.OutboxID{item.ID}, true, false)
}

// awaitCustomer waits until a conversation is in the cache.
func (s *session) awaitCustomer(ctx context.Context, id inbox.ConversationID, news *inbox.Subscription) (inbox.Conversation, error) {
	for {
		c, err := s.Conversation(ctx, id)
		if inbox.KindOf(err) != inbox.NotFound {
			return c, err
		}
		if _, ok := news.Wait(ctx); !ok {
			return c, ctx.Err()
		}
	}
}

func (a *app) say(format string, args ...any) { fmt.Fprintf(a.stdout, format+"\n", args...) }

// closingFirst lists who waits for an answer, by time left, and picks the first.
func (a *app) closingFirst(ctx context.Context, s *session) (first inbox.Conversation, err error) {
	a.say("Unanswered, by the time that is left to answer:\n")
	search, err := parseQuery("left<30d", inbox.Known{})
	if err != nil {
		return first, err
	}
	row := s.printConversation(a.stdout)
	err = s.eachFound(ctx, search, 8, func(c inbox.Conversation) error {
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
		if _, err := s.Sync(ctx, demoAyrshare, false, nil); err != nil && ctx.Err() == nil {
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
			return nil
		}
		select {
		case <-glance.C:
		case <-ctx.Done():
			return inbox.Errorf(inbox.Unavailable, "the customer did not answer within %s", shiftPatience)
		}
	}
}
