package cli

// Every request body that the providers' documents show, produced by a command
// of the real binary and compared field for field. The expected bodies are read
// from the documents, not from the providers' code, and the servers are not the
// simulator: they record, and answer what the documents say.
//
//	Ayrshare   https://www.ayrshare.com/docs/apis/messages/send-message
//	Instagram  https://developers.facebook.com/docs/instagram-platform/instagram-api-with-instagram-login/messaging-api
//	chatt2me   https://docs.chatt2.me/docs/latest/sending-messages/content-types/

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// recorder keeps what is posted to it.
type recorder struct {
	*httptest.Server
	answer func(r *http.Request, body string) (status int, answer string)

	mu     sync.Mutex
	posted []posted
}

type posted struct {
	path, body string
	header     http.Header
}

func newRecorder(t *testing.T, answer func(*http.Request, string) (int, string)) *recorder {
	r := &recorder{answer: answer}
	r.Server = httptest.NewServer(http.HandlerFunc(r.serve))
	t.Cleanup(r.Close)
	return r
}

func (r *recorder) serve(w http.ResponseWriter, req *http.Request) {
	body, _ := io.ReadAll(req.Body)
	if req.Method == http.MethodPost {
		r.mu.Lock()
		r.posted = append(r.posted, posted{req.URL.Path, string(body), req.Header.Clone()})
		r.mu.Unlock()
	}
	status, answer := r.answer(req, string(body))
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, answer)
}

// take returns what was posted since the last time.
func (r *recorder) take() []posted {
	r.mu.Lock()
	defer r.mu.Unlock()
	list := r.posted
	r.posted = nil
	return list
}

// documented is a command and the bodies that a document shows for it.
type documented struct {
	name   string
	args   []string
	bodies []string
}

func (c documented) check(t *testing.T, d *desk, r *recorder, path string, header map[string]string) {
	t.Helper()
	r.take()
	d.parley(append(c.args, "--json")...).exits(exitDone)
	got := r.take()
	if len(got) != len(c.bodies) {
		t.Fatalf("%d requests of %d: %+v", len(got), len(c.bodies), got)
	}
	for i, want := range c.bodies {
		if got[i].path != path {
			t.Errorf("posted to %s, want %s", got[i].path, path)
		}
		for name, value := range header {
			if have := got[i].header.Get(name); have != value {
				t.Errorf("%s is %q, want %q", name, have, value)
			}
		}
		if !sameJSON(t, got[i].body, want) {
			t.Errorf("body %s\nwant %s", got[i].body, want)
		}
	}
}

func sameJSON(t *testing.T, a, b string) bool {
	t.Helper()
	var x, y any
	if err := json.Unmarshal([]byte(a), &x); err != nil {
		t.Fatalf("%v in %q", err, a)
	}
	if err := json.Unmarshal([]byte(b), &y); err != nil {
		t.Fatalf("%v in %q", err, b)
	}
	return reflect.DeepEqual(x, y)
}

func TestDocumentedBodiesOfAyrshare(t *testing.T) {
	t.Parallel()
	now := time.Now().UTC().Add(-time.Minute).Format("2006-01-02T15:04:05.000Z")
	r := newRecorder(t, func(req *http.Request, body string) (int, string) {
		switch {
		case req.Method == http.MethodPost && strings.Contains(body, "mediaUrls"):
			return 200, `{"status":"success","recipientId":"283839222","messageId":"m_2","type":"image","mediaUrl":"https://img.example/gb.jpg"}`
		case req.Method == http.MethodPost:
			return 200, `{"status":"success","recipientId":"283839222","messageId":"m_1","message":"What's up!"}`
		case strings.HasSuffix(req.URL.Path, "/user"):
			return 200, `{"activeSocialAccounts":["facebook","instagram","twitter"],"messagingEnabled":true}`
		case req.URL.Query().Get("conversationsOnly") != "" || req.URL.Query().Get("status") == "archived":
			return 200, `{"status":"success","conversationIds":[],"converstationsDetails":[],"messages":[]}`
		}
		platform := req.URL.Path[strings.LastIndex(req.URL.Path, "/")+1:]
		return 200, fmt.Sprintf(`{"status":"success","messages":[{"id":"in-%[1]s","conversationId":"t_%[1]s","platform":"%[1]s","action":"received",
			"created":"%[2]s","senderId":"283839222","recipientId":"1","senderDetails":{"name":"Customer"},"message":"hello"}]}`, platform, now)
	})
	d := newDesk(t, r.URL+"/api", "")
	d.parley("sync").exits(exitDone)
	for _, c := range []struct {
		platform string
		documented
	}{
		{"instagram", documented{"text", []string{"send", "t_instagram", "What's up!"},
			[]string{`{"recipientId":"283839222","message":"What's up!"}`}}},
		{"facebook", documented{"emoji", []string{"send", "t_facebook", "thanks 🙏🏽"},
			[]string{`{"recipientId":"283839222","message":"thanks 🙏🏽"}`}}},
		{"facebook", documented{"media alone", []string{"send", "t_facebook", "--media", "https://img.example/gb.jpg"},
			[]string{`{"recipientId":"283839222","mediaUrls":["https://img.example/gb.jpg"]}`}}},
		{"twitter", documented{"text and media", []string{"send", "t_twitter", "look", "--media", "https://img.example/gb.jpg"},
			[]string{`{"recipientId":"283839222","message":"look","mediaUrls":["https://img.example/gb.jpg"]}`}}},
	} {
		t.Run(c.platform+"/"+c.name, func(t *testing.T) {
			d.t = t
			c.check(t, d, r, "/api/messages/"+c.platform, map[string]string{"Authorization": "Bearer " + testKey, "Content-Type": "application/json"})
		})
	}
}

