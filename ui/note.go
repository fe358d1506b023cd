package ui

import (
	"cmp"
	"context"
	"errors"
	"strings"
	"time"

	"parley/inbox"

	tea "charm.land/bubbletea/v2"
)

// Private notes: what agents write for agents, in the thread. They have a
// composer of their own, with keys of its own: it is another type, has another
// frame, and knows no way to the outbox. So no key can make an answer of a note,
// and nothing turns one composer into the other.

// noteComposer is where a note is written. It belongs to one conversation from the
// moment it opens.
type noteComposer struct {
	id      inbox.ConversationID
	about   string
	ed      editor
	waits   bool // the stored draft has not been read yet
	back    focus
	edited  time.Time
	unsaved time.Time // the first edit since the last save, zero for none
	ticking bool
}

// noteMsg says what became of a note that was kept.
type noteMsg struct {
	id       inbox.ConversationID
	about    string
	note     inbox.Message
	rejected inbox.Draft
	err      error
}

// noteGoneMsg says what became of deleting a note; recalled tells that it is a
// draft again.
type noteGoneMsg struct {
	note     inbox.Message
	recalled bool
	err      error
}

// newNoteBook keeps what is typed of notes, as the book of drafts does with
// answers. It cannot send.
func newNoteBook(in *inbox.Inbox) *draftBook {
	b := newDraftBook(in)
	b.send = nil
	b.save = func(ctx context.Context, d inbox.Draft) error {
		return in.SaveNoteDraft(ctx, d.Conversation, d.Text)
	}
	b.read = func(ctx context.Context, id inbox.ConversationID) (inbox.Draft, error) {
		t, err := in.Thread(ctx, inbox.ThreadQuery{Conversation: id, Before: 1})
		return inbox.Draft{Conversation: id, Text: t.Draft.Note}, err
	}
	return b
}

// keep makes what leave has announced a note. If the inbox refuses, it is a draft
// again.
func (b *draftBook) keep(ctx context.Context, in *inbox.Inbox, id inbox.ConversationID, author string) (note inbox.Message, rejected inbox.Draft, err error) {
	if err := b.take(ctx); err != nil {
		return note, b.restore(id), err
	}
	defer b.giveBack()
	if note, err = in.AddNote(ctx, id, b.outgoing(id).Text, author); err != nil {
		return note, b.restore(id), err
	}
	if _, more := b.newest(id); !more { // else that is saved over it
		_ = b.save(ctx, inbox.Draft{Conversation: id}) // at worst the note is a draft as well
	}
	b.delivered(id)
	return note, inbox.Draft{}, nil
}

// bringBack puts a text before what is stored.
func (b *draftBook) bringBack(ctx context.Context, id inbox.ConversationID, text string) error {
	if err := b.take(ctx); err != nil {
		return err
	}
	defer b.giveBack()
	if err := b.write(ctx, id); err != nil {
		return err
	}
	stored, err := b.read(ctx, id)
	if err != nil {
		return err
	}
	return b.save(ctx, joinDrafts(inbox.Draft{Conversation: id, Text: text}, stored))
}

// mostNote bounds what is typed of a note, in bytes.
const mostNote = 4 * inbox.MaxNoteRunes

// openNote begins a note, or goes on with the one that was begun.
func (u *UI) openNote() tea.Cmd {
	c, _ := u.current()
	back := u.focus
	cmd := u.showConversation(c)
	u.writeNote(c, back)
	return cmd
}

func (u *UI) writeNote(c inbox.Conversation, back focus) {
	n := &noteComposer{id: c.ID, about: c.Participant.DisplayName(), ed: newEditor(u.cells, mostNote), back: back}
	u.note = n
	u.focus = onNote
	switch d, unsaved := u.notes.newest(c.ID); {
	case unsaved:
		n.ed.set(d.Text)
		n.waits = d.below
	case u.thread.id == c.ID && u.thread.loaded:
		n.ed.set(u.storedNote())
	default:
		n.waits = true
	}
	u.relayout()
	u.touch(partHints | partComposer)
}

// storedNote is the draft that came with the thread, unless it has become a note
// since.
func (u *UI) storedNote() string {
	if u.notes.isLeaving(u.thread.id) {
		return ""
	}
	return u.thread.draft.Note
}

// noteArrived joins the stored draft with what has been typed since.
func (u *UI) noteArrived() tea.Cmd {
	n := u.note
	if n == nil || !n.waits || n.id != u.thread.id {
		return nil
	}
	n.waits = false
	stored := inbox.Draft{Text: u.storedNote()}
	if stored.Empty() {
		return nil
	}
	begun := n.ed.text
	n.ed.set(joinDrafts(stored, inbox.Draft{Text: begun}).Text)
	u.relayout()
	u.touch(partComposer)
	if strings.TrimSpace(begun) == "" {
		return nil
	}
	return u.noteEdited()
}

