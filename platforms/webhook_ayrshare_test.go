package platforms_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"parley/inbox"
	"parley/platforms/ayrshare"
	"parley/platforms/login"
)

// These tests go the whole way with a real provider: bodies as Ayrshare sends
// them, over HTTP, into the inbox.

// ayrshareAccount takes webhooks that are signed with the secret.
func ayrshareAccount(t *testing.T, secret string) map[inbox.AccountID]inbox.Provider {
	t.Helper()
	p, err := ayrshare.Open(login.Login{
		Account: "acme", BaseURL: "http://127.0.0.1:1",
		Secrets: map[string]login.Secret{"api_key": login.NewSecret("AK-1")},
		Lists:   map[string][]login.Secret{"webhook_secrets": {login.NewSecret(secret)}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return map[inbox.AccountID]inbox.Provider{"acme": p}
}

// tell sends one event of Ann's conversation, second seconds after noon.
func (st *stand) tell(subAction string, second int, fields string) {
	st.t.Helper()
	if got := st.call(tellCall(subAction, second, fields)); got.status != 200 {
		st.t.Fatalf("%s: answer %+v", subAction, got)
	}
}

func tellCall(subAction string, second int, fields string) call {
	body := fmt.Sprintf(`{"action":"messages","subAction":%q,"type":"received","code":200,"hookId":"h-%d","refId":"5f0c","platform":"instagram",
		"conversationId":"t_ann","senderId":"ann","recipientId":"page-9","created":"2026-11-20T12:00:%02dZ","mediaUrls":[]%s}`, subAction, second, second, fields)
	return call{body: body, sum: "-", header: map[string]string{
		"X-Authorization-Timestamp":      "1795176000",
		"X-Authorization-Content-SHA256": strings.TrimPrefix(sign("blue", body), "sha256="),
	}}
}

// told are the events of the tests below.
type told struct {
	subAction string
	second    int
	fields    string
}

func permutations(n int) [][]int {
	if n == 0 {
		return [][]int{nil}
	}
	var all [][]int
	for _, shorter := range permutations(n - 1) {
		for at := 0; at <= len(shorter); at++ {
			all = append(all, slices.Insert(slices.Clone(shorter), at, n-1))
		}
	}
	return all
}

// state is what the inbox makes of a conversation, in a form to compare. What
// says when this machine learned of it is left out.
func (st *stand) state(id inbox.ConversationID) string {
	st.t.Helper()
	thread, err := st.in.Thread(st.t.Context(), inbox.ThreadQuery{Conversation: id, Before: 100})
	switch {
	case inbox.KindOf(err) == inbox.NotFound:
		return ""
	case err != nil:
		st.t.Fatal(err)
	}
	var b strings.Builder
	for _, m := range thread.Page.Messages {
		fmt.Fprintf(&b, "%s %s %s %q deleted=%v edited=%v", m.CreatedAt.Format("15:04:05"), m.ID, m.Direction, m.Text, m.Deleted, m.UpdatedAt.After(m.CreatedAt))
		for _, r := range m.Reactions {
			fmt.Fprintf(&b, " %s:%s", r.UserID, r.Emoji)
		}
		b.WriteString("\n")
	}
	c := thread.Conversation
	fmt.Fprintf(&b, "last=%q unanswered=%v read=%s peer=%+v", c.Last.Text, c.Unanswered, c.ReadUpTo.Format("15:04:05.000"), c.Participant)
	return b.String()
}

// TestAnyOrderAndAnyRepeatLeavesOneTruth: reactions, reads, edits and unsends
// come before their messages now and then, and everything comes twice.
func TestAnyOrderAndAnyRepeatLeavesOneTruth(t *testing.T) {
	for name, events := range map[string][]told{
		"an answer that is liked and read": {
			{"messageCreated", 1, `,"id":"m-1","message":"Is it in stock?","senderDetails":{"name":"Ann","username":"ann.k"}`},
			{"reactionCreated", 3, `,"id":"m-1","reaction":"❤️"`},
			{"reactionCreated", 4, `,"id":"m-1","reaction":"😆"`},
			{"messageRead", 5, `,"read":1795176004500,"readerDetails":{"id":"ann","name":"Ann"}`},
		},
		"an edit and a reaction that is taken back": {
			{"messageCreated", 1, `,"id":"m-1","message":"Is it in stok?"`},
			{"messageEdited", 2, `,"id":"m-1","message":"Is it in stock?"`},
			{"reactionCreated", 3, `,"id":"m-1","reaction":"❤️"`},
			{"reactionDeleted", 4, `,"id":"m-1"`},
		},
		"an unsend": {
			{"messageCreated", 1, `,"id":"m-1","message":"Is it in stock?"`},
			{"messageCreated", 2, `,"id":"m-2","message":"My card number is 4111"`},
			{"reactionCreated", 3, `,"id":"m-2","reaction":"❤️"`},
			{"messageDeleted", 4, `,"id":"m-2"`},
		},
	} {
		t.Run(name, func(t *testing.T) {
			first := ""
			for _, order := range permutations(len(events)) {
				st := serve(t, setup{accounts: ayrshareAccount(t, "blue")})
				for _, i := range slices.Concat(order, order[:2]) {
					st.tell(events[i].subAction, events[i].second, events[i].fields)
				}
				got := st.state(ann)
				if first == "" {
					first = got
				}
				if got != first {
					t.Fatalf("in the order %v:\n%s\nbefore:\n%s", order, got, first)
				}
				st.shut()
			}
			t.Log(first)
		})
	}
}

func TestAyrshareForgesAndRepeatsAreKnown(t *testing.T) {
	st := serve(t, setup{accounts: ayrshareAccount(t, "blue")})
	genuine := tellCall("messageCreated", 1, `,"id":"m-1","message":"Is it in stock?"`)
	forged := genuine
	forged.body = strings.Replace(genuine.body, "Is it in stock?", "Send it to me instead", 1)
	if got := st.call(forged); got.status != 401 {
		t.Errorf("forged: %+v", got)
	}
	if n := st.conversations(); n != 0 {
		t.Fatalf("%d conversations are stored", n)
	}
	for range 2 {
		if got := st.call(genuine); got.status != 200 {
			t.Errorf("genuine: %+v", got)
		}
	}
	// By the profile and by the primary profile: two calls, one message.
	other := strings.NewReplacer("5f0c", "77aa", "h-1", "h-9").Replace(genuine.body)
	st.call(call{body: other, sum: "-", header: map[string]string{"X-Authorization-Content-SHA256-V2": "v1=" + strings.TrimPrefix(sign("blue", other), "sha256=")}})
	if texts := st.texts(ann); !slices.Equal(texts, []string{"Is it in stock?"}) {
		t.Errorf("thread %q", texts)
	}
}

// TestAnUnknownEventIsALineInItsThread, and asks for no answer.
func TestAnUnknownEventIsALineInItsThread(t *testing.T) {
	st := serve(t, setup{accounts: ayrshareAccount(t, "blue")})
	st.tell("messageCreated", 1, `,"id":"m-1","message":"Is it in stock?"`)
	st.tell("messagePinned", 2, `,"id":"m-1","pin":{"by":"ann"}`)
	st.tell("messagePinned", 2, `,"id":"m-1","pin":{"by":"ann"}`)
	thread, err := st.in.Thread(t.Context(), inbox.ThreadQuery{Conversation: ann, Before: 10})
	if err != nil || len(thread.Page.Messages) != 2 {
		t.Fatalf("thread %+v, %v", thread, err)
	}
	line := thread.Page.Messages[1]
	var kept map[string]any
	if err := json.Unmarshal(line.Extra["ayrshare_event"], &kept); err != nil || kept["pin"] == nil || !line.Event {
		t.Errorf("line %+v, %v", line, err)
	}
	if c := thread.Conversation; c.Last.Text != "Is it in stock?" || c.Unread != 1 {
		t.Errorf("the row shows %q, unread %d", c.Last.Text, c.Unread)
	}
}
