package cli

// The commands that work without a screen: each opens the cache, does one thing
// through the inbox, and prints. Reading commands ask the network nothing.

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime/debug"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"

	"parley/cache"
	"parley/config"
	"parley/inbox"
	"parley/platforms"
)

// reach tells whether a command asks the network.
type reach bool

const (
	offline reach = false // no secret is fetched
	online  reach = true
)

// session is an open cache with an inbox over it.
type session struct {
	*inbox.Inbox
	config    *config.Config
	accounts  []inbox.Account // with their providers
	store     inbox.Store
	guard     *guard
	temporary bool                            // nothing of the cache is kept
	started   func(*platforms.Webhooks) error // told when the listener has its address; nil: nobody asks
}

// withSession opens cache and inbox for f and closes them behind it.
func (a *app) withSession(ctx context.Context, r reach, f func(context.Context, *session) error) error {
	c, err := config.Load(a.places().Config)
	if err != nil {
		return err
	}
	if r == online { // a loop over list and show need not repeat it
		for _, w := range c.Warnings {
			fmt.Fprintln(a.stderr, "parley: warning: "+inbox.CleanLine(w))
		}
	}
	return a.withConfig(ctx, c, a.places(), r, f)
}

// withConfig is withSession for a config that is already there.
func (a *app) withConfig(ctx context.Context, c *config.Config, at config.Places, r reach, f func(context.Context, *session) error) (err error) {
	a.openLog(at.State)
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	g := &guard{dir: at.State, redactor: a.redactor, log: a.log, stop: cancel}
	accounts, err := a.openAccounts(ctx, c, at.Data, r)
	if err != nil {
		return err
	}
	store, err := a.openCache(at.Data)
	if err != nil {
		return err
	}
	defer func() {
		if closing := store.Close(); err == nil {
			err = closing
		}
	}()
	in, err := inbox.New(ctx, inbox.Options{
		Store: store, Accounts: accounts, Log: a.log, NextGrapheme: nextGrapheme, Retention: c.Retention, Guard: g.run,
	})
	if err != nil {
		return err
	}
	g.run("command", func() { err = f(ctx, &session{Inbox: in, config: c, accounts: accounts, store: store, guard: g}) })
	if file, crash := g.crash(); crash != nil {
		return crashError(file)
	}
	return err
}

// openCache opens the cache, and tells when it has to be mended first.
func (a *app) openCache(dir string) (*cache.Cache, error) {
	p := a.newProgress()
	defer p.done()
	return cache.Open(dir, cache.Options{Command: a.invocation, Progress: p.mending})
}

func crashError(file string) error {
	e := inbox.Errorf(inbox.Internal, "a mistake in parley stopped it")
	if file == "" {
		return e
	}
	return e.WithHint("what happened is in " + file + ", without messages or keys: please report it")
}

// nextGrapheme is the length of the first grapheme cluster, by the function
// that also measures the screen.
func nextGrapheme(s string) int {
	cluster, _ := ansi.FirstGraphemeCluster(s, ansi.GraphemeWidth)
	return len(cluster)
}

type syncOptions struct {
	account     string
	force, json bool
	wait        time.Duration // for the outbox
}

func (a *app) sync(ctx context.Context, o syncOptions) error {
	return a.withSession(ctx, online, func(ctx context.Context, s *session) error {
		account, err := accountNamed(s.config, o.account)
		if err != nil {
			return err
		}
		debug.SetGCPercent(200) // a first sync may be a million messages: memory for speed
		progress := a.newProgress()
		reports, err := s.Sync(ctx, account, o.force, progress.sync)
		progress.done()
		if err != nil {
			return err
		}
		s.deliver(ctx, account, o.wait)
		return a.printSync(reports, o.json)
	})
}

