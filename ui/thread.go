package ui

import (
	"slices"
	"time"

	"parley/inbox"
)

// thread is the conversation on the right: a window of its messages around the
// place that is read. Below the messages stand the outbox items that have not
// been sent yet.
//
// The place is an entry and a line of it, or the end of the thread. So older
// messages that come in above, or new ones below, move nothing that is read.
type thread struct {
	id     inbox.ConversationID
	conv   inbox.Conversation
	loaded bool // the messages below belong to id
	err    *inbox.Error

	entries    []entry
	moreBefore bool
	moreAfter  bool
	draft      inbox.Draft
	load       loader

	width, height int
	follow        bool   // the end of the thread is at the bottom of the screen
	topKey        string // else: the entry at the top of the screen
	topLine       int    // and which of its lines, counted from the first after its heads
	cursor        string // the selected entry, "" for none
	seen          uint64 // the newest arrival when the end was last on the screen

	found  bool           // the search has led here: back is to its results
	sought inbox.Position // the message that is to be shown, zero when there is none
	lit    time.Time      // until when the selected entry stands out

	blocks map[string]*block
}

// entry is a message, or an outbox item that is not sent.
type entry struct {
	key  string
	msg  *inbox.Message
	item *inbox.OutboxItem

	gestures []*inbox.OutboxItem // own reactions to the message that are under way, oldest first
}

func messageKey(id inbox.MessageID) string { return "m:" + string(id) }

func (e entry) at() time.Time {
	if e.msg != nil {
		return e.msg.CreatedAt
	}
	return e.item.CreatedAt
}

func (e entry) sent() bool { return e.msg == nil || e.msg.Direction == inbox.Sent }

// block is an entry as lines: first its heads (a day separator, a sender), then
// what it says.
type block struct {
	lines []string
	heads int
	mark  uint64    // fingerprint of all that was drawn
	until time.Time // when a label in it changes

	attached []attached // what it has that is looked at
	pictures []stretch  // and where pictures stand in it
}

// The window of messages that is kept, and how near to its edge the screen may
// come before it is read anew.
const (
	messagesBefore = 80
	messagesAfter  = 80
	messagesNear   = 20
)

// open shows another conversation, from its end.
func (t *thread) open(c inbox.Conversation) {
	*t = thread{id: c.ID, conv: c, follow: true, load: t.load, width: t.width, height: t.height}
	t.load.restart()
}

// query asks for the messages around the place that is read.
func (t *thread) query() inbox.ThreadQuery {
	q := inbox.ThreadQuery{Conversation: t.id, Before: messagesBefore + messagesAfter}
	i := t.index(t.topKey)
	switch {
	case t.sought.ID != "":
		q.Anchor = t.sought
		q.Before, q.After = messagesBefore, messagesAfter
	case !t.follow && i >= 0 && t.entries[i].msg != nil:
		q.Anchor = t.entries[i].msg.Position()
		q.Before, q.After = messagesBefore, messagesAfter
	}
	return q
}

// apply takes freshly read messages.
func (t *thread) apply(th inbox.Thread) {
	t.conv, t.draft = th.Conversation, th.Draft
	t.moreBefore, t.moreAfter = th.Page.MoreBefore, th.Page.MoreAfter
	t.loaded, t.err = true, nil
	t.entries = make([]entry, 0, len(th.Page.Messages)+len(th.Outbox))
	for i := range th.Page.Messages {
		m := &th.Page.Messages[i]
		t.entries = append(t.entries, entry{key: messageKey(m.ID), msg: m})
	}
	for i := range th.Outbox {
		item := &th.Outbox[i]
		if t.holdReaction(item) {
			continue
		}
		if !t.moreAfter {
			t.entries = append(t.entries, entry{key: "o:" + string(item.ID), item: item})
		}
	}
	if t.index(t.cursor) < 0 {
		t.cursor = ""
	}
	if t.index(t.topKey) < 0 {
		t.follow = true
	}
	t.forget()
}

// holdReaction puts a reaction that is under way on its message.
func (t *thread) holdReaction(item *inbox.OutboxItem) bool {
	i := t.index(messageKey(reactionTo(item)))
	if i < 0 || !underWay(item) {
		return false
	}
	t.entries[i].gestures = append(t.entries[i].gestures, item)
	return true
}

// forget drops the drawn blocks of what is no longer in the window.
func (t *thread) forget() {
	kept := make(map[string]*block, len(t.blocks))
	for _, e := range t.entries {
		if b, ok := t.blocks[e.key]; ok {
			kept[e.key] = b
		}
	}
	t.blocks = kept
}

func (t *thread) index(key string) int {
	if key == "" {
		return -1
	}
	return slices.IndexFunc(t.entries, func(e entry) bool { return e.key == key })
}

// look notes that the end of the thread is on the screen: all that has arrived
// so far has been seen.
func (t *thread) look() { t.seen = max(t.seen, t.conv.LastArrival) }

// newBelow counts what has been received further down since the end was on the
// screen. It goes by arrival: a message may be new and carry an old time.
func (t *thread) newBelow() int {
	n := 0
	for _, e := range t.entries[t.index(t.topKey)+1:] {
		if e.msg != nil && e.msg.Direction == inbox.Received && !e.msg.Event && e.msg.Arrival > t.seen {
			n++
		}
	}
	return n
}

