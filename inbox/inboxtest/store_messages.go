package inboxtest

import (
	"fmt"
	"time"

	"parley/inbox"
)

var messageCases = []storeCase{
	{"every field comes back", func(p *probe) {
		want := fullMessage()
		p.putMessages(want)
		p.read(func(r inbox.Reader) error {
			got, found, err := r.Message(want.Conversation, want.ID)
			p.same("found", found, true)
			p.same("message", got, want)
			return err
		})
		p.same("message in the thread", p.thread(inbox.ThreadQuery{Conversation: want.Conversation, Before: 1}).Messages, []inbox.Message{want})
	}},
	{"what a caller does to a record later does not reach the store", func(p *probe) {
		m := fullMessage()
		p.putMessages(m)
		m.Attachments[0].URL, m.Reactions[0].Emoji, m.ReplyTo.Text, m.Extra["Extra <é🙏🏽>"][0] = "changed", "changed", "changed", 'X'
		m.Withdrawn[0].Emoji, m.Origin.Title = "changed", "changed"
		got := p.thread(inbox.ThreadQuery{Conversation: m.Conversation, Before: 1}).Messages[0]
		p.same("after a change to what was put", got, fullMessage())
		got.Attachments[0].URL, got.Extra["Extra <é🙏🏽>"][0] = "changed", 'X'
		again := p.thread(inbox.ThreadQuery{Conversation: m.Conversation, Before: 1}).Messages[0]
		p.same("after a change to what was read", again, fullMessage())
	}},
	{"one that is not there is zero and not found", func(p *probe) {
		p.putMessages(message("m1", 0))
		p.read(func(r inbox.Reader) error {
			for _, key := range []struct {
				c inbox.ConversationID
				m inbox.MessageID
			}{{id("a"), "m"}, {id("a"), "m11"}, {id("b"), "m1"}} {
				m, found, err := r.Message(key.c, key.m)
				p.same("found", found, false)
				p.same("message", m, inbox.Message{})
				if err != nil {
					return err
				}
			}
			return nil
		})
		p.showsThread(inbox.ThreadQuery{Conversation: id("nobody"), Before: 5, After: 5}, "")
	}},
	{"a thread is ordered by time, then id", func(p *probe) {
		p.putMessages(message("b", time.Minute), message("a", time.Minute), message("late", 0), message("early", time.Hour), message("nano", time.Minute-1))
		p.showsThread(inbox.ThreadQuery{Conversation: id("a"), Before: 9}, "early a b nano late")
	}},
	{"times far from today have their place", func(p *probe) {
		at := func(name string, when time.Time) inbox.Message {
			m := message(name, 0)
			m.CreatedAt = when
			return m
		}
		p.putMessages(at("far", time.Date(9999, 12, 31, 23, 59, 59, 999999999, time.UTC)), at("now", start), at("never", time.Time{}),
			at("moon", time.Date(1969, 7, 20, 20, 17, 40, 5, time.UTC)), at("moon1", time.Date(1969, 7, 20, 20, 17, 40, 6, time.UTC)))
		p.showsThread(inbox.ThreadQuery{Conversation: id("a"), Before: 9}, "never moon moon1 now far")
	}},
	{"pages in both directions", func(p *probe) {
		for i := range 9 {
			p.putMessages(message(fmt.Sprintf("m%d", i), time.Duration(9-i)*time.Minute))
		}
		q := inbox.ThreadQuery{Conversation: id("a"), Before: 3, After: 7}
		p.showsThread(q, "< m6 m7 m8")
		q.Anchor = message("m6", 3*time.Minute).Position()
		p.showsThread(q, "< m3 m4 m5 m6 m7 m8")
		q.Anchor, q.Before, q.After = message("m3", 6*time.Minute).Position(), 9, 0
		p.showsThread(q, "m0 m1 m2 >")
		q.Before, q.After = 1, 2
		p.showsThread(q, "< m2 m3 m4 >")
		q.Before, q.After = 0, 0
		p.showsThread(q, "<  >")
		q.Anchor, q.Before = inbox.Position{}, 99
		p.showsThread(q, "m0 m1 m2 m3 m4 m5 m6 m7 m8")
	}},
	{"an anchor without a message is still a place", func(p *probe) {
		p.putMessages(message("m1", 3*time.Minute), message("m3", time.Minute))
		q := inbox.ThreadQuery{Conversation: id("a"), Before: 1, After: 1, Anchor: message("m2", 2*time.Minute).Position()}
		p.showsThread(q, "m1 m3")
		q.Anchor = inbox.Position{At: start.Add(time.Hour)}
		p.showsThread(q, "< m3")
		q.Anchor = inbox.Position{At: start.Add(-time.Hour)}
		p.showsThread(q, "m1 >")
		q.Anchor = inbox.Position{At: start.Add(-time.Minute), ID: "m3x"} // same time, an id behind
		p.showsThread(q, "< m3")
	}},
	{"threads do not run into each other", func(p *probe) {
		for _, name := range []string{"a", "b", "c"} {
			for i := range 3 {
				m := message(fmt.Sprintf("%s%d", name, i), time.Duration(3-i)*time.Minute)
				m.Conversation = id(name)
				p.putMessages(m)
			}
		}
		p.showsThread(inbox.ThreadQuery{Conversation: id("b"), Before: 9}, "b0 b1 b2")
		p.showsThread(inbox.ThreadQuery{Conversation: id("b"), Anchor: inbox.Position{At: start.Add(-time.Hour)}, Before: 9, After: 9}, "b0 b1 b2")
	}},
	{"a message whose time has changed moves", func(p *probe) {
		p.putMessages(message("m1", 3*time.Minute), message("m2", 2*time.Minute))
		p.putMessages(message("m1", time.Minute))
		p.showsThread(inbox.ThreadQuery{Conversation: id("a"), Before: 9}, "m2 m1")
	}},
	{"a message put again is replaced", func(p *probe) {
		p.putMessages(message("m1", 0))
		changed := message("m1", 0)
		changed.Text = "edited"
		p.putMessages(changed)
		p.same("thread", p.thread(inbox.ThreadQuery{Conversation: id("a"), Before: 9}).Messages, []inbox.Message{changed})
	}},
	{"a deleted message is gone", func(p *probe) {
		p.putMessages(message("m1", 2*time.Minute), message("m2", time.Minute))
		p.write(func(w inbox.Writer) error { return w.DeleteMessage(id("a"), "m1") })
		p.write(func(w inbox.Writer) error { return w.DeleteMessage(id("a"), "m1") })
		p.write(func(w inbox.Writer) error { return w.DeleteMessage(id("nobody"), "m1") })
		p.showsThread(inbox.ThreadQuery{Conversation: id("a"), Before: 9}, "m2")
		p.read(func(r inbox.Reader) error {
			_, found, err := r.Message(id("a"), "m1")
			p.same("found", found, false)
			return err
		})
	}},
	{"arrivals are numbered from one, without end", func(p *probe) {
		var got []uint64
		for range 2 {
			p.write(func(w inbox.Writer) error {
				for range 2 {
					n, err := w.NextArrival()
					if err != nil {
						return err
					}
					last, err := w.LastArrival()
					if err != nil || last != n {
						p.Errorf("last arrival %d after %d (%v)", last, n, err)
					}
					got = append(got, n)
				}
				return nil
			})
		}
		p.same("arrivals", got, []uint64{1, 2, 3, 4})
		p.read(func(r inbox.Reader) error {
			n, err := r.LastArrival()
			p.same("last arrival", n, uint64(4))
			return err
		})
	}},
}

func fullMessage() inbox.Message {
	m := filled[inbox.Message]()
	m.Conversation, m.ID = id("a"), "m_full"
	return m
}
