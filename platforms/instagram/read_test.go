package instagram

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"parley/inbox"
	"parley/platforms/loose"
)

const listPath = "GET /v24.0/me/conversations"

// row is a thread in the list.
func row(id, person, moved string) string {
	return fmt.Sprintf(`{"id":"t_%s","updated_time":%q,"participants":{"data":[{"id":%q,"username":"marlow"},{"id":%q,"username":%q}]}}`, id, moved, us, person, id)
}

func list(paging string, rows ...string) answer {
	return ok(`{"data":[` + strings.Join(rows, ",") + `]` + paging + `}`)
}

// thread is a thread with one text of the customer's.
func threadOfOne(id, person string) answer {
	return ok(fmt.Sprintf(`{"id":"t_%s","messages":{"data":[{"id":"m_%s","created_time":"2026-11-20T10:00:00+0000","from":{"id":%q,"username":%q},"to":{"data":[{"id":%q}]},"message":"hi"}]}}`, id, id, person, id, us))
}

const (
	morning = "2026-11-20T10:00:00+0000"
	noon    = "2026-11-20T12:00:00+0000"
)

// twoThreads is a list of two, with all that is behind it.
func twoThreads(t *testing.T, paging string) *graph {
	g := newGraph(t)
	g.says(listPath, list(paging, row("ann", ann, noon), row("bob", bob, morning)))
	g.says("GET /v24.0/t_ann", threadOfOne("ann", ann))
	g.says("GET /v24.0/t_bob", threadOfOne("bob", bob))
	g.says("GET /v24.0/"+ann, ok(`{"name":"Ann A.","username":"ann","profile_pic":"https://cdn.example/ann"}`))
	g.says("GET /v24.0/"+bob, refusal(400, `"code":230`))
	return g
}

func marks(m map[string]string) func(string) string { return func(id string) string { return m[id] } }

func TestAPollAsksForTheThreadsThatHaveMoved(t *testing.T) {
	const more = `,"paging":{"cursors":{"after":"CUR2"},"next":"https://graph.instagram.com/v24.0/me/conversations?access_token=x&after=CUR2"}`
	for _, c := range []struct {
		name   string
		paging string
		marks  func(string) string
		asked  []string
		gap    bool
	}{
		{"nothing is known", more, nil, []string{"t_ann", "t_bob"}, true},
		{"nothing has moved", more, marks(map[string]string{ann: noon, bob: morning}), nil, false},
		{"the newest has moved", more, marks(map[string]string{ann: morning, bob: morning}), []string{"t_ann"}, false},
		{"the last of the page has moved", more, marks(map[string]string{ann: noon}), []string{"t_bob"}, true},
		{"all have moved, and there is no more", "", marks(nil), []string{"t_ann", "t_bob"}, false},
		{"a cursor behind the last page", `,"paging":{"cursors":{"after":"CUR2"}}`, marks(nil), []string{"t_ann", "t_bob"}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				g := twoThreads(t, c.paging)
				_, res, err := read(t, g.inMemory(), inbox.ReadRequest{Mark: c.marks})
				if err != nil {
					t.Fatal(err)
				}
				var asked []string
				for _, a := range g.asked() {
					if id, ok := strings.CutPrefix(a, "GET /v24.0/t_"); ok {
						asked = append(asked, "t_"+id)
					}
				}
				if !slices.Equal(asked, c.asked) {
					t.Errorf("asked for %q, want %q", asked, c.asked)
				}
				cursor := ""
				if strings.Contains(c.paging, "next") {
					cursor = "CUR2"
				}
				if res.Gap == nil || *res.Gap != c.gap || res.Cursor != cursor {
					t.Errorf("gap %v, cursor %q", res.Gap, res.Cursor)
				}
			})
		})
	}
}

