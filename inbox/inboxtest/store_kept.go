package inboxtest

import (
	"context"
	"fmt"
	"strings"
	"time"

	"parley/inbox"
)

// queued is an outbox item of a conversation with one text part.
func queued(item, conversation string) inbox.OutboxItem {
	return inbox.OutboxItem{
		ID:           inbox.OutboxID(item),
		Conversation: id(conversation),
		CreatedAt:    start,
		Parts:        []inbox.Part{{Kind: inbox.PartText, Text: "answer " + item, State: inbox.StateQueued}},
	}
}

func itemNames(items []inbox.OutboxItem) string {
	var names []string
	for _, item := range items {
		names = append(names, string(item.ID))
	}
	return strings.Join(names, " ")
}

func (p *probe) putItems(items ...inbox.OutboxItem) {
	p.Helper()
	p.write(func(w inbox.Writer) error {
		for _, item := range items {
			if err := w.PutOutboxItem(item); err != nil {
				return err
			}
		}
		return nil
	})
}

func (p *probe) active(conversation inbox.ConversationID, want string) {
	p.Helper()
	p.read(func(r inbox.Reader) error {
		items, err := r.OutboxActive(conversation)
		p.same(fmt.Sprintf("active items of %q", conversation), itemNames(items), want)
		return err
	})
}

var outboxCases = []storeCase{
	{"every field comes back", func(p *probe) {
		want := filled[inbox.OutboxItem]()
		want.ID, want.Conversation = "o1", id("a")
		p.putItems(want)
		p.read(func(r inbox.Reader) error {
			got, found, err := r.OutboxItem("o1")
			p.same("found", found, true)
			p.same("item", got, want)
			_, found, _ = r.OutboxItem("o")
			p.same("another one is found", found, false)
			return err
		})
	}},
	{"active items are those not sent, oldest first", func(p *probe) {
		states := map[string]inbox.State{"o5": inbox.StateQueued, "o2": inbox.StateSending, "o4": inbox.StateFailed, "o1": inbox.StateUnknown, "o3": inbox.StateSent}
		for name, state := range states {
			item := queued(name, "a")
			item.Parts[0].State = state
			p.putItems(item)
		}
		p.putItems(queued("o0", "b"), queued("o9", "ab"))
		p.active("", "o0 o1 o2 o4 o5 o9")
		p.active(id("a"), "o1 o2 o4 o5")
		p.active(id("b"), "o0")
		p.active(id("nobody"), "")
	}},
	{"an item leaves the active ones when it is sent, and comes back when not", func(p *probe) {
		item := queued("o1", "a")
		p.putItems(item)
		item.Parts[0].State = inbox.StateSent
		p.putItems(item)
		p.active("", "")
		p.active(id("a"), "")
		item.Parts[0].State = inbox.StateFailed
		p.putItems(item)
		p.active(id("a"), "o1")
	}},
	{"recent items are all, newest first", func(p *probe) {
		for i := range 5 {
			item := queued(fmt.Sprintf("o%d", i), "a")
			if i%2 == 0 {
				item.Parts[0].State = inbox.StateSent
			}
			p.putItems(item)
		}
		p.read(func(r inbox.Reader) error {
			all, _ := r.OutboxRecent(99)
			some, err := r.OutboxRecent(2)
			none, _ := r.OutboxRecent(0)
			p.same("recent", []string{itemNames(all), itemNames(some), itemNames(none)}, []string{"o4 o3 o2 o1 o0", "o4 o3", ""})
			return err
		})
	}},
	{"a deleted item is gone", func(p *probe) {
		p.putItems(queued("o1", "a"), queued("o2", "a"))
		p.write(func(w inbox.Writer) error { return w.DeleteOutboxItem("o1") })
		p.write(func(w inbox.Writer) error { return w.DeleteOutboxItem("o1") })
		p.active("", "o2")
		p.active(id("a"), "o2")
	}},
	{"an item needs no conversation record", func(p *probe) {
		p.putItems(queued("o1", "nobody"))
		p.active(id("nobody"), "o1")
	}},
}

