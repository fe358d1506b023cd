package ui

import (
	"strings"
	"time"

	"parley/inbox"
)

// The lines around the panes: the header with the views, the banner of a dead
// account, hints and notices, and the status line, which always says how old
// the truth is.

// notice is a short answer to something that the agent did. It goes away by
// itself, so that it cannot be taken for news.
type notice struct {
	text  string
	role  role
	until time.Time
}

// How long notices stay.
const (
	noticeShort = 6 * time.Second
	noticeLong  = 20 * time.Second
)

func (u *UI) say(text string)  { u.notify(text, roleGood, noticeShort) }
func (u *UI) warn(text string) { u.notify(text, roleUrgent, noticeLong) }

func (u *UI) notify(text string, r role, stay time.Duration) {
	u.notice = notice{text, r, u.now().Add(stay)}
	u.touch(partHints)
}

// hush takes a notice away when the agent goes on.
func (u *UI) hush() {
	if u.notice.text != "" {
		u.notice = notice{}
		u.touch(partHints)
	}
}

// drawHeader draws the product's name, the views with their counts, and what
// narrows the list.
func (u *UI) drawHeader() ([]string, time.Time) {
	if u.area.header.height == 0 {
		return nil, time.Time{}
	}
	l := u.line(u.area.header.width)
	if u.focus == onFilter {
		return []string{u.drawFilter(l)}, time.Time{}
	}
	right := u.headerRight()
	room := l.left - u.cells.width(right)
	l.put(u.style[roleTitle], " "+u.opts.Title)
	for i, v := range listViews() {
		u.drawTab(l, i, v, room)
	}
	l.spaces(l.left - u.cells.width(right))
	return []string{l.put(u.style[roleFaint], right).String()}, time.Time{}
}

// drawTab draws one view, if the room on the left allows.
func (u *UI) drawTab(l *lineBuilder, i int, v listView, room int) {
	text := "  " + string(rune('1'+i)) + " " + v.name
	if n, known := u.list.counts[v.view]; known && !v.closing && n > 0 {
		text += " " + short(n)
	}
	style := u.style[roleFaint]
	if v.name == u.list.view.name {
		style = u.style[roleActive]
	}
	if used := u.area.header.width - l.left; used+u.cells.width(text) <= room {
		l.put(style, text)
	}
}

func (u *UI) headerRight() string {
	parts := []string{}
	if f := u.list.filters(); f != "" {
		parts = append(parts, "only "+f)
	}
	if u.list.sort == inbox.SortTimeLeft {
		parts = append(parts, "by time left")
	}
	if len(parts) == 0 {
		return ""
	}
	return u.cells.fit(visible(strings.Join(parts, " · ")), u.area.header.width/2) + " "
}

// bannerText is what has to be said of dead accounts, "" when none is.
func (u *UI) bannerText() string {
	var dead []inbox.AccountView
	for _, a := range u.accounts {
		if a.Health == inbox.Dead {
			dead = append(dead, a)
		}
	}
	if len(dead) == 0 {
		return ""
	}
	text := string(dead[0].ID) + " stands still"
	if f := dead[0].Error; f != nil {
		text += ": " + strings.TrimSuffix(f.Text+". "+f.Hint, ". ")
	}
	if n := len(dead) - 1; n > 0 {
		text += " (and " + count(n, "account") + " more)"
	}
	return text
}

func (u *UI) drawBanner() ([]string, time.Time) {
	if u.area.banner.height == 0 {
		return nil, time.Time{}
	}
	l := u.line(u.area.banner.width)
	l.base = u.style[roleUrgent] + reverse
	return []string{l.fit(plain, " "+u.bannerText(), l.left).pad().String()}, time.Time{}
}

// drawHints draws a notice while there is one, else the keys that are of use
// here.
func (u *UI) drawHints() ([]string, time.Time) {
	if u.area.hints.height == 0 {
		return nil, time.Time{}
	}
	l := u.line(u.area.hints.width)
	if n := u.notice; n.text != "" && u.now().Before(n.until) {
		return []string{l.fit(u.style[n.role], " "+n.text, l.left).String()}, n.until
	}
	for i, name := range u.hintNames() {
		gap := "   "
		if i == 0 {
			gap = " "
		}
		text := gap + u.keys.first(name)
		if u.cells.width(text)+1+u.cells.width(u.hintHelp(name)) > l.left {
			break
		}
		l.put(u.style[roleActive], text).put(u.style[roleFaint], " "+u.hintHelp(name))
	}
	return []string{l.String()}, time.Time{}
}

// hintNames are the actions that the bottom line reminds of.
func (u *UI) hintNames() []string {
	switch u.focus {
	case onComposer:
		return []string{"send", "newline", "leave", "attach", "editor", "palette"}
	case onThread:
		return []string{"reply", "list", "previous-message", "next-message", "link", "archive", "help", "quit"}
	case onFilter:
		return nil
	}
	return []string{"open", "reply", "archive", "filter", "refresh", "palette", "help", "quit"}
}

