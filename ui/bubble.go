package ui

import (
	"encoding/binary"
	"hash/maphash"
	"slices"
	"strconv"
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
	before string // that there is nothing above the first
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
	if first {
		h.before = u.noOlder()
	}
	var before entry
	if !first {
		before = t.entries[i-1]
	}
	if first || !sameDay(before.at().In(u.opts.Zone), at) {
		h.day = u.dayLabel(at)
	}
	if e.happened() {
		return h
	}
	state := u.stateOf(e)
	sender := u.senderName(e)
	if h.day == "" && !first && !before.happened() && before.sent() == e.sent() && u.senderName(before) == sender &&
		at.Sub(before.at()) < together && u.stateOf(before) == state {
		return h
	}
	h.sender, h.state = sender, state
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

// noOlder says that what was written before can never be read, where a thread
// begins for that reason.
func (u *UI) noOlder() string {
	history := u.in.Capabilities(u.thread.id).History
	if u.thread.moreBefore || history.OK {
		return ""
	}
	return "no older messages: " + history.Reason
}

// happened tells that the entry is nothing that anybody said.
func (e entry) happened() bool { return e.msg != nil && e.msg.Event }

// senderName is who says it. The customer has one name, whatever the source of
// the message calls them.
func (u *UI) senderName(e entry) string {
	customer := u.thread.conv.Participant
	switch known := customer.Name != "" || customer.Username != ""; {
	case e.isNote():
		return noteAuthor(e.msg)
	case e.sent():
		return "you"
	case e.msg.SenderName != "" && (!known || e.msg.SenderID != "" && e.msg.SenderID != customer.ID):
		return e.msg.SenderName
	}
	return customer.DisplayName()
}

// stateOf is how far an own message has come, in one word.
func (u *UI) stateOf(e entry) string {
	switch {
	case waitsForTime(e):
		return "scheduled"
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
	add(h.before, h.day, h.sender, h.state)
	if e.msg != nil {
		fingerprintMessage(add, e.msg)
		u.fingerprintPictures(add, e.msg)
		if len(e.msg.Reactions) > 0 {
			add(u.thread.conv.Participant.DisplayName())
		}
		if e.msg.ReplyTo != nil {
			add(u.quoted(e.msg.ReplyTo))
		}
		for _, g := range e.gestures {
			fingerprintItem(add, g)
		}
	} else {
		fingerprintItem(add, e.item)
		add(u.whyQueued(e.item), u.remedies(e), u.writtenSince(e.item))
	}
	return f.Sum64()
}

func fingerprintMessage(add func(...string), m *inbox.Message) {
	add(m.Text, m.Unsupported, m.UpdatedAt.String(), strconv.FormatBool(edited(m)), strconv.FormatBool(m.Deleted), strconv.FormatBool(m.Event), strconv.FormatBool(m.Note))
	for _, a := range m.Attachments {
		add(a.Type, a.URL, a.Title, a.AsOf.String(), strconv.FormatInt(a.Bytes, 10))
	}
	for _, r := range m.Reactions {
		add(r.UserID, r.Emoji, strconv.FormatBool(r.Mine))
	}
	if o := m.Origin; o != nil {
		add(o.Kind, o.Title, o.Ref, o.URL)
	}
	if m.ReplyTo != nil {
		add(m.ReplyTo.Kind, m.ReplyTo.URL, m.ReplyTo.Text, string(m.ReplyTo.Message))
	}
}

func fingerprintItem(add func(...string), item *inbox.OutboxItem) {
	for _, p := range item.Parts {
		add(string(p.Kind), string(p.State), p.Text, p.URL, p.Post, string(p.Target), p.Emoji)
	}
	add(item.HeldUntil.String(), item.SendAt.String())
	if f := item.Failure(); f != nil {
		add(f.Text, f.Hint)
	}
}

// drawBlock draws an entry from nothing.
func (u *UI) drawBlock(e entry, h heads) *block {
	d := blockDrawer{u: u, width: textWidth(u.thread.width), block: &block{}}
	d.heads(e, h)
	d.block.heads = len(d.block.lines)
	switch {
	case e.happened():
		d.event(e.msg)
	case e.isNote():
		d.note(e.msg)
	case e.msg != nil:
		d.message(e)
	default:
		d.item(e)
	}
	return d.block
}

// blockDrawer collects the lines of a block.
type blockDrawer struct {
	u       *UI
	width   int
	block   *block
	waiting []laid // pictures that stand below the lines that are added now
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
	if h.before != "" {
		d.text(style[roleFaint], h.before)
	}
	if h.day != "" {
		d.add(d.line().put(style[roleFaint], "── "+h.day+" ──"))
	}
	if h.sender == "" {
		return
	}
	who := bold
	switch {
	case e.isNote():
		who = style[roleNote]
	case h.own:
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

// event adds something that happened, in the middle of the lines.
func (d *blockDrawer) event(m *inbox.Message) {
	text, link := inbox.CleanLine(m.Text), ""
	if text == "" {
		text = m.Preview()
	}
	if m.Origin != nil {
		link = safeLink(m.Origin.URL)
	}
	for _, row := range d.u.cells.wrap(text, d.width) {
		part := strings.TrimRight(row.of(text), " ")
		d.add(d.line().spaces((d.width-d.u.cells.width(part))/2).link(d.u.style[roleFaint], part, link))
	}
}

// message adds what a message says.
func (d *blockDrawer) message(e entry) {
	m, style := e.msg, d.u.style
	if m.Deleted {
		d.text(style[roleFaint], "[message unsent]")
		return
	}
	if m.ReplyTo != nil {
		d.reference(m.ReplyTo, e.sent())
	}
	if text := d.origin(m); text != "" {
		d.text(plain, text)
	}
	for i := range m.Attachments {
		d.attachment(i, e)
	}
	d.lay()
	if m.Unsupported != "" {
		d.text(style[roleFaint], "["+m.Unsupported+": Parley cannot show this]")
	}
	if m.Text == "" && len(m.Attachments) == 0 && m.Unsupported == "" && m.Origin == nil {
		d.text(style[roleFaint], "[empty message]")
	}
	if edited(m) {
		d.text(style[roleFaint], "edited "+m.UpdatedAt.In(d.u.opts.Zone).Format("2 Jan "+d.u.opts.Clock))
	}
	d.reactions(e)
}

// edited tells that a text is not the first. Some providers write a time of their
// own into a message a moment after it was made.
func edited(m *inbox.Message) bool {
	return m.Edits > 0 || m.UpdatedAt.Sub(m.CreatedAt) > time.Minute
}

// reference adds what a message answers.
func (d *blockDrawer) reference(r *inbox.Reference, sent bool) {
	style := d.u.style[roleFaint]
	l := d.line().put(style, "↳ ").link(style, visible(referenceWords(r, sent)), safeLink(r.URL))
	if text := d.u.quoted(r); text != "" {
		l.fit(style, ": "+inbox.CleanLine(text), l.left)
	}
	d.add(d.host(l, r.URL))
}

// quoted is how the message begins that another one answers, "" when nobody
// knows.
func (u *UI) quoted(r *inbox.Reference) string {
	if i := u.thread.index(messageKey(r.Message)); r.Text == "" && i >= 0 {
		return u.thread.entries[i].msg.Preview()
	}
	return r.Text
}

// host adds where an address leads, as far as there is room.
func (d *blockDrawer) host(l *lineBuilder, address string) *lineBuilder {
	if host := hostOf(address); host != "" {
		l.fit(d.u.style[roleFaint], " "+host, l.left)
	}
	return l
}

// origin adds where a message came from, and returns what is left of its text.
func (d *blockDrawer) origin(m *inbox.Message) (text string) {
	if m.Origin == nil {
		return m.Text
	}
	words, whole := originWords(m)
	l := d.line().link(d.u.style[roleFaint], d.u.cells.fit(visible(words+shownRef(m.Origin)), d.width), safeLink(m.Origin.URL))
	d.add(d.host(l, m.Origin.URL))
	if whole {
		return ""
	}
	return m.Text
}

// mostTitle is how many lines a post's or a reel's title may take.
const mostTitle = 2

// attachment adds one line: what it is, where it lies, how old the link is, or why
// it is not shown. A title that is too long for it stands below; a picture stands
// below the lines of those that follow one another.
func (d *blockDrawer) attachment(i int, e entry) {
	a, style := e.msg.Attachments[i], d.u.style
	th := d.lookedAt(e.msg, i)
	if th == nil || !th.isPicture() {
		d.lay()
	} else {
		d.hold(i, th)
	}
	l := d.line().link(style[roleLink], visible("["+attachmentWords(a, e.sent())+d.u.aboutAttached(a, th)+"]"), safeLink(a.URL))
	title := inbox.CleanLine(a.Title)
	below := d.u.cells.width(title) > d.width/2
	if title != "" && !below {
		l.spaces(1).put(plain, title)
	}
	if why := d.u.whyNotShown(th); why != "" {
		d.add(l.fit(style[roleFaint], " "+why, l.left))
	} else {
		d.add(d.host(l, a.URL).fit(style[roleFaint], d.linkAge(a, e)+d.u.loadingWords(th), l.left))
	}
	if below {
		d.title(title)
	}
}

// title adds the beginning of a long title.
func (d *blockDrawer) title(title string) {
	rows := d.u.cells.wrap(title, d.width)
	for i, row := range rows[:min(len(rows), mostTitle)] {
		if i == mostTitle-1 && len(rows) > mostTitle {
			row.end = len(title) // and an ellipsis
		}
		d.add(d.line().fit(plain, strings.TrimRight(row.of(title), " "), d.width))
	}
}

// linkAge is how old an attachment's link is.
func (d *blockDrawer) linkAge(a inbox.Attachment, e entry) string {
	if a.URL == "" {
		return ""
	}
	asOf := a.AsOf
	if asOf.IsZero() {
		asOf = e.at()
	}
	age, until := ageLabel(asOf, d.u.now(), d.u.opts.Zone)
	d.block.until = sooner(d.block.until, until)
	switch {
	case age == "now":
		return "" // a new link works: there is nothing to say of it
	case until.IsZero():
		return " · link of " + age
	}
	return " · link " + age + " old"
}

// reactions adds one line for all of them. The account's own is shown as it will
// be, with what is still under way.
func (d *blockDrawer) reactions(e entry) {
	var s segments
	faint := d.u.style[roleFaint]
	add := func(emoji, who string) {
		s = append(s, segment{plain, emoji}, segment{faint, " " + who}, segment{plain, ", "})
	}
	for _, r := range e.msg.Reactions {
		switch c := d.u.thread.conv; {
		case r.Mine && len(e.gestures) > 0: // another one is under way
		case r.Mine || r.UserID != c.Participant.ID:
			add(r.Emoji, "you")
		default:
			add(r.Emoji, d.u.shortName(c.Participant.DisplayName()))
		}
	}
	if n := len(e.gestures); n > 0 {
		part := e.gestures[n-1].Parts[0]
		if part.Kind == inbox.PartUnreaction {
			add("…", "taking your reaction back")
		} else {
			add(part.Emoji, "you ("+string(part.State)+")")
		}
	}
	if len(s) == 0 {
		return
	}
	l := d.line()
	s[:len(s)-1].put(l)
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
		case !p.Kind.IsMedia():
			l := d.line().link(d.u.style[roleLink], visible("["+d.u.gestureWords(p)+"]"), safeLink(p.URL))
			d.add(d.host(l, p.URL))
		default:
			d.add(d.line().put(d.u.style[roleLink], "["+string(p.Kind)+"]").fit(d.u.style[roleFaint], " "+p.URL, d.width))
		}
	}
	held, until := d.u.heldWords(item)
	if when, next := d.u.scheduledWords(item); when != "" {
		held, until = when, next
	}
	d.block.until = sooner(d.block.until, until)
	if held != "" {
		d.text(d.u.style[roleWarn], held)
	} else if why := d.u.whyQueued(item); why != "" {
		d.text(d.u.style[roleWarn], why)
	} else if f := item.Failure(); f != nil && item.State() != inbox.StateQueued {
		d.text(d.u.style[roleUrgent], failureWords(f))
	}
	if why := d.u.writtenSince(item); why != "" {
		d.text(d.u.style[roleUrgent], why)
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
		reasons = append(reasons, failureWords(f))
	}
	if at := u.in.ByOurClock(account, item.NotBefore); at.After(u.now()) {
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
		if waitsForTime(e) {
			names = []string{"reschedule", "retry", "discard", "recall"}
		}
	}
	if e.item.IsGesture() {
		names = slices.DeleteFunc(names, func(name string) bool { return name == "recall" })
	}
	if len(names) > 0 && u.thread.cursor != e.key && u.thread.undecided() > 1 {
		return u.keys.first("previous-message") + " " + u.keys.first("next-message") + " select this one of several"
	}
	var b strings.Builder
	for _, name := range names {
		if b.Len() > 0 {
			b.WriteString(" · ")
		}
		b.WriteString(u.keys.first(name) + " " + u.remedyHelp(name, e))
	}
	return b.String()
}

// remedyHelp is what a key does for this very item.
func (u *UI) remedyHelp(name string, e entry) string {
	switch {
	case name == "reschedule":
		return "change the time"
	case name == "retry" && waitsForTime(e):
		return "send it now"
	case name == "retry":
		return "try again"
	}
	return u.keys.help(name)
}
