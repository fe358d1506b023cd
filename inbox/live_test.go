package inbox_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"parley/inbox"
	"parley/inbox/inboxtest"
)

// live makes the account one of a provider that can send and be told, and has no
// history to read.
func (f *fixture) live() {
	f.provider.FeedList = []inbox.Feed{}
	f.provider.Capacity = map[inbox.Platform]inbox.Capabilities{inbox.Instagram: f.provider.Capacity[inbox.Instagram]}
	f.restart()
}

func TestAnAccountWithoutAHistoryIsWellAllTheTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(t)
		f.live()
		defer f.run()()
		time.Sleep(time.Hour)
		view := func() inbox.AccountView { return f.in.Accounts()[0] }
		if v := view(); v.Health != inbox.Healthy || len(v.Platforms) != 1 || !v.Platforms[0].Live || v.Platforms[0].FirstSync || v.Error != nil {
			t.Errorf("account: %+v", v)
		}
		f.push(batch(pushed(received("m1", "hello", time.Now()))))
		if v := view(); !v.Platforms[0].PushedAt.Equal(time.Now().UTC()) || v.Webhook.Stored != 1 || v.Health != inbox.Healthy {
			t.Errorf("after a webhook: %+v", v)
		}
		time.Sleep(time.Hour) // a queued item does not wait for a read that never comes
		item := f.send("hi Ann")
		synctest.Wait()
		f.wantState(item.ID, inbox.StateSent)
		if err := f.in.Refresh(t.Context(), ""); err != nil {
			t.Errorf("refresh: %v", err)
		}
		reports, err := f.in.Sync(t.Context(), "", true, nil)
		if err != nil || len(reports) != 0 || len(f.provider.Reads()) != 0 {
			t.Errorf("sync: %+v, %v, %d reads", reports, err, len(f.provider.Reads()))
		}
	})
}

func TestAnAccountWithoutAHistoryIsDeadWhenSendsAreRefused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(t)
		f.live()
		f.push(batch(pushed(received("m1", "hello", time.Now()))))
		refused := errKey
		f.provider.SendFunc = func(_ context.Context, out inbox.Outgoing) (inbox.SendResult, error) {
			if refused == nil {
				return inboxtest.Confirm(out, "x"), nil
			}
			return inboxtest.Refuse(out, inbox.StateFailed, refused)
		}
		defer f.run()()
		item := f.send("hi")
		synctest.Wait()
		f.wantState(item.ID, inbox.StateFailed)
		if v := f.in.Accounts()[0]; v.Health != inbox.Dead || v.Error == nil {
			t.Errorf("account: %+v", v)
		}
		refused = nil
		if err := f.in.Retry(t.Context(), item.ID); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if v := f.in.Accounts()[0]; v.Health != inbox.Healthy || v.Error != nil {
			t.Errorf("after a send that went through: %+v", v)
		}
	})
}

func TestASendInDoubtStaysInDoubtWhereNothingIsRead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(t)
		f.live()
		f.push(batch(pushed(received("m1", "hello", time.Now()))))
		f.provider.SendFunc = func(_ context.Context, out inbox.Outgoing) (inbox.SendResult, error) {
			return inboxtest.Refuse(out, inbox.StateUnknown, errTimeout)
		}
		defer f.run()()
		item := f.send("hi")
		f.push(told(announced("m2")))
		time.Sleep(time.Hour)
		f.wantState(item.ID, inbox.StateUnknown)
		if n := len(f.provider.Reads()); n != 0 {
			t.Errorf("%d reads", n)
		}
		f.push(batch(pushed(sent("m3", "hi", item.CreatedAt.Add(time.Second)))))
		f.wantState(item.ID, inbox.StateSent)
	})
}

// An account may be configured for some of a provider's platforms only.
func TestOnlyTheWantedPlatformsAreShown(t *testing.T) {
	f := newFixture(t)
	f.provider.FeedList = []inbox.Feed{}
	in, err := inbox.New(t.Context(), inbox.Options{Store: f.store, Accounts: []inbox.Account{{ID: "acme", Provider: f.provider, Platforms: []inbox.Platform{inbox.Facebook}}}})
	if err != nil {
		t.Fatal(err)
	}
	if v := in.Accounts()[0]; len(v.Platforms) != 1 || v.Platforms[0].Platform != inbox.Facebook {
		t.Errorf("platforms: %+v", v.Platforms)
	}
}

// Own messages that no read ever shows are not looked through for ever.
func TestUnconfirmedMessagesAreBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(t)
		f.live()
		f.push(batch(pushed(received("m1", "hello", time.Now()))))
		sends := 0
		f.provider.SendFunc = func(_ context.Context, out inbox.Outgoing) (inbox.SendResult, error) {
			sends++
			return inboxtest.Confirm(out, inbox.MessageID(time.Now().Format(time.RFC3339Nano))), nil
		}
		defer f.run()()
		for range 100 {
			f.send("hi")
			time.Sleep(time.Second)
		}
		c := f.conversation()
		if len(c.Provisional) > 40 || len(c.Provisional) < 20 || c.Messages != 101 {
			t.Errorf("%d of %d messages are looked through", len(c.Provisional), c.Messages)
		}
		newest := f.thread().Page.Messages[c.Messages-1].ID
		if c.Provisional[len(c.Provisional)-1] != newest {
			t.Error("the newest has left")
		}
	})
}
