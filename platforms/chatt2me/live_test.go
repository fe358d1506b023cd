package chatt2me_test

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"parley/inbox"
	"parley/inbox/inboxtest"
	"parley/platforms"
	"parley/platforms/hook"
	"parley/platforms/login"
	"parley/platforms/sim"
)

// soon is how long a test waits for what takes milliseconds.
const soon = 20 * time.Second

// desk is an inbox with this provider alone, told by a simulator over HTTP.
type desk struct {
	*testing.T
	sim   *sim.Server
	in    *inbox.Inbox
	hooks *platforms.Webhooks
	login login.Login
}

// openDesk starts everything. The simulator repeats and reorders its calls, and
// somebody without the secret imitates it.
func openDesk(t *testing.T, platform inbox.Platform) *desk {
	t.Helper()
	server, err := sim.Start(sim.Options{
		Face: sim.FaceChatt2me, Seed: 11, Quiet: true, Conversations: 1, Platforms: []inbox.Platform{platform},
		Faults: []string{"hook:duplicate", "hook:reorder:0.5", "hook:forge", "hook:unsigned"},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { server.Close() })
	d := &desk{T: t, sim: server}
	d.login = login.Login{
		Account: "acme", BaseURL: server.BaseURL(), Memory: &notebook{},
		Values:  map[string]string{"channel": server.Channel(), "platform": string(platform)},
		Secrets: map[string]login.Secret{"api_key": login.NewSecret(server.Key())},
	}
	p := mustOpen(t, d.login)
	if d.in, err = inbox.New(context.Background(), inbox.Options{Store: inboxtest.NewStore(), Accounts: []inbox.Account{{ID: "acme", Provider: p}}}); err != nil {
		t.Fatal(err)
	}
	d.hooks, err = platforms.NewWebhooks(platforms.WebhookOptions{
		Listen: "127.0.0.1:0", Sink: d.in, Accounts: []platforms.WebhookAccount{{ID: "acme", Provider: p}},
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := d.hooks.Listen(context.Background()); err != nil {
		t.Fatal(err)
	}
	d.run("listener", d.hooks.Run)
	d.run("inbox", d.in.Run)
	if err := p.(hook.Registrar).Register(t.Context(), d.hooks.URL("acme")); err != nil {
		t.Fatal(err)
	}
	return d
}

// run runs it until the test ends.
func (d *desk) run(name string, f func(context.Context) error) {
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- f(ctx) }()
	d.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			d.Errorf("%s: %v", name, err)
		}
	})
}

// await waits until wrong has nothing more to say.
func (d *desk) await(wrong func() string) {
	d.Helper()
	hints := d.in.Subscribe()
	defer hints.Close()
	ctx, cancel := context.WithTimeout(d.Context(), soon)
	defer cancel()
	for {
		said := wrong()
		if said == "" {
			return
		}
		if _, ok := hints.Wait(ctx); !ok {
			d.Fatal(said)
		}
	}
}

func (d *desk) must(err error) {
	d.Helper()
	if err != nil {
		d.Fatal(err)
	}
}

// thread is a conversation, oldest message first.
func (d *desk) thread(id inbox.ConversationID) (inbox.Conversation, []inbox.Message) {
	d.Helper()
	t, err := d.in.Thread(context.Background(), inbox.ThreadQuery{Conversation: id, Before: 1000})
	if inbox.KindOf(err) == inbox.NotFound {
		return inbox.Conversation{}, nil
	}
	d.must(err)
	return t.Conversation, t.Page.Messages
}

