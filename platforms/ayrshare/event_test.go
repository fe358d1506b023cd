package ayrshare_test

import (
	"encoding/json"
	"fmt"
	"io"
	"reflect"
	"strings"
	"testing"
	"time"

	"parley/inbox"
	"parley/platforms/ayrshare"
	"parley/platforms/hook"
)

// envelope is what every call of the action "messages" has around what it tells:
// ISO times without milliseconds, Unix seconds, and the address with whatever
// the shop has put there.
func envelope(subAction, kind, rest string) string {
	return fmt.Sprintf(`{"action":"messages","subAction":%q,"type":%q,"code":200,"hookId":"Hk7","refId":"5f0c","title":"Primary Profile",
		"url":"https://inbox.shop.example/webhook/acme?token=whisper","platform":"instagram","conversationId":"t_77",
		"senderId":"cust-1","recipientId":"page-9","created":"2026-11-20T11:59:30Z","scheduleDate":"2026-11-20T11:59:30Z",
		"timeStamp":1795175970,"mediaUrls":[]%s}`, subAction, kind, rest)
}

var happenedAt = time.Date(2026, 11, 20, 11, 59, 30, 0, time.UTC)

// only is the one batch that a body tells.
func only(t *testing.T, body string) inbox.Batch {
	t.Helper()
	batches := decode(t, receiver(t, hookSecret), body)
	if len(batches) != 1 {
		t.Fatalf("%d batches, want 1: %+v", len(batches), batches)
	}
	return batches[0]
}

func TestANewMessage(t *testing.T) {
	const ann = `,"id":"m-1","message":"Is it in stock?","senderDetails":{"id":"cust-1","name":"Ann","username":"@ann.k","profileImage":"https://cdn.example/ann.jpg"}`
	fact := func(change func(*inbox.MessageFact)) inbox.MessageFact {
		f := inbox.MessageFact{
			RemoteID: "t_77", AsOf: happenedAt,
			Peer: inbox.Participant{ID: "cust-1", Name: "Ann", Username: "ann.k", Picture: "https://cdn.example/ann.jpg"},
			Message: inbox.Message{ID: "m-1", Direction: inbox.Received, SenderID: "cust-1", SenderName: "Ann",
				Text: "Is it in stock?", CreatedAt: happenedAt},
		}
		if change != nil {
			change(&f)
		}
		return f
	}
	for _, c := range []struct {
		name, body string
		want       inbox.MessageFact
	}{
		{"of a customer", envelope("messageCreated", "received", ann), fact(nil)},
		{"told by another name", envelope("messageReceived", "received", ann), fact(nil)},
		{"of ours", strings.NewReplacer(`"senderId":"cust-1"`, `"senderId":"page-9"`, `"recipientId":"page-9"`, `"recipientId":"cust-1"`).
			Replace(envelope("messageCreated", "sent", `,"id":"m-2","message":"Yes.","senderDetails":{"name":"Shop"}`)),
			fact(func(f *inbox.MessageFact) {
				f.Peer = inbox.Participant{ID: "cust-1"}
				f.Message = inbox.Message{ID: "m-2", Direction: inbox.Sent, SenderID: "page-9", SenderName: "Shop", Text: "Yes.", CreatedAt: happenedAt}
			})},
		{"with milliseconds", strings.Replace(envelope("messageCreated", "received", ann), "11:59:30Z", "11:59:30.250Z", 1),
			fact(func(f *inbox.MessageFact) {
				f.Message.CreatedAt, f.AsOf = happenedAt.Add(250*time.Millisecond), happenedAt.Add(250*time.Millisecond)
			})},
		{"with ids that are numbers", strings.NewReplacer(`"m-1"`, `901`, `"senderId":"cust-1"`, `"senderId":7101149746568522`).
			Replace(envelope("messageCreated", "received", `,"id":"m-1","message":"Is it in stock?"`)),
			fact(func(f *inbox.MessageFact) {
				f.Message.ID, f.Message.SenderID, f.Message.SenderName = "901", "7101149746568522", ""
				f.Peer = inbox.Participant{ID: "7101149746568522"}
			})},
		{"a picture alone", envelope("messageCreated", "received", `,"id":"m-1","attachments":[{"type":"image","url":"https://cdn.example/1.jpg"}]`),
			fact(func(f *inbox.MessageFact) {
				f.Peer, f.Message.SenderName, f.Message.Text = inbox.Participant{ID: "cust-1"}, "", ""
				f.Message.Attachments = []inbox.Attachment{{Type: "image", URL: "https://cdn.example/1.jpg"}}
			})},
		{"links beside attachments", strings.Replace(envelope("messageCreated", "received", `,"id":"m-1","attachments":[{"type":"ig_reel","url":"https://cdn.example/?asset_id=5"}]`),
			`"mediaUrls":[]`, `"mediaUrls":["https://cdn.example/?asset_id=5"]`, 1),
			fact(func(f *inbox.MessageFact) {
				f.Peer, f.Message.SenderName, f.Message.Text = inbox.Participant{ID: "cust-1"}, "", ""
				f.Message.Attachments = []inbox.Attachment{{Type: "ig_reel", URL: "https://cdn.example/?asset_id=5"}}
			})},
		{"links alone", strings.Replace(envelope("messageCreated", "received", `,"id":"m-1"`),
			`"mediaUrls":[]`, `"mediaUrls":["https://cdn.example/a.mp4","https://cdn.example/b",null,7]`, 1),
			fact(func(f *inbox.MessageFact) {
				f.Peer, f.Message.SenderName, f.Message.Text = inbox.Participant{ID: "cust-1"}, "", ""
				f.Message.Attachments = []inbox.Attachment{{Type: "video", URL: "https://cdn.example/a.mp4"}, {URL: "https://cdn.example/b"}, {URL: "7"}}
			})},
		{"with a field of next year", envelope("messageCreated", "received", ann+`,"mood":{"is":"good"}`),
			fact(func(f *inbox.MessageFact) {
				f.Message.Extra = map[string]json.RawMessage{"mood": json.RawMessage(`{"is":"good"}`)}
			})},
		{"with reactions, which say nothing of others", envelope("messageCreated", "received", ann+`,"reactions":{"page-9":"😆"}`),
			fact(func(f *inbox.MessageFact) {
				f.Message.Reactions = []inbox.Reaction{{UserID: "page-9", Emoji: "😆"}}
			})},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := only(t, c.body)
			if b.Platform != inbox.Instagram || len(b.Messages) != 1 || len(b.Events)+len(b.Conversations) != 0 {
				t.Fatalf("batch %+v", b)
			}
			if !reflect.DeepEqual(b.Messages[0], c.want) {
				t.Errorf("\n got %+v\nwant %+v", b.Messages[0], c.want)
			}
		})
	}
}

