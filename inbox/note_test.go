package inbox_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"parley/inbox"
)

func (f *fixture) note(text string) inbox.Message {
	f.t.Helper()
	note, err := f.in.AddNote(f.t.Context(), ann, text, "Eve")
	if err != nil {
		f.t.Fatal(err)
	}
	return note
}

func TestANoteNeverReachesAProviderAndCountsForNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newLiveFixture(t)
		f.ingest(batch(received("m1", "hello", minutesAgo(3)), sent("m2", "hi", minutesAgo(2))))
		before := f.conversation()
		stop := f.run()
		note := f.note("pays late")
		for _, g := range []inbox.Gesture{{Target: note.ID, Emoji: "❤️"}, {Target: note.ID}} {
			g.Conversation = ann
			if _, err := f.in.Gesture(t.Context(), g); inbox.KindOf(err) != inbox.Rejected {
				t.Errorf("a gesture on a note: %v", err)
			}
		}
		time.Sleep(time.Minute)
		stop()
		if sends := f.provider.Sends(); len(sends) > 0 {
			t.Errorf("the provider was sent %+v", sends)
		}
		after := f.conversation()
		after.Revision = before.Revision
		if after.Last != before.Last || after.Unread != before.Unread || after.Messages != before.Messages || after.Unanswered != before.Unanswered || f.in.Window(after) != f.in.Window(before) {
			t.Errorf("a note has changed %+v to %+v", before, after)
		}
	})
}

func TestManyNotesDoNotHideTheNewestMessage(t *testing.T) {
	f := newFixture(t)
	f.ingest(batch(received("m1", "hello", minutesAgo(3))))
	for range 40 {
		f.note("again")
	}
	gone := received("m2", "oops", minutesAgo(2))
	f.ingest(batch(gone))
	gone.Message.Deleted = true
	f.ingest(batch(gone)) // the newest that was not unsent is looked for
	if c := f.conversation(); !c.Unanswered || c.Last.ID != "m2" {
		t.Errorf("%+v", c)
	}
}

func TestNotesAreEditedDeletedAndRestored(t *testing.T) {
	f := newFixture(t)
	f.ingest(batch(received("m1", "hello", minutesAgo(3))))
	note := f.note(" pays late\x1b[2J\n")
	if note.Text != "pays late" || note.Author != "Eve" || !note.Note {
		t.Errorf("%+v", note)
	}
	edited, err := f.in.EditNote(t.Context(), ann, note.ID, "pays in time")
	if err != nil || edited.Position() != note.Position() || edited.UpdatedAt.IsZero() {
		t.Errorf("%+v, %v", edited, err)
	}
	f.restart()
	if got := f.texts(); !slices.Equal(got, []string{"hello", "pays in time"}) {
		t.Errorf("%q", got)
	}
	deleted, err := f.in.DeleteNote(t.Context(), ann, note.ID)
	if err != nil || len(f.texts()) != 1 {
		t.Errorf("%q, %v", f.texts(), err)
	}
	if _, err := f.in.DeleteNote(t.Context(), ann, note.ID); inbox.KindOf(err) != inbox.NotFound {
		t.Errorf("deleted twice: %v", err)
	}
	if _, err := f.in.EditNote(t.Context(), ann, note.ID, "x"); inbox.KindOf(err) != inbox.NotFound {
		t.Errorf("edited after deletion: %v", err)
	}
	if err := f.in.RestoreNote(t.Context(), deleted); err != nil || !slices.Equal(f.texts(), []string{"hello", "pays in time"}) {
		t.Errorf("%q, %v", f.texts(), err)
	}
	if err := f.in.RestoreNote(t.Context(), f.thread().Page.Messages[0]); inbox.KindOf(err) != inbox.Rejected {
		t.Errorf("a message restored as a note: %v", err)
	}
}

