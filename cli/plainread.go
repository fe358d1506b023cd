package cli

// A conversation in plain mode: a line for each message, who has written it first.
// A message's own line breaks are told as strokes, so that no customer can write a
// line which sounds like another's.

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/charmbracelet/x/ansi"

	"parley/inbox"
)

// How many messages are told at once.
const (
	messagesAPage = 10
	leastRead     = 5  // when a conversation is opened, however little is unread
	mostRead      = 25 // … and however much
	aroundFind    = 4  // before and behind a message that was searched for
)

// stretch is what has been read of the open conversation.
type stretch struct{ first, last inbox.Position }

// add makes the stretch reach over messages that are read now.
func (s *stretch) add(messages []inbox.Message) {
	if len(messages) == 0 {
		return
	}
	if at := messages[0].Position(); s.first.IsZero() || at.Before(s.first) {
		s.first = at
	}
	if at := messages[len(messages)-1].Position(); s.last.Before(at) {
		s.last = at
	}
}

// enter opens a conversation and reads its end, or what stands around a message.
func (p *plain) enter(ctx context.Context, id inbox.ConversationID, at inbox.Position) error {
	c, err := p.Conversation(ctx, id)
	if err != nil {
		return err
	}
	p.open, p.missed, p.read = id, false, stretch{}
	q := inbox.ThreadQuery{Conversation: id, Before: min(max(c.Unread, leastRead), mostRead)}
	if !at.IsZero() {
		q = inbox.ThreadQuery{Conversation: id, Anchor: at, Before: aroundFind, After: aroundFind + 1}
	}
	t, err := p.Thread(ctx, q)
	if err != nil {
		return err
	}
	p.say("%s", p.heading(t))
	return p.tellThread(ctx, t)
}

// heading says what is to be known before the messages.
func (p *plain) heading(t inbox.Thread) string {
	c, now := t.Conversation, time.Now()
	says := []string{p.who(c)}
	add := func(is bool, text string) {
		if is && text != "" {
			says = append(says, text)
		}
	}
	add(true, leftWords(p.OurWindow(c), now))
	add(!c.Unanswered && c.Last.Direction == inbox.Sent, "answered")
	add(c.IsDone(), "done")
	add(c.Triage.Snoozed(), "snoozed until "+p.clock(c.Triage.SnoozedUntil, now))
	add(c.Triage.Muted, "muted")
	add(c.Taken, "held by another app")
	add(len(c.Triage.Labels) > 0, "label "+strings.Join(c.Triage.Labels, " "))
	add(!t.Draft.Empty(), "a draft waits: reply goes on with it")
	add(t.Draft.Note != "", "the draft of a note waits: note goes on with it")
	add(t.Page.MoreBefore, fmt.Sprintf("%d of %d messages", len(t.Page.Messages), c.Messages))
	return strings.Join(says, ", ") + "."
}

// tellThread tells messages, and what waits in the outbox where they reach the end.
func (p *plain) tellThread(ctx context.Context, t inbox.Thread) error {
	p.links = nil
	p.tellMessages(t.Conversation, t.Page.Messages)
	p.more = (*plain).tellOlder
	if t.Page.MoreAfter {
		p.say("read goes on from here.")
		return nil
	}
	for _, item := range t.Outbox {
		p.say("%s", p.describeItem(item))
	}
	if len(t.Page.Messages)+len(t.Outbox) == 0 {
		p.say("No message is known.")
	}
	return p.MarkRead(ctx, p.open, t.Conversation.LastArrival)
}

func (p *plain) tellMessages(c inbox.Conversation, messages []inbox.Message) {
	p.read.add(messages)
	for _, m := range messages {
		p.say("%s", p.describeMessage(c, m))
		p.links = append(p.links, linksOf(m)...)
	}
}

// readWord tells what has come since, or the end once more.
func (p *plain) readWord(ctx context.Context, t typedCommand) error {
	switch {
	case hasFlag(t.words) || len(t.words) > 1:
		return p.command(ctx, []string{"read"}, t) // marks several as read
	case len(t.words) == 1:
		return p.openWord(ctx, t)
	}
	c, err := p.current(ctx)
	if err != nil {
		return err
	}
	behind := inbox.Position{At: p.read.last.At, ID: p.read.last.ID + "\x00"}
	thread, err := p.Thread(ctx, inbox.ThreadQuery{Conversation: c.ID, Anchor: behind, After: mostRead})
	if err == nil && len(thread.Page.Messages) == 0 {
		thread, err = p.Thread(ctx, inbox.ThreadQuery{Conversation: c.ID, Before: leastRead})
	}
	if err != nil {
		return err
	}
	return p.tellThread(ctx, thread)
}