// What the Graph API's stand-in knows.
const (
	graphOwn      = "17841400000000001"
	graphCustomer = "5550001112223334"
	graphMessage  = "aWdfZAG1faXRlbToxCUSTOMER"
	graphToken    = "IGAA-TEST-TOKEN-51c0"
)

// graphAnswers is the least that the Graph API says.
func graphAnswers(now time.Time) func(*http.Request, string) (int, string) {
	sent := 0
	var mu sync.Mutex
	at := now.Add(-time.Minute).UTC().Format("2006-01-02T15:04:05-0700")
	message := `{"id":"` + graphMessage + `","created_time":"` + at + `","message":"hello",
		"from":{"id":"` + graphCustomer + `","username":"ada"},"to":{"data":[{"id":"` + graphOwn + `","username":"shop"}]}}`
	return func(req *http.Request, body string) (int, string) {
		mu.Lock()
		defer mu.Unlock()
		path := strings.TrimPrefix(req.URL.Path, "/v24.0")
		switch {
		case req.Method == http.MethodPost && strings.Contains(body, "sender_action"):
			return 200, `{"recipient_id":"` + graphCustomer + `"}`
		case req.Method == http.MethodPost:
			sent++
			return 200, fmt.Sprintf(`{"recipient_id":"%s","message_id":"aWdf-sent-%d"}`, graphCustomer, sent)
		case path == "/me":
			return 200, `{"id":"9000000000000002","user_id":"` + graphOwn + `","username":"shop","name":"Shop"}`
		case path == "/me/conversations":
			return 200, `{"data":[{"id":"aWdf-thread","updated_time":"` + at + `","participants":{"data":[
				{"id":"` + graphCustomer + `","username":"ada"},{"id":"` + graphOwn + `","username":"shop"}]}}],"paging":{"cursors":{"after":""}}}`
		case strings.HasPrefix(path, "/aWdf-thread"):
			return 200, `{"messages":{"data":[` + message + `]},"id":"aWdf-thread","data":[` + message + `]}`
		case strings.HasSuffix(path, "/media"):
			return 200, `{"data":[{"id":"17900000000000009","media_type":"IMAGE","permalink":"https://www.instagram.com/p/Cx1/","caption":"New tea"}]}`
		case path == "/"+graphCustomer:
			return 200, `{"name":"Ada","username":"ada","id":"` + graphCustomer + `"}`
		}
		return 200, `{"data":[]}`
	}
}

