package inboxtest

import (
	"fmt"
	"time"

	"parley/inbox"
)

// named is a conversation of a customer with the given names.
func named(remote, name, username, preview string, ago time.Duration) inbox.Conversation {
	c := talk(remote, ago)
	c.Participant.Name, c.Participant.Username, c.Last.Text = name, username, preview
	return c
}

func (p *probe) finds(text string, limit int, want string) {
	p.Helper()
	p.read(func(r inbox.Reader) error {
		found, err := r.FindConversations(text, limit)
		names := make([]string, 0, len(found))
		for _, c := range found {
			names = append(names, c.ID.RemoteID())
		}
		if got := bracket(names, false, false); got != want {
			p.Errorf("find %q:\n got %q\nwant %q", text, got, want)
		}
		return err
	})
}

var searchCases = []storeCase{
	{"words are looked for in name, username, preview and id, in any case", func(p *probe) {
		p.put(
			named("t1", "Ann Müller", "", "where is my order?", 0),
			named("t2", "Bob", "annika", "thanks", time.Minute),
			named("t3", "Ænima", "", "ORDER 66", 2*time.Minute),
			named("ann3", "", "", "", 3*time.Minute),
		)
		p.shows(inbox.ListQuery{Text: "ann", After: 9}, "t1 t2 ann3")
		p.shows(inbox.ListQuery{Text: "ANN", After: 9}, "t1 t2 ann3")
		p.shows(inbox.ListQuery{Text: "müller", After: 9}, "t1")
		p.shows(inbox.ListQuery{Text: "MÜLLER", After: 9}, "t1")
		p.shows(inbox.ListQuery{Text: "order ann", After: 9}, "t1")
		p.shows(inbox.ListQuery{Text: "order", After: 9}, "t1 t3")
		p.shows(inbox.ListQuery{Text: " order  66 ", After: 9}, "t3")
		p.shows(inbox.ListQuery{Text: "æNIMA", After: 9}, "t3")
		p.shows(inbox.ListQuery{Text: "@ann", After: 9}, "t2")
		p.shows(inbox.ListQuery{Text: "nothing", After: 9}, "")
		p.shows(inbox.ListQuery{Text: "  ", After: 9}, "t1 t2 t3 ann3")
	}},
	{"a word does not span two fields", func(p *probe) {
		p.put(named("t1", "ab", "cd", "ef", 0))
		p.shows(inbox.ListQuery{Text: "abcd", After: 9}, "")
		p.shows(inbox.ListQuery{Text: "cdef", After: 9}, "")
	}},
	{"a search has pages and views", func(p *probe) {
		for i, c := range talks(20) {
			if i%3 == 0 {
				c.Participant.Name = "Wanted"
			}
			c.Unanswered, c.Archived = i%2 == 0, i == 3
			p.put(c)
		}
		page := p.shows(inbox.ListQuery{Text: "wanted", After: 2}, "c00 c06 >")
		p.shows(inbox.ListQuery{Text: "wanted", Anchor: page.Rows[1].Cursor, Before: 1, After: 2}, "c00 c06 c09 >")
		p.shows(inbox.ListQuery{Text: "wanted", AnchorID: id("c11"), Before: 1, After: 1}, "< c09 c12 >")
		p.shows(inbox.ListQuery{Text: "wanted", View: inbox.ViewUnanswered, After: 9}, "c00 c06 c12 c18")
		p.shows(inbox.ListQuery{Text: "wanted", View: inbox.ViewArchived, After: 9}, "c03")
		q := byTimeLeft(0)
		q.Text = "wanted"
		p.shows(q, "c00 c06 c12 c18")
	}},
	{"a search knows new names and new previews", func(p *probe) {
		p.put(named("t1", "Old", "", "first", 0))
		p.put(named("t1", "New", "", "second", 0)) // same time: same place in the list
		p.shows(inbox.ListQuery{Text: "old", After: 9}, "")
		p.shows(inbox.ListQuery{Text: "first", After: 9}, "")
		p.shows(inbox.ListQuery{Text: "new second", After: 9}, "t1")
	}},
	{"a name of ten kilobytes is found", func(p *probe) {
		long := ""
		for i := range 1000 {
			long += fmt.Sprintf("part-%04d ", i)
		}
		p.put(named("t1", long, "", "hi", 0))
		p.shows(inbox.ListQuery{Text: "part-0999", After: 9}, "t1")
	}},
	{"find prefers the exact", func(p *probe) {
		p.put(
			named("t1", "Ann", "ann.k", "", 0),
			named("t2", "Anna", "", "", time.Minute),
			named("Joanna", "Xaver", "", "", 2*time.Minute),
			named("t4", "Joanna", "", "", 3*time.Minute),
		)
		p.finds("acme/instagram/t1", 9, "t1")
		p.finds("Joanna", 9, "Joanna")
		p.finds("joanna", 9, "t4")
		p.finds("ann", 9, "t1")
		p.finds("ANNA", 9, "t2")
		p.finds("nn", 9, "t1 t2 t4")
		p.finds("nn", 2, "t1 t2")
		p.finds("@ann", 9, "t1")
		p.finds("zzz", 9, "")
		p.finds("", 9, "")
		p.finds("nn", 0, "")
	}},
	{"find knows customers by the provider's id, whole only", func(p *probe) {
		ann, bob, eve := named("t1", "Ann", "", "", 0), named("t2", "Bob 7001", "", `"participant":{"id":"7002"`, time.Minute), named("7003", "Eve", "", "", 2*time.Minute)
		ann.Participant.ID, bob.Participant.ID, eve.Participant.ID = "7001", "7003", `<7004"&`
		second := named("t1", "Ann", "", "", 3*time.Minute)
		second.ID, second.Participant.ID, second.Archived = inbox.NewConversationID("second", inbox.Facebook, "t4"), "7001", true
		p.put(ann, bob, eve, second)
		p.finds("7001", 9, "t1 t4")
		p.finds("7001", 1, "t1")
		p.finds("7002", 9, "")
		p.finds("7003", 9, "7003")
		p.finds(`<7004"&`, 9, "7003")
		p.finds("700", 9, "t2")
	}},
	{"find looks in every account and among the archived", func(p *probe) {
		a, b := talk("same", 0), talk("same", time.Minute)
		b.ID, b.Archived = inbox.NewConversationID("second", inbox.Facebook, "same"), true
		p.put(a, b)
		p.finds("same", 9, "same same")
		p.finds("customer", 9, "same same")
		p.finds(string(b.ID), 9, "same")
	}},
}