func TestWhatAPollBrings(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := twoThreads(t, "")
		p := g.inMemory()
		b, _, err := read(t, p, inbox.ReadRequest{Cursor: "CUR1"})
		if err != nil {
			t.Fatal(err)
		}
		if len(b.Messages) != 2 || b.Messages[0].RemoteID != ann || b.Messages[0].Message.Text != "hi" || b.Messages[1].Peer.ID != bob {
			t.Errorf("%+v", b.Messages)
		}
		names := map[string]string{}
		left := map[string]string{}
		for _, c := range b.Conversations {
			names[c.RemoteID] += c.Participant.Name + "@" + c.Participant.Username + " "
			left[c.RemoteID] += c.Mark
		}
		if names[ann] != "@ann Ann A.@ann " || names[bob] != "@bob " || left[ann] != noon || left[bob] != morning {
			t.Errorf("names %q, marks %q", names, left)
		}
		for _, c := range g.calls {
			if c.Path == "/v24.0/me/conversations" && (c.Query.Get("after") != "CUR1" || c.Query.Get("platform") != "instagram" || c.Query.Get("fields") != "id,updated_time,participants" || c.Query.Get("limit") != "25") {
				t.Errorf("asked %v", c.Query)
			}
			if c.Query.Has("access_token") {
				t.Errorf("the token is in the query of %s", c.Path)
			}
		}
		want := "messages.limit(20){id,created_time,from,to,message,attachments,shares{link,name,description,template},story,reactions,reply_to,is_unsupported}"
		if got := g.calls[2].Query.Get("fields"); got != want {
			t.Errorf("asked for the fields %s", got)
		}

		g.forget()
		if _, _, err := read(t, p, inbox.ReadRequest{}); err != nil {
			t.Fatal(err)
		}
		for _, a := range g.asked() {
			if a == "GET /v24.0/"+ann || a == "GET /v24.0/"+bob || a == "GET /v24.0/me" {
				t.Errorf("%s is asked again", a)
			}
		}
	})
}

func TestReadsKeepTheirPace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := twoThreads(t, "")
		slow := g.answers[listPath]
		g.does(listPath, func(c call) answer { time.Sleep(300 * time.Millisecond); return slow(c) })
		p := g.inMemory()
		for range 3 {
			if _, _, err := read(t, p, inbox.ReadRequest{}); err != nil {
				t.Fatal(err)
			}
		}
		for i := 2; i < len(g.calls); i++ {
			if within := g.calls[i].At.Sub(g.calls[i-2].At); within < time.Second {
				t.Errorf("calls %d to %d within %v", i-2, i, within)
			}
		}
		if len(g.calls) < 10 {
			t.Errorf("only %d calls", len(g.calls))
		}
	})
}

func TestWhoGivesUpWhileWaitingForItsTurnLeavesIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPace()
		if err := p.wait(t.Context()); err != nil {
			t.Fatal(err)
		}
		gone, cancel := context.WithCancel(t.Context())
		cancel()
		if p.wait(gone) == nil {
			t.Error("two have the turn")
		}
		p.done()
		if p.wait(gone) == nil {
			t.Error("a turn for who has given up")
		}
		begun := time.Now()
		if err := p.wait(t.Context()); err != nil || time.Since(begun) != between {
			t.Errorf("%v after %v", err, time.Since(begun))
		}
	})
}