func (a *app) printSync(reports []inbox.SyncReport, asJSON bool) error {
	failed := false
	table := grid{a.stdout, []column{{width: 16}, {width: 10}, {5, true}, {7, true}, {5, true}, {width: 9}}}
	out := jsonLines(a.stdout)
	if !asJSON {
		if err := table.row("account", "platform", "convs", "msgs", "asked", "next", ""); err != nil {
			return err
		}
	}
	for _, r := range reports {
		var trouble string
		if r.Err != nil {
			failed = true
			trouble = describeError(r.Err)
			a.log.Warn("sync failed", "account", r.Account, "platform", r.Platform, "err", r.Err, "cause", r.Err.Err)
		}
		var err error
		if asJSON {
			err = out.Encode(recordOfSync(r))
		} else {
			err = table.row(string(r.Account), r.Platform.Label(), strconv.Itoa(r.Conversations), strconv.Itoa(r.Messages),
				strconv.Itoa(r.Requests), clockTime(r.NextUpdate), trouble)
		}
		if err != nil {
			return err
		}
		if trouble != "" && r.Err.Hint != "" && !asJSON {
			fmt.Fprintln(a.stderr, "  "+inbox.CleanLine(r.Err.Hint))
		}
	}
	if failed {
		return errReported
	}
	return nil
}

func clockTime(t time.Time) string {
	if t.IsZero() {
		return "-"
	}
	return t.Local().Format(time.TimeOnly)
}

// progress tells on a terminal that long work goes on.
type progress struct {
	mu       sync.Mutex
	w        io.Writer // nil: nobody looks
	messages map[inbox.SyncKey]int
	requests map[inbox.SyncKey]int
}

func (a *app) newProgress() *progress {
	p := &progress{messages: map[inbox.SyncKey]int{}, requests: map[inbox.SyncKey]int{}}
	if isTerminal(os.Stderr) {
		p.w = a.stderr
	}
	return p
}

// sync is called from several goroutines.
func (p *progress) sync(r inbox.SyncReport) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.w == nil {
		return
	}
	key := inbox.SyncKey{Account: r.Account, Platform: r.Platform}
	p.messages[key], p.requests[key] = r.Messages, r.Requests
	fmt.Fprintf(p.w, "\r%sreading: %d messages in %d requests", ansi.EraseLineRight, total(p.messages), total(p.requests))
}

// mending is called while the indexes of a cache are made anew.
func (p *progress) mending(done, total int64) {
	if p.w != nil && total > 0 {
		fmt.Fprintf(p.w, "\r%smending the cache: %d %%", ansi.EraseLineRight, done*100/total)
	}
}

func (p *progress) done() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.w != nil {
		fmt.Fprint(p.w, "\r"+ansi.EraseLineRight)
	}
}

func total(counts map[inbox.SyncKey]int) (sum int) {
	for _, n := range counts {
		sum += n
	}
	return sum
}

type listOptions struct {
	json  bool
	limit int
}

func (a *app) list(ctx context.Context, text string, o listOptions) error {
	q, err := parseQuery(text, config.UsualClosingSoon) // a wrong one is told before anything is opened
	if err != nil {
		return err
	}
	return a.withSession(ctx, offline, func(ctx context.Context, s *session) error {
		if _, err := accountNamed(s.config, string(q.Account)); err != nil {
			return err
		}
		if q, err = parseQuery(text, s.config.Screen.ClosingSoon); err != nil {
			return err
		}
		out := bufio.NewWriter(a.stdout)
		print := s.printConversation(out)
		if o.json {
			lines := jsonLines(out)
			print = func(c inbox.Conversation) error { return lines.Encode(recordOfConversation(c, s.Window(c))) }
		}
		if err := q.each(ctx, s.Inbox, o.limit, print); err != nil {
			return err
		}
		if err := out.Flush(); err != nil {
			return err
		}
		a.tellAge(s, q.Account, q.Platform)
		return nil
	})
}

// staleAfter is from when on data is called old although all reads went well:
// nobody has read for a while.
const staleAfter = time.Hour

// tellAge says on standard error which platforms of a listing were never read,
// cannot be read, or have not been read for long.
func (a *app) tellAge(s *session, account inbox.AccountID, platform inbox.Platform) {
	now, hinted := time.Now(), map[string]bool{}
	for _, v := range s.Accounts() {
		for _, p := range v.Platforms {
			if account != "" && account != v.ID || platform != "" && platform != p.Platform {
				continue
			}
			text, hint := describeAge(p, now)
			if text == "" {
				continue
			}
			if hinted[hint] { // once is enough
				hint = ""
			}
			hinted[hint] = true
			a.complain(fmt.Sprintf("%s of %s %s", p.Platform.Label(), v.ID, text), hint)
		}
	}
}

