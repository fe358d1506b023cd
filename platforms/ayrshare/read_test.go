package ayrshare_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"parley/inbox"
	"parley/platforms/ayrshare"
)

func TestReadsThePublishedMessages(t *testing.T) {
	s := newServer(t, sample(t, 200, "messages_facebook.json"))
	p := s.connect()
	batch, result, err := readAll(t, p, inbox.ReadRequest{Feed: feed(t, p, inbox.Facebook, "messages")})
	if err != nil {
		t.Fatal(err)
	}
	lastUpdated := time.Date(2024, 6, 9, 21, 46, 4, 233e6, time.UTC)
	if !batch.AsOf.Equal(lastUpdated) || batch.Account != "acme" || batch.Platform != inbox.Facebook || batch.Provider != "ayrshare" {
		t.Errorf("the batch is %s/%s/%s as of %v", batch.Account, batch.Platform, batch.Provider, batch.AsOf)
	}
	if !result.LastUpdated.Equal(lastUpdated) || !result.NextUpdate.Equal(lastUpdated.Add(time.Minute)) || result.Cursor != "" {
		t.Errorf("the result is %+v", result)
	}
	var got []string
	for _, m := range batch.Messages {
		var reactions []string
		for _, r := range m.Message.Reactions {
			reactions = append(reactions, r.Emoji+" of "+r.UserID)
		}
		got = append(got, fmt.Sprintf("%s %s %s %s %v", m.RemoteID, m.Message.Direction, m.Peer.ID, m.Message.Text, reactions))
	}
	want := []string{
		"t_10161117434308444 sent 7101149746568444 Howdy! [😆 of 7101149746568522]",
		"t_10161117434308444 received 7101149746568444 Look up! []",
		"t_10161117434308444 received 7101149746568444 How is the weather? []",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

func TestReadsThePublishedConversations(t *testing.T) {
	body := readFile(t, "conversations_instagram.json")
	for _, spelling := range []string{"converstationsDetails", "conversationsDetails"} {
		s := newServer(t, answer(200, strings.Replace(body, "converstationsDetails", spelling, 1)))
		p := s.connect()
		batch, _, err := readAll(t, p, inbox.ReadRequest{Feed: feed(t, p, inbox.Instagram, "conversations")})
		if err != nil {
			t.Fatal(err)
		}
		active := false
		want := []inbox.ConversationFact{
			{
				RemoteID:    "t_10161117434308444",
				Participant: inbox.Participant{ID: "7101149746568444", Name: "John Smith", Picture: "https://platform-lookaside.example/john.jpg"},
				Archived:    &active,
				ReadUpTo:    time.UnixMilli(1717889607444).UTC(),
			},
			{
				RemoteID:    "t_356759043857444",
				Participant: inbox.Participant{ID: "7365320280173444", Name: "Sara Johnson", Picture: "https://platform-lookaside.example/sara.jpg"},
				Archived:    &active,
			},
		}
		if !reflect.DeepEqual(batch.Conversations, want) {
			t.Errorf("%s:\ngot  %+v\nwant %+v", spelling, batch.Conversations, want)
		}
	}
}

// A wantMessage is a message fact as testdata writes it.
type wantMessage struct {
	Conversation   string             `json:"conversation"`
	ID             inbox.MessageID    `json:"id"`
	Direction      inbox.Direction    `json:"direction"`
	Text           string             `json:"text"`
	Created        time.Time          `json:"created"`
	Updated        time.Time          `json:"updated"`
	SenderID       string             `json:"sender_id"`
	SenderName     string             `json:"sender_name"`
	Peer           inbox.Participant  `json:"peer"`
	Attachments    []inbox.Attachment `json:"attachments"`
	Reactions      []inbox.Reaction   `json:"reactions"`
	KnowsReactions bool               `json:"knows_reactions"`
	Unsupported    string             `json:"unsupported"`
	Extra          []string           `json:"extra"`
}

func seen(f inbox.MessageFact) wantMessage {
	m := f.Message
	return wantMessage{
		Conversation: f.RemoteID, ID: m.ID, Direction: m.Direction, Text: m.Text,
		Created: m.CreatedAt, Updated: m.UpdatedAt, SenderID: m.SenderID, SenderName: m.SenderName,
		Peer: f.Peer, Attachments: m.Attachments, Reactions: m.Reactions, KnowsReactions: f.KnowsReactions,
		Unsupported: m.Unsupported, Extra: slices.Sorted(maps.Keys(m.Extra)),
	}
}

func TestMessagesMeanWhatTheyMean(t *testing.T) {
	var cases []struct {
		Name         string          `json:"name"`
		Conversation string          `json:"conversation"`
		Payload      json.RawMessage `json:"payload"`
		Want         *wantMessage    `json:"want"` // nil: it has no place
	}
	readJSON(t, "message_cases.json", &cases)
	for _, c := range cases {
		t.Run(c.Name, func(t *testing.T) {
			neighbour := `{"id":"next","conversationId":"t1","action":"received","created":"2024-06-06T00:00:00Z","message":"still here"}`
			s := newServer(t, answer(200, `{"status":"success","messages":[`+string(c.Payload)+`,`+neighbour+`]}`, "Date", "Sun, 09 Jun 2024 22:00:00 GMT"))
			p := s.connect()
			batch, _, err := readAll(t, p, inbox.ReadRequest{Feed: feed(t, p, inbox.Facebook, "messages"), Conversation: c.Conversation})
			if err != nil {
				t.Fatal(err)
			}
			last := len(batch.Messages) - 1
			if last < 0 || batch.Messages[last].Message.ID != "next" {
				t.Fatalf("the message after it is lost: %+v", batch.Messages)
			}
			if c.Want == nil {
				if last != 0 {
					t.Fatalf("got %+v, want nothing", batch.Messages[0])
				}
				return
			}
			if got := seen(batch.Messages[0]); !reflect.DeepEqual(got, *c.Want) {
				t.Errorf("\ngot  %+v\nwant %+v", got, *c.Want)
			}
		})
	}
}

func TestConversationsWithoutDetailsAreKept(t *testing.T) {
	s := newServer(t, answer(200, `{"status":"success","conversationIds":["a",2,"a",null,{}],
		"conversationsDetails":[{"id":2,"participant":null,"status":"weird","watermark":"soon"},"x",{"participant":{"id":"9"}},{"id":"b","status":"active","participant":{"username":"@bo","profileImage":"https://cdn.example/b"}}]}`))
	p := s.connect()
	batch, _, err := readAll(t, p, inbox.ReadRequest{Feed: feed(t, p, inbox.Facebook, "archived conversations")})
	if err != nil {
		t.Fatal(err)
	}
	archived, active := true, false
	want := []inbox.ConversationFact{
		{RemoteID: "2", Archived: &archived},
		{RemoteID: "b", Archived: &active, Participant: inbox.Participant{Username: "bo", Picture: "https://cdn.example/b"}},
		{RemoteID: "a", Archived: &archived},
	}
	if !reflect.DeepEqual(batch.Conversations, want) {
		t.Errorf("\ngot  %+v\nwant %+v", batch.Conversations, want)
	}
}

func TestEachFeedAsksItsOwnQuestion(t *testing.T) {
	for _, c := range []struct {
		platform             inbox.Platform
		feed                 string
		cursor, conversation string
		want                 string
		whole                bool
	}{
		{inbox.Facebook, "conversations", "", "", "conversationsOnly=true&status=active", false},
		{inbox.Facebook, "messages", "", "", "status=active", false},
		{inbox.Instagram, "archived conversations", "", "", "conversationsOnly=true&status=archived", false},
		{inbox.Instagram, "archived messages", "", "", "status=archived", false},
		{inbox.Instagram, "messages", "", "t/1 &x=2", "conversationId=t%2F1+%26x%3D2&status=active", false},
		{inbox.Instagram, "conversations", "", "t1", "conversationId=t1&status=active", false},
		{inbox.Twitter, "conversations", "", "", "conversationsOnly=true&status=active", false},
		{inbox.Twitter, "messages", "", "", "limit=100&status=active", false},
		{inbox.Twitter, "messages", "c+/=", "", "limit=100&next=c%2B%2F%3D&status=active", false},
		{inbox.Twitter, "archived messages", "", "1-2", "conversationId=1-2&limit=100&status=archived", false},
		{inbox.Twitter, "messages", "", "", "status=active", true},
	} {
		s := newServer(t, answer(200, `{"status":"success","messages":[]}`))
		p := s.connect()
		if _, _, err := readAll(t, p, inbox.ReadRequest{Feed: feed(t, p, c.platform, c.feed), Cursor: c.cursor, Conversation: c.conversation, Whole: c.whole}); err != nil {
			t.Fatal(err)
		}
		got := s.Only()
		if got.Method != http.MethodGet || got.Path != "/api/messages/"+string(c.platform) || got.Query != c.want || got.Body != "" {
			t.Errorf("%s %s asks %s %s?%s", c.platform, c.feed, got.Method, got.Path, got.Query)
		}
	}
}

func TestFeedsSayHowOftenTheyChange(t *testing.T) {
	p := newServer(t).connect()
	for _, f := range p.Feeds() {
		wantCache := 60 * time.Second
		if f.Platform == inbox.Twitter {
			wantCache = 15 * time.Second
		}
		var wantEvery time.Duration
		if strings.HasPrefix(f.Name, "archived") {
			wantEvery = 5 * time.Minute
		}
		paged := f.Platform == inbox.Twitter && strings.HasSuffix(f.Name, "messages")
		if f.CacheTime != wantCache || f.Every != wantEvery || f.Paged != paged {
			t.Errorf("%+v", f)
		}
	}
	if n := len(p.Feeds()); n != 12 {
		t.Errorf("%d feeds", n)
	}
}

func TestPagesEnd(t *testing.T) {
	for _, c := range []struct{ meta, want string }{
		{`{"pagination":{"next":"n2","hasMore":true}}`, "n2"},
		{`{"pagination":{"next":"n2"}}`, "n2"},
		{`{"pagination":{"next":12,"hasMore":"true"}}`, "12"},
		{`{"pagination":{"next":"n2","hasMore":false}}`, ""},
		{`{"pagination":{"next":"asked","hasMore":true}}`, ""},
		{`{"pagination":{"next":null,"hasMore":true}}`, ""},
		{`{"pagination":{"next":""}}`, ""},
		{`{"pagination":[]}`, ""},
		{`{}`, ""},
		{`null`, ""},
		{`"none"`, ""},
	} {
		s := newServer(t, answer(200, `{"status":"success","messages":[],"meta":`+c.meta+`}`))
		p := s.connect()
		_, result, err := readAll(t, p, inbox.ReadRequest{Feed: feed(t, p, inbox.Twitter, "messages"), Cursor: "asked"})
		if err != nil || result.Cursor != c.want {
			t.Errorf("%s: cursor %q, %v; want %q", c.meta, result.Cursor, err, c.want)
		}
	}
}

func TestTimesOfAnAnswerAreReadOrNothing(t *testing.T) {
	utc := time.Date(2024, 6, 9, 21, 47, 4, 0, time.UTC)
	for _, c := range []struct {
		value string
		want  time.Time
	}{
		{`"2024-06-09T21:47:04Z"`, utc},
		{`"2024-06-09T23:47:04+02:00"`, utc},
		{`"2024-06-09T23:47:04+0200"`, utc},
		{`"2024-06-09T21:47:04.000"`, utc},
		{`"2024-06-09 21:47:04"`, utc},
		{`1717969624`, utc},
		{`1717969624000`, utc},
		{`1.717969624e12`, utc},
		{`"1717969624000"`, utc},
		{`"1971-01-01T00:00:00Z"`, time.Date(1971, 1, 1, 0, 0, 0, 0, time.UTC)},
		{`"soon"`, time.Time{}},
		{`""`, time.Time{}},
		{`null`, time.Time{}},
		{`true`, time.Time{}},
		{`{}`, time.Time{}},
		{`0`, time.Time{}},
		{`-5`, time.Time{}},
		{`99999999999999999999`, time.Time{}},
		{`"9999-12-31T23:59:59-01:00"`, time.Time{}},
	} {
		s := newServer(t, answer(200, `{"nextUpdate":`+c.value+`,"status":"success","messages":[]}`))
		p := s.connect()
		_, result, err := readAll(t, p, inbox.ReadRequest{Feed: feed(t, p, inbox.Facebook, "messages")})
		if err != nil || !result.NextUpdate.Equal(c.want) {
			t.Errorf("%s: %v, %v; want %v", c.value, result.NextUpdate, err, c.want)
		}
	}
}

// messages makes n of them.
func messages(n int) string {
	var b strings.Builder
	for i := range n {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `{"id":"m%d","conversationId":"t%d","action":"received","created":"2024-06-06T00:54:28.102Z","senderId":"7","recipientId":"1","platform":"facebook","senderDetails":{"name":"John Smith"},"message":"How is the weather today, number %d?"}`, i, i/20, i)
	}
	return b.String()
}

func TestLongAnswersLeaveInBatchesAndAreDatedOnTheSafeSide(t *testing.T) {
	const date = "Sun, 09 Jun 2024 22:00:00 GMT"
	answered := time.Date(2024, 6, 9, 22, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		n           int
		lastUpdated string
		want        time.Time
	}{
		{0, `"2024-06-09T21:59:30Z"`, time.Time{}},
		{3, `"2024-06-09T21:59:30Z"`, answered.Add(-30 * time.Second)},
		{1000, `"2024-06-09T21:59:30Z"`, answered.Add(-30 * time.Second)},
		{2500, `"2024-06-09T22:00:00.700Z"`, answered.Add(700 * time.Millisecond)},
		{2500, `"2034-01-01T00:00:00Z"`, answered.Add(-time.Minute)},
		{2500, `null`, answered.Add(-time.Minute)},
		{7001, `"2024-06-09T21:59:30Z"`, answered.Add(-time.Minute)},
	} {
		s := newServer(t, answer(200, `{"messages":[`+messages(c.n)+`],"status":"success","lastUpdated":`+c.lastUpdated+`}`, "Date", date))
		p := s.connect()
		total := 0
		_, err := p.Read(context.Background(), inbox.ReadRequest{Feed: feed(t, p, inbox.Facebook, "messages")}, func(b inbox.Batch) error {
			if n := len(b.Messages); n == 0 || n > 1000 {
				t.Errorf("a batch of %d", n)
			}
			if !b.AsOf.Equal(c.want) {
				t.Errorf("%d messages, last updated %s: as of %v, want %v", c.n, c.lastUpdated, b.AsOf, c.want)
			}
			for _, f := range b.Messages {
				if want := fmt.Sprintf("m%d", total); string(f.Message.ID) != want {
					t.Fatalf("%s came in the place of %s", f.Message.ID, want)
				}
				total++
			}
			return nil
		})
		if err != nil || total != c.n {
			t.Errorf("%d of %d messages, %v", total, c.n, err)
		}
	}
}

func TestATakerThatFailsEndsTheReading(t *testing.T) {
	s := newServer(t, answer(200, `{"status":"success","messages":[`+messages(9000)+`]}`))
	p := s.connect()
	full := errors.New("the disk is full")
	calls := 0
	_, err := p.Read(context.Background(), inbox.ReadRequest{Feed: feed(t, p, inbox.Facebook, "messages")}, func(inbox.Batch) error {
		calls++
		return full
	})
	if err != full || calls != 1 {
		t.Errorf("%d calls, then %v", calls, err)
	}
}

func TestWhatWasReadBeforeACutIsKept(t *testing.T) {
	whole := `{"status":"success","messages":[` + messages(1500) + `],"lastUpdated":"2024-06-09T21:59:30Z"}`
	cut := len(whole) / 2
	for name, handler := range map[string]http.HandlerFunc{
		"the connection breaks": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", fmt.Sprint(len(whole)))
			fmt.Fprint(w, whole[:cut])
			panic(http.ErrAbortHandler)
		},
		"the body just ends": answer(200, whole[:cut]),
	} {
		t.Run(name, func(t *testing.T) {
			s := newServer(t, handler)
			p := s.connect()
			batch, result, err := readAll(t, p, inbox.ReadRequest{Feed: feed(t, p, inbox.Facebook, "messages")})
			if inbox.KindOf(err) != inbox.Unavailable || !strings.Contains(err.Error(), "cut off") {
				t.Errorf("err = %v", err)
			}
			if len(batch.Messages) < 600 || batch.AsOf.IsZero() || !result.NextUpdate.IsZero() {
				t.Errorf("%d messages as of %v, next update %v", len(batch.Messages), batch.AsOf, result.NextUpdate)
			}
		})
	}
}