func TestAnAnswerThatIsTooLargeIsAskedForInSmallerOnes(t *testing.T) {
	const tooMuch = `"code":1`
	synctest.Test(t, func(t *testing.T) {
		g := twoThreads(t, "")
		full := g.answers[listPath]
		var limits []string
		g.does(listPath, func(c call) answer {
			limits = append(limits, c.Query.Get("limit"))
			if n, _ := strconv.Atoi(c.Query.Get("limit")); n > 6 {
				return refusal(500, tooMuch)
			}
			return full(c)
		})
		g.does("GET /v24.0/t_ann", func(c call) answer {
			if !strings.HasPrefix(c.Query.Get("fields"), "messages.limit(5)") {
				return refusal(500, tooMuch)
			}
			return ok(`{"messages":{"data":[` + messages(0, 5) + `],"paging":{"cursors":{"after":"5"},"next":"x"}}}`)
		})
		g.does("GET /v24.0/t_ann/messages", func(c call) answer {
			from, _ := strconv.Atoi(c.Query.Get("after"))
			if c.Query.Get("limit") != "5" {
				return refusal(500, tooMuch)
			}
			return ok(fmt.Sprintf(`{"data":[%s],"paging":{"cursors":{"after":"%d"},"next":"x"}}`, messages(from, from+5), from+5))
		})
		p := g.inMemory()
		for _, c := range []struct {
			after time.Duration
			want  []string // limits
			calls int
		}{
			{0, []string{"25", "12", "6"}, 1 + 3 + 3 + 3 + 1}, // us, the threads, the messages, their writer
			{time.Minute, []string{"6"}, 1 + 4},               // what was found out is known
			{growAfter, []string{"12", "6"}, 2 + 2 + 3},       // and tried again after a while
		} {
			time.Sleep(c.after)
			limits = nil
			g.forget()
			b, _, err := read(t, p, inbox.ReadRequest{Mark: marks(map[string]string{bob: morning})})
			if err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(limits, c.want) {
				t.Errorf("after %v: limits %q", c.after, limits)
			}
			if len(b.Messages) != 20 {
				t.Errorf("after %v: %d messages of the 20 newest", c.after, len(b.Messages))
			}
			if asked := g.asked(); len(asked) != c.calls {
				t.Errorf("after %v: %d requests, want %d:%s", c.after, len(asked), c.calls, lines(asked))
			}
		}
	})
	synctest.Test(t, func(t *testing.T) {
		g := newGraph(t)
		g.says(listPath, refusal(500, tooMuch))
		if _, _, err := read(t, g.inMemory(), inbox.ReadRequest{}); inbox.KindOf(err) != inbox.Unavailable {
			t.Errorf("never small enough: %v", err)
		}
		if n := len(g.asked()); n != 1+5 {
			t.Errorf("%d requests", n)
		}
	})
}

func messages(from, to int) string {
	var rows []string
	for i := from; i < to; i++ {
		rows = append(rows, fmt.Sprintf(`{"id":"m%d","created_time":%q,"from":{"id":%q},"to":{"data":[{"id":%q}]},"message":"number %d"}`, i, morning, ann, us, i))
	}
	return strings.Join(rows, ",")
}

func TestOneConversation(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := twoThreads(t, "")
		g.does(listPath, func(c call) answer {
			if c.Query.Get("user_id") != ann {
				return list("")
			}
			return list("", row("ann", ann, noon))
		})
		p := g.inMemory()
		b, _, err := read(t, p, inbox.ReadRequest{Conversation: ann})
		if err != nil || len(b.Messages) != 1 || len(b.Conversations) != 1 || b.Conversations[0].Mark != noon {
			t.Errorf("%+v, %v", b, err)
		}
		b, _, err = read(t, p, inbox.ReadRequest{Conversation: bob})
		if err != nil || len(b.Messages)+len(b.Conversations) != 0 {
			t.Errorf("a conversation that is gone: %+v, %v", b, err)
		}
	})
}

func TestOneMessage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGraph(t)
		g.says("GET /v24.0/m1", ok(`{"id":"m1","created_time":"2026-11-20T10:00:00+0000","from":{"id":"`+us+`"},"to":{"data":[{"id":"`+ann+`"}]},"message":"ours"}`))
		g.says("GET /v24.0/m2", ok(`{"id":"m2","created_time":"2026-11-20T10:00:00+0000"}`))
		g.says("GET /v24.0/m3", refusal(400, `"code":9000001`))
		g.says("GET /v24.0/m4", refusal(400, `"code":100`))
		p := g.inMemory()
		b, _, err := read(t, p, inbox.ReadRequest{Message: "m1"})
		if err != nil || len(b.Messages) != 1 || b.Messages[0].RemoteID != ann || b.Messages[0].Message.Direction != inbox.Sent || b.Messages[0].Message.Text != "ours" {
			t.Errorf("%+v, %v", b.Messages, err)
		}
		for _, id := range []inbox.MessageID{"m2", "m3", "m4"} {
			if b, _, err := read(t, p, inbox.ReadRequest{Message: id}); inbox.KindOf(err) != inbox.NotFound || len(b.Messages) != 0 {
				t.Errorf("%s: %+v, %v", id, b.Messages, err)
			}
		}
	})
}

func TestAThreadThatCannotBeReadStopsNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := twoThreads(t, "")
		g.says("GET /v24.0/t_ann", refusal(400, `"code":100,"error_subcode":33`))
		b, _, err := read(t, g.inMemory(), inbox.ReadRequest{})
		if err != nil || len(b.Messages) != 1 || b.Messages[0].RemoteID != bob || b.Conversations[0].Mark != noon {
			t.Errorf("%+v, %v", b, err)
		}
	})
	for kind, a := range map[inbox.Kind]answer{
		inbox.Auth:        refusal(400, `"code":190`),
		inbox.RateLimited: refusal(400, `"code":4`),
		inbox.Unavailable: no(502, "<html>"),
	} {
		synctest.Test(t, func(t *testing.T) {
			g := twoThreads(t, "")
			g.says("GET /v24.0/t_bob", a)
			b, res, err := read(t, g.inMemory(), inbox.ReadRequest{})
			if inbox.KindOf(err) != kind || len(b.Messages) != 1 || res.Gap != nil || res.Cursor != "" {
				t.Errorf("%s: %+v, %+v, %v", kind, b, res, err)
			}
		})
	}
}

func TestUsageSlowsReadsDown(t *testing.T) {
	for _, c := range []struct {
		name   string
		header map[string]string
		wait   time.Duration // until the next poll; 0 when nothing is told
		pause  time.Duration // before the API may be asked at all
	}{
		{"little", map[string]string{"X-App-Usage": `{"call_count":12,"total_cputime":0,"total_time":0}`}, 0, 0},
		{"much", map[string]string{"X-App-Usage": `{"call_count":12,"total_cputime":76,"total_time":0}`}, 2 * time.Minute, 0},
		{"much, of another", map[string]string{"X-App-Usage": `{"call_count":12}`, "X-Business-Use-Case-Usage": `{"1":[{"call_count":5}],"2":[{"total_time":"88","estimated_time_to_regain_access":0}]}`}, 5 * time.Minute, 0},
		{"nearly all", map[string]string{"X-App-Usage": `{"call_count":99}`}, 15 * time.Minute, 0},
		{"blocked", map[string]string{"X-Business-Use-Case-Usage": `{"1":[{"call_count":100,"estimated_time_to_regain_access":7}],"2":[{"estimated_time_to_regain_access":19}]}`}, 19 * time.Minute, 19 * time.Minute},
		{"broken", map[string]string{"X-App-Usage": `{"call_count":9`, "X-Business-Use-Case-Usage": `[1]`}, 0, 0},
		{"of another form", map[string]string{"X-App-Usage": `{"call_count":{}}`, "X-Business-Use-Case-Usage": `{"1":[7,null],"2":"x"}`}, 0, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				g := newGraph(t)
				full := list("")
				full.header = c.header
				g.says(listPath, full)
				p := g.inMemory()
				_, res, err := read(t, p, inbox.ReadRequest{})
				if err != nil {
					t.Fatal(err)
				}
				if wait := time.Until(res.NextUpdate); c.wait == 0 != res.NextUpdate.IsZero() || c.wait > 0 && (wait < c.wait-2*time.Second || wait > c.wait+time.Second) {
					t.Errorf("next update in %v", wait)
				}
				asked := len(g.asked())
				_, _, err = read(t, p, inbox.ReadRequest{})
				if c.pause == 0 {
					if err != nil {
						t.Error(err)
					}
					return
				}
				e := inbox.AsError(err)
				if e == nil || e.Kind != inbox.RateLimited || e.RetryAfter < c.pause-time.Second || len(g.asked()) != asked {
					t.Errorf("%+v, %d requests", e, len(g.asked())-asked)
				}
				sent, err := p.Send(t.Context(), outgoing(text("hi")))
				if inbox.KindOf(err) != inbox.RateLimited || sent.Parts[0].State != inbox.StateQueued {
					t.Errorf("a send meanwhile: %v", err)
				}
				time.Sleep(c.pause + time.Second)
				if _, _, err = read(t, p, inbox.ReadRequest{}); err != nil {
					t.Errorf("after the pause: %v", err)
				}
			})
		})
	}
}