func TestDocumentedBodiesOfTheInstagramGraphAPI(t *testing.T) {
	t.Parallel()
	r := newRecorder(t, graphAnswers(time.Now()))
	d := newDesk(t, "http://127.0.0.1:1/api", "")
	d.write("config.toml", fmt.Sprintf("[[account]]\nname = \"shop\"\nprovider = \"instagram\"\nbase_url = %q\naccess_token = %q\n", r.URL+"/v24.0", graphToken))
	d.parley("sync").exits(exitDone)
	const to = `"recipient":{"id":"` + graphCustomer + `"}`
	const image, video = "https://img.example/a.jpg", "https://img.example/v.mp4"
	for _, c := range []documented{
		{"text", []string{"send", graphCustomer, "Hello World"}, []string{`{` + to + `,"message":{"text":"Hello World"}}`}},
		{"image", []string{"send", graphCustomer, "--media", image},
			[]string{`{` + to + `,"message":{"attachments":{"type":"image","payload":{"url":"` + image + `"}}}}`}},
		{"several images", []string{"send", graphCustomer, "--media", image, "--media", "https://img.example/b.png"},
			[]string{`{` + to + `,"message":{"attachments":[{"type":"image","payload":{"url":"` + image + `"}},{"type":"image","payload":{"url":"https://img.example/b.png"}}]}}`}},
		{"video", []string{"send", graphCustomer, "--media", video},
			[]string{`{` + to + `,"message":{"attachment":{"type":"video","payload":{"url":"` + video + `"}}}}`}},
		{"audio", []string{"send", graphCustomer, "--media", "https://img.example/a.m4a"},
			[]string{`{` + to + `,"message":{"attachment":{"type":"audio","payload":{"url":"https://img.example/a.m4a"}}}}`}},
		{"file", []string{"send", graphCustomer, "--media", "https://img.example/a.pdf"},
			[]string{`{` + to + `,"message":{"attachment":{"type":"file","payload":{"url":"https://img.example/a.pdf"}}}}`}},
		{"text with media are several sends", []string{"send", graphCustomer, "Look", "--media", image, "--media", video},
			[]string{
				`{` + to + `,"message":{"text":"Look"}}`,
				`{` + to + `,"message":{"attachments":{"type":"image","payload":{"url":"` + image + `"}}}}`,
				`{` + to + `,"message":{"attachment":{"type":"video","payload":{"url":"` + video + `"}}}}`,
			}},
		{"heart", []string{"heart", graphCustomer}, []string{`{` + to + `,"message":{"attachment":{"type":"like_heart"}}}`}},
		{"react", []string{"react", graphCustomer, graphMessage, "❤️"},
			[]string{`{` + to + `,"sender_action":"react","payload":{"message_id":"` + graphMessage + `","reaction":"❤️"}}`}},
		{"unreact", []string{"unreact", graphCustomer, graphMessage},
			[]string{`{` + to + `,"sender_action":"unreact","payload":{"message_id":"` + graphMessage + `"}}`}},
		{"post by id", []string{"share", graphCustomer, "17900000000000009"},
			[]string{`{` + to + `,"message":{"attachment":{"type":"MEDIA_SHARE","payload":{"id":"17900000000000009"}}}}`}},
		{"post by address", []string{"share", graphCustomer, "instagram.com/p/Cx1"},
			[]string{`{` + to + `,"message":{"attachment":{"type":"MEDIA_SHARE","payload":{"id":"17900000000000009"}}}}`}},
	} {
		t.Run(c.name, func(t *testing.T) {
			d.t = t
			c.check(t, d, r, "/v24.0/"+graphOwn+"/messages", map[string]string{"Authorization": "Bearer " + graphToken, "Content-Type": "application/json"})
		})
	}
}

// What chatt2me's stand-in knows.
const (
	hubChannel  = "7f1f6a55-52a5-4c4f-9d0b-0c5a3d6f8e21"
	hubCustomer = "847495000000001"
	hubKey      = "c2m-TEST-KEY-77aa"
	hubSecret   = "c2m-test-signing-secret"
)

