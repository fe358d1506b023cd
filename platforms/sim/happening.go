package sim

import "slices"

// This file has what can take place in the world beside a message being posted,
// and how somebody who watches learns of it: the webhooks.

// happeningKind is what took place.
type happeningKind string

const (
	didWrite    happeningKind = "message"
	didReact    happeningKind = "reaction"
	didUnreact  happeningKind = "unreaction"
	didRead     happeningKind = "read"
	didEdit     happeningKind = "edit"
	didUnsend   happeningKind = "unsend"
	didRefer    happeningKind = "referral" // somebody came through a link, and has said nothing
	didHandOver happeningKind = "handover" // another app took the thread, or gave it back
)

// happening is one thing that took place. The message is as it was then: what
// changes later replaces it.
type happening struct {
	kind  happeningKind
	at    int64 // Unix ms
	conv  *conversation
	msg   *message // what it is about; nil for a handover or a referral, and for a read without a message of ours
	user  string   // who reacted
	emoji string   // with what; also the one that was taken back
	link  string   // what the link said that somebody came through
}

// tell passes it on, if anybody watches.
func (w *world) tell(h happening) {
	if w.witness != nil {
		w.witness(h)
	}
}

// setReaction puts somebody's emoji on a message; "" takes it away.
func (w *world) setReaction(r ref, user, emoji string, at int64) {
	before := w.at(r).reactions[user]
	if before == emoji {
		return
	}
	changed := w.change(r, func(m *message) { m.react(user, emoji) })
	h := happening{kind: didReact, at: at, conv: changed.conv, msg: changed, user: user, emoji: emoji}
	if emoji == "" {
		h.kind, h.emoji = didUnreact, before
	}
	w.tell(h)
}

// setText is an edit by the message's sender.
func (w *world) setText(r ref, text string, at int64) {
	changed := w.change(r, func(m *message) {
		m.text, m.updated = text, at
		m.edits++
	})
	w.tell(happening{kind: didEdit, at: at, conv: changed.conv, msg: changed})
}

// takeBack unsends a message: nobody sees it any more. That it was written
// still counts for the reply window.
func (w *world) takeBack(r ref, at int64) {
	if w.at(r).unsent {
		return
	}
	changed := w.change(r, func(m *message) { m.unsent, m.updated = true, at })
	changed.conv.unsent++
	w.tell(happening{kind: didUnsend, at: at, conv: changed.conv, msg: changed})
}

// readAll lets the customer read what there is.
func (w *world) readAll(c *conversation, at int64) {
	if at <= c.watermark {
		return
	}
	c.watermark = at
	w.tell(happening{kind: didRead, at: at, conv: c, msg: w.newestSent(c)})
}

// handOver lets another app take control of the thread, or give it back.
func (w *world) handOver(c *conversation, taken bool, at int64) {
	if c.taken == taken {
		return
	}
	c.taken = taken
	w.tell(happening{kind: didHandOver, at: at, conv: c})
}

// Refer lets the customer come through a link such as ig.me/m/shop?ref=link, into
// a thread that they have already, and say nothing.
func (s *Server) Refer(conversationID, link string) error {
	return s.changeConversation(conversationID, func(c *conversation, now int64) {
		s.world.tell(happening{kind: didRefer, at: now, conv: c, link: link})
	})
}

// newestSent is the shop's newest message, of whatever time.
func (w *world) newestSent(c *conversation) *message {
	for _, m := range slices.Backward(c.live) {
		if m.sent && !m.unsent {
			return m
		}
	}
	for k := c.history - 1; k >= c.hidden; k-- {
		if c.sentAt(k) {
			return w.at(ref{conv: c, k: k})
		}
	}
	return nil
}
