package meta_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"parley/inbox"
	"parley/platforms/hook"
	"parley/platforms/meta"
)

// The account and the customer of the tests, and when things happened.
const (
	us  = "17841400999"
	ann = "731000111"
	at  = "1794000000000" // ms
)

var (
	happened = time.UnixMilli(1794000000000).UTC()
	now      = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
)

func decoder() meta.Decoder {
	return meta.Decoder{Platform: inbox.Instagram, Own: []string{"26001"}, App: "555", Now: now}
}

// fromAnn is a body with one event of the customer; body is what stands beside
// the parties.
func fromAnn(body string) string { return envelope(inbound(body)) }

func inbound(body string) string {
	return fmt.Sprintf(`{"sender":{"id":%q},"recipient":{"id":%q},"timestamp":%s,%s}`, ann, us, at, body)
}

func outbound(body string) string {
	return fmt.Sprintf(`{"sender":{"id":%q},"recipient":{"id":%q},"timestamp":%s,%s}`, us, ann, at, body)
}

func envelope(events ...string) string {
	return fmt.Sprintf(`{"object":"instagram","entry":[{"id":%q,"time":1794000000500,"messaging":[%s]}]}`, us, strings.Join(events, ","))
}

// told writes the facts down in one line each, as they are easiest to compare.
func told(t *testing.T, body string) []string {
	t.Helper()
	deliveries, err := decoder().Decode([]byte(body))
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, d := range deliveries {
		lines = append(lines, factLines(d.Batch)...)
	}
	return lines
}

func factLines(b inbox.Batch) []string {
	var lines []string
	for _, m := range b.Messages {
		lines = append(lines, messageLine(m))
	}
	for _, e := range b.Events {
		line := fmt.Sprintf("%s %s in %s", e.Kind, e.Message, e.RemoteID)
		if e.Mine {
			line += " mine"
		}
		for _, s := range []string{e.Emoji, e.Text} {
			if s != "" {
				line += " " + s
			}
		}
		if e.Edits > 0 {
			line += fmt.Sprintf(" #%d", e.Edits)
		}
		lines = append(lines, line)
	}
	for _, c := range b.Conversations {
		if c.Taken != nil && *c.Taken {
			lines = append(lines, "taken "+c.RemoteID)
		}
		if !c.ReadUpTo.IsZero() {
			lines = append(lines, "read up to "+c.ReadUpTo.Format(time.RFC3339)+" in "+c.RemoteID)
		}
	}
	return lines
}

func messageLine(f inbox.MessageFact) string {
	m := f.Message
	id := string(m.ID)
	if strings.HasPrefix(id, "meta-") {
		id = "made"
	}
	line := fmt.Sprintf("%s %s in %s", m.Direction, id, f.RemoteID)
	if m.Event {
		line = "event in " + f.RemoteID
	}
	if m.Text != "" {
		line += fmt.Sprintf(" %q", m.Text)
	}
	for _, a := range m.Attachments {
		line += " [" + strings.TrimSpace(strings.Join([]string{a.Type, a.ID, a.URL, a.Title}, "|")) + "]"
	}
	if r := m.ReplyTo; r != nil {
		line += " re " + r.Kind + " " + string(r.Message) + r.URL
	}
	if o := m.Origin; o != nil {
		line += " by " + strings.Join([]string{o.Kind, o.Title, o.Ref, o.URL}, "|")
	}
	if m.Unsupported != "" {
		line += " (" + m.Unsupported + ")"
	}
	if len(m.Extra) > 0 {
		keys := make([]string, 0, len(m.Extra))
		for k := range m.Extra {
			keys = append(keys, k)
		}
		slices.Sort(keys)
		line += " +" + strings.Join(keys, "+")
	}
	return line
}

