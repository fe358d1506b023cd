package ui

import (
	"encoding/binary"
	"hash/maphash"
	"strings"
	"time"

	"parley/inbox"
)

// How one entry of a thread becomes lines. Lines are kept in blocks and drawn
// again only when something that is in them has changed.

// gutter is the room left of a thread's lines, for the message cursor.
const gutter = 2

// longestLine is the width from which on lines are no longer pleasant to read.
const longestLine = 110

// textWidth is the width of a message's text in a pane. A pane that is hardly
// wider than the gutter does without it.
func textWidth(pane int) int {
	if pane <= gutter {
		return pane
	}
	return min(pane-gutter, longestLine)
}

// together is how near to each other messages of one sender share a head.
const together = 5 * time.Minute

// block returns the lines of an entry of the thread.
func (u *UI) block(i int) *block {
	t := &u.thread
	e := t.entries[i]
	heads := u.headsOf(i)
	mark := u.fingerprint(e, heads)
	if b := t.blocks[e.key]; b != nil && b.mark == mark && (b.until.IsZero() || u.now().Before(b.until)) {
		return b
	}
	b := u.drawBlock(e, heads)
	b.mark = mark
	if t.blocks == nil {
		t.blocks = map[string]*block{}
	}
	t.blocks[e.key] = b
	return b
}

// heads are the lines above an entry: the day, where another one begins, and
// who writes, where that is somebody else or later.
type heads struct {
	day    string
	sender string
	state  string // of an own message
	own    bool
}

func (u *UI) headsOf(i int) heads {
	t := &u.thread
	e := t.entries[i]
	at := e.at().In(u.opts.Zone)
	h := heads{own: e.sent()}
	first := i == 0
	var before entry
	if !first {
		before = t.entries[i-1]
	}
	if first || !sameDay(before.at().In(u.opts.Zone), at) {
		h.day = u.dayLabel(at)
	}
	state := u.stateOf(e)
	if h.day == "" && !first && before.sent() == e.sent() && senderOf(before) == senderOf(e) &&
		at.Sub(before.at()) < together && u.stateOf(before) == state {
		return h
	}
	h.sender, h.state = u.senderName(e), state
	return h
}

func sameDay(a, b time.Time) bool {
	return a.YearDay() == b.YearDay() && a.Year() == b.Year()
}

// dayLabel is a date as people say it; the year only where it is another.
func (u *UI) dayLabel(at time.Time) string {
	if at.Year() == u.now().In(u.opts.Zone).Year() {
		return at.Format("Monday 2 January")
	}
	return at.Format("Monday 2 January 2006")
}

func senderOf(e entry) string {
	if e.msg != nil {
		return e.msg.SenderID + e.msg.SenderName
	}
	return ""
}

func (u *UI) senderName(e entry) string {
	switch {
	case e.sent():
		return "you"
	case e.msg.SenderName != "":
		return e.msg.SenderName
	}
	return u.thread.conv.Participant.DisplayName()
}

// stateOf is how far an own message has come, in one word.
func (u *UI) stateOf(e entry) string {
	switch {
	case e.item != nil:
		return string(e.item.State())
	case e.msg.Direction != inbox.Sent:
		return ""
	case !u.thread.conv.ReadUpTo.Before(e.msg.CreatedAt):
		return "read"
	}
	return "sent"
}

// fingerprint changes when anything that the block shows has changed.
func (u *UI) fingerprint(e entry, h heads) uint64 {
	var f maphash.Hash
	f.SetSeed(u.seed)
	add := func(texts ...string) {
		for _, text := range texts {
			_, _ = f.WriteString(text)
			_ = f.WriteByte(0)
		}
	}
	var numbers [24]byte
	binary.LittleEndian.PutUint64(numbers[:], uint64(u.thread.width))
	binary.LittleEndian.PutUint64(numbers[8:], u.styled)
	binary.LittleEndian.PutUint64(numbers[16:], uint64(e.at().UnixNano()))
	_, _ = f.Write(numbers[:])
	add(h.day, h.sender, h.state)
	if e.msg != nil {
		fingerprintMessage(add, e.msg)
	} else {
		fingerprintItem(add, e.item)
		add(u.whyQueued(e.item), u.remedies(e))
	}
	return f.Sum64()
}

