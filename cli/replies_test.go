package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"parley/inbox"
	"parley/platforms/sim"
)

// newShopDesk is a desk with one customer, who has just written on Instagram, and
// with some canned replies.
func newShopDesk(t *testing.T) (*sim.Server, *desk) {
	t.Helper()
	world := newSim(t, sim.Options{Seed: 5, Quiet: true, Conversations: 1, CacheTime: 50 * time.Millisecond})
	if _, err := world.Arrive(sim.Customer{Platform: inbox.Instagram, Person: sim.Person{Name: "Quilla Ortega"}, Text: "hola"}); err != nil {
		t.Fatal(err)
	}
	d := newDesk(t, world.BaseURL(), "[ui]\nagent = \"Sam\"\ntime_zone = \"Europe/Berlin\"\n")
	if err := os.MkdirAll(filepath.Join(d.home, "replies", "orders"), 0o700); err != nil {
		t.Fatal(err)
	}
	d.write("replies/hello.md", "Hi {{first_name}}, this is {{agent}}.\n")
	d.write("replies/hello.facebook.md", "Facebook only")
	d.write("replies/orders/late.txt", "Sorry, {{first_name|dear customer}}!")
	d.write("replies/handle.md", "{{date}}: {{handle}} {{agent}}")
	d.parley("sync").exits(exitDone)
	return world, d
}

// hasSent checks that a message of ours stands in a conversation.
func (d *desk) hasSent(customer, text string) {
	d.t.Helper()
	for _, m := range d.parley("show", customer, "--json").exits(exitDone).records() {
		if m["text"] == text && m["state"] == "sent" {
			return
		}
	}
	d.t.Errorf("%q has not been sent to %s", text, customer)
}

func TestCannedRepliesAreListedAndSent(t *testing.T) {
	t.Parallel()
	_, d := newShopDesk(t)
	d.parley("replies").exits(exitDone).prints("hello ", "hello (Facebook)", "orders/late", "automated/de")
	sent := d.parley("send", "quilla", "--reply", "hello", "--json").exits(exitDone).one()
	if sent["state"] != "sent" {
		t.Errorf("sent: %v", sent)
	}
	d.hasSent("quilla", "Hi Quilla, this is Sam.")
	d.parley("send", "quilla", "--reply", "helo").exits(exitFailed).says(`there is no reply "helo" for Instagram`, "hello, orders/late")
	d.parley("send", "quilla", "text", "--reply", "hello").exits(exitUsage).says("found both")
	d.write("replies/bad.md", "Hi\n{{frist_name}}")
	d.parley("replies", "--json").exits(exitFailed).says(`bad.md:2:1: there is no variable "frist_name"`)
}

func TestAReplyWithAnEmptyPlaceIsNotSent(t *testing.T) {
	t.Parallel()
	world, d := newShopDesk(t)
	d.write("config.toml", strings.Replace(d.read("config.toml"), "agent = \"Sam\"\n", "", 1))
	before := len(world.Deliveries())
	d.parley("send", "quilla", "--reply", "hello").exits(exitFailed).says("nothing is known for {{agent}} of the reply \"hello\"", "{{agent|there}}")
	if n := len(world.Deliveries()); n != before {
		t.Errorf("%d messages left", n-before)
	}
}

func TestAScheduledMessageFromThePromptCanBeChangedAndTakenBack(t *testing.T) {
	t.Parallel()
	_, d := newShopDesk(t)
	at := d.parley("send", "quilla", "until tomorrow", "--at", "tomorrow 9:00", "--json").exits(exitDone).one()
	when, err := time.Parse(time.RFC3339, at["send_at"].(string))
	berlin, zoneErr := time.LoadLocation("Europe/Berlin")
	if err != nil || zoneErr != nil || when.In(berlin).Hour() != 9 || at["state"] != "queued" {
		t.Errorf("scheduled: %v", at)
	}
	id := at["id"].(string)
	d.parley("sync").exits(exitDone) // does not wait for it
	d.parley("outbox").exits(exitDone).prints("until tomorrow", "scheduled for ", "09:00")
	d.parley("outbox", "at", id, "in nine days").exits(exitFailed)
	d.parley("outbox", "at", id, "9d").exits(exitFailed).says("the reply window closes at")
	d.parley("outbox", "at", id, "2h before close").exits(exitDone).prints("scheduled for ")
	d.parley("outbox", "recall", id).exits(exitDone).prints("taken back into the draft", "Quilla Ortega")
	d.parley("outbox").exits(exitDone).prints("the outbox is empty")

	id = d.parley("send", "quilla", "soon", "--at", "3h", "--json").exits(exitDone).one()["id"].(string)
	d.parley("outbox", "at", id, "now").exits(exitDone)
	d.parley("sync").exits(exitDone)
	d.hasSent("quilla", "soon")
	d.parley("send", "quilla", "x", "--at", "yesterday").exits(exitFailed)
	d.parley("send", "quilla", "x", "--at", "2h", "--anyway").exits(exitUsage).says("--anyway is for an answer of now")
	d.parley("send", "quilla", "x", "--at", "8d").exits(exitFailed).says("the reply window closes at")
	d.parley("send", "quilla", "tight", "--at", "10m before close").exits(exitDone).says("10 minutes before the reply window closes")
}
