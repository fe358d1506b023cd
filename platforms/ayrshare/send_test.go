package ayrshare_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"path"
	"strings"
	"testing"
	"time"

	"parley/inbox"
	"parley/platforms/ayrshare"
)

// partsOf makes parts as the outbox does: links are media, by their extension.
func partsOf(texts ...string) []inbox.Part {
	kinds := map[string]inbox.PartKind{".jpg": inbox.PartImage, ".mp4": inbox.PartVideo, ".aac": inbox.PartAudio}
	var parts []inbox.Part
	for _, s := range texts {
		if strings.HasPrefix(s, "https://") {
			parts = append(parts, inbox.Part{Kind: kinds[path.Ext(s)], URL: s, State: inbox.StateSending})
		} else {
			parts = append(parts, inbox.Part{Kind: inbox.PartText, Text: s, State: inbox.StateSending})
		}
	}
	return parts
}

func outgoing(platform inbox.Platform, recipient string, texts ...string) inbox.Outgoing {
	return inbox.Outgoing{
		Conversation: inbox.NewConversationID("acme", platform, "t_1/2"),
		Recipient:    recipient,
		Parts:        partsOf(texts...),
	}
}

func TestWhatASendAsks(t *testing.T) {
	const ok = `{"status":"success","messageId":"m1"}`
	for _, c := range []struct {
		name string
		out  inbox.Outgoing
		want string
	}{
		{"a text", outgoing(inbox.Instagram, "71", "What's <up> & \"so\"?\nBye 🙏🏽"), `{"recipientId":"71","message":"What's <up> & \"so\"?\nBye 🙏🏽"}`},
		{"media alone", outgoing(inbox.Facebook, "71", "https://cdn.example/a.jpg", "https://cdn.example/b.mp4"), `{"recipientId":"71","mediaUrls":["https://cdn.example/a.jpg","https://cdn.example/b.mp4"]}`},
		{"both", outgoing(inbox.Facebook, "71", "Hi", "https://cdn.example/a.jpg"), `{"recipientId":"71","message":"Hi","mediaUrls":["https://cdn.example/a.jpg"]}`},
		{"X by the customer", outgoing(inbox.Twitter, "71", "Hi"), `{"recipientId":"71","message":"Hi"}`},
		{"X by the conversation", outgoing(inbox.Twitter, "", "Hi"), `{"conversationId":"t_1/2","message":"Hi"}`},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newServer(t, answer(200, ok))
			if _, err := s.connect().Send(context.Background(), c.out); err != nil {
				t.Fatal(err)
			}
			got := s.Only()
			platform := string(c.out.Conversation.Platform())
			if got.Method != http.MethodPost || got.Path != "/api/messages/"+platform || got.Query != "" {
				t.Errorf("%s %s?%s", got.Method, got.Path, got.Query)
			}
			if got.Body != c.want {
				t.Errorf("body\n%s\nwant\n%s", got.Body, c.want)
			}
			if got.Header.Get("Content-Type") != "application/json" {
				t.Errorf("content type %q", got.Header.Get("Content-Type"))
			}
		})
	}
}

func TestASendThatCannotBeAddressedIsNotMade(t *testing.T) {
	p := newServer(t).connect()
	result, err := p.Send(context.Background(), outgoing(inbox.Facebook, "", "Hi"))
	if inbox.KindOf(err) != inbox.Rejected || result.Parts[0].State != inbox.StateFailed {
		t.Errorf("%v, %+v", err, result)
	}
	if _, err := p.Send(context.Background(), outgoing(inbox.Twitter, "71")); inbox.KindOf(err) != inbox.Internal {
		t.Errorf("no parts: %v", err)
	}
}

