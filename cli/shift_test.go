package cli

// An agent's shift, from the first key to the last: the real program in a real
// terminal, a simulated shop behind it, and at the end nothing is asked of the
// program that did it. What counts is what the customers got, and what another
// process reads in the cache.

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"parley/inbox"
	"parley/platforms/sim"
)

// The agent's canned reply, and what it becomes.
const (
	cannedReply = "Hello {{first_name}}, it leaves today. {{agent}}"
	cannedTail  = ", it leaves today. Ada"
)

// A message can be taken back for longer than the slowest machine takes to press
// z. After the line has dropped, the agent is in more of a hurry.
const (
	shiftConfig  = "[ui]\nhold = \"10s\"\nagent = \"Ada\"\nnotify = \"off\"\n"
	hastyConfig  = "[ui]\nhold = \"0s\"\nagent = \"Ada\"\nnotify = \"off\"\n"
	closingAfter = 6 * time.Second // from when a customer is known whose window closes
	instagramFor = 7 * 24 * time.Hour
)

// shift is the shop, the agent's machine and terminal, and the book of what has to
// come of it.
type shift struct {
	t     *testing.T
	world *sim.Server
	desk  *desk
	w     *terminal
	book  map[string]*customer // by name
}

// customer is somebody who has written, and what is to become of it.
type customer struct {
	name  string
	id    string   // of the world's conversation
	word  string   // that nobody else has written
	had   int      // answers from before
	gets  []string // the answers of this shift, in their order
	place string   // where it is at the end: "" in the inbox, "done" or "snoozed"
	label string
	note  string
}

// TestShift: fifty customers, found, answered, put off, given up, through a lost
// line, a provider that is down and a window that closes while it is typed into.
func TestShift(t *testing.T) {
	t.Parallel()
	s := newShift(t)
	s.begin()
	s.answersFromTheSearch("Anna Costa")
	s.answersInParts("Anna Berg")
	s.snoozesByWords("Anna Duarte")
	s.changesItsMindAboutASnooze("Anna Eriksen")
	s.labelsAndNotes("Anna Fabre")
	s.isDoneAfterAll("Ben Berg")
	s.takesBackWhatWasSent("Ben Costa")
	s.losesTheLine("Ben Duarte")
	s.answersThroughAnOutage(3)
	s.answersTheRest()
	s.seesAWindowClose("Zita Closing")
	s.retriesWhatIsInDoubt(3)
	s.goesHome()
	s.judgeTheShop()
	s.judgeTheCache()
}

// newShift opens the shop with fifty customers who wait.
func newShift(t *testing.T) *shift {
	s := &shift{t: t, book: map[string]*customer{}}
	s.world = newSim(t, sim.Options{
		Seed: 21, Quiet: true, Conversations: 1, CacheTime: time.Second, RateLimit: 1 << 30, ConversationLimit: -1,
	})
	s.desk = newDesk(t, s.world.BaseURL(), shiftConfig)
	if err := os.Mkdir(filepath.Join(s.desk.home, "replies"), 0o700); err != nil {
		t.Fatal(err)
	}
	s.desk.write("replies/leaves.md", cannedReply)
	first := s.world.Conversations()[0] // a world has one at the least
	s.book[first.Person.Name] = &customer{name: first.Person.Name, id: first.ID}
	for _, name := range strings.Fields("Anna Ben Carla Dario Eva Finn Greta Hugo Ida Jonas") {
		for _, family := range strings.Fields("Berg Costa Duarte Eriksen Fabre") {
			if n := len(s.book); n < 50 {
				// Half a minute apart from the world's own, which are whole minutes old.
				ago := time.Duration(n)*time.Minute - 30*time.Second
				s.arrives(name+" "+family, inbox.Platforms[n%len(inbox.Platforms)], time.Now().Add(-ago))
			}
		}
	}
	s.desk.parley("sync").exits(exitDone)
	for _, m := range s.desk.parley("show", first.Person.Name, "--json").exits(exitDone).records() {
		if m["direction"] == "sent" {
			s.book[first.Person.Name].had++
		}
	}
	return s
}

