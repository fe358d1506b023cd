package inbox

import (
	"context"
	"time"
)

// Push takes in what an account's webhook has told. When it returns nil, all of
// it is durable. It is Ingest for somebody who waits for an answer within a
// second: reads of a history give way.
func (in *Inbox) Push(ctx context.Context, id AccountID, batches []Batch) (Ingested, error) {
	var total Ingested
	a, err := in.account(id)
	if err != nil {
		return total, err
	}
	for _, b := range batches {
		b.Account, b.Provider, b.Pushed, b.Backlog = id, a.Provider.Name(), true, false
		n, err := in.Ingest(ctx, b)
		total.add(n)
		if err != nil {
			return total, err
		}
	}
	return total, in.noteWebhook(ctx, a, func(s *WebhookState) { s.LastAt, s.Stored = time.Now().UTC(), s.Stored+1 })
}

// WebhookRefused notes a call that was refused: forged, unsigned, too large.
// Only the account's state is kept, at most once a minute; never what was sent.
func (in *Inbox) WebhookRefused(ctx context.Context, id AccountID, why string) error {
	a, err := in.account(id)
	if err != nil {
		return err
	}
	return in.noteWebhook(ctx, a, func(s *WebhookState) {
		s.RefusedAt, s.Refused, s.Refusal = time.Now().UTC(), s.Refused+1, CleanLine(why)
	})
}

func (in *Inbox) noteWebhook(ctx context.Context, a *account, note func(*WebhookState)) error {
	a.mu.Lock()
	note(&a.state.Webhook)
	a.mu.Unlock()
	err := in.saveState(ctx, a)
	in.hub.publish(Changes{Accounts: true})
	return err
}

// WebhookState is what has come of an account's webhook, from memory.
func (in *Inbox) WebhookState(id AccountID) WebhookState {
	a, err := in.account(id)
	if err != nil {
		return WebhookState{}
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.state.Webhook
}