// hintHelp is the short form of an action's help.
func (u *UI) hintHelp(name string) string {
	switch name {
	case "previous-message":
		return "message up"
	case "next-message":
		return "message down"
	case "link":
		return "link"
	case "attach":
		return "attach"
	case "leave":
		return "leave"
	case "editor":
		return "editor"
	case "list":
		return "list"
	case "open":
		return "open"
	case "archive":
		return "archive"
	case "filter":
		return "find"
	case "refresh":
		return "refresh"
	case "palette":
		return "actions"
	case "quit":
		return "quit"
	}
	return u.keys.help(name)
}

// drawStatus draws the accounts and the outbox.
func (u *UI) drawStatus() ([]string, time.Time) {
	if u.area.status.height == 0 {
		return nil, time.Time{}
	}
	l := u.line(u.area.status.width)
	if u.area.hints.height == 0 && u.notice.text != "" && u.now().Before(u.notice.until) {
		return []string{l.fit(u.style[u.notice.role], u.notice.text, l.left).String()}, u.notice.until
	}
	outbox := u.outboxSegments()
	room := l.left - outbox.width(u.cells) - 1
	var until time.Time
	for i, a := range u.accounts {
		s, next := u.accountSegments(a)
		until = sooner(until, next)
		if used := u.area.status.width - l.left; used+s.width(u.cells)+3 > room && i > 0 {
			l.put(u.style[roleFaint], " +"+short(len(u.accounts)-i))
			break
		}
		if i > 0 {
			l.put(u.style[roleFaint], " │")
		}
		s.put(l)
	}
	l.spaces(l.left - outbox.width(u.cells) - 1)
	outbox.put(l)
	return []string{l.String()}, until
}

// accountSegments say how an account is and how old its data is.
func (u *UI) accountSegments(a inbox.AccountView) (s segments, until time.Time) {
	word, r := healthWord(a.Health)
	s = segments{{plain, " " + string(a.ID)}}
	if word != "" {
		s = append(s, segment{u.style[r], " " + word})
	}
	var next time.Time
	for _, p := range a.Platforms {
		part, t := u.platformSegment(p)
		s = append(s, part)
		until = sooner(until, t)
		next = sooner(next, p.NextAt)
	}
	if !next.IsZero() && a.Health != inbox.Dead {
		label, t := leftLabel(next, u.now(), false)
		if label == "0m" {
			label = "<1m"
		}
		s = append(s, segment{u.style[roleFaint], " next " + label})
		until = sooner(until, t)
	}
	if a.Limit > 0 && a.Count >= 0 {
		s = append(s, segment{u.style[gaugeRole(a.Count, a.Limit)], " " + short(a.Count) + "/" + short(a.Limit)})
	}
	return s, until
}

func healthWord(h inbox.Health) (string, role) {
	switch h {
	case inbox.Healthy:
		return "", roleGood
	case inbox.Starting:
		return "starting", roleFaint
	case inbox.Limited:
		return "rate limit", roleWarn
	case inbox.Failing:
		return "failing", roleUrgent
	}
	return "dead", roleUrgent
}

// platformSegment is how old the data of a platform is; an error makes it red.
func (u *UI) platformSegment(p inbox.PlatformView) (segment, time.Time) {
	text, until := " "+strings.TrimSpace(p.Platform.Tag())+" ", time.Time{}
	r := roleGood
	switch {
	case p.FirstSync:
		text += "first sync " + short(p.Loaded)
		r = roleWarn
	case p.ReadAt.IsZero():
		text += "never read"
		r = roleFaint
	default:
		var age string
		age, until = ageLabel(p.ReadAt, u.now(), u.opts.Zone)
		text += age
		if u.now().Sub(p.ReadAt) > staleAfter {
			r = roleWarn
		}
	}
	if p.Error != nil {
		r = roleUrgent
	}
	return segment{u.style[r], text}, until
}

// staleAfter is how old data may be before its age is coloured. Providers cache
// their answers for a minute at the most, so five minutes are several misses.
const staleAfter = 5 * time.Minute

func gaugeRole(n, limit int) role {
	switch {
	case n >= limit:
		return roleUrgent
	case n*10 >= limit*9:
		return roleWarn
	}
	return roleFaint
}

func (u *UI) outboxSegments() segments {
	var queued, failed, unknown int
	for _, a := range u.accounts {
		queued, failed, unknown = queued+a.Queued, failed+a.Failed, unknown+a.Unknown
	}
	var s segments
	add := func(n int, word string, r role) {
		if n > 0 {
			s = append(s, segment{u.style[r], " " + short(n) + " " + word})
		}
	}
	add(queued, "queued", roleWarn)
	add(failed, "failed", roleUrgent)
	add(unknown, "unknown", roleUrgent)
	return s
}

func firstSync(a inbox.AccountView) bool {
	for _, p := range a.Platforms {
		if p.FirstSync {
			return true
		}
	}
	return false
}

func loadedOf(a inbox.AccountView) int {
	n := 0
	for _, p := range a.Platforms {
		n += p.Loaded
	}
	return n
}
