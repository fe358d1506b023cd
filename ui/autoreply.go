package ui

import (
	"strings"
	"time"

	"parley/inbox"

	tea "charm.land/bubbletea/v2"
)

// autoReplyPage shows and sets the answer that the provider gives by itself. It
// is the account's, for all its conversations at once. A text that does not say
// that it is automatic is pointed out, with a sentence that does.
type autoReplyPage struct {
	account inbox.AccountID
	was     inbox.AutoReply // what is in force

	active bool
	text   editor
	wait   editor
	field  autoReplyField

	busy string // what the provider is being asked, "" for nothing
	err  *inbox.Error
	read bool // was is known
}

// autoReplyField is what takes the keys.
type autoReplyField int

const (
	fieldActive autoReplyField = iota
	fieldText
	fieldWait

	autoReplyFields
)

// autoReplyMsg is the provider's answer, to a question or to a change.
type autoReplyMsg struct {
	page  *autoReplyPage
	reply inbox.AutoReply
	saved bool
	err   error
}

// autoReplyAccount is the account that is meant: that of the conversation, else
// that of the list, if it is clear.
func (u *UI) autoReplyAccount() (id inbox.AccountID, can inbox.Ability) {
	if c, ok := u.current(); ok {
		return c.ID.Account(), u.in.Capabilities(c.ID).AutoReply
	}
	can = inbox.Cannot("no conversation is selected, and it is not clear which account is meant")
	for _, a := range u.accounts {
		if (a.ID == u.list.account || len(u.accounts) == 1) && len(a.Platforms) > 0 {
			return a.ID, u.in.Capabilities(inbox.NewConversationID(a.ID, a.Platforms[0].Platform, "")).AutoReply
		}
	}
	return "", can
}

func cannotAutoReply(u *UI) string {
	_, can := u.autoReplyAccount()
	return can.Reason
}

// mostAutoReply bounds the text that can be typed, in bytes.
const mostAutoReply = 4096

func (u *UI) openAutoReply() tea.Cmd {
	account, _ := u.autoReplyAccount()
	p := &autoReplyPage{account: account, busy: "reading …", text: newEditor(u.cells, mostAutoReply), wait: newLineEditor(u.cells, 32)}
	u.show(p)
	return func() tea.Msg {
		reply, err := u.in.AutoReply(u.ctx, account)
		return autoReplyMsg{p, reply, false, err}
	}
}

// autoReplyRead takes the provider's answer.
func (u *UI) autoReplyRead(msg autoReplyMsg) {
	p := msg.page
	p.busy, p.err = "", inbox.AsError(msg.err)
	u.touch(partOverlay)
	switch {
	case msg.err != nil && msg.saved && u.overlay != p:
		u.warn("the auto-reply of " + string(p.account) + " was not saved: " + sentence(p.err))
	case msg.err != nil:
	case msg.saved:
		u.say("auto-reply of " + string(p.account) + " saved: " + onOff(p.active))
		if u.overlay == p {
			u.dismiss()
		}
	default:
		p.was, p.read, p.active = msg.reply, true, msg.reply.Active
		p.text.set(msg.reply.Message)
		p.wait.set(inbox.FormatDuration(msg.reply.Wait.Round(time.Second)))
	}
}

func onOff(on bool) string {
	if on {
		return "on"
	}
	return "off"
}

func (p *autoReplyPage) press(u *UI, key tea.Key, name string) tea.Cmd {
	u.touch(partOverlay)
	switch name {
	case "esc", "ctrl+c":
		p.leave(u)
		return nil
	}
	if !p.read || p.busy != "" {
		return nil
	}
	switch name {
	case "tab":
		p.field = (p.field + 1) % autoReplyFields
	case "shift+tab":
		p.field = (p.field + autoReplyFields - 1) % autoReplyFields
	case "ctrl+s":
		return p.save(u)
	case "ctrl+a":
		p.disclose()
	default:
		p.typed(key, name)
	}
	return nil
}

