package cache_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"reflect"
	"testing"
	"time"

	"parley/cache"
	"parley/inbox"
	"parley/inbox/inboxtest"

	"pgregory.net/rapid"
)

// TestCacheAgreesWithTheModel runs the same random transactions on the cache
// and on the store in memory, and compares all that can be read, also after
// the cache was closed and opened, and after its indexes were rebuilt.
func TestCacheAgreesWithTheModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		dir, err := os.MkdirTemp("", "parley-model")
		if err != nil {
			t.Fatal(err)
		}
		defer os.RemoveAll(dir)
		p := &pair{model: inboxtest.NewStore(), dir: dir}
		p.reopen(t)
		defer func() { _ = p.cache.Close() }()
		t.Repeat(map[string]func(*rapid.T){
			"":        p.compare,
			"write":   p.write,
			"reopen":  p.reopen,
			"rebuild": p.rebuild,
			"retain":  p.retain,
		})
	})
}

type pair struct {
	model inbox.Store
	cache *cache.Cache
	dir   string
}

var (
	someIDs = []inbox.ConversationID{
		"a/instagram/1", "a/instagram/12", "a/facebook/1", "b/instagram/1", "b/twitter/x/y", "b/twitter/x", "b/twitter/\x00\xff",
	}
	someTexts    = []string{"", "", "ann", "bob o", "x", "@u", "zzz"}
	someMessages = []inbox.MessageID{"m", "m1", "m\x00", "n", "o"}
)

func drawID(t *rapid.T) inbox.ConversationID {
	return rapid.SampledFrom(someIDs).Draw(t, "conversation")
}

// drawTime draws among few instants, so that ties happen.
func drawTime(t *rapid.T) time.Time {
	return epoch.Add(time.Duration(rapid.IntRange(-6, 6).Draw(t, "minutes")) * time.Minute)
}

func drawConversation(t *rapid.T) (inbox.Conversation, inbox.WindowEnds) {
	count := func(name string) int { return max(rapid.IntRange(-1, 2).Draw(t, name), 0) }
	c := inbox.Conversation{
		ID:          drawID(t),
		Provider:    "sim",
		Participant: inbox.Participant{ID: rapid.SampledFrom([]string{"", "1", "c1"}).Draw(t, "customer"), Name: rapid.SampledFrom([]string{"Ann", "Bob", ""}).Draw(t, "name"), Username: rapid.SampledFrom([]string{"", "user"}).Draw(t, "user")},
		Last:        inbox.Summary{At: drawTime(t), Text: rapid.SampledFrom([]string{"order", "x"}).Draw(t, "text")},
		Archived:    rapid.IntRange(0, 3).Draw(t, "archived") == 0,
		Unanswered:  rapid.Bool().Draw(t, "unanswered"),
		Unread:      count("unread"),
		Outbox:      inbox.OutboxCounts{Failed: count("failed"), Unknown: count("unknown")},
		Messages:    rapid.IntRange(0, 5).Draw(t, "messages"),
		Triage:      drawTriage(t),
	}
	open := drawTime(t)
	late := open.Add(time.Duration(rapid.IntRange(0, 3).Draw(t, "late")) * time.Minute)
	windows := inbox.WindowEnds{Open: open.UnixMilli(), Late: late.UnixMilli(), Limited: rapid.IntRange(0, 3).Draw(t, "limited") > 0, Closed: rapid.IntRange(0, 5).Draw(t, "closed") == 0}
	return c, windows
}

func drawTriage(t *rapid.T) inbox.Triage {
	triage := inbox.Triage{
		Done:   rapid.IntRange(0, 3).Draw(t, "done") == 0,
		Mine:   rapid.Bool().Draw(t, "mine"),
		Muted:  rapid.IntRange(0, 5).Draw(t, "muted") == 0,
		Untold: rapid.IntRange(0, 5).Draw(t, "untold") == 0,
		Labels: rapid.SampledFrom([][]string{nil, {"vip"}, {"a", "vip"}, {"a\x00", "vi"}}).Draw(t, "labels"),
	}
	switch rapid.IntRange(0, 5).Draw(t, "snooze") {
	case 0, 1:
		triage.SnoozedUntil = drawTime(t)
	case 2:
		triage.Woken = drawTime(t)
	}
	return triage
}

