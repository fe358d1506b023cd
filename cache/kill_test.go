package cache_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"parley/cache"
	"parley/inbox"
)

// writing is the other process of TestKilledWriterLosesNothing: it puts one
// outbox item after the other, with a message, a note, its conversation and what
// was decided about that, and says the number of each after it was stored.
const writing = "PARLEY_TEST_WRITE_CACHE"

// killedNote is the note, killedTriage the decision of a number.
func killedNote(conversation inbox.ConversationID, i int) inbox.Message {
	return inbox.Message{Conversation: conversation, ID: inbox.MessageID(fmt.Sprintf("note-%06d", i)), Text: "note", CreatedAt: epoch.AddDate(0, 0, i)}
}

func killedTriage(i int) inbox.Triage {
	triage := inbox.Triage{Labels: []string{fmt.Sprint("label-", i%7)}, Mine: i%2 == 0}
	switch i % 3 {
	case 0:
		triage.Done = true
	case 1:
		triage.SnoozedUntil = epoch.AddDate(1, 0, i)
	}
	return triage
}

func killedItem(i int) inbox.OutboxID { return inbox.OutboxID(fmt.Sprintf("item-%06d", i)) }

// writeUntilKilled takes the first number and the folder, as "number:folder".
func writeUntilKilled(arg string) error {
	number, dir, _ := strings.Cut(arg, ":")
	first, err := strconv.Atoi(number)
	if err != nil {
		return err
	}
	c, err := cache.Open(dir, cache.Options{})
	if err != nil {
		return err
	}
	for i := first; ; i++ {
		conversation := worldConversation(i % 50)
		err := c.Update(context.Background(), func(w inbox.Writer) error {
			conversation.Last.At, conversation.Triage = epoch.AddDate(0, 0, i), killedTriage(i)
			return errors.Join(
				w.PutOutboxItem(inbox.OutboxItem{ID: killedItem(i), Conversation: conversation.ID, Parts: []inbox.Part{{Kind: inbox.PartText, State: inbox.StateQueued}}}),
				w.PutMessage(worldMessage(conversation.ID, i%50, i)),
				w.PutNote(killedNote(conversation.ID, i)),
				w.PutConversation(conversation, worldWindows(i%50)),
			)
		})
		if err != nil {
			return err
		}
		fmt.Println(i)
	}
}

func TestKilledWriterLosesNothing(t *testing.T) {
	dir := t.TempDir()
	stored := 0
	for round := range 8 {
		stored = killAfter(t, dir, stored, 5+round*7) + 1
		c := open(t, dir)
		err := c.View(t.Context(), func(r inbox.Reader) error {
			for i := range stored {
				_, found, err := r.OutboxItem(killedItem(i))
				_, told, _ := r.Message(worldConversation(i%50).ID, worldMessage("", i%50, i).ID)
				_, noted, _ := r.Note(worldConversation(i%50).ID, killedNote("", i).ID)
				if !found || !told || !noted || err != nil {
					return fmt.Errorf("item %d of %d: found %v, its message %v, its note %v, %w", i, stored, found, told, noted, err)
				}
			}
			return whatWasDecided(r, stored)
		})
		h, err2 := c.Check(t.Context(), true)
		if err := errors.Join(err, err2, c.Close()); err != nil {
			t.Fatal(err)
		}
		if len(h.Problems) > 0 {
			t.Errorf("round %d: %q", round, h.Problems)
		}
		stored = h.Outbox // one more may have been stored than was said
	}
}

// whatWasDecided looks at the newest decision about each conversation. The last
// that was stored may not have been said.
func whatWasDecided(r inbox.Reader, stored int) error {
	labelled := 0
	for i := max(0, stored-49); i < stored; i++ {
		c, found, err := r.Conversation(worldConversation(i % 50).ID)
		if want := killedTriage(i); !found || err != nil || !reflect.DeepEqual(c.Triage, want) && !reflect.DeepEqual(c.Triage, killedTriage(i+50)) {
			return fmt.Errorf("decision %d of %d: found %v, %+v, want %+v, %w", i, stored, found, c.Triage, want, err)
		}
		view := inbox.ViewAll
		switch {
		case c.Triage.Done:
			view = inbox.ViewDone
		case c.Triage.Snoozed():
			view = inbox.ViewSnoozed
		}
		page, err := r.List(inbox.ListQuery{View: view, AnchorID: c.ID, After: 1})
		if err != nil || len(page.Rows) != 1 || page.Rows[0].ID != c.ID {
			return fmt.Errorf("decision %d of %d is not in view %s: %+v, %w", i, stored, view, page.Rows, err)
		}
	}
	labels, err := r.Labels()
	for _, l := range labels {
		labelled += l.Count
	}
	counts, _ := r.Counts()
	if all := counts[inbox.ViewAll] + counts[inbox.ViewDone] + counts[inbox.ViewSnoozed]; labelled != all {
		return fmt.Errorf("%d conversations have one label each, and %d labels are counted", all, labelled)
	}
	return err
}

// killAfter starts a writer, kills it when it has said a number of lines, and
// returns the last number that it said.
func killAfter(t *testing.T, dir string, first, lines int) (last int) {
	t.Helper()
	writer := exec.Command(os.Args[0])
	writer.Env = append(os.Environ(), writing+"="+strconv.Itoa(first)+":"+dir)
	out, err := writer.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := writer.Start(); err != nil {
		t.Fatal(err)
	}
	said := bufio.NewScanner(out)
	for n := 0; said.Scan(); n++ {
		if last, err = strconv.Atoi(said.Text()); err != nil {
			t.Fatalf("the writer said %q", said.Text())
		}
		if n == lines {
			if err := writer.Process.Kill(); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := writer.Wait(); err == nil {
		t.Fatal("the writer ended by itself")
	}
	return last
}
