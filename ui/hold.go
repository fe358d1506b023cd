package ui

import (
	"context"
	"time"

	"parley/inbox"

	tea "charm.land/bubbletea/v2"
)

// Undo send on the screen: a message that is held counts down where it stands and
// on the status line, and the undo key brings it back into the composer.

// takenBackMsg says what became of taking a message back.
type takenBackMsg struct {
	id    inbox.ConversationID
	conv  inbox.Conversation
	draft inbox.Draft // what is stored now: the message, and what was typed since
	err   error
}

// rememberHeld makes the undo key take the message back, and says so; "" when it
// leaves at once.
func (u *UI) rememberHeld(msg sentMsg) string {
	step := u.heldStep(msg)
	if step == nil {
		return ""
	}
	u.remember(*step)
	return " · " + u.keys.first("undo") + " takes it back"
}

// heldStep takes the message back, nil when it leaves at once.
func (u *UI) heldStep(msg sentMsg) *undoStep {
	item := msg.items[0]
	if !item.Held(u.now()) {
		return nil
	}
	return &undoStep{what: "sent to " + msg.to, until: item.HeldUntil, own: func(u *UI) tea.Cmd { return u.takeBack(item) }}
}

// doneAfter makes a conversation done whose answer is in the outbox. Both go back
// with one key, while the message has not left.
func (u *UI) doneAfter(msg sentMsg, said string) tea.Cmd {
	return u.apply([]inbox.Conversation{msg.conv}, triagedMsg{
		verdict: verdict{inbox.MarkDone{}, "done", true}, lead: said + " · ", with: u.heldStep(msg),
	})
}

// takeBack makes a message that has not left a draft again, and opens it.
func (u *UI) takeBack(item inbox.OutboxItem) tea.Cmd {
	id := item.Conversation
	if !u.drafts.recall(id) {
		u.warn("the message after it is just being stored: press again in a moment")
		return nil
	}
	return func() tea.Msg {
		msg := takenBackMsg{id: id}
		msg.draft, msg.err = u.drafts.takeBack(u.ctx, id, func(ctx context.Context) (inbox.Draft, error) {
			if item.State() == inbox.StateFailed {
				return u.in.Recall(ctx, item.ID)
			}
			return u.in.TakeBack(ctx, item.ID)
		})
		if msg.err == nil {
			msg.conv, msg.err = u.in.Conversation(u.ctx, id)
		}
		return msg
	}
}

// takenBack opens the composer on what was taken back, as it was when the agent
// sent it. Whoever writes to somebody else meanwhile is left alone.
func (u *UI) takenBack(msg takenBackMsg) tea.Cmd {
	u.drafts.recalled(msg.id)
	if msg.err != nil {
		u.warn("take back: " + sentence(inbox.AsError(msg.err)))
		return u.readThread()
	}
	name := u.shortName(msg.conv.Participant.DisplayName())
	u.say("taken back: it has not been sent to " + name)
	if u.thread.id == msg.id {
		u.thread.draft = msg.draft
	}
	u.list.noteDraft(msg.id, msg.draft)
	u.touch(partList | partThread)
	switch c := u.composer; {
	case c != nil && c.id == msg.id: // opened meanwhile, it waits for this
		return tea.Batch(u.draftArrived(), u.readThread())
	case u.isWriting() || u.overlay != nil:
		u.say("taken back into the draft for " + name + ": it has not been sent")
		return u.readThread()
	}
	back := u.focus
	if back == onFilter {
		back = onList
	}
	cmd := u.showConversation(msg.conv)
	u.openComposer(msg.conv, back)
	return tea.Batch(cmd, u.readThread())
}

// heldWords count the seconds down in which a message can be taken back, ""
// when it is not held.
func (u *UI) heldWords(item *inbox.OutboxItem) (text string, until time.Time) {
	if item.State() != inbox.StateQueued || !item.Held(u.now()) {
		return "", time.Time{}
	}
	left, until := leftLabel(item.HeldUntil, u.now(), true)
	return "sending in " + left + " · " + u.keys.first("undo") + " takes it back", sooner(until, item.HeldUntil)
}

// heldSegment is the same for the status line.
func (u *UI) heldSegment() (s segments, until time.Time) {
	var end time.Time
	for _, a := range u.accounts {
		end = later(end, a.HeldUntil)
	}
	if !end.After(u.now()) {
		return nil, time.Time{}
	}
	left, until := leftLabel(end, u.now(), true)
	return segments{{u.style[roleWarn], " sending in " + left}}, sooner(until, end)
}

// letGo sends what is still held before the program ends: whoever sends and
// quits has sent.
func (u *UI) letGo(ctx context.Context) {
	for _, a := range u.in.Accounts() {
		if a.HeldUntil.After(u.now()) {
			_ = u.in.EndHolds(ctx) // what does not leave stays queued, and is told at the end
			return
		}
	}
}
