package ui

import (
	"context"
	"time"

	"parley/inbox"

	tea "charm.land/bubbletea/v2"
)

// The commands: the only place where the screen waits for anything. Each calls
// the inbox once, with the session's context, and answers with one message.

// changesApart is the least time between two looks at what has changed. While a
// first sync stores thousands of messages a second, the screen follows in
// steps.
const changesApart = 100 * time.Millisecond

// listen waits for the next change.
func (u *UI) listen() tea.Cmd {
	return func() tea.Msg {
		changes, ok := u.sub.Wait(u.ctx)
		if !ok {
			return nil
		}
		return changedMsg{changes}
	}
}

// after brings a message later, unless the session ends before.
func (u *UI) after(d time.Duration, msg tea.Msg) tea.Cmd {
	return func() tea.Msg {
		timer := time.NewTimer(max(d, 0))
		defer timer.Stop()
		select {
		case <-timer.C:
			return msg
		case <-u.ctx.Done():
			return nil
		}
	}
}

// readList reads the window of the list, unless that is under way.
func (u *UI) readList() tea.Cmd {
	if !u.list.load.ask() {
		return nil
	}
	gen := u.list.load.gen
	by, search := u.searchBy(), u.list.wanted()
	q := u.list.query(u.listRows(), by)
	return func() tea.Msg {
		_, behind := u.indexBehind(search) // before it is asked: it may follow meanwhile
		page, err := u.rows(q, search, by)
		return listMsg{gen, page, behind, err}
	}
}

// rows reads rows of the list.
func (u *UI) rows(q inbox.ListQuery, search inbox.Search, by inbox.SearchBy) (inbox.ListPage, error) {
	if isExact(search) {
		return u.in.List(u.ctx, q)
	}
	return u.pick(inbox.ListSearch{Query: q, Search: search, By: by, Most: pickMost})
}

// pickMost is how many rows are looked at for a search that no index of the list
// answers.
const pickMost = 10_000

// pick reads the first rows that match such a search.
func (u *UI) pick(l inbox.ListSearch) (found inbox.ListPage, err error) {
	want := l.Query.After
	for row, err := range u.in.Walk(u.ctx, l) {
		if err != nil {
			return inbox.ListPage{}, err
		}
		if found.Rows = append(found.Rows, row); len(found.Rows) == want {
			found.MoreAfter = want < mostRows // perhaps; a longer look will tell
			break
		}
	}
	return found, nil
}

func (u *UI) readCounts() tea.Cmd {
	q := u.closingQuery()
	return func() tea.Msg {
		counts, closing, err := u.count(q)
		return countsMsg{counts, closing, err}
	}
}

// closingQuery asks for what is to be counted of the view "Closing".
func (u *UI) closingQuery() inbox.ListQuery {
	return inbox.ListQuery{
		View: inbox.ViewUnanswered, Sort: inbox.SortTimeLeft, Closing: u.opts.ClosingSoon, Now: u.now(), After: mostClosing,
	}
}

// count reads the sizes of the views.
func (u *UI) count(closing inbox.ListQuery) (inbox.Counts, int, error) {
	counts, err := u.in.Counts(u.ctx)
	if err != nil {
		return nil, 0, err
	}
	page, err := u.in.List(u.ctx, closing)
	return counts, len(page.Rows), err
}

// readKnownLabels reads what label: may be completed to.
func (u *UI) readKnownLabels() tea.Cmd {
	return func() tea.Msg {
		labels, err := u.in.Labels(u.ctx)
		return knownLabelsMsg{labels, err}
	}
}

// readThread reads the window of the thread, unless that is under way.
func (u *UI) readThread() tea.Cmd {
	if u.thread.id == "" || !u.thread.load.ask() {
		return nil
	}
	gen, q := u.thread.load.gen, u.thread.query()
	return func() tea.Msg {
		th, err := u.in.Thread(u.ctx, q)
		return threadMsg{gen, q.Conversation, th, err}
	}
}

// saveDrafts stores what has been typed.
func (u *UI) saveDrafts() tea.Cmd {
	if len(u.drafts.pending())+len(u.notes.pending()) == 0 {
		return nil
	}
	return func() tea.Msg { return savedMsg{u.flushTyped(u.ctx)} }
}

// deliver puts a text into the outbox.
func (u *UI) deliver(r inbox.SendRequest, msg sentMsg) tea.Cmd {
	return func() tea.Msg {
		msg.items, msg.rejected, msg.err = u.drafts.deliver(u.ctx, r)
		return msg
	}
}

// do runs an action that answers with nothing but an error.
func (u *UI) do(what, said string, f func(context.Context) error) tea.Cmd {
	return func() tea.Msg { return doneMsg{what: what, said: said, err: f(u.ctx)} }
}