// awaitLines waits until the thread reads as wanted, in whatever order: messages
// of one second have none.
func (d *desk) awaitLines(id inbox.ConversationID, want ...string) []inbox.Message {
	d.Helper()
	var messages []inbox.Message
	slices.Sort(want)
	d.await(func() string {
		_, messages = d.thread(id)
		var got []string
		for _, m := range messages {
			got = append(got, oneLine(m))
		}
		if slices.Sort(got); !reflect.DeepEqual(got, want) {
			return fmt.Sprintf("the thread is\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
		return ""
	})
	return messages
}

func oneLine(m inbox.Message) string {
	line := fmt.Sprintf("%s %q", m.Direction, m.Text)
	for _, a := range m.Attachments {
		line += " [" + a.Type + "]"
	}
	for _, r := range m.Reactions {
		line += " " + r.Emoji
		if r.Mine {
			line += " by us"
		}
	}
	if m.Deleted {
		line += " unsent"
	}
	return line
}

func find(messages []inbox.Message, text string) inbox.Message {
	i := slices.IndexFunc(messages, func(m inbox.Message) bool { return m.Text == text })
	if i < 0 {
		return inbox.Message{}
	}
	return messages[i]
}

// TestAConversationByWebhookAlone: everything that both sides do shows once, and
// the customer is sent what the agent sent, once.
func TestAConversationByWebhookAlone(t *testing.T) {
	for _, platform := range []inbox.Platform{inbox.Instagram, inbox.Facebook} {
		t.Run(string(platform), func(t *testing.T) {
			t.Parallel() // a reordered call waits a second for the next one
			d := openDesk(t, platform)
			c, err := d.sim.Arrive(sim.Customer{Platform: platform, Person: sim.Person{Name: "Ann Kay"}, Text: "Is it in stock? ❤️ < / \\"})
			d.must(err)
			id := inbox.NewConversationID("acme", platform, c.Participant)
			first := d.awaitLines(id, `received "Is it in stock? ❤️ < / \\"`)[0]

			_, err = d.in.Send(t.Context(), inbox.SendRequest{
				Composition: inbox.Composition{Conversation: id, Text: "It is.", Media: []string{"https://img.example/shop/wren.jpg"}}, Recipient: c.Participant,
			})
			d.must(err)
			_, err = d.in.Gesture(t.Context(), inbox.Gesture{Conversation: id, Recipient: c.Participant, Target: first.ID, Emoji: "❤️"})
			d.must(err)
			sent := d.awaitLines(id, `received "Is it in stock? ❤️ < / \\" ❤️ by us`, `sent "It is."`, `sent "" [image]`)
			d.must(d.sim.React(c.ID, string(find(sent, "It is.").ID), "😂"))
			d.must(d.sim.Read(c.ID))
			slip, err := d.sim.Write(sim.Post{ConversationID: c.ID, Text: "My card is 4111"})
			d.must(err)
			d.must(d.sim.Unsend(c.ID, slip))
			_, err = d.sim.Write(sim.Post{ConversationID: c.ID, Attachments: []sim.Attachment{{Type: "image", URL: "https://cdn.example/blue.jpg"}}})
			d.must(err)
			_, err = d.in.Gesture(t.Context(), inbox.Gesture{Conversation: id, Recipient: c.Participant, Target: first.ID})
			d.must(err)
			d.awaitLines(id, `received "Is it in stock? ❤️ < / \\"`, `sent "It is." 😂`, `sent "" [image]`, `received "" unsent`, `received "" [image]`)
			d.await(func() string {
				if c, _ := d.thread(id); c.ReadUpTo.IsZero() {
					return "the customer's reading is not told"
				}
				return ""
			})
			d.judge(c)
		})
	}
}

// judge looks at what was really done, and at what was refused.
func (d *desk) judge(c sim.Conversation) {
	d.Helper()
	var texts []string
	for _, delivery := range d.sim.Deliveries() {
		if delivery.Recipient != c.Participant {
			d.Errorf("somebody else was written to: %+v", delivery)
		}
		texts = append(texts, delivery.Text+delivery.MediaURL)
	}
	for _, want := range []string{"It is.", "https://img.example/shop/wren.jpg"} {
		if n := len(slices.DeleteFunc(slices.Clone(texts), func(s string) bool { return s != want })); n != 1 {
			d.Errorf("%s was delivered %d times", want, n)
		}
	}
	if state := d.in.WebhookState("acme"); state.Refused == 0 || state.Stored == 0 {
		d.Errorf("nobody has imitated the simulator: %+v", state)
	}
	page, err := d.in.List(context.Background(), inbox.ListQuery{View: inbox.ViewAll, After: 100})
	d.must(err)
	if len(page.Rows) != 1 {
		d.Errorf("%d conversations, and there was one", len(page.Rows))
	}
}

// TestTheHeartArrivesOnce: its echo has neither an id nor a text to know it by.
func TestTheHeartArrivesOnce(t *testing.T) {
	t.Parallel()
	d := openDesk(t, inbox.Instagram)
	c, err := d.sim.Arrive(sim.Customer{Platform: inbox.Instagram, Text: "Thank you"})
	d.must(err)
	id := inbox.NewConversationID("acme", inbox.Instagram, c.Participant)
	d.awaitLines(id, `received "Thank you"`)
	_, err = d.in.Gesture(t.Context(), inbox.Gesture{Conversation: id, Recipient: c.Participant, Heart: true})
	d.must(err)
	d.awaitLines(id, `received "Thank you"`, `sent "" [like_heart]`)
}

// TestInspectingTheSimulator: what the doctor is told, before and after the
// webhooks are registered.
func TestInspectingTheSimulator(t *testing.T) {
	t.Parallel()
	d := openDesk(t, inbox.Facebook)
	ctx, cancel := context.WithTimeout(t.Context(), soon)
	defer cancel()
	for { // until the hub has made sure of the address
		info, err := mustOpen(t, d.login).Inspect(ctx)
		d.must(err)
		if !slices.ContainsFunc(info.Checks, func(c inbox.Check) bool {
			return c.Verdict != inbox.CheckGood && !strings.Contains(c.Text, "have failed")
		}) {
			break
		}
	}
	registrar := mustOpen(t, d.login).(hook.Registrar)
	d.must(registrar.Unregister(t.Context(), d.hooks.URL("acme")))
	if list, err := registrar.Registered(t.Context()); err != nil || len(list) != 0 {
		t.Errorf("%+v, %v", list, err)
	}
	fresh := d.login
	fresh.Log, fresh.Memory = nil, &notebook{}
	info, err := mustOpen(t, fresh).Inspect(t.Context())
	if err != nil || info.Checks[0].Verdict != inbox.CheckFailing {
		t.Errorf("%+v, %v", info, err)
	}
}
