package cli

// Reading and sending where pollers and senders run already: they do the work, so
// a command hurries them where it may, and waits. It looks again whenever the
// inbox has a hint, and never by itself.

import (
	"context"
	"slices"
	"time"

	"parley/inbox"
)

const (
	// besidePatience bounds the wait for a read.
	besidePatience = 30 * time.Second
	// justNow is the greatest age of a send that a command waits for: its own. An
	// older one may be waiting for an agent.
	justNow = 5 * time.Second
)

// platformAt is a platform of an account that is read.
type platformAt struct {
	account inbox.AccountID
	inbox.PlatformView
}

// platformsOf are the platforms that are read, of an account or of all ("").
func (s *session) platformsOf(account inbox.AccountID) (all []platformAt) {
	for _, v := range s.Accounts() {
		for _, p := range v.Platforms {
			if !p.Live && (account == "" || account == v.ID) {
				all = append(all, platformAt{v.ID, p})
			}
		}
	}
	return all
}

// syncBeside is Sync where pollers run. It waits for what is due, and with force
// for everything.
func (s *session) syncBeside(ctx context.Context, account inbox.AccountID, force bool) ([]inbox.SyncReport, error) {
	changes := s.Subscribe()
	defer changes.Close()
	before, begin := s.platformsOf(account), time.Now()
	var refused *inbox.Error
	if force {
		refused = inbox.AsError(s.Refresh(ctx, account))
		force = refused == nil
	}
	waiting, cancel := context.WithTimeout(ctx, besidePatience)
	defer cancel()
	for open := true; open && !allRead(before, s.platformsOf(account), force, begin); {
		_, open = changes.Wait(waiting)
	}
	var reports []inbox.SyncReport
	for _, p := range s.platformsOf(account) {
		reports = append(reports, p.report(refused))
	}
	return reports, ctx.Err()
}

// allRead tells whether the pollers have read what they were to: what was due at
// the begin, or all of it.
func allRead(before, now []platformAt, all bool, begin time.Time) bool {
	for i, p := range now {
		if p.Reading || all && p.NextAt.Equal(before[i].NextAt) || !p.NextAt.After(begin) {
			return false
		}
	}
	return true
}

// report tells how a platform stands. refused is why it was not asked.
func (p platformAt) report(refused *inbox.Error) inbox.SyncReport {
	r := inbox.SyncReport{Account: p.account, Platform: p.Platform, LastUpdated: p.ReadAt, NextUpdate: p.NextAt, Err: refused}
	if f := p.Error; f != nil && refused == nil {
		r.Err = &inbox.Error{Kind: f.Kind, Code: f.Code, Text: f.Text, Hint: f.Hint}
	}
	return r
}

// deliverBeside is Flush where senders run: it waits until what was queued just
// now has left, and for a doubt about it, or until ctx ends.
func (s *session) deliverBeside(ctx context.Context, account inbox.AccountID) {
	changes := s.Subscribe()
	defer changes.Close()
	since := time.Now().Add(-justNow)
	for open := true; open; _, open = changes.Wait(ctx) {
		items, err := s.Outbox(ctx, false)
		if err != nil || !slices.ContainsFunc(items, func(o inbox.OutboxItem) bool {
			return (account == "" || o.Conversation.Account() == account) && underway(o, since) && !s.isDead(o.Conversation.Account())
		}) {
			return
		}
	}
}

// isDead tells that nothing of an account moves until an agent mends it.
func (s *session) isDead(account inbox.AccountID) bool {
	return slices.ContainsFunc(s.Accounts(), func(v inbox.AccountView) bool { return v.ID == account && v.Health == inbox.Dead })
}

// underway tells that an item which was queued since then may still get another
// state by itself.
func underway(o inbox.OutboxItem, since time.Time) bool {
	if o.CreatedAt.Before(since) && o.QueuedAt.Before(since) {
		return false
	}
	return o.State() != inbox.StateFailed && o.State() != inbox.StateSent
}
