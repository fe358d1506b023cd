package cli

// parley media: what came with the messages of a conversation, as i and w have it
// on the screen: what it is, how large, how long it plays, and whether its link
// still works; or the files themselves.

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"parley/inbox"
	"parley/ui/savefile"
)

type mediaOptions struct {
	limit              int
	save, cached, json bool
	to                 string
}

func (a *app) mediaCommand() *cobra.Command {
	o := mediaOptions{limit: 20}
	cmd := &cobra.Command{
		Use:   "media CONVERSATION [MESSAGE]",
		Short: "List, or save, pictures and other attachments",
		Long: `Media lists what came with the newest messages of a conversation, oldest first,
or with one MESSAGE. What each link leads to is asked there: its type by the first
bytes, its size, how long it plays. A link that has expired is read anew from the
provider. --save writes the files into the config's downloads folder, or into
another one (--to); no file is written over.` + messageHelp + `

With --json, one object per attachment: conversation_id, message_id, index (in the
message, -1: the story that it answers), direction, created_at, type (as the
provider names it), title, url, given_at (when the link was given), media_type (or
null), bytes (or null), seconds (or null), saved_as (or null), error (null, or kind,
code, text, hint). With --cached nobody is asked.`,
		Args:              between(1, 2, "a CONVERSATION and a MESSAGE"),
		ValidArgsFunction: a.completeConversations,
		RunE: func(cmd *cobra.Command, args []string) error {
			o.save = o.save || o.to != ""
			if o.save && o.cached {
				return wrongUsage(cmd, "--cached asks nobody, and no file is kept here: it has no meaning with --save")
			}
			return a.media(cmd.Context(), args, o)
		},
	}
	cmd.Flags().Var(countFlag(&o.limit), "limit", "only the newest `N` (0: all)")
	cmd.Flags().BoolVar(&o.save, "save", false, "save the files in the downloads folder of the config")
	cmd.Flags().StringVar(&o.to, "to", "", "save them in the folder `DIR`")
	cmd.Flags().BoolVar(&o.cached, "cached", false, "only what is known here: nobody is asked")
	cmd.Flags().BoolVar(&o.json, "json", false, "one JSON object per line")
	_ = cmd.MarkFlagDirname("to") // fails only for a flag that is not there
	return cmd
}

func (a *app) media(ctx context.Context, args []string, o mediaOptions) error {
	return a.withSession(ctx, reach(!o.cached), func(ctx context.Context, s *session) error {
		c, err := s.Find(ctx, args[0])
		if err != nil {
			return err
		}
		folder := s.config.Screen.Pictures.Downloads
		if o.to != "" {
			folder = a.path(o.to)
		}
		if o.save && folder == "" {
			return &usageError{text: "there is no folder for downloads", hint: "name one with --to, or set downloads in [ui] of the config"}
		}
		items, err := s.mediaOf(ctx, c, args[1:], o.limit)
		if err != nil {
			return err
		}
		bad := false
		for _, m := range items {
			switch {
			case o.save:
				m.save(ctx, s, folder)
			case !o.cached:
				m.look(ctx, s)
			}
			if ctx.Err() != nil {
				return ctx.Err()
			}
			bad = bad || m.err != nil
			if err := a.printMedia(s, m, o.json); err != nil {
				return err
			}
		}
		if len(items) == 0 && !o.json {
			a.complain("there is nothing with a link in what was asked for", "")
		}
		if bad {
			return errReported
		}
		return nil
	})
}

// medium is something that came with a message, and what is known of it.
type medium struct {
	inbox.MediaRef
	message inbox.Message
	from    string
	kind    string // as the provider names it
	title   string
	link    string
	given   time.Time
	info    inbox.MediaInfo
	saved   string
	err     error
}

// mediaOf finds what came with one message, or with the newest.
func (s *session) mediaOf(ctx context.Context, c inbox.Conversation, message []string, limit int) (items []*medium, err error) {
	add := func(m inbox.Message) (more bool) {
		items = append(items, mediaIn(c, m)...)
		return limit == 0 || len(items) < limit
	}
	if len(message) > 0 {
		m, err := s.findMessage(ctx, c.ID, message[0])
		if err != nil {
			return nil, err
		}
		add(m)
	} else if err := s.eachBackwards(ctx, c.ID, add); err != nil {
		return nil, err
	}
	if limit > 0 {
		items = items[:min(limit, len(items))]
	}
	slices.Reverse(items)
	return items, nil
}

