package inbox

import "context"

// Read receipts that the config asks for. They are a courtesy: one that fails,
// or that was still to be sent when the program ended, is not tried again.

// noteSeen plans a receipt, where the account gives them.
func (in *Inbox) noteSeen(id ConversationID) {
	a := in.accounts[id.Account()]
	if a == nil || !a.MarkSeen || !in.Capabilities(id).Seen.OK {
		return
	}
	a.mu.Lock()
	a.seen[id] = true
	a.mu.Unlock()
	wake(a.wakeSeen)
}

// sendSeen sends the receipts of an account until ctx ends.
func (in *Inbox) sendSeen(ctx context.Context, a *account) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-a.wakeSeen:
		}
		for _, id := range a.takeSeen() {
			if err := in.Signal(ctx, id, SignalSeen); err != nil && ctx.Err() == nil {
				in.log.Info("a read receipt was not sent", "account", a.ID, "error", err)
			}
		}
	}
}

func (a *account) takeSeen() (ids []ConversationID) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for id := range a.seen {
		ids = append(ids, id)
	}
	clear(a.seen)
	return ids
}
