package chatt2me_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"
	"time"

	"parley/inbox"
)

// The parts of the tests.
var (
	hello     = inbox.Part{Kind: inbox.PartText, Text: "What's <up> & \"so\"?\nBye 🙏🏽"}
	picture   = inbox.Part{Kind: inbox.PartImage, URL: "https://cdn.example/cat.jpg?size=l&v=2"}
	clip      = inbox.Part{Kind: inbox.PartVideo, URL: "https://cdn.example/cat.mp4"}
	voice     = inbox.Part{Kind: inbox.PartAudio, URL: "https://cdn.example/cat.wav"}
	document  = inbox.Part{Kind: inbox.PartFile, URL: "https://cdn.example/cat.pdf"}
	theHeart  = inbox.Part{Kind: inbox.PartHeart}
	post      = inbox.Part{Kind: inbox.PartPost, Post: "17900"}
	laughing  = inbox.Part{Kind: inbox.PartReaction, Target: "aWdfZA", Emoji: "😂"}
	loving    = inbox.Part{Kind: inbox.PartReaction, Target: "aWdfZA", Emoji: "❤️"}
	takenBack = inbox.Part{Kind: inbox.PartUnreaction, Target: "aWdfZA"}
)

func outgoing(platform inbox.Platform, parts ...inbox.Part) inbox.Outgoing {
	return inbox.Outgoing{Conversation: inbox.NewConversationID("acme", platform, "847495"), Recipient: "847495", Parts: parts}
}

// What a send asks, by the specification's schema and the newer page on content
// types.
func TestWhatASendAsks(t *testing.T) {
	for _, c := range []struct {
		name     string
		dialect  string
		platform inbox.Platform
		part     inbox.Part
		want     string // the content
	}{
		{"a text", "", inbox.Instagram, hello, `{"text":"What's <up> & \"so\"?\nBye 🙏🏽"}`},
		{"an image", "meta", inbox.Instagram, picture, `{"attachment":{"type":"image","payload":{"url":"https://cdn.example/cat.jpg?size=l&v=2"}}}`},
		{"a video", "meta", inbox.Facebook, clip, `{"attachment":{"type":"video","payload":{"url":"https://cdn.example/cat.mp4"}}}`},
		{"audio", "meta", inbox.Instagram, voice, `{"attachment":{"type":"audio","payload":{"url":"https://cdn.example/cat.wav"}}}`},
		{"the heart", "meta", inbox.Instagram, theHeart, `{"attachment":{"type":"like_heart"}}`},
		{"a reaction with a name", "meta", inbox.Instagram, loving, `{"sender_action":"react","payload":{"message_id":"aWdfZA","reaction":"love"}}`},
		{"a reaction without one", "meta", inbox.Facebook, laughing, `{"sender_action":"react","payload":{"message_id":"aWdfZA","reaction":"😂"}}`},
		{"its removal", "meta", inbox.Instagram, takenBack, `{"sender_action":"unreact","payload":{"message_id":"aWdfZA"}}`},
		{"a flat text", "flat", inbox.Facebook, hello, `{"text":"What's <up> & \"so\"?\nBye 🙏🏽"}`},
		{"a flat image", "flat", inbox.Instagram, picture, `{"imageUrl":"https://cdn.example/cat.jpg?size=l&v=2"}`},
		{"a flat video", "flat", inbox.Instagram, clip, `{"videoUrl":"https://cdn.example/cat.mp4"}`},
		{"flat audio", "flat", inbox.Facebook, voice, `{"audioUrl":"https://cdn.example/cat.wav"}`},
		{"the heart has no flat form", "flat", inbox.Instagram, theHeart, `{"attachment":{"type":"like_heart"}}`},
		{"a reaction has no flat form", "flat", inbox.Instagram, loving, `{"sender_action":"react","payload":{"message_id":"aWdfZA","reaction":"love"}}`},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newServer(t, answer(200, `{"messageId":"m1","recipientId":"847495","type":"Text"}`))
			if _, err := s.connect("dialect", c.dialect).Send(context.Background(), outgoing(c.platform, c.part)); err != nil {
				t.Fatal(err)
			}
			got := s.Only()
			path := "/v1/communication/" + map[inbox.Platform]string{inbox.Instagram: "instagram", inbox.Facebook: "messenger"}[c.platform] + "/message"
			if got.Method != http.MethodPost || got.Path != path || got.Query != "" {
				t.Errorf("%s %s?%s, want POST %s", got.Method, got.Path, got.Query, path)
			}
			if want := `{"from":"` + channel + `","to":"847495","content":` + c.want + `}`; got.Body != want {
				t.Errorf("body\n%s\nwant\n%s", got.Body, want)
			}
			for name, want := range map[string]string{"X-Api-Key": apiKey, "Content-Type": "application/json", "Accept": "application/json", "User-Agent": "parley"} {
				if got.Header.Get(name) != want {
					t.Errorf("%s is %q, want %q", name, got.Header.Get(name), want)
				}
			}
		})
	}
}

