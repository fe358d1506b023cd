package cache_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"

	"parley/cache"
	"parley/inbox"
)

// writing is the other process of TestKilledWriterLosesNothing: it puts one
// outbox item after the other, with a message and its conversation, and says
// the number of each after it was stored.
const writing = "PARLEY_TEST_WRITE_CACHE"

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
			conversation.Last.At = epoch.AddDate(0, 0, i)
			return errors.Join(
				w.PutOutboxItem(inbox.OutboxItem{ID: killedItem(i), Conversation: conversation.ID, Parts: []inbox.Part{{Kind: inbox.PartText, State: inbox.StateQueued}}}),
				w.PutMessage(worldMessage(conversation.ID, i%50, i)),
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
				if !found || !told || err != nil {
					return fmt.Errorf("item %d of %d: found %v, its message %v, %w", i, stored, found, told, err)
				}
			}
			return nil
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
