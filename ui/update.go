package ui

import (
	"strings"
	"time"

	"parley/inbox"

	tea "charm.land/bubbletea/v2"
	uv "github.com/charmbracelet/ultraviolet"
	"github.com/charmbracelet/x/ansi"
)

// Update hands a message to its handler and draws what that has made stale.
func (u *UI) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	cmd := u.handle(msg)
	u.fitThread()
	shown := u.tendViewer()
	u.measureThumbs()
	u.draw()
	return u, tea.Batch(cmd, shown, u.tendThumbs(), u.setClock())
}

// handle is the table of handlers.
func (u *UI) handle(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case tea.KeyPressMsg:
		return tea.Batch(u.keyed(), u.press(msg))
	case tea.PasteMsg:
		return u.pasted(msg.Content)
	case tea.WindowSizeMsg:
		return u.resized(msg.Width, msg.Height)
	case tea.ModeReportMsg:
		u.modeReported(msg)
	case tea.BackgroundColorMsg, tea.ColorProfileMsg, uv.DarkColorSchemeEvent, uv.LightColorSchemeEvent:
		return u.recolour(msg)
	case resumedMsg:
		return u.resumed(msg)
	case tea.MouseMsg:
		return tea.Batch(u.keyed(), u.moused(msg))
	case tea.EnvMsg:
		u.terminal.env = msg
	case tea.TerminalVersionMsg:
		u.terminal.version = msg.Name
	case tea.FocusMsg:
		return tea.Batch(u.focused(true), u.markRead(), tea.RequestBackgroundColor)
	case tea.BlurMsg:
		return tea.Batch(u.focused(false), u.saveDrafts())
	case changedMsg:
		return u.changed(msg.changes)
	case listenMsg:
		return u.listen()
	default:
		return u.handleAnswer(msg)
	}
	return nil
}

// handleAnswer is the table for what commands answer.
func (u *UI) handleAnswer(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case listMsg:
		return u.listRead(msg)
	case foundMsg:
		return u.found(msg)
	case searchAgainMsg:
		return u.searchAgain(msg)
	case countsMsg:
		u.countsRead(msg)
	case indexMsg:
		return u.indexFollowed(msg)
	case knownLabelsMsg:
		u.knownLabelsRead(msg)
	case threadMsg:
		return u.threadRead(msg)
	case slowMsg:
		if msg.gen == u.thread.load.gen && !u.thread.loaded {
			u.touch(partThread)
		}
	case savedMsg:
		u.draftsSaved(msg)
	case sentMsg:
		return u.sent(msg)
	case relatedDueMsg:
		return u.readRelated(msg)
	case relatedMsg:
		u.relatedRead(msg)
	case autoReplyMsg:
		u.autoReplyRead(msg)
	case postsMsg:
		u.postsRead(msg)
	case gestureMsg:
		return u.gestureMade(msg)
	case outcomeMsg:
		u.outcomeRead(msg)
	case doneMsg:
		return u.done(msg)
	case triagedMsg:
		return u.triaged(msg)
	case undoneMsg:
		return u.undone(msg)
	case allMsg:
		u.allRead(msg)
	case labelsMsg:
		u.labelsRead(msg)
	case repliesMsg:
		u.repliesRead(msg)
	case noteMsg:
		return u.noteKept(msg)
	case noteGoneMsg:
		return u.noteRemoved(msg)
	case notePauseMsg:
		return u.notePaused(msg)
	case takenBackMsg:
		return u.takenBack(msg)
	case clockMsg:
		u.ticked(msg)
	case pauseMsg:
		return u.paused(msg)
	case editorMsg:
		return u.editorReady(msg)
	case filesMsg:
		return u.filesFound(msg)
	case uploadedMsg:
		return u.uploadEnded(msg)
	case textMsg:
		return tea.Batch(u.redraw(), u.textBack(msg)) // an editor leaves its own modes behind
	default:
		return tea.Batch(u.handlePerson(msg), u.handleNews(msg), u.handleMedia(msg))
	}
	return nil
}