// drawWrite draws one change.
func drawWrite(t *rapid.T) func(inbox.Writer) error {
	id, message := drawID(t), rapid.SampledFrom(someMessages).Draw(t, "message")
	item := inbox.OutboxID(fmt.Sprint("o", rapid.IntRange(0, 4).Draw(t, "item")))
	switch rapid.IntRange(0, 12).Draw(t, "kind") {
	case 0, 1, 2:
		c, windows := drawConversation(t)
		return func(w inbox.Writer) error { return w.PutConversation(c, windows) }
	case 3, 4, 5:
		m := inbox.Message{Conversation: id, ID: message, CreatedAt: drawTime(t), Text: "text"}
		return func(w inbox.Writer) error { return w.PutMessage(m) }
	case 6:
		return func(w inbox.Writer) error { return w.DeleteMessage(id, message) }
	case 7:
		state := rapid.SampledFrom([]inbox.State{inbox.StateQueued, inbox.StateSent}).Draw(t, "state")
		it := inbox.OutboxItem{ID: item, Conversation: someIDs[int(item[1]-'0')], Parts: []inbox.Part{{Kind: inbox.PartText, State: state}}}
		return func(w inbox.Writer) error { return w.PutOutboxItem(it) }
	case 8:
		d := inbox.Draft{Conversation: id, Text: rapid.SampledFrom([]string{"", "draft"}).Draw(t, "draft")}
		return func(w inbox.Writer) error { return errors.Join(w.PutDraft(d), w.DeleteOutboxItem(item)) }
	case 9, 10:
		note := inbox.Message{Conversation: id, ID: message, Note: true, Author: "Eve", CreatedAt: drawTime(t), Text: "note"}
		return func(w inbox.Writer) error { return w.PutNote(note) }
	case 11:
		return func(w inbox.Writer) error { return w.DeleteNote(id, message) }
	case 12:
		key, events := drawWaiting(t, message)
		return func(w inbox.Writer) error { return w.PutWaiting(key, events) }
	}
	return func(w inbox.Writer) error {
		_, err := w.NextArrival()
		return errors.Join(err, w.DeleteConversation(id))
	}
}

// drawWaiting draws events of any conversation that wait for a message.
func drawWaiting(t *rapid.T, message inbox.MessageID) (inbox.WaitKey, []inbox.EventFact) {
	account, platform, _, _ := drawID(t).Split()
	var events []inbox.EventFact
	for range rapid.IntRange(0, 2).Draw(t, "events") {
		events = append(events, inbox.EventFact{Kind: inbox.EventRead, RemoteID: rapid.SampledFrom([]string{"", "1", "12", "x", "x/y"}).Draw(t, "of"), At: drawTime(t)})
	}
	return inbox.WaitKey{Account: account, Platform: platform, Message: message}, events
}

var errUndo = errors.New("undo")

// write applies some changes in one transaction, which may fail.
func (p *pair) write(t *rapid.T) {
	var changes []func(inbox.Writer) error
	for range rapid.IntRange(1, 8).Draw(t, "changes") {
		changes = append(changes, drawWrite(t))
	}
	var result error
	if rapid.IntRange(0, 4).Draw(t, "fails") == 0 {
		result = errUndo
	}
	for _, store := range []inbox.Store{p.model, p.cache} {
		err := store.Update(context.Background(), func(w inbox.Writer) error {
			for _, change := range changes {
				if err := change(w); err != nil {
					return err
				}
			}
			return result
		})
		if !errors.Is(err, result) {
			t.Fatalf("%T: %v", store, err)
		}
	}
}

func (p *pair) reopen(t *rapid.T) {
	if p.cache != nil {
		if err := p.cache.Close(); err != nil {
			t.Fatal(err)
		}
	}
	c, err := cache.Open(p.dir, cache.Options{})
	if err != nil {
		t.Fatal(err)
	}
	p.cache = c
}

// rebuild forgets, as a real mend does, messages that have no conversation.
func (p *pair) rebuild(t *rapid.T) {
	err := p.model.Update(context.Background(), func(w inbox.Writer) error {
		for _, id := range someIDs {
			if _, found, _ := w.Conversation(id); found {
				continue
			}
			for _, m := range someMessages {
				if err := w.DeleteMessage(id, m); err != nil {
					return err
				}
			}
		}
		return nil
	})
	if err := errors.Join(err, p.cache.Rebuild(context.Background(), nil)); err != nil {
		t.Fatal(err)
	}
	h, err := p.cache.Check(context.Background(), true)
	if err != nil || len(h.Problems) > 0 {
		t.Fatalf("%q, %v", h.Problems, err)
	}
}

func (p *pair) retain(t *rapid.T) {
	age := time.Duration(rapid.IntRange(-3, 6).Draw(t, "age")) * time.Minute
	limits := inbox.Retention{MaxAge: age + 4*time.Minute}
	a, errA := p.model.Retain(context.Background(), limits, epoch)
	b, errB := p.cache.Retain(context.Background(), limits, epoch)
	if a != b || errA != nil || errB != nil {
		t.Fatalf("the model removes %d (%v), the cache %d (%v)", a, errA, b, errB)
	}
}