// TestAWebhookAndAReadAgree: the same message, told both ways, is the same to
// the last field, or every poll would rewrite what a webhook has stored.
func TestAWebhookAndAReadAgree(t *testing.T) {
	const fields = `"id":"m-1","conversationId":"t_77","senderId":"cust-1","recipientId":"page-9","created":"2026-11-20T11:59:30.120Z",
		"message":"❤️ \u003cb\u003e \/","senderDetails":{"name":"Ann","username":"ann.k","profileImage":"https://cdn.example/ann.jpg"},
		"attachments":[{"type":"image","url":"https://cdn.example/1.jpg","size":12},{"type":"story_mention","url":"https://cdn.example/2","id":"s5"}],"mood":1`
	for _, direction := range []string{"received", "sent"} {
		pushed := only(t, `{"action":"messages","subAction":"messageCreated","type":"`+direction+`","code":200,"hookId":"h","refId":"r","title":"T","url":"https://x.example",
			"platform":"instagram","timeStamp":1795175970,"scheduleDate":"2026-11-20T11:59:30Z","mediaUrls":["https://cdn.example/1.jpg"],`+fields+`}`).Messages[0]
		s := newServer(t, answer(200, `{"status":"success","messages":[{"action":"`+direction+`","platform":"instagram",`+fields+`}]}`))
		p := s.connect()
		all, _, err := readAll(t, p, inbox.ReadRequest{Feed: feed(t, p, inbox.Instagram, "messages")})
		if err != nil || len(all.Messages) != 1 {
			t.Fatalf("read %+v, %v", all, err)
		}
		read := all.Messages[0]
		if !reflect.DeepEqual(pushed.Message, read.Message) || pushed.Peer != read.Peer || pushed.RemoteID != read.RemoteID {
			t.Errorf("%s:\npushed %+v\n  read %+v", direction, pushed, read)
		}
	}
}