// What the documents show of an own send in a webhook is the content of the
// request, beside the recipient. So what we send, repeated like that, has to be
// known again.
func TestWhatIsSentIsKnownWhenItIsRepeated(t *testing.T) {
	for _, c := range []struct {
		part inbox.Part
		want string
	}{
		{hello, `message sent  AT "What's <up> & \"so\"?\nBye 🙏🏽"`},
		{picture, `message sent  AT "" [image https://cdn.example/cat.jpg?size=l&v=2]`},
		{clip, `message sent  AT "" [video https://cdn.example/cat.mp4]`},
		{voice, `message sent  AT "" [audio https://cdn.example/cat.wav]`},
		{theHeart, `message sent  AT "" [like_heart]`},
		{loving, `reaction to aWdfZA ❤️ by us AT`},
		{laughing, `reaction to aWdfZA 😂 by us AT`},
		{takenBack, `unreaction to aWdfZA by us AT`},
	} {
		t.Run(string(c.part.Kind), func(t *testing.T) {
			s := newServer(t, answer(200, `{"messageId":null,"recipientId":"847495","type":"Text"}`))
			if _, err := s.connect().Send(context.Background(), outgoing(inbox.Instagram, c.part)); err != nil {
				t.Fatal(err)
			}
			var body struct {
				To      string
				Content map[string]any
			}
			if err := json.Unmarshal([]byte(s.Only().Body), &body); err != nil {
				t.Fatal(err)
			}
			payload := map[string]any{"recipient": map[string]string{"id": body.To}}
			if body.Content["sender_action"] == nil {
				payload["message"] = body.Content
			} else {
				for k, v := range body.Content {
					payload[k] = v
				}
			}
			echo, err := json.Marshal(map[string]any{"eventType": "Message", "timestamp": "2025-12-18T20:08:40.195Z", "payload": payload})
			if err != nil {
				t.Fatal(err)
			}
			want := "instagram/847495 " + strings.ReplaceAll(c.want, "AT", "2025-12-18T20:08:40.195Z")
			if got := describe(decode(t, receiver(t), string(echo))); !reflect.DeepEqual(got, []string{want}) {
				t.Errorf("%s\nis read as\n%s\nwant\n%s", echo, strings.Join(got, "\n"), want)
			}
		})
	}
}

func TestWhatCannotBeSentIsNotTried(t *testing.T) {
	noRecipient := outgoing(inbox.Instagram, hello)
	noRecipient.Recipient = ""
	for _, c := range []struct {
		name string
		out  inbox.Outgoing
		kind inbox.Kind
		text string
	}{
		{"a document", outgoing(inbox.Instagram, document), inbox.Unsupported, "no other files"},
		{"the heart on Messenger", outgoing(inbox.Facebook, theHeart), inbox.Unsupported, "Instagram only"},
		{"a post", outgoing(inbox.Instagram, post), inbox.Unsupported, "cannot share a post"},
		{"to nobody", noRecipient, inbox.Rejected, "nobody said who wrote this"},
		{"on X", outgoing(inbox.Twitter, hello), inbox.Unsupported, "does not serve X"},
	} {
		t.Run(c.name, func(t *testing.T) {
			result, err := newServer(t).connect().Send(context.Background(), c.out)
			if inbox.KindOf(err) != c.kind || !strings.Contains(err.Error(), c.text) || result.Parts[0].State != inbox.StateFailed {
				t.Errorf("%v, %+v", err, result.Parts[0])
			}
		})
	}
	if _, err := newServer(t).connect().Send(context.Background(), outgoing(inbox.Instagram)); inbox.KindOf(err) != inbox.Internal {
		t.Errorf("no parts: %v", err)
	}
}

