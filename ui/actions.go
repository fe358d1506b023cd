package ui

import (
	"context"
	"slices"
	"time"

	"parley/inbox"

	tea "charm.land/bubbletea/v2"
)

// action is one thing that an agent can do. The table of all of them feeds the
// keys, the hints, the help, the palette, the overrides of the config and the
// README; nothing else knows a key. The command line has the same actions.
type action struct {
	name  string // in the config
	keys  []string
	help  string
	twins []string // commands that do the same: "snooze CONVERSATION WHEN"
	alone Alone    // or why there are none
	scope scope
	able  func(*UI) string // the reason why it cannot be done now, "" when it can; nil: always
	run   func(*UI) tea.Cmd
}

// reason is why the action cannot be done now.
func (a *action) reason(u *UI) string {
	if a.able == nil {
		return ""
	}
	return a.able(u)
}

// actions is the table.
func actions(views []listView) []action {
	return slices.Concat(moveActions(), conversationActions(), selectionActions(), messageActions(), composerActions(), noteActions(), viewActions(views), listActions(), programActions())
}

func moveActions() []action {
	return []action{
		{name: "down", keys: []string{"j", "down"}, help: "next conversation, line down", alone: moves, scope: inPanes, run: goes(1, 0)},
		{name: "up", keys: []string{"k", "up"}, help: "previous conversation, line up", alone: moves, scope: inPanes, run: goes(-1, 0)},
		{name: "page-down", keys: []string{"pgdown", "space"}, help: "page down", alone: moves, scope: inPanes, run: goes(0, 2)},
		{name: "page-up", keys: []string{"pgup", "ctrl+b"}, help: "page up", alone: moves, scope: inPanes, run: goes(0, -2)},
		{name: "half-down", keys: []string{"ctrl+d"}, help: "half a page down", alone: moves, scope: inPanes, run: goes(0, 1)},
		{name: "half-up", keys: []string{"ctrl+u"}, help: "half a page up", alone: moves, scope: inPanes, run: goes(0, -1)},
		{name: "top", keys: []string{"g g", "home"}, help: "to the beginning", alone: moves, scope: inPanes, run: (*UI).toTop},
		{name: "bottom", keys: []string{"G", "end"}, help: "to the end", alone: moves, scope: inPanes, run: (*UI).toBottom},
		{name: "open", keys: []string{"enter", "l", "right"}, help: "open the conversation", twins: []string{"show CONVERSATION"}, scope: inList, able: needSelection, run: (*UI).openSelected},
		{name: "list", keys: []string{"u", "esc", "h", "left"}, help: "back to the list, or to what was found", alone: moves, scope: inThread, run: (*UI).back},
		{name: "clear", keys: []string{"esc"}, help: "drop the marks, then the filters", alone: picks, scope: inList, run: (*UI).clear},
		{name: "switch", keys: []string{"tab"}, help: "to the other pane", alone: moves, scope: inPanes, able: needSelection, run: (*UI).switchPane},
	}
}

