package cli

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"parley/config"
	"parley/inbox"
	"parley/inbox/inboxtest"
	"parley/platforms/sim"
)

// newTriageDesk has two known customers, Zdenka on Facebook and Ursel on
// Instagram.
func newTriageDesk(t *testing.T) (*sim.Server, *desk) {
	t.Helper()
	world := newSim(t, sim.Options{Seed: 5, Quiet: true, CacheTime: time.Second})
	for platform, name := range map[inbox.Platform]string{inbox.Facebook: "Zdenka Novak", inbox.Instagram: "Ursel Kamp"} {
		if _, err := world.Arrive(sim.Customer{Platform: platform, Person: sim.Person{Name: name}, Text: "hello"}); err != nil {
			t.Fatal(err)
		}
	}
	d := newDesk(t, world.BaseURL(), "")
	d.parley("sync").exits(exitDone)
	return world, d
}

// isArchived is the word of the world.
func isArchived(world *sim.Server, name string) bool {
	return slices.ContainsFunc(world.Conversations(), func(c sim.Conversation) bool {
		return c.Person.Name == name && c.Archived
	})
}

func TestDoneWaitsForTheProviderButNotForEver(t *testing.T) {
	t.Parallel()
	for fault, want := range map[string]string{
		"archive:html=503:after=1": "the provider was not told of 1 of 2: ",
		"archive:hang:after=1":     "the provider was not told of 1 of 2: 2s were not enough",
	} {
		world, d := newTriageDesk(t)
		if err := world.AddFault(fault); err != nil {
			t.Fatal(err)
		}
		d.parley("done", "zdenka", "ursel", "--wait", "2s").exits(exitDone).prints("done: Zdenka Novak", "done: Ursel Kamp").says(want, "as soon as an inbox is open")
		if isArchived(world, "Zdenka Novak") == isArchived(world, "Ursel Kamp") {
			t.Errorf("%s: the provider was not told of exactly one", fault)
		}
	}
}

func TestTriageOnTheCommandLine(t *testing.T) {
	t.Parallel()
	world, d := newTriageDesk(t)
	done := d.parley("done", "zdenka", "--json").exits(exitDone).one()
	want := record{
		"id": done["id"], "changed": true, "done": true, "archived": true, "snoozed_until": nil, "labels": []any{},
		"muted": false, "mine": false, "unread": 1.0, "warning": "", "error": nil,
	}
	if !reflect.DeepEqual(done, want) {
		t.Errorf("done: %v\nwant  %v", done, want)
	}
	if !isArchived(world, "Zdenka Novak") {
		t.Error("the provider does not know that it is done")
	}
	if again := d.parley("done", "zdenka", "--json").exits(exitDone).one(); again["changed"] != false {
		t.Errorf("done twice: %v", again)
	}
	d.parley("done", "zdenka").exits(exitDone).prints("nothing to change: Zdenka Novak on Facebook")
	d.parley("list", "zdenka").exits(exitDone)
	d.parley("reopen", "zdenka").exits(exitDone).prints("open again: Zdenka Novak on Facebook")
	if isArchived(world, "Zdenka Novak") {
		t.Error("the provider does not know that it is open again")
	}

	d.parley("snooze", "zdenka", "ursel", "3h").exits(exitDone).prints("snoozed until", "Zdenka Novak", "Ursel Kamp")
	late := d.parley("snooze", "ursel", "20d", "--json").exits(exitDone).one()
	if warning := fmt.Sprint(late["warning"]); !strings.Contains(warning, "the reply window closes") || late["snoozed_until"] == nil {
		t.Errorf("snoozed past the window: %v", late)
	}
	d.parley("snooze", "zdenka", "2h before close").exits(exitDone)
	d.parley("label", "zdenka", "+warm").exits(exitDone).prints("labels warm: Zdenka Novak") // it is snoozed, but that is not what has changed
	d.parley("label", "zdenka", "-warm").exits(exitDone).prints("labels none: Zdenka Novak")
	d.parley("mute", "zdenka").exits(exitDone).prints("muted: Zdenka Novak")
	d.parley("unmute", "zdenka").exits(exitDone).prints("not muted any more: Zdenka Novak")
	d.parley("unsnooze", "zdenka", "ursel").exits(exitDone).prints("back: Zdenka Novak", "back: Ursel Kamp")

	d.parley("label", "zdenka", "ursel", "+VIP", "+late").exits(exitDone).prints("labels late, vip: Zdenka Novak")
	if l := d.parley("label", "zdenka", "-late", "--json").exits(exitDone).one(); !reflect.DeepEqual(l["labels"], []any{"vip"}) {
		t.Errorf("labels: %v", l)
	}
	d.parley("label", "zdenka", "-vip").exits(exitDone).prints("labels none: Zdenka Novak")
	if l := d.parley("label", "--query", "label:vip", "+gold", "--json").exits(exitDone).one(); !reflect.DeepEqual(l["labels"], []any{"gold", "late", "vip"}) {
		t.Errorf("labels by query: %v", l)
	}

	for name, field := range map[string]string{"mute": "muted", "take": "mine"} {
		if r := d.parley(name, "ursel", "--json").exits(exitDone).one(); r[field] != true {
			t.Errorf("%s: %v", name, r)
		}
	}
	for name, field := range map[string]string{"unmute": "muted", "give-up": "mine"} {
		if r := d.parley(name, "ursel", "--json").exits(exitDone).one(); r[field] != false {
			t.Errorf("%s: %v", name, r)
		}
	}
	if r := d.parley("read", "--query", "ursel", "--json").exits(exitDone).one(); r["unread"] != 0.0 {
		t.Errorf("read: %v", r)
	}
	if r := d.parley("unread", "ursel", "--json").exits(exitDone).one(); r["unread"] != 1.0 {
		t.Errorf("unread: %v", r)
	}
}

