package inboxtest

import (
	"fmt"
	"strings"
	"time"

	"parley/inbox"
)

var conversationCases = []storeCase{
	{"every field comes back", func(p *probe) {
		want := fullConversation()
		p.put(want)
		p.read(func(r inbox.Reader) error {
			got, found, err := r.Conversation(want.ID)
			p.same("found", found, true)
			p.same("conversation", got, want)
			return err
		})
	}},
	{"what a caller does to a record later does not reach the store", func(p *probe) {
		c := fullConversation()
		p.put(c)
		c.Provisional[0] = "changed"
		for range 2 {
			p.read(func(r inbox.Reader) error {
				got, _, err := r.Conversation(c.ID)
				p.same("conversation", got, fullConversation())
				got.Provisional[0] = "changed"
				return err
			})
		}
		row := p.list(inbox.ListQuery{View: inbox.ViewArchived, After: 1}).Rows[0]
		row.Provisional[0] = "changed"
		p.same("row", p.list(inbox.ListQuery{View: inbox.ViewArchived, After: 1}).Rows[0].Conversation, fullConversation())
	}},
	{"one that is not there is zero and not found", func(p *probe) {
		p.read(func(r inbox.Reader) error {
			c, found, err := r.Conversation(id("nobody"))
			p.same("found", found, false)
			p.same("conversation", c, inbox.Conversation{})
			return err
		})
	}},
	{"ids may hold any byte", func(p *probe) {
		names := []string{"plain", "with/slash", "zero\x00byte", "\xff\xfe", "日本", "a", "a\x00", "a\xff", strings.Repeat("long", 500)}
		for i, name := range names {
			c := talk("x", time.Duration(i)*time.Second)
			c.ID = id(name)
			p.put(c)
			m := message("m\x00\xff"+name, 0)
			m.Conversation = c.ID
			p.putMessages(m)
			item := queued("o\x00\xff"+name, name)
			p.write(func(w inbox.Writer) error { return w.PutOutboxItem(item) })
		}
		for i, row := range p.list(inbox.ListQuery{After: 99}).Rows {
			p.same("row", row.ID, id(names[i]))
			thread := p.thread(inbox.ThreadQuery{Conversation: row.ID, Before: 9})
			if len(thread.Messages) != 1 || thread.Messages[0].ID != inbox.MessageID("m\x00\xff"+names[i]) || thread.Messages[0].Conversation != row.ID {
				p.Errorf("messages of %q: %+v", row.ID, thread.Messages)
			}
			p.read(func(r inbox.Reader) error {
				items, err := r.OutboxActive(row.ID)
				if len(items) != 1 || items[0].Conversation != row.ID {
					p.Errorf("items of %q: %+v", row.ID, items)
				}
				return err
			})
		}
	}},
	{"each view has its conversations and its count", func(p *probe) {
		with := func(name string, change func(*inbox.Conversation)) inbox.Conversation {
			c := talk(name, 0)
			change(&c)
			return c
		}
		p.put(
			with("a", func(*inbox.Conversation) {}),
			with("b", func(c *inbox.Conversation) { c.Unread = 2 }),
			with("c", func(c *inbox.Conversation) { c.Unanswered = true }),
			with("d", func(c *inbox.Conversation) { c.Outbox.Failed = 1 }),
			with("e", func(c *inbox.Conversation) { c.Outbox.Unknown = 1 }),
			with("f", func(c *inbox.Conversation) { c.Outbox.Waiting = 1 }),
			with("g", func(c *inbox.Conversation) { c.Archived, c.Unread, c.Unanswered, c.Outbox.Failed = true, 1, true, 1 }),
		)
		p.shows(inbox.ListQuery{View: inbox.ViewAll, After: 9}, "a b c d e f")
		p.shows(inbox.ListQuery{View: inbox.ViewUnread, After: 9}, "b")
		p.shows(inbox.ListQuery{View: inbox.ViewUnanswered, After: 9}, "c")
		p.shows(inbox.ListQuery{View: inbox.ViewProblems, After: 9}, "d e g")
		p.shows(inbox.ListQuery{View: inbox.ViewArchived, After: 9}, "g")
		p.counted(inbox.Counts{inbox.ViewAll: 6, inbox.ViewUnread: 1, inbox.ViewUnanswered: 1, inbox.ViewProblems: 3, inbox.ViewDone: 1, inbox.ViewArchived: 1})
	}},
	{"a change moves it between views", func(p *probe) {
		c := talk("a", 0)
		c.Unread, c.Unanswered = 1, true
		p.put(c, talk("b", time.Minute))
		c.Unread, c.Unanswered, c.Last.At = 0, false, start.Add(-time.Hour)
		p.put(c)
		p.shows(inbox.ListQuery{View: inbox.ViewAll, After: 9}, "b a")
		p.shows(inbox.ListQuery{View: inbox.ViewUnread, After: 9}, "")
		c.Archived = true
		p.put(c)
		p.shows(inbox.ListQuery{View: inbox.ViewAll, After: 9}, "b")
		p.shows(inbox.ListQuery{View: inbox.ViewArchived, After: 9}, "a")
		c.Archived = false
		p.put(c)
		p.shows(inbox.ListQuery{View: inbox.ViewAll, After: 9}, "b a")
		p.counted(inbox.Counts{inbox.ViewAll: 2})
	}},
	{"putting the same twice changes nothing", func(p *probe) {
		p.put(talk("a", 0))
		p.put(talk("a", 0))
		p.shows(inbox.ListQuery{After: 9}, "a")
		p.same("count", p.counts()[inbox.ViewAll], 1)
	}},
	{"deleting takes everything of it, and nothing of others", func(p *probe) {
		mine, other := talk("a", 0), talk("ab", time.Minute)
		mine.Unanswered, mine.Unread = true, 1
		p.put(mine, other)
		p.putMessages(message("m1", 0), message("m2", time.Second))
		theirs := message("m1", 0)
		theirs.Conversation = id("ab")
		p.putMessages(theirs)
		keys := []inbox.SyncKey{
			{Account: "acme", Platform: inbox.Instagram, Request: "conversation a"},
			{Account: "acme", Platform: inbox.Instagram, Request: "conversation ab"},
		}
		p.write(func(w inbox.Writer) error {
			for _, name := range []string{"a", "ab"} {
				_ = w.PutDraft(inbox.Draft{Conversation: id(name), Text: "hi", UpdatedAt: start})
				_ = w.PutOutboxItem(queued("o-"+name, name))
				sent := queued("s-"+name, name)
				sent.Parts[0].State = inbox.StateSent
				_ = w.PutOutboxItem(sent)
			}
			for _, key := range keys {
				_ = w.PutSyncState(inbox.SyncState{Key: key, AskedAt: start})
			}
			return nil
		})
		p.write(func(w inbox.Writer) error { return w.DeleteConversation(id("a")) })
		p.shows(inbox.ListQuery{After: 9}, "ab")
		p.counted(inbox.Counts{inbox.ViewAll: 1})
		for i, name := range []string{"a", "ab"} {
			stays := name == "ab"
			p.read(func(r inbox.Reader) error {
				_, conversation, _ := r.Conversation(id(name))
				_, text, _ := r.Message(id(name), "m1")
				_, draft, _ := r.Draft(id(name))
				_, item, _ := r.OutboxItem(inbox.OutboxID("o-" + name))
				_, sent, _ := r.OutboxItem(inbox.OutboxID("s-" + name))
				active, _ := r.OutboxActive(id(name))
				_, asked, _ := r.SyncState(keys[i])
				thread, _ := r.Thread(inbox.ThreadQuery{Conversation: id(name), Before: 9})
				got := []bool{conversation, text, draft, item, sent, len(active) == 1, asked, len(thread.Messages) > 0}
				for j, there := range got {
					if there != stays {
						p.Errorf("%s: thing %d is there: %v, want %v", name, j, there, stays)
					}
				}
				return nil
			})
		}
	}},
	{"deleting what is not there is no error", func(p *probe) {
		p.write(func(w inbox.Writer) error { return w.DeleteConversation(id("nobody")) })
	}},
	{"one that comes back after deletion has none of its past", func(p *probe) {
		p.put(talk("a", 0))
		p.putMessages(message("old", 0))
		p.write(func(w inbox.Writer) error { return w.DeleteConversation(id("a")) })
		p.put(talk("a", 0))
		p.putMessages(message("new", 0))
		p.showsThread(inbox.ThreadQuery{Conversation: id("a"), Before: 9}, "new")
	}},
}