func TestWhatBecomesOfEachPart(t *testing.T) {
	type want struct {
		State      inbox.State     `json:"state"`
		ID         inbox.MessageID `json:"id"`
		Kind       inbox.Kind      `json:"kind"`
		Code       string          `json:"code"`
		Text       string          `json:"text"`
		Hint       string          `json:"hint"`
		RetryAfter int             `json:"retry_after_seconds"`
	}
	var cases []struct {
		Name     string            `json:"name"`
		Platform inbox.Platform    `json:"platform"`
		Parts    []string          `json:"parts"`
		Status   int               `json:"status"`
		Header   map[string]string `json:"header"`
		File     string            `json:"file"`
		Body     json.RawMessage   `json:"body"`
		Raw      string            `json:"raw"`
		Want     []want            `json:"want"`
	}
	readJSON(t, "send_cases.json", &cases)
	for _, c := range cases {
		t.Run(c.Name, func(t *testing.T) {
			body := c.Raw + string(c.Body)
			if c.File != "" {
				body = readFile(t, c.File)
			}
			header := []string{"Date", "Sun, 09 Jun 2024 22:00:00 GMT"}
			for k, v := range c.Header {
				header = append(header, k, v)
			}
			s := newServer(t, answer(c.Status, body, header...))
			result, err := s.connect().Send(context.Background(), outgoing(c.Platform, "71", c.Parts...))
			s.Only() // a send is made once, whatever comes back
			if len(result.Parts) != len(c.Want) {
				t.Fatalf("%d results for %d parts", len(result.Parts), len(c.Want))
			}
			if result.ServerTime.IsZero() {
				t.Error("the server's time is lost")
			}
			allSent := true
			for i, w := range c.Want {
				got := result.Parts[i]
				allSent = allSent && got.State == inbox.StateSent
				if got.State != w.State || got.MessageID != w.ID {
					t.Errorf("part %d: %s %q, want %s %q (%v)", i, got.State, got.MessageID, w.State, w.ID, got.Err)
				}
				if (got.Err == nil) != (got.State == inbox.StateSent) {
					t.Fatalf("part %d is %s, err = %v", i, got.State, got.Err)
				}
				if got.Err == nil {
					continue
				}
				if (w.Kind != "" && got.Err.Kind != w.Kind) || (w.Code != "" && got.Err.Code != w.Code) || got.Err.RetryAfter != time.Duration(w.RetryAfter)*time.Second {
					t.Errorf("part %d: %s, code %q, retry after %v", i, got.Err.Kind, got.Err.Code, got.Err.RetryAfter)
				}
				if !strings.Contains(got.Err.Text, w.Text) || !strings.Contains(got.Err.Hint, w.Hint) {
					t.Errorf("part %d: %q, hint %q", i, got.Err.Text, got.Err.Hint)
				}
				if unknown := got.State == inbox.StateUnknown; unknown != (got.Err.Delivery == inbox.DeliveryUnknown) {
					t.Errorf("part %d is %s, its error says %q", i, got.State, got.Err.Delivery)
				}
			}
			if allSent != (err == nil) {
				t.Errorf("err = %v", err)
			}
			if e := (*inbox.Error)(nil); err != nil && (!errors.As(err, &e) || e.Op != "send") {
				t.Errorf("err = %#v", err)
			}
		})
	}
}

// The ways in which a send gets no answer, and what that means.
func TestSendsWithoutAnAnswer(t *testing.T) {
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	untrusted := httptest.NewUnstartedServer(http.NotFoundHandler())
	untrusted.Config.ErrorLog = log.New(io.Discard, "", 0) // it complains of us
	untrusted.StartTLS()
	t.Cleanup(untrusted.Close)
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
		{"the certificate is not trusted", untrusted.URL, inbox.StateQueued, "unknown authority"},
		{"the connection breaks after the request", torn.URL, inbox.StateUnknown, "broke before an answer"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p, err := ayrshare.Open(fullLogin(c.url, io.Discard))
			if err != nil {
				t.Fatal(err)
			}
			result, err := p.Send(context.Background(), outgoing(inbox.Facebook, "71", "Hi", "https://cdn.example/a.jpg"))
			if inbox.KindOf(err) != inbox.Unavailable || !strings.Contains(err.Error(), c.text) {
				t.Errorf("err = %v", err)
			}
			for _, part := range result.Parts {
				if part.State != c.state {
					t.Errorf("%s, want %s", part.State, c.state)
				}
			}
		})
	}
}

func TestASendThatIsGivenUp(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	s := newServer(t, func(w http.ResponseWriter, r *http.Request) {
		cancel()
		<-r.Context().Done()
	})
	p := s.connect()
	result, err := p.Send(ctx, outgoing(inbox.Facebook, "71", "Hi"))
	if inbox.KindOf(err) != inbox.Unavailable || result.Parts[0].State != inbox.StateUnknown || !errors.Is(err, context.Canceled) {
		t.Errorf("under way: %v, %+v", err, result)
	}
	result, err = p.Send(ctx, outgoing(inbox.Facebook, "71", "Hi"))
	if inbox.KindOf(err) != inbox.Unavailable || result.Parts[0].State != inbox.StateQueued {
		t.Errorf("before it began: %v, %+v", err, result)
	}
}

// A server that tears the connection after each possible number of bytes: as
// soon as it has seen one, the send is in doubt.
func TestNoTornSendIsTakenForUnsent(t *testing.T) {
	const wholeBody = `{"recipientId":"71","message":"Hi"}`
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
	p, err := ayrshare.Open(fullLogin("http://"+listener.Addr().String(), io.Discard))
	if err != nil {
		t.Fatal(err)
	}
	type torn struct {
		read     int
		complete bool
	}
	for n := 0; ; n += 9 {
		done := make(chan torn, 1)
		go func() {
			read, complete := tear(n)
			done <- torn{read, complete}
		}()
		result, _ := p.Send(t.Context(), outgoing(inbox.Facebook, "71", "Hi"))
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
	for _, name := range []string{"send_text.json", "send_image.json", "send_unknown_recipient.json", "send_partial.json"} {
		f.Add(readFile(f, name))
	}
	f.Add(`{"messages":[{"id":1},null,{"status":"error","code":{}}]}`)
	f.Fuzz(func(t *testing.T, body string) {
		p := offline(t, body)
		result, err := p.Send(context.Background(), outgoing(inbox.Facebook, "71", "Hi", "https://cdn.example/a.jpg"))
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
