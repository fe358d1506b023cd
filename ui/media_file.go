package ui

import (
	"os/exec"
	"slices"
	"strconv"

	"parley/inbox"
	"parley/ui/savefile"

	tea "charm.land/bubbletea/v2"
)

// What leaves the screen for the machine: a file that the agent keeps, a link that
// the system opens. Links are a stranger's, so none passes through a shell.

// savedFileMsg says what became of a file.
type savedFileMsg struct {
	path string
	err  error
}

// saveChosen saves what came with the selected message; of several things the
// agent chooses in the viewer.
func (u *UI) saveChosen() tea.Cmd {
	e, items := u.chosenViewable()
	v := &viewer{from: u.senderName(e), at: e.at(), items: items}
	if len(items) > 1 {
		u.say("there are " + strconv.Itoa(len(items)) + ": w saves the one that is shown")
		u.show(v)
		return tea.Batch(u.askForPictures(), v.begin(u))
	}
	return u.saveItem(v)
}

const noDownloads = "the config has no folder for downloads"

func cannotSave(u *UI) string {
	if u.opts.Downloads == "" {
		return noDownloads
	}
	return cannotView(u)
}

// saveItem fetches what the viewer shows and writes it into the agent's folder.
func (u *UI) saveItem(v *viewer) tea.Cmd {
	if u.opts.Downloads == "" {
		u.warn(noDownloads)
		return nil
	}
	ref, dir := v.item().ref, u.opts.Downloads
	at, from := v.at.In(u.opts.Zone), v.from
	u.say("saving …")
	return func() tea.Msg {
		file, err := u.in.Media(u.ctx, ref, savefile.MaxBytes)
		if err != nil {
			return savedFileMsg{err: err}
		}
		path, err := savefile.Save(dir, at, from, file)
		return savedFileMsg{path, err}
	}
}

func (u *UI) fileSaved(msg savedFileMsg) {
	if msg.err != nil {
		u.warn("not saved: " + sentence(inbox.AsError(msg.err)))
		return
	}
	u.say("saved as " + msg.path)
}

// openLink opens a link on the machine of the agent, where parley runs there;
// elsewhere the link is shown and copied.
func (u *UI) openLink(link string) tea.Cmd {
	if !u.opensLinks() {
		return u.copied(link)
	}
	u.say("opening " + link)
	args := append(slices.Clone(u.opts.Opener[1:]), link)
	return func() tea.Msg {
		// Not with the session's context: what was opened stays open.
		return doneMsg{what: "open the link", err: exec.Command(u.opts.Opener[0], args...).Run()}
	}
}
