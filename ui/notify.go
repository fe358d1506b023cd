package ui

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"parley/inbox"

	tea "charm.land/bubbletea/v2"
)

// Notifications, for an agent who looks at another window: that a customer has
// written, that a reply window closes, that a send has failed or is in doubt. Nothing
// is notified while the screen is looked at; what comes in a burst is told in one.

// Notify says what an agent wants to be told of. The zero value tells everything
// but texts, in the way that the terminal understands.
type Notify struct {
	Way   string // one of [NotifyWays]; NotifyAuto when empty
	Text  bool   // also what the customer wrote: it stands on the desktop then, for everybody to see
	Only  string // a search: of other conversations nothing is told but failed sends
	Quiet Quiet
}

// How the notifications are timed.
const (
	notifyApart   = 5 * time.Second // from one to the next
	idleAfter     = time.Minute     // without a key, a terminal that tells no focus counts as not looked at
	closingNotice = time.Hour       // before a window closes
)

// How much is read to find what is new. A burst that is larger is counted short,
// and the screen has it all.
const (
	newsConversations = 50
	newsMessages      = 20
)

// news is one thing to be told.
type news struct {
	kind    newsKind
	conv    inbox.Conversation
	text    string    // of a message
	arrival uint64    // of a message
	written time.Time // the message
	end     time.Time // of a window
}

func (n news) name() string { return n.conv.Participant.DisplayName() }

type newsKind int

// The kinds of news, the most urgent first.
const (
	newsFailed  newsKind = iota
	newsUnknown          // nobody knows whether it arrived
	newsClosing
	newsMessage
)

// notifier remembers what has been told.
type notifier struct {
	only    inbox.Search
	told    bool      // the terminal tells whether it has the focus
	touched time.Time // the agent was last seen at the keyboard
	idle    bool      // a look at the keyboard is under way
	arrival map[inbox.ConversationID]uint64
	failed  map[inbox.OutboxID]inbox.State     // and those in doubt; nil until it is known what had failed before
	closing map[inbox.ConversationID]time.Time // the end of the window that was told of
	due     time.Time                          // when the next window is to be told of
	pending []news
	last    time.Time
	timer   bool // the next notification waits for its time
}

func newNotifier(o Notify, now time.Time) (notifier, error) {
	only, err := parseNotifyOnly(o.Only)
	if err != nil {
		return notifier{}, err
	}
	n := notifier{only: only, touched: now}
	n.forget()
	return n, nil
}

// parseNotifyOnly reads the search of [Notify]. It has to be one that what is
// known of a conversation can answer: news do not wait for an index.
func parseNotifyOnly(text string) (inbox.Search, error) {
	only, err := inbox.ParseSearch(text, inbox.Known{})
	switch {
	case err != nil:
		return only, fmt.Errorf("what to notify of: %w", err)
	case only.NeedsIndex():
		return only, errors.New("what to notify of: phrases and has: need the full-text index; use words, is:, platform:, account: and left<")
	}
	return only, nil
}

// CheckNotify says what is wrong with the search that chooses what is notified.
func CheckNotify(only string) error {
	_, err := parseNotifyOnly(only)
	return err
}

// forget begins anew: the agent has seen what there was.
func (n *notifier) forget() {
	n.arrival, n.failed, n.pending = map[inbox.ConversationID]uint64{}, nil, nil
}

// wanted tells whether news of a conversation are to be told. What is done or
// muted is never: whoever has put it away has said so.
func (u *UI) wanted(c inbox.Conversation) bool {
	if c.Triage.Muted || c.IsDone() || c.Triage.Snoozed() {
		return false
	}
	return u.notifier.only.Matches(c, u.searchBy())
}

// newsMsg is what customers have written, failedNewsMsg what was not sent to them,
// or perhaps not.
type newsMsg struct{ found []news }

type failedNewsMsg struct {
	failed map[inbox.OutboxID]failedSend
}

type failedSend struct {
	conv  inbox.Conversation
	state inbox.State // failed or unknown
}

// closingNewsMsg are the conversations whose window ends, the next first.
type closingNewsMsg struct{ rows []inbox.ListRow }

// notifyDueMsg, closingDueMsg and idleMsg are timers.
type (
	notifyDueMsg  struct{}
	closingDueMsg struct{ at time.Time }
	idleMsg       struct{}
)

// handleNews is the table for what notifications wait for.
func (u *UI) handleNews(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case newsMsg:
		return u.newsRead(msg)
	case failedNewsMsg:
		return u.failedRead(msg)
	case closingNewsMsg:
		return u.closingRead(msg)
	case notifyDueMsg:
		u.notifier.timer = false
		return u.notifyPending()
	case closingDueMsg:
		if msg.at.Equal(u.notifier.due) {
			u.notifier.due = time.Time{}
			return u.readClosing()
		}
	case idleMsg:
		u.notifier.idle = false
		return u.watchIdle()
	}
	return nil
}

