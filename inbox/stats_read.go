package inbox

import (
	"context"
	"time"
)

// Counting reads the cache in short transactions: a listing until the period, and
// of each conversation the messages that its rules ask about.

// ConversationTally is what one conversation adds, day by day.
type ConversationTally struct {
	Account  AccountID
	Platform Platform
	Days     map[time.Time]Tally // by the midnight at which they begin
}

// Stats calls f for every conversation with something in the period.
func (in *Inbox) Stats(ctx context.Context, p Period, f func(ConversationTally) error) error {
	automated, err := in.automated(ctx)
	if err != nil {
		return err
	}
	oldest := p.Since.Add(-in.longestLead())
	seen := map[ConversationID]bool{} // a conversation may change its view meanwhile
	for _, v := range WholeViews {
		for row, err := range in.Walk(ctx, ListSearch{Query: ListQuery{View: v, Now: p.Until}}) {
			if err != nil {
				return err
			}
			if v.UsualSort() == SortNewest && row.LastActivity().Before(oldest) && row.Triage.DoneAt.Before(p.Since) {
				if v == ViewAll {
					break // all that follow are older
				}
				continue
			}
			if seen[row.ID] {
				continue
			}
			seen[row.ID] = true
			policy := in.Capabilities(row.ID).Window
			messages, err := in.statMessages(ctx, row.ID, p.Since.Add(-lead(policy)), automated)
			if err != nil {
				return err
			}
			var doneAt time.Time
			if row.Triage.Done {
				doneAt = row.Triage.DoneAt
			}
			if days := TallyOf(messages, policy, doneAt, p); len(days) > 0 {
				if err := f(ConversationTally{row.ID.Account(), row.ID.Platform(), days}); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// usualLead is how far before the period a window that closes in it can have
// begun, where no policy says more.
const usualLead = 30 * 24 * time.Hour

// lead is how far before the period the messages begin that matter in it.
func lead(policy WindowPolicy) time.Duration {
	return max(usualLead, policy.Open, policy.Late)
}

// longestLead is the one of the longest window that there is.
func (in *Inbox) longestLead() time.Duration {
	longest := usualLead
	for _, a := range in.accounts {
		for _, p := range a.Provider.Platforms() {
			longest = max(longest, lead(in.capabilities(a, p).Window))
		}
	}
	return longest
}

// automated are the items that parley itself knows nobody to have typed, as long
// as the outbox remembers them.
func (in *Inbox) automated(ctx context.Context) (map[OutboxID]bool, error) {
	known := map[OutboxID]bool{}
	items, err := in.Outbox(ctx, true)
	for _, item := range items {
		if item.Automated {
			known[item.ID] = true
		}
	}
	return known, err
}

// statMessages reads what the rules see of a conversation from a time on, and of
// the message before it.
func (in *Inbox) statMessages(ctx context.Context, id ConversationID, from time.Time, automated map[OutboxID]bool) (seen []StatMessage, err error) {
	q := ThreadQuery{Conversation: id, Anchor: Position{At: from}, Before: 1, After: messagesAtOnce}
	for more := true; more; {
		var page ThreadPage
		err := in.store.View(ctx, func(r Reader) (err error) {
			page, err = r.Thread(q)
			return err
		})
		if err != nil {
			return nil, err
		}
		for _, m := range page.Messages {
			if s, ok := StatMessageOf(m, automated[m.Outbox]); ok {
				seen = append(seen, s)
			}
		}
		if more = page.MoreAfter && len(page.Messages) > 0; more {
			last := page.Messages[len(page.Messages)-1]
			q.Anchor, q.Before = Position{At: last.CreatedAt, ID: last.ID + "\x00"}, 0 // right behind it
		}
	}
	return seen, nil
}
