package ui

import (
	"slices"
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

// mostNamed is how many cells of a name stand in a notice.
const mostNamed = 30

// shortName leaves room for what a notice says of somebody.
func (u *UI) shortName(name string) string { return u.cells.fit(name, mostNamed) }

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
	l.put(u.style[roleTitle], " "+u.opts.Title)
	u.tabs(l.left - right.width(u.cells)).put(l)
	l.spaces(l.left - right.width(u.cells))
	right.put(l)
	return []string{l.String()}, time.Time{}
}

// headerRight says what narrows the list, so that nobody takes a part of it for
// the whole.
func (u *UI) headerRight() (s segments) {
	most := u.area.header.width / 2
	if u.list.sort == inbox.SortTimeLeft && !u.list.view.closing && u.list.filters() == "" {
		return segments{{u.style[roleFaint], u.cells.fit("by time left ", most)}}
	}
	if note := u.indexNote(); note != "" {
		s = append(s, segment{u.style[roleWarn], note})
	}
	if f := u.list.filters(); f != "" {
		s = append(s, segment{u.style[roleWarn] + reverse, u.cells.fit(visible(" only "+f+" "), most)})
	}
	return s
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
		text += ": " + failureWords(f)
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
	if u.overlay != nil {
		return []string{l.fit(u.style[roleFaint], " "+u.overlay.hint(), l.left).String()}, time.Time{}
	}
	if u.focus == onFilter {
		return []string{u.drawFilterHint(l)}, time.Time{}
	}
	if text := u.suggestHint(); text != "" {
		return []string{l.fit(u.style[roleFaint], text, l.left).String()}, time.Time{}
	}
	names, kept := u.hintNames()
	var last segments
	for _, name := range kept {
		last = append(last, u.hint(name)...)
	}
	for _, name := range u.possible(names) {
		if s := u.hint(name); s.width(u.cells) <= l.left-last.width(u.cells) {
			s.put(l)
		}
	}
	last.put(l)
	return []string{l.String()}, time.Time{}
}

// possible are the actions that can be done now: no line offers others.
func (u *UI) possible(names []string) []string {
	return slices.DeleteFunc(names, func(name string) bool { return u.keys.byName[name].reason(u) != "" })
}

// hint is one action of the bottom line.
func (u *UI) hint(name string) segments {
	return segments{{u.style[roleActive], " " + u.keys.first(name)}, {u.style[roleFaint], " " + u.hintHelp(name) + " "}}
}

// hintNames are the actions that the bottom line reminds of; those that are
// kept have room before all others: they lead to the rest, and out.
func (u *UI) hintNames() (names, kept []string) {
	switch u.focus {
	case onComposer:
		names = []string{"newline", "attach", "composer-heart", "editor", "palette"}
		if !u.composer.caps.Stickers.OK {
			names = slices.DeleteFunc(names, func(name string) bool { return name == "composer-heart" })
		}
		return names, []string{"send", "leave"}
	case onNote:
		return []string{"note-newline", "palette"}, []string{"note-keep", "note-leave"}
	case onThread:
		names = []string{"reply", "list", "react", "previous-message", "next-message", "link", "heart", "done", "snooze"}
		if caps := u.in.Capabilities(u.thread.id); !caps.Reactions.OK {
			names = slices.DeleteFunc(names, func(name string) bool { return name == "react" || name == "heart" })
		}
		if u.offersPictures() {
			names = slices.Insert(names, 2, "pictures")
		}
		return names, []string{"help", "quit"}
	}
	if len(u.list.marks.ids) > 0 {
		return []string{"done", "snooze", "label", "mute", "take", "unread", "mark", "mark-range"}, []string{"clear", "help"}
	}
	if u.list.filters() != "" && len(u.list.rows) == 0 {
		return []string{"clear", "filter", "search", "palette"}, []string{"help", "quit"}
	}
	return []string{"open", "reply", "done", "snooze", "filter", "label", "mark", "refresh", "palette"}, []string{"help", "quit"}
}