// mediaIn are those of one message that have a link, the last one first.
func mediaIn(c inbox.Conversation, m inbox.Message) (items []*medium) {
	add := func(index int, kind, title string, bytes int64, given time.Time) {
		ref := inbox.MediaRef{Conversation: c.ID, Message: m.ID, Index: index}
		if link := ref.Link(m); isAddressOfWeb(link) {
			items = append(items, &medium{
				MediaRef: ref, message: m, from: authorOf(m, c), kind: kind, title: title, link: link,
				given: cmp.Or(given, m.CreatedAt), info: inbox.MediaInfo{Bytes: cmp.Or(bytes, -1)},
			})
		}
	}
	for i, at := range slices.Backward(m.Attachments) {
		add(i, at.Type, at.Title, at.Bytes, at.AsOf)
	}
	if r := m.ReplyTo; r != nil {
		add(inbox.MediaOfReference, r.Kind, "", 0, time.Time{})
	}
	return items
}

// look asks what it is. The link may be another one then.
func (m *medium) look(ctx context.Context, s *session) {
	info, err := s.MediaInfo(ctx, m.MediaRef)
	if m.err = err; err == nil {
		m.info = info
	}
	m.refresh(ctx, s)
}

// save fetches the file and keeps it.
func (m *medium) save(ctx context.Context, s *session, folder string) {
	file, err := s.Media(ctx, m.MediaRef, savefile.MaxBytes)
	if err == nil {
		m.info.Type, m.info.Bytes = file.Type, int64(len(file.Data))
		m.saved, err = savefile.Save(folder, m.message.CreatedAt.In(s.config.Screen.TimeZone), m.from, file)
	}
	m.err = err
	m.refresh(ctx, s)
}

// refresh takes the link over that the provider has given meanwhile.
func (m *medium) refresh(ctx context.Context, s *session) {
	at := inbox.Position{At: m.message.CreatedAt, ID: m.message.ID + "\x00"}
	t, err := s.Thread(ctx, inbox.ThreadQuery{Conversation: m.Conversation, Anchor: at, Before: 1})
	if err != nil || len(t.Page.Messages) != 1 || t.Page.Messages[0].ID != m.message.ID {
		return // the link of before is what there is to tell
	}
	now := t.Page.Messages[0]
	if link := m.Link(now); link != "" && link != m.link {
		m.link = link
		if m.Index >= 0 {
			m.given = cmp.Or(now.Attachments[m.Index].AsOf, m.given)
		}
	}
}

type mediumRecord struct {
	ConversationID inbox.ConversationID `json:"conversation_id"`
	MessageID      inbox.MessageID      `json:"message_id"`
	Index          int                  `json:"index"`
	Direction      inbox.Direction      `json:"direction"`
	CreatedAt      timestamp            `json:"created_at"`
	Type           string               `json:"type"`
	Title          string               `json:"title"`
	URL            string               `json:"url"`
	GivenAt        timestamp            `json:"given_at"`
	MediaType      *string              `json:"media_type"`
	Bytes          *int64               `json:"bytes"`
	Seconds        *float64             `json:"seconds"`
	SavedAs        *string              `json:"saved_as"`
	Error          *errorRecord         `json:"error"`
}

func recordOfMedium(m *medium) mediumRecord {
	r := mediumRecord{
		ConversationID: m.Conversation, MessageID: m.Message, Index: m.Index, Direction: m.message.Direction, CreatedAt: timestamp(m.message.CreatedAt),
		Type: m.kind, Title: m.title, URL: m.link, GivenAt: timestamp(m.given),
	}
	if m.info.Type != "" {
		r.MediaType = &m.info.Type
	}
	if m.info.Bytes >= 0 {
		r.Bytes = &m.info.Bytes
	}
	if seconds := m.info.Length.Seconds(); seconds > 0 {
		r.Seconds = &seconds
	}
	if m.saved != "" {
		r.SavedAs = &m.saved
	}
	if m.err != nil {
		r.Error = (*errorRecord)(inbox.FailureOf(m.err))
	}
	return r
}

func (a *app) printMedia(s *session, m *medium, asJSON bool) error {
	if asJSON {
		return jsonLines(a.stdout).Encode(recordOfMedium(m))
	}
	sign := "<"
	if m.message.Direction == inbox.Sent {
		sign = ">"
	}
	now := time.Now()
	lines := lineOf(m.link + " (given " + describeAgo(m.given, now) + ")")
	switch {
	case m.err != nil:
		lines += lineOf(describeError(inbox.AsError(m.err)))
	case m.saved != "":
		lines = lineOf("saved as " + m.saved)
	}
	_, err := fmt.Fprintf(a.stdout, "%s %s  %s  %s\n%s", sign, minuteOf(m.message.CreatedAt, s.config.Screen.TimeZone), inbox.CleanLine(m.describe()), inbox.CleanLine(string(m.Message)), lines)
	return err
}

// describe is what it is in a few words: "image, image/jpeg, 240 KB".
func (m *medium) describe() string {
	text := cmp.Or(m.kind, "link")
	if m.info.Type != "" {
		text += ", " + m.info.Type
	}
	if m.info.Length > 0 {
		text += ", plays " + describeSpan(m.info.Length.Round(time.Second))
	}
	if m.info.Bytes >= 0 {
		text += ", " + inbox.ByteSize(m.info.Bytes)
	}
	return text
}