// typed gives a key to the field.
func (p *autoReplyPage) typed(key tea.Key, name string) {
	switch {
	case p.field == fieldActive && (name == "space" || name == "enter"):
		p.active = !p.active
		return
	case p.field == fieldActive && (name == "down" || name == "j"), p.field == fieldWait && name == "up":
		p.field = fieldText
		return
	case p.field == fieldText && (name == "enter" || name == "ctrl+j" || name == "shift+enter"):
		p.text.insert("\n")
		return
	}
	e := p.editor()
	if e == nil {
		return
	}
	if _, used := e.press(name); !used && key.Text != "" {
		e.insert(key.Text)
	}
}

// editor is that of the field, nil when it has none.
func (p *autoReplyPage) editor() *editor {
	switch p.field {
	case fieldText:
		return &p.text
	case fieldWait:
		return &p.wait
	}
	return nil
}

func (p *autoReplyPage) paste(u *UI, text string) tea.Cmd {
	if e := p.editor(); e != nil && p.read {
		e.insert(text)
		u.touch(partOverlay)
	}
	return nil
}

// hides tells that the text does not say that it is automatic.
func (p *autoReplyPage) hides() bool {
	return strings.TrimSpace(p.text.text) != "" && !inbox.DisclosesAutomation(p.text.text)
}

// disclose adds the ready sentence.
func (p *autoReplyPage) disclose() {
	if !p.hides() {
		return
	}
	p.text.set(strings.TrimRight(p.text.text, " \n") + "\n" + inbox.AutomationNotice)
	p.field = fieldText
}

// change is what differs from what is in force; wrong says what cannot be saved.
func (p *autoReplyPage) change() (c inbox.AutoReplyChange, wrong string) {
	wait, ok := parseWait(p.wait.text)
	if !ok {
		return c, "the wait between two answers is a time such as 30m, 12h or 1d"
	}
	text := strings.TrimSpace(p.text.text)
	if text == "" && p.active {
		return c, "there is no text to answer with: write one, or switch the auto-reply off"
	}
	if p.active != p.was.Active {
		active := p.active // a command reads it, while the page goes on
		c.Active = &active
	}
	if text != p.was.Message {
		c.Message = &text
	}
	if wait != p.was.Wait {
		c.Wait = &wait
	}
	return c, ""
}

func (p *autoReplyPage) save(u *UI) tea.Cmd {
	c, wrong := p.change()
	switch {
	case wrong != "":
		p.err = &inbox.Error{Kind: inbox.Rejected, Text: wrong}
		return nil
	case c == inbox.AutoReplyChange{}:
		p.err = &inbox.Error{Kind: inbox.Rejected, Text: "nothing has been changed"}
		return nil
	}
	p.busy, p.err = "saving …", nil
	return func() tea.Msg {
		reply, err := u.in.SetAutoReply(u.ctx, p.account, c)
		return autoReplyMsg{p, reply, true, err}
	}
}

// leave asks first when something would be lost.
func (p *autoReplyPage) leave(u *UI) {
	if c, wrong := p.change(); !p.read || p.busy != "" || wrong == "" && c == (inbox.AutoReplyChange{}) {
		u.dismiss()
		return
	}
	u.ask(dialog{title: "Leave without saving?", yes: func(string) tea.Cmd { return nil }, back: p})
}

// textRows is how many rows of the text are shown.
const textRows = 6

func (p *autoReplyPage) draw(u *UI, width, height int) []string {
	head := u.line(width).spaces(1).put(u.style[roleTitle], "Auto-reply of "+string(p.account)+", for all its conversations").String()
	var lines []string
	focus := 0
	switch {
	case p.read:
		lines, focus = p.form(u, width)
	case p.busy != "":
		lines = []string{u.line(width).put(u.style[roleFaint], " "+p.busy).String()}
	}
	if p.err != nil {
		lines = append(lines, p.told(u, width, roleUrgent, sentence(p.err))...)
	}
	top := p.top(focus, len(lines), height)
	return u.withHint(p, append([]string{head}, lines[top:]...), width, height)
}

