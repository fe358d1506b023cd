package inbox

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"
)

// Triage is what agents decide about a conversation beside answering it. Every
// decision is stored here and survives the facts; what the provider can be told
// of it (that a conversation is archived) is told afterwards, in tell.go.

// Triage is what agents have decided about a conversation.
type Triage struct {
	Done         bool      `json:"done,omitempty"` // dealt with, until the customer writes
	DoneAt       time.Time `json:"done_at,omitzero"`
	SnoozedUntil time.Time `json:"snoozed_until,omitzero"` // out of sight until then, or until the customer writes
	SnoozedAt    time.Time `json:"snoozed_at,omitzero"`
	Woken        time.Time `json:"woken,omitzero"`   // when its last snooze ended by itself: its place in the lists
	Labels       []string  `json:"labels,omitempty"` // sorted
	Muted        bool      `json:"muted,omitempty"`  // new messages are neither counted as unread nor notified
	Mine         bool      `json:"mine,omitempty"`   // an agent here has taken it, or answered it
	Untold       bool      `json:"untold,omitempty"` // the provider has still to be told
}

// Snoozed tells that the conversation comes back at a time.
func (t Triage) Snoozed() bool { return !t.SnoozedUntil.IsZero() }

// IsZero tells that nothing has been decided.
func (t Triage) IsZero() bool { return t.equal(Triage{}) }

func (t Triage) equal(o Triage) bool {
	return t.Done == o.Done && t.DoneAt.Equal(o.DoneAt) &&
		t.SnoozedUntil.Equal(o.SnoozedUntil) && t.SnoozedAt.Equal(o.SnoozedAt) && t.Woken.Equal(o.Woken) &&
		slices.Equal(t.Labels, o.Labels) && t.Muted == o.Muted && t.Mine == o.Mine && t.Untold == o.Untold
}

// Keeps tells that an agent relies on the conversation being there, even when
// none of its messages is.
func (t Triage) Keeps() bool { return t.Snoozed() || t.Muted || len(t.Labels) > 0 }

// TriageChange is one decision: one of the types below.
type TriageChange interface {
	change(*triaging) error
}

// The decisions. Each can be repeated: what is so already stays as it is.
type (
	MarkDone struct{} // out of the inbox, and archived at the provider where it can
	Reopen   struct{} // back into the inbox, also from a snooze

	Snooze   struct{ Until time.Time } // warnings speak of the time in its zone
	Unsnooze struct{}                  // back at once

	AddLabels    struct{ Labels []string }
	RemoveLabels struct{ Labels []string }
	SetLabels    struct{ Add, Remove []string } // both in one

	Mute   struct{}
	Unmute struct{}
	Take   struct{}
	GiveUp struct{}

	MarkRead   struct{} // all that has arrived
	MarkUnread struct{}
)

// TriageState is what a TriageChange can change.
type TriageState struct {
	Triage
	Archived   bool
	Unread     int
	MarkedRead time.Time
}

func stateOf(c Conversation) TriageState {
	s := TriageState{Triage: c.Triage, Archived: c.Archived, Unread: c.Unread, MarkedRead: c.MarkedRead}
	s.Labels = slices.Clone(s.Labels)
	return s
}

func (s TriageState) isDone() bool { return s.Done || s.Archived }

// TriageResult is what became of one conversation.
type TriageResult struct {
	ID      ConversationID
	Before  TriageState
	After   TriageState
	Err     error  // nothing was changed
	Warning string // it was changed, but: "the reply window closes 14:30, before it comes back"
}

// Changed tells that the conversation is not as it was.
func (r TriageResult) Changed() bool {
	return r.Err == nil && len(differences(r.Before, r.After)) > 0
}

// triaging is one conversation under a change.
type triaging struct {
	*editedConversation
	e       *edit
	can     Ability // to archive at the provider
	warning string
}