// compare reads the same from both.
func (p *pair) compare(t *rapid.T) {
	q := inbox.ListQuery{
		View:     rapid.SampledFrom(inbox.Views).Draw(t, "view"),
		Account:  rapid.SampledFrom([]inbox.AccountID{"", "", "a", "b"}).Draw(t, "account"),
		Platform: rapid.SampledFrom([]inbox.Platform{"", "", inbox.Instagram, inbox.Twitter}).Draw(t, "platform"),
		Label:    rapid.SampledFrom([]string{"", "", "", "vip", "vi", "a\x00"}).Draw(t, "label"),
		Text:     rapid.SampledFrom(someTexts).Draw(t, "search"),
		AnchorID: rapid.SampledFrom(append([]inbox.ConversationID{"", ""}, someIDs...)).Draw(t, "anchor"),
		Before:   rapid.IntRange(0, 4).Draw(t, "before"),
		After:    rapid.IntRange(0, 4).Draw(t, "after"),
		Now:      drawTime(t),
	}
	if q.View == inbox.ViewUnanswered && rapid.Bool().Draw(t, "by time left") {
		q.Sort = inbox.SortTimeLeft
		q.Closing = time.Duration(rapid.IntRange(0, 5).Draw(t, "closing")) * time.Minute
	}
	thread := inbox.ThreadQuery{Conversation: drawID(t), Before: rapid.IntRange(0, 4).Draw(t, "older"), After: rapid.IntRange(0, 4).Draw(t, "newer")}
	thread.Notes = rapid.Bool().Draw(t, "with notes")
	if rapid.Bool().Draw(t, "anchored") {
		thread.Anchor = inbox.Position{At: drawTime(t), ID: rapid.SampledFrom(someMessages).Draw(t, "at")}
	}
	find := rapid.SampledFrom([]string{"ann", "Bob", "1", "c1", "o", "user", string(someIDs[4])}).Draw(t, "find")
	model, got := readAll(t, p.model, q, thread, find), readAll(t, p.cache, q, thread, find)
	for i := range model {
		if !reflect.DeepEqual(model[i], got[i]) {
			t.Fatalf("query %+v, thread %+v, find %q, answer %d\nmodel %+v\ncache %+v", q, thread, find, i, model[i], got[i])
		}
	}
}

func readAll(t *rapid.T, store inbox.Store, q inbox.ListQuery, thread inbox.ThreadQuery, find string) (answers []any) {
	err := store.View(context.Background(), func(r inbox.Reader) error {
		page, err := r.List(q)
		cursors := strip(page.Rows)
		answers = append(answers, page)
		// Around every row, by its cursor.
		q.AnchorID = ""
		for _, cursor := range cursors {
			q.Anchor = cursor
			around, err2 := r.List(q)
			strip(around.Rows)
			answers, err = append(answers, around), errors.Join(err, err2)
		}
		counts, err1 := r.Counts()
		labels, err10 := r.Labels()
		stretch, err2 := r.Thread(thread)
		found, err3 := r.FindConversations(find, 3)
		for i := range found {
			found[i].Revision = 0
		}
		active, err4 := r.OutboxActive("")
		mine, err5 := r.OutboxActive(thread.Conversation)
		recent, err6 := r.OutboxRecent(3)
		arrival, err7 := r.LastArrival()
		draft, has, err8 := r.Draft(thread.Conversation)
		answers = append(answers, counts, labels, stretch, found, active, mine, recent, arrival, draft, has)
		for _, account := range []inbox.AccountID{"a", "b", ""} {
			keys, errKeys := r.AllWaiting(account)
			answers, err = append(answers, keys), errors.Join(err, errKeys)
			for _, key := range keys {
				events, errEvents := r.Waiting(key)
				answers, err = append(answers, events), errors.Join(err, errEvents)
			}
		}
		for _, id := range someMessages {
			m, found, err9 := r.Message(thread.Conversation, id)
			note, noted, err11 := r.Note(thread.Conversation, id)
			answers, err = append(answers, m, found, note, noted), errors.Join(err, err9, err11)
		}
		return errors.Join(err, err1, err2, err3, err4, err5, err6, err7, err8, err10)
	})
	if err != nil {
		t.Fatalf("%T: %v", store, err)
	}
	return answers
}

// strip takes out what the two may answer differently: cursors are opaque, and
// how often a revision grows is up to the store.
func strip(rows []inbox.ListRow) (cursors []inbox.Cursor) {
	for i := range rows {
		cursors = append(cursors, rows[i].Cursor)
		rows[i].Cursor, rows[i].Revision = "", 0
	}
	return cursors
}