// press gives a key to whatever has the focus.
func (u *UI) press(msg tea.KeyPressMsg) tea.Cmd {
	key, name := msg.Key(), u.keys.stroke(msg.Key())
	if (u.overlay != nil || u.focus == onFilter) && u.isSuspend(name) {
		return u.perform(u.keys.byName["suspend"])
	}
	if u.overlay != nil {
		u.hush()
		return u.overlay.press(u, key, u.keys.latinName(key, name)) // what is typed there is in key
	}
	if u.focus == onFilter {
		return u.filterKey(key, name)
	}
	switch u.focus {
	case onNote: // keys are letters there
	case onComposer:
		if cmd, used := u.suggestKey(name); used {
			return cmd
		}
	default:
		name = u.keys.command(u.scope(), u.held, key, name)
	}
	a, half := u.keys.find(u.scope(), u.held, name)
	u.held = ""
	switch {
	case half:
		u.held = name
		return nil
	case a != nil:
		u.hush()
		return u.perform(a)
	case u.focus == onComposer:
		return u.typeKey(key, name)
	case u.focus == onNote:
		return u.noteKey(key, name)
	}
	return nil
}

// perform runs an action, or says why it cannot be done. Whoever looks at the keys
// has not chosen a conversation yet.
func (u *UI) perform(a *action) tea.Cmd {
	if a.name != "help" && a.name != "redraw" {
		u.list.unchosen = false
	}
	if why := a.reason(u); why != "" {
		u.warn(why)
		return nil
	}
	return a.run(u)
}

// pasted inserts a paste as one edit. Outside of an input it is dropped: a
// pasted text must not run as commands.
func (u *UI) pasted(text string) tea.Cmd {
	switch {
	case u.overlay != nil:
		return u.overlay.paste(u, text)
	case u.focus == onFilter:
		u.filter.insert(text)
		u.touch(partHeader | partHints)
		u.offer()
		return u.filterChanged()
	case u.focus == onComposer:
		return u.paste(text)
	case u.focus == onNote:
		return u.typeNote(text)
	}
	if strings.TrimSpace(text) != "" {
		u.warn("press " + u.keys.first("reply") + " first, then paste")
	}
	return nil
}

func (u *UI) resized(width, height int) tea.Cmd {
	u.width, u.height = width, height
	u.restyled()
	u.relayout()
	return tea.Batch(u.listMoved(), u.picturesLost())
}

// modeReported switches the measuring of text together with the renderer, which
// does the same on the same answer.
func (u *UI) modeReported(msg tea.ModeReportMsg) {
	if msg.Mode != ansi.ModeUnicodeCore || u.cells.method == ansi.GraphemeWidth {
		return
	}
	if msg.Value == ansi.ModeReset || msg.Value == ansi.ModeSet || msg.Value == ansi.ModePermanentlySet {
		u.cells.method = ansi.GraphemeWidth
		u.filter.cells = u.cells
		u.restyled()
	}
}

func (u *UI) restyled() {
	u.styled++
	u.touch(partAll)
}

// focusOn gives the keys to another part.
func (u *UI) focusOn(f focus) {
	if f == u.focus {
		return
	}
	u.focus = f
	u.thread.found = u.thread.found && f != onList
	u.touch(partHeader | partList | partHints)
	u.relayout()
}

// changed re-reads what the screen shows after something has moved.
func (u *UI) changed(c inbox.Changes) tea.Cmd {
	cmds := []tea.Cmd{u.after(changesApart, listenMsg{}), u.lookForNews(c)}
	if c.Accounts {
		u.accountsChanged()
	}
	for id, revision := range c.Conversations {
		if revision == 0 {
			cmds = append(cmds, u.gone(id))
		}
	}
	if len(c.Conversations) > 0 {
		cmds = append(cmds, u.readList(), u.readCounts(), u.followSearch())
	}
	if _, moved := c.Conversations[u.thread.id]; moved {
		cmds = append(cmds, u.readThread())
	}
	if _, moved := c.Conversations[u.awaited.id]; moved {
		cmds = append(cmds, u.readOutcome())
	}
	return tea.Batch(cmds...)
}

