package inbox_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"parley/inbox"
)

// triage applies a decision to Ann's conversation.
func (f *fixture) triage(change inbox.TriageChange) inbox.TriageResult {
	f.t.Helper()
	results, err := f.in.Triage(context.Background(), []inbox.ConversationID{ann}, change)
	if err != nil || len(results) != 1 {
		f.t.Fatalf("%+v, %v", results, err)
	}
	return results[0]
}

func (f *fixture) undo(results ...inbox.TriageResult) []inbox.TriageResult {
	f.t.Helper()
	undone, err := f.in.Undo(context.Background(), results)
	if err != nil || len(undone) != len(results) {
		f.t.Fatalf("%+v, %v", undone, err)
	}
	return undone
}

// views are those that the conversation is in.
func (f *fixture) views() (views []inbox.View) {
	f.t.Helper()
	for _, v := range inbox.Views {
		page, err := f.in.List(context.Background(), inbox.ListQuery{View: v, After: 9})
		if err != nil {
			f.t.Fatal(err)
		}
		if slices.ContainsFunc(page.Rows, func(row inbox.ListRow) bool { return row.ID == ann }) {
			views = append(views, v)
		}
	}
	return views
}

func (f *fixture) wantViews(want ...inbox.View) {
	f.t.Helper()
	if got := f.views(); !slices.Equal(got, want) {
		f.t.Errorf("it is in %q, want %q", got, want)
	}
}

// withoutArchive is a provider that has none.
func (f *fixture) withoutArchive() {
	caps := f.provider.Capacity[inbox.Instagram]
	caps.Archive = inbox.Cannot("this API has no archive")
	f.provider.Capacity[inbox.Instagram] = caps
}

func TestWhatADecisionDoesToTheViews(t *testing.T) {
	in2h := time.Now().Add(2 * time.Hour)
	inSight := []inbox.View{inbox.ViewAll, inbox.ViewUnread, inbox.ViewUnanswered}
	for name, c := range map[string]struct {
		changes []inbox.TriageChange
		want    []inbox.View
	}{
		"nothing":               {nil, inSight},
		"done":                  {[]inbox.TriageChange{inbox.MarkDone{}}, []inbox.View{inbox.ViewDone}},
		"done twice":            {[]inbox.TriageChange{inbox.MarkDone{}, inbox.MarkDone{}}, []inbox.View{inbox.ViewDone}},
		"done and open again":   {[]inbox.TriageChange{inbox.MarkDone{}, inbox.Reopen{}}, inSight},
		"open already":          {[]inbox.TriageChange{inbox.Reopen{}}, inSight},
		"snoozed":               {[]inbox.TriageChange{inbox.Snooze{Until: in2h}}, []inbox.View{inbox.ViewSnoozed}},
		"snoozed and back":      {[]inbox.TriageChange{inbox.Snooze{Until: in2h}, inbox.Unsnooze{}}, inSight},
		"snoozed, then done":    {[]inbox.TriageChange{inbox.Snooze{Until: in2h}, inbox.MarkDone{}}, []inbox.View{inbox.ViewDone}},
		"done, then snoozed":    {[]inbox.TriageChange{inbox.MarkDone{}, inbox.Snooze{Until: in2h}}, []inbox.View{inbox.ViewSnoozed}},
		"snoozed, then open":    {[]inbox.TriageChange{inbox.Snooze{Until: in2h}, inbox.Reopen{}}, inSight},
		"muted":                 {[]inbox.TriageChange{inbox.Mute{}}, []inbox.View{inbox.ViewAll, inbox.ViewUnanswered}},
		"muted and not":         {[]inbox.TriageChange{inbox.Mute{}, inbox.Unmute{}}, inSight},
		"taken":                 {[]inbox.TriageChange{inbox.Take{}}, append(slices.Clone(inSight), inbox.ViewMine)},
		"taken and given up":    {[]inbox.TriageChange{inbox.Take{}, inbox.GiveUp{}}, inSight},
		"read":                  {[]inbox.TriageChange{inbox.MarkRead{}}, []inbox.View{inbox.ViewAll, inbox.ViewUnanswered}},
		"read and unread again": {[]inbox.TriageChange{inbox.MarkRead{}, inbox.MarkUnread{}}, inSight},
		"labelled":              {[]inbox.TriageChange{inbox.AddLabels{Labels: []string{"vip"}}}, inSight},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t)
			f.withoutArchive()
			f.ingest(batch(received("m1", "hello", minutesAgo(3))))
			for _, change := range c.changes {
				if r := f.triage(change); r.Err != nil {
					t.Fatal(r.Err)
				}
			}
			f.wantViews(c.want...)
			f.restart()
			f.wantViews(c.want...)
		})
	}
}

