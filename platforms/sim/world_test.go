package sim_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"parley/inbox"
	"parley/platforms/sim"
)

// everything is all that the API shows, as one text.
func everything(t *testing.T, s *sim.Server) string {
	t.Helper()
	var b strings.Builder
	for _, p := range inbox.Platforms {
		for _, query := range []string{"", "?status=archived", "?conversationsOnly=true"} {
			b.WriteString(body(t, s, "/messages/"+string(p)+query))
		}
	}
	return b.String()
}

func TestTheSameSeedMakesTheSameWorld(t *testing.T) {
	run := func(seed uint64) (before, after string) {
		now := newClock()
		s := start(t, sim.Options{Seed: seed, Now: now.Now})
		before = everything(t, s)
		c := s.Conversations()[0]
		if status, o := post(t, s, c, "Could you send me your order number?"); status != 200 {
			t.Fatal(o)
		}
		for range 30 {
			now.pass(time.Minute)
			s.Conversations()
		}
		return before, everything(t, s)
	}
	b1, a1 := run(7)
	b2, a2 := run(7)
	if b1 != b2 || a1 != a2 {
		t.Error("two runs of a seed differ")
	}
	if b1 == a1 {
		t.Error("nothing has happened in half an hour")
	}
	if b3, _ := run(8); b1 == b3 {
		t.Error("another seed makes the same world")
	}
}

func TestHowOftenTheWorldIsLookedAtChangesNothing(t *testing.T) {
	run := func(step time.Duration) string {
		now := newClock()
		s := start(t, sim.Options{Seed: 3, Now: now.Now})
		for passed := time.Duration(0); passed < time.Hour; passed += step {
			now.pass(step)
			s.Conversations()
		}
		return everything(t, s)
	}
	if run(time.Second) != run(time.Hour) {
		t.Error("a world that is watched is another")
	}
}

// phase names where a conversation stands by the platform's documents.
func phase(c sim.Conversation, now time.Time) string {
	age := now.Sub(c.LastReceived)
	switch {
	case c.LastReceived.IsZero():
		return "cold"
	case c.Archived:
		return "archived"
	case c.Platform == inbox.Twitter:
		return "none"
	case age > week:
		return "closed"
	case age > week-time.Hour, c.Platform == inbox.Facebook && age < 24*time.Hour && age > 23*time.Hour:
		return "minutes left"
	case c.Platform == inbox.Facebook && age > 24*time.Hour:
		return "late"
	case c.Platform == inbox.Facebook, age > week-24*time.Hour:
		return "hours left"
	}
	return "days left"
}

func TestTheDemoHasEveryPhaseOfEveryWindow(t *testing.T) {
	now := newClock()
	s := start(t, sim.Options{Now: now.Now, Quiet: true})
	all := s.Conversations()
	if len(all) < 38 || len(all) > 45 {
		t.Errorf("%d conversations", len(all))
	}
	seen := map[string]int{}
	for _, c := range all {
		seen[phase(c, now.Now())]++
		seen[string(c.Platform)]++
	}
	for _, want := range []string{"cold", "archived", "none", "closed", "minutes left", "late", "hours left", "days left", "facebook", "instagram", "twitter"} {
		if seen[want] == 0 {
			t.Errorf("no conversation is %q: %v", want, seen)
		}
	}
}

func TestTheDemoHasNamesInManyScripts(t *testing.T) {
	s := start(t, sim.Options{Quiet: true})
	scripts := map[string]bool{}
	var username, nameless, long, escape bool
	for _, c := range s.Conversations() {
		for _, r := range c.Person.Name {
			for name, table := range unicode.Scripts {
				if unicode.Is(table, r) {
					scripts[name] = true
				}
			}
		}
		username = username || c.Person.Name == "" && c.Person.Username != ""
		nameless = nameless || c.Person == sim.Person{}
		long = long || len(c.Person.Name) > 80
		escape = escape || strings.Contains(c.Person.Name, "\x1b")
	}
	for _, want := range []string{"Latin", "Cyrillic", "Arabic", "Hebrew", "Devanagari", "Thai", "Han", "Hiragana", "Hangul"} {
		if !scripts[want] {
			t.Errorf("no name in %s: %v", want, slices.Sorted(maps.Keys(scripts)))
		}
	}
	if !username || !nameless || !long || !escape {
		t.Errorf("only a username %v, nothing but an id %v, a very long name %v, an escape sequence %v", username, nameless, long, escape)
	}
}