// focused notes that the terminal is looked at, or no longer.
func (u *UI) focused(yes bool) tea.Cmd {
	n := &u.notifier
	u.away, n.told, n.touched = !yes, true, u.now()
	n.forget()
	if !u.unseen() {
		return nil
	}
	return tea.Batch(u.readFailed(), u.readClosing())
}

// keyed notes that somebody is at the keyboard.
func (u *UI) keyed() tea.Cmd {
	n := &u.notifier
	if n.told {
		return nil
	}
	n.touched = u.now()
	n.forget()
	return u.watchIdle()
}

// watchIdle looks at the keyboard again when nobody may be there any more.
func (u *UI) watchIdle() tea.Cmd {
	n := &u.notifier
	if n.told || n.idle || u.opts.Notify.Way == NotifyOff {
		return nil
	}
	left := idleAfter - u.now().Sub(n.touched)
	if left <= 0 {
		return tea.Batch(u.readFailed(), u.readClosing())
	}
	n.idle = true
	return u.after(left, idleMsg{})
}

// unseen tells that nobody looks at the screen.
func (u *UI) unseen() bool {
	n := &u.notifier
	return u.opts.Notify.Way != NotifyOff && (u.away || !n.told && u.now().Sub(n.touched) >= idleAfter)
}

// lookForNews reads what has changed while nobody looked.
func (u *UI) lookForNews(c inbox.Changes) tea.Cmd {
	if !u.unseen() || len(c.Conversations) == 0 {
		return nil
	}
	ids := make([]inbox.ConversationID, 0, newsConversations)
	for id, revision := range c.Conversations {
		if revision != 0 && len(ids) < newsConversations {
			ids = append(ids, id)
		}
	}
	since := u.notifier.touched
	return tea.Batch(u.readClosing(), u.readFailed(), func() tea.Msg { return u.findNews(ids, since) })
}

// findNews reads what has come into conversations since an instant.
func (u *UI) findNews(ids []inbox.ConversationID, since time.Time) newsMsg {
	var msg newsMsg
	for _, id := range ids {
		th, err := u.in.Thread(u.ctx, inbox.ThreadQuery{Conversation: id, Before: newsMessages})
		if err != nil {
			continue // the screen says what is wrong
		}
		for _, m := range th.Page.Messages {
			if m.Direction == inbox.Received && !m.Event && !m.Deleted && m.ArrivedAt.After(since) {
				msg.found = append(msg.found, news{kind: newsMessage, conv: th.Conversation, text: m.Preview(), arrival: m.Arrival, written: m.CreatedAt})
			}
		}
	}
	return msg
}

func (u *UI) newsRead(msg newsMsg) tea.Cmd {
	n := &u.notifier
	newest := map[inbox.ConversationID]uint64{}
	for _, found := range msg.found {
		id := found.conv.ID
		history := found.written.Before(n.touched) && u.inFirstSync(id)
		if found.arrival > n.arrival[id] && !history && u.wanted(found.conv) {
			n.pending = append(n.pending, found)
		}
		newest[id] = max(newest[id], found.arrival)
	}
	for id, arrival := range newest {
		n.arrival[id] = max(n.arrival[id], arrival)
	}
	return u.notifyPending()
}

// inFirstSync tells that what comes into a conversation may be years old.
func (u *UI) inFirstSync(id inbox.ConversationID) bool {
	for _, a := range u.accounts {
		for _, p := range a.Platforms {
			if a.ID == id.Account() && p.Platform == id.Platform() {
				return p.FirstSync
			}
		}
	}
	return false
}

// readFailed reads which sends have failed, or may have.
func (u *UI) readFailed() tea.Cmd {
	return func() tea.Msg {
		items, err := u.in.Outbox(u.ctx, false)
		if err != nil {
			return nil // the view of problems says what is wrong
		}
		msg := failedNewsMsg{failed: map[inbox.OutboxID]failedSend{}}
		for _, item := range items {
			state := item.State()
			if state != inbox.StateFailed && state != inbox.StateUnknown {
				continue
			}
			if c, err := u.in.Conversation(u.ctx, item.Conversation); err == nil {
				msg.failed[item.ID] = failedSend{c, state}
			}
		}
		return msg
	}
}

// failedRead tells of the sends that had not failed when the agent looked away, or
// were not in doubt. They are told of whoever they went to: nobody else will see them.
func (u *UI) failedRead(msg failedNewsMsg) tea.Cmd {
	n := &u.notifier
	now := map[inbox.OutboxID]inbox.State{}
	for id, send := range msg.failed {
		now[id] = send.state
		if n.failed == nil || n.failed[id] == send.state {
			continue
		}
		kind := newsFailed
		if send.state == inbox.StateUnknown {
			kind = newsUnknown
		}
		n.pending = append(n.pending, news{kind: kind, conv: send.conv})
	}
	n.failed = now
	return u.notifyPending()
}

