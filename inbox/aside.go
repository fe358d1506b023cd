package inbox

import (
	"context"
	"time"
)

// Reads out of turn: of one conversation, when a send in it is in doubt or a
// webhook told of a customer whose name it did not tell; and of one message,
// when a webhook told no more than that it exists. What they show says nothing
// of what else is new, so the feeds' own reads do not rely on it.

// conversationRequest begins the names of reads of a single conversation.
const conversationRequest = "conversation "

// settleFor is how long after a send that is in doubt its conversation is read
// out of turn. After that the ordinary reads settle it, or the agent.
const settleFor = 15 * time.Minute

// updateAsides brings the reads out of turn of a platform up to date.
func (in *Inbox) updateAsides(a *account, p *platform) {
	wanted := in.wantedConversations(a, p.Platform)
	messages := in.waiting.where(func(key WaitKey, note waitNote) bool {
		return note.announced && key.Account == a.ID && key.Platform == p.Platform
	})
	a.mu.Lock()
	defer a.mu.Unlock()
	feed := p.messagesFeed()
	if feed == nil {
		return
	}
	in.updateSettling(a, p, feed.Feed, wanted)
	p.updateWanted(feed.Feed, messages)
}

// wantedConversations are those to be read, and since when.
func (in *Inbox) wantedConversations(a *account, name Platform) map[string]time.Time {
	wanted := map[string]time.Time{}
	for _, note := range in.outboxOf(a.ID) {
		if note.state == StateUnknown && note.conversation.Platform() == name {
			id := note.conversation.RemoteID()
			wanted[id] = later(wanted[id], note.attempted)
		}
	}
	in.mu.Lock()
	defer in.mu.Unlock()
	for id, wish := range in.names {
		if account, platform, remote, _ := id.Split(); !wish.done && account == a.ID && platform == name {
			wanted[remote] = later(wanted[remote], wish.at)
		}
	}
	return wanted
}

// updateSettling keeps a feed for each conversation that is wanted. Its address
// is not that of the feeds, so the provider has no cached answer that is older
// than the send.
func (in *Inbox) updateSettling(a *account, p *platform, messages Feed, wanted map[string]time.Time) {
	now := a.nowLocked()
	for id := range p.settling {
		if at, ok := wanted[id]; !ok || now.Sub(at) > settleFor {
			delete(p.settling, id)
		}
	}
	messages.Paged = false // the newest page is all that can settle it
	for id, at := range wanted {
		if p.settling[id] == nil && now.Sub(at) <= settleFor {
			key := SyncKey{Account: a.ID, Platform: p.Platform, Request: conversationRequest + id}
			s := SyncState{Key: key, NextUpdate: in.rememberedNext(key), Complete: true}
			s.mend(messages, now)
			p.settling[id] = &feed{Feed: messages, conversation: id, SyncState: s}
		}
	}
}

// rememberedNext is when a single conversation may be read again.
func (in *Inbox) rememberedNext(key SyncKey) time.Time {
	in.mu.Lock()
	defer in.mu.Unlock()
	return in.settled[key]
}

func (in *Inbox) rememberNext(key SyncKey, next time.Time) {
	in.mu.Lock()
	defer in.mu.Unlock()
	in.settled[key] = next
}

// nameWish is a conversation that is to be read for its customer's name.
type nameWish struct {
	at   time.Time // by the provider's clock
	done bool
}

// nameAgain is how long nobody asks again for a name that was not there.
const nameAgain = time.Hour

// askNames has conversations read soon whose customers have no name, where the
// provider has a history to read.
func (in *Inbox) askNames(nameless []ConversationID) {
	for _, id := range nameless {
		a := in.accounts[id.Account()]
		if a == nil {
			continue
		}
		p := a.platform(id.Platform())
		if p == nil || p.messagesFeed() == nil {
			continue
		}
		in.askName(id, a.now())
		wake(p.wake)
	}
}

func (in *Inbox) askName(id ConversationID, now time.Time) {
	in.mu.Lock()
	defer in.mu.Unlock()
	for old, wish := range in.names {
		if age := now.Sub(wish.at); age > nameAgain || age < 0 {
			delete(in.names, old)
		}
	}
	if _, asked := in.names[id]; !asked {
		in.names[id] = nameWish{at: now}
	}
}

// nameAsked ends a wish when its conversation has been read.
func (in *Inbox) nameAsked(id ConversationID, failure *Error) {
	if failure != nil && failure.Kind != NotFound {
		return
	}
	in.mu.Lock()
	defer in.mu.Unlock()
	if wish, ok := in.names[id]; ok {
		wish.done = true
		in.names[id] = wish
	}
}

// wantedEvery is the least time between two reads of single messages.
const wantedEvery = time.Second

// notBefore is when the feed may be asked next.
func (p *platform) notBefore(f *feed) time.Time {
	at := later(f.NextUpdate, p.heldTill(f))
	if f.message == "" || p.wantedAt.IsZero() {
		return at
	}
	return later(at, p.wantedAt.Add(wantedEvery))
}

// heldTill is until when a read out of turn waits because the key was refused:
// the feed that brings all messages finds out when it is taken again.
func (p *platform) heldTill(f *feed) time.Time {
	if main := p.messagesFeed(); (f.message != "" || f.conversation != "") && main.dead() {
		return main.NextUpdate
	}
	return time.Time{}
}

// updateWanted keeps a feed for each message that is wanted.
func (p *platform) updateWanted(messages Feed, keys []WaitKey) {
	before := p.wanted
	p.wanted = make(map[MessageID]*feed, len(keys))
	messages.Paged = false
	for _, key := range keys {
		f := before[key.Message]
		if f == nil {
			s := SyncState{Key: SyncKey{Account: key.Account, Platform: key.Platform, Request: "message"}, Complete: true}
			f = &feed{Feed: messages, message: key.Message, SyncState: s}
		}
		p.wanted[key.Message] = f
	}
}

// announcedAgain is how long nobody asks again for a message that was asked for.
// An announcement that names no conversation does not tell that we have it.
const announcedAgain = 24 * time.Hour

// noteAsked remembers that a message was asked for, as long as the program runs.
func (in *Inbox) noteAsked(key WaitKey) {
	in.mu.Lock()
	defer in.mu.Unlock()
	for old, at := range in.asked {
		if time.Since(at).Abs() > announcedAgain {
			delete(in.asked, old)
		}
	}
	in.asked[key] = time.Now()
}

// wasAsked tells that an event announces what was asked for lately.
func (in *Inbox) wasAsked(key WaitKey, ev EventFact) bool {
	if ev.Kind != EventAnnounced {
		return false
	}
	in.mu.Lock()
	defer in.mu.Unlock()
	at, asked := in.asked[key]
	return asked && time.Since(at).Abs() <= announcedAgain
}

// endWanted gives up asking for a message: we have it, or it is not there. What
// else waits for it goes on waiting.
func (in *Inbox) endWanted(ctx context.Context, a *account, p *platform, f *feed, failure *Error) {
	if failure != nil && failure.Kind != NotFound {
		return
	}
	in.noteAsked(WaitKey{a.ID, p.Platform, f.message})
	err := in.update(context.WithoutCancel(ctx), func(e *edit) error {
		return e.keepWaiting([]WaitKey{{a.ID, p.Platform, f.message}}, func(ev EventFact) bool { return ev.Kind != EventAnnounced })
	})
	if err != nil {
		in.log.Error("cannot store that a message was read", "account", a.ID, "error", err)
	}
}