func TestAnswersThatAreNoAnswers(t *testing.T) {
	const page = "<!DOCTYPE html><html><title>502 Bad Gateway</title></html>"
	for _, c := range []struct {
		name   string
		answer http.HandlerFunc
		kind   inbox.Kind
		text   string
		hint   string
		after  time.Duration
	}{
		{name: "a web page", answer: answer(502, page, "Content-Type", "text/html"), kind: inbox.Unavailable, text: "a web page instead of JSON (status 502)", hint: "base_url"},
		{name: "a web page with 200", answer: answer(200, page), kind: inbox.Unavailable, text: "a web page instead of JSON (status 200)"},
		{name: "a web page with 403 does not stop the account", answer: answer(403, page), kind: inbox.Unavailable, text: "a web page"},
		{name: "nothing", answer: answer(200, ""), kind: inbox.Unavailable, text: "the answer is empty (status 200)"},
		{name: "a word", answer: answer(200, "OK"), kind: inbox.Unavailable, text: "text instead of JSON"},
		{name: "a list", answer: answer(200, "[]"), kind: inbox.Unavailable, text: "not of the expected form"},
		{name: "broken JSON", answer: answer(200, `{"status":"success","messages":[{]}`), kind: inbox.Unavailable, text: "broken JSON"},
		{name: "an empty object", answer: answer(200, `{}`), kind: inbox.Unavailable, text: "neither a status nor messages", hint: "base_url"},
		{name: "an error with 200, in the end", answer: answer(200, `{"messages":[],"action":"messages","code":161,"message":"Facebook authorization lost.","status":"error"}`), kind: inbox.Auth, text: "Facebook authorization lost. (code 161)", hint: "relink"},
		{name: "a refused key with 200", answer: answer(200, `{"status":"error","code":401,"message":"no"}`), kind: inbox.Auth, text: "no (code 401)"},
		{name: "a list of errors", answer: answer(400, `{"status":"error","errors":[{"code":156,"message":"Not linked."}]}`), kind: inbox.Auth, text: "Not linked. (code 156)", hint: "link the account"},
		{name: "401", answer: answer(401, `{"status":"error","code":102,"message":"API Key not valid."}`), kind: inbox.Auth, text: "API Key not valid. (code 102)", hint: "api_key"},
		{name: "401 with nothing", answer: answer(401, ``), kind: inbox.Auth, text: "the key is refused"},
		{name: "402", answer: answer(402, `{}`), kind: inbox.Auth, text: "the plan does not allow this", hint: "plan"},
		{name: "403", answer: answer(403, `{"status":"error","message":"Profile suspended"}`), kind: inbox.Auth, text: "Profile suspended", hint: "suspended"},
		{name: "404", answer: answer(404, `{"status":"error","message":"This endpoint does not exist"}`), kind: inbox.NotFound, text: "This endpoint does not exist"},
		{name: "361", answer: answer(400, `{"status":"error","code":"361"}`), kind: inbox.Auth, text: "messaging is not enabled (code 361)", hint: "enable messaging"},
		{name: "362", answer: answer(400, `{"status":"error","code":362}`), kind: inbox.Auth, text: "relinked", hint: "relink"},
		{name: "272", answer: answer(400, `{"status":"error","code":272}`), kind: inbox.Auth, text: "X", hint: "relink"},
		{name: "419", answer: answer(419, `{"status":"error","code":419,"action":"x_credentials_required"}`), kind: inbox.Auth, text: "X app", hint: "twitter_api_key"},
		{name: "429 with a time", answer: answer(429, `{"status":"error"}`, "Retry-After", "17"), kind: inbox.RateLimited, text: "too many requests", after: 17 * time.Second},
		{name: "429 with a date", answer: answer(429, `{}`, "Retry-After", "Sun, 09 Jun 2024 22:02:00 GMT", "Date", "Sun, 09 Jun 2024 22:00:00 GMT"), kind: inbox.RateLimited, after: 2 * time.Minute},
		{name: "429 with a reset", answer: answer(429, `{}`, "X-Ratelimit-Reset", "1717970430000", "Date", "Sun, 09 Jun 2024 22:00:00 GMT"), kind: inbox.RateLimited, after: 30 * time.Second},
		{name: "429 without a time", answer: answer(429, `{"message":"Slow down: 24 hour window"}`), kind: inbox.RateLimited, text: "Slow down"},
		{name: "429 as a web page", answer: answer(429, page), kind: inbox.RateLimited},
		{name: "500", answer: answer(500, `{"status":"error","message":"Oops\u001b[31m\nred"}`), kind: inbox.Unavailable, text: "Oops", hint: "provider's side"},
		{name: "503 with nothing", answer: answer(503, ``), kind: inbox.Unavailable, text: "status 503 service unavailable"},
		{name: "a redirect to another host", answer: answer(301, ``, "Location", "https://elsewhere.example/api"), kind: inbox.Rejected, text: "elsewhere", hint: "base_url"},
		{name: "a teapot", answer: answer(418, `{"message":"short and stout"}`), kind: inbox.Rejected, text: "short and stout"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newServer(t, c.answer)
			p := s.connect()
			batch, _, err := readAll(t, p, inbox.ReadRequest{Feed: feed(t, p, inbox.Twitter, "messages")})
			var e *inbox.Error
			if !errors.As(err, &e) {
				t.Fatalf("err = %v", err)
			}
			if e.Kind != c.kind || e.RetryAfter != c.after || e.Op != "read" {
				t.Errorf("%s, retry after %v, op %q; want %s, %v", e.Kind, e.RetryAfter, e.Op, c.kind, c.after)
			}
			if !strings.Contains(e.Error(), c.text) || !strings.Contains(e.Hint, c.hint) || strings.ContainsAny(e.Error(), "\x1b\n") {
				t.Errorf("%q, hint %q", e.Error(), e.Hint)
			}
			if len(batch.Messages) > 0 {
				t.Errorf("messages from no answer: %+v", batch.Messages)
			}
			s.Only() // nothing is asked twice
		})
	}
}

