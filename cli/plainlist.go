package cli

// What is listed in plain mode, and how one gets to it. A number stands for the
// conversation that was told with it until the next listing: nothing that comes in
// meanwhile changes what it means.

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/charmbracelet/x/ansi"

	"parley/inbox"
	"parley/ui"
)

// What is told at once.
const (
	rowsAPage   = 10
	previewLong = 100 // cells of a message in a list
)

// listing is what the numbers stand for.
type listing struct {
	rows []plainRow
	fill func(ctx context.Context, take func(plainRow) error) error // goes through all there is, from the beginning
	at   int                                                        // the row that was opened last, from 0; -1: none
}

// plainRow is a conversation in a listing.
type plainRow struct {
	id   inbox.ConversationID
	at   inbox.Position // the message that was found; zero: the conversation itself
	said string
}

// errEnough ends a walk through a list.
var errEnough = errors.New("enough")

// extend adds the next page: what is not listed yet, in the list's order. more
// tells that there is something behind it.
func (l *listing) extend(ctx context.Context) (added []plainRow, more bool, err error) {
	type place struct {
		id inbox.ConversationID
		at inbox.Position
	}
	listed := make(map[place]bool, len(l.rows))
	for _, r := range l.rows {
		listed[place{r.id, r.at}] = true
	}
	err = l.fill(ctx, func(r plainRow) error {
		switch {
		case listed[place{r.id, r.at}]:
			return nil
		case len(added) == rowsAPage:
			more = true
			return errEnough
		}
		added = append(added, r)
		return nil
	})
	if errors.Is(err, errEnough) {
		err = nil
	}
	l.rows = append(l.rows, added...)
	return added, more, err
}

// tell begins a listing and tells its first page.
func (p *plain) tell(ctx context.Context, fill func(context.Context, func(plainRow) error) error) error {
	p.listing = listing{fill: fill, at: -1}
	return p.tellPage(ctx)
}

// tellPage tells the next page of the listing.
func (p *plain) tellPage(ctx context.Context) error {
	from := len(p.listing.rows)
	added, more, err := p.listing.extend(ctx)
	if err != nil {
		return err
	}
	for i, r := range added {
		p.say("%d. %s", from+i+1, r.said)
	}
	p.more = (*plain).tellPage
	switch {
	case more:
		p.say("more goes on.")
	case len(added) == 0 && from == 0:
		p.say("Nothing is found.")
	case len(added) == 0:
		p.say("That was all.")
	}
	if !more {
		p.tellReading()
	}
	return nil
}

// goOn goes on with what was told last.
func (p *plain) goOn(ctx context.Context, _ typedCommand) error {
	if p.more == nil {
		return &usageError{text: "there is nothing to go on with", hint: "list or open something first"}
	}
	return p.more(p, ctx)
}

// list tells conversations; what is not for people the command line's list does.
func (p *plain) list(ctx context.Context, t typedCommand) error {
	if !hasFlag(t.words) {
		return p.tellList(ctx, listOptions{}, t.rest())
	}
	cmd := p.app.listCommand()
	flags, words := splitFlags(cmd, t.words)
	if err := cmd.ParseFlags(flags); err != nil || cmd.Flags().Changed("json") || cmd.Flags().Changed("limit") || asksHelp(flags) {
		return p.command(ctx, []string{"list"}, t)
	}
	o := listOptions{view: cmd.Flags().Lookup("view").Value.String(), sort: cmd.Flags().Lookup("sort").Value.String()}
	return p.tellList(ctx, o, strings.Join(texts(words), " "))
}

// tellList tells what a view or the whole inbox has, as far as the query finds it.
func (p *plain) tellList(ctx context.Context, o listOptions, query string) error {
	if _, err := p.viewSearch(o, query); err != nil {
		return err
	}
	return p.tell(ctx, func(ctx context.Context, take func(plainRow) error) error {
		l, err := p.viewSearch(o, query) // a view depends on the time
		if err != nil {
			return err
		}
		return p.eachListed(ctx, l, 0, func(c inbox.Conversation) error { return take(plainRow{id: c.ID, said: p.describeRow(c)}) })
	})
}

// describeRow is a conversation in one line, the most important first.
func (p *plain) describeRow(c inbox.Conversation) string {
	now := time.Now()
	says := []string{"From: " + p.who(c)}
	add := func(is bool, text string) {
		if is && text != "" {
			says = append(says, text)
		}
	}
	add(!c.Last.At.IsZero(), p.clock(c.Last.At, now))
	add(c.Unread == 1, "unread")
	add(c.Unread > 1, fmt.Sprintf("%d unread", c.Unread))
	add(c.Outbox.Failed+c.Outbox.Unknown > 0, "not sent")
	add(c.Unanswered, leftWords(p.OurWindow(c), now))
	add(c.IsDone(), "done")
	add(c.Triage.Snoozed(), "snoozed until "+p.clock(c.Triage.SnoozedUntil, now))
	add(c.Triage.Muted, "muted")
	add(len(c.Triage.Labels) > 0, "label "+strings.Join(c.Triage.Labels, " "))
	add(c.Draft != "", "draft")
	return strings.Join(says, ", ") + ": " + preview(c)
}

// preview is the newest message in a list.
func preview(c inbox.Conversation) string {
	text := inbox.CleanLine(c.Last.Text)
	switch {
	case c.Last.At.IsZero():
		text = "no message is known"
	case c.Last.Direction == inbox.Sent:
		text = "you: " + text
	}
	return ansi.Truncate(text, previewLong, "…")
}

