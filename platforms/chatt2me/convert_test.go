package chatt2me_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"parley/inbox"
	"parley/platforms/hook"
)

// describe writes facts down, one a line, so that a table can say what a body
// means: platform/conversation, what, and of a message direction, id, time, text,
// and whatever else it has.
func describe(found []hook.Delivery) []string {
	var lines []string
	for _, d := range found {
		for _, c := range d.Batch.Conversations {
			line := fmt.Sprintf("%s/%s conversation", d.Batch.Platform, c.RemoteID)
			if c.Taken != nil {
				line += fmt.Sprintf(" taken=%v", *c.Taken)
			}
			if !c.ReadUpTo.IsZero() {
				line += " read up to " + stamp(c.ReadUpTo)
			}
			lines = append(lines, line)
		}
		for _, f := range d.Batch.Messages {
			lines = append(lines, fmt.Sprintf("%s/%s %s", d.Batch.Platform, f.RemoteID, describeMessage(f.Message)))
		}
		for _, e := range d.Batch.Events {
			lines = append(lines, fmt.Sprintf("%s/%s %s", d.Batch.Platform, e.RemoteID, describeEvent(e)))
		}
	}
	return lines
}

func stamp(t time.Time) string { return t.Format("2006-01-02T15:04:05.999Z07:00") }

func describeMessage(m inbox.Message) string {
	var b strings.Builder
	what := "message"
	if m.Event {
		what = "notice"
	}
	id := m.ID
	if strings.HasPrefix(string(id), "chatt2me-") {
		id = "(made up)"
	}
	fmt.Fprintf(&b, "%s %s %s %s %q", what, m.Direction, id, stamp(m.CreatedAt), m.Text)
	for _, a := range m.Attachments {
		fmt.Fprintf(&b, " [%s]", strings.Join(slices.DeleteFunc([]string{a.Type, a.ID, a.URL, a.Title}, func(s string) bool { return s == "" }), " "))
	}
	if m.ReplyTo != nil {
		fmt.Fprintf(&b, " re %s %s%s", m.ReplyTo.Kind, m.ReplyTo.Message, m.ReplyTo.URL)
	}
	if m.Origin != nil {
		fmt.Fprintf(&b, " by %s %q (%s)", m.Origin.Kind, m.Origin.Title, m.Origin.Ref)
	}
	if m.Unsupported != "" {
		fmt.Fprintf(&b, " unsupported %q", m.Unsupported)
	}
	if len(m.Extra) > 0 {
		fmt.Fprintf(&b, " extra %v", slices.Sorted(maps.Keys(m.Extra)))
	}
	return b.String()
}

func describeEvent(e inbox.EventFact) string {
	who := e.UserID
	if e.Mine {
		who = "us"
	}
	return strings.Join(strings.Fields(fmt.Sprintf("%s to %s %s by %s %s %s", e.Kind, e.Message, e.Emoji, who, stamp(e.At), e.Text)), " ")
}