func TestOddAnswersThatAreAnswers(t *testing.T) {
	one := messages(1)
	for name, body := range map[string]string{
		"a byte order mark":              "\xef\xbb\xbf" + ` {"status":"success","messages":[` + one + `]}`,
		"no status":                      `{"messages":[` + one + `]}`,
		"unknown fields, also large":     `{"hello":{"a":[1,{"b":"` + strings.Repeat("x", 1<<20) + `"}]},"messages":[` + one + `],"x":null}`,
		"invalid UTF-8":                  `{"messages":[` + strings.Replace(one, "weather", "wea\xffther", 1) + `]}`,
		"a messagesCount":                `{"status":"success","messagesCount":1,"messages":[` + one + `]}`,
		"text behind the answer":         `{"status":"success","messages":[` + one + `]} trailing`,
		"details that are not a list":    `{"status":"success","conversationsDetails":{"a":1},"messages":[` + one + `]}`,
		"messages twice, once not there": `{"status":"success","messages":null,"messages":[` + one + `]}`,
	} {
		t.Run(name, func(t *testing.T) {
			s := newServer(t, answer(200, body, "Content-Type", "text/plain"))
			p := s.connect()
			batch, _, err := readAll(t, p, inbox.ReadRequest{Feed: feed(t, p, inbox.Facebook, "messages")})
			if err != nil || len(batch.Messages) != 1 || batch.Messages[0].Message.ID != "m0" {
				t.Errorf("%v, %+v", err, batch.Messages)
			}
		})
	}
}