// describeAge tells how old the data of a platform is; "" when it is well.
func describeAge(p inbox.PlatformView, now time.Time) (text, hint string) {
	age := now.Sub(p.ReadAt)
	switch {
	case p.Error != nil && p.ReadAt.IsZero():
		return "was never read: " + describeFailure(p.Error), p.Error.Hint
	case p.Error != nil:
		return fmt.Sprintf("was last read %s, then: %s", describeAgo(p.ReadAt, now), describeFailure(p.Error)), p.Error.Hint
	case p.ReadAt.IsZero():
		return "was never read", "`parley sync` reads it"
	case age >= staleAfter:
		return "was last read " + describeAgo(p.ReadAt, now), "`parley sync` reads it"
	}
	return "", ""
}

// describeAgo is how long ago something was, for a sentence.
func describeAgo(at, now time.Time) string {
	if age := shortAge(at, now); age != "now" {
		return age + " ago"
	}
	return "just now"
}

// printConversation prints a row for people: platform, name, what waits, time
// left, age, newest message, ID.
func (s *session) printConversation(w io.Writer) func(inbox.Conversation) error {
	now := time.Now()
	table := grid{w, []column{{width: 2}, {width: 22}, {width: 2}, {11, true}, {4, true}, {width: 40}}}
	return func(c inbox.Conversation) error {
		mark := ""
		if c.Unread > 0 {
			mark = "●"
		}
		if c.Outbox.Failed+c.Outbox.Unknown > 0 {
			mark += "!"
		}
		preview := c.Last.Text
		if c.Last.Direction == inbox.Sent {
			preview = "you: " + preview
		}
		return table.row(c.ID.Platform().Tag(), c.Participant.DisplayName(), mark,
			describeWindow(s.Window(c), now), shortAge(c.Last.At, now), preview, string(c.ID))
	}
}

type showOptions struct {
	json  bool
	ids   bool // also in the form for people
	limit int
}

func (a *app) show(ctx context.Context, name string, o showOptions) error {
	return a.withSession(ctx, offline, func(ctx context.Context, s *session) error {
		c, err := s.Find(ctx, name)
		if err != nil {
			return err
		}
		out := bufio.NewWriter(a.stdout)
		print := s.printMessage(out, o.ids)
		if o.json {
			lines := jsonLines(out)
			print = func(m messageRecord, _ string) error { return lines.Encode(m) }
		} else if err := s.printHeading(out, c); err != nil {
			return err
		}
		if err := s.eachMessage(ctx, c, o.limit, print); err != nil {
			return err
		}
		return out.Flush()
	})
}

// messagesAtOnce is how many messages are read in one transaction.
const messagesAtOnce = 200

// eachMessage calls f with the newest limit messages (0: all), oldest first,
// and then with what waits in the outbox. note says what is worth saying beside
// the record.
func (s *session) eachMessage(ctx context.Context, c inbox.Conversation, limit int, f func(m messageRecord, note string) error) error {
	at, err := s.firstMessage(ctx, c.ID, limit)
	if err != nil {
		return err
	}
	for more := !at.IsZero(); more; {
		t, err := s.Thread(ctx, inbox.ThreadQuery{Conversation: c.ID, Anchor: at, After: messagesAtOnce})
		if err != nil {
			return err
		}
		for _, m := range t.Page.Messages {
			if m.Position().Before(at) {
				continue
			}
			if err := f(recordOfMessage(m, c.ReadUpTo), noteOfMessage(m)); err != nil {
				return err
			}
			at = inbox.Position{At: m.CreatedAt, ID: m.ID + "\x00"} // right behind it
		}
		more = t.Page.MoreAfter && len(t.Page.Messages) > 0
	}
	t, err := s.Thread(ctx, inbox.ThreadQuery{Conversation: c.ID})
	if err != nil {
		return err
	}
	for _, item := range t.Outbox {
		if err := f(recordOfQueued(item), noteOfFailure(item.Failure())); err != nil {
			return err
		}
	}
	return nil
}