// atEnd tells that the newest message is on the screen.
func (t *thread) atEnd() bool { return t.loaded && t.follow && !t.moreAfter }

// spot is a line of the window: an entry and a line of its block.
type spot struct{ entry, line int }

// blockOf draws an entry, or finds it drawn.
type blockOf func(i int) *block

// top is the first line on the screen.
func (t *thread) top(blocks blockOf) spot {
	if i := t.index(t.topKey); !t.follow && i >= 0 {
		b := blocks(i)
		return spot{i, min(max(t.topLine+b.heads, 0), len(b.lines)-1)}
	}
	return t.lastTop(blocks)
}

// lastTop is the first line on the screen when the end is at its bottom.
func (t *thread) lastTop(blocks blockOf) spot {
	room := t.height
	for i := len(t.entries) - 1; i >= 0; i-- {
		n := len(blocks(i).lines)
		if n >= room {
			return spot{i, n - room}
		}
		room -= n
	}
	return spot{}
}

// shift is the spot some lines further up or down, within the window.
func (t *thread) shift(s spot, by int, blocks blockOf) spot {
	for by < 0 {
		step := min(-by, s.line)
		s.line -= step
		if by += step; by == 0 || s.entry == 0 {
			return s
		}
		s.entry--
		s.line = len(blocks(s.entry).lines) - 1
		by++
	}
	for by > 0 {
		step := min(by, len(blocks(s.entry).lines)-1-s.line)
		s.line += step
		if by -= step; by == 0 || s.entry == len(t.entries)-1 {
			return s
		}
		s.entry++
		s.line = 0
		by--
	}
	return s
}

func (s spot) below(other spot) bool {
	return s.entry > other.entry || s.entry == other.entry && s.line >= other.line
}

// scroll moves the screen over the thread.
func (t *thread) scroll(by int, blocks blockOf) {
	if len(t.entries) == 0 {
		return
	}
	if t.follow {
		t.look()
	}
	t.hold(t.shift(t.top(blocks), by, blocks), blocks)
}

// hold puts a line at the top of the screen, or the end at its bottom where
// there would be nothing below. The end of the window is not the end of the
// thread while there is more to read.
func (t *thread) hold(s spot, blocks blockOf) {
	if last := t.lastTop(blocks); s.below(last) {
		if !t.moreAfter {
			t.follow, t.topKey, t.topLine = true, "", 0
			return
		}
		s = last
	}
	t.follow = false
	t.topKey = t.entries[s.entry].key
	t.topLine = s.line - blocks(s.entry).heads
}

// toEnd goes to the newest message; the window may have to be read again.
func (t *thread) toEnd() {
	t.follow, t.topKey, t.topLine, t.cursor = true, "", 0, ""
}

// toStart goes to the oldest message of the window.
func (t *thread) toStart(blocks blockOf) {
	if len(t.entries) > 0 {
		t.look()
		t.hold(spot{}, blocks)
	}
}

// choose moves the message cursor and brings it onto the screen.
func (t *thread) choose(by int, blocks blockOf) {
	if len(t.entries) == 0 {
		return
	}
	i := t.index(t.cursor)
	switch {
	case i < 0 && by < 0:
		i = t.lastVisible(blocks)
	case i < 0:
		i = t.top(blocks).entry
	default:
		i = min(max(i+by, 0), len(t.entries)-1)
	}
	t.cursor, t.lit = t.entries[i].key, time.Time{}
	t.reveal(i, blocks)
}

// lastVisible is the last entry that has a line on the screen.
func (t *thread) lastVisible(blocks blockOf) int {
	return t.shift(t.top(blocks), t.height-1, blocks).entry
}

// reveal scrolls as little as shows the entry, its beginning at least.
func (t *thread) reveal(i int, blocks blockOf) {
	top := t.top(blocks)
	first, last := spot{i, 0}, spot{i, len(blocks(i).lines) - 1}
	if !first.below(top) {
		t.hold(first, blocks)
		return
	}
	bottom := t.shift(top, t.height-1, blocks)
	if bottom.below(last) {
		return
	}
	up := t.shift(last, -(t.height - 1), blocks)
	if up.entry == i {
		up = first
	}
	t.hold(up, blocks)
}

// wants tells that the screen is so near to an edge of the window that more of
// the thread has to be read.
func (t *thread) wants() bool {
	if !t.loaded || len(t.entries) == 0 {
		return false
	}
	if t.follow {
		return t.moreAfter
	}
	i := t.index(t.topKey)
	return t.moreBefore && i < messagesNear || t.moreAfter && i > len(t.entries)-messagesNear-t.height
}

// undecided is how many messages of ours wait for somebody to decide.
func (t *thread) undecided() int {
	n := 0
	for _, e := range t.entries {
		if isState(notSent()...)(e) {
			n++
		}
	}
	return n
}

// chosen is the entry that actions on a message mean: the one under the
// cursor if it fits; else the only one that does, or none.
func (t *thread) chosen(fits func(entry) bool) (entry, bool) {
	if i := t.index(t.cursor); i >= 0 && fits(t.entries[i]) {
		return t.entries[i], true
	}
	var found entry
	n := 0
	for _, e := range t.entries {
		if fits(e) {
			found = e
			n++
		}
	}
	return found, n == 1
}
