package cli

// parley note: what agents write for agents, in the thread where it belongs.

import (
	"cmp"
	"context"
	"fmt"
	"os/user"

	"github.com/spf13/cobra"

	"parley/inbox"
)

type noteOptions struct {
	author, edit, delete string
	json                 bool
}

func (a *app) noteCommand() *cobra.Command {
	var o noteOptions
	cmd := &cobra.Command{
		Use:   "note CONVERSATION [TEXT|-]",
		Short: "Write a note that only agents see",
		Long: `Note keeps a text in the thread for other agents. It is stored here only: no
customer and no provider gets it. With - the text is read from standard input.

With --json, the object of show --json, with note and author.`,
		Args:              between(1, 2, "a CONVERSATION and a TEXT"),
		ValidArgsFunction: a.completeConversations,
		RunE: func(cmd *cobra.Command, args []string) error {
			switch {
			case o.edit != "" && o.delete != "":
				return wrongUsage(cmd, "--edit and --delete cannot stand together")
			case o.delete != "" && len(args) > 1:
				return wrongUsage(cmd, "--delete takes no TEXT")
			case o.delete == "" && len(args) < 2:
				return wrongUsage(cmd, "note expects a TEXT, or - for standard input")
			}
			return a.note(cmd.Context(), args, o)
		},
	}
	cmd.Flags().StringVar(&o.author, "author", "", "`NAME` of who writes it (default: the agent of the config, else of the user)")
	cmd.Flags().StringVar(&o.edit, "edit", "", "give the note of this `ID` another text; show --ids tells the IDs")
	cmd.Flags().StringVar(&o.delete, "delete", "", "remove the note of this `ID`")
	cmd.Flags().BoolVar(&o.json, "json", false, "one JSON object")
	return cmd
}

func (a *app) note(ctx context.Context, args []string, o noteOptions) error {
	text, err := a.textOf(args[1:])
	if err != nil {
		return err
	}
	return a.withSession(ctx, offline, func(ctx context.Context, s *session) error {
		c, err := s.Find(ctx, args[0])
		if err != nil {
			return err
		}
		var note, before inbox.Message
		said := "noted"
		switch {
		case o.delete != "":
			said = "note deleted"
			note, err = s.DeleteNote(ctx, c.ID, inbox.MessageID(o.delete))
			before = note
		case o.edit != "":
			said = "note changed"
			if before, err = s.noteOf(ctx, c.ID, inbox.MessageID(o.edit)); err != nil {
				return err
			}
			note, err = s.EditNote(ctx, c.ID, inbox.MessageID(o.edit), text)
		default:
			note, err = s.AddNote(ctx, c.ID, text, cmp.Or(o.author, s.config.Screen.Agent, userName()))
		}
		if err != nil {
			return err
		}
		s.rememberNote(said+": "+describeCustomer(c), note, before)
		if o.json {
			return jsonLines(a.stdout).Encode(recordOfMessage(note, c.ReadUpTo))
		}
		_, err = fmt.Fprintln(a.stdout, said+": "+describeCustomer(c))
		return err
	})
}

// noteOf is a note as it stands, the zero value when it is not there.
func (s *session) noteOf(ctx context.Context, id inbox.ConversationID, note inbox.MessageID) (found inbox.Message, err error) {
	err = s.eachBackwards(ctx, id, func(m inbox.Message) (more bool) {
		if m.Note && m.ID == note {
			found = m
		}
		return found.ID == ""
	})
	return found, err
}

// userName is who is logged in, "" when nobody can tell.
func userName() string {
	u, err := user.Current()
	if err != nil {
		return ""
	}
	return cmp.Or(u.Name, u.Username)
}