// firstMessage is the place of the oldest of the newest limit messages.
func (s *session) firstMessage(ctx context.Context, id inbox.ConversationID, limit int) (inbox.Position, error) {
	var at inbox.Position
	for left := limit; limit <= 0 || left > 0; left -= messagesAtOnce {
		n := messagesAtOnce
		if limit > 0 {
			n = min(n, left)
		}
		t, err := s.Thread(ctx, inbox.ThreadQuery{Conversation: id, Anchor: at, Before: n})
		if err != nil {
			return at, err
		}
		if len(t.Page.Messages) == 0 {
			return at, nil
		}
		at = t.Page.Messages[0].Position()
		if !t.Page.MoreBefore {
			return at, nil
		}
	}
	return at, nil
}

func noteOfMessage(m inbox.Message) string {
	if m.Text == "" || m.Deleted {
		return m.Preview()
	}
	return ""
}

func noteOfFailure(f *inbox.Failure) string {
	if f == nil {
		return ""
	}
	return strings.TrimSuffix("["+f.Text+"; "+f.Hint, "; ") + "]"
}

func (s *session) printHeading(w io.Writer, c inbox.Conversation) error {
	window := windowSentence(s.Window(c), time.Now(), s.config.Screen.TimeZone)
	_, err := fmt.Fprintf(w, "%s (%s), %s\n%s\n\n", describeCustomer(c), c.ID.Account(), inbox.CleanLine(window), c.ID)
	return err
}

// describeCustomer is who is answered, and where.
func describeCustomer(c inbox.Conversation) string {
	return inbox.CleanLine(c.Participant.DisplayName()) + " on " + c.ID.Platform().Label()
}

// printMessage prints a message for people.
func (s *session) printMessage(w io.Writer, ids bool) func(messageRecord, string) error {
	return func(m messageRecord, note string) error {
		head := "< "
		if m.Direction == inbox.Sent {
			head = "> "
		}
		head += minuteOf(time.Time(m.CreatedAt), s.config.Screen.TimeZone)
		if m.Direction == inbox.Sent {
			head += "  (" + m.State + ")"
		}
		if ids {
			head += "  " + inbox.CleanLine(m.ID)
		}
		lines := append([]string{strings.TrimRight(head, " ")}, m.lines(note)...)
		_, err := fmt.Fprintln(w, strings.Join(lines, "\n    "))
		return err
	}
}

// lines are what a message says, a line each: what it answers, its text, what
// came with it, and the reactions to it.
func (m messageRecord) lines(note string) []string {
	var lines []string
	if r := m.ReplyTo; r != nil && (r.URL != "" || r.Text != "") {
		lines = append(lines, "↳ "+inbox.CleanLine(strings.TrimSpace(r.Kind+" "+r.URL+" "+r.Text)))
	}
	for line := range strings.Lines(strings.TrimSpace(inbox.Clean(m.Text) + "\n" + inbox.Clean(note))) {
		lines = append(lines, strings.TrimRight(line, "\n"))
	}
	if o := m.Origin; o != nil && (o.Title != "" || o.URL != "") {
		lines = append(lines, inbox.CleanLine(strings.TrimSpace("["+strings.ReplaceAll(o.Kind, "_", " ")+"] "+o.Title+" "+o.URL)))
	}
	for _, at := range m.Attachments {
		lines = append(lines, inbox.CleanLine(strings.TrimSpace("["+at.Type+"] "+at.URL+" "+at.Title)))
	}
	if g := m.Gesture; g != nil {
		lines = append(lines, inbox.CleanLine(strings.TrimSpace("["+string(g.Kind)+"] "+g.Emoji))+" to "+inbox.CleanLine(string(g.Target)))
	}
	for _, r := range m.Reactions {
		if r.Mine {
			r.Emoji += " (you)"
		}
		lines = append(lines, inbox.CleanLine(r.Emoji))
	}
	return lines
}

type sendOptions struct {
	media       []string
	wait        time.Duration
	split, json bool
	automated   bool // no human wrote it
	anyway      bool // although the window has closed by the clock
}

