package platformtest

import (
	"context"
	"slices"
	"sync"
	"time"

	"parley/inbox"
	"parley/platforms"
	"parley/platforms/sim"
)

// What a provider has told is what its feeds told and what its webhook told. The
// webhook here is the real listener: the simulator calls it over HTTP, and what
// comes of it is kept instead of stored.

// ear is where a listener's facts go.
type ear struct {
	b *bench

	mu      sync.Mutex
	facts   *facts
	refused []string      // why
	news    chan struct{} // closed at the next call
}

func newEar(b *bench) *ear {
	return &ear{b: b, facts: newFacts(b), news: make(chan struct{})}
}

// Push fills in what the inbox would, and keeps the facts.
func (e *ear) Push(_ context.Context, id inbox.AccountID, batches []inbox.Batch) (inbox.Ingested, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, batch := range batches {
		batch.Account, batch.Provider = id, e.b.provider.Name()
		if batch.AsOf.IsZero() {
			batch.AsOf = time.Now()
		}
		e.facts.take(e.b, e.b.platform, batch)
	}
	e.ring()
	return inbox.Ingested{}, nil
}

// WebhookRefused keeps the reason.
func (e *ear) WebhookRefused(_ context.Context, _ inbox.AccountID, why string) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.refused = append(e.refused, why)
	e.ring()
	return nil
}

func (e *ear) ring() {
	close(e.news)
	e.news = make(chan struct{})
}

// listen lets the simulator call the provider's webhook.
func (b *bench) listen() {
	b.Helper()
	b.ear = newEar(b)
	b.tellTo(b.ear)
}

// tellTo lets the simulator tell a sink what happens.
func (b *bench) tellTo(sink platforms.WebhookSink) {
	b.Helper()
	hooks := b.serveHooks(sink)
	if err := b.sim.SetWebhook(webhookAt(hooks.URL(b.form.Account))); err != nil {
		b.Fatal(err)
	}
}

func webhookAt(url string) sim.Webhook {
	return sim.Webhook{URL: url, Secrets: []string{WebhookSecret}, VerifyToken: VerifyToken}
}

// serveHooks runs the listener until the case ends.
func (b *bench) serveHooks(sink platforms.WebhookSink) *platforms.Webhooks {
	b.Helper()
	hooks, err := platforms.NewWebhooks(platforms.WebhookOptions{
		Listen: "127.0.0.1:0", Sink: sink, Log: b.log(),
		Accounts: []platforms.WebhookAccount{{ID: b.form.Account, Provider: b.provider}},
	})
	b.must(err)
	b.must(hooks.Listen(b.ctx()))
	b.background("listener", hooks.Run)
	return hooks
}

// background runs it until the case ends.
func (b *bench) background(name string, run func(context.Context) error) {
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- run(ctx) }()
	b.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			b.Errorf("%s: %v", name, err)
		}
	})
}

// hears waits until enough was told by webhook, and fails when it never is.
func (b *bench) hears(what string, enough func(*facts) bool) {
	b.Helper()
	patient := time.NewTimer(patience)
	defer patient.Stop()
	for {
		b.ear.mu.Lock()
		done, news := enough(b.ear.facts), b.ear.news
		b.ear.mu.Unlock()
		if done {
			return
		}
		select {
		case <-news:
		case <-patient.C:
			b.Fatalf("never told by webhook: %s; the calls were %+v", what, b.sim.Pushes())
		}
	}
}

// heardFacts are what the webhook has told; nil when nobody listens.
func (b *bench) heardFacts() *facts {
	if b.ear == nil {
		return nil
	}
	return b.ear.facts
}

// told is what the provider tells of an own message: by its feeds, or by its
// webhook where it has none. An echo may have no id: then it is known by what it
// says.
func (b *bench) told(c sim.Conversation, id inbox.MessageID, says string) inbox.MessageFact {
	b.Helper()
	if b.caps().History.OK {
		return b.readAll(b.platform).messages[id]
	}
	var found inbox.MessageFact
	b.hears("message "+string(id), func(f *facts) bool {
		for _, m := range f.messages {
			if m.Message.ID == id || m.Message.ID == "" && m.RemoteID == b.remote(c) && speaks(m.Message, says) {
				found = m
				return true
			}
		}
		return false
	})
	return found
}

// speaks tells that the message has this text, or a medium at this address.
func speaks(m inbox.Message, textOrURL string) bool {
	return m.Text == textOrURL || slices.ContainsFunc(m.Attachments, func(a inbox.Attachment) bool { return a.URL == textOrURL })
}