// gone takes a conversation that is kept no longer off the screen.
func (u *UI) gone(id inbox.ConversationID) tea.Cmd {
	u.list.remove(id)
	u.list.unmark(id)
	u.search.forget(id)
	pictures := u.forgetPictures(id)
	u.forgetUploads(id)
	u.touch(partList | partStatus)
	if u.thread.id != id {
		return pictures
	}
	if u.composer != nil {
		u.warn(u.composer.to + " has been forgotten on this machine")
		u.dropComposer()
	}
	if u.note != nil {
		u.warn(u.note.about + " has been forgotten on this machine")
		u.dropNote()
	}
	u.thread.open(inbox.Conversation{})
	u.touch(partThread | partPerson)
	u.focusOn(onList)
	u.relayout()
	return tea.Batch(pictures, u.showSelected())
}

func (u *UI) accountsChanged() {
	u.accounts = u.in.Accounts()
	u.touch(partStatus | partBanner)
	if u.thread.undecided() > 0 {
		u.touch(partThread) // it says why they wait
	}
	if len(u.list.rows) == 0 {
		u.touch(partList)
	}
	u.relayout()
}

// listRead takes a window of the list.
func (u *UI) listRead(msg listMsg) tea.Cmd {
	fresh, again := u.list.load.answered(msg.gen)
	if !fresh {
		return nil
	}
	if msg.err != nil {
		u.list.owed = 0
		u.warn("list: " + sentence(inbox.AsError(msg.err)))
		return nil
	}
	before := u.list.selected
	u.touch(partList)
	if !u.list.apply(msg.page, u.listRows()) {
		return u.readList()
	}
	cmds := []tea.Cmd{u.followIndex(msg.partial)}
	if again || u.list.wants(u.listRows()) && u.list.owed != 0 {
		cmds = append(cmds, u.readList())
	}
	if u.list.selected != before || u.thread.id == "" || u.focus == onList && u.list.selected != u.thread.id {
		cmds = append(cmds, u.showSelected())
	}
	return tea.Batch(cmds...)
}

func (u *UI) countsRead(msg countsMsg) {
	if msg.err == nil {
		u.list.counts, u.list.closing = msg.counts, msg.closing
		u.touch(partHeader)
		if len(u.list.rows) == 0 {
			u.touch(partList) // it says what has been put away
		}
	}
}

// newList reads the list from its beginning.
func (u *UI) newList() tea.Cmd {
	u.list.toTop()
	return u.keepList()
}

// keepList reads the list with another question, and keeps the selection if
// it is in there.
func (u *UI) keepList() tea.Cmd {
	if len(u.list.marks.ids) > 0 && u.list.marks.of != u.list.question() {
		u.dropMarks()
	}
	u.list.load.restart()
	u.list.asked = true
	u.touch(partHeader | partList)
	return tea.Batch(u.readList(), u.readCounts())
}

// moveSelection selects another conversation.
func (u *UI) moveSelection(by int) tea.Cmd {
	return u.selectionMoved(u.list.move(by, u.listRows()))
}

func (u *UI) selectionMoved(moved bool) tea.Cmd {
	if !moved {
		return u.listMoved()
	}
	u.touch(partList)
	return tea.Batch(u.listMoved(), u.showSelected())
}

// listMoved reads more of the list when the selection comes near to an edge.
func (u *UI) listMoved() tea.Cmd {
	if u.list.wants(u.listRows()) {
		return u.readList()
	}
	return nil
}

// showSelected opens the selected conversation in the thread, unless an answer
// is being written there.
func (u *UI) showSelected() tea.Cmd {
	row, ok := u.list.row()
	if !ok || u.isWriting() || u.focus == onList && !u.area.split && u.width > 0 {
		return nil
	}
	return u.showConversation(row.Conversation)
}

// slowAfter is how long the last thread stays on the screen while the next is
// being read: mostly that takes less than a frame, and then nothing flickers.
const slowAfter = 120 * time.Millisecond

func (u *UI) showConversation(c inbox.Conversation) tea.Cmd {
	if u.thread.id == c.ID {
		return nil
	}
	u.thread.open(c)
	u.touch(partHints)
	cmd := u.readThread()
	return tea.Batch(cmd, u.after(slowAfter, slowMsg{u.thread.load.gen}))
}