// Every shape of the documents, and those between them, with values of our own.
func TestWhatAnEventMeans(t *testing.T) {
	for _, c := range []struct {
		name string
		body string
		want []string
	}{
		// The newer documents: what a customer wrote.
		{"a text", `{"eventType":"Message","channelId":"` + channel + `","messageId":"m1","from":"847495","timestamp":1766088520,"channel":"instagram","content":{"type":"text","text":"Where is it? 📦"}}`,
			[]string{`instagram/847495 message received m1 2025-12-18T20:08:40Z "Where is it? 📦"`}},
		{"a text with the time in ISO 8601, the channel in capitals", `{"eventType":"message","channelId":"` + strings.ToUpper(channel) + `","messageId":"m1","from":"847495","timestamp":"2025-12-18T20:08:40.195Z","channel":"INSTAGRAM","content":{"type":"Text","text":"Hi"}}`,
			[]string{`instagram/847495 message received m1 2025-12-18T20:08:40.195Z "Hi"`}},
		{"a text with milliseconds, and ids as numbers", `{"eventType":"Message","channelId":"` + channel + `","messageId":12,"from":847495,"timestamp":1766088520195,"content":{"type":"text","text":"Hi"}}`,
			[]string{`instagram/847495 message received 12 2025-12-18T20:08:40.195Z "Hi"`}},
		{"a text in an object", `{"eventType":"Message","messageId":"m1","from":"847495","timestamp":1766088520,"content":{"type":"text","text":{"body":"Hi"}}}`,
			[]string{`instagram/847495 message received m1 2025-12-18T20:08:40Z "Hi"`}},
		{"a content that is the text", `{"eventType":"Message","messageId":"m1","from":{"id":"847495","name":"Ada"},"content":"Hi"}`,
			[]string{`instagram/847495 message received m1 2025-12-18T20:09:00Z "Hi"`}},
		{"a button without a time", `{"eventType":"Message","channelId":"` + channel + `","messageId":"m2","from":"847495","channel":"instagram","content":{"type":"interactive","interactive":{"type":"button_reply","button_reply":{"id":"SUPPORT","title":"Support"}}}}`,
			[]string{`instagram/847495 message received m2 2025-12-18T20:09:00Z "Support" by quick_reply "Support" (SUPPORT)`}},
		{"an entry of a list", `{"eventType":"Message","messageId":"m2","from":"847495","content":{"type":"interactive","interactive":{"type":"list_reply","list_reply":{"id":"S","title":"Size S","description":"fits"}}}}`,
			[]string{`instagram/847495 message received m2 2025-12-18T20:09:00Z "Size S" by quick_reply "Size S" (S)`}},
		{"a quick reply as Meta tells it", `{"eventType":"Message","messageId":"m2","from":"847495","timestamp":1766088520,"content":{"type":"text","text":"Sales","quick_reply":{"payload":"VENDAS"}}}`,
			[]string{"instagram/847495 conversation taken=false", `instagram/847495 message received m2 2025-12-18T20:08:40Z "Sales" by quick_reply "" (VENDAS)`}},
		{"a place without a person", `{"eventType":"Message","content":{"type":"location","location":{"latitude":-23.5505,"longitude":-46.6333}}}`,
			[]string{`instagram/notices notice received (made up) 2025-12-18T20:09:00Z "a message that does not say who wrote it" [location geo:-23.5505,-46.6333 -23.5505, -46.6333]`}},
		{"a place with a name", `{"eventType":"Message","messageId":"m3","from":"847495","content":{"type":"location","location":{"latitude":"52.5","longitude":"13.4","name":"Shop","address":"Main St 1"}}}`,
			[]string{`instagram/847495 message received m3 2025-12-18T20:09:00Z "" [location geo:52.5,13.4 Shop, Main St 1]`}},
		{"an image with a caption", `{"eventType":"Message","messageId":"m4","from":"847495","content":{"type":"image","image":{"id":"77","link":"https://cdn.example/1.jpg","mime_type":"image/jpeg","caption":"This one"}}}`,
			[]string{`instagram/847495 message received m4 2025-12-18T20:09:00Z "This one" [image 77 https://cdn.example/1.jpg] extra [content]`}},
		{"an image as sends have it", `{"eventType":"Message","messageId":"m4","from":"847495","content":{"imageUrl":"https://cdn.example/1.jpg","text":"This one"}}`,
			[]string{`instagram/847495 message received m4 2025-12-18T20:09:00Z "This one" [image https://cdn.example/1.jpg]`}},
		{"a video by its address", `{"eventType":"Message","messageId":"m4","from":"847495","content":{"type":"Video","url":"https://cdn.example/1.mp4"}}`,
			[]string{`instagram/847495 message received m4 2025-12-18T20:09:00Z "" [video https://cdn.example/1.mp4]`}},
		{"a voice message by its address", `{"eventType":"Message","messageId":"m4","from":"847495","content":{"type":"audio","mediaUrl":"https://cdn.example/1.ogg"}}`,
			[]string{`instagram/847495 message received m4 2025-12-18T20:09:00Z "" [audio https://cdn.example/1.ogg]`}},
		{"a document", `{"eventType":"Message","messageId":"m4","from":"847495","content":{"type":"document","document":{"url":"https://cdn.example/1.pdf","filename":"bill.pdf"}}}`,
			[]string{`instagram/847495 message received m4 2025-12-18T20:09:00Z "" [file https://cdn.example/1.pdf bill.pdf]`}},
		{"an image without an address", `{"eventType":"Message","messageId":"m4","from":"847495","content":{"type":"image"}}`,
			[]string{`instagram/847495 message received m4 2025-12-18T20:09:00Z "" [image]`}},
		{"media as Meta tells them", `{"eventType":"Message","messageId":"m4","from":"847495","timestamp":1766088520,"content":{"attachments":[{"type":"image","payload":{"url":"https://cdn.example/1.jpg"}},{"type":"story_mention","payload":{"url":"https://cdn.example/s"}}]}}`,
			[]string{"instagram/847495 conversation taken=false", `instagram/847495 message received m4 2025-12-18T20:08:40Z "" [image https://cdn.example/1.jpg] [story_mention https://cdn.example/s]`}},
		{"the heart as sends have it", `{"eventType":"Message","messageId":"m4","from":"847495","timestamp":1766088520,"content":{"attachment":{"type":"like_heart"}}}`,
			[]string{"instagram/847495 conversation taken=false", `instagram/847495 message received m4 2025-12-18T20:08:40Z "" [like_heart]`}},
		{"a type with an address that nobody knows", `{"eventType":"Message","messageId":"m4","from":"847495","content":{"type":"hologram","url":"https://cdn.example/h"}}`,
			[]string{`instagram/847495 message received m4 2025-12-18T20:09:00Z "" [hologram https://cdn.example/h]`}},
		{"a type that nobody knows", `{"eventType":"Message","messageId":"m4","from":"847495","content":{"type":"contacts","contacts":[{"name":"Bo"}]}}`,
			[]string{`instagram/847495 message received m4 2025-12-18T20:09:00Z "" unsupported "contacts" extra [content]`}},
		{"nothing in it", `{"eventType":"Message","messageId":"m4","from":"847495","content":{}}`,
			[]string{`instagram/847495 message received m4 2025-12-18T20:09:00Z "" unsupported "message without text or attachment"`}},
		{"an answer to a message", `{"eventType":"Message","messageId":"m5","from":"847495","content":{"text":"Yes","context":{"id":"m1"}}}`,
			[]string{`instagram/847495 message received m5 2025-12-18T20:09:00Z "Yes" re message m1`}},
		{"a field that nobody knows", `{"eventType":"Message","messageId":"m5","from":"847495","tenant":7,"content":{"text":"Yes","mood":"good"}}`,
			[]string{`instagram/847495 message received m5 2025-12-18T20:09:00Z "Yes" extra [content tenant]`}},

		// Reactions and readings, for which there is no document.
		{"a reaction", `{"eventType":"Message","messageId":"r1","from":"847495","timestamp":1766088520,"content":{"type":"reaction","reaction":{"message_id":"m1","emoji":"😂"}}}`,
			[]string{`instagram/847495 reaction to m1 😂 by 847495 2025-12-18T20:08:40Z`}},
		{"a reaction by name", `{"eventType":"Message","from":"847495","timestamp":1766088520,"content":{"type":"Reaction","messageId":"m1","reaction":"love"}}`,
			[]string{`instagram/847495 reaction to m1 ❤️ by 847495 2025-12-18T20:08:40Z`}},
		{"a reaction that was taken back", `{"eventType":"Message","messageId":"r1","from":"847495","timestamp":1766088520,"content":{"type":"reaction","reaction":{"message_id":"m1","emoji":""}}}`,
			[]string{`instagram/847495 unreaction to m1 by 847495 2025-12-18T20:08:40Z`}},
		{"a reaction as Meta tells it", `{"eventType":"Message","timestamp":"2025-12-18T20:08:40Z","payload":{"sender":{"id":"847495"},"recipient":{"id":"17841"},"reaction":{"mid":"m1","action":"react","reaction":"wow","emoji":"😮"}}}`,
			[]string{`instagram/847495 reaction to m1 😮 by 847495 2025-12-18T20:08:40Z`}},
		{"Meta's unreaction, beside the sender", `{"eventType":"message_reactions","timestamp":1766088520,"from":"847495","reaction":{"mid":"m1","action":"unreact"}}`,
			[]string{`instagram/847495 unreaction to m1 by 847495 2025-12-18T20:08:40Z`}},
		{"a reading as a content", `{"eventType":"Message","from":"847495","timestamp":1766088520,"content":{"type":"read","messageId":"m7"}}`,
			[]string{`instagram/847495 read to m7 by 847495 2025-12-18T20:08:40Z`}},
		{"a reading as Meta tells it on Instagram", `{"eventType":"messaging_seen","timestamp":1766088520,"payload":{"sender":{"id":"847495"},"recipient":{"id":"17841"},"read":{"mid":"m7"}}}`,
			[]string{`instagram/847495 read to m7 by 847495 2025-12-18T20:08:40Z`}},
		{"a reading as Meta tells it on Messenger", `{"eventType":"message_reads","channel":"messenger","timestamp":1766088520,"payload":{"sender":{"id":"26203"},"recipient":{"id":"8474"},"read":{"watermark":1766088500000}}}`,
			[]string{"facebook/26203 conversation read up to 2025-12-18T20:08:20Z"}},
		{"a message that was taken back", `{"eventType":"Message","messageId":"m1","from":"847495","timestamp":1766088520,"content":{"type":"deleted"}}`,
			[]string{`instagram/847495 unsend to m1 by 847495 2025-12-18T20:08:40Z`}},

		// The channel pages of the newer documents: Meta's way.
		{"a text of a sender", `{"eventType":"Message","timestamp":1766088520,"sender":{"id":"847495"},"message":{"mid":"m1","text":"Hi"}}`,
			[]string{"instagram/847495 conversation taken=false", `instagram/847495 message received m1 2025-12-18T20:08:40Z "Hi"`}},
		{"a text of a sender, in a payload", `{"eventType":"Message","channelId":"` + channel + `","payload":{"sender":{"id":"847495"},"recipient":{"id":"17841"},"timestamp":1766088520195,"message":{"mid":"m1","text":"Hi","reply_to":{"story":{"id":"s","url":"https://cdn.example/story"}}}}}`,
			[]string{"instagram/847495 conversation taken=false", `instagram/847495 message received m1 2025-12-18T20:08:40.195Z "Hi" re story https://cdn.example/story`}},
		{"a postback", `{"eventType":"Message","payload":{"sender":{"id":"847495"},"recipient":{"id":"17841"},"timestamp":1766088520195,"postback":{"mid":"m1","title":"Track it","payload":"TRACK"}}}`,
			[]string{"instagram/847495 conversation taken=false", `instagram/847495 message received m1 2025-12-18T20:08:40.195Z "Track it" by postback "Track it" (TRACK)`}},
		{"a whole envelope", `{"eventType":"Message","payload":{"object":"instagram","entry":[{"id":"17841","time":1766088520300,"messaging":[{"sender":{"id":"847495"},"recipient":{"id":"17841"},"timestamp":1766088520195,"message":{"mid":"m1","text":"Hi"}}]}]}}`,
			[]string{"instagram/847495 conversation taken=false", `instagram/847495 message received m1 2025-12-18T20:08:40.195Z "Hi"`}},
		{"a bare envelope", `{"object":"instagram","entry":[{"id":"17841","time":1766088520300,"messaging":[{"sender":{"id":"847495"},"recipient":{"id":"17841"},"timestamp":1766088520195,"message":{"mid":"m1","text":"Hi"}}]}]}`,
			[]string{"instagram/847495 conversation taken=false", `instagram/847495 message received m1 2025-12-18T20:08:40.195Z "Hi"`}},

		// Our own sends on Instagram, as the specification shows them.
		{"our text", `{"eventType":"Message","timestamp":"2025-12-18T20:08:40.195Z","payload":{"recipient":{"id":"847495"},"message":{"text":"Hello!"}}}`,
			[]string{`instagram/847495 message sent  2025-12-18T20:08:40.195Z "Hello!"`}},
		{"our image", `{"eventType":"Message","timestamp":"2025-12-18T20:08:40.195Z","payload":{"recipient":{"id":"847495"},"message":{"attachment":{"type":"image","payload":{"url":"https://cdn.example/1.jpg"}}}}}`,
			[]string{`instagram/847495 message sent  2025-12-18T20:08:40.195Z "" [image https://cdn.example/1.jpg]`}},
		{"our two images", `{"eventType":"Message","timestamp":"2025-12-18T20:08:40.195Z","payload":{"recipient":{"id":"847495"},"message":{"attachments":[{"type":"image","payload":{"url":"https://cdn.example/1.jpg"}},{"type":"image","payload":{"url":"https://cdn.example/2.jpg"}}]}}}`,
			[]string{`instagram/847495 message sent  2025-12-18T20:08:40.195Z "" [image https://cdn.example/1.jpg] [image https://cdn.example/2.jpg]`}},
		{"our heart", `{"eventType":"Message","timestamp":"2025-12-18T20:08:40.195Z","payload":{"recipient":{"id":"847495"},"message":{"attachment":{"type":"like_heart"}}}}`,
			[]string{`instagram/847495 message sent  2025-12-18T20:08:40.195Z "" [like_heart]`}},
		{"our quick replies", `{"eventType":"Message","timestamp":"2025-12-18T20:08:40.195Z","payload":{"recipient":{"id":"847495"},"message":{"text":"How?","quick_replies":[{"content_type":"text","title":"So","payload":"SO"}]}}}`,
			[]string{`instagram/847495 message sent  2025-12-18T20:08:40.195Z "How?" extra [quick_replies]`}},
		{"our template", `{"eventType":"Message","timestamp":"2025-12-18T20:08:40.195Z","payload":{"recipient":{"id":"847495"},"message":{"attachment":{"type":"template","payload":{"template_type":"button","text":"Tap it","buttons":[{"type":"postback","title":"So","payload":"SO"}]}}}}}`,
			[]string{`instagram/847495 message sent  2025-12-18T20:08:40.195Z "" [template Tap it] extra [attachments]`}},
		{"our reaction", `{"eventType":"Message","timestamp":"2025-12-18T20:08:40.195Z","payload":{"recipient":{"id":"847495"},"sender_action":"react","payload":{"message_id":"m1","reaction":"love"}}}`,
			[]string{`instagram/847495 reaction to m1 ❤️ by us 2025-12-18T20:08:40.195Z`}},
		{"our reaction, taken back", `{"eventType":"Message","timestamp":"2025-12-18T20:08:40.195Z","payload":{"recipient":{"id":"847495"},"sender_action":"unreact","payload":{"message_id":"m1"}}}`,
			[]string{`instagram/847495 unreaction to m1 by us 2025-12-18T20:08:40.195Z`}},
		{"our text on Messenger, in the older form", `{"eventType":"Message","timestamp":"2025-12-18T20:08:40.195Z","channel":"MESSENGER","payload":{"messaging_type":"RESPONSE","recipient":{"id":"26203"},"message":{"text":"Hello!"}}}`,
			[]string{`facebook/26203 message sent  2025-12-18T20:08:40.195Z "Hello!"`}},

		// Our own sends on Messenger: Meta's echo in a wrapper.
		{"our text on Messenger", `{"eventType":"message_echoes","timestamp":"2025-12-18T20:08:39Z","channel":"messenger","payload":{"sender":{"id":"8474","pageId":"8474"},"recipient":{"id":"26203"},"timestamp":1766088520195,"message":{"mid":"m_1","is_echo":true,"text":"Hello!","app_id":854}}}`,
			[]string{`facebook/26203 message sent m_1 2025-12-18T20:08:40.195Z "Hello!"`}},
		{"our image on Messenger, without the flag", `{"eventType":"message_echoes","timestamp":"2025-12-18T20:08:39Z","channel":"messenger","payload":{"sender":{"id":"8474"},"recipient":{"id":"26203"},"timestamp":1766088520195,"message":{"mid":"m_2","attachments":[{"type":"image","payload":{"url":"https://cdn.example/1.jpg?oe=1"}}]}}}`,
			[]string{`facebook/26203 message sent m_2 2025-12-18T20:08:40.195Z "" [image https://cdn.example/1.jpg?oe=1]`}},
		{"our template on Messenger", `{"eventType":"message_echoes","channel":"messenger","payload":{"sender":{"id":"8474"},"recipient":{"id":"26203"},"timestamp":1766088520195,"message":{"mid":"m_3","is_echo":true,"text":"Tap it","attachments":[{"type":"template","title":"Tap it","payload":{"template_type":"button","buttons":[]}}]}}}`,
			[]string{`facebook/26203 message sent m_3 2025-12-18T20:08:40.195Z "Tap it" [template Tap it] extra [attachments]`}},

		// What became of a message.
		{"read", `{"eventType":"MessageStatus","messageId":"m9","status":"read","timestamp":1766088520,"channel":"instagram"}`,
			[]string{`instagram/ read to m9 by 2025-12-18T20:08:40Z`}},
		{"failed", `{"eventType":"MessageStatus","messageId":"m9","status":"FAILED","timestamp":1766088520,"channel":"instagram","errorMessage":"No luck.","errorCode":"131026"}`,
			[]string{`instagram/ failed to m9 by 2025-12-18T20:08:40Z No luck. (code 131026)`}},
		{"failed, by the code alone", `{"eventType":"MessageStatus","messageId":"m9","status":"error","timestamp":1766088520,"errorCode":"2534022"}`,
			[]string{`instagram/ failed to m9 by 2025-12-18T20:08:40Z the reply window is closed (code 2534022)`}},
		{"failed, without a word", `{"eventType":"MessageStatus","messageId":"m9","status":"undelivered","timestamp":1766088520}`,
			[]string{`instagram/ failed to m9 by 2025-12-18T20:08:40Z it did not arrive`}},
		{"sent and delivered are no news", `[{"eventType":"MessageStatus","messageId":"m9","status":"sent"},{"eventType":"MessageStatus","messageId":"m9","status":"delivered"},{"eventType":"MessageStatus","messageId":"m9","status":"pondered"},{"eventType":"MessageStatus","status":"read"}]`, nil},

		// Whatever else comes.
		{"a kind that nobody knows", `{"eventType":"CallMissed","channelId":"` + channel + `","from":"847495","timestamp":1766088520,"rings":3}`,
			[]string{`instagram/847495 notice received (made up) 2025-12-18T20:08:40Z "something happened that parley does not know: CallMissed" extra [from rings]`}},
		{"a kind that nobody knows, of nobody", `{"eventType":"CallMissed"}`, nil},
		{"nothing at all", `{}`, nil},
		{"our marking as seen", `{"eventType":"Message","payload":{"recipient":{"id":"847495"},"sender_action":"mark_seen"}}`, nil},
		{"WhatsApp is not served", `{"eventType":"Message","channelId":"` + other + `","messageId":"m1","from":"5511","channel":"whatsapp","content":{"type":"text","text":"Oi"}}`, nil},
		{"several events in one call", `[{"eventType":"Message","messageId":"m1","from":"1","timestamp":1766088520,"content":{"text":"a"}},null,7,{"eventType":"Message","messageId":"m2","from":"2","timestamp":1766088530,"content":{"text":"b"}}]`,
			[]string{`instagram/1 message received m1 2025-12-18T20:08:40Z "a"`, `instagram/2 message received m2 2025-12-18T20:08:50Z "b"`}},
	} {
		t.Run(c.name, func(t *testing.T) {
			found := decode(t, receiver(t), c.body)
			mustBeTimed(t, found)
			got := describe(found)
			if !reflect.DeepEqual(got, c.want) {
				t.Errorf("%s\nmeans\n%s\nwant\n%s", c.body, strings.Join(got, "\n"), strings.Join(c.want, "\n"))
			}
		})
	}
}

