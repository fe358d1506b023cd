package instagram

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"parley/inbox"
	"parley/platforms/login"
)

var toAnn = inbox.NewConversationID("acme", inbox.Instagram, ann)

func outgoing(parts ...inbox.Part) inbox.Outgoing {
	return inbox.Outgoing{Conversation: toAnn, Recipient: ann, Parts: parts}
}

func text(s string) inbox.Part  { return inbox.Part{Kind: inbox.PartText, Text: s} }
func image(u string) inbox.Part { return inbox.Part{Kind: inbox.PartImage, URL: u} }

const sendPath = "POST /v24.0/" + us + "/messages"

// noHost answers no HEAD: the media of these tests are nowhere.
const noHost = "https://media.invalid/"

// TestBodiesAreThoseOfTheAPI: every kind of send, field for field as the API's
// page on sending has it.
func TestBodiesAreThoseOfTheAPI(t *testing.T) {
	for _, c := range []struct {
		name string
		part []inbox.Part
		want string
	}{
		{"text", []inbox.Part{text("Hello World")}, `{"recipient":{"id":"731000111"},"message":{"text":"Hello World"}}`},
		{"text with <, > and &", []inbox.Part{text("a < b & c")}, `{"recipient":{"id":"731000111"},"message":{"text":"a < b & c"}}`},
		{"image", []inbox.Part{image(noHost + "1.jpg")}, `{"recipient":{"id":"731000111"},"message":{"attachments":{"type":"image","payload":{"url":"https://media.invalid/1.jpg"}}}}`},
		{"images", []inbox.Part{image(noHost + "1.jpg"), image(noHost + "2.png")}, `{"recipient":{"id":"731000111"},"message":{"attachments":[{"type":"image","payload":{"url":"https://media.invalid/1.jpg"}},{"type":"image","payload":{"url":"https://media.invalid/2.png"}}]}}`},
		{"video", []inbox.Part{{Kind: inbox.PartVideo, URL: noHost + "v.mp4"}}, `{"recipient":{"id":"731000111"},"message":{"attachment":{"type":"video","payload":{"url":"https://media.invalid/v.mp4"}}}}`},
		{"audio", []inbox.Part{{Kind: inbox.PartAudio, URL: noHost + "v.wav"}}, `{"recipient":{"id":"731000111"},"message":{"attachment":{"type":"audio","payload":{"url":"https://media.invalid/v.wav"}}}}`},
		{"file", []inbox.Part{{Kind: inbox.PartFile, URL: noHost + "v.pdf"}}, `{"recipient":{"id":"731000111"},"message":{"attachment":{"type":"file","payload":{"url":"https://media.invalid/v.pdf"}}}}`},
		{"heart", []inbox.Part{{Kind: inbox.PartHeart}}, `{"recipient":{"id":"731000111"},"message":{"attachment":{"type":"like_heart"}}}`},
		{"post", []inbox.Part{{Kind: inbox.PartPost, Post: "1790001"}}, `{"recipient":{"id":"731000111"},"message":{"attachment":{"type":"MEDIA_SHARE","payload":{"id":"1790001"}}}}`},
		{"react", []inbox.Part{{Kind: inbox.PartReaction, Target: "m1", Emoji: "❤️"}}, `{"recipient":{"id":"731000111"},"sender_action":"react","payload":{"message_id":"m1","reaction":"❤️"}}`},
		{"unreact", []inbox.Part{{Kind: inbox.PartUnreaction, Target: "m1"}}, `{"recipient":{"id":"731000111"},"sender_action":"unreact","payload":{"message_id":"m1"}}`},
	} {
		t.Run(c.name, func(t *testing.T) {
			g := newGraph(t)
			g.says(sendPath, ok(`{"recipient_id":"731000111","message_id":"sent-1"}`))
			res, err := g.at().Send(t.Context(), outgoing(c.part...))
			if err != nil {
				t.Fatal(err)
			}
			for _, part := range res.Parts {
				if part.State != inbox.StateSent || part.MessageID != "sent-1" || part.Err != nil {
					t.Errorf("%+v", part)
				}
			}
			if got := g.bodies(); len(got) != 1 || got[0] != c.want {
				t.Errorf("sent%s\nwant\n\t%s", lines(got), c.want)
			}
			if sent := g.last(); sent.Header.Get("Authorization") != "Bearer "+key || len(sent.Query) != 0 || sent.Header.Get("Content-Type") != "application/json" {
				t.Errorf("header %v, query %v", sent.Header, sent.Query)
			}
		})
	}
}

