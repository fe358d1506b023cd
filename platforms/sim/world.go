package sim

import (
	"math/rand/v2"
	"slices"
	"time"

	"parley/inbox"
)

// This file has the world as it is stored; history.go computes what it was, and
// life.go lets it go on.

// world is everything that exists on the platforms' side. It is guarded by
// Server.mu. What was there at the start is computed (history.go); what came
// later is stored here.
type world struct {
	opts     Options
	started  time.Time
	linkedAt int64 // Unix ms
	rng      *rand.Rand
	whims    *rand.Rand // of gestures

	conversations []*conversation
	byID          map[string]*conversation // conversation ids are unique over the platforms
	byParticipant map[string]*conversation // so are participants'
	feeds         map[inbox.Platform]*feed

	events   eventQueue
	witness  func(happening) // nil: nobody watches
	ledger   []Delivery
	posts    []ownPost
	auto     autoResponse
	active   activeMonth
	newcomer int // customers that came after the start
}

// feed is what one platform has to show.
type feed struct {
	history  []historyEntry // newest first; built when first asked for
	built    bool
	live     []*message             // by time, oldest first
	edits    map[ref]*message       // history that has changed since; replaced, never written to
	archived map[*conversation]bool // replaced, never written to
}

// conversation is one thread with one customer.
type conversation struct {
	index       int32
	platform    inbox.Platform
	id          string
	participant string
	seed        uint64
	person      *Person // nil: computed from the index

	history int32 // messages from before the start
	hidden  int32 // the oldest of them that the API never shows
	lastAt  int64 // Unix ms of the newest of them
	endTurn int32 // which turn of its script the newest of them is

	live         []*message
	watermark    int64 // the customer has read up to here; 0: nothing known
	lastReceived int64 // Unix ms; 0: the customer never wrote
	lastActivity int64
	archived     bool
	taken        bool // another app controls the thread
	unsent       int  // messages that were taken back
	lastAuto     int64

	mood    mood
	streak  int      // the customer's messages since our last
	busy    bool     // an answer is on its way
	settled bool     // there is nothing left to say
	matter  int32    // how many things they have brought up since the start
	step    int32    // the turn of the script that they said last
	said    []string // lines that were used lately
}

// message is one message. It is never changed once it can be read: a change
// replaces it.
type message struct {
	id          string
	conv        *conversation
	at          int64 // Unix ms
	updated     int64 // 0: never
	sent        bool
	text        string
	attachments []Attachment
	reactions   map[string]string // user id to emoji
	edits       int
	unsent      bool    // its sender has taken it back
	origin      *Origin // nil: it was simply typed
	answers     string  // the id of the message that it answers
}

// Origin is where a message came from when it was not simply typed.
type Origin struct {
	Kind    string `json:"kind"`              // postback, quick_reply, ad, product
	Title   string `json:"title,omitempty"`   // of the button, the ad
	Payload string `json:"payload,omitempty"` // what the shop's set-up has attached to it; the id of the product
}

// Attachment is something that came with a message.
type Attachment struct {
	Type  string `json:"type"`
	URL   string `json:"url"`
	ID    string `json:"id,omitempty"`    // of the post, reel, story or sticker
	Title string `json:"title,omitempty"` // a caption
}

func newWorld(opts Options) *world {
	now := opts.Now()
	w := &world{
		opts:          opts,
		started:       now,
		linkedAt:      now.Add(-opts.LinkedAgo).UnixMilli(),
		rng:           rand.New(rand.NewPCG(opts.Seed, 0x6c696665)),
		whims:         rand.New(rand.NewPCG(opts.Seed, 0x7768696d)),
		byID:          make(map[string]*conversation, opts.Conversations),
		byParticipant: make(map[string]*conversation, opts.Conversations),
		feeds:         make(map[inbox.Platform]*feed),
		active:        newActiveMonth(opts.ConversationLimit),
		posts:         postsOf(opts.Seed, now),
	}
	for _, p := range opts.Platforms {
		w.feeds[p] = &feed{}
	}
	w.populate()
	if !opts.Quiet {
		w.startLife()
	}
	return w
}

// add makes the conversation known.
func (w *world) add(c *conversation) {
	c.index = int32(len(w.conversations))
	w.conversations = append(w.conversations, c)
	w.byID[c.id] = c
	w.byParticipant[c.participant] = c
	if c.archived {
		w.archive(c, true)
	}
}

// archive moves the conversation between the two statuses. The set is replaced
// because answers that are being written may still read the old one.
func (w *world) archive(c *conversation, archived bool) {
	c.archived = archived
	f := w.feeds[c.platform]
	set := make(map[*conversation]bool, len(f.archived)+1)
	for other := range f.archived {
		set[other] = true
	}
	delete(set, c)
	if archived {
		set[c] = true
	}
	f.archived = set
}

// post puts a new message into the world.
func (w *world) post(m *message) {
	c := m.conv
	insertByTime(&c.live, m)
	insertByTime(&w.feeds[c.platform].live, m)
	c.lastActivity = max(c.lastActivity, m.at)
	w.active.note(c, m.at)
	w.tell(happening{kind: didWrite, at: m.at, conv: c, msg: m})
	if m.sent {
		return
	}
	c.lastReceived = max(c.lastReceived, m.at)
	if c.archived {
		w.archive(c, false)
	}
	w.autoRespond(c, m.at)
}

// insertByTime keeps the list ordered when a message comes late.
func insertByTime(list *[]*message, m *message) {
	i := len(*list)
	for i > 0 && newer((*list)[i-1].at, (*list)[i-1].id, m.at, m.id) {
		i--
	}
	*list = slices.Insert(*list, i, m)
}

// newer is the order of messages everywhere: by time, then by id.
func newer(at int64, id string, otherAt int64, otherID string) bool {
	return at > otherAt || (at == otherAt && id > otherID)
}

// newID names a message that is about to be posted.
func (w *world) newID(c *conversation) string {
	return messageID(c, int(c.history)+len(c.live))
}

// find returns the message of that id.
func (w *world) find(c *conversation, id string) (m *message, r ref, ok bool) {
	for _, m := range c.live {
		if m.id == id {
			return m, ref{live: m}, true
		}
	}
	for k := c.history - 1; k >= c.hidden; k-- {
		if messageID(c, int(k)) == id {
			r = ref{conv: c, k: k}
			return w.at(r), r, true
		}
	}
	return nil, ref{}, false
}

// at is the message that the reference points to, as it is now.
func (w *world) at(r ref) *message {
	if r.live != nil {
		return r.live
	}
	if m, ok := w.feeds[r.conv.platform].edits[r]; ok {
		return m
	}
	return w.recall(r.conv, r.k)
}

// change replaces a message by one that differs, and returns that.
func (w *world) change(r ref, edit func(*message)) *message {
	old := w.at(r)
	changed := *old
	edit(&changed)
	f := w.feeds[changed.conv.platform]
	if r.live != nil {
		replace(f.live, old, &changed)
		replace(changed.conv.live, old, &changed)
		return &changed
	}
	edits := make(map[ref]*message, len(f.edits)+1)
	for k, v := range f.edits {
		edits[k] = v
	}
	edits[r] = &changed
	f.edits = edits
	return &changed
}

func replace(list []*message, old, changed *message) {
	if i := slices.Index(list, old); i >= 0 {
		list[i] = changed
	}
}