func TestDocumentedBodiesOfChatt2me(t *testing.T) {
	t.Parallel()
	const from = `"from":"` + hubChannel + `","to":"` + hubCustomer + `","content":`
	const image, video, audio = "https://img.example/a.jpg", "https://img.example/v.mp4", "https://img.example/a.wav"
	attached := func(kind, url string) string {
		return `{` + from + `{"attachment":{"type":"` + kind + `","payload":{"url":"` + url + `"}}}}`
	}
	react := []documented{
		{"react", []string{"react", hubCustomer, "mid-in-1", "❤️"}, []string{`{` + from + `{"sender_action":"react","payload":{"message_id":"mid-in-1","reaction":"love"}}}`}},
		{"react without a name", []string{"react", hubCustomer, "mid-in-1", "🎉"}, []string{`{` + from + `{"sender_action":"react","payload":{"message_id":"mid-in-1","reaction":"🎉"}}}`}},
		{"unreact", []string{"unreact", hubCustomer, "mid-in-1"}, []string{`{` + from + `{"sender_action":"unreact","payload":{"message_id":"mid-in-1"}}}`}},
	}
	text := documented{"text", []string{"send", hubCustomer, "Hello from chatt2me!"}, []string{`{` + from + `{"text":"Hello from chatt2me!"}}`}}
	heart := documented{"heart", []string{"heart", hubCustomer}, []string{`{` + from + `{"attachment":{"type":"like_heart"}}}`}}
	for _, dialect := range []struct {
		name, platform, path string
		cases                []documented
	}{
		{"meta", "instagram", "instagram", append([]documented{text, heart,
			{"image", []string{"send", hubCustomer, "--media", image}, []string{attached("image", image)}},
			{"video", []string{"send", hubCustomer, "--media", video}, []string{attached("video", video)}},
			{"audio", []string{"send", hubCustomer, "--media", audio}, []string{attached("audio", audio)}},
		}, react...)},
		{"flat", "instagram", "instagram", []documented{text,
			{"image", []string{"send", hubCustomer, "--media", image}, []string{`{` + from + `{"imageUrl":"` + image + `"}}`}},
			{"video", []string{"send", hubCustomer, "--media", video}, []string{`{` + from + `{"videoUrl":"` + video + `"}}`}},
			{"audio", []string{"send", hubCustomer, "--media", audio}, []string{`{` + from + `{"audioUrl":"` + audio + `"}}`}},
		}},
		{"meta", "facebook", "messenger", append([]documented{text,
			{"image", []string{"send", hubCustomer, "--media", image}, []string{attached("image", image)}},
		}, react...)},
	} {
		t.Run(dialect.platform+"/"+dialect.name, func(t *testing.T) {
			r := newRecorder(t, func(req *http.Request, _ string) (int, string) {
				if req.Method == http.MethodPost {
					return 200, `{"messageId":null,"recipientId":"` + hubCustomer + `","type":"Text"}`
				}
				return 200, `{"data":[],"pagination":{"offset":0,"limit":50,"total":0,"totalPages":0}}`
			})
			address := freeAddress(t)
			d := newDesk(t, "http://127.0.0.1:1/api", "")
			d.write("config.toml", fmt.Sprintf("[webhook]\nlisten = %q\n\n[[account]]\nname = \"hub\"\nprovider = \"chatt2me\"\nbase_url = %q\napi_key = %q\nchannel = %q\nplatform = %q\ndialect = %q\nwebhook_secrets = [%q]\n",
				address, r.URL+"/v1", hubKey, hubChannel, dialect.platform, dialect.name, hubSecret))
			d.receive(address, fmt.Sprintf(`{"eventType":"Message","channelId":%q,"messageId":"mid-in-1","from":%q,"timestamp":%d,"channel":%q,"content":{"type":"text","text":"hello"}}`,
				hubChannel, hubCustomer, time.Now().Unix(), dialect.path))
			for _, c := range dialect.cases {
				t.Run(c.name, func(t *testing.T) {
					d.t = t
					c.check(t, d, r, "/v1/communication/"+dialect.path+"/message", map[string]string{"x-api-key": hubKey})
				})
			}
		})
	}
}

// freeAddress is an address on the loopback that nobody listens on.
func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// receive runs parley without a screen until it has taken in one event of
// chatt2me's, signed.
func (d *desk) receive(address, event string) {
	d.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), runPatience)
	defer cancel()
	cmd := d.command(ctx, "run")
	var said bytes.Buffer
	cmd.Stderr = &said
	if err := cmd.Start(); err != nil {
		d.t.Fatal(err)
	}
	stamp := fmt.Sprint(time.Now().Unix())
	mac := hmac.New(sha256.New, []byte(hubSecret))
	mac.Write([]byte(stamp + "." + event))
	signature := "t=" + stamp + ",v1=" + hex.EncodeToString(mac.Sum(nil))
	for status := 0; status != http.StatusOK; {
		req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+address+"/webhook/hub", strings.NewReader(event))
		if err != nil {
			d.t.Fatal(err)
		}
		req.Header.Set("X-hub-Signature", signature)
		res, err := http.DefaultClient.Do(req)
		switch {
		case ctx.Err() != nil:
			d.t.Fatalf("the event was not taken in: %v\n%s", err, said.String())
		case err != nil: // not listening yet
			time.Sleep(20 * time.Millisecond)
			continue
		}
		res.Body.Close()
		if status = res.StatusCode; status != http.StatusOK && status != http.StatusServiceUnavailable {
			d.t.Fatalf("the event was answered with %d", status)
		}
	}
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		d.t.Fatal(err)
	}
	if err := cmd.Wait(); err != nil {
		d.t.Fatalf("run ended with %v\n%s", err, said.String())
	}
}