// view tells the views, or the conversations of one.
func (p *plain) view(ctx context.Context, t typedCommand) error {
	views := viewsOf(p.config)
	if len(t.words) == 0 {
		for i, v := range views {
			p.say("%d. %s", i+1, strings.TrimSuffix(v.Name+": "+v.Query, ": "))
		}
		return nil
	}
	v, err := chooseView(views, t.rest())
	if err != nil {
		return err
	}
	return p.tellList(ctx, listOptions{view: v.Name}, "")
}

// chooseView finds a view by its name, the beginning of that, its place or its key.
func chooseView(views []ui.SavedView, typed string) (ui.SavedView, error) {
	if v, ok := ui.FindView(views, typed); ok {
		return v, nil
	}
	var meant []ui.SavedView
	var names []string
	for i, v := range views {
		names = append(names, v.Name)
		begins := len(v.Name) >= len(typed) && strings.EqualFold(v.Name[:len(typed)], typed)
		if typed == v.Key || typed == fmt.Sprint(i+1) || begins {
			meant = append(meant, v)
		}
	}
	if len(meant) == 1 {
		return meant[0], nil
	}
	return ui.SavedView{}, &usageError{text: fmt.Sprintf("there is no view %q", typed), hint: "known here: " + strings.Join(names, ", ")}
}

// searchWord tells messages and customers that a search finds.
func (p *plain) searchWord(ctx context.Context, t typedCommand) error {
	if hasFlag(t.words) || len(t.words) == 0 {
		return p.command(ctx, []string{"search"}, t)
	}
	search, err := parseQuery(t.rest(), known(p.config))
	if err != nil {
		return err
	}
	var state inbox.IndexState
	err = p.tell(ctx, func(ctx context.Context, take func(plainRow) error) (err error) {
		state, err = p.eachFind(ctx, search, 0, func(r inbox.SearchResult) error { return take(p.rowOfFind(r)) })
		return err
	})
	p.app.tellIndex(state)
	return err
}

func (p *plain) rowOfFind(r inbox.SearchResult) plainRow {
	c := r.Conversation
	if !r.IsMessage() {
		return plainRow{id: c.ID, said: p.describeRow(c)}
	}
	now, from := time.Now(), "From: "+p.who(c)
	if r.Message.Direction == inbox.Sent {
		from = "You to " + p.who(c)
	}
	return plainRow{id: c.ID, at: r.Message.Position(), said: from + ", " + p.clock(r.At, now) + ": " + inbox.CleanLine(r.Text)}
}

// openWord opens a conversation by its number or name.
func (p *plain) openWord(ctx context.Context, t typedCommand) error {
	if len(t.words) == 0 {
		return p.nextWord(ctx, t)
	}
	p.open, p.missed = "", true // should it fail, what is typed ahead must not go to somebody else
	if w := t.words[0]; len(t.words) == 1 && !w.quoted {
		if n, err := strconv.Atoi(w.text); err == nil {
			if _, err := p.target(w); err != nil {
				return err
			}
			return p.openRow(ctx, n-1)
		}
	}
	c, err := p.Find(ctx, t.rest())
	if err != nil {
		return err
	}
	return p.enter(ctx, c.ID, inbox.Position{})
}

// offer lists the conversations that a name may mean, so that a number says which.
// A pipe has counted ahead: there the numbers stay what they were.
func (p *plain) offer(ctx context.Context, err error) bool {
	several, ok := errors.AsType[*inbox.Several](err)
	if !ok || !p.app.caller.Stdin {
		return false
	}
	p.app.complain(fmt.Sprintf("%q names several conversations", several.Name), "say which by its number, or by more of the name")
	p.app.report(p.tell(ctx, func(ctx context.Context, take func(plainRow) error) error {
		for _, found := range several.Found {
			c, err := p.Conversation(ctx, found.ID)
			if inbox.KindOf(err) == inbox.NotFound { // forgotten meanwhile
				continue
			}
			if err == nil {
				err = take(plainRow{id: c.ID, said: p.describeRow(c)})
			}
			if err != nil {
				return err
			}
		}
		return nil
	}))
	return true
}

// openRow opens a row of the listing.
func (p *plain) openRow(ctx context.Context, i int) error {
	p.listing.at = i
	return p.enter(ctx, p.listing.rows[i].id, p.listing.rows[i].at)
}

// nextWord opens the next conversation of the listing.
func (p *plain) nextWord(ctx context.Context, _ typedCommand) error {
	l := &p.listing
	p.open, p.missed = "", true
	if l.fill == nil {
		return &usageError{text: "nothing is listed yet", hint: "list or view tells what there is"}
	}
	if l.at+1 == len(l.rows) {
		if _, _, err := l.extend(ctx); err != nil {
			return err
		}
	}
	if l.at+1 == len(l.rows) {
		return &usageError{text: "that was the last one of the list", hint: "list tells what there is now"}
	}
	err := p.openRow(ctx, l.at+1)
	if inbox.KindOf(err) == inbox.NotFound { // forgotten meanwhile
		return p.nextWord(ctx, typedCommand{})
	}
	return err
}

// backWord closes the conversation.
func (p *plain) backWord(context.Context, typedCommand) error {
	p.open, p.missed = "", false
	p.more = nil
	if p.listing.fill != nil {
		p.more = (*plain).tellPage
	}
	return nil
}
