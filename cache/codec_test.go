package cache

import (
	"math"
	"reflect"
	"testing"
	"time"

	"parley/inbox"
)

func FuzzRecords(f *testing.F) {
	message, _ := encodeMessage(inbox.Message{Text: "hi", CreatedAt: time.Unix(1, 2)})
	conversation, _ := encodeConversation(inbox.Conversation{ID: "a/b/c"}, standing{})
	item, _ := encodeItem(inbox.OutboxItem{Conversation: "a/b/c"})
	for _, seed := range [][]byte{message, conversation, item, {}, {messageVersion}, {messageVersion + 1, '{', '}'}} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, record []byte) {
		// Whatever a damaged file holds, decoding ends, with an error or without.
		_, _ = decodeMessage(record)
		_, _ = decodeItem("o", record)
		_, _, _, _ = decodeEntry(record)
		_, _ = parseTotals(record)
		if _, id, _, err := conversationHead(record); err == nil {
			if c, err := decodeConversation(record); err == nil && c.ID != id {
				t.Errorf("the head names %q, the record %q", id, c.ID)
			}
		}
	})
}

func FuzzStanding(f *testing.F) {
	f.Add(uint16(3), true, false, int64(5), int64(6), uint64(7), "acme/instagram/x")
	f.Add(uint16(0xffff), false, true, int64(math.MinInt64), int64(math.MaxInt64), uint64(math.MaxUint64), "\x00\xff")
	f.Fuzz(func(t *testing.T, bits uint16, limited, closed bool, open, late int64, text uint64, id string) {
		want := standing{views: bits, limited: limited, closed: closed, at: time.Unix(open%1e11, 5).UTC(), open: open, late: late, wake: time.Unix(late%1e11, 7).UTC(), text: text}
		record, err := encodeConversation(inbox.Conversation{ID: inbox.ConversationID(id)}, want)
		if err != nil {
			t.Fatal(err)
		}
		got, gotID, _, err := conversationHead(record)
		if err != nil || got != want || string(gotID) != id {
			t.Errorf("%+v %q comes back as %+v %q (%v)", want, id, got, gotID, err)
		}
	})
}

// TestMarkKeepsTheAgentsPart fails when a field of the agents is forgotten: a
// conversation whose facts are lost is all that a mark can give back.
func TestMarkKeepsTheAgentsPart(t *testing.T) {
	c := inbox.Conversation{
		ID: "acme/instagram/a", Provider: "ayrshare", Unread: 2, MarkedRead: time.Unix(9, 0).UTC(),
		Draft: "dear", Outbox: inbox.OutboxCounts{Waiting: 1, Failed: 2, Unknown: 3},
		Triage: inbox.Triage{Done: true, DoneAt: time.Unix(10, 0).UTC(), Labels: []string{"vip"}},
	}
	if got := markOf(c).conversation(c.ID); !reflect.DeepEqual(got, c) {
		t.Errorf("got %+v, want %+v", got, c)
	}
	if !(mark{Provider: "ayrshare"}).worthless() || markOf(c).worthless() {
		t.Error("the worth of a mark is wrong")
	}
}

func TestRecordOfAnotherVersionIsRefused(t *testing.T) {
	message, err := encodeMessage(inbox.Message{Text: "hi"})
	if err != nil {
		t.Fatal(err)
	}
	message[0]++
	if _, err := decodeMessage(message); err == nil {
		t.Error("a message of another version was read")
	}
	conversation, err := encodeConversation(inbox.Conversation{ID: "x"}, standing{})
	if err != nil {
		t.Fatal(err)
	}
	conversation[0]++
	if _, err := decodeConversation(conversation); err == nil {
		t.Error("a conversation of another version was read")
	}
}

func TestSearchedText(t *testing.T) {
	c := inbox.Conversation{ID: "Acme/instagram/T1", Participant: inbox.Participant{Name: "ZOË\x00X", Username: "Zoe"}, Last: inbox.Summary{Text: "Hi"}}
	if got, want := string(searchedText(c)), "zoë x\x00@zoe\x00hi\x00acme/instagram/t1\x00"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