func conversationActions() []action {
	return []action{
		{name: "reply", keys: []string{"r"}, help: "answer", twins: []string{"send CONVERSATION TEXT"}, scope: inPanes, able: cannotReply, run: (*UI).reply},
		{name: "done", keys: []string{"e"}, help: "done, or back into the inbox", twins: []string{"done CONVERSATION", "reopen CONVERSATION"}, scope: inPanes, able: needTarget, run: (*UI).toggleDone},
		{name: "snooze", keys: []string{"b"}, help: "snooze until a time, or wake", twins: []string{"snooze CONVERSATION WHEN", "unsnooze CONVERSATION"}, scope: inPanes, able: needTarget, run: (*UI).openSnooze},
		{name: "label", keys: []string{"L"}, help: "put labels on it, or take them off", twins: []string{"label CONVERSATION +LABEL -LABEL"}, scope: inPanes, able: needTarget, run: (*UI).openLabels},
		{name: "note", keys: []string{"n"}, help: "write a private note, for agents only", twins: []string{"note CONVERSATION TEXT"}, scope: inPanes, able: needSelection, run: (*UI).openNote},
		{name: "mute", keys: []string{"m"}, help: "mute, or unmute", twins: []string{"mute CONVERSATION", "unmute CONVERSATION"}, scope: inPanes, able: needTarget, run: (*UI).toggleMuted},
		{name: "take", keys: []string{"T"}, help: "take it as yours, or give it up", twins: []string{"take CONVERSATION", "give-up CONVERSATION"}, scope: inPanes, able: needTarget, run: (*UI).toggleMine},
		{name: "unread", keys: []string{"U"}, help: "mark as unread, or as read", twins: []string{"unread CONVERSATION", "read CONVERSATION"}, scope: inPanes, able: needTarget, run: (*UI).toggleUnread},
		{name: "undo", keys: []string{"z"}, help: "undo the last action, and the one before", alone: undoes, scope: inPanes, able: cannotUndo, run: (*UI).undoLast},
		{name: "person", keys: []string{"I"}, help: "who the customer is: window, notes, what is possible", twins: []string{"person CONVERSATION"}, scope: inPanes, able: needSelection, run: (*UI).togglePerson},
		{name: "related", keys: []string{"@"}, help: "to the same person elsewhere", twins: []string{"person CONVERSATION"}, scope: inPanes, able: noRelated, run: (*UI).toRelated},
		{name: "forget", keys: []string{"#"}, help: "forget the customer on this machine", twins: []string{"forget CONVERSATION"}, scope: inPanes, able: needSelection, run: (*UI).askForget},
	}
}

func selectionActions() []action {
	return []action{
		{name: "mark", keys: []string{"v"}, help: "mark for an action on many, and go on", alone: picks, scope: inList, able: needSelection, run: (*UI).toggleMark},
		{name: "mark-range", keys: []string{"V"}, help: "mark all from the last mark to here", alone: picks, scope: inList, able: needSelection, run: (*UI).markRange},
		{name: "mark-all", keys: []string{"ctrl+a"}, help: "mark all of the view", alone: picks, scope: inList, able: needSelection, run: (*UI).markAll},
	}
}

func messageActions() []action {
	return []action{
		{name: "next-message", keys: []string{"J"}, help: "select the next message", alone: moves, scope: inPanes, able: needThread, run: chooses(1)},
		{name: "previous-message", keys: []string{"K"}, help: "select the message before", alone: moves, scope: inPanes, able: needThread, run: chooses(-1)},
		{name: "copy", keys: []string{"y"}, help: "copy the message's text", twins: []string{"show CONVERSATION --json"}, scope: inPanes, able: needThread, run: (*UI).copyText},
		{name: "link", keys: []string{"o"}, help: "open the message's link, or copy it", twins: []string{"show CONVERSATION --json"}, scope: inPanes, able: cannotLink, run: (*UI).openChosenLink},
		{name: "view", keys: []string{"i"}, help: "look at its pictures and files", twins: []string{"media CONVERSATION MESSAGE"}, scope: inPanes, able: cannotView, run: (*UI).openViewer},
		{name: "pictures", keys: []string{"D"}, help: "show or hide pictures in the thread", alone: screens, scope: inPanes, able: cannotShowPictures, run: (*UI).togglePictures},
		{name: "save", keys: []string{"w"}, help: "save its picture or file", twins: []string{"media CONVERSATION MESSAGE --save"}, scope: inPanes, able: cannotSave, run: (*UI).saveChosen},
		{name: "retry", keys: []string{"t"}, help: "try again, or send now what is scheduled", twins: []string{"outbox retry ID", "outbox at ID now"}, scope: inPanes, able: cannotRetry, run: (*UI).retry},
		{name: "reschedule", keys: []string{"W"}, help: "change when a scheduled message leaves", twins: []string{"outbox at ID WHEN"}, scope: inPanes, able: cannotReschedule, run: (*UI).reschedule},
		{name: "discard", keys: []string{"x"}, help: "discard", twins: []string{"outbox discard ID", "note CONVERSATION --delete ID"}, scope: inPanes, able: onNoteToo(cannotDiscard), run: (*UI).discard},
		{name: "recall", keys: []string{"c"}, help: "take back into the draft", twins: []string{"outbox recall ID", "note CONVERSATION TEXT --edit ID"}, scope: inPanes, able: onNoteToo(cannotRecall), run: (*UI).recall},
		{name: "react", keys: []string{"+"}, help: "react with an emoji, or take it back", twins: []string{"react CONVERSATION MESSAGE EMOJI", "unreact CONVERSATION MESSAGE"}, scope: inPanes, able: cannotReact, run: (*UI).react},
		{name: "heart", keys: []string{"*"}, help: "send a heart", twins: []string{"heart CONVERSATION"}, scope: inPanes, able: cannotHeart, run: (*UI).heart},
		{name: "share", keys: []string{"P"}, help: "share one of your posts", twins: []string{"share CONVERSATION POST", "posts"}, scope: inPanes, able: cannotShare, run: (*UI).openPosts},
		{name: "seen", keys: []string{"S"}, help: "tell the customer that it was read", twins: []string{"seen CONVERSATION"}, scope: inPanes, able: cannotTellSeen, run: (*UI).tellSeen},
	}
}

