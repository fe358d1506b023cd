package ui

import (
	"slices"
	"strings"
	"time"

	"parley/inbox"

	tea "charm.land/bubbletea/v2"
)

// composer is where an answer is written. It belongs to one conversation from
// the moment it opens: it shows whom it writes to, and what it sends names that
// customer, so that the inbox can refuse it should they ever differ.
type composer struct {
	id        inbox.ConversationID
	recipient string // the participant's provider ID, as it was when the composer opened
	to        string // the same for people
	caps      inbox.Capabilities

	ed     editor
	media  []string // addresses; file URLs of what has none yet
	pasted *pasted  // what became of the last paste, nil for text
	waits  bool     // the stored draft has not been read yet
	back   focus    // what gets the focus when the composer closes

	suggest  suggestions
	note     note      // what the frame says of the length
	problems []problem // what the platform would refuse
	edited   time.Time // the last edit
	unsaved  time.Time // the first edit since the last save, zero for none
	ticking  bool      // a pause timer is under way
	told     time.Time // when the customer was last told that somebody types
}

// note is the length of the text as the frame shows it. It is renewed when the
// typing pauses, and at every letter only near to the limit: so a letter far
// from it changes one cell on the screen.
type note struct {
	text  string // "12/1,000 bytes"
	short string // "12/1,000"
	role  role
}

// problem is a reason why the text or a chip cannot be sent.
type problem struct {
	part int // -1: the text or the whole
	text string
}

const stillReading = "the stored draft is still being read: press again in a moment"

// Timing of the composer.
const (
	typingPause = 300 * time.Millisecond // after it the counter is renewed and the draft saved
	saveEvery   = 2 * time.Second        // a draft is saved so often while typing does not pause
)

// overLimit is how many times the platform's limit an editor takes, so that a
// long text can be pasted and split; without a limit it is bounded too.
const (
	overLimit    = 8
	leastRoom    = 16 << 10
	mostRoom     = 128 << 10
	nearLimitPct = 80
)

func (u *UI) newComposer(c inbox.Conversation, back focus) *composer {
	caps := u.in.Capabilities(c.ID)
	room := min(max(overLimit*caps.Text.Max, leastRoom), mostRoom)
	return &composer{
		id: c.ID, recipient: c.Participant.ID, to: c.Participant.DisplayName(),
		caps: caps, ed: newEditor(u.cells, room), back: back, suggest: noSuggestions(),
	}
}

// openComposer starts an answer in the conversation. What was typed before
// comes back: from the book if it is not stored yet, else from the store, which
// may still have to answer; letters typed meanwhile are kept.
func (u *UI) openComposer(c inbox.Conversation, back focus) {
	u.composer = u.newComposer(c, back)
	u.focus = onComposer
	switch d, unsaved := u.drafts.newest(c.ID); {
	case u.drafts.isComing(c.ID):
		u.composer.waits = true
	case unsaved:
		u.fillComposer(d.Draft)
		u.composer.waits = d.below
	case u.thread.id == c.ID && u.thread.loaded:
		u.fillComposer(u.storedDraft())
	default:
		u.composer.waits = c.Draft != "" // else the list knows that there is none
	}
	u.relayout()
}

// storedDraft is the draft that came with the thread, unless it is the ghost of
// one that has been sent since.
func (u *UI) storedDraft() inbox.Draft {
	d := u.thread.draft
	if u.drafts.isLeaving(u.thread.id) || d.UpdatedAt.Before(u.sentAt[u.thread.id]) {
		return inbox.Draft{}
	}
	return d
}

func (u *UI) fillComposer(d inbox.Draft) {
	u.composer.ed.set(d.Text)
	u.composer.media, u.composer.pasted = u.uploaded(d), nil
	u.renewNote()
}

// draftArrived joins the stored draft with what has been typed since the
// composer opened.
func (u *UI) draftArrived() tea.Cmd {
	c := u.composer
	if c == nil || !c.waits || c.id != u.thread.id || u.drafts.isComing(c.id) {
		return nil
	}
	c.waits = false
	stored, begun := u.storedDraft(), c.draft()
	if stored.Empty() {
		return nil
	}
	u.fillComposer(joinDrafts(stored, begun))
	u.relayout()
	if begun.Empty() {
		return nil
	}
	return u.composerEdited()
}

// draft is what the composer holds.
func (c *composer) draft() inbox.Draft {
	return inbox.Draft{Conversation: c.id, Text: c.ed.text, Media: slices.Clone(c.media), UpdatedAt: c.edited}
}

func (c *composer) composition() inbox.Composition {
	return inbox.Composition{Conversation: c.id, Text: strings.TrimRight(c.ed.text, " \n"), Media: slices.Clone(c.media)}
}

func (c *composer) empty() bool { return c.draft().Empty() }

