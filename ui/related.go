package ui

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"parley/inbox"

	tea "charm.land/bubbletea/v2"
)

// The same person may write on several platforms and to several accounts. These
// stay several conversations, each with its own recipient and its own window; the
// heading of one names the others, and a key leads there.

// related is who else seems to be the customer of the open conversation.
type related struct {
	key   relatedKey
	found []inbox.Conversation // by ID, so that going on leads round
}

// relatedKey is what was asked: the answer depends on nothing else that the
// screen knows.
type relatedKey struct {
	id             inbox.ConversationID
	name, username string
}

// relatedAfter is how long a conversation is on the screen before its relatives
// are looked for: who walks through the list does not pay for each.
const relatedAfter = 300 * time.Millisecond

// relatedDueMsg says that it is time to look, relatedMsg what was found.
type relatedDueMsg struct{ key relatedKey }

type relatedMsg struct {
	key   relatedKey
	found []inbox.Conversation
	err   error
}

// lookForRelated prepares the question for the conversation on the screen, unless
// it has been asked.
func (u *UI) lookForRelated() tea.Cmd {
	c := u.thread.conv
	key := relatedKey{c.ID, c.Participant.Name, c.Participant.Username}
	if key == u.related.key {
		return nil
	}
	u.related = related{key: key}
	if key.name == "" || key.username == "" {
		return nil // nobody can be told to be the same
	}
	return u.after(relatedAfter, relatedDueMsg{key})
}

func (u *UI) readRelated(msg relatedDueMsg) tea.Cmd {
	if msg.key != u.related.key || msg.key.id != u.thread.id {
		return nil
	}
	c := u.thread.conv
	return func() tea.Msg {
		found, err := u.in.Related(u.ctx, c)
		return relatedMsg{msg.key, found, err}
	}
}

func (u *UI) relatedRead(msg relatedMsg) {
	if msg.err != nil || msg.key != u.related.key {
		return // without it nothing is missing but a line
	}
	u.related.found = slices.SortedFunc(slices.Values(msg.found), func(a, b inbox.Conversation) int { return cmp.Compare(a.ID, b.ID) })
	u.touch(partThread | partPerson)
}

// relatedHere are the relatives of the open conversation.
func (u *UI) relatedHere() []inbox.Conversation {
	if u.related.key.id != u.thread.id {
		return nil
	}
	return u.related.found
}

// relatedText says where they are: who they are is known, name and handle agree.
func (u *UI) relatedText() string {
	var names []string
	for _, c := range u.relatedHere() {
		names = append(names, "on "+c.ID.Platform().Label()+" (account "+string(c.ID.Account())+")")
	}
	if len(names) == 0 {
		return ""
	}
	return "also " + strings.Join(names, ", ") + " · " + u.keys.first("related")
}

func noRelated(u *UI) string {
	if len(u.relatedHere()) == 0 {
		return "nobody else seems to be the same person: name and handle would have to agree"
	}
	return ""
}

// toRelated shows the next conversation with the same person. The list stays
// where it is, unless it shows that conversation too.
func (u *UI) toRelated() tea.Cmd {
	found := u.relatedHere()
	i := slices.IndexFunc(found, func(c inbox.Conversation) bool { return c.ID > u.thread.id })
	c := found[max(i, 0)]
	u.list.pick(c.ID, u.listRows())
	u.focusOn(onThread)
	u.touch(partList)
	return tea.Batch(u.showConversation(c), u.listMoved())
}