func TestOneMonstrousMessageDoesNotFillTheMemory(t *testing.T) {
	s := newServer(t, func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, `{"status":"success","messages":[`+messages(2)+`,{"id":"big","message":"`)
		for chunk, err := strings.Repeat("x", 1<<20), error(nil); err == nil; {
			_, err = fmt.Fprint(w, chunk) // until the client has had enough
		}
	})
	p := s.connect()
	batch, _, err := readAll(t, p, inbox.ReadRequest{Feed: feed(t, p, inbox.Facebook, "messages")})
	if inbox.KindOf(err) != inbox.Unavailable || !strings.Contains(err.Error(), "larger than 8 MiB") {
		t.Errorf("err = %v", err)
	}
	if len(batch.Messages) != 2 {
		t.Errorf("%d messages before it", len(batch.Messages))
	}
}

func TestAFeedThatIsNotOursIsRefused(t *testing.T) {
	p := newServer(t).connect()
	_, _, err := readAll(t, p, inbox.ReadRequest{Feed: inbox.Feed{Platform: inbox.Facebook, Name: "stories"}})
	if inbox.KindOf(err) != inbox.Unsupported {
		t.Errorf("err = %v", err)
	}
}

// FuzzRead: whatever a server sends, the reading ends, every message has a
// place, and errors are the inbox's own.
func FuzzRead(f *testing.F) {
	f.Add(readFile(f, "messages_facebook.json"))
	f.Add(readFile(f, "conversations_instagram.json"))
	f.Add(`{"messages":[{"id":1,"conversationId":2,"created":"x","attachments":{},"reactions":[]}],"meta":{"pagination":{"next":[]}}}`)
	f.Add(`{"status":"error","code":[],"message":{},"errors":{"a":1}}`)
	f.Add(`[1,2`)
	f.Fuzz(func(t *testing.T, body string) {
		p := offline(t, body)
		batch, _, err := readAll(t, p, inbox.ReadRequest{Feed: feed(t, p, inbox.Twitter, "messages")})
		if e := (*inbox.Error)(nil); err != nil && !errors.As(err, &e) {
			t.Errorf("a foreign error: %v", err)
		}
		for _, m := range batch.Messages {
			if m.RemoteID == "" || m.Message.CreatedAt.IsZero() || m.Message.Direction == "" {
				t.Errorf("a message without a place: %+v", m)
			}
			if _, err := json.Marshal(m.Message); err != nil {
				t.Errorf("a message that cannot be stored: %v", err)
			}
		}
		for _, c := range batch.Conversations {
			if c.RemoteID == "" || c.Archived == nil {
				t.Errorf("a conversation without an id: %+v", c)
			}
		}
	})
}