func TestTheDemoHasWhatScreensFearMost(t *testing.T) {
	s := start(t, sim.Options{Quiet: true})
	all := everything(t, s)
	for what, piece := range map[string]string{
		"clipboard (OSC 52)": `\u001b]52;`, "link (OSC 8)": `\u001b]8;;`, "C1": "\u009b", "bidi": "\u202e",
		"image": `"image"`, "voice": `"audio"`, "reel": `"ig_reel"`, "unknown kind": `"product_template"`,
		"reaction": `"reactions":{`, "watermark": `"watermark":`, "long text": "the whole story",
	} {
		if !strings.Contains(all, piece) {
			t.Errorf("no %s", what)
		}
	}
}

func TestTheDemoIsLivelyAndNotHectic(t *testing.T) {
	now := newClock()
	s := start(t, sim.Options{Now: now.Now})
	count := func() int {
		n := 0
		for _, c := range s.Conversations() {
			n += c.Messages
		}
		return n
	}
	start := count()
	now.pass(10 * time.Minute)
	// One event every 5 to 20 s; most are messages, some reactions or reads.
	if n := count() - start; n < 15 || n > 120 {
		t.Errorf("%d messages in ten minutes", n)
	}
	now.pass(24 * time.Hour)
	if n := count() - start; n > 24*60*12 {
		t.Errorf("%d messages in a day that nobody looked", n)
	}
}

func TestQuietMeansQuiet(t *testing.T) {
	now := newClock()
	s := start(t, sim.Options{Now: now.Now, Quiet: true})
	c := s.Conversations()[0]
	post(t, s, c, "anybody there?")
	before := s.Conversations()
	now.pass(24 * time.Hour)
	if !slices.Equal(before, s.Conversations()) {
		t.Error("something happened by itself")
	}
}

func TestWindowsOfTheDemoClose(t *testing.T) {
	now := newClock()
	s := start(t, sim.Options{Now: now.Now})
	closing := 0
	for _, c := range s.Conversations() {
		if phase(c, now.Now()) == "minutes left" {
			closing++
		}
	}
	now.pass(time.Hour)
	for _, c := range s.Conversations() {
		if phase(c, now.Now().Add(-time.Hour)) == "minutes left" && c.LastReceived.Before(now.Now().Add(-2*time.Hour)) {
			closing--
		}
	}
	if closing != 0 {
		t.Errorf("%d customers with minutes left wrote again by themselves", closing)
	}
}

// talk sends a text and returns what the customer says to it.
func talk(t *testing.T, s *sim.Server, now *clock, c sim.Conversation, text string) []map[string]any {
	t.Helper()
	before := len(thread(t, s, c))
	if status, o := post(t, s, c, text); status != 200 {
		t.Fatal(o)
	}
	now.pass(3 * time.Minute)
	messages := thread(t, s, c)
	fresh := messages[:len(messages)-before]
	slices.Reverse(fresh)
	return fresh[1:]
}

func thread(t *testing.T, s *sim.Server, c sim.Conversation) []map[string]any {
	t.Helper()
	s.ClearCache()
	return list(get(t, s, "/messages/"+string(c.Platform)+"?conversationId="+c.ID), "messages")
}

// talker is a world with one customer who reads and answers.
func talker(t *testing.T, seed uint64) (*sim.Server, *clock, sim.Conversation) {
	t.Helper()
	now := newClock()
	s := start(t, sim.Options{Seed: seed, Now: now.Now, Conversations: 1, Messages: 3, Pace: 1, RateLimit: 1 << 30})
	return s, now, s.Conversations()[0]
}

