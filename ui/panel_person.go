package ui

import (
	"strings"
	"time"

	"parley/inbox"

	tea "charm.land/bubbletea/v2"
)

// Who the customer is: names, where they write, how long an answer may take and by
// which rule, what has been between us, and what the provider can do there. On a
// wide screen it is a third column, on others a page.

// person is the column, and what has been read for it.
type person struct {
	column bool
	key    personKey
	past   inbox.Past
}

// personKey is what was asked: the answer depends on nothing else.
type personKey struct {
	id       inbox.ConversationID
	revision uint64
}

// The sizes of the column.
const (
	personFrom  = 120 // columns of a screen that has room for it
	personShare = 24  // per cent of the width
	personLeast = 30
	personMost  = 44
)

// personWidth is the width of the column, 0 when there is none.
func (u *UI) personWidth() int {
	if !u.person.column || u.width < personFrom {
		return 0
	}
	return min(max(u.width*personShare/100, personLeast), personMost)
}

// togglePerson shows the column or hides it, or shows the page.
func (u *UI) togglePerson() tea.Cmd {
	if u.width < personFrom {
		c, _ := u.current()
		u.show(&personPage{conv: c})
		return u.readPerson(c)
	}
	u.person.column = !u.person.column
	u.touch(partPerson)
	u.relayout()
	return u.lookForPerson()
}

// personAfter is how long a conversation is on the screen before more is read of
// its customer: who walks through the list does not pay for each.
const personAfter = 200 * time.Millisecond

// personDueMsg says that it is time to read, personMsg what was found.
type personDueMsg struct{ key personKey }

type personMsg struct {
	key  personKey
	past inbox.Past
}

// lookForPerson prepares the reading for the conversation on the screen.
func (u *UI) lookForPerson() tea.Cmd {
	c := u.thread.conv
	key := personKey{c.ID, c.Revision}
	if !u.person.column || c.ID == "" || key == u.person.key {
		return nil
	}
	if u.person.key.id != c.ID {
		u.person.past = inbox.Past{}
	}
	u.person.key = key
	u.touch(partPerson)
	return u.after(personAfter, personDueMsg{key})
}

// personNotes is how many notes are shown.
const personNotes = 5

func (u *UI) readPerson(c inbox.Conversation) tea.Cmd {
	key := personKey{c.ID, c.Revision}
	u.person.key = key
	return func() tea.Msg {
		past, _ := u.in.Past(u.ctx, c.ID) // without it nothing is missing but a line or two
		return personMsg{key, past}
	}
}

// handlePerson is the table for what the column waits for.
func (u *UI) handlePerson(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case personDueMsg:
		if msg.key == u.person.key {
			return u.readPerson(u.thread.conv)
		}
	case personMsg:
		if msg.key == u.person.key {
			u.person.past = msg.past
			u.touch(partPerson | partOverlay)
		}
	}
	return nil
}

// drawPerson draws the column.
func (u *UI) drawPerson() (lines []string, until time.Time) {
	area := u.area.person
	if area.width == 0 || area.height == 0 {
		return nil, time.Time{}
	}
	if u.thread.id == "" {
		return fill(nil, area.width, area.height), time.Time{}
	}
	lines, until = u.personLines(u.thread.conv, area.width)
	return fill(lines, area.width, area.height), until
}

// personLines say all that is known of a customer.
func (u *UI) personLines(c inbox.Conversation, width int) ([]string, time.Time) {
	s := &sheet{u: u, width: width}
	u.sayWho(s, c)
	until := u.sayWindow(s, c)
	u.sayTriage(s, c)
	u.sayHistory(s, c)
	u.sayAbilities(s, c)
	return s.lines, until
}

// sheet is a column of short paragraphs under headings.
type sheet struct {
	u     *UI
	width int
	lines []string
}

func (s *sheet) heading(text string) {
	s.lines = append(s.lines, s.u.line(s.width).pad().String())
	s.lines = append(s.lines, s.u.line(s.width).spaces(1).fit(s.u.style[roleFaint], text, s.width-2).pad().String())
}

// say adds a text in as many lines as it needs.
func (s *sheet) say(style sgr, text string) {
	text = visible(text)
	for _, row := range s.u.cells.wrap(text, s.width-2) {
		s.lines = append(s.lines, s.u.line(s.width).spaces(1).put(style, strings.TrimRight(row.of(text), " ")).pad().String())
	}
}

func (s *sheet) link(text, address string) {
	s.lines = append(s.lines, s.u.line(s.width).spaces(1).link(s.u.style[roleLink], s.u.cells.fit(text, s.width-2), address).pad().String())
}