func composerActions() []action {
	return []action{
		{name: "send", keys: []string{"enter"}, help: "send", twins: []string{"send CONVERSATION TEXT"}, scope: inComposer, run: submits(manner{})},
		{name: "send-split", keys: []string{"ctrl+s"}, help: "send in parts", twins: []string{"send CONVERSATION TEXT --split"}, scope: inComposer, run: submits(manner{split: true})},
		{name: "send-later", keys: []string{"ctrl+t"}, help: "send at a time to come", twins: []string{"send CONVERSATION TEXT --at WHEN"}, scope: inComposer, run: (*UI).openSendLater},
		{name: "send-done", keys: []string{"ctrl+o", "ctrl+enter"}, help: "send, done, and on to the next", twins: []string{"send CONVERSATION TEXT --done"}, scope: inComposer, run: submits(manner{done: true})},
		{name: "newline", keys: []string{"ctrl+j", "shift+enter"}, help: "new line", alone: types, scope: inComposer, run: func(u *UI) tea.Cmd { return u.typeText("\n") }},
		{name: "leave", keys: []string{"esc"}, help: "leave, keep the draft", alone: types, scope: inComposer, run: (*UI).closeComposer},
		{name: "composer-heart", keys: []string{"ctrl+g"}, help: "send a heart, keep the text", twins: []string{"heart CONVERSATION"}, scope: inComposer, able: cannotHeart, run: (*UI).composerHeart},
		{name: "editor", keys: []string{"ctrl+e"}, help: "write in your editor", twins: []string{"send CONVERSATION -"}, scope: inComposer, able: cannotEdit, run: (*UI).openEditor},
		{name: "composer-search", keys: []string{"ctrl+f"}, help: "search all messages and customers", twins: []string{"search QUERY"}, scope: inComposer, run: (*UI).openSearch},
		{name: "replies", keys: []string{"ctrl+r"}, help: "insert a canned reply, as / does", twins: []string{"send CONVERSATION --reply NAME", "replies"}, scope: inComposer, able: noReplies, run: func(u *UI) tea.Cmd { return u.askSuggestions("/") }},
		{name: "emoji", keys: []string{"ctrl+y"}, help: "insert an emoji, as :name: does", alone: types, scope: inComposer, run: func(u *UI) tea.Cmd { return u.askSuggestions(":") }},
		{name: "attach", keys: []string{"ctrl+a"}, help: "attach a file or an address", twins: []string{"send CONVERSATION TEXT --media FILE"}, scope: inComposer, able: cannotAttach, run: (*UI).attach},
		{name: "detach", keys: []string{"ctrl+x"}, help: "take the last attachment away", alone: types, scope: inComposer, able: cannotDetach, run: (*UI).dropChip},
		{name: "as-text", keys: []string{"ctrl+q"}, help: "make text again of a pasted attachment", alone: types, scope: inComposer, able: cannotUnpaste, run: (*UI).unpaste},
	}
}

