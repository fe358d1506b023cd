package ui

import (
	"context"
	"errors"
	"slices"

	"parley/inbox"

	tea "charm.land/bubbletea/v2"
)

// Files on their way to an address. An upload belongs to the draft of a
// conversation, not to the composer: it goes on when that closes, and its address
// lands in the draft that it was begun for. It ends when the attachment is dropped.

// uploadKey names an upload: the conversation, and the file's URL in its draft.
type uploadKey struct {
	id   inbox.ConversationID
	link string
}

// upload is how far a file has come.
type upload struct {
	file   inbox.LocalFile
	cancel context.CancelFunc
	done   bool
	link   string       // the address that it has, "" while it has none
	err    *inbox.Error // why it has none
}

// uploadedMsg says how an upload has ended.
type uploadedMsg struct {
	key  uploadKey
	up   *upload
	link string
	err  error
}

// beginUpload uploads a file, in place of an earlier upload of it.
func (u *UI) beginUpload(key uploadKey, f inbox.LocalFile) tea.Cmd {
	if old := u.uploads[key]; old != nil {
		old.cancel()
	}
	ctx, cancel := context.WithCancel(u.ctx)
	up := &upload{file: f, cancel: cancel}
	u.uploads[key] = up
	u.touch(partComposer)
	return func() tea.Msg {
		defer cancel()
		link, err := u.in.Upload(ctx, key.id, f.Path)
		return uploadedMsg{key, up, link, err}
	}
}

// dropUpload ends the upload of an attachment that the composer has no more.
func (u *UI) dropUpload(link string) {
	key := uploadKey{u.composer.id, link}
	if up := u.uploads[key]; up != nil && !slices.Contains(u.composer.media, link) {
		up.cancel()
		delete(u.uploads, key)
	}
}

// forgetUploads ends all uploads for a customer.
func (u *UI) forgetUploads(id inbox.ConversationID) {
	for key, up := range u.uploads {
		if key.id == id {
			up.cancel()
			delete(u.uploads, key)
		}
	}
}

// uploadAgain tries again what the composer has no address for and nobody uploads;
// some tells that there is any.
func (u *UI) uploadAgain() (cmd tea.Cmd, some bool) {
	c := u.composer
	var cmds []tea.Cmd
	for _, link := range c.media {
		path, local := inbox.FilePath(link)
		if up := u.uploads[uploadKey{c.id, link}]; !local || up != nil && !up.done {
			continue
		}
		cmds = append(cmds, u.beginUpload(uploadKey{c.id, link}, inbox.LocalFile{Path: path}))
	}
	if len(cmds) == 0 {
		return nil, false
	}
	u.say("uploading " + count(len(cmds), "file") + " …")
	return tea.Batch(cmds...), true
}

// uploadEnded puts the address where the file was. One that was dropped, or begun
// anew, is nobody's any more.
func (u *UI) uploadEnded(msg uploadedMsg) tea.Cmd {
	if u.uploads[msg.key] != msg.up {
		return nil
	}
	msg.up.done = true
	c := u.composer
	open := c != nil && c.id == msg.key.id && slices.Contains(c.media, msg.key.link)
	name := shownName(msg.key.link)
	if msg.err != nil {
		return u.uploadFailed(msg, name, open)
	}
	msg.up.link = msg.link
	if open {
		exchange(c.media, msg.key.link, msg.link)
		u.say(name + " is uploaded")
		return u.chipsChanged()
	}
	u.say(name + " is uploaded, and attached to the draft to " + u.nameOf(msg.key.id))
	if u.thread.id == msg.key.id {
		u.thread.draft.Media = u.uploaded(u.thread.draft)
	}
	return func() tea.Msg {
		return doneMsg{what: "keep the address of " + name, err: u.drafts.exchange(u.ctx, msg.key, msg.link)}
	}
}

func (u *UI) uploadFailed(msg uploadedMsg, name string, open bool) tea.Cmd {
	if errors.Is(msg.err, context.Canceled) {
		return nil // the session ends
	}
	msg.up.err = inbox.AsError(msg.err)
	where := ""
	if !open {
		where = " for " + u.nameOf(msg.key.id)
	}
	u.warn(name + where + " is not uploaded: " + sentence(msg.up.err))
	u.touch(partComposer)
	return nil
}

// nameOf is a customer's name as far as the screen has it.
func (u *UI) nameOf(id inbox.ConversationID) string {
	if u.thread.id == id {
		return u.shortName(u.thread.conv.Participant.DisplayName())
	}
	if i := slices.IndexFunc(u.list.rows, func(r inbox.ListRow) bool { return r.ID == id }); i >= 0 {
		return u.shortName(u.list.rows[i].Participant.DisplayName())
	}
	return "another customer"
}

// exchange puts an address in place of a file.
func exchange(media []string, file, link string) {
	for i := range media {
		if media[i] == file {
			media[i] = link
		}
	}
}

// uploaded are the attachments of a draft, those with their address that have one
// since it was stored.
func (u *UI) uploaded(d inbox.Draft) []string {
	media := slices.Clone(d.Media)
	for i, link := range media {
		if up := u.uploads[uploadKey{d.Conversation, link}]; up != nil && up.link != "" {
			media[i] = up.link
		}
	}
	return media
}

// exchange puts an address in place of a file in a stored draft.
func (b *draftBook) exchange(ctx context.Context, key uploadKey, link string) error {
	if err := b.take(ctx); err != nil {
		return err
	}
	defer b.giveBack()
	if err := b.write(ctx, key.id); err != nil {
		return err
	}
	stored, err := b.read(ctx, key.id)
	if err != nil || !slices.Contains(stored.Media, key.link) {
		return err
	}
	exchange(stored.Media, key.link, link)
	return b.save(ctx, stored)
}

// whyItWaits is why a message with such a file does not leave.
func (u *UI) whyItWaits(key uploadKey) string {
	name := shownName(key.link)
	if up := u.uploads[key]; up != nil && !up.done {
		return name + " is still being uploaded: press again when it is there, " + u.keys.first("detach") + " drops it"
	}
	return name + " is not uploaded: " + u.keys.first("attach") + " tries again, " + u.keys.first("detach") + " drops it"
}

// drawUpload draws how far a file is.
func (u *UI) drawUpload(l *lineBuilder, key uploadKey) *lineBuilder {
	up := u.uploads[key]
	name := shownName(key.link)
	switch {
	case up == nil:
		return l.fit(plain, name, l.left/2).fit(u.style[roleWarn], " not uploaded: "+u.keys.first("attach")+" does", l.left)
	case up.err != nil:
		return l.fit(plain, name, l.left/3).fit(u.style[roleUrgent], " not uploaded: "+sentence(up.err), l.left)
	case up.file.Bytes > 0:
		name += " " + inbox.ByteSize(up.file.Bytes)
	}
	return l.fit(plain, name, l.left/2).fit(u.style[roleFaint], " uploading …", l.left)
}
