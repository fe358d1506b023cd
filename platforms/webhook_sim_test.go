package platforms_test

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"parley/inbox"
	"parley/inbox/inboxtest"
	"parley/platforms/ayrshare"
	"parley/platforms/hook"
	"parley/platforms/instagram"
	"parley/platforms/login"
	"parley/platforms/sim"
)

// TestWebhooksAloneTellWhatAReadTells: one inbox is only called, by a simulator
// that repeats, reorders and is imitated by somebody without the secret; another
// only reads. Both show the same in the end.
func TestWebhooksAloneTellWhatAReadTells(t *testing.T) {
	var tick atomic.Int64
	begun := time.Now().Add(-time.Hour)
	server, err := sim.Start(sim.Options{
		Seed: 7, Quiet: true, Conversations: 1, Platforms: []inbox.Platform{inbox.Instagram},
		Now:    func() time.Time { return begun.Add(time.Duration(tick.Load()) * 2 * time.Second) },
		Faults: []string{"hook:duplicate", "hook:reorder:0.5", "hook:forge", "hook:unsigned"},
	})
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	account := func(secrets ...login.Secret) map[inbox.AccountID]inbox.Provider {
		p, err := ayrshare.Open(login.Login{
			Account: "acme", BaseURL: server.BaseURL(), Platforms: []inbox.Platform{inbox.Instagram},
			Secrets: map[string]login.Secret{"api_key": login.NewSecret(server.Key())},
			Lists:   map[string][]login.Secret{"webhook_secrets": secrets},
		})
		if err != nil {
			t.Fatal(err)
		}
		return map[inbox.AccountID]inbox.Provider{"acme": p}
	}
	called := serve(t, setup{accounts: account(login.NewSecret("blue-and-long-enough"))})
	registrar := called.providers["acme"].(hook.Registrar)
	if err := registrar.Register(t.Context(), called.hooks.URL("acme")); err != nil {
		t.Fatal(err)
	}
	if list, err := registrar.Registered(t.Context()); err != nil || len(list) != 1 || list[0].Address != called.hooks.URL("acme") {
		t.Fatalf("registered %+v, %v", list, err)
	}

	id := live(t, server, &tick)
	reading := open(t, setup{accounts: account(), store: inboxtest.NewStore()})
	if _, err := reading.in.Sync(context.Background(), "acme", true, nil); err != nil {
		t.Fatal(err)
	}
	want := reading.state(id)
	called.await(func() string {
		got, unsent := withoutUnsent(called.state(id))
		if got != want || unsent != 1 {
			return fmt.Sprintf("called, beside %d unsent:\n%s\nread:\n%s", unsent, got, want)
		}
		return ""
	})
	if state := called.in.WebhookState("acme"); state.Refused == 0 {
		t.Error("nobody has imitated the simulator")
	}
	for _, c := range called.rows() {
		if c.ID != id {
			t.Errorf("a conversation that was never there: %s", c.ID)
		}
	}
}

