package ui

import (
	"strings"

	"parley/inbox"

	tea "charm.land/bubbletea/v2"
)

// postsPage lists the account's own posts, newest first, to share one of them
// with a customer. It belongs to that customer, and asks the provider for more
// when its end is reached.
type postsPage struct {
	target
	posts []inbox.Post
	older string // cursor of the next page, "" when there is none
	asked bool   // a page is under way
	err   *inbox.Error

	filter    editor
	filtering bool // the filter has the keys
	found     []inbox.Post
	at        int
}

// postsMsg is a page of posts.
type postsMsg struct {
	page  *postsPage
	posts inbox.PostPage
	err   error
}

func (u *UI) openPosts() tea.Cmd {
	c, _ := u.current()
	p := &postsPage{target: targetOf(c), filter: newLineEditor(u.cells, 100)}
	u.show(p)
	return p.read(u)
}

// read asks for the next page, unless that is under way.
func (p *postsPage) read(u *UI) tea.Cmd {
	if p.asked {
		return nil
	}
	p.asked, p.err = true, nil
	account, cursor := p.id.Account(), p.older
	return func() tea.Msg {
		page, err := u.in.Posts(u.ctx, account, cursor)
		return postsMsg{p, page, err}
	}
}

// postsRead takes a page. A list that has been closed meanwhile takes it too,
// and nobody sees it.
func (u *UI) postsRead(msg postsMsg) {
	p := msg.page
	p.asked, p.err = false, inbox.AsError(msg.err)
	if msg.err == nil {
		p.posts, p.older = append(p.posts, msg.posts.Posts...), msg.posts.Cursor
	}
	p.search()
	u.touch(partOverlay)
}

// search keeps the posts that have all the words of the filter.
func (p *postsPage) search() {
	words := strings.Fields(strings.ToLower(p.filter.text))
	p.found = nil
	for _, post := range p.posts {
		text := strings.ToLower(post.Caption + " " + post.Kind + " " + post.Permalink + " " + post.At.Format("2006-01-02 2 January"))
		fits := true
		for _, word := range words {
			fits = fits && strings.Contains(text, word)
		}
		if fits {
			p.found = append(p.found, post)
		}
	}
	p.at = max(min(p.at, len(p.found)-1), 0)
}

func (p *postsPage) press(u *UI, key tea.Key, name string) tea.Cmd {
	u.touch(partOverlay)
	page := max(u.body().height-4, 1)
	switch name {
	case "down", "ctrl+n":
		return p.move(u, 1)
	case "up", "ctrl+p":
		return p.move(u, -1)
	case "pgdown":
		return p.move(u, page)
	case "pgup":
		return p.move(u, -page)
	case "ctrl+c":
		u.dismiss()
		return nil
	}
	if p.filtering {
		return p.typed(u, key, name)
	}
	switch name {
	case "j":
		return p.move(u, 1)
	case "k":
		return p.move(u, -1)
	case "space":
		return p.move(u, page)
	case "b":
		return p.move(u, -page)
	case "g", "home":
		p.at = 0
	case "G", "end":
		return p.move(u, len(p.found))
	case "/":
		p.filtering = true
	case "enter":
		p.choose(u)
	case "esc", "q":
		return p.leave(u)
	}
	return nil
}

// move selects another post, and reads more at the end.
func (p *postsPage) move(u *UI, by int) tea.Cmd {
	at := p.at + by
	p.at = max(min(at, len(p.found)-1), 0)
	if at >= len(p.found)-1 && p.older != "" || p.err != nil && by > 0 {
		return p.read(u)
	}
	return nil
}

// typed gives a key to the filter.
func (p *postsPage) typed(u *UI, key tea.Key, name string) tea.Cmd {
	switch name {
	case "enter":
		p.filtering = false
		return nil
	case "esc":
		return p.leave(u)
	}
	if _, used := p.filter.press(name); !used && key.Text != "" {
		p.filter.insert(key.Text)
	}
	p.at = 0
	p.search()
	return nil
}