func (n *noteComposer) draft() inbox.Draft {
	return inbox.Draft{Conversation: n.id, Text: n.ed.text, UpdatedAt: n.edited}
}

// noteKey gives a key to the note's editor.
func (u *UI) noteKey(key tea.Key, name string) tea.Cmd {
	changed, used := u.note.ed.press(name)
	switch {
	case used && !changed:
		u.touch(partComposer)
		return nil
	case used:
		return u.noteEdited()
	case key.Text == "" || key.Mod&(tea.ModCtrl|tea.ModAlt|tea.ModMeta|tea.ModSuper) != 0:
		return nil
	}
	return u.typeNote(key.Text)
}

// typeNote inserts a text as one edit, whether typed or pasted.
func (u *UI) typeNote(text string) tea.Cmd {
	if !u.note.ed.insert(text) {
		u.warn("no room: a note may have " + grouped(inbox.MaxNoteRunes) + " characters")
		return nil
	}
	return u.noteEdited()
}

func (u *UI) noteEdited() tea.Cmd {
	n := u.note
	n.edited = u.now()
	if n.unsaved.IsZero() {
		n.unsaved = n.edited
	}
	u.notes.put(n.draft(), n.waits)
	u.touch(partComposer)
	u.relayout()
	if n.ticking {
		return nil
	}
	n.ticking = true
	return u.after(typingPause, notePauseMsg{n.id})
}

// notePauseMsg says that the typing of a note may have paused.
type notePauseMsg struct{ id inbox.ConversationID }

// notePaused saves what is typed, as for an answer.
func (u *UI) notePaused(msg notePauseMsg) tea.Cmd {
	n := u.note
	if n == nil || n.id != msg.id {
		return nil
	}
	n.ticking = false
	idle := u.now().Sub(n.edited)
	if idle >= typingPause {
		return u.saveNote()
	}
	n.ticking = true
	tick := u.after(typingPause-idle, msg)
	if u.now().Sub(n.unsaved) >= saveEvery {
		return tea.Batch(tick, u.saveNote())
	}
	return tick
}

func (u *UI) saveNote() tea.Cmd {
	if u.note.waits {
		return nil
	}
	u.note.unsaved = time.Time{}
	return u.saveDrafts()
}

// leaveNote closes the composer; what is typed is kept.
func (u *UI) leaveNote() tea.Cmd {
	n := u.note
	if u.thread.id == n.id && !n.waits {
		u.thread.draft.Note = n.ed.text
	}
	u.dropNote()
	return u.saveDrafts()
}

func (u *UI) dropNote() {
	u.focus = u.note.back
	u.note = nil
	u.dismiss()
	u.relayout()
	u.touch(partHints | partThread)
}

// keepNote makes a note of what is typed.
func (u *UI) keepNote() tea.Cmd {
	n := u.note
	switch {
	case n.waits:
		u.warn(stillReading)
		return nil
	case strings.TrimSpace(n.ed.text) == "":
		u.warn("nothing to note: write something first")
		return nil
	case !u.notes.leave(n.draft()):
		u.warn("the note before this one is still being stored: press again in a moment")
		return nil
	}
	msg := noteMsg{id: n.id, about: n.about}
	u.dropNote()
	u.thread.draft.Note = ""
	u.thread.toEnd()
	u.touch(partThread)
	return func() tea.Msg {
		msg.note, msg.rejected, msg.err = u.notes.keep(u.ctx, u.in, msg.id, u.opts.Author)
		return msg
	}
}

func (u *UI) noteKept(msg noteMsg) tea.Cmd {
	if msg.err != nil {
		u.warn("not noted: " + sentence(inbox.AsError(msg.err)) + " (the text is kept as a draft)")
		if u.thread.id == msg.id {
			u.thread.draft.Note = msg.rejected.Text
		}
		if n := u.note; n != nil && n.id == msg.id {
			n.waits = false
			n.ed.set(msg.rejected.Text)
			u.relayout()
		}
		return u.saveDrafts()
	}
	msg.about = u.shortName(msg.about)
	u.say("noted about " + msg.about + ", for agents only · " + u.keys.first("undo") + " undoes it")
	u.remember(undoStep{what: "note about " + msg.about, own: func(u *UI) tea.Cmd { return u.removeNote(msg.note, true) }})
	return tea.Batch(u.saveDrafts(), u.readThread())
}

// chosenNote is the note under the message cursor.
func (u *UI) chosenNote() (inbox.Message, bool) {
	if i := u.thread.index(u.thread.cursor); i >= 0 && u.thread.entries[i].isNote() {
		return *u.thread.entries[i].msg, true
	}
	return inbox.Message{}, false
}

// isNote tells that agents have written it for agents.
func (e entry) isNote() bool { return e.msg != nil && e.msg.Note }