func (a *app) send(ctx context.Context, args []string, o sendOptions) error {
	text, err := a.textOf(args[1:])
	if err != nil {
		return err
	}
	return a.withSession(ctx, reach(o.wait > 0), func(ctx context.Context, s *session) error {
		c, err := s.Find(ctx, args[0])
		if err != nil {
			return err
		}
		what := inbox.Composition{Conversation: c.ID, Text: text, Media: o.media}
		items, err := s.Send(ctx, inbox.SendRequest{Composition: what, Split: o.split, KeepDraft: true, Automated: o.automated, Anyway: o.anyway})
		if err != nil {
			return nameAnyway(s.nameSplit(what, err))
		}
		a.tellLate(s, c)
		ids := make([]inbox.OutboxID, len(items))
		for i, item := range items {
			ids[i] = item.ID
		}
		s.deliver(ctx, c.ID.Account(), o.wait)
		return a.printOutcome(ctx, s, ids, o.wait > 0, o.json)
	})
}

// nameSplit names the flag that sends a text that is too long.
func (s *session) nameSplit(c inbox.Composition, err error) error {
	refused := *inbox.AsError(err)
	for _, p := range s.Check(c) {
		if p.Splittable && p.Error.Text == refused.Text {
			return refused.WithHint("shorten it, or send it as several messages with --split")
		}
	}
	return err
}

// nameAnyway names the flag that leaves the window to the provider.
func nameAnyway(err error) error {
	refused := *inbox.AsError(err)
	if refused.Kind != inbox.WindowIsOver || refused.Hint == "" {
		return err
	}
	return refused.WithHint(refused.Hint + "; --anyway lets the provider decide")
}

// tellLate says when the platform takes only what a person has written.
func (a *app) tellLate(s *session, c inbox.Conversation) {
	w := s.Window(c)
	if left, _ := w.Left(time.Now()); w.Phase == inbox.WindowLate {
		a.complain(fmt.Sprintf("the reply window of %s is late (%s left): human agents only", describeCustomer(c), shortLeft(left)), "")
	}
}

// maxTextBytes bounds a text from standard input; ten times the longest that
// any platform takes, so that --split has something to do.
const maxTextBytes = 400 << 10

func (a *app) textOf(args []string) (string, error) {
	if len(args) == 0 {
		return "", nil
	}
	text := args[0]
	if text == "-" {
		data, err := io.ReadAll(io.LimitReader(a.stdin, maxTextBytes+1))
		if err != nil {
			return "", fmt.Errorf("cannot read the text from standard input: %w", err)
		}
		text = strings.TrimRight(string(data), "\r\n")
	}
	switch {
	case len(text) > maxTextBytes:
		return "", &usageError{text: fmt.Sprintf("the text is longer than %d KiB", maxTextBytes>>10)}
	case !utf8.ValidString(text):
		return "", &usageError{text: "the text is not UTF-8", hint: "convert it first, for example with iconv"}
	}
	return text, nil
}