// The same call again says the same: what has no id of its own gets one from
// what it says, or from the inbox.
func TestARepeatedCallSaysTheSame(t *testing.T) {
	r := receiver(t)
	const body = `{"eventType":"CallMissed","from":"847495","timestamp":1766088520,"rings":3}`
	id := func(body string) inbox.MessageID { return decode(t, r, body)[0].Batch.Messages[0].Message.ID }
	if first, again := id(body), id(body); first != again || first == "" {
		t.Errorf("%q and then %q", first, again)
	}
	if id(body) == id(strings.Replace(body, "rings\":3", "rings\":4", 1)) {
		t.Error("two happenings are told as one")
	}
}

func TestBodiesThatAreNoEvent(t *testing.T) {
	for _, body := range []string{``, `{`, `<html>`, `"text"`, `7`, `null`, `[null,1]`, `{"eventType":"Message"} {}`} {
		if found, err := receiver(t).Decode(call(body)); err == nil {
			t.Errorf("%s is read as %v", body, describe(found))
		} else if body != "" && strings.Contains(err.Error(), body) && len(body) > 4 {
			t.Errorf("the error repeats the body: %v", err)
		}
	}
}

// One application calls one address for all its channels.
func TestThreadsAreKeyedByChannelAndPerson(t *testing.T) {
	text := func(channelID, word string) string {
		return `{"eventType":"Message","channelId":"` + channelID + `","messageId":"m1","from":"26203","timestamp":1766088520,"channel":"` + word + `","content":{"text":"Hi"}}`
	}
	instagram := receiver(t)
	facebook := receiver(t, "channel", other, "platform", "facebook")

	own := decode(t, instagram, text(channel, "instagram"))
	if len(own) != 1 || !instagram.Owns(own[0].Owner) || own[0].Batch.Messages[0].RemoteID != "26203" {
		t.Fatalf("of our own channel: %+v", own)
	}
	foreign := decode(t, instagram, text(other, "messenger"))
	if len(foreign) != 1 || foreign[0].Owner != other || foreign[0].Batch.Platform != inbox.Facebook {
		t.Fatalf("of another channel: %+v", foreign)
	}
	if got := foreign[0].Batch.Messages[0].RemoteID; got != other+":26203" {
		t.Errorf("nobody's channel: the conversation is %s", got)
	}
	adopted := facebook.(hook.Adopter).Adopt(foreign[0])
	direct := decode(t, facebook, text(other, "messenger"))
	if !reflect.DeepEqual(describe([]hook.Delivery{adopted}), describe(direct)) {
		t.Errorf("by way of another account\n%s\nand directly\n%s", describe([]hook.Delivery{adopted}), describe(direct))
	}

	both := decode(t, instagram, "["+text(other, "messenger")+","+text(channel, "instagram")+","+text(other, "messenger")+"]")
	if len(both) != 2 || len(both[0].Batch.Messages) != 2 || len(both[1].Batch.Messages) != 1 {
		t.Errorf("not sorted by channel: %v", describe(both))
	}
}

