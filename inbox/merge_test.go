package inbox

import (
	"encoding/json"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
	"time"
)

var (
	written = time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	readAt  = written.Add(3 * time.Hour)
)

// richMessage is a fact of a message of which everything is told, and the
// message as it is stored.
func richMessage() (MessageFact, Message) {
	f := MessageFact{
		RemoteID: "t_ann", AsOf: readAt, KnowsReactions: true,
		Message: Message{
			Conversation: "acme/instagram/t_ann", ID: "m1", Direction: Received, SenderID: "ann", SenderName: "Ann", Text: "is it still there?",
			Attachments: []Attachment{
				{Type: "ig_reel", ID: "9001", URL: "https://cdn.example/reel.mp4?sig=1", Title: "The lamp", Bytes: 77},
				{Type: "image", ID: "9002", URL: "https://cdn.example/a.jpg?sig=1", Title: "a", Bytes: 78},
			},
			Reactions: []Reaction{{UserID: "us", Emoji: "👍", Mine: true, At: written.Add(time.Minute)}},
			ReplyTo:   &Reference{Message: "m0", Kind: "story", URL: "https://story.example", Text: "new lamps"},
			CreatedAt: written, UpdatedAt: written.Add(time.Minute), Edits: 1, Unsupported: "poll",
			Origin: &Origin{Kind: "ad", Title: "Lamps", Ref: "spring", URL: "https://ad.example"},
			Extra:  map[string]json.RawMessage{"is_self": json.RawMessage("true"), "via": json.RawMessage(`"app"`)},
		},
	}
	m := cleanMessage(f.Message)
	m.TextAsOf, m.ReactionsAsOf = f.AsOf, f.AsOf
	m.Withdrawn = []Reaction{{UserID: "ann", At: written.Add(2 * time.Minute)}}
	stampLinks(&m, f.AsOf)
	return f, m
}

// poorer takes some of what a value tells away, at random: strings, numbers,
// pointers, the ends of lists, entries of maps.
func poorer(v reflect.Value, rng *rand.Rand) {
	if rng.IntN(3) == 0 && v.Kind() != reflect.Struct {
		v.SetZero()
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		if _, ok := v.Interface().(time.Time); ok {
			if rng.IntN(2) == 0 {
				v.SetZero()
			}
			return
		}
		for i := range v.NumField() {
			poorer(v.Field(i), rng)
		}
	case reflect.Slice:
		if v.Type().Elem().Kind() == reflect.Uint8 {
			return
		}
		for i := range v.Len() {
			poorer(v.Index(i), rng)
		}
	case reflect.Pointer:
		if !v.IsNil() {
			poorer(v.Elem(), rng)
		}
	case reflect.Map:
		for _, key := range v.MapKeys() {
			if rng.IntN(2) == 0 {
				v.SetMapIndex(key, reflect.Value{})
			}
		}
	}
}

// Reads never make a stored message poorer: whatever a later copy leaves out,
// what was known stays, in every field, also one that is added tomorrow.
func TestAPoorerCopyChangesNothing(t *testing.T) {
	for seed := range uint64(5000) {
		rng := rand.New(rand.NewPCG(seed, 3))
		f, stored := richMessage()
		poorer(reflect.ValueOf(&f.Message).Elem(), rng)
		f.Message.Reactions = slices.DeleteFunc(f.Message.Reactions, func(r Reaction) bool { return r.Emoji == "" || r.UserID == "" || !r.Mine })
		f.KnowsReactions = len(f.Message.Reactions) == 1 && rng.IntN(2) == 0
		f.AsOf = readAt.Add(time.Duration(rng.IntN(48)-24) * time.Hour)
		told := f.Message
		before := stored
		if stored.merge(f, true) || !reflect.DeepEqual(before, stored) {
			t.Fatalf("seed %d: the copy\n%+v\nchanged\n%+v\nto\n%+v", seed, told, before, stored)
		}
	}
}

// What a copy adds is taken, whatever is known already.
func TestARicherCopyFillsWhatIsMissing(t *testing.T) {
	for seed := range uint64(2000) {
		rng := rand.New(rand.NewPCG(seed, 4))
		rich, want := richMessage()
		poor, _ := richMessage()
		poorer(reflect.ValueOf(&poor.Message).Elem(), rng)
		poor.Message.Direction, poor.Message.ID, poor.Message.CreatedAt = rich.Message.Direction, rich.Message.ID, rich.Message.CreatedAt
		poor.Message.Conversation, poor.Message.Reactions = rich.Message.Conversation, nil
		m := cleanMessage(poor.Message)
		m.TextAsOf = poor.AsOf
		stampLinks(&m, poor.AsOf)
		m.merge(rich, true)
		m.Withdrawn, want.Withdrawn, m.TextAsOf, m.ReactionsAsOf = nil, nil, want.TextAsOf, want.ReactionsAsOf
		if !reflect.DeepEqual(m, want) {
			t.Fatalf("seed %d:\n%+v\nbecame\n%+v\nwant\n%+v", seed, poor.Message, m, want)
		}
	}
}

func TestWhatAnAttachmentIsStaysKnown(t *testing.T) {
	for _, c := range []struct{ have, told, want string }{
		{"ig_reel", "video", "ig_reel"}, {"video", "ig_reel", "ig_reel"}, {"file", "audio", "audio"}, {"audio", "file", "audio"},
		{"", "image", "image"}, {"image", "", "image"}, {"story_mention", "image", "story_mention"}, {"fallback", "share", "share"},
		{"like_heart", "sticker", "like_heart"}, {"sticker", "like_heart", "like_heart"}, {"sticker", "image", "sticker"},
	} {
		m := Message{Attachments: []Attachment{{Type: c.have, URL: "https://cdn.example/a", AsOf: written}}}
		m.mergeAttachments(Message{Attachments: []Attachment{{Type: c.told, URL: "https://cdn.example/b"}}}, readAt)
		if got := m.Attachments[0]; got.Type != c.want || got.URL != "https://cdn.example/b" {
			t.Errorf("%q told of %q is %+v, want %q with the new link", c.told, c.have, got, c.want)
		}
	}
}

// A webhook tells whole seconds where a read tells more.
func TestAFinerTimeOfAMessageWins(t *testing.T) {
	whole, fine := written, written.Add(437*time.Millisecond)
	for _, c := range []struct{ have, told, want time.Time }{
		{whole, fine, fine}, {fine, whole, fine}, {whole, whole, whole}, {fine, fine, fine},
		{fine, written.Add(440 * time.Millisecond), fine}, {whole, written.Add(1200 * time.Millisecond), whole}, {whole, time.Time{}, whole},
	} {
		m := Message{CreatedAt: c.have}
		if m.merge(MessageFact{Message: Message{CreatedAt: c.told}}, true); !m.CreatedAt.Equal(c.want) {
			t.Errorf("%v told of %v is %v, want %v", c.told, c.have, m.CreatedAt, c.want)
		}
	}
}