func TestARefusalTellsTheWaitThatTheHeadersTell(t *testing.T) {
	g := newGraph(t)
	limited := refusal(400, `"code":80002`)
	limited.header = map[string]string{"X-Business-Use-Case-Usage": `{"1":[{"estimated_time_to_regain_access":7}]}`}
	g.says(sendPath, limited)
	_, err := g.at().Send(t.Context(), outgoing(text("hi")))
	if e := inbox.AsError(err); e == nil || e.Kind != inbox.RateLimited || e.RetryAfter < 6*time.Minute || e.RetryAfter > 7*time.Minute {
		t.Errorf("%+v", e)
	}
}

// TestWhatAMessageMeans is the conversion of one row.
func TestWhatAMessageMeans(t *testing.T) {
	me := identity{UserID: us, AppScoped: scope, Username: "marlow"}
	const received = `"id":"m1","created_time":"2026-11-20T10:00:00+0000","from":{"id":"731000111","username":"ann"},"to":{"data":[{"id":"17841400999","username":"marlow"}]}`
	for _, c := range []struct {
		name, row, want string // "" when it cannot be placed
	}{
		{"a text", `{` + received + `,"message":"hi","is_unsupported":false}`, `received 731000111 "hi"`},
		{"ours", `{"id":"m1","created_time":"2026-11-20T10:00:00+0000","from":{"id":"17841400999"},"to":{"data":[{"id":"731000111"}]},"message":"hi"}`, `sent 731000111 "hi"`},
		{"ours by the app's id", `{"id":"m1","created_time":"2026-11-20T10:00:00+0000","from":{"id":"26001"},"to":{"data":[{"id":"731000111"}]},"message":"hi"}`, `sent 731000111 "hi"`},
		{"ours by the name", `{"id":"m1","created_time":"2026-11-20T10:00:00+0000","from":{"username":"Marlow"},"to":{"data":[{"id":"731000111"}]},"message":"hi"}`, `sent 731000111 "hi"`},
		{"an image", `{` + received + `,"message":"","attachments":{"data":[{"id":"a1","mime_type":"image/jpeg","name":"p.jpg","size":12,"image_data":{"url":"u","width":3}}]}}`, `received 731000111 "" [image|a1|u|p.jpg|12]`},
		{"a sticker", `{` + received + `,"attachments":{"data":[{"image_data":{"url":"u","render_as_sticker":true}}]}}`, `received 731000111 "" [sticker||u||0]`},
		{"a video", `{` + received + `,"attachments":{"data":[{"mime_type":"video/mp4","video_data":{"url":"u"}}]}}`, `received 731000111 "" [video||u||0]`},
		{"a voice message", `{` + received + `,"attachments":{"data":[{"mime_type":"audio/mp4","file_url":"u"}]}}`, `received 731000111 "" [audio||u||0]`},
		{"a document", `{` + received + `,"attachments":{"data":[{"mime_type":"application/pdf","file_url":"u","name":"a.pdf"}]}}`, `received 731000111 "" [file||u|a.pdf|0]`},
		{"a template", `{` + received + `,"attachments":{"data":[{"generic_template":{"title":"Shoe"}}]}}`, `received 731000111 "" [template|||Shoe|0]`},
		{"a post", `{` + received + `,"shares":{"data":[{"link":"https://www.instagram.com/p/1/","name":"N","description":"D"}]}}`, `received 731000111 "" [share||https://www.instagram.com/p/1/|N|0]`},
		{"a mention", `{` + received + `,"story":{"mention":{"link":"u","id":"s1"}}}`, `received 731000111 "" [story_mention|s1|u||0]`},
		{"an answer to a story", `{` + received + `,"message":"nice","story":{"reply_to":{"link":"u","id":"s1"}}}`, `received 731000111 "nice" re story u`},
		{"an answer", `{` + received + `,"message":"that","reply_to":{"mid":"m0"}}`, `received 731000111 "that" re message m0`},
		{"reactions by name", `{` + received + `,"message":"hi","reactions":{"data":[{"reaction":"love","users":[{"id":"17841400999"},{"id":"731000111"}]}]}}`, `received 731000111 "hi" ← 17841400999❤️! ← 731000111❤️ (all)`},
		{"reactions by emoji", `{` + received + `,"message":"hi","reactions":{"data":[{"reaction":"🦊","users":[{"username":"ann"}]}]}}`, `received 731000111 "hi" ← ann🦊 (all)`},
		{"no reaction any more", `{` + received + `,"message":"hi","reactions":{"data":[]}}`, `received 731000111 "hi" (all)`},
		{"not for us", `{` + received + `,"message":"","is_unsupported":true}`, `received 731000111 "" (message of a kind that is shown only in the app)`},
		{"empty", `{` + received + `,"message":""}`, `received 731000111 "" (content no longer available)`},
		{"a field that is new", `{` + received + `,"message":"hi","mood":"good","tags":null}`, `received 731000111 "hi" +mood`},
		{"id and time only", `{"id":"m1","created_time":"2026-11-20T10:00:00+0000","is_unsupported":false}`, ""},
		{"no id", `{"created_time":"2026-11-20T10:00:00+0000","from":{"id":"1"}}`, ""},
		{"no time", `{"id":"m1","from":{"id":"1"},"message":"hi"}`, ""},
		{"ours to nobody", `{"id":"m1","created_time":"2026-11-20T10:00:00+0000","from":{"id":"17841400999"},"message":"hi"}`, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			o, _ := loose.ParseObject(json.RawMessage(c.row))
			fact, ok := messageFact(o, me, inbox.Participant{})
			if got := factLine(fact); ok != (c.want != "") || ok && got != c.want {
				t.Errorf("%v, got\n\t%s\nwant\n\t%s", ok, got, c.want)
			}
		})
	}
}