// deliver sends what is queued for as long as wait allows. What has not left
// then stays in the outbox, whatever the reason.
func (s *session) deliver(ctx context.Context, account inbox.AccountID, wait time.Duration) {
	if wait <= 0 {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	// An error here is of the whole account; the items say what became of them.
	_ = s.Flush(ctx, account)
}

// printOutcome prints what became of outbox items. It fails when one is not on
// its way.
func (a *app) printOutcome(ctx context.Context, s *session, ids []inbox.OutboxID, waited, asJSON bool) error {
	ctx = context.WithoutCancel(ctx) // what was sent is told also after an interrupt
	bad := false
	for _, id := range ids {
		item, err := s.OutboxItem(ctx, id)
		if err != nil {
			return err
		}
		state := item.State()
		bad = bad || state == inbox.StateFailed || state == inbox.StateUnknown || waited && state == inbox.StateQueued
		if err := a.printItem(ctx, s, item, asJSON); err != nil {
			return err
		}
	}
	if bad {
		return errReported
	}
	return nil
}

// printItem prints an outbox item: one JSON object, or a line for the item, one
// for each part, and one for each part that needs attention.
func (a *app) printItem(ctx context.Context, s *session, item inbox.OutboxItem, asJSON bool) error {
	if asJSON {
		return jsonLines(a.stdout).Encode(recordOfSend(item))
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%-7s  %s  %s  %s\n", item.State(), s.recipient(ctx, item.Conversation), item.ID, inbox.CleanLine(string(item.Conversation)))
	for _, p := range item.Parts {
		fmt.Fprintf(&b, "         %s\n", describePart(p))
		if p.State != inbox.StateSent && p.Error != nil {
			fmt.Fprintf(&b, "         %s %s %s\n", p.Kind, p.State, inbox.CleanLine(noteOfFailure(p.Error)))
		}
	}
	if item.State() == inbox.StateQueued && item.Waiting != nil {
		fmt.Fprintf(&b, "         waits %s\n", inbox.CleanLine(noteOfFailure(item.Waiting)))
	}
	_, err := io.WriteString(a.stdout, b.String())
	return err
}

// describePart is a part of a message in one line.
func describePart(p inbox.Part) string {
	if p.Kind == inbox.PartText {
		return ansi.Truncate(inbox.CleanLine(p.Text), 60, "…")
	}
	return strings.TrimSpace(fmt.Sprintf("[%s] %s", p.Kind, inbox.CleanLine(cmp.Or(p.URL, p.Post, p.Emoji))))
}

// recipient is who an outbox item goes to, as far as the cache knows.
func (s *session) recipient(ctx context.Context, id inbox.ConversationID) string {
	c, err := s.Conversation(ctx, id)
	if err != nil {
		c.ID = id
	}
	return describeCustomer(c)
}

func (a *app) outbox(ctx context.Context, asJSON bool) error {
	return a.withSession(ctx, offline, func(ctx context.Context, s *session) error {
		items, err := s.Outbox(ctx, false)
		if err != nil {
			return err
		}
		for _, item := range items {
			if err := a.printItem(ctx, s, item, asJSON); err != nil {
				return err
			}
		}
		if len(items) == 0 && !asJSON {
			_, err = fmt.Fprintln(a.stdout, "the outbox is empty")
		}
		return err
	})
}

func (a *app) retry(ctx context.Context, id string, o sendOptions) error {
	return a.withSession(ctx, reach(o.wait > 0), func(ctx context.Context, s *session) error {
		item, err := s.OutboxItem(ctx, inbox.OutboxID(id))
		if err != nil {
			return err
		}
		if err := s.Retry(ctx, item.ID); err != nil {
			return err
		}
		if c, err := s.Conversation(ctx, item.Conversation); err == nil {
			a.tellLate(s, c)
		}
		s.deliver(ctx, item.Conversation.Account(), o.wait)
		return a.printOutcome(ctx, s, []inbox.OutboxID{item.ID}, o.wait > 0, o.json)
	})
}

func (a *app) discard(ctx context.Context, id string) error {
	return a.withSession(ctx, offline, func(ctx context.Context, s *session) error {
		item, err := s.OutboxItem(ctx, inbox.OutboxID(id))
		if err != nil {
			return err
		}
		if err := s.Discard(ctx, item.ID); err != nil {
			return err
		}
		_, err = fmt.Fprintf(a.stdout, "discarded: %s to %s\n", item.ID, s.recipient(ctx, item.Conversation))
		return err
	})
}

func (a *app) archive(ctx context.Context, name string, archived, asJSON bool) error {
	return a.withSession(ctx, online, func(ctx context.Context, s *session) error {
		c, err := s.Find(ctx, name)
		if err != nil {
			return err
		}
		if err := s.SetArchived(ctx, c.ID, archived); err != nil {
			return err
		}
		if c, err = s.Conversation(ctx, c.ID); err != nil {
			return err
		}
		done := "archived"
		switch {
		case asJSON:
			return jsonLines(a.stdout).Encode(recordOfConversation(c, s.Window(c)))
		case !archived:
			done = "brought back"
		}
		_, err = fmt.Fprintln(a.stdout, done+" "+describeCustomer(c))
		return err
	})
}

type autoReplyOptions struct {
	account string
	message string
	wait    time.Duration
	change  inbox.AutoReplyChange
	json    bool
}

type autoReplyRecord struct {
	Account inbox.AccountID `json:"account"`
	inbox.AutoReply
	WaitSeconds int `json:"wait_seconds"`
}

func (a *app) autoReply(ctx context.Context, o autoReplyOptions) error {
	return a.withSession(ctx, online, func(ctx context.Context, s *session) error {
		only, err := accountNamed(s.config, o.account)
		if err != nil {
			return err
		}
		changes := o.change != inbox.AutoReplyChange{}
		if changes && only == "" && len(s.config.Accounts) > 1 {
			return whichAccount(s.config)
		}
		for _, ac := range s.config.Accounts {
			if only != "" && ac.Name != only {
				continue
			}
			reply, err := s.changeAutoReply(ctx, ac.Name, o.change, changes)
			if only == "" && !changes && len(s.config.Accounts) > 1 && inbox.KindOf(err) == inbox.Unsupported {
				a.complain(fmt.Sprintf("account %s: %s", ac.Name, inbox.AsError(err).Text), "")
				continue
			}
			if err != nil {
				return err
			}
			if o.change.Message != nil {
				a.tellDisclosure(reply)
			}
			if err := a.printAutoReply(ac.Name, reply, o.json); err != nil {
				return err
			}
		}
		return nil
	})
}

// tellDisclosure points out an automatic answer that does not say that it is one.
func (a *app) tellDisclosure(r inbox.AutoReply) {
	if !inbox.DisclosesAutomation(r.Message) {
		a.complain("warning: "+inbox.DisclosureReason, "for example: "+inbox.AutomationNotice)
	}
}

func (s *session) changeAutoReply(ctx context.Context, id inbox.AccountID, c inbox.AutoReplyChange, changes bool) (inbox.AutoReply, error) {
	if changes {
		return s.SetAutoReply(ctx, id, c)
	}
	return s.AutoReply(ctx, id)
}

func (a *app) printAutoReply(id inbox.AccountID, r inbox.AutoReply, asJSON bool) error {
	if asJSON {
		return jsonLines(a.stdout).Encode(autoReplyRecord{id, r, int(r.Wait.Seconds())})
	}
	state := "off"
	if r.Active {
		state = "on"
	}
	if r.Wait > 0 {
		state += fmt.Sprintf(", at most every %s to one customer", describeSpan(r.Wait))
	}
	_, err := fmt.Fprintf(a.stdout, "%s: %s\n%s", id, state, lineOf(r.Message))
	return err
}

// lineOf is a text on an indented line of its own, nothing for none.
func lineOf(text string) string {
	if text == "" {
		return ""
	}
	return "    " + inbox.CleanLine(text) + "\n"
}

func (a *app) forget(ctx context.Context, name string, yes bool) error {
	return a.withSession(ctx, offline, func(ctx context.Context, s *session) error {
		c, err := s.Find(ctx, name)
		if err != nil {
			return err
		}
		what := fmt.Sprintf("%s (%s)", inbox.CleanLine(c.Participant.DisplayName()), inbox.CleanLine(string(c.ID)))
		if !yes {
			if err := a.confirm("Remove all that is kept here of "+what+"?", "--yes removes without asking"); err != nil {
				return err
			}
		}
		if err := s.Forget(ctx, c.ID); err != nil {
			return err
		}
		_, err = fmt.Fprintln(a.stdout, "forgotten: "+what)
		return err
	})
}

// confirm asks a question; anything but yes is an error, and so is nobody to ask.
func (a *app) confirm(question, hint string) error {
	if !a.asks() {
		return &usageError{text: "nobody can be asked: there is no terminal", hint: hint}
	}
	fmt.Fprint(a.stderr, question+" [y/N] ")
	answer, err := bufio.NewReader(a.stdin).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	switch strings.ToLower(strings.TrimSpace(answer)) {
	case "y", "yes":
		return nil
	}
	return inbox.Errorf(inbox.Rejected, "nothing was changed")
}

// whereConfig tells which files this run would use.
func (a *app) whereConfig() error {
	p := a.places()
	_, err := fmt.Fprintf(a.stdout, "config  %s\ndata    %s\nlog     %s\n", p.Config, p.Data, filepath.Join(p.State, "parley.log"))
	return err
}

// initConfig writes a first config; it never replaces one.
func (a *app) initConfig() error {
	file := a.places().Config
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return err
	}
	f, err := os.OpenFile(file, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return &usageError{text: "there is a config already: " + file, hint: "`parley doctor` tells what is wrong with it"}
	}
	if err != nil {
		return err
	}
	if _, err := f.WriteString(config.First()); err != nil {
		f.Close()
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	_, err = fmt.Fprintf(a.stdout, "wrote %s\nPut your key into it, then run `parley doctor`.\n", file)
	return err
}
