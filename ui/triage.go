package ui

import (
	"slices"
	"strings"
	"time"

	"parley/inbox"

	tea "charm.land/bubbletea/v2"
)

// Triage on the screen: what is decided of a conversation beside answering it,
// of the one that is looked at or, in the list, of all that are marked. What a
// key means is bound to IDs at the moment when it is pressed. The screen goes on
// to the next conversation at once, so that the next key can only mean that one;
// what became of the decision is said when the inbox has stored it.

// verdict is a decision as the screen speaks of it.
type verdict struct {
	change inbox.TriageChange
	did    string // "done", for "Maya: done" and "3 done"
	leaves bool   // the agent goes on to the next conversation
}

// triagedMsg says what became of a decision.
type triagedMsg struct {
	verdict
	names   map[inbox.ConversationID]string
	lead    string    // what is to be said before it: "queued for Maya · "
	with    *undoStep // what was done before, and goes back with it
	results []inbox.TriageResult
	err     error
}

// undoStep is something that z takes back.
type undoStep struct {
	what  string // "Maya: done"
	undo  func() undoneMsg
	until time.Time         // after that it is too late; zero: never
	own   func(*UI) tea.Cmd // not nil: what undoes it instead, and says so itself
	with  *undoStep         // goes back with it, while it is not too late
}

// mostUndos is how many steps are remembered.
const mostUndos = 50

// undoneMsg says what became of taking something back.
type undoneMsg struct {
	undoStep
	back inbox.Conversation // to be selected again, where the list holds it
	none bool               // nothing has been taken back
	left string             // what has not been, and why
	err  error              // it can be tried again
}

// targets are the conversations that a decision is for.
func (u *UI) targets() []inbox.Conversation {
	if u.focus == onList && len(u.list.marks.ids) > 0 {
		return u.list.marked()
	}
	if c, ok := u.current(); ok {
		return []inbox.Conversation{c}
	}
	return nil
}

func needTarget(u *UI) string {
	if len(u.targets()) == 0 {
		return "no conversation is selected"
	}
	return ""
}

// all tells that everything is so already: then the key means the contrary.
func all(cs []inbox.Conversation, is func(inbox.Conversation) bool) bool {
	return !slices.ContainsFunc(cs, func(c inbox.Conversation) bool { return !is(c) })
}

func (u *UI) toggleDone() tea.Cmd {
	cs := u.targets()
	if all(cs, inbox.Conversation.IsDone) {
		return u.decide(cs, verdict{inbox.Reopen{}, "back in the inbox", true})
	}
	return u.decide(cs, verdict{inbox.MarkDone{}, "done", true})
}

func (u *UI) toggleMuted() tea.Cmd {
	cs := u.targets()
	if all(cs, func(c inbox.Conversation) bool { return c.Triage.Muted }) {
		return u.decide(cs, verdict{inbox.Unmute{}, "no longer muted", false})
	}
	return u.decide(cs, verdict{inbox.Mute{}, "muted", false})
}

func (u *UI) toggleMine() tea.Cmd {
	cs := u.targets()
	if all(cs, func(c inbox.Conversation) bool { return c.Triage.Mine }) {
		return u.decide(cs, verdict{inbox.GiveUp{}, "given up", false})
	}
	return u.decide(cs, verdict{inbox.Take{}, "taken", false})
}

// toggleUnread marks as read what is unread. What is marked as unread is left,
// for looking at it would make it read again; a thread that is looked at counts
// as read, whatever the record said last.
func (u *UI) toggleUnread() tea.Cmd {
	cs := u.targets()
	if u.focus == onList && all(cs, func(c inbox.Conversation) bool { return c.Unread > 0 }) {
		return u.decide(cs, verdict{inbox.MarkRead{}, "read", false})
	}
	u.focusOn(onList)
	u.marked = readMark{}
	return u.decide(cs, verdict{inbox.MarkUnread{}, "unread", false})
}

// decide makes a decision for conversations, and goes on.
func (u *UI) decide(cs []inbox.Conversation, v verdict) tea.Cmd {
	ids := make([]inbox.ConversationID, len(cs))
	for i, c := range cs {
		ids[i] = c.ID
	}
	cmd := u.apply(cs, triagedMsg{verdict: v})
	if !v.leaves {
		return cmd
	}
	return tea.Batch(cmd, u.goOn(ids))
}

// apply hands a decision to the inbox, which fills the message in.
func (u *UI) apply(cs []inbox.Conversation, msg triagedMsg) tea.Cmd {
	msg.names = map[inbox.ConversationID]string{}
	ids := make([]inbox.ConversationID, len(cs))
	for i, c := range cs {
		ids[i], msg.names[c.ID] = c.ID, u.shortName(c.Participant.DisplayName())
	}
	u.triaging++
	return func() tea.Msg {
		msg.results, msg.err = u.in.Triage(u.ctx, ids, msg.change)
		return msg
	}
}