func factLine(f inbox.MessageFact) string {
	m := f.Message
	line := fmt.Sprintf("%s %s %q", m.Direction, f.RemoteID, m.Text)
	for _, a := range m.Attachments {
		line += fmt.Sprintf(" [%s|%s|%s|%s|%d]", a.Type, a.ID, a.URL, a.Title, a.Bytes)
	}
	if m.ReplyTo != nil {
		line += " re " + m.ReplyTo.Kind + " " + string(m.ReplyTo.Message) + m.ReplyTo.URL
	}
	for _, r := range m.Reactions {
		line += " ← " + r.UserID + r.Emoji
		if r.Mine {
			line += "!"
		}
	}
	if f.KnowsReactions {
		line += " (all)"
	}
	if m.Unsupported != "" {
		line += " (" + m.Unsupported + ")"
	}
	for k := range m.Extra {
		line += " +" + k
	}
	return line
}

func TestWhoseLoginItIs(t *testing.T) {
	for name, body := range map[string]string{"flat": aboutUs, "wrapped": `{"data":[` + aboutUs + `]}`, "numbers": `{"user_id":17841400999,"id":26001,"username":"marlow"}`} {
		o, _ := loose.ParseObject(json.RawMessage(body))
		if me := identityOf(o); me.UserID != us || me.AppScoped != scope || me.Username != "marlow" {
			t.Errorf("%s: %+v", name, me)
		}
	}
}

