package cli

// What undo takes back in plain mode. The commands that decide something say so to
// the session, which remembers it only where a prompt has asked for that.

import (
	"context"
	"slices"

	"parley/inbox"
)

// undoStep is something that can be taken back.
type undoStep struct {
	what string
	back func(context.Context, *session) error
	then string // what the agent can do afterwards; "": that goes without saying
}

// mostUndos is how many steps are remembered.
const mostUndos = 50

// remember keeps a step for undo.
func (s *session) remember(step undoStep) {
	if s.undos == nil {
		return
	}
	*s.undos = append(*s.undos, step)
	*s.undos = (*s.undos)[max(len(*s.undos)-mostUndos, 0):]
}

// rememberTriage keeps what was decided of conversations.
func (s *session) rememberTriage(ctx context.Context, said string, results []inbox.TriageResult) {
	changed := slices.DeleteFunc(slices.Clone(results), func(r inbox.TriageResult) bool { return r.Err != nil || !r.Changed() })
	if len(changed) == 0 {
		return
	}
	what := said + ": " + s.recipient(ctx, changed[0].ID)
	if more := len(changed) - 1; more > 0 {
		what += " and " + counted(more, "other")
	}
	s.remember(undoStep{what: what, back: func(ctx context.Context, s *session) error {
		undone, err := s.Undo(ctx, changed)
		for _, r := range undone {
			if err == nil {
				err = r.Err
			}
		}
		return err
	}})
}

// rememberNote keeps that a note was written, changed or deleted. before is the
// note as it was, the zero value when there was none.
func (s *session) rememberNote(what string, note, before inbox.Message) {
	s.remember(undoStep{what: what, back: func(ctx context.Context, s *session) error {
		if before.ID != "" {
			return s.RestoreNote(ctx, before)
		}
		_, err := s.DeleteNote(ctx, note.Conversation, note.ID)
		return err
	}})
}

// undoWord takes the last step back. A step that cannot be taken back is forgotten:
// what it was about has changed since.
func (p *plain) undoWord(ctx context.Context, _ typedCommand) error {
	if len(p.undos) == 0 {
		return &usageError{text: "there is nothing to undo"}
	}
	last := p.undos[len(p.undos)-1]
	p.undos = p.undos[:len(p.undos)-1]
	if err := last.back(ctx, p.session); err != nil {
		e := *inbox.AsError(err)
		e.Text = "not undone: " + last.what + ": " + describeError(inbox.AsError(err))
		e.Code = ""
		return &e
	}
	p.say("undone: %s", last.what)
	if last.then != "" {
		p.say("%s", last.then)
	}
	return nil
}