func TestARead(t *testing.T) {
	b := only(t, envelope("messageRead", "read", `,"read":1795175967802,"readerDetails":{"id":"other-id","name":"Ann","picture":"https://cdn.example/ann.jpg"}`))
	want := []inbox.ConversationFact{{
		RemoteID:    "t_77",
		Participant: inbox.Participant{Name: "Ann", Picture: "https://cdn.example/ann.jpg"}, // the id would decide whom we answer
		ReadUpTo:    time.UnixMilli(1795175967802).UTC(),
	}}
	if !reflect.DeepEqual(b.Conversations, want) || len(b.Messages)+len(b.Events) != 0 {
		t.Errorf("\n got %+v\nwant %+v", b, want)
	}
	if b := only(t, envelope("messageRead", "read", "")); !b.Conversations[0].ReadUpTo.Equal(happenedAt) {
		t.Errorf("without a time of its own it is read up to %v", b.Conversations[0].ReadUpTo)
	}
}

func TestWhatHappensToMessages(t *testing.T) {
	event := func(kind inbox.EventKind, change func(*inbox.EventFact)) []inbox.EventFact {
		e := inbox.EventFact{Kind: kind, RemoteID: "t_77", Message: "m-1", At: happenedAt}
		if change != nil {
			change(&e)
		}
		return []inbox.EventFact{e}
	}
	reaction := func(kind inbox.EventKind, emoji string) []inbox.EventFact {
		return event(kind, func(e *inbox.EventFact) { e.UserID, e.Emoji = "cust-1", emoji })
	}
	for _, c := range []struct {
		name, body string
		want       []inbox.EventFact
	}{
		{"a reaction", envelope("reactionCreated", "reaction", `,"id":"m-1","reaction":"😆"`), reaction(inbox.EventReaction, "😆")},
		{"a reaction by its other name", envelope("messageReaction", "received", `,"messageId":"m-1","id":"r-5","emoji":"😆"`), reaction(inbox.EventReaction, "😆")},
		{"a reaction as Meta tells it", envelope("reactionCreated", "received", `,"mid":"m-1","reaction":{"reaction":"love","emoji":"❤"}`), reaction(inbox.EventReaction, "❤")},
		{"a reaction in a word", envelope("reactionCreated", "received", `,"id":"m-1","reaction":"love"`), reaction(inbox.EventReaction, "❤️")},
		{"a reaction without sender, but with details", strings.Replace(envelope("reactionCreated", "received", `,"id":"m-1","reaction":"👍","senderDetails":{"id":"cust-1"}`), `"senderId":"cust-1",`, "", 1),
			reaction(inbox.EventReaction, "👍")},
		{"a reaction of ours", envelope("reactionCreated", "sent", `,"id":"m-1","reaction":"👍"`),
			event(inbox.EventReaction, func(e *inbox.EventFact) { e.UserID, e.Emoji, e.Mine = "cust-1", "👍", true })},
		{"reactions as reads have them", envelope("reactionCreated", "received", `,"id":"m-1","reactions":{"a":"👍","b":"😆"}`), []inbox.EventFact{
			{Kind: inbox.EventReaction, RemoteID: "t_77", Message: "m-1", At: happenedAt, UserID: "a", Emoji: "👍"},
			{Kind: inbox.EventReaction, RemoteID: "t_77", Message: "m-1", At: happenedAt, UserID: "b", Emoji: "😆"},
		}},
		{"a reaction taken back", envelope("reactionDeleted", "reaction", `,"id":"m-1"`), reaction(inbox.EventUnreaction, "")},
		{"a reaction taken back, told beside it", envelope("messageReaction", "received", `,"id":"m-1","reaction":{"action":"unreact","emoji":"❤"}`), reaction(inbox.EventUnreaction, "❤")},
		{"an edit", envelope("messageEdited", "received", `,"id":"m-1","message":"Is it?","num_edit":2`),
			event(inbox.EventEdit, func(e *inbox.EventFact) { e.Text, e.Edits = "Is it?", 2 })},
		{"an edit by its other name, with its own time", envelope("messageUpdated", "received", `,"id":"m-1","message":"Is it?","updated":"2026-11-20T11:59:31.500Z"`),
			event(inbox.EventEdit, func(e *inbox.EventFact) { e.Text, e.At = "Is it?", happenedAt.Add(1500*time.Millisecond) })},
		{"an unsend", envelope("messageDeleted", "received", `,"id":"m-1"`), event(inbox.EventUnsend, nil)},
		{"an unsend by its other name", envelope("messageUnsent", "received", `,"id":"m-1"`), event(inbox.EventUnsend, nil)},
		{"an unsend of an older message", strings.Replace(envelope("messageDeleted", "received", `,"id":"m-1"`), `"created":"2026-11-20T11:59:30Z"`, `"created":"2026-11-18T08:00:00Z"`, 1),
			event(inbox.EventUnsend, nil)},
		{"times as text, and only one", `{"action":"messages","subAction":"messageDeleted","platform":"instagram","conversationId":"t_77","id":"m-1","timeStamp":"1795175970"}`,
			event(inbox.EventUnsend, nil)},
		{"no time at all", `{"action":"messages","subAction":"messageDeleted","platform":"instagram","conversationId":"t_77","id":"m-1"}`,
			event(inbox.EventUnsend, func(e *inbox.EventFact) { e.At = came })},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := only(t, c.body)
			if !reflect.DeepEqual(b.Events, c.want) || len(b.Messages)+len(b.Conversations) != 0 {
				t.Errorf("\n got %+v\nwant %+v", b, c.want)
			}
		})
	}
}