// Triage applies one decision to conversations, in one transaction, and returns
// one result for each of them, in their order. An error of one does not keep the
// others; err is for a store that failed, and then nothing has changed.
func (in *Inbox) Triage(ctx context.Context, ids []ConversationID, change TriageChange) ([]TriageResult, error) {
	var results []TriageResult
	err := in.update(ctx, func(e *edit) error {
		results = make([]TriageResult, 0, len(ids))
		for _, id := range ids {
			r, err := e.triage(id, change)
			if err != nil {
				return err
			}
			results = append(results, r)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	in.triaged(results)
	return results, nil
}

// triage changes one conversation. err is for a store that failed; what is wrong
// with the change is in the result.
func (e *edit) triage(id ConversationID, change TriageChange) (TriageResult, error) {
	c, err := e.conversation(id, false)
	if err != nil {
		return TriageResult{}, err
	}
	if c == nil {
		return TriageResult{ID: id, Err: errNoConversation(id)}, nil
	}
	t := &triaging{editedConversation: c, e: e, can: e.in.Capabilities(id).Archive}
	before := c.Conversation
	r := TriageResult{ID: id, Before: stateOf(c.Conversation)}
	if err := change.change(t); err != nil {
		c.Conversation = before
		r.After, r.Err = r.Before, err
		return r, nil
	}
	r.After, r.Warning = stateOf(c.Conversation), t.warning
	c.dirty = c.dirty || !r.After.equal(r.Before)
	return r, nil
}

func (s TriageState) equal(o TriageState) bool {
	return s.Triage.equal(o.Triage) && s.Archived == o.Archived && s.Unread == o.Unread && s.MarkedRead.Equal(o.MarkedRead)
}

func (MarkDone) change(t *triaging) error {
	if t.IsDone() && !t.Triage.Snoozed() {
		return nil
	}
	t.setDone()
	return nil
}

func (Reopen) change(t *triaging) error {
	t.open()
	return nil
}

// setDone takes the conversation out of the inbox.
func (t *triaging) setDone() {
	t.Triage.Done, t.Triage.DoneAt = true, toMillis(t.e.now)
	t.endSnooze()
	t.Triage.Woken = time.Time{}
	t.Archived = t.RemoteArchived
	t.tell()
}

// open brings the conversation back.
func (t *triaging) open() {
	wasDone := t.IsDone()
	t.comeBack()
	if wasDone {
		t.tell()
	}
}

// tell notes whether the provider has to be told. It cannot be told of a
// conversation of an account that is not in the config.
func (t *triaging) tell() { t.Triage.Untold = t.can.OK && t.IsDone() != t.RemoteArchived }

// comeBack ends what keeps the conversation out of sight. The provider is not
// told: it may go on calling it archived.
func (c *editedConversation) comeBack() {
	if !c.IsDone() && !c.Triage.Snoozed() {
		return
	}
	c.reopened()
	c.endSnooze()
	c.dirty = true
}

// reopened leaves nothing of what made the conversation done.
func (c *editedConversation) reopened() {
	c.Archived, c.Triage.Done, c.Triage.DoneAt, c.Triage.Untold = false, false, time.Time{}, false
}

func (c *editedConversation) endSnooze() {
	c.Triage.SnoozedUntil, c.Triage.SnoozedAt = time.Time{}, time.Time{}
}

func (Mute) change(t *triaging) error   { t.Triage.Muted = true; return nil }
func (Unmute) change(t *triaging) error { t.Triage.Muted = false; return nil }
func (Take) change(t *triaging) error   { t.Triage.Mine = true; return nil }
func (GiveUp) change(t *triaging) error { t.Triage.Mine = false; return nil }

func (MarkRead) change(t *triaging) error {
	if t.Unread > 0 || t.JustWoken() {
		t.Unread, t.MarkedRead = 0, t.e.now
	}
	return nil
}

func (MarkUnread) change(t *triaging) error {
	t.Unread = max(t.Unread, 1)
	return nil
}

// Undo puts back what results say was there before, each where nothing else has
// changed it since. It returns one result for each, in their order: one that was
// left alone has an error of kind Rejected that says so.
func (in *Inbox) Undo(ctx context.Context, results []TriageResult) ([]TriageResult, error) {
	var undone []TriageResult
	err := in.update(ctx, func(e *edit) error {
		undone = make([]TriageResult, 0, len(results))
		for _, r := range slices.Backward(results) {
			u := TriageResult{ID: r.ID, Before: r.After, After: r.After}
			if r.Changed() {
				var err error
				if u, err = e.triage(r.ID, restore{r}); err != nil {
					return err
				}
			}
			undone = append(undone, u)
		}
		slices.Reverse(undone)
		return nil
	})
	if err != nil {
		return nil, err
	}
	in.triaged(undone)
	return undone, nil
}

// restore is the change that takes another one back.
type restore struct{ TriageResult }

func (r restore) change(t *triaging) error {
	now := stateOf(t.Conversation)
	var moved []error
	for _, part := range differences(r.Before, r.After) {
		if !part.same(now, r.After) {
			moved = append(moved, errors.New(part.name))
			continue
		}
		part.put(t, r.Before)
	}
	if len(moved) == 0 {
		return nil
	}
	return &Error{
		Kind: Rejected, Op: "undo", Text: "something else has changed the conversation since: " + errors.Join(moved...).Error(),
		Hint: "look at it, and change it by hand",
	}
}

// triagePart is a part of a TriageState that is put back as a whole.
type triagePart struct {
	name string
	same func(a, b TriageState) bool
	put  func(*triaging, TriageState)
}

var triageParts = []triagePart{
	{"where it is", samePlace, (*triaging).putBack},
	{"labels", func(a, b TriageState) bool { return slices.Equal(a.Labels, b.Labels) }, func(t *triaging, s TriageState) { t.Triage.Labels = slices.Clone(s.Labels) }},
	{"muted", func(a, b TriageState) bool { return a.Muted == b.Muted }, func(t *triaging, s TriageState) { t.Triage.Muted = s.Muted }},
	{"whose it is", func(a, b TriageState) bool { return a.Mine == b.Mine }, func(t *triaging, s TriageState) { t.Triage.Mine = s.Mine }},
	{"unread", sameUnread, func(t *triaging, s TriageState) { t.Unread, t.MarkedRead = s.Unread, s.MarkedRead }},
}

func samePlace(a, b TriageState) bool {
	return a.isDone() == b.isDone() && a.SnoozedUntil.Equal(b.SnoozedUntil)
}

func sameUnread(a, b TriageState) bool {
	return a.Unread == b.Unread && a.MarkedRead.Equal(b.MarkedRead)
}

// putBack puts a conversation where it was: done, snoozed or in sight.
func (t *triaging) putBack(s TriageState) {
	kept := t.Triage
	t.Triage = s.Triage
	t.Triage.Labels, t.Triage.Muted, t.Triage.Mine = kept.Labels, kept.Muted, kept.Mine
	t.Archived = s.isDone() && t.RemoteArchived
	t.Triage.Done = s.Done || s.Archived && !t.RemoteArchived
	t.tell()
}

// differences are the parts in which two states differ.
func differences(a, b TriageState) (parts []triagePart) {
	for _, p := range triageParts {
		if !p.same(a, b) {
			parts = append(parts, p)
		}
	}
	return parts
}

// LabelCount is a label with the number of conversations that have it.
type LabelCount struct {
	Label string
	Count int
}

// Labels lists the labels in use, the most used first.
func (in *Inbox) Labels(ctx context.Context) (labels []LabelCount, err error) {
	err = in.store.View(ctx, func(r Reader) error {
		labels, err = r.Labels()
		return err
	})
	slices.SortStableFunc(labels, func(a, b LabelCount) int { return cmp.Compare(b.Count, a.Count) })
	return labels, err
}