// triaged says what became of a decision, and remembers how to take it back.
func (u *UI) triaged(msg triagedMsg) tea.Cmd {
	u.triaging--
	if msg.err != nil {
		if u.ctx.Err() == nil {
			u.warn(msg.lead + "not " + msg.did + ": " + sentence(inbox.AsError(msg.err)))
		}
		return u.payUndo()
	}
	changed := slices.DeleteFunc(slices.Clone(msg.results), func(r inbox.TriageResult) bool { return !r.Changed() })
	if len(changed) > 0 {
		step := u.undoStepOf(msg.summary(changed), changed)
		step.with = msg.with
		u.remember(step)
	}
	u.report(msg, len(changed) > 0)
	if msg.leaves {
		u.unmarkChanged(msg.results)
	}
	return tea.Batch(u.payUndo(), u.renewSearch())
}

// unmarkChanged takes the marks off what has been decided; what failed stays
// marked.
func (u *UI) unmarkChanged(results []inbox.TriageResult) {
	for _, r := range results {
		if r.Err == nil {
			u.list.unmark(r.ID)
		}
	}
	u.touch(partList | partStatus | partHints)
}

// summary says of which conversations something is true: "Maya: done", "3 done".
func (m triagedMsg) summary(results []inbox.TriageResult) string {
	if len(results) == 1 {
		return m.names[results[0].ID] + ": " + m.did
	}
	return grouped(len(results)) + " " + m.did
}

// report says what became of a decision: how many, which were not and why, and
// what is to be thought of.
func (u *UI) report(msg triagedMsg, undoable bool) {
	var well, failed, warned []inbox.TriageResult
	for _, r := range msg.results {
		switch {
		case r.Err != nil:
			failed = append(failed, r)
			continue
		case r.Warning != "":
			warned = append(warned, r)
		}
		well = append(well, r)
	}
	var parts []string
	if len(well) > 0 {
		parts = append(parts, msg.summary(well))
	}
	if len(failed) > 0 {
		parts = append(parts, msg.failure(failed))
	}
	text := msg.lead + strings.Join(parts, ", ")
	switch {
	case len(warned) == 1 && len(msg.results) == 1:
		text += ", but " + warned[0].Warning
	case len(warned) > 0:
		text += " (" + msg.names[warned[0].ID] + ": " + warned[0].Warning + andMore(len(warned)-1) + ")"
	}
	if undoable {
		text += " · " + u.undoHint()
	}
	if len(failed) > 0 || len(warned) > 0 {
		u.warn(text)
		return
	}
	u.say(text)
}

// undoHint says which key takes it back: among the finds of the search, where the
// agent may be by now, letters are typed.
func (u *UI) undoHint() string {
	if u.searching() != nil {
		return "Esc, then " + u.keys.first("undo") + ", undoes it"
	}
	return u.keys.first("undo") + " undoes it"
}

// failure says which were not decided, and why the first was not.
func (m triagedMsg) failure(failed []inbox.TriageResult) string {
	why := m.names[failed[0].ID] + ": " + sentence(inbox.AsError(failed[0].Err))
	if len(m.results) == 1 {
		return why
	}
	return grouped(len(failed)) + " failed: " + why
}

func andMore(n int) string {
	if n == 0 {
		return ""
	}
	return ", and " + grouped(n) + " more"
}

// Going on.

// What is shown after a conversation that leaves.
const (
	AfterNext     = "next"     // the one below, or above at the end of the list
	AfterPrevious = "previous" // the one above, or below at the beginning
	AfterList     = "list"     // the list, with the one below selected
)

// Afters are the ways to go on.
func Afters() []string { return []string{AfterNext, AfterPrevious, AfterList} }

// goOn shows the conversation that comes after those that leave, in the list as it
// is shown. Whoever has come from the search goes on there.
func (u *UI) goOn(leaving []inbox.ConversationID) tea.Cmd {
	if u.focus == onThread && u.thread.found {
		return u.back()
	}
	from := u.list.selected
	if u.focus != onList {
		from = u.thread.id
	}
	if u.focus == onList && !slices.Contains(leaving, from) {
		return nil // the marked ones go, the selection stays
	}
	step := 1
	if u.opts.After == AfterPrevious {
		step = -1
	}
	if !u.list.leave(from, leaving, step, u.listRows()) || u.opts.After == AfterList {
		u.focusOn(onList)
	}
	u.touch(partList)
	return tea.Batch(u.listMoved(), u.showSelected())
}

