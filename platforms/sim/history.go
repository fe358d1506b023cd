package sim

import (
	"cmp"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"parley/inbox"
)

// History is computed, never stored: message k of a conversation is a pure
// function of the conversation's seed and k. Only the index of references is
// kept, so that a platform's messages can be told newest first.

// ref points to a message: computed (conv and k) or stored (live).
type ref struct {
	conv *conversation
	k    int32
	live *message
}

// populate makes the conversations of the start.
func (w *world) populate() {
	for i := range w.opts.Conversations {
		c := w.newConversation(i)
		w.add(c)
		w.active.note(c, c.lastActivity)
	}
}

func (w *world) newConversation(i int) *conversation {
	role := w.roleOf(i)
	c := &conversation{
		index:    int32(i),
		platform: role.platform,
		seed:     mix(w.opts.Seed, uint64(i)),
		endTurn:  int32(role.endTurn),
		history:  int32(w.historyLength(i, role)),
		lastAt:   w.started.Add(-role.lastAgo).UnixMilli(),
		archived: role.archived && keepsArchive(w.opts.Face),
		mood:     role.mood,
	}
	c.id, c.participant = identify(c.platform, c.seed, i)
	w.rememberTimes(c)
	return c
}

// historyLength shares the wanted number of messages out, or takes the role's.
func (w *world) historyLength(i int, r role) int {
	if w.opts.Messages == 0 {
		return r.messages
	}
	each, rest := w.opts.Messages/w.opts.Conversations, w.opts.Messages%w.opts.Conversations
	if i < rest {
		each++
	}
	return each
}

// rememberTimes derives from the history what the rules of the platforms need.
func (w *world) rememberTimes(c *conversation) {
	if c.history == 0 {
		return
	}
	c.lastActivity = c.lastAt
	older := 0 // messages from before the link
	at := c.lastAt
	for k := c.history - 1; k >= 0; k-- {
		if c.lastReceived == 0 && !c.sentAt(k) {
			c.lastReceived = at
		}
		if at < w.linkedAt {
			older++
		}
		at -= c.gapBefore(k)
	}
	if c.platform != inbox.Twitter {
		c.hidden = int32(max(0, older-visibleBeforeLink))
	}
	if !c.sentAt(c.history - 1) {
		c.streak, c.step = 1, c.endTurn
	}
	if c.mood.reads {
		c.watermark = c.lastAt + 4_000
	}
}

// gapBefore is the time in ms between message k and the one before it: minutes
// within an exchange, days between two.
func (c *conversation) gapBefore(k int32) int64 {
	d := c.dice(k, 1)
	if _, turn := c.turn(k); turn == 0 {
		return int64(20+d.IntN(120)) * time.Hour.Milliseconds()
	}
	return int64(40+d.IntN(1800)) * time.Second.Milliseconds()
}

// turn tells which exchange message k belongs to and which turn of it it is.
// It counts from the end, so that a history can end anywhere in a script.
func (c *conversation) turn(k int32) (block int32, turn int32) {
	p := c.endTurn - (c.history - 1 - k)
	turn = p % turnsPerTopic
	if turn < 0 {
		turn += turnsPerTopic
	}
	return (p - turn) / turnsPerTopic, turn
}

// sentAt tells whether message k of the history is ours.
func (c *conversation) sentAt(k int32) bool {
	if c.mood.cold {
		return true
	}
	_, turn := c.turn(k)
	return topics[0].turns[turn].agent // all scripts take turns alike
}

// dice are the random numbers of message k; purpose keeps uses apart.
func (c *conversation) dice(k int32, purpose uint64) *rand.Rand {
	return rand.New(rand.NewPCG(c.seed, uint64(uint32(k))<<8|purpose))
}

// recall computes message k of the history with its time.
func (w *world) recall(c *conversation, k int32) *message {
	at := c.lastAt
	for i := c.history - 1; i > k; i-- {
		at -= c.gapBefore(i)
	}
	return w.compose(c, k, at)
}