func TestTriageRefusesWhatIsNotClear(t *testing.T) {
	t.Parallel()
	_, d := newTriageDesk(t)
	for _, c := range []struct {
		args []string
		code int
		says string
	}{
		{[]string{"done"}, exitUsage, "a CONVERSATION or a --query"},
		{[]string{"done", "zdenka", "--query", "ursel"}, exitUsage, "found both"},
		{[]string{"done", "--query", " "}, exitUsage, "every conversation"},
		{[]string{"done", "--query", "is:unred"}, exitUsage, "is:unred"},
		{[]string{"done", "zdenka", "nobody at all"}, exitFailed, "nobody at all"},
		{[]string{"snooze"}, exitUsage, "WHEN"},
		{[]string{"snooze", "zdenka"}, exitUsage, "a CONVERSATION or a --query"},
		{[]string{"snooze", "zdenka", "soon"}, exitFailed, "tomorrow 8am"},
		{[]string{"snooze", "zdenka", "1999-01-01"}, exitFailed, "days ago"},
		{[]string{"label", "zdenka"}, exitUsage, "+LABEL"},
		{[]string{"label", "+vip"}, exitUsage, "a CONVERSATION or a --query"},
		{[]string{"label", "zdenka", `+"`}, exitUsage, "quotation"},
		{[]string{"label", "zdenka", "--jsn", "+vip"}, exitUsage, "--jsn"},
		{[]string{"note", "zdenka"}, exitUsage, "TEXT"},
		{[]string{"note", "zdenka", "x", "--delete", "y"}, exitUsage, "--delete takes no TEXT"},
		{[]string{"note", "zdenka", "x", "--edit", "y"}, exitFailed, "no note"},
	} {
		d.parley(c.args...).exits(c.code).says(c.says)
	}
	for _, c := range d.parley("list", "zdenka", "--json").exits(exitDone).records() {
		if c["archived"] != false {
			t.Errorf("a call that was refused has changed %v", c)
		}
	}
	for _, line := range [][]string{{"done", "zden"}, {"done", "ursel", "zden"}, {"label", "ursel", "zden"}} {
		if offered := d.parley(append([]string{"__complete"}, line...)...).exits(exitDone).stdout; !strings.Contains(offered, "Zdenka Novak") {
			t.Errorf("%q is completed with\n%s", line, offered)
		}
	}
	d.parley("label", "--help").exits(exitDone).prints("+LABEL", "--query")
}

func TestNotesStayWithTheAgents(t *testing.T) {
	t.Parallel()
	world, d := newTriageDesk(t)
	note := d.parley("note", "zdenka", "pays late", "--author", "Eve", "--json").exits(exitDone).one()
	if note["note"] != true || note["author"] != "Eve" || note["state"] != "note" || note["text"] != "pays late" {
		t.Errorf("%v", note)
	}
	id := fmt.Sprint(note["id"])
	d.parleyReading("pays\nin time\n", "note", "zdenka", "-", "--edit", id).exits(exitDone).prints("note changed: Zdenka Novak")
	d.parley("sync", "--force").exits(exitDone)
	shown := d.parley("show", "zdenka", "--json").exits(exitDone).records()
	if last := shown[len(shown)-1]; last["id"] != id || last["text"] != "pays\nin time" {
		t.Errorf("the newest in the thread is %v", last)
	}
	d.parley("show", "zdenka", "--ids").exits(exitDone).prints("# ", "note, agents only: Eve", id)
	if sent := world.Deliveries(); len(sent) > 0 {
		t.Errorf("the customer got %v", sent)
	}
	d.parley("note", "zdenka", "--delete", id).exits(exitDone).prints("note deleted")
	if left := d.parley("show", "zdenka", "--json").exits(exitDone).records(); len(left) != len(shown)-1 {
		t.Errorf("left: %v", left)
	}
}