// A customer of a channel that no account is configured for is answered from
// that channel.
func TestTheChannelOfTheConversationAnswers(t *testing.T) {
	s := newServer(t, answer(200, `{"messageId":"m1","status":"sent"}`))
	out := outgoing(inbox.Facebook, hello)
	out.Conversation, out.Recipient = inbox.NewConversationID("acme", inbox.Facebook, other+":26203"), "26203"
	if _, err := s.connect().Send(context.Background(), out); err != nil {
		t.Fatal(err)
	}
	if got := s.Only(); got.Path != "/v1/communication/messenger/message" || !strings.HasPrefix(got.Body, `{"from":"`+other+`","to":"26203",`) {
		t.Errorf("%s %s", got.Path, got.Body)
	}
}

func TestWhatAnAnswerMeans(t *testing.T) {
	for _, c := range []struct {
		name   string
		status int
		header []string
		body   string
		state  inbox.State
		id     inbox.MessageID
		kind   inbox.Kind
		code   string
		text   string
		hint   string
		wait   time.Duration
	}{
		{name: "the specification's", status: 200, body: `{"messageId":"aWdfZA","recipientId":"847495","type":"Text"}`, state: inbox.StateSent, id: "aWdfZA"},
		{name: "the specification's without an id", status: 200, body: `{"messageId":null,"recipientId":"847495","type":"Reaction"}`, state: inbox.StateSent},
		{name: "the newer one", status: 200, body: `{"messageId":"abc","status":"sent"}`, state: inbox.StateSent, id: "abc"},
		{name: "the newer one, waiting", status: 200, body: `{"messageId":null,"status":"enqueued"}`, state: inbox.StateSent},
		{name: "a status that nobody has published", status: 201, body: `{"messageId":7,"status":"on its way","errorMessage":null,"errorCode":null}`, state: inbox.StateSent, id: "7"},
		{name: "a failure with status 200", status: 200, body: `{"messageId":null,"status":"error","errorMessage":"No luck.","errorCode":"130472"}`,
			state: inbox.StateFailed, kind: inbox.Rejected, code: "130472", text: "No luck."},
		{name: "a closed window with code and subcode", status: 200, body: `{"messageId":null,"status":"error","errorMessage":"Fora da janela.","errorCode":"10/2534022"}`,
			state: inbox.StateFailed, kind: inbox.WindowIsOver, code: "10/2534022", text: "Fora da janela.", hint: "customer"},
		{name: "a closed window by its subcode alone", status: 200, body: `{"status":"error","errorCode":"2018278"}`,
			state: inbox.StateFailed, kind: inbox.WindowIsOver, text: "window"},
		{name: "a closed window by its code alone", status: 200, body: `{"status":"error","errorCode":"10","errorMessage":"x"}`,
			state: inbox.StateFailed, kind: inbox.WindowIsOver, hint: "lacks a permission"},
		{name: "a code as a number", status: 200, body: `{"status":"error","errorCode":2534037,"errorMessage":"x"}`, state: inbox.StateFailed, kind: inbox.ThreadControl},
		{name: "a failure that only has words", status: 200, body: `{"messageId":null,"errorMessage":"No luck."}`, state: inbox.StateFailed, kind: inbox.Rejected, text: "No luck."},
		{name: "a failure in capitals", status: 200, body: `{"status":"ERROR"}`, state: inbox.StateFailed, kind: inbox.Rejected},
		{name: "a lost connection of the channel", status: 200, body: `{"status":"error","errorCode":"190","errorMessage":"x"}`,
			state: inbox.StateQueued, kind: inbox.Auth, hint: "connect it again in the Hub Chatt2.me dashboard"},
		{name: "trouble at the platform", status: 200, body: `{"status":"error","errorCode":"2","errorMessage":"x"}`, state: inbox.StateUnknown, kind: inbox.Unavailable},
		{name: "a limit of the platform", status: 200, body: `{"status":"error","errorCode":"613","errorMessage":"x"}`, state: inbox.StateQueued, kind: inbox.RateLimited},
		{name: "an invalid payload", status: 400, body: `{"statusCode":400,"message":["content must be an object","to must be a string"],"error":"Bad Request"}`,
			state: inbox.StateFailed, kind: inbox.Rejected, text: "content must be an object"},
		{name: "an invalid payload in an object", status: 400, body: `{"error":{"message":"to is missing"}}`, state: inbox.StateFailed, kind: inbox.Rejected, text: "to is missing"},
		{name: "an invalid payload without a word", status: 400, body: `{}`, state: inbox.StateFailed, kind: inbox.Rejected, text: "status 400 bad request"},
		{name: "a key that is refused", status: 401, body: `{"message":"Unauthorized"}`, state: inbox.StateQueued, kind: inbox.Auth, text: "Unauthorized", hint: "check api_key"},
		{name: "a key that is refused in words", status: 401, body: `Unauthorized`, state: inbox.StateQueued, kind: inbox.Auth, text: "the key is refused"},
		{name: "access that is refused", status: 403, body: `{}`, state: inbox.StateQueued, kind: inbox.Auth},
		{name: "an unknown channel", status: 404, body: `{"errorMessage":"Channel not found"}`, state: inbox.StateFailed, kind: inbox.NotFound, text: "Channel not found", hint: "check channel"},
		{name: "a limit", status: 429, body: `{}`, header: []string{"Retry-After", "30"}, state: inbox.StateQueued, kind: inbox.RateLimited, wait: 30 * time.Second},
		{name: "a limit without a wait, as a page", status: 429, body: `<html>slow down</html>`, state: inbox.StateQueued, kind: inbox.RateLimited},
		{name: "trouble", status: 503, body: `{"message":"Service Unavailable"}`, state: inbox.StateUnknown, kind: inbox.Unavailable, text: "Service Unavailable"},
		{name: "trouble with a certain refusal inside", status: 500, body: `{"errorMessage":"x","errorCode":"2534022"}`, state: inbox.StateFailed, kind: inbox.WindowIsOver},
		{name: "a page of trouble", status: 502, body: `<html>Bad Gateway</html>`, state: inbox.StateUnknown, kind: inbox.Unavailable},
		{name: "a login page", status: 200, body: `<html>Sign in</html>`, state: inbox.StateUnknown, kind: inbox.Unavailable, hint: "proxy"},
		{name: "elsewhere", status: 302, header: []string{"Location", "https://elsewhere.example/"}, body: `{}`, state: inbox.StateFailed, kind: inbox.Rejected, hint: "base_url"},
		{name: "nothing", status: 200, body: ``, state: inbox.StateUnknown, kind: inbox.Unavailable},
		{name: "neither yes nor no", status: 200, body: `{"x":1}`, state: inbox.StateUnknown, kind: inbox.Unavailable, text: "neither success nor failure"},
		{name: "cut", status: 200, body: `{"messageId":"m`, state: inbox.StateUnknown, kind: inbox.Unavailable},
		{name: "a list", status: 200, body: `[]`, state: inbox.StateUnknown, kind: inbox.Unavailable},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newServer(t, answer(c.status, c.body, append(c.header, "Date", "Sun, 09 Jun 2024 22:00:00 GMT")...))
			result, err := s.connect().Send(context.Background(), outgoing(inbox.Instagram, hello))
			s.Only() // a send is made once, whatever comes back
			if result.ServerTime.IsZero() {
				t.Error("the server's time is lost")
			}
			got := result.Parts[0]
			if got.State != c.state || got.MessageID != c.id {
				t.Fatalf("%s %q, want %s %q (%v)", got.State, got.MessageID, c.state, c.id, got.Err)
			}
			if c.state == inbox.StateSent {
				if err != nil || got.Err != nil {
					t.Errorf("sent, and %v", err)
				}
				return
			}
			var e *inbox.Error
			if !errors.As(err, &e) || got.Err != e || e.Op != "send" {
				t.Fatalf("err = %#v, the part's %#v", err, got.Err)
			}
			if e.Kind != c.kind || c.code != "" && e.Code != c.code || e.RetryAfter != c.wait {
				t.Errorf("%s, code %q, retry after %v", e.Kind, e.Code, e.RetryAfter)
			}
			if !strings.Contains(e.Text, c.text) || !strings.Contains(e.Hint, c.hint) || e.Text == "" {
				t.Errorf("text %q, hint %q", e.Text, e.Hint)
			}
			if unknown := got.State == inbox.StateUnknown; unknown != (e.Delivery == inbox.DeliveryUnknown) {
				t.Errorf("%s, and the error says %q", got.State, e.Delivery)
			}
		})
	}
}

