package ui

import (
	"net/url"
	"strings"

	"parley/inbox"

	tea "charm.land/bubbletea/v2"
)

// What an answer carries beside its text. An attachment is an address, or a file of
// this machine that is on its way to one. It comes by a paste, by a drop, which
// terminals make a paste of a path, or is asked for.
//
// A paste becomes attachments when all of it is addresses or files that the platform
// takes, and is text in every other case; one key makes it text again.

// pasted is a paste that has become attachments: so many, from one on.
type pasted struct {
	text     string
	from, of int
}

// attachment is something to attach: an address, or a file.
type attachment struct {
	link string // the file's own URL
	file inbox.LocalFile
}

func isFile(link string) bool {
	_, ok := inbox.FilePath(link)
	return ok
}

func cannotAttach(u *UI) string {
	if u.composer.caps.MaxMedia == 0 {
		return u.composer.id.Platform().Label() + " takes no attachments through this provider"
	}
	return ""
}

func cannotDetach(u *UI) string {
	if len(u.composer.media) == 0 {
		return "nothing is attached"
	}
	return ""
}

func cannotUnpaste(u *UI) string {
	if u.composer.pasted == nil {
		return "no paste has become an attachment just now"
	}
	return ""
}

// paste inserts a pasted text, or attaches what it names. Line ends in it are text:
// a paste never sends.
func (u *UI) paste(text string) tea.Cmd {
	c := u.composer
	readings := pastedThings(text)
	if len(readings) > 0 && c.takesAll(readings[0]) {
		return u.pasteLinks(text, readings[0])
	}
	at := c.ed.at
	cmd := u.typeText(text)
	u.leaveWord() // a pasted path is no question
	typed := c.ed.text[min(at, c.ed.at):c.ed.at]
	if len(readings) == 0 || c.caps.MaxMedia == 0 || typed == "" {
		return cmd
	}
	return tea.Batch(cmd, u.lookForFiles(filesMsg{id: c.id, text: typed, at: at}, readings))
}

// takesAll tells that all of them are addresses of media that the platform takes.
func (c *composer) takesAll(things []string) bool {
	for _, thing := range things {
		if _, ok := c.caps.KindOfURL(thing); !ok || !isLink(thing) || c.caps.MaxMedia == 0 {
			return false
		}
	}
	return true
}

func (u *UI) pasteLinks(text string, links []string) tea.Cmd {
	things := make([]attachment, len(links))
	for i, link := range links {
		things[i].link = link
	}
	if why := u.cannotTake(things); why != "" {
		cmd := u.typeText(text)
		u.leaveWord()
		u.warn("it stays text: " + why)
		return cmd
	}
	return u.attachPasted(text, things)
}

// attachPasted attaches what a paste names.
func (u *UI) attachPasted(text string, things []attachment) tea.Cmd {
	c := u.composer
	c.pasted = &pasted{text: text, from: len(c.media), of: len(things)}
	cmd := u.addAll(things)
	u.say(attachedWords(things) + " · " + u.keys.first("as-text") + " makes it text again")
	return cmd
}

// attachedWords says what is attached, and that files are being uploaded.
func attachedWords(things []attachment) string {
	files := 0
	for _, a := range things {
		if isFile(a.link) {
			files++
		}
	}
	switch {
	case len(things) == 1 && files == 1:
		return "uploading " + shownName(things[0].link) + " (" + inbox.ByteSize(things[0].file.Bytes) + ") …"
	case files > 0:
		return "uploading " + count(files, "file") + " …"
	case len(things) == 1:
		return "attached " + shownName(things[0].link)
	}
	return "attached " + count(len(things), "link")
}

// shownName is the name at the end of an address.
func shownName(link string) string {
	path := link
	if u, err := url.Parse(link); err == nil {
		path = u.Path
	}
	return visible(inbox.CleanLine(path[strings.LastIndexByte(path, '/')+1:]))
}

// cannotTake is why the message cannot carry them too, "" when it can.
func (u *UI) cannotTake(things []attachment) string {
	c := u.composer
	if n := len(c.media) + len(things); n > c.caps.MaxMedia {
		return c.id.Platform().Label() + " takes at most " + count(c.caps.MaxMedia, "attachment") + " in a message, this would be " + grouped(n)
	}
	for _, a := range things {
		if why := u.cannotTakeOne(a); why != "" {
			return why
		}
	}
	return ""
}

func (u *UI) cannotTakeOne(a attachment) string {
	if isFile(a.link) {
		if refused := u.in.CheckFile(u.composer.id, a.file); refused != nil {
			return sentence(refused)
		}
		return u.in.CanUpload(u.composer.id).Reason
	}
	for _, p := range u.in.Check(inbox.Composition{Conversation: u.composer.id, Media: []string{a.link}}) {
		if p.Part == 0 {
			return sentence(p.Error)
		}
	}
	return ""
}

// addAll attaches, and begins to upload what is a file.
func (u *UI) addAll(things []attachment) tea.Cmd {
	c := u.composer
	var cmds []tea.Cmd
	for _, a := range things {
		c.media = append(c.media, a.link)
		if isFile(a.link) {
			cmds = append(cmds, u.beginUpload(uploadKey{c.id, a.link}, a.file))
		}
	}
	return tea.Batch(append(cmds, u.chipsChanged())...)
}

func (u *UI) chipsChanged() tea.Cmd {
	cmd := u.composerEdited()
	u.renewNote()
	u.relayout()
	return cmd
}