// TestTriageBesideRun: the process that holds the cache tells the provider.
func TestTriageBesideRun(t *testing.T) {
	t.Parallel()
	world, d := newTriageDesk(t)
	d.holds()
	if done := d.parley("done", "zdenka", "--json").exits(exitDone).one(); done["done"] != true {
		t.Errorf("%v", done)
	}
	await(t, "the provider's archive", func() bool { return isArchived(world, "Zdenka Novak") })
	d.parley("label", "ursel", "+vip").exits(exitDone).prints("labels vip")
}

// TestEveryDecisionSaysItsNames: the help lists each name of the JSON objects.
func TestEveryDecisionSaysItsNames(t *testing.T) {
	t.Parallel()
	_, d := newTriageDesk(t)
	names := slices.Sorted(maps.Keys(d.parley("take", "zdenka", "--json").exits(exitDone).one()))
	for _, command := range []string{"done", "reopen", "snooze", "unsnooze", "label", "mute", "unmute", "read", "unread", "take", "give-up"} {
		help := d.parley(command, "--help").exits(exitDone).stdout
		for _, name := range names {
			if !strings.Contains(help, name) {
				t.Errorf("%s --help does not name %s", command, name)
			}
		}
	}
}

// TestSendAndDone: the answer and the decision in one command; what has not been
// answered is not done.
func TestSendAndDone(t *testing.T) {
	t.Parallel()
	world, d := newTriageDesk(t)
	d.parley("send", "ursel", "It leaves today.", "--done").exits(exitDone)
	if !isArchived(world, "Ursel Kamp") {
		t.Error("the provider does not know that it is done")
	}
	if err := world.AddFault("send:503"); err != nil {
		t.Fatal(err)
	}
	d.parley("send", "zdenka", "It leaves today.", "--done", "--wait", "1s").exits(exitFailed)
	d.parley("list", "zdenka", "--json").exits(exitDone).one()
	if done := d.parley("list", "ursel", "--json").exits(exitDone).records(); len(done) != 0 {
		t.Errorf("the list has what is done: %v", done)
	}
}

// withSlowClock is a session in this process, on a machine whose clock is a day behind
// the provider's. Maya has just written.
func withSlowClock(t *testing.T) (a *app, out *bytes.Buffer, in *inbox.Inbox) {
	t.Helper()
	provider := inboxtest.NewProvider()
	provider.InspectFunc = func(context.Context) (inbox.AccountInfo, error) {
		return inbox.AccountInfo{ServerTime: time.Now().Add(24 * time.Hour)}, nil
	}
	in, err := inbox.New(t.Context(), inbox.Options{Store: inboxtest.NewStore(), Accounts: []inbox.Account{{ID: "acme", Provider: provider}}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := in.Inspect(t.Context(), "acme"); err != nil {
		t.Fatal(err)
	}
	at := in.Now("acme")
	maya := inbox.Participant{ID: "1", Name: "Maya Lind"}
	if _, err := in.Ingest(t.Context(), inbox.Batch{Account: "acme", Provider: "scripted", Platform: inbox.Instagram, AsOf: at, Messages: []inbox.MessageFact{{
		RemoteID: "maya", Peer: maya, Message: inbox.Message{ID: "m1", Direction: inbox.Received, SenderID: maya.ID, Text: "hello", CreatedAt: at},
	}}}); err != nil {
		t.Fatal(err)
	}
	a, out = appWith(t, in, &config.Config{Screen: config.Screen{TimeZone: time.UTC}})
	return a, out, in
}

// TestSnoozeBeforeCloseByTheRightClock: a window ends by the provider's clock, a
// snooze by ours.
func TestSnoozeBeforeCloseByTheRightClock(t *testing.T) {
	t.Parallel()
	a, out, in := withSlowClock(t)
	a.args = []string{"snooze", "maya", "2h before close"}
	if code := a.run(t.Context()); code != exitDone {
		t.Fatalf("exit code %d\n%s", code, out)
	}
	c, err := in.Find(t.Context(), "maya")
	if off := c.Triage.SnoozedUntil.Sub(in.OurWindow(c).ClosesAt.Add(-2 * time.Hour)).Abs(); err != nil || off > time.Minute {
		t.Errorf("it comes back %s off: %v", off, err)
	}
}

// TestTimeLeftByTheRightClock: the window is open for seven days from now, whatever
// the clock of this machine says.
func TestTimeLeftByTheRightClock(t *testing.T) {
	t.Parallel()
	a, out, _ := withSlowClock(t)
	for _, args := range [][]string{{"list"}, {"show", "maya"}, {"person", "maya"}} {
		out.Reset()
		a.args = args
		if code := a.run(t.Context()); code != exitDone || !strings.Contains(out.String(), "6d 23h") {
			t.Errorf("%v: exit code %d\n%s", args, code, out)
		}
	}
}