func fingerprintMessage(add func(...string), m *inbox.Message) {
	add(m.Text, m.Unsupported, m.UpdatedAt.String())
	if m.Deleted {
		add("deleted")
	}
	for _, a := range m.Attachments {
		add(a.Type, a.URL, a.Title)
	}
	for _, r := range m.Reactions {
		add(r.UserID, r.Emoji)
	}
	if m.ReplyTo != nil {
		add(m.ReplyTo.Kind, m.ReplyTo.URL, m.ReplyTo.Text, string(m.ReplyTo.Message))
	}
}

func fingerprintItem(add func(...string), item *inbox.OutboxItem) {
	for _, p := range item.Parts {
		add(string(p.State), p.Text, p.URL)
	}
	if f := item.Failure(); f != nil {
		add(f.Text, f.Hint)
	}
}

// drawBlock draws an entry from nothing.
func (u *UI) drawBlock(e entry, h heads) *block {
	d := blockDrawer{u: u, width: textWidth(u.thread.width), block: &block{}}
	d.heads(e, h)
	d.block.heads = len(d.block.lines)
	if e.msg != nil {
		d.message(e.msg)
	} else {
		d.item(e)
	}
	return d.block
}

// blockDrawer collects the lines of a block.
type blockDrawer struct {
	u     *UI
	width int
	block *block
}

func (d *blockDrawer) add(l *lineBuilder) { d.block.lines = append(d.block.lines, l.String()) }

func (d *blockDrawer) line() *lineBuilder { return d.u.line(d.width) }

// text adds a text in as many lines as it takes.
func (d *blockDrawer) text(style sgr, text string) {
	for _, row := range d.u.cells.wrap(text, d.width) {
		d.add(d.line().put(style, strings.TrimRight(row.of(text), " ")))
	}
}

func (d *blockDrawer) heads(e entry, h heads) {
	style := d.u.style
	if h.day != "" {
		d.add(d.line().put(style[roleFaint], "── "+h.day+" ──"))
	}
	if h.sender == "" {
		return
	}
	who := bold
	if h.own {
		who = style[roleOwn]
	}
	l := d.line().fit(who, h.sender, max(d.width-16, 1))
	l.spaces(2).put(style[roleFaint], e.at().In(d.u.opts.Zone).Format(d.u.opts.Clock))
	if h.state != "" {
		l.put(style[roleFaint], " · ").put(d.stateStyle(h.state), stateWord(h.state))
	}
	d.add(l)
}

func (d *blockDrawer) stateStyle(state string) sgr {
	switch inbox.State(state) {
	case inbox.StateFailed, inbox.StateUnknown:
		return d.u.style[roleUrgent]
	case inbox.StateQueued, inbox.StateSending:
		return d.u.style[roleWarn]
	}
	return d.u.style[roleFaint]
}

func stateWord(state string) string {
	if inbox.State(state) == inbox.StateUnknown {
		return "unknown: it may have been sent"
	}
	return state
}

// message adds what a message says.
func (d *blockDrawer) message(m *inbox.Message) {
	style := d.u.style
	if m.Deleted {
		d.text(style[roleFaint], "[message unsent]")
		return
	}
	if m.ReplyTo != nil {
		d.reference(m.ReplyTo)
	}
	if m.Text != "" {
		d.text(plain, m.Text)
	}
	for _, a := range m.Attachments {
		d.attachment(a, m.CreatedAt)
	}
	if m.Unsupported != "" {
		d.text(style[roleFaint], "["+m.Unsupported+": Parley cannot show this]")
	}
	if m.Text == "" && len(m.Attachments) == 0 && m.Unsupported == "" {
		d.text(style[roleFaint], "[empty message]")
	}
	if m.UpdatedAt.Sub(m.CreatedAt) > time.Minute {
		d.text(style[roleFaint], "edited "+m.UpdatedAt.In(d.u.opts.Zone).Format("2 Jan "+d.u.opts.Clock))
	}
	d.reactions(m.Reactions)
}

// reference adds what a message answers.
func (d *blockDrawer) reference(r *inbox.Reference) {
	kind := r.Kind
	if kind == "" {
		kind = "message"
	}
	l := d.line().put(d.u.style[roleFaint], "↳ answers a ").link(d.u.style[roleFaint], visible(kind), safeLink(r.URL))
	text := r.Text
	if i := d.u.thread.index("m:" + string(r.Message)); text == "" && i >= 0 {
		text = d.u.thread.entries[i].msg.Preview()
	}
	if text != "" {
		l.fit(d.u.style[roleFaint], ": "+inbox.CleanLine(text), l.left)
	}
	d.add(l)
}