// An event of our channel is on our platform, whatever word stands beside it.
func TestTheConfigSaysWhatTheChannelIs(t *testing.T) {
	found := decode(t, receiver(t, "platform", "facebook"), `{"eventType":"Message","channelId":"`+channel+`","from":"1","channel":"instagram","content":{"text":"a"}}`)
	if found[0].Batch.Platform != inbox.Facebook {
		t.Errorf("platform %s", found[0].Batch.Platform)
	}
	found = decode(t, receiver(t, "platform", "facebook"), `{"eventType":"Message","from":"1","content":{"text":"a"}}`)
	if found[0].Batch.Platform != inbox.Facebook {
		t.Errorf("without a word: platform %s", found[0].Batch.Platform)
	}
}

// FuzzDecode: no body makes it fall over, what comes out can be placed, and an
// ordinary message is never lost.
func FuzzDecode(f *testing.F) {
	for _, body := range []string{
		`{"eventType":"Message","channelId":"` + channel + `","messageId":"m1","from":"847495","timestamp":1766088520,"channel":"instagram","content":{"type":"text","text":"Hi"}}`,
		`{"eventType":"Message","content":{"type":"location","location":{"latitude":-23.5505,"longitude":-46.6333}}}`,
		`{"eventType":"Message","from":"1","content":{"type":"image","image":{"link":"x","caption":"c"},"context":{"id":"m"}}}`,
		`{"eventType":"Message","timestamp":"2025-12-18T20:08:40.195Z","payload":{"recipient":{"id":"1"},"message":{"attachment":{"type":"like_heart"}}}}`,
		`{"eventType":"Message","payload":{"recipient":{"id":"1"},"sender_action":"react","payload":{"message_id":"m","reaction":"love"}}}`,
		`{"eventType":"message_echoes","payload":{"sender":{"id":"1"},"recipient":{"id":"2"},"timestamp":1766088520195,"message":{"mid":"m","is_echo":true,"text":"x"}}}`,
		`{"eventType":"MessageStatus","messageId":"m","status":"failed","errors":[{"title":"t"}]}`,
		`[{"eventType":"X","from":{"id":"1"}},{"payload":{"entry":[{"messaging":[{}]}]}}]`,
		`{"content":{"type":"reaction","reaction":{"mid":"m","emoji":"x"}},"from":"1"}`,
	} {
		f.Add(body)
	}
	r := receiver(f)
	f.Fuzz(func(t *testing.T, body string) {
		found, err := r.Decode(call(body))
		if err != nil {
			if len(found) > 0 {
				t.Error("facts beside an error")
			}
			return
		}
		mustBeTimed(t, found)
		var o struct {
			EventType, MessageID, From string
			Content                    struct{ Text string }
		}
		var keys map[string]json.RawMessage
		if json.Unmarshal([]byte(body), &o) != nil || json.Unmarshal([]byte(body), &keys) != nil || len(keys) != 4 {
			return
		}
		if o.EventType == "Message" && o.MessageID != "" && o.From != "" && o.Content.Text != "" && len(found) == 0 {
			t.Errorf("lost: %s", body)
		}
	})
}