func BenchmarkRead(b *testing.B) {
	const n = 10_000
	body := `{"status":"success","messages":[` + messages(n) + `]}`
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		p := offline(b, body)
		_, err := p.Read(context.Background(), inbox.ReadRequest{Feed: feed(b, p, inbox.Facebook, "messages")}, func(inbox.Batch) error { return nil })
		if err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(n)*float64(b.N)/b.Elapsed().Seconds(), "messages/s")
}

// history answers with n messages that are made while they are read.
type history int

func (n history) RoundTrip(r *http.Request) (*http.Response, error) {
	reader, writer := io.Pipe()
	go func() {
		fmt.Fprint(writer, `{"status":"success","messages":[`)
		chunk := messages(1000)
		for i := range int(n) / 1000 {
			if i > 0 {
				fmt.Fprint(writer, ",")
			}
			if _, err := fmt.Fprint(writer, chunk); err != nil {
				return
			}
		}
		fmt.Fprint(writer, `]}`)
		writer.Close()
	}()
	return &http.Response{StatusCode: 200, Header: http.Header{}, Body: reader, Request: r}, nil
}

func TestMemoryDoesNotGrowWithTheHistory(t *testing.T) {
	const n = 40_000 // 10 MB of JSON
	p, err := ayrshare.OpenOver(fullLogin("https://api.example/api", io.Discard), history(n))
	if err != nil {
		t.Fatal(err)
	}
	heap := func() uint64 {
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	before, most, got := heap(), uint64(0), 0
	_, err = p.Read(t.Context(), inbox.ReadRequest{Feed: feed(t, p, inbox.Facebook, "messages")}, func(b inbox.Batch) error {
		if got += len(b.Messages); got%5_000 == 0 {
			most = max(most, heap())
		}
		return nil
	})
	if err != nil || got != n {
		t.Fatalf("%d messages, %v", got, err)
	}
	if most > before+8<<20 {
		t.Errorf("%d MiB more in the middle of it than before", (most-before)>>20)
	}
}
