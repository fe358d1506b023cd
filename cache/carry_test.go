package cache_test

import (
	"bytes"
	"os"
	"slices"
	"testing"
	"time"

	"parley/cache"
	"parley/inbox"

	bolt "go.etcd.io/bbolt"
)

// pushedOnly is a conversation of an account that has never been read: all that
// is known of it came by webhook.
const pushedOnly = inbox.ConversationID("hub/instagram/c_ann")

// carriedFile is a cache of an account that was read, and of one that was not,
// as a version with other facts has left it.
func carriedFile(t *testing.T) (dir, path string, told inbox.ThreadPage) {
	t.Helper()
	dir = t.TempDir()
	path = soundFile(t, dir)
	c := open(t, dir)
	query := inbox.ThreadQuery{Conversation: pushedOnly, Before: 99}
	err := c.Update(t.Context(), func(w inbox.Writer) error {
		for i, text := range []string{"hello", "is it still there?", "please"} {
			n, err := w.NextArrival()
			if err != nil {
				return err
			}
			m := inbox.Message{
				Conversation: pushedOnly, ID: inbox.MessageID(text), Direction: inbox.Received, Text: text, Arrival: n,
				CreatedAt: epoch.Add(time.Duration(i) * time.Minute), ArrivedAt: epoch, Pushed: true,
			}
			if err := w.PutMessage(m); err != nil {
				return err
			}
		}
		ann := inbox.Conversation{
			ID: pushedOnly, Provider: "hub", Participant: inbox.Participant{ID: "ann", Name: "Ann"}, Messages: 3, Unanswered: true, Unread: 3,
			LastReceivedAt: epoch, Last: inbox.Summary{ID: "please", Text: "please", At: epoch.Add(2 * time.Minute)},
		}
		return w.PutConversation(ann, inbox.WindowEnds{Limited: true, Open: 1, Late: 2})
	})
	if err != nil {
		t.Fatal(err)
	}
	err = c.View(t.Context(), func(r inbox.Reader) (err error) { told, err = r.Thread(query); return err })
	if err != nil || len(told.Messages) != 3 {
		t.Fatalf("%+v, %v", told, err)
	}
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	if err := setVersion(path, "facts_schema", 0); err != nil {
		t.Fatal(err)
	}
	return dir, path, told
}

// What webhooks alone have told is told once: facts of another version are
// dropped only where they can be read anew.
func TestWhatNobodyTellsAgainIsCarriedOver(t *testing.T) {
	dir, _, told := carriedFile(t)
	c := open(t, dir)
	err := c.View(t.Context(), func(r inbox.Reader) error {
		ann, found, _ := r.Conversation(pushedOnly)
		if !found || ann.Participant.Name != "Ann" || ann.Messages != 3 || ann.Unread != 3 || !ann.LastReceivedAt.Equal(epoch) {
			t.Errorf("found %v: %+v", found, ann)
		}
		page, _ := r.Thread(inbox.ThreadQuery{Conversation: pushedOnly, Before: 99})
		if len(page.Messages) != 3 || page.Messages[1].Text != told.Messages[1].Text || page.Messages[2].Arrival != told.Messages[2].Arrival {
			t.Errorf("thread is %+v, want %+v", page, told)
		}
		for _, view := range []inbox.View{inbox.ViewAll, inbox.ViewUnread, inbox.ViewUnanswered} {
			list, err := r.List(inbox.ListQuery{View: view, After: 200})
			if err != nil || !slices.ContainsFunc(list.Rows, func(r inbox.ListRow) bool { return r.ID == pushedOnly }) {
				t.Errorf("%s lists %+v, %v", view, list.Rows, err)
			}
		}
		page, err := r.Thread(inbox.ThreadQuery{Conversation: worldConversation(5).ID, Before: 99})
		if len(page.Messages) != 0 {
			t.Errorf("%d messages that are read anew were carried over", len(page.Messages))
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
	if h, err := c.Check(t.Context(), true); err != nil || h.Messages != 3 || len(h.Problems) > 0 {
		t.Errorf("checked: %+v, %v", h, err)
	}
}

// TestWhatCannotBeCarriedOverIsNotDropped: whoever changes the form of records
// and forgets their old decoder is stopped here, and not the agent's customers.
func TestWhatCannotBeCarriedOverIsNotDropped(t *testing.T) {
	for _, name := range []string{"messages", "conversations"} {
		t.Run(name, func(t *testing.T) {
			dir, path, _ := carriedFile(t)
			err := inFile(path, func(tx *bolt.Tx) error {
				b := tx.Bucket([]byte("facts")).Bucket([]byte(name))
				n := tx.Bucket([]byte("facts")).Bucket([]byte("ids")).Get([]byte(pushedOnly))
				k, v := b.Cursor().Seek(n)
				return b.Put(bytes.Clone(k), append([]byte{99}, v[1:]...))
			})
			if err != nil {
				t.Fatal(err)
			}
			before, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := cache.Open(dir, cache.Options{}); inbox.KindOf(err) != inbox.Unsupported || cache.IsDamaged(err) {
				t.Fatalf("got %v", err)
			}
			if after, err := os.ReadFile(path); err != nil || !bytes.Equal(before, after) {
				t.Errorf("the file has changed, %v", err)
			}
		})
	}
}

func TestSalvageKeepsWhatNobodyTellsAgain(t *testing.T) {
	for name, damage := range map[string]func(tx *bolt.Tx) error{
		"sound": func(*bolt.Tx) error { return nil },
		"a message that cannot be read": func(tx *bolt.Tx) error {
			b := tx.Bucket([]byte("facts")).Bucket([]byte("messages"))
			n := tx.Bucket([]byte("facts")).Bucket([]byte("ids")).Get([]byte(pushedOnly))
			k, _ := b.Cursor().Seek(n)
			return b.Put(bytes.Clone(k), []byte("spoilt"))
		},
	} {
		t.Run(name, func(t *testing.T) {
			dir, path, _ := carriedFile(t)
			if err := inFile(path, damage); err != nil {
				t.Fatal(err)
			}
			if _, err := cache.Salvage(dir, epoch); err != nil {
				t.Fatal(err)
			}
			err := open(t, dir).View(t.Context(), func(r inbox.Reader) error {
				page, err := r.Thread(inbox.ThreadQuery{Conversation: pushedOnly, Before: 99})
				if n := len(page.Messages); n < 2 || page.Messages[n-1].Text != "please" {
					t.Errorf("thread is %+v", page)
				}
				if c, found, _ := r.Conversation(pushedOnly); !found || c.Participant.Name != "Ann" {
					t.Errorf("conversation is %+v", c)
				}
				if page, _ := r.Thread(inbox.ThreadQuery{Conversation: worldConversation(5).ID, Before: 99}); len(page.Messages) != 0 {
					t.Errorf("%d messages that are read anew were copied", len(page.Messages))
				}
				return err
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
}