// attachment adds one line: what it is, where it lies, how old the link is.
func (d *blockDrawer) attachment(a inbox.Attachment, sent time.Time) {
	style := d.u.style
	l := d.line().link(style[roleLink], visible("["+a.Label()+"]"), safeLink(a.URL))
	if a.Title != "" {
		l.spaces(1).fit(plain, a.Title, d.width/2)
	}
	if host := hostOf(a.URL); host != "" {
		l.fit(style[roleFaint], " "+host, l.left)
	}
	asOf := a.AsOf
	if asOf.IsZero() {
		asOf = sent
	}
	age, until := ageLabel(asOf, d.u.now(), d.u.opts.Zone)
	d.block.until = sooner(d.block.until, until)
	switch {
	case age == "now":
		age = "" // a new link works: there is nothing to say of it
	case until.IsZero():
		age = " · link of " + age
	default:
		age = " · link " + age + " old"
	}
	d.add(l.fit(style[roleFaint], age, l.left))
}

// reactions adds one line for all of them.
func (d *blockDrawer) reactions(rs []inbox.Reaction) {
	if len(rs) == 0 {
		return
	}
	l := d.line()
	for i, r := range rs {
		if i > 0 {
			l.put(plain, ", ")
		}
		who := "you"
		if c := d.u.thread.conv; r.UserID == c.Participant.ID {
			who = c.Participant.DisplayName()
		}
		l.put(plain, r.Emoji).put(d.u.style[roleFaint], " "+who)
	}
	d.add(l)
}

// item adds what has not been sent of an outbox item, why, and what can be
// done about it.
func (d *blockDrawer) item(e entry) {
	item := e.item
	for _, p := range item.Parts {
		switch {
		case p.State == inbox.StateSent:
		case p.Kind == inbox.PartText:
			d.text(plain, p.Text)
		default:
			d.add(d.line().put(d.u.style[roleLink], "["+string(p.Kind)+"]").fit(d.u.style[roleFaint], " "+p.URL, d.width))
		}
	}
	if why := d.u.whyQueued(item); why != "" {
		d.text(d.u.style[roleWarn], why)
	} else if f := item.Failure(); f != nil && item.State() != inbox.StateQueued {
		d.text(d.u.style[roleUrgent], strings.TrimSuffix(f.Text+". "+f.Hint, ". "))
	}
	if keys := d.u.remedies(e); keys != "" {
		d.text(d.u.style[roleFaint], keys)
	}
}

// whyQueued says what a queued message waits for and when it is tried next, ""
// when it is about to leave.
func (u *UI) whyQueued(item *inbox.OutboxItem) string {
	if item.State() != inbox.StateQueued {
		return ""
	}
	var reasons []string
	account := item.Conversation.Account()
	for _, a := range u.accounts {
		switch {
		case a.ID != account:
		case a.Health == inbox.Dead:
			reasons = append(reasons, string(a.ID)+" stands still"+because(a.Error))
		case a.Health == inbox.Limited:
			reasons = append(reasons, string(a.ID)+" has reached its rate limit")
		}
	}
	if f := item.Waiting; f != nil {
		reasons = append(reasons, strings.TrimSuffix(f.Text+". "+f.Hint, ". "))
	}
	if at := u.onOurClock(account, item.NotBefore); at.After(u.now()) {
		reasons = append(reasons, "next try at "+at.In(u.opts.Zone).Format(u.opts.Clock))
	}
	if len(reasons) == 0 {
		return ""
	}
	return "waits: " + strings.Join(reasons, " · ")
}

func because(f *inbox.Failure) string {
	if f == nil {
		return ""
	}
	return ": " + f.Text
}

// remedies names the keys that help an outbox item. Where there are several
// items they help the selected one.
func (u *UI) remedies(e entry) string {
	var names []string
	switch e.item.State() {
	case inbox.StateFailed:
		names = []string{"retry", "discard", "recall"}
	case inbox.StateUnknown:
		names = []string{"retry", "discard"}
	case inbox.StateQueued:
		names = []string{"discard", "recall"}
	}
	if len(names) > 0 && u.thread.cursor != e.key && u.thread.undecided() > 1 {
		return u.keys.first("previous-message") + " " + u.keys.first("next-message") + " select this one of several"
	}
	var b strings.Builder
	for _, name := range names {
		if b.Len() > 0 {
			b.WriteString(" · ")
		}
		b.WriteString(u.keys.first(name) + " " + u.keys.help(name))
	}
	return b.String()
}