// removeNote deletes a note; recalled, what it says is a draft before it goes.
func (u *UI) removeNote(note inbox.Message, recalled bool) tea.Cmd {
	msg := noteGoneMsg{note: note, recalled: recalled}
	return func() tea.Msg {
		if recalled {
			msg.err = u.notes.bringBack(u.ctx, note.Conversation, note.Text)
		}
		if msg.err == nil {
			_, msg.err = u.in.DeleteNote(u.ctx, note.Conversation, note.ID)
		}
		return msg
	}
}

func (u *UI) noteRemoved(msg noteGoneMsg) tea.Cmd {
	if msg.err != nil {
		u.warn("delete the note: " + sentence(inbox.AsError(msg.err)))
		return nil
	}
	if msg.recalled {
		u.say("the note is a draft again · " + u.keys.first("note") + " opens it")
		return u.readThread()
	}
	u.say("note deleted · " + u.keys.first("undo") + " undoes it")
	u.remember(undoStep{what: "note deleted", undo: func() undoneMsg {
		return undoneMsg{err: u.in.RestoreNote(u.ctx, msg.note)}
	}})
	return u.readThread()
}

// How notes are drawn.

// drawNoteComposer draws the frame, which is another than an answer's, and the
// text.
func (u *UI) drawNoteComposer() []string {
	area := u.area.composer
	if area.height == 0 || area.width == 0 {
		return nil
	}
	rows := max(area.height-1, 1)
	u.note.ed.resize(u.cells, area.width-2, rows)
	lines := []string{u.noteFrame(area.width)}
	for n := range rows {
		lines = append(lines, u.line(area.width).put(u.style[roleNote], "┃ ").put(u.style[roleNote], u.note.ed.visibleRow(n)).String())
	}
	return fill(lines, 0, area.height)
}

// noteFrame says what is written: where there is little room, that it is private
// comes before whom it is about.
func (u *UI) noteFrame(width int) string {
	style := u.style[roleNote] + reverse
	about := " about " + visible(u.note.about)
	for _, text := range []string{
		"═ Private note" + about + " — the customer does not see it ", "═ Private note — the customer does not see it ", "═ Private note — not for the customer ", "═ Private note ",
	} {
		if u.cells.width(text) <= width {
			l := u.line(width).put(style, text)
			return l.put(style, strings.Repeat("═", max(l.left, 0))).String()
		}
	}
	return u.line(width).fit(style, "private note", width).String()
}

// noteHeight is how many lines the composer of a note takes of the thread's.
func (u *UI) noteHeight(width, height int) int {
	u.note.ed.resize(u.cells, width-2, height)
	return min(max(1+len(u.note.ed.layout()), 4), max(height*3/5, min(height, 2)))
}

func (u *UI) noteCursor() *tea.Cursor {
	a := u.area.composer
	if a.height < 2 {
		return nil
	}
	row, column := u.note.ed.place()
	return tea.NewCursor(min(a.x+2+column, a.x+a.width-1), min(a.y+1+row, a.y+a.height-1))
}

// note adds what agents have written, set apart from what was said.
func (d *blockDrawer) note(m *inbox.Message) {
	style := d.u.style[roleNote]
	for _, row := range d.u.cells.wrap(m.Text, max(d.width-2, 1)) {
		d.add(d.line().put(style, "┃ ").put(style, strings.TrimRight(row.of(m.Text), " ")))
	}
	if !m.UpdatedAt.IsZero() {
		d.add(d.line().put(style, "┃ ").put(d.u.style[roleFaint], "edited "+m.UpdatedAt.In(d.u.opts.Zone).Format("2 Jan "+d.u.opts.Clock)))
	}
}

// noteAuthor heads a note.
func noteAuthor(m *inbox.Message) string {
	return "Private note · " + cmp.Or(inbox.CleanLine(m.Author), "an agent")
}

// noteActions are the keys of the note's composer.
func noteActions() []action {
	return []action{
		{name: "note-keep", keys: []string{"enter"}, help: "keep the note; nothing is sent", twins: []string{"note CONVERSATION TEXT"}, scope: inNote, run: (*UI).keepNote},
		{name: "note-newline", keys: []string{"ctrl+j", "shift+enter"}, help: "new line", alone: types, scope: inNote, run: func(u *UI) tea.Cmd { return u.typeNote("\n") }},
		{name: "note-leave", keys: []string{"esc"}, help: "leave, keep the draft of the note", alone: types, scope: inNote, run: (*UI).leaveNote},
	}
}

// isWriting tells that a composer is open: the conversation on the screen stays.
func (u *UI) isWriting() bool { return u.composer != nil || u.note != nil }

// onNoteToo is what an action on messages of ours can also be done to: the
// selected note.
func onNoteToo(able func(*UI) string) func(*UI) string {
	return func(u *UI) string {
		if _, ok := u.chosenNote(); ok {
			return ""
		}
		return able(u)
	}
}

// flushTyped stores what is typed of answers and of notes.
func (u *UI) flushTyped(ctx context.Context) error {
	return errors.Join(u.drafts.flush(ctx), u.notes.flush(ctx))
}
