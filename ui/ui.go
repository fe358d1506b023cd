package ui

import (
	"context"
	"errors"
	"hash/maphash"
	"strings"
	"time"

	"parley/inbox"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
)

// Options configure a screen. The zero value works.
type Options struct {
	Title       string              // shown in the corner; "Parley" when empty
	Version     string              // for the window's title
	Zone        *time.Location      // the agent's; the local one when nil
	Clock       string              // how times of day are written, as in package time; "15:04" when empty
	ClosingSoon time.Duration       // what the view "Closing" shows; 12 hours when 0
	Theme       string              // one of [Themes]; ThemeAuto when empty
	Colours     map[string]string   // over the theme: see [CheckColours]
	Density     string              // one of [Densities]; DensityComfortable when empty
	Keys        map[string][]string // over the defaults, by action: see [CheckKeys]
	Notify      Notify
	Pictures    string        // one of [PictureWays]; PicturesAuto when empty
	InThread    string        // when pictures are in the thread: one of [ThreadPictures]; ThreadPicturesAuto when empty
	ShowBytes   int64         // the largest picture that is fetched to be shown; [UsualPictureBytes] when 0
	Downloads   string        // folder for files that are saved; "" for none
	Opener      []string      // command that opens a link, without the link; none where there is no browser
	Mouse       bool          // clicks and the wheel; the terminal's own selection then needs Shift
	Editor      []string      // command of the agent's editor, without the file; none where there is no editor
	Hold        time.Duration // how long a message can be taken back before it leaves; 0: not at all
	After       string        // one of [Afters]; AfterNext when empty
	Author      string        // who writes notes, as other agents see it
	Agent       string        // who answers, for canned replies
	Replies     inbox.ReplySource
	Views       []SavedView // instead of the usual ones; see [CheckView]

	// Suspend stops the process until it is brought back; nil: that cannot be. An
	// error says why it was not stopped.
	Suspend func() error
}

func (o Options) withDefaults() Options {
	if o.Title == "" {
		o.Title = "Parley"
	}
	if o.Zone == nil {
		o.Zone = time.Local
	}
	if o.Theme == "" {
		o.Theme = ThemeAuto
	}
	if o.Notify.Way == "" {
		o.Notify.Way = NotifyAuto
	}
	if o.Pictures == "" {
		o.Pictures = PicturesAuto
	}
	if o.InThread == "" {
		o.InThread = ThreadPicturesAuto
	}
	if o.ShowBytes == 0 {
		o.ShowBytes = UsualPictureBytes
	}
	if o.Density == "" {
		o.Density = DensityComfortable
	}
	if o.After == "" {
		o.After = AfterNext
	}
	if o.Clock == "" {
		o.Clock = "15:04"
	}
	if o.ClosingSoon == 0 {
		o.ClosingSoon = 12 * time.Hour
	}
	return o
}

// UI is the screen of one agent: a [tea.Model].
type UI struct {
	ctx  context.Context // the session's: its end ends every command
	in   *inbox.Inbox
	sub  *inbox.Subscription
	opts Options
	keys *keymap

	look   look
	style  styles
	styled uint64 // grows when the look of everything changes
	cells  cells
	seed   maphash.Seed

	width, height int
	area          areas
	focus         focus
	overlay       overlay
	held          string // the first half of a key
	away          bool   // the terminal is not looked at

	views    []listView
	list     list
	thread   thread
	composer *composer     // nil when it is closed
	note     *noteComposer // the same
	filter   editor
	search   *searchPage // nil until it is first opened

	related related
	person  person
	emojis  *emojiTable // nil until somebody reacts
	recent  []string    // emojis, the one used last first
	replies []inbox.Reply

	repliesWrong string // what was said of those that cannot be used

	filterWrong string // what is wrong with the search that is typed
	offers      offers
	labels      []string // those in use, when the filter was opened last
	notes       *draftBook
	drafts      *draftBook
	sentAt      map[inbox.ConversationID]time.Time // when a draft of the conversation became a message
	marked      readMark
	accounts    []inbox.AccountView
	undos       []undoStep // what z takes back, the newest last
	triaging    int        // actions whose results are not known yet
	undoOwed    int        // z was pressed before they were
	notice      notice
	terminal    terminal
	pictures    pictures
	notifier    notifier
	uploads     map[uploadKey]*upload
	awaited     awaited

	screen screen
}

// focus is what takes the keys.
type focus int

const (
	onList focus = iota
	onThread
	onComposer
	onNote
	onFilter
)

// readMark is the newest request to mark something as read.
type readMark struct {
	id      inbox.ConversationID
	arrival uint64
	woken   time.Time
}

