package sim

import (
	"math/rand/v2"
	"slices"
	"time"

	"parley/inbox"
)

// This file has what happens by itself: when customers come, write, read, react,
// and how long they take. What they say is in dialogue.go.

// How lively the world is, at a pace of 1.
const (
	eventLeast = 5 * time.Second  // between two things that happen by themselves
	eventMost  = 20 * time.Second // something always happens within this time

	readLeast = 2 * time.Second // until a customer has read an answer
	readMost  = 15 * time.Second

	thinkLeast = 4 * time.Second // until a customer begins to type
	thinkMost  = 30 * time.Second
	typeTime   = 60 * time.Millisecond // per character

	pause      = 20 * time.Minute // between the end of one thing and the beginning of another
	chaseAfter = 3 * time.Minute  // until somebody asks whether anybody is there
	weary      = 10 * time.Minute // afterwards, they wait so long for each message that was not answered
	recent     = 5 * time.Hour    // conversations older than this have come to rest, so that windows do close

	patience     = 3  // messages that a customer writes soon after one another
	maxNewcomers = 40 // customers that come by themselves; with the cast, fewer than a month's conversations
)

// startLife plans the first thing that happens by itself.
func (w *world) startLife() {
	w.planAmbient(w.started)
	w.planGestures(w.started)
}

func (w *world) planAmbient(now time.Time) {
	w.plan(now.Add(w.between(eventLeast, eventMost)), func(now time.Time) {
		w.ambient(now)
		w.planAmbient(now)
	})
}

// between draws a time, shortened by the pace.
func (w *world) between(least, most time.Duration) time.Duration {
	d := least + time.Duration(w.rng.Int64N(int64(most-least)+1))
	return max(time.Duration(float64(d)/w.opts.Pace), time.Millisecond)
}

// ambient is one thing that happens by itself.
func (w *world) ambient(now time.Time) {
	switch n := w.rng.IntN(100); {
	case n < 8 && w.newcomer < maxNewcomers:
		w.newcomerWrites(now)
	case n < 30:
		w.somebodyReacts(now)
	case n < 40:
		w.somebodyReads(now)
	default:
		w.somebodyWrites(now)
	}
}

func (w *world) newcomerWrites(now time.Time) {
	person, lang := randomPerson(w.rng)
	p := pick(w.rng, w.opts.Platforms)
	c := w.welcome(p, person, lang)
	c.mood.reads = p != inbox.Twitter
	w.add(c)
	w.speak(c, w.opening(c), now)
}

// welcome makes a conversation that did not exist at the start. It still has
// to be added.
func (w *world) welcome(p inbox.Platform, person Person, lang language) *conversation {
	i := len(w.conversations)
	w.newcomer++
	c := &conversation{platform: p, seed: mix(w.opts.Seed, uint64(i)|1<<32), person: &person, mood: mood{language: lang}}
	c.id, c.participant = identify(p, c.seed, i)
	return c
}

// somebodyWrites lets a customer go on who has not written too much unanswered.
func (w *world) somebodyWrites(now time.Time) {
	c := w.someone(func(c *conversation) bool { return c.hasMore(now) })
	if c == nil {
		c = w.someone(func(c *conversation) bool { return c.couldWrite(now) })
	}
	if c == nil {
		w.somebodyReads(now)
		return
	}
	w.speak(c, w.goOn(c), now)
}

func (w *world) somebodyReacts(now time.Time) {
	c := w.someone(func(c *conversation) bool { return w.lastSent(c) != nil && !c.mood.silent })
	if c == nil {
		w.somebodyWrites(now)
		return
	}
	w.react(c, w.lastSent(c), pick(w.rng, reactionEmoji), now)
}

func (w *world) somebodyReads(now time.Time) {
	if c := w.someone(func(c *conversation) bool { return c.mood.reads && c.watermark < c.lastActivity }); c != nil {
		w.readAll(c, now.UnixMilli())
	}
}

// tries bounds the search for somebody, so that a large world is not slower.
const tries = 60

func (w *world) someone(suits func(*conversation) bool) *conversation {
	if len(w.conversations) == 0 {
		return nil
	}
	for range tries {
		if c := pick(w.rng, w.conversations); suits(c) {
			return c
		}
	}
	return nil
}

// lastSent is the shop's newest message since the start.
func (w *world) lastSent(c *conversation) *message {
	for _, m := range slices.Backward(c.live) {
		if m.sent && !m.unsent {
			return m
		}
	}
	return nil
}

func (w *world) react(c *conversation, m *message, emoji string, now time.Time) {
	w.setReaction(ref{live: m}, c.participant, emoji, now.UnixMilli())
}

// speak lets the customer say something now.
func (w *world) speak(c *conversation, u utterance, now time.Time) {
	c.streak++
	w.post(&message{id: w.newID(c), conv: c, at: now.UnixMilli(), text: u.text, attachments: u.attachments, origin: u.origin})
}

// hear is what an answer does to a customer: they read it, and most reply.
func (w *world) hear(m *message, now time.Time) {
	c := m.conv
	c.streak, c.step = 0, turnThanks // from here on they answer what they are told
	seen := now.Add(w.between(readLeast, readMost))
	if c.mood.reads {
		w.plan(seen, func(now time.Time) { w.readAll(c, now.UnixMilli()) })
	}
	if c.mood.silent || c.busy {
		return
	}
	c.busy = true
	w.plan(seen.Add(w.between(thinkLeast, thinkMost)), func(now time.Time) { w.reply(c, now) })
}

// reply answers everything that the shop has said since the customer's last
// word, after the time that typing takes.
func (w *world) reply(c *conversation, now time.Time) {
	heard, media := c.unansweredWords()
	if len(heard) == 0 { // they have written in the meantime
		c.busy = false
		return
	}
	says, emoji := w.converse(c, heard, media)
	if m := w.lastSent(c); emoji != "" && m != nil {
		w.react(c, m, emoji, now)
	}
	w.typeOut(c, says, now)
}

// typeOut says one thing after the other.
func (w *world) typeOut(c *conversation, says []utterance, now time.Time) {
	if len(says) == 0 {
		c.busy = false
		return
	}
	takes := typeTime*time.Duration(min(len(says[0].text), 400)) + time.Second
	w.plan(now.Add(w.between(takes/2, takes)), func(now time.Time) {
		w.speak(c, says[0], now)
		w.typeOut(c, says[1:], now)
	})
}

// unansweredWords is what the shop has said since the customer's last word.
func (c *conversation) unansweredWords() (words []string, media bool) {
	for _, m := range slices.Backward(c.live) {
		if !m.sent {
			break
		}
		words = append([]string{m.text}, words...)
		media = media || len(m.attachments) > 0
	}
	return words, media
}

func chance(d *rand.Rand, percent int) bool { return d.IntN(100) < percent }