// threadRead takes a window of a conversation.
func (u *UI) threadRead(msg threadMsg) tea.Cmd {
	fresh, again := u.thread.load.answered(msg.gen)
	if !fresh || msg.id != u.thread.id {
		return nil
	}
	u.touch(partThread | partComposer)
	if msg.err != nil {
		u.thread.err = inbox.AsError(msg.err)
		return nil
	}
	u.thread.apply(msg.thread)
	u.showSought()
	if u.list.update(u.thread.conv) {
		u.touch(partList)
	}
	if u.thread.atEnd() {
		u.thread.look()
	}
	cmds := []tea.Cmd{u.draftArrived(), u.noteArrived(), u.markRead(), u.lookForRelated(), u.lookForPerson()}
	if again {
		cmds = append(cmds, u.readThread())
	}
	return tea.Batch(cmds...)
}

// scrollThread moves the screen over the thread.
func (u *UI) scrollThread(by int) tea.Cmd {
	u.thread.scroll(by, u.block)
	return u.threadMoved()
}

// threadMoved reads more of the thread when the screen comes near to an edge,
// and marks it as read when its end is seen.
func (u *UI) threadMoved() tea.Cmd {
	u.touch(partThread)
	var read tea.Cmd
	if u.thread.wants() {
		read = u.readThread()
	}
	return tea.Batch(read, u.markRead())
}

// markRead tells the inbox when the newest message of a thread that has the
// focus is on the screen.
func (u *UI) markRead() tea.Cmd {
	t := &u.thread
	if u.away || u.searching() != nil || u.focus == onList || u.focus == onFilter || !t.atEnd() || t.conv.Unread == 0 && !t.conv.JustWoken() {
		return nil
	}
	mark := readMark{t.id, t.conv.LastArrival, t.conv.Triage.Woken}
	t.look()
	if mark == u.marked {
		return nil
	}
	u.marked = mark
	return func() tea.Msg {
		return doneMsg{what: "mark as read", err: u.in.MarkRead(u.ctx, mark.id, mark.arrival)}
	}
}

func (u *UI) draftsSaved(msg savedMsg) {
	if msg.err != nil && u.ctx.Err() == nil {
		u.warn("the draft could not be stored: " + sentence(inbox.AsError(msg.err)))
	}
}

// sent says what became of a text. When the inbox refused it, it is a draft
// again, and in the composer if that is still open there.
func (u *UI) sent(msg sentMsg) tea.Cmd {
	msg.to = u.shortName(msg.to)
	if msg.err == nil {
		u.rememberSent(msg.id)
		text := "queued for " + msg.to
		if when, _ := u.scheduledWords(&msg.items[0]); when != "" {
			u.say(when + " to " + msg.to)
			return tea.Batch(u.saveDrafts(), u.readThread())
		}
		if len(msg.items) > 1 {
			text += " as " + count(len(msg.items), "message")
		}
		back := u.rememberHeld(msg)
		var done tea.Cmd
		if msg.done {
			done = u.doneAfter(msg, text)
		} else {
			text += back
		}
		u.say(text)
		u.await(msg, text)
		return tea.Batch(u.saveDrafts(), u.readThread(), u.readOutcome(), done)
	}
	u.warn("not sent to " + msg.to + ": " + sentence(inbox.AsError(msg.err)) + " (the text is kept as a draft)")
	if u.thread.id == msg.id {
		u.thread.draft = msg.rejected
	}
	if c := u.composer; c != nil && c.id == msg.id {
		c.waits = false
		u.fillComposer(msg.rejected)
		u.relayout()
	}
	if msg.done {
		return tea.Batch(u.saveDrafts(), u.showAgain(msg.conv))
	}
	return u.saveDrafts()
}

// rememberSent notes when the draft of a conversation became a message, so that
// a reading from before cannot bring the draft back.
func (u *UI) rememberSent(id inbox.ConversationID) {
	now := u.now()
	for other, at := range u.sentAt {
		if now.Sub(at) > time.Minute {
			delete(u.sentAt, other)
		}
	}
	u.sentAt[id] = now
}

func (u *UI) done(msg doneMsg) tea.Cmd {
	switch {
	case msg.err != nil:
		if u.ctx.Err() == nil {
			u.warn(msg.what + ": " + sentence(inbox.AsError(msg.err)))
		}
		return nil
	case msg.said != "":
		u.say(msg.said)
	}
	return nil
}
