package inboxtest

import (
	"slices"
	"time"

	"parley/inbox"
)

// decided is a conversation with a decision.
func decided(name string, ago time.Duration, triage inbox.Triage) inbox.Conversation {
	c := talk(name, ago)
	c.Unread, c.Unanswered, c.Triage = 1, true, triage
	return c
}

// until is the decision to snooze, the given time after start.
func until(d time.Duration) inbox.Triage { return inbox.Triage{SnoozedUntil: start.Add(d)} }

var triageCases = []storeCase{
	{"what is done or snoozed is in its own view only", func(p *probe) {
		failed := decided("f", 5*time.Minute, inbox.Triage{Done: true})
		failed.Outbox.Failed = 1
		archived := decided("g", 6*time.Minute, inbox.Triage{})
		archived.Archived = true
		p.put(
			decided("a", 0, inbox.Triage{}), decided("b", time.Minute, inbox.Triage{Mine: true}), decided("c", 2*time.Minute, inbox.Triage{Muted: true}),
			decided("d", 3*time.Minute, inbox.Triage{Done: true, Mine: true}), decided("e", 4*time.Minute, until(time.Hour)), failed, archived,
			decided("h", 7*time.Minute, inbox.Triage{Done: true, Untold: true}),
		)
		p.shows(inbox.ListQuery{View: inbox.ViewAll, After: 9}, "a b c")
		p.shows(inbox.ListQuery{View: inbox.ViewUnread, After: 9}, "a b")
		p.shows(inbox.ListQuery{View: inbox.ViewUnanswered, After: 9}, "a b c")
		p.shows(inbox.ListQuery{View: inbox.ViewUnanswered, Sort: inbox.SortTimeLeft, Now: start, After: 9}, "a b c")
		p.shows(inbox.ListQuery{View: inbox.ViewMine, After: 9}, "b")
		p.shows(inbox.ListQuery{View: inbox.ViewSnoozed, After: 9}, "e")
		p.shows(inbox.ListQuery{View: inbox.ViewDone, After: 9}, "d f g h")
		p.shows(inbox.ListQuery{View: inbox.ViewArchived, After: 9}, "g")
		p.shows(inbox.ListQuery{View: inbox.ViewProblems, After: 9}, "f")
		p.shows(inbox.ListQuery{View: inbox.ViewUntold, After: 9}, "h")
		p.counted(inbox.Counts{
			inbox.ViewAll: 3, inbox.ViewUnread: 2, inbox.ViewUnanswered: 3, inbox.ViewMine: 1, inbox.ViewSnoozed: 1,
			inbox.ViewDone: 4, inbox.ViewArchived: 1, inbox.ViewProblems: 1, inbox.ViewUntold: 1,
		})
	}},
	{"the snoozed are ordered by when they come back", func(p *probe) {
		p.put(
			decided("late", 0, until(3*time.Hour)), decided("tie2", 0, until(time.Hour)), decided("tie1", time.Hour, until(time.Hour)),
			decided("over", 0, until(-time.Hour)),
		)
		page := p.shows(inbox.ListQuery{View: inbox.ViewSnoozed, After: 2}, "over tie1 >")
		page = p.shows(inbox.ListQuery{View: inbox.ViewSnoozed, Sort: inbox.SortWake, Anchor: page.Rows[1].Cursor, After: 9}, "< tie1 tie2 late")
		p.shows(inbox.ListQuery{View: inbox.ViewSnoozed, Anchor: page.Rows[2].Cursor, Before: 2}, "< tie1 tie2 >")
		p.shows(inbox.ListQuery{View: inbox.ViewSnoozed, AnchorID: id("tie2"), Before: 1, After: 1}, "< tie1 tie2 >")
		p.shows(inbox.ListQuery{View: inbox.ViewSnoozed, Text: "tie", After: 9}, "tie1 tie2")
		p.put(decided("late", 0, until(-2*time.Hour)))
		p.shows(inbox.ListQuery{View: inbox.ViewSnoozed, After: 9}, "late over tie1 tie2")
		p.put(decided("over", 0, inbox.Triage{}))
		p.shows(inbox.ListQuery{View: inbox.ViewSnoozed, After: 9}, "late tie1 tie2")
	}},
	{"each view has its orders and no other", func(p *probe) {
		for _, v := range inbox.Views {
			for _, s := range []inbox.Sort{inbox.SortNewest, inbox.SortTimeLeft, inbox.SortWake, "random"} {
				p.read(func(r inbox.Reader) error {
					_, err := r.List(inbox.ListQuery{View: v, Sort: s, Now: start, After: 1})
					p.same(string(v)+" by "+string(s)+" works", err == nil, v.CanSort(s))
					return nil
				})
			}
		}
	}},
	{"one whose snooze has ended stands where it ended", func(p *probe) {
		p.put(decided("new", time.Minute, inbox.Triage{}), decided("woken", 5*time.Hour, inbox.Triage{Woken: start}), decided("old", time.Hour, inbox.Triage{}))
		p.shows(inbox.ListQuery{After: 9}, "woken new old")
	}},
	{"what is out of sight is found by its name", func(p *probe) {
		p.put(decided("x1", time.Hour, inbox.Triage{Done: true}), decided("x2", time.Minute, until(time.Hour)), decided("x3", 2*time.Hour, inbox.Triage{}))
		p.read(func(r inbox.Reader) error {
			found, err := r.FindConversations("customer x", 9)
			names := []string{}
			for _, c := range found {
				names = append(names, c.ID.RemoteID())
			}
			p.same("found", names, []string{"x2", "x1", "x3"})
			return err
		})
	}},
	{"labels are counted, also of what is done", func(p *probe) {
		labels := func(want ...inbox.LabelCount) {
			p.Helper()
			p.read(func(r inbox.Reader) error {
				got, err := r.Labels()
				if len(got)+len(want) > 0 {
					p.same("labels", got, want)
				}
				return err
			})
		}
		labels()
		p.put(
			decided("a", 0, inbox.Triage{Labels: []string{"late", "vip"}}), decided("b", 0, inbox.Triage{Done: true, Labels: []string{"vip"}}),
			decided("c", 0, inbox.Triage{Labels: []string{"vi"}}),
		)
		labels(inbox.LabelCount{Label: "late", Count: 1}, inbox.LabelCount{Label: "vi", Count: 1}, inbox.LabelCount{Label: "vip", Count: 2})
		p.shows(inbox.ListQuery{Label: "vip", After: 9}, "a")
		p.shows(inbox.ListQuery{Label: "vip", View: inbox.ViewDone, After: 9}, "b")
		p.shows(inbox.ListQuery{Label: "vi", After: 9}, "c")
		p.shows(inbox.ListQuery{Label: "v", After: 9}, "")
		p.shows(inbox.ListQuery{Label: "vip", Text: "instagram/c", After: 9}, "")
		p.put(decided("a", 0, inbox.Triage{Labels: []string{"vip"}}))
		labels(inbox.LabelCount{Label: "vi", Count: 1}, inbox.LabelCount{Label: "vip", Count: 2})
		p.write(func(w inbox.Writer) error { return w.DeleteConversation(id("b")) })
		labels(inbox.LabelCount{Label: "vi", Count: 1}, inbox.LabelCount{Label: "vip", Count: 1})
	}},
	{"a label that very many have finds them all", func(p *probe) {
		all := talks(1500)
		for i := range all {
			all[i].Triage.Labels = []string{"all"}
		}
		p.put(all...)
		p.put(talk("z", 0))
		p.same("found", len(p.list(inbox.ListQuery{Label: "all", After: 9999}).Rows), 1500)
		p.shows(inbox.ListQuery{Label: "all", After: 1}, "c00 >")
	}},
	{"retention spares what an agent relies on", func(p *probe) {
		for name, triage := range map[string]inbox.Triage{
			"done": {Done: true}, "mine": {Mine: true}, "muted": {Muted: true}, "labelled": {Labels: []string{"vip"}}, "snoozed": until(time.Hour),
		} {
			p.history(name, 1)
			c := decided(name, 24*time.Hour, triage)
			c.Messages = 1
			p.put(c)
		}
		p.same("removed", p.retain(inbox.Retention{MaxAge: time.Hour}), 5)
		p.shows(inbox.ListQuery{After: 9}, "labelled muted")
		p.shows(inbox.ListQuery{View: inbox.ViewSnoozed, After: 9}, "snoozed")
		p.shows(inbox.ListQuery{View: inbox.ViewDone, After: 9}, "")
	}},
}

