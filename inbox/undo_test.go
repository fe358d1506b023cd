package inbox_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"parley/inbox"

	"pgregory.net/rapid"
)

// decisions are some of each kind.
func decisions() []inbox.TriageChange {
	return []inbox.TriageChange{
		inbox.MarkDone{}, inbox.Reopen{}, inbox.Unsnooze{},
		inbox.Snooze{Until: time.Now().Add(time.Hour)}, inbox.Snooze{Until: time.Now().Add(2 * time.Hour)}, inbox.Snooze{},
		inbox.AddLabels{Labels: []string{"vip"}}, inbox.AddLabels{Labels: []string{"late", "VIP"}}, inbox.RemoveLabels{Labels: []string{"vip"}},
		inbox.Mute{}, inbox.Unmute{}, inbox.Take{}, inbox.GiveUp{}, inbox.MarkRead{}, inbox.MarkUnread{},
	}
}

// seen is what an agent sees of the decisions on a conversation. Whether the
// provider has still to be told is left out: it may have to be told of the undo.
func seen(c inbox.Conversation) string {
	t := c.Triage
	return fmt.Sprint(c.IsDone(), t.SnoozedUntil, t.SnoozedAt, t.Labels, t.Muted, t.Mine, c.Unread, c.MarkedRead)
}

// TestUndoLeavesNoTrace decides at random and takes everything back, newest
// first: after each step all is as it was before the decision.
func TestUndoLeavesNoTrace(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		f := newFixture(t)
		if rapid.Bool().Draw(rt, "no archive") {
			f.withoutArchive()
		}
		ids := []inbox.ConversationID{ann, "acme/instagram/t_bob"}
		bob := received("b1", "and me?", minutesAgo(1))
		bob.RemoteID, bob.Peer.ID = "t_bob", "bob"
		f.ingest(batch(received("m1", "hello", minutesAgo(30)), bob))

		look := func() (all []string) {
			for _, id := range ids {
				c, err := f.in.Conversation(t.Context(), id)
				if err != nil {
					rt.Fatal(err)
				}
				all = append(all, seen(c))
			}
			return all
		}
		type step struct {
			before  []string
			results []inbox.TriageResult
		}
		var steps []step
		for range rapid.IntRange(1, 6).Draw(rt, "steps") {
			change := rapid.SampledFrom(decisions()).Draw(rt, "change")
			some := ids[:rapid.IntRange(1, 2).Draw(rt, "of")]
			before := look()
			results, err := f.in.Triage(t.Context(), some, change)
			if err != nil || len(results) != len(some) {
				rt.Fatal(results, err)
			}
			if again, err := f.in.Triage(t.Context(), some, change); err != nil || slices.ContainsFunc(again, inbox.TriageResult.Changed) {
				rt.Fatalf("%#v changed %+v again (%v)", change, again, err)
			}
			steps = append(steps, step{before, results})
		}
		for _, s := range slices.Backward(steps) {
			undone, err := f.in.Undo(t.Context(), s.results)
			if err != nil || len(undone) != len(s.results) {
				rt.Fatal(undone, err)
			}
			for _, u := range undone {
				if u.Err != nil {
					rt.Fatalf("%+v was left alone: %v", u, u.Err)
				}
			}
			if after := look(); !slices.Equal(after, s.before) {
				rt.Fatalf("undone:\n%q, before it was\n%q", after, s.before)
			}
			if again, err := f.in.Undo(t.Context(), s.results); err != nil {
				rt.Fatalf("undone twice: %+v, %v", again, err)
			} else if after := look(); !slices.Equal(after, s.before) {
				rt.Fatalf("undone twice:\n%q, before it was\n%q", after, s.before)
			}
		}
	})
}