// hintHelp is the short form of an action's help.
func (u *UI) hintHelp(name string) string {
	switch name {
	case "pictures":
		return "show pictures"
	case "previous-message":
		return "message up"
	case "next-message":
		return "message down"
	case "link":
		return "link"
	case "react":
		return "react"
	case "heart", "composer-heart":
		return "heart"
	case "attach":
		return "attach"
	case "leave":
		return "leave"
	case "editor":
		return "editor"
	case "list":
		if u.thread.found {
			return "what was found"
		}
		return "list"
	case "open":
		return "open"
	case "done", "snooze", "label", "mute", "take", "unread", "mark":
		return name
	case "mark-range":
		return "mark to here"
	case "clear":
		if len(u.list.marks.ids) == 0 {
			return "drop filters"
		}
		return "drop marks"
	case "search":
		return "search all"
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
	outbox, next := u.countSegments()
	room := l.left - outbox.width(u.cells) - 1
	accounts, until := u.accountsIn(room)
	until = sooner(until, next)
	for i, s := range accounts {
		more := 0
		if i+1 < len(accounts) {
			more = 3 // for how many are missing
		}
		if used := u.area.status.width - l.left; used+2+s.width(u.cells)+more > room && i > 0 {
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

// accountsIn are all accounts, in few words where there is not room for more: one
// that is missing may be the one that is ill.
func (u *UI) accountsIn(room int) (all []segments, until time.Time) {
	for _, terse := range []bool{false, true} {
		all, until = nil, time.Time{}
		width := -2 // there is a rule between two of them
		for _, a := range u.accounts {
			s, next := u.accountSegments(a, terse)
			all, until = append(all, s), sooner(until, next)
			width += s.width(u.cells) + 2
		}
		if width <= room {
			break
		}
	}
	return all, until
}

// accountSegments say how an account is and how old its data is; in few words
// only that.
func (u *UI) accountSegments(a inbox.AccountView, terse bool) (s segments, until time.Time) {
	word, r := healthWord(a.Health)
	s = segments{{plain, " " + string(a.ID)}}
	if word != "" {
		s = append(s, segment{u.style[r], " " + word})
	}
	platforms, until := u.platformSegments(a.Platforms, terse)
	s = append(s, platforms...)
	var next time.Time
	for _, p := range a.Platforms {
		next = sooner(next, p.NextAt)
	}
	if s2, t := u.refusedSegment(a.Webhook); s2.text != "" {
		s = append(s, s2)
		until = sooner(until, t)
	}
	if !next.IsZero() && a.Health != inbox.Dead && !terse {
		label, t := leftLabel(next, u.now(), false)
		if label == "0m" {
			label = "<1m"
		}
		s = append(s, segment{u.style[roleFaint], " next " + label})
		until = sooner(until, t)
	}
	if a.Limit > 0 && a.Count >= 0 {
		s = append(s, segment{u.style[gaugeRole(a.Count, a.Limit)], " month " + short(a.Count) + "/" + short(a.Limit)})
	}
	return s, until
}

// What is said of webhook calls that were refused: for how long, and in how many
// cells.
const (
	refusedShown = time.Hour
	refusedWidth = 60
)

// refusedSegment warns of calls to an account's webhook that were refused lately:
// somebody forges them, or a secret in the config is wrong and news are lost.
func (u *UI) refusedSegment(w inbox.WebhookState) (segment, time.Time) {
	end := w.RefusedAt.Add(refusedShown)
	if w.RefusedAt.IsZero() || !u.now().Before(end) {
		return segment{}, time.Time{}
	}
	ago, until := agoLabel(w.RefusedAt, u.now(), u.opts.Zone)
	text := " webhook refused " + ago + ": " + visible(w.Refusal)
	return segment{u.style[roleWarn], u.cells.fit(text, refusedWidth)}, sooner(until, end)
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

// platformSegments say how old the data of the platforms is, in one for those that
// are alike; in few words without their names when all of them are well.
func (u *UI) platformSegments(platforms []inbox.PlatformView, terse bool) (s segments, until time.Time) {
	var tags string
	for i, p := range platforms {
		label, r, t := u.platformLabel(p)
		until = sooner(until, t)
		tags += " " + strings.TrimSpace(p.Platform.Tag())
		if i+1 < len(platforms) {
			if next, also, _ := u.platformLabel(platforms[i+1]); next == label && also == r {
				continue
			}
		}
		if terse && r == roleGood && len(s) == 0 && i == len(platforms)-1 {
			tags = ""
		}
		s, tags = append(s, segment{u.style[r], tags + " " + label}), ""
	}
	return s, until
}

// platformLabel is how old the data of a platform is; an error makes it red.
func (u *UI) platformLabel(p inbox.PlatformView) (text string, r role, until time.Time) {
	r = roleGood
	switch {
	case p.Live && p.PushedAt.IsZero():
		text, r = "live, nothing yet", roleFaint
	case p.Live:
		text, until = agoLabel(p.PushedAt, u.now(), u.opts.Zone)
		text = "live " + text
	case p.FirstSync:
		text, r = "first sync "+short(p.Loaded), roleWarn
	case p.ReadAt.IsZero():
		text, r = "never read", roleFaint
	default:
		text, until = ageLabel(p.ReadAt, u.now(), u.opts.Zone)
		if u.now().Sub(p.ReadAt) > staleAfter {
			r = roleWarn
		}
	}
	if p.Error != nil {
		r = roleUrgent
	}
	return text, r, until
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

// countSegments say how many conversations are marked, and what has not been
// sent.
func (u *UI) countSegments() (segments, time.Time) {
	s, until := u.outboxSegments()
	if n := len(u.list.marks.ids); n > 0 {
		s = append(segments{{u.style[roleActive], " " + grouped(n) + " marked"}}, s...)
	}
	return s, until
}

func (u *UI) outboxSegments() (s segments, until time.Time) {
	var queued, scheduled, failed, unknown int
	for _, a := range u.accounts {
		scheduled += a.Scheduled
		queued, failed, unknown = queued+a.Queued, failed+a.Failed, unknown+a.Unknown
	}
	s, until = u.heldSegment()
	add := func(n int, word string, r role) {
		if n > 0 {
			s = append(s, segment{u.style[r], " " + short(n) + " " + word})
		}
	}
	add(scheduled, "scheduled", roleFaint)
	add(queued, "queued", roleWarn)
	add(failed, "failed", roleUrgent)
	add(unknown, "unknown", roleUrgent)
	return s, until
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
