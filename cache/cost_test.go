package cache_test

import (
	"context"
	"testing"

	"parley/inbox"
)

// TestPagesCostTheSame counts allocations, which do not depend on how busy the
// machine is: a page of a list, or of a thread, costs what is on it, whatever
// is above and below.
func TestPagesCostTheSame(t *testing.T) {
	costs := func(conversations, length int) map[string]float64 {
		c := open(t, t.TempDir())
		fill(t, c, 0, conversations)
		thread := worldConversation(conversations / 2).ID
		err := c.Update(t.Context(), func(w inbox.Writer) error {
			for j := range length {
				if err := w.PutMessage(worldMessage(thread, conversations/2, j)); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		cost := func(read func(inbox.Reader) error) float64 {
			return testing.AllocsPerRun(20, func() {
				if err := c.View(context.Background(), read); err != nil {
					t.Fatal(err)
				}
			})
		}
		middle := worldMessage(thread, conversations/2, length/2).Position()
		return map[string]float64{
			"list": cost(func(r inbox.Reader) error {
				_, err := r.List(inbox.ListQuery{AnchorID: thread, Before: 20, After: 20})
				return err
			}),
			"time left": cost(func(r inbox.Reader) error {
				_, err := r.List(inbox.ListQuery{View: inbox.ViewUnanswered, Sort: inbox.SortTimeLeft, Now: epoch, After: 40})
				return err
			}),
			"thread": cost(func(r inbox.Reader) error {
				_, err := r.Thread(inbox.ThreadQuery{Conversation: thread, Anchor: middle, Before: 10, After: 10})
				return err
			}),
			"counts": cost(func(r inbox.Reader) error { _, err := r.Counts(); return err }),
			"find": cost(func(r inbox.Reader) error {
				_, err := r.FindConversations(string(thread), 5)
				return err
			}),
			"failed search": cost(func(r inbox.Reader) error {
				_, err := r.List(inbox.ListQuery{Text: "xyzzy", After: 40})
				return err
			}),
		}
	}
	small, large := costs(200, 40), costs(6000, 4000)
	for what, cost := range small {
		if large[what] > cost*1.1 {
			t.Errorf("%s: %.0f allocations among a few, %.0f among many", what, cost, large[what])
		}
	}
}