func TestWhatIsNotKnownStaysInTheConversation(t *testing.T) {
	for _, c := range []struct {
		name, body, subAction string
		id                    inbox.MessageID
	}{
		{"something new", envelope("messagePinned", "received", `,"id":"m-1","pin":{"by":"ann"}`), "messagePinned", "event messagePinned m-1 2026-11-20T11:59:30Z"},
		{"something new about no message", envelope("threadLabelled", "received", ""), "threadLabelled", "event threadLabelled Hk7"},
		{"something new without any id", strings.Replace(envelope("threadLabelled", "received", ""), `"hookId":"Hk7",`, "", 1), "threadLabelled", ""},
		{"a reaction without emoji", envelope("reactionCreated", "received", `,"id":"m-1"`), "reactionCreated", "event reactionCreated m-1 2026-11-20T11:59:30Z"},
		{"a reaction to nothing", envelope("reactionCreated", "received", `,"reaction":"❤"`), "reactionCreated", "event reactionCreated Hk7"},
		{"an edit without text", envelope("messageEdited", "received", `,"id":"m-1"`), "messageEdited", "event messageEdited m-1 2026-11-20T11:59:30Z"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := only(t, c.body)
			if len(b.Messages) != 1 || len(b.Events) != 0 {
				t.Fatalf("batch %+v", b)
			}
			f := b.Messages[0]
			if !f.Message.Event || f.RemoteID != "t_77" || f.Message.ID != c.id || !f.Message.CreatedAt.Equal(happenedAt) ||
				!strings.Contains(f.Message.Text, c.subAction) || f.Peer != (inbox.Participant{}) {
				t.Errorf("fact %+v", f)
			}
			kept := string(f.Message.Extra["ayrshare_event"])
			if !strings.Contains(kept, c.subAction) || !json.Valid([]byte(kept)) {
				t.Errorf("kept %q", kept)
			}
			if strings.Contains(kept, "whisper") {
				t.Errorf("the address that was called is kept, with its secret: %s", kept)
			}
		})
	}
}

func TestWhatIsNotForTheInbox(t *testing.T) {
	for name, body := range map[string]string{
		"another action":                     `{"action":"feed","subAction":"comment","platform":"instagram","conversationId":"t_77","id":"c-1"}`,
		"the action of an abandoned design":  `{"action":"message","subAction":"create","platform":"instagram","message":{"id":"m-1"}}`,
		"nothing":                            `{}`,
		"an empty list":                      `[]`,
		"a list of what is no event":         `[1,null,"x",[]]`,
		"a platform that is none of ours":    strings.Replace(envelope("messageCreated", "received", `,"id":"m-1"`), `"instagram"`, `"telegram"`, 1),
		"a message of no conversation":       strings.Replace(envelope("messageCreated", "received", `,"id":"m-1"`), `"conversationId":"t_77",`, "", 1),
		"a message without an id":            envelope("messageCreated", "received", `,"message":"hello"`),
		"something new in no conversation":   strings.Replace(envelope("messagePinned", "received", ""), `"conversationId":"t_77",`, "", 1),
		"a read of no conversation":          strings.Replace(envelope("messageRead", "read", ""), `"conversationId":"t_77",`, "", 1),
		"a message of an unnamed platform":   strings.Replace(envelope("messageCreated", "received", `,"id":"m-1"`), `"platform":"instagram",`, "", 1),
		"an event that is neither one nor a": `{"hello":"world"}`,
	} {
		if batches := decode(t, receiver(t, hookSecret), body); len(batches) != 0 {
			t.Errorf("%s: %+v", name, batches)
		}
	}
}