func TestSignals(t *testing.T) {
	for signal, want := range map[inbox.Signal]string{
		inbox.SignalTyping:    `{"recipient":{"id":"731000111"},"sender_action":"typing_on"}`,
		inbox.SignalNotTyping: `{"recipient":{"id":"731000111"},"sender_action":"typing_off"}`,
		inbox.SignalSeen:      `{"recipient":{"id":"731000111"},"sender_action":"mark_seen"}`,
	} {
		g := newGraph(t)
		g.says(sendPath, ok(`{"recipient_id":"731000111"}`))
		if err := g.at().Signal(t.Context(), toAnn, ann, signal); err != nil {
			t.Errorf("%s: %v", signal, err)
		}
		if got := g.bodies(); len(got) != 1 || got[0] != want {
			t.Errorf("%s: %q", signal, got)
		}
		g.says(sendPath, refusal(403, `"code":10,"error_subcode":2534022`))
		if err := g.at().Signal(t.Context(), toAnn, ann, signal); inbox.KindOf(err) != inbox.WindowIsOver {
			t.Errorf("%s refused: %v", signal, err)
		}
	}
	p := newGraph(t).at()
	if err := p.Signal(t.Context(), toAnn, "", inbox.SignalSeen); inbox.KindOf(err) != inbox.Rejected {
		t.Errorf("to nobody: %v", err)
	}
	if err := p.Signal(t.Context(), toAnn, ann, "waving"); inbox.KindOf(err) != inbox.Unsupported {
		t.Errorf("a signal that is none: %v", err)
	}
}

func TestATextWithMediaIsSeveralSends(t *testing.T) {
	g := newGraph(t)
	n := 0
	g.does(sendPath, func(call) answer {
		n++
		return ok(fmt.Sprintf(`{"recipient_id":"731000111","message_id":"sent-%d"}`, n))
	})
	res, err := g.at().Send(t.Context(), outgoing(text("hi"), inbox.Part{Kind: inbox.PartVideo, URL: noHost + "v.mp4"}, image(noHost+"1.jpg"), image(noHost+"2.jpg")))
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, part := range res.Parts {
		ids = append(ids, string(part.MessageID))
	}
	if want := []string{"sent-1", "sent-3", "sent-2", "sent-2"}; !slices.Equal(ids, want) {
		t.Errorf("ids %q, want %q", ids, want)
	}
}

func TestElevenImagesAreTwoMessages(t *testing.T) {
	g := newGraph(t)
	g.says(sendPath, ok(`{"message_id":"m"}`))
	var parts []inbox.Part
	for i := range 11 {
		parts = append(parts, image(fmt.Sprintf("%s%d.jpg", noHost, i)))
	}
	if _, err := g.at().Send(t.Context(), outgoing(parts...)); err != nil {
		t.Fatal(err)
	}
	got := g.bodies()
	if len(got) != 2 || strings.Count(got[0], "url") != 10 || strings.Count(got[1], "url") != 1 {
		t.Errorf("%q", got)
	}
}

