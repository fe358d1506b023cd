package ui

import (
	"strings"

	"parley/inbox"

	tea "charm.land/bubbletea/v2"
	"github.com/sahilm/fuzzy"
)

// Canned replies: /name in the composer finds one, shows it with its places
// filled in, and puts that text into the composer. What leaves is what was shown.

// repliesMsg brings the canned replies.
type repliesMsg struct {
	replies []inbox.Reply
	err     error
}

// readReplies reads them anew: the files may have been changed in another window.
func (u *UI) readReplies() tea.Cmd {
	source := u.opts.Replies
	if source == nil {
		return nil
	}
	return func() tea.Msg {
		replies, err := source.Replies(u.ctx)
		return repliesMsg{replies, err}
	}
}

// repliesRead takes the replies. What is wrong with some is said once, and keeps
// nobody from the others.
func (u *UI) repliesRead(msg repliesMsg) {
	u.replies = msg.replies
	wrong := ""
	if msg.err != nil && u.ctx.Err() == nil {
		first, rest, more := strings.Cut(msg.err.Error(), "\n")
		if wrong = "replies: " + inbox.CleanLine(first); more {
			wrong += " (and " + short(strings.Count(rest, "\n")+1) + " more)"
		}
		if wrong != u.repliesWrong {
			u.warn(wrong)
		}
	}
	u.repliesWrong = wrong
	if u.composer == nil {
		return
	}
	s := &u.composer.suggest
	if word, start := u.composer.ed.wordAt(); strings.HasPrefix(word, "/") && s.declined != start {
		s.list = u.suggestReplies(word[1:])
		s.at = min(s.at, max(len(s.list)-1, 0))
		u.touch(partComposer | partHints)
		u.relayout()
	}
}

// replySource is what is searched: the names.
type replySource []inbox.Reply

func (s replySource) String(i int) string { return s[i].Name }
func (s replySource) Len() int            { return len(s) }

// leastInText is how many letters a word needs that is looked for in the texts
// too.
const leastInText = 3

// suggestReplies are the replies that fit to what is typed behind the slash: by
// name first, then by what they say.
func (u *UI) suggestReplies(query string) []suggestion {
	all := inbox.RepliesFor(u.replies, u.composer.id.Platform())
	found := all
	if query != "" {
		found = nil
		taken := map[string]bool{}
		for _, m := range fuzzy.FindFrom(query, replySource(all)) {
			found = append(found, all[m.Index])
			taken[all[m.Index].Name] = true
		}
		for _, r := range all {
			if len(query) >= leastInText && !taken[r.Name] && strings.Contains(strings.ToLower(r.Text), strings.ToLower(query)) {
				found = append(found, r)
			}
		}
	}
	values := u.replyValues()
	list := make([]suggestion, 0, len(found))
	for _, r := range found {
		text, empty := r.Fill(values)
		s := suggestion{label: "/" + r.Name, help: inbox.CleanLine(text), insert: text, preview: text}
		if len(empty) > 0 {
			s.help = unfilledWords(empty) + " · " + s.help
		}
		list = append(list, s)
	}
	return list
}

// replyValues are what the places of a reply stand for in this conversation.
func (u *UI) replyValues() map[string]string {
	conv := inbox.Conversation{ID: u.composer.id}
	if u.thread.id == conv.ID {
		conv = u.thread.conv
	}
	return inbox.TemplateValues(conv, u.opts.Agent, u.now().In(u.opts.Zone), u.opts.Clock)
}

// unfilledWords name the places that nothing is known for.
func unfilledWords(names []string) string {
	return "{{" + strings.Join(names, "}}, {{") + "}} empty"
}

// unfilled says which places of the text have still to be filled, "" for none.
func (c *composer) unfilled() string {
	names := inbox.Unfilled(c.ed.text)
	if len(names) == 0 {
		return ""
	}
	return unfilledWords(names) + ": write what belongs there"
}

func noReplies(u *UI) string {
	if u.opts.Replies == nil {
		return "there are no canned replies here"
	}
	return ""
}
