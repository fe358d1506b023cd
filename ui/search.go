package ui

import (
	"context"
	"slices"
	"strings"
	"time"

	"parley/inbox"

	tea "charm.land/bubbletea/v2"
)

// The full search: a page over the panes with a line to type in, and below it all
// messages and customers that are found, newest first. It asks while it is typed.
// What it covers stays as it is, down to the composer and its draft: Esc leads
// back to it, Enter on to what was found, and Esc from there back to the page (see
// search_jump.go). The page is kept when it is left: whoever looks through several
// finds goes on where he was.

// searchPage is the full search.
type searchPage struct {
	input  editor
	offers offers
	wrong  string // what is wrong with the search that is typed
	text   string // what was asked last, as it was typed
	query  inbox.SearchQuery

	results []inbox.SearchResult
	next    inbox.SearchCursor // where more of them begin, "" for nowhere
	state   inbox.IndexState   // how far the index had come that has answered
	err     *inbox.Error

	gen    uint64             // of the newest question
	cancel context.CancelFunc // ends it
	busy   bool               // its answer is not there yet
	fresh  bool               // and belongs to another search than the results

	origin   origin // where it was opened
	led      bool   // and it has led elsewhere since
	filter   string // what the list was narrowed by then
	replaced bool   // what is typed next replaces what stands in the line

	at, top int
	rows    int       // results that fit on the screen
	renew   time.Time // when a label of those that were drawn changes
}

// How much is asked for at once, and kept: who pages further narrows the search.
const (
	searchAtOnce = 100
	searchMost   = 5000
	searchLine   = 300 // bytes of a search
)

// foundMsg is what was found; more tells that it goes on behind the results.
type foundMsg struct {
	gen  uint64
	more bool
	page inbox.SearchPage
	err  error
}

// searchAgainMsg says that the index, which was behind, may have followed.
type searchAgainMsg struct{ gen uint64 }

// openSearch shows the page as it was left. What the list is narrowed by is looked
// for instead; the next letter replaces it.
func (u *UI) openSearch() tea.Cmd {
	if u.search == nil {
		u.search = &searchPage{input: newLineEditor(u.cells, searchLine)}
	}
	p := u.search
	text := u.list.text
	if u.focus == onFilter {
		text = u.filter.text // also what cannot be understood yet
		u.focusOn(onList)
	}
	p.takeOver(text)
	p.origin, p.led = u.here(), false
	u.thread.found = false
	return u.showSearch()
}

// takeOver puts the words of the filter into the line, to be replaced as one by what
// is typed next. The same filter is taken over once: after that, what was looked for
// last is kept.
func (p *searchPage) takeOver(filter string) {
	taken := p.filter
	p.filter = filter
	if filter == taken || filter == "" || filter == p.input.text {
		return
	}
	p.input.set(filter)
	p.replaced = true
}

// showSearch shows the page and asks anew: meanwhile something may have come.
func (u *UI) showSearch() tea.Cmd {
	p := u.search
	u.show(p)
	p.offer(u)
	return tea.Batch(u.readKnownLabels(), p.ask(u))
}

// searching is the page while it is on the screen, else nil.
func (u *UI) searching() *searchPage {
	p, _ := u.overlay.(*searchPage)
	return p
}

// press takes the keys: most of them are typed.
func (p *searchPage) press(u *UI, key tea.Key, name string) tea.Cmd {
	u.touch(partOverlay)
	switch name {
	case "esc", "ctrl+c":
		return p.leave(u)
	case "enter":
		return p.enter(u)
	case "tab":
		if !p.offers.accept(&p.input) {
			return nil
		}
		p.replaced = false
		return p.typed(u)
	case "shift+tab":
		p.offers.choose("down")
		return nil
	}
	if by := p.step(name); by != 0 {
		return p.move(u, by)
	}
	changed := p.replace(key, name)
	if edited, used := p.input.press(name); used {
		changed = changed || edited
	} else if key.Text != "" {
		changed = p.input.insert(key.Text) || changed
	}
	if !changed {
		p.offer(u)
		return nil
	}
	return p.typed(u)
}