// TestWhatBecomesOfASend: what each answer makes of the part that it is for, and
// of a part behind it.
func TestWhatBecomesOfASend(t *testing.T) {
	const (
		sent, failed, queued, unknown = inbox.StateSent, inbox.StateFailed, inbox.StateQueued, inbox.StateUnknown
	)
	for _, c := range []struct {
		name          string
		answer        answer
		first, second inbox.State
		kind          inbox.Kind
	}{
		{"accepted without an id", ok(`{"recipient_id":"1"}`), sent, sent, ""},
		{"an error in a 200", ok(`{"error":{"message":"x","code":100,"error_subcode":2018047}}`), failed, failed, inbox.Rejected},
		{"the window", refusal(403, `"type":"IGApiException","code":10,"error_subcode":2534022`), failed, failed, inbox.WindowIsOver},
		{"the window under 500", refusal(500, `"code":10,"error_subcode":2018278`), failed, failed, inbox.WindowIsOver},
		{"no such person", refusal(400, `"code":100,"error_subcode":2534014`), failed, failed, inbox.NotFound},
		{"blocked", refusal(400, `"code":551,"error_subcode":1545041`), failed, failed, inbox.NotFound},
		{"another app", refusal(400, `"code":100,"error_subcode":2534037`), failed, failed, inbox.ThreadControl},
		{"restricted", refusal(400, `"code":2022`), failed, failed, inbox.Rejected},
		{"the token", refusal(401, `"code":190,"error_subcode":463`), queued, queued, inbox.Auth},
		{"no permission", refusal(403, `"code":200`), queued, queued, inbox.Auth},
		{"a limit", refusal(500, `"code":613,"is_transient":false`), queued, queued, inbox.RateLimited},
		{"a limit by status alone", no(429, ""), queued, queued, inbox.RateLimited},
		{"a bad attachment", refusal(400, `"code":100,"error_subcode":2018008`), failed, failed, inbox.Rejected},
		{"a refused link", refusal(400, `"code":508,"error_subcode":2534122,"is_transient":true`), failed, failed, inbox.Rejected},
		{"a code that nobody knows", refusal(400, `"code":31415`), failed, failed, inbox.Rejected},
		{"trouble", refusal(500, `"code":2`), unknown, queued, inbox.Unavailable},
		{"trouble in a 400", refusal(400, `"code":1,"error_subcode":99`), unknown, queued, inbox.Unavailable},
		{"passing trouble", refusal(400, `"code":31415,"is_transient":true`), unknown, queued, inbox.Unavailable},
		{"an empty 500", no(500, ""), unknown, queued, inbox.Unavailable},
		{"a gateway", no(502, "<html>bad gateway"), unknown, queued, inbox.Unavailable},
		{"a web page", ok("<html>log in"), unknown, queued, inbox.Unavailable},
		{"a 200 that is cut", ok(`{"recipient_id":"1","mess`), unknown, queued, inbox.Unavailable},
	} {
		t.Run(c.name, func(t *testing.T) {
			g := newGraph(t)
			g.says(sendPath, c.answer)
			res, err := g.at().Send(t.Context(), outgoing(text("hi"), inbox.Part{Kind: inbox.PartVideo, URL: noHost + "v.mp4"}))
			if inbox.KindOf(err) != c.kind || len(res.Parts) != 2 {
				t.Fatalf("%v, %d parts", err, len(res.Parts))
			}
			if res.Parts[0].State != c.first || res.Parts[1].State != c.second {
				t.Errorf("%s and %s, want %s and %s", res.Parts[0].State, res.Parts[1].State, c.first, c.second)
			}
			for _, part := range res.Parts {
				doubt := part.Err != nil && part.Err.Delivery == inbox.DeliveryUnknown
				if doubt != (part.State == unknown) || (part.Err == nil) != (part.State == sent) {
					t.Errorf("%s with %+v", part.State, part.Err)
				}
			}
			tries := 1
			if c.first == sent || c.name == "a bad attachment" || c.name == "an error in a 200" || c.name == "a refused link" || c.name == "a code that nobody knows" {
				tries = 2 // what is wrong with one part is not wrong with the next
			}
			if got := len(g.bodies()); got != tries {
				t.Errorf("%d requests, want %d", got, tries)
			}
		})
	}
}

func TestASendWithoutAnAnswer(t *testing.T) {
	g := newGraph(t)
	g.does(sendPath, func(call) answer { panic(http.ErrAbortHandler) })
	p := g.at()
	if _, err := p.me(t.Context(), "x"); err != nil {
		t.Fatal(err)
	}
	res, err := p.Send(t.Context(), outgoing(text("hi"), image(noHost+"1.jpg")))
	if inbox.KindOf(err) != inbox.Unavailable || res.Parts[0].State != inbox.StateUnknown || res.Parts[1].State != inbox.StateQueued || len(g.bodies()) != 1 {
		t.Errorf("torn: %v, %+v", err, res.Parts)
	}

	memory := newKept()
	memory.put(t, memorySelf, identity{Token: fingerprint(login.NewSecret(key)), UserID: us})
	p = mustOpen(t, form(remembering(memory), func(l *login.Login) { l.BaseURL = "http://127.0.0.1:1/v24.0" }), nil)
	res, err = p.Send(t.Context(), outgoing(text("hi"), image(noHost+"1.jpg")))
	if inbox.KindOf(err) != inbox.Unavailable || res.Parts[0].State != inbox.StateQueued || res.Parts[1].State != inbox.StateQueued {
		t.Errorf("nobody listens: %v, %+v", err, res.Parts)
	}
}

func TestNothingIsSentBeforeItIsKnownWhoseLoginItIs(t *testing.T) {
	for _, c := range []struct {
		answer answer
		kind   inbox.Kind
	}{
		{refusal(400, `"code":190`), inbox.Auth},
		{no(502, "<html>"), inbox.Unavailable},
		{ok(`{"username":"marlow"}`), inbox.Unavailable},
	} {
		g := newGraph(t)
		g.says("GET /v24.0/me", c.answer)
		res, err := g.at().Send(t.Context(), outgoing(text("hi")))
		if inbox.KindOf(err) != c.kind || res.Parts[0].State != inbox.StateQueued || len(g.bodies()) != 0 {
			t.Errorf("%v, %+v, %d sends", err, res.Parts, len(g.bodies()))
		}
	}
}