func listActions() []action {
	return []action{
		{name: "search", keys: []string{"f", "ctrl+f"}, help: "search all messages and customers", twins: []string{"search QUERY"}, scope: inPanes, run: (*UI).openSearch},
		{name: "filter", keys: []string{"/"}, help: "find names, words, is:unread, left<2h", twins: []string{"list QUERY"}, scope: inPanes, run: (*UI).openFilter},
		{name: "account", keys: []string{"a"}, help: "only the next account", twins: []string{"list account:ACCOUNT"}, scope: inPanes, able: needAccounts, run: (*UI).nextAccount},
		{name: "platform", keys: []string{"p"}, help: "only the next platform", twins: []string{"list platform:PLATFORM"}, scope: inPanes, run: (*UI).nextPlatform},
		{name: "sort", keys: []string{"s"}, help: "sort by time left, or as before", twins: []string{"list is:unanswered --sort time_left"}, scope: inPanes, able: cannotSort, run: (*UI).toggleSort},
	}
}

func programActions() []action {
	return []action{
		{name: "refresh", keys: []string{"R"}, help: "read the accounts now", twins: []string{"sync --force"}, scope: inPanes, run: (*UI).refresh},
		{name: "auto-reply", keys: []string{"A"}, help: "see and set the automatic answer", twins: []string{"autoreply"}, scope: inPanes, able: cannotAutoReply, run: (*UI).openAutoReply},
		{name: "palette", keys: []string{"ctrl+k"}, help: "all actions", twins: []string{"help"}, scope: anywhere, run: (*UI).openPalette},
		{name: "help", keys: []string{"?", "f1"}, help: "the keys", twins: []string{"help"}, scope: inPanes, run: (*UI).openHelp},
		{name: "redraw", keys: []string{"ctrl+l"}, help: "draw the screen anew", alone: screens, scope: anywhere, run: (*UI).redraw},
		{name: "suspend", keys: []string{"ctrl+z"}, help: "stop here, back to the shell; fg goes on", alone: screens, scope: anywhere, able: cannotSuspend, run: (*UI).suspend},
		{name: "quit", keys: []string{"q"}, help: "quit; drafts are kept", alone: screens, scope: inPanes, run: (*UI).quit},
		{name: "interrupt", keys: []string{"ctrl+c"}, help: "quit, drafts are kept; elsewhere as Esc", alone: screens, scope: anywhere, run: (*UI).quit},
	}
}

// Why something cannot be done.

func needSelection(u *UI) string {
	if _, ok := u.current(); !ok {
		return "no conversation is selected"
	}
	return ""
}

func needThread(u *UI) string {
	if !u.thread.loaded || len(u.thread.entries) == 0 {
		return "there is no message to select"
	}
	return ""
}

func needAccounts(u *UI) string {
	if len(u.accounts) < 2 {
		return "there is only one account"
	}
	return ""
}

func cannotReply(u *UI) string {
	c, ok := u.current()
	if !ok {
		return "no conversation is selected"
	}
	if w := u.in.Window(c); !w.Answerable() && !closedByClock(w) {
		return u.closedReason(c, w)
	}
	return ""
}

func isState(states ...inbox.State) func(entry) bool {
	return func(e entry) bool { return e.item != nil && slices.Contains(states, e.item.State()) }
}

func cannotWith(states ...inbox.State) func(*UI) string { return cannotFor(isState(states...)) }