// A message in several parts: each is a request, in order, and what one meets
// decides whether the next is tried.
func TestWhatBecomesOfTheOtherParts(t *testing.T) {
	const yes = `{"messageId":"m1","status":"sent"}`
	const sent, failed, queued, unknown = inbox.StateSent, inbox.StateFailed, inbox.StateQueued, inbox.StateUnknown
	for _, c := range []struct {
		name    string
		answers []http.HandlerFunc
		want    []inbox.State
		kind    inbox.Kind // of the error of the whole; "" for none
	}{
		{"all are sent", []http.HandlerFunc{answer(200, yes), answer(200, yes), answer(200, yes)}, []inbox.State{sent, sent, sent}, ""},
		{"one medium is refused", []http.HandlerFunc{answer(200, yes), answer(200, `{"status":"error","errorCode":"2018008"}`), answer(200, yes)}, []inbox.State{sent, failed, sent}, inbox.Rejected},
		{"the window is closed", []http.HandlerFunc{answer(200, `{"status":"error","errorCode":"2534022"}`)}, []inbox.State{failed, failed, failed}, inbox.WindowIsOver},
		{"the channel is unknown", []http.HandlerFunc{answer(404, `{}`)}, []inbox.State{failed, failed, failed}, inbox.NotFound},
		{"the key is refused", []http.HandlerFunc{answer(401, `{}`)}, []inbox.State{queued, queued, queued}, inbox.Auth},
		{"a limit after the first", []http.HandlerFunc{answer(200, yes), answer(429, `{}`, "Retry-After", "9")}, []inbox.State{sent, queued, queued}, inbox.RateLimited},
		{"the second is in doubt", []http.HandlerFunc{answer(200, yes), answer(500, `{}`)}, []inbox.State{sent, unknown, queued}, inbox.Unavailable},
		{"the first is in doubt", []http.HandlerFunc{answer(200, `<html>`)}, []inbox.State{unknown, queued, queued}, inbox.Unavailable},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newServer(t, c.answers...)
			result, err := s.connect().Send(context.Background(), outgoing(inbox.Instagram, hello, picture, clip))
			var got []inbox.State
			for _, part := range result.Parts {
				got = append(got, part.State)
				if (part.Err == nil) != (part.State == sent) {
					t.Errorf("%s, err = %v", part.State, part.Err)
				}
				if (part.State == unknown) != (part.Err != nil && part.Err.Delivery == inbox.DeliveryUnknown) {
					t.Errorf("%s, and its error says %+v", part.State, part.Err)
				}
			}
			if !reflect.DeepEqual(got, c.want) || inbox.KindOf(err) != c.kind {
				t.Errorf("%v (%v), want %v", got, err, c.want)
			}
			for i, marker := range []string{`"text"`, `"image"`, `"video"`} {
				if all := s.Requests(); i < len(all) && !strings.Contains(all[i].Body, marker) {
					t.Errorf("request %d is %s", i, all[i].Body)
				}
			}
		})
	}
}