func fullConversation() inbox.Conversation {
	c := filled[inbox.Conversation]()
	c.ID = id("full")
	return c
}

var listCases = []storeCase{
	{"newest first, ties by id", func(p *probe) {
		p.put(talk("b", time.Minute), talk("z", time.Minute), talk("a", time.Minute), talk("new", 0), talk("nano", -1))
		p.shows(inbox.ListQuery{After: 9}, "nano new a b z")
	}},
	{"times far from today have their place", func(p *probe) {
		at := func(name string, when time.Time) inbox.Conversation {
			c := talk(name, 0)
			c.Last.At = when
			return c
		}
		p.put(at("never", time.Time{}), at("moon", time.Date(1969, 7, 20, 20, 17, 40, 0, time.UTC)), at("epoch", time.Unix(0, 0).UTC()),
			at("now", start), at("far", time.Date(9999, 12, 31, 23, 59, 59, 999999999, time.UTC)))
		p.shows(inbox.ListQuery{After: 9}, "far now epoch moon never")
	}},
	{"an empty list", func(p *probe) { p.shows(inbox.ListQuery{Before: 3, After: 3}, "") }},
	{"the top, cut", func(p *probe) {
		p.put(talks(5)...)
		p.shows(inbox.ListQuery{After: 2}, "c00 c01 >")
		p.shows(inbox.ListQuery{Before: 9, After: 2}, "c00 c01 >")
		p.shows(inbox.ListQuery{After: 5}, "c00 c01 c02 c03 c04")
		p.shows(inbox.ListQuery{}, " >")
	}},
	{"pages in both directions by cursor", func(p *probe) {
		p.put(talks(7)...)
		page := p.shows(inbox.ListQuery{After: 3}, "c00 c01 c02 >")
		third := page.Rows[2].Cursor
		page = p.shows(inbox.ListQuery{Anchor: third, After: 3}, "< c02 c03 c04 >")
		fifth := page.Rows[2].Cursor
		p.shows(inbox.ListQuery{Anchor: fifth, After: 9}, "< c04 c05 c06")
		p.shows(inbox.ListQuery{Anchor: fifth, Before: 2}, "< c02 c03 >")
		p.shows(inbox.ListQuery{Anchor: fifth, Before: 4}, "c00 c01 c02 c03 >")
		p.shows(inbox.ListQuery{Anchor: fifth, Before: 9, After: 1}, "c00 c01 c02 c03 c04 >")
		p.shows(inbox.ListQuery{Anchor: fifth, Before: 1, After: 1}, "< c03 c04 >")
		p.shows(inbox.ListQuery{Anchor: page.Rows[0].Cursor}, "<  >")
	}},
	{"an anchor whose row is gone is still a place", func(p *probe) {
		p.put(talks(5)...)
		anchor := p.list(inbox.ListQuery{After: 3}).Rows[2].Cursor
		p.write(func(w inbox.Writer) error { return w.DeleteConversation(id("c02")) })
		p.shows(inbox.ListQuery{Anchor: anchor, Before: 1, After: 1}, "< c01 c03 >")
	}},
	{"an anchor below the last row", func(p *probe) {
		p.put(talks(3)...)
		anchor := p.list(inbox.ListQuery{After: 3}).Rows[2].Cursor
		p.write(func(w inbox.Writer) error { return w.DeleteConversation(id("c02")) })
		p.shows(inbox.ListQuery{Anchor: anchor, Before: 1, After: 9}, "< c01")
		p.shows(inbox.ListQuery{Anchor: anchor, After: 9}, "< ")
	}},
	{"an anchor follows its conversation", func(p *probe) {
		p.put(talks(5)...)
		anchor := p.list(inbox.ListQuery{After: 5}).Rows[3]
		p.put(talk("c03", -time.Minute)) // a new message: now at the top
		p.shows(inbox.ListQuery{Anchor: anchor.Cursor, After: 2}, "< c04")
		p.shows(inbox.ListQuery{Anchor: anchor.Cursor, AnchorID: anchor.ID, After: 2}, "c03 c00 >")
	}},
	{"an anchor that has left the view falls back to its old place", func(p *probe) {
		p.put(talks(5)...)
		anchor := p.list(inbox.ListQuery{After: 5}).Rows[3]
		archived := talk("c03", -time.Minute)
		archived.Archived = true
		p.put(archived)
		p.shows(inbox.ListQuery{Anchor: anchor.Cursor, AnchorID: anchor.ID, Before: 1, After: 1}, "< c02 c04")
		p.shows(inbox.ListQuery{AnchorID: anchor.ID, After: 2}, "c00 c01 >")
		p.shows(inbox.ListQuery{AnchorID: id("nobody"), After: 2}, "c00 c01 >")
	}},
	{"an id without a cursor is an anchor", func(p *probe) {
		p.put(talks(5)...)
		p.shows(inbox.ListQuery{AnchorID: id("c02"), Before: 1, After: 2}, "< c01 c02 c03 >")
	}},
	{"filters by account and platform", func(p *probe) {
		for i, name := range []string{"acme/instagram/a", "acme/facebook/b", "acme2/instagram/c", "acme/instagram/d", "other/twitter/e"} {
			c := talk("x", time.Duration(i)*time.Minute)
			c.ID = inbox.ConversationID(name)
			p.put(c)
		}
		p.shows(inbox.ListQuery{Account: "acme", After: 9}, "a b d")
		p.shows(inbox.ListQuery{Platform: inbox.Instagram, After: 9}, "a c d")
		p.shows(inbox.ListQuery{Account: "acme", Platform: inbox.Instagram, After: 9}, "a d")
		p.shows(inbox.ListQuery{Account: "acme", Platform: inbox.Instagram, After: 1}, "a >")
		p.shows(inbox.ListQuery{Account: "acme", AnchorID: "acme/facebook/b", After: 9}, "< b d")
		p.shows(inbox.ListQuery{Account: "nobody", After: 9}, "")
	}},
	{"what does not exist is refused", func(p *probe) {
		p.put(talks(2)...)
		cursor := p.list(inbox.ListQuery{After: 1}).Rows[0].Cursor
		for _, q := range []inbox.ListQuery{
			{View: "nonsense", After: 1},
			{Sort: "nonsense", After: 1},
			{Anchor: "nonsense", After: 1},
			{View: inbox.ViewAll, Sort: inbox.SortTimeLeft, After: 1},
			{View: inbox.ViewUnanswered, Closing: time.Hour, After: 1},
			{View: inbox.ViewUnanswered, Sort: inbox.SortTimeLeft, Anchor: cursor, After: 1, Now: start},
		} {
			p.read(func(r inbox.Reader) error {
				if _, err := r.List(q); err == nil {
					p.Errorf("%+v was answered", q)
				}
				return nil
			})
		}
	}},
}