// arrives lets a customer write.
func (s *shift) arrives(name string, p inbox.Platform, at time.Time) *customer {
	s.t.Helper()
	c := &customer{name: name, word: fmt.Sprintf("kx%d", 1000+len(s.book))}
	known, err := s.world.Arrive(sim.Customer{Platform: p, Person: sim.Person{Name: name}, Text: "Where is my parcel " + c.word + "?", At: at})
	if err != nil {
		s.t.Fatal(err)
	}
	c.id = known.ID
	s.book[name] = c
	return c
}

// What a pair of hands can do.

func (s *shift) begin() {
	s.t.Helper()
	s.w = s.desk.open()
	s.w.resize(140, 40) // the names of the views are whole
	s.w.waits("Enter open", "3 Unanswered")
}

// does presses keys and waits until the screen shows what they have led to.
func (s *shift) does(keys string, sees ...string) {
	s.t.Helper()
	s.w.press(keys)
	s.w.waits(sees...)
}

// finds opens a customer by the word that only this one has written.
func (s *shift) finds(name string) *customer {
	s.t.Helper()
	c := s.book[name]
	s.does("f", "find:")
	s.does("\x15", "Words are looked for in all messages") // what was looked for before is gone
	s.does(c.word, "find: "+c.word, "1 of 1", name)
	s.w.press("\r")
	s.w.shows("the thread of "+name, func(screen string) bool {
		return !strings.Contains(screen, "find:") && strings.Contains(screen, "│"+name+" · ")
	})
	return c
}

// leavesTheSearch for where it was opened.
func (s *shift) leavesTheSearch() {
	s.t.Helper()
	s.w.press("\x1b")
	s.w.shows("the list", func(screen string) bool { return !strings.Contains(screen, "find:") })
}

// opensComposer answers who is on the screen.
func (s *shift) opensComposer(name string) {
	s.t.Helper()
	s.does("r", "─ to "+name+" · ")
}

// submits the answer: the composer is gone, and has said nothing against it. (The
// notice that it is queued may be over before a busy machine looks.)
func (s *shift) submits(key, name string) {
	s.t.Helper()
	s.w.press(key)
	s.w.shows("no composer any more", func(screen string) bool {
		return !strings.Contains(screen, "─ to "+name+" · ") && strings.Contains(screen, "│"+name+" · ")
	})
}

// types writes an answer, and books it once it is on its way.
func (s *shift) types(c *customer, text string) {
	s.t.Helper()
	s.does(text, text)
	s.submits("\r", c.name)
	c.gets = append(c.gets, text)
}

// takesCanned puts the canned reply into the composer, and returns what it says.
func (s *shift) takesCanned(c *customer) string {
	s.t.Helper()
	first, _, _ := strings.Cut(c.name, " ")
	text := "Hello " + first + cannedTail
	s.does("/leaves", "/leaves  "+text)
	s.w.press("\r")
	s.w.shows("the reply in the composer", func(screen string) bool {
		return strings.Contains(screen, text) && !strings.Contains(screen, "/leaves")
	})
	return text
}

// What happens in the shift.

func (s *shift) answersFromTheSearch(name string) {
	s.t.Helper()
	c := s.finds(name)
	s.opensComposer(name)
	c.gets = append(c.gets, s.takesCanned(c))
	s.submits("\r", name)
}

// answersInParts pastes more than Instagram takes in one message.
func (s *shift) answersInParts(name string) {
	s.t.Helper()
	c := s.finds(name)
	s.opensComposer(name)
	var sentences []string
	for n := range 40 {
		sentences = append(sentences, fmt.Sprintf("This is sentence number %02d of them.", n))
	}
	text := strings.Join(sentences, " ")
	s.does("\x1b[200~"+text+"\x1b[201~", fmt.Sprintf("%d bytes too long: Ctrl-S sends it as 2 messages", len(text)-1000))
	s.submits("\x13", name)
	c.gets = append(c.gets, text)
}