func TestWhatBringsAConversationBack(t *testing.T) {
	reaction := func(id string, at time.Time) inbox.Batch {
		b := batch()
		b.Pushed = true
		b.Events = []inbox.EventFact{{Kind: inbox.EventReaction, RemoteID: "t_ann", Message: inbox.MessageID(id), UserID: "ann", Emoji: "❤️", At: at}}
		return b
	}
	for name, c := range map[string]struct {
		told func() inbox.Batch
		back bool
	}{
		"a new message":                  {func() inbox.Batch { return batch(received("m3", "and?", time.Now())) }, true},
		"an old message that comes late": {func() inbox.Batch { return batch(received("m0", "first", minutesAgo(50))) }, true},
		"a known message, told again":    {func() inbox.Batch { return batch(received("m1", "hello", minutesAgo(30))) }, false},
		"an own message":                 {func() inbox.Batch { return batch(sent("m3", "bye", time.Now())) }, false},
		"an event": {func() inbox.Batch {
			m := received("m3", "ended the call", time.Now())
			m.Message.Event = true
			return batch(m)
		}, false},
		"a message that was unsent": {func() inbox.Batch {
			m := received("m3", "", time.Now())
			m.Message.Deleted = true
			return batch(m)
		}, false},
		"that it was read": {func() inbox.Batch {
			b := batch()
			b.Conversations = []inbox.ConversationFact{{RemoteID: "t_ann", ReadUpTo: time.Now()}}
			return b
		}, false},
		"a reaction to our newest message, the only answer": {func() inbox.Batch { return reaction("m2", time.Now().Add(time.Second)) }, true},
		"a reaction to its own message":                     {func() inbox.Batch { return reaction("m1", time.Now().Add(time.Second)) }, false},
	} {
		for how, change := range map[string]inbox.TriageChange{"done": inbox.MarkDone{}, "snoozed": inbox.Snooze{Until: time.Now().Add(time.Hour)}} {
			t.Run(name+", "+how, func(t *testing.T) {
				f := newFixture(t)
				f.ingest(batch(received("m1", "hello", minutesAgo(30)), sent("m2", "solved", minutesAgo(20))))
				f.triage(change)
				f.ingest(c.told())
				got := f.conversation()
				if back := got.In(inbox.ViewAll); back != c.back {
					t.Errorf("it is back: %v, want %v (%+v)", back, c.back, got.Triage)
				}
				if c.back && (got.IsDone() || got.Triage.Snoozed()) {
					t.Errorf("back, and yet %+v", got.Triage)
				}
			})
		}
	}
}

func TestAMutedConversationComesBackWithoutBeingUnread(t *testing.T) {
	f := newFixture(t)
	f.ingest(batch(received("m1", "hello", minutesAgo(30))))
	f.triage(inbox.Mute{})
	f.triage(inbox.MarkDone{})
	f.ingest(batch(received("m2", "and?", time.Now())))
	f.wantViews(inbox.ViewAll, inbox.ViewUnanswered)
	f.triage(inbox.Unmute{})
	f.wantViews(inbox.ViewAll, inbox.ViewUnread, inbox.ViewUnanswered)
}

func TestAnAnswerTakesTheConversation(t *testing.T) {
	f := newFixture(t)
	f.ingest(batch(received("m1", "hello", minutesAgo(30))))
	f.send("here it is")
	if !f.conversation().Triage.Mine {
		t.Error("who answered does not have it")
	}
}

