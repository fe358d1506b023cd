package inbox

import (
	"context"
	"slices"
	"time"
)

// Reads that somebody asks for: out of turn, and about the account itself.

// forceEvery is how often an agent may ask for a read out of turn, per account.
const forceEvery = 5 * time.Second

// force makes all feeds of the account due, at most once in forceEvery, also
// across runs of the command line. The pause after a 429 holds for it too: a
// thousand of them would suspend the account.
func (in *Inbox) force(ctx context.Context, a *account) *Error {
	if !slices.ContainsFunc(a.platforms, func(p *platform) bool { return !p.live() }) {
		return nil // there is nothing to read
	}
	a.mu.Lock()
	if pause := a.state.PausedTill.Sub(a.nowLocked()); pause > 0 {
		a.mu.Unlock()
		return &Error{
			Kind: RateLimited, Op: "refresh", RetryAfter: pause,
			Text: "account " + string(a.ID) + " has asked too often and pauses",
			Hint: "it goes on by itself in " + pause.Round(time.Second).String(),
		}
	}
	now := time.Now().UTC()
	since := now.Sub(a.state.ForcedAt)
	if since >= 0 && since < forceEvery {
		a.mu.Unlock()
		return &Error{
			Kind: RateLimited, Op: "refresh", RetryAfter: forceEvery - since,
			Text: "account " + string(a.ID) + " was asked out of turn less than 5 s ago",
			Hint: "wait a moment",
		}
	}
	a.state.ForcedAt = now
	for _, p := range a.platforms {
		for _, f := range p.feeds {
			f.forced = true
		}
	}
	a.mu.Unlock()
	if err := in.saveState(ctx, a); err != nil {
		return AsError(err)
	}
	a.poll()
	return nil
}

// Refresh asks the pollers to read an account ("" for all) out of turn: at most
// once per account and 5 s. RateLimited with RetryAfter when it was too soon for
// one of them; the others are read all the same.
func (in *Inbox) Refresh(ctx context.Context, id AccountID) error {
	accounts, err := in.pick(id)
	if err != nil {
		return err
	}
	var refused error
	for _, a := range accounts {
		if err := in.force(ctx, a); err != nil && refused == nil {
			refused = err
		}
	}
	return refused
}

// inspect keeps what the provider says of the account (linked networks, the
// month's conversations) up to date until ctx ends.
func (in *Inbox) inspect(ctx context.Context, a *account) {
	for ctx.Err() == nil {
		a.mu.Lock()
		at := later(a.state.InspectAt, a.state.PausedTill)
		a.mu.Unlock()
		if !in.waitFor(ctx, a, at, a.wakeInspector) {
			continue
		}
		if _, err := in.Inspect(ctx, a.ID); err != nil && ctx.Err() == nil {
			in.log.Warn("inspecting the account failed", "account", a.ID, "error", err)
		}
	}
}

// inspectEvery is how often the account itself is asked about.
const inspectEvery = 10 * time.Minute

// Inspect asks the provider about the account and remembers the answer.
func (in *Inbox) Inspect(ctx context.Context, id AccountID) (AccountInfo, error) {
	a, err := in.account(id)
	if err != nil {
		return AccountInfo{}, err
	}
	asked := time.Now()
	info, ierr := a.Provider.Inspect(ctx)
	a.setClock(asked, info.ServerTime)
	failure := AsError(ierr)
	if failure != nil && failure.Kind == RateLimited {
		a.limited(failure)
	}
	a.mu.Lock()
	a.state.InspectAt = a.nowLocked().Add(inspectEvery)
	if failure == nil {
		info.Title = CleanLine(info.Title)
		a.state.Info = &info
	}
	a.mu.Unlock()
	if ctx.Err() == nil {
		if err := in.saveState(ctx, a); err != nil {
			return info, err
		}
		in.hub.publish(Changes{Accounts: true})
	}
	if failure != nil {
		return info, failure
	}
	return info, nil
}