var keptCases = []storeCase{
	{"a draft comes back and goes when it is empty", func(p *probe) {
		want := filled[inbox.Draft]()
		want.Conversation, want.Text = id("a"), "  two\nlines "
		p.write(func(w inbox.Writer) error { return w.PutDraft(want) })
		read := func() (d inbox.Draft, found bool) {
			p.read(func(r inbox.Reader) (err error) {
				d, found, err = r.Draft(id("a"))
				return err
			})
			return d, found
		}
		got, found := read()
		p.same("found", found, true)
		p.same("draft", got, want)
		p.write(func(w inbox.Writer) error {
			return w.PutDraft(inbox.Draft{Conversation: id("a"), Text: " \n", UpdatedAt: start})
		})
		_, found = read()
		p.same("found", found, false)
		p.write(func(w inbox.Writer) error {
			return w.PutDraft(inbox.Draft{Conversation: id("a"), Note: "pays late"})
		})
		got, _ = read()
		p.same("a note alone", got.Note, "pays late")
		p.write(func(w inbox.Writer) error { return w.PutDraft(inbox.Draft{Conversation: id("a")}) })
		got, found = read()
		p.same("found", found, false)
		p.same("draft", got, inbox.Draft{})
	}},
	{"a sync state comes back by its key", func(p *probe) {
		full := filled[inbox.SyncState]()
		full.Key = inbox.SyncKey{Account: "acme", Platform: inbox.Facebook, Request: "active"}
		states := []inbox.SyncState{
			full,
			{Key: inbox.SyncKey{Account: "acme", Platform: inbox.Facebook, Request: "conversation x/y\x00z"}},
			{Key: inbox.SyncKey{Account: "acme", Platform: inbox.Instagram, Request: "active"}},
		}
		others := []inbox.SyncState{
			{Key: inbox.SyncKey{Account: "acme2", Platform: inbox.Facebook, Request: "active"}},
			{Key: inbox.SyncKey{Account: "acm", Platform: inbox.Facebook, Request: "active"}},
		}
		p.write(func(w inbox.Writer) error {
			for _, s := range append(others, states...) {
				if err := w.PutSyncState(s); err != nil {
					return err
				}
			}
			return nil
		})
		p.read(func(r inbox.Reader) error {
			got, found, err := r.SyncState(states[0].Key)
			p.same("found", found, true)
			p.same("state", got, states[0])
			all, _ := r.SyncStates("acme")
			p.same("states of the account", all, states)
			_, found, _ = r.SyncState(inbox.SyncKey{Account: "acme", Platform: inbox.Facebook, Request: "activ"})
			p.same("another is found", found, false)
			return err
		})
	}},
	{"an account state comes back", func(p *probe) {
		want := filled[inbox.AccountState]()
		want.Account = "acme"
		p.write(func(w inbox.Writer) error { return w.PutAccountState(want) })
		p.read(func(r inbox.Reader) error {
			got, found, err := r.AccountState("acme")
			p.same("found", found, true)
			p.same("state", got, want)
			_, found, _ = r.AccountState("acm")
			p.same("another is found", found, false)
			return err
		})
	}},
}

func (p *probe) retain(limits inbox.Retention) int {
	p.Helper()
	removed, err := p.store.Retain(p.Context(), limits, start)
	if err != nil {
		p.Fatalf("retain: %v", err)
	}
	return removed
}

// history puts n messages into a conversation, a day apart, the newest a day old.
func (p *probe) history(name string, n int) {
	p.Helper()
	c := talk(name, 24*time.Hour)
	c.Messages = n
	p.put(c)
	for i := range n {
		m := message(fmt.Sprintf("%s%02d", name, n-i), time.Duration(i+1)*24*time.Hour)
		m.Conversation = id(name)
		m.Text = strings.Repeat("x", 1000)
		p.putMessages(m)
	}
}