// closeComposer leaves the composer; the draft is kept and saved at once.
func (u *UI) closeComposer() tea.Cmd {
	c := u.composer
	if c == nil {
		return nil
	}
	if u.thread.id == c.id && !c.waits {
		u.thread.draft = c.draft()
	}
	u.list.noteDraft(c.id, c.draft())
	u.touch(partList)
	stopped := u.tellNotTyping()
	u.dropComposer()
	return tea.Batch(u.saveDrafts(), stopped)
}

// dropComposer takes the composer off the screen, with whatever is open on top
// of it.
func (u *UI) dropComposer() {
	u.focus = u.composer.back
	u.composer = nil
	u.dismiss()
	u.relayout()
}

// typeKey gives a key to the editor.
func (u *UI) typeKey(key tea.Key, name string) tea.Cmd {
	c := u.composer
	changed, used := c.ed.press(name)
	switch {
	case used && !changed && name == "backspace" && c.ed.at == 0 && c.ed.text == "" && len(c.media) > 0:
		return u.dropChip()
	case used && !changed:
		u.touch(partComposer)
		return u.suggest()
	case used:
		return tea.Batch(u.composerEdited(), u.suggest())
	case key.Text == "" || key.Mod&(tea.ModCtrl|tea.ModAlt|tea.ModMeta|tea.ModSuper) != 0:
		return nil
	}
	return u.typeText(key.Text)
}

// typeText inserts a text as one edit, whether typed or pasted.
func (u *UI) typeText(text string) tea.Cmd {
	c := u.composer
	if !c.ed.insert(text) {
		u.warn("no room: a text may have " + short(c.ed.max) + " bytes here; use the editor or send it in parts")
		return nil
	}
	if text == ":" {
		u.closeEmoji()
	}
	return tea.Batch(u.composerEdited(), u.suggest())
}

// composerEdited is called after every change of the text or the chips.
func (u *UI) composerEdited() tea.Cmd {
	c := u.composer
	c.edited = u.now()
	if c.unsaved.IsZero() {
		c.unsaved = c.edited
	}
	u.drafts.put(c.draft(), c.waits)
	u.touch(partComposer)
	if c.nearLimit() || len(c.problems) > 0 {
		u.renewNote()
	}
	u.relayout()
	typing := u.tellTyping()
	if c.ticking {
		return typing
	}
	c.ticking = true
	return tea.Batch(typing, u.after(typingPause, pauseMsg{c.id}))
}

func (c *composer) nearLimit() bool {
	limit := c.caps.Text
	return limit.Max > 0 && limit.Count(c.ed.text)*100 >= limit.Max*nearLimitPct
}

// paused runs while and after somebody types.
func (u *UI) paused(msg pauseMsg) tea.Cmd {
	c := u.composer
	if c == nil || c.id != msg.id {
		return nil
	}
	c.ticking = false
	idle := u.now().Sub(c.edited)
	if idle >= typingPause {
		u.renewNote()
		u.relayout()
		return u.saveTyped()
	}
	c.ticking = true
	tick := u.after(typingPause-idle, pauseMsg{c.id})
	if u.now().Sub(c.unsaved) >= saveEvery {
		return tea.Batch(tick, u.saveTyped())
	}
	return tick
}

// saveTyped saves while the composer is open, but not before the stored draft
// has been read: that one is in the store, and both are joined then.
func (u *UI) saveTyped() tea.Cmd {
	if u.composer.waits {
		return nil
	}
	u.composer.unsaved = time.Time{}
	return u.saveDrafts()
}

// renewNote counts the text and asks the inbox what the platform would refuse.
func (u *UI) renewNote() {
	c := u.composer
	old, oldProblems := c.note, c.problems
	c.note = u.lengthNote(c)
	c.problems = u.findProblems(c)
	if c.note != old || !slices.Equal(c.problems, oldProblems) {
		u.touch(partComposer)
	}
}

func (u *UI) lengthNote(c *composer) note {
	limit := c.caps.Text
	n := limit.Count(c.ed.text)
	text, r := grouped(n), roleFaint
	if limit.Max > 0 {
		text += "/" + grouped(limit.Max)
		switch {
		case n > limit.Max:
			r = roleUrgent
		case n*100 >= limit.Max*nearLimitPct:
			r = roleWarn
		}
	}
	return note{text + " " + string(limit.Unit), text, r}
}

// findProblems asks the inbox, once there is something to check.
func (u *UI) findProblems(c *composer) []problem {
	if c.empty() {
		return nil
	}
	var found []problem
	if why := c.unfilled(); why != "" {
		found = append(found, problem{-1, why})
	}
	for _, p := range u.in.Check(c.composition()) {
		text := sentence(p.Error)
		switch {
		case p.Splittable:
			text = u.tooLong(c)
		case p.Part >= 0 && isFile(c.media[p.Part]):
			continue // its line says how far it is
		}
		found = append(found, problem{p.Part, text})
	}
	return found
}

