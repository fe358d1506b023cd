package inboxtest

import (
	"context"
	"fmt"

	"parley/inbox"
)

func waitFor(platform inbox.Platform, message string) inbox.WaitKey {
	return inbox.WaitKey{Account: "acme", Platform: platform, Message: inbox.MessageID(message)}
}

// happening is an event of a conversation, the given reaction of somebody.
func happening(key inbox.WaitKey, conversation, user string) inbox.EventFact {
	return inbox.EventFact{Kind: inbox.EventReaction, RemoteID: conversation, Message: key.Message, At: start, UserID: user, Emoji: "❤️", Since: start}
}

func (p *probe) putWaiting(key inbox.WaitKey, events ...inbox.EventFact) {
	p.Helper()
	p.write(func(w inbox.Writer) error { return w.PutWaiting(key, events) })
}

func (p *probe) waits(key inbox.WaitKey, want ...inbox.EventFact) {
	p.Helper()
	p.read(func(r inbox.Reader) error {
		got, err := r.Waiting(key)
		if len(got)+len(want) > 0 {
			p.same(fmt.Sprintf("events that wait for %s", key.Message), got, want)
		}
		return err
	})
}

func (p *probe) allWaiting(account inbox.AccountID, want ...inbox.WaitKey) {
	p.Helper()
	p.read(func(r inbox.Reader) error {
		got, err := r.AllWaiting(account)
		if len(got)+len(want) > 0 {
			p.same("what is waited for", got, want)
		}
		return err
	})
}

var waitingCases = []storeCase{
	{"every field of every event comes back", func(p *probe) {
		key := waitFor(inbox.Instagram, "aWdf/+=")
		want := []inbox.EventFact{filled[inbox.EventFact](), happening(key, "t_ann", "ann")}
		want[0].Message = key.Message
		p.putWaiting(key, want...)
		p.waits(key, want...)
	}},
	{"what a caller does to an event later does not reach the store", func(p *probe) {
		key := waitFor(inbox.Instagram, "m1")
		events := []inbox.EventFact{happening(key, "t_ann", "ann")}
		p.putWaiting(key, events...)
		events[0].Emoji = "changed"
		p.waits(key, happening(key, "t_ann", "ann"))
	}},
	{"the message is the key's, whatever the event says", func(p *probe) {
		key := waitFor(inbox.Instagram, "m1")
		event := happening(key, "t_ann", "ann")
		event.Message = "another"
		p.putWaiting(key, event)
		p.waits(key, happening(key, "t_ann", "ann"))
	}},
	{"messages, platforms and accounts do not run into each other", func(p *probe) {
		keys := []inbox.WaitKey{waitFor(inbox.Facebook, "m1"), waitFor(inbox.Instagram, "m"), waitFor(inbox.Instagram, "m1")}
		for _, key := range keys {
			p.putWaiting(key, happening(key, "t_"+string(key.Platform)+string(key.Message), "ann"))
		}
		other := inbox.WaitKey{Account: "acm", Platform: inbox.Instagram, Message: "m1"}
		p.putWaiting(other, happening(other, "t_other", "ann"))
		for _, key := range keys {
			p.waits(key, happening(key, "t_"+string(key.Platform)+string(key.Message), "ann"))
		}
		p.allWaiting("acme", keys...)
		p.allWaiting("acm", other)
		p.allWaiting("a")
		p.allWaiting("", append([]inbox.WaitKey{other}, keys...)...)
	}},
	{"none removes them", func(p *probe) {
		key := waitFor(inbox.Instagram, "m1")
		p.putWaiting(key, happening(key, "t_ann", "ann"))
		p.putWaiting(key)
		p.putWaiting(waitFor(inbox.Instagram, "m2"))
		p.waits(key)
		p.allWaiting("acme")
	}},
	{"the new replace the old", func(p *probe) {
		key := waitFor(inbox.Instagram, "m1")
		p.putWaiting(key, happening(key, "t_ann", "ann"), happening(key, "t_ann", "bob"))
		p.putWaiting(key, happening(key, "t_ann", "eve"))
		p.waits(key, happening(key, "t_ann", "eve"))
	}},
	{"what nobody could find again is refused", func(p *probe) {
		p.write(func(w inbox.Writer) error {
			for what, key := range map[string]inbox.WaitKey{"account": {Platform: inbox.Instagram, Message: "m1"}, "message": {Account: "acme", Platform: inbox.Instagram}} {
				if err := w.PutWaiting(key, []inbox.EventFact{happening(key, "t_ann", "ann")}); err == nil {
					p.Errorf("an event without %s was stored", what)
				}
			}
			return nil
		})
	}},
	{"a conversation that is deleted takes along what waits for its messages", func(p *probe) {
		p.put(talk("a", 0))
		mine, both, others, elsewhere := waitFor(inbox.Instagram, "m1"), waitFor(inbox.Instagram, "m2"), waitFor(inbox.Instagram, "m3"), waitFor(inbox.Facebook, "m1")
		p.putWaiting(mine, happening(mine, "a", "ann"), happening(mine, "a", "bob"))
		p.putWaiting(both, happening(both, "a", "ann"), happening(both, "aa", "bob"))
		p.putWaiting(others, happening(others, "b", "a"), happening(others, "", "ann"))
		p.putWaiting(elsewhere, happening(elsewhere, "a", "ann"))
		p.write(func(w inbox.Writer) error { return w.DeleteConversation(id("a")) })
		p.waits(mine)
		p.waits(both, happening(both, "aa", "bob"))
		p.waits(others, happening(others, "b", "a"), happening(others, "", "ann"))
		p.waits(elsewhere, happening(elsewhere, "a", "ann"))
		p.allWaiting("acme", elsewhere, both, others)
	}},
	{"a failed update leaves them as they were", func(p *probe) {
		key := waitFor(inbox.Instagram, "m1")
		p.putWaiting(key, happening(key, "t_ann", "ann"))
		_ = p.store.Update(context.Background(), func(w inbox.Writer) error {
			_ = w.PutWaiting(key, nil)
			return errRefused
		})
		p.waits(key, happening(key, "t_ann", "ann"))
	}},
}