var retentionCases = []storeCase{
	{"without limits nothing goes", func(p *probe) {
		p.history("a", 3)
		p.same("removed", p.retain(inbox.Retention{}), 0)
		p.showsThread(inbox.ThreadQuery{Conversation: id("a"), Before: 9}, "a01 a02 a03")
	}},
	{"messages that are too old go, and their number is known", func(p *probe) {
		p.history("a", 6)
		p.history("b", 2)
		p.same("removed", p.retain(inbox.Retention{MaxAge: 3 * 24 * time.Hour}), 3)
		p.showsThread(inbox.ThreadQuery{Conversation: id("a"), Before: 9}, "a04 a05 a06")
		p.showsThread(inbox.ThreadQuery{Conversation: id("b"), Before: 9}, "b01 b02")
		p.read(func(r inbox.Reader) error {
			c, _, err := r.Conversation(id("a"))
			p.same("messages of the conversation", c.Messages, 3)
			_, found, _ := r.Message(id("a"), "a01")
			p.same("found", found, false)
			return err
		})
		p.same("removed by the second run", p.retain(inbox.Retention{MaxAge: 3 * 24 * time.Hour}), 0)
	}},
	{"a conversation that is empty then goes", func(p *probe) {
		p.history("a", 2)
		p.put(talk("listed", time.Hour)) // never had a message
		p.same("removed", p.retain(inbox.Retention{MaxAge: time.Hour}), 2)
		p.shows(inbox.ListQuery{After: 9}, "listed")
		p.same("count", p.counts()[inbox.ViewAll], 1)
	}},
	{"a conversation with a draft or an outbox item stays", func(p *probe) {
		for _, name := range []string{"a", "b", "c", "d"} {
			p.history(name, 1)
		}
		sent := queued("o2", "c")
		sent.Parts[0].State = inbox.StateSent
		p.putItems(queued("o1", "b"), sent)
		p.write(func(w inbox.Writer) error {
			return w.PutDraft(inbox.Draft{Conversation: id("a"), Text: "hi", UpdatedAt: start})
		})
		p.same("removed", p.retain(inbox.Retention{MaxAge: time.Hour}), 4)
		p.shows(inbox.ListQuery{After: 9}, "a b c")
		p.active("", "o1")
		p.read(func(r inbox.Reader) error {
			_, found, err := r.Draft(id("a"))
			p.same("draft is there", found, true)
			return err
		})
	}},
	{"beyond a size the oldest of all conversations go first", func(p *probe) {
		p.history("a", 30)
		p.history("b", 30)
		removed := p.retain(inbox.Retention{MaxBytes: 30_000}) // a record is a little more than 1,000 bytes
		if removed < 30 || removed > 45 {
			p.Errorf("%d of 60 messages of 1,000 bytes were removed for 30,000 bytes", removed)
		}
		left := 0
		for _, name := range []string{"a", "b"} {
			page := p.thread(inbox.ThreadQuery{Conversation: id(name), Before: 99})
			left += len(page.Messages)
			if last := page.Messages[len(page.Messages)-1].ID; last != inbox.MessageID(name+"30") {
				p.Errorf("the newest of %s is %s", name, last)
			}
			if n := len(page.Messages); n < (60-removed)/2 || n > (60-removed+1)/2 {
				p.Errorf("%s has %d of %d messages: not the oldest went", name, n, 60-removed)
			}
		}
		p.same("left", left, 60-removed)
		p.same("removed by the second run", p.retain(inbox.Retention{MaxBytes: 30_000}), 0)
	}},
	{"a context that has ended removes nothing", func(p *probe) {
		p.history("a", 3)
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		if removed, err := p.store.Retain(ctx, inbox.Retention{MaxAge: time.Hour}, start); removed != 0 || err == nil {
			p.Errorf("removed %d, error %v", removed, err)
		}
	}},
}