func (p *autoReplyPage) hint() string {
	keys := "Tab next"
	if p.field == fieldActive {
		keys += " · Space on, off"
	}
	return keys + " · Ctrl-S saves · Esc leaves"
}

// top is the first line of the form on a screen that is too low for all of it.
func (p *autoReplyPage) top(focus, lines, height int) int {
	room := max(height-2, 1)
	if lines <= room {
		return 0
	}
	return min(focus, max(lines-room, focus-room+1))
}

// form draws the fields; focus is the line that has the keys.
func (p *autoReplyPage) form(u *UI, width int) (lines []string, focus int) {
	label := func(f autoReplyField, text string) *lineBuilder {
		style := u.style[roleFaint]
		if f == p.field {
			style, focus = u.style[roleActive], len(lines)
		}
		return u.line(width).spaces(1).put(style, text)
	}
	lines = append(lines, label(fieldActive, "answers by itself: ").put(bold, onOff(p.active)).String())
	lines = append(lines, label(fieldText, "text:").String())
	p.text.resize(u.cells, width-2, textRows)
	for n := range min(textRows, max(len(p.text.layout()), 1)) {
		if row, _ := p.text.place(); p.field == fieldText && row == n {
			focus = len(lines)
		}
		lines = append(lines, u.line(width).spaces(2).put(plain, p.text.visibleRow(n)).String())
	}
	wait := label(fieldWait, waitLabelText)
	p.wait.resize(u.cells, max(wait.left, 2), 1)
	wait.put(plain, p.wait.visibleRow(0))
	if p.field == fieldWait {
		wait.fit(u.style[roleFaint], "   such as 30m, 12h, 1d; 0s: each time", wait.left)
	}
	lines = append(lines, wait.String())
	if p.busy != "" {
		lines = append(lines, u.line(width).put(u.style[roleFaint], " "+p.busy).String())
	}
	if p.hides() {
		lines = append(lines, p.told(u, width, roleWarn, inbox.DisclosureReason)...)
		lines = append(lines, p.told(u, width, roleFaint, "Ctrl-A adds: “"+inbox.AutomationNotice+"”")...)
	}
	return lines, focus
}

const waitLabelText = "answers one customer again after: "

// told wraps a sentence below an empty line.
func (p *autoReplyPage) told(u *UI, width int, r role, text string) []string {
	lines := []string{""}
	for _, row := range u.cells.wrap(text, width-2) {
		lines = append(lines, u.line(width).spaces(1).put(u.style[r], row.of(text)).String())
	}
	return lines
}

func (p *autoReplyPage) cursor(u *UI) *tea.Cursor {
	e := p.editor()
	b := u.body()
	if e == nil || !p.read || b.height < 3 || b.width == 0 {
		return nil
	}
	lines, focus := p.form(u, b.width)
	_, column := e.place()
	before := 2
	if p.field == fieldWait {
		before = 1 + u.cells.width(waitLabelText)
	}
	y := 1 + focus - p.top(focus, len(lines), b.height)
	return tea.NewCursor(min(before+column, b.width-1), b.y+min(y, b.height-1))
}

// parseWait understands 90s, 30m, 12h, 1d and what can be put together of them, and
// that there is no wait.
func parseWait(text string) (time.Duration, bool) {
	if text = strings.TrimSpace(text); text == "0" || text == inbox.FormatDuration(0) {
		return 0, true
	}
	d, err := inbox.ParseDuration(text)
	return d, err == nil && d <= longestWait && d%time.Second == 0
}

// longestWait is longer than anybody wants a customer to wait.
const longestWait = 366 * 24 * time.Hour