func cannotFor(fits func(entry) bool) func(*UI) string {
	return func(u *UI) string {
		_, ok := u.thread.chosen(fits)
		switch {
		case ok:
			return ""
		case slices.ContainsFunc(u.thread.entries, fits):
			return "there are several: select one with " + u.keys.first("next-message") + " and " + u.keys.first("previous-message")
		}
		return "no message of yours here needs it"
	}
}

func cannotRetry(u *UI) string   { return cannotFor(u.canRetry)(u) }
func cannotDiscard(u *UI) string { return cannotWith(notSent()...)(u) }

func cannotRecall(u *UI) string {
	if e, ok := u.thread.chosen(isState(inbox.StateFailed, inbox.StateQueued)); ok && e.item.IsGesture() {
		return "there is no text in it to take back"
	}
	return cannotWith(inbox.StateFailed, inbox.StateQueued)(u)
}

func notSent() []inbox.State {
	return []inbox.State{inbox.StateFailed, inbox.StateUnknown, inbox.StateQueued}
}

func cannotLink(u *UI) string {
	if u.chosenLink() == "" {
		return "the selected message has no link"
	}
	return ""
}

// What is done.

// goes goes by lines (or rows), and by halves of the screen.
func goes(by, halves int) func(*UI) tea.Cmd {
	return func(u *UI) tea.Cmd {
		if u.focus == onThread {
			return u.scrollThread(by + halves*max(u.thread.height/2, 1))
		}
		return u.moveSelection(by + halves*max(u.listRows()/2, 1))
	}
}

func chooses(by int) func(*UI) tea.Cmd {
	return func(u *UI) tea.Cmd {
		u.thread.choose(by, u.block)
		return u.threadMoved()
	}
}

func (u *UI) toTop() tea.Cmd {
	if u.focus == onThread {
		u.thread.toStart(u.block)
		return u.threadMoved()
	}
	return u.newList()
}

func (u *UI) toBottom() tea.Cmd {
	if u.focus == onThread {
		u.thread.toEnd()
		return u.threadMoved()
	}
	moved := u.list.toEnd(u.listRows())
	return u.selectionMoved(moved)
}

func (u *UI) openSelected() tea.Cmd {
	u.focusOn(onThread)
	return tea.Batch(u.showSelected(), u.markRead())
}

func (u *UI) toList() tea.Cmd {
	u.focusOn(onList)
	return nil
}

func (u *UI) switchPane() tea.Cmd {
	if u.focus == onThread {
		return u.toList()
	}
	return u.openSelected()
}

// clear drops the marks; without any, what narrows the list.
func (u *UI) clear() tea.Cmd {
	switch {
	case len(u.list.marks.ids) > 0:
		u.dropMarks()
		return nil
	case u.list.filters() == "":
		return nil
	}
	u.list.account, u.list.platform, u.list.text, u.list.search = "", "", "", inbox.Search{}
	return u.keepList()
}

func (u *UI) reply() tea.Cmd {
	c, _ := u.current()
	back := u.focus
	cmd := u.showConversation(c)
	u.openComposer(c, back)
	if w := u.in.Window(c); closedByClock(w) {
		u.warn(u.closedReason(c, w) + ": sending asks first")
	}
	return tea.Batch(cmd, u.markRead(), u.readReplies())
}

func (u *UI) askForget() tea.Cmd {
	c, _ := u.current()
	name := c.Participant.DisplayName()
	u.ask(dialog{
		title: "Forget " + name + "?",
		text: []string{
			"Everything that is kept of " + name + " on this machine is removed: " + count(c.Messages, "message") +
				", the draft, what has not been sent.",
			c.ID.Platform().Label() + " keeps its own copy; what the customer writes from now on comes in again.",
		},
		yes: func(string) tea.Cmd {
			return u.do("forget "+name, "forgot "+name, func(ctx context.Context) error { return u.in.Forget(ctx, c.ID) })
		},
	})
	return nil
}