// dropChip takes the last attachment away, and ends its upload.
func (u *UI) dropChip() tea.Cmd {
	c := u.composer
	last := c.media[len(c.media)-1]
	c.media, c.pasted = c.media[:len(c.media)-1], nil
	u.dropUpload(last)
	return u.chipsChanged()
}

// unpaste makes text again of what the last paste has attached, if there is room
// for it.
func (u *UI) unpaste() tea.Cmd {
	c, p := u.composer, u.composer.pasted
	before := c.ed.text
	cmd := u.typeText(p.text)
	u.leaveWord()
	if c.ed.text == before {
		return cmd
	}
	gone := c.media[p.from : p.from+p.of]
	c.media, c.pasted = append(c.media[:p.from:p.from], c.media[p.from+p.of:]...), nil
	for _, link := range gone {
		u.dropUpload(link)
	}
	return tea.Batch(cmd, u.chipsChanged())
}

// attach uploads again what has failed, attaches the address or the path before the
// cursor, or asks for one.
func (u *UI) attach() tea.Cmd {
	if cmd, some := u.uploadAgain(); some {
		return cmd
	}
	c := u.composer
	start := c.ed.wordBefore()
	word := c.ed.text[start:c.ed.at]
	if thing, ok := thingOf(strings.TrimSpace(word)); ok || strings.HasPrefix(word, "http://") {
		return u.attachThing(thing, filesMsg{id: c.id, text: word, at: start})
	}
	u.ask(dialog{
		title: "File, or https address, of an image, video, voice message or document",
		input: u.promptEditor(),
		check: func(text string) string {
			if thing, ok := thingOf(text); text == "" || ok && !isLink(thing) {
				return "" // of a path, the disk knows
			}
			return u.cannotTake([]attachment{{link: text}})
		},
		yes: func(text string) tea.Cmd {
			if readings := pastedThings(text); len(readings) > 0 && !isLink(readings[0][0]) {
				return u.lookForFiles(filesMsg{id: c.id, asked: true}, readings)
			}
			return u.addAll([]attachment{{link: text}})
		},
	})
	return nil
}

// attachThing attaches what stands in the text, where msg says.
func (u *UI) attachThing(thing string, msg filesMsg) tea.Cmd {
	msg.asked = true
	if isPath(thing) {
		return u.lookForFiles(msg, [][]string{{thing}})
	}
	if why := u.cannotTake([]attachment{{link: thing}}); why != "" {
		u.warn(why)
		return nil
	}
	u.composer.ed.erase(msg.at, msg.at+len(msg.text))
	return u.addAll([]attachment{{link: thing}})
}

// Files.

// filesMsg says what the disk knows of a paste, or of something else that could be
// files.
type filesMsg struct {
	id     inbox.ConversationID
	text   string // that stands in the composer for them, "" for none
	at     int
	asked  bool // the agent wants them to be attached, whatever they are
	things []attachment
	err    error // none of the readings is what is there
}

// lookForFiles asks the disk which reading is what is there.
func (u *UI) lookForFiles(msg filesMsg, readings [][]string) tea.Cmd {
	return func() tea.Msg {
		for _, things := range readings {
			found, err := u.lookAtAll(things)
			if err == nil {
				msg.things, msg.err = found, nil
				break
			}
			if msg.err == nil {
				msg.things, msg.err = found, err
			}
		}
		return msg
	}
}

// lookAtAll finds all of them; with an error, what it is about comes last.
func (u *UI) lookAtAll(things []string) (found []attachment, err error) {
	for _, thing := range things {
		a := attachment{link: thing}
		if isLink(thing) {
			found = append(found, a)
			continue
		}
		if a.file, err = u.in.LookAtFile(thing); err != nil {
			return append(found, attachment{link: inbox.FileURL(thing)}), err
		}
		a.link = a.file.URL()
		found = append(found, a)
	}
	return found, nil
}

// filesFound attaches what is there. What the agent has changed meanwhile is no
// longer what was looked at.
func (u *UI) filesFound(msg filesMsg) tea.Cmd {
	c := u.composer
	if c == nil || c.id != msg.id {
		return nil
	}
	end := msg.at + len(msg.text)
	if end > len(c.ed.text) || c.ed.text[msg.at:end] != msg.text {
		return nil
	}
	stays := ""
	if msg.text != "" {
		stays = "it stays text: "
	}
	switch why := u.cannotTake(msg.things); {
	case msg.err != nil && (msg.asked || c.looksTaken(msg.things)):
		u.warn(stays + sentence(inbox.AsError(msg.err)) + u.whoseFiles(msg.err))
		return nil
	case msg.err != nil:
		return nil
	case why != "":
		u.warn(stays + why)
		return nil
	}
	c.ed.cut(msg.at, end)
	if msg.text == "" || msg.asked {
		u.say(attachedWords(msg.things))
		return u.addAll(msg.things)
	}
	return u.attachPasted(msg.text, msg.things)
}

// looksTaken tells that the last of them has a name as files have that the platform
// takes: then it was meant as one.
func (c *composer) looksTaken(things []attachment) bool {
	_, ok := c.caps.KindOfURL(things[len(things)-1].link)
	return ok
}

// whoseFiles tells why a file that was dropped is not there.
func (u *UI) whoseFiles(err error) string {
	if !u.terminal.remote() || inbox.KindOf(err) != inbox.NotFound {
		return ""
	}
	return " on this machine: what is dropped over SSH stays on yours"
}
