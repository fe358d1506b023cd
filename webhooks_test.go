package main

import (
	"strings"
	"syscall"
	"testing"

	"parley/platforms/sim"
)

// TestWebhooksAreManaged: register, list and unregister at the provider, and what
// happens then reaches a running parley.
func TestWebhooksAreManaged(t *testing.T) {
	t.Parallel()
	world := newSim(t, sim.Options{Seed: 5, Quiet: true})
	d := newDesk(t, world.BaseURL(), "webhook_secrets = [\"a-secret-of-the-hook\", \"the-one-before-it\"]\n[webhook]\nlisten = \"127.0.0.1:0\"\n")

	d.parley("webhook", "list").exits(exitDone).prints("acme: ayrshare calls no address")
	if list := d.parley("webhook", "list", "--json").exits(exitDone).records(); len(list) != 0 {
		t.Errorf("registered at the start: %v", list)
	}
	d.parley("webhook", "register").exits(exitUsage).
		says("account acme: nobody has said under which address providers reach this machine", "public_url", "--url https://…/webhook/acme")

	run := d.starts("run")
	_, told, _ := strings.Cut(run.waitsToSay("told at "), "told at ")
	registered := d.parley("webhook", "register", "--url", told, "--json").exits(exitDone).one()
	if registered["account"] != "acme" || registered["provider"] != "ayrshare" || registered["address"] != told || registered["active"] != true {
		t.Errorf("registered %v, want %s", registered, told)
	}
	if events, ok := registered["events"].([]any); !ok || len(events) != 1 || events[0] != "messages" {
		t.Errorf("events %v", registered["events"])
	}
	if _, err := world.Arrive(sim.Customer{Platform: "facebook", Person: sim.Person{Name: "Zenobia Quill"}, Text: "hello"}); err != nil {
		t.Fatal(err)
	}
	await(t, "the call of the webhook", func() bool { return accepted(world, "message") > 0 })
	run.ends(syscall.SIGTERM, exitDone)
	d.parley("list", "zenobia").exits(exitDone).prints("Zenobia Quill")

	d.parley("webhook", "unregister", "--url", "https://elsewhere.example/webhook/acme").exits(exitFailed).says("not registered")
	d.parley("webhook", "unregister", "--url", told).exits(exitDone).prints("calls no address")
}

// accepted counts the calls of a kind that were answered well.
func accepted(world *sim.Server, kind string) (n int) {
	for _, p := range world.Pushes() {
		if p.Kind == kind && p.Status == 200 {
			n++
		}
	}
	return n
}

// TestWebhookAddressOfTheConfig: the address is public_url and the account's
// name, and an address that was given wins.
func TestWebhookAddressOfTheConfig(t *testing.T) {
	c, err := parseConfig("c.toml", []byte(account+"[webhook]\npublic_url = \"https://inbox.example/in/\"\n"))
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("KEY", "any-key-will-do")
	for given, want := range map[string]string{"": "https://inbox.example/in/webhook/acme", "https://other.example/x": "https://other.example/x"} {
		a := newApp()
		a.dataFlag = t.TempDir()
		r, err := a.registrarOf(t.Context(), c, c.accounts[0], given)
		if err != nil {
			t.Fatal(err)
		}
		if r.address != want {
			t.Errorf("with %q: %q, want %q", given, r.address, want)
		}
	}
}