// The ways in which a send gets no answer, and what that means.
func TestSendsWithoutAnAnswer(t *testing.T) {
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	torn := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		panic(http.ErrAbortHandler)
	}))
	t.Cleanup(torn.Close)
	for _, c := range []struct {
		name, url string
		state     inbox.State
		text      string
	}{
		{"nobody listens", gone.URL, inbox.StateQueued, "connection refused"},
		{"the connection breaks after the request", torn.URL, inbox.StateUnknown, "broke before an answer"},
	} {
		t.Run(c.name, func(t *testing.T) {
			result, err := mustOpen(t, fullLogin(c.url, io.Discard)).Send(context.Background(), outgoing(inbox.Facebook, hello, picture))
			if inbox.KindOf(err) != inbox.Unavailable || !strings.Contains(err.Error(), c.text) {
				t.Errorf("err = %v", err)
			}
			if result.Parts[0].State != c.state || result.Parts[1].State != inbox.StateQueued {
				t.Errorf("%s and %s", result.Parts[0].State, result.Parts[1].State)
			}
		})
	}
}

func TestASendThatIsGivenUp(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	s := newServer(t, func(_ http.ResponseWriter, r *http.Request) {
		cancel()
		<-r.Context().Done()
	})
	p := s.connect()
	result, err := p.Send(ctx, outgoing(inbox.Facebook, hello))
	if result.Parts[0].State != inbox.StateUnknown || !errors.Is(err, context.Canceled) {
		t.Errorf("under way: %v, %+v", err, result)
	}
	result, _ = p.Send(ctx, outgoing(inbox.Facebook, hello))
	if result.Parts[0].State != inbox.StateQueued {
		t.Errorf("before it began: %+v", result)
	}
}