func TestWhatIsRefusedHere(t *testing.T) {
	for _, c := range []struct {
		name string
		out  inbox.Outgoing
		kind inbox.Kind
		text string
	}{
		{"too long", outgoing(text(strings.Repeat("é", 501))), inbox.Rejected, "1002 bytes"},
		{"nobody", inbox.Outgoing{Conversation: toAnn, Parts: []inbox.Part{text("x")}}, inbox.Rejected, "id is not known"},
		{"nothing", outgoing(), inbox.Internal, "without parts"},
		{"a post without an id", outgoing(inbox.Part{Kind: inbox.PartPost, URL: "https://www.instagram.com/p/x/"}), inbox.Rejected, "no id"},
		{"a part of no kind", outgoing(inbox.Part{Kind: "hologram"}), inbox.Unsupported, "hologram"},
	} {
		g := newGraph(t)
		res, err := g.at().Send(t.Context(), c.out)
		if inbox.KindOf(err) != c.kind || !strings.Contains(fmt.Sprint(err), c.text) || len(g.bodies()) != 0 {
			t.Errorf("%s: %v, %d sends", c.name, err, len(g.bodies()))
		}
		for _, part := range res.Parts {
			if part.State != inbox.StateFailed {
				t.Errorf("%s: %s", c.name, part.State)
			}
		}
	}
	g := newGraph(t)
	g.says(sendPath, ok(`{"message_id":"m"}`))
	if _, err := g.at().Send(t.Context(), outgoing(text(strings.Repeat("é", 500)))); err != nil {
		t.Errorf("1000 bytes: %v", err)
	}
}

func TestSeveralImagesAreSentOneByOneWhereTheyMust(t *testing.T) {
	g := newGraph(t)
	g.does(sendPath, func(c call) answer {
		if strings.Contains(c.Body, `"attachments":[`) {
			return refusal(400, `"code":100,"error_subcode":2534068`)
		}
		return ok(fmt.Sprintf(`{"message_id":"m%d"}`, strings.Index(c.Body, ".jpg")))
	})
	memory := newKept()
	three := outgoing(text("hi"), image(noHost+"1.jpg"), image(noHost+"22.jpg"), image(noHost+"333.jpg"))
	for run, wanted := range []int{5, 4} { // the second time it is known
		res, err := g.at(remembering(memory)).Send(t.Context(), three)
		if err != nil {
			t.Fatal(err)
		}
		ids := map[inbox.MessageID]bool{}
		for _, part := range res.Parts {
			ids[part.MessageID] = true
			if part.State != inbox.StateSent || part.Err != nil {
				t.Errorf("%+v", part)
			}
		}
		if len(ids) != 4 || len(g.bodies()) != wanted {
			t.Errorf("run %d: %d messages, %d requests", run, len(ids), len(g.bodies()))
		}
		g.forget()
	}
}

func TestTheHumanAgentTag(t *testing.T) {
	late := outgoing(text("hi"))
	late.Late = true
	for _, c := range []struct {
		name string
		out  inbox.Outgoing
		edit func(*login.Login)
		want string
	}{
		{"late", late, withAgent, `{"recipient":{"id":"731000111"},"message":{"text":"hi"},"tag":"HUMAN_AGENT"}`},
		{"in time", outgoing(text("hi")), withAgent, `{"recipient":{"id":"731000111"},"message":{"text":"hi"}}`},
		{"not allowed by the config", late, func(*login.Login) {}, `{"recipient":{"id":"731000111"},"message":{"text":"hi"}}`},
	} {
		g := newGraph(t)
		g.says(sendPath, ok(`{"message_id":"m"}`))
		if _, err := g.at(c.edit).Send(t.Context(), c.out); err != nil {
			t.Fatal(err)
		}
		if got := g.bodies(); len(got) != 1 || got[0] != c.want {
			t.Errorf("%s: %q", c.name, got)
		}
	}
}