func TestWhatAnEventMeans(t *testing.T) {
	for _, c := range []struct {
		name, body string
		want       []string
	}{
		{"a text", inbound(`"message":{"mid":"m1","text":"hi"}`), []string{`received m1 in 731000111 "hi"`}},
		{"an echo", outbound(`"message":{"mid":"m1","text":"hi","is_echo":true}`), []string{`sent m1 in 731000111 "hi"`}},
		{"an echo with the customer as its sender", inbound(`"message":{"mid":"m1","text":"hi","is_echo":true}`), []string{`sent m1 in 731000111 "hi"`}},
		{"our own without a flag", outbound(`"message":{"mid":"m1","text":"hi"}`), []string{`sent m1 in 731000111 "hi"`}},
		{"to ourselves", outbound(`"message":{"mid":"m1","text":"hi","is_echo":true,"is_self":true}`), []string{`sent m1 in 731000111 "hi"`}},
		{"ids that are numbers", `{"sender":{"id":731000111},"recipient":{"id":17841400999},"timestamp":` + at + `,"message":{"mid":5,"text":"hi"}}`, []string{`received 5 in 731000111 "hi"`}},
		{"no mid", inbound(`"message":{"text":"hi"}`), []string{`received  in 731000111 "hi"`}},
		{"nothing in it", inbound(`"message":{"mid":"m1","text":""}`), []string{`received m1 in 731000111 (message without text or attachment)`}},
		{"not shown to us", inbound(`"message":{"mid":"m1","is_unsupported":true}`), []string{`received m1 in 731000111 (message of a kind that is shown only in the app)`}},
		{"a key that is new", inbound(`"message":{"mid":"m1","text":"hi","poll":{"a":1}}`), []string{`received m1 in 731000111 "hi" +poll`}},

		{"an image", inbound(`"message":{"mid":"m1","attachments":[{"type":"image","payload":{"url":"https://cdn.example/1"}}]}`), []string{`received m1 in 731000111 [image||https://cdn.example/1|]`}},
		{"two images and a text", inbound(`"message":{"mid":"m1","text":"both","attachments":[{"type":"image","payload":{"url":"u1"}},{"type":"image","payload":{"url":"u2"}}]}`), []string{`received m1 in 731000111 "both" [image||u1|] [image||u2|]`}},
		{"an attachment that is no list", inbound(`"message":{"mid":"m1","attachments":{"type":"audio","payload":{"url":"u"}}}`), []string{`received m1 in 731000111 [audio||u|]`}},
		{"a sticker", inbound(`"message":{"mid":"m1","attachments":[{"type":"image","payload":{"url":"u","sticker_id":369}}]}`), []string{`received m1 in 731000111 [sticker|369|u|]`}},
		{"a heart", inbound(`"message":{"mid":"m1","attachments":[{"type":"like_heart"}]}`), []string{`received m1 in 731000111 [like_heart|||]`}},
		{"to be seen once", inbound(`"message":{"mid":"m1","attachments":[{"type":"ephemeral"}]}`), []string{`received m1 in 731000111 [ephemeral|||]`}},
		{"a reel", inbound(`"message":{"mid":"m1","attachments":[{"type":"ig_reel","payload":{"reel_video_id":"77","title":"Two\nlines \ud83d\ude00","url":"u"}}]}`), []string{"received m1 in 731000111 [ig_reel|77|u|Two\nlines 😀]"}},
		{"a story", inbound(`"message":{"mid":"m1","attachments":[{"type":"ig_story","payload":{"story_media_id":"9","story_media_url":"u"}}]}`), []string{`received m1 in 731000111 [ig_story|9|u|]`}},
		{"a mention in a story", inbound(`"message":{"mid":"m1","attachments":[{"type":"story_mention","payload":{"url":"u"}}]}`), []string{`received m1 in 731000111 [story_mention||u|]`}},
		{"a post told twice", inbound(`"message":{"mid":"m1","attachments":[{"type":"share","payload":{"ig_post_media_id":"4","url":"u"}},{"type":"ig_post","payload":{"ig_post_media_id":"4","title":"t","url":"u"}}]}`), []string{`received m1 in 731000111 [ig_post|4|u|t]`}},
		{"two posts", inbound(`"message":{"mid":"m1","attachments":[{"type":"share","payload":{"url":"u1"}},{"type":"ig_post","payload":{"ig_post_media_id":"4","url":"u2"}}]}`), []string{`received m1 in 731000111 [share||u1|] [ig_post|4|u2|]`}},
		{"an empty template", inbound(`"message":{"mid":"m1","attachments":[{"type":"template","payload":{}}]}`), []string{`received m1 in 731000111 [template|||]`}},
		{"a template", inbound(`"message":{"mid":"m1","attachments":[{"type":"template","payload":{"generic":{"elements":[{"title":"Blue shoe","buttons":[]}]}}}]}`), []string{`received m1 in 731000111 [template|||Blue shoe] +attachments`}},
		{"a fallback", inbound(`"message":{"mid":"m1","text":"see","attachments":[{"type":"fallback","payload":null,"title":"A page","url":"u"}]}`), []string{`received m1 in 731000111 "see" [fallback||u|A page]`}},
		{"a type that is new", inbound(`"message":{"mid":"m1","attachments":[{"type":"hologram","payload":{"url":"u","depth":3}},7]}`), []string{`received m1 in 731000111 [hologram||u|] +attachments`}},

		{"a quick reply", inbound(`"message":{"mid":"m1","text":"Yes","quick_reply":{"payload":"YES"}}`), []string{`received m1 in 731000111 "Yes" by quick_reply||YES|`}},
		{"an answer", inbound(`"message":{"mid":"m2","text":"that","reply_to":{"mid":"m1","is_self_reply":false}}`), []string{`received m2 in 731000111 "that" re message m1`}},
		{"an answer to a story", inbound(`"message":{"mid":"m2","text":"nice","reply_to":{"story":{"id":"9","url":"u"}}}`), []string{`received m2 in 731000111 "nice" re story u`}},
		{"from an ad", inbound(`"message":{"mid":"m1","text":"hi","referral":{"ref":"r","ad_id":"12","source":"ADS","type":"OPEN_THREAD","ads_context_data":{"ad_title":"Sale","photo_url":"p"}}}`), []string{`received m1 in 731000111 "hi" by ad|Sale|r|p`}},
		{"from a product", inbound(`"message":{"mid":"m1","text":"hi","referral":{"product":{"id":"p7"}}}`), []string{`received m1 in 731000111 "hi" by product||p7|`}},
		{"from a link", inbound(`"referral":{"ref":"spring","source":"IGME-SOURCE-LINK","type":"OPEN_THREAD"}`), []string{`event in 731000111 "came by a link (spring)" by link||spring|`}},
		{"a button", inbound(`"postback":{"mid":"m1","title":"Prices","payload":"P"}`), []string{`received m1 in 731000111 "Prices" by postback|Prices|P|`}},
		{"a button without a mid", inbound(`"postback":{"title":"Prices","payload":"P"}`), []string{`received made in 731000111 "Prices" by postback|Prices|P|`}},
		{"a button of our own", outbound(`"is_self":true,"postback":{"title":"Start","mid":"m1"}`), []string{`received m1 in 731000111 "Start" by postback|Start||`}},

		{"taken back", inbound(`"message":{"mid":"m1","is_deleted":true}`), []string{`unsend m1 in 731000111`}},
		{"taken back, with the text and every flag", inbound(`"message":{"mid":"m1","is_deleted":true,"is_echo":true,"is_unsupported":true,"text":"x"}`), []string{`unsend m1 in 731000111 mine`}},
		{"changed", inbound(`"message_edit":{"mid":"m1","text":"new","num_edit":"2"}`), []string{`edit m1 in 731000111 new #2`}},
		{"new, told as changed", inbound(`"message_edit":{"mid":"m1","num_edit":0}`), []string{`announced m1 in 731000111`}},
		{"new, told as changed, by nobody", `{"timestamp":` + at + `,"message_edit":{"mid":"m1","num_edit":0}}`, []string{`announced m1 in `}},
		{"new, told as changed, with its text", inbound(`"message_edit":{"mid":"m1","text":"new","num_edit":0}`), []string{`edit m1 in 731000111 new`, `announced m1 in 731000111`}},
		{"a message of nobody", `{"timestamp":` + at + `,"message":{"mid":"m1","text":"hi"}}`, []string{`announced m1 in `}},
		{"a message of nobody without a mid", `{"timestamp":` + at + `,"message":{"text":"hi"}}`, []string{`event in notices "a message that does not say who wrote it: hi"`}},

		{"a reaction by name", inbound(`"reaction":{"mid":"m1","action":"react","reaction":"angry"}`), []string{`reaction m1 in 731000111 😡`}},
		{"a reaction by emoji", inbound(`"reaction":{"mid":"m1","action":"react","reaction":"other","emoji":"🦊"}`), []string{`reaction m1 in 731000111 🦊`}},
		{"a reaction by nothing", inbound(`"reaction":{"mid":"m1","action":"react"}`), []string{`reaction m1 in 731000111 ❔`}},
		{"a reaction of our own", outbound(`"reaction":{"mid":"m1","action":"react","reaction":"love"}`), []string{`reaction m1 in 731000111 mine ❤️`}},
		{"no more reaction", inbound(`"reaction":{"mid":"m1","action":"unreact"}`), []string{`unreaction m1 in 731000111`}},
		{"a reaction of nobody", `{"reaction":{"mid":"m1","action":"react","reaction":"wow"}}`, []string{`reaction m1 in  😮`}},
		{"read", inbound(`"read":{"mid":"m1"}`), []string{`read m1 in 731000111`}},
		{"read up to a time", inbound(`"read":{"watermark":1794000000000}`), []string{`read up to 2026-11-06T21:20:00Z in 731000111`}},
		{"read by us", outbound(`"read":{"mid":"m1"}`), nil},
		{"delivered", inbound(`"delivery":{"mids":["m1"],"watermark":1794000000000}`), nil},
		{"an opt-in", inbound(`"optin":{"type":"notification_messages"}`), nil},

		{"control passed to us", inbound(`"pass_thread_control":{"previous_owner_app_id":"1","new_owner_app_id":"555"}`), []string{`event in 731000111 "control of this thread was passed to parley's app"`}},
		{"control passed on", inbound(`"pass_thread_control":{"new_owner_app_id":1217981644879628}`), []string{`event in 731000111 "control of this thread was passed to the Instagram inbox"`, "taken 731000111"}},
		{"control taken", inbound(`"take_thread_control":{"new_owner_app_id":"9"}`), []string{`event in 731000111 "app 9 took control of this thread"`, "taken 731000111"}},
		{"control taken, nothing told", inbound(`"take_thread_control":null`), []string{`event in 731000111 "another app took control of this thread"`, "taken 731000111"}},
		{"control asked for", inbound(`"request_thread_control":{"requested_owner_app_id":"9"}`), []string{`event in 731000111 "app 9 asks for control of this thread"`}},
		{"policy", `{"recipient":{"id":"` + us + `"},"timestamp":` + at + `,"policy_enforcement":{"action":"block","reason":"spam"}}`, []string{`event in notices "Instagram enforces its policy on this account: block (spam)"`}},
		{"news of a new kind", inbound(`"poll_vote":{"option":2}`), []string{`event in 731000111 "something happened that parley does not know: poll_vote" +poll_vote`}},
		{"a key of a form that is new", inbound(`"reaction":["m1"]`), []string{`event in 731000111 "something happened that parley does not know: reaction" +reaction`}},
		{"nothing", inbound(`"is_self":true`), nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := told(t, envelope(c.body)); !slices.Equal(got, c.want) {
				t.Errorf("got\n\t%s\nwant\n\t%s", strings.Join(got, "\n\t"), strings.Join(c.want, "\n\t"))
			}
		})
	}
}