// compose computes message k of the history, whose time is known.
func (w *world) compose(c *conversation, k int32, at int64) *message {
	m := &message{id: messageID(c, int(k)), conv: c, at: at, sent: c.sentAt(k)}
	d := c.dice(k, 2)
	block, turn := c.turn(k)
	facts := c.facts(block)
	if m.sent {
		m.text = facts.fill(facts.choose(facts.topic.turns[turn].lines))
		if c.mood.cold {
			m.text = facts.fill(pick(d, coldLines))
		}
		if d.IntN(12) == 0 {
			m.reactions = map[string]string{c.participant: pick(d, reactionEmoji)}
		}
		return m
	}
	u := w.historicUtterance(c, facts, turn, d)
	if k == c.history-1 && c.mood.last != nil {
		u = *c.mood.last
	}
	m.text, m.attachments = u.text, u.attachments
	return m
}

// historyOf lists a conversation's visible history, newest first.
func (c *conversation) historyOf(visit func(k int32, at int64)) {
	at := c.lastAt
	for k := c.history - 1; k >= c.hidden; k-- {
		visit(k, at)
		at -= c.gapBefore(k)
	}
}

// historyEntry is one place in a platform's index.
type historyEntry struct {
	at int64
	ref
}

// historyIndex lists a platform's visible history, newest first. The index is
// built once and never changes.
func (w *world) historyIndex(p inbox.Platform) []historyEntry {
	f := w.feeds[p]
	if f.built {
		return f.history
	}
	f.built = true
	for _, c := range w.conversations {
		if c.platform == p {
			c.historyOf(func(k int32, at int64) {
				f.history = append(f.history, historyEntry{at: at, ref: ref{conv: c, k: k}})
			})
		}
	}
	slices.SortFunc(f.history, func(a, b historyEntry) int {
		if a.at != b.at {
			return cmp.Compare(b.at, a.at)
		}
		return cmp.Compare(b.id(), a.id())
	})
	return f.history
}

// id of the message that the entry stands for.
func (e historyEntry) id() string { return messageID(e.conv, int(e.k)) }

// isNewer orders a stored message against one that is still to be computed.
func (m *message) isNewer(e historyEntry) bool {
	return m.at > e.at || (m.at == e.at && m.id > e.id())
}

// identify makes the ids in each platform's manner. The index inside keeps them
// apart for certain.
func identify(p inbox.Platform, seed uint64, i int) (conversation, participant string) {
	switch p {
	case inbox.Facebook:
		participant = fmt.Sprintf("7%08d%07d", seed%100_000_000, i)
		return fmt.Sprintf("t_10%07d%07d", seed/7%10_000_000, i), participant
	case inbox.Instagram:
		participant = fmt.Sprintf("8%09d%07d", seed%1_000_000_000, i)
		var b [12]byte
		binary.BigEndian.PutUint64(b[:8], seed)
		binary.BigEndian.PutUint32(b[8:], uint32(i))
		return "aWdfZAG06" + base64.URLEncoding.EncodeToString(b[:]), participant
	}
	participant = fmt.Sprintf("1%011d%07d", seed%100_000_000_000, i)
	return pageID(p) + "-" + participant, participant
}

// instagramMessage is how every message id on Instagram begins.
const instagramMessage = "aWdfZAG1faXRlbToxOk"

// messageID names message n of a conversation, in each platform's manner. The
// place of its conversation and its own are inside.
func messageID(c *conversation, n int) string {
	h := mix(c.seed, uint64(n)|1<<40)
	if c.platform == inbox.Twitter {
		return fmt.Sprintf("1%06d%06d%06d", h%1_000_000, c.index, n)
	}
	var b [18]byte
	binary.BigEndian.PutUint64(b[:8], h)
	binary.BigEndian.PutUint32(b[8:12], uint32(c.index))
	binary.BigEndian.PutUint32(b[12:16], uint32(n))
	prefix := "m_"
	if c.platform == inbox.Instagram {
		prefix = instagramMessage
	}
	return prefix + base64.RawURLEncoding.EncodeToString(b[:])
}

// mix is a 64-bit finaliser: near numbers give far ones.
func mix(a, b uint64) uint64 {
	z := a + (b+1)*0x9e3779b97f4a7c15
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

func pick[T any](d *rand.Rand, from []T) T { return from[d.IntN(len(from))] }