// note is one of conversation "a", the given time before start.
func note(name string, ago time.Duration) inbox.Message {
	return inbox.Message{Conversation: id("a"), ID: inbox.MessageID(name), Note: true, Author: "Eve", Text: "note " + name, CreatedAt: start.Add(-ago)}
}

func (p *probe) putNotes(notes ...inbox.Message) {
	p.Helper()
	p.write(func(w inbox.Writer) error {
		for _, n := range notes {
			if err := w.PutNote(n); err != nil {
				return err
			}
		}
		return nil
	})
}

var noteCases = []storeCase{
	{"a note comes back as it was stored", func(p *probe) {
		want := note("n1", 0)
		want.UpdatedAt = start.Add(time.Minute)
		want.Text = "two\nlines <é🙏🏽>"
		p.putNotes(want)
		p.read(func(r inbox.Reader) error {
			got, found, err := r.Note(id("a"), "n1")
			p.same("found", found, true)
			p.same("note", got, want)
			_, found, _ = r.Note(id("a"), "n")
			p.same("another is found", found, false)
			_, found, _ = r.Note(id("ab"), "n1")
			p.same("found in another conversation", found, false)
			return err
		})
	}},
	{"notes stand between the messages where they are asked for", func(p *probe) {
		p.putMessages(message("m1", 4*time.Minute), message("m2", 2*time.Minute), message("m3", 0))
		p.putNotes(note("n1", 5*time.Minute), note("n2", 3*time.Minute), note("n3", 2*time.Minute), note("n4", -time.Minute))
		a := id("a")
		p.showsThread(inbox.ThreadQuery{Conversation: a, Before: 9}, "m1 m2 m3")
		p.showsThread(inbox.ThreadQuery{Conversation: a, Notes: true, Before: 9}, "n1 m1 n2 m2 n3 m3 n4")
		p.showsThread(inbox.ThreadQuery{Conversation: a, Notes: true, Before: 3}, "< n3 m3 n4")
		at := note("n3", 2*time.Minute).Position()
		p.showsThread(inbox.ThreadQuery{Conversation: a, Notes: true, Anchor: at, Before: 2, After: 2}, "< n2 m2 n3 m3 >")
		p.showsThread(inbox.ThreadQuery{Conversation: a, Notes: true, Anchor: at, Before: 4}, "n1 m1 n2 m2 >")
		p.showsThread(inbox.ThreadQuery{Conversation: a, Anchor: at, Before: 1, After: 9}, "< m2 m3")
		p.showsThread(inbox.ThreadQuery{Conversation: a, NotesOnly: true, Before: 3}, "< n2 n3 n4")
	}},
	{"a thread can be read page by page both ways", func(p *probe) {
		var want []string
		for i := range 12 {
			name, ago := string(rune('a'+i)), time.Duration(-i/2)*time.Minute // two at each instant
			if i%3 == 0 {
				p.putNotes(note(name, ago))
			} else {
				p.putMessages(message(name, ago))
			}
			want = append(want, name)
		}
		for size := 1; size <= 5; size++ {
			p.same("downwards", p.pages(size, false), want)
			up := p.pages(size, true)
			slices.Reverse(up)
			p.same("upwards", up, want)
		}
	}},
	{"a note that is edited stays, one whose time changes moves", func(p *probe) {
		p.putMessages(message("m1", time.Minute))
		p.putNotes(note("n1", 2*time.Minute))
		edited := note("n1", 2*time.Minute)
		edited.Text = "otherwise"
		p.putNotes(edited)
		p.showsThread(inbox.ThreadQuery{Conversation: id("a"), Notes: true, Before: 9}, "n1 m1")
		p.putNotes(note("n1", 0))
		p.showsThread(inbox.ThreadQuery{Conversation: id("a"), Notes: true, Before: 9}, "m1 n1")
	}},
	{"a deleted note is gone, and a message of its name is not", func(p *probe) {
		p.putMessages(message("n1", time.Minute))
		p.putNotes(note("n1", 0))
		p.write(func(w inbox.Writer) error { return w.DeleteNote(id("a"), "n1") })
		p.write(func(w inbox.Writer) error { return w.DeleteNote(id("a"), "n1") })
		p.showsThread(inbox.ThreadQuery{Conversation: id("a"), Notes: true, Before: 9}, "n1")
	}},
	{"a note is no message", func(p *probe) {
		p.put(talk("a", 0))
		p.putNotes(note("n1", 0))
		p.read(func(r inbox.Reader) error {
			_, found, err := r.Message(id("a"), "n1")
			p.same("found as a message", found, false)
			return err
		})
		p.write(func(w inbox.Writer) error { return w.DeleteMessage(id("a"), "n1") })
		p.showsThread(inbox.ThreadQuery{Conversation: id("a"), Notes: true, Before: 9}, "n1")
	}},
	{"notes go with their conversation, and stay beside it", func(p *probe) {
		p.put(talk("a", 0), talk("ab", 0))
		other := note("n1", 0)
		other.Conversation = id("ab")
		p.putNotes(note("n1", 0), other)
		p.write(func(w inbox.Writer) error { return w.DeleteConversation(id("a")) })
		p.showsThread(inbox.ThreadQuery{Conversation: id("a"), Notes: true, Before: 9}, "")
		p.showsThread(inbox.ThreadQuery{Conversation: id("ab"), Notes: true, Before: 9}, "n1")
	}},
	{"retention spares a conversation with a note", func(p *probe) {
		p.history("a", 2)
		p.putNotes(note("n1", 48*time.Hour))
		p.same("removed", p.retain(inbox.Retention{MaxAge: time.Hour}), 2)
		p.shows(inbox.ListQuery{After: 9}, "a")
		p.showsThread(inbox.ThreadQuery{Conversation: id("a"), Notes: true, Before: 9}, "n1")
	}},
	{"a note without an id is refused", func(p *probe) {
		p.write(func(w inbox.Writer) error {
			for _, n := range []inbox.Message{{Conversation: id("a"), Text: "x"}, {ID: "n1", Text: "x"}} {
				if w.PutNote(n) == nil {
					p.Errorf("%+v was stored", n)
				}
			}
			return nil
		})
	}},
}

// pages reads the whole thread of "a" with its notes, some at a time.
func (p *probe) pages(size int, upwards bool) (names []string) {
	p.Helper()
	q := inbox.ThreadQuery{Conversation: id("a"), Notes: true, Before: size}
	if !upwards {
		q.Before, q.After, q.Anchor = 0, size, inbox.Position{At: start.Add(-time.Hour)}
	}
	for {
		page := p.thread(q)
		if upwards {
			slices.Reverse(page.Messages)
		}
		for _, m := range page.Messages {
			if len(names) == 0 || names[len(names)-1] != string(m.ID) { // the anchor ended the page before
				names = append(names, string(m.ID))
			}
		}
		more := page.MoreAfter
		if upwards {
			more = page.MoreBefore
		}
		if !more || len(page.Messages) == 0 {
			return names
		}
		q.Anchor = page.Messages[len(page.Messages)-1].Position()
		if !upwards {
			q.After = size + 1
		}
	}
}