// New makes a screen over the inbox. The first page of the list and its first
// conversation are read before it returns, so that the first frame shows them.
// ctx is the session's: when it ends, so does everything that the screen waits
// for. Call [UI.Close] after the program.
func New(ctx context.Context, in *inbox.Inbox, opts Options) (*UI, error) {
	u := &UI{
		ctx: ctx, in: in, opts: opts.withDefaults(),
		seed: maphash.MakeSeed(), drafts: newDraftBook(in), notes: newNoteBook(in), pictures: newPictures(),
		sentAt: map[inbox.ConversationID]time.Time{}, recent: usualReactions(), uploads: map[uploadKey]*upload{},
	}
	var err error
	if u.views, err = viewsOf(opts.Views, inbox.Known{Accounts: in.AccountIDs()}); err != nil {
		return nil, err
	}
	u.list = newList(u.views[0])
	if u.keys, err = newKeymap(u.views, opts.Keys); err != nil {
		return nil, err
	}
	u.look = look{theme: u.opts.Theme, dark: true, profile: colorprofile.TrueColor, own: opts.Colours}
	if u.style, err = u.look.styles(); err != nil {
		return nil, err
	}
	if u.notifier, err = newNotifier(u.opts.Notify, u.now()); err != nil {
		return nil, err
	}
	if err := u.preload(); err != nil {
		return nil, err
	}
	u.sub = in.Subscribe()
	return u, nil
}

// preload reads what the first frame shows.
func (u *UI) preload() error {
	var err error
	if !u.list.wanted().NeedsIndex() { // that may not be there yet
		page, err := u.rows(u.list.query(listLeast, u.searchBy()), u.list.wanted(), u.searchBy())
		if err != nil {
			return err
		}
		u.list.apply(page, windowTop)
		u.list.unchosen = len(page.Rows) == 0
	}
	if u.list.counts, u.list.closing, err = u.count(u.closingQuery()); err != nil {
		return err
	}
	u.accounts = u.in.Accounts()
	row, ok := u.list.row()
	if !ok {
		return nil
	}
	u.thread.open(row.Conversation)
	th, err := u.in.Thread(u.ctx, u.thread.query())
	if err != nil && inbox.KindOf(err) != inbox.NotFound {
		return err
	}
	if err == nil {
		u.thread.apply(th)
	}
	return nil
}

// Close ends the subscription to changes.
func (u *UI) Close() { u.sub.Close() }

// Flush stores what has been typed and is not stored yet. It may be called at
// any moment and from any goroutine, also after a panic; ctx bounds it.
func (u *UI) Flush(ctx context.Context) error {
	if err := u.flushTyped(ctx); err != nil {
		return errors.Join(errors.New("a draft could not be stored"), err)
	}
	return nil
}

// Farewell is what the agent has to know after the program has ended, "" for
// nothing.
func (u *UI) Farewell() string {
	var scheduled, queued, failed, unknown int
	for _, a := range u.in.Accounts() {
		scheduled += a.Scheduled
		queued, failed, unknown = queued+a.Queued, failed+a.Failed, unknown+a.Unknown
	}
	var lines []string
	add := func(n int, one, many string) {
		switch {
		case n == 1:
			lines = append(lines, "1 "+one)
		case n > 1:
			lines = append(lines, grouped(n)+" "+many)
		}
	}
	add(u.drafts.count()+u.notes.count(), "draft is kept", "drafts are kept")
	add(scheduled, "message is scheduled: it leaves at its time if parley runs then", "messages are scheduled: they leave at their time if parley runs then")
	add(queued, "message is still queued: it leaves when parley runs again", "messages are still queued: they leave when parley runs again")
	add(failed, "message was not sent: the view Failed shows why", "messages were not sent: the view Failed shows why")
	add(unknown, "message may have been sent: the view Failed shows it", "messages may have been sent: the view Failed shows them")
	return strings.Join(lines, "\n")
}

// Init asks the terminal what it can do and starts listening. Bubble Tea does
// not ask for tear-free output and grapheme widths over SSH; the answers switch
// them on there too.
func (u *UI) Init() tea.Cmd {
	return tea.Batch(
		tea.Raw(asksTerminal),
		tea.RequestBackgroundColor,
		tea.RequestTerminalVersion,
		u.watchIdle(),
		u.listen(),
		u.lookForRelated(),
		u.readFirst(),
	)
}

func (u *UI) now() time.Time { return time.Now() }

// windowOf is the label of a conversation's reply window, until an instant on
// our clock.
func (u *UI) windowOf(c inbox.Conversation, seconds bool) (label string, r role, until time.Time) {
	label, r, until = windowLabel(u.in.Window(c), u.in.Now(c.ID.Account()), seconds)
	return label, r, u.in.ByOurClock(c.ID.Account(), until)
}

// scope is where keys are looked up.
func (u *UI) scope() scope {
	switch u.focus {
	case onThread:
		return inThread
	case onComposer:
		return inComposer
	case onNote:
		return inNote
	}
	return inList
}

// current is the conversation that actions mean.
func (u *UI) current() (inbox.Conversation, bool) {
	if u.focus == onThread || u.focus == onComposer || u.focus == onNote {
		return u.thread.conv, u.thread.id != ""
	}
	row, ok := u.list.row()
	return row.Conversation, ok
}