// A server that tears the connection after each possible number of bytes: as
// soon as it has seen one, the send is in doubt.
func TestNoTornSendIsTakenForUnsent(t *testing.T) {
	const wholeBody = `{"from":"` + channel + `","to":"847495","content":{"text":"Hi"}}`
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	// tear takes one connection and closes it after n bytes, or at the end of
	// the request.
	tear := func(n int) (read int, complete bool) {
		conn, err := listener.Accept()
		if err != nil {
			return 0, true
		}
		defer conn.Close()
		var seen []byte
		for one := make([]byte, 1); len(seen) < n && !complete; complete = strings.HasSuffix(string(seen), wholeBody) {
			if _, err := conn.Read(one); err != nil {
				break
			}
			seen = append(seen, one[0])
		}
		return len(seen), complete
	}
	p := mustOpen(t, fullLogin("http://"+listener.Addr().String(), io.Discard))
	type torn struct {
		read     int
		complete bool
	}
	for n := 0; ; n += 13 {
		done := make(chan torn, 1)
		go func() {
			read, complete := tear(n)
			done <- torn{read, complete}
		}()
		result, _ := p.Send(t.Context(), outgoing(inbox.Facebook, inbox.Part{Kind: inbox.PartText, Text: "Hi"}))
		end := <-done
		if state := result.Parts[0].State; end.read > 0 && state != inbox.StateUnknown {
			t.Errorf("the server saw %d bytes, and the send is %s", end.read, state)
		}
		if end.complete {
			return
		}
	}
}

// FuzzSend: whatever a server answers, every part has a state, and nothing that
// is not said to be sent or refused is taken for certain.
func FuzzSend(f *testing.F) {
	for _, body := range []string{
		`{"messageId":"m1","recipientId":"1","type":"Text"}`, `{"messageId":null,"status":"enqueued"}`,
		`{"messageId":null,"status":"error","errorMessage":"no","errorCode":"10/2534022"}`,
		`{"errors":[null,{"message":{}}],"status":{}}`, `{"message":[["x"]],"errorCode":[1]}`,
	} {
		f.Add(body)
	}
	f.Fuzz(func(t *testing.T, body string) {
		result, err := offline(t, body).Send(context.Background(), outgoing(inbox.Instagram, hello, picture))
		if len(result.Parts) != 2 {
			t.Fatalf("%d results", len(result.Parts))
		}
		for _, part := range result.Parts {
			switch part.State {
			case inbox.StateSent:
			case inbox.StateFailed, inbox.StateUnknown, inbox.StateQueued:
				if part.Err == nil || err == nil {
					t.Errorf("%s without an error", part.State)
				}
			default:
				t.Errorf("state %q", part.State)
			}
		}
		if !json.Valid([]byte(body)) && result.Parts[0].State != inbox.StateUnknown {
			t.Errorf("an answer that is not JSON makes it %s", result.Parts[0].State)
		}
	})
}
