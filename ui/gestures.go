package ui

import (
	"context"
	"slices"

	"parley/inbox"

	tea "charm.land/bubbletea/v2"
)

// What an agent can say without writing: a reaction, the heart, one of the own
// posts; and that the messages have been read. Each goes to the conversation that
// was on the screen when it was asked for, by its ID, and names its customer, so
// that the inbox can refuse it should they differ by then.

// target is to whom a gesture goes.
type target struct {
	id        inbox.ConversationID
	recipient string
	to        string             // for people
	conv      inbox.Conversation // as it was then
}

func targetOf(c inbox.Conversation) target {
	return target{c.ID, c.Participant.ID, c.Participant.DisplayName(), c}
}

func (t target) gesture() inbox.Gesture {
	return inbox.Gesture{Conversation: t.id, Recipient: t.recipient}
}

// gestureMsg says what became of a gesture.
type gestureMsg struct {
	target
	what string // "the heart", "❤"
	item inbox.OutboxItem
	err  error
}

// makeGesture puts a gesture into the outbox. A window that has closed by the
// clock is the platform's to judge, as it is for a text.
func (u *UI) makeGesture(to target, g inbox.Gesture, what string) tea.Cmd {
	hand := func(g inbox.Gesture) tea.Cmd {
		return func() tea.Msg {
			item, err := u.in.Gesture(u.ctx, g)
			return gestureMsg{to, what, item, err}
		}
	}
	if u.thread.id == to.id {
		to.conv = u.thread.conv // the customer may have written meanwhile
	}
	w := u.in.Window(to.conv)
	if !closedByClock(w) {
		return hand(g)
	}
	g.Anyway = true
	title := "Send " + what + " to " + to.to
	if g.Target != "" && g.Emoji == "" {
		title = "Take " + what + " back from " + to.to
	}
	u.askAnyway(to.id, title, w, func(string) tea.Cmd { return hand(g) })
	return nil
}

func (u *UI) gestureMade(msg gestureMsg) tea.Cmd {
	if msg.err != nil {
		u.warn(msg.what + " was not sent to " + msg.to + ": " + sentence(inbox.AsError(msg.err)))
		return nil
	}
	said, done := msg.what+" is queued for "+msg.to, msg.what+" is sent to "+msg.to
	if msg.item.Parts[0].Kind == inbox.PartUnreaction {
		said, done = "taking "+msg.what+" back from "+msg.to, msg.what+" is taken back from "+msg.to
	}
	u.say(said)
	u.awaited = awaited{id: msg.id, to: msg.to, what: msg.what, items: []inbox.OutboxItem{msg.item}, said: said, done: done}
	return tea.Batch(u.readThread(), u.readOutcome())
}

// Why a gesture cannot be made.

// lacks is the provider's reason, or the window's.
func (u *UI) lacks(of func(inbox.Capabilities) inbox.Ability) string {
	c, ok := u.current()
	if !ok {
		return "no conversation is selected"
	}
	if can := of(u.in.Capabilities(c.ID)); !can.OK {
		return can.Reason
	}
	if w := u.in.Window(c); !w.Answerable() && !closedByClock(w) {
		return u.closedReason(c, w)
	}
	return ""
}

func cannotReact(u *UI) string {
	if why := u.lacks(func(c inbox.Capabilities) inbox.Ability { return c.Reactions }); why != "" {
		return why
	}
	if c, _ := u.current(); u.thread.id != c.ID || !u.thread.loaded {
		return "open the conversation first: a reaction goes to one of its messages"
	}
	if _, ok := u.reactionTarget(); !ok {
		return "there is no message to react to"
	}
	return ""
}

func cannotHeart(u *UI) string {
	return u.lacks(func(c inbox.Capabilities) inbox.Ability { return c.Stickers })
}

func cannotShare(u *UI) string {
	return u.lacks(func(c inbox.Capabilities) inbox.Ability { return c.Posts })
}

func cannotTellSeen(u *UI) string {
	c, ok := u.current()
	if !ok {
		return "no conversation is selected"
	}
	return u.in.Capabilities(c.ID).Seen.Reason
}

// What is done.