func (s *shift) snoozesByWords(name string) {
	s.t.Helper()
	c := s.finds(name)
	s.does("b", "snooze "+name)
	s.does("tomorrow 8am", "tomorrow 8am", "08:00")
	s.does("\r", name+": snoozed until", "find:") // back among the finds
	s.leavesTheSearch()
	c.place = "snoozed"
}

func (s *shift) changesItsMindAboutASnooze(name string) {
	s.t.Helper()
	s.finds(name)
	s.does("b", "snooze "+name)
	s.does("3h", "3h")
	s.does("\r", name+": snoozed until", "find:")
	s.leavesTheSearch()
	s.does("z", "undone: "+name+": snoozed until")
}

func (s *shift) labelsAndNotes(name string) {
	s.t.Helper()
	c := s.finds(name)
	c.label, c.note = "vip", "pays late, be gentle"
	s.does("L", "type a name")
	s.does(c.label, "> "+c.label)
	s.does("\r", "acme #"+c.label)
	s.does("n", "Private note about "+name)
	s.does(c.note, c.note)
	s.does("\r", "noted about "+name)
}

func (s *shift) isDoneAfterAll(name string) {
	s.t.Helper()
	c := s.finds(name)
	s.does("e", name+": done", "find:")
	s.leavesTheSearch()
	s.does("z", "undone: "+name+": done")
	s.finds(name)
	s.does("e", name+": done", "find:")
	s.leavesTheSearch()
	c.place = "done"
}

// takesBackWhatWasSent is in time: what arrives is the second thought only.
func (s *shift) takesBackWhatWasSent(name string) {
	s.t.Helper()
	c := s.finds(name)
	s.opensComposer(name)
	s.does("Your parcel is lost.", "Your parcel is lost.")
	s.submits("\r", name)
	s.does("z", "─ to "+name, "taken back")
	s.does("\x15", "0/")
	s.types(c, "Your parcel is found.")
}

// losesTheLine while an answer is half typed and others wait in the outbox: the
// terminal is gone, parley ends, and nothing is missing when it is started again.
func (s *shift) losesTheLine(name string) {
	s.t.Helper()
	c := s.finds(name)
	s.opensComposer(name)
	s.does("One moment, I am look", "I am look")
	s.w.pts.Close()
	s.w.ptm.Close()
	s.w.exits()
	if drafts := s.desk.parley("list", "is:draft", "--json").exits(exitDone).records(); len(drafts) != 1 || nameIn(drafts[0]) != name {
		s.t.Errorf("after the line was lost, drafts are for %v", drafts)
	}
	s.nothingIsMissing()

	s.desk.write("config.toml", strings.Replace(s.desk.read("config.toml"), shiftConfig, hastyConfig, 1))
	s.begin()
	s.finds(name)
	s.does("r", "─ to "+name, "One moment, I am look")
	s.does("ing into it.", "I am looking into it.")
	s.submits("\r", name)
	c.gets = append(c.gets, "One moment, I am looking into it.")
	s.awaitDeliveries()
}

// nothingIsMissing: each answer so far has been delivered, or is in the outbox.
func (s *shift) nothingIsMissing() {
	s.t.Helper()
	known := s.delivered()
	for _, item := range s.desk.parley("outbox", "--json").exits(exitDone).records() {
		if item["state"] != "queued" {
			s.t.Errorf("after the line was lost: %v", item)
		}
		id := item["conversation_id"].(string)
		known[id[strings.LastIndex(id, "/")+1:]]++
	}
	for _, c := range s.book {
		if got := known[c.id]; got < len(c.gets) {
			s.t.Errorf("%d of %d answers to %s are left", got, len(c.gets), c.name)
		}
	}
}