func TestAFailedSendIsShownWhereverItHappened(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(t)
		f.ingest(batch(received("m1", "hello", minutesAgo(3))))
		f.provider.SendFunc = func(context.Context, inbox.Outgoing) (inbox.SendResult, error) {
			return inbox.SendResult{}, inbox.Errorf(inbox.Rejected, "no such customer")
		}
		stop := f.run()
		f.send("bye")
		f.triage(inbox.MarkDone{})
		synctest.Wait()
		stop()
		f.wantViews(inbox.ViewDone, inbox.ViewArchived, inbox.ViewProblems)
	})
}

func TestEachOfManyHasItsResult(t *testing.T) {
	f := newFixture(t)
	f.ingest(batch(received("m1", "hello", minutesAgo(3))))
	nobody := inbox.NewConversationID("acme", inbox.Instagram, "nobody")
	results, err := f.in.Triage(t.Context(), []inbox.ConversationID{nobody, ann}, inbox.MarkDone{})
	if err != nil || len(results) != 2 {
		t.Fatalf("%+v, %v", results, err)
	}
	if results[0].ID != nobody || inbox.KindOf(results[0].Err) != inbox.NotFound || results[0].Changed() {
		t.Errorf("one that is not there: %+v", results[0])
	}
	if results[1].ID != ann || results[1].Err != nil || !results[1].Changed() || results[1].Before.Done || !results[1].After.Done {
		t.Errorf("the other: %+v", results[1])
	}
}

func TestUndoLeavesAloneWhatHasMovedSince(t *testing.T) {
	f := newFixture(t)
	f.ingest(batch(received("m1", "hello", minutesAgo(3))))
	done := f.triage(inbox.MarkDone{})
	f.ingest(batch(received("m2", "and?", time.Now())))
	f.triage(inbox.MarkDone{})
	f.triage(inbox.Reopen{})
	if u := f.undo(done)[0]; inbox.KindOf(u.Err) != inbox.Rejected || !strings.Contains(u.Err.Error(), "where it is") {
		t.Errorf("%+v", u)
	}
	labelled := f.triage(inbox.AddLabels{Labels: []string{"vip"}})
	f.triage(inbox.Mute{}) // something else of the same conversation
	if u := f.undo(labelled)[0]; u.Err != nil || len(f.conversation().Triage.Labels) > 0 || !f.conversation().Triage.Muted {
		t.Errorf("%+v leaves %+v", u, f.conversation().Triage)
	}
}

func TestLabelsAreCleanedSortedAndFew(t *testing.T) {
	f := newFixture(t)
	f.ingest(batch(received("m1", "hello", minutesAgo(3))))
	f.triage(inbox.AddLabels{Labels: []string{" VIP ", "order  late", "vip", "\x1b[31mred"}})
	if got := f.conversation().Triage.Labels; !slices.Equal(got, []string{"order-late", "red", "vip"}) {
		t.Errorf("%q", got)
	}
	labels, err := f.in.Labels(t.Context())
	if err != nil || len(labels) != 3 || labels[0].Count != 1 {
		t.Errorf("%+v, %v", labels, err)
	}
	for _, wrong := range []string{"", " ", "-x", "+x", `a"b`, strings.Repeat("x", inbox.MaxLabelRunes+1)} {
		if r := f.triage(inbox.AddLabels{Labels: []string{wrong}}); inbox.KindOf(r.Err) != inbox.Rejected {
			t.Errorf("%q: %v", wrong, r.Err)
		}
	}
	many := make([]string, inbox.MaxLabels)
	for i := range many {
		many[i] = "l" + string(rune('a'+i))
	}
	if r := f.triage(inbox.AddLabels{Labels: many}); inbox.KindOf(r.Err) != inbox.Rejected || r.Changed() {
		t.Errorf("%d more: %+v", len(many), r)
	}
	f.triage(inbox.RemoveLabels{Labels: []string{"VIP", "red", "order late", "never"}})
	if got := f.conversation().Triage.Labels; len(got) > 0 {
		t.Errorf("%q are left", got)
	}
}