// closing puts unanswered conversations whose phases end the given hours after
// start.
func (p *probe) closing(name string, windows inbox.WindowEnds, ago time.Duration) {
	p.Helper()
	c := talk(name, ago)
	c.Unanswered = true
	p.write(func(w inbox.Writer) error { return w.PutConversation(c, windows) })
}

func hours(open, late int) inbox.WindowEnds {
	at := func(h int) int64 { return start.Add(time.Duration(h) * time.Hour).UnixMilli() }
	return inbox.WindowEnds{Limited: true, Open: at(open), Late: at(late)}
}

func byTimeLeft(after time.Duration) inbox.ListQuery {
	return inbox.ListQuery{View: inbox.ViewUnanswered, Sort: inbox.SortTimeLeft, Now: start.Add(after), After: 99}
}

var timeLeftCases = []storeCase{
	{"what ends first comes first, what has no end last, what is over not at all", func(p *probe) {
		p.closing("week", hours(168, 168), 0)
		p.closing("soon", hours(1, 1), 0)
		p.closing("free", inbox.WindowEnds{}, time.Hour)
		p.closing("free-newer", inbox.WindowEnds{}, time.Minute)
		p.closing("over", hours(-1, -1), 0)
		p.closing("refused", inbox.WindowEnds{Limited: true, Closed: true, Open: hours(5, 5).Open, Late: hours(5, 5).Late}, 0)
		p.closing("day", hours(24, 168), 0)
		p.closing("late", hours(-2, 100), 0)
		p.shows(byTimeLeft(0), "soon day late week free-newer free")
		p.same("unanswered", p.counts()[inbox.ViewUnanswered], 8)
	}},
	{"a row passes from open to late", func(p *probe) {
		p.closing("a", hours(24, 168), 0)
		p.closing("b", hours(48, 48), 0)
		p.shows(byTimeLeft(0), "a b")
		p.shows(byTimeLeft(24*time.Hour), "b a")
		p.shows(byTimeLeft(48*time.Hour), "a")
		p.shows(byTimeLeft(168*time.Hour-time.Millisecond), "a")
		p.shows(byTimeLeft(168*time.Hour), "")
	}},
	{"closing within a time", func(p *probe) {
		p.closing("h1", hours(1, 1), 0)
		p.closing("h2", hours(2, 168), 0)
		p.closing("h3", hours(3, 3), 0)
		p.closing("free", inbox.WindowEnds{}, 0)
		q := byTimeLeft(0)
		q.Closing = 2 * time.Hour
		p.shows(q, "h1 h2")
		q.After = 1
		p.shows(q, "h1 >")
	}},
	{"pages over the edge between rows with and without an end", func(p *probe) {
		for i := range 4 {
			p.closing(fmt.Sprintf("e%d", i), hours(i+1, 168+i), 0)
			p.closing(fmt.Sprintf("f%d", i), inbox.WindowEnds{}, time.Duration(i)*time.Minute)
		}
		q := byTimeLeft(0)
		page := p.shows(q, "e0 e1 e2 e3 f0 f1 f2 f3")
		q.Anchor, q.Before, q.After = page.Rows[3].Cursor, 1, 3
		p.shows(q, "< e2 e3 f0 f1 >")
		q.Anchor, q.Before, q.After = page.Rows[4].Cursor, 2, 9
		p.shows(q, "< e2 e3 f0 f1 f2 f3")
		q.Anchor, q.Before, q.After = page.Rows[4].Cursor, 9, 0
		p.shows(q, "e0 e1 e2 e3 >")
	}},
	{"an anchor whose window has ended is the top", func(p *probe) {
		p.closing("a", hours(1, 1), 0)
		p.closing("b", hours(2, 2), 0)
		q := byTimeLeft(0)
		anchor := p.list(q).Rows[0]
		q = byTimeLeft(time.Hour)
		q.Anchor, q.AnchorID, q.Before = anchor.Cursor, anchor.ID, 9
		p.shows(q, "b")
	}},
	{"an anchor follows its conversation into the late phase", func(p *probe) {
		p.closing("a", hours(1, 168), 0)
		p.closing("b", hours(2, 2), 0)
		p.closing("c", hours(200, 200), 0)
		q := byTimeLeft(time.Hour)
		q.AnchorID, q.Before, q.After = id("a"), 1, 9
		p.shows(q, "b a c")
	}},
	{"a new window moves the row, an answer takes it out", func(p *probe) {
		p.closing("a", hours(1, 168), 0)
		p.closing("b", hours(2, 169), 0)
		p.closing("a", hours(3, 170), 0)
		p.shows(byTimeLeft(0), "b a")
		p.put(talk("a", 0)) // answered
		p.shows(byTimeLeft(0), "b")
		p.shows(byTimeLeft(24*time.Hour), "b")
		p.write(func(w inbox.Writer) error { return w.DeleteConversation(id("b")) })
		p.shows(byTimeLeft(0), "")
		p.shows(byTimeLeft(24*time.Hour), "")
	}},
}
