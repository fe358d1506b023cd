package inbox

import (
	"context"
	"errors"
	"time"
)

// What is done here is archived at the provider, where that can be, and what was
// opened again is taken out of its archive. That happens afterwards, so that no
// agent waits for a network, and is remembered with the conversation, so that
// neither a dead line nor the end of the program loses it.

// triaged does after the commit what a decision asks for.
func (in *Inbox) triaged(results []TriageResult) {
	for _, r := range results {
		if r.Err != nil {
			continue
		}
		if r.After.Unread < r.Before.Unread {
			in.noteSeen(r.ID)
		}
		if a := in.accounts[r.ID.Account()]; a != nil && r.After.Untold {
			wake(a.wakeTeller)
		}
	}
	wake(in.snoozed)
}

// tellAtOnce bounds what is read of those that the provider has to be told of.
const tellAtOnce = 50

const (
	// tellEvery is the least time between two requests: an agent may mark hundreds
	// of conversations at once, and providers count what they are asked.
	tellEvery = 500 * time.Millisecond
	// maxTellDelay bounds the wait after a failure.
	maxTellDelay = 5 * time.Minute
)

// tell tells the provider of an account what is done and what is open again,
// until ctx ends.
func (in *Inbox) tell(ctx context.Context, a *account) {
	for failures := 0; ctx.Err() == nil; {
		sleep(ctx, a.pausedFor())
		more, err := in.tellSome(ctx, a)
		switch {
		case err != nil && ctx.Err() == nil:
			failures++
			in.log.Info("the provider was not told what is done", "account", a.ID, "error", err)
			e := AsError(err)
			if e.Kind == RateLimited {
				a.limited(e)
			}
			sleep(ctx, max(backOff(time.Second, failures, maxTellDelay), min(e.RetryAfter, maxPause)))
		case more:
			failures = 0
			sleep(ctx, tellEvery)
		default:
			failures = 0
			select {
			case <-ctx.Done():
			case <-a.wakeTeller:
			}
		}
	}
}

// pausedFor is how long the account is to ask nothing, because it has asked too
// often.
func (a *account) pausedFor() time.Duration {
	a.mu.Lock()
	defer a.mu.Unlock()
	return min(a.state.PausedTill.Sub(a.nowLocked()), maxPause)
}

// Tell tells the providers now what is done and what is open again, where nothing
// runs that would. It waits for the network; what could not be told stays noted.
func (in *Inbox) Tell(ctx context.Context) error {
	var failed []error
	for _, id := range in.order {
		for more := true; more; {
			var err error
			if more, err = in.tellSome(ctx, in.accounts[id]); err != nil {
				failed = append(failed, err)
			}
		}
	}
	return errors.Join(failed...)
}

// tellSome tells the provider of some conversations; more says that there is more
// to tell. An error is one that may pass.
func (in *Inbox) tellSome(ctx context.Context, a *account) (more bool, err error) {
	page, err := in.List(ctx, ListQuery{View: ViewUntold, Account: a.ID, After: tellAtOnce})
	if err != nil {
		return false, err
	}
	more = page.MoreAfter
	for i, row := range page.Rows {
		if i > 0 {
			sleep(ctx, tellEvery)
		}
		again, err := in.tellOne(ctx, a, row.ID)
		if err != nil {
			return false, err
		}
		more = more || again
	}
	return more, nil
}

// tellOne tells the provider of one conversation, as it is by now; again says that
// it has moved while it did. What the provider refuses for good is not asked again:
// it is done here all the same.
func (in *Inbox) tellOne(ctx context.Context, a *account, id ConversationID) (again bool, err error) {
	c, err := in.Conversation(ctx, id)
	if KindOf(err) == NotFound || err == nil && !c.Triage.Untold {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	archived := c.IsDone()
	if archived != c.RemoteArchived {
		err = a.Provider.SetArchived(ctx, id, archived)
	}
	switch KindOf(err) {
	case "":
	case Auth, RateLimited, Unavailable, Internal:
		return false, err
	default:
		in.log.Info("the provider does not take what is done", "account", a.ID, "error", err)
	}
	refused := err != nil
	err = in.update(context.WithoutCancel(ctx), func(e *edit) error {
		now, err := e.conversation(id, false)
		if err != nil || now == nil {
			return err
		}
		now.told(archived, refused, a.now())
		again = now.Triage.Untold
		return nil
	})
	return again, err
}

// told takes in that the provider has been told. When the conversation has moved
// meanwhile, it is told again.
func (c *editedConversation) told(archived, refused bool, at time.Time) {
	c.dirty = true
	if refused {
		c.Triage.Untold = false
		return
	}
	done := c.IsDone()
	c.RemoteArchived, c.StatusAsOf = archived, at
	c.Archived, c.Triage.Untold = archived && done, done != archived
}
