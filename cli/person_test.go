package cli

import (
	"slices"
	"strings"
	"testing"
	"time"

	"parley/inbox"
	"parley/platforms/sim"
)

// TestPersonTellsWhoTheCustomerIs: what the screen's panel shows, for scripts.
func TestPersonTellsWhoTheCustomerIs(t *testing.T) {
	t.Parallel()
	world := newSim(t, sim.Options{Seed: 5, Quiet: true, CacheTime: time.Second})
	for _, p := range []inbox.Platform{inbox.Facebook, inbox.Instagram} {
		if _, err := world.Arrive(sim.Customer{Platform: p, Person: sim.Person{Name: "Zdenka Novak", Username: "zdenka.n"}, Text: "hello on " + string(p)}); err != nil {
			t.Fatal(err)
		}
	}
	d := newDesk(t, world.BaseURL(), "")
	d.parley("sync").exits(exitDone)
	id := d.parley("list", "zdenka platform:facebook", "--json").exits(exitDone).one()["id"].(string)
	other := d.parley("list", "zdenka platform:instagram", "--json").exits(exitDone).one()["id"].(string)
	d.parley("note", id, "pays late").exits(exitDone)
	d.parley("label", id, "+vip").exits(exitDone)

	p := d.parley("person", id, "--json").exits(exitDone).one()
	window, who := p["window"].(record), p["participant"].(record)
	if p["id"] != id || who["name"] != "Zdenka Novak" || window["phase"] != "open" || !strings.HasPrefix(window["rule"].(string), "24 hours after") {
		t.Errorf("%v", p)
	}
	if related := p["related"].([]any); !slices.Equal(related, []any{other}) {
		t.Errorf("related to %v, want %s", related, other)
	}
	if notes := p["notes"].([]any); len(notes) != 1 || notes[0].(record)["text"] != "pays late" {
		t.Errorf("notes %v", notes)
	}
	if cannot := p["cannot"].(record); cannot["reactions"] == nil || !slices.Contains(p["can"].([]any), any("archive")) {
		t.Errorf("can %v, cannot %v", p["can"], cannot)
	}
	if p["first_message_at"] == nil || p["last_sent_at"] != nil || p["messages"] != 1.0 {
		t.Errorf("contact: %v", p)
	}
	d.parley("who", id).exits(exitDone).prints("Zdenka Novak", "rule: 24 hours after the customer's last message", "labels vip", "pays late", "can: archive", "cannot: reactions")
}