func TestCustomersAnswerWhatTheyAreAsked(t *testing.T) {
	for question, wants := range map[string]string{
		"Could you tell me your order number, please?":    "MF-",
		"Which size do you need?":                         "SMLX345",
		"Would you send us a photo of it?":                "image",
		"What address should we deliver to? Which street": "Street|Lane|Yard",
	} {
		hits := 0
		for seed := range uint64(6) {
			s, now, c := talker(t, seed)
			for _, m := range talk(t, s, now, c, question) {
				if fits(fmt.Sprint(m["message"], m["attachments"]), wants) {
					hits++
					break
				}
			}
		}
		if hits < 3 {
			t.Errorf("%q was answered by %d of 6 customers", question, hits)
		}
	}
}

func TestAThumbIsNotTalkedTo(t *testing.T) {
	s, now, c := talker(t, 2)
	if says := talk(t, s, now, c, "👍"); len(says) != 0 {
		t.Errorf("%v", says)
	}
	if r := fmt.Sprint(thread(t, s, c)[0]["reactions"]); !strings.Contains(r, c.Participant) {
		t.Errorf("the reaction is %s", r)
	}
}

func fits(text, wants string) bool {
	if wants == "SMLX345" {
		return strings.ContainsAny(text, wants)
	}
	for want := range strings.SplitSeq(wants, "|") {
		if strings.Contains(text, want) {
			return true
		}
	}
	return false
}

func TestCustomersDoNotRepeatThemselves(t *testing.T) {
	s, now, c := talker(t, 5)
	said := map[string]int{}
	turns := 0
	for _, text := range []string{
		"Hello! How can I help?", "What is your order number?", "Let me check that for you.", "It was shipped on Monday, the courier has it.",
		"Would you prefer a refund or a replacement?", "We sent you a return label.", "Which size?", "It's in stock, shall I put one aside?",
		"Delivery costs 9.50.", "So sorry about that!", "Could you send a picture?", "It should arrive tomorrow.",
	} {
		for _, m := range talk(t, s, now, c, text) {
			if m["action"] == "received" {
				said[fmt.Sprint(m["message"])]++
				turns++
			}
		}
	}
	if turns < 10 || len(said) < turns*2/3 {
		t.Errorf("%d different answers in %d: %v", len(said), turns, said)
	}
}

func TestCustomersTakeTheirTime(t *testing.T) {
	s, now, c := talker(t, 1)
	before := len(thread(t, s, c))
	post(t, s, c, "What is your order number?")
	now.pass(5 * time.Second)
	if n := len(thread(t, s, c)); n != before+1 {
		t.Errorf("%d messages five seconds after the send", n-before-1)
	}
	fast := newClock()
	hurried := start(t, sim.Options{Seed: 1, Now: fast.Now, Conversations: 1, Messages: 3, Pace: 100})
	c = hurried.Conversations()[0]
	before = len(thread(t, hurried, c))
	post(t, hurried, c, "What is your order number?")
	fast.pass(5 * time.Second)
	if n := len(thread(t, hurried, c)); n < before+2 {
		t.Error("at a pace of 100 nobody answered within five seconds")
	}
}

func TestCustomersReadBeforeTheyAnswer(t *testing.T) {
	s, now, c := talker(t, 1)
	post(t, s, c, "What is your order number?")
	sent := now.Now()
	now.pass(20 * time.Second)
	if at := s.Conversations()[0].ReadUpTo; !at.After(sent) {
		t.Errorf("sent %v, read up to %v", sent, at)
	}
}

func TestLargeWorldsKeepTheirCounts(t *testing.T) {
	s := start(t, sim.Options{Conversations: 3000, Messages: 30_001, LinkedAgo: 100 * 365 * 24 * time.Hour, Quiet: true})
	total, conversations := 0, 0
	messageIDs := map[string]bool{}
	for _, p := range inbox.Platforms {
		for _, status := range []string{"active", "archived"} {
			for _, m := range list(get(t, s, "/messages/"+string(p)+"?status="+status), "messages") {
				messageIDs[m["id"].(string)] = true
				total++
			}
			conversations += len(list(get(t, s, "/messages/"+string(p)+"?conversationsOnly=true&status="+status), "converstationsDetails"))
		}
	}
	if total != 30_001 || len(messageIDs) != total || conversations != 3000 {
		t.Errorf("%d messages with %d ids in %d conversations", total, len(messageIDs), conversations)
	}
}