// readClosing reads which windows end next.
func (u *UI) readClosing() tea.Cmd {
	if !u.unseen() {
		return nil
	}
	q := u.closingQuery()
	q.Closing = 0
	return func() tea.Msg {
		page, err := u.in.List(u.ctx, q)
		if err != nil {
			return nil // the list says what is wrong
		}
		return closingNewsMsg{page.Rows}
	}
}

// closingRead tells of the windows that end within the hour, once each, and waits
// for the next. Where the hour had begun before the agent looked away, it has been
// seen.
func (u *UI) closingRead(msg closingNewsMsg) tea.Cmd {
	n := &u.notifier
	closing := map[inbox.ConversationID]time.Time{}
	var due time.Time
	for _, row := range msg.rows {
		w := u.in.Window(row.Conversation)
		if _, ends := w.Left(u.in.Now(row.ID.Account())); !ends || !u.wanted(row.Conversation) {
			continue
		}
		end := u.in.ByOurClock(row.ID.Account(), w.ClosesAt).Truncate(time.Second)
		notice := end.Add(-closingNotice)
		if u.now().Before(notice) {
			due = sooner(due, notice)
			continue
		}
		closing[row.ID] = end
		if seen := notice.Before(n.touched); !seen && !n.closing[row.ID].Equal(end) {
			n.pending = append(n.pending, news{kind: newsClosing, conv: row.Conversation, end: end})
		}
	}
	n.closing = closing
	return tea.Batch(u.waitForClosing(due), u.notifyPending())
}

func (u *UI) waitForClosing(due time.Time) tea.Cmd {
	n := &u.notifier
	if due.IsZero() || !n.due.IsZero() && !due.Before(n.due) {
		return nil
	}
	n.due = due
	return u.after(due.Sub(u.now()), closingDueMsg{due})
}

// notifyPending tells what has come together, unless the last notification was a
// moment ago: then it waits.
func (u *UI) notifyPending() tea.Cmd {
	n := &u.notifier
	now := u.now()
	if len(n.pending) == 0 || n.timer {
		return nil
	}
	if wait := notifyApart - now.Sub(n.last); !n.last.IsZero() && wait > 0 {
		n.timer = true
		return u.after(wait, notifyDueMsg{})
	}
	told := n.pending
	n.pending = nil
	if !u.unseen() || u.opts.Notify.Quiet.at(now.In(u.opts.Zone)) {
		return nil
	}
	n.last = now
	title, text := u.tell(told)
	return tea.Raw(u.terminal.notification(u.opts.Notify.Way, title, text))
}

// tell puts news into a title and a text.
func (u *UI) tell(told []news) (title, text string) {
	if len(told) == 1 {
		return u.tellOne(told[0])
	}
	var parts []string
	for kind, noun := range []string{"send", "send", "reply window", "new message"} {
		of := ofKind(told, newsKind(kind))
		if len(of) == 0 {
			continue
		}
		part := count(len(of), noun)
		switch newsKind(kind) {
		case newsFailed:
			part += " failed: to "
		case newsUnknown:
			part += " in doubt: to "
		case newsClosing:
			part += " closing soon: "
		case newsMessage:
			part += " from "
		}
		parts = append(parts, part+fewNames(of))
	}
	return u.opts.Title, strings.Join(parts, " · ")
}

func (u *UI) tellOne(n news) (title, text string) {
	title = n.name() + " · " + n.conv.ID.Platform().Label()
	switch n.kind {
	case newsFailed:
		return title, "your message was not sent"
	case newsUnknown:
		return title, "nobody knows whether your message arrived"
	case newsClosing:
		left, _ := leftLabel(n.end, u.now(), false)
		return title, "the reply window closes in " + left
	}
	if u.opts.Notify.Text {
		return title, n.text
	}
	return title, "new message"
}

func ofKind(all []news, kind newsKind) (of []news) {
	for _, n := range all {
		if n.kind == kind {
			of = append(of, n)
		}
	}
	return of
}

// How many names a notification has, and how long they may be: one long name must
// not hide the others.
const (
	namesTold  = 3
	nameLength = 24
)

// fewNames are the names in the news, each once.
func fewNames(all []news) string {
	var names []string
	seen := map[inbox.ConversationID]bool{}
	for _, n := range all {
		if !seen[n.conv.ID] {
			names = append(names, cells{}.fit(visible(n.name()), nameLength))
		}
		seen[n.conv.ID] = true
	}
	if more := len(names) - namesTold; more > 0 {
		return strings.Join(names[:namesTold], ", ") + " and " + short(more) + " more"
	}
	return strings.Join(names, ", ")
}