func (u *UI) sayWho(s *sheet, c inbox.Conversation) {
	p := c.Participant
	s.say(u.style[roleTitle], p.DisplayName())
	if p.Username != "" && p.Name != "" {
		s.say(plain, "@"+p.Username)
	}
	s.say(plain, c.ID.Platform().Label()+" · account "+string(c.ID.Account()))
	s.say(u.style[roleFaint], "through "+c.Provider)
	if link := safeLink(p.ProfileLink(c.ID.Platform())); link != "" {
		s.link(strings.TrimPrefix(link, "https://"), link)
	}
	if c.ID == u.thread.id {
		for _, r := range u.relatedHere() {
			s.say(plain, "also on "+r.ID.Platform().Label()+", account "+string(r.ID.Account()))
		}
	}
}

func (u *UI) sayWindow(s *sheet, c inbox.Conversation) time.Time {
	s.heading("reply window")
	account := c.ID.Account()
	_, r, _ := u.windowOf(c, false)
	text, until := windowSentence(u.in.Window(c), u.in.Now(account), u.opts.Zone, u.opts.Clock)
	s.say(u.style[r], text)
	policy := u.in.Capabilities(c.ID).Window
	s.say(plain, "rule: "+policy.String())
	if policy.Source != "" {
		s.link("by "+visible(ruleMaker(policy.Source)), safeLink(policy.Source))
	}
	return u.in.ByOurClock(account, until)
}

func (u *UI) sayTriage(s *sheet, c inbox.Conversation) {
	states, labels := c.Stands(u.personDate), c.Triage.Labels
	if len(states)+len(labels)+len(u.personNotesOf(c)) == 0 {
		return
	}
	s.heading("agents")
	if len(states) > 0 {
		s.say(plain, strings.Join(states, ", "))
	}
	if len(labels) > 0 {
		s.say(plain, "labels: "+strings.Join(labels, ", "))
	}
	for _, note := range u.personNotesOf(c) {
		s.say(u.style[roleNote], "note, "+u.personDate(note.CreatedAt)+": "+inbox.CleanLine(note.Text))
	}
}

// personNotesOf are the newest notes of a conversation, as far as they are read.
func (u *UI) personNotesOf(c inbox.Conversation) []inbox.Message {
	if u.person.key.id != c.ID {
		return nil
	}
	notes := u.person.past.Notes
	return notes[max(len(notes)-personNotes, 0):]
}

func (u *UI) sayHistory(s *sheet, c inbox.Conversation) {
	s.heading("so far")
	text := count(c.Messages, "message") + " kept"
	if c.Unread > 0 {
		text += ", " + short(c.Unread) + " unread"
	}
	s.say(plain, text)
	if u.person.key.id == c.ID && !u.person.past.First.IsZero() {
		s.say(plain, "first: "+u.personDate(u.person.past.First))
	}
	if !c.LastReceivedAt.IsZero() {
		s.say(plain, "customer: "+u.personDate(c.LastReceivedAt))
	}
	if !c.LastSentAt.IsZero() {
		s.say(plain, "we: "+u.personDate(c.LastSentAt))
	}
	if !c.ReadUpTo.IsZero() {
		s.say(plain, "read up to: "+u.personDate(c.ReadUpTo))
	}
}

func (u *UI) personDate(t time.Time) string {
	return t.In(u.opts.Zone).Format("2 Jan 2006 " + u.opts.Clock)
}

// sayAbilities tells what the provider can do here; what it cannot, with the
// reason.
func (u *UI) sayAbilities(s *sheet, c inbox.Conversation) {
	caps := u.in.Capabilities(c.ID)
	s.heading(c.Provider + " on " + c.ID.Platform().Label())
	if caps.Text.Max > 0 {
		s.say(plain, "text: "+grouped(caps.Text.Max)+" "+string(caps.Text.Unit))
	}
	s.say(plain, attachmentsRule(caps))
	for _, a := range caps.Abilities() {
		switch {
		case a.OK:
			s.say(plain, "yes: "+a.Name)
		case a.Reason == "":
			s.say(u.style[roleFaint], "no: "+a.Name)
		default:
			s.say(u.style[roleFaint], "no: "+a.Name+", "+a.Reason)
		}
	}
}

func attachmentsRule(caps inbox.Capabilities) string {
	if caps.MaxMedia == 0 {
		return "attachments: none"
	}
	var kinds []string
	for _, m := range caps.Media {
		kinds = append(kinds, m.Kind)
	}
	return "attachments: " + short(caps.MaxMedia) + " a message, " + strings.Join(kinds, ", ")
}

// personPage is the same as a page, where there is no room for a column.
type personPage struct {
	pager
	conv inbox.Conversation
}

func (p *personPage) draw(u *UI, width, height int) []string {
	lines, _ := u.personLines(p.conv, width)
	return p.drawLines(u, p, lines, width, height)
}

func (p *personPage) hint() string {
	return "j k move · Space b by pages · any other key closes the page"
}