// leave selects the row that comes after those that leave, from one of them on: by
// steps down (1) or up (-1), and the other way at the end. It is false when there is
// none.
func (l *list) leave(from inbox.ConversationID, leaving []inbox.ConversationID, step, height int) bool {
	at := slices.IndexFunc(l.rows, func(r inbox.ListRow) bool { return r.ID == from })
	if at < 0 {
		return l.at >= 0 && !slices.Contains(leaving, l.selected) // it was not come to by the list
	}
	l.ghost, l.owed = false, 0
	next := l.firstStaying(at, step, leaving)
	if next < 0 {
		next = l.firstStaying(at, -step, leaving)
	}
	if next < 0 {
		l.selected = "" // nothing of it is held on the screen
		return false
	}
	l.at, l.selected = next, l.rows[next].ID
	l.settle(height)
	return true
}

// firstStaying is the first row from one on that does not leave, -1 when there is
// none.
func (l *list) firstStaying(at, step int, leaving []inbox.ConversationID) int {
	for ; at >= 0 && at < len(l.rows); at += step {
		if !slices.Contains(leaving, l.rows[at].ID) {
			return at
		}
	}
	return -1
}

// Taking back.

// tooLate tells that a step can no longer be taken back.
func (s undoStep) tooLate(now time.Time) bool { return !s.until.IsZero() && !now.Before(s.until) }

func cannotUndo(u *UI) string {
	u.undos = slices.DeleteFunc(u.undos, func(s undoStep) bool { return s.tooLate(u.now()) })
	if len(u.undos) == 0 && u.triaging == 0 {
		return "there is nothing to undo"
	}
	return ""
}

func (u *UI) remember(step undoStep) {
	u.undos = append(u.undos, step)
	u.undos = u.undos[max(len(u.undos)-mostUndos, 0):]
}

// undoLast takes the last action back. While one is still being stored, that is
// the one that is meant, and z waits for it.
func (u *UI) undoLast() tea.Cmd {
	if u.triaging > 0 {
		u.undoOwed++
		return nil
	}
	last := u.undos[len(u.undos)-1]
	u.undos = u.undos[:len(u.undos)-1]
	if last.own != nil {
		return last.own(u)
	}
	u.triaging++
	return func() tea.Msg {
		msg := last.undo()
		msg.undoStep = last
		return msg
	}
}

// payUndo takes back what z was pressed for while nothing could be taken back.
func (u *UI) payUndo() tea.Cmd {
	if u.undoOwed == 0 || u.triaging > 0 {
		return nil
	}
	u.undoOwed--
	if why := cannotUndo(u); why != "" {
		u.undoOwed = 0
		u.warn(why)
		return nil
	}
	return u.undoLast()
}

// undoStepOf takes a decision back.
func (u *UI) undoStepOf(what string, results []inbox.TriageResult) undoStep {
	return undoStep{what: what, undo: func() (msg undoneMsg) {
		undone, err := u.in.Undo(u.ctx, results)
		if err != nil {
			return undoneMsg{err: err}
		}
		kept := slices.DeleteFunc(slices.Clone(undone), func(r inbox.TriageResult) bool { return r.Err == nil })
		if len(kept) > 0 {
			msg.left = sentence(inbox.AsError(kept[0].Err)) + andMore(len(kept)-1)
		}
		if msg.none = len(kept) == len(undone); !msg.none {
			first := slices.IndexFunc(undone, func(r inbox.TriageResult) bool { return r.Err == nil })
			msg.back, _ = u.in.Conversation(u.ctx, undone[first].ID)
		}
		return msg
	}}
}

// undone says what has been taken back, and selects it.
func (u *UI) undone(msg undoneMsg) tea.Cmd {
	u.triaging--
	if msg.err != nil {
		u.remember(msg.undoStep) // z tries again
		u.warn("not undone: " + msg.what + ": " + sentence(inbox.AsError(msg.err)))
		return u.payUndo()
	}
	u.marked = readMark{}
	switch {
	case msg.none:
		u.warn("not undone: " + msg.what + ": " + msg.left)
	case msg.left != "":
		u.warn("undone: " + msg.what + ", but not all of it: " + msg.left)
	default:
		u.say("undone: " + msg.what)
	}
	if with := msg.with; with != nil && !with.tooLate(u.now()) {
		return tea.Batch(u.showAgain(msg.back), with.own(u), u.payUndo())
	}
	return tea.Batch(u.showAgain(msg.back), u.payUndo())
}

// showAgain selects a conversation that has come back into the list.
func (u *UI) showAgain(c inbox.Conversation) tea.Cmd {
	if u.isWriting() || c.ID == "" || c.ID == u.list.selected || !u.list.belongs(c, u.searchBy()) {
		return nil
	}
	u.list.ghost, u.list.owed, u.list.selected = false, 0, c.ID
	cmd := u.keepList()
	if u.focus == onThread {
		return tea.Batch(cmd, u.showConversation(c))
	}
	return cmd
}