// TestAMessageIsOneHoweverMetaTellsOfIt: whole, in changes[] with coarser times,
// or as an edit without words and at times without a writer.
func TestAMessageIsOneHoweverMetaTellsOfIt(t *testing.T) {
	server, err := sim.Start(sim.Options{
		Face: sim.FaceInstagram, Seed: 7, Quiet: true, Conversations: 1, Platforms: []inbox.Platform{inbox.Instagram},
		Faults: []string{"hook:announce:0.5", "hook:changes:0.5", "hook:duplicate:0.3"},
	})
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	const secret, verify = "blue-and-long-enough", "verify-and-long-enough"
	p, err := instagram.Open(login.Login{
		Account: "acme", BaseURL: server.BaseURL(), Platforms: []inbox.Platform{inbox.Instagram}, Log: slog.New(slog.DiscardHandler),
		Secrets: map[string]login.Secret{"access_token": login.NewSecret(server.Key()), "verify_token": login.NewSecret(verify)},
		Lists:   map[string][]login.Secret{"webhook_secrets": {login.NewSecret(secret)}},
	})
	if err != nil {
		t.Fatal(err)
	}
	st := serve(t, setup{accounts: map[inbox.AccountID]inbox.Provider{"acme": p}})
	if err := server.SetWebhook(sim.Webhook{URL: st.hooks.URL("acme"), Secrets: []string{secret}, VerifyToken: verify}); err != nil {
		t.Fatal(err)
	}
	c, err := server.Arrive(sim.Customer{Platform: inbox.Instagram, Person: sim.Person{Name: "Ann Kay", Username: "ann.k"}, Text: "0"})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"0"}
	for i := 1; i < 12; i++ {
		text := fmt.Sprint(i)
		if _, err := server.Write(sim.Post{ConversationID: c.ID, Text: text, Sent: i%3 == 0}); err != nil {
			t.Fatal(err)
		}
		want = append(want, text)
	}
	ctx, cancel := context.WithCancel(t.Context())
	var group sync.WaitGroup
	group.Go(func() { _ = st.in.Run(ctx) })
	defer group.Wait()
	defer cancel()
	id := inbox.NewConversationID("acme", inbox.Instagram, c.Participant)
	st.await(func() string {
		got := st.texts(id)
		slices.Sort(got)
		sorted := slices.Sorted(slices.Values(want))
		if !slices.Equal(got, sorted) {
			return fmt.Sprintf("thread %q, want %q", got, sorted)
		}
		return ""
	})
	for _, row := range st.rows() {
		if row.ID != id && slices.Contains(st.texts(row.ID), "1") {
			t.Errorf("it is in %s too", row.ID)
		}
	}
}

// withoutUnsent leaves out what no read shows.
func withoutUnsent(state string) (rest string, unsent int) {
	lines := strings.Split(state, "\n")
	rest = strings.Join(slices.DeleteFunc(slices.Clone(lines), func(l string) bool { return strings.Contains(l, "deleted=true") }), "\n")
	return rest, len(lines) - strings.Count(rest, "\n") - 1
}

// live lets a customer and an agent talk, two seconds for each thing that they do.
func live(t *testing.T, server *sim.Server, tick *atomic.Int64) inbox.ConversationID {
	t.Helper()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		tick.Add(1)
	}
	c, err := server.Arrive(sim.Customer{Platform: inbox.Instagram, Person: sim.Person{Name: "Ann Kay", Username: "ann.k"}, Text: "Is it in stok? \u003c3 /"})
	must(err)
	write := func(text string, sent bool, media ...sim.Attachment) string {
		t.Helper()
		m, err := server.Write(sim.Post{ConversationID: c.ID, Text: text, Sent: sent, Attachments: media})
		must(err)
		return m
	}
	question := write("The green one, ❤️ I mean", false)
	must(server.Edit(c.ID, question, "The blue one, ❤️ I mean"))
	answer := write("It is.", true)
	must(server.React(c.ID, answer, "❤️"))
	must(server.React(c.ID, answer, "😆"))
	must(server.Read(c.ID))
	write("", false, sim.Attachment{Type: "image", URL: "https://cdn.example/blue.jpg"})
	slip := write("My card number is 4111", false)
	must(server.Unsend(c.ID, slip))
	must(server.React(c.ID, answer, ""))
	must(server.React(c.ID, answer, "👍"))
	write("Thank you", false)
	write("You are welcome", true)
	return inbox.NewConversationID("acme", inbox.Instagram, c.ID)
}

// await waits until wrong has nothing more to say.
func (st *stand) await(wrong func() string) {
	st.t.Helper()
	hints := st.in.Subscribe()
	defer hints.Close()
	ctx, cancel := context.WithTimeout(st.t.Context(), soon)
	defer cancel()
	for {
		said := wrong()
		if said == "" {
			return
		}
		if _, ok := hints.Wait(ctx); !ok {
			st.t.Fatal(said)
		}
	}
}