func TestWhatIsNoNoteIsRefused(t *testing.T) {
	f := newFixture(t)
	f.ingest(batch(received("m1", "hello", minutesAgo(3))))
	for name, c := range map[string]struct {
		id   inbox.ConversationID
		text string
		want inbox.Kind
	}{
		"empty":    {ann, " \n", inbox.Rejected},
		"too long": {ann, strings.Repeat("x", inbox.MaxNoteRunes+1), inbox.Rejected},
		"nowhere":  {"acme/instagram/nobody", "x", inbox.NotFound},
	} {
		if _, err := f.in.AddNote(t.Context(), c.id, c.text, "Eve"); inbox.KindOf(err) != c.want {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestNotesGoWithAForgottenCustomer(t *testing.T) {
	f := newFixture(t)
	f.ingest(batch(received("m1", "hello", minutesAgo(3))))
	note := f.note("pays late")
	if err := f.in.Forget(t.Context(), ann); err != nil {
		t.Fatal(err)
	}
	f.ingest(batch(received("m2", "me again", time.Now().Add(time.Second))))
	if got := f.texts(); !slices.Equal(got, []string{"me again"}) {
		t.Errorf("%q", got)
	}
	if _, err := f.in.DeleteNote(t.Context(), ann, note.ID); inbox.KindOf(err) != inbox.NotFound {
		t.Errorf("the note is still there: %v", err)
	}
}

func TestDraftsOfNotesAndOfAnswersAreKeptApart(t *testing.T) {
	f := newFixture(t)
	f.ingest(batch(received("m1", "hello", minutesAgo(3))))
	save := func(answer, note string) {
		t.Helper()
		if err := f.in.SaveDraft(t.Context(), inbox.Draft{Conversation: ann, Text: answer}); err != nil {
			t.Fatal(err)
		}
		if err := f.in.SaveNoteDraft(t.Context(), ann, note); err != nil {
			t.Fatal(err)
		}
	}
	drafts := func() [2]string {
		t.Helper()
		th, err := f.in.Thread(t.Context(), inbox.ThreadQuery{Conversation: ann, Before: 1})
		if err != nil {
			t.Fatal(err)
		}
		return [2]string{th.Draft.Text, th.Draft.Note}
	}
	save("we do", "pays late")
	if got := drafts(); got != [2]string{"we do", "pays late"} {
		t.Errorf("stored: %q", got)
	}
	if c := f.conversation(); c.Draft != "we do" {
		t.Errorf("the list shows %q", c.Draft)
	}
	if err := f.in.SaveDraft(t.Context(), inbox.Draft{Conversation: ann, Text: "we do it", Note: "a screen that knows less"}); err != nil {
		t.Fatal(err)
	}
	if got := drafts(); got != [2]string{"we do it", "pays late"} {
		t.Errorf("after saving the answer alone: %q", got)
	}
	items, err := f.in.Send(t.Context(), inbox.SendRequest{Composition: inbox.Composition{Conversation: ann, Text: "we do it"}})
	if err != nil || items[0].Text() != "we do it" {
		t.Fatal(items, err)
	}
	if got := drafts(); got != [2]string{"", "pays late"} {
		t.Errorf("after the send: %q", got)
	}
	if _, err := f.in.Recall(t.Context(), items[0].ID); err != nil {
		t.Fatal(err)
	}
	if got := drafts(); got != [2]string{"we do it", "pays late"} {
		t.Errorf("after taking it back: %q", got)
	}
	save("", "")
	if got := drafts(); got != [2]string{} {
		t.Errorf("after both are empty: %q", got)
	}
}

// TestANoteDoesNotUpsetTheOrderOfSends: it stands by the provider's clock, which
// may be a day ahead of ours, and both have their IDs from one sequence.
func TestANoteDoesNotUpsetTheOrderOfSends(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := receivedAgo(t, time.Minute)
		f.clockIsWrong(-24 * time.Hour)
		f.push(batch(pushed(received("m2", "hello?", f.in.Now("acme")))))
		f.note("ask the store first")
		first := f.send("one moment")
		time.Sleep(time.Second)
		f.restart()
		if second := f.send("here it is"); second.ID <= first.ID {
			t.Errorf("%s comes before %s", second.ID, first.ID)
		}
	})
}

// TestANoteIsReadHoweverMuchWasWrittenSince: it may be what every agent has to know.
func TestANoteIsReadHoweverMuchWasWrittenSince(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(t)
		f.ingest(batch(received("m0", "hello", minutesAgo(90))))
		first := f.conversation().LastReceivedAt
		f.note("allergic to nickel")
		time.Sleep(24 * time.Hour)
		var talk []inbox.MessageFact
		for i := range 400 {
			talk = append(talk, received(fmt.Sprint("m", i+1), "again", minutesAgo(500-i)))
		}
		f.ingest(batch(talk...))
		past, err := f.in.Past(t.Context(), ann)
		if err != nil || !past.First.Equal(first) || len(past.Notes) != 1 || past.Notes[0].Text != "allergic to nickel" {
			t.Errorf("%+v, %v", past, err)
		}
	})
}
