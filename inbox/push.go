package inbox

import (
	"context"
	"slices"
	"time"
)

// What webhooks bring. Their sender waits for an answer and gives up after some
// seconds, so the way is short: one transaction for all of a call, with the note
// that it came, and no history in front of it but one batch.

// Push takes in what an account's webhook has told. When it returns nil, all of
// it is durable. It is Ingest for somebody who waits for an answer within a
// second: reads of a history give way. One webhook tells of all that a profile
// has; what is of platforms that the config leaves out is not taken in.
func (in *Inbox) Push(ctx context.Context, id AccountID, batches []Batch) (Ingested, error) {
	a, err := in.account(id)
	if err != nil {
		return Ingested{}, err
	}
	batches = slices.DeleteFunc(slices.Clone(batches), func(b Batch) bool { return !a.reads(b.Platform) })
	for i := range batches {
		b := &batches[i]
		b.Account, b.Provider, b.Pushed, b.Backlog = id, a.Provider.Name(), true, false
		if b.AsOf.IsZero() {
			b.AsOf = a.now()
		}
	}
	now := time.Now().UTC()
	note := func(s *WebhookState) { s.LastAt, s.Stored = now, s.Stored+1 }
	n, stored, err := in.ingest(ctx, batches, func(e *edit) error {
		state := a.snapshot()
		note(&state.Webhook)
		return e.PutAccountState(state)
	})
	if err != nil {
		return n, err
	}
	return n, in.noteWebhook(ctx, a, note, stored)
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
	}, false)
}

// webhookNoteEvery is how often a note alone is written to the disk: a flood of
// forged or repeated calls must not keep it busy.
const webhookNoteEvery = time.Minute

// noteWebhook keeps the note in memory, and stores it unless that has been done,
// now or lately.
func (in *Inbox) noteWebhook(ctx context.Context, a *account, note func(*WebhookState), stored bool) error {
	a.mu.Lock()
	note(&a.state.Webhook)
	due := !stored && time.Since(a.notedAt).Abs() >= webhookNoteEvery
	if stored || due {
		a.notedAt = time.Now()
	}
	a.mu.Unlock()
	in.hub.publish(Changes{Accounts: true})
	if !due {
		return nil
	}
	return in.saveState(ctx, a)
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