func TestARefusedTagIsRememberedForAWeek(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g, memory := newGraph(t), newKept()
		g.says(sendPath, no(403, `{"error":{"message":"To use 'Human Agent' …","type":"IGApiException"}}`))
		p := g.inMemory(withAgent, remembering(memory))
		if late := p.Capabilities(inbox.Instagram).Window.Late; late != 7*24*time.Hour {
			t.Fatalf("late until %v", late)
		}
		out := outgoing(text("hi"), image(noHost+"1.jpg"))
		out.Late = true
		res, err := p.Send(t.Context(), out)
		if inbox.KindOf(err) != inbox.WindowIsOver || res.Parts[0].State != inbox.StateFailed || res.Parts[1].State != inbox.StateFailed || len(g.bodies()) != 1 {
			t.Fatalf("%v, %+v", err, res.Parts)
		}
		for name, p := range map[string]*provider{"the same run": p, "the next run": g.inMemory(withAgent, remembering(memory))} {
			if late := p.Capabilities(inbox.Instagram).Window.Late; late != 0 {
				t.Errorf("%s: late until %v", name, late)
			}
		}
		g.forget()
		if _, err := p.Send(t.Context(), out); strings.Contains(g.bodies()[0], "tag") {
			t.Errorf("tagged again (%v)", err)
		}
		time.Sleep(8 * 24 * time.Hour)
		if late := p.Capabilities(inbox.Instagram).Window.Late; late == 0 {
			t.Error("never tried again")
		}
	})
}

// TestMediaAreLookedAt: what a medium's server tells decides before anything is
// sent, and what it does not tell decides nothing.
func TestMediaAreLookedAt(t *testing.T) {
	var seen []http.Header
	media := newMediaHost(t, &seen)
	for _, c := range []struct {
		kind inbox.PartKind
		path string
		text string // "" when it is sent
	}{
		{inbox.PartImage, "/image/jpeg/1000", ""},
		{inbox.PartImage, "/image/png/8388608", ""},
		{inbox.PartImage, "/image/png/8388609", "8.0 MB, Instagram takes at most 8 MB"},
		{inbox.PartImage, "/image/gif/10", "image/gif"},
		{inbox.PartImage, "/text/html/10", "text/html"},
		{inbox.PartVideo, "/video/mp4/26214401", "at most 25 MB"},
		{inbox.PartVideo, "/video/quicktime/10", ""},
		{inbox.PartAudio, "/audio/x-m4a/10", ""},
		{inbox.PartFile, "/application/pdf/10", ""},
		{inbox.PartFile, "/application/zip/10", "application/zip"},
		{inbox.PartFile, "/application/octet-stream/10", ""},
		{inbox.PartImage, "/refused", ""},
	} {
		t.Run(c.path, func(t *testing.T) {
			g := newGraph(t)
			g.says(sendPath, ok(`{"message_id":"m"}`))
			res, err := g.at().Send(t.Context(), outgoing(text("see"), inbox.Part{Kind: c.kind, URL: media + c.path}))
			if c.text == "" {
				if err != nil || res.Parts[1].State != inbox.StateSent {
					t.Errorf("%v, %+v", err, res.Parts)
				}
				return
			}
			if inbox.KindOf(err) != inbox.Rejected || !strings.Contains(err.Error(), c.text) || res.Parts[0].State != inbox.StateSent || res.Parts[1].State != inbox.StateFailed {
				t.Errorf("%v, %+v", err, res.Parts)
			}
		})
	}
	for _, h := range seen {
		if h.Get("Authorization") != "" || h.Get("Cookie") != "" {
			t.Errorf("a stranger was told %v", h)
		}
	}
}

// newMediaHost answers HEAD /TYPE/SUBTYPE/SIZE with that.
func newMediaHost(t *testing.T, seen *[]http.Header) string {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		*seen = append(*seen, r.Header)
		parts := strings.Split(strings.Trim(r.URL.Path, "/"), "/")
		if r.Method != http.MethodHead || len(parts) != 3 {
			http.Error(w, "no", http.StatusMethodNotAllowed)
			return
		}
		w.Header().Set("Content-Type", parts[0]+"/"+parts[1])
		w.Header().Set("Content-Length", parts[2])
	}))
	t.Cleanup(s.Close)
	return s.URL
}

// TestManySendsAskOnceWhoseLoginItIs: while nobody knows it, all wait for one
// request, and not each for its own.
func TestManySendsAskOnceWhoseLoginItIs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGraph(t)
		g.says(sendPath, ok(`{"recipient_id":"731000111","message_id":"sent-1"}`))
		p := g.inMemory()
		var senders sync.WaitGroup
		for range 20 {
			senders.Go(func() {
				if _, err := p.Send(t.Context(), outgoing(text("hello"))); err != nil {
					t.Error(err)
				}
			})
		}
		senders.Wait()
		var asked int
		for _, request := range g.asked() {
			if request == "GET /v24.0/me" {
				asked++
			}
		}
		if asked != 1 {
			t.Errorf("asked %d times, want once", asked)
		}
	})
}