// replace empties the line when a key replaces what was taken over into it.
func (p *searchPage) replace(key tea.Key, name string) bool {
	erases := slices.Contains([]string{"backspace", "ctrl+h", "delete", "ctrl+d", "ctrl+w", "ctrl+backspace"}, name)
	empties := p.replaced && (erases || key.Text != "")
	p.replaced = false
	if empties {
		p.input.set("")
	}
	return empties
}

// step is how far a key moves the selection.
func (p *searchPage) step(name string) int {
	switch name {
	case "down", "ctrl+n":
		return 1
	case "up", "ctrl+p":
		return -1
	case "pgdown":
		return max(p.rows, 1)
	case "pgup":
		return -max(p.rows, 1)
	case "ctrl+home":
		return -len(p.results)
	case "ctrl+end":
		return len(p.results)
	}
	return 0
}

func (p *searchPage) paste(u *UI, text string) tea.Cmd {
	u.touch(partOverlay)
	emptied := p.replace(tea.Key{Text: text}, "")
	if !p.input.insert(strings.TrimSpace(text)) && !emptied {
		return nil
	}
	return p.typed(u)
}

// leave goes back to where the page was opened. What came in there meanwhile has not
// been seen before.
func (p *searchPage) leave(u *UI) tea.Cmd {
	p.stop()
	u.dismiss()
	if !p.led {
		return u.markRead() // the page covers it
	}
	p.led = false
	return tea.Batch(u.goBack(p.origin), u.markRead())
}

// stop ends the question that is under way.
func (p *searchPage) stop() {
	if p.cancel != nil {
		p.cancel()
	}
	p.gen++
	p.busy, p.cancel = false, nil
}

// enter opens what is selected. What is wrong with the search comes first; and
// what is on the screen while another search is asked, nobody meant.
func (p *searchPage) enter(u *UI) tea.Cmd {
	if _, err := u.parseFilter(p.input.text); err != nil {
		p.wrong = err.In(p.input.text)
		return nil
	}
	if p.busy && p.fresh || p.at >= len(p.results) {
		return nil
	}
	found := p.results[p.at]
	p.stop()
	p.led = true
	return u.jumpTo(found)
}

// typed asks for what is typed by now, if that is another search.
func (p *searchPage) typed(u *UI) tea.Cmd {
	p.offer(u)
	if search, err := u.parseTyped(p.input.text); err == nil && p.asksFor(search) {
		p.text, p.wrong = p.input.text, ""
		return nil
	}
	return p.ask(u)
}

// asksFor tells that the newest question was this one.
func (p *searchPage) asksFor(search inbox.Search) bool {
	return search.String() == p.query.Search.String() && p.isTyping() == p.query.Typing
}

func (p *searchPage) offer(u *UI) {
	p.offers = offers{found: inbox.Complete(p.input.text, p.input.at, u.known())}
	u.touch(partOverlay)
}

// ask asks the inbox, and gives up what it was asked before. As long as it cannot
// be understood what is typed, the results of the last search stay.
func (p *searchPage) ask(u *UI) tea.Cmd {
	text := p.input.text
	search, err := u.parseTyped(text)
	if p.wrong = ""; err != nil {
		p.wrong = err.In(text)
		return nil
	}
	p.stop()
	p.text, p.fresh = text, p.fresh || !p.asksFor(search)
	p.query = inbox.SearchQuery{Search: search, By: u.searchBy(), Typing: p.isTyping(), Limit: max(searchAtOnce, len(p.results))}
	if p.fresh {
		p.query.Limit = searchAtOnce
	}
	if len(search.Terms) == 0 {
		p.results, p.next, p.err, p.state, p.fresh = nil, "", nil, inbox.IndexState{}, false
		p.at, p.top = 0, 0
		return nil
	}
	return p.read(u, false)
}

// isTyping tells that the last word may go on.
func (p *searchPage) isTyping() bool {
	return p.input.at == len(p.input.text) && !strings.HasSuffix(p.input.text, " ")
}