// delivered counts what each conversation of the world got.
func (s *shift) delivered() map[string]int {
	got := map[string]int{}
	for _, d := range s.world.Deliveries() {
		got[d.Conversation]++
	}
	return got
}

// awaitDeliveries waits until everything has arrived that is booked.
func (s *shift) awaitDeliveries() {
	s.t.Helper()
	await(s.t, "the answers to arrive", func() bool {
		got := s.delivered()
		return !slices.ContainsFunc(slices.Collect(maps.Values(s.book)), func(c *customer) bool { return got[c.id] < len(c.gets) })
	})
}

var recipient = regexp.MustCompile(`─ to (.+?) · `)

// answersNext answers whoever comes next, and is done with them in one key.
func (s *shift) answersNext() {
	s.t.Helper()
	s.does("r", "─ to ")
	name := recipient.FindStringSubmatch(s.w.screen())[1]
	c := s.book[name]
	if c == nil || len(c.gets) > 0 || c.place != "" {
		s.t.Fatalf("%s comes next, who needs no answer:\n%s", name, s.w.screen())
	}
	text := s.takesCanned(c)
	c.gets, c.place = append(c.gets, text), "done"
	done := 0
	for _, c := range s.book {
		if c.place == "done" {
			done++
		}
	}
	s.does("\x0f", fmt.Sprintf("7 Done %d ", done))
}

// answersThroughAnOutage: nobody knows what became of these.
func (s *shift) answersThroughAnOutage(n int) {
	s.t.Helper()
	s.does("3", "▌IG Anna Eriksen") // the newest who waits
	for range 5 {
		s.answersNext()
	}
	s.awaitDeliveries()
	if err := s.world.AddFault("any:503"); err != nil {
		s.t.Fatal(err)
	}
	for range n {
		s.answersNext()
	}
	s.w.waits(fmt.Sprintf("%d unknown", n))
	s.world.ClearFaults()
	s.does("R", "FB", "IG")
}

// answersTheRest until nobody waits any more.
func (s *shift) answersTheRest() {
	s.t.Helper()
	waits := func(c *customer) bool { return len(c.gets) == 0 && c.place == "" }
	for slices.ContainsFunc(slices.Collect(maps.Values(s.book)), waits) {
		s.answersNext()
	}
}

// seesAWindowClose while an answer is typed. The platform refuses it; when the
// customer writes again the same words leave, once.
func (s *shift) seesAWindowClose(name string) {
	s.t.Helper()
	c := s.arrives(name, inbox.Instagram, time.Now().Add(closingAfter-instagramFor))
	s.does("3", "3 Unanswered 1  ", "▌IG "+name)
	s.opensComposer(name)
	s.does("We have found it.", "We have found it.")
	s.w.waits("closed since")
	s.does("\r", "Send to "+name+" anyway?")
	s.does("y", "not sent to "+name)
	if _, err := s.world.Write(sim.Post{ConversationID: c.id, Text: "Is anybody there?"}); err != nil {
		s.t.Fatal(err)
	}
	s.w.waits("Is anybody there?", "6d 23h")
	s.does("c", "─ to "+name, "We have found it.")
	s.submits("\r", name)
	c.gets = append(c.gets, "We have found it.")
}

// retriesWhatIsInDoubt: none of it had arrived, and only the agent may say so.
func (s *shift) retriesWhatIsInDoubt(n int) {
	s.t.Helper()
	s.does("8", fmt.Sprintf("8 Failed %d", n))
	for left := n - 1; left >= 0; left-- {
		s.w.waits("unknown: it may have been sent")
		s.does("t", "Send it again?")
		s.w.press("y")
		s.w.shows("an answer that has left", func(screen string) bool {
			return strings.Contains(screen, "· sent") && (left == 0 || strings.Contains(screen, fmt.Sprintf("8 Failed %d", left)))
		})
		s.w.press("j")
	}
	s.awaitDeliveries()
}