// tooLong says by how much a text is too long, and what splitting makes of it.
func (u *UI) tooLong(c *composer) string {
	text, limit := c.composition().Text, c.caps.Text
	pieces := len(u.in.Split(c.id, text))
	return grouped(limit.Count(text)-limit.Max) + " " + string(limit.Unit) + " too long: " +
		u.keys.first("send-split") + " sends it as " + count(pieces, "message")
}

// sentence is an error with what to do about it.
func sentence(e *inbox.Error) string {
	if e.Hint == "" {
		return e.Text
	}
	return e.Text + ": " + e.Hint
}

// manner is how a text is sent.
type manner struct {
	split  bool      // in as many messages as it takes
	anyway bool      // although the window seems to be closed
	done   bool      // the conversation is done then, and the agent goes on to the next
	at     time.Time // when it is to leave, by the provider's clock; zero: now
}

func submits(m manner) func(*UI) tea.Cmd {
	return func(u *UI) tea.Cmd { return u.submit(m) }
}

// submit sends the text, or says why not; then it stays. A window that has closed
// by the clock is the platform's to judge: the agent is asked first.
func (u *UI) submit(m manner) tea.Cmd {
	if w := u.in.Window(u.thread.conv); closedByClock(w) && u.refusal(m.split) == "" {
		m.anyway = true
		u.askAnyway(u.composer.id, "Send to "+u.composer.to, w, func(string) tea.Cmd { return u.hand(m) })
		return nil
	}
	return u.hand(m)
}

// closedByClock tells that nobody but the clock says that a window is closed.
func closedByClock(w inbox.Window) bool { return !w.Answerable() && w.Reason == "" }

// askAnyway asks whether something is to be tried in such a window.
func (u *UI) askAnyway(id inbox.ConversationID, title string, w inbox.Window, yes func(string) tea.Cmd) {
	ago, _ := ageLabel(w.ClosesAt, u.in.Now(id.Account()), u.opts.Zone)
	if ago = "closed " + ago + " ago"; strings.HasSuffix(ago, "now ago") {
		ago = "closed just now"
	}
	u.ask(dialog{
		title: title + " anyway?",
		text: []string{
			"The reply window " + ago + " by our clock; the platform decides. If it refuses, the message stays here with its words.",
		},
		yes: yes,
	})
}

// hand gives the text to the outbox, or says why not.
func (u *UI) hand(m manner) tea.Cmd {
	c := u.composer
	if why := u.refusal(m.split); why != "" {
		u.renewNote()
		u.relayout()
		u.warn(why)
		return nil
	}
	d := c.draft()
	if !u.drafts.leave(d) {
		u.warn("the message before this one is still being stored: press again in a moment")
		return nil
	}
	request := inbox.SendRequest{Composition: c.composition(), Recipient: c.recipient, Split: m.split, Anyway: m.anyway, Hold: u.opts.Hold, At: m.at}
	u.dropComposer()
	u.thread.draft = inbox.Draft{}
	u.thread.toEnd()
	u.touch(partThread)
	msg := sentMsg{id: c.id, to: c.to, done: m.done, conv: u.thread.conv}
	if !m.done {
		return u.deliver(request, msg)
	}
	return tea.Batch(u.deliver(request, msg), u.goOn([]inbox.ConversationID{c.id}))
}

// refusal is the reason why the composer's text cannot be sent, "" for none.
func (u *UI) refusal(split bool) string {
	c := u.composer
	switch {
	case c.waits:
		return stillReading
	case u.thread.id != c.id:
		return "the composer writes to " + c.to + ", the thread shows " + u.thread.conv.Participant.DisplayName() + ": open the conversation again"
	case c.empty():
		return "nothing to send: write something first"
	}
	if w := u.in.Window(u.thread.conv); !w.Answerable() && !closedByClock(w) {
		return u.closedReason(u.thread.conv, w)
	}
	if why := c.unfilled(); why != "" {
		return why
	}
	for _, p := range u.in.Check(c.composition()) {
		if p.Splittable && split {
			continue
		}
		switch {
		case p.Splittable:
			return u.tooLong(c)
		case p.Part >= 0 && isFile(c.media[p.Part]):
			return u.whyItWaits(uploadKey{c.id, c.media[p.Part]})
		}
		return sentence(p.Error)
	}
	return ""
}

// closedReason says why a conversation cannot be answered any more.
func (u *UI) closedReason(c inbox.Conversation, w inbox.Window) string {
	text, _ := windowSentence(w, u.in.Now(c.ID.Account()), u.opts.Zone, u.opts.Clock)
	return "the reply window of " + c.Participant.DisplayName() + " is " + text
}