// read asks the question, or for more answers to it.
func (p *searchPage) read(u *UI, more bool) tea.Cmd {
	p.gen++
	gen, q := p.gen, p.query
	if more {
		q.Next, q.Limit = p.next, searchAtOnce
	}
	var ctx context.Context
	ctx, p.cancel = context.WithCancel(u.ctx)
	p.busy = true
	return func() tea.Msg {
		page, err := u.in.Search(ctx, q)
		return foundMsg{gen, more, page, err}
	}
}

// found takes what the newest question has found.
func (u *UI) found(msg foundMsg) tea.Cmd {
	p := u.search
	if p == nil || msg.gen != p.gen {
		return nil
	}
	p.cancel()
	p.busy, p.cancel = false, nil
	u.touch(partOverlay)
	if p.err = nil; msg.err != nil {
		p.err = inbox.AsError(msg.err)
		p.results, p.next, p.fresh = nil, "", false
		return nil
	}
	p.state, p.next = msg.page.State, msg.page.Next
	switch {
	case msg.more:
		p.results = append(p.results, msg.page.Results...)
	case p.fresh:
		p.results, p.at, p.top = msg.page.Results, 0, 0
	default:
		p.renewed(msg.page.Results)
	}
	p.fresh = false
	if p.state.IsComplete() {
		return p.goOn(u)
	}
	return tea.Batch(p.goOn(u), u.after(indexApart, searchAgainMsg{p.gen}))
}

// renewed takes the answer to the same question, asked again. The selection stays
// with what it was on, at its place on the screen.
func (p *searchPage) renewed(results []inbox.SearchResult) {
	offset := p.at - p.top
	if p.at < len(p.results) {
		place := placeOf(p.results[p.at])
		if i := slices.IndexFunc(results, func(r inbox.SearchResult) bool { return placeOf(r) == place }); i >= 0 {
			p.at = i
		}
	}
	p.results = results
	p.at = max(min(p.at, len(results)-1), 0)
	p.top = max(p.at-offset, 0)
}

// place is what a result is bound to.
type place struct {
	conversation inbox.ConversationID
	message      inbox.MessageID
}

func placeOf(r inbox.SearchResult) place { return place{r.Conversation.ID, r.Message.ID} }

// renewSearch asks once more when what is found may stand elsewhere now.
func (u *UI) renewSearch() tea.Cmd {
	p := u.searching()
	if p == nil {
		return nil
	}
	return p.ask(u)
}

// followSearch asks once more when something has come that may be found too, as
// long as the answer is one page: what follows constant news has constant cost.
func (u *UI) followSearch() tea.Cmd {
	p := u.searching()
	if p == nil || p.busy || len(p.results) > searchAtOnce {
		return nil
	}
	return p.ask(u)
}

// searchAgain asks once more while the index is behind.
func (u *UI) searchAgain(msg searchAgainMsg) tea.Cmd {
	p := u.searching()
	if p == nil || msg.gen != p.gen {
		return nil
	}
	return p.ask(u)
}

// move selects another result.
func (p *searchPage) move(u *UI, by int) tea.Cmd {
	p.at = max(min(p.at+by, len(p.results)-1), 0)
	p.settle()
	return p.goOn(u)
}

// goOn reads more results when the selection comes near to the last one.
func (p *searchPage) goOn(u *UI) tea.Cmd {
	if p.next == "" || p.busy || len(p.results) >= searchMost || p.at < len(p.results)-2*max(p.rows, 1) {
		return nil
	}
	return p.read(u, true)
}

// settle scrolls by half a screen where the selection leaves it.
func (p *searchPage) settle() {
	rows := max(p.rows, 1)
	switch {
	case p.at < p.top:
		p.top = p.at - rows/2
	case p.at >= p.top+rows:
		p.top = p.at - rows + 1 + (rows-1)/2
	}
	p.top = max(min(p.top, len(p.results)-rows), 0)
}

// forget drops what was found in a conversation that is kept no longer, and does not
// lead back to it.
func (p *searchPage) forget(id inbox.ConversationID) {
	if p == nil {
		return
	}
	p.results = slices.DeleteFunc(p.results, func(r inbox.SearchResult) bool { return r.Conversation.ID == id })
	if p.origin.conv.ID == id {
		p.origin = origin{focus: onList}
	}
	p.at = max(min(p.at, len(p.results)-1), 0)
	p.settle()
}