// react opens the picker, or takes the account's reaction back.
func (u *UI) react() tea.Cmd {
	e, _ := u.reactionTarget()
	to := targetOf(u.thread.conv)
	emoji, waiting := e.ownReaction()
	switch {
	case waiting != nil && emoji != "":
		return u.do("take "+emoji+" back", emoji+" is taken back before it was sent", func(ctx context.Context) error {
			return u.in.Discard(ctx, waiting.ID)
		})
	case emoji != "":
		g := to.gesture()
		g.Target = e.msg.ID
		return u.makeGesture(to, g, emoji)
	}
	u.openPicker(to, e.msg)
	return nil
}

// reactionTarget is the selected message, else the newest that was received.
func (u *UI) reactionTarget() (entry, bool) {
	t := &u.thread
	reactable := func(e entry) bool { return e.msg != nil && !e.msg.Event && !e.msg.Note && !e.msg.Deleted }
	if i := t.index(t.cursor); i >= 0 {
		return t.entries[i], reactable(t.entries[i])
	}
	for _, e := range slices.Backward(t.entries) {
		if reactable(e) && e.msg.Direction == inbox.Received {
			return e, true
		}
	}
	return entry{}, false
}

// heart sends the heart. From the list it asks: there, a key beside the right
// one would send it to somebody who is only passed by.
func (u *UI) heart() tea.Cmd {
	c, _ := u.current()
	send := func() tea.Cmd { return u.sendHeart(targetOf(c)) }
	if u.focus != onList || closedByClock(u.in.Window(c)) { // that asks too
		return send()
	}
	u.ask(dialog{title: "Send a heart to " + c.Participant.DisplayName() + "?", yes: func(string) tea.Cmd { return send() }})
	return nil
}

// composerHeart sends the heart to whom the composer names; what is typed there
// stays.
func (u *UI) composerHeart() tea.Cmd {
	c := u.composer
	return u.sendHeart(target{c.id, c.recipient, c.to, u.thread.conv})
}

func (u *UI) sendHeart(to target) tea.Cmd {
	g := to.gesture()
	g.Heart = true
	return u.makeGesture(to, g, "the heart")
}

// tellSeen tells the customer that the messages were read.
func (u *UI) tellSeen() tea.Cmd {
	c, _ := u.current()
	name := c.Participant.DisplayName()
	return u.do("tell "+name+" that it was read", name+" sees now that it was read", func(ctx context.Context) error {
		return u.in.Signal(ctx, c.ID, inbox.SignalSeen)
	})
}

// How gestures stand in the thread.

// reactionTo is the message that an outbox item reacts to, "" when it does not.
func reactionTo(item *inbox.OutboxItem) inbox.MessageID {
	if len(item.Parts) != 1 {
		return ""
	}
	return item.Parts[0].Target
}

// underWay tells that a reaction is about to leave or leaving: it is shown on its
// message. Any other state needs words, and keys that help: then it is an entry
// of its own.
func underWay(item *inbox.OutboxItem) bool {
	switch item.State() {
	case inbox.StateSending:
		return true
	case inbox.StateQueued:
		return item.Waiting == nil && item.NotBefore.IsZero()
	}
	return false
}

// ownReaction is the account's emoji on the message as it will be when everything
// under way has arrived, "" for none; item is what brings it, nil when it is there
// already.
func (e entry) ownReaction() (emoji string, item *inbox.OutboxItem) {
	for _, r := range e.msg.Reactions {
		if r.Mine {
			emoji = r.Emoji
		}
	}
	for _, g := range e.gestures {
		emoji, item = g.Parts[0].Emoji, g
	}
	return emoji, item
}

// itemWords says what an outbox item is, in a line.
func (u *UI) itemWords(item *inbox.OutboxItem) string {
	if item.IsGesture() {
		return u.gestureWords(item.Parts[0])
	}
	return inbox.CleanLine(item.Text())
}

// gestureWords says what an outbox item is that has no text, in a few words.
func (u *UI) gestureWords(p inbox.Part) string {
	switch p.Kind {
	case inbox.PartHeart:
		return "a heart"
	case inbox.PartPost:
		return "your post"
	case inbox.PartReaction:
		return p.Emoji + u.onMessage(p.Target)
	case inbox.PartUnreaction:
		return "reaction taken back" + u.onMessage(p.Target)
	}
	return string(p.Kind)
}

// onMessage names a message by how it begins, as far as it is in the window.
func (u *UI) onMessage(id inbox.MessageID) string {
	i := u.thread.index(messageKey(id))
	if i < 0 {
		return " on an earlier message"
	}
	return " on “" + u.cells.fit(u.thread.entries[i].msg.Preview(), 40) + "”"
}