// leave drops the filter first.
func (p *postsPage) leave(u *UI) tea.Cmd {
	if p.filtering || p.filter.text != "" {
		p.filtering = false
		p.filter.set("")
		p.search()
		return nil
	}
	u.dismiss()
	return nil
}

func (p *postsPage) paste(u *UI, text string) tea.Cmd {
	if p.filtering {
		p.filter.insert(text)
		p.search()
		u.touch(partOverlay)
	}
	return nil
}

// choose asks once, and shares.
func (p *postsPage) choose(u *UI) {
	if p.at >= len(p.found) {
		return
	}
	post := p.found[p.at]
	g := p.gesture()
	g.Post = &post
	u.ask(dialog{
		title: "Share this post with " + p.to + "?",
		text:  []string{u.postDate(post) + " " + post.Kind, inbox.CleanLine(post.Caption), post.Permalink},
		yes:   func(string) tea.Cmd { return u.makeGesture(p.target, g, "your post") },
		back:  p,
	})
}

func (u *UI) postDate(post inbox.Post) string {
	if post.At.IsZero() {
		return ""
	}
	return post.At.In(u.opts.Zone).Format("2006-01-02")
}

func (p *postsPage) draw(u *UI, width, height int) []string {
	title := u.line(width).spaces(1).put(u.style[roleTitle], "Share a post with ").fit(bold, p.to, width/2)
	lines := []string{title.String()}
	if p.filtering || p.filter.text != "" {
		p.filter.resize(u.cells, title.left-filterLabel, 1)
		lines[0] = title.put(u.style[roleActive], " find: ").put(plain, p.filter.visibleRow(0)).String()
	}
	status := p.status(u)
	rows := max(height-len(lines)-1-u.hintRows(), 1)
	first, last := around(p.at, rows, len(p.found))
	for i := first; i < last; i++ {
		lines = append(lines, p.row(u, i, width))
	}
	if status != "" {
		lines = append(lines, u.line(width).fit(u.style[roleFaint], " "+status, width).String())
	}
	return u.withHint(p, lines, width, height)
}

func (p *postsPage) hint() string {
	if p.filtering {
		return "Enter takes the words · Esc drops them"
	}
	return "Enter shares · j k move · / finds · Esc leaves"
}

// status is what is to be said below the posts.
func (p *postsPage) status(u *UI) string {
	switch {
	case p.asked:
		return "asking for posts …"
	case p.err != nil:
		return sentence(p.err) + " · j tries again"
	case p.older != "" && p.filter.text != "":
		return "searched " + count(len(p.posts), "post") + " · down at the end looks further back"
	case p.older != "":
		return "there are older ones: go down"
	case len(p.posts) == 0:
		return "this account has no posts"
	case len(p.found) == 0:
		return "none of " + count(len(p.posts), "post") + " has these words"
	}
	return ""
}

// The columns of a post's line.
const (
	dateColumn = 11
	kindColumn = 15
	wideEnough = 100 // columns from which the address has a place
)

func (p *postsPage) row(u *UI, i, width int) string {
	post := p.found[i]
	l := u.choiceLine(width, i == p.at)
	l.spaces(1).column(u.style[roleFaint], u.postDate(post), dateColumn)
	l.column(u.style[roleFaint], strings.ToLower(strings.ReplaceAll(post.Kind, "_", " ")), min(kindColumn, l.left/3)).spaces(1)
	address := ""
	if width >= wideEnough {
		address = " " + u.cells.fit(strings.TrimPrefix(post.Permalink, "https://www."), width/3)
	}
	l.column(plain, inbox.CleanLine(post.Caption), l.left-u.cells.width(address))
	return l.link(u.style[roleLink], address, safeLink(post.Permalink)).pad().String()
}

func (p *postsPage) cursor(u *UI) *tea.Cursor {
	b := u.body()
	if !p.filtering || b.height == 0 {
		return nil
	}
	_, column := p.filter.place()
	before := u.cells.width(" Share a post with ") + min(u.cells.width(p.to), u.width/2) + filterLabel
	return tea.NewCursor(min(before+column, max(u.width-1, 0)), b.y)
}