func TestPosts(t *testing.T) {
	g := newGraph(t)
	g.does("GET /v24.0/me/media", func(c call) answer {
		if c.Query.Get("after") == "" {
			return ok(`{"data":[{"id":"1","caption":"a","media_type":"CAROUSEL_ALBUM","permalink":"https://www.instagram.com/p/1/","timestamp":"2026-11-01T10:00:00+0000"},{"caption":"no id"}],"paging":{"cursors":{"after":"C"},"next":"x"}}`)
		}
		return ok(`{"data":[{"id":"2","media_type":"VIDEO","media_product_type":"REELS"}]}`)
	})
	p := g.at()
	first, err := p.Posts(t.Context(), "")
	if err != nil || len(first.Posts) != 1 || first.Cursor != "C" {
		t.Fatalf("%+v, %v", first, err)
	}
	want := inbox.Post{ID: "1", Kind: "carousel_album", Caption: "a", Permalink: "https://www.instagram.com/p/1/", At: time.Date(2026, 11, 1, 10, 0, 0, 0, time.UTC)}
	if first.Posts[0] != want {
		t.Errorf("%+v", first.Posts[0])
	}
	second, err := p.Posts(t.Context(), first.Cursor)
	if err != nil || len(second.Posts) != 1 || second.Posts[0].Kind != "reel" || second.Cursor != "" {
		t.Errorf("%+v, %v", second, err)
	}
}

// FuzzMessage: no row makes the conversion panic, and what is placed can be shown.
func FuzzMessage(f *testing.F) {
	f.Add([]byte(`{"id":"m1","created_time":"2026-11-20T10:00:00+0000","from":{"id":"1"},"to":{"data":[{"id":"2"}]},"message":"hi","attachments":{"data":[{"file_url":"u"}]},"shares":[{}],"story":{"mention":{}},"reactions":{"data":[{"users":[1]}]}}`))
	f.Add([]byte(`{"id":1,"created_time":1794000000,"from":{"username":"x"},"to":[{"id":3}],"is_unsupported":"true"}`))
	me := identity{UserID: us, Username: "marlow"}
	f.Fuzz(func(t *testing.T, body []byte) {
		o, ok := loose.ParseObject(body)
		if !ok {
			return
		}
		fact, ok := messageFact(o, me, inbox.Participant{})
		if m := fact.Message; ok && (fact.RemoteID == "" || m.ID == "" || m.Preview() == "[empty message]") {
			t.Errorf("%+v", fact)
		}
		if row, ok := loose.ParseObject(body); ok {
			threadOf(row, me)
			postOf(row)
			identityOf(row)
			registrations(row)
		}
	})
}

// FuzzUsage: no header makes a pause longer than a day, or a negative one.
func FuzzUsage(f *testing.F) {
	f.Add(`{"call_count":80,"total_cputime":"0","total_time":1e3}`, `{"1":[{"call_count":1,"estimated_time_to_regain_access":9223372036854775807}],"2":{}}`)
	f.Add(`[]`, `{"1":[null,{"call_count":-5,"estimated_time_to_regain_access":-1}]}`)
	f.Fuzz(func(t *testing.T, app, business string) {
		var u usage
		now := time.Now()
		u.note(http.Header{"X-App-Usage": {app}, "X-Business-Use-Case-Usage": {business}}, now)
		if wait := u.pause(now); wait < 0 || wait > 24*time.Hour {
			t.Errorf("a pause of %v", wait)
		}
		if wait := u.left(now); wait < 0 || wait > 24*time.Hour {
			t.Errorf("refused for %v", wait)
		}
	})
}