// chosenMessage is the selected message, or the newest.
func (u *UI) chosenMessage() (entry, bool) {
	t := &u.thread
	if i := t.index(t.cursor); i >= 0 {
		return t.entries[i], true
	}
	if len(t.entries) == 0 {
		return entry{}, false
	}
	return t.entries[len(t.entries)-1], true
}

func (u *UI) copyText() tea.Cmd {
	e, _ := u.chosenMessage()
	text := ""
	if e.msg != nil {
		text = e.msg.Text
	} else if e.item != nil {
		text = e.item.Text()
	}
	if text == "" {
		u.warn("the message has no text")
		return nil
	}
	return u.copied(text)
}

// chosenLink is the first address of the selected message.
func (u *UI) chosenLink() string {
	e, ok := u.chosenMessage()
	if !ok || e.msg == nil {
		return ""
	}
	for _, raw := range e.msg.Addresses() {
		if link := safeLink(raw); link != "" {
			return link
		}
	}
	return ""
}

func (u *UI) openChosenLink() tea.Cmd {
	return u.openLink(u.chosenLink())
}

func (u *UI) retry() tea.Cmd {
	e, _ := u.thread.chosen(u.canRetry)
	if u.leavesLater(e) {
		return u.sendNow(*e.item)
	}
	again := func() tea.Cmd {
		return u.do("try again", "queued again", func(ctx context.Context) error { return u.in.Retry(ctx, e.item.ID) })
	}
	if e.item.State() != inbox.StateUnknown {
		return again()
	}
	u.ask(dialog{
		title: "Send it again?",
		text: []string{
			"Nobody knows whether this message arrived. If it did, the customer gets it twice.",
			"The next reading of the conversation usually settles it.",
		},
		yes: func(string) tea.Cmd { return again() },
	})
	return nil
}

func (u *UI) discard() tea.Cmd {
	if note, ok := u.chosenNote(); ok {
		return u.removeNote(note, false)
	}
	e, _ := u.thread.chosen(isState(notSent()...))
	u.ask(dialog{
		title: "Discard the message?",
		text:  []string{u.itemWords(e.item)},
		yes: func(string) tea.Cmd {
			return u.do("discard", "discarded", func(ctx context.Context) error { return u.in.Discard(ctx, e.item.ID) })
		},
	})
	return nil
}

func (u *UI) recall() tea.Cmd {
	if note, ok := u.chosenNote(); ok {
		return u.removeNote(note, true)
	}
	e, _ := u.thread.chosen(isState(inbox.StateFailed, inbox.StateQueued))
	return u.takeBack(*e.item)
}

func (u *UI) nextAccount() tea.Cmd {
	ids := []inbox.AccountID{""}
	for _, a := range u.accounts {
		ids = append(ids, a.ID)
	}
	u.list.account = ids[(slices.Index(ids, u.list.account)+1)%len(ids)]
	return u.keepList()
}

func (u *UI) nextPlatform() tea.Cmd {
	platforms := []inbox.Platform{""}
	for _, a := range u.accounts {
		for _, p := range a.Platforms {
			if !slices.Contains(platforms, p.Platform) {
				platforms = append(platforms, p.Platform)
			}
		}
	}
	u.list.platform = platforms[(slices.Index(platforms, u.list.platform)+1)%len(platforms)]
	return u.keepList()
}

func (u *UI) refresh() tea.Cmd {
	u.say("reading …")
	return u.do("refresh", "", func(ctx context.Context) error { return u.in.Refresh(ctx, u.list.account) })
}

// quitSaving bounds the wait for the disk when the program ends; what is not
// stored by then is tried once more through [UI.Flush].
const quitSaving = 2 * time.Second

// quit saves what has been typed and ends the program.
func (u *UI) quit() tea.Cmd {
	return tea.Sequence(u.dropThumbs(), func() tea.Msg {
		ctx, cancel := context.WithTimeout(u.ctx, quitSaving)
		defer cancel()
		_ = u.flushTyped(ctx)
		u.letGo(ctx)
		return tea.QuitMsg{}
	})
}