// goesHome when nothing waits any more, also not to be told to the provider.
func (s *shift) goesHome() {
	s.t.Helper()
	await(s.t, "the provider to know what is done", func() bool {
		return !slices.ContainsFunc(s.world.Conversations(), func(c sim.Conversation) bool { return c.Archived != (s.book[c.Person.Name].place == "done") })
	})
	s.does("3", "3 Unanswered  4 Closing", "8 Failed")
	s.w.press("q")
	if code := s.w.exits(); code != exitDone {
		s.t.Errorf("exit code %d", code)
	}
	s.w.restored()
}

// What has come of it.

// judgeTheShop: each answer once, to whom it was written, to the letter; no note.
func (s *shift) judgeTheShop() {
	s.t.Helper()
	got := map[string][]string{}
	for _, d := range s.world.Deliveries() {
		got[d.Conversation] = append(got[d.Conversation], d.Text)
	}
	for _, c := range s.book {
		texts := strings.Join(got[c.id], " ") // parts are parted at a blank
		if want := strings.Join(c.gets, " "); texts != want {
			s.t.Errorf("%s got %q, want %q", c.name, texts, want)
		}
		for _, text := range got[c.id] {
			if len(text) > 1000 {
				s.t.Errorf("%s got %d bytes in one message", c.name, len(text))
			}
		}
	}
	if n := len(got[s.book["Anna Berg"].id]); n == 1 {
		s.t.Error("the long answer was not sent in parts")
	}
}

// judgeTheCache as another process reads it.
func (s *shift) judgeTheCache() {
	s.t.Helper()
	for query, is := range map[string]func(*customer) bool{
		"":              func(c *customer) bool { return c.place == "" },
		"is:done":       func(c *customer) bool { return c.place == "done" },
		"is:snoozed":    func(c *customer) bool { return c.place == "snoozed" },
		"label:vip":     func(c *customer) bool { return c.place == "" && c.label == "vip" },
		"is:unanswered": func(c *customer) bool { return c.place == "" && len(c.gets) == 0 },
		"is:draft":      func(*customer) bool { return false },
		"is:failed":     func(*customer) bool { return false },
	} {
		var want, got []string
		for _, c := range s.book {
			if is(c) {
				want = append(want, c.name)
			}
		}
		for _, r := range s.desk.parley("list", query, "--json").exits(exitDone).records() {
			got = append(got, nameIn(r))
		}
		slices.Sort(want)
		slices.Sort(got)
		if !slices.Equal(got, want) {
			s.t.Errorf("list %q: %q\nwant %q", query, got, want)
		}
	}
	if waiting := s.desk.parley("outbox", "--json").exits(exitDone).records(); len(waiting) != 0 {
		s.t.Errorf("the outbox still has %v", waiting)
	}
	for _, c := range s.book {
		s.judgeThread(c)
	}
}

// judgeThread: the thread has what was sent, each once and sent, and the note.
func (s *shift) judgeThread(c *customer) {
	s.t.Helper()
	var texts, notes []string
	for _, m := range s.desk.parley("show", c.name, "--json").exits(exitDone).records() {
		switch {
		case m["note"] == true:
			notes = append(notes, m["text"].(string))
		case m["direction"] == "sent":
			texts = append(texts, m["text"].(string))
			if m["state"] != "sent" && m["state"] != "read" {
				s.t.Errorf("%s: %v", c.name, m)
			}
		}
	}
	texts = texts[min(c.had, len(texts)):]
	if got, want := strings.Join(texts, " "), strings.Join(c.gets, " "); got != want {
		s.t.Errorf("the thread of %s has %q, want %q", c.name, got, want)
	}
	if got := strings.Join(notes, " "); got != c.note {
		s.t.Errorf("the notes on %s are %q, want %q", c.name, got, c.note)
	}
}

// nameIn is the customer's name in a record of list --json.
func nameIn(r record) string { return r["participant"].(record)["name"].(string) }