func TestAPlatformThatTheAccountLeavesOutStaysOut(t *testing.T) {
	l := fullLogin("", io.Discard)
	l.Platforms = []inbox.Platform{inbox.Facebook}
	p, err := ayrshare.Open(l)
	if err != nil {
		t.Fatal(err)
	}
	if batches := decode(t, p.(hook.Receiver), envelope("messageCreated", "received", `,"id":"m-1"`)); len(batches) != 0 {
		t.Errorf("told of Instagram: %+v", batches)
	}
}

func TestSeveralEventsInOneCall(t *testing.T) {
	onX := strings.NewReplacer(`"instagram"`, `"x"`, "t_77", "12-34", "11:59:30Z", "11:59:20Z", "1795175970", "1795175960")
	body := "[" + strings.Join([]string{
		envelope("messageCreated", "received", `,"id":"m-1","message":"one"`),
		onX.Replace(envelope("messageCreated", "received", `,"id":"90071992547409931","message":"two"`)),
		envelope("reactionCreated", "received", `,"id":"m-1","reaction":"❤"`),
		envelope("messageCreated", "received", `,"id":"m-3","message":"three"`),
	}, ",") + "]"
	batches := decode(t, receiver(t, hookSecret), body)
	if len(batches) != 2 || batches[0].Platform != inbox.Instagram || batches[1].Platform != inbox.Twitter {
		t.Fatalf("batches %+v", batches)
	}
	first, second := batches[0], batches[1]
	if len(first.Messages) != 2 || first.Messages[1].Message.Text != "three" || len(first.Events) != 1 || !first.AsOf.Equal(happenedAt) {
		t.Errorf("Instagram %+v", first)
	}
	if len(second.Messages) != 1 || second.Messages[0].RemoteID != "12-34" || second.Messages[0].Message.ID != "90071992547409931" || !second.AsOf.Equal(happenedAt.Add(-10*time.Second)) {
		t.Errorf("X %+v", second)
	}
}

func TestABodyThatCannotBeRead(t *testing.T) {
	for _, body := range []string{"", " ", "null", "7", `"x"`, "{", "[", `{"a":1}{`, "<html>", "action=messages", `[{"action":"messages"},]`} {
		if d, err := receiver(t, hookSecret).Decode(hook.Call{Body: []byte(body), At: came}); err == nil {
			t.Errorf("%q is read as %+v", body, d)
		}
	}
}

// FuzzDecode: no body makes the decoder panic, and what it tells can always be
// placed.
func FuzzDecode(f *testing.F) {
	for _, rest := range []string{``, `,"id":"m-1","message":"hello"`, `,"id":7,"message":{}`, `,"id":"m-1","reaction":{"emoji":"❤"}`, `,"reactions":{"a":1}`, `,"read":1e300`, `,"attachments":{"type":[]}`} {
		for _, sub := range []string{"messageCreated", "messageRead", "reactionCreated", "reactionDeleted", "messageEdited", "messageDeleted", "new"} {
			f.Add([]byte(envelope(sub, "received", rest)))
		}
	}
	f.Add([]byte(`[{"action":"messages","platform":"x","conversationId":"1","id":"2","created":"yesterday"},{}]`))
	r := receiver(f, hookSecret)
	f.Fuzz(func(t *testing.T, body []byte) {
		deliveries, err := r.Decode(hook.Call{Method: "POST", Body: body, At: came})
		if err != nil && len(deliveries) > 0 {
			t.Error("an error, and deliveries")
		}
		for _, d := range deliveries {
			b := d.Batch
			if b.AsOf.IsZero() || len(b.Conversations)+len(b.Messages)+len(b.Events) == 0 {
				t.Errorf("batch %+v", b)
			}
			for _, m := range b.Messages {
				if m.RemoteID == "" || m.Message.CreatedAt.IsZero() || m.AsOf.IsZero() || (m.Message.ID == "" && !m.Message.Event) {
					t.Errorf("message %+v", m)
				}
			}
			for _, c := range b.Conversations {
				if c.RemoteID == "" || c.ReadUpTo.IsZero() || c.Participant.ID != "" {
					t.Errorf("conversation %+v", c)
				}
			}
			for _, e := range b.Events {
				if e.Message == "" || e.At.IsZero() || (e.Kind == inbox.EventReaction && e.Emoji == "") {
					t.Errorf("event %+v", e)
				}
			}
		}
	})
}