func TestEveryEnvelope(t *testing.T) {
	hi := inbound(`"message":{"mid":"m1","text":"hi"}`)
	one := []string{`received m1 in 731000111 "hi"`}
	for _, c := range []struct {
		name, body string
		want       []string
	}{
		{"messaging", envelope(hi), one},
		{"a page's", strings.Replace(envelope(hi), "instagram", "page", 1), one},
		{"of no object", strings.Replace(envelope(hi), `"object":"instagram",`, "", 1), one},
		{"in a list", "[" + envelope(hi) + "]", one},
		{"an entry in a list", `[{"id":"` + us + `","messaging":[` + hi + `]}]`, one},
		{"an event in a list", `[` + hi + `]`, one},
		{"an event alone", hi, one},
		{"entry is no list", `{"entry":{"id":"` + us + `","messaging":[` + hi + `]}}`, one},
		{"messaging is no list", `{"entry":[{"id":"` + us + `","messaging":` + hi + `}]}`, one},
		{"among what is no entry", `{"entry":[null,5,"x",{"messaging":[null,` + hi + `,[]]}]}`, one},
		{"changes", `{"entry":[{"id":"` + us + `","changes":[{"field":"messages","value":` + hi + `}]}]}`, one},
		{"field and value", `{"entry":[{"id":"` + us + `","field":"messages","value":` + hi + `}]}`, one},
		{"the dashboard's test", `{"object":"instagram","entry":[{"id":"0","time":1794000000,"changes":[{"field":"messages","value":{"sender":{"id":"12"},"recipient":{"id":"34"},"timestamp":"1527459824","message":{"mid":"m1","text":"hi"}}}]}]}`, []string{`received m1 in 12 "hi"`}},
		{"on standby", `{"entry":[{"id":"` + us + `","standby":[` + hi + `]}]}`, []string{one[0], "taken 731000111"}},
		{"on standby, as a change", `{"entry":[{"id":"` + us + `","changes":[{"field":"standby","value":` + hi + `}]}]}`, []string{one[0], "taken 731000111"}},
		{"a comment", `{"entry":[{"id":"` + us + `","changes":[{"field":"comments","value":{"id":"1","text":"nice","from":{"id":"2"}}}]}]}`, nil},
		{"a comment without a list", `{"entry":[{"id":"` + us + `","field":"comments","value":{"id":"1","text":"nice"}}]}`, nil},
		{"a mention", `{"entry":[{"id":"0","changes":[{"field":"mentions","value":{"media_id":"1"}}]}]}`, nil},
		{"empty", `{"entry":[]}`, nil},
		{"an empty entry", `{"entry":{}}`, nil},
		{"an empty list", `[]`, nil},
		{"an empty object", `{}`, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := told(t, c.body); !slices.Equal(got, c.want) {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestABodyThatCannotBeReadIsAnError(t *testing.T) {
	for _, body := range []string{"", " ", "null", "5", `"x"`, "[5]", "{", `{"entry":[`, "<html>", "\xff"} {
		if got, err := decoder().Decode([]byte(body)); err == nil {
			t.Errorf("%q: %+v", body, got)
		} else if len(body) > 4 && strings.Contains(err.Error(), body) {
			t.Errorf("%q: the error repeats it: %v", body, err)
		}
	}
}

func TestTimes(t *testing.T) {
	for _, c := range []struct {
		name, event, entry string
		want               time.Time
	}{
		{"milliseconds", `"timestamp":1794000000000`, `1`, happened},
		{"seconds", `"timestamp":1794000000`, `1`, happened},
		{"seconds in text", `"timestamp":"1794000000"`, `1`, happened},
		{"a float", `"timestamp":1.794e12`, `1`, happened},
		{"ISO", `"timestamp":"2026-11-06T21:20:00.000Z"`, `1`, happened},
		{"as the API writes it", `"timestamp":"2026-11-06T21:20:00+0000"`, `1`, happened},
		{"the entry's", `"x":1`, `1794000000`, happened},
		{"none at all", `"x":1`, `null`, now},
		{"nonsense", `"timestamp":"soon"`, `"later"`, now},
		{"beyond all years", `"timestamp":99999999999999999`, `null`, now},
	} {
		t.Run(c.name, func(t *testing.T) {
			body := fmt.Sprintf(`{"entry":[{"id":%q,"time":%s,"messaging":[{"sender":{"id":%q},"recipient":{"id":%q},%s,"message":{"mid":"m","text":"x"}}]}]}`, us, c.entry, ann, us, c.event)
			got, err := decoder().Decode([]byte(body))
			if err != nil || len(got) != 1 || len(got[0].Batch.Messages) != 1 {
				t.Fatalf("%+v, %v", got, err)
			}
			f := got[0].Batch.Messages[0]
			if !f.Message.CreatedAt.Equal(c.want) || !f.AsOf.Equal(c.want) || !got[0].Batch.AsOf.Equal(c.want) {
				t.Errorf("created %v, as of %v, batch %v; want %v", f.Message.CreatedAt, f.AsOf, got[0].Batch.AsOf, c.want)
			}
		})
	}
}

func TestOneCallMayBeForSeveralOwners(t *testing.T) {
	body := `{"entry":[` +
		`{"id":"1","messaging":[{"sender":{"id":"a"},"recipient":{"id":"1"},"message":{"mid":"m1","text":"x"}}]},` +
		`{"id":"2","messaging":[{"sender":{"id":"b"},"recipient":{"id":"2"},"message":{"mid":"m2","text":"x"}}]},` +
		`{"id":1,"messaging":[{"sender":{"id":"1"},"recipient":{"id":"a"},"message":{"mid":"m3","text":"x","is_echo":true}}]}]}`
	got, err := decoder().Decode([]byte(body))
	if err != nil || len(got) != 2 {
		t.Fatalf("%+v, %v", got, err)
	}
	if got[0].Owner != "1" || len(got[0].Batch.Messages) != 2 || got[1].Owner != "2" || len(got[1].Batch.Messages) != 1 {
		t.Errorf("%+v", got)
	}
}

func TestTheNewestWordOnControlCounts(t *testing.T) {
	standby := func(ms int) string {
		return fmt.Sprintf(`"standby":[{"sender":{"id":%q},"recipient":{"id":%q},"timestamp":%d,"message":{"mid":"s","text":"x"}}]`, ann, us, ms)
	}
	messaging := func(ms int) string {
		return fmt.Sprintf(`"messaging":[{"sender":{"id":%q},"recipient":{"id":%q},"timestamp":%d,"message":{"mid":"m","text":"x"}}]`, ann, us, ms)
	}
	for _, c := range []struct {
		name  string
		parts string
		taken bool
	}{
		{"came back", standby(1794000000000) + "," + messaging(1794000005000), false},
		{"went away", standby(1794000009000) + "," + messaging(1794000005000), true},
	} {
		got, err := decoder().Decode([]byte(`{"entry":[{"id":"` + us + `",` + c.parts + `}]}`))
		if err != nil {
			t.Fatal(err)
		}
		b := got[0].Batch
		if len(b.Conversations) != 1 || *b.Conversations[0].Taken != c.taken || b.Conversations[0].RemoteID != ann {
			t.Errorf("%s: %+v", c.name, b.Conversations)
		}
	}
}

func TestTheSameEventIsToldUnderTheSameID(t *testing.T) {
	body := fromAnn(`"referral":{"ref":"spring"}`)
	late := strings.Replace(body, "1794000000500", "1794000999999", 1)
	other := strings.Replace(body, "spring", "autumn", 1)
	id := func(body string) inbox.MessageID {
		got, err := decoder().Decode([]byte(body))
		if err != nil {
			t.Fatal(err)
		}
		return got[0].Batch.Messages[0].Message.ID
	}
	if id(body) != id(late) || id(body) == id(other) {
		t.Errorf("%s, delivered again %s, another %s", id(body), id(late), id(other))
	}
}

func TestAnEventWithoutAnEnvelope(t *testing.T) {
	b := decoder().Event(us, json.RawMessage(inbound(`"message":{"mid":"m1","text":"hi"}`)))
	if len(b.Messages) != 1 || b.Messages[0].Peer.ID != ann || b.Platform != inbox.Instagram {
		t.Errorf("%+v", b)
	}
	if b := decoder().Event(us, json.RawMessage(`5`)); len(b.Messages)+len(b.Events) != 0 {
		t.Errorf("%+v", b)
	}
}

func TestAThousandEventsAreReadWhole(t *testing.T) {
	if got := told(t, thousandEvents()); len(got) != 1000 {
		t.Errorf("%d facts", len(got))
	}
}

func BenchmarkDecodeAThousandEvents(b *testing.B) {
	body := []byte(thousandEvents())
	b.SetBytes(int64(len(body)))
	for b.Loop() {
		if _, err := decoder().Decode(body); err != nil {
			b.Fatal(err)
		}
	}
}

func thousandEvents() string {
	events := make([]string, 1000)
	for i := range events {
		events[i] = inbound(fmt.Sprintf(`"message":{"mid":"m%d","text":"number %d"}`, i, i))
	}
	return envelope(events...)
}

// FuzzDecode: no body makes it panic, and none that holds messages with parties
// loses one.
func FuzzDecode(f *testing.F) {
	f.Add([]byte(fromAnn(`"message":{"mid":"m1","text":"hi","attachments":[{"type":"image","payload":{"url":"u"}}]}`)))
	f.Add([]byte(envelope(outbound(`"message":{"mid":"m1","is_echo":true}`), inbound(`"reaction":{"mid":"m1","action":"react"}`))))
	f.Add([]byte(`{"entry":[{"id":"0","changes":[{"field":"messages","value":{"message":{"mid":"m"}}}]}]}`))
	f.Add([]byte(`{"entry":[{"standby":[{"message_edit":{"mid":1,"num_edit":"0"}}]}]}`))
	f.Add([]byte(`[{"policy_enforcement":{}},{"pass_thread_control":[]}]`))
	f.Fuzz(func(t *testing.T, body []byte) {
		deliveries, err := decoder().Decode(body)
		if err != nil {
			return
		}
		if got, want := countFacts(deliveries), countMessages(body); got < want {
			t.Errorf("%d facts of %d messages", got, want)
		}
		for _, d := range deliveries {
			if d.Batch.AsOf.IsZero() {
				t.Error("a batch of no age")
			}
			for _, m := range d.Batch.Messages {
				if m.RemoteID == "" || m.Message.CreatedAt.IsZero() || m.Message.Preview() == "[empty message]" {
					t.Errorf("%+v", m)
				}
			}
		}
	})
}

func countFacts(deliveries []hook.Delivery) int {
	n := 0
	for _, d := range deliveries {
		n += len(d.Batch.Messages) + len(d.Batch.Events)
	}
	return n
}

// countMessages counts what stands where messages stand, by the one shape that
// is documented.
func countMessages(body []byte) int {
	var envelope map[string]any
	if json.Unmarshal(body, &envelope) != nil {
		return 0
	}
	n := 0
	entries, _ := envelope["entry"].([]any)
	for _, e := range entries {
		entry, _ := e.(map[string]any)
		events, _ := entry["messaging"].([]any)
		for _, e := range events {
			event, _ := e.(map[string]any)
			if _, ok := event["message"].(map[string]any); ok {
				n++
			}
		}
	}
	return n
}