// tellOlder tells what was written before what has been read.
func (p *plain) tellOlder(ctx context.Context) error {
	c, err := p.current(ctx)
	if err != nil {
		return err
	}
	t, err := p.Thread(ctx, inbox.ThreadQuery{Conversation: c.ID, Anchor: p.read.first, Before: messagesAPage})
	if err != nil {
		return err
	}
	p.links = nil
	p.tellMessages(c, t.Page.Messages)
	if !t.Page.MoreBefore {
		p.say("That is the beginning.")
	}
	return nil
}

// describeMessage is a message in one line.
func (p *plain) describeMessage(c inbox.Conversation, m inbox.Message) string {
	at := p.clock(m.CreatedAt, time.Now())
	says := describeBody(m)
	switch {
	case m.Note && m.Author != "":
		return "Note by " + inbox.CleanLine(m.Author) + ", " + at + ": " + says
	case m.Note:
		return "Note, " + at + ": " + says
	case m.Event:
		return "Event, " + at + ": " + says
	case m.Direction == inbox.Received:
		return "From: " + shortName(c) + ", " + at + ": " + says
	case !c.ReadUpTo.Before(m.CreatedAt):
		return "You, " + at + ", read: " + says
	}
	return "You, " + at + ", sent: " + says
}

// shortName is a customer's name as a line has room for it.
func shortName(c inbox.Conversation) string {
	return ansi.Truncate(inbox.CleanLine(c.Participant.DisplayName()), longestName, "…")
}

// describeBody is what a message says.
func describeBody(m inbox.Message) string {
	words := m
	words.Text = oneLine(m.Text)
	var says []string
	if r := m.ReplyTo; r != nil && r.Text != "" && !m.Deleted {
		says = append(says, "[answers: "+ansi.Truncate(inbox.CleanLine(r.Text), longestName, "…")+"]")
	}
	says = append(says, words.Preview())
	if !m.Deleted && strings.TrimSpace(m.Text) != "" {
		for _, a := range m.Attachments { // the preview has them only where there is no text
			says = append(says, "["+inbox.CleanLine(a.Label())+"]")
		}
	}
	if m.UpdatedAt.After(m.CreatedAt) && !m.Deleted {
		says = append(says, "(edited)")
	}
	for _, r := range m.Reactions {
		who := "they"
		if r.Mine {
			who = "you"
		}
		says = append(says, "("+who+" reacted "+inbox.CleanLine(r.Emoji)+")")
	}
	return strings.Join(says, " ")
}

// oneLine makes one line of a text.
func oneLine(text string) string {
	var lines []string
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, " / ")
}

// describeItem is a message of the outbox in one line of its conversation.
func (s *session) describeItem(item inbox.OutboxItem) string {
	return "You, " + s.clock(item.CreatedAt, time.Now()) + ", " + s.describeState(item)
}

// describeOutbox is the same in a list of what goes to several. The ID is needed
// only where something can still be done.
func (s *session) describeOutbox(ctx context.Context, item inbox.OutboxItem) string {
	text := "To " + s.recipient(ctx, item.Conversation) + ", " + s.describeState(item)
	if item.State() != inbox.StateSent {
		text += "; ID " + string(item.ID)
	}
	return text
}

// describeState is how an item stands, what it says, and what is wrong with it.
func (s *session) describeState(item inbox.OutboxItem) string {
	now, state := time.Now(), string(item.State())
	switch {
	case item.State() == inbox.StateUnknown:
		state = "in doubt"
	case item.State() == inbox.StateFailed:
		state = "not sent"
	case item.Held(now):
		state = "leaves in " + spoken(item.HeldUntil.Sub(now)) + ", undo takes it back"
	case item.Scheduled() && item.State() == inbox.StateQueued:
		state = "scheduled for " + s.leaves(item)
	}
	var says []string
	for _, part := range item.Parts {
		if part.Kind == inbox.PartText {
			says = append(says, oneLine(part.Text))
		} else {
			says = append(says, describePart(part))
		}
	}
	text := state + ": " + strings.Join(says, " ")
	if f := item.Failure(); f != nil && item.State() != inbox.StateSent {
		text += "; " + inbox.CleanLine(strings.TrimSuffix(f.Text+", "+f.Hint, ", "))
	}
	return text
}

// linksOf are the addresses that a message leads to.
func linksOf(m inbox.Message) []string {
	var found []string
	for _, raw := range m.Addresses() {
		u, err := url.Parse(raw)
		if err == nil && u.Host != "" && (u.Scheme == "https" || u.Scheme == "http") && !slices.Contains(found, raw) {
			found = append(found, inbox.CleanLine(raw))
		}
	}
	return found
}

// linksWord tells the addresses in what was read last.
func (p *plain) linksWord(context.Context, typedCommand) error {
	if len(p.links) == 0 {
		return &usageError{text: "the messages that were read last have no address", hint: "open or more reads messages"}
	}
	for _, link := range p.links {
		p.say("%s", link)
	}
	return nil
}
